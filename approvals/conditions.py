"""The ledger of conditions: what decisions depend on, whose it is, by when, and what shows that it was done.

A condition is an action of its entry that closes only with evidence (CORE-12, CORE-13). Discharging it is closing the
action; reopening the action brings it back.
"""

from django.urls import reverse

from accounts.models import User
from approvals.models import Condition
from register.actions import Source
from register.models import Action


def sources(actions: list[Action], user: User) -> dict[int, Source]:
    """The decision that each condition belongs to, with its page. Named by `settings.ACTION_SOURCES`; one query."""
    found = Condition.objects.filter(action__in=actions).select_related("step")
    return {
        condition.action_id: Source(
            f"Condition of {condition.step}",
            reverse("approvals:decision", args=[condition.step.reference]) if condition.step.reference else "",
        )
        for condition in found
    }
