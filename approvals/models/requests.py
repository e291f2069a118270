"""Requests for a decision, the steps that people took on them, and who may not take part."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from config import words
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Action, Partnership
from register.models.history import Remembered, records


def sealed(paper: Mapping[str, Any]) -> str:
    """A paper as text that is the same for the same content: what is stored and what the digest is taken of."""
    return json.dumps(paper, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(previous: str, copy: str) -> str:
    """The digest of a sealed copy, which takes the digest before it in: so the copies hang in one chain."""
    return hashlib.sha256(f"{previous}\n{copy}".encode()).hexdigest()


class Status(models.TextChoices):
    """The states of a request."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "On its way"
    RETURNED = "returned", "Returned for changes"
    DECIDED = "decided", "Decided"
    DONE = "done", "Completed"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN = (Status.DRAFT, Status.SENT, Status.RETURNED)
# What has come to its end stays as it was, save for what it leaves to do.
SETTLED = (Status.DECIDED, Status.DONE)


class RequestQuerySet(models.QuerySet["Request"]):
    def for_partnership(self, partnership: Partnership) -> Self:
        """All requests about one entry, newest first."""
        return self.filter(partnership=partnership).select_related("policy_version").order_by("-started_at", "-pk")

    def readable_by(self, user: User) -> Self:
        """All but the drafts of entries that the person may not change. What has no entry is read like the others."""
        theirs = Q(proposed_by=user)
        if user.has_perm("approvals.ask"):
            theirs |= Q(partnership__in=Partnership.objects.editable_by(user))
        return self.filter(~Q(status=Status.DRAFT) | theirs)

    def for_list(self) -> Self:
        """With what lists show of each; the long texts of the policy stay in the database (200 kB a version)."""
        return self.select_related("partnership", "policy_version").defer(
            "policy_version__text", "policy_version__canonical"
        )

    def open(self) -> Self:
        """Requests that are neither decided nor withdrawn."""
        return self.filter(status__in=OPEN)

    def about(self, key: str) -> Self:
        """Requests without an entry about one thing, newest first."""
        same = self.filter(partnership__isnull=True, about_key=key)
        return same.select_related("policy_version").order_by("-started_at", "-pk")

    def on_their_way(self) -> Self:
        """Requests that were sent and wait for somebody."""
        return self.filter(status=Status.SENT)

    def out_of_date(self) -> Self:
        """Requests on their way whose entry changed since their turns were worked out."""
        return self.on_their_way().filter(partnership__isnull=False).exclude(at_version=F("partnership__version"))


