"""The app's page of a partnership, with what the overview shows of it."""

from collections.abc import Sequence

from config import words
from policy.model import Policy
from register.models import Partnership
from register.sections import RISKS, Row, Section
from reviews.models import Review
from reviews.practice import routes_of, said_of


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


def _done_with_partners(partnership: Partnership) -> Sequence[Row]:
    """The last thing that was said to be done with the partners; one query."""
    last = said_of(partnership).first()
    return [("Last done with partners", f"{words.day(last.done_on)} by {last.by_name}")] if last else []


def _has_practice(policy: Policy | None) -> bool:
    return policy is not None and bool(routes_of(policy))


PRACTICE = Section(
    "With partners",
    "reviews:practice",
    "reviews.view",
    summary=_done_with_partners,
    applies=_has_practice,
    under=RISKS,
)
