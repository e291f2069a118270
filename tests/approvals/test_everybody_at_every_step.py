"""Everybody against every step and every outcome of every route of the five policies on which something is asked.

The routes come from the packs. Who may take a step is worked out here from the step's roles and from who had a hand
in the request, and held against the gate for everybody, against the service for each refusal of each act, and against
the page for everybody at one step of each act: nobody decides on their own work (DEF-07, RED-I21, MEL-I04). No command
takes a step. Source: requirements README CORE-13, CONF-15; groups (e) and (f) of the five digests.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleAssignment, ServiceArea, User
from accounts.roles import Role
from approvals import services
from approvals.gate import Gate, people_of
from approvals.models import Deputy, Request, StepTaken, Turn
from approvals.rules import before_others, forms_behind
from approvals.services import ASKED_OF, Said
from assessments.models import Assessment, Response
from policy.model import Route, Step
from policy.reading import load_policy, pack_files
from policy.refused import Refused
from register.models import Partnership, Representative, Status
from tests.approvals.making import LATER, SENT_AT, TODAY, Council
from tests.factories import make_user

pytestmark = pytest.mark.django_db
_numbers = count(1)

# What entries are, so that between them each step of each route is needed once: columns of the entry, fields of the
# pack (`local`), what the proposer says (`said`), and whether the responsible head attends the partnership.
ENTRIES: dict[str, list[dict[str, Any]]] = {
    "breckland-2015": [
        {"unbudgeted_a_year": 0, "is_significant": True, "risk_level": "low", "value_level": "low"},
        {"unbudgeted_a_year": 1, "is_significant": False, "risk_level": "medium", "value_level": "low"},
        {"unbudgeted_a_year": 0, "is_significant": False, "risk_level": "low", "value_level": "high"},
    ],
    "redditch": [
        {"is_significant": True, "local": {"red-i22": False}, "head_attends": False},
        {"is_significant": False, "local": {"red-i22": True}, "head_attends": True},
    ],
    "harborough-2015": [
        {"unbudgeted_a_year": 0, "is_significant": False, "said": {"changes_the_constitution": False}},
        {"unbudgeted_a_year": 20000, "is_significant": True, "said": {"changes_the_constitution": False}},
        {"unbudgeted_a_year": 80000, "is_significant": True, "said": {"changes_the_constitution": True}},
    ],
    "strategy-2009": [{"unbudgeted_a_year": 0}, {"unbudgeted_a_year": 1}],
    "melton": [
        {"unbudgeted_a_year": 0, "local": {"mel-c17": False}, "said": {"needs_more_authority": False}},
        {"unbudgeted_a_year": 1, "local": {"mel-c17": True}, "said": {"needs_more_authority": True}},
    ],
}
# In which state an entry is when something is asked on a route of this purpose; any other: active.
STATUS = {"join": Status.PROPOSED, "governance": Status.PROPOSED}

# Which acts a hand in the request keeps somebody from, and the words; the first that fits is said.
SPEAKS = {"advise", "consult", "recommend", "decide", "approve"}
OF_A_BODY = {"recommend", "decide", "approve"}
HANDS = {
    "interest": (SPEAKS, "declared an interest in this request, so others"),
    "proposer": (SPEAKS, "proposed this, so others"),
    "assessor": (OF_A_BODY, "assessed this, so others"),
    "author": (OF_A_BODY, "filled in a form that this rests on, so others"),
    "attends": (OF_A_BODY, "the council on this partnership, so others"),
    "adviser": ({"decide", "approve"}, "advised on this, so others"),
}
NOT_THEIRS = "This step is for "

# One step of each act at which everybody sends the page's form; and more steps that are taken through the page, so that
# each kind of outcome is once. They stand in these two policies.
ASKED_BY_PAGE = {"brk-f02-challenge", "brk-f04-view", "brk-f04", "brk-f05-recommend"} | {
    "mel-change-approve", "mel-e13-letter", "mel-f07-team",
}  # fmt: skip
TAKEN_BY_PAGE = ASKED_BY_PAGE | {"mel-change-decide", "brk-f30-decide"}


@dataclass
class Person:
    """Somebody who is asked, with the roles that they, or whoever they act for, hold without bounds."""

    user: User
    roles: frozenset[str] = frozenset()
    acts_for: User | None = None

    @property
    def holder(self) -> User:
        """Whose roles they use."""
        return self.acts_for or self.user


@dataclass
class Case:
    """A request on its way, with the hands that people have in it, by the ids of their accounts."""

    request: Request
    hands: dict[str, set[int]] = field(default_factory=dict)

    def refusal(self, person: Person, step: Step) -> str:
        """A part of the words in which this person is refused the step, or "" where it is theirs."""
        entry = self.request.partnership
        held = set(person.roles)
        for role in ("lead_officer", "responsible_head"):  # where the entry names somebody, nobody else is one
            if getattr(entry, f"{role}_id") not in (None, person.holder.pk):
                held.discard(role)
        if person.holder.pk in self.hands["attends"] and not person.acts_for:
            held.add("representative")
        own = {role if role in [*Role.values, "representative"] else "register_manager" for role in step.role}
        if not own & held:
            return NOT_THEIRS
        for who in (person.user, person.holder):
            for hand, (acts, words) in HANDS.items():
                if who.pk in self.hands[hand] and step.act in acts:
                    return words
        return ""


class Policy:
    """A policy in force with the people of its council, each of whom is asked at every step."""

    def __init__(self, pack: str) -> None:
        self.council = council = Council(pack)
        self.pack = pack
        every = [role for role in Role if role != Role.LEAD_OFFICER]
        all_roles = frozenset(role.value for role in every)
        one_role = {
            Role.LEAD_OFFICER: council.lead, Role.REGISTER_MANAGER: council.manager,
            Role.RESPONSIBLE_HEAD: council.head, Role.FINANCE_ADVISER: council.finance,
            Role.LEGAL_ADVISER: council.legal, Role.MANAGEMENT_TEAM: council.cmt,
            Role.PORTFOLIO_HOLDER: council.holder, Role.EXECUTIVE: council.executive,
        }  # fmt: skip
        one_role |= {
            role: make_user(role, name=role.label) for role in (Role.SCRUTINY, Role.ADMINISTRATOR, Role.AUDITOR)
        }
        self.people = [Person(user, frozenset({role.value})) for role, user in one_role.items()]
        self.people += [
            Person(make_user(name="Without a role")),
            Person(make_user(Role.LEAD_OFFICER, name="Leads another"), frozenset({"lead_officer"})),
            Person(make_user(name="Root", is_superuser=True, is_staff=True)),
        ]
        self.with_a_hand = {
            hand: make_user(*every, name=f"Every role, {hand}", is_superuser=True)
            for hand in ("interest", "dispensed", "assessor", "author", "attends", "adviser")
        }
        self.people += [Person(user, all_roles) for user in self.with_a_hand.values()]
        self.people += [self._elsewhere(every), self._gone(every)]
        for person, roles in ((council.cmt, [Role.MANAGEMENT_TEAM]), (self.with_a_hand["interest"], every)):
            self.people.append(self._deputy(person, roles))
        self.proposer = Person(make_user(*Role, name="Proposes", is_superuser=True), frozenset(Role.values))
        self.people.append(self.proposer)
        self.gates = [(person, Gate.of(person.user, TODAY, ())) for person in self.people]
        by_page = {step.id for route in self.routes for step in route.steps} & TAKEN_BY_PAGE
        self.browsers = {person.user.pk: signed_in(person) for person in self.people if by_page}

    def _elsewhere(self, roles: list[Role]) -> Person:
        user, waste = make_user(name="Of another service"), ServiceArea.objects.create(name="Waste")
        for role in roles:
            RoleAssignment.objects.create(user=user, role=role, from_on=date(2020, 1, 1), service_area=waste)
        return Person(user)

    def _gone(self, roles: list[Role]) -> Person:
        user, yesterday = make_user(name="Until yesterday"), min(TODAY, timezone.localdate()) - timedelta(days=1)
        for role in roles:
            RoleAssignment.objects.create(user=user, role=role, from_on=date(2020, 1, 1), to_on=yesterday)
        return Person(user)

    def _deputy(self, person: User, roles: list[Role]) -> Person:
        user = make_user(Role.SCRUTINY, name=f"Acts for {person}")
        days = sorted([TODAY, timezone.localdate()])  # pages read the clock
        for role in roles:
            acts = Deputy(person=person, deputy=user, role=role, from_on=days[0], to_on=days[1])
            acts.keep(by=self.council.manager)
        return Person(user, frozenset(role.value for role in roles), acts_for=person)

    @property
    def routes(self) -> list[Route]:
        """The routes on which something can be asked for an entry."""
        return [route for route in self.council.policy.routes if route.purpose in ASKED_OF]

    def case(self, route: Route, entry: dict[str, Any]) -> Case:
        """A request on its way on a route, about an entry such as this."""
        council, proposer = self.council.another(f"Partnership {next(_numbers)}"), self.proposer.user
        partnership, facts = council.partnership, dict(entry)
        local, said = facts.pop("local", {}), facts.pop("said", {})
        attends = {self.with_a_hand["attends"].pk}
        if "head_attends" in facts:
            facts["responsible_head"] = council.head
            if facts.pop("head_attends"):
                Representative(partnership=partnership, name="R.H.", user=council.head).keep(by=council.manager)
                attends.add(council.head.pk)
        request = Request.start(
            partnership,
            route=route.id,
            purpose=route.purpose,
            by=self.proposer.user,
            version=council.version,
            at=SENT_AT,
        )
        request.say_why("Six villages have no bus.", by=self.proposer.user)
        request.say_facts(said, by=self.proposer.user)
        hands = {"interest": {self.with_a_hand["interest"].pk}, "proposer": {proposer.pk}}
        hands |= {"attends": attends, "adviser": set(), "author": self._answer(request), "assessor": set()}
        self._declare(request)
        Representative(partnership=partnership, name="A.A.", user=self.with_a_hand["attends"]).keep(by=council.manager)
        if council.policy.schemes:
            hands["assessor"] = self._assess(request)
        status = STATUS.get(route.purpose, Status.ACTIVE)
        Partnership.objects.filter(pk=partnership.pk).update(
            service=council.service, local_values=local, status=status, **facts
        )
        request = fresh(request)
        request.send(by=proposer, at=SENT_AT)
        services.work_out_turns(request)
        return Case(fresh(request), hands)

    def _answer(self, request: Request) -> set[int]:
        """Answer every form of the route; answers whom that keeps from deciding: the author of the proposal's own."""
        council, route = self.council, request.policy_version.policy.route(request.route)
        author = self.with_a_hand["author"]
        own = forms_behind(route)
        for name in dict.fromkeys([*own, *(name for step in route.steps for name in step.needs)]):
            by = author if name in own else council.lead
            occasion = council.policy.questionnaire(name).occasions[0]
            response = Response.start(
                request.partnership, name, occasion=occasion, by=by, policy_version=council.version, at=SENT_AT
            )
            response.send(missing=(), by=by, at=SENT_AT)
        return {author.pk} if own else set()

    def _declare(self, request: Request) -> None:
        for hand in ("interest", "dispensed"):
            user = self.with_a_hand[hand]
            interest = services.declare_interest(request, person=user, what="A cousin", by=user, on=TODAY)
        services.give_dispensation(interest, why="The monitoring officer, 3 November", by=self.council.manager)

    def _assess(self, request: Request) -> set[int]:
        assessor = self.with_a_hand["assessor"]
        draft = Assessment.start(request.partnership, by=assessor, policy_version=request.policy_version, at=SENT_AT)
        draft.complete(facts={}, by=assessor, at=SENT_AT)
        return {assessor.pk}

    def taker(self, case: Case, step: Step) -> Person:
        """Somebody whose step it is; whoever has every role advises, so that they may not decide afterwards."""
        adviser = next(each for each in self.people if each.user == self.with_a_hand["adviser"])
        mine = [each for each in [adviser, *self.people] if not case.refusal(each, step)]
        return mine[0] if step.act in ("advise", "consult") else mine[-1]


