# ruff: noqa: E501 (tables: one case a line)
"""Breckland's Appendix B, row by row: on, below and above each limit, every level, every suggestion."""

from decimal import Decimal

import pytest

from assessments.rules import WrongFact, assess, checked_facts, example_problems, hours_a_month_from_week
from policy.model import Policy
from policy.reading import PACKS, read_pack, read_pack_file
from tests.policy.packs import SMALL


@pytest.fixture(scope="module")
def breckland() -> Policy:
    return read_pack_file(PACKS / "breckland-2015.yaml").policy


def risk(policy, judged=None, **facts):
    return assess(policy, {name: Decimal(str(value)) for name, value in facts.items()}, {"risk": judged or {}})["risk"]


# BRK-C01, BRK-I03, FIG-01, CHK-01: below 50k Low; 50k to 100k Medium, both included; above 100k High.
@pytest.mark.parametrize(
    ("pounds", "level", "because", "nearest"),
    [
        ("0", "low", "£0 a year is below £50,000.", "It would be Medium at £50,000 or more."),
        ("49999", "low", "£49,999 a year is below £50,000.", "It would be Medium at £50,000 or more."),
        ("49999.99", "low", "£49,999.99 a year is below £50,000.", "It would be Medium at £50,000 or more."),
        ("50000", "medium", "£50,000 a year is on the limit of £50,000, which belongs to Medium.", "It would be Low below £50,000."),
        ("50000.01", "medium", "£50,000.01 a year is between £50,000 and £100,000.", "It would be Low below £50,000."),
        ("60000", "medium", "£60,000 a year is between £50,000 and £100,000.", "It would be Low below £50,000."),
        ("90000", "medium", "£90,000 a year is between £50,000 and £100,000.", "It would be High above £100,000."),
        ("99999.99", "medium", "£99,999.99 a year is between £50,000 and £100,000.", "It would be High above £100,000."),
        ("100000", "medium", "£100,000 a year is on the limit of £100,000, which belongs to Medium.", "It would be High above £100,000."),
        ("100000.01", "high", "£100,000.01 a year is above £100,000.", "It would be Medium at £100,000 or less."),
        ("100001", "high", "£100,001 a year is above £100,000.", "It would be Medium at £100,000 or less."),
        ("120000", "high", "£120,000 a year is above £100,000.", "It would be Medium at £100,000 or less."),
    ],
)  # fmt: skip
def test_the_contribution_decides_risk_row_1(breckland, pounds, level, because, nearest):
    finding = risk(breckland, contribution_a_year=pounds).criterion("brk-c01")

    assert (finding.level, finding.because, finding.nearest) == (level, because, nearest)
    assert finding.computed
    assert finding.ref == "BRK-C01"
    assert finding.clause == "Appendix B, risk row 1"


# BRK-C02, BRK-I04: below 7.5 hours a month Low, 7.5 to 37 Medium, above 37 High; a local setting.
@pytest.mark.parametrize(
    ("hours", "level", "because", "nearest"),
    [
        ("0", "low", "0 hours a month is below 7.5.", "It would be Medium at 7.5 hours or more."),
        ("1", "low", "1 hour a month is below 7.5.", "It would be Medium at 7.5 hours or more."),
        ("7.49", "low", "7.49 hours a month is below 7.5.", "It would be Medium at 7.5 hours or more."),
        ("7.5", "medium", "7.5 hours a month is on the limit of 7.5 hours, which belongs to Medium.", "It would be Low below 7.5 hours."),
        ("7.51", "medium", "7.51 hours a month is between 7.5 and 37.", "It would be Low below 7.5 hours."),
        ("36.99", "medium", "36.99 hours a month is between 7.5 and 37.", "It would be High above 37 hours."),
        ("37", "medium", "37 hours a month is on the limit of 37 hours, which belongs to Medium.", "It would be High above 37 hours."),
        ("37.01", "high", "37.01 hours a month is above 37.", "It would be Medium at 37 hours or fewer."),
        ("86", "high", "86 hours a month is above 37.", "It would be Medium at 37 hours or fewer."),
        ("1733.33", "high", "1,733.3 hours a month is above 37.", "It would be Medium at 37 hours or fewer."),
    ],
)  # fmt: skip
def test_hours_decide_risk_row_2_until_somebody_judges(breckland, hours, level, because, nearest):
    finding = risk(breckland, hours_a_month=hours).criterion("brk-c02")

    assert (finding.level, finding.because, finding.nearest) == (level, because, nearest)
    assert finding.computed
    assert "local setting; the policy gives none" in finding.source


