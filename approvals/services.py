"""Changes of a request: each opens its transaction, locks the request, asks the gate, and says what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.notices import deliver
from approvals import notices, proposed
from approvals.bodies import body_of_step
from approvals.gate import AFTERWARDS, Capacity, Gate, Minutes
from approvals.key_decisions import to_seal
from approvals.models import Condition, Interest, Request, Status, StepAhead, StepTaken, Turn, sealed
from approvals.papers import body_of, material_of, paper_of
from approvals.rules import (
    ADVISING,
    BODY_ACTS,
    DECIDING,
    Place,
    Standing,
    StepState,
    Taken,
    before_others,
    outcomes_of,
    stand,
    view_of,
    wants_words,
)
from approvals.subjects import About, subject_of, subjects
from assessments.facts import facts_of
from assessments.models import Response
from assessments.rules import CheckFinding, screen, unmet_checks
from config import words
from config.sentences import joined
from policy.model import FACTS, Outcome, Policy, Questionnaire, Route, Rule
from policy.models import PolicyVersion
from policy.refused import Refused
from register import services as register
from register.models import Action, Origin, Partnership
from register.models import Status as EntryStatus

CHANGED = "The request changed after you opened it. Read what changed, then go on"


@dataclass(frozen=True)
class Situation:
    """A request as it stands now: its route, the material facts, and the steps taken in this round."""

    request: Request
    policy: Policy
    standing: Standing
    taken: tuple[StepTaken, ...]
    facts: Mapping[str, str]
    known: Mapping[str, Any]

    @property
    def mark(self) -> str:
        """What a form carries so that nobody decides on something they have not seen."""
        steps = [str(step.number) for step in self.taken]
        return sealed({"facts": dict(self.facts), "steps": steps, "round": self.request.round})

    def taken_at(self, state: StepState) -> StepTaken | None:
        """The record of the step that stands."""
        return next((each for each in self.taken if state.taken and each.pk == state.taken.id), None)

    def after(self, record: StepTaken) -> "Situation":
        """Where the request stands once this step is taken as well and nothing of the entry has changed."""
        return _standing_on(self.request, (*self.taken, record), self.facts, self.known)


# Facts of a route that the register does not hold: the proposer says them on the request.
SAID_BY_THE_PROPOSER = frozenset(
    {"needs_more_authority", "changes_the_constitution", "is_accountable_body", "is_best_means"}
)


def asked_by(route: Route) -> list[str]:
    """The facts that a route's conditions compare and only the proposer can say, in the order of the steps."""
    return [name for name in proposed.compared_by(route) if name in SAID_BY_THE_PROPOSER]


def known_to(request: Request) -> dict[str, Any]:
    """The facts as they would be if it were agreed, with those that the proposer said and an app above brings."""
    brought = subject_of(request).facts(request) if request.about_key else {}
    of_entry = {}
    if request.partnership:
        of_entry = facts_of(proposed.as_it_would_be(request), request.policy_version.policy)
    return of_entry | request.said | dict(brought)


def said_in_words(request: Request) -> dict[str, str]:
    """What the proposer said that the route depends on, by a sentence: its answer."""
    return {FACTS[name].label: "Yes" if value else "No" for name, value in request.said.items()}


def situation_of(request: Request) -> Situation:
    """Work out where a request stands today."""
    policy = request.policy_version.policy
    now = material_of(request, policy) | said_in_words(request) | proposed.in_words(request)
    return _standing_on(request, tuple(StepTaken.objects.in_round(request)), now, known_to(request))


def _standing_on(
    request: Request, taken: tuple[StepTaken, ...], now: Mapping[str, str], known: Mapping[str, Any]
) -> Situation:
    policy = request.policy_version.policy
    kept = [
        Taken(
            step.step,
            step.outcome,
            step.on,
            # A closed request stays as it was decided, whatever becomes of the entry afterwards.
            stands=not request.is_open or step.act in ("do", "receive") or step.facts == now,
            id=step.pk,
        )
        for step in taken
    ]
    done = subject_of(request).done(request) if request.about_key else {}
    standing = stand(policy, request.route, known, kept, sent_on=request.sent_on, done=done)
    return Situation(request, policy, standing, taken, now, known)


# --- Opening ----------------------------------------------------------------------------------

