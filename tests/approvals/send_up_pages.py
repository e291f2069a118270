"""The pages on which something about the whole register is sent up, and on which a version is put in force."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from approvals import policy_versions, services
from approvals.models import Request
from policy.models import PolicyVersion
from policy.reading import PACKS
from tests.approvals.making import SENT_AT, Council
from tests.factories import put_policy_in_force
from tests.policy.two_versions import changed

# The sentence by which version 2 of each differs, and what the comparison says of it.
MONTHS = (
    "label: Months after which the policy is revised, value: 36",
    "label: Months after which the policy is revised, value: 24",
)


def second(pack: str = "harborough-2015", *changes: tuple[str, str]) -> str:
    """A pack as version 2."""
    changes = changes or ((MONTHS,) if pack == "harborough-2015" else ())
    return changed(*changes, text=(PACKS / f"{pack}.yaml").read_text(encoding="utf-8"))


def waiting(pack: str = "harborough-2015", *, on: date | None = None) -> PolicyVersion:
    """Version 2, kept and not in force unless a day is given; version 1 is in force."""
    PolicyVersion.objects.filter(code=pack).first() or put_policy_in_force(pack)
    return PolicyVersion.objects.load(second(pack), by=None, in_force_from=on)


def parts(pack: str = "harborough-2015") -> dict[str, Any]:
    """The parts of the address of a version that waits."""
    version = waiting(pack)
    return {"code": version.code, "version": version.version}


def _page(name: str, pack: str = "harborough-2015") -> Callable[[], str]:
    return lambda: reverse(name, kwargs=parts(pack))


def send_up(council: Council, *, by: User | None = None, why: str = "Three years have passed.") -> Request:
    """Version 2 of the council's policy, sent up on the route of version 1."""
    version = waiting(council.version.code)
    route = council.policy.policy_route
    about = policy_versions.about(version)
    return services.send_up(
        route.id, about=about, why=why, by=by or council.manager, version=council.version, at=SENT_AT
    )


def _on_its_way() -> str:
    request = send_up(Council("harborough-2015"))
    return reverse("approvals:step", args=[request.reference, "har-f17-executive"])


KEEPERS = PERMISSIONS["approvals.send_up"]
ACCESS: dict[str, tuple[frozenset[Role], Callable[[], dict[str, Any]]]] = {
    "approvals:policy_send": (KEEPERS, parts),
    "policy:put_in_force": (PERMISSIONS["policy.put_in_force"], parts),
}
LOOKS = [
    ("policy-waits", _page("policy:version"), Role.REGISTER_MANAGER),
    ("policy-send-up", _page("approvals:policy_send"), Role.ADMINISTRATOR),
    ("policy-put-in-force", _page("policy:put_in_force"), Role.REGISTER_MANAGER),
    ("policy-decide", _on_its_way, Role.EXECUTIVE),
]
FORMS: dict[str, tuple[str, str | None]] = {
    "policy-send-up": ("taken", None),
    "policy-put-in-force": ("refused", "refused"),
    "policy-decide": ("refused", "refused"),
}