def test_a_judgement_of_time_goes_before_the_local_limits(breckland):
    finding = risk(breckland, {"brk-c02": "medium"}, hours_a_month=40).criterion("brk-c02")

    assert finding.level == "medium"
    assert not finding.computed
    assert finding.because == "Judged Medium: moderate time. The figure alone gives High: 40 hours a month is above 37."
    assert finding.nearest == "High would be considerable time."


def test_a_judgement_of_time_stands_without_hours(breckland):
    finding = risk(breckland, {"brk-c02": "low"}).criterion("brk-c02")

    assert (finding.level, finding.computed, finding.because) == ("low", False, "Judged Low: minimal time.")


@pytest.mark.parametrize("facts", [{}, {"contribution_a_year": 10}])
def test_the_contribution_is_not_a_matter_of_judgement(breckland, facts):
    with pytest.raises(WrongFact, match="brk-c01: the figure decides this one"):
        risk(breckland, {"brk-c01": "low"}, **facts)


# CHK-02, FIG-04: 5 hours a week are 21.7 a month, Medium.
def test_hours_a_week_become_hours_a_month(breckland):
    assert hours_a_month_from_week(Decimal(5)) == Decimal("21.67")

    finding = risk(breckland, hours_a_week=5).criterion("brk-c02")

    assert finding.level == "medium"
    assert finding.because == "21.7 hours a month is between 7.5 and 37."


WORDS = [
    # BRK-C03 to BRK-C15 as Appendix B words them: criterion, scheme, high, medium, low
    ("brk-c03", "risk", "medium- to long-term trouble", "short-term trouble", "inconvenience"),
    ("brk-c04", "risk", "critical", "moderate", "no material"),
    ("brk-c05", "risk", "sub-regional or national", "local", "minimal"),
    ("brk-c06", "risk", "significant", "moderate", "little or no"),
    ("brk-c07", "value", "significant", "moderate", "little"),
    ("brk-c08", "value", "significantly", "somewhat", "do not fall"),
    ("brk-c09", "value", "significant", "some", "little or no"),
    ("brk-c10", "value", "significantly better", "moderately better", "little better"),
    ("brk-c11", "value", "significantly better", "moderately better", "minimally better"),
    ("brk-c12", "value", "significantly better", "moderately better", "minimally better"),
    ("brk-c13", "value", "sub-regional and local", "local level", "minimal"),
    ("brk-c14", "value", "significant", "moderate", "no support"),
    ("brk-c15", "value", "more benefit than investment", "in proportion", "more investment than benefit"),
]


@pytest.mark.parametrize("row", WORDS, ids=[row[0] for row in WORDS])
@pytest.mark.parametrize(("level", "column"), [("high", 2), ("medium", 3), ("low", 4)])
def test_a_judged_criterion_says_what_its_level_means(breckland, row, level, column):
    criterion_id, scheme = row[0], row[1]

    finding = assess(breckland, {}, {scheme: {criterion_id: level}})[scheme].criterion(criterion_id)

    assert finding.level == level
    assert not finding.computed
    assert finding.because.startswith(f"Judged {level.capitalize()}: ")
    assert row[column] in finding.because
    next_one = {"high": "Medium would be ", "medium": "High would be ", "low": "Medium would be "}[level]
    assert finding.nearest.startswith(next_one)


def test_appendix_b_has_6_risk_and_9_value_criteria(breckland):  # FIG-03
    found = assess(breckland, {}, {})

    assert [finding.id for finding in found["risk"].criteria] == [f"brk-c0{number}" for number in range(1, 7)]
    assert [finding.id for finding in found["value"].criteria] == [f"brk-c{number:02}" for number in range(7, 16)]
    assert (found["risk"].answered, found["risk"].of) == (0, 6)
    assert (found["value"].answered, found["value"].of) == (0, 9)
    assert found["risk"].suggested is None
    assert found["risk"].why == "No criterion is answered yet, so nothing is suggested."


