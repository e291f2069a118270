"""The pages of work lists: several steps at once, chasing, reassigning."""

from django.urls import reverse

from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from tests.approvals.making import Council


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


ACCESS = {
    "approvals:several": (PERMISSIONS["approvals.view"],),
    "approvals:turn_list": (PERMISSIONS["approvals.view"],),
}
LOOKS = [
    ("several-at-once", several, Role.MANAGEMENT_TEAM),
    ("your-turn", your_turn, Role.MANAGEMENT_TEAM),
    ("your-turn-none", "/decisions/yours/", Role.MANAGEMENT_TEAM),
]
# What each form answers to an empty sending, and to nonsense.
FORMS = {"several-at-once": ("refused", "refused"), "your-turn": ("taken", "taken")}
