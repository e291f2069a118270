"""When each report was last made as a file, and by whom: so that a list can say whether the year's one is there."""

from datetime import datetime

from django.db import models
from django.utils import timezone


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
