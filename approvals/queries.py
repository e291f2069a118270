"""Rows for lists and pages of requests: who has a turn, what was said, in the words that pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import Role
from approvals.gate import RECORDER, Gate
from approvals.models import Deputy, Interest, Request, Status, StepTaken, Turn
from approvals.papers import body_of
from approvals.rules import ADVISING, Place, StepState, view_of
from config import words
from policy.model import Policy, Step

VERBS = {
    "advise": "Advise on",
    "consult": "Give your view on",
    "recommend": "Recommend on",
    "decide": "Decide",
    "approve": "Approve",
    "do": "See to",
    "receive": "Read",
}
day = words.day


@dataclass(frozen=True)
class YourTurn:
    """A step that waits for this person, in their capacity; `refusal` says why others have to take it."""

    request: Request
    step: Step
    due_on: date | None
    since: date
    acting_for: str = ""
    refusal: str = ""

    @property
    def key(self) -> str:
        """What the address of several steps at once calls it."""
        return f"{self.request.reference}.{self.step.id}"

    @property
    def can_be_one_of_several(self) -> bool:
        """Whether it can be answered on one page with others: the person may, and one choice is all it asks for."""
        return (bool(self.step.outcomes) or self.step.act == "receive") and not self.refusal

    @property
    def words(self) -> str:
        """What to do, as a link says it: what is neither advised nor decided is named by its step."""
        if self.step.act == "do":
            return f"{self.step.title}: {self.request.reference}, {self.request.matter}"
        return f"{VERBS[self.step.act]} {self.asks}"

    @property
    def asks(self) -> str:
        """What is asked, without a verb."""
        asked = self.request.about or self.request.policy_version.policy.route(self.request.route).title
        return f"{self.request.reference}: {words.inside(asked)}, {self.request.matter}"


def turns_of(user: User, today: date) -> list[YourTurn]:
    """Every open step whose role this person holds, those that fall due first. Eight queries for any number."""
    deputies = list(Deputy.objects.on(today).filter(deputy=user))
    roles = {str(role) for role in user.roles} | {each.role for each in deputies}
    wanted = Q(role__in=roles)
    if RECORDER in roles:
        wanted |= ~Q(role__in=Role.values)
    wanted |= Q(role="representative", request__partnership__representatives__user=user)
    found: list[Turn] = list(Turn.objects.for_work_list().filter(wanted).distinct())
    if not found:
        return []
    gate = Gate.of(user, today, {turn.request_id: turn.request for turn in found}.values())
    rows: dict[tuple[int, str], YourTurn] = {}
    for turn in found:
        step = turn.request.policy_version.policy.route(turn.request.route).by_id[turn.step]
        state = StepState(step, Place.OPEN, "")
        capacities = gate.capacities(turn.request, state)
        if not capacities or not (turn.request.status == Status.SENT or turn.request.is_settled):
            continue
        refusal = gate.why_not(turn.request, state)
        acting_for = str(capacities[0].acting_for or "")
        rows[turn.request_id, turn.step] = YourTurn(turn.request, step, turn.due_on, turn.since, acting_for, refusal)
    return list(rows.values())


def said_in_short(policy: Policy, record: StepTaken | None) -> str:
    """What came of a step in one line: "Join, 1 December 2026"."""
    if record is None:
        return ""
    outcome = next((each.label for each in policy.outcomes if each.id == record.outcome), "")
    done = outcome or ("Advised" if record.act in ADVISING else "Done")
    return f"{done}, {words.day(record.on)}"


PLACES = {
    Place.TAKEN: ("done", "done"),
    Place.OPEN: ("now", "open now"),
    Place.TO_COME: ("", "to come"),
    Place.NOT_NEEDED: ("skip", "not needed"),
    Place.NOT_KNOWN: ("", "not known yet"),
}


def step_row(
    policy: Policy, state: StepState, record: StepTaken | None, *, meets: str = "", given_to: str = ""
) -> dict[str, Any]:
    """A step as `components/route.html` draws it; `meets` says which meeting it can reach, `given_to` whose it is."""
    body = body_of(policy, state)
    look, said = PLACES[state.place]
    text = f"{body}. {said_in_short(policy, record) or state.was_done}" if record or state.was_done else body
    why = state.reason if state.step.when and state.place != Place.TAKEN else ""
    if state.place == Place.OPEN and given_to:
        text = f"{text}: given to {given_to}"
    if state.place == Place.OPEN and state.due_on:
        text = f"{text}, by {words.day(state.due_on)}"
    return {
        "title": state.step.title,
        "state": look,
        "words": said,
        "text": ". ".join(filter(None, (text, meets))),
        "why": f"Not needed: {why}" if state.place == Place.NOT_NEEDED else why,
        "source": state.step.clause,
    }


@dataclass(frozen=True)
class TakenRow:
    """A step that was taken, as the record of a request shows it."""

    record: StepTaken
    title: str
    clause: str
    outcome: str
    by: str
    list_reason: str


def taken_row(record: StepTaken) -> TakenRow:
    """A step with its words under the policy version of its request."""
    policy = record.request.policy_version.policy
    step = policy.route(record.request.route).by_id[record.step]
    outcome = next((each for each in policy.outcomes if each.id == record.outcome), None)
    reason = ""
    if outcome and outcome.reason_list and record.reason_from_list:
        reason = policy.list(outcome.reason_list).label_of(record.reason_from_list)
    return TakenRow(record, step.title, step.clause, outcome_in_words(policy, record), record.said_by, reason)


decided_row = taken_row


def outcome_in_words(policy: Policy, record: StepTaken) -> str:
    """What came of a step: "Join", "Join (recommendation)" where others decide, or "" for a step without outcomes."""
    outcome = next((each for each in policy.outcomes if each.id == record.outcome), None)
    if outcome is None:
        return ""
    is_advice = record.act == "recommend" and view_of(outcome.kind)
    return f"{outcome.label} (recommendation)" if is_advice else outcome.label


def interests_at(record: StepTaken) -> Sequence[Interest]:
    """The interests that people had declared in its request by the day of a step."""
    declared = Interest.objects.filter(request_id=record.request_id, declared_on__lte=record.on)
    return list(declared.order_by("declared_on", "pk"))


@dataclass(frozen=True)
class WaitingRow:
    """A request on its way: what it asks, and for whom it waits."""

    request: Request
    asks: str
    waits_for: str
    since: date | None
    due_on: date | None


def waiting_row(request: Request) -> WaitingRow:
    """A request on its way in a list; its turns are there already."""
    policy = request.policy_version.policy
    turns: Sequence[Any] = list(request.turns.all())
    labels = dict.fromkeys(whose(request, turn) for turn in turns)
    due = min((turn.due_on for turn in turns if turn.due_on), default=None)
    since = min((turn.since for turn in turns), default=None)
    return WaitingRow(request, policy.route(request.route).title, words.listed(labels), since, due)


def label(policy: Policy, role: str) -> str:
    """What the council calls a role, in short."""
    found = policy.role(role)
    return (found.short or found.label) if found else role.replace("_", " ")


def whose(request: Request, turn: Any) -> str:
    """Whose turn it is, in the council's words: the joint body where roles act together, else the role."""
    policy = request.policy_version.policy
    return policy.route(request.route).by_id[turn.step].joint_body or label(policy, turn.role)


