"""The pack harborough-2015 holds what docs/requirements/harborough.md asks for."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from assessments.rules import example_problems, route, screen
from policy.matrix import place_on_matrix
from policy.model import Comparison, Policy, Question
from policy.reading import PACKS, read_pack_file

DIGEST = Path(__file__).parents[2] / "docs" / "requirements" / "harborough.md"
ROWS = re.findall(r"^\| (HAR-[A-I]\d+[a-z]?) \|", DIGEST.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def harborough() -> Policy:
    return read_pack_file(PACKS / "harborough-2015.yaml").policy


def rows(group: str) -> list[str]:
    return [row for row in ROWS if row[4] == group]


def test_the_requirements_have_the_rows_they_count():  # requirements README, section 10
    counts = {group: len(rows(group)) for group in "ABCDEFGHI"}

    assert counts == {"A": 16, "B": 21, "C": 9, "D": 16, "E": 18, "F": 17, "G": 9, "H": 19, "I": 14}


@pytest.mark.parametrize("group", "ABCDEFGHI")
def test_every_row_is_cited_by_some_item(harborough, group):
    assert [row for row in rows(group) if row not in harborough.refs] == []


def test_no_item_cites_a_row_that_does_not_exist(harborough):
    assert sorted(ref for ref in harborough.refs if ref.startswith("HAR-") and ref not in ROWS) == []


def test_every_row_of_the_register_is_a_field_or_a_column(harborough):
    cited = {ref for field in harborough.fields for ref in field.ref}
    cited |= {ref for field in harborough.fields for column in field.columns for ref in column.ref}

    assert [row for row in rows("B") if row not in cited] == []


def test_every_value_is_on_a_list_or_an_exclusion(harborough):
    cited = {ref for each in harborough.lists for value in each.values for ref in value.ref}
    cited |= {ref for exclusion in harborough.definition.exclusions for ref in exclusion.ref}

    assert [row for row in rows("H") if row not in cited] == []


def test_every_question_is_asked(harborough):
    cited = {ref for form in harborough.questionnaires for question in form.questions for ref in question.ref}

    assert [row for row in rows("D") if row not in cited] == []


def test_every_criterion_is_scored_asked_or_checked(harborough):
    cited = {ref for matrix in harborough.matrices for ref in matrix.ref}
    cited |= {ref for form in harborough.questionnaires for question in form.questions for ref in question.ref}
    cited |= set(harborough.significance.ref) | {ref for check in harborough.checks for ref in check.ref}

    assert [row for row in rows("C") if row not in cited] == []


def test_every_step_is_on_a_route_or_comes_again(harborough):
    cited = {ref for each in harborough.routes for step in each.steps for ref in step.ref}
    cited |= {ref for cycle in harborough.cycles for ref in cycle.ref}

    assert [row for row in rows("F") if row not in cited] == []


def test_every_report_of_the_policy_is_there(harborough):
    cited = {ref for report in harborough.reports for ref in report.ref}

    assert [row for row in rows("G") if row not in cited] == []


def test_every_duty_of_the_roles_is_there(harborough):
    assert {ref for duty in harborough.duties for ref in duty.ref} == set(rows("E"))


@pytest.mark.parametrize(
    ("form", "points", "force"),
    [
        ("har-opportunity", 8, "compulsory"),
        ("har-review", 3, "compulsory"),
        ("har-exit", 4, "expected"),
        ("har-concern", 1, "guidance"),
    ],
)
def test_each_form_asks_as_many_points_as_the_requirements_count(harborough, form, points, force):
    # requirements README, section 7; several questions may carry one point
    asked = harborough.questionnaire(form)
    cited = {ref for question in asked.questions for ref in question.ref if ref.startswith("HAR-D")}

    assert len(cited) == points
    assert asked.force == force


@pytest.mark.parametrize(
    ("role", "label"),
    [
        ("register_manager", "Community Partnerships Service Manager"),
        ("management_team", "Corporate Management Team"),
        ("portfolio_holder", "Portfolio Holder"),
        ("executive", "Executive"),
        ("council", "Council"),
        ("scrutiny", "Scrutiny"),
    ],
)
def test_bodies_have_the_councils_names(harborough, role, label):  # requirements README, section 6
    assert harborough.role(role).label == label


@pytest.mark.parametrize(
    "role",
    ["responsible_head", "finance_adviser", "legal_adviser", "corporate_champion", "nominating_groups", "area_bodies"],
)
def test_roles_that_the_policy_does_not_have_do_not_exist(harborough, role):
    assert harborough.role(role) is None


# DEF-01: product 1 to 5 Low, 6 to 12 Medium, 15 to 25 High, the same for both (HAR-C01, C02)
@pytest.mark.parametrize(
    ("likelihood", "impact", "level"),
    [(1, 5, "low"), (5, 1, "low"), (2, 3, "medium"), (4, 3, "medium"), (3, 5, "high"), (5, 5, "high")],
)
def test_risks_and_opportunities_share_one_matrix(harborough, likelihood, impact, level):
    (matrix,) = harborough.matrices

    assert matrix.used_for == ("risks", "opportunities")
    assert matrix.standing == "proposed"  # HAR-I02: the council's own framework is another document
    assert place_on_matrix(matrix, Decimal(likelihood), Decimal(impact)).level == level


def test_forms_offer_the_words_of_the_matrix(harborough):  # HAR-I03: one scale
    (matrix,) = harborough.matrices
    for axis in ("likelihood", "impact"):
        on_matrix = [(point.id, point.number, point.label) for point in getattr(matrix, axis)]

        assert [(point.id, point.number, point.label) for point in harborough.scale(axis).points] == on_matrix


def test_every_money_limit_is_the_local_setting(harborough):  # HAR-I01, CHK-13
    limit = harborough.setting("portfolio-holder-limit")
    rules = [step.when for each in harborough.routes for step in each.steps if step.when]
    rules += [ground.when for ground in harborough.significance.grounds]
    named = {figure for rule in rules for each in rule.comparisons for figure in _figures(each)}

    assert limit == 50000
    assert named == {Decimal(0), limit}


def _figures(comparison: Comparison) -> set[Decimal]:
    return {test for test in comparison.tests.values() if isinstance(test, Decimal)}


def test_the_examples_come_out(harborough):
    assert list(example_problems(harborough)) == []


def test_money_says_why_it_goes_to_whom(harborough):  # HAR-F04, CHK-13
    found = {step.step.id: step for step in route(harborough, "har-money", {"unbudgeted_a_year": 80000})}

    assert found["har-money-holder"].reason == "£80,000 a year is above £50,000, so the Executive approves it"
    assert found["har-money-executive"].reason == "£80,000 a year outside the budget is above £50,000"


def test_an_unknown_sum_leaves_the_approver_open(harborough):  # HAR-F04
    found = {step.step.id: step.included for step in route(harborough, "har-money", {})}

    assert found["har-money-holder"] is None
    assert found["har-money-executive"] is None


def test_a_school_governing_body_is_kept_as_an_outside_body(harborough):  # HAR-A07
    found = screen(harborough, {"har-a02": True, "har-a03": True, "har-a07": True})

    assert (found.is_partnership, found.becomes) == (False, "outside_body")


def test_the_usual_marks_are_three_and_one_is_expected(harborough):  # HAR-A04
    usual = [test.id for test in harborough.definition.tests if test.kind == "usual"]

    assert usual == ["har-a04a", "har-a04b", "har-a04c"]
    assert harborough.definition.usual_expected == 1


def test_the_exit_strategy_is_in_proportion(harborough):  # HAR-D15, HAR-I07
    form = harborough.questionnaire("har-exit")
    depth: Question = form.by_id["har-d15"]

    assert [value.id for value in harborough.list("exit-depth").values] == ["full", "short", "not-needed"]
    assert depth.beside[0].required == "required"
    assert depth.warning_on == ("not-needed",)
    for question in ("har-d13", "har-d14"):
        assert form.by_id[question].asked_when.one_of == ("full", "short")
    (instrument,) = harborough.exit.instruments
    assert (instrument.timing, instrument.force) == ("before", "expected")


def test_what_comes_again_comes_as_often_as_the_policy_says(harborough):  # FIG-05, FIG-09, FIG-10, HAR-I05
    months = {cycle.id: cycle.every_months for cycle in harborough.cycles}

    assert months == {
        "har-cycle-review": 12,
        "har-cycle-scrutiny": 12,
        "har-cycle-quarter": 3,
        "har-cycle-confirm": 3,
        "har-cycle-existing": None,
        "har-cycle-policy": 36,
    }


def test_achieved_and_doubtful_are_told_apart(harborough):  # HAR-H06, HAR-I11
    values = [value.id for value in harborough.list("leaving-reasons").values if "HAR-H06" in value.ref]

    assert values == ["outcomes-achieved", "outcomes-doubtful"]


def test_local_settings_are_told_apart_from_the_policy(harborough):
    proposed = {step.id for each in harborough.routes for step in each.steps if step.standing == "proposed"}

    assert {"har-money-holder", "har-money-executive", "har-f14-council"} <= proposed  # HAR-I01, HAR-I08
    assert harborough.significance.standing == "proposed"  # HAR-I06
    assert harborough.visibility.standing == "proposed"  # HAR-I12
    assert not harborough.visibility.public


def test_every_field_says_who_fills_it(harborough):
    assert [field.id for field in harborough.fields if not field.filled_by] == []


def test_the_pack_avoids_what_the_style_avoids():
    text = (PACKS / "harborough-2015.yaml").read_text(encoding="utf-8").lower()

    assert re.findall(r"\b(please|successfully|invalid|simply|just)\b", text) == []
