"""A request on its way: whose turn it is, what may be said, what becomes of the entry."""

from datetime import date, timedelta

import pytest

from accounts.models import RoleAssignment
from accounts.roles import Role
from approvals import services
from approvals.gate import Gate
from approvals.models import Deputy, Request, StepTaken, Turn
from approvals.models import Status as RequestStatus
from approvals.papers import changes
from approvals.services import Said
from assessments.models import Assessment, Response
from policy.refused import Refused
from register.models import Action, Representative, Status
from tests.approvals.making import LATER, SENT_AT, TODAY, Council, make_leaving
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def turns(request):
    return set(Turn.objects.filter(request=request).values_list("step", "role"))


def why_not(council, request, step, person):
    request = Request.objects.select_related("policy_version", "partnership").get(pk=request.pk)
    state = services.situation_of(request).standing.state_of(step)
    return Gate.of(person, TODAY, [request]).why_not(request, state)


@pytest.mark.parametrize("holders", [1, 11])
def test_a_step_takes_the_same_queries_however_many_could_take_the_next(holders, django_assert_max_num_queries):
    council = Council()
    request = council.request()
    for _ in range(holders - 1):
        make_user(Role.PORTFOLIO_HOLDER)

    # The locks, the situation (9), the gate (8), the paper (27), the record, whose turn it is and their e-mails (14).
    with django_assert_max_num_queries(65):
        services.take_step(request, "brk-f02-challenge", Said(reasons="Costs"), by=council.manager, at=LATER)
    council.take(request, "brk-f04-view", "agree", by=council.holder)
    join = Said(outcome="join", reasons="It brings buses.", minute="CMT 92/26")
    with django_assert_max_num_queries(104):  # the entry becomes active and its reviews fall due as well
        services.take_step(request, "brk-f04", join, by=council.cmt, at=LATER)


# --- The way through ----------------------------------------------------------------------------


def test_inside_the_budget_cmt_decides_and_the_entry_becomes_active():  # BRK-F04, BRK-E11
    council = Council()
    request = council.request()
    assert turns(request) == {("brk-f02-challenge", "register_manager")}

    council.to_cmt(request)
    assert turns(request) == {("brk-f04", "management_team")}
    council.take(request, "brk-f04", "join", by=council.cmt, reasons="It brings buses.", minute="CMT 92/26")

    assert (request.status, request.outcome) == (RequestStatus.DECIDED, "join")
    assert council.entry().status == Status.ACTIVE
    moved = council.entry().history.get(history_change_reason="D-2026-001: It brings buses.")
    assert (moved.by_name, moved.status) == ("S.P.", Status.ACTIVE)


def test_a_pound_outside_the_budget_needs_the_executive_too():  # CHK-03
    council = Council(unbudgeted="1")
    request = council.request()
    council.to_cmt(request)

    council.take(request, "brk-f05-recommend", "join", by=council.cmt)
    assert council.entry().status == Status.PROPOSED
    assert turns(request) == {("brk-f05", "executive")}

    council.take(request, "brk-f05", "join", by=council.executive)
    assert council.entry().status == Status.ACTIVE


def test_a_no_ends_it_and_a_new_request_may_ask_again():  # BRK-F07
    council = Council()
    request = council.request()
    council.to_cmt(request, view="object")
    council.take(request, "brk-f04", "not-join", by=council.cmt, reason_from_list="resources-elsewhere")
    assert (request.outcome, council.entry().status) == ("not-join", Status.NOT_JOINED)

    again = services.start(council.entry(), "brk-joining", by=council.lead, version=council.version, at=LATER)

    assert (again.reference, council.entry().status) == ("R-2026-002", Status.PROPOSED)


def test_a_disagreement_with_the_portfolio_holder_goes_to_the_executive():  # BRK-I13
    council = Council()
    request = council.request()
    council.to_cmt(request, view="object")
    council.take(request, "brk-f04", "join", by=council.cmt)

    assert (request.status, turns(request)) == (RequestStatus.SENT, {("brk-f06", "executive")})
    council.take(request, "brk-f06", "join", by=council.executive)
    assert council.entry().status == Status.ACTIVE


def test_returned_and_sent_again_everybody_has_their_turn_anew():
    council = Council()
    request = council.request()
    council.to_cmt(request)
    council.take(request, "brk-f04", "return", by=council.cmt, reasons="Look at the notice period.")
    assert (request.status, turns(request)) == (RequestStatus.RETURNED, set())

    services.send(request, by=council.lead, at=LATER)
    request.refresh_from_db()

    assert (request.round, turns(request)) == (2, {("brk-f02-challenge", "register_manager")})


