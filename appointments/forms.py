"""The forms of places, appointments, rounds, reports back and briefings."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from appointments import rules
from appointments.models import Nomination
from appointments.services import Appointment, body_label
from config import words
from config.fields import Checkboxes, DatePartsField, Radios
from policy.model import AppointmentRule, Policy
from register.models import Representative

LONG = 5000
MOST_PLACES = 30


class PlainForm(forms.Form):
    """A form whose page draws the form element and the button."""

    helper = FormHelper()
    helper.form_tag = False


def rule_field(
    policy: Policy | None, *, required: bool, label: str, offered: Iterable[AppointmentRule] | None = None
) -> forms.ChoiceField:
    """The policy's rules of appointment, or those that are offered, each with what it says."""
    offered = list(rules.rules_of(policy) if offered is None else offered)
    choices = [(each.id, each.title) for each in offered]
    if not required:
        choices.append(("", "Not decided yet"))
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=Radios(hints={each.id: f"{body_label(policy, each.by)}. {each.text}" for each in offered}),
        error_messages={"required": "Select how the place is filled"},
    )


def _listed(policy: Policy | None, name: str | None) -> list[tuple[str, str]]:
    if policy is None or not name:
        return []
    return [(value.id, value.label) for value in policy.list(name).values if value.active]


class FilterForm(forms.Form):
    """What the list of places can be narrowed to."""

    KINDS = (("", "All"), ("outside", "Outside bodies"), ("partnership", "Partnerships"))
    STATES = (("", "All"), ("filled", "Filled"), ("vacant", "Vacant"), ("ending", "Term ended or ends in 90 days"))

    helper = FormHelper()
    helper.form_tag = False
    q = forms.CharField(label="Body or person", required=False, max_length=100)
    kind = forms.ChoiceField(label="Kind of body", required=False, choices=KINDS)
    state = forms.ChoiceField(label="Place", required=False, choices=STATES)


