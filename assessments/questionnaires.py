"""What a questionnaire asks of one partnership now: its questions, known answers, what is missing, what it changes.

Source: BRK-D01 to D35, C17 to C29, I04, I17; design section 5.3.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Model

from assessments import rules
from assessments.answers import NOT_ASKED, CouncilLists, Options, in_words, is_empty, options_of, rank_clashes
from assessments.facts import Facts, Rows, facts_of
from assessments.models import Answer, Response
from config import words
from policy.model import Beside, Point, Policy, Question, Questionnaire, QuestionSection, RegisterField, Rule
from register.models import Document, Partnership, Status

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


def asked_values(questionnaire: Questionnaire, values: Values) -> dict[str, Any]:
    """The answers that count: an answer to a question that another answer has taken away is left out.

    It is kept, so that it stands there again when the other answer changes back.
    """
    counting = dict(values)
    for question in questionnaire.questions:
        if not is_asked(question, counting):
            gone = [question.id, *(each.id for each in question.beside), *(each.id for each in question.parts)]
            for name in gone:
                counting.pop(name, None)
    return counting


def is_asked(question: Question, values: Values) -> bool:
    """Whether the answers so far make this question one to answer."""
    return question.asked_when is None or question.asked_when.is_met(values)


def asked_of(questionnaire: Questionnaire, section: QuestionSection, values: Values) -> list[Question]:
    """The questions of a section that are to be answered, the parts of a question right after it."""
    counting = asked_values(questionnaire, values)
    found = []
    for question in questionnaire.questions_of(section):
        if is_asked(question, counting):
            found.append(question)
            found += [part for part in question.parts if is_asked(part, counting)]
    return found


def is_filled_in(question: Question) -> bool:
    """Whether a person gives the answer: not to a text, a sum, or a question that its parts answer."""
    is_rank_of_parts = question.type == "rank" and bool(question.parts)
    return question.type not in NOT_ASKED and not question.parts_rule and not is_rank_of_parts


def is_required(question: Question, occasion: str) -> bool:
    """Whether sending waits for this answer; some are only expected on an occasion (BRK-I17)."""
    if not is_filled_in(question) or question.required != "yes":
        return False
    kind = "proposal" if occasion in ("proposal", "joining") else "review"
    return kind not in question.expected_only_for


def is_expected(question: Question, occasion: str) -> bool:
    """Whether the policy looks for this answer, though sending does not wait for it."""
    return is_filled_in(question) and question.required != "no" and not is_required(question, occasion)


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
    partnership: Partnership,
    policy: Policy,
    questions: Iterable[Question],
    facts: Facts,
    lists: CouncilLists,
    *,
    rows: Rows | None = None,
) -> dict[str, Prefill]:
    """Known answers by question id, each with its source: "From the register, money and time"."""
    rows = rows or Rows(partnership)
    found: dict[str, Prefill] = {}
    for question in questions:
        asked: Sequence[Question | Beside] = (question, *question.beside)
        for each in asked:
            prefill = each.prefill
            if prefill is None or each.type in NO_PREFILL:
                continue
            raw = _raw(rows, policy, prefill, facts)
            value = _fitted(raw, each, options_of(each, policy, lists), policy, prefill)
            source = _source(policy, prefill)
            if not is_empty(value):
                found[each.id] = Prefill(value, source)
            elif not is_empty(raw) and each.type in ("yes_no", "yes_no_dont_know"):
                texts = [text for _, text in raw] if isinstance(raw, list) and isinstance(raw[0], tuple) else raw
                held = _as_text(texts, policy, prefill).replace("\n", ", ")
                found[each.id] = Prefill(None, f"{source}: {held}")
        if question.type == "rows" and question.id not in found:
            found |= _first_row(question, policy, facts)
        if question.answered_by and question.id not in found:
            rule = Rule(every=(question.answered_by,))
            answer = rules.holds(policy, rule, rules.checked_facts(policy, facts))
            if answer.holds is not None and question.type in ("yes_no", "yes_no_dont_know"):
                found[question.id] = Prefill(answer.holds, f"Worked out from the register. {answer.reason}")
    return found


def known_answers(
    partnership: Partnership, policy: Policy, questions: Iterable[Question], lists: CouncilLists
) -> dict[str, Prefill]:
    """Known answers to the questions of one page; facts are looked up only where one is asked for."""
    questions = list(questions)
    wanted = {name for question in questions for name in _named_facts(policy, question)}
    rows = Rows(partnership)
    facts = facts_of(partnership, policy, rows, wanted=wanted) if wanted else {}
    return prefills_of(partnership, policy, questions, facts, lists, rows=rows)


def _named_facts(policy: Policy, question: Question) -> Iterator[str]:
    """The facts that may fill in a question, what stands beside it, and its rows."""
    if question.answered_by:
        yield question.answered_by.fact
    yield from (column.fact for column in question.columns if column.fact)
    prefills = (question.prefill, *(each.prefill for each in question.beside))
    yield from (name for name in prefills if name and _is_fact(policy, name))


def _is_fact(policy: Policy, name: str) -> bool:
    """Whether a prefill is something worked out, and no attribute or field that the entry holds."""
    is_held = name in RELATED or hasattr(Partnership, name) or policy.field_or_none(name) is not None
    return not is_held


def documents_for(partnership: Partnership, questions: Iterable[Question]) -> list[Document]:
    """The entry's documents, where a question has room for one."""
    has_room = any(
        question.attachment != "none" or question.evidence != "none" or question.type == "file"
        for question in questions
    )
    return list(partnership.documents.order_by("title", "pk")) if has_room else []


