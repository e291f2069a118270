"""What people outside may read where the policy opens it: partnerships, appointments, and each partner its own entry.

Nobody signs in for these pages; a partner opens an address that it was given (CORE-20, RED-E40, RED-E41, STR-G05).
"""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from policy.models import PolicyVersion
from policy.refused import Refused
from register.forms import NeededReasonForm
from register.listing import policy_in_force
from register.models import Partnership
from reports import appointments, public
from reports.sheets import csv_rows

A_PAGE = 50
IN_THE_LIST = ("purpose", "partners", "priorities", "theme", "area", "status")


def _version_or_404() -> PolicyVersion:
    """The policy in force, where it opens the register to the public (BRK-I09, RED-I08, DEF-06)."""
    version = policy_in_force(timezone.localdate())
    if version is None or not public.is_public(version.policy):
        raise Http404("The policy in force does not open the register to the public")
    return version


@login_not_required
def public_register(request: HttpRequest) -> HttpResponse:
    """The partnerships that the council is in, in the fields that the policy marks as public."""
    version = _version_or_404()
    columns = public.public_columns(version.policy)
    page = Paginator(public.public_entries(columns), A_PAGE).get_page(request.GET.get("page"))
    shown = [each for each in columns if each.id in IN_THE_LIST]
    rows = [(entry, [(column, column.text(entry)) for column in shown]) for entry in page]
    context = {"page": page, "version": version, "rows": rows, "columns": shown, "sizes": (A_PAGE,)}
    return render(request, "reports/public_register.html", context)


@login_not_required
def public_partnership(request: HttpRequest, reference: str) -> HttpResponse:
    """One partnership, in the fields that the policy marks as public."""
    version = _version_or_404()
    columns = public.public_columns(version.policy)
    found = get_object_or_404(public.public_entries(columns), reference=reference)
    rows = [{"label": column.label, "value": column.text(found)} for column in columns if column.id != "name"]
    return render(request, "reports/public_partnership.html", {"found": found, "rows": rows, "version": version})


@login_not_required
def public_register_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as CSV."""
    version = _version_or_404()
    columns = public.public_columns(version.policy)
    response = StreamingHttpResponse(
        csv_rows(public.public_entries(columns), columns), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="partnerships-{timezone.localdate()}.csv"'
    return response


# --- Partners ---------------------------------------------------------------------------------------


def _for_partners_or_404() -> PolicyVersion:
    version = policy_in_force(timezone.localdate())
    if version is None or not public.is_for_partners(version.policy):
        raise Http404("The policy in force has no page for partners")
    return version


@requires("register.change")
def partner_links(request: SignedIn, reference: str) -> HttpResponse:
    """For whoever keeps an entry: the address of each partner's own page, and what stands on it (RED-E40)."""
    version = _for_partners_or_404()
    found = get_object_or_404(Partnership.objects.editable_by(request.user), reference=reference)
    links = [
        (each.member, request.build_absolute_uri(reverse("reports:partner_view", args=[each.token])))
        for each in (public.links_of(found) if found.status in public.SHOWN else ())
    ]
    context = {
        "partnership": found,
        "links": links,
        "is_shown": found.status in public.SHOWN,
        "until": timezone.localdate() + timedelta(days=public.DAYS),
        "labels": [column.label for column in public.partner_columns(version.policy)],
    }
    return render(request, "reports/partner_links.html", context)


@requires("register.change")
def withdraw_partner_link(request: SignedIn, reference: str, member_id: int) -> HttpResponse:
    """Withdraw the address that a partner was given, at once and with a reason; the history keeps it."""
    _for_partners_or_404()
    found = get_object_or_404(Partnership.objects.editable_by(request.user), reference=reference)
    member = get_object_or_404(found.memberships.select_related("organisation"), pk=member_id)
    form = NeededReasonForm(
        request.POST or None, label="Why is it withdrawn?", error="Say why the address is withdrawn"
    )
    if form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            public.withdraw(
                member, seen=int(seen) if seen.isdecimal() else -1, by=request.user, reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"What {member.organisation} was given opens nothing any more. Below stands a fresh address"
            )
            return redirect("reports:partner_links", reference)
    context = {"partnership": found, "member": member, "form": form}
    return render(request, "reports/withdraw_partner_link.html", context)


@login_not_required
def partner_view(request: HttpRequest, token: str) -> HttpResponse:
    """A partner's own page of its entry, opened by the address that it was given; to read, and no more."""
    version = _for_partners_or_404()
    member = public.membership_of(token)
    if member is None:
        raise Http404("This address is too old, or it is not that of a partner any more")
    columns = public.partner_columns(version.policy)
    found = public.public_entries(columns).get(pk=member.partnership_id)
    rows = [{"label": column.label, "value": column.text(found)} for column in columns if column.id != "name"]
    context = {"found": found, "rows": rows, "version": version, "partner": member.organisation}
    response = render(request, "reports/public_partnership.html", context)
    # The address is all that opens the page: it goes into no cache, search engine or other site.
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


# --- Appointments -----------------------------------------------------------------------------------


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
    rows = csv_rows(lines, appointments.public_columns())
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="appointments-{timezone.localdate()}.csv"'
    return response
