"""Filling in a form: what the policy asks for with an answer, parts, averages, last time's answers, two people."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from assessments import questionnaires as asks
from assessments import services
from assessments.models import Response
from policy.refused import Refused
from register.models import Action
from tests.assessments.forms_pack import AT, EVERY_WAY, begin, make_entry, put_in_force, typed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(db):
    return make_entry(name="Central Marsh Unit")


def at(name, response, *more):
    args = [response.partnership.reference, response.questionnaire, response.slug, *more]
    return reverse(f"assessments:{name}", args=args)


def section(response, name):
    return at("questionnaire_section", response, name)


def gaps(response):
    policy = response.policy_version.policy
    form = policy.questionnaire(response.questionnaire)
    return asks.gaps_of(policy, form, list(response.answers.all()), response.occasion)


def blocking(response):
    return [each.sentence for each in gaps(response) if each.blocks]


def expected(response):
    return [each.sentence for each in gaps(response) if not each.blocks]


def answered(response, **answers):
    """Answers by question id, with "_" for "-"."""
    values = {name.replace("_", "-"): {"value": value} for name, value in answers.items()}
    response.answer(values, by=response.partnership.lead_officer, at=AT)


def sent(entry, *, at=AT, **answers):
    response = begin(entry, "review", at=at)
    answered(response, **answers)
    response.send(missing=[], by=entry.lead_officer, at=at)
    return response


# --- What belongs to an answer -----------------------------------------------------------------


def test_the_lowest_place_on_a_scale_without_an_action_cannot_be_sent(browse_as, entry):  # CHK-12, RED-C13
    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)

    browser.post(section(response, "staffing"), {"r-topic": "1", "r-eia": "yes", "leave": "leave"})
    assert blocking(response) == ["Say what should be done: How does staffing stand?"]
    page = browser.post(at("questionnaire_check", response))
    assert "1 answer is missing" in page

    page = browser.get(section(response, "staffing"))
    assert "Needed when the answer is “1 of 3, no”" in page
    browser.post(
        section(response, "staffing"),
        typed_in(page) | {"r-topic--action": "Agree the roles", "r-topic--action-owner": "T.W."},
    )
    assert blocking(response) == []


def test_the_middle_of_the_scale_may_have_an_action_and_needs_none(entry):  # CHK-12, RED-C14
    response = begin(entry, "review")
    answered(response, r_topic="2", r_eia=True)

    assert blocking(response) == []


def test_a_no_gives_an_action_that_is_due_six_months_later(browse_as, entry):  # CHK-10, RED-F26
    question = entry.policy_version.policy.questionnaire("review").by_id["r-eia"]
    assert asks.action_due(question, date(2026, 3, 1)) == date(2026, 9, 1)

    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)
    browser.post(section(response, "staffing"), {"r-topic": "3", "r-eia": "no"})
    assert "Say what should be done: Has the effect on equality been assessed?" in blocking(response)

    page = browser.get(section(response, "staffing"))
    assert "The policy gives 6 months" in page
    browser.post(
        section(response, "staffing"), typed_in(page) | {"r-eia--action": "Assess it", "r-eia--action-owner": "T.W."}
    )

    today = response.answers.get(question="r-eia").dated
    assert Action.objects.get().due_on == asks.action_due(question, today)


def test_evidence_is_needed_once_there_is_an_answer(entry):
    response = begin(entry, "review")
    answered(response, r_topic="3", r_eia=True, r_evidence="Yes, in the handbook")

    assert blocking(response) == ["Say where this comes from: Are roles clear?"]


def test_an_expected_document_warns_and_does_not_block(browse_as, entry):  # CHK-16, MEL-D20
    response = begin(entry, "review")
    answered(response, r_topic="3", r_eia=True, r_terms=True)

    assert blocking(response) == []
    assert "Attach a document: Are terms of reference agreed?" in expected(response)
    browser = browse_as(entry.lead_officer)
    page = browser.get(at("questionnaire_check", response))
    assert "Expected by the policy" in page
    page = browser.post(at("questionnaire_check", response), {"left_open_because": "The board meets in May"})
    assert "is sent" in page.banner
    assert "Why answers are left out The board meets in May" in page


def test_an_answer_that_needs_no_document_expects_none(entry):  # CHK-16
    response = begin(entry, "review")
    answered(response, r_topic="3", r_eia=True, r_terms="dont_know")

    assert "Attach a document: Are terms of reference agreed?" not in expected(response)


def test_a_file_that_is_sent_with_an_answer_becomes_a_document_of_the_entry(browse_as, entry):
    response = begin(entry, "review")
    file = SimpleUploadedFile("Terms of reference.txt", b"Agreed in May")

    browse_as(entry.lead_officer).post(section(response, "staffing"), {"r-terms": "yes", "r-terms--file": file})

    document = entry.documents.get()
    assert (document.title, document.file_name) == ("Terms of reference", "Terms of reference.txt")
    assert response.answers.get(question="r-terms").attachment == document


def test_a_file_that_the_register_does_not_keep_is_refused_at_its_field(browse_as, entry):
    response = begin(entry, "review")
    file = SimpleUploadedFile("run.exe", b"MZ")

    page = browse_as(entry.lead_officer).post(section(response, "staffing"), {"r-terms": "yes", "r-terms--file": file})

    assert page.errors == [
        "run.exe is not of a kind that the register keeps. Save it as PDF, Word, Excel, PowerPoint, OpenDocument, "
        "text or picture"
    ]
    assert not entry.documents.exists()


# --- Actions -----------------------------------------------------------------------------------


def test_an_answer_that_is_changed_later_keeps_its_one_action(browse_as, entry):
    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)
    browser.post(
        section(response, "staffing"),
        {"r-topic": "1", "r-topic--action": "Agree the roles", "r-topic--action-owner": "T.W."},
    )
    for what in ("Agree the roles in writing", "Agree the roles in writing"):
        page = browser.get(section(response, "staffing"))
        browser.post(
            section(response, "staffing"),
            typed_in(page) | {"r-topic": "2", "r-topic--action": what, "r-topic--action-owner": "T.W."},
        )

    action = Action.objects.get()
    assert (action.text, action.source) == ("Agree the roles in writing", "Yearly review 2025–26")
    assert action.history.count() == 2


def test_an_action_without_an_owner_is_refused_and_nothing_is_kept(browse_as, entry):
    """BRK-B20, MEL-D72: an action is somebody's from the moment it is kept."""
    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)
    page = browser.post(section(response, "staffing"), {"r-topic": "1", "r-topic--action": "Agree the roles"})
    assert page.errors == ["Say who does it: a name or a team"]
    assert page.select_one("[name=r-topic--action]").text.strip() == "Agree the roles"
    assert not Action.objects.exists()
    assert not response.answers.exists()


