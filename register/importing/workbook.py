"""Opens a spreadsheet safely and hands on plain cells.

The file is looked at from outside first (name, size, first bytes, directory of the zip), then read by `child.py` in a process
of its own. Whatever is wrong with it ends in `CannotRead` with a sentence for the person who uploaded it.
"""

import datetime as dt
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_UNPACKED = 300 * 1024 * 1024
HIGHEST_RATIO = 200  # unpacked size by packed size; honest spreadsheets stay below 40
SMALLEST_BOMB = 10 * 1024 * 1024  # a part that unpacks to less than this does no harm, whatever its ratio
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 24
KINDS = (".xlsx", ".xls", ".ods", ".csv")
# A CSV file, or a sheet pasted as text, keeps a broken formula as these words.
ERROR_TEXT = re.compile(r"\s*#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)\s*", re.IGNORECASE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Value = str | int | float | bool | dt.date | None


class CannotRead(Exception):
    """The file cannot be read at all. `str(problem)` tells the user what to do; `code` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class Cell:
    """One cell: its value, and of its formatting what may carry meaning."""

    row: int
    column: int  # from 1
    value: Value = None
    error: str = ""  # such as #REF!, or "no value" for a formula that was never calculated
    is_struck: bool = False
    struck_runs: tuple[tuple[bool, str], ...] = ()  # (is struck, text), only when a part of the text is struck out
    fill: str = ""  # six hexadecimal digits
    number_format: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        value = self.value
        if value is None:
            return not self.error
        return isinstance(value, str) and not value.strip("\x1a \t\r\n\u00a0")

    @property
    def address(self) -> str:
        return f"{letter(self.column)}{self.row}"

    @property
    def raw(self) -> Any:
        """The value as JSON can hold it."""
        if self.error:
            return self.error if self.error.startswith("#") else None
        return self.value.isoformat() if isinstance(self.value, dt.date) else self.value

    @property
    def text(self) -> str:
        """The value as text, a whole number without its decimals."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, dt.date):
            return self.value.strftime("%d/%m/%Y")
        return "" if self.value is None else f"{self.value}"


@dataclass(slots=True)
class Row:
    number: int
    is_hidden: bool
    cells: dict[int, Cell]
    _filled: list[Cell] | None = None

    def get(self, column: int) -> Cell:
        return self.cells.get(column) or Cell(self.number, column)

    @property
    def filled(self) -> list[Cell]:
        """The cells that hold something, from the left. Worked out once: change cells before asking."""
        if self._filled is None:
            self._filled = [cell for _, cell in sorted(self.cells.items()) if not cell.is_empty]
        return self._filled


@dataclass(slots=True)
class Sheet:
    name: str
    is_hidden: bool
    rows: dict[int, Row]
    merges: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, first column, last row, last column
    hidden_columns: set[int] = field(default_factory=set)
    lengths: dict[int, int] = field(default_factory=dict)  # of a CSV file: how many cells each record has


@dataclass(slots=True)
class Book:
    file: str
    sheets: list[Sheet]
    is_1904: bool = False
    encoding: str = ""
    delimiter: str = ""


@lru_cache(maxsize=2048)
def letter(column: int) -> str:
    """The letter of a column counted from 1."""
    before, last = divmod(column - 1, 26)
    return (letter(before) if before else "") + chr(65 + last)


@lru_cache(maxsize=2048)
def column_number(letters: str) -> int:
    """The number of a column, from 1."""
    number = 0
    for sign in letters.upper():
        number = number * 26 + ord(sign) - 64
    return number


def open_workbook(path: Path) -> Book:
    """Read all cells of a spreadsheet. Raises CannotRead with a sentence that says what to do."""
    return book_of(path.name, cells_of(path))


def cells_of(path: Path) -> dict[str, Any]:
    """All cells of a spreadsheet as plain JSON, to be kept and read again by `book_of`. Raises CannotRead."""
    return ask_child(path, look_from_outside(path))


def book_of(file_name: str, answer: Mapping[str, Any]) -> Book:
    """The workbook that these cells make. Raises CannotRead when there are none."""
    sheets = [_sheet(entry) for entry in answer["sheets"]]
    if not any(sheet.rows for sheet in sheets):
        raise CannotRead(
            "empty",
            f"{file_name} is empty: none of its sheets holds anything. Choose the file that holds the register.",
        )
    return Book(file_name, sheets, answer["is_1904"], answer.get("encoding", ""), answer.get("delimiter", ""))


def look_from_outside(path: Path) -> str:
    """See that a file is what its name says and may be opened; return its kind, such as ".xlsx". Raises CannotRead."""
    name, kind = path.name, path.suffix.lower()
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(8192)
    except OSError:
        raise CannotRead(
            "missing", f"{name} cannot be opened. Check that the file is there and that you may read it."
        ) from None
    if kind in {".xlsm", ".xltm", ".xlsb", ".xlam"}:
        raise CannotRead("macros", f"{name} is a workbook that may hold macros. Open it in Excel, choose Save As, "
                         "take the type 'Excel Workbook (*.xlsx)' and upload that copy.")  # fmt: skip
    if kind not in KINDS:
        raise CannotRead(
            "unknown-kind", f"{name} is not a spreadsheet that can be imported. Save it as .xlsx, .xls, .ods or .csv."
        )
    if size == 0:
        raise CannotRead("empty", f"{name} is empty. Choose the file that holds the register.")
    if size > LARGEST_FILE:
        raise CannotRead("too-large", f"{name} is larger than {LARGEST_FILE // 1024 // 1024} MB. Save a copy with only the register's "
                         "sheets and without pictures, and upload that copy.")  # fmt: skip
    if start.startswith(OLE):
        look_at_ole(path, kind)
    elif start.startswith(b"PK"):
        look_at_zip(path, kind)
    elif kind != ".csv":
        # Some old programs write a bare .xls without the container; its first record tells.
        if kind == ".xls" and re.match(rb"\x09[\x00\x02\x04\x08]", start):
            return kind
        what = (
            "a web page"
            if re.match(rb"\s*(<!doctype html|<html|<\?xml|<table)", start, re.IGNORECASE)
            else "not a spreadsheet"
        )
        raise CannotRead("wrong-kind", f"{name} ends in {kind} but is {what} inside. Open it in the program that made it, "
                         "save it as 'Excel Workbook (*.xlsx)' and upload that copy.")  # fmt: skip
    return kind


def look_at_ole(path: Path, kind: str) -> None:
    """Refuse a container of old Office files that is protected, holds macros or has another name than it should."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise password(path)
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise CannotRead(
            "macros",
            f"{path.name} holds macros. Open it in Excel, save it as 'Excel Workbook (*.xlsx)' and upload that copy.",
        )
    if kind != ".xls":
        raise CannotRead("wrong-kind", f"{path.name} ends in {kind} but is an old Excel file inside. Rename it to end in .xls, "
                         "or save it as 'Excel Workbook (*.xlsx)'.")  # fmt: skip


def look_at_zip(path: Path, kind: str) -> None:
    """Refuse a zip that is damaged, far too large, protected, holds macros or is another kind of file than its name says."""
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            types = archive.read("[Content_Types].xml")[:200_000] if small(archive, "[Content_Types].xml") else b""
            manifest = (
                archive.read("META-INF/manifest.xml")[:200_000] if small(archive, "META-INF/manifest.xml") else b""
            )
            mimetype = archive.read("mimetype") if small(archive, "mimetype") else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        raise damaged(path) from None
    total = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    is_bomb = any(
        entry.file_size > SMALLEST_BOMB and entry.file_size > HIGHEST_RATIO * max(1, entry.compress_size)
        for entry in entries
    )
    if total > LARGEST_UNPACKED or is_bomb or (total > SMALLEST_BOMB and total > HIGHEST_RATIO * packed):
        raise CannotRead("too-large", f"{name} would unpack to {total // 1024 // 1024:,} MB, far more than a register needs. "
                         "Copy the register into a new workbook and upload that.")  # fmt: skip
    if any(entry.flag_bits & 1 for entry in entries) or b"encryption-data" in manifest:
        raise password(path)
    if b"macroEnabled" in types or any(
        entry.endswith("vbaProject.bin") or entry.startswith(("Basic/", "Scripts/")) for entry in names
    ):
        raise CannotRead("macros", f"{name} holds macros. Open it, save it as 'Excel Workbook (*.xlsx)', which leaves them out, "
                         "and upload that copy.")  # fmt: skip
    inside = (
        ".xlsx"
        if any(entry.startswith("xl/") for entry in names)
        else ".ods"
        if b"opendocument.spreadsheet" in mimetype
        else ""
    )
    if inside != kind:
        advice = (
            f"Rename it to end in {inside}."
            if inside
            else "Save the register as 'Excel Workbook (*.xlsx)' and upload that."
        )
        raise CannotRead(
            "wrong-kind",
            f"{name} ends in {kind} but is {'an ' + inside + ' file' if inside else 'something else'} inside. {advice}",
        )
    if inside == ".ods" and "content.xml" not in names:
        raise damaged(path)


def small(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether the zip has such a part and it is small enough to read whole."""
    return name in archive.namelist() and archive.getinfo(name).file_size < 1024 * 1024


def password(path: Path) -> CannotRead:
    return CannotRead("password", f"{path.name} is protected with a password. Open it, take the password off "
                      "(File, Info, Protect Workbook) and upload it again.")  # fmt: skip


def damaged(path: Path) -> CannotRead:
    return CannotRead("damaged", f"{path.name} is damaged and cannot be read. Open it in Excel, let Excel repair it, "
                      "save it under a new name and upload that copy.")  # fmt: skip


def ask_child(path: Path, kind: str) -> dict[str, Any]:
    """Let the child process read the file; its answer is plain JSON. Raises CannotRead."""
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).with_name("child.py")),
        str(path),
        kind,
        str(MEMORY),
        str(CPU_SECONDS),
    ]
    too_much = CannotRead("too-large", f"{path.name} takes too much time or memory to read. Copy the register's rows into a new "
                          "workbook, without empty rows and columns, and upload that.")  # fmt: skip
    try:
        # Our own script with a checked path, no shell.
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=WALL_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise too_much from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        # The system ended the process: out of memory or time.
        raise too_much from None
    refused = answer.get("refused")
    if refused == "too-large":
        raise too_much
    if refused == "password":
        raise password(path)
    if refused == "not-text":
        raise CannotRead("wrong-kind", f"{path.name} ends in .csv but is not text inside. Save the register as "
                         "'CSV UTF-8 (*.csv)' or 'Excel Workbook (*.xlsx)' and upload that.")  # fmt: skip
    if refused == "csv-broken":
        raise CannotRead("damaged", f"{path.name} cannot be cut into cells ({answer['detail']}). Look for a quotation mark that is "
                         "opened and not closed, or save the register as 'Excel Workbook (*.xlsx)'.")  # fmt: skip
    if refused:
        raise damaged(path)
    return answer


