"""The page on which everything a person holds is handed over."""

from itertools import groupby
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import handover
from accounts.handover import EMPTY, STAY, Held, Move, Passing
from accounts.models import HandedOver, User
from accounts.permissions import SignedIn, requires
from config import words
from config.fields import DatePartsField
from policy.refused import Refused


class HandoverForm(forms.Form):
    """Who takes everything, or each thing, from which day and why."""

    helper = FormHelper()
    helper.form_tag = False
    to = forms.ModelChoiceField(
        label="Who takes everything?",
        help_text="You can choose somebody else for single things below",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody takes everything",
        error_messages={"invalid_choice": "Choose a person of the list"},
    )
    on = DatePartsField(label="From", error_messages={"required": "Enter the day from which the new holder has it"})
    reason = forms.CharField(
        label="Why?",
        max_length=500,
        error_messages={"required": "Say why things are handed over, like “Leaves the council”"},
    )

    def __init__(self, *args: Any, person: User, things: list[Held], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name", "pk")
        self.people = {str(each.pk): each for each in people}
        self.fields["to"].queryset = people  # type: ignore[attr-defined]
        self.things = things
        named = [(pk, str(each)) for pk, each in self.people.items()]
        for held in things:
            offered = [(EMPTY, "Give it back: it becomes vacant")] if held.empties else named
            self.fields[f"to-{held.key}"] = forms.ChoiceField(
                label=held.words,
                help_text=". ".join(filter(None, (held.note, held.empties))),
                required=False,
                choices=[("", "As for everything"), (STAY, "It stays"), *offered],
                error_messages={"invalid_choice": "Choose a person of the list"},
            )

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of single things under what they are."""
        grouped = groupby(self.things, key=lambda held: held.kind)
        return [(kind, [self[f"to-{held.key}"] for held in things]) for kind, things in grouped]

    @property
    def shared(self) -> list[forms.BoundField]:
        """The fields that hold for everything."""
        return [self["to"], self["on"], self["reason"]]

    def passings(self) -> list[Passing]:
        """What is to be handed over."""
        given = self.cleaned_data
        each = {held.key: given.get(f"to-{held.key}", "") for held in self.things}
        return handover.chosen(self.things, to_all=given.get("to"), to_each=each, people=self.people)


@requires("accounts.hand_over")
def hand_over(request: SignedIn, user_id: int) -> HttpResponse:
    """Show what a person holds; then who would take what; then hand it over."""
    person = get_object_or_404(User, pk=user_id)
    now = timezone.now()
    today = timezone.localdate(now)
    things = handover.held_by(person)
    form = HandoverForm(request.POST or None, person=person, things=things, initial={"on": today})
    passings: list[Passing] = []
    if form.is_valid():
        passings = form.passings()
        move = Move(person, form.cleaned_data["on"], request.user, form.cleaned_data["reason"], now)
        try:
            if problem := handover.why_not(passings, move, today=today):
                raise Refused(problem)
            if request.POST.get("checked"):
                if request.POST.get("count") != str(len(passings)):
                    raise Refused(f"What {person} holds changed after you looked. Check it again")
                done = handover.hand_over(passings, move, today=today)
                messages.success(request, f"{words.count(done, 'thing')} handed over from {person}")
                return redirect("accounts:hand_over", user_id)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            passings = []
    context = {
        "subject": person,
        "form": form,
        "things": things,
        "passings": passings,
        "warnings": handover.warnings(passings),
        "made": HandedOver.objects.filter(person=person).select_related("by").order_by("-at", "-pk")[:10],
        "posted": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", "checked", "count")
        ],
    }
    return render(request, "accounts/hand_over.html", context)


@requires("accounts.hand_over")
@require_POST
def hand_back(request: SignedIn, user_id: int, made_id: int) -> HttpResponse:
    """Hand back what is still where a handover put it."""
    made = get_object_or_404(HandedOver, person=user_id, pk=made_id)
    now = timezone.now()
    try:
        done, elsewhere = handover.hand_back(made, by=request.user, at=now, today=timezone.localdate(now))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        rest = f". Elsewhere by now, or vacant: {words.listed(elsewhere)}" if elsewhere else ""
        messages.success(request, f"{words.count(done, 'thing')} handed back{rest}")
    return redirect("accounts:hand_over", user_id)
