"""When each report was last made as a file, and the reports that went up: each kept whole as it was made."""

import hashlib
from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from approvals.models import Request
from policy.refused import Refused


class Making(models.Model):
    """The last time that a report of a period was made as a file. Pages are read, not made, and leave nothing."""

    report = models.CharField(max_length=60, help_text="What makes it, as addresses name it")
    period = models.CharField(max_length=40, blank=True, help_text="As addresses write it; empty where there is none")
    form = models.CharField(max_length=10, help_text="pdf, xlsx, csv or html")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "period"], name="one_last_making_a_period")]

    def __str__(self) -> str:
        return f"{self.report} {self.period}, {self.made_at:%Y-%m-%d}"

    @classmethod
    def note(cls, report: str, period: str = "", *, form: str, by: str, at: datetime | None = None) -> None:
        """Keep that a file was made, in place of the time before."""
        said = {"form": form, "made_at": at or timezone.now(), "made_by": by[:120]}
        cls.objects.update_or_create(report=report, period=period, defaults=said)

    @classmethod
    def last(cls) -> dict[str, "Making"]:
        """The last making of each report, whatever its period. One query."""
        return {each.report: each for each in cls.objects.order_by("made_at", "pk")}

    @classmethod
    def by_period(cls, report: str) -> dict[str, "Making"]:
        """The last making of each period of one report. One query."""
        return {each.period: each for each in cls.objects.filter(report=report)}


def digest_of(page: str) -> str:
    """The digest by which a page is known again."""
    return hashlib.sha256(page.encode()).hexdigest()


class SentReport(models.Model):
    """A report as it was made to go up with a request: its page, its digest and what its cover says. It never changes.

    `report` and `period` are as addresses write them, `asked` is the report of the policy that it answers. `rows` are
    what the paper of the request says of it. A report that came back is made again: the newest of a request counts.
    """

    request = models.ForeignKey(Request, models.PROTECT, related_name="+")
    report = models.CharField(max_length=60)
    period = models.CharField(max_length=40)
    asked = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    page = models.TextField()
    digest = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_by_name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new one; one that is kept stays as it is. Raises Refused."""
        if self.pk is not None:
            _never()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """A report that went up is kept for good. Raises Refused."""
        _never()

    @property
    def entries(self) -> int:
        """How many partnerships have a page of their own in it."""
        return self.page.count('class="app-report__entry')

    @property
    def pdf_name(self) -> str:
        """What the file is called: after the request with which it went up."""
        return f"{self.request.reference}-report-{self.pk}.pdf"

    @property
    def is_whole(self) -> bool:
        """Whether the page is what its digest was taken of."""
        return self.digest == digest_of(self.page)


def _never() -> NoReturn:
    raise Refused("A report that went up stays as it was. Make it again and send that")
