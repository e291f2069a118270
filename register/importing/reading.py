"""Reads a register: rows to records, and what can only be seen by looking at several cells or rows at once."""

import datetime as dt
import gc
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from register.importing import names
from register.importing.answers import Answers, use_answers
from register.importing.choosing import kept_as_note, knowledge_of, unit_answered, units_to_choose, use_choices
from register.importing.columns import Column, columns_of, read_cell
from register.importing.headings import GUESSED, Mapped, likeness, schemas
from register.importing.result import (
    Answered,
    CleanedCell,
    ColumnUse,
    Fault,
    FileFault,
    FileQuestion,
    FileRemark,
    Knowledge,
    NotARow,
    Question,
    Reading,
    Record,
    Remark,
    SheetUse,
)
from register.importing.tables import Line, Table, lines_of, pairs_of, plan, title_of_theme
from register.importing.values import HERE, Ask, Clean, Outcome, Wrong, plain, quote, read_money, squeeze, whole
from register.importing.workbook import Book, Cell, Row, book_of, cells_of, column_number, letter

FILLED_DOWN = {
    "body",
    "category",
    "places",
    "meetings_per_year",
    "allowance",
}  # facts of a body, typed once for all its appointments
THREE = ("high", "medium", "low")


@dataclass(slots=True)
class Draft:
    """A record while it is made: where its values came from, and what waits for an answer."""

    record: Record
    table: Table
    row: Row
    outcomes: dict[str, tuple[Column, Cell, Outcome]] = field(default_factory=dict)  # by field rule
    name_cell: str = ""
    typed: dict[str, str] = field(default_factory=dict)  # what the row says, by column, for finding equal rows
    parent: "Draft | None" = None  # of a member: the first line of its group

    @property
    def values(self) -> dict[str, Any]:
        return self.record.values

    @property
    def name(self) -> str:
        return str(self.values.get("name") or self.values.get("body") or "")

    def ask(self, cell: str, fields: Iterable[str], raw: Any, ask: Ask) -> None:
        self.record.asks.append(
            Question(
                cell,
                tuple(fields),
                raw,
                ask.code,
                ask.question,
                ask.suggest,
                tuple(ask.options),
                ask.batch,
                ask.needs,
                ask.basis,
            )
        )

    def fault(self, cell: str, fields: Iterable[str], raw: Any, wrong: Wrong) -> None:
        self.record.errors.append(Fault(cell, tuple(fields), raw, wrong.code, wrong.message, wrong.fix, wrong.blocks))

    def remark(self, cell: str, raw: Any, code: str, message: str) -> None:
        self.record.warnings.append(Remark(cell, raw, code, message))

    def waits(self, field_: str) -> bool:
        """Whether a question or an error about the field is open."""
        return any(field_ in ask.fields for ask in self.record.asks) or any(
            field_ in error.fields for error in self.record.errors
        )

    def cell_of(self, key: str) -> str:
        return self.outcomes[key][1].address if key in self.outcomes else self.name_cell


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python's collector of cycles from walking over hundreds of thousands of cells, again and again, that all stay in use.

    It halves the time of a large file.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_register(path: Path | str, knowledge: Knowledge | None = None, answers: Any = None) -> Reading:
    """Read a legacy spreadsheet. `answers` is the document of answers (see answers.py) or None.

    Nothing is saved. Raises CannotRead when the file cannot be read at all.
    """
    path = Path(path)
    return read_cells(path.name, cells_of(path), knowledge, answers)


def read_cells(
    file_name: str, cells: Mapping[str, Any], knowledge: Knowledge | None = None, answers: Any = None
) -> Reading:
    """Read a spreadsheet again whose cells were kept (`cells_of`), without opening the file. Raises CannotRead."""
    with collector_paused():
        book = book_of(file_name, cells)
        return _read(book, knowledge or Knowledge(), Answers.from_document(answers))


def _read(book: Book, knowledge: Knowledge, given: Answers) -> Reading:
    reading = Reading(book.file, refused_answers=list(given.refused))
    _repair(book, given)
    tables, uses = plan(book)
    reading.sheets = [SheetUse(sheet.name, use, rows, reason) for sheet, use, reason, rows in uses]
    lists: dict[str, str] = {}
    for sheet, use, _, _ in uses:
        if use == "lookup lists":
            lists.update(pairs_of(sheet))
    reading.lists = dict(lists)
    _ask_about_sheets(reading, uses, given)
    if not tables:
        reading.file_errors.append(_no_table(book))
        return reading
    drafts: list[Draft] = []
    for table in tables:
        drafts += _read_table(table, reading, knowledge, lists, given)
    _look_across(drafts, reading, given)
    for draft in drafts:
        use_answers(draft.record, given)
    reading.rows = [draft.record for draft in drafts]
    if not drafts:
        reading.file_errors.append(
            FileFault(
                "no-records",
                f"{book.file} holds headings but no rows below them.",
                "Choose the file that holds the register, or fill in its rows.",
            )
        )
    if book.is_1904 and any(
        isinstance(cell.value, dt.date)
        for sheet in book.sheets
        for row in sheet.rows.values()
        for cell in row.cells.values()
    ):
        reading.file_warnings.append(
            FileRemark(
                "date-system",
                "The workbook counts dates from 1904. They were read that way; under the 1900 system each would be four years and a day too early.",
            )
        )
    reading.refused_answers += given.unused()
    return reading


def _no_table(book: Book) -> FileFault:
    for sheet in book.sheets:
        first = [squeeze(row.cells[min(row.cells)].text) for row in sheet.rows.values() if row.filled and row.cells]

        if sum(1 for text in first[:60] if likeness(text) >= 90) >= 4 and len(first) < 80:
            return FileFault("transposed", f"On the sheet {quote(sheet.name)} the headings seem to run down the first column.",
                             "Turn the table round (copy, Paste Special, Transpose) so that each partnership has a row of its own.")  # fmt: skip
    return FileFault(
        "no-heading",
        f"No row of headings was found in {book.file}.",
        "Put a row of headings above the data, with one for the name of the partnership, and upload the file again.",
    )


