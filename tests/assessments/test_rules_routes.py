"""Routes, screening, significance and checks under Breckland's policy."""

from decimal import Decimal

import pytest

from assessments.rules import WrongFact, checked_facts, route, screen, significance, unmet_checks
from policy.model import Policy
from policy.reading import PACKS, read_pack_file


@pytest.fixture(scope="module")
def breckland() -> Policy:
    return read_pack_file(PACKS / "breckland-2015.yaml").policy


def steps(policy, route_id, **facts):
    return {found.step.id: found for found in route(policy, route_id, facts)}


def needed(found):
    return [name for name, step in found.items() if step.included]


# CHK-03, BRK-F05, BRK-I14
def test_one_pound_outside_the_budget_goes_to_cabinet(breckland):
    found = steps(breckland, "brk-joining", contribution_a_year=1, unbudgeted_a_year=1)

    assert found["brk-f05"].included is True
    assert found["brk-f05"].reason == "£1 a year is not in the budget"
    assert found["brk-f05"].clause == "Entering, first paragraph"
    assert found["brk-f05-recommend"].included is True
    assert found["brk-f04"].included is False
    assert found["brk-f04"].reason == "£1 a year is not in the budget, so CMT recommends and Cabinet decides"


def test_sixty_thousand_inside_the_budget_stays_with_cmt(breckland):
    found = steps(breckland, "brk-joining", contribution_a_year=60000, unbudgeted_a_year=0)

    assert needed(found) == ["brk-f01", "brk-f02", "brk-f02-challenge", "brk-f04-view", "brk-f04", "brk-f08"]
    assert found["brk-f05"].included is False
    assert found["brk-f05"].reason == "No money is needed outside the budget"


def test_a_step_stays_open_while_its_fact_is_not_known(breckland):
    found = steps(breckland, "brk-joining")

    assert found["brk-f05"].included is None
    assert found["brk-f05"].reason == "Not known yet: the money outside the budget"


@pytest.mark.parametrize("fact", ["was_referred_up", "deciders_disagree"])  # BRK-F06, BRK-I13
def test_cabinet_decides_what_is_referred_or_disputed(breckland, fact):
    found = steps(breckland, "brk-joining", unbudgeted_a_year=0, **{fact: True})

    assert found["brk-f06"].included is True
    assert found["brk-f05"].included is False
    assert found["brk-f04"].included is False


# BRK-F09, BRK-I11
@pytest.mark.parametrize(
    ("risk_level", "value_level", "agrees"),
    [
        ("low", "low", "brk-f09-cmt"),
        ("low", "medium", "brk-f09-holder"),
        ("medium", "low", "brk-f09-holder"),
        ("medium", "medium", "brk-f09-holder"),
        ("high", "low", "brk-f09-cabinet"),
        ("low", "high", "brk-f09-cabinet"),
        ("high", "medium", "brk-f09-cabinet"),
    ],
)
def test_who_agrees_governance_follows_risk_and_value(breckland, risk_level, value_level, agrees):
    found = steps(breckland, "brk-governance", risk_level=risk_level, value_level=value_level)

    assert needed(found) == [agrees, "brk-f10"]


# BRK-F33, BRK-I08, BRK-I22
def test_cabinet_reviews_the_exit_of_a_particularly_significant_partnership(breckland):
    found = steps(breckland, "brk-leaving", is_significant=True)

    assert needed(found) == [
        "brk-f30", "brk-f30-decide", "brk-f31", "brk-f33", "brk-f32-view", "brk-f32", "brk-f34",
    ]  # fmt: skip


def test_an_objection_of_cabinet_takes_the_decision_there(breckland):
    found = steps(breckland, "brk-leaving", is_significant=True, executive_objected=True)

    assert found["brk-f32"].included is False
    assert found["brk-i22"].included is True


