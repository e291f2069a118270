"""Two versions of one policy side by side: what was added, taken out, changed or worded anew, as sentences.

Items are the same when they have the same id, whatever they are called. Two policies with different codes are different
policies: nothing of one stands for anything in the other, so they are not compared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from config import words
from policy.model import Criterion, Limit, Policy, Report, Rule, Scheme

Kind = Literal["new", "out", "changed"]


class Change(NamedTuple):
    """One difference: the part of the policy, what kind it is, the item's id, and the sentence."""

    part: str
    kind: Kind
    id: str
    sentence: str


class Entry(NamedTuple):
    """An item as it is compared: its part, what people call such a thing, its name, and where it stands."""

    part: str
    key: str
    noun: str
    name: str
    item: Any
    inside: str = ""


def compare(old: Policy, new: Policy) -> list[Change]:
    """What differs in `new`, in the order of the policy. Raises ValueError for two different policies."""
    if old.code != new.code:
        raise ValueError(f"{old.code} and {new.code} are different policies")
    before = {entry.key: entry for entry in entries(old)}
    after = {entry.key: entry for entry in entries(new)}
    changes = []
    for key, entry in after.items():
        if key not in before:
            changes.append(Change(entry.part, "new", entry.item.id, f"New {entry.noun}{entry.inside}: {entry.name}"))
        else:
            sentences = _differences(before[key], entry, old, new)
            changes += [Change(entry.part, "changed", entry.item.id, sentence) for sentence in sentences]
    for key, entry in before.items():
        if key not in after:
            sentence = f"Taken out, {entry.noun}{entry.inside}: {entry.name}"
            changes.append(Change(entry.part, "out", entry.item.id, sentence))
    for scheme_id, scheme in new.schemes.items():
        if scheme_id in old.schemes:
            changes += _scheme_changes(scheme_id, old.schemes[scheme_id], scheme)
    return sorted(changes, key=lambda change: PARTS.index(change.part))


def to_reassess(old: Policy, new: Policy) -> dict[str, list[str]]:
    """Why an assessment under `old` is worth making again under `new`: sentences by scheme; {} when nothing differs.

    What only reads differently (hints, clauses, labels) is no reason. Another council's policy is always one.
    """
    if old.code != new.code:
        return {name: [f"Assessed under another policy: {old.title}"] for name in new.schemes}
    found: dict[str, list[str]] = {}
    for scheme_id, scheme in new.schemes.items():
        before = old.schemes.get(scheme_id)
        if before is None:
            found[scheme_id] = [f"{scheme.title} is new"]
            continue
        reasons = [change.sentence for change in _scheme_changes(scheme_id, before, scheme)]
        for criterion in scheme.criteria:
            earlier = before.by_id.get(criterion.id)
            if earlier is None:
                reasons.append(f"New criterion: {criterion.label}")
            elif not same_measure(earlier, criterion):
                reasons += _criterion_sentences(earlier, criterion, scheme)
        reasons += [f"Criterion taken out: {each.label}" for each in before.criteria if each.id not in scheme.by_id]
        if reasons:
            found[scheme_id] = reasons
    return found


MEASURE = ("words", "fact", "unit", "limits", "judgement", "weight")


def same_measure(one: Criterion, other: Criterion) -> bool:
    """Whether a level under one criterion means the same under the other."""
    return all(getattr(one, name) == getattr(other, name) for name in MEASURE)


def means_the_same(old: Policy, new: Policy, scheme_id: str, criterion_id: str) -> bool:
    """Whether a level judged under `old` may stand under `new`: the same criterion, measure and levels."""
    one, other = old.schemes.get(scheme_id), new.schemes.get(scheme_id)
    if old.code != new.code or one is None or other is None or one.levels != other.levels:
        return False
    earlier, later = one.by_id.get(criterion_id), other.by_id.get(criterion_id)
    return earlier is not None and later is not None and same_measure(earlier, later)


# --- What is compared -------------------------------------------------------------------------

PARTS = (
    "Clauses",
    "What counts as a partnership",
    "People and bodies",
    "Fields",
    "Lists and scales",
    "Levels and limits",
    "Forms",
    "Routes and decisions",
    "What comes again",
    "Reports",
    "Warnings",
    "Settings",
)


