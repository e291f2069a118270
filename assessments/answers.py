"""The types of answers: for each, the field that asks, how its value is kept, and how it reads in words.

A policy pack names a type; nothing else knows them. A new type is a new row of `KINDS`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from config import words
from config.fields import (
    Checkboxes,
    DateParts,
    DatePartsField,
    HoursField,
    MoneyField,
    MonthPartsField,
    Radios,
    parse_hours,
)
from policy.matrix import OffTheMatrix, place_on_matrix
from policy.model import Column, Policy, Scale
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
    """What may be chosen: ids with labels, and a line that explains some of them.

    `said` says how an answer reads where that differs from its label in the form, and what values that are no
    longer offered were called: answers of earlier years stay readable.
    """

    choices: tuple[tuple[str, str], ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    hints: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[Column, "Options"], ...] = ()
    score: Callable[[Mapping[str, Any]], str] = lambda row: ""

    def label(self, value: Any) -> str:
        """How an id reads; one that the pack no longer gives stands as it was kept."""
        return (dict(self.choices) | dict(self.said)).get(str(value), str(value))

    def also_offering(self, kept: Iterable[Any]) -> "Options":
        """The same with the values that an answer holds already: what is switched off since is not lost."""
        offered = dict(self.choices)
        more = tuple((str(each), self.label(each)) for each in kept if str(each) not in offered)
        return replace(self, choices=self.choices + more) if more and self.choices else self


class CouncilLists:
    """The lists that the council keeps itself, each read once."""

    def __init__(self) -> None:
        self._read: dict[str, list[tuple[str, str, bool]]] = {}

    def choices(self, list_id: str) -> Choices:
        """Values of a list that are in use, with their labels, in order."""
        return [(value, label) for value, label, is_active in self._values(list_id) if is_active]

    def labels(self, list_id: str) -> Choices:
        """All values of a list with their labels, those that are no longer in use among them."""
        return [(value, label) for value, label, _ in self._values(list_id)]

    def _values(self, list_id: str) -> list[tuple[str, str, bool]]:
        if list_id not in self._read:
            self._read |= self._priorities() if list_id in PRIORITIES else {}
            self._read[list_id] = self._read.get(list_id) or [
                (entry.value, entry.label, entry.is_active)
                for entry in ListEntry.objects.filter(list_id=list_id).order_by("position", "pk")
            ]
        return self._read[list_id]

    @staticmethod
    def _priorities() -> dict[str, list[tuple[str, str, bool]]]:
        """Priorities and their outcomes, for one query."""
        found = list(Priority.objects.order_by("position", "pk"))
        return {
            name: [(each.code, str(each), each.is_active) for each in found if (each.parent_id is None) is is_top]
            for name, is_top in PRIORITIES.items()
        }


# Lists that the register keeps as priorities, and whether they are its upper level.
PRIORITIES = {"priorities": True, "critical-outcomes": False, "critical_outcomes": False}


def options_of(asked: Any, policy: Policy, lists: CouncilLists) -> Options:
    """What may be chosen for a question, a figure beside it or a column."""
    if getattr(asked, "columns", ()):
        columns = tuple((column, options_of(column, policy, lists)) for column in asked.columns)
        return Options(columns=columns, score=partial(_score, policy, asked.columns))
    if scheme_id := getattr(asked, "scheme", None):
        levels = reversed(policy.schemes[scheme_id].levels)
        return Options(choices=tuple((level.id, level.label) for level in levels))
    if scale_id := getattr(asked, "scale", None):
        return _options_of_scale(policy.scale(scale_id))
    if asked.list is None:
        return Options()
    chosen = policy.list(asked.list)
    if chosen.kept_by == "council":
        kept = _kept_as(asked.list, policy)
        return Options(choices=tuple(lists.choices(kept)), said=tuple(lists.labels(kept)))
    active = [value for value in chosen.values if value.active]
    return Options(
        choices=tuple((value.id, value.label) for value in active),
        said=tuple((value.id, value.label) for value in chosen.values),
        hints=tuple((value.id, value.hint) for value in active if value.hint),
    )


def _kept_as(list_id: str, policy: Policy) -> str:
    """Where the values of a council's list are: those of the priorities and their outcomes are records of their own.

    Each policy gives these lists its own name, such as objectives of a plan.
    """
    for core in ("priorities", "critical_outcomes"):
        field = policy.core_field(core)
        if field and field.list == list_id:
            return core
    return list_id


def _score(policy: Policy, columns: Sequence[Column], row: Mapping[str, Any]) -> str:
    """Where a row with a likelihood and an impact is on the matrix; "" for other rows (HAR-D04, DEF-01)."""
    matrix = policy.matrix_for("risks") or policy.matrix_for("opportunities")
    scales = {column.id: column.scale for column in columns if column.scale}
    found = []
    for name in ("likelihood", "impact"):
        point = policy.scale(scales[name] or "").by_id.get(str(row.get(name))) if name in scales else None
        if matrix is None or point is None or point.number is None:
            return ""
        found.append(point.number)
    try:
        placed = place_on_matrix(matrix, *found)  # type: ignore[arg-type]
    except OffTheMatrix:
        return ""
    label = next(level.label for level in matrix.levels if level.id == placed.level)  # type: ignore[union-attr]
    return f"Score: {words.number(placed.score)}, {label}"


def _options_of_scale(scale: Scale) -> Options:
    """The places of a scale: "2, with room for improvement" to choose, "2 of 3, with room …" once chosen."""
    hints = tuple((point.id, point.hint) for point in scale.points if point.hint)
    figures = [point.number for point in scale.points]
    if scale.is_rank or None in figures:
        return Options(choices=tuple((point.id, point.label) for point in scale.points), hints=hints)
    most = words.number(max(figure for figure in figures if figure is not None))
    return Options(
        choices=tuple(
            (point.id, f"{words.number(point.number)}, {words.inside(point.label)}") for point in scale.points
        ),
        said=tuple(
            (point.id, f"{words.number(point.number)} of {most}, {words.inside(point.label)}") for point in scale.points
        ),
        hints=hints,
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


class Posted(list[dict[str, Any]]):
    """Rows as they were typed, empty ones among them, so that a page in error shows them as they stood."""


class RowsWidget(forms.Widget):
    """Repeating rows of named inputs: those that are filled in, and one to go on with.

    The name of an input is `<question>--<row>-<column>`. Two buttons add a row and take one out, so that it works
    without scripts: `add-row` names the question, `take-row` the question and the row.
    """

    template_name = "assessments/widgets/rows.html"
    use_fieldset = True

    def __init__(self, columns: Sequence[tuple[Column, forms.Field]], *, least: int, most: int | None) -> None:
        super().__init__()
        self.columns, self.least, self.most = columns, least, most
        self.shown = 0  # more than the rows need, when somebody asked for another

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Posted:
        found = Posted()
        number = 0
        while f"{name}--{number}" in data:
            if data.get("take-row") != f"{name}--{number}":
                found.append(
                    {
                        column.id: field.widget.value_from_datadict(data, files, f"{name}--{number}-{column.id}")
                        for column, field in self.columns
                    }
                )
            number += 1
        if data.get("add-row") == name:
            found.append({})
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = list(value or [])
        wanted = len(rows) if isinstance(value, Posted) else max(len(rows) + 1, self.shown, self.least)
        shown = max(1, wanted if self.most is None else min(wanted, max(self.most, len(rows))))
        base = (attrs or {}).get("id") or f"id_{name}"
        context["may_add"] = self.most is None or shown < self.most
        context["may_take"] = shown > 1
        context["rows"] = [
            {
                "number": number + 1,
                "marker": f"{name}--{number}",
                "id": f"{base}_{number}",
                "cells": [
                    self._cell(column, field, f"{name}--{number}-{column.id}", f"{base}_{number}_{position}", row)
                    for position, (column, field) in enumerate(self.columns)
                ],
            }
            for number, row in ((n, rows[n] if n < len(rows) else {}) for n in range(shown))
        ]
        return context

    def _cell(self, column: Column, field: forms.Field, name: str, html_id: str, row: dict[str, Any]) -> dict[str, Any]:
        value = field.prepare_value(row.get(column.id))
        label = f"{column.label} ({column.unit})" if column.unit else column.label
        cell: dict[str, Any] = {"label": label, "hint": column.hint, "id": html_id}
        if isinstance(field.widget, DateParts):
            given = value if isinstance(value, list) else field.widget.decompress(value)
            cell["parts"] = [
                {
                    "id": f"{html_id}_{place}",
                    "name": f"{name}_{place}",
                    "label": label,
                    "width": width,
                    "value": "" if part is None else part,
                }
                for place, ((label, width), part) in enumerate(zip(field.widget.date_parts, given, strict=True))
            ]
        elif isinstance(field.widget, forms.CheckboxSelectMultiple):
            chosen = {str(each) for each in value or []}
            cell["options"] = [
                {"id": f"{html_id}_{place}", "name": name, "value": key, "label": text, "checked": str(key) in chosen}
                for place, (key, text) in enumerate(field.widget.choices)
            ]
        else:
            attrs = {"id": html_id, "class": _look(field.widget)}
            if column.hint:
                attrs["aria-describedby"] = f"{html_id}_hint"
            cell["widget"] = field.widget.render(name, value, attrs)
        return cell


def _look(widget: forms.Widget) -> str:
    own = str(widget.attrs.get("class", ""))
    if isinstance(widget, forms.Select):
        return f"govuk-select {own}".strip()
    if isinstance(widget, forms.Textarea):
        return f"govuk-textarea {own}".strip()
    return f"govuk-input {own}".strip()


class RowsField(forms.Field):
    """Rows of columns, each cleaned by its own column's field; rows that are empty throughout are left out."""

    def __init__(
        self, columns: Sequence[tuple[Column, forms.Field]], *, least: int = 0, most: int | None = None, **options: Any
    ) -> None:
        self.columns, self.most = columns, most
        super().__init__(widget=RowsWidget(columns, least=least, most=most), **options)

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
                    problems += [f"Row {number}, {words.inside(column.label)}: {message}" for message in error.messages]
                    continue
            rows.append(cleaned)
        if self.most is not None and len(rows) > self.most:
            problems.append(f"Take out {words.count(len(rows) - self.most, 'row')}: there is room for {self.most}")
        for column, field in self.columns:
            if column.type == "rank":
                given = [str(row.get(column.id) or "") for row in rows]
                problems += [f"{column.label}: {clash}" for clash in rank_clashes(given, _labels_of(field))]
        if problems:
            raise ValidationError(problems)
        return rows

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Posted) or not isinstance(value, list):
            return value
        readers = {column.id: KINDS[column.type].read for column, _ in self.columns}
        return [{key: readers[key](cell) if key in readers else cell for key, cell in row.items()} for row in value]


