"""Turns a spreadsheet into plain cells, alone in a process of its own with little memory and time.

`workbook.py` starts this file as a script; what a broken or hostile spreadsheet does here harms nobody. It prints one JSON
document: the sheets with their rows and cells, or `{"refused": code, "detail": text}`. Only what the reading needs is kept of
the formatting: strike-through, fill colour, number format, hidden rows and columns, merged cells and comments.
"""

import csv
import datetime as dt
import io
import json
import os
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

MOST_CELLS = 1_000_000
MOST_REPEATS = 10_000  # how often an .ods file may repeat a row or cell that holds something
LONGEST_FIELD = 1_000_000


class Refused(Exception):
    """The file cannot be read; the first argument is the code, the second a detail for the message."""


def limit(memory: int, seconds: int) -> None:
    """Hold this process to `memory` bytes and `seconds` of processor time, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Rows:
    """The rows of one sheet as they are gathered: [number, is hidden, [cells]], a cell being [column, kind, value, more]."""

    counted = 0  # cells of the whole file

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []

    def add(self, number: int, cells: list[list[Any]], *, hidden: bool = False) -> None:
        if not cells:
            return
        Rows.counted += len(cells)
        if Rows.counted > MOST_CELLS:
            raise Refused("too-large", f"more than {MOST_CELLS:,} cells")
        self.rows.append([number, hidden, cells])


def local(tag: str) -> str:
    """A tag or attribute without its namespace."""
    return tag.rsplit("}", 1)[-1]


def attributes(element: Any) -> dict[str, str]:
    return {local(name): value for name, value in element.attrib.items()}


def whole(number: float) -> int | float:
    return int(number) if number == int(number) and abs(number) < 1e15 else number


# ------------------------------------------------------------------ .xlsx
BUILT_IN_DATES = {14, 15, 16, 17, 18, 19, 20, 21, 22, *range(27, 37), 45, 46, 47, *range(50, 59)}
BUILT_IN_FORMATS = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
}
# The first 64 colours that a cell may name by number; those that can mean a rating.
INDEXED = {10: "FF0000", 2: "FF0000", 11: "00FF00", 3: "00FF00", 17: "008000", 13: "FFFF00", 5: "FFFF00", 16: "800000", 43: "FFFF99",
           42: "CCFFCC", 50: "99CC00", 51: "FFCC00", 52: "FF9900", 53: "FF6600", 57: "339966", 29: "FF8080", 45: "FF99CC"}  # fmt: skip


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date; elapsed hours such as [h]:mm are no date."""
    if re.search(r"\[[hms]+\]", code, re.IGNORECASE):
        return False
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", code.split(";", maxsplit=1)[0])
    return bare.lower() != "general" and bool(re.search(r"[ymd]", bare, re.IGNORECASE)) and not re.search(r"[#0]", bare)


def from_serial(number: float, *, is_1904: bool) -> str | None:
    """The ISO date of a spreadsheet's day number, or None beyond the calendar."""
    try:
        if is_1904:
            day = dt.datetime(1904, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number)
        else:
            # Day 60 is 29 February 1900, which never was.
            day = dt.datetime(1899, 12, 31 if number < 60 else 30, tzinfo=dt.UTC) + dt.timedelta(days=number)
    except OverflowError:
        return None
    return day.date().isoformat()


class Styles:
    """Number format, strike-through and fill of each cell style of an .xlsx file."""

    def __init__(self, tree: Any | None) -> None:
        self.formats: list[str] = []
        self.dates: list[bool] = []
        self.struck: list[bool] = []
        self.fills: list[str | None] = []
        if tree is None:
            return
        custom: dict[int, str] = {}
        fonts: list[bool] = []
        fills: list[str | None] = []
        for part in tree:
            if local(part.tag) == "numFmts":
                custom = {int(x.get("numFmtId", 0)): x.get("formatCode", "") for x in part}
            elif local(part.tag) == "fonts":
                fonts = [is_struck(font) for font in part]
            elif local(part.tag) == "fills":
                fills = [fill_of(fill) for fill in part]
        for part in tree:
            if local(part.tag) != "cellXfs":
                continue
            for style in part:
                number = int(style.get("numFmtId", 0) or 0)
                code = custom.get(number) or BUILT_IN_FORMATS.get(number, "")
                font, fill = int(style.get("fontId", 0) or 0), int(style.get("fillId", 0) or 0)
                self.formats.append(code)
                self.dates.append(number in BUILT_IN_DATES if number not in custom else is_date_format(code))
                self.struck.append(font < len(fonts) and fonts[font])
                self.fills.append(fills[fill] if fill < len(fills) else None)


