"""Jobs for tests, in each state."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from jobs.models import UNDER_WAY, Job, State
from tests.factories import make_user


def make_job(state: State = State.WAITING, *, by: User | None = None, at: datetime | None = None, **facts: Any) -> Job:
    """A job of somebody, with its file when it is ready; `at` is when it gave its last sign of life."""
    at = at or timezone.now()
    facts = {
        "kind": "register-pdf",
        "title": "Register of partnerships, PDF of 250 entries",
        "about": "Status: Active",
        "arguments": {"query": "all=yes", "on": "2026-11-21"},
        "finished_at": None if state in UNDER_WAY else at,
    } | facts
    job = Job.objects.create(state=state, asked_by=by or make_user(Role.AUDITOR), heartbeat_at=at, asked_at=at, **facts)
    if state == State.DONE:
        job.file_name = "register-2026-11-21.pdf"
        job.file.save(job.file_name, ContentFile(b"%PDF-1.7 made for a test"))
    return job
