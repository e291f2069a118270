"""Where a request stands on its route: which steps are needed, which are taken, whose turn it is. Pure functions.

A route is data of the policy; a step is open when the steps it follows are taken or not needed. What was taken
before a material change of the facts no longer stands, and the step is open again.

Source: requirements README CORE-13; BRK-F04 to F07, BRK-I13, BRK-I22.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Literal

from assessments import rules
from policy.model import Outcome, Policy, Route, Step

DECIDING = frozenset({"decide", "approve"})
BODY_ACTS = frozenset({"decide", "approve", "recommend"})
ADVISING = frozenset({"advise", "consult"})
# Outcomes that say yes to what is asked; the others end the request, send it back or send it on.
YES = frozenset({"join", "leave", "agree", "change"})
NO = frozenset({"not_join", "go_on", "contact_only", "object"})

# Roles that propose: their own steps at the start of a route are done when the request is sent.
PROPOSERS = frozenset({"lead_officer", "representative"})
View = Literal["for", "against", ""]
# Routes on which somebody brings what they have done: a review, an evaluation, a report.
BRINGING = frozenset({"review", "evaluation", "reporting"})


class Place(StrEnum):
    """Where a step stands."""

    TAKEN = "taken"
    OPEN = "open"
    TO_COME = "to_come"
    NOT_NEEDED = "not_needed"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Taken:
    """A step that somebody took: what came of it, on which day, and whether it still stands."""

    step: str
    outcome: str = ""
    on: date | None = None
    stands: bool = True
    id: int | None = None


@dataclass(frozen=True)
class StepState:
    """One step of the route as it stands: its place, and why it is needed or not.

    `is_covered`: another step of the same body stands for it. `goes_up`: it is needed because of what earlier steps
    came to, such as a disagreement (BRK-I13). `was_done` says what shows that it was done before it was sent.
    """

    step: Step
    place: Place
    reason: str
    taken: Taken | None = None
    overtaken: tuple[Taken, ...] = ()
    due_on: date | None = None
    is_covered: bool = False
    goes_up: bool = False
    was_done: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody can take it now."""
        return self.place == Place.OPEN


@dataclass(frozen=True)
class Standing:
    """A request on its route: its steps, and what has been decided once everything is.

    `is_complete`: nothing on it is for anybody to decide, and each step that blocks is taken. `is_finished`: nobody
    waits for a step of it any more, whatever was decided.
    """

    route: Route
    steps: tuple[StepState, ...]
    decided: Outcome | None
    takes_effect: Outcome | None
    is_returned: bool = False
    is_complete: bool = False
    is_finished: bool = False

    @property
    def open_steps(self) -> tuple[StepState, ...]:
        """The steps that can be taken now."""
        return tuple(state for state in self.steps if state.is_open)

    @property
    def not_known(self) -> tuple[StepState, ...]:
        """Steps of which nobody can say yet whether they are needed."""
        return tuple(state for state in self.steps if state.place == Place.NOT_KNOWN)

    def state_of(self, step_id: str) -> StepState:
        """The state of a step. Raises KeyError for a step the route does not have."""
        for state in self.steps:
            if state.step.id == step_id:
                return state
        raise KeyError(step_id)


def stand(
    policy: Policy,
    route_id: str,
    facts: rules.Facts,
    taken: Sequence[Taken],
    *,
    sent_on: date | None = None,
    done: Mapping[str, str] | None = None,
) -> Standing:
    """Say where a request stands. `taken` are the steps of this round in the order in which they were taken.

    `done` says of steps that others take in front of it what shows that they did, by step (`done_in_front`).

    Before it is sent (`sent_on` is None) no step is open. Raises KeyError for a route the policy does not have,
    WrongFact for a fact that cannot be used.
    """
    route = policy.route(route_id)
    outcomes = {outcome.id: outcome for outcome in policy.outcomes}
    standing = {each.step: each for each in taken if each.stands}
    known = {**facts, **facts_of_the_route(route, outcomes, standing)}
    found = {finding.step.id: finding for finding in rules.route(policy, route_id, known)}
    without = {finding.step.id: finding.included for finding in rules.route(policy, route_id, facts)}
    by_sending = {step.id for step in before_others(route, policy)}
    in_front = {step.id: (done or {}).get(step.id, "") for step in done_in_front(route, policy)}
    places: dict[str, StepState] = {}
    for number, step in enumerate(route.steps):
        finding = found[step.id]
        own = standing.get(step.id)
        overtaken = tuple(each for each in taken if each.step == step.id and not each.stands)
        before = [places[each] for each in (step.after or ([route.steps[number - 1].id] if number else []))]
        goes_up = bool(finding.included) and not without[step.id]
        state = StepState(step, Place.TO_COME, finding.reason, own, overtaken, goes_up=goes_up)
        if own is not None:
            state = replace(state, place=Place.TAKEN)
        elif finding.included is False:
            state = replace(state, place=Place.NOT_NEEDED)
        elif finding.included is None:
            state = replace(state, place=Place.NOT_KNOWN)
        elif covering := _covered_by(step, places.values(), found, outcomes):
            state = replace(state, place=Place.TAKEN, taken=covering, is_covered=True)
        elif in_front.get(step.id):
            state = replace(state, place=Place.TAKEN, was_done=in_front[step.id])
        elif step.id in by_sending:
            state = replace(state, place=Place.TAKEN if sent_on else Place.TO_COME)
        elif sent_on is not None and all(each.place == Place.TAKEN for each in _behind(before, places, route)):
            opened = max([sent_on, *(each.taken.on for each in before if each.taken and each.taken.on)])
            due = opened + timedelta(days=step.due_days) if step.due_days is not None else None
            state = replace(state, place=Place.OPEN, due_on=due)
        places[step.id] = state
    return _decided(route, tuple(places.values()), outcomes)


