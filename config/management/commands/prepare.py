"""Brings an installation up to date in one go: what `make run` does before it serves. Safe to repeat."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config import demonstration


class Command(BaseCommand):
    help = "Bring database, cache table, demonstration and static files up to date. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", required=True, help="Where the register will be served")
        parser.add_argument("--council", default=demonstration.USUAL, help="Whose demonstration is loaded")
        parser.add_argument("--accounts", type=Path, required=True, help="File for the address and the accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, stdout=self.stdout)
        call_command("createcachetable", stdout=self.stdout)
        call_command("load_demo", council=options["council"], stdout=self.stdout)
        call_command("collectstatic", interactive=False, verbosity=0, stdout=self.stdout)
        with options["accounts"].open("w") as accounts:
            call_command("demo_accounts", address=options["address"], stdout=accounts)
