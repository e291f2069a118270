"""A register with a past, made by hand: what stood a year ago, what moved in the year, what came afterwards."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import ServiceArea, User
from accounts.roles import Role
from policy.models import PolicyVersion
from register.models import (
    Action,
    Benefit,
    Contribution,
    Membership,
    Organisation,
    Partnership,
    Priority,
    PriorityLink,
    Representative,
    Risk,
    Status,
)
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

KINDS = (Partnership, Action, Benefit, Contribution, Membership, PriorityLink, Representative, Risk)
LONDON = timezone.get_default_timezone()
NOW = datetime(2026, 11, 21, 10, tzinfo=LONDON)


class Past:
    """Keeps records as of days gone by: `with_day` dates every version that was kept since it was last called."""

    def __init__(self) -> None:
        self._since = timezone.now() - timedelta(seconds=1)

    def with_day(self, day: date) -> None:
        at = timezone.make_aware(datetime.combine(day, time(12)))
        for kind in KINDS:
            kind.history.model.objects.filter(history_date__gte=self._since).update(history_date=at)


def make_past(pack: str = "breckland-2015") -> tuple[PolicyVersion, dict[str, Partnership], User]:
    """Five partnerships: in 2025-26 Marsh got worse, Coast better, Fen left, Sedge joined, Weir stayed weak."""
    version = put_policy_in_force(pack)
    past, by = Past(), make_user(Role.REGISTER_MANAGER, name="T.W.")
    housing = ServiceArea.objects.create(name="Housing")
    homes = Priority.objects.create(code="1", title="Homes")
    warm = Priority.objects.create(code="1.1", title="Warm homes", parent=homes)

    def add(name: str, pounds: int | None, hours: int | None, risk: str, value: str, **facts: Any) -> Partnership:
        entry = make_partnership(by=by, name=name, hours_a_month=hours, **facts)
        if pounds is not None:
            make_contribution(entry, pounds, year=2024, is_outside_budget=facts.get("budget_status") == "outside")
            entry.refresh_from_db()
        if risk:
            entry.set_levels(risk=risk, value=value, source="import", by=by)
        return entry

    entries = {
        "marsh": add("Marsh Board", 100_000, 10, "low", "high", service=housing, next_review_on=date(2026, 3, 30)),
        "coast": add("Coast Group", 50_000, 5, "medium", "low", next_review_on=date(2026, 3, 31)),
        "fen": add("Fen Forum", 7_000, None, "low", "low"),
        "weir": add("Weir Trust", None, 2, "high", "low", data_caveat="Figures of the partner, not checked"),
    }
    PriorityLink(partnership=entries["marsh"], priority=warm).keep(by=by)
    Membership(partnership=entries["marsh"], organisation=Organisation.objects.create(name="Fenwold")).keep(by=by)
    Representative(partnership=entries["marsh"], name="Cllr K.X.").keep(by=by)
    Benefit(partnership=entries["coast"], description="Two buses shared", figure=Decimal(12_500), unit="£ a year").keep(
        by=by
    )
    past.with_day(date(2025, 2, 1))

    entries["marsh"].set_levels(risk="high", source="import", by=by, reason="More money")
    entries["coast"].set_levels(risk="low", source="import", by=by)
    for step in (Status.LEAVING, Status.LEFT):
        entries["fen"].move(step, by=by, reason="The work is done")
    entries["sedge"] = add("Sedge Alliance", 20_000, 1, "", "", budget_status="outside")
    make_contribution(entries["marsh"], 120_000, year=2025)
    past.with_day(date(2025, 10, 1))

    entries["marsh"].refresh_from_db()
    entries["marsh"].change({"name": "Renamed afterwards", "hours_a_month": Decimal(99)}, by=by)
    entries["weir"].move(Status.LEAVING, by=by, reason="Since June")
    past.with_day(date(2026, 6, 1))
    return version, entries, by
