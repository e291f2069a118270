"""The filters of the register list. Each says its condition as a `Q`, so that lists, counts and saved views agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, reduce
from operator import and_
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import QueryDict
from django.utils.module_loading import import_string

from accounts.models import ServiceArea, User
from config import words as say
from config.fields import parse_hours, parse_money
from policy.model import Policy
from register.levels import NOT_SET, ByIdentity, levels_of
from register.models import (
    Benefit,
    Membership,
    Partnership,
    Priority,
    PriorityLink,
    Representative,
    Risk,
    Status,
)
from register.models.lists import normalised

NONE = "none"  # in an address: the entries without a value
NOBODY = "Nobody named"
NOT_SAID = "Not known"
ALL_ACTIVE = "status=active&status=leaving"

Option = tuple[str, str]


class PoundsField(forms.CharField):
    """An amount as people type it: "142,600", "£142600", "142.6k". Gives a Decimal in £, or `None`."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return parse_money(text)
        except ValueError:
            raise forms.ValidationError("Enter the amount in pounds, like 12500") from None


class HoursField(forms.CharField):
    """Hours as people type them: "20", "5 hrs a week". Gives hours a month, or `None`."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return parse_hours(text)
        except ValueError:
            raise forms.ValidationError("Enter the hours a month, like 20") from None


class Said:
    """A filter that says its condition: `q` for a value of the form, `words` for the chip."""

    label: Any
    extra: dict[str, Any]

    def q(self, value: Any) -> Q:
        raise NotImplementedError

    def words(self, value: Any) -> str:
        """The chosen value as the chip says it."""
        return dict(self.extra.get("choices", ())).get(str(value), str(value))

    def filter(self, found: QuerySet[Partnership], value: Any) -> QuerySet[Partnership]:
        return found.filter(self.q(value)) if value not in (None, "", []) else found


class Words(Said, django_filters.CharFilter):
    """Every word stands in the name, the reference, a partner or a person."""

    def q(self, value: str) -> Q:
        return reduce(and_, (Q(search_text__contains=word) for word in normalised(value).split()), Q())


class AnyOf(Said, django_filters.MultipleChoiceFilter):
    """One of the chosen values; "none" is the entries without one. `values` maps words of an address."""

    def __init__(self, *args: Any, field_name: str, values: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.stored = dict(values or {NONE: ""})
        super().__init__(*args, field_name=field_name, choices=kwargs.pop("choices", ()), **kwargs)

    def q(self, value: Sequence[str]) -> Q:
        stored = [self.stored.get(one, one) for one in value]
        empty = Q(**{f"{self.field_name}__isnull": True}) if None in stored else Q()
        given = [one for one in stored if one is not None]
        return (Q(**{f"{self.field_name}__in": given}) if given else Q()) | empty


class One(Said, django_filters.ChoiceFilter):
    """One value of a list, or "none"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=kwargs.pop("choices", ()), **kwargs)

    def q(self, value: str) -> Q:
        return Q(**{self.field_name: "" if value == NONE else value})


class YesNo(One):
    """Yes, no, or nobody has said."""

    def q(self, value: str) -> Q:
        return Q(**{self.field_name: {"yes": True, "no": False}.get(value)})


class OutsideBudget(One):
    """Whether some of what the council pays is not in its budget, or nobody has said what it pays."""

    def q(self, value: str) -> Q:
        if value == NONE:
            return Q(unbudgeted_a_year=None)
        return Q(unbudgeted_a_year__gt=0) if value == "yes" else Q(unbudgeted_a_year=0)


class Service(One):
    def q(self, value: str) -> Q:
        return Q(service=None) if value == NONE else Q(service_id=int(value))


class Person(One):
    """A person with an account ("u12"), a name of the old register, or nobody."""

    def q(self, value: str) -> Q:
        role = self.field_name
        if value == NONE:
            return Q(**{role: None, f"{role}_name": ""})
        if value[:1] == "u" and value[1:].isdigit():
            return Q(**{f"{role}_id": int(value[1:])})
        return Q(**{role: None, f"{role}_name": value.removeprefix("n:")})


