"""The pages of what a request changes: who may open them, how they look, and what becomes of wrong input."""

from typing import Any

from django.urls import reverse

from accounts.roles import Role
from tests.approvals.changing import Changing

OTHERS = frozenset({Role.REGISTER_MANAGER})


def _draft(**more: Any) -> dict[str, Any]:
    council = Changing()
    request = council.ask(sent=False)
    council.pay(request, 90000)
    council.pay(request, 95000, year=2027, is_outside_budget=True)
    return {"reference": request.reference, **more}


def _address(page: str, *more: str) -> str:
    return reverse(f"approvals:{page}", args=[_draft()["reference"], *more])


def _decided_on() -> str:
    council = Changing(significant=True)
    request = council.ask(sent=False)
    council.pay(request, 90000)
    council.send(request)
    council.entry().change({"hours_a_month": 30}, by=council.manager, reason="Counted again")
    return reverse("approvals:step", args=[request.reference, "har-f13-recommend"])


ACCESS = {
    "approvals:changes": (OTHERS, _draft),
    "approvals:money": (OTHERS, _draft),
    "approvals:money_add": (OTHERS, _draft),
    "approvals:money_change": (OTHERS, lambda: _draft(key="new-1")),
}
LOOKS = [
    ("request-to-change", lambda: _address("request"), Role.REGISTER_MANAGER),
    ("request-changes", lambda: _address("changes"), Role.REGISTER_MANAGER),
    ("request-money", lambda: _address("money"), Role.REGISTER_MANAGER),
    ("request-money-add", lambda: _address("money_add"), Role.REGISTER_MANAGER),
    ("request-money-change", lambda: _address("money_change", "new-1"), Role.REGISTER_MANAGER),
    ("request-step-to-change", _decided_on, Role.MANAGEMENT_TEAM),
]
FORMS = {
    "request-changes": ("refused", "refused"),
    "request-money-add": ("refused", "refused"),
    "request-money-change": ("refused", "refused"),
    "request-step-to-change": ("refused", "refused"),
}