def _repair(book: Book, answers: Answers) -> None:
    """Put the corrected texts into their cells, as if the file held them."""
    for sheet in book.sheets:
        for (name, address), raw in answers.repairs.items():
            hit = re.fullmatch(r"([A-Z]{1,3})(\d+)", address)
            if not hit or (name and name != sheet.name) or (not name and len(book.sheets) > 1):
                continue
            number, column = int(hit[2]), column_number(hit[1])
            row = sheet.rows.setdefault(number, Row(number, False, {}))
            old = row.cells.get(column)
            answers.repaired[(sheet.name, address)] = old.raw if old else None
            row.cells[column] = Cell(
                number, column, raw, note=old.note if old else "", is_struck=bool(old and old.is_struck)
            )


def _ask_about_sheets(
    reading: Reading, uses: Sequence[tuple[Any, str, str, tuple[int, ...]]], answers: Answers
) -> None:
    for sheet, use, _, rows in uses:
        if use == "ask":
            held = sum(1 for number, row in sheet.rows.items() if number > max(rows) and row.filled)
            reading.file_asks.append(FileQuestion("old-sheet", f"The sheet {quote(sheet.name)} holds an older list of {held} rows. Leave it out?", sheet=sheet.name,
                                                  suggest="leave out", options=("leave out",), answer=answers.for_file("old-sheet", sheet=sheet.name)))  # fmt: skip


# ------------------------------------------------------------------ one table
def _read_table(
    table: Table, reading: Reading, knowledge: Knowledge, lists: Mapping[str, str], answers: Answers
) -> list[Draft]:
    use_choices(table, answers)
    _choose_meanings(table, reading, answers)
    columns = columns_of(table, knowledge_of(table, knowledge, answers), lists)
    _list_columns(table, columns, reading, answers)
    _ask_about_columns(table, columns, reading, answers)
    downward = _merged_downward(table)
    drafts: list[Draft] = []
    theme = ""
    totals: list[Line] = []
    for line in lines_of(table):
        if line.what == "record":
            above = drafts[-1] if drafts else None
            drafts.append(
                _read_row(table, columns, table.sheet.rows[line.number], above, downward=downward, answers=answers)
            )
            if theme and "theme" not in drafts[-1].values:
                drafts[-1].values["theme"] = theme
            continue
        reading.not_rows.append(NotARow(table.sheet.name, line.number, line.what, line.text))
        if line.what == "section heading" and table.kind == "register":
            theme = title_of_theme(line.text)
        elif line.what == "total":
            totals.append(line)
    if table.kind == "register":
        for draft in drafts:
            if theme:
                draft.values.setdefault("theme", None)
            _look_at_row(draft, knowledge, answers)
        _missing_ratings(drafts, columns)
        _compare_totals(table, drafts, totals, reading)
    elif table.kind == "appointments":
        for draft in drafts:
            _look_at_row(draft, knowledge, answers)
    return drafts


def _choose_meanings(table: Table, reading: Reading, answers: Answers) -> None:
    """Ask which of two dates a column holds, and use the answer."""
    for i, mapped in enumerate(table.columns):
        if not mapped.meanings:
            continue
        place = letter(mapped.column)
        answer = answers.for_file("column-meaning", column=place, sheet=table.sheet.name)
        if answer in mapped.meanings:
            table.columns[i] = replace(mapped, rule=schemas()[table.kind][answer])
        words = {
            "start_date": "the date when the partnership began",
            "review_date": "the date of the next review",
            "end_date": "the date when the partnership ends",
        }
        reading.file_asks.append(FileQuestion("column-meaning", f"Column {place} {quote(mapped.heading)} has two meanings. Is it {' or '.join(words[x] for x in mapped.meanings)}?",
                                              sheet=table.sheet.name, column=place, suggest=table.columns[i].fields[0], options=mapped.meanings,
                                              answer=answer if answer in mapped.meanings else None))  # fmt: skip


def _list_columns(table: Table, columns: Sequence[Column], reading: Reading, answers: Answers) -> None:
    fields = {column.mapped.column: column.fields for column in columns}
    samples = {heading.column: _few(heading.samples) for heading in table.headings}
    for mapped in table.columns:
        reading.columns.append(ColumnUse(table.sheet.name, letter(mapped.column), mapped.heading, table.header_rows, tuple(fields.get(mapped.column, ())), mapped.reason,
                                         mapped.column in table.sheet.hidden_columns, samples.get(mapped.column, ()),
                                         answers.for_column(table.sheet.name, letter(mapped.column))))  # fmt: skip


def _few(samples: Sequence[Any]) -> tuple[str, ...]:
    """Three different cells of a column, as text."""
    texts = dict.fromkeys(Cell(0, 1, value).text.strip() for value in samples)
    return tuple(text for text in texts if text)[:3]


