"""Reports read off the register as it is today: the fields a policy names, what falls due, what is to be budgeted.

Source: CORE-18; BRK-G05, G07 and F20; HAR-G08 and G09; RED-G12; MEL-G07, G10, A28, A32 and H13; STR-G07, G08 and A06.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from approvals.models import Request, StepTaken
from approvals.rules import DECIDING
from config import words
from policy.model import Policy, Report
from policy.models import PolicyVersion
from register.exports import CHOICES, Column, columns_of, fetched
from register.models import Contribution, Partnership, Priority, PriorityLink, Status
from register.models.parts import financial_year
from reports.charts import BRAND, Bar, chart_of
from reports.rules import grouped, total
from reports.shape import Chapter, Col, Fact, Line, Paper, Table
from reviews.models import Occasion

NAME, REFERENCE = Col("Partnership"), Col("Reference")
PARTNERSHIPS, POUNDS, HOURS = Col("Partnerships", "number"), Col("£ a year", "money"), Col("Hours a month", "hours")
IN_FRONT = ("name", "reference")
# What every report reads of an entry, whatever fields its policy has: without them each entry would ask for its own.
ALWAYS = [
    Column(name, name, attrgetter(name), needs=(name,))
    for name in ("contribution_a_year", "hours_a_month", "data_caveat", "data_assurance")
]
UNDER = {"contributions": "contribution_a_year"}  # a field whose figure another column carries
WIDE_FROM = 7  # columns that need the long side of the paper


@dataclass(frozen=True)
class Made:
    """For whom a report of the day is made, by whom, on which day, under which policy."""

    version: PolicyVersion
    today: date
    readers: str
    made_by: str

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.version.policy

    def paper(
        self,
        title: str,
        *,
        chapters: Iterable[Chapter],
        facts: Iterable[Fact] = (),
        period: str = "",
        on: date | None = None,
        based_on: Iterable[str] = (),
    ) -> Paper:
        """The report, with what it is based on."""
        told = tuple(chapters)
        stood = on or self.today
        return Paper(
            title=title,
            period=period,
            readers=self.readers,
            council=settings.COUNCIL_NAME,
            policy=str(self.version),
            on=stood,
            made_on=self.today,
            made_by=self.made_by,
            facts=tuple(facts),
            chapters=told,
            based_on=tuple(based_on) or (f"The register as it stood on {words.day(stood)}.",),
            is_wide=any(len(table.columns) >= WIDE_FROM for chapter in told for table in chapter.tables),
        )


def _entry(entry: Partnership) -> str:
    return reverse("register:partnership", args=[entry.reference])


def _chapter(
    anchor: str,
    title: str,
    columns: Sequence[Col],
    lines: Iterable[Line],
    empty: str,
    *,
    said: Iterable[str] = (),
    sums: Line | None = None,
    chart: Any = None,
) -> Chapter:
    """A chapter of one table."""
    held = tuple(lines)
    table = Table(anchor, title, tuple(columns), held, empty, sums if held else None)
    return Chapter(anchor, title, tuple(said), (table,), chart)


# --- The fields that a policy names -----------------------------------------------------------------


def columns_for(policy: Policy, report: Report) -> list[Column]:
    """The columns of the register behind the fields of a report of the policy, in its order."""
    known = columns_of(policy)
    found: dict[str, Column] = {}
    for field_id in report.fields:
        field = next(each for each in policy.fields if each.id == field_id)
        core = str(field.core)
        column = known.get(core) or known.get(UNDER.get(core, "")) or known.get(field.id)
        if column and column.id not in IN_FRONT:
            found[column.id] = column
    return list(found.values())


@dataclass
class _FieldsReport:
    """A report of the fields that the policy names, over all active partnerships: counts, totals, every entry."""

    report: Report
    made: Made

    @cached_property
    def columns(self) -> list[Column]:
        return columns_for(self.made.policy, self.report)

    @cached_property
    def entries(self) -> list[Partnership]:
        return list(fetched(Partnership.objects.active().order_by("name", "pk"), [*self.columns, *ALWAYS]))

    def paper(self) -> Paper:
        chapters = [*self._counts(), *self._unserved(), self._all(), *caveats(self.entries)]
        return self.made.paper(self.report.title, chapters=chapters, facts=facts_of(self.entries))

    def _counts(self) -> Iterator[Chapter]:
        """How many partnerships, pounds and hours for each value of a field that has a list, and for each service."""
        for column in self.columns:
            if not (column.id in (*CHOICES, "service") or column.kind == "level"):
                continue
            groups = grouped(self.entries, lambda entry, column=column: (column.text(entry),))  # type: ignore[misc]
            order = {label: rank for rank, (_, label) in enumerate(reversed(column.levels))}
            held = sorted(groups.values(), key=lambda group: (order.get(group.label, len(order)), group.label))
            lines = [Line((group.label, Decimal(group.entries), group.pounds, group.hours)) for group in held]
            sums = Line(("All", Decimal(len(self.entries)), *_sums(self.entries)))
            title = f"By {words.inside(column.label)}"
            drawn = [Bar(group.label, group.entries, BRAND) for group in held]
            yield _chapter(
                f"by-{column.id.replace('_', '-')}",
                title,
                (Col(column.label), PARTNERSHIPS, POUNDS, HOURS),
                lines,
                "",
                sums=sums,
                chart=chart_of(f"Partnerships by {words.inside(column.label)}", drawn),
            )

    def _unserved(self) -> Iterator[Chapter]:
        """Priorities that no active partnership serves, where the report is about priorities (MEL-G07, H24)."""
        if not any(column.id in ("priorities", "critical_outcomes") for column in self.columns):
            return
        helped = PriorityLink.objects.filter(partnership__status__in=[Status.ACTIVE, Status.LEAVING])
        own = Exists(helped.filter(priority=OuterRef("pk")))
        below = Exists(helped.filter(priority__parent=OuterRef("pk")))
        idle = (
            Priority.objects.filter(is_active=True, parent=None)
            .filter(~Q(own) & ~Q(below))
            .order_by("position", "code")
        )
        lines = [Line((priority.code, priority.title)) for priority in idle]
        columns = (Col("Code"), Col("Priority"))
        title = "Priorities that no partnership serves"
        yield _chapter("not-served", title, columns, lines, "Every priority is served by a partnership.")

    def _all(self) -> Chapter:
        columns = [NAME, REFERENCE, *(Col(column.label, column.kind) for column in self.columns)]
        lines = [
            Line((entry.name, entry.reference, *(column.value(entry) for column in self.columns)), _entry(entry))
            for entry in self.entries
        ]
        figures = [
            total(column.value(entry) for entry in self.entries) if column.kind in ("money", "hours") else ""
            for column in self.columns
        ]
        sums = Line(("All", "", *figures)) if any(figures) else None
        return _chapter("all", "Each partnership", columns, lines, "No partnership is active.", sums=sums)


def fields_report(report: Report, made: Made) -> Paper:
    """The report of a policy that its own fields describe; the queries do not grow with the entries."""
    return _FieldsReport(report, made).paper()


def facts_of(entries: Sequence[Any]) -> tuple[Fact, ...]:
    """How many, what they cost and how many hours they take, of what is known."""
    pounds, hours = _sums(entries)
    known = sum(entry.contribution_a_year is not None for entry in entries)
    timed = sum(entry.hours_a_month is not None for entry in entries)
    of = f"{len(entries):,}"
    return (
        Fact("Partnerships", of),
        Fact("The council pays", words.millions(pounds), f"a year, known for {known:,} of {of}" if known else ""),
        Fact(
            "Staff time",
            words.hours_alone(hours, 0) if hours is not None else words.NOT_KNOWN,
            f"a month, known for {timed:,} of {of}" if timed else "",
        ),
    )


def caveats(entries: Iterable[Any]) -> Iterator[Chapter]:
    """What partners' own figures are to be read with (BRK-F20); nothing where there is no caveat."""
    lines = [
        Line((entry.name, entry.reference, entry.data_caveat), _entry(entry)) for entry in entries if entry.data_caveat
    ]
    if lines:
        columns = (NAME, REFERENCE, Col("Caveat", "long_text"))
        yield _chapter("caveats", "What to bear in mind about the figures", columns, lines, "")


