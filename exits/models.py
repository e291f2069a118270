"""A council's leaving of one partnership, the controls that belong to it, and the lessons it leaves behind."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from accounts.models import User
from approvals.models import Request
from exits import rules
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Action, Partnership
from register.models.history import Remembered, records

WHOLE = ("policy_version__text", "policy_version__canonical")  # 200 kB that no list reads


class State(models.TextChoices):
    """Where a leaving stands."""

    OPEN = "open", "Leaving"
    LEFT = "left", "Left"
    CALLED_OFF = "called_off", "Called off"


class LeavingQuerySet(models.QuerySet["Leaving"]):
    def for_list(self) -> Self:
        """With what lists show of each; the policy's long texts stay in the database."""
        people = ("partnership__lead_officer", "partnership__responsible_head")
        return self.select_related("policy_version", "request", *people).defer(*WHOLE).order_by("decided_on", "pk")

    def under_way(self) -> Self:
        """Decided, and the council has not left yet."""
        return self.filter(state=State.OPEN)

    def that_count(self) -> Self:
        """All but those that were called off: what was or will be left."""
        return self.exclude(state=State.CALLED_OFF)

    def of(self, partnership: Partnership) -> "Leaving | None":
        """The newest leaving of an entry that was not called off, or None."""
        return self.that_count().for_list().filter(partnership=partnership).order_by("-decided_on", "-pk").first()


class Leaving(Remembered):
    """How the council leaves one partnership, from the decision to the last day and what was learned.

    Answers stand in the exit forms of the policy; here stand the days and what no form asks. `notice_weeks` is the
    notice that must be given, in weeks. `forms_since`: exit forms sent before that moment belong to an earlier leaving.
    Source: CORE-16, DEF-03, BRK-F30 to F34, BRK-I12, RED-F55 to F60.
    """

    MOVES: ClassVar[dict[State, set[State]]] = {  # Every move there is.
        State.OPEN: {State.LEFT, State.CALLED_OFF},
        State.LEFT: {State.OPEN},
        State.CALLED_OFF: set(),
    }
    OPEN_ALREADY = "The council is leaving this partnership already. Open its page and go on with it"

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    request = models.ForeignKey(Request, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    decided_on = models.DateField()
    decided_by = models.CharField(max_length=200, blank=True, help_text="The body and its reference, in words")
    approved_on = models.DateField(null=True, blank=True, help_text="When the exit strategy was approved")
    last_day = models.DateField(null=True, blank=True)
    notice_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_given_on = models.DateField(null=True, blank=True)
    notice_agreed = models.TextField(blank=True, help_text="What was agreed with the partners in place of the notice")
    people_told = models.TextField(blank=True)
    resources_back = models.TextField(blank=True)
    forms_since = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=120, blank=True)
    why = models.TextField(blank=True, help_text="Why it was called off or taken back")

    history = records()
    objects = LeavingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(state="open"),
                name="one_open_leaving",
                violation_error_message="The council is leaving this partnership already. Open its page",
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("decided_on")),
                name="last_day_not_before_the_decision",
                violation_error_message="Enter a last day that is not before the decision",
            ),
        ]

    def __str__(self) -> str:
        return f"Leaving {self.partnership}"

    @classmethod
    def open(
        cls, partnership: Partnership, *, version: PolicyVersion, decided_on: date, by: User, **facts: Any
    ) -> "Leaving":
        """Record that leaving was decided. Raises Refused when one is open."""
        leaving = cls(partnership=partnership, policy_version=version, decided_on=decided_on, **facts)
        try:
            with transaction.atomic():
                leaving.keep(by=by, reason="Leaving was decided")
        except IntegrityError:
            raise Refused(cls.OPEN_ALREADY) from None
        return leaving

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    def why_not(self, move: State) -> str:
        """Say why it cannot make this move now, or ""."""
        if move in self.MOVES[State(self.state)]:
            return ""
        return f"This is {self.get_state_display().lower()} already. Its page says what comes next"

    def arrange(self, facts: dict[str, Any], *, by: User, reason: str = "") -> None:
        """Keep days, notice, people told and resources. Raises Refused for days that cannot be, and once it is over."""
        if not self.is_open:
            raise Refused("The council has left, so what was arranged stays as it was")
        days = {name: facts.get(name, getattr(self, name)) for name in ("last_day", "notice_given_on")}
        if problem := rules.why_not_these_days(self.decided_on, days["last_day"], days["notice_given_on"]):
            raise Refused(problem)
        for name, value in facts.items():
            setattr(self, name, value)
        self.keep(by=by, reason=reason or "Arrangements changed")

    def approve(self, on: date, *, by: User, reason: str) -> None:
        """Keep the day on which the exit strategy was approved."""
        self.approved_on = on
        self.keep(by=by, reason=reason)

    def end(self, *, by: User, at: datetime, on: date) -> None:
        """Record that the council has left; what was still to do was asked before. Raises Refused."""
        self.ended_at, self.ended_on, self.ended_by_name, self.why = at, on, str(by), ""
        self._move(State.LEFT, by=by, reason="The council has left")

    def take_back(self, *, by: User, why: str) -> None:
        """Take back that the council has left. Raises Refused."""
        self.ended_at, self.ended_on, self.ended_by_name, self.why = None, None, "", why
        self._move(State.OPEN, by=by, reason=why)

    def call_off(self, *, by: User, at: datetime, why: str) -> None:
        """End it because the council stays. Raises Refused."""
        self.ended_at, self.ended_by_name, self.why = at, str(by), why
        self._move(State.CALLED_OFF, by=by, reason=why)

    def _move(self, move: State, *, by: User, reason: str) -> None:
        if problem := self.why_not(move):
            raise Refused(problem)
        self.state = move
        self.keep(by=by, reason=reason)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """A leaving is kept for good. Raises Refused."""
        raise Refused("What was decided and done on leaving stays on record. Call the leaving off instead")


