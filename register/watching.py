"""What those who decide, manage and watch over the register find on their home page: figures, risk, money, news."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.panels import MOST, Line, Link, Panel
from accounts.roles import Role
from config import words
from register.filters import MISSING, may_miss, review_is_late
from register.models import Partnership, Status
from register.panels import levels_under, list_of, own, policy_for

WATCHERS = frozenset(
    {
        Role.MANAGEMENT_TEAM,
        Role.PORTFOLIO_HOLDER,
        Role.EXECUTIVE,
        Role.SCRUTINY,
        Role.AUDITOR,
        Role.REGISTER_MANAGER,
    }
)
DECIDERS = frozenset({Role.MANAGEMENT_TEAM, Role.PORTFOLIO_HOLDER})
CHECKERS = frozenset({Role.AUDITOR, Role.REGISTER_MANAGER})
MOVED_WITHIN = timedelta(days=92)  # a quarter, the rhythm in which the policies report risk (FIG-06)
THAT_MATTER = 5  # pages.md, section 3: the five entries that matter


def portfolio(user: User) -> Q:
    """The active entries that a decider answers for: those of the services of their roles, or all.

    A Portfolio Holder answers for the entries that name them, and for those that name nobody. `approvals.gate` gives
    turns by the same rule.
    """
    found = Q(pk__in=[])
    for held in user.held:
        if held.role not in DECIDERS:
            continue
        mine = Q(service=held.service_area_id) if held.service_area_id else Q()
        if held.role == Role.PORTFOLIO_HOLDER:
            mine &= Q(portfolio_holder=user) | Q(portfolio_holder=None)
        found |= mine or Q(pk__isnull=False)
    return found


def _watched(user: User) -> QuerySet[Partnership]:
    """The active entries that the person watches over: a decider's portfolio, everybody else's whole register."""
    entries = Partnership.objects.active()
    watches_all = WATCHERS - DECIDERS
    return entries if watches_all & user.roles else entries.filter(portfolio(user))


def figures(user: User, today: date) -> Panel | None:
    """For those who watch over the register: a strip of figures, each with the list behind it."""
    if not WATCHERS & user.roles:
        return None
    levels = levels_under(policy_for(user), "risk_level")
    highest = levels[-1] if levels else None
    found = _watched(user).aggregate(
        entries=Count("pk"),
        high=Count("pk", filter=Q(risk_level=highest.id if highest else None)),
        without=Count("pk", filter=Q(risk_level="") | Q(value_level="")),
        late=Count("pk", filter=review_is_late(today)),
        pounds=Sum("contribution_a_year"),
        known=Count("contribution_a_year"),
    )
    facts = [
        {"label": "Partnerships", "figure": found["entries"], "sense": "active or leaving", "address": list_of()},
        *(
            [
                {
                    "label": f"{highest.label} risk",
                    "figure": found["high"],
                    "sense": "overall level",
                    "address": list_of(risk=highest.id),
                }
            ]
            if highest
            else []
        ),
        *(
            [{"label": "Without a level", "figure": found["without"], "sense": "risk or value", "address": ""}]
            if highest
            else []
        ),
        {
            "label": "Late reviews",
            "figure": found["late"],
            "sense": "of active entries",
            "address": list_of(due="late"),
        },
        {
            "label": "Contribution",
            "figure": words.money(found["pounds"] or 0),
            "sense": f"a year, known for {found['known']} of {found['entries']}" if found["entries"] else "a year",
            "address": "",
        },
    ]
    return Panel("The register today", template="components/facts.html", facts={"facts": facts})


def risk_moves(user: User, today: date) -> Panel | None:
    """Entries whose overall risk went up or down in the last quarter, those that went up first (FIG-06)."""
    if not (DECIDERS | {Role.EXECUTIVE, Role.SCRUTINY}) & user.roles:
        return None
    levels = levels_under(policy_for(user), "risk_level")
    if not levels:
        return None
    moved = list(risk_moved(_watched(user), today)[: MOST * 6])
    order = {level.id: number for number, level in enumerate(levels)}
    labels = {level.id: level.label for level in levels}
    moved.sort(key=lambda entry: order.get(entry.risk_level, 0) <= order.get(entry.before, 0))
    lines = [
        Line(
            entry.name,
            reverse("register:history", args=[entry.reference]),
            note=f"{'Up' if order.get(entry.risk_level, 0) > order.get(entry.before, 0) else 'Down'} from "
            f"{labels.get(entry.before, entry.before)} to {labels.get(entry.risk_level, entry.risk_level)}",
        )
        for entry in moved
    ]
    return Panel(
        "Risk that moved in the last three months",
        lines[:MOST],
        empty="No overall level of risk went up or down.",
        all=Link("All by risk", list_of(sort="-risk_level")),
    )


def risk_moved(entries: QuerySet[Partnership], today: date) -> QuerySet[Any]:
    """Entries whose level of risk is another than a quarter ago, with that level in `before`."""
    since = timezone.make_aware(datetime.combine(today - MOVED_WITHIN, datetime.min.time()))
    then = Partnership.history.model.objects.filter(id=OuterRef("pk"), history_date__lte=since)
    then = then.order_by("-history_date", "-history_id").values("risk_level")[:1]
    return (
        entries.exclude(risk_level="")
        .annotate(before=Subquery(then))
        .exclude(before="")
        .exclude(before=None)
        .exclude(before=F("risk_level"))
        .order_by("name", "pk")
    )


def outside_the_budget(user: User, today: date) -> Panel | None:
    """For those who decide: entries with money outside the budget, the most first (BRK-F05)."""
    if not (DECIDERS | {Role.EXECUTIVE}) & user.roles:
        return None
    found = _watched(user).filter(unbudgeted_a_year__gt=0)
    lines = [
        Line(
            entry.name,
            reverse("register:money", args=[entry.reference]),
            note=f"{words.money(entry.unbudgeted_a_year)} a year is not in the budget",
        )
        for entry in found.order_by("-unbudgeted_a_year", "name", "pk")[:MOST]
    ]
    return Panel(
        "Money outside the budget",
        lines,
        empty="No active entry has money outside the budget.",
        all=Link("All by contribution", list_of(sort="-contribution_a_year")),
    )


def late_reviews(user: User, today: date) -> Panel | None:
    """For those who decide: the entries of their portfolio whose review is late, the latest first."""
    if not DECIDERS & user.roles:
        return None
    found = _watched(user).filter(review_is_late(today)).select_related("lead_officer")
    lines = [
        Line(
            entry.name,
            reverse("register:partnership", args=[entry.reference]),
            note=f"Lead officer: {entry.lead_officer or entry.lead_officer_name or 'not known'}",
            when=words.days_away(day, today) if (day := entry.next_review_on) and day < today else "Late",
            is_late=True,
        )
        for entry in found.order_by("next_review_on", "pk")[:MOST]
    ]
    return Panel(
        "Late reviews", lines, empty="No review is late.", all=Link("All late reviews", list_of(due="late", sort="due"))
    )


def that_matter(user: User, today: date) -> Panel | None:
    """For the Executive: five entries, each with one sentence why it stands here.

    The highest risk with the most money, a risk that rose, the most money, one that the council leaves, and the
    review that is overdue longest; each place goes to the first entry that has none yet.
    """
    if Role.EXECUTIVE not in user.roles:
        return None
    levels = levels_under(policy_for(user), "risk_level")
    active = Partnership.objects.active()
    by_money = active.order_by(F("contribution_a_year").desc(nulls_last=True), "name", "pk")
    order = {level.id: number for number, level in enumerate(levels)}
    rose = [e for e in risk_moved(active, today)[: MOST * 6] if order.get(e.risk_level, 0) > order.get(e.before, 0)]
    labels = {level.id: level.label for level in levels}
    places: list[tuple[Iterable[Any], Any]] = [
        (
            by_money.filter(risk_level=levels[-1].id)[:THAT_MATTER] if levels else (),
            lambda entry: f"{levels[-1].label} risk{_and_money(entry.contribution_a_year)}",
        ),
        (rose, lambda entry: f"Risk went up from {labels.get(entry.before)} to {labels.get(entry.risk_level)}"),
        (
            by_money.filter(contribution_a_year__gt=0)[:THAT_MATTER],
            lambda entry: f"The most money: {words.money(entry.contribution_a_year)} a year",
        ),
        (
            by_money.filter(status=Status.LEAVING)[:THAT_MATTER],
            lambda entry: f"The council is leaving it{_and_money(entry.contribution_a_year)}",
        ),
        (
            active.filter(review_is_late(today), next_review_on__lt=today).order_by("next_review_on", "pk")[
                :THAT_MATTER
            ],
            lambda entry: f"Its review is {words.days_away(entry.next_review_on, today)}",
        ),
    ]
    taken: set[int] = set()
    lines = []
    for entries, why in places:
        entry = next((each for each in entries if each.pk not in taken), None)
        if entry is not None:
            taken.add(entry.pk)
            lines.append(Line(entry.name, reverse("register:partnership", args=[entry.reference]), note=why(entry)))
    return Panel(
        "The entries that matter most now",
        lines,
        empty="No active entry stands out by risk, money, leaving or a late review.",
        all=Link("All partnerships", list_of()),
    )


def _and_money(pounds: Decimal | None) -> str:
    return f", {words.money(pounds)} a year" if pounds is not None else ", contribution not known"


def late_by_service(user: User, today: date) -> Panel | None:
    """For a register manager: how many reviews are late in each service, the most first."""
    if Role.REGISTER_MANAGER not in user.roles:
        return None
    late = Partnership.objects.active().filter(review_is_late(today))
    counted = late.values("service", "service__name").annotate(many=Count("pk")).order_by("-many", "service__name")
    lines = [
        Line(
            row["service__name"] or "No service named",
            list_of(due="late", service=row["service"] or "none"),
            note=f"{words.count(row['many'], 'review')} late",
        )
        for row in counted[:MOST]
    ]
    return Panel(
        "Late by service", lines, empty="No review is late.", all=Link("All late reviews", list_of(due="late"))
    )


def findings(user: User, today: date) -> Panel | None:
    """For auditors and the register manager: what the policy asks for and how many active entries lack. One query."""
    policy = policy_for(user)
    if policy is None or not CHECKERS & user.roles:
        return None
    asked = {key: (label, lacks) for key, (label, lacks) in MISSING.items() if may_miss(policy, key)}
    active = Partnership.objects.active()
    counts = active.aggregate(
        **{key: Count("pk", filter=lacks) for key, (_, lacks) in asked.items()},
        late=Count("pk", filter=review_is_late(today)),
    )
    found = [(label, counts[key], list_of(missing=key)) for key, (label, _) in asked.items()]
    found.append(("Review late", counts["late"], list_of(due="late")))
    found.sort(key=lambda each: -each[1])
    lines = [
        Line(label, address, note=words.count(many, "active entry", "active entries"))
        for label, many, address in found
        if many
    ]
    return Panel(
        "What an auditor would find",
        lines[:MOST],
        empty="Every active entry has what the policy asks for, and no review is late.",
        all=Link("All partnerships", list_of()),
    )


# --- Dates and news ------------------------------------------------------------------------------


def dates(user: User, today: date) -> list[Line]:
    """The next reviews and ends of the entries that the person leads or answers for. Two queries."""
    entries = Partnership.objects.active().filter(own(user))
    found = []
    for name, what in (("next_review_on", "Review"), ("ends_on", "Ends")):
        coming = entries.filter(**{f"{name}__gte": today}).order_by(name, "pk")[:MOST]
        found += [
            Line(
                f"{what}: {entry.name}",
                reverse("register:partnership", args=[entry.reference]),
                due=getattr(entry, name),
            )
            for entry in coming
        ]
    return found


def news(user: User, since: datetime) -> list[Line]:
    """What others changed in the person's entries, for those who watch in any entry; one query."""
    if not user.has_perm("register.view"):
        return []
    versions = Partnership.history.filter(history_date__gt=since).exclude(history_type="-").exclude(history_user=user)
    if not WATCHERS & user.roles:
        versions = versions.filter(id__in=Partnership.objects.filter(own(user)).values("pk"))
    elif not (WATCHERS - DECIDERS) & user.roles:
        versions = versions.filter(id__in=Partnership.objects.filter(portfolio(user)).values("pk"))
    kept = ("id", "reference", "name", "by_name", "history_type", "history_change_reason", "history_date")
    seen: set[int] = set()
    lines: list[Line] = []
    for version in versions.order_by("-history_date", "-history_id").only(*kept)[: MOST * 6]:
        if version.id not in seen and len(lines) < MOST:
            seen.add(version.id)
            lines.append(
                Line(
                    version.name,
                    reverse("register:history", args=[version.reference]),
                    note=_change(version),
                    when=words.short_day(version.history_date).rsplit(" ", 1)[0],
                    at=version.history_date,
                )
            )
    return lines


def _change(version: Any) -> str:
    """ "Added by T.W., because “Agreed by CMT”": what happened, who did it and the reason they gave."""
    verb = "Added" if version.history_type == "+" else "Changed"
    by = f" by {version.by_name}" if version.by_name else ""
    reason = version.history_change_reason
    because = f", because “{reason}”" if reason and reason != "Proposed" else ""
    return f"{verb}{by}{because}"