def test_an_unknown_figure_leaves_its_criterion_open_and_says_which(breckland):
    finding = assess(breckland, {"contribution_a_year": None}, {})["risk"].criterion("brk-c01")

    assert finding.level is None
    assert finding.missing == "contribution_a_year"
    assert finding.because == "Not known: the yearly contribution. Enter it in Money and time."


def levels(*given: str) -> dict[str, str]:
    names = {"H": "high", "M": "medium", "L": "low"}
    return {f"brk-c0{place}": names[level] for place, level in enumerate(given, 1)}


SUGGESTIONS = [
    # BRK-I02, DEF-02: the most frequent, ties to the higher; counted by hand
    ("HHMMLL", "high", ["brk-c01", "brk-c02"], "two criteria are High, two Medium and two Low; a tie goes to the higher level"),  # CHK-04
    ("HMMLLL", "low", ["brk-c01"], "one criterion is High, two Medium and three Low"),  # CHK-05
    ("HHHMMM", "high", ["brk-c01", "brk-c02", "brk-c03"], "three criteria are High and three Medium; a tie goes to the higher level"),
    ("MMMLLL", "medium", [], "three criteria are Medium and three Low; a tie goes to the higher level"),
    ("LLLLLL", "low", [], "six criteria are Low"),
    ("HLLLLL", "low", ["brk-c01"], "one criterion is High and five Low"),
    ("HMMMLL", "medium", ["brk-c01"], "one criterion is High, three Medium and two Low"),
]  # fmt: skip
MONEY = {"H": "100001", "M": "50000", "L": "49999"}
HOURS = {"H": "38", "M": "20", "L": "3"}


@pytest.mark.parametrize(("given", "suggested", "high", "words"), SUGGESTIONS, ids=[row[0] for row in SUGGESTIONS])
def test_the_most_frequent_level_is_suggested_and_a_tie_goes_up(breckland, given, suggested, high, words):
    judged = {name: level for name, level in levels(*given).items() if name not in ("brk-c01", "brk-c02")}

    found = risk(breckland, judged, contribution_a_year=MONEY[given[0]], hours_a_month=HOURS[given[1]])

    assert found.suggested == suggested
    assert list(found.high_criteria) == high
    assert found.why == f"The policy suggests {suggested.capitalize()}: {words}."
    assert (found.answered, found.of) == (6, 6)


def test_an_overall_level_that_differs_needs_a_reason(breckland):  # CHK-05
    judged = {"brk-c03": "medium", "brk-c04": "low", "brk-c05": "low", "brk-c06": "low"}
    found = risk(breckland, judged, contribution_a_year=100001, hours_a_month=20)

    assert found.reason_needed("medium")
    assert not found.reason_needed("low")


def test_a_suggestion_says_what_is_not_answered(breckland):
    found = risk(breckland, {"brk-c03": "high"}, contribution_a_year=100001)

    assert found.suggested == "high"
    assert found.why == "The policy suggests High: two criteria are High. Four of six not answered."


@pytest.mark.parametrize(
    ("priorities", "hint"),
    [
        (0, "No priority is linked, which suggests Low."),
        (1, "The entry has 1 linked priority."),
        (2, "The entry has 2 linked priorities."),
    ],
)
def test_linked_priorities_are_a_hint_and_no_more(breckland, priorities, hint):  # BRK-C04
    finding = risk(breckland, priorities=priorities).criterion("brk-c04")

    assert finding.hints == (hint,)
    assert finding.level is None


