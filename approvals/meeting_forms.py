"""The forms of meetings, agendas and outcomes."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from approvals.access import PARAGRAPHS
from approvals.bodies import Body
from approvals.forms import LONG, PlainForm
from approvals.meetings import Recorded, Row
from approvals.models import BodySetting, Exempt, KeyDecision, Meeting
from approvals.rules import ADVISING, BODY_ACTS, outcomes_of
from approvals.services import Said
from config.fields import Checkboxes, DatePartsField, MoneyField, Radios, parse_day

MOST_DAYS = 60
DEFERRED, ADVISED = "deferred", "advised"


def parse_clock(text: str) -> time:
    """Read a time as people type it: "14:30", "2:30pm", "6pm". Raises ValueError."""
    text = text.strip().lower().replace(" ", "").replace(".", ":")
    after_noon = text.endswith("pm")
    is_twelve_hours = after_noon or text.endswith("am")
    hour, _, minute = text.removesuffix("pm").removesuffix("am").partition(":")
    number = int(hour)
    if is_twelve_hours:
        if not 1 <= number <= 12:
            raise ValueError(text)
        number = number % 12 + (12 if after_noon else 0)
    elif not minute:
        raise ValueError(text)
    return time(number, int(minute or 0))


class ClockField(forms.CharField):
    """A time of day in one field: "14:30", "2:30pm"; empty is `None`."""

    def to_python(self, value: Any) -> time | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        if isinstance(value, time):
            return value
        try:
            return parse_clock(str(value))
        except ValueError:
            raise ValidationError("Enter the time like 14:30 or 2:30pm", code="wrong") from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value

    def run_validators(self, value: Any) -> None:
        """A time has nothing that the validators for text could look at."""


class DaysField(forms.CharField):
    """Days, one a line as they are pasted: "1 December 2026", "15/12/26"; gives the list without repeats."""

    widget = forms.Textarea({"rows": 6})

    def to_python(self, value: Any) -> list[date]:  # type: ignore[override]
        lines = [line.strip() for line in str(value or "").replace(";", "\n").splitlines() if line.strip()]
        found, wrong = [], []
        for line in lines:
            try:
                found.append(parse_day(line, timezone.localdate()))
            except ValueError:
                wrong.append(line[:40])
        if wrong:
            named = ", ".join(f"“{each}”" for each in wrong[:5])
            raise ValidationError(f"Enter each day as a real date, like 1 December 2026. Not a date: {named}")
        if len(found) > MOST_DAYS:
            raise ValidationError(f"Enter {MOST_DAYS} days or fewer at once")
        return list(dict.fromkeys(found))

    def run_validators(self, value: Any) -> None:
        """Days have nothing that the validators for text could look at."""


class PapersDaysField(forms.IntegerField):
    """Working days from the last day for papers to the meeting."""

    def __init__(self, **options: Any) -> None:
        wrong = "Enter how many working days before the meeting papers close, from 0 to 60"
        options.setdefault("label", "Papers close how many working days before?")
        options.setdefault("widget", forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-3"}))
        errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong)
        super().__init__(min_value=0, max_value=60, error_messages=errors, **options)


class PlanForm(PlainForm):
    """One or more meetings of a body. A time or place left out is what is usual for the body."""

    body = forms.ChoiceField(
        label="Which body meets?",
        widget=Radios(),
        error_messages={"required": "Select which body meets", "invalid_choice": "Select one of these bodies"},
    )
    days = DaysField(
        label="Days",
        help_text="One a line, as many as you have, like 1 December 2026 or 1/12/26. You can paste a list.",
        error_messages={"required": "Enter at least one day, like 1 December 2026"},
    )
    at = ClockField(
        label="Time", required=False, help_text="Like 14:30 or 2:30pm. Empty: the usual time", max_length=10,
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
    )  # fmt: skip
    place = forms.CharField(label="Place", required=False, max_length=120, help_text="Empty: the usual place")

    def __init__(self, *args: Any, bodies: Mapping[str, Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [(body.key, body.full_name) for body in bodies.values()]  # type: ignore[attr-defined]


class MeetingForm(PlainForm):
    """Time, place and closing date of one meeting."""

    at = ClockField(
        label="Time", required=False, help_text="Like 14:30 or 2:30pm", max_length=10,
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
    )  # fmt: skip
    place = forms.CharField(label="Place", required=False, max_length=120)
    papers_by = DatePartsField(
        label="Last day for papers", error_messages={"required": "Enter the last day for papers, like 27 3 2026"}
    )
    in_public = forms.BooleanField(
        label="The public may attend",
        required=False,
        help_text="The agenda is then published five clear days before",
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        self.meeting = meeting
        super().__init__(*args, **kwargs)

    def clean_papers_by(self) -> date:
        found: date = self.cleaned_data["papers_by"]
        if found > self.meeting.on:
            raise ValidationError("Papers must close on the day of the meeting or before")
        return found


class BodyForm(PlainForm):
    """What is usual for the meetings of a body."""

    at = ClockField(
        label="Usual time", required=False, help_text="Like 14:30 or 2:30pm", max_length=10,
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
    )  # fmt: skip
    place = forms.CharField(label="Usual place", required=False, max_length=120)
    papers_days = PapersDaysField()
    in_public = forms.BooleanField(
        label="The public may attend",
        required=False,
        help_text="The agenda is then published five clear days before",
    )
    key_from = MoneyField(
        label="A decision is key from how much a year?",
        unit="a year",
        required=False,
        help_text="The council’s own sum. Empty: those who decide say it for each decision",
        error_messages={"wrong": "Enter the sum in pounds, like 100000"},
    )

    @classmethod
    def of(cls, setting: BodySetting, data: Any) -> "BodyForm":
        """The form with what is set now."""
        names = ("at", "place", "papers_days", "in_public", "key_from")
        return cls(data, initial={name: getattr(setting, name) for name in names})


class CancelForm(PlainForm):
    """Why a meeting is called off."""

    reason = forms.CharField(
        label="Why is it cancelled?",
        help_text="Its items can then go on the agenda of another meeting",
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why the meeting is cancelled"},
    )


class AccessForm(PlainForm):
    """What of an item is kept from the public."""

    exempt = forms.ChoiceField(
        label="What of this item is exempt?",
        choices=[("none", Exempt.NONE.label), *((each.value, each.label) for each in Exempt if each.value)],
        widget=Radios(
            hints={
                Exempt.PART.value: "The public paper leaves them out, and every figure of theirs elsewhere",
                Exempt.WHOLE.value: "The public agenda says only that there is an item, and the paragraph",
            }
        ),
        error_messages={"required": "Select what of this item is exempt"},
    )
    paragraph = forms.TypedChoiceField(
        label="Under which paragraph of Schedule 12A?",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Not chosen"), *((str(number), f"{number}: {text}") for number, text in PARAGRAPHS.items())],
    )
    parts = forms.MultipleChoiceField(
        label="Which parts of the paper?",
        required=False,
        widget=Checkboxes(small=True),
        help_text="Only where parts of the paper are exempt",
    )
    why = forms.CharField(
        label="Why is keeping it exempt in the public interest?",
        required=False,
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, parts: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = list(parts)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        exempt = cleaned.get("exempt")
        if exempt in (Exempt.PART, Exempt.WHOLE):
            if not cleaned.get("paragraph") and "paragraph" not in self.errors:
                self.add_error("paragraph", "Choose the paragraph of Schedule 12A")
            if not cleaned.get("why"):
                self.add_error("why", "Say why the public interest is for keeping it exempt")
        if exempt == Exempt.PART and not cleaned.get("parts") and "parts" not in self.errors:
            self.add_error("parts", "Choose the parts of the paper that are exempt")
        return cleaned


class KeyForm(PlainForm):
    """Whether a decision is key, its notice, and an exception where 28 clear days cannot be kept."""

    is_key = forms.TypedChoiceField(
        label="Is this a key decision?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda said: said == "yes",
        widget=Radios(),
        error_messages={"required": "Say whether this is a key decision"},
    )
    why = forms.CharField(
        label="Why?",
        help_text="The money it spends or saves, or what it does in two wards or more",
        max_length=LONG,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say why it is, or is not, a key decision"},
    )
    published_on = DatePartsField(
        label="Day on which the notice was published", required=False, help_text="Leave it empty until it is"
    )
    exception = forms.ChoiceField(
        label="Exception",
        required=False,
        choices=[("", KeyDecision.Urgency.NONE.label)]
        + [(each.value, each.label) for each in KeyDecision.Urgency if each.value],
        widget=Radios(),
    )
    exception_on = DatePartsField(label="Day on which Scrutiny’s chair was told or agreed", required=False)
    exception_by = forms.CharField(label="Who was told or agreed?", required=False, max_length=120)
    exception_why = forms.CharField(
        label="Why can it not wait?", required=False, max_length=LONG, widget=forms.Textarea({"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        today = timezone.localdate()
        for name, said in (("published_on", "The notice"), ("exception_on", "Scrutiny’s chair")):
            if cleaned.get(name) and cleaned[name] > today:
                wants = "must be published" if name == "published_on" else "must be told"
                self.add_error(name, f"{said} {wants} today or earlier")
        if cleaned.get("exception"):
            for name, said in (
                ("exception_on", "Enter the day on which Scrutiny’s chair was told or agreed"),
                ("exception_by", "Enter who was told or agreed"),
                ("exception_why", "Say why it cannot wait"),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, said)
        return cleaned


class OutcomeForm(PlainForm):
    """What the body did with one item; empty while nothing is recorded for it yet."""

    mark = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, row: Row, mark: str, minute: str, **kwargs: Any) -> None:
        self.row = row
        policy = row.request.policy_version.policy
        self.offered = {each.id: each for each in outcomes_of(policy, row.step)}
        kwargs["prefix"] = f"item{row.item.pk}"
        kwargs["initial"] = {"mark": mark, "minute": minute, "outcome": ""}
        super().__init__(*args, **kwargs)
        choices = [(each.id, each.label) for each in self.offered.values()] or [(ADVISED, self._said_without)]
        self.fields["outcome"] = forms.ChoiceField(
            label="What was decided?" if row.step.act in BODY_ACTS else "What was said?",
            choices=[("", "Nothing recorded now"), *choices, (DEFERRED, "Deferred to another meeting")],
            required=False,
            widget=Radios(small=True),
            error_messages={"invalid_choice": "Select one of the outcomes that this step offers"},
        )
        for name in dict.fromkeys(each.reason_list for each in self.offered.values() if each.reason_list):
            values = policy.list(name)
            self.fields["reason_from_list"] = forms.ChoiceField(
                label=values.label,
                required=False,
                choices=[("", "Not chosen"), *((value.id, value.label) for value in values.values if value.active)],
            )
        self.fields["reasons"] = forms.CharField(
            label="Reasons", required=False, max_length=LONG, widget=forms.Textarea({"rows": 3})
        )
        if row.step.act in BODY_ACTS and row.request.partnership:
            self.fields["conditions"] = forms.CharField(
                label="Conditions",
                help_text="One a line; each becomes an action of the entry",
                required=False,
                max_length=LONG,
                widget=forms.Textarea({"rows": 2}),
            )
        if row.step.act in BODY_ACTS:
            self.fields["interests"] = forms.CharField(
                label="Interests declared, and dispensations", required=False, max_length=LONG,
                widget=forms.Textarea({"rows": 2}),
            )  # fmt: skip
        self.fields["minute"] = forms.CharField(label="Minute reference", required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("outcome", "")
        offered = self.offered.get(chosen)
        wants = chosen == DEFERRED or bool(offered and offered.reason == "required")
        wants = wants or (chosen == ADVISED and self.row.step.act in ADVISING)
        if wants and not cleaned.get("reasons") and "reasons" not in self.errors:
            self.add_error("reasons", "Say why it was deferred" if chosen == DEFERRED else "Enter the reasons")
        said = any(cleaned.get(name) for name in ("reasons", "conditions", "interests"))
        if said and not chosen and "outcome" not in self.errors:
            self.add_error("outcome", "Select what was decided, or take the words out")
        for line in self._conditions():
            if len(line) > 500:
                self.add_error("conditions", "Enter each condition in 500 characters or fewer")
        return cleaned

    def _conditions(self) -> list[str]:
        return [each.strip() for each in self.cleaned_data.get("conditions", "").splitlines() if each.strip()]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields that few items need."""
        names = ("reason_from_list", "conditions", "interests", "minute")
        return [self[name] for name in names if name in self.fields]

    @property
    def has_more(self) -> bool:
        """Whether something was typed there, or is wrong."""
        return any(field.errors or (self.is_bound and field.name != "minute" and field.value()) for field in self.more)

    @property
    def is_said(self) -> bool:
        """Whether something is to be recorded for this item."""
        return bool(self.cleaned_data.get("outcome"))

    @property
    def outcome_words(self) -> str:
        """What is to be recorded, in words."""
        chosen = self.cleaned_data["outcome"]
        if chosen in self.offered:
            return self.offered[chosen].label
        return "Deferred" if chosen == DEFERRED else self._said_without.partition(",")[0]

    @property
    def _said_without(self) -> str:
        """What a body did on a step that offers no outcomes."""
        return "Received" if self.row.step.act == "receive" else "Advised, as said below"

    @property
    def condition_lines(self) -> list[str]:
        """The conditions, line by line."""
        return self._conditions()

    def recorded(self, on: date) -> Recorded:
        """What the row says, as the service takes it."""
        given = self.cleaned_data
        chosen = given["outcome"]
        if chosen == DEFERRED:
            return Recorded(self.row.item, Said(), given["reasons"], given["mark"])
        said = Said(
            outcome="" if chosen == ADVISED else chosen,
            reasons=given.get("reasons", ""),
            reason_from_list=given.get("reason_from_list", ""),
            interests=given.get("interests", ""),
            minute=given.get("minute", ""),
            on=on,
            conditions=[(text, None, None) for text in self._conditions()],
        )
        return Recorded(self.row.item, said, "", given["mark"])
