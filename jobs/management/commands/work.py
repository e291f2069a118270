"""`manage.py work`: the worker beside the site. It makes what people asked for and sends the e-mails that wait."""

import logging
import os
import signal
import time
from threading import Event, Thread
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from accounts import notices
from config import words
from jobs import services
from jobs.progress import stopping

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0  # seconds between two looks into the queue
KEEP_HOUSE_EVERY = 20.0  # seconds


def keep_house() -> tuple[int, int]:
    """Take up what a dead worker held, clear away what is old, send e-mails; gives taken up and cleared away."""
    now = timezone.now()
    taken_up, cleared = services.take_up_lost(now), services.tidy(now)
    notices.deliver(at=now)
    return taken_up, cleared


class Command(BaseCommand):
    help = (
        "Make what people asked for in the background, take up again what a dead worker held, and send the e-mails "
        "that wait. Runs until it is stopped; with --once it makes what waits now and ends."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="make what waits now and end, for cron")
        parser.add_argument(
            "--with-parent", type=int, metavar="PROCESS", help="stop when this process, which started it, has ended"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stopping.clear()
        worker = Worker(
            queue_names=["default"],
            interval=LOOK_EVERY,
            batch=options["once"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        if options["once"]:
            taken_up, cleared = keep_house()
            worker.run()
            notices.deliver(at=timezone.now())
            self.stdout.write(
                f"{words.count(worker._run_tasks, 'job')} made, {taken_up} taken up again, {cleared} cleared away"
            )
            return

        def stop(number: int, frame: FrameType | None) -> None:
            stopping.set()  # what is being made goes back into the queue at its next sign of life
            worker.running = False
            if not worker.running_task:
                raise SystemExit(0)

        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, stop)
        ended = Event()
        house = Thread(target=self._keep_house, args=(ended, options["with_parent"]))
        house.start()
        try:
            worker.run()
        finally:
            ended.set()
            house.join()

    def _keep_house(self, ended: Event, parent: int | None) -> None:
        """Beside the work: keep house now and then, and stop when the parent is gone."""
        next_at = 0.0
        while not ended.wait(LOOK_EVERY):
            if parent is not None and os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                return
            if time.monotonic() < next_at:
                continue
            next_at = time.monotonic() + KEEP_HOUSE_EVERY
            try:
                close_old_connections()
                keep_house()
            except Exception:
                log.exception("The worker could not keep house; it tries again")
            finally:
                connection.close()
