"""Each policy from its pack alone: a partnership registered with its fields, its entry and review forms answered."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page as BrowserPage

from accounts.roles import Role
from assessments.models import Response
from register.models import Partnership, Status
from tests.factories import make_user, put_policy_in_force
from tests.journeys.filling import FILL, answer_form, fill, send
from tests.journeys.test_main_job import look, says
from tests.pdf import Tagged, broken_rules

Open = Callable[..., BrowserPage]


class Walk(NamedTuple):
    """One policy's journey: its entry form and its review form, the answers that matter, and what must be read."""

    pack: str
    entry: str
    review: str
    entry_answers: Mapping[str, Any] = {}
    review_answers: Mapping[str, Any] = {}
    entry_says: tuple[str, ...] = ()
    review_says: tuple[str, ...] = ()


RATINGS = dict(zip((f"mel-d{number}" for number in range(40, 46)), "342534", strict=True))
WALKS = [
    Walk("breckland-2015", "brk-app-c", "brk-review"),
    Walk("redditch", "red-2a", "red-4a", review_answers={"red-d4a-t07": "1"}, review_says=("1 of 3",)),  # CHK-12
    Walk("harborough-2015", "har-opportunity", "har-review"),
    Walk(
        "strategy-2009",
        "str-checklist",
        "str-improvement",
        review_answers={"str-d41a": "yes", "str-d41b": "yes", "str-d41c": "no"},  # CHK-14
        review_says=("1 of 14 rows are No",),
    ),
    Walk("melton", "mel-b", "mel-c2", review_answers=RATINGS, review_says=("3.5",)),  # CHK-17
]


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.pack)
def test_a_partnership_is_registered_assessed_and_reviewed(walk: Walk, page_as: Open) -> None:
    version = put_policy_in_force(walk.pack)
    lead = make_user(Role.LEAD_OFFICER, name="L.N.")
    make_user(Role.RESPONSIBLE_HEAD, name="R.H.")
    page = page_as(lead, "/partnerships/add/")
    fill(page, name="Sedge Levels Flood Forum", partners="Fenwold District Council\nSedge Drainage Board")
    send(page, "Propose this partnership")
    entry = Partnership.objects.get(name="Sedge Levels Flood Forum")

    _fill_details(page, entry)
    look(page, f"{walk.pack}-details")
    answer_form(page, entry.reference, walk.entry, walk.entry_answers)
    look(page, f"{walk.pack}-entry-check")
    _send_and_print(page, walk.entry, walk.entry_says)

    entry.refresh_from_db()
    entry.follow_decision(Status.ACTIVE, by=make_user(Role.MANAGEMENT_TEAM), reason="Decided")
    answer_form(page, entry.reference, walk.review, walk.review_answers)
    look(page, f"{walk.pack}-review-check")
    says(page, *walk.review_says)
    _send_and_print(page, walk.review, walk.review_says)

    sent = Response.objects.sent().filter(partnership=entry)
    assert set(sent.values_list("questionnaire", flat=True)) == {walk.entry, walk.review}
    assert set(sent.values_list("policy_version", flat=True)) == {version.pk}


def _fill_details(page: BrowserPage, entry: Partnership) -> None:
    """Fill every section of the policy's fields through its page."""
    page.goto(f"/partnerships/{entry.reference}/details/")
    links = page.locator("main a[href$='/change/']").all()
    sections = list(dict.fromkeys(str(link.get_attribute("href")) for link in links))
    assert sections
    for section in sections:
        page.goto(section)
        page.evaluate(FILL, {})
        send(page, "Go on")
        if page.locator("main form button", has_text="Save").count():
            reason = page.locator("main form [name=reason]")
            if reason.count():
                reason.fill("Entered with the proposal")
            send(page, "Save")
    page.goto(f"/partnerships/{entry.reference}/details/")


def _send_and_print(page: BrowserPage, form: str, sentences: tuple[str, ...]) -> None:
    """Send the answers, read them back, and take them home as a tagged PDF."""
    leaving_out = page.locator("main form textarea[name=why], main form textarea[name=reason]")
    if leaving_out.count():
        leaving_out.first.fill("Not known yet; asked for at the next board.")
    send(page, "Send these answers")
    says(page, *sentences)
    answer = page.request.get(str(page.locator("a[href$='answers.pdf']").first.get_attribute("href")))
    assert answer.ok, f"{form}: {answer.status}"
    assert not broken_rules(answer.body()), form
    assert "Sedge Levels Flood Forum" in Tagged(answer.body()).title
