"""Reads and writes many entries at once, in the form that `import_mapping` gives: each change with its version.

The history package's bulk helpers are used here alone; everything runs inside the caller's transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from policy.models import PolicyVersion
from register.import_mapping import EMPTY, day_of
from register.models import (
    Benefit,
    Contribution,
    FundingSource,
    ListEntry,
    Membership,
    Organisation,
    Partnership,
    Priority,
    PriorityLink,
    Representative,
    Status,
)
from register.models.lists import normalised

BATCH = 200  # objects a statement: a partnership's eighty columns stay below SQLite's limit of variables
NO_TITLE = "(no title in the spreadsheet)"
BESIDE: dict[type[models.Model], str] = {Membership: "organisation", PriorityLink: "priority"}
PARTS = (Membership, Representative, PriorityLink, Contribution, Benefit, FundingSource)

TEXTS = (
    "own_reference",
    "name",
    "theme",
    "partnership_type",
    "area",
    "purpose",
    "nature",
    "statutory_note",
    "meeting_note",
    "meeting_frequency",
    "lead_officer_name",
    "portfolio_holder_name",
    "responsible_head_name",
    "council_role",
    "council_role_note",
    "contribution_note",
    "hours_note",
    "exit_impact",
    "information_sharing",
    "governance_note",
    "comments",
    "risk_level",
    "value_level",
)
DECIMALS = {"hours_a_month": 2, "meetings_a_year": 1}
PERSON_KEYS = (
    "name",
    "level",
    "role_note",
    "capacity",
    "is_substitute",
    "appointed_by",
    "term",
    "starts_on",
    "ends_on",
    "is_vacant",
)


@dataclass
class Change:
    """What is to be written to one entry: register fields as `import_mapping` gives them; empty clears a field."""

    fields: dict[str, Any]
    reason: str
    partnership: Partnership | None = None  # None: a new entry
    sectors: dict[str, str] = field(default_factory=dict)

    @property
    def entry(self) -> Partnership:
        """Its entry, once it has one. Raises ValueError before a new entry has its reference."""
        if self.partnership is None:
            raise ValueError("This change has no entry yet")
        return self.partnership


class Parts:
    """All parts of some entries, fetched with one query a kind."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.rows: dict[type[models.Model], dict[int, list[Any]]] = {}
        for model in PARTS:
            found: dict[int, list[Any]] = defaultdict(list)
            for chunk in chunks(ids):
                rows: models.QuerySet[Any] = model._default_manager.filter(partnership_id__in=chunk).order_by("pk")
                if beside := BESIDE.get(model):
                    rows = rows.select_related(beside)
                for row in rows:
                    found[row.partnership_id].append(row)
            self.rows[model] = found

    def of(self, model: type[models.Model], partnership: Partnership) -> list[Any]:
        """The parts of one kind of an entry, oldest first."""
        return self.rows[model].get(partnership.pk, [])


