"""Meetings of the bodies that take steps, their agendas, and what has to be told beforehand."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from approvals import deadlines
from approvals.access import PARAGRAPHS, Notice
from approvals.bodies import Body
from approvals.models.requests import Request
from config import words
from policy.refused import Refused
from register.models.history import Remembered, records

PAPERS_DAYS = 10  # working days before a meeting, until the council says otherwise for a body
# Bodies that the law has meet in public, by neutral role; a council may say otherwise for any of its bodies.
IN_PUBLIC = frozenset({"executive", "council", "scrutiny", "area_bodies"})


class BodySetting(Remembered):
    """What is usual for a body: time, place, when papers close, whether the public may come, what counts as key.

    `papers_days` are working days before the meeting; `key_from` is £ a year, empty where the body takes no key
    decisions by a sum.
    """

    body = models.CharField(max_length=60, unique=True)
    at = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    papers_days = models.PositiveSmallIntegerField(default=PAPERS_DAYS)
    in_public = models.BooleanField(default=False)
    key_from = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    history = records()

    def __str__(self) -> str:
        return self.body

    @classmethod
    def of(cls, body: str) -> "BodySetting":
        """The council's setting for a body, or what holds until it is set."""
        return cls.objects.filter(body=body).first() or cls.usual(body)

    @classmethod
    def usual(cls, body: str) -> "BodySetting":
        """What holds for a body until the council sets it."""
        return cls(body=body, in_public=body in IN_PUBLIC)

    def change(
        self, *, at: time | None, place: str, papers_days: int, in_public: bool, key_from: Decimal | None, by: User
    ) -> None:
        """Set what is usual; meetings planned before stay as they are."""
        self.at, self.place, self.papers_days = at, place, papers_days
        self.in_public, self.key_from = in_public, key_from
        self.keep(by=by, reason="Set")


class MeetingState(models.TextChoices):
    """The states of a meeting."""

    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def from_day(self, today: date) -> Self:
        """Meetings from that day on, the next first."""
        return self.filter(on__gte=today).order_by("on", "slug")

    def before_day(self, today: date) -> Self:
        """Meetings before that day, the latest first."""
        return self.filter(on__lt=today).order_by("-on", "slug")

    def to_come(self, today: date) -> Self:
        """Planned meetings from that day on."""
        return self.from_day(today).filter(state=MeetingState.PLANNED)

    def passed_over(self, today: date) -> Self:
        """Meetings whose day has passed and whose outcomes are not recorded, the longest ago first."""
        return self.filter(on__lt=today, state=MeetingState.PLANNED, items__isnull=False).distinct().order_by("on")


