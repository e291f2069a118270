"""What belongs to a partnership: partners, people, priorities, money, benefits, risks."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from config import words
from policy.matrix import OffTheMatrix, place_by_ids
from policy.model import Matrix, Policy
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models.history import Remembered, records
from register.models.lists import Organisation, Priority
from register.models.partnership import Partnership


class Part(Remembered):
    """A row of a partnership."""

    class Meta:
        abstract = True


class Membership(Part):
    """An organisation in a partnership (BRK-B02, B36)."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    is_lead = models.BooleanField(default=False)
    standing = models.CharField(max_length=60, blank=True, help_text="Full, Associate, Observer ...")
    represented_by = models.CharField(max_length=200, blank=True)
    withdrawals = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text="How often the address of its page was withdrawn; those before open nothing",
    )

    history = records()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "organisation"],
                name="one_membership_an_organisation",
                violation_error_message="This organisation is already a partner",
            ),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(is_lead=True),
                name="one_lead_partner",
                violation_error_message="Only one organisation leads. Take the mark from the other first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} (leads)" if self.is_lead else str(self.organisation)

    def withdraw_addresses(self, *, by: User, reason: str) -> None:
        """Let every address of its page that was given so far open nothing from now on (RED-E40, RED-I08)."""
        self.withdrawals += 1
        self.keep(by=by, reason=reason)


class Representative(Part):
    """A place for the council and who sits in it: a member or an officer (BRK-B08, B09, B32, B33; BRK-I10).

    A vacant place has no name. Who sat in it before stands in its history. `rule` is the id of the policy's rule of
    appointment by which the place is filled; "" where nobody has said which.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="representatives")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=60, blank=True)
    agreed_roles = models.JSONField(default=list, blank=True)
    role_note = models.TextField(blank=True)
    capacity = models.CharField(max_length=60, blank=True)
    is_substitute = models.BooleanField(default=False)
    appointed_by = models.CharField(max_length=120, blank=True)
    term = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    vacant_since = models.DateField(null=True, blank=True)
    is_vacant = models.BooleanField(default=False)
    rule = models.CharField(max_length=60, blank=True, editable=False)
    minute = models.CharField(max_length=60, blank=True, editable=False)
    consented_on = models.DateField(null=True, blank=True, editable=False)
    codes_on = models.DateField(null=True, blank=True, editable=False, help_text="When the codes were acknowledged")
    interests = models.TextField(blank=True, editable=False, help_text="Conflicts of interest that were declared")
    reviewed_on = models.DateField(null=True, blank=True, editable=False)

    history = records()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_vacant=True) | ~Q(name=""),
                name="a_name_or_a_vacancy",
                violation_error_message="Enter the representative's name, or mark the place as vacant",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="representative_ends_after_start",
                violation_error_message="The end of the term must be after its start",
            ),
        ]

    def __str__(self) -> str:
        return "Vacant" if self.is_vacant else self.name


class PriorityLink(Part):
    """A priority or critical outcome that the partnership helps (BRK-B10, B11)."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="priority_links")
    priority = models.ForeignKey(Priority, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    history = records()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "priority"],
                name="one_link_a_priority",
                violation_error_message="This priority is already linked",
            ),
        ]

    def __str__(self) -> str:
        return str(self.priority)


def financial_year(day: date) -> int:
    """The year in which the financial year of `day` begins: 2026 for 2026 to 2027."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


class Contribution(Part):
    """What the council puts in during one financial year, in £ (BRK-B13, B28, B29)."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="contributions")
    year = models.PositiveSmallIntegerField(help_text="Year in which the financial year begins")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    is_in_kind = models.BooleanField(default=False)
    head = models.CharField(
        max_length=60, blank=True, help_text="What it is for: a value of the pack's contribution heads"
    )
    is_outside_budget = models.BooleanField(default=False)
    budget_status = models.CharField(max_length=60, blank=True)
    payment_kind = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)

    history = records()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="contribution_not_below_nought",
                violation_error_message="Enter the amount in pounds as 0 or more",
            ),
        ]

    def __str__(self) -> str:
        return f"{words.financial_year(self.year)}: {words.money(self.amount)}"


class FundingSource(Part):
    """Where a partnership's money comes from besides the council."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="funding_sources")
    source = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    history = records()

    def __str__(self) -> str:
        return self.source


class Benefit(Part):
    """A benefit, hard with a figure or soft (BRK-A18 to A20, B21)."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="benefits")
    kind = models.CharField(max_length=60, blank=True)
    named_benefit = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    figure = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=60, blank=True)

    history = records()

    def __str__(self) -> str:
        return self.description or self.named_benefit


class Side(models.TextChoices):
    """What a row of the risk register is about (CORE-09, HAR-B08, HAR-B09)."""

    RISK = "risk", "Risk"
    OPPORTUNITY = "opportunity", "Opportunity"


class View(models.TextChoices):
    """Whose objectives a risk touches (RED-F40, RED-F41)."""

    COUNCIL = "council", "The council’s"
    PARTNERSHIP = "partnership", "The partnership’s"


