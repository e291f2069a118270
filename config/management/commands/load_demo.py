"""Loads the demonstration council through the same verbs as the pages. Safe to repeat."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.demo import PASSWORD, PEOPLE
from accounts.models import RoleAssignment, User


class Command(BaseCommand):
    help = "Load the demonstration council: people for each role and a register. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            made = self._people()
        self.stdout.write(f"{made} people loaded, {len(PEOPLE) - made} already there")

    def _people(self) -> int:
        made = 0
        for person in PEOPLE:
            if User.objects.filter(email=person.email).exists():
                continue
            user = User.objects.create_user(person.email, PASSWORD, name=person.name, job_title=person.job_title)
            RoleAssignment.objects.create(user=user, role=person.role, from_on=date(2026, 4, 1))
            made += 1
        return made
