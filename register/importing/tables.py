"""Finds the tables of a workbook: which sheets to use, where the headings stand, and which lines are no records."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from register.importing.headings import GOOD, Heading, Mapped, likeness, propose, with_a_name
from register.importing.values import plain, squeeze
from register.importing.workbook import Book, Cell, Row, Sheet

SEARCHED = 40  # headings stand in the first rows
LONGEST_GAP = 1000
SAMPLE = 80  # cells looked at to judge a column
MOST_COLUMNS = 200
KEY_FIELDS = {
    "register": {"name"},
    "members": {"partnership", "organisation"},
    "appointments": {"body", "representative"},
}
PROOF = {"appointments": {"term_years", "end_date", "capacity", "appointed_by", "places", "start_date", "allowance"},
         "members": {"sector", "representative", "member_status", "is_chair"}}  # fmt: skip
OLD_SHEET = re.compile(
    r"\b(old|archived?|previous|superseded|prior|copy|backup|draft|do not use|historic(al)?|out of date|obsolete)\b",
    re.IGNORECASE,
)
ENDED_SHEET = re.compile(r"\b(closed|ended|ceased|former|past|dissolved|left|exited|inactive|dormant|wound up|removed|finished|defunct|expired|terminated|leavers|deleted|withdrawn|no longer)\b", re.IGNORECASE)  # fmt: skip
LIST_SHEET = re.compile(
    r"\b(lists?|look[- ]?ups?|codes?|values|validation|drop[- ]?downs?|options|reference data|keys?|priorities|ref data|data lists?)\b",
    re.IGNORECASE,
)
TOTAL = re.compile(
    r"((grand|sub|overall|sheet|annual|net|gross)[- ]?)?totals?\b(?! place)( (direct|indirect|annual|budget|cost|costs|contribution|contributions|of|for|hours|number|no|amount|council|cash|£|all|partnerships|"
    r"financial|funding|officer|staff|time|spend|expenditure|value|\(|per|a|by|[\d/,-]+).*)?\s?[:=]?|sum\b.{0,20}|total\b.{0,12}:?",
    re.IGNORECASE,
)
TOTAL_WORD = re.compile("total|sum", re.IGNORECASE)
COUNT = re.compile(
    r"\(?(total |number of )?(\d+ (active |live |current )?(partnerships?|records?|entries|rows|bodies|groups|items|lines)|(partnerships?|records?|entries|bodies|count)\s?[:=]\s?\d+)( in total| listed)?\)?\.?",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"^(notes?\b|\*|source\b|key\b|n\.?b\.?\b|last updated|updated|printed|prepared by|contact\b|end of|page \d|for further|please|see also|\(?\d{1,2}[.)]\s|©|document|version|produced|this register|compiled|figures|all figures|report)",
    re.IGNORECASE,
)
PAIR = re.compile(
    r"(?:^|[,;\n(:]|\s-\s)\s*(?P<code>[A-Za-z0-9&./]{1,12})\s?=\s?(?P<text>[^=;\n]+?)\s*(?=$|[;\n)]|,\s*[A-Za-z0-9&./]{1,12}\s?=)"
)
BODY_WORDS = re.compile(
    r"\b(partnership|board|forum|group|committee|cttee|trust|panel|network|alliance|project|consortium|association|company|agency|hub|service|forums?|initiative|programme|agreement|body|authority|p'?ship|union|federation)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Table:
    """A table of one sheet, its headings mapped."""

    sheet: Sheet
    kind: str  # register, members, appointments
    header_rows: tuple[int, ...]
    columns: list[Mapped]
    headings: list[Heading]
    use: str = ""
    reason: str = ""
    keys: dict[str, str] = field(default_factory=dict)  # codes explained in the sheet itself

    heading_words: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.heading_words = {x.column: plain(x.heading) for x in self.columns}

    @property
    def last_column(self) -> int:
        return max(mapped.column for mapped in self.columns)

    @property
    def first_row(self) -> int:
        return max(self.header_rows) + 1

    def column_of(self, field_: str) -> Mapped | None:
        return next((x for x in self.columns if field_ in x.fields and x.rule), None)

    @property
    def name_column(self) -> int:
        wanted = {"register": "name", "members": "organisation", "appointments": "body"}[self.kind]
        found = self.column_of(wanted)
        return found.column if found else self.columns[0].column


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table and what it is: record, blank, section heading, total, count, note, key or repeated header."""

    number: int
    what: str
    text: str = ""


