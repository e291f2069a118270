"""The pages of actions: who may open them, how they are looked at, what wrong input comes to."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from register.models import Action, Document, Partnership
from tests.factories import make_partnership, make_user

AT = datetime(2026, 11, 20, 15, 42, tzinfo=timezone.get_default_timezone())


def make_action(
    partnership: Partnership | None = None, text: str = "Agree who pays for the depot", **facts: Any
) -> Action:
    """An action, due on 1 December 2026 unless said otherwise."""
    by = make_user(Role.REGISTER_MANAGER)
    facts.setdefault("due_on", date(2026, 12, 1))
    if owner := facts.get("owner"):
        facts["owner_name"] = str(owner)
    action = Action(partnership=partnership or make_partnership(by=by), text=text, **facts)
    action.keep(by=by)
    return action


def make_closed_action() -> Action:
    """An action that was put off, handed over and closed with evidence."""
    by, owner = make_user(Role.REGISTER_MANAGER, name="T.W."), make_user(Role.LEAD_OFFICER, name="D.F.")
    action = make_action(source="Annual review 2026–27")
    document = Document(partnership=action.partnership, title="Cabinet minute 14", added_by=by,
                        address="https://www.example.org/minute")  # fmt: skip
    document.keep(by=by)
    action.note("Wrote to both partners.", by=by, at=AT)
    action.postpone(date(2027, 1, 15), why="One partner meets in January.", by=by, at=AT)
    action.hand_to(owner, why="", by=by, at=AT)
    action.close(outcome="Each pays half.", evidence="Minute 14", document=document, by=owner, at=AT, on=AT.date())
    return action


def _parts() -> dict[str, Any]:
    return {"action_id": make_action().pk}


# Those who work on an action of somebody else's entry.
_OTHERS = frozenset({Role.REGISTER_MANAGER})
ACCESS: dict[str, tuple[frozenset[Role], Callable[[], dict[str, Any]]]] = {
    "register:action_list": (PERMISSIONS["register.view"], dict),
    "register:action": (PERMISSIONS["register.view"], _parts),
    "register:note_action": (_OTHERS, _parts),
    "register:close_action": (_OTHERS, _parts),
    "register:reopen_action": (_OTHERS, lambda: {"action_id": make_closed_action().pk}),
    "register:postpone_action": (_OTHERS, _parts),
    "register:hand_over_action": (_OTHERS, _parts),
    "reports:actions_xlsx": (PERMISSIONS["register.export"], dict),
}


def _at(name: str, make: Callable[[], Action] = make_action) -> Callable[[], str]:
    return lambda: reverse(f"register:{name}", args=[make().pk])


def _condition() -> Action:
    return make_action(text="Ashmere Borough Council has voted to join", needs_evidence=True, origin="decision")


def _list() -> str:
    make_action(due_on=date(2026, 11, 1), text="Send the figures of the first quarter")
    make_action(due_on=None, owner=make_user(Role.LEAD_OFFICER, name="D.F."))
    make_action(due_on=date(2030, 1, 15), postponed=2, source="Annual review 2026–27")
    return "/actions/?state=all"


LOOKS: list[tuple[str, str | Callable[[], str], Role | Callable[[], User]]] = [
    ("actions", _list, Role.REGISTER_MANAGER),
    ("actions-none", "/actions/", Role.LEAD_OFFICER),
    ("action", _at("action"), Role.REGISTER_MANAGER),
    ("action-closed", _at("action", make_closed_action), Role.AUDITOR),
    ("action-note", _at("note_action"), Role.REGISTER_MANAGER),
    ("action-close", _at("close_action", _condition), Role.REGISTER_MANAGER),
    ("action-reopen", _at("reopen_action", make_closed_action), Role.REGISTER_MANAGER),
    ("action-postpone", _at("postpone_action"), Role.REGISTER_MANAGER),
    ("action-hand-over", _at("hand_over_action"), Role.REGISTER_MANAGER),
]
Answer = Literal["refused", "taken"]
FORMS: dict[str, tuple[Answer, Answer | None]] = {
    "action-note": ("refused", "taken"),
    "action-close": ("refused", "refused"),
    "action-reopen": ("refused", "taken"),
    "action-postpone": ("refused", "refused"),
    "action-hand-over": ("refused", "refused"),
}