# Which entries each kind of request is about.
ASKED_OF: dict[str, frozenset[EntryStatus]] = {
    "join": frozenset(
        {EntryStatus.PROPOSED, EntryStatus.NOT_JOINED, EntryStatus.CONTACT_ONLY, EntryStatus.REFERRED, EntryStatus.LEFT}
    ),
    "leave": frozenset({EntryStatus.ACTIVE}),
    "change": frozenset({EntryStatus.ACTIVE}),
    "governance": frozenset({EntryStatus.PROPOSED, EntryStatus.ACTIVE}),
    "money": frozenset({EntryStatus.PROPOSED, EntryStatus.ACTIVE}),
}


def routes_open_to(partnership: Partnership, policy: Policy) -> list[Route]:
    """The routes on which something can be asked for this entry now, none of which is under way."""
    under_way = set(Request.objects.for_partnership(partnership).open().values_list("purpose", flat=True))
    return [
        route
        for route in policy.routes
        if partnership.status in ASKED_OF.get(route.purpose, ()) and route.purpose not in under_way
    ]


def startable() -> frozenset[str]:
    """The purposes of routes on which somebody can ask: those of an entry's own page, and those of apps above."""
    return frozenset(ASKED_OF).union(*(each.purposes for each in subjects()))


def routes_about(partnership: Partnership, policy: Policy, about: About) -> list[Route]:
    """The routes that an app above can start for this entry and matter now: of any purpose but an entry's own."""
    same = Request.objects.for_partnership(partnership).open().filter(about_key=about.key)
    left_out = {*ASKED_OF, *same.values_list("purpose", flat=True)}
    of_entries = (route for route in policy.routes if route.id not in policy.register_routes)
    return [route for route in of_entries if route.purpose not in left_out]


@transaction.atomic
def start(
    partnership: Partnership,
    route_id: str,
    *,
    by: User,
    version: PolicyVersion,
    at: datetime,
    about: About | None = None,
    typed: tuple[str, Mapping[str, Sequence[str]]] | None = None,
) -> Request:
    """Open a draft request. An entry that was once turned down is proposed again. Raises Refused.

    `typed` is what somebody wanted to change by hand: of which record, and the inputs of its form. It becomes what
    the request asks for.

    `about` is what an app above asks it about; its own rules say when. The draft is then sent as any other.
    """
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    open_ones = (
        routes_about(partnership, version.policy, about) if about else routes_open_to(partnership, version.policy)
    )
    routes = {route.id: route for route in open_ones}
    if route_id not in routes:
        raise Refused(f"Nothing like this can be asked for {partnership} now. Its page says what is under way")
    if not Partnership.objects.editable_by(by).contains(partnership):
        raise Refused("Only those who may change this entry can ask for a decision on it. Ask its lead officer")
    route = routes[route_id]
    if route.purpose == "join" and partnership.status != EntryStatus.PROPOSED:
        partnership.follow_decision(EntryStatus.PROPOSED, by=by, reason="Proposed again")
    # Whoever comes second waits here, so that no reference is given twice.
    Request.objects.select_for_update().order_by("-pk").first()
    request = Request.start(
        partnership,
        route=route.id,
        purpose=route.purpose,
        by=by,
        version=version,
        at=at,
        follows=None if about else _refused_before(partnership, route.purpose),
        **(about.fields if about else {}),
    )
    if typed:
        proposed.ask_for_typed(request, *typed, by=by)
    return request


@transaction.atomic
def send_up(
    route_id: str,
    *,
    about: About,
    why: str,
    by: User,
    version: PolicyVersion,
    at: datetime,
    first: Callable[[Request], None] | None = None,
) -> Request:
    """Ask, and send at once, what is about the whole register and no entry; or send again what came back.

    `why` is what those who read it should know; `first` makes what is sent, such as the file of a report. Raises
    Refused, having changed nothing.
    """
    if not by.has_perm("approvals.send_up"):
        raise Refused("Only a register manager or an administrator sends this up. Ask them")
    if route_id not in version.policy.register_routes:
        raise Refused("The policy in force has no such route for the whole register")
    # Whoever comes second waits here, so that no reference is given twice.
    Request.objects.select_for_update().order_by("-pk").first()
    request = Request.objects.about(about.key).open().first()
    if request is None:
        purpose = version.policy.route(route_id).purpose
        request = Request.start(None, route=route_id, purpose=purpose, by=by, version=version, at=at, **about.fields)
    elif request.status != Status.RETURNED:
        raise Refused(f"{request.reference} about it is on its way already. Its page says who has a turn")
    request.say_why(why, by=by)
    if first:
        first(request)
    send(request, by=by, at=at)
    request.refresh_from_db()
    return request


