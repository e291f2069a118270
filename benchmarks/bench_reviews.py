"""The yearly refresh of 10,000 entries: what falls due worked out, reviews opened at once, lists, home, dashboard."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.measure import Measure

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "10000"))


def _register() -> Any:
    """The register manager of a register of that size, filled once."""
    from django.utils import timezone

    from accounts.models import User
    from benchmarks.filling import MANAGER, fill

    return User.objects.filter(email=MANAGER).first() or fill(ENTRIES, today=timezone.localdate())


def _working_out() -> Callable[[], object]:
    from django.utils import timezone

    from reviews import services
    from reviews.models import WorkedOut

    _register()

    def work_out() -> None:
        WorkedOut.objects.all().delete()
        services.bring_up_to_date(at=timezone.now(), most=None)

    return work_out


def _opening() -> Callable[[], object]:
    from django.utils import timezone

    from policy.models import PolicyVersion
    from register.models import Partnership
    from reviews import services
    from reviews.models import TAKING_PART, Campaign, Occasion, Review

    manager = _register()
    today = timezone.localdate()
    version = PolicyVersion.objects.in_force(today)

    def open_campaign() -> None:
        Occasion.objects.all().delete()
        Review.objects.all().delete()
        Campaign.objects.all().delete()
        entries = Partnership.objects.filter(status__in=TAKING_PART).select_related("lead_officer")
        services.open_campaign(
            "2026-27",
            entries,
            due_on=today + timedelta(days=30),
            letter=services.LETTER,
            version=version,
            by=manager,
            at=timezone.now(),
        )

    return open_campaign


def _getting(path: str) -> Callable[[], Callable[[], object]]:
    def make() -> Callable[[], object]:
        from django.test import Client

        from reviews.models import Campaign

        manager = _register()
        if not Campaign.objects.exists():
            _opening()()
        client = Client()
        client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")

        def get() -> None:
            answer = client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path} answered {answer.status_code}")

        return get

    return make


MEASURES = [
    Measure(f"reviews: what falls due for {ENTRIES} entries", _working_out, rounds=1, most_seconds=20),
    Measure(f"reviews: a refresh of {ENTRIES} entries opened", _opening, rounds=1, most_seconds=10),
    Measure(f"reviews: the page of a refresh of {ENTRIES}", _getting("/refresh/2026-27/"), most_seconds=1),
    Measure(f"reviews: list of what falls due for {ENTRIES}", _getting("/reviews/?whose=all"), most_seconds=1),
    Measure(f"reviews: list of what is late of {ENTRIES}", _getting("/reviews/?when=late&whose=all"), most_seconds=1),
    Measure(f"reviews: a year of dates of {ENTRIES}", _getting("/reviews/dates/"), most_seconds=1),
    Measure(f"reviews: register list of late ones of {ENTRIES}", _getting("/partnerships/?due=late"), most_seconds=1),
    Measure(f"reviews: home of a register manager of {ENTRIES}", _getting("/"), most_seconds=2),
    Measure(f"reviews: dashboard of a register manager of {ENTRIES}", _getting("/dashboard/"), most_seconds=2),
]
