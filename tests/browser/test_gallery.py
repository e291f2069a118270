"""Every component and every kind of field, with and without errors, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible, assert_no_sideways_scrolling, screenshot
from tests.page import faults


@pytest.fixture(autouse=True)
def _gallery(settings):
    settings.ROOT_URLCONF = "tests.browser.gallery"


@pytest.mark.parametrize("width", [1280, 320])
def test_all_of_it_is_accessible(page_as, width):
    page = page_as(None, "/gallery/", width=width)
    assert_accessible(page)
    assert_no_sideways_scrolling(page)
    screenshot(page, f"gallery-{width}")

    page.get_by_label("Yearly contribution").fill("12.5k")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert not faults(page.content())
    assert_accessible(page)
    assert_no_sideways_scrolling(page)
    screenshot(page, f"gallery-errors-{width}")

    page.get_by_role("link", name="Select the effect on the council").click()
    expect(page.get_by_role("radio", name="Low")).to_be_focused()
    page.get_by_role("link", name="Enter the end date").click()
    expect(page.get_by_label("Day")).to_be_focused()
    expect(page.get_by_text("Read as £12,500 a year")).to_be_visible()


def test_the_filter_is_closed_on_a_narrow_screen_only(page_as):
    assert page_as(None, "/gallery/").locator("details.app-filter").get_attribute("open") is not None
    assert page_as(None, "/gallery/", width=320).locator("details.app-filter").get_attribute("open") is None
    plain = page_as(None, "/gallery/", width=320, javascript=False)
    expect(plain.get_by_label("Name, partner or person")).to_be_visible()


def test_a_text_area_counts_down(page_as):
    page = page_as(None, "/gallery/")
    page.get_by_label("What it is for").fill("x" * 490)
    expect(page.get_by_text("You have 10 characters remaining").first).to_be_visible()


def test_paper_keeps_the_facts_and_leaves_the_buttons(page_as):
    page = page_as(None, "/gallery/")
    page.emulate_media(media="print")
    expect(page.locator(".app-facts")).to_be_visible()
    for gone in (".app-filter", ".app-chips", ".app-head__actions", ".govuk-breadcrumbs", ".govuk-pagination"):
        expect(page.locator(gone).first).to_be_hidden()
