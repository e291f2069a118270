"""When a report was last made: kept for files, said in the list, on its page, and on Scrutiny's home."""

import os
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from config import words
from jobs.models import Job
from jobs.panels import the_machine
from reports.models import Making
from reports.panels import last_annual_report
from tests.factories import make_partnership, make_user, put_policy_in_force
from tests.reports.past import make_past

pytestmark = pytest.mark.django_db


@pytest.fixture
def past():
    return make_past()


def said(page, title):
    return [row.select_one("[data-label='Last made']").text for row in page.select("tbody tr") if row.th.text == title]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/reports/annual/2025-26.pdf", ("annual", "2025-26", "pdf")),
        ("/reports/annual/2025-26.xlsx", ("annual", "2025-26", "xlsx")),
        ("/reports/register.pdf", ("register", "", "pdf")),
        ("/reports/register.xlsx", ("register", "", "xlsx")),
        ("/reports/register.csv", ("register", "", "csv")),
        ("/reports/resources.pdf", ("resources", "", "pdf")),
        ("/appointments/schedule.pdf", ("appointments", "", "pdf")),
        ("/appointments/schedule.xlsx", ("appointments", "", "xlsx")),
    ],
)
def test_making_a_file_is_kept_with_who_made_it(past, browse_as, path, kept):
    person = make_user(Role.SCRUTINY, name="Cllr S.C.")
    answer = browse_as(person).client.get(path)
    b"".join(answer.streaming_content) if answer.streaming else answer.content
    making = Making.objects.get()
    assert (making.report, making.period, making.form) == kept
    assert making.made_by == "Cllr S.C."


def test_a_page_and_a_period_that_there_is_not_leave_nothing(past, browse_as):
    there = browse_as(Role.SCRUTINY)
    there.get("/reports/annual/2025-26/")
    there.client.get("/reports/annual/1999-00.pdf")
    assert not Making.objects.exists()


def test_the_list_and_the_page_of_a_report_say_when_it_was_last_made(past, browse_as, tmp_path):
    there = browse_as(Role.MANAGEMENT_TEAM)
    assert said(there.get("/reports/"), "Annual review of the register") == ["Not yet"]
    call_command("annual_report", year="2025-26", format="xlsx", output=tmp_path / "made.xlsx", verbosity=0)
    day = words.short_day(timezone.now())
    page = there.get("/reports/")
    assert said(page, "Annual review of the register") == [f"2025–26, on {day} by the annual_report command"]
    assert set(said(page, "Partnership register")) == {"Not yet"}
    assert said(page, "Cabinet proposal") == ["For each case"]
    assert said(there.get("/reports/annual/"), "2025–26") == [f"{day}, by the annual_report command"]
    assert said(there.get("/reports/annual/"), "2024–25") == ["Not yet"]


def test_the_same_period_made_again_takes_the_place_of_the_time_before():
    for by in ("A.B.", "C.D."):
        Making.note("annual", "2025-26", form="pdf", by=by)
    assert Making.objects.get().made_by == "C.D."
    assert Making.last()["annual"].made_by == "C.D."


def test_scrutiny_finds_the_report_on_the_last_whole_year_at_home(past, browse_as):
    """HAR-G03, BRK-F24."""
    there = browse_as(Role.SCRUTINY)
    page = there.get("/")
    heading = page.find("h2", string="Annual report")
    links = [link["href"] for link in heading.find_next("ul").select("a")]
    assert links == ["/reports/annual/2025-26/", "/reports/annual/2025-26.pdf"]
    assert "Not made as a file yet" in page
    Making.note("annual", "2025-26", form="pdf", by="T.W.")
    assert "by T.W." in there.get("/")
    assert last_annual_report(make_user(Role.AUDITOR), date(2026, 11, 21)) is None


def test_scrutiny_of_an_empty_register_is_told_so(browse_as):
    put_policy_in_force()
    assert "there is no annual report yet" in browse_as(Role.SCRUTINY).get("/")


def test_an_administrator_sees_what_the_machine_does_for_two_queries(browse_as):
    administrator = make_user(Role.ADMINISTRATOR)
    ago = timezone.now() - timedelta(minutes=11)
    Job.objects.create(kind="report-pdf", title="A report", asked_by=administrator, asked_at=ago)
    with CaptureQueriesContext(connection) as queries:
        panel = the_machine(administrator, timezone.localdate())
    assert len(queries) <= 3  # with the roles
    assert [line.words for line in panel.lines][:2] == ["1 job waiting, 0 being made", "No worker seems to run"]
    assert "Database: " in panel.lines[2].words
    page = browse_as(administrator).get("/")
    assert "The machine" in page
    assert "The machine" not in browse_as(Role.REGISTER_MANAGER).get("/")


def test_an_administrator_sees_when_the_register_was_last_backed_up(settings, tmp_path):
    administrator = make_user(Role.ADMINISTRATOR)

    def last():
        return the_machine(administrator, timezone.localdate()).lines[-1]

    assert last().words == "Last backup: not known here"
    settings.BACKUPS = str(tmp_path)
    assert (last().words, last().is_late) == ("No backup has been made", True)
    for name, days in (("tuesday.dump", 3), ("wednesday.dump", 2.5)):
        (tmp_path / name).touch()
        at = (timezone.now() - timedelta(days=days)).timestamp()
        os.utime(tmp_path / name, (at, at))
    made = timezone.localtime(timezone.now() - timedelta(days=2.5))
    assert (last().words, last().is_late) == (f"Last backup: {words.moment(made)}", True)
    (tmp_path / "thursday.dump").touch()
    assert not last().is_late
    settings.BACKUPS = str(tmp_path / "gone")
    assert last().words == "Last backup: nothing can be read"


def test_a_report_is_made_last_whatever_its_period(past):
    make_partnership()
    Making.note("planning", "2026-27", form="pdf", by="A.B.", at=timezone.now() - timedelta(days=1))
    Making.note("planning", "2025-26", form="pdf", by="C.D.")
    assert Making.last()["planning"].period == "2025-26"
