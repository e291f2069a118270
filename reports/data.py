"""What the register report and a partnership's profile say: plain data, drawn as a page or as PDF.

The figures are gathered once and know neither HTML nor PDF, so both say the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from config import words
from config.levels import RAMP
from policy.model import Policy
from policy.models import PolicyVersion
from register.exports import Column, all_columns, columns_of, fetched
from register.filters import NONE
from register.levels import levels_of, scale_of
from register.listing import Grid, TheList, grid_of, grid_sentence
from register.models import Partnership, Priority, PriorityLink
from reports.charts import BRAND, COLOURS, NOT_SET, Bar, bars
from reports.ratings import Rating, ratings_of


@dataclass(frozen=True)
class Fact:
    """A figure with its label and one line of sense."""

    label: str
    figure: str
    sense: str = ""


@dataclass(frozen=True)
class SummaryRow:
    """One group of a summary: how many entries, pounds a year and hours a month, of what is known."""

    label: str
    entries: int
    pounds: str
    hours: str


@dataclass(frozen=True)
class Summary:
    """A table of groups with its chart."""

    id: str
    title: str
    heading: str
    rows: tuple[SummaryRow, ...]
    chart: SafeString
    note: str = ""


@dataclass(frozen=True)
class Part:
    """One section of a profile: rows of label and words; long texts stand below their label."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Payment:
    """A row of money of one financial year."""

    year: str
    amount: str
    what: str


@dataclass(frozen=True)
class Profile:
    """What the register knows about one partnership, in words."""

    reference: str
    name: str
    meta: str
    purpose: str
    facts: tuple[Fact, ...]
    ratings: tuple[Rating, ...]
    parts: tuple[Part, ...]
    payments: tuple[Payment, ...]
    actions: tuple[tuple[str, str, str], ...]
    caveat: str = ""

    @property
    def anchor(self) -> str:
        """Where the contents lead."""
        return f"entry-{self.reference.lower()}"


@dataclass(frozen=True)
class RegisterReport:
    """The whole report."""

    title: str
    council: str
    policy: str
    made_on: date
    made_by: str
    filter_in_words: str
    facts: tuple[Fact, ...]
    grid: Grid | None  # None where the policy has not both risk and value
    sentence: SafeString | str
    summaries: tuple[Summary, ...]
    entries: tuple[Profile, ...] = field(default=())


# --- Gathering ------------------------------------------------------------------------------------

OnEntry = Callable[[int, int], None]  # told how many entries are read, of how many
_IN_HEAD = frozenset(
    {"reference", "name", "status", "purpose", "risk_level", "value_level", "contribution_a_year", "hours_a_month"}
)


def register_report(
    the_list: TheList,
    version: PolicyVersion,
    *,
    made_by: str,
    with_entries: bool = True,
    on_entry: OnEntry = lambda done, total: None,
) -> RegisterReport:
    """The report on the entries of a list, in the list's order; `on_entry` is told how many are read, of how many.

    The number of queries is the same for two entries and for two thousand.
    """
    policy, today = the_list.policy, the_list.today
    return RegisterReport(
        title="Register of partnerships",
        council=settings.COUNCIL_NAME,
        policy=str(version),
        made_on=today,
        made_by=made_by,
        filter_in_words=the_list.in_words(),
        facts=facts_of(the_list),
        grid=grid_of(the_list) if the_list.has_grid else None,
        sentence=grid_sentence(the_list),
        summaries=summaries_of(the_list),
        entries=profiles_of(the_list.found, policy, today=today, on_entry=on_entry) if with_entries else (),
    )


def resource_summary(the_list: TheList, version: PolicyVersion, *, made_by: str) -> RegisterReport:
    """What partnerships cost in pounds and hours, by priority, level and service (BRK-G13)."""
    report = register_report(the_list, version, made_by=made_by, with_entries=False)
    return replace(report, title="Resource summary")


def facts_of(the_list: TheList) -> tuple[Fact, ...]:
    """The figures of the cover."""
    sums = the_list.sums
    facts = [
        Fact("Partnerships", f"{sums.entries:,}", ""),
        Fact(
            "The council pays",
            words.millions(sums.pounds) if sums.pounds_known else words.NOT_KNOWN,
            f"a year, known for {sums.pounds_known} of {sums.entries}" if sums.pounds_known else "",
        ),
        Fact(
            "Staff time",
            words.hours_alone(sums.hours, 0) if sums.hours_known else words.NOT_KNOWN,
            f"a month, known for {sums.hours_known} of {sums.entries}" if sums.hours_known else "",
        ),
    ]
    for name, core in (("risk", "risk_level"), ("value", "value_level")):
        levels = levels_of(the_list.policy, core)
        if levels:
            counts = the_list.tally.grid(the_list.chosen, name, name)
            highest, label = levels[-1]
            of_it = sum(cell.entries for (level, _), cell in counts.items() if level == highest)
            unset = sum(cell.entries for (level, _), cell in counts.items() if level == NONE)
            facts.append(
                Fact(f"{label} {name}", f"{of_it:,}", f"{unset:,} without a level" if unset else "all have a level")
            )
    return tuple(facts)


