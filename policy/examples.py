"""What is asked of a pack before it is put in force: its examples come out, and something makes each of its reports.

The rules that run the examples live in an app above: `POLICY_EXAMPLES` names them.
"""

from collections.abc import Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from policy.fitting import not_made
from policy.reading import Pack, PackProblem


def why_not_load(pack: Pack) -> Iterator[PackProblem]:
    """What keeps a pack that can be read from being put in force, each with its line and what to write."""
    yield from failing_examples(pack)
    yield from (pack.problem(problem.path, problem.message) for problem in not_made(pack.policy))


def failing_examples(pack: Pack) -> Iterator[PackProblem]:
    """The examples that do not come out as they say, each with its line and what to write."""
    places = {example.id: place for place, example in enumerate(pack.policy.examples)}
    for problem in import_string(settings.POLICY_EXAMPLES)(pack.policy):
        message = f"{problem.message}. Put the example or the item that it tries right"
        yield pack.problem(("examples", places[problem.example.id], *problem.path), message)
