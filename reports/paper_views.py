"""Reports of the year and of the register: a page first, then PDF and Excel of the same."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from jobs import services as jobs
from policy.refused import Refused
from register.listing import policy_in_force
from register.models import Partnership
from reports.annual import version_on
from reports.catalogue import MAKERS, NOW, Asked, Maker, asked_for, label_of_role, make, maker_of
from reports.making import AT_ONCE, PAPER
from reports.models import Making
from reports.pdf import PdfTrouble, pdf_of
from reports.sending import goes_up
from reports.shape import Paper
from reports.sheets import downloaded, write_paper


def _maker(report: str) -> Maker:
    version = policy_in_force(timezone.localdate())
    maker = maker_of(report, version.policy) if version else None
    if maker is None:
        raise Http404("There is no such report")
    return maker


def _is_long(report: str) -> bool:
    return _maker(report).is_long and Partnership.objects.active().count() > AT_ONCE


def _asked(request: SignedIn, report: str, period: str, *, with_entries: bool = True) -> Paper:
    _maker(report)  # what there is not is not found
    by = request.user
    return make(Asked(report, period, str(by), timezone.now(), with_entries, by=by))


def _not_made(request: SignedIn, report: str, why: str) -> HttpResponse:
    context = {"why": why, "maker": _maker(report), "report": report}
    return render(request, "reports/not_made.html", context, status=404)


@requires("reports.view")
def report(request: SignedIn, report: str) -> HttpResponse:
    """What a report answers and for whom, and the periods it can be made for."""
    today = timezone.localdate()
    version = policy_in_force(today)
    if version is None:
        return render(request, "register/no_policy.html")
    maker = _maker(report)
    periods = maker.periods(today)
    if [period.slug for period in periods] == [NOW]:
        return redirect("reports:paper", report, NOW)
    made = Making.by_period(report)
    context = {
        "report": report,
        "maker": maker,
        "version": version,
        "periods": [(period, made.get(period.slug)) for period in periods],
        "asked_for": [
            (each, [label_of_role(version.policy, role) for role in each.audience])
            for each in asked_for(report, version.policy)
        ],
    }
    return render(request, "reports/report.html", context)


@requires("reports.view")
def paper(request: SignedIn, report: str, period: str) -> HttpResponse:
    """The report as a page. Of many partnerships their single pages stand in the PDF alone."""
    is_long = _is_long(report)
    try:
        made = _asked(request, report, period, with_entries=not is_long)
    except Refused as refusal:
        return _not_made(request, report, str(refusal))
    crumbs = [("Reports", reverse("reports:report_list"))]
    if period != NOW:
        crumbs.append((made.title, reverse("reports:report", args=[report])))
    policy = version_on(timezone.localdate()).policy
    context = {
        "report": made,
        "crumbs": crumbs,
        "pdf": reverse("reports:paper_pdf", args=[report, period]),
        "xlsx": reverse("reports:paper_xlsx", args=[report, period]),
        "is_long": is_long and report in MAKERS,
        "goes_up": [
            (policy.route(each.route or "").title, reverse("reports:sent", args=[report, period, each.id]))
            for each in goes_up(report, policy)
        ],
    }
    return render(request, "reports/report_page.html", context)


@requires("reports.view")
def paper_pdf(request: SignedIn, report: str, period: str) -> HttpResponse:
    """The report as a tagged PDF: at once, or of many partnerships in the background."""
    if _is_long(report):
        try:  # a period that there is not is refused before anybody waits
            made = _asked(request, report, period, with_entries=False)
        except Refused as refusal:
            return _not_made(request, report, str(refusal))
        asked = {"report": report, "period": period, "now": timezone.localdate().isoformat()}
        job = jobs.ask("report-pdf", title=f"{made.whole_title}, PDF", by=request.user, arguments=asked)
        return redirect("jobs:job", job.pk)
    try:
        made = _asked(request, report, period)
    except Refused as refusal:
        return _not_made(request, report, str(refusal))
    answer = as_pdf(request, made, f"{report}-{period}")
    note_made(answer, request, report, period, form="pdf")
    return answer


@requires("reports.view")
def paper_xlsx(request: SignedIn, report: str, period: str) -> HttpResponseBase:
    """The tables of the report as an Excel workbook."""
    try:
        made = _asked(request, report, period, with_entries=False)
    except Refused as refusal:
        return _not_made(request, report, str(refusal))
    answer = as_xlsx(made, f"{report}-{period}")
    note_made(answer, request, report, period, form="xlsx")
    return answer


def note_made(answer: HttpResponseBase, request: SignedIn, report: str, period: str = "", *, form: str) -> None:
    """Keep that a report was made as a file, where it was."""
    if answer.status_code == 200:
        Making.note(report, period, form=form, by=str(request.user))


def as_pdf(request: SignedIn, made: Paper, name: str) -> HttpResponse:
    """A report as a tagged PDF to keep; a page that says what to do where none can be laid out."""
    try:
        body = pdf_of(PAPER, {"report": made})
    except PdfTrouble as trouble:
        return render(request, "reports/no_pdf.html", {"trouble": str(trouble)}, status=503)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def as_xlsx(made: Paper, name: str) -> HttpResponseBase:
    """The tables of a report as an Excel workbook."""
    return downloaded(name, lambda out: write_paper(out, made))
