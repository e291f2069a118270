"""Reviews of partnerships, the campaigns that open them, what falls due when, and calendar addresses."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.words import role_label
from approvals.models import OPEN as OPEN_REQUESTS
from approvals.models import Request
from assessments.models import Assessment, Response
from assessments.models.periods import free_slug, label_of
from policy.model import Cycle
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Document, Partnership, Status
from register.models.history import Remembered, records

TAKING_PART = (Status.ACTIVE, Status.LEAVING)
WHOLE = ("policy_version__text", "policy_version__canonical")  # 200 kB that no list reads


def cycle_of(version: PolicyVersion, cycle_id: str) -> Cycle:
    """A cycle of a policy version by its id. Raises KeyError."""
    for cycle in version.policy.cycles:
        if cycle.id == cycle_id:
            return cycle
    raise KeyError(cycle_id)


# --- Campaigns ----------------------------------------------------------------------------------


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def for_list(self) -> Self:
        """The refreshes of all years, the newest first."""
        return self.select_related("policy_version").defer(*WHOLE).order_by("-slug")

    def under_way(self) -> Self:
        """Those that are not closed."""
        return self.filter(closed_at=None)


class Campaign(Remembered):
    """The yearly refresh of the register: reviews opened together, due on one day (BRK-F22, HAR-F10, RED-F29)."""

    slug = models.SlugField(max_length=20, unique=True, help_text="The year, as addresses write it: 2026-27")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    due_on = models.DateField()
    reports_on = models.DateField(null=True, blank=True, help_text="When it goes to the management team")
    letter = models.TextField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_by_name = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_name = models.CharField(max_length=120, blank=True)
    closing_note = models.TextField(blank=True)

    history = records()
    objects = CampaignQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Annual refresh {self.label}"

    @property
    def label(self) -> str:
        """The year as people say it: "2026–27"."""
        return label_of(self.slug)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def why_not_change(self) -> str:
        """Say why nothing of it can change now, or ""."""
        if self.is_open:
            return ""
        return (
            f"The refresh {self.label} was closed on {timezone.localdate(self.closed_at):%-d %B %Y} and stays as it is"
        )

    def refuse_when_closed(self) -> None:
        """Raise Refused for a refresh that is closed."""
        if problem := self.why_not_change():
            raise Refused(problem)

    def rewrite(self, letter: str, *, by: User) -> None:
        """Change the words of the chasing letter. Raises Refused."""
        self.refuse_when_closed()
        self.letter = letter
        self.keep(by=by, reason="Letter changed")

    def close(self, *, note: str, by: User, at: datetime) -> None:
        """End the refresh; what becomes of unfinished reviews is `services.close_campaign`. Raises Refused."""
        self.refuse_when_closed()
        self.closed_at, self.closed_by_name, self.closing_note = at, str(by), note
        self.keep(by=by, reason="Closed")


# --- Reviews ------------------------------------------------------------------------------------


class State(models.TextChoices):
    """Where a review stands."""

    OPEN = "open", "With the lead officer"
    SENT = "sent", "Waiting for sign-off"
    CHALLENGED = "challenged", "Challenged"
    ANSWERED = "answered", "Answered, waiting for sign-off"
    ON_ITS_WAY = "on_its_way", "On its way"
    SIGNED_OFF = "signed_off", "Signed off"
    CLOSED = "closed", "Closed unfinished"


class Recommendation(models.TextChoices):
    """What whoever reviews a partnership recommends (BRK-D35, HAR-D11, MEL-D83)."""

    GO_ON = "go_on", "Go on as it is"
    CHANGE = "change", "Go on with changes"
    LEAVE = "leave", "Leave"


UNDER_WAY = (State.OPEN, State.SENT, State.CHALLENGED, State.ANSWERED, State.ON_ITS_WAY)
WITH_LEAD = (State.OPEN, State.CHALLENGED)
WITH_REVIEWER = (State.SENT, State.ANSWERED)


class ReviewQuerySet(models.QuerySet["Review"]):
    def for_partnership(self, partnership: Partnership) -> Self:
        """All reviews of one entry, the newest first."""
        return (
            self.filter(partnership=partnership)
            .select_related("policy_version")
            .defer(*WHOLE)
            .order_by("-opened_at", "-pk")
        )

    def for_list(self) -> Self:
        """With what lists show of each, those that fall due first."""
        people = ("partnership__lead_officer", "partnership__service", "partnership__responsible_head")
        return (
            self.select_related("policy_version", *people).defer(*WHOLE).order_by("due_on", "partnership__name", "pk")
        )

    def under_way(self) -> Self:
        """Neither signed off nor closed."""
        return self.filter(state__in=UNDER_WAY)

    def signed_off(self) -> Self:
        """What counts: reviews that were signed off."""
        return self.filter(state=State.SIGNED_OFF)

    def in_campaign(self, campaign: Campaign) -> Self:
        """The reviews that a refresh opened."""
        return self.filter(campaign=campaign)

    def waiting(self) -> Self:
        """Sent in, or a challenge answered: they wait for whoever signs off."""
        return self.filter(state__in=WITH_REVIEWER)

    def off_the_way(self) -> Self:
        """Those that no request carries now, so that the page of the review alone signs them off."""
        return self.exclude(way__status__in=OPEN_REQUESTS)

    def due(self, today: date, *, within: int = 30) -> Self:
        """With the lead officer, and due in so many days at the most; late ones are not among them."""
        return self.filter(state__in=WITH_LEAD, due_on__gte=today, due_on__lte=today + timedelta(days=within))

    def late(self, today: date) -> Self:
        """With the lead officer after the day on which it was due."""
        return self.filter(state__in=WITH_LEAD, due_on__lt=today)

    def with_begun(self) -> Self:
        """Annotate `has_begun`: whether a form or assessment is in hand or was finished since it was opened."""
        forms = Response.objects.filter(
            Q(sent_at=None) | Q(sent_at__gte=OuterRef("opened_at")),
            partnership=OuterRef("partnership"),
            occasion=OuterRef("occasion"),
        )
        levels = Assessment.objects.filter(
            Q(completed_at=None) | Q(completed_at__gte=OuterRef("opened_at")), partnership=OuterRef("partnership")
        )
        return self.annotate(has_begun=Exists(forms) | Exists(levels))


class Review(Remembered):
    """A look at one partnership on an occasion of the policy: its forms and levels renewed, sent, and signed off.

    The answers themselves are `assessments.Response`s; those that were sent with it are its `forms`. Where the policy
    has a route for it, `way` is the request on which others advise, approve, decide and receive it; `request` is one
    that its recommendation asks for.
    Source: BRK-D30 to D35, BRK-I07, HAR-F10, RED-F30 to F35, STR-F07, MEL-F12 to F15.
    """

    MOVES: ClassVar[dict[State, set[State]]] = {  # Every move there is.
        State.OPEN: {State.SENT, State.CLOSED},
        State.SENT: {State.ON_ITS_WAY, State.SIGNED_OFF, State.CHALLENGED, State.CLOSED},
        State.CHALLENGED: {State.ANSWERED, State.CLOSED},
        State.ANSWERED: {State.ON_ITS_WAY, State.SIGNED_OFF, State.CHALLENGED, State.CLOSED},
        State.ON_ITS_WAY: {State.SENT, State.SIGNED_OFF, State.CHALLENGED, State.CLOSED},
        State.SIGNED_OFF: set(),
        State.CLOSED: set(),
    }
    OPEN_ALREADY = "This review is open already. Open it and go on with it"
    NOT_TAKING_PART = (
        "This entry is {state}, so there is nothing to review. Only active and leaving entries are reviewed"
    )

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    cycle = models.CharField(max_length=60, help_text="The cycle of the policy")
    occasion = models.CharField(max_length=20, help_text="yearly_review, evaluation … as its forms name it")
    slug = models.SlugField(max_length=20, help_text="The year, as addresses write it: 2026-27")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN, editable=False)
    why = models.TextField(blank=True, help_text="Why it was called for outside its cycle")
    opened_at = models.DateTimeField()
    opened_by_name = models.CharField(max_length=120)
    before = models.JSONField(default=dict, blank=True, help_text="The figures and levels when it was opened")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_by_name = models.CharField(max_length=120, blank=True)
    recommendation = models.CharField(max_length=8, choices=Recommendation.choices, blank=True)
    recommendation_why = models.TextField(blank=True)
    look_at = models.JSONField(default=list, blank=True, help_text="What to look at before signing off, in sentences")
    answers_changed = models.PositiveSmallIntegerField(null=True, blank=True)
    answers_given = models.PositiveSmallIntegerField(null=True, blank=True)
    risk_change = models.SmallIntegerField(null=True, blank=True, help_text="Levels of risk up or down since opening")
    money_change = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, help_text="£ a year more or less since opening"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=120, blank=True)
    closing_note = models.TextField(blank=True)
    way = models.ForeignKey(
        Request, models.PROTECT, null=True, blank=True, related_name="+", help_text="Its way through the policy’s route"
    )
    request = models.ForeignKey(
        Request, models.PROTECT, null=True, blank=True, related_name="+", help_text="What its recommendation asks for"
    )

    history = records()
    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "slug"], name="one_review_an_address"),
            models.UniqueConstraint(
                fields=["partnership", "cycle"],
                condition=Q(state__in=UNDER_WAY),
                name="one_open_review",
                violation_error_message="This review is open already. Open it and go on with it",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(state="closed") | Q(sent_at__isnull=False), name="sent_reviews_have_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state"], name="reviews_of_a_campaign"),
            models.Index(fields=["state", "due_on"], name="reviews_by_due_day"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.label}"

    @property
    def label(self) -> str:
        """The year as people say it: "2026–27"."""
        return label_of(self.slug)

    @property
    def of_the_policy(self) -> Cycle:
        """The cycle, under the policy version it was opened under."""
        return cycle_of(self.policy_version, self.cycle)

    @property
    def title(self) -> str:
        return self.of_the_policy.title

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_with_lead(self) -> bool:
        return self.state in WITH_LEAD

    @property
    def is_waiting(self) -> bool:
        return self.state in WITH_REVIEWER

    @property
    def open_way(self) -> Request | None:
        """The request on which others have steps of its route to take, sign-off among them, or None."""
        return self.way if self.way and self.way.is_open else None

    @property
    def done_on(self) -> date | None:
        """The day on which it was sent in: from it the next one is counted (DEF-05)."""
        return timezone.localdate(self.sent_at) if self.sent_at else None

    def is_late(self, today: date) -> bool:
        """Whether the lead officer should have sent it before `today`."""
        return self.state in WITH_LEAD and self.due_on < today

    @property
    def signed_off_by(self) -> frozenset[Role]:
        """The roles that sign it off: those that receive it under the policy, and the register manager (BRK-I07)."""
        return frozenset({Role.REGISTER_MANAGER, *(Role(r) for r in self.of_the_policy.receives if r in Role.values)})

    @property
    def signers(self) -> list[str]:
        """Who signs it off, as the council calls them."""
        return sorted(role_label(role, self.policy_version.policy) for role in self.signed_off_by)

    # --- Verbs --------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        partnership: Partnership,
        cycle: Cycle,
        *,
        policy_version: PolicyVersion,
        by: User,
        at: datetime,
        **facts: Any,
    ) -> "Review":
        """Open a review of one entry. Raises Refused for an ended entry, or when one is open."""
        if partnership.status not in TAKING_PART:
            raise Refused(cls.NOT_TAKING_PART.format(state=partnership.get_status_display().lower()))
        earlier = cls.objects.filter(partnership=partnership)
        if earlier.under_way().filter(cycle=cycle.id).exists():
            raise Refused(cls.OPEN_ALREADY)
        slug = free_slug(timezone.localdate(at), set(earlier.values_list("slug", flat=True)))
        review = cls(
            partnership=partnership,
            policy_version=policy_version,
            cycle=cycle.id,
            slug=slug,
            opened_at=at,
            opened_by_name=str(by),
            **facts,
        )
        try:
            with transaction.atomic():
                review.keep(by=by, reason="Opened")
        except IntegrityError:  # somebody else opened it in the same moment
            raise Refused(cls.OPEN_ALREADY) from None
        return review

    def why_not(self, move: "State", *, by: User, on_its_route: bool = False) -> str:
        """Say why `by` cannot make this move now, or "" when they can.

        `on_its_route`: they take a step of its route, whose gate says which roles may.
        """
        if move not in self.MOVES[State(self.state)]:
            return f"This review is {self.get_state_display().lower()}. Its page says what comes next"
        if move in (State.SIGNED_OFF, State.CHALLENGED):
            return self.why_own(by) if on_its_route else self._why_not_judge(by)
        return ""

    def why_own(self, by: User) -> str:
        """Say why it is somebody's own work, or ""."""
        if by.pk in (self.sent_by_id, self.partnership.lead_officer_id):
            return "You answered this review or lead the partnership, so somebody else signs it off"
        return ""

    def _why_not_judge(self, by: User) -> str:
        if problem := self.why_own(by):
            return problem
        held = self.signed_off_by & by.roles
        if not held:
            return f"This review is signed off by: {', '.join(self.signers)}. Ask one of them"
        head = self.partnership.responsible_head
        if held == {Role.RESPONSIBLE_HEAD} and head is not None and head != by:
            return f"{head} is responsible for this partnership and signs its review off"
        return ""

    def send(self, *, recommendation: str, why: str, findings: dict[str, Any], by: User, at: datetime) -> None:
        """Send it to whoever signs off, with what changed in it. Raises Refused."""
        self._move(
            State.SENT, by=by, reason="Sent", recommendation=recommendation, recommendation_why=why,
            sent_at=at, sent_by=by, sent_by_name=str(by), **findings,
        )  # fmt: skip

    def challenge(self, text: str, *, by: User, at: datetime, on_its_route: bool = False) -> None:
        """Ask back; the answers stay as they were sent. Raises Refused."""
        self._move(State.CHALLENGED, by=by, reason="Challenged", on_its_route=on_its_route)
        Remark.objects.create(
            review=self, kind=Remark.Kind.CHALLENGE, said_by=by, said_by_name=str(by), said_at=at, text=text
        )

    def answer(self, text: str, *, by: User, at: datetime) -> None:
        """Answer a challenge. Raises Refused."""
        self._move(State.ANSWERED, by=by, reason="Challenge answered")
        Remark.objects.create(
            review=self, kind=Remark.Kind.ANSWER, said_by=by, said_by_name=str(by), said_at=at, text=text
        )

    def pass_on(self, to: "State", *, by: User, request: Request) -> None:
        """Wait for sign-off, or for others, on its route."""
        if self.state != to and not (to == State.SENT and self.is_waiting):
            self._move(to, by=by, reason=f"On its way as {request.reference}", way=request)

    def sign_off(self, *, note: str, by: User, at: datetime, on_its_route: bool = False, **found: Any) -> None:
        """Agree to what was found. Raises Refused for whoever answered it, or without the role."""
        self._move(
            State.SIGNED_OFF, by=by, reason=note or "Signed off", ended_at=at, ended_by_name=str(by),
            closing_note=note, on_its_route=on_its_route, **found,
        )  # fmt: skip

    def close(self, *, note: str, by: User, at: datetime) -> None:
        """End it unfinished: nothing moves on, and it falls due again as before. Raises Refused."""
        self._move(State.CLOSED, by=by, reason=note, ended_at=at, ended_by_name=str(by), closing_note=note)

    def _move(self, move: State, *, by: User, reason: str, on_its_route: bool = False, **facts: Any) -> None:
        # Locked and asked anew, so that of two people who press at once the second is told.
        self.state = type(self).objects.select_for_update().values_list("state", flat=True).get(pk=self.pk)
        if problem := self.why_not(move, by=by, on_its_route=on_its_route):
            raise Refused(problem)
        self.state = move
        for name, value in facts.items():
            setattr(self, name, value)
        self.keep(by=by, reason=reason)


