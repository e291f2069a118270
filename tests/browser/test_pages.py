"""Each page of tests/browser/pages.py: accessible at both widths, no sideways scrolling, whole without scripts."""

import pytest

from tests.browser.conftest import assert_accessible, assert_no_sideways_scrolling, screenshot
from tests.browser.pages import PAGES, Look
from tests.page import faults


@pytest.mark.parametrize("look", PAGES, ids=lambda look: look.name)
def test_page(page_as, look: Look):
    path = look.path() if callable(look.path) else look.path
    who = look.who() if callable(look.who) and not isinstance(look.who, str) else look.who

    page = page_as(who)
    answer = page.goto(path)
    assert answer.status == look.status
    assert_accessible(page)
    screenshot(page, f"{look.name}-1280")

    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    assert_no_sideways_scrolling(page)
    assert_accessible(page)
    screenshot(page, f"{look.name}-320")

    plain = page_as(who if not isinstance(who, str) else None, javascript=False) if who is None else None
    html = page.request.get(path).text()
    assert not faults(html)
    if plain:
        plain.goto(path)
        assert plain.locator("h1").is_visible()
