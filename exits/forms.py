"""The forms of leaving and of the lessons."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from config.fields import DatePartsField, Radios
from exits.models import Kind, Lesson, Use
from exits.rules import MOST_LESSONS

LONG = 5000
MOST_WEEKS = 260


class PlainForm(forms.Form):
    """A form whose page draws the form element and the button."""

    helper = FormHelper()
    helper.form_tag = False


class DecisionForm(PlainForm):
    """A decision to leave that was taken before the register kept decisions."""

    decided_on = DatePartsField(
        label="When was leaving decided?",
        error_messages={"required": "Enter the day on which leaving was decided"},
    )
    decided_by = forms.CharField(
        label="Who decided it?",
        help_text="The body, and its minute or reference",
        max_length=200,
        error_messages={"required": "Enter who decided it"},
    )


class ArrangementsForm(PlainForm):
    """The days of leaving, the notice, whom was told and what comes back."""

    last_day = DatePartsField(
        label="Last day on which the council takes part",
        help_text="The last day on which it takes part, pays or provides staff",
        required=False,
    )
    notice_weeks = forms.IntegerField(
        label="Notice that must be given, in weeks",
        help_text="As the agreement or the terms of reference say. Enter 0 if none must be given",
        required=False,
        min_value=0,
        max_value=MOST_WEEKS,
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input govuk-input--width-3"}),
        error_messages={
            "invalid": "Enter the notice in whole weeks, like 12",
            "min_value": "Enter 0 or more weeks",
            "max_value": f"Enter {MOST_WEEKS} weeks or fewer",
        },
    )
    notice_given_on = DatePartsField(label="Notice was given on", required=False)
    notice_agreed = forms.CharField(
        label="What was agreed with the partners instead of that notice",
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 2}),
    )
    people_told = forms.CharField(
        label="Who has been told",
        help_text="Such as the chair, staff, partners and those who use the service, and when",
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
    )
    resources_back = forms.CharField(
        label="What has come back to the council or gone back to partners",
        help_text="Such as money, equipment, premises and people",
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
    )


TYPED_KINDS = (Kind.ACHIEVEMENT, Kind.PRACTICE, Kind.IMPROVEMENT)


class LessonsForm(PlainForm):
    """Up to three lessons of each kind (FIG-11)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in TYPED_KINDS:
            for place in range(1, MOST_LESSONS + 1):
                self.fields[f"{kind.value}_{place}"] = forms.CharField(
                    label=f"{kind.label} {place}",
                    required=False,
                    max_length=LONG,
                    widget=forms.Textarea({"rows": 2}),
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(cleaned.get(name) for name in self.fields) and not self.errors:
            first = f"{TYPED_KINDS[0].value}_1"
            self.add_error(first, "Enter at least one achievement, good practice or thing that could have been better")
        return cleaned

    def said(self) -> dict[str, list[str]]:
        """The lessons by kind, empty fields left out."""
        return {
            kind.value: [
                text
                for place in range(1, MOST_LESSONS + 1)
                if (text := self.cleaned_data.get(f"{kind.value}_{place}", "").strip())
            ]
            for kind in TYPED_KINDS
        }


class LessonAnswersForm(PlainForm):
    """What a proposer says to each lesson that is offered."""

    def __init__(self, *args: Any, lessons: list[Lesson], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lessons = lessons
        for lesson in lessons:
            self.fields[f"use_{lesson.pk}"] = forms.ChoiceField(
                label=lesson.text,
                help_text=f"{lesson.get_kind_display()} of {lesson.leaving.partnership}",
                choices=Use.choices,
                required=False,
                widget=Radios(),
            )
            self.fields[f"because_{lesson.pk}"] = forms.CharField(
                label="How it is used, or why it does not apply",
                required=False,
                max_length=LONG,
                widget=forms.Textarea({"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for lesson in self.lessons:
            use, because = cleaned.get(f"use_{lesson.pk}"), cleaned.get(f"because_{lesson.pk}", "").strip()
            if use == Use.NOT and not because:
                self.add_error(f"because_{lesson.pk}", f"Say why this does not apply: {lesson.text}")
            if because and not use:
                self.add_error(f"use_{lesson.pk}", f"Say whether this is used: {lesson.text}")
        return cleaned

    def said(self) -> dict[int, tuple[str, str]]:
        """By lesson: used or not, and why. What nobody answered is left out."""
        return {
            each.pk: (use, self.cleaned_data.get(f"because_{each.pk}", "").strip())
            for each in self.lessons
            if (use := self.cleaned_data.get(f"use_{each.pk}"))
        }


class WhyForm(PlainForm):
    """Why it is taken back that the council has left."""

    why = forms.CharField(
        label="Why is this taken back?",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter why this is taken back"},
    )


class LessonFilterForm(forms.Form):
    """What the list of lessons can be narrowed to."""

    helper = FormHelper()
    helper.form_tag = False
    q = forms.CharField(label="Words", required=False, max_length=100)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *Kind.choices])
    nature = forms.ChoiceField(label="Nature of the partnership", required=False)
    theme = forms.ChoiceField(label="Theme", required=False)
    partner = forms.CharField(label="Partner", required=False, max_length=100)
    year = forms.ChoiceField(label="Said in", required=False)

    def __init__(
        self, *args: Any, natures: Mapping[str, str], themes: Mapping[str, str], years: list[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, labels in (("nature", natures), ("theme", themes)):
            if labels:
                self.fields[name].choices = [("", "All"), *labels.items()]  # type: ignore[attr-defined]
            else:
                del self.fields[name]
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            ("", "All years"),
            *((str(year), str(year)) for year in years),
        ]
