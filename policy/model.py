"""A council's partnership policy as frozen, typed data.

One `Policy` is one version of one council's policy: its words, lists, fields, criteria with
their limits, questionnaires, routes, cycles and reports. Nothing here decides anything:
`assessments.rules` does, and `policy.reading` turns a pack file (YAML) into a `Policy`.

Every item has a permanent `id`, the requirement rows it comes from (`ref`) and its standing:
stated (the policy says it), implied (needed to carry out what it says) or proposed (our
suggestion where the policy is silent, shown to users as "local setting, not in the policy").

Amounts are `Decimal`: pounds a year, hours a month. This module does not know Django.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from policy.report_parts import PartName
from policy.settling import settled

# ------------------------------------------------------------------------------------------
# Small types


def _exact(value: object) -> object:
    """Let a whole number stand where a Decimal is asked; everything else is checked as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


def _whole(value: object) -> object:
    """Let a setting's figure stand where whole months are asked."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def _one_or_many(value: object) -> object:
    """Let one word stand where several may, so that a pack can say `ref: BRK-C01`."""
    return (value,) if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Identifier = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=60),
    Field(description="A permanent name in small letters, such as brk-c01. It never changes."),
]
Ref = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(-[A-Za-z0-9]+)+$")]
Refs = Annotated[tuple[Ref, ...], BeforeValidator(_one_or_many)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(_one_or_many)]
Number = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(allow_inf_nan=False, json_schema_extra={"type": "number"}),
]
# A figure, or the name of a setting that gives it (`policy.settling`).
_BY_SETTING = {"type": "object", "required": ["setting"], "properties": {"setting": {"type": "string"}}}
OfSetting = Annotated[Number, WithJsonSchema({"anyOf": [{"type": "number"}, _BY_SETTING]})]
Days = Annotated[int, Field(ge=0), WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, _BY_SETTING]})]
Months = Annotated[int, Field(ge=1), WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, _BY_SETTING]})]
Standing = Literal["stated", "implied", "proposed"]
Force = Literal["compulsory", "expected", "guidance"]
ForceOfSetting = Annotated[
    Force, WithJsonSchema({"anyOf": [{"enum": ["compulsory", "expected", "guidance"]}, _BY_SETTING]})
]
Asked = Literal["none", "optional", "required"]

RoleId = Literal[
    "lead_officer",
    "register_manager",
    "representative",
    "responsible_head",
    "finance_adviser",
    "legal_adviser",
    "management_team",
    "portfolio_holder",
    "executive",
    "council",
    "scrutiny",
    "administrator",
    "auditor",
    "nominating_groups",
    "corporate_champion",
    "area_bodies",
    "partner_viewer",
    "public_viewer",
]
ROLE_IDS: tuple[str, ...] = get_args(RoleId)
RoleIds = Annotated[tuple[RoleId, ...], BeforeValidator(_one_or_many)]

# The states of an entry in its life (requirements README, section 3).
EntryState = Literal[
    "proposed",
    "active",
    "leaving",
    "left",
    "not_joined",
    "contact_only",
    "referred",
    "not_a_partnership",
    "other_arrangement",
    "outside_body",
]

# Attributes of the register's own model. A field of a pack names one of them as its `core`, or
# none: then its value is kept under the field's id with the entry's local values.
CoreName = Literal[
    "name",
    "status",
    "lead_partner",
    "partners",
    "parent",
    "purpose",
    "nature",
    "partnership_type",
    "legal_status",
    "client_groups",
    "theme",
    "service",
    "area",
    "starts_on",
    "ends_on",
    "cost_centre",
    "is_statutory",
    "statutory_note",
    "has_statutory_duty",
    "meeting_frequency",
    "meeting_note",
    "meetings_a_year",
    "representatives",
    "lead_officer",
    "responsible_head",
    "portfolio_holder",
    "priorities",
    "critical_outcomes",
    "hours_a_month",
    "contributions",
    "contribution_a_year",
    "unbudgeted_a_year",
    "contribution_note",
    "funding_sources",
    "hours_note",
    "own_reference",
    "budget_status",
    "budget_source",
    "payment_kind",
    "exit_impact",
    "exit_impact_level",
    "risk_level",
    "value_level",
    "council_role",
    "council_role_note",
    "value_resources",
    "value_influence",
    "value_reputation",
    "information_sharing",
    "comments",
    "actions",
    "benefits",
    "risks",
    "opportunities",
    "governance_form",
    "governance_note",
    "reporting_frequency",
    "reporting_person",
    "reporting_to",
    "performance_arrangements",
    "performance_note",
    "data_assurance",
    "data_caveat",
    "last_review_on",
    "next_review_on",
    "audit_compliant",
    "audit_note",
    "documents",
    "is_significant",
    "significance_reason",
]
CORE_NAMES: tuple[str, ...] = get_args(CoreName)

AnswerType = Literal[
    "text",
    "long_text",
    "yes_no",
    "yes_no_dont_know",
    "choice",
    "multi_choice",
    "scale",
    "rank",
    "number",
    "money",
    "hours",
    "hours_a_week",
    "date",
    "month",
    "email",
    "file",
    "person",
    "people",
    "organisation",
    "organisations",
    "links",
    "rows",
    "computed",
    "decision",
    "statement",
]


class FactKind(NamedTuple):
    """What a fact is: how its value is written, its unit, and its name on screen."""

    type: Literal["money", "hours", "number", "yes_no", "choice", "level"]
    unit: str
    label: str
    unit_of_one: str = ""


# The closed list of facts that limits and conditions may compare. A condition may also name a
# register field of the same pack (number, money, hours, yes_no or choice) by its id.
FACTS: MappingProxyType[str, FactKind] = MappingProxyType(
    {
        "contribution_a_year": FactKind("money", "£ a year", "the yearly contribution"),
        "unbudgeted_a_year": FactKind("money", "£ a year", "the money outside the budget"),
        "savings_a_year": FactKind("money", "£ a year", "the yearly savings"),
        "external_funding_a_year": FactKind("money", "£ a year", "the yearly outside funding"),
        "hours_a_month": FactKind("hours", "hours a month", "the hours of staff time a month", "hour a month"),
        "hours_a_week": FactKind("hours", "hours a week", "the hours of staff time a week", "hour a week"),
        "priorities": FactKind("number", "linked priorities", "the linked priorities", "linked priority"),
        "critical_outcomes": FactKind("number", "linked outcomes", "the linked outcomes", "linked outcome"),
        "partners": FactKind("number", "partners", "the number of partners", "partner"),
        "benefits": FactKind("number", "benefits", "the benefits listed", "benefit"),
        "hard_savings": FactKind("number", "hard benefits that save", "the savings listed", "hard benefit that saves"),
        "named_benefits": FactKind("number", "named benefits", "the named benefits ticked", "named benefit"),
        "usual_marks": FactKind("number", "usual marks", "the usual marks ticked", "usual mark"),
        "senior_representatives": FactKind(
            "number", "senior representatives", "the senior representatives", "senior representative"
        ),
        "is_statutory": FactKind("yes_no", "", "whether the law requires the partnership"),
        "has_statutory_duty": FactKind("yes_no", "", "whether the council must by law take part"),
        "is_significant": FactKind("yes_no", "", "whether the partnership is significant"),
        "is_best_means": FactKind("yes_no", "", "whether a partnership is the best means"),
        "is_new": FactKind("yes_no", "", "whether the partnership is new"),
        "is_time_limited": FactKind("yes_no", "", "whether the partnership has an end date"),
        "is_sub_group": FactKind("yes_no", "", "whether it is a sub-group of another partnership"),
        "governance_meets_audit": FactKind("yes_no", "", "whether the governance meets audit requirements"),
        "reporting_is_arranged": FactKind("yes_no", "", "whether reporting is arranged"),
        "exit_strategy_is_complete": FactKind("yes_no", "", "whether the exit strategy is complete"),
        "needs_more_authority": FactKind("yes_no", "", "whether authority beyond the constitution is needed"),
        "changes_the_constitution": FactKind("yes_no", "", "whether the council's constitution is affected"),
        "is_accountable_body": FactKind("yes_no", "", "whether the council is the accountable body"),
        "was_referred_up": FactKind("yes_no", "", "whether it was referred to the next body up"),
        "deciders_disagree": FactKind("yes_no", "", "whether the deciders disagree"),
        "executive_objected": FactKind("yes_no", "", "whether the executive body objected"),
        "is_first_report": FactKind("yes_no", "", "whether it is the first report of a new partnership"),
        "head_is_representative": FactKind("yes_no", "", "whether the responsible head is the representative"),
        "nature": FactKind("choice", "", "the nature of the partnership"),
        "council_role": FactKind("choice", "", "the council's role"),
        "budget_status": FactKind("choice", "", "the budget status"),
        "partnership_type": FactKind("choice", "", "the type of partnership"),
        "legal_status": FactKind("choice", "", "the legal status"),
        "governance_form": FactKind("choice", "", "the governance form"),
        "status": FactKind("choice", "", "the state of the entry"),
        "appointment_rule": FactKind("choice", "", "how the place is filled"),
        "risk_level": FactKind("level", "", "the overall risk level"),
        "value_level": FactKind("level", "", "the overall value level"),
        "highest_level": FactKind("level", "", "the higher of the risk and value levels"),
        "highest_risk_score": FactKind("level", "", "the highest score of a single risk"),
    }
)
FACT_NAMES = tuple(FACTS)
# A field of one of these types may stand as a fact in a condition.
_FIELD_FACTS: dict[str, str] = {
    "number": "number",
    "money": "money",
    "hours": "hours",
    "yes_no": "yes_no",
    "choice": "choice",
}


class _Part(BaseModel):
    """Anything in a pack: nothing may be added to it, left over in it or changed."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", arbitrary_types_allowed=False)