def summaries_of(the_list: TheList) -> tuple[Summary, ...]:
    """How many, what they cost and how many hours they take: by level, service, nature, and priority (BRK-G13)."""
    policy = the_list.policy
    summaries = []
    for name, core in (("risk", "risk_level"), ("value", "value_level")):
        levels = levels_of(policy, core)
        if levels:
            groups = [(level, label) for level, label in reversed(levels)]
            colours = _colours(scale_of(policy, core), [level for level, _ in levels])
            summaries.append(
                _by_counted(the_list, name, f"By {name}", name.capitalize(), groups=groups, colours=colours)
            )
    nature = policy.core_field("nature")
    if nature and nature.list:
        groups = [(value.id, value.label) for value in policy.list(nature.list).values]
        summaries.append(_by_counted(the_list, "nature", "By nature", nature.short or nature.label, groups=groups))
    summaries.append(_by_rows(the_list, "service", "By service", "Service", names=_service_names))
    if policy.core_field("priorities"):
        summaries.append(
            _by_rows(
                the_list,
                "priority",
                "By priority",
                "Priority",
                names=_priority_names,
                note="A partnership that helps several priorities counts under each, so the rows can add up to more.",
            )
        )
    return tuple(summary for summary in summaries if summary.rows)


def _colours(scale: str, levels: Sequence[str]) -> dict[str, str]:
    if scale not in COLOURS or len(levels) not in RAMP:
        return {}
    return {level: COLOURS[scale][step] for level, step in zip(levels, RAMP[len(levels)], strict=True)} | {
        NONE: NOT_SET
    }


Figures = tuple[int, Decimal | None, Decimal | None]  # entries, £ a year, hours a month; None when nobody knows


def _summary(
    id_: str,
    title: str,
    heading: str,
    *,
    figures: Sequence[tuple[str, str, Figures]],
    colours: Mapping[str, str] = MappingProxyType({}),
    note: str = "",
) -> Summary:
    rows = tuple(
        SummaryRow(label, entries, words.money(pounds), words.number(hours, 1))
        for _, label, (entries, pounds, hours) in figures
    )
    said = "; ".join(f"{row.label}: {row.entries}" for row in rows)
    drawn = [Bar(label, entries, colours.get(key, BRAND)) for key, label, (entries, _, _) in figures]
    chart = bars(f"Number of partnerships {title[0].lower()}{title[1:]}", said, drawn)
    return Summary(id_, title, heading, rows, chart, note)


def _by_counted(
    the_list: TheList,
    name: str,
    title: str,
    heading: str,
    *,
    groups: Sequence[tuple[str, str]],
    colours: Mapping[str, str] = MappingProxyType({}),
) -> Summary:
    cells = the_list.tally.grid(the_list.chosen, name, name)
    figures: list[tuple[str, str, Figures]] = []
    for key, label in [*groups, (NONE, "Not set" if colours else words.NOT_KNOWN)]:
        sums = cells.get((key, key))
        if sums is None:
            if key != NONE:
                figures.append((key, label, (0, Decimal(0), Decimal(0))))
            continue
        figures.append(
            (
                key,
                label,
                (
                    sums.entries,
                    sums.pounds if sums.pounds_known else None,
                    sums.hours if sums.hours_known else None,
                ),
            )
        )
    return _summary(name, title, heading, figures=figures, colours=colours)


def _service_names(found: Any) -> Iterable[tuple[str, Decimal | None, Decimal | None]]:
    rows = found.values_list("service__name", "contribution_a_year", "hours_a_month")
    return ((name or words.NOT_KNOWN, pounds, hours) for name, pounds, hours in rows)


def _priority_names(found: Any) -> Iterable[tuple[str, Decimal | None, Decimal | None]]:
    """Each entry under its priorities; an outcome counts for the priority above it."""
    names = {priority.pk: priority for priority in Priority.objects.select_related("parent")}
    links = PriorityLink.objects.filter(partnership__in=found.values("pk")).values_list("partnership_id", "priority_id")
    of_entry: dict[int, set[str]] = {}
    for entry, priority_id in links:
        priority = names[priority_id]
        of_entry.setdefault(entry, set()).add(str(priority.parent or priority))
    for pk, pounds, hours in found.values_list("pk", "contribution_a_year", "hours_a_month"):
        for name in sorted(of_entry.get(pk, {"None named"})):
            yield name, pounds, hours


