"""What a job's function is given: what was asked, how to say how far it is, and what an earlier run had reached."""

from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from jobs.models import Job

TELL_EVERY = 1.0  # seconds between two writes of how far it is
# Set when the worker has been asked to stop: what it is making goes back into the queue.
stopping = Event()


class Stopped(Exception):
    """This run is to end: the job was cancelled, taken up by another worker, or the worker stops."""


@dataclass(frozen=True)
class Made:
    """The file that a job has made."""

    name: str
    body: bytes


class Progress:
    """One run of a job, as its function sees it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._told_at = float("-inf")

    @property
    def arguments(self) -> dict[str, Any]:
        """What was asked for."""
        return self._job.arguments

    @property
    def asked_by(self) -> User:
        """Who asked."""
        return self._job.asked_by

    def tell(self, done: int = 0, total: int = 0, stage: str = "") -> None:
        """Say how far it is, which is also the sign of life; written at most once a second. Raises Stopped."""
        if stopping.is_set():
            raise Stopped
        if monotonic() - self._told_at < TELL_EVERY:
            return
        self._told_at = monotonic()
        self._write(done=done, total=total, stage=stage)

    def keep(self, name: str, text: str) -> None:
        """Keep what has been reached, so that the next run finds it. Raises Stopped."""
        where = default_storage.save(f"jobs/part-{self._job.pk}-{name}", ContentFile(text.encode()))
        self._job.position = self._job.position | {name: where}
        self._write(position=self._job.position)

    def kept(self, name: str) -> str | None:
        """What an earlier run kept under this name; `None` when it kept nothing."""
        where = self._job.position.get(name)
        if not where or not default_storage.exists(where):
            return None
        with default_storage.open(where) as part:
            return str(part.read().decode())

    def _write(self, **facts: Any) -> None:
        if not Job.objects.held(self._job).update(heartbeat_at=timezone.now(), **facts):
            raise Stopped
