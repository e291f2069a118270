"""Say where every requirement row lives, and fail when one has no place."""

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.tracing import STATES, Row, digest_of, trace

MEANING = {
    "proved": "runs, and a test or an example names it",
    "runs": "a part of the register carries it out",
    "partly": "a part of the register carries some of it out",
    "waits": "stands in the pack; its part is not built yet",
    "planned": "listed in docs/requirements-not-built.md",
    "nowhere": "has no place",
}


class Command(BaseCommand):
    """Reads files only; no database is needed."""

    help = "List where each row of docs/requirements lives: in the packs, the program and the tests."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--policy", default="", help="one policy alone: its code, or the prefix of its rows")
        parser.add_argument("--json", action="store_true", help="every row with all its places, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = ""
        if options["policy"]:
            wanted = digest_of(options["policy"]) or ""
            if not wanted:
                raise CommandError(
                    f"docs/requirements has no policy {options['policy']}. Write the name of one of its files"
                )
        rows, problems = trace(wanted)
        self.stdout.write(_as_json(rows, problems) if options["json"] else _counts(rows))
        if problems:
            raise CommandError("\n".join(problems))


def _as_json(rows: list[Row], problems: list[str]) -> str:
    shown = [
        {
            "id": row.id,
            "policy": row.policy,
            "group": row.group,
            "state": row.state,
            "waits_for": row.waits_for,
            "planned": row.planned,
            "places": [place._asdict() for place in row.places],
        }
        for row in rows
    ]
    return json.dumps({"rows": shown, "problems": problems}, ensure_ascii=False, indent=1)


def _counts(rows: list[Row]) -> str:
    head = f"{'':<16}" + "".join(f"{state:>9}" for state in STATES) + f"{'rows':>9}"
    lines = [head]
    for policy in dict.fromkeys(row.policy for row in rows):
        of_policy = [row for row in rows if row.policy == policy]
        groups = sorted({row.group for row in of_policy})
        if groups != [""]:
            lines += [_line(f"{policy} {group}", [row for row in of_policy if row.group == group]) for group in groups]
        lines.append(_line(f"{policy}, all", of_policy))
    lines.append(_line("all", rows))
    waiting = Counter(part for row in rows for part in row.waits_for)
    lines += ["", *(f"{state}: {meaning}" for state, meaning in MEANING.items())]
    if waiting:
        lines += ["", "What rows wait for:", *(f"{count:>5}  {part}" for part, count in waiting.most_common())]
    return "\n".join(lines)


def _line(words: str, rows: list[Row]) -> str:
    counts = Counter(row.state for row in rows)
    return f"{words:<16}" + "".join(f"{counts[state]:>9}" for state in STATES) + f"{len(rows):>9}"
