"""Asking the body that appoints: a person for a place goes on the policy's route, and sits there once it is agreed.

Source: BRK-F27, BRK-E22; RED-F14, RED-F15, RED-E29, RED-E30; HAR-F07; MEL-B10, MEL-F04, MEL-E03; STR-B09, STR-B10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from appointments import rules, services
from appointments.models import Appointee, Coming
from appointments.queries import Labels
from appointments.services import Appointment
from approvals import services as requests
from approvals.gate import AFTERWARDS, Gate
from approvals.models import Interest, Request, Status, StepTaken
from approvals.rules import view_of
from approvals.services import Said
from approvals.subjects import About, Subject
from config import words
from policy.model import AppointmentRule, Policy
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership, Representative
from register.services import Guarded

KEPT_OUT = "Is proposed for the place"  # why a proposed person decides nothing about it


def about(place: Representative) -> About:
    """What a request about a place is about, and where it is filled in."""
    title = "A vacant place" if place.is_vacant else f"The place of {place.name}"
    address = reverse("appointments:propose", args=[place.partnership.reference, place.pk])
    return About(f"place:{place.pk}", title[:160], address)


def under_way(place: Representative) -> Request | None:
    """The request about this place that is neither decided nor withdrawn."""
    found = Request.objects.for_partnership(place.partnership).open()
    return found.filter(about_key=f"place:{place.pk}").first()


def why_not_propose(place: Representative, *, by: User, policy: Policy | None) -> str:
    """Say why `by` cannot ask for somebody in this place now, or ""."""
    if not rules.asked_rules(policy):
        return "The policy has no route for a single place"
    if place.partnership.status not in services.HERE:
        return f"{place.partnership} is {place.partnership.get_status_display().lower()}, so nobody sits on it"
    if not by.has_perm("approvals.ask") or not Partnership.objects.editable_by(by).contains(place.partnership):
        return "Only those who may change this entry can ask for a decision on it. Ask its lead officer"
    request = under_way(place)
    if request and request.status == Status.SENT:
        return f"{request.reference} asks for somebody in this place already. Its page says whose turn it is"
    return ""


@transaction.atomic
def propose(
    place: Representative,
    said: Appointment,
    rule: AppointmentRule,
    *,
    starts_on: date | None,
    why: str,
    lead_officer: User | None = None,
    by: User,
    version: PolicyVersion,
    at: datetime,
) -> Request:
    """Say who should take a place: opens the request, or changes a draft or returned one. Raises Refused.

    `starts_on` is None for the day of the decision; `lead_officer` is who should lead the entry from then, where the
    policy has both named together (STR-B09, STR-E01). Whoever is proposed and has an account decides nothing in it.
    """
    place = services.locked(place)
    if problem := why_not_propose(place, by=by, policy=version.policy):
        raise Refused(problem)
    route = rules.route_of(version.policy, rule)
    request = under_way(place)
    if route is None or rule not in rules.asked_rules(version.policy):
        raise Refused("The policy has no route for this. Choose how the place is filled")
    if request is None:
        request = requests.start(place.partnership, route.id, by=by, version=version, at=at, about=about(place))
    elif request.route != route.id:
        raise Refused(f"{request.reference} is on its way to another body. Withdraw it, then ask anew")
    coming = Appointee.objects.filter(request=request).first() or Appointee(request=request)
    coming.partnership, coming.place, coming.arranged_by, coming.rule = place.partnership, place, by, rule.id
    for name in {each.name for each in fields(Appointment)} - {"role_note", "term", "starts_on"}:
        setattr(coming, name, getattr(said, name))
    coming.starts_on, coming.lead_officer = starts_on, lead_officer
    coming.keep(by=by, reason="Proposed")
    request.say_why(why, by=by)
    _keep_out(request, coming.user, by=by, on=timezone.localdate(at))
    return request


def _keep_out(request: Request, person: User | None, *, by: User, on: date) -> None:
    """Whoever is proposed takes no part in the decision; who was proposed before does again."""
    for interest in Interest.objects.filter(request=request, what=KEPT_OUT).exclude(person=person):
        interest.take_out(by=by, reason="Somebody else is proposed")
    if person is not None and not Interest.objects.filter(request=request, person=person).exists():
        requests.declare_interest(request, person=person, what=KEPT_OUT, by=by, on=on)


def decided_on_a_route(partnership: Partnership, record: Any, values: Mapping[str, Any]) -> Guarded | None:
    """Whether somebody puts another person into a place by hand where the policy has a body decide that.

    A spelling put right is no new person. Named by `settings.CHANGE_GUARDS`.
    """
    name = values.get("name")
    if not isinstance(record, Representative) or not record.pk or not name or partnership.status not in services.HERE:
        return None
    version = PolicyVersion.objects.defer("text", "canonical").in_force(timezone.localdate())
    policy = version.policy if version else None
    rule = rules.rule_of(policy, rule=record.rule, term=record.term)
    is_asked = rule is None or rule in rules.asked_rules(policy) or rule in rules.yearly_rules(policy)
    if rules.plain(name) == rules.plain(record.name) or not is_asked or not rules.asked_rules(policy):
        return None
    return Guarded(
        "The policy has a body decide who represents the council here. Propose the person, and they sit there when it "
        "is agreed",
        reverse("appointments:propose", args=[partnership.reference, record.pk]),
        "Propose them",
    )


# --- What the requests ask of this app --------------------------------------------------------------


def missing(request: Request) -> Sequence[str]:
    """What stands between a draft and sending."""
    coming = Appointee.objects.filter(request=request).select_related("place__partnership", "user").first()
    if coming is None:
        return ["Say who should take the place"]
    if coming.place is None:
        return ["The place was taken out meanwhile. Withdraw this request"]
    on = coming.starts_on or timezone.localdate()
    problem = services.why_not_sit(
        coming.place, services.said_of(coming, starts_on=on), policy=request.policy_version.policy
    )
    return [problem] if problem else []


def facts(request: Request) -> Mapping[str, str]:
    """By which rule of the policy the place is filled, so that the route knows which body decides (RED-F15)."""
    coming = Appointee.objects.filter(request=request).only("rule").first()
    return {"appointment_rule": coming.rule} if coming else {}


def on_paper(request: Request) -> Sequence[Mapping[str, str]]:
    """Who is proposed, as those who decide read it."""
    coming = Appointee.objects.filter(request=request).select_related("place", "lead_officer").first()
    if coming is None:
        return ()
    policy = request.policy_version.policy
    labels = Labels(policy)
    place = coming.place
    rows = {
        "Person proposed": coming.name,
        "In place of": place.name if place and not place.is_vacant else "",
        "Capacity": labels.of("capacity_list", coming.capacity),
        "Agreed role": words.listed(labels.of("role_list", each) for each in coming.agreed_roles),
        "From": words.day(coming.starts_on) if coming.starts_on else "The day of the decision",
        "Until": _until(coming, policy),
        "Agreed to serve on": words.day(coming.consented_on) if coming.consented_on else "",
        "Acknowledged the codes on": words.day(coming.codes_on) if coming.codes_on else "",
        "Interests declared": coming.interests or "None",
        "Lead officer from then": str(coming.lead_officer or ""),
    }
    return [{"label": label, "value": value} for label, value in rows.items() if value]


def _until(coming: Appointee, policy: Policy) -> str:
    rule = _rule(policy, coming.rule)
    if coming.ends_on:
        return words.day(coming.ends_on)
    return f"{words.count(rule.months, 'month')} after the start" if rule and rule.months else "No end is set"


def _rule(policy: Policy, rule_id: str) -> AppointmentRule | None:
    return next((each for each in rules.rules_of(policy) if each.id == rule_id), None)


def ended(request: Request, record: StepTaken | None, by: User, at: datetime) -> None:
    """Put into effect what was decided: the person sits there, or does from the day to come. Raises Refused."""
    coming = Appointee.objects.select_for_update(of=("self",)).filter(request=request).first()
    if coming is None or record is None:
        return
    policy = request.policy_version.policy
    outcome = next((each for each in policy.outcomes if each.id == request.outcome), None)
    if outcome is None or view_of(outcome.kind) != "for":
        coming.state = Coming.DROPPED
        coming.keep(by=by, reason=f"{record}: {outcome.label if outcome else 'not agreed'}")
        return
    if coming.place is None:
        raise Refused("The place was taken out meanwhile. Return the request")
    place, rule = services.locked(coming.place), _rule(policy, coming.rule)
    starts_on = max(coming.starts_on or record.on, record.on)
    said = replace(
        services.said_of(coming, starts_on=starts_on),
        ends_on=coming.ends_on or rules.last_day(starts_on, rule.months if rule else None),
        appointed_by=services.body_label(policy, record.role),
        minute=record.minute or record.reference,
        consulted=_heard(request),
        level=rules.level_for(policy, rule),
    )
    if problem := services.why_not_sit(place, said, policy=policy):
        raise Refused(f"{problem}. Return the request, so that it can be put right")
    is_now = starts_on <= timezone.localdate(at)
    coming.state, coming.starts_on, coming.ends_on = Coming.SEATED if is_now else Coming.AGREED, starts_on, said.ends_on
    coming.appointed_by, coming.minute = said.appointed_by, said.minute
    coming.consulted, coming.level = said.consulted, said.level
    coming.keep(by=by, reason=str(record))
    if coming.lead_officer is not None:
        named = {"lead_officer": coming.lead_officer, "lead_officer_name": ""}
        place.partnership.change(named, by=by, reason=f"{record}: named with the representative")
    if is_now:
        services.seat(place, said, rule=rule, by=by)


def _heard(request: Request) -> str:
    """Who was heard before, on which day, and what they said (BRK-F27)."""
    heard = StepTaken.objects.in_round(request).filter(act="consult")
    return " ".join(f"{each.body} on {words.day(each.on)}: {each.reasons}" for each in heard)


SUBJECT = Subject(frozenset({"representation"}), missing=missing, facts=facts, on_paper=on_paper, ended=ended)


# --- What is left to do once it is decided ------------------------------------------------------------


@transaction.atomic
def make_role_clear(place: Representative, facts: Mapping[str, object], *, by: User, at: datetime) -> Representative:
    """Keep the role of a person, and take the steps that the decision on them left to do (RED-E43). Raises Refused."""
    place = services.make_role_clear(place, facts, by=by)
    found = Request.objects.for_partnership(place.partnership).filter(
        about_key=f"place:{place.pk}", status=Status.DECIDED
    )
    for request in found.select_related("partnership"):
        gate = Gate.of(by, timezone.localdate(at), [request])
        for state in requests.situation_of(request).standing.open_steps:
            if state.step.act in AFTERWARDS and not state.step.needs and not gate.why_not(request, state):
                requests.take_step(request, state.step.id, Said(reasons=_role(place, request)), by=by, at=at)
    return place


def _role(place: Representative, request: Request) -> str:
    labels = Labels(request.policy_version.policy)
    said = [labels.of("capacity_list", place.capacity), *(labels.of("role_list", e) for e in place.agreed_roles)]
    return ". ".join(filter(None, [*said, place.role_note])) or "The role is clear"