# ------------------------------------------------------------------ finding the headings
def find_table(sheet: Sheet, *, guess_name: bool = False) -> Table | None:
    """The table of a sheet, or None when no row looks like headings. `guess_name`: the name need not stand in a heading."""
    numbers = sorted(sheet.rows)[:SEARCHED]
    scored = [(row_likeness(sheet.rows[number]), number) for number in numbers]
    best = max((score for score, _ in scored), default=0.0)
    if best < 2:
        return None
    start = next(number for score, number in scored if score >= 0.8 * best)
    header_rows, headings = _headings(sheet, start)
    return _best_kind(sheet, header_rows, headings, guess_name=guess_name)


def row_likeness(row: Row) -> float:
    """How many cells of a row look like headings; 0 when it holds data."""
    cells = [cell for cell in row.filled if cell.column <= MOST_COLUMNS]
    texts = [
        cell for cell in cells if isinstance(cell.value, str) and not re.fullmatch(r"\s*[£\d,.\s/%-]+\s*", cell.value)
    ]
    if len(texts) < 2 or len(texts) < 0.8 * len(cells):
        return 0.0
    good = sum(1 for cell in texts if likeness(str(cell.value)) >= 88) + 0.5 * sum(
        1 for cell in texts if GOOD <= likeness(str(cell.value)) < 88
    )
    return good if good >= 0.34 * len(texts) else 0.0


def _spans(sheet: Sheet, row: int) -> dict[int, int]:
    """Last column of each merged cell that begins in a row."""
    return {first: last for top, first, bottom, last in sheet.merges if top <= row <= bottom and last > first}


def _headings(sheet: Sheet, start: int) -> tuple[tuple[int, ...], list[Heading]]:
    row = sheet.rows[start]
    texts = {cell.column: str(cell.value) for cell in row.filled if cell.column <= MOST_COLUMNS}
    rows = [start]
    bands: dict[int, str] = {}
    above = sheet.rows.get(start - 1)
    if above:
        spans, filled = _spans(sheet, start - 1), [cell for cell in above.filled if isinstance(cell.value, str)]
        for cell in filled:
            last = spans.get(cell.column, cell.column)
            if last == cell.column and len(filled) > 1 and cell.column in texts:
                following = [other.column for other in filled if other.column > cell.column]
                last = min(following) - 1 if following else max(texts)
            covered = [column for column in texts if cell.column <= column <= last]
            if len(filled) == 1 and (
                len(covered) >= 0.8 * len(texts) or (last == cell.column and cell.column in texts)
            ):
                continue
            if cell.column not in texts and last == cell.column and likeness(str(cell.value)) >= GOOD:
                texts[cell.column] = str(cell.value)
                rows = [start - 1, start]
            for column in covered:
                bands[column] = squeeze(str(cell.value))
    below = sheet.rows.get(start + 1)
    if below and _is_second_heading(sheet, row, below, texts):
        spans = _spans(sheet, start)
        for column, last in spans.items():
            for inner in range(column, last + 1):
                if column in texts and last - column < MOST_COLUMNS:
                    bands[inner] = squeeze(texts[column])
        for cell in below.filled:
            top = texts.get(cell.column, "")
            if top and cell.column not in spans:
                texts[cell.column] = f"{top} {squeeze(str(cell.value))}"
            else:
                texts[cell.column] = str(cell.value)
        rows.append(start + 1)
    last_heading = max(texts)
    first_data = max(rows) + 1
    columns = set(texts)
    samples: dict[int, list[Any]] = {}
    counts: dict[int, int] = {}
    for number in sorted(sheet.rows):
        if number < first_data:
            continue
        for cell in sheet.rows[number].filled:
            if cell.column <= MOST_COLUMNS:
                counts[cell.column] = counts.get(cell.column, 0) + 1
                bag = samples.setdefault(cell.column, [])
                if len(bag) < SAMPLE and not cell.error:
                    bag.append(cell.value)
    most = max(counts.values(), default=0)
    columns |= {column for column, count in counts.items() if column < last_heading or count >= max(2, 0.1 * most)}
    headings = []
    for column in sorted(columns):
        looked = [value for value in samples.get(column, []) if _is_evidence(value, texts.get(column, ""))]
        headings.append(Heading(column, texts.get(column, ""), bands.get(column, ""), looked))
    return tuple(rows), headings


