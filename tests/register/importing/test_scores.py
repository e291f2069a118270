"""Whole files against what a careful person reads in them, by the scorer that comes with the fixtures."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from register.importing import GuideLevel, Knowledge, Reading, read_register
from tests.register.importing import invented, invented_habits
from tests.register.importing.conftest import LEGACY

# Breckland Appendix B, risk row 1: over £100,000 High, £50,000 to £100,000 Medium, below that Low.
GUIDE = (GuideLevel("low"), GuideLevel("medium", at_least=Decimal(50_000)), GuideLevel("high", above=Decimal(100_000)))
BAR = (
    "rows_found==1,not_rows==1,values>=0.98,asks_recall>=0.95,asks_precision>=0.9,file_asks_recall==1,errors==1,"
    "silent_guesses==0,prefilled==0,invented==0,mapping==1,needs_formatting==1,warnings==1,totals==1"
)
FILES = (
    "breckland-style-register.xlsx",
    "harborough-style-register.csv",
    "redditch-style-database.xlsx",
    "outside-bodies.ods",
    "kestrel-vale-2008.xls",
    "district-a.xlsx",
    "district-b.xlsx",
)


def missed(expected: Path, reading: Reading, folder: Path, bar: str) -> list[str]:
    """What falls short of the bar."""
    import score

    actual = folder / "actual.json"
    actual.write_text(json.dumps(reading.as_json(), ensure_ascii=False), encoding="utf-8")
    model = score.read_register(str(expected))
    return score.score_register(model, score.read_register(str(actual), model=model)).missed(bar)


@pytest.mark.parametrize("name", FILES)
def test_a_legacy_file_is_read_as_a_careful_person_reads_it(name, tmp_path):
    reading = read_register(LEGACY / name, Knowledge(risk_guide=GUIDE))
    expected = LEGACY / "expected" / f"{Path(name).stem}.json"
    assert missed(expected, reading, tmp_path, f"{BAR},changes_shown>=0.98,asks_recall==1,values>=0.995") == []


@pytest.mark.slow
def test_ten_thousand_rows_are_read_in_time(tmp_path):
    began = time.process_time()
    reading = read_register(LEGACY / "large-register.xlsx", Knowledge(risk_guide=GUIDE))
    assert time.process_time() - began < 20  # this process; the child that opens the file is limited by itself
    assert missed(LEGACY / "expected" / "large-register.json", reading, tmp_path, BAR) == []


@pytest.mark.parametrize("make", [*invented.ALL, *invented_habits.ALL], ids=lambda make: make.__name__)
def test_registers_with_other_headings_and_habits_are_read_nearly_as_well(
    make: Callable[[Path], tuple[Path, dict[str, Any]]], tmp_path: Path
) -> None:
    path, expected = make(tmp_path)
    (tmp_path / "expected.json").write_text(json.dumps(expected, default=str), encoding="utf-8")
    assert missed(tmp_path / "expected.json", read_register(path), tmp_path, f"{BAR},changes_shown>=0.8") == []


def test_the_reading_knows_no_council_and_no_django():
    package = Path(read_register.__code__.co_filename).parent
    text = " ".join(
        path.read_text(encoding="utf-8").casefold() for path in package.glob("*.*") if path.suffix != ".pyc"
    )
    named = (
        "breckland",
        "redditch",
        "harborough",
        "melton",
        "south marsh",
        "ashmere",
        "fenwold",
        "kestrel",
        "hollowdown",
    )
    assert [word for word in named if word in text] == []
    assert "import django" not in text
    assert "from django" not in text


def test_every_value_says_where_it_came_from():
    reading = read_register(LEGACY / "harborough-style-register.csv")
    record = next(row for row in reading.rows if row.row == 5)
    assert record.sources["contribution"] == {"cell": "H5", "raw": "£18,250", "rule": "money"}
    without = [
        (row.row, name)
        for row in reading.rows
        for name, value in row.values.items()
        if value not in (None, [], False) and name not in row.sources and name not in {"status", "theme"}
    ]
    assert without == []


def test_a_register_whose_headings_never_name_the_partnership_is_read_and_says_so(tmp_path):
    path = tmp_path / "unnamed.csv"
    path.write_text(
        "Undertaking,Aims,Lead body,Risk,Start date\nFlood plan,Less flooding,County,High,1/4/2014\n"
        "Food plan,Better food,Charity,Low,2015\nRail plan,More trains,County,Medium,May 2016\n",
        encoding="utf-8",
    )
    reading = read_register(path)
    assert [row.values["name"] for row in reading.rows] == ["Flood plan", "Food plan", "Rail plan"]
    assert [remark.code for remark in reading.file_warnings] == ["name-column"]
