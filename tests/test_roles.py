"""Every role against every page: the table in tests/role_table.py, walked from the addresses themselves."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import Role
from tests.role_table import PUBLIC, TABLE

REFUSED = {403, 404}


def names(patterns: Any, space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else f"(no name) {pattern.pattern}"


def test_every_address_stands_in_the_table():
    assert sorted(set(names(get_resolver().url_patterns)) - set(TABLE)) == []


def test_the_table_holds_no_address_that_is_gone():
    assert sorted(set(TABLE) - set(names(get_resolver().url_patterns))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
@pytest.mark.usefixtures("pdf_at_once")
def test_who_may_open(name, browse_as):
    access = TABLE[name]
    address = reverse(name, kwargs=access.parts())

    stranger = browse_as().client.get(address)
    if access.roles is PUBLIC:
        assert stranger.status_code < 400 or stranger.status_code == 405
        return
    assert stranger.status_code == 302
    assert stranger.url.startswith(reverse("account_login"))

    for role in Role:
        answer = browse_as(role).client.get(address)
        if role in access.roles:
            assert answer.status_code not in REFUSED, f"{role} must be able to open {address}"
        else:
            assert answer.status_code in REFUSED, f"{role} must not be able to open {address}"
    assert browse_as().client.post(address).status_code == 302
