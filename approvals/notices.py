"""Whom a request tells what: their turn, returned, decided, due, late, and the line above when a step stays late."""

from collections import Counter
from datetime import date

from django.db.models import Q
from django.urls import reverse

from accounts.models import RoleAssignment, User
from accounts.notices import tell
from accounts.roles import Role
from approvals.gate import Gate, People, account_roles, people_of, why_nobody
from approvals.models import Deputy, Request, Status, StepTaken, Turn
from approvals.queries import VERBS, whose
from approvals.rules import Place, StepState, told_above
from config import words

BEFORE = (30, 7)  # days before a step is due, DEF-09
ESCALATION = "escalation-days"  # the setting of a policy that says after how many days a late step goes up the line
LATE_AGAIN = 7  # days after which a late step is said again, and to the register manager too


def of_turns(request: Request) -> None:
    """Tell those whose turn it is now; somebody who was told of this turn is not told again."""
    attempts = Counter(StepTaken.objects.filter(request=request, round=request.round).values_list("step", flat=True))
    hands = people_of([request])
    # A step of several roles has a turn for each, and is told once.
    for turn in {each.step: each for each in request.turns.all()}.values():
        state = _state_of(request, turn)
        by = f" by {words.day(turn.due_on)}" if turn.due_on else ""
        people = people_for(request, state, on=turn.since, hands=hands)
        if not people:
            _tell_nobody_can(request, state, on=turn.since)
        tell(
            people,
            key=f"turn:{request.reference}:{request.round}:{turn.step}:{attempts[turn.step]}",
            subject=f"Your turn{by}: {request.matter}",
            lines=[
                f"{VERBS[turn.act]} {request.reference}{by}: "
                f"{words.inside(request.policy_version.policy.route(request.route).title)}, {request.matter}.",
                f"The step is “{state.step.title}” ({state.step.clause}). Read and answer:",
            ],
            path=reverse("approvals:step", args=[request.reference, turn.step]),
        )


def _tell_nobody_can(request: Request, state: StepState, *, on: date) -> None:
    """Tell the register managers of a step that nobody can take, with why and who could."""
    why = why_nobody([(request, state)], on).get((request.pk, state.step.id), "Those it was given to cannot take it")
    tell(
        User.objects.holding(Role.REGISTER_MANAGER, on=on),
        key=f"nobody:{request.reference}:{request.round}:{state.step.id}",
        subject=f"Nobody can take a step: {request.matter}",
        lines=[f"{request.reference} waits at “{state.step.title}”. {why}."],
        path=reverse("approvals:waiting_list"),
    )


def of_end(request: Request, record: str) -> None:
    """Tell the proposer and the lead officer that a request came back, or what was decided."""
    lead_officer = request.partnership.lead_officer if request.partnership else None
    people = {each.pk: each for each in (request.proposed_by, lead_officer) if each}
    outcome = next((o.label for o in request.policy_version.policy.outcomes if o.id == request.outcome), "")
    subject, line = {
        Status.RETURNED: (
            f"Returned to you: {request.matter}",
            "You are asked to look again. What was said stands on its page. Change what is needed and send it again.",
        ),
        Status.DECIDED: (f"Decided: {request.matter}", f"{outcome}. The reasons stand on its page."),
        Status.DONE: (f"Completed: {request.matter}", "Every step is taken. What was said stands on its page."),
    }[Status(request.status)]
    tell(
        people.values(),
        key=f"{request.status}:{request.reference}:{request.round}:{record}",
        subject=subject,
        lines=[f"{request.reference}: {line}"],
        path=reverse("approvals:request", args=[request.reference]),
    )