class ReviewForm(models.Model):
    """A form that was sent with a review."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="forms")
    response = models.ForeignKey(Response, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "response"], name="one_form_of_a_review")]

    def __str__(self) -> str:
        return f"{self.review}: {self.response}"


class Remark(models.Model):
    """What was said about a review: a challenge, or its answer. Both texts are kept as they were said."""

    class Kind(models.TextChoices):
        """A question of whoever signs off, or what the lead officer says to it."""

        CHALLENGE = "challenge", "Challenge"
        ANSWER = "answer", "Answer"

    review = models.ForeignKey(Review, models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_by_name = models.CharField(max_length=120)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["said_at", "pk"]

    def __str__(self) -> str:
        return f"{self.said_by_name}: {self.text}"


class Chase(models.Model):
    """A letter that was sent about a review, and to whom."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="chases")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    to_name = models.CharField(max_length=120)
    sent_on = models.DateField()

    class Meta:
        ordering = ["sent_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "to", "sent_on"], name="one_letter_a_day")]

    def __str__(self) -> str:
        return f"{self.review}: {self.to_name}, {self.sent_on}"


# --- What falls due -----------------------------------------------------------------------------


class OccasionQuerySet(models.QuerySet["Occasion"]):
    def for_list(self) -> Self:
        """With what lists show of each, those that fall due first."""
        people = ("partnership__lead_officer", "partnership__service", "partnership__responsible_head")
        return self.select_related("review", *people).order_by("due_on", "partnership__name", "pk")

    def of_entries(self) -> Self:
        """What is due about an entry; without it, what is due of the council as a whole."""
        return self.filter(partnership__isnull=False)

    def of_the_council(self) -> Self:
        """What is due once for the whole register: reports, appointments, the policy itself."""
        return self.filter(partnership=None)

    def to_do(self) -> Self:
        """What waits for whoever does it; a review that was sent waits for others."""
        return self.filter(Q(review=None) | Q(review__state__in=WITH_LEAD))

    def late(self, today: date) -> Self:
        """Not done on the day on which it was due."""
        return self.to_do().filter(due_on__lt=today)

    def due(self, today: date, *, within: int = 30) -> Self:
        """To be done in so many days at the most; late ones are not among them."""
        return self.to_do().filter(due_on__gte=today, due_on__lte=today + timedelta(days=within))

    def concerning(self, user: User) -> Self:
        """Of entries that the person leads, answers for or attends."""
        return self.filter(
            Q(partnership__lead_officer=user)
            | Q(partnership__responsible_head=user)
            | Q(partnership__representatives__user=user)
        ).distinct()


class Occasion(models.Model):
    """The next day of a cycle, of one entry or of the council; worked out and kept, so that lists cost the same."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, null=True, blank=True, related_name="+")
    cycle = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    because = models.TextField(help_text="Why that day, in a sentence")
    is_review = models.BooleanField(help_text="Done by a form that is sent and signed off")
    review = models.ForeignKey(Review, models.CASCADE, null=True, blank=True, related_name="+")

    objects = OccasionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "cycle"], name="one_occasion_a_cycle"),
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(partnership=None), name="one_occasion_a_cycle_of_the_council"
            ),
        ]
        indexes = [models.Index(fields=["due_on", "partnership"], name="occasions_by_day")]

    def __str__(self) -> str:
        return f"{self.title}, {self.due_on}"

    def is_late(self, today: date) -> bool:
        """Whether it should have been done before `today`."""
        return self.due_on < today and (self.review is None or self.review.state in WITH_LEAD)


class WorkedOut(models.Model):
    """Up to where the occasions of an entry are worked out: its version, the policy, the moment."""

    partnership = models.OneToOneField(Partnership, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    policy_version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.partnership}, version {self.version}"

    @classmethod
    def behind(cls, policy_version: PolicyVersion) -> models.QuerySet[Partnership]:
        """The entries that changed, or of which a form was sent, since their occasions were worked out."""
        here = cls.objects.filter(
            partnership=OuterRef("pk"), version=OuterRef("version"), policy_version=policy_version
        )
        later = Response.objects.filter(partnership=OuterRef("partnership"), sent_at__gt=OuterRef("at"))
        return Partnership.objects.filter(~Exists(here.filter(~Exists(later)))).order_by("pk")


class Doing(Remembered):
    """What somebody says was done: a cycle without a form, of an entry or of the council, or a step of practice.

    A step of practice (`reviews.practice`) is said again whenever it is renewed, so the newest row says how it stands.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    cycle = models.CharField(max_length=60, blank=True)
    step = models.CharField(max_length=60, blank=True)
    done_on = models.DateField()
    due_on = models.DateField(null=True, blank=True, help_text="The due day that is settled by it")
    note = models.TextField(blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)

    history = records()

    class Meta:
        indexes = [models.Index(fields=["partnership", "cycle", "-done_on"], name="doings_of_a_cycle")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(cycle="") & ~Q(step="")) | (~Q(cycle="") & Q(step="")),
                name="a_cycle_or_a_step_was_done",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cycle or self.step}, {self.done_on}"

    @property
    def title(self) -> str:
        return cycle_of(self.policy_version, self.cycle).title


# --- Calendars ----------------------------------------------------------------------------------


class CalendarAddress(models.Model):
    """The secret address at which a person's calendar program reads their dates.

    Only a digest of the secret is kept, so the address is shown once; a new one takes the place of the old.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar of {self.person}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def make(cls, person: User, *, at: datetime) -> str:
        """Make a new address, which ends the one before; answers its secret part."""
        secret = secrets.token_urlsafe(32)
        cls.objects.update_or_create(person=person, defaults={"digest": cls.digest_of(secret), "made_at": at})
        return secret

    @classmethod
    def person_at(cls, secret: str) -> User | None:
        """Whose address this is; None for one that was ended, or whose account is closed."""
        found = cls.objects.select_related("person").filter(digest=cls.digest_of(secret)).first()
        return found.person if found and found.person.is_active else None