def _ask_about_columns(table: Table, columns: Sequence[Column], reading: Reading, answers: Answers) -> None:
    """Questions about whole columns: without a home, without or with the same heading, another unit, another scale."""
    sheet = table.sheet.name
    seen: dict[str, str] = {}
    samples = {heading.column: heading.samples for heading in table.headings}

    def ask(
        code: str,
        text: str,
        *,
        place: str = "",
        places: tuple[str, ...] = (),
        suggest: Any = None,
        options: tuple[Any, ...] = (),
        chosen: Any = None,
    ) -> None:
        answer = chosen or answers.for_file(code, column=place or (places[0] if places else ""), sheet=sheet)
        reading.file_asks.append(FileQuestion(code, text, sheet=sheet, column=place, columns=places, suggest=suggest, options=options, answer=answer))  # fmt: skip

    for mapped in table.columns:
        place, words = letter(mapped.column), plain(mapped.heading)
        hidden = "Hidden column" if mapped.column in table.sheet.hidden_columns else "Column"
        if words and words in seen and not mapped.choice:
            ask("duplicate-heading", f"Columns {seen[words]} and {place} have the same heading {quote(mapped.heading)}. Which one is meant?", places=(place, seen[words]),
                suggest=seen[words], options=(seen[words], place))  # fmt: skip
        elif not mapped.rule and not words and samples.get(mapped.column):
            ask(
                "no-heading",
                f"{hidden} {place} has no heading. Keep it as a note or leave it out?",
                place=place,
                suggest="keep as note",
                options=("keep as note", "leave out"),
                chosen=answers.for_column(sheet, place),
            )
        elif not mapped.rule and words and samples.get(mapped.column):
            ask("unmapped-column", f"{hidden} {place} {quote(mapped.heading)} has no matching field. Keep it as a note or leave it out?", place=place, suggest="keep as note",
                options=("keep as note", "leave out"), chosen=answers.for_column(sheet, place))  # fmt: skip
        seen.setdefault(words, place)
        if mapped.rule and mapped.rule.key == "name" and mapped.score == GUESSED:
            reading.file_warnings.append(FileRemark("name-column", f"No heading names the partnership, so column {place} {quote(mapped.heading)} is read as its name. If it is not, "
                                                    "call the right column 'Partnership' and upload the file again."))  # fmt: skip
        is_answered = unit_answered(mapped, table, answers) is not None
        if mapped.kind in {"hours", "hours-and-note"} and (
            mapped.unit != "hour" or mapped.period != "month" or is_answered
        ):
            unit = {"day": "days", "minute": "minutes", "fte": "full-time posts"}.get(mapped.unit, "hours")
            how = {"week": "Multiply by 52/12?", "year": "Divide by 12?", "quarter": "Divide by 3?"}.get(
                mapped.period, "Is that right?"
            )
            how = (
                "How many hours is a working day?"
                if mapped.unit == "day"
                else "How many hours is a full-time week?"
                if mapped.unit == "fte"
                else how
            )
            ask(
                "unit-in-heading",
                f"Column {place} is in {unit} a {mapped.period}, the register keeps hours a month. {how}",
                place=place,
                suggest="yes",
                options=units_to_choose(mapped),
            )
        if mapped.kind == "money" and (mapped.factor != 1 or mapped.period not in {"", "year"} or is_answered):
            unit = (
                "thousands of pounds"
                if mapped.factor == 1000
                else "millions of pounds"
                if mapped.factor > 1000
                else "pounds"
            )
            ask(
                "unit-in-heading",
                f"Column {place} is in {unit} a {mapped.period}, the register keeps pounds a year. Is that right?",
                place=place,
                suggest="yes",
                options=units_to_choose(mapped),
            )
    for column in columns:
        if column.scale in {"rag", "other", "score"}:
            places = [
                letter(x.mapped.column)
                for x in columns
                if x is column or (column.field == "risk" and x.field in {"likelihood", "impact", "risk_score"})
            ]
            shown = {"rag": "Red, Amber, Green", "other": "a scale of its own", "score": "figures"}[column.scale]
            ask("scale", f"Column {letter(column.mapped.column)} {quote(column.mapped.heading)} uses {shown}. Which rule gives High, Medium, Low?", places=tuple(places),
                suggest="Red = high, Amber = medium, Green = low" if column.scale == "rag" else None)  # fmt: skip


def _merged_downward(table: Table) -> dict[tuple[int, int], tuple[int, int]]:
    """For each cell that a merge covers: the cell that holds its value. Only merges inside the rows of the table count."""
    covered = {}
    for top, first, bottom, _ in table.sheet.merges:
        if bottom > top >= table.first_row and bottom - top < 5000:
            covered.update({(row, first): (top, first) for row in range(top + 1, bottom + 1)})
    return covered


# ------------------------------------------------------------------ one row
def _read_row(
    table: Table,
    columns: Sequence[Column],
    row: Row,
    above: Draft | None,
    *,
    downward: Mapping[tuple[int, int], tuple[int, int]],
    answers: Answers,
) -> Draft:
    record = Record(table.sheet.name, row.number, table.use, {})
    draft = Draft(record, table, row, name_cell=f"{letter(table.name_column)}{row.number}")
    for column in columns:
        if column.mapped.choice:
            continue
        for field_ in column.mapped.fields:
            if field_ != "rep_levels":
                record.values.setdefault(field_, None)
    lacks_body = table.kind == "appointments" and row.get(table.name_column).is_empty and above is not None
    for column in columns:
        cell = row.get(column.mapped.column)
        _read_column(draft, column, cell, above, downward, is_filled_down=lacks_body)
    _read_partnership(draft, above)
    _keep_the_rest(draft, answers)
    _join_people(draft)
    _join_choices(draft, columns)
    _look_at_length(draft)
    use_answers(record, answers)
    for (sheet, address), raw in answers.repaired.items():
        if sheet == record.sheet and address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(row.number):
            record.answered.append(Answered(address, (), "repair", raw, "repair"))
    return draft


def _read_column(
    draft: Draft,
    column: Column,
    cell: Cell,
    above: Draft | None,
    downward: Mapping[tuple[int, int], tuple[int, int]],
    *,
    is_filled_down: bool,
) -> None:
    record, key = draft.record, column.mapped.rule.key if column.mapped.rule else ""
    if cell.note:
        record.comments.append((cell.address, cell.note))
    if column.mapped.choice:
        draft.outcomes[f"{column.field}:{column.mapped.choice}"] = (
            column,
            cell,
            read_cell(column, cell) if not cell.is_empty else Clean(),
        )
        return
    if cell.is_empty:
        _read_empty(draft, column, cell, above, downward, is_filled_down=is_filled_down)
        return
    draft.typed[key] = cell.text.strip().casefold()
    outcome = read_cell(column, cell)
    if isinstance(outcome, Ask) and outcome.code == "see-above":
        suggest, shown = _value_above(draft, column, above)
        outcome = replace(outcome, suggest=suggest, question=f"{quote(cell.text)}: copy {shown} from the row above?")
    draft.outcomes[key] = (column, cell, outcome)
    _take(draft, column, cell, outcome)


def _value_above(draft: Draft, column: Column, above: Draft | None) -> tuple[Any, str]:
    """What the row above holds in the column, and how it was written there."""
    key = column.mapped.rule.key if column.mapped.rule else ""
    if not above or key not in above.outcomes:
        return None, "the value"
    _, cell, outcome = above.outcomes[key]
    if isinstance(outcome, Ask):
        return outcome.suggest, quote(str(outcome.suggest))
    value = outcome.values.get(HERE, outcome.values.get(column.field)) if isinstance(outcome, Clean) else None
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = [person.get("who") for person in value]
    return value, quote(cell.text)