def _is_evidence(value: Any, heading: str) -> bool:
    """Dashes, "tbc" and repeated headings say nothing about a column."""
    looked = plain(str(value))
    return looked not in {"-", "tbc", "n/a", "ditto", "as above", '"', "?", "\x1a"} and looked != plain(heading)


def _is_second_heading(sheet: Sheet, top: Row, below: Row, texts: dict[int, str]) -> bool:
    """Whether the row below the headings holds headings, too: under merged cells, or units such as (£)."""
    cells = below.filled
    if not cells or any(not isinstance(cell.value, str) for cell in cells):
        return False
    spans = _spans(sheet, top.number)
    under = [cell for cell in cells if cell.column not in texts or any(a <= cell.column <= b for a, b in spans.items())]
    first = min(texts)
    if first in {cell.column for cell in cells} and first not in spans:
        return False
    short = [cell for cell in cells if len(str(cell.value)) <= 40]
    units = [
        cell
        for cell in cells
        if re.fullmatch(
            r"\(.*\)|£.*|h\s?/\s?m\s?/\s?l.*|y\s?/\s?n.*|hrs.*|hours.*|dd.*|yes\s?/\s?no.*|days.*|per .*|tick.*",
            plain(str(cell.value)),
        )
    ]
    if len(units) >= max(1, 0.6 * len(cells)):
        return True
    good = [
        cell
        for cell in under
        if likeness(str(cell.value)) >= GOOD or likeness(f"{_over(spans, texts, cell.column)} {cell.value}") >= GOOD
    ]
    return (
        len(short) == len(cells)
        and len(under) >= 0.6 * len(cells)
        and len(good) >= max(1, 0.5 * len(under))
        and len(cells) >= 2
    )


def _over(spans: dict[int, int], texts: dict[int, str], column: int) -> str:
    return next((texts.get(first, "") for first, last in spans.items() if first <= column <= last), "")


def _best_kind(
    sheet: Sheet, header_rows: tuple[int, ...], headings: list[Heading], *, guess_name: bool
) -> Table | None:
    best: tuple[float, Table] | None = None
    for kind, needed in KEY_FIELDS.items():
        columns = propose(headings, kind)
        if kind == "register" and guess_name:
            columns = with_a_name(columns, headings)
        keys = {mapped.rule.key for mapped in columns if mapped.rule}
        if not needed <= keys or len(keys) < 2 or (kind in PROOF and not keys & PROOF[kind]):
            continue
        score = sum(min(mapped.score, 100) for mapped in columns if mapped.rule) + (20 if kind == "register" else 0)
        if kind == "members":
            score += 60  # a column of partnerships beside one of organisations is the sign of a list of members
        if not best or score > best[0]:
            best = score, Table(sheet, kind, header_rows, columns, headings)
    return best[1] if best else None


# ------------------------------------------------------------------ which sheets to use
def plan(book: Book) -> tuple[list[Table], list[tuple[Sheet, str, str, tuple[int, ...]]]]:
    """The tables to read, and every sheet with its use, the reason and the rows of its headings."""
    tables = {id(sheet): find_table(sheet) for sheet in book.sheets}
    if not any(tables.values()):  # then a sheet may be a register although no heading names the partnership
        tables = {
            id(sheet): find_table(sheet, guess_name=True) if not LIST_SHEET.search(sheet.name) else None
            for sheet in book.sheets
        }
    registers = [
        sheet
        for sheet in book.sheets
        if (table := tables[id(sheet)]) and table.kind != "members" and not OLD_SHEET.search(sheet.name)
    ]
    latest = max((_year(sheet.name) for sheet in registers), default=0)
    out: list[Table] = []
    uses: list[tuple[Sheet, str, str, tuple[int, ...]]] = []
    for sheet in book.sheets:
        table = tables[id(sheet)]
        if not table:
            use, reason = _use_without_table(sheet)
            uses.append((sheet, use, reason, ()))
            continue
        is_older = 0 < _year(sheet.name) < latest and not ENDED_SHEET.search(sheet.name)
        if (
            len(registers) + (sheet not in registers) > 1
            and table.kind != "members"
            and (OLD_SHEET.search(sheet.name) or is_older)
        ):
            use, reason = "ask", "the name of the sheet says that it is an older list"
        elif LIST_SHEET.search(sheet.name) and len(registers) > 1 and len([x for x in table.columns if x.rule]) < 4:
            use, reason = "lookup lists", "lists of codes"
        elif table.kind == "register" and ENDED_SHEET.search(sheet.name):
            use, reason = "register of ended partnerships", "the name of the sheet says that they have ended"
        else:
            use, reason = table.kind, f"{len([x for x in table.columns if x.rule])} headings are known"
        table.use, table.reason = use, reason
        table.keys = keys_of(sheet, table)
        uses.append((sheet, use, reason, table.header_rows))
        if use not in {"ask", "lookup lists"}:
            out.append(table)
    return out, uses


