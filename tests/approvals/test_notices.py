"""E-mails of requests: whom they go to, once each, and what becomes of them when the mail server fails."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts import notices
from accounts.models import Notice, NoticeHabit
from accounts.roles import Role
from approvals.models import Deputy
from register.models import Representative
from tests.approvals.making import LATER, TODAY, Council
from tests.factories import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def subjects():
    return [(message.to[0], message.subject) for message in mail.outbox]


def remind(on, **options):
    said = StringIO()
    call_command("send_reminders", on=on, stdout=said, **options)
    return said.getvalue()


def test_those_whose_turn_it_is_are_told_by_when_and_where():
    council = Council()
    request = council.request()
    assert notices.deliver(at=AT) == (1, 0)

    message = mail.outbox[0]
    assert message.to == [council.manager.email]
    assert message.subject == "Your turn by 12 November 2026: Marsh Valley Rural Mobility Partnership"
    assert f"/requests/{request.reference}/steps/brk-f02-challenge/" in message.body
    assert request.why not in message.body  # no e-mail carries the words of a request
    assert notices.deliver(at=AT) == (0, 0)


def test_those_with_a_hand_in_it_are_not_told_and_deputies_are():
    council = Council()
    other = make_user(Role.MANAGEMENT_TEAM, name="K.D.")
    Representative(partnership=council.partnership, user=other, name="K.D.").keep(by=council.manager)
    deputy = make_user(name="D.P.")
    Deputy(person=council.cmt, deputy=deputy, role="management_team", from_on=TODAY, to_on=TODAY).keep(by=council.cmt)
    request = council.request()
    council.to_cmt(request)

    told = set(Notice.objects.filter(key__contains="brk-f04:").values_list("person__name", flat=True))

    assert told == {"S.P.", "D.P."}


def test_a_representative_is_told_of_their_turn():  # BRK-F08
    council = Council()
    attends = make_user(name="A.A.")
    Representative(partnership=council.partnership, user=attends, name="A.A.").keep(by=council.manager)
    request = council.request()
    council.to_cmt(request)
    council.take(request, "brk-f04", "join", by=council.cmt)

    assert Notice.objects.filter(person=attends, key__contains="brk-f08:").count() == 1


def test_the_proposer_hears_that_it_came_back_and_what_was_decided():
    council = Council()
    request = council.request()
    council.to_cmt(request)
    council.take(request, "brk-f04", "return", by=council.cmt)
    from approvals import services

    services.send(request, by=council.lead, at=LATER)
    request.refresh_from_db()
    council.to_cmt(request)
    council.take(request, "brk-f04", "join", by=council.cmt)

    said = list(Notice.objects.filter(person=council.lead).order_by("pk").values_list("subject", flat=True))
    assert said == [f"Returned to you: {council.partnership}", f"Decided: {council.partnership}"]


def test_a_turn_that_comes_again_is_told_again():
    council = Council()
    request = council.changed()
    from approvals import notices as of_requests
    from approvals import services

    services.bring_up_to_date()
    request.refresh_from_db()
    of_requests.of_turns(request)

    assert Notice.objects.filter(person=council.manager, key__startswith="turn:").count() == 2


@pytest.mark.parametrize(
    ("on", "subject"),
    [
        ("2026-11-04", None),
        ("2026-11-05", "Due 12 November 2026: Marsh Valley Rural Mobility Partnership"),
        ("2026-11-12", "Due 12 November 2026: Marsh Valley Rural Mobility Partnership"),
        ("2026-11-13", "1 day late: Marsh Valley Rural Mobility Partnership"),
    ],
)
def test_reminders_come_seven_days_before_and_when_late(on, subject):  # DEF-09
    # The step is due ten days after it was sent: too soon for the reminder of thirty days.
    council = Council()
    council.request()
    notices.deliver(at=AT)
    mail.outbox.clear()

    remind(on)

    wanted = [(council.manager.email, subject)] if subject else []
    assert subjects() == wanted


def test_a_reminder_run_twice_is_sent_once():
    council = Council()
    council.request()
    first = remind("2026-11-20")
    count = len(mail.outbox)
    second = remind("2026-11-20")

    assert count > 0
    assert len(mail.outbox) == count
    assert first != second
    assert "0 e-mails sent" in second


def test_a_week_late_goes_to_the_register_manager_too():
    council = Council()
    request = council.request()
    council.take(request, "brk-f02-challenge", by=council.manager, at=LATER)
    from approvals.models import Turn

    Turn.objects.filter(request=request).update(due_on=date(2026, 11, 21))
    remind("2026-11-28")

    assert (council.manager.email, "A step is late: Marsh Valley Rural Mobility Partnership") in subjects()


def test_a_dry_run_sends_and_keeps_nothing():
    council = Council()
    council.request()
    count = Notice.objects.count()

    assert "would go out" in remind("2026-11-13", dry_run=True)
    assert (len(mail.outbox), Notice.objects.count()) == (0, count)


def test_a_day_that_is_none_is_refused():
    with pytest.raises(CommandError, match="Write it like 2026-11-30"):
        remind("31/11/2026")


def test_a_mail_server_that_fails_loses_nothing(monkeypatch):
    council = Council()
    council.request()

    def fails(self, fail_silently=False):
        raise OSError("The mail server is away")

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", fails)
        assert notices.deliver(at=AT) == (0, 1)
    waiting = Notice.objects.get()
    assert (waiting.sent_at, waiting.tries, waiting.trouble) == (None, 1, "The mail server is away")

    assert notices.deliver(at=AT) == (1, 0)
    waiting.refresh_from_db()
    assert waiting.sent_at == AT


def test_who_wants_one_e_mail_a_day_gets_one():
    council = Council()
    council.manager.change({"notices": NoticeHabit.DAILY}, by=council.manager)
    council.request()
    council.another("Second partnership").request()
    assert notices.deliver(at=AT) == (0, 0)

    assert notices.deliver(at=AT, daily=True) == (1, 0)
    assert subjects() == [(council.manager.email, "2 things for you in the register")]


def test_how_e_mails_come_is_chosen_on_ones_own_page(browse_as):
    council = Council()
    page = browse_as(council.cmt).post(
        "/account/change/", {"name": "S.P.", "job_title": "", "notices": NoticeHabit.DAILY}
    )

    assert page.banner == "Your details are changed"
    assert "One e-mail a day with all of them" in page.words
