"""The bodies of a policy that meet and take steps: management team, executive, council, a board of its own. Pure.

Their names are the policy's; a body is known by the neutral role, or by the name of a board whose roles act together.
Source: requirements README section 6 and CORE-13.
"""

import re
from dataclasses import dataclass

from approvals.rules import ADVISING, BODY_ACTS
from policy.model import Policy, Step

ACTS = BODY_ACTS | ADVISING | {"receive"}


@dataclass(frozen=True)
class Body:
    """A body that meets: its key, its short name for lists and addresses, its whole name, and who sits in it."""

    key: str
    name: str
    full_name: str
    roles: tuple[str, ...]

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return slug_of(self.name)


def slug_of(name: str) -> str:
    """A name in small letters and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def body_of_step(policy: Policy, step: Step) -> Body | None:
    """The body whose step it is, or None for a step that one person takes."""
    if step.act not in ACTS:
        return None
    if step.joint_body:
        return Body(slug_of(step.joint_body), step.joint_body, step.joint_body, tuple(step.role))
    for role_id in step.role:
        role = policy.role(role_id)
        if role and role.kind == "body":
            return Body(role_id, role.short or role.label, role.label, (role_id,))
    return None


def bodies_of(policy: Policy) -> dict[str, Body]:
    """Every body that takes a step on some route of the policy, by key, in the order of the routes."""
    found = (body_of_step(policy, step) for route in policy.routes for step in route.steps)
    return {body.key: body for body in found if body}
