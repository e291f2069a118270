"""Reports of the year and of the register: a page first, then PDF and Excel of the same."""

from tempfile import TemporaryFile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from jobs import services as jobs
from policy.refused import Refused
from register.listing import policy_in_force
from register.models import Partnership
from reports.catalogue import MAKERS, Asked, Maker, label_of_role, make
from reports.making import AT_ONCE, PAPER
from reports.pdf import PdfTrouble, pdf_of
from reports.shape import Paper
from reports.sheets import XLSX, write_paper


def _maker(report: str) -> Maker:
    if report not in MAKERS:
        raise Http404("There is no such report")
    return MAKERS[report]


def _is_long() -> bool:
    return Partnership.objects.active().count() > AT_ONCE


def _asked(request: HttpRequest, report: str, period: str, *, with_entries: bool = True) -> Paper:
    _maker(report)
    return make(Asked(report, period, str(request.user), timezone.now(), with_entries))


def _not_made(request: HttpRequest, report: str, why: str) -> HttpResponse:
    context = {"why": why, "maker": MAKERS[report], "report": report}
    return render(request, "reports/not_made.html", context, status=404)


@requires("reports.view")
def report(request: HttpRequest, report: str) -> HttpResponse:
    """What a report answers and for whom, and the periods it can be made for."""
    maker, today = _maker(report), timezone.localdate()
    version = policy_in_force(today)
    if version is None:
        return render(request, "register/no_policy.html")
    asked_for = [each for each in version.policy.reports if each.made_as == report]
    context = {
        "report": report,
        "maker": maker,
        "version": version,
        "periods": maker.periods(today),
        "asked_for": [(each, [label_of_role(version.policy, role) for role in each.audience]) for each in asked_for],
    }
    return render(request, "reports/report.html", context)


@requires("reports.view")
def paper(request: HttpRequest, report: str, period: str) -> HttpResponse:
    """The report as a page. Of many partnerships their single pages stand in the PDF alone."""
    is_long = _is_long()
    try:
        made = _asked(request, report, period, with_entries=not is_long)
    except Refused as refusal:
        return _not_made(request, report, str(refusal))
    context = {"report": made, "slug": report, "period": period, "is_long": is_long}
    return render(request, "reports/report_page.html", context)


@requires("reports.view")
def paper_pdf(request: SignedIn, report: str, period: str) -> HttpResponse:
    """The report as a tagged PDF: at once, or of many partnerships in the background."""
    if _is_long():
        try:  # a period that there is not is refused before anybody waits
            made = _asked(request, report, period, with_entries=False)
        except Refused as refusal:
            return _not_made(request, report, str(refusal))
        asked = {"report": report, "period": period, "now": timezone.localdate().isoformat()}
        job = jobs.ask("report-pdf", title=f"{made.whole_title}, PDF", by=request.user, arguments=asked)
        return redirect("jobs:job", job.pk)
    try:
        body = pdf_of(PAPER, {"report": _asked(request, report, period)})
    except Refused as refusal:
        return _not_made(request, report, str(refusal))
    except PdfTrouble as trouble:
        return render(request, "reports/no_pdf.html", {"trouble": str(trouble)}, status=503)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{report}-{period}.pdf"'
    return response


@requires("reports.view")
def paper_xlsx(request: HttpRequest, report: str, period: str) -> HttpResponseBase:
    """The tables of the report as an Excel workbook."""
    try:
        made = _asked(request, report, period, with_entries=False)
    except Refused as refusal:
        return _not_made(request, report, str(refusal))
    out = TemporaryFile()  # noqa: SIM115  the response closes it when it is sent
    write_paper(out, made)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{report}-{period}.xlsx", content_type=XLSX)