def test_withdrawing_ends_it():
    council = Council()
    request = council.request()

    services.withdraw(request, by=council.lead, reason="The county does it.", at=LATER)

    request.refresh_from_db()
    assert (request.status, turns(request)) == (RequestStatus.WITHDRAWN, set())
    with pytest.raises(Refused, match="is withdrawn, so no step is open"):
        council.take(request, "brk-f02-challenge", by=council.manager)


def test_the_conditions_of_a_decision_are_actions_of_the_entry():
    council = Council()
    request = council.request()
    council.to_cmt(request)
    council.take(
        request, "brk-f04", "join", by=council.cmt, conditions=[("Ashmere has voted", council.lead, date(2026, 12, 15))]
    )

    action = Action.objects.get(partnership=council.partnership)
    assert (action.text, action.owner, action.due_on) == ("Ashmere has voted", council.lead, date(2026, 12, 15))
    assert action.source == "Condition of D-2026-001"


def test_what_only_the_proposer_knows_is_said_on_the_request():  # HAR-F14, HAR-I08
    request = make_leaving()
    route = request.policy_version.policy.route("har-leaving")
    assert services.asked_by(route) == ["changes_the_constitution"]

    request.say_facts({"changes_the_constitution": True}, by=request.proposed_by)

    standing = services.situation_of(Request.objects.get(pk=request.pk)).standing
    assert standing.state_of("har-f14-council").place == "to_come"
    assert standing.state_of("har-f14-executive").place == "not_needed"
    assert services.said_in_words(request) == {"whether the council's constitution is affected": "Yes"}


# --- A change on the way --------------------------------------------------------------------------


def test_a_material_change_makes_earlier_steps_be_taken_again():
    council = Council()
    request = council.request()
    council.to_cmt(request)
    seen = services.situation_of(request).mark
    council.entry().change({"hours_a_month": 40}, by=council.lead, reason="Counted again")

    with pytest.raises(Refused, match="comes later"):
        council.take(request, "brk-f04", "join", by=council.cmt)
    assert services.bring_up_to_date() == 1
    assert turns(request) == {("brk-f02-challenge", "register_manager")}
    situation = services.situation_of(request)
    before = situation.taken[0]
    assert [(each.label, each.was, each.now) for each in changes(situation.policy, before.facts, situation.facts)] == [
        ("Staff time (hours a month)", "26", "40")
    ]
    with pytest.raises(Refused, match="changed after you opened it"):
        services.take_step(request, "brk-f02-challenge", Said(reasons="Well."), by=council.manager, at=LATER, mark=seen)
    council.take(request, "brk-f02-challenge", by=council.manager, reasons="Well, again.")
    assert StepTaken.objects.filter(request=request, step="brk-f02-challenge").count() == 2


def test_a_change_that_is_not_material_leaves_everything_as_it_is():
    council = Council()
    request = council.request()
    council.to_cmt(request)
    council.entry().change({"comments": "Nice people"}, by=council.lead)

    council.take(request, "brk-f04", "join", by=council.cmt)

    assert council.entry().status == Status.ACTIVE


# --- Who may ----------------------------------------------------------------------------------------


def give(user, role):
    RoleAssignment.objects.create(user=user, role=role, from_on=date(2020, 1, 1))
    return type(user).objects.get(pk=user.pk)


@pytest.fixture
def at_cmt(db):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    return council, request


def test_the_proposer_never_decides_their_own_whatever_else_they_are(at_cmt):
    council, request = at_cmt
    for role in Role:
        if role != Role.LEAD_OFFICER:
            give(council.lead, role)
    lead = type(council.lead).objects.get(pk=council.lead.pk)
    lead.is_superuser = True
    lead.save()

    assert why_not(council, request, "brk-f04", lead) == "You proposed this, so others decide"
    with pytest.raises(Refused, match="You proposed this, so others decide"):
        council.take(request, "brk-f04", "join", by=lead)
    assert council.entry().status == Status.PROPOSED


def test_a_superuser_without_the_role_may_not_decide(at_cmt):
    council, request = at_cmt
    person = make_user(Role.ADMINISTRATOR, name="Root", is_superuser=True)

    assert (
        why_not(council, request, "brk-f04", person) == "This step is for Corporate Management Team. S.P. can take it"
    )


