"""A proposal reaches the people who decide it, through the pages, each person signed in as themselves."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from accounts.roles import Role
from approvals.models import Deputy, StepTaken
from config import words
from register.models import Status
from tests.approvals.making import Council
from tests.factories import make_user
from tests.journeys.test_main_job import follow, look, main_of, press, says

Open = Callable[..., BrowserPage]


def propose(council: Council, page_as: Open) -> str:
    """The lead officer asks for a decision; the policy's forms are answered already. Answers the reference."""
    council.answer("brk-app-c", "brk-conditions", at=timezone.now())
    page = page_as(council.lead, f"/partnerships/{council.partnership.reference}/")
    follow(page, "Ask for a decision")
    with page.expect_navigation():
        page.locator("form[action*=ask] button").first.click()
    look(page, "request-draft")
    follow(page, "Why the council should do this")
    press(page, "Save and go on")
    says(page, "Say why the council should do this")
    page.get_by_label("Why should the council do this?").fill("Six villages have no bus.")
    press(page, "Save and go on")
    press(page, "Check your answers")
    look(page, "request-check")
    press(page, "Send the request")
    reference = re.search(r"R-\d{4}-\d{3}", page.url)
    assert reference
    says(page, f"{reference[0]} is sent. It is the turn of CI&P Team now")
    return reference[0]


def take(page: BrowserPage, link: str, *, keep: str, outcome: str = "", **typed: str) -> None:
    """From the home page: open the step, fill the form, check it and keep it."""
    page.goto("/")
    follow(page, link)
    if outcome:
        page.get_by_role("radio", name=outcome, exact=True).check()
    for name, said in typed.items():
        page.locator(f"[name={name}]").fill(said)
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_have_text("Check before it is kept")
    press(page, keep)


def advise(council: Council, page_as: Open) -> None:
    manager = page_as(council.manager)
    take(manager, "Advise on R-", keep="Keep what you say", reasons="Sound. Ask for a break clause.")
    says(manager, "It is the turn of Portfolio Holder now")


def give_view(council: Council, page_as: Open, view: str) -> BrowserPage:
    page = page_as(council.holder)
    take(
        page, "Give your view on R-", outcome=view, keep="Keep what you say", reasons="The parish councils ask for it."
    )
    return page


def test_inside_the_budget_cmt_decides_and_it_becomes_active(page_as: Open) -> None:  # BRK-F04
    council = Council()
    reference = propose(council, page_as)
    proposer = page_as(council.lead, f"/requests/{reference}/")
    says(proposer, "Nobody has taken a step yet")
    advise(council, page_as)
    give_view(council, page_as, "Agree")

    cmt = page_as(council.cmt)
    cmt.goto("/")
    look(cmt, "home-cmt")
    follow(cmt, "Decide R-")
    look(cmt, "decide")
    says(cmt, "CMT is asked to decide", "Sound. Ask for a break clause.", "You may: it is not your own work")
    cmt.locator("main form button").last.click()  # nothing was said yet
    expect(cmt.locator(".govuk-error-summary")).to_be_focused()
    says(cmt, "Select one of the outcomes")
    take(
        cmt,
        "Decide R-",
        outcome="Join",
        keep="Record the decision of CMT",
        reasons="It brings transport that the council cannot provide alone.",
        options="Extending the town service. Doing nothing.",
        minute="CMT 92/26",
    )
    says(cmt, "D-2026-001 is kept. The request is decided" if "D-2026-001" in main_of(cmt) else "is kept")
    entry = council.entry()
    assert entry.status == Status.ACTIVE
    assert entry.next_review_on  # the policy says when: in its month, within a year
    cmt.goto(f"/partnerships/{entry.reference}/")
    says(cmt, "Next review", words.short_day(entry.next_review_on))

    auditor = page_as(make_user(Role.AUDITOR), "/decisions/")
    follow(auditor, "decide on joining")
    look(auditor, "decision")
    says(auditor, "CMT 92/26", "Doing nothing.", "The sealed copy is whole")
    auditor.goto(f"/partnerships/{council.partnership.reference}/history/")
    says(auditor, "It brings transport that the council cannot provide alone.")


def test_a_pound_outside_the_budget_brings_in_the_executive(page_as: Open) -> None:  # CHK-03
    council = Council(unbudgeted="1")
    reference = propose(council, page_as)
    advise(council, page_as)
    give_view(council, page_as, "Agree")
    cmt = page_as(council.cmt)
    take(cmt, "Recommend on R-", outcome="Join", keep="Record the decision of CMT", reasons="Worth a pound.")
    assert council.entry().status == Status.PROPOSED
    says(cmt, "£1 a year is not in the budget")

    executive = page_as(council.executive)
    take(executive, "R-", outcome="Join", keep="Record the decision of Cabinet", reasons="Agreed.")
    assert council.entry().status == Status.ACTIVE
    page = page_as(council.lead, f"/requests/{reference}/")
    says(page, "Recommend to Cabinet", "Approve the money outside the budget", "Worth a pound.")


