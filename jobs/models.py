"""Long work that somebody asked for: how far it is, what came of it, and the file to fetch."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User

LOST_AFTER = timedelta(minutes=2)  # without a sign of life the worker is taken for dead
MOST_RUNS = 3
KEPT_FOR = timedelta(days=7)


class State(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "Waiting for its turn"
    RUNNING = "running", "Being made"
    DONE = "done", "Ready"
    FAILED = "failed", "Could not be made"
    CANCELLED = "cancelled", "Cancelled"


UNDER_WAY = (State.WAITING, State.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def of(self, user: User) -> Self:
        """What this person asked for, the latest first: nobody sees another's."""
        return self.filter(asked_by=user).order_by("-asked_at", "-pk")

    def under_way(self) -> Self:
        """What waits for its turn or is being made."""
        return self.filter(state__in=UNDER_WAY)

    def silent(self, now: datetime) -> Self:
        """What is under way and has given no sign of life for two minutes."""
        return self.under_way().filter(heartbeat_at__lt=now - LOST_AFTER)

    def run_out(self, now: datetime) -> Self:
        """What ended longer ago than files are kept."""
        return self.filter(finished_at__lt=now - KEPT_FOR)

    def held(self, job: "Job") -> Self:
        """The job as long as this very run of it goes on: nothing once it was cancelled or taken up by another."""
        return self.filter(pk=job.pk, state=State.RUNNING, runs=job.runs)


class Job(models.Model):
    """One piece of long work. `kind` is a key of `JOBS` in the settings, `arguments` what its function is given.

    `position` is what a run has reached, so that the next one goes on from there. Times are moments; `done` and
    `total` count what the stage names, such as partnerships; `total` 0 means that nobody knows yet.
    """

    kind = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    about = models.TextField(blank=True, help_text="What it covers, in words: the filter of a list")
    arguments = models.JSONField(default=dict, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    runs = models.PositiveSmallIntegerField(default=0)
    task = models.CharField(max_length=64, blank=True, help_text="Its place in the queue")
    heartbeat_at = models.DateTimeField(default=timezone.now)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=120, blank=True)
    position = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    file = models.FileField(upload_to="jobs", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    trouble = models.TextField(blank=True, help_text="Why it could not be made and what to do, in the reader’s words")

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=UNDER_WAY, finished_at=None)
                | (~Q(state__in=UNDER_WAY) & Q(finished_at__isnull=False)),
                name="a_job_that_ended_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at"], name="jobs_of_a_person"),
            models.Index(fields=["state", "heartbeat_at"], name="jobs_without_life"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to come."""
        return self.state in UNDER_WAY

    @property
    def is_ready(self) -> bool:
        """Whether its file can be fetched."""
        return self.state == State.DONE

    @property
    def kept_until(self) -> datetime | None:
        """The moment after which the file is taken away."""
        return self.finished_at + KEPT_FOR if self.finished_at else None

    @property
    def how_far(self) -> str:
        """How far it is, in words: "84 of 250 partnerships", or the stage alone."""
        if self.state == State.WAITING:
            return "Waiting for its turn"
        counted = f"{self.done:,} of {self.total:,}" if self.total else ""
        return ": ".join(filter(None, ("Being made", " ".join(filter(None, (counted, self.stage))))))

    def has_waited(self, now: datetime) -> bool:
        """Whether nobody has taken it up for so long that no worker seems to run."""
        return self.state == State.WAITING and self.asked_at < now - LOST_AFTER

    def ended(self, state: State, *, at: datetime, **facts: Any) -> bool:
        """Keep how this run ended; False when the job was cancelled or taken up by another meanwhile."""
        facts |= {"state": state, "finished_at": at, "heartbeat_at": at, "position": {}, "stage": ""}
        return bool(Job.objects.held(self).update(**facts))
