"""The places that a person holds; see accounts/handover.py."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.handover import Handover, Held, Move, Passing
from accounts.models import User
from appointments import queries, rules, services
from appointments.models import Appointee, Coming
from appointments.services import Appointment
from config import words
from policy.model import Policy
from policy.models import PolicyVersion
from register.models import Representative


def _policy(on: date) -> Policy | None:
    version = PolicyVersion.objects.defer("text", "canonical").in_force(on)
    return version.policy if version else None


def _held_by(person: User) -> Sequence[Held]:
    """Places of this account. A member's place is filled by who appoints members, so it can only be given back."""
    places = list(queries.for_list().filter(user=person, is_vacant=False))
    policy = _policy(timezone.localdate()) if places else None
    held = []
    for place in places:
        rule = rules.rule_of(policy, rule=place.rule, term=place.term)
        body = services.body_label(policy, rule.by) if rule else ""
        is_members = bool(rule and rule.appoints == "member")
        held.append(
            Held(
                f"seat-{place.pk}",
                "Places for the council",
                f"Place on {place.partnership}",
                reverse("appointments:of_body", args=[place.partnership.reference]),
                empties=f"Becomes vacant: {body} appoints" if is_members else "",
            )
        )
    coming = Appointee.objects.to_come().filter(user=person, state=Coming.AGREED).select_related("partnership")
    return held + [
        Held(
            f"coming-{each.pk}",
            "Places for the council",
            f"Place on {each.partnership}",
            reverse("appointments:of_body", args=[each.partnership.reference]),
            note=f"From {words.day(each.starts_on)}",
            empties="Is taken back: it has not begun",
        )
        for each in coming
    ]


def _pass_on(passing: Passing, move: Move) -> None:
    """End the appointment and, for an officer's place, appoint the new holder from the same day. Raises Refused."""
    kind, _, pk = passing.held.key.partition("-")
    if kind == "coming":
        services.take_back(Appointee.objects.get(pk=int(pk)), by=move.by, reason=move.reason)
        return
    place = Representative.objects.select_related("partnership").get(pk=int(pk))
    kept = Appointment(
        name=str(passing.to or ""),
        user=passing.to,
        starts_on=move.on,
        ends_on=place.ends_on if place.ends_on and place.ends_on >= move.on else None,
        appointed_by=place.appointed_by,
        minute=place.minute,
        capacity=place.capacity,
        agreed_roles=place.agreed_roles,
        role_note=place.role_note,
    )
    services.hand_on(place, kept if passing.to else None, on=move.on, reason=move.reason, by=move.by)


HANDOVER = Handover(_held_by, _pass_on)