NO_PREFILL = NOT_ASKED - {"computed"} | {"file", "rank"}


def _first_row(question: Question, policy: Policy, facts: Facts) -> dict[str, Prefill]:
    """A first row with what its columns name as facts, where the register knows one."""
    row: dict[str, Any] = {}
    for column in question.columns:
        if column.fact:
            known = facts.get(column.fact)
            row[column.id] = _fitted(known, column, options_of(column, policy, CouncilLists()), policy, column.fact)
    row = {name: value for name, value in row.items() if not is_empty(value)}
    return {question.id: Prefill([row], "From the register")} if row else {}


def _source(policy: Policy, name: str) -> str:
    field = policy.core_field(CORE_OF_FACT.get(name, name))
    if field is None:
        field = policy.field_or_none(name)
    section = next((each for each in policy.sections if field and each.id == field.section), None)
    where = section.title if section else ""
    return f"From the register, {words.inside(where)}" if where else "From the register"


CORE_OF_FACT = {
    "hours_a_week": "hours_a_month",
    "contribution_a_year": "contributions",
    "unbudgeted_a_year": "contributions",
    "reporting_is_arranged": "reporting_frequency",
}


def _raw(rows: Rows, policy: Policy, name: str, facts: Facts) -> Any:
    """What the register holds under a core attribute, a field of the pack or a fact; `None` for nothing."""
    partnership = rows.partnership
    if name in RELATED:
        return RELATED[name](rows)
    if name in PEOPLE:
        return str(getattr(partnership, name) or getattr(partnership, f"{name}_name"))
    if hasattr(partnership, name):
        value = getattr(partnership, name)
        return str(value) if isinstance(value, Model) else value
    field = policy.field_or_none(name)
    if field is None:
        return facts.get(name)
    return _raw(rows, policy, field.core, facts) if field.core else _own_value(partnership, field)


def _own_value(partnership: Partnership, field: RegisterField) -> Any:
    """The value of a field that only this policy has, typed as those of the register."""
    value = partnership.local_values.get(field.id)
    if is_empty(value):
        return None
    if field.type in FIGURES:
        return Decimal(str(value))
    return date.fromisoformat(value) if field.type == "date" else value


PEOPLE = frozenset({"lead_officer", "responsible_head", "portfolio_holder"})


def _people(rows: Rows) -> list[str]:
    return [str(each) for each in rows.of("representatives") if not each.is_vacant]


def _partners(rows: Rows) -> list[str]:
    return [str(each.organisation) for each in rows.of("memberships")]


def _links(rows: Rows, *, outcomes: bool) -> list[tuple[str, str]]:
    links = sorted(rows.of("priority_links"), key=lambda link: (link.priority.position, link.pk))
    return [
        (link.priority.code, str(link.priority)) for link in links if (link.priority.parent_id is not None) == outcomes
    ]


