"""Writes the reminders of a day and sends every e-mail that waits. Meant to run once a day; safe to repeat."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts import notices
from accounts.models import Notice
from appointments import notices as appointments
from approvals import concerns, services
from approvals import notices as approvals
from config import words
from exits import notices as exits
from register import actions
from reviews import notices as reviewing
from reviews import services as reviews


class Command(BaseCommand):
    help = (
        "Remind people of steps, actions and terms that fall due or are late, and send the e-mails that wait. "
        "Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="the day, like 2026-11-30; today without it")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent and send nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = date.fromisoformat(options["on"]) if options["on"] else timezone.localdate()
        except ValueError as problem:
            raise CommandError(f"{options['on']} is no day. Write it like 2026-11-30") from problem
        before = Notice.objects.exclude(sent_at=None).count()
        with transaction.atomic():
            services.bring_up_to_date()
            approvals.remind(on)
            reviews.bring_up_to_date(at=timezone.now(), most=None)
            reviewing.remind(on)
            appointments.remind(on)
            exits.remind(on)
            actions.remind(on)
            concerns.follow_up(on, at=timezone.now())
            if options["dry_run"]:
                for notice in Notice.objects.not_sent():
                    self.stdout.write(f"{notice.person.email}: {notice.subject}")
                waiting = Notice.objects.not_sent().count()
                transaction.set_rollback(True)
        if options["dry_run"]:
            self.stdout.write(f"Nothing was sent. {words.count(waiting, 'notice')} would go out")
            return
        at_once = Notice.objects.exclude(sent_at=None).count() - before  # what went out as soon as all of it was kept
        sent, failed = notices.deliver(at=timezone.now(), daily=True)
        self.stdout.write(f"{words.count(at_once + sent, 'e-mail')} sent, {failed} not sent and to be tried again")
