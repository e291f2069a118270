"""Figures and rows of the yearly refresh; each asks a fixed number of queries for any number of reviews."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum
from django.utils import timezone

from accounts.roles import Role
from accounts.words import role_label
from reviews.models import UNDER_WAY, WITH_LEAD, WITH_REVIEWER, Campaign, Recommendation, Review, State

KEY = (  # parts of the bar: words, colour (design, section 2: charts)
    ("Signed off", "#00625f"),
    ("Waiting or challenged", "#6fb0ad"),
    ("Started", "#c9dfde"),
    ("Not started", "#ececec"),
    ("Closed unfinished", "#ffffff"),
)
LATE = Q(state__in=WITH_LEAD)  # once the day is past


@dataclass(frozen=True)
class Progress:
    """How far the reviews of one service are. The bar is 100 wide."""

    title: str
    service: int | None
    signed_off: int = 0
    waiting: int = 0
    started: int = 0
    not_started: int = 0
    closed: int = 0

    @property
    def all(self) -> int:
        return sum(self.counts)

    @property
    def counts(self) -> tuple[int, ...]:
        return (self.signed_off, self.waiting, self.started, self.not_started, self.closed)

    @property
    def words(self) -> str:
        """The bar for somebody who does not see it."""
        parts = zip(self.counts, KEY, strict=True)
        return ", ".join(f"{count} {words.lower()}" for count, (words, _) in parts if count)

    @property
    def bar(self) -> list[dict[str, str]]:
        """The pieces of the bar, each with where it starts and how wide it is, in hundredths."""
        pieces, start = [], 0.0
        for count, (_, colour) in zip(self.counts, KEY, strict=True):
            width = 100 * count / self.all if self.all else 0.0
            if count:
                pieces.append({"x": f"{start:.2f}", "width": f"{width:.2f}", "fill": colour})
            start += width
        return pieces


def _column(state: str, has_begun: bool) -> str:
    if state == State.OPEN:
        return "started" if has_begun else "not_started"
    if state == State.SIGNED_OFF:
        return "signed_off"
    return "closed" if state == State.CLOSED else "waiting"


def progress_of(campaign: Campaign) -> tuple[list[Progress], Progress]:
    """By service, the largest first, and all together. One query."""
    counted = (
        Review.objects.in_campaign(campaign)
        .with_begun()
        .values("partnership__service", "partnership__service__name", "state", "has_begun")  # type: ignore[misc]
        .annotate(number=Count("pk"))
        .order_by()
    )
    services: defaultdict[tuple[int | None, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    whole: defaultdict[str, int] = defaultdict(int)
    for each in counted:
        column = _column(each["state"], each["has_begun"])
        name = each["partnership__service__name"] or "Service not known"
        services[each["partnership__service"], name][column] += each["number"]
        whole[column] += each["number"]
    rows = [Progress(name, pk, **numbers) for (pk, name), numbers in services.items()]
    return sorted(rows, key=lambda row: (-row.all, row.title)), Progress("All services", None, **whole)


def late_entries(today: date) -> Q:
    """The entries whose review is late, wherever they are counted. Named by `settings.LATE_REVIEWS`.

    A review that is open is late by its own day; one that was sent waits for others, and is not. Without an open one
    the day counts that the register shows. So the home page and the refresh name the same.
    """
    of_entry = Review.objects.filter(partnership=OuterRef("pk"))
    for_that_day = of_entry.under_way().filter(Q(campaign__isnull=False) | Q(due_on=OuterRef("next_review_on")))
    return Q(Exists(of_entry.late(today))) | Q(next_review_on__lt=today) & ~Q(Exists(for_that_day))


def figures_of(campaign: Campaign, today: date) -> dict[str, Any]:
    """The figures of the strip and of what came of it so far. One query."""
    return Review.objects.in_campaign(campaign).aggregate(
        all=Count("pk"),
        signed_off=Count("pk", filter=Q(state=State.SIGNED_OFF)),
        waiting=Count("pk", filter=Q(state__in=WITH_REVIEWER)),
        oldest=Min("sent_at", filter=Q(state__in=WITH_REVIEWER)),
        with_lead=Count("pk", filter=Q(state=State.OPEN)),
        challenged=Count("pk", filter=Q(state__in=(State.CHALLENGED, State.ANSWERED))),
        answered=Count("pk", filter=Q(state=State.ANSWERED)),
        late=Count("pk", filter=LATE & Q(due_on__lt=today)),
        latest=Max("ended_at"),
        leave=Count("pk", filter=Q(recommendation=Recommendation.LEAVE)),
        asked=Count("pk", filter=Q(recommendation=Recommendation.LEAVE, request__isnull=False)),
        change=Count("pk", filter=Q(recommendation=Recommendation.CHANGE)),
        higher=Count("pk", filter=Q(risk_change__gt=0)),
        lower=Count("pk", filter=Q(risk_change__lt=0)),
        money=Sum("money_change"),
    )


def last_year_by_now(campaign: Campaign, today: date) -> int | None:
    """How many were signed off a year ago on this day of the refresh before; None without one."""
    before = Campaign.objects.filter(slug__lt=campaign.slug).order_by("-slug").first()
    if before is None:
        return None
    begun, then = timezone.localdate(campaign.opened_at), timezone.localdate(before.opened_at)
    day = then + (today - begun)
    return Review.objects.in_campaign(before).signed_off().filter(ended_at__date__lte=day).count()


def waiting_in(campaign: Campaign, *, most: int) -> list[Review]:
    """What waits for sign-off, the oldest first."""
    found = Review.objects.in_campaign(campaign).waiting().for_list().order_by("sent_at", "pk")
    return list(found[:most])


def not_started_in(campaign: Campaign) -> Any:
    """Reviews that nobody has begun, with the letters that were sent about them."""
    found = Review.objects.in_campaign(campaign).filter(state=State.OPEN).with_begun().filter(has_begun=False)  # type: ignore[misc]
    return found.for_list().prefetch_related("chases")


def late_in(campaign: Campaign, today: date) -> Sequence[Review]:
    """Those that are named to the management team."""
    return list(Review.objects.in_campaign(campaign).late(today).for_list())


def behind_in(campaign: Campaign) -> Any:
    """Everything that is with lead officers: not sent yet, or challenged and not answered."""
    return Review.objects.in_campaign(campaign).filter(state__in=WITH_LEAD).for_list()


def by_itself(campaign: Campaign) -> list[tuple[date, str]]:
    """What reminders and escalation do by themselves, by day."""
    due = campaign.due_on
    opened = timezone.localdate(campaign.opened_at)
    before = [days for days in (30, 7) if (due - opened).days > days]
    found = [(due - timedelta(days=days), f"Reminder, {days} days before") for days in before]
    policy = campaign.policy_version.policy
    head, manager, team = (
        role_label(role, policy) for role in (Role.RESPONSIBLE_HEAD, Role.REGISTER_MANAGER, Role.MANAGEMENT_TEAM)
    )
    found += [
        (due + timedelta(days=1), f"Late ones go to the person responsible too: {head}"),
        (due + timedelta(days=7), f"Still late: told to {manager}, and named on this page for {team}"),
    ]
    return found


FILTERS = {
    "": ("All", Q()),
    "late": ("Late", Q()),  # by the day: `of_filter`
    "waiting": ("Waiting for sign-off", Q(state__in=WITH_REVIEWER)),
    "challenged": ("Challenged", Q(state__in=(State.CHALLENGED, State.ANSWERED))),
    "on_its_way": ("On its way to others", Q(state=State.ON_ITS_WAY)),
    "signed_off": ("Signed off", Q(state=State.SIGNED_OFF)),
    "with_lead": ("With lead officers", Q(state=State.OPEN)),
    "leave": ("Recommend leaving", Q(recommendation=Recommendation.LEAVE)),
    "change": ("Recommend changes", Q(recommendation=Recommendation.CHANGE)),
    "higher": ("Risk higher", Q(risk_change__gt=0)),
    "lower": ("Risk lower", Q(risk_change__lt=0)),
    "unfinished": ("Not finished", Q(state__in=UNDER_WAY)),
    "closed": ("Closed unfinished", Q(state=State.CLOSED)),
}


def of_filter(which: str, today: date) -> tuple[str, Q]:
    """What a figure of a refresh is called, and the reviews behind it; all of them for a word that is none."""
    title, asked = FILTERS.get(which, FILTERS[""])
    return title, LATE & Q(due_on__lt=today) if which == "late" else asked


def newest_first(reviews: Any) -> Any:
    """In the order in which they were sent, those not sent last."""
    return reviews.order_by(F("sent_at").desc(nulls_last=True), "partnership__name", "pk")