def _read_empty(
    draft: Draft,
    column: Column,
    cell: Cell,
    above: Draft | None,
    downward: Mapping[tuple[int, int], tuple[int, int]],
    *,
    is_filled_down: bool,
) -> None:
    record, field_, kind = draft.record, column.field, column.mapped.kind
    if column.is_tick or kind == "chair":
        record.values[field_] = False
    top = downward.get((cell.row, cell.column))
    if top and above:
        for key, (_, held, outcome) in above.outcomes.items():
            if (held.row, held.column) == top:
                draft.outcomes[key] = (column, held, outcome)
                if isinstance(outcome, Clean):
                    found = _named(outcome, column)
                    record.values.update(found)
                    if draft.table.kind == "register":
                        record.cleaned.append(CleanedCell(cell.address, column.fields, None, found, "merged"))
                return
    if is_filled_down and above and column.mapped.rule and column.mapped.rule.key in FILLED_DOWN:
        for name in column.mapped.fields:
            record.values[name] = above.values.get(name)
        return
    if kind == "rating" and (colour := _rating_colour(cell, draft.row)):
        level, name = colour
        draft.ask(
            cell.address,
            column.fields,
            None,
            Ask(
                "colour-only",
                f"The rating cell is empty but filled {name}. Is the rating {level.capitalize()}?",
                suggest=level,
                options=THREE,
                needs="formatting",
            ),
        )


# The pale fills of Excel's own styles Bad, Neutral and Good.
USUAL_COLOURS = {"FFC7CE": ("high", "red"), "FFEB9C": ("medium", "amber"), "C6EFCE": ("low", "green")}


