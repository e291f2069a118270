"""What every report of the year is made of: typed values, drawn as a page, as a PDF and as a workbook.

A report is gathered once; the three forms only draw it, so that no figure can differ between them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from config.words import NOT_KNOWN
from policy.model import Level
from register.exports import SAID, Kind
from register.levels import NOT_SET

MOST_ACROSS = 7  # columns that paper takes upright


@dataclass(frozen=True)
class Fact:
    """A figure with its label, one line of sense, and the place in the report that it comes from."""

    label: str
    figure: str
    sense: str = ""
    address: str = ""


@dataclass(frozen=True)
class Rated:
    """A level on its scale; in a sentence or a spreadsheet it is its label."""

    level: str
    scale: str
    levels: tuple[Level, ...]

    def __str__(self) -> str:
        return next((each.label for each in self.levels if each.id == self.level), self.level) or NOT_SET


@dataclass(frozen=True)
class Typed:
    """A value with a kind of its own, in a column whose rows are of several: facts under one another."""

    value: Any
    kind: Kind

    def __str__(self) -> str:
        return SAID[self.kind](self.value)


@dataclass(frozen=True)
class Col:
    """A column of a table: its heading with the unit, the kind of its values, and how none reads."""

    label: str
    kind: Kind = "text"
    none: str = ""

    @property
    def is_figure(self) -> bool:
        """Whether it stands at the right."""
        return self.kind in ("money", "number", "hours")

    def words(self, value: Any) -> str:
        """A value as it is read; `None` and "" are not known."""
        if value is None or value == "":
            return self.none or (NOT_SET if self.kind == "level" else NOT_KNOWN)
        return SAID[self.kind](value)


@dataclass(frozen=True)
class Line:
    """A row: a typed value for each column, and where its first cell leads.

    `addresses` pairs a place with where that cell leads: a count to the list that it counts.
    """

    cells: tuple[Any, ...]
    address: str = ""
    addresses: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Cell:
    """A value as the page draws it."""

    column: Col
    value: Any
    words: str
    address: str = ""

    @property
    def rated(self) -> Rated | None:
        """The level to be drawn as one; `None` for other values and for a level that nobody set."""
        return self.value if isinstance(self.value, Rated) and self.value.level else None


@dataclass(frozen=True)
class Table:
    """Rows under their headings. `empty` says in words that there are none; `sums` is a last line of totals."""

    id: str
    caption: str
    columns: tuple[Col, ...]
    lines: tuple[Line, ...]
    empty: str = ""
    sums: Line | None = None

    def shown(self) -> Iterator[tuple[Line, list[Cell], bool]]:
        """Each row with its cells in words, and whether it is the line of totals."""
        for line in (*self.lines, *((self.sums,) if self.sums else ())):
            is_sum = line is self.sums
            cells = [
                # A total has no name and no level; what is not known stays a word in every other row.
                Cell(
                    column,
                    value,
                    "" if is_sum and not column.is_figure and not value else column.words(value),
                    dict(line.addresses).get(place, ""),
                )
                for place, (column, value) in enumerate(zip(self.columns, line.cells, strict=True))
            ]
            yield line, cells, is_sum


@dataclass(frozen=True)
class Chapter:
    """A part with its heading: sentences, then a chart with its table, or tables."""

    id: str
    title: str
    said: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    chart: SafeString | None = None

    @property
    def is_wide(self) -> bool:
        """Whether a table of it needs the long side of the paper."""
        return any(len(table.columns) > MOST_ACROSS for table in self.tables)


@dataclass(frozen=True)
class Page:
    """The page of one partnership."""

    reference: str
    name: str
    meta: str
    address: str
    purpose: str = ""
    facts: tuple[Fact, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    caveat: str = ""

    @property
    def anchor(self) -> str:
        """Where the contents lead."""
        return f"entry-{self.reference.lower()}"

    @property
    def is_short(self) -> bool:
        """Whether it needs no page of its own on paper."""
        return not any(chapter.tables for chapter in self.chapters)


@dataclass(frozen=True)
class Ask:
    """What the readers are asked to look at, and the chapter that tells of it."""

    words: str
    anchor: str


@dataclass(frozen=True)
class Paper:
    """A whole report: for whom, under which policy, as the register stood on which day, and what it is based on."""

    title: str
    period: str
    readers: str
    council: str
    policy: str
    on: date
    made_on: date
    made_by: str
    facts: tuple[Fact, ...] = ()
    asks: tuple[Ask, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    entries: tuple[Page, ...] = ()
    based_on: tuple[str, ...] = ()
    is_wide: bool = False  # needs the long side of the paper

    @property
    def whole_title(self) -> str:
        """The title with its period: "Annual report on partnerships 2025–26"."""
        return " ".join(filter(None, (self.title, self.period)))

    def tables(self) -> Sequence[tuple[Chapter, Table]]:
        """Every table outside the pages of single partnerships, with its chapter: the sheets of a workbook."""
        return [(chapter, table) for chapter in self.chapters for table in chapter.tables]