def entries(policy: Policy) -> Iterator[Entry]:
    for statement in policy.statements:
        yield Entry("Clauses", statement.id, "clause", f"“{statement.text}”", statement)
    yield from _of_definition(policy)
    for role in policy.roles:
        yield Entry("People and bodies", f"role {role.id}", "role", role.label, role)
    for duty in policy.duties:
        yield Entry("People and bodies", duty.id, "duty", f"“{duty.text}”", duty)
    for section in policy.sections:
        yield Entry("Fields", section.id, "section of the register", section.title, section)
    for field in policy.fields:
        yield Entry("Fields", field.id, "field", field.label, field)
    yield from _of_lists(policy)
    for scheme in policy.schemes.values():
        for criterion in scheme.criteria:
            yield Entry("Levels and limits", criterion.id, "criterion", criterion.label, criterion)
    for matrix in policy.matrices:
        yield Entry("Levels and limits", matrix.id, "matrix", matrix.title, matrix)
    yield from _of_forms(policy)
    yield from _of_routes(policy)
    for cycle in policy.cycles:
        yield Entry("What comes again", cycle.id, "date that comes again", cycle.title, cycle)
    for report in policy.reports:
        yield Entry("Reports", report.id, "report", report.title, report)
    for check in policy.checks:
        yield Entry("Warnings", check.id, "warning", check.label, check)
    for setting in policy.settings:
        yield Entry("Settings", setting.id, "setting", setting.label, setting)


def _of_definition(policy: Policy) -> Iterator[Entry]:
    part = "What counts as a partnership"
    for test in policy.definition.tests:
        yield Entry(part, test.id, "test", f"“{test.question}”", test)
    for exclusion in policy.definition.exclusions:
        yield Entry(part, exclusion.id, "exclusion", exclusion.label, exclusion)
    for ground in policy.significance.grounds if policy.significance else ():
        yield Entry(part, ground.id, "ground of significance", ground.label, ground)


def _of_lists(policy: Policy) -> Iterator[Entry]:
    part = "Lists and scales"
    for each in policy.lists:
        yield Entry(part, each.id, "list", each.label, each)
        for value in each.values:
            yield Entry(part, f"{each.id}/{value.id}", "value", value.label, value, f" of the list “{each.label}”")
    for scale in policy.scales:
        yield Entry(part, scale.id, "scale", scale.label, scale)
        for point in scale.points:
            yield Entry(part, f"{scale.id}/{point.id}", "place", point.label, point, f" on the scale “{scale.label}”")


def _of_forms(policy: Policy) -> Iterator[Entry]:
    for form in policy.questionnaires:
        yield Entry("Forms", form.id, "form", form.title, form)
        inside = f" in “{form.short or form.title}”"
        for section in form.sections:
            yield Entry("Forms", section.id, "section", section.title, section, inside)
        for question in form.questions:
            yield Entry("Forms", question.id, "question", f"“{question.text}”", question, inside)


def _of_routes(policy: Policy) -> Iterator[Entry]:
    part = "Routes and decisions"
    for route in policy.routes:
        yield Entry(part, route.id, "route", route.title, route)
        for step in route.steps:
            yield Entry(part, step.id, "step", step.title, step, f" in “{route.title}”")
    for outcome in policy.outcomes:
        yield Entry(part, outcome.id, "outcome", outcome.label, outcome)
    for rule in policy.appointments.rules if policy.appointments else ():
        yield Entry(part, rule.id, "rule of appointment", rule.title, rule)


# --- Saying the difference --------------------------------------------------------------------

_NOT_SAID = frozenset({"id", "ref", "limits_ref", "force_ref", "note"})
_READS = {  # texts: what they are called
    "text": "wording",
    "question": "question",
    "hint": "hint",
    "does": "line on what the register does",
    "clause": "clause",
    "explanation": "explanation",
    "intro": "introduction",
    "guide": "guide",
    "warning": "warning",
    "exception": "exception",
    "answers": "line on what it answers",
    "limits_note": "note on the limits",
    "source": "source",
    "scope": "scope",
}
_SAYS = {  # what a value is, in words
    "no": "optional",
    "yes": "needed",
    "when_active": "needed once the partnership is active",
    "always": "always needed",
    "stated": "in the policy",
    "implied": "what follows from the policy",
    "proposed": "a local setting",
}


