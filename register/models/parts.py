"""What belongs to a partnership: partners, people, priorities, money, benefits, risks, actions."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from config import words
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


class Representative(Part):
    """A member or officer who attends for the council (BRK-B08, B09, B32, B33); a vacancy has no name."""

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


class Risk(Part):
    """A risk of the partnership, ticked from the pack's list, with a note (BRK-A21, H11 to H19)."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="risks")
    kind = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    level = models.CharField(max_length=60, blank=True)

    history = records()

    def __str__(self) -> str:
        return self.note or self.kind


class Action(Part):
    """Something to do, with an owner and a day (BRK-B20, CORE-12)."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="actions")
    text = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    owner_name = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    source = models.CharField(max_length=120, blank=True, help_text="Where it comes from, such as a question")

    history = records()

    def __str__(self) -> str:
        return self.text