def _refused_before(partnership: Partnership, purpose: str) -> Request | None:
    """The last request of this kind, where it was turned down: the new one asks to look at it again (BRK-F07)."""
    last = Request.objects.for_partnership(partnership).filter(purpose=purpose, status=Status.DECIDED).first()
    if last is None:
        return None
    outcome = next((each for each in last.policy_version.policy.outcomes if each.id == last.outcome), None)
    return last if outcome and view_of(outcome.kind) == "against" else None


# --- Sending and taking back ------------------------------------------------------------------


def missing_to_send(request: Request) -> list[str]:
    """What still stands between a draft and sending, in sentences."""
    policy = request.policy_version.policy
    route = policy.route(request.route)
    known = known_to(request)
    standing = stand(policy, route.id, known, (), sent_on=timezone.localdate())
    found = [] if request.why or request.about_key else ["Say why the council should do this"]
    if request.about_key:
        found += subject_of(request).missing(request)
    if request.partnership:
        found += _missing_of_entry(request.partnership, policy, standing)
    found += [each.check.warning for each in unmet_of(request, known) if each.check.blocks]
    settled = {each.settles.field for each in route.steps if each.settles}
    found += [
        f"{state.reason}. Enter it, so that it is known who decides"
        for state in standing.not_known
        if state.step.act in BODY_ACTS and not (state.step.when and settled & _compared(state.step.when))
    ]
    if not request.about_key and (problem := _nobody_decides(standing, policy.names)):
        found.append(problem)
    return list(dict.fromkeys(found))


def _missing_of_entry(partnership: Partnership, policy: Policy, standing: Standing) -> list[str]:
    """What the entry still needs before a request on this route: screening, forms, assessments."""
    route = standing.route
    found = _not_screened(partnership, policy) if route.purpose == "join" else []
    sent = set(Response.objects.sent().filter(partnership=partnership).values_list("questionnaire", flat=True))
    found += [f"Answer and send: {policy.questionnaire(each).title}" for each in forms_of(standing) if each not in sent]
    for scheme_id in route.needs_schemes:
        scheme = policy.schemes[scheme_id]
        if scheme.core and not getattr(partnership, scheme.core):
            found.append(f"Complete the assessment: the overall {scheme.label} level is not set")
    if route.purpose == "join" and (problem := register.missing_to_join(partnership, policy)):
        found.append(problem)
    return found


def _compared(rule: Rule) -> set[str]:
    return {each.fact for each in rule.comparisons}


def _nobody_decides(standing: Standing, names: tuple[str, ...]) -> str:
    """Say why no step of the route would decide a request, or ""."""
    deciding = [state for state in standing.steps if state.step.act in DECIDING]
    if not deciding or any(state.place != Place.NOT_NEEDED for state in deciding):
        return ""
    reasons = dict.fromkeys(state.reason for state in deciding)
    why = words.inside(joined(reasons, names), names)
    return f"Nobody has to decide this: {why}. Withdraw it, or put right what it depends on"


def forms_of(standing: Standing) -> list[str]:
    """The forms that the proposer sends before the request: those of the route and of their own needed steps."""
    needed = {state.step.id for state in standing.steps if state.place != Place.NOT_NEEDED}
    steps = [step for step in before_others(standing.route) if step.id in needed]
    steps = [step for step in steps if step.blocks]  # what holds nobody back is offered
    skipped = {each for step in before_others(standing.route) if step not in steps for each in step.needs}
    own = [each for each in standing.route.needs if each not in skipped]
    return list(dict.fromkeys([*own, *(each for step in steps for each in step.needs)]))


# The occasion of the policy's checks that a request is held to; what joining alone needs is asked when it is decided.
OCCASIONS = {"join": "proposal", "leave": "leaving"}