def signed_in(person: Person) -> Client:
    """A browser in which they have signed in."""
    browser = Client()
    browser.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def fresh(request: Request) -> Request:
    """The request as the database has it."""
    return Request.objects.select_related("partnership__service", "policy_version", "proposed_by").get(pk=request.pk)


@dataclass
class Seen:
    """What was tried on the way through one policy."""

    outcomes: set[tuple[str, str]] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)
    refusals: set[str] = field(default_factory=set)
    places: set[tuple[Any, ...]] = field(default_factory=set)

    def all_of(self, route: Route) -> bool:
        """Whether each outcome of each step of a route was tried."""
        return outcomes_of([route]) <= self.outcomes


def outcomes_of(routes: list[Route]) -> set[tuple[str, str]]:
    """Each outcome of each step that others take; what is done by sending the request is no step of its own."""
    by_sending = {step.id for route in routes for step in before_others(route)}
    others = [step for route in routes for step in route.steps if step.id not in by_sending]
    return {(step.id, outcome) for step in others for outcome in step.outcomes or ("",)}


def kept(request: Request) -> tuple[Any, ...]:
    """What would be different had anything come of a step."""
    entry = request.partnership
    versions = entry.history.count(), request.history.count()
    turns = sorted(Turn.objects.filter(request=request).values_list("step", "role"))
    return StepTaken.objects.count(), versions, turns, fresh(request).status


