"""An agreement as a document: tagged PDF, text to edit, web page."""

import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from accounts.roles import Role
from reports.text_document import SPACES, TextDocument
from tests.assessments.agreeing import TODAY, make_agreement, make_agreement_draft, put_agreement_policy_in_force
from tests.pdf import Tagged, broken_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement(db):
    return make_agreement(put_agreement_policy_in_force())


def download(browse_as, agreement, kind):
    address = reverse(f"reports:agreement_{kind}", args=[agreement.partnership.reference, agreement.number])
    response = browse_as(Role.AUDITOR).client.get(address)
    assert response["Content-Disposition"].startswith("attachment")
    return response.content


def words_of(fodt):
    root = ElementTree.fromstring(fodt)
    return [" ".join(each.itertext()) for each in root.iter() if each.tag.endswith(("}h", "}p"))]


def test_the_pdf_is_tagged_and_holds_every_heading(browse_as, agreement):
    pdf = download(browse_as, agreement, "pdf")

    assert broken_rules(pdf) == []
    made = Tagged(pdf)
    assert made.title == f"Memorandum of understanding: {agreement.partnership.name}, version 1"
    assert made.bookmarks() == [
        "Memorandum of understanding", "1. Aims and objectives", "2. Membership", "3. Termination of involvement",
        "Signed",
    ]  # fmt: skip


def test_the_text_document_holds_words_headings_and_signatures(browse_as, agreement):
    made = download(browse_as, agreement, "text")

    said = words_of(made)
    for words in (
        "Memorandum of understanding",
        "2. Membership",
        "Two councils.",
        "The chair changes each year.",
        "K.X., Chief Executive",
        "5 March 2026",
    ):
        assert words in said
    assert any("Version 1, agreed on 3 March 2026, to be reviewed by 3 March 2027" in line for line in said)
    levels = [
        each.get(f"{{{SPACES['text']}}}outline-level")
        for each in ElementTree.fromstring(made).iter(f"{{{SPACES['text']}}}h")
    ]
    assert levels == ["1", "2", "2", "2", "2"]


def test_the_web_page_stands_alone(browse_as, agreement):
    made = download(browse_as, agreement, "html").decode()

    assert "<h2>2. Membership</h2>" in made
    assert "<style>" in made
    assert "<link" not in made
    assert agreement.digest in made


def test_a_draft_says_that_nothing_is_agreed(browse_as):
    draft = make_agreement_draft(put_agreement_policy_in_force())

    assert any("Draft of version 1. Nothing in it is agreed yet" in line for line in words_of(
        download(browse_as, draft, "text")))  # fmt: skip


def test_text_that_xml_cannot_hold_does_not_break_the_document():
    document = TextDocument("A \x00 title & <more>", "Council", TODAY)
    document.heading("One\x0b", 1)
    document.paragraphs("First <line>\nsecond & third\n\nNext \ud800 paragraph")

    said = words_of(document.as_bytes())

    assert said == ["One", "First <line> second & third", "Next  paragraph"]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed here")
def test_an_office_program_opens_the_text_document(browse_as, agreement, tmp_path):
    path = tmp_path / "agreement.fodt"
    path.write_bytes(download(browse_as, agreement, "text"))

    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "txt:Text",
         "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip

    text = (tmp_path / "agreement.txt").read_text(encoding="utf-8-sig")
    assert "2. Membership" in text
    assert "The chair changes each year." in text
