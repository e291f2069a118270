"""What cannot be done in a year of reviews is refused in words on its page, and nothing is changed by it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice
from register.models import Action, Status
from reviews.models import Campaign, Doing, Review
from tests.register.action_pages import make_action
from tests.reviews.making import Council

pytestmark = pytest.mark.django_db


def kept() -> tuple[int, ...]:
    """How many versions of every record there are that a year of reviews could change."""
    kinds = (Review, Campaign, Doing, Action)
    return (*(kind.history.count() for kind in kinds), Notice.objects.count())


def in_days(name: str, days: int) -> dict[str, int]:
    day = timezone.localdate() + timedelta(days=days)
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


@pytest.mark.parametrize(
    ("status", "said"), [(Status.LEFT, "This entry is left"), (Status.NOT_JOINED, "This entry is not joined")]
)
def test_an_ended_entry_offers_no_review_and_refuses_one_that_is_asked_for(browse_as, status, said):
    council = Council(status=status)
    browsing = browse_as(council.lead)
    before = kept()

    page = browsing.get(reverse("reviews:of_entry", args=[council.partnership.reference]))
    assert not page.select("main form[action*='/open/']")
    assert "Days are worked out while the council takes part in it" in page
    page = browsing.post(
        reverse("reviews:open", args=[council.partnership.reference, council.cycle]),
        in_days("due_on", 30) | {"why": "Just in case"},
    )

    assert page.errors == [f"{said}, so there is nothing to review. Only active and leaving entries are reviewed"]
    assert kept() == before


def test_a_refresh_of_ended_entries_alone_is_refused(browse_as):
    council = Council(status=Status.LEFT)
    before = kept()
    given = {"year": "2026-27", "letter": "Dear all", "open": "yes"} | in_days("due_on", 30)

    page = browse_as(council.manager).post("/refresh/open/", given)

    assert page.errors == ["None of these entries has a review to open. Choose active entries"]
    assert kept() == before


@pytest.mark.parametrize("owner", ["", "0", "999999", "somebody"])
def test_an_action_is_not_handed_to_nobody(browse_as, owner):
    council = Council()
    action = make_action(council.partnership, owner=council.lead)
    before = kept()

    page = browse_as(council.lead).post(f"/actions/{action.pk}/hand-over/", {"owner": owner, "why": "I leave"})

    assert len(page.errors) == 1
    action.refresh_from_db()
    assert action.owner == council.lead
    assert kept() == before


@pytest.mark.parametrize("recommendation", ["", "shrug", "GO_ON"])
def test_what_is_no_recommendation_is_not_sent(browse_as, recommendation):
    council = Council()
    review = council.open()
    council.answer("har-review")
    before = kept()

    address = reverse("reviews:send", args=[council.partnership.reference, review.slug])
    page = browse_as(council.lead).post(address, {"recommendation": recommendation, "why": "Because"})

    assert len(page.errors) == 1
    assert kept() == before


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "tomorrow"])
def test_reminders_on_a_day_that_is_none_are_refused(day):
    Council().campaign()
    before = kept()

    with pytest.raises(CommandError, match=f"{day} is no day. Write it like 2026-11-30"):
        call_command("send_reminders", "--on", day)

    assert kept() == before
