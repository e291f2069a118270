"""Days of leaving, and what stands between leaving and having left: on, before and after each line."""

from dataclasses import replace
from datetime import date

import pytest

from exits import rules
from policy.model import ExitInstrument
from policy.reading import PACKS, PackError, read_pack, read_pack_file

DECIDED = date(2026, 11, 20)
TODAY = date(2026, 12, 31)
CONTROL = rules.Control("Tell every parish", "R.H.", date(2026, 12, 20), done_on=date(2026, 12, 19))
READY = rules.Known(
    decided_on=DECIDED,
    approved_on=date(2026, 12, 1),
    last_day=TODAY,
    notice_weeks=4,
    notice_given_on=date(2026, 12, 1),
    sent=(("brk-exit", DECIDED),),
    controls=(CONTROL,),
)


@pytest.fixture(scope="module")
def breckland():
    return read_pack_file(PACKS / "breckland-2015.yaml").policy


@pytest.fixture(scope="module")
def redditch():
    return read_pack_file(PACKS / "redditch.yaml").policy


@pytest.mark.parametrize(
    ("decided_on", "months", "due_on"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),  # CHK-07
        (date(2026, 11, 29), 3, date(2027, 2, 28)),
        (date(2026, 11, 28), 3, date(2027, 2, 28)),
        (date(2026, 11, 27), 3, date(2027, 2, 27)),
        (date(2026, 12, 1), 3, date(2027, 3, 1)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
    ],
)
def test_a_leaving_form_is_due_on_the_same_day_months_later_or_the_last_one(decided_on, months, due_on):
    """RED-F57, FIG-08, DEF-05."""
    instrument = ExitInstrument(questionnaire="leaving", timing="after", due_months=months)

    assert rules.form_due(instrument, decided_on) == due_on


def test_redditch_asks_for_the_leaving_form_in_three_months(redditch):  # CHK-07
    [instrument] = redditch.exit.after

    assert rules.form_due(instrument, date(2026, 11, 30)) == date(2027, 2, 28)


def test_a_form_before_leaving_has_no_day_of_its_own(breckland):
    [instrument] = breckland.exit.before

    assert rules.form_due(instrument, DECIDED) is None


@pytest.mark.parametrize(
    ("weeks", "end"), [(0, date(2026, 12, 1)), (1, date(2026, 12, 8)), (13, date(2027, 3, 2)), (None, None)]
)
def test_the_earliest_end_is_so_many_weeks_after_notice(weeks, end):  # RED-F59
    assert rules.earliest_end(date(2026, 12, 1), weeks) == end


def words_of(policy, known, today=TODAY):
    return [each.words for each in rules.still_to_do(policy, known, today=today)]


def test_nothing_is_left_to_do_once_everything_is_done(breckland):
    assert words_of(breckland, READY) == []


@pytest.mark.parametrize(
    ("without", "sentence"),
    [
        ({"sent": ()}, "Answer and send: Exit strategy"),
        ({"approved_on": None}, "Have the exit strategy approved"),
        (
            {"controls": (replace(CONTROL, done_on=None),)},
            "Tell every parish (R.H., due 20 December 2026)",
        ),
        ({"controls": (replace(CONTROL, done_on=None, owner=""),)}, "Say who does this: Tell every parish"),
        ({"notice_given_on": None}, "Give 4 weeks of notice, or say what was agreed instead"),
        ({"last_day": None}, "Enter the last day on which the council takes part"),
        ({"last_day": date(2027, 1, 1)}, "Wait for the last day, 1 January 2027"),
    ],
)
def test_each_thing_that_is_missing_is_said_in_a_sentence(breckland, without, sentence):  # BRK-I12, BRK-F34
    assert words_of(breckland, replace(READY, **without)) == [sentence]


def test_the_clause_that_asks_for_it_stands_with_it(breckland):
    found = rules.still_to_do(breckland, replace(READY, sent=(), approved_on=None), today=TODAY)

    assert [each.clause for each in found] == ["Leaving a Partnership", "Leaving a Partnership"]


@pytest.mark.parametrize(
    ("last_day", "is_too_early"),
    [(date(2026, 12, 28), True), (date(2026, 12, 29), False), (date(2026, 12, 30), False)],
)
def test_the_last_day_keeps_the_notice(breckland, last_day, is_too_early):
    found = words_of(breckland, replace(READY, last_day=last_day))

    assert any("29 December 2026 at the earliest" in each for each in found) is is_too_early


def test_a_shorter_notice_that_was_agreed_is_enough(breckland):
    agreed = replace(READY, last_day=date(2026, 12, 2), notice_agreed="The chair agreed to one day")

    assert words_of(breckland, agreed) == []


def test_a_policy_whose_form_follows_asks_for_no_strategy_first(redditch):  # RED-F57
    known = rules.Known(decided_on=DECIDED, last_day=TODAY)

    assert words_of(redditch, known) == []
    assert not rules.wants_approval(redditch.exit)


@pytest.mark.parametrize(
    ("last_day", "is_refused"),
    [(date(2026, 11, 19), True), (date(2026, 11, 20), False), (date(2026, 11, 21), False), (None, False)],
)
def test_the_last_day_is_not_before_the_decision(last_day, is_refused):
    assert bool(rules.why_not_these_days(DECIDED, last_day, None)) is is_refused


def test_a_strategy_is_asked_after_from_the_months_that_the_policy_says(breckland, redditch):  # BRK-I12
    assert rules.strategy_reminded_from(breckland.exit, DECIDED) == date(2027, 2, 20)
    assert rules.strategy_reminded_from(redditch.exit, DECIDED) is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    controls: brk-d28\n", "    controls: brk-d99\n", "brk-d99"),
        ("    controls: brk-d28\n", "    controls: brk-d27\n", "columns for the control"),
        ("    reasons: brk-d26\n", "    reasons: brk-d27\n", "name a question of type choice or multi_choice"),
    ],
)
def test_a_pack_names_questions_that_its_exit_forms_have_and_that_fit(old, new, words):
    text = (PACKS / "breckland-2015.yaml").read_text(encoding="utf-8")
    assert old in text

    with pytest.raises(PackError) as refused:
        read_pack(text.replace(old, new), name="breckland-2015.yaml")
    assert words in str(refused.value)