class Item(_Part):
    """Anything in a pack that people can point at."""

    id: Identifier
    ref: Refs = ()
    standing: Standing = "stated"
    note: str = Field("", description="For the people who keep the pack; not shown on forms.")

    @property
    def cited(self) -> str:
        """The requirement rows in one line, such as "BRK-C01", or "" when there is none."""
        return ", ".join(self.ref)


# ------------------------------------------------------------------------------------------
# Conditions


class Comparison(_Part):
    """One fact held against one value. `because` and `otherwise` may contain `{value}`, and `{limit}` for a figure."""

    fact: Text
    above: OfSetting | None = None
    at_least: OfSetting | None = None
    below: OfSetting | None = None
    at_most: OfSetting | None = None
    equals: bool | str | None = Field(None, alias="is", description="yes/no, or the id of a value")
    one_of: tuple[str, ...] = ()
    because: Text = Field(description="Why it holds, such as “{value} is not in the budget”.")
    otherwise: Text = Field(description="Why it does not hold.")
    when_unknown: Literal["open", "holds", "does_not_hold"] = Field(
        "open", description="What to take for granted while nobody has said."
    )
    only_while: Identifier | None = Field(
        None, description="A yes/no setting: while it is off, the comparison does not hold."
    )

    @property
    def tests(self) -> dict[str, Any]:
        """The comparisons that are given, by name, such as {"above": Decimal(0)}."""
        given: dict[str, Any] = {
            name: value
            for name in ("above", "at_least", "below", "at_most")
            if (value := getattr(self, name)) is not None
        }
        if self.equals is not None:
            given["is"] = self.equals
        if self.one_of:
            given["one_of"] = self.one_of
        return given


