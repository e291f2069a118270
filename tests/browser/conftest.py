"""Tests in a real browser, against the site as it is served."""

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page as BrowserPage

from accounts.models import User
from accounts.roles import Role
from tests.factories import make_user

# Playwright keeps an event loop in the test's thread, which Django would take for an asynchronous program.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A page with this in it goes on asking the server by itself, as that of a job under way does.
ASKS_AGAIN = "document.querySelector('[data-hx-trigger*=every], meta[http-equiv=refresh]') !== null"
# What is out of sight on purpose: what opens without a script, is drawn, is for paper, is a button that only a script
# makes useful, or is said in a box on a narrow screen.
OUT_OF_SIGHT = (
    "details:not([open]), select, datalist, svg, .app-print-only, button[hidden][type=button], .app-beside__last"
)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail(
            "Chromium is missing. Type: apt-get install -y chromium (or set CHROMIUM to its path)", pytrace=False
        )
    if not (settings.BASE_DIR / "static" / "built" / "app.css").exists():
        pytest.fail("The style sheet is not compiled. Type: make assets", pytrace=False)
    args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    return browser_type_launch_args | {"executable_path": path, "args": args}


class Windows:
    """Pages of the browser, each in a window of its own, kept open for the next test.

    To open a window costs a processor several times what a page in it costs, and what a window has fetched of
    style and scripts is fetched once.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.idle: dict[bool, list[BrowserPage]] = defaultdict(list)
        self.complaints: list[str] = []  # what pages have written to the console in this test

    def take(self, *, javascript: bool, width: int, base_url: str) -> BrowserPage:
        """A page in a window in which nobody is signed in. It still shows where the last test left it."""
        page = self.idle[javascript].pop() if self.idle[javascript] else self._open(javascript, base_url)
        page.set_viewport_size(WIDE if width == WIDE["width"] else NARROW | {"width": width})  # type: ignore[arg-type]
        return page

    def _open(self, javascript: bool, base_url: str) -> BrowserPage:
        window = self.browser.new_context(
            base_url=base_url, java_script_enabled=javascript, locale="en-GB", accept_downloads=True
        )
        page = window.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self.complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def give_back(self, page: BrowserPage, *, javascript: bool) -> None:
        """Sign out and keep the page, unless it goes on by itself or has opened others."""
        page.context.clear_cookies()
        try:
            is_quiet = len(page.context.pages) == 1 and not page.evaluate(ASKS_AGAIN)
        except BrowserError:  # the test ended while the page was being left
            is_quiet = False
        if is_quiet:
            page.emulate_media(media="null")
            self.idle[javascript].append(page)
        else:
            page.context.close()

    def close(self) -> None:
        for page in [each for some in self.idle.values() for each in some]:
            page.context.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Windows]:
    """The windows of this worker's browser."""
    kept = Windows(browser)
    yield kept
    kept.close()


@pytest.fixture
def page_as(windows: Windows, live_server: Any, transactional_db: None) -> Iterator[Callable[..., BrowserPage]]:
    """`page_as(Role.LEAD_OFFICER)` or `page_as(user)`: a page of a browser in which that person is signed in.

    `path` opens it there; `javascript=False` and `width=320` as wanted. When the test ends, each page must
    have written nothing to the console.
    """
    taken: list[tuple[BrowserPage, bool]] = []
    windows.complaints.clear()

    def open_page(
        who: User | Role | None = None, path: str = "", *, javascript: bool = True, width: int = 1280
    ) -> BrowserPage:
        page = windows.take(javascript=javascript, width=width, base_url=live_server.url)
        taken.append((page, javascript))
        user = make_user(who, password="a password of a test") if isinstance(who, Role) else who
        if user is not None:
            page.context.add_cookies([session_cookie(user, live_server.url)])
        if path:
            page.goto(path)
        return page

    yield open_page
    for page, javascript in taken:
        windows.give_back(page, javascript=javascript)
    told = "; ".join(windows.complaints)
    assert not told, f"The console must stay clean: {told}"


def session_cookie(user: User, url: str) -> Any:
    """The cookie of a session in which `user` is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def _complaint(message: ConsoleMessage) -> list[str]:
    # A page that answers 4xx is written to the console by the browser itself; tests of such pages want that.
    if message.type not in {"error", "warning"} or re.search(r"status of 4\d\d", message.text):
        return []
    return [f"{message.location.get('url', '')}: {message.text}"]


def assert_accessible(page: BrowserPage) -> None:
    """Hold the page to WCAG 2.2 A and AA and to good practice, as far as a program can tell."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], "preload": False, "runOnly": {"type": "tag", "values": RULES}}
    violations = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    told = [f"{each['id']}: {each['help']} ({each['nodes'][0]['html'][:160]})" for each in violations]
    assert not told, f"{page.url}: " + "; ".join(told)


def assert_no_sideways_scrolling(page: BrowserPage) -> None:
    """Nothing stands out to the right, save in a region that scrolls by itself."""
    width = page.evaluate("document.documentElement.scrollWidth")
    shown = page.evaluate("document.documentElement.clientWidth")
    if width > shown:
        wide = page.evaluate(
            """() => [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                .slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""
        )
        pytest.fail(f"{page.url} is {width} px wide at {shown} px: {wide}", pytrace=False)


def assert_whole_without_scripts(page: BrowserPage) -> None:
    """Nothing that the page says waits for a script to show it, nor does its menu."""
    unseen = page.evaluate(
        """out => [...document.querySelectorAll('main *, nav a')].filter(e =>
            [...e.childNodes].some(part => part.nodeType === Node.TEXT_NODE && part.data.trim())
            && !e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !e.closest(out)
          ).slice(0, 3).map(e => e.outerHTML.slice(0, 120))""",
        OUT_OF_SIGHT,
    )
    assert not unseen, f"{page.url} does not show without scripts: {unseen}"
    assert page.evaluate("document.querySelector('h1')?.checkVisibility()"), f"{page.url} shows no heading"


def screenshot(page: BrowserPage, name: str) -> None:
    """Keep a picture of the whole page in the folder that SCREENSHOTS names, if it names one."""
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
