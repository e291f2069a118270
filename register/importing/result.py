"""What was read from a file, and its JSON form (the contract stands in fixtures/legacy/README.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class GuideLevel:
    """A level of the policy's guide to rating by contribution: it holds from `at_least` or above `above`, in £ a year."""

    level: str  # high, medium, low
    at_least: Decimal | None = None
    above: Decimal | None = None

    def holds(self, amount: Decimal) -> bool:
        if self.above is not None:
            return amount > self.above
        return amount >= (self.at_least or Decimal(0))


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the register knows today that helps to read a file.

    `priorities` are pairs of code and text in their order; `hours_a_day` and `hours_a_week` the council's working day and
    full-time week; `risk_guide` the levels from lowest to highest with their limits in £ a year (BRK-C01), empty for none.
    """

    priorities: tuple[tuple[str, str], ...] = ()
    hours_a_day: float = 7.4
    hours_a_week: float = 37.0
    risk_guide: tuple[GuideLevel, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanedCell:
    """A cell that was changed without asking: the rule, the cell as it was, and the fields as they were set."""

    cell: str
    fields: tuple[str, ...]
    raw: Any
    value: Mapping[str, Any]
    rule: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one cell. With `batch` one answer may settle all questions of that code."""

    cell: str
    fields: tuple[str, ...]
    raw: Any
    code: str
    question: str
    suggest: Any = None
    options: tuple[Any, ...] = ()
    batch: bool = False
    needs: str = ""
    basis: Mapping[str, Any] = field(
        default_factory=dict
    )  # figures behind the suggestion, for an answer to all of a kind


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be right. `blocks` is "row" when the row cannot be imported, else "cell"."""

    cell: str
    fields: tuple[str, ...]
    raw: Any
    code: str
    message: str
    fix: str
    blocks: str = "cell"


@dataclass(frozen=True, slots=True)
class Remark:
    """The value is imported as it stands, with a remark."""

    cell: str
    raw: Any
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was used: which question it settled, and whether it was given for this cell or for all of its kind."""

    cell: str
    fields: tuple[str, ...]
    code: str
    value: Any
    given_for: str  # "cell", "kind" or "repair"


@dataclass(slots=True)
class Record:
    """One record of the file: a partnership, a member or an appointment, as `use` says.

    `decision` says what becomes of it: import, leave out, or {"join": row} for the same partnership as another row.
    """

    sheet: str
    row: int
    use: str
    values: dict[str, Any]
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)  # field: {cell, raw, rule}
    cleaned: list[CleanedCell] = field(default_factory=list)
    asks: list[Question] = field(default_factory=list)
    errors: list[Fault] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)  # (cell, text)
    notes_kept: dict[str, str] = field(default_factory=dict)  # heading without a home: text of the cell
    decision: Any = "import"

    @property
    def is_stopped(self) -> bool:
        return any(error.blocks == "row" for error in self.errors)