class Rule(_Part):
    """Holds when every comparison of `every` and at least one of `some` (if given) holds."""

    every: tuple[Comparison, ...] = ()
    some: tuple[Comparison, ...] = ()

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All comparisons, those of `every` first."""
        return self.every + self.some


# ------------------------------------------------------------------------------------------
# People, lists, scales


class Role(Item):
    """A neutral role and what this council calls it."""

    id: RoleId
    label: Text
    short: str = ""
    also_called: tuple[Text, ...] = ()
    kind: Literal["officer", "member", "body", "outside", "system"]
    exists: bool = True
    hint: str = ""


class Duty(Item):
    """What somebody sees, does, decides, advises on or receives."""

    role: RoleId | Literal["partnership"]
    kind: Annotated[
        tuple[Literal["see", "do", "decide", "advise", "receive"], ...],
        BeforeValidator(_one_or_many),
    ]
    text: Text


class Value(_Part):
    """One entry of a list. `number` is what it counts for, such as 12 meetings a year."""

    id: Identifier
    label: Text
    hint: str = ""
    ref: Refs = ()
    standing: Standing = "stated"
    parent: Identifier | None = None
    number: Number | None = None
    also: tuple[Text, ...] = Field((), description="Other ways in which a spreadsheet writes it.")
    active: bool = True
    needs_note: bool = False


class ValueList(Item):
    """The values that a choice offers. A list kept by the council lives in its register."""

    label: Text
    hint: str = ""
    kept_by: Literal["policy", "council"] = "policy"
    parent_list: Identifier | None = Field(
        None, description="The list whose values are the parents; without it they are in this one."
    )
    values: tuple[Value, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Value]:
        """The values by id."""
        return {value.id: value for value in self.values}

    def label_of(self, value_id: str) -> str:
        """The label of a value, or its id when the council keeps the list."""
        return self.by_id[value_id].label if value_id in self.by_id else value_id


class Point(_Part):
    """One place on a scale, with what it asks of the person who chooses it."""

    id: Identifier
    label: Text
    hint: str = ""
    number: Number | None = None
    ref: Refs = ()
    action: Asked = "none"
    warns: bool = False


class Scale(Item):
    """Places from which an answer is chosen, lowest first. No scale is ever converted."""

    label: Text
    points: tuple[Point, ...] = Field(min_length=2)
    is_rank: bool = Field(False, description="Each place may be given once (rank 1 to 4).")
    has_average: bool = Field(False, description="Sections and the whole show an average.")

    @cached_property
    def by_id(self) -> dict[str, Point]:
        """The points by id."""
        return {point.id: point for point in self.points}


class Band(_Part):
    """A level that reaches up to a score; the last band has no end."""

    level: Identifier
    up_to: Number | None = None


class Matrix(Item):
    """Likelihood by impact: the product of two figures falls into a band."""

    title: Text
    likelihood: tuple[Point, ...] = Field(min_length=2)
    impact: tuple[Point, ...] = Field(min_length=2)
    levels: tuple[Level, ...] = Field(min_length=2)
    bands: tuple[Band, ...] = Field(min_length=2)
    impact_bands: tuple[Band, ...] = Field(
        (), description="Which impact figures count as which level, whatever the likelihood."
    )
    used_for: tuple[Literal["risks", "opportunities"], ...] = ("risks",)
    contingency_plan_from: Identifier | None = Field(
        None, description="The level of impact from which a contingency plan is asked for."
    )
    contingency_warning: str = ""

    @cached_property
    def scale(self) -> str:
        """A name for this very scale: the same only for a matrix with the same points, levels and bands."""
        parts: list[object] = [(point.id, str(point.number), point.label) for point in (*self.likelihood, *self.impact)]
        parts += [(level.id, level.label) for level in self.levels]
        parts += [(band.level, str(band.up_to)) for band in (*self.bands, *self.impact_bands)]
        return sha256(json.dumps([len(self.likelihood), len(self.bands), parts]).encode()).hexdigest()


# ------------------------------------------------------------------------------------------
# Definition, significance, statements


class DefinitionTest(Item):
    """A mark of a partnership: needed, or usual."""

    question: Text
    hint: str = ""
    kind: Literal["needed", "usual"] = "needed"


class Exclusion(Item):
    """A reason why an arrangement is no partnership, and what it is kept as."""

    label: Text
    explanation: Text
    becomes: Literal["not_a_partnership", "other_arrangement", "outside_body"]
    exception: str = Field("", description="A question; “yes” means it is a partnership after all.")


class Definition(_Part):
    """What counts as a partnership."""

    intro: Text
    ref: Refs = ()
    tests: tuple[DefinitionTest, ...] = Field(min_length=1)
    usual_expected: Annotated[int, Field(ge=0)] = 0
    usual_warning: str = ""
    exclusions: tuple[Exclusion, ...] = ()


class SignificanceGround(Item):
    """One ground is enough. Without `when` a person judges it, and gives a reason."""

    label: Text
    when: Rule | None = None
    question: str = ""


class Significance(Item):
    """Which partnerships count as significant, and who may say otherwise."""

    label: Text
    shown: bool = True
    grounds: tuple[SignificanceGround, ...] = ()
    may_be_set_by: RoleIds = ()


class Statement(Item):
    """A clause of the policy in our words, and what the register does about it."""

    clause: Text
    text: Text
    does: Text


# ------------------------------------------------------------------------------------------
# Register fields


class Column(_Part):
    """A column of repeating rows."""

    id: Identifier
    label: Text
    hint: str = ""
    type: AnswerType
    list: Identifier | None = None
    scale: Identifier | None = None
    scheme: Identifier | None = Field(None, description="A choice among the levels of a scheme.")
    unit: str = ""
    required: bool = False
    standing: Standing = "stated"
    ref: Refs = ()
    fact: Text | None = None


class FieldCondition(_Part):
    """Another field has one of these values."""

    field: Identifier
    one_of: tuple[str | bool, ...] = Field(min_length=1)


class RegisterField(Item):
    """One thing that the register holds about each partnership."""

    section: Identifier
    label: Text
    short: str = Field("", description="For the heading of a table; the label serves without it.")
    hint: str = ""
    prompts: tuple[Text, ...] = ()
    type: AnswerType
    list: Identifier | None = None
    scale: Identifier | None = None
    scheme: Identifier | None = None
    unit: str = ""
    unit_of_one: str = Field("", description="The unit after 1, such as “hour a month”.")
    columns: tuple[Column, ...] = ()
    required: Literal["no", "when_active", "always"] = "no"
    required_when: FieldCondition | None = None
    shown_when: FieldCondition | None = None
    filled_by: RoleIds = ()
    checked_by: RoleIds = ()
    seen_by: Literal["everyone"] | tuple[RoleId, ...] = Field(
        "everyone", description="Who may see it: without partners or the public in the list, neither is told."
    )
    public: bool = False
    core: CoreName | None = None
    clause: str = ""


class FieldSection(Item):
    """A group of register fields that one page shows."""

    title: Text
    intro: str = ""


# ------------------------------------------------------------------------------------------
# Assessment schemes


class Level(_Part):
    """A level of a scheme. A scheme gives them lowest first."""

    id: Identifier
    label: Text


class Limit(_Part):
    """Where a level ends: `below` leaves the figure out, `up_to` takes it in; the last has none."""

    level: Identifier
    below: Number | None = None
    up_to: Number | None = None


class CriterionHint(_Part):
    """A fact that bears on a criterion without deciding it."""

    when: Comparison
    suggests: Identifier | None = None


class Criterion(Item):
    """One measure of a scheme: decided by a figure, judged by a person, or either.

    With a `fact` and `limits` the figure decides. `judgement` says whether a person may say
    otherwise: "refused" (the figure stands) or "allowed" (a judgement goes before the figure).
    """

    clause: Text
    label: Text
    question: Text
    hint: str = ""
    words: dict[Identifier, Text] = Field(description="What each level means here.")
    fact: Text | None = None
    unit: str = ""
    limits: tuple[Limit, ...] = ()
    limits_standing: Standing = "stated"
    limits_ref: Refs = ()
    limits_note: str = ""
    source: str = Field("", description="Where the fact is kept, such as “Money and time”.")
    judgement: Literal["refused", "allowed"] = "refused"
    weight: Annotated[Number, Field(gt=0)] = Decimal(1)
    hints: tuple[CriterionHint, ...] = ()

    @cached_property
    def found(self) -> dict[str | None, Any]:
        """Where the rules keep what each judged level comes to."""
        return {}

    @property
    def has_limits(self) -> bool:
        """Whether a figure can decide this criterion."""
        return self.fact is not None


class Suggestion(_Part):
    """How single levels become one suggested level. A person decides in the end.

    most_frequent: the level that occurs most often; highest: the highest that occurs;
    weighted: levels count 1, 2, 3 … from the lowest, and the weighted mean falls into `bands`.
    """

    method: Literal["most_frequent", "highest", "weighted"]
    ties: Literal["higher", "lower"] = "higher"
    bands: tuple[Band, ...] = ()
    ref: Refs = ()
    standing: Standing = "stated"
    sentence: Text = Field(description="The method in words, such as “A tie goes to the higher”.")


class Scheme(_Part):
    """A set of criteria with common levels and one overall level."""

    title: Text
    label: Text = Field(description="Stands after a level: “High risk”.")
    hue: Literal["risk", "value", "plain"] = "plain"
    ref: Refs = ()
    clause: Text
    intro: str = ""
    is_guidance: bool = False
    levels: tuple[Level, ...] = Field(min_length=2)
    listed_from: Identifier = Field(description="Criteria at this level or above are listed.")
    suggestion: Suggestion
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    core: CoreName | None = Field(None, description="Where the overall level is kept.")
    set_by: RoleIds = ()
    challenged_by: RoleIds = ()
    confirmed_by: RoleIds = ()

    @cached_property
    def order(self) -> dict[str, int]:
        """Each level's place, lowest 0."""
        return {level.id: place for place, level in enumerate(self.levels)}

    @cached_property
    def by_id(self) -> dict[str, Criterion]:
        """The criteria by id."""
        return {criterion.id: criterion for criterion in self.criteria}

    def level_label(self, level_id: str) -> str:
        """The label of a level, such as "High"."""
        return self.levels[self.order[level_id]].label