class Request(Remembered):
    """A request for a decision: to join, to change or to leave a partnership, on a route of the policy.

    What a higher app asks (a review, an appointment) says beside its entry what it is `about`; `about_key` is how that
    app knows it. A request about the whole register (a new version of the policy, a report of the year) has no entry:
    what it is about is all there is. `changes` are the values of the register that it asks for; `follows` is the
    request whose refusal it asks to look at again.
    Each sending begins a round; a step taken in an earlier round, or before a material change, no longer stands.
    Source: requirements README CORE-13.
    """

    MOVES: ClassVar[dict[Status, set[Status]]] = {  # Every move there is.
        Status.DRAFT: {Status.SENT, Status.WITHDRAWN},
        Status.SENT: {Status.RETURNED, Status.DECIDED, Status.DONE, Status.WITHDRAWN},
        Status.RETURNED: {Status.SENT, Status.WITHDRAWN},
        Status.DECIDED: set(),
        Status.DONE: set(),
        Status.WITHDRAWN: set(),
    }

    reference = models.CharField(max_length=20, unique=True, editable=False)
    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    route = models.CharField(max_length=60)
    purpose = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    why = models.TextField(blank=True)
    about = models.CharField(max_length=160, blank=True, help_text="What it is about beside its entry, or without one")
    about_key = models.CharField(max_length=60, blank=True, help_text="The same as the app that asks knows it")
    about_address = models.CharField(max_length=200, blank=True, help_text="The page that shows it")
    changes = models.JSONField(default=dict, blank=True, help_text="Values of the register that it asks for")
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    said = models.JSONField(default=dict, blank=True, help_text="Facts that only the proposer can say, by name")
    round = models.PositiveSmallIntegerField(default=0)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_by_name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=60, blank=True, help_text="An outcome of the pack, once it is decided")
    effect = models.CharField(max_length=60, blank=True, help_text="The outcome that was put into effect")
    at_version = models.PositiveIntegerField(default=0, help_text="The entry's version when the turns were worked out")

    history = records()
    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "purpose", "about_key"],
                condition=Q(status__in=OPEN),
                name="one_open_request_a_purpose",
                violation_error_message="A request like this is open already. Open it and go on with it",
            ),
            models.UniqueConstraint(
                fields=["purpose", "about_key"],
                condition=Q(status__in=OPEN, partnership__isnull=True),
                name="one_open_request_without_an_entry",
                violation_error_message="A request like this is open already. Open it and go on with it",
            ),
            models.CheckConstraint(
                condition=Q(partnership__isnull=False) | (~Q(about="") & ~Q(about_key="")),
                name="a_request_is_about_something",
                violation_error_message="Say which entry the request is about, or what else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.matter}"

    @property
    def entry(self) -> Partnership:
        """Its entry. Raises ValueError for a request about the whole register, which has none."""
        if self.partnership is None:
            raise ValueError(f"{self.reference} has no entry")
        return self.partnership

    @property
    def matter(self) -> str:
        """What it is about, in a name: its entry, or what stands in the place of one."""
        return str(self.partnership) if self.partnership else self.about

    @classmethod
    def next_reference(cls, year: int) -> str:
        """The next free reference of a year: "R-2026-014"."""
        start = f"R-{year}-"
        used = cls.history.model.objects.filter(reference__startswith=start).values_list("reference", flat=True)
        last = max((int(each.removeprefix(start)) for each in used.distinct()), default=0)
        return f"{start}{last + 1:03d}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither decided nor withdrawn."""
        return self.status in OPEN

    @property
    def is_settled(self) -> bool:
        """Whether it came to its end: decided, or every step of it taken."""
        return self.status in SETTLED

    @property
    def sent_on(self) -> date | None:
        """The day on which it was sent last; `None` before that and while it is returned."""
        return timezone.localdate(self.sent_at) if self.sent_at and self.status != Status.RETURNED else None

    @classmethod
    def start(
        cls,
        partnership: Partnership | None,
        *,
        route: str,
        purpose: str,
        by: User,
        version: PolicyVersion,
        at: datetime,
        **more: Any,
    ) -> "Request":
        """Open a draft. Raises Refused when one of this purpose, about the same, is open already."""
        request = cls(
            reference=cls.next_reference(timezone.localdate(at).year),
            partnership=partnership,
            policy_version=version,
            route=route,
            purpose=purpose,
            proposed_by=by,
            proposed_by_name=str(by),
            started_at=at,
            **more,
        )
        try:
            with transaction.atomic():
                request.keep(by=by, reason="Started")
        except IntegrityError:
            raise Refused("A request like this is open already. Open it and go on with it") from None
        return request

    def why_not(self, move: Status) -> str:
        """Say why the request cannot make this move now, or "" when it can."""
        if move in self.MOVES[Status(self.status)]:
            return ""
        return f"{self.reference} is {self.get_status_display().lower()}. Its page says what comes next"

    def say_why(self, why: str, *, by: User) -> None:
        """Keep what the proposer says for it. Raises Refused once it is on its way."""
        if self.status not in (Status.DRAFT, Status.RETURNED):
            raise Refused(f"{self.reference} is {self.get_status_display().lower()}, so its words stay as they are")
        self.why = why
        self.keep(by=by, reason="Reasons given")

    def say_facts(self, facts: Mapping[str, bool], *, by: User) -> None:
        """Keep what the route depends on and the register does not hold. Raises Refused once it is on its way."""
        if self.status not in (Status.DRAFT, Status.RETURNED):
            raise Refused(f"{self.reference} is {self.get_status_display().lower()}, so its facts stay as they are")
        self.said = dict(facts)
        self.keep(by=by, reason="Said what the route depends on")

    def ask_for(self, changes: Mapping[str, Any], *, by: User) -> None:
        """Keep which values of the register it asks for. Raises Refused once it is on its way."""
        if self.status not in (Status.DRAFT, Status.RETURNED):
            raise Refused(f"{self.reference} is {self.get_status_display().lower()}, so what it asks stays as it is")
        self.changes = {kind: dict(asked) for kind, asked in changes.items() if asked}
        self.keep(by=by, reason="Said what is to change")

    def send(self, *, by: User, at: datetime) -> None:
        """Send it on its way; a new round begins. Raises Refused."""
        self.round += 1
        self.sent_at = at
        self._move(Status.SENT, by=by, reason="Sent")

    def give_back(self, *, by: User, reason: str) -> None:
        """Return it to the proposer. Raises Refused."""
        self._move(Status.RETURNED, by=by, reason=reason)

    def decide(self, outcome: str, *, by: User, reason: str, at: datetime) -> None:
        """Close it with what was decided. Raises Refused."""
        self.outcome, self.ended_at = outcome, at
        self._move(Status.DECIDED, by=by, reason=reason)

    def complete(self, *, by: User, reason: str, at: datetime) -> None:
        """Close it when every step is taken and none of them decides. Raises Refused."""
        self.ended_at = at
        self._move(Status.DONE, by=by, reason=reason)

    def withdraw(self, *, by: User, reason: str, at: datetime) -> None:
        """Take it back before it is decided; what was said stays readable. Raises Refused."""
        self.ended_at = at
        self._move(Status.WITHDRAWN, by=by, reason=reason)

    def _move(self, move: Status, *, by: User, reason: str) -> None:
        if problem := self.why_not(move):
            raise Refused(problem)
        self.status = move
        self.keep(by=by, reason=reason)


class StepTakenQuerySet(models.QuerySet["StepTaken"]):
    def in_round(self, request: Request) -> Self:
        """The steps taken since the request was last sent, in their order."""
        return self.filter(request=request, round=request.round).order_by("number")

    def in_chain(self) -> Self:
        """Every sealed copy, in the order of the chain."""
        return self.order_by("number")

    def for_list(self) -> Self:
        """With what lists show of each; sealed copies and the policy's long texts stay in the database."""
        return self.select_related("request__partnership", "request__policy_version").defer(
            "copy", "request__policy_version__text", "request__policy_version__canonical"
        )

    def decisions(self) -> Self:
        """What bodies decided or recommended, newest first."""
        return self.exclude(reference="").order_by("-number")


class StepTaken(models.Model):
    """A step of a request, as somebody took it: advice, a view, a recommendation, a decision. It never changes.

    `copy` is what was before them, readable, with its digest in a chain over all steps: `manage.py verify_decisions`
    tells when one was altered. `facts` are the material facts at that moment, as text.
    """

    number = models.PositiveIntegerField(unique=True)
    reference = models.CharField(max_length=20, blank=True, help_text="D-2026-016 for what a body decided")
    request = models.ForeignKey(Request, models.PROTECT, related_name="taken")
    round = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=60)
    attempt = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=12)
    role = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    acting_for = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    acting_for_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    on = models.DateField(help_text="The day of the decision or meeting")
    outcome = models.CharField(max_length=60, blank=True)
    reasons = models.TextField(blank=True)
    reason_from_list = models.CharField(max_length=60, blank=True)
    options = models.TextField(blank=True, help_text="Other options considered")
    interests = models.TextField(blank=True, help_text="Interests declared, and dispensations")
    body = models.CharField(max_length=120, blank=True)
    minute = models.CharField(max_length=60, blank=True)
    from_minutes = models.CharField(
        max_length=200,
        blank=True,
        help_text="The meeting whose minutes were recorded by somebody who has no vote in it",
    )
    facts = models.JSONField(default=dict)
    copy = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = StepTakenQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two people who take the same step at the same moment: the second is told.
            models.UniqueConstraint(fields=["request", "round", "step", "attempt"], name="one_taking_of_a_step"),
            models.UniqueConstraint(fields=["reference"], condition=~Q(reference=""), name="one_decision_a_reference"),
        ]

    def __str__(self) -> str:
        return self.reference or f"{self.request.reference}, “{self.title}”"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new step; one that is kept stays as it is. Raises Refused."""
        if self.pk is not None:
            raise Refused("What was decided stays as it was. Correct it by a new request")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """A step that was taken is kept for good. Raises Refused."""
        raise Refused("What was decided stays as it was. Correct it by a new request")

    @property
    def title(self) -> str:
        """What the policy of its request calls the step."""
        return self.request.policy_version.policy.route(self.request.route).by_id[self.step].title

    @property
    def said_by(self) -> str:
        """Who took it and for whom, or who recorded it from which minutes."""
        if self.from_minutes:
            return f"Recorded by {self.by_name} from the minutes of {self.from_minutes}"
        return f"{self.by_name} for {self.acting_for_name}" if self.acting_for_name else self.by_name

    @property
    def paper(self) -> dict[str, Any]:
        """What was before the person, as it was sealed."""
        found: dict[str, Any] = json.loads(self.copy)
        return found

    @property
    def is_whole(self) -> bool:
        """Whether the copy is what its digest was taken of."""
        return self.digest == digest_of(self.previous, self.copy)

    @classmethod
    def seal(cls, copy: str, **facts: Any) -> "StepTaken":
        """Keep a step with its sealed copy at the end of the chain. Raises Refused when somebody was faster."""
        last = cls.objects.select_for_update().order_by("-number").first()
        record = cls(
            number=last.number + 1 if last else 1,
            previous=last.digest if last else "",
            copy=copy,
            digest=digest_of(last.digest if last else "", copy),
            **facts,
        )
        try:
            with transaction.atomic():
                record.save(force_insert=True)
        except IntegrityError:
            raise Refused(
                f"Somebody took this step a moment ago. Open {record.request.reference} again to see what they said"
            ) from None
        return record

    @classmethod
    def next_reference(cls, year: int) -> str:
        """The next free reference of a decision in a year: "D-2026-016"."""
        start = f"D-{year}-"
        used = cls.objects.filter(reference__startswith=start).values_list("reference", flat=True)
        return f"{start}{max((int(each.removeprefix(start)) for each in used), default=0) + 1:03d}"


class ConditionQuerySet(models.QuerySet["Condition"]):
    def ledger(self, state: str, *, on: date) -> Self:
        """The conditions in a state of `Condition.STATES`, with all that the ledger shows; those due first in front."""
        found = self.select_related(
            "step__request", "action__partnership", "action__owner", "action__evidence_document"
        ).order_by(F("action__done_on").desc(nulls_first=True), F("action__due_on").asc(nulls_last=True), "pk")
        if state == Condition.LATE:
            return found.filter(action__done_on=None, action__due_on__lt=on)
        if state == Condition.MET:
            return found.exclude(action__done_on=None)
        return found if state == Condition.EVERY else found.filter(action__done_on=None)


class Condition(models.Model):
    """A condition of a decision: an action on the entry, to be discharged with evidence."""

    LATE, MET, EVERY = "late", "met", "all"
    STATES: ClassVar[dict[str, str]] = {"": "Not met yet", LATE: "Overdue", MET: "Met", EVERY: "All"}

    step = models.ForeignKey(StepTaken, models.PROTECT, related_name="conditions")
    action = models.OneToOneField(Action, models.PROTECT, related_name="+")

    objects = ConditionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.action.text


class TurnQuerySet(models.QuerySet["Turn"]):
    def with_requests(self) -> Self:
        """With what a work list shows of each, those that fall due first."""
        return (
            self.select_related("request__partnership", "request__policy_version")
            .defer("request__policy_version__text", "request__policy_version__canonical")
            .order_by(F("due_on").asc(nulls_last=True), "since", "pk")
        )

    def for_work_list(self) -> Self:
        """With what the gate asks and a line shows, and no more: an entry has eighty columns, and a list thousands."""
        request = ("reference", "route", "round", "status", "about", "proposed_by", "partnership", "policy_version")
        entry = ("reference", "name", "service", "lead_officer", "responsible_head", "portfolio_holder")
        version = ("code", "version", "title", "digest")
        return self.with_requests().only(
            *("request", "step", "act", "role", "since", "due_on"),
            *(f"request__{name}" for name in request),
            *(f"request__partnership__{name}" for name in entry),
            *(f"request__policy_version__{name}" for name in version),
        )


class Turn(models.Model):
    """An open step of a request on its way, worked out and kept so that work lists cost the same for any number."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="turns")
    step = models.CharField(max_length=60)
    act = models.CharField(max_length=12)
    role = models.CharField(max_length=30)
    since = models.DateField()
    due_on = models.DateField(null=True, blank=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "step", "role"], name="one_turn_a_role")]

    def __str__(self) -> str:
        return f"{self.request}: {self.step}"