def unmet_of(request: Request, known: Mapping[str, Any] | None = None) -> tuple[CheckFinding, ...]:
    """What the policy expects of the entry at this request and is not so: what blocks, and what only warns.

    `known` are the facts, where they were gathered already.
    """
    if request.partnership is None:
        return ()
    at = OCCASIONS.get(request.purpose, "always")
    known = known_to(request) if known is None else known
    return unmet_checks(request.policy_version.policy, known, at=at)


def _not_screened(partnership: Partnership, policy: Policy) -> list[str]:
    """Whether the definition was asked, and whether it calls this a partnership (BRK-F01, CORE-03)."""
    answers = partnership.screening.get("answers", {})
    if not answers:
        return ["Check it against the definition of a partnership"]
    found = screen(policy, answers)
    return [] if found.is_partnership else [found.because]


@transaction.atomic
def send(request: Request, *, by: User, at: datetime) -> None:
    """Send a draft, or a returned request again. Raises Refused with everything that is missing."""
    request = _locked(request)
    _refuse_unless_theirs(request, by)
    if problem := request.why_not(Status.SENT):
        raise Refused(problem)
    if missing := missing_to_send(request):
        raise Refused(". ".join(missing))
    request.send(by=by, at=at)
    situation = situation_of(request)
    _close_if_complete(request, situation.standing, None, by=by, at=at)
    work_out_turns(request, situation if request.status == Status.SENT else None)
    _tell(request, "", at=at)


def _close_if_complete(
    request: Request, standing: Standing, record: StepTaken | None, *, by: User, at: datetime
) -> None:
    """Close what an app above asks once all is read and done and nobody has to decide; that app carries on from it."""
    if request.about_key and request.status == Status.SENT and standing.is_complete:
        request.complete(by=by, reason=str(record or "Sent"), at=at)
        subject_of(request).ended(request, record, by, at)


@transaction.atomic
def withdraw(request: Request, *, by: User, reason: str, at: datetime, from_above: bool = False) -> None:
    """Take a request back before it is decided; `from_above`: the app that asks it does so. Raises Refused."""
    request = _locked(request)
    _refuse_unless_theirs(request, by)
    if not from_above and (problem := why_not_withdraw(request)):
        raise Refused(problem)
    request.withdraw(by=by, reason=reason, at=at)
    request.turns.all().delete()
    StepAhead.objects.filter(request=request).delete()


def may_carry(request: Request, by: User) -> bool:
    """Whether somebody may do the proposer's part: who proposed it, or who may change its entry or send such up."""
    if by.pk == request.proposed_by_id:
        return True
    if request.partnership is None:
        return by.has_perm("approvals.send_up")
    return by.has_perm("approvals.ask") and Partnership.objects.editable_by(by).contains(request.partnership)


def why_not_withdraw(request: Request) -> str:
    """Say why a request is not taken back by hand, because the app that asks it has its own page for that, or ""."""
    if request.about_key and subject_of(request).is_kept_above:
        return f"{request.about} goes its way as {request.reference}. A register manager can close it on its own page"
    return ""


@transaction.atomic
def ask_back(request: Request, *, reason: str, by: User, at: datetime) -> None:
    """Return what an app above asks with a question, for whoever has a step of it now. Raises Refused."""
    request = _locked(request)
    gate = Gate.of(by, timezone.localdate(at), [request])
    refusals = [gate.why_not(request, state) for state in situation_of(request).standing.open_steps]
    if "" not in refusals:
        raise Refused(next(iter(refusals), f"No step of {request.reference} is open, so nobody asks back now"))
    request.give_back(by=by, reason=reason)
    work_out_turns(request)
    _tell(request, "asked back", at=at)


def _refuse_unless_theirs(request: Request, by: User) -> None:
    if not may_carry(request, by):
        raise Refused(
            f"{request.reference} was proposed by {request.proposed_by_name}. Ask them, or a register manager"
        )


def _locked(request: Request) -> Request:
    # The entry first, in the order in which everything else locks.
    if request.partnership_id:
        Partnership.objects.select_for_update().get(pk=request.partnership_id)
    return (
        Request.objects.select_for_update(of=("self",))
        .select_related("policy_version", "partnership")
        .get(pk=request.pk)
    )


