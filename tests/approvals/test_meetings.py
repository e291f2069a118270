"""Meetings: planned, their agendas, what the public may see, outcomes in one page, closing dates, key decisions."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from approvals import arriving, key_decisions, meetings, services, work
from approvals.bodies import bodies_of
from approvals.meetings import Recorded
from approvals.models import AgendaItem, BodySetting, KeyDecision, Meeting, MeetingState, StepTaken
from approvals.services import Said
from policy.reading import load_policy, pack_files
from policy.refused import Refused
from register.models import Status
from tests.approvals.making import LATER, TODAY, Council
from tests.approvals.meeting_making import (
    HELD_ON,
    PLANNED_ON,
    TO_COME,
    make_agenda,
    make_item,
    make_meeting,
    request_of,
)
from tests.factories import make_user, policy_with_setting

ASKED_ON = date(2026, 11, 9)
pytestmark = pytest.mark.django_db


def bodies_in(pack):
    path = next(path for path in pack_files() if path.stem == pack)
    return bodies_of(load_policy(path))


def page_of(meeting, name="meeting", **parts):
    return reverse(f"approvals:{name}", kwargs={"slug": meeting.slug} | parts)


# --- Bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        ("breckland-2015", {"CMT", "Cabinet", "Council"}),
        ("harborough-2015", {"CMT", "Executive", "Council"}),
        ("strategy-2009", {"SMT", "Cabinet"}),
        ("redditch", {"CMT", "Executive", "Full Council"}),
    ],
)
def test_the_bodies_that_meet_are_those_that_the_policy_has_decide(pack, expected):
    """CORE-13; the labels are the policy's own."""
    assert expected <= {body.name for body in bodies_in(pack).values()}


# --- Planning -------------------------------------------------------------------------------------


