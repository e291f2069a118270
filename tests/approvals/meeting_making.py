"""Meetings and agendas for tests, made by the verbs that the pages use."""

from datetime import date, time
from typing import Any

from approvals import meetings
from approvals.bodies import bodies_of
from approvals.models import AgendaItem, Meeting, Request
from tests.approvals.making import SENT_AT, Council

PLANNED_ON = date(2026, 11, 1)
HELD_ON = date(2026, 11, 19)  # after the requests of `Council` were sent, before LATER
TO_COME = date(2098, 12, 2)


def make_meeting(council: Council, body: str = "management_team", on: date = HELD_ON, **facts: Any) -> Meeting:
    """A meeting of a body of the council's policy, planned on 1 November 2026."""
    usual: dict[str, Any] = {"at": time(14, 30), "place": "Council chamber", "papers_days": 10}
    return Meeting.plan(
        bodies_of(council.policy)[body], on, by=council.manager, today=facts.pop("today", PLANNED_ON), **(usual | facts)
    )


def make_item(council: Council, on: date = HELD_ON, *, is_ready: bool = True) -> AgendaItem:
    """A request to join on the agenda of the management team; ready, it waits for the team's decision."""
    request = council.request()
    if is_ready:
        council.take(request, "brk-f02-challenge", by=council.manager, at=SENT_AT)
        council.take(request, "brk-f04-view", "agree", by=council.holder, at=SENT_AT)
    meeting = Meeting.objects.filter(on=on).first() or make_meeting(council, on=on)
    return meetings.put_on(meeting, request, "brk-f04", by=council.manager)


def make_agenda(on: date = HELD_ON, number: int = 3) -> tuple[Council, Meeting, list[AgendaItem]]:
    """A meeting with so many requests that wait for its decision."""
    council = Council()
    items = [make_item(council, on)]
    items += [make_item(council.another(f"Fen Forum {each}"), on) for each in range(1, number)]
    return council, items[0].meeting, items


def request_of(item: AgendaItem) -> Request:
    return Request.objects.get(pk=item.request_id)
