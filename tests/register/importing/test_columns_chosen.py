"""What a person chose for a column takes effect before its cells are read (choosing.py)."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from register.importing import Knowledge, Reading, cells_of, read_cells, read_register

ROWS = [
    ["Partnership", "Contribution (£)", "Officer time (hours a week)", "Legal basis", "Cost centre", "Purpose", "Purpose", None],
    ["Marsh Waste Forum", 500, 3, "Statutory", "C100", "Rubbish", "Recycling", "blue"],
    ["Thorn Sports Trust", 1000, 6, "Voluntary", "C200", "Sport", "Play", "red"],
    ["Ridge Walks Group", 1500, 12, "Statutory", "C300", "Walks", "Paths", "green"],
]  # fmt: skip


@pytest.fixture
def register(tmp_path) -> Path:
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.title = "Register"
    book.save(tmp_path / "register.xlsx")
    return tmp_path / "register.xlsx"


def answered(path: Path, *answers: dict[str, Any]) -> Reading:
    return read_register(path, Knowledge(), list(answers))


def column(letter: str, **choice: Any) -> dict[str, Any]:
    return {"code": "column", "sheet": "Register", "column": letter, **choice}


def values(reading: Reading, field: str) -> list[Any]:
    return [row.values.get(field) for row in reading.rows]


def test_days_are_asked_about_with_the_length_of_a_day_that_was_answered(tmp_path):
    path = tmp_path / "register.csv"
    path.write_text("Partnership,Contribution,Officer time (days a month)\nFen Forum,5,2\nMarsh Board,6,4\n")
    reading = answered(path, {"code": "unit-in-heading", "column": "C", "value": 8})

    assert [ask.suggest for row in reading.rows for ask in row.asks] == [16, 32]


def asked(reading: Reading, code: str) -> list[Any]:
    return [ask.answer for ask in reading.file_asks if ask.code == code]


def test_a_column_without_a_field_moves_to_the_one_that_was_chosen(register):
    reading = answered(register, column("E", fields=["area"]))

    assert values(reading, "area") == ["C100", "C200", "C300"]
    assert reading.rows[0].sources["area"]["cell"] == "E2"
    assert next(x.choice for x in reading.columns if x.column == "E") == ("area",)
    assert reading.refused_answers == []


def test_a_field_goes_to_the_chosen_column_alone(register):
    reading = answered(register, column("G", fields=["purpose"]))

    assert values(reading, "purpose") == ["Recycling", "Play", "Paths"]
    assert next(x.fields for x in reading.columns if x.column == "F") == ()


def test_a_column_can_be_left_out(register):
    reading = answered(register, column("B", leave_out=True), column("E", leave_out=True))

    assert "contribution" not in reading.rows[0].values
    assert "Cost centre" not in reading.rows[0].notes_kept
    assert "leave out" in asked(reading, "unmapped-column")


def test_a_column_can_be_kept_as_a_note(register):
    reading = answered(register, column("B", keep_as_note=True))

    assert values(reading, "notes") == ["Contribution (£): 500", "Contribution (£): 1000", "Contribution (£): 1500"]


def test_a_column_without_a_heading_is_kept_as_a_note_when_somebody_says_so(register):
    reading = answered(register, {"code": "no-heading", "column": "H", "value": "keep as note"})

    assert values(reading, "notes") == ["Column H: blue", "Column H: red", "Column H: green"]


@pytest.mark.parametrize(
    ("answer", "hours"),
    [("yes", [13, 26, 52]), ("hours a month", [3, 6, 12]), ("hours a year", [0.25, 0.5, 1])],
)
def test_the_unit_of_a_heading_is_as_it_was_answered(register, answer, hours):
    reading = answered(register, {"code": "unit-in-heading", "column": "C", "value": answer})

    assert values(reading, "staff_hours_month") == pytest.approx(hours)
    assert asked(reading, "unit-in-heading") == [answer]


@pytest.mark.parametrize(("counts", "purpose"), [("F", "Rubbish"), ("G", "Recycling")])
def test_of_two_columns_with_the_same_heading_the_chosen_one_counts(register, counts, purpose):
    reading = answered(register, {"code": "duplicate-heading", "column": "G", "value": counts})

    assert values(reading, "purpose")[0] == purpose
    assert asked(reading, "duplicate-heading") == [counts]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([column("E", fields=["colour"])], "Column E: there is no field 'colour' on this sheet."),
        ([column("E", fields=["area"]), column("D", fields=["area"])], "Column E: column D becomes this field already. Choose it for one of the two."),
        ([column("A", leave_out=True)], "Column A: without this column the rows have no name. Choose the column that holds the names first."),
        ([column("Z", leave_out=True)], "There is no column Z in the table of the sheet 'Register'."),
        ([column("1", leave_out=True)], "Answer 1: '1' is not the letter of a column, such as D."),
        ([column("E")], "Answer 1: give one of 'fields', 'leave_out': true and 'keep_as_note': true."),
        ([column("E", fields=[1])], "Answer 1: 'fields' must be a list of the names of fields, such as ['statutory']."),
        ([{"code": "unit-in-heading", "column": "C", "value": "miles"}], "Column C: answer one of: yes, hours a week"),
        ([{"code": "duplicate-heading", "column": "G", "value": "A"}], "Column G: answer F or G."),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_is_refused_with_a_sentence(register, answers, sentence):
    reading = answered(register, *answers)

    assert len(reading.refused_answers) == 1
    assert reading.refused_answers[0].startswith(sentence)
    assert values(reading, "name") == ["Marsh Waste Forum", "Thorn Sports Trust", "Ridge Walks Group"]


def test_kept_cells_are_read_again_without_the_file(register):
    cells = cells_of(register)
    before = read_register(register).as_json()
    register.unlink()

    assert read_cells("register.xlsx", cells).as_json() == before
