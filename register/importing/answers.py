"""A person's answers: they settle questions, and every one is checked before it is used.

The document is a list. Each entry is one of
  {"sheet", "cell", "code", "value"}            an answer for one cell; "use_suggestion": true in place of "value" takes the suggestion
  {"code", "value" or "use_suggestion", "column"?, "sheet"?}   an answer for all questions of a kind, or for a question about the file
  {"code": "column", "sheet", "column", "fields": [...]}   what a column becomes; "leave_out": true or "keep_as_note": true in place of "fields"
  {"sheet", "cell", "raw"}                      a corrected cell: it is read again as if the file held that text
An answer that does not fit is refused with a sentence and the question stays open.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from register.importing.result import Answered, Question, Record
from register.importing.values import plain, quote, whole

SUGGESTION = object()
LEAVE_OUT, KEEP_AS_NOTE = "leave out", "keep as note"
FILE_CODES = {
    "column-meaning",
    "unmapped-column",
    "no-heading",
    "duplicate-heading",
    "unit-in-heading",
    "scale",
    "old-sheet",
}
NUMBERS = {
    "contribution",
    "staff_hours_month",
    "meetings_per_year",
    "likelihood",
    "impact",
    "risk_score",
    "places",
    "substitutes",
    "term_years",
}
BOOLEANS = {"statutory", "has_terms", "has_exit_plan", "is_chair", "allowance", "res_accommodation", "res_it", "res_admin", "res_training", "res_insurance", "res_recruitment",
            "res_payroll", "res_health_safety", "res_advice"}  # fmt: skip
LISTS = {
    "partners",
    "client_groups",
    "level",
    "priorities",
    "corporate_objectives",
    "scs_outcomes",
    "benefits",
    "role",
    "funding_sources",
    "representatives",
}
DATES = {"start_date", "end_date", "review_date"}
CHOICES = {"risk": ("high", "medium", "low"), "value": ("high", "medium", "low"), "status": ("active", "ended")}
WORDS_OF = {
    "contribution": "an amount in pounds a year, like 12500",
    "staff_hours_month": "hours a month, like 7.5",
    "meetings_per_year": "a number of meetings, like 4",
}


@dataclass(slots=True)
class Answers:
    """The answers of one document, ordered for looking up."""

    repairs: dict[tuple[str, str], Any] = field(default_factory=dict)
    cells: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    kinds: list[tuple[str, str, str, Any]] = field(default_factory=list)  # code, column, sheet, value
    columns: dict[tuple[str, str], str | tuple[str, ...]] = field(
        default_factory=dict
    )  # (sheet, column): what it becomes
    refused: list[str] = field(default_factory=list)
    repaired: dict[tuple[str, str], Any] = field(default_factory=dict)  # (sheet, cell): what stood there before
    used: set[tuple[str, ...]] = field(default_factory=set)
    complaints: dict[tuple[str, ...], str] = field(default_factory=dict)

    @classmethod
    def from_document(cls, document: Any) -> "Answers":
        """Take the answers from the JSON document; what cannot be understood is refused with a sentence."""
        answers = cls()
        if document is None:
            return answers
        if not isinstance(document, list):
            answers.refused.append("The answers must be a list. Write [ ... ] round them.")
            return answers
        for i, entry in enumerate(document, 1):
            problem = answers._add(entry)
            if problem:
                answers.refused.append(f"Answer {i}: {problem}")
        return answers

    def _add(self, entry: Any) -> str:
        if not isinstance(entry, dict):
            return "write an object such as {'cell': 'J14', 'code': 'to-be-confirmed', 'value': 500}."
        cell, sheet = str(entry.get("cell") or "").upper().replace("$", ""), str(entry.get("sheet") or "")
        if cell and not re.fullmatch(r"[A-Z]{1,3}\d{1,7}", cell):
            return f"{quote(cell)} is not the address of one cell, such as J14."
        if "raw" in entry:
            if not cell:
                return "a corrected cell needs 'cell', such as J14."
            if entry["raw"] is not None and not isinstance(entry["raw"], str | int | float):
                return "'raw' must be the text or the number that the cell should hold."
            self.repairs[(sheet, cell)] = entry["raw"]
            return ""
        code = entry.get("code")
        if not isinstance(code, str):
            return "'code' is missing: name the question that is answered."
        if code == "column":
            return self._add_column(entry, sheet)
        if "value" not in entry and entry.get("use_suggestion") is not True:
            return "give a 'value', or 'use_suggestion': true."
        value = SUGGESTION if entry.get("use_suggestion") is True else entry["value"]
        if cell:
            self.cells[(sheet, cell, code)] = value
        else:
            self.kinds.append((code, str(entry.get("column") or "").upper(), sheet, value))
        return ""

    def _add_column(self, entry: Mapping[str, Any], sheet: str) -> str:
        """Take what a column becomes; the fields themselves are looked at with the table (choosing.py)."""
        column, fields = str(entry.get("column") or "").upper(), entry.get("fields")
        if not re.fullmatch(r"[A-Z]{1,3}", column):
            return f"{quote(column)} is not the letter of a column, such as D."
        said = [name for name in ("fields", "leave_out", "keep_as_note") if entry.get(name) not in (None, False, [])]
        if len(said) != 1:
            return "give one of 'fields', 'leave_out': true and 'keep_as_note': true."
        if said == ["fields"]:
            if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
                return "'fields' must be a list of the names of fields, such as ['statutory']."
            self.columns[(sheet, column)] = tuple(fields)
        else:
            self.columns[(sheet, column)] = LEAVE_OUT if said == ["leave_out"] else KEEP_AS_NOTE
        return ""

    def for_column(self, sheet: str, column: str) -> str | tuple[str, ...] | None:
        """What somebody wants a column to become: its fields, "leave out" or "keep as note"; None when nobody said."""
        for name in (sheet, ""):
            if (name, column) in self.columns:
                self.used.add(("column", name, column))
                return self.columns[(name, column)]
        return None

    def for_file(self, code: str, *, column: str = "", sheet: str = "") -> Any:
        """The answer to a question about the file, or None."""
        for other, place, name, value in self.kinds:
            if other == code and place in {"", column} and name in {"", sheet}:
                self.used.add(("kind", other, place, name))
                return "yes" if value is SUGGESTION else value
        return None

    def find(self, record: Record, code: str, cell: str) -> tuple[Any, str, tuple[str, ...]] | None:
        """The answer for a question: its value, whether for the cell or the kind, and the key of the answer."""
        for sheet in (record.sheet, ""):
            if (sheet, cell, code) in self.cells:
                return self.cells[(sheet, cell, code)], "cell", ("cell", sheet, cell, code)
        column = cell.rstrip("0123456789")
        for other, place, name, value in self.kinds:
            if other == code and place in {"", column} and name in {"", record.sheet}:
                return value, "kind", ("kind", other, place, name)
        if code in {"rating-rag", "rating-score", "scale-other"}:
            for other, place, name, value in self.kinds:
                if (
                    other == "scale"
                    and place in {"", column}
                    and name in {"", record.sheet}
                    and isinstance(value, Mapping)
                ):
                    return value, "kind", ("kind", other, place, name)
        return None

    def unused(self) -> list[str]:
        """A sentence for each answer that was given and not used."""
        out = list(self.complaints.values())
        refused = {key[:-1] for key in self.complaints}
        for sheet, cell, code in self.cells:
            key = ("cell", sheet, cell, code)
            if key not in self.used and key not in refused:
                out.append(f"{cell}: there is no question {quote(code)} about this cell.")
        for code, place, name, _ in self.kinds:
            key = ("kind", code, place, name)
            if key not in self.used and key not in refused and code not in FILE_CODES:
                out.append(
                    f"There is no question {quote(code)}{f' about column {place}' if place else ''} in the file."
                )
        for sheet, column in self.columns:
            if ("column", sheet, column) not in self.used:
                out.append(
                    f"There is no column {column} in the table{f' of the sheet {quote(sheet)}' if sheet else ''}."
                )
        for sheet, cell in self.repairs:
            if not any(address == cell and (not sheet or sheet == name) for name, address in self.repaired):
                out.append(f"{cell}: the corrected cell could not be placed. Name its sheet.")
        return out


def use_answers(record: Record, answers: Answers) -> None:
    """Settle the open questions of a record that have an answer; the answered ones are kept with their answer."""
    if not (answers.cells or answers.kinds):
        return
    still_open = []
    for ask in record.asks:
        found = answers.find(record, ask.code, ask.cell)
        if not found:
            still_open.append(ask)
            continue
        value, given_for, key = found
        if value is SUGGESTION and given_for == "kind" and ask.suggest is None:
            answers.used.add(key)  # the others of the kind have a suggestion; this one stays open
            still_open.append(ask)
            continue
        problem = _settle(
            record, ask, ask.suggest if value is SUGGESTION else value, given_for, took_suggestion=value is SUGGESTION
        )
        if problem:
            answers.complaints.setdefault((*key, ask.cell), f"{ask.cell}: {problem}")
            still_open.append(ask)
        else:
            answers.used.add(key)
    record.asks = still_open
    _leave_blank(record, answers)


def _leave_blank(record: Record, answers: Answers) -> None:
    """An error can be answered with null (leave the field blank), or with "leave out" where it stops the row."""
    for error in list(record.errors):
        found = answers.find(record, error.code, error.cell)
        if not found:
            continue
        value, given_for, key = found
        if error.blocks == "cell" and value is None:
            record.errors.remove(error)
        elif error.blocks == "row" and value == "leave out":
            record.decision = "leave out"
        else:
            answers.complaints.setdefault(
                (*key, error.cell),
                f"{error.cell}: correct the cell, or answer {'leave out' if error.blocks == 'row' else 'null to leave it blank'}.",
            )
            continue
        answers.used.add(key)
        record.answered.append(Answered(error.cell, error.fields, error.code, value, given_for))


DECISIONS = {
    "hidden-row": ("import", "leave out"),
    "not-a-partnership": ("keep", "leave out"),
    "duplicate": ("same", "different"),
    "extra-cells": ("keep", "leave out"),
}


def _settle(record: Record, ask: Question, value: Any, given_for: str, *, took_suggestion: bool) -> str:
    """Use one answer; return what is wrong with it, or ""."""
    if took_suggestion and value is None:
        return f"there is no suggestion for {quote(ask.code)}. Give a value."
    if ask.code in DECISIONS:
        problem = _decide(record, ask, value)
        if problem:
            return problem
        record.answered.append(Answered(ask.cell, ask.fields, ask.code, value, given_for))
        return ""
    if given_for == "kind" and not took_suggestion:
        value = _for_kind(ask, value)
        if isinstance(value, Exception):
            return str(value)
    settled = value if isinstance(value, dict) and "who" not in value else {_field_of(record, ask, value): value}
    if isinstance(value, str) and value == "leave out" and ask.code == "ended-in-text":
        record.decision, settled = "leave out", {}
    checked = {}
    for name, given in settled.items():
        good, problem = check_value(name, given)
        if problem:
            return problem
        checked[name] = good
    record.values.update(checked)
    for name in checked:
        record.sources[name] = {
            **record.sources.get(name, {}),
            "cell": ask.cell,
            "raw": ask.raw,
            "rule": f"answered: {ask.code}",
        }
    record.answered.append(Answered(ask.cell, ask.fields, ask.code, value, given_for))
    return ""


def _field_of(record: Record, ask: Question, value: Any) -> str:
    """The field that an answer fills: of several, the first that is open and takes such a value."""
    fields = [name for name in ask.fields if not name.endswith("_note")] or list(ask.fields) or ["notes"]
    targets = {"rep_levels": "representatives", "partnership": "partnership_ref"}
    fields = [targets.get(name, name) for name in fields]
    still_open = [name for name in fields if record.values.get(name) in (None, [], "")] or fields
    return next((name for name in still_open if not check_value(name, value)[1]), still_open[0])


def _decide(record: Record, ask: Question, value: Any) -> str:
    """Import the row, leave it out, or join it with another."""
    text = plain(str(value)) if not isinstance(value, dict) else "same"
    if ask.code == "duplicate":
        if text.startswith("same"):
            other = value.get("same_as_row") if isinstance(value, dict) else (ask.suggest or {}).get("same_as_row")
            record.decision = {"join": other}
            return ""
        return "" if text.startswith(("different", "keep")) else "answer 'same: join' or 'different: keep both'."
    if text == "leave out":
        record.decision = "leave out"
        return ""
    if "partnership_type" in ask.fields and value in ask.options:
        record.values["partnership_type"] = value
        return ""
    return "" if text in DECISIONS[ask.code] else f"answer one of: {', '.join(DECISIONS[ask.code])}."


def _for_kind(ask: Question, value: Any) -> Any:
    """What one answer for all questions of a kind means for this cell."""
    if isinstance(value, Mapping) and ask.code in {"rating-rag", "rating-score", "scale-other"}:
        word = str(ask.basis.get("word", plain(str(ask.raw))))
        given = {plain(str(key)): level for key, level in value.items()}
        if word in given:
            return given[word]
        return given.get(word[:1], ValueError(f"the answer does not say what {quote(word)} means.")) if len(word) > 1 else next(
            (level for key, level in given.items() if key[:1] == word), ValueError(f"the answer does not say what {quote(word)} means."))  # fmt: skip
    if ask.code == "hours-days" and "days_a_month" in ask.basis:
        return (
            whole(ask.basis["days_a_month"] * value)
            if isinstance(value, int | float) and 0 < value <= 24
            else ValueError("enter how many hours a working day has, like 7.4.")
        )
    if ask.code == "hours-fte" and "full_time_posts" in ask.basis:
        return (
            whole(ask.basis["full_time_posts"] * value * 52 / 12)
            if isinstance(value, int | float) and 0 < value <= 80
            else ValueError("enter how many hours a full-time week has, like 37.")
        )
    if ask.code == "hours-range" and value in {"lower", "middle", "higher"} and len(ask.options) == 3:
        return ask.options[("lower", "middle", "higher").index(value)]
    return value


def check_value(field_: str, value: Any) -> tuple[Any, str]:
    """The value as the field keeps it, and what is wrong with it ("" when it fits)."""
    if value is None:
        return None, ""
    if field_ in NUMBERS:
        return _check_number(field_, value)
    if field_ in BOOLEANS:
        return (value, "") if isinstance(value, bool) else (None, "answer true or false.")
    if field_ in CHOICES:
        text = str(value).strip().lower()
        return (text, "") if text in CHOICES[field_] else (None, f"answer one of: {', '.join(CHOICES[field_])}.")
    if field_ in DATES:
        return _check_date(value)
    if field_ in LISTS:
        return _check_list(field_, value)
    if isinstance(value, str | int | float) or (isinstance(value, dict) and "who" in value):
        return value, ""
    return None, f"{quote(str(value))} does not fit. Enter it as text."


def _check_number(field_: str, value: Any) -> tuple[Any, str]:
    if isinstance(value, str) and re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or (value < 0 and field_ != "contribution"):
        return None, f"{quote(str(value))} does not fit. Enter {WORDS_OF.get(field_, 'a number, like 4')}."
    return whole(value), ""


def _check_date(value: Any) -> tuple[Any, str]:
    text = str(value).strip()
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        try:
            dt.date.fromisoformat((text + "-01-01")[:10] if len(text) == 4 else (text + "-01")[:10])
        except ValueError:
            return None, f"{quote(text)} is not a date. Enter it like 2014-09-01, 2014-09 or 2014."
        return text, ""
    return None, f"{quote(text)} is not a date. Enter it like 2014-09-01, 2014-09 or 2014."


def _check_list(field_: str, value: Any) -> tuple[Any, str]:
    items: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    if not all(
        isinstance(item, str | int | float)
        or (isinstance(item, dict) and field_ == "representatives" and ("who" in item or "level" in item))
        for item in items
    ):
        return None, f"{quote(str(value))} does not fit. Enter a list of texts."
    if field_ == "representatives":
        return [item if isinstance(item, dict) else {"who": str(item)} for item in items], ""
    return [str(item) for item in items], ""
