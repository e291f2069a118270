"""Chasing: remind those who have a turn, or give an officer's step to another holder of its role.

Source: requirements README CORE-13, CORE-14, DEF-09. Who may take a step is decided by the gate alone: here a step is
only given to somebody, and the gate then holds it for them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleAssignment, User
from accounts.notices import deliver, tell
from accounts.roles import Role
from approvals import notices, services
from approvals.gate import people_of, why_nobody, why_not_given_to
from approvals.models import AN_HOUR, Chaser, Given, Request, Turn
from approvals.rules import Place, StepState
from config import words
from policy.model import Policy, Step
from policy.refused import Refused


def can_be_given(policy: Policy, step: Step) -> bool:
    """Whether a step may be given to one person: officers' steps may, those of bodies and members may not."""
    roles = [policy.role(role) for role in step.role]
    is_of_officers = all(role is not None and role.kind == "officer" for role in roles)
    return is_of_officers and not step.joint and all(role in Role.values for role in step.role)


def open_step(request: Request, step_id: str) -> StepState:
    """A step that waits for somebody now. Raises Refused for one that does not."""
    standing = services.situation_of(request).standing
    for state in standing.open_steps:
        if state.step.id == step_id:
            return state
    raise Refused("This step does not wait for anybody now. The page of the request says how it stands")


def nobody_can(turns: Sequence[Turn], *, on: date) -> dict[tuple[int, str], str]:
    """Of these open steps those that nobody can take, by request and step, each with why and who could."""
    routes = [(turn, turn.request.policy_version.policy.route(turn.request.route)) for turn in turns]
    return why_nobody([(turn.request, StepState(route.by_id[turn.step], Place.OPEN, "")) for turn, route in routes], on)


def candidates(request: Request, state: StepState, *, on: date) -> list[User]:
    """Those to whom a step could be given: holders of its role who have no hand in the request, by name."""
    held = RoleAssignment.objects.on(on).filter(role__in=state.step.role, user__is_active=True)
    people = User.objects.filter(pk__in=held.values("user")).order_by("name", "pk")
    hands = people_of([request])[request.pk]
    return [person for person in people if not why_not_given_to(person, hands, state)]


@transaction.atomic
def remind_now(request: Request, step_id: str, *, word: str, by: User, at: datetime) -> Chaser:
    """Remind everybody who may take an open step, at most once an hour. Raises Refused."""
    if not by.has_perm("approvals.chase"):
        raise Refused("Only a register manager sends reminders. Ask them")
    Request.objects.select_for_update().get(pk=request.pk)
    state = open_step(request, step_id)
    last = Chaser.objects.filter(request=request, step=step_id).first()
    if last and at - last.at < AN_HOUR:
        raise Refused(f"{last.by_name} reminded {last.people} at {words.clock(last.at)}. Wait an hour before the next")
    people = notices.people_for(request, state, on=timezone.localdate(at))
    if not people:
        raise Refused("Nobody can take this step now. Give somebody its role, or give the step to another person")
    chaser = Chaser(request=request, step=step_id, by=by, by_name=str(by), at=at, word=word)
    chaser.people = words.listed(str(person) for person in people)
    chaser.save(force_insert=True)
    tell(
        people,
        key=f"chased:{chaser.pk}",
        subject=f"Reminder: {request.matter}",
        lines=[
            f"{by} reminds you of {request.reference}: {state.step.title}. {_due(state, timezone.localdate(at))}",
            *([f"{by} says: “{word}”"] if word else []),
        ],
        path=reverse("approvals:step", args=[request.reference, step_id]),
    )
    transaction.on_commit(partial(deliver, at=at))
    return chaser


def _due(state: StepState, today: date) -> str:
    if state.due_on is None:
        return "It waits for you."
    return f"It is due on {words.day(state.due_on)}, {words.days_away(state.due_on, today)}."


@transaction.atomic
def give_to(request: Request, step_id: str, person: User, *, reason: str, by: User, on: date) -> Given:
    """Give an open step to one holder of its role; from then on it is theirs alone. Raises Refused."""
    if not by.has_perm("approvals.chase"):
        raise Refused("Only a register manager gives a step to somebody else. Ask them")
    Request.objects.select_for_update().get(pk=request.pk)
    state = open_step(request, step_id)
    if not can_be_given(request.policy_version.policy, state.step):
        raise Refused("This step belongs to a body or a member, so it is nobody’s to give. Name a deputy instead")
    if not reason.strip():
        raise Refused("Say why somebody else takes this step")
    if problem := why_not_given_to(person, people_of([request])[request.pk], state):
        raise Refused(problem)
    given = Given.objects.in_round(request).filter(step=step_id).first()
    given = given or Given(request=request, round=request.round, step=step_id)
    if given.pk and given.person_id == person.pk:
        raise Refused(f"{person} has this step already")
    given.person, given.person_name, given.reason, given.by_name, given.on = person, str(person), reason, str(by), on
    given.keep(by=by, reason=reason)
    tell(
        [person],
        key=f"given:{given.pk}:{given.history.count()}",
        subject=f"Given to you: {request.matter}",
        lines=[f"{by} gave you a step of {request.reference}: {state.step.title}. {_due(state, on)}"],
        path=reverse("approvals:step", args=[request.reference, step_id]),
    )
    transaction.on_commit(partial(deliver, at=timezone.now()))
    return given
