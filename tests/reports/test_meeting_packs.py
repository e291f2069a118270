"""The pack of a meeting: two parts, each request's paper, a public version that tells nothing of the exempt part."""

import logging

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from accounts.roles import Role
from approvals import meetings
from reports.meeting_packs import PACK, pack_of
from reports.pdf import on_paper, pdf_of
from tests.approvals.making import TODAY
from tests.approvals.meeting_making import TO_COME, make_agenda
from tests.pdf import Tagged, broken_rules

pytestmark = pytest.mark.django_db
MADE = {"made_on": TODAY, "made_by": "T.W."}


@pytest.fixture
def agenda():
    """Three items: one exempt in its money, one wholly exempt, one public."""
    council, meeting, items = make_agenda(TO_COME)
    items[0].classify("part", paragraph=3, parts=["facts:Money and time"], why="Prices", by=council.manager)
    items[1].classify("whole", paragraph=5, why="Advice on a claim", by=council.manager)
    return meeting, items


def text_of(meeting, *, is_public):
    html = on_paper(PACK, pack_of(meeting, is_public=is_public, **MADE))
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def test_the_public_version_says_only_that_there_is_an_exempt_item_and_its_paragraph(agenda):
    """Local Government Act 1972, section 100B and Schedule 12A."""
    meeting, items = agenda
    found = text_of(meeting, is_public=True)
    assert "3. Exempt item" in found
    assert "paragraph 5 of Schedule 12A" in found
    for secret in ("Fen Forum 1", items[1].request.reference, "Advice on a claim", "Prices"):
        assert secret not in found
    assert "Fen Forum 2" in found


def test_the_public_version_withholds_an_exempt_figure_everywhere(agenda):
    meeting, _ = agenda
    assert "£60,000" in text_of(meeting, is_public=False)
    found = text_of(meeting, is_public=True)
    assert "£60,000" not in found
    assert "Marsh Valley Rural Mobility Partnership" in found
    assert "Parts of this paper stand in the exempt part" in found


def test_the_whole_pack_has_each_paper_once_in_its_part(agenda):
    meeting, _ = agenda
    pack = pack_of(meeting, is_public=False, **MADE)
    assert [item["title"] for item in pack["public"]] == ["Marsh Valley Rural Mobility Partnership", "Fen Forum 2"]
    assert [item["title"] for item in pack["exempt"]] == ["Marsh Valley Rural Mobility Partnership", "Fen Forum 1"]
    hidden = pack["exempt"][0]["exempt_paper"]
    assert {fact["section"] for fact in hidden["facts"]} == {"Money and time"}
    assert hidden["answers"] == []
    found = text_of(meeting, is_public=False)
    assert "Six villages have no bus." in found
    assert "Advice on a claim" in found


@pytest.mark.parametrize("is_public", [False, True])
def test_the_pack_is_a_tagged_pdf_with_contents(agenda, caplog, is_public):
    """PDF/UA-1, with headings for each part and item, and no complaint of the renderer."""
    caplog.set_level(logging.WARNING, logger="weasyprint")
    meeting, _ = agenda
    made = pdf_of(PACK, pack_of(meeting, is_public=is_public, **MADE))
    assert [each.getMessage() for each in caplog.records if each.name.startswith("weasyprint")] == []
    assert broken_rules(made) == []
    tagged = Tagged(made)
    wanted = ["Contents", "Public part", "1. Marsh Valley Rural Mobility Partnership", "Exempt part"]
    assert [each for each in tagged.bookmarks() if each in wanted][:2] == ["Contents", "Public part"]
    assert set(wanted) <= set(tagged.bookmarks())
    assert tagged.tables_without_headings() == 0


def test_an_empty_agenda_and_a_cancelled_meeting_say_so(agenda):
    meeting, items = agenda
    for item in items:
        meetings.take_off(item, by=item.request.proposed_by)
    meeting.cancel(by=items[0].request.proposed_by, reason="Fog", today=TODAY)
    found = text_of(meeting, is_public=True)
    assert "Nothing is on the agenda" in found
    assert "Cancelled: Fog" in found


def test_the_meeting_offers_its_pack_whole_and_public(browse_as, agenda):
    meeting, _ = agenda
    browser = browse_as(Role.AUDITOR)
    page = browser.get(reverse("approvals:meeting", args=[meeting.slug]))
    assert [link.text for link in page.select(f"main a[href*='{meeting.slug}/p']")] == [
        "Pack as PDF", "Pack as web page", "Public part as PDF", "Public part as web page",
    ]  # fmt: skip
    answer = browser.client.get(reverse("reports:meeting_public_html", args=[meeting.slug]))
    assert answer["Content-Disposition"] == f'attachment; filename="{meeting.slug}-public.html"'
    assert "Fen Forum 1" not in answer.content.decode()
