"""The import's words on screen: what questions are about, which rule cleaned a cell, how a value reads. Pure functions."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from config import words as screen
from register.import_mapping import EMPTY, GOES_TO, KEPT_AS_NOTE, RESOURCES, Words
from register.models import Status

# What each code of the reading asks about, as the list of questions says it.
QUESTIONS = {
    "chair-unclear": "Who is in the chair?",
    "colour-only": "Ratings given by a colour only",
    "column-meaning": "A column with two meanings",
    "date-unclear": "Dates that can be read in two ways",
    "duplicate": "Nearly the same name",
    "ended-in-text": "Ended, by its own words",
    "frequency-unclear": "How many meetings a year?",
    "hidden-row": "Hidden rows",
    "hours-days": "Hours in a working day",
    "hours-fte": "Hours in a full-time week",
    "hours-range": "Ranges of hours",
    "hours-unclear": "Hours in words",
    "missing-rating": "Missing ratings",
    "money-in-kind": "In cash or in kind?",
    "money-negative": "Paid or received?",
    "money-oneoff": "One-off or yearly money",
    "money-period": "Money for another period than a year",
    "money-range": "Ranges of money",
    "money-separator": "Comma or point in a sum",
    "money-split": "Yearly and capital money",
    "money-two-amounts": "Two amounts in one cell",
    "money-unclear": "Sums in words",
    "name-match": "Names on the second sheet",
    "not-a-partnership": "Is it a partnership?",
    "old-sheet": "An older sheet",
    "partners-unclear": "Who are the partners?",
    "people-run-together": "How many people?",
    "places-unclear": "How many places?",
    "priority-all": "“All” priorities",
    "priority-date": "A priority that became a date",
    "priority-number": "A priority that became a number",
    "rating-between": "Ratings between two levels",
    "rating-doubt": "Ratings with a question mark",
    "rating-rag": "Red, Amber, Green",
    "rating-score": "Ratings in numbers",
    "ref-repeated": "A reference given twice",
    "scale": "Which scale is it?",
    "scale-other": "Ratings in other words",
    "score-date": "A score that became a date",
    "sector-unclear": "Which sector?",
    "see-above": "Copy from the row above",
    "statutory-unclear": "Is it statutory?",
    "struck-out": "Crossed-out rows",
    "term-unclear": "How long is the term?",
    "text-cut": "Text that is cut off",
    "to-be-confirmed": "To be confirmed",
    "type-unclear": "Which type is it?",
    "unit-in-heading": "The unit in a heading",
    "unmapped-column": "A column without a field",
}

# What each cleaning rule did, as the preview says it.
RULES = {
    "answer": "Your answer",
    "benefit": "Words of the list of benefits",
    "contact": "E-mail and telephone taken apart",
    "date": "Day, month, year",
    "date-month": "Month and year; no day is made up",
    "date-open": "No end date",
    "date-year": "Year only",
    "empty": "Taken as empty",
    "ended-in-text": "The text says that it has ended",
    "frequency": "Words kept, counted for a year",
    "hours": "Hours a month",
    "hours-week": "Hours a week × 52 ÷ 12",
    "hours-year": "Hours a year ÷ 12",
    "level": "CMT, SMT, Member, Officer",
    "level-statutory": "One cell answers two questions",
    "lookup": "Explained by a key in the file",
    "merged": "A merged cell counts for every row",
    "money": "Pounds a year",
    "money-nil": "Nothing is paid",
    "money-period": "Worked out for a year",
    "money-sum": "Added up",
    "name-match": "Can only mean this partnership",
    "person": "Office and name taken apart",
    "places": "Places and substitutes",
    "priority": "Codes of priorities",
    "rating": "High, Medium, Low",
    "repair": "Put right here",
    "role": "Control, influence, information",
    "section": "From the heading above",
    "split": "Several in one cell",
    "term": "Years of the term",
    "tick": "A tick is yes",
    "trim": "Blanks taken out",
    "type": "Words of the list of types",
    "vacancy": "A vacancy is not a person",
    "yes-no": "Yes or no",
}


def question_title(code: str) -> str:
    """What questions of a code are about."""
    return QUESTIONS.get(code, code.replace("-", " ").capitalize())


def rule_said(rule: str) -> str:
    """What a rule did to a cell; "" for a cell taken as it stands."""
    return RULES.get(rule, rule.replace("-", " ").capitalize())


def field_label(name: str, words: Words) -> str:
    """What a field of the reading is called: the policy's label where the register has a field for it."""
    if name in KEPT_AS_NOTE:
        return KEPT_AS_NOTE[name]
    if name in RESOURCES:
        return f"Resource: {RESOURCES[name]}"
    plain = {"statutory_note": "Statutory, note", "rep_levels": "Levels of the representatives", "name": "Name"}
    return plain.get(name) or words.label(GOES_TO.get(name, name))


def value_said(value: Any, field: str = "", words: Words | None = None) -> str:
    """A value of the reading in words; `field` is one of its fields, or a register field."""
    if value in EMPTY:
        return screen.NOT_KNOWN
    if value is True or value is False:
        return screen_yes_no(value)
    if field == "contribution" and _is_number(value):
        return f"{screen.money(Decimal(str(value)))} a year"
    if field in ("staff_hours_month", "hours_a_month") and _is_number(value):
        return f"{screen.number(Decimal(str(value)))} hours a month"
    if field in ("meetings_per_year", "meetings_a_year") and _is_number(value):
        return f"{screen.number(Decimal(str(value)))} a year"
    if field == "status":
        return _status_said(str(value))
    if isinstance(value, list | tuple):
        return "; ".join(value_said(one, field, words) for one in value)
    if isinstance(value, Mapping):
        return _mapping_said(value)
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    if words and text in words.shown:
        return words.shown[text]
    if field in ("risk", "value", "nature", "level", "role", "council_role", "risk_level", "value_level"):
        return text.capitalize()
    return text


def screen_yes_no(value: bool) -> str:
    """ "Yes" or "No"."""
    return "Yes" if value else "No"


def _status_said(value: str) -> str:
    return {"ended": "Ended", "active": "Active"}.get(value) or (
        Status(value).label if value in Status.values else value.capitalize()
    )


def _mapping_said(value: Mapping[str, Any]) -> str:
    """A person, a partner, or what a cell set in several fields."""
    if "same_as_row" in value:
        return f"The same partnership as row {value['same_as_row']}"
    if "who" in value or "is_vacant" in value or "name" in value:
        name = value.get("who") or value.get("name") or "Vacant"
        told = [
            str(value[key]) for key in ("level", "capacity", "standing", "represented_by", "term") if value.get(key)
        ]
        told += [word for key, word in (("substitute", "substitute"), ("is_substitute", "substitute"), ("is_lead", "leads")) if value.get(key)]  # fmt: skip
        return f"{name} ({', '.join(told)})" if told else str(name)
    return "; ".join(value_said(one, key) for key, one in value.items() if one not in EMPTY) or screen.NOT_KNOWN


def _is_number(value: Any) -> bool:
    try:
        Decimal(str(value))
    except InvalidOperation:
        return False
    return True


def raw_said(raw: Any) -> str:
    """A cell as it stood in the spreadsheet."""
    if raw in (None, ""):
        return "(empty)"
    return f"{raw:g}" if isinstance(raw, float) else str(raw)
