"""The work list of somebody who decides and the page of a request, with 2,000 requests on their way."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.measure import Measure

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "2000"))
DECIDER = "bench.decider@example.org"


def fill_requests(count: int) -> Any:
    """Put `count` partnerships into an empty register, each with a request that waits for one person, who is given.

    Rows go in by the database's own bulk insert, without history: only measuring uses it.
    """
    from django.utils import timezone

    from accounts.models import RoleAssignment, User
    from approvals.models import Request, Status, Turn
    from benchmarks.filling import fill
    from policy.models import PolicyVersion
    from register.models import Partnership

    now, today = timezone.now(), timezone.localdate()
    manager = fill(count, today=today)
    version = PolicyVersion.objects.in_force(today)
    assert version is not None  # noqa: S101 (fill puts one in force)
    route = next(route for route in version.policy.routes if route.purpose == "join")
    step = next(step for step in route.steps if step.act in ("decide", "approve") and step.role == ("management_team",))
    decider = User.objects.create_user(DECIDER, name="S.P.")
    RoleAssignment.objects.create(user=decider, role="management_team", from_on=today - timedelta(days=1000))
    requests = Request.objects.bulk_create(
        [
            Request(
                reference=f"R-{today.year}-{number:04d}",
                partnership=entry,
                policy_version=version,
                route=route.id,
                purpose=route.purpose,
                status=Status.SENT,
                why="The villages have no bus.",
                round=1,
                proposed_by=manager,
                proposed_by_name=str(manager),
                started_at=now,
                sent_at=now,
                at_version=entry.version,
            )
            for number, entry in enumerate(Partnership.objects.order_by("pk"), start=1)
        ],
        batch_size=500,
    )
    Turn.objects.bulk_create(
        [
            Turn(
                request=request,
                step=step.id,
                act=step.act,
                role="management_team",
                since=today - timedelta(days=request.pk % 40),
                due_on=today + timedelta(days=request.pk % 30 - 10),
            )
            for request in requests
        ],
        batch_size=500,
    )
    return decider


def _client() -> Any:
    from django.test import Client

    from accounts.models import User

    client = Client()
    decider = User.objects.filter(email=DECIDER).first() or fill_requests(REQUESTS)
    client.force_login(decider, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _getting(address: str) -> Callable[[], Callable[[], object]]:
    def make() -> Callable[[], object]:
        from approvals.models import Request

        client = _client()
        path = address.format(reference=Request.objects.order_by("pk")[0].reference)

        def get() -> None:
            answer = client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path} answered {answer.status_code}")

        return get

    return make


MEASURES = [
    Measure(f"work list, first page of {REQUESTS} steps", _getting("/decisions/yours/"), most_seconds=1),
    Measure(f"home of somebody with {REQUESTS} steps to take", _getting("/"), most_seconds=1),
    Measure(
        f"request page among {REQUESTS} requests on their way", _getting("/requests/{reference}/"), most_seconds=0.5
    ),
]