def hold_everybody_to(policy: Policy, case: Case, step_id: str, seen: Seen) -> None:
    """Ask the gate for everybody at an open step, and the service for each reason to refuse such an act."""
    state = services.situation_of(case.request).standing.state_of(step_id)
    hands = people_of([case.request])
    said = [*state.step.outcomes] or [""]
    for number, (person, gate) in enumerate(policy.gates):
        gate.people = hands
        wanted, problem = case.refusal(person, state.step), gate.why_not(case.request, state)
        where = f"{policy.pack}, {step_id}, {person.user}"
        assert wanted in problem, f"{where}: {problem!r}"
        assert bool(wanted) is bool(problem), f"{where}: {problem!r} where {wanted!r} was expected"
        if wanted and step_id in ASKED_BY_PAGE:
            before = kept(case.request)
            answer = send_form(case, step_id, said[number % len(said)], policy.browsers[person.user.pk])
            refused_by_page(answer, person, problem)
            assert kept(case.request) == before, where
        if not wanted or (state.step.act, wanted) in seen.asked:
            continue
        seen.asked.add((state.step.act, wanted))
        seen.refusals.add(wanted)
        before, what = kept(case.request), Said(said[number % len(said)], "Because.")
        with pytest.raises(Refused) as refused:
            services.take_step(case.request, step_id, what, by=person.user, at=LATER)
        assert str(refused.value) == problem
        assert kept(case.request) == before


