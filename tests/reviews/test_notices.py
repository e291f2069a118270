"""Reminders: 30 and 7 days before, when late, and the line above, each once (DEF-09)."""

from datetime import date, timedelta

import pytest

from accounts.models import Notice
from accounts.roles import Role
from reviews import notices, services
from reviews.models import Occasion
from tests.factories import make_user
from tests.reviews.making import LATER, Council

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 31)


@pytest.fixture
def council():
    made = Council(next_review_on=DUE, responsible_head=make_user(Role.RESPONSIBLE_HEAD, name="H.D."))
    services.bring_up_to_date(at=LATER)
    return made


def told(person) -> list[str]:
    subjects = Notice.objects.filter(person=person, subject__contains="Yearly register review").order_by("pk")
    return [each.subject for each in subjects]


@pytest.mark.parametrize(("days", "reminders"), [(31, 0), (30, 1), (8, 1), (7, 1), (0, 1)])
def test_a_lead_officer_is_reminded_before_the_day(council, days, reminders):
    notices.remind(DUE - timedelta(days=days))
    assert len(told(council.lead)) == reminders


def test_each_reminder_is_said_once_however_often_the_command_runs(council):
    for days in (30, 30, 29, 8, 7, 7, 6, 0):
        notices.remind(DUE - timedelta(days=days))
    assert told(council.lead) == ["Due 31 December 2026: Yearly register review of Channel Panel"] * 2


def test_what_is_late_goes_to_the_responsible_head_and_after_a_week_to_the_register_manager(council):
    notices.remind(DUE + timedelta(days=1))
    assert told(council.partnership.responsible_head) == ["1 day late: Yearly register review of Channel Panel"]
    assert told(council.manager) == []
    notices.remind(DUE + timedelta(days=6))
    assert told(council.manager) == []
    notices.remind(DUE + timedelta(days=7))
    assert told(council.manager) == ["Still late: Yearly register review of Channel Panel"]


def test_what_nobody_confirms_brings_no_letter_a_week_for_ever(council):
    """HAR-F08, DEF-09: within a year of Mondays five letters of the first month and one a quarter."""
    due = Occasion.objects.get(partnership=council.partnership, cycle="har-cycle-confirm").due_on
    for week in range(53):
        notices.remind(due + timedelta(days=7 * week + 1))
    late = Notice.objects.filter(person=council.lead, subject__contains="late: Entry confirmed")
    assert late.count() == 5 + 3


def test_what_was_sent_is_not_chased():
    council = Council(next_review_on=date(2026, 11, 1))
    council.sent()
    notices.remind(date(2026, 12, 15))
    assert told(council.lead) == []


def test_what_the_council_does_is_said_to_whoever_does_it(council):
    notices.remind(date(2025, 3, 24))
    services.work_out_council(council.version)
    notices.remind(date(2027, 3, 24))
    subjects = Notice.objects.filter(person=council.manager).values_list("subject", flat=True)
    assert any("Yearly report on the register" in each for each in subjects)


def test_the_daily_command_reminds_of_reviews_too(council, capsys):
    from django.core.management import call_command

    call_command("send_reminders", "--on", "2026-12-24", "--dry-run")
    assert "Yearly register review of Channel Panel" in capsys.readouterr().out
    assert not Notice.objects.exists()
