"""What goes with an entry to its new lead officer: forms that are begun, an agreement; see accounts/handover.py."""

from collections.abc import Mapping, Sequence

from assessments.models import Agreement, Response
from config import words


def with_entries(ids: Sequence[int]) -> Mapping[int, str]:
    """A line for each entry with drafts or an agreement in force. Two queries."""
    forms = Response.objects.filter(partnership__in=ids, state=Response.State.DRAFT)
    agreements = Agreement.objects.filter(
        partnership__in=ids, state__in=[Agreement.State.DRAFT, Agreement.State.AGREED]
    )
    drafts, has_one = (
        list(forms.values_list("partnership_id", flat=True)),
        set(agreements.values_list("partnership_id", flat=True)),
    )
    found = {}
    for pk in {*drafts, *has_one}:
        said = [words.count(drafts.count(pk), "form", "forms") + " begun"] if pk in drafts else []
        said += ["the agreement"] if pk in has_one else []
        found[pk] = f"with {words.listed(said)}"
    return found
