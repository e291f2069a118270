"""Reminders of terms that end and of places that stay vacant. Each is said once; safe to repeat on the same day."""

from collections import Counter
from datetime import date, timedelta

from django.urls import reverse

from accounts.models import User
from accounts.notices import tell
from accounts.roles import Role
from appointments import queries, rules, services
from appointments.models import Appointee
from config import words

LONG_VACANT = 30  # days after which a vacancy is told to the register managers


def remind(on: date) -> int:
    """Tell of terms that end in 90 or 30 days, and once a month of vacancies; answers how many places were looked at.

    The register managers get one e-mail for all terms that end on one day; whoever has an account hears of their own.
    """
    begin_due(on)
    limit = on + timedelta(days=rules.SOON[0])
    found = list(queries.for_list().filter(is_vacant=False, ends_on__gte=on, ends_on__lte=limit))
    managers = list(User.objects.holding(Role.REGISTER_MANAGER, on=on))
    ends = Counter(place.ends_on for place in found)
    for ends_on, count in ends.items():
        if ends_on is None or (days := rules.next_reminder(ends_on, on)) is None:
            continue
        terms = words.count(count, "term ends", "terms end")
        tell(
            managers,
            key=f"terms:{ends_on}:{days}",
            subject=f"{terms} on {words.day(ends_on)}",
            lines=[f"{terms} in {words.count((ends_on - on).days, 'day')}. Start a round, or say who goes on."],
            path=f"{reverse('appointments:appointment_list')}?state=ending",
        )
    for place in found:
        days = rules.next_reminder(place.ends_on, on) if place.ends_on else None
        if place.user is not None and days == rules.SOON[-1]:
            tell(
                [place.user],
                key=f"term:{place.pk}:{place.ends_on}:{days}",
                subject=f"Your place on {place.partnership} ends on {words.day(place.ends_on)}",
                lines=["Tell the council whether you would go on."],
                path=reverse("appointments:of_body", args=[place.partnership.reference]),
            )
    return len(found) + _of_vacancies(managers, on)


def begin_due(on: date) -> int:
    """Let those take their places whose day has come; answers how many. Managers hear of each who cannot."""
    begun = 0
    for coming in Appointee.objects.due(on):
        problem = services.begin(coming, on=on)
        begun += not problem
        if problem:
            tell(
                User.objects.holding(Role.REGISTER_MANAGER, on=on),
                key=f"not-begun:{coming.pk}",
                subject=f"{coming.name} could not take the place on {coming.partnership}",
                lines=[f"{problem}. Appoint again, or leave the place as it is."],
                path=reverse("appointments:of_body", args=[coming.partnership.reference]),
            )
    return begun


def _of_vacancies(managers: list[User], on: date) -> int:
    """Once a month: how many places have been vacant for longer than a month."""
    long_vacant = list(queries.vacancies().filter(vacant_since__lte=on - timedelta(days=LONG_VACANT)))
    if long_vacant:
        places = words.count(len(long_vacant), "place has", "places have")
        longest = long_vacant[0]
        tell(
            managers,
            key=f"vacancies:{on:%Y-%m}",
            subject=f"{places} been vacant for more than {LONG_VACANT} days",
            lines=[f"The longest: {longest.partnership}, since {words.day(longest.vacant_since)}."],
            path=reverse("appointments:vacancy_list"),
        )
    return len(long_vacant)
