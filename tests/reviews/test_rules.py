"""Which day a cycle falls due: on, before and after each limit, for the cycles of the five policies."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.rules import months_later
from policy.model import Policy
from policy.reading import load_policy, pack_files
from reviews import rules
from reviews.rules import Known

SINCE = date(2020, 1, 1)


@pytest.fixture(scope="module")
def packs() -> dict[str, Policy]:
    return {path.stem: load_policy(path) for path in pack_files()}


def day(policy: Policy, cycle: str, known: Known) -> date | None:
    return next((each.due_on for each in rules.due_of(policy, known) if each.cycle.id == cycle), None)


def known(since: date = SINCE, **facts: object) -> Known:
    return Known(since=since, facts={"status": "active"}, **facts)  # type: ignore[arg-type]


# --- Once, after an event ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("joined", "due"),
    [
        (date(2026, 1, 15), date(2026, 7, 15)),  # CHK-06
        (date(2026, 8, 31), date(2027, 2, 28)),  # DEF-05: the last day of a month that is shorter
        (date(2027, 8, 31), date(2028, 2, 29)),
    ],
)
def test_first_reports_fall_due_six_months_after_the_council_entered(packs, joined, due):
    """CHK-06, RED-F18, RED-F19, FIG-07."""
    redditch = packs["redditch"]
    assert day(redditch, "red-cycle-first-activity", known(joined_on=joined)) == due
    assert day(redditch, "red-cycle-first-effectiveness", known(joined_on=joined)) == due


def test_a_first_report_that_was_made_does_not_fall_due_again(packs):
    made = known(joined_on=date(2026, 1, 15), done={"red-cycle-first-activity": date(2026, 7, 1)})
    assert day(packs["redditch"], "red-cycle-first-activity", made) is None
    assert day(packs["redditch"], "red-cycle-first-effectiveness", made) == date(2026, 7, 15)


@pytest.mark.parametrize(("since", "is_due"), [(date(2026, 7, 15), True), (date(2026, 7, 16), False)])
def test_a_first_report_from_before_the_register_is_not_asked_for(packs, since, is_due):
    found = day(packs["redditch"], "red-cycle-first-activity", known(since=since, joined_on=date(2026, 1, 15)))
    assert (found is not None) == is_due


def test_the_leaving_form_falls_due_three_months_after_the_decision(packs):
    """CHK-07, RED-F57, FIG-08."""
    leaving = known(leaving_since=date(2026, 11, 30))
    assert day(packs["redditch"], "red-cycle-leaving-form", leaving) == date(2027, 2, 28)
    left = replace(leaving, is_taking_part=False)
    assert [each.cycle.id for each in rules.due_of(packs["redditch"], left)] == ["red-cycle-leaving-form"]
    sent = replace(left, done={"red-cycle-leaving-form": date(2027, 1, 5)})
    assert rules.due_of(packs["redditch"], sent) == ()


# --- After the last one --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("joined", "due"), [(date(2024, 3, 1), date(2027, 3, 1)), (date(2024, 2, 29), date(2027, 2, 28))]
)
def test_an_evaluation_falls_due_three_years_after_joining(packs, joined, due):
    """CHK-15, MEL-F12, FIG-10."""
    assert day(packs["melton"], "mel-cycle-evaluation", known(joined_on=joined)) == due


def test_the_next_evaluation_is_counted_from_the_last_one(packs):
    """MEL-I07."""
    done = known(joined_on=date(2020, 3, 1), done={"mel-cycle-evaluation": date(2026, 5, 10)})
    assert day(packs["melton"], "mel-cycle-evaluation", done) == date(2029, 5, 10)


def test_evaluations_without_a_day_are_spread_over_three_years(packs):
    """MEL-I07: existing partnerships without a date."""
    since = date(2026, 1, 31)
    days = [day(packs["melton"], "mel-cycle-evaluation", known(since=since, place=place)) for place in range(72)]
    assert {days.count(each) for each in days} == {2}
    assert (min(days), max(days)) == (date(2026, 2, 28), date(2029, 1, 31))


def test_an_entry_that_the_council_is_not_in_has_no_evaluation_due(packs):
    """CHK-18."""
    contact = Known(since=SINCE, facts={"status": "contact_only"}, joined_on=date(2024, 3, 1), is_taking_part=False)
    assert rules.due_of(packs["melton"], contact) == ()


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2025, 10, 1), date(2026, 10, 1)),  # within the month of the review: twelve months later
        (date(2025, 10, 20), date(2026, 10, 20)),
        (date(2025, 10, 31), date(2026, 10, 31)),
        (date(2025, 11, 1), date(2026, 10, 31)),  # October comes before the twelve months end
        (date(2026, 3, 3), date(2026, 10, 31)),
        (date(2026, 4, 30), date(2026, 10, 31)),
        (date(2026, 5, 1), date(2027, 5, 1)),  # in the half year before October it counts for October
        (date(2026, 9, 30), date(2027, 9, 30)),
        (date(2024, 2, 29), date(2024, 10, 31)),
    ],
)
def test_the_annual_review_comes_in_its_month_and_at_the_latest_after_twelve_months(packs, last, due):
    """BRK-I15, FIG-05."""
    assert day(packs["breckland-2015"], "brk-cycle-review", known(last_on=last)) == due


@given(last=st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_yearly_review_is_never_more_than_twelve_months_after_the_last(last):
    policy = load_policy(next(path for path in pack_files() if path.stem == "breckland-2015"))
    found = day(policy, "brk-cycle-review", known(since=date(1999, 1, 1), last_on=last))
    assert found is not None
    assert last < found <= months_later(last, 12)


def test_a_review_sent_in_november_does_not_fall_due_again_in_january(packs):
    """HAR-F10, BRK-I15: the refresh asks in autumn, the month of the policy is January."""
    done = known(done={"har-cycle-review": date(2026, 11, 17)})
    assert day(packs["harborough-2015"], "har-cycle-review", done) == date(2027, 11, 17)


@pytest.mark.parametrize(
    ("days", "letter"),
    [(1, 0), (6, 0), (7, 1), (28, 4), (35, 4), (118, 4), (119, 5), (365, 7), (3650, 43)],
)
def test_letters_about_what_is_late_come_each_week_for_a_month_then_each_quarter(days, letter):
    """DEF-09: what nobody ever does must not bring a letter a week for ever."""
    assert rules.late_letter(days) == letter


def test_the_day_that_the_register_shows_goes_before_the_counting(packs):
    shown = known(last_on=date(2025, 10, 20), next_on=date(2026, 12, 4))
    assert day(packs["breckland-2015"], "brk-cycle-review", shown) == date(2026, 12, 4)
    done = replace(shown, done={"brk-cycle-review": date(2026, 12, 4)})
    assert day(packs["breckland-2015"], "brk-cycle-review", done) == date(2027, 10, 31)


def test_a_review_of_which_nothing_is_known_comes_in_the_next_review_month(packs):
    assert day(packs["breckland-2015"], "brk-cycle-review", known(since=date(2026, 10, 31))) == date(2026, 10, 31)
    assert day(packs["breckland-2015"], "brk-cycle-review", known(since=date(2026, 11, 1))) == date(2027, 10, 31)
    assert day(packs["strategy-2009"], "str-cycle-review", known(since=date(2026, 11, 1))) == date(2027, 11, 1)


# --- By the calendar -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_quarterly_report_falls_due_at_the_end_of_the_quarter(packs, since, due):
    """FIG-09, BRK-F17, HAR-F12."""
    assert day(packs["breckland-2015"], "brk-cycle-quarter", known(since=since)) == due


def test_a_quarter_that_was_settled_late_gives_way_to_the_next_one(packs):
    settled = known(settled={"brk-cycle-quarter": date(2026, 3, 31)}, done={"brk-cycle-quarter": date(2026, 4, 20)})
    assert day(packs["breckland-2015"], "brk-cycle-quarter", settled) == date(2026, 6, 30)


def test_what_the_council_does_once_falls_due_once(packs):
    """BRK-F25, HAR-F11, RED-F37, STR-F12."""
    due = {
        each.cycle.id: each.due_on for each in rules.due_of_council(packs["breckland-2015"], known(date(2026, 6, 1)))
    }
    assert due["brk-cycle-appointments"] == date(2027, 5, 31)
    assert due["brk-cycle-officers"] == date(2026, 10, 31)
    assert "brk-cycle-election" not in due  # nobody knows yet when the last one was
    due = {
        each.cycle.id: each.due_on for each in rules.due_of_council(packs["harborough-2015"], known(date(2026, 6, 1)))
    }
    assert due["har-cycle-scrutiny"] == date(2027, 3, 31)


def test_four_year_appointments_come_again_after_four_years(packs):
    """BRK-F26, FIG-06."""
    held = known(done={"brk-cycle-election": date(2023, 5, 4)})
    due = {each.cycle.id: each.due_on for each in rules.due_of_council(packs["breckland-2015"], held)}
    assert due["brk-cycle-election"] == date(2027, 5, 4)


def test_entries_and_council_share_out_every_cycle_of_a_policy(packs):
    for policy in packs.values():
        for cycle in policy.cycles:
            assert rules.is_of_an_entry(cycle) or not rules.is_review(cycle)


# --- Programmes and reports ----------------------------------------------------------------------


@pytest.mark.parametrize(("a_year", "due"), [(12, date(2026, 2, 10)), (4, date(2026, 4, 10)), (1, date(2027, 1, 10))])
def test_reports_fall_due_as_the_programme_of_the_entry_says(packs, a_year, due):
    """BRK-F15, BRK-F16, BRK-B25."""
    entry = known(reports_a_year=Decimal(a_year), done={"brk-cycle-programme": date(2026, 1, 10)})
    assert day(packs["breckland-2015"], "brk-cycle-programme", entry) == due


def test_without_a_number_in_the_programme_no_report_has_a_day(packs):
    assert day(packs["breckland-2015"], "brk-cycle-programme", known()) is None


def test_a_progress_report_comes_half_way_unless_the_partnership_reports_once_a_year(packs):
    """RED-I02, RED-F20."""
    significant = {"status": "active", "is_significant": True}
    entry = Known(since=SINCE, facts=significant, done={"red-cycle-report": date(2026, 1, 31)})
    assert day(packs["redditch"], "red-cycle-progress", entry) == date(2026, 7, 31)
    assert day(packs["redditch"], "red-cycle-report", entry) == date(2027, 1, 31)
    yearly = replace(entry, reports_a_year=Decimal(1))
    assert day(packs["redditch"], "red-cycle-progress", yearly) is None
    assert day(packs["redditch"], "red-cycle-progress", replace(entry, reports_a_year=Decimal(2))) == date(2026, 7, 31)


# --- Which cycles, and what belongs to a review --------------------------------------------------


@pytest.mark.parametrize(("is_significant", "review"), [(True, "red-cycle-review"), (False, "red-cycle-short-check")])
def test_a_significant_partnership_is_reviewed_and_another_checked(packs, is_significant, review):
    """RED-I07, RED-F30."""
    found = rules.refresh_cycle(packs["redditch"], {"status": "active", "is_significant": is_significant})
    assert found is not None
    assert found.id == review


def test_the_business_case_is_the_first_step_of_the_review_and_falls_due_with_it(packs):
    """RED-F31: it has no day of its own beside the review."""
    entry = Known(since=SINCE, facts={"status": "active", "is_significant": True}, last_on=date(2026, 4, 20))
    assert day(packs["redditch"], "red-cycle-business-case", entry) is None
    assert day(packs["redditch"], "red-cycle-review", entry) == date(2027, 4, 20)


@pytest.mark.parametrize("business_case", [True, False, None])
def test_the_business_case_alone_is_sent_first(packs, business_case):
    """RED-F31: the template (RED-F33) and the report on a case that is not made (RED-F32) wait for the head."""
    redditch = packs["redditch"]
    facts = {"is_significant": True} | ({} if business_case is None else {"red-c12": business_case})
    cycle = next(each for each in redditch.cycles if each.id == "red-cycle-review")
    assert [(part.questionnaire, part.opens) for part in rules.parts_of(redditch, cycle, facts)] == [("red-2a", True)]


def test_an_evaluation_is_sent_with_the_forms_of_whoever_evaluates(packs):
    """MEL-F12, MEL-F18; the head judges on the summary sheet afterwards (MEL-F19)."""
    melton = packs["melton"]
    cycle = next(each for each in melton.cycles if each.id == "mel-cycle-evaluation")
    assert [part.questionnaire for part in rules.parts_of(melton, cycle, {})] == ["mel-c1", "mel-c2", "mel-c3"]


def test_a_review_renews_the_levels_that_its_form_names(packs):
    """BRK-D33, BRK-F22."""
    cycles = {each.id: each for each in packs["breckland-2015"].cycles}
    assert rules.schemes_of(packs["breckland-2015"], cycles["brk-cycle-review"]) == ("risk", "value")
    assert rules.schemes_of(packs["breckland-2015"], cycles["brk-cycle-risk"]) == ("risk",)


# --- Reminders -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "expected"),
    [(31, None), (30, 30), (29, 30), (8, 30), (7, 7), (1, 7), (0, 7), (-1, None)],
)
def test_reminders_come_thirty_and_seven_days_before(left, expected):
    """DEF-09."""
    assert rules.reminder((30, 7), left=left, window=60) == expected


def test_nobody_is_reminded_of_what_was_asked_less_than_the_reminder_ago():
    assert rules.reminder((30, 7), left=20, window=20) is None
    assert rules.reminder((30, 7), left=7, window=20) == 7
    assert rules.reminder((), left=7, window=20) is None
