"""What people keep about the list itself: saved views, and pairs that are not the same."""

from django.conf import settings
from django.db import models

from register.models.partnership import Partnership


class SavedView(models.Model):
    """Filters, columns and order of the register list under a name, for one person or for all."""

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    query = models.TextField(blank=True, help_text="The list's address after the question mark")
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="one_view_a_name",
                violation_error_message="You already have a view of this name. Choose another name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DuplicateVerdict(models.Model):
    """Two entries that look alike and are not the same; remembered so that nobody is asked twice."""

    one = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    other = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_verdict_a_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.one} is not {self.other}"
