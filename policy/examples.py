"""Runs the examples of a pack by the rules, which live in an app above: `POLICY_EXAMPLES` names them."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from policy.reading import Pack, PackProblem


def failing_examples(pack: Pack) -> Iterator[PackProblem]:
    """The examples that do not come out as they say, each with its line and what to write."""
    places = {example.id: place for place, example in enumerate(pack.policy.examples)}
    for problem in import_string(settings.POLICY_EXAMPLES)(pack.policy):
        message = f"{problem.message}. Put the example or the item that it tries right"
        yield pack.problem(("examples", places[problem.example.id], *problem.path), message)
