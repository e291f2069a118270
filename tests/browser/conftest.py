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
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage
from playwright.sync_api import Page as BrowserPage

from accounts.models import User
from accounts.roles import Role
from tests.factories import make_user

# Playwright keeps an event loop in the test's thread, which Django would take for an asynchronous program.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
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
    """Windows of the browser, kept for the next test: what they have fetched of style and scripts is fetched once."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.idle: dict[tuple[bool, int], list[BrowserContext]] = defaultdict(list)

    def take(self, *, javascript: bool, width: int, base_url: str) -> BrowserContext:
        """A window in which nobody is signed in."""
        if waiting := self.idle[javascript, width]:
            return waiting.pop()
        return self.browser.new_context(
            base_url=base_url,
            java_script_enabled=javascript,
            viewport=WIDE if width == WIDE["width"] else NARROW | {"width": width},  # type: ignore[arg-type]
            locale="en-GB",
            accept_downloads=True,
        )

    def give_back(self, window: BrowserContext, *, javascript: bool, width: int) -> None:
        """Sign out, close its pages and keep the window."""
        for page in window.pages:
            page.close()
        window.clear_cookies()
        self.idle[javascript, width].append(window)


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Windows]:
    """The windows of this worker's browser."""
    kept = Windows(browser)
    yield kept
    for window in [each for some in kept.idle.values() for each in some]:
        window.close()


@pytest.fixture
def page_as(windows: Windows, live_server: Any, transactional_db: None) -> Iterator[Callable[..., BrowserPage]]:
    """`page_as(Role.LEAD_OFFICER)` or `page_as(user)`: a page of a browser in which that person is signed in.

    `path` opens it there; `javascript=False` and `width=320` as wanted. When the test ends, each page must
    have written nothing to the console.
    """
    taken: list[tuple[BrowserContext, dict[str, Any]]] = []
    complaints: list[str] = []

    def open_page(
        who: User | Role | None = None, path: str = "", *, javascript: bool = True, width: int = 1280
    ) -> BrowserPage:
        kind: dict[str, Any] = {"javascript": javascript, "width": width}
        window = windows.take(base_url=live_server.url, **kind)
        taken.append((window, kind))
        user = make_user(who, password="a password of a test") if isinstance(who, Role) else who
        if user is not None:
            window.add_cookies([session_cookie(user, live_server.url)])
        page = window.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        if path:
            page.goto(path)
        return page

    yield open_page
    for window, kind in taken:
        windows.give_back(window, **kind)
    assert not complaints, "The console must stay clean: " + "; ".join(complaints)


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


def screenshot(page: BrowserPage, name: str) -> None:
    """Keep a picture of the whole page in the folder that SCREENSHOTS names, if it names one."""
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
