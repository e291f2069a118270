"""What one part of a pack says about another: every name used exists, limits ascend, no loops.

`Policy` calls `find_problems` when it is made, so a policy that exists fits together. Each
problem says where it is (the path of keys) and what to write instead. No Django here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from policy.model import (
    CORE_NAMES,
    FACT_NAMES,
    FACTS,
    NEVER_PUBLIC,
    Band,
    Comparison,
    Content,
    Criterion,
    Exit,
    FieldCondition,
    Item,
    Limit,
    Policy,
    Problem,
    Question,
    Questionnaire,
    Report,
    Route,
    Rule,
    Scheme,
    Settled,
    Step,
)
from policy.report_parts import PART_KINDS, PART_NAMES, Named


def find_problems(policy: Policy) -> Iterator[Problem]:
    """Find what does not fit together: names of nothing, doubles, limits out of order."""
    for check in (
        _doubles,
        _list_problems,
        _field_problems,
        _scheme_problems,
        _matrix_problems,
        _questionnaire_problems,
        _route_problems,
        _visibility_problems,
        _rest_problems,
        _example_problems,
    ):
        yield from check(policy)


def _names(items: Iterable[Any]) -> set[str]:
    return {item.id for item in items}


def _unknown(what: str, name: object, known: Iterable[str]) -> str:
    near = ", ".join(sorted(known)[:6]) or "none yet"
    whose = "" if " " in what else " of this pack"
    article = "an" if what[0] in "aeiou" else "a"
    return f'write the id of {article} {what}{whose}, not "{name}" (it has {near})'


def _all_items(part: object, path: tuple[str | int, ...]) -> Iterator[tuple[Item, tuple[str | int, ...]]]:
    if isinstance(part, BaseModel):
        if isinstance(part, Item):
            yield part, path
        for name in type(part).model_fields:
            yield from _all_items(getattr(part, name), (*path, name))
    elif isinstance(part, tuple):
        for place, each in enumerate(part):
            yield from _all_items(each, (*path, place))
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from _all_items(each, (*path, key))


def _doubles(policy: Policy) -> Iterator[Problem]:
    """Ids are unique in the whole pack, so that a link to one never means two things."""
    seen: dict[str, tuple[str | int, ...]] = {}
    cores: set[str] = set()
    for item, path in _all_items(policy, ()):
        if item.id in seen:
            first = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in seen[item.id])[1:]
            yield Problem((*path, "id"), f'write an id of its own: "{item.id}" is used in {first} already')
        seen.setdefault(item.id, path)
    for place, field in enumerate(policy.fields):
        if field.core and field.core in cores:
            yield Problem(
                ("fields", place, "core"),
                f'take it out or name another attribute: "{field.core}" has a field already',
            )
        cores.add(field.core or "")
    for scheme_id, scheme in policy.schemes.items():
        yield from _double_parts(scheme.levels, ("schemes", scheme_id, "levels"))
    for place, each in enumerate(policy.lists):
        yield from _double_parts(each.values, ("lists", place, "values"))
    for place, scale in enumerate(policy.scales):
        yield from _double_parts(scale.points, ("scales", place, "points"))
    for place, questionnaire in enumerate(policy.questionnaires):
        yield from _double_parts(questionnaire.prompts, ("questionnaires", place, "prompts"))


def _double_parts(parts: Iterable[Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, part in enumerate(parts):
        if part.id in seen:
            yield Problem((*path, place, "id"), f'write an id of its own: "{part.id}" stands above')
        seen.add(part.id)


def _list_problems(policy: Policy) -> Iterator[Problem]:
    known = _names(policy.lists)
    for place, each in enumerate(policy.lists):
        path = ("lists", place)
        if each.kept_by == "policy" and not each.values:
            yield Problem((*path, "values"), "write at least one value, or write kept_by: council")
        if each.parent_list and each.parent_list not in known:
            yield Problem((*path, "parent_list"), _unknown("list", each.parent_list, known))
            continue
        owner = policy.list(each.parent_list) if each.parent_list else each
        parents = _names(owner.values)
        for number, value in enumerate(each.values):
            if value.parent and (value.parent not in parents or value.parent == value.id):
                yield Problem(
                    (*path, "values", number, "parent"),
                    _unknown("value of the parent list", value.parent, parents - {value.id}),
                )


def _answer_problems(policy: Policy, answer: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """A field, column or question: its list, scale, scheme and columns fit its type."""
    for name, known in (
        ("list", _names(policy.lists)),
        ("scale", _names(policy.scales)),
        ("scheme", set(policy.schemes)),
    ):
        wanted = getattr(answer, name, None)
        if wanted and wanted not in known:
            yield Problem((*path, name), _unknown(name, wanted, known))
    chosen = [name for name in ("list", "scale", "scheme") if getattr(answer, name, None)]
    if answer.type in ("choice", "multi_choice") and len(chosen) != 1:
        yield Problem((*path, "type"), f"name the list, scale or scheme that the {answer.type} offers (one)")
    if answer.type in ("scale", "rank") and chosen != ["scale"]:
        yield Problem((*path, "type"), f"name the scale of this {answer.type}")
    if answer.type == "rows" and not answer.columns and not getattr(answer, "core", None):
        yield Problem((*path, "columns"), "write the columns of these rows")
    if answer.type != "rows" and getattr(answer, "columns", ()):
        yield Problem((*path, "columns"), "write type: rows, or take the columns out")
    if answer.type == "money" and not answer.unit.startswith("£"):
        yield Problem((*path, "unit"), 'write the unit of this money, such as "£ a year"')
    for place, column in enumerate(getattr(answer, "columns", ())):
        yield from _answer_problems(policy, column, (*path, "columns", place))


def _field_problems(policy: Policy) -> Iterator[Problem]:
    sections = _names(policy.sections)
    for place, field in enumerate(policy.fields):
        path = ("fields", place)
        if field.section not in sections:
            yield Problem((*path, "section"), _unknown("section", field.section, sections))
        yield from _answer_problems(policy, field, path)
        for name in ("filled_by", "checked_by", "seen_by"):
            yield from _role_problems(policy, getattr(field, name), (*path, name))
        for name in ("shown_when", "required_when"):
            condition: FieldCondition | None = getattr(field, name)
            if condition is None:
                continue
            other = policy._fields.get(condition.field)
            where = (*path, name, "field")
            if other is None or other is field:
                yield Problem(where, _unknown("field", condition.field, policy._fields))
            else:
                yield from _chosen_problems(policy, other, condition.one_of, (*path, name, "one_of"))


def _chosen_problems(
    policy: Policy, answer: Any, chosen: Iterable[object], path: tuple[str | int, ...]
) -> Iterator[Problem]:
    """Values named as answers can be given as answers."""
    if answer.type in ("yes_no",):
        known: set[object] = {True, False}
    elif answer.type == "yes_no_dont_know":
        known = {True, False, "dont_know"}
    elif answer.scale:
        known = set(_names(policy.scale(answer.scale).points)) if answer.scale in _names(policy.scales) else set()
    elif answer.list:
        if answer.list not in policy._lists or policy.list(answer.list).kept_by == "council":
            return
        known = set(policy.list(answer.list).by_id)
    elif answer.scheme:
        known = set(policy.schemes[answer.scheme].order) if answer.scheme in policy.schemes else set()
    else:
        return
    for value in chosen:
        if not any(each == value and type(each) is type(value) for each in known):
            shown = ", ".join(sorted(_written(each) for each in known))
            yield Problem(path, f"write one of {shown}, not {_written(value)}")


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _role_problems(policy: Policy, roles: Iterable[str] | str, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if isinstance(roles, str):  # "everyone"
        return
    for role in roles:
        if policy.role(role) is None:
            known = {each.id for each in policy.roles if each.exists}
            yield Problem(path, _unknown("role that exists in this policy", role, known))


def _comparison_problems(policy: Policy, comparison: Comparison, path: tuple[str | int, ...]) -> Iterator[Problem]:
    kind = policy.fact_kind(comparison.fact)
    if kind is None:
        yield Problem(
            (*path, "fact"),
            f"write a known fact, such as {FACT_NAMES[0]}, or the id of a number, money, hours, "
            f'yes_no or choice field of this pack, not "{comparison.fact}"',
        )
        return
    if comparison.only_while:
        switches = [each.id for each in policy.settings if isinstance(each.value, bool)]
        yield from _named_problems("yes/no setting", (comparison.only_while,), switches, (*path, "only_while"))
    tests = comparison.tests
    if not tests:
        yield Problem(path, "write what to compare with: above, at_least, below, at_most, is or one_of")
    for name in tests:
        counts = name in ("above", "at_least", "below", "at_most")
        is_figure = kind.type in ("money", "hours", "number")
        if counts and not is_figure:
            yield Problem((*path, name), f'write is or one_of: "{comparison.fact}" is no figure')
        if name == "is" and kind.type == "yes_no" and not isinstance(comparison.equals, bool):
            yield Problem((*path, "is"), f'write true or false, not "{comparison.equals}"')
        if name in ("is", "one_of") and is_figure:
            yield Problem(
                (*path, name),
                f'write above, at_least, below or at_most: "{comparison.fact}" is a figure',
            )
    wanted = comparison.one_of or (comparison.equals,)
    if kind.type == "level":
        levels = {level for scheme in policy.schemes.values() for level in scheme.order}
        levels |= {level.id for matrix in policy.matrices for level in matrix.levels}
        for value in wanted:
            if value not in levels:
                yield Problem(path, _unknown("level", value, levels))
    if kind.type == "choice":
        yield from _choice_problems(policy, comparison.fact, wanted, path)


def _choice_problems(
    policy: Policy, fact: str, wanted: Iterable[object], path: tuple[str | int, ...]
) -> Iterator[Problem]:
    """A condition on a choice names values that can be chosen."""
    if fact == "appointment_rule":
        known = _names(policy.appointments.rules) if policy.appointments else ()
        yield from _named_problems("rule of appointment", map(str, wanted), known, path)
    elif field := policy._fields.get(fact) or policy.core_field(fact):
        yield from _chosen_problems(policy, field, wanted, path)


def _rule_problems(policy: Policy, rule: Rule | None, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if rule is None:
        return
    if not rule.comparisons:
        yield Problem(path, "write at least one comparison under every or some")
    for name in ("every", "some"):
        for place, comparison in enumerate(getattr(rule, name)):
            yield from _comparison_problems(policy, comparison, (*path, name, place))


def _scheme_problems(policy: Policy) -> Iterator[Problem]:
    for scheme_id, scheme in policy.schemes.items():
        path = ("schemes", scheme_id)
        levels = set(scheme.order)
        if scheme.listed_from not in levels:
            yield Problem((*path, "listed_from"), _unknown("level", scheme.listed_from, levels))
        for name in ("set_by", "challenged_by", "confirmed_by"):
            yield from _role_problems(policy, getattr(scheme, name), (*path, name))
        suggestion = scheme.suggestion
        if suggestion.method == "weighted":
            yield from _band_problems(suggestion.bands, list(scheme.order), (*path, "suggestion", "bands"))
        elif suggestion.bands:
            yield Problem((*path, "suggestion", "bands"), "take the bands out, or write method: weighted")
        for place, criterion in enumerate(scheme.criteria):
            yield from _criterion_problems(policy, scheme, criterion, (*path, "criteria", place))


def _criterion_problems(
    policy: Policy, scheme: Scheme, criterion: Criterion, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    levels = list(scheme.order)
    if missing := [level for level in levels if level not in criterion.words]:
        yield Problem((*path, "words"), f"write what {' and '.join(missing)} means here")
    for level in criterion.words:
        if level not in scheme.order:
            yield Problem((*path, "words", level), _unknown("level", level, levels))
    for place, hint in enumerate(criterion.hints):
        yield from _comparison_problems(policy, hint.when, (*path, "hints", place, "when"))
        if hint.suggests and hint.suggests not in scheme.order:
            yield Problem((*path, "hints", place, "suggests"), _unknown("level", hint.suggests, levels))
    if criterion.fact is None:
        if criterion.limits:
            yield Problem((*path, "limits"), "name the fact that these limits are about")
        return
    kind = policy.fact_kind(criterion.fact)
    if kind is None or kind.type not in ("money", "hours", "number"):
        yield Problem(
            (*path, "fact"),
            f"write a fact that is a figure, such as contribution_a_year, or the id of a number, "
            f'money or hours field, not "{criterion.fact}"',
        )
    elif criterion.unit != kind.unit:
        yield Problem((*path, "unit"), f'write "{kind.unit}", the unit of {criterion.fact}')
    yield from _limit_problems(criterion.limits, levels, (*path, "limits"))


def _limit_problems(limits: tuple[Limit, ...], levels: Iterable[str], path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Limits go through the levels from either end, each ending above the one before."""
    levels = list(levels)
    given = [limit.level for limit in limits]
    if given not in (levels, levels[::-1]):
        yield Problem(path, f"write one limit for each level in order: {', '.join(levels)} (or the reverse)")
        return
    before: tuple[Decimal, bool] | None = None
    for place, limit in enumerate(limits):
        ends = [end for end in (limit.below, limit.up_to) if end is not None]
        is_last = place == len(limits) - 1
        if is_last and ends:
            yield Problem((*path, place), "take the end out: the last limit has none")
        elif not is_last and len(ends) != 1:
            yield Problem((*path, place), "write below or up_to, one of them")
        elif ends:
            name = "below" if limit.below is not None else "up_to"
            after = (ends[0], name == "up_to")
            if before is not None and after <= before:
                yield Problem(
                    (*path, place, name),
                    f"write a figure above {before[0]}, where the limit before ends, not {ends[0]}",
                )
            before = after


