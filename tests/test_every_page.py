"""No page escapes the browser: each address that answers with a page stands in tests/browser/pages.py."""

import pytest
from django.db import transaction
from django.urls import resolve, reverse

from accounts.roles import Role
from tests.browser.pages import PAGES
from tests.factories import put_policy_in_force
from tests.role_table import PUBLIC, TABLE


@pytest.fixture
def looked_at(db) -> set[str]:
    found = set()
    for look in PAGES:
        with transaction.atomic():
            path = look.path() if callable(look.path) else look.path
            transaction.set_rollback(True)
        if look.status == 200:
            found.add(resolve(path.partition("?")[0]).view_name)
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("pdf_at_once")
def test_each_page_is_looked_at_in_a_browser(browse_as, looked_at):
    put_policy_in_force()  # without one, reports and lists say only that
    missing = []
    for name, access in TABLE.items():
        if name in looked_at:
            continue
        if access.roles is not PUBLIC and not access.roles:
            continue  # what only the one person sees who asked for it: its page stands in PAGES by that person
        with transaction.atomic():
            browsing = browse_as() if access.roles is PUBLIC else browse_as(next(r for r in Role if r in access.roles))
            answer = browsing.client.get(reverse(name, kwargs=access.parts()))
            is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
            is_page = is_page and not answer.get("Content-Disposition", "").startswith("attachment")
            transaction.set_rollback(True)
        if is_page:
            missing.append(name)
    assert not missing, ", ".join(missing)