def _sums(entries: Iterable[Any]) -> tuple[Decimal | None, Decimal | None]:
    held = list(entries)
    return total(entry.contribution_a_year for entry in held), total(entry.hours_a_month for entry in held)


# --- What falls due ---------------------------------------------------------------------------------


def programme(report: Report | None, made: Made) -> Paper:
    """Which partnership is reviewed, evaluated or reported on when, by whom, and what is late.

    Source: BRK-G05 and F15; RED-G12 and F29; MEL-G10 and F12.
    """
    due = list(Occasion.objects.for_list())
    late = [each for each in due if each.is_late(made.today)]
    coming = [each for each in due if not each.is_late(made.today)]
    columns = (Col("Due", "date"), Col("What"), NAME, Col("Lead officer"), Col("Why then", "long_text"))

    def lines(found: Iterable[Occasion]) -> list[Line]:
        return [
            Line(
                (
                    each.due_on,
                    each.title,
                    each.partnership.name if each.partnership else "The council as a whole",
                    _lead(each.partnership) if each.partnership else None,
                    each.because,
                ),
                _entry(each.partnership) if each.partnership else "",
            )
            for each in found
        ]

    chapters = [
        _chapter("late", "Late", columns, lines(late), "Nothing is late."),
        _chapter(
            "coming", "To come", columns, lines(coming), "Nothing is due. The cycles of the policy fill this list."
        ),
    ]
    if report and (shown := columns_for(made.policy, report)):
        entries = list(fetched(Partnership.objects.active().order_by("name", "pk"), shown))
        arranged = [
            Line((entry.name, entry.reference, *(column.value(entry) for column in shown)), _entry(entry))
            for entry in entries
        ]
        headings = (NAME, REFERENCE, *(Col(column.label, column.kind) for column in shown))
        chapters.append(_chapter("arranged", "What is arranged", headings, arranged, "No partnership is active."))
    facts = (
        Fact("Late", f"{len(late):,}"),
        Fact("To come", f"{len(coming):,}"),
        Fact("Partnerships concerned", f"{len({each.partnership_id for each in due if each.partnership_id}):,}"),
    )
    title = report.title if report else "Programme of reviews and reports"
    return made.paper(title, chapters=chapters, facts=facts)


