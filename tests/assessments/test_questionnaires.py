"""Questionnaires: Appendix C, the conditions, the yearly review, the exit strategy (BRK-D01 to D35, C17 to C29)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments import questionnaires as asks
from assessments.answers import KINDS, NOT_ASKED
from assessments.models import Response
from policy.refused import Refused
from register.models import Action, Document, Membership, Organisation, Priority, PriorityLink, Representative, Status
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 17, 15, 42, tzinfo=UTC)
GOVERNANCE = "brk-app-c-governance"


def address(name, partnership, *more):
    return reverse(f"assessments:{name}", args=[partnership.reference, *more])


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.")


@pytest.fixture
def manager(db):
    return make_user(Role.REGISTER_MANAGER, name="T.W.")


@pytest.fixture
def policy(db):
    return put_policy_in_force()


@pytest.fixture
def partnership(lead, manager, policy):
    made = make_partnership(
        by=manager,
        policy_version=policy,
        name="Central Marsh Joint Planning Policy Unit",
        purpose="Prepares one local plan",
        lead_officer=lead,
        hours_a_month=Decimal(86),
        meeting_frequency="quarterly",
        information_sharing="Notes go to the planning team",
    )
    organisation = Organisation.objects.create(name="Fenwold District Council")
    Membership(partnership=made, organisation=organisation).keep(by=manager)
    Representative(partnership=made, name="Cllr K.X.", level="member").keep(by=manager)
    make_contribution(made, 60_000)
    made.refresh_from_db()
    return made


def started(partnership, by, questionnaire="brk-app-c", occasion="any_time"):
    return Response.start(
        partnership, questionnaire, occasion=occasion, by=by, policy_version=partnership.policy_version, at=AT
    )


def section(partnership, response, name):
    return address("questionnaire_section", partnership, response.questionnaire, response.slug, name)


def form_of(response):
    return response.policy_version.policy.questionnaire(response.questionnaire)


def answered(response, by, **answers):
    """Answers by question id, with "_" for "-"."""
    response.answer({name.replace("_", "-"): {"value": value} for name, value in answers.items()}, by=by, at=AT)


# --- Which forms -------------------------------------------------------------------------------

OFFERED = {
    Status.PROPOSED: ["brk-app-c", "brk-conditions"],
    Status.ACTIVE: ["brk-app-c", "brk-exit", "brk-review"],
    Status.LEAVING: ["brk-app-c", "brk-exit"],
    Status.NOT_A_PARTNERSHIP: ["brk-app-c"],
}


@pytest.mark.parametrize(("status", "forms"), OFFERED.items())
def test_an_entry_is_offered_the_forms_of_its_state(policy, status, forms):
    partnership = make_partnership(status=status, policy_version=policy)

    assert [form.id for form, _ in asks.offered(policy.policy, partnership, {})] == forms


def test_every_type_of_answer_that_the_pack_asks_for_has_a_field(policy):
    types = {question.type for form in policy.policy.questionnaires for question in form.questions}
    types |= {beside.type for form in policy.policy.questionnaires for each in form.questions for beside in each.beside}

    assert types <= {*KINDS, *NOT_ASKED}


def test_readers_see_forms_and_start_none(browse_as, partnership):
    page = browse_as(Role.AUDITOR).get(address("questionnaire_list", partnership))

    assert "Answers that were sent will stand here" in page
    assert not page.select("main form")
    assert browse_as(Role.AUDITOR).post(address("questionnaire_start", partnership, "brk-app-c")).status == 403


def test_another_lead_officer_can_neither_start_nor_fill_in_mine(browse_as, partnership, lead):
    response = started(partnership, lead)
    stranger = browse_as(Role.LEAD_OFFICER)

    assert stranger.post(address("questionnaire_start", partnership, "brk-app-c")).status == 404
    assert stranger.get(section(partnership, response, GOVERNANCE)).status == 404
    assert stranger.post(section(partnership, response, GOVERNANCE), {"brk-d01": "Mine"}).status == 404
    assert not response.answers.exists()


# --- Filling in --------------------------------------------------------------------------------


def test_known_answers_stand_in_the_field_with_where_they_come_from(browse_as, partnership, lead):
    browser = browse_as(lead)
    page = browser.post(address("questionnaire_start", partnership, "brk-app-c"))
    response = Response.objects.get()
    assert page.heading == "Questions for assessing a partnership 2026–27"

    page = browser.get(section(partnership, response, GOVERNANCE))
    assert page.select_one("[name=brk-d05]").text.strip() == "Fenwold District Council"
    assert page.select_one("[name=brk-d06]").text.strip() == "Notes go to the planning team"
    assert page.select_one("[name=brk-d07][value=quarterly], [name=brk-d07] option[value=quarterly][selected]")
    assert "From the register" in page
    assert page.select_one("[name=brk-d05--right]")

    page = browser.get(section(partnership, response, "brk-app-c-officers"))
    assert page.select_one("[name=brk-d09]")["value"] == "19.8"
    assert page.select_one("[name=brk-d08]").text.strip() == "Cllr K.X."

    page = browser.get(section(partnership, response, "brk-app-c-finance"))
    assert page.select_one("[name=brk-d11][value=yes]").has_attr("checked")
    assert page.select_one("[name=brk-d11-amount]")["value"] == "60,000"


def test_a_draft_saves_half_a_section_and_names_what_is_missing(browse_as, partnership, lead):
    response = started(partnership, lead)
    browser = browse_as(lead)
    at = section(partnership, response, GOVERNANCE)
    opened = browser.get(at).select_one("[name=opened]")["value"]

    page = browser.post(
        at,
        {
            "brk-d01": "A joint committee",
            "brk-d05": "Fenwold District Council",
            "brk-d05--right": "on",
            "opened": opened,
            "leave": "leave",
        },
    )

    assert page.banner.startswith("Saved at")
    assert "2 of 7 answered" in page
    links = [link["href"] for link in page.select("main ul.govuk-list--bullet a")]
    assert section(partnership, response, GOVERNANCE) + "#question-brk-d02" in links
    kept = response.answers.get(question="brk-d05")
    assert (kept.value, kept.is_still_right) == ("Fenwold District Council", True)
    assert kept.prefilled_from.startswith("From the register")
    assert kept.answered_by_name == "D.F."


def test_a_known_answer_must_be_said_to_be_still_right(partnership, lead):
    response = started(partnership, lead)
    response.answer(
        {
            "brk-d05": {
                "value": "Fenwold",
                "prefilled_from": "From the register, what it is",
                "is_still_right": False,
            }
        },
        by=lead,
        at=AT,
    )

    missing = asks.missing_of(
        response.policy_version.policy, form_of(response), list(response.answers.all()), "any_time", section=GOVERNANCE
    )

    assert "Say whether the answer is still right: Which other authorities take part?" in [
        each.sentence for each in missing
    ]


def test_an_answer_that_leads_to_another_question_shows_it_on_the_same_page(browse_as, partnership, lead):
    response = started(partnership, lead)
    browser = browse_as(lead)
    at = section(partnership, response, "brk-app-c-finance")
    page = browser.get(at)
    assert "From which budget?" not in page
    opened = page.select_one("[name=opened]")["value"]

    page = browser.post(at, {"brk-d11": "yes", "brk-d11-amount": "60k", "opened": opened})

    assert page.banner == "Saved. Your answers lead to 2 more questions on this page"
    assert "From which budget?" in page
    assert response.answers.get(question="brk-d11-amount").value == "60000.00"


def test_a_wrong_figure_is_explained_and_what_was_typed_stays(browse_as, partnership, lead):
    response = started(partnership, lead)
    browser = browse_as(lead)
    at = section(partnership, response, "brk-app-c-officers")

    page = browser.post(at, {"brk-d09": "plenty", "brk-d10": "They chair it"})

    assert page.errors == ["Enter the hours a week, like 5"]
    assert page.select_one(".govuk-error-summary a")["href"] == "#id_brk-d09"
    assert page.select_one("[name=brk-d09]")["value"] == "plenty"
    assert page.select_one("[name=brk-d10]").text.strip() == "They chair it"
    assert not response.answers.exists()


@pytest.mark.parametrize(
    ("typed", "weekly"), [("5", "5"), ("5.5", "5.5"), ("20 hours a month", "4.6"), ("5 hrs a week", "5.0")]
)
def test_hours_are_taken_as_people_say_them(browse_as, partnership, lead, typed, weekly):
    response = started(partnership, lead)

    browse_as(lead).post(section(partnership, response, "brk-app-c-officers"), {"brk-d09": typed})

    assert response.answers.get(question="brk-d09").value == weekly


def test_an_action_from_an_answer_joins_the_entrys_actions(browse_as, partnership, lead):
    response = started(partnership, lead)
    at = section(partnership, response, "brk-app-c-effectiveness")
    said = {
        "brk-d18": "A shared evidence base",
        "brk-d18--action": "Agree one evidence base",
        "brk-d18--action-owner": "D.F.",
        "brk-d18--action-due_0": "1",
        "brk-d18--action-due_1": "3",
        "brk-d18--action-due_2": "2027",
    }
    browse_as(lead).post(at, said)
    opened = browse_as(lead).get(at).select_one("[name=opened]")["value"]
    again = said | {"brk-d18--action": "Agree one shared evidence base", "opened": opened}
    browse_as(lead).post(at, again)

    action = Action.objects.get()
    assert (action.text, action.owner_name) == ("Agree one shared evidence base", "D.F.")
    assert action.due_on.isoformat() == "2027-03-01"
    assert action.source == "Assessment questions 2026–27"
    assert response.answers.get(question="brk-d18").action == action


def test_a_document_of_the_entry_can_be_attached(browse_as, partnership, lead, manager):
    document = Document(
        partnership=partnership, title="Structure chart", added_by=manager, address="https://a.example/c"
    )
    document.keep(by=manager)
    foreign = Document(
        partnership=make_partnership(), title="Not mine", added_by=manager, address="https://a.example/d"
    )
    foreign.keep(by=manager)
    response = started(partnership, lead)
    at = section(partnership, response, GOVERNANCE)

    page = browse_as(lead).post(at, {"brk-d01": "A committee", "brk-d01--attachment": str(foreign.pk)})
    assert page.errors
    browse_as(lead).post(at, {"brk-d01": "A committee", "brk-d01--attachment": str(document.pk)})

    assert response.answers.get(question="brk-d01").attachment == document


def test_two_people_in_one_section_are_asked_whose_answer_stands(browse_as, partnership, lead, manager):
    response = started(partnership, lead)
    at = section(partnership, response, GOVERNANCE)
    one, other = browse_as(lead), browse_as(manager)
    opened = one.get(at).select_one("[name=opened]")["value"]
    one.post(at, {"brk-d01": "A committee", "opened": opened})

    page = other.post(at, {"brk-d01": "A board", "brk-d02": "The chair", "opened": opened})

    assert page.errors == [
        "D.F. answered this after you opened the page: “A committee”. Choose which answer stands and save again"
    ]
    assert response.answers.get(question="brk-d01").value == "A committee"


# --- Conditions, warnings, expectations --------------------------------------------------------


def test_a_condition_that_is_not_met_warns_and_asks_why(browse_as, lead, policy):
    proposal = make_partnership(status=Status.PROPOSED, policy_version=policy, lead_officer=lead)
    response = started(proposal, lead, "brk-conditions", "proposal")
    browser = browse_as(lead)
    at = section(proposal, response, "brk-conditions-appropriate")

    browser.post(at, {"brk-c20": "no", "leave": "leave"})
    page = browser.get(at)

    assert "This condition is not met. Say why the Council should still take part." in page
    missing = asks.missing_of(
        response.policy_version.policy, form_of(response), list(response.answers.all()), "proposal"
    )
    assert "Say why: Do the parties share a purpose?" in [each.sentence for each in missing]


def test_the_register_answers_whether_the_law_requires_it(browse_as, lead, policy):
    """BRK-C19."""
    proposal = make_partnership(status=Status.PROPOSED, policy_version=policy, lead_officer=lead, is_statutory=True)
    response = started(proposal, lead, "brk-conditions", "proposal")

    page = browse_as(lead).get(section(proposal, response, "brk-conditions-appropriate"))

    assert page.select_one("[name=brk-c19][value=yes]").has_attr("checked")
    assert "Worked out from the register. The law requires the partnership." in page


def test_what_only_bears_on_a_condition_is_shown_and_decides_nothing(browse_as, lead, policy, manager):
    """BRK-C17: a linked priority is a hint."""
    proposal = make_partnership(status=Status.PROPOSED, policy_version=policy, lead_officer=lead)
    PriorityLink(partnership=proposal, priority=Priority.objects.create(code="2", title="Homes")).keep(by=manager)
    response = started(proposal, lead, "brk-conditions", "proposal")

    page = browse_as(lead).get(section(proposal, response, "brk-conditions-appropriate"))

    assert "2 Homes" in page
    assert not page.select("[name=brk-c17][checked]")


def test_a_proposal_need_not_answer_how_effective_it_is_yet(lead, policy, partnership):
    """BRK-I17."""
    question = policy.policy.questionnaire("brk-app-c").by_id["brk-d17"]

    assert asks.is_required(question, "any_time") is True
    assert asks.is_required(question, "proposal") is False


# --- Sending -----------------------------------------------------------------------------------


def review(partnership, by, **answers):
    """A yearly review with every answer that sending waits for."""
    response = started(partnership, by, "brk-review", "yearly_review")
    yes = ("brk-a02a-review", "brk-a02b-review", "brk-d30", "brk-d31", "brk-d32")
    given = {name: {"value": True, "text": "As before"} for name in yes}
    given |= {
        "brk-d33": {"value": "medium"},
        "brk-d33-date": {"value": "2026-11-01"},
        "brk-d34": {"value": True},
        "brk-d35": {"value": "go-on"},
    }
    given |= {name.replace("_", "-"): value for name, value in answers.items()}
    response.answer(given, by=by, at=AT)
    return response


def test_a_form_with_answers_missing_cannot_be_sent(browse_as, partnership, lead):
    response = review(partnership, lead, brk_d30={"value": None, "text": ""})

    page = browse_as(lead).post(address("questionnaire_check", partnership, response.questionnaire, response.slug))

    assert "1 answer is missing. Answer what the list names, then send" in page
    response.refresh_from_db()
    assert response.is_draft


def test_a_complete_form_is_sent_and_reads_back(browse_as, partnership, lead):
    response = review(partnership, lead)
    browser = browse_as(lead)
    check = address("questionnaire_check", partnership, response.questionnaire, response.slug)
    assert browser.get(check).select_one("main form button").text == "Send these answers"

    page = browser.post(check)

    assert page.banner == "Annual review 2026–27 is sent and kept as it is"
    assert "Is it still working towards its aims and objectives? Yes As before" in page
    with pytest.raises(Refused, match="stay as they are"):
        answered(Response.objects.get(), lead, brk_d30=False)
    # Back, or again from another tab: what was sent, in words.
    for said in (
        browser.get(section(partnership, response, "brk-review-year")),
        browser.get(check),
        browser.post(check),
    ):
        assert "This form was sent and is kept as it is" in said
        assert said.heading == page.heading
    assert browse_as(Role.AUDITOR).get(check).status == 403


def test_a_recommended_change_asks_for_an_action(partnership, lead):
    response = review(partnership, lead, brk_d35={"value": "change"})

    missing = asks.missing_of(
        response.policy_version.policy, form_of(response), list(response.answers.all()), "yearly_review"
    )

    assert [each.sentence for each in missing] == [
        "Answer: Comments and recommended actions",
        "Say what should be done: What do you recommend?",
    ]


def test_last_years_answer_stands_beside_this_years_question(browse_as, partnership, lead):
    first = review(partnership, lead)
    first.send(missing=[], by=lead, at=AT)
    again = Response.start(
        partnership,
        "brk-review",
        occasion="yearly_review",
        by=lead,
        policy_version=partnership.policy_version,
        at=datetime(2027, 10, 1, tzinfo=UTC),
    )

    page = browse_as(lead).get(section(partnership, again, "brk-review-year"))

    assert again.label == "2027–28"
    assert "Yes. As before" in page


def test_hours_by_the_week_offer_to_change_the_register(browse_as, partnership, lead):
    """BRK-I04: 5 hours a week are 21.7 a month."""
    response = started(partnership, lead)
    answered(response, lead, brk_d09="5")
    response.send(missing=[], by=lead, at=AT)
    browser = browse_as(lead)

    page = browser.get(address("questionnaire_changes", partnership, "brk-app-c", response.slug))
    assert "86 hours a month 21.7 hours a month" in page
    assert "Risk criterion 2 becomes Medium" in page

    browser.post(
        address("questionnaire_changes", partnership, "brk-app-c", response.slug), {"change": ["hours_a_month"]}
    )
    partnership.refresh_from_db()
    assert partnership.hours_a_month == Decimal("21.67")
    version = partnership.history.first()
    assert version.by_name == "D.F."
    assert version.history_change_reason == "Questions for assessing a partnership 2026–27"


def test_nothing_is_taken_over_unless_chosen(browse_as, partnership, lead):
    response = started(partnership, lead)
    answered(response, lead, brk_d09="5")
    response.send(missing=[], by=lead, at=AT)

    page = browse_as(lead).post(address("questionnaire_changes", partnership, "brk-app-c", response.slug))

    assert page.banner == "You changed nothing"
    partnership.refresh_from_db()
    assert partnership.hours_a_month == 86


def test_another_amount_than_the_registers_is_pointed_out(browse_as, partnership, lead):
    response = started(partnership, lead)
    answered(response, lead, brk_d11=True, brk_d11_amount="75000.00")
    response.send(missing=[], by=lead, at=AT)

    page = browse_as(lead).get(address("questionnaire", partnership, "brk-app-c", response.slug))

    assert "The answers say £75,000 a year; the register says £60,000. Change it under Money and time" in page


# --- Exit strategy -----------------------------------------------------------------------------


def exit_answers():
    return {
        "brk-d26": ["funding-ended"],
        "brk-d27--0": "1",
        "brk-d27--0-risk": "The plan is late",
        "brk-d27--0-level": "high",
        "brk-d27--1": "1",
        "brk-d27--1-risk": "",
        "brk-d27--1-level": "",
        "brk-d28--0": "1",
        "brk-d28--0-control": "Keep the evidence base",
        "brk-d28--0-owner": "D.F.",
        "brk-d28--0-due_on_0": "1",
        "brk-d28--0-due_on_1": "6",
        "brk-d28--0-due_on_2": "2027",
    }


def test_the_controls_of_an_exit_strategy_become_actions(browse_as, partnership, lead):
    """BRK-D28."""
    response = started(partnership, lead, "brk-exit", "leaving")
    browser = browse_as(lead)
    at = section(partnership, response, "brk-exit-strategy")
    assert browser.get(at).status == 200

    page = browser.post(at, exit_answers())
    assert page.heading == "Check your answers"
    assert "Risk: The plan is late; Level: High" in page
    page = browser.post(address("questionnaire_check", partnership, "brk-exit", response.slug))

    assert "is sent" in page.banner
    action = Action.objects.get()
    assert (action.text, action.owner_name, action.due_on.isoformat()) == (
        "Keep the evidence base",
        "D.F.",
        "2027-06-01",
    )


def test_a_row_left_half_empty_is_saved_and_named_before_sending(browse_as, partnership, lead):
    response = started(partnership, lead, "brk-exit", "leaving")
    given = exit_answers() | {"brk-d27--0-level": ""}

    page = browse_as(lead).post(section(partnership, response, "brk-exit-strategy"), given)

    assert "Row 1, enter: level" in page
    assert response.answers.get(question="brk-d27").value == [{"risk": "The plan is late", "level": ""}]


def test_a_wrong_day_in_a_row_says_which_row(browse_as, partnership, lead):
    response = started(partnership, lead, "brk-exit", "leaving")

    page = browse_as(lead).post(
        section(partnership, response, "brk-exit-strategy"), exit_answers() | {"brk-d28--0-due_on_1": "13"}
    )

    assert page.errors == ["Row 1, by when: Enter a real date, like 27 3 2026"]
    assert page.select_one("[name=brk-d28--0-due_on_1]")["value"] == "13"


def test_the_effect_of_leaving_starts_the_list_of_risks(browse_as, partnership, lead):
    partnership.change({"exit_impact": "The plan would be late"}, by=lead)
    response = started(partnership, lead, "brk-exit", "leaving")

    page = browse_as(lead).get(section(partnership, response, "brk-exit-strategy"))

    assert page.select_one("[name=brk-d27--0-risk]").text.strip() == "The plan would be late"


# --- Cost --------------------------------------------------------------------------------------


@pytest.mark.parametrize("forms", [1, 3])
def test_the_list_costs_the_same_however_many_forms(browse_as, partnership, lead, django_assert_num_queries, forms):
    for _ in range(forms):
        review(partnership, lead).send(missing=[], by=lead, at=AT)
    auditor = browse_as(Role.AUDITOR)

    with django_assert_num_queries(15):
        auditor.get(address("questionnaire_list", partnership))


@pytest.mark.parametrize("partners", [1, 6])
def test_a_section_costs_the_same_however_much_the_register_knows(
    browse_as, partnership, lead, django_assert_num_queries, partners
):
    for number in range(partners):
        organisation = Organisation.objects.create(name=f"Partner {number}")
        Membership(partnership=partnership, organisation=organisation).keep(by=lead)
    response = started(partnership, lead)
    browser = browse_as(lead)

    with django_assert_num_queries(13):
        browser.get(section(partnership, response, GOVERNANCE))