def test_an_action_that_is_taken_back_leaves_the_list(browse_as, entry):
    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)
    browser.post(
        section(response, "staffing"),
        {"r-topic": "2", "r-topic--action": "Agree the roles", "r-topic--action-owner": "T.W."},
    )
    page = browser.get(section(response, "staffing"))

    browser.post(section(response, "staffing"), typed_in(page) | {"r-topic--action": ""})

    assert not Action.objects.exists()
    assert response.answers.get(question="r-topic").action is None
    assert Action.history.first().history_change_reason == "Taken back in Yearly review 2025–26"


def test_the_rows_of_an_action_plan_join_the_actions_and_double_none(entry):  # MEL-D73 to D78, MEL-F18
    lead = entry.lead_officer
    there = Action(partnership=entry, text="Agree the roles", source="Yearly review 2025–26")
    there.keep(by=lead)
    response = begin(entry, "plan")
    rows = [
        {"action": "Agree the roles", "owner": "T.W.", "due_on": "2026-09-01"},
        {"action": "Open the meetings", "owner": "", "due_on": "2026-10-01"},
        {"action": "Print the minutes", "owner": "D.F.", "due_on": "2026-02-01", "done_on": "2026-02-14"},
    ]
    response.answer({"plan-rows": {"value": rows}}, by=lead, at=AT)

    services.send(response, response.policy_version.policy.questionnaire("plan"), by=lead, at=AT)

    assert [(each.text, each.owner_name, each.due_on, each.done_on) for each in entry.actions.order_by("pk")] == [
        ("Agree the roles", "T.W.", date(2026, 9, 1), None),
        ("Open the meetings", "", date(2026, 10, 1), None),
        ("Print the minutes", "D.F.", date(2026, 2, 1), date(2026, 2, 14)),
    ]
    there.refresh_from_db()
    assert there.source == "Yearly review 2025–26"


