"""The app's pages for the role table and the browser: who may open which, and what each looks like."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from approvals.models import Request
from register.models import Status
from tests.exits.making import LATER, LEAVING_FORM, Going
from tests.factories import make_partnership, put_policy_in_force

VIEW, CHANGE = PERMISSIONS["exits.view"], PERMISSIONS["exits.change"]
MANAGER = frozenset({Role.REGISTER_MANAGER})


def _going(state: str) -> Callable[[], dict[str, Any]]:
    """An entry on its way out, and who leads it: "approved", "ready" or "gone"."""

    def parts() -> dict[str, Any]:
        leaving = getattr(Going(), state)()
        return {"reference": leaving.partnership.reference}

    return parts


def _undecided() -> dict[str, Any]:
    put_policy_in_force()
    return {"reference": make_partnership(status=Status.LEAVING).reference}


ACCESS: dict[str, tuple[frozenset[Role], Callable[[], dict[str, Any]]]] = {
    "exits:exit": (VIEW, _going("approved")),
    "exits:decision": (MANAGER, _undecided),
    "exits:arrangements": (MANAGER, _going("approved")),
    "exits:lessons_of_entry": (MANAGER, _going("approved")),
    "exits:left": (MANAGER, _going("ready")),
    "exits:take_back": (MANAGER, _going("gone")),
    "exits:lesson_list": (VIEW, dict),
    "exits:lessons_of_request": (MANAGER, lambda: {"reference": make_offered()[1].reference}),
}


def _look(name: str, state: str) -> Callable[[], str]:
    return lambda: reverse(f"exits:{name}", kwargs=_going(state)())


def _nothing_yet() -> str:
    return reverse("exits:exit", args=[Going().partnership.reference])


def _by_hand() -> str:
    return reverse("exits:decision", kwargs=_undecided())


def make_lessons() -> Going:
    """A partnership that the council of Redditch leaves, with what was learned."""
    council = Going("redditch")
    council.by_executive()
    council.form("red-5", LEAVING_FORM, at=LATER)
    return council


def make_offered() -> tuple[Going, Request]:
    """A draft to join a partnership that looks like one with lessons."""
    from approvals import services

    council = make_lessons()
    other = council.another("Marsh Valley Rural Mobility Group")
    other.entry().change({"purpose": "Transport on demand for six villages."}, by=council.manager)
    request = services.start(other.entry(), "red-joining", by=council.lead, version=council.version, at=LATER)
    return other, request


def _offered() -> str:
    return reverse("exits:lessons_of_request", args=[make_offered()[1].reference])


def _lessons() -> str:
    make_lessons()
    return reverse("exits:lesson_list")


# Name, address, and who looks.
LOOKS: list[tuple[str, str | Callable[[], str], Role]] = [
    ("exit", _look("exit", "approved"), Role.REGISTER_MANAGER),
    ("exit-none", _nothing_yet, Role.REGISTER_MANAGER),
    ("exit-gone", _look("exit", "gone"), Role.REGISTER_MANAGER),
    ("exit-decision", _by_hand, Role.REGISTER_MANAGER),
    ("exit-arrangements", _look("arrangements", "approved"), Role.REGISTER_MANAGER),
    ("exit-lessons", _look("lessons_of_entry", "approved"), Role.REGISTER_MANAGER),
    ("exit-left", _look("left", "ready"), Role.REGISTER_MANAGER),
    ("exit-take-back", _look("take_back", "gone"), Role.REGISTER_MANAGER),
    ("lessons-offered", _offered, Role.REGISTER_MANAGER),
    ("lessons", _lessons, Role.AUDITOR),
    ("lessons-none", "/lessons/", Role.AUDITOR),
]

# What becomes of each form sent empty, and with nonsense in its fields.
FORMS: dict[str, tuple[Any, Any]] = {
    "exit-decision": ("refused", "refused"),
    "exit-arrangements": ("taken", "refused"),
    "exit-lessons": ("refused", "taken"),
    "lessons-offered": ("taken", "refused"),
    "exit-take-back": ("refused", "taken"),
}