@dataclass(frozen=True, slots=True)
class SheetUse:
    """What is done with a sheet, and why."""

    name: str
    use: str
    header_rows: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column, its heading as typed and the fields that it feeds, with the reason."""

    sheet: str
    column: str
    heading: str
    header_rows: tuple[int, ...]
    fields: tuple[str, ...]
    reason: str = ""
    is_hidden: bool = False
    samples: tuple[str, ...] = ()
    choice: str | tuple[str, ...] | None = None  # what a person wants it to become


@dataclass(frozen=True, slots=True)
class NotARow:
    """A line of which no record was made, and why."""

    sheet: str
    row: int
    why: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """A question about the file as a whole: about a column, several columns or a sheet."""

    code: str
    question: str
    sheet: str = ""
    column: str = ""
    columns: tuple[str, ...] = ()
    suggest: Any = None
    options: tuple[Any, ...] = ()
    batch: bool = False
    answer: Any = None


@dataclass(frozen=True, slots=True)
class FileFault:
    """Something wrong with the file as a whole, and what to do."""

    code: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class FileRemark:
    code: str
    message: str


@dataclass(slots=True)
class Reading:
    """All that was read from one file. Nothing is saved by reading."""

    file: str
    sheets: list[SheetUse] = field(default_factory=list)
    columns: list[ColumnUse] = field(default_factory=list)
    not_rows: list[NotARow] = field(default_factory=list)
    rows: list[Record] = field(default_factory=list)
    file_asks: list[FileQuestion] = field(default_factory=list)
    file_errors: list[FileFault] = field(default_factory=list)
    file_warnings: list[FileRemark] = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)  # codes that the file itself explains, with their texts
    refused_answers: list[str] = field(default_factory=list)  # a sentence for each answer that could not be used

    @property
    def open_questions(self) -> int:
        """How many questions still wait for an answer."""
        return sum(len(row.asks) for row in self.rows) + sum(1 for ask in self.file_asks if ask.answer is None)

    def as_json(self) -> dict[str, Any]:
        """The document that `import_register FILE --dry-run --json` prints."""
        return {
            "file": self.file,
            "sheets": [
                _lean({"name": x.name, "use": x.use, "header_rows": list(x.header_rows), "reason": x.reason})
                for x in self.sheets
            ],
            "columns": [_column(x) for x in self.columns],
            "not_rows": [_lean({"sheet": x.sheet, "row": x.row, "why": x.why, "text": x.text}) for x in self.not_rows],
            "rows": [_record(x) for x in self.rows],
            "file_asks": [_file_question(x) for x in self.file_asks],
            "file_errors": [{"code": x.code, "message": x.message, "fix": x.fix} for x in self.file_errors],
            "file_warnings": [{"code": x.code, "message": x.message} for x in self.file_warnings],
            "lists": dict(self.lists),
            "refused_answers": list(self.refused_answers),
        }


def _lean(entry: dict[str, Any]) -> dict[str, Any]:
    """Without what is not said; null, 0 and false are."""
    return {
        key: value
        for key, value in entry.items()
        if value not in ("", [], ()) and not (key in {"suggest", "answer"} and value is None)
    }


def _column(x: ColumnUse) -> dict[str, Any]:
    return {"sheet": x.sheet, "column": x.column, "heading": x.heading, "header_rows": list(x.header_rows), "fields": list(x.fields), "reason": x.reason,
            **({"hidden": True} if x.is_hidden else {}), "samples": list(x.samples), **({"choice": x.choice} if x.choice else {})}  # fmt: skip


def _file_question(x: FileQuestion) -> dict[str, Any]:
    return _lean({"code": x.code, "question": x.question, "sheet": x.sheet, "column": x.column, "columns": list(x.columns), "suggest": x.suggest,
                  "options": list(x.options), "batch": x.batch, "answer": x.answer})  # fmt: skip


def _record(x: Record) -> dict[str, Any]:
    return {
        "sheet": x.sheet,
        "row": x.row,
        "use": x.use,
        "decision": x.decision,
        "values": x.values,
        "sources": x.sources,
        "cleaned": [{"cell": c.cell, "fields": list(c.fields), "raw": c.raw, "value": dict(c.value), "rule": c.rule} for c in x.cleaned],
        "asks": [_question(a) for a in x.asks],
        "errors": [{"cell": e.cell, "fields": list(e.fields), "raw": e.raw, "code": e.code, "message": e.message, "fix": e.fix, "blocks": e.blocks} for e in x.errors],
        "warnings": [{"cell": w.cell, "raw": w.raw, "code": w.code, "message": w.message} for w in x.warnings],
        "answered": [{"cell": a.cell, "fields": list(a.fields), "code": a.code, "value": a.value, "given_for": a.given_for} for a in x.answered],
        "comments": [{"cell": cell, "text": text} for cell, text in x.comments],
        "notes_kept": x.notes_kept,
    }  # fmt: skip


def _question(a: Question) -> dict[str, Any]:
    said = _lean(
        {
            "code": a.code,
            "question": a.question,
            "suggest": a.suggest,
            "options": list(a.options),
            "batch": a.batch,
            "needs": a.needs,
        }
    )
    return {
        "cell": a.cell,
        "fields": list(a.fields),
        "raw": a.raw,
        **said,
        **({"basis": dict(a.basis)} if a.basis else {}),
    }
