"""Whether a partnership is significant: grounds, judgements, the mark and who sets it (RED-A25 to A29, BRK-I08)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments import significance
from assessments.facts import facts_of
from policy.refused import Refused
from register.models import FundingSource, Representative
from tests.assessments import making
from tests.factories import make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db

OUTCOMES, DEEMED = "red-b29-outcomes", "red-b29-deemed"


@pytest.fixture
def manager(db):
    return make_user(Role.REGISTER_MANAGER, name="T.W.")


@pytest.fixture
def entry(manager):
    version = put_policy_in_force("redditch")
    return make_partnership(by=manager, policy_version=version, name="Marsh Valley Board", is_statutory=False)


def address(partnership):
    return reverse("assessments:significance", args=[partnership.reference])


def said(page, **more):
    """What the form holds, with what a person says."""
    opened = page.select_one("[name=opened]")["value"]
    return {"opened": opened, OUTCOMES: "no", DEEMED: "no", "mark": "follows", "reason": "As the board sees it"} | more


def test_a_ground_that_a_person_judges_makes_it_significant(browse_as, manager, entry):  # RED-A27, RED-A29
    browsing = browse_as(manager)
    page = browsing.get(address(entry))
    assert "They do not decide it yet" in page

    page = browsing.post(address(entry), said(page, **{OUTCOMES: "yes"}))

    entry.refresh_from_db()
    assert "Significant: yes" in page
    assert entry.is_significant is True
    assert entry.local_values == {OUTCOMES: True, DEEMED: False}
    assert entry.significance_reason == ("It adds substantially to the outcomes of the two plans. As the board sees it")
    assert entry.history.first().history_change_reason == "As the board sees it"
    assert "by T.W." in page


def test_without_any_ground_it_is_not_significant(browse_as, manager, entry):  # RED-A29
    browsing = browse_as(manager)
    browsing.post(address(entry), said(browsing.get(address(entry))))

    entry.refresh_from_db()
    assert entry.is_significant is False


def test_the_reason_is_not_typed_twice_where_the_policy_asks_for_it_too(browse_as, manager, entry):  # RED-B29
    browsing = browse_as(manager)
    browsing.post(address(entry), said(browsing.get(address(entry)), **{DEEMED: "yes"}))

    entry.refresh_from_db()
    assert entry.local_values["red-b29-why"] == "As the board sees it"


def test_a_reason_and_each_judgement_are_needed_and_what_was_typed_stays(browse_as, manager, entry):
    browsing = browse_as(manager)
    page = browsing.get(address(entry))
    page = browsing.post(address(entry), said(page, reason="", **{OUTCOMES: "", DEEMED: "yes"}))

    assert page.errors[-1] == "Say why"
    assert len(page.errors) == 2
    assert page.select_one(f"[name={DEEMED}][value=yes]").has_attr("checked")
    entry.refresh_from_db()
    assert entry.is_significant is None


def test_grounds_that_do_not_decide_are_said_and_a_person_may_set_it_all_the_same(browse_as, manager, entry):
    entry.change({"is_statutory": None}, by=manager)
    browsing = browse_as(manager)

    refused = browsing.post(address(entry), said(browsing.get(address(entry))))
    assert "Not known yet: The law requires it" in refused.errors[0]

    page = browsing.post(address(entry), said(browsing.get(address(entry)), mark="yes"))
    entry.refresh_from_db()
    assert entry.is_significant is True
    assert entry.local_values["red-significance"] is True
    assert "Significant: yes" in page


def test_a_mark_that_the_facts_have_overtaken_is_told(browse_as, manager, entry):
    browsing = browse_as(manager)
    browsing.post(address(entry), said(browsing.get(address(entry))))
    entry.refresh_from_db()
    entry.change({"is_statutory": True}, by=manager)

    page = browsing.get(address(entry))

    assert "The facts have changed since the mark was set: the grounds now say yes." in page


def test_nobody_overwrites_what_another_set_meanwhile(browse_as, manager, entry):
    browsing = browse_as(manager)
    page = browsing.get(address(entry))
    entry.change({"is_significant": True, "significance_reason": "Decided"}, by=manager)

    answer = browsing.post(address(entry), said(page))

    assert "Somebody else set this after you opened the page" in answer.errors[0]
    entry.refresh_from_db()
    assert entry.is_significant is True


@pytest.mark.parametrize(
    ("pack", "roles"),
    [
        ("redditch", {"register_manager"}),  # RED-A25
        ("harborough-2015", {"register_manager"}),  # HAR-I06
        ("breckland-2015", {"management_team"}),  # BRK-I08
    ],
)
def test_only_the_roles_that_the_policy_names_set_it(pack, roles):
    version = put_policy_in_force(pack)
    partnership = make_partnership(policy_version=version)

    for role in Role:
        user = make_user(role)
        if str(role) in roles:
            significance.set_mark(partnership, version.policy, {}, otherwise=True, reason="Why", by=user)
        else:
            with pytest.raises(Refused, match="This is set by: "):
                significance.set_mark(partnership, version.policy, {}, otherwise=True, reason="Why", by=user)


def test_others_read_the_grounds_and_who_sets_it(browse_as, entry):
    page = browse_as(Role.AUDITOR).get(address(entry))

    assert "The Council deems it significant for its objectives" in page
    assert "Ask one of them" in page
    assert page.select("main form") == []


@pytest.mark.parametrize("pack", ["melton", "strategy-2009"])
def test_a_policy_that_shows_no_such_mark_has_no_page_for_it(browse_as, pack):  # MEL-A31, STR-A17
    partnership = make_partnership(policy_version=put_policy_in_force(pack))
    browsing = browse_as(Role.REGISTER_MANAGER)

    assert browsing.get(address(partnership)).status == 404
    assert "Significance" not in browsing.get(reverse("register:partnership", args=[partnership.reference])).words


def test_the_next_step_of_an_entry_asks_for_it_where_no_assessment_sets_it(browse_as, manager, entry):
    overview = reverse("register:partnership", args=[entry.reference])
    assert "Say whether it is significant" in browse_as(manager).get(overview)

    significance.set_mark(
        entry, entry.policy_version.policy, {OUTCOMES: True, DEEMED: False}, otherwise=None, reason="Why", by=manager
    )
    assert "Say whether it is significant" not in browse_as(manager).get(overview)


def test_an_assessment_leaves_a_mark_that_a_person_set_otherwise(db):  # BRK-I08
    made = making.make_draft()
    partnership, board = made.partnership, make_user(Role.MANAGEMENT_TEAM)
    policy = made.policy_version.policy
    significance.set_mark(partnership, policy, {}, otherwise=False, reason="It ends in March", by=board)

    making.services.complete(made, by=made.made_by, at=making.AT)

    partnership.refresh_from_db()
    assert (partnership.is_significant, partnership.significance_reason) == (False, "It ends in March")


@pytest.mark.parametrize("times", [1, 6])
def test_the_page_costs_the_same_however_often_it_was_set(browse_as, manager, entry, times, django_assert_num_queries):
    policy = entry.policy_version.policy
    for number in range(times):
        significance.set_mark(entry, policy, {}, otherwise=number % 2 == 0, reason=f"Time {number}", by=manager)
    browsing = browse_as(manager)

    with django_assert_num_queries(14):
        browsing.get(address(entry))


# --- Facts that are gathered where the policy compares them ---------------------------------------


def test_senior_representatives_are_those_of_the_levels_that_the_policy_counts():  # BRK-A23
    partnership, by = making.make_entry(), make_user(Role.REGISTER_MANAGER)
    policy = partnership.policy_version.policy
    assert "senior_representatives" not in facts_of(partnership, policy)

    for level in ("officer", "cmt", "member", "smt"):
        Representative(partnership=partnership, name=level, level=level).keep(by=by)
    Representative(partnership=partnership, level="cmt", is_vacant=True).keep(by=by)

    assert facts_of(partnership, policy)["senior_representatives"] == 2


def test_outside_funding_is_what_others_pay_a_year():
    partnership, by = making.make_entry(), make_user(Role.REGISTER_MANAGER)
    policy = partnership.policy_version.policy
    assert "external_funding_a_year" not in facts_of(partnership, policy)

    FundingSource(partnership=partnership, source="County", amount=Decimal(12000)).keep(by=by)
    FundingSource(partnership=partnership, source="A trust").keep(by=by)

    assert facts_of(partnership, policy)["external_funding_a_year"] == 12000
