"""Concerns and exception reports: who raised what, to whom it was put, and what came of it."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from approvals.models.requests import Deputy, Request
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Action, Partnership, Representative
from register.models.history import Remembered, records

# Roles that one entry gives to one person; where it names nobody, everyone who holds the role has it.
NAMED = ("lead_officer", "responsible_head", "portfolio_holder")
READ_ALL = frozenset({Role.REGISTER_MANAGER, Role.AUDITOR})


class Seriousness(models.TextChoices):
    """How serious a concern is, as whoever raises it sees it."""

    AT_ONCE = "at_once", "It cannot wait"
    SERIOUS = "serious", "It is serious"
    WATCH = "watch", "It is worth knowing"


class Wanted(models.TextChoices):
    """What whoever raises a concern wants of those who hear of it."""

    ADVICE = "advice", "Advice"
    HELP = "help", "That somebody acts"
    DECISION = "decision", "A decision"
    KNOW = "know", "That they know"


class ConcernQuerySet(models.QuerySet["Concern"]):
    def readable_by(self, user: User, *, on: date) -> Self:
        """Those that a person may know of: raised by them, told to them, or put to a role of theirs.

        A register manager and an auditor read all. What lies outside is not there for anybody else.
        """
        if user.roles & READ_ALL:
            return self.all()
        held = ConcernPlace.objects.held_by(user, on=on).values("concern")
        told = ConcernReader.objects.filter(person=user).values("concern")
        return self.filter(Q(raised_by=user) | Q(pk__in=told) | Q(pk__in=held))

    def still_open(self) -> Self:
        """Concerns that nobody has closed."""
        return self.filter(state=Concern.State.OPEN)

    def for_list(self) -> Self:
        """With all that a list shows: the open ones first, then the newest."""
        return (
            self.select_related("partnership", "policy_version")
            # The texts of a policy version (200 kB) stay in the database: the process holds it read.
            .defer("policy_version__text", "policy_version__canonical")
            .prefetch_related(models.Prefetch("places", ConcernPlace.objects.current(), to_attr="current"))
            .order_by("-state", "-raised_at", "-pk")
        )


class Concern(Remembered):
    """A concern about the council's part in a partnership, or an exception report (CORE-15, HAR-D16, RED-G09).

    `answers` are pairs of a question and what was said, in the words of the policy's own form. Who may know of it is
    `readable_by`: it is confidential to everybody else.
    """

    class Kind(models.TextChoices):
        CONCERN = "concern", "Concern"
        EXCEPTION = "exception", "Exception report"

    class State(models.TextChoices):
        CLOSED = "closed", "Closed"
        OPEN = "open", "Open"

    MOVES: ClassVar[dict[State, set[State]]] = {State.OPEN: {State.CLOSED}, State.CLOSED: {State.OPEN}}

    reference = models.CharField(max_length=20, unique=True, editable=False)
    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    what = models.TextField()
    answers = models.JSONField(default=list, blank=True)
    seriousness = models.CharField(max_length=10, choices=Seriousness.choices)
    wanted = models.CharField(max_length=10, choices=Wanted.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_by_name = models.CharField(max_length=120)
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True, help_text="What came of it")
    led_to = models.ForeignKey(Request, models.PROTECT, null=True, blank=True, related_name="+")

    history = records()
    objects = ConcernQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def next_reference(cls, year: int) -> str:
        """The next free reference of a year: "C-2026-003"."""
        start = f"C-{year}-"
        used = cls.objects.filter(reference__startswith=start).values_list("reference", flat=True)
        return f"{start}{max((int(each.removeprefix(start)) for each in used), default=0) + 1:03d}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def why_not(self, move: "Concern.State") -> str:
        """Say why it cannot make this move now, or ""."""
        if move in self.MOVES[self.State(self.state)]:
            return ""
        return f"{self.reference} is {self.get_state_display().lower()} already"

    def close(self, *, outcome: str, by: User, at: datetime) -> None:
        """Close it with what came of it. Raises Refused."""
        if problem := self.why_not(self.State.CLOSED):
            raise Refused(problem)
        if not outcome.strip():
            raise Refused("Say what came of it. No concern is closed without a word")
        self.state, self.outcome, self.closed_at = self.State.CLOSED, outcome, at
        self.keep(by=by, reason="Closed")

    def lead_to(self, request: Request, *, by: User) -> None:
        """Say which request it led to. Raises Refused for a request about another entry, or a second one."""
        if request.partnership_id != self.partnership_id:
            raise Refused(f"{request.reference} is about another partnership. Choose a request about this one")
        if self.led_to_id:
            raise Refused(f"{self.reference} has led to a request already. Say more in the thread instead")
        self.led_to = request
        self.keep(by=by, reason=f"Led to {request.reference}")

    def reopen(self, *, by: User) -> None:
        """Open it again; its thread keeps what had come of it. Raises Refused."""
        if problem := self.why_not(self.State.OPEN):
            raise Refused(problem)
        self.state, self.outcome, self.closed_at = self.State.OPEN, "", None
        self.keep(by=by, reason="Reopened")


class PlaceQuerySet(models.QuerySet["ConcernPlace"]):
    def current(self) -> Self:
        """Those with whom a concern is now."""
        return self.filter(until=None, is_told=False).order_by("pk")

    def held_by(self, user: User, *, on: date) -> Self:
        """Places of the roles that a person holds on a day, by name or service, or as a deputy."""
        deputies = {(each.person_id, each.role) for each in Deputy.objects.on(on).filter(deputy=user)}
        people = {user.pk, *(person for person, _ in deputies)}
        theirs = Q(role="representative", concern__partnership__in=_represented_by(user))
        for held in RoleAssignment.objects.on(on).filter(user__in=people, user__is_active=True):
            if held.user_id != user.pk and (held.user_id, held.role) not in deputies:
                continue
            of_the_role = Q(role=held.role)
            if held.role in NAMED:
                named = f"concern__partnership__{held.role}"
                of_the_role &= Q(**{named: held.user_id}) | Q(**{named: None})
            if held.service_area_id:
                of_the_role &= Q(concern__partnership__service=held.service_area_id)
            theirs |= of_the_role
        return self.filter(theirs)

    def waiting(self) -> Self:
        """Where open concerns are now, those that fall due first."""
        return (
            self.current()
            .filter(concern__state=Concern.State.OPEN)
            .select_related("concern__partnership__lead_officer", "concern__policy_version", "concern__raised_by")
            .order_by(F("due_on").asc(nulls_last=True), "since", "pk")
        )


def _represented_by(user: User) -> Any:
    return Representative.objects.filter(user=user).values("partnership")


class ConcernPlace(models.Model):
    """A role to which a concern was put, from one day until another; `is_told`: it hears of it without answering."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="places")
    stage = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    role = models.CharField(max_length=30)
    since = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    is_told = models.BooleanField(default=False)

    objects = PlaceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.concern}: {self.role}"

    def days_late(self, on: date) -> int:
        """How many days past its due day it is; 0 before then, and where the policy sets none."""
        return max((on - self.due_on).days, 0) if self.due_on else 0


class ConcernReader(models.Model):
    """A person who was told of a concern by name."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="readers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concern", "person"], name="one_reader_a_concern")]

    def __str__(self) -> str:
        return f"{self.concern}: {self.person}"


class ConcernRemark(models.Model):
    """What was said or done on a concern. It never changes. Nobody said it where the register itself acted."""

    class Kind(models.TextChoices):
        SAID = "said", "Said"
        ADVISED = "advised", "Advice"
        ACTED = "acted", "Acted on it"
        PASSED = "passed", "Taken further"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Opened again"
        LED_TO = "led_to", "Led to a request"

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    said_by_name = models.CharField(max_length=120, blank=True)
    said_at = models.DateTimeField()
    action = models.OneToOneField(Action, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.concern}: {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new remark; one that is kept stays as it is. Raises Refused."""
        if self.pk is not None:
            raise Refused("What was said on a concern stays as it was. Say something more instead")
        super().save(*args, **kwargs)
