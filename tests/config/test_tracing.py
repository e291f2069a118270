"""Where every requirement row lives: nothing counts as built because a pack merely mentions it."""

import json
import shutil
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
from django.core.management import CommandError, call_command
from pydantic import BaseModel

from config import tracing
from config.tracing import (
    ACTED_ON,
    DIGESTS,
    ELSEWHERE,
    NOT_ACTED_ON,
    OBEYED,
    OUR_PYTHON,
    PROVES,
    ROOT,
    WORDS,
    Known,
    digest_of,
    digest_rows,
    trace,
)
from policy.model import Policy
from policy.reading import load_policy, pack_files
from reports.catalogue import is_made

ROWS = digest_rows()


def traced(text="| Rows | Why not | What is planned |\n", *, tmp_path, more_rows="", wanted="breckland"):
    """Trace with these lines as what is not built, and these rows more in breckland's digest."""
    digests = tmp_path / "requirements"
    shutil.copytree(DIGESTS, digests)
    with (digests / "breckland.md").open("a", encoding="utf-8") as file:
        file.write(more_rows)
    not_built = tmp_path / "requirements-not-built.md"
    not_built.write_text(text, encoding="utf-8")
    return trace(wanted, digests=digests, not_built=not_built)


def test_the_requirements_have_the_rows_they_count():  # requirements README, section 10
    assert len([row for row in ROWS.values() if row.policy != "README"]) == 1423


def test_every_row_has_a_place():
    rows, problems = trace()

    assert problems == []
    assert len(rows) == 1423 + 91  # those of the five policies, and what they have in common


@pytest.mark.parametrize("path", pack_files(), ids=lambda path: path.stem)
def test_each_pack_is_traced_by_its_own_requirements(path):
    policy = load_policy(path)

    rows, problems = trace(digest_of(policy.code) or "no digest")

    assert problems == []
    assert {row.group for row in rows} == set("abcdefghi")
    assert all(row.id.startswith(f"{policy.ref_prefix}-") for row in rows)


def test_a_council_may_number_rows_of_its_own():
    sixth = Path(__file__).parents[1] / "policy" / "westmarsh-2031.yaml"

    _, problems = trace(packs=[*pack_files(), sixth])

    assert problems == []


def test_a_row_without_a_place_is_told(tmp_path):
    rows, problems = traced(tmp_path=tmp_path, more_rows="\n| BRK-A99 | Made up |\n")

    assert problems == [
        "BRK-A99: nothing carries this row. Build it, or list it with a reason in requirements-not-built.md"
    ]
    assert [row.state for row in rows if row.id == "BRK-A99"] == ["nowhere"]


def test_a_row_that_is_listed_with_a_reason_is_planned(tmp_path):
    rows, problems = traced(
        "| BRK-A98 to BRK-A99 | No council asks for it | With the next policy |\n",
        tmp_path=tmp_path,
        more_rows="\n| BRK-A98 | Made up |\n| BRK-A99 | Made up |\n",
    )

    assert problems == []
    assert [row.state for row in rows if row.id in ("BRK-A98", "BRK-A99")] == ["planned", "planned"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("| BRK-C01 | Hard | Later |", "line 1: BRK-C01 is built. Take the line out"),
        ("| BRK-C01 to C15 | Hard | Later |", "line 1: BRK-C01 to C15 is built. Take the line out"),
        ("| BRK-C99 | Hard | Later |", "line 1: BRK-C99 names a row that does not exist"),
        ("| BRK-E26, BRK-C99 | Hard | Later |", "line 1: BRK-E26, BRK-C99 names a row that does not exist"),
        ("| BRK-E26 | | Later |", "line 1: write the reason, and what is planned"),
        ("| BRK-E26 | Hard | |", "line 1: write the reason, and what is planned"),
    ],
)
def test_a_line_that_no_longer_holds_is_told(tmp_path, line, said):
    _, problems = traced(f"{line}\n", tmp_path=tmp_path)

    assert len(problems) == 1
    assert problems[0].startswith(f"requirements-not-built.md, {said}")


def test_a_row_that_only_a_step_of_a_route_carries_waits_while_nothing_takes_steps(monkeypatch):
    monkeypatch.setattr(tracing, "ACTED_ON", {"Questionnaire": ("questionnaires", "")})
    monkeypatch.setattr(tracing, "NOT_ACTED_ON", {"Step": ("decisions", "")})
    step, form = tracing.Place("pack", "Step", "a"), tracing.Place("pack", "Questionnaire", "b")
    duty, test = tracing.Place("pack", "Duty", "c"), tracing.Place("test", "", "d")
    code = tracing.Place("code", "", "e")

    def state(*places):
        return tracing.Row("BRK-F04", "breckland", "f", list(places)).state

    assert state(step) == "waits"
    assert state(step, test) == "waits"
    assert state(duty) == "waits"
    assert state(test) == "nowhere"
    assert state(step, form) == "partly"
    assert state(duty, form) == "runs"
    assert state(step, code) == "runs"
    assert state(form, test) == "proved"
    assert tracing.Row("BRK-F04", "breckland", "f", [step, form]).waits_for == ("decisions",)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("BRK-C01", ["BRK-C01"]),
        ("BRK-B15, B18, C01 to C03, I02", ["BRK-B15", "BRK-B18", "BRK-C01", "BRK-C02", "BRK-C03", "BRK-I02"]),
        ("BRK-A11–A13 and BRK-A15", ["BRK-A11", "BRK-A12", "BRK-A13", "BRK-A15"]),
        ("RED-D5-08 to D5-10", ["RED-D5-08", "RED-D5-09", "RED-D5-10"]),
        ("CORE-04, 05 and CORE-12", ["CORE-04", "CORE-05", "CORE-12"]),
        ("BRK-G01, HAR-G01 to G03", ["BRK-G01", "HAR-G01", "HAR-G02", "HAR-G03"]),
        ("BRK-I08, RED-A29.", ["BRK-I08", "RED-A29"]),
        ("(BRK-B01 to\n    # B03)", ["BRK-B01", "BRK-B02", "BRK-B03"]),
        ("BRK-C15, A second thing", ["BRK-C15"]),
        ("RED-D2A-05a", ["RED-D2A-05a"]),
        ("BRK-X99", ["BRK-X99"]),
        ("such as BRK-C01", []),
        ("ref: [BRK-C01, BRK-C02]", []),
        ("UTF-8 and ISO-8601", []),
    ],
)
def test_a_citation_names_rows_and_ranges(text, rows):
    assert list(Known(ROWS).cited(text)) == rows


