"""What a questionnaire asks of one partnership now: its questions, known answers, what is missing, what it changes.

Source: BRK-D01 to D35, C17 to C29, I04, I17; design section 5.3.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Model

from assessments import rules
from assessments.answers import NOT_ASKED, CouncilLists, Options, in_words, is_empty, options_of
from assessments.facts import Facts
from assessments.models import Answer, Response
from config import words
from policy.model import Beside, Policy, Question, Questionnaire, QuestionSection, Rule
from register.models import Partnership, Status

HOURS_A_MONTH_FROM_WEEK = Decimal(52) / 12  # BRK-I04

# The occasions of a pack that fit an entry in each state; "any time" fits all.
OCCASIONS: dict[str, tuple[str, ...]] = {
    Status.PROPOSED: ("proposal", "joining"),
    Status.ACTIVE: ("yearly_review", "progress", "evaluation", "set_up", "change", "concern", "leaving"),
    Status.LEAVING: ("leaving",),
    Status.LEFT: ("left",),
}
Values = Mapping[str, Any]


def occasion_for(questionnaire: Questionnaire, status: str) -> str:
    """The occasion on which this questionnaire is answered for an entry in this state; "" for none."""
    fitting = (*OCCASIONS.get(status, ()), "any_time")
    return next((occasion for occasion in fitting if occasion in questionnaire.occasions), "")


def offered(policy: Policy, partnership: Partnership, facts: Facts) -> list[tuple[Questionnaire, str]]:
    """The questionnaires that fit the entry's state and facts, each with its occasion."""
    found = []
    known = rules.checked_facts(policy, facts)
    for questionnaire in policy.questionnaires:
        occasion = occasion_for(questionnaire, partnership.status)
        rule = questionnaire.applies_when
        if occasion and (rule is None or rules.holds(policy, rule, known).holds is not False):
            found.append((questionnaire, occasion))
    return found


# --- Which questions ---------------------------------------------------------------------------


def is_asked(question: Question, values: Values) -> bool:
    """Whether the answers so far make this question one to answer."""
    return question.asked_when is None or question.asked_when.is_met(values)


def asked_of(questionnaire: Questionnaire, section: QuestionSection, values: Values) -> list[Question]:
    """The questions of a section that are to be answered, the parts of a question right after it."""
    found = []
    for question in questionnaire.questions_of(section):
        if is_asked(question, values):
            found.append(question)
            found += [part for part in question.parts if is_asked(part, values)]
    return found


def is_required(question: Question, occasion: str) -> bool:
    """Whether sending waits for this answer; some are only expected on an occasion (BRK-I17)."""
    if question.type in NOT_ASKED or question.required != "yes":
        return False
    kind = "proposal" if occasion in ("proposal", "joining") else "review"
    return kind not in question.expected_only_for


def values_of(answers: Iterable[Answer]) -> dict[str, Any]:
    """The kept values by question id."""
    return {answer.question: answer.value for answer in answers}


# --- What the register knows already -----------------------------------------------------------


@dataclass(frozen=True)
class Prefill:
    """A known answer, as JSON keeps it, and where it comes from in words.

    `value` is `None` where the register only bears on the answer; `source` then says what it holds.
    """

    value: Any
    source: str


def prefills_of(
    partnership: Partnership, policy: Policy, questions: Iterable[Question], facts: Facts, lists: CouncilLists
) -> dict[str, Prefill]:
    """Known answers by question id, each with its source: "From the register, money and time"."""
    found: dict[str, Prefill] = {}
    for question in questions:
        asked: Sequence[Question | Beside] = (question, *question.beside)
        for each in asked:
            prefill = each.prefill
            if prefill is None or each.type in NOT_ASKED:
                continue
            raw = _raw(partnership, policy, prefill, facts)
            value = _fitted(raw, each, options_of(each, policy, lists), policy, prefill)
            source = _source(policy, prefill)
            if not is_empty(value):
                found[each.id] = Prefill(value, source)
            elif not is_empty(raw) and each.type == "yes_no":
                texts = [text for _, text in raw] if isinstance(raw, list) and isinstance(raw[0], tuple) else raw
                held = _as_text(texts, policy, prefill).replace("\n", ", ")
                found[each.id] = Prefill(None, f"{source}: {held}")
        if question.answered_by and question.id not in found:
            rule = Rule(every=(question.answered_by,))
            answer = rules.holds(policy, rule, rules.checked_facts(policy, facts))
            if answer.holds is not None and question.type == "yes_no":
                found[question.id] = Prefill(answer.holds, f"Worked out from the register. {answer.reason}")
    return found


