"""The forms of the import wizard: the file, its columns, one question, one cell."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from config.fields import Radios
from register.import_words import value_said
from register.importing import KEEP_AS_NOTE, LEAVE_OUT
from register.models.parts import financial_year

BLANK, OTHER, SUGGESTION = "blank", "other", "suggestion"
AS_PROPOSED = "as proposed"
MOST_BYTES = 50 * 1024 * 1024
YEARS_BACK = 12


class UploadForm(forms.Form):
    """The spreadsheet, and the financial year that its contributions belong to."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text="Excel (.xlsx or .xls), OpenDocument (.ods) or .csv, up to 50 MB. It is kept with the register and "
        "shown to nobody but those who may import.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
        error_messages={
            "required": "Choose the spreadsheet that holds the register",
            "empty": "The file is empty. Choose the file that holds the register",
            "missing": "Choose the spreadsheet that holds the register",
            "max_length": "The file's name is longer than 200 characters. Give it a shorter name and upload it again",
        },
        max_length=200,
    )
    year = forms.TypedChoiceField(
        label="Financial year of the contributions",
        help_text="The register keeps what the council pays by financial year.",
        coerce=int,
        error_messages={"required": "Select the financial year", "invalid_choice": "Select the financial year"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = financial_year(timezone.localdate())
        years = range(now + 1, now - YEARS_BACK, -1)
        self.fields["year"].choices = [(year, f"{year} to {year + 1}") for year in years]  # type: ignore[attr-defined]
        self.fields["year"].initial = now

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"{file.name} is larger than 50 MB. Save a copy with only the register's sheets and without pictures, "
                "and upload that copy"
            )
        return file


class AnswerForm(forms.Form):
    """One answer, for a cell, for all cells of a kind or for the whole file: nothing is chosen in advance.

    `options` are values of the reading; `suggestion` is one of them or another; `can_type` offers a field for a value
    as one would type it into the cell.
    """

    answer = forms.ChoiceField(widget=Radios(small=True), required=False)
    other = forms.CharField(required=False, max_length=500, label="Another value, as you would type it into the cell")

    def __init__(
        self,
        *args: Any,
        legend: str,
        options: Sequence[Any] = (),
        suggestion: Any = None,
        has_suggestion: bool = False,
        field: str = "",
        labels: Mapping[str, str] | None = None,
        can_type: bool = True,
        blank: str = "Leave it blank",
        must_answer: bool = False,
        type_label: str = "",
        other: str = "Another value",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.options, self.must_answer = list(options), must_answer
        choices: list[tuple[str, str]] = []
        hints: dict[str, str] = {}
        labels = labels or {}
        if has_suggestion and suggestion not in self.options:
            own = labels.get(SUGGESTION) if suggestion == "each" else ""
            choices.append((SUGGESTION, own or self._said(suggestion, field, labels)))
            hints[SUGGESTION] = "Suggested"
        for number, option in enumerate(self.options):
            choices.append((str(number), self._said(option, field, labels)))
            if has_suggestion and option == suggestion:
                hints[str(number)] = "Suggested"
        if can_type:
            choices.append((OTHER, other))
            self.fields["other"].label = type_label or self.fields["other"].label
        else:
            del self.fields["other"]
        if blank:
            choices.append((BLANK, blank))
        answer = self.fields["answer"]
        answer.label = legend
        answer.choices = choices  # type: ignore[attr-defined]
        answer.widget.hints = hints

    @staticmethod
    def _said(option: Any, field: str, labels: Mapping[str, str]) -> str:
        text = labels.get(str(option)) or value_said(option, field)
        return text[:1].upper() + text[1:]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen, typed = cleaned.get("answer"), cleaned.get("other", "").strip()
        if chosen == OTHER and not typed:
            self.add_error("other", "Enter the value, or choose one of the answers above")
        if not chosen and typed:
            cleaned["answer"] = OTHER
        if not chosen and not typed and self.must_answer:
            self.add_error("answer", "Select an answer, or choose “Answer later”")
        return cleaned

    def said(self) -> dict[str, Any] | None:
        """The answer as the reader takes it, without the question it belongs to; None when nothing was chosen."""
        chosen = self.cleaned_data.get("answer")
        if not chosen:
            return None
        if chosen == OTHER:
            return {"raw": self.cleaned_data["other"].strip()}
        if chosen == BLANK:
            return {"value": None}
        if chosen == SUGGESTION:
            return {"use_suggestion": True}
        return {"value": self.options[int(chosen)]}


class ColumnForm(forms.Form):
    """What one column becomes: a field of the register, a note, or nothing.

    `becomes` is what it is now: the fields of the reading joined by commas, LEAVE_OUT, KEEP_AS_NOTE, or "" while
    nobody said what a column without a field is to be. `is_chosen` tells that a person said so.
    """

    becomes = forms.ChoiceField(required=False, error_messages={"invalid_choice": "Select what the column becomes"})

    def __init__(
        self,
        *args: Any,
        column: str,
        heading: str,
        now: str,
        fields: Sequence[tuple[str, str]],
        is_chosen: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        choices: list[Any] = [] if now else [("", "Select what it becomes")]
        if is_chosen:
            choices.append((AS_PROPOSED, "As proposed at first"))
        kept = [(KEEP_AS_NOTE, "Keep it as a note"), (LEAVE_OUT, "Leave it out")]
        choices += [("No field of the register", kept), ("A field of the register", list(fields))]
        field = self.fields["becomes"]
        field.label = f"Column {column}, {heading}, becomes"
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = now

    def said(self) -> dict[str, Any] | None:
        """The choice as the reader takes it, without its column; None when it stays as it is."""
        chosen = self.cleaned_data.get("becomes")
        if not chosen or chosen == self.now:
            return None
        if chosen == AS_PROPOSED:
            return {"drop": True}
        if chosen in (LEAVE_OUT, KEEP_AS_NOTE):
            return {"leave_out": True} if chosen == LEAVE_OUT else {"keep_as_note": True}
        return {"fields": chosen.split(",")}


class RepairForm(forms.Form):
    """What a cell should hold: read again as if it stood in the spreadsheet. Or, by its button, nothing."""

    sheet = forms.CharField(widget=forms.HiddenInput, required=False)
    cell = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    raw = forms.CharField(
        max_length=2000,
        required=False,
        error_messages={"max_length": "Shorten the text to 2,000 characters"},
    )

    def __init__(self, *args: Any, cell: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["raw"].label = f"What {cell} should hold"

    @property
    def drops(self) -> str:
        """ "blank" or "leave out" when one of these buttons was pressed, else ""."""
        act = self.data.get("act", "") if self.is_bound else ""
        return act if act in ("blank", "leave out") else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.drops and not cleaned.get("raw") and "raw" not in self.errors:
            self.add_error("raw", "Enter what the cell should hold, then press Save")
        return cleaned

    def answer(self) -> dict[str, Any]:
        """The answer as the reader takes it."""
        place = {"sheet": self.cleaned_data["sheet"], "cell": self.cleaned_data["cell"]}
        if self.drops:
            return {**place, "code": self.cleaned_data["code"], "value": None if self.drops == "blank" else "leave out"}
        return {**place, "raw": self.cleaned_data["raw"]}
