"""An assessment of a partnership: single levels, overall levels, and what was said about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.models.periods import free_slug, label_of
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership, Status
from register.models.history import Remembered, records


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def complete(self) -> Self:
        """Finished assessments: what counts."""
        return self.filter(state=Assessment.State.COMPLETE)

    def drafts(self) -> Self:
        """Assessments somebody is still making."""
        return self.filter(state=Assessment.State.DRAFT)

    def for_partnership(self, partnership: Partnership) -> Self:
        """All assessments of one entry, newest first, with what their pages show."""
        return (
            self.filter(partnership=partnership)
            .select_related("policy_version", "made_by")
            .order_by("-completed_at", "-started_at", "-pk")
        )

    def latest_for(self, partnership: Any) -> Self:
        """The last complete assessment of a partnership or of an `OuterRef`, for subqueries of reports."""
        return self.complete().filter(partnership=partnership).order_by("-completed_at", "-pk")[:1]

    def to_make_again(self, version: PolicyVersion) -> Self:
        """The last assessment of each living entry, where it was made under a version before this one.

        Before a version that waits to be put in force are all that ever were.
        """
        latest = Assessment.objects.latest_for(models.OuterRef("partnership")).values("pk")
        living = [Status.PROPOSED, Status.ACTIVE, Status.LEAVING]
        before = self.complete().filter(policy_version__in_force_from__isnull=False)
        if version.in_force_from:
            before = before.filter(policy_version__in_force_from__lt=version.in_force_from)
        return before.filter(pk=models.Subquery(latest), partnership__status__in=living)


class Assessment(Remembered):
    """The levels of one partnership at one time, under one policy version.

    A draft has no facts of its own: its computed criteria follow the register. Completing it keeps the
    facts as they stood, so that it reads the same for ever. A complete assessment never changes.
    Source: BRK-B15, B18, C01 to C16, I02, I07.
    """

    class State(models.TextChoices):
        """A draft is being made; a complete assessment counts."""

        DRAFT = "draft", "Draft"
        COMPLETE = "complete", "Complete"

    OPEN_ALREADY = "Somebody is already assessing this partnership. Open their draft and go on with it"
    NO_LEVELS = "The policy in force has no levels to assess. Use its forms under Questionnaires"

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=20, help_text="The year, as addresses write it: 2026-27")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_by_name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="The figures as they stood on completion")

    history = records()
    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "slug"], name="one_assessment_an_address"),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(state="draft"),
                name="one_open_assessment",
                violation_error_message="Somebody is already assessing this partnership. Open their draft",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", completed_at__isnull=True) | Q(state="complete", completed_at__isnull=False),
                name="complete_assessments_have_a_day",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "-completed_at"], name="latest_assessment")]

    def __str__(self) -> str:
        return f"Assessment {self.label}"

    @property
    def label(self) -> str:
        """The year as people say it: "2026–27"."""
        return label_of(self.slug)

    @property
    def is_draft(self) -> bool:
        """Whether somebody is still making it."""
        return self.state == self.State.DRAFT

    @classmethod
    def start(cls, partnership: Partnership, *, by: User, policy_version: PolicyVersion, at: datetime) -> "Assessment":
        """Open a draft under the version in force. Raises Refused when one is open, or there is nothing to assess."""
        if not policy_version.policy.schemes:
            raise Refused(cls.NO_LEVELS)
        earlier = cls.objects.filter(partnership=partnership)
        if earlier.drafts().exists():
            raise Refused(cls.OPEN_ALREADY)
        slug = free_slug(timezone.localdate(at), set(earlier.values_list("slug", flat=True)))
        assessment = cls(
            partnership=partnership,
            policy_version=policy_version,
            slug=slug,
            made_by=by,
            made_by_name=str(by),
            started_at=at,
        )
        try:
            with transaction.atomic():
                assessment.keep(by=by, reason=f"Assessment {assessment.label} started")
        except IntegrityError:  # somebody else started one in the same moment
            raise Refused(cls.OPEN_ALREADY) from None
        return assessment

    def why_not_change(self) -> str:
        """Say why the answers cannot change now, or "" when they can."""
        if self.is_draft:
            return ""
        return "This assessment is complete, so it stays as it is. Start a new one to change a level"

    @transaction.atomic
    def judge(self, scheme: str, levels: Mapping[str, tuple[str, str, str]], *, by: User) -> None:
        """Keep judged levels of a scheme: criterion to (level, why, evidence). Raises Refused.

        A level "" takes the judgement back. What did not change leaves no version.
        """
        self._refuse_unless_draft()
        kept = {judgement.criterion: judgement for judgement in self.judgements.filter(scheme=scheme)}
        for criterion, (level, why, evidence) in levels.items():
            judgement = kept.get(criterion) or Judgement(assessment=self, scheme=scheme, criterion=criterion)
            if judgement.pk is None and not (level or why or evidence):
                continue
            if judgement.pk and (judgement.level, judgement.why, judgement.evidence) == (level, why, evidence):
                continue
            judgement.level, judgement.why, judgement.evidence = level, why, evidence
            judgement.judged_by_name = str(by)
            judgement.keep(by=by)
        self._taken_up_by(by)

    @transaction.atomic
    def set_overall(self, scheme: str, *, level: str, reason: str, by: User) -> None:
        """Keep the overall level that a person sets for a scheme, with why it differs. Raises Refused."""
        self._refuse_unless_draft()
        overall = self.overalls.filter(scheme=scheme).first() or Overall(assessment=self, scheme=scheme)
        if overall.pk is None or (overall.level, overall.reason) != (level, reason):
            overall.level, overall.reason, overall.set_by_name = level, reason, str(by)
            overall.keep(by=by)
        self._taken_up_by(by)

    @transaction.atomic
    def complete(self, *, facts: Mapping[str, Any], by: User, at: datetime) -> None:
        """Close the draft with the facts as they stand. Called by `services.complete`. Raises Refused."""
        self._refuse_unless_draft()
        self.state = self.State.COMPLETE
        self.facts = dict(facts)
        self.completed_at = at
        self.made_by, self.made_by_name = by, str(by)
        self.keep(by=by, reason=f"Assessment {self.label} complete")

    @transaction.atomic
    def discard(self, *, by: User) -> None:
        """Take out a draft; its versions stay in the history. Raises Refused for a complete one."""
        self._refuse_unless_draft()
        for row in (*self.judgements.all(), *self.overalls.all()):
            row.take_out(by=by, reason="Draft taken out")
        self.take_out(by=by, reason="Draft taken out")

    def _refuse_unless_draft(self) -> None:
        # Locked, so that two people saving at once follow one another; asked anew, so that neither misses the end.
        self.state = type(self).objects.select_for_update().values_list("state", flat=True).get(pk=self.pk)
        if problem := self.why_not_change():
            raise Refused(problem)

    def _taken_up_by(self, by: User) -> None:
        # The assessor is who judged last: nobody decides on their own work.
        if self.made_by_id != by.pk:
            self.made_by, self.made_by_name = by, str(by)
            self.keep(by=by, reason="Taken up")


class Judgement(Remembered):
    """One criterion of an assessment: a level, computed from a figure or judged by a person.

    `level` "" is not answered. The words of a computed one are kept when the assessment is complete.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="judgements")
    scheme = models.CharField(max_length=60)
    criterion = models.CharField(max_length=60)
    level = models.CharField(max_length=60, blank=True)
    is_computed = models.BooleanField(default=False)
    because = models.TextField(blank=True)
    nearest = models.TextField(blank=True)
    why = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    judged_by_name = models.CharField(max_length=120, blank=True)

    history = records()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "scheme", "criterion"], name="one_level_a_criterion"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level or 'not answered'}"


