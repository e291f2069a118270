"""Figures, days and differences as they read on screen (design: words on screen)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from config import words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("142600"), "£142,600"),
        (Decimal("142600.00"), "£142,600"),
        (Decimal("142600.5"), "£142,600.50"),
        (0, "£0"),
        (None, "Not known"),
        (Decimal("-40"), "−£40"),
    ],
)
def test_money_has_pence_only_when_there_are_some(value, said):
    assert words.money(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(3_166_741, "£3.17 million"), (1_000_000, "£1 million"), (999_999, "£999,999"), (None, "Not known")],
)
def test_millions_are_for_covers(value, said):
    assert words.millions(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(86, "86 hours a month"), (Decimal("86.67"), "86.7 hours a month"), (1, "1 hour a month"), (0, "0 hours a month")],
)
def test_hours_a_month(value, said):
    assert words.hours(value) == said


def test_differences_are_words():
    assert words.difference(142_600, 140_250) == "£2,350 more"
    assert words.difference(140_250, 142_600) == "£2,350 less"
    assert words.difference(5, 5) == "the same"
    assert words.difference(None, 5) == "Not known"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 30), "in 10 days"),
        (date(2026, 11, 21), "tomorrow"),
        (date(2026, 11, 20), "today"),
        (date(2026, 11, 19), "1 day late"),
        (date(2026, 11, 14), "6 days late"),
    ],
)
def test_how_near_a_day_is(day, said):
    assert words.days_away(day, today=date(2026, 11, 20)) == said


def test_days_and_moments():
    assert words.day(date(2026, 11, 3)) == "3 November 2026"
    assert words.short_day(date(2026, 11, 3)) == "3 Nov 2026"
    assert words.weekday(date(2026, 11, 30)) == "Monday 30 November"
    # British Summer Time: the council's clock, not the server's.
    assert words.moment(datetime(2026, 7, 1, 14, 42, tzinfo=UTC)) == "1 July 2026 at 3:42pm"
    assert words.clock(datetime(2026, 1, 1, 0, 5, tzinfo=UTC)) == "12:05am"
    assert words.clock(datetime(2026, 1, 1, 12, 5, tzinfo=UTC)) == "12:05pm"


def test_years():
    assert words.financial_year(2026) == "2026 to 2027"
    assert words.review_year(2026) == "2026–27"
    assert words.review_year(2099) == "2099–00"


def test_rows_of_words():
    assert words.listed(["CMT", "the Executive", "Scrutiny"]) == "CMT, the Executive and Scrutiny"
    assert words.listed(["CMT"]) == "CMT"
    assert words.listed([]) == ""
    assert words.count(1, "entry", "entries") == "1 entry"
    assert words.count(1204, "partnership") == "1,204 partnerships"


@pytest.mark.parametrize(
    ("figure", "unit", "said"),
    [("12,500", "£ a year", "£12,500 a year"), ("7.4", "hours", "7.4 hours"), ("10", "", "10"), ("0", "£", "£0")],
)
def test_a_figure_stands_with_its_unit(figure, unit, said):
    assert words.with_unit(figure, unit) == said


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Give the Portfolio Holder’s view", "give the Portfolio Holder’s view"),
        ("CMT recommends to Cabinet", "CMT recommends to Cabinet"),
        ("A step", "a step"),
        ("", ""),
    ],
)
def test_a_title_within_a_sentence_keeps_the_names_in_it(title, said):
    assert words.inside(title) == said
