"""The pages on which a step is taken, for everybody at every step on the way into a partnership, under each policy.

Who may take a step is worked out in `test_everybody_at_every_step.py`, which holds the gate and the service to it.
Here a page offers those people exactly the outcomes of the pack and nobody else any; whatever is sent beside that,
alone or among several, changes nothing and is answered with why. No command takes a step.
Source: requirements README CORE-13, CONF-15; groups (e) and (f) of the five digests.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from bs4 import BeautifulSoup, SoupStrainer
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals import services
from approvals.rules import NO, YES, Place, StepState
from approvals.services import Said
from approvals.several import key_of
from policy.model import Step
from tests.approvals.making import LATER
from tests.approvals.test_everybody_at_every_step import (
    ENTRIES,
    Case,
    Person,
    Policy,
    fresh,
    kept,
    outcomes_of,
    signed_in,
)

pytestmark = pytest.mark.django_db
FIELDS = SoupStrainer(["input", "textarea"])
# What is said to anybody who sends the form of a step that is not open, by where it stands.
NOT_NOW = {
    Place.TAKEN: "This step is taken already",
    Place.TO_COME: "This step comes later",
    Place.NOT_NEEDED: "This step is not needed",
    Place.NOT_KNOWN: "Nobody can say yet whether this step is needed",
}


@pytest.mark.parametrize("pack", ENTRIES)
def test_the_page_offers_the_outcomes_of_a_step_to_those_whose_it_is_and_refuses_all_others(pack: str) -> None:
    policy = Policy(pack)
    asked = Asked(policy, {person.user.pk: signed_in(person) for person in policy.people})
    route = next(route for route in policy.routes if route.purpose == "join")

    for number, entry in enumerate(ENTRIES[pack]):
        case = policy.case(route, entry)
        while to_take := _turns(case):
            for state in to_take:
                if state.step.id not in asked.steps:
                    asked.steps.add(state.step.id)
                    asked.hold_everybody_to(case, state)
            asked.nothing_else_is_open(case)
            _take(policy, case, to_take[0].step, number)

    assert asked.steps == {step for step, _ in outcomes_of([route])}


def _take(policy: Policy, case: Case, step: Step, number: int) -> None:
    """Go one step on, with a yes where there is one.

    What settles a fact says another thing of each entry, so that each way is gone; for the third whoever is consulted
    objects, so that it goes up (BRK-I13).
    """
    kinds = {outcome.id: outcome.kind for outcome in policy.council.policy.outcomes}
    wanted = NO if number == 2 and step.act == "consult" else YES
    said = [each for each in step.outcomes if kinds[each] in wanted] or [""]
    outcome = said[number % len(said) if step.settles else 0]
    person = policy.taker(case, step)
    services.take_step(case.request, step.id, Said(outcome, "Because."), by=person.user, at=LATER)
    if step.act in ("advise", "consult"):
        case.hands["adviser"].add(person.user.pk)
    case.request = fresh(case.request)


def _turns(case: Case) -> list[StepState]:
    waiting = set(case.request.turns.values_list("step", flat=True))
    standing = services.situation_of(case.request).standing
    return [state for state in standing.open_steps if state.step.id in waiting]


@dataclass
class Asked:
    """Everybody's browser, and what was sent under one policy: steps, and each act with each reason to refuse it."""

    policy: Policy
    browsers: dict[int, Client]
    steps: set[str] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)

    def hold_everybody_to(self, case: Case, state: StepState) -> None:
        """Everybody sends the form of an open step that is not theirs; every sixth, others each time, looks at it.

        Whoever is the first to be told something of an act looks, and sends every outcome that they may not choose.
        """
        before, step = kept(case.request), state.step
        others = [each.id for each in self.policy.council.policy.outcomes if each.id not in step.outcomes]
        said = [*(step.outcomes or [""]), others[0]]
        for number, person in enumerate(self.policy.people, start=len(self.steps)):
            browser, refusal = self.browsers[person.user.pk], case.refusal(person, step)
            is_first = (step.act, refusal) not in self.told
            self.told.add((step.act, refusal))
            if is_first or number % 6 == 0:
                page = _get(browser, case, step.id)
                assert _offered(page.content) == ([] if refusal else list(step.outcomes or [""])), (step.id, person)
                assert _is_let_in(person) is (page.status_code == 200)
            if refusal:
                for outcome in said if is_first else [said[number % len(said)]]:
                    _refused(_send(browser, case, step.id, outcome), person, refusal, step.id)
            if refusal and is_first:
                _refused(_send_among_several(browser, case, state), person, refusal, step.id)
            if is_first and not refusal:
                _refuse_what_is_not_offered(browser, case, step, others)
        assert kept(case.request) == before

    def nothing_else_is_open(self, case: Case) -> None:
        """Steps that are taken, to come, not needed or not known: one of each is sent, each time by somebody else."""
        before = kept(case.request)
        standing = services.situation_of(case.request).standing
        others = {each.place: each for each in standing.steps if each.place != Place.OPEN}
        for number, state in enumerate(others.values(), start=before[0]):
            person = self.policy.people[number % len(self.policy.people)]
            answer = _send(self.browsers[person.user.pk], case, state.step.id, next(iter(state.step.outcomes), ""))
            stays = case.request.is_open or state.step.act in ("do", "receive")
            _refused(answer, person, NOT_NOW[state.place] if stays else "so no step is open", state.step.id)
        assert kept(case.request) == before


