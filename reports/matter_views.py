"""Reports that the policy describes about one request or partnership: a list from its page, each in three forms."""

from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from approvals.models import Request
from assessments.models import Response
from config import words
from policy.model import Policy, Report
from register.listing import policy_in_force
from register.models import Partnership
from reports.catalogue import label_of_role, may_read, of_one, subject_of
from reports.described import about_partnership, about_request, described
from reports.lists import Made
from reports.matters import Matter
from reports.paper_views import as_pdf, as_xlsx
from reports.shape import Paper

OF_ENTRY = ("partnership", "exit")


class Offered(NamedTuple):
    """A report as a list offers it: for whom it is, whether its forms were sent, and where it is in each form."""

    report: Report
    readers: str
    sent: str
    ways: tuple[tuple[str, str], ...]


def _readers(policy: Policy, report: Report) -> str:
    return words.listed(dict.fromkeys(label_of_role(policy, role) for role in report.audience))


def _offered(
    request: SignedIn, policy: Policy, entry: Partnership | None, address: str, key: str, *covers: str
) -> list[Offered]:
    """The reports about a matter that this person may read. Two queries for any number of them."""
    if entry is None:
        return []  # a request about the whole register
    there = set(Response.objects.sent().filter(partnership=entry).values_list("questionnaire", flat=True))
    ways = (("Web page", ""), ("PDF", "_pdf"), ("Excel", "_xlsx"))
    found = []
    for report in of_one(policy, *covers):
        if not may_read(report, request.user, entry):
            continue
        forms = [name for name in report.questionnaires if "concern" not in policy.questionnaire(name).occasions]
        sent = f"{sum(name in there for name in forms)} of {len(forms)}" if forms else "None needed"
        links = tuple((title, reverse(f"reports:{address}{end}", args=[key, report.id])) for title, end in ways)
        found.append(Offered(report, _readers(policy, report), sent, links))
    return found


# --- A partnership ----------------------------------------------------------------------------------


@requires("register.view")
def of_partnership(request: SignedIn, reference: str) -> HttpResponse:
    """The reports that the policy describes about a partnership or its leaving."""
    entry = get_object_or_404(Partnership, reference=reference)
    version = policy_in_force(timezone.localdate())
    if version is None:
        return render(request, "register/no_policy.html")
    offered = _offered(request, version.policy, entry, "of_partnership", reference, *OF_ENTRY)
    policy = version.policy
    agreements = [(each, _readers(policy, each)) for each in policy.reports if subject_of(each) == "agreement"]
    context = {
        "offered": offered,
        "agreements": agreements,
        "entry": entry,
        "about": entry.name,
        "version": version,
        "crumbs": [(entry.name, reverse("register:partnership", args=[reference]))],
    }
    return render(request, "reports/matter.html", context)


def _about_partnership(request: SignedIn, reference: str, report: str) -> Matter:
    entry = get_object_or_404(Partnership, reference=reference)
    version = policy_in_force(timezone.localdate())
    if version is None:
        raise Http404("No policy is in force yet. Ask an administrator to load one")
    found = _readable(request, version.policy, entry, report, *OF_ENTRY)
    return about_partnership(found, version, request.user, timezone.now(), entry)


@requires("register.view")
def partnership_page(request: SignedIn, reference: str, report: str) -> HttpResponse:
    """One of them as a page."""
    return _page(request, _about_partnership(request, reference, report), reference, "of_partnership")


@requires("register.view")
def partnership_pdf(request: SignedIn, reference: str, report: str) -> HttpResponse:
    """The same as a tagged PDF."""
    return as_pdf(request, _paper(request, _about_partnership(request, reference, report)), f"{reference}-{report}")


@requires("register.view")
def partnership_xlsx(request: SignedIn, reference: str, report: str) -> HttpResponseBase:
    """The same as an Excel workbook."""
    return as_xlsx(_paper(request, _about_partnership(request, reference, report)), f"{reference}-{report}")


# --- A request --------------------------------------------------------------------------------------


def _request(request: SignedIn, reference: str) -> Request:
    readable = Request.objects.readable_by(request.user).select_related("partnership", "policy_version")
    return get_object_or_404(readable, reference=reference)


@requires("approvals.view")
def of_request(request: SignedIn, reference: str) -> HttpResponse:
    """The reports that the policy of a request describes about it."""
    found = _request(request, reference)
    policy = found.policy_version.policy
    offered = _offered(request, policy, found.partnership, "of_request", reference, "request")
    context = {
        "offered": [each for each in offered if _fits(policy, each.report, found.route)],
        "about": f"{reference}, {found.matter}",
        "version": found.policy_version,
        "crumbs": [(reference, reverse("approvals:request", args=[reference]))],
    }
    return render(request, "reports/matter.html", context)


def _fits(policy: Policy, report: Report, route_id: str) -> bool:
    """Whether a report belongs to requests on a route: whether the route asks for its forms, or it has none."""
    route = policy.route(route_id)
    asked = {*route.needs, *(name for step in route.steps for name in step.needs)}
    return not report.questionnaires or not asked.isdisjoint(report.questionnaires)


def _about_request(request: SignedIn, reference: str, report: str) -> Matter:
    asked = _request(request, reference)
    found = _readable(request, asked.policy_version.policy, asked.partnership, report, "request")
    return about_request(found, request.user, timezone.now(), asked)


@requires("approvals.view")
def request_page(request: SignedIn, reference: str, report: str) -> HttpResponse:
    """One of them as a page."""
    return _page(request, _about_request(request, reference, report), reference, "of_request")


@requires("approvals.view")
def request_pdf(request: SignedIn, reference: str, report: str) -> HttpResponse:
    """The same as a tagged PDF."""
    return as_pdf(request, _paper(request, _about_request(request, reference, report)), f"{reference}-{report}")


@requires("approvals.view")
def request_xlsx(request: SignedIn, reference: str, report: str) -> HttpResponseBase:
    """The same as an Excel workbook."""
    return as_xlsx(_paper(request, _about_request(request, reference, report)), f"{reference}-{report}")


# --- Both -------------------------------------------------------------------------------------------


def _readable(request: SignedIn, policy: Policy, entry: Partnership | None, report: str, *covers: str) -> Report:
    """The report of this id about such a matter. Not found for those for whom it is not."""
    found = next((each for each in of_one(policy, *covers) if each.id == report), None)
    if found is None or entry is None or not may_read(found, request.user, entry):
        raise Http404("There is no such report for you")
    return found


def _paper(request: SignedIn, matter: Matter) -> Paper:
    made = Made(matter.version, matter.today, _readers(matter.policy, matter.report), str(request.user))
    return described(matter, made)


def _page(request: SignedIn, matter: Matter, key: str, address: str) -> HttpResponse:
    made = _paper(request, matter)
    crumb = (
        (key, reverse("approvals:request", args=[key]))
        if matter.request
        else (str(matter.partnership), reverse("register:partnership", args=[key]))
    )
    context: dict[str, Any] = {
        "report": made,
        "crumbs": [crumb, ("Reports on it", reverse(f"reports:{address}_list", args=[key]))],
        "pdf": reverse(f"reports:{address}_pdf", args=[key, matter.report.id]),
        "xlsx": reverse(f"reports:{address}_xlsx", args=[key, matter.report.id]),
    }
    return render(request, "reports/report_page.html", context)
