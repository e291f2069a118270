"""The forms of a request and of its steps; what a step asks follows from the policy's step and outcomes."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Role
from accounts.words import role_choices
from approvals.rules import BODY_ACTS, outcomes_of, wants_words
from approvals.services import NO_WORDS, Said
from config.fields import Checkboxes, DatePartsField, Radios
from policy.model import FACTS, Outcome, Policy, Step

LONG = 5000
CONDITIONS = 3
ANY_OUTCOME = {
    "return": "Goes back to the proposer; the later steps start again",
    "refer": "Goes to the next body",
    "not_join": "Ends here",
    "join": "",
}
ASKS = {
    "advise": "Your advice",
    "consult": "Your view, and why",
    "recommend": "Reasons",
    "decide": "Reasons",
    "approve": "Reasons",
    "do": "Note",
    "receive": "Note",
}


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form said, for the hidden fields of the page that checks it."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in map(str, values)
    ]


class PlainForm(forms.Form):
    """A form whose page draws the form element and the button."""

    helper = FormHelper()
    helper.form_tag = False


class WhyForm(PlainForm):
    """What the proposer says for it."""

    why = forms.CharField(
        label="Why should the council do this?",
        help_text="Two or three sentences that somebody who decides, and a resident, can follow",
        max_length=LONG,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "Say why the council should do this"},
    )


class RouteFactsForm(PlainForm):
    """Facts that say who has to decide and that only the proposer knows."""

    def __init__(self, *args: Any, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in names:
            label = FACTS[name].label
            self.fields[name] = forms.TypedChoiceField(
                label=f"Say {label}",
                choices=[("yes", "Yes"), ("no", "No")],
                coerce=lambda said: said == "yes",
                widget=Radios(),
                error_messages={"required": f"Say {label}"},
            )


class WithdrawForm(PlainForm):
    """Taking a request back."""

    reason = forms.CharField(
        label="Why do you withdraw it?",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why you withdraw it"},
    )


class InterestForm(PlainForm):
    """An interest in a request."""

    what = forms.CharField(
        label="What is the interest?",
        help_text="You then take no part in this request, unless a dispensation is recorded",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say what the interest is"},
    )


class DispensationForm(PlainForm):
    """A dispensation for somebody who declared an interest."""

    why = forms.CharField(
        label="Who gave the dispensation, when, and for what reason?",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say who gave the dispensation, when, and for what reason"},
    )


class DeputyForm(PlainForm):
    """Somebody who acts for another between two days."""

    person = forms.ModelChoiceField(
        label="For whom?",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose for whom somebody acts"},
    )
    deputy = forms.ModelChoiceField(
        label="Who acts?",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose who acts"},
    )
    role = forms.ChoiceField(
        label="In which role?",
        choices=(),
        error_messages={"required": "Choose in which role"},
    )
    from_on = DatePartsField(label="First day", error_messages={"required": "Enter the first day"})
    to_on = DatePartsField(label="Last day", error_messages={"required": "Enter the last day"})

    def __init__(self, *args: Any, policy: Policy | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [each for each in role_choices(policy) if each[0] not in (Role.ADMINISTRATOR, Role.AUDITOR)]
        self.fields["role"].choices = [("", "Choose a role"), *offered]  # type: ignore[attr-defined]
        people = User.objects.filter(is_active=True).order_by("name")
        for name in ("person", "deputy"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        person, deputy, role = cleaned.get("person"), cleaned.get("deputy"), cleaned.get("role")
        if person and person == deputy:
            self.add_error("deputy", "Choose somebody else as deputy")
        elif deputy and not deputy.held:
            self.add_error("deputy", f"{deputy} holds no role, so no page opens for them. Give them one first")
        if cleaned.get("from_on") and cleaned.get("to_on") and cleaned["to_on"] < cleaned["from_on"]:
            self.add_error("to_on", "The last day must not be before the first")
        if person and role and not person.assignments.filter(role=role).exists():
            self.add_error("role", f"{person} does not hold this role")
        return cleaned


class StepForm(PlainForm):
    """What somebody says when they take a step. `mark` is the situation that they saw."""

    mark = forms.CharField(widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        step: Step,
        policy: Policy,
        owners: Iterable[User] = (),
        parts: Iterable[str] = (),
        with_conditions: bool = True,
        **kwargs: Any,
    ) -> None:
        self.step, self.policy, self.parts = step, policy, list(parts)
        self.is_of_a_body = step.act in BODY_ACTS
        self.with_conditions = with_conditions and self.is_of_a_body
        self.outcomes = {outcome.id: outcome for outcome in outcomes_of(policy, step)}
        super().__init__(*args, **kwargs)
        if self.outcomes:
            self._add_outcomes()
        if self.with_conditions:
            self._add_conditions(list(owners))
        is_said = step.act == "do" and wants_words(step)
        self.fields["reasons"] = forms.CharField(
            label="What was done?" if is_said else ASKS[step.act],
            help_text="A few words. They are kept for good."
            if is_said
            else ""
            if step.act in ("do", "receive")
            else "Two or three sentences that a resident could follow. They are kept for good.",
            required=False,
            max_length=LONG,
            widget=forms.Textarea({"rows": 5}),
        )
        if self.is_of_a_body:
            self._add_record()

    def _add_outcomes(self) -> None:
        hints = {each.id: each.hint or ANY_OUTCOME.get(each.kind, "") for each in self.outcomes.values()}
        self.fields["outcome"] = forms.ChoiceField(
            label="What is your view?" if not self.is_of_a_body else "What was decided?",
            choices=[(each.id, each.label) for each in self.outcomes.values()],
            widget=Radios(hints={name: hint for name, hint in hints.items() if hint}),
            error_messages={
                "required": "Select one of the outcomes",
                "invalid_choice": "Select one of the outcomes that this step offers",
            },
        )
        if self.parts and any(each.kind == "return" for each in self.outcomes.values()):
            self.fields["look_again"] = forms.MultipleChoiceField(
                label="If you return it: what should they look at again?",
                required=False,
                choices=[(part, part) for part in self.parts],
                widget=Checkboxes(small=True),
            )
        lists = dict.fromkeys(each.reason_list for each in self.outcomes.values() if each.reason_list)
        for name in lists:
            values = self.policy.list(name)
            self.fields["reason_from_list"] = forms.ChoiceField(
                label=values.label,
                help_text=" or ".join(each.label for each in self.outcomes.values() if each.reason_list == name),
                required=False,
                choices=[("", "Not chosen"), *((value.id, value.label) for value in values.values if value.active)],
            )

    def _add_conditions(self, owners: list[User]) -> None:
        people = [("", "Nobody yet"), *((str(user.pk), str(user)) for user in owners)]
        for number in range(1, CONDITIONS + 1):
            self.fields[f"condition_{number}"] = forms.CharField(
                label=f"Condition {number}", required=False, max_length=500
            )
            self.fields[f"owner_{number}"] = forms.ChoiceField(
                label=f"Owner of condition {number}", required=False, choices=people
            )
            self.fields[f"due_{number}"] = DatePartsField(label=f"Condition {number} is due on", required=False)

    def _add_record(self) -> None:
        self.fields["options"] = forms.CharField(
            label="Other options considered", required=False, max_length=LONG, widget=forms.Textarea({"rows": 3})
        )
        self.fields["interests"] = forms.CharField(
            label="Interests declared at the meeting, and dispensations",
            help_text="Leave it empty if there were none",
            required=False,
            max_length=LONG,
            widget=forms.Textarea({"rows": 2}),
        )
        self.fields["on"] = DatePartsField(
            label="Day of the decision", help_text="Today, or the day of the meeting", required=False
        )
        self.fields["minute"] = forms.CharField(label="Minute reference", required=False, max_length=60)

    @property
    def condition_fields(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The fields of each condition, side by side."""
        if not self.with_conditions:
            return []
        return [
            (self[f"condition_{number}"], self[f"owner_{number}"], self[f"due_{number}"])
            for number in range(1, CONDITIONS + 1)
        ]

    @property
    def has_conditions(self) -> bool:
        """Whether a condition was typed, or something of one is wrong: then they stand open."""
        rows = self.condition_fields
        return any(text.value() for text, _, _ in rows) or any(field.errors for row in rows for field in row)

    @property
    def outcome(self) -> Outcome | None:
        """The outcome that was chosen."""
        return self.outcomes.get(self.cleaned_data.get("outcome", ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome = self.outcomes.get(cleaned.get("outcome", ""))
        wants = outcome.reason == "required" if outcome else wants_words(self.step)
        if wants and not cleaned.get("reasons"):
            self.add_error("reasons", self._asks_for_words())
        for number in range(1, CONDITIONS + 1):
            rest = cleaned.get(f"owner_{number}") or cleaned.get(f"due_{number}")
            if rest and not cleaned.get(f"condition_{number}"):
                self.add_error(f"condition_{number}", f"Say what condition {number} is, or take its owner and day out")
        return cleaned

    def _asks_for_words(self) -> str:
        if self.is_of_a_body:
            return "Enter the reasons"
        return NO_WORDS if self.step.act == "do" else f"Enter {ASKS[self.step.act].lower()}"

    def said(self) -> Said:
        """What the form says, as the service takes it."""
        given = self.cleaned_data
        conditions = []
        for number in range(1, CONDITIONS + 1):
            if text := given.get(f"condition_{number}"):
                owner = given.get(f"owner_{number}")
                conditions.append((text, User.objects.get(pk=owner) if owner else None, given.get(f"due_{number}")))
        return Said(
            # What was sent to a step without outcomes is refused, not passed over.
            outcome=given.get("outcome") or self.data.get(self.add_prefix("outcome"), ""),
            reasons=given.get("reasons", ""),
            reason_from_list=given.get("reason_from_list", ""),
            options=given.get("options", ""),
            interests=given.get("interests", ""),
            minute=given.get("minute", ""),
            on=given.get("on"),
            conditions=conditions,
            look_again=given.get("look_again", ()),
        )
