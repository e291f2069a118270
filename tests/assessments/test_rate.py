"""The rate command: JSON in, findings out, nonsense refused, no database."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command


def rate(given: object, monkeypatch, policy: str = "breckland-2015") -> dict:
    text = given if isinstance(given, str) else json.dumps(given)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    out = io.StringIO()
    try:
        call_command("rate", "--policy", policy, stdout=out)
    except CommandError:
        assert out.getvalue() == ""  # nothing is printed that somebody might take for a rating
        raise
    return json.loads(out.getvalue())


def test_rate_prints_the_findings(monkeypatch):
    given = {
        "facts": {"contribution_a_year": 120000, "hours_a_month": 20},
        "judgements": {"risk": {"brk-c03": "high"}, "value": {"brk-c07": "medium"}},
    }

    found = rate(given, monkeypatch)

    assert list(found) == ["risk", "value"]
    assert list(found["risk"]) == ["criteria", "suggested", "high_criteria", "answered", "of"]
    assert found["risk"]["criteria"][0] == {
        "id": "brk-c01",
        "ref": "BRK-C01",
        "level": "high",
        "computed": True,
        "because": "£120,000 a year is above £100,000.",
        "nearest": "It would be Medium at £100,000 or less.",
    }
    assert found["risk"]["suggested"] == "high"
    assert found["risk"]["high_criteria"] == ["brk-c01", "brk-c03"]
    assert (found["risk"]["answered"], found["risk"]["of"]) == (3, 6)
    assert (found["value"]["answered"], found["value"]["of"]) == (1, 9)


def test_an_unanswered_criterion_says_which_fact_it_waits_for(monkeypatch):
    criterion = rate({}, monkeypatch)["risk"]["criteria"][0]

    assert criterion["level"] is None
    assert criterion["nearest"] is None
    assert criterion["because"].endswith("Give the fact contribution_a_year.")


@pytest.mark.parametrize(
    ("pounds", "level"),
    [(49999, "low"), (50000, "medium"), (100000, "medium"), (100001, "high")],  # CHK-01
)
def test_chk_01(monkeypatch, pounds, level):
    assert rate({"facts": {"contribution_a_year": pounds}}, monkeypatch)["risk"]["criteria"][0]["level"] == level


def test_chk_02(monkeypatch):
    assert rate({"facts": {"hours_a_week": 5}}, monkeypatch)["risk"]["criteria"][1]["level"] == "medium"


@pytest.mark.parametrize(
    ("hours", "judged", "suggested", "high"),
    [
        (38, "medium medium low low", "high", ["brk-c01", "brk-c02"]),  # CHK-04
        (20, "medium low low low", "low", ["brk-c01"]),  # CHK-05
    ],
)
def test_chk_04_and_05(monkeypatch, hours, judged, suggested, high):
    judgements = {f"brk-c0{place}": level for place, level in enumerate(judged.split(), 3)}
    facts = {"contribution_a_year": 100001, "hours_a_month": hours}

    found = rate({"facts": facts, "judgements": {"risk": judgements}}, monkeypatch)

    assert found["risk"]["suggested"] == suggested
    assert found["risk"]["high_criteria"] == high


def test_pence_keep_their_value(monkeypatch):
    found = rate('{"facts": {"contribution_a_year": 100000.01}}', monkeypatch)

    assert found["risk"]["criteria"][0]["level"] == "high"


NONSENSE = [
    ("", "Write JSON on standard input"),
    ("not json", "This is not JSON (line 1, column 1"),
    ('{"facts": ', "This is not JSON"),
    ("[]", "the input: write an object"),
    ("3", "the input: write an object"),
    ('{"fact": {}}', "fact: nothing reads this key. Write facts and judgements"),
    ('{"facts": []}', "facts: write an object"),
    ('{"facts": null}', "facts: write an object"),
    ('{"judgements": {"risk": "high"}}', "risk: write an object"),
    ('{"facts": {"contribution_a_year": [1]}}', "contribution_a_year: write one value"),
    ('{"facts": {"contribution_a_year": -5}}', "contribution_a_year: write 0 or more, not -5"),
    ('{"facts": {"contribution_a_year": "120000"}}', "contribution_a_year: write a number of £ a year"),
    ('{"facts": {"contribution_a_year": true}}', "contribution_a_year: write a number of £ a year"),
    ('{"facts": {"contribution_a_year": NaN}}', "NaN is not a figure"),
    ('{"facts": {"contribution_a_year": Infinity}}', "Infinity is not a figure"),
    ('{"facts": {"contribution_a_year": -Infinity}}', "-Infinity is not a figure"),
    ('{"facts": {"contribution_a_year": 1e999}}', "below 1,000,000,000,000"),
    ('{"facts": {"contribution_a_year": 1e99999999999999999999}}', "contribution_a_year|too long"),
    ('{"facts": {"contribution_a_year": 1, "contribution_a_year": 2}}', "contribution_a_year: stands twice"),
    ('{"facts": {"money": 5}}', "money: no such fact"),
    ('{"facts": {"hours_a_month": "ten"}}', "hours_a_month: write a number of hours a month"),
    ('{"judgements": {"danger": {}}}', "danger: no such scheme. Write one of risk, value"),
    ('{"judgements": {"risk": {"brk-c99": "high"}}}', "brk-c99: no such criterion in risk"),
    ('{"judgements": {"risk": {"brk-c03": "extreme"}}}', "brk-c03: write one of low, medium, high"),
    ('{"judgements": {"risk": {"brk-c03": true}}}', "brk-c03: write one of low, medium, high"),
    ('{"judgements": {"risk": {"brk-c03": ["high"]}}}', "brk-c03: write one of low, medium, high"),
    ('{"judgements": {"risk": {"brk-c01": "high"}}}', "brk-c01: the figure decides this one"),
    ("[" * 100000, "too deep|not JSON"),
    ('{"facts": {"contribution_a_year": ' + "9" * 5000 + "}}", "below 1,000,000,000,000|too long"),
]


@pytest.mark.parametrize(("text", "message"), NONSENSE, ids=[row[0][:45] for row in NONSENSE])
def test_nonsense_is_refused_with_what_to_write(monkeypatch, text, message):
    with pytest.raises(CommandError) as caught:
        rate(text, monkeypatch)

    assert any(part in str(caught.value) for part in message.split("|")), str(caught.value)


def test_an_unknown_policy_is_refused(monkeypatch):
    with pytest.raises(CommandError, match=r"There is no policy atlantis. Write one of breckland-2015"):
        rate({}, monkeypatch, policy="atlantis")