# --- Conditions, parts, averages ---------------------------------------------------------------


def test_a_question_that_another_answer_took_away_counts_no_more(browse_as, entry):
    response = begin(entry, "review")
    answered(response, r_topic="3", r_eia=False, r_eia_plan="nobody", r_eia_who="T.W.")
    form = response.policy_version.policy.questionnaire("review")
    asked = asks.asked_values(form, {"r-eia": False, "r-eia-plan": "nobody", "r-eia-who": "T.W."})
    assert asked == {"r-eia": False, "r-eia-plan": "nobody", "r-eia-who": "T.W."}

    # The question in between goes, so the one that follows from it goes with it.
    assert asks.asked_values(form, {"r-eia": True, "r-eia-plan": "nobody", "r-eia-who": "T.W."}) == {"r-eia": True}

    answered(response, r_eia=True)
    page = browse_as(entry.lead_officer).get(at("questionnaire_check", response))
    assert "What is the plan?" not in page
    assert "Who leads the plan?" not in page


PARTS = {"r-account-a": "yes", "r-account-b": "yes"}


@pytest.mark.parametrize(("third", "row"), [("yes", True), ("no", False), ("", None)])
def test_a_row_of_parts_is_answered_by_them(browse_as, entry, third, row):  # CHK-14, STR-D41
    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)

    browser.post(section(response, "account"), PARTS | ({"r-account-c": third} if third else {}))

    kept = response.answers.filter(question="r-account").first()
    assert (kept.value if kept else None) is row
    asked = "Say what should be done: The partnership is held to account in all three ways"
    assert (asked in blocking(response)) is (row is False)


def test_parts_stand_under_their_question_with_their_letters(browse_as, entry):
    response = begin(entry, "review")

    page = browse_as(entry.lead_officer).get(section(response, "account"))

    group = page.select_one("#question-r-training")
    assert group["role"] == "group"
    assert [label.text for label in group.select("label")] == ["a. On appraisal", "b. On equality"]


def test_sections_and_the_whole_show_their_averages(browse_as, entry):  # CHK-17, MEL-D80
    response = begin(entry, "review")
    answered(response, f_1="3", f_2="4", f_3="2", f_4="5", f_5="3")
    browser = browse_as(entry.lead_officer)

    page = browser.get(at("questionnaire", response))
    assert "Average 3 of 5 from three ratings; one rating of 1 or 2" in page
    assert "Average 4 of 5 from two ratings; one of 3 not rated, left out; no ratings of 1 or 2" in page

    answered(response, f_6="4")
    page = browser.get(at("questionnaire_check", response))
    assert "The whole form. Average 3.5 of 5 from six ratings; one rating of 1 or 2" in page


def test_the_prompts_stand_in_each_section_that_wants_them(browse_as, entry):  # MEL-D71a to D71f
    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)

    browser.post(
        section(response, "focus"),
        {"focus-well": "We listen", "focus-stop--action": "Stop the newsletter", "focus-stop--action-owner": "T.W."},
    )

    assert response.answers.get(question="focus-well").value == "We listen"
    assert Action.objects.get().text == "Stop the newsletter"
    assert not browser.get(section(response, "efficiency")).select("[name=efficiency-well]")


