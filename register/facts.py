"""What a record holds, one fact at a time: its label, how it is asked, and how it reads.

The policy pack says which facts an entry has, under which label and with which list; this module ties them to
the register's columns. Pages, forms, "What changes" and the history all speak through a `Fact`, so that a label
or a value reads the same everywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from django.db.models import Model

from accounts.models import ServiceArea, User
from config import words
from policy.model import Column, Policy, RegisterField
from policy.models import PolicyVersion
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
    Side,
    Status,
    View,
)
from register.models.history import Remembered
from register.models.parts import financial_year

LOCAL = "local:"  # before the id of a fact that stands in the entry's `local_values`

# Facts that the register works out or that other pages set; a form of the entry's own never asks for them.
SET_ELSEWHERE = {
    "status",
    "contribution_a_year",
    "unbudgeted_a_year",
    "risk_level",
    "value_level",
    "is_significant",
    "significance_reason",
}
# Facts that are rows of their own, and the page that keeps them.
ROWS = {
    "lead_partner": "register:people",
    "partners": "register:people",
    "representatives": "register:people",
    "contributions": "register:money",
    "funding_sources": "register:money",
    "benefits": "register:benefits",
    "risks": "register:risks",
    "opportunities": "register:risks",
    "priorities": "register:benefits",
    "critical_outcomes": "register:benefits",
    "actions": "register:actions",
    "documents": "register:documents",
}
PEOPLE = ("lead_officer", "responsible_head", "portfolio_holder")
# Types of a pack that no single input asks for.
NOT_ASKED = {"rows", "computed", "decision", "statement", "links", "people", "organisation", "organisations", "file"}

# Facts of rows that mean nothing without a list of the policy's.
_CHOSEN_FROM_A_LIST = {"agreed_roles", "capacity", "head", "budget_status", "payment_kind"}

Names = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True)
class Fact:
    """One fact of a record.

    `name` is the record's attribute, or "local:<field id>"; people and other records are held by their key, so
    `name` ends in "_id". `options` are the values that may be chosen, with their labels. `standing` is the pack's:
    "proposed" is a local setting that the policy does not ask for. `ref` cites the requirement rows.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: Mapping[Any, str] = field(default_factory=dict)
    required: str = ""
    standing: str = "stated"
    ref: str = ""
    unit: str = ""
    longest: int | None = None
    note_hints: Mapping[Any, str] = field(default_factory=dict)
    shown_with: str = ""  # the input of another fact, and its values for which this one is asked
    shown_for: tuple[str, ...] = ()

    @property
    def input_name(self) -> str:
        """The name of the fact's input: one that an address and a label can carry."""
        return self.name.replace(":", "-")

    def is_of_use(self, *rows: Any) -> bool:
        """Whether a row can say it: the policy lists what there is to choose, or a row says it already."""
        return self.name not in _CHOSEN_FROM_A_LIST or bool(self.options) or any(self.read(row) for row in rows)

    @property
    def is_long(self) -> bool:
        """Whether its changes are shown word by word."""
        return self.kind == "long_text"

    def read(self, record: Any) -> Any:
        """The value that the record holds: `None`, "" or [] when nobody has said."""
        if self.name.startswith(LOCAL):
            return self._from_plain(record.local_values.get(self.name.removeprefix(LOCAL)))
        if self.kind == "organisation":
            return record.organisation.name if record.organisation_id else ""
        if self.kind == "sector":
            return record.organisation.sector if record.organisation_id else ""
        return getattr(record, self.name)

    def plain(self, value: Any) -> Any:
        """The value as text, figure or list that can be signed, kept in JSON and compared.

        >>> Fact("amount", "Amount", "money").plain(Decimal("12500.00"))
        '12500'
        """
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        if isinstance(value, (date, datetime)):
            return value.isoformat()
        if isinstance(value, (list, tuple, set)):
            return sorted(value)
        if isinstance(value, str):
            return value.replace("\r\n", "\n").strip()
        return value

    def _from_plain(self, value: Any) -> Any:
        if value in (None, ""):
            return [] if self.kind == "multi_choice" else None if self.kind in _EMPTY_IS_NONE else ""
        if self.kind in ("number", "money", "hours"):
            return Decimal(str(value))
        if self.kind == "date":
            return date.fromisoformat(value)
        return value

    def in_words(self, value: Any, names: Names | None = None) -> str:  # noqa: PLR0911 (a table)
        """The value as a page shows it, or "" when nobody has said.

        `names` gives the words of other records by kind and key, for the history, which holds keys only.
        """
        if value is None or value in ("", [], ()):
            return ""
        match self.kind:
            case "yes_no" | "flag":
                return self.options.get(value, "Yes" if value else "No")
            case "money":
                return words.money(value)
            case "hours":
                return words.hours(value)
            case "number":
                return f"{words.number(value)} {self.unit}".strip()
            case "date":
                return words.day(value if isinstance(value, date) else date.fromisoformat(value))
            case "year":
                return words.financial_year(int(value))
            case "multi_choice":
                return "; ".join(self.options.get(each, str(each)) for each in value)
        named = (names or {}).get(self.kind, {})
        return str(self.options.get(value) or named.get(value) or value)


