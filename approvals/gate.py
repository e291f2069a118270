"""The one gate: may this person take this step of this request now, and if not, why not.

Pages, commands and services all ask here. Nobody decides on their own work: proposer, assessor, adviser,
representative and decider are different people, whatever else they are; administrators and superusers have no way
round. Source: product, "Nobody decides on their own work"; DEF-07; RED-I21; CHK-09.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from approvals.models import NAMED, Deputy, Given, Interest, Request, Status, StepTaken
from approvals.rules import ADVISING, BODY_ACTS, DECIDING, Place, StepState, forms_behind, told_above
from assessments.models import Assessment, Response
from config import words
from policy.model import Step
from register.models import Partnership, Representative

AFTERWARDS = frozenset({"do", "receive"})
# A body that signs in as nobody: the register manager records what its minutes say.
RECORDER = Role.REGISTER_MANAGER
ROLES = frozenset(Role.values)  # those of accounts, looked up often


@dataclass(frozen=True)
class Capacity:
    """As what a person takes a step: which role, and for whom when they act as a deputy.

    `from_minutes` is the meeting whose minutes they record, without a vote of their own.
    """

    role: str
    acting_for: User | None = None
    from_minutes: str = ""


@dataclass(frozen=True)
class Minutes:
    """A meeting that was held: its name, and the steps of requests that were on its agenda."""

    meeting: str
    items: frozenset[tuple[int, str]]


@dataclass
class People:
    """Who has had a hand in one request, by the ids of their accounts."""

    proposers: frozenset[int] = frozenset()
    assessors: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    representatives: frozenset[int] = frozenset()
    advisers: frozenset[int] = frozenset()
    interests: frozenset[int] = frozenset()
    # Steps that were given to one person: their account and name, by the step.
    given: Mapping[str, tuple[int, str]] = field(default_factory=dict)


@dataclass
class Gate:
    """The gate for one person on one day. `of` loads what it must know of any number of requests in eight queries."""

    person: User
    on: date
    assignments: list[RoleAssignment]
    deputies: list[Deputy]
    theirs: dict[int, list[RoleAssignment]]
    people: dict[int, People]
    minutes: Minutes | None = None

    @classmethod
    def of(cls, person: User, on: date, requests: Iterable[Request], minutes: Minutes | None = None) -> "Gate":
        """The gate for a person, knowing these requests; with `minutes` for what a meeting decided."""
        gate = cls.for_each_of([person], people_of(list(requests)), on)[0]
        gate.minutes = minutes
        return gate

    @classmethod
    def for_each_of(cls, persons: Sequence[User], people: dict[int, People], on: date) -> "list[Gate]":
        """A gate for each of these persons, in their order, where it is known who had a hand in the requests.

        Two queries for any number of them.
        """
        deputies: dict[int, list[Deputy]] = {person.pk: [] for person in persons}
        for deputy in Deputy.objects.on(on).filter(deputy__in=deputies):
            deputies[deputy.deputy_id].append(deputy)
        ids = {*deputies, *(deputy.person_id for theirs in deputies.values() for deputy in theirs)}
        held: dict[int, list[RoleAssignment]] = {pk: [] for pk in ids}
        for assignment in RoleAssignment.objects.on(on).filter(user__in=ids, user__is_active=True):
            held[assignment.user_id].append(assignment)
        return [cls(person, on, held[person.pk], deputies[person.pk], held, people) for person in persons]

    def why_not(self, request: Request, state: StepState) -> str:
        """Say why this person cannot take this step now, or "" when they can."""
        if problem := _not_its_turn(request, state):
            return problem
        capacities = self.capacities(request, state)
        if not capacities:
            return _for_others(request, state, self.people[request.pk], self.on)
        refusals = [self._refusal(request, state, each) for each in capacities]
        return "" if "" in refusals else refusals[0]

    def given_to(self, request: Request, state: StepState) -> str:
        """The name of the one person to whom a step was given, or ""."""
        return self.people[request.pk].given.get(state.step.id, (0, ""))[1]

    def capacity(self, request: Request, state: StepState) -> Capacity | None:
        """As what this person would take the step; `None` when they cannot."""
        if _not_its_turn(request, state):
            return None
        capacities = self.capacities(request, state)
        return next((each for each in capacities if not self._refusal(request, state, each)), None)

    def capacities(self, request: Request, state: StepState) -> list[Capacity]:
        """Every capacity in which this person's turn could come: their own roles first, then as a deputy."""
        given_to = self.people[request.pk].given.get(state.step.id, (0, ""))[0]
        found = [
            Capacity(role)
            for role in state.step.role
            if (self.person.pk == given_to and role in {each.role for each in self.theirs[given_to]})
            or _holds(self.person, self.theirs[self.person.pk], role, request.partnership, self.people[request.pk])
        ]
        found += [
            Capacity(deputy.role, deputy.person)
            for deputy in self.deputies
            if deputy.role in account_roles(state.step.role)
            and (
                (deputy.person_id == given_to and deputy.role in {each.role for each in self.theirs[given_to]})
                or _holds(
                    deputy.person,
                    self.theirs[deputy.person_id],
                    deputy.role,
                    request.partnership,
                    self.people[request.pk],
                )
            )
        ]
        recorder = recorder_of(request)
        if (
            not found
            and self.minutes
            and (request.pk, state.step.id) in self.minutes.items
            and _holds(self.person, self.theirs[self.person.pk], recorder, request.partnership, self.people[request.pk])
        ):
            found.append(Capacity(recorder, from_minutes=self.minutes.meeting))
        return found

    def _refusal(self, request: Request, state: StepState, capacity: Capacity) -> str:
        """Say why this step is not theirs in this capacity: somebody else was given it, or it is their own work."""
        given_to, name = self.people[request.pk].given.get(state.step.id, (0, ""))
        taker = capacity.acting_for.pk if capacity.acting_for else self.person.pk
        if given_to and taker != given_to:
            return f"This step was given to {name}, who takes it now"
        return self._own_work(request, state, capacity)

    def _own_work(self, request: Request, state: StepState, capacity: Capacity) -> str:
        """Say why this step would be on their own work, or on that of the person they act for."""
        people = self.people[request.pk]
        if capacity.from_minutes:  # whoever advised may write down what others decided, but not on their own request
            people = replace(people, advisers=frozenset(), representatives=frozenset())
        if problem := _hand_in_it(people, state, self.person.pk):
            if capacity.from_minutes:
                return f"You {problem}, so somebody else records the minutes"
            return f"You {problem}, so others {_verb(state)}"
        if capacity.acting_for and (problem := _hand_in_it(self.people[request.pk], state, capacity.acting_for.pk)):
            return f"{capacity.acting_for}, for whom you act, {_third(problem)}, so others {_verb(state)}"
        return ""