class PriorityHelped(One):
    """A priority with all its outcomes, or one outcome, by its code."""

    def q(self, value: str) -> Q:
        links = PriorityLink.objects.filter(partnership=OuterRef("pk"))
        if value == NONE:
            return ~Q(Exists(links))
        return Q(Exists(links.filter(Q(priority__code=value) | Q(priority__parent__code=value))))


class HighestRisk(One):
    """The highest level among an entry's open risks, or "none" for entries with no risk on the matrix in force."""

    def q(self, value: str) -> Q:
        placed = Risk.objects.placed_on(self.parent.policy.matrix_for("risks")).filter(partnership=OuterRef("pk"))
        if value == NONE:
            return ~Q(Exists(placed))
        highest = placed.highest_first().values("level")[:1]
        return Q(pk__in=Partnership.objects.annotate(highest=Subquery(highest)).filter(highest=value).values("pk"))


class Due(One):
    """When the next review is: late, soon, or without a date. `today` is given by the list."""

    DAYS = {"30": 30, "90": 90, "365": 365}

    def q(self, value: str) -> Q:
        today: date = self.parent.today
        if value == "late":
            return review_is_late(today)
        if value == NONE:
            return Q(next_review_on=None)
        # What is late in a refresh stands under "Late" alone, whatever day the register still shows.
        return Q(next_review_on__range=(today, today + timedelta(days=self.DAYS[value]))) & ~review_is_late(today)


def review_is_late(today: date) -> Q:
    """Entries whose review should have been done before `today`, as the app that keeps reviews says."""
    return import_string(settings.LATE_REVIEWS)(today)


class Missing(One):
    """Entries that lack something an auditor would ask for."""

    def q(self, value: str) -> Q:
        return MISSING[value][1]


class From(Said, django_filters.Filter):
    """At least this much."""

    def q(self, value: Decimal) -> Q:
        return Q(**{f"{self.field_name}__{self.lookup_expr}": value})


class Pounds(From):
    field_class = PoundsField

    def words(self, value: Any) -> str:
        return say.money(value)


class Hours(From):
    field_class = HoursField

    def words(self, value: Any) -> str:
        return say.hours(value)


def _without(model: Any) -> Q:
    return ~Q(Exists(model.objects.filter(partnership=OuterRef("pk"))))


MISSING: dict[str, tuple[str, Q]] = {
    "lead": ("No lead officer", Q(lead_officer=None, lead_officer_name="")),
    "head": ("No responsible head", Q(responsible_head=None, responsible_head_name="")),
    "risk": ("No risk level", Q(risk_level="")),
    "value": ("No value level", Q(value_level="")),
    "contribution": ("No contribution", Q(contribution_a_year=None)),
    "hours": ("No hours", Q(hours_a_month=None)),
    "purpose": ("No purpose", Q(purpose="")),
    "review": ("No date of review", Q(next_review_on=None)),
    "governance": ("No governance form", Q(governance_form="")),
    "exit": ("No impact of exit", Q(exit_impact="", exit_impact_level="")),
    "partners": ("No partners listed", _without(Membership)),
    "representatives": ("No representative", _without(Representative)),
    "priorities": ("No priority", _without(PriorityLink)),
    "benefits": ("No benefit", _without(Benefit)),
}


# The fields of the register that a key of `MISSING` is about: it is offered where the policy asks for one of them.
MISSES = {
    "lead": ("lead_officer",),
    "head": ("responsible_head",),
    "contribution": ("contributions", "contribution_a_year"),
    "hours": ("hours_a_month",),
    "purpose": ("purpose",),
    "review": ("next_review_on",),
    "governance": ("governance_form",),
    "exit": ("exit_impact", "exit_impact_level"),
    "partners": ("partners",),
    "representatives": ("representatives",),
    "priorities": ("priorities", "critical_outcomes"),
    "benefits": ("benefits",),
}


def may_miss(policy: Policy, key: str) -> bool:
    """Whether an entry can lack it: an overall level only where the policy has levels, a fact where it asks for it."""
    if key in ("risk", "value"):
        return bool(levels_of(policy, f"{key}_level"))
    return any(policy.core_field(core) for core in MISSES[key])


