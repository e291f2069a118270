"""The annual report on the register, for those who hold it to account: what is, what changed in the year, what is weak.

The figures of the last day of the year stand beside those of a year before, both read from history, so the report of
a year says the same whenever it is made. Source: CORE-18; BRK-G02; HAR-G02, G03 and I13; RED-G11 and F37; FIG-05.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from assessments.explaining import Box, kept_boxes
from assessments.models import Assessment
from config import words
from policy.model import Policy, Scheme
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Side, Status
from reports.charts import BRAND, Bar, chart_of
from reports.rules import Group, Year, grouped, moved, total
from reports.shape import Ask, Chapter, Col, Fact, Line, Page, Paper, Rated, Table
from reports.standing import Parts, Standing, Stood, began_on, end_of, parts_at, standing_at
from reviews.models import Recommendation, Review, State

OnEntry = Callable[[int, int], None]
MOST_RISKS = 10
COVER = 6  # figures on the cover: design, section 5.7
NAME, REFERENCE = Col("Partnership"), Col("Reference")
POUNDS, HOURS = Col("£ a year", "money"), Col("Hours a month", "hours")


def version_on(day: date) -> PolicyVersion:
    """The policy in force on a day; before the first one, the first. Raises Refused while there is none."""
    version = PolicyVersion.objects.in_force(day) or PolicyVersion.objects.dated().order_by("in_force_from").first()
    if version is None:
        raise Refused("No policy is in force. Load a policy pack first: manage.py load_policy")
    return version


def why_not(year: Year, *, today: date) -> str:
    """Why there is no report on this year, or "" when there is."""
    first = began_on()
    if first is None:
        return "The register is empty, so there is nothing to report on. Add or import partnerships first"
    if year.first > today:
        return f"The year {words.review_year(year.starts)} has not begun. Choose an earlier year"
    if year.last < first:
        begun, named = words.day(first), words.review_year(year.starts)
        there = words.listed((each.slug for each in reversed(years(today=today))), "or")
        return f"The register begins on {begun}, so it cannot report on {named}. Choose {there}"
    return ""


def years(*, today: date) -> list[Year]:
    """The years on which a report can be made, the latest first."""
    first = began_on()
    if first is None:
        return []
    start, end = (day.year if (day.month, day.day) >= (4, 1) else day.year - 1 for day in (first, today))
    return [Year(each) for each in range(end, start - 1, -1)]


def annual_report(
    year: Year,
    *,
    readers: str,
    made_by: str,
    now: datetime,
    with_entries: bool = True,
    on_entry: OnEntry = lambda done, total: None,
) -> Paper:
    """The report on a year; of the running year, as far as it has come. Raises Refused.

    The number of queries is the same for two entries and for two thousand.
    """
    today = timezone.localdate(now)
    if problem := why_not(year, today=today):
        raise Refused(problem)
    return _Annual(year, now, on_entry).paper(readers=readers, made_by=made_by, with_entries=with_entries)


def _entry(entry: Stood) -> str:
    return reverse("register:partnership", args=[entry.reference])


@dataclass
class _Annual:
    """One report while it is gathered."""

    year: Year
    made_at: datetime
    on_entry: OnEntry

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.made_at)

    @cached_property
    def now(self) -> Standing:
        on = min(self.year.last, self.today)
        return standing_at(min(end_of(on), self.made_at), version_on(on))

    @cached_property
    def before(self) -> Standing | None:
        """The register a year before; `None` when it had not begun."""
        first = began_on()
        if first is None or self.year.before < first:
            return None
        return standing_at(end_of(self.year.before), version_on(self.year.before))

    @cached_property
    def parts(self) -> Parts:
        return parts_at(self.now)

    @cached_property
    def policy(self) -> Policy:
        return self.now.policy

    @cached_property
    def schemes(self) -> list[Scheme]:
        """The schemes whose overall level the register keeps: risk, value, both or neither."""
        return [scheme for scheme in self.policy.schemes.values() if scheme.core]

    def paper(self, *, readers: str, made_by: str, with_entries: bool) -> Paper:
        """The whole of it."""
        return Paper(
            title="Annual report on partnerships",
            period=words.review_year(self.year.starts),
            readers=readers,
            council=settings.COUNCIL_NAME,
            policy=str(self.now.version),
            on=self.now.on,
            made_on=self.today,
            made_by=made_by,
            facts=tuple(self._facts())[:COVER],
            asks=tuple(self._asks()),
            chapters=tuple(self._chapters()),
            entries=tuple(self._pages()) if with_entries else (),
            based_on=tuple(self._based_on()),
        )

    # --- The cover --------------------------------------------------------------------------------

    def _facts(self) -> Iterator[Fact]:
        now, before = self.now.active.values(), self.before.active.values() if self.before else None
        ago = (
            f"{len(before)} a year ago: {len(self.joined)} joined, {len(self.left)} left" if before is not None else ""
        )
        yield Fact("Partnerships", f"{len(now):,}", ago)
        pounds = total(entry.contribution_a_year for entry in now)
        yield Fact("The council pays", words.millions(pounds), self._more(pounds, _pounds(before), words.difference))
        hours = total(entry.hours_a_month for entry in now)
        said = words.hours_alone(hours, 0) if hours is not None else words.NOT_KNOWN
        yield Fact("Staff time", said, self._more(hours, _hours(before), _more_hours, "a month"))
        for scheme in self.schemes:
            top = scheme.levels[-1]
            counted = self._at(self.now, scheme, top.id)
            then = self._at(self.before, scheme, top.id) if self.before and self._same(scheme) else None
            yield Fact(f"{top.label} {scheme.label}", f"{counted:,}", _more_of(counted, then))
        dated = [entry for entry in now if entry.next_review_on]
        in_time = sum(not entry.is_late(self.now.on) for entry in dated)
        without = len(now) - len(dated)
        sense = f"{words.count(without, 'partnership')} without a date" if without else "each has a date"
        yield Fact("Review not late", f"{in_time:,} of {len(dated):,}" if dated else "None", sense)
        gaps = [label for entry in now for label in self._gaps(entry)]
        incomplete = sum(bool(self._gaps(entry)) for entry in now)
        yield Fact(
            "With something missing", f"{incomplete:,}", f"{words.count(len(gaps), 'thing')} in all" if gaps else ""
        )
        money = total(entry.unbudgeted_a_year for entry in now)
        yield Fact("Outside the budget", words.millions(money), "a year" if money is not None else "")

    def _more(self, new: Any, old: Any, said: Callable[[Any, Any], str], unit: str = "a year") -> str:
        if new is None:
            return ""
        return f"{unit}, {said(new, old)}" if old is not None and self.before else unit

    def _asks(self) -> Iterator[Ask]:
        """What the readers are asked to look at: only what is there."""
        for found, anchor, said in (
            ({entry.id for entry, _, _ in self._moves("worse")}, "worsened", "worse than a year ago"),
            ({entry.id for entry, _ in self._weak()}, "weak", "still weak"),
            (self._late(), "reviews", "with a late review"),
            (self._leaving(), "leaving", "being left"),
            (self._incomplete(), "missing", "with something missing"),
        ):
            if found:
                yield Ask(f"{words.count(len(found), 'partnership')} {said}", anchor)

    # --- Chapters ---------------------------------------------------------------------------------

    def _chapters(self) -> Iterator[Chapter]:
        yield self._scope()
        yield from self._levels()
        yield self._all()
        if self.before:
            yield self._list("joined", "Joined", self.joined, "No partnership joined in the year.")
            yield self._list("left", "Left", self.left, "No partnership left in the year.", gone=True)
        else:
            yield Chapter("changes", "What changed in the year", (self._since,))
        yield self._list("leaving", "Being left", self._leaving(), "The council is leaving no partnership.")
        if self.schemes and self.before:
            yield self._moved("improved", "Better than a year ago", "better")
            yield self._moved("worsened", "Worse than a year ago", "worse")
            yield self._still_weak()
        yield self._reviewed()
        yield self._recommended()
        yield self._reviews()
        yield self._actions()
        yield from self._resources()
        yield self._budget()
        yield from self._highest_risks()
        yield self._benefits()
        yield self._missing()
        yield self._caveats()

    @property
    def _since(self) -> str:
        """What is said where nothing can be compared."""
        begun = began_on()
        return f"The register begins on {words.day(begun)}, so nothing can be compared with a year ago."

    def _scope(self) -> Chapter:
        on, active = words.day(self.now.on), words.count(len(self.now.active), "partnership")
        said = [
            f"This report covers the {active} that the council took part in on {on}, those that it is leaving included."
        ]
        if self.now.on < self.year.last:
            said.append(f"The year runs until {words.day(self.year.last)}; what follows is the year so far.")
        if self.before:
            then = words.day(self.before.on)
            said.append(f"Each figure stands beside that of {then}, both as the register held them on those days.")
        else:
            said.append(self._since)
        if self.schemes:
            names = words.listed(scheme.label for scheme in self.schemes)
            said.append(
                f"Levels of {names} are those that people set under the policy then in force. "
                "No level is converted from one scale to another."
            )
        others = sum(entry.status == Status.PROPOSED for entry in self.now.entries.values())
        if others:
            said.append(f"{words.count(others, 'proposal')} that nobody has decided are left out.")
        return Chapter("scope", "What this report covers", tuple(said))

    def _levels(self) -> Iterator[Chapter]:
        for scheme in self.schemes:
            compared = self.before is not None and self._same(scheme)
            lines, drawn = [], []
            for level in (*reversed(scheme.levels), None):
                key, label = (level.id, level.label) if level else ("", "Not set")
                counted = self._at(self.now, scheme, key)
                if level is None and not counted:
                    continue
                then = self._at(self.before, scheme, key) if self.before and compared else None
                lines.append(Line((label, Decimal(counted), *([Decimal(then or 0)] if compared else []))))
                drawn.append(Bar(label, counted, BRAND))
            columns = [Col(scheme.title), Col("Partnerships", "number")]
            columns += [Col("A year ago", "number")] if compared else []
            said = (
                ()
                if compared or not self.before
                else (f"The scale of {scheme.label} changed in the year, so it is not compared.",)
            )
            yield Chapter(
                f"by-{scheme.label}",
                f"Partnerships by {scheme.label}",
                said,
                (Table(f"by-{scheme.label}", f"Partnerships by {scheme.label}", tuple(columns), tuple(lines)),),
                chart_of(f"Partnerships by {scheme.label}", drawn),
            )

    def _all(self) -> Chapter:
        """Every partnership in a line: levels, money, time, service, lead officer, next review (BRK-G02)."""
        named: list[tuple[Col, str]] = [(Col("Service"), "service"), (Col("Lead officer"), "lead_officer")]
        active = self.now.active.values()
        # A column in which nothing is known would only take room from the others; "What is missing" tells of it.
        named = [(column, name) for column, name in named if any(getattr(entry, name) for entry in active)]
        levels = [Col(scheme.title, "level") for scheme in self.schemes]
        columns = (
            NAME,
            REFERENCE,
            *levels,
            POUNDS,
            HOURS,
            *(column for column, _ in named),
            Col("Next review", "date"),
        )
        lines = tuple(
            Line(
                (
                    entry.name,
                    entry.reference,
                    *(_rated(entry, scheme) for scheme in self.schemes),
                    entry.contribution_a_year,
                    entry.hours_a_month,
                    *(getattr(entry, name) for _, name in named),
                    entry.next_review_on,
                ),
                _entry(entry),
            )
            for entry in active
        )
        sums = Line(("All", "", *("" for _ in levels), *_sums(active), *("" for _ in named), None))
        title, empty = "All partnerships", "The council takes part in no partnership."
        return Chapter("all", title, (), (Table("all", title, columns, lines, empty, sums if lines else None),))

    def _list(self, anchor: str, title: str, found: Sequence[Stood], empty: str, *, gone: bool = False) -> Chapter:
        """Entries with their levels, money and time; of those that left as they stood a year ago."""
        policy = self.before.policy if gone and self.before else self.policy
        schemes = [scheme for scheme in policy.schemes.values() if scheme.core]
        columns = (NAME, REFERENCE, *(Col(scheme.title, "level") for scheme in schemes), POUNDS, HOURS)
        lines = tuple(
            Line(
                (
                    entry.name,
                    entry.reference,
                    *(_rated(entry, scheme) for scheme in schemes),
                    entry.contribution_a_year,
                    entry.hours_a_month,
                ),
                _entry(entry),
            )
            for entry in found
        )
        said = ("The figures are those of a year ago.",) if gone and found else ()
        return Chapter(anchor, title, said, (Table(anchor, title, columns, lines, empty),))

    @cached_property
    def joined(self) -> list[Stood]:
        """Active now and not a year ago."""
        then = self.before.active if self.before else self.now.active
        return [entry for key, entry in self.now.active.items() if key not in then]

    @cached_property
    def left(self) -> list[Stood]:
        """Active a year ago and no longer, as they stood then."""
        then = self.before.active if self.before else {}
        return [entry for key, entry in then.items() if key not in self.now.active]

    def _leaving(self) -> list[Stood]:
        return [entry for entry in self.now.active.values() if entry.status == Status.LEAVING]

    def _same(self, scheme: Scheme) -> bool:
        """Whether a year ago the scheme had the same levels."""
        if self.before is None or scheme.core is None:
            return False
        then = next((each for each in self.before.policy.schemes.values() if each.core == scheme.core), None)
        return then is not None and _order(then) == _order(scheme)

    def _at(self, standing: Standing | None, scheme: Scheme, level: str) -> int:
        active = standing.active.values() if standing else ()
        return sum(getattr(entry, str(scheme.core)) == level for entry in active)

    def _moves(self, which: str) -> list[tuple[Stood, Stood, Scheme]]:
        """Entries, as they are and as they were, with each scheme on which they became "better" or "worse".

        A risk that rises is worse, a value that rises is better; a plain scale counts as value does.
        """
        if self.before is None:
            return []
        found = []
        for key, entry in self.now.active.items():
            then = self.before.active.get(key)
            for scheme in self.schemes if then else ():
                way = moved(getattr(then, str(scheme.core)), getattr(entry, str(scheme.core)), _order(scheme))
                worse = (way == "rose") == (scheme.hue == "risk")
                if then and way and self._same(scheme) and worse == (which == "worse"):
                    found.append((entry, then, scheme))
        return found

    def _moved(self, anchor: str, title: str, which: str) -> Chapter:
        columns = (NAME, REFERENCE, Col("What"), Col("A year ago", "level"), Col("Now", "level"))
        lines = tuple(
            Line(
                (entry.name, entry.reference, scheme.title, _rated(then, scheme), _rated(entry, scheme)), _entry(entry)
            )
            for entry, then, scheme in self._moves(which)
        )
        empty = f"No partnership is {which} than a year ago."
        return Chapter(anchor, title, (), (Table(anchor, title, columns, lines, empty),))

    def _weak(self) -> list[tuple[Stood, Scheme]]:
        """Entries at the bad end of a scale now and a year ago: highest risk, lowest value."""
        if self.before is None:
            return []
        found = []
        for key, entry in self.now.active.items():
            then = self.before.active.get(key)
            for scheme in self.schemes if then else ():
                worst = _order(scheme)[-1 if scheme.hue == "risk" else 0]
                levels = {getattr(each, str(scheme.core)) for each in (then, entry)}
                if levels == {worst} and self._same(scheme):
                    found.append((entry, scheme))
        return found

    def _still_weak(self) -> Chapter:
        title = "Still weak"
        columns = (NAME, REFERENCE, Col("What"), Col("Now and a year ago", "level"), Col("Lead officer"))
        lines = tuple(
            Line((entry.name, entry.reference, scheme.title, _rated(entry, scheme), entry.lead_officer), _entry(entry))
            for entry, scheme in self._weak()
        )
        said = (
            ("These stood at the bad end of a scale on both days: the highest risk, or the lowest value.",)
            if lines
            else ()
        )
        return Chapter(
            "weak", title, said, (Table("weak", title, columns, lines, "No partnership is weak on both days."),)
        )

    @cached_property
    def sent(self) -> list[tuple[Stood, Review]]:
        """The reviews that were sent in the year, with their entries."""
        found = Review.objects.filter(sent_at__gt=end_of(self.year.before), sent_at__lte=self.now.at)
        found = found.select_related("request").prefetch_related("policy_version")
        ordered = found.order_by("partnership__name", "sent_at", "pk")
        return [(entry, review) for review in ordered if (entry := self.now.entries.get(review.partnership_id))]

    def _reviewed(self) -> Chapter:
        """What the reviews that were sent in the year recommend (BRK-G02, HAR-G02, MEL-G06, RED-G11)."""
        columns = (
            NAME, Col("Review"), Col("Sent", "date"), Col("Signed off"), Col("Recommends"), Col("Why", "long_text"),
        )  # fmt: skip
        lines = tuple(
            Line(
                (entry.name, review.title, review.done_on, self._signed_off(review), _advises(review), _why(review)),
                _entry(entry),
            )
            for entry, review in self.sent
        )
        counted: dict[str, int] = {}
        for _, review in self.sent:
            counted[_advises(review)] = counted.get(_advises(review), 0) + 1
        said = "; ".join(f"{label}: {number}" for label, number in sorted(counted.items()))
        title, empty = "Reviews of the year", "No review was sent in the year."
        table = Table("reviewed", title, columns, lines, empty)
        return Chapter("reviewed", title, (f"They recommend: {said}.",) if said else (), (table,))

    def _signed_off(self, review: Review) -> str:
        """The day, as far as the report goes: what came afterwards is not in it."""
        is_done = review.state == State.SIGNED_OFF and review.ended_at and review.ended_at <= self.now.at
        return words.short_day(review.ended_at) if is_done else "Not yet"

    def _recommended(self) -> Chapter:
        """What should follow: what reviews recommend, and what the register's own findings ask for (RED-F37)."""
        columns = (NAME, Col("Recommended"), Col("Why", "long_text"), Col("Decision"))
        lines = tuple(
            Line((entry.name, _advises(review), _why(review), self._asked_for(review)), _entry(entry))
            for entry, review in self.sent
            if review.recommendation in (Recommendation.CHANGE, Recommendation.LEAVE)
        )
        empty = "No review of the year recommends a change, or to leave."
        findings: tuple[tuple[str, Sized, str], ...] = (
            ("Say what makes them less weak, or leave", {entry.id for entry, _ in self._weak()}, "Still weak"),
            ("Say why they are worse", {entry.id for entry, _, _ in self._moves("worse")}, "Worse than a year ago"),
            ("Review them: their day has passed", self._late(), "Reviews late and to come"),
            ("Decide on money outside the budget", self._unbudgeted(), "Money outside the budget"),
            ("Finish actions whose day has passed", self._overdue(), "Actions"),
            ("Give what the policy asks for", self._incomplete(), "What is missing"),
        )
        asked = tuple(Line((what, Decimal(len(found)), where)) for what, found, where in findings if len(found))
        more = Table(
            "asked",
            "What the figures ask for",
            (Col("What to do"), Col("Partnerships", "number"), Col("See")),
            asked,
            "The figures ask for nothing.",
        )
        title = "What is recommended"
        return Chapter(
            "recommended", title, (), (Table("recommended", "From the reviews", columns, lines, empty), more)
        )

    def _asked_for(self, review: Review) -> str:
        request = review.request
        if request is None or request.started_at > self.now.at:
            return "Not asked for"
        return f"Asked for: {request.reference}"

    def _overdue(self) -> set[int]:
        """The entries with an action whose day has passed."""
        rows = self.parts.actions.items()
        return {key for key, actions in rows if any(self._state(action) == "Late" for action in actions)}

    def _actions(self) -> Chapter:
        """The actions of the entries: done in the year, open, late; the late ones by name (RED-G11)."""
        rows = [(self.now.active[key], action) for key, actions in self.parts.actions.items() for action in actions]
        rows.sort(key=lambda row: (row[1].due_on or date.max, row[0].name, row[1].id))
        counted = {"Done in the year": 0, "Open": 0, "Late": 0}
        for _, action in rows:
            state = self._state(action)
            if state in counted:
                counted[state] += 1
            elif action.done_on > self.year.before:
                counted["Done in the year"] += 1
        lines = tuple(
            Line(
                (entry.name, action.text, action.owner_name or self._person(action.owner_id), action.due_on),
                _entry(entry),
            )
            for entry, action in rows
            if self._state(action) == "Late"
        )
        columns = (NAME, Col("Action", "long_text"), Col("Owner"), Col("Due", "date"))
        said = "; ".join(f"{label}: {number:,}" for label, number in counted.items()) + "."
        return Chapter(
            "actions", "Actions", (said,), (Table("actions", "Late actions", columns, lines, "No action is late."),)
        )

    def _late(self) -> list[Stood]:
        return [entry for entry in self.now.active.values() if entry.is_late(self.now.on)]

    def _reviews(self) -> Chapter:
        on = self.now.on
        year_on = date(on.year + 1, on.month, min(on.day, 28))
        columns = (NAME, REFERENCE, Col("Reviewed", "date"), Col("Next review", "date"), Col("Lead officer"))

        def lines(found: Iterable[Stood]) -> tuple[Line, ...]:
            ordered = sorted(found, key=lambda entry: (entry.next_review_on or date.max, entry.name))
            return tuple(
                Line(
                    (entry.name, entry.reference, entry.last_review_on, entry.next_review_on, entry.lead_officer),
                    _entry(entry),
                )
                for entry in ordered
            )

        coming = [
            entry
            for entry in self.now.active.values()
            if entry.next_review_on and on <= entry.next_review_on <= year_on
        ]
        undated = sum(entry.next_review_on is None for entry in self.now.active.values())
        said = (
            (f"{words.count(undated, 'partnership')} without a date of review: see what is missing.",)
            if undated
            else ()
        )
        return Chapter(
            "reviews",
            "Reviews late and to come",
            said,
            (
                Table("late", "Late", columns, lines(self._late()), "No review is late."),
                Table(
                    "coming",
                    "To be reviewed in the coming year",
                    columns,
                    lines(coming),
                    "No review is due in the coming year.",
                ),
            ),
        )

    def _resources(self) -> Iterator[Chapter]:
        ways: list[tuple[str, str, Callable[[Stood], Iterable[str]], Sequence[str] | None]] = []
        if self.policy.core_field("priorities"):
            ways.append(("priority", "Priority", lambda entry: entry.of_priorities, None))
        ways.append(("service", "Service", lambda entry: entry.of_services, None))
        ways += [
            (
                f"{scheme.label} level",
                scheme.title,
                _label_of(scheme),
                [level.label for level in reversed(scheme.levels)],
            )
            for scheme in self.schemes
        ]
        for way, heading, labels, order in ways:
            yield self._resource(way, heading, labels, order or ())

    def _resource(
        self, way: str, heading: str, labels: Callable[[Stood], Iterable[str]], order: Sequence[str]
    ) -> Chapter:
        now = grouped(self.now.active.values(), labels)
        then = grouped(self.before.active.values(), labels) if self.before else {}
        none = Group("", 0, None, None)
        columns = [Col(heading), Col("Partnerships", "number"), POUNDS, HOURS]
        columns += [Col("£ a year ago", "money"), Col("Hours a year ago", "hours")] if self.before else []
        lines = []
        ranks = {label: rank for rank, label in enumerate(order)}
        for label in sorted({*now, *then}, key=lambda label: (ranks.get(label, len(ranks)), label)):
            group, earlier = now.get(label, none), then.get(label, none)
            ago = (earlier.pounds, earlier.hours) if self.before else ()
            lines.append(Line((label, Decimal(group.entries), group.pounds, group.hours, *ago)))
        active, before = self.now.active.values(), self.before.active.values() if self.before else ()
        sums = (
            "All",
            Decimal(len(active)),
            *_sums(active),
            *(_sums(before) if self.before else ()),
        )
        said = (
            ()
            if way != "priority"
            else ("A partnership that helps several counts under each, so the rows can add up to more than all.",)
        )
        title, anchor = f"Resources by {way}", f"resources-{way.replace(' ', '-')}"
        drawn = [
            Bar(held.label, float(held.pounds or 0), BRAND, words.money(held.pounds))
            for line in lines
            if (held := now.get(line.cells[0]))
        ]
        return Chapter(
            anchor,
            title,
            said,
            (Table(anchor, title, tuple(columns), tuple(lines), "", Line(sums)),),
            chart_of(f"Pounds a year by {way}", drawn),
        )

    def _unbudgeted(self) -> list[Stood]:
        return [entry for entry in self.now.active.values() if entry.unbudgeted_a_year]

    def _budget(self) -> Chapter:
        found = self._unbudgeted()
        columns = (NAME, REFERENCE, Col("Outside the budget, £ a year", "money"), POUNDS)
        lines = tuple(
            Line((entry.name, entry.reference, entry.unbudgeted_a_year, entry.contribution_a_year), _entry(entry))
            for entry in sorted(found, key=lambda entry: (-(entry.unbudgeted_a_year or 0), entry.name))
        )
        sums = Line(("All", "", total(e.unbudgeted_a_year for e in found), total(e.contribution_a_year for e in found)))
        table = Table(
            "budget",
            "Money outside the budget",
            columns,
            lines,
            "No money is outside the budget.",
            sums if lines else None,
        )
        return Chapter("budget", "Money outside the budget", (), (table,))

    def _highest_risks(self) -> Iterator[Chapter]:
        """The highest risks and opportunities of the entries' registers, where the policy has a matrix (HAR-G03)."""
        for side, use, title in (
            (Side.RISK, "risks", "Highest risks"),
            (Side.OPPORTUNITY, "opportunities", "Highest opportunities"),
        ):
            matrix = self.policy.matrix_for(use)
            if matrix is None:
                continue
            found = [
                (risk, self.now.active[key])
                for key, risks in self.parts.risks.items()
                for risk in risks
                if risk.side == side
                and risk.closed_on is None
                and risk.score is not None
                and risk.scale == matrix.scale
            ]
            found.sort(key=lambda pair: (-pair[0].score, pair[1].name, pair[0].id))
            columns = (NAME, Col("What"), Col("Level"), Col("Score", "number"), Col("Control"))
            labels = {level.id: level.label for level in matrix.levels}
            lines = tuple(
                Line(
                    (entry.name, risk.note or risk.kind, labels.get(risk.level, risk.level), risk.score, risk.control),
                    _entry(entry),
                )
                for risk, entry in found[:MOST_RISKS]
            )
            said = (f"The {MOST_RISKS} highest of {len(found):,}.",) if len(found) > MOST_RISKS else ()
            yield Chapter(
                f"highest-{use}",
                title,
                said,
                (Table(f"highest-{use}", title, columns, lines, "None is placed on the scale."),),
            )

    def _benefits(self) -> Chapter:
        sure = [Col("How sure")] if self.assurances else []
        columns = (NAME, Col("Benefit", "long_text"), Col("Figure", "number"), Col("Unit"), *sure)
        lines = tuple(
            Line(
                (
                    entry.name,
                    row.description or row.named_benefit,
                    row.figure,
                    row.unit,
                    *([self._sure(entry)] if sure else []),
                ),
                _entry(entry),
            )
            for key, entry in self.now.active.items()
            for row in self.parts.benefits.get(key, ())
            if row.figure is not None
        )
        soft = sum(row.figure is None for rows in self.parts.benefits.values() for row in rows)
        said = (
            (f"{words.count(soft, 'more benefit')} without a figure: see the page of each partnership.",)
            if soft
            else ()
        )
        table = Table("benefits", "Benefits with a figure", columns, lines, "No benefit has a figure.")
        return Chapter("benefits", "What the partnerships bring", said, (table,))

    @cached_property
    def assurances(self) -> dict[str, str]:
        """How sure figures of a partnership can be, by the values of the policy's list; empty where it does not ask."""
        field = self.policy.core_field("data_assurance")
        return {each.id: each.label for each in self.policy.list(field.list).values} if field and field.list else {}

    def _sure(self, entry: Stood) -> str:
        """Verified, not verified, an estimate: printed wherever a figure of the partnership's own is (BRK-F20)."""
        return self.assurances.get(entry.data_assurance, entry.data_assurance) if self.assurances else ""

    def _caveat(self, entry: Stood) -> str:
        return ". ".join(filter(None, (self._sure(entry), entry.data_caveat)))

    def _gaps(self, entry: Stood) -> list[str]:
        """What the policy asks of an entry and nobody has given, as far as history tells."""
        asks = self.policy.core_field
        gaps = [
            f"{words.inside(scheme.title)} level" for scheme in self.schemes if not getattr(entry, str(scheme.core))
        ]
        for core, label, is_there in (
            ("lead_officer", "lead officer", bool(entry.lead_officer)),
            ("contributions", "what the council pays", entry.contribution_a_year is not None),
            ("hours_a_month", "hours a month", entry.hours_a_month is not None),
            ("next_review_on", "date of review", entry.next_review_on is not None),
            ("exit_impact", "impact of leaving", bool(entry.exit_impact or entry.exit_impact_level)),
            ("partners", "partners", bool(self.parts.partners.get(entry.id))),
            ("representatives", "representative", self._is_represented(entry)),
        ):
            if not is_there and asks(core):
                gaps.append(label)
        return gaps

    def _is_represented(self, entry: Stood) -> bool:
        return any(not row.is_vacant for row in self.parts.representatives.get(entry.id, ()))

    def _incomplete(self) -> list[tuple[Stood, list[str]]]:
        return [(entry, gaps) for entry in self.now.active.values() if (gaps := self._gaps(entry))]

    def _missing(self) -> Chapter:
        found = self._incomplete()
        counted: dict[str, int] = {}
        for _, gaps in found:
            for gap in gaps:
                counted[gap] = counted.get(gap, 0) + 1
        each = tuple(
            Line((_sentence(gap), Decimal(number)))
            for gap, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        lines = tuple(
            Line((entry.name, entry.reference, _sentence(words.listed(gaps))), _entry(entry)) for entry, gaps in found
        )
        empty = "Nothing that the policy asks for is missing."
        how_many = Table(
            "missing", "How many lack what", (Col("What is missing"), Col("Partnerships", "number")), each, empty
        )
        where = Table("missing-where", "Where it is missing", (NAME, REFERENCE, Col("Missing", "long_text")), lines)
        return Chapter("missing", "What is missing", (), (how_many, where) if lines else (how_many,))

    def _caveats(self) -> Chapter:
        active = self.now.active.values()
        found = [entry for entry in active if entry.data_caveat or entry.data_assurance]
        sure = [Col("How sure")] if self.assurances else []
        lines = tuple(
            Line(
                (entry.name, entry.reference, *([self._sure(entry)] if sure else []), entry.data_caveat or "No caveat"),
                _entry(entry),
            )
            for entry in found
        )
        columns = (NAME, REFERENCE, *sure, Col("Caveat", "long_text"))
        table = Table(
            "caveats", "Figures of the partnerships’ own", columns, lines, "No partnership’s figures carry a caveat."
        )
        known = sum(entry.contribution_a_year is not None for entry in self.now.active.values())
        timed = sum(entry.hours_a_month is not None for entry in self.now.active.values())
        of = len(self.now.active)
        said = f"What the council pays is known for {known:,} of {of:,} partnerships, officer time for {timed:,}."
        said += " Totals leave out the others."
        return Chapter("caveats", "What to bear in mind about the figures", (said,), (table,))

    def _based_on(self) -> Iterator[str]:
        yield f"The register as it stood at the end of {words.day(self.now.on)}."
        if self.before:
            yield f"The register as it stood at the end of {words.day(self.before.on)}."
        for standing in (self.now, *((self.before,) if self.before else ())):
            yield f"The {standing.version}, in force on {words.day(standing.on)}."
        yield "Money is what the council pays in cash in the latest financial year known then."
        yield "Time is officer hours a month."

    # --- A partnership ----------------------------------------------------------------------------

    def _pages(self) -> Iterator[Page]:
        made = self._assessments(self.now)
        earlier = self._assessments(self.before) if self.before else {}
        active = self.now.active
        for done, (key, entry) in enumerate(active.items(), start=1):
            yield self._page(entry, made.get(key), earlier.get(key))
            self.on_entry(done, len(active))

    def _assessments(self, standing: Standing) -> dict[int, Assessment]:
        """The last assessment that was complete at a moment, by entry; an assessment never changes afterwards."""
        latest = (
            Assessment.objects.complete()
            .filter(partnership=OuterRef("partnership"), completed_at__lte=standing.at)
            .order_by("-completed_at", "-pk")
            .values("pk")[:1]
        )
        found = Assessment.objects.filter(pk=Subquery(latest)).prefetch_related(
            "policy_version", "judgements", "overalls"
        )
        return {assessment.partnership_id: assessment for assessment in found}

    def _page(self, entry: Stood, made: Assessment | None, earlier: Assessment | None) -> Page:
        then = self.before.active.get(entry.id) if self.before else None
        meta = [entry.reference, Status(entry.status).label, entry.service]
        meta += [f"lead officer {entry.lead_officer}" if entry.lead_officer else "no lead officer"]
        return Page(
            reference=entry.reference,
            name=entry.name,
            meta=" · ".join(filter(None, meta)),
            address=_entry(entry),
            purpose=entry.purpose,
            facts=tuple(self._own_facts(entry, then)),
            chapters=tuple(self._own_chapters(entry, made, earlier)),
            caveat=self._caveat(entry),
        )

    def _own_facts(self, entry: Stood, then: Stood | None) -> Iterator[Fact]:
        for scheme in self.schemes:
            rated = _rated(entry, scheme)
            was = _rated(then, scheme) if then and self._same(scheme) else None
            same = (
                "as a year ago"
                if was and was.level == rated.level
                else f"{was} a year ago"
                if was and was.level
                else ""
            )
            yield Fact(scheme.title, str(rated), same)
        pounds, was_pounds = entry.contribution_a_year, then.contribution_a_year if then else None
        sense = (
            ""
            if pounds is None
            else "a year"
            if was_pounds is None
            else f"a year, {words.difference(pounds, was_pounds)}"
        )
        yield Fact("Council pays", words.money(pounds), sense)
        hours, was_hours = entry.hours_a_month, then.hours_a_month if then else None
        sense = "" if hours is None else "a month" if was_hours is None else f"a month, {_more_hours(hours, was_hours)}"
        yield Fact("Staff time", words.hours_alone(hours) if hours is not None else words.NOT_KNOWN, sense)

    def _own_chapters(self, entry: Stood, made: Assessment | None, earlier: Assessment | None) -> Iterator[Chapter]:
        anchor = entry.reference.lower()
        if made:
            ago = {box.scheme_id: box for box in kept_boxes(earlier)} if earlier and earlier.pk != made.pk else {}
            for box in kept_boxes(made):
                yield self._why(anchor, entry, made, box, ago.get(box.scheme_id))
        rows = self.parts.benefits.get(entry.id, ())
        if rows:
            sure = self._sure(entry).lower()
            said = tuple(_benefit(row, sure) for row in rows)
            yield Chapter(f"{anchor}-benefits", "What it brings", said)
        actions = self.parts.actions.get(entry.id, ())
        if actions:
            columns = (Col("Action", "long_text"), Col("Owner"), Col("Due", "date"), Col("State"))
            lines = tuple(
                Line((row.text, row.owner_name or self._person(row.owner_id), row.due_on, self._state(row)))
                for row in actions
            )
            yield Chapter(
                f"{anchor}-actions",
                "Actions",
                (),
                (Table(f"{anchor}-actions", f"Actions of {entry.name}", columns, lines),),
            )

    def _state(self, action: Any) -> str:
        if action.done_on and action.done_on <= self.now.on:
            return f"Done on {words.short_day(action.done_on)}"
        return "Late" if action.due_on and action.due_on < self.now.on else "Open"

    @cached_property
    def _people(self) -> dict[int, str]:
        from accounts.models import User

        return {person.pk: str(person) for person in User.objects.all()}

    def _person(self, key: int | None) -> str:
        return self._people.get(key, "") if key else ""

    def _why(self, anchor: str, entry: Stood, made: Assessment, box: Box, ago: Box | None) -> Chapter:
        """Why a level is as it is, criterion by criterion, as it was assessed."""
        label = box.level_label or "not set"
        who, day = box.set_by or made.made_by_name, words.day(made.completed_at)
        said = f"{box.level_label}, set by {who} on {day}." if box.level else "Nobody set a level."
        if box.differs:
            why = box.reason.strip().rstrip(".")
            said += f" The policy suggests {box.suggested_label}: {box.counted} Why {box.level_label}: “{why}”."
        elif box.suggested:
            said += f" The policy suggests the same: {box.counted}"
        is_compared = ago is not None and _order(ago.scheme) == _order(box.scheme)
        then = {line.criterion.id: line for line in ago.lines} if ago and is_compared else {}
        columns = [Col("Criterion"), Col("Level", "level"), Col("Why, and what would change it", "long_text")]
        columns += [Col("A year ago", "level")] if is_compared else []
        lines = []
        for line in box.lines:
            why = " ".join(filter(None, (line.because, line.nearest))) or "Not answered."
            cells: list[Any] = [line.criterion.label, Rated(line.level, box.scheme.hue, box.scheme.levels), why]
            if is_compared:
                was = then.get(line.criterion.id)
                cells.append(Rated(was.level if was else "", "", box.scheme.levels))
            lines.append(Line(tuple(cells)))
        title = f"Why the {box.scheme.label} is {label}"
        table = Table(
            f"{anchor}-{box.scheme_id}",
            f"{box.scheme.title} of {entry.name}, criterion by criterion",
            tuple(columns),
            tuple(lines),
        )
        return Chapter(f"{anchor}-{box.scheme_id}", title, (said,), (table,))


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]


