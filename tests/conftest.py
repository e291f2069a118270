"""What every test stands on."""

import gc
from collections.abc import Callable, Iterator
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, TransactionTestCase

from accounts.models import User
from accounts.roles import Role
from config import demonstration
from tests.factories import make_user
from tests.page import Page, faults
from tests.tables import django_db_setup, empty_what_was_filled

__all__ = ["django_db_setup"]


# Modules that walk many cases through database and pages: `make check` leaves them out, as it does what is marked slow.
THOROUGH = {
    f"tests/{name}.py"
    for name in (
        "accounts/test_handover",
        "approvals/test_chasing",
        "approvals/test_concerns",
        "approvals/test_deciding",
        "approvals/test_everybody_at_every_step",
        "approvals/test_meetings",
        "approvals/test_pages_at_every_step",
        "approvals/test_several",
        "approvals/test_whole_register",
        "assessments/test_forms_of_every_pack",
        "assessments/test_home",
        "config/test_tracing",
        "policy/test_pages",
        "register/importing/test_any_cell",
        "register/importing/test_bad_input",
        "register/importing/test_columns_chosen",
        "register/importing/test_scores",
        "register/test_import_wizard",
        "register/test_panels",
        "register/test_partnership_list",
        "register/test_partnership_pages",
        "reports/test_annual",
        "reports/test_described",
        "reports/test_meeting_packs",
        "reviews/test_pages",
        "reviews/test_reviews",
        "reviews/test_ways",
    )
}


# What hangs on words, papers and files rather than on the database: it need not run again on PostgreSQL.
ONCE = (
    "tests/approvals/test_everybody_at_every_step.py",
    "tests/approvals/test_pages_at_every_step.py",
    "tests/config/",
    "tests/policy/test_pages.py",
    "tests/register/importing/",
    "tests/register/test_import_bad_files.py",
    "tests/reports/test_described.py",
    "tests/reports/test_meeting_packs.py",
    "tests/test_follows_the_pack.py",
)


def pytest_configure() -> None:
    gc.set_threshold(20_000, 20, 20)  # looking for garbage after every 700 objects takes a tenth of the tests' time
    # Pages are tested without the manifest that collectstatic makes, and WhiteNoise serves files where they are.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_MAX_AGE = 3600  # a browser of the tests fetches style and scripts once
    # What people ask for is made at once; tests of the worker start one.
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    TransactionTestCase._fixture_teardown = empty_what_was_filled
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # A file, not memory: several threads and processes write to it as they do in a council.
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.DATA_DIR) / "test.sqlite3")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs again on PostgreSQL, and what needs a browser.

    What takes seconds by its nature runs there again only where it writes in transactions of its own: the other
    tests of the same code read and write the same tables.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        uses_it = item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"}
        is_enough = item.get_closest_marker("slow") or item.nodeid.startswith(ONCE)
        if uses_it and (not is_enough or is_transactional(item)):
            item.add_marker("database")
        if "browser" in fixtures or "page_as" in fixtures:
            item.add_marker("browser")
        if item.nodeid.partition("::")[0] in THOROUGH:
            item.add_marker("thorough")


def pytest_collection_finish() -> None:
    gc.freeze()  # what is loaded by now stays


def is_transactional(item: Any) -> bool:
    """Whether a test writes in transactions of its own, rather than in one that is taken back at its end."""
    marker = item.get_closest_marker("django_db")
    return bool({"transactional_db", "live_server"} & set(item.fixturenames)) or (
        marker is not None and bool(marker.kwargs.get("transaction"))
    )


@pytest.fixture(autouse=True)
def _published_versions_are_guarded(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a transactional test empty its tables: on SQLite the guard of policy versions refuses deletions.

    So the guard is taken down when such a test ends, and put up again when the next test begins, in whatever
    order the workers take them.
    """
    uses_it = request.node.get_closest_marker("django_db") or "db" in request.fixturenames
    if connection.vendor != "sqlite" or not (uses_it or is_transactional(request.node)):
        yield
        return
    request.getfixturevalue("_django_db_helper")  # so that this ends before the tables are emptied
    guards = import_module("policy.migrations.0004_a_version_can_wait_to_be_put_in_force")
    with connection.cursor() as cursor:
        for statement in guards.PUT_UP["sqlite"]:
            cursor.execute(statement)
    yield
    if is_transactional(request.node):
        with connection.cursor() as cursor:
            for statement in guards.TAKE_DOWN["sqlite"]:
                cursor.execute(statement)


class Loaded(NamedTuple):
    """A council of the demonstration, and what the command said as it loaded it."""

    council: str
    said: str


@pytest.fixture(scope="module")
def loaded(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """Load the demonstration once for a whole module: Breckland, or each council that `parametrize` names.

    It is there from the first test that asks for it to the last of the module, so either all of its tests ask or none.
    What a test changes is taken back at its end, as ever.
    """
    council, said = getattr(request, "param", demonstration.USUAL), StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", council=council, stdout=said)
        yield Loaded(council, said.getvalue())
        transaction.set_rollback(True)


class Browsing:
    """A person's way through the site without a browser: every page is held to what pages must hold."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.client = Client()
        if user is not None:
            self.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get(self, path: str, data: Any = None, **headers: Any) -> Page:
        return self._page(self.client.get(path, data, follow=True, headers=headers or None))

    def post(self, path: str, data: Any = None, **headers: Any) -> Page:
        return self._page(self.client.post(path, data or {}, follow=True, headers=headers or None))

    def _page(self, response: Any) -> Page:
        page = Page(response)
        # A part of a page, sent for htmx, has no head of its own.
        if page.is_html and "<html" in page.html:
            wrong = faults(page.soup)
            assert not wrong, f"{page.path}: " + "; ".join(wrong)
        return page


@pytest.fixture
def pdf_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the laying out of pages: who may open them does not hang on it, and tests of each paper do it."""
    monkeypatch.setattr("weasyprint.HTML.write_pdf", lambda *_, **__: b"%PDF-1.7")


@pytest.fixture
def browse_as(db: None) -> Callable[..., Browsing]:
    """`browse_as(Role.AUDITOR)`, `browse_as(user)`, or `browse_as()` for somebody who has not signed in."""

    def browse(who: User | Role | None = None, *more: Role) -> Browsing:
        user = make_user(who, *more, password="a password of a test") if isinstance(who, Role) else who
        return Browsing(user)

    return browse