_EMPTY_IS_NONE = {"number", "money", "hours", "date", "yes_no", "person", "service", "entry", "priority", "year"}


class Asked:
    """What a policy asks of an entry and its rows, as facts; lists that the council keeps come from the register.

    Made once a request: lists are read once.
    """

    def __init__(self, policy: Policy | None, *, today: date, version: PolicyVersion | None = None) -> None:
        self.policy = policy
        self.version = version
        self.today = today
        self._options: dict[str, dict[Any, str]] = {}

    # --- The entry ----------------------------------------------------------------------------

    @cached_property
    def fields(self) -> tuple[RegisterField, ...]:
        return self.policy.fields if self.policy else ()

    def facts_of(self, asked: RegisterField) -> tuple[Fact, ...]:
        """The facts of one field of the pack that a form can ask for; none for rows and worked-out fields."""
        if asked.type in NOT_ASKED or asked.core in SET_ELSEWHERE or asked.core in ROWS:
            return ()
        if asked.core in PEOPLE:
            return self._person(asked)
        return (self._fact(asked),)

    def section(self, section_id: str) -> tuple[Fact, ...]:
        """The facts that one section's form asks for, in the pack's order. Raises KeyError for no such section."""
        if self.policy is None or section_id not in {section.id for section in self.policy.sections}:
            raise KeyError(section_id)
        return tuple(fact for asked in self.policy.fields_of(section_id) for fact in self.facts_of(asked))

    @cached_property
    def entry(self) -> tuple[Fact, ...]:
        """Every fact of an entry that its history may tell: asked ones, then those set from elsewhere."""
        facts = [fact for asked in self.fields for fact in self.facts_of(asked)]
        known = {fact.name for fact in facts}
        for asked in self.fields:
            fact = self._set_elsewhere(asked)
            if fact and fact.name not in known:
                facts.append(fact)
                known.add(fact.name)
        facts += [fact for fact in self._always_there if fact.name not in known]
        return tuple(facts)

    def _fact(self, asked: RegisterField) -> Fact:
        kind, name = KINDS.get(asked.type, "text"), asked.core or f"{LOCAL}{asked.id}"
        options = self.options(asked.list) if asked.list else {}
        longest = None
        if asked.core == "service":
            kind, name, options = "service", "service_id", self._services
        elif asked.core == "parent":
            kind, name, options = "entry", "parent_id", self._entries
        elif asked.core:
            longest = getattr(Partnership._meta.get_field(asked.core), "max_length", None)
            if kind in ("choice", "person") and not options:
                kind = "text"
        elif kind == "person":
            kind = "text"
        if asked.type in ("yes_no_dont_know",):
            options = {"yes": "Yes", "no": "No", "dont_know": "Don’t know"}
            kind = "choice"
        if asked.scale and self.policy:
            options = {point.id: point.label for point in self.policy.scale(asked.scale).points}
        if asked.scheme and self.policy:
            options = {level.id: level.label for level in self.policy.schemes[asked.scheme].levels}
        other = self.facts_of(self.policy.field(asked.shown_when.field)) if self.policy and asked.shown_when else ()
        return Fact(
            name=name,
            label=asked.label,
            kind=kind,
            shown_with=other[0].input_name if other else "",
            shown_for=tuple(map(str, asked.shown_when.one_of)) if other and asked.shown_when else (),
            hint=" ".join((asked.hint, *asked.prompts)).strip(),
            options=options,
            required=asked.required if asked.required != "no" else "",
            standing=asked.standing,
            ref=asked.cited,
            unit=asked.unit,
            longest=longest,
            note_hints=self._hints(asked.list),
        )

    def _hints(self, list_id: str | None) -> dict[Any, str]:
        if not list_id or not self.policy:
            return {}
        return {value.id: value.hint for value in self.policy.list(list_id).values if value.hint}

    def _person(self, asked: RegisterField) -> tuple[Fact, ...]:
        common: dict[str, Any] = {"standing": asked.standing, "ref": asked.cited}
        return (
            Fact(
                f"{asked.core}_id",
                asked.label,
                "person",
                asked.hint,
                self._people,
                asked.required if asked.required != "no" else "",
                **common,
            ),
            Fact(
                f"{asked.core}_name",
                f"{asked.label}: name without an account",
                "text",
                "Only for somebody who does not sign in to the register",
                longest=120,
                **common,
            ),
        )

    def _set_elsewhere(self, asked: RegisterField) -> Fact | None:
        if asked.core not in SET_ELSEWHERE and not (asked.core and asked.type == "computed"):
            return None
        if asked.core in ROWS or asked.core is None:
            return None
        kind = {
            "contribution_a_year": "money",
            "unbudgeted_a_year": "money",
            "is_significant": "yes_no",
            "last_review_on": "date",
            "next_review_on": "date",
        }.get(asked.core, "text")
        options: Mapping[Any, str] = {}
        if asked.core == "status":
            kind, options = "choice", dict(Status.choices)
        if asked.core in ("risk_level", "value_level"):
            kind, options = "choice", self.levels(asked.core)
        return Fact(
            asked.core, asked.label, kind, options=options, standing=asked.standing, ref=asked.cited, unit=asked.unit
        )

    @cached_property
    def _always_there(self) -> tuple[Fact, ...]:
        """Facts that the history tells whatever the policy asks."""
        return (
            Fact("name", "Name", longest=200),
            Fact("status", "Status", "choice", options=dict(Status.choices)),
            Fact("risk_level", "Overall risk", "choice", options=self.levels("risk_level")),
            Fact("value_level", "Overall value", "choice", options=self.levels("value_level")),
            Fact("contribution_a_year", "Council pays a year", "money"),
            Fact("unbudgeted_a_year", "Of it not in the budget", "money"),
            Fact("contribution_note", "Note on the money", "long_text"),
            Fact("hours_a_month", "Staff time", "hours"),
            Fact("hours_note", "Note on the time", "long_text"),
            Fact("statutory_note", "Note on the law", "long_text"),
            Fact("own_reference", "The council’s own reference", longest=60),
            Fact("next_review_on", "Next review", "date"),
            Fact("last_review_on", "Last review", "date"),
            Fact("is_significant", "Particularly significant", "yes_no"),
            Fact("significance_reason", "Why it is particularly significant", "long_text"),
            Fact("lead_officer_id", "Lead officer", "person"),
            Fact("responsible_head_id", "Responsible head", "person"),
            Fact("portfolio_holder_id", "Portfolio Holder", "person"),
        )

    def levels(self, core: str) -> dict[str, str]:
        """The levels of the scheme whose overall level is kept under `core`, lowest first."""
        if self.policy is None:
            return {}
        for scheme_id, scheme in self.policy.schemes.items():
            if core in (scheme.core, f"{scheme_id}_level"):
                return {level.id: level.label for level in scheme.levels}
        return {}

    # --- Lists --------------------------------------------------------------------------------

    def options(self, list_id: str | None) -> dict[Any, str]:
        """The values of a list with their labels: the pack's, or the register's when the council keeps it."""
        if not list_id or self.policy is None:
            return {}
        if list_id not in self._options:
            values = self.policy.list(list_id)
            found = {value.id: value.label for value in values.values if value.active}
            if values.kept_by == "council":
                entries = ListEntry.objects.filter(list_id=list_id, is_active=True).order_by("position", "label")
                found |= dict(entries.values_list("value", "label"))
            self._options[list_id] = found
        return self._options[list_id]

    @cached_property
    def _people(self) -> dict[Any, str]:
        people = User.objects.filter(is_active=True).order_by("name", "pk")
        return {person.pk: ", ".join(filter(None, (person.name, person.job_title))) for person in people}

    @cached_property
    def _services(self) -> dict[Any, str]:
        return dict(ServiceArea.objects.filter(is_active=True).order_by("name").values_list("pk", "name"))

    @cached_property
    def _entries(self) -> dict[Any, str]:
        rows = Partnership.objects.order_by("name", "pk").values_list("pk", "reference", "name")
        return {key: f"{reference} {name}" for key, reference, name in rows}

    @cached_property
    def priorities(self) -> dict[Any, str]:
        """Priorities and outcomes that may be chosen, in the council's order."""
        rows = Priority.objects.filter(is_active=True).select_related("parent")
        ordered = sorted(rows, key=lambda row: ((row.parent or row).position, row.parent_id is not None, row.position))
        return {row.pk: str(row) for row in ordered}

    # --- Rows ---------------------------------------------------------------------------------

    def _column(self, core: str, name: str) -> Column | None:
        asked = self.policy.core_field(core) if self.policy else None
        return next((column for column in asked.columns if column.id == name), None) if asked else None

    def _row(self, core: str, name: str, label: str, kind: str = "text", **rest: Any) -> Fact:
        """A fact of a row: label, hint and list are the pack's column of the same name, where it has one."""
        column = self._column(core, name)
        if column:
            # Two named sides, such as cash and in kind, need our own question; the pack's label names one of them.
            label = label if kind == "flag" and rest.get("options") else column.label
            rest.setdefault("hint", column.hint)
            rest["standing"] = column.standing
            rest["ref"] = ", ".join(column.ref)
            if column.list and kind in ("text", "choice", "multi_choice"):
                rest["options"] = self.options(column.list)
            if column.scheme and self.policy:
                scheme = self.policy.schemes[column.scheme]
                rest["options"] = {level.id: level.label for level in scheme.levels}
        if kind == "choice" and not rest.get("options"):
            kind = "text"
        elif kind == "text" and rest.get("options"):
            kind = "choice"
        return Fact(name, label, kind, **rest)

    def _list_of(self, core: str) -> dict[Any, str]:
        asked = self.policy.core_field(core) if self.policy else None
        return self.options(asked.list) if asked else {}

    def _appointments(self, name: str) -> dict[Any, str]:
        appointments = self.policy.appointments if self.policy else None
        return self.options(getattr(appointments, name)) if appointments else {}

    def row_facts(self, model: type[Model]) -> tuple[Fact, ...]:
        """The facts of one kind of row, in the order in which its form asks for them."""
        return _ROW_FACTS[model](self)

    def form_facts(self, row: Remembered) -> tuple[Fact, ...]:
        """The facts that a form asks for about this very row."""
        if isinstance(row, Risk):
            return self.risk_form(row)
        if isinstance(row, Benefit):
            return self.benefit_form()
        if isinstance(row, Action):
            return tuple(fact for fact in self._action() if fact.name not in _SAID_AT_CLOSING)
        return tuple(fact for fact in self.row_facts(type(row)) if fact.is_of_use(row))

    def benefit_form(self) -> tuple[Fact, ...]:
        """The facts of a benefit that the pack has a column for, or all when it names none (CONF-09)."""
        asked = self.policy.core_field("benefits") if self.policy else None
        columns = {column.id: column.required for column in asked.columns} if asked else {}
        facts = [fact for fact in self._benefit() if not columns or fact.name in columns]
        return tuple(replace(fact, required="always") if columns.get(fact.name) else fact for fact in facts)

    def _membership(self) -> tuple[Fact, ...]:
        row = self._row
        return (
            row("partners", "organisation_id", "Organisation", "organisation",
                required="always", longest=200, hint="As it calls itself. A name already on the list is used again"),
            row("partners", "sector", "Sector", "sector", options=self._list_of("partners"), longest=60),
            row("partners", "is_lead", "Does it lead the partnership?", "flag"),
            row("partners", "standing", "Standing", longest=60),
            row("partners", "represented_by", "Who attends for it", longest=200),
        )  # fmt: skip

    def _representative(self) -> tuple[Fact, ...]:
        row, chosen = self._row, self._appointments
        of = "representatives"
        return (
            row(of, "is_vacant", "Is the place vacant?", "flag"),
            row(of, "vacant_since", "Vacant since", "date"),
            row(of, "name", "Name", longest=200, hint="Leave this empty while the place is vacant"),
            row(of, "user_id", "Account", "person", options=self._people,
                hint="Somebody with an account can also change this entry when they are a lead officer"),
            row(of, "level", "Level", "choice", options=chosen("level_list"), longest=60),
            row(of, "agreed_roles", "Agreed role", "multi_choice", options=chosen("role_list")),
            row(of, "role_note", "More about the role", "long_text"),
            row(of, "capacity", "Capacity", "choice", options=chosen("capacity_list"), longest=60),
            row(of, "is_substitute", "Is this a substitute?", "flag"),
            row(of, "appointed_by", "Appointed by", longest=120),
            row(of, "term", "Term", "choice", options=chosen("term_list"), longest=60),
            row(of, "starts_on", "Since", "date"),
            row(of, "ends_on", "Until", "date"),
        )  # fmt: skip

    def _contribution(self) -> tuple[Fact, ...]:
        row, of = self._row, "contributions"
        this_year = financial_year(self.today)
        years = {year: words.financial_year(year) for year in range(this_year + 3, this_year - 11, -1)}
        return (
            row(of, "year", "Financial year", "year", options=years, required="always"),
            row(of, "amount", "Amount", "money", required="always", hint="In pounds, like 12500 or 12.5k"),
            row(of, "is_in_kind", "Cash or in kind?", "flag",
                options={False: "Cash", True: "In kind"}),
            row(of, "head", "What it is for", longest=60),
            row(of, "is_outside_budget", "Is it in the budget?", "flag",
                options={False: "In the budget", True: "Not in the budget"}),
            row(of, "budget_status", "Budget status", "choice", options=self._list_of("budget_status"), longest=60),
            row(of, "payment_kind", "One-off or every year?", "choice", options=self._list_of("payment_kind"),
                longest=60),
            row(of, "source", "Which budget it comes from", longest=200),
            row(of, "note", "Note", "long_text"),
        )  # fmt: skip

    def _funding(self) -> tuple[Fact, ...]:
        row, of = self._row, "funding_sources"
        return (
            row(of, "source", "Who pays", required="always", longest=200),
            row(of, "amount", "Amount a year", "money", hint="In pounds, like 12500 or 12.5k"),
            row(of, "ends_on", "Ends on", "date"),
        )

    def _benefit(self) -> tuple[Fact, ...]:
        row, of = self._row, "benefits"
        return (
            row(of, "kind", "Hard or soft", longest=60),
            row(of, "named_benefit", "Which of the named benefits it is", longest=60),
            row(of, "description", "What the benefit is", "long_text"),
            row(of, "figure", "Figure", "number", hint="For a benefit that can be measured, like 12500"),
            row(of, "unit", "Unit of the figure", longest=60, hint="Such as £ a year, or visits a month"),
        )

    def _risk(self, of: str = "risks") -> tuple[Fact, ...]:
        """All that the history of a risk may tell; `risk_form` gives those that a form asks for."""
        row = self._row
        asked = self.policy.core_field(of) if self.policy else None
        listed: dict[str, Any] = {"options": self.options(asked.list)} if asked and asked.list else {}
        owner = self._column(of, "owner")
        return (
            row(of, "kind", "Kind" if self.places_risks else "Risk", longest=60, **listed),
            row(of, "note", "What could happen" if self.places_risks else "What could happen here", "long_text"),
            Fact("rating", "Rating"),
            row(of, "level", "Level", "choice", options=self._risk_levels, longest=60),
            Fact("side", "Risk or opportunity", "choice", options=dict(Side.choices)),
            row(of, "view", "Whose view", "choice", options=dict(View.choices)),
            row(of, "control", "What is done", "long_text"),
            Fact("owner_id", owner.label if owner else "Owner", "person", owner.hint if owner else "",
                 self._people),
            Fact("owner_name", "Owner, if they have no account", longest=120),
            row(of, "trigger", "Sign that it is coming true", "long_text"),
            row(of, "contingency_plan", "Contingency plan", "long_text"),
            row(of, "transferred_to", "Transferred to", longest=200,
                hint="Who manages it instead of the partnership. Leave this empty when nobody does"),
            row(of, "review_on", "Next review", "date"),
            Fact("closed_on", "Closed", "date"),
            Fact("outcome", "What came of it", "long_text"),
        )  # fmt: skip

    @property
    def places_risks(self) -> bool:
        """Whether the policy places risks on a matrix; without one they are ticked and noted."""
        return bool(self.policy and self.policy.matrix_for("risks"))

    @property
    def places_opportunities(self) -> bool:
        return bool(self.policy and self.policy.matrix_for("opportunities"))

    @property
    def _risk_levels(self) -> dict[str, str]:
        matrices = [self.policy.matrix_for(what) for what in _USES] if self.policy else []
        placed = {level.id: level.label for matrix in matrices if matrix for level in matrix.levels}
        return self.levels("risk_level") | placed

    def risk_form(self, row: Risk) -> tuple[Fact, ...]:
        """The facts that a form asks for about a risk or opportunity.

        Without a matrix: kind, note and a judged level. With one: what could happen, likelihood and impact, and the
        columns that the pack names, or all when it names none. What was rated on another scale is rated anew on a
        page of its own (`risk_points`), never converted on the way.
        """
        of = _USES[row.side == Side.OPPORTUNITY]
        facts = self._risk(of)
        if row.matrix_of(self.policy) is None:
            # Without levels there is nothing to judge a risk by.
            return tuple(
                fact for fact in facts if fact.name in ("kind", "note") or (fact.name == "level" and fact.options)
            )
        asked = self.policy.core_field(of) if self.policy else None
        columns = {column.id: column.required for column in asked.columns} if asked else {}
        wanted = set(columns or _COLUMNS_OF_A_RISK) - {"level", "rating", "side"}
        if "owner" in wanted:
            wanted |= {"owner_id", "owner_name"}
        if row.side == Side.OPPORTUNITY:
            wanted -= {"contingency_plan", "trigger"} - set(columns)
        if not facts[0].options:
            wanted.discard("kind")
        is_on_scale = not row.rating or row.is_on(row.matrix_of(self.policy))
        found: list[Fact] = []
        for fact in facts:
            if fact.name == "note":
                found.append(replace(fact, required="always"))
                found += self.risk_points(row) if is_on_scale else ()
            elif fact.name in wanted:
                found.append(replace(fact, required="always") if columns.get(fact.name) else fact)
        return tuple(found)

    def risk_points(self, row: Risk) -> tuple[Fact, ...]:
        """Likelihood and impact on the scale in force for a row of this side."""
        of = _USES[row.side == Side.OPPORTUNITY]
        matrix = self.policy.matrix_for(of) if self.policy else None
        if matrix is None:
            return ()
        axes = (("likelihood", "Likelihood", matrix.likelihood), ("impact", "Impact", matrix.impact))
        return tuple(
            replace(
                self._row(of, axis, label, "choice", options={point.id: point.label for point in points}),
                note_hints={point.id: point.hint for point in points if point.hint},
                required="always" if (column := self._column(of, axis)) and column.required else "",
            )
            for axis, label, points in axes
        )

    def owner_is_needed(self, row: Risk) -> bool:
        """Whether the pack asks for an owner of each row placed on its matrix."""
        column = self._column(_USES[row.side == Side.OPPORTUNITY], "owner")
        return bool(column and column.required and row.matrix_of(self.policy))

    def _action(self) -> tuple[Fact, ...]:
        row, of = self._row, "actions"
        return (
            row(of, "text", "What is to be done", "long_text", required="always"),
            row(of, "owner_id", "Who does it", "person", options=self._people),
            row(of, "owner_name", "Who does it, if they have no account", longest=120),
            row(of, "due_on", "Due on", "date"),
            row(of, "done_on", "Done on", "date"),
            row(of, "outcome", "What was done", "long_text"),
            row(of, "evidence", "What shows it", "long_text"),
            row(of, "evidence_on", "Date of what shows it", "date"),
            row(of, "source", "Where it comes from", longest=120),
        )

    def _priority_link(self) -> tuple[Fact, ...]:
        asked = self.policy.core_field("priorities") if self.policy else None
        return (
            Fact("priority_id", asked.label if asked else "Priority", "priority", asked.hint if asked else "",
                 self.priorities, required="always"),
            Fact("note", "How the partnership helps it", "long_text"),
        )  # fmt: skip

    def _document(self) -> tuple[Fact, ...]:
        asked = self.policy.core_field("documents") if self.policy else None
        listed: dict[str, Any] = {"options": self.options(asked.list)} if asked and asked.list else {}
        row, of = self._row, "documents"
        return (
            row(of, "title", "Title", required="always", longest=200),
            row(of, "kind", "Kind", longest=60, hint="Such as agreement, minutes, plan", **listed),
            row(of, "address", "Its address", "address", hint="Instead of a file, like https://www.example.org/plan",
                longest=500),
            row(of, "dated_on", "Date of the document", "date"),
            row(of, "review_on", "Next review of the document", "date"),
        )  # fmt: skip


