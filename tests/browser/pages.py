"""Every page that is looked at in a browser. Whoever adds a page adds its line.

`path` is an address, or a function that makes what the page shows and returns the address; `who` is a role, a
function that makes a person, or `None` for somebody who has not signed in.
"""

from collections.abc import Callable
from typing import NamedTuple

from accounts.models import User
from accounts.roles import Role


class Look(NamedTuple):
    name: str
    path: str | Callable[[], str]
    who: Role | Callable[[], User] | None = None
    status: int = 200


def _demonstration() -> str:
    from django.core.management import call_command

    call_command("load_demo", verbosity=0)
    return "/sign-in/"


PAGES = [
    Look("sign-in", "/sign-in/"),
    Look("sign-in-demonstration", _demonstration),
    Look("sign-out", "/sign-out/", Role.LEAD_OFFICER),
    Look("new-password", "/sign-in/new-password/"),
    Look("new-password-sent", "/sign-in/new-password/sent/"),
    Look("new-password-used-link", "/sign-in/new-password/1-abc/"),
    Look("new-password-set", "/sign-in/new-password/set/"),
    Look("no-sign-up", "/sign-in/no-sign-up/"),
    Look("account-closed", "/sign-in/closed/"),
    Look("change-password", "/account/password/", Role.LEAD_OFFICER),
    Look("help", "/help/", Role.LEAD_OFFICER),
    Look("help-topic", "/help/lead-officer/"),
    Look("accessibility", "/accessibility/"),
    Look("privacy", "/privacy/"),
    Look("not-found", "/nowhere/", Role.REGISTER_MANAGER, 404),
]
