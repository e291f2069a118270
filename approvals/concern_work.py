"""What concerns bring to the home page: those that are put to a person."""

from datetime import date

from django.urls import reverse

from accounts.models import User
from accounts.panels import MOST, Line, Link, Work
from approvals.models import ConcernPlace
from config import words


def put_to_you(user: User, today: date) -> Work | None:
    """Concerns that are with this person now, those that fall due first. Three queries."""
    if not user.has_perm("approvals.view"):
        return None
    waiting = ConcernPlace.objects.waiting().held_by(user, on=today).exclude(concern__raised_by=user)
    places = list({place.concern_id: place for place in waiting}.values())
    if not places:
        return None
    lines = [
        Line(
            f"Answer concern {place.concern.reference}: {place.concern.partnership}",
            reverse("approvals:concern", args=[place.concern.reference]),
            note=f"{place.concern.get_seriousness_display()}, raised by {place.concern.raised_by_name}",
            when=words.days_away(place.due_on, today) if place.due_on else f"since {words.short_day(place.since)}",
            is_late=bool(place.due_on and place.due_on < today),
            due=place.due_on or place.since,
        )
        for place in places[:MOST]
    ]
    return Work(lines, len(places), Link("All concerns put to you", reverse("approvals:concern_list")))
