"""What the policy decides on a route is not for a hand: the register asks here before it moves or changes an entry."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from approvals.proposed import CARRYING, facts_to_change, is_about_money
from config import words
from policy.model import Policy, Route
from policy.models import PolicyVersion
from register.models import Contribution, ImportedRow, Partnership, Status
from register.services import Guarded

DECIDED = {
    Status.ACTIVE: "join",
    Status.NOT_JOINED: "join",
    Status.CONTACT_ONLY: "join",
    Status.REFERRED: "join",
    Status.LEAVING: "leave",
}
WORDS = {"join": "Joining", "leave": "Leaving"}


def why_not_by_hand(partnership: Partnership, to: Status, policy: Policy | None) -> str:
    """Say why this move needs a decision, or "". An entry of an old register joined before this one was kept."""
    purpose = DECIDED.get(to, "")
    if not purpose or policy is None or not policy.routes_for(purpose):
        return ""
    if partnership.status == Status.LEAVING:  # back to active: the decision to leave is taken back
        return ""
    if purpose == "join" and ImportedRow.objects.for_partnership(partnership).exists():
        return ""
    return f"{WORDS[purpose]} is decided on a route of the policy. Ask for a decision on the entry’s decisions page"


def decided_on_a_route(partnership: Partnership, record: Any, values: Mapping[str, Any]) -> Guarded | None:
    """Whether a change of an active entry is one that the policy in force has decided, and where to ask for that.

    The policy's setting `change-without-decision` says "refused" where nobody may make it by hand. Named by
    `settings.CHANGE_GUARDS`.
    """
    is_money = isinstance(record, Contribution)
    if partnership.status != Status.ACTIVE or not (is_money or isinstance(record, Partnership)):
        return None
    today = timezone.localdate()
    version = PolicyVersion.objects.in_force(today)
    route = _deciding(version, today, values, record if is_money else None) if version else None
    if version is None or route is None:
        return None
    return Guarded(
        f"The policy has this decided: {words.inside(route.title)}. Ask for the decision, and the register changes "
        "when it is agreed",
        reverse("approvals:ask", args=[partnership.reference, route.id]),
        "Ask for this change",
        is_refused=version.policy.chosen("change-without-decision", "") == "refused",
    )


def _deciding(
    version: PolicyVersion, today: date, values: Mapping[str, Any], money: Contribution | None
) -> Route | None:
    """The first route on which such values are decided."""
    policy = version.policy
    for route in policy.routes:
        if route.purpose not in CARRYING:
            continue
        if money is None:
            names = {fact.name for fact in facts_to_change(policy, route, today=today, version=version)}
            if names & set(values):
                return route
        elif is_about_money(policy, route) and (
            route.purpose != "money" or money.is_outside_budget or values.get("is_outside_budget")
        ):
            return route
    return None
