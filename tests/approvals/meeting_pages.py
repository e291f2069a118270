"""The pages of meetings, for the tables that every page stands in: who may open them, how they look, wrong input."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Literal

from django.urls import reverse

from accounts.roles import Role
from approvals.models import BodySetting, KeyDecision
from tests.approvals.making import TODAY, Council
from tests.approvals.meeting_making import TO_COME, make_agenda, make_item, make_meeting
from tests.factories import put_policy_in_force

Answer = Literal["refused", "taken"]


_days = count(1)


def _another_day() -> date:
    """A day to come that no other page of the tables uses."""
    return TO_COME + timedelta(days=next(_days))


def _meeting() -> dict[str, Any]:
    return {"slug": make_meeting(Council(), on=_another_day()).slug}


def _item() -> dict[str, Any]:
    item = make_item(Council(), _another_day())
    return {"slug": item.meeting.slug, "item_id": item.pk}


def _body() -> dict[str, Any]:
    put_policy_in_force()
    return {"body": "executive"}


def _request() -> dict[str, Any]:
    return {"reference": Council().request().reference}


# Address: the permission it needs, and what makes the parts of the address.
ACCESS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "approvals:meeting_list": ("approvals.view", dict),
    "approvals:meeting_add": ("approvals.keep_meetings", dict),
    "approvals:body_list": ("approvals.view", dict),
    "approvals:body_change": ("approvals.keep_meetings", _body),
    "approvals:notices": ("approvals.view", dict),
    "approvals:meeting": ("approvals.view", _meeting),
    "approvals:meeting_change": ("approvals.keep_meetings", _meeting),
    "approvals:meeting_cancel": ("approvals.keep_meetings", _meeting),
    "approvals:meeting_state": ("approvals.keep_meetings", _meeting),
    "approvals:outcomes": ("approvals.view", _meeting),
    "approvals:agenda_add": ("approvals.keep_meetings", _meeting),
    "approvals:agenda_move": ("approvals.keep_meetings", _item),
    "approvals:agenda_take_off": ("approvals.keep_meetings", _item),
    "approvals:agenda_access": ("approvals.keep_meetings", _item),
    "approvals:key_decision": ("approvals.mark_key", _request),
    "reports:meeting_pdf": ("approvals.view", _meeting),
    "reports:meeting_html": ("approvals.view", _meeting),
    "reports:meeting_public_pdf": ("approvals.view", _meeting),
    "reports:meeting_public_html": ("approvals.view", _meeting),
}


def _agenda() -> str:
    """A meeting with something of every kind: key, missing, exempt in part and whole, and what could be on it."""
    council, meeting, items = make_agenda(TO_COME)
    items[1].classify("whole", paragraph=3, why="Prices are still being bargained over", by=council.manager)
    items[0].classify("part", paragraph=5, parts=["said:brk-f02-challenge"], why="Advice", by=council.manager)
    KeyDecision(request=items[2].request, is_key=True, why="It changes two wards").keep(by=council.manager)
    council.another("Marsh Board").request()
    return reverse("approvals:meeting", args=[meeting.slug])


def _outcomes() -> str:
    return reverse("approvals:outcomes", args=[make_agenda()[1].slug])


def _empty() -> str:
    return reverse("approvals:meeting", args=[make_meeting(Council(), on=TO_COME).slug])


def _cancelled() -> str:
    council = Council()
    meeting = make_meeting(council, on=TO_COME)
    meeting.cancel(by=council.manager, reason="Nothing to decide", today=TODAY)
    return reverse("approvals:meeting", args=[meeting.slug])


def _list() -> str:
    council = Council()
    make_meeting(council, on=TO_COME)
    make_meeting(council, "executive", on=TO_COME)
    make_item(council)
    return reverse("approvals:meeting_list")


def _notices() -> str:
    council = Council(unbudgeted="18000")
    BodySetting(body="executive", in_public=True, key_from=Decimal(50000)).keep(by=council.manager)
    council.request()
    return reverse("approvals:notices")


def _to(page: str) -> Callable[[], str]:
    return lambda: reverse(f"approvals:{page}", kwargs=ACCESS[f"approvals:{page}"][1]())


# Name, page, who looks.
LOOKS: list[tuple[str, Callable[[], str], Role]] = [
    ("meetings-none", lambda: str(put_policy_in_force() and "/meetings/"), Role.REGISTER_MANAGER),
    ("meetings", _list, Role.REGISTER_MANAGER),
    ("meeting-plan", lambda: str(put_policy_in_force() and "/meetings/add/"), Role.REGISTER_MANAGER),
    ("meeting-bodies", lambda: str(put_policy_in_force() and "/meetings/bodies/"), Role.REGISTER_MANAGER),
    ("meeting-body", _to("body_change"), Role.REGISTER_MANAGER),
    ("meeting-empty", _empty, Role.AUDITOR),
    ("meeting-agenda", _agenda, Role.REGISTER_MANAGER),
    ("meeting-cancelled", _cancelled, Role.REGISTER_MANAGER),
    ("meeting-change", _to("meeting_change"), Role.REGISTER_MANAGER),
    ("meeting-cancel", _to("meeting_cancel"), Role.REGISTER_MANAGER),
    ("meeting-exempt", _to("agenda_access"), Role.REGISTER_MANAGER),
    ("meeting-outcomes", _outcomes, Role.MANAGEMENT_TEAM),
    ("meeting-outcomes-of-others", _outcomes, Role.AUDITOR),
    ("key-decision", _to("key_decision"), Role.REGISTER_MANAGER),
    ("key-decisions-none", lambda: "/meetings/notices/", Role.AUDITOR),
    ("key-decisions", _notices, Role.EXECUTIVE),
]

# What becomes of a form that is sent empty, and with nonsense.
FORMS: dict[str, tuple[Answer, Answer | None]] = {
    "key-decision": ("refused", "refused"),
    "meeting-body": ("refused", "refused"),
    "meeting-cancel": ("refused", "taken"),
    "meeting-change": ("refused", "refused"),
    "meeting-exempt": ("refused", "taken"),
    "meeting-outcomes": ("taken", "refused"),
    "meeting-plan": ("refused", "refused"),
}
