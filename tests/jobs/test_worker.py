"""A worker that is killed in the middle of a report, and the next one that goes on, on the database of the tests."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from jobs import services
from jobs.models import Job, State
from tests.factories import make_partnership, make_user, put_policy_in_force

WORK = [sys.executable, "manage.py", "work"]


def _environment():
    """Another process that works on this test's database."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{database['NAME']}"
    else:
        at = f"{database['HOST']}:{database['PORT']}" if database["PORT"] else database["HOST"]
        secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        address = f"postgres://{database['USER']}{secret}@{at}/{database['NAME']}"
    return os.environ | {"DATABASE_URL": address, "DATA_DIR": str(settings.DATA_DIR), "EMAIL_URL": "dummymail:"}


def _wait(until, *, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return
        time.sleep(0.05)
    pytest.fail("It did not come to that")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing(settings, tmp_path):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    put_policy_in_force()
    manager = make_user(Role.REGISTER_MANAGER)
    entries = [make_partnership(by=manager, name=f"Board {number}") for number in range(8)]
    asked = {"query": "all=yes", "on": timezone.localdate().isoformat()}
    job = services.ask("register-pdf", title="Register", by=manager, arguments=asked)
    assert job.state == State.WAITING

    worker = subprocess.Popen(WORK, env=_environment(), cwd=settings.BASE_DIR)
    try:
        _wait(lambda: Job.objects.filter(pk=job.pk).exclude(position={}).exists())
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    job.refresh_from_db()
    assert (job.state, job.runs) == (State.RUNNING, 1), "The worker is dead, and nobody knows yet"
    entries[0].change({"name": "Renamed meanwhile"}, by=manager)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=3))

    subprocess.run([*WORK, "--once"], env=_environment(), cwd=settings.BASE_DIR, check=True, timeout=60)

    job.refresh_from_db()
    assert (job.state, job.runs) == (State.DONE, 2)
    body = job.file.read()
    assert body.startswith(b"%PDF-")
    assert "Board 0" in _bookmarks(body), "The second run went on from what the first had read"


def _bookmarks(body):
    from tests.pdf import Tagged

    return Tagged(body).bookmarks()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_worker_stops_with_the_program_that_started_it():
    starter = subprocess.Popen(
        ["/bin/sh", "-c", f"{sys.executable} manage.py work --with-parent $$ & echo $!; exec sleep 60"],
        env=_environment(),
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    worker = int(starter.stdout.readline())
    time.sleep(1)
    starter.kill()
    starter.wait()

    _wait(lambda: _has_ended(worker))


def _has_ended(process):
    """Gone, or a zombie that nobody has asked after."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