def next_bodies(request: Request) -> str:
    """Who has a turn next, in a sentence for a banner."""
    if request.status == Status.RETURNED:
        return f"It goes back to {request.proposed_by_name}"
    if request.is_settled:
        return f"The request is {request.get_status_display().lower()}"
    names = dict.fromkeys(whose(request, turn) for turn in request.turns.all())
    return f"It is the turn of {words.listed(names)} now" if names else "Nobody has a turn now"


def how_it_stands(request: Request) -> str:
    """How a request about the whole register stands, in a sentence: on its way, returned, or what came of it."""
    if request.status == Status.RETURNED:
        return f"{request.reference} came back: what was said stands there"
    if request.status == Status.DONE:
        return f"{request.reference} is received by all who receive it, {day(request.ended_at)}"
    if request.status != Status.DECIDED:
        return f"{request.reference} is on its way. {next_bodies(request)}"
    policy = request.policy_version.policy
    label = next((each.label for each in policy.outcomes if each.id == request.outcome), "")
    record = decided_by(request)
    return f"{record.body}: {label}, {day(record.on)} ({record})" if record else label


def decided_by(request: Request) -> StepTaken | None:
    """The step that decided a request: the last one of its outcome."""
    return StepTaken.objects.decisions().filter(request=request, outcome=request.outcome).first()


def returned_with(request: Request) -> StepTaken | None:
    """The step that sent a request back, while it is with the proposer."""
    if request.status != Status.RETURNED:
        return None
    return StepTaken.objects.filter(request=request, round=request.round).order_by("-number").first()
