"""The entry of one partnership, and its life."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Lower
from django.utils import timezone

from accounts.models import ServiceArea, User
from accounts.permissions import Role
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models.history import Remembered, historical, records
from register.models.lists import Organisation, normalised


class Status(models.TextChoices):
    """Where a partnership stands in its life (requirements section 3; BRK-B37)."""

    PROPOSED = "proposed", "Proposed"
    ACTIVE = "active", "Active"
    LEAVING = "leaving", "Leaving"
    LEFT = "left", "Left"
    NOT_JOINED = "not_joined", "Not joined"
    CONTACT_ONLY = "contact_only", "Contact only"
    REFERRED = "referred", "Referred"
    NOT_A_PARTNERSHIP = "not_a_partnership", "Not a partnership"
    OTHER_ARRANGEMENT = "other_arrangement", "Other arrangement"
    OUTSIDE_BODY = "outside_body", "Outside body"


class Precision(models.TextChoices):
    """How exactly a day is known: the old register often gives a month or a year only."""

    DAY = "day", "Day"
    MONTH = "month", "Month"
    YEAR = "year", "Year"


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def active(self) -> Self:
        """Partnerships the council takes part in today, leaving ones included."""
        return self.filter(status__in=[Status.ACTIVE, Status.LEAVING])

    def editable_by(self, user: User) -> Self:
        """Entries that this person may change: a lead officer's own, a register manager's all."""
        if Role.REGISTER_MANAGER in user.roles:
            return self.all()
        if Role.LEAD_OFFICER in user.roles:
            return self.filter(Q(lead_officer=user) | Q(representatives__user=user)).distinct()
        return self.none()

    def commitments(self) -> dict[str, Any]:
        """What active partnerships take in money a year and hours a month, and for how many each is known (HAR-C06)."""
        return self.active().aggregate(
            entries=models.Count("pk"),
            pounds=models.Sum("contribution_a_year", default=Decimal(0)),
            pounds_known=models.Count("contribution_a_year"),
            hours=models.Sum("hours_a_month", default=Decimal(0)),
            hours_known=models.Count("hours_a_month"),
        )

    def historical(self, at: datetime) -> models.QuerySet:
        """Entries as they stood at that moment (CORE-19); say `id` for the entry, never `pk`."""
        return historical(self.model, at)

    def search(self, words: str) -> Self:
        """Entries whose name, reference, partners or people hold every word."""
        found = self
        for word in normalised(words).split():
            found = found.filter(search_text__contains=word)
        return found


class Partnership(Remembered):
    """A register entry. Facts the register shows or filters on are its own fields.

    Lists' values are ids of the policy pack's lists. Money is £ a year, time officer hours a month.
    `None` and "" mean not known. Fields only one policy asks for stand in `local_values` by field id.
    """

    MOVES = {  # Every move there is. Source: requirements README section 3, "Life cycle proposed for all".
        Status.PROPOSED: {
            Status.ACTIVE,
            Status.NOT_JOINED,
            Status.CONTACT_ONLY,
            Status.REFERRED,
            Status.NOT_A_PARTNERSHIP,
            Status.OTHER_ARRANGEMENT,
            Status.OUTSIDE_BODY,
        },
        Status.ACTIVE: {
            Status.LEAVING,
            Status.CONTACT_ONLY,  # after an evaluation (MEL-D83, MEL-A25)
            Status.NOT_A_PARTNERSHIP,
            Status.OTHER_ARRANGEMENT,
            Status.OUTSIDE_BODY,
        },
        Status.LEAVING: {Status.LEFT, Status.ACTIVE},
        Status.LEFT: {Status.PROPOSED},
        Status.NOT_JOINED: {Status.PROPOSED},
        Status.CONTACT_ONLY: {Status.PROPOSED},
        Status.REFERRED: {Status.PROPOSED},
        Status.NOT_A_PARTNERSHIP: {Status.PROPOSED},
        Status.OTHER_ARRANGEMENT: {Status.PROPOSED},
        Status.OUTSIDE_BODY: {Status.PROPOSED},
    }

    reference = models.CharField(max_length=20, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PROPOSED, editable=False)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+", editable=False)
    search_text = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    own_reference = models.CharField(
        max_length=60, blank=True, help_text="The council's own reference, as in the old register"
    )

    # What it is (BRK-B01 to B07, B36)
    name = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    nature = models.CharField(max_length=60, blank=True)
    partnership_type = models.CharField(max_length=60, blank=True)
    is_statutory = models.BooleanField(null=True, blank=True)
    statutory_note = models.TextField(blank=True)
    has_statutory_duty = models.BooleanField(null=True, blank=True)
    legal_status = models.CharField(max_length=60, blank=True)
    meeting_frequency = models.CharField(max_length=60, blank=True)
    meeting_note = models.CharField(max_length=200, blank=True)
    meetings_a_year = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    theme = models.CharField(max_length=120, blank=True)
    area = models.CharField(max_length=120, blank=True)
    client_groups = models.JSONField(default=list, blank=True)
    service = models.ForeignKey(ServiceArea, models.PROTECT, null=True, blank=True, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="sub_groups")
    starts_on = models.DateField(null=True, blank=True)
    starts_on_precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)
    ends_on = models.DateField(null=True, blank=True)
    ends_on_precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)

    # Who answers for it (BRK-B23, B24). A name without an account comes from an old register.
    lead_officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lead_officer_name = models.CharField(max_length=120, blank=True)
    responsible_head = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    responsible_head_name = models.CharField(max_length=120, blank=True)
    portfolio_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    portfolio_holder_name = models.CharField(max_length=120, blank=True)

    # Money and time (BRK-B12, B13, B28, B29). The yearly figures come from the `contributions` of the latest
    # financial year.
    contribution_a_year = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True, editable=False)
    unbudgeted_a_year = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True, editable=False)
    contribution_note = models.TextField(blank=True)
    hours_a_month = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    hours_note = models.TextField(blank=True)
    budget_status = models.CharField(max_length=60, blank=True)
    budget_source = models.CharField(max_length=200, blank=True)
    payment_kind = models.CharField(max_length=60, blank=True)
    cost_centre = models.CharField(max_length=60, blank=True)

    # Part, value, leaving, information (BRK-B14, B16, B17, B19, B20)
    council_role = models.CharField(max_length=60, blank=True)
    council_role_note = models.TextField(blank=True)
    value_resources = models.TextField(blank=True)
    value_influence = models.TextField(blank=True)
    value_reputation = models.TextField(blank=True)
    exit_impact = models.TextField(blank=True)
    exit_impact_level = models.CharField(max_length=60, blank=True)
    information_sharing = models.TextField(blank=True)
    comments = models.TextField(blank=True)

    # Governance and performance (BRK-B22, B25 to B27, B30, B31, B35)
    governance_form = models.CharField(max_length=60, blank=True)
    governance_note = models.TextField(blank=True)
    audit_compliant = models.BooleanField(null=True, blank=True)
    audit_note = models.TextField(blank=True)
    reporting_frequency = models.CharField(max_length=60, blank=True)
    reporting_person = models.CharField(max_length=120, blank=True)
    reporting_to = models.CharField(max_length=60, blank=True)
    performance_arrangements = models.JSONField(default=list, blank=True)
    performance_note = models.TextField(blank=True)
    data_assurance = models.CharField(max_length=60, blank=True)
    data_caveat = models.TextField(blank=True)

    # Levels, set from above (BRK-B15, B18) and by an import; "" is not set. Dates of review (BRK-B34).
    risk_level = models.CharField(max_length=60, blank=True, editable=False)
    value_level = models.CharField(max_length=60, blank=True, editable=False)
    levels_source = models.CharField(max_length=20, blank=True, editable=False, help_text="assessment or import")
    is_significant = models.BooleanField(null=True, blank=True, editable=False)
    significance_reason = models.TextField(blank=True, editable=False)
    last_review_on = models.DateField(null=True, blank=True)
    next_review_on = models.DateField(null=True, blank=True)

    screening = models.JSONField(default=dict, blank=True, editable=False, help_text="Answers to the definition tests")
    local_values = models.JSONField(
        default=dict, blank=True, help_text="Fields of the pack without a column, by field id"
    )

    history = records()
    objects = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="one_partnership_a_name",
                violation_error_message=(
                    "A partnership of this name is already on the register. Open it, or give this one another name"
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="partnership_ends_after_it_starts",
                violation_error_message="The end date must be after the start date",
            ),
            models.CheckConstraint(
                condition=Q(hours_a_month__isnull=True) | Q(hours_a_month__gte=0),
                name="hours_not_below_nought",
                violation_error_message="Enter the hours a month as 0 or more",
            ),
        ]
        indexes = [
            models.Index(Lower("name"), "id", name="partnership_by_name"),
            models.Index("status", "risk_level", name="partnership_by_risk"),
            models.Index("status", "next_review_on", name="partnership_by_review"),
            # All that the list counts and sums, so that its one grouped query reads the index alone.
            models.Index(
                fields=[
                    "status",
                    "risk_level",
                    "value_level",
                    "nature",
                    "is_statutory",
                    "contribution_a_year",
                    "hours_a_month",
                    "next_review_on",
                ],
                name="partnership_counts",
            ),
            models.Index(fields=["lead_officer", "lead_officer_name"], name="partnership_leads"),
        ]

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """An entry is kept for good, with its history; only an import that is undone takes back what it made."""
        raise Refused(f"{self} stays on record. Move it on instead: not joined, left or referred")

    # --- Verbs --------------------------------------------------------------------------------

    @classmethod
    def next_reference(cls) -> str:
        """The next free reference, as people say it: "P-0025". Asked inside the transaction that uses it."""
        return cls.next_references(1)[0]

    @classmethod
    def next_references(cls, number: int) -> list[str]:
        """The next free references in a row. One that was ever used, a deleted entry's too, is not given again."""
        used = cls.history.model.objects.filter(reference__startswith="P-")
        # The longest first: as text "P-9999" would stand above "P-10000".
        last = used.order_by(Length("reference").desc(), "-reference").values_list("reference", flat=True).first()
        first = int(last.removeprefix("P-")) + 1 if last else 1
        return [f"P-{each:04d}" for each in range(first, first + number)]

    @classmethod
    def propose(
        cls, *, by: User, policy_version: PolicyVersion | None, reason: str = "", **facts: Any
    ) -> "Partnership":
        """Put a proposed partnership on the register (BRK-F01)."""
        partnership = cls(reference=cls.next_reference(), policy_version=policy_version, **facts)
        partnership.search_text = partnership._search_text()
        partnership.keep(by=by, reason=reason or "Proposed")
        return partnership

    def change(self, values: Mapping[str, Any], *, by: User, reason: str = "") -> None:
        """Set facts of the entry and keep the version. One door for pages, imports and commands.

        `values` are fields of this model (without status, levels and money, which have verbs of their own).
        """
        for name, value in values.items():
            setattr(self, name, value)
        self._keep_next_version(by=by, reason=reason)

    def set_levels(
        self, *, risk: str | None = None, value: str | None = None, source: str, by: User, reason: str = ""
    ) -> None:
        """Set the overall levels, from an assessment or an import; `None` leaves a level as it is."""
        if risk is not None:
            self.risk_level = risk
        if value is not None:
            self.value_level = value
        self.levels_source = source
        self._keep_next_version(by=by, reason=reason)

    def take_figures_from_contributions(self, *, by: User, reason: str = "") -> None:
        """Work out the yearly figures from the rows of the latest financial year (BRK-I03: cash a year)."""
        figures = self.yearly_figures(self.contributions.all())
        self.contribution_a_year = figures["contribution_a_year"]
        self.unbudgeted_a_year = figures["unbudgeted_a_year"]
        self._keep_next_version(by=by, reason=reason)

    @staticmethod
    def yearly_figures(contributions: Iterable[Any]) -> dict[str, Decimal | None]:
        """The yearly figures that rows of contributions give, in £: the cash of the latest financial year."""
        rows = list(contributions)
        latest = max((row.year for row in rows), default=None)
        cash = [row for row in rows if row.year == latest and not row.is_in_kind]
        return {
            "contribution_a_year": sum((row.amount for row in cash), Decimal(0)) if cash else None,
            "unbudgeted_a_year": sum((row.amount for row in cash if row.is_outside_budget), Decimal(0))
            if cash
            else None,
        }

    def follow_rows(self, *, by: User, reason: str = "") -> None:
        """Take over what changed in the entry's rows: search words and version."""
        self._keep_next_version(by=by, reason=reason)

    def is_editable_by(self, user: User) -> bool:
        """Whether `editable_by` finds this entry for the person; asks the database for representatives only."""
        if Role.REGISTER_MANAGER in user.roles:
            return True
        if Role.LEAD_OFFICER not in user.roles:
            return False
        return self.lead_officer_id == user.pk or self.representatives.filter(user=user).exists()

    def why_not(self, move: Status, *, by: User) -> str:
        """Say why `by` cannot make this move now, or "" when they can."""
        if problem := self._why_no_such_move(move):
            return problem
        if Role.REGISTER_MANAGER not in by.roles:
            return "Only a register manager moves an entry in its life. Ask one of them"
        return ""

    def move(self, to: Status, *, by: User, reason: str) -> None:
        """Move the entry in its life. Raises Refused."""
        if problem := self.why_not(to, by=by):
            raise Refused(problem)
        self.status = to
        self._keep_next_version(by=by, reason=reason)

    def follow_decision(self, to: Status, *, by: User, reason: str) -> None:
        """Move the entry as a decision on it says; whether `by` may decide was asked before. Raises Refused."""
        if problem := self._why_no_such_move(to):
            raise Refused(problem)
        self.status = to
        self._keep_next_version(by=by, reason=reason)

    def _why_no_such_move(self, move: Status) -> str:
        if move in self.MOVES[Status(self.status)]:
            return ""
        return f"This entry is {self.get_status_display().lower()}, so it cannot become {Status(move).label.lower()}"

    def before_last_move(self) -> Status | None:
        """The status before the last move, which `undo_move` puts back; `None` for an entry that never moved."""
        rows = self.history.order_by("-history_date", "-history_id").values_list("status", flat=True)
        return next((Status(status) for status in rows.iterator() if status != self.status), None)

    def undo_move(self, *, by: User, reason: str) -> None:
        """Put back the status before the last move. Raises Refused."""
        before = self.before_last_move()
        if before is None:
            raise Refused("This entry has not been moved, so there is nothing to undo")
        if Role.REGISTER_MANAGER not in by.roles:
            raise Refused("Only a register manager moves an entry in its life. Ask one of them")
        self.status = before
        self._keep_next_version(by=by, reason=reason)

    def _keep_next_version(self, *, by: User, reason: str) -> None:
        self.version += 1
        self.search_text = self._search_text()
        self.keep(by=by, reason=reason)

    def _search_text(self) -> str:
        if not self.pk:
            return self.search_text_with(organisations=(), people=())
        members = Organisation.objects.filter(memberships__partnership=self)
        people = self.representatives.all()
        return self.search_text_with(
            organisations=[organisation.name for organisation in members], people=[person.name for person in people]
        )

    def search_text_with(self, *, organisations: Iterable[str], people: Iterable[str]) -> str:
        """What the search column holds when these organisations and people belong to the entry."""
        words = [
            self.reference,
            self.reference.replace("-0", "-").replace("-0", "-").replace("-0", "-"),
            self.name,
            self.own_reference,
        ]
        words += [self.lead_officer_name, self.responsible_head_name, self.portfolio_holder_name]
        words += [str(person) for person in (self.lead_officer, self.responsible_head, self.portfolio_holder) if person]
        words += [*organisations, *people]
        return normalised(" ".join(word for word in words if word))
