"""What the policy makes of places and the people in them. Pure: values and policy in, findings out; no clock.

Requirements: BRK-F25 to F29, BRK-H51, BRK-B33; RED-F14, RED-F15; DEF-05 for the arithmetic of months.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, NamedTuple

from approvals.rules import DECIDING
from assessments.rules import months_later
from policy.model import AppointmentRule, Policy, Route, Step

SOON = (90, 30)  # days before a term ends on which somebody is told


def rules_of(policy: Policy | None) -> tuple[AppointmentRule, ...]:
    """The rules of appointment of a policy, in its own order."""
    return policy.appointments.rules if policy and policy.appointments else ()


def rule_of(policy: Policy | None, *, rule: str, term: str) -> AppointmentRule | None:
    """The rule by which a place is filled: the one somebody chose, else the only one that has the place's term."""
    rules = rules_of(policy)
    chosen = [each for each in rules if each.id == rule]
    if chosen or rule:
        return chosen[0] if chosen else None
    fitting = [each for each in rules if term and each.term == term]
    return fitting[0] if len(fitting) == 1 else None


def level_for(policy: Policy | None, rule: AppointmentRule | None) -> str:
    """The level of representation that a rule brings with it: the value of the list that bears its very word."""
    name = policy.appointments.level_list if policy and policy.appointments else None
    if policy is None or name is None or rule is None:
        return ""
    return rule.appoints if rule.appoints in policy.list(name).by_id else ""


def yearly_rules(policy: Policy | None) -> list[AppointmentRule]:
    """The rules by which many places are filled at one meeting: somebody nominates for a term (BRK-F25, BRK-F26)."""
    return [each for each in rules_of(policy) if each.nominated_by and each.months]


def route_of(policy: Policy | None, rule: AppointmentRule | None) -> Route | None:
    """The policy's route on which the body that appoints by this rule decides, or None where it has none for it."""
    if policy is None or rule is None:
        return None
    fitting = (
        route
        for route in policy.routes
        if route.purpose == "representation"
        and any(step.act in DECIDING and rule.by in step.role for step in route.steps)
    )
    return next(fitting, None)


def asked_rules(policy: Policy | None) -> list[AppointmentRule]:
    """The rules by which one place is filled on a route of the policy: somebody asks, the body decides (BRK-F27).

    What is nominated for a term at one meeting is decided in a round, whose pages are that route.
    """
    yearly = yearly_rules(policy)
    return [each for each in rules_of(policy) if each not in yearly and route_of(policy, each)]


def steps_of_round(
    route: Route, rule: AppointmentRule, *, is_sent: bool, is_closed: bool, is_agreed: bool, is_clear: bool
) -> list[tuple[Step, bool]]:
    """The steps of the route that a round carries out, each with whether it is done (BRK-F25, BRK-F29).

    The list is sent, those who nominate name people, the body decides; what stands after that is to make each
    person's role clear.
    """
    found: list[tuple[Step, bool]] = []
    is_decided = False
    for step in route.steps:
        if step.act in DECIDING:
            is_decided, done = True, is_agreed
        elif is_decided:
            done = is_agreed and is_clear
        else:
            done = is_closed if rule.nominated_by in step.role else is_sent
        found.append((step, done))
    return found


def last_day(starts_on: date, months: int | None) -> date | None:
    """The last day of a term of some months; none where no term is fixed (BRK-H51). 20 May + 12 months: 19 May."""
    return months_later(starts_on, months) - timedelta(days=1) if months else None


def vacant_words(since: date | None, today: date) -> str:
    """The clock of a vacancy: "Vacant since 2 November 2026, 18 days"."""
    if since is None:
        return "Vacant, not known since when"
    days = (today - since).days
    return f"Vacant since {since.day} {since:%B %Y}, {days:,} {'day' if days == 1 else 'days'}"


def ends_soon(ends_on: date | None, today: date, *, within: int = SOON[0]) -> bool:
    """Whether a term ends within so many days, or has ended."""
    return ends_on is not None and (ends_on - today).days <= within


def next_reminder(ends_on: date, today: date) -> int | None:
    """Which of the days of `SOON` it is time for: the nearest that the end has come to; none after the end."""
    left = (ends_on - today).days
    reached = [days for days in SOON if 0 <= left <= days]
    return min(reached) if reached else None


# --- Too many people ----------------------------------------------------------------------------