def refused_by_page(answer: Any, person: Person, problem: str) -> None:
    """The page answers in the words of the gate; whoever has no role today is not let in, superusers neither."""
    if person.user.assignments.on(timezone.localdate()).exists():
        assert answer.status_code == 302, person.user
        assert [str(each) for each in get_messages(answer.wsgi_request)][-1] == problem
    else:
        assert answer.status_code == 403, person.user
        assert "You cannot open this page" in answer.content.decode()


def send_form(case: Case, step_id: str, outcome: str, browser: Client, mark: str = "") -> Any:
    """The form of a step's page with everything filled in, and checked."""
    address = reverse("approvals:step", args=[case.request.reference, step_id])
    return browser.post(address, {"outcome": outcome, "reasons": "Because.", "mark": mark, "record": "yes"})


def take(policy: Policy, case: Case, step: Step, outcome: str, person: Person) -> StepTaken:
    """Take a step, through its page or the service."""
    if step.id not in TAKEN_BY_PAGE:
        said = Said(outcome, "Because.")
        return services.take_step(case.request, step.id, said, by=person.user, at=LATER)
    mark = services.situation_of(case.request).mark
    answer = send_form(case, step.id, outcome, policy.browsers[person.user.pk], mark)
    assert answer.url == reverse("approvals:request", args=[case.request.reference]), f"{step.id}, {outcome}"
    return StepTaken.objects.filter(request=case.request, step=step.id).latest("number")