# ------------------------------------------------------------------------------------------
# Questionnaires


class AskedWhen(_Part):
    """Another answer, given earlier, has one of these values."""

    question: Identifier
    one_of: tuple[str | bool, ...] = Field(min_length=1)

    def is_met(self, values: Mapping[str, Any]) -> bool:
        """Whether the answers so far, by question id, include one of these values."""
        given = values.get(self.question)
        chosen = given if isinstance(given, list) else [given]
        return any(each in self.one_of for each in chosen if each is not None)


class Beside(_Part):
    """A second answer that stands beside the first, such as an amount beside “yes”."""

    id: Identifier
    label: Text
    hint: str = ""
    type: Literal["text", "long_text", "money", "number", "hours", "date", "links", "organisation"]
    list: Identifier | None = None
    unit: str = ""
    required: Asked = "optional"
    required_on: tuple[str | bool, ...] = ()
    prefill: Text | None = None


class Question(Item):
    """One question. `prefill` names a core attribute, a field of the pack or a fact."""

    text: Text
    hint: str = ""
    type: AnswerType
    list: Identifier | None = None
    scale: Identifier | None = None
    scheme: Identifier | None = None
    unit: str = ""
    columns: tuple[Column, ...] = ()
    min_rows: Annotated[int, Field(ge=0)] = 0
    max_rows: Annotated[int, Field(ge=1)] | None = None
    required: Literal["no", "expected", "yes"] = "expected"
    expected_only_for: tuple[Literal["proposal", "review"], ...] = ()
    beside: tuple[Beside, ...] = ()
    prefill: Text | None = None
    answered_by: Comparison | None = Field(None, description="A fact that answers the question by itself.")
    computed_from: Identifiers = Field((), description="Questions of this form, or of another one of the pack.")
    result: Identifier | None = Field(None, description="The result that a computed question answers Yes or No by.")
    evidence: Asked = "none"
    action: Asked = "none"
    attachment: Literal["none", "optional", "expected", "required"] = Field(
        "none", description="expected: a missing one is warned of and never keeps the form from being sent."
    )
    reason: Asked = "none"
    action_on: tuple[str | bool, ...] = Field((), description="Answers that make an action needed.")
    action_due_months: Annotated[int, Field(ge=1)] | None = None
    attachment_on: tuple[str | bool, ...] = Field((), description="Answers that need one; empty: every answer.")
    asked_when: AskedWhen | None = None
    warning_on: tuple[str | bool, ...] = ()
    warning: str = ""
    parts: tuple[Question, ...] = ()
    parts_rule: Literal["", "all_yes"] = Field("", description="all_yes: the row is Yes only when every part is.")
    feeds: Text | None = Field(None, description="The register attribute, or the field of the pack, that it updates.")
    decided_in: Identifiers = Field(
        (), description="Type decision: the steps that it tells; empty: those that decide on routes needing the form."
    )
    helps: Literal["", "similar_entries", "commitments"] = Field(
        "", description="What the page shows beside the question: entries like this one, or what all others take."
    )