def _differences(before: Entry, after: Entry, old: Policy, new: Policy) -> Iterator[str]:
    name = before.name if len(before.name) <= 90 else f"{before.name[:89]}…"
    for field in type(after.item).model_fields:
        was, now = getattr(before.item, field), getattr(after.item, field)
        if field in _NOT_SAID or was == now or _is_of_items(was, now):
            continue
        if field in ("label", "title"):
            yield f"{was}{after.inside} is now called {now}"
        elif say := _SENTENCES.get(field):
            yield from say(name, before.item, after.item, old, new)
        elif field in _READS:
            yield _reads(name, _READS[field], was, now)
        else:
            yield _becomes(name, field, was, now)
    if hasattr(after.item, "steps"):
        kept = [[step.id for step in route.steps] for route in (before.item, after.item)]
        if [each for each in kept[0] if each in kept[1]] != [each for each in kept[1] if each in kept[0]]:
            yield f"{name}: the steps come in another order"


def _is_of_items(was: Any, now: Any) -> bool:
    """Whether a value holds items that are compared by themselves."""
    both = [*was, *now] if isinstance(was, tuple) and isinstance(now, tuple) else []
    return any(isinstance(each, BaseModel) and "id" in type(each).model_fields for each in both) and not any(
        type(each).__name__ in ("Column", "Beside", "Level") for each in both
    )


def _reads(name: str, what: str, was: str, now: str) -> str:
    if not was:
        return f"{name} has a {what} now: “{now}”"
    if not now:
        return f"{name} has no {what} any more. It read “{was}”"
    return f"{name}: the {what} now reads “{now}”. It read “{was}”"


def _becomes(name: str, field: str, was: Any, now: Any) -> str:
    what = field.replace("_", " ")
    if _is_plain(was) and _is_plain(now):
        return f"{name}: {what} is now {_said(now)}; it was {_said(was)}"
    return f"{name}: {what} changed"


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(each, (str, int)) for each in value)
    return value is None or isinstance(value, (str, bool, int, Decimal))


def _said(value: Any) -> str:
    if value is None or value in ("", ()):
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return words.number(value)
    if isinstance(value, tuple):
        return words.listed([_said(each) for each in value])
    return _SAYS.get(str(value), str(value).replace("_", " "))


def _of_limits(name: str, was: Criterion, now: Criterion, old: Policy, new: Policy) -> Iterator[str]:
    scheme = next(each for each in new.schemes.values() if now.id in each.by_id)
    yield from _limit_sentences(was, now, scheme)


def _limit_sentences(was: Criterion, now: Criterion, scheme: Scheme) -> Iterator[str]:
    before = {limit.level: limit for limit in was.limits}
    for place, limit in enumerate(now.limits):
        earlier = before.get(limit.level)
        if earlier != limit:
            told = _reach(now.limits, place, now.unit)
            gave = _reach(was.limits, was.limits.index(earlier), was.unit) if earlier else "not given"
            yield f"{now.label}: {scheme.level_label(limit.level)} is now {told}; it was {gave}"


def _reach(limits: Sequence[Limit], place: int, unit: str) -> str:
    """Where a level lies: "below £50,000 a year", or "above the rest" for the last."""
    limit = limits[place]
    end = limit.below if limit.below is not None else limit.up_to
    if end is None:
        return "all above that"
    amount = words.money(end) + unit.removeprefix("£") if unit.startswith("£") else f"{words.number(end)} {unit}"
    return f"{'below' if limit.below is not None else 'up to'} {amount}"


def _criterion_sentences(was: Criterion, now: Criterion, scheme: Scheme) -> Iterator[str]:
    for name in MEASURE:
        if getattr(was, name) == getattr(now, name):
            continue
        if name == "limits":
            yield from _limit_sentences(was, now, scheme)
        elif name == "words":
            yield from _word_sentences(was, now, scheme)
        else:
            yield _becomes(now.label, name, getattr(was, name), getattr(now, name))


def _of_contents(name: str, was: Report, now: Report, old: Policy, new: Policy) -> Iterator[str]:
    """What a report contains, by its titles; a part that something else shows has the same title."""
    before, after = (tuple(content.title for content in report.contents) for report in (was, now))
    yield f"{name}: what shows its contents changed" if before == after else _becomes(name, "contents", before, after)


