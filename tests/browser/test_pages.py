"""Each page of tests/browser/pages.py: accessible at both widths, no sideways scrolling, whole without scripts."""

import pytest

from accounts.roles import Role
from tests.browser.conftest import (
    assert_accessible,
    assert_no_sideways_scrolling,
    assert_whole_without_scripts,
    screenshot,
)
from tests.browser.pages import FORM, PAGES, Look
from tests.browser.test_wrong_input import FORMS
from tests.factories import make_user
from tests.page import faults


@pytest.mark.parametrize("look", PAGES, ids=lambda look: look.name)
def test_page(page_as, look: Look):
    path = look.path() if callable(look.path) else look.path
    if isinstance(look.who, Role):
        who = make_user(look.who, password="a password of a test")
    else:
        who = look.who() if look.who else None

    page = page_as(who)
    assert page.goto(path).status == look.status
    has_form = page.evaluate("form => document.querySelector(form) !== null", FORM)
    assert (look.name in FORMS) == has_form, "Say in FORMS what becomes of this form sent empty"
    assert_accessible(page)
    screenshot(page, f"{look.name}-1280")

    page.set_viewport_size({"width": 320, "height": 640})
    assert_no_sideways_scrolling(page)
    assert_accessible(page)
    screenshot(page, f"{look.name}-320")

    plain = page_as(who, javascript=False, width=320)
    answer = plain.goto(path)
    assert not faults(answer.text())
    assert_whole_without_scripts(plain)
    assert_no_sideways_scrolling(plain)
