"""What an administrator finds on the home page about the machine: long work, and the database."""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from accounts.models import User
from accounts.panels import Line, Panel
from config import words
from jobs.models import KEPT_FOR, Job, State

BACKED_UP_WITHIN = timedelta(days=2)  # one night may be missed


def the_machine(user: User, today: date) -> Panel | None:
    """For those who change people: jobs that wait, run or failed, the database, its last backup. Two queries."""
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
    lines += [Line(f"Database: {name}, {filesizeformat(size)}"), _last_backup(now)]
    return Panel("The machine", lines, beside=True)


def _last_backup(now: datetime) -> Line:
    """When the newest backup was made, by the time of its file."""
    if not settings.BACKUPS:
        return Line("Last backup: not known here", note="Say where backups are put: the setting BACKUPS")
    try:
        place = Path(settings.BACKUPS)
        files = [each for each in place.iterdir() if each.is_file()] if place.is_dir() else [place]
        made = max((each.stat().st_mtime for each in files), default=None)
    except OSError:
        return Line("Last backup: nothing can be read", note=f"Look at {settings.BACKUPS}", is_late=True)
    if made is None:
        return Line("No backup has been made", note=f"Nothing is in {settings.BACKUPS}", is_late=True)
    at = datetime.fromtimestamp(made, tz=timezone.get_current_timezone())
    is_late = now - at > BACKED_UP_WITHIN
    return Line(f"Last backup: {words.moment(at)}", note="That is long ago" if is_late else "", is_late=is_late)


def _database() -> tuple[str, int]:
    """What the register is kept in, and how many bytes it takes."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        return "SQLite", sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*") if each.is_file())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return "PostgreSQL", int(cursor.fetchone()[0])
