"""To whom a concern goes, in which order: the line of the policy's route. Pure functions.

A policy without such a route takes a concern to the responsible head, then to the management team with the Portfolio
Holder, as far as it has them. Source: BRK-F11, BRK-F12, RED-F25, RED-F27, RED-F28, HAR-F09; CORE-15.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from approvals.rules import PROPOSERS, before_others
from assessments import rules
from policy.model import Policy, Route

PURPOSE = "concern"  # of a route of the policy
# Days in which a concern is answered where its route does not say; a policy may set them otherwise (`concern-days`).
DAYS, USUAL_DAYS = "concern-days", 14


@dataclass(frozen=True)
class Stage:
    """One stop of a concern: whose, what they do, and in how many days: as the policy says, or as is usual.

    `is_expected`: the policy takes every concern there; the others are for those that somebody takes further.
    """

    id: str
    title: str
    roles: tuple[str, ...]
    clause: str = ""
    due_days: int | None = None
    is_expected: bool = True
    because: str = ""


@dataclass(frozen=True)
class Line:
    """The line of one policy: who may raise a concern, who answers it in turn, who hears of it at once."""

    raisers: frozenset[str]
    stages: tuple[Stage, ...]
    told: tuple[Stage, ...]
    route: Route | None = None

    def stage(self, stage_id: str) -> Stage | None:
        """The stage with this id; `None` when the policy no longer has it."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def after(self, stage_id: str) -> Stage | None:
        """The next stage up; `None` at the end of the line."""
        ids = [stage.id for stage in self.stages]
        place = ids.index(stage_id) + 1 if stage_id in ids else len(ids)
        return self.stages[place] if place < len(ids) else None


def route_of(policy: Policy) -> Route | None:
    """The policy's own route for concerns, if it has one."""
    return next(iter(policy.routes_for(PURPOSE)), None)


def line_of(policy: Policy | None, facts: Mapping[str, Any]) -> Line:
    """The line of a policy for an entry with these facts.

    Raises WrongFact for a fact that cannot be used.
    """
    route = route_of(policy) if policy else None
    days = int(policy.chosen(DAYS, USUAL_DAYS)) if policy else USUAL_DAYS
    if policy is None or route is None:
        return _line_by_roles(policy, days)
    # Nobody has taken it further yet: what only then is needed is not expected.
    found = rules.route(policy, route.id, {**facts, "was_referred_up": False})
    first = before_others(route)
    stages: list[Stage] = []
    told: list[Stage] = []
    for finding in found:
        step = finding.step
        if step in first:
            continue
        is_expected = finding.included is not False
        stage = Stage(step.id, step.title, step.role, step.clause, step.due_days or days, is_expected, finding.reason)
        (told if step.act == "receive" else stages).append(stage)
    raisers = {role for step in first for role in step.role} or PROPOSERS
    return Line(frozenset(raisers), tuple(stages), tuple(told), route)


def _line_by_roles(policy: Policy | None, days: int) -> Line:
    """The line of a policy that does not say it: the head, then those above as far as there are any."""

    def there(*roles: str) -> tuple[str, ...]:
        return tuple(role for role in roles if policy is None or policy.role(role))

    stops = (
        Stage("head", "Deal with it or take it further", there("responsible_head"), due_days=days),
        Stage(
            "management",
            "Say what to do",
            there("management_team", "portfolio_holder"),
            due_days=days,
            is_expected=False,
        ),
    )
    stages = tuple(stage for stage in stops if stage.roles)
    return Line(PROPOSERS, stages or (Stage("manager", "Deal with it", ("register_manager",), due_days=days),), ())