def too_many(body: str, *, places: int, people: int) -> str:
    """Say that more people are named than there are places, or "" when they fit."""
    if people <= places:
        return ""
    figures = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
    said = figures.get(people, str(people)).capitalize()
    return (
        f"{said} {'person' if people == 1 else 'people'} for {figures.get(places, str(places) if places else 'no')} "
        f"{'place' if places == 1 else 'places'} on the {body.removeprefix('The ').removeprefix('the ')}. "
        "Take one out or add a place."
    )


# --- Nominations as people type or paste them -----------------------------------------------------


class Named(NamedTuple):
    """One line of nominations: the body as the register writes it, the person, and who put them forward."""

    body: str
    person: str
    by: str = ""


@dataclass(frozen=True)
class ReadNames:
    """What a block of lines says, and what is wrong with it, a sentence a line."""

    named: Sequence[Named]
    problems: Sequence[str]


def plain(text: str) -> str:
    """A name as it is compared: lower case, single blanks, "&" as "and", without "the" in front."""
    said = re.sub(r"\s+", " ", text.casefold().replace("&", " and ")).strip()
    return said.removeprefix("the ")


def read_names(text: str, bodies: Iterable[str]) -> ReadNames:
    """Read nominations, one a line: body, person, and who names them, parted by a tab or a semicolon.

    That is how rows come out of a spreadsheet. A body the register does not know, or that has no place to be filled,
    is a problem; nothing is guessed.
    """
    known = {plain(body): body for body in bodies}
    named: list[Named] = []
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [" ".join(part.split()) for part in re.split(r"[\t;]", line)]
        if not any(parts):
            continue
        if len(parts) < 2 or not parts[0] or not parts[1]:
            problems.append(f"Line {number}: write the body, a semicolon and the person, like “Youth Trust; Cllr A.B.”")
            continue
        body = known.get(plain(parts[0]))
        if body is None:
            near = get_close_matches(plain(parts[0]), known, n=1, cutoff=0.6)
            hint = f" The nearest is “{known[near[0]]}”." if near else ""
            problems.append(f"Line {number}: no body of this round is called “{parts[0]}”.{hint}")
            continue
        one = Named(body, parts[1][:200], parts[2][:120] if len(parts) > 2 else "")
        if any(plain(one.person) == plain(other.person) and one.body == other.body for other in named):
            problems.append(f"Line {number}: {one.person} is named twice for {body}. Take one line out.")
            continue
        named.append(one)
    return ReadNames(named, problems)


# --- Who sat there before --------------------------------------------------------------------------


class Sitting(NamedTuple):
    """One person's time in a place; `ended` is the last day, none where nobody knows it."""

    name: str
    since: date | None
    ended: date | None
    appointed_by: str
    why: str


def sittings(versions: Sequence[Mapping[str, Any]]) -> list[Sitting]:
    """Who sat in a place before, newest first, from the versions of its row, oldest first.

    Each version says `name`, `is_vacant`, `starts_on`, `ends_on`, `vacant_since`, `appointed_by`, `reason` and
    `is_gone` for a row that was taken out. Whoever is in the last version sits there still, and is left out.
    A spelling put right is no new person: the day on which the person came tells them apart.
    """
    found: list[Sitting] = []
    for before, after in pairwise(versions):
        if before["is_vacant"] or not before["name"]:
            continue
        is_gone, is_empty = after.get("is_gone", False), after["is_vacant"]
        same = plain(after["name"]) == plain(before["name"]) or (
            before["starts_on"] is not None and before["starts_on"] == after["starts_on"]
        )
        if not is_gone and not is_empty and same:
            continue
        ended = before["ends_on"]
        if is_empty and after["vacant_since"]:
            ended = after["vacant_since"]
        elif not is_gone and after["starts_on"]:
            ended = after["starts_on"] - timedelta(days=1)
        found.append(Sitting(before["name"], before["starts_on"], ended, before["appointed_by"], after["reason"]))
    return found[::-1]


# --- Reports back -----------------------------------------------------------------------------------


def next_report(last_on: date | None, since: date | None, times_a_year: float | None) -> date | None:
    """The day on which the next report back falls due under the reporting programme (BRK-F14, BRK-I20).

    Counted from the last report, or from the day somebody took the place; none where no frequency is set.
    """
    start = last_on or since
    if start is None or not times_a_year:
        return None
    return months_later(start, max(1, round(12 / times_a_year)))
