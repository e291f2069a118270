"""Taking several steps at once: all of them, some of them, none; each by the one door, each by itself."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from approvals import meetings
from approvals.models import Exempt, Request, Status, StepTaken
from tests.approvals.making import Council
from tests.approvals.meeting_making import make_meeting
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SEVERAL = reverse("approvals:several")
STEP = "brk-f04"
SOONER = date(2026, 11, 18)


@pytest.fixture
def waiting():
    """A council with three requests that wait for its management team."""
    council = Council()
    councils = [council, council.another("Fen Forum"), council.another("Sedge Board")]
    requests = [each.request() for each in councils]
    for each, request in zip(councils, requests, strict=True):
        each.to_cmt(request)
    return council, requests


def key(request, step=STEP):
    return f"{request.reference}.{step}"


def answers(page, outcomes, **shared):
    """What a person sends: the marks of the page, and an outcome with reasons for each request that has one."""
    sent = {"mark_of_page": "yes", "pick": [each["value"] for each in page.select("input[name=pick]")], **shared}
    for field in page.select("input[name$='-mark']"):
        sent[field["name"]] = field["value"]
    for request, outcome in outcomes.items():
        prefix = f"{request.reference}_{STEP}"
        sent |= {f"{prefix}-outcome": outcome, f"{prefix}-reasons": f"Good for {request.partnership.name}."}
    return sent


def open_page(browser, requests):
    return browser.get(SEVERAL, {"pick": [key(each) for each in requests]})


def statuses(requests):
    return [Request.objects.get(pk=each.pk).status for each in requests]


def test_several_are_ticked_answered_checked_and_recorded_each_by_itself(browse_as, waiting):
    council, requests = waiting
    browser = browse_as(council.cmt)
    boxes = browser.get(reverse("approvals:decision_list")).select("input[name=pick]")
    assert [each["value"] for each in boxes] == [key(each) for each in requests]
    page = open_page(browser, requests)
    assert page.select_one("h2[id^=request-]").text.startswith("1. Marsh Valley")
    sent = answers(page, {requests[0]: "join", requests[1]: "join"}, minute="CMT 92/26")

    check = browser.post(SEVERAL, sent)

    assert not check.errors
    assert check.heading == "Check before they are recorded"
    assert f"Left for later: {requests[2].reference}." in check.words
    assert StepTaken.objects.decisions().count() == 0  # nothing is recorded by looking
    assert check.find("button", string="Record 2 decisions")

    done = browser.post(SEVERAL, sent | {"record": "yes"})

    assert "2 decisions recorded" in done.banner
    assert statuses(requests) == [Status.DECIDED, Status.DECIDED, Status.SENT]
    assert {each.minute for each in StepTaken.objects.decisions()} == {"CMT 92/26"}
    assert StepTaken.objects.decisions().last().reasons == "Good for Marsh Valley Rural Mobility Partnership."


def test_those_on_an_agenda_stand_first_and_in_its_order(browse_as, waiting):
    council, requests = waiting
    meeting = make_meeting(council)
    third, second = (meetings.put_on(meeting, each, STEP, by=council.manager) for each in (requests[2], requests[1]))
    page = open_page(browse_as(council.cmt), requests)
    titles = [each.text for each in page.select("h2[id^=request-]")]
    assert titles == ["1. Sedge Board", "2. Fen Forum", f"3. {requests[0].partnership}"]
    assert "Item 1, CMT, 19 November 2026" in page.words

    meetings.move(second, up=True, by=council.manager)
    meetings.put_on(make_meeting(council, on=SOONER), requests[0], STEP, by=council.manager)  # an earlier meeting
    page = open_page(browse_as(council.cmt), requests)
    titles = [each.text for each in page.select("h2[id^=request-]")]
    assert titles == [f"1. {requests[0].partnership}", "2. Fen Forum", "3. Sedge Board"]

    third.refresh_from_db()
    third.classify(Exempt.WHOLE, paragraph=3, why="Prices", by=council.manager)  # the exempt part comes last
    second.refresh_from_db()
    second.defer(by=council.manager, why="No time")  # and what is put off waits like any other
    page = open_page(browse_as(council.cmt), requests)
    titles = [each.text for each in page.select("h2[id^=request-]")]
    assert titles == [f"1. {requests[0].partnership}", "2. Sedge Board", "3. Fen Forum"]


def test_what_changed_meanwhile_is_named_and_the_others_stand(browse_as, waiting):
    council, requests = waiting
    browser = browse_as(council.cmt)
    sent = answers(open_page(browser, requests), dict.fromkeys(requests, "join"))
    requests[1].partnership.refresh_from_db()
    requests[1].partnership.change({"hours_a_month": Decimal(80)}, by=council.manager, reason="Counted again")

    check = browser.post(SEVERAL, sent)
    assert f"{requests[1].reference}, Fen Forum" in check.words
    assert check.find("button", string="Record 2 decisions")

    done = browser.post(SEVERAL, sent | {"record": "yes"})

    assert statuses(requests) == [Status.DECIDED, Status.SENT, Status.DECIDED]
    assert f"{requests[1].reference} is not recorded. " in done.words


def test_a_request_that_is_not_theirs_to_decide_is_named_with_why(browse_as, waiting):
    council, requests = waiting
    own = council.another("Own Board")
    own.lead = council.cmt  # proposed by the very person who decides
    council.cmt.give_role(Role.LEAD_OFFICER, by=council.manager, from_on=council.version.in_force_from)
    own.partnership.change({"lead_officer": council.cmt}, by=council.manager)
    request = own.request()
    own.take(request, "brk-f02-challenge", by=council.manager)
    own.take(request, "brk-f04-view", "agree", by=council.holder)
    browser = browse_as(council.cmt)

    page = open_page(browser, [requests[0], request])
    assert "You proposed this, so others decide" in page.select_one(".app-panel--warn").get_text(" ")
    sent = answers(page, {requests[0]: "join"})
    sent |= {f"{request.reference}_{STEP}-outcome": "join", f"{request.reference}_{STEP}-reasons": "Mine."}
    done = browser.post(SEVERAL, sent | {"record": "yes"})

    assert statuses([requests[0], request]) == [Status.DECIDED, Status.SENT]
    assert f"{request.reference} is not recorded. You proposed this" in done.words


def test_pressed_twice_it_is_recorded_once(browse_as, waiting):
    council, requests = waiting
    browser = browse_as(council.cmt)
    sent = answers(open_page(browser, requests), dict.fromkeys(requests, "join")) | {"record": "yes"}
    browser.post(SEVERAL, sent)
    digests = list(StepTaken.objects.in_chain().values_list("digest", flat=True))

    again = browser.post(SEVERAL, sent)

    assert list(StepTaken.objects.in_chain().values_list("digest", flat=True)) == digests
    for request in requests:
        assert f"{request.reference} is not recorded." in again.words


def test_a_missing_reason_a_missing_outcome_and_a_wrong_one_are_told_at_their_field(browse_as, waiting):
    council, requests = waiting
    browser = browse_as(council.cmt)
    page = open_page(browser, requests)
    prefixes = [f"{each.reference}_{STEP}" for each in requests]
    sent = answers(page, {}) | {
        f"{prefixes[0]}-outcome": "join",
        f"{prefixes[1]}-reasons": "Reasons alone.",
        f"{prefixes[2]}-outcome": "agree",
    }

    page = browser.post(SEVERAL, sent | {"record": "yes"})

    assert page.errors == [
        "Enter the reasons",
        "Select an outcome for these reasons, or take them out",
        "Select one of the outcomes that this step offers",
    ]
    assert statuses(requests) == [Status.SENT] * 3


def test_nothing_answered_and_nothing_selected_are_said(browse_as, waiting):
    council, requests = waiting
    browser = browse_as(council.cmt)
    page = browser.post(SEVERAL, answers(open_page(browser, requests), {}))
    assert page.errors == ["Select an outcome for at least one request"]
    assert "Select at least one request first" in browser.get(SEVERAL).words
    assert "Select at least one request first" in browser.get(SEVERAL, {"pick": ["R-1999-001.x", "nonsense"]}).words


def test_a_day_that_is_still_to_come_keeps_everything_back(browse_as, waiting):
    council, requests = waiting
    browser = browse_as(council.cmt)
    sent = answers(open_page(browser, requests), dict.fromkeys(requests, "join"))
    sent |= {"on_0": "1", "on_1": "1", "on_2": "2099"}

    check = browser.post(SEVERAL, sent)

    assert check.words.count("The day of the decision must be today or earlier") == 3
    assert "Nothing can be recorded" in check.words
    assert statuses(requests) == [Status.SENT] * 3


def test_somebody_without_a_turn_finds_nothing_to_take(browse_as, waiting):
    _, requests = waiting
    page = open_page(browse_as(make_user(Role.AUDITOR)), requests)
    assert "None of the selected steps is yours to take now" in page.words
    assert "This step is for" in page.words


def test_the_list_of_what_waits_asks_the_same_for_few_requests_as_for_many(browse_as):
    council = Council()
    browser = browse_as(council.manager)
    asked = []
    for many in (2, 8):
        for number in range(many):
            council.another(f"Board {many}-{number}").request()
        browser.get(reverse("approvals:turn_list"))
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(reverse("approvals:turn_list"))
        asked.append(len(queries))
    assert len(page.select(".app-work li")) == 10
    assert asked[0] == asked[1] <= 20
