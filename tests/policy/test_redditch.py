"""The pack redditch holds what docs/requirements/redditch.md asks for."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.checks import run_checks

from assessments.rules import checked_facts, example_problems, holds, unmet_checks
from policy.matrix import place_on_matrix
from policy.model import Policy
from policy.reading import PACKS, pack_files, read_pack_file

DIGEST = Path(__file__).parents[2] / "docs" / "requirements" / "redditch.md"
ROWS = re.findall(r"^\| (RED-[A-I][0-9A-Za-z-]*) \|", DIGEST.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def redditch() -> Policy:
    return read_pack_file(PACKS / "redditch.yaml").policy


def test_the_requirements_have_the_rows_they_count():  # requirements README, section 10
    counts = {group: sum(1 for row in ROWS if row[4] == group) for group in "ABCDEFGHI"}

    assert counts == {"A": 34, "B": 40, "C": 21, "D": 243, "E": 50, "F": 61, "G": 19, "H": 49, "I": 29}


@pytest.mark.parametrize("group", "ABCDEFGHI")
def test_every_row_is_cited_by_some_item(redditch, group):
    assert [row for row in ROWS if row[4] == group and row not in redditch.refs] == []


def test_no_item_cites_a_row_that_does_not_exist(redditch):
    assert sorted(ref for ref in redditch.refs if ref.startswith("RED-") and ref not in ROWS) == []


def test_every_row_of_the_database_is_a_field_or_a_column(redditch):
    cited = {ref for field in redditch.fields for ref in field.ref}
    cited |= {ref for field in redditch.fields for column in field.columns for ref in column.ref}

    assert [row for row in ROWS if row[4] == "B" and row not in cited] == []


def test_every_value_is_on_a_list_a_scale_or_an_exclusion(redditch):
    cited = {ref for each in redditch.lists for value in each.values for ref in value.ref}
    cited |= {ref for exclusion in redditch.definition.exclusions for ref in exclusion.ref}
    cited |= {ref for section in redditch.questionnaire("red-9").sections for ref in section.ref}  # the five issues
    cited |= {ref for scale in redditch.scales for point in scale.points for ref in point.ref}

    assert [row for row in ROWS if row[4] == "H" and row not in cited] == []


def test_every_criterion_is_asked_worked_out_or_on_a_scale(redditch):
    cited = {ref for form in redditch.questionnaires for question in form.questions for ref in question.ref}
    cited |= {ref for ground in redditch.significance.grounds for ref in ground.ref}
    cited |= {ref for scale in redditch.scales for point in scale.points for ref in point.ref}
    cited |= {ref for matrix in redditch.matrices for ref in matrix.ref}
    cited |= {ref for check in redditch.checks for ref in check.ref}

    assert [row for row in ROWS if row[4] == "C" and row not in cited] == []


def test_every_duty_of_the_roles_is_there(redditch):
    assert [duty.id for duty in redditch.duties] == [f"red-e{number:02}" for number in range(1, 51)]


def test_every_step_of_the_routes_and_the_risk_process_is_a_step_a_cycle_or_a_rule(redditch):
    carriers = [step for route in redditch.routes for step in route.steps]
    cited = {ref for each in (*carriers, *redditch.cycles, *redditch.outcomes, *redditch.matrices) for ref in each.ref}

    assert [row for row in ROWS if row[4] == "F" and row not in cited] == []


def test_whoever_the_framework_lets_decide_has_a_step_to_decide(redditch):
    steps = [step for route in redditch.routes for step in route.steps]
    deciders = {role for step in steps if step.act in ("decide", "approve") for role in step.role}
    advisers = {role for step in steps if step.act == "advise" for role in step.role}

    assert {duty.role for duty in redditch.duties if "decide" in duty.kind} <= deciders
    assert {"finance_adviser", "legal_adviser", "management_team"} <= advisers
    # Scrutiny considers what the Executive has decided on: RED-F39.
    assert redditch.route("red-annual-report").by_id["red-f39"].act == "receive"


def test_every_report_and_document_is_there(redditch):
    assert [report.id for report in redditch.reports] == [f"red-g{number:02}" for number in range(1, 20)]


@pytest.mark.parametrize(
    ("role", "label"),
    [
        ("lead_officer", "Officer representative"),
        ("register_manager", "Head of Strategy and Partnerships"),
        ("responsible_head", "Head of Service"),
        ("management_team", "Corporate Management Team"),
        ("executive", "Executive"),
        ("council", "Full Council"),
        ("scrutiny", "Overview and Scrutiny"),
        ("finance_adviser", "Head of Financial, Revenues and Benefits Services"),
        ("legal_adviser", "Head of Legal, Democratic and Property Services"),
        ("auditor", "Internal Audit"),
    ],
)
def test_bodies_have_the_councils_names(redditch, role, label):  # requirements README, section 6
    assert redditch.role(role).label == label


@pytest.mark.parametrize("role", ["nominating_groups", "area_bodies"])
def test_roles_that_the_framework_does_not_have_do_not_exist(redditch, role):
    assert redditch.role(role) is None


def test_every_field_says_who_fills_it(redditch):
    assert [field.id for field in redditch.fields if not field.filled_by] == []


def test_the_twelve_heads_of_resources_are_fields_and_a_list(redditch):  # RED-H15, RED-B17 to RED-B28, FIG-12
    heads = [value.label for value in redditch.list("council-resources").values]
    fields = [redditch.field(f"red-b{number}").label for number in range(17, 29)]

    assert fields == [f"What the Council provides: {head}" for head in heads]
    assert len(heads) == 12


def test_the_public_sees_neither_contacts_nor_risks_nor_drafts(redditch):  # RED-I08, DEF-06
    public = {field.id for field in redditch.fields if field.public}

    assert redditch.visibility.public
    assert public == set(redditch.report("red-g02").fields)
    assert not public & {"red-b11", "red-b11a", "red-b11b", "red-b31", "red-b37", "red-b37a", "red-risks"}
    for private in ("red-b11a", "red-b11b", "red-b37a", "red-risks", "red-opportunities"):
        assert not {"partner_viewer", "public_viewer"} & set(redditch.field(private).seen_by)


def test_all_five_tests_are_needed_and_five_reasons_exclude(redditch):  # RED-A14 to RED-A24, RED-H48
    assert [test.kind for test in redditch.definition.tests] == ["needed"] * 5
    assert {each.becomes for each in redditch.definition.exclusions} == {"other_arrangement"}
    assert [each.id for each in redditch.definition.exclusions if each.exception] == ["red-a20"]


@pytest.mark.parametrize(
    ("statutory", "outcomes", "deemed", "significant"),
    [
        (True, False, False, True),
        (False, True, False, True),
        (False, False, True, True),
        (False, False, False, False),
        (False, False, None, None),
    ],
)
def test_one_ground_of_three_makes_a_partnership_significant(redditch, statutory, outcomes, deemed, significant):
    facts = {"is_statutory": statutory, "red-b29-outcomes": outcomes, "red-b29-deemed": deemed}  # RED-A26 to RED-A29

    known = checked_facts(redditch, {name: value for name, value in facts.items() if value is not None})

    assert known.get("is_significant") is significant


def test_level_1_asks_for_an_action_and_level_2_offers_one(redditch):  # RED-C13 to RED-C15, CHK-12
    points = redditch.scale("self-assessment").by_id

    assert {name: point.action for name, point in points.items()} == {"1": "required", "2": "optional", "3": "none"}


@pytest.mark.parametrize(
    ("likelihood", "impact", "level", "needs_plan"),
    [(1, 4, "low", True), (1, 5, "low", True), (5, 3, "high", False), (2, 3, "medium", False), (3, 5, "high", True)],
)
def test_high_impact_asks_for_a_contingency_plan_whatever_the_likelihood(  # RED-C19, RED-F52, CHK-11
    redditch, likelihood, impact, level, needs_plan
):
    score = place_on_matrix(redditch.matrices[0], Decimal(likelihood), Decimal(impact), has_plan=False)

    assert (score.level, score.needs_contingency_plan) == (level, needs_plan)
    assert "contingency plan" in redditch.matrices[0].contingency_warning


def test_the_first_reports_are_due_six_months_after_the_council_entered(redditch):  # RED-F18, RED-F19, CHK-06, FIG-07
    first = {each.id: each for each in redditch.cycles if each.starts_from == "joined"}

    assert {each.due_months for each in first.values()} == {6}
    assert first["red-cycle-first-activity"].receives == ("management_team", "portfolio_holder")
    assert first["red-cycle-first-effectiveness"].receives == ("management_team",)


def test_the_leaving_form_is_due_three_months_after_the_decision(redditch):  # RED-F57, RED-I03, CHK-07, FIG-08
    [form] = [each for each in redditch.cycles if each.starts_from == "decision_to_leave"]
    [instrument] = redditch.exit.instruments

    assert (form.questionnaire, form.due_months, form.receives) == ("red-5", 3, ("register_manager", "management_team"))
    assert (instrument.questionnaire, instrument.timing, instrument.due_months) == ("red-5", "after", 3)
    assert instrument.force == "compulsory"


@pytest.mark.parametrize(
    ("route", "step", "form"),
    [
        ("red-joining", "red-f03", "red-2a"),  # RED-A01, RED-F03
        ("red-joining", "red-f09", "red-tests"),
        ("red-joining", "red-f09-director", "red-tests"),
        ("red-joining", "red-f13", "red-10"),  # RED-F13, RED-I11
        ("red-joining", "red-f16", "red-9"),  # RED-F16
        ("red-yearly", "red-f31", "red-2a"),  # RED-F31
        ("red-yearly", "red-i07", "red-short-check"),  # RED-I07
        ("red-yearly", "red-f32-report", "red-not-shown"),  # RED-F32
        ("red-yearly", "red-f33", "red-4a"),  # RED-F33
        ("red-memorandum", "red-f13-draft", "red-10"),
        ("red-exceptions", "red-f25", "red-exception"),  # RED-F25
        ("red-reporting", "red-f20", "red-3"),  # RED-F20
        ("red-evaluating", "red-f36", "red-evaluation"),  # RED-F36
        ("red-leaving", "red-f57", "red-5"),  # RED-F57
    ],
)
def test_a_step_needs_the_form_that_the_framework_names_for_it(redditch, route, step, form):
    assert form in redditch.route(route).by_id[step].needs


def test_guidance_is_offered_and_no_step_waits_for_it(redditch):  # requirements README, sections 1 and 7
    guidance = {form.id for form in redditch.questionnaires if form.force == "guidance"} - {"red-scrutiny-view"}
    needed = {form for route in redditch.routes for each in (route, *route.steps) for form in each.needs}

    assert guidance == {"red-1", "red-8-points", "red-8-self-check", "red-8a", "red-8b", "red-8c"}
    assert not guidance & needed


def test_every_form_has_an_occasion_a_cycle_a_step_or_a_report(redditch):
    used = {form for route in redditch.routes for step in route.steps for form in step.needs}
    used |= {cycle.questionnaire for cycle in redditch.cycles}
    used |= {form for report in redditch.reports for form in report.questionnaires}

    assert {form.id for form in redditch.questionnaires if form.force != "guidance"} <= used


@pytest.mark.parametrize(
    ("is_new", "is_significant", "applies"),
    [(True, False, True), (True, True, True), (False, True, True), (False, False, False), (True, None, True)],
)
def test_everyone_who_joins_makes_a_business_case_and_significant_ones_each_year(  # RED-A01, RED-F03, RED-I07
    redditch, is_new, is_significant, applies
):
    rule = redditch.questionnaire("red-2a").applies_when

    assert holds(redditch, rule, {"is_new": is_new, "is_significant": is_significant}).holds is applies


def test_advice_on_money_and_law_comes_before_each_decision_on_joining_staying_or_leaving(redditch):  # RED-F07, RED-F08
    def earlier(route: str, step: str) -> set[str]:
        steps = redditch.route(route).steps
        before = {each.id: each.after or (steps[max(place - 1, 0)].id,) for place, each in enumerate(steps)}
        found: set[str] = set()
        waiting = list(before[step])
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(before[each])
        return {role for each in found for role in redditch.route(route).by_id[each].role}

    for route, step in (
        ("red-joining", "red-f11"),
        ("red-joining", "red-f12"),
        ("red-joining", "red-f11-approve"),
        ("red-yearly", "red-f32"),
        ("red-leaving", "red-f55"),
        ("red-leaving", "red-f56"),
        ("red-changing", "red-change-decide"),
    ):
        assert {"finance_adviser", "legal_adviser", "management_team"} <= earlier(route, step)


def test_a_missing_equality_impact_assessment_is_due_in_six_months(redditch):  # RED-F26, FIG-07
    [cycle] = [each for each in redditch.cycles if "RED-F26" in each.ref]

    assert cycle.due_months == 6


def test_finances_are_watched_as_soon_as_the_council_pays(redditch):  # RED-C20, RED-F22
    [cycle] = [each for each in redditch.cycles if "RED-F22" in each.ref]

    def applies(amount: str) -> bool | None:
        return holds(redditch, cycle.applies_when, {"contribution_a_year": Decimal(amount)}).holds

    assert [applies("0"), applies("0.01"), applies("40000")] == [False, True, True]


def test_a_significant_partnership_without_an_agreed_memorandum_is_held_at_review(
    redditch,
):  # RED-A30, RED-I11, RED-I29
    def found(**facts: object) -> dict[str, bool]:
        known = {name.replace("_b31", "-b31"): value for name, value in facts.items()}
        return {each.check.id: each.check.blocks for each in unmet_checks(redditch, known, at="review")}

    assert found(is_significant=True, red_b31="draft") == {"red-check-memorandum": True}
    assert found(is_significant=True, red_b31="agreed") == {}
    assert found(is_significant=False, red_b31="none") == {"red-check-memorandum-others": False}


def test_partnerships_that_are_not_significant_take_the_short_check(redditch):  # RED-I07, RED-A24
    form = redditch.questionnaire("red-short-check")

    assert holds(redditch, form.applies_when, {"is_significant": False, "status": "active"}).holds
    assert holds(redditch, form.applies_when, {"is_significant": None, "status": "other_arrangement"}).holds
    assert holds(redditch, form.applies_when, {"is_significant": True, "status": "active"}).holds is False
    assert len([question for question in form.questions if question.type == "yes_no"]) == 8


def test_what_the_framework_leaves_open_is_a_local_setting(redditch):
    assert {setting.standing for setting in redditch.settings} == {"proposed"}
    assert redditch.matrices[0].standing == "proposed"  # RED-I13
    assert redditch.list("goal-results").standing == "proposed"  # RED-I25
    assert redditch.setting("reminder-days") == 28  # RED-I14
    assert redditch.questionnaire("red-short-check").standing == "proposed"  # RED-I07


def test_its_words_avoid_what_the_style_avoids():
    text = (PACKS / "redditch.yaml").read_text(encoding="utf-8").lower()

    assert re.findall(r"\b(please|successfully|invalid|simply|just)\b", text) == []


def test_its_examples_come_out_as_written(redditch):
    assert list(example_problems(redditch)) == []
    assert {"CHK-07", "CHK-08", "CHK-09"} <= redditch.refs
    assert [str(error) for error in run_checks(tags=["policy"])] == []
    assert "redditch" in [path.stem for path in pack_files()]
