"""The year of appointments: what bodies ask for, rounds, nominations, reports back and briefings.

The places themselves, with the people in them, are the register's `Representative`: one truth for all apps.
"""

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.text import slugify

from accounts.models import User
from approvals.models import OPEN, Request
from config import words
from policy.model import AppointmentRule
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership, Representative
from register.models.history import Remembered, records


class BodyTerms(Remembered):
    """What a body asks of the people who are sent to it, beyond the policy."""

    partnership = models.OneToOneField(Partnership, models.PROTECT, related_name="+")
    asks_consent = models.BooleanField(default=False)
    asks_codes = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    history = records()

    def __str__(self) -> str:
        return f"What {self.partnership} asks for"


class RoundState(models.TextChoices):
    """Where a round of appointments stands: from the list of places to what the body agreed."""

    OPEN = "open", "Being drawn up"
    SENT = "sent", "List sent"
    CLOSED = "closed", "Nominations closed"
    AGREED = "agreed", "Agreed"
    CALLED_OFF = "called_off", "Called off"


class RoundQuerySet(models.QuerySet["Round"]):
    def under_way(self) -> Self:
        """Rounds whose outcomes are not recorded yet, the nearest meeting first."""
        return self.exclude(state__in=[RoundState.AGREED, RoundState.CALLED_OFF]).order_by("meeting_on", "pk")

    def for_list(self) -> Self:
        """Every round, the latest meeting first."""
        return self.order_by("-meeting_on", "-pk")


class Round(Remembered):
    """The places filled at one meeting: list, nominations, schedule, outcomes (BRK-F25, F26; BRK-G10, G11)."""

    MOVES = {
        RoundState.OPEN: {RoundState.SENT, RoundState.CALLED_OFF},
        RoundState.SENT: {RoundState.CLOSED, RoundState.CALLED_OFF},
        RoundState.CLOSED: {RoundState.SENT, RoundState.AGREED, RoundState.CALLED_OFF},
        RoundState.AGREED: set(),
        RoundState.CALLED_OFF: set(),
    }

    slug = models.SlugField(max_length=120, unique=True, editable=False)
    rule = models.CharField(max_length=60)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    meeting_on = models.DateField()
    nominations_by = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=RoundState.choices, default=RoundState.OPEN, editable=False)
    sent_on = models.DateField(null=True, blank=True, editable=False)
    minute = models.CharField(max_length=60, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    history = records()
    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "meeting_on"],
                name="one_round_a_meeting",
                violation_error_message="There is a round for this meeting already. Open it",
            ),
            models.CheckConstraint(
                condition=models.Q(nominations_by__isnull=True) | models.Q(nominations_by__lte=models.F("meeting_on")),
                name="nominations_before_the_meeting",
                violation_error_message="Nominations must close before the meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.how.title}, {words.day(self.meeting_on)}"

    @property
    def how(self) -> AppointmentRule:
        """The policy's rule by which its places are filled."""
        appointments = self.policy_version.policy.appointments
        return next(each for each in (appointments.rules if appointments else ()) if each.id == self.rule)

    @property
    def is_under_way(self) -> bool:
        return self.state not in (RoundState.AGREED, RoundState.CALLED_OFF)

    @classmethod
    def start(
        cls,
        rule: AppointmentRule,
        *,
        version: PolicyVersion,
        meeting_on: date,
        nominations_by: date | None,
        by: User,
    ) -> "Round":
        """Open a round for a meeting. Raises Refused where there is one."""
        if cls.objects.filter(rule=rule.id, meeting_on=meeting_on).exists():
            raise Refused("There is a round for this meeting already. Open it, or enter another day")
        made = cls(
            slug=slugify(f"{rule.title} {meeting_on}"),
            rule=rule.id,
            policy_version=version,
            meeting_on=meeting_on,
            nominations_by=nominations_by,
            started_by=by,
        )
        made.keep(by=by, reason="Started")
        return made

    def why_not(self, to: RoundState) -> str:
        """Say why the round cannot move there now, or ""."""
        if to in self.MOVES[RoundState(self.state)]:
            return ""
        return f"This round is “{self.get_state_display().lower()}”. Its page says what comes next"

    def move(self, to: RoundState, *, by: User, reason: str) -> None:
        """Move the round on. Raises Refused."""
        if problem := self.why_not(to):
            raise Refused(problem)
        self.state = to
        self.keep(by=by, reason=reason)


class NominationState(models.TextChoices):
    """What became of a nomination."""

    NAMED = "named", "Named"
    AGREED = "agreed", "Agreed"
    NOT_AGREED = "not_agreed", "Not agreed"


class Nomination(Remembered):
    """Somebody whom a group puts forward for a body in a round (BRK-E23, BRK-F25)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="nominations")
    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    named_by = models.CharField(max_length=120, blank=True)
    consented_on = models.DateField(null=True, blank=True)
    codes_on = models.DateField(null=True, blank=True)
    interests = models.TextField(blank=True)
    agreed_roles = models.JSONField(default=list, blank=True)
    capacity = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=20, choices=NominationState.choices, default=NominationState.NAMED)

    history = records()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "partnership", "name"],
                name="one_nomination_a_person",
                violation_error_message="This person is named for this body already",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.partnership}"


class Coming(models.TextChoices):
    """How far somebody is who is to take a place."""

    ASKED = "asked", "Asked for"
    AGREED = "agreed", "Begins on its day"
    SEATED = "seated", "Took the place"
    DROPPED = "dropped", "Nothing came of it"


class AppointeeQuerySet(models.QuerySet["Appointee"]):
    def to_come(self) -> Self:
        """Those who are asked for on their way, and those who begin on a day that is still to come."""
        asked = models.Q(state=Coming.ASKED, request__status__in=OPEN)
        found = self.filter(asked | models.Q(state=Coming.AGREED)).select_related("request", "place")
        return found.order_by("starts_on", "pk")

    def due(self, on: date) -> Self:
        """Those agreed who take their place by this day."""
        return self.filter(state=Coming.AGREED, starts_on__lte=on).order_by("starts_on", "pk")


class Appointee(Remembered):
    """Somebody who is to take a place: asked for on a route of the policy, or appointed from a day to come.

    `request` is the one on which the body decides (BRK-F27, RED-F15, HAR-F07, MEL-B10, STR-B10); none for somebody
    whose appointment was recorded before its first day. `starts_on` is left empty for the day of the decision.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    place = models.ForeignKey(Representative, models.SET_NULL, null=True, related_name="+")
    request = models.OneToOneField(Request, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=Coming.choices, default=Coming.ASKED, editable=False)
    rule = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    appointed_by = models.CharField(max_length=120, blank=True)
    minute = models.CharField(max_length=60, blank=True)
    consulted = models.TextField(blank=True)
    level = models.CharField(max_length=60, blank=True)
    capacity = models.CharField(max_length=60, blank=True)
    agreed_roles = models.JSONField(default=list, blank=True)
    consented_on = models.DateField(null=True, blank=True)
    codes_on = models.DateField(null=True, blank=True)
    interests = models.TextField(blank=True)
    lead_officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    arranged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    history = records()
    objects = AppointeeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place"],
                condition=models.Q(state=Coming.AGREED),
                name="one_successor_a_place",
                violation_error_message="Somebody takes this place from a day to come. Take that back first",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.partnership}"