def rank_clashes(given: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """A sentence for each place of a rank that is given more than once."""
    counted = Counter(each for each in given if each)
    return [
        f"Give “{labels.get(place, place)}” once. It is given {words.count(times, 'time')}"
        for place, times in counted.items()
        if times > 1
    ]


def _labels_of(field: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in field.choices}


def _filled(cell: Any) -> bool:
    return any(cell) if isinstance(cell, list) else bool(str(cell or "").strip())


# --- The table ---------------------------------------------------------------------------------


def words_field(common: dict[str, Any], *, most: int, rows: int = 0) -> forms.CharField:
    """A field for words, on one line or several; too many of them are counted out."""
    widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
    field = forms.CharField(widget=widget, max_length=most, **common)
    # The server says it in the form's own words; a browser would cut the text off without a word.
    field.widget.attrs.pop("maxlength", None)
    too_long = f"Write {words.number(most)} characters or fewer"
    field.validators = [
        MaxLengthValidator(most, too_long) if isinstance(each, MaxLengthValidator) else each
        for each in field.validators
    ]
    return field


def _text(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return words_field(common, most=500)


def _long_text(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return words_field(common, most=20_000, rows=5)


def _email(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    wrong = {"invalid": "Enter an email address, like name@example.gov.uk"}
    return forms.EmailField(widget=forms.EmailInput({"autocomplete": "email"}), error_messages=wrong, **common)


NOT_OFFERED = {
    "invalid_choice": "Choose one of the answers that are offered",
    "invalid_list": "Choose from the answers that are offered",
}


def _yes_no(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=Radios(attrs={"class": "govuk-radios--inline"}),
        error_messages=NOT_OFFERED,
        **common,
    )


def _yes_no_dont_know(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No"), (DONT_KNOW, "I do not know")],
        coerce=_yes_no_kept,
        empty_value=None,
        widget=Radios(),
        error_messages=NOT_OFFERED,
        **common,
    )


DONT_KNOW = "dont_know"


def _yes_no_kept(value: Any) -> Any:
    """True, False or "dont_know", as the conditions of a pack name them."""
    return {"yes": True, "no": False}.get(value, value)


def _choice(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    if len(options.choices) <= RADIOS_UP_TO:
        widget = Radios(hints=dict(options.hints))
        return forms.ChoiceField(choices=options.choices, widget=widget, error_messages=NOT_OFFERED, **common)
    return _menu(asked, options, common)


def _menu(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    choices = [("", "Choose one"), *options.choices]
    return forms.ChoiceField(choices=choices, error_messages=NOT_OFFERED, **common)


def _multi_choice(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    if not options.choices:  # a list the council has not filled yet
        return LinesField(**common)
    widget = Checkboxes(hints=dict(options.hints))
    return forms.MultipleChoiceField(choices=options.choices, widget=widget, error_messages=NOT_OFFERED, **common)


def _file(asked: Asked, options: Options, common: dict[str, Any]) -> forms.Field:
    choices = [("", "None"), *options.choices]
    return forms.ChoiceField(choices=choices, error_messages=NOT_OFFERED, **common)


def _rows(asked: Any, options: Options, common: dict[str, Any]) -> forms.Field:
    columns = [
        (column, field_in_row(column, chosen)) for column, chosen in options.columns if column.type not in NOT_ASKED
    ]
    least, most = getattr(asked, "min_rows", 0), getattr(asked, "max_rows", None)
    return RowsField(columns, least=least, most=most, **common)


def field_in_row(column: Column, options: Options) -> forms.Field:
    """The field of a column: as for a question, with menus instead of radio buttons and smaller text areas."""
    common: dict[str, Any] = {"required": False, "label": column.label}
    if column.type in ("choice", "scale", "rank"):
        return _menu(column, options, common)
    if column.type in ("yes_no", "yes_no_dont_know"):
        choices = [("", "Choose one"), ("yes", "Yes"), ("no", "No")]
        choices += [(DONT_KNOW, "I do not know")] * (column.type != "yes_no")
        return forms.TypedChoiceField(
            choices=choices, coerce=_yes_no_kept, empty_value=None, error_messages=NOT_OFFERED, **common
        )
    if column.type == "long_text":
        return words_field(common, most=5000, rows=2)
    if column.type == "file":
        return _text(column, options, common)
    return KINDS[column.type].field(column, options, common)


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
    return "Not known" if value == DONT_KNOW else _say_yes_no(value, asked, options)


def _say_chosen(value: Any, asked: Asked, options: Options) -> str:
    return options.label(value)


def _say_several(value: Any, asked: Asked, options: Options) -> str:
    return ", ".join(options.label(each) for each in value)


def _say_day(value: Any, asked: Asked, options: Options) -> str:
    return words.day(date.fromisoformat(value))


def _say_month(value: Any, asked: Asked, options: Options) -> str:
    return words.month(date.fromisoformat(f"{value}-01"))


def _say_rows(value: Any, asked: Asked, options: Options) -> str:
    lines = []
    for row in value:
        said = [
            f"{column.label}: {KINDS[column.type].say(row[column.id], column, chosen)}"
            for column, chosen in options.columns
            if row.get(column.id) not in (None, "", [])
        ]
        score = options.score(row)
        lines.append("; ".join([*said, score] if score else said))
    return "\n".join(lines)


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
    "month": Kind(
        lambda asked, options, common: MonthPartsField(**common), lambda value: value or None, say=_say_month
    ),
    "email": Kind(_email),
    "long_text": Kind(_long_text),
    "file": Kind(_file),  # the document is the answer's attachment; the value kept is its title
    "yes_no": Kind(_yes_no, read=_yes_no_read, say=_say_yes_no),
    "yes_no_dont_know": Kind(_yes_no_dont_know, read=_yes_no_read, say=_say_dont_know),
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
    if is_empty(value):
        return ""
    # What was worked out or decided elsewhere is kept in the words of its day.
    return str(value) if asked.type in NOT_ASKED else KINDS[asked.type].say(value, asked, options)
