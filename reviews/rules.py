"""What falls due when: the cycles of a policy, held against what is known of an entry. Pure functions.

A day that is worked out depends on the facts alone, never on the clock: the next time a cycle was not yet done.
Months are counted as DEF-05 says: the same day of the later month, or its last day.

Source: requirements README CORE-14, CONF-17, DEF-05, FIG-05 to FIG-10; BRK-I15, RED-I02, MEL-I07.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from approvals.rules import before_others
from assessments import rules
from assessments.rules import months_later
from config.sentences import inside
from policy.model import Cycle, Policy, Route

# Roles that stand with an entry; what nobody of them does is the council's, once for the whole register.
OF_AN_ENTRY = frozenset({"lead_officer", "representative", "responsible_head"})
# Routes on which a review, an evaluation or a report goes its way: their steps name the forms that belong to it.
WAYS = ("review", "evaluation", "reporting")
REVIEWING = frozenset({"yearly_review", "evaluation"})
# Cycles that follow the calendar rather than the day on which they were last done.
BY_CALENDAR = frozenset({"month_setting", "quarter", "council_year"})
COUNCIL_YEAR_BEGINS = 5  # the month of a council's annual meeting (Local Government Act 1972, schedule 12)
YEAR = 12  # months
WEEK, QUARTER = 7, 91  # days between letters about what is late
OFTEN_WEEKS = 4  # for so long they come each week


@dataclass(frozen=True)
class Known:
    """What the days of an entry, or of the whole council, are worked out from.

    `since` is the day from which the register knows of it. `done` is the day on which each cycle was last done,
    `settled` the due day that was settled by it, both by cycle id. `next_on` and `last_on` are the review days that the
    register shows. `reports_a_year` is what the entry's reporting programme says; None where it names no number.
    `place` is a number of the entry's own, by which entries without any day are spread.
    """

    since: date
    facts: rules.Facts = field(default_factory=dict)
    joined_on: date | None = None
    last_on: date | None = None
    next_on: date | None = None
    leaving_since: date | None = None
    reports_a_year: Decimal | None = None
    done: Mapping[str, date] = field(default_factory=dict)
    settled: Mapping[str, date] = field(default_factory=dict)
    place: int = 0
    is_taking_part: bool = True


@dataclass(frozen=True)
class Due:
    """Something that falls due: the cycle, the day, and why that day."""

    cycle: Cycle
    due_on: date
    because: str


@dataclass(frozen=True)
class Part:
    """A form that belongs to a review: whether it opens now, and why. `opens` is None while a fact is not known.

    One that is only `offered` holds nothing back (STR-I09).
    """

    questionnaire: str
    opens: bool | None
    because: str
    step: str = ""
    is_offered: bool = False


# --- Which cycles -------------------------------------------------------------------------------


def is_of_an_entry(cycle: Cycle) -> bool:
    """Whether it comes once for each entry; otherwise once for the council."""
    return bool(OF_AN_ENTRY & set(cycle.does))


def is_review(cycle: Cycle) -> bool:
    """Whether it is done by answering a form about an entry, to be sent and signed off."""
    return is_of_an_entry(cycle) and bool(cycle.questionnaire) and cycle.starts_from != "decision_to_leave"


def compared_by(policy: Policy) -> frozenset[str]:
    """The facts by which the policy says for which entries its cycles are."""
    rules_of_cycles = (cycle.applies_when for cycle in policy.cycles if cycle.applies_when)
    return frozenset(each.fact for rule in rules_of_cycles for each in rule.comparisons)


def applies(policy: Policy, cycle: Cycle, facts: rules.Facts) -> rules.Held:
    """Whether a cycle is for an entry with these facts. What is not known leaves it in, and says so."""
    if cycle.applies_when is None:
        return rules.Held(True, "")
    return rules.holds(policy, cycle.applies_when, facts)


def applying(policy: Policy, facts: rules.Facts) -> tuple[Cycle, ...]:
    """The cycles of an entry with these facts, in the order of the policy."""
    return tuple(
        cycle for cycle in policy.cycles if is_of_an_entry(cycle) and applies(policy, cycle, facts).holds is not False
    )


def main_cycle(policy: Policy, facts: rules.Facts) -> Cycle | None:
    """The review whose next day the register shows with the entry: "Next review" (BRK-B34)."""
    found = [each for each in applying(policy, facts) if is_review(each) and each.starts_from == "last_done"]
    in_a_month = [each for each in found if each.month_setting]
    reviewing = [each for each in found if REVIEWING & set(policy.questionnaire(each.questionnaire or "").occasions)]
    return next(iter([*in_a_month, *reviewing]), None)


def refresh_cycle(policy: Policy, facts: rules.Facts) -> Cycle | None:
    """What the yearly refresh of the register asks of an entry with these facts (BRK-F22, HAR-F10, MEL-I11)."""
    yearly = [each for each in applying(policy, facts) if is_review(each) and each.every_months == YEAR]
    in_a_month = [each for each in yearly if each.month_setting]
    return next(iter([*in_a_month, *yearly]), None)


# --- What belongs to a review -------------------------------------------------------------------


def way_of(policy: Policy, questionnaire: str) -> Route | None:
    """The route on which a form of a review goes its way, or None where the policy names none."""
    ways = [route for purpose in WAYS for route in policy.routes_for(purpose)]
    return next((route for route in ways if questionnaire in _forms_of_steps(route)), None)


def route_of(policy: Policy, cycle: Cycle) -> Route | None:
    """The route on which what a cycle asks for goes its way: its own, else that of its form; None for none."""
    if cycle.route:
        return policy.route(cycle.route)
    return way_of(policy, cycle.questionnaire) if cycle.questionnaire else None


def _forms_of_steps(route: Route) -> list[str]:
    return [form for step in route.steps if step.act == "do" for form in step.needs]


def parts_of(policy: Policy, cycle: Cycle, facts: rules.Facts) -> tuple[Part, ...]:
    """The forms that a review is sent with, in their order, with those that another answer opens or closes.

    What its route asks for later, such as the template after the business case is found made, is done there (CHK-08,
    RED-F31 to F33). A form whose step is not needed is left out, and one of an unknown step that by its own rule is
    not asked for while the fact is not known. Raises WrongFact for a fact that cannot be used.
    """
    if not cycle.questionnaire:
        return ()
    route = route_of(policy, cycle)
    if route is None:
        return (Part(cycle.questionnaire, True, ""),)
    own = before_others(route)
    found = [
        Part(
            form,
            finding.included,
            finding.reason if finding.step.when else "",
            finding.step.title,
            is_offered=not finding.step.blocks,
        )
        for finding in rules.route(policy, route.id, facts)
        if finding.step in own and finding.included is not False
        for form in finding.step.needs
        if finding.included or _may_be_asked(policy, form, facts)
    ]
    return tuple({part.questionnaire: part for part in found}.values())


def _may_be_asked(policy: Policy, questionnaire: str, facts: rules.Facts) -> bool:
    rule = policy.questionnaire(questionnaire).applies_when
    return rule is None or rules.holds(policy, rule, rules.checked_facts(policy, facts)).holds is not False


def schemes_of(policy: Policy, cycle: Cycle) -> tuple[str, ...]:
    """The schemes that are assessed anew with a review (BRK-D33, BRK-F22)."""
    own = policy.questionnaire(cycle.questionnaire).schemes if cycle.questionnaire else ()
    return tuple(dict.fromkeys([*cycle.schemes, *own]))


# --- When ---------------------------------------------------------------------------------------


def due_of(policy: Policy, known: Known) -> tuple[Due, ...]:
    """What falls due next for one entry, the earliest first.

    Where the council takes no part any more, only what follows the decision to leave is left (RED-F57).
    """
    cycles = applying(policy, known.facts)
    if not known.is_taking_part:
        cycles = tuple(each for each in cycles if each.starts_from == "decision_to_leave")
    main = main_cycle(policy, known.facts)
    found = []
    for cycle in cycles:
        if main and _is_first_step_of(policy, cycle, main):
            continue
        if _waits_for_another(policy, cycle, cycles, known):
            continue
        day = _day_of(policy, cycle, known, is_main=main is not None and cycle.id == main.id)
        if day:
            found.append(Due(cycle, *day))
    return tuple(sorted(found, key=lambda due: (due.due_on, due.cycle.id)))


def due_of_council(policy: Policy, known: Known) -> tuple[Due, ...]:
    """What falls due next for the whole council, the earliest first (BRK-F25, RED-F29, HAR-F11, STR-F12)."""
    found = [
        Due(cycle, *day)
        for cycle in policy.cycles
        if not is_of_an_entry(cycle) and (day := _day_of(policy, cycle, known, is_main=False))
    ]
    return tuple(sorted(found, key=lambda due: (due.due_on, due.cycle.id)))


def _is_first_step_of(policy: Policy, cycle: Cycle, main: Cycle) -> bool:
    """Whether its form is asked within the main review anyway, so that it does not fall due a second time."""
    if cycle.id == main.id or not cycle.questionnaire or cycle.every_months != main.every_months:
        return False
    route = route_of(policy, main)
    return route is not None and cycle.questionnaire in _forms_of_steps(route)


def _waits_for_another(policy: Policy, cycle: Cycle, cycles: tuple[Cycle, ...], known: Known) -> bool:
    """Whether a shorter cycle of the same form gives way: to a yearly report only, or to the first one (RED-I02)."""
    same = [
        each
        for each in cycles
        if each.id != cycle.id and cycle.questionnaire and each.questionnaire == cycle.questionnaire
    ]
    longer = [each for each in same if cycle.every_months and (each.every_months or 0) > cycle.every_months]
    if not longer:
        return False
    if known.reports_a_year and cycle.every_months and cycle.every_months < YEAR / known.reports_a_year:
        return True
    first = [each for each in same if each.starts_from == "joined"]
    return any(_day_of(policy, each, known, is_main=False) for each in first)


def _day_of(policy: Policy, cycle: Cycle, known: Known, *, is_main: bool) -> tuple[date, str] | None:
    """The day on which a cycle falls due next and why; None where something has to happen first."""
    done = known.done.get(cycle.id)
    day: tuple[date, str] | None = None
    if cycle.starts_from == "decision_to_leave":
        day = None if done else _once(cycle, known.leaving_since, "the decision to leave")
    elif cycle.starts_from == "joined":
        day = None if done else _first(cycle, known)
    elif cycle.starts_from == "programme":
        day = _by_programme(known, done)
    elif cycle.every_months and cycle.starts_from in BY_CALENDAR:
        day = _by_calendar(policy, cycle, known)
    elif cycle.every_months and cycle.starts_from == "last_done":
        day = _after_last(policy, cycle, known, _last_of(policy, cycle, known), is_main=is_main)
    elif cycle.every_months and done:
        # After an event or an election: it comes again once it was done for the first time.
        day = _later(done, cycle.every_months), _since(cycle.every_months, "the last one", done)
    return day


def _once(cycle: Cycle, day: date | None, event: str) -> tuple[date, str] | None:
    if day is None or cycle.due_months is None:
        return None
    return _later(day, cycle.due_months), _since(cycle.due_months, event, day)


def _first(cycle: Cycle, known: Known) -> tuple[date, str] | None:
    """A report of a new partnership (CHK-06): one that fell due before the register knew the entry is not asked for."""
    found = _once(cycle, known.joined_on, "the Council joined")
    return found if found and found[0] >= known.since else None


def _by_programme(known: Known, done: date | None) -> tuple[date, str] | None:
    if not known.reports_a_year:
        return None
    months = int(YEAR / known.reports_a_year)
    last = done or max(known.since, known.joined_on or known.since)
    event = "the last report" if done else "the programme began"
    return _later(last, months), _since(months, event, last)


def _last_of(policy: Policy, cycle: Cycle, known: Known) -> date | None:
    """When it was last done; a shorter cycle of the same form counts the longer one's as well (RED-F20)."""
    ids = [
        each.id
        for each in policy.cycles
        if each.id == cycle.id
        or (
            cycle.questionnaire
            and each.questionnaire == cycle.questionnaire
            and (each.every_months or YEAR * 100) >= (cycle.every_months or 0)
        )
    ]
    return max((known.done[each] for each in ids if each in known.done), default=None)


