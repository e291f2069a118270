"""Every role against every page: the table in tests/role_table.py, walked from the addresses themselves."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import Role
from tests.factories import make_user
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


@pytest.fixture(scope="module")
def signed_in(django_db_setup, django_db_blocker) -> Iterator[dict[Role, Client]]:
    """Somebody of each role who has signed in, once for all addresses; what opening one does is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        clients = {role: Client() for role in Role}
        for role, client in clients.items():
            person = make_user(role, password="a password of a test")
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        yield clients
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
@pytest.mark.usefixtures("db", "pdf_at_once")
def test_who_may_open(name, signed_in):
    access = TABLE[name]
    address = reverse(name, kwargs=access.parts())

    stranger = Client().get(address)
    if access.roles is PUBLIC:
        assert stranger.status_code < 400 or stranger.status_code == 405
        return
    assert stranger.status_code == 302
    assert stranger.url.startswith(reverse("account_login"))

    for role, client in signed_in.items():
        answer = client.get(address)
        if role in access.roles:
            assert answer.status_code not in REFUSED, f"{role} must be able to open {address}"
        else:
            assert answer.status_code in REFUSED, f"{role} must not be able to open {address}"
    assert Client().post(address).status_code == 302


# Pages that answer nothing but a press: on an entry only those whose entry it is may press.
PRESSED = (
    "approvals:ask", "assessments:agreement_start", "assessments:assessment_start", "assessments:questionnaire_start",
    "reviews:ask",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESSED)
@pytest.mark.usefixtures("db")
def test_a_press_on_an_entry_of_others_finds_nothing(name, signed_in):
    address = reverse(name, kwargs=TABLE[name].parts())

    assert signed_in[Role.LEAD_OFFICER].get(address).status_code == 405
    assert signed_in[Role.LEAD_OFFICER].post(address).status_code in REFUSED
    assert signed_in[Role.REGISTER_MANAGER].post(address).status_code not in REFUSED
