"""The dashboard as a page, a PDF and a workbook, all from the same figures."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from accounts.roles import Role
from accounts.words import role_label
from config import words
from register.listing import policy_in_force
from reports.dashboard import PARTS
from reports.dashboard import dashboard as gathered
from reports.lists import Made
from reports.paper_views import as_pdf, as_xlsx
from reports.shape import Paper


def _paper(request: SignedIn) -> Paper | None:
    today = timezone.localdate()
    version = policy_in_force(today)
    if version is None:
        return None
    roles = [role for role in Role if role in PARTS and role in request.user.roles]
    readers = words.listed(role_label(role, version.policy) for role in roles)
    return gathered(roles, Made(version, today, readers, str(request.user)))


@requires("reports.dashboard")
def dashboard(request: SignedIn) -> HttpResponse:
    """The register today: parts by role, each figure a link to the list that it counts."""
    report = _paper(request)
    if report is None:
        return render(request, "register/no_policy.html")
    return render(request, "reports/dashboard.html", {"report": report})


@requires("reports.dashboard")
def dashboard_pdf(request: SignedIn) -> HttpResponse:
    """The same as a tagged PDF."""
    report = _paper(request)
    if report is None:
        return render(request, "register/no_policy.html")
    return as_pdf(request, report, f"dashboard-{report.on}")


@requires("reports.dashboard")
def dashboard_xlsx(request: SignedIn) -> HttpResponseBase:
    """The tables as an Excel workbook."""
    report = _paper(request)
    if report is None:
        return render(request, "register/no_policy.html")
    return as_xlsx(report, f"dashboard-{report.on}")
