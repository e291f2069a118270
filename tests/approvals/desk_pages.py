"""The pages of work lists: several steps at once, chasing, reassigning."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.models import Notice
from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from tests.approvals.making import Council
from tests.factories import make_user


def several() -> str:
    """The address of two requests that wait for the management team."""
    council = Council()
    picks = []
    for each in (council, council.another("Fen Forum")):
        request = each.request()
        each.to_cmt(request)
        picks.append(f"pick={request.reference}.brk-f04")
    return f"{reverse('approvals:several')}?{'&'.join(picks)}"


def your_turn() -> str:
    """The list of what waits, with two requests on it."""
    several()
    return reverse("approvals:turn_list")


def waiting_step() -> dict[str, Any]:
    """The parts of the address of a step that waits for an officer."""
    return {"reference": Council().request().reference, "step_id": "brk-f02-challenge"}


def step_page(name: str) -> Callable[[], str]:
    """The address of a page about a step that waits for an officer."""
    return lambda: reverse(name, kwargs=waiting_step())


def notice_parts() -> dict[str, Any]:
    """An e-mail that did not go out."""
    person = make_user(name="L.N.")
    notice = Notice.objects.create(person=person, key="x", subject="Your turn", text="…", tries=2, trouble="Refused")
    return {"notice_id": notice.pk}


ACCESS = {
    "approvals:waiting_list": (PERMISSIONS["approvals.chase"],),
    "approvals:remind": (PERMISSIONS["approvals.chase"], waiting_step),
    "approvals:give": (PERMISSIONS["approvals.chase"], waiting_step),
    "accounts:notice_list": (PERMISSIONS["accounts.view_notices"],),
    "accounts:notice_send": (PERMISSIONS["accounts.view_notices"], notice_parts),
    "approvals:several": (PERMISSIONS["approvals.view"],),
    "approvals:turn_list": (PERMISSIONS["approvals.view"],),
}
LOOKS = [
    ("several-at-once", several, Role.MANAGEMENT_TEAM),
    ("your-turn", your_turn, Role.MANAGEMENT_TEAM),
    ("waiting-list", lambda: str(Council().request() and reverse("approvals:waiting_list")), Role.REGISTER_MANAGER),
    ("waiting-list-none", "/decisions/waiting/", Role.REGISTER_MANAGER),
    ("remind", step_page("approvals:remind"), Role.REGISTER_MANAGER),
    ("give-step", step_page("approvals:give"), Role.REGISTER_MANAGER),
    ("e-mails", lambda: str(notice_parts() and reverse("accounts:notice_list")), Role.ADMINISTRATOR),
    ("e-mails-none", "/e-mails/", Role.ADMINISTRATOR),
    ("your-turn-none", "/decisions/yours/", Role.MANAGEMENT_TEAM),
]
# What each form answers to an empty sending, and to nonsense.
FORMS = {
    "give-step": ("refused", "refused"),
    "remind": ("taken", "taken"),
    "several-at-once": ("refused", "refused"),
    "your-turn": ("taken", "taken"),
}