def _source(policy: Policy, name: str) -> str:
    field = policy.core_field(CORE_OF_FACT.get(name, name))
    if field is None:
        field = policy.field_or_none(name)
    section = next((each for each in policy.sections if field and each.id == field.section), None)
    where = section.title if section else ""
    return f"From the register, {where[:1].lower()}{where[1:]}" if where else "From the register"


CORE_OF_FACT = {
    "hours_a_week": "hours_a_month",
    "contribution_a_year": "contributions",
    "unbudgeted_a_year": "contributions",
    "reporting_is_arranged": "reporting_frequency",
}


def _raw(partnership: Partnership, policy: Policy, name: str, facts: Facts) -> Any:
    """What the register holds under a core attribute, a field of the pack or a fact; `None` for nothing."""
    if name in RELATED:
        return RELATED[name](partnership)
    if name in PEOPLE:
        return str(getattr(partnership, name) or getattr(partnership, f"{name}_name"))
    if hasattr(partnership, name):
        value = getattr(partnership, name)
        return str(value) if isinstance(value, Model) else value
    field = policy.field_or_none(name)
    if field is None:
        return facts.get(name)
    return _raw(partnership, policy, field.core, facts) if field.core else partnership.local_values.get(name)


PEOPLE = frozenset({"lead_officer", "responsible_head", "portfolio_holder"})


def _people(partnership: Partnership) -> list[str]:
    return [str(each) for each in partnership.representatives.all() if not each.is_vacant]


def _partners(partnership: Partnership) -> list[str]:
    return [str(each.organisation) for each in partnership.memberships.select_related("organisation")]


def _links(partnership: Partnership, *, outcomes: bool) -> list[tuple[str, str]]:
    links = partnership.priority_links.select_related("priority").order_by("priority__position", "pk")
    return [
        (link.priority.code, str(link.priority)) for link in links if (link.priority.parent_id is not None) == outcomes
    ]


RELATED: dict[str, Any] = {
    "representatives": _people,
    "partners": _partners,
    "lead_partner": lambda partnership: "".join(
        str(each.organisation) for each in partnership.memberships.select_related("organisation") if each.is_lead
    ),
    "priorities": lambda partnership: _links(partnership, outcomes=False),
    "critical_outcomes": lambda partnership: _links(partnership, outcomes=True),
    "benefits": lambda partnership: [str(each) for each in partnership.benefits.all()],
    "funding_sources": lambda partnership: [str(each) for each in partnership.funding_sources.all()],
    "risks": lambda partnership: [str(each) for each in partnership.risks.all()],
    "actions": lambda partnership: [str(each) for each in partnership.actions.filter(done_on__isnull=True)],
    "documents": lambda partnership: [str(each) for each in partnership.documents.all()],
    "contributions": lambda partnership: partnership.contribution_a_year,
}