def _after_last(
    policy: Policy, cycle: Cycle, known: Known, done: date | None, *, is_main: bool
) -> tuple[date, str] | None:
    months = cycle.every_months or YEAR
    if is_main and known.next_on and (done is None or known.next_on > done):
        return known.next_on, "As the register says"
    last = max((day for day in (done, known.last_on if is_main else None) if day), default=None)
    month = _month_of(policy, cycle)
    if last is None and known.joined_on and _later(known.joined_on, months) >= known.since:
        return _brought_forward(known.joined_on, months, month, "the Council joined")
    if last is not None:
        return _brought_forward(last, months, month, "the last one")
    if month:
        return _end_of_next(known.since, month), f"Its last one is not known, and it comes in {_name(month)}"
    if months > YEAR:  # MEL-I07: spread evenly, so that not all fall due on one day
        over = int(policy.chosen("spread-existing-months", months))
        ahead = known.place % over + 1
        return _later(known.since, ahead), f"Its last one is not known, so entries are spread over {over} months"
    return _later(known.since, months), _since(months, "it came on the register", known.since)


def _brought_forward(last: date, months: int, month: int | None, event: str) -> tuple[date, str]:
    """So many months later at the latest, and in the month that the policy sets, where one lies between (BRK-I15).

    What was done in the half before that month counts for it: a review of November is not asked for again in January.
    """
    limit = _later(last, months)
    because = _since(months, event, last)
    if month is None or limit.month == month:
        return limit, because
    year = limit.year if month < limit.month else limit.year - 1
    if _end_of(year, month) >= _later(last, months // 2):
        return _end_of(year, month), f"It comes in {_name(month)}, and at the latest {inside(because)}"
    return limit, because


def _by_calendar(policy: Policy, cycle: Cycle, known: Known) -> tuple[date, str] | None:
    after = known.settled.get(cycle.id)
    start = date.fromordinal(after.toordinal() + 1) if after else known.since
    if cycle.starts_from == "quarter":
        return _end_of_next(start, *range(3, 13, 3)), "At the end of each quarter"
    if cycle.starts_from == "council_year":
        return _end_of_next(start, COUNCIL_YEAR_BEGINS), "With the Council’s annual meeting"
    month = _month_of(policy, cycle)
    return (_end_of_next(start, month), f"It comes in {_name(month)}") if month else None


def _month_of(policy: Policy, cycle: Cycle) -> int | None:
    return int(policy.setting(cycle.month_setting)) if cycle.month_setting else None


def _end_of_next(start: date, *months: int) -> date:
    """The last day of the next of these months: of the month of `start` itself when it is one of them."""
    year, month = start.year, start.month
    while month not in months:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return _end_of(year, month)


def _end_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _later(day: date, months: int) -> date:
    return months_later(day, months)


def _since(months: int, event: str, day: date) -> str:
    count = "1 month" if months == 1 else f"{months} months"
    return f"{count} after {event} on {day.day} {day:%B %Y}"


def _name(month: int) -> str:
    return f"{date(2000, month, 1):%B}"


# --- Reminders ----------------------------------------------------------------------------------


def reminder(days: tuple[int, ...], *, left: int, window: int) -> int | None:
    """Which reminder is due, in days before the due day; None for none (DEF-09).

    `left` are the days until it is due, `window` those between opening and due day: what was opened ten days before
    has no reminder of 30 days. A run that was missed is made up for by the next one.
    """
    passed = [each for each in days if 0 <= left <= each < window]
    return min(passed, default=None)


def late_letter(days: int) -> int:
    """Which letter about something so many days late is due: one each week for four weeks, then one each quarter."""
    weeks = days // WEEK
    return weeks if weeks <= OFTEN_WEEKS else OFTEN_WEEKS + (days - OFTEN_WEEKS * WEEK) // QUARTER
