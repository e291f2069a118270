"""The pack of a meeting with 10, 20 and 40 requests: a page of 40 takes no longer than a page of 10.

Each is held against the renderer alone, and the largest against four of the smallest: its time grows with its pages.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.measure import Measure

MOST = int(os.environ.get("BENCH_PACK", "40"))


def _meeting(number: int, *, first: int = 0, of: int = 0) -> Any:
    """A meeting of the management team with so many requests on its agenda, of the entries from `first` on.

    The register is filled once, with `of` entries where more than one meeting is wanted.
    """
    from django.utils import timezone

    from accounts.models import User
    from approvals.bodies import bodies_of
    from approvals.models import AgendaItem, Meeting, Request
    from benchmarks.filling import MANAGER, fill
    from register.listing import policy_in_force
    from register.models import Partnership

    today = timezone.localdate()
    manager = User.objects.filter(email=MANAGER).first() or fill(of or number, today=today)
    version = policy_in_force(today)
    if version is None:
        raise SystemExit("No policy is in force")
    body = bodies_of(version.policy)["management_team"]
    on = today + timedelta(days=60 + first)
    meeting = Meeting.plan(body, on, at=None, place="", papers_days=10, by=manager, today=today)
    route = version.policy.routes_for("join")[0]
    step = next(step for step in route.steps if "management_team" in step.role)
    for partnership in Partnership.objects.order_by("pk")[first : first + number]:
        request = Request.start(
            partnership, route=route.id, purpose="join", by=manager, version=version, at=timezone.now()
        )
        AgendaItem.add(meeting, request, step.id, by=manager)
    return meeting


def _html(number: int, **more: int) -> Callable[[], str]:
    from django.utils import timezone

    from reports.meeting_packs import PACK, pack_of
    from reports.pdf import on_paper, pdf_of_html

    meeting = _meeting(number, **more)
    pdf_of_html('<html lang="en"><title>Warm</title><p>Warm</p></html>')  # libraries and fonts load once a process
    return lambda: on_paper(PACK, pack_of(meeting, is_public=False, made_on=timezone.localdate(), made_by="T.W."))


def _pack(number: int) -> Callable[[], Callable[[], object]]:
    def make() -> Callable[[], object]:
        from reports.pdf import pdf_of_html

        html = _html(number)
        return lambda: pdf_of_html(html())

    return make


def _bare(number: int) -> Callable[[], Callable[[], object]]:
    """WeasyPrint alone, on a page that is made already."""

    def make() -> Callable[[], object]:
        from django.utils import timezone

        from accounts.models import User
        from approvals.models import Meeting
        from benchmarks.filling import MANAGER
        from reports.meeting_packs import PACK, pack_of
        from reports.pdf import on_paper, pdf_of_html

        assert User.objects.filter(email=MANAGER).exists()  # noqa: S101  what is measured first has made it
        pack = pack_of(Meeting.objects.get(), is_public=False, made_on=timezone.localdate(), made_by="T.W.")
        html = on_paper(PACK, pack)
        return lambda: pdf_of_html(html)

    return make


def _largest() -> Callable[[], object]:
    """The largest pack, in a register that has room for the smallest as well."""
    from reports.pdf import pdf_of_html

    html = _html(MOST, of=MOST + MOST // 4)
    return lambda: pdf_of_html(html())


def _smallest_four_times() -> Callable[[], object]:
    from reports.pdf import pdf_of_html

    html = _html(MOST // 4, first=MOST)

    def make() -> None:
        for _ in range(4):
            pdf_of_html(html())

    return make


MEASURES = [
    Measure(
        f"Meeting: pack of {number} requests, beside WeasyPrint alone",
        _pack(number),
        _bare(number),
        rounds=1,
        most_times=1.5,
    )
    for number in (MOST // 4, MOST // 2, MOST)
]
MEASURES += [
    Measure(
        f"Meeting: one pack of {MOST}, beside four of {MOST // 4}",
        _largest,
        _smallest_four_times,
        rounds=1,
        most_times=1.3,
    ),
]
