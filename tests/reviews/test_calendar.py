"""The calendar feed: RFC 5545 to the letter, at a secret address that can be ended."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from reviews import icalendar
from reviews.models import CalendarAddress
from tests.reviews.making import Council

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a, b; c", "a\\, b\\; c"),
        ("back\\slash", "back\\\\slash"),
        ("two\nlines", "two\\nlines"),
        ("two\r\nlines", "two\\nlines"),
    ],
)
def test_text_is_escaped(text, written):
    """RFC 5545, section 3.3.11."""
    assert icalendar.escaped(text) == written


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=400))
def test_lines_are_folded_at_75_octets_and_nothing_is_lost(text):
    """RFC 5545, section 3.1."""
    folded = icalendar.folded(text)
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == text


def test_an_event_is_a_whole_day_with_its_stamp_and_its_own_name():
    event = icalendar.Event(
        "har-cycle-review.P-0001@example.org", date(2026, 12, 31), "Review: Board, north", "Why", "https://x/"
    )
    lines = unfolded(icalendar.calendar_of([event], name="Dates", at=AT))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {
        "UID:har-cycle-review.P-0001@example.org",
        "DTSTAMP:20261120T093000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:Review: Board\\, north",
    } <= set(lines)


@pytest.mark.django_db
def test_the_address_gives_the_persons_own_dates_without_signing_in_and_leaves_no_session(browse_as):
    council = Council(name="Channel Panel; Prevent")
    council.entry(name="Somebody else’s", lead_officer=None)
    page = browse_as(council.lead).post("/account/calendar/")
    address = page.select_one("code").get_text()
    assert "shown this once" in page
    assert "keeps no copy" in browse_as(council.lead).get("/account/calendar/")
    answer = Client().get(address[address.index("/calendar/") :])
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Yearly register review: Channel Panel\\; Prevent" in unfolded(text)
    assert "Somebody else’s" not in text
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "private, no-store")
    assert not answer.cookies


@pytest.mark.django_db
def test_an_address_that_was_ended_or_made_anew_gives_nothing(browse_as):
    council = Council()
    first = CalendarAddress.make(council.lead, at=AT)
    second = CalendarAddress.make(council.lead, at=AT)
    assert Client().get(reverse("reviews:feed", args=[first])).status_code == 404
    assert Client().get(reverse("reviews:feed", args=[second])).status_code == 200
    page = browse_as(council.lead).post("/account/calendar/end/")
    assert page.banner.startswith("The calendar address is ended")
    assert Client().get(reverse("reviews:feed", args=[second])).status_code == 404


@pytest.mark.django_db
def test_a_closed_account_has_no_calendar():
    council = Council()
    secret = CalendarAddress.make(council.lead, at=AT)
    council.lead.is_active = False
    council.lead.save()
    assert Client().get(reverse("reviews:feed", args=[secret])).status_code == 404


@pytest.mark.django_db
def test_only_a_digest_of_the_secret_is_kept():
    council = Council()
    secret = CalendarAddress.make(council.lead, at=AT)
    assert secret not in str(CalendarAddress.objects.values().get())


@pytest.mark.django_db
def test_the_account_page_leads_to_the_calendar(browse_as):
    page = browse_as(Council().lead).get("/account/")
    assert page.select_one("a[href='/account/calendar/']").get_text() == "Your dates in your calendar"