def recorder_of(request: Request) -> str:
    """Who records the minutes of bodies: the role that the policy names (`minutes-recorded-by`), or `RECORDER`."""
    return str(request.policy_version.policy.chosen("minutes-recorded-by", RECORDER))


def account_roles(roles: Iterable[str]) -> list[str]:
    """The roles of accounts behind a step's: bodies that sign in as nobody have their recorder.

    A representative holds no role: the entry names them.
    """
    return [role if role in ROLES else RECORDER for role in roles if role != "representative"]


def _not_its_turn(request: Request, state: StepState) -> str:
    # What a decision leaves to do, such as notice or a leaving form, stays to be done after it.
    still_to_do = request.is_settled and state.step.act in AFTERWARDS
    if request.status != Status.SENT and not still_to_do:
        return f"{request.reference} is {request.get_status_display().lower()}, so no step is open"
    if state.place == Place.OPEN:
        return ""
    if state.place == Place.TAKEN:
        return "This step is taken already. The page of the request says by whom"
    if state.place == Place.NOT_NEEDED:
        return f"This step is not needed. {state.reason}"
    if state.place == Place.NOT_KNOWN:
        return f"Nobody can say yet whether this step is needed. {state.reason}"
    return "This step comes later. Others have their turn first"


def _holds(
    user: User, assignments: Iterable[RoleAssignment], role: str, partnership: Partnership | None, people: People
) -> bool:
    """Whether somebody holds a role for this entry: by name where it names one, else by role and service.

    What is about the whole register names nobody and belongs to no service: the role alone counts. Where no
    representative has an account, the recorder takes their steps, as for a body that signs in as nobody.
    """
    if role == "representative" and people.representatives:
        return user.pk in people.representatives
    named = getattr(partnership, f"{role}_id") if partnership and role in NAMED else None
    wanted = role if role in ROLES else RECORDER
    for assignment in assignments:
        of_the_service = partnership is None or assignment.service_area_id in (None, partnership.service_id)
        if assignment.role == wanted and of_the_service and named in (None, user.pk):
            return True
    return False