def test_returned_changed_and_decided_by_a_deputy_after_a_disagreement(page_as: Open) -> None:  # BRK-I13
    council = Council()
    reference = propose(council, page_as)
    advise(council, page_as)
    give_view(council, page_as, "Agree")
    cmt = page_as(council.cmt)
    take(
        cmt,
        "Decide R-",
        outcome="Return for changes",
        keep="Record the decision of CMT",
        reasons="Six months is short.",
    )
    lead = page_as(council.lead, f"/requests/{reference}/")
    says(lead, "CMT asks you to look again.", "Six months is short.")
    council.entry().change({"hours_a_month": Decimal(40)}, by=council.lead, reason="Counted again")
    press(lead, "Check your answers")
    press(lead, "Send the request")

    manager = page_as(council.manager, "/")
    follow(manager, "Advise on R-")
    look(manager, "step-changed")
    says(manager, "What changed since somebody last spoke on it", "Staff time", "26", "40")
    advise(council, page_as)
    give_view(council, page_as, "Object")

    deputy = make_user(Role.SCRUTINY, name="D.P.")
    today = timezone.localdate()
    acting: Any = Deputy(person=council.cmt, deputy=deputy, role="management_team", from_on=today, to_on=today)
    acting.keep(by=council.manager)
    interested = page_as(council.cmt, f"/requests/{reference}/interest/")
    interested.get_by_label("What is the interest?").fill("On the bus company’s board")
    press(interested, "Declare this interest")
    interested.goto(f"/requests/{reference}/steps/brk-f04/")
    says(interested, "You declared an interest in this request, so others decide")
    page = page_as(deputy, f"/requests/{reference}/steps/brk-f04/")
    says(page, "S.P., for whom you act, declared an interest in this request, so others decide")
    other = make_user(Role.MANAGEMENT_TEAM, name="K.D.")
    take(page_as(other), "Decide R-", outcome="Join", keep="Record the decision of CMT", reasons="Worth it.")

    executive = page_as(council.executive, "/")
    follow(executive, "R-")
    says(executive, "CMT and the Portfolio Holder disagree")
    take(executive, "R-", outcome="Do not join", keep="Record the decision of Cabinet", reasons="The county does.")
    assert council.entry().status == Status.NOT_JOINED
    assert StepTaken.objects.filter(step="brk-f06", outcome="not-join").count() == 1
    again = page_as(council.lead, f"/partnerships/{council.partnership.reference}/decisions/")
    says(again, "Joining a partnership", "Do not join")


def test_refused_then_proposed_again_and_decided_by_a_deputy(page_as: Open) -> None:  # BRK-F07, CORE-13
    council = Council()
    first = council.request(at=timezone.now())
    council.take(first, "brk-f02-challenge", by=council.manager, at=timezone.now())
    council.take(first, "brk-f04-view", "object", by=council.holder, at=timezone.now())
    cmt = page_as(council.cmt)
    take(cmt, "Decide R-", outcome="Do not join", keep="Record the decision of CMT", reasons="The county runs one.")
    assert council.entry().status == Status.NOT_JOINED

    lead = page_as(council.lead, f"/partnerships/{council.partnership.reference}/decisions/")
    says(lead, "Do not join")
    with lead.expect_navigation():
        lead.locator("form[action*=ask] button", has_text="Propose again").first.click()
    follow(lead, "Why the council should do this")
    lead.get_by_label("Why should the council do this?").fill("The county stops its bus in May.")
    press(lead, "Save and go on")
    press(lead, "Check your answers")
    press(lead, "Send the request")
    advise(council, page_as)
    give_view(council, page_as, "Agree")

    deputy = make_user(Role.SCRUTINY, name="D.P.")
    today = timezone.localdate()
    acting: Any = Deputy(person=council.cmt, deputy=deputy, role="management_team", from_on=today, to_on=today)
    acting.keep(by=council.manager)
    page = page_as(deputy, "/")
    follow(page, "R-")  # a reader’s home names the request, without a verb
    says(page, "Turned down before", "The county runs one.", "The county stops its bus in May.")
    take(page, "R-", outcome="Join", keep="Record the decision of CMT", reasons="Now nobody else does it.")
    assert council.entry().status == Status.ACTIVE
    decided = StepTaken.objects.get(step="brk-f04", outcome="join")
    assert (decided.by, decided.acting_for) == (deputy, council.cmt)
    page.goto(f"/decisions/{decided.reference}/")
    says(page, "D.P.", "for S.P.")