def remind(on: date) -> int:
    """Tell those whose open step is due in 30 or 7 days, or late; answers how many turns were looked at.

    Safe to repeat on the same day: each reminder has its own key. A step late by a week goes to the register
    manager as well (DEF-09).
    """
    turns = Turn.objects.with_requests().filter(request__status=Status.SENT)
    managers = list(User.objects.holding(Role.REGISTER_MANAGER, on=on))
    for turn in turns:
        if turn.due_on is None:
            continue
        request = turn.request
        state = _state_of(request, turn)
        left = (turn.due_on - on).days
        path = reverse("approvals:step", args=[request.reference, turn.step])
        say = f"{VERBS[turn.act]} {request.reference}, {request.matter}: {words.inside(state.step.title)}."
        people = people_for(request, state, on=on)
        for days in BEFORE:
            is_its_time = 0 <= left <= days and (days == BEFORE[-1] or left > BEFORE[-1])
            if is_its_time and (turn.due_on - turn.since).days > days:
                tell(
                    people,
                    key=f"due:{turn.request_id}:{turn.step}:{turn.due_on}:{days}",
                    subject=f"Due {words.day(turn.due_on)}: {request.matter}",
                    lines=[say, f"It is due in {words.count(left, 'day')}."],
                    path=path,
                )
        if left < 0:
            weeks = -left // LATE_AGAIN
            tell(
                people,
                key=f"late:{turn.request_id}:{turn.step}:{turn.due_on}:{weeks}",
                subject=f"{words.count(-left, 'day')} late: {request.matter}",
                lines=[say, f"It was due on {words.day(turn.due_on)}."],
                path=path,
            )
            if weeks:
                body = whose(request, turn)
                tell(
                    managers,
                    key=f"escalated:{turn.request_id}:{turn.step}:{turn.due_on}:{weeks}",
                    subject=f"A step is late: {request.matter}",
                    lines=[f"{request.reference} waits for {body}, {words.count(-left, 'day')} late. {say}"],
                    path=reverse("approvals:request", args=[request.reference]),
                )
        _tell_above(turn, state, people, on=on, late=-left, say=say)
    return len(turns)


def _tell_above(turn: Turn, state: StepState, people: list[User], *, on: date, late: int, say: str) -> None:
    """Tell those up the line of an officer's late step, each once: after how many days the policy may say."""
    request = turn.request
    policy = request.policy_version.policy
    if not all(role is not None and role.kind == "officer" for role in map(policy.role, state.step.role)):
        return
    every = int(policy.chosen(ESCALATION, LATE_AGAIN))
    for role in told_above(state.step.role, late, every=every):
        if policy.role(role) is None:
            continue
        tell(
            [each for each in _holders(role, request, on=on) if each not in people],
            key=f"up:{turn.request_id}:{turn.step}:{turn.due_on}:{role}",
            subject=f"A step is late: {request.matter}",
            lines=[
                f"{request.reference} waits for {whose(request, turn)}, {words.count(late, 'day')} late. {say}",
                "You hear of it because you stand above those who have it.",
            ],
            path=reverse("approvals:request", args=[request.reference]),
        )


def _holders(role: str, request: Request, *, on: date) -> list[User]:
    """Who holds a role for the entry of a request: the head that the entry names, else by role and service.

    Where there is no entry, no service narrows it down.
    """
    partnership = request.partnership
    held = RoleAssignment.objects.on(on).filter(role=role, user__is_active=True)
    if partnership:
        if role == Role.RESPONSIBLE_HEAD and partnership.responsible_head:
            return [partnership.responsible_head]
        held = held.filter(Q(service_area=None) | Q(service_area=partnership.service_id))
    return list(User.objects.filter(pk__in=held.values("user")).order_by("pk"))


def people_for(request: Request, state: StepState, *, on: date, hands: dict[int, People] | None = None) -> list[User]:
    """Everybody who may take a step, with their deputies; those with a hand in it are left out.

    `hands` are those who had one, where they are known already. Five queries for any number of people, and six more.
    """
    roles = account_roles(state.step.role)
    held = RoleAssignment.objects.on(on).filter(role__in=roles, user__is_active=True)
    deputies = Deputy.objects.on(on).filter(role__in=roles)
    ids = set(held.values_list("user_id", flat=True)) | {each.deputy_id for each in deputies}
    hands = people_of([request]) if hands is None else hands
    if "representative" in state.step.role:
        ids |= hands[request.pk].representatives
    people = list(User.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
    return [gate.person for gate in Gate.for_each_of(people, hands, on) if gate.capacity(request, state)]


def _state_of(request: Request, turn: Turn) -> StepState:
    step = request.policy_version.policy.route(request.route).by_id[turn.step]
    return StepState(step, Place.OPEN, "", due_on=turn.due_on)
