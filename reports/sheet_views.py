"""The sheet that whoever attends a partnership takes to a meeting."""

from datetime import date

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import SignedIn, requires
from appointments.models import Briefing
from approvals.models import Concern
from config.fields import DayField
from register.listing import policy_in_force
from register.models import Partnership
from reports.meeting_sheet import meeting_sheet
from reports.pdf import PdfTrouble, pdf_of
from reports.shape import Paper


class MeetingForm(forms.Form):
    """The day of the meeting."""

    on = DayField(
        label="Day of the meeting",
        error_messages={"required": "Enter the day of the meeting, like 8 December 2026"},
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Http404("There is no such day. Write it like 2026-12-08") from wrong


def _sheet(request: SignedIn, reference: str, on: str) -> tuple[Partnership, Paper]:
    today, meeting_on = timezone.localdate(), _day(on)
    partnership = get_object_or_404(Partnership.objects.select_related("lead_officer"), reference=reference)
    version = policy_in_force(today)
    if version is None:
        raise Http404("No policy is in force")
    user = request.user
    known = Concern.objects.readable_by(user, on=today).still_open().filter(partnership=partnership)
    concerns = known.order_by("raised_at", "pk")
    points = Briefing.objects.filter(partnership=partnership, meeting_on=meeting_on).first()
    made = meeting_sheet(
        partnership, version, meeting_on=meeting_on, today=today, made_by=str(user), concerns=concerns, points=points
    )
    return partnership, made


@requires("register.view")
@require_GET
def choose(request: SignedIn, reference: str) -> HttpResponse:
    """Ask for the day of the meeting; lead on to its sheet."""
    partnership = get_object_or_404(Partnership, reference=reference)
    form = MeetingForm(request.GET if "on" in request.GET else None)
    if form.is_valid():
        return redirect("reports:sheet", reference, form.cleaned_data["on"].isoformat())
    return render(request, "reports/meeting_sheet_day.html", {"form": form, "partnership": partnership})


@requires("register.view")
@require_GET
def page(request: SignedIn, reference: str, on: str) -> HttpResponse:
    """The sheet as a page."""
    partnership, made = _sheet(request, reference, on)
    return render(request, "reports/meeting_sheet.html", {"report": made, "partnership": partnership, "on": on})


@requires("register.view")
@require_GET
def pdf(request: SignedIn, reference: str, on: str) -> HttpResponse:
    """The sheet on two pages of paper, with room to write."""
    _, made = _sheet(request, reference, on)
    try:
        body = pdf_of("reports/meeting_sheet_pdf.html", {"report": made})
    except PdfTrouble as trouble:
        return render(request, "reports/no_pdf.html", {"trouble": str(trouble)}, status=503)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{reference}-meeting-{on}.pdf"'
    return response
