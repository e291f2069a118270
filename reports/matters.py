"""What a report of the policy is about: one request, one partnership, one leaving, or the whole register.

A matter knows who reads it, the moment it is told of, and the answers and rows that its parts share. What was asked
once is not asked again, so the queries of a report depend on its description and never on the number of entries.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from accounts.models import User
from approvals.models import Request
from assessments.answers import CouncilLists, in_words, options_of
from assessments.models import Answer, Response
from assessments.questionnaires import asked_values, values_of
from exits.models import Leaving
from policy.model import Policy, Question, Questionnaire, Report
from policy.models import PolicyVersion
from register.exports import Column, columns_of, fetched
from register.models import Partnership
from register.models.history import historical
from reports.lists import ALWAYS

MONTHS = {"quarterly": 3, "six_monthly": 6, "three_yearly": 36}  # what a period is, by how often a report comes
A_YEAR = 12
LEADS_AND_LEVELS = ("lead_officer", "risk_level", "value_level")


@dataclass(frozen=True)
class Sent:
    """A form that was sent about an entry, with its answers by question."""

    response: Response
    policy: Policy
    answers: Mapping[str, Answer]
    lists: CouncilLists

    @cached_property
    def form(self) -> Questionnaire:
        """The form under the policy version that it was answered under."""
        return self.policy.questionnaire(self.response.questionnaire)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The answers as the rules take them."""
        return asked_values(self.form, values_of(self.answers.values()))

    def words(self, question: Question) -> str:
        """An answer in words, with what stands beside it; "" where there is none."""
        answer = self.answers.get(question.id)
        said = [self._words(question, answer.value)] if answer else []
        said += [
            f"{each.label}: {self._words(each, self.values[each.id])}"
            for each in question.beside
            if self.values.get(each.id) not in (None, "", [])
        ]
        return "\n".join(filter(None, said))

    def _words(self, asked: Any, value: Any) -> str:
        return in_words(value, asked, options_of(asked, self.policy, self.lists))


