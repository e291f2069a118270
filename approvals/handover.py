"""What goes with an entry to its new lead officer: requests under way; see accounts/handover.py."""

from collections.abc import Mapping, Sequence

from approvals.models import Request
from config import words


def with_entries(ids: Sequence[int]) -> Mapping[int, str]:
    """A line for each entry with a request under way; who proposed it stays who proposed it. One query."""
    found: dict[int, list[str]] = {}
    for pk, reference in Request.objects.filter(partnership__in=ids).open().values_list("partnership_id", "reference"):
        found.setdefault(pk, []).append(reference)
    return {pk: f"request {words.listed(references)} under way" for pk, references in found.items()}
