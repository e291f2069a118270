"""The forms of reviews and of the yearly refresh."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from assessments.models.periods import year_label
from config import words
from config.fields import Checkboxes, DatePartsField, Radios
from policy.model import Policy, Step
from policy.refused import Refused
from register.models import Partnership
from reviews.models import Recommendation
from reviews.services import FIGURES, LETTER, PLACEHOLDERS, year_of

LONG = 5000


class PlainForm(forms.Form):
    """A form whose page draws the form element and the button."""

    helper = FormHelper()
    helper.form_tag = False


def _text(label: str, *, missing: str = "", hint: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(missing),
        max_length=LONG,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": missing, "max_length": f"Write {LONG} characters or fewer"},
    )


class DoneInWords(PlainForm):
    """Words for each step of the route that has no form of its own; how far the partnership's figures hold.

    `steps` are those that the person says they have done; `assurance` is the policy's field for the figures.
    """

    def __init__(
        self,
        *args: Any,
        steps: Sequence[Step] = (),
        policy: Policy | None = None,
        partnership: Partnership | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.steps = steps
        for step in steps:
            self.fields[f"said_{step.id}"] = _text(
                step.title,
                missing=f"Say in a few words what was done: {words.inside(step.title)}",
                hint=f"{step.scope + '. ' if step.scope else ''}In a few words, for those who receive it",
                rows=3,
            )
        if policy is not None and partnership is not None:
            self._ask_of_figures(policy, partnership)

    def _ask_of_figures(self, policy: Policy, partnership: Partnership) -> None:
        assurance, caveat = (policy.core_field(name) for name in FIGURES)
        if assurance is None or not assurance.list:
            return
        values = policy.list(assurance.list).values
        self.needs_caveat = {value.id for value in values if value.needs_note}
        self.fields["data_assurance"] = forms.ChoiceField(
            label=assurance.label,
            choices=[(value.id, value.label) for value in values if value.active],
            initial=partnership.data_assurance,
            widget=Radios(),
            error_messages={"required": "Choose whether the figures are checked"},
        )
        self.fields["data_caveat"] = _text(
            caveat.label if caveat else "Data caveat",
            hint="Needed where they are not checked. Reports print it wherever the figures appear",
            rows=2,
        )
        self.fields["data_caveat"].initial = partnership.data_caveat

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("data_assurance") in getattr(self, "needs_caveat", ()) and not cleaned.get("data_caveat"):
            self.add_error("data_caveat", "Write the caveat that is printed wherever the figures appear")
        return cleaned

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes beside the form's own fields: words by step, and what was said of the figures."""
        said = {step.id: self.cleaned_data[f"said_{step.id}"] for step in self.steps}
        figures = {name: self.cleaned_data[name] for name in FIGURES if name in self.cleaned_data}
        return {"said": said, "figures": figures}


class SendForm(DoneInWords):
    """What whoever reviews a partnership recommends."""

    recommendation = forms.ChoiceField(
        label="What do you recommend?",
        choices=Recommendation.choices,
        widget=Radios(
            hints={
                "change": "You can ask for the change once the review is signed off",
                "leave": "You can ask for the decision to leave once the review is signed off",
            }
        ),
        error_messages={"required": "Choose what you recommend"},
    )
    why = _text("Why?", hint="Needed for changes and for leaving. It opens the request with these words", rows=4)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("recommendation") in (Recommendation.CHANGE, Recommendation.LEAVE) and not cleaned.get("why"):
            self.add_error("why", "Say why you recommend it")
        return cleaned


class SignOffForm(PlainForm):
    """Sign a review off, or ask back."""

    outcome = forms.ChoiceField(
        label="What do you say to this review?",
        choices=[("sign_off", "Sign it off"), ("challenge", "Ask back")],
        widget=Radios(hints={"challenge": "It goes back to the lead officer. Both texts are kept"}),
        error_messages={"required": "Choose whether you sign it off or ask back"},
    )
    text = _text("Note, or your question", hint="A question is needed to ask back", rows=4)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == "challenge" and not cleaned.get("text"):
            self.add_error("text", "Enter your question")
        return cleaned