def steps_for(person: User, steps: Iterable[Step], partnership: Partnership, *, on: date) -> frozenset[str]:
    """The ids of the steps that somebody does for an entry: by a role of theirs, or for one whose deputy they are.

    For steps that are asked of nobody in turn and decide nothing. Three queries for any number.
    """
    deputies = list(Deputy.objects.on(on).filter(deputy=person))
    held: dict[int, list[RoleAssignment]] = {pk: [] for pk in {person.pk, *(each.person_id for each in deputies)}}
    for assignment in RoleAssignment.objects.on(on).filter(user__in=held, user__is_active=True).select_related("user"):
        held[assignment.user_id].append(assignment)
    attending = partnership.representatives.filter(user__isnull=False).values_list("user", flat=True)
    people = People(representatives=frozenset(attending))

    def holds(pk: int, role: str) -> bool:
        return any(_holds(each.user, [each], role, partnership, people) for each in held[pk])

    return frozenset(
        step.id
        for step in steps
        if any(holds(person.pk, role) for role in step.role)
        or any(each.role in account_roles(step.role) and holds(each.person_id, each.role) for each in deputies)
    )


def _hand_in_it(people: People, state: StepState, pk: int) -> str:
    """What hand somebody has in the request that keeps them from this step, or ""."""
    act = state.step.act
    # Who is kept from which acts, and in which words; the first that fits is said.
    kept_from = (
        (people.interests, BODY_ACTS | ADVISING, "declared an interest in this request"),
        (people.proposers, BODY_ACTS | ADVISING, "proposed this"),
        (people.assessors, BODY_ACTS, "assessed this"),
        (people.authors, BODY_ACTS, "filled in a form that this rests on"),
        (people.representatives, BODY_ACTS, "represent the council on this partnership"),
        (people.advisers, DECIDING, "advised on this"),
    )
    return next((words for hands, acts, words in kept_from if pk in hands and act in acts), "")


def _third(problem: str) -> str:
    return problem.replace("represent the", "represents the")


def _verb(state: StepState) -> str:
    return "advise" if state.step.act in ADVISING else "recommend" if state.step.act == "recommend" else "decide"


def _for_others(request: Request, state: StepState, people: People, on: date) -> str:
    policy = request.policy_version.policy
    labels = [role.label for each in state.step.role if (role := policy.role(each))]
    if state.step.joint_body:
        labels = [state.step.joint_body]
    who = who_can(request, state, people, on=on)
    can = f" {words.listed(str(each) for each in who)} can take it" if who else ""
    return f"This step is for {words.listed(dict.fromkeys(labels))}.{can}"


def who_can(request: Request, state: StepState, people: People, *, on: date) -> list[User]:
    """Up to three people who may take a step, by the roles they hold; own work is left out."""
    held = (
        RoleAssignment.objects.on(on)
        .filter(role__in=account_roles(state.step.role), user__is_active=True)
        .select_related("user")
    )
    by_user: dict[int, tuple[User, list[RoleAssignment]]] = {}
    for assignment in held.order_by("user__name", "pk"):
        by_user.setdefault(assignment.user_id, (assignment.user, []))[1].append(assignment)
    found = [
        user
        for user, assignments in by_user.values()
        if any(_holds(user, assignments, role, request.partnership, people) for role in state.step.role)
        and not _hand_in_it(people, state, user.pk)
        and people.given.get(state.step.id, (user.pk, ""))[0] == user.pk
    ]
    return found[:3]


