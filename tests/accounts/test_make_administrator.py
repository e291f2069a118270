"""The first administrator comes in by a command; everybody else is added on screen."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role

pytestmark = pytest.mark.django_db
ADDRESS = "t.west@council.example"


def make(**options: str) -> str:
    said = StringIO()
    call_command("make_administrator", stdout=said, **options)
    return said.getvalue()


def roles_of(email: str) -> list[str]:
    person = User.objects.get(email=email)
    return [each.role for each in person.assignments.on(timezone.localdate())]


def test_the_first_administrator_is_made_with_a_link_to_set_a_password(client):
    said = make(email="T.West@council.example", name="T. West")

    assert roles_of(ADDRESS) == [Role.ADMINISTRATOR]
    assert not User.objects.get(email=ADDRESS).has_usable_password()
    page = client.get(urlsplit(said.split()[-1]).path, follow=True)
    assert "new password" in page.content.decode().lower()


def test_making_an_administrator_again_changes_nothing():
    make(email=ADDRESS, name="T. West")
    assert make(email=ADDRESS) == "T. West is administrator already\n"
    assert roles_of(ADDRESS) == [Role.ADMINISTRATOR]


def test_somebody_made_by_createsuperuser_is_given_the_role():
    User.objects.create_superuser(ADDRESS, "long-enough-words", name="T. West")
    assert make(email=ADDRESS) == "T. West is administrator from today\n"
    assert roles_of(ADDRESS) == [Role.ADMINISTRATOR]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"email": "t.west"}, "Write an e-mail address after --email"),
        ({"email": ADDRESS}, "Add --name for a new account"),
    ],
)
def test_what_is_missing_is_said_with_what_to_type(options, said):
    with pytest.raises(CommandError, match=said):
        make(**options)
    assert not User.objects.exists()


def test_a_closed_account_is_not_made_administrator():
    User.objects.create_user(ADDRESS, name="T. West", is_active=False)
    with pytest.raises(CommandError, match="account is closed"):
        make(email=ADDRESS)
    assert roles_of(ADDRESS) == []
