"""The app's page of a partnership, with what the overview shows of it."""

from collections.abc import Sequence

from config import words
from register.models import Partnership
from register.sections import Row, Section
from reviews.models import Review


def _rows(partnership: Partnership) -> Sequence[Row]:
    """The last reviews and how they stand; one query."""
    rows: list[Row] = []
    for review in Review.objects.for_partnership(partnership)[:3]:
        state = review.get_state_display()
        if review.is_with_lead:
            state = f"{state}, due {words.day(review.due_on)}"
        elif review.ended_at:
            state = f"{state} {words.day(review.ended_at)}"
        rows.append((str(review), state))
    return rows


REVIEWS = Section("Reviews", "reviews:of_entry", "reviews.view", summary=_rows)
