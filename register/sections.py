"""The pages of one partnership: each app brings its own, the register draws them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from policy.model import Policy

Row = tuple[str, Any]


def _no_rows(partnership: Any) -> Sequence[Row]:
    return ()


def _always(policy: Policy | None) -> bool:
    return True


@dataclass(frozen=True)
class Section:
    """One page of a partnership, as `{% section_nav %}` links it.

    `url_name` takes the partnership's reference. `summary` gives rows of label and value for the
    overview, for at most one query. `applies` says whether the policy in force has what the page shows.
    A section `under` another shares its link: it shows in a second line once one of the two is open.
    """

    title: str
    url_name: str
    permission: str
    summary: Callable[[Any], Sequence[Row]] = _no_rows
    applies: Callable[[Policy | None], bool] = _always
    under: "Section | None" = None


@dataclass(frozen=True)
class Step:
    """Something this person can do next on this partnership: words that start with a verb, and where."""

    words: str
    address: str


@dataclass(frozen=True)
class Warned:
    """Something the policy expects of an entry and that is not so: the sentence, why, and where it is put right.

    That is the pack's field for it, or a page of its own.
    """

    words: str
    because: str
    field: str = ""
    address: str = ""


def warned_of(partnership: Any, policy: Any) -> list[Warned]:
    """What the policy expects of the entry now and is not so, as the apps named in the settings know it."""
    found: list[Warned] = []
    for path in settings.ENTRY_WARNINGS:
        found += import_string(path)(partnership, policy)
    return found


def next_steps(partnership: Any, user: Any) -> list[Step]:
    """What this person can do next, as the apps named in the settings know it, the most urgent first."""
    found: list[Step] = []
    for path in settings.NEXT_STEPS:
        found += import_string(path)(partnership, user)
    return found


@cache
def all_sections() -> tuple[Section, ...]:
    """Every section of a partnership's page, in the order of the settings."""
    return tuple(import_string(path) for path in settings.PARTNERSHIP_SECTIONS)


def _open_risks(partnership: Any) -> Sequence[Row]:
    """How many risks and opportunities are open, for the overview."""
    sides = list(partnership.risks.still_open().values_list("side", flat=True))
    counts = [("Open risks", sides.count("risk")), ("Open opportunities", sides.count("opportunity"))]
    return [(label, count) for label, count in counts if count]


OVERVIEW = Section("Overview", "register:partnership", "register.view")
DETAILS = Section("Details", "register:details", "register.view")
PEOPLE = Section("People and partners", "register:people", "register.view")
MONEY = Section("Money and time", "register:money", "register.view")
BENEFITS = Section("Benefits", "register:benefits", "register.view", under=DETAILS)
RISKS = Section("Risks", "register:risks", "register.view", _open_risks)
ACTIONS = Section("Actions", "register:actions", "register.view")
DOCUMENTS = Section("Documents", "register:documents", "register.view")
HISTORY = Section("History", "register:history", "register.view")
