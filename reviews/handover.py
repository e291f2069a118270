"""What goes with an entry to its new lead officer: reviews under way; see accounts/handover.py."""

from collections.abc import Mapping, Sequence

from reviews.models import Review


def with_entries(ids: Sequence[int]) -> Mapping[int, str]:
    """A line for each entry with a review under way. One query."""
    under_way = Review.objects.under_way().filter(partnership__in=ids)
    return {pk: f"the review {slug}" for pk, slug in under_way.order_by("due_on").values_list("partnership_id", "slug")}
