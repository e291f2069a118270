"""From proposal to its end on nothing but the policy's pack, through the pages, each person signed in as themselves.

Breckland's journeys stand in `test_decisions.py`. Forms are filled in before, as `test_five_policies.py` does it.
"""

import re
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from accounts.roles import Role
from approvals import services
from approvals.models import Request, StepTaken, Turn
from register.models import Representative, Status
from tests.approvals.making import Council
from tests.factories import make_user
from tests.journeys.test_decisions import take
from tests.journeys.test_main_job import follow, look, press, says
from tests.pdf import Tagged, broken_rules

Open = Callable[..., BrowserPage]


def know(council: Council, **facts: Any) -> None:
    """Facts of the entry; names with a hyphen are the pack's own fields."""
    entry = council.entry()
    local = entry.local_values | {name: value for name, value in facts.items() if "-" in name}
    entry.change(
        {"local_values": local} | {name: value for name, value in facts.items() if "-" not in name},
        by=council.manager,
        reason="Found out",
    )
    council.partnership = council.entry()


def propose(council: Council, page_as: Open, route: str, *, forms: tuple[str, ...]) -> BrowserPage:
    """The lead officer asks for a decision, sees who will decide, says why and sends it; answers the request's page."""
    council.answer(*forms, at=timezone.now())
    page = page_as(council.lead, f"/partnerships/{council.partnership.reference}/decisions/")
    with page.expect_navigation():
        page.locator(f"form[action*='/ask/{route}/'] button").click()
    follow(page, "Why the council should do this")
    page.get_by_label("Why should the council do this?").fill("Six villages have no bus.")
    press(page, "Save and go on")
    look(page, f"{route}-draft")
    return page


def send(page: BrowserPage, *, turn: str) -> str:
    """From the task list: check the answers and send; answers the reference."""
    press(page, "Check your answers")
    press(page, "Send the request")
    reference = re.search(r"R-\d{4}-\d{3}", page.url)
    assert reference
    says(page, f"{reference[0]} is sent. It is the turn of {turn} now")
    return reference[0]


def prepared(council: Council, route: str, *forms: str) -> Request:
    """A request on its way, sent by the service."""
    council.answer(*forms, at=timezone.now())
    request = services.start(council.entry(), route, by=council.lead, version=council.version, at=timezone.now())
    request.say_why("Six villages have no bus.", by=council.lead)
    services.send(request, by=council.lead, at=timezone.now())
    return request


def route_says(page: BrowserPage, *steps: tuple[str, str]) -> None:
    """On the route beside the page, one step has this title and this sentence or state."""
    for title, sentence in steps:
        heading = page.locator("h3", has_text=re.compile(rf"^\s*{re.escape(title)}\s*:"))
        row = page.locator(".app-route li").filter(has=heading).filter(has_text=sentence)
        assert row.count() == 1, f"{title}: {sentence}\n{page.locator('.app-route').inner_text()}"


def waits_for(page: BrowserPage, words: str) -> None:
    """The person's home page says that this waits for them."""
    page.goto("/")
    expect(page.locator("main").get_by_role("link", name=words).first).to_be_visible()


def say_it(page: BrowserPage, *, outcome: str, reasons: str) -> None:
    """Fill the form of a step and go on to its check, which may refuse."""
    page.get_by_role("radio", name=outcome, exact=True).check()
    page.locator("[name=reasons]").fill(reasons)
    page.locator("main form button").last.click()


def hold_the_record(council: Council, page_as: Open, step: str, *sentences: str) -> None:
    """An auditor reads the decision as page, as tagged PDF and in the history of the entry."""
    record = StepTaken.objects.get(step=step)
    auditor = page_as(make_user(Role.AUDITOR), f"/decisions/{record.reference}/")
    says(auditor, *sentences, "Six villages have no bus.", "The sealed copy is whole")
    answer = auditor.request.get(f"/decisions/{record.reference}.pdf")
    assert answer.ok
    assert not broken_rules(answer.body())
    pdf = Tagged(answer.body())
    assert record.reference in pdf.title
    auditor.goto(f"/partnerships/{council.partnership.reference}/history/")
    says(auditor, f"{record.reference}: {record.reasons}")