def test_several_meetings_are_planned_from_a_pasted_list(browse_as):
    council = Council()
    BodySetting(body="executive", papers_days=6, place="Room 1", in_public=True).keep(by=council.manager)
    browser = browse_as(council.manager)

    page = browser.post(
        reverse("approvals:meeting_add"),
        {"body": "executive", "days": "2 December 2098\n16/12/2098; 16 Dec 2098", "at": "6pm"},
    )

    assert page.banner.startswith("2 meetings of Cabinet planned.")
    first, second = Meeting.objects.order_by("on")
    assert (first.slug, second.slug) == ("cabinet-2098-12-02", "cabinet-2098-12-16")
    assert (f"{first.at:%H:%M}", first.place, first.in_public) == ("18:00", "Room 1", True)
    assert first.papers_by == date(2098, 11, 24)  # six working days before Tuesday 2 December 2098
    assert first.history.get().by_name == "T.W."


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"days": "2 December 2098"}, "Select which body meets"),
        ({"body": "executive", "days": ""}, "Enter at least one day, like 1 December 2026"),
        ({"body": "executive", "days": "2 December 2098\n31 April 2098"}, "Not a date: “31 April 2098”"),
        ({"body": "executive", "days": "1 June 2020"}, "1 June 2020 has passed. Enter a day from today on"),
        ({"body": "lead_officer", "days": "2 December 2098"}, "Select one of these bodies"),
        ({"body": "management_team", "days": "9 Dec 2098\n2 Dec 2098"}, "CMT has a meeting on 2 December 2098 already"),
        ({"body": "executive", "days": "2 December 2098", "at": "25:00"}, "Enter the time like 14:30 or 2:30pm"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_and_none_of_the_list_is_planned(browse_as, given, error):
    council = Council()
    make_meeting(council, on=TO_COME)

    page = browse_as(council.manager).post(reverse("approvals:meeting_add"), given)

    assert any(error in each for each in page.errors), page.errors
    assert Meeting.objects.count() == 1


def test_a_meeting_is_changed_cancelled_and_planned_again(browse_as):
    council = Council()
    meeting = make_meeting(council, on=TO_COME)
    browser = browse_as(council.manager)
    given = {"at": "10am", "place": "Annexe", "papers_by_0": "3", "papers_by_1": "12", "papers_by_2": "2098"}
    assert browser.post(page_of(meeting, "meeting_change"), given).errors == [
        "Papers must close on the day of the meeting or before"
    ]
    browser.post(page_of(meeting, "meeting_change"), given | {"papers_by_0": "2"})
    meeting.refresh_from_db()
    assert (meeting.place, meeting.papers_by) == ("Annexe", TO_COME)

    page = browser.post(page_of(meeting, "meeting_cancel"), {"reason": "Nothing to decide"})
    assert "Cancelled. Nothing to decide" in page.words
    page = browser.post(page_of(meeting, "meeting_state"), {"state": "planned"})
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED


def test_a_meeting_of_the_past_is_not_planned_again_and_one_to_come_is_not_held():
    council = Council()
    meeting = make_meeting(council)
    with pytest.raises(Refused, match="has not been held yet"):
        meeting.hold(by=council.manager, today=date(2026, 11, 18))
    meeting.cancel(by=council.manager, reason="Fog", today=TODAY)
    with pytest.raises(Refused, match=r"has passed\. Plan a meeting on another day"):
        meeting.plan_again(by=council.manager, today=TODAY)


# --- The agenda -----------------------------------------------------------------------------------


def test_a_request_whose_step_is_open_or_to_come_could_be_on_the_agenda(browse_as):
    council = Council()
    request = council.request()
    meeting = make_meeting(council, on=TO_COME)
    executive = make_meeting(council, "executive", on=TO_COME)
    assert [(row.request, row.step, row.is_open) for row in meetings.could_be_on(meeting)] == [
        (request, "brk-f04", False)
    ]
    assert not meetings.could_be_on(executive).exists()

    page = browse_as(council.manager).get(page_of(meeting))
    assert "Decide on joining · joining a partnership · others have their turn first" in page.words
    page = browse_as(council.manager).post(
        page_of(meeting, "agenda_add"), {"request": request.reference, "step": "brk-f04"}
    )
    assert page.banner == f"{request.reference} is on the agenda of CMT, 2 December 2098"
    assert "Not given yet: question the assessment" in page.words
    assert "Not given yet: give the Portfolio Holder’s view" in page.words
    assert not meetings.could_be_on(meeting).exists()


def test_a_request_stands_on_one_agenda_only_and_only_of_its_own_body():
    council = Council()
    item = make_item(council)
    later = make_meeting(council, on=TO_COME)
    with pytest.raises(Refused, match="is on the agenda of CMT, 19 November 2026 already"):
        meetings.put_on(later, item.request, "brk-f04", by=council.manager)
    with pytest.raises(Refused, match="has no step that waits for Cabinet"):
        meetings.put_on(make_meeting(council, "executive", TO_COME), item.request, "brk-f04", by=council.manager)
    item.meeting.cancel(by=council.manager, reason="Fog", today=TODAY)
    assert meetings.put_on(later, item.request, "brk-f04", by=council.manager).position == 1


def test_items_move_up_and_down_within_their_part(browse_as):
    council, meeting, items = make_agenda(TO_COME)
    browser = browse_as(council.manager)
    browser.post(page_of(meeting, "agenda_move", item_id=items[2].pk), {"to": "up"})
    browser.post(page_of(meeting, "agenda_move", item_id=items[0].pk), {"to": "up"})  # the first stays first
    assert [row.item for row in meetings.agenda_of(meeting)] == [items[0], items[2], items[1]]

    items[0].refresh_from_db()
    items[0].classify("whole", paragraph=3, why="Prices", by=council.manager)
    meetings.move(AgendaItem.objects.get(pk=items[1].pk), up=False, by=council.manager)  # last of the public part
    assert [row.item for row in meetings.agenda_of(meeting)] == [items[2], items[1], items[0]]


def test_an_item_taken_off_can_go_on_another_agenda(browse_as):
    council = Council()
    item = make_item(council, TO_COME)
    page = browse_as(council.manager).post(page_of(item.meeting, "agenda_take_off", item_id=item.pk))
    assert "is off the agenda" in page.banner
    assert meetings.could_be_on(item.meeting).count() == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"why": ""}, "Select what of this item is exempt"),
        ({"exempt": "whole", "why": "Prices"}, "Choose the paragraph of Schedule 12A"),
        ({"exempt": "whole", "paragraph": "8", "why": "Prices"}, "8"),
        ({"exempt": "whole", "paragraph": "3"}, "Say why the public interest is for keeping it exempt"),
        ({"exempt": "part", "paragraph": "3", "why": "Prices"}, "Choose the parts of the paper that are exempt"),
    ],
)
def test_what_is_exempt_names_its_paragraph_its_parts_and_why(browse_as, given, error):
    council = Council()
    item = make_item(council, TO_COME)
    page = browse_as(council.manager).post(page_of(item.meeting, "agenda_access", item_id=item.pk), given)
    assert any(error in each for each in page.errors), page.errors
    item.refresh_from_db()
    assert item.exempt == ""