DUE: list[Option] = [
    ("late", "Late"),
    ("30", "In the next 30 days"),
    ("90", "In the next 3 months"),
    ("365", "In the next year"),
    (NONE, "No date"),
]
YES_OR_NO: list[Option] = [("yes", "Yes"), ("no", "No"), (NONE, NOT_SAID)]
TRUTH = {"yes": True, "no": False, NONE: None}

# Filters whose values are a list of the pack: the register's field by name in the address.
LISTED = {
    "nature": "nature",
    "role": "council_role",
    "kind": "partnership_type",
    "legal": "legal_status",
    "governance": "governance_form",
    "budget": "budget_status",
    "payment": "payment_kind",
    "meets": "meeting_frequency",
    "reports": "reporting_frequency",
    "reports_to": "reporting_to",
    "impact": "exit_impact_level",
    "assured": "data_assurance",
    "theme": "theme",
    "area": "area",
}


class PartnershipFilter(django_filters.FilterSet):
    """What the list can be narrowed by. Labels and choices come from the policy in force.

    `policy` and `today` are given; `people` is read only for the panel, which shows who there is.
    """

    q = Words(label="Name, partner or person")
    status = AnyOf(field_name="status", label="Status", choices=Status.choices)
    risk = AnyOf(field_name="risk_level", label="Risk")
    value = AnyOf(field_name="value_level", label="Value")
    highest_risk = HighestRisk(label="Highest single risk", empty_label="Any")
    nature = AnyOf(field_name="nature", label="Nature")
    statutory = AnyOf(field_name="is_statutory", label="Statutory", choices=YES_OR_NO, values=TRUTH)
    service = Service(label="Service", empty_label="All services")
    lead = Person(field_name="lead_officer", label="Lead officer", empty_label="Anyone")
    due = Due(label="Next review", choices=DUE, empty_label="Any time")
    missing = Missing(
        label="Something missing",
        choices=[(key, words) for key, (words, _) in MISSING.items()],
        empty_label="Anything or nothing",
    )
    cost_from = Pounds(field_name="contribution_a_year", lookup_expr="gte", label="Contribution from (£ a year)")
    cost_to = Pounds(field_name="contribution_a_year", lookup_expr="lte", label="Contribution to (£ a year)")
    outside = OutsideBudget(label="Money outside the budget", choices=YES_OR_NO)
    hours_from = Hours(field_name="hours_a_month", lookup_expr="gte", label="Hours a month from")
    hours_to = Hours(field_name="hours_a_month", lookup_expr="lte", label="Hours a month to")
    priority = PriorityHelped(label="Priority", empty_label="Any")
    head = Person(field_name="responsible_head", label="Responsible head", empty_label="Anyone")
    role = One(field_name="council_role")
    kind = One(field_name="partnership_type")
    legal = One(field_name="legal_status")
    governance = One(field_name="governance_form")
    budget = One(field_name="budget_status")
    payment = One(field_name="payment_kind")
    meets = One(field_name="meeting_frequency")
    reports = One(field_name="reporting_frequency")
    reports_to = One(field_name="reporting_to")
    impact = One(field_name="exit_impact_level")
    assured = One(field_name="data_assurance")
    theme = One(field_name="theme")
    area = One(field_name="area")
    duty = YesNo(field_name="has_statutory_duty", choices=YES_OR_NO)
    audit = YesNo(field_name="audit_compliant", choices=YES_OR_NO)
    significant = YesNo(field_name="is_significant", choices=YES_OR_NO)

    class Meta:
        model = Partnership
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, policy: Policy, today: date) -> None:
        self.policy, self.today = policy, today
        super().__init__(data, queryset=Partnership.objects.all())
        self._offer_what_the_policy_has(policy)
        for name, core in LISTED.items():
            field = policy.core_field(core)
            if field is None or not field.list:
                del self.filters[name]
                continue
            values = [(each.id, each.label) for each in policy.list(field.list).values]
            self._offer(name, [*values, (NONE, NOT_SAID)], field.short or field.label)
        for name, core in (
            ("statutory", "is_statutory"),
            ("head", "responsible_head"),
            ("duty", "has_statutory_duty"),
            ("audit", "audit_compliant"),
            ("significant", "is_significant"),
        ):
            field = policy.core_field(core)
            if field is None:
                del self.filters[name]
            else:
                self.filters[name].label = field.short or field.label
        for name in ("service", "lead", "head", "priority"):
            if name in self.filters and self.data and self.data.get(name):
                self._offer(name, self.people_and_places(name), "")

    def _offer_what_the_policy_has(self, policy: Policy) -> None:
        """Levels, single risks, money and gaps: each only where the policy knows of it."""
        for name, core in (("risk", "risk_level"), ("value", "value_level")):
            self._offer(name, [*reversed(levels_of(policy, core)), (NONE, NOT_SET)], "")
        if missed := [(key, words) for key, (words, _) in MISSING.items() if may_miss(policy, key)]:
            self._offer("missing", missed, "")
        else:
            del self.filters["missing"]
        if matrix := policy.matrix_for("risks"):
            levels = [(level.id, level.label) for level in reversed(matrix.levels)]
            self._offer("highest_risk", [*levels, (NONE, "No risk rated")], "")
        else:
            del self.filters["highest_risk"]
        if not may_miss(policy, "contribution"):
            del self.filters["outside"]

    def _offer(self, name: str, choices: Sequence[Option], label: str) -> None:
        self.filters[name].extra["choices"] = choices
        self.filters[name].label = label or self.filters[name].label

    def people_and_places(self, name: str) -> list[Option]:
        """The choices that stand in the register's own tables; one query each, asked once."""
        if name not in self._asked:
            self._asked[name] = {"service": _services, "priority": _priorities}.get(name, _people)(
                self.filters[name].field_name or name
            )
        return self._asked[name]

    @property
    def _asked(self) -> dict[str, list[Option]]:
        return self.__dict__.setdefault("_asked_once", {})

    @property
    def chosen(self) -> dict[str, Any]:
        """The values in use by filter; what cannot be understood is an error of the form and is left out."""
        self.form.is_valid()
        cleaned = getattr(self.form, "cleaned_data", {})
        return {name: value for name, value in cleaned.items() if name in self.filters and value not in (None, "", [])}

    def condition(self, *, without: Iterable[str] = ()) -> Q:
        """All filters in use as one condition."""
        leave_out = set(without)
        return reduce(
            and_, (self.filters[name].q(value) for name, value in self.chosen.items() if name not in leave_out), Q()
        )

    def in_words(self) -> list[tuple[str, str, str]]:
        """Each value in use: the filter's name, the value as the address has it, and the words for a chip."""
        said = []
        for name, value in self.chosen.items():
            one_by_one = value if isinstance(value, list) else [value]
            for one in one_by_one:
                given = str(one) if isinstance(value, list) else str(self.data.get(name))
                label = str(self.filters[name].label).partition(" (")[0]
                said.append((name, given, f"{label}: {self.filters[name].words(one)}"))
        return said