# BRK-I08
@pytest.mark.parametrize(
    ("facts", "is_significant"),
    [
        ({"risk_level": "high", "value_level": "low", "is_statutory": False, "contribution_a_year": 0}, True),
        ({"risk_level": "low", "value_level": "high", "is_statutory": False, "contribution_a_year": 0}, True),
        ({"risk_level": "low", "value_level": "low", "is_statutory": True, "contribution_a_year": 0}, True),
        ({"risk_level": "low", "value_level": "low", "is_statutory": False, "contribution_a_year": 100001}, True),
        ({"risk_level": "low", "value_level": "low", "is_statutory": False, "contribution_a_year": 100000}, False),
        ({"risk_level": "medium", "value_level": "medium", "is_statutory": False, "contribution_a_year": 1}, False),
        ({"risk_level": "low", "value_level": "low", "is_statutory": False}, None),
        ({"is_statutory": True}, True),
    ],
)
def test_one_ground_makes_a_partnership_particularly_significant(breckland, facts, is_significant):
    found = significance(breckland, checked_facts(breckland, facts))

    assert found.is_significant is is_significant


def test_significance_says_why(breckland):
    found = significance(breckland, checked_facts(breckland, {"contribution_a_year": Decimal(142600)}))

    assert found.because == ("The contribution of £142,600 a year is above £100,000",)


ALL_NEEDED = {"brk-a11": True, "brk-a12": True, "brk-a13": True}
NO_MARKS = {"brk-a14a": False, "brk-a14b": False, "brk-a14c": False}


# BRK-A11 to BRK-A13
@pytest.mark.parametrize("failed", ["brk-a11", "brk-a12", "brk-a13"])
def test_each_of_the_three_tests_is_needed(breckland, failed):
    found = screen(breckland, {**ALL_NEEDED, failed: False})

    assert found.is_partnership is False
    assert found.becomes == "not_a_partnership"
    assert found.clause == failed.upper()


# BRK-A15 to BRK-A17, BRK-I10
@pytest.mark.parametrize(
    ("exclusion", "becomes", "label"),
    [
        ("brk-a15", "not_a_partnership", "Officer network, forum or consultation group"),
        ("brk-a16", "not_a_partnership", "Contract"),
        ("brk-a17", "outside_body", "External body"),
    ],
)
def test_an_exclusion_says_what_the_arrangement_is_kept_as(breckland, exclusion, becomes, label):
    found = screen(breckland, {**ALL_NEEDED, exclusion: True})

    assert found.is_partnership is False
    assert found.becomes == becomes
    assert label in found.because


# BRK-A14
def test_missing_usual_marks_warn_and_do_not_stop(breckland):
    found = screen(breckland, {**ALL_NEEDED, **NO_MARKS})

    assert found.is_partnership is True
    assert "none of these is ticked" in found.warnings[0]


def test_one_usual_mark_is_enough(breckland):
    assert screen(breckland, {**ALL_NEEDED, **NO_MARKS, "brk-a14b": True}).warnings == ()


def test_screening_waits_for_the_needed_answers(breckland):
    found = screen(breckland, {"brk-a11": True})

    assert found.is_partnership is None
    assert found.unanswered == ("brk-a12", "brk-a13")
    assert found.because == "Two of three needed answers missing"


@pytest.mark.parametrize("answers", [{"brk-a99": True}, {"brk-a11": "yes"}])
def test_screening_refuses_what_the_definition_does_not_ask(breckland, answers):
    with pytest.raises(WrongFact):
        screen(breckland, answers)


# BRK-A18, BRK-A20, BRK-A23, BRK-F10
@pytest.mark.parametrize(
    ("facts", "at", "unmet"),
    [
        ({"benefits": 0}, "joining", ["brk-check-benefit"]),
        ({"benefits": 1}, "joining", []),
        ({"benefits": 0}, "proposal", []),
        ({"named_benefits": 0}, "proposal", ["brk-check-named-benefit"]),
        ({"nature": "strategic", "senior_representatives": 0}, "review", ["brk-check-representation"]),
        ({"nature": "strategic", "senior_representatives": 1}, "review", []),
        ({"nature": "operational", "senior_representatives": 0}, "review", []),
        ({"governance_meets_audit": False}, "proposal", ["brk-check-audit"]),
        ({}, "review", []),
    ],
)
def test_what_the_policy_expects_of_an_entry(breckland, facts, at, unmet):
    assert [found.check.id for found in unmet_checks(breckland, facts, at=at)] == unmet


def test_only_the_missing_benefit_stops_joining(breckland):
    assert [check.id for check in breckland.checks if check.blocks] == ["brk-check-benefit"]
