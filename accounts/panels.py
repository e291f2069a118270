"""What an app shows on the home page. The home page draws it without knowing who takes part.

`HOME_WORK` and `HOME_PANELS` in config/settings.py name functions of a person and a day. Those of `HOME_WORK`
answer a `Work`, those of `HOME_PANELS` a `Panel`, or `None` when the person has no part in it. Each asks a fixed
number of queries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.roles import Role

MOST = 7  # lines of a list on the home page: design, section 3


@dataclass(frozen=True)
class Line:
    """One line: words that open the exact spot, what is behind them, and when.

    `due` orders the work to do; a line without a day comes after those with one.
    """

    words: str
    address: str = ""
    note: str = ""
    when: str = ""
    was: str = ""
    is_late: bool = False
    due: date | None = None


@dataclass(frozen=True)
class Link:
    """Words and where they lead."""

    words: str
    address: str


@dataclass(frozen=True)
class Work:
    """Things for the person to do: at most seven, how many there are in all, and where all of them stand."""

    lines: Sequence[Line]
    total: int
    all: Link | None = None


@dataclass(frozen=True)
class Panel:
    """A part of the home page with a heading of its own. `template` draws it; `beside` puts it at the side."""

    title: str
    lines: Sequence[Line] = ()
    empty: str = ""
    all: Link | None = None
    template: str = "components/work.html"
    facts: dict[str, Any] = field(default_factory=dict)
    beside: bool = False


@cache
def _functions(setting: str) -> tuple[Callable[[User, date], Any], ...]:
    return tuple(import_string(path) for path in getattr(settings, setting))


def work_for(user: User, today: date) -> list[Work]:
    """What waits for a person, one `Work` for each kind that concerns them."""
    return [work for find in _functions("HOME_WORK") if (work := find(user, today)) is not None]


def panels_for(user: User, today: date) -> list[Panel]:
    """The other parts of a person's home page, in the order of the settings."""
    return [panel for find in _functions("HOME_PANELS") if (panel := find(user, today)) is not None]


def people_without_a_role(user: User, today: date) -> Work | None:
    """For those who change people: accounts that open nothing."""
    from django.urls import reverse

    if not user.has_perm("accounts.change_users"):
        return None
    people = list(User.objects.without_a_role(on=today)[: MOST + 1])
    lines = [
        Line(
            f"Give {person} a role", reverse("accounts:user", args=[person.pk]), note="They can sign in and see nothing"
        )
        for person in people[:MOST]
    ]
    everyone = Link("All people without a role", f"{reverse('accounts:user_list')}?role=none")
    return Work(lines, User.objects.without_a_role(on=today).count() if len(people) > MOST else len(people), everyone)


def people_and_roles(user: User, today: date) -> Panel | None:
    """For those who change people: how many there are."""
    from django.urls import reverse

    if not user.has_perm("accounts.change_users"):
        return None
    open_accounts = User.objects.filter(is_active=True).count()
    administrators = User.objects.holding(Role.ADMINISTRATOR, on=today).count()
    people = "person has" if open_accounts == 1 else "people have"
    note = f"{administrators} of them can change people and roles"
    return Panel(
        "People",
        [Line(f"{open_accounts} {people} an open account", reverse("accounts:user_list"), note=note)],
        beside=True,
    )
