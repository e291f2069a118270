"""A year of each of the five policies on given dates: what falls due, is answered, signed off, and comes again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Notice
from accounts.roles import Role
from assessments import services as assessing
from assessments.models import Response
from policy.refused import Refused
from register.models import Partnership
from reviews import notices, services
from reviews.models import Occasion, Review, State
from tests.assessments import making as assessed
from tests.factories import make_user
from tests.reviews.making import Council, People, assessed_entry, walk

pytestmark = pytest.mark.django_db


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def due_of(entry: Partnership, at: date) -> dict[str, date]:
    """What falls due for an entry as the lists of that day show it, by cycle."""
    services.bring_up_to_date(at=noon(at))
    return dict(Occasion.objects.filter(partnership=entry).values_list("cycle", "due_on"))


def opened(council: Council, cycle: str, on: date, **more: Any) -> Review:
    return services.open_review(
        council.partnership, cycle, version=council.version, by=council.lead, at=noon(on), **more
    )


def sent(council: Council, review: Review, on: date, *forms: str, **answers: Any) -> Review:
    """Answer these forms of a review and send it on that day."""
    for form in forms:
        asked = council.version.policy.questionnaire(form).by_id
        mine = {key: value for key, value in answers.items() if key.replace("_", "-") in asked}
        council.answer(form, at=noon(on), **mine)
    said = dict.fromkeys(SAID, "Done.")
    services.send(review, recommendation="go_on", why="", by=council.lead, at=noon(on), said=said)
    review.refresh_from_db()
    return review


SAID = ("red-f22", "str-f08-actions")  # the lead officer's own steps without a form


def done(council: Council, cycle: str, on: date, *forms: str, **answers: Any) -> Review:
    """A review that was opened, sent and signed off on one day, by everybody who has a step of its route."""
    review = sent(council, opened(council, cycle, on), on, *forms, **answers)
    if review.way is None:
        services.sign_off(review, note="", by=council.manager, at=noon(on))
    people = People()
    walk(review, people, at=noon(on))
    review.refresh_from_db()
    assert review.state == State.SIGNED_OFF
    council.partnership.refresh_from_db()
    return review


def parts(review: Review) -> dict[str, str]:
    """The forms that belong to a review as its page lists them now, each with where it stands."""
    now = Review.objects.select_related("partnership", "policy_version").get(pk=review.pk)
    return {part.questionnaire: part.words for part in services.parts_of(now)}


# --- All five: the day, the day before and the day after ------------------------------------------

JOINED = date(2025, 8, 31)
FIVE = [  # pack, what the entry is, its cycle, when it was last done or joined, and the day on which it falls due
    ("breckland-2015", {"last_review_on": date(2025, 11, 17)}, "brk-cycle-review", date(2026, 10, 31)),
    ("redditch", {"is_significant": True, "starts_on": JOINED}, "red-cycle-first-activity", date(2026, 2, 28)),
    ("redditch", {"is_significant": True, "last_review_on": date(2025, 8, 31)}, "red-cycle-review", date(2026, 4, 30)),
    ("harborough-2015", {"last_review_on": date(2025, 2, 10)}, "har-cycle-review", date(2026, 1, 31)),
    ("strategy-2009", {"last_review_on": date(2024, 2, 29)}, "str-cycle-review", date(2025, 2, 28)),
    ("melton", {"starts_on": date(2024, 2, 29)}, "mel-cycle-evaluation", date(2027, 2, 28)),
    ("melton", {"starts_on": date(2024, 3, 1)}, "mel-cycle-evaluation", date(2027, 3, 1)),  # CHK-15
]


@pytest.mark.parametrize(("pack", "facts", "cycle", "due_on"), FIVE)
def test_it_is_asked_for_thirty_days_before_and_late_on_the_day_after(pack, facts, cycle, due_on):
    """DEF-05, DEF-09, CORE-14, BRK-I15, RED-F18, HAR-F10, STR-F07, MEL-F12."""
    council = Council(pack, **facts)
    entry = council.partnership
    assert due_of(entry, date(2025, 12, 1))[cycle] == due_on
    mine = Occasion.objects.filter(partnership=entry, cycle=cycle)
    assert not mine.due(due_on - timedelta(days=31)).exists()
    assert mine.due(due_on - timedelta(days=30)).exists()
    assert mine.due(due_on).exists()
    assert not mine.late(due_on).exists()
    assert mine.late(due_on + timedelta(days=1)).exists()
    title = mine.get().title
    told = Notice.objects.filter(person=council.lead, subject__contains=f"{title} of")
    for days, letters in ((-31, 0), (-30, 1), (-30, 1), (-7, 2), (0, 2), (1, 3), (1, 3)):
        notices.remind(due_on + timedelta(days=days))
        assert told.count() == letters, days


# --- Breckland -----------------------------------------------------------------------------------


def test_breckland_assesses_and_reviews_in_october_and_again_next_october():
    """BRK-F21, BRK-F22, BRK-D33, BRK-I15: the refresh has risk and value assessed anew with the form."""
    entry = assessed_entry()
    council = Council("breckland-2015")
    council.partnership, council.lead = entry, entry.lead_officer
    entry.change({"last_review_on": date(2025, 10, 20)}, by=council.lead)
    campaign = services.open_campaign(
        "2026-27", [entry], due_on=date(2026, 10, 31), letter=services.LETTER, version=council.version,
        by=council.manager, at=noon(date(2026, 9, 21)),
    )  # fmt: skip
    review = Review.objects.in_campaign(campaign).get()
    assert parts(review) == {"": "Not started", "brk-review": "Not started"}
    with pytest.raises(Refused, match="Assess risk and value anew"):
        sent(council, review, date(2026, 10, 31), "brk-review")
    draft = assessed.make_draft(entry)
    assessing.complete(draft, by=draft.made_by, at=noon(date(2026, 11, 17)))
    sent(council, review, date(2026, 11, 18))
    walk(review, People(), at=noon(date(2026, 12, 1)))
    entry.refresh_from_db()
    # Counted from the day it was sent: a late review does not push the next one out of its month.
    assert (entry.last_review_on, entry.next_review_on) == (date(2026, 11, 18), date(2027, 10, 31))


# --- Redditch ------------------------------------------------------------------------------------


def test_redditch_has_first_reports_after_six_months_then_half_yearly_then_yearly():
    """CHK-06, RED-F18 to RED-F21, RED-I02: the first within six months, a progress report half-way, then each year."""
    council = Council("redditch", is_significant=True, starts_on=date(2026, 1, 15))
    due = due_of(council.partnership, date(2026, 2, 1))
    assert due["red-cycle-first-activity"] == due["red-cycle-first-effectiveness"] == date(2026, 7, 15)
    assert "red-cycle-progress" not in due  # it waits for the first one
    done(council, "red-cycle-first-activity", date(2026, 7, 10), "red-3")
    due = due_of(council.partnership, date(2026, 7, 11))
    assert "red-cycle-first-activity" not in due
    assert due["red-cycle-first-effectiveness"] == date(2026, 7, 15)
    assert (due["red-cycle-progress"], due["red-cycle-report"]) == (date(2027, 1, 10), date(2027, 7, 10))
    done(council, "red-cycle-progress", date(2027, 1, 8), "red-3")
    due = due_of(council.partnership, date(2027, 1, 9))
    assert (due["red-cycle-progress"], due["red-cycle-report"]) == (date(2027, 7, 8), date(2027, 7, 10))
    done(council, "red-cycle-report", date(2027, 7, 8), "red-3")
    due = due_of(council.partnership, date(2027, 7, 9))
    assert (due["red-cycle-progress"], due["red-cycle-report"]) == (date(2028, 1, 8), date(2028, 7, 8))


def test_redditch_looks_at_a_partnership_that_is_not_significant_in_a_short_check():
    """RED-I07."""
    council = Council("redditch", is_significant=False, last_review_on=date(2025, 4, 20))
    assert "red-cycle-review" not in due_of(council.partnership, date(2026, 2, 1))
    review = done(council, "red-cycle-short-check", date(2026, 4, 20), "red-short-check")
    assert parts(review) == {"red-short-check": "Done"}
    assert council.partnership.next_review_on == date(2027, 4, 20)


# --- Harborough ----------------------------------------------------------------------------------


def test_harborough_reviews_in_january_and_the_executive_hears_each_quarter():
    """HAR-F08, HAR-F10 to HAR-F12, FIG-09."""
    council = Council(last_review_on=date(2025, 1, 20))
    entry = council.partnership
    assert due_of(entry, date(2025, 12, 1))["har-cycle-review"] == date(2026, 1, 20)
    done(council, "har-cycle-review", date(2026, 1, 31), "har-review")
    entry.refresh_from_db()
    assert entry.next_review_on == date(2027, 1, 31)
    assert due_of(entry, date(2026, 2, 1))["har-cycle-confirm"] == date(2025, 6, 30)  # none was confirmed yet
    quarters = []
    for on in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 7, 15)):
        council_due = dict(Occasion.objects.of_the_council().values_list("cycle", "due_on"))
        quarters.append(council_due["har-cycle-quarter"])
        services.mark_done(
            "har-cycle-quarter", partnership=None, version=council.version, done_on=on, note="Told", by=council.manager,
            at=noon(on),
        )  # fmt: skip
    assert [(each.year * 12 + each.month) // 3 for each in quarters] == list(
        range((quarters[0].year * 12 + quarters[0].month) // 3, (quarters[0].year * 12 + quarters[0].month) // 3 + 3)
    )


# --- The strategy of 2009 ------------------------------------------------------------------------


def test_the_strategy_works_through_the_improvement_template_every_year():
    """CHK-14, STR-F07, STR-I08: row 12 is No when one of its three parts is, and needs an action."""
    council = Council("strategy-2009", starts_on=date(2025, 5, 31))
    assert due_of(council.partnership, date(2025, 12, 1))["str-cycle-review"] == date(2026, 5, 31)
    review = opened(council, "str-cycle-review", date(2026, 5, 1))
    assert list(parts(review)) == ["str-improvement", "str-fitness"]
    form = council.version.policy.questionnaire("str-improvement")
    draft = Response.start(
        council.partnership, form.id, occasion=form.occasions[0], by=council.lead, policy_version=council.version,
        at=noon(date(2026, 5, 2)),
    )  # fmt: skip
    answers = {"str-d41a": True, "str-d41b": True, "str-d41c": False}
    draft.answer({key: {"value": value} for key, value in answers.items()}, by=council.lead, at=noon(date(2026, 5, 2)))
    with pytest.raises(Refused, match="answers are missing"):
        assessing.send(draft, form, by=council.lead, at=noon(date(2026, 5, 2)))
    draft.send(missing=(), by=council.lead, at=noon(date(2026, 5, 3)))
    sent(council, review, date(2026, 5, 31), "str-fitness")
    services.sign_off(review, note="", by=council.manager, at=noon(date(2026, 6, 1)))
    council.partnership.refresh_from_db()
    assert council.partnership.next_review_on == date(2027, 5, 31)


# --- Melton --------------------------------------------------------------------------------------


def test_melton_evaluates_after_three_years_with_action_plan_and_summary_sheet():
    """CHK-15, MEL-F12, MEL-F15, MEL-F18, MEL-F19, FIG-10."""
    head = make_user(Role.RESPONSIBLE_HEAD, name="S.P.")
    council = Council("melton", starts_on=date(2024, 3, 1), responsible_head=head)
    assert due_of(council.partnership, date(2026, 12, 1))["mel-cycle-evaluation"] == date(2027, 3, 1)
    review = opened(council, "mel-cycle-evaluation", date(2027, 2, 1))
    assert review.due_on == date(2027, 3, 1)
    assert list(parts(review)) == ["mel-c1", "mel-c2", "mel-c3"]
    with pytest.raises(Refused, match="Answer and send"):
        sent(council, review, date(2027, 2, 20), "mel-c1", "mel-c2")
    sent(council, review, date(2027, 2, 26), "mel-c3")
    council.answer("mel-c4", at=noon(date(2027, 2, 27)))
    council.fact("mel-d83a", "go-on")
    walk(review, People(head=head), at=noon(date(2027, 3, 1)))
    assert due_of(council.partnership, date(2027, 3, 2))["mel-cycle-evaluation"] == date(2030, 2, 26)


@pytest.mark.parametrize(("status", "is_due"), [("active", True), ("contact_only", False), ("left", False)])
def test_melton_evaluates_only_what_the_council_is_in(status, is_due):
    """CHK-18, MEL-F12."""
    council = Council("melton", starts_on=date(2024, 3, 1), status=status)
    assert ("mel-cycle-evaluation" in due_of(council.partnership, date(2026, 12, 1))) == is_due
