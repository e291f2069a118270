"""Policy versions as they were loaded: whole, and never changed."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self, on: date) -> "PolicyVersion | None":
        """The version in force on that day; `None` before a policy is switched on."""
        started = self.filter(in_force_from__lte=on)
        return (
            started.filter(Q(in_force_to__isnull=True) | Q(in_force_to__gte=on))
            .order_by("-in_force_from", "-pk")
            .first()
        )


class PolicyVersion(models.Model):
    """One version of a council's policy: its text, its canonical form and their digest."""

    code = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    text = models.TextField()
    canonical = models.JSONField()
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)
    in_force_from = models.DateField()
    in_force_to = models.DateField(null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_text_a_version")]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"
