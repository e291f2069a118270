"""Forms about people and roles."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from accounts.models import ServiceArea, User
from accounts.words import role_choices
from config.fields import DatePartsField, Radios

WHERE_FROM = "They are sent a link to it. Nobody else types or sees their password"


def bare_helper() -> FormHelper:
    """Fields alone: the page owns the form element and its button."""
    helper = FormHelper()
    helper.form_tag = False
    return helper


class PersonForm(forms.ModelForm):
    """The plain facts about a person."""

    class Meta:
        model = User
        fields = ["name", "email", "job_title"]
        labels = {"name": "Name", "email": "E-mail address", "job_title": "Job title (optional)"}
        help_texts = {
            "name": "As colleagues know them. It stands beside what they change",
            "email": "They sign in with it",
            "job_title": "For members: what they are on the council",
        }
        error_messages = {
            "name": {"required": "Enter the person’s name"},
            "email": {
                "required": "Enter the person’s e-mail address",
                "invalid": "Enter an e-mail address like name@council.gov.uk",
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        self.fields["email"].widget.attrs["spellcheck"] = "false"

    def clean_email(self) -> str:
        """Addresses are kept in small letters, so that two spellings are one person."""
        return self.cleaned_data["email"].lower()


class NewPersonForm(PersonForm):
    """A person with their first role."""

    role = forms.ChoiceField(label="Role", error_messages={"required": "Select the person’s role"}, widget=Radios)
    service_area = forms.ModelChoiceField(
        ServiceArea.objects.none(), label="Service (optional)", required=False, empty_label="The whole council"
    )

    class Meta(PersonForm.Meta):
        help_texts = PersonForm.Meta.help_texts | {"email": WHERE_FROM}

    def __init__(self, *args: Any, policy: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(policy)  # type: ignore[attr-defined]
        _offer_services(self)


class OwnDetailsForm(forms.ModelForm):
    """What people change about themselves."""

    class Meta:
        model = User
        fields = ["name", "job_title", "notices"]
        labels = {"name": "Name", "job_title": "Job title (optional)", "notices": "How e-mails come"}
        widgets = {"notices": Radios}
        help_texts = {"name": "It stands beside what you change. What you changed before keeps your name of then"}
        error_messages = {"name": {"required": "Enter your name"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["job_title"].widget.attrs["autocomplete"] = "organization-title"
        self.fields["notices"].error_messages["required"] = "Select how e-mails come"


class RoleForm(forms.Form):
    """A role from a day, perhaps to a day and for one service."""

    role = forms.ChoiceField(label="Role", error_messages={"required": "Select a role"}, widget=Radios)
    service_area = forms.ModelChoiceField(
        ServiceArea.objects.none(),
        label="Service (optional)",
        required=False,
        empty_label="The whole council",
        help_text="Choose one when the role is for that service only",
    )
    from_on = DatePartsField(label="First day")
    to_on = DatePartsField(
        label="Last day (optional)",
        required=False,
        help_text="Leave it empty when it is not known",
        error_messages={"wrong": "Enter the last day as a real date, like 27 3 2026"},
    )

    def __init__(self, *args: Any, policy: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()
        self.fields["role"].choices = role_choices(policy)  # type: ignore[attr-defined]
        _offer_services(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", "The last day must not be before the first day")
        return cleaned


class EndRoleForm(forms.Form):
    """When a role ends."""

    NOW, ON = "now", "on"

    when = forms.ChoiceField(
        label="When does the role end?",
        choices=[(NOW, "Now"), (ON, "On a later day")],
        error_messages={"required": "Select when the role ends"},
        widget=Radios(
            hints={NOW: "The person can no longer do what it allows", ON: "The role counts until the end of that day"}
        ),
    )
    last_day = DatePartsField(label="Last day", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.helper = bare_helper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == self.ON and "last_day" in cleaned:
            if cleaned["last_day"] is None:
                self.add_error("last_day", "Enter the last day of the role")
            elif cleaned["last_day"] < self.today:
                self.add_error("last_day", "The last day must be today or later. To end the role at once select Now")
        return cleaned

    @property
    def last(self) -> date:
        """The last day on which the role counts."""
        return self.cleaned_data["last_day"] if self.cleaned_data["when"] == self.ON else self.today - timedelta(days=1)


class ReasonForm(forms.Form):
    """Why an account is closed."""

    reason = forms.CharField(
        label="Why is the account closed?",
        help_text="For example: left the council on 30 June",
        error_messages={"required": "Say why the account is closed"},
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()


class PeopleFilter(forms.Form):
    """What the list of people can be narrowed by. Unknown values are left out, never an error."""

    q = forms.CharField(label="Name, e-mail or job title", required=False)
    role = forms.ChoiceField(label="Role today", required=False)
    state = forms.ChoiceField(
        label="Account",
        required=False,
        choices=[("", "Open"), ("closed", "Closed"), ("all", "Open and closed")],
    )

    NO_ROLE = "none"

    def __init__(self, *args: Any, policy: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", "Any role"),
            *role_choices(policy),
            (self.NO_ROLE, "No role"),
        ]


def _offer_services(form: forms.Form | forms.ModelForm) -> None:
    field = form.fields["service_area"]
    field.queryset = ServiceArea.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]
