"""What the policy makes of the facts: levels, suggestions, routes, significance, screening.

Pure functions: a `Policy`, facts and judgements in, findings out. No Django, no clock, no
database. Facts are named as in `policy.model.FACTS` (or by the id of a register field of the
pack); money is `Decimal` pounds a year, time `Decimal` hours a month. A fact that is missing or
None is not known: what depends on it stays open and says so.

Every finding explains itself: its sentence, its clause, and where the next level begins.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from config.sentences import joined
from policy.model import (
    Check,
    Comparison,
    CountedResult,
    Criterion,
    Example,
    FactKind,
    Limit,
    Policy,
    Question,
    Questionnaire,
    Rule,
    Scale,
    Scheme,
    Step,
)

Fact = Decimal | int | bool | str | None
Facts = Mapping[str, Fact]
Judgements = Mapping[str, Mapping[str, str | None]]

WEEKS_A_YEAR = Decimal(52)
MONTHS_A_YEAR = Decimal(12)
LARGEST_FIGURE = Decimal(10) ** 12
FINEST_FIGURE = 6  # decimal places; finer ones are a slip, not a fact

_NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class WrongFact(ValueError):
    """A fact or judgement that cannot be used; the message says what to give instead."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class Finding(NamedTuple):
    """What one criterion comes to. `level` is None while it is unanswered."""

    id: str
    ref: str
    label: str
    clause: str
    level: str | None
    computed: bool
    because: str
    nearest: str
    source: str
    missing: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemeFinding:
    """What one scheme comes to: its criteria and the suggested overall level, with the arithmetic."""

    scheme: str
    criteria: tuple[Finding, ...]
    suggested: str | None
    why: str
    high_criteria: tuple[str, ...]
    answered: int
    of: int

    def reason_needed(self, level: str) -> bool:
        """Whether a person who chooses `level` must say why: it differs from the suggestion (BRK-I02)."""
        return self.suggested is not None and level != self.suggested

    def criterion(self, criterion_id: str) -> Finding:
        """The finding of one criterion. Raises KeyError."""
        for finding in self.criteria:
            if finding.id == criterion_id:
                return finding
        raise KeyError(criterion_id)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What every scheme of a policy comes to, by the scheme's id."""

    schemes: Mapping[str, SchemeFinding]

    def __getitem__(self, scheme_id: str) -> SchemeFinding:
        return self.schemes[scheme_id]


class Held(NamedTuple):
    """Whether a rule holds, or None while a fact is not known, with the reason."""

    holds: bool | None
    reason: str


class StepFinding(NamedTuple):
    """Whether a step of a route is needed, or None while that is not known."""

    step: Step
    included: bool | None
    reason: str
    clause: str


class Screening(NamedTuple):
    """What the definition says. `becomes` is what a non-partnership is kept as."""

    is_partnership: bool | None
    becomes: str
    because: str
    clause: str
    warnings: tuple[str, ...]
    unanswered: tuple[str, ...]


class SignificanceFinding(NamedTuple):
    """Whether a partnership is significant, the grounds that hold and the facts not known."""

    is_significant: bool | None
    because: tuple[str, ...]
    unknown: tuple[str, ...]


class CheckFinding(NamedTuple):
    """Something the policy expects and the entry does not meet."""

    check: Check
    because: str


# --- Facts ------------------------------------------------------------------------------------


def hours_a_month_from_week(hours: Decimal) -> Decimal:
    """Hours a month for hours a week: 52/12 of them, to two decimals as the register keeps them (BRK-I04)."""
    return (hours * WEEKS_A_YEAR / MONTHS_A_YEAR).quantize(Decimal("0.01"), ROUND_HALF_UP)


def checked_facts(policy: Policy, facts: Facts) -> dict[str, Fact]:
    """The facts that are known, with those that follow from them.

    Hours a week become hours a month, the higher of the levels and the significance are worked
    out unless given. Raises WrongFact for a name nobody knows, text for a figure, a figure
    below 0, NaN, or a value that a list does not offer.
    """
    known = _known(policy, facts)
    if "is_significant" not in known and policy.significance:
        known["is_significant"] = significance(policy, known).is_significant
    return {name: value for name, value in known.items() if value is not None}