class BodyForm(PlainForm):
    """A new outside body with its places."""

    name = forms.CharField(
        label="Name of the body",
        max_length=200,
        error_messages={"required": "Enter the name of the body"},
    )
    purpose = forms.CharField(
        label="What it is for", required=False, max_length=LONG, widget=forms.Textarea({"rows": 3})
    )
    places = forms.IntegerField(
        label="Places for the council",
        min_value=1,
        max_value=MOST_PLACES,
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input govuk-input--width-2"}),
        error_messages={
            "required": "Enter the number of places, like 2",
            "invalid": "Enter the number of places as a figure, like 2",
            "min_value": "Enter at least 1 place",
            "max_value": f"Enter {MOST_PLACES} places or fewer",
        },
    )
    substitutes = forms.IntegerField(
        label="Places for substitutes",
        required=False,
        min_value=0,
        max_value=MOST_PLACES,
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input govuk-input--width-2"}),
        error_messages={
            "invalid": "Enter the number of substitutes as a figure, like 1",
            "min_value": "Enter 0 or more substitutes",
            "max_value": f"Enter {MOST_PLACES} substitutes or fewer",
        },
    )
    vacant_since = DatePartsField(
        label="Places are vacant since",
        help_text="The day from which the council can send somebody",
        error_messages={"required": "Enter the day from which the places are vacant"},
    )
    asks = forms.MultipleChoiceField(
        label="What does the body ask of the people who are sent?",
        required=False,
        choices=[
            ("consent", "Their consent before they are appointed"),
            ("codes", "That they acknowledge its codes and declare interests"),
        ],
        widget=Checkboxes(),
    )

    def __init__(self, *args: Any, policy: Policy | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rules.rules_of(policy):
            self.fields["rule"] = rule_field(policy, required=False, label="How are the places filled?")
        self.today = today

    def clean_vacant_since(self) -> date:
        return not_to_come(self.cleaned_data["vacant_since"], self.today)


def not_to_come(day: date, today: date) -> date:
    """Refuse a day that is still to come."""
    if day > today:
        raise forms.ValidationError("Enter today or an earlier day")
    return day


class PlaceForm(PlainForm):
    """One more place."""

    is_substitute = forms.TypedChoiceField(
        label="What kind of place?",
        choices=[("no", "A full place"), ("yes", "A place for a substitute")],
        coerce=lambda said: said == "yes",
        widget=Radios(),
        error_messages={"required": "Select what kind of place it is"},
    )
    vacant_since = DatePartsField(
        label="Vacant since", error_messages={"required": "Enter the day from which the place is vacant"}
    )

    def __init__(self, *args: Any, policy: Policy | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rules.rules_of(policy):
            self.fields["rule"] = rule_field(policy, required=False, label="How is it filled?")
        self.today = today

    def clean_vacant_since(self) -> date:
        return not_to_come(self.cleaned_data["vacant_since"], self.today)


class TermsForm(PlainForm):
    """What a body asks of the people who are sent to it."""

    asks = forms.MultipleChoiceField(
        label="What does the body ask of the people who are sent?",
        required=False,
        choices=BodyForm.base_fields["asks"].choices,  # type: ignore[attr-defined]
        widget=Checkboxes(),
    )
    note = forms.CharField(
        label="Note",
        help_text="Such as insurance it gives, or what its constitution says about the people sent",
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
    )


class AboutPerson(PlainForm):
    """What is recorded about somebody who is named or appointed."""

    consented_on = DatePartsField(label="Agreed to serve on", required=False)
    codes_on = DatePartsField(label="Acknowledged the codes on", required=False)
    interests = forms.CharField(
        label="Interests declared",
        help_text="Leave it empty if there are none",
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, policy: Policy | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        appointments = policy.appointments if policy else None
        if capacities := _listed(policy, appointments.capacity_list if appointments else None):
            self.fields["capacity"] = forms.ChoiceField(
                label="Capacity", required=False, choices=[*capacities, ("", "Not known yet")], widget=Radios()
            )
        else:
            self.fields["capacity"] = forms.CharField(
                label="Capacity",
                help_text="Such as member, trustee, director or observer; as a delegate of the council or independent",
                required=False,
                max_length=60,
            )
        if roles := _listed(policy, appointments.role_list if appointments else None):
            self.fields["agreed_roles"] = forms.MultipleChoiceField(
                label="Agreed role",
                required=False,
                choices=roles,
                widget=Checkboxes(),
                error_messages={"invalid_choice": "Select roles of the list"},
            )
        self.fields["user"] = forms.ModelChoiceField(
            label="Account in the register",
            help_text="Leave it empty for somebody who does not use the register",
            queryset=User.objects.filter(is_active=True).order_by("name", "pk"),
            required=False,
            empty_label="No account",
            error_messages={"invalid_choice": "Choose a person of the list"},
        )


class SeatForm(AboutPerson):
    """Somebody who takes a place."""

    name = forms.CharField(
        label="Name", max_length=200, error_messages={"required": "Enter the name of the person who takes the place"}
    )
    starts_on = DatePartsField(
        label="Appointed on",
        help_text="On a day to come, the person is shown as coming and takes the place by themselves",
        error_messages={"required": "Enter the day of the appointment, like 27 3 2026"},
    )
    ends_on = DatePartsField(
        label="Term ends on",
        required=False,
        help_text="Leave it empty for the term of the rule you choose, or where no end is set",
    )

    def __init__(self, *args: Any, policy: Policy | None, **kwargs: Any) -> None:
        super().__init__(*args, policy=policy, **kwargs)
        self.policy = policy

    @property
    def rule(self) -> AppointmentRule | None:
        """The rule that was chosen."""
        chosen = self.cleaned_data.get("rule", "")
        return next((each for each in rules.rules_of(self.policy) if each.id == chosen), None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The term ends before it starts. Enter a later day")
        wants_role = self.policy and self.policy.appointments and self.policy.appointments.role_needed
        if wants_role and "agreed_roles" in self.fields and not cleaned.get("agreed_roles"):
            self.add_error("agreed_roles", "Select what the person is to do there: the policy asks for it")
        return cleaned

    def said(self, *, starts_on: date, **more: Any) -> Appointment:
        """What the form says about the person, as the service takes it."""
        given = self.cleaned_data
        return Appointment(
            name=" ".join(given["name"].split()),
            user=given.get("user"),
            starts_on=starts_on,
            level=rules.level_for(self.policy, self.rule),
            capacity=given.get("capacity", ""),
            agreed_roles=given.get("agreed_roles", ()),
            consented_on=given.get("consented_on"),
            codes_on=given.get("codes_on"),
            interests=given.get("interests", ""),
            **more,
        )


class AppointForm(SeatForm):
    """An appointment that was decided, with its minute."""

    minute = forms.CharField(label="Minute reference", required=False, max_length=60)
    consulted = forms.CharField(
        label="Who was heard before, and when",
        help_text="Needed where the rule says that somebody is consulted",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    first = ("name", "user", "rule", "starts_on", "ends_on", "minute", "consulted")

    def __init__(self, *args: Any, policy: Policy | None, **kwargs: Any) -> None:
        super().__init__(*args, policy=policy, **kwargs)
        if rules.rules_of(policy):
            self.fields["rule"] = rule_field(policy, required=True, label="Who decided, and how?")
        else:
            self.fields["appointed_by"] = forms.CharField(label="Appointed by", required=False, max_length=120)
        self.order_fields(self.first)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.rule and self.rule.consults and not cleaned.get("consulted"):
            self.add_error("consulted", "Say who was heard before, and when")
        if self.rule in rules.asked_rules(self.policy) and not cleaned.get("minute"):
            body = body_label(self.policy, self.rule.by) if self.rule else ""
            self.add_error("minute", f"Enter the minute in which {body} decided it")
        return cleaned

    def appointment(self) -> Appointment:
        """The appointment, as the service takes it."""
        given, rule = self.cleaned_data, self.rule
        return self.said(
            starts_on=given["starts_on"],
            ends_on=given.get("ends_on") or rules.last_day(given["starts_on"], rule.months if rule else None),
            appointed_by=body_label(self.policy, rule.by) if rule else given.get("appointed_by", ""),
            minute=given["minute"],
            consulted=given["consulted"],
        )


class ProposeForm(SeatForm):
    """Somebody who is proposed for a place, and why (BRK-F27, RED-F15, HAR-F07, MEL-B10)."""

    why = forms.CharField(
        label="Why this person?",
        help_text="Those who decide read this",
        max_length=LONG,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Say why the council should send this person"},
    )
    first = ("name", "user", "rule", "why", "lead_officer", "starts_on", "ends_on")

    def __init__(self, *args: Any, policy: Policy, offered: list[AppointmentRule], **kwargs: Any) -> None:
        super().__init__(*args, policy=policy, **kwargs)
        self.fields["starts_on"].required = False
        self.fields["starts_on"].label = "To start on"
        self.fields["starts_on"].help_text = "Leave it empty for the day of the decision"
        self.fields["rule"] = rule_field(policy, required=True, label="Who decides, and how?", offered=offered)
        if policy.appointments and policy.appointments.names_lead_officer:
            self.fields["lead_officer"] = forms.ModelChoiceField(
                label="Who should lead it for the council?",
                help_text="The same decision can name the lead officer",
                queryset=User.objects.holding(Role.LEAD_OFFICER, on=timezone.localdate()),
                required=False,
                empty_label="Stays as it is",
                error_messages={"invalid_choice": "Choose a person of the list"},
            )
        self.order_fields(self.first)


class RoleForm(AboutPerson):
    """In which capacity somebody sits there, and what they do (BRK-F29; RED-E43, RED-E45, RED-H40, RED-H41)."""

    role_note = forms.CharField(
        label="Anything else about the role", required=False, max_length=LONG, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, policy: Policy | None, **kwargs: Any) -> None:
        super().__init__(*args, policy=policy, **kwargs)
        for name in ("user", "consented_on", "codes_on", "interests"):
            del self.fields[name]
        self.order_fields(("capacity", "agreed_roles"))


class EndForm(PlainForm):
    """The end of an appointment; `who` is the person of whom the page spoke."""

    who = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput())
    on = DatePartsField(
        label="Last day", help_text="The place is vacant from then", error_messages={"required": "Enter the last day"}
    )
    reason = forms.CharField(
        label="Why does it end?",
        help_text="Such as “Resigned” or “No longer a councillor”",
        max_length=500,
        error_messages={"required": "Say why the appointment ends"},
    )


class ReasonForm(PlainForm):
    """Why a place is taken out."""

    reason = forms.CharField(
        label="Why is the place taken out?",
        max_length=500,
        error_messages={"required": "Say why the place is taken out"},
    )


class SetRuleForm(PlainForm):
    """How several places are filled."""

    places = forms.ModelMultipleChoiceField(
        label="Places",
        queryset=Representative.objects.none(),
        widget=Checkboxes(),
        error_messages={"required": "Select the places"},
    )

    def __init__(self, *args: Any, policy: Policy | None, places: Iterable[Representative], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(places)
        field: Any = self.fields["places"]
        field.queryset = Representative.objects.select_related("partnership").filter(pk__in=[p.pk for p in offered])
        field.choices = [(place.pk, f"{place.partnership}: {place}") for place in offered]
        self.fields["rule"] = rule_field(policy, required=True, label="How are they filled?")


class OfficersForm(PlainForm):
    """Officers who should go on in their places."""

    places = forms.ModelMultipleChoiceField(
        label="Who should go on?",
        help_text="End the appointment of whoever should not, on the page of the body",
        queryset=Representative.objects.none(),
        widget=Checkboxes(),
        error_messages={"required": "Select the officers who should go on"},
    )

    def __init__(self, *args: Any, places: Iterable[Representative], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(places)
        field: Any = self.fields["places"]
        field.queryset = Representative.objects.select_related("partnership").filter(pk__in=[p.pk for p in offered])
        field.choices = [(place.pk, f"{place.name}: {place.partnership}") for place in offered]
        field.widget.hints = {
            str(place.pk): f"Since {words.day(place.starts_on)}, last looked at {words.day(place.reviewed_on)}"
            if place.reviewed_on
            else f"Since {words.day(place.starts_on)}, not looked at yet"
            for place in offered
        }


class NominationForm(AboutPerson):
    """What is known about a nominated person."""

    named_by = forms.CharField(label="Named by", required=False, max_length=120)

    def __init__(self, *args: Any, nomination: Nomination, policy: Policy | None, **kwargs: Any) -> None:
        names = ("named_by", "consented_on", "codes_on", "interests", "capacity", "agreed_roles", "user")
        kwargs.setdefault("initial", {name: getattr(nomination, name) for name in names})
        super().__init__(*args, policy=policy, **kwargs)


class RoundForm(PlainForm):
    """The round of one meeting."""

    rule = forms.ChoiceField(
        label="Which appointments?",
        choices=(),
        error_messages={"required": "Select which appointments the meeting agrees"},
    )
    meeting_on = DatePartsField(label="Day of the meeting", error_messages={"required": "Enter the day of the meeting"})
    nominations_by = DatePartsField(
        label="Nominations close on", required=False, help_text="On or before the day of the meeting"
    )

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = rules.yearly_rules(policy)
        field: Any = self.fields["rule"]
        field.widget = Radios(hints={each.id: f"{body_label(policy, each.by)}. {each.text}" for each in offered})
        field.choices = [(each.id, each.title) for each in offered]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        meeting, close = cleaned.get("meeting_on"), cleaned.get("nominations_by")
        if meeting and close and close > meeting:
            self.add_error("nominations_by", "Nominations must close before the meeting. Enter an earlier day")
        return cleaned


class NamesForm(PlainForm):
    """Nominations as they are typed, or pasted from a spreadsheet."""

    text = forms.CharField(
        label="Nominations",
        help_text="One line a person: the body, a semicolon, the person, and if you like a semicolon and who names "
        "them. Rows copied from a spreadsheet are read as they are",
        max_length=50_000,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": "Enter at least one nomination, like Youth Trust; Cllr A.B."},
    )

    def __init__(self, *args: Any, bodies: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = list(bodies)
        self.named: list[rules.Named] = []

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        read = rules.read_names(text, self.bodies)
        if read.problems:
            raise forms.ValidationError(list(read.problems))
        self.named = list(read.named)
        return text


class OutcomeForm(PlainForm):
    """What the meeting agreed: a tick for each nomination, by body."""

    minute = forms.CharField(label="Minute reference", required=False, max_length=60)

    def __init__(self, *args: Any, nominations: Iterable[Nomination], bodies: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_body: dict[int, list[Nomination]] = {}
        self.places = bodies
        for each in nominations:
            self.by_body.setdefault(each.partnership_id, []).append(each)
        for body_id, named in self.by_body.items():
            field = forms.MultipleChoiceField(
                label=str(named[0].partnership),
                help_text=words.count(bodies.get(body_id, 0), "place"),
                required=False,
                choices=[(str(each.pk), each.name) for each in named],
                initial=[str(each.pk) for each in named],
                widget=Checkboxes(hints={str(each.pk): f"Named by {each.named_by}" for each in named if each.named_by}),
                error_messages={"invalid_choice": "Select people who are named for this body"},
            )
            self.fields[f"body_{body_id}"] = field

    def agreed(self) -> list[Nomination]:
        """The nominations that were agreed."""
        chosen = {pk for name, each in self.cleaned_data.items() if name.startswith("body_") for pk in each}
        return [each for named in self.by_body.values() for each in named if str(each.pk) in chosen]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for body_id, named in self.by_body.items():
            people = len(cleaned.get(f"body_{body_id}") or ())
            problem = rules.too_many(str(named[0].partnership), places=self.places.get(body_id, 0), people=people)
            if problem:
                self.add_error(f"body_{body_id}", problem)
        return cleaned


class ReportBackForm(PlainForm):
    """What a representative tells the council after a meeting."""

    place = forms.ModelChoiceField(
        label="Who reports?",
        queryset=Representative.objects.none(),
        required=False,
        empty_label="I report myself",
        error_messages={"invalid_choice": "Choose somebody who sits on this body"},
    )
    meeting_on = DatePartsField(label="Day of the meeting", error_messages={"required": "Enter the day of the meeting"})
    text = forms.CharField(
        label="What does the council need to know?",
        help_text="What was decided, what it means for the council, what comes next",
        max_length=LONG,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "Say what the council needs to know"},
    )

    def __init__(self, *args: Any, places: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.today = today

    def clean_meeting_on(self) -> date:
        return not_to_come(self.cleaned_data["meeting_on"], self.today)


class BriefingForm(PlainForm):
    """What a member needs before a meeting (BRK-G12)."""

    meeting_on = DatePartsField(label="Day of the meeting", error_messages={"required": "Enter the day of the meeting"})
    from_body = forms.CharField(
        label="Points that the body is likely to raise",
        max_length=LONG,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "Enter the points that the body is likely to raise"},
    )
    from_council = forms.CharField(
        label="Points that the council wants to make", required=False, max_length=LONG,
        widget=forms.Textarea({"rows": 5}),
    )  # fmt: skip
    council_role = forms.CharField(
        label="The council’s part", required=False, max_length=LONG, widget=forms.Textarea({"rows": 2})
    )
