"""Whom reviews tell what: due soon, late, and the line above when one stays late; letters of a refresh (DEF-09)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from accounts.notices import tell
from accounts.roles import Role
from config import words
from policy.models import PolicyVersion
from register.models import Partnership
from reviews import rules, services
from reviews.models import WITH_LEAD, Campaign, Chase, Occasion, Review, cycle_of

AHEAD = 60  # days ahead that are looked at: more than any reminder of a policy
Said = set[tuple[int, str]]  # the people who were told, each with the key


def people_of(partnership: Partnership) -> list[User]:
    """Who answers for an entry's review: its lead officer, else the responsible head; nobody where both are vacant."""
    for person in (partnership.lead_officer, partnership.responsible_head):
        if person is not None and person.is_active:
            return [person]
    return []


def chase(campaign: Campaign, reviews: Iterable[Review], *, at: datetime) -> tuple[int, int]:
    """Send the refresh's letter about reviews that are with their lead officers; once a day for each.

    Answers how many letters were written that had not been today, and for how many reviews there is nobody to write to.
    Raises Refused for a refresh that is closed.
    """
    campaign.refuse_when_closed()
    day = timezone.localdate(at)
    letters, nobody = [], 0
    written = set(Chase.objects.filter(review__campaign=campaign, sent_on=day).values_list("review", "to"))
    for review in reviews:
        if review.state not in WITH_LEAD:
            continue
        people = people_of(review.partnership)
        nobody += not people
        for person in people:
            if (review.pk, person.pk) in written:
                continue
            tell(
                [person],
                key=f"chase:{review.pk}:{day}",
                subject=f"Due {words.day(review.due_on)}: {review.title.lower()} of {review.partnership}",
                lines=[services.letter_for(campaign, review, person)],
                path=reverse("reviews:review", args=[review.partnership.reference, review.slug]),
            )
            letters.append(Chase(review=review, to=person, to_name=str(person), sent_on=day))
    Chase.objects.bulk_create(letters, ignore_conflicts=True)
    return len(letters), nobody


def remind(on: date) -> int:
    """Tell those concerned what falls due and what is late; answers how many occasions were looked at.

    Safe to repeat: each reminder has its own key. What is late goes to the responsible head as well, and after a week
    to the register manager; letters about it come each week for a month, then once a quarter.
    """
    version = PolicyVersion.objects.in_force(on)
    if version is None:
        return 0
    managers = list(User.objects.holding(Role.REGISTER_MANAGER, on=on))
    said = set(Notice.objects.filter(key__startswith="review-").values_list("person_id", "key"))
    near = Occasion.objects.for_list().to_do().filter(due_on__lte=on + timedelta(days=AHEAD))
    found = list(near)
    holding: dict[str, list[User]] = {}
    for occasion in found:
        cycle = next((each for each in version.policy.cycles if each.id == occasion.cycle), None)
        if occasion.review is not None:
            cycle = cycle or cycle_of(occasion.review.policy_version, occasion.cycle)
        if cycle is None:
            continue
        entry = occasion.partnership
        people = people_of(entry) if entry else _holders(cycle.does, holding, on)
        left = (occasion.due_on - on).days
        opened = timezone.localdate(occasion.review.opened_at) if occasion.review else None
        window = (occasion.due_on - opened).days if opened else AHEAD + 1
        about = f"{occasion.title}{f' of {entry}' if entry else ''}"
        key = f"{entry.pk if entry else 'council'}:{occasion.cycle}:{occasion.due_on}"
        path = _path(occasion)
        days = rules.reminder(cycle.reminder_days, left=left, window=window)
        if days is not None:
            _say(
                people,
                said,
                f"review-due:{key}:{days}",
                subject=f"Due {words.day(occasion.due_on)}: {about}",
                line=f"{about} is due in {words.count(left, 'day')}.",
                path=path,
            )
        if left < 0 and cycle.remind_when_late and cycle.reminder_days:
            letter = rules.late_letter(-left)
            late = words.count(-left, "day")
            heads = [entry.responsible_head] if entry and entry.responsible_head else []
            _say(
                [*people, *heads],
                said,
                f"review-late:{key}:{letter}",
                subject=f"{late} late: {about}",
                line=f"{about} was due on {words.day(occasion.due_on)}.",
                path=path,
            )
            if letter:
                _say(
                    managers,
                    said,
                    f"review-escalated:{key}:{letter}",
                    subject=f"Still late: {about}",
                    line=f"{about} is {late} late. {_who(people)}",
                    path=path,
                )
    return len(found)


def _say(people: Iterable[User], said: Said, key: str, *, subject: str, line: str, path: str) -> None:
    new = [person for person in people if (person.pk, key) not in said]
    if new:
        tell(new, key=key, subject=subject, lines=[line], path=path)
        said |= {(person.pk, key) for person in new}


def _who(people: list[User]) -> str:
    return f"It waits for {words.listed([str(each) for each in people])}." if people else "Nobody leads it now."


def _holders(roles: Iterable[str], holding: dict[str, list[User]], on: date) -> list[User]:
    found: dict[int, User] = {}
    for role in roles:
        if role in Role.values:
            if role not in holding:
                holding[role] = list(User.objects.holding(role, on=on))
            found |= {person.pk: person for person in holding[role]}
    return list(found.values())


def _path(occasion: Occasion) -> str:
    if occasion.partnership is None:
        return reverse("reviews:review_list")
    if occasion.review is not None:
        return reverse("reviews:review", args=[occasion.partnership.reference, occasion.review.slug])
    return reverse("reviews:of_entry", args=[occasion.partnership.reference])
