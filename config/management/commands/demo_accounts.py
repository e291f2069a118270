"""Says where the register is served and who may come in, while the demonstration is loaded."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.demo import PEOPLE
from accounts.models import User
from config.management.commands.load_demo import accounts_table


class Command(BaseCommand):
    help = "Show the address and the demonstration's accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default=settings.SITE_ADDRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(email__in=[person.email for person in PEOPLE]).exists():
            self.stdout.write(f"\n{accounts_table()}")
        self.stdout.write(f"\nThe register: {options['address']}    (Ctrl-C stops it)")