def test_an_item_is_exempt_in_parts_by_its_page(browse_as):
    council = Council()
    item = make_item(council, TO_COME)
    given = {"exempt": "part", "paragraph": "5", "parts": ["said:brk-f02-challenge", "levels"], "why": "Advice"}
    page = browse_as(council.manager).post(page_of(item.meeting, "agenda_access", item_id=item.pk), given)
    assert page.banner == f"{item.request.reference} is exempt in parts"
    item.refresh_from_db()
    assert (item.paragraph, item.exempt_parts) == (5, ["said:brk-f02-challenge", "levels"])


@pytest.mark.parametrize("number", [1, 4])
def test_a_meeting_takes_a_fixed_number_of_queries(browse_as, number):
    council, meeting, _ = make_agenda(TO_COME, number)
    browser = browse_as(council.manager)
    browser.get(page_of(meeting))
    with CaptureQueriesContext(
        connection,
    ) as told:
        browser.client.get(page_of(meeting))
    assert len(told) == 16


@pytest.mark.parametrize("number", [1, 4])
def test_the_list_of_meetings_takes_a_fixed_number_of_queries(browse_as, number):
    council = Council()
    for each in range(number):
        make_meeting(council, on=date(2098, 12, each + 1))
    browser = browse_as(Role.AUDITOR)
    browser.get("/meetings/")
    with CaptureQueriesContext(connection) as told:
        browser.client.get("/meetings/")
    assert len(told) == 11


# --- Outcomes -------------------------------------------------------------------------------------


def marks(page):
    return {each["name"]: each["value"] for each in page.select("input[name$=mark]")}


def test_the_outcomes_of_a_meeting_are_recorded_in_one_page(browse_as):
    """CORE-13: a row an item, one check page, one button with the number."""
    council, meeting, items = make_agenda()
    browser = browse_as(council.cmt)
    page = browser.get(page_of(meeting, "outcomes"))
    one, two, three = (f"item{item.pk}-" for item in items)
    assert page.select_one(f"input[name={one}minute]")["value"] == "CMT 1/2026-11-19"
    given = marks(page) | {
        f"{one}outcome": "join", f"{one}reasons": "It brings buses.", f"{one}conditions": "A vote\nA lease",
        f"{one}minute": "CMT 92/26", f"{one}interests": "None",
        f"{two}outcome": "deferred", f"{two}reasons": "The figures were not ready",
        f"{three}outcome": "not-join", f"{three}reasons": "Others do it.",
    }  # fmt: skip

    check = browser.post(page_of(meeting, "outcomes"), given)
    assert check.heading == "Check what will be recorded"
    assert "Record 3 outcomes" in check.words
    assert StepTaken.objects.decisions().count() == 0
    page = browser.post(page_of(meeting, "outcomes"), given | {"record": "yes"})

    assert page.banner == "3 outcomes of CMT, 19 November 2026 recorded"
    record = StepTaken.objects.get(request=items[0].request, step="brk-f04")
    assert (record.outcome, record.on, record.minute, record.by_name) == ("join", HELD_ON, "CMT 92/26", "S.P.")
    assert [each.action.text for each in record.conditions.order_by("pk")] == ["A vote", "A lease"]
    assert council.entry().status == Status.ACTIVE
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.HELD
    later = make_meeting(council, on=TO_COME)
    assert [row.request for row in meetings.could_be_on(later)] == [items[1].request]


