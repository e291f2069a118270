"""Coming in: wrong tries, the limit, a new password, and what strangers see."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long way to Tipperary"
WRONG = (
    "Enter the e-mail address and password you use for the register. "
    "After 5 wrong tries sign-in is closed for 15 minutes."
)
SIGN_IN = "/sign-in/"


@pytest.fixture(autouse=True)
def _no_earlier_tries():
    cache.clear()


@pytest.fixture
def person():
    return make_user(Role.LEAD_OFFICER, email="d.f@example.org", password=PASSWORD)


def test_a_wrong_password_says_what_to_do_and_keeps_the_address(browse_as, person):
    page = browse_as().post(SIGN_IN, {"login": person.email, "password": "wrong"})

    assert page.errors == [WRONG]
    assert page.title.text.startswith("Error: Sign in")
    assert page.select_one("#id_login")["value"] == person.email
    assert not page.select_one("#id_password").get("value")


def test_nothing_typed_asks_for_each(browse_as):
    page = browse_as().post(SIGN_IN, {})
    assert page.errors == ["Enter your e-mail address", "Enter your password"]


def test_an_address_that_is_none_says_how_one_looks(browse_as):
    page = browse_as().post(SIGN_IN, {"login": "d.f", "password": PASSWORD})
    assert page.errors == ["Enter an e-mail address like name@example.gov.uk"]


def test_an_unknown_address_reads_like_a_wrong_password(browse_as):
    page = browse_as().post(SIGN_IN, {"login": "nobody@example.org", "password": PASSWORD})
    assert page.errors == [WRONG]


def test_after_five_wrong_tries_sign_in_is_closed_even_to_the_right_password(browse_as, person):
    stranger = browse_as()
    for _ in range(5):
        assert stranger.post(SIGN_IN, {"login": person.email, "password": "wrong"}).errors == [WRONG]

    page = stranger.post(SIGN_IN, {"login": person.email, "password": PASSWORD})

    assert page.errors == [
        "Sign-in is closed for this address for 15 minutes after 5 wrong tries. Wait, or set a new password"
    ]


def test_the_page_first_asked_for_comes_after_signing_in(browse_as, person):
    stranger = browse_as()
    asked = stranger.client.get("/account/password/")
    assert asked.url == f"{SIGN_IN}?next=/account/password/"

    answer = stranger.client.post(
        asked.url, {"login": person.email, "password": PASSWORD, "next": "/account/password/"}
    )

    assert answer.url == "/account/password/"


def test_a_new_password_by_e_mail(browse_as, person):
    stranger = browse_as()
    page = stranger.post("/sign-in/new-password/", {"email": person.email})
    assert page.heading == "Look in your e-mail"
    [letter] = mail.outbox
    assert letter.subject == "Set a new password for the partnership register"
    link = re.search(r"https?://\S+", letter.body)[0]

    page = stranger.get(link)
    assert page.heading == "Set a new password"
    page = stranger.post(page.path, {"password1": "three green bottles", "password2": "three green bottle"})
    assert page.errors == ["Enter the same new password twice"]
    page = stranger.post(page.path, {"password1": "short", "password2": "short"})
    assert page.errors == ["Choose a password of at least 12 characters"]
    page = stranger.post(page.path, {"password1": "three green bottles", "password2": "three green bottles"})

    assert page.heading == "Your new password is set"
    assert User.objects.get(pk=person.pk).check_password("three green bottles")
    assert stranger.get(link).heading == "This link no longer works"


def test_an_unknown_address_gets_the_same_page(browse_as):
    page = browse_as().post("/sign-in/new-password/", {"email": "nobody@example.org"})
    assert page.heading == "Look in your e-mail"
    assert "no account" in mail.outbox[0].subject


def test_changing_the_password(browse_as, person):
    there = browse_as(person)
    page = there.post("/account/password/", {"oldpassword": "wrong", "password1": "x" * 3, "password2": "x" * 3})
    assert "Enter the password you use now" in page.errors


def test_whoever_has_no_password_yet_is_sent_one_by_link(browse_as):
    newcomer = make_user(Role.LEAD_OFFICER)
    newcomer.set_unusable_password()
    newcomer.save()

    assert browse_as(newcomer).get("/account/password/").heading == "Set a new password"


def test_signing_out(browse_as, person):
    there = browse_as(person)
    assert there.get("/sign-out/").heading == "Sign out"
    there.client.post("/sign-out/")
    assert there.client.get("/account/password/").status_code == 302


def test_nobody_makes_an_account_for_themselves(browse_as):
    page = browse_as().get(reverse("account_signup"))
    assert page.heading == "Accounts are made for you"
    browse_as().client.post(reverse("account_signup"), {"email": "a@example.org", "password1": PASSWORD})
    assert not User.objects.filter(email="a@example.org").exists()


def test_the_demonstration_shows_its_accounts_only_while_it_is_loaded(browse_as):
    assert "demo.example" not in browse_as().get(SIGN_IN)
    call_command("load_demo", council="strategy-2009", verbosity=0)  # the quickest

    page = browse_as().get(SIGN_IN)

    rows = [row.th.text for row in page.select("tbody tr")]
    assert len(rows) == 11
    assert "register.manager@demo.example" in rows
    assert "register-demo-2026" in page
