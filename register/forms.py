"""Forms of an entry and its rows, built from the facts that the policy asks for."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from config import words
from config.fields import Checkboxes, DatePartsField, HoursField, MoneyField, Radios
from register import uploads
from register.facts import Fact
from register.models import Organisation, Partnership, Representative, Status

NOT_KNOWN = ("", "Not known")
MANY = 8  # options from here on are a select, not radios

# The fact at which a rule of the record is reported, and its sentence where the rule's own does not fit a form.
RULES = {
    "one_partnership_a_name": "name",
    "partnership_ends_after_it_starts": "ends_on",
    "hours_not_below_nought": "hours_a_month",
    "one_membership_an_organisation": "organisation_id",
    "one_lead_partner": "is_lead",
    "one_link_a_priority": "priority_id",
    "a_name_or_a_vacancy": "name",
    "representative_ends_after_start": "ends_on",
    "contribution_not_below_nought": "amount",
    "likelihood_and_impact_together": "impact",
}


class FactForm(forms.Form):
    """Asks for facts of one record: an entry's section, or a row.

    `typed` gives the values by fact name, as the register keeps them. Rules of the record (one lead partner, an
    end after its start) are checked here too, so that a person reads them at the field.
    """

    helper = FormHelper()
    helper.form_tag = False

    def __init__(self, *args: Any, record: Any, facts: Sequence[Fact], **kwargs: Any) -> None:
        self.record, self.facts = record, facts
        super().__init__(*args, **kwargs)
        if record.pk is not None:
            self.initial = _initial(record, facts)
        for fact in facts:
            asks = field_for(fact, required=_is_required(fact, record))
            asks.shown_with, asks.shown_for = fact.shown_with, " ".join(fact.shown_for)  # type: ignore[attr-defined]
            self.fields[fact.input_name] = asks

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._leave_what_is_not_asked()
        if not self.errors:
            self._hold_to_the_rules()
        return cleaned

    def _leave_what_is_not_asked(self) -> None:
        """A fact that another answer makes needless stays as it was, and nothing is wrong with it."""
        for fact in self.facts:
            if fact.shown_with in self.cleaned_data and str(self.cleaned_data[fact.shown_with]) not in fact.shown_for:
                self.cleaned_data[fact.input_name] = fact.read(self.record)
                self.errors.pop(fact.input_name, None)

    def _hold_to_the_rules(self) -> None:
        candidate = copy(self.record)
        for fact in self.facts:
            value = self.cleaned_data[fact.input_name]
            if fact.kind == "organisation":
                candidate.organisation = Organisation.objects.filter(name__iexact=value).first()
            elif fact.kind != "sector" and ":" not in fact.name:
                setattr(candidate, fact.name, value)
        if isinstance(candidate, Representative) and candidate.is_vacant and candidate.name:
            self.add_error("name", "Take the name out, or say that the place is not vacant")
        for rule in candidate._meta.constraints:
            try:
                rule.validate(type(candidate), candidate)
            except ValidationError as problem:
                at = RULES.get(rule.name)
                self.add_error(at if at in self.fields else None, problem)

    @property
    def typed(self) -> dict[str, Any]:
        """The values by fact, ready to be kept."""
        return {fact.name: self.cleaned_data[fact.input_name] for fact in self.facts}


def _initial(record: Any, facts: Sequence[Fact]) -> dict[str, Any]:
    return {fact.input_name: _asked_as(fact.read(record)) for fact in facts}


def _asked_as(value: Any) -> Any:
    return str(value) if isinstance(value, bool) else value


def _is_required(fact: Fact, record: models.Model) -> bool:
    """A fact needed while active may stay empty where an old register left it so; once given, it stays given."""
    if fact.required == "when_active" and isinstance(record, Partnership):
        is_active = record.status in (Status.ACTIVE, Status.LEAVING)
        return is_active and fact.read(record) not in (None, "", [])
    return fact.required == "always"


def field_for(fact: Fact, *, required: bool) -> forms.Field:  # noqa: PLR0911 (a table)
    """The form field that asks for a fact, with its label and hint, and what to do when it is left empty."""
    optional = "" if required else " (optional)"
    named = _in_a_sentence(fact.label)
    enter, select = _ask("Enter", fact.label), _ask("Select", fact.label)
    common: dict[str, Any] = {
        "label": f"{fact.label}{optional}" if fact.kind not in ("yes_no", "flag", "choice") else fact.label,
        "help_text": fact.hint,
        "required": required,
        "error_messages": {"required": enter},
    }
    chosen = common | {"error_messages": {"required": select, "invalid_choice": select}}
    match fact.kind:
        case "long_text":
            return forms.CharField(widget=forms.Textarea({"rows": 5}), max_length=20_000, **common)
        case "money":
            money = common | {"error_messages": {"required": f"Enter the {named} in pounds, like 12500",
                                                 "wrong": f"Enter the {named} in pounds, like 12500"}}  # fmt: skip
            return MoneyField(**money)
        case "hours":
            return HoursField(**common)
        case "number":
            number = common | {"error_messages": {"required": f"Enter the {named} as a figure, like 12",
                                                  "invalid": f"Enter the {named} as a figure, like 12"}}  # fmt: skip
            return forms.DecimalField(max_digits=14, decimal_places=2, widget=forms.TextInput(
                {"inputmode": "decimal", "class": "govuk-input--width-10"}), **number)  # fmt: skip
        case "date":
            return DatePartsField(**(common | {"error_messages": {
                "required": f"Enter {_day_named(fact.label)}, like 27 3 2026",
                "wrong": f"Enter {_day_named(fact.label)} as a real date, like 27 3 2026"}}))  # fmt: skip
        case "yes_no":
            choices = [("True", "Yes"), ("False", "No"), *([] if required else [NOT_KNOWN])]
            return forms.TypedChoiceField(choices=choices, coerce=_yes_or_no, empty_value=None, widget=Radios, **chosen)
        case "flag":
            options = fact.options or {False: "No", True: "Yes"}
            flag = chosen | {"required": True}
            return forms.TypedChoiceField(
                choices=[(str(value), label) for value, label in options.items()],
                coerce=_yes_or_no, initial="False", widget=Radios, **flag)  # fmt: skip
        case "multi_choice":
            return forms.MultipleChoiceField(
                choices=list(fact.options.items()), widget=Checkboxes(hints=fact.note_hints), **chosen
            )
        case "choice":
            return _choice(fact, chosen, required=required)
        case "person" | "service" | "entry" | "priority" | "year":
            choices = [*([] if fact.kind == "year" else [("", "Choose one")]), *fact.options.items()]
            return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, **chosen)
        case "sector" if fact.options:
            return _choice(fact, chosen, required=required)
        case "address":
            return forms.CharField(
                max_length=500, validators=[URLValidator(["https", "http"], message=
                    "Enter the whole address, like https://www.example.org/plan")], **common)  # fmt: skip
    return forms.CharField(max_length=fact.longest or 2000, **common)


def _choice(fact: Fact, chosen: dict[str, Any], *, required: bool) -> forms.Field:
    choices = list(fact.options.items())
    if len(choices) < MANY:
        choices += [] if required else [NOT_KNOWN]
        return forms.ChoiceField(choices=choices, widget=Radios(hints=fact.note_hints), **chosen)
    return forms.ChoiceField(choices=[("", "Not known"), *choices], **chosen)


def _yes_or_no(value: str) -> bool:
    return value == "True"


def _in_a_sentence(label: str) -> str:
    """A label inside a sentence: "Lead officer" is "lead officer", "CMT member" stays as it is."""
    return words.inside(label.rstrip("?"))


def _day_named(label: str) -> str:
    """A date inside a sentence: "the next review", and in quotes what is no noun: “Appointed on”."""
    is_phrase = label.rsplit(maxsplit=1)[-1] in ("on", "since", "when")
    return f"“{label}”" if is_phrase else f"the {_in_a_sentence(label)}"


def _ask(verb: str, label: str) -> str:
    """What to do about an empty field: "Enter the name of the partnership", "Say what is to be done"."""
    named = _in_a_sentence(label)
    if named.split()[0] in ("what", "who", "how", "which", "when", "where", "why"):
        return f"Say {named}"
    if label.endswith("?"):
        return f"Answer “{label}”"
    if verb == "Select" and " or " in label:
        return f"Select {named}"
    return f"{verb} the {named}"


class ReasonForm(forms.Form):
    """Why something is changed; kept with the version that the change leaves."""

    helper = FormHelper()
    helper.form_tag = False

    reason = forms.CharField(
        label="Why do you change this? (optional)",
        help_text="The history shows it, such as “agreed by the joint committee on 14 October”",
        widget=forms.Textarea({"rows": 2}),
        max_length=2000,
        required=False,
    )


class ChoiceForm(forms.Form):
    """For each fact that two people changed: whose value is kept. Nothing is chosen in advance."""

    def __init__(self, *args: Any, facts: Sequence[Fact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in facts:
            self.fields[f"choose-{fact.input_name}"] = forms.ChoiceField(
                label=fact.label,
                choices=[("theirs", "Keep theirs"), ("mine", "Put yours in its place")],
                widget=Radios,
                error_messages={"required": f"Select which one is kept: {_in_a_sentence(fact.label)}"},
            )


class NeededReasonForm(ReasonForm):
    """The same where the register will not go on without a reason."""

    def __init__(self, *args: Any, label: str, error: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label, reason.required = label, True
        reason.error_messages["required"] = error


def reason_form(data: Any = None, *, is_needed: bool) -> ReasonForm:
    """Asks why something changes; the policy in force says whether the register goes on without a reason."""
    if not is_needed:
        return ReasonForm(data)
    return NeededReasonForm(data, label="Why do you change this?", error="Say why you change this")


class ProposeForm(forms.Form):
    """The first three things about a new partnership; the rest is asked on its own pages."""

    helper = FormHelper()
    helper.form_tag = False

    name = forms.CharField(
        label="Name of the partnership",
        max_length=200,
        error_messages={"required": "Enter the name of the partnership"},
    )
    partners = forms.CharField(
        label="Partners",
        help_text="One organisation a line. You can paste a column from a spreadsheet",
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Enter at least one partner, one a line"},
    )
    purpose = forms.CharField(
        label="What it is for",
        help_text="The purpose and the main objectives, in a few sentences",
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "Enter what the partnership is for"},
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if Partnership.objects.filter(name__iexact=name).exists():
            raise ValidationError(
                "A partnership of this name is already on the register. Open it, or give this one another name"
            )
        return name

    def clean_partners(self) -> list[str]:
        partners = [" ".join(line.split()) for line in self.cleaned_data["partners"].splitlines()]
        partners = [partner for partner in partners if partner]
        if too_long := next((partner for partner in partners if len(partner) > 200), None):
            raise ValidationError(f"“{too_long[:40]}…” is longer than 200 characters. Give one organisation a line")
        if not partners:
            raise ValidationError("Enter at least one partner, one a line")
        return partners


class DifferentForm(forms.Form):
    """Why a proposal is not one of the entries that look like it."""

    helper = FormHelper()
    helper.form_tag = False

    different = forms.CharField(
        label="It is a different one because…",
        widget=forms.Textarea({"rows": 2}),
        max_length=2000,
        error_messages={"required": "Say why it is a different partnership, or open the one that is the same"},
    )


class MoveForm(forms.Form):
    """Where an entry goes in its life, and why."""

    helper = FormHelper()
    helper.form_tag = False

    to = forms.ChoiceField(
        label="What becomes of this entry?",
        widget=Radios,
        error_messages={"required": "Select what becomes of this entry"},
    )
    reason = forms.CharField(
        label="Why?",
        help_text="Give the decision and its minute where there is one",
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why the entry moves, such as the decision and its minute"},
    )

    def __init__(self, *args: Any, moves: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = list(moves)  # type: ignore[attr-defined]


class RiskForm(FactForm):
    """A risk or opportunity; somebody owns it where the policy asks for an owner."""

    def __init__(self, *args: Any, record: Any, facts: Sequence[Fact], owner_is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, record=record, facts=facts, **kwargs)
        self.owner_is_needed = owner_is_needed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.owner_is_needed and not cleaned.get("owner_id") and not cleaned.get("owner_name"):
            self.add_error("owner_id", f"Select who owns the {self.record.noun}, or enter their name below")
        return cleaned


class ActionRowForm(FactForm):
    """Something to be done: somebody does it, with an account or without."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "owner_id" in self.fields and not cleaned.get("owner_id") and not cleaned.get("owner_name"):
            self.add_error("owner_id", "Select who does it, or enter their name below")
        return cleaned


