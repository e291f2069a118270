"""Which role may do what (requirements README section 6, BRK-I09)."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import RoleAssignment
from accounts.roles import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_role_gives_what_the_table_says_and_no_more():
    administrator, auditor = make_user(Role.ADMINISTRATOR), make_user(Role.AUDITOR)

    assert administrator.has_perm("accounts.change_users")
    assert administrator.has_module_perms("accounts")
    assert not administrator.has_perm("assessments.change")
    assert auditor.has_perm("accounts.view_users")
    assert not auditor.has_perm("accounts.change_users")


def test_a_superuser_without_a_role_may_do_nothing():
    assert not make_user(is_superuser=True, is_staff=True).has_perm("register.view")


def test_a_role_counts_between_its_days_only():
    user = make_user()
    RoleAssignment.objects.create(user=user, role=Role.AUDITOR, from_on=date(2020, 1, 1), to_on=date(2021, 1, 1))
    RoleAssignment.objects.create(user=user, role=Role.SCRUTINY, from_on=timezone.localdate())

    assert user.roles == {Role.SCRUTINY}
    assert not user.has_perm("accounts.view_users")


def test_nobody_may_do_anything_before_signing_in():
    assert not AnonymousUser().has_perm("register.view")