def test_a_counted_result_is_said_when_reading_back(browse_as, entry):  # RED-D8A-F1
    response = begin(entry, "review")
    answered(response, r_topic="3", r_eia=True, r_clear=False, r_legal=True)
    browser = browse_as(entry.lead_officer)

    page = browser.get(at("questionnaire_check", response))

    assert "1 of 2 are not in place" in page
    assert "Is something not in place? Yes. 1 of 2 are not in place" in page


def test_a_summary_sheet_counts_another_form_that_was_sent(browse_as, entry):  # MEL-D80
    sent(entry, f_1="3", f_2="4", f_3="2", f_4="5", f_5="3", f_6="4", r_legal=True, r_clear=False)
    summary = begin(entry, "summary")
    browser = browse_as(entry.lead_officer)

    page = browser.get(section(summary, "summary-one"))
    assert "All: Average 3.5 of 5 from six ratings" in page
    assert "Efficiency: Average 4 of 5 from three ratings" in page
    assert "1 of 2 are Yes" in page

    answered(summary, s_right=True)
    browser.post(at("questionnaire_check", summary))
    sent(entry, at=datetime(2027, 3, 1, tzinfo=UTC), f_1="1")
    page = browser.get(at("questionnaire", summary))
    assert "Partnership Central Marsh Unit" in page
    assert "All: Average 3.5 of 5 from six ratings" in page


# --- Last time ---------------------------------------------------------------------------------

NEXT_YEAR = datetime(2027, 5, 3, tzinfo=UTC)


def test_last_times_answer_stands_beside_this_one_and_is_taken_over_by_a_tick(browse_as, entry):
    lead = entry.lead_officer
    first = begin(entry, "review")
    first.answer({"r-legal": {"value": True, "text": "By an agreement"}, "r-topic": {"value": "2"}}, by=lead, at=AT)
    first.send(missing=[], by=lead, at=AT)
    again = begin(entry, "review", at=NEXT_YEAR)
    browser = browse_as(lead)

    page = browser.get(section(again, "staffing"))
    beside = page.select_one("#question-r-legal .app-beside__last")
    assert " ".join(beside.text.split()) == "Yes. By an agreement 2025–26, D.F., 1 March 2026"
    browser.post(section(again, "staffing"), typed_in(page) | {"r-legal--same": "on", "r-topic--same": "on"})

    kept = again.answers.get(question="r-legal")
    assert (kept.value, kept.text) == (True, "By an agreement")
    assert (kept.prefilled_from, kept.is_still_right) == ("Same as 2025–26, D.F.", True)
    assert again.answers.get(question="r-topic").value == "2"
    assert "Same as 2025–26, D.F., still right" in browser.get(at("questionnaire_check", again))


def test_a_tick_and_another_answer_contradict_each_other(browse_as, entry):
    sent(entry, r_topic="2")
    again = begin(entry, "review", at=NEXT_YEAR)

    page = browse_as(entry.lead_officer).post(section(again, "staffing"), {"r-topic": "3", "r-topic--same": "on"})

    assert page.errors == ["Your answer differs from last time. Take out the tick, or your answer"]
    assert page.select_one("[name=r-topic][value='3']").has_attr("checked")


def test_an_answer_on_another_scale_is_shown_and_never_taken_over(browse_as, entry):
    sent(entry, r_topic="2", r_clear=True)
    text = EVERY_WAY.replace('version: "1"', 'version: "2"').replace("With room for improvement", "Fairly well")
    entry.policy_version = put_in_force(text, since=date(2026, 6, 1))
    again = begin(entry, "review", at=NEXT_YEAR)

    page = browse_as(entry.lead_officer).get(section(again, "staffing"))

    assert "2 of 3, with room for improvement" in page.select_one("#question-r-topic .app-beside__last").text
    assert not page.select("[name=r-topic--same]")
    assert page.select("[name=r-clear--same]")


