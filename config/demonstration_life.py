"""What happened to each partnership of a demonstration council, in the order of the days on which it happened.

The register of a demonstration was opened two Novembers ago, so that a report on the last whole year has a year to
compare with. Every step goes through the verbs of the pages, dated by `register.models.history.dated`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import ServiceArea, User
from assessments import services as assessing
from assessments.models import Assessment
from config import demonstration_papers as papers
from policy.models import PolicyVersion
from register.models import (
    Action,
    Benefit,
    Contribution,
    Document,
    FundingSource,
    Membership,
    Organisation,
    Partnership,
    Priority,
    PriorityLink,
    Representative,
    Risk,
    Status,
)
from register.models.history import dated
from register.models.parts import financial_year
from reviews import services as reviewing

REASON = "Loaded with the demonstration"
OLD_REGISTER = "As in the council’s old register"
BUDGET = (2, 25)  # month and day on which the budget of the coming year is agreed
YEAR = timedelta(days=365)
GONE_THROUGH = timedelta(days=60)  # from a review until the levels were set by it
PEOPLE = ("lead_officer", "responsible_head", "portfolio_holder")
# Facts that the fixture says in words of its own; all others are fields of the entry.
SAID_OTHERWISE = {
    "status", "service", *PEOPLE, "review_in_days", "contributions", "partners", "representatives", "priorities",
    "benefits", "risks", "levels", "assessment", "leaving_reason", "leaving_on", "left_on", "entered_on", "was",
    "until", "reason", "local", "parent", "funding_sources", "actions", "documents", "screened", "forms", "agreement",
    "request", "concerns",
}  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """The day of loading, and whether the days before it are told as they were: only on a register without entries."""

    today: date
    has_past: bool

    @property
    def opened_on(self) -> date:
        """The day on which the council put its old register here."""
        return date(financial_year(self.today) - 2, 11, 2)

    def ago(self, days: int) -> date:
        """A day so many days before the day of loading."""
        return self.today - timedelta(days=days)

    def at(self, day: date) -> datetime:
        """Ten in the morning of a day."""
        return timezone.make_aware(datetime.combine(day, time(10)))

    def told(self, at: datetime) -> AbstractContextManager[None]:
        """What is kept inside bears this moment, where the past is told."""
        return dated(min(at, timezone.now())) if self.has_past else nullcontext()


@dataclass(frozen=True)
class Step:
    """Something that happened on a day."""

    on: date
    do: Callable[[], None]


@dataclass(frozen=True)
class Council:
    """What every entry needs: the policy, the people by address, who keeps the register, and the calendar."""

    version: PolicyVersion
    people: Mapping[str, User]
    manager: User
    calendar: Calendar

    def desk(self, partnership: Partnership) -> papers.Desk:
        """What the papers of an entry need."""
        return papers.Desk(partnership, self.version, self.people, self.calendar.today, self.calendar.told)

    def live(self, steps: Iterable[Step]) -> None:
        """Take steps in the order of their days; of one day, in the order in which they are given."""
        for step in sorted(steps, key=lambda each: each.on):
            with self.calendar.told(self.calendar.at(step.on)):
                step.do()


@dataclass(frozen=True)
class Life:
    """The life of one entry of the fixture; `is_refreshed` where a refresh of the past moves its days of review."""

    given: Mapping[str, Any]
    council: Council
    is_refreshed: bool = False

    def steps(self) -> Iterator[Step]:
        """All of it; what happens on one day in the order in which a council comes to it."""
        yield Step(self.entered_on, self.enter)
        for year in sorted({self._year_of(row) for row in self.given.get("contributions", ())}):
            if not self._is_known_from_the_first(year):
                yield Step(date(year, *BUDGET), partial(self.agree_budget, year))
        if self._was:
            yield Step(self._was["until"], self.change)
        if self.reviewed_on and not self.is_refreshed:
            yield Step(self.reviewed_on, self.review)
        if "assessment" in self.given:
            yield Step(self._assessed_on, self.assess)
        for days_ago, do in self._papers():
            yield Step(self.council.calendar.ago(days_ago), do)
        if self.status in (Status.LEAVING, Status.LEFT):
            yield Step(self.given["leaving_on"], partial(self.move, Status.LEAVING))
        if self.status == Status.LEFT:
            yield Step(self.given["left_on"], self.leave)

    # --- Its days ---------------------------------------------------------------------------------

    @property
    def status(self) -> Status:
        """Where it stands on the day of loading, apart from what its request brings about."""
        return Status(self.given.get("status", Status.ACTIVE))

    @property
    def entered_on(self) -> date:
        """The day on which it came on the register: that of the old register, or a week before it was asked for."""
        if "entered_on" in self.given:
            return self.given["entered_on"]
        if self.status != Status.PROPOSED:
            return self.council.calendar.opened_on
        return self.council.calendar.ago(7 + max((days for days, _ in self._papers()), default=23))

    @property
    def reviewed_on(self) -> date | None:
        """The day of its last review, a year before the next; None where the register did not know it then."""
        if "review_in_days" not in self.given:
            return None
        day = self._next_review_on - YEAR
        return day if self.entered_on < day < self.council.calendar.today else None

    @property
    def _next_review_on(self) -> date:
        return self.council.calendar.ago(-self.given["review_in_days"])

    @property
    def _assessed_on(self) -> date:
        """With what changed, or when its last review was gone through; a draft was begun this month."""
        if any("overall" not in said for said in self.given["assessment"].values()):
            return self.council.calendar.ago(20)
        if self.reviewed_on and "until" not in self._was:
            return min(self.reviewed_on + GONE_THROUGH, self.council.calendar.ago(1))
        return self._was.get("until", self.entered_on)

    @property
    def _was(self) -> Mapping[str, Any]:
        """Facts and levels as they stood until a day; empty where nothing changed."""
        return self.given.get("was", {})

    def _year_of(self, row: Mapping[str, Any]) -> int:
        return financial_year(self.council.calendar.today) - row["years_ago"]

    def _is_known_from_the_first(self, year: int) -> bool:
        """Whether money of a year came with the entry: what is proposed says what it would cost."""
        return self.status == Status.PROPOSED or date(year, *BUDGET) <= self.entered_on

    # --- What happened ----------------------------------------------------------------------------

    @property
    def entry(self) -> Partnership:
        """The entry as it stands now: each step reads it anew."""
        return Partnership.objects.get(name=self.given["name"])

    def enter(self) -> None:
        """It comes on the register, as it stood then."""
        by, at = self.council.manager, self.council.calendar.at(self.entered_on)
        facts = self._facts({**self.given, **self._was}) | self._days_of_review(self.reviewed_on)
        partnership = Partnership.propose(
            by=by,
            policy_version=self.council.version,
            reason=REASON,
            **self._proposed_at(at),
            local_values=papers.as_json(self.given.get("local", {})),
            **facts,
        )
        self._keep_rows(_rows(self.given, self.council, at), partnership)
        self._keep_rows(self._contributions(self._is_known_from_the_first), partnership)
        partnership.take_figures_from_contributions(by=by, reason=REASON)
        if self.status != Status.PROPOSED:
            partnership.move(Status.ACTIVE, by=by, reason=REASON)
        if levels := self._first_levels():
            partnership.set_levels(**levels, source="import", by=by, reason=OLD_REGISTER)
        partnership.refresh_from_db()
        if self.given.get("screened"):
            papers.screen(self.council.desk(partnership), by=by, at=at)
        papers.mark_significance(self.council.desk(partnership), by=by)

    def agree_budget(self, year: int) -> None:
        """What the council pays in a year is agreed."""
        entry, by = self.entry, self.council.manager
        self._keep_rows(self._contributions(lambda each: each == year), entry)
        entry.take_figures_from_contributions(by=by, reason="The budget of the year was agreed")

    def change(self) -> None:
        """What was so becomes what is so."""
        now = self._facts({name: self.given.get(name) for name in self._was})
        if now:
            self.entry.change(now, by=self.council.manager, reason=self._was.get("reason", "Kept up to date"))
        if "levels" in self.given:
            self.entry.set_levels(
                **self.given["levels"],
                source="import",
                by=self.council.manager,
                reason=self._was.get("reason", OLD_REGISTER),
            )

    def review(self) -> None:
        """It was reviewed, before reviews were kept here."""
        self.entry.change(
            self._days_of_review(self._next_review_on), by=self.council.manager, reason="Reviewed, as its minutes say"
        )

    def assess(self) -> None:
        """Assess as the pages do; one that leaves an overall level out stays a draft."""
        given, by = self.given["assessment"], self.council.people[self.given["lead_officer"]]
        at = self.council.calendar.at(self._assessed_on)
        draft = Assessment.start(self.entry, by=by, policy_version=self.council.version, at=at)
        for scheme, said in given.items():
            draft.judge(scheme, {criterion: (level, "", "") for criterion, level in said["judged"].items()}, by=by)
            if "overall" in said:
                draft.set_overall(scheme, level=said["overall"], reason=said.get("reason", ""), by=by)
        if all("overall" in said for said in given.values()):
            assessing.complete(draft, by=by, at=at)

    def move(self, to: Status) -> None:
        """It goes on in its life, for the reason that the fixture gives."""
        self.entry.move(to, by=self.council.manager, reason=self.given["leaving_reason"])

    def leave(self) -> None:
        """It was left, with all that leaving asks for on paper."""
        self.move(Status.LEFT)
        for cycle in self.council.version.policy.cycles:
            if cycle.starts_from == "decision_to_leave":
                reviewing.mark_done(
                    cycle.id,
                    partnership=self.entry,
                    version=self.council.version,
                    done_on=self.given["left_on"],
                    note="On paper, in the file of the service",
                    by=self.council.manager,
                    at=self.council.calendar.at(self.given["left_on"]),
                )

    def _papers(self) -> Iterator[tuple[int, Callable[[], None]]]:
        """What was asked, answered and agreed, each with how many days ago it began."""
        for given in self.given.get("forms", ()):
            yield given["days_ago"], partial(self._at_desk, papers.fill_in, given)
        if agreement := self.given.get("agreement"):
            yield agreement["days_ago"] + papers.DRAFTING, partial(self._at_desk, papers.agree, agreement)
        if request := self.given.get("request"):
            yield request["days_ago"], partial(self._at_desk, papers.ask, request)
        for given in self.given.get("concerns", ()):
            yield given["days_ago"], partial(self._at_desk, papers.worry, given)

    def _at_desk(self, do: Callable[[papers.Desk, Mapping[str, Any]], Any], given: Mapping[str, Any]) -> None:
        do(self.council.desk(self.entry), given)

    # --- What is known of it ----------------------------------------------------------------------

    def _facts(self, given: Mapping[str, Any]) -> dict[str, Any]:
        facts = {name: value for name, value in given.items() if name not in SAID_OTHERWISE}
        facts |= {part: self.council.people[given[part]] for part in PEOPLE if part in given}
        if "service" in given:
            facts["service"] = ServiceArea.objects.get(name=given["service"])
        if given.get("hours_a_month") is not None:
            facts["hours_a_month"] = Decimal(str(given["hours_a_month"]))
        if "parent" in given:
            facts["parent"] = Partnership.objects.get(name=given["parent"])
        return facts

    def _days_of_review(self, next_on: date | None) -> dict[str, date]:
        """The next day of review and the last; of one that the register knew only since, those that it has now."""
        if "review_in_days" not in self.given:
            return {}
        next_on = next_on or self._next_review_on
        return {"next_review_on": next_on, "last_review_on": next_on - YEAR}

    def _first_levels(self) -> dict[str, str]:
        """The levels with which it came: those that it had, or the ones on which nobody changed their mind."""
        if "levels" in self._was or "levels" in self.given:
            return self._was.get("levels") or self.given["levels"]
        if self.entered_on > self.council.calendar.opened_on:
            return {}
        schemes = self.council.version.policy.schemes
        said = self.given.get("assessment", {})
        return {
            assessing.CORE_LEVELS[core]: each["overall"]
            for scheme, each in said.items()
            if "overall" in each and (core := schemes[scheme].core) in assessing.CORE_LEVELS
        }

    def _proposed_at(self, at: datetime) -> dict[str, datetime]:
        """When it was proposed. The others count as known since the loading: no quarter before it is asked for."""
        return {"created_at": at} if self.status == Status.PROPOSED else {}

    def _contributions(self, of: Callable[[int], bool]) -> list[Contribution]:
        found = []
        for row in self.given.get("contributions", ()):
            said = {name: value for name, value in row.items() if name not in ("years_ago", "amount")}
            if of(year := self._year_of(row)):
                found.append(Contribution(year=year, amount=Decimal(str(row["amount"])), **said))
        return found

    def _keep_rows(self, rows: Iterable[Any], partnership: Partnership) -> None:
        for row in rows:
            row.partnership = partnership
            row.keep(by=self.council.manager, reason=REASON)


def _rows(given: Mapping[str, Any], council: Council, at: datetime) -> Iterator[Any]:
    """What belongs to an entry besides its money, as rows that nobody kept yet."""
    for row in given.get("partners", ()):
        organisation, _ = Organisation.objects.get_or_create(
            name=row["name"], defaults={"sector": row.get("sector", "")}
        )
        said = {name: value for name, value in row.items() if name not in ("name", "sector")}
        yield Membership(organisation=organisation, **said)
    for row in given.get("representatives", ()):
        said = {name: value for name, value in row.items() if name != "user"}
        yield Representative(user=council.people.get(row.get("user", "")), **said)
    for code in given.get("priorities", ()):
        yield PriorityLink(priority=Priority.objects.get(code=code))
    for row in given.get("benefits", ()):
        figure = Decimal(str(row["figure"])) if "figure" in row else None
        yield Benefit(**(dict(row) | {"figure": figure}))
    for row in given.get("risks", ()):
        risk = Risk(**row)
        risk.rate(council.version)
        yield risk
    for row in given.get("funding_sources", ()):
        yield FundingSource(**(dict(row) | {"amount": Decimal(str(row["amount"]))}))
    for row in given.get("actions", ()):
        yield Action(**row)
    for row in given.get("documents", ()):
        yield Document(added_by=council.manager, added_at=at, **row)
