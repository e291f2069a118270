"""What an app above asks of the people on a route of the policy: a review, an evaluation, an appointment, a report.

Such an app starts the request with `services.start(…, about=About(…))`; sending, turns, the gate, notices and the
sealed record are then those of every request. What only that app knows it brings as a `Subject`, whose dotted name
stands in `settings.REQUEST_SUBJECTS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User
from approvals.models import Request, StepTaken


@dataclass(frozen=True)
class About:
    """What a request is about beside its entry.

    `key` is how the app that asks finds it again ("review:12": one open request a purpose for each), `title` how
    pages and papers say it ("Review 2026–27"), `address` the page that shows it.
    """

    key: str
    title: str
    address: str = ""


def _nothing_missing(request: Request) -> Sequence[str]:
    return ()


def _no_facts(request: Request) -> Mapping[str, Any]:
    return {}


def _nothing_follows(request: Request, record: StepTaken | None, by: User, at: datetime) -> None:
    return None


@dataclass(frozen=True)
class Subject:
    """What an app brings to the requests of its purposes.

    `missing` says in sentences what stands between a draft and sending; `facts` are what its conditions compare and
    the register does not hold. `ended` is called in the same transaction when the request is decided or completed,
    with the step that ended it (None when sending it was all there was to do); it may raise Refused.
    """

    purposes: frozenset[str]
    missing: Callable[[Request], Sequence[str]] = _nothing_missing
    facts: Callable[[Request], Mapping[str, Any]] = _no_facts
    ended: Callable[[Request, StepTaken | None, User, datetime], None] = _nothing_follows


def subjects() -> list[Subject]:
    """What the apps above bring, in the order of the settings."""
    return [import_string(path) for path in settings.REQUEST_SUBJECTS]


def subject_of(purpose: str) -> Subject:
    """What is brought to requests of a purpose; one that brings nothing where no app does."""
    return next((each for each in subjects() if purpose in each.purposes), Subject(frozenset({purpose})))
