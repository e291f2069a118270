"""Settings that steer a pack: whoever changes one changes what follows from it, in one place."""

from datetime import date
from decimal import Decimal

import pytest

from assessments import rules
from policy.model import Policy
from policy.reading import PackError, load_policy, pack_files, read_pack
from policy.settling import settled
from reviews.rules import Known, due_of
from tests.factories import text_with_setting


def pack(code: str, setting: str = "", value: object = None) -> Policy:
    path = next(path for path in pack_files() if path.stem == code)
    if not setting:
        return load_policy(path)
    text = path.read_text(encoding="utf-8")
    # The worked examples of a pack hold for its own values.
    return read_pack(text_with_setting(text[: text.index("\nexamples:")], setting, value)).policy


def needed(policy: Policy, route: str, **facts: object) -> set[str]:
    """The steps of a route that somebody has to take."""
    return {found.step.id for found in rules.route(policy, route, facts) if found.included}


def test_a_setting_stands_where_it_is_named_and_says_that_it_steers():
    pack = {
        "settings": [{"id": "sum", "value": 3}, {"id": "must", "value": False}, {"id": "idle", "value": 1}],
        "rule": {"above": {"setting": "sum"}, "below": {"setting": "nothing"}},
        "forms": [{"force": {"setting": "must", "yes": "compulsory", "no": "guidance"}}],
    }
    found = settled(pack)
    assert found["rule"] == {"above": 3, "below": {"setting": "nothing"}}
    assert found["forms"] == ({"force": "guidance"},)
    assert [each["steers"] for each in found["settings"]] == [True, True, False]
    assert pack["rule"] == {"above": {"setting": "sum"}, "below": {"setting": "nothing"}}


def test_a_name_that_no_setting_has_is_refused_where_it_stands():
    path = next(path for path in pack_files() if path.stem == "strategy-2009")
    text = path.read_text(encoding="utf-8").replace("{setting: review-months}", "{setting: reviews}", 1)
    with pytest.raises(PackError, match="every_months"):
        read_pack(text)


@pytest.mark.parametrize(
    ("limit", "amount", "step"),
    [(50000, 50000, "har-money-holder"), (50000, 50001, "har-money-executive"), (20000, 20001, "har-money-executive")],
)
def test_who_approves_money_follows_the_portfolio_holders_limit(limit, amount, step):  # HAR-I01, CHK-13
    policy = pack("harborough-2015", "portfolio-holder-limit", limit)
    assert needed(policy, "har-money", unbudgeted_a_year=Decimal(amount)) == {"har-money-propose", step}
    said = [found.reason for found in rules.route(policy, "har-money", {"unbudgeted_a_year": Decimal(amount)})]
    assert any(f"£{limit:,}" in reason for reason in said)


@pytest.mark.parametrize(("smallest", "goes"), [(0, True), (5000, False)])
@pytest.mark.parametrize(
    ("code", "route", "step"),
    [("breckland-2015", "brk-joining", "brk-f05"), ("strategy-2009", "str-money", "str-money-cabinet"),
     ("melton", "mel-joining", "mel-f07")],
)  # fmt: skip
def test_the_smallest_sum_that_goes_up_is_the_settings(code, route, step, smallest, goes):
    """BRK-I14, STR-I01, MEL-I17, FIG-02: any amount above it."""
    name = "smallest-committee-sum" if code == "melton" else "smallest-cabinet-sum"
    facts = {"unbudgeted_a_year": Decimal(5000)} | ({"mel-c17": False} if code == "melton" else {})
    assert (step in needed(pack(code, name, smallest), route, **facts)) is goes


@pytest.mark.parametrize(("counts", "goes"), [(True, True), (False, False)])
def test_money_outside_the_budget_is_beyond_delegation_where_the_setting_says_so(counts, goes):  # MEL-I17
    policy = pack("melton", "unbudgeted-is-beyond-delegation", counts)
    facts = {"unbudgeted_a_year": Decimal(1), "mel-c17": False}
    assert ("mel-f07" in needed(policy, "mel-joining", **facts)) is goes


@pytest.mark.parametrize(("value", "force"), [(False, "guidance"), (True, "compulsory")])
@pytest.mark.parametrize(
    ("setting", "form"),
    [("checklist-is-compulsory", "str-checklist"), ("template-is-compulsory", "str-improvement")],
)
def test_a_form_is_compulsory_where_the_setting_says_so(setting, form, value, force):  # STR-I09
    assert pack("strategy-2009", setting, value).questionnaire(form).force == force


@pytest.mark.parametrize(
    ("code", "setting", "cycle"),
    [("strategy-2009", "review-months", "str-cycle-review"), ("melton", "evaluation-months", "mel-cycle-evaluation"),
     ("redditch", "reporting-interval", "red-cycle-progress")],
)  # fmt: skip
def test_the_months_between_two_reviews_are_the_settings(code, setting, cycle):  # STR-I04, MEL-I07
    found = next(each for each in pack(code, setting, 18).cycles if each.id == cycle)
    assert found.every_months == 18


def test_an_exit_strategy_is_chased_after_the_months_of_the_setting():  # BRK-I12
    found = next(
        each for each in pack("breckland-2015", "exit-reminder-months", 5).cycles if each.id == "brk-cycle-exit"
    )
    assert found.due_months == 5


@pytest.mark.parametrize(("months", "day"), [(36, date(2027, 10, 1)), (12, date(2026, 10, 1))])
def test_existing_partnerships_are_spread_over_the_months_of_the_setting(months, day):  # MEL-I07
    known = Known(since=date(2026, 1, 1), facts={"status": "active"}, place=20)
    days = {due.cycle.id: due.due_on for due in due_of(pack("melton", "spread-existing-months", months), known)}
    assert days["mel-cycle-evaluation"] == day


@pytest.mark.parametrize("is_on", [True, False])
def test_the_yearly_check_falls_due_where_the_setting_has_it(is_on):  # MEL-I11
    known = Known(since=date(2026, 1, 1), facts={"status": "active"})
    due = {each.cycle.id for each in due_of(pack("melton", "yearly-check", is_on), known)}
    assert ("mel-cycle-yearly" in due) is is_on
