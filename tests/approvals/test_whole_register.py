"""Requests about the whole register: they have no entry, go their route like any other, and break no list or page."""

from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notice, RoleAssignment, ServiceArea
from accounts.roles import Role
from approvals import meetings, notices, services
from approvals.models import Interest, KeyDecision, Request, Status, StepTaken, Turn
from approvals.services import Said
from approvals.subjects import About, Subject, subject_of
from policy.refused import Refused
from register.models import Status as EntryStatus
from tests.approvals.making import LATER, SENT_AT, TODAY, Council
from tests.approvals.meeting_making import HELD_ON, make_meeting
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ABOUT = About("thing:7", "The policy of 2027", "/policy/")
ROUTE, STEP = "har-policy", "har-f17-executive"
SAYS = [{"id": "a", "section": "What is new", "label": "Changed", "words": "The limit is £60,000."}]
digest = ["abc"]
BROUGHT = Subject(kind="thing", says=lambda request: SAYS, material=lambda request: {"Digest": digest[0]})
ELSE = Subject(frozenset({"policy"}), says=lambda request: [])


@pytest.fixture
def council(settings):
    settings.REQUEST_SUBJECTS = [f"{__name__}.ELSE", f"{__name__}.BROUGHT"]
    digest[0] = "abc"
    return Council("harborough-2015", status=EntryStatus.ACTIVE)


def send_up(council, *, by=None, about=ABOUT, route=ROUTE, why="Three years have passed."):
    return services.send_up(route, about=about, why=why, by=by or council.manager, version=council.version, at=SENT_AT)


def test_it_is_sent_and_decided_and_what_was_before_them_is_sealed(council):  # HAR-F17
    request = send_up(council)
    # What the register manager does first is said to be done by sending it up.
    assert set(Turn.objects.values_list("step", "role")) == {(STEP, "executive")}

    record = council.take(request, STEP, "agree", by=council.executive)

    assert (request.partnership, request.status, request.outcome) == (None, Status.DECIDED, "agree")
    assert (record.paper["partnership"], record.paper["facts"]) == (
        {"reference": "", "name": "The policy of 2027"},
        SAYS,
    )
    assert record.paper["request"]["why"] == "Three years have passed."
    assert str(request) == f"{request.reference} The policy of 2027"
    said = StringIO()
    call_command("verify_decisions", stdout=said)
    assert "1 step checked" in said.getvalue()


def test_steps_on_entries_and_on_the_register_hang_in_one_chain(council):
    first = council.take(send_up(council), STEP, "return", by=council.executive)
    council.partnership.change({"is_significant": True}, by=council.manager)
    second = council.take(send_up(council, why="As asked."), STEP, "agree", by=council.executive)

    assert (second.previous, second.round, first.round) == (first.digest, 2, 1)
    assert first.request_id == second.request_id
    call_command("verify_decisions", stdout=StringIO())


@pytest.mark.parametrize("role", [Role.LEAD_OFFICER, Role.EXECUTIVE, Role.AUDITOR])
def test_only_those_who_keep_the_register_send_it_up(council, role):
    with pytest.raises(Refused, match="Only a register manager or an administrator"):
        send_up(council, by=make_user(role))
    assert not Request.objects.exists()


def test_what_is_on_its_way_is_not_sent_twice_and_another_matter_goes_beside_it(council):
    first = send_up(council)
    with pytest.raises(Refused, match=f"{first.reference} about it is on its way already"):
        send_up(council)
    other = send_up(council, about=About("thing:8", "Another"))

    assert [first.reference, other.reference] == ["R-2026-001", "R-2026-002"]


