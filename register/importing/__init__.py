"""Reads the partnership registers that councils keep in spreadsheets. Knows nothing of Django, and saves nothing."""

from register.importing.reading import read_register
from register.importing.result import GuideLevel, Knowledge, Reading
from register.importing.workbook import CannotRead

__all__ = ["CannotRead", "GuideLevel", "Knowledge", "Reading", "read_register"]
