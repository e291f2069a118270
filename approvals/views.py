"""Requests, the steps people take on them, and the decisions that come of it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, requires
from accounts.words import role_label
from approvals import arriving, concerns, key_decisions, queries, services
from approvals.forms import (
    DeputyForm,
    DispensationForm,
    InterestForm,
    RouteFactsForm,
    StepForm,
    WhyForm,
    WithdrawForm,
    kept,
)
from approvals.gate import Gate, why_nobody
from approvals.models import Chaser, Deputy, Given, Interest, Request, Status, StepTaken
from approvals.papers import Change, Paper, body_of, paper_of
from approvals.parts import groups_of, marked
from approvals.rules import BODY_ACTS, DECIDING, Place
from approvals.sections import DECISIONS
from approvals.services import Situation
from approvals.versions import differences, versions_of
from config import words
from policy.model import Scheme
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership
from register.views import editing

A_PAGE = 25


# --- Finding ------------------------------------------------------------------------------------


def request_or_404(request: SignedIn, reference: str) -> Request:
    """The request with this reference; a draft only for those who may change its entry."""
    readable = Request.objects.readable_by(request.user)
    return get_object_or_404(
        readable.select_related("partnership__service", "policy_version", "proposed_by"), reference=reference
    )


def own_or_404(request: SignedIn, reference: str) -> Request:
    """A request whose proposer's part this person may do."""
    found = request_or_404(request, reference)
    user = request.user
    if not services.may_carry(found, user):
        raise Http404
    return found


def draft_or_404(request: SignedIn, reference: str) -> Request:
    """The same about an entry: what is about the whole register is sent from its own page, and has no task list."""
    found = own_or_404(request, reference)
    if found.partnership is None:
        raise Http404
    return found


def _entry_or_404(reference: str) -> Partnership:
    return get_object_or_404(Partnership.objects.select_related("policy_version"), reference=reference)


# --- Lists --------------------------------------------------------------------------------------


