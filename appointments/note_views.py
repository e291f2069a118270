"""Reports back after a meeting, and briefings before one."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from appointments import queries
from appointments.forms import BriefingForm, ReportBackForm
from appointments.models import Briefing, ReportBack
from appointments.sections import APPOINTMENTS
from appointments.views import version_in_force, writes_for
from config import words
from register.models import Partnership


def _own_body_or_404(request: SignedIn, reference: str) -> Partnership:
    """The body, for its representatives, its lead officer and register managers."""
    body = get_object_or_404(Partnership, reference=reference)
    if not writes_for(request.user, body):
        raise Http404("Only those who sit on this body or look after it write here")
    return body


@requires("appointments.view")
def report_back(request: SignedIn, reference: str) -> HttpResponse:
    """Tell the council what a meeting brought (BRK-F14, BRK-E34)."""
    body = _own_body_or_404(request, reference)
    now = timezone.now()
    places = queries.for_list().filter(partnership=body, is_vacant=False)
    mine = places.filter(user=request.user).first()
    form = ReportBackForm(
        request.POST or None, places=places, today=timezone.localdate(now), initial={"place": mine and mine.pk}
    )
    if form.is_valid():
        ReportBack.give(body, by=request.user, at=now, **form.cleaned_data)
        messages.success(request, "Your report stands on the page of the body")
        return redirect("appointments:of_body", reference)
    context = {
        "partnership": body,
        "section": APPOINTMENTS,
        "form": form,
        "title": "Report back",
        "button": "Keep this report",
    }
    return render(request, "appointments/body_form.html", context)


@requires("appointments.view")
def write_briefing(request: SignedIn, reference: str) -> HttpResponse:
    """Write what a member needs before a meeting (BRK-F13, BRK-G12)."""
    body = _own_body_or_404(request, reference)
    form = BriefingForm(request.POST or None, initial={"council_role": body.council_role_note})
    if form.is_valid():
        made = Briefing.write(body, by=request.user, **form.cleaned_data)
        messages.success(request, f"The points for {words.day(made.meeting_on)} are kept. Print them from here")
        return redirect("appointments:briefing", reference, made.meeting_on.isoformat())
    context = {
        "partnership": body,
        "section": APPOINTMENTS,
        "form": form,
        "title": "Points for a meeting",
        "button": "Keep these points",
    }
    return render(request, "appointments/body_form.html", context)


@requires("appointments.view")
def briefing(request: SignedIn, reference: str, day: str) -> HttpResponse:
    """A briefing, as it is read and printed."""
    body = get_object_or_404(Partnership, reference=reference)
    try:
        meeting_on = date.fromisoformat(day)
    except ValueError as problem:
        raise Http404(f"{day} is no day") from problem
    found = get_object_or_404(Briefing.objects.select_related("written_by"), partnership=body, meeting_on=meeting_on)
    today = timezone.localdate()
    version = version_in_force(today)
    policy = version.policy if version else None
    places = queries.for_list().filter(partnership=body, is_vacant=False)
    context = {
        "partnership": body,
        "section": APPOINTMENTS,
        "briefing": found,
        "roles": queries.seats(places, policy, today),
        "intro": policy.wording_of("member_briefing") if policy else "",
    }
    return render(request, "appointments/briefing.html", context)