def done_in_front(route: Route, policy: Policy | None = None) -> list[Step]:
    """What others do before somebody brings a review or a report, such as the programme that asks for it.

    It is done once somebody said so: on the register, or in words on the request (BRK-F15, RED-F29).
    """
    if not _brings(route, policy):
        return []
    return list(takewhile(lambda step: not step.needs and not PROPOSERS & set(step.role), at_the_start(route)))


def at_the_start(route: Route) -> list[Step]:
    """What is done on a route before anybody advises or decides."""
    return list(takewhile(lambda step: step.act == "do", route.steps))


def _brings(route: Route, policy: Policy | None) -> bool:
    return route.purpose in BRINGING and not _is_of_the_register(route, policy)


def _is_of_the_register(route: Route, policy: Policy | None) -> bool:
    return policy is not None and route.id in policy.register_routes


def before_others(route: Route, policy: Policy | None = None) -> list[Step]:
    """The proposer's own steps at the start of a route, which sending says are done: of one who brings something, those
    whose forms it holds.

    What a review or a report has no form for, such as following up actions, somebody says in words that it is done.
    On a route about the whole register of `policy` the register manager is who proposes.
    """
    if _brings(route, policy):
        return [step for step in at_the_start(route) if step.needs]
    proposers = {"register_manager"} if _is_of_the_register(route, policy) else PROPOSERS
    return [step for step in at_the_start(route) if proposers & set(step.role)]


def said_in_words(route: Route) -> list[Step]:
    """The steps that whoever brings a review or a report says in words that they have done."""
    if route.purpose not in BRINGING:
        return []
    return [step for step in at_the_start(route) if not step.needs and PROPOSERS & set(step.role)]


def forms_behind(route: Route) -> frozenset[str]:
    """The forms that a request on this route is sent with: those of the route and of the proposer's own steps."""
    return frozenset([*route.needs, *(name for step in before_others(route) for name in step.needs)])


def _behind(before: Sequence[StepState], places: Mapping[str, StepState], route: Route) -> list[StepState]:
    """The steps that a step waits for: behind one that is not needed or does not block, those before it."""
    found: list[StepState] = []
    for state in before:
        blocks = state.step.blocks or state.place == Place.NOT_KNOWN
        if state.place != Place.NOT_NEEDED and (blocks or state.place == Place.TAKEN):
            found.append(state)
            continue
        number = route.steps.index(state.step)
        ids = state.step.after or ([route.steps[number - 1].id] if number else [])
        found += _behind([places[each] for each in ids], places, route)
    return found


def _covered_by(
    step: Step, before: Iterable[StepState], found: Mapping[str, rules.StepFinding], outcomes: Mapping[str, Outcome]
) -> Taken | None:
    """What a body decided before the request had to go up counts as its recommendation; it is not asked twice."""
    if step.act != "recommend":
        return None
    for state in before:
        is_its_own = state.step.act in DECIDING and set(state.step.role) & set(step.role)
        if is_its_own and state.taken and found[state.step.id].included is False:
            outcome = outcomes.get(state.taken.outcome)
            return state.taken if outcome and outcome.kind != "return" else None
    return None