def _year(name: str) -> int:
    years = [int(x) for x in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", name)]
    return max(years, default=0)


def _use_without_table(sheet: Sheet) -> tuple[str, str]:
    if not any(row.filled for row in sheet.rows.values()):
        return "ignore", "the sheet is empty"
    if LIST_SHEET.search(sheet.name) or len(pairs_of(sheet)) >= 3:
        return "lookup lists", "lists of codes"
    return "ignore", "no table of partnerships, members or appointments was found"


def pairs_of(sheet: Sheet) -> dict[str, str]:
    """Codes and their texts from columns that stand side by side in a sheet of lists."""
    pairs: dict[str, str] = {}
    for number in sorted(sheet.rows):
        row = sheet.rows[number]
        for cell in row.filled:
            beside = row.get(cell.column + 1)
            code = code_shown(cell)
            if (
                code
                and isinstance(beside.value, str)
                and not beside.is_empty
                and (len(code) <= 6 or code.isupper())
                and len(code) < len(beside.value)
            ):
                pairs.setdefault(code, squeeze(beside.value))
    return pairs


def code_shown(cell: Cell) -> str:
    """A code as the sheet shows it: the number 1.1 under the format 0.00 is 1.10."""
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        decimals = re.fullmatch(r"0\.(0+)", cell.number_format)
        return f"{cell.value:.{len(decimals[1])}f}" if decimals else f"{cell.value:g}"
    text = squeeze(cell.text)
    return text.rstrip(".") if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9&./-]{0,11}", text) else ""


