"""The year's work: rounds with their list, nominations, schedule and outcomes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, requires
from appointments import queries, rules, services
from appointments.forms import NamesForm, NominationForm, OutcomeForm, RoundForm
from appointments.models import Nomination, Round, RoundState
from appointments.views import page_of, version_in_force
from config import words
from policy.refused import Refused
from register.models import Partnership


def _round_or_404(slug: str) -> Round:
    return get_object_or_404(Round.objects.select_related("policy_version"), slug=slug)


def _trail(found: Round | None = None) -> list[tuple[str, str]]:
    trail = [
        ("Appointments", reverse("appointments:appointment_list")),
        ("The year", reverse("appointments:round_list")),
    ]
    return [*trail, (str(found), reverse("appointments:round", args=[found.slug]))] if found else trail


@requires("appointments.view")
def round_list(request: SignedIn) -> HttpResponse:
    """The year's work: rounds under way and past, places without a rule, officers to look at."""
    today = timezone.localdate()
    version = version_in_force(today)
    policy = version.policy if version else None
    page = page_of(request, Round.objects.for_list().select_related("policy_version"))
    context = {
        "page": page,
        "can_manage": request.user.has_perm("appointments.manage"),
        "can_start": bool(rules.yearly_rules(policy)),
        "without_rule": len(queries.without_a_rule(policy)) if policy and rules.rules_of(policy) else 0,
        "officers": len(queries.officers_to_review(policy, today)) if policy else 0,
        "rules": [(each, services.body_label(policy, each.by)) for each in rules.rules_of(policy)],
        "intro": policy.wording_of("appointment_intro") if policy else "",
    }
    return render(request, "appointments/round_list.html", context)


