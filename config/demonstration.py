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
from django.utils import timezone
from ruamel.yaml import YAML

from accounts.demo import PASSWORD, PEOPLE
from accounts.models import ServiceArea, User
from approvals import meetings
from approvals.bodies import bodies_of
from approvals.models import BodySetting, Meeting, MeetingState
from assessments import services as assessing
from assessments.models import Assessment
from config import demonstration_papers as papers
from config import demonstration_year, words
from policy.models import PolicyVersion
from policy.reading import PACKS
from policy.refused import Refused
from register.models import (
    Action,
    Benefit,
    Contribution,
    Document,
    FundingSource,
    ListEntry,
    Membership,
    Organisation,
    Partnership,
    Priority,
    PriorityLink,
    Representative,
    Risk,
    Status,
)
from register.models.parts import financial_year

FIXTURES = settings.BASE_DIR / "fixtures" / "demo"
COUNCILS = tuple(sorted(path.stem for path in FIXTURES.glob("*.yaml")))
USUAL = "breckland"
REASON = "Loaded with the demonstration"
MANAGER = "register.manager@demo.example"
ADMINISTRATOR = "administrator@demo.example"

# The moves that lead from a proposal to each state.
WAYS = {
    Status.PROPOSED: (),
    Status.ACTIVE: (Status.ACTIVE,),
    Status.LEAVING: (Status.ACTIVE, Status.LEAVING),
    Status.LEFT: (Status.ACTIVE, Status.LEAVING, Status.LEFT),
}
# Facts that the fixture says in words of its own; all others are fields of the entry.
SAID_OTHERWISE = {
    "status",
    "service",
    "lead_officer",
    "responsible_head",
    "portfolio_holder",
    "review_in_days",
    "contributions",
    "partners",
    "representatives",
    "priorities",
    "benefits",
    "risks",
    "levels",
    "assessment",
    "leaving_reason",
    "local",
    "parent",
    "funding_sources",
    "actions",
    "documents",
    "screened",
    "forms",
    "agreement",
    "request",
    "concerns",
}

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
    counts = Counts()
    # A year back, so that what was done before this financial year was done by people who held their roles.
    _load_people(counts, from_on=date(financial_year(today) - 1, 4, 1))
    version = _load_policy(content, counts, today=today)
    _load_lists(content, counts)
    people = {person.email: person for person in User.objects.filter(email__in=[each.email for each in PEOPLE])}
    for entry in papers.with_days(content["partnerships"], today):
        is_new = not Partnership.objects.filter(name__iexact=entry["name"]).exists()
        if is_new:
            _load_partnership(entry, people=people, version=version, today=today)
        counts.note("partnership", is_new=is_new)
    _load_meetings(content.get("meetings", {}), counts, by=people[MANAGER], version=version, today=today)
    year = demonstration_year.Year(version, people, today, people[MANAGER])
    demonstration_year.load(papers.with_days(content, today), year, counts)
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


def _load_partnership(
    entry: Mapping[str, Any], *, people: Mapping[str, User], version: PolicyVersion, today: date
) -> None:
    manager = people[MANAGER]
    facts = {name: value for name, value in entry.items() if name not in SAID_OTHERWISE}
    for part in ("lead_officer", "responsible_head", "portfolio_holder"):
        if part in entry:
            facts[part] = people[entry[part]]
    if "service" in entry:
        facts["service"] = ServiceArea.objects.get(name=entry["service"])
    if "review_in_days" in entry:
        facts["next_review_on"] = today + timedelta(days=entry["review_in_days"])
        facts["last_review_on"] = facts["next_review_on"] - timedelta(days=365)
    if "hours_a_month" in entry:
        facts["hours_a_month"] = Decimal(str(entry["hours_a_month"]))
    if "parent" in entry:
        facts["parent"] = Partnership.objects.get(name=entry["parent"])
    facts["local_values"] = papers.as_json(entry.get("local", {}))
    partnership = Partnership.propose(by=manager, policy_version=version, reason=REASON, **facts)
    _load_parts(partnership, entry, people=people, version=version, this_year=financial_year(today))
    partnership.take_figures_from_contributions(by=manager, reason=REASON)
    for step in WAYS[Status(entry.get("status", Status.ACTIVE))]:
        reason = REASON if step == Status.ACTIVE else entry["leaving_reason"]
        partnership.move(step, by=manager, reason=reason)
    if "assessment" in entry:
        _assess(partnership, entry["assessment"], by=people[entry["lead_officer"]], version=version)
    if "levels" in entry:
        partnership.set_levels(
            **entry["levels"], source="import", by=manager, reason="As in the council’s old register"
        )
    _load_papers(papers.Desk(partnership, version, people, today), entry, by=manager)


