"""Whatever stands in the cells, the reading ends with records, questions and errors, never with a crash."""

import csv
import json
import random

import pytest

from register.importing import read_register
from register.importing.headings import schemas

PIECES = [
    "£",
    "12,500",
    "k",
    "m",
    "1.2.3",
    "-",
    "–",
    "/",
    "&",
    "+",
    "(",
    ")",
    "?",
    "??",
    "tbc",
    "n/a",
    "ditto",
    "as",
    "above",
    '"',
    "''",
    "=",
    "@",
    "31.04.15",
    "1/4",
    "2014/15",
    "1990s",
    "Q1",
    "FTE",
    "days",
    "pm",
    "hrs",
    "per",
    "week",
    "H",
    "M/L",
    "Amber",
    "Cllr",
    "A.B.",
    "(sub)",
    "VACANT",
    "and",
    ";",
    ",",
    "x",
    "✓",
    "Yes",
    "no",
    "statutory",
    "S/O",
    "Act",
    "2004",
    "NI",
    "15",
    "1.10",
    "All",
    "as",
    "P02",
    "see",
    "row",
    "5",
    "#REF!",
    "\x1a",
    "\xa0",
    "½",
    "£000",
    "-£5",
    "€3",
    "1e9",
    "0",
    "00",
    "999999999999",
    "e@x.example",
    "01632",
    "960101",
    "bi-monthly",
    "4-6",
    "x",
    "per",
    "year",
    "plus",
    "AGM",
    "until",
    "replaced",
    "two",
    "or",
    "four",
]


@pytest.mark.parametrize("kind", ["register", "members", "appointments"])
@pytest.mark.parametrize("seed", [1, 2])
def test_random_cells_never_stop_the_reading(tmp_path, kind, seed):
    chance = random.Random(seed)
    headings = [rule.aliases[0] if rule.aliases[0] != "#" else "Ref" for rule in schemas()[kind].values()]
    with (tmp_path / "any.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings)
        for number in range(120):
            cells = [
                " ".join(chance.choices(PIECES, k=chance.choice([1, 1, 2, 3, 6]))) if chance.random() < 0.8 else ""
                for _ in headings
            ]
            writer.writerow([f"Body {number} {cell}" if "name" in heading or heading == "partnership" else cell
                             for heading, cell in zip(headings, cells, strict=True)])  # fmt: skip
    reading = read_register(tmp_path / "any.csv")
    document = json.loads(json.dumps(reading.as_json()))
    assert len(document["rows"]) + len(document["not_rows"]) >= 120 or document["file_errors"]
    for row in document["rows"]:
        for ask in row["asks"]:
            assert ask["question"].endswith(("?", "."))
        for error in row["errors"]:
            assert error["fix"]
