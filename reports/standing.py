"""The register as it stood at a moment, read from history: a fixed number of queries however many entries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Min
from django.utils import timezone

from accounts.models import ServiceArea, User
from policy.model import Policy
from policy.models import PolicyVersion
from register.models import (
    Action,
    Benefit,
    Membership,
    Partnership,
    Priority,
    PriorityLink,
    Representative,
    Risk,
    Status,
)
from register.models.history import historical

ACTIVE = (Status.ACTIVE, Status.LEAVING)
NO_SERVICE, NO_PRIORITY = "No service named", "No priority named"
FIELDS = (
    "id", "reference", "name", "status", "purpose", "nature", "risk_level", "value_level", "contribution_a_year",
    "unbudgeted_a_year", "hours_a_month", "budget_status", "service_id", "lead_officer_id", "lead_officer_name",
    "last_review_on", "next_review_on", "exit_impact", "exit_impact_level", "data_assurance", "data_caveat", "comments",
)  # fmt: skip


@dataclass(frozen=True)
class Stood:
    """One entry as it stood. Money is £ a year, time hours a month; `None` and "" are not known."""

    id: int
    reference: str
    name: str
    status: str
    purpose: str
    nature: str
    risk_level: str
    value_level: str
    contribution_a_year: Decimal | None
    unbudgeted_a_year: Decimal | None
    hours_a_month: Decimal | None
    budget_status: str
    service: str
    lead_officer: str
    last_review_on: date | None
    next_review_on: date | None
    exit_impact: str
    exit_impact_level: str
    data_assurance: str
    data_caveat: str
    comments: str
    priorities: tuple[str, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether the council took part: active, or leaving."""
        return self.status in ACTIVE

    @property
    def of_services(self) -> tuple[str, ...]:
        """The service that it counts under."""
        return (self.service or NO_SERVICE,)

    @property
    def of_priorities(self) -> tuple[str, ...]:
        """The priorities that it counts under."""
        return self.priorities or (NO_PRIORITY,)

    def is_late(self, on: date) -> bool:
        """Whether its review should have taken place before that day."""
        return self.next_review_on is not None and self.next_review_on < on


@dataclass(frozen=True)
class Standing:
    """All entries at a moment, by their keys, under the policy then in force."""

    at: datetime
    on: date
    version: PolicyVersion
    entries: dict[int, Stood] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The policy in force then."""
        return self.version.policy

    @property
    def active(self) -> dict[int, Stood]:
        """The entries that the council took part in."""
        return {key: entry for key, entry in self.entries.items() if entry.is_active}


def end_of(day: date) -> datetime:
    """The last moment of a day in the council's own zone."""
    midnight = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    return midnight - timedelta(microseconds=1)


def began_on() -> date | None:
    """The first day on which the register knew an entry; `None` while it is empty."""
    first = Partnership.history.model.objects.aggregate(first=Min("history_date"))["first"]
    return timezone.localdate(first) if first else None


def standing_at(at: datetime, version: PolicyVersion) -> Standing:
    """The register at a moment, for five queries."""
    services = dict(ServiceArea.objects.values_list("pk", "name"))
    people = {person.pk: str(person) for person in User.objects.all()}
    helped = _priorities_at(at)
    entries = {}
    for row in Partnership.objects.historical(at).values(*FIELDS):
        service, lead = services.get(row.pop("service_id"), ""), people.get(row.pop("lead_officer_id"), "")
        name = row.pop("lead_officer_name")
        entries[row["id"]] = Stood(
            **row, service=service, lead_officer=lead or name, priorities=tuple(sorted(helped.get(row["id"], ())))
        )
    ordered = dict(sorted(entries.items(), key=lambda pair: (pair[1].name.casefold(), pair[0])))
    return Standing(at, timezone.localdate(at), version, ordered)


def _priorities_at(at: datetime) -> dict[int, set[str]]:
    """The priorities that each entry helped; an outcome counts for the priority above it."""
    names = {each.pk: str(each.parent or each) for each in Priority.objects.select_related("parent")}
    helped: dict[int, set[str]] = defaultdict(set)
    for entry, priority in historical(PriorityLink, at).values_list("partnership_id", "priority_id"):
        helped[entry].add(names[priority])
    return helped


def rows_at(model: type[Any], at: datetime, entries: Iterable[int]) -> dict[int, list[Any]]:
    """The rows of one kind that stood at a moment, by the key of their entry, in the order they were made."""
    wanted = set(entries)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in historical(model, at).order_by("id"):
        if row.partnership_id in wanted:
            found[row.partnership_id].append(row)
    return found


@dataclass(frozen=True)
class Parts:
    """What belonged to the entries at a moment, each kind by the key of the entry."""

    partners: dict[int, list[Any]]
    representatives: dict[int, list[Any]]
    benefits: dict[int, list[Any]]
    actions: dict[int, list[Any]]
    risks: dict[int, list[Any]]


def parts_at(standing: Standing) -> Parts:
    """The rows of the active entries, for a query a kind."""
    kinds = (Membership, Representative, Benefit, Action, Risk)
    return Parts(*(rows_at(kind, standing.at, standing.active) for kind in kinds))
