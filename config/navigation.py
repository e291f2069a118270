"""What the frame round every page shows: menu by role, person, council, policy version in force."""

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.roles import Role
from policy.models import PolicyVersion

MOST = 8  # links of the menu: design, section 2

# Title of a link: the page it opens, and the permission that its reader needs.
LINKS: dict[str, tuple[str, str]] = {
    "Home": ("home", ""),
    "Register": ("register:partnership_list", "register.view"),
    "Proposals": ("approvals:request_list", "approvals.view"),
    "Decisions": ("approvals:decision_list", "approvals.view"),
    "Meetings": ("approvals:meeting_list", "approvals.view"),
    "Reviews": ("reviews:review_list", "reviews.view"),
    "Refresh": ("reviews:refresh", "reviews.manage"),
    "Actions": ("register:action_list", "register.view"),
    "Lessons": ("exits:lesson_list", "exits.view"),
    "Appointments": ("appointments:appointment_list", "appointments.view"),
    "Reports": ("reports:report_list", "reports.view"),
    "Dashboard": ("reports:dashboard", "reports.dashboard"),
    "Checks": ("reports:check_list", "reports.check"),
    "Import": ("register:import_list", "register.import"),
    "Merge": ("register:merge_list", "register.merge"),
    "Users": ("accounts:user_list", "accounts.view_users"),
    "Policy": ("policy:policy", "policy.view"),
}

# The menu of each role, most used first (design, section 3).
_OFFICER = ("Home", "Register", "Proposals", "Reviews", "Actions", "Lessons", "Reports")
_ADVISER = ("Home", "Decisions", "Register", "Reviews", "Reports")
_DECIDER = ("Home", "Decisions", "Register", "Meetings", "Lessons", "Reports")
MENUS: dict[Role, tuple[str, ...]] = {
    Role.REGISTER_MANAGER: (
        "Home",
        "Register",
        "Decisions",
        "Refresh",
        "Appointments",
        "Reports",
        "Import",
        "Policy",
    ),
    Role.LEAD_OFFICER: _OFFICER,
    Role.RESPONSIBLE_HEAD: _ADVISER,
    Role.FINANCE_ADVISER: _ADVISER,
    Role.LEGAL_ADVISER: _ADVISER,
    Role.MANAGEMENT_TEAM: ("Home", "Dashboard", *_DECIDER[1:]),
    Role.PORTFOLIO_HOLDER: _DECIDER,
    Role.EXECUTIVE: ("Home", "Dashboard", "Decisions", "Meetings", "Reports"),
    Role.SCRUTINY: ("Home", "Reports", "Register"),
    Role.ADMINISTRATOR: ("Home", "Register", "Import", "Merge", "Users", "Policy"),
    Role.AUDITOR: ("Home", "Register", "Decisions", "Reports", "Checks"),
}


@dataclass(frozen=True)
class Link:
    """A line of the menu; `active` marks the part of the site that the page belongs to, `current` the page itself."""

    title: str
    address: str
    active: bool
    current: bool


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the band says it."""

    line: str
    account_address: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give base.html its council, person, menu and policy. Asks the database only for what a page shows."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "council_name": settings.COUNCIL_NAME,
        "today": timezone.localdate(),
        "policy_in_force": SimpleLazyObject(lambda: _policy_in_force(user)),
        "policy_address": address_of("policy:policy"),
    }
    if user is not None and user.is_authenticated:
        context |= {
            "person": Person(_line(user), address_of("accounts:my_account")),
            "navigation": menu(user, request.path),
            "find_address": address_of("register:find") or address_of("register:partnership_list"),
        }
    return context


def menu(user: Any, path: str) -> list[Link]:
    """The person's links: the union of their roles' menus, at most eight, those only that they may open."""
    titles = dict.fromkeys(title for role, titles in MENUS.items() if role in user.roles for title in titles)
    links = []
    for title in titles or ("Home",):
        url_name, permission = LINKS[title]
        address = address_of(url_name)
        if address and (not permission or user.has_perm(permission)):
            links.append(Link(title, address, _is_part(path, address), path == address))
    if not any(link.title == "Proposals" for link in links) and _is_part(path, address_of("approvals:request_list")):
        # Those whose menu has no proposals come to a request from the decisions.
        links = [replace(link, active=link.active or link.title == "Decisions") for link in links]
    return links[:MOST]


def _is_part(path: str, address: str) -> bool:
    """Whether a path belongs to the part of the site that starts at an address."""
    return path == address or (address not in ("", "/") and path.startswith(address))


def address_of(url_name: str) -> str:
    """The address of a page, or "" where the app that has it is not part of the site."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _line(user: Any) -> str:
    """ "T.W., Policy and Performance Team": the name with the job, or with the roles held today."""
    part = user.job_title or ", ".join(sorted(role.label for role in user.roles))
    return ", ".join(word for word in (str(user), part) if word)


def _policy_in_force(user: Any) -> PolicyVersion | None:
    if user is not None and user.is_authenticated:
        return user.policy_version
    return PolicyVersion.objects.in_force(timezone.localdate())
