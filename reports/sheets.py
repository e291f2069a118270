"""The register as an Excel workbook and as CSV: the columns of `register.exports`, typed, safe to open."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from config import words
from register.exports import Column, Kind, Row
from reports.shape import Line, Paper, Rated, Typed

WIDTHS: dict[Kind, int] = {
    "text": 24, "long_text": 48, "money": 15, "number": 12, "hours": 12, "date": 13, "level": 11, "yes_no": 11,
}  # fmt: skip
FORMATS: dict[Kind, str] = {"money": "£#,##0.00", "number": "#,##0.0#", "hours": "#,##0.0#", "date": "d mmm yyyy"}
# Characters that XML, and so a workbook, cannot hold.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A cell that begins with one of these is a formula to a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # characters in a cell of Excel


def write_workbook(
    out: IO[bytes] | str,
    entries: Iterable[Any],
    columns: Sequence[Column],
    notes: Sequence[tuple[str, str]],
    *,
    title: str = "Register",
) -> int:
    """Write the entries as a workbook with a sheet of notes; gives the number of rows written.

    Rows are written as they come, so ten thousand need no more memory than ten.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    # Our cells are ready: openpyxl would try each as a plain value first, at twice the time of the whole sheet.
    sheet._values_to_row = _placed
    # Excel wants these before the first row.
    sheet.freeze_panes = "C2" if len(columns) > 2 else "A2"
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 40 if column.id == "name" else WIDTHS[column.kind]
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.append(_header(sheet, [column.label for column in columns]))
    rows = _fill(sheet, entries, columns)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(rows + 1, 2)}"
    _write_notes(book.create_sheet("Notes"), notes)
    book.save(out)
    return rows


def _header(sheet: Any, labels: Iterable[str]) -> list[WriteOnlyCell]:
    cells = []
    for label in labels:
        cell = WriteOnlyCell(sheet, value=label)
        cell.data_type = "s"
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="00625F")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.border = Border(bottom=Side(style="medium"))
        cells.append(cell)
    return cells


def _fill(sheet: Any, entries: Iterable[Any], columns: Sequence[Any]) -> int:
    # Two cells a column, used for every row: making, styling and checking a cell costs more than writing it.
    cells = []
    for column in columns:
        figure, text = WriteOnlyCell(sheet), WriteOnlyCell(sheet)
        if column.kind in FORMATS:
            figure.number_format = FORMATS[column.kind]
        text.data_type = "s"  # and so stays text, whatever it begins with
        cells.append((column.value, figure, text))
    rows = 0
    for entry in entries:
        row: list[Any] = []
        for value_of, figure, text in cells:
            value = value_of(entry)
            if isinstance(value, Typed):
                figure.number_format, value = FORMATS.get(value.kind, "General"), value.value
            if value is None or value == "":
                row.append(None)
                continue
            if isinstance(value, bool):
                value = "Yes" if value else "No"
            if isinstance(value, str):
                text._value = UNWRITABLE.sub("", value)[:LONGEST]
                row.append(text)
            else:
                figure._value, figure.data_type = value, "d" if isinstance(value, date) else "n"
                row.append(figure)
        sheet.append(row)
        rows += 1
    return rows


def _placed(cells: Iterable[Any], row: int) -> Iterator[Any]:
    """The cells of a row, each told its place."""
    for place, cell in enumerate(cells, start=1):
        if cell is not None:
            cell.column, cell.row = place, row
            yield cell


def _write_notes(sheet: Any, notes: Sequence[tuple[str, str]]) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 90
    sheet.append(_header(sheet, ["Note", "Says"]))
    for note in notes:
        row = []
        for text in note:
            cell = WriteOnlyCell(sheet, value=None)
            cell._value, cell.data_type = UNWRITABLE.sub("", text), "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            row.append(cell)
        sheet.append(row)


