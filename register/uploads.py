"""Which files the register takes as documents, decided by what is in them, and how it hands them back."""

import re
import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO

from django.conf import settings

OOXML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
# Ending of the name: the type it is handed back as. What is inside must fit the ending.
TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OOXML}.wordprocessingml.document",
    "xlsx": f"{OOXML}.spreadsheetml.sheet",
    "pptx": f"{OOXML}.presentationml.presentation",
    "odt": f"{OPEN_DOCUMENT}.text",
    "ods": f"{OPEN_DOCUMENT}.spreadsheet",
    "odp": f"{OPEN_DOCUMENT}.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "csv": "text/csv",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
KINDS_IN_WORDS = "PDF, Word, Excel, PowerPoint, OpenDocument, text or picture"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS = {
    "pdf": b"%PDF-",
    "doc": _OLE,
    "xls": _OLE,
    "ppt": _OLE,
    "rtf": b"{\\rtf",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
}
_PART_OF_OOXML = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}


def most_mb() -> int:
    """The largest file that is taken, in megabytes."""
    return int(settings.UPLOAD_MAX_MB)


def ending(name: str) -> str:
    """The ending of a file's name in small letters, "" for none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def content_type(name: str) -> str:
    """The type under which a file is handed back; the register decides it, never the person who sent it."""
    return TYPES.get(ending(name), "application/octet-stream")


def why_not(file: Any) -> str:
    """Say why a file cannot be kept and what to do, or "" when it can."""
    name = file.name
    if file.size > most_mb() * 1024 * 1024:
        return f"{name} is larger than {most_mb()} MB. Save it smaller or add its address instead"
    kind = ending(name)
    if kind not in TYPES:
        return f"{name} is not of a kind that the register keeps. Save it as {KINDS_IN_WORDS}"
    file.seek(0)
    fits = _is_like(kind, file)
    file.seek(0)
    if not fits:
        return f"{name} does not hold what its name says. Open it in its own program, save it again and choose that"
    return ""


def _is_like(kind: str, file: BinaryIO) -> bool:
    if start := _STARTS.get(kind):
        return file.read(len(start)) == start
    check: Callable[[str, BinaryIO], bool] = _is_text if kind in ("txt", "csv") else _is_office
    return check(kind, file)


def _is_text(kind: str, file: BinaryIO) -> bool:
    return b"\x00" not in file.read()


def _is_office(kind: str, file: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(file) as parcel:
            names = parcel.namelist()
            if any(name.endswith("vbaProject.bin") for name in names):
                return False
            if part := _PART_OF_OOXML.get(kind):
                return "[Content_Types].xml" in names and any(name.startswith(part) for name in names)
            # The first part of an OpenDocument file says what it is, in under a hundred letters.
            with parcel.open("mimetype") as said:
                return said.read(200).decode("ascii", "replace").strip() == TYPES[kind]
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError):
        return False


def safe_name(name: str) -> str:
    """A name under which a file can be handed back: no folders, control characters or quotes."""
    base = re.split(r"[\\/]", name)[-1]
    cleaned = re.sub(r'[\x00-\x1f\x7f"<>:|?*;]', "", base).strip(". ")
    return cleaned[:150] or "document"
