"""Who may open which page: every address of the site by its name. Whoever adds an address adds its line.

A line says the roles (`PUBLIC`: anybody; `EVERYONE`: whoever has signed in) and, where the address has parts,
the function that makes what stands there and returns the parts.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from accounts.permissions import PERMISSIONS
from accounts.roles import Role

PUBLIC = None
EVERYONE = frozenset(Role)


class Access(NamedTuple):
    roles: frozenset[Role] | None
    parts: Callable[[], dict[str, Any]] = dict


def needs(permission: str, parts: Callable[[], dict[str, Any]] = dict) -> Access:
    """The roles that hold a permission of accounts/permissions.py."""
    return Access(PERMISSIONS[permission], parts)


TABLE: dict[str, Access] = {
    "brand": Access(PUBLIC),
    "help": Access(PUBLIC),
    "help_topic": Access(PUBLIC, lambda: {"topic": "levels"}),
    "accessibility": Access(PUBLIC),
    "privacy": Access(PUBLIC),
    "account_login": Access(PUBLIC),
    "account_logout": Access(PUBLIC),
    "account_inactive": Access(PUBLIC),
    "account_signup": Access(PUBLIC),
    "account_reset_password": Access(PUBLIC),
    "account_reset_password_done": Access(PUBLIC),
    "account_reset_password_from_key": Access(PUBLIC, lambda: {"uidb36": "1", "key": "abc"}),
    "account_reset_password_from_key_done": Access(PUBLIC),
    "account_reauthenticate": Access(EVERYONE),
    "account_change_password": Access(EVERYONE),
}
