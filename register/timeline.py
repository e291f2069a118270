"""The history of an entry and of everything that belongs to it, newest first, a page at a time.

Every version of every kind of row is one line of a union in the database; only the versions of the page asked for,
and the ones before them, are read. So the number of queries does not depend on how long the history is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from register import history_words
from register.facts import Asked, Fact, names_for
from register.models import (
    Action,
    Benefit,
    Contribution,
    Document,
    FundingSource,
    Membership,
    Partnership,
    PriorityLink,
    Representative,
    Risk,
    Side,
)

PER_PAGE = 50


@dataclass(frozen=True)
class Kind:
    """One kind of record that has a history: how the filter and the sentences name it."""

    model: Any
    title: str
    noun: str


KINDS: dict[str, Kind] = {
    "entry": Kind(Partnership, "The entry", "Entry"),
    "partners": Kind(Membership, "Partners", "Partner"),
    "representatives": Kind(Representative, "Representatives", "Representative"),
    "money": Kind(Contribution, "Money", "Contribution"),
    "funding": Kind(FundingSource, "Other funding", "Funding"),
    "benefits": Kind(Benefit, "Benefits", "Benefit"),
    "risks": Kind(Risk, "Risks and opportunities", "Risk"),
    "priorities": Kind(PriorityLink, "Priorities", "Priority"),
    "actions": Kind(Action, "Actions", "Action"),
    "documents": Kind(Document, "Documents", "Document"),
}


@dataclass(frozen=True)
class Filter:
    """Which of the history is asked for: who (name), what (kind), from and to (days, both included)."""

    who: str = ""
    what: str = ""
    since: date | None = None
    until: date | None = None

    def apply(self, versions: QuerySet) -> QuerySet:
        if self.who:
            versions = versions.filter(by_name=self.who)
        if self.since:
            versions = versions.filter(history_date__gte=_midnight(self.since))
        if self.until:
            versions = versions.filter(history_date__lt=_midnight(self.until + timedelta(days=1)))
        return versions


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class Event:
    """One version in words: its heading, what differs, who, when and why."""

    kind: str
    heading: str
    differences: Sequence[history_words.Difference]
    at: datetime
    by: str
    reason: str

    @property
    def ending(self) -> str:
        return history_words.ending(self.by, self.reason)

    @property
    def lines(self) -> list[tuple[str, Sequence[history_words.Piece]]]:
        """The sentences of the event, each with its word-by-word pieces."""
        if self.heading:
            return [(self.heading, ())]
        return [(difference.sentence, difference.pieces) for difference in self.differences]


def _versions(kind: Kind, partnership: Partnership) -> QuerySet:
    history = kind.model.history.model.objects
    if kind.model is Partnership:
        return history.filter(id=partnership.pk)
    return history.filter(partnership_id=partnership.pk)


def _line(name: str, kind: Kind, partnership: Partnership, asked: Filter) -> QuerySet:
    history = kind.model.history.model.objects
    before = (
        history.filter(id=OuterRef("id"))
        .filter(
            Q(history_date__lt=OuterRef("history_date"))
            | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
        )
        .order_by("-history_date", "-history_id")
        .values("history_id")[:1]
    )
    versions = asked.apply(_versions(kind, partnership)).order_by()
    return versions.annotate(
        line_kind=Value(name, output_field=CharField()),
        line_at=F("history_date"),
        line_number=F("history_id"),
        line_before=Subquery(before),
    ).values_list("line_kind", "line_at", "line_number", "line_before")


def timeline(partnership: Partnership, asked: Asked, wanted: Filter, page: Any, *, size: int = PER_PAGE) -> Page:
    """A page of the history in words. The entry's versions that only followed a row's change have no line."""
    chosen = {name: kind for name, kind in KINDS.items() if not wanted.what or name == wanted.what}
    lines = [_line(name, kind, partnership, wanted) for name, kind in chosen.items()]
    union = lines[0].union(*lines[1:], all=True) if len(lines) > 1 else lines[0]
    found = Paginator(union.order_by("-line_at", "-line_number", "line_kind"), size).get_page(page)
    found.object_list = _events(list(found.object_list), chosen, asked)
    return found


def _events(lines: Sequence[tuple[str, datetime, int, int | None]], kinds: Mapping[str, Kind], asked: Asked) -> list:
    versions: dict[str, dict[int, Any]] = {}
    for name, kind in kinds.items():
        numbers = {number for each, _, number, _ in lines if each == name}
        numbers |= {before for each, _, _, before in lines if each == name and before}
        rows = kind.model.history.model.objects.filter(history_id__in=numbers) if numbers else ()
        versions[name] = {row.history_id: row for row in rows}
    facts = {name: asked.entry if kind.model is Partnership else asked.row_facts(kind.model)
             for name, kind in kinds.items()}  # fmt: skip
    names = names_for(
        (fact, history_words.raw(fact, row))
        for name in kinds
        for row in versions[name].values()
        for fact in facts[name]
    )
    events = []
    for name, _at, number, before in lines:
        old = versions[name].get(before) if before else None
        event = _event(name, kinds[name], facts[name], old, versions[name][number], names=names)
        if event.heading or event.differences:
            events.append(event)
    return events


def _event(
    name: str, kind: Kind, facts: Sequence[Fact], old: Any, new: Any, *, names: Mapping[str, Mapping[Any, str]]
) -> Event:
    heading, found = "", history_words.differences(facts, old, new, names)
    if kind.model is Partnership:
        if old is None:
            heading, found = f"{new.name} put on the register", ()
    else:
        noun = Side(new.side).label if kind.model is Risk else kind.noun
        said = history_words.summary(facts, new, names)
        if new.history_type == "-":
            heading, found = f"{noun} taken out: {said}", ()
        elif old is None or new.history_type == "+":
            heading, found = f"{noun} added: {said}", ()
        elif kind.model is Membership and old.withdrawals != new.withdrawals:
            heading, found = f"{noun} {said}: the address of its page was withdrawn", ()
        else:
            said = history_words.summary(facts[:2] if kind.model is Risk else facts[:1], old, names)
            whose = f"{noun} {said}" if said else noun
            found = tuple(
                history_words.Difference(f"{whose}: {each.label}", each.old, each.new, each.is_long) for each in found
            )
    return Event(name, heading, found, new.history_date, new.by_name, new.history_change_reason or "")


def people_in(partnership: Partnership) -> list[str]:
    """Everybody who changed the entry or its rows, by name, for the filter."""
    names = [_versions(kind, partnership).order_by().values_list("by_name", flat=True) for kind in KINDS.values()]
    return sorted(name for name in names[0].union(*names[1:]) if name)
