"""Days before and after meetings: working days, clear days, and the next meeting that a step can reach. Pure functions.

A working day is Monday to Friday without the bank holidays of England and Wales. Clear days leave both ends out.
Source: product, "deadlines both ways"; Local Authorities (Executive Arrangements) (Meetings and Access to Information)
(England) Regulations 2012, regulations 7, 9, 10 and 11; Local Government Act 1972, section 100B.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

NOTICE_OF_KEY = 28  # clear days: regulation 9
AGENDA_AND_EXCEPTION = 5  # clear days: regulations 7 and 10, section 100B
_DAY = timedelta(days=1)


@cache
def _bank_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG")  # works out each year when it is first asked for


def is_working(day: date) -> bool:
    """Whether it is a working day in England and Wales."""
    return day.weekday() < 5 and day not in _bank_holidays()


def working_days_before(day: date, number: int) -> date:
    """The working day that lies `number` working days before a day; 0 is the day itself."""
    while number > 0:
        day -= _DAY
        number -= is_working(day)
    return day


def clear_days(first: date, last: date) -> int:
    """The whole days between two days, neither of which counts."""
    return max((last - first).days - 1, 0)


def clear_working_days(first: date, last: date) -> int:
    """The working days between two days, neither of which counts."""
    return sum(is_working(first + _DAY * number) for number in range(1, (last - first).days))


def earliest_key_meeting(published_on: date) -> date:
    """The first day on which a key decision can be taken after its notice was published."""
    return published_on + _DAY * (NOTICE_OF_KEY + 1)


def agenda_by(meeting_on: date) -> date:
    """The last day for the agenda of a meeting in public: five clear days, counted in working days to be safe."""
    return working_days_before(meeting_on, AGENDA_AND_EXCEPTION + 1)


@dataclass(frozen=True)
class Sitting:
    """A planned meeting: whose, when, and the last day for papers."""

    slug: str
    body: str
    on: date
    papers_by: date


@dataclass(frozen=True)
class StepToCome:
    """A step that is still to be taken: which it waits for, the days that it may take, and whose meeting takes it.

    `body` is empty for a step that one person takes; `agenda` is the meeting on whose agenda it stands already.
    """

    id: str
    after: tuple[str, ...] = ()
    days: int = 0
    body: str = ""
    agenda: Sitting | None = None


@dataclass(frozen=True)
class Arrival:
    """When a step can be taken at the earliest. `on` is None when no planned meeting can be met.

    `send_by` is the last day to send the request so that this meeting is met; None for a meeting after another.
    """

    step: StepToCome
    on: date | None
    sitting: Sitting | None = None
    send_by: date | None = None


def arrivals(steps: Sequence[StepToCome], sittings: Iterable[Sitting], start: date) -> dict[str, Arrival]:
    """Work out when each step can be taken, for a request that sets off on `start`, by id of the step.

    Steps stand in the order of the route; a step waits for those of `after` that are among them.
    """
    by_day = sorted(sittings, key=lambda each: each.on)
    found: dict[str, Arrival] = {}
    for step in steps:
        before = [found[each] for each in step.after if each in found]
        ready = max((each.on for each in before if each.on), default=start)
        if any(each.on is None for each in before):
            found[step.id] = Arrival(step, None)
        elif step.agenda:  # its papers are in, or the body lets them come late
            found[step.id] = Arrival(step, max(step.agenda.on, ready), step.agenda)
        elif not step.body:
            found[step.id] = Arrival(step, ready + _DAY * step.days)
        else:
            sitting = next((s for s in by_day if s.body == step.body and s.papers_by >= ready and s.on >= ready), None)
            is_first = not any(_behind(each, found) for each in before)
            send_by = sitting.papers_by - (ready - start) if sitting and is_first else None
            found[step.id] = Arrival(step, sitting.on if sitting else None, sitting, send_by)
    return found


def _behind(arrival: Arrival, found: dict[str, Arrival]) -> bool:
    """Whether a meeting has to be waited for up to and including this step."""
    earlier = (found[each] for each in arrival.step.after if each in found)
    return bool(arrival.sitting) or any(_behind(each, found) for each in earlier)