def test_the_assessor_does_not_decide(at_cmt):
    council, request = at_cmt
    assessor = give(make_user(Role.MANAGEMENT_TEAM), Role.LEAD_OFFICER)
    draft = Assessment.start(council.partnership, by=assessor, policy_version=council.version, at=SENT_AT)
    draft.complete(facts={}, by=assessor, at=SENT_AT)

    assert why_not(council, request, "brk-f04", assessor) == "You assessed this, so others decide"


def test_nobody_decides_on_a_form_that_they_filled_in(at_cmt):  # DEF-07
    council, request = at_cmt
    Response.objects.filter(questionnaire="brk-app-c").update(sent_by=council.cmt)

    assert why_not(council, request, "brk-f04", council.cmt) == (
        "You filled in a form that this rests on, so others decide"
    )


def test_a_representative_does_not_decide(at_cmt):
    council, request = at_cmt
    Representative(partnership=council.partnership, user=council.cmt, name="S.P.").keep(by=council.manager)

    assert why_not(council, request, "brk-f04", council.cmt) == (
        "You represent the council on this partnership, so others decide"
    )


def test_advice_is_not_approval(at_cmt):
    council, request = at_cmt
    adviser = give(council.holder, Role.MANAGEMENT_TEAM)

    assert why_not(council, request, "brk-f04", adviser) == "You advised on this, so others decide"


def test_a_declared_interest_takes_a_person_out_until_a_dispensation(at_cmt):
    council, request = at_cmt
    interest = services.declare_interest(
        request, person=council.cmt, what="Sits on the bus company’s board", by=council.cmt, on=TODAY
    )
    assert why_not(council, request, "brk-f04", council.cmt) == (
        "You declared an interest in this request, so others decide"
    )
    with pytest.raises(Refused, match="cannot give yourself"):
        services.give_dispensation(interest, why="None", by=council.cmt)

    services.give_dispensation(interest, why="Granted by the monitoring officer on 3 November", by=council.manager)

    assert why_not(council, request, "brk-f04", council.cmt) == ""


def test_a_deputy_acts_for_somebody_between_two_days_and_never_on_their_work(at_cmt):
    council, request = at_cmt
    deputy = make_user(Role.LEAD_OFFICER, name="D.P.")
    assert (
        why_not(council, request, "brk-f04", deputy) == "This step is for Corporate Management Team. S.P. can take it"
    )
    acting = Deputy(
        person=council.cmt, deputy=deputy, role=Role.MANAGEMENT_TEAM, from_on=TODAY, to_on=TODAY + timedelta(days=7)
    )
    acting.keep(by=council.manager)
    assert why_not(council, request, "brk-f04", deputy) == ""

    Representative(partnership=council.partnership, user=council.cmt, name="S.P.").keep(by=council.manager)
    assert why_not(council, request, "brk-f04", deputy) == (
        "S.P., for whom you act, represents the council on this partnership, so others decide"
    )


def test_a_deputys_decision_says_for_whom():
    council = Council()
    request = council.request()
    council.to_cmt(request)
    deputy = make_user(name="D.P.")
    Deputy(person=council.cmt, deputy=deputy, role="management_team", from_on=TODAY, to_on=TODAY).keep(by=council.cmt)

    record = council.take(request, "brk-f04", "join", by=deputy)

    assert (record.by_name, record.acting_for_name) == ("D.P.", "S.P.")
    assert record.paper["decision"]["for"] == "S.P."


def test_a_role_of_another_service_is_not_enough(at_cmt):
    from accounts.models import ServiceArea

    council, request = at_cmt
    other = ServiceArea.objects.create(name="Waste")
    person = make_user(name="W.W.")
    RoleAssignment.objects.create(user=person, role=Role.MANAGEMENT_TEAM, from_on=date(2020, 1, 1), service_area=other)

    assert why_not(council, request, "brk-f04", person).startswith("This step is for Corporate Management Team")


def test_a_role_that_has_ended_is_not_enough(at_cmt):
    council, request = at_cmt
    person = make_user(name="E.X.")
    RoleAssignment.objects.create(
        user=person, role=Role.MANAGEMENT_TEAM, from_on=date(2020, 1, 1), to_on=TODAY - timedelta(days=1)
    )

    assert why_not(council, request, "brk-f04", person).startswith("This step is for Corporate Management Team")


def test_the_portfolio_holder_whom_the_entry_names_is_asked_and_no_other():
    council = Council()
    other = make_user(Role.PORTFOLIO_HOLDER, name="Cllr O.O.")
    council.entry().change({"portfolio_holder": council.holder}, by=council.manager)
    request = council.request()
    council.take(request, "brk-f02-challenge", by=council.manager)

    assert why_not(council, request, "brk-f04-view", council.holder) == ""
    assert why_not(council, request, "brk-f04-view", other) == (
        "This step is for Portfolio Holder. Cllr Z.Q. can take it"
    )


