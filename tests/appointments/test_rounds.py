"""The year's work: list, nominations, schedule, outcomes."""

from datetime import date

import pytest
from django.urls import reverse

from appointments import queries, services
from appointments.models import Appointee, Nomination, NominationState, Round, RoundState
from policy.refused import Refused
from register.models import Representative
from reports import appointments
from tests.appointments.making import ELECTION, OFFICER, TODAY, YEARLY, Town
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_round_holds_the_places_that_its_rule_fills():  # BRK-F25, BRK-F26
    town = Town(places=2)
    town.add("Four-year Trust", rule=ELECTION)
    town.add("Officers’ Board", rule=OFFICER)
    held = queries.places_of(town.round())
    assert {places[0].partnership.name: len(places) for places in held.values()} == {town.body.name: 2}
    held = queries.places_of(town.round(rule=ELECTION))
    assert {places[0].partnership.name for places in held.values()} == {"Four-year Trust"}


def test_a_second_round_for_a_meeting_is_refused():
    town = Town()
    town.round()
    with pytest.raises(Refused, match="There is a round for this meeting already"):
        town.round()


def test_nominations_cannot_close_after_the_meeting():
    town = Town()
    with pytest.raises(Refused, match="must close before the meeting"):
        services.start_round(
            town.rule(YEARLY),
            version=town.version,
            meeting_on=TODAY,
            nominations_by=date(2026, 11, 21),
            by=town.manager,
        )


def test_what_the_meeting_agrees_fills_keeps_and_empties_places():  # BRK-E24
    town = Town(places=2)
    member = make_user(name="Cllr A.B.")
    town.appoint("Cllr A.B.", user=member)
    town.appoint("Cllr C.D.")
    found = town.round()
    named = town.nominate(found, "Cllr A.B.", "Cllr E.F.", agreed_roles=["work-together"])
    town.close(found)

    (made,) = town.agree(found, named)

    assert made.sentences == ["Cllr A.B. goes on", "Cllr E.F. comes", "Cllr C.D. leaves"]
    rows = {place.name: place for place in town.places()}
    assert set(rows) == {"Cllr A.B.", "Cllr E.F."}
    for place in rows.values():
        assert (place.starts_on, place.ends_on) == (TODAY, date(2027, 11, 19))
        assert (place.appointed_by, place.minute) == ("Council", "AC 12/26")
        assert (place.level, place.agreed_roles) == ("member", ["work-together"])
    assert rows["Cllr A.B."].user == member, "who goes on keeps the account"
    assert rows["Cllr E.F."].user is None
    assert [each.name for _, each in queries.sat_before(town.body)] == ["Cllr C.D."]
    found.refresh_from_db()
    assert (found.state, found.minute) == (RoundState.AGREED, "AC 12/26")
    assert {each.state for each in Nomination.objects.all()} == {NominationState.AGREED}


def test_a_place_for_which_nobody_was_agreed_becomes_vacant():
    town = Town(places=2)
    town.appoint("Cllr A.B.")
    found = town.round()
    named = town.nominate(found, "Cllr C.D.")
    town.close(found)
    town.agree(found, [])
    assert all(place.is_vacant for place in town.places())
    assert Nomination.objects.get(pk=named[0].pk).state == NominationState.NOT_AGREED


def test_a_body_that_nobody_was_named_for_keeps_its_people():
    town = Town(places=1)
    town.appoint("Cllr A.B.")
    other = town.add("Pumps and Sluices Trust")
    found = town.round()
    named = town.nominate(found, "Cllr C.D.", body=other)
    town.close(found)
    town.agree(found, named)
    assert [place.name for place in town.places()] == ["Cllr A.B."]
    assert [place.name for place in town.places(other)] == ["Cllr C.D."]


def test_two_people_agreed_for_one_place_are_refused_and_nothing_changes():
    town = Town(places=1)
    other = town.add("A Body Before It")
    found = town.round()
    first = town.nominate(found, "Cllr Z.Z.", body=other)
    named = town.nominate(found, "Cllr A.B.", "Cllr C.D.")
    town.close(found)
    with pytest.raises(Refused, match="Two people for one place on the Great Sedge Internal Drainage Board"):
        town.agree(found, [*first, *named])
    assert Representative.objects.filter(is_vacant=False).count() == 0
    assert Round.objects.get().state == RoundState.CLOSED


def test_consent_that_a_body_asks_for_is_asked_again_at_the_outcome():
    town = Town(places=1, asks_consent=True)
    found = town.round()
    named = town.nominate(found, "Cllr A.B.")
    town.close(found)
    with pytest.raises(Refused, match=r"Enter the day on which Cllr A\.B\. agreed to serve"):
        town.agree(found, named)
    services.change_nomination(named[0], {"consented_on": date(2026, 11, 1)}, by=town.manager)
    town.agree(found, named)
    assert town.places()[0].consented_on == date(2026, 11, 1)