def _lead(entry: Partnership) -> str | None:
    return str(entry.lead_officer) if entry.lead_officer else entry.lead_officer_name or None


# --- Business planning ------------------------------------------------------------------------------


def planning_years(today: date) -> list[int]:
    """The financial years to plan: those with money on the register from this year on, and the next one."""
    this = financial_year(today)
    known = Contribution.objects.filter(year__gte=this).values_list("year", flat=True).distinct()
    return sorted({this, this + 1, *known}, reverse=True)


def planning(year: int, made: Made) -> Paper:
    """What partnerships ask of the budget of a financial year: agreed, in principle, outside it (BRK-G02, F22).

    Rows of the year itself count; a partnership without one is listed with what it takes in the latest year known.
    """
    living = [Status.PROPOSED, Status.ACTIVE, Status.LEAVING]
    rows = list(
        Contribution.objects.filter(partnership__status__in=living, year__lte=year, is_in_kind=False)
        .select_related("partnership")
        .order_by("partnership__name", "partnership_id", "-year", "pk")
    )
    labels = _labels(made.policy, "budget_status")
    of_year = [row for row in rows if row.year == year]
    with_row = {row.partnership_id for row in of_year}
    earlier: dict[int, list[Contribution]] = {}
    for row in rows:
        held = earlier.setdefault(row.partnership_id, [])
        if row.partnership_id not in with_row and (not held or held[0].year == row.year):
            held.append(row)
    carried = [row for held in earlier.values() for row in held]

    def status(row: Contribution) -> str:
        said = labels.get(row.budget_status, row.budget_status)
        return said or ("Outside the budget" if row.is_outside_budget else "In the budget")

    named = words.financial_year(year)
    sums: dict[str, Decimal] = {}
    for row in of_year:
        sums[status(row)] = sums.get(status(row), Decimal(0)) + row.amount
    everything = sum((row.amount for row in of_year), Decimal(0))
    outside = sum((row.amount for row in of_year if row.is_outside_budget), Decimal(0))
    decided = _decisions([row.partnership_id for row in of_year])
    columns = (
        NAME, REFERENCE, Col("State"), Col("Budget"), Col("Amount", "money"), Col("Last decision"),
        Col("Note", "long_text"),
    )  # fmt: skip
    lines = [
        Line(
            (
                row.partnership.name,
                row.partnership.reference,
                Status(row.partnership.status).label,
                status(row),
                row.amount,
                decided.get(row.partnership_id, "None on the register"),
                row.note or row.source,
            ),
            _entry(row.partnership),
        )
        for row in of_year
    ]
    no_row = (NAME, REFERENCE, Col("Latest year known"), Col("Amount then", "money"))
    carried_lines = [
        Line(
            (row.partnership.name, row.partnership.reference, words.financial_year(row.year), row.amount),
            _entry(row.partnership),
        )
        for row in carried
    ]
    by_status = [Line((label, amount)) for label, amount in sorted(sums.items())]
    chapters = (
        _chapter(
            "by-budget", "By budget", (Col("Budget"), Col("Amount", "money")), by_status,
            f"No money of {named} is on the register.", sums=Line(("All", everything)),
        ),
        _chapter(
            "asked", "What each partnership takes", columns, lines, f"No money of {named} is on the register.",
            sums=Line(("All", "", "", "", everything, "", "")),
        ),
        _asked_for(year, named),
        _chapter(
            "no-figure", "Without a figure for this year", no_row, carried_lines,
            "Every partnership with money has a figure for this year.",
            said=["They paid before and say nothing of this year: ask whether they go on."] if carried else (),
        ),
    )  # fmt: skip
    facts = (
        Fact("Taken by partnerships", words.millions(everything), f"in {named}"),
        Fact("Outside the budget", words.millions(outside), f"in {named}"),
        Fact("Without a figure", f"{len({row.partnership_id for row in carried}):,}", "that paid before"),
    )
    return made.paper("Partnerships in business planning", period=named, chapters=chapters, facts=facts)