class Overall(Remembered):
    """The overall level of one scheme: what the policy suggested, and what the person set and why (BRK-I02)."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="overalls")
    scheme = models.CharField(max_length=60)
    level = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    suggested = models.CharField(max_length=60, blank=True)
    arithmetic = models.TextField(blank=True)
    set_by_name = models.CharField(max_length=120, blank=True)

    history = records()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "scheme"], name="one_overall_a_scheme")]

    def __str__(self) -> str:
        return f"{self.scheme}: {self.level or 'not set'}"


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def open(self) -> Self:
        """Challenges that wait for an answer or for its acceptance."""
        return self.filter(state__in=[Challenge.State.ASKED, Challenge.State.ANSWERED])

    def for_page(self, assessment: Assessment) -> Self:
        """The threads of one assessment, oldest first, with their remarks."""
        return self.filter(assessment=assessment).prefetch_related("remarks").order_by("asked_at", "pk")


class Challenge(Remembered):
    """A question of the register manager about a level, until it is agreed or changed (BRK-I07)."""

    class State(models.TextChoices):
        """Where a challenge stands."""

        ASKED = "asked", "Waiting for an answer"
        ANSWERED = "answered", "Answered"
        AGREED = "agreed", "Agreed as it stands"
        CHANGED = "changed", "To be changed"

    MOVES = {  # Every move there is. Source: BRK-I07, carried out as design section 5.3 says.
        State.ASKED: {State.ANSWERED, State.AGREED, State.CHANGED},
        State.ANSWERED: {State.ASKED, State.AGREED, State.CHANGED},
        State.AGREED: set(),
        State.CHANGED: set(),
    }

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="challenges")
    number = models.PositiveSmallIntegerField()
    scheme = models.CharField(max_length=60)
    criterion = models.CharField(max_length=60, blank=True, help_text="Empty: the overall level")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    history = records()
    objects = ChallengeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="one_challenge_a_number"),
        ]

    def __str__(self) -> str:
        return f"Challenge {self.number} of {self.assessment}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer or for its end."""
        return self.state in (self.State.ASKED, self.State.ANSWERED)

    @classmethod
    def why_not_ask(cls, assessment: Assessment, *, by: User) -> str:
        """Say why `by` cannot challenge this assessment, or "" when they can."""
        if assessment.is_draft:
            return "This assessment is still a draft. Challenge it when it is complete"
        if assessment.made_by_id == by.pk:
            return "You made this assessment, so somebody else challenges it"
        if Role.REGISTER_MANAGER not in by.roles:
            return "Only a register manager challenges a level. Ask one of them"
        return ""

    @classmethod
    @transaction.atomic
    def ask(
        cls, assessment: Assessment, *, scheme: str, criterion: str, question: str, by: User, at: datetime
    ) -> "Challenge":
        """Challenge a level of a complete assessment. Raises Refused."""
        if problem := cls.why_not_ask(assessment, by=by):
            raise Refused(problem)
        last = cls.objects.filter(assessment=assessment).aggregate(models.Max("number"))["number__max"]
        challenge = cls(
            assessment=assessment,
            number=(last or 0) + 1,
            scheme=scheme,
            criterion=criterion,
            asked_by=by,
            asked_at=at,
        )
        challenge.keep(by=by, reason="Challenged")
        challenge._remark(question, by=by, at=at)
        return challenge

    def why_not(self, move: State, *, by: User) -> str:
        """Say why `by` cannot make this move now, or return "" when they can."""
        state = self.State(self.state)
        if move not in self.MOVES[state]:
            return f"This challenge is {self.get_state_display().lower()}. Ask a new question if there is one"
        if move == self.State.ANSWERED:
            if by.pk == self.asked_by_id:
                return "You asked this question, so the lead officer answers it"
            return ""
        if Role.REGISTER_MANAGER not in by.roles:
            return "Only a register manager closes a challenge. Answer it, and they will"
        if by.pk == self.assessment.made_by_id:
            return "You made this assessment, so another register manager closes the challenge"
        return ""

    def answer(self, text: str, *, by: User, at: datetime) -> None:
        """Answer the question. Raises Refused."""
        self._move(self.State.ANSWERED, text, by=by, at=at)

    def ask_again(self, text: str, *, by: User, at: datetime) -> None:
        """Ask on after an answer. Raises Refused."""
        self._move(self.State.ASKED, text, by=by, at=at)

    def agree(self, text: str, *, by: User, at: datetime) -> None:
        """Let the level stand. Raises Refused."""
        self._move(self.State.AGREED, text, by=by, at=at)

    def ask_for_change(self, text: str, *, by: User, at: datetime) -> None:
        """Ask for a new assessment with another level. Raises Refused."""
        self._move(self.State.CHANGED, text, by=by, at=at)

    @transaction.atomic
    def _move(self, move: State, text: str, *, by: User, at: datetime) -> None:
        self.state = type(self).objects.select_for_update().values_list("state", flat=True).get(pk=self.pk)
        if problem := self.why_not(move, by=by):
            raise Refused(problem)
        self.state = move
        self.keep(by=by, reason=self.get_state_display())
        self._remark(text, by=by, at=at)

    def _remark(self, text: str, *, by: User, at: datetime) -> None:
        if text:
            Remark.objects.create(
                challenge=self, said_by=by, said_by_name=str(by), said_at=at, text=text, state=self.state
            )


class Remark(models.Model):
    """One sentence of a challenge's thread. Never changed, never taken out."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="remarks")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_by_name = models.CharField(max_length=120)
    said_at = models.DateTimeField()
    text = models.TextField()
    state = models.CharField(max_length=10, choices=Challenge.State.choices)

    class Meta:
        ordering = ["said_at", "pk"]  # a thread is read in the order it was said, wherever it is shown

    def __str__(self) -> str:
        return f"{self.said_by_name}: {self.text}"