def test_an_item_that_cannot_be_recorded_is_named_and_the_others_stand(browse_as):
    council, meeting, items = make_agenda(number=2)
    browser = browse_as(council.cmt)
    one, two = (f"item{item.pk}-" for item in items)
    given = marks(browser.get(page_of(meeting, "outcomes"))) | {
        f"{one}outcome": "join", f"{one}reasons": "It brings buses.", f"{one}conditions": "A vote",
        f"{two}outcome": "join", f"{two}reasons": "So do they.",
    }  # fmt: skip
    council.entry().change({"hours_a_month": 90}, by=council.manager, reason="Counted again")

    page = browser.post(page_of(meeting, "outcomes"), given | {"record": "yes"})

    assert f"{items[0].request.reference} is not recorded. This step comes later" in page.words
    assert "1 outcome of CMT, 19 November 2026 recorded" in page.words
    assert [each.request for each in StepTaken.objects.decisions()] == [items[1].request]
    assert not council.entry().actions.exists()
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED


def test_nothing_is_recorded_on_what_nobody_has_seen():
    council, meeting, (item,) = make_agenda(number=1)
    mark = meetings.marks_of(meetings.agenda_of(meeting))[item.pk]
    council.entry().change({"purpose": "Buses and taxis."}, by=council.manager, reason="Put better")
    given = Recorded(item, Said(outcome="join", reasons="So.", on=HELD_ON), mark=mark)
    done = meetings.record(meeting, [given], by=council.cmt, at=LATER)
    assert [why for _, why in done.refused] == [services.CHANGED]
    assert not StepTaken.objects.decisions().exists()


def test_pressing_twice_records_once(browse_as):
    council, meeting, items = make_agenda(number=2)
    browser = browse_as(council.cmt)
    one = f"item{items[0].pk}-"
    given = marks(browser.get(page_of(meeting, "outcomes"))) | {
        f"{one}outcome": "join", f"{one}reasons": "Buses.", "record": "yes",
    }  # fmt: skip
    browser.post(page_of(meeting, "outcomes"), given)
    page = browser.post(page_of(meeting, "outcomes"), given)
    assert "is not recorded. Recorded by S.P.: Join" in page.words
    assert StepTaken.objects.decisions().count() == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"outcome": "leave", "reasons": "So."}, "Select one of the outcomes that this step offers"),
        ({"outcome": "join"}, "Enter the reasons"),
        ({"outcome": "deferred"}, "Say why it was deferred"),
        ({"reasons": "So."}, "Select what was decided, or take the words out"),
    ],
)
def test_a_wrong_outcome_is_said_and_keeps_what_was_typed(browse_as, given, error):
    council, meeting, (item,) = make_agenda(number=1)
    browser = browse_as(council.cmt)
    prefix = f"item{item.pk}-"
    given = {f"{prefix}{name}": value for name, value in given.items()}
    page = browser.post(
        page_of(meeting, "outcomes"), marks(browser.get(page_of(meeting, "outcomes"))) | given | {"record": "yes"}
    )
    assert page.errors == [error]
    assert not StepTaken.objects.decisions().exists()
    if f"{prefix}reasons" in given:
        assert page.select_one(f"textarea[name={prefix}reasons]").text.strip() == "So."


def test_outcomes_wait_for_the_day_of_the_meeting(browse_as):
    council = Council()
    item = make_item(council, TO_COME)
    page = browse_as(council.cmt).get(page_of(item.meeting, "outcomes"))
    assert "has not been held yet. Record its outcomes from that day on" in page.words
    assert page.select_one("main form") is None
    given = Recorded(item, Said(outcome="join", reasons="So."))
    with pytest.raises(Refused, match="has not been held yet"):
        meetings.record(item.meeting, [given], by=council.cmt, at=LATER)
    with pytest.raises(Refused, match="has not been held yet"):
        item.defer(by=council.cmt, why="Late")


