"""The home page: what each role finds first, and what it says when there is nothing."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleAssignment, ServiceArea, User
from accounts.roles import Role
from config import words
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

    # What follows the calendar comes and goes with it.
    work = [line for line in work_of(browse_as(lead).get(HOME)) if not line.startswith("Quarterly")]

    assert [line.split(" As the register")[0].split(" Missing")[0] for line in work] == [
        "Annual review: Late Board",
        "Annual review: Soon Board",
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


def test_a_register_manager_finds_proposals_and_what_an_auditor_would_find(browse_as):
    put_policy_in_force()
    make_partnership(name="New Board", status=Status.PROPOSED)
    make_partnership(name="Unrated Board")
    make_complete(name="Rated Board")

    page = browse_as(Role.REGISTER_MANAGER).get(HOME)

    assert any(line.startswith("Look at the proposal: New Board") for line in work_of(page))
    (line,) = [each for each in listed(page, "What an auditor would find") if each.startswith("No risk level")]
    assert line == "No risk level 1 active entry"
    lacking = browse_as(Role.AUDITOR).get(page.find("a", string="No risk level")["href"])
    assert "Unrated Board" in lacking.words
    assert "Rated Board" not in [link.text for link in lacking.select("tbody a")]


def make_rising(name, **facts):
    """An entry that was Low in risk half a year ago and is Medium since."""
    manager = make_user(Role.REGISTER_MANAGER)
    entry = make_partnership(name=name, by=manager, **facts)
    entry.set_levels(risk="low", source="import", by=manager)
    Partnership.history.filter(id=entry.pk).update(history_date=timezone.now() - timedelta(days=180))
    entry.set_levels(risk="medium", source="import", by=manager)
    return entry


def listed(page, title):
    """The lines of a panel of the home page."""
    following = page.find("h2", string=title).find_next("ul")
    return [" ".join(line.get_text(" ").split()) for line in following.select("li")]


def test_the_executive_sees_five_entries_each_with_one_reason(browse_as):
    put_policy_in_force()
    today = timezone.localdate()
    manager = make_user(Role.REGISTER_MANAGER)
    rated = {"Rich Board": ("high", 612_000), "Second Board": ("high", 60_000), "Quiet Board": ("low", 10)}
    for name, (risk, pounds) in rated.items():
        entry = make_partnership(name=name, by=manager)
        make_contribution(entry, pounds)
        entry.refresh_from_db()
        entry.set_levels(risk=risk, source="import", by=manager)
    make_partnership(name="Leaving Board", status=Status.LEAVING)
    make_partnership(name="Overdue Board", next_review_on=today - timedelta(days=9))
    make_rising("Rising Board")

    page = browse_as(Role.EXECUTIVE).get(HOME)

    assert listed(page, "The entries that matter most now") == [
        "Rich Board High risk, £612,000 a year",
        "Rising Board Risk went up from Low to Medium",
        "Second Board The most money: £60,000 a year",
        "Leaving Board The council is leaving it, contribution not known",
        "Overdue Board Its review is 9 days late",
    ]
    assert "What needs a decision" in page.words
    assert "Nothing waits for you." in page.words


def test_those_who_decide_see_risk_that_moved_money_outside_the_budget_and_late_reviews(browse_as):
    put_policy_in_force()
    today = timezone.localdate()
    make_rising("Rising Board")
    make_partnership(name="Costly Board", unbudgeted_a_year=1)
    make_partnership(name="Late Board", next_review_on=today - timedelta(days=1), lead_officer_name="R.H.")
    make_partnership(name="Punctual Board", next_review_on=today, unbudgeted_a_year=0)

    page = browse_as(Role.MANAGEMENT_TEAM).get(HOME)

    assert listed(page, "Risk that moved in the last three months") == ["Rising Board Up from Low to Medium"]
    assert listed(page, "Money outside the budget") == ["Costly Board £1 a year is not in the budget"]
    assert listed(page, "Late reviews") == ["Late Board Lead officer: R.H. 1 day late"]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.MANAGEMENT_TEAM, ["Mine Board", "Named Board", "Others Board"]),
        (Role.PORTFOLIO_HOLDER, ["Mine Board", "Named Board"]),  # another holder is named on the third
    ],
)
def test_a_decider_with_a_service_watches_over_that_service_alone_and_the_page_says_which(browse_as, role, seen):
    put_policy_in_force()
    service, other = (ServiceArea.objects.create(name=name) for name in ("Growth", "Waste"))
    person = make_user()
    RoleAssignment.objects.create(user=person, role=role, from_on=date(2020, 1, 1), service_area=service)
    late = {"next_review_on": timezone.localdate() - timedelta(days=3)}
    make_partnership(name="Mine Board", service=service, **late)
    make_partnership(name="Named Board", service=service, portfolio_holder=person, **late)
    make_partnership(name="Others Board", service=service, portfolio_holder=make_user(Role.PORTFOLIO_HOLDER), **late)
    make_partnership(name="Elsewhere Board", service=other, **late)

    page = browse_as(person).get(HOME)

    late_reviews = page.find("h2", string="Late reviews").find_next("ul")
    assert sorted(link.text for link in late_reviews.select("a")) == seen
    assert "for Growth" in page.select_one(".app-head").get_text(" ")


def test_news_since_the_last_visit_leaves_out_what_one_did_oneself(browse_as):
    put_policy_in_force()
    manager, lead = make_user(Role.REGISTER_MANAGER, name="T.W."), make_user(Role.LEAD_OFFICER)
    before, entry = (make_partnership(name=name, by=manager, lead_officer=lead) for name in ("Old", "Marsh Board"))
    make_partnership(name="Of somebody else", by=manager)
    last = timezone.now() - timedelta(days=3)
    Partnership.history.update(history_date=last - timedelta(days=1))
    User.objects.filter(pk=lead.pk).update(here_at=last)
    entry.change({"purpose": "More"}, by=manager, reason="Agreed by CMT")
    before.change({"purpose": "Less"}, by=lead, reason="Counted again")

    page = browse_as(lead).get(HOME)

    title = f"Since you were last here, {words.day(last)}"
    (line,) = listed(page, title)
    assert line.startswith("Marsh Board Changed by T.W., because “Agreed by CMT”")
    # Within the hour it is the same visit; the news stays.
    assert listed(browse_as(lead).get(HOME), title) == [line]


def test_a_visit_is_noted_at_most_once_an_hour():
    person = make_user(Role.AUDITOR)
    nine = timezone.now()
    assert person.come_in(at=nine) is None
    assert person.come_in(at=nine + timedelta(minutes=60)) is None
    assert person.come_in(at=nine + timedelta(minutes=61)) == nine
    assert User.objects.get(pk=person.pk).here_before_at == nine
    assert person.history.count() == 1  # a visit is no change of the person


def test_nothing_to_do_names_the_next_date(browse_as):
    put_policy_in_force()
    holder = make_user(Role.PORTFOLIO_HOLDER)
    day = timezone.localdate() + timedelta(days=40)
    make_partnership(name="Later Board", portfolio_holder=holder, next_review_on=day)

    page = browse_as(holder).get(HOME)

    assert f"Nothing waits for you. Your next date is {words.day(day)}." in page.words
    assert "Review: Later Board" in page.find("h2", string="Coming up").find_parent().get_text(" ")


def test_the_last_changes_say_who_and_why(browse_as):
    put_policy_in_force()
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    entry = make_partnership(name="Marsh Board", by=manager)
    entry.change({"purpose": "More"}, by=manager, reason="Agreed by CMT")

    page = browse_as(Role.AUDITOR).get(HOME)

    assert "Changed by T.W., because “Agreed by CMT”" in page


@pytest.mark.parametrize("role", Role)
def test_the_home_of_each_role_asks_the_same_for_eight_entries_as_for_forty(browse_as, role):
    put_policy_in_force()
    manager, person = make_user(Role.REGISTER_MANAGER), make_user(role)
    browsing = browse_as(person)
    asked = []
    for entries in (8, 32):  # more than the seven lines of a list
        for _ in range(entries):
            make_partnership(by=manager, lead_officer=person, next_review_on=timezone.localdate())
            make_partnership(by=manager, status=Status.PROPOSED)
        browsing.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            browsing.get(HOME)
        asked.append(len(queries))

    assert asked[0] == asked[1]
    assert asked[1] <= 55
