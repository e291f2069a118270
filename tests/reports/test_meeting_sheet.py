"""The sheet for a meeting: two pages that say where a partnership stands and what is likely to come up."""

from datetime import date

import pytest

from accounts.roles import Role
from appointments.models import Briefing
from approvals.models import Concern
from register.models import Action, Representative, Risk
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force
from tests.pdf import Tagged, broken_rules

pytestmark = pytest.mark.django_db
ADDRESS = "/partnerships/P-0001/meeting-sheet/"


@pytest.fixture
def entry():
    version, by = put_policy_in_force(), make_user(Role.REGISTER_MANAGER, name="T.W.")
    entry = make_partnership(
        by=by, name="Marsh Board", purpose="Keeps the sea out", lead_officer_name="D.F.", policy_version=version,
        next_review_on=date(2026, 12, 8), ends_on=date(2026, 12, 7),
    )  # fmt: skip
    make_contribution(entry, 1_200)
    Representative(partnership=entry, name="Cllr K.X.").keep(by=by)
    Representative(partnership=entry, is_vacant=True).keep(by=by)
    Risk(partnership=entry, note="The wall breaks", control="Looked at each month").keep(by=by)
    over = Risk(partnership=entry, note="Nobody pays")
    over.keep(by=by)
    over.close(on=date(2026, 10, 1), outcome="All paid", by=by)
    Action(partnership=entry, text="Write the plan", due_on=date(2026, 12, 7)).keep(by=by)
    Action(partnership=entry, text="Ask for money", due_on=date(2026, 12, 8)).keep(by=by)
    Action(partnership=entry, text="Done long ago", done_on=date(2026, 1, 1)).keep(by=by)
    return entry


def test_the_sheet_says_where_it_stands_and_what_may_come_up(entry, browse_as):
    # BRK-G12, BRK-E32, BRK-E33
    page = browse_as(Role.EXECUTIVE).get(f"{ADDRESS}2026-12-08/")

    assert page.heading == "Sheet for a meeting: Marsh Board"
    assert "For the council: Cllr K.X. " in page.words.replace("\n", " ") + " "
    assert "K.X.." not in page
    for said in ("Keeps the sea out", "Lead officer: D.F.", "£1,200", "The wall breaks", "Looked at each month"):
        assert said in page
    assert "Nobody pays" not in page
    assert "Done long ago" not in page
    rows = {row.th.text: row.select("td")[-1].text for row in page.select("tbody tr")}
    assert (rows["Write the plan"], rows["Ask for money"]) == ("Late by then", "Open")
    assert "Next review" in rows
    assert "It ends" not in rows, "That day is over before the meeting"


def test_a_concern_stands_in_the_sheet_of_whoever_may_read_it_and_of_nobody_else(entry, browse_as):
    raiser = make_user(Role.LEAD_OFFICER)
    Concern(
        reference="C-2026-001", partnership=entry, kind=Concern.Kind.CONCERN, what="The accounts are late",
        seriousness="serious", wanted="know", raised_by=raiser, raised_by_name=str(raiser), raised_at=entry.created_at,
    ).keep(by=raiser)  # fmt: skip

    assert "The accounts are late" in browse_as(raiser).get(f"{ADDRESS}2026-12-08/")
    assert "The accounts are late" not in browse_as(Role.LEAD_OFFICER).get(f"{ADDRESS}2026-12-08/")


def test_the_points_that_were_written_for_the_meeting_stand_first_in_its_sheet(entry, browse_as):  # BRK-G12, BRK-F13
    Briefing.write(
        entry, meeting_on=date(2026, 12, 8), by=make_user(), from_body="The wall at Sedge\nThe levy",
        from_council="Ask for the survey", council_role="We pay a third",
    )  # fmt: skip
    page = browse_as(Role.EXECUTIVE).get(f"{ADDRESS}2026-12-08/")
    for said in ("The wall at Sedge", "The levy", "Ask for the survey", "The council’s part: We pay a third"):
        assert said in page
    assert "The levy" not in browse_as(Role.EXECUTIVE).get(f"{ADDRESS}2026-12-09/"), "another meeting"


def test_on_paper_it_is_tagged_and_takes_two_pages_at_most(entry, browse_as):
    answer = browse_as(Role.EXECUTIVE).client.get(f"{ADDRESS}2026-12-08.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert broken_rules(answer.content) == []
    assert len(Tagged(answer.content).file.pages) <= 2


@pytest.mark.parametrize("said", ["8/12/26", "8 December 2026"])
def test_the_day_is_typed_as_people_write_it(entry, browse_as, said):
    assert browse_as(Role.EXECUTIVE).get(ADDRESS, {"on": said}).path == f"{ADDRESS}2026-12-08/"


@pytest.mark.parametrize(("said", "error"), [("", "Enter the day of the meeting"), ("soon", "Enter a date like")])
def test_a_day_that_is_none_is_asked_for_again(entry, browse_as, said, error):
    assert error in browse_as(Role.EXECUTIVE).get(ADDRESS, {"on": said})


def test_an_address_without_a_day_is_not_found(entry, browse_as):
    assert browse_as(Role.EXECUTIVE).client.get(f"{ADDRESS}tomorrow/").status_code == 404


@pytest.mark.parametrize("entries", [1, 12])
def test_the_sheet_asks_the_same_queries_however_much_there_is(entry, browse_as, django_assert_num_queries, entries):
    by = make_user(Role.REGISTER_MANAGER)
    for number in range(entries):
        Action(partnership=entry, text=f"Action {number}", owner=by).keep(by=by)
        Representative(partnership=entry, name=f"Cllr {number}").keep(by=by)
    person = browse_as(Role.EXECUTIVE).client
    person.get(f"{ADDRESS}2026-12-08/")

    with django_assert_num_queries(QUERIES):
        person.get(f"{ADDRESS}2026-12-08/")


QUERIES = 18  # session (4), person, roles, policy, entry, its latest assessment, six kinds of rows, concerns, points