def _decisions(entries: Iterable[int]) -> dict[int, str]:
    """The last decision on each entry, as a list names it: "D-2026-014, Cabinet, 15 Dec 2026" (BRK-F23). One query."""
    found = StepTaken.objects.decisions().filter(request__partnership__in=set(entries), act__in=DECIDING)
    rows = found.order_by("number").values_list("request__partnership", "reference", "body", "on")
    return {
        entry: ", ".join(filter(None, (reference, body, words.short_day(on)))) for entry, reference, body, on in rows
    }


def _asked_for(year: int, named: str) -> Chapter:
    """What requests on their way ask of the year: nobody has decided it, and it is in no sum. One query."""
    lines = []
    on_their_way = Request.objects.on_their_way().filter(partnership__isnull=False).select_related("partnership")
    for request in on_their_way.order_by("partnership__name", "reference"):
        for kept in request.changes.get("money", {}).values():
            was, now = kept["was"] or {}, kept["now"] or {}
            if int(now.get("year") or was.get("year") or 0) != year:
                continue
            sums = [None if row.get("amount") is None else Decimal(row["amount"]) for row in (was, now)]
            address = reverse("approvals:request", args=[request.reference])
            lines.append(Line((request.entry.name, request.reference, *sums), address))
    columns = (NAME, Col("Request"), Col("On the register", "money"), Col("Asked for", "money"))
    empty = f"No request that waits for a decision asks for money of {named}."
    return _chapter("asked-for", "Asked for, not decided", columns, lines, empty)


def _labels(policy: Policy, core: str) -> dict[str, str]:
    field = policy.core_field(core)
    return {value.id: value.label for value in policy.list(field.list).values} if field and field.list else {}


# --- The policy itself ------------------------------------------------------------------------------


def versions(made: Made) -> Paper:
    """Which version of the policy held when, who put it in force and who agreed to it (HAR-G09, I09, F17)."""
    columns = (
        Col("Policy"),
        Col("Version"),
        Col("In force from", "date"),
        Col("Until", "date"),
        Col("Loaded by"),
        Col("Agreed"),
    )
    lines = [
        Line(
            (
                each.title,
                each.version,
                each.in_force_from,
                each.in_force_to,
                str(each.loaded_by or "A command"),
                each.decision or "Nothing is recorded",
            ),
            reverse("policy:version", args=[each.code, each.version]),
        )
        for each in PolicyVersion.objects.dated()
        .defer("text", "canonical")
        .select_related("loaded_by")
        .order_by("-in_force_from", "-pk")
    ]
    return made.paper(
        "Version history of the policy",
        chapters=[_chapter("versions", "Versions", columns, lines, "No policy was ever in force.")],
        based_on=["Each version as it was put in force: a published version never changes."],
    )