def test_the_database_keeps_no_second_one_and_none_about_nothing(council):
    first = send_up(council)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.create(
            reference="R-1", policy_version=council.version, route=ROUTE, purpose=first.purpose, about="X",
            about_key=first.about_key, proposed_by=council.manager, started_at=SENT_AT,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(pk=first.pk).update(about_key="")


def test_a_route_of_entries_is_not_taken_and_its_own_is_not_started_for_an_entry(council):
    with pytest.raises(Refused, match="no such route for the whole register"):
        send_up(council, route="har-leaving")
    with pytest.raises(Refused, match="Nothing like this can be asked"):
        services.start(council.partnership, ROUTE, by=council.manager, version=council.version, at=SENT_AT, about=ABOUT)
    assert not Request.objects.exists()


def test_nobody_decides_what_they_sent_up_and_no_administrator_gets_round_it(council):  # product, rule 4
    both = make_user(Role.ADMINISTRATOR, Role.EXECUTIVE, is_superuser=True)
    request = send_up(council, by=both)

    with pytest.raises(Refused, match="You proposed this, so others decide"):
        council.take(request, STEP, "agree", by=both)
    with pytest.raises(Refused, match="This step is for"):
        council.take(request, STEP, "agree", by=council.manager)
    assert not StepTaken.objects.exists()


def test_no_service_and_no_name_narrows_its_deciders_down(council):
    elsewhere = make_user(Role.EXECUTIVE, name="Cllr O.N.")
    RoleAssignment.objects.filter(user=elsewhere).update(service_area=ServiceArea.objects.create(name="Waste"))
    request = send_up(council)
    state = services.situation_of(request).standing.state_of(STEP)

    told = notices.people_for(request, state, on=TODAY)

    assert {str(each) for each in told} == {"Cllr E.M.", "Cllr O.N."}
    assert council.take(request, STEP, "agree", by=elsewhere).reference == "D-2026-001"


def test_a_condition_is_refused_because_it_would_be_an_action_of_no_entry(council):
    request = send_up(council)

    with pytest.raises(Refused, match="A condition is an action of an entry"):
        council.take(request, STEP, "agree", by=council.executive, conditions=[("Print it", None, None)])
    assert not StepTaken.objects.exists()


def test_a_step_counts_no_more_once_what_it_is_about_changed(council):
    council.version = Council("redditch").version
    request = send_up(council, route="red-framework")
    council.take(request, "red-framework-legal", by=council.legal)

    digest[0] = "another"

    standing = services.situation_of(request).standing
    assert [state.step.id for state in standing.open_steps] == ["red-framework-legal"]


def test_what_is_brought_goes_by_the_kind_of_thing_before_the_purpose(council):
    request = send_up(council)
    assert subject_of(request) is BROUGHT
    request.about_key = "unknown:1"
    assert subject_of(request) is ELSE
    request.purpose = "reporting"
    assert subject_of(request).says(request) == ()


def test_its_mail_names_it_and_a_late_step_goes_up_the_line(council):
    request = send_up(council)
    subject = Notice.objects.get(key__startswith=f"turn:{request.reference}").subject
    assert subject == "Your turn: The policy of 2027"

    Turn.objects.update(due_on="2026-11-01", since="2026-09-01", role="responsible_head")
    notices.remind(TODAY)
    council.take(request, STEP, "agree", by=council.executive)

    words = " ".join(Notice.objects.values_list("subject", flat=True))
    assert "19 days late: The policy of 2027" in words
    assert "Decided: The policy of 2027" in words
    assert "None" not in words


def test_it_stands_on_an_agenda_and_its_outcome_is_recorded_there(council):
    request = send_up(council)
    meeting = make_meeting(council, "executive")
    assert [row.request for row in meetings.could_be_on(meeting)] == [request]
    item = meetings.put_on(meeting, request, STEP, by=council.manager)
    rows = meetings.agenda_of(meeting)
    assert (rows[0].missing, rows[0].why_key, rows[0].is_open) == ([], "", True)

    done = meetings.record(
        meeting,
        [meetings.Recorded(item, Said("agree", "Fine.", on=HELD_ON), mark=meetings.marks_of(rows)[item.pk])],
        by=council.executive,
        at=LATER,
    )

    assert not done.refused
    assert Request.objects.get(pk=request.pk).status == Status.DECIDED


PAGES = {
    "request_list": Role.REGISTER_MANAGER,
    "decision_list": Role.EXECUTIVE,
    "turn_list": Role.EXECUTIVE,
    "waiting_list": Role.REGISTER_MANAGER,
    "meeting_list": Role.REGISTER_MANAGER,
    "notices": Role.AUDITOR,
}


def test_its_pages_papers_and_lists_name_it_and_never_none(council, browse_as):
    request = send_up(council)
    KeyDecision(request=request, is_key=True, why="It matters to everybody").keep(by=council.manager)
    meeting = make_meeting(council, "executive")
    meetings.put_on(meeting, request, STEP, by=council.manager)
    reference = [request.reference]
    pages = [(reverse(f"approvals:{name}"), role) for name, role in PAGES.items() if name != "meeting_list"]
    pages += [
        (reverse("approvals:request", args=reference), Role.REGISTER_MANAGER),
        (reverse("approvals:step", args=[*reference, STEP]), Role.EXECUTIVE),
        (reverse("approvals:several") + f"?pick={request.reference}.{STEP}", Role.EXECUTIVE),
        (reverse("approvals:declare_interest", args=reference), Role.EXECUTIVE),
        (reverse("approvals:withdraw", args=reference), Role.REGISTER_MANAGER),
        (reverse("approvals:remind", args=[*reference, STEP]), Role.REGISTER_MANAGER),
        (reverse("approvals:key_decision", args=reference), Role.REGISTER_MANAGER),
        (reverse("approvals:meeting", args=[meeting.slug]), Role.REGISTER_MANAGER),
        (reverse("approvals:outcomes", args=[meeting.slug]), Role.EXECUTIVE),
        (reverse("reports:request_html", args=reference), Role.AUDITOR),
        (reverse("reports:meeting_html", args=[meeting.slug]), Role.AUDITOR),
        (reverse("reports:meeting_public_html", args=[meeting.slug]), Role.AUDITOR),
        ("/", Role.EXECUTIVE),
    ]
    for address, role in pages:
        said = read(browse_as(role), address)
        assert "The policy of 2027" in said or "declare" in address or "key" in address, address
        assert "None" not in said.replace("None yet", "").replace("None: the 28", ""), address

    record = council.take(request, STEP, "agree", by=council.executive)
    for name in ("approvals:decision", "reports:decision_html"):
        said = read(browse_as(Role.AUDITOR), reverse(name, args=[record.reference]))
        assert "The limit is £60,000." in said
        assert "The policy of 2027" in said
        assert "()" not in said
    assert "The policy of 2027" in browse_as(council.manager).get("/").words  # what changed since


def read(browser, address):
    """The words of a page; of a file that stands alone, its style left out."""
    response = browser.client.get(address)
    assert response.status_code == 200, address
    body = BeautifulSoup(response.content, "html.parser").body
    return " ".join(body.get_text(" ").split())


def test_its_draft_pages_are_not_there_and_what_came_back_says_where_it_is_sent_again(council, browse_as):
    request = send_up(council)
    council.take(request, STEP, "return", by=council.executive)
    browser = browse_as(council.manager)

    page = browser.get(reverse("approvals:request", args=[request.reference]))

    assert page.select_one(".govuk-inset-text a")["href"] == "/policy/"
    for name in ("why", "check", "sent", "route_facts", "changes", "money"):
        assert browser.get(reverse(f"approvals:{name}", args=[request.reference])).status == 404


def test_the_step_page_takes_a_decision_without_conditions(council, browse_as):
    request = send_up(council)
    browser = browse_as(council.executive)
    address = reverse("approvals:step", args=[request.reference, STEP])
    page = browser.get(address)
    assert not page.select("[name^=condition_]")
    assert page.select("[name=minute]")
    sent = {"mark": page.select_one("[name=mark]")["value"], "outcome": "agree", "reasons": "Fine.", "minute": "E 4"}

    browser.post(address, sent | {"record": "yes"})

    assert StepTaken.objects.get().minute == "E 4"


def test_an_interest_in_it_takes_somebody_out(council):
    request = send_up(council)
    services.declare_interest(request, person=council.executive, what="Wrote it", by=council.executive, on=TODAY)

    with pytest.raises(Refused, match="You declared an interest"):
        council.take(request, STEP, "agree", by=council.executive)
    assert Interest.objects.count() == 1


@pytest.mark.parametrize("name", ["request_list", "decision_list", "waiting_list"])
def test_a_list_of_both_kinds_takes_no_more_queries_for_more_of_them(council, browse_as, name):
    browser = browse_as(make_user(Role.REGISTER_MANAGER, Role.EXECUTIVE))

    def queries(number):
        while Request.objects.filter(partnership=None).count() < number:
            send_up(council, about=About(f"thing:{Request.objects.count()}", "The policy"))
        while Request.objects.exclude(partnership=None).count() < number:
            each = council.another(f"Board {Request.objects.count()}")
            each.partnership.change(
                {"is_significant": False, "contribution_a_year": 10, "hours_a_month": 1}, by=each.lead
            )
            each.request("har-joining")
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse(f"approvals:{name}"))
        return len(asked)

    queries(1)
    few = queries(2)

    assert queries(6) == few


def test_work_lists_do_not_work_its_turns_out_again_for_ever(council):
    send_up(council)

    assert services.bring_up_to_date() == 0
