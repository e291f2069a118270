"""Lists and schedules of appointments, for paper and spreadsheets: one row a place (BRK-G10, BRK-G11)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any

from django.conf import settings

from appointments import queries, services
from appointments.models import NominationState, Round
from config import words
from policy.model import Policy
from register.exports import Column

TEMPLATE = "reports/appointments_paper.html"


@dataclass(frozen=True)
class Line:
    """One place: its body, who holds it, since when, until when, and by whom it is filled."""

    body: str
    kind: str
    who: str
    part: str
    since: date | None
    until: date | None
    term: str
    appointed_by: str
    minute: str
    capacity: str
    roles: str
    named: str = ""

    @property
    def until_in_words(self) -> str:
        return words.short_day(self.until) if self.until else self.term or "No end is set"


@dataclass(frozen=True)
class Schedule:
    """A list of places with its title; `figures` are what its first lines say."""

    title: str
    says: str
    lines: Sequence[Line]
    figures: Sequence[tuple[str, str]]
    has_names: bool = False

    @property
    def by_body(self) -> list[tuple[str, str, list[Line]]]:
        """Lines under their body, in the order in which they come."""
        found: dict[tuple[str, str], list[Line]] = {}
        for line in self.lines:
            found.setdefault((line.body, line.kind), []).append(line)
        return [(body, kind, lines) for (body, kind), lines in found.items()]


def _line(seat: queries.Seat, named: str = "") -> Line:
    place = seat.place
    return Line(
        body=seat.body,
        kind="Outside body" if seat.is_outside else "Partnership",
        who=seat.who or seat.clock,
        part="Substitute" if place.is_substitute else seat.level,
        since=place.starts_on,
        until=place.ends_on,
        term=seat.term,
        appointed_by=place.appointed_by or (seat.rule.title if seat.rule and place.is_vacant else ""),
        minute=place.minute,
        capacity=seat.capacity,
        roles=seat.roles,
        named=named,
    )


def _figures(seats: Sequence[queries.Seat]) -> list[tuple[str, str]]:
    vacant = sum(seat.place.is_vacant for seat in seats)
    ended = sum(seat.has_ended for seat in seats)
    return [
        ("Bodies", str(len({seat.reference for seat in seats}))),
        ("Places", f"{len(seats)}, {vacant} vacant"),
        ("Terms that have ended", str(ended)),
    ]


def schedule_of_all(policy: Policy | None, today: date) -> Schedule:
    """Everybody who is appointed to what, and until when; vacancies stand among them."""
    seats = queries.seats(queries.for_list(), policy, today)
    says = "Who sits where for the council, on outside bodies and on partnerships, with vacancies and terms."
    return Schedule("Schedule of appointments", says, [_line(seat) for seat in seats], _figures(seats))


def list_of_round(found: Round, today: date) -> Schedule:
    """The places that need a name, for those who nominate (BRK-G10)."""
    policy = found.policy_version.policy
    places = [place for held in queries.places_of(found).values() for place in held]
    seats = queries.seats(places, policy, today)
    nominating = services.body_label(policy, found.how.nominated_by or found.how.by)
    until = f" Nominations close on {words.day(found.nominations_by)}." if found.nominations_by else ""
    says = (
        f"For {nominating}: places to be filled at the meeting of {services.body_label(policy, found.how.by)} "
        f"on {words.day(found.meeting_on)}.{until}"
    )
    return Schedule("Outside bodies for nomination", says, [_line(seat) for seat in seats], _figures(seats))


def schedule_of_round(found: Round, today: date) -> Schedule:
    """What a meeting is asked to agree, or agreed: each body with its places and who is named (BRK-G11)."""
    policy = found.policy_version.policy
    named: dict[int, list[str]] = {}
    for each in found.nominations.exclude(state=NominationState.NOT_AGREED).order_by("pk"):
        named.setdefault(each.partnership_id, []).append(each.name)
    lines, every = [], []
    for body_id, held in queries.places_of(found).items():
        seats = queries.seats(held, policy, today)
        every += seats
        said = words.listed(named.get(body_id, [])) or "Nobody is named"
        lines += [_line(seat, said if place == 0 else "") for place, seat in enumerate(seats)]
    appointing = services.body_label(policy, found.how.by)
    agreed = f", minute {found.minute}" if found.minute else ""
    says = f"{found.how.title}, for {appointing} on {words.day(found.meeting_on)}. {found.get_state_display()}{agreed}."
    return Schedule("Schedule of appointments", says, lines, _figures(every), has_names=True)


def paper(made: Schedule, *, policy: str, made_on: date, made_by: str) -> dict[str, Any]:
    """What the template of the paper shows."""
    return {
        "council": settings.COUNCIL_NAME,
        "title": made.title,
        "head": [*made.figures, ("Policy", policy)],
        "schedule": made,
        "made_on": made_on,
        "made_by": made_by,
    }


def columns(*, has_names: bool) -> list[Column[Line]]:
    """The columns of the workbook, with typed days."""
    text = {
        "body": "Body",
        "kind": "Kind of body",
        "who": "Who",
        "part": "Level",
        "appointed_by": "Appointed by",
        "minute": "Minute",
        "term": "Term",
        "capacity": "Capacity",
        "roles": "Agreed role",
    }
    found: list[Column[Line]] = [Column(name, label, attrgetter(name)) for name, label in text.items()]
    days: list[Column[Line]] = [
        Column(name, label, attrgetter(name), kind="date") for name, label in (("since", "Since"), ("until", "Until"))
    ]
    named = [Column("named", "Named for this body", attrgetter("named"))] if has_names else []
    return [*found[:4], *days, *found[4:], *named]


PUBLIC = ("body", "kind", "who", "since", "until", "term", "appointed_by", "capacity")


def public_lines(policy: Policy, today: date) -> list[Line]:
    """What the public sees: members by name, everybody else by their part; no notes, no accounts."""
    found = []
    for seat in queries.seats(queries.for_list(), policy, today):
        level = seat.place.level or (seat.rule.appoints if seat.rule else "")
        is_member = level == "member"
        line = _line(seat)
        if not seat.place.is_vacant and not is_member:
            line = replace(line, who="An officer of the council")
        found.append(replace(line, roles="", minute=""))
    return found


def public_columns() -> list[Column[Line]]:
    """The columns of the public file."""
    return [each for each in columns(has_names=False) if each.id in PUBLIC]
