"""What a person holds of requests: steps given to them, whom they act for; see accounts/handover.py.

Requests under way go with their entry. A concern is put to a role, so it goes with the role; nobody is told of it here.
"""

from collections.abc import Mapping, Sequence

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.handover import Handover, Held, Move, Passing
from accounts.models import User
from approvals.chasing import open_step
from approvals.gate import people_of, why_not_given_to
from approvals.models import Deputy, Given, Request, Turn
from config import words
from policy.refused import Refused


def with_entries(ids: Sequence[int]) -> Mapping[int, str]:
    """A line for each entry with a request under way; who proposed it stays who proposed it. One query."""
    found: dict[int, list[str]] = {}
    for pk, reference in Request.objects.filter(partnership__in=ids).open().values_list("partnership_id", "reference"):
        found.setdefault(pk, []).append(reference)
    return {pk: f"request {words.listed(references)} under way" for pk, references in found.items()}


def _held_by(person: User) -> Sequence[Held]:
    """Steps that wait and were given to this person, and deputyships that still run. Three queries."""
    given = (
        Given.objects.filter(person=person, round=F("request__round"))
        .select_related("request__partnership", "request__policy_version")
        .defer("request__policy_version__text", "request__policy_version__canonical")
        .order_by("request__reference", "pk")
    )
    rows = list(given)
    waiting = set(Turn.objects.filter(request__in=[row.request_id for row in rows]).values_list("request_id", "step"))
    held = [
        Held(
            f"step-{row.pk}",
            "Steps given to them",
            f"{_title(row)}, {row.request}",
            reverse("approvals:request", args=[row.request.reference]),
        )
        for row in rows
        if (row.request_id, row.step) in waiting
    ]
    deputies = Deputy.objects.filter(deputy=person, to_on__gte=timezone.localdate()).select_related("person")
    return held + [
        Held(f"deputy-{row.pk}", "Whom they act for", f"Acts for {row.person}", note=f"Until {words.day(row.to_on)}")
        for row in deputies.order_by("to_on", "pk")
    ]


def _title(row: Given) -> str:
    return row.request.policy_version.policy.route(row.request.route).by_id[row.step].title


def _pass_on(passing: Passing, move: Move) -> None:
    """Give a step or a deputyship to somebody else. Raises Refused where they may not have it."""
    kind, _, pk = passing.held.key.partition("-")
    to = passing.to
    if to is None:
        raise Refused(f"Choose who takes {passing.held.words}")
    if kind == "deputy":
        deputy = Deputy.objects.select_for_update(of=("self",)).select_related("person").get(pk=int(pk))
        if deputy.person_id == to.pk:
            raise Refused(f"Nobody acts for themselves. Choose somebody else than {to} for it, or let it stay")
        deputy.deputy = to
        deputy.keep(by=move.by, reason=f"Handed over from {move.person}: {move.reason}")
        return
    given = Given.objects.select_for_update(of=("self",)).select_related("request").get(pk=int(pk))
    state = open_step(given.request, given.step)
    if problem := why_not_given_to(to, people_of([given.request])[given.request_id], state):
        raise Refused(f"{problem} for {passing.held.words}")
    given.person, given.person_name, given.by_name, given.on = to, str(to), str(move.by), move.on
    given.reason = f"Handed over from {move.person}: {move.reason}"
    given.keep(by=move.by, reason=given.reason)


HANDOVER = Handover(_held_by, _pass_on)
