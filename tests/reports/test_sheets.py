"""Excel and CSV: typed cells, text that stays text, and notes that say what the file is."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from register.exports import columns_of
from reports import sheets
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db
XLSX, CSV = "/reports/register.xlsx", "/reports/register.csv"
NASTY = '=HYPERLINK("http://example.org";"Open")'


@pytest.fixture(autouse=True)
def policy(db):
    return put_policy_in_force()


def sheet_from(browse_as, query, role=Role.AUDITOR):
    answer = browse_as(role).client.get(f"{XLSX}?{query}")
    assert answer.status_code == 200
    return openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))


def rows_of(sheet):
    labels = [cell.value for cell in sheet[1]]
    return [dict(zip(labels, row, strict=True)) for row in sheet.iter_rows(min_row=2)]


def an_entry():
    entry = make_partnership(
        name=NASTY,
        purpose="+44 1362\x07 and\nmore",
        hours_a_month=Decimal("21.67"),
        next_review_on=date(2026, 11, 30),
        starts_on=date(2009, 4, 1),
        starts_on_precision="month",
        is_statutory=True,
    )
    make_contribution(entry, "142600.50")
    return entry


def test_cells_are_typed_and_text_stays_text(browse_as, policy):
    an_entry()
    columns = columns_of(policy.policy)

    book = sheet_from(browse_as, "all=yes")

    (row,) = rows_of(book["Register"])
    cells = {each: row[columns[each].label] for each in columns}
    assert (cells["name"].value, cells["name"].data_type) == (NASTY, "s")
    assert (cells["purpose"].value, cells["purpose"].data_type) == ("+44 1362 and\nmore", "s")
    assert (cells["contribution_a_year"].value, cells["contribution_a_year"].number_format) == (142600.5, "£#,##0.00")
    assert cells["hours_a_month"].value == 21.67
    assert (cells["next_review_on"].value, cells["next_review_on"].is_date) == (datetime(2026, 11, 30), True)  # noqa: DTZ001
    assert cells["is_statutory"].value == "Yes"
    assert cells["has_statutory_duty"].value is None
    assert {cell.data_type for cell in row.values()} <= {"s", "n", "d"}


def test_the_sheet_is_ready_to_work_with_and_to_print(browse_as):
    an_entry()

    sheet = sheet_from(browse_as, "all=yes")["Register"]

    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.auto_filter.ref.endswith("2")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert sheet["A1"].font.b
    assert sheet.column_dimensions["B"].width == 40


def test_the_notes_say_policy_filter_person_and_day(browse_as):
    an_entry()

    notes = {row[0].value: row[1].value for row in sheet_from(browse_as, "statutory=yes")["Notes"].iter_rows()}

    assert notes["Policy"] == "Partnership Policy 2015, version 1"
    assert notes["Filter"] == "Statutory: Yes"
    assert notes["Entries"] == "1"
    assert notes["Made by"].startswith("Person")


def test_filter_order_and_columns_are_those_of_the_list(browse_as):
    make_contribution(make_partnership(name="Small"), 5)
    make_contribution(make_partnership(name="Large"), 500)
    make_partnership(name="Unknown")

    sheet = sheet_from(browse_as, "cost_from=1&sort=-contribution_a_year&columns=contribution_a_year")["Register"]

    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["P-0002", "Large", 500],
        ["P-0001", "Small", 5],
    ]


def test_csv_holds_the_same_and_no_formula(browse_as, policy):
    an_entry()
    columns = columns_of(policy.policy)

    answer = browse_as(Role.SCRUTINY).client.get(f"{CSV}?all=yes")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    (row,) = csv.DictReader(StringIO(text))
    assert row["Partnership"] == f"'{NASTY}"
    assert row[columns["purpose"].label] == "'+44 1362 and\nmore"
    assert row[columns["contribution_a_year"].label] == "142600.50"
    assert row[columns["next_review_on"].label] == "2026-11-30"
    assert row[columns["starts_on"].label] == "Apr 2009"
    assert row[columns["has_statutory_duty"].label] == ""


@pytest.mark.parametrize("form", ["xlsx", "csv", "html"])
def test_the_command_writes_a_file(form, tmp_path, capsys):
    an_entry()
    make_partnership(name="Other", is_statutory=False)
    person = make_user(Role.AUDITOR)
    out = tmp_path / f"register.{form}"

    call_command("export_register", format=form, output=out, filter="?statutory=yes", by=person.email)

    assert capsys.readouterr().out == f"1 partnership written to {out}\n"
    content = out.read_bytes()
    assert content.startswith({"xlsx": b"PK", "csv": b"\xef\xbb\xbf", "html": b"<!DOCTYPE html>"}[form])
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    if form == "html":
        assert b"&lt;" not in content.split(b"<title>")[1].split(b"</title>")[0]
        assert b"<link" not in content
        assert b"HYPERLINK" in content
        assert b"Other" not in content.split(b'<div class="entry">', 1)[1].split(b"</h2>")[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"filter": "cost_from=lots"}, "Enter the amount in pounds, like 12500"),
        ({"filter": "rsik=high"}, "The list has no filter rsik"),
        ({"by": "nobody@example.org"}, "Nobody has the e-mail address nobody@example.org"),
        ({"output": "no/such/folder/r.csv"}, "There is no folder"),
        ({"output": "."}, "is a folder"),
    ],
)
def test_the_command_says_what_to_do(options, said, tmp_path):
    from pathlib import Path

    asked = {"format": "csv", "output": tmp_path / "r.csv"} | options
    asked["output"] = tmp_path / asked["output"] if isinstance(asked["output"], str) else Path(asked["output"])

    with pytest.raises(CommandError, match=said):
        call_command("export_register", **asked)
    assert not list(tmp_path.iterdir())


def test_a_note_that_begins_like_a_formula_stays_text(tmp_path):
    """Somebody's name or search words may begin with an equals sign; the sheet of notes keeps them as words."""
    book = openpyxl.Workbook(write_only=True)
    sheets._write_notes(book.create_sheet("Notes"), [("Made by", NASTY)])
    book.save(tmp_path / "notes.xlsx")

    cell = openpyxl.load_workbook(tmp_path / "notes.xlsx")["Notes"]["B2"]
    assert (cell.value, cell.data_type) == (NASTY, "s")
