"""The columns of the register: one definition for the list, Excel, CSV, web page and PDF.

A column takes its heading from the policy pack's field, with the unit named once. Its `value` is typed
(Decimal, date, yes or no, text; `None` when not known), so that a spreadsheet can reckon with it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar

from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf

from config import words
from config.words import NOT_KNOWN
from policy.model import Matrix, Policy, RegisterField
from register.levels import NOT_SET, ByIdentity, levels_of, scale_of
from register.models import Partnership, Risk, Side, Status
from register.models.partnership import Precision

Kind = Literal["text", "long_text", "money", "number", "hours", "date", "level", "yes_no"]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _plainly(value: Any) -> str:
    return str(value)


def _yes_no(value: bool) -> str:
    return "Yes" if value else "No"


# How a typed value is said, by kind of column.
SAID: dict[str, Callable[[Any], str]] = {
    "text": _plainly,
    "long_text": _plainly,
    "money": words.money,
    "number": words.number,
    "hours": lambda value: words.number(value, 1),
    "date": lambda value: value if isinstance(value, str) else words.short_day(value),
    "level": _plainly,
    "yes_no": _yes_no,
}


Row = TypeVar("Row")  # an entry of the register, or whatever else a sheet lists


@dataclass(frozen=True, eq=False)
class Column(Generic[Row]):
    """One column: its heading with the unit, its typed value, and what the database must fetch for it.

    `order` names the fields to sort by (empty: the list cannot be sorted by it), `needs` the fields,
    `joins` and `rows` what `select_related` and `prefetch_related` fetch. `section` is the title under
    which the page for choosing columns shows it.
    """

    id: str
    label: str
    value: Callable[[Row], Any]
    kind: Kind = "text"
    section: str = "The entry"
    order: tuple[Any, ...] = ()
    needs: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    levels: tuple[tuple[str, str], ...] = ()
    scale: str = ""

    @property
    def is_figure(self) -> bool:
        """Whether the column stands at the right and has a total."""
        return self.kind in ("money", "number", "hours")

    @property
    def unknown(self) -> str:
        """The words for a cell without a value."""
        return NOT_SET if self.kind == "level" else NOT_KNOWN

    def said(self, value: Any) -> str:
        """A value that is known, in words: "£142,600", "30 Nov 2026", "Yes"."""
        return SAID[self.kind](value)

    def text(self, row: Row) -> str:
        """The value in words; what is not known says so."""
        value = self.value(row)
        return self.unknown if value is None or value == "" else self.said(value)


# --- What each attribute of the register is -----------------------------------------------------

CHOICES = (
    "nature", "partnership_type", "legal_status", "meeting_frequency", "budget_status", "payment_kind",
    "exit_impact_level", "council_role", "governance_form", "reporting_frequency", "reporting_to",
    "data_assurance", "theme", "area",
)  # fmt: skip
TEXTS = ("meeting_note", "cost_centre", "budget_source", "reporting_person")
LONG_TEXTS = (
    "purpose", "council_role_note", "value_resources", "value_influence", "value_reputation", "exit_impact",
    "information_sharing", "comments", "governance_note", "performance_note", "data_caveat", "audit_note",
    "significance_reason", "statutory_note", "contribution_note", "hours_note",
)  # fmt: skip
YES_NO = ("is_statutory", "has_statutory_duty", "audit_compliant", "is_significant")
MANY_CHOICES = ("client_groups", "performance_arrangements")
PEOPLE = ("lead_officer", "responsible_head", "portfolio_holder")
LEVELS = ("risk_level", "value_level")
DAYS = {
    "starts_on": "starts_on_precision",
    "ends_on": "ends_on_precision",
    "last_review_on": "",
    "next_review_on": "",
}
FIGURES: dict[str, tuple[str, Kind]] = {
    "contribution_a_year": ("contribution_a_year", "money"),
    "contributions": ("contribution_a_year", "money"),
    "hours_a_month": ("hours_a_month", "hours"),
    "meetings_a_year": ("meetings_a_year", "number"),
    "unbudgeted_a_year": ("unbudgeted_a_year", "money"),
}
UNITS = {
    "contribution_a_year": "£ a year",
    "contributions": "£ a year",
    "unbudgeted_a_year": "£ a year",
    "hours_a_month": "hours a month",
}


def _joined(parts: Iterable[Any]) -> str:
    return "; ".join(str(part) for part in parts if part)


def _rows_of(partnership: Partnership, name: str) -> Iterable[Any]:
    """The entry's rows of another table: those that `fetched` brought, else asked for now."""
    # `.all()` makes a manager class for each entry and column, which costs more than writing the cell.
    brought = getattr(partnership, "_prefetched_objects_cache", {}).get(name)
    return getattr(partnership, name).all() if brought is None else brought


