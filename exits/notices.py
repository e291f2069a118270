"""Whom a leaving reminds: an exit strategy that nobody has approved after the months that the policy says (BRK-I12).

A form that falls due after the decision is a cycle of the policy, and `reviews` reminds of it.
"""

from datetime import date

from django.urls import reverse

from accounts.models import User
from accounts.notices import tell
from accounts.roles import Role
from config import words
from exits import rules, services
from exits.models import Leaving
from policy.model import Policy

WEEK = 7  # days after which it is said again, and to the line above too


def remind(on: date) -> int:
    """Tell lead officers, and after a week the responsible head and the register managers; answers how many are late.

    Safe to repeat: each reminder has its own key.
    """
    managers = list(User.objects.holding(Role.REGISTER_MANAGER, on=on))
    late = 0
    for leaving in Leaving.objects.under_way().filter(approved_on=None).for_list():
        policy = leaving.policy_version.policy
        since = rules.strategy_reminded_from(policy.exit, leaving.decided_on) if policy.exit else None
        if since is None or on < since or _is_reminded_of(policy, leaving):
            continue
        late += 1
        weeks = (on - since).days // WEEK
        entry = leaving.partnership
        line = [each for each in (entry.responsible_head,) if each] + managers
        people = [each for each in (entry.lead_officer,) if each] + (line if weeks else [])
        tell(
            people or managers,
            key=f"leaving:{leaving.pk}:strategy:{weeks}",
            subject=f"Exit strategy not yet approved: {entry}",
            lines=[f"Leaving was decided on {words.day(leaving.decided_on)}. Its page says what is still to do."],
            path=reverse("exits:exit", args=[entry.reference]),
        )
    return late


def _is_reminded_of(policy: Policy, leaving: Leaving) -> bool:
    """Whether a cycle of the policy already asks for a strategy that was not sent yet."""
    asked = {each.questionnaire for each in policy.exit.before} if policy.exit else set()
    in_cycles = {each.questionnaire for each in policy.cycles if each.starts_from == "decision_to_leave"}
    return bool(asked & in_cycles) and not services.sent_forms(leaving)
