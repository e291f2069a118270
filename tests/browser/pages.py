"""Every page that is looked at in a browser. Whoever adds a page adds its line.

`path` is an address, or a function that makes what the page shows and returns the address; `who` is a role, a
function that makes a person, or `None` for somebody who has not signed in.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.urls import reverse

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from tests.factories import make_user, put_policy_in_force


class Look(NamedTuple):
    name: str
    path: str | Callable[[], str]
    who: Role | Callable[[], User] | None = None
    status: int = 200


def _demonstration() -> str:
    from django.core.management import call_command

    call_command("load_demo", verbosity=0)
    return "/sign-in/"


def _person() -> User:
    return make_user(Role.LEAD_OFFICER, name="D.F.", job_title="Planning Policy Manager")


def _page_of_person(page: str) -> Callable[[], str]:
    return lambda: reverse(f"accounts:{page}", kwargs={"user_id": _person().pk})


def _end_role() -> str:
    held = RoleAssignment.objects.get(user=_person())
    return reverse("accounts:end_role", kwargs={"user_id": held.user_id, "role_id": held.pk})


def _people() -> str:
    for _ in range(30):
        _person()
    return "/users/"


def _policy(page: str) -> Callable[[], str]:
    def address() -> str:
        version = put_policy_in_force()
        return reverse(f"policy:{page}", kwargs={"code": version.code, "version": version.version})

    return address


PAGES = [
    Look("policy-none", "/policy/", Role.AUDITOR),
    Look("policy", _policy("version"), Role.AUDITOR),
    Look("policy-fields", _policy("fields"), Role.AUDITOR),
    Look("policy-levels", _policy("levels"), Role.AUDITOR),
    Look("policy-forms", _policy("forms"), Role.AUDITOR),
    Look("policy-routes", _policy("routes"), Role.AUDITOR),
    Look("home-administrator", "/", Role.ADMINISTRATOR),
    Look("home-auditor", "/", Role.AUDITOR),
    Look("users", _people, Role.ADMINISTRATOR),
    Look("users-nobody", "/users/?q=nobody", Role.ADMINISTRATOR),
    Look("user", _page_of_person("user"), Role.ADMINISTRATOR),
    Look("user-add", "/users/add/", Role.ADMINISTRATOR),
    Look("user-change", _page_of_person("change_user"), Role.ADMINISTRATOR),
    Look("user-close", _page_of_person("deactivate"), Role.ADMINISTRATOR),
    Look("user-role-add", _page_of_person("add_role"), Role.ADMINISTRATOR),
    Look("user-role-end", _end_role, Role.ADMINISTRATOR),
    Look("roles", "/roles/", Role.ADMINISTRATOR),
    Look("my-account", "/account/", Role.LEAD_OFFICER),
    Look("my-account-change", "/account/change/", Role.LEAD_OFFICER),
    Look("session-ended", "/sign-in/ended/?next=/account/"),
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