def _members(partnership: Partnership) -> str:
    return _joined(member.organisation for member in _rows_of(partnership, "memberships"))


def _leader(partnership: Partnership) -> str:
    return _joined(member.organisation for member in _rows_of(partnership, "memberships") if member.is_lead)


def _priorities(partnership: Partnership) -> str:
    links = _rows_of(partnership, "priority_links")
    return _joined(link.priority for link in links if link.priority.parent_id is None)


def _outcomes(partnership: Partnership) -> str:
    links = _rows_of(partnership, "priority_links")
    return _joined(link.priority for link in links if link.priority.parent_id is not None)


def _all_of(name: str) -> Callable[[Partnership], str]:
    return lambda partnership: _joined(_rows_of(partnership, name))


# Rows of other tables: how they read in one cell, and what fetches them.
ROWS: dict[str, tuple[Callable[[Partnership], str], str]] = {
    "partners": (_members, "memberships__organisation"),
    "lead_partner": (_leader, "memberships__organisation"),
    "representatives": (_all_of("representatives"), "representatives"),
    "priorities": (_priorities, "priority_links__priority"),
    "critical_outcomes": (_outcomes, "priority_links__priority"),
    "actions": (_all_of("actions"), "actions"),
    "funding_sources": (_all_of("funding_sources"), "funding_sources"),
    "benefits": (_all_of("benefits"), "benefits"),
    "documents": (_all_of("documents"), "documents"),
}


def person_of(partnership: Partnership, role: str) -> str | None:
    """Who holds `role` in the entry: the account's name, else the name as the old register has it."""
    person = getattr(partnership, role)
    return (str(person) if person else getattr(partnership, f"{role}_name")) or None


def day_of(partnership: Partnership, name: str, precision_name: str) -> Any:
    """A day, or its month or year in words where no more is known."""
    day = getattr(partnership, name)
    precision = getattr(partnership, precision_name) if precision_name else Precision.DAY
    if day is None or precision == Precision.DAY:
        return day
    return str(day.year) if precision == Precision.YEAR else f"{MONTHS[day.month - 1]} {day.year}"


def _by_level(core: str, levels: Sequence[tuple[str, str]]) -> Case:
    """Levels in their own order, not by the alphabet; not set comes last, as unknown figures do."""
    places = [When(**{core: level}, then=Value(place)) for place, (level, _) in enumerate(levels)]
    return Case(*places, default=None, output_field=IntegerField())


def _labels(policy: Policy, field: RegisterField) -> dict[str, str]:
    """The labels of a field's list by value; empty for a list that the council keeps."""
    if not field.list:
        return {}
    return {value.id: value.label for value in policy.list(field.list).values}


Facts = dict[str, Any]  # id, heading and section of a column
Builder = Callable[[Policy, RegisterField, str, Facts], Column[Partnership]]


