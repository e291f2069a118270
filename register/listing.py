"""The register as one address asks for it: which entries, which columns, which order; and its grid.

Pages, exports, reports and commands all read the register through `TheList`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config import words
from policy.model import Policy
from policy.models import PolicyVersion
from register.exports import Column, chosen_columns, columns_of, fetched, in_order
from register.filters import ALL_ACTIVE, COUNTED, NONE, PartnershipFilter, Sums, Tally
from register.levels import NOT_SET, levels_of
from register.models import Partnership

SIZES = (25, 50, 100)
NOT_FILTERS = ("sort", "columns", "size", "page", "all", "more")  # in an address, beside the filters


def policy_in_force(today: date) -> PolicyVersion | None:
    """The version in force without its long text, which is read once a process."""
    return PolicyVersion.objects.defer("text", "canonical").in_force(today)


def _tidy(query: QueryDict) -> QueryDict:
    """The query without the empty fields that a form sends; "all" alone says that no filter is meant."""
    tidy = QueryDict(mutable=True)
    for name, values in query.lists():
        if kept := [value for value in values if value]:
            tidy.setlist(name, kept)
    if set(tidy) - set(NOT_FILTERS):
        tidy.pop("all", None)
    return tidy


@dataclass
class TheList:
    """The list as one address asks for it: which entries, which columns, which order."""

    query: QueryDict
    policy: Policy
    today: date
    columns: list[Column] = field(init=False)
    filters: PartnershipFilter = field(init=False)

    def __post_init__(self) -> None:
        self.query = _tidy(self.query)
        self.columns = chosen_columns(self.policy, self.query.get("columns", "").split(","))
        self.filters = PartnershipFilter(self.query, policy=self.policy, today=self.today)

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The filters in use."""
        return self.filters.chosen

    @cached_property
    def order(self) -> tuple[Column | None, bool]:
        """The column to sort by and whether downwards; by name when none is given."""
        name = self.query.get("sort", "")
        column = columns_of(self.policy).get(name.removeprefix("-"))
        return (column if column and column.order else None), name.startswith("-")

    @property
    def has_grid(self) -> bool:
        """Whether the policy rates both risk and value, which a grid sets against each other."""
        return has_grid(self.policy)

    @property
    def scales(self) -> list[str]:
        """The overall levels that the policy has, as the filters name them: risk, value, both or neither."""
        return [name for name in ("risk", "value") if levels_of(self.policy, f"{name}_level")]

    @property
    def known_words(self) -> set[str]:
        """All that may stand in an address of the list."""
        return {*self.filters.filters, *NOT_FILTERS}

    @property
    def sort(self) -> str:
        """The order in use as the address has it."""
        column, descending = self.order
        return f"{'-' if descending else ''}{column.id if column else 'name'}"

    @property
    def size(self) -> int:
        """How many rows a page."""
        size = self.query.get("size", "")
        return int(size) if size in map(str, SIZES) else SIZES[0]

    @property
    def found(self) -> QuerySet[Partnership]:
        """Every entry that fits, in the order asked for."""
        column, descending = self.order
        return in_order(Partnership.objects.filter(self.filters.condition()), column, descending=descending)

    def export_columns(self) -> list[Column]:
        """The columns of an export: those chosen in the address, reference and name in front; else all."""
        every = columns_of(self.policy)
        if not self.query.get("columns"):
            return list(every.values())
        return [every["reference"], every["name"], *(column for column in self.columns if column.id != "reference")]

    def export(self, columns: Sequence[Column], at_once: int = 2000) -> Iterator[Partnership]:
        """Every entry with what the columns need, fetched `at_once` at a time so that memory stays small."""
        return fetched(self.found, columns).iterator(chunk_size=at_once)

    @cached_property
    def tally(self) -> Tally:
        """Counts of the entries that fit the filters without counts of their own."""
        return Tally(self.filters.condition(without=COUNTED))

    @cached_property
    def sums(self) -> Sums:
        """How many entries fit, and the totals of what is known."""
        return self.tally.sums(self.chosen)

    def page(self) -> "Page[Partnership]":
        """One page of the entries; a page too far is the last one."""
        return CountedPaginator(fetched(self.found, self.columns), self.size, self.sums.entries).get_page(
            self.query.get("page")
        )

    def in_words(self) -> str:
        """The filters in one line, for a print and the notes of an export."""
        values: dict[str, list[str]] = {}
        for _, _, text in self.filters.in_words():
            label, _, value = text.partition(": ")
            values.setdefault(label, []).append(value)
        return "; ".join(f"{label}: {words.listed(said, 'or')}" for label, said in values.items()) or "All entries"

    def address(self, **changes: str | None) -> str:
        """The list's query with some of it changed; `None` takes a key out, and the page always goes."""
        query = self.query.copy()
        for name, value in {"page": None, **changes}.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return f"?{query.urlencode()}"

    def without(self, name: str, value: str) -> str:
        """The list's query without one value of a filter."""
        query = self.query.copy()
        query.pop("page", None)
        query.setlist(name, [one for one in query.getlist(name) if one != value])
        return f"?{query.urlencode() or 'all=yes'}"


