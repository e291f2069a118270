"""A review beside the last one: answers of both years in words, and what changed in the entry since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assessments.answers import CouncilLists
from assessments.models import Answer, Response
from assessments.reading_back import Said, sheet_of
from config import words
from register.models import Action, Partnership
from register.models.history import historical
from reviews.models import Review, State
from reviews.services import last_before


@dataclass(frozen=True)
class Pair:
    """One question with last year's answer and this year's, in words."""

    question: str
    then: str
    now: str
    reason_then: str = ""
    reason_now: str = ""
    warning: str = ""

    @property
    def is_changed(self) -> bool:
        return self.then != self.now or self.reason_then != self.reason_now


@dataclass(frozen=True)
class Beside:
    """A form of this year beside the one that was sent before it."""

    title: str
    response: Response
    before: Response | None
    pairs: tuple[Pair, ...]

    @property
    def changed(self) -> int:
        return sum(1 for pair in self.pairs if pair.is_changed)


def beside_last(responses: Sequence[Response]) -> list[Beside]:
    """Each form beside last year's. The queries grow with the forms of one review, not with its questions."""
    lists = CouncilLists()
    found = []
    for response in responses:
        before = last_before(response)
        now, then = _said(response, lists), _said(before, lists) if before else {}
        pairs = [
            Pair(
                said.question.text,
                then[name].answer if name in then else "",
                said.answer,
                then[name].reason if name in then else "",
                said.reason,
                said.warning,
            )
            for name, said in now.items()
            if said.answer or (name in then and then[name].answer)
        ]
        form = response.policy_version.policy.questionnaire(response.questionnaire)
        found.append(Beside(form.title, response, before, tuple(pairs)))
    return found


def _said(response: Response, lists: CouncilLists) -> dict[str, Said]:
    answers = list(Answer.objects.whole().filter(response=response))
    sheet = sheet_of(response, answers, lists)
    return {said.question.id: said for section in sheet.sections for said in section.said if not said.is_statement}


@dataclass(frozen=True)
class Chip:
    """Something of the entry that changed since the last review: words, and the page that shows it."""

    words: str
    address: str


def chips_of(review: Review) -> list[Chip]:
    """What changed in the entry since the last review was signed off, or since this one was opened. Four queries."""
    partnership = review.partnership
    since = _since(review)
    then = historical(Partnership, since).filter(id=partnership.pk).first()
    if then is None:
        return []
    of = [partnership.reference]
    money, people = reverse("register:money", args=of), reverse("register:people", args=of)
    found: list[Chip] = []
    if then.contribution_a_year != partnership.contribution_a_year:
        found.append(Chip(f"Contribution {_paid(then.contribution_a_year, partnership.contribution_a_year)}", money))
    if then.hours_a_month != partnership.hours_a_month:
        found.append(Chip(f"Time now {words.hours(partnership.hours_a_month)}", money))
    for label, was, now in (
        ("Risk", then.risk_level, partnership.risk_level),
        ("Value", then.value_level, partnership.value_level),
    ):
        if was != now:
            levels = _labels(review, label.lower())
            was_words, now_words = levels.get(was, was) or "not set", levels.get(now, now) or "not set"
            found.append(Chip(f"{label} {was_words} becomes {now_words}", reverse("assessments:assessment", args=of)))
    if (then.lead_officer_id, then.lead_officer_name) != (partnership.lead_officer_id, partnership.lead_officer_name):
        found.append(
            Chip(f"Lead officer now {partnership.lead_officer or partnership.lead_officer_name or 'nobody'}", people)
        )
    return [*found, *_actions(partnership, since)]


def _since(review: Review) -> datetime:
    last = (
        Review.objects.filter(
            partnership=review.partnership, cycle=review.cycle, state=State.SIGNED_OFF, sent_at__lt=review.opened_at
        )
        .order_by("-sent_at")
        .first()
    )
    return last.sent_at if last and last.sent_at else review.opened_at


def _paid(was: Decimal | None, now: Decimal | None) -> str:
    return f"now {words.money(now)} a year" if was is None or now is None else words.difference(now, was)


def _labels(review: Review, name: str) -> dict[str, str]:
    schemes = review.policy_version.policy.schemes.values()
    found: Any = next((each for each in schemes if each.core == f"{name}_level"), None)
    return {level.id: level.label for level in found.levels} if found else {}


def _actions(partnership: Partnership, since: datetime) -> list[Chip]:
    address = reverse("register:actions", args=[partnership.reference])
    day = timezone.localdate(since)
    actions = list(Action.objects.filter(partnership=partnership).values_list("done_on", flat=True))
    done = sum(1 for each in actions if each and each >= day)
    still = sum(1 for each in actions if each is None)
    found = []
    if done:
        found.append(Chip(f"{words.count(done, 'action')} done", address))
    if still:
        found.append(Chip(f"{words.count(still, 'action')} open", address))
    return found
