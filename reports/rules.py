"""How two standings of the register compare: pure functions, without database or clock."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

Moved = Literal["", "rose", "fell"]
_YEAR = re.compile(r"(?P<from>\d{4})-(?P<to>\d{2})")


@dataclass(frozen=True)
class Year:
    """A year of reports: the financial year that begins on 1 April of `starts`, written "2025-26" in addresses."""

    starts: int

    @property
    def slug(self) -> str:
        """The year as addresses write it."""
        return f"{self.starts}-{(self.starts + 1) % 100:02d}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.starts, 4, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.starts + 1, 3, 31)

    @property
    def before(self) -> date:
        """The day with which it is compared: the last one of the year before."""
        return date(self.starts, 3, 31)


@dataclass(frozen=True)
class Quarter:
    """A quarter of a financial year: 1 begins in April; written "2025-26-q1" in addresses."""

    year: Year
    number: int

    @property
    def slug(self) -> str:
        """The quarter as addresses write it."""
        return f"{self.year.slug}-q{self.number}"

    @property
    def words(self) -> str:
        """The quarter as people say it: "April to June 2025"."""
        return f"{self.first:%B} to {self.last:%B %Y}"

    @property
    def first(self) -> date:
        """Its first day."""
        month = self.number * 3 + 1
        return date(self.year.starts + (month > 12), (month - 1) % 12 + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.following.first - timedelta(days=1)

    @property
    def before(self) -> date:
        """The day with which it is compared: the last one of the quarter before."""
        return self.first - timedelta(days=1)

    @property
    def following(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(Year(self.year.starts + 1), 1)


def quarter_of(text: str) -> Quarter:
    """The quarter that "2025-26-q1" names. Raises ValueError with what to write."""
    year, _, number = text.rpartition("-q")
    if number not in ("1", "2", "3", "4"):
        raise ValueError(f"“{text}” is no quarter of reports. Write the quarter like 2025-26-q1")
    return Quarter(year_of(year), int(number))


def quarter_on(day: date) -> Quarter:
    """The quarter that a day falls in."""
    starts = day.year if day.month >= 4 else day.year - 1
    return Quarter(Year(starts), (day.month - 4) % 12 // 3 + 1)


def year_of(text: str) -> Year:
    """The year that "2025-26" names. Raises ValueError with what to write."""
    found = _YEAR.fullmatch(text)
    if not found or (int(found["from"]) + 1) % 100 != int(found["to"]) or not 1900 <= int(found["from"]) <= 2999:
        raise ValueError(f"“{text}” is no year of reports. Write the year like 2025-26")
    return Year(int(found["from"]))


def moved(before: str, now: str, order: Sequence[str]) -> Moved:
    """How a level moved on its scale, lowest first. A level that is not on the scale, or not set, is not compared."""
    if before not in order or now not in order or before == now:
        return ""
    return "rose" if order.index(now) > order.index(before) else "fell"


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; `None` when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


@dataclass(frozen=True)
class Group:
    """Entries under one heading: how many, £ a year and hours a month of what is known."""

    label: str
    entries: int
    pounds: Decimal | None
    hours: Decimal | None


def grouped(entries: Iterable[Any], labels: Callable[[Any], Iterable[str]]) -> dict[str, Group]:
    """Entries by their labels, in the order of the labels; an entry with several counts under each."""
    found: dict[str, list[Any]] = {}
    for entry in entries:
        for label in labels(entry):
            found.setdefault(label, []).append(entry)
    return {
        label: Group(
            label,
            len(held),
            total(entry.contribution_a_year for entry in held),
            total(entry.hours_a_month for entry in held),
        )
        for label, held in sorted(found.items())
    }
