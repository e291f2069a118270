"""What a register manager does about steps that wait: reminders with a word, and steps given to another person."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models

from approvals.models.requests import Request
from register.models.history import Remembered, records

AN_HOUR = timedelta(hours=1)  # between two reminders of one step


class Chaser(models.Model):
    """A reminder that somebody sent by hand: of which step, to whom, with which word. A log; it never changes."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="chasers")
    step = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    word = models.TextField(blank=True)
    people = models.TextField(help_text="The names of those who were reminded")

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.request.reference}, {self.step}: {self.people}"


class GivenQuerySet(models.QuerySet["Given"]):
    def in_round(self, request: Request) -> Self:
        """The steps of a request that were given to somebody since it was last sent."""
        return self.filter(request=request, round=request.round)


class Given(Remembered):
    """A step that a register manager gave to another holder of its role: it is theirs alone until it is taken."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="given")
    round = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=120)
    reason = models.TextField()
    by_name = models.CharField(max_length=120)
    on = models.DateField()

    history = records()
    objects = GivenQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "given"
        constraints = [models.UniqueConstraint(fields=["request", "round", "step"], name="one_person_a_given_step")]

    def __str__(self) -> str:
        return f"{self.request.reference}, {self.step}: {self.person_name}"
