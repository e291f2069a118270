"""The checks of an auditor as pages: one line a check, and the entries behind each."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import SignedIn, requires
from register.listing import policy_in_force
from register.models import Partnership
from reports.checks import Asked, check_named, checks_of, entries_of, findings

A_PAGE = 25


def _asked() -> Asked | None:
    today = timezone.localdate()
    version = policy_in_force(today)
    return Asked(version, today) if version else None


@requires("reports.check")
@require_GET
def check_list(request: SignedIn) -> HttpResponse:
    """What an auditor would find today, the most frequent first."""
    asked = _asked()
    if asked is None:
        return render(request, "register/no_policy.html")
    found = sorted(findings(asked), key=lambda finding: -finding.count)
    context = {
        "found": [finding for finding in found if finding.count],
        "in_order": [finding.check.title for finding in found if not finding.count],
        "entries": Partnership.objects.active().count(),
        "version": asked.version,
    }
    return render(request, "reports/check_list.html", context)


@requires("reports.check")
@require_GET
def check(request: SignedIn, check: str) -> HttpResponse:
    """The entries that show one finding, each with the page on which it is put right."""
    asked = _asked()
    if asked is None:
        return render(request, "register/no_policy.html")
    asked_for = check_named(check, checks_of(asked.policy))
    if asked_for is None:
        raise Http404("There is no such check")
    page = Paginator(entries_of(asked_for, asked), A_PAGE).get_page(request.GET.get("page"))
    rows = [(entry, reverse(asked_for.section, args=[entry.reference])) for entry in page]
    context = {"check": asked_for, "page": page, "rows": rows, "one_size": [A_PAGE], "version": asked.version}
    return render(request, "reports/check.html", context)
