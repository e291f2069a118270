"""Agreements between partners: what the register knows under each heading, and the steps over several versions.

Source: RED-D10-01 to RED-D10-12, RED-G05, CORE-17, CONF-24.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from assessments.answers import NOT_ASKED, CouncilLists, in_words, is_empty, options_of
from assessments.facts import facts_of
from assessments.models import Agreement, Response
from assessments.questionnaires import asked_of, prefills_of, values_of
from config import words
from policy.model import Policy, Question, Questionnaire, QuestionSection
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership


@dataclass(frozen=True)
class Known:
    """One prompt under a heading: its question, and what is known of the answer with its source; "" for nothing."""

    question: Question
    answer: str
    source: str


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
        options = options_of(question, policy, lists)
        if response and not is_empty(value := values.get(question.id)):
            on = words.day(response.sent_at or response.saved_at)
            state = "draft of" if response.is_draft else "form sent on"
            return Known(question, in_words(value, question, options), f"From the {state} {on}")
        prefill = prefills.get(question.id)
        if prefill and not is_empty(prefill.value):
            return Known(question, in_words(prefill.value, question, options), prefill.source)
        return Known(question, "", "")

    return [
        (section, [known(each) for each in asked_of(form, section, values) if each.type not in NOT_ASKED])
        for section in form.sections
    ]


def first_words(prompts: Sequence[Known]) -> str:
    """The first words under a heading: what is known, each answer after its question where there are several."""
    said = [each for each in prompts if each.answer]
    if len(prompts) == 1:
        return said[0].answer if said else ""
    return "\n\n".join(f"{each.question.text}\n{each.answer}" for each in said)


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


@transaction.atomic
def agree(agreement: Agreement, *, on: date, review_on: date, today: date, by: User) -> None:
    """Seal a draft as what the partners agreed; the version before it gives way. Raises Refused."""
    # One at a time for an entry.
    Partnership.objects.select_for_update().get(pk=agreement.partnership_id)
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
