"""Checks every sealed copy and the chain they hang in; names the first record that was altered."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.models import StepTaken, digest_of
from config import words


class Command(BaseCommand):
    help = "Check that no decision, advice or view was altered after it was taken."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong: list[str] = []
        previous, number = "", 0
        for record in StepTaken.objects.in_chain().select_related("request").iterator():
            number += 1
            name = f"{record.reference or record.step} of {record.request.reference} (number {record.number})"
            if record.digest != digest_of(record.previous, record.copy):
                wrong.append(f"{name}: its copy was altered")
            if record.previous != previous:
                wrong.append(f"{name}: the record before it was altered or is missing")
            wrong += [f"{name}: {each}" for each in _differs(record)]
            previous = record.digest
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"{words.count(number, 'step')} checked; every copy is as it was sealed")


def _differs(record: StepTaken) -> list[str]:
    """Where the record's own columns no longer say what its copy says."""
    sealed = record.paper.get("decision", {})
    said = {
        "reasons": record.reasons,
        "options": record.options,
        "interests": record.interests,
        "minute": record.minute,
        "on": record.on.isoformat(),
        "by": record.by_name,
        "for": record.acting_for_name,
        "body": record.body,
    }
    return [f"“{name}” was altered" for name, value in said.items() if sealed.get(name) != value]