def _rated(entry: Stood, scheme: Scheme) -> Rated:
    return Rated(getattr(entry, str(scheme.core)), scheme.hue, scheme.levels)


def _order(scheme: Scheme) -> list[str]:
    """The levels of a scheme by their ids, lowest first."""
    return [level.id for level in scheme.levels]


def _label_of(scheme: Scheme) -> Callable[[Stood], tuple[str, ...]]:
    return lambda entry: (str(_rated(entry, scheme)),)


def _pounds(entries: Iterable[Stood] | None) -> Decimal | None:
    return total(entry.contribution_a_year for entry in entries) if entries is not None else None


def _hours(entries: Iterable[Stood] | None) -> Decimal | None:
    return total(entry.hours_a_month for entry in entries) if entries is not None else None


def _sums(entries: Iterable[Stood]) -> tuple[Decimal | None, Decimal | None]:
    held = list(entries)
    return _pounds(held), _hours(held)


def _more_hours(new: Decimal, old: Decimal) -> str:
    """ "18 fewer", "4 more", "the same"."""
    change = new - old
    return "the same" if not change else f"{words.number(abs(change), 1)} {'more' if change > 0 else 'fewer'}"


def _more_of(now: int, then: int | None) -> str:
    if then is None:
        return ""
    return (
        "as a year ago" if now == then else f"{abs(now - then):,} {'more' if now > then else 'fewer'} than a year ago"
    )


def _benefit(row: Any, sure: str) -> str:
    said = row.description or row.named_benefit or "A benefit"
    if row.figure is None:
        return said
    return f"{said}: {words.with_unit(words.number(row.figure), row.unit)}" + (f" ({sure})" if sure else "")


def _advises(review: Review) -> str:
    return Recommendation(review.recommendation).label if review.recommendation else "Nothing"


def _why(review: Review) -> str:
    """The reason that was given; to go on as it is needs none."""
    return review.recommendation_why or "No reason is asked for"
