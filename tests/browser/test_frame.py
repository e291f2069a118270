"""The frame in use: by keyboard, after a wrong try, on a narrow screen."""

import re

from playwright.sync_api import expect

from accounts.roles import Role
from tests.factories import make_partnership, make_user, put_policy_in_force

PASSWORD = "a password of a test"


def test_the_keyboard_skips_to_the_main_part_first(page_as):
    page = page_as(Role.AUDITOR, "/help/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def test_a_wrong_try_leads_to_the_summary_and_on_to_the_field(page_as):
    page = page_as(None, "/sign-in/")
    page.get_by_label("E-mail address").fill("d.f")
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_title(re.compile("^Error: Sign in – "))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter an e-mail address like").click()
    expect(page.get_by_label("E-mail address")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value("d.f")


def test_the_password_can_be_shown(page_as):
    page = page_as(None, "/sign-in/")
    field = page.locator("#id_password")
    field.fill("secret")
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")


def test_signing_in_and_out_without_scripts(page_as):
    person = make_user(Role.LEAD_OFFICER, name="D.F.", password=PASSWORD)
    page = page_as(None, "/account/password/", javascript=False)
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Change your password")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/account/password/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_text_at_twice_its_size_still_fits(page_as):
    page = page_as(Role.LEAD_OFFICER, "/help/lead-officer/", width=640)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_paper_leaves_the_menu_out_and_says_the_date(page_as):
    page = page_as(Role.LEAD_OFFICER, "/help/lead-officer/")
    page.emulate_media(media="print")
    expect(page.locator(".govuk-service-navigation")).to_be_hidden()
    expect(page.locator(".govuk-footer")).to_be_hidden()
    expect(page.get_by_text("Printed on")).to_be_visible()


def test_a_question_that_another_answer_makes_needless_goes_out_of_sight(page_as):
    put_policy_in_force()
    entry = make_partnership()
    address = f"/partnerships/{entry.reference}/details/identity/change/"
    page = page_as(Role.REGISTER_MANAGER, address)
    expect(page.get_by_label("Which law")).to_be_hidden()

    page.get_by_role("group", name="Required by law").get_by_label("Yes").check()
    expect(page.get_by_label("Which law")).to_be_visible()

    plain = page_as(Role.REGISTER_MANAGER, address, javascript=False)
    expect(plain.get_by_label("Which law")).to_be_visible()
