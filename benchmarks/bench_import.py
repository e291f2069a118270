"""The import: reading 2,000 rows, committing 2,000 and 10,000 of them, beside the least that any program would do.

The baseline of reading is openpyxl, values only, on the same sheet; of a commit, as many entries with a version each
by the history package's own bulk helper. Memory is the larger of the process's and of the child's that reads the file.
"""

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.measure import Measure

LARGE = Path(__file__).resolve().parent.parent / "fixtures" / "legacy" / "large-register.xlsx"
HEADING_ROW = 3  # of the large register
YEAR = 2026


@lru_cache
def _sheet(rows: int) -> Path:
    """The large register cut to so many rows of partnerships, its headings kept."""
    from openpyxl import Workbook, load_workbook

    large = load_workbook(LARGE, read_only=True, data_only=True).worksheets[0]
    cut = Workbook(write_only=True)
    sheet = cut.create_sheet(large.title)
    for row in large.iter_rows(max_row=HEADING_ROW + rows, values_only=True):
        sheet.append(row)
    path = Path(tempfile.mkdtemp(prefix="register-bench-")) / f"register-{rows}.xlsx"
    cut.save(path)
    return path


def _read(rows: int) -> Callable[[], Callable[[], object]]:
    def make() -> Callable[[], object]:
        from register import import_service
        from register.import_plan import make_plan
        from register.importing import cells_of

        path = _sheet(rows)

        def dry_run() -> None:
            reading, _ = import_service.read(path.name, cells_of(path))
            plan = make_plan(reading, words=import_service.words_now(), year=YEAR)
            if plan.counts["new"] < rows * 0.9:
                raise SystemExit(f"Only {plan.counts['new']} of {rows} rows would be imported")

        return dry_run

    return make


def _bare_read(rows: int) -> Callable[[], Callable[[], object]]:
    def make() -> Callable[[], object]:
        from openpyxl import load_workbook

        path = _sheet(rows)

        def read() -> None:
            book = load_workbook(path, read_only=True, data_only=True)
            for _ in book.worksheets[0].iter_rows(values_only=True):
                pass

        return read

    return make


def _manager() -> Any:
    from django.utils import timezone

    from accounts.models import User
    from benchmarks.filling import MANAGER, fill

    return User.objects.filter(email=MANAGER).first() or fill(0, today=timezone.localdate())


def _commit(rows: int) -> Callable[[], Callable[[], object]]:
    """Commit alone: the file was uploaded and read before."""

    def make() -> Callable[[], object]:
        from django.core.files.base import ContentFile

        from register import import_service

        manager, path = _manager(), _sheet(rows)
        record = import_service.upload(ContentFile(path.read_bytes(), path.name), by=manager, year=YEAR)
        return lambda: import_service.commit(record, by=manager)

    return make


def _bare_commit(rows: int) -> Callable[[], Callable[[], object]]:
    def make() -> Callable[[], object]:
        from django.db import transaction
        from simple_history.utils import bulk_create_with_history

        from register.models import Partnership, Status

        entries = [
            Partnership(reference=f"B-{n:05d}", name=f"Board {n}", status=Status.ACTIVE, purpose="One plan. " * 5)
            for n in range(rows)
        ]

        def write() -> None:
            with transaction.atomic():
                bulk_create_with_history(entries, Partnership, batch_size=500, default_change_reason="Imported")

        return write

    return make


MEASURES = (
    Measure(
        "import: dry run of 2,000 rows, beside openpyxl",
        _read(2_000),
        _bare_read(2_000),
        rounds=1,
        most_seconds=5,
        most_mb=600,
    ),
    Measure(
        "import: dry run of 10,000 rows, beside openpyxl", _read(10_000), _bare_read(10_000), rounds=1, most_mb=600
    ),
    Measure(
        "import: commit of 2,000 rows, beside bulk_create_with_history",
        _commit(2_000),
        _bare_commit(2_000),
        rounds=1,
        most_seconds=5,
        most_mb=600,
    ),
    Measure(
        "import: commit of 10,000 rows, beside bulk_create_with_history",
        _commit(10_000),
        _bare_commit(10_000),
        rounds=1,
        most_mb=600,
    ),
)
