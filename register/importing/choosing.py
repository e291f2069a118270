"""What a person chose for the columns of a table: another field, left out, or kept as a note.

The choices come with the answers (answers.py). One that cannot be is refused with a sentence, and the column stays as proposed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from register.importing.answers import KEEP_AS_NOTE, LEAVE_OUT, Answers
from register.importing.headings import Mapped, Rule, schemas, with_unit
from register.importing.result import Knowledge
from register.importing.tables import KEY_FIELDS, Table
from register.importing.values import quote
from register.importing.workbook import letter

CHOSEN = "you chose it"
# What "unit-in-heading" can be answered with, and the unit and the period that it stands for.
TIMES = {
    f"{unit}s a {period}": (unit, period)
    for unit, period in (
        ("hour", "week"), ("hour", "month"), ("hour", "year"),
        ("day", "week"), ("day", "month"), ("day", "year"),
    )
}  # fmt: skip
SUMS = {
    "pounds a year": (1, "year"),
    "pounds a month": (1, "month"),
    "pounds a quarter": (1, "quarter"),
    "thousands of pounds a year": (1000, "year"),
}


def units_to_choose(mapped: Mapped) -> tuple[str, ...]:
    """The answers to the question in which unit a column is, "yes" for what its heading says."""
    return ("yes", *(SUMS if mapped.kind == "money" else TIMES))


def rule_for(kind: str, fields: Sequence[str]) -> Rule | None:
    """The rule of a kind of sheet that feeds these fields, or the one of this name; None when there is none."""
    rules = schemas()[kind]
    found = next((rule for rule in rules.values() if rule.fields == tuple(fields)), None)
    return found or (rules.get(fields[0]) if len(fields) == 1 else None)


def fields_of(use: str) -> list[tuple[str, ...]]:
    """What a column of a sheet of this use can become: the fields of each rule, no two alike."""
    kind = use.split(maxsplit=1)[0] if use else ""
    return list(dict.fromkeys(rule.fields for rule in schemas().get(kind, {}).values()))


def use_choices(table: Table, answers: Answers) -> None:
    """Put what people chose in place of what was proposed, all before a cell is read."""
    _move(table, answers)
    _choose_doubles(table, answers)
    for i, mapped in enumerate(table.columns):
        if mapped.kind not in {"hours", "hours-and-note", "money"}:
            continue
        said = unit_answered(mapped, table, answers)
        if said is None or said == "yes" or _is_length(mapped, said):
            continue
        if mapped.kind == "money" and str(said) in SUMS:
            factor, period = SUMS[said]
            table.columns[i] = replace(mapped, factor=factor, period=period)
        elif mapped.kind != "money" and str(said) in TIMES:
            unit, period = TIMES[said]
            table.columns[i] = replace(mapped, unit=unit, period=period)
        elif str(said) not in {**SUMS, **TIMES}:
            _refuse(answers, table, mapped, "unit-in-heading", f"answer one of: {', '.join(units_to_choose(mapped))}.")


def unit_answered(mapped: Mapped, table: Table, answers: Answers) -> Any:
    """The answer to the question in which unit a column is, or None."""
    return answers.for_file("unit-in-heading", column=letter(mapped.column), sheet=table.sheet.name)


def knowledge_of(table: Table, knowledge: Knowledge, answers: Answers) -> Knowledge:
    """What the register knows, with the length of a day or week that was answered for a column of this table."""
    for mapped in table.columns:
        said = unit_answered(mapped, table, answers)
        if _is_length(mapped, said):
            length = float(said)
            is_day = mapped.unit == "day"
            knowledge = replace(knowledge, hours_a_day=length) if is_day else replace(knowledge, hours_a_week=length)
    return knowledge


def _is_length(mapped: Mapped, said: Any) -> bool:
    """Whether an answer is the length of a working day, or of a full-time week, in hours."""
    most = {"day": 24, "fte": 80}.get(mapped.unit, 0)
    return isinstance(said, int | float) and not isinstance(said, bool) and 0 < said <= most


def _move(table: Table, answers: Answers) -> None:
    """Each column as it was chosen. A field goes to the column that somebody chose for it, away from the one proposed."""
    before = list(table.columns)
    chosen: dict[int, Rule | None] = {}
    for mapped in before:
        choice = answers.for_column(table.sheet.name, letter(mapped.column))
        if choice is None:
            continue
        rule = None if isinstance(choice, str) else rule_for(table.kind, choice)
        if rule is None and not isinstance(choice, str):
            _refuse(answers, table, mapped, "column", f"there is no field {quote(', '.join(choice))} on this sheet.")
        elif rule and (rival := _rival(rule, chosen)):
            _refuse(answers, table, mapped, "column",
                    f"column {letter(rival)} becomes this field already. Choose it for one of the two.")  # fmt: skip
        else:
            chosen[mapped.column] = rule
    if not chosen:
        return
    taken = {name for rule in chosen.values() if rule for name in _fields_fed_once(rule)}
    table.columns[:] = [_as_chosen(mapped, chosen, taken) for mapped in before]
    if not KEY_FIELDS[table.kind] <= {mapped.rule.key for mapped in table.columns if mapped.rule}:
        table.columns[:] = before
        for mapped in before:
            if mapped.column in chosen:
                _refuse(answers, table, mapped, "column", "without this column the rows have no name. Choose the column that holds the names first.")  # fmt: skip


def _fields_fed_once(rule: Rule) -> set[str]:
    """The fields of a rule that one column alone may feed: several may feed the notes."""
    return set(rule.fields) - {"notes"}


def _rival(rule: Rule, chosen: Mapping[int, Rule | None]) -> int:
    """The column that was chosen for the same field before, or 0."""
    wanted = _fields_fed_once(rule)
    return next((column for column, other in chosen.items() if other and wanted & _fields_fed_once(other)), 0)


def _as_chosen(mapped: Mapped, chosen: Mapping[int, Rule | None], taken: set[str]) -> Mapped:
    if mapped.column in chosen:
        rule = chosen[mapped.column]
        if rule and rule.kind == mapped.kind and rule.fields == mapped.fields:
            return replace(mapped, meanings=(), reason=CHOSEN)  # with the unit and the scale of its heading
        plain_column = Mapped(mapped.column, mapped.heading, rule, 100 if rule else 0, CHOSEN)
        return with_unit(plain_column, mapped.heading) if rule else plain_column
    if mapped.rule and taken & _fields_fed_once(mapped.rule):
        return Mapped(mapped.column, mapped.heading, None, 0, "you chose another column for its field")
    return mapped


def _choose_doubles(table: Table, answers: Answers) -> None:
    """Of two columns with the same heading, the one that counts takes the field; the other is left out."""
    by_place = {letter(mapped.column): i for i, mapped in enumerate(table.columns)}
    for later, i in by_place.items():
        said = answers.for_file("duplicate-heading", column=later, sheet=table.sheet.name)
        if said is None:
            continue
        words = table.heading_words[table.columns[i].column]
        first = next(
            (x for x in by_place if words and table.heading_words[table.columns[by_place[x]].column] == words), later
        )
        if first == later:
            continue  # not the later of two
        said = first if said == "yes" else str(said).upper()
        if said not in (first, later):
            _refuse(answers, table, table.columns[i], "duplicate-heading", f"answer {first} or {later}.")
            continue
        counts, other = (i, by_place[first]) if said == later else (by_place[first], i)
        rule = table.columns[counts].rule or table.columns[other].rule
        like = table.columns[other] if table.columns[other].rule else table.columns[counts]
        place = table.columns[counts].column
        table.columns[counts] = replace(like, rule=rule, column=place, reason=CHOSEN)
        table.columns[other] = replace(table.columns[other], rule=None, meanings=(), choice="",
                                       reason=f"you chose column {letter(place)}")  # fmt: skip


def _refuse(answers: Answers, table: Table, mapped: Mapped, code: str, sentence: str) -> None:
    place = letter(mapped.column)
    answers.complaints.setdefault((code, table.sheet.name, place, ""), f"Column {place}: {sentence}")


def kept_as_note(mapped: Mapped, sheet: str, answers: Answers) -> bool | None:
    """Whether somebody wants a column without a field in the notes; None when nobody said."""
    place = letter(mapped.column)
    choice = answers.for_column(sheet, place)
    if choice in (KEEP_AS_NOTE, LEAVE_OUT):
        return choice == KEEP_AS_NOTE
    for code in ("unmapped-column", "no-heading"):
        answer = answers.for_file(code, column=place, sheet=sheet)
        if answer is not None:
            return answer == "yes" or bool(re.search("note", str(answer)))
    return None
