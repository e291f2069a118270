"""All actions in one list, and the page of each: notes, closing, reopening, putting off, handing over."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from config import words
from policy.refused import Refused
from register import action_forms, actions, sections
from register.action_list import NOBODY, STATES, ActionFilter, actions_for, owners
from register.models import Action, Origin
from register.views.shared import page

SIZES = (25, 50, 100)


@requires("register.view")
def action_list(request: SignedIn) -> HttpResponse:
    """Everything that is to be done, whatever it comes from, those that fall due first in front."""
    today = timezone.localdate()
    wanted = ActionFilter.read(request.GET)
    size = request.GET.get("size", "")
    paginator = Paginator(actions_for(wanted, request.user, today), int(size) if size in map(str, SIZES) else SIZES[0])
    shown = paginator.get_page(request.GET.get("page"))
    sources = actions.sources_of(shown, request.user)
    people = owners()
    context = {
        "wanted": wanted,
        "page": shown,
        "rows": [(action, sources[action.pk], action.is_late(today)) for action in shown],
        "chips": wanted.chips(people),
        "states": STATES.items(),
        "origins": Origin.choices,
        "people": people,
        "nobody": NOBODY,
        "views": [
            ("All open", ActionFilter()),
            ("Mine", ActionFilter(mine=True)),
            ("Late", ActionFilter(state="late")),
            ("Closed", ActionFilter(state="closed")),
        ],
        "sizes": SIZES,
    }
    return render(request, "register/action_list.html", context)


def _action_or_404(action_id: int) -> Action:
    listed = Action.objects.select_related("partnership", "owner", "evidence_document")
    return get_object_or_404(listed, pk=action_id)


@requires("register.view")
def action(request: SignedIn, action_id: int) -> HttpResponse:
    """One action: what, whose, by when, what was said on the way, and what shows that it was done."""
    found = _action_or_404(action_id)
    theirs = Action.objects.workable_by(request.user).contains(found)
    context = _page(request, found)
    context |= {
        "notes": found.notes.order_by("-said_at", "-pk"),
        "can_work": theirs and found.is_open,
        "can_reopen": theirs and not found.is_open,
        "problem": "" if theirs else actions.why_not_work(found, request.user),
    }
    return render(request, "register/action.html", context)


def _page(request: SignedIn, found: Action, **more: Any) -> dict[str, Any]:
    source = actions.sources_of([found], request.user)[found.pk]
    return page(
        request, found.partnership, sections.ACTIONS, action=found, source=source,
        is_late=found.is_late(timezone.localdate()), **more,
    )  # fmt: skip


def _act(
    request: SignedIn,
    action_id: int,
    form_class: type[action_forms.ActionForm],
    do: Callable[[Action, dict[str, Any]], str],
    *,
    heading: str,
    button: str,
    why_not: Callable[[Action], str] = Action.why_not_work,
) -> HttpResponse:
    """One step on an action, for those who may work on it; the banner says what `do` answers."""
    found = _action_or_404(action_id)
    if not Action.objects.workable_by(request.user).contains(found):
        raise Http404
    if request.method == "GET" and (problem := why_not(found)):
        messages.error(request, problem)
        return redirect("register:action", action_id)
    form = form_class(request.POST or None, action=found)
    if form.is_valid():
        try:
            said = do(found, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("register:action", action_id)
    context = _page(request, found, form=form, heading=heading, button=button)
    return render(request, "register/action_act.html", context)


@requires("register.view")
def note(request: SignedIn, action_id: int) -> HttpResponse:
    """Say how an action goes."""

    def do(found: Action, said: dict[str, Any]) -> str:
        actions.note(found, said["text"], by=request.user, at=timezone.now())
        return "Your note is kept"

    return _act(request, action_id, action_forms.NoteForm, do, heading="Add a note", button="Add this note")


@requires("register.view")
def close(request: SignedIn, action_id: int) -> HttpResponse:
    """Close an action with what was done and what shows it."""

    def do(found: Action, said: dict[str, Any]) -> str:
        actions.close(found, by=request.user, at=timezone.now(), **said)
        return "This action is closed. You can reopen it if it is not done after all"

    form = action_forms.CloseActionForm
    return _act(request, action_id, form, do, heading="Close this action", button="Close this action")


@requires("register.view")
def reopen(request: SignedIn, action_id: int) -> HttpResponse:
    """Open a closed action again."""

    def do(found: Action, said: dict[str, Any]) -> str:
        actions.reopen(found, by=request.user, at=timezone.now(), **said)
        return "This action is open again. What was said when it was closed stays below"

    return _act(
        request, action_id, action_forms.ReopenForm, do, heading="Reopen this action", button="Reopen this action",
        why_not=Action.why_not_reopen,
    )  # fmt: skip


@requires("register.view")
def postpone(request: SignedIn, action_id: int) -> HttpResponse:
    """Put off the day of an action."""

    def do(found: Action, said: dict[str, Any]) -> str:
        actions.postpone(found, said["to"], why=said["why"], by=request.user, at=timezone.now())
        return f"This action is due on {words.day(said['to'])} now"

    form = action_forms.PostponeForm
    return _act(request, action_id, form, do, heading="Put this action off", button="Put this action off")


@requires("register.view")
def hand_over(request: SignedIn, action_id: int) -> HttpResponse:
    """Give an action to another owner."""

    def do(found: Action, said: dict[str, Any]) -> str:
        actions.hand_over(found, said["owner"], why=said["why"], by=request.user, at=timezone.now())
        return f"{said['owner']} does this from now on, and is told"

    form = action_forms.HandOverForm
    return _act(request, action_id, form, do, heading="Hand this action over", button="Hand this action over")
