"""The types of answers: for each, the field that asks, how its value is kept, and how it reads in words.

A policy pack names a type; nothing else knows them. A new type is a new row of `KINDS`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError

from config import words
from config.fields import Checkboxes, DateParts, DatePartsField, HoursField, MoneyField, Radios, parse_hours
from policy.model import Column, Policy
from register.models import ListEntry, Priority

Choices = list[tuple[str, str]]
A_REAL_DAY = "Enter a real date, like 27 3 2026"
RADIOS_UP_TO = 8  # Longer lists are a menu: more radio buttons would fill the screen.
FIGURE = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?")


class Asked(Protocol):
    """Whatever of a pack asks for a value: a question, a figure beside an answer, a column."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def list(self) -> str | None: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class Kind:
    """One type of answer.

    `field` makes the form field from what is asked, its options and the options' hints; `keep` turns its
    cleaned value into what JSON holds; `read` turns that back; `say` puts it into words.
    """

    field: Callable[[Asked, "Options", dict[str, Any]], forms.Field]
    keep: Callable[[Any], Any] = lambda value: value
    read: Callable[[Any], Any] = lambda value: value
    say: Callable[[Any, Asked, "Options"], str] = lambda value, asked, options: str(value)


@dataclass(frozen=True)
class Options:
    """What may be chosen: ids with labels, and a line that explains some of them."""

    choices: tuple[tuple[str, str], ...] = ()
    hints: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[Column, "Options"], ...] = ()

    def label(self, value: Any) -> str:
        """The label of an id; an id that the pack no longer gives stands as it was kept."""
        return dict(self.choices).get(str(value), str(value))


class CouncilLists:
    """The lists that the council keeps itself, each read once."""

    def __init__(self) -> None:
        self._read: dict[str, Choices] = {}

    def choices(self, list_id: str) -> Choices:
        """Values of a list with their labels, in order."""
        if list_id not in self._read:
            self._read[list_id] = self._priorities(list_id) or [
                (entry.value, entry.label)
                for entry in ListEntry.objects.filter(list_id=list_id, is_active=True).order_by("position", "pk")
            ]
        return self._read[list_id]

    @staticmethod
    def _priorities(list_id: str) -> Choices:
        levels = {"priorities": True, "critical-outcomes": False, "critical_outcomes": False}
        if list_id not in levels:
            return []
        found = Priority.objects.filter(is_active=True, parent__isnull=levels[list_id]).order_by("position", "pk")
        return [(priority.code, str(priority)) for priority in found]


def options_of(asked: Any, policy: Policy, lists: CouncilLists) -> Options:
    """What may be chosen for a question, a figure beside it or a column."""
    if getattr(asked, "columns", ()):
        return Options(columns=tuple((column, options_of(column, policy, lists)) for column in asked.columns))
    if scheme_id := getattr(asked, "scheme", None):
        levels = reversed(policy.schemes[scheme_id].levels)
        return Options(choices=tuple((level.id, level.label) for level in levels))
    if scale_id := getattr(asked, "scale", None):
        points = policy.scale(scale_id).points
        return Options(
            choices=tuple((point.id, point.label) for point in points),
            hints=tuple((point.id, point.hint) for point in points if point.hint),
        )
    if asked.list is None:
        return Options()
    chosen = policy.list(asked.list)
    if chosen.kept_by == "council":
        return Options(choices=tuple(lists.choices(asked.list)))
    active = [value for value in chosen.values if value.active]
    return Options(
        choices=tuple((value.id, value.label) for value in active),
        hints=tuple((value.id, value.hint) for value in active if value.hint),
    )


# --- Fields ------------------------------------------------------------------------------------