def kinds_of_items(model, found):
    if model in found:
        return found
    found.add(model)
    for field in model.model_fields.values():
        waiting = [field.annotation]
        while waiting:
            kind = waiting.pop()
            waiting += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                kinds_of_items(kind, found)
    return found


def test_every_kind_of_item_that_cites_a_row_is_in_one_table():
    kinds = {each.__name__ for each in kinds_of_items(Policy, set()) if "ref" in each.model_fields} | {"Policy"}
    kinds |= {f"{kind}{ELSEWHERE}" for kind in ("Route", "Step", "Report", "Setting")}
    tables = [ACTED_ON, NOT_ACTED_ON, WORDS, PROVES]

    assert set().union(*tables) == kinds
    assert sum(len(table) for table in tables) == len(kinds)


def test_the_command_counts_by_policy_and_group():
    out = StringIO()

    call_command("trace_requirements", "--policy", "BRK", stdout=out)

    counts = {line.rsplit(maxsplit=7)[0]: line.split()[-7:] for line in out.getvalue().splitlines()[1:12]}
    assert counts["breckland c"] == ["29", "0", "0", "0", "0", "0", "29"]
    assert counts["breckland, all"][-1] == "293"


def test_as_json_each_row_has_all_its_places():
    out = StringIO()

    call_command("trace_requirements", "--policy", "breckland-2015", "--json", stdout=out)

    rows = {row["id"]: row for row in json.loads(out.getvalue())["rows"]}
    assert len(rows) == 293
    assert {"sort": "pack", "kind": "Criterion", "where": "breckland-2015: brk-c01"} in rows["BRK-C01"]["places"]
    assert "test" in {place["sort"] for place in rows["BRK-C01"]["places"]}
    assert rows["BRK-C01"]["state"] == "proved"


def test_a_policy_that_nobody_knows_is_refused():
    with pytest.raises(CommandError, match=r"has no policy westmarsh. Write the name of one of its files"):
        call_command("trace_requirements", "--policy", "westmarsh")


def test_a_step_that_reviews_carry_out_runs_and_one_that_nobody_is_asked_for_waits():
    rows = {row.id: row for row in trace().rows}

    for row in ("BRK-F21", "RED-F31", "MEL-F18", "MEL-F19", "MEL-F16", "RED-F32", "STR-F09", "BRK-F20", "HAR-F12"):
        assert rows[row].state in ("runs", "proved"), row
    for row in ("BRK-F24", "HAR-F11", "HAR-F17", "RED-F37", "RED-F38", "RED-F39", "RED-E13", "STR-F12"):
        assert rows[row].state == "proved", row  # about the whole register, once for all partnerships
    for row in ("RED-F41", "RED-F43", "RED-F47", "RED-F51", "RED-F61"):
        assert rows[row].state in ("runs", "proved"), row  # done with the partners, and said to be done
    assert "the first mapping" in rows["RED-A24"].waits_for
    for row in ("RED-F02", "RED-A33"):
        assert rows[row].state in ("runs", "proved"), row  # every entry can be screened, however it came


def test_every_report_runs_that_something_makes_those_for_people_outside_too():
    policies = [load_policy(path) for path in pack_files()]
    rows = {row.id: row for row in trace().rows}

    for report in (each for policy in policies for each in policy.reports):
        kind = "Report" if is_made(report) else "Report of another purpose"
        for row in map(rows.get, report.ref):
            assert kind in {place.kind for place in row.places}, row.id
    for row in ("RED-G02", "STR-G05", "BRK-G04", "HAR-G06", "MEL-G09", "RED-G04", "STR-G04"):
        assert rows[row].state in ("runs", "proved"), row


def test_each_setting_that_is_known_by_name_is_read_by_the_register_and_no_other():
    """Their tests change them: `policy_with_setting`, or a pack of their own."""
    places = [path for app in OUR_PYTHON if app != "config" for path in (ROOT / app).rglob("*.py")]
    read = "\n".join(path.read_text(encoding="utf-8") for path in places if "migrations" not in path.parts)
    assert {name for name in OBEYED if f'"{name}"' not in read} == set()

    idle = {
        (policy.code, setting.id)
        for policy in (load_policy(path) for path in pack_files())
        for setting in policy.settings
        if not setting.steers and setting.id not in OBEYED
    }
    assert idle == set()
