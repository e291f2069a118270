"""What the rules make of the answers to a form: averages, a row of parts, a day some months later."""

from datetime import date
from decimal import Decimal

import pytest

from assessments.rules import all_yes, averages, months_later
from policy.reading import read_pack
from tests.policy.test_wide_enough import BASE

RATED = """
scales:
  - id: rating
    label: Rating
    has_average: true
    points:
      - {id: "1", number: 1, label: "No, or nobody knows", warns: true}
      - {id: "2", number: 2, label: Sometimes, warns: true}
      - {id: "3", number: 3, label: Could be better}
      - {id: "4", number: 4, label: Real benefits}
      - {id: "5", number: 5, label: Excellent}
  - id: three
    label: Self-assessment
    has_average: true
    points: [{id: "1", number: 1, label: "No"}, {id: "2", number: 2, label: Partly}, {id: "3", number: 3, label: "Yes"}]
questionnaires:
  - id: inventory
    title: Self-assessment
    occasions: [evaluation]
    force: guidance
    sections:
      - id: focus
        title: Focus
        questions:
"""
QUESTION = "          - {{id: focus-{number}, text: Question {number}?, type: scale, scale: {scale}}}\n"


def rated(*ratings, scales=()):
    scales = scales or ("rating",) * len(ratings)
    text = RATED + "".join(QUESTION.format(number=place, scale=scale) for place, scale in enumerate(scales))
    policy = read_pack(BASE + text, name="rated.yaml").policy
    form = policy.questionnaire("inventory")
    return averages(policy, form.questions, {f"focus-{place}": rating for place, rating in enumerate(ratings)})


def test_a_section_shows_the_average_of_its_ratings():  # CHK-17, MEL-D80
    (found,) = rated("3", "4", "2", "5", "3", "4")

    assert (found.value, found.rated, found.of, found.low) == (Decimal("3.5"), 6, 6, 1)
    assert found.sentence == "Average 3.5 of 5 from six ratings; one rating of 1 or 2"


def test_what_is_not_rated_is_left_out_and_said():
    (found,) = rated("3", None, "4")

    assert found.value == Decimal("3.5")
    assert found.sentence == ("Average 3.5 of 5 from two ratings; one of 3 not rated, left out; no ratings of 1 or 2")


def test_nothing_rated_has_no_average():
    (found,) = rated(None, None)

    assert (found.value, found.sentence) == (None, "No rating yet")


def test_two_scales_are_never_put_together():
    found = rated("4", "2", scales=("rating", "three"))

    assert [(each.scale, each.value) for each in found] == [("rating", Decimal(4)), ("three", Decimal(2))]


@pytest.mark.parametrize(
    ("parts", "row"),
    [
        ((True, True, True), True),
        ((True, True, False), False),
        ((None, False, None), False),
        ((True, True, None), None),
        ((True, "dont_know"), None),
        ((False, "dont_know"), False),
        ((), None),
    ],
)
def test_a_row_is_yes_only_when_every_part_is(parts, row):  # CHK-14, STR-D41, STR-I08
    assert all_yes(parts) is row


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 1), 6, date(2026, 9, 1)),  # CHK-10
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
    ],
)
def test_some_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months, later):  # DEF-05
    assert months_later(day, months) == later
