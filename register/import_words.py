"""The import's words on screen: what a question is about, which rule cleaned a cell, how a value reads. Pure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from config import words as screen
from register.import_mapping import EMPTY, GOES_TO, KEPT_AS_NOTE, RESOURCES, Words
from register.models import Status

# What each code of the reading asks about, as the list of questions says it.
QUESTIONS = {
    "benefit-unclear": "Which benefit?",
    "chair-unclear": "Who is in the chair?",
    "colour-only": "Ratings given by a colour only",
    "column-meaning": "A column with two meanings",
    "contact-unclear": "Contacts that cannot be taken apart",
    "date-unclear": "Dates that can be read in two ways",
    "duplicate": "Nearly the same name",
    "duplicate-heading": "Two columns with one heading",
    "ended-in-text": "Ended, by its own words",
    "extra-cells": "Cells beyond the last heading",
    "frequency-unclear": "How many meetings a year?",
    "hidden-row": "Hidden rows",
    "hours-days": "Hours in a working day",
    "hours-fte": "Hours in a full-time week",
    "hours-range": "Ranges of hours",
    "hours-unclear": "Hours in words",
    "level-unclear": "Strategic or operational?",
    "list-unclear": "Lists that can be cut in two ways",
    "member-status-unclear": "Which standing has the member?",
    "missing-rating": "Missing ratings",
    "money-currency": "Money in another currency",
    "money-in-kind": "In cash or in kind?",
    "money-negative": "Paid or received?",
    "money-oneoff": "One-off or yearly money",
    "money-period": "Money for another period than a year",
    "money-range": "Ranges of money",
    "money-separator": "Comma or point in a sum",
    "money-split": "Yearly and capital money",
    "money-two-amounts": "Two amounts in one cell",
    "money-unclear": "Sums in words",
    "money-unit": "Pounds or thousands of pounds?",
    "name-match": "Names on the second sheet",
    "no-heading": "A column without a heading",
    "not-a-partnership": "Is it a partnership?",
    "old-sheet": "An older sheet",
    "partly-struck-out": "Partly crossed-out cells",
    "partners-unclear": "Who are the partners?",
    "people-run-together": "How many people?",
    "people-unclear": "Who are the people?",
    "places-unclear": "How many places?",
    "priority-all": "“All” priorities",
    "priority-date": "A priority that became a date",
    "priority-number": "A priority that became a number",
    "priority-unclear": "Which priority?",
    "rating-between": "Ratings between two levels",
    "rating-doubt": "Ratings with a question mark",
    "rating-rag": "Red, Amber, Green",
    "rating-score": "Ratings in numbers",
    "rating-unclear": "Ratings in other words",
    "ref-repeated": "A reference given twice",
    "rep-levels": "Which level has which person?",
    "role-unclear": "Which role has the council?",
    "scale": "Which scale is it?",
    "scale-other": "Ratings in other words",
    "score-date": "A score that became a date",
    "score-unclear": "Scores in words",
    "sector-unclear": "Which sector?",
    "see-above": "Copy from the row above",
    "status-unclear": "Active or ended?",
    "statutory-unclear": "Is it statutory?",
    "struck-out": "Crossed-out rows",
    "term-unclear": "How long is the term?",
    "text-cut": "Text that is cut off",
    "tick-unclear": "Is it ticked?",
    "to-be-confirmed": "To be confirmed",
    "type-unclear": "Which type is it?",
    "unit-in-heading": "The unit in a heading",
    "unmapped-column": "A column without a field",
    "yes-no-unclear": "Yes or no?",
}

# What each cleaning rule did, as the preview says it.
RULES = {
    "chair": "Chair or vice chair",
    "score": "A score",
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
    "level": "Level of the representative",
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
    "rating": "A level of the policy",
    "repair": "Put right here",
    "role": "The part that the council takes",
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


def is_question(code: str) -> bool:
    """Whether a code is that of a question; others are those of cells that cannot be right."""
    return code in QUESTIONS


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


UNITS = {
    "contribution": "£",
    "staff_hours_month": "hours a month",
    "hours_a_month": "hours a month",
    "meetings_per_year": "a year",
    "meetings_a_year": "a year",
}
LEVELS = {"risk", "value", "nature", "level", "role", "council_role", "risk_level", "value_level"}
STATES = {"ended": "Ended", "active": "Active"} | dict(Status.choices)


def value_said(value: Any, field: str = "", words: Words | None = None) -> str:
    """A value of the reading in words; `field` is one of its fields, or a register field."""
    if value in EMPTY:
        return screen.NOT_KNOWN
    if isinstance(value, list | tuple):
        return "; ".join(value_said(one, field, words) for one in value)
    if isinstance(value, Mapping):
        return _mapping_said(value)
    return _single_said(value, field, words)


def _single_said(value: Any, field: str, words: Words | None) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field in UNITS and (number := _number(value)) is not None:
        return f"{screen.money(number)} a year" if UNITS[field] == "£" else f"{screen.number(number)} {UNITS[field]}"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if field == "status":
        return str(STATES.get(text, text.capitalize()))
    if words and text in words.shown:
        return words.shown[text]
    return text.capitalize() if field in LEVELS else text


def _mapping_said(value: Mapping[str, Any]) -> str:
    """A person, a partner, or what a cell set in several fields."""
    if "same_as_row" in value:
        return f"The same partnership as row {value['same_as_row']}"
    if value.keys() & {"who", "name", "vacant", "is_vacant"}:
        name = value.get("who") or value.get("name") or "Vacant"
        facts = ("level", "capacity", "standing", "represented_by", "term")
        told = [str(value[key]) for key in facts if value.get(key)]
        if value.get("substitute") or value.get("is_substitute"):
            told.append("substitute")
        if value.get("is_lead"):
            told.append("leads")
        return f"{name} ({', '.join(told)})" if told else str(name)
    return "; ".join(value_said(one, key) for key, one in value.items() if one not in EMPTY) or screen.NOT_KNOWN


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def raw_said(raw: Any) -> str:
    """A cell as it stood in the spreadsheet."""
    if raw in (None, ""):
        return "(empty)"
    return f"{raw:g}" if isinstance(raw, float) else str(raw)
