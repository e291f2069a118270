"""The pages of concerns and conditions: who may open them, how they look, what wrong input comes to."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from django.urls import reverse

from accounts.models import User
from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from approvals import concerns
from approvals.models import Concern
from register.models import Status
from tests.approvals.making import Council

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WHAT = "The trustees no longer meet, and the grant ends in March."


def said(**more: Any) -> concerns.Raised:
    """A concern that wants advice."""
    return concerns.Raised(**{"kind": "concern", "what": WHAT, "seriousness": "serious", "wanted": "advice"} | more)


def council_of(pack: str = "breckland-2015") -> Council:
    """A council with an active partnership."""
    return Council(pack, status=Status.ACTIVE)


def make_concern(council: Council | None = None, *, at: datetime = AT, **more: Any) -> Concern:
    """A concern that the lead officer raised."""
    council = council or council_of()
    by = more.pop("by", council.lead)
    return concerns.raise_concern(council.partnership, said(**more), by=by, at=at, version=council.version)


# The concerns made here were put to the responsible head or the Portfolio Holder of the Breckland policy.
_READERS = frozenset({Role.RESPONSIBLE_HEAD, Role.PORTFOLIO_HOLDER, Role.REGISTER_MANAGER, Role.AUDITOR})


def _parts(**more: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"reference": make_concern().reference, **more}


def _entry(**more: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"reference": council_of().partnership.reference, **more}


ACCESS: dict[str, tuple[frozenset[Role], Callable[[], dict[str, Any]]]] = {
    "approvals:condition_list": (PERMISSIONS["approvals.view"], dict),
    "approvals:concern_list": (PERMISSIONS["approvals.view"], dict),
    "approvals:concerns_of_entry": (PERMISSIONS["approvals.view"], _entry()),
    "approvals:raise_concern": (frozenset({Role.REGISTER_MANAGER}), _entry(kind="concern")),
    "approvals:concern": (_READERS, _parts()),
    "approvals:answer_concern": (_READERS, _parts(verb="say")),
}


def _thread() -> str:
    council = council_of()
    concern = make_concern(council, told=[council.holder])
    concerns.advise(concern, "Ask the accountable body for its plan.", by=council.head, at=AT)
    to_do = concerns.ToDo("Ask the accountable body for its plan", council.lead, None)
    concerns.act(concern, "Wrote to the trustees.", by=council.head, at=AT, to_do=to_do)
    concerns.pass_on(concern, "It touches three services.", by=council.head, at=AT)
    return reverse("approvals:concern", args=[concern.reference])


def _closed() -> str:
    council = council_of()
    concern = make_concern(council)
    concerns.close(concern, "The trustees meet again.", by=council.head, at=AT)
    return reverse("approvals:concern", args=[concern.reference])


def _answer(verb: str) -> Callable[[], str]:
    return lambda: reverse("approvals:answer_concern", args=[make_concern().reference, verb])


def _lead_to() -> str:
    council = council_of()
    concern = make_concern(council)
    council.request("brk-leaving", sent=False)
    return reverse("approvals:answer_concern", args=[concern.reference, "lead-to"])


def _raise(kind: str, pack: str = "breckland-2015") -> Callable[[], str]:
    return lambda: reverse("approvals:raise_concern", args=[council_of(pack).partnership.reference, kind])


def _of_entry() -> str:
    return reverse("approvals:concerns_of_entry", args=[make_concern().partnership.reference])


LOOKS: list[tuple[str, str | Callable[[], str], Role | Callable[[], User]]] = [
    ("conditions-none", "/decisions/conditions/", Role.AUDITOR),
    ("conditions", lambda: str(Council().decision() and "/decisions/conditions/?state=all"), Role.REGISTER_MANAGER),
    ("concerns-none", "/concerns/", Role.LEAD_OFFICER),
    ("concerns", lambda: str(_thread() and "/concerns/"), Role.REGISTER_MANAGER),
    ("concerns-of-entry", _of_entry, Role.REGISTER_MANAGER),
    ("concerns-of-entry-counted", _of_entry, Role.SCRUTINY),
    ("concern", _thread, Role.REGISTER_MANAGER),
    ("concern-closed", _closed, Role.AUDITOR),
    ("concern-raise", _raise("concern"), Role.REGISTER_MANAGER),
    ("concern-exception", _raise("exception", "redditch"), Role.REGISTER_MANAGER),
    ("concern-act", _answer("act"), Role.REGISTER_MANAGER),
    ("concern-pass-on", _answer("pass-on"), Role.REGISTER_MANAGER),
    ("concern-lead-to", _lead_to, Role.REGISTER_MANAGER),
]
Answer = Literal["refused", "taken"]
FORMS: dict[str, tuple[Answer, Answer | None]] = {
    "conditions-none": ("taken", "taken"),
    "conditions": ("taken", "taken"),
    "concerns-none": ("taken", "taken"),
    "concerns": ("taken", "taken"),
    "concern-raise": ("refused", "refused"),
    "concern-exception": ("refused", "refused"),
    "concern-act": ("refused", "refused"),
    "concern-pass-on": ("refused", "taken"),
    "concern-lead-to": ("refused", "refused"),
}
