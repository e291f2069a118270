"""The forms of an assessment, a questionnaire's section, the screening and a challenge, built from the policy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessments import drafts
from assessments.answers import A_REAL_DAY, KINDS, NOT_ASKED, CouncilLists, Options, is_empty, options_of
from assessments.explaining import Box, Line, may_be_judged
from assessments.questionnaires import warning_of
from config.fields import DatePartsField, Radios
from policy.model import Beside, Definition, Policy, Question, Scheme
from register.models import Document

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
        theirs = self.theirs()
        merged, clashes = drafts.settle(drafts.unseal(cleaned.get("opened", "")), theirs, self.mine())
        for name in clashes:
            self.add_error(
                name,
                f"{self.theirs_by} answered this after you opened the page: “{self.said(name, theirs.get(name))}”. "
                "Choose which answer stands and save again",
            )
        if clashes:
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["opened"] = drafts.seal(theirs)
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
            label=f"Why this level for {_inside(criterion.label)}?",
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
            self.fields[test.id] = self._asked(test.question, test.hint, f"Say yes or no: {_inside(test.question)}")
        for exclusion in definition.exclusions:
            self.fields[exclusion.id] = self._asked(
                exclusion.label, exclusion.explanation, f"Say yes or no: {_inside(exclusion.label)}"
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


# --- Questionnaires ----------------------------------------------------------------------------

YES_NO_TYPES = frozenset({"yes_no"})


class SectionForm(DraftForm):
    """One section of a questionnaire: its questions with what belongs to each answer.

    A question's field has the question's id as its name; what belongs to it adds a word: `-reason`, `-source`,
    `-source-on`, `-document`, `-attachment`, `-file`, `-action`, `-action-owner`, `-action-due`, `-right`.
    """

    def __init__(
        self,
        *args: Any,
        policy: Policy,
        questions: Iterable[Question],
        kept: Mapping[str, Mapping[str, Any]],
        prefills: Mapping[str, Any],
        documents: Sequence[Document],
        lists: CouncilLists,
        proposal: bool = False,
        theirs_by: str = "",
        **kwargs: Any,
    ) -> None:
        self.policy, self.lists, self.documents = policy, lists, documents
        self.theirs_by = theirs_by or self.theirs_by
        self.asked: dict[str, Any] = {}
        self.options: dict[str, Options] = {}
        self.prefills = prefills
        self._kept = dict(kept)
        super().__init__(*args, **kwargs)
        for question in questions:
            self._add(question)
        self.initial = {**self.initial, **self._initial()}
        self.initial["opened"] = drafts.seal(self.theirs())

    def _add(self, question: Question) -> None:
        if question.type in NOT_ASKED:
            return
        name = question.id
        self._ask(question, question.text, question.hint)
        for beside in question.beside:
            self._ask(beside, beside.label, beside.hint)
            if held := self.prefills.get(beside.id):
                self.fields[beside.id].source = held.source  # type: ignore[attr-defined]
        if known := self.prefills.get(name):
            self.fields[name].source = known.source  # type: ignore[attr-defined]
        if known and not is_empty(known.value):
            self.fields[f"{name}-right"] = forms.BooleanField(
                label="Still right", required=False, widget=forms.CheckboxInput()
            )
        if question.reason != "none":
            self.fields[f"{name}-reason"] = _words("Why?", rows=3)
        if question.evidence != "none":
            self.fields[f"{name}-source"] = forms.CharField(
                label="Where does this come from?", required=False, max_length=200
            )
            self.fields[f"{name}-source-on"] = _day("Date of the source")
            self.fields[f"{name}-document"] = self._document("Document that shows it")
        if question.attachment != "none":
            self.fields[f"{name}-attachment"] = self._document("Attached document")
        if question.action != "none":
            self.fields[f"{name}-action"] = _words("What should be done?", rows=2)
            self.fields[f"{name}-action-owner"] = forms.CharField(label="Who does it?", required=False, max_length=120)
            self.fields[f"{name}-action-due"] = _day("By when?")

    def _ask(self, asked: Question | Beside, label: str, hint: str) -> None:
        options = options_of(asked, self.policy, self.lists)
        common = {"label": label, "help_text": hint, "required": False}
        self.asked[asked.id], self.options[asked.id] = asked, options
        self.fields[asked.id] = KINDS[asked.type].field(asked, options, common)

    def _document(self, label: str) -> forms.ChoiceField:
        choices = [("", "None"), *((str(each.pk), each.title) for each in self.documents)]
        hint = "" if self.documents else "Add it under Documents first, then choose it here"
        return forms.ChoiceField(label=label, choices=choices, required=False, help_text=hint)

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for name, asked in self.asked.items():
            kept = self._kept.get(name, {})
            value = kept.get("value")
            if name not in self._kept and name in self.prefills:
                value = self.prefills[name].value
            initial[name] = KINDS[asked.type].read(value) if not is_empty(value) else None
        for name, kept in self._kept.items():
            for part, field in PARTS.items():
                if f"{name}-{part}" in self.fields:
                    initial[f"{name}-{part}"] = kept.get(field)
        return initial

    def theirs(self) -> dict[str, Any]:
        return {name: self._kept[name].get("value") if name in self._kept else None for name in self.asked} | {
            f"{name}-reason": self._kept.get(name, {}).get("text", "")
            for name in self.asked
            if f"{name}-reason" in self.fields
        }

    def mine(self) -> dict[str, Any]:
        return {name: KINDS[asked.type].keep(self.cleaned_data.get(name)) for name, asked in self.asked.items()} | {
            name: value for name, value in self.cleaned_data.items() if name.endswith("-reason")
        }

    def said(self, name: str, value: Any) -> str:
        if name in self.asked and not is_empty(value):
            asked = self.asked[name]
            return KINDS[asked.type].say(value, asked, self.options[name])
        return super().said(name, value)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        cleaned["merged"] = self.merge(cleaned)
        return cleaned

    def answers(self) -> dict[str, dict[str, Any]]:
        """The merged answers by question id, as `Response.answer` takes them (the action apart)."""
        merged = self.cleaned_data["merged"]
        found = {}
        for name in self.asked:
            values: dict[str, Any] = {"value": merged.get(name)}
            if f"{name}-reason" in self.fields:
                values["text"] = merged.get(f"{name}-reason") or ""
            for part, field in PARTS.items():
                if part != "reason" and f"{name}-{part}" in self.fields:
                    given = self.cleaned_data.get(f"{name}-{part}")
                    values[field] = _kept_part(field, given)
            if prefill := self.prefills.get(name):
                same = values["value"] == prefill.value and not is_empty(prefill.value)
                values["prefilled_from"] = prefill.source if same else ""
                values["is_still_right"] = bool(self.cleaned_data.get(f"{name}-right")) if same else None
            found[name] = values
        return found

    def actions(self) -> dict[str, tuple[str, str, Any]]:
        """The actions by question id: what, who, by when. Those without words are left out."""
        found = {}
        for name in self.asked:
            if text := self.cleaned_data.get(f"{name}-action"):
                owner, due = (self.cleaned_data.get(f"{name}-action-{part}") for part in ("owner", "due"))
                found[name] = (text, owner or "", due)
        return found


@dataclass
class Block:
    """One question of a section as its page shows it: its fields, what was said last time, what it warns of."""

    question: Question
    field: forms.BoundField | None
    beside: list[forms.BoundField]
    reason: forms.BoundField | None
    right: forms.BoundField | None
    evidence: list[forms.BoundField]
    attachment: forms.BoundField | None
    action: list[forms.BoundField]
    warning: str
    before: str
    note: str
    is_part: bool

    @property
    def has_evidence(self) -> bool:
        """Whether evidence was given, so that its fields stand open."""
        return any(field.value() for field in self.evidence) or any(field.errors for field in self.evidence)

    @property
    def has_action(self) -> bool:
        """Whether an action was given, so that its fields stand open."""
        return any(field.value() for field in self.action) or any(field.errors for field in self.action)

    @property
    def has_attachment(self) -> bool:
        """Whether a document is attached, so that its field stands open."""
        return bool(self.attachment and (self.attachment.value() or self.attachment.errors))


def blocks_of(
    form: SectionForm,
    questions: Iterable[Question],
    values: Mapping[str, Any],
    before: Mapping[str, str],
    occasion: str,
) -> list[Block]:
    """The questions of a section in order, each with the fields that belong to it."""
    questions = list(questions)
    parts = {part.id for question in questions for part in question.parts}

    def field(name: str) -> forms.BoundField | None:
        return form[name] if name in form.fields else None

    def some(*names: str) -> list[forms.BoundField]:
        return [form[name] for name in names if name in form.fields]

    blocks = []
    for question in questions:
        name = question.id
        note = ""
        if question.type != "statement" and occasion in ("proposal", "joining"):
            note = "Answer what you expect" if "proposal" in question.expected_only_for else ""
        blocks.append(
            Block(
                question,
                field(name),
                some(*(each.id for each in question.beside)),
                field(f"{name}-reason"),
                field(f"{name}-right"),
                some(f"{name}-source", f"{name}-source-on", f"{name}-document"),
                field(f"{name}-attachment"),
                some(f"{name}-action", f"{name}-action-owner", f"{name}-action-due"),
                warning_of(question, values.get(name)),
                before.get(name, ""),
                note,
                name in parts,
            )
        )
    return blocks


# What belongs to an answer, by the word its field's name ends in.
PARTS = {
    "reason": "text",
    "source": "evidence_source",
    "source-on": "evidence_on",
    "document": "evidence_document_id",
    "attachment": "attachment_id",
    "right": "is_still_right",
}


def _kept_part(field: str, given: Any) -> Any:
    if field.endswith("_id"):
        return int(given) if given else None
    if field == "evidence_on":
        return given or None
    return given or ("" if field == "evidence_source" else False)


def _words(label: str, *, rows: int) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONG, widget=forms.Textarea({"rows": rows}))


def _day(label: str) -> DatePartsField:
    return DatePartsField(label=label, required=False, error_messages={"wrong": A_REAL_DAY})


def _inside(text: str) -> str:
    text = text.rstrip("?.")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def refuse(form: forms.Form, refusal: Exception) -> None:
    """Show a refusal as the form's own error."""
    form.add_error(None, ValidationError(str(refusal)))