def _load_papers(desk: papers.Desk, entry: Mapping[str, Any], *, by: User) -> None:
    """What was asked, answered and agreed, in the order in which a council comes to it."""
    desk.partnership.refresh_from_db()
    if entry.get("screened"):
        papers.screen(desk, by=by)
    papers.mark_significance(desk, by=by)
    for given in entry.get("forms", ()):
        papers.fill_in(desk, given)
    if "agreement" in entry:
        papers.agree(desk, entry["agreement"])
    if "request" in entry:
        papers.ask(desk, entry["request"])
    for given in entry.get("concerns", ()):
        papers.worry(desk, given)


def _assess(partnership: Partnership, given: Mapping[str, Any], *, by: User, version: PolicyVersion) -> None:
    """Assess as the pages do; one that leaves an overall level out stays a draft."""
    draft = Assessment.start(partnership, by=by, policy_version=version, at=timezone.now())
    for scheme, said in given.items():
        draft.judge(scheme, {criterion: (level, "", "") for criterion, level in said["judged"].items()}, by=by)
        if "overall" in said:
            draft.set_overall(scheme, level=said["overall"], reason=said.get("reason", ""), by=by)
    if all("overall" in said for said in given.values()):
        assessing.complete(draft, by=by, at=timezone.now())


def _load_parts(
    partnership: Partnership,
    entry: Mapping[str, Any],
    *,
    people: Mapping[str, User],
    version: PolicyVersion,
    this_year: int,
) -> None:
    rows: list[Any] = []
    for row in entry.get("contributions", ()):
        given = {name: value for name, value in row.items() if name not in ("years_ago", "amount")}
        rows.append(Contribution(year=this_year - row["years_ago"], amount=Decimal(str(row["amount"])), **given))
    for row in entry.get("partners", ()):
        organisation, _ = Organisation.objects.get_or_create(
            name=row["name"], defaults={"sector": row.get("sector", "")}
        )
        given = {name: value for name, value in row.items() if name not in ("name", "sector")}
        rows.append(Membership(organisation=organisation, **given))
    for row in entry.get("representatives", ()):
        given = {name: value for name, value in row.items() if name != "user"}
        rows.append(Representative(user=people.get(row.get("user", "")), **given))
    rows += [PriorityLink(priority=Priority.objects.get(code=code)) for code in entry.get("priorities", ())]
    for row in entry.get("benefits", ()):
        figure = Decimal(str(row["figure"])) if "figure" in row else None
        rows.append(Benefit(**(dict(row) | {"figure": figure})))
    for row in entry.get("risks", ()):
        risk = Risk(**row)
        risk.rate(version)
        rows.append(risk)
    for row in entry.get("funding_sources", ()):
        rows.append(FundingSource(**(dict(row) | {"amount": Decimal(str(row["amount"]))})))
    rows += [Action(**row) for row in entry.get("actions", ())]
    rows += [Document(added_by=people[MANAGER], **row) for row in entry.get("documents", ())]
    for row in rows:
        row.partnership = partnership
        row.keep(by=people[MANAGER], reason=REASON)