class FigureField(forms.Field):
    """A figure of 0 or more, as a `Decimal`; empty is `None`."""

    def __init__(self, *, wrong: str = "Enter a number, like 12", **options: Any) -> None:
        options.setdefault("widget", forms.TextInput({"inputmode": "decimal", "class": "govuk-input--width-5"}))
        super().__init__(**options)
        self.error_messages["wrong"] = wrong

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if not FIGURE.fullmatch(text):
            raise ValidationError(self.error_messages["wrong"], code="wrong")
        return Decimal(text.replace(",", ""))

    def prepare_value(self, value: Any) -> Any:
        return words.number(value) if isinstance(value, Decimal) else value


class WeeklyHoursField(FigureField):
    """Hours a week; "20 hours a month" is worked out (52 weeks in 12 months, BRK-I04)."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"class": "govuk-input--width-10"})
        super().__init__(wrong="Enter the hours a week, like 5", widget=widget, **options)

    def to_python(self, value: Any) -> Decimal | None:
        try:
            return super().to_python(value)
        except ValidationError:
            try:
                a_month = parse_hours(str(value))
            except ValueError:
                raise ValidationError(self.error_messages["wrong"], code="wrong") from None
            return (a_month * 12 / 52).quantize(Decimal("0.1"))


class LinesField(forms.CharField):
    """Names or other short texts, one on each line; a list without empty lines."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea({"rows": 4}))
        super().__init__(**options)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class RowsWidget(forms.Widget):
    """Repeating rows of named inputs: those that are filled in, and some empty ones.

    The name of an input is `<question>-<row>-<column>`, so that it works without scripts.
    """

    template_name = "assessments/widgets/rows.html"
    use_fieldset = True

    def __init__(self, columns: Sequence[tuple[Column, forms.Field]], *, empty: int, most: int | None) -> None:
        super().__init__()
        self.columns, self.empty, self.most = columns, empty, most

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        number = 0
        while f"{name}-{number}" in data:
            found.append(
                {
                    column.id: field.widget.value_from_datadict(data, files, f"{name}-{number}-{column.id}")
                    for column, field in self.columns
                }
            )
            number += 1
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = [row for row in value or [] if any(row.values())]
        shown = len(rows) + self.empty if self.most is None else min(max(len(rows) + self.empty, 1), self.most)
        base = (attrs or {}).get("id") or f"id_{name}"
        context["rows"] = [
            {
                "number": number + 1,
                "marker": f"{name}-{number}",
                "id": f"{base}_{number}",
                "cells": [
                    self._cell(column, field, f"{name}-{number}-{column.id}", f"{base}_{number}_{position}", row)
                    for position, (column, field) in enumerate(self.columns)
                ],
            }
            for number, row in ((n, rows[n] if n < len(rows) else {}) for n in range(shown))
        ]
        return context

    def _cell(self, column: Column, field: forms.Field, name: str, html_id: str, row: dict[str, Any]) -> dict[str, Any]:
        value = field.prepare_value(row.get(column.id))
        cell = {"label": column.label, "hint": column.hint, "id": html_id, "is_group": False}
        if isinstance(field.widget, DateParts):
            given = value if isinstance(value, list) else field.widget.decompress(value)
            cell["is_group"] = True
            cell["parts"] = [
                {
                    "id": f"{html_id}_{place}",
                    "name": f"{name}_{place}",
                    "label": label,
                    "width": width,
                    "value": part or "",
                }
                for place, ((label, width), part) in enumerate(zip(field.widget.date_parts, given, strict=True))
            ]
            return cell
        return cell | {"widget": field.widget.render(name, value, {"id": html_id, "class": _look(field.widget)})}


def _look(widget: forms.Widget) -> str:
    own = str(widget.attrs.get("class", ""))
    if isinstance(widget, forms.Select):
        return f"govuk-select {own}".strip()
    if isinstance(widget, forms.Textarea):
        return f"govuk-textarea {own}".strip()
    return f"govuk-input {own}".strip()


