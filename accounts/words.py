"""Roles in the council's own words: the policy's label where it has one, ours where it has none."""

from collections.abc import Iterable
from typing import Any

from accounts.permissions import IN_WORDS, PERMISSIONS
from accounts.roles import Role

# The policies do not speak of these parts of the register's own running.
HINTS = {
    Role.ADMINISTRATOR: "Looks after people, roles and the import of old registers",
    Role.AUDITOR: "Reads everything and changes nothing",
}


def role_label(role: str, policy: Any = None) -> str:
    """What this council calls a role."""
    own = policy.role(role) if policy is not None else None
    return own.label if own is not None else str(Role(role).label)


def role_hint(role: str, policy: Any = None) -> str:
    """A line that explains the role, or ""."""
    own = policy.role(role) if policy is not None else None
    return (own.hint if own is not None else "") or HINTS.get(Role(role), "")


# Somebody keeps the register, leads entries and looks after people whatever a policy says.
ALWAYS = frozenset({Role.LEAD_OFFICER, Role.REGISTER_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR})


def roles_of(policy: Any = None) -> list[Role]:
    """The roles that the policy has, and those that the register itself needs."""
    return [role for role in Role if policy is None or role in ALWAYS or policy.role(role) is not None]


def role_choices(policy: Any = None) -> list[tuple[str, str]]:
    """The roles that somebody can be given, with the council's labels."""
    return [(role.value, role_label(role, policy)) for role in roles_of(policy)]


def abilities(roles: Iterable[Role]) -> list[str]:
    """What somebody with these roles can do, a line each, in the order of the table."""
    held = frozenset(roles)
    return [IN_WORDS[name] for name, allowed in PERMISSIONS.items() if not allowed.isdisjoint(held)]


def who_may(policy: Any = None) -> list[tuple[str, list[str]]]:
    """The table of permissions in words: what, and the roles that may."""
    return [
        (IN_WORDS[name], [role_label(role, policy) for role in roles_of(policy) if role in allowed])
        for name, allowed in PERMISSIONS.items()
    ]
