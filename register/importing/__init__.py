"""Reads the partnership registers that councils keep in spreadsheets. Knows nothing of Django, and saves nothing."""

from register.importing.answers import KEEP_AS_NOTE, LEAVE_OUT
from register.importing.choosing import fields_of
from register.importing.reading import collector_paused, read_cells, read_register
from register.importing.result import GuideLevel, Knowledge, Reading
from register.importing.workbook import CannotRead, cells_of

__all__ = [
    "KEEP_AS_NOTE",
    "LEAVE_OUT",
    "CannotRead",
    "GuideLevel",
    "Knowledge",
    "Reading",
    "cells_of",
    "collector_paused",
    "fields_of",
    "read_cells",
    "read_register",
]
