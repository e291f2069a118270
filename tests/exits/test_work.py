"""What leaving brings to other pages: next step, home, source of a control, moves by hand, reminders."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Notice
from accounts.roles import Role
from exits import notices, work
from register import services as register
from register.actions import sources_of
from register.models import Action, Status
from tests.exits.making import DECIDED_ON, STRATEGY, Going

pytestmark = pytest.mark.django_db


def test_the_lead_officer_is_led_on_from_home_and_from_the_entry(browse_as):
    council = Going()
    council.in_principle()
    entry = council.entry()

    found = work.under_way(council.lead, DECIDED_ON)
    assert [line.words for line in found.lines] == [f"Go on with leaving {entry}"]
    assert work.under_way(council.cmt, DECIDED_ON) is None
    assert [step.words for step in work.next_steps(entry, council.lead)] == ["Go on with leaving"]
    assert work.next_steps(entry, council.cmt) == []
    assert "Go on with leaving" in browse_as(council.lead).get(reverse("register:partnership", args=[entry.reference]))


def test_a_control_says_that_it_belongs_to_leaving(db):
    council = Going()
    council.approved()
    actions = list(Action.objects.all())

    found = sources_of(actions, council.lead)

    assert {each.words for each in found.values()} == {f"Control of leaving {council.partnership}"}


def test_an_entry_does_not_become_left_by_hand(db):
    council = Going()
    council.in_principle()
    entry = council.entry()

    problem = register.why_not_move(entry, Status.LEFT, by=council.manager, policy=council.policy)

    assert problem.startswith("Having left is recorded on the entry’s page")
    assert register.why_not_move(entry, Status.ACTIVE, by=council.manager, policy=council.policy) == ""


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (date(2027, 2, 19), set()),
        (date(2027, 2, 20), {"L.N."}),
        (date(2027, 2, 26), {"L.N."}),
        (date(2027, 2, 27), {"L.N.", "R.H.", "T.W."}),
    ],
)
def test_a_strategy_that_nobody_approves_is_asked_after_then_up_the_line(db, on, told):  # BRK-I12
    council = Going()
    council.in_principle()
    council.form("brk-exit", STRATEGY)
    Notice.objects.all().delete()

    notices.remind(on)
    notices.remind(on)

    assert set(Notice.objects.values_list("person__name", flat=True)) == told
    assert Notice.objects.count() == len(told)


def test_an_approved_strategy_is_not_asked_after(db):
    council = Going()
    council.approved()

    assert notices.remind(date(2028, 1, 1)) == 0


def test_auditors_have_no_work_with_leaving(browse_as):
    council = Going()
    council.in_principle()

    page = browse_as(Role.AUDITOR).get(reverse("exits:exit", args=[council.partnership.reference]))

    assert not page.select("main a.govuk-button")
    assert not page.select("main a[href*=arrangements], main a[href*='exit/lessons']")
