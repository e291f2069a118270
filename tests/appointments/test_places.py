"""Places and the people in them: appointing, leaving, vacancies, history."""

from datetime import date

import pytest

from accounts.roles import Role
from appointments import queries, services
from policy.refused import Refused
from register.models import Partnership, Representative, Status
from tests.appointments.making import ELECTION, OFFICER, SEDGE, TODAY, VACANCY, YEARLY, Town
from tests.factories import make_partnership, make_user

pytestmark = pytest.mark.django_db


def test_an_outside_body_has_places_and_is_no_partnership():  # BRK-I10, BRK-A17
    town = Town(places=2, substitutes=1)
    assert town.body.status == Status.OUTSIDE_BODY
    assert Partnership.objects.active().count() == 0
    assert [(place.is_vacant, place.is_substitute) for place in town.places()] == [
        (True, False),
        (True, False),
        (True, True),
    ]


def test_a_second_body_of_the_same_name_is_refused():
    town = Town()
    with pytest.raises(Refused, match="already on the register"):
        town.add(SEDGE.upper())


def test_an_appointment_fills_the_place_with_body_term_role_and_minute():  # BRK-B33, BRK-F29
    town = Town()
    place = town.appoint("Cllr A.B.", minute="AC 4/26", consented_on=date(2026, 4, 1), interests="Farms there")
    place = Representative.objects.get(pk=place.pk)
    assert (place.name, place.is_vacant, place.vacant_since) == ("Cllr A.B.", False, None)
    assert (place.starts_on, place.ends_on, place.term) == (date(2026, 5, 20), date(2027, 5, 19), "annual")
    assert (place.appointed_by, place.minute, place.interests) == ("Annual Council", "AC 4/26", "Farms there")
    last = place.history.first()
    assert (last.by_name, last.history_change_reason) == ("T.W.", "Appointed by Annual Council, minute AC 4/26")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"ends_on": date(2026, 5, 19)}, "The term ends before it starts. Enter an end after 20 May 2026"),
        ({"agreed_roles": []}, "the policy asks that the role is clear"),  # BRK-E31
        ({"rule": VACANCY}, "Enter the minute in which Cabinet decided it"),  # BRK-E22
        ({"rule": VACANCY, "minute": "CAB 1/26"}, "Say when and how Group Leaders were heard before"),  # BRK-F27
    ],
)
def test_an_appointment_that_lacks_something_is_refused_and_changes_nothing(facts, said):
    town = Town()
    with pytest.raises(Refused, match=said):
        town.appoint("Cllr A.B.", **facts)
    assert all(place.is_vacant for place in town.places())


@pytest.mark.parametrize(
    ("starts_on", "ends_on"), [(TODAY, None), (date(2026, 5, 20), date(2026, 5, 20))], ids=["today", "one day"]
)
def test_an_appointment_on_the_limit_is_taken(starts_on, ends_on):
    assert Town().appoint("Cllr A.B.", starts_on=starts_on, ends_on=ends_on).name == "Cllr A.B."


def test_two_people_for_one_place_are_refused_in_words():
    town = Town(places=1)
    place = town.appoint("Cllr A.B.")
    with pytest.raises(Refused, match="Two people for one place on the Great Sedge Internal Drainage Board"):
        town.appoint("Cllr C.D.", place=place)


def test_nobody_sits_twice_on_one_body():
    town = Town()
    town.appoint("Cllr A.B.")
    with pytest.raises(Refused, match="has a place on Great Sedge Internal Drainage Board already"):
        town.appoint("cllr  a.b.")


@pytest.mark.parametrize(
    ("asks", "given", "said"),
    [
        ("asks_consent", "consented_on", "asks for consent. Enter the day on which Cllr A.B. agreed to serve"),
        ("asks_codes", "codes_on", "asks that its codes are acknowledged"),
    ],
)
def test_what_the_body_asks_for_must_be_recorded_first(asks, given, said):
    town = Town(**{asks: True})
    with pytest.raises(Refused, match=said):
        town.appoint("Cllr A.B.")
    assert town.appoint("Cllr A.B.", **{given: date(2026, 5, 1)}).name == "Cllr A.B."


def test_nobody_is_appointed_to_a_body_that_was_left():
    town = Town()
    left = make_partnership(status=Status.LEFT)
    with pytest.raises(Refused, match="is left, so nobody sits on it"):
        services.add_place(left, is_substitute=False, rule=None, vacant_since=TODAY, by=town.manager)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.REGISTER_MANAGER])
def test_only_a_register_manager_keeps_appointments(role):
    town = Town()
    with pytest.raises(Refused, match="A register manager keeps the appointments"):
        town.appoint("Cllr A.B.", by=make_user(role))