_ROW_FACTS: dict[type[Model], Any] = {
    Membership: Asked._membership,
    Representative: Asked._representative,
    Contribution: Asked._contribution,
    FundingSource: Asked._funding,
    Benefit: Asked._benefit,
    Risk: Asked._risk,
    Action: Asked._action,
    PriorityLink: Asked._priority_link,
    Document: Asked._document,
}

# An action is closed on a page of its own, which asks what was done.
_SAID_AT_CLOSING = frozenset({"done_on", "outcome", "evidence", "evidence_on"})

# What a matrix may be used for, by side; and what a form asks beside the note, likelihood and impact.
_USES: tuple[Literal["risks"], Literal["opportunities"]] = ("risks", "opportunities")
_COLUMNS_OF_A_RISK = (
    "kind", "view", "control", "owner", "trigger", "contingency_plan", "transferred_to", "review_on",
)  # fmt: skip

# A pack's answer types, and the kind of fact that each becomes.
KINDS = {
    "text": "text",
    "long_text": "long_text",
    "yes_no": "yes_no",
    "yes_no_dont_know": "choice",
    "choice": "choice",
    "multi_choice": "multi_choice",
    "scale": "choice",
    "rank": "number",
    "number": "number",
    "money": "money",
    "hours": "hours",
    "hours_a_week": "number",
    "date": "date",
    "month": "text",
    "email": "text",
    "person": "person",
}


def names_for(history: Iterable[tuple[Fact, Any]]) -> dict[str, dict[Any, str]]:
    """The words of the other records that versions point at, one query a kind."""
    keys: dict[str, set[Any]] = {"person": set(), "service": set(), "entry": set(), "priority": set()}
    keys["organisation"] = set()
    for fact, value in history:
        if fact.kind in keys and value is not None:
            keys[fact.kind].add(value)
    return {kind: _named(kind, wanted) for kind, wanted in keys.items()}


def _named(kind: str, keys: set[Any]) -> dict[Any, str]:
    models: dict[str, Any] = {
        "person": User,
        "service": ServiceArea,
        "entry": Partnership,
        "priority": Priority,
        "organisation": Organisation,
    }
    return {key: str(record) for key, record in models[kind].objects.in_bulk(keys).items()}


def values_of(record: Any, facts: Sequence[Fact]) -> dict[str, Any]:
    """The facts of a record as they stand, in the plain form that can be signed and compared."""
    return {fact.name: fact.plain(fact.read(record)) for fact in facts}
