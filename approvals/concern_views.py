"""Concerns and exception reports: the list, those of an entry, raising one, and its thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import User
from accounts.permissions import SignedIn, requires
from accounts.roles import Role
from approvals import concerns
from approvals.concern_forms import ActForm, LeadForm, RaiseForm, SayForm
from approvals.concern_rules import Line, Stage, route_of
from approvals.models import Concern, Request
from approvals.sections import CONCERNS
from config import words
from policy.model import Policy, Questionnaire
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership, Representative

A_PAGE = 25
MOST = 50  # concerns of one entry on its page


@requires("approvals.view")
def concern_list(request: SignedIn) -> HttpResponse:
    """The concerns that this person may know of: open ones first."""
    found = Concern.objects.readable_by(request.user, on=timezone.localdate())
    chosen = request.GET.get("state", "")
    if chosen in Concern.State.values:
        found = found.filter(state=chosen)
    page = Paginator(found.for_list(), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(each) for each in page],
        "chosen": chosen,
        "states": [(state.value, state.label) for state in (Concern.State.OPEN, Concern.State.CLOSED)],
        "sizes": (A_PAGE,),
    }
    return render(request, "approvals/concern_list.html", context)


def _row(concern: Any) -> dict[str, Any]:
    due = min((place.due_on for place in concern.current if place.due_on), default=None)
    return {"concern": concern, "with": concerns.whose(concern, concern.current), "due_on": due}


def _entry_or_404(reference: str) -> Partnership:
    entries = Partnership.objects.select_related("lead_officer", "responsible_head", "portfolio_holder", "service")
    return get_object_or_404(entries, reference=reference)


@requires("approvals.view")
def of_entry(request: SignedIn, reference: str) -> HttpResponse:
    """How many concerns about an entry are open, and those that this person may read."""
    partnership, today = _entry_or_404(reference), timezone.localdate()
    version = PolicyVersion.objects.in_force(today)
    every = Concern.objects.filter(partnership=partnership)
    readable = list(every.readable_by(request.user, on=today).for_list()[:MOST])
    line = concerns.line_for(partnership, version)
    context = {
        "partnership": partnership,
        "section": CONCERNS,
        "rows": [_row(each) for each in readable],
        "open": every.still_open().count(),
        "others": every.still_open().count() - sum(each.is_open for each in readable),
        "can_raise": concerns.may_raise(partnership, line, request.user),
        "kinds": Concern.Kind.choices,
        "line": _line_rows(line, version.policy if version else None),
        "clause": line.route.title if line.route else "",
    }
    return render(request, "approvals/concerns_of_entry.html", context)


def _line_rows(line: Line, policy: Policy | None) -> list[dict[str, str]]:
    """To whom a concern goes, as `components/route.html` draws it."""
    rows = []
    for stage in line.stages:
        days = f", within {words.count(stage.due_days, 'day')}" if stage.due_days else ""
        why = "" if stage.is_expected else "When somebody takes it further"
        rows.append(_step(stage, f"{concerns.labels_of(policy, stage.roles)}{days}", why))
    rows += [
        _step(stage, concerns.labels_of(policy, stage.roles), "Told at once")
        for stage in line.told
        if stage.is_expected
    ]
    return rows


def _step(stage: Stage, text: str, why: str, state: str = "", said: str = "") -> dict[str, str]:
    return {"title": stage.title, "state": state, "words": said, "text": text, "why": why, "source": stage.clause}


def _people_of(partnership: Partnership, but: User) -> list[User]:
    """Those with a part in an entry who could be told of a concern, by name."""
    named = (partnership.lead_officer_id, partnership.responsible_head_id, partnership.portfolio_holder_id)
    attends = Representative.objects.filter(partnership=partnership, user__isnull=False).values("user")
    people = User.objects.filter(Q(pk__in=[pk for pk in named if pk]) | Q(pk__in=attends), is_active=True)
    return list(people.exclude(pk=but.pk).order_by("name", "pk"))


def _own_form(policy: Policy | None) -> Questionnaire | None:
    """The policy's own form for concerns, where its route has one."""
    route = route_of(policy) if policy else None
    forms = [policy.questionnaire(each) for each in route.needs] if policy and route else []
    return forms[0] if forms else None