# --- Redditch -------------------------------------------------------------------------------------------


def in_redditch(*, full_council: bool, head_attends: bool) -> Council:
    council = Council("redditch")
    outcomes = {"red-b29-outcomes": False, "red-b29-deemed": False, "red-i22": full_council}
    know(council, responsible_head=council.head, is_statutory=False, **outcomes)
    if head_attends:
        Representative(partnership=council.entry(), name="R.H.", user=council.head, level="officer").keep(
            by=council.manager
        )
    return council


def test_in_redditch_the_head_approves_advice_comes_side_by_side_and_the_executive_decides(
    page_as: Open,
) -> None:  # RED-F03 to RED-F11
    council = in_redditch(full_council=False, head_attends=False)
    lead = propose(council, page_as, "red-joining", forms=("red-2a",))
    route_says(
        lead,
        ("Approve the business case", "The Head of Service is not the representative"),
        ("Approve the business case as Director", "Not needed: The Head of Service is not the representative"),
        ("Draft the memorandum of understanding", "Not needed: The partnership is not significant"),
        ("Approve joining before full Council", "The Constitution does not ask for a decision by full Council"),
    )
    reference = send(lead, turn="Head of Strategy and Partnerships and Head of Service")
    council.answer("red-tests", at=timezone.now())

    head = page_as(council.head)
    take(
        head,
        "Approve R-",
        outcome="Agree",
        keep="Record the decision of Head of Service",
        reasons="It pays for itself.",
    )
    finance, legal = page_as(council.finance), page_as(council.legal)
    waits_for(finance, f"Advise on {reference}")
    waits_for(legal, f"Advise on {reference}")  # at the same time as finance
    nothing = "Nothing sends this to full Council"
    take(legal, "Advise on R-", outcome=nothing, keep="Keep what you say", reasons="The terms are sound.")
    take(finance, "Advise on R-", keep="Keep what you say", reasons="The money is there.")
    take(legal, "Advise on R-", keep="Keep what you say", reasons="The report may go.")
    take(page_as(council.cmt), "Advise on R-", keep="Keep what you say", reasons="Good value.")

    executive = page_as(council.executive, "/")
    follow(executive, "R-")
    says(
        executive, "The Constitution does not ask for a decision by full Council", "The money is there.", "Good value."
    )
    take(
        executive,
        "R-",
        outcome="Join",
        keep="Record the decision of Executive",
        reasons="It brings buses.",
        minute="EX 12/26",
    )
    assert council.entry().status == Status.ACTIVE
    waits_for(page_as(council.manager), reference)  # it is put in the database afterwards
    hold_the_record(council, page_as, "red-f11", "EX 12/26", "It brings buses.")


def test_in_redditch_a_director_approves_for_a_head_who_attends_and_full_council_decides(
    page_as: Open,
) -> None:  # CHK-09, RED-F12
    council = in_redditch(full_council=True, head_attends=True)
    request = prepared(council, "red-joining", "red-2a")
    council.answer("red-tests", at=timezone.now())
    head = page_as(council.head, f"/requests/{request.reference}/steps/red-f09/")
    says(head, "This step is not needed. The Head of Service is the representative, so a Director approves")
    head.goto(f"/requests/{request.reference}/steps/red-f09-director/")
    says(head, "This step is for Corporate Management Team. S.P. can take it")
    director = page_as(council.cmt, "/")
    follow(director, "Approve R-")
    says(director, "because the Head of Service is the representative, so only a Director can approve")
    take(director, "Approve R-", outcome="Agree", keep="Record the decision of CMT", reasons="Sound.")
    council.take(request, "red-f07", by=council.finance, at=timezone.now())
    council.take(request, "red-f08", "council-decides", by=council.legal, at=timezone.now())
    council.take(request, "red-f10", by=council.legal, at=timezone.now())
    council.take(request, "red-e16-view", by=make_user(Role.MANAGEMENT_TEAM, name="K.D."), at=timezone.now())

    executive = page_as(council.executive)
    take(executive, "R-", outcome="Agree", keep="Record the decision of Executive", reasons="To Council.")
    assert council.entry().status == Status.PROPOSED
    manager = page_as(council.manager, f"/requests/{request.reference}/steps/red-f12/")
    says(manager, "because the Constitution asks for a decision by full Council")
    take(
        manager,
        "Decide R-",
        outcome="Join",
        keep="Record the decision of Full Council",
        reasons="Carried.",
        minute="C 7/26",
    )
    assert council.entry().status == Status.ACTIVE
    hold_the_record(council, page_as, "red-f12", "C 7/26", "Carried.")