def _fitted(raw: Any, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    """A register value in the type that the question asks for; `None` when it does not fit."""
    if is_empty(raw):
        return None
    pairs = isinstance(raw, list) and isinstance(raw[0], tuple)
    known = Known(raw, [each[0] for each in raw] if pairs else raw, [each[1] for each in raw] if pairs else raw)
    fit = FITTING.get(asked.type)
    return fit(known, asked, options, policy, name) if fit else None


class Known(NamedTuple):
    """A register value: as it is, as the id or ids it consists of, and as the text or texts people read."""

    raw: Any
    ids: Any
    texts: Any

    @property
    def listed(self) -> list[str]:
        """The texts as a list, also where there is one."""
        return [str(each) for each in self.texts] if isinstance(self.texts, list) else [str(self.texts)]


Fit = Callable[[Known, Any, Options, Policy, str], Any]


def _fit_text(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    return _as_text(known.texts, policy, name)


def _fit_yes_no(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    # A figure says whether there is one; anything else only bears on a yes or no.
    return known.raw if isinstance(known.raw, bool) else known.raw > 0 if isinstance(known.raw, Decimal) else None


def _fit_choice(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    return str(known.raw) if str(known.raw) in dict(options.choices) else None


def _fit_several(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    chosen = known.ids if isinstance(known.ids, list) else [known.ids]
    return [each for each in chosen if each in dict(options.choices)] or None


def _fit_lines(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    return known.listed


def _fit_figure(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    if not isinstance(known.raw, Decimal):
        return None
    weekly = asked.type == "hours_a_week"
    figure = (known.raw / HOURS_A_MONTH_FROM_WEEK).quantize(Decimal("0.1")) if weekly else known.raw
    return format(figure, "f")


def _fit_day(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    return known.raw.isoformat() if isinstance(known.raw, date) else None


def _fit_rows(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    return [{asked.columns[0].id: line} for line in known.listed] if asked.columns else None


FITTING: dict[str, Fit] = {
    **dict.fromkeys(("text", "long_text", "person", "organisation", "email"), _fit_text),
    "yes_no": _fit_yes_no,
    **dict.fromkeys(("choice", "scale"), _fit_choice),
    **dict.fromkeys(("multi_choice", "links"), _fit_several),
    **dict.fromkeys(("people", "organisations"), _fit_lines),
    **dict.fromkeys(("number", "money", "hours", "hours_a_week"), _fit_figure),
    "date": _fit_day,
    "rows": _fit_rows,
}


def _as_text(raw: Any, policy: Policy, name: str) -> str:
    if isinstance(raw, list):
        return "\n".join(_as_text(each, policy, name) for each in raw)
    if isinstance(raw, bool):
        return "Yes" if raw else "No"
    if isinstance(raw, Decimal):
        return words.money(raw) if "contribution" in name or "unbudgeted" in name else words.number(raw)
    field = policy.core_field(name)
    if field and field.scheme and raw in policy.schemes[field.scheme].order:
        return policy.schemes[field.scheme].level_label(str(raw))
    if field and field.list and policy.list(field.list).kept_by == "policy":
        return policy.list(field.list).label_of(str(raw))
    return str(raw)


# --- What is missing ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """An answer that sending waits for: in which section, at which question, and what to do."""

    section: str
    question: str
    sentence: str


def missing_of(
    questionnaire: Questionnaire, answers: Sequence[Answer], occasion: str, *, section: str = ""
) -> list[Missing]:
    """What still stands between the draft and sending, in the order of the form."""
    kept = {answer.question: answer for answer in answers}
    values = values_of(answers)
    found: list[Missing] = []
    for each in questionnaire.sections:
        if section and each.id != section:
            continue
        for question in asked_of(questionnaire, each, values):
            if question.type in NOT_ASKED:
                continue
            found += [
                Missing(each.id, question.id, sentence)
                for sentence in _missing_at(question, kept.get(question.id), kept, occasion)
            ]
    return found


def _missing_at(question: Question, answer: Answer | None, kept: Mapping[str, Answer], occasion: str) -> list[str]:
    if answer is None or is_empty(answer.value):
        return [f"Answer: {question.text}"] if is_required(question, occasion) else []
    found = []
    chosen = answer.value if isinstance(answer.value, list) else [answer.value]
    hit = [each for each in chosen if isinstance(each, (str, bool))]
    filled = answer.value if isinstance(answer.value, list) else []
    if question.type == "rows" and len(filled) < question.min_rows:
        rows = words.count(question.min_rows, "row")
        found.append(f"Add at least {rows}: {question.text}")
    if question.type == "rows":
        found += [
            f"Row {number}, enter: {column.label.lower()}"
            for number, row in enumerate(filled, start=1)
            for column in question.columns
            if column.required and is_empty(row.get(column.id))
        ]
    if answer.prefilled_from and not answer.is_still_right:
        found.append(f"Say whether the answer is still right: {question.text}")
    for beside in question.beside:
        other = kept.get(beside.id)
        needed = beside.required == "required" or any(each in beside.required_on for each in hit)
        if needed and (other is None or is_empty(other.value)):
            found.append(f"Answer: {beside.label}")
    if question.reason == "required" and not answer.text:
        found.append(f"Say why: {question.text}")
    if question.evidence == "required" and not (answer.evidence_source or answer.evidence_document_id):
        found.append(f"Say where this comes from: {question.text}")
    attached = question.attachment == "required" and not question.attachment_on
    if (attached or any(each in question.attachment_on for each in hit)) and not answer.attachment_id:
        found.append(f"Attach a document: {question.text}")
    asked_to_act = question.action == "required" and not question.action_on
    if (asked_to_act or any(each in question.action_on for each in hit)) and not answer.action_id:
        found.append(f"Say what should be done: {question.text}")
    return found


def warning_of(question: Question, value: Any) -> str:
    """What the policy warns of when this is the answer; "" for nothing."""
    chosen = value if isinstance(value, list) else [value]
    hit = any(each in question.warning_on for each in chosen if isinstance(each, (str, bool)))
    return question.warning if hit else ""


# --- Sections and read-back --------------------------------------------------------------------


@dataclass(frozen=True)
class SectionState:
    """A section of the task list: how many of its questions are answered."""

    section: QuestionSection
    answered: int
    of: int
    missing: int

    @property
    def words(self) -> str:
        """Where the section stands, in words."""
        if self.of and not self.missing:
            return "Done"
        return f"{self.answered} of {self.of} answered" if self.answered else "Not started"

    @property
    def is_done(self) -> bool:
        """Whether sending waits for nothing here."""
        return self.missing == 0


def states_of(questionnaire: Questionnaire, answers: Sequence[Answer], occasion: str) -> list[SectionState]:
    """The sections of the task list with their state."""
    values = values_of(answers)
    missing = missing_of(questionnaire, answers, occasion)
    states = []
    for section in questionnaire.sections:
        asked = [each for each in asked_of(questionnaire, section, values) if each.type not in NOT_ASKED]
        states.append(
            SectionState(
                section,
                answered=sum(1 for question in asked if not is_empty(values.get(question.id))),
                of=len(asked),
                missing=sum(1 for each in missing if each.section == section.id),
            )
        )
    return states


@dataclass(frozen=True)
class Said:
    """A question with its answer, as the read-back page and the print show it."""

    question: Question
    answer: str
    beside: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    evidence: str = ""
    attachment: Any = None
    action: Any = None
    source: str = ""
    warning: str = ""


def read_back(
    response: Response, questionnaire: Questionnaire, answers: Sequence[Answer], lists: CouncilLists
) -> list[tuple[QuestionSection, list[Said]]]:
    """Every section with its questions and answers in words, under the response's own policy version."""
    policy = response.policy_version.policy
    kept = {answer.question: answer for answer in answers}
    values = values_of(answers)

    def said(question: Question) -> Said:
        answer = kept.get(question.id) or Answer()
        beside = tuple(
            (each.label, in_words(kept[each.id].value, each, options_of(each, policy, lists)))
            for each in question.beside
            if each.id in kept and not is_empty(kept[each.id].value)
        )
        evidence = ", ".join(
            part
            for part in (
                answer.evidence_source,
                words.day(answer.evidence_on) if answer.evidence_on else "",
                str(answer.evidence_document) if answer.evidence_document_id else "",
            )
            if part
        )
        return Said(
            question,
            in_words(answer.value, question, options_of(question, policy, lists)),
            beside,
            answer.text,
            evidence,
            answer.attachment if answer.attachment_id else None,
            answer.action if answer.action_id else None,
            f"{answer.prefilled_from}, still right" if answer.is_still_right else "",
            warning_of(question, answer.value),
        )

    return [
        (
            section,
            [said(each) for each in asked_of(questionnaire, section, values) if each.type not in NOT_ASKED],
        )
        for section in questionnaire.sections
    ]


# --- What the answers change in the register ---------------------------------------------------

# Register attributes that an answer may set through `Partnership.change`; rows and money have doors of their own.
MAY_FEED = frozenset(
    {
        "purpose", "meeting_frequency", "meeting_note", "hours_a_month", "exit_impact", "council_role_note",
        "value_resources", "value_influence", "value_reputation", "information_sharing", "comments",
        "governance_form", "governance_note", "reporting_frequency", "reporting_person", "reporting_to",
        "performance_note", "data_caveat", "budget_source", "payment_kind", "budget_status", "last_review_on",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Feed:
    """A register field that an answer would change: its name, label, and both values in words."""

    core: str
    label: str
    was: str
    becomes: str
    value: Any


def feeds_of(partnership: Partnership, policy: Policy, questionnaire: Questionnaire, values: Values) -> list[Feed]:
    """What the answers say otherwise than the register; a question feeds what it is marked to, hours always."""
    found = []
    for question in questionnaire.questions:
        core = question.feeds
        if core is None and question.type == "hours_a_week":
            core = "hours_a_month"
        value = values.get(question.id)
        if core not in MAY_FEED or is_empty(value):
            continue
        new: Any = value
        if question.type in ("choice", "scale") and core in FREE_TEXT:
            new = _in_full(question, values, policy)
        elif question.type == "hours_a_week":
            new = (Decimal(str(value)) * HOURS_A_MONTH_FROM_WEEK).quantize(Decimal("0.01"))
        elif question.type in ("hours", "number", "money"):
            new = Decimal(str(value))
        old = getattr(partnership, core)
        if _same(old, new):
            continue
        field = policy.core_field(core)
        label = field.label if field else core.replace("_", " ").capitalize()
        found.append(Feed(core, label, _field_words(policy, core, old), _field_words(policy, core, new), new))
    return found


FREE_TEXT = frozenset({"comments", "governance_note", "performance_note", "council_role_note"})


def _in_full(question: Question, values: Values, policy: Policy) -> str:
    """A chosen answer with the text beside it, for a register field that holds text."""
    lists = CouncilLists()
    parts = [in_words(values[question.id], question, options_of(question, policy, lists))]
    parts += [str(values[each.id]) for each in question.beside if not is_empty(values.get(each.id))]
    return ". ".join(part.rstrip(".") for part in parts) + "."


def money_note(partnership: Partnership, policy: Policy, questionnaire: Questionnaire, values: Values) -> str:
    """What the answers say otherwise about the yearly contribution: rows of a year have a page of their own."""
    for question in questionnaire.questions:
        asked: tuple[Question | Beside, ...] = (question, *question.beside)
        for each in asked:
            value = values.get(each.id)
            if each.type != "money" or each.prefill != "contribution_a_year" or is_empty(value):
                continue
            said, held = Decimal(str(value)), partnership.contribution_a_year
            if said != held:
                return (
                    f"The answers say {words.money(said)} a year; the register says {words.money(held)}. "
                    "Change it under Money and time"
                )
    return ""


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, Decimal) and isinstance(new, Decimal):
        # An answer by the week is rounded; what rounds to the same tenth of an hour has not changed.
        return abs(old - new) < Decimal("0.25")
    return bool(old == new)


def _field_words(policy: Policy, core: str, value: Any) -> str:
    if value in (None, ""):
        return words.NOT_KNOWN
    if core == "hours_a_month":
        return words.hours(value)
    return _as_text(value, policy, core)