class Meeting(Remembered):
    """A meeting of a body: its day, time and place, and the last day for papers. Source: CORE-13.

    The body's name is kept as it was when the meeting was planned.
    """

    MOVES: ClassVar[dict[MeetingState, set[MeetingState]]] = {
        MeetingState.PLANNED: {MeetingState.HELD, MeetingState.CANCELLED},
        MeetingState.HELD: set(),
        MeetingState.CANCELLED: {MeetingState.PLANNED},
    }

    slug = models.SlugField(max_length=80, unique=True)
    body = models.CharField(max_length=60)
    body_name = models.CharField(max_length=120)
    on = models.DateField()
    at = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    papers_by = models.DateField()
    in_public = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED, editable=False)
    why_cancelled = models.TextField(blank=True)

    history = records()
    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "on"],
                name="one_meeting_of_a_body_a_day",
                violation_error_message="This body has a meeting on that day already",
            ),
            models.CheckConstraint(
                condition=Q(papers_by__lte=models.F("on")),
                name="papers_close_by_the_meeting",
                violation_error_message="Papers must close on the day of the meeting or before",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_name}, {words.day(self.on)}"

    @property
    def agenda_by(self) -> date | None:
        """The last day to publish the agenda of a meeting in public."""
        return deadlines.agenda_by(self.on) if self.in_public else None

    @property
    def sitting(self) -> deadlines.Sitting:
        """The meeting as deadlines are worked out from it."""
        return deadlines.Sitting(self.slug, self.body, self.on, self.papers_by)

    @classmethod
    def plan(
        cls, body: Body, on: date, *, at: time | None, place: str, papers_days: int, by: User, today: date
    ) -> "Meeting":
        """Plan a meeting. `papers_days` are working days. Raises Refused for a day past and for a second meeting."""
        if on < today:
            raise Refused(f"{words.day(on)} has passed. Enter a day from today on")
        setting = BodySetting.of(body.key)
        meeting = cls(
            slug=f"{body.slug}-{on.isoformat()}",
            body=body.key,
            body_name=body.name,
            on=on,
            at=at,
            place=place,
            papers_by=deadlines.working_days_before(on, papers_days),
            in_public=setting.in_public,
        )
        try:
            with transaction.atomic():
                meeting.keep(by=by, reason="Planned")
        except IntegrityError:
            raise Refused(f"{body.name} has a meeting on {words.day(on)} already. Enter another day") from None
        return meeting

    def why_not(self, move: MeetingState, *, today: date) -> str:
        """Say why the meeting cannot make this move now, or ""."""
        if move not in self.MOVES[MeetingState(self.state)]:
            return f"{self} is {self.get_state_display().lower()}. Its page says what comes next"
        if move == MeetingState.HELD and self.on > today:
            return f"{self} has not been held yet"
        return ""

    def why_no_agenda(self) -> str:
        """Say why the agenda cannot be changed, or ""."""
        if self.state == MeetingState.PLANNED:
            return ""
        return f"{self} is {self.get_state_display().lower()}, so its agenda stays as it is"

    def change(self, *, at: time | None, place: str, papers_by: date, in_public: bool, by: User) -> None:
        """Set time, place and closing date anew. Raises Refused once it was held or cancelled."""
        if problem := self.why_no_agenda():
            raise Refused(problem)
        if papers_by > self.on:
            raise Refused("Papers must close on the day of the meeting or before")
        self.at, self.place, self.papers_by, self.in_public = at, place, papers_by, in_public
        self.keep(by=by, reason="Changed")

    def cancel(self, *, by: User, reason: str, today: date) -> None:
        """Call it off; its items can go on another agenda. Raises Refused."""
        self.why_cancelled = reason
        self._move(MeetingState.CANCELLED, by=by, reason=reason, today=today)

    def plan_again(self, *, by: User, today: date) -> None:
        """Take a cancellation back. Raises Refused."""
        if self.on < today:
            raise Refused(f"{words.day(self.on)} has passed. Plan a meeting on another day")
        self.why_cancelled = ""
        self._move(MeetingState.PLANNED, by=by, reason="Planned again", today=today)

    def hold(self, *, by: User, today: date) -> None:
        """Say that it was held: nothing waits for an outcome any more. Raises Refused before its day."""
        self._move(MeetingState.HELD, by=by, reason="Held", today=today)

    def _move(self, move: MeetingState, *, by: User, reason: str, today: date) -> None:
        if problem := self.why_not(move, today=today):
            raise Refused(problem)
        self.state = move
        self.keep(by=by, reason=reason)


class Exempt(models.TextChoices):
    """How much of an item is kept from the public."""

    NONE = "", "Nothing: all of it is public"
    PART = "part", "Parts of the paper"
    WHOLE = "whole", "The whole item"


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def in_order(self) -> Self:
        """As they come up: the public part, then the exempt part."""
        last = models.Case(models.When(exempt=Exempt.WHOLE, then=1), default=0)
        return self.annotate(is_last=last).order_by("is_last", "position", "pk")

    def beside(self, requests: Iterable[Request]) -> Self:
        """All that stands on the agendas on which these requests wait: the next meeting first, each in its order."""
        wait = AgendaItem.objects.filter(request__in=requests, meeting__state=MeetingState.PLANNED, deferred_why="")
        found = self.filter(meeting__in=wait.values("meeting")).in_order().select_related("meeting")
        return found.order_by("meeting__on", "meeting__slug", *found.query.order_by)

    def with_requests(self) -> Self:
        """With what an agenda shows of each."""
        return self.select_related(
            "request__partnership__service", "request__partnership__lead_officer", "request__policy_version"
        )


