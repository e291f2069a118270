"""Lists of places, bodies, people and vacancies; one body with its places; appointing and ending."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from accounts.roles import Role
from appointments import queries, rules, services
from appointments.forms import (
    AppointForm,
    BodyForm,
    EndForm,
    FilterForm,
    OfficersForm,
    PlaceForm,
    ReasonForm,
    SetRuleForm,
    TermsForm,
)
from appointments.models import BodyTerms, Briefing, ReportBack, Round
from appointments.sections import APPOINTMENTS
from config import words
from policy.model import AppointmentRule, Policy
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership, Representative, Status

A_PAGE = 25
SIZES = (25, 50, 100)


def version_in_force(today: date) -> PolicyVersion | None:
    """The policy in force without its long text, which is read once a process."""
    return PolicyVersion.objects.defer("text", "canonical").in_force(today)


def _policy(today: date) -> Policy | None:
    version = version_in_force(today)
    return version.policy if version else None


def page_of(request: HttpRequest, found: Any) -> Any:
    """The page of a list that the address asks for."""
    asked = request.GET.get("size", "")
    size = int(asked) if asked.isdigit() and int(asked) in SIZES else A_PAGE
    return Paginator(found, size).get_page(request.GET.get("page"))


# --- Lists --------------------------------------------------------------------------------------


@requires("appointments.view")
def appointment_list(request: SignedIn) -> HttpResponse:
    """Every place: body, who, since, until, appointed by, capacity and role."""
    today = timezone.localdate()
    policy = _policy(today)
    form = FilterForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    page = page_of(request, _narrowed(queries.for_list(), asked, today))
    context = {
        "filter": form,
        "in_use": sum(bool(value) for value in asked.values()),
        "page": page,
        "rows": queries.seats(page, policy, today),
        "can_ask": _manager_can_ask(request.user, policy),
        "facts": _facts(queries.figures(today)),
        "can_manage": request.user.has_perm("appointments.manage"),
        "rounds": list(Round.objects.under_way().select_related("policy_version")[:3]),
    }
    return render(request, "appointments/appointment_list.html", context)


def _manager_can_ask(user: Any, policy: Policy | None) -> bool:
    """Whether somebody can ask for a person in any place of the register."""
    return user.has_perm("appointments.manage") and bool(rules.asked_rules(policy))


def _narrowed(found: QuerySet[Representative], asked: dict[str, Any], today: date) -> QuerySet[Representative]:
    if asked.get("q"):
        found = found.filter(Q(name__icontains=asked["q"]) | Q(partnership__name__icontains=asked["q"]))
    if kind := asked.get("kind"):
        outside = Q(partnership__status=Status.OUTSIDE_BODY)
        found = found.filter(outside if kind == "outside" else ~outside)
    match asked.get("state"):
        case "filled":
            found = found.filter(is_vacant=False)
        case "vacant":
            found = found.filter(is_vacant=True)
        case "ending":
            found = found.filter(pk__in=queries.ending(today).values("pk"))
    return found


def _facts(figures: queries.Figures) -> list[dict[str, Any]]:
    return [
        {"label": "Places", "figure": figures.places, "sense": f"on {words.count(figures.bodies, 'body', 'bodies')}"},
        {"label": "Filled", "figure": figures.filled},
        {
            "label": "Vacant",
            "figure": figures.vacant,
            "sense": "See each",
            "address": reverse("appointments:vacancy_list"),
        },
        {"label": "Term ended", "figure": figures.ended, "sense": "nobody has said what follows"},
        {
            "label": "Ending in 90 days",
            "figure": figures.soon,
            "address": f"{reverse('appointments:appointment_list')}?state=ending",
        },
    ]


@requires("appointments.view")
def person_list(request: SignedIn) -> HttpResponse:
    """Those who sit somewhere, each with their places."""
    today = timezone.localdate()
    asked = request.GET.get("q", "").strip()
    found = queries.people().filter(name__icontains=asked) if asked else queries.people()
    page = page_of(request, found)
    held: dict[str, list[queries.Seat]] = {each["name"]: [] for each in page}
    places = queries.for_list().filter(is_vacant=False, name__in=list(held))
    for seat in queries.seats(places, _policy(today), today):
        held[seat.who].append(seat)
    context = {"page": page, "rows": list(held.items()), "asked": asked}
    return render(request, "appointments/person_list.html", context)


@requires("appointments.view")
def vacancy_list(request: SignedIn) -> HttpResponse:
    """Vacant places, the longest vacant first, each with its clock."""
    today = timezone.localdate()
    policy = _policy(today)
    page = page_of(request, queries.vacancies())
    context = {
        "page": page,
        "rows": queries.seats(page, policy, today),
        "can_ask": _manager_can_ask(request.user, policy),
        "can_manage": request.user.has_perm("appointments.manage"),
    }
    return render(request, "appointments/vacancy_list.html", context)


@requires("appointments.view")
def body_list(request: SignedIn) -> HttpResponse:
    """Outside bodies with how many places they have, filled and vacant."""
    asked = request.GET.get("q", "").strip()
    found = queries.bodies().filter(name__icontains=asked) if asked else queries.bodies()
    context = {
        "page": page_of(request, found),
        "asked": asked,
        "can_manage": request.user.has_perm("appointments.manage"),
    }
    return render(request, "appointments/body_list.html", context)


# --- One body ---------------------------------------------------------------------------------------


def body_or_404(reference: str) -> Partnership:
    return get_object_or_404(Partnership, reference=reference)


def place_or_404(body: Partnership, place_id: int) -> Representative:
    return get_object_or_404(Representative.objects.select_related("partnership"), partnership=body, pk=place_id)


@requires("appointments.view")
def of_body(request: SignedIn, reference: str) -> HttpResponse:
    """The places of one body, who sat there before, reports back and briefings."""
    today = timezone.localdate()
    body = body_or_404(reference)
    version = version_in_force(today)
    policy = version.policy if version else None
    places = list(queries.for_list().filter(partnership=body)) if body.status in services.HERE else []
    reports = list(ReportBack.objects.for_partnership(body)[:10])
    context = {
        "partnership": body,
        "section": APPOINTMENTS,
        "rows": queries.seats(places, policy, today),
        "before": [sitting for _, sitting in queries.sat_before(body)],
        "terms": BodyTerms.objects.filter(partnership=body).first(),
        "can_manage": not services.why_not_keep(body, by=request.user),
        "can_ask": can_ask(request.user, body, policy),
        "can_say_role": writes_for(request.user, body),
        "can_report": writes_for(request.user, body),
        "reports": reports,
        "briefings": Briefing.objects.filter(partnership=body).order_by("-meeting_on")[:10],
        "report_due": _report_due(body, places, reports, policy),
        "intro": policy.wording_of("appointment_intro") if policy else "",
    }
    return render(request, "appointments/of_body.html", context)


def writes_for(user: Any, body: Partnership) -> bool:
    """Whether somebody reports back and writes briefings: who sits there, the lead officer, a register manager."""
    if Role.REGISTER_MANAGER in user.roles or Partnership.objects.editable_by(user).contains(body):
        return True
    return Representative.objects.filter(partnership=body, user=user, is_vacant=False).exists()


def can_ask(user: Any, body: Partnership, policy: Policy | None) -> bool:
    """Whether somebody can ask the body that appoints for a person in a place here."""
    is_theirs = user.has_perm("approvals.ask") and Partnership.objects.editable_by(user).contains(body)
    return is_theirs and body.status in services.HERE and bool(rules.asked_rules(policy))


def _report_due(
    body: Partnership, places: list[Representative], reports: list[ReportBack], policy: Policy | None
) -> date | None:
    field = policy.core_field("reporting_frequency") if policy else None
    if policy is None or field is None or not field.list:
        return None
    value = policy.list(field.list).by_id.get(body.reporting_frequency)
    times = float(value.number) if value and value.number else None
    since = min((place.starts_on for place in places if place.starts_on), default=None)
    return rules.next_report(reports[0].meeting_on if reports else None, since, times)


@requires("appointments.manage")
def add_body(request: SignedIn) -> HttpResponse:
    """Put an outside body on the register with its places."""
    today = timezone.localdate()
    version = version_in_force(today)
    policy = version.policy if version else None
    form = BodyForm(request.POST or None, policy=policy, today=today, initial={"vacant_since": today})
    if form.is_valid():
        said = form.cleaned_data
        try:
            body = services.add_body(
                name=" ".join(said["name"].split()),
                purpose=said["purpose"],
                places=said["places"],
                substitutes=said["substitutes"] or 0,
                rule=_rule(policy, said.get("rule", "")),
                vacant_since=said["vacant_since"],
                asks_consent="consent" in said["asks"],
                asks_codes="codes" in said["asks"],
                by=request.user,
                policy_version=version,
            )
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{body.name} is on the list with its places. Fill them, or start a round")
            return redirect("appointments:of_body", body.reference)
    context = {"form": form, "title": "Add an outside body", "button": "Add this body"}
    return render(request, "appointments/form_page.html", context | _trail("appointments:body_list", "Outside bodies"))


def _rule(policy: Policy | None, rule_id: str) -> AppointmentRule | None:
    return next((each for each in rules.rules_of(policy) if each.id == rule_id), None)


def _trail(url_name: str, title: str) -> dict[str, Any]:
    return {"trail": [("Appointments", reverse("appointments:appointment_list")), (title, reverse(url_name))]}


def form_page(
    request: HttpRequest, body: Partnership, form: Any, title: str, button: str, *, says: str = ""
) -> HttpResponse:
    context = {
        "partnership": body,
        "section": APPOINTMENTS,
        "form": form,
        "title": title,
        "button": button,
        "says": says,
    }
    return render(request, "appointments/body_form.html", context)


@requires("appointments.manage")
def add_place(request: SignedIn, reference: str) -> HttpResponse:
    """Add a place to a body."""
    today = timezone.localdate()
    body, policy = body_or_404(reference), _policy(today)
    form = PlaceForm(request.POST or None, policy=policy, today=today, initial={"vacant_since": today})
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.add_place(
                body,
                is_substitute=said["is_substitute"],
                rule=_rule(policy, said.get("rule", "")),
                vacant_since=said["vacant_since"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The place is added and vacant")
            return redirect("appointments:of_body", reference)
    return form_page(request, body, form, "Add a place", "Add this place")


@requires("appointments.manage")
def terms(request: SignedIn, reference: str) -> HttpResponse:
    """Say what a body asks of the people who are sent to it."""
    body = body_or_404(reference)
    kept = BodyTerms.objects.filter(partnership=body).first()
    asked = [name for name in ("consent", "codes") if kept and getattr(kept, f"asks_{name}")]
    form = TermsForm(request.POST or None, initial={"asks": asked, "note": kept.note if kept else ""})
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.set_terms(
                body,
                asks_consent="consent" in said["asks"],
                asks_codes="codes" in said["asks"],
                note=said["note"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"What {body.name} asks for is kept")
            return redirect("appointments:of_body", reference)
    return form_page(request, body, form, "What the body asks for", "Save what it asks for")


@requires("appointments.manage")
def appoint(request: SignedIn, reference: str, place_id: int) -> HttpResponse:
    """Put a person into a vacant place."""
    today = timezone.localdate()
    body, policy = body_or_404(reference), _policy(today)
    place = place_or_404(body, place_id)
    initial = {"starts_on": today, "ends_on": queries.rest_of_term(place, today)}
    form = AppointForm(request.POST or None, policy=policy, initial=initial)
    if form.is_valid():
        try:
            said = form.appointment()
            services.appoint(place, said, by=request.user, policy=policy, rule=form.rule, today=today)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            until = f" until {words.day(said.ends_on)}" if said.ends_on else ""
            from_then = f" from {words.day(said.starts_on)}" if said.starts_on > today else ""
            messages.success(request, f"{said.name} sits on {body.name}{from_then}{until}")
            return redirect("appointments:of_body", reference)
    clock = rules.vacant_words(place.vacant_since, today) if place.is_vacant else f"{place.name} sits in this place now"
    return form_page(request, body, form, "Appoint somebody", "Record the appointment", says=f"{clock}.")


@requires("appointments.manage")
def end(request: SignedIn, reference: str, place_id: int) -> HttpResponse:
    """End an appointment."""
    today = timezone.localdate()
    body = body_or_404(reference)
    place = place_or_404(body, place_id)
    if place.is_vacant:  # pressed twice, or from another tab
        messages.error(request, "This place is vacant already, so there is no appointment to end")
        return redirect("appointments:of_body", reference)
    form = EndForm(request.POST or None, initial={"on": today, "who": place.name})
    if form.is_valid():
        said = form.cleaned_data
        if said["who"] and rules.plain(said["who"]) != rules.plain(place.name):
            messages.error(request, f"{said['who']} has left this place meanwhile. {place.name} sits there now")
            return redirect("appointments:of_body", reference)
        try:
            services.end(place, on=said["on"], reason=said["reason"], by=request.user, today=today)
        except Refused as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(
                request, f"{place.name} has left {body.name}. The place is vacant and stands in the vacancies"
            )
            return redirect("appointments:of_body", reference)
    return form_page(request, body, form, f"{place.name} leaves", "End the appointment")


@requires("appointments.manage")
def take_place_out(request: SignedIn, reference: str, place_id: int) -> HttpResponse:
    """Take a vacant place out."""
    body = body_or_404(reference)
    place = place_or_404(body, place_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.take_place_out(place, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The place is taken out. Its history stays")
            return redirect("appointments:of_body", reference)
    return form_page(request, body, form, "Take a place out", "Take the place out")


@requires("appointments.manage")
def set_rule(request: SignedIn) -> HttpResponse:
    """Say how places are filled of which the register cannot tell."""
    policy = _policy(timezone.localdate())
    if policy is None or not rules.rules_of(policy):
        raise Http404("The policy has no rules of appointment")
    places = queries.without_a_rule(policy)
    form = SetRuleForm(request.POST or None, policy=policy, places=places)
    if form.is_valid():
        rule = next(each for each in rules.rules_of(policy) if each.id == form.cleaned_data["rule"])
        changed = services.set_rule(list(form.cleaned_data["places"]), rule, by=request.user)
        messages.success(request, f"{words.count(changed, 'place')} filled as “{rule.title}” from now on")
        return redirect("appointments:round_list")
    context = {
        "form": form if places else None,
        "title": "How places are filled",
        "button": "Save how they are filled",
        "empty": "Of each place it is known how it is filled. Places that an import brings without a term stand here.",
    }
    return render(
        request, "appointments/form_page.html", context | _trail("appointments:round_list", "The year’s appointments")
    )


@requires("appointments.manage")
def officer_review(request: SignedIn) -> HttpResponse:
    """The yearly look at the officers who represent the council (BRK-F28)."""
    today = timezone.localdate()
    policy = _policy(today)
    due = queries.officers_to_review(policy, today) if policy else []
    form = OfficersForm(request.POST or None, places=due)
    if form.is_valid():
        try:
            done = services.confirm(list(form.cleaned_data["places"]), on=today, by=request.user)
        except Refused as refusal:
            form.add_error("places", str(refusal))
        else:
            said = words.count(done, "officer goes", "officers go")
            messages.success(request, f"{said} on. The next look is in a year")
            return redirect("appointments:officer_review")
    context = {
        "form": form if due else None,
        "title": "Officers who represent the council",
        "button": "Confirm the selected officers",
        "empty": "No officer’s place is due for its yearly look.",
    }
    return render(
        request, "appointments/form_page.html", context | _trail("appointments:round_list", "The year’s appointments")
    )
