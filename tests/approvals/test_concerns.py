"""Concerns and exception reports (CORE-15, BRK-F11, BRK-F12, RED-F25, RED-F27, RED-F28, HAR-F09, HAR-D16, RED-G09)."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Notice, ServiceArea
from accounts.roles import Role
from approvals import concerns
from approvals.models import Concern, ConcernPlace, ConcernRemark, Deputy
from policy.refused import Refused
from register.models import Action, Representative
from tests.approvals.concern_pages import AT, WHAT, council_of, make_concern
from tests.factories import make_user, policy_with_setting

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture
def council():
    return council_of()


def where(concern):
    """The roles with which a concern is now."""
    return sorted(concern.places.current().values_list("role", flat=True))


def told():
    return {(notice.person.name, notice.subject) for notice in Notice.objects.all()}


# --- The line of each policy ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "line", "hear"),
    [
        ("breckland-2015", [({"responsible_head", "portfolio_holder"}, True), ({"management_team"}, False)], []),
        ("redditch", [({"responsible_head"}, True), ({"management_team"}, True), ({"responsible_head"}, True)],
         [{"auditor"}]),
        ("harborough-2015", [({"management_team"}, True), ({"executive"}, False)], []),
    ],
)  # fmt: skip
def test_the_line_of_a_concern_is_the_policys(pack, line, hear):
    council = council_of(pack)
    found = concerns.line_for(council.partnership, council.version)
    assert [(set(stage.roles), stage.is_expected) for stage in found.stages] == line
    assert [set(stage.roles) for stage in found.told] == hear


@pytest.mark.parametrize("pack", ["melton", "strategy-2009"])
def test_without_a_route_a_concern_goes_to_the_head_then_to_those_above(pack):
    council = council_of(pack)
    roles = {role.id for role in council.policy.roles if role.exists}
    found = concerns.line_for(council.partnership, council.version)
    expected = [
        {"responsible_head"} & roles,
        {"management_team", "portfolio_holder"} & roles,
    ]
    assert [set(stage.roles) for stage in found.stages] == [each for each in expected if each]
    assert found.stages
    assert where(make_concern(council)) == sorted(found.stages[0].roles)


# --- Raising --------------------------------------------------------------------------------------


def test_a_lead_officer_raises_a_concern_and_those_first_in_line_are_told_without_its_words(council):
    concern = make_concern(council)
    assert (concern.reference, where(concern)) == ("C-2026-001", ["portfolio_holder", "responsible_head"])
    subject = "Put to you by 4 December 2026: concern C-2026-001"
    assert told() == {("R.H.", subject), ("Cllr Z.Q.", subject)}
    texts = [f"{notice.subject} {notice.text}" for notice in Notice.objects.all()]
    assert not [text for text in texts if WHAT in text or str(council.partnership) in text]
    assert all(f"/concerns/{concern.reference}/" in text for text in texts)
    assert concern.history.get().by_name == "L.N."


def test_one_who_attends_for_the_council_raises_a_concern(council):
    attends = make_user(Role.EXECUTIVE, name="Cllr A.B.")
    with pytest.raises(Refused, match="raise concerns"):
        make_concern(council, by=attends)
    Representative(partnership=council.partnership, user=attends, name="Cllr A.B.").keep(by=council.manager)
    assert make_concern(council, by=attends).raised_by == attends


def test_where_the_policy_names_the_lead_officer_alone_no_other_representative_reports():
    council = council_of("redditch")
    attends = make_user(Role.EXECUTIVE)
    Representative(partnership=council.partnership, user=attends, name="Cllr A.B.").keep(by=council.manager)
    with pytest.raises(Refused):
        make_concern(council, by=attends)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGISTER_MANAGER}))
def test_nobody_without_a_part_in_the_entry_raises_a_concern(council, role, browse_as):
    other = make_user(role)
    with pytest.raises(Refused):
        make_concern(council, by=other)
    assert browse_as(other).get(f"/partnerships/{council.partnership.reference}/concerns/raise/concern/").status == 404


def test_an_exception_report_asks_the_policys_questions_and_what_was_expected(browse_as):
    council = council_of("redditch")
    there = browse_as(council.lead)
    address = f"/partnerships/{council.partnership.reference}/concerns/raise/exception/"
    page = there.get(address)
    assert "What is the issue?" in page.words
    assert "The council’s contribution is £60,000 a year." in page.select_one("textarea[name=expected]").text
    page = there.post(address, {"expected": ""})
    assert len(page.errors) == 8
    page = there.post(address, {
        "expected": "Six villages served", "what": "The depot closed", "why": "No driver", "done": "Hired a bus",
        "own_red-g09-kind": ["missed-target", "money"], "own_red-g09-effect": "Two villages without a bus",
        "seriousness": "at_once", "wanted": "decision",
    })  # fmt: skip
    assert page.banner.startswith("C-2026-001 is raised")
    concern = Concern.objects.get()
    assert (concern.kind, concern.what) == ("exception", "The depot closed")
    assert ["Is it significant, and why?", "A target is missed; Money is at stake"] in concern.answers
    assert ["What was expected?", "Six villages served"] in concern.answers


# --- Who may know of it ---------------------------------------------------------------------------


def test_a_concern_is_not_there_for_those_who_may_not_know_of_it(council, browse_as):
    concern = make_concern(council)
    for person in (
        council.cmt,
        council.executive,
        council.finance,
        make_user(Role.SCRUTINY),
        make_user(Role.LEAD_OFFICER),
    ):
        there = browse_as(person)
        assert there.get(f"/concerns/{concern.reference}/").status == 404
        assert there.get(f"/concerns/{concern.reference}/advise/").status == 404
        assert concern.reference not in there.get("/concerns/").words
        page = there.get(f"/partnerships/{council.partnership.reference}/concerns/")
        assert "1 concern about this partnership is open. 1 of them you may not read" in page.words
        assert WHAT not in page.words
    for person in (council.lead, council.head, council.holder, council.manager, make_user(Role.AUDITOR)):
        assert WHAT in browse_as(person).get(f"/concerns/{concern.reference}/").words


def test_those_above_read_it_once_it_is_taken_to_them(council, browse_as):
    concern = make_concern(council)
    concerns.pass_on(concern, "It touches three services.", by=council.head, at=AT)
    assert where(concern) == ["management_team"]
    assert WHAT in browse_as(council.cmt).get(f"/concerns/{concern.reference}/").words
    assert WHAT in browse_as(council.head).get(f"/concerns/{concern.reference}/").words  # still


def test_a_person_told_by_name_reads_it_and_adds_to_it_without_answering(council):
    told_too = make_user(Role.FINANCE_ADVISER)
    concern = make_concern(council, told=[told_too])
    assert Concern.objects.readable_by(told_too, on=DAY).get() == concern
    concerns.say(concern, "The grant was cut.", by=told_too, at=AT)
    with pytest.raises(Refused, match=f"{concern} is with"):
        concerns.advise(concern, "Wait", by=told_too, at=AT)


@pytest.mark.parametrize(("named", "reads"), [(True, False), (False, True)])
def test_where_the_entry_names_a_head_another_one_does_not_read_it(council, named, reads):
    council.partnership.change({"responsible_head": council.head if named else None}, by=council.manager, reason="-")
    make_concern(council)
    other = make_user(Role.RESPONSIBLE_HEAD)
    assert Concern.objects.readable_by(other, on=DAY).exists() is reads
    assert Concern.objects.readable_by(council.head, on=DAY).exists()


def test_a_head_of_another_service_does_not_read_it(council):
    make_concern(council)
    other = make_user()
    other.assignments.create(
        role=Role.RESPONSIBLE_HEAD, from_on=date(2020, 1, 1), service_area=ServiceArea.objects.create(name="Housing")
    )
    assert not Concern.objects.readable_by(other, on=DAY).exists()


def test_a_deputy_reads_and_answers_for_the_person_they_act_for(council):
    concern = make_concern(council)
    deputy = make_user(name="D.P.")
    Deputy(person=council.head, deputy=deputy, role=Role.RESPONSIBLE_HEAD, from_on=DAY, to_on=DAY).keep(
        by=council.manager
    )
    assert Concern.objects.readable_by(deputy, on=DAY).exists()
    assert not Concern.objects.readable_by(deputy, on=DAY + timedelta(days=1)).exists()
    concerns.advise(concern, "Ask for the plan", by=deputy, at=AT)


def test_an_exception_report_reaches_the_auditor_at_once():
    council = council_of("redditch")
    auditor = make_user(Role.AUDITOR, name="I.A.")
    concern = make_concern(council, kind="exception")
    assert ("I.A.", f"You should know: concern {concern.reference}") in told()
    with pytest.raises(Refused, match="without taking part"):
        concerns.say(concern, "Noted", by=auditor, at=AT)


# --- Answering ------------------------------------------------------------------------------------


def test_nobody_answers_a_concern_of_their_own(council):
    concern = make_concern(council, by=council.manager)
    for verb in (concerns.advise, concerns.act, concerns.pass_on, concerns.close):
        with pytest.raises(Refused, match="You raised this"):
            verb(concern, "All is well", by=council.manager, at=AT)


def test_advice_stays_in_the_thread_and_the_raiser_is_told(council):
    concern = make_concern(council)
    Notice.objects.all().delete()
    concerns.advise(concern, "Ask for the plan", by=council.head, at=AT)
    remark = ConcernRemark.objects.get()
    assert (remark.kind, remark.text, remark.said_by_name) == ("advised", "Ask for the plan", "R.H.")
    assert ("L.N.", f"News on concern {concern}") in told()
    with pytest.raises(Refused, match="stays as it was"):
        remark.save()


def test_what_is_to_be_done_becomes_an_action_that_does_not_say_the_concern(council, browse_as):
    concern = make_concern(council)
    to_do = concerns.ToDo("Ask for the plan", council.lead, date(2026, 12, 1))
    concerns.act(concern, "Wrote to them", by=council.head, at=AT, to_do=to_do)
    action = Action.objects.get()
    assert (action.owner, action.origin, action.source) == (council.lead, "concern", "")
    assert f"Concern {concern}" in browse_as(council.lead).get(f"/actions/{action.pk}/").words
    page = browse_as(Role.SCRUTINY).get(f"/actions/{action.pk}/")
    assert str(concern) not in page.words


def test_a_second_press_after_a_step_back_adds_nothing(council):
    concern, to_do = make_concern(council), concerns.ToDo("Ask for the plan")
    concerns.act(concern, "Wrote to them", by=council.head, at=AT, to_do=to_do)
    with pytest.raises(Refused, match="You said this just now"):
        concerns.act(concern, "Wrote to them", by=council.head, at=AT, to_do=to_do)
    assert (ConcernRemark.objects.count(), Action.objects.count()) == (1, 1)


def test_closing_asks_what_came_of_it(council):
    concern = make_concern(council)
    with pytest.raises(Refused, match="Say what came of it"):
        concerns.close(concern, "  ", by=council.head, at=AT)
    concerns.close(concern, "They meet again.", by=council.head, at=AT)
    concern.refresh_from_db()
    assert (concern.state, concern.outcome) == ("closed", "They meet again.")
    for verb in (concerns.advise, concerns.say, concerns.close, concerns.pass_on):
        with pytest.raises(Refused, match="is closed"):
            verb(concern, "More", by=council.head, at=AT)


def test_reopening_keeps_what_had_come_of_it(council):
    concern = make_concern(council)
    with pytest.raises(Refused, match="open already"):
        concerns.reopen(concern, "Why not", by=council.lead, at=AT)
    concerns.close(concern, "They meet again.", by=council.head, at=AT)
    concerns.reopen(concern, "They do not.", by=council.lead, at=AT)
    concern.refresh_from_db()
    assert (concern.is_open, concern.outcome) == (True, "")
    assert list(concern.remarks.order_by("pk").values_list("kind", "text")) == [
        ("closed", "They meet again."), ("reopened", "They do not."),
    ]  # fmt: skip
    assert where(concern) == ["portfolio_holder", "responsible_head"]


def test_where_the_policy_takes_every_report_further_it_is_not_closed_before():
    council = council_of("redditch")
    concern = make_concern(council, kind="exception")
    with pytest.raises(Refused, match="The policy takes it to"):
        concerns.close(concern, "Settled", by=council.head, at=AT)
    concerns.pass_on(concern, "As the policy says", by=council.head, at=AT)
    assert where(concern) == ["management_team"]
    concerns.pass_on(concern, "Hire a bus", by=council.cmt, at=AT)
    assert where(concern) == ["responsible_head"]
    concerns.close(concern, "A bus is hired", by=council.head, at=AT)


def test_nobody_stands_above_the_end_of_the_line(council):
    concern = make_concern(council)
    concerns.pass_on(concern, "Too big for me", by=council.head, at=AT)
    with pytest.raises(Refused, match="Nobody stands above"):
        concerns.pass_on(concern, "Too big for us", by=council.cmt, at=AT)
    with pytest.raises(Refused, match="is with"):
        concerns.close(concern, "Settled", by=council.head, at=AT)
    concerns.close(concern, "Settled", by=council.cmt, at=AT)


# --- Late -----------------------------------------------------------------------------------------


@pytest.fixture
def with_cmt():
    """An exception report that CMT has had since 20 November 2026, due after the 28 days of the policy."""
    council = council_of("redditch")
    concern = make_concern(council, kind="exception")
    concerns.pass_on(concern, "As the policy says", by=council.head, at=AT)
    assert concern.places.current().get().due_on == DAY + timedelta(days=28)
    Notice.objects.all().delete()
    return concern


@pytest.mark.parametrize(("days", "said"), [(28, set()), (29, {("S.P.", "1 day late: concern C-2026-001")})])
def test_those_with_whom_it_is_late_are_reminded(with_cmt, days, said):
    concerns.follow_up(DAY + timedelta(days=days), at=AT)
    concerns.follow_up(DAY + timedelta(days=days), at=AT)
    assert told() == said
    assert where(with_cmt) == ["management_team"]


def test_after_a_week_the_register_takes_it_up_the_line(with_cmt):
    concerns.follow_up(DAY + timedelta(days=34), at=AT)
    assert where(with_cmt) == ["management_team"]
    concerns.follow_up(DAY + timedelta(days=35), at=AT)
    assert where(with_cmt) == ["responsible_head"]
    remark = with_cmt.remarks.order_by("pk").last()
    assert (remark.kind, remark.said_by, remark.said_by_name) == ("passed", None, "")
    assert "Nobody closed it by 18 December 2026" in remark.text
    assert with_cmt.history.first().history_user is None


def test_the_daily_reminders_look_after_concerns(with_cmt):
    call_command("send_reminders", on=str(DAY + timedelta(days=30)), verbosity=0)
    assert ("S.P.", "2 days late: concern C-2026-001") in told()


@pytest.mark.parametrize(("pack", "days"), [("melton", 14), ("strategy-2009", 14), ("breckland-2015", 14)])
def test_where_the_route_gives_no_days_a_concern_is_late_after_the_usual_ones(pack, days):
    concern = make_concern(council_of(pack))
    assert {place.due_on for place in concern.places.current()} == {DAY + timedelta(days=days)}
    Notice.objects.all().delete()
    concerns.follow_up(DAY + timedelta(days=days), at=AT)
    assert told() == set()
    concerns.follow_up(DAY + timedelta(days=days + 1), at=AT)
    assert {subject for _, subject in told()} == {"1 day late: concern C-2026-001"}


def test_the_policy_may_set_the_days_of_a_concern(council):
    """The setting `concern-days` is obeyed."""
    council.version = policy_with_setting(council.version, "concern-days", 3)
    concern = make_concern(council)
    assert {place.due_on for place in concern.places.current()} == {DAY + timedelta(days=3)}


# --- What it leads to -----------------------------------------------------------------------------


def test_a_concern_and_the_request_it_led_to_show_each_other_to_those_who_may_know(council, browse_as):
    concern = make_concern(council)
    request = council.request("brk-leaving")
    address = reverse("approvals:answer_concern", args=[concern.reference, "lead-to"])
    browser = browse_as(council.head)

    assert browser.post(address, {"text": ""}).errors == ["Select the request"]
    assert browser.post(address, {"request": "R-1999-001"}).errors == ["Select one of these requests"]
    page = browser.post(address, {"request": request.reference, "text": "Leaving is the way out"})

    assert page.words.count(f"Led to {request.reference}") == 1
    assert page.words.count("Leaving is the way out") == 1
    of_request = reverse("approvals:request", args=[request.reference])
    assert f"Concerns that led to it {concern.reference}" in browser.get(of_request).words
    assert concern.reference not in browse_as(council.executive).get(of_request).words
    assert "has led to a request already" in browser.get(address).words


def test_a_concern_leads_to_no_request_about_another_partnership(council):
    concern, other = make_concern(council), council.another("Fen Forum").request()
    council.request("brk-leaving", sent=False)
    with pytest.raises(Refused, match="about another partnership"):
        concerns.lead_to(concern, "", by=council.manager, at=AT, request=other)
    concern.refresh_from_db()
    assert (concern.led_to, concern.remarks.count()) == (None, 0)


# --- Pages ----------------------------------------------------------------------------------------


def test_a_head_answers_a_concern_on_its_pages(council, browse_as):
    concern = make_concern(council)
    there = browse_as(council.head)
    assert f"Answer concern {concern}" in there.get("/").words
    address = reverse("approvals:concern", args=[concern.reference])
    assert there.post(f"{address}advise/", {"text": ""}).errors == ["Enter your advice"]
    assert "Your advice is kept" in there.post(f"{address}advise/", {"text": "Ask for the plan"}).banner
    page = there.post(f"{address}act/", {"text": "Wrote", "owner": council.lead.pk})
    assert page.errors == ["Say what is to be done, or take the person and the day out"]
    there.post(f"{address}act/", {"text": "Wrote", "to_do": "Ask for the plan", "owner": council.lead.pk})
    page = there.post(f"{address}close/", {"text": "They meet again."})
    assert page.banner.startswith("This concern is closed")
    assert [line.text for line in page.select("ol.app-work strong")] == ["Advice", "Acted on it", "Closed"]
    page = there.post(f"{address}close/", {"text": "Twice"})
    assert "is closed. Reopen it first" in page.words
    assert f"Answer concern {concern}" not in there.get("/").words
    assert browse_as(council.lead).get(f"{address}nonsense/").status == 404


def test_the_raiser_sees_why_others_answer_and_no_button_for_it(council, browse_as):
    concern = make_concern(council)
    page = browse_as(council.lead).get(f"/concerns/{concern.reference}/")
    assert "You raised this, so others answer it." in page.words
    assert [link.text for link in page.select(".govuk-button-group a")] == ["Add to it"]
    page = browse_as(council.lead).get(f"/concerns/{concern.reference}/close/")
    assert "You raised this, so others answer it." in page.words


@pytest.mark.parametrize("rows", [2, 12])
def test_the_list_asks_the_same_of_the_database_for_many_as_for_few(
    council, browse_as, rows, django_assert_num_queries
):
    for _ in range(rows):
        make_concern(council)
    there = browse_as(council.head)
    there.get("/concerns/")
    with django_assert_num_queries(12):  # the frame, deputies, roles, count, page, places
        there.get("/concerns/")


def test_the_overview_of_an_entry_counts_its_open_concerns(council, browse_as):
    concern = make_concern(council)
    make_concern(council)
    concerns.close(concern, "Settled", by=council.head, at=AT)
    page = browse_as(Role.SCRUTINY).get(f"/partnerships/{council.partnership.reference}/")
    assert "Open concerns 1" in page.words


def test_a_place_says_whose_it_is(council):
    assert str(make_concern(council).places.first()).startswith("C-2026-001: ")
    assert ConcernPlace.objects.waiting().count() == 2
