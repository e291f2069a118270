"""Form fields of our own: money and time as people type them, days in three parts, choices with hints.

They know no app, so every app's forms may use them.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from config import words

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}

_FIGURE = r"(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_MONEY = re.compile(rf"£?\s*{_FIGURE}\s*(?P<times>k|m|thousand|million)?\s*(?:pounds?)?", re.IGNORECASE)
_TIMES = {"k": 1000, "thousand": 1000, "m": 1_000_000, "million": 1_000_000}
_HOURS = re.compile(
    rf"{_FIGURE}\s*(?P<unit>h|hr|hrs|hours?|d|days?)?\s*(?:(?:an?|per|each|every|/)\s*(?P<every>week|wk|fortnight|month|quarter|year|yr)|(?P<ly>weekly|monthly|quarterly|yearly))?",
    re.IGNORECASE,
)
# How many times in a month: a year has 52 weeks and 12 months.
_A_MONTH = {
    "week": Decimal(52) / 12,
    "wk": Decimal(52) / 12,
    "weekly": Decimal(52) / 12,
    "fortnight": Decimal(26) / 12,
    "month": Decimal(1),
    "monthly": Decimal(1),
    "quarter": Decimal(1) / 3,
    "quarterly": Decimal(1) / 3,
    "year": Decimal(1) / 12,
    "yr": Decimal(1) / 12,
    "yearly": Decimal(1) / 12,
}


def parse_money(text: str) -> Decimal:
    """Read pounds as people type them: "142,600", "£142600", "142.6k", "£1.2 million".

    Raises ValueError for anything else: a sum below nought, a comma in the wrong place, a part of a penny.
    """
    match = _MONEY.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    amount = Decimal(match["figure"].replace(",", "")) * _TIMES.get((match["times"] or "").lower(), 1)
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError(text)
    return amount.quantize(Decimal("0.01"))


def parse_hours(text: str, hours_a_day: Decimal | None = None) -> Decimal:
    """Read officer time as hours a month: "20", "5 hrs a week", "2 days a month".

    Days count `hours_a_day`, the policy's working day; without it days are refused. Raises ValueError.
    """
    match = _HOURS.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    figure = Decimal(match["figure"].replace(",", ""))
    if (match["unit"] or "").lower().startswith("d"):
        if hours_a_day is None:
            raise ValueError(text)
        figure *= hours_a_day
    every = (match["every"] or match["ly"] or "month").lower()
    return (figure * _A_MONTH[every]).quantize(Decimal("0.01"))


def parse_day(text: str, today: date) -> date:
    """Read a day typed in one field: "31/3/26", "31 March 2026", "2026-03-31", "today". Raises ValueError."""
    text = text.strip().lower()
    if text == "today":
        return today
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        year, month, day = match.groups()
        return date(int(year), int(month), int(day))
    if match := re.fullmatch(r"(\d{1,2})[/. -](\w+)[/. -](\d{2}|\d{4})", text):
        day, named, year = match.groups()
        return date(_year(year), _month(named), int(day))
    raise ValueError(text)


def _month(text: str) -> int:
    text = text.strip().lower().rstrip(".")
    if text in MONTHS:
        return MONTHS[text]
    return int(text)


def _year(text: str) -> int:
    year = int(text)
    return 2000 + year if len(text.strip()) == 2 else year


class MoneyInput(forms.TextInput):
    """A text field for pounds; the sign stands in front of it."""

    prefix = "£"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "decimal", "class": "govuk-input--width-10", "spellcheck": "false"} | (attrs or {})
        )

    def format_value(self, value: Any) -> str | None:
        return (
            words.money(value).removeprefix("£") if isinstance(value, (Decimal, int)) else super().format_value(value)
        )


class MoneyField(forms.Field):
    """Pounds, 0 or more, as a `Decimal` with two places; empty is `None`.

    `unit` is said back with what was understood: "£142,600 a year".
    """

    widget = MoneyInput

    def __init__(self, *, unit: str = "", highest: Decimal = Decimal("999999999999.99"), **options: Any) -> None:
        self.unit, self.highest = unit, highest
        super().__init__(**options)
        # A field without a sentence of its own asks in the words of its label.
        what = (self.label or "amount").lower()
        self.error_messages.setdefault("wrong", f"Enter the {what} in pounds, like 12500")
        if "required" not in (options.get("error_messages") or {}):
            self.error_messages["required"] = self.error_messages["wrong"]

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            amount = parse_money(str(value))
        except (ValueError, InvalidOperation):
            raise ValidationError(self.error_messages["wrong"], code="wrong") from None
        if amount > self.highest:
            raise ValidationError(f"Enter {words.money(self.highest)} or less", code="highest")
        return amount

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _changed(self, initial, data)

    def understood(self, value: Decimal) -> str:
        """What the register read, to be shown back: "£142,600 a year"."""
        return f"{words.money(value)} {self.unit}".strip()


class HoursInput(forms.TextInput):
    """A text field for officer time; the unit stands behind it."""

    suffix = "hours a month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "govuk-input--width-10", "spellcheck": "false"} | (attrs or {}))

    def format_value(self, value: Any) -> str | None:
        return words.number(value) if isinstance(value, (Decimal, int)) else super().format_value(value)


class HoursField(forms.Field):
    """Officer hours a month as a `Decimal`; "5 hrs a week" and, with `hours_a_day`, "2 days a month" are worked out."""

    widget = HoursInput

    def __init__(
        self, *, hours_a_day: Decimal | None = None, highest: Decimal = Decimal("99999"), **options: Any
    ) -> None:
        self.hours_a_day, self.highest = hours_a_day, highest
        super().__init__(**options)
        self.error_messages.setdefault(
            "wrong", "Enter the hours a month, like 20, or say them by the week, like 5 hours a week"
        )
        if "required" not in (options.get("error_messages") or {}):
            self.error_messages["required"] = self.error_messages["wrong"]

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            hours = parse_hours(str(value), self.hours_a_day)
        except (ValueError, InvalidOperation):
            raise ValidationError(self.error_messages["wrong"], code="wrong") from None
        if hours > self.highest:
            raise ValidationError(f"Enter {words.number(self.highest)} hours or fewer", code="highest")
        return hours

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _changed(self, initial, data)

    def understood(self, value: Decimal) -> str:
        """What the register read, to be shown back: "86.7 hours a month"."""
        return words.hours(value)


class DateParts(forms.MultiWidget):
    """A day in three inputs: day, month, year. The month may be a word."""

    use_fieldset = True
    date_parts: tuple[tuple[str, int], ...] = (("Day", 2), ("Month", 2), ("Year", 4))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        inputs = [
            forms.TextInput(
                {"inputmode": "numeric", "class": f"govuk-input govuk-date-input__input govuk-input--width-{width}"}
            )
            for _, width in self.date_parts
        ]
        super().__init__(inputs, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DatePartsField(forms.MultiValueField):
    """A day in three parts. Says which part is missing or wrong; empty is `None`."""

    widget = DateParts

    def __init__(self, **options: Any) -> None:
        options.setdefault("require_all_fields", False)
        parts = [forms.CharField(required=False, max_length=20) for _ in range(3)]
        super().__init__(fields=parts, **options)
        what = (self.label or "date").lower()
        self.error_messages.setdefault("wrong", f"Enter the {what} as a real date, like 27 3 2026")
        if "required" not in (options.get("error_messages") or {}):
            self.error_messages["required"] = f"Enter the {what}, like 27 3 2026"

    def compress(self, data_list: list[str]) -> date | None:
        parts = [str(part or "").strip() for part in data_list or ["", "", ""]]
        if not any(parts):
            return None
        missing = [name.lower() for (name, _), part in zip(DateParts.date_parts, parts, strict=True) if not part]
        if missing:
            raise ValidationError(f"The date must include a {words.listed(missing)}", code="incomplete")
        day, month, year = parts
        try:
            if len(year) != 4:
                raise ValueError(year)
            return date(int(year), _month(month), int(day))
        except ValueError:
            raise ValidationError(self.error_messages["wrong"], code="wrong") from None


class MonthParts(DateParts):
    """A month in two inputs: month and year. The month may be a word."""

    date_parts = (("Month", 2), ("Year", 4))

    def decompress(self, value: Any) -> list[Any]:
        if not value:
            return [None, None]
        year, month = str(value).split("-")
        return [int(month), year]


class MonthPartsField(forms.MultiValueField):
    """A month in two parts, as "2027-03"; empty is `None`."""

    widget = MonthParts

    def __init__(self, **options: Any) -> None:
        options.setdefault("require_all_fields", False)
        parts = [forms.CharField(required=False, max_length=20) for _ in range(2)]
        super().__init__(fields=parts, **options)
        self.error_messages.setdefault("wrong", "Enter a real month, like 3 2026")

    def compress(self, data_list: list[str]) -> str | None:
        month, year = [str(part or "").strip() for part in data_list or ["", ""]]
        if not month and not year:
            return None
        try:
            if len(year) != 4:
                raise ValueError(year)
            return date(int(year), _month(month), 1).strftime("%Y-%m")
        except ValueError:
            raise ValidationError(self.error_messages["wrong"], code="wrong") from None


class DayField(forms.CharField):
    """A day in one text field, for filters: takes "31/3/26", "31 March 2026" and "today"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages.setdefault("wrong", "Enter a date like 31 3 2026, 31/3/26 or 31 March 2026")

    def to_python(self, value: Any) -> date | None:  # type: ignore[override]
        from django.utils import timezone

        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        try:
            return parse_day(str(value), timezone.localdate())
        except ValueError:
            raise ValidationError(self.error_messages["wrong"], code="wrong") from None

    def run_validators(self, value: Any) -> None:
        """A date has nothing that the validators for text could look at."""


class WithHints:
    """Choices of which each can have a line that explains it: `hints` by value."""

    def __init__(
        self, attrs: Any = None, choices: Any = (), hints: Mapping[str, str] | None = None, small: bool = False
    ) -> None:
        super().__init__(attrs, choices)  # type: ignore[call-arg]
        self.hints, self.small = dict(hints or {}), small

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["hint"] = self.hints.get(str(value), "")
        return option


class Radios(WithHints, forms.RadioSelect):
    """Radio buttons, each with its hint; `small` ones stand in dense forms."""


class Checkboxes(WithHints, forms.CheckboxSelectMultiple):
    """Tick boxes, each with its hint; `small` ones stand in filters."""


class CountedTextarea(forms.Textarea):
    """A text area that says how many characters are left, with scripts; the limit is told without them, too."""

    def __init__(self, most: int, rows: int = 5, attrs: dict[str, Any] | None = None) -> None:
        self.most = most
        super().__init__({"rows": rows, "class": "govuk-js-character-count"} | (attrs or {}))


def _changed(field: forms.Field, initial: Any, data: Any) -> bool:
    try:
        return bool(field.to_python(data) != field.to_python(initial))
    except ValidationError:
        return True
