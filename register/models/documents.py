"""Files kept with a partnership; served only to those who may see them (CORE-17)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from register import uploads
from register.models.history import Remembered, records
from register.models.partnership import Partnership


def _where(document: "Document", filename: str) -> str:
    return f"{document.partnership.reference}/{timezone.now():%Y%m%d%H%M%S%f}"


class Document(Remembered):
    """A file or an address, with its kind, date and next review."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, blank=True)
    file = models.FileField(upload_to=_where, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes")
    address = models.URLField(max_length=500, blank=True)
    dated_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    history = records()

    def __str__(self) -> str:
        return self.title

    def take_file(self, file: Any) -> None:
        """Take a file that was judged already; its type is the register's word, never the sender's."""
        name = uploads.safe_name(file.name)
        self.file, self.file_name = file, name
        self.content_type, self.size = uploads.content_type(name), file.size

    def as_of_version(self, version: Any) -> "Document":
        """The document with the file that one of its versions had."""
        return Document(
            partnership=self.partnership,
            title=version.title,
            file=str(version.file),
            file_name=version.file_name,
            content_type=version.content_type,
            size=version.size,
        )

    def files(self) -> list[Any]:
        """The versions of the document that brought a file, newest first; the first is the file of today."""
        brought: list[Any] = []
        for version in self.history.select_related("added_by").order_by("history_date", "history_id"):
            if version.file and (not brought or version.file != brought[-1].file):
                brought.append(version)
        return brought[::-1]
