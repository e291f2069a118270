"""The home page: what waits for the person, their entries, news. Each app brings its own part."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import RoleAssignment
from accounts.panels import MOST, Link, dates_for, news_for, panels_for, work_for
from accounts.permissions import SignedIn, requires
from accounts.roles import Role
from accounts.words import role_label
from config import words
from config.navigation import address_of
from register.listing import has_grid
from register.panels import policy_for

# Where a person goes on from the home page: words, page, and the permission it needs.
LINKS = (
    ("Dashboard", "reports:dashboard", "reports.dashboard"),
    ("All partnerships", "register:partnership_list", "register.view"),
    ("Risk against value", "register:grid", "register.view"),
    ("Everything to be done", "register:action_list", "register.view"),
    ("Meetings", "approvals:meeting_list", "approvals.view"),
    ("Concerns", "approvals:concern_list", "approvals.view"),
    ("Reports", "reports:report_list", "reports.view"),
    ("Made for you: long reports", "jobs:job_list", "jobs.own"),
    ("The policy, clause by clause", "policy:policy", "policy.view"),
    ("Roles and what they allow", "accounts:role_list", "accounts.view_users"),
    ("My account", "accounts:my_account", "accounts.own"),
    ("Help", "help", "accounts.own"),
)


FIRST_NEWS = timedelta(days=30)  # what is new to somebody who is here for the first time
# Whose lines carry no verbs of change: the heading over them says what waits, not what to do (pages.md, 5.1).
READERS = frozenset({Role.EXECUTIVE, Role.SCRUTINY, Role.AUDITOR})


@requires("accounts.own")
def home(request: SignedIn) -> HttpResponse:
    """Show the person's home: late, due, their turn, then the rest and the news since their last visit."""
    now, today = timezone.now(), timezone.localdate()
    last = request.user.come_in(at=now)
    kinds = work_for(request.user, today)
    lines = sorted((line for work in kinds for line in work.lines), key=lambda line: line.urgency)[:MOST]
    total = sum(work.total for work in kinds)
    panels = panels_for(request.user, today)
    policy = policy_for(request.user)
    roles = [_held(each, policy) for each in request.user.held]
    context = {
        "has_role": bool(roles),
        "add_address": address_of("register:add") if request.user.has_perm("register.propose") else "",
        "links": [
            Link(title, address)
            for title, url_name, permission in LINKS
            if request.user.has_perm(permission) and (address := address_of(url_name))
            if url_name != "register:grid" or policy is None or has_grid(policy)
        ],
        "roles": words.listed(dict.fromkeys(roles)),
        "work_title": "What needs a decision" if request.user.roles <= READERS else "Do now",
        "dates": dates_for(request.user, today),
        "news": news_for(request.user, last or now - FIRST_NEWS),
        "news_title": f"Since you were last here, {words.day(last)}" if last else "In the last 30 days",
        "has_work": bool(kinds),
        "work": lines,
        "work_total": total,
        "work_links": [work.all for work in kinds if work.all and work.total] if total > len(lines) else [],
        "panels": [panel for panel in panels if not panel.beside],
        "beside": [panel for panel in panels if panel.beside],
    }
    return render(request, "home.html", context)


def _held(held: RoleAssignment, policy: Any) -> str:
    """ "Portfolio Holder for Growth and Planning": a role in the council's words, with its service."""
    label = role_label(held.role, policy)
    return f"{label} for {held.service_area}" if held.service_area else label
