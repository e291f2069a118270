"""Appointments as tagged PDF and as Excel workbooks."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from appointments.models import Round
from register.listing import policy_in_force
from reports import appointments
from reports.appointments import Schedule
from reports.models import Making
from reports.pdf import PdfTrouble, pdf_of
from reports.sheets import downloaded, write_workbook


def _all(request: HttpRequest) -> tuple[Schedule, str]:
    today = timezone.localdate()
    version = policy_in_force(today)
    return appointments.schedule_of_all(version.policy if version else None, today), str(version or "")


def _round(slug: str) -> Round:
    return get_object_or_404(Round.objects.select_related("policy_version"), slug=slug)


@requires("appointments.view")
def appointments_pdf(request: SignedIn) -> HttpResponse:
    """All appointments with vacancies and terms, as a tagged PDF."""
    return _pdf(request, *_all(request), name="appointments")


@requires("appointments.view")
def appointments_xlsx(request: SignedIn) -> HttpResponseBase:
    """The same as a workbook."""
    return _xlsx(request, *_all(request), name="appointments")


@requires("appointments.view")
def round_list_pdf(request: SignedIn, slug: str) -> HttpResponse:
    """The list of places for those who nominate (BRK-G10)."""
    found = _round(slug)
    made = appointments.list_of_round(found, timezone.localdate())
    return _pdf(request, made, str(found.policy_version), name=f"list-{slug}")


@requires("appointments.view")
def round_list_xlsx(request: SignedIn, slug: str) -> HttpResponseBase:
    """The same as a workbook."""
    found = _round(slug)
    made = appointments.list_of_round(found, timezone.localdate())
    return _xlsx(request, made, str(found.policy_version), name=f"list-{slug}")


@requires("appointments.view")
def round_schedule_pdf(request: SignedIn, slug: str) -> HttpResponse:
    """What a meeting agrees or agreed (BRK-G11)."""
    found = _round(slug)
    made = appointments.schedule_of_round(found, timezone.localdate())
    return _pdf(request, made, str(found.policy_version), name=f"schedule-{slug}")


@requires("appointments.view")
def round_schedule_xlsx(request: SignedIn, slug: str) -> HttpResponseBase:
    """The same as a workbook."""
    found = _round(slug)
    made = appointments.schedule_of_round(found, timezone.localdate())
    return _xlsx(request, made, str(found.policy_version), name=f"schedule-{slug}")


def _pdf(request: HttpRequest, made: Schedule, policy: str, *, name: str) -> HttpResponse:
    today = timezone.localdate()
    context = appointments.paper(made, policy=policy, made_on=today, made_by=str(request.user))
    try:
        body = pdf_of(appointments.TEMPLATE, context)
    except PdfTrouble as trouble:
        return render(request, "reports/no_pdf.html", {"trouble": str(trouble)}, status=503)
    Making.note("appointments", form="pdf", by=str(request.user))
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{today}.pdf"'
    return response


def _xlsx(request: HttpRequest, made: Schedule, policy: str, *, name: str) -> HttpResponseBase:
    today = timezone.localdate()
    notes = [
        ("What it is", made.says),
        ("Policy", policy),
        ("Made on", f"{today:%Y-%m-%d}"),
        ("Made by", str(request.user)),
        ("Empty cells", "Not known, or no end is set"),
    ]
    columns = appointments.columns(has_names=made.has_names)
    Making.note("appointments", form="xlsx", by=str(request.user))
    return downloaded(
        f"{name}-{today}", lambda out: write_workbook(out, made.lines, columns, notes, title="Appointments")
    )
