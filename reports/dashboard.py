"""The dashboard: the register today in a few figures and charts, for those who keep it, steer it and decide.

Which parts somebody sees depends on their roles. What is counted is the condition of a filter of the register's list,
so that a figure and the list behind it agree. The queries are as many for ten entries as for ten thousand.
Source: CORE-18; BRK-G02, BRK-G06 and BRK-G13; HAR-G02 and HAR-G08; RED-G12; MEL-G07.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse

from accounts.roles import Role
from approvals.models import Request
from config import words
from register.filters import ALL_ACTIVE, NONE, AnyOf, PartnershipFilter, review_is_late
from register.levels import levels_of, scale_of
from register.models import Partnership, Priority, PriorityLink, Status
from register.panels import list_of
from register.watching import risk_moved
from reports import checks
from reports.charts import BRAND, Bar, chart_of
from reports.lists import HOURS, NAME, PARTNERSHIPS, POUNDS, Made
from reports.rules import moved, total
from reports.shape import Chapter, Col, Fact, Line, Paper, Rated, Table
from reviews import queries
from reviews.models import Campaign

# What each role sees, in this order; who holds several sees the parts of each once.
PARTS: dict[Role, tuple[str, ...]] = {
    Role.REGISTER_MANAGER: ("refresh", "reviews", "missing", "services"),
    Role.MANAGEMENT_TEAM: ("risk", "value", "moved", "reviews", "services"),
    Role.EXECUTIVE: ("risk", "moved", "budget", "priorities"),
}
MOST_BARS, MOST_LINES = 12, 25
FIGURE = Col("Partnerships", "number")


@dataclass
class _Dashboard:
    """One dashboard while it is gathered."""

    made: Made
    roles: frozenset[Role]

    @cached_property
    def active(self) -> Any:
        return Partnership.objects.active().order_by()

    @cached_property
    def filters(self) -> PartnershipFilter:
        return PartnershipFilter(QueryDict(ALL_ACTIVE), policy=self.made.policy, today=self.made.today)

    @cached_property
    def highest(self) -> tuple[str, str] | None:
        """The highest overall level of risk, id and label; None where the policy sets none."""
        levels = levels_of(self.made.policy, "risk_level")
        return levels[-1] if levels else None

    def paper(self) -> Paper:
        wanted = dict.fromkeys(part for role, parts in PARTS.items() if role in self.roles for part in parts)
        chapters = [chapter for part in wanted for chapter in getattr(self, f"_{part}")()]
        return self.made.paper(
            "Dashboard",
            chapters=chapters,
            facts=self._facts(),
            based_on=["The register as it stands: active entries and those that the council is leaving."],
        )

    def _facts(self) -> Iterator[Fact]:
        conditions = {"late": review_is_late(self.made.today), "outside": Q(unbudgeted_a_year__gt=0)}
        if self.highest:
            conditions["high"] = Q(risk_level=self.highest[0])
        found = self.active.aggregate(
            **{name: Count("pk", filter=condition) for name, condition in conditions.items()},
            entries=Count("pk"),
            pounds=Sum("contribution_a_year"),
            known=Count("contribution_a_year"),
            unbudgeted=Sum("unbudgeted_a_year"),
        )
        of = f"{found['entries']:,}"
        yield Fact("Partnerships", of, "active or leaving", list_of())
        sense = f"a year, known for {found['known']:,} of {of}" if found["known"] else ""
        yield Fact("The council pays", words.millions(found["pounds"]), sense, list_of(sort="-contribution_a_year"))
        if self.highest:
            level, label = self.highest
            yield Fact(f"{label} risk", f"{found['high']:,}", "overall level", list_of(risk=level))
        yield Fact("Late reviews", f"{found['late']:,}", "of active entries", list_of(due="late"))
        outside = words.count(found["outside"], "partnership")
        sense = f"a year, {outside}"
        yield Fact("Outside the budget", words.millions(found["unbudgeted"] or 0), sense, self._outside_budget())
        waiting = Request.objects.on_their_way().count()
        yield Fact("Requests under way", f"{waiting:,}", "to a decision", reverse("approvals:decision_list"))

    def _outside_budget(self) -> str:
        """The list of entries with money outside the budget; "" where the policy asks for no money."""
        return list_of(outside="yes", sort="-contribution_a_year") if "outside" in self.filters.filters else ""

    # --- Parts ------------------------------------------------------------------------------------

    def _risk(self) -> Iterator[Chapter]:
        """By overall level of risk, or by the highest single risk where the policy has a matrix instead."""
        if self.highest:
            yield self._by("risk", "Partnerships by risk", "Risk")
        elif "highest_risk" in self.filters.filters:
            yield self._by("highest_risk", "Partnerships by highest single risk", "Highest single risk")

    def _value(self) -> Iterator[Chapter]:
        if levels_of(self.made.policy, "value_level"):
            yield self._by("value", "Partnerships by value", "Value")

    def _reviews(self) -> Iterator[Chapter]:
        said = ("Late ones stand by themselves. Each of the other lines holds those above it, from today on.",)
        yield self._by("due", "Next reviews", "Next review", said)

    def _by(self, name: str, title: str, heading: str, said: tuple[str, ...] = ()) -> Chapter:
        """How many entries, pounds and hours each choice of one of the list's filters holds. One query."""
        asked = self.filters.filters[name]
        options: Sequence[tuple[str, str]] = asked.extra["choices"]
        sums: dict[str, Any] = {}
        for place, (option, _) in enumerate(options):
            condition = asked.q([option] if isinstance(asked, AnyOf) else option)
            sums |= {
                f"entries{place}": Count("pk", filter=condition),
                f"pounds{place}": Sum("contribution_a_year", filter=condition),
                f"hours{place}": Sum("hours_a_month", filter=condition),
            }
        found = self.active.aggregate(**sums)
        rows = [
            (
                label,
                found[f"entries{place}"],
                found[f"pounds{place}"],
                found[f"hours{place}"],
                list_of(**{name: option}),
            )
            for place, (option, label) in enumerate(options)
            if option != NONE or found[f"entries{place}"]
        ]
        none = Decimal(0)  # where nothing stands nothing is unknown
        lines = [
            Line((label, Decimal(many), *((pounds, hours) if many else (none, none))), addresses=((1, address),))
            for label, many, pounds, hours, address in rows
        ]
        drawn = [Bar(row[0], row[1], BRAND) for row in rows]
        columns = (Col(heading), PARTNERSHIPS, POUNDS, HOURS)
        return _chapter(name.replace("_", "-"), title, columns, lines, drawn, said=said)

    def _services(self) -> Iterator[Chapter]:
        """What each service takes part in: money, time, the highest risk and late reviews (BRK-G13). One query."""
        more = {"late": Count("pk", filter=review_is_late(self.made.today))}
        if self.highest:
            more["high"] = Count("pk", filter=Q(risk_level=self.highest[0]))
        rows = list(
            self.active.values("service", "service__name").annotate(
                entries=Count("pk"), pounds=Sum("contribution_a_year"), hours=Sum("hours_a_month"), **more
            )
        )
        rows.sort(key=lambda row: (-(row["pounds"] or 0), row["service__name"] or ""))
        columns = [Col("Service"), PARTNERSHIPS, POUNDS, HOURS, Col("Late reviews", "number")]
        columns += [Col(f"{self.highest[1]} risk", "number")] if self.highest else []
        lines, drawn = [], []
        for row in rows:
            label, service = row["service__name"] or "No service named", row["service"] or NONE
            cells = [label, Decimal(row["entries"]), row["pounds"], row["hours"], Decimal(row["late"])]
            addresses = [(1, list_of(service=service)), (4, list_of(service=service, due="late"))]
            if self.highest:
                cells.append(Decimal(row["high"]))
                addresses.append((5, list_of(service=service, risk=self.highest[0])))
            lines.append(Line(tuple(cells), addresses=tuple(addresses)))
            drawn.append(Bar(label, float(row["pounds"] or 0), BRAND, words.money(row["pounds"])))
        chart = "What the council pays a year, by service"
        yield _chapter("services", "By service", columns, lines, drawn[:MOST_BARS], chart=chart)

    def _moved(self) -> Iterator[Chapter]:
        """Overall risk that rose or fell within a quarter (FIG-09). One query."""
        scheme = next((each for each in self.made.policy.schemes.values() if each.core == "risk_level"), None)
        if scheme is None:
            return
        order, hue = [level.id for level in scheme.levels], scale_of(self.made.policy, "risk_level")
        fields = ("reference", "name", "risk_level")
        rows: dict[str, list[Line]] = {"rose": [], "fell": []}
        for entry in risk_moved(self.active, self.made.today).only(*fields):
            way = moved(entry.before, entry.risk_level, order)
            if way:
                levels = [Rated(level, hue, scheme.levels) for level in (entry.before, entry.risk_level)]
                address = reverse("register:history", args=[entry.reference])
                rows[way].append(Line((entry.name, *levels), address))
        lines = [*rows["rose"], *rows["fell"]]
        said = [f"{words.count(len(rows['rose']), 'partnership')} rose and {len(rows['fell']):,} fell."]
        if len(lines) > MOST_LINES:
            said.append(f"The first {MOST_LINES} of {len(lines):,}, those that rose first.")
        drawn = [Bar("Rose", len(rows["rose"]), BRAND), Bar("Fell", len(rows["fell"]), BRAND)]
        columns = (NAME, Col("Was", "level"), Col("Now", "level"))
        empty = "No overall level of risk went up or down."
        yield _chapter(
            "moved",
            "Risk that moved in the last three months",
            columns,
            lines[:MOST_LINES],
            drawn if lines else (),
            said=said if lines else (),
            empty=empty,
        )

    def _budget(self) -> Iterator[Chapter]:
        """Money outside the budget, the most first (BRK-F05). One query."""
        found = self.active.filter(unbudgeted_a_year__gt=0).order_by("-unbudgeted_a_year", "name", "pk")
        rows = list(found.values_list("reference", "name", "unbudgeted_a_year", "contribution_a_year"))
        lines = [
            Line((name, outside, pounds), reverse("register:money", args=[reference]))
            for reference, name, outside, pounds in rows[:MOST_LINES]
        ]
        drawn = [Bar(name, float(outside), BRAND, words.money(outside)) for _, name, outside, _ in rows[:MOST_BARS]]
        said = (
            [f"The first {MOST_LINES} of {len(rows):,}. The total leads to all of them."]
            if len(rows) > MOST_LINES
            else []
        )
        columns = (NAME, Col("Outside the budget, £ a year", "money"), POUNDS)
        empty = "No active entry has money outside the budget."
        sums = (f"All {len(rows):,}", total(row[2] for row in rows), total(row[3] for row in rows))
        everything = Line(sums, addresses=((1, self._outside_budget()),)) if len(rows) > 1 else None
        yield _chapter(
            "budget", "Money outside the budget", columns, lines, drawn, said=said, empty=empty, sums=everything
        )

    def _priorities(self) -> Iterator[Chapter]:
        """How many partnerships serve each priority, its outcomes included. Three queries."""
        if not any(map(self.made.policy.core_field, ("priorities", "critical_outcomes"))):
            return
        links = PriorityLink.objects.filter(partnership__status__in=[Status.ACTIVE, Status.LEAVING])
        counted = links.annotate(top=Coalesce("priority__parent", "priority")).values("top")
        served = dict(counted.annotate(many=Count("partnership", distinct=True)).values_list("top", "many"))
        rows = [
            (f"{code} {title}", served.get(pk, 0), list_of(priority=code))
            for pk, code, title in Priority.objects.filter(parent=None, is_active=True)
            .order_by("position", "code")
            .values_list("pk", "code", "title")
        ]
        none = self.active.filter(self.filters.filters["priority"].q(NONE)).count()
        rows += [("None named", none, list_of(priority=NONE))] if none else []
        lines = [Line((label, Decimal(many)), addresses=((1, address),)) for label, many, address in rows]
        said = ["A partnership that serves several counts under each."] if rows else []
        drawn = [Bar(label, many, BRAND) for label, many, _ in rows]
        empty = "The council’s priorities are not on the register yet."
        title = "Partnerships by priority"
        yield _chapter("priorities", title, (Col("Priority"), FIGURE), lines, drawn[:MOST_BARS], said=said, empty=empty)

    def _missing(self) -> Iterator[Chapter]:
        """What the checks find, the most first. One query."""
        found = [each for each in checks.findings(checks.Asked(self.made.version, self.made.today)) if each.count]
        found.sort(key=lambda each: -each.count)
        lines = [
            Line(
                (each.check.title, Decimal(each.count)),
                addresses=((1, reverse("reports:check", args=[each.check.slug])),),
            )
            for each in found
        ]
        drawn = [Bar(each.check.title, each.count, BRAND) for each in found]
        columns = (Col("What an auditor would find"), FIGURE)
        empty = "Every active entry has what the policy asks for."
        yield _chapter("missing", "What is missing", columns, lines, drawn[:MOST_BARS], empty=empty)

    def _refresh(self) -> Iterator[Chapter]:
        """How far the yearly refresh is (BRK-F22, HAR-F10). Two queries."""
        campaign = Campaign.objects.for_list().under_way().first()
        if campaign is None:
            return
        figures = queries.figures_of(campaign, self.made.today)
        where = reverse("reviews:campaign_reviews", args=[campaign.slug])
        rows = [
            (title, figures[which], f"{where}?which={which}")
            for which in ("signed_off", "waiting", "challenged", "with_lead", "late")
            for title in [queries.FILTERS[which][0]]
        ]
        lines = [Line((title, Decimal(many)), addresses=((1, address),)) for title, many, address in rows]
        lines.append(Line(("All", Decimal(figures["all"])), addresses=((1, where),)))
        said = [f"{campaign}, due on {words.day(campaign.due_on)}. A review can stand in more than one line."]
        drawn = [Bar(title, many, BRAND) for title, many, _ in rows]
        columns = (Col("Reviews"), Col("Number", "number"))
        yield _chapter("refresh", "The yearly refresh", columns, lines, drawn, said=said)


def _chapter(
    anchor: str,
    title: str,
    columns: Iterable[Col],
    lines: Sequence[Line],
    drawn: Sequence[Bar],
    *,
    said: Iterable[str] = (),
    empty: str = "",
    chart: str = "",
    sums: Line | None = None,
) -> Chapter:
    """A chart with its table."""
    table = Table(anchor, title, tuple(columns), tuple(lines), empty, sums)
    return Chapter(anchor, title, tuple(said), (table,), chart_of(chart or title, drawn))


def dashboard(roles: Iterable[Role], made: Made) -> Paper:
    """The register today as those with these roles look at it."""
    return _Dashboard(made, frozenset(roles)).paper()
