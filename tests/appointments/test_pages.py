"""The pages of appointments, as a register manager and readers use them."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.roles import Role
from appointments.models import Round, RoundState
from register.models import Partnership, Representative, Status
from tests.appointments.appointment_pages import make_filled
from tests.appointments.making import SEDGE, YEARLY, Town
from tests.factories import make_user
from tests.pdf import Tagged, broken_rules

pytestmark = pytest.mark.django_db


def _parts(name: str, day: date) -> dict[str, int]:
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def test_a_body_is_added_filled_and_vacated_on_the_pages(browse_as):
    Town()
    there, today = browse_as(Role.REGISTER_MANAGER), timezone.localdate()
    given = {"name": "Pumps Trust", "places": "1", "rule": YEARLY, "asks": "consent"} | _parts("vacant_since", today)
    page = there.post(reverse("appointments:add_body"), given)
    assert page.banner == "Pumps Trust is on the list with its places. Fill them, or start a round"
    body = Partnership.objects.get(name="Pumps Trust")
    place = Representative.objects.get(partnership=body)

    address = reverse("appointments:appoint", args=[body.reference, place.pk])
    given = {"name": "Cllr A.B.", "rule": YEARLY, "agreed_roles": "work-together"} | _parts("starts_on", today)
    page = there.post(address, given)
    assert page.errors == ["Pumps Trust asks for consent. Enter the day on which Cllr A.B. agreed to serve, then go on"]

    page = there.post(address, given | _parts("consented_on", today))
    assert page.banner.startswith("Cllr A.B. sits on Pumps Trust until ")
    assert "Council" in page.select_one("tbody").text

    page = there.post(
        reverse("appointments:end", args=[body.reference, place.pk]), {"reason": "Resigned"} | _parts("on", today)
    )
    assert "The place is vacant and stands in the vacancies" in page.banner
    assert "Pumps Trust" in there.get(reverse("appointments:vacancy_list"))
    assert "Resigned" in there.get(reverse("appointments:of_body", args=[body.reference]))


def test_a_term_that_ends_before_it_starts_is_said_at_its_field(browse_as):
    town, today = Town(), timezone.localdate()
    address = reverse("appointments:appoint", args=[town.body.reference, town.places()[0].pk])
    given = {"name": "Cllr A.B.", "rule": YEARLY, "agreed_roles": "work-together"} | _parts("starts_on", today)
    page = browse_as(town.manager).post(address, given | _parts("ends_on", today - timedelta(days=1)))
    assert page.errors == ["The term ends before it starts. Enter a later day"]
    assert page.select_one("#id_name")["value"] == "Cllr A.B."


def test_a_round_leads_from_names_to_the_schedule_and_what_the_meeting_agreed(browse_as):
    town, today = Town(places=1), timezone.localdate()
    there = browse_as(town.manager)
    page = there.post(reverse("appointments:round_start"), {"rule": YEARLY} | _parts("meeting_on", today))
    assert page.banner == "The round is open. Check its places, then send the list"
    found = Round.objects.get()
    names = reverse("appointments:nominations", args=[found.slug])

    page = there.post(names, {"text": "Great Sedge Board; Cllr A.B."})
    assert page.errors == [f"Line 1: no body of this round is called “Great Sedge Board”. The nearest is “{SEDGE}”."]
    text = f"{SEDGE}; Cllr A.B.; Group A\n{SEDGE}\tCllr C.D."
    page = there.post(names, {"text": text})
    assert "Is this what you mean?" in page
    assert found.nominations.count() == 0, "nothing is kept before the reader has looked"
    page = there.post(names, {"text": text, "checked": "yes"})
    assert page.banner == "2 nominations kept"
    warning = f"Two people for one place on the {SEDGE}. Take one out or add a place."
    assert warning in page

    for to in (RoundState.SENT, RoundState.CLOSED):
        there.post(reverse("appointments:round_move", args=[found.slug]), {"to": to})
    outcomes = reverse("appointments:outcomes", args=[found.slug])
    field = f"body_{town.body.pk}"
    both = [str(each.pk) for each in found.nominations.order_by("pk")]
    page = there.post(outcomes, {field: both, "minute": "AC 12/26"})
    assert page.errors == [warning]
    page = there.post(outcomes, {field: both[:1], "minute": "AC 12/26"})
    assert f"{SEDGE} Cllr A.B. comes" in page
    assert "Record 1 appointment" in page
    page = there.post(outcomes, {field: both[:1], "minute": "AC 12/26", "checked": "yes"})
    assert page.banner == "1 appointment recorded"
    assert Representative.objects.get(partnership=town.body).name == "Cllr A.B."
    page = there.post(outcomes, {field: both[:1], "checked": "yes"})
    assert "This round is “agreed”. Its page says what comes next" in page, "a second press records nothing"


def test_an_end_that_was_pressed_twice_ends_nobody_elses_appointment(browse_as):
    town = Town(places=1)
    place = town.appoint("Cllr Q.R.")
    there = browse_as(town.manager)
    address = reverse("appointments:end", args=[town.body.reference, place.pk])
    given = {"reason": "Resigned", "who": "Cllr Q.R."} | _parts("on", timezone.localdate())
    assert there.get(address).select_one("[name=who]")["value"] == "Cllr Q.R."
    assert "Cllr Q.R. has left" in there.post(address, given).banner
    assert "This place is vacant already, so there is no appointment to end" in there.post(address, given)

    town.appoint("Cllr E.F.")
    assert "Cllr Q.R. has left this place meanwhile. Cllr E.F. sits there now" in there.post(address, given)
    assert town.places()[0].name == "Cllr E.F."


def test_the_list_narrows_to_a_person_a_kind_and_a_state(browse_as):
    make_filled()
    there = browse_as(Role.AUDITOR)
    address = reverse("appointments:appointment_list")
    assert len(there.get(address).select("tbody tr")) == 5
    assert len(there.get(address, {"q": "a.b."}).select("tbody tr")) == 1
    assert len(there.get(address, {"state": "ending"}).select("tbody tr")) == 2
    assert len(there.get(address, {"state": "vacant"}).select("tbody tr")) == 2
    assert "No place fits" in there.get(address, {"kind": "partnership"})
    assert not there.get(address).select("tbody a[href$='/end/']"), "an auditor is offered nothing to change"


def test_people_stand_with_all_their_places(browse_as):
    town = make_filled()
    board = town.add("Pumps Trust")
    town.appoint("Cllr A.B.", place=town.places(board)[0])
    page = browse_as(Role.AUDITOR).get(reverse("appointments:person_list"), {"q": "cllr a"})
    (row,) = page.select("tbody tr")
    assert "2 places" in row.text
    assert SEDGE in row.text


@pytest.mark.parametrize("bodies", [1, 8])
@pytest.mark.parametrize(
    ("name", "queries"), [("appointment_list", 13), ("vacancy_list", 11), ("person_list", 12), ("body_list", 9)]
)
def test_lists_ask_the_same_number_of_questions_for_any_number_of_places(
    browse_as, django_assert_num_queries, name, queries, bodies
):
    town = Town(places=1)
    for number in range(bodies):
        body = town.add(f"Body {number}", places=2)
        town.appoint(f"Cllr {number}", place=town.places(body)[0])
    there = browse_as(Role.AUDITOR)
    address = reverse(f"appointments:{name}")
    there.get(address)
    with django_assert_num_queries(queries):
        there.client.get(address)


@pytest.mark.slow
def test_the_schedule_is_a_tagged_pdf_and_a_typed_workbook(browse_as):
    town = make_filled()
    found = town.round(meeting_on=timezone.localdate())
    town.nominate(found, "Cllr G.H.")
    there = browse_as(Role.AUDITOR).client
    schedule, places = "Schedule of appointments", "Outside bodies for nomination"
    for name, parts, title in (
        ("appointments_pdf", [], schedule),
        ("round_list_pdf", [found.slug], places),
        ("round_schedule_pdf", [found.slug], schedule),
    ):
        made = there.get(reverse(f"reports:{name}", args=parts)).content
        assert broken_rules(made) == []
        assert (Tagged(made).title, Tagged(made).tables_without_headings()) == (title, 0)
    answer = there.get(reverse("reports:round_schedule_xlsx", args=[found.slug]))
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content)))["Appointments"]
    headings = [cell.value for cell in sheet[1]]
    row = dict(zip(headings, [cell.value for cell in sheet[2]], strict=True))
    assert row["Body"] == SEDGE
    assert row["Since"].date() == date(2026, 5, 20)
    assert row["Named for this body"] == "Cllr G.H."


def test_the_page_of_an_entry_says_how_many_places_are_vacant(browse_as):
    town = make_filled()
    page = browse_as(make_user(Role.AUDITOR)).get(reverse("register:partnership", args=[town.body.reference]))
    assert "Places for the council 4 places" in page
    assert Partnership.objects.get(pk=town.body.pk).status == Status.OUTSIDE_BODY
