"""Loads a demonstration council through the same verbs as the pages. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.demo import PASSWORD, PEOPLE
from config import demonstration
from policy.refused import Refused


class Command(BaseCommand):
    help = "Load a demonstration council: a person for each role, its policy and a small register. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--council", default=demonstration.USUAL, help=f"one of {', '.join(demonstration.COUNCILS)}"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be loaded and load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                counts = demonstration.load(today=timezone.localdate(), council=options["council"])
                transaction.set_rollback(options["dry_run"])
        except Refused as refusal:
            raise CommandError(f"The demonstration was not loaded. {refusal}") from refusal
        if options["dry_run"]:
            self.stdout.write(f"Nothing was loaded. It would be: {counts}")
            return
        self.stdout.write(f"{counts}\n")
        self.stdout.write(accounts_table())


def accounts_table() -> str:
    """Everybody of the demonstration with their role, and the one password."""
    width = max(len(person.email) for person in PEOPLE)
    lines = [f"  {person.email.ljust(width)}  {person.role.label}" for person in PEOPLE]
    return "\n".join(["Sign in with one of these:", *lines, f"Password for each: {PASSWORD}"])