def _of_words(name: str, was: Criterion, now: Criterion, old: Policy, new: Policy) -> Iterator[str]:
    scheme = next(each for each in new.schemes.values() if now.id in each.by_id)
    yield from _word_sentences(was, now, scheme)


def _word_sentences(was: Criterion, now: Criterion, scheme: Scheme) -> Iterator[str]:
    for level, text in now.words.items():
        if was.words.get(level) != text:
            label = scheme.level_label(level)
            yield f"{now.label}: {label} now means “{text}”; it meant “{was.words.get(level, 'nothing')}”"


def _of_roles(name: str, was: Any, now: Any, old: Policy, new: Policy) -> Iterator[str]:
    yield f"{name} is now for {_labels(now.role, new)}; it was for {_labels(was.role, old)}"


def _labels(roles: Any, policy: Policy) -> str:
    known: dict[str, str] = {role.id: role.label for role in policy.roles}
    return words.listed([known.get(role, role) for role in ([roles] if isinstance(roles, str) else roles)])


def _of_standing(name: str, was: Any, now: Any, old: Policy, new: Policy) -> Iterator[str]:
    yield f"{name} is now {_said(now.standing)}; it was {_said(was.standing)}"


def _of_need(name: str, was: Any, now: Any, old: Policy, new: Policy) -> Iterator[str]:
    yield f"{name} is now {_said(now.required)}; it was {_said(was.required)}"


def _of_conditions(name: str, was: Any, now: Any, old: Policy, new: Policy) -> Iterator[str]:
    yield f"{name} is needed {condition(now.when, new)}; it was needed {condition(was.when, old)}"


_SENTENCES: Mapping[str, Callable[..., Iterator[str]]] = {
    "limits": _of_limits,
    "words": _of_words,
    "role": _of_roles,
    "when": _of_conditions,
    "required": _of_need,
    "standing": _of_standing,
    "contents": _of_contents,
}


def _scheme_changes(scheme_id: str, was: Scheme, now: Scheme) -> Iterator[Change]:
    part = "Levels and limits"
    labels = [[level.label for level in each.levels] for each in (was, now)]
    if was.order != now.order or labels[0] != labels[1]:
        told = f"{now.title} has the levels {words.listed(labels[1])}; it had {words.listed(labels[0])}"
        yield Change(part, "changed", scheme_id, told)
    if was.suggestion.model_copy(update={"ref": ()}) != now.suggestion.model_copy(update={"ref": ()}):
        told = f"{now.title}: the overall level is suggested in another way. {now.suggestion.sentence}"
        yield Change(part, "changed", scheme_id, told)


# --- Conditions in words ----------------------------------------------------------------------

COMPARED = {
    "above": "is above",
    "at_least": "is at least",
    "below": "is below",
    "at_most": "is at most",
    "is": "is",
    "one_of": "is one of",
}


def condition(rule: Rule | None, policy: Policy) -> str:
    """When something is needed: "when the money outside the budget is above £0", or "always"."""
    if rule is None:
        return "always"
    every = [_comparison(policy, each) for each in rule.every]
    some = [_comparison(policy, each) for each in rule.some]
    return f"when {words.listed(every + ([words.listed(some, last='or')] if some else []))}"


def _comparison(policy: Policy, comparison: Any) -> str:
    kind = policy.fact_kind(comparison.fact)
    what = kind.label if kind else comparison.fact
    if "is" in comparison.tests and isinstance(comparison.equals, bool):
        return _clause(what.removeprefix("whether "), holds=comparison.equals)
    tests = [f"{COMPARED[name]} {_figure(kind, value)}" for name, value in comparison.tests.items()]
    return f"{what} {words.listed(tests)}"


def _clause(sentence: str, *, holds: bool) -> str:
    """A fact that is yes or no as a clause: "the partnership is new", "the partnership is not new"."""
    if holds:
        return sentence
    for verb in (" is ", " was ", " are "):
        if verb in sentence:
            return sentence.replace(verb, f"{verb}not ", 1)
    return f"it is not true that {sentence}"


def _figure(kind: Any, value: Any) -> str:
    if isinstance(value, tuple):
        return words.listed([_figure(kind, each) for each in value], last="or")
    if isinstance(value, Decimal):
        return words.money(value) if kind and kind.type == "money" else words.number(value)
    said = str(value).replace("_", " ")
    return said.capitalize() if kind and kind.type == "level" else said