RELATED: dict[str, Any] = {
    "representatives": _people,
    "partners": _partners,
    "lead_partner": lambda rows: "".join(str(each.organisation) for each in rows.of("memberships") if each.is_lead),
    "priorities": lambda rows: _links(rows, outcomes=False),
    "critical_outcomes": lambda rows: _links(rows, outcomes=True),
    "benefits": lambda rows: [str(each) for each in rows.of("benefits")],
    "funding_sources": lambda rows: [str(each) for each in rows.of("funding_sources")],
    "risks": lambda rows: [str(each) for each in rows.of("risks")],
    "actions": lambda rows: [str(each) for each in rows.of("actions") if each.done_on is None],
    "documents": lambda rows: [str(each) for each in rows.of("documents")],
    "contributions": lambda rows: rows.partnership.contribution_a_year,
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


def _fit_month(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    return known.raw.strftime("%Y-%m") if isinstance(known.raw, date) else None


def _fit_email(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    return known.raw if isinstance(known.raw, str) and "@" in known.raw else None


def _fit_rows(known: Known, asked: Any, options: Options, policy: Policy, name: str) -> Any:
    return [{asked.columns[0].id: line} for line in known.listed] if asked.columns else None


FITTING: dict[str, Fit] = {
    **dict.fromkeys(("text", "long_text", "person", "organisation", "computed"), _fit_text),
    **dict.fromkeys(("yes_no", "yes_no_dont_know"), _fit_yes_no),
    "email": _fit_email,
    **dict.fromkeys(("choice", "scale"), _fit_choice),
    **dict.fromkeys(("multi_choice", "links"), _fit_several),
    **dict.fromkeys(("people", "organisations"), _fit_lines),
    **dict.fromkeys(("number", "money", "hours", "hours_a_week"), _fit_figure),
    "date": _fit_day,
    "month": _fit_month,
    "rows": _fit_rows,
}


def _as_text(raw: Any, policy: Policy, name: str) -> str:
    if isinstance(raw, list):
        return "\n".join(_as_text(each, policy, name) for each in raw)
    if isinstance(raw, bool):
        return "Yes" if raw else "No"
    if isinstance(raw, Decimal):
        return words.money(raw) if "contribution" in name or "unbudgeted" in name else words.number(raw)
    field = policy.core_field(name) or policy.field_or_none(name)
    if field and field.scheme and raw in policy.schemes[field.scheme].order:
        return policy.schemes[field.scheme].level_label(str(raw))
    if field and field.list and policy.list(field.list).kept_by == "policy":
        return policy.list(field.list).label_of(str(raw))
    return str(raw)


# --- What was said last time -------------------------------------------------------------------


@dataclass(frozen=True)
class LastAnswer:
    """An answer of the last form that was sent, in the words of its own policy version.

    `may_copy` says whether it is an answer to this year's question as well: no scale is ever converted.
    """

    words: str
    value: Any
    text: str
    evidence: str
    by: str
    label: str
    sent_at: datetime
    may_copy: bool

    @property
    def source(self) -> str:
        """Where an answer that is the same comes from."""
        return f"Same as {self.label}, {self.by}"

    @property
    def brief(self) -> str:
        """The answer in a few words, for the label of a tick box."""
        first = self.words.partition("\n")[0]
        return first if len(first) <= BRIEF else f"{first[:BRIEF].rsplit(' ', 1)[0]} …"


BRIEF = 60  # characters of an answer that a label repeats


def last_answers(
    last: Response | None,
    answers: Iterable[Answer],
    questions: Iterable[Question],
    policy: Policy,
    lists: CouncilLists,
) -> dict[str, LastAnswer]:
    """Last time's answers to these questions, by question id; `answers` are those of `last`."""
    if last is None or last.sent_at is None:
        return {}
    asked = {question.id: question for question in questions}
    before = last.policy_version.policy
    questions_then = before.questionnaire(last.questionnaire).by_id
    found = {}
    for answer in answers:
        then = questions_then.get(answer.question)
        if then is None or answer.question not in asked or is_empty(answer.value):
            continue
        said = in_words(answer.value, then, options_of(then, before, lists))
        lines = [f"{said}. {answer.text}" if answer.text else said]
        if answer.action:
            done = f"done on {words.day(answer.action.done_on)}" if answer.action.done_on else "open"
            lines.append(f"Action, {done}: {answer.action.text}")
        now = asked[answer.question]
        offered = now.type == then.type and _is_same_scale(then, now, before, policy)
        found[answer.question] = LastAnswer(
            "\n".join(lines),
            answer.value,
            answer.text,
            answer.evidence_source,
            last.sent_by_name,
            last.label,
            last.sent_at,
            may_copy=offered and is_filled_in(now) and _is_offered(answer.value, now, policy, lists),
        )
    return found


def _is_same_scale(then: Question, now: Question, before: Policy, policy: Policy) -> bool:
    if not now.scale or not then.scale:
        return now.scale == then.scale
    return before.scale(then.scale).points == policy.scale(now.scale).points


def _is_offered(value: Any, now: Question, policy: Policy, lists: CouncilLists) -> bool:
    if now.type in ("file", "rank"):  # a file is one year's; a rank is of all its parts together
        return False
    if now.type == "rows":
        columns = {column.id for column in now.columns}
        return all(set(row) <= columns for row in value)
    offered = dict(options_of(now, policy, lists).choices)
    chosen = value if isinstance(value, list) else [value]
    return not offered or all(str(each) in offered for each in chosen)


# --- What is missing ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """What the policy still looks for: in which section, at which question, and what to do.

    Sending waits for it when it `blocks`; else the form can be sent without, and says so.
    """

    section: str
    question: str
    sentence: str
    blocks: bool = True


def holds_back(partnership: Partnership, policy: Policy, questionnaire: Questionnaire) -> bool:
    """Whether an answer that is missing keeps this partnership's form from being sent (RED-I29)."""
    rule = questionnaire.compulsory_when
    if rule is None:
        return True
    return rules.holds(policy, rule, rules.checked_facts(policy, facts_of(partnership, policy))).holds is not False


def missing_of(
    policy: Policy,
    questionnaire: Questionnaire,
    answers: Sequence[Answer],
    occasion: str,
    *,
    section: str = "",
    compulsory: bool = True,
) -> list[Missing]:
    """What still stands between the draft and sending, in the order of the form."""
    gaps = gaps_of(policy, questionnaire, answers, occasion, section=section, compulsory=compulsory)
    return [each for each in gaps if each.blocks]


def gaps_of(
    policy: Policy,
    questionnaire: Questionnaire,
    answers: Sequence[Answer],
    occasion: str,
    *,
    section: str = "",
    compulsory: bool = True,
) -> list[Missing]:
    """What is missing, and what is only expected, in the order of the form (README section 1; CHK-12, CHK-16).

    `compulsory` is what `holds_back` says of the form; without it everything is only expected.
    """
    values = asked_values(questionnaire, values_of(answers))
    kept = {answer.question: answer for answer in answers if answer.question in values}
    found: list[Missing] = []
    for each in questionnaire.sections:
        if section and each.id != section:
            continue
        for question in asked_of(questionnaire, each, values):
            gaps = [] if question.type in NOT_ASKED else _gaps_at(policy, question, kept, occasion)
            found += [Missing(each.id, question.id, sentence, blocks and compulsory) for sentence, blocks in gaps]
    return found


Gap = tuple[str, bool]  # what to do, and whether sending waits for it


def _gaps_at(policy: Policy, question: Question, kept: Mapping[str, Answer], occasion: str) -> list[Gap]:
    if question.type == "rank" and question.parts:
        return _gaps_in_rank(policy, question, kept)
    answer = kept.get(question.id)
    if answer is None or is_empty(answer.value):
        if is_required(question, occasion):
            return [(f"Answer: {question.text}", True)]
        return [(f"Answer: {question.text}", False)] if is_expected(question, occasion) else []
    found: list[Gap] = []
    if question.type == "rows":
        found += [(sentence, True) for sentence in _missing_in_rows(question, answer.value)]
    if answer.prefilled_from and not answer.is_still_right:
        found.append((f"Say whether the answer is still right: {question.text}", True))
    found += _gaps_beside(question, answer.value, kept)
    if question.reason == "required" and not answer.text:
        found.append((f"Say why: {question.text}", True))
    if question.evidence == "required" and not (answer.evidence_source or answer.evidence_document_id):
        found.append((f"Say where this comes from: {question.text}", True))
    if asks_for_attachment(question, answer.value) and not answer.attachment_id:
        found.append((f"Attach a document: {question.text}", question.attachment == "required"))
    if asks_for_action(policy, question, answer.value) and not answer.action_id:
        found.append((f"Say what should be done: {question.text}", True))
    return found


def _gaps_in_rank(policy: Policy, question: Question, kept: Mapping[str, Answer]) -> list[Gap]:
    given = [str(kept[part.id].value or "") for part in question.parts if part.id in kept]
    labels = {point.id: point.label for point in policy.scale(question.scale or "").points}
    return [(f"{clash}: {question.text}", True) for clash in rank_clashes(given, labels)]


def _missing_in_rows(question: Question, rows: Any) -> list[str]:
    found = []
    if len(rows) < question.min_rows:
        found.append(f"Add at least {words.count(question.min_rows, 'row')}: {question.text}")
    found += [
        f"Row {number}, enter: {words.inside(column.label)}"
        for number, row in enumerate(rows, start=1)
        for column in question.columns
        if column.required and column.type not in NOT_ASKED and is_empty(row.get(column.id))
    ]
    return found


def _gaps_beside(question: Question, value: Any, kept: Mapping[str, Answer]) -> list[Gap]:
    found = []
    for beside in question.beside:
        other = kept.get(beside.id)
        needed = beside.required == "required" or is_one_of(value, beside.required_on)
        if needed and (other is None or is_empty(other.value)):
            found.append((f"Answer: {beside.label}", True))
    return found


def is_one_of(value: Any, chosen: Iterable[Any]) -> bool:
    """Whether an answer, or one of several, is among the answers that a pack names."""
    given = value if isinstance(value, list) else [value]
    # True and "1" are told apart from 1: what a pack names is a yes, a no or an id.
    return any(each in tuple(chosen) for each in given if isinstance(each, (str, bool)))


def point_of(policy: Policy, question: Question, value: Any) -> Point | None:
    """The place on the question's scale that was chosen."""
    return policy.scale(question.scale).by_id.get(str(value)) if question.scale else None


def asks_for_action(policy: Policy, question: Question, value: Any) -> bool:
    """Whether this answer needs an action: so says the question, or the place on its scale (CHK-12)."""
    point = point_of(policy, question, value)
    always = question.action == "required" and not question.action_on
    return always or is_one_of(value, question.action_on) or bool(point and point.action == "required")


def may_have_action(policy: Policy, question: Question) -> bool:
    """Whether the form has room for an action at this question."""
    points = policy.scale(question.scale).points if question.scale else ()
    return question.action != "none" or bool(question.action_on) or any(each.action != "none" for each in points)


def asks_for_attachment(question: Question, value: Any) -> bool:
    """Whether the policy looks for a document with this answer; `question.attachment` says how firmly."""
    if question.attachment not in ("required", "expected"):
        return False
    return not question.attachment_on or is_one_of(value, question.attachment_on)


def action_due(question: Question, answered_on: date) -> date | None:
    """The day by which the policy wants the action done; `None` when it names none (CHK-10, DEF-05)."""
    months = question.action_due_months
    return rules.months_later(answered_on, months) if months else None


def warning_of(policy: Policy, question: Question, value: Any) -> str:
    """What the policy warns of when this is the answer; "" for nothing."""
    if is_one_of(value, question.warning_on):
        return question.warning
    point = point_of(policy, question, value)
    return "The policy marks this answer as one to look at." if point and point.warns else ""


# --- Sections ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SectionState:
    """A section of the task list: how many of its questions are answered, and its averages."""

    section: QuestionSection
    answered: int
    of: int
    missing: int
    averages: tuple[rules.Average, ...] = ()

    @property
    def words(self) -> str:
        """Where the section stands, in words."""
        if not self.of:
            return "Nothing to answer"
        if not self.answered:
            return "Not started"
        return "Done" if self.answered == self.of and not self.missing else f"{self.answered} of {self.of} answered"

    @property
    def is_done(self) -> bool:
        """Whether sending waits for nothing here."""
        return self.missing == 0


def states_of(
    policy: Policy,
    questionnaire: Questionnaire,
    answers: Sequence[Answer],
    occasion: str,
    *,
    compulsory: bool = True,
) -> list[SectionState]:
    """The sections of the task list with their state."""
    values = asked_values(questionnaire, values_of(answers))
    missing = missing_of(policy, questionnaire, answers, occasion, compulsory=compulsory)
    states = []
    for section in questionnaire.sections:
        asked = asked_of(questionnaire, section, values)
        filled_in = [each for each in asked if is_filled_in(each)]
        states.append(
            SectionState(
                section,
                answered=sum(1 for question in filled_in if not is_empty(values.get(question.id))),
                of=len(filled_in),
                missing=sum(1 for each in missing if each.section == section.id),
                averages=rules.averages(policy, asked, values),
            )
        )
    return states


@dataclass(frozen=True)
class SectionGroup:
    """Sections that the policy puts under one heading."""

    title: str
    states: tuple[SectionState, ...]


def grouped(states: Sequence[SectionState]) -> list[SectionGroup]:
    """The sections under the headings that the policy gives them, in the order of the form."""
    found: list[SectionGroup] = []
    for title, together in groupby(states, key=lambda state: state.section.group):
        found.append(SectionGroup(title, tuple(together)))
    return found


def progress_of(policy: Policy, questionnaire: Questionnaire, answers: Sequence[Answer], occasion: str) -> str:
    """How far a draft is: "34 of 60 questions answered"."""
    states = states_of(policy, questionnaire, answers, occasion)
    answered, of = sum(each.answered for each in states), sum(each.of for each in states)
    return f"{answered} of {words.count(of, 'question')} answered"


# --- What the answers come to ------------------------------------------------------------------

FIGURES = ("number", "money", "hours", "hours_a_week")


def computed_in_words(
    policy: Policy, questionnaire: Questionnaire, question: Question, values: Values, elsewhere: Values
) -> str:
    """What a computed question comes to: a counted result, averages, a sum or a count; "" for nothing.

    `elsewhere` holds the answers to other forms of the same entry (MEL-D80).
    """
    if question.result:
        finding = next(each for each in rules.results(questionnaire, values) if each.result.id == question.result)
        return finding.words
    every = {**elsewhere, **values}
    asked = [
        (form, section, form.by_id[name]) for name in question.computed_from for form, section in _home(policy, name)
    ]
    questions = [each for _, _, each in asked]
    if rated := rules.averages(policy, questions, every):
        lines = [f"All: {average.sentence}" for average in rated]
        sections = {section.id: section for _, section, _ in asked}
        if len(sections) > 1:
            for section in sections.values():
                own = [each for _, one, each in asked if one.id == section.id]
                lines += [f"{section.title}: {average.sentence}" for average in rules.averages(policy, own, every)]
        return "\n".join(lines)
    given = [(each, every.get(each.id)) for each in questions if not is_empty(every.get(each.id))]
    if not questions or not given:
        return ""
    if all(each.type in FIGURES for each in questions):
        total = sum((Decimal(str(value)) for _, value in given), Decimal(0))
        return in_words(format(total, "f"), questions[0], Options())
    if all(each.type in ("yes_no", "yes_no_dont_know") for each in questions):
        return f"{sum(1 for _, value in given if value is True)} of {len(questions)} are Yes"
    return f"{len(given)} of {len(questions)} are answered"


def worked_out(
    partnership: Partnership, policy: Policy, questionnaire: Questionnaire, values: Values
) -> dict[str, str]:
    """What the computed questions come to today, in words, by question id; sending keeps them as they stand."""
    computed = [each for each in questionnaire.questions if each.type == "computed"]
    if not computed:
        return {}
    others = elsewhere(partnership, policy, questionnaire)
    known: dict[str, Prefill] = {}
    if any(each.prefill for each in computed):
        known = known_answers(partnership, policy, computed, CouncilLists())
    found = {}
    for question in computed:
        said = computed_in_words(policy, questionnaire, question, values, others)
        held = known.get(question.id)
        found[question.id] = said or (str(held.value) if held else "")
    return found


def worked_out_in(
    questions: Iterable[Question], response: Response, questionnaire: Questionnaire, values: Values
) -> dict[str, str]:
    """What the computed questions of one page come to; no query where it has none."""
    if not any(question.type == "computed" for question in questions):
        return {}
    return worked_out(response.partnership, response.policy_version.policy, questionnaire, values)


def _home(policy: Policy, question_id: str) -> list[tuple[Questionnaire, QuestionSection]]:
    """The form and section in which a question stands."""
    return [
        (form, section)
        for form in policy.questionnaires
        for section in form.sections
        for each in form.questions_of(section)
        if question_id in (each.id, *(part.id for part in each.parts))
    ]


def elsewhere(partnership: Partnership, policy: Policy, questionnaire: Questionnaire) -> dict[str, Any]:
    """The last sent answers to the other forms that this one sums up; no query where it sums up none."""
    wanted = {name for each in questionnaire.questions for name in each.computed_from} - set(questionnaire.by_id)
    if not wanted:
        return {}
    forms = {form.id for form in policy.questionnaires if wanted & set(form.by_id)}
    sent = Response.objects.sent().filter(partnership=partnership, questionnaire__in=forms).order_by("sent_at", "pk")
    found: dict[str, Any] = {}
    for response in sent.select_related("policy_version").prefetch_related("answers"):
        form = response.policy_version.policy.questionnaire(response.questionnaire)
        values = asked_values(form, values_of(response.answers.all()))
        # A later form takes the place of an earlier one whole: an answer left out there is not filled up from here.
        found = {name: value for name, value in found.items() if name not in form.by_id} | values
    return {name: value for name, value in found.items() if name in wanted}


# --- What the answers change in the register ---------------------------------------------------

# Register attributes that an answer may set through `Partnership.change`; rows and money have doors of their own.
MAY_FEED = frozenset(
    {
        "purpose", "meeting_frequency", "meeting_note", "hours_a_month", "exit_impact", "council_role_note",
        "value_resources", "value_influence", "value_reputation", "information_sharing", "comments",
        "governance_form", "governance_note", "reporting_frequency", "reporting_person", "reporting_to",
        "performance_note", "data_caveat", "budget_source", "payment_kind", "budget_status", "last_review_on",
        "contribution_note", "hours_note", "is_statutory",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Feed:
    """A register field that an answer would change: its name, label, and both values in words.

    `is_own` marks a field that only this policy has; `core` is its id then.
    """

    core: str
    label: str
    was: str
    becomes: str
    value: Any
    is_own: bool = False


def feeds_of(partnership: Partnership, policy: Policy, questionnaire: Questionnaire, values: Values) -> list[Feed]:
    """What the answers say otherwise than the register; a question feeds what it is marked to, hours always.

    `values` are the answers that count (`asked_values`).
    """
    found = []
    for question in questionnaire.questions:
        name = question.feeds or ("hours_a_month" if question.type == "hours_a_week" else "")
        value = values.get(question.id)
        field = policy.field_or_none(name) if name else None
        core = field.core if field and field.core else name
        if is_empty(value):
            continue
        if core in MAY_FEED:
            new = _as_attribute(question, core, values, policy)
            old = getattr(partnership, core)
        elif field and field.core is None and (new := _as_own_value(question, field, values, policy)) is not None:
            old = partnership.local_values.get(field.id)
        else:
            continue
        if _same(old, new):
            continue
        shown = policy.core_field(core) or field
        label = shown.label if shown else core.replace("_", " ").capitalize()
        was, becomes = _field_words(policy, core, old), _field_words(policy, core, new)
        found.append(Feed(core, label, was, becomes, new, is_own=core not in MAY_FEED))
    return found


def _as_attribute(question: Question, core: str, values: Values, policy: Policy) -> Any:
    """An answer as the register's own attribute holds it."""
    value = values[question.id]
    if question.type in ("choice", "scale") and core in FREE_TEXT:
        return _in_full(question, values, policy)
    if question.type == "hours_a_week":
        return (Decimal(str(value)) * HOURS_A_MONTH_FROM_WEEK).quantize(Decimal("0.01"))
    return Decimal(str(value)) if question.type in FIGURES else value


def _as_own_value(question: Question, field: RegisterField, values: Values, policy: Policy) -> Any:
    """An answer as a field of the pack holds it; `None` when the two are of different kinds."""
    if question.type == field.type and field.type != "rows":
        return values[question.id]
    return _in_full(question, values, policy) if field.type in ("text", "long_text") else None


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
    field = policy.field_or_none(core)
    if field and field.type not in ("text", "long_text"):
        return in_words(value, field, options_of(field, policy, CouncilLists()))
    return _as_text(value, policy, core)
