"""The forms of an assessment, the screening and a challenge, built from the policy.

The form of a questionnaire's section is in `section_form`.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessments import drafts
from assessments.explaining import Box, Line, may_be_judged
from assessments.significance import Ground
from config import words
from config.fields import CountedTextarea, Radios
from policy.model import Definition, Scheme
from register.models import Partnership

LONG = 5000


class DraftForm(forms.Form):
    """A page of a draft that two people may have open: it carries the values as it was opened.

    `clean` merges what somebody else saved meanwhile; where both changed one answer, it says so there.
    """

    opened = forms.CharField(required=False, widget=forms.HiddenInput())

    theirs_by = "Somebody else"

    def theirs(self) -> dict[str, Any]:
        """The page's values as they stand in the draft now, as JSON keeps them."""
        raise NotImplementedError

    def mine(self) -> dict[str, Any]:
        """The cleaned values, as JSON keeps them."""
        raise NotImplementedError

    def merge(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Set the merged values side by side; a clash is an error at its field."""
        opened, theirs = drafts.unseal(cleaned.get("opened", "")), self.theirs()
        merged, clashes = drafts.settle(opened, theirs, self.mine())
        for name in clashes:
            self.add_error(
                name,
                f"{self.theirs_by} answered this after you opened the page: “{self.said(name, theirs.get(name))}”. "
                "Choose which answer stands and save again",
            )
        if clashes:
            # Seen are only the answers that the page now names: the rest is still as it was opened.
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["opened"] = drafts.seal(opened | {name: theirs.get(name) for name in clashes})
            self.data = data
        return merged

    def said(self, name: str, value: Any) -> str:
        """Their answer in words."""
        return "no answer" if value in (None, "", []) else str(value)


class JudgeForm(DraftForm):
    """The judged criteria of one scheme: a level in the policy's words, why, and where it can be seen."""

    def __init__(self, *args: Any, scheme: Scheme, lines: Sequence[Line], theirs_by: str = "", **kwargs: Any) -> None:
        self.scheme, self.lines = scheme, {line.criterion.id: line for line in lines}
        self.theirs_by = theirs_by or self.theirs_by
        self._kept = self._values()
        kwargs["initial"] = {**self._kept, "opened": drafts.seal(self._kept)}
        super().__init__(*args, **kwargs)
        for line in self.judged():
            self._add(line)

    def judged(self) -> list[Line]:
        """The lines that a person may judge."""
        return [line for line in self.lines.values() if may_be_judged(line.criterion)]

    def rows(self) -> list[tuple[Line, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Each judged criterion with its three fields."""
        return [
            (line, *(self[f"{line.criterion.id}-{part}"] for part in ("level", "why", "evidence")))  # type: ignore[misc]
            for line in self.judged()
        ]

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for line in self.judged():
            name = line.criterion.id
            values |= {
                f"{name}-level": "" if line.is_computed else line.level,
                f"{name}-why": line.why,
                f"{name}-evidence": line.evidence,
            }
        return values

    def _add(self, line: Line) -> None:
        criterion = line.criterion
        levels = [(level.id, level.label) for level in reversed(self.scheme.levels)]
        if criterion.has_limits:
            levels.append(("", "Leave it to the figure"))
        hints = {level: text for level, text in criterion.words.items() if text}
        self.fields[f"{criterion.id}-level"] = forms.ChoiceField(
            label=criterion.question,
            help_text=criterion.hint,
            choices=levels,
            required=False,
            widget=Radios(hints=hints, small=True),
            error_messages={"invalid_choice": "Choose one of the levels"},
        )
        self.fields[f"{criterion.id}-why"] = forms.CharField(
            label=f"Why this level for {words.inside(criterion.label.rstrip('?.'))}?",
            required=False,
            max_length=LONG,
            widget=forms.Textarea({"rows": 3}),
        )
        self.fields[f"{criterion.id}-evidence"] = forms.CharField(
            label=f"Where can others see this? {criterion.label}",
            help_text="A document, a minute or a page, with its date",
            required=False,
            max_length=500,
        )

    def theirs(self) -> dict[str, Any]:
        return self._kept

    def mine(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name, "") for name in self._kept}

    def said(self, name: str, value: Any) -> str:
        if name.endswith("-level") and value in self.scheme.order:
            return self.scheme.level_label(value)
        return super().said(name, value)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["levels"] = {}
        merged = self.merge(cleaned)
        for line in self.judged():
            name = line.criterion.id
            cleaned["levels"][name] = tuple(merged[f"{name}-{part}"] for part in ("level", "why", "evidence"))
        return cleaned


class OverallForm(DraftForm):
    """The overall level of a scheme, and why it differs from the suggestion when it does (BRK-I02)."""

    level = forms.ChoiceField(required=False)
    reason = forms.CharField(
        label="Why does your level differ?", required=False, max_length=LONG, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, *args: Any, box: Box, going_on: bool = True, theirs_by: str = "", **kwargs: Any) -> None:
        self.box, self.going_on = box, going_on
        self.theirs_by = theirs_by or self.theirs_by
        kept = self.theirs()
        kwargs["initial"] = {**kept, "opened": drafts.seal(kept)}
        super().__init__(*args, **kwargs)
        self.fields["level"] = forms.ChoiceField(
            label=f"What is the overall level of {box.scheme.label}?",
            choices=[(level.id, level.label) for level in reversed(box.scheme.levels)],
            required=False,
            widget=Radios(),
            error_messages={"invalid_choice": "Choose one of the levels"},
        )
        self.fields["reason"].help_text = (
            f"Needed when you choose another level than {box.suggested_label}" if box.suggested else ""
        )
        self.order_fields(["opened", "level", "reason"])

    def theirs(self) -> dict[str, Any]:
        return {"level": self.box.level, "reason": self.box.reason}

    def mine(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name, "") for name in ("level", "reason")}

    def said(self, name: str, value: Any) -> str:
        return self.box.label(value) if name == "level" and value else super().said(name, value)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        merged = self.merge(cleaned)
        level, reason = merged["level"], merged["reason"]
        if self.going_on and not level:
            self.add_error("level", f"Choose the overall {self.box.scheme.label} level")
        if self.going_on and level and self.box.suggested and level != self.box.suggested and not reason:
            chosen, suggested = self.box.label(level), self.box.suggested_label
            self.add_error("reason", f"Say why you chose {chosen}: the policy suggests {suggested}")
        cleaned.update(merged)
        return cleaned


class ChallengeForm(forms.Form):
    """A question about one level."""

    question = forms.CharField(
        max_length=LONG,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Write your question"},
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].label = label


class RemarkForm(forms.Form):
    """The next word in a challenge's thread."""

    text = forms.CharField(label="Your answer", max_length=LONG, widget=forms.Textarea({"rows": 4}), required=False)

    def __init__(self, *args: Any, needs_text: bool = True, label: str = "Your answer", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].required = needs_text
        self.fields["text"].error_messages["required"] = "Write your answer"


class ScreeningForm(forms.Form):
    """The definition's tests and exclusions, yes or no each (BRK-A11 to A17)."""

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        for test in definition.tests:
            self.fields[test.id] = self._asked(
                test.question, test.hint, f"Say yes or no: {words.inside(test.question.rstrip('?.'))}"
            )
        for exclusion in definition.exclusions:
            self.fields[exclusion.id] = self._asked(
                exclusion.label, exclusion.explanation, f"Say yes or no: {words.inside(exclusion.label.rstrip('?.'))}"
            )
            if exclusion.exception:
                self.fields[f"{exclusion.id}-exception"] = self._asked(
                    exclusion.exception, "Answer only if you said yes above", "", required=False
                )

    @staticmethod
    def _asked(label: str, hint: str, missing: str, *, required: bool = True) -> forms.Field:
        return forms.TypedChoiceField(
            label=label,
            help_text=hint,
            choices=[("yes", "Yes"), ("no", "No")],
            coerce=lambda value: value == "yes",
            empty_value=None,
            required=required,
            widget=Radios(),
            error_messages={"required": missing, "invalid_choice": "Choose yes or no"},
        )

    def tests(self, kind: str) -> list[forms.BoundField]:
        """The questions of one kind: needed or usual."""
        return [self[test.id] for test in self.definition.tests if test.kind == kind]

    @property
    def needed(self) -> list[forms.BoundField]:
        """The tests that a partnership must pass."""
        return self.tests("needed")

    @property
    def usual(self) -> list[forms.BoundField]:
        """The marks that a partnership usually has."""
        return self.tests("usual")

    @property
    def exclusions(self) -> list[forms.BoundField]:
        """The reasons why an arrangement is no partnership, each with its exception."""
        names = [
            name
            for exclusion in self.definition.exclusions
            for name in (exclusion.id, f"{exclusion.id}-exception")
            if name in self.fields
        ]
        return [self[name] for name in names]

    def answers(self) -> dict[str, bool]:
        """The answers by id of the test or exclusion; those not given are left out."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class SignificanceForm(forms.Form):
    """The grounds that a person judges, the mark, and the reason; refused when somebody set the mark meanwhile."""

    FOLLOWS = "follows"

    opened = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        partnership: Partnership,
        grounds: Sequence[Ground],
        label: str,
        otherwise: bool | None,
        **kwargs: Any,
    ) -> None:
        self.partnership = partnership
        self.asked = [ground for ground in grounds if ground.kept_as]
        said = {True: "yes", False: "no", None: self.FOLLOWS}
        judged = {each.kept_as: said[each.holds] for each in self.asked if each.holds is not None}
        kwargs["initial"] = {**judged, "mark": said[otherwise], "opened": drafts.seal(self._as_kept())}
        super().__init__(*args, **kwargs)
        for each in self.asked:
            self.fields[each.kept_as] = forms.TypedChoiceField(
                label=each.question,
                help_text=each.hint,
                choices=[("yes", "Yes"), ("no", "No")],
                coerce=lambda value: value == "yes",
                widget=Radios(),
                error_messages={
                    "required": f"Say yes or no: {words.inside(each.question.rstrip('?.'))}",
                    "invalid_choice": "Choose yes or no",
                },
            )
        self.fields["mark"] = forms.ChoiceField(
            label=f"{label}?",
            choices=[
                (self.FOLLOWS, "As the grounds say"),
                ("yes", "Yes, whatever the grounds say"),
                ("no", "No, whatever the grounds say"),
            ],
            widget=Radios(),
            error_messages={
                "required": "Choose whether the mark follows the grounds",
                "invalid_choice": "Choose one of the three",
            },
        )
        self.fields["reason"] = forms.CharField(
            label="Why?",
            help_text="It stands with the mark and in the history",
            max_length=LONG,
            widget=CountedTextarea(LONG, rows=4),
            error_messages={"required": "Say why", "max_length": f"Write the reason in {LONG} letters or fewer"},
        )

    def judged(self) -> dict[str, bool]:
        """What the person judged, by the name it is kept under."""
        return {each.kept_as: self.cleaned_data[each.kept_as] for each in self.asked}

    @property
    def otherwise(self) -> bool | None:
        """The mark that differs from the grounds, or None to follow them."""
        return {"yes": True, "no": False}.get(self.cleaned_data["mark"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if drafts.unseal(cleaned.get("opened", "")) != self._as_kept():
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["opened"] = drafts.seal(self._as_kept())
            self.data = data
            raise ValidationError(
                "Somebody else set this after you opened the page. Read what they said, then save again"
            )
        return cleaned

    def _as_kept(self) -> dict[str, Any]:
        return {"mark": self.partnership.is_significant, "why": self.partnership.significance_reason}


class SendForm(forms.Form):
    """Sending a form: why answers that the policy expects are left out, where some are (README section 1)."""

    left_open_because = forms.CharField(
        label="Why are they left out?",
        help_text="You can send the form without. What you write is kept with it",
        max_length=LONG,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": f"Write {LONG} characters or fewer"},
    )


def refuse(form: forms.Form, refusal: Exception) -> None:
    """Show a refusal as the form's own error."""
    form.add_error(None, ValidationError(str(refusal)))