def _band_problems(bands: tuple[Band, ...], levels: Iterable[str], path: tuple[str | int, ...]) -> Iterator[Problem]:
    if not bands:
        yield Problem(
            path, f"write one band for each level, lowest first, each but the last with up_to: {', '.join(levels)}"
        )
        return
    yield from _limit_problems(tuple(Limit(level=band.level, up_to=band.up_to) for band in bands), levels, path)


def _matrix_problems(policy: Policy) -> Iterator[Problem]:
    for place, matrix in enumerate(policy.matrices):
        path = ("matrices", place)
        levels = [level.id for level in matrix.levels]
        yield from _band_problems(matrix.bands, levels, (*path, "bands"))
        if matrix.impact_bands:
            yield from _band_problems(matrix.impact_bands, levels, (*path, "impact_bands"))
        if matrix.contingency_plan_from and matrix.contingency_plan_from not in levels:
            yield Problem(
                (*path, "contingency_plan_from"),
                _unknown("level", matrix.contingency_plan_from, levels),
            )
        for axis in ("likelihood", "impact"):
            for number, point in enumerate(getattr(matrix, axis)):
                if point.number is None:
                    yield Problem((*path, axis, number), "write the number of this point")


def _prefill_problems(policy: Policy, prefill: str | None, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if prefill and not (prefill in CORE_NAMES or prefill in FACTS or prefill in policy._fields):
        yield Problem(
            path,
            f'write a register attribute, a fact or the id of a field of this pack, not "{prefill}"',
        )


def _questionnaire_problems(policy: Policy) -> Iterator[Problem]:
    for place, form in enumerate(policy.questionnaires):
        path = ("questionnaires", place)
        for name in ("filled_by", "checked_by"):
            yield from _role_problems(policy, getattr(form, name), (*path, name))
        yield from _named_problems("scheme", form.schemes, policy.schemes, (*path, "schemes"))
        yield from _rule_problems(policy, form.applies_when, (*path, "applies_when"))
        yield from _rule_problems(policy, form.compulsory_when, (*path, "compulsory_when"))
        known = set(form.by_id)
        earlier: dict[str, Question] = {}
        for number, section in enumerate(form.sections):
            for index, question in enumerate(section.questions):
                where = (*path, "sections", number, "questions", index)
                yield from _question_problems(policy, question, earlier, known, where)
                earlier[question.id] = question
                for part_place, part in enumerate(question.parts):
                    yield from _question_problems(policy, part, earlier, known, (*where, "parts", part_place))
                    earlier[part.id] = part
        yield from _result_problems(policy, form, path)


def _result_problems(policy: Policy, form: Questionnaire, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """What is counted can be answered, and a computed question shows a result that there is."""
    results = _names(form.results)
    for place, result in enumerate(form.results):
        where = (*path, "results", place)
        yield from _named_problems("question of this form", result.questions, form.by_id, (*where, "questions"))
        if result.answers and not result.questions:
            yield Problem((*where, "questions"), "name the questions whose answers count")
        if not result.questions and not any(question.warning_on for question in form.questions):
            yield Problem((*where, "questions"), "name the questions that count: none of this form has a warning_on")
        for question in (form.by_id[each] for each in result.questions if each in form.by_id):
            yield from _chosen_problems(policy, question, result.answers, (*where, "answers"))
            if not result.answers and not question.warning_on:
                yield Problem((*where, "questions"), f'write warning_on at "{question.id}", or the answers that count')
    for question in form.questions:
        yield from _named_problems("result of this form", (question.result,), results, (*path, "results"))
        if question.result and question.type != "computed":
            yield Problem((*path, "results"), f'write type: computed at "{question.id}", or take its result out')


def _question_problems(
    policy: Policy,
    question: Question,
    earlier: dict[str, Question],
    known: set[str],
    path: tuple[str | int, ...],
) -> Iterator[Problem]:
    yield from _answer_problems(policy, question, path)
    yield from _prefill_problems(policy, question.prefill, (*path, "prefill"))
    if question.feeds and not (question.feeds in CORE_NAMES or question.feeds in policy._fields):
        yield Problem(
            (*path, "feeds"), f'write a register attribute or the id of a field of this pack, not "{question.feeds}"'
        )
    if question.answered_by:
        yield from _comparison_problems(policy, question.answered_by, (*path, "answered_by"))
    yield from _asked_for_problems(policy, question, path)
    if question.warning_on and not question.warning:
        yield Problem((*path, "warning"), "write the sentence that the warning says")
    if question.parts_rule and not question.parts:
        yield Problem((*path, "parts"), "write the parts, or take parts_rule out")
    yield from _beside_problems(policy, question, path)
    steps = {step.id for route in policy.routes for step in route.steps}
    yield from _named_problems("step", question.decided_in, steps, (*path, "decided_in"))
    if question.computed_from:
        yield from _named_problems("question", question.computed_from, _asked(policy), (*path, "computed_from"))
    if question.asked_when:
        other = question.asked_when.question
        if other not in known:
            yield Problem((*path, "asked_when", "question"), _unknown("question", other, known))
        elif other not in earlier:
            yield Problem(
                (*path, "asked_when", "question"),
                f'name a question that stands before this one: "{other}" comes later',
            )
        else:
            yield from _chosen_problems(
                policy, earlier[other], question.asked_when.one_of, (*path, "asked_when", "one_of")
            )


# A form calls what it asks besides the answer by the question's id and one of these.
ENDINGS = (
    "right", "same", "reason", "source", "source-on", "document", "attachment", "file",
    "action", "action-owner", "action-due",
)  # fmt: skip


def _beside_problems(policy: Policy, question: Question, path: tuple[str | int, ...]) -> Iterator[Problem]:
    for place, beside in enumerate(question.beside):
        where = (*path, "beside", place)
        yield from _prefill_problems(policy, beside.prefill, (*where, "prefill"))
        yield from _chosen_problems(policy, question, beside.required_on, (*where, "required_on"))
        if beside.list and beside.list not in policy._lists:
            yield Problem((*where, "list"), _unknown("list", beside.list, policy._lists))
        if beside.id.removeprefix(f"{question.id}-") in ENDINGS:
            yield Problem((*where, "id"), f'write another ending than that of "{beside.id}": forms use it themselves')


def _asked(policy: Policy) -> set[str]:
    return {question_id for form in policy.questionnaires for question_id in form.by_id}


def _asked_for_problems(policy: Policy, question: Question, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Answers that ask for something more are answers of this question, and there is a place for it."""
    for name in ("warning_on", "action_on", "attachment_on"):
        yield from _chosen_problems(policy, question, getattr(question, name), (*path, name))
    if question.attachment_on and question.attachment not in ("expected", "required"):
        yield Problem(
            (*path, "attachment"),
            f"write required or expected for the answers of attachment_on, not {question.attachment}",
        )


def _named_problems(
    what: str, names: Iterable[str | None], known: Iterable[str], path: tuple[str | int, ...]
) -> Iterator[Problem]:
    known = set(known)
    for name in names:
        if name is not None and name not in known:
            yield Problem(path, _unknown(what, name, known))


def _route_problems(policy: Policy) -> Iterator[Problem]:
    forms = _names(policy.questionnaires)
    outcomes = _names(policy.outcomes)
    for place, route in enumerate(policy.routes):
        path = ("routes", place)
        yield from _named_problems("questionnaire", route.needs, forms, (*path, "needs"))
        yield from _named_problems("scheme", route.needs_schemes, policy.schemes, (*path, "needs_schemes"))
        steps = set(route.by_id)
        for number, step in enumerate(route.steps):
            where = (*path, "steps", number)
            yield from _role_problems(policy, step.role, (*where, "role"))
            yield from _rule_problems(policy, step.when, (*where, "when"))
            yield from _named_problems("questionnaire", step.needs, forms, (*where, "needs"))
            yield from _named_problems("outcome", step.outcomes, outcomes, (*where, "outcomes"))
            yield from _named_problems("step of this route", step.after, steps, (*where, "after"))
            if step.joint and not step.joint_name:
                yield Problem((*where, "joint_name"), "write what the joint body is called")
            if step.settles:
                yield from _settled_problems(policy, step, step.settles, (*where, "settles"))
            yield from _practice_problems(policy, route, step, where)
        yield from _loops(route, path)


# What a step of practice has not: it is done by itself, again and again, and nobody decides on it.
NOT_IN_PRACTICE = ("when", "needs", "after", "outcomes", "due_days", "settles", "joint")


def _practice_problems(policy: Policy, route: Route, step: Step, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """On a route of practice each step is done by itself; only there a step says what shows that it is."""
    if route.purpose != "practice":
        for name in ("shows", "documents"):
            if getattr(step, name):
                yield Problem((*path, name), f"take {name} out: only a step of a route of practice has it")
        return
    yield from _named_problems("kind of document", step.documents, policy.kinds_of_documents, (*path, "documents"))
    if "contingency_plans" in step.shows and policy.matrix_for("risks") is None:
        yield Problem((*path, "shows"), "take contingency_plans out: no matrix says when an impact is high")
    if step.act != "do":
        yield Problem((*path, "act"), f"write do, not {step.act}: on a route of practice nobody advises or decides")
    for name in NOT_IN_PRACTICE:
        if getattr(step, name):
            yield Problem((*path, name), f"take {name} out: a step of practice is done by itself, again and again")
    if route.needs or route.needs_schemes:
        yield Problem(path[:2], "take needs and needs_schemes out: a route of practice is not asked for")


def _report_route_problems(policy: Policy, report: Report, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """What does not fit about the route on which a report goes up."""
    if report.route is None:
        return
    yield from _named_problems("route", (report.route,), _names(policy.routes), path)
    parts = [content.part for content in report.contents]
    is_put_together = bool(parts) and all(part and not PART_KINDS[part].differs_by_reader for part in parts)
    if report.covers != "register" or not (report.made_as or is_put_together):
        yield Problem(
            path,
            "take the route out: only a report of the register with `made_as`, or of parts that are the same for all "
            "readers, goes up",
        )
    for route in policy.routes:
        if route.id != report.route:
            continue
        if route.purpose not in ("reporting", "evaluation", "review"):
            yield Problem(path, f'write a route for reporting, evaluation or review, not one to "{route.purpose}"')
        if route.needs or route.needs_schemes or any(step.needs or step.when for step in route.steps):
            yield Problem(path, "write a route without forms, assessments or conditions: those are about one entry")


def _settled_problems(policy: Policy, step: Step, settled: Settled, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """What a step settles is a yes/no field of the register, answered by outcomes that the step offers."""
    yield from _named_problems("field", (settled.field,), policy._fields, (*path, "field"))
    field = policy._fields.get(settled.field)
    if field is not None and (field.type != "yes_no" or field.core):
        yield Problem((*path, "field"), "name a yes/no field that only this policy asks for")
    for name in ("yes", "no"):
        yield from _named_problems("outcome of this step", getattr(settled, name), set(step.outcomes), (*path, name))


def _loops(route: Route, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """No step waits for itself, also not by way of others."""
    before = {
        step.id: step.after or ((route.steps[place - 1].id,) if place else ()) for place, step in enumerate(route.steps)
    }
    for place, step in enumerate(route.steps):
        waiting, seen = list(before[step.id]), set()
        while waiting:
            other = waiting.pop()
            if other == step.id:
                yield Problem(
                    (*path, "steps", place, "after" if step.after else "id"),
                    f'break the loop: "{step.id}" waits for a step that waits for it',
                )
                break
            if other not in seen:
                seen.add(other)
                waiting.extend(before.get(other, ()))


def _setting_problems(policy: Policy) -> Iterator[Problem]:
    for place, setting in enumerate(policy.settings):
        if setting.id == "reason-for-change" and setting.value not in ("optional", "required"):
            yield Problem(("settings", place, "value"), f'write optional or required, not "{setting.value}"')
        if setting.id == "change-without-decision" and setting.value not in ("warned", "refused"):
            yield Problem(("settings", place, "value"), f'write warned or refused, not "{setting.value}"')
        if setting.id == "minutes-recorded-by":
            yield from _role_problems(policy, (str(setting.value),), ("settings", place, "value"))


def _visibility_problems(policy: Policy) -> Iterator[Problem]:
    inside = {role.id for role in policy.roles if role.exists and role.kind != "outside"}
    for place, field in enumerate(policy.fields):
        if field.public and field.core in NEVER_PUBLIC:
            problem = "leave it out: people, risks and ways out are never for the public"
            yield Problem(("fields", place, "public"), problem)
        kept_from = inside - {*field.seen_by} if field.seen_by != "everyone" else set()
        if kept_from:
            problem = f"add {', '.join(sorted(kept_from))}: whoever signs in reads the register"
            yield Problem(("fields", place, "seen_by"), problem)
    if policy.visibility.readers != "everyone":
        yield Problem(("visibility", "readers"), "write everyone: whoever signs in reads the register")


def _rest_problems(policy: Policy) -> Iterator[Problem]:
    forms, lists, fields = _names(policy.questionnaires), policy._lists, policy._fields
    for place, duty in enumerate(policy.duties):
        if duty.role != "partnership":
            yield from _role_problems(policy, (duty.role,), ("duties", place, "role"))
    if policy.significance:
        yield from _role_problems(policy, policy.significance.may_be_set_by, ("significance", "may_be_set_by"))
        for place, ground in enumerate(policy.significance.grounds):
            path: tuple[str | int, ...] = ("significance", "grounds", place)
            yield from _rule_problems(policy, ground.when, (*path, "when"))
            if ground.when is None and not ground.question:
                yield Problem(path, "write when, or the question that a person answers")
    for place, outcome in enumerate(policy.outcomes):
        yield from _named_problems("list", (outcome.reason_list,), lists, ("outcomes", place, "reason_list"))
    for place, cycle in enumerate(policy.cycles):
        path = ("cycles", place)
        yield from _role_problems(policy, cycle.does, (*path, "does"))
        yield from _role_problems(policy, cycle.receives, (*path, "receives"))
        yield from _rule_problems(policy, cycle.applies_when, (*path, "applies_when"))
        yield from _named_problems("questionnaire", (cycle.questionnaire,), forms, (*path, "questionnaire"))
        yield from _named_problems("scheme", cycle.schemes, policy.schemes, (*path, "schemes"))
        yield from _named_problems("report", (cycle.report,), _names(policy.reports), (*path, "report"))
        yield from _named_problems("route", (cycle.route,), _names(policy.routes), (*path, "route"))
        yield from _named_problems("setting", (cycle.month_setting,), _names(policy.settings), (*path, "month_setting"))
        if not (cycle.every_months or cycle.due_months or cycle.every):
            yield Problem(path, "write how often: every_months, due_months or every")
    yield from _setting_problems(policy)
    if policy.exit:
        yield from _named_problems("list", (policy.exit.reason_list,), lists, ("exit", "reason_list"))
        for place, instrument in enumerate(policy.exit.instruments):
            yield from _named_problems(
                "questionnaire",
                (instrument.questionnaire,),
                forms,
                ("exit", "instruments", place, "questionnaire"),
            )
        yield from _exit_question_problems(policy, policy.exit)
    yield from _appointment_problems(policy)
    yield from _named_problems("field", policy.material, fields, ("material",))
    yield from _report_problems(policy)
    for place, check in enumerate(policy.checks):
        yield from _rule_problems(policy, check.when, ("checks", place, "when"))
        yield from _named_problems("field", (check.field,), fields, ("checks", place, "field"))


def _report_problems(policy: Policy) -> Iterator[Problem]:
    """What a report names is there, and each part of its contents has what it shows."""
    for place, report in enumerate(policy.reports):
        path: tuple[str | int, ...] = ("reports", place)
        yield from _role_problems(policy, report.audience, (*path, "audience"))
        yield from _named_problems("field", report.fields, policy._fields, (*path, "fields"))
        forms = _names(policy.questionnaires)
        yield from _named_problems("questionnaire", report.questionnaires, forms, (*path, "questionnaires"))
        yield from _named_problems("scheme", report.schemes, policy.schemes, (*path, "schemes"))
        yield from _report_route_problems(policy, report, (*path, "route"))
        for number, content in enumerate(report.contents):
            yield from _content_problems(policy, report, content, (*path, "contents", number))


def _content_problems(
    policy: Policy, report: Report, content: Content, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    if content.part is None:
        if content.of:
            yield Problem((*path, "of"), "take it out, or write the part that shows it, such as part: answers")
        return
    kind = PART_KINDS[content.part]
    if kind.of_a_request and report.covers != "request":
        problem = f'write another part, or covers: request: "{content.part}" shows {kind.shows}'
        yield Problem((*path, "part"), problem)
    if kind.of is None:
        if content.of:
            yield Problem((*path, "of"), f'take it out: the part "{content.part}" shows {kind.shows}')
        return
    if kind.must_name and not content.of:
        yield Problem((*path, "of"), f"write the id of at least one {kind.of}: the part shows {kind.shows}")
    yield from _named_problems(kind.of, content.of, _named_in_contents(policy, kind.of), (*path, "of"))


def _named_in_contents(policy: Policy, what: Named) -> Iterable[str]:
    """The ids that a part of a report may name."""
    if what == "question":
        return (question.id for form in policy.questionnaires for question in form.questions)
    if what == "result":
        return (result.id for form in policy.questionnaires for result in form.results)
    if what == "step":
        return (step.id for route in policy.routes for step in route.steps)
    if what == "cycle or step of practice":
        return policy.done_again
    if what == "kind of document":
        return policy.kinds_of_documents
    return _names(
        {"field": policy.fields, "statement": policy.statements, "cycle": policy.cycles}.get(
            what, policy.questionnaires
        )
    )


def not_made(policy: Policy) -> Iterator[Problem]:
    """Reports that nothing makes: asked when a pack is put in force, so that versions kept before stay readable."""
    for place, report in enumerate(policy.reports):
        if not report.is_described:
            continue
        path: tuple[str | int, ...] = ("reports", place)
        for number, content in enumerate(report.contents):
            if content.part is None:
                few = ", ".join(PART_NAMES[:6])
                problem = (
                    f"write the part that shows it, such as {{title: {content.title}, part: actions}}; "
                    f"a part is one of {few} …: docs/write-a-policy-pack.md says what each shows"
                )
                yield Problem((*path, "contents", number), problem)
        if not (report.fields or report.schemes or report.questionnaires or report.contents):
            yield Problem(
                path, "write fields, schemes, questionnaires or contents: without them nothing makes the report"
            )


# The types that a question of an exit form can have for what it is to hold.
_EXIT_TYPES: dict[str, tuple[str, ...]] = {
    "reasons": ("choice", "multi_choice"),
    "last_day": ("date",),
    **dict.fromkeys(("risks", "controls", "achievements", "practices", "improvements"), ("rows",)),
    **dict.fromkeys(("liabilities", "resources", "notice", "learned"), ("text", "long_text")),
}


def _exit_question_problems(policy: Policy, leaving: Exit) -> Iterator[Problem]:
    """Each question that `exit.questions` names stands in an exit form and can hold what it is named for."""
    forms = {each.questionnaire for each in leaving.instruments}
    known = {name: q for form in policy.questionnaires if form.id in forms for name, q in form.by_id.items()}
    for name, types in _EXIT_TYPES.items():
        wanted = getattr(leaving.questions, name)
        path = ("exit", "questions", name)
        question = known.get(wanted)
        if wanted is None:
            continue
        if question is None:
            yield Problem(path, _unknown("question of an exit form", wanted, known))
        elif question.type not in types:
            yield Problem(path, f"name a question of type {' or '.join(types)}: {wanted} is {question.type}")
        elif name == "controls":
            there = {column.type for column in question.columns}
            if not (there & {"text", "long_text"} and "person" in there and "date" in there):
                yield Problem(path, f"give {wanted} columns for the control, who does it (person) and by when (date)")


def _appointment_problems(policy: Policy) -> Iterator[Problem]:
    appointments = policy.appointments
    if appointments is None:
        return
    for name in ("term_list", "role_list", "level_list", "capacity_list"):
        wanted = getattr(appointments, name)
        yield from _named_problems("list", (wanted,), policy._lists, ("appointments", name))
    terms = policy._lists.get(appointments.term_list)
    for place, rule in enumerate(appointments.rules):
        path = ("appointments", "rules", place)
        yield from _role_problems(policy, (rule.by,), (*path, "by"))
        if rule.nominated_by:
            yield from _role_problems(policy, (rule.nominated_by,), (*path, "nominated_by"))
        yield from _role_problems(policy, rule.consults, (*path, "consults"))
        if terms:
            yield from _named_problems("term", (rule.term,), terms.by_id, (*path, "term"))


def _example_problems(policy: Policy) -> Iterator[Problem]:
    criteria = {criterion.id: scheme for scheme in policy.schemes.values() for criterion in scheme.criteria}
    asked = _names(policy.definition.tests) | _names(policy.definition.exclusions)
    asked |= {f"{exclusion.id}-exception" for exclusion in policy.definition.exclusions if exclusion.exception}
    routes = {route.id: route for route in policy.routes}
    for place, example in enumerate(policy.examples):
        path = ("examples", place)
        for name in example.facts:
            if policy.fact_kind(name) is None:
                yield Problem((*path, "facts", name), _unknown("fact", name, FACT_NAMES))
        for scheme_id, judged in example.judgements.items():
            where: tuple[str | int, ...] = (*path, "judgements", scheme_id)
            yield from _named_problems("scheme", (scheme_id,), policy.schemes, where)
            for criterion_id, level in judged.items():
                known_scheme = policy.schemes.get(scheme_id)
                if known_scheme and criterion_id not in known_scheme.by_id:
                    yield Problem(
                        (*where, criterion_id),
                        _unknown("criterion", criterion_id, known_scheme.by_id),
                    )
                elif known_scheme and level not in known_scheme.order:
                    yield Problem((*where, criterion_id), _unknown("level", level, known_scheme.order))
        yield from _named_problems("test or exclusion", example.screening, asked, (*path, "screening"))
        expect = example.expect
        expected: tuple[str | int, ...] = (*path, "expect")
        yield from _named_problems("criterion", expect.levels, criteria, (*expected, "levels"))
        for name in ("suggested", "high", "reason_needed_for"):
            yield from _named_problems("scheme", getattr(expect, name), policy.schemes, (*expected, name))
        for criteria_ids in expect.high.values():
            yield from _named_problems("criterion", criteria_ids, criteria, (*expected, "high"))
        if (expect.included or expect.skipped) and expect.route is None:
            yield Problem(expected, "name the route that the steps belong to")
        yield from _named_problems("route", (expect.route,), routes, (*expected, "route"))
        if expect.route in routes:
            steps = routes[expect.route].by_id
            yield from _named_problems("step", expect.included, steps, (*expected, "included"))
            yield from _named_problems("step", expect.skipped, steps, (*expected, "skipped"))
