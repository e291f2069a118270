"""Reminders of terms and vacancies, and what waits on the home page."""

from datetime import date

import pytest

from accounts.models import Notice
from accounts.roles import Role
from appointments import notices, work
from tests.appointments.making import TODAY, Town
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _subjects(user):
    return list(Notice.objects.filter(person=user).order_by("pk").values_list("subject", flat=True))


def test_terms_that_end_on_one_day_are_told_in_one_email_once_90_and_once_30_days_before():
    town = Town(places=3)
    person = make_user(name="Cllr A.B.")
    town.appoint("Cllr A.B.", user=person, ends_on=date(2027, 5, 19))
    town.appoint("Cllr C.D.", ends_on=date(2027, 5, 19))
    for on in (date(2027, 2, 17), date(2027, 2, 18), date(2027, 3, 1), date(2027, 4, 19), date(2027, 4, 19)):
        notices.remind(on)
    said = [subject for subject in _subjects(town.manager) if "term" in subject]
    assert said == ["2 terms end on 19 May 2027"] * 2
    assert _subjects(person) == [
        f"You sit on {town.body} for the council",
        f"Your place on {town.body} ends on 19 May 2027",
    ]


def test_places_vacant_for_more_than_30_days_are_told_once_a_month():
    town = Town(places=2)  # vacant since 2 November 2026
    for on in (date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 20), date(2027, 1, 5)):
        notices.remind(on)
    assert _subjects(town.manager) == ["2 places have been vacant for more than 30 days"] * 2


def test_the_home_page_says_what_comes_next_in_a_round_and_what_nobody_has_seen_to():
    town = Town(places=2)
    town.appoint("Cllr A.B.", ends_on=date(2026, 11, 19))
    found = town.round()
    made = work.to_do(town.manager, TODAY)
    assert [line.words for line in made.lines] == [
        "Send the list of places: Yearly Member appointments, 20 November 2026",
        "Fill 1 vacant place",
        "Say what follows: 1 term has ended",
    ]
    town.close(found)
    assert work.to_do(town.manager, TODAY).lines[0].words.startswith("Record what the meeting agreed")
    assert work.to_do(make_user(Role.LEAD_OFFICER), TODAY) is None
