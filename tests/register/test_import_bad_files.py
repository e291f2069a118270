"""A broken or hostile file gets a sentence that says what to do; nothing of it is kept."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from accounts.roles import Role
from register.models import Import, Partnership

pytestmark = pytest.mark.django_db
HEADINGS = ["Partnership", "Lead partner", "Contribution (£)", "Risk", "Start date", "Notes"]
ROW = ["Marsh Waste Forum", "County", 500, "High", "01/04/2014", "ok"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def workbook(*rows: list[Any], place: dict[str, Any] | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, value in (place or {}).items():
        book.active[cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, body: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


@pytest.fixture
def upload(browse_as):
    browser = browse_as(Role.ADMINISTRATOR)

    def send(name: str, content: bytes):
        file = SimpleUploadedFile(name, content)
        return browser.post(reverse("register:import_upload"), {"file": file, "year": 2026})

    return send


REFUSED = {
    "not a spreadsheet": ("register.xlsx", lambda: b"Dear all, here is the register", "not a spreadsheet inside"),
    "empty": ("register.xlsx", lambda: b"", "The file is empty. Choose the file that holds the register"),
    "empty workbook": ("register.xlsx", workbook, "is empty"),
    "damaged": ("register.xlsx", lambda: workbook(HEADINGS, ROW)[:900], "damaged"),
    "password": (
        "register.xlsx",
        lambda: OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512,
        "protected with a password",
    ),
    "macros": ("register.xlsx", lambda: with_part(workbook(HEADINGS, ROW), "xl/vbaProject.bin", b"x"), "holds macros"),
    "macro file": ("register.xlsm", lambda: workbook(HEADINGS, ROW), "macros"),
    "zip bomb": (
        "register.xlsx",
        lambda: with_part(workbook(HEADINGS, ROW), "xl/media/a.bin", b"\0" * 40_000_000),
        "would unpack to",
    ),
    "wrong extension": ("register.csv", lambda: workbook(HEADINGS, ROW), "Rename it to end in .xlsx"),
    "unknown kind": ("register.docx", lambda: b"PK\x03\x04", "Save it as .xlsx"),
    "no headings": ("register.csv", lambda: b"12,99\n14,100\n15,7\n", "heading"),
    "headings only": ("register.xlsx", lambda: workbook(HEADINGS), "no rows below"),
    "only a far corner": ("register.xlsx", lambda: workbook(place={"XFD1048576": "x"}), "heading"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do_and_not_kept(upload, what):
    name, content, sentence = REFUSED[what]

    page = upload(name, content())

    assert page.status == 200
    assert len(page.errors) == 1
    assert sentence in page.errors[0]
    assert page.select_one(".govuk-error-summary a")["href"] == "#id_file"
    assert page.errors[0] in page.select_one("#id_file_error").get_text(" ", strip=True)
    assert (Import.objects.count(), Partnership.objects.count()) == (0, 0)


def test_no_file_at_all_is_asked_for(upload, browse_as):
    page = browse_as(Role.ADMINISTRATOR).post(reverse("register:import_upload"), {"year": 2026})

    assert page.errors == ["Choose the spreadsheet that holds the register"]


def test_a_cell_at_the_far_corner_does_no_harm(upload):
    page = upload("register.xlsx", workbook(HEADINGS, ROW, place={"XFD1048576": "x"}))

    assert page.heading == "Columns of the spreadsheet"


def test_two_rows_of_headings_are_read_together(upload):
    band = ["", "", "Money", "", "Dates", ""]
    page = upload("register.xlsx", workbook(["Register of partnerships"], band, HEADINGS, ROW, ["Fen Forum"]))

    assert page.heading == "Columns of the spreadsheet"
    assert "Row 2 and row 3" in page or "Row 3" in page


def test_a_heading_that_stands_twice_is_asked_about(upload):
    upload(
        "register.xlsx", workbook([*HEADINGS, "Notes"], [*ROW, "more"], ["Fen Forum", "", 5, "Low", "2014", "a", "b"])
    )

    codes = [ask["code"] for ask in Import.objects.get().reading["file_asks"]]
    assert "duplicate-heading" in codes


@pytest.mark.parametrize(
    ("cell", "value", "words"),
    [
        ("C2", "#REF!", "The cell holds #REF!"),
        ("E2", "31/04/2014", "April has 30 days"),
        ("D2", "Purple", "Purple"),
    ],
)
def test_what_is_wrong_in_a_cell_is_said_with_the_cell_and_imports_nothing(upload, browse_as, cell, value, words):
    upload(
        "register.xlsx",
        workbook(HEADINGS, list(ROW), ["Fen Forum", "County", 5, "Low", "2014", ""], place={cell: value}),
    )

    record = Import.objects.get()
    page = browse_as(Role.ADMINISTRATOR).get(reverse("register:import_preview", args=[record.pk]), {"show": "all"})

    assert words in page
    assert cell in page
    assert Partnership.objects.count() == 0


def test_a_value_that_begins_with_an_equals_sign_stays_text(upload, browse_as):
    upload("register.csv", b"Partnership,Purpose,Contribution\n=1+1 Forum,=A1+A2,5\nFen Forum,Drains,6\n")

    page = browse_as(Role.ADMINISTRATOR).get(
        reverse("register:import_preview", args=[Import.objects.get().pk]), {"show": "all"}
    )

    assert "=1+1 Forum" in page


def test_markup_in_a_cell_is_shown_as_text(upload, browse_as):
    upload(
        "register.csv", b"Partnership,Purpose,Contribution\n<script>alert(1)</script>,<b>x</b>,about 5\nFen Forum,D,6\n"
    )

    page = browse_as(Role.ADMINISTRATOR).get(
        reverse("register:import_preview", args=[Import.objects.get().pk]), {"show": "all"}
    )

    assert "<script>alert(1)</script>" not in page.html
    assert "<script>alert(1)</script>" in page.words