class AnswerForm(DoneInWords):
    """An answer to a challenge."""

    text = _text("Your answer", missing="Enter your answer")


class CloseForm(PlainForm):
    """Ending something unfinished."""

    note = _text("Why is it closed?", missing="Say why it is closed", rows=3)


class OpenForm(PlainForm):
    """A review outside its cycle: by when, and why."""

    due_on = DatePartsField(label="By when?", error_messages={"required": "Enter the day by which it is wanted"})
    why = _text("Why now?", missing="Say why it is wanted now", rows=3)


class DoneForm(DoneInWords):
    """Something without a form that was done."""

    done_on = DatePartsField(
        label="When was it done?", error_messages={"required": "Enter the day on which it was done"}
    )
    note = _text(
        "What came of it?",
        missing="Say in a few words what was done, and what came of it",
        hint="A sentence, or where the paper is kept",
        rows=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = not self.steps  # words for the steps of its route say it already


class PracticeForm(PlainForm):
    """A step that was done with the partners: when, how, and the document that shows it."""

    done_on = DatePartsField(
        label="When was it done?", error_messages={"required": "Enter the day on which it was done"}
    )
    note = _text(
        "How was it done?", missing="Say in a few words how it was done", hint="Who took part, and what came of it"
    )
    document: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Which document shows it?",
        queryset=None,
        required=False,
        empty_label="None",
        help_text="Add it under Documents first",
        error_messages={"invalid_choice": "Choose a document of this partnership"},
    )

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = documents  # type: ignore[attr-defined]


class YearForm(PlainForm):
    """Opening the yearly refresh: which year, which entries, by when, the letter."""

    year = forms.CharField(
        label="Review year",
        help_text="From April to March, like 2026-27",
        max_length=7,
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
        error_messages={"required": "Enter the review year, like 2026-27", "max_length": "Write the year like 2026-27"},
    )
    due_on = DatePartsField(label="Due on", error_messages={"required": "Enter the day on which the reviews are due"})
    reports_on = DatePartsField(label="When is it reported?", required=False)
    services = forms.MultipleChoiceField(
        label="Which services?",
        help_text="All of them, if you tick none",
        required=False,
        widget=Checkboxes(small=True),
        error_messages={"invalid_choice": "Tick services of the list"},
    )
    letter = _text(
        "The chasing letter",
        missing="Enter the letter",
        hint=f"{words.listed(PLACEHOLDERS)} are filled in for each review; the link to it follows the text",
        rows=8,
    )

    def __init__(self, *args: Any, service_choices: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"year": year_label(today).replace("–", "-"), "letter": LETTER})
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["reports_on"].show_optional = True  # type: ignore[attr-defined]
        if service_choices:
            self.fields["services"].choices = service_choices  # type: ignore[attr-defined]
        else:
            del self.fields["services"]

    def clean_year(self) -> str:
        year = str(self.cleaned_data["year"]).strip().replace("–", "-")
        try:
            year_of(year)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None
        return year

    def clean_due_on(self) -> Any:
        due = self.cleaned_data["due_on"]
        if due and due <= self.today:
            raise ValidationError("Enter a day after today, so that everybody has time to answer")
        return due

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        due, reports = cleaned.get("due_on"), cleaned.get("reports_on")
        if due and reports and reports < due:
            self.add_error("reports_on", "The report must be on or after the day on which the reviews are due")
        return cleaned


class LetterForm(PlainForm):
    """The words of the chasing letter."""

    letter = _text(
        "The chasing letter",
        missing="Enter the letter",
        hint=f"{words.listed(PLACEHOLDERS)} are filled in for each review; the link to it follows the text",
        rows=8,
    )


class RemindForm(forms.Form):
    """The reviews whose people are reminded now."""

    review = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": "Tick the reviews whose people you want to remind"}
    )

    def __init__(self, *args: Any, reviews: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review"].choices = [(str(each), str(each)) for each in reviews]  # type: ignore[attr-defined]
        self.fields["review"].error_messages["invalid_choice"] = (
            "One of these was sent meanwhile. Tick the others again"
        )