class AgendaItem(Remembered):
    """A step of a request on the agenda of a meeting, and what of its paper is exempt."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    request = models.ForeignKey(Request, models.PROTECT, related_name="+")
    step = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    exempt = models.CharField(max_length=5, choices=Exempt.choices, blank=True, default=Exempt.NONE)
    paragraph = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of Schedule 12A")
    exempt_parts = models.JSONField(default=list, blank=True)
    exempt_why = models.TextField(blank=True, help_text="Why the public interest is for keeping it exempt")
    deferred_why = models.TextField(blank=True)

    history = records()
    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "request", "step"],
                name="one_item_a_step",
                violation_error_message="This request is on the agenda already",
            ),
            models.CheckConstraint(
                condition=Q(exempt="", paragraph__isnull=True) | Q(~Q(exempt=""), paragraph__range=(1, 7)),
                name="exempt_items_name_a_paragraph",
                violation_error_message="Choose the paragraph of Schedule 12A",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request.reference}, {self.meeting}"

    @classmethod
    def add(cls, meeting: Meeting, request: Request, step: str, *, by: User) -> "AgendaItem":
        """Put a step at the end of an agenda. Raises Refused for one that stands on an agenda already."""
        if problem := meeting.why_no_agenda():
            raise Refused(problem)
        others = cls.objects.filter(request=request, step=step, meeting__state=MeetingState.PLANNED, deferred_why="")
        if other := others.select_related("meeting").first():
            raise Refused(f"{request.reference} is on the agenda of {other.meeting} already")
        last = meeting.items.aggregate(last=Max("position"))["last"] or 0
        item = cls(meeting=meeting, request=request, step=step, position=last + 1)
        try:
            with transaction.atomic():
                item.keep(by=by, reason="Put on the agenda")
        except IntegrityError:
            raise Refused(f"{request.reference} is on the agenda of {meeting} already") from None
        return item

    def classify(
        self, exempt: str, *, paragraph: int | None = None, parts: Sequence[str] = (), why: str = "", by: User
    ) -> None:
        """Say what of the item is exempt, under which paragraph and why. Raises Refused where something is missing."""
        problems = (
            (bool(self.meeting.why_no_agenda()), self.meeting.why_no_agenda()),
            (bool(exempt) and paragraph not in PARAGRAPHS, "Choose the paragraph of Schedule 12A"),
            (exempt == Exempt.PART and not parts, "Choose the parts of the paper that are exempt"),
            (bool(exempt) and not why, "Say why the public interest is for keeping it exempt"),
        )
        if problem := next((said for is_wrong, said in problems if is_wrong), ""):
            raise Refused(problem)
        self.exempt = exempt
        self.paragraph = paragraph if exempt else None
        self.exempt_parts = list(parts) if exempt == Exempt.PART else []
        self.exempt_why = why if exempt else ""
        self.keep(by=by, reason="Access to the paper set")

    def defer(self, *, by: User, why: str) -> None:
        """Say that the body put it off. Raises Refused before the day of the meeting."""
        if self.meeting.on > timezone.localdate():
            raise Refused(f"{self.meeting} has not been held yet")
        self.deferred_why = why
        self.keep(by=by, reason=f"Deferred: {why}")


class KeyDecision(Remembered):
    """What is said about a request's decision being key: the notice of 28 clear days, or why there was none.

    Source: the regulations of 2012, regulations 8 to 11.
    """

    class Urgency(models.TextChoices):
        NONE = "", "None: the 28 clear days are kept"
        GENERAL = "general", "General exception: Scrutiny’s chair was told, five clear days before"
        SPECIAL = "special", "Special urgency: Scrutiny’s chair agreed that it cannot wait"

    request = models.OneToOneField(Request, models.PROTECT, related_name="key_decision")
    is_key = models.BooleanField()
    why = models.TextField(blank=True)
    published_on = models.DateField(null=True, blank=True)
    exception = models.CharField(max_length=7, choices=Urgency.choices, blank=True, default=Urgency.NONE)
    exception_on = models.DateField(null=True, blank=True)
    exception_by = models.CharField(max_length=120, blank=True, help_text="Who was told or agreed")
    exception_why = models.TextField(blank=True)

    history = records()

    def __str__(self) -> str:
        return f"{self.request.reference}: {'key' if self.is_key else 'not key'}"

    @property
    def notice(self) -> Notice:
        """The notice as the rules take it."""
        return Notice(self.published_on, self.exception, self.exception_on)

    def say(
        self,
        *,
        is_key: bool,
        why: str,
        published_on: date | None,
        exception: str,
        exception_on: date | None,
        exception_by: str,
        exception_why: str,
        by: User,
    ) -> None:
        """Keep what is said about it. Raises Refused for an exception without its day, person and reason."""
        if exception and not (exception_on and exception_by and exception_why):
            raise Refused("Enter who was told or agreed, on which day, and why it cannot wait")
        self.is_key, self.why, self.published_on = is_key, why, published_on
        self.exception = exception
        self.exception_on = exception_on if exception else None
        self.exception_by = exception_by if exception else ""
        self.exception_why = exception_why if exception else ""
        self.keep(by=by, reason=why)


class StepAheadQuerySet(models.QuerySet["StepAhead"]):
    def of_body(self, body: str) -> Self:
        """Steps of a body that are open or still to come."""
        return self.filter(body=body)


class StepAhead(models.Model):
    """A step that is open or may still come, of a body or an adviser: derived, so that agendas need not work it out.

    `body` is empty for a step that one person takes.
    """

    request = models.ForeignKey(Request, models.CASCADE, related_name="ahead")
    step = models.CharField(max_length=60)
    act = models.CharField(max_length=12)
    body = models.CharField(max_length=60, blank=True)
    is_open = models.BooleanField(default=False)

    objects = StepAheadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["body", "is_open"])]

    def __str__(self) -> str:
        return f"{self.request.reference}: {self.step}"
