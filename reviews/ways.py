"""The way of a review, an evaluation or a report through the people of its route, as a request of the policy.

What the review holds is taken as done from it; what has no form somebody says in words. From then on turns, advice,
decisions and sealed records are those of every request (CORE-13, CORE-14).
"""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from approvals import services as deciding
from approvals.gate import Gate
from approvals.models import Request, Status
from approvals.rules import BODY_ACTS, StepState, before_others, done_in_front, said_in_words
from approvals.services import Said
from approvals.subjects import About
from assessments.facts import facts_of
from assessments.rules import StepFinding
from assessments.rules import route as findings_of
from config import words
from policy.model import Policy, Route, Step
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership
from reviews import rules
from reviews.models import TAKING_PART, Doing, Review, State

REVIEW, DOING = "review", "doing"  # what the requests of this app are about, by the beginnings of their keys


def id_in(key: str, kind: str) -> int | None:
    """The number of the review or doing that a request is about; None where it is about another thing."""
    found, _, number = key.partition(":")
    return int(number) if found == kind else None


# --- What is said in words --------------------------------------------------------------------------


def _needed(partnership: Partnership, policy: Policy, route: Route) -> list[StepFinding]:
    found = findings_of(policy, route.id, facts_of(partnership, policy))
    return [each for each in found if each.included is not False]


def to_say(partnership: Partnership, policy: Policy, route: Route | None, *, by: User) -> list[Step]:
    """The steps that this person says in words that they have done, when they send what they bring."""
    if route is None or not concerns_others(partnership, policy, route):
        return []
    wanted = said_in_words(route)
    return [
        each.step
        for each in _needed(partnership, policy, route)
        if each.step in wanted and _does(by, partnership, each.step)
    ]


def _does(person: User, partnership: Partnership, step: Step) -> bool:
    held = {str(role) for role in person.roles} & set(step.role)
    if Role.LEAD_OFFICER in held and partnership.lead_officer_id not in (None, person.pk):
        held.discard(Role.LEAD_OFFICER)
    return bool(held) or ("representative" in step.role and partnership.representatives.filter(user=person).exists())


def concerns_others(partnership: Partnership, policy: Policy, route: Route) -> bool:
    """Whether anybody has a step on a route but those who bring what they have done."""
    own = [*before_others(route), *said_in_words(route)]
    return any(each.step not in own for each in _needed(partnership, policy, route))


def covers(review: Review) -> list[str]:
    """The sub-groups that a report of their partnership is about too (RED-F24, RED-E49)."""
    route = rules.route_of(review.policy_version.policy, review.of_the_policy)
    if route is None or route.purpose != "reporting":
        return []
    groups = review.partnership.sub_groups.filter(status__in=TAKING_PART)
    return list(groups.order_by("name", "pk").values_list("name", flat=True))


def not_known(review: Review) -> list[str]:
    """What is not known of an entry and says who decides on its review, save what is settled on the way (BRK-F23)."""
    policy = review.policy_version.policy
    route = rules.route_of(policy, review.of_the_policy)
    if route is None:
        return []
    settled = {step.settles.field for step in route.steps if step.settles}
    return [
        f"{each.reason}. Enter it, so that it is known who decides"
        for each in _needed(review.partnership, policy, route)
        if each.included is None
        and each.step.act in BODY_ACTS
        and each.step.when
        and settled.isdisjoint(compared.fact for compared in each.step.when.comparisons)
    ]


# --- Sent on its way ----------------------------------------------------------------------------------


def begin(review: Review, said: Mapping[str, str], *, by: User, at: datetime) -> None:
    """Start a sent review on its route, where the policy has one for it. Raises Refused."""
    policy = review.policy_version.policy
    route = rules.route_of(policy, review.of_the_policy)
    if route is None or not concerns_others(review.partnership, policy, route):
        return
    about = About(
        f"{REVIEW}:{review.pk}",
        str(review),
        reverse("reviews:review", args=[review.partnership.reference, review.slug]),
    )
    review.way = _start(
        review.partnership, route, about, why=review.recommendation_why, by=by, version=review.policy_version, at=at
    )
    review.keep(by=by, reason=f"Sent as {review.way.reference}")
    send(review, review.way, said, by=by, at=at)


