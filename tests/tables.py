"""The test database: its tables are made by the migrations once, copied until a migration changes, and emptied cheaply.

Running every migration takes some twenty seconds of a processor, and each worker of each run needs a database of its
own. So the first one on SQLite keeps its empty tables in .build/tests; a fresh clone has none and runs the migrations.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".build" / "tests"
KEEP = 5  # tables of other migrations, such as those of another branch


def kept_tables() -> Path:
    """Where the empty tables are kept that our migrations make, and those of the packages; it may not be there."""
    digest = hashlib.sha256()
    for path in (ROOT / "requirements.txt", *sorted(ROOT.glob("*/migrations/*.py"))):
        digest.update(path.name.encode() + path.read_bytes())
    return KEPT / f"{digest.hexdigest()[:16]}.sqlite3"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One worker at a time: the others wait for the tables rather than making them too."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make this worker's database, on SQLite from the kept tables where no migration has changed since."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            made = _copied_or_migrated(kept_tables())
        else:
            made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


def _copied_or_migrated(kept: Path) -> Any:
    with _alone(kept.parent):
        if kept.exists():
            shutil.copyfile(kept, connection.creation._get_test_db_name())
            return setup_databases(verbosity=0, interactive=False, keepdb=True)
        made = setup_databases(verbosity=0, interactive=False)
        for old in sorted(kept.parent.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEEP]:
            old.unlink()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(kept)])
        return made


def empty_what_was_filled(*_: Any) -> None:
    """Empty the tables that a test with transactions of its own has filled.

    Django would empty every table there is and then write its lists of models and permissions anew, which takes
    longer than most tests do. Nothing of ours changes those two lists.
    """
    lists = {ContentType._meta.db_table, Permission._meta.db_table}
    tables = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in lists]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables))
        filled = [row[0] for row in cursor.fetchall()]
    # SQLite looks at the rows that would be left without what they refer to; PostgreSQL at the tables, empty or not.
    cascades = connection.vendor == "postgresql"
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), filled, allow_cascade=cascades))
