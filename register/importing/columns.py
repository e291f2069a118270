"""How the cells of one column are read: the parser of its kind, set up with what the whole column tells."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from register.importing import people, values, words
from register.importing.headings import Mapped
from register.importing.result import Knowledge
from register.importing.tables import Table
from register.importing.values import EMPTY, HERE, Ask, Clean, Outcome, Wrong, plain, squeeze
from register.importing.workbook import Cell

Parser = Callable[[Any, Cell], Outcome]


@dataclass(slots=True)
class Column:
    """A mapped column with its parser, and its scale when it holds ratings."""

    mapped: Mapped
    parse: Parser
    scale: str = ""
    is_tick: bool = False
    known: dict[tuple[Any, ...], Outcome] = dataclasses.field(
        default_factory=dict
    )  # what equal cells said: a register repeats itself

    field: str = ""
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.field = self.mapped.fields[0]
        self.fields = (
            ("rep_levels",) if self.mapped.rule and self.mapped.rule.key == "rep_levels" else self.mapped.fields
        )


def read_cell(column: Column, cell: Cell) -> Outcome:
    """The outcome of one cell that is not empty."""
    if cell.error:
        if cell.error == "no value":
            return Wrong(
                "formula-error",
                "The cell holds a formula that was never calculated.",
                "Open the file in Excel, save it again and upload it, or enter the value.",
            )
        return Wrong(
            "formula-error",
            f"The cell holds {cell.error}: a formula lost its source.",
            "Look up the value and enter it.",
        )
    if isinstance(cell.value, str) and values.is_see_above(cell.value):
        return Ask("see-above", f"{values.quote(cell.value)}: copy the value from the row above?", batch=True)
    key = (type(cell.value), cell.value, cell.number_format)
    outcome = column.known.get(key)
    if outcome is None:
        outcome = column.known[key] = column.parse(cell.value, cell)
    if cell.struck_runs and isinstance(outcome, Clean):
        left = squeeze("".join(text for is_struck, text in cell.struck_runs if not is_struck))
        rest = column.parse(left, cell) if left else EMPTY
        suggest = rest.values.get(HERE) if isinstance(rest, Clean) else left
        return Ask(
            "partly-struck-out",
            f"{values.quote(cell.text)}: a part of the cell is crossed out. Is it {values.quote(left)}?",
            suggest=suggest,
            needs="formatting",
        )
    return outcome


def columns_of(table: Table, knowledge: Knowledge, lists: Mapping[str, str]) -> list[Column]:
    """The columns of a table that feed a field. `lists` holds the codes that other sheets of the file explain."""
    return [_column(mapped, table, knowledge, lists) for mapped in table.columns if mapped.rule]


def _samples(table: Table, mapped: Mapped) -> list[Any]:
    return next((heading.samples for heading in table.headings if heading.column == mapped.column), [])


def _column(mapped: Mapped, table: Table, knowledge: Knowledge, lists: Mapping[str, str]) -> Column:
    samples = _samples(table, mapped)
    kind, field_ = mapped.kind, mapped.fields[0]
    if kind == "rating":
        scale = values.rating_scale(samples) or "hml"
        column = values.RatingColumn(scale, field_, mapped.top or _top(samples), field_ != "risk")
        return Column(mapped, lambda value, cell: values.read_rating(value, column), scale)
    if kind == "priorities":
        known = known_priorities(samples, knowledge, lists)
        return Column(mapped, lambda value, cell: words.read_priorities(value, known, cell.number_format))
    if kind == "lookup":
        keys = matching_keys(samples, {**lists, **table.keys})
        return Column(mapped, lambda value, cell: read_lookup(value, keys))
    if kind in {"tick", "choice"}:
        return Column(mapped, lambda value, cell: words.read_tick(value), is_tick=True)
    if kind == "yes-no":
        marks = {plain(str(value)) for value in samples}
        cross_is_no = "x" in marks and bool(marks & {"✓", "✔", "√", "y", "yes"})
        return Column(mapped, lambda value, cell: words.read_yes_no(value, cross_is_no=cross_is_no))
    if kind in {"frequency", "frequency-number"}:
        return Column(mapped, _frequency_parser(mapped, samples))
    return Column(mapped, _plain_parser(mapped, knowledge, samples))


def _top(samples: Sequence[Any]) -> int:
    """The highest figure of a scale, judged from the cells."""
    numbers = [int(hit[0]) for value in samples if (hit := re.match(r"\d+", str(value)))]
    most = max(numbers, default=3)
    return next((top for top in (3, 4, 5, 10, 16, 25) if most <= top), most)


def _frequency_parser(mapped: Mapped, samples: Sequence[Any]) -> Parser:
    numbers = sum(1 for value in samples if isinstance(value, int | float) or re.fullmatch(r"\s*\d+\s*", str(value)))
    says_number = bool(re.search(r"\bp\.?a\b|per (year|annum)|a year|number|\bno\b|no\.", plain(mapped.heading)))
    is_number = says_number or numbers > len(samples) / 2
    if mapped.kind == "frequency-number":
        return lambda value, cell: values.read_frequency(value, is_number_column=is_number, text_field="")
    return lambda value, cell: values.read_frequency(value, is_number_column=is_number)


def _plain_parser(mapped: Mapped, knowledge: Knowledge, samples: Sequence[Any]) -> Parser:
    kind, field_ = mapped.kind, mapped.fields[0]
    if kind == "money":
        times = {"month": 12, "quarter": 4, "week": 52}.get(mapped.period, 1)
        money = values.MoneyColumn(mapped.factor, times)
        return lambda value, cell: values.read_money(value, money)
    if kind in {"hours", "hours-and-note"}:
        hours = values.HoursColumn(
            mapped.unit or "hour",
            mapped.period or "month",
            knowledge.hours_a_day,
            knowledge.hours_a_week,
            "in_kind_note" if kind == "hours-and-note" else "",
        )
        return lambda value, cell: values.read_hours(value, hours)
    if kind == "small-number":
        fives = sum(1 for value in samples if re.match(r"5(\.0)?$", str(value).strip()))
        # Without a scale in the heading one 5 among many figures up to 4 is a slip; else the scale goes to 5.
        top = mapped.top or (5 if fives > 1 or (fives == 1 and len(samples) < 10) else 4)
        return lambda value, cell: words.read_small_number(value, top=top, what=field_)
    simple: dict[str, Callable[[Any], Outcome]] = {
        "list": lambda value: words.read_list(
            value, code="partners-unclear" if field_ == "partners" else "list-unclear"
        ),
        "people": people.read_people,
        "person": lambda value: people.read_people(value, is_single=True),
        "levels": people.read_levels,
        "level": words.read_levels_of_work,
        "statutory": words.read_statutory,
        "level-statutory": words.read_level_and_statutory,
        "type": words.read_type,
        "role": words.read_role,
        "benefits": words.read_benefits,
        "codes": words.read_codes,
        "contact": words.read_contact,
        "contact-email": words.read_contact,
        "contact-phone": words.read_contact,
        "places": words.read_places,
        "term": words.read_term,
        "score": words.read_score,
        "status": words.read_status,
        "sector": words.read_sector,
        "member-status": words.read_member_status,
        "chair": words.read_chair,
        "long": lambda value: values.read_text(value, one_line=False),
        "name": _read_name,
        "partnership": _read_name,
        "ref": _read_ref,
    }
    if kind == "date":
        return lambda value, cell: values.read_date(value, cell.number_format)
    parse = simple.get(kind, values.read_text)
    return lambda value, cell: parse(value)


def _read_name(value: Any) -> Outcome:
    return values.read_text(
        value if isinstance(value, str) else f"{value:g}" if isinstance(value, int | float) else str(value)
    )


def _read_ref(value: Any) -> Outcome:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Clean({HERE: value})
    return values.read_text(value)


def read_lookup(value: Any, keys: Mapping[str, str]) -> Outcome:
    """Words, or a code that the file itself explains."""
    text = (
        squeeze(value)
        if isinstance(value, str)
        else f"{value:g}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
    )
    if text in keys:
        return Clean({HERE: keys[text]}, "lookup")
    folded = [name for code, name in keys.items() if code.casefold() == text.casefold()]
    if len(folded) == 1:
        return Clean({HERE: folded[0]}, "lookup")
    if values.is_to_be_confirmed(text):
        return values.ask_to_be_confirmed(text, list(dict.fromkeys(keys.values())))
    return values.read_text(value)


def matching_keys(samples: Sequence[Any], keys: Mapping[str, str]) -> dict[str, str]:
    """The keys, when at least half of the cells use them."""
    seen = [squeeze(str(value)) for value in samples]
    used = sum(1 for text in seen if text in keys)
    return dict(keys) if seen and used * 2 >= len(seen) else {}


def known_priorities(samples: Sequence[Any], knowledge: Knowledge, lists: Mapping[str, str]) -> dict[str, str]:
    """The list of priorities that fits the column: the file's own, else the register's; empty when neither does."""
    codes = {
        code for value in samples for code in re.findall(r"(?<![\w.])\d{1,2}(?:\.\d{1,2})*(?![\w%])", _code_text(value))
    }
    texts = {plain(str(value)) for value in samples if isinstance(value, str)}
    own = {code: text for code, text in lists.items() if re.fullmatch(r"\d{1,2}(\.\d{1,2})*|[A-Z]{1,3}\d{1,2}", code)}
    for known in (own, dict(knowledge.priorities)):
        if not known:
            continue
        fits = sum(1 for code in codes if code in known)
        named = sum(1 for text in known.values() if plain(text) in texts)
        if (codes and fits >= 0.6 * len(codes)) or named >= 2:
            return known
    return {}


def _code_text(value: Any) -> str:
    return (
        f"{value:g}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
        if isinstance(value, str)
        else ""
    )
