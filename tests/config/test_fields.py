"""Money, time and days as people type them, and what is said when they cannot be read."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from config import words
from config.fields import DatePartsField, DayField, HoursField, MoneyField, parse_day, parse_hours, parse_money


@pytest.mark.parametrize(
    ("typed", "pounds"),
    [
        ("142,600", "142600"),
        ("£142600", "142600"),
        ("142.6k", "142600"),
        ("£1.2 million", "1200000"),
        ("12m", "12000000"),
        ("12500.50", "12500.50"),
        (" 12500 pounds ", "12500"),
        ("0", "0"),
        (".50", "0.50"),
    ],
)
def test_money_is_read_as_people_type_it(typed, pounds):
    assert parse_money(typed) == Decimal(pounds)


@pytest.mark.parametrize(
    "typed", ["12,5000", "1,25,000", "-5", "(5)", "12.500.000", "about 500", "£", "12.505", "five", "1e3", "NaN", "5%"]
)
def test_money_is_never_guessed(typed):
    field = MoneyField(label="Yearly contribution")
    with pytest.raises(ValidationError, match="Enter the yearly contribution in pounds, like 12500"):
        field.clean(typed)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_money_shown_is_money_read(amount):
    assert parse_money(words.money(amount)) == amount


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("20", "20"),
        ("5 hrs a week", "21.67"),
        ("20 hours a week", "86.67"),
        ("10 hours per fortnight", "21.67"),
        ("12 hours a quarter", "4"),
        ("120h a year", "10"),
        ("7.5 hours monthly", "7.5"),
        ("2 days a month", "14.8"),
    ],
)
def test_time_is_worked_out_to_hours_a_month(typed, hours):
    assert parse_hours(typed, hours_a_day=Decimal("7.4")) == Decimal(hours)


@pytest.mark.parametrize("typed", ["30+", "2 or 3", "half a day", "-1", "5 minutes a week", "2 days a month"])
def test_time_is_never_guessed(typed):
    with pytest.raises(ValidationError, match="Enter the hours a month, like 20"):
        HoursField(label="Staff time").clean(typed)


def test_empty_is_not_nought():
    assert MoneyField(required=False).clean("") is None
    assert MoneyField(required=False).clean("0") == 0
    assert HoursField(required=False).clean("") is None


def test_an_empty_required_field_asks_for_what_it_wants():
    with pytest.raises(ValidationError, match="Enter the yearly contribution in pounds, like 12500"):
        MoneyField(label="Yearly contribution").clean("")


class OneDay(forms.Form):
    ends_on = DatePartsField(label="End date", required=False)


@pytest.mark.parametrize(
    ("day", "month", "year", "read"),
    [("27", "3", "2026", date(2026, 3, 27)), ("1", "March", "2026", date(2026, 3, 1)), ("", "", "", None)],
)
def test_a_day_in_three_parts(day, month, year, read):
    form = OneDay({"ends_on_0": day, "ends_on_1": month, "ends_on_2": year})
    assert form.is_valid()
    assert form.cleaned_data["ends_on"] == read


@pytest.mark.parametrize(
    ("day", "month", "year", "said"),
    [
        ("31", "4", "2026", "Enter the end date as a real date, like 27 3 2026"),
        ("27", "", "2026", "The date must include a month"),
        ("", "", "2026", "The date must include a day and month"),
        ("27", "3", "26", "Enter the end date as a real date, like 27 3 2026"),
        ("x", "3", "2026", "Enter the end date as a real date, like 27 3 2026"),
    ],
)
def test_a_wrong_day_says_which_part(day, month, year, said):
    form = OneDay({"ends_on_0": day, "ends_on_1": month, "ends_on_2": year})
    assert form.errors == {"ends_on": [said]}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("31/3/26", date(2026, 3, 31)),
        ("31 March 2026", date(2026, 3, 31)),
        ("31-03-2026", date(2026, 3, 31)),
        ("1 Sept 2026", date(2026, 9, 1)),
        ("2026-04-01", date(2026, 4, 1)),
        ("today", date(2026, 11, 20)),
    ],
)
def test_a_day_in_one_field_is_british(typed, read):
    assert parse_day(typed, today=date(2026, 11, 20)) == read


def test_a_day_in_one_field_is_never_guessed():
    for typed in ["March 2026", "31/4/2026", "3/31/2026", "soon"]:
        with pytest.raises(ValidationError, match="Enter a date like"):
            DayField().clean(typed)
