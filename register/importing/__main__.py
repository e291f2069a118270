"""`python -m register.importing FILE [--answers ANSWERS.json]` prints what is read from a spreadsheet as JSON, for developers."""

import argparse
import json
import sys
from pathlib import Path

from register.importing import CannotRead, read_register


def main() -> int:
    """Print the reading; return 1 with a sentence when the file cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m register.importing", description="Read a legacy register and print what was understood."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--answers", type=Path, help="a JSON document of answers")
    options = parser.parse_args()
    try:
        answers = json.loads(options.answers.read_text(encoding="utf-8")) if options.answers else None
        reading = read_register(options.file, answers=answers)
    except (CannotRead, OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    json.dump(reading.as_json(), sys.stdout, ensure_ascii=False, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
