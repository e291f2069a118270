"""For a register manager: every step that waits, reminders, and steps given to another person."""

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import User
from accounts.permissions import SignedIn, requires
from approvals import chasing, queries, services
from approvals.forms import LONG, PlainForm
from approvals.models import Chaser, Given, Request, Status, Turn
from approvals.rules import StepState
from policy.refused import Refused

A_PAGE = 25


class RemindForm(PlainForm):
    """A reminder with a word."""

    word = forms.CharField(
        label="A word to go with it (optional)",
        help_text="It goes in the e-mail, so say nothing confidential",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class GiveForm(PlainForm):
    """Another person for a step."""

    helper = FormHelper()
    helper.form_tag = False
    person = forms.ModelChoiceField(
        label="Who takes it?",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose who takes it", "invalid_choice": "Choose one of the people listed"},
    )
    reason = forms.CharField(
        label="Why does somebody else take it?",
        help_text="It stands on the route and in the history",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why somebody else takes this step"},
    )


@requires("approvals.chase")
def waiting_list(request: SignedIn) -> HttpResponse:
    """Every step that waits for somebody, those that are due first; a fixed number of queries."""
    services.bring_up_to_date()
    today = timezone.localdate()
    another = Turn.objects.filter(request=OuterRef("request"), step=OuterRef("step"), pk__lt=OuterRef("pk"))
    reminded = Chaser.objects.filter(request=OuterRef("request"), step=OuterRef("step")).order_by("-at").values("at")
    given = Given.objects.filter(
        request=OuterRef("request"), step=OuterRef("step"), round=OuterRef("request__round")
    ).values("person_name")
    turns = Turn.objects.with_requests().filter(~Exists(another), request__status=Status.SENT)
    is_late = request.GET.get("show") == "late"
    if is_late:
        turns = turns.filter(due_on__lt=today)
    turns = turns.annotate(reminded_at=Subquery(reminded[:1]), given_to=Subquery(given[:1]))
    page = Paginator(turns, A_PAGE).get_page(request.GET.get("page"))
    rows = []
    nobody = chasing.nobody_can(list(page), on=today)
    for turn in page:
        policy = turn.request.policy_version.policy
        step = policy.route(turn.request.route).by_id[turn.step]
        rows.append(
            {
                "turn": turn,
                "step": step,
                "whose": getattr(turn, "given_to", "") or queries.whose(turn.request, turn),
                "days": (today - turn.since).days,
                "can_be_given": chasing.can_be_given(policy, step),
                "nobody": nobody.get((turn.request_id, turn.step), ""),
            }
        )
    context = {"page": page, "rows": rows, "is_late": is_late, "sizes": (A_PAGE,)}
    return render(request, "approvals/waiting_list.html", context)


def _open_or_404(reference: str, step_id: str) -> tuple[Request, StepState]:
    found = get_object_or_404(Request.objects.select_related("partnership", "policy_version"), reference=reference)
    try:
        return found, chasing.open_step(found, step_id)
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal


@requires("approvals.chase")
def remind(request: SignedIn, reference: str, step_id: str) -> HttpResponse:
    """Remind those whose turn it is, with a word."""
    found, state = _open_or_404(reference, step_id)
    user = request.user
    form = RemindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            chaser = chasing.remind_now(
                found, step_id, word=form.cleaned_data["word"].strip(), by=user, at=timezone.now()
            )
        except Refused as refusal:
            form.add_error("word", str(refusal))
        else:
            messages.success(request, f"{chaser.people} reminded of {reference}")
            return redirect("approvals:waiting_list")
    return render(request, "approvals/form_page.html", {
        "found": found, "form": form, "title": f"Remind of “{state.step.title}”", "button": "Send the reminder",
    })  # fmt: skip


@requires("approvals.chase")
def give(request: SignedIn, reference: str, step_id: str) -> HttpResponse:
    """Give an officer's step to another holder of its role."""
    found, state = _open_or_404(reference, step_id)
    if not chasing.can_be_given(found.policy_version.policy, state.step):
        raise Http404
    user = request.user
    today = timezone.localdate()
    form = GiveForm(request.POST or None)
    people = chasing.candidates(found, state, on=today)
    form.fields["person"].queryset = User.objects.filter(pk__in=[each.pk for each in people]).order_by("name", "pk")  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            given = chasing.give_to(
                found, step_id, form.cleaned_data["person"], reason=form.cleaned_data["reason"], by=user, on=today
            )
        except Refused as refusal:
            form.add_error("person", str(refusal))
        else:
            messages.success(request, f"{given.person_name} takes “{state.step.title}” of {reference} now")
            return redirect("approvals:request", reference)
    says = "From then on it is theirs alone. For an absence between two days, name a deputy instead."
    return render(request, "approvals/form_page.html", {
        "found": found, "form": form, "title": f"Give “{state.step.title}” to somebody else",
        "button": "Give the step", "says": says,
    })  # fmt: skip
