"""Agreements between partners: what the register knows under each heading, and the steps over several versions.

Source: RED-D10-01 to RED-D10-12, RED-G05, CORE-17, CONF-24.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from assessments.answers import Asked, CouncilLists, in_words, is_empty, options_of
from assessments.facts import facts_of
from assessments.models import Agreement, Response
from assessments.questionnaires import asked_of, holds_back, prefills_of, values_of
from config import words
from policy.model import Policy, Question, Questionnaire, QuestionSection
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership


@dataclass(frozen=True)
class Known:
    """One prompt under a heading: its question, and what is known of the answer with its source; "" for nothing.

    A prompt of the form that asks nothing, such as a principle, is a statement that the agreement makes as it stands.
    """

    question: Question
    answer: str
    source: str

    @property
    def is_statement(self) -> bool:
        return not self.question.text.endswith("?")

    @property
    def said(self) -> str:
        """The prompt with its answer as the agreement first says it; "" for a question that nobody has answered."""
        text = self.question.text.rstrip(".")
        if self.is_statement:
            return f"{text}: {self.answer}" if self.answer else text
        return f"{text}\n{self.answer}" if self.answer else ""


def known_of(
    partnership: Partnership, policy: Policy, form: Questionnaire
) -> list[tuple[QuestionSection, Sequence[Known]]]:
    """What the form's answers and the register say under each heading, prompt by prompt."""
    lists = CouncilLists()
    found = Response.objects.filter(partnership=partnership, questionnaire=form.id)
    response = found.order_by("-saved_at", "-pk").first()
    answers = list(response.answers.all()) if response else []
    values = values_of(answers)
    questions = [each for section in form.sections for each in asked_of(form, section, values)]
    prefills = prefills_of(partnership, policy, questions, facts_of(partnership, policy), lists)

    def known(question: Question) -> Known:
        if response and not is_empty(value := values.get(question.id)):
            on = words.day(response.sent_at or response.saved_at)
            source = f"From the {'draft of' if response.is_draft else 'form sent on'} {on}"
            beside = (
                f"{each.label}: {_in_prose(values[each.id], each, policy, lists)}"
                for each in question.beside
                if not is_empty(values.get(each.id))
            )
            return Known(question, "\n".join((_in_prose(value, question, policy, lists), *beside)), source)
        prefill = prefills.get(question.id)
        if prefill and not is_empty(prefill.value):
            return Known(question, _in_prose(prefill.value, question, policy, lists), prefill.source)
        return Known(question, "", "")

    return [
        (
            section,
            [known(each) for each in asked_of(form, section, values) if each.type not in ("computed", "decision")],
        )
        for section in form.sections
    ]


def _in_prose(value: Any, asked: Asked, policy: Policy, lists: CouncilLists) -> str:
    """An answer as an agreement says it: a row begins with its first column, and a short text needs no label."""
    options = options_of(asked, policy, lists)
    if asked.type != "rows":
        return in_words(value, asked, options)
    lines = []
    for row in value:
        said = [
            (column, in_words(row[column.id], column, chosen))
            for column, chosen in options.columns
            if not is_empty(row.get(column.id))
        ]
        first, rest = said[:1], said[1:]
        more = [text if column.type in ("text", "long_text") else f"{column.label}: {text}" for column, text in rest]
        lines.append(": ".join(filter(None, ("".join(text for _, text in first), "; ".join(more)))))
    return "\n\n".join(lines)


def first_words(prompts: Sequence[Known]) -> str:
    """The first words under a heading: the form's own statements, and each answer after its question.

    A heading with one prompt needs no question above its answer.
    """
    if len(prompts) == 1:
        return prompts[0].answer
    return "\n\n".join(each.said for each in prompts if each.said)


def begin(partnership: Partnership, version: PolicyVersion, *, by: User, at: datetime) -> Agreement:
    """Start the next version: with the words last agreed, and what is known where nothing stood. Raises Refused."""
    form = version.policy.agreement_form
    if form is None:
        raise Refused("The policy in force has no form for an agreement")
    last = Agreement.objects.for_partnership(partnership).exclude(state=Agreement.State.DRAFT).first()
    before = {key: text for key, _, text in last.headings} if last else {}
    texts = {
        section.id: before.get(section.id) or first_words(prompts)
        for section, prompts in known_of(partnership, version.policy, form)
    }
    return Agreement.begin(partnership, form.id, texts=texts, policy_version=version, by=by, at=at)


def left_out(agreement: Agreement) -> list[str]:
    """Headings without words that stop the agreement: all must have some where the policy makes its form compulsory."""
    form, policy = agreement.form, agreement.policy_version.policy
    is_compulsory = form.force == "compulsory" and holds_back(agreement.partnership, policy, form)
    return agreement.without_words() if is_compulsory else []


def why_not_agree(agreement: Agreement) -> str:
    """Say why the draft cannot be agreed now, or "" when it can."""
    if problem := agreement.why_not(Agreement.State.AGREED):
        return problem
    if empty := left_out(agreement):
        more = f" and {words.count(len(empty) - 1, 'more heading')}" if len(empty) > 1 else ""
        return f"Nothing stands under “{empty[0]}”{more}. Write something there first, even that it does not apply"
    return ""


@transaction.atomic
def agree(agreement: Agreement, *, on: date, review_on: date, today: date, by: User) -> None:
    """Seal a draft as what the partners agreed; the version before it gives way. Raises Refused."""
    # One at a time for an entry.
    Partnership.objects.select_for_update().get(pk=agreement.partnership_id)
    agreement.refresh_from_db()
    if problem := why_not_agree(agreement):
        raise Refused(problem)
    for before in Agreement.objects.in_force().filter(partnership=agreement.partnership_id):
        before.replace(by=by, number=agreement.number)
    agreement.agree(on=on, review_on=review_on, today=today, by=by)


def warning_of(agreement: Agreement | None, partnership: Partnership, title: str, today: date) -> str:
    """What is not right about an entry's agreement: none for a significant partnership, or out of date; else ""."""
    if agreement is None:
        if partnership.is_significant:
            return f"{title}: none is agreed, and this partnership is significant"
        return ""
    if agreement.review_on and agreement.is_late(today):
        late = words.days_away(agreement.review_on, today)
        return f"{agreement} was to be reviewed by {words.day(agreement.review_on)}, {late}. Agree the next version"
    return ""
