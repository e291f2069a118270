"""The rules of places and terms, without a database."""

from datetime import date

import pytest

from appointments import rules
from policy.reading import load_policy, pack_files
from tests.appointments.making import ELECTION, OFFICER, VACANCY, YEARLY

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def breckland():
    return load_policy(next(path for path in pack_files() if path.stem == "breckland-2015"))


@pytest.mark.parametrize(
    ("starts_on", "months", "ends_on"),
    [
        (date(2026, 5, 20), 12, date(2027, 5, 19)),  # BRK-F25: a year
        (date(2027, 5, 20), 48, date(2031, 5, 19)),  # BRK-F26: the life of the council
        (date(2026, 8, 31), 6, date(2027, 2, 27)),  # DEF-05: the last of a shorter month, less a day
        (date(2026, 5, 20), None, None),  # BRK-H51: officers have no fixed term
    ],
)
def test_a_term_ends_the_day_before_its_day_comes_round(starts_on, months, ends_on):
    assert rules.last_day(starts_on, months) == ends_on


@pytest.mark.parametrize(
    ("rule", "term", "found"),
    [
        (VACANCY, "annual", VACANCY),  # what somebody chose counts before the term
        ("", "annual", YEARLY),
        ("", "four-years", ELECTION),
        ("", "no-fixed-term", OFFICER),
        ("", "3 years", None),  # a term of an old register that the policy does not know
        ("", "", None),
        ("gone", "annual", None),  # a rule of an earlier policy is not guessed over
    ],
)
def test_how_a_place_is_filled_follows_from_the_choice_or_from_its_term(breckland, rule, term, found):
    made = rules.rule_of(breckland, rule=rule, term=term)
    assert (made.id if made else None) == found


def test_a_term_that_two_rules_have_says_nothing_about_how_a_place_is_filled():  # HAR-I14
    harborough = load_policy(next(path for path in pack_files() if path.stem == "harborough-2015"))
    assert rules.rule_of(harborough, rule="", term="no-fixed-term") is None


def test_only_appointments_that_are_nominated_for_a_term_have_rounds(breckland):  # BRK-F25, BRK-F26
    assert [each.id for each in rules.yearly_rules(breckland)] == [YEARLY, ELECTION]


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (date(2026, 11, 2), "Vacant since 2 November 2026, 18 days"),
        (date(2026, 11, 19), "Vacant since 19 November 2026, 1 day"),
        (None, "Vacant, not known since when"),
    ],
)
def test_a_vacancy_has_a_clock(since, said):
    assert rules.vacant_words(since, TODAY) == said


@pytest.mark.parametrize(
    ("ends_on", "reminder"),
    [
        (date(2027, 2, 19), None),  # 91 days
        (date(2027, 2, 18), 90),
        (date(2026, 12, 21), 90),  # 31 days
        (date(2026, 12, 20), 30),
        (date(2026, 11, 20), 30),  # today
        (date(2026, 11, 19), None),  # over
    ],
)
def test_a_term_that_ends_is_told_90_and_30_days_before(ends_on, reminder):
    assert rules.next_reminder(ends_on, TODAY) == reminder


@pytest.mark.parametrize(
    ("places", "people", "said"),
    [
        (1, 1, ""),
        (2, 1, ""),
        (1, 2, "Two people for one place on the Great Sedge Internal Drainage Board. Take one out or add a place."),
        (2, 3, "Three people for two places on the Great Sedge Internal Drainage Board. Take one out or add a place."),
        (0, 1, "One person for no places on the Great Sedge Internal Drainage Board. Take one out or add a place."),
    ],
)
def test_more_people_than_places_are_refused_in_words(places, people, said):
    found = rules.too_many("Great Sedge Internal Drainage Board", places=places, people=people)
    assert found == said


BODIES = ["Great Sedge Internal Drainage Board", "Pumps & Sluices Trust"]


def test_nominations_are_read_as_typed_and_as_pasted():
    text = "great  sedge internal drainage board; Cllr A.B.; Group A\n\nPumps and Sluices Trust\tCllr C.D.\n"
    read = rules.read_names(text, BODIES)
    assert read.problems == []
    assert list(read.named) == [
        ("Great Sedge Internal Drainage Board", "Cllr A.B.", "Group A"),
        ("Pumps & Sluices Trust", "Cllr C.D.", ""),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Cllr A.B.", "Line 1: write the body, a semicolon and the person, like “Youth Trust; Cllr A.B.”"),
        ("; Cllr A.B.", "Line 1: write the body, a semicolon and the person, like “Youth Trust; Cllr A.B.”"),
        (
            "Great Sedge Drainage Board; Cllr A.B.",
            "Line 1: no body of this round is called “Great Sedge Drainage Board”. "
            "The nearest is “Great Sedge Internal Drainage Board”.",
        ),
        ("Airport; Cllr A.B.", "Line 1: no body of this round is called “Airport”."),
        (
            "Pumps & Sluices Trust; Cllr A.B.\nPumps and Sluices Trust; cllr a.b.",
            "Line 2: cllr a.b. is named twice for Pumps & Sluices Trust. Take one line out.",
        ),
    ],
)
def test_a_line_that_is_no_nomination_is_named_and_nothing_is_guessed(line, said):
    assert rules.read_names(line, BODIES).problems == [said]


def _version(name="", *, since=None, until=None, vacant=None, gone=False, why=""):
    return {
        "name": name, "is_vacant": not name, "starts_on": since, "ends_on": until, "vacant_since": vacant,
        "appointed_by": "Annual Council", "is_gone": gone, "reason": why,
    }  # fmt: skip


def test_who_sat_before_is_read_from_the_history_of_a_place():
    may, november = date(2025, 5, 20), date(2026, 11, 2)
    versions = [
        _version(vacant=date(2025, 5, 1)),
        _version("Cllr A.B.", since=may, until=date(2026, 5, 19)),
        _version("Cllr A. B.", since=may, until=date(2026, 5, 19), why="Spelling"),
        _version(vacant=november, why="Resigned"),
        _version("Cllr C.D.", since=date(2026, 11, 10)),
        _version("Cllr E.F.", since=date(2026, 12, 1), why="Changed by hand"),
    ]
    assert [(each.name, each.since, each.ended, each.why) for each in rules.sittings(versions)] == [
        ("Cllr C.D.", date(2026, 11, 10), date(2026, 11, 30), "Changed by hand"),
        ("Cllr A. B.", may, november, "Resigned"),
    ]


def test_somebody_appointed_again_has_not_left():
    versions = [_version("Cllr A.B.", since=date(2025, 5, 20)), _version("Cllr A.B.", since=date(2026, 5, 20))]
    assert rules.sittings(versions) == []


def test_a_place_that_was_taken_out_still_says_who_sat_there():
    versions = [
        _version("Cllr A.B.", since=date(2025, 5, 20), until=date(2026, 5, 19)),
        _version("Cllr A.B.", gone=True),
    ]
    assert [(each.name, each.ended) for each in rules.sittings(versions)] == [("Cllr A.B.", date(2026, 5, 19))]


@pytest.mark.parametrize(
    ("last", "since", "times", "due"),
    [
        (date(2026, 8, 31), date(2026, 5, 20), 4, date(2026, 11, 30)),
        (None, date(2026, 5, 20), 12, date(2026, 6, 20)),
        (None, date(2026, 5, 20), None, None),
        (None, None, 4, None),
    ],
)
def test_the_next_report_back_follows_the_programme(last, since, times, due):  # BRK-F14, BRK-I20
    assert rules.next_report(last, since, times) == due
