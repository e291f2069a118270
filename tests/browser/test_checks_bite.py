"""What the looks at pages hold is held: each fault, put on an invented page, is found."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import assert_accessible, assert_no_sideways_scrolling, assert_whole_without_scripts

SMALL = "<button style='width: 12px; height: 12px; padding: 0; border: 0' aria-label='{}'></button>"
FAULTS: list[tuple[str, Callable[..., None], str]] = [
    ("<p><input name='cost'></p>", assert_accessible, "label: Form elements must have labels"),
    ("<p style='color: #999; background: #fff'>Pale words</p>", assert_accessible, "color-contrast"),
    (f"<p>{SMALL.format('Up')}{SMALL.format('Down')}</p>", assert_accessible, "target-size"),
    ("<p><a href='/help/'></a></p>", assert_accessible, "link-name"),
    ("<h4>A step down</h4>", assert_accessible, "heading-order"),
    ("<table style='width: 400px'><tr><td>Wide</td></tr></table>", assert_no_sideways_scrolling, "400px"),
    ("<p hidden>Only a script shows it</p>", assert_whole_without_scripts, "Only a script"),
    ("<p style='opacity: 0'>It fades in</p>", assert_whole_without_scripts, "It fades in"),
    ("<style>main { display: none }</style>", assert_whole_without_scripts, "Fens"),
]


def page_with(part: str) -> str:
    return (
        "<!doctype html><html lang='en'><title>Fens</title><meta name='viewport' content='width=device-width'>"
        f"<main><h1>Fens</h1><p>Drained since 1630.</p>{part}</main></html>"
    )


@pytest.mark.parametrize("width", [1280, 320])
def test_each_fault_of_a_page_is_found(page_as, width):
    scripted, plain = page_as(width=width), page_as(width=width, javascript=False)
    for page in (scripted, plain):
        page.goto("about:blank")  # for the site's own pages allow no style of their own
    for page, holds in (
        (scripted, assert_accessible),
        (scripted, assert_no_sideways_scrolling),
        (plain, assert_whole_without_scripts),
    ):
        page.set_content(page_with(""))
        holds(page)
    for part, holds, told in FAULTS:
        if holds is assert_no_sideways_scrolling and width > 400:
            continue
        page = plain if holds is assert_whole_without_scripts else scripted
        page.set_content(page_with(part))
        with pytest.raises((AssertionError, pytest.fail.Exception), match=told):
            holds(page)


@pytest.mark.parametrize(
    ("script", "event"),
    [
        ("console.error('It broke')", "console"),
        ("console.warn('It broke')", "console"),
        ("throw Error('It broke')", "pageerror"),
    ],
)
def test_what_a_page_writes_to_the_console_is_a_complaint(page_as, windows, script, event):
    page = page_as()
    page.goto("about:blank")
    with page.expect_event(event):
        page.set_content(page_with(f"<script>{script}</script>"))
    assert "It broke" in "".join(windows.complaints)
    windows.complaints.clear()


def test_a_style_that_the_site_does_not_allow_is_a_complaint(page_as, windows):
    page = page_as(None, "/help/")
    with page.expect_event("console"):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">Red</p>')")
    assert "Content Security Policy" in "".join(windows.complaints)
    windows.complaints.clear()
