"""Changes to people that reach further than one record: an e-mail, another package's table, a lock."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import RoleAssignment, ServiceArea, User
from accounts.roles import Role

DAYS_OF_A_LINK = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)


@transaction.atomic
def add_person(
    *,
    by: User | None,
    email: str,
    name: str,
    job_title: str = "",
    role: str = "",
    from_on: date | None = None,
    service_area: ServiceArea | None = None,
) -> User:
    """Make an account and send its owner a link to set a password; nobody else ever types one.

    `by` is nobody for the first administrator, whom a command makes.
    """
    user = User(email=User.objects.normalize_email(email).lower(), name=name, job_title=job_title)
    user.set_unusable_password()
    user.change({}, by=by, reason="Added")
    if role and from_on:
        user.give_role(role, by=by, from_on=from_on, service_area=service_area)
    transaction.on_commit(lambda: send_link(user))
    return user


def link_of(user: User) -> str:
    """The address at which a person sets their own password; good once, for `DAYS_OF_A_LINK` days."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.SITE_ADDRESS.rstrip('/')}{path}"


def send_link(user: User) -> None:
    """Send a person the link with which they set their own password."""
    words = {
        "user": user,
        "council_name": settings.COUNCIL_NAME,
        "address": link_of(user),
        "sign_in_address": f"{settings.SITE_ADDRESS.rstrip('/')}{reverse('account_login')}",
        "days": DAYS_OF_A_LINK,
    }
    send_mail(
        subject=render_to_string("accounts/email/set_password_subject.txt", words).strip(),
        message=render_to_string("accounts/email/set_password.txt", words),
        from_email=None,
        recipient_list=[user.email],
    )


@transaction.atomic
def change_person(user: User, values: Mapping[str, Any], *, by: User) -> None:
    """Set name, e-mail address or job title. With a new address the old one no longer signs in."""
    if "email" in values and values["email"] != user.email:
        EmailAddress.objects.filter(user=user).delete()
    user.change(values, by=by)


@transaction.atomic
def deactivate(user: User, *, by: User, reason: str) -> None:
    """Close an account. Raises Refused."""
    _hold_administrators()
    User.objects.get(pk=user.pk).deactivate(by=by, reason=reason)


@transaction.atomic
def end_role(assignment: RoleAssignment, *, by: User, on: date) -> None:
    """Make `on` the last day of a role. Raises Refused."""
    _hold_administrators()
    RoleAssignment.objects.select_related("user").get(pk=assignment.pk).end(by=by, on=on)


def _hold_administrators() -> None:
    """Lock the administrators' roles, so that two people cannot take the last two away at one moment."""
    list(RoleAssignment.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk"))
