"""Says where the register is served and who may come in, while the demonstration is loaded."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.demo import PASSWORD, PEOPLE
from accounts.models import User


class Command(BaseCommand):
    help = "Show the address and the demonstration's accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default=settings.SITE_ADDRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        there = set(User.objects.values_list("email", flat=True))
        people = [person for person in PEOPLE if person.email in there]
        if people:
            width = max(len(person.email) for person in people)
            self.stdout.write(f"\nDemonstration accounts, each with the password {PASSWORD}\n\n")
            for person in people:
                self.stdout.write(f"  {person.email:<{width}}  {person.role.label}")
        self.stdout.write(f"\nThe register: {options['address']}    (Ctrl-C stops it)")