class RowsField(forms.Field):
    """Rows of columns, each cleaned by its own column's field; rows that are empty throughout are left out."""

    def __init__(self, columns: Sequence[tuple[Column, forms.Field]], *, most: int | None, **options: Any) -> None:
        self.columns = columns
        super().__init__(widget=RowsWidget(columns, empty=2, most=most), **options)

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        rows, problems = [], []
        for number, row in enumerate(value or [], start=1):
            if not any(_filled(cell) for cell in row.values()):
                continue
            cleaned: dict[str, Any] = {}
            for column, field in self.columns:
                try:
                    cleaned[column.id] = KINDS[column.type].keep(field.clean(row.get(column.id)))
                except ValidationError as error:
                    problems += [f"Row {number}, {column.label.lower()}: {message}" for message in error.messages]
                    continue
            rows.append(cleaned)
        if problems:
            raise ValidationError(problems)
        return rows

    def prepare_value(self, value: Any) -> Any:
        readers = {column.id: KINDS[column.type].read for column, _ in self.columns}
        if not isinstance(value, list):
            return value
        return [
            {key: readers[key](cell) if key in readers and _is_kept(cell) else cell for key, cell in row.items()}
            for row in value
        ]


def _filled(cell: Any) -> bool:
    return any(cell) if isinstance(cell, list) else bool(str(cell or "").strip())


def _is_kept(cell: Any) -> bool:
    # What a person typed into the three parts of a day is a list; what is kept is one text.
    return not isinstance(cell, list)


# --- The table ---------------------------------------------------------------------------------


def _text(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=500, **common)


