"""The app's page of a partnership, with what the overview shows of it."""

from collections.abc import Sequence

from config import words
from exits.models import Leaving
from policy.model import Policy
from register.models import Partnership, Status
from register.sections import Row, Section


def _rows(partnership: Partnership) -> Sequence[Row]:
    """When leaving was decided, the last day, and whether the council has left; one query at most."""
    if partnership.status not in (Status.LEAVING, Status.LEFT):
        return ()
    leaving = Leaving.objects.of(partnership)
    if leaving is None:
        return ()
    rows: list[Row] = [("Decided", words.day(leaving.decided_on))]
    if leaving.ended_on:
        return [*rows, ("Left", words.day(leaving.ended_on))]
    return [*rows, ("Last day", words.day(leaving.last_day))]


def _has_exit(policy: Policy | None) -> bool:
    return bool(policy and policy.exit)


LEAVING = Section("Leaving", "exits:exit", "exits.view", summary=_rows, applies=_has_exit)
