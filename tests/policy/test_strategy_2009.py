"""The pack strategy-2009 holds what docs/requirements/strategy-2009.md asks for."""

import re
from pathlib import Path

import pytest

from assessments.rules import example_problems, results, route, screen
from policy.model import Policy
from policy.reading import PACKS, read_pack_file

DIGEST = Path(__file__).parents[2] / "docs" / "requirements" / "strategy-2009.md"
ROWS = re.findall(r"^\| (STR-[A-I]\d+[a-z]?) \|", DIGEST.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def strategy() -> Policy:
    return read_pack_file(PACKS / "strategy-2009.yaml").policy


def rows(group: str) -> list[str]:
    return [row for row in ROWS if row[4] == group]


def test_the_requirements_have_the_rows_they_count():  # requirements README, section 10
    counts = {group: len(rows(group)) for group in "ABCDEFGHI"}

    assert counts == {"A": 18, "B": 25, "C": 8, "D": 46, "E": 11, "F": 12, "G": 8, "H": 29, "I": 16}


@pytest.mark.parametrize("group", "ABCDEFGHI")
def test_every_row_is_cited_by_some_item(strategy, group):
    assert [row for row in rows(group) if row not in strategy.refs] == []


def test_no_item_cites_a_row_that_does_not_exist(strategy):
    assert sorted(ref for ref in strategy.refs if ref.startswith("STR-") and ref not in ROWS) == []


def test_every_row_of_the_register_is_a_field_or_a_column(strategy):
    cited = {ref for field in strategy.fields for ref in field.ref}
    cited |= {ref for field in strategy.fields for column in field.columns for ref in column.ref}

    assert [row for row in rows("B") if row not in cited] == []


def test_every_value_is_on_a_list_or_an_exclusion(strategy):
    cited = {ref for each in strategy.lists for value in each.values for ref in value.ref}
    cited |= {ref for exclusion in strategy.definition.exclusions for ref in exclusion.ref}
    cited |= set(strategy.questionnaire("str-improvement").ref)  # STR-H29, its answers Yes and No

    assert [row for row in rows("H") if row not in cited] == []


def test_every_question_and_criterion_is_asked(strategy):
    cited = {ref for form in strategy.questionnaires for question in form.questions for ref in question.ref}
    cited |= {ref for form in strategy.questionnaires for result in form.results for ref in result.ref}  # STR-C07
    cited |= set(strategy.core_field("risks").ref)  # STR-C08, ticked in the register

    assert [row for row in rows("D") + rows("C") if row not in cited] == []


def test_every_step_is_on_a_route_or_comes_again(strategy):
    cited = {ref for each in strategy.routes for step in each.steps for ref in step.ref}
    cited |= {ref for cycle in strategy.cycles for ref in cycle.ref}

    assert [row for row in rows("F") if row not in cited] == []


def test_every_report_is_there(strategy):
    assert {ref for report in strategy.reports for ref in report.ref} >= set(rows("G"))


def test_every_duty_of_the_roles_is_there(strategy):
    assert {ref for duty in strategy.duties for ref in duty.ref} == set(rows("E"))


@pytest.mark.parametrize(
    ("role", "label"),
    [
        ("lead_officer", "Lead Officer or Project Sponsor"),
        ("management_team", "Senior Management Team"),
        ("executive", "Cabinet"),
        ("scrutiny", "Overview and Scrutiny"),
        ("area_bodies", "Area Forums"),
    ],
)
def test_bodies_have_the_strategys_names(strategy, role, label):  # requirements README, section 6
    assert strategy.role(role).label == label


def test_the_keeper_of_the_register_is_a_local_setting(strategy):  # STR-I03
    assert (strategy.role("register_manager").label, strategy.role("register_manager").standing) == (
        "Partnership register manager",
        "proposed",
    )


def test_lead_officer_and_project_sponsor_are_one_role(strategy):  # STR-I11
    assert strategy.role("lead_officer").also_called == ("Lead Officer", "Project Sponsor")


@pytest.mark.parametrize(
    "role",
    ["responsible_head", "portfolio_holder", "council", "finance_adviser", "legal_adviser", "nominating_groups"],
)
def test_roles_that_the_strategy_does_not_have_do_not_exist(strategy, role):
    assert strategy.role(role) is None


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("str-b02", ["strategic", "operational"]),
        ("str-b03", ["statutory", "voluntary"]),
        ("str-b04", ["single", "multi"]),
        ("str-b05", ["national", "regional", "local"]),
    ],
)
def test_a_partnership_has_one_value_on_each_of_four_axes(strategy, field, values):  # STR-A06, STR-H07 to H10
    axis = strategy.field(field)

    assert (axis.type, axis.required) == ("choice", "when_active")
    assert [value.id for value in strategy.list(axis.list).values] == values


def test_the_one_field_that_the_strategy_states_must_be_filled(strategy):  # STR-A14, STR-B06
    assert strategy.field("str-b06").required == "when_active"


def test_the_checklist_has_29_questions_in_8_sections(strategy):  # FIG-14, requirements README, section 7
    form = strategy.questionnaire("str-checklist")

    assert [len(section.questions) for section in form.sections] == [4, 4, 6, 2, 4, 3, 3, 3]
    assert [question.id for question in form.questions] == [f"str-d{number:02}" for number in range(1, 30)]
    assert {question.attachment for question in form.questions} == {"optional"}
    assert {question.action for question in form.questions} == {"optional"}


