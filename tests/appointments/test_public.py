"""The public page of appointments, where the policy opens it; and terms as an import brings them."""

from datetime import date

import pytest
from django.urls import reverse

from register import import_service
from register.models import Partnership
from tests.appointments.making import Town
from tests.factories import make_import, make_user, put_policy_in_force
from tests.register.test_import_commit import expected

pytestmark = pytest.mark.django_db
PAGE, FILE = "reports:public_appointments", "reports:public_appointments_csv"


def _redditch() -> Town:
    town = Town("redditch", places=3, rule="red-appointments-members")
    member, officer, _ = town.places()
    told = {"starts_on": date(2026, 5, 20), "ends_on": None, "interests": "Owns land there", "minute": "EX 1/26"}
    account = make_user(name="Cllr A.B.", email="ab@example.org")
    town.appoint("=Cllr A.B.", place=member, rule="red-appointments-members", user=account, **told)
    town.appoint("D.F.", place=officer, rule="red-appointments-officers", **told)
    return town


def test_the_public_reads_members_by_name_and_officers_by_their_part(browse_as):  # RED-I08, DEF-06
    _redditch()
    page = browse_as().get(reverse(PAGE))
    assert page.status == 200
    rows = [row.text for row in page.select("tbody tr")]
    assert len(rows) == 3
    assert any("Cllr A.B." in row for row in rows)
    for hidden in ("D.F.", "ab@example.org", "Owns land there", "EX 1/26"):
        assert hidden not in page.html


def test_the_public_file_holds_the_same_and_no_formula(browse_as):
    _redditch()
    said = b"".join(browse_as().client.get(reverse(FILE)).streaming_content).decode()
    assert said.splitlines()[0].lstrip("\ufeff") == "Body,Kind of body,Who,Since,Until,Appointed by,Term,Capacity"
    assert "'=Cllr A.B." in said
    assert "2026-05-20" in said
    assert "Owns land there" not in said


@pytest.mark.parametrize("name", [PAGE, FILE])
def test_where_the_policy_keeps_the_register_to_itself_there_is_no_public_page(browse_as, name):  # BRK-I09
    Town()
    assert browse_as().client.get(reverse(name)).status_code == 404


def test_an_import_gives_a_term_that_the_policy_knows_by_its_name_and_leaves_others_as_written():
    put_policy_in_force()
    import_service.commit(make_import(expected("outside-bodies")), by=make_user())
    terms = {
        place.term for body in Partnership.objects.filter(status="outside_body") for place in body.representatives.all()
    }
    assert {"annual", "four-years", "3 years"} <= terms
    assert "1 year" not in terms