def _known(policy: Policy, facts: Facts) -> dict[str, Fact]:
    known: dict[str, Fact] = {}
    for name, value in facts.items():
        kind = policy.fact_kind(name)
        if kind is None:
            raise WrongFact(f"{name}: no such fact. Write one that the policy uses, such as contribution_a_year")
        if value is not None:
            known[name] = _CHECKS[kind.type](policy, name, kind, value)
    if "hours_a_week" in known:
        if "hours_a_month" in known:
            raise WrongFact("hours_a_week: give hours a month or hours a week, one of them")
        known["hours_a_month"] = hours_a_month_from_week(Decimal(known["hours_a_week"] or 0))
    if "highest_level" not in known and (highest := _highest_level(policy, known)):
        known["highest_level"] = highest
    return known


def _check_figure(policy: Policy, name: str, kind: FactKind, value: Fact) -> Decimal:
    example = "50000" if kind.type == "money" else "12"
    asked = f"write a number{f' of {kind.unit}' if kind.unit else ''}, such as {example}"
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
        raise WrongFact(f"{name}: {asked}, not {shown}")
    figure = Decimal(value)
    if not figure.is_finite():
        raise WrongFact(f"{name}: {asked}, not {figure}")
    if figure < 0:
        raise WrongFact(f"{name}: write 0 or more, not {value}")
    if figure >= LARGEST_FIGURE or figure != round(figure, FINEST_FIGURE):
        raise WrongFact(f"{name}: {asked}, below {LARGEST_FIGURE:,} and with at most 6 decimal places")
    return figure + 0  # an odd "-0" becomes 0


def _check_yes_no(policy: Policy, name: str, kind: FactKind, value: Fact) -> bool:
    if not isinstance(value, bool):
        raise WrongFact(f'{name}: write true or false, not "{value}"')
    return value


def _check_choice(policy: Policy, name: str, kind: FactKind, value: Fact) -> str:
    if not isinstance(value, str):
        raise WrongFact(f"{name}: write the id of a value, not {str(value).lower()}")
    field = policy.core_field(name) if policy.core_field(name) else policy.field_or_none(name)
    offered = policy.list(field.list) if field and field.list else None
    if offered and offered.kept_by == "policy" and value not in offered.by_id:
        raise WrongFact(f'{name}: write one of {", ".join(offered.by_id)}, not "{value}"')
    return value


def _check_level(policy: Policy, name: str, kind: FactKind, value: Fact) -> str:
    levels = _level_labels(policy, name)
    if value not in levels:
        raise WrongFact(f"{name}: write one of {', '.join(levels)}, not {_quoted(value)}")
    return str(value)


_CHECKS: dict[str, Callable[[Policy, str, FactKind, Fact], Fact]] = {
    "money": _check_figure,
    "hours": _check_figure,
    "number": _check_figure,
    "yes_no": _check_yes_no,
    "choice": _check_choice,
    "level": _check_level,
}


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _level_labels(policy: Policy, fact: str) -> dict[str, str]:
    """The levels that a fact may have: those of the scheme kept there, else all of the pack."""
    own = [scheme for scheme in policy.schemes.values() if scheme.core == fact]
    levels = [level for scheme in own or policy.schemes.values() for level in scheme.levels]
    if not own:
        levels += [level for matrix in policy.matrices for level in matrix.levels]
    return {level.id: level.label for level in levels}


def _highest_level(policy: Policy, facts: Facts) -> str | None:
    """The higher of the risk and value levels, when both are known and on levels of the same names."""
    schemes = [scheme for scheme in policy.schemes.values() if scheme.core in ("risk_level", "value_level")]
    given = [facts.get(scheme.core or "") for scheme in schemes]
    if not schemes or None in given or any(scheme.order != schemes[0].order for scheme in schemes):
        return None
    return max((str(level) for level in given), key=schemes[0].order.__getitem__)


# --- Words ------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)  # limits and round figures come again and again when a whole register is rated
def _number(value: Decimal, places: int) -> str:
    """A number with thousands commas and at most so many decimals, none that say nothing."""
    shown = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


@lru_cache(maxsize=4096)
def _figure(value: Decimal, unit: str, limits: tuple[Decimal, ...] = ()) -> str:
    """A figure as people write it, with as many decimals as keep it apart from the limits."""
    if unit.startswith("£"):
        return "£" + (f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) and value % 1 else _number(value, 6))
    exact = any(limit != value and _number(limit, 1) == _number(value, 1) for limit in limits)
    return _number(value, 6 if exact else 1)