def test_termination_arrangements_are_kept_and_stand_in_the_exit_strategy(strategy):  # STR-B22, STR-I05
    checklist, exit_strategy = strategy.questionnaire("str-checklist"), strategy.questionnaire("str-exit")
    kept = [checklist.by_id[each].feeds for each in ("str-d24", "str-d25", "str-d26")]
    shown = [exit_strategy.by_id[each].prefill for each in ("str-exit-ends", "str-exit-leaves", "str-exit-resources")]

    assert kept == shown == ["str-b22", "str-b22a", "str-b22b"]


def test_the_improvement_template_has_14_rows_with_an_action_on_no(strategy):  # FIG-14, STR-I10
    form = strategy.questionnaire("str-improvement")
    (section,) = form.sections

    assert [question.id for question in section.questions] == [f"str-d{number}" for number in range(30, 44)]
    assert {question.type for question in form.questions} == {"yes_no"}
    asking = [question for question in form.questions if question.id != "str-d41"]  # row 12 asks at its parts
    assert {question.action for question in asking} == {"optional"}
    assert {question.action_on for question in asking} == {(False,)}


def test_row_12_has_three_parts_and_all_must_be_yes(strategy):  # STR-I08, CHK-14
    row = strategy.questionnaire("str-improvement").by_id["str-d41"]

    assert row.parts_rule == "all_yes"
    assert [part.id for part in row.parts] == ["str-d41a", "str-d41b", "str-d41c"]


def test_the_template_counts_rows_not_parts(strategy):  # STR-C07
    form = strategy.questionnaire("str-improvement")
    answers = {f"str-d{number}": number not in (33, 41) for number in range(30, 44)}
    answers |= {"str-d41a": True, "str-d41b": True, "str-d41c": False}

    assert [found.sentence for found in results(form, answers)] == [
        "12 of 14 rows are Yes.",
        "2 of 14 rows are No. Each calls for an action.",
    ]


def test_both_tools_are_guidance_and_no_step_waits_for_them(strategy):  # STR-I09
    tools = ("str-checklist", "str-improvement")
    waited_for = {form for each in strategy.routes for form in each.needs}
    waited_for |= {form for each in strategy.routes for step in each.steps if step.blocks for form in step.needs}

    assert {strategy.questionnaire(form).force for form in tools} == {"guidance"}
    assert waited_for == {"str-clarity", "str-exit", "str-fitness"}  # the check with the partnership is no tool


def test_the_strategy_states_no_decision(strategy):  # STR-I01
    decisions = [
        step
        for each in strategy.routes
        for step in each.steps
        if step.act in ("decide", "approve", "recommend") and step.id != "str-representation-agree"
    ]

    assert {(step.standing, step.clause) for step in decisions if step.id != "str-f10-decide"} == {
        ("proposed", "Not in the strategy")
    }
    assert strategy.route("str-leaving").by_id["str-f10-decide"].standing == "proposed"
    assert {each.standing for each in strategy.outcomes} == {"proposed"}


def test_money_outside_the_budget_goes_to_cabinet(strategy):  # STR-I01
    found = {step.step.id: step for step in route(strategy, "str-joining", {"unbudgeted_a_year": 1})}

    assert found["str-f04"].reason == "£1 a year is not in the budget, so Cabinet decides"
    assert found["str-f04-cabinet"].included is True


def test_the_examples_come_out(strategy):
    assert list(example_problems(strategy)) == []


def test_a_partner_may_be_a_person(strategy):  # STR-A04, STR-I15
    assert "individual" in strategy.list("kinds-of-partner").by_id


@pytest.mark.parametrize(
    ("exclusion", "becomes"),
    [
        ("str-a07", "other_arrangement"),
        ("str-a08", "other_arrangement"),
        ("str-a09", "outside_body"),
        ("str-a10", "other_arrangement"),
        ("str-a11", "other_arrangement"),
    ],
)
def test_what_is_no_partnership_is_kept_aside(strategy, exclusion, becomes):  # STR-A07 to A12
    found = screen(strategy, {"str-a04": True, "str-a05": True, exclusion: True})

    assert (found.is_partnership, found.becomes) == (False, becomes)


def test_no_partnership_is_significant(strategy):  # STR-A17, STR-I06
    assert not strategy.significance.shown
    assert strategy.significance.grounds == ()


def test_reviews_come_every_12_months_as_a_local_setting(strategy):  # STR-I04, STR-F12
    cycles = {cycle.id: cycle for cycle in strategy.cycles}

    assert (cycles["str-cycle-review"].every_months, cycles["str-cycle-review"].standing) == (12, "proposed")
    assert (cycles["str-cycle-strategy"].every_months, cycles["str-cycle-strategy"].standing) == (12, "stated")


def test_reasons_for_leaving_stand_under_the_two_situations(strategy):  # STR-H28, DEF-04
    values = strategy.list("leaving-reasons").values

    assert [value.id for value in values if value.standing == "stated"] == ["partnership-ends", "council-leaves"]
    assert {value.parent for value in values if value.standing == "proposed"} == {
        "partnership-ends",
        "council-leaves",
        None,
    }


def test_every_field_says_who_fills_it(strategy):
    assert [field.id for field in strategy.fields if not field.filled_by] == []


def test_the_pack_avoids_what_the_style_avoids():
    text = (PACKS / "strategy-2009.yaml").read_text(encoding="utf-8").lower()

    assert re.findall(r"\b(please|successfully|invalid|simply|just)\b", text) == []
