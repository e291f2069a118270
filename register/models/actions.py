"""What is to be done for a partnership, by whom and by when; and what was said on the way."""

from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from config import words
from policy.refused import Refused
from register.models.documents import Document
from register.models.history import records
from register.models.partnership import Partnership
from register.models.parts import Part


class Origin(models.TextChoices):
    """From where an action comes; the apps above say which form, decision or concern it was (CORE-12)."""

    HAND = "hand", "Entered by hand"
    FORM = "form", "A review or another form"
    DECISION = "decision", "A condition of a decision"
    CONCERN = "concern", "A concern"
    LEAVING = "leaving", "Leaving"


class ActionQuerySet(models.QuerySet["Action"]):
    def still_open(self) -> Self:
        """Actions that nobody has closed."""
        return self.filter(done_on=None)

    def late(self, today: date) -> Self:
        """Open actions whose day has passed."""
        return self.still_open().filter(due_on__lt=today)

    def of(self, user: User) -> Self:
        """A person's own: those that they own, and those of nobody on entries that they lead."""
        return self.filter(Q(owner=user) | Q(owner=None, owner_name="", partnership__lead_officer=user))

    def workable_by(self, user: User) -> Self:
        """Actions on which this person may work: their own, and all of the entries that they may change."""
        theirs = Partnership.objects.editable_by(user).values("pk") if user.has_perm("register.change") else []
        return self.filter(Q(owner=user) | Q(partnership__in=theirs))

    def for_list(self) -> Self:
        """With all that a list shows, those that fall due first in front, those without a day last."""
        return self.select_related("partnership", "owner").order_by(
            F("done_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk"
        )


class Action(Part):
    """Something to do, with an owner and a day (BRK-B20, CORE-12). It closes with a word, never without.

    `needs_evidence`: it is closed only with what shows that it was done, as a condition of a decision is (MEL-D79).
    `postponed` counts how often its day was put off.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="actions")
    text = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    owner_name = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    evidence = models.TextField(blank=True, help_text="What shows that it was done, such as a minute or an address")
    evidence_document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    evidence_on = models.DateField(null=True, blank=True)
    needs_evidence = models.BooleanField(default=False)
    postponed = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=120, blank=True, help_text="Where it comes from, such as a question")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HAND)

    history = records()
    objects = ActionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.done_on is None

    @property
    def whose(self) -> str:
        """Who does it, in words: an account, a name without one, or nobody yet."""
        return str(self.owner) if self.owner else self.owner_name or "Nobody yet"

    def is_late(self, today: date) -> bool:
        """Whether it is open after its day."""
        return self.is_open and self.due_on is not None and self.due_on < today

    def why_not_work(self) -> str:
        """Say why nobody can add to it, put it off, hand it over or close it now, or ""."""
        return "" if self.is_open else "This action is closed. Reopen it first if it is not done after all"

    def why_not_reopen(self) -> str:
        """Say why it cannot be opened again, or ""."""
        return "This action is open already" if self.is_open else ""

    def note(self, text: str, *, by: User, at: datetime) -> None:
        """Say how it goes. Raises Refused once it is closed."""
        self._refuse(self.why_not_work())
        self._remark(ActionNote.Kind.NOTE, text, by=by, at=at)

    def close(
        self,
        *,
        outcome: str,
        by: User,
        at: datetime,
        on: date,
        evidence: str = "",
        document: Document | None = None,
        evidence_on: date | None = None,
    ) -> None:
        """Close it with what was done, and what shows it. Raises Refused.

        A condition of a decision is closed with evidence only: words such as a minute, or a document of the entry.
        """
        self._refuse(self.why_not_work())
        if not outcome.strip():
            raise Refused("Say what was done. Nothing is closed without a word")
        if self.needs_evidence and not evidence.strip() and document is None:
            raise Refused(
                "A decision depends on this. Say what shows that it was done, or choose a document of the entry"
            )
        self.done_on, self.outcome = on, outcome
        self.evidence, self.evidence_document, self.evidence_on = evidence, document, evidence_on
        self.keep(by=by, reason=outcome)
        shown = "; ".join(filter(None, (evidence, str(document or ""))))
        self._remark(ActionNote.Kind.CLOSED, f"{outcome}\n\nEvidence: {shown}" if shown else outcome, by=by, at=at)

    def reopen(self, *, why: str, by: User, at: datetime) -> None:
        """Open it again; what was said when it was closed stays in its notes. Raises Refused."""
        self._refuse(self.why_not_reopen())
        self.done_on, self.outcome = None, ""
        self.evidence, self.evidence_document, self.evidence_on = "", None, None
        self.keep(by=by, reason=why)
        self._remark(ActionNote.Kind.REOPENED, why, by=by, at=at)

    def postpone(self, to: date, *, why: str, by: User, at: datetime) -> None:
        """Put its day off, with a reason. Raises Refused."""
        self._refuse(self.why_not_work())
        if self.due_on and to <= self.due_on:
            raise Refused(f"It is due on {words.day(self.due_on)} now. Enter a later day")
        before = words.day(self.due_on) if self.due_on else "no day"
        self.due_on, self.postponed = to, self.postponed + 1
        self.keep(by=by, reason=why)
        self._remark(ActionNote.Kind.POSTPONED, f"From {before} to {words.day(to)}: {why}", by=by, at=at)

    def hand_to(self, owner: User, *, why: str, by: User, at: datetime) -> None:
        """Give it to another owner. Raises Refused for the one who has it already."""
        self._refuse(self.why_not_work())
        if owner.pk == self.owner_id:
            raise Refused(f"{owner} owns this action already. Choose somebody else")
        before = self.whose if self.owner_id or self.owner_name else "nobody"
        self.owner, self.owner_name = owner, str(owner)
        self.keep(by=by, reason=why)
        self._remark(ActionNote.Kind.HANDED_OVER, f"From {before} to {owner}{f': {why}' if why else ''}", by=by, at=at)

    def _refuse(self, problem: str) -> None:
        if problem:
            raise Refused(problem)

    def _remark(self, kind: "ActionNote.Kind", text: str, *, by: User, at: datetime) -> None:
        ActionNote.objects.create(action=self, kind=kind, text=text, said_by=by, said_by_name=str(by), said_at=at)


class ActionNote(models.Model):
    """A remark on an action: how it goes, and each closing, reopening, putting off, handing over. It stays."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Reopened"
        POSTPONED = "postponed", "Put off"
        HANDED_OVER = "handed", "Handed over"

    action = models.ForeignKey(Action, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NOTE)
    text = models.TextField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_by_name = models.CharField(max_length=120)
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new note; one that is kept stays as it is. Raises Refused."""
        if self.pk is not None:
            raise Refused("A note stays as it was said. Add another one")
        super().save(*args, **kwargs)