def _refuse_what_is_not_offered(browser: Client, case: Case, step: Step, outcomes: list[str]) -> None:
    mark = services.situation_of(case.request).mark
    for outcome in outcomes:
        answer = _send(browser, case, step.id, outcome, mark=mark)
        wanted = "outcomes that this step offers" if step.outcomes else "This step offers no outcomes"
        assert wanted in answer.content.decode(), (step.id, outcome)


def _is_let_in(person: Person) -> bool:
    return person.user.assignments.on(timezone.localdate()).exists()


def _refused(answer: Any, person: Person, refusal: str, step: str) -> None:
    """Told why; whoever has no role today is not let in, superusers neither."""
    where = f"{step}, {person.user}"
    if not _is_let_in(person):
        assert answer.status_code == 403, where
        assert "You cannot open this page" in answer.content.decode()
        return
    assert answer.status_code == 302, where
    said = [str(each) for each in get_messages(answer.wsgi_request)]
    assert refusal in said[-1], f"{where}: {said}"


def _offered(html: bytes) -> list[str]:
    """The outcomes that a page offers: [""] for a form that asks for none, [] for no form."""
    soup = BeautifulSoup(html, "html.parser", parse_only=FIELDS)
    radios = [str(each["value"]) for each in soup.select("input[name=outcome]")]
    return radios or [""] * len(soup.select("textarea[name=reasons]"))


def _get(browser: Client, case: Case, step: str) -> Any:
    return browser.get(reverse("approvals:step", args=[case.request.reference, step]))


def _send(browser: Client, case: Case, step: str, outcome: str, mark: str = "") -> Any:
    """The form of a step's page with everything filled in, and checked."""
    address = reverse("approvals:step", args=[case.request.reference, step])
    return browser.post(address, {"outcome": outcome, "reasons": "Because.", "mark": mark, "record": "yes"})


def _send_among_several(browser: Client, case: Case, state: StepState) -> Any:
    """The step ticked on the page of several, with an outcome and reasons."""
    key = key_of(case.request, state.step.id)
    prefix = key.replace(".", "_")
    said = {f"{prefix}-{name}": value for name, value in (("reasons", "Because."), ("received", "on"), ("mark", "x"))}
    said |= {f"{prefix}-outcome": state.step.outcomes[0]} if state.step.outcomes else {}
    return browser.post(reverse("approvals:several"), {"pick": key, "mark_of_page": "yes", "record": "yes", **said})
