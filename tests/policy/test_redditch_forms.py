"""The forms of the pack redditch hold what group (d) of docs/requirements/redditch.md asks for."""

import re
from pathlib import Path

import pytest

from assessments.rules import holds, results
from policy.model import Policy, Question
from policy.reading import PACKS, read_pack_file

DIGEST = Path(__file__).parents[2] / "docs" / "requirements" / "redditch.md"
ROWS = re.findall(r"^\| (RED-D[0-9A-Za-z-]+) \|", DIGEST.read_text(encoding="utf-8"), re.MULTILINE)
# The rows of each form, as the digest numbers them (requirements README, section 7).
FORMS = {
    "red-2a": "RED-D2A-",
    "red-3": "RED-D3-",
    "red-4a": "RED-D4A-",
    "red-5": "RED-D5-",
    "red-1": "RED-D1-",
    "red-8-points": "RED-D8S-",
    "red-8-self-check": "RED-D8T-",
    "red-8a": "RED-D8A-",
    "red-8b": "RED-D8B-",
    "red-8c": "RED-D8C-",
    "red-9": "RED-D9-",
    "red-10": "RED-D10-",
}


@pytest.fixture(scope="module")
def redditch() -> Policy:
    return read_pack_file(PACKS / "redditch.yaml").policy


def asked_by_row(policy: Policy, form_id: str) -> dict[str, Question]:
    """The first question of a form for each row of group (d); a row of ticks is its table's question."""
    found: dict[str, Question] = {}
    for question in policy.questionnaire(form_id).questions:
        for each in (question, *question.columns):
            for ref in each.ref:
                found.setdefault(ref, question)
    return found


def test_the_requirements_have_243_rows_of_forms():  # requirements README, section 10
    assert len(ROWS) == 243


@pytest.mark.parametrize("form_id", FORMS)
def test_every_row_is_asked_in_its_own_form(redditch, form_id):
    rows = [row for row in ROWS if row.startswith(FORMS[form_id])]

    assert rows
    assert [row for row in rows if row not in asked_by_row(redditch, form_id)] == []


def test_every_row_of_forms_belongs_to_one_of_the_twelve():
    assert [row for row in ROWS if not row.startswith(tuple(FORMS.values()))] == []


# requirements README, section 7
@pytest.mark.parametrize(
    ("form_id", "in_sections"),
    [
        ("red-2a", [3, 7, 3, 3, 4, 4, 5]),
        ("red-3", [2, 4, 2, 1]),
        ("red-5", [9, 3, 5]),
        ("red-1", [8]),
        ("red-8-points", [2, 1, 2, 1, 3, 2]),
        ("red-8a", [9, 6]),
        ("red-8b", [6, 2, 2, 6, 3, 4]),
        ("red-8c", [5]),
    ],
)
def test_a_form_has_as_many_questions_as_the_toolkit(redditch, form_id, in_sections):
    assert [len(section.questions) for section in redditch.questionnaire(form_id).sections] == in_sections


def test_the_annual_review_has_11_topics_and_26_numbered_questions(redditch):  # FIG-13
    topics = redditch.questionnaire("red-4a").sections[1:-1]
    levels = [question for section in topics for question in section.questions if question.type == "scale"]

    assert len(topics) == len(levels) == 11
    assert {question.scale for question in levels} == {"self-assessment"}
    assert sum(len(section.questions) for section in topics) - len(levels) == 26
    assert [section.group for section in topics] == ["Governance and finance"] * 9 + ["Performance and delivery"] * 2


def test_a_topic_at_level_1_needs_an_action(redditch):  # CHK-12, RED-C13, RED-F34
    for number in range(1, 12):
        question = redditch.questionnaire("red-4a").by_id[f"red-d4a-t{number:02}"]
        assert (question.required, question.action, question.action_on) == ("yes", "optional", ("1",))


def test_a_missing_equality_assessment_is_planned_within_six_months(redditch):  # CHK-10, RED-F26
    done, plan = (redditch.questionnaire("red-4a").by_id[f"red-d4a-{number}"] for number in (20, 21))

    assert done.type == "yes_no"
    assert plan.asked_when is not None
    assert (plan.asked_when.question, plan.asked_when.one_of) == (done.id, (False,))
    assert (plan.required, plan.action, plan.action_due_months) == ("yes", "required", 6)


def test_the_business_case_and_the_review_say_where_each_answer_comes_from(redditch):  # RED-I17
    without = [
        question.id
        for form_id in ("red-2a", "red-4a")
        for question in redditch.questionnaire(form_id).questions
        if question.required == "yes" and question.evidence != "required"
    ]

    # Names, dates, addresses, levels and the plan for an assessment have no evidence line in the form.
    assert [each for each in without if each.startswith("red-d2a")] == [
        "red-d2a-01", "red-d2a-02", "red-d2a-25", "red-d2a-27", "red-d2a-28", "red-d2a-29",
    ]  # fmt: skip
    assert [each for each in without if each.startswith("red-d4a") and "-t" not in each] == [
        "red-d4a-01", "red-d4a-02", "red-d4a-03", "red-d4a-21",
        "red-d4a-31", "red-d4a-32", "red-d4a-33", "red-d4a-34", "red-d4a-35", "red-d4a-36",
    ]  # fmt: skip


