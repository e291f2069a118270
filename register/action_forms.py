"""The forms of an action: a note, closing, reopening, putting off, handing over."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from accounts.models import User
from config.fields import DatePartsField
from register.actions import people_to_own
from register.models import Action, Document

LONG = 2000


class ActionForm(forms.Form):
    """A form about one action; its page draws the form element and the button."""

    helper = FormHelper()
    helper.form_tag = False

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        self.ask()

    def ask(self) -> None:
        """Fit the fields to the action."""


class NoteForm(ActionForm):
    """How it goes."""

    text = forms.CharField(
        label="How does it go?",
        help_text="Your name and today’s date are kept with it",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say how it goes"},
    )


class CloseActionForm(ActionForm):
    """What was done, and what shows it."""

    outcome = forms.CharField(
        label="What was done?",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say what was done"},
    )
    evidence = forms.CharField(
        label="What shows it?",
        help_text="Such as a minute, a letter, or the address of a page",
        max_length=LONG,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    document = forms.ModelChoiceField(
        label="Document of the partnership that shows it (optional)",
        queryset=Document.objects.none(),
        required=False,
        empty_label="No document",
        error_messages={"invalid_choice": "Choose a document of this partnership"},
    )
    evidence_on = DatePartsField(label="Date of what shows it (optional)", required=False)

    def ask(self) -> None:
        documents = self.action.partnership.documents.order_by("title", "pk")
        self.fields["document"].queryset = documents  # type: ignore[attr-defined]
        if not self.action.needs_evidence:
            self.fields["evidence"].label = "What shows it? (optional)"
        if not documents:
            del self.fields["document"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.action.needs_evidence and not cleaned.get("evidence") and not cleaned.get("document"):
            self.add_error("evidence", "Say what shows that it was done: a decision depends on it")
        return cleaned


class ReopenForm(ActionForm):
    """Why it is open again."""

    why = forms.CharField(
        label="Why is this action open again?",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why this action is open again"},
    )


class PostponeForm(ActionForm):
    """A later day, and why."""

    to = DatePartsField(label="New day", error_messages={"required": "Enter the new day"})
    why = forms.CharField(
        label="Why is it put off?",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why it is put off"},
    )

    def ask(self) -> None:
        if self.action.postponed:
            self.fields["why"].help_text = "It was put off before, so the register manager is told"


class HandOverForm(ActionForm):
    """Another owner, and why."""

    owner = forms.ModelChoiceField(
        label="Who does it from now on?",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose who does it from now on"},
    )
    why = forms.CharField(label="Why? (optional)", max_length=LONG, required=False, widget=forms.Textarea({"rows": 2}))

    def ask(self) -> None:
        self.fields["owner"].queryset = people_to_own().exclude(pk=self.action.owner_id)  # type: ignore[attr-defined]