@dataclass(frozen=True)
class _OfTable:
    """A column of a report's table, as the writer of rows wants it."""

    label: str
    kind: Kind
    place: int

    def value(self, line: Line) -> Any:
        """The typed value; a level as its label, nothing where nobody set one."""
        value = line.cells[self.place]
        return (str(value) if value.level else None) if isinstance(value, Rated) else value


def downloaded(name: str, write: Callable[[IO[bytes]], Any]) -> FileResponse:
    """A workbook as a file to keep: `write` fills it, and the response closes it when it is sent."""
    out = TemporaryFile()  # noqa: SIM115 (a `with` would close it before it is sent)
    write(out)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def write_paper(out: IO[bytes] | str, paper: Paper) -> None:
    """Write a report as a workbook: its cover and sources on the first sheet, then a sheet for each table."""
    book = Workbook(write_only=True)
    cover: list[tuple[str, str]] = [("Report", paper.whole_title), ("For", paper.readers), ("Council", paper.council)]
    cover += [(fact.label, ", ".join(filter(None, (fact.figure, fact.sense)))) for fact in paper.facts]
    cover += [("To look at", ask.words) for ask in paper.asks]
    cover += [(chapter.title, sentence) for chapter in paper.chapters for sentence in chapter.said]
    cover += [("Policy", paper.policy), ("As the register stood on", words.day(paper.on))]
    cover += [("Made on", words.day(paper.made_on)), ("Made by", paper.made_by)]
    cover += [("Based on", sentence) for sentence in paper.based_on]
    _write_notes(book.create_sheet("Report"), [note for note in cover if note[1]])
    taken = {"report"}
    for _, table in paper.tables():
        sheet = book.create_sheet(_sheet_name(table.caption, taken))
        sheet._values_to_row = _placed
        sheet.freeze_panes = "B2"
        columns = [_OfTable(column.label, column.kind, place) for place, column in enumerate(table.columns)]
        for place, column in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = 40 if place == 1 else WIDTHS[column.kind]
        sheet.append(_header(sheet, [column.label for column in columns]))
        rows = (*table.lines, *((table.sums,) if table.sums else ()))
        if not _fill(sheet, rows, columns):
            _fill(sheet, [Line((table.empty,))], [_OfTable("", "text", 0)])
    book.save(out)


def _sheet_name(caption: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 characters, none of []:*?/\\, each once."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", caption)[:31].strip("' ") or "Table"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain[:28]} {number}"
    taken.add(name.casefold())
    return name


def neutral(text: str) -> str:
    """Text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _plain(value: Any) -> str:
    """A value as CSV writes it: figures with a point, days as 2026-11-30, unknown ones empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return neutral(UNWRITABLE.sub("", value))
    return format(value, "f")


class _Echo:
    """A file that hands back what is written to it, so that rows can be sent one by one."""

    def write(self, text: str) -> str:
        """Give the text back."""
        return text


def csv_rows(entries: Iterable[Row], columns: Sequence[Column[Row]]) -> Iterator[str]:
    """The entries as lines of CSV, headings first; the mark in front tells Excel that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([neutral(column.label) for column in columns])
    for entry in entries:
        yield writer.writerow([_plain(column.value(entry)) for column in columns])


def notes_for(
    *, policy: str, filter_in_words: str, entries: int, made_by: str, made_at: datetime, address: str = ""
) -> list[tuple[str, str]]:
    """The sheet of notes: under which policy, on which day, which entries, who."""
    notes = [
        ("Policy", policy),
        ("Made on", f"{made_at.day} {made_at:%B %Y at %H:%M}"),
        ("Made by", made_by),
        ("Filter", filter_in_words),
        ("Entries", f"{entries:,}"),
        ("Empty cells", "Not known, or a level that nobody has set"),
        ("Money and time", "Pounds a year of the latest financial year; hours a month of officer time"),
    ]
    return [*notes, ("Address of the list", address)] if address else notes
