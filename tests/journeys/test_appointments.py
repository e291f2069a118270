"""A year of appointments in the browser: list, nominations, Annual Council, a resignation, Cabinet fills the place."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from appointments.models import Round
from register.models import Representative
from tests.appointments.making import SEDGE, YEARLY, Town
from tests.pdf import Tagged, broken_rules

pytestmark = pytest.mark.slow


def press(page: BrowserPage, name: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name, exact=True).click()


def fill_day(page: BrowserPage, legend: str, day: date) -> None:
    group = page.get_by_role("group", name=legend)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part).fill(str(value))


def says(page: BrowserPage, *sentences: str) -> None:
    for sentence in sentences:
        expect(page.locator("main")).to_contain_text(sentence, use_inner_text=True)


def download(page: BrowserPage, name: str) -> bytes:
    with page.expect_download(timeout=60_000) as waiting:
        page.locator("main").get_by_role("link", name=name, exact=True).click(no_wait_after=True, timeout=60_000)
    return Path(waiting.value.path()).read_bytes()


def test_a_year_of_appointments(page_as: Any) -> None:
    town, today = Town(places=1), timezone.localdate()
    page = page_as(town.manager, "/appointments/rounds/start/")

    page.get_by_label("Yearly Member appointments").check()
    fill_day(page, "Day of the meeting", today)
    press(page, "Start this round")
    made = download(page, "List for nominations as PDF")
    assert broken_rules(made) == []
    press(page, "Mark the list as sent")

    page.get_by_role("link", name="Nominations", exact=True).click()
    page.get_by_role("textbox", name="Nominations").fill("Airport Forum; Cllr A.B.")
    press(page, "Read the nominations")
    says(page, "Line 1: no body of this round is called “Airport Forum”.")
    page.get_by_role("textbox", name="Nominations").fill(f"{SEDGE}; Cllr A.B.; Group A\n{SEDGE}; Cllr C.D.; Group B")
    press(page, "Read the nominations")
    press(page, "Keep 2 nominations")
    says(page, f"Two people for one place on the {SEDGE}. Take one out or add a place.")

    found = Round.objects.get()
    page.goto(f"/appointments/rounds/{found.slug}/")
    press(page, "Close nominations")
    sheet = load_workbook(BytesIO(download(page, "Schedule as Excel")))["Appointments"]
    assert "Cllr A.B. and Cllr C.D." in [cell.value for cell in sheet[2]]
    page.get_by_role("link", name="What Council agreed").click()
    press(page, "See what follows")
    says(page, "Two people for one place")
    page.get_by_label("Cllr C.D.").uncheck()
    page.get_by_label("Minute reference").fill("AC 4/26")
    press(page, "See what follows")
    says(page, "Cllr A.B. comes")
    press(page, "Record 1 appointment")
    says(page, "1 appointment recorded")
    page.go_back()
    assert Representative.objects.get().name == "Cllr A.B."

    page.goto(f"/partnerships/{town.body.reference}/appointments/")
    says(page, "Cllr A.B.", "AC 4/26")
    page.get_by_role("link", name="End the appointment of Cllr A.B.").click()
    page.get_by_label("Why does it end?").fill("Resigned")
    press(page, "End the appointment")
    says(page, "The place is vacant and stands in the vacancies")
    page.goto("/vacancies/")
    says(page, SEDGE, "Vacant since")

    page.get_by_role("link", name=f"Appoint somebody to {SEDGE}").click()
    page.get_by_label("Name", exact=True).fill("Cllr E.F.")
    page.get_by_label("Vacancies and changes in between").check()
    page.get_by_label("Work together with others").check()
    fill_day(page, "Term ends on", today - timedelta(days=1))
    press(page, "Record the appointment")
    says(page, "The term ends before it starts. Enter a later day", "Say who was heard before, and when")
    fill_day(page, "Term ends on", today + timedelta(days=20))
    page.get_by_label("Who was heard before, and when").fill("Group Leaders, yesterday")
    page.get_by_label("Minute reference").fill("CAB 9/26")
    press(page, "Record the appointment")
    says(page, "Cllr E.F. sits on", "Cabinet", "Resigned", "in 20 days")
    assert Representative.objects.get().rule == YEARLY

    page.goto("/appointments/?state=ending")
    says(page, "Cllr E.F.")
    schedule = download(page, "Schedule as PDF")
    assert broken_rules(schedule) == []
    assert Tagged(schedule).title == "Schedule of appointments"
