"""The rows that belong to a partnership: which kinds there are, and how a page names and shows each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.urls import reverse

from config import words
from register.facts import Asked, Fact
from register.models import (
    Action,
    Benefit,
    Contribution,
    Document,
    FundingSource,
    Membership,
    Partnership,
    PriorityLink,
    Representative,
    Risk,
    Side,
)


@dataclass(frozen=True)
class RowKind:
    """One kind of row. `slug` stands in its addresses, `noun` in sentences ("Add a partner"), `page` shows it.

    `given` is what each of its rows is from the start, where one model holds two kinds.
    """

    slug: str
    model: type[models.Model]
    title: str
    noun: str
    page: str
    columns: tuple[str, ...]
    empty: str
    core: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def a(self) -> str:
        """The noun with its article: "an action"."""
        return f"an {self.noun}" if self.noun[0] in "aeio" else f"a {self.noun}"


PARTNER = RowKind(
    "partners",
    Membership,
    "Partners",
    "partner",
    "register:people",
    ("organisation_id", "sector", "is_lead", "standing", "represented_by"),
    "Nobody has entered the partners yet.",
    "partners",
)
REPRESENTATIVE = RowKind(
    "representatives",
    Representative,
    "Representatives",
    "representative",
    "register:people",
    ("name", "level", "agreed_roles", "capacity", "term", "ends_on"),
    "Nobody attends for the council, or nobody has said who.",
    "representatives",
)
CONTRIBUTION = RowKind(
    "money",
    Contribution,
    "What the council puts in",
    "contribution",
    "register:money",
    ("year", "amount", "head", "is_in_kind", "is_outside_budget", "payment_kind", "source"),
    "Nobody has entered a contribution yet. Enter 0 for a year in which the council pays nothing.",
    "contributions",
)
FUNDING = RowKind(
    "funding",
    FundingSource,
    "Money from others",
    "source of funding",
    "register:money",
    ("source", "amount", "ends_on"),
    "No money from others is entered.",
)
BENEFIT = RowKind(
    "benefits",
    Benefit,
    "Benefits",
    "benefit",
    "register:benefits",
    ("description", "kind", "named_benefit", "figure"),
    "Nobody has entered a benefit yet.",
    "benefits",
)
RISK = RowKind(
    "risks",
    Risk,
    "Risks",
    "risk",
    "register:risks",
    ("kind", "note", "level"),
    "Nobody has entered a risk yet.",
    "risks",
    {"side": Side.RISK},
)
OPPORTUNITY = RowKind(
    "opportunities",
    Risk,
    "Opportunities",
    "opportunity",
    "register:risks",
    ("kind", "note", "level"),
    "Nobody has entered an opportunity yet.",
    "opportunities",
    {"side": Side.OPPORTUNITY},
)
PRIORITY = RowKind(
    "priorities",
    PriorityLink,
    "Priorities helped",
    "priority",
    "register:benefits",
    ("priority_id", "note"),
    "No priority is linked yet.",
    "priorities",
)
ACTION = RowKind(
    "actions",
    Action,
    "Actions",
    "action",
    "register:actions",
    ("text", "owner_id", "due_on", "done_on", "source"),
    "Nothing is to be done.",
    "actions",
)
DOCUMENT = RowKind(
    "documents",
    Document,
    "Documents",
    "document",
    "register:documents",
    ("title", "kind", "dated_on", "review_on"),
    "No document is kept with this partnership yet.",
    "documents",
)

KINDS: dict[str, RowKind] = {
    kind.slug: kind
    for kind in (PARTNER, REPRESENTATIVE, CONTRIBUTION, FUNDING, BENEFIT, RISK, OPPORTUNITY, PRIORITY, ACTION, DOCUMENT)
}
_NUMERIC = {"amount", "figure"}


def rows_of(kind: RowKind, partnership: Partnership) -> models.QuerySet:  # noqa: PLR0911 (a table)
    """The rows of one kind that a page shows, with all that it names, in the order in which it shows them."""
    rows = kind.model._default_manager.filter(partnership=partnership, **kind.given)
    match kind.slug:
        case "partners":
            return rows.select_related("organisation").order_by("-is_lead", "organisation__name", "pk")
        case "representatives":
            return rows.select_related("user").order_by("is_substitute", "name", "pk")
        case "money":
            return rows.order_by("-year", "is_in_kind", "pk")
        case "benefits":
            return rows.order_by("kind", "pk")
        case "risks" | "opportunities":
            # The texts of a policy version (200 kB) stay in the database: the process holds it read.
            whole = ("policy_version__text", "policy_version__canonical")
            return rows.select_related("owner", "policy_version").defer(*whole).highest_first()  # type: ignore[attr-defined]
        case "priorities":
            linked = rows.select_related("priority", "priority__parent")
            return linked.order_by("priority__parent__position", "priority__position", "pk")
        case "actions":
            open_first = models.F("done_on").desc(nulls_first=True)
            return rows.select_related("owner").order_by(open_first, models.F("due_on").asc(nulls_last=True), "pk")
        case "documents":
            return rows.select_related("added_by", "partnership").order_by("kind", "title", "pk")
    return rows.order_by("pk")


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its words, and for narrow screens its heading."""

    heading: str
    text: str
    note: str = ""
    is_numeric: bool = False
    address: str = ""
    versions: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a table with the addresses at its end."""

    name: str
    cells: Sequence[Cell]
    change: str = ""
    take_out: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Table:
    """A table of one kind of row, ready to be shown."""

    kind: RowKind
    headings: Sequence[Cell]
    lines: Sequence[Line]
    add: str = ""

    @property
    def has_actions(self) -> bool:
        return any(line.change for line in self.lines)


def table(kind: RowKind, partnership: Partnership, asked: Asked, *, can_change: bool) -> Table:
    """The rows of one kind as a table, for one query."""
    facts = {fact.name: fact for fact in asked.row_facts(kind.model)}
    rows = list(rows_of(kind, partnership))
    blank: Any = kind.model(partnership=partnership, **kind.given)
    asked_for = {fact.name for fact in asked.form_facts(blank)}
    # What the policy does not ask for is shown where an old register or policy left it.
    shown = [facts[name] for name in kind.columns if name in asked_for or any(map(facts[name].read, rows))]
    lines = [_line(kind, row, shown, partnership, asked, can_change=can_change) for row in rows]
    headings = [Cell(fact.label.rstrip("?"), "", is_numeric=fact.name in _NUMERIC) for fact in shown]
    add = reverse("register:add_row", args=[partnership.reference, kind.slug]) if can_change else ""
    return Table(kind, headings, lines, add)


def _line(
    kind: RowKind, row: Any, shown: Sequence[Fact], partnership: Partnership, asked: Asked, *, can_change: bool
) -> Line:
    cells = [_cell(kind, row, fact, asked) for fact in shown]
    arguments = [partnership.reference, kind.slug, row.pk]
    return Line(
        name=cells[0].text or str(row),
        cells=cells,
        change=reverse("register:change_row", args=arguments) if can_change else "",
        take_out=reverse("register:take_out_row", args=arguments) if can_change else "",
        is_late=kind is ACTION and row.done_on is None and row.due_on is not None and row.due_on < asked.today,
    )


def _cell(kind: RowKind, row: Any, fact: Fact, asked: Asked) -> Cell:
    """A fact of a row; what hangs on it stands in grey under it."""
    text, note, address, versions = words_of(row, fact), "", "", ""
    match (kind.slug, fact.name):
        case ("representatives", "name"):
            text = text or "Vacant"
            note = _representative_note(row, asked)
        case ("representatives", "ends_on"):
            text = text or ("Not filled" if row.is_vacant else "No end date")
        case ("partners", "is_lead"):
            text = "Leads" if row.is_lead else "No"
        case ("money", "year"):
            note = row.note
        case ("benefits", "figure"):
            text = words.with_unit(text, row.unit) if text else ""
        case ("benefits", "description"):
            text = text or fact_words_of_named(row, asked)
        case ("priorities", "priority_id"):
            text = str(row.priority)
        case ("actions", "text"):
            note, address = row.outcome, reverse("register:action", args=[row.pk])
        case ("actions", "owner_id"):
            text = str(row.owner) if row.owner else row.owner_name or "Nobody yet"
        case ("actions", "due_on"):
            text, note = _due(row, asked)
        case ("actions", "done_on"):
            text = text or "Not yet"
        case ("documents", "title"):
            note, address, versions = _document(row)
    return Cell(fact.label.rstrip("?"), text, note, fact.name in _NUMERIC, address, versions)


def words_of(row: Any, fact: Fact) -> str:
    """A fact of a row in words."""
    if fact.kind == "priority":
        return str(row.priority)
    return fact.in_words(fact.read(row))


def fact_words_of_named(row: Any, asked: Asked) -> str:
    """The words of a benefit that has a name of the policy's and no description of its own."""
    fact = next(fact for fact in asked.row_facts(Benefit) if fact.name == "named_benefit")
    return fact.in_words(row.named_benefit)


def _representative_note(row: Representative, asked: Asked) -> str:
    if row.is_vacant:
        if row.vacant_since is None:
            return "Not known since when"
        days = (asked.today - row.vacant_since).days
        return f"Vacant since {words.day(row.vacant_since)}, {words.count(days, 'day')}"
    told = [row.user.job_title if row.user else "", "substitute" if row.is_substitute else ""]
    return ", ".join(filter(None, (*told, row.role_note)))


def _due(row: Action, asked: Asked) -> tuple[str, str]:
    if row.due_on is None:
        return "No date", ""
    near = "" if row.done_on else words.days_away(row.due_on, asked.today)
    return words.short_day(row.due_on), near


def _document(row: Document) -> tuple[str, str, str]:
    """What stands under a document's title, where its file is, and the page of the file's versions."""
    if not row.file:
        return "Kept elsewhere", row.address, ""
    where = [row.partnership.reference, row.pk]
    told = f"{row.file_name}, {_size(row.size)}, added {words.day(row.added_at)} by {row.added_by}"
    return told, reverse("register:document", args=where), reverse("register:document_files", args=where)


def _size(count: int) -> str:
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} KB"
    return f"{words.number(count / 1024 / 1024, 1)} MB"