def chunks(items: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    """The items in pieces that fit one statement."""
    return (items[start : start + size] for start in range(0, len(items), size))


def fields_of(partnership: Partnership, parts: Parts, *, year: int) -> dict[str, Any]:
    """What the register says now about an entry, in the form of `import_mapping`; empty fields are left out."""
    fields: dict[str, Any] = {name: getattr(partnership, name) for name in TEXTS}
    for name, places in DECIMALS.items():
        number = getattr(partnership, name)
        fields[name] = None if number is None else f"{number:.{places}f}"
    fields["is_statutory"] = partnership.is_statutory
    fields["client_groups"] = partnership.client_groups
    fields["status"] = partnership.status
    fields["parent"] = partnership.parent.own_reference if partnership.parent_id and partnership.parent else ""
    for name in ("starts_on", "ends_on"):
        fields[name] = _said_day(getattr(partnership, name), getattr(partnership, f"{name}_precision"))
    fields["next_review_on"] = _said_day(partnership.next_review_on, "day")
    fields["memberships"] = [_membership(row) for row in parts.of(Membership, partnership)]
    fields["representatives"] = [_person(row) for row in parts.of(Representative, partnership)]
    fields["priorities"] = sorted(row.priority.code for row in parts.of(PriorityLink, partnership))
    fields["benefits"] = [str(row) for row in parts.of(Benefit, partnership)]
    fields["funding_sources"] = [row.source for row in parts.of(FundingSource, partnership)]
    cash = [row for row in parts.of(Contribution, partnership) if row.year == year and not row.is_in_kind]
    fields["contribution"] = f"{sum(row.amount for row in cash):.2f}" if cash else None
    return {name: value for name, value in fields.items() if value not in EMPTY}


def holds(entry: Partnership, name: str, written: Any) -> bool:
    """Whether a column of the entry still says what an import wrote; parts are taken to, without a query."""
    if name in DECIMALS:
        now = getattr(entry, name)
        return now is not None and Decimal(written) == now
    if name == "contribution":
        return entry.contribution_a_year is not None and Decimal(written) == entry.contribution_a_year
    if name in ("starts_on", "ends_on"):
        return _said_day(getattr(entry, name), getattr(entry, f"{name}_precision")) == written
    if name in TEXTS or name in ("is_statutory", "client_groups", "status"):
        return bool(getattr(entry, name) == written)
    return True


def _said_day(day: Any, precision: str) -> str:
    if day is None:
        return ""
    return day.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def _membership(row: Membership) -> dict[str, Any]:
    member: dict[str, Any] = {"name": row.organisation.name}
    if row.is_lead:
        member["is_lead"] = True
    if row.standing:
        member["standing"] = row.standing
    if row.represented_by:
        member["represented_by"] = row.represented_by
    return member


def _person(row: Representative) -> dict[str, Any]:
    person = {}
    for name in PERSON_KEYS:
        value = getattr(row, name)
        if name == "name" or value not in (None, "", False):
            person[name] = value.isoformat() if name in ("starts_on", "ends_on") and value else value
    return person


# --- Writing ------------------------------------------------------------------------------------


class Writer:
    """Writes changes of many entries with their history.

    `year` is the financial year of the contributions; `council_lists` names, by register field, the list of the
    council's own that its values belong to.
    """

    def __init__(
        self,
        *,
        by: User,
        year: int,
        policy_version: PolicyVersion | None,
        council_lists: Mapping[str, str] | None = None,
    ) -> None:
        self.council_lists = council_lists or {}
        self.by = by
        self.year = year
        self.policy_version = policy_version
        self.organisations = {normalised(one.name): one for one in Organisation.objects.all()}
        self.priorities = {one.code: one for one in Priority.objects.all()}
        self.made_organisations: list[int] = []
        self.made_priorities: list[int] = []
        self.made_values: list[int] = []

    def write(self, changes: Sequence[Change], *, titles: Mapping[str, str]) -> list[Partnership]:
        """Write all changes and return their entries in the same order. `titles` names priorities by code."""
        self._lists(changes, titles)
        fresh = [change for change in changes if change.partnership is None]
        references = iter(Partnership.next_references(len(fresh)))
        for change in fresh:
            change.partnership = Partnership(reference=next(references), policy_version=self.policy_version)
        existing = [change for change in changes if change.partnership is not None and change.partnership.pk]
        parts = Parts([change.entry.pk for change in existing])
        for change in changes:
            self._set_columns(change, parts)
        for change in existing:
            change.entry.version += 1
        self._create_in_order(fresh)
        if existing:
            self._set_parents(existing)
            self._update(existing)
        self._parts(changes, parts)
        return [change.entry for change in changes]

    def _lists(self, changes: Sequence[Change], titles: Mapping[str, str]) -> None:
        """Make the organisations and priorities that the register does not have yet."""
        names: dict[str, str] = {}
        sectors: dict[str, str] = {}
        codes: dict[str, None] = {}
        for change in changes:
            sectors |= change.sectors
            for member in change.fields.get("memberships") or ():
                names.setdefault(normalised(member["name"]), member["name"])
            codes |= dict.fromkeys(change.fields.get("priorities") or ())
        missing = [
            Organisation(name=name, sector=sectors.get(key, ""))
            for key, name in names.items()
            if key not in self.organisations
        ]
        for organisation in Organisation.objects.bulk_create(missing, batch_size=BATCH):
            self.organisations[normalised(organisation.name)] = organisation
            self.made_organisations.append(organisation.pk)
        for key, sector in sectors.items():
            organisation = self.organisations.get(key)  # type: ignore[assignment]
            if organisation and not organisation.sector:
                organisation.sector = sector
                organisation.save(update_fields=["sector"])
        for name, list_id in self.council_lists.items():
            self._make_values(list_id, [change.fields[name] for change in changes if change.fields.get(name)])
        self._make_priorities([code for code in codes if code not in self.priorities], titles)

    def _make_values(self, list_id: str, values: Iterable[str]) -> None:
        """Put themes or areas that the file brings on the council's own list."""
        there = set(ListEntry.objects.filter(list_id=list_id).values_list("value", flat=True))
        fresh = [value for value in dict.fromkeys(values) if value not in there]
        entries = [
            ListEntry(list_id=list_id, value=value, label=value, position=len(there) + place)
            for place, value in enumerate(fresh)
        ]
        self.made_values += [entry.pk for entry in ListEntry.objects.bulk_create(entries, batch_size=BATCH)]

    def _make_priorities(self, codes: list[str], titles: Mapping[str, str]) -> None:
        """Make priorities with the titles of the file; "3.1" stands under "3" when there is one."""
        for code in sorted(codes, key=lambda code: (code.count("."), code)):
            parent = self.priorities.get(code.rpartition(".")[0])
            priority = Priority.objects.create(
                code=code, title=titles.get(code, "")[:200] or NO_TITLE, parent=parent, position=len(self.priorities)
            )
            self.priorities[code] = priority
            self.made_priorities.append(priority.pk)

    def _set_columns(self, change: Change, parts: Parts) -> None:
        """Set the entry's own columns from the fields."""
        entry = change.entry
        for name, value in change.fields.items():
            if name in TEXTS:
                setattr(entry, name, value or "")
            elif name in DECIMALS:
                setattr(entry, name, None if value in EMPTY else Decimal(value))
            elif name == "is_statutory":
                entry.is_statutory = value
            elif name == "client_groups":
                entry.client_groups = value or []
            elif name == "status":
                entry.status = value or Status.PROPOSED
            elif name in ("starts_on", "ends_on"):
                day, precision = day_of(value, last=name == "ends_on") if value else (None, "day")
                setattr(entry, name, day)
                setattr(entry, f"{name}_precision", precision)
            elif name == "next_review_on":
                entry.next_review_on = day_of(value)[0] if value else None
            elif name == "contribution":
                self._set_yearly_figure(change, parts)
        if "risk_level" in change.fields or "value_level" in change.fields:
            entry.levels_source = "import" if entry.risk_level or entry.value_level else ""
        organisations, people = self._names(change, parts)
        entry.search_text = entry.search_text_with(organisations=organisations, people=people)

    def _set_yearly_figure(self, change: Change, parts: Parts) -> None:
        """The yearly figures are those of the latest financial year (as Partnership works them out)."""
        entry = change.entry
        others = [row for row in parts.of(Contribution, entry) if row.year != self.year]
        latest = max((row.year for row in others), default=self.year)
        amount = change.fields["contribution"]
        if amount not in EMPTY and latest <= self.year:
            entry.contribution_a_year = Decimal(amount)
            outside = [row for row in parts.of(Contribution, entry) if row.year == self.year and row.is_outside_budget]
            entry.unbudgeted_a_year = Decimal(amount) if outside else Decimal(0)
        elif amount in EMPTY:
            rows = [row for row in others if row.year == latest and not row.is_in_kind]
            entry.contribution_a_year = sum((row.amount for row in rows), Decimal(0)) if rows else None
            outside_sum = sum((row.amount for row in rows if row.is_outside_budget), Decimal(0))
            entry.unbudgeted_a_year = outside_sum if rows else None

    def _names(self, change: Change, parts: Parts) -> tuple[list[str], list[str]]:
        """Organisations and people that the search column holds once the change is written."""
        entry = change.entry
        members = change.fields.get("memberships")
        people = change.fields.get("representatives")
        if members is None:
            members = [{"name": row.organisation.name} for row in parts.of(Membership, entry)] if entry.pk else []
        if people is None:
            people = [{"name": row.name} for row in parts.of(Representative, entry)] if entry.pk else []
        return [member["name"] for member in members], [person["name"] for person in people if person["name"]]

    def _create_in_order(self, changes: Sequence[Change]) -> None:
        """Create new entries, those of which others are sub-groups first."""
        waiting = list(changes)
        by_own_reference: dict[str, Partnership] = {}
        named = {str(change.fields.get("parent") or "").casefold() for change in changes} - {""}
        if named:
            for entry in Partnership.objects.exclude(own_reference="").only("pk", "own_reference"):
                by_own_reference[entry.own_reference.casefold()] = entry
        coming = {change.entry.own_reference.casefold() for change in waiting} - {""}
        while waiting:
            ready = [
                change
                for change in waiting
                if (parent := str(change.fields.get("parent") or "").casefold()) not in coming
                or parent in by_own_reference
                or parent == change.entry.own_reference.casefold()
            ]
            ready = ready or waiting  # a ring of sub-groups: nobody can be first
            for change in ready:
                parent = str(change.fields.get("parent") or "").casefold()
                change.entry.parent = by_own_reference.get(parent)
                change.entry._change_reason = change.reason
            self._bulk_create(Partnership, [change.entry for change in ready])
            for change in ready:
                if change.entry.own_reference:
                    by_own_reference[change.entry.own_reference.casefold()] = change.entry
            done = {id(change) for change in ready}
            waiting = [change for change in waiting if id(change) not in done]

    def _set_parents(self, changes: Sequence[Change]) -> None:
        """Put existing entries under the entry that the file names by the council's own reference."""
        for change in changes:
            if "parent" in change.fields:
                wanted = str(change.fields["parent"] or "")
                found = Partnership.objects.filter(own_reference__iexact=wanted).first() if wanted else None
                change.entry.parent = found

    def _bulk_create(self, model: type[models.Model], objects: Sequence[Any]) -> None:
        if objects:
            bulk_create_with_history(
                objects,
                model,
                batch_size=BATCH,
                default_user=self.by,
                default_date=timezone.now(),
                custom_historical_attrs={"by_name": str(self.by)},
            )

    def _update(self, changes: Sequence[Change]) -> None:
        for change in changes:
            change.entry._change_reason = change.reason
        columns = [
            column.name
            for column in Partnership._meta.concrete_fields
            if column.name not in ("id", "reference", "created_at", "policy_version")
        ]
        bulk_update_with_history(
            [change.entry for change in changes],
            Partnership,
            columns,
            batch_size=BATCH,
            default_user=self.by,
            default_date=timezone.now(),
            custom_historical_attrs={"by_name": str(self.by)},
        )

    def _parts(self, changes: Sequence[Change], parts: Parts) -> None:
        """Bring each kind of part to what the fields say: what is missing is added, what is too much taken out."""
        for name, model, have, make in self._kinds():
            added: list[Any] = []
            gone: list[Any] = []
            for change in changes:
                if name not in change.fields:
                    continue
                entry = change.entry
                wanted = list(change.fields[name] or ())
                left = Counter(repr(one) for one in map(_plain, wanted))
                for row in parts.of(model, entry):
                    key = repr(_plain(have(row)))
                    if left[key] > 0:
                        left[key] -= 1
                    else:
                        row._change_reason = change.reason
                        gone.append(row)
                for one in wanted:
                    key = repr(_plain(one))
                    if left[key] > 0:
                        left[key] -= 1
                        row = make(entry, one)
                        row._change_reason = change.reason
                        added.append(row)
            take_out_all(gone, by=self.by)
            self._bulk_create(model, added)
        self._contributions(changes, parts)

    def _kinds(self) -> list[tuple[str, type[models.Model], Callable[[Any], Any], Callable[[Partnership, Any], Any]]]:
        return [
            ("memberships", Membership, _membership, self._make_membership),
            ("representatives", Representative, _person, _make_person),
            ("priorities", PriorityLink, lambda row: row.priority.code, self._make_link),
            ("benefits", Benefit, str, lambda entry, one: Benefit(partnership=entry, description=one)),
            (
                "funding_sources",
                FundingSource,
                lambda row: row.source,
                lambda entry, one: FundingSource(partnership=entry, source=one),
            ),
        ]

    def _make_membership(self, entry: Partnership, one: Mapping[str, Any]) -> Membership:
        facts = {name: one[name] for name in ("is_lead", "standing", "represented_by") if name in one}
        return Membership(partnership=entry, organisation=self.organisations[normalised(one["name"])], **facts)

    def _make_link(self, entry: Partnership, code: str) -> PriorityLink:
        return PriorityLink(partnership=entry, priority=self.priorities[code])

    def _contributions(self, changes: Sequence[Change], parts: Parts) -> None:
        """One row of cash for the financial year; a year with several rows is left to the people (see the plan)."""
        added, changed, gone = [], [], []
        for change in changes:
            if "contribution" not in change.fields:
                continue
            entry, amount = change.entry, change.fields["contribution"]
            rows = [row for row in parts.of(Contribution, entry) if row.year == self.year and not row.is_in_kind]
            for row in rows:
                row._change_reason = change.reason
            if amount in EMPTY:
                gone += rows
            elif rows:
                rows[0].amount = Decimal(amount)
                changed.append(rows[0])
            else:
                row = Contribution(partnership=entry, year=self.year, amount=Decimal(amount))
                row._change_reason = change.reason
                added.append(row)
        take_out_all(gone, by=self.by)
        self._bulk_create(Contribution, added)
        if changed:
            bulk_update_with_history(
                changed,
                Contribution,
                ["amount"],
                batch_size=BATCH,
                default_user=self.by,
                default_date=timezone.now(),
                custom_historical_attrs={"by_name": str(self.by)},
            )


def _plain(one: Any) -> Any:
    """A part in a form that compares: organisations by their normalised name, keys in order."""
    if not isinstance(one, Mapping):
        return one
    facts = {key: value for key, value in one.items() if value not in (None, "", False) and key != "sector"}
    facts["name"] = normalised(str(facts.get("name", "")))
    return sorted(facts.items())


def _make_person(entry: Partnership, one: Mapping[str, Any]) -> Representative:
    facts = dict(one)
    for name in ("starts_on", "ends_on"):
        if facts.get(name):
            facts[name] = day_of(facts[name])[0]
    return Representative(partnership=entry, **facts)


def take_out_all(objects: Sequence[Any], *, by: User, reason: str = "") -> None:
    """Delete rows of one kind; their last version says who took them out and why.

    The caller has made sure that nothing refers to them: the rows go without Django asking.
    """
    if not objects:
        return
    model = type(objects[0])
    history = model.history.model
    now = timezone.now()
    history.objects.bulk_create(
        [
            history(
                history_date=now,
                history_user=by,
                history_type="-",
                history_change_reason=getattr(one, "_change_reason", "") or reason,
                by_name=str(by),
                **{column.attname: getattr(one, column.attname) for column in history.tracked_fields},
            )
            for one in objects
        ],
        batch_size=BATCH,
    )
    for chunk in chunks([one.pk for one in objects]):
        rows = model._base_manager.filter(pk__in=chunk)
        rows._raw_delete(rows.db)