def _by_rows(
    the_list: TheList,
    name: str,
    title: str,
    heading: str,
    *,
    names: Callable[[Any], Iterable[tuple[str, Decimal | None, Decimal | None]]],
    note: str = "",
) -> Summary:
    groups: dict[str, list[Any]] = {}
    found = Partnership.objects.filter(the_list.filters.condition()).order_by()
    for label, pounds, hours in names(found):
        group = groups.setdefault(label, [0, None, None])
        group[0] += 1
        if pounds is not None:
            group[1] = (group[1] or 0) + pounds
        if hours is not None:
            group[2] = (group[2] or 0) + hours
    figures = [(label, label, (group[0], group[1], group[2])) for label, group in sorted(groups.items())]
    return _summary(name, title, heading, figures=figures, note=note)


# --- Profiles -------------------------------------------------------------------------------------


def profiles_of(
    found: Any, policy: Policy, *, today: date, on_entry: OnEntry = lambda done, total: None
) -> tuple[Profile, ...]:
    """A profile of each entry, in the order of `found`; `on_entry` is told how far it is."""
    columns = all_columns(policy)
    entries = list(fetched(found, columns).prefetch_related("contributions", "actions__owner"))
    ratings = ratings_of(entries, policy)
    profiles = []
    for done, entry in enumerate(entries, start=1):
        profiles.append(_profile(entry, policy, columns, ratings[entry.pk], today=today))
        on_entry(done, len(entries))
    return tuple(profiles)


def profile_of(partnership: Partnership, policy: Policy, *, today: date) -> Profile:
    """The profile of one entry."""
    return profiles_of(Partnership.objects.filter(pk=partnership.pk), policy, today=today)[0]


def _profile(
    entry: Partnership, policy: Policy, columns: Sequence[Column], ratings: Sequence[Rating], *, today: date
) -> Profile:
    known = columns_of(policy)
    says = {column.id: column.text(entry) for column in columns}
    parts: dict[str, list[tuple[str, str]]] = {}
    for column in columns:
        if column.id not in _IN_HEAD and says[column.id] != column.unknown:
            parts.setdefault(column.section, []).append((column.label, says[column.id]))
    missing = [column for column in columns if column.id not in _IN_HEAD and says[column.id] == column.unknown]
    made = [Part(title, tuple(rows)) for title, rows in parts.items()]
    if missing:
        made.append(Part("Not known yet", _not_known(missing, policy)))
    meta = [entry.reference, entry.get_status_display()]
    meta += [str(entry.service)] if entry.service else []
    if "lead_officer" in known and says["lead_officer"] != words.NOT_KNOWN:
        meta.append(f"lead officer {says['lead_officer']}")
    facts = [Fact(rating.title, rating.level_label, rating.source) for rating in ratings]
    cost, time = entry.contribution_a_year, entry.hours_a_month
    facts.append(Fact("Council pays", words.money(cost), "" if cost is None else "a year"))
    facts.append(
        Fact("Staff time", words.NOT_KNOWN, "")
        if time is None
        else Fact("Staff time", words.hours_alone(time), "a month")
    )
    return Profile(
        reference=entry.reference,
        name=entry.name,
        meta=" · ".join(meta),
        purpose=entry.purpose or "",
        facts=tuple(facts),
        ratings=tuple(ratings),
        parts=tuple(made),
        payments=tuple(
            Payment(words.financial_year(row.year), words.money(row.amount), _payment(row))
            for row in sorted(entry.contributions.all(), key=lambda row: (-row.year, row.pk))
        ),
        actions=tuple(
            (
                action.text,
                str(action.owner or action.owner_name or words.NOT_KNOWN),
                f"done {words.short_day(action.done_on)}"
                if action.done_on
                else words.short_day(action.due_on)
                if action.due_on
                else "No date",
            )
            for action in entry.actions.all()
        ),
        caveat=entry.data_caveat,
    )


def _not_known(missing: Sequence[Column], policy: Policy) -> tuple[tuple[str, str], ...]:
    """What the policy asks for by name; of what is optional only how much, so that the list stays short."""
    needed = {str(field.core or field.id) for field in policy.fields if field.required != "no"}
    asked = [column.label for column in missing if column.id in needed]
    rest = len(missing) - len(asked)
    rows = [("Needed by the policy", "; ".join(asked))] if asked else []
    if rest:
        rows.append(("Optional", words.count(rest, "fact")))
    return tuple(rows)


def _payment(row: Any) -> str:
    said = ["In kind" if row.is_in_kind else "Cash", "outside the budget" if row.is_outside_budget else "in the budget"]
    return ", ".join(said) + (f": {row.note}" if row.note else "")
