"""A response read back: every section with its questions and answers in words, averages, results and warnings.

One `Sheet` serves the check page, the page of what was sent, and whatever prints or exports it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from assessments import questionnaires as asks
from assessments import rules
from assessments.answers import NOT_ASKED, CouncilLists, in_words, is_empty, options_of
from assessments.models import Answer, Response
from config import words
from policy.model import Policy, Question, Questionnaire, QuestionSection
from register.models import Document

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DECIDED_ELSEWHERE = "Decided in its own step, after the form is sent"


@dataclass(frozen=True)
class Said:
    """A question with its answer in words, and what belongs to the answer."""

    question: Question
    answer: str
    letter: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    evidence: str = ""
    evidence_document: Document | None = None
    attachment: Document | None = None
    action: Any = None
    source: str = ""
    warning: str = ""
    by: str = ""

    @property
    def is_statement(self) -> bool:
        """Whether it is a heading or a text, with nothing to answer."""
        return self.question.type == "statement" or (self.question.type == "rank" and bool(self.question.parts))

    @property
    def can_change(self) -> bool:
        """Whether a person gives the answer."""
        return asks.is_filled_in(self.question) or bool(self.question.parts_rule)


@dataclass(frozen=True)
class SheetSection:
    """A section of the form as it was answered."""

    section: QuestionSection
    said: tuple[Said, ...]
    averages: tuple[rules.Average, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A whole form as it was answered, under the policy version of the response."""

    questionnaire: Questionnaire
    sections: tuple[SheetSection, ...]
    averages: tuple[rules.Average, ...] = ()
    results: tuple[rules.ResultFinding, ...] = ()

    @property
    def holding(self) -> tuple[rules.ResultFinding, ...]:
        """The results that the answers come to."""
        return tuple(each for each in self.results if each.holds)

    @property
    def actions(self) -> tuple[Any, ...]:
        """The actions that the answers ask for."""
        return tuple(said.action for section in self.sections for said in section.said if said.action)


def sheet_of(response: Response, answers: Sequence[Answer], lists: CouncilLists | None = None) -> Sheet:
    """Read a response back. `answers` are its own, with their documents and actions fetched."""
    policy = response.policy_version.policy
    form = policy.questionnaire(response.questionnaire)
    kept = {answer.question: answer for answer in answers}
    values = asks.asked_values(form, asks.values_of(answers))
    # Once sent, what was worked out stands as it was kept.
    worked_out = asks.worked_out(response.partnership, policy, form, values) if response.is_draft else {}
    worked_out = {**worked_out, **decided_on(response, form)}
    reader = _Reader(policy, kept, values, worked_out, lists or CouncilLists())
    sections = []
    for section in form.sections:
        asked = asks.asked_of(form, section, values)
        said = tuple(reader.said(each, letter) for each, letter in lettered(asked))
        sections.append(SheetSection(section, said, rules.averages(policy, asked, values)))
    questions = [said.question for section in sections for said in section.said]
    whole = rules.averages(policy, questions, values) if sum(1 for each in sections if each.averages) > 1 else ()
    return Sheet(form, tuple(sections), whole, rules.results(form, values))


def decided_on(response: Response, form: Questionnaire) -> dict[str, str]:
    """What was decided on a form that was sent, in words by its questions of the type decision.

    Decisions are taken in apps above; the one that `settings.DECIDED_ANSWERS` names tells them.
    """
    if response.is_draft or not any(question.type == "decision" for question in form.by_id.values()):
        return {}
    tell: Callable[[Response], dict[str, str]] = import_string(settings.DECIDED_ANSWERS)
    return tell(response)


def lettered(questions: Sequence[Question]) -> list[tuple[Question, str]]:
    """Questions with the letter of those that are parts of the one before: a, b, c as the policy counts them."""
    letters = {part.id: LETTERS[place % len(LETTERS)] for each in questions for place, part in enumerate(each.parts)}
    return [(each, letters.get(each.id, "")) for each in questions]


class _Reader:
    """Puts the answers of one response into words."""

    def __init__(
        self,
        policy: Policy,
        kept: Mapping[str, Answer],
        values: Mapping[str, Any],
        worked_out: Mapping[str, str],
        lists: CouncilLists,
    ) -> None:
        self.policy, self.kept, self.values = policy, kept, values
        self.worked_out, self.lists = worked_out, lists

    def said(self, question: Question, letter: str) -> Said:
        answer = self.kept.get(question.id) or Answer()
        if question.type in NOT_ASKED:
            return Said(question, self._not_asked(question, answer), letter)
        return Said(
            question,
            self._words(question, answer.value),
            letter,
            beside=tuple(
                (each.label, self._words(each, self.values[each.id]))
                for each in question.beside
                if not is_empty(self.values.get(each.id))
            ),
            reason=answer.text,
            evidence=_evidence(answer),
            evidence_document=answer.evidence_document if answer.evidence_document_id else None,
            attachment=answer.attachment if answer.attachment_id else None,
            action=answer.action if answer.action_id else None,
            source=f"{answer.prefilled_from}, still right" if answer.is_still_right else "",
            warning=asks.warning_of(self.policy, question, answer.value),
            by=answer.answered_by_name,
        )

    def _words(self, asked: Any, value: Any) -> str:
        return in_words(value, asked, options_of(asked, self.policy, self.lists))

    def _not_asked(self, question: Question, answer: Answer) -> str:
        if question.type == "decision":
            return self.worked_out.get(question.id) or str(answer.value or DECIDED_ELSEWHERE)
        if question.type == "statement":
            return ""
        return self.worked_out.get(question.id) or str(answer.value or "")


def _evidence(answer: Answer) -> str:
    parts = (answer.evidence_source, words.day(answer.evidence_on) if answer.evidence_on else "")
    return ", ".join(part for part in parts if part)