def walk(policy: Policy, case: Case, seen: Seen) -> None:
    """Go every way through a route: each outcome of each step, back again, then the next, until all were tried."""
    case = Case(fresh(case.request), {name: set(who) for name, who in case.hands.items()})
    standing = services.situation_of(case.request).standing
    place = (case.request.route, case.request.status, *(each.place for each in standing.steps))
    if place in seen.places or seen.all_of(standing.route):
        return
    seen.places.add(place)
    turns = set(case.request.turns.values_list("step", flat=True))
    to_take = [state for state in standing.open_steps if state.step.id in turns]
    for state in to_take:
        if state.step.id not in seen.steps:
            seen.steps.add(state.step.id)
            hold_everybody_to(policy, case, state.step.id, seen)
    for state in to_take[:1]:
        person = policy.taker(case, state.step)
        for outcome in state.step.outcomes or ("",):
            # Trying again leads to steps that are not tried yet; a request that is returned has none.
            if (state.step.id, outcome) in seen.outcomes and (outcome == "return" or seen.all_of(standing.route)):
                continue
            seen.outcomes.add((state.step.id, outcome))
            with transaction.atomic():
                record = take(policy, case, state.step, outcome, person)
                assert (record.outcome, record.by) == (outcome, person.user)
                after = Case(case.request, {name: set(who) for name, who in case.hands.items()})
                if state.step.act in ("advise", "consult"):
                    after.hands["adviser"].add(person.user.pk)
                walk(policy, after, seen)
                transaction.set_rollback(True)


@pytest.mark.parametrize("pack", ENTRIES)
def test_everybody_at_every_step_of_every_route(pack: str) -> None:
    policy, seen = Policy(pack), Seen()

    for route in policy.routes:
        for entry in ENTRIES[pack]:
            if not seen.all_of(route):
                walk(policy, policy.case(route, entry), seen)

    wanted = outcomes_of(policy.routes)
    assert seen.outcomes == wanted
    assert seen.steps == {step for step, _ in wanted}
    acts = {step.act for route in policy.routes for step in route.steps if step.id in seen.steps}
    hands = set(HANDS) - (set() if policy.council.policy.schemes else {"assessor"})
    hands -= set() if acts & {"advise", "consult"} else {"adviser"}
    assert seen.refusals == {NOT_THEIRS, *(HANDS[hand][1] for hand in hands)}


def test_the_page_is_asked_at_each_act_and_takes_each_kind_of_outcome() -> None:
    by_page, everywhere = (set(), set()), (set(), set())  # acts, and kinds of outcomes
    for policy in (load_policy(path) for path in pack_files() if path.stem in ENTRIES):
        kinds = {outcome.id: outcome.kind for outcome in policy.outcomes}
        routes = [route for route in policy.routes if route.purpose in ASKED_OF]
        others = {step for step, _ in outcomes_of(routes)}
        for step in (step for route in routes for step in route.steps if step.id in others):
            for acts, outcomes in [everywhere] + [by_page] * (step.id in TAKEN_BY_PAGE):
                acts.update({step.act} if acts is everywhere[0] or step.id in ASKED_BY_PAGE else ())
                outcomes.update(kinds[each] for each in step.outcomes)

    assert by_page == everywhere
