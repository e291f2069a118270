"""The forms of a concern: the four questions, those of the policy's own form, and what is said on the way."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from approvals.concerns import Raised, ToDo
from approvals.forms import LONG, PlainForm
from approvals.models import Concern, Request, Seriousness, Wanted
from config.fields import Checkboxes, DatePartsField, Radios
from policy.model import Policy, Question, Questionnaire

WORDS = frozenset({"text", "long_text"})
CHOSEN = frozenset({"choice", "multi_choice"})


def _asked(question: Question, policy: Policy) -> forms.Field:
    """A question of the policy's form as a field: words, or a choice from one of its lists."""
    common: dict[str, Any] = {
        "label": question.text if question.required == "yes" else f"{question.text} (optional)",
        "help_text": question.hint,
        "required": question.required == "yes",
    }
    if question.type in CHOSEN:
        values = policy.list(str(question.list))
        choices = [(each.id, each.label) for each in values.values if each.active]
        error = {"required": f"Answer “{question.text}”", "invalid_choice": "Select from the list"}
        common["help_text"] = question.hint or values.hint
        if question.type == "multi_choice":
            return forms.MultipleChoiceField(choices=choices, widget=Checkboxes(), error_messages=error, **common)
        return forms.ChoiceField(choices=choices, widget=Radios(), error_messages=error, **common)
    rows = 4 if question.type == "long_text" else 1
    return forms.CharField(
        max_length=LONG,
        widget=forms.Textarea({"rows": rows}) if rows > 1 else forms.TextInput(),
        error_messages={"required": f"Answer “{question.text}”"},
        **common,
    )


class RaiseForm(PlainForm):
    """What is the matter, how serious it is, what is wanted, who should know (HAR-D16, RED-G09).

    An exception report says besides what was expected, why it is not so, and what is done about it. Where the policy
    has a form of its own its questions are asked, the first of them as what the matter is.
    """

    def __init__(
        self,
        *args: Any,
        kind: str,
        people: Iterable[User],
        own_form: Questionnaire | None = None,
        policy: Policy | None = None,
        expected: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.policy = kind, policy
        is_exception = kind == Concern.Kind.EXCEPTION
        questions = [each for each in own_form.questions if each.type in WORDS | CHOSEN] if own_form else []
        first = next((each for each in questions if each.type in WORDS), None)
        self.own = {f"own_{each.id}": each for each in questions if each is not first}
        if is_exception:
            self._ask("expected", "What was expected?", rows=2, initial=expected,
                      help_text="From the register. Change it to what matters here")  # fmt: skip
        plain = "What is so?" if is_exception else "What is the matter?"
        self._ask("what", first.text if first else plain, rows=5, help_text=first.hint if first else "")
        if is_exception:
            self._ask("why", "Why is it so?", rows=3)
            self._ask("done", "What is done about it?", rows=3)
        if policy:
            self.fields |= {name: _asked(question, policy) for name, question in self.own.items()}
        self.fields["seriousness"] = forms.ChoiceField(
            label="How serious is it?",
            choices=Seriousness.choices,
            widget=Radios(),
            error_messages={"required": "Select how serious it is"},
        )
        self.fields["wanted"] = forms.ChoiceField(
            label="What do you want?",
            choices=Wanted.choices,
            widget=Radios(hints={Wanted.DECISION: "A request on this partnership can be opened from the concern"}),
            error_messages={"required": "Select what you want"},
        )
        listed = list(people)
        if listed:
            self.fields["told"] = forms.MultipleChoiceField(
                label="Who else should know? (optional)",
                help_text="They can read the concern and add to it. Nobody else is told",
                choices=[(str(person.pk), _named(person)) for person in listed],
                widget=Checkboxes(),
                required=False,
                error_messages={"invalid_choice": "Select people of this partnership"},
            )
        self.people = {str(person.pk): person for person in listed}

    def _ask(self, name: str, label: str, *, rows: int, **more: Any) -> None:
        self.fields[name] = forms.CharField(
            label=label,
            max_length=LONG,
            widget=forms.Textarea({"rows": rows}),
            error_messages={"required": f"Answer “{label}”"},
            **more,
        )

    def said(self) -> Raised:
        """What the form says, as the service takes it."""
        given = self.cleaned_data
        beside = ("expected", "why", "done")
        answers = [(str(self.fields[name].label), given[name]) for name in beside if given.get(name)]
        for name, question in self.own.items():
            if words := self._in_words(question, given.get(name)):
                answers.append((question.text, words))
        return Raised(
            kind=self.kind,
            what=given["what"],
            seriousness=given["seriousness"],
            wanted=given["wanted"],
            answers=answers,
            told=[self.people[each] for each in given.get("told", ())],
        )

    def _in_words(self, question: Question, value: Any) -> str:
        if question.type not in CHOSEN or self.policy is None:
            return value or ""
        chosen: Sequence[str] = value if isinstance(value, list) else [value] if value else []
        listed = self.policy.list(str(question.list))
        return "; ".join(listed.label_of(each) for each in chosen)


def _named(person: User) -> str:
    return f"{person}, {person.job_title}" if person.job_title else str(person)


class SayForm(PlainForm):
    """Words on a concern; what they are called depends on what is done."""

    text = forms.CharField(max_length=LONG, widget=forms.Textarea({"rows": 4}))

    def __init__(
        self, *args: Any, label: str, error: str, hint: str = "", required: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label, field.help_text = label, hint
        field.error_messages["required"] = error

    def extra(self) -> dict[str, Any]:
        """What the service takes besides the words."""
        return {}


class LeadForm(SayForm):
    """Which request a concern led to."""

    def __init__(self, *args: Any, requests: Sequence[Request], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.requests = {each.reference: each for each in requests}
        self.fields["request"] = forms.ChoiceField(
            label="Which request did it lead to?",
            help_text="Those who decide on it and may know of this concern read it there. A new request is asked for "
            "on the partnership’s page “Decisions”.",
            choices=[
                (each.reference, f"{each.reference}: {each.policy_version.policy.route(each.route).title}")
                for each in requests
            ],
            widget=Radios(),
            error_messages={"required": "Select the request", "invalid_choice": "Select one of these requests"},
        )
        self.order_fields(["request", "text"])

    def extra(self) -> dict[str, Any]:
        """What the service takes besides the words."""
        return {"request": self.requests[self.cleaned_data["request"]]}


class ActForm(SayForm):
    """What was done, and what is to be done: an action of the entry, which everybody reads."""

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_do"] = forms.CharField(
            label="What is to be done? (optional)",
            help_text="It becomes an action of the partnership. Everybody who reads the register sees this line, "
            "not the concern",
            max_length=500,
            required=False,
        )
        self.fields["owner"] = forms.ModelChoiceField(
            label="Who does it? (optional)",
            queryset=people,
            required=False,
            empty_label="Nobody yet",
        )
        self.fields["due_on"] = DatePartsField(label="By when? (optional)", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("owner") or cleaned.get("due_on")) and not cleaned.get("to_do"):
            self.add_error("to_do", "Say what is to be done, or take the person and the day out")
        return cleaned

    def extra(self) -> dict[str, Any]:
        """What the service takes besides the words."""
        return {"to_do": self.thing()}

    def thing(self) -> ToDo:
        """What is to be done, as the service takes it."""
        given = self.cleaned_data
        return ToDo(given.get("to_do", ""), given.get("owner"), given.get("due_on"))