def test_an_outcome_is_not_recorded_for_a_day_before_the_request_was_sent():
    council = Council()
    early = make_meeting(council, on=date(2026, 11, 1))
    request = council.request()
    council.to_cmt(request)
    item = meetings.put_on(early, request, "brk-f04", by=council.manager)
    rows = meetings.agenda_of(early)
    given = Recorded(item, Said(outcome="join", reasons="So.", on=early.on), mark=meetings.marks_of(rows)[item.pk])
    done = meetings.record(early, [given], by=council.cmt, at=LATER)
    assert [why for _, why in done.refused] == [
        f"The day of the decision must not be before {request.reference} was sent"
    ]


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("lead", "This step is for CMT. S.P. can take it"),
        ("executive", "This step is for CMT. S.P. can take it"),
    ],
)
def test_only_those_whom_the_gate_allows_record_outcomes(browse_as, who, why):
    council, meeting, (item,) = make_agenda(number=1)
    person = getattr(council, who)
    page = browse_as(person).get(page_of(meeting, "outcomes"))
    assert "Corporate Management Team. S.P. can take it" in page.words
    assert page.select_one("input[name$=outcome]") is None
    mark = meetings.marks_of(meetings.agenda_of(meeting))[item.pk]
    given = Recorded(item, Said(outcome="join", reasons="So."), mark=mark)
    done = meetings.record(meeting, [given], by=person, at=LATER)
    assert "S.P. can take it" in done.refused[0][1]
    deferred = Recorded(item, Said(), "Not ready", mark)
    assert meetings.record(meeting, [deferred], by=person, at=LATER).kept == []


def test_a_register_manager_records_what_the_minutes_say(browse_as):
    """CORE-13: by whom and from which minutes is sealed; whoever advised may write down what others decided."""
    council, meeting, (item,) = make_agenda(number=1)
    browser = browse_as(council.manager)
    one = f"item{item.pk}-"
    given = marks(browser.get(page_of(meeting, "outcomes"))) | {
        f"{one}outcome": "join", f"{one}reasons": "It brings buses.", "record": "yes"
    }  # fmt: skip

    page = browser.post(page_of(meeting, "outcomes"), given | {f"{one}minute": ""})
    assert "Enter the minute reference under which CMT, 19 November 2026 recorded it" in page.words
    assert not StepTaken.objects.decisions().exists()
    browser.post(page_of(meeting, "outcomes"), given | {f"{one}minute": "CMT 92/26"})

    record = StepTaken.objects.decisions().get()
    said = "Recorded by T.W. from the minutes of CMT, 19 November 2026"
    assert (record.role, record.body, record.minute, record.said_by) == ("register_manager", "CMT", "CMT 92/26", said)
    sealed = record.paper["decision"]
    assert (sealed["by"], sealed["body"], sealed["from_minutes"]) == ("T.W.", "CMT", "CMT, 19 November 2026")
    call_command("verify_decisions")
    assert said in browse_as(council.cmt).get(reverse("approvals:decision", args=[record.reference])).words


def try_to_record(item, by, minute="CMT 92/26"):
    mark = meetings.marks_of(meetings.agenda_of(item.meeting))[item.pk]
    given = Recorded(item, Said(outcome="join", reasons="So.", minute=minute), mark=mark)
    return [why for _, why in meetings.record(item.meeting, [given], by=by, at=LATER).refused]


def test_nobody_records_the_minutes_of_their_own_request():
    council = Council()
    council.lead = make_user(Role.LEAD_OFFICER, Role.REGISTER_MANAGER, name="L.M.")
    council.partnership.change({"lead_officer": council.lead}, by=council.manager, reason="New")
    item = make_item(council)
    assert try_to_record(item, council.lead) == ["You proposed this, so somebody else records the minutes"]
    services.declare_interest(item.request, person=council.manager, what="A cousin", by=council.manager, on=TODAY)
    refused = "You declared an interest in this request, so somebody else records the minutes"
    assert try_to_record(item, council.manager) == [refused]
    assert not StepTaken.objects.decisions().exists()


