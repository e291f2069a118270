"""Taking several steps in one go: each by the one door, by itself; what cannot be taken is named with why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from approvals import services
from approvals.gate import Gate
from approvals.models import AgendaItem, Request, StepTaken
from approvals.rules import StepState, outcomes_of
from approvals.services import CHANGED, Said, Situation
from policy.model import Step
from policy.refused import Refused

MOST = 25  # as many as a page of the work list holds


@dataclass(frozen=True)
class Item:
    """One step of one request, as it stands now for the person who wants to take several."""

    request: Request
    situation: Situation
    state: StepState
    problem: str
    on_agenda: str = ""

    @property
    def step(self) -> Step:
        """The step of the policy."""
        return self.state.step

    @property
    def key(self) -> str:
        """What an address and the fields of a form call it."""
        return key_of(self.request, self.step.id)


def key_of(request: Request, step_id: str) -> str:
    """What an address and the fields of a form call one step of one request."""
    return f"{request.reference}.{step_id}"


def items_of(keys: Sequence[str], *, person: User, on: date) -> list[Item]:
    """The steps behind these keys; keys that lead nowhere are left out.

    Those on an agenda come first, in its order, then those that wait longest.
    """
    wanted = dict.fromkeys(tuple(key.partition(".")[::2]) for key in keys[:MOST])
    readable = Request.objects.readable_by(person).filter(reference__in=[reference for reference, _ in wanted])
    requests = {each.reference: each for each in readable.for_list().select_related("partnership__service")}
    gate = Gate.of(person, on, requests.values())
    agendas = on_agendas(requests.values())
    found = []
    for reference, step_id in wanted:
        request = requests.get(reference)
        if request is None:
            continue
        situation = services.situation_of(request)
        try:
            state = situation.standing.state_of(step_id)
        except KeyError:
            continue
        on_agenda = agendas.get((request.pk, step_id), "")
        found.append(Item(request, situation, state, gate.why_not(request, state), on_agenda))
    order = {key: number for number, key in enumerate(agendas)}
    last = len(order)
    return sorted(
        found,
        key=lambda item: (
            order.get((item.request.pk, item.step.id), last),
            item.request.sent_on or on,
            item.request.pk,
        ),
    )


def on_agendas(requests: Iterable[Request]) -> dict[tuple[int, str], str]:
    """Where steps of requests stand on agendas of meetings that are planned: "Item 2, CMT, 1 December 2026".

    By request and step, in the order in which they come up. One query.
    """
    found: dict[tuple[int, str], str] = {}
    numbers: Counter[int] = Counter()
    for item in AgendaItem.objects.beside(requests):
        numbers[item.meeting_id] += 1
        if not item.deferred_why:
            found[item.request_id, item.step] = f"Item {numbers[item.meeting_id]}, {item.meeting}"
    return found


@dataclass(frozen=True)
class Wanted:
    """What a person wants to record on one item. `mark` is the situation that they saw."""

    item: Item
    said: Said
    mark: str

    @property
    def problem(self) -> str:
        """Why it cannot be recorded as things stand, or "". The door itself, `take_step`, asks again."""
        item = self.item
        if item.problem:
            return item.problem
        if self.mark != item.situation.mark:
            return CHANGED
        offered = outcomes_of(item.situation.policy, item.step)
        outcome = next((each for each in offered if each.id == self.said.outcome), None)
        return services.why_not_say(item.request, item.state, self.said, outcome, today=timezone.localdate())


@dataclass(frozen=True)
class Recorded:
    """What became of several: the steps that were taken, and those that were not, each with why."""

    taken: tuple[StepTaken, ...]
    refused: tuple[tuple[Request, str], ...]


def record(wanted: Sequence[Wanted], *, by: User, at: datetime) -> Recorded:
    """Take each of these steps in a transaction of its own: one that is refused leaves the others as they are."""
    taken: list[StepTaken] = []
    refused: list[tuple[Request, str]] = []
    for each in wanted:
        try:
            taken.append(
                services.take_step(each.item.request, each.item.step.id, each.said, by=by, at=at, mark=each.mark)
            )
        except Refused as refusal:
            refused.append((each.item.request, str(refusal)))
    return Recorded(tuple(taken), tuple(refused))


def on_the_day(said: Said, on: date | None, minute: str) -> Said:
    """What is said of one item, with the day and the minute that all share unless it has a minute of its own."""
    return replace(said, on=on, minute=said.minute or minute)
