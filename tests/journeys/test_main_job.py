"""The main job, through the pages alone: a legacy spreadsheet becomes an assessed, explained register.

Each person signs in on the sign-in page, as in the demonstration. What the pages say stands here in the words that
a reader of the policy expects.
"""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as BrowserPage

from accounts.demo import PASSWORD
from tests.browser.conftest import assert_no_sideways_scrolling, screenshot
from tests.pdf import Tagged, broken_rules

SPREADSHEET = settings.BASE_DIR / "fixtures" / "legacy" / "breckland-style-register.xlsx"
ENTRY = "CCTV Partnership (Saltmere, Thornmarsh and Eelby)"
SENTENCE = "£100,001 a year is above £100,000."
NEAREST = "It would be Medium at £100,000 or less."
WHY_CHANGED = "Invoice of the control room for 2026"
WHY_OVERALL = "The three towns pay half of it back"
LATER = {"Is it a partnership?", "Ratings between two levels"}


@pytest.fixture
def sign_in(page_as: Callable[..., BrowserPage]) -> Callable[..., BrowserPage]:
    """`sign_in("lead.officer")`: a browser in which that person of the demonstration has signed in by the page."""

    def come_in(who: str, **wishes: Any) -> BrowserPage:
        page = page_as(None, "/sign-in/", **wishes)
        page.get_by_label("E-mail address").fill(f"{who}@demo.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator("h1")).not_to_have_text("Sign in")
        return page

    return come_in


def look(page: BrowserPage, name: str) -> None:
    """Hold a page on the way to 320 px: nothing stands out to the right; and keep a picture where one is wanted."""
    screenshot(page, f"journey-{name}")
    wide = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert_no_sideways_scrolling(page)
    page.set_viewport_size(wide or {"width": 1280, "height": 900})


def press(page: BrowserPage, name: str) -> None:
    """Press a button of the page, and wait for the page that follows."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name, exact=True).click()


def follow(page: BrowserPage, name: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=name).first.click()


def find(page: BrowserPage, words: str) -> None:
    page.get_by_role("searchbox").first.fill(words)
    with page.expect_navigation():
        page.get_by_role("search").get_by_role("button", name="Find").click()


def main_of(page: BrowserPage) -> str:
    return re.sub(r"\s+", " ", page.locator("main").inner_text())


def says(page: BrowserPage, *sentences: str) -> None:
    for sentence in sentences:
        expect(page.locator("main")).to_contain_text(sentence, use_inner_text=True)


def question_of(page: BrowserPage) -> str:
    """The kind of question that is open, as the list at the left names it."""
    return page.get_by_role("navigation", name="Questions").locator("[aria-current=step]").inner_text().strip()


def row_of(page: BrowserPage, words: str) -> Locator:
    return page.locator("main tr", has=page.get_by_role("rowheader", name=words))


def download(page: BrowserPage, name: str) -> bytes:
    with page.expect_download(timeout=60_000) as waiting:
        page.locator("main").get_by_role("link", name=name, exact=True).click(no_wait_after=True, timeout=60_000)
    return Path(waiting.value.path()).read_bytes()


def upload(page: BrowserPage) -> None:
    page.get_by_role("link", name="Import", exact=True).click()
    press(page, "Import a spreadsheet")
    page.get_by_label("Spreadsheet").set_input_files(SPREADSHEET)
    press(page, "Read the file")
    expect(page.locator("h1")).to_have_text("Columns of the spreadsheet")
    says(page, "65 rows")


def answer_the_questions(page: BrowserPage) -> list[str]:
    """Use the suggestion for each kind of cell, answer where there is none, leave some; return what was left."""
    left = []
    while not page.url.endswith("/preview/"):
        kind = question_of(page)
        if kind == "Nearly the same name":
            page.get_by_label("Different: keep both").check()
            press(page, "Save and go on")
        elif kind == "Ranges of money":  # nothing is suggested: the answer is chosen
            page.get_by_label("£12,500 a year").check()
            press(page, "Save and go on")
        elif kind == "To be confirmed" and page.get_by_role("link", name="one by one").count():
            look(page, "question-without-suggestion")
            follow(page, "Answer the 2 cells one by one instead")
            look(page, "one-by-one")
            page.get_by_label("Another value, as you would type it into the cell").first.fill("£2,400")
            press(page, "Save and go on")
        elif kind in LATER or not page.locator("button[value=suggestion]").count():
            left.append(kind)
            follow(page, "Answer later")
        else:
            with page.expect_navigation():
                page.locator("button[value=suggestion]").click()
    return left


@pytest.mark.slow
def test_main_job(sign_in: Callable[..., BrowserPage]) -> None:
    call_command("load_demo", stdout=io.StringIO())
    admin = sign_in("administrator")
    import_the_spreadsheet(admin)
    manager = sign_in("register.manager")
    give_to_the_lead_officer(manager)
    officer = sign_in("lead.officer")
    correct_the_contribution(officer)
    assess(officer)
    read_the_history(officer)
    take_the_high_risks_away(manager)
    see_why_it_cannot_be_undone(admin)


def import_the_spreadsheet(page: BrowserPage) -> None:
    """The administrator brings the spreadsheet in."""
    look(page, "home-administrator")
    upload(page)
    look(page, "columns")
    press(page, "Save and go on")
    look(page, "question")
    left = answer_the_questions(page)
    assert set(left) >= LATER
    expect(page.locator("h1")).to_have_text("Preview")

    repair = row_of(page, "J73")
    expect(repair).to_contain_text("12,5000")
    repair.get_by_label("What J73 should hold").fill("12,500")
    repair.get_by_role("button", name="Save J73").click()
    says(page, "J73 is read again")
    expect(page.get_by_label("What J73 should hold")).to_have_count(0)
    look(page, "preview")

    press(page, "Import 64 partnerships")
    says(page, "64 partnerships imported", "Still unanswered", "'L/M' lies between two ratings")
    look(page, "done")


def give_to_the_lead_officer(page: BrowserPage) -> None:
    """The register manager gives one entry to its lead officer."""
    look(page, "home-page")
    find(page, "CCTV")
    look(page, "list")
    expect(row_of(page, ENTRY)).to_contain_text("Not known")
    row_of(page, ENTRY).get_by_role("checkbox").check()
    press(page, "Change the selected entries")
    page.get_by_label("Lead officer").check()
    look(page, "bulk-field")
    press(page, "Go on")
    page.locator("main select").select_option(label="D.F.")
    page.get_by_label("Why do you change it?").fill("He looks after the control room")
    look(page, "bulk-value")
    press(page, "Look at what changes")
    look(page, "bulk-preview")
    press(page, "Change 1 entry")
    says(page, "1 entry changed")


def correct_the_contribution(page: BrowserPage) -> None:
    """The lead officer corrects the contribution, and sees what follows before it is saved."""
    says(page, f"Annual review: {ENTRY}")
    look(page, "home-lead-officer")
    page.get_by_role("link", name=ENTRY, exact=True).first.click()
    expect(page.locator("h1")).to_have_text(ENTRY)
    says(page, "£61,250", "from the old register")
    look(page, "overview")
    page.get_by_role("link", name="Money and time", exact=True).first.click()
    look(page, "money")
    page.get_by_role("link", name="Change 2026 to 2027").click()
    page.get_by_label("Amount").fill("a lot")
    press(page, "Go on")
    expect(page.locator(".govuk-error-summary")).to_contain_text("pounds")
    expect(page.get_by_label("Amount")).to_have_value("a lot")
    look(page, "change-money-wrong")
    page.get_by_label("Amount").fill("£100,001")
    press(page, "Go on")
    expect(page.locator("h1")).to_have_text("What changes")
    says(page, "£61,250", "£100,001", f"Risk criterion 1 becomes High: {SENTENCE}")
    page.get_by_label("Why do you change this?").fill(WHY_CHANGED)
    look(page, "what-changes")
    press(page, "Save 1 change")
    says(page, "Amount changed", f"Risk criterion 1 becomes High: {SENTENCE.rstrip('.')}")
    look(page, "money-changed")


def assess(page: BrowserPage) -> None:
    """The assessment: figures decide the first criterion, the person the others and the overall level."""
    page.get_by_role("link", name="Assessment", exact=True).first.click()
    criterion = row_of(page, "Council resource contribution")
    expect(criterion).to_contain_text("High")
    expect(criterion).to_contain_text(SENTENCE)
    expect(criterion).to_contain_text(NEAREST)
    look(page, "assessment-by-figures")
    press(page, "Start the assessment")
    judge(page, "High")
    look(page, "judge-risk")
    press(page, "Save and go on")
    says(page, "The policy suggests High")
    page.get_by_role("radio", name="Medium").check()
    press(page, "Save and go on")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Say why you chose Medium: the policy suggests High")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_role("radio", name="Medium")).to_be_checked()
    look(page, "overall-without-reason")
    page.get_by_label("Why does your level differ?").fill(WHY_OVERALL)
    press(page, "Save and go on")
    judge(page, "High")
    press(page, "Save and go on")
    page.get_by_role("radio", name="High").check()
    press(page, "Save and go on")
    expect(page.locator("h1")).to_have_text("Check and complete")
    says(page, "Overall risk in the register becomes Medium, now Low", SENTENCE)
    look(page, "check")
    press(page, "Complete the assessment")
    says(page, "is complete: Medium risk and High value", WHY_OVERALL, SENTENCE, NEAREST)
    look(page, "assessment-complete")


def read_the_history(page: BrowserPage) -> None:
    """The history tells all of it in words."""
    page.get_by_role("link", name="History", exact=True).first.click()
    says(
        page,
        f"{ENTRY} put on the register by K.B., because “Imported from {SPREADSHEET.name}",
        "Lead Officer set to D.F., Planning Policy Manager by T.W., because “He looks after the control room”",
        f"Contribution 2026 to 2027: Amount changed from £61,250 to £100,001 by D.F., because “{WHY_CHANGED}”",
        "Overall risk changed from Low to Medium by D.F., because “Assessment",
        f"the policy suggests High, Medium was chosen: {WHY_OVERALL}”",
    )
    look(page, "history")


def take_the_high_risks_away(page: BrowserPage) -> None:
    """The register manager filters to High risk and takes the list away."""
    page.get_by_role("link", name="Register", exact=True).first.click()
    page.get_by_role("link", name=re.compile(r"Clear all filters")).click()
    page.get_by_label(re.compile(r"^High \(")).first.check()
    press(page, "Apply filters")
    look(page, "list-high")
    high = int(re.search(r"(\d+) partnerships? ·", main_of(page)).group(1))  # type: ignore[union-attr]
    assert high > 10
    expect(page.locator("main tbody").get_by_text("CCTV Partnership")).to_have_count(0)

    book = openpyxl.load_workbook(io.BytesIO(download(page, "Excel")))
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    place, head = next((number, row) for number, row in enumerate(rows) if "Risk" in row)
    listed = [row for row in rows[place + 1 :] if row[head.index("Partnership")]]
    assert [row[head.index("Risk")] for row in listed[:high]] == ["High"] * high

    paper = download(page, "PDF")
    assert broken_rules(paper) == []
    tagged = Tagged(paper)
    assert tagged.language.startswith("en")
    names = {str(row[head.index("Partnership")]) for row in listed[:high]}
    assert names <= {bookmark.strip() for bookmark in tagged.bookmarks()}


def see_why_it_cannot_be_undone(page: BrowserPage) -> None:
    """Undoing is refused, by name, for the entry that was changed."""
    page.goto("/imports/")
    follow(page, SPREADSHEET.name)
    says(page, "cannot be undone", f"{ENTRY} was changed since by D.F.")
    expect(page.locator("main").get_by_role("link", name="Undo this import")).to_have_count(0)
    look(page, "undo-refused")


def judge(page: BrowserPage, level: str) -> None:
    """Choose one level for every criterion of the page that a person judges."""
    page.locator("main fieldset").filter(has=page.get_by_role("radio", name=level)).first.wait_for()
    for group in page.locator("main fieldset").all():
        group.get_by_role("radio", name=re.compile(rf"^{level}\b")).check()


@pytest.mark.slow
def test_key_steps_without_scripts(sign_in: Callable[..., BrowserPage]) -> None:
    call_command("load_demo", stdout=io.StringIO())
    page = sign_in("register.manager", javascript=False)

    upload(page)
    press(page, "Save and go on")
    assert question_of(page).startswith("A column with two meanings")
    press(page, "Save and go on")
    says(page, "Select an answer, or choose “Answer later”")
    page.get_by_label("Next annual review").check()
    press(page, "Save and go on")
    assert question_of(page).startswith("A column without a field")
    page.get_by_role("link", name="breckland-style-register.xlsx").click()
    expect(page.locator("h1")).to_have_text("Preview")
    press(page, "Import 64 partnerships")
    says(page, "64 partnerships imported", "entries have no lead officer")

    find(page, "CCTV")
    follow(page, ENTRY)
    page.get_by_role("link", name="Money and time", exact=True).first.click()
    page.get_by_role("link", name="Change 2026 to 2027").click()
    page.get_by_label("Amount").fill("100.001k")
    press(page, "Go on")
    says(page, "£61,250", "£100,001", f"Risk criterion 1 becomes High: {SENTENCE}")
    press(page, "Save 1 change")
    says(page, "Amount changed")
    page.get_by_role("link", name="Assessment", exact=True).first.click()
    expect(row_of(page, "Council resource contribution")).to_contain_text(SENTENCE)
    look(page, "without-scripts")