# --- Harborough -----------------------------------------------------------------------------------------


def test_in_harborough_twenty_thousand_pounds_go_to_the_portfolio_holder(page_as: Open) -> None:  # CHK-13, HAR-F04
    council = Council("harborough-2015", unbudgeted="20000")
    lead = propose(council, page_as, "har-joining", forms=("har-opportunity",))
    route_says(
        lead,
        ("Decide on joining", "Not needed: £20,000 a year is not in the budget, so CMT recommends"),
        ("Recommend to the Executive", "The partnership is significant"),
        ("Approve the money outside the budget", "£20,000 a year is not above £50,000"),
        ("Approve the money outside the budget", "Not needed: £20,000 a year outside the budget is not above £50,000"),
    )
    send(lead, turn="Service Manager")

    take(page_as(council.manager), "Advise on R-", keep="Keep what you say", reasons="The score is right.")
    cmt = page_as(council.cmt)
    take(cmt, "Recommend on R-", outcome="Join", keep="Record the decision of CMT", reasons="It serves the villages.")
    says(cmt, "It is the turn of Portfolio Holder now")
    holder = page_as(council.holder)
    take(
        holder, "Approve R-", outcome="Agree", keep="Record the decision of Portfolio Holder", reasons="From reserves."
    )
    assert council.entry().status == Status.PROPOSED
    executive = page_as(council.executive)
    take(
        executive,
        "R-",
        outcome="Join",
        keep="Record the decision of Executive",
        reasons="It brings buses.",
        minute="EX 3/26",
    )
    assert council.entry().status == Status.ACTIVE
    hold_the_record(council, page_as, "har-f03-executive", "EX 3/26", "From reserves.", "It serves the villages.")


def test_in_harborough_eighty_thousand_pounds_go_to_the_executive(page_as: Open) -> None:  # CHK-13, HAR-F04
    council = Council("harborough-2015", unbudgeted="80000")
    request = prepared(council, "har-joining", "har-opportunity")
    council.take(request, "har-f02-check", by=council.manager, at=timezone.now())
    council.take(request, "har-f03-recommend", "join", by=council.cmt, at=timezone.now())

    holder = page_as(council.holder, f"/requests/{request.reference}/steps/har-f04-holder/")
    says(holder, "This step is not needed.", "£80,000 a year is above £50,000, so the Executive approves it")
    executive = page_as(council.executive, "/")
    follow(executive, "R-")
    says(executive, "£80,000 a year outside the budget is above £50,000")
    take(executive, "R-", outcome="Agree", keep="Record the decision of Executive", reasons="Worth it.")
    take(executive, "R-", outcome="Join", keep="Record the decision of Executive", reasons="It brings buses.")
    assert council.entry().status == Status.ACTIVE


# --- The strategy of 2009 -------------------------------------------------------------------------------


def test_under_the_strategy_cabinet_declines_what_smt_recommends(page_as: Open) -> None:  # STR-F04, STR-I01
    council = Council("strategy-2009", unbudgeted="1")
    lead = propose(council, page_as, "str-joining", forms=("str-clarity",))
    route_says(
        lead,
        ("Decide on joining", "Not needed: £1 a year is not in the budget, so Cabinet decides"),
        ("Recommend to Cabinet", "£1 a year is not in the budget"),
        ("Decide on joining and on the money", "£1 a year is not in the budget"),
    )
    reference = send(lead, turn="SMT")

    smt = page_as(council.cmt)
    take(smt, "Recommend on R-", outcome="Join", keep="Record the decision of SMT", reasons="It serves the villages.")
    cabinet = page_as(council.executive)
    take(cabinet, "R-", outcome="Do not join", keep="Record the decision of Cabinet", reasons="The county does.")
    assert council.entry().status == Status.NOT_JOINED
    hold_the_record(council, page_as, "str-f04-cabinet", "The county does.", "It serves the villages.")
    lead.goto(f"/partnerships/{council.partnership.reference}/decisions/")
    says(lead, f"{reference}: joining a partnership", "Decided: Do not join")
    assert lead.locator("form[action*='/ask/str-joining/'] button").count() == 1  # they may ask again


