"""The answers of all partnerships to one question, side by side: counted, filtered, ready for a page or a sheet."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.timezone import localdate

from assessments.answers import CouncilLists, in_words, options_of
from assessments.models import Answer, Response
from policy.model import Policy, Question, Questionnaire
from policy.models import PolicyVersion
from register.exports import Column
from register.models import Partnership, Status

COUNTED = frozenset({"yes_no", "yes_no_dont_know", "choice", "multi_choice", "scale", "rank", "links"})


@dataclass(frozen=True)
class FormRow:
    """A form of the policy with how many partnerships have sent it, and how many have a draft open."""

    form: Questionnaire
    sent: int
    drafts: int
    not_sent: int


def forms_of(policy: Policy) -> list[FormRow]:
    """The policy's forms with their counts, for three queries. `not_sent` looks at active partnerships alone."""
    counts = Response.objects.count_by_form()
    active = Partnership.objects.filter(status=Status.ACTIVE)
    total = active.count()
    by_active = Response.objects.filter(partnership__in=active).count_by_form()
    found = []
    for form in policy.questionnaires:
        sent, drafts = counts.get(form.id, (0, 0))
        found.append(FormRow(form, sent, drafts, not_sent=total - by_active.get(form.id, (0, 0))[0]))
    return found


@dataclass(frozen=True)
class Choice:
    """An answer that was given, how often, and how an address asks for it."""

    words: str
    times: int
    key: str


@dataclass(frozen=True)
class AnswerRow:
    """One partnership's answer, in the words of the policy version that it was given under."""

    partnership: Partnership
    words: str
    answer: Answer
    sent_at: datetime
    sent_by: str


class Answers:
    """All answers that count to one question; `key` asks for those that say the same."""

    def __init__(self, policy: Policy, form: Questionnaire, question: Question, *, key: str = "") -> None:
        self.policy, self.form, self.question = policy, form, question
        self.key = key if question.type in COUNTED else ""
        self._found = Answer.objects.latest_to(form.id, question.id)
        self._lists = CouncilLists()

    def choices(self) -> list[Choice]:
        """The answers that were given, most frequent first; none for a question that people answer in words."""
        if self.question.type not in COUNTED:
            return []
        options = options_of(self.question, self.policy, self._lists)
        is_list = self.question.type in ("multi_choice", "links")
        return [
            Choice(in_words([value] if is_list else value, self.question, options), times, json.dumps(value))
            for value, times in self._found.counted()
        ]

    def page(self, number: Any, size: int) -> tuple[Page[int], list[AnswerRow]]:
        """One page of them: the page itself, and its rows."""
        page = Paginator(self._keys(), size).get_page(number)
        return page, list(self._rows(list(page.object_list)))

    def every(self) -> Iterator[AnswerRow]:
        """All of them, for a sheet."""
        return self._rows(self._keys())

    def _keys(self) -> list[int]:
        if not self.key:
            return list(self._found.values_list("pk", flat=True))
        return [pk for pk, value in self._found.values_list("pk", "value") if self._says(value)]

    def _says(self, value: Any) -> bool:
        return self.key in [json.dumps(each) for each in (value if isinstance(value, list) else [value])]

    def _rows(self, keys: Sequence[int]) -> Iterator[AnswerRow]:
        answers = Answer.objects.whole().select_related("response__partnership").in_bulk(keys)
        wanted = {answer.response.policy_version_id for answer in answers.values()}
        versions = PolicyVersion.objects.in_bulk(wanted)
        for key in keys:
            answer = answers[key]
            response = answer.response
            policy = versions[response.policy_version_id].policy
            asked = policy.questionnaire(response.questionnaire).by_id[answer.question]
            said = in_words(answer.value, asked, options_of(asked, policy, self._lists))
            yield AnswerRow(response.partnership, said, answer, response.sent_at, response.sent_by_name)  # type: ignore[arg-type]


def _day(row: AnswerRow) -> date:
    return localdate(row.sent_at)


def columns_of_answers(question: Question) -> list[Column[AnswerRow]]:
    """The columns of a sheet of answers."""
    return [
        Column("reference", "Reference", lambda row: row.partnership.reference),
        Column("name", "Partnership", lambda row: row.partnership.name),
        Column("status", "Status", lambda row: row.partnership.get_status_display()),
        Column("answer", question.text, lambda row: row.words, "long_text"),
        Column("reason", "Reason", lambda row: row.answer.text, "long_text"),
        Column("evidence", "Evidence", lambda row: row.answer.evidence_source, "long_text"),
        Column("action", "Action", lambda row: row.answer.action.text if row.answer.action else "", "long_text"),
        Column("sent_by", "Sent by", lambda row: row.sent_by),
        Column("sent_on", "Sent on", _day, "date"),
    ]
