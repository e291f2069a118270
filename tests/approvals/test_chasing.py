"""What waits for whom: reminders by hand, steps given to another person, and late steps up the line."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, RoleAssignment
from accounts.roles import Role
from approvals import chasing, notices, queries, services
from approvals.gate import Gate
from approvals.models import Chaser, Deputy, Given, StepTaken, Turn
from approvals.rules import forms_behind, told_above
from approvals.services import situation_of
from assessments.models import Response
from policy.refused import Refused
from register.models import Partnership, Representative
from tests.approvals.making import LATER, SENT_AT, TODAY, Council
from tests.factories import make_user, policy_with_setting

pytestmark = pytest.mark.django_db
CHALLENGE = "brk-f02-challenge"


@pytest.fixture
def council():
    return Council()


@pytest.fixture
def request_(council):
    """A request whose first step, an officer's, waits for the register manager's team."""
    return council.request()


def why_not(person, request, step=CHALLENGE):
    return Gate.of(person, TODAY, [request]).why_not(request, situation_of(request).standing.state_of(step))


# --- Reminders ------------------------------------------------------------------------------------


def test_a_reminder_goes_to_those_who_have_the_turn_with_a_word_and_stands_on_the_request(browse_as, council, request_):
    page = browse_as(council.manager).get(reverse("approvals:waiting_list"))
    assert request_.reference in page.words
    mail.outbox.clear()

    done = browse_as(council.manager).post(
        reverse("approvals:remind", args=[request_.reference, CHALLENGE]), {"word": "CMT meets on Tuesday."}
    )

    assert done.banner == f"T.W. reminded of {request_.reference}"
    assert Chaser.objects.get().people == "T.W."
    reminder = Notice.objects.get(key__startswith="chased:")
    assert reminder.person == council.manager
    assert "CMT meets on Tuesday." in reminder.text
    assert request_.why not in reminder.text
    assert "T.W. reminded T.W." in browse_as(Role.AUDITOR).get(reverse("approvals:request", args=[request_.reference]))


def test_a_second_reminder_within_the_hour_is_refused_and_after_it_goes_out(council, request_):
    chasing.remind_now(request_, CHALLENGE, word="", by=council.manager, at=LATER)
    with pytest.raises(Refused, match=r"T\.W\. reminded T\.W\. at 3:42pm\. Wait an hour"):
        chasing.remind_now(request_, CHALLENGE, word="", by=council.manager, at=LATER + timedelta(minutes=59))
    chasing.remind_now(request_, CHALLENGE, word="", by=council.manager, at=LATER + timedelta(minutes=60))
    assert Notice.objects.filter(key__startswith="chased:").count() == 2


def test_only_a_register_manager_reminds_and_only_of_a_step_that_waits(council, request_):
    with pytest.raises(Refused, match="Only a register manager sends reminders"):
        chasing.remind_now(request_, CHALLENGE, word="", by=council.lead, at=LATER)
    with pytest.raises(Refused, match="does not wait for anybody now"):
        chasing.remind_now(request_, "brk-f04", word="", by=council.manager, at=LATER)
    assert not Chaser.objects.exists()


@pytest.mark.parametrize("many", [2, 12])
def test_the_list_of_what_waits_costs_the_same_for_any_number(browse_as, council, many):
    for number in range(many):
        council.another(f"Board {number}").request()
    browser = browse_as(council.manager)
    browser.get(reverse("approvals:waiting_list"))
    with CaptureQueriesContext(connection) as asked:
        page = browser.get(reverse("approvals:waiting_list"))
    assert len(page.select("tbody tr")) == many
    assert len(asked) == 17  # of them eight for who could take a step at all


def test_only_late_steps_are_shown_when_that_is_asked(browse_as, council, request_):
    later = council.another("Fen Forum").request(at=timezone.now())
    page = browse_as(council.manager).get(reverse("approvals:waiting_list"), {"show": "late"})
    late = Turn.objects.get(request=request_).due_on < timezone.localdate()
    assert (request_.reference in page.words) == late
    assert later.reference not in page.words


# --- Steps given to another person ----------------------------------------------------------------


def test_a_given_step_is_theirs_alone_and_the_route_says_so(browse_as, council, request_):
    other = make_user(Role.REGISTER_MANAGER, name="K.D.")
    assert why_not(council.manager, request_) == why_not(other, request_) == ""

    done = browse_as(council.manager).post(
        reverse("approvals:give", args=[request_.reference, CHALLENGE]),
        {"person": other.pk, "reason": "T.W. is on leave"},
    )

    assert f"K.D. takes “{situation_of(request_).standing.open_steps[0].step.title}”" in done.words
    assert why_not(other, request_) == ""
    assert why_not(council.manager, request_) == "This step was given to K.D., who takes it now"
    page = browse_as(council.manager).get(reverse("approvals:request", args=[request_.reference]))
    assert "given to K.D." in page.select_one(".app-route").get_text(" ")
    assert "given to K.D. by T.W., because “T.W. is on leave”" in page.words
    assert Notice.objects.get(key__startswith="given:").person == other
    mine = queries.turns_of(council.manager, TODAY)
    assert [turn.refusal for turn in mine] == ["This step was given to K.D., who takes it now"]
    assert not [turn for turn in queries.turns_of(other, TODAY) if turn.refusal]
    with pytest.raises(Refused, match=r"given to K\.D\."):
        council.take(request_, CHALLENGE, by=council.manager)
    assert council.take(request_, CHALLENGE, by=other).by == other


def test_a_deputy_of_the_one_it_was_given_to_takes_it_and_a_deputy_of_another_does_not(council, request_):
    other = make_user(Role.REGISTER_MANAGER, name="K.D.")
    deputies = {}
    for person in (other, council.manager):
        deputies[person] = make_user(name=f"Deputy of {person}")
        Deputy(person=person, deputy=deputies[person], role=Role.REGISTER_MANAGER, from_on=TODAY, to_on=TODAY).keep(
            by=council.manager
        )
    chasing.give_to(request_, CHALLENGE, other, reason="On leave", by=council.manager, on=TODAY)

    assert why_not(deputies[other], request_) == ""
    assert "given to K.D." in why_not(deputies[council.manager], request_)


def test_it_can_be_given_on_and_the_history_keeps_both(council, request_):
    first, second = (make_user(Role.REGISTER_MANAGER, name=name) for name in ("K.D.", "L.E."))
    chasing.give_to(request_, CHALLENGE, first, reason="On leave", by=council.manager, on=TODAY)
    with pytest.raises(Refused, match=r"K\.D\. has this step already"):
        chasing.give_to(request_, CHALLENGE, first, reason="Again", by=council.manager, on=TODAY)
    given = chasing.give_to(request_, CHALLENGE, second, reason="Ill", by=council.manager, on=TODAY)

    assert [each.person_name for each in given.history.order_by("history_id")] == ["K.D.", "L.E."]
    assert "given to L.E." in why_not(first, request_)


def test_nobody_is_given_a_step_of_their_own_work_or_without_its_role(council, request_):
    attends = make_user(Role.REGISTER_MANAGER, name="A.T.")
    council.lead.give_role(Role.REGISTER_MANAGER, by=council.manager, from_on=TODAY)
    del council.lead.held
    Representative(partnership=council.partnership, user=attends, name="A.T.").keep(by=council.manager)
    for person, why in (
        (council.lead, "proposed this, so others advise"),
        (council.finance, "F.A. does not hold the role of this step"),
    ):
        with pytest.raises(Refused, match=why):
            chasing.give_to(request_, CHALLENGE, person, reason="Busy", by=council.manager, on=TODAY)
    assert not Given.objects.exists()


def head_wrote_it():
    """A request whose head filled in the form that they would approve."""
    council = Council("melton")
    Partnership.objects.filter(pk=council.partnership.pk).update(local_values={"mel-c17": False})
    council.partnership = council.entry()
    request = council.request("mel-joining", sent=False)
    for form in forms_behind(council.policy.route("mel-joining")):
        occasion = council.policy.questionnaire(form).occasions[0]
        response = Response.start(
            council.partnership, form, occasion=occasion, by=council.head, policy_version=council.version, at=SENT_AT
        )
        response.send(missing=(), by=council.head, at=SENT_AT)
    services.send(request, by=council.lead, at=SENT_AT)
    council.answer(*council.policy.route("mel-joining").by_id["mel-f04"].needs, at=LATER)
    council.take(request, "mel-f04", by=council.manager)
    return council, request


def test_a_register_manager_sees_that_nobody_can_take_a_step_why_and_who_could(browse_as):
    """DEF-07: the head who wrote the business case does not approve it; another is given the step."""
    council, request = head_wrote_it()
    why = (
        "R.H. filled in a form that this rests on. Give somebody else its role. Next up the line: S.P., Management Team"
    )

    for address in (reverse("approvals:waiting_list"), reverse("approvals:request", args=[request.reference])):
        assert why in browse_as(council.manager).get(address).words
    told = Notice.objects.get(key__startswith="nobody:")
    assert (told.person, why in told.text) == (council.manager, True)
    assert why not in browse_as(council.lead).get(reverse("approvals:request", args=[request.reference])).words

    other = make_user(Role.RESPONSIBLE_HEAD, name="R.H.2")
    council.entry().change({"responsible_head": council.head}, by=council.manager, reason="Their service")
    page = browse_as(council.manager).get(reverse("approvals:waiting_list"))
    assert "R.H.2 could be given it" in page.words
    chasing.give_to(request, "mel-f05", other, reason="R.H. wrote it", by=council.manager, on=TODAY)
    page = browse_as(council.manager).get(reverse("approvals:waiting_list"))
    assert "Nobody can take it" not in page.words
    assert council.take(request, "mel-f05", "agree", by=other).by == other


def test_a_step_whose_role_nobody_holds_says_so(browse_as):
    council, _ = head_wrote_it()
    RoleAssignment.objects.filter(role=Role.RESPONSIBLE_HEAD).delete()
    assert "Nobody holds its role for this partnership. Give somebody else its role" in (
        browse_as(council.manager).get(reverse("approvals:waiting_list")).words
    )


def test_a_step_of_a_body_cannot_be_given_to_one_person(browse_as, council, request_):
    council.to_cmt(request_)
    other = make_user(Role.MANAGEMENT_TEAM, name="K.D.")
    with pytest.raises(Refused, match="belongs to a body or a member"):
        chasing.give_to(request_, "brk-f04", other, reason="Busy", by=council.manager, on=TODAY)
    assert browse_as(council.manager).get(reverse("approvals:give", args=[request_.reference, "brk-f04"])).status == 404


def test_giving_needs_a_reason_and_the_right(council, request_):
    other = make_user(Role.REGISTER_MANAGER, name="K.D.")
    with pytest.raises(Refused, match="Say why somebody else takes this step"):
        chasing.give_to(request_, CHALLENGE, other, reason=" ", by=council.manager, on=TODAY)
    with pytest.raises(Refused, match="Only a register manager gives a step"):
        chasing.give_to(request_, CHALLENGE, other, reason="Busy", by=council.lead, on=TODAY)


def test_sent_again_the_step_belongs_to_its_role_again(council, request_):
    other = make_user(Role.REGISTER_MANAGER, name="K.D.")
    chasing.give_to(request_, CHALLENGE, other, reason="On leave", by=council.manager, on=TODAY)
    request_.round += 1
    request_.keep(by=council.manager)
    assert why_not(council.manager, request_) == ""


# --- Up the line -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "late", "heard"),
    [
        (["finance_adviser"], 6, ()),
        (["finance_adviser"], 7, ("responsible_head",)),
        (["finance_adviser"], 13, ("responsible_head",)),
        (["finance_adviser"], 14, ("responsible_head", "management_team")),
        (["responsible_head"], 7, ("management_team",)),
        (["management_team"], 70, ()),
        (["legal_adviser"], 0, ()),
    ],
)
def test_a_late_step_of_an_officer_goes_up_the_line_one_after_the_other(roles, late, heard):
    assert told_above(roles, late, every=7) == heard


def test_each_of_those_above_hears_of_a_late_step_once(council, request_):
    council.entry().change({"responsible_head": council.head}, by=council.manager)
    due = Turn.objects.get(request=request_).due_on
    for days in (6, 7, 7, 8, 14, 21):
        call_command("send_reminders", on=str(due + timedelta(days=days)), stdout=StringIO())

    above = Notice.objects.filter(key__startswith="up:")
    assert sorted(above.values_list("person__name", flat=True)) == ["R.H.", "S.P."]
    assert all(request_.why not in notice.text for notice in above)
    assert StepTaken.objects.count() == 0


def test_the_policy_may_say_after_how_many_days():
    council = Council()
    council.version = policy_with_setting(council.version, "escalation-days", 3)
    request = council.request()
    due = Turn.objects.get(request=request).due_on

    notices.remind(due + timedelta(days=2))
    assert not Notice.objects.filter(key__startswith="up:").exists()
    notices.remind(due + timedelta(days=3))
    assert Notice.objects.filter(key__startswith="up:").exists()


# --- The log of e-mails ------------------------------------------------------------------------------


def test_an_email_that_did_not_go_out_is_listed_and_sent_again(browse_as, settings):
    person = make_user(Role.LEAD_OFFICER, name="L.N.")
    notice = Notice.objects.create(
        person=person, key="x", subject="Your turn", text="Secret words", tries=3, trouble="Connection refused"
    )
    administrator = browse_as(Role.ADMINISTRATOR)
    assert "Look at the e-mail to L.N. that was not sent" in administrator.get(reverse("home")).words
    page = administrator.get(reverse("accounts:notice_list"), {"show": "waiting"})
    assert "Not sent after 3 tries" in page.words
    assert "Connection refused" in page.words
    assert "Secret words" not in page.words

    done = administrator.post(reverse("accounts:notice_send", args=[notice.pk]))

    assert "The e-mail to L.N. is sent" in done.words
    assert len(mail.outbox) == 1
    administrator.post(reverse("accounts:notice_send", args=[notice.pk]))
    assert len(mail.outbox) == 1  # a second press finds it sent


def test_an_email_that_fails_again_says_so_and_stays(browse_as, settings):
    settings.EMAIL_BACKEND = "tests.approvals.test_chasing.Refusing"
    notice = Notice.objects.create(
        person=make_user(name="L.N."), key="x", subject="Your turn", text="…", tries=3, trouble="Connection refused"
    )
    page = browse_as(Role.ADMINISTRATOR).post(reverse("accounts:notice_send", args=[notice.pk]))
    assert "did not go out" in page.words
    assert "Not sent after 4 tries" in page.words


class Refusing:
    """A mail server that refuses everything."""

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise OSError("The mail server is away")
