"""Asking for somebody in a place, saying what their role is, and taking back an appointment that has not begun."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from appointments import asking, queries, rules, services
from appointments.forms import ProposeForm, ReasonForm, RoleForm
from appointments.models import Appointee
from appointments.views import body_or_404, form_page, place_or_404, version_in_force, writes_for
from config import words
from policy.refused import Refused
from register.views import editing


@requires("approvals.ask")
def propose(request: SignedIn, reference: str, place_id: int) -> HttpResponse:
    """Say who should take a place, and why: it becomes a request on the policy's route (BRK-F27)."""
    now = timezone.now()
    today = timezone.localdate(now)
    body = body_or_404(reference)
    place = place_or_404(body, place_id)
    found = asking.under_way(place)
    version = found.policy_version if found else version_in_force(today)
    if version is None or not rules.asked_rules(version.policy):
        raise Http404("The policy has no route for a single place")
    if problem := asking.why_not_propose(place, by=request.user, policy=version.policy):
        messages.error(request, problem)
        return redirect("approvals:request", found.reference) if found else redirect("appointments:of_body", reference)
    offered = [
        each
        for each in rules.asked_rules(version.policy)
        if found is None or found.route == getattr(rules.route_of(version.policy, each), "id", "")
    ]
    coming = Appointee.objects.filter(request=found).first() if found else None
    typed = editing.typed_on(request)  # by somebody who wanted to write another name over this one
    initial = _kept(coming, place, today) | ({"name": typed[1].get("name", [""])[0]} if typed else {})
    form = ProposeForm(None if typed else request.POST or None, policy=version.policy, offered=offered, initial=initial)
    if form.is_valid() and form.rule is not None:
        given = form.cleaned_data
        try:
            made = asking.propose(
                place, form.said(starts_on=given["starts_on"] or today, ends_on=given["ends_on"]), form.rule,
                starts_on=given["starts_on"], why=given["why"],
                lead_officer=given.get("lead_officer"), by=request.user, version=version, at=now,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{form.said(starts_on=today).name} is proposed. Check the request, then send it")
            return redirect("approvals:request", made.reference)
    says = rules.vacant_words(place.vacant_since, today) if place.is_vacant else f"{place.name} sits in this place now"
    return form_page(request, body, form, "Propose somebody for a place", "Save and go on", says=f"{says}.")


def _kept(coming: Appointee | None, place: Any, today: Any) -> dict[str, Any]:
    """What the form starts from: what was proposed before, else the rest of the term."""
    if coming is None or coming.request is None:
        return {"ends_on": queries.rest_of_term(place, today)}
    names = (
        "name", "user", "rule", "starts_on", "ends_on", "capacity", "agreed_roles",
        "consented_on", "codes_on", "interests", "lead_officer",
    )  # fmt: skip
    return {name: getattr(coming, name) for name in names} | {"why": coming.request.why}


@requires("appointments.view")
def role(request: SignedIn, reference: str, place_id: int) -> HttpResponse:
    """Say in which capacity somebody sits there and what they do (BRK-F29; RED-E43, RED-E45)."""
    body = body_or_404(reference)
    place = place_or_404(body, place_id)
    if place.is_vacant or not writes_for(request.user, body):
        raise Http404("Only those who sit on this body or look after it say what a person does there")
    version = version_in_force(timezone.localdate())
    initial = {name: getattr(place, name) for name in ("capacity", "agreed_roles", "role_note")}
    form = RoleForm(request.POST or None, policy=version.policy if version else None, initial=initial)
    if form.is_valid():
        try:
            asking.make_role_clear(place, form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"What {place.name} does there is kept")
            return redirect("appointments:of_body", reference)
    return form_page(request, body, form, f"The role of {place.name}", "Save the role")


@requires("appointments.manage")
def take_back(request: SignedIn, reference: str, coming_id: int) -> HttpResponse:
    """Take back an appointment that has not begun."""
    body = body_or_404(reference)
    coming = get_object_or_404(Appointee.objects.to_come(), partnership=body, pk=coming_id, state="agreed")
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = "Why is it taken back?"
    form.fields["reason"].error_messages["required"] = "Say why it is taken back"
    if form.is_valid():
        try:
            services.take_back(coming, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{coming.name} will not take the place")
            return redirect("appointments:of_body", reference)
    says = f"{coming.name} takes the place on {words.day(coming.starts_on)}."
    return form_page(request, body, form, "Take an appointment back", "Take it back", says=says)
