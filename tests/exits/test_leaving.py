"""From the decision to leave to having left: what opens, what is asked, what is refused."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from exits import services
from exits.models import Control, Leaving, Lesson, State
from policy.refused import Refused
from register.models import Action, Status
from tests.exits.making import DECIDED_ON, LATER, LEAVING_FORM, SHORT, STRATEGY, Going
from tests.factories import make_partnership, make_user

pytestmark = pytest.mark.django_db


def test_a_decision_in_principle_opens_the_leaving_before_any_strategy(db):  # BRK-F30, BRK-I12
    council = Going()
    council.in_principle()
    leaving = council.leaving()

    assert council.entry().status == Status.LEAVING
    assert (leaving.state, leaving.decided_on, leaving.approved_on) == (State.OPEN, DECIDED_ON, None)
    assert leaving.history.get().by_name == "S.P."
    assert [each.words for each in services.still_to_do(leaving, LATER.date())] == [
        "Answer and send: Exit strategy",
        "Have the exit strategy approved",
        "Enter the last day on which the council takes part",
    ]


def test_the_controls_of_the_strategy_are_actions_of_the_leaving(db):  # BRK-D28, BRK-F34
    council = Going()
    leaving = council.approved()
    controls = services.controls_of(leaving)

    assert leaving.approved_on == DECIDED_ON
    assert [(each.action.text, str(each.action.owner), each.action.due_on) for each in controls] == [
        ("Hand the timetable to the county", "L.N.", date(2026, 12, 15)),
        ("Tell every parish", "R.H.", date(2026, 12, 20)),
    ]


def test_a_strategy_that_is_changed_updates_its_controls_and_doubles_none(db):
    council = Going()
    leaving = council.approved()
    rows = [dict(row) for row in STRATEGY["brk-d28"]["value"]]
    rows[1]["due_on"] = "2027-01-31"
    council.form("brk-exit", STRATEGY | {"brk-d28": {"value": [*rows, rows[0] | {"control": "Sell the bus"}]}})

    assert Action.objects.filter(partnership=council.partnership).count() == 3
    assert [(each.action.text, each.action.due_on) for each in services.controls_of(leaving)] == [
        ("Hand the timetable to the county", date(2026, 12, 15)),
        ("Sell the bus", date(2026, 12, 15)),
        ("Tell every parish", date(2027, 1, 31)),
    ]


def test_the_council_has_left_once_nothing_is_left_to_do(db):
    council = Going()
    leaving = council.gone()
    entry = council.entry()

    assert (leaving.state, leaving.ended_on, leaving.ended_by_name) == (State.LEFT, DECIDED_ON, "L.N.")
    assert (entry.status, entry.ends_on) == (Status.LEFT, DECIDED_ON)
    assert entry.history.first().history_change_reason == "Left on 20 November 2026"


def test_it_is_not_left_while_a_control_is_open(db):  # BRK-F34
    council = Going()
    leaving = council.approved()
    services.arrange(leaving, {"last_day": DECIDED_ON}, by=council.lead, at=LATER)

    with pytest.raises(Refused, match="Still to do first: Hand the timetable to the county"):
        services.record_left(leaving, by=council.lead, at=LATER)
    assert council.entry().status == Status.LEAVING


def test_it_is_not_left_twice(db):
    council = Going()
    leaving = council.gone()

    with pytest.raises(Refused, match="This is left already"):
        services.record_left(leaving, by=council.lead, at=LATER)


@pytest.mark.parametrize("role", [Role.LEAD_OFFICER, Role.MANAGEMENT_TEAM, Role.AUDITOR])
def test_nobody_else_records_that_the_council_has_left(db, role):
    council = Going()
    leaving = council.ready()

    with pytest.raises(Refused, match="The lead officer or a register manager"):
        services.record_left(leaving, by=make_user(role), at=LATER)


def test_a_register_manager_takes_it_back_with_a_reason(db):
    council = Going()
    leaving = council.gone()
    with pytest.raises(Refused, match="Say why"):
        services.take_back(leaving, why=" ", by=council.manager)
    with pytest.raises(Refused, match="Only a register manager"):
        services.take_back(leaving, why="Too soon", by=council.lead)

    services.take_back(leaving, why="Too soon", by=council.manager)

    assert council.entry().status == Status.LEAVING
    assert council.leaving().state == State.OPEN


def test_a_decision_to_stay_after_all_calls_the_leaving_off(db):
    council = Going()
    request = council.in_principle()
    council.form("brk-exit", STRATEGY)
    council.take(request, "brk-f31", by=council.lead)
    council.take(request, "brk-f32-view", by=council.holder)
    council.take(request, "brk-f32", "return", by=council.cmt)
    from approvals import services as deciding

    deciding.send(request, by=council.lead, at=LATER)
    council.take(request, "brk-f30-decide", "stay", by=council.cmt, at=LATER)

    assert council.entry().status == Status.ACTIVE
    assert Leaving.objects.get().state == State.CALLED_OFF


def test_a_strategy_that_came_back_is_approved_later_without_a_second_leaving(db):
    council = Going()
    request = council.in_principle()
    council.form("brk-exit", STRATEGY)
    council.take(request, "brk-f31", by=council.lead)
    council.take(request, "brk-f32-view", by=council.holder)
    council.take(request, "brk-f32", "return", by=council.cmt)
    from approvals import services as deciding

    deciding.send(request, by=council.lead, at=LATER)
    for step, outcome, person in (
        ("brk-f30-decide", "leave", council.cmt),
        ("brk-f31", "", council.lead),
        ("brk-f32-view", "", council.holder),
        ("brk-f32", "agree", council.cmt),
    ):
        council.take(request, step, outcome, by=person, at=LATER)

    assert Leaving.objects.get().approved_on == LATER.date()
    assert Control.objects.count() == 2


def test_the_database_holds_one_open_leaving_an_entry(db):
    council = Going()
    council.in_principle()

    with pytest.raises(Refused, match="leaving this partnership already"):
        Leaving.open(council.partnership, version=council.version, decided_on=DECIDED_ON, by=council.lead)


def test_a_last_day_before_the_decision_is_refused_by_verb_and_database(db):
    council = Going()
    council.in_principle()
    leaving = council.leaving()

    with pytest.raises(Refused, match="not before the decision"):
        services.arrange(leaving, {"last_day": date(2026, 11, 19)}, by=council.lead, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Leaving.objects.filter(pk=leaving.pk).update(last_day=date(2026, 11, 19))


def test_a_leaving_is_never_deleted(db):
    council = Going()
    council.in_principle()

    with pytest.raises(Refused, match="stays on record"):
        council.leaving().delete()
    assert Leaving.objects.exists()


def test_a_proportionate_strategy_asks_for_no_controls(db):  # HAR-D15, HAR-I07, HAR-F16
    council = Going("harborough-2015")
    said = {"changes_the_constitution": False}
    council.entry().change({"local_values": {"har-i08-joined": "management_team"}}, by=council.manager)
    request = council.ask("har-leaving", said=said)
    record = council.take(request, "har-f14-cmt", "leave", by=council.cmt)
    rows = [row for form in record.paper["answers"] for section in form["sections"] for row in section["rows"]]
    assert f"Why this is in proportion: {SHORT['har-d15-why']['value']}" in [row["reason"] for row in rows]
    leaving = council.leaving()

    assert leaving.approved_on == DECIDED_ON
    assert not Control.objects.exists()
    assert [each.words for each in services.still_to_do(leaving, LATER.date())] == [
        "Enter the last day on which the council takes part"
    ]


def test_the_leaving_form_gives_the_last_day_and_the_lessons(db):  # RED-D5-03, RED-D5-08 to D5-10, RED-F60
    council = Going("redditch")
    leaving = council.by_executive()
    assert leaving.approved_on == DECIDED_ON

    council.form("red-5", LEAVING_FORM, at=LATER)

    assert council.leaving().last_day == date(2026, 12, 31)
    assert list(Lesson.objects.order_by("kind", "place").values_list("kind", "text")) == [
        ("achievement", "Six villages have a bus"),
        ("improvement", "Ask the drivers first"),
        ("practice", "One timetable for all operators"),
    ]


def test_an_entry_that_was_leaving_before_gets_its_decision_by_hand(db):
    council = Going()
    entry = make_partnership(by=council.manager, status=Status.LEAVING, lead_officer=council.lead)
    facts = {"version": council.version, "decided_by": "CMT 12/25", "at": LATER}

    with pytest.raises(Refused, match="today or earlier"):
        services.record_decision(entry, decided_on=date(2026, 12, 2), by=council.lead, **facts)
    with pytest.raises(Refused, match="Ask for the decision to leave first"):
        services.record_decision(council.entry(), decided_on=DECIDED_ON, by=council.lead, **facts)
    services.record_decision(entry, decided_on=date(2025, 3, 1), by=council.lead, **facts)

    assert Leaving.objects.of(entry).decided_by == "CMT 12/25"