def _expected(partnership: Partnership) -> str:
    """What the register expects of an entry, to begin an exception report with."""
    said = []
    if partnership.contribution_a_year is not None:
        said.append(f"The council’s contribution is {words.money(partnership.contribution_a_year)} a year")
    if partnership.hours_a_month is not None:
        said.append(f"Officers give {words.hours(partnership.hours_a_month)}")
    if partnership.next_review_on:
        said.append(f"The next review is on {words.day(partnership.next_review_on)}")
    return "".join(f"{each}.\n" for each in said)


@requires("approvals.view")
def raise_concern(request: SignedIn, reference: str, kind: str) -> HttpResponse:
    """Ask the questions, then put the concern to the first of the policy's line."""
    partnership, today = _entry_or_404(reference), timezone.localdate()
    version = PolicyVersion.objects.in_force(today)
    line = concerns.line_for(partnership, version)
    if kind not in Concern.Kind.values or not concerns.may_raise(partnership, line, request.user):
        raise Http404
    policy = version.policy if version else None
    form = RaiseForm(
        request.POST or None,
        kind=kind,
        people=_people_of(partnership, request.user),
        own_form=_own_form(policy),
        policy=policy,
        expected=_expected(partnership),
    )
    if form.is_valid():
        try:
            made = concerns.raise_concern(partnership, form.said(), by=request.user, at=timezone.now(), version=version)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made} is raised. It is with {concerns.whose(made)} now")
            return redirect("approvals:concern", made.reference)
    context = {
        "partnership": partnership,
        "section": CONCERNS,
        "form": form,
        "kind": Concern.Kind(kind).label,
        "first": concerns.labels_of(policy, line.stages[0].roles),
        "clause": line.stages[0].clause,
        "told": [concerns.labels_of(policy, stage.roles) for stage in line.told if stage.is_expected],
    }
    return render(request, "approvals/concern_raise.html", context)


# --- One concern --------------------------------------------------------------------------------


def _concern_or_404(request: SignedIn, reference: str) -> Concern:
    """The concern with this reference, for those who may know of it. Raises Http404."""
    readable = Concern.objects.readable_by(request.user, on=timezone.localdate())
    listed = readable.select_related(
        "partnership__service", "partnership__lead_officer", "partnership__responsible_head",
        "partnership__portfolio_holder", "policy_version", "raised_by", "led_to",
    )  # fmt: skip
    return get_object_or_404(listed, reference=reference)


@dataclass(frozen=True)
class Verb:
    """One thing to do on a concern: its page's words, and who may do it now."""

    heading: str
    button: str
    label: str
    error: str
    done: str
    do: Callable[..., None]
    why_not: Callable[[Concern, Line, User], str]
    hint: str = ""


def _today() -> Any:
    return timezone.localdate()


VERBS: dict[str, Verb] = {
    "advise": Verb(
        "Advise", "Give this advice", "Your advice", "Enter your advice",
        "Your advice is kept. Those concerned are told",
        concerns.advise, lambda concern, line, user: concerns.why_not_answer(concern, user, on=_today()),
    ),
    "act": Verb(
        "Say what was done", "Keep what was done", "What did you do about it?", "Say what you did about it",
        "What was done is kept. Those concerned are told",
        concerns.act, lambda concern, line, user: concerns.why_not_answer(concern, user, on=_today()),
    ),
    "pass-on": Verb(
        "Take it further", "Take it further", "Why does it go further?", "Say why it goes further",
        "It is taken further", concerns.pass_on,
        lambda concern, line, user: concerns.why_not_pass_on(concern, line, user, on=_today()),
    ),
    "lead-to": Verb(
        "Say which request it led to", "Keep the request", "Why? (optional)", "", "The request is kept with it",
        concerns.lead_to, lambda concern, line, user: concerns.why_not_lead(concern, user, on=_today()),
    ),
    "close": Verb(
        "Close this concern", "Close this concern", "What came of it?", "Say what came of it",
        "This concern is closed. Whoever takes part can reopen it", concerns.close,
        lambda concern, line, user: concerns.why_not_close(concern, line, user, on=_today()),
        "Whoever raised it reads this",
    ),
    "say": Verb(
        "Add to it", "Add this", "What do you want to add?", "Enter what you want to add", "It is added",
        concerns.say, lambda concern, line, user: concerns.why_not_say(concern, user, on=_today()),
    ),
    "reopen": Verb(
        "Reopen this concern", "Reopen this concern", "Why is it open again?", "Say why it is open again",
        "This concern is open again", concerns.reopen,
        lambda concern, line, user: concerns.why_not_reopen(concern, user, on=_today()),
    ),
}  # fmt: skip


