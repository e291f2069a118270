"""A report on its way up: what went up and how it stands, the file as it was made, and sending it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from approvals.models import Status
from approvals.queries import how_it_stands
from approvals.send_up_views import send_up_page
from jobs import services as jobs
from policy.model import Report
from policy.models import PolicyVersion
from policy.refused import Refused
from register.listing import policy_in_force
from reports import sending
from reports.catalogue import Asked, make, maker_of
from reports.making import AT_ONCE
from reports.models import SentReport
from reports.pdf import PdfTrouble, alone, pdf_of_html
from reports.shape import Paper


def _found(request: HttpRequest, name: str, period: str, asked: str) -> tuple[PolicyVersion, Report, Paper]:
    """The report of the policy in force that goes up, and what it says now; not found where there is none."""
    now = timezone.now()
    version = policy_in_force(timezone.localdate(now))
    if version is None or maker_of(name, version.policy) is None:
        raise Http404
    wanted = next((each for each in sending.goes_up(name, version.policy) if each.id == asked), None)
    if wanted is None:
        raise Http404
    try:
        return version, wanted, make(Asked(name, period, str(request.user), now, with_entries=False, by=request.user))  # type: ignore[arg-type]
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal


def _trail(name: str, period: str, paper: Paper) -> list[tuple[str, str]]:
    return [
        ("Reports", reverse("reports:report_list")),
        (paper.whole_title, reverse("reports:paper", args=[name, period])),
    ]


@requires("reports.view")
def sent(request: SignedIn, report: str, period: str, asked: str) -> HttpResponse:
    """What went up of a report, and how it stands."""
    version, wanted, paper = _found(request, report, period, asked)
    requests = sending.requests_about(wanted, period)
    files = SentReport.objects.defer("page").filter(request__in=requests).order_by("-pk")
    of_request: dict[int, list[SentReport]] = {}
    for each in files:
        of_request.setdefault(each.request_id, []).append(each)
    context = {
        "about": sending.about(wanted, report, period, paper),
        "trail": _trail(report, period, paper),
        "route": version.policy.route(wanted.route or ""),
        "rows": [(each, how_it_stands(each), of_request.get(each.pk, [])) for each in requests],
        "can_send": all(not each.is_open or each.status == Status.RETURNED for each in requests),
        "parts": (report, period, asked),
    }
    return render(request, "reports/sent.html", context)


@requires("approvals.send_up")
def send(request: SignedIn, report: str, period: str, asked: str) -> HttpResponse:
    """Make the report for good and send it up the route that the policy names for it."""
    version, wanted, paper = _found(request, report, period, asked)
    about = sending.about(wanted, report, period, paper)
    return send_up_page(
        request,
        about,
        wanted.route or "",
        version,
        title=f"Send up: {about.title}",
        says=[
            "The report is made as the register stands now and kept as a file that never changes. Those who receive it "
            "and those who look later read that file."
        ],
        trail=_trail(report, period, paper),
        before_sending=lambda made: sending.keep(made, wanted, report, period, by=request.user, at=timezone.now()),
    )


@requires("reports.view")
def sent_html(request: SignedIn, number: int) -> HttpResponse:
    """A report as it went up, as one web page."""
    found = get_object_or_404(SentReport, pk=number)
    response = HttpResponse(alone(found.page), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.request.reference}-report-{found.pk}.html"'
    return response


@requires("reports.view")
def sent_pdf(request: SignedIn, number: int) -> HttpResponse:
    """The same as a tagged PDF: at once, or with the pages of many partnerships in the background."""
    found = get_object_or_404(SentReport, pk=number)
    if found.entries > AT_ONCE:
        title = f"{found.title}, as it went up with {found.request.reference}, PDF"
        job = jobs.ask("sent-report-pdf", title=title, by=request.user, arguments={"number": found.pk})
        return redirect("jobs:job", job.pk)
    try:
        body = pdf_of_html(found.page)
    except PdfTrouble as trouble:
        return render(request, "reports/no_pdf.html", {"trouble": str(trouble)}, status=503)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.pdf_name}"'
    return response
