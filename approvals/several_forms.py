"""The forms for taking several steps at once: one for each request, and what all of them share."""

from typing import Any

from django import forms

from approvals.forms import PlainForm, StepForm
from config.fields import DatePartsField

KEPT = ("mark", "received", "outcome", "reason_from_list", "reasons", "minute")


class OneOfSeveralForm(StepForm):
    """What is said on one of several requests; without an outcome it is left for later.

    What is only received has a box instead, ticked already: one press records all of them.

    Conditions, options and interests belong on the request's own page: whoever needs them takes the step there.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.outcomes:
            self.fields["received"] = forms.BooleanField(label="Received", required=False, initial=True)
        self.fields = {name: self.fields[name] for name in KEPT if name in self.fields}
        if self.outcomes:
            self.fields["outcome"].required = False
        self.fields["reasons"].widget.attrs["rows"] = 3 if self.outcomes else 1

    @property
    def is_left(self) -> bool:
        """Whether this one is left for later."""
        return not (self.cleaned_data.get("outcome") or self.cleaned_data.get("received")) and not self.errors

    def clean(self) -> dict[str, Any]:
        cleaned = super(StepForm, self).clean() or {}
        if not self.outcomes:
            if cleaned.get("reasons") and not cleaned.get("received"):
                self.add_error("received", "Tick that it is received, or take the note out")
            return cleaned
        outcome = self.outcomes.get(cleaned.get("outcome", ""))
        if outcome is None:
            if cleaned.get("reasons") and "outcome" not in self.errors:
                self.add_error("outcome", "Select an outcome for these reasons, or take them out")
        elif outcome.reason == "required" and not cleaned.get("reasons"):
            self.add_error("reasons", "Enter the reasons")
        return cleaned


class SharedForm(PlainForm):
    """What several decisions of one sitting have in common."""

    on = DatePartsField(
        label="Day of the decisions",
        help_text="Today, or the day of the meeting. It holds for all of them",
        required=False,
    )
    minute = forms.CharField(
        label="Minute reference of all of them",
        help_text="A reference that you enter at a request counts before it",
        required=False,
        max_length=60,
    )