def _choice(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    labels = _labels(policy, field)
    return Column(
        value=lambda p: labels.get(chosen := getattr(p, core), chosen) or None, order=(core,), needs=(core,), **facts
    )


def _text(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    return Column(value=lambda p: getattr(p, core) or None, order=(Lower(core),), needs=(core,), **facts)


def _long_text(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    return Column(value=lambda p: getattr(p, core) or None, kind="long_text", needs=(core,), **facts)


def _yes_or_no(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    return Column(value=lambda p: getattr(p, core), kind="yes_no", order=(core,), needs=(core,), **facts)


def _many_choices(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    labels = _labels(policy, field)
    return Column(value=lambda p: _joined(labels.get(one, one) for one in getattr(p, core)), needs=(core,), **facts)


def _person(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    name = f"{core}_name"
    order = Lower(Coalesce(f"{core}__name", NullIf(name, Value(""))))
    return Column(value=lambda p: person_of(p, core), order=(order,), needs=(name,), joins=(core,), **facts)


def _level(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    levels = levels_of(policy, core)
    labels = dict(levels)
    return Column(
        value=lambda p: labels.get(level := getattr(p, core), level) or None,
        kind="level",
        order=(_by_level(core, levels),),
        needs=(core,),
        levels=levels,
        scale=scale_of(policy, core),
        **facts,
    )


def _day(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    precision = DAYS[core]
    needs = (core, precision) if precision else (core,)
    return Column(value=lambda p: day_of(p, core, precision), kind="date", order=(core,), needs=needs, **facts)


def _figure(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    name, kind = FIGURES[core]
    return Column(value=lambda p: getattr(p, name), kind=kind, order=(name,), needs=(name,), **facts | {"id": name})


def _rows(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    say, rows = ROWS[core]
    return Column(value=lambda p: say(p) or None, kind="long_text", rows=(rows,), **facts)


def _risks(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    listed = {field.list, *(column.list for column in field.columns if column.id == "kind")} - {None}
    labels = {value.id: value.label for each in listed for value in policy.list(str(each)).values}

    def said(risk: Risk) -> str:
        if risk.rating:
            return f"{risk.note or labels.get(risk.kind, risk.kind)} ({risk.rating})"
        return labels.get(risk.kind) or risk.note or risk.kind

    return Column(
        value=lambda p: (
            _joined(said(row) for row in _rows_of(p, "risks") if row.is_open and row.side == Side.RISK) or None
        ),
        kind="long_text",
        rows=("risks",),
        **facts,
    )


def _opportunities(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    return Column(
        value=lambda p: (
            _joined(row for row in _rows_of(p, "risks") if row.is_open and row.side == Side.OPPORTUNITY) or None
        ),
        kind="long_text",
        rows=("risks",),
        **facts,
    )


def _highest_risk(matrix: Matrix) -> Column[Partnership]:
    """The highest level among an entry's open risks, for a policy that places each on a matrix."""
    levels = tuple((level.id, level.label) for level in matrix.levels)
    highest = Risk.objects.placed_on(matrix).filter(partnership=OuterRef("pk")).highest_first().values("score")[:1]

    def value(partnership: Partnership) -> str | None:
        rows = _rows_of(partnership, "risks")
        placed = [row for row in rows if row.is_open and row.side == Side.RISK and row.is_on(matrix)]
        return dict(levels)[max(placed, key=lambda row: row.score).level] if placed else None

    return Column(
        "highest_risk",
        "Highest single risk",
        value,
        kind="level",
        section="Levels",
        order=(Subquery(highest),),
        rows=("risks",),
        levels=levels,
        scale="risk",
    )


def _named(policy: Policy, field: RegisterField, core: str, facts: Facts) -> Column[Partnership]:
    """The name of another record: a service, the partnership above."""
    return Column(
        value=lambda p: str(found) if (found := getattr(p, core)) else None,
        order=(f"{core}__name",),
        joins=(core,),
        **facts,
    )


# What draws each attribute of the register. Name and status are columns of every policy and stand below.
BUILDERS: dict[str, Builder] = {
    **dict.fromkeys(CHOICES, _choice),
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(LONG_TEXTS, _long_text),
    **dict.fromkeys(YES_NO, _yes_or_no),
    **dict.fromkeys(MANY_CHOICES, _many_choices),
    **dict.fromkeys(PEOPLE, _person),
    **dict.fromkeys(LEVELS, _level),
    **dict.fromkeys(DAYS, _day),
    **dict.fromkeys(FIGURES, _figure),
    **dict.fromkeys(ROWS, _rows),
    "risks": _risks,
    "opportunities": _opportunities,
    "service": _named,
    "parent": _named,
}


def _core_column(policy: Policy, field: RegisterField, label: str, section: str) -> Column[Partnership] | None:
    core = str(field.core)
    builder = BUILDERS.get(core)
    return builder(policy, field, core, {"id": core, "label": label, "section": section}) if builder else None


def _local_column(policy: Policy, field: RegisterField, label: str, section: str) -> Column[Partnership]:
    """A field that only this policy asks for, kept in the entry's local values."""
    labels = _labels(policy, field)

    def value(partnership: Partnership) -> Any:
        kept = partnership.local_values.get(field.id)
        if isinstance(kept, list):
            return _joined(labels.get(one, one) if isinstance(one, str) else one for one in kept) or None
        if isinstance(kept, bool):
            return _yes_no(kept)
        return labels.get(kept, kept) if isinstance(kept, str) else kept

    return Column(field.id, label, value, section=section, needs=("local_values",))


def _heading(field: RegisterField) -> str:
    """The field's name with its unit, which stands once."""
    label = field.short or field.label
    unit = field.unit or UNITS.get(str(field.core), "")
    if unit.startswith("£ ") and label.lower().endswith(unit[2:].lower()):
        unit = "£"  # "Money outside the budget a year" says the year itself
    return label if not unit or unit.lower() in label.lower() else f"{label} ({unit})"


REFERENCE = Column[Partnership](
    "reference", "Reference", lambda p: p.reference, order=("reference",), needs=("reference",)
)
NAME = Column[Partnership]("name", "Partnership", lambda p: p.name, order=(Lower("name"),), needs=("name",))
STATUS = Column[Partnership]("status", "Status", lambda p: Status(p.status).label, order=("status",), needs=("status",))
UNBUDGETED = Column[Partnership](
    "unbudgeted_a_year",
    "Outside the budget (£ a year)",
    lambda p: p.unbudgeted_a_year,
    kind="money",
    section="Money and time",
    order=("unbudgeted_a_year",),
    needs=("unbudgeted_a_year",),
)
OWN_REFERENCE = Column[Partnership](
    "own_reference",
    "The council’s own reference",
    lambda p: p.own_reference or None,
    order=("own_reference",),
    needs=("own_reference",),
)
DEFAULT = ("lead_officer", "risk_level", "value_level", "contribution_a_year", "hours_a_month", "next_review_on")


@lru_cache(maxsize=8)
def _columns(code: str, version: str, policy: ByIdentity) -> dict[str, Column[Partnership]]:
    pack = policy.policy
    titles = {section.id: section.title for section in pack.sections}
    found = {column.id: column for column in (REFERENCE, NAME, STATUS, OWN_REFERENCE)}
    for field in pack.fields:
        label, section = _heading(field), titles.get(field.section, field.section)
        column = _core_column(pack, field, label, section) if field.core else _local_column(pack, field, label, section)
        if column and column.id not in found:
            found[column.id] = column
    found.setdefault(UNBUDGETED.id, UNBUDGETED)
    if matrix := pack.matrix_for("risks"):
        found["highest_risk"] = _highest_risk(matrix)
    return found


def columns_of(policy: Policy) -> dict[str, Column[Partnership]]:
    """Every column that the policy gives the register, by id, in the pack's order."""
    return _columns(policy.code, policy.version, ByIdentity(policy))


def chosen_columns(policy: Policy, ids: Sequence[str]) -> list[Column]:
    """The columns with these ids in this order, unknown ids left out; the default ones when none is left."""
    known = columns_of(policy)
    found = [known[each] for each in dict.fromkeys(ids) if each in known and each != "name"]
    return found or [known[each] for each in DEFAULT if each in known]


def all_columns(policy: Policy) -> list[Column]:
    """What a full export shows: every column."""
    return list(columns_of(policy).values())


ALWAYS = ("reference", "name", "status", "is_statutory", "service__name", "version")


def fetched(found: QuerySet[Partnership], columns: Iterable[Column]) -> QuerySet[Partnership]:
    """The entries with what the columns need, and no more, in a number of queries that the columns alone decide."""
    columns = list(columns)
    joins = {join for column in columns for join in column.joins} | {"service"}
    fields = {field for column in columns for field in column.needs} | set(ALWAYS)
    fields |= {f"{join}__name" for join in joins} | set(joins)
    rows = sorted({row for column in columns for row in column.rows})
    return found.select_related(*sorted(joins)).only(*sorted(fields)).prefetch_related(*rows)


def in_order(found: QuerySet[Partnership], column: Column | None, *, descending: bool = False) -> QuerySet[Partnership]:
    """The entries sorted by a column, unknown ones last either way, then by name."""
    keys = []
    for key in column.order if column else ():
        term = F(key) if isinstance(key, str) else key
        keys.append(term.desc(nulls_last=True) if descending else term.asc(nulls_last=True))
    return found.order_by(*keys, Lower("name"), "id")