def test_under_the_strategy_smt_decides_where_the_budget_holds_the_money(page_as: Open) -> None:  # STR-F04, STR-F05
    council = Council("strategy-2009")
    request = prepared(council, "str-joining", "str-clarity")
    smt = page_as(council.cmt, f"/requests/{request.reference}/")
    route_says(
        smt,
        ("Decide on joining", "No money is needed outside the budget"),
        ("Decide on joining and on the money", "Not needed: No money is needed outside the budget"),
    )
    take(smt, "Decide R-", outcome="Join", keep="Record the decision of SMT", reasons="It brings buses.")
    assert council.entry().status == Status.ACTIVE
    manager = page_as(council.manager)
    take(manager, ": R-", keep="Keep what you say", reasons="It stands in the register.")
    assert not Turn.objects.filter(request=request).exists()


# --- Melton ---------------------------------------------------------------------------------------------

GIVEN = {"mel-c15a": True, "mel-c15b": True, "mel-c15c": True, "mel-c15d": True, "mel-c17": False}


def test_in_melton_the_council_keeps_in_touch_as_a_contact_only(page_as: Open) -> None:  # CHK-18, MEL-F09, MEL-A25
    council = Council("melton")
    lead = propose(council, page_as, "mel-joining", forms=("mel-b",))
    says(lead, "Enter it, so that it is known who decides")
    route_says(lead, ("Grant authority beyond delegation", "not known yet"))
    know(council, **GIVEN)
    lead.reload()
    route_says(lead, ("Grant authority beyond delegation", "Not needed: Delegated authority is enough"))
    reference = send(lead, turn="Register manager")
    council.answer("mel-tests", at=timezone.now())

    take(page_as(council.manager), "Advise on R-", keep="Keep what you say", reasons="Little to gain.")
    head = page_as(council.head)
    take(head, "Approve R-", outcome="Agree", keep="Record the decision of Head of Service", reasons="Complete.")
    entry = council.entry()
    entry.change({"lead_officer": None}, by=council.manager, reason="She left")
    team = page_as(council.cmt, "/")
    follow(team, "Decide R-")
    say_it(team, outcome="Contact only", reasons="We read the minutes.")
    says(team, "Name a lead officer on the entry first: this outcome needs somebody who keeps in touch")
    council.entry().change({"lead_officer": council.lead}, by=council.manager, reason="She is back")
    take(
        team,
        "Decide R-",
        outcome="Contact only",
        keep="Record the decision of Management Team",
        reasons="We read the minutes.",
    )
    assert council.entry().status == Status.CONTACT_ONLY
    waits_for(lead, reference)  # the group is told, with the reasons
    hold_the_record(council, page_as, "mel-f06", "Contact only", "We read the minutes.", "Little to gain.")


def test_in_melton_a_town_council_takes_part_instead(page_as: Open) -> None:  # MEL-F10, MEL-A26
    council = Council("melton")
    know(council, **GIVEN)
    request = prepared(council, "mel-joining", "mel-b")
    council.answer("mel-tests", at=timezone.now())
    council.take(request, "mel-f04", by=council.manager, at=timezone.now())
    council.take(request, "mel-f05", "agree", by=council.head, at=timezone.now())

    take(
        page_as(council.cmt),
        "Decide R-",
        outcome="Refer to the town or parish council",
        keep="Record the decision of Management Team",
        reasons="Purely local.",
    )
    assert council.entry().status == Status.REFERRED