WRONG_FACTS = [
    ({"contribution_a_year": Decimal(-1)}, "contribution_a_year: write 0 or more, not -1"),
    ({"contribution_a_year": "120k"}, 'contribution_a_year: write a number of £ a year, such as 50000, not "120k"'),
    ({"contribution_a_year": "120000"}, 'contribution_a_year: write a number of £ a year, such as 50000, not "120000"'),
    ({"contribution_a_year": True}, "contribution_a_year: write a number of £ a year, such as 50000, not true"),
    ({"contribution_a_year": 1.5}, "contribution_a_year: write a number of £ a year, such as 50000, not 1.5"),
    (
        {"contribution_a_year": Decimal("NaN")},
        "contribution_a_year: write a number of £ a year, such as 50000, not NaN",
    ),
    ({"contribution_a_year": Decimal("Infinity")}, "not Infinity"),
    ({"contribution_a_year": Decimal("1e400")}, "below 1,000,000,000,000"),
    ({"contribution_a_year": Decimal("1e-400")}, "at most 6 decimal places"),
    ({"hours_a_month": "5 hrs"}, 'hours_a_month: write a number of hours a month, such as 12, not "5 hrs"'),
    ({"hours_a_month": 5, "hours_a_week": 5}, "give hours a month or hours a week, one of them"),
    ({"contribution": 5}, "contribution: no such fact"),
    ({"is_statutory": "yes"}, 'is_statutory: write true or false, not "yes"'),
    ({"is_statutory": 1}, "is_statutory: write true or false"),
    ({"nature": "tactical"}, 'nature: write one of strategic, operational, not "tactical"'),
    ({"risk_level": "severe"}, 'risk_level: write one of low, medium, high, not "severe"'),
]


@pytest.mark.parametrize(("facts", "message"), WRONG_FACTS, ids=[row[1][:50] for row in WRONG_FACTS])
def test_a_fact_that_cannot_be_used_is_refused(breckland, facts, message):
    with pytest.raises(WrongFact) as caught:
        assess(breckland, facts, {})

    assert message in caught.value.message
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("judgements", "message"),
    [
        ({"risks": {}}, "risks: no such scheme. Write one of risk, value"),
        ({"risk": {"brk-c07": "high"}}, "brk-c07: no such criterion in risk"),
        ({"risk": {"brk-c03": "severe"}}, 'brk-c03: write one of low, medium, high, not "severe"'),
        ({"risk": {"brk-c03": "High"}}, 'brk-c03: write one of low, medium, high, not "High"'),
        ({"risk": {"brk-c03": 3}}, "brk-c03: write one of low, medium, high, not 3"),
    ],
)
def test_a_judgement_that_cannot_be_used_is_refused(breckland, judgements, message):
    with pytest.raises(WrongFact) as caught:
        assess(breckland, {}, judgements)

    assert message in caught.value.message


def test_a_judgement_that_is_not_given_yet_is_unanswered(breckland):
    assert risk(breckland, {"brk-c03": None}).criterion("brk-c03").level is None


@pytest.mark.parametrize(
    ("risk_level", "value_level", "highest"),
    [("low", "low", "low"), ("low", "medium", "medium"), ("high", "low", "high"), ("medium", "high", "high")],
)
def test_the_higher_of_two_levels_follows_from_them(breckland, risk_level, value_level, highest):
    facts = checked_facts(breckland, {"risk_level": risk_level, "value_level": value_level})

    assert facts["highest_level"] == highest


def test_the_highest_level_counts_where_the_pack_says_so():
    found = assess(read_pack(SMALL).policy, {"contribution_a_year": Decimal(50001)}, {})["risk"]

    assert found.suggested == "high"
    assert found.why == "The policy suggests High: one criterion is High; the highest counts."


def test_every_example_of_the_pack_comes_out_as_it_says(breckland):
    assert [f"{problem.example.id}: {problem.message}" for problem in example_problems(breckland)] == []
    assert {"chk-01a", "chk-02", "chk-03a", "chk-04", "chk-05"} <= {example.id for example in breckland.examples}


def test_an_example_that_comes_out_otherwise_is_told():
    text = SMALL.replace("expect: {levels: {money: high}}", "expect: {levels: {money: low}, suggested: {risk: low}}")

    told = [problem.message for problem in example_problems(read_pack(text).policy)]

    assert told == [
        "money comes out as high, and the example says low",
        "the suggestion for risk comes out as high, and the example says low",
    ]
