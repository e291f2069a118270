"""The home page: what each role finds first, and what it says when there is nothing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from register.models import (
    Benefit,
    Membership,
    Organisation,
    Partnership,
    Priority,
    PriorityLink,
    Representative,
    Status,
)
from register.panels import missing_from, with_rows
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db

HOME = reverse("home")


def work_of(page):
    """The lines under "Do now": words and the rest."""
    heading = page.find("h2", string=lambda text: text and text.startswith("Do now"))
    following = heading.find_next_sibling()
    return [" ".join(line.get_text(" ").split()) for line in following.select("li")]


def make_complete(**facts):
    """An entry that lacks nothing of what the policy asks for."""
    entry = make_partnership(
        **{
            "purpose": "Plans floods",
            "nature": "strategic",
            "is_statutory": False,
            "has_statutory_duty": False,
            "meeting_frequency": "monthly",
            "council_role": "influence",
            "hours_a_month": 4,
            "exit_impact": "None",
            "audit_compliant": True,
            "governance_form": "legal",
        }
        | facts
    )
    by = make_user(Role.REGISTER_MANAGER)
    for row in (
        Membership(organisation=Organisation.objects.create(name=f"Partner {entry.pk}"), is_lead=True),
        Representative(name="D.F."),
        PriorityLink(priority=Priority.objects.get_or_create(code="1", defaults={"title": "Growth"})[0]),
        Benefit(kind="soft", description="More"),
    ):
        row.partnership = entry
        row.keep(by=by)
    make_contribution(entry, 100)
    entry.refresh_from_db()
    entry.set_levels(risk="low", value="low", source="import", by=by)
    return entry


def test_a_lead_officer_finds_late_reviews_first_then_what_is_missing(browse_as):
    put_policy_in_force()
    today = timezone.localdate()
    lead = make_user(Role.LEAD_OFFICER)
    make_complete(name="Soon Board", lead_officer=lead, next_review_on=today + timedelta(days=10))
    make_complete(name="Late Board", lead_officer=lead, next_review_on=today - timedelta(days=6))
    make_partnership(name="Bare Board", lead_officer=lead)
    make_partnership(name="Of somebody else")

    work = work_of(browse_as(lead).get(HOME))

    assert [line.split(" Look")[0].split(" Missing")[0] for line in work] == [
        "Review the entry: Late Board",
        "Review the entry: Soon Board",
        "Complete the entry: Bare Board",
    ]
    assert "6 days late" in work[0]
    assert "In 10 days" in work[1]
    assert "what it is for" in work[2]


def test_an_entry_with_all_that_the_policy_asks_for_lacks_nothing(browse_as):
    policy = put_policy_in_force().policy
    entry = make_complete(lead_officer=make_user(Role.LEAD_OFFICER))

    assert missing_from(with_rows(Partnership.objects.filter(pk=entry.pk)).get(), policy) == []


@pytest.mark.parametrize(
    ("taken_away", "label"),
    [
        ({"purpose": ""}, "What it is for"),
        ({"nature": ""}, "Strategic or operational"),
        ({"has_statutory_duty": None}, "Duty to attend"),
        ({"hours_a_month": None}, "Staff time"),
        ({"lead_officer": None}, "Lead Officer"),
    ],
)
def test_each_thing_that_the_policy_asks_for_is_missed(taken_away, label):
    policy = put_policy_in_force().policy
    entry = make_complete(lead_officer=make_user(Role.LEAD_OFFICER))
    entry.change(taken_away, by=make_user(Role.REGISTER_MANAGER))

    assert missing_from(with_rows(Partnership.objects.filter(pk=entry.pk)).get(), policy) == [label]


def test_a_figure_of_nought_and_a_no_are_answers():
    policy = put_policy_in_force().policy
    entry = make_complete(lead_officer=make_user(Role.LEAD_OFFICER), hours_a_month=0, is_statutory=False)

    assert missing_from(with_rows(Partnership.objects.filter(pk=entry.pk)).get(), policy) == []


def test_nothing_to_do_says_so(browse_as):
    put_policy_in_force()
    page = browse_as(Role.LEAD_OFFICER).get(HOME)
    assert "Nothing waits for you." in page
    assert "Partnerships that you lead, answer for or attend appear here." in page


def test_a_lead_officer_sees_their_partnerships_with_level_and_money(browse_as):
    put_policy_in_force()
    lead = make_user(Role.LEAD_OFFICER)
    mine = make_complete(name="Mine Board", lead_officer=lead)
    make_partnership(name="Of somebody else")

    page = browse_as(lead).get(HOME)

    (row,) = page.select("table tbody tr")
    said = " ".join(row.get_text(" ").split())
    assert said.startswith(f"Mine Board {mine.reference}")
    assert "Low" in said
    assert "£100" in said
    assert "Complete" in said


def test_at_most_seven_lines_and_a_link_to_the_rest(browse_as):
    put_policy_in_force()
    lead = make_user(Role.LEAD_OFFICER)
    for _ in range(9):
        make_partnership(lead_officer=lead)

    page = browse_as(lead).get(HOME)

    assert len(work_of(page)) == 7
    assert "Do now (9)" in page
    assert f"lead={lead.pk}" in page.find("a", string="Your entries in the register")["href"]


def test_a_register_manager_finds_proposals_and_what_is_not_assessed(browse_as):
    put_policy_in_force()
    make_partnership(name="New Board", status=Status.PROPOSED)
    make_partnership(name="Unrated Board")
    make_complete(name="Rated Board")

    page = browse_as(Role.REGISTER_MANAGER).get(HOME)

    assert any(line.startswith("Look at the proposal: New Board") for line in work_of(page))
    not_assessed = page.find("h2", string="Not assessed").find_next("ul")
    assert [link.text for link in not_assessed.select("a")] == ["Unrated Board"]


def test_those_who_decide_see_high_risk_with_the_most_money_first_and_why(browse_as):
    put_policy_in_force()
    manager = make_user(Role.REGISTER_MANAGER)
    for name, pounds in (("Small Board", 60_000), ("Large Board", 612_000)):
        entry = make_partnership(name=name)
        make_contribution(entry, pounds)
        entry.refresh_from_db()
        entry.set_levels(risk="high", source="import", by=manager)
    make_complete(name="Quiet Board")

    page = browse_as(Role.EXECUTIVE).get(HOME)

    panel = page.find("h2", string="High risk, most money first").find_next("ul")
    assert [link.text for link in panel.select("a")] == ["Large Board", "Small Board"]
    assert "£612,000 a year" in panel.text
    assert "Nothing waits for you." in page.words


def test_the_last_changes_say_who_and_why(browse_as):
    put_policy_in_force()
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    entry = make_partnership(name="Marsh Board", by=manager)
    entry.change({"purpose": "More"}, by=manager, reason="Agreed by CMT")

    page = browse_as(Role.AUDITOR).get(HOME)

    assert "Changed by T.W., because “Agreed by CMT”" in page


@pytest.mark.parametrize("role", Role)
def test_the_home_of_each_role_asks_as_much_for_few_entries_as_for_many(browse_as, role):
    put_policy_in_force()
    person = make_user(role)
    browsing = browse_as(person)
    asked = []
    for entries in (1, 12):
        for _ in range(entries):
            make_partnership(lead_officer=person, next_review_on=timezone.localdate())
            make_partnership(status=Status.PROPOSED)
        browsing.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            browsing.get(HOME)
        asked.append(len(queries))

    # One more where a list says how many there are behind its seven lines.
    assert asked[1] - asked[0] <= len(settings.HOME_WORK)
    assert asked[1] <= 30