class Control(models.Model):
    """A control of the exit strategy: an action of the entry that limits the effect of leaving (BRK-D28, BRK-F34)."""

    leaving = models.ForeignKey(Leaving, models.PROTECT, related_name="controls")
    action = models.OneToOneField(Action, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.action.text


class Kind(models.TextChoices):
    """What sort of lesson it is (RED-D5-08 to D5-10, FIG-11); learned: the policy asks in one question."""

    ACHIEVEMENT = "achievement", "Achievement"
    PRACTICE = "practice", "Good practice"
    IMPROVEMENT = "improvement", "Could have been better"
    LEARNED = "learned", "What was learned"


class LessonQuerySet(models.QuerySet["Lesson"]):
    def for_list(self) -> Self:
        """With the entry that each comes from, the newest first."""
        return self.select_related("leaving__partnership").order_by("-said_on", "leaving", "kind", "place")


class Lesson(Remembered):
    """Something to copy or to do otherwise, from a partnership that the council left (RED-F60, RED-G16)."""

    leaving = models.ForeignKey(Leaving, models.PROTECT, related_name="lessons")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    place = models.PositiveSmallIntegerField(help_text="1, 2 or 3 among those of its kind")
    text = models.TextField()
    said_on = models.DateField()

    history = records()
    objects = LessonQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leaving", "kind", "place"], name="one_lesson_a_place")]

    def __str__(self) -> str:
        return self.text


class Use(models.TextChoices):
    """What a proposer says to a lesson."""

    USED = "used", "Used in this proposal"
    NOT = "not", "Does not apply"


class LessonAnswer(Remembered):
    """What a proposer says to a lesson that was offered to their request."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="+")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="answers")
    use = models.CharField(max_length=4, choices=Use.choices)
    because = models.TextField(blank=True)

    history = records()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "lesson"], name="one_answer_a_lesson")]

    def __str__(self) -> str:
        return f"{self.lesson}: {self.get_use_display()}"