def facts_of_the_route(
    route: Route, outcomes: Mapping[str, Outcome], standing: Mapping[str, Taken]
) -> dict[str, bool | None]:
    """What the steps taken so far make true: referred up, the deciders disagree, the executive objected; and what
    they settle, such as whether the business case is still made (CHK-08).

    A fact is left out while no step that bears on it is taken.
    """
    views: dict[str, list[tuple[Step, str]]] = {"consult": [], "body": [], "executive": []}
    referred = None
    facts: dict[str, bool | None] = {}
    for step in route.steps:
        taken = standing.get(step.id)
        outcome = outcomes.get(taken.outcome) if taken else None
        if outcome is None:
            continue
        if step.settles and (answer := step.settles.answer(outcome.id)) is not None:
            facts[step.settles.field] = answer
            continue
        if step.act in BODY_ACTS:
            referred = bool(referred) or (outcome.kind == "refer" and not outcome.becomes)
        if "executive" in step.role and step.act in ADVISING:
            views["executive"].append((step, outcome.kind))
        if step.act == "consult":
            views["consult"].append((step, outcome.kind))
        elif step.act in BODY_ACTS and "executive" not in step.role and "council" not in step.role:
            views["body"].append((step, outcome.kind))
    if referred is not None:
        facts["was_referred_up"] = referred
    asked = {view_of(kind) for _, kind in views["consult"]} - {""}
    decided = {view_of(kind) for _, kind in views["body"]} - {""}
    if asked and decided:
        facts["deciders_disagree"] = asked != decided
    if views["executive"]:
        facts["executive_objected"] = any(kind == "object" for _, kind in views["executive"])
    return facts


def view_of(kind: str) -> View:
    """Whether an outcome is for what is asked, against it, or neither."""
    return "for" if kind in YES else "against" if kind in NO else ""


def _decided(route: Route, steps: tuple[StepState, ...], outcomes: Mapping[str, Outcome]) -> Standing:
    """What the steps taken come to.

    A "no" of a deciding step ends the request, unless it made a higher body's step needed. A "yes" takes effect once
    the deciding steps that follow it are taken too, up to the next thing to do: so a strategy or a nomination that
    is approved later does not hold up the decision itself. The request is decided once no deciding step is left.
    A step that settles a fact ends nothing: the steps that follow from its answer do.
    """
    needed = [state for state in steps if state.place != Place.NOT_NEEDED and not state.is_covered]
    last: Outcome | None = None
    waits: Outcome | None = None
    effect: Outcome | None = None
    for number, state in enumerate(needed):
        if state.step.act == "do":
            effect, waits = waits or effect, None
        outcome = outcomes.get(state.taken.outcome) if state.taken else None
        if state.step.act in DECIDING and outcome is None:
            return Standing(route, steps, None, effect)
        if outcome is None:
            continue
        if outcome.kind == "return":
            return Standing(route, steps, None, None, is_returned=True)
        if state.step.act not in DECIDING or state.step.settles:
            continue
        goes_up = any(later.goes_up for later in needed[number + 1 :])
        if _ends(outcome) and not goes_up:
            return Standing(route, steps, outcome, outcome, is_finished=True)
        if not _ends(outcome) and outcome.kind != "refer":
            last = outcome
            waits = outcome if outcome.becomes else waits
    is_finished = all(state.place == Place.TAKEN or not state.step.blocks for state in needed)
    return Standing(
        route, steps, last, waits or effect, is_complete=is_finished and last is None, is_finished=is_finished
    )


def _ends(outcome: Outcome) -> bool:
    return view_of(outcome.kind) == "against" or (outcome.kind == "refer" and bool(outcome.becomes))


def wants_words(step: Step) -> bool:
    """Whether a step without outcomes is taken in words: advice is, and what no form shows to be done."""
    return step.act in ADVISING or (step.act == "do" and not step.needs)


def outcomes_of(policy: Policy, step: Step) -> tuple[Outcome, ...]:
    """The outcomes that a step offers, in the order in which it names them."""
    by_id = {outcome.id: outcome for outcome in policy.outcomes}
    return tuple(by_id[each] for each in step.outcomes)


# Up the line: who hears of an officer's late step, one more after each stretch of days (DEF-09, CORE-14).
LINE = ("responsible_head", "management_team")


def told_above(roles: Iterable[str], days_late: int, *, every: int) -> tuple[str, ...]:
    """The roles up the line that hear of a late step: one after `every` days, the next after twice as many.

    Whoever has the step is not above it, nor is anybody below them: of a head's step the management team hears alone.
    """
    own = [LINE.index(role) for role in roles if role in LINE]
    above = LINE[max(own) + 1 :] if own else LINE
    return above[: max(days_late, 0) // every]