def amount_in_words(value: Decimal, unit: str, unit_of_one: str = "", limits: tuple[Decimal, ...] = ()) -> str:
    """A figure with its unit, such as "£120,000 a year", "86 hours a month", "1 linked priority"."""
    shown = _figure(value, unit, limits)
    if unit.startswith("£"):
        return f"{shown}{unit.removeprefix('£')}"
    words = unit_of_one if unit_of_one and value == 1 else unit
    return f"{shown} {words}".strip()


@lru_cache(maxsize=4096)
def _boundary(value: Decimal, unit: str) -> str:
    """A limit as a sentence names it, such as "£100,000" or "37 hours"."""
    if unit.startswith("£"):
        return _figure(value, unit)
    noun = unit.split(" ", 1)[0]
    return f"{_number(value, 6)} {noun.removesuffix('s') if value == 1 else noun}".strip()


def _joined(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _counted(count: int) -> str:
    return _NUMBER_WORDS[count] if count < len(_NUMBER_WORDS) else str(count)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _fact_in_words(policy: Policy, name: str, value: Fact) -> str:
    kind = policy.fact_kind(name)
    if kind is None or value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return amount_in_words(value, kind.unit, kind.unit_of_one)
    if kind.type == "level":
        return _level_labels(policy, name).get(str(value), str(value))
    field = policy.core_field(name) or policy.field_or_none(name)
    return policy.list(field.list).label_of(str(value)) if field and field.list else str(value)


# --- Conditions -------------------------------------------------------------------------------


def _compare(comparison: Comparison, value: Fact) -> bool:
    if isinstance(value, Decimal):
        return (
            (comparison.above is None or value > comparison.above)
            and (comparison.at_least is None or value >= comparison.at_least)
            and (comparison.below is None or value < comparison.below)
            and (comparison.at_most is None or value <= comparison.at_most)
        )
    if comparison.one_of:
        return value in comparison.one_of
    return value == comparison.equals


def _held(policy: Policy, comparison: Comparison, facts: Facts) -> Held:
    """Hold a fact against a comparison; one that a setting has switched off does not hold (MEL-I13)."""
    if comparison.only_while and not policy.setting(comparison.only_while):
        label = next(each.label for each in policy.settings if each.id == comparison.only_while)
        return Held(False, f"Switched off in the council’s settings: {label}")
    value = facts.get(comparison.fact)
    if value is None:
        if comparison.when_unknown == "open":
            kind = policy.fact_kind(comparison.fact)
            return Held(None, f"Not known yet: {kind.label if kind else comparison.fact}")
        holds = comparison.when_unknown == "holds"
    else:
        holds = _compare(comparison, value)
    words = comparison.because if holds else comparison.otherwise
    said = words.replace("{value}", _fact_in_words(policy, comparison.fact, value))
    limit = next((each for each in comparison.tests.values() if isinstance(each, Decimal)), None)
    if limit is not None and (kind := policy.fact_kind(comparison.fact)):
        said = said.replace("{limit}", _boundary(limit, kind.unit))
    return Held(holds, said)


def holds(policy: Policy, rule: Rule, facts: Facts) -> Held:
    """Say whether a rule holds, and why; None while a fact that matters is not known.

    `facts` are as `checked_facts` gives them.
    """
    every = [_held(policy, comparison, facts) for comparison in rule.every]
    some = [_held(policy, comparison, facts) for comparison in rule.some]
    failed = [held.reason for held in every if held.holds is False]
    if failed:
        return Held(False, joined(failed, policy.names))
    if some and all(held.holds is False for held in some):
        return Held(False, joined((held.reason for held in some), policy.names))
    met = [held.reason for held in some if held.holds]
    is_open = [held.reason for held in every if held.holds is None]
    if some and not met:
        is_open += [held.reason for held in some if held.holds is None]
    if is_open:
        return Held(None, joined(is_open, policy.names))
    return Held(True, joined([*(held.reason for held in every), *met], policy.names))


def route(policy: Policy, route_id: str, facts: Facts) -> tuple[StepFinding, ...]:
    """The steps of a route with the facts as they stand: needed, not needed, or not known yet.

    Raises KeyError for a route the policy does not have, WrongFact for a fact it cannot use.
    """
    known = checked_facts(policy, facts)
    found = []
    for step in policy.route(route_id).steps:
        held = holds(policy, step.when, known) if step.when else Held(True, "The policy always asks for it")
        found.append(StepFinding(step, held.holds, held.reason, step.clause))
    return tuple(found)


def significance(policy: Policy, facts: Facts) -> SignificanceFinding:
    """Say whether a partnership is significant: one ground is enough (BRK-I08, RED-A29).

    `facts` are as `checked_facts` gives them. Grounds that a person judges do not count here.
    """
    if policy.significance is None:
        return SignificanceFinding(None, (), ())
    grounds = [holds(policy, ground.when, facts) for ground in policy.significance.grounds if ground.when]
    met = tuple(held.reason for held in grounds if held.holds)
    unknown = tuple(held.reason for held in grounds if held.holds is None)
    if met:
        return SignificanceFinding(True, met, unknown)
    return SignificanceFinding(None if unknown or not grounds else False, (), unknown)


def unmet_checks(policy: Policy, facts: Facts, *, at: str) -> tuple[CheckFinding, ...]:
    """What the policy expects at an occasion ("proposal", "joining", "review", "leaving") and is not met.

    Checks for "always" belong to every occasion. A check whose facts are not known is left out.
    """
    known = checked_facts(policy, facts)
    found = []
    for check in policy.checks:
        if at in check.at or "always" in check.at:
            held = holds(policy, check.when, known)
            if held.holds:
                found.append(CheckFinding(check, held.reason))
    return tuple(found)


def screen(policy: Policy, answers: Mapping[str, bool | None]) -> Screening:
    """What the definition says of an arrangement (BRK-A11 to A17).

    `answers` holds yes or no by the id of a test or an exclusion; an exclusion's exception is
    `<exclusion>-exception`. Raises WrongFact for an id the definition does not have.
    """
    definition = policy.definition
    tests = {test.id: test for test in definition.tests}
    exclusions = {exclusion.id: exclusion for exclusion in definition.exclusions}
    exceptions = {f"{exclusion.id}-exception" for exclusion in definition.exclusions if exclusion.exception}
    for name, answer in answers.items():
        if name not in tests and name not in exclusions and name not in exceptions:
            raise WrongFact(f"{name}: the definition has no such question")
        if answer is not None and not isinstance(answer, bool):
            raise WrongFact(f"{name}: write true or false, not {_quoted(answer)}")
    usual = [test for test in tests.values() if test.kind == "usual"]
    ticked = sum(1 for test in usual if answers.get(test.id))
    warnings = (definition.usual_warning,) if usual and ticked < definition.usual_expected else ()
    for exclusion in exclusions.values():
        if answers.get(exclusion.id) and not answers.get(f"{exclusion.id}-exception"):
            because = f"It is not a partnership under the policy: {exclusion.label}. {exclusion.explanation}"
            return Screening(False, exclusion.becomes, because, exclusion.cited, (), ())
    needed = [test for test in tests.values() if test.kind == "needed"]
    for test in needed:
        if answers.get(test.id) is False:
            because = f"It is not a partnership under the policy. The answer is no to: {test.question}"
            return Screening(False, "not_a_partnership", because, test.cited, (), ())
    unanswered = tuple(test.id for test in needed if answers.get(test.id) is None)
    if unanswered:
        because = f"{_sentence(_counted(len(unanswered)))} of {_counted(len(needed))} needed answers missing"
        return Screening(None, "", because, "", warnings, unanswered)
    because = f"All {_counted(len(needed))} needed tests are met and no exclusion applies"
    cited = ", ".join(test.cited for test in needed if test.cited)
    return Screening(True, "", because, cited, warnings, ())


# --- Assessing --------------------------------------------------------------------------------


def assess(policy: Policy, facts: Facts, judgements: Judgements) -> Assessment:
    """Place every criterion of every scheme, and suggest an overall level for each.

    `judgements` gives levels by scheme and criterion: {"risk": {"brk-c03": "high"}}. A figure
    decides where the pack says so, and a judgement there is refused unless the pack allows it.
    Raises WrongFact.
    """
    known = _known(policy, facts)
    for scheme_id in judgements:
        if scheme_id not in policy.schemes:
            raise WrongFact(f"{scheme_id}: no such scheme. Write one of {', '.join(policy.schemes)}")
    return Assessment(
        {
            scheme_id: _assess_scheme(policy, scheme_id, scheme, known, judgements.get(scheme_id) or {})
            for scheme_id, scheme in policy.schemes.items()
        }
    )


def _assess_scheme(
    policy: Policy, scheme_id: str, scheme: Scheme, facts: Facts, judged: Mapping[str, str | None]
) -> SchemeFinding:
    for criterion_id, level in judged.items():
        if criterion_id not in scheme.by_id:
            raise WrongFact(f"{criterion_id}: no such criterion in {scheme_id}. It has {', '.join(scheme.by_id)}")
        if level is not None and (not isinstance(level, str) or level not in scheme.order):
            raise WrongFact(f"{criterion_id}: write one of {', '.join(scheme.order)}, not {_quoted(level)}")
    criteria = tuple(
        _place(policy, scheme, criterion, facts, judged.get(criterion.id)) for criterion in scheme.criteria
    )
    levels = [finding.level for finding in criteria if finding.level is not None]
    suggested, why = _suggest(scheme, criteria)
    from_place = scheme.order[scheme.listed_from]
    return SchemeFinding(
        scheme=scheme_id,
        criteria=criteria,
        suggested=suggested,
        why=why,
        high_criteria=tuple(f.id for f in criteria if f.level is not None and scheme.order[f.level] >= from_place),
        answered=len(levels),
        of=len(criteria),
    )


def _place(policy: Policy, scheme: Scheme, criterion: Criterion, facts: Facts, judged: str | None) -> Finding:
    if criterion.fact is None:
        finding = _by_person(scheme, criterion, judged)
        return finding._replace(hints=tuple(_hints(policy, criterion, facts))) if criterion.hints else finding

    hints = tuple(_hints(policy, criterion, facts)) if criterion.hints else ()
    named = (criterion.id, criterion.ref[0] if criterion.ref else "", criterion.label, criterion.clause)
    if judged is not None and criterion.judgement == "refused":
        raise WrongFact(
            f"{criterion.id}: the figure decides this one, so leave the judgement out and give {criterion.fact}"
        )
    kind = policy.fact_kind(criterion.fact)
    value = facts.get(criterion.fact)
    local = f" {criterion.limits_note}" if criterion.limits_standing == "proposed" and criterion.limits_note else ""
    worked_out = f"Worked out{f' from {criterion.source}' if criterion.source else ''}.{local}"
    by_figure = _by_figure(scheme, criterion, value, kind) if isinstance(value, Decimal) else None
    if judged is not None:
        because, nearest = _judged(scheme, criterion, judged)
        if by_figure:
            because += f" The figure alone gives {scheme.level_label(by_figure.level)}: {by_figure.because}"
        return Finding(*named, judged, False, because, nearest, f"Judged.{local}", "", hints)
    if by_figure is None:
        where = f" Enter it in {criterion.source}." if criterion.source else ""
        because = f"Not known: {kind.label if kind else criterion.fact}.{where}"
        return Finding(*named, None, True, because, "", worked_out, criterion.fact, hints)
    return Finding(*named, by_figure.level, True, by_figure.because, by_figure.nearest, worked_out, "", hints)


def _by_person(scheme: Scheme, criterion: Criterion, judged: str | None) -> Finding:
    """What a criterion comes to that only a person judges: the same for every partnership, so made once."""
    if judged not in criterion.found:
        named = (criterion.id, criterion.ref[0] if criterion.ref else "", criterion.label, criterion.clause)
        criterion.found[judged] = (
            Finding(*named, None, False, "Not judged yet.", "", "To be judged")
            if judged is None
            else Finding(*named, judged, False, *_judged(scheme, criterion, judged), "Judged")
        )
    return criterion.found[judged]


def _hints(policy: Policy, criterion: Criterion, facts: Facts) -> Iterator[str]:
    """What the facts say that bear on a criterion; those not known say nothing."""
    for hint in criterion.hints:
        held = _held(policy, hint.when, facts)
        if held.holds is not None:
            yield held.reason


def _judged(scheme: Scheme, criterion: Criterion, level: str) -> tuple[str, str]:
    """What a judged level means, and what the next one up would mean, or down from the highest."""
    place = scheme.order[level]
    here = scheme.levels[place]
    other = scheme.levels[place + 1 if place + 1 < len(scheme.levels) else place - 1]
    return f"Judged {here.label}: {criterion.words[level]}.", f"{other.label} would be {criterion.words[other.id]}."


class _ByFigure(NamedTuple):
    level: str
    because: str
    nearest: str


def _by_figure(scheme: Scheme, criterion: Criterion, value: Decimal, kind: FactKind | None) -> _ByFigure:
    """Place a figure between the limits, and name the boundary that is nearest to it."""
    limits = criterion.limits
    place = next(at for at, limit in enumerate(limits) if _reaches(limit, value))
    here, lower = limits[place], limits[place - 1] if place else None
    unit = criterion.unit
    ends = tuple(end for limit in limits if (end := _end(limit)) is not None)
    amount = amount_in_words(value, unit, kind.unit_of_one if kind else "", ends)
    from_end, to_end = _end(lower) if lower else None, _end(here)
    level = scheme.level_label(here.level)

    if value in (from_end, to_end):
        because = f"{amount} is on the limit of {_boundary(value, unit)}, which belongs to {level}."
    elif from_end is not None and to_end is not None:
        because = f"{amount} is between {_figure(from_end, unit)} and {_figure(to_end, unit)}."
    elif from_end is not None:
        because = f"{amount} is above {_figure(from_end, unit)}."
    else:
        because = f"{amount} is below {_figure(to_end or Decimal(0), unit)}."

    nearest = ""
    is_nearer_below = from_end is not None and (to_end is None or value - from_end < to_end - value)
    less = "less" if unit.startswith("£") else "fewer"
    if lower is not None and from_end is not None and is_nearer_below:
        boundary = _boundary(from_end, unit)
        words = f"below {boundary}" if lower.below is not None else f"at {boundary} or {less}"
        nearest = f"It would be {scheme.level_label(lower.level)} {words}."
    elif to_end is not None:
        boundary = _boundary(to_end, unit)
        words = f"at {boundary} or more" if here.below is not None else f"above {boundary}"
        nearest = f"It would be {scheme.level_label(limits[place + 1].level)} {words}."
    return _ByFigure(here.level, because, nearest)


def _end(limit: Limit) -> Decimal | None:
    return limit.below if limit.below is not None else limit.up_to


def _reaches(limit: Limit, value: Decimal) -> bool:
    if limit.below is not None:
        return value < limit.below
    return limit.up_to is None or value <= limit.up_to


def _suggest(scheme: Scheme, criteria: tuple[Finding, ...]) -> tuple[str | None, str]:
    """The suggested level and the arithmetic in a sentence (BRK-I02, DEF-02)."""
    answered = [finding for finding in criteria if finding.level is not None]
    if not answered:
        return None, "No criterion is answered yet, so nothing is suggested."
    counts = {level.id: 0 for level in scheme.levels}
    for finding in answered:
        counts[finding.level or ""] += 1
    method = _METHODS[scheme.suggestion.method]
    level, words = method(scheme, answered, counts)
    unanswered = len(criteria) - len(answered)
    open_words = f" {_sentence(_counted(unanswered))} of {_counted(len(criteria))} not answered." if unanswered else ""
    return level, f"The policy suggests {scheme.level_label(level)}: {words}.{open_words}"


def _tally(scheme: Scheme, counts: Mapping[str, int]) -> str:
    """ "three criteria are High and three Medium", highest level first."""
    given = [(level.label, counts[level.id]) for level in reversed(scheme.levels) if counts[level.id]]
    (first, number), *rest = given
    verb = "criterion is" if number == 1 else "criteria are"
    return _joined([f"{_counted(number)} {verb} {first}", *(f"{_counted(count)} {label}" for label, count in rest)])


def _most_frequent(scheme: Scheme, answered: list[Finding], counts: Mapping[str, int]) -> tuple[str, str]:
    most = max(counts.values())
    tied = [level.id for level in scheme.levels if counts[level.id] == most]
    is_higher = scheme.suggestion.ties == "higher"
    words = _tally(scheme, counts)
    if len(tied) > 1:
        words += f"; a tie goes to the {'higher' if is_higher else 'lower'} level"
    return tied[-1] if is_higher else tied[0], words


def _highest(scheme: Scheme, answered: list[Finding], counts: Mapping[str, int]) -> tuple[str, str]:
    level = [level.id for level in scheme.levels if counts[level.id]][-1]
    return level, f"{_tally(scheme, counts)}; the highest counts"


def _weighted(scheme: Scheme, answered: list[Finding], counts: Mapping[str, int]) -> tuple[str, str]:
    """Levels count 1, 2, 3 … from the lowest; the mean, weighted by criterion, falls into a band."""
    weights = {finding.id: scheme.by_id[finding.id].weight for finding in answered}
    total = sum((weights[f.id] * (scheme.order[f.level or ""] + 1) for f in answered), Decimal(0))
    mean = total / sum(weights.values(), Decimal(0))
    band = next(band for band in scheme.suggestion.bands if band.up_to is None or mean <= band.up_to)
    scale = _joined([f"{level.label} counts {place}" for place, level in enumerate(scheme.levels, 1)])
    reach = f"{band.up_to} or less" if band.up_to is not None else "above the last limit"
    words = f"the weighted mean of {_counted(len(answered))} is {_number(mean, 2)}, which is {reach} ({scale})"
    return band.level, words


_Method = Callable[[Scheme, list[Finding], Mapping[str, int]], tuple[str, str]]
_METHODS: dict[str, _Method] = {"most_frequent": _most_frequent, "highest": _highest, "weighted": _weighted}


# --- Results of checklists --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResultFinding:
    """What counting the answers of a checklist comes to. `sentence` is "" while it does not hold."""

    result: CountedResult
    holds: bool
    count: int
    of: int
    unanswered: int
    sentence: str

    @property
    def words(self) -> str:
        """Yes with the sentence, No, or how many answers it takes to say."""
        if self.holds:
            return f"Yes. {self.sentence}"
        is_open = self.count + self.unanswered >= self.result.at_least
        return f"Not known yet: {self.unanswered} of {self.of} not answered" if is_open else "No"


def results(form: Questionnaire, values: Mapping[str, Any]) -> tuple[ResultFinding, ...]:
    """What each result of a questionnaire comes to with these answers (RED-D8A-F1, RED-I16).

    `values` holds the answers by question id, as the questionnaire keeps them. A question that is
    not asked, because of another answer, counts in neither figure.
    """
    return tuple(_result(form, result, values) for result in form.results)


def counted(form: Questionnaire, result: CountedResult, values: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions whose answers a result counts, in the order of the form (MEL-C14, MEL-I09, STR-C07)."""
    return tuple(each for each in _looked_at(form, result, values) if _counts(result, each, values.get(each.id)))


def _looked_at(form: Questionnaire, result: CountedResult, values: Mapping[str, Any]) -> list[Question]:
    asked = [each for each in form.questions if each.asked_when is None or each.asked_when.is_met(values)]
    return [each for each in asked if (each.id in result.questions if result.questions else each.warning_on)]


def _result(form: Questionnaire, result: CountedResult, values: Mapping[str, Any]) -> ResultFinding:
    looked_at = _looked_at(form, result, values)
    given = [(each, values.get(each.id)) for each in looked_at]
    count = sum(1 for each, value in given if _counts(result, each, value))
    holds = count >= result.at_least
    sentence = result.sentence.replace("{count}", str(count)).replace("{of}", str(len(looked_at))) if holds else ""
    unanswered = sum(1 for _, value in given if value in (None, "", []))
    return ResultFinding(result, holds, count, len(looked_at), unanswered, sentence)


def _counts(result: CountedResult, question: Question, value: Any) -> bool:
    wanted = result.answers or question.warning_on
    chosen = value if isinstance(value, list) else [value]
    return any(each in wanted for each in chosen if isinstance(each, (str, bool)))


# --- Answers ----------------------------------------------------------------------------------


class Average(NamedTuple):
    """The average of the ratings on one scale. `low` counts the ratings that the scale warns of."""

    scale: str
    value: Decimal | None
    rated: int
    of: int
    low: int
    sentence: str


def averages(policy: Policy, questions: Iterable[Question], values: Mapping[str, Any]) -> tuple[Average, ...]:
    """The average of these questions' answers, one for each scale that shows one (CHK-17, MEL-C06).

    What is not rated is left out, and said. Ratings on different scales are never put together.
    """
    asked: dict[str, list[str | None]] = {}
    for question in questions:
        if question.type == "scale" and question.scale and policy.scale(question.scale).has_average:
            asked.setdefault(question.scale, []).append(values.get(question.id))
    return tuple(_average(policy.scale(scale), given) for scale, given in asked.items())


def _average(scale: Scale, given: list[str | None]) -> Average:
    points = [scale.by_id[each] for each in given if each in scale.by_id]
    figures = [point.number for point in points if point.number is not None]
    low = sum(1 for point in points if point.warns)
    if not figures:
        return Average(scale.id, None, 0, len(given), 0, "No rating yet")
    value = sum(figures, Decimal(0)) / len(figures)
    most = max(point.number for point in scale.points if point.number is not None)
    sentence = f"Average {_number(value, 1)} of {_number(most, 1)} from {_ratings(len(figures))}"
    if missing := len(given) - len(figures):
        sentence += f"; {_counted(missing)} of {len(given)} not rated, left out"
    warned = [_number(point.number, 1) for point in scale.points if point.warns and point.number is not None]
    if warned:
        sentence += f"; {_ratings(low)} of {_joined_by_or(warned)}"
    return Average(scale.id, value, len(figures), len(given), low, sentence)


def _ratings(count: int) -> str:
    return f"{_counted(count)} rating{'' if count == 1 else 's'}"


def _joined_by_or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def all_yes(parts: Iterable[Any]) -> bool | None:
    """Yes when every part is, No when one is No, None while that is open (STR-D41, STR-I08, CHK-14)."""
    given = list(parts)
    if any(part is False for part in given):
        return False
    return True if given and all(part is True for part in given) else None


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is shorter (DEF-05)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# --- Examples ---------------------------------------------------------------------------------


_Wrong = tuple[tuple[str, ...], str]  # the keys below an example, and what is wrong there


class ExampleProblem(NamedTuple):
    """An example of a pack that does not come out as it says; `path` are the keys below the example."""

    example: Example
    message: str
    path: tuple[str, ...] = ()


def example_problems(policy: Policy) -> Iterator[ExampleProblem]:
    """Run the pack's own examples and say which do not come out as written."""
    for example in policy.examples:
        try:
            yield from (ExampleProblem(example, message, path) for path, message in _run(policy, example))
        except WrongFact as wrong:
            yield ExampleProblem(example, wrong.message, ("facts",))


def _run(policy: Policy, example: Example) -> Iterator[_Wrong]:
    facts = checked_facts(policy, example.facts)
    given: Facts = example.facts
    found = assess(policy, given, example.judgements)
    expect = example.expect
    placed = {finding.id: finding for scheme in found.schemes.values() for finding in scheme.criteria}

    def differs(
        key: tuple[str, ...], what: str, expected: Any, comes_out: Any
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        if expected != comes_out:
            message = f"{what} comes out as {_plain(comes_out)}, and the example says {_plain(expected)}"
            yield ("expect", *key), message

    for criterion_id, level in expect.levels.items():
        yield from differs(("levels", criterion_id), criterion_id, level, placed[criterion_id].level)
    for scheme_id, level in expect.suggested.items():
        what = f"the suggestion for {scheme_id}"
        yield from differs(("suggested", scheme_id), what, level, found[scheme_id].suggested)
    for scheme_id, criteria in expect.high.items():
        yield from differs(("high", scheme_id), f"the list for {scheme_id}", criteria, found[scheme_id].high_criteria)
    for scheme_id, level in expect.reason_needed_for.items():
        if not found[scheme_id].reason_needed(level):
            message = f"{level} for {scheme_id} needs no reason, and the example says that it does"
            yield ("expect", "reason_needed_for", scheme_id), message
    if expect.route:
        steps = {each.step.id: each.included for each in route(policy, expect.route, given)}
        for step_id in expect.included:
            yield from differs(("included",), f"step {step_id}", True, steps[step_id])
        for step_id in expect.skipped:
            yield from differs(("skipped",), f"step {step_id}", False, steps[step_id])
    if expect.is_significant is not None:
        yield from differs(("is_significant",), "significance", expect.is_significant, facts.get("is_significant"))
    if expect.is_partnership is not None:
        comes_out = screen(policy, example.screening).is_partnership
        yield from differs(("is_partnership",), "the screening", expect.is_partnership, comes_out)
    if expect.hours_a_month is not None:
        hours = facts.get("hours_a_month")
        rounded = hours.quantize(Decimal("0.1"), ROUND_HALF_UP) if isinstance(hours, Decimal) else None
        yield from differs(("hours_a_month",), "hours a month", expect.hours_a_month, rounded)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "not known"
    return ", ".join(value) or "empty" if isinstance(value, tuple) else str(value)
