"""Make the first administrator of a new register, who then adds everybody else on screen. Safe to repeat."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from accounts import services
from accounts.models import User
from accounts.roles import Role
from policy.refused import Refused


class Command(BaseCommand):
    """Prints the link with which the person sets a password, because e-mail may not be set up yet."""

    help = "Give a person the role of administrator, with a new account where they have none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="the e-mail address with which they sign in")
        parser.add_argument("--name", default="", help="their name, for a new account")

    def handle(self, *args: Any, **options: Any) -> None:
        email, name = options["email"].strip().lower(), options["name"].strip()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError("Write an e-mail address after --email, like t.west@council.gov.uk") from None
        try:
            self.stdout.write(self._give(email, name))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        except (OperationalError, ProgrammingError) as trouble:
            said = str(trouble).splitlines()[0]
            raise CommandError(
                f"The database has no tables yet, or cannot be reached. Type manage.py migrate first. It said: {said}"
            ) from None

    def _give(self, email: str, name: str) -> str:
        today = timezone.localdate()
        person = User.objects.filter(email=email).first()
        if person is None:
            if not name:
                raise CommandError(f"Nobody has the address {email}. Add --name for a new account")
            person = services.add_person(by=None, email=email, name=name, role=Role.ADMINISTRATOR, from_on=today)
            return f"{person} is administrator. They set a password at {services.link_of(person)}"
        if not person.is_active:
            raise Refused(f"{person}’s account is closed. Ask an administrator to open it")
        if person.assignments.on(today).filter(role=Role.ADMINISTRATOR).exists():
            return f"{person} is administrator already"
        person.give_role(Role.ADMINISTRATOR, by=None, from_on=today)
        return f"{person} is administrator from today"
