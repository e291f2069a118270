"""Which entries a new version of the policy asks to be assessed again, and why."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.permissions import SignedIn, requires
from assessments import services
from assessments.models import Assessment
from policy.models import PolicyVersion

A_PAGE = 50


@requires("assessments.view")
def to_reassess(request: SignedIn, code: str, version: str) -> HttpResponse:
    """The entries last assessed under a version whose criteria mean something else now."""
    shown = get_object_or_404(PolicyVersion.objects.defer("text"), code=code, version=version)
    again = services.to_make_again(shown)
    assessments = (
        Assessment.objects.to_make_again(shown)
        .filter(policy_version__in=[each.version for each in again])
        .select_related("partnership", "partnership__lead_officer", "policy_version")
        .defer("policy_version__text", "policy_version__canonical")
        .order_by("partnership__name", "partnership__pk")
    )
    page = Paginator(assessments, A_PAGE).get_page(request.GET.get("page"))
    context = {"shown": shown, "again": again, "page": page, "one_size": ()}
    return render(request, "assessments/to_reassess.html", context)