def test_without_a_meeting_the_recorder_has_no_turn():
    council, _meeting, (item,) = make_agenda(number=1)
    with pytest.raises(Refused, match="This step is for"):
        council.take(request_of(item), "brk-f04", "join", by=council.manager)


def test_the_policy_may_have_another_role_record_the_minutes():
    """The setting `minutes-recorded-by` is obeyed."""
    council = Council()
    council.version = policy_with_setting(council.version, "minutes-recorded-by", "administrator")
    item = make_item(council)
    assert "S.P. can take it" in try_to_record(item, council.manager)[0]
    assert try_to_record(item, make_user(Role.ADMINISTRATOR)) == []


def test_a_meeting_passed_without_outcomes_comes_first_on_the_register_managers_home(browse_as):
    council, meeting, _ = make_agenda(number=1)
    page = browse_as(council.manager).get("/")
    assert page.select_one(".app-work a").text == "See to the outcomes of CMT, 19 November 2026"
    assert work.meetings_passed(council.cmt, TODAY) is None
    assert work.meetings_passed(council.manager, HELD_ON).total == 0  # on its day it has not passed
    meeting.hold(by=council.manager, today=TODAY)
    assert work.meetings_passed(council.manager, TODAY).total == 0


def test_a_decision_taken_on_its_own_page_counts_as_the_outcome():
    council, meeting, (item,) = make_agenda(number=1)
    council.take(request_of(item), "brk-f04", "join", by=council.cmt, on=HELD_ON)
    assert meetings.agenda_of(meeting)[0].outcome == "Join"


# --- Closing dates --------------------------------------------------------------------------------


def said_by(request, today=ASKED_ON):
    return arriving.dates_of(services.situation_of(request), today=today)


def test_a_draft_says_by_when_it_is_sent_to_reach_which_meeting(browse_as):
    """Product: deadlines both ways. The challenge of the Breckland route may take 10 days (BRK-F02)."""
    council = Council()
    make_meeting(council, on=date(2026, 12, 1))  # papers close on 17 November, ten days' advice before
    make_meeting(council, on=date(2026, 12, 15))  # papers close on 1 December
    draft = council.request(sent=False)
    found = said_by(draft)
    assert found.by_step["brk-f04"] == "Send by 21 November 2026 to reach CMT on 15 December 2026"
    assert found.earliest == "Decided at the earliest on 15 December 2026"
    assert (
        said_by(draft, date(2026, 11, 7)).by_step["brk-f04"]
        == "Send by 7 November 2026 to reach CMT on 1 December 2026"
    )
    make_meeting(council, on=TO_COME)
    page = browse_as(council.lead).get(reverse("approvals:request", args=[draft.reference]))
    assert "to reach CMT on" in page.words
    assert "Decided at the earliest on" in page.words


def test_a_request_on_its_way_says_where_it_stands_and_that_no_meeting_is_planned():
    council = Council(unbudgeted="18000")
    request = council.request()
    council.to_cmt(request)
    assert said_by(request) == arriving.Dates({})  # no council has to keep its meetings here
    make_meeting(council, "council", on=date(2026, 12, 8))
    found = said_by(request)
    assert found.by_step["brk-f05-recommend"] == "No meeting of CMT is planned that it can still reach"
    assert found.earliest.startswith("Nobody can say")
    cmt = make_meeting(council, on=date(2026, 12, 1))
    make_meeting(council, "executive", on=date(2027, 1, 12))
    found = said_by(request)
    assert found.by_step["brk-f05-recommend"] == "Can reach CMT on 1 December 2026; papers close on 17 November 2026"
    assert found.earliest == "Decided at the earliest on 12 January 2027"
    meetings.put_on(cmt, request, "brk-f05-recommend", by=council.manager)
    assert said_by(request).by_step["brk-f05-recommend"] == "On the agenda of CMT, 1 December 2026"


# --- Key decisions --------------------------------------------------------------------------------


