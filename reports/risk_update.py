"""The quarterly update on risks and opportunities of partnerships: what rose, fell, is new, was closed.

Both ends of the quarter are read from history. A score is compared on the very scale it was placed on, never on
another. Source: HAR-G04 and F12; BRK-G08 and F17; FIG-09.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config import words
from policy.refused import Refused
from register.models import Risk, Side
from reports.annual import version_on
from reports.lists import Made
from reports.rules import Quarter, moved
from reports.shape import Chapter, Col, Fact, Line, Paper, Rated, Table
from reports.standing import Standing, Stood, began_on, end_of, rows_at, standing_at

NAME, WHAT, SCORE = Col("Partnership"), Col("What", "long_text"), Col("Score", "number")
TITLES = {Side.RISK: "Risks", Side.OPPORTUNITY: "Opportunities"}


def why_not(quarter: Quarter, *, today: date) -> str:
    """Why there is no update on this quarter, or "" when there is."""
    first = began_on()
    if first is None:
        return "The register is empty, so there is nothing to report on. Add or import partnerships first"
    if quarter.first > today:
        return f"The quarter {quarter.words} has not begun. Choose an earlier one"
    if quarter.last < first:
        return f"The register begins on {words.day(first)}, after the quarter {quarter.words}. Choose a later one"
    return ""


@dataclass(frozen=True)
class Moved:
    """One open risk or opportunity at the end of the quarter, beside what it was at its beginning."""

    entry: Stood
    now: Any
    before: Any | None

    @property
    def trend(self) -> str:
        """How it moved, in words; a score on another scale is not compared."""
        if self.before is None or self.before.closed_on is not None:
            return "New"
        if self.now.scale != self.before.scale:
            return "Placed on another scale"
        if self.now.score is None or self.before.score is None:
            return "The same" if self.now.score == self.before.score else "Placed for the first time"
        if self.now.score == self.before.score:
            return "The same"
        way = "Rose" if self.now.score > self.before.score else "Fell"
        return f"{way} from {words.number(self.before.score)}"


@dataclass
class _Update:
    quarter: Quarter
    made: Made
    at: datetime

    @cached_property
    def now(self) -> Standing:
        on = min(self.quarter.last, self.made.today)
        return standing_at(min(end_of(on), self.at), version_on(on))

    @cached_property
    def before(self) -> Standing | None:
        first = began_on()
        if first is None or self.quarter.before < first:
            return None
        return standing_at(end_of(self.quarter.before), version_on(self.quarter.before))

    @cached_property
    def rows(self) -> dict[str, list[Moved]]:
        """What is open at the end of the quarter by side, the highest score first."""
        then = {row.id: row for row in self._then}
        found: dict[str, list[Moved]] = {side: [] for side in TITLES}
        for key, risks in rows_at(Risk, self.now.at, self.now.active).items():
            for risk in risks:
                if risk.closed_on is None or risk.closed_on > self.now.on:
                    found[risk.side].append(Moved(self.now.active[key], risk, then.get(risk.id)))
        for held in found.values():
            held.sort(key=lambda each: (each.now.score is None, -(each.now.score or 0), each.entry.name, each.now.id))
        return found

    @cached_property
    def _then(self) -> list[Any]:
        if self.before is None:
            return []
        return [row for rows in rows_at(Risk, self.before.at, self.before.entries).values() for row in rows]

    @cached_property
    def ended(self) -> list[tuple[Stood, Any, Any | None]]:
        """What was open at the beginning and is not any more: the entry, how it was, how it is now."""
        open_now = {each.now.id for held in self.rows.values() for each in held}
        now = {row.id: row for rows in rows_at(Risk, self.now.at, self.now.entries).values() for row in rows}
        entries = self.before.entries if self.before else {}
        return [
            (entries[row.partnership_id], row, now.get(row.id))
            for row in self._then
            if row.closed_on is None and row.id not in open_now and entries[row.partnership_id].is_active
        ]

    @cached_property
    def _people(self) -> dict[int, str]:
        return {person.pk: str(person) for person in User.objects.all()}

    def paper(self) -> Paper:
        risks = self.rows[Side.RISK]
        named = [each.trend.partition(" ")[0] for each in risks]
        facts = (
            Fact("Open risks", f"{len(risks):,}"),
            Fact("Rose", f"{named.count('Rose'):,}"),
            Fact("Fell", f"{named.count('Fell'):,}"),
            Fact("New", f"{named.count('New'):,}" if self.before else words.NOT_KNOWN),
            Fact("Closed", f"{sum(row.side == Side.RISK for _, row, _ in self.ended):,}"),
            Fact("Open opportunities", f"{len(self.rows[Side.OPPORTUNITY]):,}"),
        )
        based_on = [f"The register as it stood at the end of {words.day(self.now.on)}."]
        based_on += [f"The register as it stood at the end of {words.day(self.before.on)}."] if self.before else []
        return self.made.paper(
            "Risks and opportunities of partnerships",
            period=self.quarter.words,
            chapters=self._chapters(),
            facts=facts,
            on=self.now.on,
            based_on=based_on,
        )

    def _chapters(self) -> Iterator[Chapter]:
        if self.before is None:
            begun = began_on()
            said = f"The register begins on {words.day(begun)}, so nothing can be compared with the quarter before."
            yield Chapter("since", "Since the quarter before", (said,))
        else:
            yield from self._levels()
            for word, title in (("Rose", "Rose"), ("Fell", "Fell"), ("New", "New")):
                yield self._moved(word, title)
            yield self._closed()
        for side, title in TITLES.items():
            yield self._open(Side(side), title)

    def _levels(self) -> Iterator[Chapter]:
        """Partnerships whose overall risk moved, where the policy keeps one."""
        for scheme in self.now.policy.schemes.values():
            then = self.before.policy.schemes.values() if self.before else ()
            order = [level.id for level in scheme.levels]
            same = any(each.core == scheme.core and [level.id for level in each.levels] == order for each in then)
            if scheme.core is None or scheme.hue != "risk" or not same or self.before is None:
                continue
            lines = []
            for key, entry in self.now.active.items():
                was = self.before.active.get(key)
                old, new = getattr(was, scheme.core, ""), getattr(entry, scheme.core)
                if moved(old, new, order):
                    pair = (Rated(old, scheme.hue, scheme.levels), Rated(new, scheme.hue, scheme.levels))
                    lines.append(Line((entry.name, *pair, entry.lead_officer), self._address(entry)))
            columns = (NAME, Col("Was", "level"), Col("Is", "level"), Col("Lead officer"))
            title = f"Partnerships whose {scheme.label} moved"
            table = Table("levels", title, columns, tuple(lines), "No partnership moved on the scale.")
            yield Chapter("levels", title, (), (table,))

    def _moved(self, word: str, title: str) -> Chapter:
        found = [each for held in self.rows.values() for each in held if each.trend.startswith(word)]
        columns = (NAME, Col("Kind"), WHAT, SCORE, Col("Trend"))
        lines = tuple(
            Line(
                (each.entry.name, Side(each.now.side).label, _said(each.now), each.now.score, each.trend),
                self._risks(each.entry),
            )
            for each in found
        )
        empty = {"Rose": "None rose.", "Fell": "None fell.", "New": "None is new."}[word]
        return Chapter(word.lower(), title, (), (Table(word.lower(), title, columns, lines, empty),))

    def _closed(self) -> Chapter:
        columns = (NAME, Col("Kind"), WHAT, Col("Was", "number"), Col("What came of it", "long_text"))
        lines = tuple(
            Line((entry.name, Side(row.side).label, _said(row), row.score, _outcome(now)), self._risks(entry))
            for entry, row, now in self.ended
        )
        return Chapter("closed", "Closed", (), (Table("closed", "Closed", columns, lines, "None was closed."),))

    def _open(self, side: Side, title: str) -> Chapter:
        columns = (NAME, WHAT, Col("Level"), SCORE, Col("Trend"), Col("Control", "long_text"), Col("Owner"))
        use: Any = "opportunities" if side == Side.OPPORTUNITY else "risks"
        matrix = self.now.policy.matrix_for(use)
        labels = {level.id: level.label for level in matrix.levels} if matrix else {}
        lines = tuple(
            Line(
                (
                    each.entry.name,
                    _said(each.now),
                    labels.get(each.now.level, each.now.level),
                    each.now.score,
                    each.trend if self.before else "",
                    each.now.control,
                    each.now.owner_name or self._people.get(each.now.owner_id, ""),
                ),
                self._risks(each.entry),
            )
            for each in self.rows[side]
        )
        anchor, empty = f"open-{title.lower()}", f"No {title.lower()} are open."
        return Chapter(
            anchor, f"Open {title.lower()}", (), (Table(anchor, f"Open {title.lower()}", columns, lines, empty),)
        )

    def _address(self, entry: Stood) -> str:
        return reverse("register:partnership", args=[entry.reference])

    def _risks(self, entry: Stood) -> str:
        return reverse("register:risks", args=[entry.reference])


def _said(risk: Any) -> str:
    return str(risk.note or risk.kind)


def _outcome(now: Any | None) -> str:
    if now is None:
        return "Taken out of the register"
    return now.outcome if now.closed_on else "The partnership is left"


def risk_update(quarter: Quarter, made: Made, *, now: datetime) -> Paper:
    """The update on a quarter; of the running one, as far as it has come. Raises Refused.

    The queries do not grow with the entries.
    """
    if problem := why_not(quarter, today=timezone.localdate(now)):
        raise Refused(problem)
    return _Update(quarter, made, now).paper()