# --- Taking a step ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What a person says when they take a step. `conditions` are texts with an owner and a day.

    `look_again` are the titles of the parts that the proposer is asked to look at again when it is returned.
    """

    outcome: str = ""
    reasons: str = ""
    reason_from_list: str = ""
    options: str = ""
    interests: str = ""
    minute: str = ""
    on: date | None = None
    conditions: Sequence[tuple[str, User | None, date | None]] = ()
    look_again: Sequence[str] = ()


@transaction.atomic
def take_step(
    request: Request,
    step_id: str,
    said: Said,
    *,
    by: User,
    at: datetime,
    mark: str | None = None,
    minutes: Minutes | None = None,
) -> StepTaken:
    """Take a step of a request: advise, recommend, decide. The only door there is.

    `mark` is the situation that the person saw; `minutes` is the meeting that somebody may record without a vote in it.
    What was decided takes effect at once, in the same transaction.
    Raises Refused, having changed nothing, with what is so and who or how.
    """
    request = _locked(request)
    today = timezone.localdate(at)
    situation = situation_of(request)
    try:
        state = situation.standing.state_of(step_id)
    except KeyError:
        raise Refused(f"{request.reference} has no such step. Open it again to see its route") from None
    gate = Gate.of(by, today, [request], minutes)
    capacity = gate.capacity(request, state)
    if capacity is None:
        raise Refused(gate.why_not(request, state))
    if mark is not None and mark != situation.mark:
        raise Refused(CHANGED)
    outcome = next((each for each in outcomes_of(situation.policy, state.step) if each.id == said.outcome), None)
    if problem := why_not_say(request, state, said, outcome, today=today):
        raise Refused(problem)
    if capacity.from_minutes and not said.minute.strip():
        raise Refused(f"Enter the minute reference under which {capacity.from_minutes} recorded it")
    record = _seal(situation, state, said, outcome, capacity, by=by, at=at)
    _keep_conditions(record, said, by=by)
    # Conditions become actions of the entry, so what is known of it is read again.
    _follow(situation_of(request) if said.conditions else situation.after(record), record, by=by, at=at)
    return record


def _seal(
    situation: Situation,
    state: StepState,
    said: Said,
    outcome: Outcome | None,
    capacity: Capacity,
    *,
    by: User,
    at: datetime,
) -> StepTaken:
    """Keep the step with a sealed copy of what was before the person and what they said."""
    request, today = situation.request, timezone.localdate(at)
    is_of_a_body = state.step.act in BODY_ACTS
    body = body_of(situation.policy, state)
    on = said.on or today
    acting_for = str(capacity.acting_for or "")
    paper = paper_of(request, steps=situation.taken)
    paper["decision"] = {
        "step": state.step.title,
        "clause": state.step.clause,
        "body": body,
        "because": state.reason,
        "outcome": outcome.label if outcome else "",
        "reasons": said.reasons,
        "options": said.options,
        "interests": said.interests,
        "minute": said.minute,
        "on": on.isoformat(),
        "by": str(by),
        "for": acting_for,
        "from_minutes": capacity.from_minutes,
        "conditions": [text for text, _, _ in said.conditions],
        "look_again": list(said.look_again) if outcome and outcome.kind == "return" else [],
        "access": to_seal(request, state.step, on) if is_of_a_body else [],
    }
    return StepTaken.seal(
        sealed(paper),
        reference=StepTaken.next_reference(today.year) if is_of_a_body else "",
        request=request,
        round=request.round,
        step=state.step.id,
        attempt=len(state.overtaken) + 1,
        act=state.step.act,
        role=capacity.role,
        by=by,
        by_name=str(by),
        acting_for=capacity.acting_for,
        acting_for_name=acting_for,
        at=at,
        on=on,
        outcome=said.outcome,
        reasons=said.reasons,
        reason_from_list=said.reason_from_list,
        options=said.options,
        interests=said.interests,
        body=body,
        minute=said.minute,
        from_minutes=capacity.from_minutes,
        facts=dict(situation.facts),
    )


def _keep_conditions(record: StepTaken, said: Said, *, by: User) -> None:
    """Each condition of a decision becomes an action of the entry."""
    entry = record.request.partnership
    if entry is None:
        return
    for text, owner, due in said.conditions:
        action = Action(
            partnership=entry,
            text=text,
            owner=owner,
            owner_name=str(owner or ""),
            due_on=due,
            source=f"Condition of {record}",
            origin=Origin.DECISION,
            needs_evidence=True,
        )
        action.keep(by=by, reason=f"Condition of {record}")
        Condition.objects.create(step=record, action=action)


NO_WORDS = "Say in a few words what was done"


def why_not_say(request: Request, state: StepState, said: Said, outcome: Outcome | None, *, today: date) -> str:
    """Say what is wrong with what a person wants to record, or ""."""
    step = state.step
    wants_reason = outcome.reason == "required" if outcome else wants_words(step)
    sent_on = timezone.localdate(request.sent_at) if request.sent_at else today
    missing = [form.title for form in forms_first(request, state)]
    entry = request.partnership
    no_lead_officer = entry is not None and entry.lead_officer_id is None
    against_joining = _against_joining(request, outcome)
    problems = (
        (bool(step.outcomes) and outcome is None, "Select one of the outcomes that this step offers"),
        (not step.outcomes and bool(said.outcome), "This step offers no outcomes. Say it in words"),
        (wants_reason and not said.reasons, NO_WORDS if step.act == "do" else "Enter the reasons"),
        (said.on is not None and said.on > today, "The day of the decision must be today or earlier"),
        (
            said.on is not None and said.on < sent_on,
            f"The day of the decision must not be before {request.reference} was sent",
        ),
        (any(not text for text, _, _ in said.conditions), "Say what each condition is"),
        (
            entry is None and bool(said.conditions),
            "A condition is an action of an entry, and this is about none. Say it in the reasons",
        ),
        (
            outcome is not None and outcome.needs_lead_officer and no_lead_officer,
            "Name a lead officer on the entry first: this outcome needs somebody who keeps in touch",
        ),
        (bool(against_joining), against_joining),
        (bool(missing), f"Answer and send first: {'; '.join(missing)}"),
    )
    return next((words for is_wrong, words in problems if is_wrong), "")


def _against_joining(request: Request, outcome: Outcome | None) -> str:
    """What the policy does not let anybody join without, and is not so; "" for another outcome (MEL-F08)."""
    if outcome is None or outcome.becomes != EntryStatus.ACTIVE:
        return ""
    found = unmet_checks(request.policy_version.policy, known_to(request), at="joining")
    return next((each.check.warning.rstrip(".") for each in found if each.check.blocks), "")


def forms_first(request: Request, state: StepState) -> list[Questionnaire]:
    """The forms that whoever takes the step answers and sends before it."""
    policy = request.policy_version.policy
    return [policy.questionnaire(each) for each in state.step.needs if not _is_sent(request, each)]


def _is_sent(request: Request, questionnaire: str) -> bool:
    """Whether answers to a form were sent since the request was opened."""
    sent = Response.objects.sent().filter(partnership=request.partnership_id, questionnaire=questionnaire)
    return sent.filter(sent_at__gte=request.started_at).exists()


def _follow(situation: Situation, record: StepTaken, *, by: User, at: datetime) -> None:
    """Put into effect what the steps taken so far come to; `situation` has the last of them."""
    request, standing = situation.request, situation.standing
    if request.is_settled:
        work_out_turns(request, situation)
        _tell(request, str(record.number), at=at)
        return
    reason = record.reasons or str(record)
    if standing.is_returned:
        request.give_back(by=by, reason=reason)
    effect = standing.takes_effect
    is_settled_by_it = _settle(request, record, by=by)
    is_news = bool(standing.decided)
    entry = request.partnership
    if entry and effect and effect.becomes and effect.id != request.effect:
        is_news = True
        to = EntryStatus(effect.becomes)
        if entry.status != to:
            entry.follow_decision(to, by=by, reason=f"{record}: {reason}")
        request.effect = effect.id
        request.keep(by=by, reason=f"{record} takes effect")
    subject = subject_of(request) if request.about_key else None
    if subject:
        subject.taken(request, record, by, at)
    if standing.decided and (standing.is_finished or not (subject and subject.waits_for_all)):
        if view_of(standing.decided.kind) == "for":
            proposed.carry_out(request, record, by=by)
        request.decide(standing.decided.id, by=by, reason=reason, at=at)
        if subject:
            subject.ended(request, record, by, at)
    for path in settings.DECISION_FOLLOWS if is_news and entry else ():
        import_string(path)(request, record, by, at)
    _close_if_complete(request, standing, record, by=by, at=at)
    has_changed = standing.is_returned or is_settled_by_it or is_news or subject
    work_out_turns(request, None if has_changed else situation)
    _tell(request, str(record.number), at=at)


def _settle(request: Request, record: StepTaken, *, by: User) -> bool:
    """Put what a step settled on the register, such as that the business case is not made any more (RED-C12).

    Answers whether that changed the entry.
    """
    step = request.policy_version.policy.route(request.route).by_id[record.step]
    settles = step.settles
    answer = settles.answer(record.outcome) if settles else None
    entry = request.partnership
    if settles is None or answer is None or entry is None or entry.local_values.get(settles.field) is answer:
        return False
    values = {**entry.local_values, settles.field: answer}
    said_in = record.reference or f"{request.reference}, {step.title}"
    entry.change({"local_values": values}, by=by, reason=f"{said_in}: {record.reasons}"[:200])
    return True


def _tell(request: Request, record: str, *, at: datetime) -> None:
    """Write the e-mails that follow, and send them once all of it is kept."""
    if request.status == Status.RETURNED or request.is_settled:
        notices.of_end(request, record)
    notices.of_turns(request)
    transaction.on_commit(partial(deliver, at=at))


def work_out_turns(request: Request, situation: Situation | None = None) -> None:
    """Keep whose turn it is, so that work lists need not work it out; `situation` where it is known already."""
    situation = situation or situation_of(request)
    request.turns.all().delete()
    today = request.sent_on or timezone.localdate()
    since = max([today, *(step.on for step in situation.taken)])
    left_to_do = [
        state
        for state in situation.standing.open_steps
        if request.status == Status.SENT or (request.is_settled and state.step.act in AFTERWARDS)
    ]
    Turn.objects.bulk_create(
        Turn(request=request, step=state.step.id, act=state.step.act, role=role, since=since, due_on=state.due_on)
        for state in left_to_do
        for role in state.step.role
    )
    _work_out_ahead(request, situation)
    if request.partnership_id:
        version = Partnership.objects.values_list("version", flat=True).get(pk=request.partnership_id)
        Request.objects.filter(pk=request.pk).update(at_version=version)


def _work_out_ahead(request: Request, situation: Situation) -> None:
    """Keep which steps of advisers and bodies are open or may still come, for agendas and deadlines."""
    StepAhead.objects.filter(request=request).delete()
    if request.status != Status.SENT:
        return
    bodies = {state.step.id: body_of_step(situation.policy, state.step) for state in situation.standing.steps}
    StepAhead.objects.bulk_create(
        StepAhead(
            request=request,
            step=state.step.id,
            act=state.step.act,
            body=body.key if (body := bodies[state.step.id]) else "",
            is_open=state.is_open,
        )
        for state in situation.standing.steps
        if state.place in (Place.OPEN, Place.TO_COME)
        and (state.step.act in BODY_ACTS | ADVISING or bodies[state.step.id])
    )


def bring_up_to_date(limit: int = 50) -> int:
    """Work out the turns of requests whose entries changed since; answers how many. Work lists call it first."""
    behind = list(Request.objects.out_of_date().select_related("policy_version", "partnership")[:limit])
    for request in behind:
        with transaction.atomic():
            work_out_turns(request)
    return len(behind)


# --- Interests --------------------------------------------------------------------------------


@transaction.atomic
def declare_interest(request: Request, *, person: User, what: str, by: User, on: date) -> Interest:
    """Take a person out of a request because of an interest. Raises Refused for a second declaration."""
    if Interest.objects.filter(request=request, person=person).exists():
        raise Refused(f"{person} has declared an interest in {request.reference} already")
    interest = Interest(request=request, person=person, person_name=str(person), what=what, declared_on=on)
    interest.keep(by=by, reason="Declared")
    return interest


@transaction.atomic
def give_dispensation(interest: Interest, *, why: str, by: User) -> None:
    """Let a person take part in spite of their interest. Raises Refused when they give it to themselves."""
    if by.pk == interest.person_id:
        raise Refused("You cannot give yourself a dispensation. Ask the monitoring officer to record it")
    interest.dispensation, interest.dispensation_by = why, str(by)
    interest.keep(by=by, reason="Dispensation given")