def test_who_resigns_leaves_a_vacancy_with_its_clock_and_stays_in_the_history():  # BRK-F27
    town = Town(places=1)
    place = town.appoint("Cllr A.B.", minute="AC 4/26")
    services.end(place, on=date(2026, 11, 2), reason="Resigned", by=town.manager, today=TODAY)

    found = queries.seats(queries.vacancies(), town.policy, TODAY)
    assert [each.clock for each in found] == ["Vacant since 2 November 2026, 18 days"]
    assert (found[0].place.minute, found[0].place.agreed_roles, found[0].place.term) == ("", [], "annual")
    before = [sitting for _, sitting in queries.sat_before(town.body)]
    assert [(each.name, each.since, each.ended, each.why) for each in before] == [
        ("Cllr A.B.", date(2026, 5, 20), date(2026, 11, 2), "Resigned")
    ]


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2026, 5, 19), "took the place on 20 May 2026"),
        (date(2026, 11, 21), "on or after the day itself"),
    ],
)
def test_an_end_before_the_start_or_still_to_come_is_refused(on, said):
    town = Town()
    place = town.appoint("Cllr A.B.")
    with pytest.raises(Refused, match=said):
        services.end(place, on=on, reason="Resigned", by=town.manager, today=TODAY)


def test_an_appointment_ends_once():
    town = Town()
    place = town.appoint("Cllr A.B.")
    services.end(place, on=TODAY, reason="Resigned", by=town.manager, today=TODAY)
    with pytest.raises(Refused, match="vacant already"):
        services.end(place, on=TODAY, reason="Resigned", by=town.manager, today=TODAY)


def test_the_executive_fills_a_place_for_the_rest_of_the_term():  # BRK-E22, BRK-F27
    town = Town(places=1)
    place = town.appoint("Cllr A.B.")
    place = services.end(place, on=date(2026, 11, 2), reason="Resigned", by=town.manager, today=TODAY)
    until = queries.rest_of_term(place, TODAY)
    assert until == date(2027, 5, 19)

    town.appoint(
        "Cllr C.D.", rule=VACANCY, starts_on=date(2026, 11, 18), ends_on=until, appointed_by="Cabinet",
        minute="CAB 9/26",
        consulted="Group Leaders were asked on 10 November 2026",
    )  # fmt: skip

    place = Representative.objects.get(pk=place.pk)
    assert (place.name, place.appointed_by, place.ends_on) == ("Cllr C.D.", "Cabinet", date(2027, 5, 19))
    assert place.rule == YEARLY, "the place itself is still filled once a year"
    assert "Group Leaders were asked" in place.history.first().history_change_reason


def test_a_vacant_place_can_be_taken_out_and_a_filled_one_not():
    town = Town(places=2)
    place = town.appoint("Cllr A.B.")
    with pytest.raises(Refused, match=r"Cllr A\.B\. sits in this place"):
        services.take_place_out(place, by=town.manager, reason="One place now")
    vacant = next(each for each in town.places() if each.is_vacant)
    services.take_place_out(vacant, by=town.manager, reason="One place now")
    assert len(town.places()) == 1


def test_terms_that_ended_or_end_within_90_days_are_listed_the_earliest_first():
    town = Town(places=3)
    for name, ends_on in (
        ("Late", date(2026, 11, 19)),
        ("Soon", date(2027, 2, 18)),
        ("Later", date(2027, 2, 19)),
    ):
        town.appoint(name, ends_on=ends_on)
    assert [place.name for place in queries.ending(TODAY)] == ["Late", "Soon"]
    figures = queries.figures(TODAY)
    assert (figures.places, figures.filled, figures.vacant, figures.ended, figures.soon) == (3, 3, 0, 1, 1)


def test_officers_are_looked_at_once_a_year():  # BRK-F28
    town = Town(places=2, rule=OFFICER)
    old = town.appoint("D.F.", rule=OFFICER, starts_on=date(2025, 11, 20), ends_on=None)
    town.appoint("S.P.", rule=OFFICER, starts_on=date(2025, 11, 21), ends_on=None)
    assert [place.name for place in queries.officers_to_review(town.policy, TODAY)] == ["D.F."]

    services.confirm([old], on=TODAY, by=town.manager)

    assert queries.officers_to_review(town.policy, date(2027, 11, 19)) == [
        place for place in town.places() if place.name == "S.P."
    ]
    assert Representative.objects.get(pk=old.pk).reviewed_on == TODAY


def test_a_term_of_an_old_register_does_not_say_how_a_place_is_filled_until_somebody_does():
    town = Town(places=1)
    place = Representative(partnership=town.body, name="Cllr Q.R.", term="3 years")
    place.keep(by=town.manager)
    assert queries.without_a_rule(town.policy) == [place]
    assert services.set_rule([place], town.rule(ELECTION), by=town.manager) == 1
    assert queries.without_a_rule(town.policy) == []
    assert Representative.objects.get(pk=place.pk).term == "3 years"
