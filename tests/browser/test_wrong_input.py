"""Every form sent empty and with nonsense: errors stand above, lead to their fields, and keep what was typed."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from accounts.models import User
from accounts.roles import Role
from tests.appointments import appointment_pages
from tests.approvals import change_pages, concern_pages, desk_pages, meeting_pages, send_up_pages
from tests.browser.conftest import assert_accessible, assert_no_sideways_scrolling
from tests.browser.pages import PAGES, form_of
from tests.exits import exit_pages
from tests.factories import make_user
from tests.forms import form_on
from tests.page import Page, faults
from tests.register import action_pages
from tests.reports import report_pages
from tests.reviews import review_pages

NONSENSE = "¿?"
Answer = Literal["refused", "taken"]

# Each page with a form: what becomes of it empty, and with nonsense in its fields. Where any text will do, it is taken.
# tests/browser/test_pages.py holds that no form is missing here.
FORMS: dict[str, tuple[Answer, Answer | None]] = {
    **meeting_pages.FORMS,
    **report_pages.FORMS,
    "agreement-agree": ("refused", "refused"),
    "agreement-heading": ("taken", "taken"),
    "agreement-sign": ("refused", "refused"),
    "assessment-challenge": ("refused", "taken"),
    "assessment-challenge-overall": ("refused", "taken"),
    "assessment-judge": ("taken", "taken"),
    "assessment-overall": ("refused", "taken"),
    "assessment-thread": ("refused", "taken"),
    "change-password": ("refused", "refused"),
    "deputies": ("refused", "refused"),
    "import-columns": ("taken", "taken"),
    "import-preview": ("refused", None),  # the answer would be read with the file, which the made-up import has not
    "import-question": ("refused", None),  # the same
    "import-question-file": ("refused", "refused"),
    "import-upload": ("refused", "refused"),
    "judge-new-version": ("taken", "taken"),
    "my-account-change": ("refused", "taken"),
    "new-password": ("refused", "refused"),
    "not-found": ("taken", "taken"),
    "partnership-add-document": ("refused", "refused"),
    "partnership-add-representative": ("refused", "refused"),
    "partnership-change": ("refused", "refused"),
    "partnership-change-money": ("refused", "refused"),
    "partnership-document-files": ("refused", "refused"),
    "partnership-move": ("refused", "refused"),
    "partnership-propose": ("refused", "taken"),
    "partnership-take-out": ("refused", "taken"),
    "policy-compare": ("taken", "taken"),
    "policy-compare-error": ("taken", "taken"),
    "questionnaire-changes": ("taken", "taken"),
    "questionnaire-part": ("taken", "refused"),
    "questionnaire-beside-last-year": ("taken", "refused"),
    "questionnaire-rows": ("taken", "refused"),
    "questionnaire-similar": ("taken", "refused"),
    "register": ("taken", "taken"),
    "register-change-many": ("refused", "refused"),
    "register-change-many-value": ("refused", "refused"),
    "register-columns": ("taken", "taken"),
    "register-save-view": ("refused", "taken"),
    "request-dispensation": ("refused", "taken"),
    "request-interest": ("refused", "taken"),
    "request-route": ("refused", "refused"),
    "request-step": ("refused", "taken"),
    "request-step-changed": ("refused", "taken"),
    "request-why": ("refused", "taken"),
    "request-withdraw": ("refused", "taken"),
    "requests": ("taken", "taken"),
    "requests-none": ("taken", "taken"),
    "risk-change": ("refused", "refused"),
    "risk-close": ("refused", "taken"),
    "risk-rate": ("refused", "refused"),
    "risk-reopen": ("refused", "taken"),
    "screening": ("refused", "refused"),
    "significance": ("refused", "refused"),
    "sign-in": ("refused", "refused"),
    "sign-in-again": ("refused", "refused"),
    "sign-in-demonstration": ("refused", "refused"),
    "user-add": ("refused", "refused"),
    "user-change": ("refused", "refused"),
    "user-close": ("refused", "taken"),
    "user-role-add": ("refused", "refused"),
    "user-role-end": ("refused", "refused"),
    **action_pages.FORMS,
    **concern_pages.FORMS,
}

FORMS |= appointment_pages.FORMS
FORMS |= exit_pages.FORMS
FORMS |= change_pages.FORMS
FORMS |= review_pages.FORMS
FORMS |= desk_pages.FORMS
FORMS |= send_up_pages.FORMS

WRITE = """(form, text) => {
  for (const field of form.querySelectorAll('input, textarea, select')) {
    if (['hidden', 'file', 'submit'].includes(field.type)) continue;
    if (['radio', 'checkbox'].includes(field.type)) { if (!text) field.checked = false; continue; }
    if (field.matches('select')) { if (!text && field.querySelector('option[value=""]')) field.value = ''; continue; }
    field.value = field.maxLength > 0 ? text.slice(0, field.maxLength) : text;
  }
}"""
WRITTEN = """form => Object.fromEntries([...form.querySelectorAll('input[type=text], input:not([type]), textarea')]
  .filter(field => field.name).map(field => [field.name, field.value]))"""

# Each kind of form also in a browser: where the errors lead to is its business.
IN_A_BROWSER = (
    "assessment-challenge",
    "import-upload",
    "partnership-change",
    "questionnaire-part",
    "request-step",
    "sign-in",
)
# Empty: nothing ticked, written or chosen. Nonsense: the same words in every field that takes words.
TRIED = [(name, typed) for name, (_, nonsense) in FORMS.items() for typed in ("", NONSENSE) if nonsense or not typed]


def ids_of(tried: list[tuple[str, str]]) -> list[str]:
    return [f"{name}-{'nonsense' if typed else 'empty'}" for name, typed in tried]


def opened(name: str) -> tuple[User | None, str]:
    """The person and the page of a form, as tests/browser/pages.py makes them."""
    look = next(look for look in PAGES if look.name == name)
    path = look.path() if callable(look.path) else look.path
    if isinstance(look.who, Role):
        return make_user(look.who, password="a password of a test"), path
    return (look.who() if look.who else None), path


@pytest.mark.slow
@pytest.mark.parametrize(("name", "typed"), TRIED, ids=ids_of(TRIED))
def test_a_wrong_answer_is_said_and_what_was_typed_is_kept(browse_as: Any, name: str, typed: str) -> None:
    who, path = opened(name)
    browsing = browse_as(who)
    form = form_on(browsing.get(path))
    assert form is not None
    form.write_everywhere(typed)

    answer = form.send(browsing)

    assert ("refused" if answer.errors else "taken") == FORMS[name][bool(typed)]
    if answer.errors:
        assert answer.title.get_text(strip=True).startswith("Error: ")
        for link in answer.select(".govuk-error-summary li a"):
            _assert_can_be_reached(answer, str(link["href"]).removeprefix("#"))
        again = form_on(answer)
        assert again is not None
        assert again.written().items() >= form.written().items()


def _assert_can_be_reached(page: Page, place: str) -> None:
    found = page.find(id=place)
    assert found is not None, f"{page.path}: an error leads to #{place}, which is not on the page"
    is_field = found.name in {"input", "textarea", "select", "button", "a"}
    assert is_field or found.has_attr("tabindex"), f"{page.path}: #{place} cannot take the focus: {str(found)[:120]}"
    shut = [each for each in found.find_parents("details") if not each.has_attr("open")]
    assert not shut, f"{page.path}: #{place} stands in a closed box"


SHOWN = [(name, typed) for name, typed in TRIED if name in IN_A_BROWSER]


@pytest.mark.parametrize(("name", "typed"), SHOWN, ids=ids_of(SHOWN))
def test_a_wrong_answer_leads_to_what_is_wrong(page_as: Any, name: str, typed: str) -> None:
    who, path = opened(name)
    page = page_as(who, path)
    form = form_of(page)
    form.evaluate(WRITE, typed)
    written = form.evaluate(WRITTEN)

    with page.expect_navigation():
        form.locator("button.govuk-button:not(.govuk-password-input__toggle)").first.click()

    summary = page.locator(".govuk-error-summary")
    assert ("refused" if summary.count() else "taken") == FORMS[name][bool(typed)]
    if summary.count():
        assert_accessible(page)
        _assert_errors_lead_to_their_fields(page)
        assert form_of(page).evaluate(WRITTEN).items() >= written.items()
        page.set_viewport_size({"width": 320, "height": 640})
        assert_no_sideways_scrolling(page)


def _assert_errors_lead_to_their_fields(page: BrowserPage) -> None:
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Error: ")
    assert not faults(page.content())
    for line in page.locator(".govuk-error-summary li").all():
        link = line.locator("a")
        link.click()
        expect(page.locator(f"[id='{str(link.get_attribute('href')).removeprefix('#')}']")).to_be_focused()