class RiskQuerySet(models.QuerySet["Risk"]):
    def still_open(self) -> Self:
        """Risks and opportunities that nobody has closed."""
        return self.filter(closed_on=None)

    def placed_on(self, matrix: Matrix) -> Self:
        """Open risks on this very scale: those whose highest level an entry is listed by."""
        return self.still_open().filter(side=Side.RISK, scale=matrix.scale)

    def highest_first(self) -> Self:
        """The highest score first; those without a score last."""
        return self.order_by(models.F("score").desc(nulls_last=True), "pk")


class Risk(Part):
    """A risk or opportunity: ticked from the pack's list with a note (BRK-A21, H11 to H19), or placed on its matrix.

    `likelihood` and `impact` are ids of the matrix's points under `policy_version`, and `level` and `score` what
    they came to; `rating` keeps both in words, so that the row reads the same under every later policy. Where the
    policy has no matrix a person judges the level. No level is ever converted to another scale.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="risks")
    side = models.CharField(max_length=20, choices=Side.choices, default=Side.RISK)
    view = models.CharField(max_length=20, choices=View.choices, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    likelihood = models.CharField(max_length=60, blank=True)
    impact = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=60, blank=True)
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    rating = models.CharField(max_length=200, blank=True)
    scale = models.CharField(max_length=64, blank=True, help_text="The name of the very matrix it was placed on")
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    owner_name = models.CharField(max_length=120, blank=True)
    control = models.TextField(blank=True)
    trigger = models.TextField(blank=True)
    contingency_plan = models.TextField(blank=True)
    transferred_to = models.CharField(max_length=200, blank=True)
    review_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True, help_text="What came of it")

    history = records()

    objects = RiskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood="", impact="") | (~Q(likelihood="") & ~Q(impact="")),
                name="likelihood_and_impact_together",
                violation_error_message="Select both the likelihood and the impact, or leave both empty",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | ~Q(outcome=""),
                name="closed_risk_says_what_came_of_it",
                violation_error_message="Say what came of it",
            ),
        ]

    def __str__(self) -> str:
        return self.note or self.kind

    @property
    def noun(self) -> str:
        """The row in a sentence: "risk" or "opportunity"."""
        return Side(self.side).label.lower()

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    def matrix_of(self, policy: Policy | None) -> Matrix | None:
        """The matrix on which a policy places a row of this side."""
        return policy.matrix_for("opportunities" if self.side == Side.OPPORTUNITY else "risks") if policy else None

    @property
    def matrix(self) -> Matrix | None:
        """The matrix on which it was placed; `None` where it was not."""
        return self.matrix_of(self.policy_version.policy) if self.policy_version else None

    def is_on(self, matrix: Matrix | None) -> bool:
        """Whether it was placed on this very scale: one that a later version kept as it was counts as the same."""
        return self.scale == (matrix.scale if matrix else "")

    def rate(self, version: PolicyVersion | None) -> None:
        """Place it on the matrix of a policy version and keep what that comes to. Raises Refused.

        Without a matrix, or a likelihood and impact, there is no score; a judged level stays without a matrix only.
        """
        matrix = self.matrix_of(version.policy) if version else None
        if matrix is None:
            return
        self.level, self.score, self.rating, self.scale, self.policy_version = "", None, "", "", None
        if not self.likelihood or not self.impact:
            return
        try:
            found = place_by_ids(matrix, self.likelihood, self.impact)
        except OffTheMatrix as wrong:
            raise Refused(f"Choose the likelihood and the impact on the scale “{matrix.title}”") from wrong
        likelihood = next(point.label for point in matrix.likelihood if point.id == self.likelihood)
        impact = next(point.label for point in matrix.impact if point.id == self.impact)
        words_of = f"{likelihood} by {impact}, {words.number(found.score)}"
        self.level, self.score, self.scale, self.policy_version = found.level, found.score, matrix.scale, version
        self.rating = words_of[: self._meta.get_field("rating").max_length]  # type: ignore[union-attr]

    def needs_contingency_plan(self, matrix: Matrix | None) -> bool:
        """Whether its impact asks for a contingency plan and there is none (FIG-17, RED-F52)."""
        return self.asks_for_contingency_plan(matrix) and not self.contingency_plan.strip()

    def asks_for_contingency_plan(self, matrix: Matrix | None) -> bool:
        """Whether its impact asks for a contingency plan, be there one or not (FIG-17, RED-F52)."""
        if matrix is None or not self.is_open or self.side != Side.RISK or not self.score or not self.is_on(matrix):
            return False
        return place_by_ids(matrix, self.likelihood, self.impact, has_plan=False).needs_contingency_plan

    def close(self, *, on: date, outcome: str, by: User) -> None:
        """Close it with what came of it. Raises Refused."""
        if not self.is_open:
            raise Refused(f"This {self.noun} is closed already. Reopen it first if it is back")
        self.closed_on, self.outcome = on, outcome
        self.keep(by=by, reason=outcome)

    def reopen(self, *, by: User, reason: str) -> None:
        """Open it again; the history keeps what had come of it. Raises Refused."""
        if self.is_open:
            raise Refused(f"This {self.noun} is open already")
        self.closed_on, self.outcome = None, ""
        self.keep(by=by, reason=reason)
