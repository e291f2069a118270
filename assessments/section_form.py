"""The form of one section of a questionnaire, built from the policy, and how its page shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessments import drafts, rules
from assessments import questionnaires as asks
from assessments.answers import (
    A_REAL_DAY,
    KINDS,
    CouncilLists,
    Options,
    is_empty,
    options_of,
    rank_clashes,
    words_field,
)
from assessments.forms import LONG, DraftForm
from assessments.models import Answer
from assessments.questionnaires import LastAnswer, Prefill
from assessments.reading_back import lettered
from config import words
from config.fields import DatePartsField
from policy.model import Beside, Policy, Question
from register import uploads
from register.models import Document

# What belongs to an answer, by the word its field's name ends in, and the field of `Answer` that keeps it.
PARTS = {
    "reason": "text",
    "source": "evidence_source",
    "source-on": "evidence_on",
    "document": "evidence_document_id",
    "attachment": "attachment_id",
    "right": "is_still_right",
}
ACTION = ("action", "action-owner", "action-due")


class UploadField(forms.FileField):
    """A file to be kept with the entry; what the register does not take is refused with what to do."""

    def __init__(self, *, kinds: str = uploads.KINDS_IN_WORDS, **options: Any) -> None:
        options.setdefault("widget", forms.FileInput)
        options.setdefault("help_text", f"{kinds}, up to {uploads.most_mb()} MB")
        super().__init__(required=False, max_length=150, **options)
        self.error_messages |= {
            "empty": "This file is empty. Choose another one",
            "max_length": "The name of this file is longer than 150 characters. Give it a shorter one",
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and (problem := uploads.why_not(file)):
            raise ValidationError(problem)
        return file


class SectionForm(DraftForm):
    """One section of a questionnaire: its questions with what belongs to each answer.

    A question's field has the question's id as its name; what belongs to it adds a word after two hyphens, which no
    id has: `--reason`, `--source`, `--source-on`, `--document`, `--attachment`, `--file`, `--action`,
    `--action-owner`, `--action-due`, `--right`, `--same`.
    """

    def __init__(
        self,
        *args: Any,
        policy: Policy,
        questions: Iterable[Question],
        answers: Iterable[Answer],
        prefills: Mapping[str, Prefill],
        documents: Sequence[Document],
        lists: CouncilLists,
        today: date,
        last: Mapping[str, LastAnswer] | None = None,
        rows_shown: Mapping[str, int] | None = None,
        theirs_by: str = "",
        **kwargs: Any,
    ) -> None:
        self.policy, self.lists, self.documents, self.today = policy, lists, documents, today
        self.theirs_by = theirs_by or self.theirs_by
        self.questions = list(questions)
        self.asked: dict[str, Question | Beside] = {}
        self.options: dict[str, Options] = {}
        self.prefills, self.last = prefills, last or {}
        self.kept = {answer.question: answer for answer in answers}
        super().__init__(*args, **kwargs)
        for question, letter in lettered(self.questions):
            self._add(question, f"{letter}. {question.text}" if letter else question.text)
        for name, shown in (rows_shown or {}).items():
            if name in self.fields:
                self.fields[name].widget.shown = shown
        self._stands = {name: self._standing(name) for name in self.fields if name != "opened"}
        self.initial = {**self.initial, **self._initial(), "opened": drafts.seal(self.theirs())}

    # --- Its fields ----------------------------------------------------------------------------

    def _add(self, question: Question, label: str) -> None:
        name = question.id
        if asks.is_filled_in(question):
            self._ask(question, label, question.hint)
            for beside in question.beside:
                self._ask(beside, beside.label, beside.hint)
            if (known := self.prefills.get(name)) and not is_empty(known.value):
                self._tick(f"{name}--right", "Still right")
            if (last := self.last.get(name)) and last.may_copy:
                self._tick(f"{name}--same", f"Same as last time: {last.brief}")
            if question.type == "file":
                self.fields[f"{name}--file"] = UploadField(label="Or choose a file from your device")
        elif not question.parts_rule:
            return
        if question.reason != "none":
            self.fields[f"{name}--reason"] = _words("Why?", rows=3)
        if question.evidence != "none":
            self.fields[f"{name}--source"] = words_field(
                {"label": "Where does this come from?", "required": False}, most=200
            )
            self.fields[f"{name}--source-on"] = _day("Date of the source")
            self.fields[f"{name}--document"] = self._document("Document that shows it")
        if question.attachment != "none" and question.type != "file":
            self.fields[f"{name}--attachment"] = self._document("Document of this partnership")
            self.fields[f"{name}--file"] = UploadField(label="Or choose a file from your device")
        if asks.may_have_action(self.policy, question):
            self._add_action(question)

    def _add_action(self, question: Question) -> None:
        name = question.id
        self.fields[f"{name}--action"] = _words("What should be done?", rows=2)
        self.fields[f"{name}--action"].help_text = self._action_hint(question)
        self.fields[f"{name}--action-owner"] = words_field({"label": "Who does it?", "required": False}, most=120)
        self.fields[f"{name}--action-due"] = _day("By when?")
        if due := asks.action_due(question, self.today):
            months = words.count(question.action_due_months or 0, "month")
            self.fields[f"{name}--action-due"].help_text = f"The policy gives {months}: by {words.day(due)}"

    def _action_hint(self, question: Question) -> str:
        if question.action == "required" and not question.action_on:
            return "The policy asks for an action here"
        on = [each if isinstance(each, str) else "Yes" if each else "No" for each in question.action_on]
        if question.scale:
            on += [point.id for point in self.policy.scale(question.scale).points if point.action == "required"]
        options = self.options.get(question.id, Options())
        named = [f"“{options.label(each)}”" for each in dict.fromkeys(on)]
        return f"Needed when the answer is {words.listed(named, 'or')}" if named else ""

    def _ask(self, asked: Question | Beside, label: str, hint: str) -> None:
        name = asked.id
        options = options_of(asked, self.policy, self.lists)
        if asked.type == "file":
            options = Options(choices=tuple((str(each.pk), each.title) for each in self.documents))
        kept = self.kept[name].value if name in self.kept else None
        options = options.also_offering(kept if isinstance(kept, list) else [] if is_empty(kept) else [kept])
        says_unit = asked.type != "number" or not asked.unit or asked.unit in label
        unit = "" if says_unit else f" ({asked.unit})"
        common = {"label": f"{label}{unit}", "help_text": hint, "required": False}
        self.asked[name], self.options[name] = asked, options
        self.fields[name] = KINDS[asked.type].field(asked, options, common)
        if known := self.prefills.get(name):
            self.fields[name].source = known.source  # type: ignore[attr-defined]

    def _tick(self, name: str, label: str) -> None:
        self.fields[name] = forms.BooleanField(label=label, required=False, widget=forms.CheckboxInput())

    def _document(self, label: str) -> forms.ChoiceField:
        choices = [("", "None"), *((str(each.pk), each.title) for each in self.documents)]
        return forms.ChoiceField(label=label, choices=choices, required=False)

    # --- What stands in the draft --------------------------------------------------------------

    def _standing(self, name: str) -> Any:
        """What the draft holds for a field, as JSON keeps it."""
        if name in self.asked:
            kept = self.kept.get(name)
            if self.asked[name].type == "file":
                return str(kept.attachment_id) if kept and kept.attachment_id else None
            return kept.value if kept else None
        question, part = self._part_of(name)
        kept = self.kept.get(question) or Answer()
        if part in ACTION:
            return _of_action(kept, part)
        if part == "same":
            return bool(kept.is_still_right and kept.prefilled_from == self.last[question].source)
        value = getattr(kept, PARTS[part]) if part in PARTS else None
        if part == "right":
            return bool(value)
        return _iso(value) if part == "source-on" else str(value or "") or None

    @staticmethod
    def _part_of(name: str) -> tuple[str, str]:
        """The question that a field belongs to, and what of it the field holds."""
        question, _, part = name.rpartition("--")
        return question, part

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for name, standing in self._stands.items():
            value = standing
            if name in self.asked:
                if name not in self.kept and name in self.prefills:
                    value = self.prefills[name].value
                initial[name] = KINDS[self.asked[name].type].read(value) if not is_empty(value) else None
            else:
                is_day = isinstance(self.fields[name], DatePartsField)
                initial[name] = date.fromisoformat(value) if is_day and value else value
        return initial

    def theirs(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self._stands.items()
            if name in self.asked or self._part_of(name)[1] not in ("same", "file")
        }

    def mine(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self.theirs():
            value = self.cleaned_data.get(name)
            if name in self.asked:
                found[name] = self._as_it_stood(name, KINDS[self.asked[name].type].keep(value))
            else:
                found[name] = _iso(value) if isinstance(value, date) else value
        return found

    def _as_it_stood(self, name: str, value: Any) -> Any:
        """A figure that is typed another way, 12.50 for 12.5, is the same figure: nobody changed it."""
        stands = self._stands[name]
        if self.asked[name].type in asks.FIGURES and stands and value and Decimal(stands) == Decimal(value):
            return stands
        return value

    def said(self, name: str, value: Any) -> str:
        if name in self.asked and not is_empty(value):
            asked = self.asked[name]
            if asked.type == "file":
                return self.options[name].label(value)
            return KINDS[asked.type].say(value, asked, self.options[name])
        choices = dict(getattr(self.fields.get(name), "choices", ()))
        return str(choices.get(value) or super().said(name, value))

    # --- What was typed ------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        self._take_last(cleaned)
        self._check_ranks(cleaned)
        if not self.errors:
            cleaned["merged"] = self.merge(cleaned)
            self._check_owners(cleaned["merged"])
        return cleaned

    def _check_owners(self, merged: Mapping[str, Any]) -> None:
        """An action is somebody's from the moment it is kept (BRK-B20, MEL-D72)."""
        for question in self.questions:
            what, who = (merged.get(f"{question.id}--{part}") for part in ACTION[:2])
            if what and not who:
                self.add_error(f"{question.id}--action-owner", "Say who does it: a name or a team")

    def _take_last(self, cleaned: dict[str, Any]) -> None:
        """Where "Same as last time" is ticked, the answer of last time stands in an empty field."""
        for name, last in self.last.items():
            if not cleaned.get(f"{name}--same"):
                continue
            kind = KINDS[self.asked[name].type]
            given = kind.keep(cleaned.get(name))
            if is_empty(given) or given == (self.prefills[name].value if name in self.prefills else None):
                # A restored value goes through the same door as a typed one.
                cleaned[name] = _typed(kind, last.value)
            elif given != last.value:
                self.add_error(f"{name}--same", "Your answer differs from last time. Take out the tick, or your answer")
                continue
            for part, value in (("reason", last.text), ("source", last.evidence)):
                if f"{name}--{part}" in self.fields and not cleaned.get(f"{name}--{part}"):
                    cleaned[f"{name}--{part}"] = value

    def _check_ranks(self, cleaned: Mapping[str, Any]) -> None:
        """Each place of a rank is given once among the parts of a question (MEL-B11, MEL-D31)."""
        for question in self.questions:
            ranked = [part for part in question.parts if part.type == "rank" and part.id in self.fields]
            given = [str(cleaned.get(part.id) or "") for part in ranked]
            for place, part in enumerate(ranked):
                if given[place] and given[place] in given[:place]:
                    same = [each for each in given if each == given[place]]
                    self.add_error(part.id, rank_clashes(same, dict(self.options[part.id].choices)))

    def answers(self) -> dict[str, dict[str, Any]]:
        """The merged answers by question id, as `Response.answer` takes them (actions and files apart)."""
        merged = self.cleaned_data["merged"]
        found: dict[str, dict[str, Any]] = {}
        for question in self.questions:
            if question.id in self.asked:
                found[question.id] = self._answer(question.id, merged)
                found |= {beside.id: {"value": merged.get(beside.id)} for beside in question.beside}
            elif question.parts_rule:
                parts = [merged.get(part.id) for part in question.parts if part.id in self.asked]
                found[question.id] = {"value": rules.all_yes(parts)} | self._belonging(question.id, merged)
        return found

    def _answer(self, name: str, merged: Mapping[str, Any]) -> dict[str, Any]:
        values = {"value": merged.get(name)} | self._belonging(name, merged)
        if self.asked[name].type == "file":
            values["attachment_id"] = int(merged[name]) if merged.get(name) else None
            values["value"] = self.options[name].label(merged[name]) if merged.get(name) else None
        prefill, last = self.prefills.get(name), self.last.get(name)
        same = prefill is not None and values["value"] == prefill.value and not is_empty(prefill.value)
        if last and self.cleaned_data.get(f"{name}--same"):
            values |= {"prefilled_from": last.source, "is_still_right": True}
        elif same and prefill:
            values |= {"prefilled_from": prefill.source, "is_still_right": bool(merged.get(f"{name}--right"))}
        elif prefill or last:
            values |= {"prefilled_from": "", "is_still_right": None}
        return values

    def _belonging(self, name: str, merged: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for part, kept_as in PARTS.items():
            if part == "right" or f"{name}--{part}" not in self.fields:
                continue
            given = merged.get(f"{name}--{part}")
            if kept_as.endswith("_id"):
                values[kept_as] = int(given) if given else None
            elif kept_as == "evidence_on":
                values[kept_as] = date.fromisoformat(given) if given else None
            else:
                values[kept_as] = given or ""
        return values

    def uploads(self) -> dict[str, Any]:
        """The files by question id."""
        return {
            self._part_of(name)[0]: file
            for name, file in self.cleaned_data.items()
            if file and isinstance(self.fields.get(name), UploadField)
        }

    def actions(self) -> dict[str, tuple[str, str, date | None]]:
        """The actions by question id: what, who, by when; "" where the form has none (any more)."""
        merged = self.cleaned_data["merged"]
        found = {}
        for question in self.questions:
            name = question.id
            if f"{name}--action" not in self.fields:
                continue
            what, who, due = (merged.get(f"{name}--{part}") for part in ACTION)
            day = date.fromisoformat(due) if due else None
            if what and day is None:
                day = asks.action_due(question, self.today)
            found[name] = (what or "", who or "", day)
        return found


def _of_action(kept: Answer, part: str) -> Any:
    action = kept.action if kept.action_id else None
    if action is None:
        return None
    return {"action": action.text, "action-owner": action.owner_name, "action-due": _iso(action.due_on)}[part]


def _typed(kind: Any, value: Any) -> Any:
    # `keep` undoes `read` for figures and days; a yes or no is kept as it is.
    read = kind.read(value)
    return value if isinstance(value, bool) else read


@dataclass
class Block:
    """One question of a section as its page shows it: its fields, what was said last time, what it warns of."""

    question: Question
    main: forms.BoundField | None = None
    beside: list[forms.BoundField] = field(default_factory=list)
    reason: forms.BoundField | None = None
    right: forms.BoundField | None = None
    same: forms.BoundField | None = None
    source: forms.BoundField | None = None
    evidence: list[forms.BoundField] = field(default_factory=list)
    attachment: list[forms.BoundField] = field(default_factory=list)
    action: list[forms.BoundField] = field(default_factory=list)
    warning: str = ""
    note: str = ""
    letter: str = ""
    worked_out: str = ""
    last: LastAnswer | None = None
    wants_action: bool = False
    wants_attachment: bool = False
    parts: list["Block"] = field(default_factory=list)

    @property
    def has_evidence(self) -> bool:
        """Whether more than the source was given as evidence, so that its fields stand open."""
        return _in_use(self.evidence)

    @property
    def has_action(self) -> bool:
        """Whether an action was given or is asked for, so that its fields stand open."""
        return self.wants_action or _in_use(self.action)

    @property
    def has_attachment(self) -> bool:
        """Whether a document is attached or looked for, so that its field stands open."""
        return self.wants_attachment or _in_use(self.attachment)


def _in_use(fields: Iterable[forms.BoundField]) -> bool:
    return any(each.errors or _is_filled(each.value()) for each in fields)


def _is_filled(value: Any) -> bool:
    return any(value) if isinstance(value, list) else bool(value)


def blocks_of(
    form: SectionForm,
    questions: Iterable[Question],
    values: Mapping[str, Any],
    occasion: str,
    worked_out: Mapping[str, str] | None = None,
) -> list[Block]:
    """The questions of a section in order, each with the fields that belong to it; parts under their question."""
    blocks: dict[str, Block] = {}
    top: list[Block] = []
    parents = {part.id: question.id for question in questions for part in question.parts}
    for question, letter in lettered(list(questions)):
        block = _block(form, question, values, occasion)
        block.letter = letter
        block.worked_out = (worked_out or {}).get(question.id, "")
        blocks[question.id] = block
        home = blocks.get(parents.get(question.id, ""))
        (home.parts if home else top).append(block)
    return top


def _block(form: SectionForm, question: Question, values: Mapping[str, Any], occasion: str) -> Block:
    name, value = question.id, values.get(question.id)

    def one(part: str) -> forms.BoundField | None:
        return form[f"{name}{part}"] if f"{name}{part}" in form.fields else None

    def some(*parts: str) -> list[forms.BoundField]:
        return [form[f"{name}--{part}"] for part in parts if f"{name}--{part}" in form.fields]

    expects = occasion in ("proposal", "joining") and "proposal" in question.expected_only_for
    needs_source = question.evidence == "required"
    return Block(
        question,
        main=one(""),
        beside=[form[each.id] for each in question.beside if each.id in form.fields],
        reason=one("--reason"),
        right=one("--right"),
        same=one("--same"),
        source=one("--source") if needs_source else None,
        evidence=some("source-on", "document") if needs_source else some("source", "source-on", "document"),
        attachment=some("file") if question.type == "file" else some("attachment", "file"),
        action=some(*ACTION),
        warning=asks.warning_of(form.policy, question, value),
        note="Answer what you expect" if expects and question.type != "statement" else "",
        last=form.last.get(name),
        wants_action=not is_empty(value) and asks.asks_for_action(form.policy, question, value),
        wants_attachment=not is_empty(value) and asks.asks_for_attachment(question, value),
    )


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _words(label: str, *, rows: int) -> forms.CharField:
    return words_field({"label": label, "required": False}, most=LONG, rows=rows)


def _day(label: str) -> DatePartsField:
    return DatePartsField(label=label, required=False, error_messages={"wrong": A_REAL_DAY})