def is_struck(font: Any) -> bool:
    return any(local(x.tag) in {"strike", "dstrike"} and x.get("val", "1") not in {"0", "false"} for x in font)


def fill_of(fill: Any) -> str | None:
    for pattern in fill:
        if local(pattern.tag) != "patternFill" or pattern.get("patternType") != "solid":
            continue
        for colour in pattern:
            if local(colour.tag) == "fgColor":
                if colour.get("rgb"):
                    return colour.get("rgb")[-6:].upper()
                return INDEXED.get(int(colour.get("indexed", -1) or -1))
    return None


def text_of(element: Any) -> tuple[str, list[list[Any]]]:
    """The text of a shared or inline string, and its runs [is struck, text] when some are struck out."""
    text, runs = [], []
    for part in element:
        name = local(part.tag)
        if name == "t":
            text.append(part.text or "")
        elif name == "r":
            words = "".join(x.text or "" for x in part if local(x.tag) == "t")
            properties = [x for x in part if local(x.tag) == "rPr"]
            runs.append([bool(properties) and is_struck(properties[0]), words])
            text.append(words)
    return unescape("".join(text)), runs if any(run[0] for run in runs) else []


def unescape(text: str) -> str:
    """Excel writes control characters as _x000D_."""
    if "_x" not in text:
        return text
    return (
        re.sub(r"_x([0-9A-Fa-f]{4})_", lambda hit: chr(int(hit[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")
    )


def split_address(address: str) -> tuple[int, int]:
    """Row and column, both from 1, of an address such as J4."""
    column = row = 0
    for sign in address:
        if sign.isdigit():
            row = row * 10 + int(sign)
        elif sign != "$":
            column = column * 26 + ord(sign.upper()) - 64
    return row, column


def read_xlsx(path: str) -> dict[str, Any]:
    from defusedxml import ElementTree

    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())

        def tree(name: str) -> Any | None:
            return ElementTree.fromstring(archive.read(name)) if name in names else None

        def relations(name: str) -> dict[str, tuple[str, str]]:
            folder, _, file = name.rpartition("/")
            found = tree(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
            out = {}
            for entry in found if found is not None else ():
                target = entry.get("Target", "")
                target = (
                    target if target.startswith("/") else os.path.normpath(f"/{folder}/{target}").replace("\\", "/")
                )
                out[entry.get("Id", "")] = (target.lstrip("/"), entry.get("Type", ""))
            return out

        book_name = next(
            (target for target, kind in relations("").values() if kind.endswith("/officeDocument")), "xl/workbook.xml"
        )
        book = tree(book_name)
        if book is None:
            raise Refused("damaged", "the workbook part is missing")
        related = relations(book_name)
        by_kind = {kind.rsplit("/", 1)[-1]: target for target, kind in related.values()}
        styles = Styles(tree(by_kind.get("styles", "xl/styles.xml")))
        strings = read_strings(archive, by_kind.get("sharedStrings", "xl/sharedStrings.xml"), names)
        is_1904 = any(local(x.tag) == "workbookPr" and x.get("date1904") in {"1", "true"} for x in book)
        sheets = []
        for entry in (sheet for part in book if local(part.tag) == "sheets" for sheet in part):
            target, kind = related.get(attributes(entry).get("id", ""), ("", ""))
            if not kind.endswith("/worksheet") or target not in names:
                continue
            sheet = read_sheet(archive, target, strings, styles, is_1904=is_1904)
            notes = next((name for name, type_ in relations(target).values() if type_.endswith("/comments")), "")
            sheets.append({"name": entry.get("name"), "hidden": entry.get("state", "visible") != "visible", **sheet,
                           "notes": read_comments(tree(notes)) if notes else {}})  # fmt: skip
    return {"sheets": sheets, "is_1904": is_1904}


def read_strings(archive: zipfile.ZipFile, name: str, names: set[str]) -> list[tuple[str, list[list[Any]]]]:
    from defusedxml import ElementTree

    if name not in names:
        return []
    strings = []
    with archive.open(name) as stream:
        for _, element in ElementTree.iterparse(stream, events=("end",)):
            if local(element.tag) == "si":
                strings.append(text_of(element))
                element.clear()
    return strings


def read_comments(tree: Any | None) -> dict[str, str]:
    """The comments of a sheet by address."""
    notes: dict[str, str] = {}
    for comment in tree.iter() if tree is not None else ():
        if local(comment.tag) == "comment":
            notes[comment.get("ref", "")] = "".join(x.text or "" for x in comment.iter() if local(x.tag) == "t").strip()
    return notes


def read_sheet(
    archive: zipfile.ZipFile, name: str, strings: list[Any], styles: Styles, *, is_1904: bool
) -> dict[str, Any]:
    """Read one sheet in one pass over its XML."""
    from defusedxml import ElementTree

    rows, merges = Rows(), []
    hidden_columns: list[int] = []
    number = 0
    with archive.open(name) as stream:
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            tag = local(element.tag)
            if event == "start":
                if tag == "sheetData":
                    data = element
                continue
            if tag == "row":
                number = int(element.get("r") or number + 1)
                cells, column = [], 0
                for entry in element:
                    address = entry.get("r")
                    column = split_address(address)[1] if address else column + 1
                    cell = read_cell(entry, column, strings, styles, is_1904=is_1904)
                    if cell:
                        cells.append(cell)
                rows.add(number, cells, hidden=element.get("hidden") in {"1", "true"})
                data.clear()
            elif tag == "mergeCell":
                first, _, last = element.get("ref", "").partition(":")
                merges.append([*split_address(first), *split_address(last or first)])
            elif tag == "col" and element.get("hidden") in {"1", "true"}:
                last_column = min(int(element.get("max", 0)), 16384)
                hidden_columns += range(
                    int(element.get("min", 1)), min(last_column, int(element.get("min", 1)) + 500) + 1
                )
    return {"rows": rows.rows, "merges": merges, "hidden_columns": hidden_columns}


def read_cell(entry: Any, column: int, strings: list[Any], styles: Styles, *, is_1904: bool) -> list[Any] | None:
    """One cell as [column, kind, value, more], or None when it is empty and has no colour."""
    style, type_ = int(entry.get("s") or 0), entry.get("t") or "n"
    known = style < len(styles.formats)
    more: dict[str, Any] = {}
    value: str | None = None
    runs: list[list[Any]] = []
    has_formula = False
    for part in entry:
        tag = local(part.tag)
        if tag == "v":
            value = part.text
        elif tag == "f":
            has_formula = True
        elif tag == "is":
            value, runs = text_of(part)
    fill = styles.fills[style] if known else None
    if fill and fill != "FFFFFF":
        more["fill"] = fill
    if known and styles.struck[style]:
        more["struck"] = True
    if value is None or value == "":
        if has_formula and type_ != "str":
            return [column, "f", None, more]
        return [column, "", None, more] if fill and fill != "FFFFFF" else None
    if type_ == "s":
        text, runs = strings[int(value)]
        kind: str = "s"
        content: Any = text
    elif type_ in {"str", "inlineStr"}:
        kind, content = "s", unescape(value)
    elif type_ == "e":
        kind, content = "e", value
    elif type_ == "b":
        kind, content = "b", value in {"1", "true"}
    elif type_ == "d":
        kind, content = "d", value[:10]
    else:
        kind, content = "n", whole(float(value))
        if known:
            day = from_serial(content, is_1904=is_1904) if styles.dates[style] and content >= 1 else None
            if day:
                kind, content = "d", day
            if styles.formats[style]:
                more["format"] = styles.formats[style]
    if kind == "s" and not content:
        return None
    if runs:
        more["runs"] = runs
    return [column, kind, content, more] if more else [column, kind, content]


# ------------------------------------------------------------------ .ods
def read_ods(path: str) -> dict[str, Any]:
    from defusedxml import ElementTree

    sheets: list[dict[str, Any]] = []
    struck: set[str] = set()
    fills: dict[str, str] = {}
    default_style: list[str] = []
    rows, number = Rows(), 0
    notes: dict[str, str] = {}
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            tag = local(element.tag)
            if event == "start":
                if tag == "table":
                    rows, number, notes, default_style = Rows(), 0, {}, []
                    sheets.append({"name": attributes(element).get("name", ""), "hidden": False, "rows": rows.rows, "merges": [],
                                   "hidden_columns": [], "notes": notes})  # fmt: skip
                continue
            if tag == "style":
                own = attributes(element)
                for part in element:
                    said = attributes(part)
                    if said.get("text-line-through-style", "none") != "none":
                        struck.add(own.get("name", ""))
                    if re.fullmatch("#[0-9a-fA-F]{6}", said.get("background-color", "")):
                        fills[own.get("name", "")] = said["background-color"][1:].upper()
            elif tag == "table-column" and sheets:
                own = attributes(element)
                times = min(int(own.get("number-columns-repeated", 1)), 1024)
                if own.get("visibility") in {"collapse", "filter"}:
                    sheets[-1]["hidden_columns"] += range(len(default_style) + 1, len(default_style) + times + 1)
                default_style += [own.get("default-cell-style-name", "")] * times
            elif tag == "table-row" and sheets:
                own = attributes(element)
                times = int(own.get("number-rows-repeated", 1))
                cells = ods_cells(element, number + 1, struck, fills, sheets[-1])
                if cells and times > MOST_REPEATS:
                    raise Refused("too-large", f"row {number + 1} is repeated {times:,} times")
                for again in range(times if cells else 0):
                    rows.add(number + 1 + again, cells, hidden=own.get("visibility") in {"collapse", "filter"})
                number += times
                element.clear()
    return {"sheets": sheets, "is_1904": False}


def ods_cells(row: Any, number: int, struck: set[str], fills: dict[str, str], sheet: dict[str, Any]) -> list[list[Any]]:
    """The cells of one row; what is merged or commented is put down in the sheet."""
    cells: list[list[Any]] = []
    column = 1
    for entry in row:
        if local(entry.tag) not in {"table-cell", "covered-table-cell"}:
            continue
        own = attributes(entry)
        times = int(own.get("number-columns-repeated", 1))
        down, across = int(own.get("number-rows-spanned", 1)), int(own.get("number-columns-spanned", 1))
        if down > 1 or across > 1:
            sheet["merges"].append([number, column, number + down - 1, column + across - 1])
        cell = ods_cell(entry, own, struck=struck, fills=fills, sheet=sheet, place=f"{number},{column}")
        if cell:
            if times > MOST_REPEATS:
                raise Refused("too-large", f"a cell of row {number} is repeated {times:,} times")
            cells += [[column + again, *cell] for again in range(times)]
        column += times
    return cells


def ods_cell(
    entry: Any, own: dict[str, str], *, struck: set[str], fills: dict[str, str], sheet: dict[str, Any], place: str
) -> list[Any] | None:
    more: dict[str, Any] = {}
    style = own.get("style-name", "")
    if style in struck:
        more["struck"] = True
    if fills.get(style, "FFFFFF") != "FFFFFF":
        more["fill"] = fills[style]
    lines, runs = [], []
    for part in entry:
        if local(part.tag) == "annotation":
            sheet["notes"][place] = "\n".join(ods_text(x, struck)[0] for x in part if local(x.tag) == "p").strip()
        elif local(part.tag) == "p":
            text, own_runs = ods_text(part, struck)
            lines.append(text)
            runs += own_runs
    text = "\n".join(lines)
    if any(run[0] for run in runs) and not all(run[0] for run in runs if run[1].strip()):
        more["runs"] = runs
    kind = own.get("value-type", "")
    if re.fullmatch(r"#[A-Z/0!?]+[!?A0]|Err:\d+", text.strip()):
        return ["e", text.strip(), more]
    if kind in {"float", "currency", "percentage"} and own.get("value"):
        return ["n", whole(float(own["value"])), more]
    if kind == "date" and own.get("date-value"):
        if re.fullmatch(r"[A-Za-z]+[- ]\d{2,4}", text.strip()):
            more["format"] = "mmm-yy"
        return ["d", own["date-value"][:10], more]
    if kind == "boolean":
        return ["b", own.get("boolean-value") == "true", more]
    if text.strip():
        return ["s", text, more]
    return ["", None, more] if "fill" in more else None


def ods_text(paragraph: Any, struck: set[str]) -> tuple[str, list[list[Any]]]:
    """The text of a paragraph with its blanks and line breaks, and its runs [is struck, text]."""
    runs: list[list[Any]] = []

    def walk(element: Any, is_out: bool) -> None:
        if element.text:
            runs.append([is_out, element.text])
        for part in element:
            name, own = local(part.tag), attributes(part)
            if name == "s":
                runs.append([is_out, " " * min(int(own.get("c", 1)), 100)])
            elif name == "line-break":
                runs.append([is_out, "\n"])
            elif name == "tab":
                runs.append([is_out, "\t"])
            else:
                walk(part, is_out or own.get("style-name", "") in struck)
            if part.tail:
                runs.append([is_out, part.tail])

    walk(paragraph, False)
    return "".join(run[1] for run in runs), runs


# ------------------------------------------------------------------ .xls
def read_xls(path: str) -> dict[str, Any]:
    import xlrd

    try:
        with open(os.devnull, "w") as nowhere:
            book = xlrd.open_workbook(path, formatting_info=True, logfile=nowhere)
    except xlrd.XLRDError as problem:
        raise Refused("password" if "encrypted" in str(problem).lower() else "damaged", str(problem)[:100]) from None
    sheets = [xls_sheet(book, sheet) for sheet in book.sheets()]
    return {"sheets": sheets, "is_1904": book.datemode == 1}


def xls_sheet(book: Any, sheet: Any) -> dict[str, Any]:
    import xlrd

    rows = Rows()
    for r in range(sheet.nrows):
        cells = []
        for c in range(sheet.row_len(r)):
            cell = sheet.cell(r, c)
            style = book.xf_list[cell.xf_index] if cell.xf_index is not None else None
            more = xls_style(book, sheet, style, r, c) if style else {}
            kind, content = "", None
            if cell.ctype == xlrd.XL_CELL_TEXT and cell.value:
                kind, content = "s", cell.value
            elif cell.ctype == xlrd.XL_CELL_NUMBER:
                kind, content = "n", whole(cell.value)
            elif cell.ctype == xlrd.XL_CELL_DATE:
                day = from_serial(cell.value, is_1904=book.datemode == 1) if cell.value >= 1 else None
                kind, content = ("d", day) if day else ("n", cell.value)
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                kind, content = "b", bool(cell.value)
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                kind, content = "e", xlrd.error_text_from_code.get(cell.value, "#ERROR")
            if kind or "fill" in more:
                cells.append([c + 1, kind, content, more])
        info = sheet.rowinfo_map.get(r)
        rows.add(r + 1, cells, hidden=bool(info and info.hidden))
    return {
        "name": sheet.name,
        "hidden": sheet.visibility != 0,
        "rows": rows.rows,
        "merges": [[a + 1, c + 1, b, d] for a, b, c, d in sheet.merged_cells],
        "hidden_columns": [c + 1 for c, info in sheet.colinfo_map.items() if info.hidden],
        "notes": {f"{r + 1},{c + 1}": note.text for (r, c), note in sheet.cell_note_map.items()},
    }


def xls_style(book: Any, sheet: Any, style: Any, r: int, c: int) -> dict[str, Any]:
    more: dict[str, Any] = {}
    font = book.font_list[style.font_index]
    if font.struck_out:
        more["struck"] = True
    if style.background.fill_pattern == 1:
        colour = book.colour_map.get(style.background.pattern_colour_index)
        if colour and colour != (255, 255, 255):
            more["fill"] = "{:02X}{:02X}{:02X}".format(*colour)
    code = book.format_map[style.format_key].format_str if style.format_key in book.format_map else ""
    if code and code != "General":
        more["format"] = code
    marks = sheet.rich_text_runlist_map.get((r, c))
    if marks:
        text = sheet.cell(r, c).value
        starts = [(0, style.font_index), *marks]
        ends = [*(start for start, _ in starts[1:]), len(text)]
        runs = [
            [bool(book.font_list[index].struck_out), text[start:end]]
            for (start, index), end in zip(starts, ends, strict=True)
        ]
        if any(run[0] for run in runs):
            more["runs"] = runs
    return more


# ------------------------------------------------------------------ .csv
def read_csv(path: str) -> dict[str, Any]:
    data = Path(path).read_bytes()
    text, encoding = decode(data)
    delimiter = find_delimiter(text)
    csv.field_size_limit(LONGEST_FIELD)
    rows, lengths = Rows(), {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            cells = [[i, "s", value.replace("\r\n", "\n")] for i, value in enumerate(record, 1) if value]
            if record:
                lengths[str(number)] = len(record)
            rows.add(number, cells)
    except csv.Error as problem:
        raise Refused("csv-broken", f"record {number + 1}: {problem}") from None
    sheet = {
        "name": "(file)",
        "hidden": False,
        "rows": rows.rows,
        "merges": [],
        "hidden_columns": [],
        "notes": {},
        "lengths": lengths,
    }
    return {"sheets": [sheet], "is_1904": False, "encoding": encoding, "delimiter": delimiter}


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file: Unicode where it says so or proves to be, else the old Western code page of Windows."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding
    if b"\x00" in data:
        raise Refused("not-text", "")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        # Five code points are undefined there; a replacement sign keeps the rest readable.
        return data.decode("cp1252", errors="replace"), "windows-1252"


def find_delimiter(text: str) -> str:
    """The delimiter that a `sep=` line names, else the one that cuts most lines into the same number of cells."""
    if hit := re.match(r"\s*\"?sep=(.)", text[:200], re.IGNORECASE):
        return hit[1]
    outside = re.sub(r'"[^"]*"', "", text[:200_000])
    lines = [line for line in outside.splitlines() if line.strip()][:200]

    def evenness(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines if sign in line]
        common = max(set(counts), key=lambda n: (counts.count(n), n)) if counts else 0
        return counts.count(common) * common, common

    best = max(",;\t|", key=evenness)
    return best if evenness(best)[0] else ","


READERS = {".xlsx": read_xlsx, ".ods": read_ods, ".xls": read_xls, ".csv": read_csv}


def main() -> None:
    """Read the file named first, of the kind named second, within the memory and time named after that."""
    path, kind, memory, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    limit(memory, seconds)
    try:
        answer = READERS[kind](path)
    except Refused as refusal:
        answer = {"refused": refusal.args[0], "detail": refusal.args[1]}
    except MemoryError:
        answer = {"refused": "too-large", "detail": "memory"}
    except Exception as problem:  # a damaged file can fail in any way; the reader only says that it did
        answer = {"refused": "damaged", "detail": f"{type(problem).__name__}: {problem}"[:200]}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True, separators=(",", ":")))


if __name__ == "__main__":
    main()
