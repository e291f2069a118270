"""The pages of what a request changes: who may open them, how they look, and what becomes of wrong input."""

from typing import Any

from django.urls import reverse

from accounts.permissions import PERMISSIONS
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


def _sent() -> str:
    council = Changing(significant=True)
    return reverse("approvals:sent", args=[council.ask().reference])


def _versions(number: int = 2) -> dict[str, Any]:
    """A request that CMT saw twice, its purpose reworded and its hours changed in between."""
    council = Changing(significant=True)
    request = council.ask()
    council.take(request, "har-f13-recommend", "change", by=council.cmt)
    council.entry().change(
        {"hours_a_month": 30, "purpose": REWORDED}, by=council.manager, reason="Counted again, and said more plainly"
    )
    council.take(request, "har-f13-recommend", "change", by=council.cmt)
    return {"reference": request.reference, "number": number}


REWORDED = "Transport on demand for seven villages and the market town, run with the county and three operators."


def _second_version() -> str:
    made = _versions()
    return reverse("approvals:version", args=[made["reference"], 2])


def _card_page() -> str:
    return reverse("approvals:check", args=[_draft()["reference"]])


ACCESS = {
    "approvals:sent": (OTHERS, lambda: {"reference": Changing(significant=True).ask().reference}),
    "approvals:version": (PERMISSIONS["approvals.view"], _versions),
    "approvals:changes": (OTHERS, _draft),
    "approvals:money": (OTHERS, _draft),
    "approvals:money_add": (OTHERS, _draft),
    "approvals:money_change": (OTHERS, lambda: _draft(key="new-1")),
}
LOOKS = [
    ("request-sent", _sent, Role.REGISTER_MANAGER),
    ("request-version", _second_version, Role.AUDITOR),
    ("request-check-cards", _card_page, Role.REGISTER_MANAGER),
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