def _services(_: str) -> list[Option]:
    used = Partnership.objects.filter(service=OuterRef("pk"))
    services = ServiceArea.objects.filter(Q(is_active=True) | Q(Exists(used))).order_by("name")
    return [*((str(pk), name) for pk, name in services.values_list("pk", "name")), (NONE, NOT_SAID)]


def _priorities(_: str) -> list[Option]:
    found = Priority.objects.order_by("position", "code").values_list("code", "title")
    return [*((code, f"{code} {title}") for code, title in found), (NONE, "None")]


def _people(role: str) -> list[Option]:
    """Everyone who holds `role` in an entry, by name: accounts, and names of the old register."""
    # Two queries instead of a join, so that the first reads an index alone.
    found = set(Partnership.objects.order_by().values_list(f"{role}_id", f"{role}_name").distinct())
    accounts = User.objects.filter(pk__in={pk for pk, _ in found if pk}).values_list("pk", "name")
    people = {f"u{pk}": name for pk, name in accounts}
    people |= {f"n:{name}": name for pk, name in found if name and not pk}
    return [*sorted(people.items(), key=lambda one: one[1].casefold()), (NONE, NOBODY)]


# --- Counts beside the filters -------------------------------------------------------------------


@dataclass
class Sums:
    """How many entries, and the total of what is known."""

    entries: int = 0
    pounds: Decimal = Decimal(0)
    pounds_known: int = 0
    hours: Decimal = Decimal(0)
    hours_known: int = 0

    def add(self, row: Sequence[Any]) -> None:
        entries, pounds, pounds_known, hours, hours_known = row
        self.entries += entries
        self.pounds += pounds or 0
        self.pounds_known += pounds_known
        self.hours += hours or 0
        self.hours_known += hours_known


