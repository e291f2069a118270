"""What the partners have agreed, heading by heading: a memorandum of understanding and its versions."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.models import User
from policy.model import Questionnaire
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership
from register.models.history import Remembered, records


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def for_partnership(self, partnership: Partnership) -> Self:
        """Every version of one entry's agreement, newest first, with what its page shows."""
        # The texts of a policy version (200 kB) stay in the database: the process holds it read.
        whole = ("policy_version__text", "policy_version__canonical")
        found = self.filter(partnership=partnership).select_related("policy_version", "partnership").defer(*whole)
        return found.prefetch_related("signatures").order_by("-number")

    def newest_for(self, partnership: Partnership) -> Self:
        """The version in force, else the draft of the first: what the overview shows, for one query."""
        return (
            self.filter(partnership=partnership, state__in=[Agreement.State.AGREED, Agreement.State.DRAFT])
            .select_related("policy_version")
            .defer("policy_version__text", "policy_version__canonical", "frozen", "texts")
            .order_by("state")[:1]  # "agreed" before "draft"
        )

    def in_force(self) -> Self:
        """The versions that hold today: one an entry."""
        return self.filter(state=Agreement.State.AGREED)


class Agreement(Remembered):
    """One version of an entry's agreement, over the headings of the policy's form.

    Source: RED-D10-01 to RED-D10-12, RED-G05, CORE-17.

    `texts` are the words under each heading by its id. A version that was agreed never changes: `frozen` is the
    whole of it as it was agreed, and `digest` its SHA-256.
    """

    class State(models.TextChoices):
        """A draft is being written; one version is in force until the next replaces it."""

        DRAFT = "draft", "Draft"
        AGREED = "agreed", "In force"
        REPLACED = "replaced", "Replaced"

    MOVES = {  # Every move there is.
        State.DRAFT: {State.AGREED},
        State.AGREED: {State.REPLACED},
        State.REPLACED: set(),
    }
    OPEN_ALREADY = "A draft of the next version is there already. Go on with it"

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    questionnaire = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    texts = models.JSONField(default=dict, blank=True)
    begun_by_name = models.CharField(max_length=120)
    begun_at = models.DateTimeField()
    agreed_on = models.DateField(null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_by_name = models.CharField(max_length=120, blank=True)
    review_on = models.DateField(null=True, blank=True)
    frozen = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)

    history = records()
    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "number"], name="one_agreement_a_number"),
            models.UniqueConstraint(fields=["partnership"], condition=Q(state="draft"), name="one_draft_agreement"),
            models.UniqueConstraint(fields=["partnership"], condition=Q(state="agreed"), name="one_agreement_in_force"),
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(agreed_on__isnull=False) & ~Q(digest="")),
                name="agreed_version_is_dated_and_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form.title}, version {self.number}"

    @property
    def form(self) -> Questionnaire:
        """The form whose sections are its headings, under the policy version it was written by."""
        return self.policy_version.policy.questionnaire(self.questionnaire)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_in_force(self) -> bool:
        return self.state == self.State.AGREED

    @property
    def headings(self) -> list[tuple[str, str, str]]:
        """Each heading: id, title, text. Those of an agreed version are the frozen ones."""
        if self.frozen:
            return [(each["id"], each["title"], each["text"]) for each in json.loads(self.frozen)["headings"]]
        return [(section.id, section.title, self.texts.get(section.id, "")) for section in self.form.sections]

    def without_words(self) -> list[str]:
        """The titles of headings under which nothing stands."""
        return [title for _, title, text in self.headings if not text.strip()]

    @property
    def is_as_agreed(self) -> bool:
        """Whether the frozen words are still those that were sealed."""
        return sha256(self.frozen.encode()).hexdigest() == self.digest

    def is_late(self, today: date) -> bool:
        """Whether it is in force and its review should have taken place."""
        return self.is_in_force and self.review_on is not None and self.review_on < today

    # --- Verbs --------------------------------------------------------------------------------

    @classmethod
    def begin(
        cls,
        partnership: Partnership,
        questionnaire: str,
        *,
        texts: Mapping[str, str],
        policy_version: PolicyVersion,
        by: User,
        at: datetime,
    ) -> "Agreement":
        """Open a draft of the next version with these texts. Raises Refused when one is open already."""
        earlier = cls.objects.filter(partnership=partnership)
        if earlier.filter(state=cls.State.DRAFT).exists():
            raise Refused(cls.OPEN_ALREADY)
        last = earlier.aggregate(last=models.Max("number"))["last"] or 0
        agreement = cls(
            partnership=partnership,
            policy_version=policy_version,
            questionnaire=questionnaire,
            number=last + 1,
            texts=dict(texts),
            begun_by_name=str(by),
            begun_at=at,
        )
        try:
            with transaction.atomic():
                agreement.keep(by=by, reason="Started")
        except IntegrityError:  # somebody else started one in the same moment
            raise Refused(cls.OPEN_ALREADY) from None
        return agreement

    def why_not(self, move: "Agreement.State") -> str:
        """Say why the version cannot become that now, or "" when it can."""
        if move not in self.MOVES[self.State(self.state)]:
            return f"Version {self.number} is {self.get_state_display().lower()}. Start the next version to change it"
        if move == self.State.AGREED and len(self.without_words()) == len(self.headings):
            return "Nothing is written yet. Write under at least one heading first"
        return ""

    @transaction.atomic
    def write(self, heading: str, text: str, *, opened: str, by: User) -> None:
        """Set the words under one heading; `opened` is what the writer saw there. Raises Refused.

        Words that somebody else put there meanwhile are never overwritten unseen.
        """
        self._refuse_unless_draft()
        if self.texts.get(heading, "") != opened:
            raise Refused(
                "Somebody else changed this heading while you wrote. Their words stand below yours: "
                "take over what you need, then save again"
            )
        if text != opened:
            self.texts = self.texts | {heading: text}
            self.keep(by=by)

    @transaction.atomic
    def agree(self, *, on: date, review_on: date, today: date, by: User) -> None:
        """Seal the draft as what the partners agreed. Raises Refused."""
        self._refuse_unless_draft()
        if on > today:
            raise Refused("That day is still to come. Enter the day on which it was agreed")
        if review_on <= on:
            raise Refused("The next review must be after the day on which it was agreed")
        if problem := self.why_not(self.State.AGREED):
            raise Refused(problem)
        self.agreed_on, self.review_on = on, review_on
        self.agreed_by, self.agreed_by_name = by, str(by)
        self.frozen = self._whole()
        self.digest = sha256(self.frozen.encode()).hexdigest()
        self.state = self.State.AGREED
        self.keep(by=by, reason=f"Agreed on {on:%-d %B %Y}")

    def replace(self, *, by: User, number: int) -> None:
        """Give way to the next version. Raises Refused."""
        if problem := self.why_not(self.State.REPLACED):
            raise Refused(problem)
        self.state = self.State.REPLACED
        self.keep(by=by, reason=f"Replaced by version {number}")

    @transaction.atomic
    def discard(self, *, by: User) -> None:
        """Take out a draft; its versions stay in the history. Raises Refused for one that was agreed."""
        self._refuse_unless_draft()
        self.take_out(by=by, reason="Draft taken out")

    def sign(self, *, organisation: str, name: str, position: str, on: date, today: date, by: User) -> "Signature":
        """Record who signed for which organisation, and when. Raises Refused."""
        if on > today:
            raise Refused("That day is still to come. Enter the day on which it was signed")
        if not self.is_in_force:
            raise Refused("Only the version in force is signed. Agree this version first")
        if self.agreed_on and on < self.agreed_on:
            raise Refused(f"It was agreed on {self.agreed_on:%-d %B %Y}. Enter that day or a later one")
        if self.signatures.filter(organisation__iexact=organisation).exists():
            raise Refused(f"Somebody has signed for {organisation} already")
        signature = Signature(agreement=self, organisation=organisation, name=name, position=position, signed_on=on)
        signature.keep(by=by, reason="Signed")
        return signature

    def _whole(self) -> str:
        parts: dict[str, Any] = {
            "title": self.form.title,
            "partnership": self.partnership.name,
            "reference": self.partnership.reference,
            "policy": str(self.policy_version),
            "version": self.number,
            "agreed_on": self.agreed_on.isoformat() if self.agreed_on else "",
            "review_on": self.review_on.isoformat() if self.review_on else "",
            # A heading without words is left out of what is agreed.
            "headings": [
                {"id": key, "title": title, "text": text} for key, title, text in self.headings if text.strip()
            ],
        }
        return json.dumps(parts, ensure_ascii=False, sort_keys=True)

    def _refuse_unless_draft(self) -> None:
        # Locked, so that two people saving at once follow one another; read anew, so that neither misses the other.
        there = type(self).objects.select_for_update().get(pk=self.pk)
        self.state, self.texts = there.state, there.texts
        if not self.is_draft:
            raise Refused(f"Version {self.number} was agreed and stays as it is. Start the next version to change it")


class Signature(Remembered):
    """Who signed an agreement for which organisation (RED-G05)."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures")
    organisation = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    position = models.CharField(max_length=200, blank=True)
    signed_on = models.DateField()

    history = records()

    class Meta:
        ordering = ["signed_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["agreement", "organisation"], name="one_signature_a_partner")]

    def __str__(self) -> str:
        return f"{self.name} for {self.organisation}"