class CloseRiskForm(forms.Form):
    """What came of a risk or opportunity that is closed."""

    helper = FormHelper()
    helper.form_tag = False

    outcome = forms.CharField(
        label="What came of it?",
        help_text="Such as “The funding was confirmed for three years”",
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say what came of it"},
    )


def _file_field(label: str, *, required: bool) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=f"{uploads.KINDS_IN_WORDS}, up to {uploads.most_mb()} MB",
        required=required,
        error_messages={
            "required": "Choose the new file",
            "empty": "This file is empty. Choose another one",
            "max_length": "The name of this file is longer than 150 characters. Give it a shorter one",
        },
        max_length=150,
        widget=forms.FileInput,
    )


class FileForm(forms.Form):
    """A new version of a document's file, with what is new in it."""

    helper = FormHelper()
    helper.form_tag = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = _file_field("New version of the file", required=True)
        self.fields["reason"] = forms.CharField(
            label="What is new in it? (optional)",
            help_text="The history shows it",
            widget=forms.Textarea({"rows": 2}),
            max_length=2000,
            required=False,
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if problem := uploads.why_not(file):
            raise ValidationError(problem)
        return file


class DocumentForm(FactForm):
    """A document: a file or an address, with what it is and its dates."""

    def __init__(self, *args: Any, record: Any, facts: Sequence[Fact], **kwargs: Any) -> None:
        super().__init__(*args, record=record, facts=facts, **kwargs)
        if record.pk is not None:
            return  # a new file of a document that is there has a page of its own
        file = _file_field("File (optional)", required=False)
        asked = dict(self.fields)
        self.fields = {}
        for name, one in asked.items():
            if name == "address":
                self.fields["file"] = file
            self.fields[name] = one

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and (problem := uploads.why_not(file)):
            raise ValidationError(problem)
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        there = self.record.file
        if not self.errors and not there and not cleaned.get("file") and not cleaned.get("address"):
            self.add_error("file", "Choose a file, or enter the address where the document is")
        return cleaned
