"""A broken or hostile file ends in a sentence that says what to do, never in a crash or a hang."""

import io
import struct
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from register.importing import CannotRead, read_register
from register.importing.workbook import WALL_SECONDS

HEADINGS = ["Partnership", "Lead partner", "Contribution (£)", "Risk", "Start date", "Notes"]
ROW = ["Marsh Waste Forum", "County", 500, "High", "01/04/2014", "ok"]
DAMAGED = "damaged"


def workbook(path: Path, rows: list[list[Any]], *, place: dict[str, Any] | None = None) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, value in (place or {}).items():
        book.active[cell] = value
    book.save(path)
    return path


def refusal(path: Path) -> str:
    """The sentence with which a file is refused; it comes in time and names the file."""
    began = time.monotonic()
    with pytest.raises(CannotRead) as problem:
        read_register(path)
    assert time.monotonic() - began < WALL_SECONDS + 1
    assert path.name in str(problem.value)
    assert str(problem.value).endswith(".")
    return str(problem.value)


def zip_of(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return path


def rewritten(path: Path, name: str, change: Any) -> Path:
    """The same workbook with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    parts[name] = change(parts[name])
    return zip_of(path, parts)


def test_a_text_named_as_a_workbook_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "register.xlsx"
    path.write_text("Partnership,Lead\nMarsh Waste Forum,County\n")
    assert "not a spreadsheet inside" in refusal(path)


def test_a_web_page_named_as_a_workbook_is_named_as_such(tmp_path):
    path = tmp_path / "register.xls"
    path.write_text("<html><table><tr><td>Partnership</td></tr></table></html>")
    assert "a web page inside" in refusal(path)


def test_an_empty_file_and_an_empty_workbook_are_refused(tmp_path):
    (tmp_path / "nothing.csv").write_bytes(b"")
    assert "is empty" in refusal(tmp_path / "nothing.csv")
    assert "is empty" in refusal(workbook(tmp_path / "blank.xlsx", []))
    (tmp_path / "blank.csv").write_bytes(b"\r\n\r\n")
    assert "is empty" in refusal(tmp_path / "blank.csv")


def test_an_unknown_kind_of_file_is_refused(tmp_path):
    (tmp_path / "register.docx").write_bytes(b"PK\x03\x04")
    assert "Save it as .xlsx" in refusal(tmp_path / "register.docx")


def test_a_missing_file_is_refused(tmp_path):
    assert "cannot be opened" in refusal(tmp_path / "gone.xlsx")


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_workbook_cut_short_is_called_damaged(tmp_path, keep):
    path = workbook(tmp_path / "cut.xlsx", [HEADINGS, ROW])
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert DAMAGED in refusal(path)


def test_a_workbook_with_broken_xml_is_called_damaged(tmp_path):
    path = workbook(tmp_path / "broken.xlsx", [HEADINGS, ROW])
    assert DAMAGED in refusal(rewritten(path, "xl/worksheets/sheet1.xml", lambda body: body[: len(body) // 2]))


def test_entities_that_grow_without_end_are_not_expanded(tmp_path):
    path = workbook(tmp_path / "laughs.xlsx", [HEADINGS, ROW])
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    assert DAMAGED in refusal(rewritten(path, "xl/worksheets/sheet1.xml", lambda _: bomb))


def test_a_password_is_said_to_be_taken_off(tmp_path):
    path = tmp_path / "secret.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512
    )
    assert "take the password off" in refusal(path)


def test_a_protected_open_document_is_refused(tmp_path):
    path = zip_of(tmp_path / "secret.ods", {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"?",
                                            "META-INF/manifest.xml": b"<manifest><encryption-data/></manifest>"})  # fmt: skip
    assert "take the password off" in refusal(path)


def test_an_old_workbook_under_a_new_name_is_told_apart(tmp_path):
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    assert "Rename it to end in .xls" in refusal(path)


def test_a_workbook_under_another_name_is_told_apart(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADINGS, ROW])
    assert "Rename it to end in .xlsx" in refusal(path.rename(tmp_path / "a.csv"))
    assert "Rename it to end in .xlsx" in refusal((tmp_path / "a.csv").rename(tmp_path / "a.ods"))


def test_macros_are_refused_by_name_and_by_content(tmp_path):
    path = workbook(tmp_path / "plain.xlsx", [HEADINGS, ROW])
    (tmp_path / "tool.xlsm").write_bytes(path.read_bytes())
    assert "macros" in refusal(tmp_path / "tool.xlsm")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "holds macros" in refusal(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = workbook(tmp_path / "bomb.xlsx", [HEADINGS, ROW])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (60 * 1024 * 1024))
    assert "far more than a register needs" in refusal(path)


def test_a_zip_that_lies_about_its_size_is_not_trusted(tmp_path):
    path = workbook(tmp_path / "liar.xlsx", [HEADINGS, ROW])
    sheet = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(sheet) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(sheet.getvalue())
    at = data.index(b"PK\x01\x02")
    while data[at + 46 : at + 46 + len(info.filename)] != info.filename.encode():
        at = data.index(b"PK\x01\x02", at + 4)
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(bytes(data))
    assert DAMAGED in refusal(path)


def test_a_cell_at_the_far_corner_does_no_harm(tmp_path):
    path = workbook(tmp_path / "far.xlsx", [HEADINGS, ROW], place={"XFD1048576": "x"})
    reading = read_register(path)
    assert [row.values["name"] for row in reading.rows if not row.is_stopped] == ["Marsh Waste Forum"]


def test_only_a_cell_at_the_far_corner_is_no_register(tmp_path):
    reading = read_register(workbook(tmp_path / "corner.xlsx", [], place={"XFD1048576": "x"}))
    assert [error.code for error in reading.file_errors] == ["no-heading"]


def test_an_open_document_that_repeats_a_filled_row_a_million_times_is_refused(tmp_path):
    body = (
        '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="A">'
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" table:number-columns-repeated="1024"><text:p>x</text:p></table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = zip_of(
        tmp_path / "million.ods",
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": body.encode()},
    )
    assert "too much time or memory" in refusal(path)


def test_a_csv_with_a_quotation_mark_that_never_closes_is_refused_or_read(tmp_path):
    path = tmp_path / "open.csv"
    path.write_text("Partnership,Lead partner,Notes\n" + '"Marsh Waste Forum,County,x\n' + "a,b,c\n" * 400_000)
    assert "quotation mark" in refusal(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "binary.csv"
    path.write_bytes(bytes(range(256)) * 20)
    assert "not text inside" in refusal(path)


def test_a_register_of_headings_only_says_so(tmp_path):
    reading = read_register(workbook(tmp_path / "headings.xlsx", [HEADINGS]))
    assert [error.code for error in reading.file_errors] == ["no-records"]
    assert reading.rows == []


def test_data_without_headings_says_so(tmp_path):
    reading = read_register(
        workbook(tmp_path / "bare.xlsx", [ROW, ["Thorn Sports Trust", "District", 20, "Low", "2010", "none"]])
    )
    assert [error.code for error in reading.file_errors] == ["no-heading"]
    assert "row of headings above the data" in reading.file_errors[0].fix


def test_a_table_on_its_side_is_named_as_such(tmp_path):
    rows = [
        [heading, *values]
        for heading, *values in zip(
            HEADINGS, ROW, ["Thorn Sports Trust", "District", 20, "Low", "2010", "none"], strict=True
        )
    ]
    reading = read_register(workbook(tmp_path / "side.xlsx", rows))
    assert [error.code for error in reading.file_errors] == ["transposed"]


def test_two_rows_of_headings_are_read_together(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["Partnership", "Lead partner", "Risk", None, None, "Start date"])
    sheet.append([None, None, "Likelihood (1-4)", "Impact (1-4)", "Rating", None])
    sheet.merge_cells("C1:E1")
    sheet.append(["Marsh Waste Forum", "County", 2, 3, "Medium", "01/04/2014"])
    book.save(tmp_path / "two.xlsx")
    reading = read_register(tmp_path / "two.xlsx")
    assert reading.sheets[0].header_rows == (1, 2)
    assert reading.rows[0].values == {
        "name": "Marsh Waste Forum",
        "lead_partner": "County",
        "likelihood": 2,
        "impact": 3,
        "risk": "medium",
        "start_date": "2014-04-01",
        "status": "active",
    }


def test_the_same_heading_twice_is_asked_about(tmp_path):
    rows = [
        ["Partnership", "Lead partner", "Contribution", "Contribution", "Risk"],
        ["Marsh Waste Forum", "County", 500, 700, "Low"],
    ]
    reading = read_register(workbook(tmp_path / "twice.xlsx", rows))
    asks = [ask for ask in reading.file_asks if ask.code == "duplicate-heading"]
    assert [ask.columns for ask in asks] == [("D", "C")]
    assert reading.rows[0].values["contribution"] == 500


def test_formulas_with_errors_dates_that_are_none_and_unknown_ratings_are_named_with_their_cell(tmp_path):
    rows = [HEADINGS, ["Marsh Waste Forum", "County", "=1/0", "Purple", "31/04/2015", None]]
    path = workbook(tmp_path / "wrong.xlsx", rows)

    def with_error(body: bytes) -> bytes:
        return body.replace(
            b'<c r="C2"><f>1/0</f><v></v></c>', b'<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        ).replace(b'<c r="C2"><f>1/0</f><v/></c>', b'<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')

    reading = read_register(rewritten(path, "xl/worksheets/sheet1.xml", with_error))
    found = {error.cell: (error.code, error.raw) for error in reading.rows[0].errors}
    assert found == {
        "C2": ("formula-error", "#DIV/0!"),
        "D2": ("rating-unknown", "Purple"),
        "E2": ("date-invalid", "31/04/2015"),
    }
    assert all(error.fix for error in reading.rows[0].errors)


def test_a_formula_that_was_never_calculated_is_an_error_not_an_empty_cell(tmp_path):
    reading = read_register(
        workbook(tmp_path / "formula.xlsx", [HEADINGS, ["Marsh Waste Forum", "County", "=250*2", "High", "2014", None]])
    )
    assert [(error.cell, error.code) for error in reading.rows[0].errors] == [("C2", "formula-error")]


def test_text_that_begins_with_an_equals_sign_stays_text(tmp_path):
    (tmp_path / "formula.csv").write_text(
        'Partnership,Lead partner,Notes\nMarsh Waste Forum,County,"=HYPERLINK(""x"")"\n'
    )
    assert read_register(tmp_path / "formula.csv").rows[0].values["notes"] == '=HYPERLINK("x")'