def test_a_place_that_somebody_takes_from_a_day_to_come_is_not_given_to_another(browse_as):
    town = Town(places=1)
    other = town.add("Pumps and Sluices Trust")
    town.appoint("Cllr Q.R.", starts_on=date(2026, 12, 1))
    found = town.round()
    named = [*town.nominate(found, "Cllr A.B."), *town.nominate(found, "Cllr C.D.", body=other)]
    town.close(found)
    said = f"Cllr Q.R. takes this place on {town.body} on 1 December 2026. Take that back first"
    with pytest.raises(Refused, match=said):
        town.agree(found, named)
    assert Representative.objects.filter(is_vacant=False).count() == 0, "nobody sits anywhere, also not on the other"
    address = reverse("appointments:outcomes", args=[found.slug])
    given = {f"body_{each.partnership_id}": each.pk for each in named} | {"minute": "AC 4/26"}
    assert said in browse_as(town.manager).post(address, given | {"checked": "1"}).errors

    services.take_back(Appointee.objects.get(), by=town.manager, reason="Moved away")
    page = browse_as(town.manager).post(address, given | {"checked": "1"})
    assert page.banner == "2 appointments recorded"
    page = browse_as(town.manager).post(address, given | {"checked": "1"})  # pressed again, or from another tab
    assert "This round is “agreed”. Its page says what comes next" in page
    assert town.places()[0].history.count() == 2


def test_a_move_that_was_pressed_twice_is_told_in_words(browse_as):
    town = Town()
    found = town.round()
    there = browse_as(town.manager)
    address = reverse("appointments:round_move", args=[found.slug])
    assert there.post(address, {"to": "sent"}).banner == "The list is marked as sent"
    assert "This round is “list sent”. Its page says what comes next" in there.post(address, {"to": "sent"})
    there.post(address, {"to": "called_off"})
    assert "This round is “called off”" in there.post(address, {"to": "closed"})
    assert there.post(address, {"to": "nowhere"}).status == 404


def test_outcomes_wait_for_the_day_of_the_meeting():
    town = Town()
    found = town.round(meeting_on=date(2026, 11, 21))
    named = town.nominate(found, "Cllr A.B.")
    town.close(found)
    with pytest.raises(Refused, match="The meeting is on 21 November 2026"):
        town.agree(found, named)


MOVES = {
    RoundState.OPEN: {RoundState.SENT, RoundState.CALLED_OFF},
    RoundState.SENT: {RoundState.CLOSED, RoundState.CALLED_OFF},
    RoundState.CLOSED: {RoundState.SENT, RoundState.AGREED, RoundState.CALLED_OFF},
    RoundState.AGREED: set(),
    RoundState.CALLED_OFF: set(),
}


@pytest.mark.parametrize("state", RoundState)
def test_a_round_makes_the_moves_there_are_and_no_other(state):
    assert {to for to in RoundState if not Round(state=state).why_not(to)} == MOVES[state]


def test_outcomes_are_recorded_once():
    town = Town()
    found = town.round()
    named = town.nominate(found, "Cllr A.B.")
    town.close(found)
    town.agree(found, named)
    with pytest.raises(Refused, match="This round is “agreed”"):
        town.agree(found, named)
    with pytest.raises(Refused, match="The outcomes of this round are recorded"):
        services.take_nomination_out(named[0], by=town.manager)


def test_nobody_is_named_twice_or_after_nominations_closed():
    town = Town()
    found = town.round()
    town.nominate(found, "Cllr A.B.")
    with pytest.raises(Refused, match="is named for Great Sedge Internal Drainage Board already"):
        town.nominate(found, "cllr a.b.")
    town.close(found)
    with pytest.raises(Refused, match="Nominations are closed"):
        town.nominate(found, "Cllr C.D.")


def test_the_list_and_the_schedule_say_what_their_readers_need():  # BRK-G10, BRK-G11
    town = Town(places=2)
    town.appoint("Cllr A.B.")
    found = town.round()
    sheet = appointments.list_of_round(found, TODAY)
    assert "For Group Leaders" in sheet.says
    assert [(line.body, line.who) for line in sheet.lines] == [
        (town.body.name, "Cllr A.B."),
        (town.body.name, "Vacant since 2 November 2026, 18 days"),
    ]
    assert dict(sheet.figures) == {"Bodies": "1", "Places": "2, 1 vacant", "Terms that have ended": "0"}

    town.nominate(found, "Cllr C.D.", "Cllr E.F.")
    schedule = appointments.schedule_of_round(found, TODAY)
    assert [line.named for line in schedule.lines] == ["Cllr C.D. and Cllr E.F.", ""]


def test_a_round_carries_out_the_policys_route_step_by_step(browse_as):  # BRK-F25, BRK-F29, BRK-E23, BRK-E24, BRK-E31
    town = Town(places=1)
    found = town.round()
    there = browse_as(town.manager)
    address = reverse("appointments:round", args=[found.slug])

    def done():
        return [each.text.split(":")[0].strip() for each in there.get(address).select(".app-route li.is-done h3")]

    assert done() == []
    (named,) = town.nominate(found, "Cllr A.B.")
    services.move_round(found, RoundState.SENT, by=town.manager, reason="Test", on=TODAY)
    assert done() == ["Send the list of outside bodies"]
    services.move_round(found, RoundState.CLOSED, by=town.manager, reason="Test", on=TODAY)
    assert done() == ["Send the list of outside bodies", "Name people"]
    town.agree(found, [named])
    page = there.get(address)
    assert done()[2:] == ["Agree the appointments"]
    (place,) = town.places()
    role = reverse("appointments:role", args=[town.body.reference, place.pk])
    assert page.select_one(f"a[href='{role}']").text == f"Cllr A.B., {town.body.name}"

    there.post(role, {"agreed_roles": "report-to-council"})

    assert done()[3:] == ["Make the person’s role clear"]
    assert "Make each person’s role clear" not in there.get(address)