class Interest(Remembered):
    """An interest that a person declared in a request: they take no part, unless a dispensation was given."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="interests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=120)
    what = models.TextField()
    declared_on = models.DateField()
    dispensation = models.TextField(blank=True)
    dispensation_by = models.CharField(max_length=120, blank=True)

    history = records()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person"],
                name="one_interest_a_person",
                violation_error_message="This person has declared an interest already. Change what it says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_name}: {self.what}"

    @property
    def in_words(self) -> str:
        """Who declared what on which day, and the dispensation."""
        dispensation = f". Dispensation: {self.dispensation} (recorded by {self.dispensation_by})"
        said = f"{self.person_name}, {words.day(self.declared_on)}: {self.what}"
        return said + (dispensation if self.dispensation else "")


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def on(self, day: date) -> Self:
        """Those who may act for somebody on that day, both ends included."""
        return self.filter(from_on__lte=day, to_on__gte=day).select_related("person", "deputy")


class Deputy(Remembered):
    """A person who may take another's steps between two days."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    from_on = models.DateField()
    to_on = models.DateField()

    history = records()
    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deputies"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="deputy_ends_after_start",
                violation_error_message="The last day must not be before the first",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("deputy")),
                name="nobody_deputises_for_themselves",
                violation_error_message="Choose somebody else as deputy",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.person}"