def test_a_decision_from_the_councils_sum_is_key_and_is_warned_without_its_notice(browse_as):
    """Regulations of 2012, 8 to 11. No policy states a sum: it is the council's own setting."""
    council, meeting, (item,) = make_agenda(number=1)
    assert meetings.agenda_of(meeting)[0].why_key == ""
    BodySetting(body="management_team", key_from=Decimal(60000)).keep(by=council.manager)
    row = meetings.agenda_of(meeting)[0]
    assert row.why_key == "It costs £60,000 a year; decisions from £60,000 count as key"
    assert "No notice of this key decision is published" in row.too_soon
    page = browse_as(council.cmt).get(reverse("approvals:step", args=[item.request.reference, "brk-f04"]))
    assert "This is a key decision. No notice of this key decision is published" in page.words
    assert "No notice" in browse_as(council.cmt).get(page_of(meeting, "outcomes")).words

    KeyDecision(request=item.request, is_key=False, why="It is the same money as before").keep(by=council.manager)
    assert meetings.agenda_of(meeting)[0].why_key == ""
    assert key_decisions.warning_of(item.request, TODAY) == ""


def test_a_decider_says_that_a_decision_is_key_and_which_exception_holds(browse_as):
    council, meeting, (item,) = make_agenda(number=1)
    browser = browse_as(council.cmt)
    address = reverse("approvals:key_decision", args=[item.request.reference])
    day = {"exception_on_0": "19", "exception_on_1": "11", "exception_on_2": "2026"}
    page = browser.post(address, {"is_key": "yes", "why": "Two wards", "exception": "special"})
    assert page.errors == [
        "Enter the day on which Scrutiny’s chair was told or agreed",
        "Enter who was told or agreed",
        "Say why it cannot wait",
    ]
    given = {"is_key": "yes", "why": "Two wards", "exception": "special", "exception_by": "Cllr S.C.",
             "exception_why": "The grant ends on Friday"}  # fmt: skip
    page = browser.post(address, given | day)
    assert "is kept" in page.banner
    row = meetings.agenda_of(meeting)[0]
    assert (row.why_key, row.too_soon) == ("Two wards", "")
    item.classify("whole", paragraph=3, why="Prices", by=council.manager)
    record = council.take(request_of(item), "brk-f04", "join", by=council.cmt, on=HELD_ON)
    assert record.paper["decision"]["access"] == [
        "Exempt information, paragraph 3 of Schedule 12A to the Local Government Act 1972: it is about somebody’s "
        "financial or business affairs, the council’s own among them. Prices",
        "Key decision: two wards",
        "Special urgency: Scrutiny’s chair agreed that it cannot wait (Cllr S.C., 19 November 2026). "
        "The grant ends on Friday",
    ]
    page = browser.get(reverse("approvals:decision", args=[record.reference]))
    assert "Key decision: two wards" in page.words
    assert "Whether a decision is key is said before it is taken" in browser.post(address, {"is_key": "no"}).words
    assert KeyDecision.objects.get().is_key


def test_the_notice_names_the_decision_who_takes_it_and_the_first_day(browse_as):
    council = Council(unbudgeted="18000")
    BodySetting(body="executive", in_public=True, key_from=Decimal(60000)).keep(by=council.manager)
    request = council.request()
    page = browse_as(Role.AUDITOR).get(reverse("approvals:notices"))
    assert council.partnership.name in page.words
    assert "The notice is not published" in page.words

    KeyDecision(request=request, is_key=True, why="Money", published_on=date(2026, 11, 2)).keep(by=council.manager)
    row = arriving.notice_rows(list(arriving.key_decisions()), today=TODAY)[0]
    assert (row.body, row.earliest, row.state) == ("Cabinet", date(2026, 12, 1), "")
    meeting = make_meeting(council, "executive", on=date(2026, 11, 30), today=PLANNED_ON)
    meetings.put_on(meeting, request, "brk-f05", by=council.manager)
    row = arriving.notice_rows(list(arriving.key_decisions()), today=TODAY)[0]
    assert (
        "27 clear days before the meeting. It needs 28: the first day for the decision is 1 December 2026" in row.state
    )
