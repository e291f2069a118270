"""Loads a demonstration council of fixtures/demo through the same verbs as the pages. Safe to repeat.

There is one council a file; the file names the policy pack by which its register works.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from ruamel.yaml import YAML

from accounts.demo import PASSWORD, PEOPLE
from accounts.models import ServiceArea, User
from approvals import meetings
from approvals.bodies import bodies_of
from approvals.models import BodySetting, Meeting, MeetingState
from config import demonstration_papers as papers
from config import demonstration_year, words
from config.demonstration_life import Calendar, Council, Life
from policy.models import PolicyVersion
from policy.reading import PACKS
from policy.refused import Refused
from register.models import ListEntry, Partnership, Priority

FIXTURES = settings.BASE_DIR / "fixtures" / "demo"
COUNCILS = tuple(sorted(path.stem for path in FIXTURES.glob("*.yaml")))
USUAL = "breckland"
MANAGER = "register.manager@demo.example"
ADMINISTRATOR = "administrator@demo.example"

PLURALS = {
    "person": "people",
    "policy": "policies",
    "priority": "priorities",
    "value of a list": "values of lists",
    "outside body": "outside bodies",
    "yearly refresh": "yearly refreshes",
}


@dataclass
class Counts:
    """How many of each kind came in now, and how many were there before."""

    made: dict[str, int] = field(default_factory=dict)
    there: dict[str, int] = field(default_factory=dict)

    def note(self, kind: str, *, is_new: bool) -> None:
        counts = self.made if is_new else self.there
        counts[kind] = counts.get(kind, 0) + 1

    def __str__(self) -> str:
        kinds = dict.fromkeys([*self.made, *self.there])
        return "; ".join(
            f"{words.count(self.made.get(kind, 0), kind, PLURALS.get(kind, ''))} loaded, "
            f"{self.there.get(kind, 0)} already there"
            for kind in kinds
        )


@transaction.atomic
def load(*, today: date, council: str = USUAL) -> Counts:
    """Load people, policy, lists and partnerships of one of `COUNCILS`; what is there already stays as it is.

    Days and financial years of the fixture count from `today`. Raises Refused for a council that has no
    demonstration, and where the register works by another policy already.
    """
    if council not in COUNCILS:
        raise Refused(f"There is no demonstration called “{council}”. Choose one of {', '.join(COUNCILS)}")
    content = YAML(typ="safe", pure=True).load((FIXTURES / f"{council}.yaml").read_text(encoding="utf-8"))
    counts, calendar = Counts(), Calendar(today, has_past=not Partnership.history.exists())
    # Before the register was opened, so that what was done was done by people who held their roles.
    _load_people(counts, from_on=date(calendar.opened_on.year, 4, 1))
    version = _load_policy(content, counts, today=today)
    _load_lists(content, counts)
    people = {person.email: person for person in User.objects.filter(email__in=[each.email for each in PEOPLE])}
    told = Council(version, people, people[MANAGER], calendar)
    content = papers.with_days(content, today)
    steps = list(demonstration_year.steps_of_last_refresh(content, told))
    refreshed = demonstration_year.of_last_refresh(content)
    for entry in content["partnerships"]:
        is_new = not Partnership.objects.filter(name__iexact=entry["name"]).exists()
        if is_new:
            steps += Life(entry, told, is_refreshed=entry["name"] in refreshed).steps()
        counts.note("partnership", is_new=is_new)
    told.live(steps)
    _load_meetings(content.get("meetings", {}), counts, by=people[MANAGER], version=version, today=today)
    demonstration_year.load(content, told, counts)
    return counts


def _load_meetings(
    usual: Mapping[str, Mapping[str, Any]], counts: Counts, *, by: User, version: PolicyVersion, today: date
) -> None:
    """What is usual for each body, and its meetings of the next half year; nothing where meetings are planned."""
    bodies = bodies_of(version.policy)
    for key, given in usual.items():
        there = Meeting.objects.filter(body=key).exclude(state=MeetingState.HELD).count()
        for _ in range(there):
            counts.note("meeting", is_new=False)
        if there:
            continue
        at = time.fromisoformat(given["at"])
        key_from = Decimal(given["key_from"]) if "key_from" in given else None
        BodySetting.of(key).change(
            at=at,
            place=given["place"],
            papers_days=given["papers_days"],
            in_public=given["in_public"],
            key_from=key_from,
            by=by,
        )
        first = today + timedelta(days=(given["weekday"] - today.weekday()) % 7 + 7)
        days = [first + timedelta(weeks=week) for week in range(0, 26, given["every_weeks"])]
        made = meetings.plan_many(
            bodies[key], days, at=at, place=given["place"], papers_days=given["papers_days"], by=by, today=today
        )
        for _ in made:
            counts.note("meeting", is_new=True)


def _load_people(counts: Counts, *, from_on: date) -> None:
    for person in PEOPLE:
        is_new = not User.objects.filter(email=person.email).exists()
        if is_new:
            user = User.objects.create_user(person.email, PASSWORD, name=person.name, job_title=person.job_title)
            user.give_role(person.role, by=None, from_on=from_on)
        counts.note("person", is_new=is_new)


def _load_policy(content: Mapping[str, Any], counts: Counts, *, today: date) -> PolicyVersion:
    """The policy in force; the demonstration's own where the register has none yet."""
    there = PolicyVersion.objects.in_force(today)
    if there is not None and there.code != content["pack"]:
        raise Refused(
            f"This register works by {there.policy.title}, and the demonstration of {content['council']} by another "
            "policy. Give it a database of its own: set DATA_DIR or DATABASE_URL"
        )
    counts.note("policy", is_new=there is None)
    if there is not None:
        return there
    by = User.objects.get(email=ADMINISTRATOR)
    pack = PACKS / f"{content['pack']}.yaml"
    return PolicyVersion.objects.load(pack.read_text(encoding="utf-8"), by, content["in_force_from"], name=pack.name)


def _load_lists(content: Mapping[str, Any], counts: Counts) -> None:
    for name in content["services"]:
        _, is_new = ServiceArea.objects.get_or_create(name=name)
        counts.note("service", is_new=is_new)
    for position, (code, title) in enumerate(content["priorities"].items(), start=1):
        parent = Priority.objects.filter(code=code.split(".")[0]).first() if "." in code else None
        _, is_new = Priority.objects.get_or_create(
            code=code, defaults={"title": title, "parent": parent, "position": position}
        )
        counts.note("priority", is_new=is_new)
    for list_id, values in content.get("lists", {}).items():
        for position, (value, label) in enumerate(values.items(), start=1):
            _, is_new = ListEntry.objects.get_or_create(
                list_id=list_id, value=value, defaults={"label": label, "position": position}
            )
            counts.note("value of a list", is_new=is_new)