def test_outcomes_risks_and_equality_are_attached_to_the_business_case(redditch):  # RED-D2A-16 to 18
    form = redditch.questionnaire("red-2a")

    assert [each.id for each in form.questions if each.attachment == "required"] == [
        "red-d2a-16", "red-d2a-17", "red-d2a-18",
    ]  # fmt: skip


def test_the_council_provides_under_twelve_heads(redditch):  # RED-H15, FIG-12, RED-B17 to B28
    heads = redditch.questionnaire("red-2a").by_id["red-d2a-21"].parts

    assert [ref for head in heads for ref in head.ref if ref.startswith("RED-B")] == [
        f"RED-B{number}" for number in range(17, 29)
    ]
    assert [head.id for head in heads if not head.prefill] == []


def test_the_leaving_form_asks_for_at_most_three_lessons_of_each_kind(redditch):  # FIG-11
    form = redditch.questionnaire("red-5")

    assert {form.by_id[f"red-d5-{number}"].max_rows for number in ("08", "09", "10")} == {3}


def test_the_memorandum_has_12_headings_13_principles_and_15_prompts(redditch):  # FIG-12, RED-A30
    form = redditch.questionnaire("red-10")

    assert form.makes == "agreement"
    assert len(form.sections) == 12
    assert [len(form.by_id[each].parts) for each in ("red-d10-02", "red-d10-05", "red-d10-08")] == [13, 5, 10]
    assert [section.id for section in form.sections if not _asks(section.questions)] == []


def _asks(questions: tuple[Question, ...]) -> bool:
    return any(each.required == "yes" for question in questions for each in (question, *question.parts))


def test_no_heading_may_be_left_out_for_a_significant_partnership(redditch):  # RED-A30, RED-I29
    rule = redditch.questionnaire("red-10").compulsory_when

    assert rule is not None
    assert holds(redditch, rule, {"is_significant": True}).holds is True
    assert holds(redditch, rule, {"is_significant": False}).holds is False


def test_the_review_template_opens_once_the_business_case_is_made(redditch):  # CHK-08, RED-F33
    rule = redditch.questionnaire("red-4a").applies_when

    assert rule is not None
    assert holds(redditch, rule, {"is_significant": True, "red-c12": True}).holds is True
    assert holds(redditch, rule, {"is_significant": True, "red-c12": False}).holds is False
    assert holds(redditch, rule, {"is_significant": True}).holds is True  # nobody has asked yet, as for a proposal


def test_the_report_on_a_case_that_is_not_made_waits_for_a_no(redditch):  # CHK-08, RED-F32
    rule = redditch.questionnaire("red-not-shown").applies_when

    assert rule is not None
    assert holds(redditch, rule, {"red-c12": False}).holds is True
    assert holds(redditch, rule, {"red-c12": True}).holds is False
    assert holds(redditch, rule, {}).holds is False


GOOD = {
    **dict.fromkeys([f"red-d8a-{number}" for number in ("01", "02", "03a", "03b", "04", "07", "08", "09")], True),
    "red-d8a-06": False,
    **dict.fromkeys([f"red-d8a-f{number}" for number in range(2, 7)], False),
}


# RED-D8A-F1, RED-I16: one answer against is enough; for the simpler way it is yes
@pytest.mark.parametrize(
    ("answers", "of_questions", "against"),
    [
        ({}, 0, 0),
        ({"red-d8a-03b": False}, 1, 1),
        ({"red-d8a-06": True}, 1, 1),
        ({"red-d8a-06": "dont_know"}, 0, 0),
        ({"red-d8a-f4": True}, 0, 1),
        ({"red-d8a-01": False, "red-d8a-06": True, "red-d8a-f6": True}, 2, 3),
    ],
)
def test_one_answer_against_says_that_a_partnership_may_not_be_best(redditch, answers, of_questions, against):
    found = {each.result.id: each for each in results(redditch.questionnaire("red-8a"), GOOD | answers)}

    assert (found["red-8a-questions"].count, found["red-8a-questions"].of) == (of_questions, 9)
    assert (found["red-8a-against"].count, found["red-8a-against"].of) == (against, 14)
    assert found["red-8a-against"].holds is (against >= 1)


def test_a_checklist_says_what_is_wrong_with_each_answer_that_counts_against(redditch):  # RED-I16
    yes_is_wrong = {
        question.id
        for form_id in ("red-8-points", "red-8-self-check", "red-8a", "red-8b", "red-8c", "red-9", "red-1")
        for question in redditch.questionnaire(form_id).questions
        if True in question.warning_on
    }

    assert yes_is_wrong == {"red-d8a-06", "red-d8b-20", *(f"red-d8a-f{number}" for number in range(2, 7))}


def test_no_form_says_what_the_style_avoids(redditch):
    text = " ".join(
        f"{each.text} {each.hint} {each.warning}" for form in redditch.questionnaires for each in form.questions
    )

    assert re.findall(r"\b(please|successfully|invalid|simply|just)\b", text.lower()) == []