@requires("appointments.manage")
def round_start(request: SignedIn) -> HttpResponse:
    """Open the round of a meeting."""
    version = version_in_force(timezone.localdate())
    if version is None or not rules.yearly_rules(version.policy):
        raise Http404("The policy has no appointments that are nominated for a term")
    form = RoundForm(request.POST or None, policy=version.policy)
    if form.is_valid():
        said = form.cleaned_data
        rule = next(each for each in rules.rules_of(version.policy) if each.id == said["rule"])
        try:
            made = services.start_round(
                rule,
                version=version,
                meeting_on=said["meeting_on"],
                nominations_by=said["nominations_by"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error("meeting_on", str(refusal))
        else:
            messages.success(request, "The round is open. Check its places, then send the list")
            return redirect("appointments:round", made.slug)
    context = {"form": form, "title": "Start a round", "button": "Start this round", "trail": _trail()}
    return render(request, "appointments/form_page.html", context)


@dataclass(frozen=True)
class Task:
    """One line of the round's task list."""

    title: str
    says: str
    state: str
    address: str = ""


@requires("appointments.view")
def round_page(request: SignedIn, slug: str) -> HttpResponse:
    """One round as a task list."""
    found = _round_or_404(slug)
    policy = found.policy_version.policy
    places = queries.places_of(found)
    named = list(found.nominations.select_related("partnership"))
    can_manage = request.user.has_perm("appointments.manage")
    nominating = services.body_label(policy, found.how.nominated_by or found.how.by)
    appointing = services.body_label(policy, found.how.by)
    unclear = _unclear(found, places)
    context = {
        "found": found,
        "steps": _steps(found, unclear),
        "unclear": unclear,
        "tasks": _tasks(found, places, named, nominating, appointing, can_manage=can_manage),
        "rows": _bodies(places, named),
        "can_manage": can_manage,
        "nominating": nominating,
        "appointing": appointing,
        "moves": [] if not can_manage else _moves(found),
        "trail": _trail(),
        "warnings": [row["problem"] for row in _bodies(places, named) if row["problem"]] if found.is_under_way else [],
    }
    return render(request, "appointments/round.html", context)


def _tasks(
    found: Round,
    places: dict[int, list[Any]],
    named: list[Nomination],
    nominating: str,
    appointing: str,
    *,
    can_manage: bool,
) -> list[Task]:
    every = [place for rows in places.values() for place in rows]
    vacant = queries.short_of(every)
    said = f"{words.count(len(every), 'place')} on {words.count(len(places), 'body', 'bodies')}, {vacant} vacant"
    names = reverse("appointments:nominations", args=[found.slug]) if can_manage else ""
    outcomes = reverse("appointments:outcomes", args=[found.slug]) if can_manage else ""
    is_closed = found.state in (RoundState.CLOSED, RoundState.AGREED)
    count = words.count(len(named), "person is", "people are")
    return [
        Task("Places in this round", said, "Ready" if every else "No place has this rule"),
        Task(
            f"List for {nominating}",
            "Bodies, places, people who hold them and terms, as PDF and Excel",
            f"Sent on {words.day(found.sent_on)}" if found.sent_on else "Not sent yet",
        ),
        Task(
            "Nominations",
            f"{count} named{f', until {words.day(found.nominations_by)}' if found.nominations_by else ''}",
            "Closed" if is_closed else "Open",
            names,
        ),
        Task(
            f"Schedule for {appointing}",
            "Nominations, vacancies and terms, as PDF and Excel",
            "Ready" if is_closed else "After nominations close",
        ),
        Task(
            f"What {appointing} agreed",
            "One page for the whole meeting",
            "Recorded" if found.state == RoundState.AGREED else "Not recorded yet",
            outcomes if found.state == RoundState.CLOSED else "",
        ),
    ]


def _unclear(found: Round, places: dict[int, list[Any]]) -> list[Any]:
    """Those whom the meeting appointed and whose role nobody has said yet (BRK-F29)."""
    seated = [place for held in places.values() for place in held if not place.is_vacant]
    if found.state != RoundState.AGREED:
        return []
    return [place for place in seated if place.starts_on == found.meeting_on and not services.has_role(place)]


def _steps(found: Round, unclear: list[Any]) -> list[dict[str, str]]:
    """The policy's route as this round carries it out, as `components/route.html` draws it."""
    policy = found.policy_version.policy
    route = rules.route_of(policy, found.how)
    if route is None or found.state == RoundState.CALLED_OFF:
        return []
    is_agreed = found.state == RoundState.AGREED
    steps = rules.steps_of_round(
        route,
        found.how,
        is_sent=found.sent_on is not None,
        is_closed=is_agreed or found.state == RoundState.CLOSED,
        is_agreed=is_agreed,
        is_clear=not unclear,
    )
    now = next((number for number, (_, done) in enumerate(steps) if not done), len(steps))
    return [
        {
            "title": step.title,
            "state": "done" if done else "now" if number == now else "",
            "words": "done" if done else "open now" if number == now else "to come",
            "text": words.listed(services.body_label(policy, each) for each in step.role),
            "source": step.clause,
        }
        for number, (step, done) in enumerate(steps)
    ]


def _bodies(places: dict[int, list[Any]], named: list[Nomination]) -> list[dict[str, Any]]:
    """Each body of a round with its places and who is named for it."""
    by_body: dict[int, list[Nomination]] = {}
    for each in named:
        by_body.setdefault(each.partnership_id, []).append(each)
    rows = []
    for body_id, held in places.items():
        people = by_body.get(body_id, [])
        rows.append(
            {
                "body": held[0].partnership,
                "places": len(held),
                "holders": [place for place in held if not place.is_vacant],
                "vacant": queries.short_of(held),
                "named": people,
                "problem": rules.too_many(str(held[0].partnership), places=len(held), people=len(people)),
            }
        )
    return rows


MOVES = {  # What can be pressed in each state: to, words on the button, what follows.
    RoundState.OPEN: [(RoundState.SENT, "Mark the list as sent", "The list is marked as sent")],
    RoundState.SENT: [(RoundState.CLOSED, "Close nominations", "Nominations are closed. The schedule is ready")],
    RoundState.CLOSED: [(RoundState.SENT, "Open nominations again", "Nominations are open again")],
}
CALL_OFF = (RoundState.CALLED_OFF, "Call this round off", "The round is called off. Nobody’s place changed")


def _moves(found: Round) -> list[tuple[str, str]]:
    offered = [*MOVES.get(RoundState(found.state), []), *([CALL_OFF] if found.is_under_way else [])]
    return [(to.value, title) for to, title, _ in offered]


@requires("appointments.manage")
@require_POST
def round_move(request: SignedIn, slug: str) -> HttpResponse:
    """Move a round on."""
    found = _round_or_404(slug)
    offered = [*MOVES.get(RoundState(found.state), []), CALL_OFF, *(each for moves in MOVES.values() for each in moves)]
    chosen = next((each for each in offered if each[0].value == request.POST.get("to")), None)
    if chosen is None:
        raise Http404("A round has no such move")
    to, title, done = chosen
    try:
        services.move_round(found, to, by=request.user, reason=title, on=timezone.localdate())
    except Refused as refusal:  # pressed twice, or from another tab
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("appointments:round", slug)


@requires("appointments.manage")
def nominations(request: SignedIn, slug: str) -> HttpResponse:
    """Nominations of a round: who is named, and lines typed or pasted, shown as understood before they are kept."""
    found = _round_or_404(slug)
    places = queries.places_of(found)
    bodies: dict[str, Partnership] = {held[0].partnership.name: held[0].partnership for held in places.values()}
    form = NamesForm(request.POST or None, bodies=bodies)
    is_open = found.state in (RoundState.OPEN, RoundState.SENT)
    understood: list[rules.Named] = []
    if form.is_valid() and is_open:
        understood = form.named
        if request.POST.get("checked"):
            try:
                taken = services.nominate(found, form.named, bodies, by=request.user)
            except Refused as refusal:
                form.add_error("text", str(refusal))
                understood = []
            else:
                messages.success(request, f"{words.count(taken, 'nomination')} kept")
                return redirect("appointments:nominations", slug)
    named = list(found.nominations.select_related("partnership").order_by("partnership__name", "pk"))
    rows = _bodies(places, named)
    context = {
        "found": found,
        "form": form,
        "is_open": is_open,
        "understood": understood,
        "named": named,
        "problems": [row["problem"] for row in rows if row["problem"]],
        "without": [row["body"] for row in rows if not row["named"]],
        "trail": _trail(found),
    }
    return render(request, "appointments/nominations.html", context)


def _nomination_or_404(slug: str, nomination_id: int) -> Nomination:
    nominations = Nomination.objects.select_related("round__policy_version", "partnership")
    return get_object_or_404(nominations, round__slug=slug, pk=nomination_id)


@requires("appointments.manage")
def nomination(request: SignedIn, slug: str, nomination_id: int) -> HttpResponse:
    """What is known about a nominated person: consent, codes, interests, role."""
    named = _nomination_or_404(slug, nomination_id)
    form = NominationForm(request.POST or None, nomination=named, policy=named.round.policy_version.policy)
    if form.is_valid():
        try:
            services.change_nomination(named, form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"What is known about {named.name} is kept")
            return redirect("appointments:nominations", slug)
    context = {"form": form, "named": named, "found": named.round, "trail": _trail(named.round)}
    return render(request, "appointments/nomination.html", context)


@requires("appointments.manage")
@require_POST
def nomination_take_out(request: SignedIn, slug: str, nomination_id: int) -> HttpResponse:
    """Take a nomination back."""
    named = _nomination_or_404(slug, nomination_id)
    if not named.round.is_under_way:
        raise Http404("The outcomes are recorded")
    services.take_nomination_out(named, by=request.user)
    messages.success(request, f"{named.name} is no longer named for {named.partnership}")
    return redirect("appointments:nominations", slug)


@requires("appointments.manage")
def outcomes(request: SignedIn, slug: str) -> HttpResponse:
    """What the meeting agreed, on one page; then what follows for each body; then one button."""
    found = _round_or_404(slug)
    if problem := found.why_not(RoundState.AGREED):  # pressed twice, or from another tab
        messages.error(request, problem)
        return redirect("appointments:round", slug)
    today = timezone.localdate()
    places = queries.places_of(found)
    named = list(found.nominations.select_related("partnership", "user").order_by("partnership__name", "pk"))
    form = OutcomeForm(
        request.POST or None, nominations=named, bodies={body_id: len(held) for body_id, held in places.items()}
    )
    effects: list[services.BodyOutcome] = []
    if form.is_valid():
        agreed = form.agreed()
        try:
            if request.POST.get("checked"):
                services.agree(found, agreed, places, minute=form.cleaned_data["minute"], by=request.user, today=today)
                messages.success(request, f"{words.count(len(agreed), 'appointment')} recorded")
                return redirect("appointments:round", slug)
            effects = [
                services.outcome_of(held[0].partnership, held, [e for e in agreed if e.partnership_id == body_id])
                for body_id, held in places.items()
                if any(each.partnership_id == body_id for each in named)
            ]
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "found": found,
        "form": form,
        "effects": effects,
        "posted": [(key, value) for key, values in request.POST.lists() for value in values if key.startswith("body_")],
        "agreed": len(form.agreed()) if effects else 0,
        "is_early": found.meeting_on > today,
        "trail": _trail(found),
        "not_named": [held[0].partnership for body_id, held in places.items() if body_id not in form.by_body],
    }
    return render(request, "appointments/outcomes.html", context)
