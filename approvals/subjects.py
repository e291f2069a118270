"""What an app above asks of the people on a route of the policy: a review, an evaluation, an appointment, a report.

Such an app starts the request with `services.start(…, about=About(…))`, or, where it is about the whole register and
no entry, with `services.send_up(…)`; sending, turns, the gate, notices and the
sealed record are then those of every request. What only that app knows it brings as a `Subject`, whose dotted name
stands in `settings.REQUEST_SUBJECTS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from accounts.models import User
from approvals.models import Request, StepTaken


@dataclass(frozen=True)
class About:
    """What a request is about beside its entry.

    `key` is how the app that asks finds it again ("review:12": one open request a purpose for each; the word before
    the colon is its kind), `title` how pages and papers say it ("Review 2026–27"), `address` the page that shows it.
    """

    key: str
    title: str
    address: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """The same as the fields of a request."""
        return {"about": self.title, "about_key": self.key, "about_address": self.address}


def _nothing_missing(request: Request) -> Sequence[str]:
    return ()


def _no_facts(request: Request) -> Mapping[str, Any]:
    return {}


def _says_nothing(request: Request) -> Sequence[Mapping[str, str]]:
    return ()


def _nothing_follows(request: Request, record: StepTaken | None, by: User, at: datetime) -> None:
    return None


@dataclass(frozen=True)
class Subject:
    """What an app brings to the requests of its purposes, or to those about a kind of thing: the first word of its key.

    `missing` says in sentences what stands between a draft and sending; `facts` are what its conditions compare and
    the register does not hold. `done` says of steps in front of it what shows that others did them, by step.
    `on_paper` are rows of label and value about the thing, for those who decide. `says` are
    rows of the paper, each with an id, a section, a label and words, and `material` what makes steps be taken again
    when it changes, in words by label: both for requests without an entry. `ended` is called in the same transaction
    when the request is decided or completed, with the step that ended it (None when sending it was all there was to
    do); it may raise Refused. `taken` is called so after each step before that, also one that sent the request back.

    With `is_kept_above` its requests are answered and closed on the app's own pages, not by hand. With `waits_for_all`
    a request ends once nobody waits for a step of it, not with the last decision.
    """

    purposes: frozenset[str] = frozenset()
    kind: str = ""
    missing: Callable[[Request], Sequence[str]] = _nothing_missing
    facts: Callable[[Request], Mapping[str, Any]] = _no_facts
    done: Callable[[Request], Mapping[str, str]] = _no_facts
    says: Callable[[Request], Sequence[Mapping[str, str]]] = _says_nothing
    material: Callable[[Request], Mapping[str, str]] = _no_facts
    on_paper: Callable[[Request], Sequence[Mapping[str, str]]] = _says_nothing
    taken: Callable[[Request, StepTaken, User, datetime], None] = _nothing_follows
    ended: Callable[[Request, StepTaken | None, User, datetime], None] = _nothing_follows
    is_kept_above: bool = False
    waits_for_all: bool = False


def kept_above() -> Q:
    """The requests that are answered and closed on the pages of the apps that ask them."""
    kinds = [each.kind for each in subjects() if each.is_kept_above]
    return reduce(or_, (Q(about_key__startswith=f"{kind}:") for kind in kinds), Q(pk__in=()))


def subjects() -> list[Subject]:
    """What the apps above bring, in the order of the settings."""
    return [import_string(path) for path in settings.REQUEST_SUBJECTS]


def subject_of(request: Request) -> Subject:
    """What is brought to a request, by its kind or else its purpose; one that brings nothing where no app does."""
    found = subjects()
    kind = request.about_key.partition(":")[0]
    by_kind = (each for each in found if each.kind and each.kind == kind)
    by_purpose = (each for each in found if not each.kind and request.purpose in each.purposes)
    return next(by_kind, None) or next(by_purpose, Subject())
