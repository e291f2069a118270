"""Screening against the definition (BRK-A11 to A17), what a change would do, and the facts that count."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments.consequences import of_change
from assessments.drafts import seal, settle, unseal
from assessments.facts import as_kept, as_known, facts_of
from assessments.sections import ASSESSMENT, QUESTIONNAIRES
from register.models import Benefit, Priority, PriorityLink, Status
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db

NEEDED = {"brk-a11": "yes", "brk-a12": "yes", "brk-a13": "yes"}
USUAL = {"brk-a14a": "yes", "brk-a14b": "no", "brk-a14c": "no"}
NONE_OF_THESE = {"brk-a15": "no", "brk-a16": "no", "brk-a17": "no"}
PARTNERSHIP = NEEDED | USUAL | NONE_OF_THESE


def address(name, partnership):
    return reverse(f"assessments:{name}", args=[partnership.reference])


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.")


@pytest.fixture
def policy(db):
    return put_policy_in_force()


@pytest.fixture
def proposal(lead, policy):
    return make_partnership(status=Status.PROPOSED, policy_version=policy, lead_officer=lead, name="Rural Mobility")


RESULTS = [
    # answers, heading, what the page says, what it is kept as
    (PARTNERSHIP, "It is a partnership", "All three needed tests are met and no exclusion applies.", ""),
    (PARTNERSHIP | {"brk-a11": "no"}, "It is not a partnership", "The answer is no to: Are at least two", "not a"),
    (PARTNERSHIP | {"brk-a12": "no"}, "It is not a partnership", "Have they agreed to work together", "not a"),
    (PARTNERSHIP | {"brk-a13": "no"}, "It is not a partnership", "Does each take the views", "not a"),
    (PARTNERSHIP | {"brk-a15": "yes"}, "It is not a partnership", "Officer network, forum", "not a partnership"),
    (PARTNERSHIP | {"brk-a16": "yes"}, "It is not a partnership", "under the policy: Contract.", "not a partnership"),
    (PARTNERSHIP | {"brk-a17": "yes"}, "It is not a partnership", "External body", "outside body"),
    (
        PARTNERSHIP | {"brk-a14a": "no"},
        "It is a partnership",
        "Partnerships normally share risk, decisions or resources, and none of these is ticked.",
        "",
    ),
]


@pytest.mark.parametrize("result", RESULTS)
def test_the_definition_says_what_an_arrangement_is(browse_as, proposal, lead, result):
    answers, heading, says, kept_as = result
    page = browse_as(lead).post(address("screening", proposal), answers)

    assert page.heading == heading
    assert says in page
    assert (f"Keep a note of it as: {kept_as}" in page) == bool(kept_as)


def test_every_question_needs_an_answer_and_what_was_chosen_stays(browse_as, proposal, lead):
    page = browse_as(lead).post(address("screening", proposal), {"brk-a11": "yes", "brk-a16": "yes"})

    assert len(page.errors) == 7
    assert page.errors[0] == "Say yes or no: have they agreed to work together towards shared objectives"
    assert page.select_one(".govuk-error-summary a")["href"] == "#id_brk-a12_0"
    assert page.select_one("[name=brk-a16][value=yes]").has_attr("checked")
    proposal.refresh_from_db()
    assert proposal.screening == {}


def test_the_register_manager_keeps_a_contract_as_no_partnership(browse_as, proposal, lead):
    page = browse_as(lead).post(address("screening", proposal), PARTNERSHIP | {"brk-a16": "yes"})
    assert "Only a register manager moves an entry in its life" in page
    assert browse_as(lead).post(address("screening_move", proposal)).status == 403

    page = browse_as(Role.REGISTER_MANAGER).post(address("screening_move", proposal))

    assert "is now kept as: not a partnership" in page.banner
    proposal.refresh_from_db()
    assert proposal.status == Status.NOT_A_PARTNERSHIP
    assert "Contract" in proposal.history.first().history_change_reason


def test_the_answers_stay_with_the_policy_version_they_were_given_under(browse_as, proposal, lead, policy):
    browse_as(lead).post(address("screening", proposal), PARTNERSHIP)

    proposal.refresh_from_db()
    assert proposal.screening["policy_version"] == policy.pk
    assert proposal.screening["answers"]["brk-a14a"] is True
    assert proposal.screening["usual_marks"] == 1
    assert proposal.screening["by"] == "D.F."
    assert browse_as(lead).get(address("screening", proposal)).select_one("[name=brk-a11][value=yes][checked]")


def test_another_lead_officer_cannot_screen_mine(browse_as, proposal):
    stranger = browse_as(Role.LEAD_OFFICER)

    assert stranger.get(address("screening", proposal)).status == 404
    assert stranger.post(address("screening", proposal), PARTNERSHIP).status == 404


# --- What a change would do --------------------------------------------------------------------


def test_a_change_of_money_and_time_tells_what_becomes_of_the_criteria(policy):
    partnership = make_partnership(policy_version=policy, hours_a_month=Decimal(20))
    make_contribution(partnership, 12_500)
    partnership.refresh_from_db()

    told = of_change(partnership, {"contribution_a_year": Decimal("100001"), "purpose": "x"}, today=date(2026, 11, 21))

    assert told == [
        "Risk criterion 1 becomes High: £100,001 a year is above £100,000.",
        "The policy then suggests High risk",
    ]
    assert of_change(partnership, {"hours_a_month": None}, today=date(2026, 11, 21))[0].startswith(
        "Risk criterion 2 loses its level: not known: the hours"
    )
    assert of_change(partnership, {"contribution_a_year": Decimal("12501")}, today=date(2026, 11, 21)) == []
    assert of_change(partnership, {"purpose": "Another"}, today=date(2026, 11, 21)) == []


def test_a_change_tells_nothing_before_a_policy_is_in_force():
    assert of_change(make_partnership(), {"hours_a_month": Decimal(90)}, today=date(2026, 11, 21)) == []


# --- Facts -------------------------------------------------------------------------------------


def test_facts_are_what_the_register_knows_and_nothing_else(policy, lead):
    partnership = make_partnership(policy_version=policy, is_statutory=False)
    goal = Priority.objects.create(code="1", title="Safe")
    for code in ("1.1", "1.2"):
        outcome = Priority.objects.create(code=code, title="Outcome", parent=goal)
        PriorityLink(partnership=partnership, priority=outcome).keep(by=lead)
    Benefit(partnership=partnership, kind="hard", named_benefit="savings", figure=31_000, unit="£ a year").keep(by=lead)
    Benefit(partnership=partnership, kind="soft", description="Trust").keep(by=lead)

    facts = facts_of(partnership, policy.policy)

    assert {name: facts.get(name) for name in ("priorities", "critical_outcomes", "benefits", "hard_savings")} == {
        "priorities": 1,
        "critical_outcomes": 2,
        "benefits": 2,
        "hard_savings": 1,
    }
    assert facts["is_statutory"] is False
    assert "contribution_a_year" not in facts
    assert "hours_a_month" not in facts


def test_a_word_that_no_list_of_the_policy_has_is_no_fact(policy):
    """An old register may say anything; the pages must still open."""
    partnership = make_partnership(policy_version=policy, nature="Both", council_role="Lead-ish")

    facts = facts_of(partnership, policy.policy)

    assert "nature" not in facts
    assert "council_role" not in facts


def test_kept_facts_come_back_exactly(policy):
    facts = {"contribution_a_year": Decimal("100001.10"), "is_statutory": True, "nature": "strategic"}

    assert as_known(as_kept(facts), policy.policy) == facts


# --- Two people --------------------------------------------------------------------------------

SETTLED = [
    # as opened, theirs now, mine, merged, clashes
    ({"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"}, []),
    ({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "2"}, []),
    ({"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "2"}, []),
    ({"a": "1"}, {"a": "2"}, {"a": "3"}, {"a": "3"}, ["a"]),
    ({}, {"a": None}, {"a": "3"}, {"a": "3"}, []),
    ({"a": None}, {"a": False}, {"a": True}, {"a": True}, ["a"]),
    ({"a": ""}, {"a": False}, {"a": None}, {"a": False}, []),
]


@pytest.mark.parametrize(("opened", "theirs", "mine", "merged", "clashes"), SETTLED)
def test_drafts_of_two_people_are_settled(opened, theirs, mine, merged, clashes):
    assert settle(opened, theirs, mine) == (merged, clashes)


def test_values_as_opened_cannot_be_tampered_with():
    sealed = seal({"a": "1"})

    assert unseal(sealed) == {"a": "1"}
    assert unseal(sealed[:-2]) == {}
    assert unseal("") == {}


# --- The overview ------------------------------------------------------------------------------


def test_the_overview_shows_the_levels_for_one_query(policy, lead, django_assert_num_queries):
    partnership = make_partnership(policy_version=policy, by=make_user(Role.REGISTER_MANAGER))
    partnership.set_levels(risk="high", value="low", source="import", by=lead)

    with django_assert_num_queries(1):
        rows = list(ASSESSMENT.summary(partnership))
    with django_assert_num_queries(1):
        assert list(QUESTIONNAIRES.summary(partnership)) == []

    assert rows == [
        ("Overall risk", "High"),
        ("Overall value", "Low"),
        ("Assessed", "Not yet here; the levels come from the old register"),
    ]


def test_an_entry_that_is_on_the_register_already_is_screened_too(browse_as, lead, policy):  # RED-F02: every record
    entry = make_partnership(status=Status.ACTIVE, policy_version=policy, lead_officer=lead, name="Old Mill Board")

    page = browse_as(lead).post(address("screening", entry), PARTNERSHIP | {"brk-a16": "yes"})

    assert "It is not a partnership" in page
    entry.refresh_from_db()
    assert entry.status == Status.ACTIVE, "the answer moves nothing by itself"