def _sheet(entry: dict[str, Any]) -> Sheet:
    rows: dict[int, Row] = {}
    for number, is_hidden, cells in entry["rows"]:
        rows[number] = Row(number, is_hidden, {cell[0]: _cell(number, cell) for cell in cells})
    for place, text in entry["notes"].items():
        row, column = _place(place)
        if row in rows:
            rows[row].cells.setdefault(column, Cell(row, column)).note = text
    lengths = {int(row): count for row, count in entry.get("lengths", {}).items()}
    return Sheet(
        entry["name"], entry["hidden"], rows, [tuple(x) for x in entry["merges"]], set(entry["hidden_columns"]), lengths
    )


def _place(place: str) -> tuple[int, int]:
    if "," in place:
        row, column = place.split(",")
        return int(row), int(column)
    hit = re.fullmatch(r"\$?([A-Za-z]+)\$?(\d+)", place)
    return (int(hit[2]), column_number(hit[1])) if hit else (0, 0)


def _cell(row: int, parts: list[Any]) -> Cell:
    column, kind, value = parts[0], parts[1], parts[2]
    cell = Cell(row, column)
    if kind == "d":
        try:
            cell.value = dt.date.fromisoformat(value)
        except ValueError:
            cell.value = value
    elif kind == "e":
        cell.error = value
    elif kind == "f":
        cell.error = "no value"
    elif isinstance(value, str) and ERROR_TEXT.fullmatch(value):
        cell.error = value.strip().upper()
    else:
        cell.value = value
    if len(parts) > 3:
        more = parts[3]
        cell.is_struck = more.get("struck", False)
        cell.fill = more.get("fill", "")
        cell.number_format = more.get("format", "")
        cell.struck_runs = tuple((bool(run[0]), run[1]) for run in more.get("runs", ()))
    return cell
