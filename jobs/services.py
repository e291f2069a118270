"""Long work: asked for, made by a worker, taken up again when the worker died, and cleared away.

A job bears being run twice: its function keeps what it has reached, and only the run that holds the job may end it.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from accounts import notices
from accounts.models import User
from config import words
from jobs.models import KEPT_FOR, MOST_RUNS, Job, State
from jobs.progress import Made, Progress, Stopped, stopping
from policy.refused import Refused

log = logging.getLogger(__name__)
STUCK_AFTER = timedelta(days=1)  # a place in the queue that a dead worker held


def permission_of(kind: str) -> str:
    """The permission that somebody needs to ask for this kind of work and to fetch what it made."""
    return str(settings.JOBS[kind][1])


def _function(kind: str) -> Callable[[Progress], Made]:
    return import_string(settings.JOBS[kind][0])


@transaction.atomic
def ask(kind: str, *, title: str, by: User, arguments: Mapping[str, Any], about: str = "") -> Job:
    """Put work into the queue and give its job; what the same person asked for and still waits for is given again.

    Raises Refused when the person may not have it.
    """
    if not by.has_perm(permission_of(kind)):
        raise Refused("Your role may not have this made. Ask an administrator of the register")
    mine = Job.objects.of(by).under_way().filter(kind=kind, title=title, arguments=dict(arguments))
    if already := mine.first():
        return already
    job = Job.objects.create(kind=kind, title=title, about=about, arguments=dict(arguments), asked_by=by)
    _queue(job)
    job.refresh_from_db()
    return job


def _queue(job: Job) -> None:
    from jobs.tasks import run_job  # the task runs what stands here

    place = run_job.enqueue(job.pk)
    Job.objects.filter(pk=job.pk).update(task=str(place.id))


def run(job_id: int) -> None:
    """Make what a job asks for. What goes wrong is kept in the job, in words, and told to the person."""
    taken = Job.objects.filter(pk=job_id, state=State.WAITING).update(
        state=State.RUNNING, runs=F("runs") + 1, heartbeat_at=timezone.now()
    )
    if not taken:
        return
    job = Job.objects.select_related("asked_by").get(pk=job_id)
    try:
        made = _function(job.kind)(Progress(job))
    except Stopped:
        if stopping.is_set():
            _put_back(job)
    except Refused as refusal:
        _failed(job, str(refusal))
    except Exception:
        log.exception("Job %s could not be made", job.pk)
        _failed(
            job,
            "Something went wrong on our side. Ask for it again; when it fails again, tell an administrator "
            f"of the register that job {job.pk} failed",
        )
    else:
        _finished(job, made)


def _finished(job: Job, made: Made) -> None:
    stored = default_storage.save(f"jobs/{job.pk}-{made.name}", ContentFile(made.body))
    with transaction.atomic():
        if not job.ended(State.DONE, at=timezone.now(), file=stored, file_name=made.name):
            default_storage.delete(stored)  # cancelled in the last moment, or made by another
            return
        _tell(job, f"Ready to fetch: {job.title}", f"It is kept for {words.count(KEPT_FOR.days, 'day')}.")
    _forget_parts(job)


def _failed(job: Job, trouble: str) -> None:
    with transaction.atomic():
        if job.ended(State.FAILED, at=timezone.now(), trouble=trouble):
            _tell(job, f"Could not be made: {job.title}", f"{trouble}.")
    _forget_parts(job)


def _tell(job: Job, subject: str, line: str) -> None:
    key = f"job {job.pk} ended"
    notices.tell([job.asked_by], key=key, subject=subject, lines=[line], path=reverse("jobs:job", args=[job.pk]))


def _put_back(job: Job) -> None:
    """The worker stops in good order: the run does not count, and the next worker goes on."""
    with transaction.atomic():
        if Job.objects.held(job).update(state=State.WAITING, runs=F("runs") - 1, heartbeat_at=timezone.now()):
            _queue(job)


def _forget_parts(job: Job) -> None:
    for where in job.position.values():
        default_storage.delete(where)


def why_not_cancel(job: Job) -> str:
    """Why a job cannot be cancelled, or "" when it can."""
    return "" if job.is_under_way else f"This has ended: {job.get_state_display().lower()}. There is nothing to cancel"


def cancel(job: Job) -> None:
    """Cancel what is under way; a worker that makes it stops at its next sign of life. Raises Refused."""
    now = timezone.now()
    changed = Job.objects.under_way().filter(pk=job.pk).update(state=State.CANCELLED, finished_at=now)
    job.refresh_from_db()
    if not changed:
        raise Refused(why_not_cancel(job))
    _forget_parts(job)


# --- What the worker does beside making ------------------------------------------------------------


def take_up_lost(now: datetime) -> int:
    """Put back into the queue what a dead worker held, at most three runs each; gives how many."""
    taken_up = 0
    for job in Job.objects.silent(now).select_related("asked_by"):
        if job.state == State.WAITING:
            # Its worker may have died between taking it from the queue and beginning.
            taken_up += not _is_queued(job) and _take_up(job, now)
        elif job.runs >= MOST_RUNS:
            times = words.count(MOST_RUNS, "time")
            _failed(job, f"It was begun {times} and stopped each time. Ask for less at once, or tell an administrator")
        else:
            taken_up += _take_up(job, now)
    return taken_up


def _is_queued(job: Job) -> bool:
    return bool(job.task) and DBTaskResult.objects.ready().filter(pk=job.task).exists()


@transaction.atomic
def _take_up(job: Job, now: datetime) -> bool:
    same = Job.objects.filter(pk=job.pk, state=job.state, runs=job.runs, heartbeat_at=job.heartbeat_at)
    if not same.update(state=State.WAITING, heartbeat_at=now):
        return False  # another worker was quicker
    _queue(job)
    return True


def tidy(now: datetime) -> int:
    """Clear away the files and jobs that were kept long enough; gives how many."""
    old = list(Job.objects.run_out(now))
    for job in old:
        _forget_parts(job)
        if job.file:
            job.file.delete(save=False)
        job.delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT_FOR).delete()
    DBTaskResult.objects.running().filter(started_at__lt=now - STUCK_AFTER).delete()
    return len(old)