class CountedPaginator(Paginator):
    """Pages of a list whose length is known already, so that nobody counts twice."""

    def __init__(self, entries: Any, size: int, count: int) -> None:
        super().__init__(entries, size)
        self._known = count

    @property
    def count(self) -> int:
        """The number of entries on all pages."""
        return self._known


def list_of(query: QueryDict, *, today: date) -> TheList | None:
    """The list that an address asks for; `None` before a policy is in force."""
    version = policy_in_force(today)
    return TheList(query, version.policy, today) if version else None


# --- Views that every register has ----


def given_views(policy: Policy) -> list[tuple[str, str]]:
    """The views that every register has: names and queries, their levels and limits from the policy."""
    views = [("All active", ALL_ACTIVE)]
    risk, value = levels_of(policy, "risk_level"), levels_of(policy, "value_level")
    if risk:
        views.append((f"{risk[-1][1]} risk", f"{ALL_ACTIVE}&risk={risk[-1][0]}"))
    if value and (limit := cost_limit(policy)) is not None:
        views.append((f"{value[0][1]} value, high cost", f"{ALL_ACTIVE}&value={value[0][0]}&cost_from={limit:f}"))
    if field := policy.core_field("is_statutory"):
        views.append((field.short or field.label, f"{ALL_ACTIVE}&statutory=yes"))
    views.append(("Review late", f"{ALL_ACTIVE}&due=late"))
    views.append(("Leaving and left", "status=leaving&status=left"))
    return views


def cost_limit(policy: Policy) -> Decimal | None:
    """The yearly cost in £ from which the policy no longer sees the lowest level; `None` without such a limit."""
    for scheme in policy.schemes.values():
        for criterion in scheme.criteria:
            if criterion.fact == "contribution_a_year" and criterion.limits:
                first = criterion.limits[0]
                return first.below if first.below is not None else first.up_to
    return None


# --- Risk by value ----


@dataclass(frozen=True)
class GridCell:
    """One pair of levels: its words, how many entries, what they cost, and the list of them."""

    words: str
    sums: Sums
    address: str

    @property
    def cost(self) -> str:
        """The total in words, with how many are not known."""
        if not self.sums.entries:
            return ""
        unknown = self.sums.entries - self.sums.pounds_known
        if not self.sums.pounds_known:
            return "cost not known"
        return f"{words.money(self.sums.pounds)} a year" + (f", {unknown} not known" if unknown else "")


@dataclass(frozen=True)
class Grid:
    """Risk down, value across, highest first; levels nobody set have a row and column when there are some."""

    across: tuple[str, ...]
    rows: tuple[tuple[str, tuple[GridCell, ...]], ...]

    @property
    def cells(self) -> list[GridCell]:
        """All cells that hold entries, row by row, for reading aloud."""
        return [cell for _, cells in self.rows for cell in cells if cell.sums.entries]


def has_grid(policy: Policy) -> bool:
    """Whether the policy rates both risk and value."""
    return bool(levels_of(policy, "risk_level") and levels_of(policy, "value_level"))


def _said(level: str, scale: str) -> str:
    """A level with its scale: "High risk", "Risk not set"."""
    return f"{scale.capitalize()} not set" if level == NOT_SET else f"{level} {scale}"


def grid_of(the_list: TheList) -> Grid:
    """The entries of a list by risk and value, with the addresses of the lists behind each cell."""
    cells = the_list.tally.grid(the_list.chosen, "risk", "value")

    def axis(core: str, place: int) -> list[tuple[str, str]]:
        levels = list(reversed(levels_of(the_list.policy, core)))
        return [*levels, (NONE, NOT_SET)] if any(pair[place] == NONE for pair in cells) else levels

    across = axis("value_level", 1)
    where = reverse("register:partnership_list")
    rows = []
    for risk, risk_label in axis("risk_level", 0):
        row = []
        for value, value_label in across:
            sums = cells.get((risk, value), Sums())
            address = where + the_list.address(risk=risk, value=value, columns=None, sort=None)
            row.append(GridCell(f"{_said(risk_label, 'risk')}, {_said(value_label, 'value').lower()}", sums, address))
        rows.append((_said(risk_label, "risk"), tuple(row)))
    return Grid(tuple(_said(label, "value") for _, label in across), tuple(rows))


def grid_sentence(the_list: TheList) -> SafeString | str:
    """What the grid says first: how many entries are of the lowest value and yet cost much."""
    levels, limit = levels_of(the_list.policy, "value_level"), cost_limit(the_list.policy)
    if not levels or limit is None:
        return ""
    level, label = levels[0]
    query = the_list.query.copy()
    query.setlist("value", [level])
    query["cost_from"] = f"{limit:f}"
    narrowed = TheList(query, the_list.policy, the_list.today)
    count = Partnership.objects.filter(narrowed.filters.condition()).count()
    are = "is" if count == 1 else "are"
    cost = "costs" if count == 1 else "cost"
    return format_html(
        '<a class="govuk-link" href="{}">{}</a> {} {} in value and {} {} a year or more.',
        reverse("register:partnership_list") + narrowed.address(),
        words.count(count, "partnership"),
        are,
        label,
        cost,
        words.money(limit),
    )