# --- What the register knows -------------------------------------------------------------------


def test_fields_that_only_the_policy_has_fill_answers_in_and_take_them_over(browse_as, entry):
    entry.change({"local_values": {"slogan": "Together", "towns": "3"}}, by=entry.lead_officer)
    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)

    page = browser.get(section(response, "account"))
    assert page.select_one("[name=r-slogan]")["value"] == "Together"
    assert page.select_one("[name=r-towns]")["value"] == "3"
    browser.post(section(response, "account"), typed_in(page) | {"r-slogan": "Further together", "r-towns": "4"})
    answered(response, r_topic="3", r_eia=True)
    browser.post(at("questionnaire_check", response))

    page = browser.get(at("questionnaire_changes", response))
    assert "Slogan: Together Further together" in page
    assert "Towns served: 3 towns 4 towns" in page
    browser.post(at("questionnaire_changes", response), {"change": ["slogan", "towns"]})
    entry.refresh_from_db()
    assert entry.local_values == {"slogan": "Further together", "towns": "4"}


# --- Two people --------------------------------------------------------------------------------


def test_what_two_people_change_beside_an_answer_is_set_side_by_side_too(browse_as, entry):
    response = begin(entry, "review")
    one, other = browse_as(entry.lead_officer), browse_as(make_user(Role.REGISTER_MANAGER, name="T.W."))
    opened = typed_in(one.get(section(response, "staffing")))
    mine = {
        "r-evidence": "Yes",
        "r-evidence--source": "Minutes of May",
        "r-topic--action": "Agree the roles",
        "r-topic--action-owner": "T.W.",
    }
    one.post(section(response, "staffing"), opened | mine)

    theirs = {
        "r-evidence--source": "The handbook",
        "r-topic--action": "Leave it",
        "r-topic--action-owner": "T.W.",
        "r-legal": "yes",
    }
    page = other.post(section(response, "staffing"), opened | theirs)

    assert page.errors == [
        f"D.F. answered this after you opened the page: “{what}”. Choose which answer stands and save again"
        for what in ("Agree the roles", "Minutes of May")
    ]
    assert Action.objects.get().text == "Agree the roles"
    page = other.post(section(response, "staffing"), typed_in(page))
    assert page.errors == []
    assert Action.objects.get().text == "Leave it"
    assert response.answers.get(question="r-evidence").value == "Yes"
    assert response.answers.get(question="r-legal").value is True


def test_a_form_saved_in_the_same_moment_is_not_overwritten(entry):
    response = begin(entry, "review")
    lead = entry.lead_officer
    seen_by_the_other = Response.objects.get(pk=response.pk)
    form = response.policy_version.policy.questionnaire("review")
    later = datetime(2026, 3, 1, 10, 1, tzinfo=UTC)
    services.keep_answers(response, form, {"r-topic": {"value": "3"}}, {}, by=lead, at=later)

    with pytest.raises(Refused, match="Somebody else saved this form in the same moment"):
        services.keep_answers(seen_by_the_other, form, {"r-topic": {"value": "1"}}, {}, by=lead, at=later)

    assert response.answers.get(question="r-topic").value == "3"


def test_a_draft_that_was_left_is_found_again_with_its_progress(browse_as, entry):
    response = begin(entry, "review")
    browser = browse_as(entry.lead_officer)
    browser.post(section(response, "account"), PARTS | {"leave": "leave"})

    page = browser.get(reverse("assessments:questionnaire_list", args=[entry.reference]))
    assert "Yearly review 2025–26" in page
    page = browser.get(at("questionnaire", response))
    assert "2 of 25 questions answered" in page
    assert [heading.text for heading in page.select("main h2")][:2] == ["Governance", "Performance"]
    assert "2 of 9 answered" in page
