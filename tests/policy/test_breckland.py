"""The pack breckland-2015 holds what docs/requirements/breckland.md asks for."""

import re
from pathlib import Path

import pytest
from django.core.checks import run_checks

from policy.model import Policy
from policy.reading import PACKS, pack_files, read_pack_file
from policy.schema import SCHEMA_FILE, schema_text

DIGEST = Path(__file__).parents[2] / "docs" / "requirements" / "breckland.md"
ROWS = re.findall(r"^\| (BRK-[A-I]\d+[a-z]?) \|", DIGEST.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def breckland() -> Policy:
    return read_pack_file(PACKS / "breckland-2015.yaml").policy


def test_the_requirements_have_the_rows_they_count():  # requirements README, section 10
    counts = {group: sum(1 for row in ROWS if row[4] == group) for group in "ABCDEFGHI"}

    assert counts == {"A": 25, "B": 37, "C": 29, "D": 35, "E": 37, "F": 34, "G": 13, "H": 61, "I": 22}


@pytest.mark.parametrize("group", "ABCDEFGHI")
def test_every_row_is_cited_by_some_item(breckland, group):
    assert [row for row in ROWS if row[4] == group and row not in breckland.refs] == []


def test_no_item_cites_a_row_that_does_not_exist(breckland):
    assert sorted(ref for ref in breckland.refs if ref.startswith("BRK-") and ref not in ROWS) == []


def test_every_row_of_the_register_is_a_field_or_a_column(breckland):
    cited = {ref for field in breckland.fields for ref in field.ref}
    cited |= {ref for field in breckland.fields for column in field.columns for ref in column.ref}

    assert [row for row in ROWS if row[4] == "B" and row not in cited] == []


def test_every_value_of_the_lists_is_on_a_list_or_an_exclusion(breckland):
    cited = {ref for each in breckland.lists for value in each.values for ref in value.ref}
    cited |= {ref for exclusion in breckland.definition.exclusions for ref in exclusion.ref}
    cited |= {ref for scheme in breckland.schemes.values() for ref in scheme.ref}  # BRK-H24, the levels

    assert [row for row in ROWS if row[4] == "H" and row not in cited] == []


def test_every_question_and_condition_is_asked(breckland):
    cited = {ref for form in breckland.questionnaires for question in form.questions for ref in question.ref}

    assert [row for row in ROWS if row[4] == "D" and row not in cited] == []
    assert [f"BRK-C{number}" for number in range(17, 30) if f"BRK-C{number}" not in cited] == []


def test_appendix_c_has_25_questions_in_5_sections(breckland):  # requirements README, section 7
    form = breckland.questionnaire("brk-app-c")

    assert [len(section.questions) for section in form.sections] == [7, 3, 6, 5, 4]
    assert {question.attachment for question in form.questions} == {"optional"}
    assert {question.action for question in form.questions} == {"optional"}


def test_every_duty_of_the_roles_is_there(breckland):
    assert [duty.id for duty in breckland.duties] == [f"brk-e{number:02}" for number in range(1, 38)]


@pytest.mark.parametrize(
    ("role", "label"),
    [
        ("register_manager", "Corporate Improvement and Performance Team"),
        ("management_team", "Corporate Management Team"),
        ("executive", "Cabinet"),
        ("nominating_groups", "Group Leaders"),
        ("scrutiny", "Scrutiny"),
    ],
)
def test_bodies_have_the_councils_names(breckland, role, label):  # requirements README, section 6
    assert breckland.role(role).label == label


@pytest.mark.parametrize("role", ["finance_adviser", "legal_adviser", "corporate_champion", "area_bodies"])
def test_roles_that_the_policy_does_not_have_do_not_exist(breckland, role):
    assert breckland.role(role) is None


def test_every_field_says_who_fills_it_and_has_a_label(breckland):
    assert [field.id for field in breckland.fields if not field.filled_by] == []


def test_local_settings_are_told_apart_from_the_policy(breckland):
    criteria = breckland.schemes["risk"].by_id

    assert criteria["brk-c02"].limits_standing == "proposed"
    assert criteria["brk-c01"].limits_standing == "stated"
    assert {setting.standing for setting in breckland.settings} == {"proposed"}
    assert breckland.setting("annual-review-month") == 10  # BRK-I15
    assert breckland.schemes["risk"].suggestion.standing == "proposed"  # BRK-I02


def test_neither_files_nor_screens_say_what_the_style_avoids(breckland):
    text = (PACKS / "breckland-2015.yaml").read_text(encoding="utf-8").lower()

    assert re.findall(r"\b(please|successfully|invalid|simply|just)\b", text) == []


def test_manage_py_check_finds_nothing_in_the_packs():
    assert [str(error) for error in run_checks(tags=["policy"])] == []
    assert "breckland-2015" in [path.stem for path in pack_files()]


def test_manage_py_check_tells_a_broken_pack_and_a_failing_example(tmp_path, monkeypatch):
    good = (PACKS / "breckland-2015.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(good.replace("below: 50000", "below: 50k"), encoding="utf-8")
    failing = good.replace("expect: {levels: {brk-c01: low}}", "expect: {levels: {brk-c01: high}}")
    (tmp_path / "b.yaml").write_text(failing, encoding="utf-8")
    monkeypatch.setattr("policy.reading.PACKS", tmp_path)

    told = [str(error.msg) for error in run_checks(tags=["policy"])]

    assert any("a.yaml, line " in line and "limits[0].below: write a number of £ a year" in line for line in told)
    assert "b.yaml, code: write b, the name of the file, or rename the file" in told
    wrong = "expect.levels.brk-c01: brk-c01 comes out as low, and the example says high"
    assert any(line.startswith("b.yaml, line ") and wrong in line for line in told)


def test_the_schema_for_editors_is_current():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "Run python manage.py policy_schema"
