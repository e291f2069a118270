"""The home page: what waits for the person, their entries, news. Each app brings its own part."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.panels import MOST, panels_for, work_for
from accounts.permissions import requires
from accounts.views import policy_today
from accounts.words import role_label
from config import words


@requires("accounts.own")
def home(request: HttpRequest) -> HttpResponse:
    """Show the person's home: late, due, their turn, then the rest."""
    today = timezone.localdate()
    kinds = work_for(request.user, today)
    lines = sorted((line for work in kinds for line in work.lines), key=lambda line: line.due or date.max)[:MOST]
    total = sum(work.total for work in kinds)
    panels = panels_for(request.user, today)
    policy = policy_today()
    roles = [role_label(role, policy) for role in sorted(request.user.roles)]
    context = {
        "has_role": bool(roles),
        "roles": words.listed(roles),
        "has_work": bool(kinds),
        "work": lines,
        "work_total": total,
        "work_links": [work.all for work in kinds if work.all and work.total] if total > len(lines) else [],
        "panels": [panel for panel in panels if not panel.beside],
        "beside": [panel for panel in panels if panel.beside],
    }
    return render(request, "home.html", context)
