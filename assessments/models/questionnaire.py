"""A questionnaire of the policy, answered for one partnership."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from assessments.models.periods import free_slug, label_of
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Action, Document, Partnership
from register.models.history import Remembered, records


class ResponseQuerySet(models.QuerySet["Response"]):
    def for_partnership(self, partnership: Partnership) -> Self:
        """All responses for one entry, newest first, with what their list shows."""
        return (
            self.filter(partnership=partnership)
            .select_related("policy_version")
            .order_by("-sent_at", "-started_at", "-pk")
        )

    def sent(self) -> Self:
        """Complete responses: what counts."""
        return self.filter(state=Response.State.SENT)

    def latest_for(self, partnership: Any, questionnaire: str) -> Self:
        """The last sent response to a questionnaire, for a partnership or an `OuterRef`."""
        return self.sent().filter(partnership=partnership, questionnaire=questionnaire).order_by("-sent_at", "-pk")[:1]

    def latest_of_each(self, questionnaire: str) -> Self:
        """The last sent response of each partnership to a questionnaire: what counts over the whole register."""
        newest = Response.objects.latest_for(OuterRef("partnership"), questionnaire).values("pk")
        return self.sent().filter(questionnaire=questionnaire, pk=Subquery(newest))

    def count_by_form(self) -> dict[str, tuple[int, int]]:
        """How many partnerships have sent each form, and how many have a draft of it open; one query."""
        counted = self.values_list("questionnaire", "state").annotate(entries=Count("partnership", distinct=True))
        found: dict[str, dict[str, int]] = {}
        for form, state, entries in counted.order_by("questionnaire", "state"):
            found.setdefault(form, {})[state] = entries
        return {
            form: (states.get(Response.State.SENT, 0), states.get(Response.State.DRAFT, 0))
            for form, states in found.items()
        }

    def draft_and_last(
        self, partnership: Partnership, questionnaire: str, slug: str
    ) -> "tuple[Response, Response | None]":
        """A draft, and the last response to the same form that was sent. Raises Response.DoesNotExist."""
        states = Q(slug=slug, state=Response.State.DRAFT) | Q(
            pk__in=self.latest_for(partnership, questionnaire).values("pk")
        )
        found = list(self.for_partnership(partnership).filter(states, questionnaire=questionnaire))
        draft = next((each for each in found if each.is_draft), None)
        if draft is None:
            raise Response.DoesNotExist
        return draft, next((each for each in found if not each.is_draft), None)


class AnswerQuerySet(models.QuerySet["Answer"]):
    def latest_to(self, questionnaire: str, question: str) -> Self:
        """The answers that count to one question, one a partnership, in the order of their names."""
        counting = Response.objects.latest_of_each(questionnaire).values("pk")
        found = self.filter(response__in=counting, question=question, value__isnull=False)
        return found.exclude(value="").exclude(value=[]).order_by("response__partnership__name", "pk")

    def counted(self) -> "list[tuple[Any, int]]":
        """How often each answer was given, the most frequent first; each of several chosen counts. One query."""
        counts: Counter[str] = Counter()
        for value in self.order_by().values_list("value", flat=True):
            counts.update(json.dumps(each) for each in (value if isinstance(value, list) else [value]))
        return [
            (json.loads(value), times) for value, times in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        ]

    def whole(self) -> Self:
        """Answers with the documents and the action that belong to them."""
        return self.select_related("evidence_document", "attachment", "action", "action__owner")


class Response(Remembered):
    """The answers of one partnership to one questionnaire, under one policy version.

    A draft may be incomplete; a sent response never changes. Source: BRK-D01 to D35, C17 to C29, I17.
    """

    class State(models.TextChoices):
        """A draft is being filled in; a sent response counts."""

        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent"

    OPEN_ALREADY = "Somebody is already filling this in. Open their draft and go on with it"

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    questionnaire = models.CharField(max_length=60)
    slug = models.SlugField(max_length=20, help_text="The year, as addresses write it: 2026-27")
    occasion = models.CharField(max_length=20, help_text="proposal, yearly_review … as the pack names it")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_by_name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_by_name = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    left_open_because = models.TextField(
        blank=True, help_text="Why answers that the policy expects were left out when it was sent"
    )

    history = records()
    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "questionnaire", "slug"], name="one_response_an_address"),
            models.UniqueConstraint(
                fields=["partnership", "questionnaire"],
                condition=Q(state="draft"),
                name="one_open_response",
                violation_error_message="Somebody is already filling this in. Open their draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.label}"

    @property
    def label(self) -> str:
        """The year as people say it: "2026–27"."""
        return label_of(self.slug)

    @property
    def is_draft(self) -> bool:
        """Whether somebody is still filling it in."""
        return self.state == self.State.DRAFT

    @classmethod
    def start(
        cls,
        partnership: Partnership,
        questionnaire: str,
        *,
        occasion: str,
        by: User,
        policy_version: PolicyVersion,
        at: datetime,
    ) -> "Response":
        """Open a draft under the version in force. Raises Refused when one is open already."""
        earlier = cls.objects.filter(partnership=partnership, questionnaire=questionnaire)
        if earlier.filter(state=cls.State.DRAFT).exists():
            raise Refused(cls.OPEN_ALREADY)
        response = cls(
            partnership=partnership,
            policy_version=policy_version,
            questionnaire=questionnaire,
            slug=free_slug(timezone.localdate(at), set(earlier.values_list("slug", flat=True))),
            occasion=occasion,
            started_by=by,
            started_by_name=str(by),
            started_at=at,
            saved_at=at,
        )
        try:
            with transaction.atomic():
                response.keep(by=by, reason="Started")
        except IntegrityError:  # somebody else started one in the same moment
            raise Refused(cls.OPEN_ALREADY) from None
        return response

    def why_not_change(self) -> str:
        """Say why the answers cannot change now, or "" when they can."""
        if self.is_draft:
            return ""
        return "These answers were sent, so they stay as they are. Start a new form to answer again"

    @transaction.atomic
    def answer(self, answers: Mapping[str, Mapping[str, Any]], *, by: User, at: datetime) -> None:
        """Keep answers by question id; each maps fields of `Answer` to their values. Raises Refused.

        What did not change leaves no version.
        """
        self._refuse_unless_draft()
        kept = {answer.question: answer for answer in self.answers.all()}
        for question, values in answers.items():
            answer = kept.get(question) or Answer(response=self, question=question)
            if answer.pk is None and not any(values.values()) and values.get("value") not in (False, 0):
                continue
            if answer.pk and all(getattr(answer, name) == value for name, value in values.items()):
                continue
            for name, value in values.items():
                setattr(answer, name, value)
            answer.answered_by_name, answer.answered_at = str(by), at
            answer.keep(by=by)
        self.saved_at = at
        self.keep(by=by, reason="Saved")

    @transaction.atomic
    def send(self, *, missing: Iterable[str], by: User, at: datetime, left_open_because: str = "") -> None:
        """Close the draft; `missing` names what is still to be answered. Raises Refused.

        `left_open_because` says why answers were left out that the policy only expects (README section 1).
        """
        self._refuse_unless_draft()
        if still := list(missing):
            count = "1 answer is" if len(still) == 1 else f"{len(still)} answers are"
            raise Refused(f"{count} missing. Answer what the list names, then send")
        self.state, self.sent_at, self.sent_by, self.sent_by_name = self.State.SENT, at, by, str(by)
        self.left_open_because = left_open_because
        self.keep(by=by, reason="Sent")

    @transaction.atomic
    def discard(self, *, by: User) -> None:
        """Take out a draft; its versions stay in the history. Raises Refused for a sent one."""
        self._refuse_unless_draft()
        for answer in self.answers.all():
            answer.take_out(by=by, reason="Draft taken out")
        self.take_out(by=by, reason="Draft taken out")

    SAVED_MEANWHILE = (
        "Somebody else saved this form in the same moment. What you typed is still here: save again to see both"
    )

    def refuse_if_saved_since(self) -> None:
        """Raise Refused when the draft was saved after this record was read; hold it until the transaction ends."""
        saved_at = type(self).objects.select_for_update().values_list("saved_at", flat=True).filter(pk=self.pk).first()
        if saved_at != self.saved_at:
            raise Refused(self.SAVED_MEANWHILE)

    def _refuse_unless_draft(self) -> None:
        # Locked, so that two people saving at once follow one another; asked anew, so that neither misses the end.
        self.state = type(self).objects.select_for_update().values_list("state", flat=True).get(pk=self.pk)
        if problem := self.why_not_change():
            raise Refused(problem)


class Answer(Remembered):
    """The answer to one question, part of a question, or figure beside an answer, by its id in the pack.

    `value` is typed as `assessments.answers` writes it: text, true or false, ids of values, a figure as
    text so that pence are exact, a day as ISO text, or rows of these. `None` is not answered.
    """

    response = models.ForeignKey(Response, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=120)
    value = models.JSONField(null=True, blank=True)
    text = models.TextField(blank=True, help_text="The reason, where the question asks for one")
    evidence_source = models.CharField(max_length=200, blank=True)
    evidence_on = models.DateField(null=True, blank=True)
    evidence_document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    attachment = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    action = models.ForeignKey(Action, models.PROTECT, null=True, blank=True, related_name="+")
    prefilled_from = models.CharField(max_length=200, blank=True)
    is_still_right = models.BooleanField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    history = records()
    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="one_answer_a_question")]
        indexes = [models.Index(fields=["question", "response"], name="answers_to_a_question")]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"

    @property
    def dated(self) -> date | None:
        """The day on which it was answered."""
        return timezone.localdate(self.answered_at) if self.answered_at else None