# --- What may be said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Said("", "Because."), "Select one of the outcomes"),
        (Said("leave", "Because."), "Select one of the outcomes"),
        (Said("join", ""), "Enter the reasons"),
        (Said("join", "Because.", on=TODAY + timedelta(days=1)), "must be today or earlier"),
        (Said("join", "Because.", on=date(2026, 11, 1)), "must not be before R-2026-001 was sent"),
        (Said("join", "Because.", conditions=[("", None, None)]), "Say what each condition is"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_changes_nothing(at_cmt, said, problem):
    council, request = at_cmt
    count = StepTaken.objects.count()

    with pytest.raises(Refused, match=problem):
        services.take_step(request, "brk-f04", said, by=council.cmt, at=LATER)

    assert StepTaken.objects.count() == count
    assert council.entry().status == Status.PROPOSED


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("brk-f02-challenge", "taken already"),
        ("brk-f05", "not needed. No money is needed outside the budget"),
        ("brk-f08", "comes later"),
        ("nonsense", "has no such step"),
    ],
)
def test_a_step_that_is_not_open_is_refused(at_cmt, step, problem):
    council, request = at_cmt

    with pytest.raises(Refused, match=problem):
        council.take(request, step, by=council.manager)


def test_a_step_is_not_taken_twice(at_cmt):
    council, request = at_cmt
    council.take(request, "brk-f04", "join", by=council.cmt)

    with pytest.raises(Refused, match="is decided, so no step is open"):
        council.take(request, "brk-f04", "not-join", by=council.cmt)


def test_sending_says_everything_that_is_missing():
    council = Council()
    request = services.start(council.partnership, "brk-joining", by=council.lead, version=council.version, at=SENT_AT)

    missing = services.missing_to_send(request)

    assert missing[0] == "Say why the council should do this"
    assert len([each for each in missing if each.startswith("Answer and send")]) == 2
    with pytest.raises(Refused, match="Say why the council should do this"):
        services.send(request, by=council.lead, at=SENT_AT)


def test_what_the_policy_expects_is_shown_and_only_what_it_demands_stops():  # BRK-A20
    council = Council()
    request = council.request(sent=False)

    unmet = services.unmet_of(Request.objects.get(pk=request.pk))

    assert "brk-check-named-benefit" in {each.check.id for each in unmet}
    assert services.missing_to_send(request) == []


def test_nobody_joins_without_what_the_policy_demands():  # BRK-A18
    council = Council()
    request = council.request()
    council.to_cmt(request)
    council.partnership.benefits.get().take_out(by=council.lead, reason="Not so")

    with pytest.raises(Refused, match="List at least one benefit"):
        council.take(request, "brk-f04", "join", by=council.cmt)
    council.take(request, "brk-f04", "not-join", by=council.cmt)


def test_two_requests_for_the_same_are_not_open_at_once():
    council = Council()
    council.request(sent=False)

    with pytest.raises(Refused, match="Nothing like this can be asked"):
        services.start(council.partnership, "brk-joining", by=council.lead, version=council.version, at=SENT_AT)


def test_somebody_elses_entry_cannot_be_proposed():
    council = Council()

    with pytest.raises(Refused, match="Ask its lead officer"):
        services.start(
            council.partnership, "brk-joining", by=make_user(Role.LEAD_OFFICER), version=council.version, at=SENT_AT
        )


# --- The seal -----------------------------------------------------------------------------------------


def test_a_decision_keeps_what_was_decided_and_never_changes(at_cmt):
    council, request = at_cmt
    record = council.take(request, "brk-f04", "join", by=council.cmt)
    facts = {fact["label"]: fact["words"] for fact in record.paper["facts"]}

    assert record.paper["policy"]["version"] == "1"
    assert facts["Staff time (hours a month)"] == "26"
    assert [step["body"] for step in record.paper["steps"]] == ["CI&P Team", "Portfolio Holder"]
    assert record.is_whole
    with pytest.raises(Refused, match="stays as it was"):
        record.save()
    with pytest.raises(Refused, match="stays as it was"):
        record.delete()


def test_the_copies_hang_in_one_chain(at_cmt):
    council, request = at_cmt
    council.take(request, "brk-f04", "join", by=council.cmt)

    chain = list(StepTaken.objects.in_chain())

    assert [each.number for each in chain] == [1, 2, 3]
    assert [each.previous for each in chain[1:]] == [each.digest for each in chain[:-1]]