def _long_text(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(widget=forms.Textarea({"rows": 5}), max_length=20_000, **common)


def _yes_no(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=Radios(attrs={"class": "govuk-radios--inline"}),
        **common,
    )


def _yes_no_dont_know(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No"), ("dont_know", "I do not know")], widget=Radios(), **common
    )


def _choice(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    if len(options.choices) <= RADIOS_UP_TO:
        return forms.ChoiceField(choices=options.choices, widget=Radios(hints=dict(options.hints)), **common)
    return forms.ChoiceField(choices=[("", "Choose one"), *options.choices], **common)


def _menu(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", "Choose one"), *options.choices], **common)


def _multi_choice(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    if not options.choices:  # a list the council has not filled yet
        return LinesField(**common)
    return forms.MultipleChoiceField(choices=options.choices, widget=Checkboxes(hints=dict(options.hints)), **common)


def _rows(asked: Any, options: Options, common: dict[str, Any]) -> forms.Field:
    columns = [(column, field_in_row(column, chosen)) for column, chosen in options.columns]
    return RowsField(columns, most=getattr(asked, "max_rows", None), **common)


def field_in_row(column: Column, options: Options) -> forms.Field:
    """The field of a column: as for a question, with menus instead of radio buttons."""
    common: dict[str, Any] = {"required": False, "label": column.label}
    if column.type in ("choice", "scale", "rank"):
        return _menu(column, options, common)
    if column.type in ("yes_no", "yes_no_dont_know"):
        choices = [("yes", "Yes"), ("no", "No")] + [("dont_know", "I do not know")] * (column.type != "yes_no")
        menu = Options(choices=tuple(choices))
        field = _menu(column, menu, common)
        return field if column.type != "yes_no" else _as_yes_no(field, common)
    if column.type in ("long_text",):
        return forms.CharField(widget=forms.Textarea({"rows": 2}), max_length=5000, **common)
    return KINDS[column.type].field(column, options, common)


def _as_yes_no(field: forms.Field, common: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[("", "Choose one"), ("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        **common,
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _figure_kept(value: Any) -> str | None:
    return None if value is None else format(value, "f")


def _say_figure(value: Any, asked: Asked, options: Options) -> str:
    return f"{words.number(Decimal(str(value)))} {asked.unit}".strip()


def _say_money(value: Any, asked: Asked, options: Options) -> str:
    unit = asked.unit.replace("£", "").strip()
    return f"{words.money(Decimal(str(value)))} {unit}".strip()


def _say_weekly(value: Any, asked: Asked, options: Options) -> str:
    weekly = Decimal(str(value))
    return f"{words.number(weekly, 1)} hours a week, which is {words.hours(weekly * 52 / 12)}"


def _say_yes_no(value: Any, asked: Asked, options: Options) -> str:
    return "Yes" if value is True else "No" if value is False else str(value)


def _say_dont_know(value: Any, asked: Asked, options: Options) -> str:
    return {"yes": "Yes", "no": "No", "dont_know": "Not known"}.get(str(value), str(value))


def _say_chosen(value: Any, asked: Asked, options: Options) -> str:
    return options.label(value)


def _say_several(value: Any, asked: Asked, options: Options) -> str:
    return ", ".join(options.label(each) for each in value)


def _say_day(value: Any, asked: Asked, options: Options) -> str:
    return words.day(date.fromisoformat(value))


def _say_rows(value: Any, asked: Asked, options: Options) -> str:
    return "\n".join(
        "; ".join(
            f"{column.label}: {KINDS[column.type].say(row[column.id], column, chosen)}"
            for column, chosen in options.columns
            if row.get(column.id) not in (None, "", [])
        )
        for row in value
    )


def _yes_no_read(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


_PLAIN = Kind(_text)
_FIGURE = Kind(lambda asked, options, common: FigureField(**common), _figure_kept, _decimal, _say_figure)
_CHOICE = Kind(_choice, say=_say_chosen)
_SEVERAL = Kind(_multi_choice, say=_say_several)
_LINES = Kind(lambda asked, options, common: LinesField(**common), say=_say_several)

KINDS: dict[str, Kind] = {
    "text": _PLAIN,
    "person": _PLAIN,
    "organisation": _PLAIN,
    "month": _PLAIN,
    "email": Kind(lambda asked, options, common: forms.EmailField(**common)),
    "long_text": Kind(_long_text),
    "file": _PLAIN,  # the file itself is the answer's attachment; the text says which
    "yes_no": Kind(_yes_no, read=_yes_no_read, say=_say_yes_no),
    "yes_no_dont_know": Kind(_yes_no_dont_know, say=_say_dont_know),
    "choice": _CHOICE,
    "scale": _CHOICE,
    "rank": _CHOICE,
    "multi_choice": _SEVERAL,
    "links": _SEVERAL,
    "people": _LINES,
    "organisations": _LINES,
    "number": _FIGURE,
    "money": Kind(
        lambda asked, options, common: MoneyField(error_messages={"wrong": "Enter pounds, like 12500"}, **common),
        _figure_kept,
        _decimal,
        _say_money,
    ),
    "hours": Kind(
        lambda asked, options, common: HoursField(**common),
        _figure_kept,
        _decimal,
        lambda value, asked, options: words.hours(Decimal(str(value))),
    ),
    "hours_a_week": Kind(
        lambda asked, options, common: WeeklyHoursField(**common), _figure_kept, _decimal, _say_weekly
    ),
    "date": Kind(
        lambda asked, options, common: DatePartsField(error_messages={"wrong": A_REAL_DAY}, **common),
        lambda value: value.isoformat() if value else None,
        lambda value: date.fromisoformat(value) if isinstance(value, str) and value else value,
        _say_day,
    ),
    "rows": Kind(_rows, say=_say_rows),
}
NOT_ASKED = frozenset({"statement", "computed", "decision"})


def is_empty(value: Any) -> bool:
    """Whether a kept value is no answer; "no" and nought are answers."""
    return value is None or value in ("", [])


def in_words(value: Any, asked: Asked, options: Options) -> str:
    """A kept value as it reads on a page; "" when there is none."""
    return "" if is_empty(value) else KINDS[asked.type].say(value, asked, options)


def unknown_types(types: Iterable[str]) -> set[str]:
    """Those of the types that this table does not know."""
    return {each for each in types if each not in KINDS and each not in NOT_ASKED}
