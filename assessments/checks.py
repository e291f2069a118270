"""System check: the examples of every pack come out as they say."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from assessments.rules import example_problems
from policy.reading import PackError, pack_files, read_pack_file


@register("policy")
def check_examples(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Run the examples of each pack file; `policy.checks` reports packs that cannot be read."""
    errors: list[CheckMessage] = []
    for path in pack_files():
        try:
            pack = read_pack_file(path)
        except PackError:
            continue
        errors += [
            Error(
                f"{path.name}, examples, {problem.example.id}: {problem.message}",
                hint="Put the example or the item that it tries right.",
                id="policy.E002",
            )
            for problem in example_problems(pack.policy)
        ]
    return errors