def _rating_colour(cell: Cell, row: Row) -> tuple[str, str] | None:
    """The level that the fill of an empty cell stands for, unless the whole row has that fill."""
    if len(cell.fill) != 6:
        return None
    if sum(1 for other in row.cells.values() if other.fill == cell.fill) > max(2, len(row.cells) // 2):
        return None
    if cell.fill in USUAL_COLOURS:
        return USUAL_COLOURS[cell.fill]
    red, green, blue = (int(cell.fill[i : i + 2], 16) for i in (0, 2, 4))
    if max(red, green, blue) - min(red, green, blue) < 60 or blue > max(red, green) - 40:
        return None
    if red > 150 and green < 0.35 * red:
        return "high", "red"
    if red > 150 and green >= 0.35 * red and green <= 1.1 * red:
        return "medium", "amber"
    if green > 1.1 * red:
        return "low", "green"
    return None


def _named(outcome: Clean | Ask, column: Column) -> dict[str, Any]:
    """The values of an outcome under the names of the fields."""
    said = outcome.values if isinstance(outcome, Clean) else outcome.keep
    return {column.fields[0] if name == HERE else name: value for name, value in said.items()}


def _take(draft: Draft, column: Column, cell: Cell, outcome: Outcome) -> None:
    """Put an outcome into the record: values, changes, questions or errors."""
    record = draft.record
    if isinstance(outcome, Wrong):
        draft.fault(cell.address, column.fields, cell.raw, outcome)
        return
    found = _named(outcome, column)
    if column.mapped.kind == "contact-phone":
        found = {name: value for name, value in found.items() if name != "contact_email"}
    elif column.mapped.kind == "contact-email":
        found = {name: value for name, value in found.items() if name != "contact_phone"}
    for name, value in found.items():
        if name == "rep_levels":
            continue
        if (
            name == "risk_score"
            and name not in column.fields
            and any("risk_score" in x.fields for x in draft.table.columns)
        ):
            continue
        earlier = (
            record.values.get("notes") if name == "notes" and value else None
        )  # several columns may feed the notes
        # Equal cells share their outcome, so a list is copied.
        record.values[name] = f"{earlier}\n{value}" if earlier else list(value) if isinstance(value, list) else value
        if not isinstance(outcome, Ask):
            record.sources[name] = {"cell": cell.address, "raw": cell.raw, "rule": outcome.rule}
    if isinstance(outcome, Ask):
        draft.ask(cell.address, column.fields, cell.raw, outcome)
    else:
        rule = outcome.rule or (
            "trim"
            if isinstance(cell.value, str) and cell.value != squeeze(cell.value) and "\n" not in cell.value
            else ""
        )
        if rule:
            record.cleaned.append(CleanedCell(cell.address, column.fields, cell.raw, found, rule))


def _read_partnership(draft: Draft, above: Draft | None) -> None:
    """On a sheet of members the partnership is typed on the first line of its group."""
    if draft.table.kind != "members":
        return
    typed = draft.values.pop("partnership", None)
    draft.values["partnership_ref"] = None
    if not typed and above:
        draft.parent = above.parent or above


def _keep_the_rest(draft: Draft, answers: Answers) -> None:
    """Keep what stands in columns without a home; it goes to the notes once somebody says so."""
    for mapped in draft.table.columns:
        cell = draft.row.get(mapped.column)
        if mapped.rule or cell.is_empty:
            continue
        says_note = kept_as_note(mapped, draft.record.sheet, answers)
        if says_note is False:
            continue
        heading = squeeze(mapped.heading) or f"Column {letter(mapped.column)}"
        text = squeeze(cell.text)
        draft.record.notes_kept[heading] = text
        if says_note:
            notes = draft.values.get("notes")
            draft.values["notes"] = f"{notes}\n{heading}: {text}" if notes else f"{heading}: {text}"


def _join_people(draft: Draft) -> None:
    """Give each representative the level that stands in the same place of the column beside it."""
    if "rep_levels" not in draft.outcomes or "representatives" not in draft.values:
        return
    _column, cell, outcome = draft.outcomes["rep_levels"]
    people = draft.values.get("representatives")
    levels = outcome.values.get(HERE) if isinstance(outcome, Clean) else None
    if not people or not levels:
        return
    heads = [i for i, person in enumerate(people) if not (person.get("substitute") and i and len(levels) < len(people))]
    if len(levels) == 1:
        levels = levels * len(people)
        heads = list(range(len(people)))
    elif len(levels) == len(people):
        heads = list(range(len(people)))
    if len(levels) != len(heads):
        people_cell = draft.cell_of("representatives")
        draft.ask(
            people_cell,
            ("representatives",),
            cell.raw,
            Ask("rep-levels", f"{len(people)} representatives but {len(levels)} levels. Which level belongs to whom?"),
        )
        return
    out, level = [], None
    for i, person in enumerate(people):
        level = levels[heads.index(i)] if i in heads else level
        out.append({**person, "level": level})
    draft.values["representatives"] = out


def _join_choices(draft: Draft, columns: Sequence[Column]) -> None:
    """Columns of ticks that stand for the values of one field, such as Strategic beside Operational."""
    chosen: dict[str, list[tuple[str, Cell, Outcome]]] = defaultdict(list)
    for column in columns:
        if column.mapped.choice:
            _, cell, outcome = draft.outcomes[f"{column.field}:{column.mapped.choice}"]
            chosen[column.field].append((column.mapped.choice, cell, outcome))
    for field_, entries in chosen.items():
        ticked = [
            (value, cell)
            for value, cell, outcome in entries
            if isinstance(outcome, Clean) and outcome.values.get(HERE) is True
        ]
        for _, cell, outcome in entries:
            if isinstance(outcome, Ask):
                draft.ask(cell.address, (field_,), cell.raw, outcome)
            elif isinstance(outcome, Wrong):
                draft.fault(cell.address, (field_,), cell.raw, outcome)
        if field_ in {"risk", "value"}:
            draft.values[field_] = ticked[0][0] if len(ticked) == 1 else None
            if len(ticked) > 1:
                draft.ask(
                    ticked[-1][1].address,
                    (field_,),
                    ticked[-1][1].raw,
                    Ask(
                        "rating-between",
                        "More than one rating is ticked. Which one is it?",
                        options=[value for value, _ in ticked],
                    ),
                )
        else:
            draft.values[field_] = [value for value, _ in ticked]


def _look_at_length(draft: Draft) -> None:
    """In a CSV file: records that are shorter or longer than the headings."""
    lengths, number = draft.table.sheet.lengths, draft.row.number
    last = max(mapped.column for mapped in draft.table.columns)
    if not lengths or number not in lengths:
        beyond = [cell for cell in draft.row.filled if cell.column > last]
        if beyond:
            draft.remark(
                beyond[0].address,
                beyond[0].raw,
                "extra-cells",
                f"{beyond[0].address} stands to the right of the table and is left out.",
            )
        return
    length = lengths[number]
    if length < last:
        draft.remark(
            f"{letter(length + 1)}{number}",
            None,
            "short-record",
            f"The record ends after {length} of {last} cells; the others are taken as empty.",
        )
    elif length > last:
        beyond = [cell for cell in draft.row.filled if cell.column > last]
        place = f"{letter(last + 1)}{number}"
        if beyond:
            draft.ask(beyond[0].address, (), beyond[0].raw, Ask("extra-cells", f"The record has {length - last} cells more than there are headings, and {quote(beyond[0].text)} stands in one of them. "
                                                                "Is a separator inside a text, so that its cells have moved?"))  # fmt: skip
        else:
            draft.remark(
                place, "", "extra-cells", f"{length - last} cells too many at the end of the record; they are empty."
            )


# ------------------------------------------------------------------ what several cells of a row say together
def _look_at_row(draft: Draft, knowledge: Knowledge, answers: Answers) -> None:
    _see_status(draft)
    _see_name(draft)
    _see_formatting(draft)
    _see_reference(draft)
    _see_date_order(draft)
    _see_score(draft)
    use_answers(draft.record, answers)
    _see_guide(draft, knowledge)


ENDED = re.compile(r"^(now |has |have |was |group |partnership |board |this )*(closed|ceased|ended|disbanded|dissolved|wound up|abolished|terminated|folded|discontinued|no longer (exists?|active|meets?|meeting|operating|operational|running)|"
                   r"defunct|stood down|merged (in)?to|superseded|expired|withdrawn|we left|left (the )?partnership|council (has )?(left|withdrew|withdrawn)|finished)\b")  # fmt: skip
NOT_ENDED = re.compile(
    r"\?|\b(not|will|to be|may|might|if|due|when|unless|likely|consider|should|could|proposed|expected)\b"
)
ENDED_NAME = re.compile(
    r"[(\[–-]\s*(now )?(closed|ceased|ended|disbanded|dissolved|wound up|defunct|no longer active|inactive)\b[^)\]]*[)\]]?\s*$",
    re.IGNORECASE,
)


def _see_status(draft: Draft) -> None:
    """Active unless something says otherwise; what a remark says in plain words counts, elsewhere it is asked."""
    values, record = draft.values, draft.record
    if "status" in values and draft.table.column_of("status"):
        if values["status"] is None and not draft.waits("status"):
            values["status"] = "active"
        return
    values["status"] = "ended" if draft.table.use == "register of ended partnerships" else "active"
    if values["status"] == "ended":
        return
    notes = values.get("notes")
    if (
        isinstance(notes, str)
        and ENDED.match(plain(notes))
        and not NOT_ENDED.search(plain(notes).split(";")[0].split(".")[0])
        and not draft.row.get(draft.table.name_column).is_struck
    ):
        values["status"] = "ended"
        cell = draft.outcomes["notes"][1] if "notes" in draft.outcomes else draft.row.get(draft.table.name_column)
        record.cleaned.append(CleanedCell(cell.address, ("status",), cell.raw, {"status": "ended"}, "ended-in-text"))
        return
    purpose = values.get("purpose")
    places = [
        ("purpose", purpose if isinstance(purpose, str) and ENDED.match(plain(purpose)) else ""),
        ("name", draft.name if ENDED_NAME.search(draft.name) else ""),
    ]
    for key, text in places:
        if text:
            year = re.search(r"\b(19|20)\d\d\b", text)
            suggest: dict[str, Any] = {"status": "ended", **({"end_date": year[0]} if year else {})}
            values["status"] = None
            draft.ask(
                draft.cell_of(key),
                ("status",),
                text,
                Ask(
                    "ended-in-text",
                    f"The {key} says {quote(text)}. Record the partnership as ended, or leave it out?",
                    suggest=suggest,
                    options=("ended", "active", "leave out"),
                ),
            )
            return


def _see_name(draft: Draft) -> None:
    """A row without a name cannot be imported; a name that the policy leaves out is asked about."""
    cell = draft.row.get(draft.table.name_column)
    field_ = "body" if draft.table.kind == "appointments" else "name"
    if not draft.name and not draft.waits(field_):
        # Other questions wait until it is known which partnership this is.
        draft.record.asks = [ask for ask in draft.record.asks if ask.code != "to-be-confirmed"]
        what = "name of the body" if field_ == "body" else "partnership name"
        draft.fault(
            draft.name_cell,
            (field_,),
            cell.raw,
            Wrong(
                "name-missing", f"The row has entries but no {what}.", "Enter the name or delete the row.", blocks="row"
            ),
        )
        return
    if field_ == "body":
        return
    if any(ask.code == "not-a-partnership" for ask in draft.record.asks):
        return  # another cell says it
    if what := names.looks_like_no_partnership(draft.name):
        draft.ask(
            draft.name_cell,
            (field_,),
            cell.raw,
            Ask(
                "not-a-partnership",
                f"{quote(draft.name)} looks like {what}, which the policy says is not a partnership. Keep it on the register?",
                options=("keep", "leave out"),
            ),
        )


def _see_formatting(draft: Draft) -> None:
    """Crossed out and hidden rows are asked about."""
    cell, filled = draft.row.get(draft.table.name_column), draft.row.filled
    struck = sum(1 for other in filled if other.is_struck)
    if (cell.is_struck and not cell.is_empty) or (struck and struck >= 0.6 * len(filled)):
        draft.values["status"] = None
        draft.ask(
            draft.name_cell,
            ("status",),
            cell.raw,
            Ask(
                "struck-out",
                "The row is crossed out. Has the partnership ended (or has the council left)?",
                suggest="ended",
                options=("ended", "active"),
                batch=True,
                needs="formatting",
            ),
        )
    if draft.row.is_hidden:
        draft.ask(
            draft.name_cell,
            (),
            cell.raw,
            Ask(
                "hidden-row",
                "The row is hidden in the spreadsheet. Import it?",
                suggest="import",
                options=("import", "leave out"),
                batch=True,
                needs="formatting",
            ),
        )


AS_REFERENCE = re.compile(
    r"^(?:(?:same )?as|see) (?:for |per )?(?:(?:no\.?|number|ref|row|line) ?)?([A-Za-z]{0,4}[-/ ]?\d{1,4})$",
    re.IGNORECASE,
)


def _see_reference(draft: Draft) -> None:
    """ "as P02" points to another row; the value is copied once a person agrees."""
    for key, (column, cell, _) in draft.outcomes.items():
        if isinstance(cell.value, str) and AS_REFERENCE.match(squeeze(cell.value)) and key not in {"name", "ref"}:
            others = [ask for ask in draft.record.asks if ask.cell != cell.address]
            for name in column.mapped.fields:
                draft.values[name] = None
            draft.record.cleaned = [x for x in draft.record.cleaned if x.cell != cell.address]
            draft.record.errors = [x for x in draft.record.errors if x.cell != cell.address]
            draft.record.asks = others
            draft.ask(
                cell.address,
                column.fields,
                cell.raw,
                Ask("see-above", f"{quote(cell.value)}: copy the value from there?", batch=False),
            )


def _see_date_order(draft: Draft) -> None:
    """The end cannot lie before the beginning."""
    start, end = draft.values.get("start_date"), draft.values.get("end_date")
    if not start or not end or draft.waits("end_date"):
        return
    shorter = min(len(start), len(end))
    if end[:shorter] < start[:shorter]:
        cell = draft.outcomes["end_date"][1] if "end_date" in draft.outcomes else draft.row.get(draft.table.name_column)
        draft.values["end_date"] = None
        draft.fault(
            cell.address,
            ("end_date",),
            cell.raw,
            Wrong(
                "date-order",
                f"The end date ({_day(end)}) is before the start date ({_day(start)}).",
                "Correct one of the two dates.",
            ),
        )


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _see_score(draft: Draft) -> None:
    """A score is likelihood times impact."""
    likelihood, impact, score = (draft.values.get(name) for name in ("likelihood", "impact", "risk_score"))
    if not isinstance(likelihood, int) or not isinstance(impact, int) or "risk_score" not in draft.outcomes:
        return
    _, cell, outcome = draft.outcomes["risk_score"]
    if isinstance(score, int) and score != likelihood * impact:
        draft.remark(
            cell.address,
            cell.raw,
            "score-mismatch",
            f"{likelihood} x {impact} is {likelihood * impact}, the sheet says {score}.",
        )
    elif isinstance(outcome, Ask):
        draft.record.asks = [replace(ask, suggest=likelihood * impact, question=f"{ask.question.rstrip('?')}? Likelihood {likelihood} and impact {impact} give {likelihood * impact}.")
                             if ask.cell == cell.address and ask.code == "score-date" else ask for ask in draft.record.asks]  # fmt: skip


def _see_guide(draft: Draft, knowledge: Knowledge) -> None:
    """A rating below the policy's guide is imported with a remark (BRK-C01): the criteria are a guide."""
    amount, risk = draft.values.get("contribution"), draft.values.get("risk")
    if not isinstance(amount, int | float) or risk not in THREE or "risk" not in draft.outcomes:
        return
    held = [level for level in knowledge.risk_guide if level.holds(Decimal(str(amount)))]
    if held and THREE.index(held[-1].level) < THREE.index(risk):
        cell = draft.outcomes["risk"][1]
        draft.remark(
            cell.address,
            cell.raw,
            "risk-below-guide",
            f"Rated {risk} though the policy's guide puts a contribution of £{whole(amount):,} under {held[-1].level.capitalize()}.",
        )


def _missing_ratings(drafts: Sequence[Draft], columns: Sequence[Column]) -> None:
    """Where likelihood, impact and score are there but the rating is not, the other rows suggest one."""
    column = next((x for x in columns if x.field == "risk" and not x.mapped.choice), None)
    if not column or not any(x.field in {"likelihood", "risk_score"} for x in columns):
        return
    known: dict[int, Counter[str]] = defaultdict(Counter)
    for draft in drafts:
        score = draft.values.get("risk_score")
        level = draft.values.get("risk") or next(
            (ask.suggest for ask in draft.record.asks if "risk" in ask.fields), None
        )
        if isinstance(score, int) and level in THREE:
            known[score][level] += 1
    for draft in drafts:
        cell = draft.row.get(column.mapped.column)
        score = draft.values.get("risk_score")
        if not cell.is_empty or draft.waits("risk") or not isinstance(score, int) or not known:
            continue
        nearest = min(known, key=lambda other: abs(other - score))
        suggest = known[nearest].most_common(1)[0][0]
        draft.ask(
            cell.address,
            ("risk",),
            None,
            Ask(
                "missing-rating",
                f"No rating is given; the score is {score}. Is the risk {suggest.capitalize()}?",
                suggest=suggest,
                options=THREE,
            ),
        )


def _pounds(amount: float) -> str:
    return f"£{amount:,.2f}".removesuffix(".00")


def _compare_totals(table: Table, drafts: Sequence[Draft], totals: Sequence[Line], reading: Reading) -> None:
    """A total in the sheet that differs from the sum of what was read deserves a remark."""
    mapped = table.column_of("contribution")
    if not mapped or not totals:
        return
    cell = table.sheet.rows[totals[-1].number].get(mapped.column)
    said = read_money(cell.value) if not cell.is_empty and not cell.error else None
    amount = said.values.get(HERE) if isinstance(said, Clean) else None
    clean = whole(sum(draft.values.get("contribution") or 0 for draft in drafts))
    if isinstance(amount, int | float) and abs(amount - clean) > 0.5:
        waiting = sum(1 for draft in drafts if draft.waits("contribution"))
        reading.file_warnings.append(FileRemark("total-differs", f"The sheet's own total (row {totals[-1].number}) is {_pounds(amount)}; the contributions that were read add up to {_pounds(clean)}, "
                                                f"without {waiting} cells that still need an answer or a correction. A spreadsheet's sum leaves out amounts typed as text."))  # fmt: skip


# ------------------------------------------------------------------ what several rows say together
def _look_across(drafts: Sequence[Draft], reading: Reading, answers: Answers) -> None:
    for use in ("register", "appointments"):
        some = [draft for draft in drafts if draft.table.kind == use]
        by_sheet: dict[str, list[Draft]] = defaultdict(list)
        for draft in some:
            by_sheet[draft.record.sheet].append(draft)
        for group in by_sheet.values():
            _see_doubles(group)
            if use == "register":
                _see_references(group)
                _see_sub_groups(group)
    registers = [draft for draft in drafts if draft.table.kind == "register"]
    members = [draft for draft in drafts if draft.table.kind == "members"]
    _copy_by_reference(registers)
    if members:
        for draft in registers:
            use_answers(draft.record, answers)
        _match_members(registers, members, reading)


def _see_doubles(drafts: Sequence[Draft]) -> None:
    """Exact doubles stop the later row; near ones are asked about."""
    first: dict[tuple[tuple[str, str], ...], Draft] = {}
    named = []
    for i, draft in enumerate(drafts):
        _see_merged_name(draft, drafts[i - 1] if i else None)
        if (
            not draft.name
            or draft.table.name_column not in draft.row.cells
            or draft.row.cells[draft.table.name_column].is_empty
        ):
            continue
        typed = tuple(sorted((key, text) for key, text in draft.typed.items() if key != "ref"))
        if len(typed) >= 3 and typed in first:
            cell = draft.row.get(draft.table.name_column)
            draft.fault(draft.name_cell, ("body" if draft.table.kind == "appointments" else "name",), cell.raw,
                        Wrong("duplicate-row", f"The same row as row {first[typed].row.number}.", "Import it once: leave this row out.", blocks="row"))  # fmt: skip
            continue
        first[typed] = draft
        named.append(names.Named(i, draft.name, draft.row.number, _facts(draft), (draft.typed.get("council", ""),)))
    for pair in names.alike(named):
        if (
            pair.is_same_name
            and drafts[pair.second.index].table.kind == "appointments"
            and plain(pair.first.name) == plain(pair.second.name)
        ):
            continue  # one line for each appointment
        _ask_double(drafts[pair.first.index], drafts[pair.second.index], pair)


def _see_merged_name(draft: Draft, above: Draft | None) -> None:
    """One name merged over two rows: two records, or one that goes on?"""
    cell = draft.row.get(draft.table.name_column)
    if draft.table.kind == "register" and above and cell.is_empty and draft.name and draft.name == above.name:
        draft.ask(
            draft.name_cell,
            ("name",),
            None,
            Ask(
                "duplicate",
                f"The name is merged over rows {above.row.number} and {draft.row.number}. Is it one partnership?",
                suggest={"same_as_row": above.row.number},
                options=("same: join", "different: keep both"),
            ),
        )


FACTS = (
    "representatives",
    "representative",
    "officer_rep",
    "contribution",
    "start_date",
    "end_date",
    "lead_partner",
    "contact",
    "contact_email",
    "portfolio_holder",
)


def _facts(draft: Draft) -> dict[str, Any]:
    facts = {
        key: draft.typed[key]
        for key in FACTS
        if draft.typed.get(key) and draft.typed[key] not in {"ongoing", "n/a", "none", "-"}
    }
    amount = draft.values.get("contribution")
    facts.pop("contribution", None)
    if amount:
        facts["contribution"] = amount
    return facts


def _ask_double(first: Draft, second: Draft, pair: names.Likeness) -> None:
    cell = second.row.get(second.table.name_column)
    words = {
        "representatives": "representative",
        "officer_rep": "officer",
        "contribution": "amount",
        "start_date": "start date",
        "end_date": "end date",
        "lead_partner": "lead",
        "contact_email": "contact",
    }
    same = f" (same {', '.join(words.get(key, key.replace('_', ' ')) for key in pair.agree)})" if pair.agree else ""
    field_ = "body" if second.table.kind == "appointments" else "name"
    second.ask(second.name_cell, (field_,), cell.raw, Ask("duplicate", f"Nearly the same as row {first.row.number} {quote(first.name)}{same}. Is it the same?",
                                                          suggest={"same_as_row": first.row.number}, options=("same: join", "different: keep both")))  # fmt: skip


def _see_references(drafts: Sequence[Draft]) -> None:
    """The later of two equal references is asked about."""
    seen: dict[str, Draft] = {}
    every = {plain(str(draft.values["ref"])) for draft in drafts if draft.values.get("ref") is not None}
    for draft in drafts:
        ref = draft.values.get("ref")
        if ref is None or "ref" not in draft.outcomes or draft.record.is_stopped:
            continue
        key = plain(str(ref))
        if key in seen:
            cell = draft.outcomes["ref"][1]
            draft.values["ref"] = None
            draft.ask(
                cell.address,
                ("ref",),
                cell.raw,
                Ask(
                    "ref-repeated",
                    f"{quote(str(ref))} is also the reference of row {seen[key].row.number}. Which reference is right?",
                    suggest=_next_reference(ref, every),
                ),
            )
        else:
            seen[key] = draft


def _next_reference(ref: Any, taken: set[str]) -> Any:
    """The next free number after a reference: P27 after P26."""
    hit = re.fullmatch(r"(.*?)(\d+)", str(ref))
    if not hit:
        return None
    new = f"{hit[1]}{int(hit[2]) + 1:0{len(hit[2])}d}"
    if plain(new) in taken:
        return None
    return int(new) if isinstance(ref, int) else new


def _see_sub_groups(drafts: Sequence[Draft]) -> None:
    """A sub-group is imported as a part of its partnership."""
    by_core = {
        names.core_of(draft.name): draft
        for draft in reversed(drafts)
        if draft.name and not names.SUB_GROUP.search(draft.name)
    }
    for draft in drafts:
        base = names.base_of_sub_group(draft.name) if draft.name else ""
        parent = by_core.get(names.core_of(base)) if base else None
        if not parent or parent is draft:
            continue
        ref = parent.values.get("ref")
        cell = draft.row.get(draft.table.name_column)
        draft.remark(
            draft.name_cell,
            cell.raw,
            "sub-group",
            f"A sub-group of {quote(parent.name)} (row {parent.row.number}). It is imported as a part of it.",
        )
        draft.record.sources["parent_ref"] = {
            "cell": draft.name_cell,
            "raw": cell.raw,
            "rule": "sub-group",
            "row": parent.row.number,
        }
        draft.values["parent_ref"] = ref if ref is not None else parent.name


def _copy_by_reference(drafts: Sequence[Draft]) -> None:
    """Suggest the value of the row to which "as P02" points."""
    by_ref = {plain(str(draft.values["ref"])): draft for draft in drafts if draft.values.get("ref") is not None}
    for draft in drafts:
        for i, ask in enumerate(draft.record.asks):
            hit = AS_REFERENCE.match(squeeze(ask.raw)) if ask.code == "see-above" and isinstance(ask.raw, str) else None
            source = by_ref.get(plain(hit[1])) if hit else None
            if source and ask.fields:
                value = source.values.get(ask.fields[0])
                draft.record.asks[i] = replace(
                    ask,
                    suggest=value,
                    question=f"{quote(str(ask.raw))}: copy {quote(str(value))} from {hit[1] if hit else ''}?",
                )


def _match_members(registers: Sequence[Draft], members: Sequence[Draft], reading: Reading) -> None:
    """Find the partnership of each group of members; members of none stop."""
    known = []
    for draft in registers:
        ref = draft.values.get("ref") or next(
            (ask.suggest for ask in draft.record.asks if ask.code == "ref-repeated"), None
        )
        if draft.name:
            known.append((str(ref) if ref is not None else draft.name, draft.name))
    finder = names.Names(known)
    sheet = registers[0].record.sheet if registers else "of partnerships"
    found: set[str] = set()
    for draft in members:
        head = draft.parent or draft
        if "partnership" not in head.outcomes:
            draft.fault(
                f"{letter(_partnership_column(draft))}{draft.row.number}",
                ("partnership",),
                None,
                Wrong(
                    "member-orphan",
                    "The line names no partnership.",
                    "Enter the partnership, or leave this member out.",
                    blocks="row",
                ),
            )
            continue
        _, cell, outcome = head.outcomes["partnership"]
        typed = outcome.values.get(HERE) if isinstance(outcome, Clean) else None
        if not typed:
            continue
        match = finder.find(str(typed))
        place = f"{letter(cell.column)}{draft.row.number}"
        if match.how == "none":
            message = (
                f"{quote(str(typed))} is not on the sheet {quote(sheet)}."
                if draft is head
                else f"Belongs to {quote(str(typed))}, which is not on the sheet {quote(sheet)}."
            )
            draft.fault(
                place,
                ("partnership",),
                cell.raw if draft is head else None,
                Wrong(
                    "member-orphan",
                    message,
                    "Choose the partnership, add it, or leave these members out.",
                    blocks="row",
                ),
            )
            continue
        found.add(match.key)
        if match.how == "unsure":
            if draft is head:
                draft.ask(
                    place,
                    ("partnership",),
                    cell.raw,
                    Ask(
                        "name-match",
                        f"Does {quote(str(typed))} mean {match.key} on the sheet {quote(sheet)}?",
                        suggest=match.key,
                        options=[key for key, _ in known],
                    ),
                )
            continue
        draft.values["partnership_ref"] = match.key
        draft.record.sources["partnership_ref"] = {"cell": cell.address, "raw": cell.raw, "rule": "name-match"}
        if match.how == "sure" and draft is head:
            draft.record.cleaned = [x for x in draft.record.cleaned if x.cell != place]
            draft.record.cleaned.append(
                CleanedCell(place, ("partnership",), cell.raw, {"partnership_ref": match.key}, "name-match")
            )
    without = [key for key, _ in known if key not in found]
    if without and found:
        reading.file_warnings.append(
            FileRemark(
                "no-members", f"These partnerships have no members on the sheet of members: {', '.join(without)}."
            )
        )


def _partnership_column(draft: Draft) -> int:
    mapped: Mapped | None = draft.table.column_of("partnership")
    return mapped.column if mapped else draft.table.name_column