@requires("approvals.view")
def concern(request: SignedIn, reference: str) -> HttpResponse:
    """A concern with its thread, where it stands in the line, and what this person can do."""
    found = _concern_or_404(request, reference)
    line = concerns.line_of_concern(found)
    refusals = {name: verb.why_not(found, line, request.user) for name, verb in VERBS.items()}
    can_ask = request.user.has_perm("approvals.ask") and Partnership.objects.editable_by(request.user).contains(
        found.partnership
    )
    context = _context(found, line) | {
        "verbs": [(name, VERBS[name].heading) for name, problem in refusals.items() if not problem],
        "led_to": found.led_to if found.led_to and _may_read(request, found.led_to) else None,
        "problem": refusals["advise"] if found.is_open else "",
        "close_problem": refusals["close"] if found.is_open and not refusals["advise"] else "",
        "remarks": found.remarks.select_related("action").order_by("said_at", "pk"),
        "readers": [str(each.person) for each in found.readers.select_related("person").order_by("pk")],
        "steps": _steps(found, line),
        "can_ask": can_ask,
        "is_manager": Role.REGISTER_MANAGER in request.user.roles,
    }
    return render(request, "approvals/concern.html", context)


def _may_read(request: SignedIn, led_to: Request) -> bool:
    return Request.objects.readable_by(request.user).contains(led_to)


def _context(found: Concern, line: Line) -> dict[str, Any]:
    return {"concern": found, "partnership": found.partnership, "section": CONCERNS, "with": concerns.whose(found)}


def _steps(found: Concern, line: Line) -> list[dict[str, str]]:
    """Where the concern stands in the line, as `components/route.html` draws it."""
    policy = found.policy_version.policy if found.policy_version else None
    places = list(found.places.order_by("pk"))
    rows = []
    for stage in (*line.stages, *line.told):
        here = [place for place in places if place.stage == stage.id]
        is_now = found.is_open and any(place.until is None and not place.is_told for place in here)
        text = concerns.labels_of(policy, stage.roles)
        if is_now and here[0].due_on:
            text = f"{text}, by {words.day(here[0].due_on)}"
        elif here:
            text = f"{text}, {'told' if here[0].is_told else 'since'} {words.day(here[0].since)}"
        state = "now" if is_now else "done" if here else "" if stage.is_expected else "skip"
        said = {"now": "with them now", "done": "done", "skip": "not needed so far", "": "to come"}[state]
        why = "" if stage.is_expected or here else "When somebody takes it further"
        rows.append(_step(stage, text, why, state, said))
    return rows


@requires("approvals.view")
def answer(request: SignedIn, reference: str, verb: str) -> HttpResponse:
    """Advise, act, take it further, close, reopen, or add to it: words are always asked."""
    found = _concern_or_404(request, reference)
    if verb not in VERBS:
        raise Http404
    asked, line = VERBS[verb], concerns.line_of_concern(found)
    if problem := asked.why_not(found, line, request.user):
        messages.error(request, f"{problem}.")
        return redirect("approvals:concern", reference)
    more: dict[str, Any] = {"label": asked.label, "error": asked.error, "hint": asked.hint}
    if verb == "pass-on":
        more["hint"] = _where_to(found, line)
    form: SayForm
    if verb == "lead-to":
        form = LeadForm(request.POST or None, requests=concerns.requests_for(found, request.user), **more)
    elif verb == "act":
        form = ActForm(request.POST or None, people=User.objects.filter(is_active=True).order_by("name", "pk"), **more)
    else:
        form = SayForm(request.POST or None, **more)
    if form.is_valid():
        try:
            asked.do(found, form.cleaned_data["text"], by=request.user, at=timezone.now(), **form.extra())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, asked.done)
            return redirect("approvals:concern", reference)
    context = _context(found, line) | {"form": form, "heading": asked.heading, "button": asked.button}
    return render(request, "approvals/concern_answer.html", context)


def _where_to(found: Concern, line: Line) -> str:
    policy = found.policy_version.policy if found.policy_version else None
    following = concerns.next_stage(found, line)
    return f"It goes to {concerns.labels_of(policy, following.roles)}, who read this" if following else ""
