"""Places and the people in them, for lists, papers and reminders. Each asks a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Lower

from appointments import rules
from appointments.models import Appointee, Round
from appointments.rules import Sitting
from appointments.services import HERE
from config import words
from policy.model import AppointmentRule, Policy
from register.models import Partnership, Representative, Status


def places() -> QuerySet[Representative]:
    """Every place for the council on bodies that are on the register now."""
    return Representative.objects.filter(partnership__status__in=HERE)


def for_list() -> QuerySet[Representative]:
    """Places by body, full members before substitutes, with all that a list shows."""
    found = places().select_related("partnership", "user")
    return found.order_by(Lower("partnership__name"), "partnership_id", "is_substitute", "is_vacant", "name", "pk")


def vacancies() -> QuerySet[Representative]:
    """Vacant places, the longest vacant first; those of which nobody knows since when come last."""
    return (
        for_list()
        .filter(is_vacant=True)
        .order_by(F("vacant_since").asc(nulls_last=True), Lower("partnership__name"), "pk")
    )


def ending(today: date, *, within: int = rules.SOON[0]) -> QuerySet[Representative]:
    """People whose term has ended or ends within so many days, the earliest first."""
    limit = today + timedelta(days=within)
    return for_list().filter(is_vacant=False, ends_on__lte=limit).order_by("ends_on", Lower("partnership__name"), "pk")


def bodies() -> QuerySet[Partnership]:
    """Outside bodies with how many places they have, filled and vacant."""
    counted = {
        "places": Count("representatives", filter=Q(representatives__is_substitute=False)),
        "filled": Count("representatives", filter=Q(representatives__is_vacant=False)),
        "vacant": Count("representatives", filter=Q(representatives__is_vacant=True)),
        "next_end": Max("representatives__ends_on"),
    }
    found = Partnership.objects.filter(status=Status.OUTSIDE_BODY).annotate(**counted)
    return found.order_by(Lower("name"), "pk")


def people() -> Any:
    """The names of those who sit somewhere, each with the number of places held."""
    held = places().filter(is_vacant=False)
    return held.values("name").annotate(held=Count("pk")).order_by(Lower("name"), "name")


@dataclass(frozen=True)
class Labels:
    """The words of the policy for the values of places; what an old register wrote stays as it wrote it."""

    policy: Policy | None

    def of(self, which: str, value: str) -> str:
        """The word for a value of one of the policy’s lists of appointments, such as `capacity_list`."""
        appointments = self.policy.appointments if self.policy else None
        name = getattr(appointments, which, None)
        if not name or self.policy is None or not value:
            return value
        found = self.policy.list(name).by_id.get(value)
        return found.label if found else value

    def term(self, place: Representative) -> str:
        return self.of("term_list", place.term)

    def capacity(self, place: Representative) -> str:
        return self.of("capacity_list", place.capacity)

    def level(self, place: Representative) -> str:
        return self.of("level_list", place.level)

    def roles(self, place: Representative) -> str:
        return words.listed(self.of("role_list", each) for each in place.agreed_roles) or place.role_note

    def rule(self, place: Representative) -> AppointmentRule | None:
        return rules.rule_of(self.policy, rule=place.rule, term=place.term)


@dataclass(frozen=True)
class Seat:
    """A place as lists and papers show it."""

    place: Representative
    body: str
    reference: str
    who: str
    clock: str
    term: str
    capacity: str
    level: str
    roles: str
    rule: AppointmentRule | None
    is_outside: bool
    has_ended: bool
    ends_soon: bool
    coming: Appointee | None


def seat(place: Representative, labels: Labels, today: date, coming: Appointee | None) -> Seat:
    """One place in words."""
    return Seat(
        place=place,
        body=place.partnership.name,
        reference=place.partnership.reference,
        who=place.name,
        clock=rules.vacant_words(place.vacant_since, today) if place.is_vacant else "",
        term=labels.term(place),
        capacity=labels.capacity(place),
        level=labels.level(place),
        roles=labels.roles(place),
        rule=labels.rule(place),
        is_outside=place.partnership.status == Status.OUTSIDE_BODY,
        has_ended=bool(place.ends_on and place.ends_on < today),
        ends_soon=rules.ends_soon(place.ends_on, today),
        coming=coming,
    )


def seats(found: Iterable[Representative], policy: Policy | None, today: date) -> list[Seat]:
    """Places in words, each with who is to take it. One query beside the places."""
    labels, places = Labels(policy), list(found)
    coming = {each.place_id: each for each in Appointee.objects.to_come().filter(place__in=places)}
    return [seat(each, labels, today, coming.get(each.pk)) for each in places]


def places_under(rule: AppointmentRule, policy: Policy) -> list[Representative]:
    """The places that are filled by one rule of the policy: by choice, or because their term has no other rule."""
    return [each for each in for_list() if rules.rule_of(policy, rule=each.rule, term=each.term) == rule]


def places_of(found: Round) -> dict[int, list[Representative]]:
    """The places of a round by body. One query."""
    by_body: dict[int, list[Representative]] = defaultdict(list)
    for place in places_under(found.how, found.policy_version.policy):
        by_body[place.partnership_id].append(place)
    return dict(by_body)


def sat_before(partnership: Partnership) -> list[tuple[int, Sitting]]:
    """Who sat on a body before, newest first, from the history of its places. One query."""
    kept = Representative.history.filter(partnership_id=partnership.pk).order_by("id", "history_date", "history_id")
    names = ("id", "name", "is_vacant", "starts_on", "ends_on", "vacant_since", "appointed_by")
    versions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in kept.values(*names, "history_type", "history_change_reason"):
        row["is_gone"], row["reason"] = row.pop("history_type") == "-", row.pop("history_change_reason") or ""
        versions[row["id"]].append(row)
    found = [(place, each) for place, rows in versions.items() for each in rules.sittings(rows)]
    return sorted(found, key=lambda one: one[1].ended or one[1].since or date.min, reverse=True)


def rest_of_term(place: Representative, today: date) -> date | None:
    """The end of the term that was broken off in a vacant place, while it is still to come. One query."""
    before = place.history.filter(is_vacant=False).order_by("-history_date", "-history_id").first()
    return before.ends_on if before and before.ends_on and before.ends_on > today else None


@dataclass(frozen=True)
class Figures:
    """The strip above the list."""

    places: int
    filled: int
    vacant: int
    ended: int
    soon: int
    bodies: int


def figures(today: date) -> Figures:
    """How many places there are, filled, vacant, with a term that ended or ends soon. One query."""
    soon = today + timedelta(days=rules.SOON[0])
    found = places().aggregate(
        places=Count("pk"),
        filled=Count("pk", filter=Q(is_vacant=False)),
        vacant=Count("pk", filter=Q(is_vacant=True)),
        ended=Count("pk", filter=Q(is_vacant=False, ends_on__lt=today)),
        soon=Count("pk", filter=Q(is_vacant=False, ends_on__gte=today, ends_on__lte=soon)),
        bodies=Count("partnership", distinct=True),
    )
    return Figures(**found)


def without_a_rule(policy: Policy) -> list[Representative]:
    """Places of which the register cannot tell how they are filled."""
    return [each for each in for_list() if rules.rule_of(policy, rule=each.rule, term=each.term) is None]


def officers_to_review(policy: Policy, today: date) -> list[Representative]:
    """Officers whose place nobody has looked at for a year, the longest first (BRK-F28)."""
    year_ago = today - timedelta(days=365)
    found = []
    for each in for_list().filter(is_vacant=False).filter(Q(reviewed_on=None) | Q(reviewed_on__lte=year_ago)):
        rule = rules.rule_of(policy, rule=each.rule, term=each.term)
        if rule and rule.appoints == "officer" and (each.starts_on is None or each.starts_on <= year_ago):
            found.append(each)
    return sorted(found, key=lambda each: (each.reviewed_on or each.starts_on or date.min, each.pk))


def short_of(found: Sequence[Representative]) -> int:
    """How many of these places are vacant."""
    return sum(each.is_vacant for each in found)