# Filters with counts: the name in the address, and the field. Their combinations are few (some hundreds),
# so one grouped query gives every count, every total and the grid, however many entries there are.
COUNTED = {
    "status": "status",
    "risk": "risk_level",
    "value": "value_level",
    "nature": "nature",
    "statutory": "is_statutory",
}


class Tally:
    """Counts and sums of the entries that fit a condition, by every combination of the counted filters."""

    def __init__(self, condition: Q) -> None:
        self.rows = list(
            Partnership.objects.filter(condition)
            .order_by()
            .values_list(*COUNTED.values())
            .annotate(
                entries=Count("pk"),
                pounds=Sum("contribution_a_year"),
                pounds_known=Count("contribution_a_year"),
                hours=Sum("hours_a_month"),
                hours_known=Count("hours_a_month"),
            )
        )

    @staticmethod
    def _wanted(chosen: Mapping[str, Any], but: str = "") -> list[tuple[int, set[Any]]]:
        """For each counted filter in use, its place in a row and the stored values that fit."""
        wanted = []
        for place, name in enumerate(COUNTED):
            if name != but and chosen.get(name):
                stored = TRUTH if name == "statutory" else {NONE: ""}
                wanted.append((place, {stored.get(one, one) for one in chosen[name]}))
        return wanted

    def sums(self, chosen: Mapping[str, Any]) -> Sums:
        """The sums of the entries that fit the counted filters in use."""
        wanted, sums = self._wanted(chosen), Sums()
        for row in self.rows:
            if all(row[place] in values for place, values in wanted):
                sums.add(row[len(COUNTED) :])
        return sums

    def counts(self, name: str, chosen: Mapping[str, Any]) -> dict[str, int]:
        """How many entries each value of one filter would show, the other filters staying as they are."""
        wanted, place = self._wanted(chosen, but=name), list(COUNTED).index(name)
        words = {True: "yes", False: "no", None: NONE} if name == "statutory" else {"": NONE}
        counts: dict[str, int] = {}
        for row in self.rows:
            if all(row[at] in values for at, values in wanted):
                key = words.get(row[place], row[place])
                counts[key] = counts.get(key, 0) + row[len(COUNTED)]
        return counts

    def grid(self, chosen: Mapping[str, Any], down: str, across: str) -> dict[tuple[str, str], Sums]:
        """The sums by two of the counted filters, such as risk and value."""
        wanted, names = self._wanted(chosen), list(COUNTED)
        first, second = names.index(down), names.index(across)
        cells: dict[tuple[str, str], Sums] = {}
        for row in self.rows:
            if all(row[place] in values for place, values in wanted):
                cells.setdefault((row[first] or NONE, row[second] or NONE), Sums()).add(row[len(COUNTED) :])
        return cells


def only_counted(query: QueryDict) -> bool:
    """Whether an address narrows the list by counted filters alone, so that a tally knows its count."""
    return all(name in COUNTED or name in ("sort", "columns", "size", "page", "all") for name in query)


@lru_cache(maxsize=256)
def _condition(query: str, policy: ByIdentity, today: date) -> Q:
    """The condition of a saved view, kept for the day because every look at the list asks for it."""
    return PartnershipFilter(QueryDict(query), policy=policy.policy, today=today).condition()


def count_views(queries: Sequence[str], tally: Tally, *, policy: Policy, today: date) -> list[int]:
    """How many entries each saved view shows, for one query at most, whatever they ask."""
    parsed = [QueryDict(query) for query in queries]
    conditions = {
        f"view_{place}": Count("pk", filter=_condition(queries[place], ByIdentity(policy), today))
        for place, query in enumerate(parsed)
        if not only_counted(query)
    }
    counted = Partnership.objects.aggregate(**conditions) if conditions else {}
    return [
        counted[f"view_{place}"]
        if f"view_{place}" in counted
        else tally.sums({name: query.getlist(name) for name in COUNTED}).entries
        for place, query in enumerate(parsed)
    ]
