"""What an app shows on the home page. The home page draws it without knowing who takes part.

Lists in config/settings.py name functions, each of which asks a fixed number of queries. Those of `HOME_WORK` answer a
`Work` and those of `HOME_PANELS` a `Panel` for a person and a day, or `None` when the person has no part in it. Those
of `HOME_DATES` answer lines with a day that is still to come, those of `HOME_NEWS` lines with the moment at which
something changed since the person was last here; each at most seven.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Notice, User
from accounts.roles import Role

MOST = 7  # lines of a list on the home page: design, section 3


@dataclass(frozen=True)
class Line:
    """One line: words that open the exact spot, what is behind them, and when.

    Work to do stands in the order late, due, then by `since` what has no day. News has the moment `at`.
    """

    words: str
    address: str = ""
    note: str = ""
    when: str = ""
    was: str = ""
    is_late: bool = False
    due: date | None = None
    since: date | None = None
    at: datetime | None = None

    @property
    def urgency(self) -> tuple[int, date]:
        """What comes first on a list of work: late, due, waiting longest."""
        order = 0 if self.is_late else 1 if self.due else 2
        return order, self.due or self.since or date.max


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


def dates_for(user: User, today: date) -> list[Line]:
    """The person's next dates, the nearest first, at most seven."""
    found = [line for find in _functions("HOME_DATES") for line in find(user, today)]
    return sorted(found, key=lambda line: line.due or date.max)[:MOST]


def news_for(user: User, since: datetime) -> list[Line]:
    """What others changed since a moment in what concerns the person, the newest first, at most seven."""
    found = [line for find in _functions("HOME_NEWS") for line in find(user, since)]
    return sorted(found, key=lambda line: line.at or since, reverse=True)[:MOST]


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


def mail_not_sent(user: User, today: date) -> Work | None:
    """For those who see the log of e-mails: what the mail server refused, newest first. Two queries at most."""
    from django.urls import reverse

    if not user.has_perm("accounts.view_notices"):
        return None
    refused = Notice.objects.filter(sent_at=None, tries__gt=0)
    first = list(refused.select_related("person").defer("text").order_by("-made_at", "-pk")[: MOST + 1])
    page = f"{reverse('accounts:notice_list')}?show=waiting"
    lines = [
        Line(f"Look at the e-mail to {notice.person} that was not sent", page, note=notice.subject)
        for notice in first[:MOST]
    ]
    return Work(lines, refused.count() if len(first) > MOST else len(first), Link("All e-mails not sent", page))


def your_emails(user: User, today: date) -> Panel | None:
    """How the person's e-mails come, and where to change it."""
    from django.urls import reverse

    line = Line(user.get_notices_display(), note="")
    return Panel("E-mail", [line], all=Link("Change this", reverse("accounts:change_own")), beside=True)


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
        [
            Line(f"{open_accounts} {people} an open account", reverse("accounts:user_list"), note=note),
            Line("E-mails of the register", reverse("accounts:notice_list")),
        ],
        beside=True,
    )
