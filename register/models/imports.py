"""Spreadsheets that were read into the register, and where each value of an entry came from."""

import json
import zlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from register.importing import collector_paused
from register.models.partnership import Partnership


def _where(record: "Import", filename: str) -> str:
    """A private place whose name keeps the ending alone: the reader goes by it."""
    ending = filename.rsplit(".", 1)[-1].lower() if "." in filename else "dat"
    return f"imports/{record.digest[:16]}-{timezone.now():%Y%m%d%H%M%S%f}.{ending}"


def _packed(document: Mapping[str, Any]) -> bytes:
    """JSON, compressed lightly: it is packed and unpacked at each answer."""
    return zlib.compress(json.dumps(document, ensure_ascii=False, default=str).encode(), 3)


def _unpacked(packed: bytes | memoryview) -> dict[str, Any]:
    if not packed:
        return {}
    with collector_paused():
        document: dict[str, Any] = json.loads(zlib.decompress(packed))
    return document


class ImportQuerySet(models.QuerySet["Import"]):
    def for_list(self) -> "ImportQuerySet":
        """Imports newest first, with all that the list shows; deleted uploads are left out."""
        return (
            self.exclude(state=Import.State.DELETED)
            .select_related("uploaded_by", "committed_by", "undone_by")
            .defer("packed_reading", "packed_cells", "answers", "choices")
            .order_by("-uploaded_at", "-pk")
        )

    def committed(self) -> "ImportQuerySet":
        """Imports whose entries stand in the register."""
        return self.filter(state=Import.State.COMMITTED)


class Import(models.Model):
    """One uploaded spreadsheet: the file, what was read from it, what people answered, what became of it.

    The file is private and its digest tells when the same one comes again. `financial_year` is the year in
    which the contributions of the file count, by the calendar year of its April. `answers` is the document that
    the reader takes; `choices` says, by "sheet!row:field", where the file wins over a value that somebody changed
    in the register since.
    """

    class State(models.TextChoices):
        READ = "read", "Not imported yet"
        COMMITTED = "committed", "Imported"
        UNDONE = "undone", "Undone"
        DELETED = "deleted", "Deleted"

    file_name = models.CharField(max_length=200)
    file = models.FileField(upload_to=_where, blank=True)
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes")
    state = models.CharField(max_length=12, choices=State.choices, default=State.READ)
    financial_year = models.PositiveSmallIntegerField(help_text="Year in which the financial year begins")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    seconds = models.DecimalField(max_digits=7, decimal_places=2, default=0, help_text="Time the last reading took")
    answers = models.JSONField(default=list, blank=True)
    choices = models.JSONField(default=dict, blank=True)
    packed_reading = models.BinaryField(default=bytes, editable=False, help_text="The reading's JSON, compressed")
    packed_cells = models.BinaryField(
        default=bytes, editable=False, help_text="The file's cells as JSON, compressed, while it can be answered"
    )
    counts = models.JSONField(default=dict, blank=True)
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    def __str__(self) -> str:
        return self.file_name

    @cached_property
    def reading(self) -> dict[str, Any]:
        """The reading's JSON (contract: fixtures/legacy/README.md); {} once the upload was deleted."""
        return _unpacked(self.packed_reading)

    @property
    def cells(self) -> dict[str, Any]:
        """The file's cells as they were read once, so that an answer need not open the file; {} when not kept."""
        return _unpacked(self.packed_cells)

    def keep_cells(self, cells: Mapping[str, Any]) -> None:
        """Keep the file's cells for the answers to come. The caller saves."""
        self.packed_cells = _packed(cells)

    def keep_reading(self, reading: dict[str, Any], *, seconds: float) -> None:
        """Put the reading in place of the one before. `seconds` is how long it took. The caller saves."""
        self.packed_reading = _packed(reading)
        self.seconds = round(seconds, 2)
        self.__dict__["reading"] = reading

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered and imported."""
        return self.state == self.State.READ


class ImportedRowQuerySet(models.QuerySet["ImportedRow"]):
    def for_partnership(self, partnership: Partnership) -> "ImportedRowQuerySet":
        """Rows of imports that wrote to this entry, newest first; undone ones are left out."""
        return (
            self.filter(partnership=partnership, import_record__state=Import.State.COMMITTED)
            .select_related("import_record")
            .defer("import_record__packed_reading", "import_record__packed_cells", "import_record__answers")
            .order_by("-import_record__committed_at", "-pk")
        )


class ImportedRow(models.Model):
    """What one row of a spreadsheet did to one entry, and from which cell each field came.

    `cells` holds, by register field, {"cell", "raw", "rule"}: the address, the value as it stood in the file, and
    the rule or answer that made the register's value of it. `written` holds what the file said, by field, so that
    a later file can be told from a change made by a person; `before` what a changed field said before.
    `version` is the entry's version when the import was done.
    """

    class Action(models.TextChoices):
        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        SAME = "same", "The same"

    import_record = models.ForeignKey(Import, models.PROTECT, related_name="rows")
    partnership = models.ForeignKey(Partnership, models.SET_NULL, null=True, related_name="+")
    reference = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    sheet = models.CharField(max_length=200)
    row = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=Action.choices)
    cells = models.JSONField(default=dict)
    written = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    objects = ImportedRowQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("partnership", "id", name="imported_row_by_partnership")]

    def __str__(self) -> str:
        return f"{self.name}: sheet {self.sheet}, row {self.row}"