def begin_report(doing: Doing, said: Mapping[str, str], *, by: User, at: datetime) -> Request | None:
    """Start what was done without a form on the route of its cycle, where others have a step on it. Raises Refused."""
    policy, partnership = doing.policy_version.policy, doing.partnership
    cycle = next(each for each in policy.cycles if each.id == doing.cycle)
    route = rules.route_of(policy, cycle)
    if partnership is None or route is None or not concerns_others(partnership, policy, route):
        return None
    about = About(
        f"{DOING}:{doing.pk}",
        f"{cycle.title}, {words.day(doing.done_on)}",
        reverse("reviews:of_entry", args=[partnership.reference]),
    )
    request = _start(partnership, route, about, why=doing.note, by=by, version=doing.policy_version, at=at)
    _send(request, said, by=by, at=at)
    return request


def _start(
    partnership: Partnership, route: Route, about: About, *, why: str, by: User, version: PolicyVersion, at: datetime
) -> Request:
    request = deciding.start(partnership, route.id, by=by, version=version, at=at, about=about)
    if why:
        request.say_why(why, by=by)
    return request


def send(review: Review, way: Request, said: Mapping[str, str], *, by: User, at: datetime) -> None:
    """Send a review on its way, or once more after a question, to whoever has the next step. Raises Refused."""
    _send(way, said, by=by, at=at)
    way.refresh_from_db()
    follow(review, by=by)


def _send(request: Request, said: Mapping[str, str], *, by: User, at: datetime) -> None:
    deciding.send(request, by=by, at=at)
    route = request.policy_version.policy.route(request.route)
    for step in said_in_words(route):
        request = Request.objects.select_related("policy_version", "partnership").get(pk=request.pk)
        state = deciding.situation_of(request).standing.state_of(step.id)
        text = said.get(step.id, "").strip()
        if not state.is_open or (not text and not _is_theirs(request, state, by, at)):
            continue
        if not text:
            raise Refused(f"Say in a few words what was done: {step.title}")
        deciding.take_step(request, step.id, Said(reasons=text), by=by, at=at)


def _is_theirs(request: Request, state: StepState, by: User, at: datetime) -> bool:
    return not Gate.of(by, timezone.localdate(at), [request]).why_not(request, state)


# --- On its way -----------------------------------------------------------------------------------------


def to_sign_off(request: Request) -> StepState | None:
    """The step of a request that a register manager takes by signing off or asking back; None while it is not open."""
    if request.status != Status.SENT:
        return None
    route = request.policy_version.policy.route(request.route)
    others = [*said_in_words(route), *done_in_front(route)]
    return next(
        (
            state
            for state in deciding.situation_of(request).standing.open_steps
            if Role.REGISTER_MANAGER in state.step.role and not state.step.outcomes and state.step not in others
        ),
        None,
    )


def follow(review: Review, *, by: User) -> None:
    """Let a review say whether it waits for sign-off or for others, as its request stands."""
    request = review.way
    if request is None or request.status != Status.SENT:
        return
    if to_sign_off(request) is None:
        review.pass_on(State.ON_ITS_WAY, by=by, request=request)
    elif not review.is_waiting:
        review.pass_on(State.SENT, by=by, request=request)


def why_not_sign_off(review: Review, *, by: User, at: datetime) -> str:
    """Say why a person cannot sign a review off now, or ""."""
    way = review.open_way
    if way is None:
        return review.why_not(State.SIGNED_OFF, by=by)
    if problem := review.why_not(State.SIGNED_OFF, by=by, on_its_route=True):
        return problem
    state = to_sign_off(way)
    if state is None:
        return f"{review} is on its way as {way.reference}. Its page says whose turn it is"
    return Gate.of(by, timezone.localdate(at), [way]).why_not(way, state)
