"""Reports back from representatives, and briefings before a meeting."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from appointments.models import Briefing, ReportBack
from tests.appointments.making import Town
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _day(day: date) -> dict[str, int]:
    return {"meeting_on_0": day.day, "meeting_on_1": day.month, "meeting_on_2": day.year}


def test_a_representative_reports_back_and_others_cannot(browse_as):  # BRK-F14, BRK-E34
    town, today = Town(), timezone.localdate()
    member = make_user(Role.SCRUTINY, name="Cllr A.B.")
    place = town.appoint("Cllr A.B.", user=member)
    address = reverse("appointments:report_back", args=[town.body.reference])
    given = {"place": place.pk, "text": "The levy rises by 2%."}

    page = browse_as(member).post(address, given | _day(today + timedelta(days=1)))
    assert page.errors == ["Enter today or an earlier day"]
    page = browse_as(member).post(address, given | _day(today))
    assert page.banner == "Your report stands on the page of the body"
    assert "The levy rises by 2%." in page
    assert ReportBack.objects.get().name == "Cllr A.B."
    assert browse_as(Role.SCRUTINY).get(address).status == 404


def test_the_next_report_is_due_as_the_programme_says(browse_as):
    town = Town()
    town.body.change({"reporting_frequency": "monthly"}, by=town.manager)
    town.appoint("Cllr A.B.", starts_on=date(2026, 10, 31))
    assert "The next is due: 30 Nov 2026" in browse_as(Role.AUDITOR).get(
        reverse("appointments:of_body", args=[town.body.reference])
    )


def test_a_briefing_is_written_before_a_meeting_and_again_in_place_of_the_first(browse_as):  # BRK-F13, BRK-G12
    town = Town()
    town.appoint("Cllr A.B.", agreed_roles=["report-to-council"])
    there = browse_as(town.manager)
    address = reverse("appointments:write_briefing", args=[town.body.reference])
    page = there.post(address, {"from_body": "The levy."} | _day(date(2026, 12, 8)))
    assert page.banner == "The points for 8 December 2026 are kept. Print them from here"
    assert "Cllr A.B. : Report to the Council" in page or "Cllr A.B.: Report to the Council" in page
    there.post(address, {"from_body": "The levy and the pump."} | _day(date(2026, 12, 8)))
    assert Briefing.objects.get().from_body == "The levy and the pump."
    assert Briefing.history.count() == 2