@requires("approvals.view")
def request_list(request: SignedIn) -> HttpResponse:
    """Every request that this person may read, the newest first."""
    found = Request.objects.readable_by(request.user).for_list()
    chosen = request.GET.get("status", "")
    if chosen in Status.values:
        found = found.filter(status=chosen)
    page = Paginator(found.order_by("-started_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    rows = [(each, each.policy_version.policy.route(each.route), _outcome_label(each)) for each in page]
    context = {"page": page, "rows": rows, "chosen": chosen, "statuses": Status.choices, "sizes": (A_PAGE,)}
    return render(request, "approvals/request_list.html", context)


def _outcome_label(found: Request) -> str:
    return next((each.label for each in found.policy_version.policy.outcomes if each.id == found.outcome), "")


@requires("approvals.view")
def decision_list(request: SignedIn) -> HttpResponse:
    """What waits for this person, what is on its way elsewhere, and what was decided."""
    user = request.user
    today = timezone.localdate()
    services.bring_up_to_date()
    mine = queries.turns_of(user, today)
    waiting = Request.objects.on_their_way().for_list().prefetch_related("turns").order_by("sent_at", "pk")
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    decided = StepTaken.objects.for_list().decisions()[:A_PAGE]
    context = {
        "turns": mine[:A_PAGE],
        "waiting": len(mine),
        "can_pick": _can_pick(mine[:A_PAGE]),
        "page": page,
        "rows": [queries.waiting_row(each) for each in page],
        "decided": [queries.decided_row(each) for each in decided],
        "sizes": (A_PAGE,),
    }
    return render(request, "approvals/decision_list.html", context)


@requires("approvals.view")
def turn_list(request: SignedIn) -> HttpResponse:
    """Everything that waits for this person, in pages."""
    user = request.user
    services.bring_up_to_date()
    mine = queries.turns_of(user, timezone.localdate())
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
    turns = list(page)
    context = {"page": page, "turns": turns, "can_pick": _can_pick(turns), "sizes": (A_PAGE,)}
    return render(request, "approvals/turn_list.html", context)


def _can_pick(turns: list[queries.YourTurn]) -> bool:
    """Whether several of these could be answered on one page."""
    return sum(turn.can_be_one_of_several for turn in turns) > 1


# --- An entry's decisions, and asking for one ----------------------------------------------------


@requires("approvals.view")
def of_entry(request: SignedIn, reference: str) -> HttpResponse:
    """Everything that was asked and decided about one entry, and what can be asked now."""
    partnership = _entry_or_404(reference)
    user = request.user
    requests = list(Request.objects.for_partnership(partnership).readable_by(user))
    can_ask = user.has_perm("approvals.ask") and Partnership.objects.editable_by(user).contains(partnership)
    version = PolicyVersion.objects.in_force(timezone.localdate())
    routes = services.routes_open_to(partnership, version.policy) if version and can_ask else []
    decided = StepTaken.objects.decisions().filter(request__in=requests).select_related("request__policy_version")
    context = {
        "partnership": partnership,
        "section": DECISIONS,
        "routes": routes,
        "requests": [(each, each.policy_version.policy.route(each.route), _outcome_label(each)) for each in requests],
        "decided": [queries.decided_row(each) for each in decided],
    }
    return render(request, "approvals/of_entry.html", context)


@requires("approvals.ask")
@require_POST
def ask(request: SignedIn, reference: str, route: str) -> HttpResponse:
    """Open a draft request on a route of the policy."""
    partnership = _entry_or_404(reference)
    user = request.user
    if not Partnership.objects.editable_by(user).contains(partnership):
        raise Http404
    version = PolicyVersion.objects.in_force(timezone.localdate())
    if version is None:
        raise Http404
    try:
        made = services.start(
            partnership, route, by=user, version=version, at=timezone.now(), typed=editing.typed_on(request)
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("approvals:of_entry", reference)
    return redirect("approvals:request", made.reference)


# --- One request ----------------------------------------------------------------------------------


@requires("approvals.view")
def request_page(request: SignedIn, reference: str) -> HttpResponse:
    """A draft as a task list; a request on its way, and a closed one, as a record."""
    found = request_or_404(request, reference)
    user = request.user
    situation = services.situation_of(found)
    context = _context(request, found, situation)
    is_theirs = services.may_carry(found, user)
    if found.partnership and found.status in (Status.DRAFT, Status.RETURNED) and is_theirs:
        returned = queries.returned_with(found)
        look_again = returned.paper["decision"].get("look_again", ()) if returned else ()
        context["groups"] = marked(groups_of(found), look_again)
        context["parts"] = [part for _, parts in context["groups"] for part in parts]
        context["done"] = sum(part.is_done for part in context["parts"])
        context["missing"] = services.missing_to_send(found)
        context["returned"] = returned
        return render(request, "approvals/draft.html", context)
    context["paper"] = paper_of(found, steps=situation.taken)
    said = StepTaken.objects.filter(request=found).select_related("request__policy_version").order_by("number")
    context["taken"] = [queries.taken_row(each) for each in said]
    context["versions"] = versions_of(row.record for row in context["taken"])
    context["can_withdraw"] = (
        found.is_open and is_theirs and user.has_perm("approvals.ask") and not services.why_not_withdraw(found)
    )
    context["can_send_again"] = found.status == Status.RETURNED and is_theirs
    context["chasers"] = Chaser.objects.filter(request=found)
    context["given"] = Given.objects.filter(request=found).order_by("on", "pk")
    context["interests"] = Interest.objects.filter(request=found).select_related("person")
    return render(request, "approvals/request.html", context)


def _context(request: SignedIn, found: Request, situation: Situation) -> dict[str, Any]:
    user = request.user
    today = timezone.localdate()
    gate = Gate.of(user, today, [found])
    dates = arriving.dates_of(situation, today=today)
    return {
        "found": found,
        "earliest": dates.earliest,
        "route": situation.standing.route,
        "steps": [
            queries.step_row(
                situation.policy,
                state,
                situation.taken_at(state),
                meets=dates.by_step.get(state.step.id, ""),
                given_to=gate.given_to(found, state),
            )
            for state in situation.standing.steps
        ],
        "yours": [state.step for state in situation.standing.open_steps if not gate.why_not(found, state)],
        "others": _others(gate, found, situation),
        "outcome": _outcome_label(found),
        "version": found.policy_version,
        "levels": _levels(found),
        "purpose": found.partnership.purpose if found.partnership else "",
        "unmet": services.unmet_of(found) if found.is_open else (),
        "nobody": _nobody(found, situation, today) if user.has_perm("approvals.chase") else (),
        "concerns": concerns.leading_to(found, user, on=today),
    }


def _nobody(found: Request, situation: Situation, today: date) -> list[str]:
    """For whoever chases: why nobody can take an open step, and who could."""
    if found.status != Status.SENT:
        return []
    states = {state.step.id: state for state in situation.standing.open_steps}
    stuck = why_nobody([(found, state) for state in states.values()], today)
    return [f"{states[step].step.title}: {why}" for (_, step), why in stuck.items()]


def _levels(found: Request) -> list[tuple[Scheme, str]]:
    """The overall levels of the entry, each with its scheme; none where there is no entry."""
    if found.partnership is None:
        return []
    schemes = found.policy_version.policy.schemes.values()
    return [(scheme, getattr(found.partnership, scheme.core)) for scheme in schemes if scheme.core]


def _others(gate: Gate, found: Request, situation: Situation) -> list[str]:
    """Why this person cannot take the open steps, where it is their own work that keeps them from it."""
    said = [gate.why_not(found, state) for state in situation.standing.open_steps if gate.capacities(found, state)]
    return list(dict.fromkeys(each for each in said if each))


@requires("approvals.ask")
def why(request: SignedIn, reference: str) -> HttpResponse:
    """What the proposer says for it."""
    found = draft_or_404(request, reference)
    user = request.user
    form = WhyForm(request.POST or None, initial={"why": found.why})
    if form.is_valid():
        try:
            found.say_why(form.cleaned_data["why"], by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("approvals:request", reference)
    return render(request, "approvals/form_page.html", {
        "found": found, "form": form, "title": "Why the council should do this", "button": "Save and go on",
    })  # fmt: skip


@requires("approvals.ask")
def route_facts(request: SignedIn, reference: str) -> HttpResponse:
    """What the route depends on and the register does not hold."""
    found = draft_or_404(request, reference)
    names = services.asked_by(found.policy_version.policy.route(found.route))
    if not names:
        raise Http404
    user = request.user
    initial = {name: "yes" if value else "no" for name, value in found.said.items()}
    form = RouteFactsForm(request.POST or None, names=names, initial=initial)
    if form.is_valid():
        try:
            found.say_facts(form.cleaned_data, by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("approvals:request", reference)
    return render(request, "approvals/form_page.html", {
        "found": found, "form": form, "title": "What the route depends on", "button": "Save and go on",
        "says": "Who has to decide follows from this. Those who decide see what you say.",
    })  # fmt: skip


@requires("approvals.ask")
def check(request: SignedIn, reference: str) -> HttpResponse:
    """Everything once more, the route, then send."""
    found = draft_or_404(request, reference)
    user = request.user
    if request.method == "POST":
        try:
            services.send(found, by=user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("approvals:request", reference)
        found.refresh_from_db()
        messages.success(request, f"{reference} is sent. {queries.next_bodies(found)}")
        return redirect("approvals:sent", reference)
    situation = services.situation_of(found)
    context = _context(request, found, situation)
    context["groups"] = groups_of(found)
    context["paper"] = paper_of(found, steps=())
    context["missing"] = services.missing_to_send(found)
    return render(request, "approvals/check.html", context)


@requires("approvals.ask")
def sent(request: SignedIn, reference: str) -> HttpResponse:
    """After sending: the reference, who has a turn now and who later, and by when."""
    found = draft_or_404(request, reference)
    if found.status != Status.SENT:
        return redirect("approvals:request", reference)
    situation = services.situation_of(found)
    to_take = [state for state in situation.standing.steps if state.place in (Place.OPEN, Place.TO_COME)]
    return render(request, "approvals/sent.html", {
        "found": found,
        "route": situation.standing.route,
        "next": [(state.step.title, body_of(situation.policy, state), state.due_on) for state in to_take],
    })  # fmt: skip


@requires("approvals.view")
def version(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """A request as it was before some of those who advised and decided, and what changed since the version before."""
    found = request_or_404(request, reference)
    steps = StepTaken.objects.filter(request=found).select_related("request__policy_version").order_by("number")
    versions = versions_of(steps)
    shown = next((each for each in versions if each.number == number), None)
    if shown is None:
        raise Http404
    before = versions[number - 2] if number > 1 else None
    context = {
        "found": found,
        "version": shown,
        "versions": versions,
        "before": number - 1,
        "changes": differences(before.paper, shown.paper) if before else (),
        "paper": shown.paper,
        "taken": [queries.taken_row(step) for step in shown.steps],
    }
    return render(request, "approvals/version.html", context)


@requires("approvals.ask")
def withdraw(request: SignedIn, reference: str) -> HttpResponse:
    """Take a request back."""
    found = own_or_404(request, reference)
    user = request.user
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        try:
            services.withdraw(found, by=user, reason=form.cleaned_data["reason"], at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{reference} is withdrawn. What was said on it stays readable")
            return redirect("approvals:request", reference)
    return render(request, "approvals/form_page.html", {
        "found": found, "form": form, "title": "Withdraw this request", "button": "Withdraw the request",
    })  # fmt: skip


# --- Taking a step ----------------------------------------------------------------------------------


@requires("approvals.view")
def step(request: SignedIn, reference: str, step_id: str) -> HttpResponse:
    """What is asked and of whom, everything that bears on it, and the form for those who may take the step."""
    found = request_or_404(request, reference)
    user = request.user
    situation = services.situation_of(found)
    try:
        state = situation.standing.state_of(step_id)
    except KeyError:
        raise Http404 from None
    problem = Gate.of(user, timezone.localdate(), [found]).why_not(found, state)
    if problem and request.method == "POST":
        messages.error(request, problem)
        return redirect("approvals:step", reference, step_id)
    context = _context(request, found, situation) | {
        "state": state,
        "body": body_of(situation.policy, state),
        "because": words.inside(state.reason, situation.policy.names),
        "problem": problem,
        "paper": (paper := paper_of(found, steps=situation.taken)),
        "changes": _changes(found, paper),
        "to_answer": [] if problem else services.forms_first(found, state),
        "is_of_a_body": state.step.act in BODY_ACTS,
        "decides": state.step.act in DECIDING,
        "too_soon": key_decisions.warning_of(found, timezone.localdate()) if state.step.act in DECIDING else "",
    }
    if problem:
        return render(request, "approvals/step.html", context)
    owners = [found.partnership.lead_officer, found.proposed_by] if found.partnership else []
    form = StepForm(
        request.POST or None,
        step=state.step,
        policy=situation.policy,
        owners=dict.fromkeys(each for each in owners if each),
        parts=[part.title for _, parts in groups_of(found) for part in parts] if found.partnership else (),
        with_conditions=found.partnership is not None,
        initial={"mark": situation.mark},
    )
    context["form"] = form
    if form.is_valid():
        said = form.said()
        if refusal := services.why_not_say(found, state, said, form.outcome, today=timezone.localdate()):
            form.add_error(None, refusal)
        elif "record" not in request.POST:
            context |= {"said": said, "outcome_chosen": form.outcome, "kept": kept(request)}
            return render(request, "approvals/step_check.html", context)
        else:
            try:
                record = services.take_step(
                    found, step_id, said, by=user, at=timezone.now(), mark=form.cleaned_data["mark"]
                )
            except Refused as refusal_now:
                form.add_error(None, str(refusal_now))
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data["mark"] = services.situation_of(found).mark  # type: ignore[index]
            else:
                found.refresh_from_db()
                kept_as = record.reference or f"“{state.step.title}”"
                messages.success(request, f"{kept_as} is kept. {queries.next_bodies(found)}")
                return redirect("approvals:request", reference)
    return render(request, "approvals/step.html", context)


def _changes(found: Request, paper: Paper) -> list[Change]:
    """What changed since the last time anybody advised or decided, in this round or before it was sent again."""
    earlier = StepTaken.objects.filter(request=found).exclude(act__in=("do", "receive")).order_by("-number").first()
    return differences(earlier.paper, paper) if earlier else []


# --- Decisions --------------------------------------------------------------------------------------


@requires("approvals.view")
def decision(request: SignedIn, reference: str) -> HttpResponse:
    """A decision as a document: who, when, what, why, and what was before them."""
    record = get_object_or_404(
        StepTaken.objects.select_related("request__partnership", "request__policy_version"), reference=reference
    )
    conditions = record.conditions.select_related("action__owner", "action__evidence_document")
    context = {
        "record": record,
        "found": record.request,
        "row": queries.taken_row(record),
        "paper": record.paper,
        "conditions": conditions,
        "interests": queries.interests_at(record),
        "is_whole": record.is_whole,
    }
    return render(request, "approvals/decision.html", context)


# --- Interests ----------------------------------------------------------------------------------------


@requires("approvals.view")
def declare_interest(request: SignedIn, reference: str) -> HttpResponse:
    """A person says that they have an interest; they then take no part."""
    found = request_or_404(request, reference)
    user = request.user
    form = InterestForm(request.POST or None)
    if form.is_valid():
        try:
            services.declare_interest(
                found, person=user, what=form.cleaned_data["what"], by=user, on=timezone.localdate()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Your interest in {reference} is recorded. Others take your part")
            return redirect("approvals:request", reference)
    return render(request, "approvals/form_page.html", {
        "found": found, "form": form, "title": "Declare an interest", "button": "Declare this interest",
    })  # fmt: skip


@requires("approvals.dispense")
def dispense(request: SignedIn, reference: str, interest_id: int) -> HttpResponse:
    """Record a dispensation for somebody who declared an interest."""
    found = request_or_404(request, reference)
    interest = get_object_or_404(Interest, pk=interest_id, request=found)
    user = request.user
    form = DispensationForm(request.POST or None)
    if form.is_valid():
        try:
            services.give_dispensation(interest, why=form.cleaned_data["why"], by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{interest.person_name} may take part in {reference}")
            return redirect("approvals:request", reference)
    return render(request, "approvals/form_page.html", {
        "found": found, "form": form, "title": f"Dispensation for {interest.person_name}",
        "button": "Record the dispensation", "says": interest.what,
    })  # fmt: skip


# --- Deputies -----------------------------------------------------------------------------------------


@requires("approvals.deputise")
def deputy_list(request: SignedIn) -> HttpResponse:
    """Who acts for whom, now and later; a register manager or administrator names them."""
    user = request.user
    today = timezone.localdate()
    version = PolicyVersion.objects.in_force(today)
    policy = version.policy if version else None
    form = DeputyForm(request.POST or None, policy=policy)
    if form.is_valid():
        given = form.cleaned_data
        deputy = Deputy(**given)
        deputy.keep(by=user, reason="Named")
        messages.success(request, f"{deputy.deputy} may act for {deputy.person} until {queries.day(deputy.to_on)}")
        return redirect("approvals:deputy_list")
    found = Deputy.objects.filter(to_on__gte=today).select_related("person", "deputy").order_by("from_on", "pk")
    rows = [(each, role_label(each.role, policy)) for each in found]
    return render(request, "approvals/deputy_list.html", {"rows": rows, "form": form, "today": today})


@requires("approvals.deputise")
@require_POST
def deputy_end(request: SignedIn, deputy_id: int) -> HttpResponse:
    """Take a deputy's part away; what they did stays as it was."""
    user = request.user
    deputy = get_object_or_404(Deputy.objects.select_related("person", "deputy"), pk=deputy_id)
    words = f"{deputy.deputy} no longer acts for {deputy.person}"
    deputy.take_out(by=user, reason="Ended")
    messages.success(request, words)
    return redirect("approvals:deputy_list")
