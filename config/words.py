"""How figures, days and differences read on screen and on paper (design: words on screen). Pure functions.

`None` is "Not known" everywhere; nought is a figure. `today` is always an argument.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from config import sentences

NOT_KNOWN = "Not known"
inside = sentences.inside

Number = Decimal | int | float


def number(value: Number | None, places: int = 2) -> str:
    """A figure with commas and no idle noughts: 1234.50 is "1,234.5"."""
    if value is None:
        return NOT_KNOWN
    text = f"{Decimal(str(value)):,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Number | None) -> str:
    """Pounds: "£142,600", with pence only when there are some."""
    if value is None:
        return NOT_KNOWN
    amount = Decimal(str(value))
    sign = "−" if amount < 0 else ""
    pounds = f"{abs(amount):,.2f}".removesuffix(".00")
    return f"{sign}£{pounds}"


def with_unit(figure: str, unit: str) -> str:
    """A figure in words with its unit: "12.5 hours a month", "£12,500 a year" where the unit is "£ a year"."""
    if unit.startswith("£"):
        return f"£{figure.removeprefix('£')}{unit[1:]}"
    return f"{figure} {unit}".strip()


def millions(value: Number | None) -> str:
    """Pounds for a cover: "£3.17 million" from a million up, else as `money`."""
    if value is None:
        return NOT_KNOWN
    amount = Decimal(str(value))
    if abs(amount) < 1_000_000:
        return money(amount)
    return f"£{number(amount / 1_000_000)} million"


def hours(value: Number | None) -> str:
    """Officer time: "86 hours a month", one decimal when it matters."""
    if value is None:
        return NOT_KNOWN
    return f"{hours_alone(value)} a month"


def hours_alone(value: Number, places: int = 1) -> str:
    """Hours without their month, for a figure whose label says it: "86 hours", "1 hour"."""
    figure = number(value, places)
    return f"{figure} hour" if figure == "1" else f"{figure} hours"


def difference(new: Number | None, old: Number | None) -> str:
    """What changed between two sums of money: "£2,350 more", "£40 less", "the same"."""
    if new is None or old is None:
        return NOT_KNOWN
    change = Decimal(str(new)) - Decimal(str(old))
    if change == 0:
        return "the same"
    return f"{money(abs(change))} {'more' if change > 0 else 'less'}"


def day(value: date | datetime | None) -> str:
    """A day in text: "30 November 2026"."""
    value = _as_date(value)
    return NOT_KNOWN if value is None else f"{value.day} {value:%B %Y}"


def short_day(value: date | datetime | None) -> str:
    """A day in a table: "30 Nov 2026"."""
    value = _as_date(value)
    return NOT_KNOWN if value is None else f"{value.day} {value:%b %Y}"


def month(value: date | datetime | None) -> str:
    """A month as text has it: "March 2027"."""
    value = _as_date(value)
    return f"{value:%B %Y}" if value else NOT_KNOWN


def weekday(value: date | datetime | None) -> str:
    """A day that must be kept: "Monday 30 November"."""
    value = _as_date(value)
    return NOT_KNOWN if value is None else f"{value:%A} {value.day} {value:%B}"


def clock(value: datetime | None) -> str:
    """A time of day in the council's own zone: "3:42pm"."""
    if value is None:
        return NOT_KNOWN
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def moment(value: datetime | None) -> str:
    """A moment: "17 November 2026 at 3:42pm"."""
    return NOT_KNOWN if value is None else f"{day(value)} at {clock(value)}"


def days_away(value: date | datetime, today: date) -> str:
    """How near a day is: "today", "in 10 days", "6 days late", "3 years late"."""
    away = (_as_date(value) - today).days  # type: ignore[operator]
    match away:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "1 day late"
    if away > 0:
        return f"in {away} days"
    # Beyond two years the number of days says nothing to a reader.
    return f"{-away} days late" if away > -2 * 365 else f"{-away // 365} years late"


def financial_year(starts: int) -> str:
    """The financial year that starts on 1 April of `starts`: "2026 to 2027"."""
    return f"{starts} to {starts + 1}"


def review_year(starts: int) -> str:
    """The review year: "2026–27"."""
    return f"{starts}–{(starts + 1) % 100:02d}"


def count(number_of: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 partnership", "1,204 partnerships"."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"


def listed(words: Any, last: str = "and") -> str:
    """Words in a row: "CMT, the Executive and Scrutiny"."""
    words = [str(word) for word in words]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _as_date(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value
