"""How the versions of a record are reached."""

from functools import cache
from typing import Any

from simple_history.manager import HistoryManager


class Versions(HistoryManager):
    """The history package's manager, made once for each kind of record.

    The package makes a class anew each time that `history` is read, so at every save: a tenth of what a save costs.
    """

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)
