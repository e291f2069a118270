"""What reviews bring to other pages: the next step on an entry, and the work that waits on the home page."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.panels import MOST, Line, Link, Work
from accounts.roles import Role
from config import words
from register.models import Partnership
from register.sections import Step
from reviews import services
from reviews.models import Occasion, Review, State

SOON = 30  # days ahead in which a review stands on the home page (design, section 5.1)


def next_steps(partnership: Partnership, user: Any) -> list[Step]:
    """Go on with a review that is open, or answer its challenge. Named by `settings.NEXT_STEPS`."""
    if not user.has_perm("reviews.change") or not Partnership.objects.editable_by(user).contains(partnership):
        return []
    reviews = Review.objects.for_partnership(partnership).filter(state__in=[State.OPEN, State.CHALLENGED])
    return [
        Step(
            f"{'Answer about' if review.state == State.CHALLENGED else 'Go on with'} {words.inside(str(review))}",
            reverse("reviews:review", args=[partnership.reference, review.slug]),
        )
        for review in reviews[:1]
    ]


def due(user: User, today: date) -> Work | None:
    """What is late or due within a month of the entries that somebody leads.

    A register manager's are the council's as a whole too, with one line for the late ones of others.
    """
    if not user.has_perm("reviews.change"):
        return None
    services.bring_up_to_date(at=timezone.now())
    coming = Occasion.objects.for_list().to_do().filter(due_on__lte=today + timedelta(days=SOON))
    theirs, lines = Q(partnership__lead_officer=user), []
    if Role.REGISTER_MANAGER in user.roles:
        theirs |= Q(partnership=None)
        lines = _late_of_others(coming.exclude(theirs).filter(due_on__lt=today).count())
    found = coming.filter(theirs)
    first = list(found[: MOST + 1])
    lines += [
        Line(
            _words(each),
            _address(each),
            note=each.because,
            when=_sentence(words.days_away(each.due_on, today)),
            was=words.short_day(each.due_on),
            is_late=each.due_on < today,
            due=each.due_on,
        )
        for each in first[:MOST]
    ]
    total = len(lines) - len(first[:MOST]) + (found.count() if len(first) > MOST else len(first))
    return Work(lines, total, Link("All reviews by date", reverse("reviews:review_list")))


def _late_of_others(late: int) -> list[Line]:
    """One line for all that others have not done in time; none when there is nothing."""
    if not late:
        return []
    address = f"{reverse('reviews:review_list')}?when=late&whose=all"
    many = words.count(late, "late review or report", "late reviews and reports")
    return [Line(f"Chase {many}", address, note="Of entries that others lead", when="Late", is_late=True)]


def to_sign_off(user: User, today: date) -> Work | None:
    """Reviews that wait for this person's sign-off, the oldest first. One query."""
    if not user.has_perm("reviews.sign_off"):
        return None
    # What is on its way stands among the steps that wait for the person (approvals.work.your_turn).
    waiting = Review.objects.waiting().off_the_way().for_list().order_by("sent_at", "pk")
    if Role.REGISTER_MANAGER not in user.roles:
        waiting = waiting.filter(Q(partnership__responsible_head=user) | Q(partnership__responsible_head=None))
    theirs = [each for each in waiting if not each.why_not(State.SIGNED_OFF, by=user)]
    lines = [
        Line(
            f"Sign off {words.inside(str(each))} of {each.partnership}",
            reverse("reviews:review", args=[each.partnership.reference, each.slug]),
            note=". ".join(each.look_at) or "Nothing unusual",
            when=f"Since {words.short_day(each.sent_at)}",
            due=timezone.localdate(each.sent_at) if each.sent_at else None,
        )
        for each in theirs[:MOST]
    ]
    return Work(lines, len(theirs), Link("All that wait", f"{reverse('reviews:review_list')}?when=waiting&whose=all"))


def _words(occasion: Occasion) -> str:
    about = f": {occasion.partnership}" if occasion.partnership else ""
    if occasion.review is None:
        return f"{occasion.title}{about}"
    if occasion.review.state == State.CHALLENGED:
        return f"Answer about {words.inside(occasion.title)}{about}"
    return f"Go on with {words.inside(occasion.title)}{about}"


def _address(occasion: Occasion) -> str:
    if occasion.partnership is None:
        return reverse("reviews:council_done", args=[occasion.cycle])
    if occasion.review is not None:
        return reverse("reviews:review", args=[occasion.partnership.reference, occasion.review.slug])
    return reverse("reviews:of_entry", args=[occasion.partnership.reference])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
