"""Documents: judged by what is in them, kept under names of our own, handed out only through the permission check."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from register import uploads
from register.models import Document
from tests.factories import make_partnership, make_user

PDF = b"%PDF-1.7 a plan"


def parcel(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return made.getvalue()


WORD = parcel(**{"[Content_Types].xml": "<x/>", "word__document.xml": "<x/>"})
MACROS = parcel(**{"[Content_Types].xml": "<x/>", "word__document.xml": "<x/>", "word__vbaProject.bin": "x"})
OPEN = parcel(mimetype="application/vnd.oasis.opendocument.text")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PDF),
        ("plan.docx", WORD),
        ("plan.odt", OPEN),
        ("notes.txt", "Café".encode()),
        ("map.png", b"\x89PNG\r\n\x1a\n..."),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.."),
    ],
)
def test_kinds_that_are_kept(name, content):
    assert uploads.why_not(SimpleUploadedFile(name, content)) == ""


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("tool.exe", b"MZ", "tool.exe is not of a kind that the register keeps"),
        ("page.html", b"<script>", "page.html is not of a kind"),
        ("plan.pdf", b"<html>", "plan.pdf does not hold what its name says"),
        ("plan.docx", b"not a parcel", "plan.docx does not hold what its name says"),
        ("plan.docx", MACROS, "plan.docx does not hold what its name says"),
        ("plan.xlsx", WORD, "plan.xlsx does not hold what its name says"),
        ("plan.odt", parcel(mimetype="text/html"), "plan.odt does not hold what its name says"),
        ("notes.txt", b"a\x00b", "notes.txt does not hold what its name says"),
        ("noending", b"x", "noending is not of a kind"),
    ],
)
def test_kinds_that_are_refused_in_words(name, content, why):
    assert uploads.why_not(SimpleUploadedFile(name, content)).startswith(why)


def test_a_large_file_is_refused_in_words(settings):
    settings.UPLOAD_MAX_MB = 1

    problem = uploads.why_not(SimpleUploadedFile("plan.pdf", PDF + b"." * 1024 * 1024))

    assert problem == "plan.pdf is larger than 1 MB. Save it smaller or add its address instead"


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\plans\\plan.pdf", "plan.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "abSet-Cookie x.pdf"),
        ("...", "document"),
    ],
)
def test_names_are_made_safe(given, safe):
    assert uploads.safe_name(given) == safe


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER)


@pytest.fixture
def partnership(lead):
    return make_partnership(lead_officer=lead)


def upload(browser, partnership, **data):
    path = reverse("register:add_row", args=[partnership.reference, "documents"])
    return browser.post(path, {"title": "Plan for 2027"} | data)


def test_a_file_is_kept_and_handed_back_to_be_saved(browse_as, partnership, lead):
    page = upload(browse_as(lead), partnership, file=SimpleUploadedFile("plan.pdf", PDF, "text/html"))

    assert page.heading == "Documents"
    document = Document.objects.get()
    kept_as = str(document.file.name)
    assert kept_as.startswith(f"{partnership.reference}/")
    assert "plan" not in kept_as
    answer = browse_as(Role.AUDITOR).client.get(reverse("register:document", args=[partnership.reference, document.pk]))
    assert b"".join(answer) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_not_handed_to_strangers_nor_under_another_entry(browse_as, partnership, lead):
    upload(browse_as(lead), partnership, file=SimpleUploadedFile("plan.pdf", PDF))
    document, other = Document.objects.get(), make_partnership()

    mine = reverse("register:document", args=[partnership.reference, document.pk])
    elsewhere = reverse("register:document", args=[other.reference, document.pk])

    assert browse_as().client.get(mine).status_code == 302
    assert browse_as(Role.AUDITOR).client.get(elsewhere).status_code == 404


def test_a_file_that_lies_is_refused_and_nothing_is_kept(browse_as, partnership, lead):
    page = upload(browse_as(lead), partnership, file=SimpleUploadedFile("plan.pdf", b"<script>"))

    assert page.errors == [
        "plan.pdf does not hold what its name says. Open it in its own program, save it again and choose that"
    ]
    assert page.select_one("#id_title")["value"] == "Plan for 2027"
    assert not Document.objects.exists()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "plan", "file:///etc/passwd"])
def test_only_web_addresses_are_kept(browse_as, partnership, lead, address):
    page = upload(browse_as(lead), partnership, address=address)

    assert page.errors == ["Enter the whole address, like https://www.example.org/plan"]


def test_an_address_may_stand_instead_of_a_file(browse_as, partnership, lead):
    page = upload(browse_as(lead), partnership, address="https://www.example.org/plan")

    assert page.select_one('main a[href="https://www.example.org/plan"]').text == "Plan for 2027"


def test_a_new_version_of_a_file_leaves_the_one_before_readable(browse_as, partnership, lead):
    browser = browse_as(lead)
    upload(browser, partnership, file=SimpleUploadedFile("plan.pdf", PDF))
    document = Document.objects.get()
    address = reverse("register:document_files", args=[partnership.reference, document.pk])

    page = browser.post(address, {"file": SimpleUploadedFile("plan-2.pdf", PDF + b" 2"), "reason": "New chapter 3"})

    assert page.banner == "New version of Plan for 2027 kept. The one before stays below"
    rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert rows[0].startswith("plan-2.pdf")
    assert rows[0].endswith("New chapter 3")
    assert rows[1].startswith("plan.pdf")
    links = [row.select_one("a")["href"] for row in page.select("tbody tr")]
    reader = browse_as(Role.AUDITOR).client
    assert [b"".join(reader.get(link)) for link in links] == [PDF + b" 2", PDF]
    assert reader.get(links[1])["Content-Disposition"] == 'attachment; filename="plan.pdf"'


def test_another_change_of_a_document_is_no_version_of_its_file(browse_as, partnership, lead):
    upload(browse_as(lead), partnership, file=SimpleUploadedFile("plan.pdf", PDF))
    document = Document.objects.get()
    document.title = "Plan"
    document.keep(by=lead)

    assert [version.file_name for version in document.files()] == ["plan.pdf"]


def test_a_new_version_is_judged_like_the_first(browse_as, partnership, lead):
    upload(browse_as(lead), partnership, file=SimpleUploadedFile("plan.pdf", PDF))
    address = reverse("register:document_files", args=[partnership.reference, Document.objects.get().pk])

    assert browse_as(lead).post(address, {}).errors == ["Choose the new file"]
    lies = browse_as(lead).post(address, {"file": SimpleUploadedFile("plan.pdf", b"<script>")})
    assert lies.errors[0].startswith("plan.pdf does not hold what its name says")


def test_who_may_not_change_the_entry_reads_the_versions_alone(browse_as, partnership, lead):
    upload(browse_as(lead), partnership, file=SimpleUploadedFile("plan.pdf", PDF))
    address = reverse("register:document_files", args=[partnership.reference, Document.objects.get().pk])

    page = browse_as(Role.AUDITOR).get(address)

    assert page.select("main form") == []
    browse_as(Role.AUDITOR).post(address, {"file": SimpleUploadedFile("plan.pdf", PDF + b" 2")})
    assert len(Document.objects.get().files()) == 1