class Prompt(_Part):
    """A question that every section repeats; its id there is `<section>-<prompt>`."""

    id: Identifier
    ref: Refs = ()
    standing: Standing = "stated"
    text: Text
    hint: str = ""
    type: Literal["text", "long_text"] = "long_text"
    action: Asked = "none"


class CountedResult(Item):
    """What a checklist comes to when enough of its answers are of one kind."""

    questions: Identifiers = Field((), description="Those that count; empty: all that warn on an answer.")
    answers: tuple[str | bool, ...] = Field(
        (), description="The answers that count; empty: those that each question warns on."
    )
    at_least: Annotated[int, Field(ge=1)] = 1
    sentence: Text = Field(description="What people read then; {count} and {of} stand for the figures.")


class QuestionSection(Item):
    """A page of questions."""

    title: Text
    group: str = ""
    guide: str = ""
    questions: tuple[Question, ...] = ()
    prompts: bool = Field(True, description="Whether the questionnaire's prompts stand here too.")


Occasion = Literal[
    "proposal",
    "joining",
    "set_up",
    "change",
    "progress",
    "yearly_review",
    "evaluation",
    "leaving",
    "left",
    "concern",
    "any_time",
]


class Questionnaire(Item):
    """A form of the policy: an entry instrument, a review, an exit strategy."""

    title: Text
    short: str = ""
    intro: str = ""
    clause: str = ""
    occasions: tuple[Occasion, ...] = Field(min_length=1)
    force: ForceOfSetting
    force_ref: Refs = ()
    schemes: Identifiers = Field((), description="Schemes that are assessed with it.")
    applies_when: Rule | None = None
    compulsory_when: Rule | None = Field(
        None, description="While it does not hold, a missing answer is warned of, and the form can be sent."
    )
    instead: str = Field("", description="What may take its place, such as a partner's own form.")
    filled_by: RoleIds = ()
    checked_by: RoleIds = ()
    prompts: tuple[Prompt, ...] = ()
    sections: tuple[QuestionSection, ...] = Field(min_length=1)
    results: tuple[CountedResult, ...] = ()
    makes: Literal["", "agreement"] = Field("", description="A document that its answers become, section by section.")

    def questions_of(self, section: QuestionSection) -> tuple[Question, ...]:
        """The questions of a section, with the prompts that every section repeats."""
        if not section.prompts:
            return section.questions
        return section.questions + tuple(
            Question(
                id=f"{section.id}-{prompt.id}",
                ref=prompt.ref,
                standing=prompt.standing,
                text=prompt.text,
                hint=prompt.hint,
                type=prompt.type,
                required="no",
                action=prompt.action,
            )
            for prompt in self.prompts
        )

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order, the parts of a question right after it."""
        return tuple(
            each
            for section in self.sections
            for question in self.questions_of(section)
            for each in (question, *question.parts)
        )

    @cached_property
    def by_id(self) -> dict[str, Question]:
        """The questions and parts by id."""
        return {question.id: question for question in self.questions}


# ------------------------------------------------------------------------------------------
# Routes, outcomes, cycles, exit


class Settled(_Part):
    """A yes/no field of the register that a step answers: which of its outcomes say yes, and which say no."""

    field: Identifier
    yes: Identifiers
    no: Identifiers

    def answer(self, outcome: str) -> bool | None:
        """What an outcome says; None for one that says neither, such as to return it."""
        return True if outcome in self.yes else False if outcome in self.no else None


# What an entry itself says of a step of practice: see reviews/practice.py.
RegisterShows = Literal[
    "risk_views", "opportunities", "risk_register", "transferred_risks", "risk_triggers", "contingency_plans",
    "risk_reviews", "agreements",
]  # fmt: skip


class Step(Item):
    """One step of a route. It follows the step before it unless `after` names others."""

    title: Text
    role: RoleIds = Field(min_length=1)
    act: Literal["do", "advise", "consult", "recommend", "decide", "approve", "receive"]
    clause: Text
    when: Rule | None = None
    needs: Identifiers = Field((), description="Questionnaires that must be complete by then.")
    scope: str = Field("", description="What the step is about, such as the money only.")
    joint: bool = Field(False, description="The roles act together as one body, such as a board.")
    joint_name: str = ""
    after: Identifiers = ()
    due_days: Days | None = None
    outcomes: Identifiers = ()
    blocks: bool = Field(True, description="Later steps wait for it.")
    settles: Settled | None = Field(
        None, description="The fact that its outcome answers; later steps follow from it, and nothing ends here."
    )
    shows: tuple[RegisterShows, ...] = Field((), description="On a route of practice: what the entry says of it.")
    documents: Identifiers = Field((), description="On a route of practice: kinds of documents that show it.")

    @property
    def joint_body(self) -> str:
        """What the roles are called who act together here, or "" where each acts alone."""
        return self.joint_name if self.joint else ""


class Outcome(Item):
    """What a decision may be, and what becomes of the entry."""

    label: Text
    hint: str = ""
    kind: Literal[
        "join", "not_join", "contact_only", "refer", "go_on", "change", "leave", "agree",
        "object", "return",
    ]  # fmt: skip
    becomes: EntryState | Literal[""] = Field("", description="The state of the entry afterwards; empty: no change.")
    reason_list: Identifier | None = None
    reason: Asked = "required"
    needs_lead_officer: bool = False


class Route(Item):
    """The steps from a request to a decision."""

    title: Text
    purpose: Literal[
        "screen", "join", "change", "governance", "money", "leave", "review", "concern",
        "representation", "reporting", "evaluation", "policy", "practice",
    ]  # fmt: skip
    intro: str = ""
    needs: Identifiers = Field((), description="Questionnaires of the request.")
    needs_schemes: Identifiers = ()
    steps: tuple[Step, ...] = Field(min_length=1)

    @cached_property
    def by_id(self) -> dict[str, Step]:
        """The steps by id."""
        return {step.id: step for step in self.steps}


class Cycle(Item):
    """Something that comes again, or falls due after an event."""

    title: Text
    every_months: Annotated[Months, BeforeValidator(_whole)] | None = None
    due_months: Annotated[Months, BeforeValidator(_whole)] | None = Field(
        None, description="Once, so many months after the event."
    )
    every: Literal["", "meeting", "as_needed", "programme"] = ""
    starts_from: Literal[
        "joined", "last_done", "month_setting", "decision_to_leave", "election", "quarter",
        "programme", "event", "council_year",
    ]  # fmt: skip
    month_setting: Identifier | None = None
    does: RoleIds = ()
    receives: RoleIds = ()
    questionnaire: Identifier | None = None
    schemes: Identifiers = Field((), description="Schemes of criteria that are assessed anew.")
    report: Identifier | None = None
    route: Identifier | None = Field(None, description="The route it goes its way on, where its form does not say.")
    applies_when: Rule | None = None
    reminder_days: tuple[int, ...] = ()
    remind_when_late: bool = True
    text: str = ""


class ExitInstrument(_Part):
    """A form asked for on leaving, before the decision takes effect or some months after."""

    questionnaire: Identifier
    timing: Literal["before", "after"]
    due_months: Annotated[int, Field(ge=1)] | None = None
    force: Force = "compulsory"
    needs_approval: bool = True


class ExitQuestions(_Part):
    """Which questions of the exit forms hold what leaving needs to know; each may be left out.

    `learned` is one text of what was learned; `achievements`, `practices` and `improvements` are rows, one lesson each.
    """

    reasons: Identifier | None = None
    risks: Identifier | None = None
    controls: Identifier | None = None
    last_day: Identifier | None = None
    liabilities: Identifier | None = None
    resources: Identifier | None = None
    notice: Identifier | None = None
    achievements: Identifier | None = None
    practices: Identifier | None = None
    improvements: Identifier | None = None
    learned: Identifier | None = None


class Exit(_Part):
    """How a partnership is left."""

    ref: Refs = ()
    reason_list: Identifier
    instruments: tuple[ExitInstrument, ...] = ()
    left_needs_approval: bool = True
    controls_are_actions: bool = True
    reminder_months: Annotated[int, Field(ge=1)] | None = None
    questions: ExitQuestions = ExitQuestions()
    standing: Standing = "stated"

    @property
    def before(self) -> tuple[ExitInstrument, ...]:
        """The forms that must be sent before the council has left."""
        return tuple(each for each in self.instruments if each.timing == "before")

    @property
    def after(self) -> tuple[ExitInstrument, ...]:
        """The forms that fall due some months after the decision."""
        return tuple(each for each in self.instruments if each.timing == "after")


# ------------------------------------------------------------------------------------------
# Reports, appointments, visibility, checks, settings


class Content(_Part):
    """Something that a report contains: what the council calls it, and the part of the register that shows it."""

    title: Text
    part: PartName | None = Field(None, description="What shows it; see docs/write-a-policy-pack.md for each.")
    of: Identifiers = Field((), description="What of the pack the part is about: fields, questions, results, steps …")


def _words_alone(value: object) -> object:
    """Let a title stand alone where a page of its own makes the whole report."""
    return {"title": value} if isinstance(value, str) else value


class Report(Item):
    """A report or document of the policy."""

    title: Text
    answers: Text = Field(description="The question that it answers, in one line.")
    covers: Literal["register", "partnership", "request", "exit", "appointments", "meeting"]
    audience: RoleIds = Field(min_length=1)
    how_often: Literal[
        "live", "yearly", "quarterly", "six_monthly", "per_case", "programme", "per_meeting",
        "on_demand", "three_yearly",
    ]  # fmt: skip
    fields: Identifiers = Field((), description="Register fields that it shows, in order.")
    all_fields: bool = False
    questionnaires: Identifiers = ()
    schemes: Identifiers = ()
    contents: tuple[Annotated[Content, BeforeValidator(_words_alone, json_schema_input_type=Content | Text)], ...] = (
        Field((), description="What it contains besides, each with its title and the part that shows it.")
    )
    made_as: (
        Literal["annual", "fields", "risk-update", "planning", "programme", "versions", "agreement", "lessons"] | None
    ) = Field(
        None,
        description="Which report of the register answers it, where its fields, forms and contents do not say so.",
    )

    route: Identifier | None = Field(
        None,
        description="The route on which it goes up once it is made: all of its steps are about the whole register.",
    )

    @property
    def is_described(self) -> bool:
        """Whether it is put together from its fields, schemes, forms and contents, and no page of its own makes it."""
        return not (self.made_as or self.all_fields or self.covers in ("appointments", "meeting"))


class AppointmentRule(Item):
    """Who appoints whom, and for how long."""

    title: Text
    appoints: Literal["member", "officer"]
    by: RoleId
    nominated_by: RoleId | None = None
    consults: RoleIds = ()
    term: Identifier | None = Field(None, description="A value of the list `term_list`.")
    months: Annotated[int, Field(ge=1)] | None = None
    text: Text


class Appointments(_Part):
    """Representation on partnerships and outside bodies."""

    term_list: Identifier
    role_list: Identifier | None = None
    level_list: Identifier | None = None
    capacity_list: Identifier | None = None
    role_needed: bool = False
    names_lead_officer: bool = Field(
        default=False, description="Whoever proposes a representative can propose the lead officer with them."
    )
    rules: tuple[AppointmentRule, ...] = ()


# Fields that are never for the public, whatever a policy marks: people, risks, and how the council would get out.
NEVER_PUBLIC: frozenset[CoreName] = frozenset(
    {"lead_officer", "responsible_head", "portfolio_holder", "representatives", "risks", "opportunities", "exit_impact"}
)


class Visibility(_Part):
    """Who may look at the register: `public` opens the fields marked as public to anybody.

    Partners read their own entry where the policy has the role `partner_viewer`.
    """

    ref: Refs = ()
    standing: Standing = "stated"
    readers: Literal["everyone"] | tuple[RoleId, ...] = "everyone"
    public: bool = False
    never_public: tuple[Text, ...] = ()


class Check(Item):
    """Something the policy expects of an entry; a page warns, or the next state is blocked."""

    label: Text
    when: Rule = Field(description="Holds when something is wrong.")
    at: tuple[Literal["proposal", "joining", "review", "always", "leaving"], ...] = ("always",)
    blocks: bool = False
    warning: Text
    field: Identifier | None = Field(None, description="The field where it is put right.")


class Setting(Item):
    """A figure or choice that a council may set otherwise."""

    label: Text
    hint: str = ""
    value: Number | bool | str
    unit: str = ""
    steers: bool = Field(False, description="Whether a part of the pack names it; worked out when the pack is read.")


class Wording(_Part):
    """A sentence of the pack that pages show, by a name that pages know."""

    id: Literal[
        "local_setting", "overview", "assessment_intro", "proposal_intro", "exit_intro",
        "review_intro", "appointment_intro", "member_briefing", "level_differs", "definition_intro",
    ]  # fmt: skip
    text: Text
    ref: Refs = ()


# ------------------------------------------------------------------------------------------
# Examples


class Expected(_Part):
    """What the rules must find. Only what is given is compared."""

    levels: dict[Identifier, Identifier | None] = Field({}, description="Criterion: level.")
    suggested: dict[Identifier, Identifier | None] = Field({}, description="Scheme: level.")
    high: dict[Identifier, tuple[Identifier, ...]] = Field({}, description="Scheme: criteria.")
    route: Identifier | None = None
    included: Identifiers = ()
    skipped: Identifiers = ()
    is_significant: bool | None = None
    is_partnership: bool | None = None
    hours_a_month: Number | None = Field(None, description="From hours_a_week, to one decimal.")
    reason_needed_for: dict[Identifier, Identifier] = Field(
        {}, description="Scheme: an overall level that differs from the suggestion."
    )


class Example(Item):
    """Facts and judgements with what must come of them. `manage.py check` runs them."""

    title: Text
    facts: dict[Identifier, Number | bool | str] = {}
    judgements: dict[Identifier, dict[Identifier, Identifier]] = {}
    screening: dict[Identifier, bool] = Field({}, description="Test or exclusion: yes or no.")
    expect: Expected


# ------------------------------------------------------------------------------------------
# The policy


class Problem(NamedTuple):
    """Something in a pack that does not fit the rest of it: where, and what to write."""

    path: tuple[str | int, ...]
    message: str


STORED = "stored"  # the context in which a version is read that was checked when it was loaded


class Policy(_Part):
    """One version of one council's partnership policy."""

    code: Identifier
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    title: Text
    council_word: Text = Field("the council", description="How sentences name the council.")
    dated: str = ""
    ref_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*$")] | None = None

    statements: tuple[Statement, ...] = ()
    roles: tuple[Role, ...] = Field(min_length=1)
    duties: tuple[Duty, ...] = ()
    definition: Definition
    significance: Significance | None = None
    lists: tuple[ValueList, ...] = ()
    scales: tuple[Scale, ...] = ()
    sections: tuple[FieldSection, ...] = Field(min_length=1)
    fields: tuple[RegisterField, ...] = Field(min_length=1)
    schemes: dict[Identifier, Scheme] = {}
    matrices: tuple[Matrix, ...] = ()
    questionnaires: tuple[Questionnaire, ...] = ()
    routes: tuple[Route, ...] = ()
    material: Identifiers = Field(
        (), description="Register fields whose change, while a request is open, makes its steps be taken again."
    )
    outcomes: tuple[Outcome, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    exit: Exit | None = None
    appointments: Appointments | None = None
    reports: tuple[Report, ...] = ()
    checks: tuple[Check, ...] = ()
    visibility: Visibility = Visibility()
    settings: tuple[Setting, ...] = ()
    wording: tuple[Wording, ...] = ()
    examples: tuple[Example, ...] = ()

    # Looking things up. Each answers None, or raises KeyError, as its docstring says.

    @cached_property
    def _fields(self) -> dict[str, RegisterField]:
        return {field.id: field for field in self.fields}

    @cached_property
    def _core(self) -> dict[str, RegisterField]:
        return {field.core: field for field in self.fields if field.core}

    @cached_property
    def _lists(self) -> dict[str, ValueList]:
        return {each.id: each for each in self.lists}

    @cached_property
    def _roles(self) -> dict[str, Role]:
        return {role.id: role for role in self.roles}

    def field(self, field_id: str) -> RegisterField:
        """The register field with this id. Raises KeyError when the policy has none."""
        return self._fields[field_id]

    def field_or_none(self, field_id: str) -> RegisterField | None:
        """The register field with this id, or None when the policy has none."""
        return self._fields.get(field_id)

    def core_field(self, core: str) -> RegisterField | None:
        """The field kept in this register attribute, or None when the policy asks for none."""
        return self._core.get(core)

    def values_of_column(self, core: str, column: str) -> dict[str, str]:
        """The labels of a list that a column of a field's rows offers, by id: the kinds of documents, for example."""
        field = self._core.get(core)
        lists = [each.list for each in field.columns if each.id == column and each.list] if field else []
        return {value.id: value.label for each in lists for value in self._lists[each].values}

    @property
    def kinds_of_documents(self) -> dict[str, str]:
        """What sorts of documents an entry keeps, by id."""
        return self.values_of_column("documents", "kind")

    def fields_of(self, section_id: str) -> tuple[RegisterField, ...]:
        """The fields of one section, in order."""
        return tuple(field for field in self.fields if field.section == section_id)

    def list(self, list_id: str) -> ValueList:
        """The list with this id. Raises KeyError when the policy has none."""
        return self._lists[list_id]

    def scale(self, scale_id: str) -> Scale:
        """The scale with this id. Raises KeyError when the policy has none."""
        return _named(self.scales, scale_id)

    def matrix_for(self, what: str) -> Matrix | None:
        """The matrix on which single "risks" or "opportunities" are placed, or None when the policy has none."""
        return next((matrix for matrix in self.matrices if what in matrix.used_for), None)

    def role(self, role_id: str) -> Role | None:
        """What this council calls a neutral role, or None when its policy does not have it."""
        role = self._roles.get(role_id)
        return role if role and role.exists else None

    def questionnaire(self, questionnaire_id: str) -> Questionnaire:
        """The questionnaire with this id. Raises KeyError when the policy has none."""
        return _named(self.questionnaires, questionnaire_id)

    @cached_property
    def agreement_form(self) -> Questionnaire | None:
        """The form whose sections are the headings of an agreement, or None when the policy has none."""
        return next((each for each in self.questionnaires if each.makes == "agreement"), None)

    def route(self, route_id: str) -> Route:
        """The route with this id. Raises KeyError when the policy has none."""
        return _named(self.routes, route_id)

    def routes_for(self, purpose: str) -> tuple[Route, ...]:
        """The routes of a purpose such as "join", in order."""
        return tuple(route for route in self.routes if route.purpose == purpose)

    @cached_property
    def policy_route(self) -> Route | None:
        """The route on which a new version of the policy is decided, or None when the policy has none."""
        found = self.routes_for("policy")
        return next((route for route in found if any(step.act in ("decide", "approve") for step in route.steps)), None)

    @cached_property
    def register_routes(self) -> frozenset[str]:
        """The routes about the whole register, no one entry: of new versions of the policy, and of reports."""
        of_reports = {report.route for report in self.reports if report.route}
        return frozenset(of_reports | ({self.policy_route.id} if self.policy_route else set()))

    @property
    def done_again(self) -> dict[str, str]:
        """What somebody says was done, again and again: cycles and steps of practice, title by id."""
        steps = (step for route in self.routes_for("practice") for step in route.steps)
        return {cycle.id: cycle.title for cycle in self.cycles} | {step.id: step.title for step in steps}

    def report(self, report_id: str) -> Report:
        """The report with this id. Raises KeyError when the policy has none."""
        return _named(self.reports, report_id)

    def setting(self, setting_id: str) -> Decimal | bool | str:
        """The value of a setting. Raises KeyError when the policy has none."""
        return _named(self.settings, setting_id).value

    def chosen(self, setting_id: str, otherwise: Any) -> Any:
        """The value of a setting that a policy may have, or what is usual without it."""
        return next((each.value for each in self.settings if each.id == setting_id), otherwise)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the council calls its bodies and people, which sentences leave as they are."""
        return tuple(name for role in self.roles for name in (role.label, role.short) if name)

    def wording_of(self, wording_id: str) -> str:
        """A sentence for a page, or "" when the pack gives none."""
        return next((each.text for each in self.wording if each.id == wording_id), "")

    def fact_kind(self, name: str) -> FactKind | None:
        """What kind of fact a name is: a known one, or a field of this pack; else None."""
        if name in FACTS:
            return FACTS[name]
        field = self._fields.get(name)
        if field is None or field.type not in _FIELD_FACTS:
            return None
        kind: Any = _FIELD_FACTS[field.type]
        return FactKind(kind, field.unit, f"“{field.label}”", field.unit_of_one)

    @cached_property
    def compared(self) -> frozenset[str]:
        """Every fact that a condition or a limit of the pack compares, or that fills in an answer."""
        return frozenset(_facts_in(self))

    @cached_property
    def refs(self) -> frozenset[str]:
        """Every requirement row that anything in the pack cites."""
        return frozenset(_refs_in(self))

    @model_validator(mode="before")
    @classmethod
    def _settled(cls, data: Any) -> Any:
        return settled(data) if isinstance(data, Mapping) else data

    @model_validator(mode="after")
    def _fits_together(self, info: ValidationInfo) -> Self:
        from policy.fitting import find_problems  # it knows these classes, so it comes after them

        if info.context == STORED:
            return self
        if problems := tuple(find_problems(self)):
            raise PydanticCustomError(
                "does_not_fit",
                "{first}",
                {"first": problems[0].message, "problems": problems},
            )
        return self


AnItem = TypeVar("AnItem", bound=Item)


def _named(items: Iterable[AnItem], wanted: str) -> AnItem:
    for item in items:
        if item.id == wanted:
            return item
    raise KeyError(wanted)


def _facts_in(part: object) -> Iterator[str]:
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if name in ("fact", "prefill") and isinstance(value, str):
                yield value
            else:
                yield from _facts_in(value)
    elif isinstance(part, tuple):
        for each in part:
            yield from _facts_in(each)
    elif isinstance(part, dict):
        for each in part.values():
            yield from _facts_in(each)


def _refs_in(part: object) -> Iterator[str]:
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if name in ("ref", "limits_ref", "force_ref"):
                yield from value
            else:
                yield from _refs_in(value)
    elif isinstance(part, tuple):
        for each in part:
            yield from _refs_in(each)
    elif isinstance(part, dict):
        for each in part.values():
            yield from _refs_in(each)
