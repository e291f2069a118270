"""Whom a concern tells: those to whom it is put, those who should know, those who take part. Never its words."""

from datetime import date

from django.urls import reverse

from accounts.models import RoleAssignment, User
from accounts.notices import tell
from accounts.roles import Role
from approvals.models import Concern, ConcernPlace, Deputy
from config import words
from register.models import Representative

LATE_AGAIN = 7  # days after which lateness is said again


def people_of(concern: Concern, place: ConcernPlace, *, on: date) -> list[User]:
    """Everybody who holds the role of a place for its entry, and their deputies; the raiser is left out."""
    entry = concern.partnership
    if place.role == "representative":
        ids = set(Representative.objects.filter(partnership=entry, user__isnull=False).values_list("user", flat=True))
    else:
        role = place.role if place.role in Role.values else Role.REGISTER_MANAGER
        named = getattr(entry, f"{place.role}_id", None)
        held = RoleAssignment.objects.on(on).filter(role=role, user__is_active=True)
        ids = {
            each.user_id
            for each in held
            if each.service_area_id in (None, entry.service_id) and named in (None, each.user_id)
        }
    ids |= set(Deputy.objects.on(on).filter(role=place.role, person__in=ids).values_list("deputy", flat=True))
    return list(User.objects.filter(pk__in=ids - {concern.raised_by_id}, is_active=True).order_by("pk"))


def of_place(concern: Concern, *, on: date) -> None:
    """Tell those to whom it is put now; where nobody holds the role, the register managers."""
    places: list[ConcernPlace] = list(concern.places.current())
    people = [person for place in places for person in people_of(concern, place, on=on)]
    due = next((f" by {words.day(place.due_on)}" for place in places if place.due_on), "")
    tell(
        people or User.objects.holding(Role.REGISTER_MANAGER, on=on),
        key=f"concern:{concern.reference}:{places[0].pk}",
        subject=f"Put to you{due}: concern {concern.reference}",
        lines=[f"Read it, then advise, act, take it further or close it{due}. Only those it is put to can open it."],
        path=_page(concern),
    )


def of_readers(concern: Concern, *, on: date) -> None:
    """Tell those who should know of it: people named by whoever raised it, and roles that the policy names."""
    people = [reader.person for reader in concern.readers.select_related("person")]
    told: list[ConcernPlace] = list(concern.places.filter(is_told=True))
    people += [person for place in told for person in people_of(concern, place, on=on)]
    tell(
        people,
        key=f"concern:{concern.reference}:told",
        subject=f"You should know: concern {concern.reference}",
        lines=["It was raised, and you are one of those who should know. Only they can open it."],
        path=_page(concern),
    )


def of_remark(concern: Concern, *, by: User, on: date, number: int) -> None:
    """Tell whoever raised it, and those with whom it is now, that something was said or done."""
    places: list[ConcernPlace] = list(concern.places.current())
    people = [concern.raised_by, *(person for place in places for person in people_of(concern, place, on=on))]
    tell(
        [person for person in people if person.pk != by.pk],
        key=f"concern:{concern.reference}:remark:{number}",
        subject=f"News on concern {concern.reference}",
        lines=[f"{by} added to it. Read what is new:"],
        path=_page(concern),
    )


def of_late(concern: Concern, place: ConcernPlace, *, on: date) -> None:
    """Tell those with whom it is late, once a week; after a week the register managers too."""
    days = place.days_late(on)
    weeks = days // LATE_AGAIN
    managers = list(User.objects.holding(Role.REGISTER_MANAGER, on=on)) if weeks else []
    tell(
        [*people_of(concern, place, on=on), *managers],
        key=f"concern:{concern.reference}:late:{place.due_on}:{weeks}",
        subject=f"{words.count(days, 'day')} late: concern {concern.reference}",
        lines=[f"An answer was due on {words.day(place.due_on)}."],
        path=_page(concern),
    )


def _page(concern: Concern) -> str:
    return reverse("approvals:concern", args=[concern.reference])
