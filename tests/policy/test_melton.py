"""The pack melton holds what docs/requirements/melton.md asks for."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from assessments import rules
from policy.model import Policy
from policy.reading import PACKS, pack_files, read_pack_file

DIGEST = Path(__file__).parents[2] / "docs" / "requirements" / "melton.md"
ROWS = re.findall(r"^\| (MEL-[A-I]\d+[a-z]?) \|", DIGEST.read_text(encoding="utf-8"), re.MULTILINE)
INVENTORY = ["action-focus", "efficiency", "inclusivity", "learning", "performance"]


@pytest.fixture(scope="module")
def melton() -> Policy:
    return read_pack_file(PACKS / "melton.yaml").policy


def rows(group: str) -> set[str]:
    return {row for row in ROWS if row[4] == group}


def asked(policy: Policy, *forms: str) -> set[str]:
    """Rows cited by the questions of some forms, their columns and the heads of their sections."""
    cited: set[str] = set()
    for form in (policy.questionnaire(each) for each in forms):
        cited |= {ref for section in form.sections for ref in section.ref}
        cited |= {ref for question in form.questions for ref in question.ref}
        cited |= {ref for question in form.questions for column in question.columns for ref in column.ref}
    return cited


def test_the_requirements_have_the_rows_they_count():  # requirements README, section 10
    counts = {group: len(rows(group)) for group in "ABCDEFGHI"}

    assert counts == {"A": 33, "B": 30, "C": 17, "D": 89, "E": 13, "F": 20, "G": 11, "H": 38, "I": 21}


@pytest.mark.parametrize("group", "ABCDEFGHI")
def test_every_row_is_cited_by_some_item(melton, group):
    assert sorted(rows(group) - melton.refs) == []


def test_no_item_cites_a_row_that_does_not_exist(melton):
    assert sorted(ref for ref in melton.refs if ref.startswith("MEL-") and ref not in ROWS) == []


def test_every_row_of_the_register_is_a_field_or_a_column(melton):
    cited = {ref for field in melton.fields for ref in field.ref}

    assert sorted(rows("B") - cited) == []


def test_every_value_of_the_lists_is_on_a_list_a_scale_or_an_exclusion(melton):
    cited = {ref for each in melton.lists for value in each.values for ref in value.ref}
    cited |= {ref for exclusion in melton.definition.exclusions for ref in exclusion.ref}
    cited |= {ref for scale in melton.scales for ref in scale.ref}  # MEL-H19, the rating
    cited |= {ref for form in melton.questionnaires for prompt in form.prompts for ref in prompt.ref}  # MEL-H20

    assert sorted(rows("H") - cited) == []


@pytest.mark.parametrize(
    ("list_id", "row", "count"),
    [
        ("council-role", "MEL-H13", 4),
        ("main-functions", "MEL-H14", 4),
        ("answers", "MEL-H15", 3),
        ("contribution-kinds", "MEL-H16", 4),
        ("contribution-tests", "MEL-H17", 4),
        ("inventory-sections", "MEL-H18", 5),
        ("action-horizon", "MEL-H21", 2),
        ("origins", "MEL-H32", 4),
        ("decision-outcomes", "MEL-H35", 4),
        ("courtesy-reasons", "MEL-H36", 3),
        ("good-partnership", "MEL-H38", 8),
    ],
)
def test_a_row_of_several_values_has_them_all(melton, list_id, row, count):
    assert sum(1 for value in melton.list(list_id).values if row in value.ref) == count


def test_every_criterion_is_a_point_a_question_or_a_result(melton):
    cited = {ref for scale in melton.scales for point in scale.points for ref in point.ref}
    cited |= asked(melton, "mel-b", "mel-tests", "mel-c4")
    cited |= {ref for result in melton.questionnaire("mel-b").results for ref in result.ref}

    assert sorted(rows("C") - cited) == []


def test_every_question_is_asked(melton):
    assert sorted(rows("D") - asked(melton, "mel-b", "mel-c1", "mel-c2", "mel-c3", "mel-c4")) == []


def test_the_checklist_has_5_10_12_and_2_questions(melton):  # requirements README, section 7
    form = melton.questionnaire("mel-b")

    assert [len(section.questions) for section in form.sections] == [5, 10, 12, 2]
    assert {question.type for question in form.sections[2].questions} == {"yes_no_dont_know"}
    assert form.force == "compulsory"
    assert "Another checklist" in form.instead


def test_five_practical_questions_expect_an_attachment_when_the_answer_is_yes(melton):  # MEL-I16, CHK-16
    form = melton.questionnaire("mel-b")
    expected = [question for question in form.questions if question.attachment == "expected"]

    assert [question.id for question in expected] == ["mel-d17", "mel-d18", "mel-d19", "mel-d20", "mel-d21"]
    assert {question.attachment_on for question in expected} == {(True,)}
    assert [question.id for question in form.questions if question.attachment == "required"] == []


def test_no_and_dont_know_are_counted_for_those_who_decide(melton):  # MEL-C14
    form = melton.questionnaire("mel-b")
    answers = dict.fromkeys((f"mel-d{number}" for number in range(16, 28)), True)
    answers |= {"mel-d17": False, "mel-d22": "dont_know"}

    (found,) = rules.results(form, answers)

    assert found.sentence.startswith("2 of the 12 practical questions")


def test_the_accountable_body_and_the_leading_body_are_asked_for_only_where_it_matters(melton):  # MEL-D11, MEL-D12
    form = melton.questionnaire("mel-b")

    assert form.by_id["mel-d11"].asked_when.is_met({"mel-d10": True})
    assert not form.by_id["mel-d11"].asked_when.is_met({"mel-d10": False})
    assert form.by_id["mel-d12"].asked_when.is_met({"mel-d09": "observer"})
    assert not form.by_id["mel-d12"].asked_when.is_met({"mel-d09": "lead"})


def test_the_question_about_a_similar_remit_shows_similar_entries(melton):  # MEL-D15, MEL-F02
    helped = [question.id for form in melton.questionnaires for question in form.questions if question.helps]

    assert helped == ["mel-d15"]


def test_the_details_have_9_questions(melton):  # requirements README, section 7
    form = melton.questionnaire("mel-c1")

    assert sum(len(section.questions) for section in form.sections) == 9
    assert melton.scale("function-rank").is_rank
    assert [part.type for part in form.by_id["mel-d31"].parts] == ["rank"] * 4


def test_the_inventory_has_27_ratings_and_six_prompts_in_each_of_5_sections(melton):  # MEL-I02, FIG-16
    form = melton.questionnaire("mel-c2")

    assert [section.id for section in form.sections] == [f"mel-c2-{each}" for each in INVENTORY]
    assert [len(section.questions) for section in form.sections] == [6, 6, 5, 5, 5]
    assert [len(form.questions_of(section)) for section in form.sections] == [12, 12, 11, 11, 11]
    rated = [question for question in form.questions if question.type == "scale"]
    assert len(rated) == 27
    assert {question.action for question in rated} == {"optional"}
    assert all(section.guide for section in form.sections)  # MEL-I18


def test_ratings_run_from_1_to_5_with_averages_and_no_pass_mark(melton):  # MEL-C01 to C05, MEL-I09, CHK-17
    scale = melton.scale("inventory-rating")

    assert [point.number for point in scale.points] == [Decimal(number) for number in range(1, 6)]
    assert scale.has_average
    assert [point.id for point in scale.points if point.warns] == ["1", "2"]


def test_low_ratings_are_counted(melton):  # MEL-I09, MEL-D80, CHK-17
    ratings = {f"mel-d{number}": rating for number, rating in zip(range(40, 46), "342534", strict=True)}

    (found,) = rules.results(melton.questionnaire("mel-c2"), ratings)

    assert found.count == 1


def test_prompts_that_look_ahead_may_make_an_action(melton):  # MEL-D71b, D71d, D71f
    prompts = melton.questionnaire("mel-c2").prompts

    assert [prompt.id for prompt in prompts if prompt.action == "optional"] == ["do-better", "start", "stop"]


def test_reconstructed_wording_is_marked(melton):  # MEL-I03
    form = melton.questionnaire("mel-c2")

    marked = [question.id for question in form.questions if "reconstructed" in question.note]
    assert marked == ["mel-d54", "mel-d55", "mel-d56", "mel-d58"]


def test_the_action_plan_has_its_8_items_and_an_empty_one_needs_a_reason(melton):  # MEL-D72 to D79, MEL-A33
    form = melton.questionnaire("mel-c3")
    cited = asked(melton, "mel-c3")

    assert {f"MEL-D{number}" for number in range(72, 80)} <= cited
    assert form.by_id["mel-d73"].asked_when.is_met({"mel-a33-actions": True})
    assert form.by_id["mel-a33-actions"].beside[0].required_on == (False,)


def test_the_summary_sheet_has_5_items_and_the_averages_of_the_inventory(melton):  # MEL-D80 to D84
    form = melton.questionnaire("mel-c4")
    inventory = melton.questionnaire("mel-c2")

    assert [question.id for question in form.sections[0].questions] == [f"mel-d{number}" for number in range(80, 85)]
    sections = [{question.id for question in section.questions} for section in inventory.sections]
    found = [set(part.computed_from) for part in form.by_id["mel-d80"].parts]
    assert all(section in found for section in sections)
    assert set().union(*sections) == found[-1]


def test_the_four_tests_of_resources_are_asked_and_keep_the_council_from_joining(melton):  # MEL-A24, MEL-C15, MEL-H17
    given = {"mel-c15a": True, "mel-c15b": True, "mel-c15c": True, "mel-c15d": True, "priorities": Decimal(1)}

    assert rules.unmet_checks(melton, given, at="joining") == ()
    for test in ("mel-c15a", "mel-c15b", "mel-c15c", "mel-c15d"):
        (found,) = rules.unmet_checks(melton, given | {test: False}, at="joining")
        assert found.check.blocks


def test_contact_only_needs_a_lead_officer_and_no_evaluation(melton):  # MEL-A25, MEL-F09, CHK-18
    outcome = next(each for each in melton.outcomes if each.id == "contact-only")
    cycle = next(each for each in melton.cycles if each.id == "mel-cycle-evaluation")

    assert outcome.becomes == "contact_only"
    assert outcome.needs_lead_officer
    assert not rules.holds(melton, cycle.applies_when, {"status": "contact_only"}).holds
    assert rules.holds(melton, cycle.applies_when, {"status": "active"}).holds
    field = melton.core_field("lead_officer")
    assert field.required_when.one_of == ("contact_only",)


def test_evaluations_fall_due_every_three_years(melton):  # MEL-F12, MEL-I07, CHK-15
    cycle = next(each for each in melton.cycles if each.id == "mel-cycle-evaluation")

    assert cycle.every_months == 36 == melton.setting("evaluation-months")


def test_the_decision_has_its_four_outcomes(melton):  # MEL-F08 to F11, MEL-H35
    step = melton.route("mel-joining").by_id["mel-f06"]
    becomes = {outcome.id: outcome.becomes for outcome in melton.outcomes}

    assert [becomes[each] for each in step.outcomes] == ["active", "contact_only", "referred", "not_joined", ""]


def test_every_duty_of_the_roles_is_there(melton):
    assert [duty.id for duty in melton.duties] == [f"mel-e{number:02}" for number in range(1, 14)]


@pytest.mark.parametrize(
    ("role", "label"),
    [
        ("lead_officer", "Lead Officer"),
        ("responsible_head", "Head of Service"),
        ("management_team", "Management Team"),
        ("executive", "Policy Committee"),
        ("area_bodies", "Town or parish council"),
    ],
)
def test_bodies_have_the_councils_names(melton, role, label):  # requirements README, section 6
    assert melton.role(role).label == label


@pytest.mark.parametrize("role", ["portfolio_holder", "council", "scrutiny", "nominating_groups", "legal_adviser"])
def test_roles_that_the_protocol_does_not_have_do_not_exist(melton, role):
    assert melton.role(role) is None


def test_rows_that_are_proposed_carry_that_mark(melton):
    """An item that cites only open points is a local setting, and screens say so."""
    items = [*melton.fields, *melton.settings, *melton.cycles, *melton.statements]

    assert [
        item.id
        for item in items
        if item.ref and all(ref[4] == "I" for ref in item.ref if ref.startswith("MEL-")) and item.standing != "proposed"
    ] == []


def test_no_class_of_significant_partnerships_is_shown(melton):  # MEL-A31, MEL-I14
    assert melton.significance.shown is False
    assert melton.core_field("is_significant") is None


def test_the_register_is_not_public(melton):  # MEL-I19
    assert melton.visibility.public is False
    assert [field.id for field in melton.fields if field.public] == []


def test_the_pack_says_nothing_that_the_style_avoids(melton):
    text = (PACKS / "melton.yaml").read_text(encoding="utf-8").lower()

    assert re.findall(r"\b(please|successfully|invalid|simply|just)\b", text) == []


def test_manage_py_check_reads_the_pack():
    assert "melton" in [path.stem for path in pack_files()]