def why_nobody(open_steps: Sequence[tuple[Request, StepState]], on: date) -> dict[tuple[int, str], str]:
    """The open steps that nobody can take, by request and step: why, and who could. Eight queries for any number.

    A head who wrote what they would approve is one case (DEF-07): another holder is given the step, or the next up the
    line is asked.
    """
    hands = people_of(list({request.pk: request for request, _ in open_steps}.values()))
    by_user: dict[int, tuple[User, list[RoleAssignment]]] = {}
    held = RoleAssignment.objects.on(on).filter(user__is_active=True).select_related("user")
    for assignment in held.order_by("user__name", "pk"):
        by_user.setdefault(assignment.user_id, (assignment.user, []))[1].append(assignment)
    found = {}
    for request, state in open_steps:
        people = hands[request.pk]
        holders = [
            user
            for user, assignments in by_user.values()
            if any(_holds(user, assignments, role, request.partnership, people) for role in state.step.role)
        ]
        if state.step.id in people.given or any(not _hand_in_it(people, state, user.pk) for user in holders):
            continue
        others = [
            user
            for user, assignments in by_user.values()
            if {each.role for each in assignments} & set(state.step.role) and not _hand_in_it(people, state, user.pk)
        ]
        above = told_above(state.step.role, 1, every=1)
        asked = [user for user, each in by_user.values() if {held.role for held in each} & set(above)]
        why = [f"{user} {_third(_hand_in_it(people, state, user.pk))}" for user in holders[:3]]
        said = [". ".join(why) if why else "Nobody holds its role for this partnership"]
        if others:
            said.append(f"{words.listed(others[:3])} could be given it")
        else:
            said.append("Give somebody else its role")
        policy = request.policy_version.policy
        if asked and (role := policy.role(above[0])):
            said.append(f"Next up the line: {words.listed(asked[:3])}, {role.short or role.label}")
        found[request.pk, state.step.id] = ". ".join(said)
    return found


def why_not_given_to(person: User, people: People, state: StepState) -> str:
    """Say why an open step cannot be given to this person, or "": they hold its role and have no hand in it."""
    if not person.is_active or not {held.role for held in person.held} & set(state.step.role):
        return f"{person} does not hold the role of this step. Choose somebody who does"
    if problem := _hand_in_it(people, state, person.pk):
        return f"{person} {_third(problem)}, so others {_verb(state)}"
    return ""


def people_of(requests: list[Request]) -> dict[int, People]:
    """Who had a hand in each of these requests; six queries for any number."""
    entries = {request.partnership_id for request in requests if request.partnership_id}
    attending: dict[int | None, set[int]] = {}
    for entry, user in Representative.objects.filter(partnership__in=entries, user__isnull=False).values_list(
        "partnership_id", "user_id"
    ):
        attending.setdefault(entry, set()).add(user)
    latest = Assessment.objects.complete().filter(partnership__in=entries).order_by("completed_at", "pk")
    assessed: dict[int | None, set[int]] = {}
    for entry, user in latest.values_list("partnership_id", "made_by_id"):
        assessed[entry] = {user}  # the newest comes last and stays
    wrote = _authors(requests)
    declared: dict[int, set[int]] = {}
    for request_id, user in Interest.objects.filter(request__in=requests, dispensation="").values_list(
        "request_id", "person_id"
    ):
        declared.setdefault(request_id, set()).add(user)
    rounds: Mapping[int, int] = {request.pk: request.round for request in requests}
    advised: dict[int, set[int]] = {}
    for request_id, number, user in StepTaken.objects.filter(request__in=requests, act__in=ADVISING).values_list(
        "request_id", "round", "by_id"
    ):
        if number == rounds[request_id]:
            advised.setdefault(request_id, set()).add(user)
    given: dict[int, dict[str, tuple[int, str]]] = {}
    for each in Given.objects.filter(request__in=requests):
        if each.round == rounds[each.request_id]:
            given.setdefault(each.request_id, {})[each.step] = (each.person_id, each.person_name)
    return {
        request.pk: People(
            proposers=frozenset({request.proposed_by_id}),
            assessors=frozenset(assessed.get(request.partnership_id, ())),
            authors=frozenset(wrote.get(request.pk, ())),
            representatives=frozenset(attending.get(request.partnership_id, ())),
            advisers=frozenset(advised.get(request.pk, ())),
            interests=frozenset(declared.get(request.pk, ())),
            given=given.get(request.pk, {}),
        )
        for request in requests
    }


def _authors(requests: list[Request]) -> dict[int, set[int]]:
    """Who began or sent the answers that each request was sent with: nobody approves a form they wrote (DEF-07)."""
    behind = {request.pk: forms_behind(request.policy_version.policy.route(request.route)) for request in requests}
    sent = Response.objects.sent().filter(
        partnership__in={request.partnership_id for request in requests if request.partnership_id},
        questionnaire__in=set().union(*behind.values()),
    )
    wrote: dict[tuple[int | None, str], set[int]] = {}
    for entry, form, *people in sent.order_by("sent_at", "pk").values_list(
        "partnership_id", "questionnaire", "started_by_id", "sent_by_id"
    ):
        wrote[entry, form] = {pk for pk in people if pk is not None}  # the newest comes last and stays
    return {
        request.pk: set().union(*(wrote.get((request.partnership_id, form), ()) for form in behind[request.pk]))
        for request in requests
    }
