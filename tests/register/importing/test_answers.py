"""Answers settle questions, are checked first, and leave a trace."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from register.importing import Knowledge, Reading, read_register

ROWS = [
    ["Ref", "Partnership", "Lead partner", "Contribution (£)", "Officer hours per month", "RAG", "Start date", "End date", "Review / end date", "Cost centre"],
    ["1", "Marsh Waste Forum", "County", "tbc", "2 days pm", "Amber", "01/04/2014", "31/04/2015", "ongoing", "C100"],
    ["2", "Thorn Sports Trust", "District", "£10k-£15k", "1 day pm", "Green", "2010", "Spring 2016", "2017", "C200"],
    ["3", "Marsh Waste Forum (MWF)", "County", 500, 4, "Red", "01/04/2014", None, None, "C100"],
]  # fmt: skip


@pytest.fixture
def register(tmp_path) -> Path:
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.title = "Register"
    book.save(tmp_path / "register.xlsx")
    return tmp_path / "register.xlsx"


def codes(reading: Reading) -> set[tuple[str, str]]:
    return {(ask.cell, ask.code) for row in reading.rows for ask in row.asks}


def answered(path: Path, *answers: dict[str, Any]) -> Reading:
    return read_register(path, Knowledge(), list(answers))


def test_without_answers_the_fields_stay_empty(register):
    reading = read_register(register)
    assert reading.rows[0].values["contribution"] is None
    assert {("D2", "to-be-confirmed"), ("E2", "hours-days"), ("F2", "rating-rag"), ("B4", "duplicate")} <= codes(
        reading
    )


def test_an_answer_for_one_cell_settles_that_cell_alone(register):
    reading = answered(register, {"sheet": "Register", "cell": "D2", "code": "to-be-confirmed", "value": 750})
    assert reading.rows[0].values["contribution"] == 750
    assert ("D2", "to-be-confirmed") not in codes(reading)
    assert [(x.cell, x.code, x.value, x.given_for) for x in reading.rows[0].answered] == [
        ("D2", "to-be-confirmed", 750, "cell")
    ]
    assert reading.rows[0].sources["contribution"]["rule"] == "answered: to-be-confirmed"
    assert reading.refused_answers == []


def test_the_length_of_a_day_settles_every_cell_in_days(register):
    reading = answered(register, {"code": "hours-days", "value": 7.5})
    assert [row.values["staff_hours_month"] for row in reading.rows] == [15, 7.5, 4]


def test_one_scale_settles_every_rating(register):
    reading = answered(register, {"code": "rating-rag", "value": {"Red": "high", "Amber": "medium", "Green": "low"}})
    assert [row.values["risk"] for row in reading.rows] == ["medium", "low", "high"]


def test_the_suggestion_can_be_taken_for_all_of_a_kind(register):
    reading = answered(
        register, {"code": "rating-rag", "use_suggestion": True}, {"code": "date-unclear", "use_suggestion": True}
    )
    assert [row.values["risk"] for row in reading.rows] == ["medium", "low", "high"]
    assert reading.rows[1].values["end_date"] == "2016-04"


def test_an_answer_of_the_wrong_kind_is_refused_with_a_sentence_and_the_question_stays(register):
    reading = answered(register, {"cell": "D2", "code": "to-be-confirmed", "value": "lots"})
    assert ("D2", "to-be-confirmed") in codes(reading)
    assert reading.rows[0].values["contribution"] is None
    assert reading.refused_answers == ["D2: 'lots' does not fit. Enter an amount in pounds a year, like 12500."]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"code": "x"}, "The answers must be a list. Write [ ... ] round them."),
        (["x"], "Answer 1: write an object such as"),
        ([{"cell": "14J", "code": "x", "value": 1}], "Answer 1: '14J' is not the address of one cell"),
        ([{"cell": "D2", "value": 1}], "Answer 1: 'code' is missing"),
        ([{"cell": "D2", "code": "to-be-confirmed"}], "Answer 1: give a 'value'"),
        ([{"cell": "Z9", "code": "to-be-confirmed", "value": 1}], "Z9: there is no question 'to-be-confirmed' about this cell."),
        ([{"code": "no-such-thing", "value": 1}], "There is no question 'no-such-thing' in the file."),
        ([{"cell": "D3", "code": "money-range", "use_suggestion": True}], "D3: there is no suggestion"),
    ],
)  # fmt: skip
def test_answers_that_cannot_be_used_are_named(register, document, sentence):
    reading = read_register(register, Knowledge(), document)
    assert len(reading.refused_answers) == 1
    assert reading.refused_answers[0].startswith(sentence)


def test_a_corrected_cell_is_read_again_as_if_the_file_held_it(register):
    reading = answered(register, {"sheet": "Register", "cell": "H2", "raw": "30/04/2015"})
    assert reading.rows[0].errors == []
    assert reading.rows[0].values["end_date"] == "2015-04-30"
    assert [(x.cell, x.given_for, x.value) for x in reading.rows[0].answered] == [("H2", "repair", "31/04/2015")]


def test_a_correction_that_is_wrong_again_is_an_error_again(register):
    reading = answered(register, {"cell": "H2", "raw": "31/06/2015"})
    assert [(error.cell, error.raw) for error in reading.rows[0].errors] == [("H2", "31/06/2015")]


def test_an_error_can_be_answered_by_leaving_the_cell_blank(register):
    reading = answered(register, {"cell": "H2", "code": "date-invalid", "value": None})
    assert reading.rows[0].errors == []
    assert reading.rows[0].values["end_date"] is None


def test_the_same_partnership_twice_can_be_joined_or_kept(register):
    assert answered(register, {"cell": "B4", "code": "duplicate", "value": "same: join"}).rows[2].decision == {
        "join": 2
    }
    assert (
        answered(register, {"cell": "B4", "code": "duplicate", "value": "different: keep both"}).rows[2].decision
        == "import"
    )


def test_the_meaning_of_a_column_moves_its_values(register):
    reading = answered(register, {"code": "column-meaning", "column": "I", "value": "review_date"})
    assert next(ask for ask in reading.file_asks if ask.code == "column-meaning").answer == "review_date"
    assert reading.rows[1].values["review_date"] == "2017"


def test_a_column_without_a_home_goes_to_the_notes_once_somebody_says_so(register):
    assert "notes" not in read_register(register).rows[0].values
    reading = answered(register, {"code": "unmapped-column", "column": "J", "value": "keep as note"})
    assert reading.rows[0].values["notes"] == "Cost centre: C100"


def test_dates_that_an_answer_puts_in_the_wrong_order_are_found(register):
    reading = answered(register, {"cell": "H3", "code": "date-unclear", "value": "2009-01"})
    assert [(error.cell, error.code) for error in reading.rows[1].errors] == [("H3", "date-order")]