class ReportBackQuerySet(models.QuerySet["ReportBack"]):
    def for_partnership(self, partnership: Partnership) -> Self:
        """Reports about one body, newest first."""
        return self.filter(partnership=partnership).order_by("-meeting_on", "-pk")


class ReportBack(Remembered):
    """What a representative told the council after a meeting (BRK-F14, BRK-E34)."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    place = models.ForeignKey(Representative, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    meeting_on = models.DateField()
    text = models.TextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    history = records()
    objects = ReportBackQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name}, {words.day(self.meeting_on)}"

    @classmethod
    def give(
        cls,
        partnership: Partnership,
        *,
        place: Representative | None,
        meeting_on: date,
        text: str,
        by: User,
        at: datetime,
    ) -> "ReportBack":
        """Keep a report back."""
        made = cls(
            partnership=partnership,
            place=place,
            name=place.name if place else str(by),
            meeting_on=meeting_on,
            text=text,
            given_by=by,
            given_at=at,
        )
        made.keep(by=by, reason="Reported back")
        return made


class Briefing(Remembered):
    """What a member needs before a meeting: likely points from the body and from the council (BRK-G12, BRK-F13)."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    meeting_on = models.DateField()
    from_body = models.TextField(blank=True)
    from_council = models.TextField(blank=True)
    council_role = models.TextField(blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    history = records()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "meeting_on"],
                name="one_briefing_a_meeting",
                violation_error_message="There is a briefing for this meeting already. Change that one",
            )
        ]

    def __str__(self) -> str:
        return f"Briefing for {self.partnership}, {words.day(self.meeting_on)}"

    @classmethod
    def write(cls, partnership: Partnership, *, meeting_on: date, by: User, **points: str) -> "Briefing":
        """Keep the briefing for a meeting; written again it takes the place of the one before, which history keeps."""
        there = Briefing.objects.filter(partnership=partnership, meeting_on=meeting_on).first()
        made = there or Briefing(partnership=partnership, meeting_on=meeting_on)
        made.written_by = by
        for name, text in points.items():
            setattr(made, name, text)
        made.keep(by=by, reason="Written")
        return made
