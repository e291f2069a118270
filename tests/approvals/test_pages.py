"""The pages of requests: the way through them, wrong input, who sees what, and what lists cost."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals import services
from approvals.models import Interest, Request, StepTaken
from approvals.models import Status as RequestStatus
from approvals.rules import Place
from register.duplicates import keep_apart
from register.models import Representative, Status
from tests.approvals.making import SENT_AT, Council
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ACT: dict[str, Any] = {"mark": "", "reasons": "It brings buses."}


def step_path(request, step):
    return reverse("approvals:step", args=[request.reference, step])


def mark_of(page):
    return page.select_one("input[name=mark]")["value"]


# --- From proposal to decision ------------------------------------------------------------------------


def test_a_proposal_is_started_completed_and_sent(browse_as):
    council = Council()
    browser = browse_as(council.lead)
    page = browser.get(reverse("approvals:of_entry", args=[council.partnership.reference]))
    assert "Joining a partnership" in page.words

    page = browser.post(reverse("approvals:ask", args=[council.partnership.reference, "brk-joining"]))
    request = Request.objects.get()
    assert page.path == reverse("approvals:request", args=[request.reference])
    assert "It cannot be sent yet" in browser.get(reverse("approvals:check", args=[request.reference])).words

    page = browser.post(reverse("approvals:why", args=[request.reference]), {"why": ""})
    assert page.errors == ["Say why the council should do this"]
    browser.post(reverse("approvals:why", args=[request.reference]), {"why": "Six villages have no bus."})
    council.answer("brk-app-c", "brk-conditions")
    page = browser.post(reverse("approvals:check", args=[request.reference]))

    request.refresh_from_db()
    assert request.status == RequestStatus.SENT
    assert page.banner == f"{request.reference} is sent. It is the turn of CI&P Team now"


def test_what_came_back_and_is_sent_again_says_whose_turn_it_is(browse_as):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    council.take(request, "brk-f04", "return", by=council.cmt, reasons="Six months is short.")

    page = browse_as(council.lead).post(reverse("approvals:check", args=[request.reference]))

    assert page.banner == f"{request.reference} is sent. It is the turn of CI&P Team now"


def test_a_step_without_outcomes_takes_none_and_is_called_by_its_title(browse_as):
    council = Council()
    request = council.request()
    browser = browse_as(council.manager)
    path = step_path(request, "brk-f02-challenge")
    given = {"mark": mark_of(browser.get(path)), "reasons": "Sound.", "record": "yes"}

    assert browser.post(path, given | {"outcome": "join"}).errors == ["This step offers no outcomes. Say it in words"]
    assert not StepTaken.objects.exists()
    page = browser.post(path, given)

    assert page.banner == "“Question the assessment” is kept. It is the turn of Portfolio Holder now"
    assert str(StepTaken.objects.get()) == f"{request.reference}, “Question the assessment”"


def test_a_recommendation_is_never_shown_as_the_decision(browse_as):
    council = Council(unbudgeted="1")
    request = council.request()
    council.to_cmt(request)
    record = council.take(request, "brk-f05-recommend", "join", by=council.cmt)
    browser = browse_as(council.executive)

    page = browser.get(reverse("approvals:decision", args=[record.reference]))

    assert page.heading == f"{record.reference}: Join (recommendation)"
    assert page.find("dt", string="Recommendation")
    assert not page.find("dt", string="Decision")
    assert "CMT: Join (recommendation)" in browser.get("/").words
    assert "CMT: Join (recommendation)" in browser.get(reverse("approvals:decision_list")).words


def test_a_decision_is_checked_before_it_is_kept(browse_as):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    browser = browse_as(council.cmt)
    page = browser.get(step_path(request, "brk-f04"))
    assert "You may: it is not your own work" in page.words
    given = {"mark": mark_of(page), "outcome": "join", "reasons": "It brings buses.", "minute": "CMT 92/26"}

    check = browser.post(step_path(request, "brk-f04"), given)
    assert check.heading == "Check before it is kept"
    assert StepTaken.objects.filter(step="brk-f04").count() == 0
    page = browser.post(step_path(request, "brk-f04"), given | {"record": "yes"})

    assert page.banner == "D-2026-001 is kept. The request is decided"
    assert council.entry().status == Status.ACTIVE
    record = browser.get(reverse("approvals:decision", args=["D-2026-001"]))
    assert "It brings buses." in record.words
    assert "The sealed copy is whole" in record.words


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"reasons": "Because."}, "Select one of the outcomes"),
        (
            {"outcome": "leave", "reasons": "Because."},
            "Select one of the outcomes that this step offers",
        ),
        ({"outcome": "join"}, "Enter the reasons"),
        (
            {"outcome": "join", "reasons": "So.", "on_0": "31", "on_1": "4", "on_2": "2026"},
            "Enter the day of the decision as a real date",
        ),
        ({"outcome": "join", "reasons": "So.", "on_0": "1", "on_1": "1", "on_2": "2031"}, "must be today or earlier"),
        ({"outcome": "join", "reasons": "So.", "owner_1": "1"}, "Say what condition 1 is"),
    ],
)
def test_wrong_input_is_said_and_keeps_what_was_typed(browse_as, given, error):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    browser = browse_as(council.cmt)
    mark = mark_of(browser.get(step_path(request, "brk-f04")))
    if "owner_1" in given:
        given = given | {"owner_1": str(council.lead.pk)}

    page = browser.post(step_path(request, "brk-f04"), given | {"mark": mark, "record": "yes"})

    assert any(error in each for each in page.errors), page.errors
    assert not StepTaken.objects.filter(step="brk-f04").exists()
    if given.get("reasons"):
        assert page.select_one("textarea[name=reasons]").text.strip() == given["reasons"]


def test_nobody_decides_on_what_they_have_not_seen(browse_as):
    council = Council()
    request = council.request()
    browser = browse_as(council.manager)
    given = {"mark": mark_of(browser.get(step_path(request, "brk-f02-challenge"))), "reasons": "Fine.", "record": "yes"}
    council.entry().change({"hours_a_month": 90}, by=council.manager, reason="Counted")

    page = browser.post(step_path(request, "brk-f02-challenge"), given)
    assert page.errors == ["The request changed after you opened it. Read what changed, then go on"]

    page = browser.post(step_path(request, "brk-f02-challenge"), given | {"mark": mark_of(page)})
    assert "is kept" in page.banner


def test_a_refusal_names_those_who_can(browse_as):
    council = Council()
    request = council.request()
    page = browse_as(council.executive).get(step_path(request, "brk-f02-challenge"))

    assert "This step is for Corporate Improvement and Performance Team. T.W. can take it." in page.words
    assert not page.select("form textarea")


def test_interests_and_dispensations_are_recorded_on_pages(browse_as):
    council = Council()
    request = council.request()
    browse_as(council.cmt).post(
        reverse("approvals:declare_interest", args=[request.reference]), {"what": "On the bus company’s board"}
    )
    interest = Interest.objects.get()
    page = browse_as(council.legal).get(reverse("approvals:request", args=[request.reference]))
    assert "On the bus company’s board" in page.words

    browse_as(council.legal).post(
        reverse("approvals:dispense", args=[request.reference, interest.pk]), {"why": "Given on 3 November"}
    )
    interest.refresh_from_db()
    assert interest.dispensation_by == "L.A."


def test_a_deputy_is_named_and_ended(browse_as):
    council = Council()
    deputy, nobody = make_user(Role.SCRUTINY, name="D.P."), make_user(name="N.R.")
    browser = browse_as(council.manager)
    given = {
        "person": council.cmt.pk, "deputy": deputy.pk, "role": "management_team",
        "from_on_0": "1", "from_on_1": "11", "from_on_2": "2026", "to_on_0": "1", "to_on_1": "11", "to_on_2": "2099",
    }  # fmt: skip
    page = browser.post(reverse("approvals:deputy_list"), given | {"role": "executive"})
    assert page.errors == ["S.P. does not hold this role"]
    page = browser.post(reverse("approvals:deputy_list"), given | {"deputy": council.cmt.pk})
    assert page.errors == ["Choose somebody else as deputy"]
    page = browser.post(reverse("approvals:deputy_list"), given | {"deputy": nobody.pk})
    assert page.errors == ["N.R. holds no role, so no page opens for them. Give them one first"]

    page = browser.post(reverse("approvals:deputy_list"), given)
    assert page.banner == "D.P. may act for S.P. until 1 November 2099"


def test_a_draft_is_not_there_for_others(browse_as):
    council = Council()
    request = council.request(sent=False)

    assert browse_as(Role.AUDITOR).get(reverse("approvals:request", args=[request.reference])).status == 404
    assert browse_as(Role.EXECUTIVE).get(step_path(request, "brk-f02-challenge")).status == 404


def test_every_list_shows_a_draft_to_the_same_people(browse_as):
    """Who may open it: its proposer, whoever keeps the entry, and those who represent the council on it."""
    council = Council()
    request = council.request(sent=False)
    attends = make_user(Role.LEAD_OFFICER)
    Representative(partnership=council.entry(), user=attends, name=str(attends)).keep(by=council.manager)
    lists = [reverse("approvals:request_list"), reverse("approvals:of_entry", args=[council.entry().reference])]

    for person, reads in ((council.lead, True), (council.manager, True), (attends, True), (council.cmt, False)):
        found = [request.reference in browse_as(person).get(address).words for address in lists]
        assert found == [reads, reads], person
    assert browse_as(Role.LEAD_OFFICER).get(lists[0]).words.count(request.reference) == 0


def test_the_home_page_says_whose_turn_it_is(browse_as):
    council = Council()
    request = council.request()

    assert f"Advise on {request.reference}" in browse_as(council.manager).get("/").words
    assert request.reference not in browse_as(council.cmt).get("/").words


# --- Every role, every step, every outcome --------------------------------------------------------------


def test_only_those_whose_step_it_is_may_take_it_and_everybody_else_reads_why():
    """Each role against each step of the route as it is reached; the proposer and a superuser never."""
    council = Council(unbudgeted="1")
    request = council.request()
    holders = {
        "register_manager": council.manager,
        "portfolio_holder": council.holder,
        "management_team": council.cmt,
        "executive": council.executive,
    }
    root = make_user(*Role, name="Root", is_superuser=True)
    proposer_of_everything = council.lead
    for role in Role:
        if role != Role.LEAD_OFFICER:
            proposer_of_everything.give_role(role, by=None, from_on=SENT_AT.date())
    way = [
        ("brk-f02-challenge", "", "register_manager"),
        ("brk-f04-view", "agree", "portfolio_holder"),
        ("brk-f05-recommend", "join", "management_team"),
        ("brk-f05", "join", "executive"),
    ]
    tried = 0
    for step, outcome, role in way:
        for other in Role:
            person = make_user(other, name=f"Other {other}")
            request = Request.objects.select_related("policy_version", "partnership").get(pk=request.pk)
            problem = why_not(request, step, person)
            assert bool(problem) is (other != role), (step, other, problem)
            tried += 1
        assert why_not(request, step, type(root).objects.get(pk=proposer_of_everything.pk)).startswith(
            "You proposed this"
        )
        root_alone = make_user(name=f"Superuser at {step}", is_superuser=True, is_staff=True)
        assert why_not(request, step, root_alone).startswith("This step is for")
        council.take(request, step, outcome, by=holders[role])
    assert tried == len(way) * len(Role)
    assert council.entry().status == Status.ACTIVE


def why_not(request, step, person):
    from approvals.gate import Gate

    state = services.situation_of(request).standing.state_of(step)
    assert state.place == Place.OPEN
    return Gate.of(person, SENT_AT.date(), [request]).why_not(request, state)


# --- The seal -------------------------------------------------------------------------------------------


def test_verify_decisions_passes_and_names_a_record_that_was_altered(capsys):
    council = Council()
    record = council.decision()
    call_command("verify_decisions")
    assert "3 steps checked; every copy is as it was sealed" in capsys.readouterr().out

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE approvals_steptaken SET copy = replace(copy, '60,000', '6,000') WHERE id = %s", [record.pk]
        )
    with pytest.raises(CommandError, match=r"D-2026-001 of R-2026-001 \(number 3\): its copy was altered"):
        call_command("verify_decisions")


def test_verify_decisions_names_what_was_altered_beside_the_copy():
    council = Council()
    record = council.decision()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_steptaken SET reasons = 'Other reasons' WHERE id = %s", [record.pk])

    with pytest.raises(CommandError, match="“reasons” was altered"):
        call_command("verify_decisions")


def test_verify_decisions_misses_no_record_that_was_taken_out():
    council = Council()
    council.decision()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM approvals_steptaken WHERE number = 2")

    with pytest.raises(CommandError, match="the record before it was altered or is missing"):
        call_command("verify_decisions")


def test_those_who_decide_read_why_it_is_a_different_one(browse_as):
    """MEL-F02, MEL-D15: what the proposer said about entries that look alike is before them, and in what is sealed."""
    council = Council()
    keep_apart(council.partnership, council.another("Marsh Valley Rural Buses").partnership, by=council.lead,
               note="It serves another valley")  # fmt: skip
    request = council.request()
    said = "It is a different one because: It serves another valley (L.N.)"

    page = browse_as(council.cmt).get(reverse("approvals:request", args=[request.reference]))
    assert "Not Marsh Valley Rural Buses" in page.words
    assert said in page.words
    assert said in browse_as(council.cmt).client.get(f"/requests/{request.reference}.html").content.decode()

    record = council.take(request, "brk-f02-challenge", by=council.manager)
    assert [line["value"] for line in record.paper["apart"]] == [said]


# --- What lists cost --------------------------------------------------------------------------------------


def test_lists_and_pages_take_the_same_number_of_queries_for_any_number_of_requests(browse_as):
    first = Council()
    request = first.request()
    browser = browse_as(first.manager)
    addresses = [reverse(f"approvals:{name}") for name in ("request_list", "decision_list", "turn_list")]
    addresses += [reverse("approvals:request", args=[request.reference])]
    addresses += [reverse("approvals:step", args=[request.reference, "brk-f02-challenge"])]

    def queries():
        found = {}
        for address in addresses:
            browser.client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert browser.client.get(address).status_code == 200
            found[address] = len(asked)
        return found

    few = queries()
    for number in range(8):
        first.another(f"Another partnership {number}").request()

    assert queries() == few


def test_a_request_takes_the_same_number_of_queries_however_much_was_said(browse_as):
    council = Council(unbudgeted="1")
    request = council.request()
    browser = browse_as(council.executive)
    address = reverse("approvals:request", args=[request.reference])
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    council.to_cmt(request)
    council.take(request, "brk-f05-recommend", "join", by=council.cmt)
    browser.get(address)
    with CaptureQueriesContext(connection) as many:
        browser.get(address)

    assert len(many) <= len(few)


# --- The home page --------------------------------------------------------------------------------------


def test_a_proposal_whose_request_is_on_its_way_is_not_to_be_looked_at_any_more(browse_as):
    council = Council()
    home = reverse("home")
    assert "Look at the proposal" in browse_as(council.manager).get(home).words

    council.request()

    page = browse_as(council.manager).get(home)
    assert "Look at the proposal" not in page.words
    assert "R-2026-001" in page.select_one(".app-work").get_text(" ")


def test_a_proposer_sees_for_whom_their_request_waits_and_what_others_said(browse_as):
    council = Council()
    request = council.request()
    council.take(request, "brk-f02-challenge", by=council.manager, at=timezone.now())

    page = browse_as(council.lead).get(reverse("home"))

    waiting = page.find("h2", string="Waiting for others").find_parent().get_text(" ")
    assert f"{request.reference}" in waiting
    assert "with Portfolio Holder" in waiting
    assert "CI&P Team: Advised (T.W.)" in page.find("h2", string="In the last 30 days").find_next("ul").get_text(" ")


def test_an_adviser_sees_what_was_decided_after_their_advice(browse_as):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    council.take(request, "brk-f04", "join", by=council.cmt)
    StepTaken.objects.filter(step="brk-f02-challenge").update(act="advise", by=council.finance)

    page = browse_as(council.finance).get(reverse("home"))

    given = page.find("h2", string="Advice you gave").find_next("ul").get_text(" ")
    assert "Join, 20 November 2026" in given


def test_scrutiny_and_auditors_see_the_decisions_of_the_quarter(browse_as):
    council = Council()
    record = council.decision()
    StepTaken.objects.filter(pk=record.pk).update(on=timezone.localdate())

    for role in (Role.SCRUTINY, Role.AUDITOR):
        page = browse_as(role).get(reverse("home"))
        assert record.reference in page.find("h2", string="Decisions of the last three months").find_next("ul").text


def test_the_lines_of_the_executive_carry_no_verbs_of_change(browse_as):
    council = Council(unbudgeted="18000")
    request = council.request()
    council.to_cmt(request)
    council.take(request, "brk-f05-recommend", "join", by=council.cmt)

    page = browse_as(council.executive).get(reverse("home"))

    assert page.find("a", string=f"{request.reference}: joining a partnership, {council.partnership}") is not None


def test_an_auditor_sees_that_the_seals_hold_and_which_does_not(browse_as):
    council = Council()
    council.decision()
    auditor = browse_as(Role.AUDITOR)
    assert "3 sealed steps checked just now: each is as it was sealed" in auditor.get(reverse("home")).words

    with connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_steptaken SET copy = '{}' WHERE number = 2")

    page = auditor.get(reverse("home"))
    assert "Step number 2 was altered after it was sealed" in page.words
    assert "each is as it was sealed" not in page.words
