"""What anybody may read without signing in, where the policy opens it: appointments without personal contact."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from policy.models import PolicyVersion
from register.listing import policy_in_force
from reports import appointments
from reports.sheets import csv_rows

A_PAGE = 50


def _version_or_404() -> PolicyVersion:
    """The policy in force, where it opens the register to the public (BRK-I09, RED-I08, DEF-06)."""
    version = policy_in_force(timezone.localdate())
    if version is None or not version.policy.visibility.public:
        raise Http404("The policy in force does not open the register to the public")
    return version


@login_not_required
def public_appointments(request: HttpRequest) -> HttpResponse:
    """Who sits where for the council: members by name, others by their part."""
    version = _version_or_404()
    lines = appointments.public_lines(version.policy, timezone.localdate())
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "version": version, "sizes": (A_PAGE,), "council": settings.COUNCIL_NAME}
    return render(request, "reports/public_appointments.html", context)


@login_not_required
def public_appointments_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as CSV."""
    version = _version_or_404()
    lines = appointments.public_lines(version.policy, timezone.localdate())
    rows = csv_rows(lines, appointments.public_columns())  # type: ignore[arg-type]
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="appointments-{timezone.localdate()}.csv"'
    return response
