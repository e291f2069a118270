"""Redditch's forms as people fill them in: what they offer, and what sending waits for."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments import services
from assessments.models import Response
from assessments.questionnaires import feeds_of, missing_of
from policy.refused import Refused
from register.models import Partnership, Priority
from tests.assessments.forms_pack import AT, begin
from tests.factories import make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Partnership:
    return make_partnership(
        policy_version=put_policy_in_force("redditch"), lead_officer=make_user(Role.LEAD_OFFICER, name="D.F.")
    )


def significant(entry: Partnership, *, is_it: bool) -> Partnership:
    entry.change({"is_significant": is_it}, by=entry.lead_officer, reason="As the three grounds say")
    return entry


def send(response: Response, **said: str) -> None:
    form = response.policy_version.policy.questionnaire(response.questionnaire)
    services.send(response, form, by=response.partnership.lead_officer, at=AT, **said)


def answer(response: Response, **answers: object) -> None:
    given = {name.replace("_", "-"): value for name, value in answers.items()}
    response.answer({name: {"value": value} for name, value in given.items()}, by=response.started_by, at=AT)


def missing_at(response: Response, question: str) -> list[str]:
    policy = response.policy_version.policy
    form = policy.questionnaire(response.questionnaire)
    found = missing_of(policy, form, list(response.answers.all()), response.occasion)
    return [each.sentence for each in found if each.question == question]


def test_no_heading_of_a_significant_partnerships_memorandum_may_be_left_out(entry):  # RED-A30, RED-I29
    response = begin(significant(entry, is_it=True), "red-10")

    with pytest.raises(Refused, match="answers are missing"):
        send(response)


def test_headings_of_other_memoranda_may_be_left_out_with_a_reason(browse_as, entry):  # RED-I29
    response = begin(significant(entry, is_it=False), "red-10")
    address = reverse("assessments:questionnaire", args=[entry.reference, "red-10", response.slug])

    assert "What are the partnership’s aims and objectives?" in browse_as(entry.lead_officer).get(address)
    send(response, left_open_because="A letter of two pages serves the three members")

    response.refresh_from_db()
    assert not response.is_draft


def test_the_councils_objectives_are_offered_under_the_name_that_the_policy_gives_them(browse_as, entry):
    Priority.objects.create(code="1", title="Homes")
    response = begin(entry, "red-3")
    address = reverse(
        "assessments:questionnaire_section", args=[entry.reference, "red-3", response.slug, "red-3-progress"]
    )

    page = browse_as(entry.lead_officer).get(address)

    assert page.select_one("[name=red-d3-06-links][value='1']")["type"] == "checkbox"


def test_a_topic_at_level_1_waits_for_an_action_and_at_level_2_does_not(entry):  # CHK-12
    response = begin(entry, "red-4a")
    answer(response, red_d4a_t01="1", red_d4a_t02="2")

    assert missing_at(response, "red-d4a-t01") == [
        "Say what should be done: Taken together, is the formal status in order?"
    ]
    assert missing_at(response, "red-d4a-t02") == []


def test_a_missing_equality_assessment_asks_for_a_plan(entry):  # CHK-10
    response = begin(entry, "red-4a")

    answer(response, red_d4a_20=False)
    assert missing_at(response, "red-d4a-21") == ["Answer: What is the plan to do it within the next six months?"]
    answer(response, red_d4a_20=True)
    assert missing_at(response, "red-d4a-21") == []


def test_the_form_says_when_a_partnership_may_not_be_best(browse_as, entry):  # RED-D8A-F1, RED-A34
    response = begin(entry, "red-8a")
    answer(response, red_d8a_06=True)
    address = reverse("assessments:questionnaire_check", args=[entry.reference, "red-8a", response.slug])

    page = browse_as(entry.lead_officer).get(address)

    assert "A partnership may not be the best approach. Answers and factors that speak against it: 1 of 14." in page


def test_a_business_case_offers_to_bring_the_register_up_to_date(entry):  # RED-D2A-03, D2A-21, D2A-23, D2A-24
    policy = entry.policy_version.policy
    answers = {
        "red-d2a-03": True,
        "red-d2a-21-finance": "A yearly grant",
        "red-d2a-21-staff": "One planner for a day a week",
        "red-d2a-21-it": "Two laptops",
        "red-d2a-23": "Three years",
        "red-d2a-24": "Six months’ notice",
    }

    found = feeds_of(entry, policy, policy.questionnaire("red-2a"), answers)

    assert {each.core: each.becomes for each in found} == {
        "is_statutory": "Yes",
        "contribution_note": "A yearly grant",
        "hours_note": "One planner for a day a week",
        "red-b20": "Two laptops",
        "red-b38": "Three years",
        "red-b39": "Six months’ notice",
    }


def test_a_leaving_form_offers_its_two_days_to_the_register(entry):  # RED-D5-02, RED-D5-03, RED-B40
    policy = entry.policy_version.policy

    found = feeds_of(
        entry, policy, policy.questionnaire("red-5"), {"red-d5-02": "2026-11-30", "red-d5-03": "2027-03-31"}
    )

    assert [(each.core, each.becomes) for each in found] == [
        ("red-b40", "30 November 2026"),
        ("red-b40a", "31 March 2027"),
    ]
