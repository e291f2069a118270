"""How the register remembers: every save leaves a version that says who, when and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.dispatch import receiver
from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from accounts.versions import Versions
from policy.refused import Refused

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


class NamedVersion(models.Model):
    """What every version keeps besides the values.

    The name is kept as text, so that history reads the same when a person's account changes.
    """

    by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True


def records(**options: Any) -> HistoricalRecords:
    """History as the register keeps it: the person by reference and by name, the reason unlimited."""
    return HistoricalRecords(
        bases=[NamedVersion],
        history_change_reason_field=models.TextField(default="", blank=True),
        user_related_name="+",
        history_manager=Versions,
        **options,
    )


# The history package offers no other place to fill a field of its own version rows.
@receiver(pre_create_historical_record)
def _keep_the_name(sender: Any, history_instance: Any, history_user: Any = None, **kwargs: Any) -> None:
    if isinstance(history_instance, NamedVersion) and history_user is not None:
        history_instance.by_name = str(history_user)
    if (at := _told.get()) is not None:
        _tell(history_instance, at)


@contextmanager
def dated(at: datetime) -> Iterator[None]:
    """Let the versions that are kept inside bear a moment gone by: so a demonstration comes to have had a past.

    Nothing but the demonstration calls it (a test holds that), on a register that had no entry. It goes forward only:
    a version never comes before one that its record has, and none lies in time to come. Raises Refused.
    """
    if at > timezone.now():
        raise Refused("That moment is still to come. History tells what was")
    before = _told.set(at)
    try:
        yield
    finally:
        _told.reset(before)


def _tell(version: Any, at: datetime) -> None:
    versions = type(version).objects.filter(id=version.id, history_date__gt=at)
    if version.history_type != "+" and versions.exists():
        raise Refused(f"History of {version.history_object} goes on after that moment. Nothing is put before it")
    version.history_date = at


class Remembered(models.Model):
    """A record whose every change leaves a version; changed through `keep` alone."""

    class Meta:
        abstract = True

    def keep(self, *, by: Any, reason: str = "") -> None:
        """Save the record and its version: who changed it and why."""
        self._history_user = by
        self._change_reason = reason
        self.save()

    def take_out(self, *, by: Any, reason: str = "") -> None:
        """Delete the record; its versions stay, the last one says who took it out and why."""
        self._history_user = by
        self._change_reason = reason
        self.delete()


def historical(model: type[models.Model], at: datetime) -> models.QuerySet:
    """The version in force at that moment of every record of `model` that stood then.

    The history package's `as_of` gives a record twice when two of its versions share a moment; here the later
    row counts. Say `id` for the record in further filters: `pk` is the version's own.
    """
    versions = model.history.model.objects  # type: ignore[attr-defined]
    later = versions.filter(id=OuterRef("id"), history_date__lte=at, history_date__gt=OuterRef("history_date"))
    same_moment = versions.filter(
        id=OuterRef("id"), history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id")
    )
    return (
        versions.filter(history_date__lte=at)
        .filter(~Exists(later), ~Exists(same_moment))
        .exclude(history_type="-")
        .order_by()
    )
