"""What an administrator finds on the home page about the machine: long work, and the database."""

from datetime import date, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import Count, Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from accounts.models import User
from accounts.panels import Line, Panel
from config import words
from jobs.models import KEPT_FOR, Job, State


def the_machine(user: User, today: date) -> Panel | None:
    """For those who change people: jobs that wait, run or failed, and how large the database is. Two queries."""
    if not user.has_perm("accounts.change_users"):
        return None
    now = timezone.now()
    found = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        running=Count("pk", filter=Q(state=State.RUNNING)),
        failed=Count("pk", filter=Q(state=State.FAILED, finished_at__gt=now - KEPT_FOR)),
        stuck=Count("pk", filter=Q(state=State.WAITING, asked_at__lt=now - timedelta(minutes=10))),
    )
    jobs = f"{words.count(found['waiting'], 'job')} waiting, {found['running']:,} being made"
    failed = f"{found['failed']:,} could not be made in the last {KEPT_FOR.days} days"
    lines = [Line(jobs, note=failed)]
    if found["stuck"]:
        lines.append(
            Line(
                "No worker seems to run",
                note="A job has waited for ten minutes. Start one: manage.py work",
                is_late=True,
            )
        )
    name, size = _database()
    lines.append(
        Line(
            f"Database: {name}, {filesizeformat(size)}",
            note="When it was last backed up is known where that is done, not here",
        )
    )
    return Panel("The machine", lines, beside=True)


def _database() -> tuple[str, int]:
    """What the register is kept in, and how many bytes it takes."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        return "SQLite", sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*") if each.is_file())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return "PostgreSQL", int(cursor.fetchone()[0])