def keys_of(sheet: Sheet, table: Table) -> dict[str, str]:
    """Codes that the lines around the table explain, such as "S = Statutory, C = Community"."""
    keys: dict[str, str] = {}
    width = len(table.columns)
    for number, row in sheet.rows.items():
        if number in table.header_rows or len(row.filled) > max(2, width // 3):
            continue
        for cell in row.filled:
            if isinstance(cell.value, str) and "=" in cell.value:
                keys.update(pairs_in(cell.value))
    return keys


def pairs_in(text: str) -> dict[str, str]:
    return {hit["code"].rstrip("."): squeeze(hit["text"]).rstrip(".") for hit in PAIR.finditer(squeeze(text))}


# ------------------------------------------------------------------ which lines are records
def lines_of(table: Table) -> Iterable[Line]:
    """Every line of the sheet down to the last filled one, and what it is."""
    sheet = table.sheet
    numbers = sorted(sheet.rows)
    data = [number for number in numbers if number >= table.first_row]
    last_full = max(
        (
            number
            for number in data
            if _fullness(sheet.rows[number]) >= 3 or _fullness(sheet.rows[number]) >= 0.5 * len(table.columns)
        ),
        default=0,
    )
    wide = {(top, first) for top, first, bottom, last in sheet.merges if last - first >= 2}
    name_only = [number for number in data if len(sheet.rows[number].filled) == 1]
    before = 0
    for number in sorted({*numbers, *sheet.lengths}):
        # A single cell at the far end of the sheet does not make a million blank lines worth telling.
        yield from (Line(blank, "blank") for blank in range(before + 1, min(number, before + 1 + LONGEST_GAP)))
        before = number
        row = sheet.rows.get(number)
        if number < table.first_row:
            yield _line_above(number, row, table)
        elif row is None or not row.filled:
            yield Line(
                number,
                "end-of-file mark" if row and any(cell.value == "\x1a" for cell in row.cells.values()) else "blank",
            )
        else:
            yield _line_of_table(row, table, wide, last_full, name_only)


def _fullness(row: Row) -> int:
    return len(row.filled)


def _line_above(number: int, row: Row | None, table: Table) -> Line:
    if number in table.header_rows:
        return Line(number, "header")
    if row is None or not row.filled:
        return Line(number, "blank")
    text = squeeze(row.filled[0].text)
    if re.fullmatch(r"sep=.?", text, re.IGNORECASE):
        return Line(number, "separator line")
    if (
        number == min(table.header_rows) - 1
        and len(row.filled) < len(table.columns)
        and min(cell.column for cell in row.filled) > min(x.column for x in table.columns)
    ):
        return Line(number, "band heading", text)
    return Line(number, "key" if pairs_in(text) else "title", text)


def _line_of_table(row: Row, table: Table, wide: set[tuple[int, int]], last_full: int, name_only: list[int]) -> Line:
    filled = row.filled
    text = squeeze(filled[0].text)
    if filled[0].column > table.last_column:
        return Line(row.number, "outside the table", text)
    if _repeats_headings(filled, table):
        return Line(row.number, "repeated header")
    name = row.get(table.name_column)
    words = [cell for cell in filled if isinstance(cell.value, str) and re.search(r"[A-Za-z]", cell.value)]
    labels = [cell for cell in words if TOTAL_WORD.search(cell.text) and TOTAL.fullmatch(squeeze(cell.text))]
    if labels and len(words) - len(labels) <= 0 and (name.is_empty or name in labels or len(filled) <= 6):
        return Line(row.number, "total", squeeze(labels[0].text))
    if COUNT.fullmatch(text) and len(filled) <= 2:
        return Line(row.number, "count", text)
    if name.is_empty and row.number > last_full - 1 and not words and len(filled) <= 4 and table.kind == "register":
        return Line(row.number, "total", text)
    if (
        len(filled) <= 2
        and row.number > last_full
        and (
            NOTE.match(text)
            or len(text) > 70
            or re.search(r"\.$|:$", text)
            or name.is_empty
            or pairs_in(text)
            or not _is_record_alone(row, table, last_full)
        )
    ):
        return Line(row.number, "key" if pairs_in(text) else "note", text)
    if len(filled) == 1:
        return _single_cell(row, table, wide, last_full, name_only)
    return Line(row.number, "record")


def _repeats_headings(filled: list[Cell], table: Table) -> bool:
    headings = table.heading_words
    if sum(1 for cell in filled[:3] if plain(cell.text) == headings.get(cell.column)) < min(2, len(filled)):
        return False
    return sum(1 for cell in filled if plain(cell.text) == headings.get(cell.column)) >= 0.6 * len(filled)


def _is_record_alone(row: Row, table: Table, last_full: int) -> bool:
    """A line with little more than a name, below the last full one: a record when it follows at once and names a body."""
    unbroken = all(
        number in table.sheet.rows and table.sheet.rows[number].filled
        for number in range(max(last_full, table.first_row), row.number)
    )
    return (unbroken and bool(BODY_WORDS.search(row.get(table.name_column).text))) or (
        unbroken and len(table.columns) <= 3
    )


def _single_cell(row: Row, table: Table, wide: set[tuple[int, int]], last_full: int, name_only: list[int]) -> Line:
    cell = row.filled[0]
    text = squeeze(cell.text)
    is_wide = (row.number, cell.column) in wide
    is_loud = text.isupper() and len(text) > 3
    if NOTE.match(text) and not BODY_WORDS.search(text) and len(text) > 3 and not is_wide:
        return Line(row.number, "note", text)
    if is_wide or text.endswith(":"):
        return Line(row.number, "section heading", text.rstrip(":"))
    if table.kind != "register":
        return Line(row.number, "record")
    leads = row.number < last_full
    if (
        leads
        and (
            is_loud
            or (cell.fill and len(name_only) >= 2)
            or not BODY_WORDS.search(text)
            or cell.column != table.name_column
        )
        and isinstance(cell.value, str)
    ):
        others = [number for number in name_only if number < last_full]
        if is_loud or cell.fill or len(others) >= 2 or cell.column != table.name_column:
            return Line(row.number, "section heading", text)
    if len(table.columns) > 3 and not leads and not BODY_WORDS.search(text):
        return Line(row.number, "note", text)
    return Line(row.number, "record")


def title_of_theme(text: str) -> str:
    """A section heading as a theme: capitals are taken down, small words stay small."""
    if not text.isupper():
        return text
    small = {"and", "of", "the", "for", "in", "to", "a"}
    return " ".join(
        word.capitalize() if i == 0 or word not in small else word for i, word in enumerate(text.lower().split())
    )