@dataclass(frozen=True)
class Matter:
    """What a report is about. `at` is the moment it is told of; `None` is now. `since` to `until` is its period."""

    report: Report
    version: PolicyVersion
    user: User
    today: date
    since: date
    until: date
    at: datetime | None = None
    partnership: Partnership | None = None
    request: Request | None = None
    leaving: Leaving | None = None
    lists: CouncilLists = field(default_factory=CouncilLists)

    @property
    def policy(self) -> Policy:
        """The policy under which it is made."""
        return self.version.policy

    @property
    def is_many(self) -> bool:
        """Whether it is about the whole register."""
        return self.partnership is None

    @property
    def asked(self) -> Request:
        """The request that it is about. Raises ValueError for another matter: a pack has no such part for that."""
        if self.request is None:
            raise ValueError(f"{self.report.title} is about no request")
        return self.request

    def columns(self, field_ids: Iterable[str]) -> list[Column]:
        """The columns of the register behind fields of the policy, in their order."""
        known = columns_of(self.policy)
        found: dict[str, Column] = {}
        for field_id in field_ids:
            asked = self.policy.field(field_id)
            column = known.get(str(asked.core)) or known.get(
                "contribution_a_year" if asked.core == "contributions" else ""
            )
            column = column or known.get(asked.id)
            if column:
                found[column.id] = column
        return list(found.values())

    @cached_property
    def entries(self) -> Sequence[Partnership]:
        """The entries that it is about, with what its fields need, in the order of their names."""
        known = columns_of(self.policy)
        named = [
            *self.report.fields,
            *(each for part in self.report.contents if part.part == "fields" for each in part.of),
        ]
        columns = [*self.columns(named), *ALWAYS, *(known[each] for each in LEADS_AND_LEVELS if each in known)]
        if self.at is None:
            wanted = (
                Partnership.objects.filter(pk=self.partnership.pk) if self.partnership else Partnership.objects.active()
            )
            return list(fetched(wanted.order_by("name", "pk"), columns))
        stood = Partnership.objects.historical(self.at)
        if self.partnership:
            stood = stood.filter(id=self.partnership.pk)
        else:
            stood = stood.filter(status__in=("active", "leaving"))
        found = [row.instance for row in stood.order_by("name", "id")]
        brought = {name for column in columns for name in (*column.joins, *column.rows)}
        prefetch_related_objects(found, *sorted(brought | {"service"}))
        return found

    @cached_property
    def by_key(self) -> dict[int, Partnership]:
        """The same by their keys."""
        return {entry.pk: entry for entry in self.entries}

    def rows(self, model: type[Any], *joins: str) -> list[Any]:
        """The rows of one kind that belong to the entries, as they stood at the moment of the report."""
        found: QuerySet[Any] = model.objects.all() if self.at is None else historical(model, self.at)
        if self.partnership:
            found = found.filter(partnership=self.partnership.pk)
        kept = [row for row in found.select_related(*joins).order_by("id") if row.partnership_id in self.by_key]
        places = {key: place for place, key in enumerate(self.by_key)}
        return sorted(kept, key=lambda row: (places[row.partnership_id], row.id))

    def of_them(self, found: QuerySet[Any], path: str = "partnership") -> QuerySet[Any]:
        """Records that belong to the entries: of the one, or of all that the register is in."""
        if self.partnership:
            return found.filter(**{path: self.partnership.pk})
        return found.filter(**{f"{path}__status__in": ("active", "leaving")}) if self.at is None else found

    @cached_property
    def sent(self) -> dict[str, dict[int, Sent]]:
        """The forms that the report is about, as they were sent last: by form, then by entry. Three queries."""
        wanted = {name for name in self._forms() if "concern" not in self.policy.questionnaire(name).occasions}
        found = self.of_them(Response.objects.sent().filter(questionnaire__in=wanted))
        if self.at is not None:
            found = found.filter(sent_at__lte=self.at)
        if self.leaving and self.leaving.forms_since:
            found = found.filter(sent_at__gte=self.leaving.forms_since)
        newest: dict[tuple[str, int], Response] = {}
        for response in found.order_by("sent_at", "pk"):
            if response.partnership_id in self.by_key:
                newest[response.questionnaire, response.partnership_id] = response
        kept: dict[int, dict[str, Answer]] = {response.pk: {} for response in newest.values()}
        whole = Answer.objects.whole().filter(response__in=kept) if kept else ()
        for answer in whole:
            kept[answer.response_id][answer.question] = answer
        versions = PolicyVersion.objects.in_bulk({response.policy_version_id for response in newest.values()})
        told: dict[str, dict[int, Sent]] = {name: {} for name in self._forms()}
        for (name, entry), response in newest.items():
            response.policy_version = versions[response.policy_version_id]
            response.partnership = self.by_key[entry]
            told[name][entry] = Sent(response, response.policy_version.policy, kept[response.pk], self.lists)
        return told

    def _forms(self) -> list[str]:
        """The forms that the report names, and those whose questions, results or averages its contents show."""
        named = list(self.report.questionnaires)
        for content in self.report.contents:
            if content.part == "averages":
                named += content.of
            elif content.part in ("answers", "apart", "counted"):
                named += [form.id for each in content.of if (form := self.form_of(each))]
        return list(dict.fromkeys(named))

    def answered(self, part_ids: Iterable[str]) -> Iterator[tuple[str, Partnership, Sent]]:
        """The forms sent last that have these questions or results: by id, then by entry."""
        for part_id in part_ids:
            if form := self.form_of(part_id):
                sent = self.sent[form.id]
                yield from ((part_id, entry, sent[entry.pk]) for entry in self.entries if entry.pk in sent)

    def form_of(self, part_id: str) -> Questionnaire | None:
        """The form of the policy that has a question or a result of this id."""
        for form in self.policy.questionnaires:
            if part_id in form.by_id or any(part_id == each.id for each in form.results):
                return form
        return None
