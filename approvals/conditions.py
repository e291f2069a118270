"""The ledger of conditions: what decisions depend on, whose it is, by when, and what shows that it was done.

A condition is an action of its entry that closes only with evidence (CORE-12, CORE-13). Discharging it is closing the
action; reopening the action brings it back.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.panels import MOST, Line, Link, Work
from accounts.roles import Role
from approvals.models import Condition
from config import words
from policy.model import Policy
from register.actions import Source
from register.models import Action, Partnership
from register.sections import Warned
from register.services import Guarded


def stays_as_decided(partnership: Partnership, record: Any, values: Mapping[str, Any]) -> Guarded | None:
    """A condition is worded by its decision: nobody changes its words or source by hand, only its owner and day.

    Named by `settings.CHANGE_GUARDS`; one query for an action whose words change.
    """
    if not isinstance(record, Action) or not values.keys() & {"text", "source"}:
        return None
    condition = Condition.objects.filter(action=record.pk).select_related("step").first()
    if condition is None:
        return None
    return Guarded(
        f"{condition.step} made this a condition, so its words stay as they were decided. Add a note on its own page, "
        "or ask for a new decision",
        is_refused=True,
    )


def overdue(partnership: Partnership, policy: Policy) -> list[Warned]:
    """The conditions of an entry that are not met after their day. Named by `settings.ENTRY_WARNINGS`; one query."""
    today = timezone.localdate()
    late = Condition.objects.ledger(Condition.LATE, on=today).filter(action__partnership=partnership)
    return [
        Warned(
            f"A condition of {each.step} is not met: {each.action.text}",
            f"It was due on {words.day(each.action.due_on)} and is for {each.action.whose}",
            address=reverse("register:action", args=[each.action_id]),
        )
        for each in late
    ]


def overdue_work(user: User, today: date) -> Work | None:
    """For register managers: conditions of decisions that are not met after their day. Two queries."""
    if Role.REGISTER_MANAGER not in user.roles:
        return None
    late = Condition.objects.ledger(Condition.LATE, on=today).exclude(action__owner=user)
    listed = list(late[: MOST + 1])
    if not listed:
        return None
    lines = [
        Line(
            f"Ask {each.action.whose} about a condition of {each.step}",
            reverse("register:action", args=[each.action_id]),
            note=str(each.action.partnership),
            when=words.days_away(each.action.due_on, today) if each.action.due_on else "",
            is_late=True,
            due=each.action.due_on,
        )
        for each in listed[:MOST]
    ]
    total = late.count() if len(listed) > MOST else len(listed)
    everything = f"{reverse('approvals:condition_list')}?state={Condition.LATE}"
    return Work(lines, total, Link("All overdue conditions", everything))


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
