"""What a request would change on the register: asked for by the proposer, put there when it is agreed.

The register stays as it is until then. A request keeps, for each fact and each row of money, the value that stood
there when it was asked for and the value that it asks for, in plain form. The route is worked out on the facts as
they would be. Source: CORE-13, CORE-15; groups f of the policies (HAR-F13, MEL-D83, BRK-F09).
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from approvals.models import Request, StepTaken
from config import words
from policy.model import Policy, RegisterField, Route
from policy.models import PolicyVersion
from register import services as register
from register.facts import LOCAL, Asked, Fact, names_for, values_of
from register.forms import FactForm
from register.models import Contribution, Partnership

MONEY = frozenset({"contribution_a_year", "unbudgeted_a_year", "contributions"})
FIGURES = {"contribution_a_year": "The council’s contribution a year", "unbudgeted_a_year": "Of it not in the budget"}
# What a route of each purpose may change; what is not here changes nothing of the register.
GOVERNANCE = frozenset({"governance_form", "governance_note"})
CARRYING = frozenset({"change", "governance", "money"})


# --- What may be asked for ----------------------------------------------------------------------


def facts_to_change(policy: Policy, route: Route, *, today: date, version: PolicyVersion | None = None) -> list[Fact]:
    """The facts of an entry that a request on this route can ask to change, in the policy's order.

    On a route to change a partnership: those that the policy calls material and those that the route's conditions
    compare, with their notes, as far as a form asks for them. On one for the governance: its form.
    """
    asked = Asked(policy, today=today, version=version)
    found: dict[str, Fact] = {}
    for field in _fields(policy, route):
        for fact in asked.facts_of(field):
            found[fact.name] = fact
    return list(found.values())


def _fields(policy: Policy, route: Route) -> list[RegisterField]:
    if route.purpose == "governance":
        return [field for field in policy.fields if field.core in GOVERNANCE]
    if route.purpose != "change":
        return []
    wanted = {*policy.material, *compared_by(route)}
    cores = {field.core for field in policy.fields if field.core and {field.id, field.core} & wanted}
    notes = {f"{core}_note" for core in cores}
    return [field for field in policy.fields if {field.id, field.core} & wanted or field.core in notes]


def compared_by(route: Route) -> list[str]:
    """The facts that the conditions of a route's steps compare, in the order of the steps."""
    compared = [each.fact for step in route.steps if step.when for each in step.when.comparisons]
    return list(dict.fromkeys(compared))


def is_about_money(policy: Policy, route: Route) -> bool:
    """Whether a request on this route can ask to change what the council pays, year by year."""
    cores = {policy.field(each).core for each in policy.material} | set(compared_by(route))
    return route.purpose == "money" or (route.purpose == "change" and bool(cores & MONEY))


def facts_of_request(request: Request) -> list[Fact]:
    """The facts that this very request can ask to change."""
    policy = request.policy_version.policy
    today = timezone.localdate(request.started_at)
    return facts_to_change(policy, policy.route(request.route), today=today, version=request.policy_version)


def row_facts(request: Request, row: Contribution) -> Sequence[Fact]:
    """The facts of a year's money that a form asks for, under the policy of the request."""
    version = request.policy_version
    return Asked(version.policy, today=timezone.localdate(), version=version).form_facts(row)


# --- Asking for it --------------------------------------------------------------------------------


def ask_for_facts(request: Request, typed: Mapping[str, Any], *, by: User) -> None:
    """Keep which facts the request asks to change, and to what; one that is as it was is not asked for.

    `typed` are values by fact as a form gives them. Raises Refused once the request is on its way.
    """
    entry = request.entry
    asked = {}
    for fact in facts_of_request(request):
        if fact.name not in typed:
            continue
        was, now = fact.plain(fact.read(entry)), fact.plain(typed[fact.name])
        if was != now and not (was in EMPTY and now in EMPTY):
            asked[fact.name] = {"was": was, "now": now}
    request.ask_for({**request.changes, "facts": asked}, by=by)


def ask_for_typed(request: Request, of: str, inputs: Mapping[str, Sequence[str]], *, by: User) -> None:
    """Take over what somebody typed on a form of the register: `of` names its record, as "Partnership:12:…".

    What a request on this route cannot ask for, or what does not hold as typed, is left out; its pages ask again.
    """
    kind, _, rest = of.partition(":")
    key = rest.partition(":")[0]
    data = QueryDict(mutable=True)
    for name, values in inputs.items():
        data.setlist(name, list(values))
    if kind == "Contribution":
        row = on_the_register(request, key)
        form = FactForm(data, record=row, facts=row_facts(request, row))
        if row.pk and form.is_valid():
            ask_for_row(request, row, form.typed, by=by, key=key)
    elif kind == "Partnership" and key == str(request.partnership_id):
        facts = [fact for fact in facts_of_request(request) if fact.name in rest.partition(":")[2].split(",")]
        form = FactForm(data, record=request.entry, facts=facts)
        if facts and form.is_valid():
            ask_for_facts(request, form.typed, by=by)


EMPTY: tuple[Any, ...] = (None, "", [])


def ask_for_row(request: Request, row: Contribution, typed: Mapping[str, Any] | None, *, by: User, key: str) -> None:
    """Keep what the request asks a year's money to become; `None` asks to take it out.

    `key` is the row's own, or "new-1" for one that is not there yet; such a one is simply forgotten when taken out.
    Raises Refused once the request is on its way.
    """
    money = dict(request.changes.get("money", {}))
    facts = row_facts(request, row)
    was = values_of(row, facts) if row.pk else None
    now = None if typed is None else {fact.name: fact.plain(typed[fact.name]) for fact in facts}
    if was == now:  # as it is on the register, or nowhere
        money.pop(key, None)
    else:
        money[key] = {"was": was, "now": now}
    request.ask_for({**request.changes, "money": money}, by=by)


def forget_row(request: Request, key: str, *, by: User) -> None:
    """Leave a year's money as it is on the register. Raises Refused once the request is on its way."""
    money = {each: kept for each, kept in request.changes.get("money", {}).items() if each != key}
    request.ask_for({**request.changes, "money": money}, by=by)


def next_key(request: Request) -> str:
    """The key of one more year's money."""
    used = [int(key.removeprefix("new-")) for key in request.changes.get("money", {}) if key.startswith("new-")]
    return f"new-{max(used, default=0) + 1}"


# --- As it would be -------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyRow:
    """A year's money on the request: as the register has it, and as it would be."""

    key: str
    label: str
    was: str
    now: str
    is_asked: bool = False


def as_it_would_be(request: Request) -> Partnership:
    """The entry with the values that the request asks for; nothing is saved."""
    entry = request.entry
    if not request.changes:
        return entry
    entry = copy(entry)
    entry.local_values = dict(entry.local_values)
    by_name = {fact.name: fact for fact in facts_of_request(request)}
    for name, kept in request.changes.get("facts", {}).items():
        if name.startswith(LOCAL):
            entry.local_values[name.removeprefix(LOCAL)] = kept["now"]
        elif name in by_name:
            setattr(entry, name, by_name[name]._from_plain(kept["now"]))
    if request.changes.get("money"):
        rows = [row for _, row in _rows_as_they_would_be(request) if row is not None]
        for name, figure in Partnership.yearly_figures(rows).items():
            setattr(entry, name, figure)
    return entry


def row_as_it_would_be(request: Request, key: str) -> Contribution | None:
    """One year's money with the values asked for; `None` when the register and the request have none of this key."""
    return next((row for each, row in _rows_as_they_would_be(request, with_taken_out=True) if each == key), None)


def on_the_register(request: Request, key: str) -> Contribution:
    """One year's money as the register has it; an empty one where it has none of this key."""
    found = request.entry.contributions.filter(pk=key).first() if key.isdigit() else None
    return found or Contribution(partnership=request.entry)


def _rows_as_they_would_be(request: Request, *, with_taken_out: bool = False) -> list[tuple[str, Contribution | None]]:
    money = request.changes.get("money", {})
    rows = {str(row.pk): row for row in request.entry.contributions.order_by("year", "pk")}
    found: list[tuple[str, Contribution | None]] = []
    for key in dict.fromkeys([*rows, *money]):
        row = copy(rows[key]) if key in rows else Contribution(partnership=request.entry)
        if key in money and money[key]["now"] is None:
            if key in rows:
                found.append((key, row if with_taken_out else None))
            continue
        if key in money:
            _fill(row, row_facts(request, row), money[key]["now"])
        found.append((key, row))
    return found


def _fill(row: Contribution, facts: Sequence[Fact], values: Mapping[str, Any]) -> None:
    for fact in facts:
        if fact.name in values:
            setattr(row, fact.name, fact._from_plain(values[fact.name]))


def money_rows(request: Request) -> list[MoneyRow]:
    """Every year's money of the entry, with what the request asks of it."""
    money = request.changes.get("money", {})
    stands = {str(row.pk): row for row in request.entry.contributions.order_by("year", "pk")}
    found = []
    for key in sorted({*stands, *money}, key=lambda each: (_year(stands, money, each), each)):
        row = stands.get(key)
        facts = row_facts(request, row or Contribution(partnership=request.entry))
        kept = money.get(key)
        is_gone = row is None and kept is not None and kept["was"] is not None
        was = in_line(facts, values_of(row, facts) if row else kept["was"] if kept else None)
        now = in_line(facts, kept["now"]) if kept else was
        label = f"Contribution {words.financial_year(_year(stands, money, key))}"
        found.append(MoneyRow(key, label, "Taken out meanwhile" if is_gone else was, now, kept is not None))
    return found


def _year(stands: Mapping[str, Contribution], money: Mapping[str, Any], key: str) -> int:
    kept = money.get(key) or {}
    values = kept.get("now") or kept.get("was")
    return int(values["year"]) if values else stands[key].year


def in_line(facts: Sequence[Fact], values: Mapping[str, Any] | None) -> str:
    """A row's values in one line, without its year: "£90,000, Cash, Not in the budget"; "" for none."""
    if values is None:
        return ""
    said = [fact.in_words(fact._from_plain(values.get(fact.name))) for fact in facts if fact.name != "year"]
    return ", ".join(each for each in said if each)


# --- In words -------------------------------------------------------------------------------------


def lines_of(request: Request) -> list[dict[str, Any]]:
    """What would change, was and would be, in words: as a paper keeps it.

    While the request is open "was" is what the register says today; `note` tells when that is not what it said when
    the change was asked for, or that the register says it already.
    """
    if not request.changes:
        return []
    found = [*_fact_lines(request), *_money_lines(request)]
    return [*found, *_figure_lines(request)]


def _fact_lines(request: Request) -> list[dict[str, Any]]:
    asked = request.changes.get("facts", {})
    facts = [fact for fact in facts_of_request(request) if fact.name in asked]
    names = names_for([(fact, asked[fact.name][side]) for fact in facts for side in ("was", "now")])
    found = []
    for fact in facts:
        then, would = asked[fact.name]["was"], asked[fact.name]["now"]
        today = fact.plain(fact.read(request.entry)) if request.is_open else then
        found.append(
            _line(
                fact.label,
                fact.in_words(fact._from_plain(today), names),
                fact.in_words(fact._from_plain(would), names),
                then=fact.in_words(fact._from_plain(then), names) if today != then else None,
                is_long=fact.is_long,
            )
        )
    return found


def _money_lines(request: Request) -> list[dict[str, Any]]:
    money = request.changes.get("money", {})
    if not money:
        return []
    facts = row_facts(request, Contribution(partnership=request.entry))
    if not request.is_open:
        return [
            _line(_label(kept), in_line(facts, kept["was"]), in_line(facts, kept["now"])) for kept in money.values()
        ]
    found = []
    for row in money_rows(request):
        if row.is_asked:
            then = in_line(facts, money[row.key]["was"])
            found.append(_line(row.label, row.was, row.now, then=then if then != row.was else None))
    return found


def _label(kept: Mapping[str, Any]) -> str:
    return f"Contribution {words.financial_year(int((kept['now'] or kept['was'])['year']))}"


def _figure_lines(request: Request) -> list[dict[str, Any]]:
    """The yearly figures that rows of money would give the entry."""
    if not request.is_open or not request.changes.get("money"):
        return []
    would = as_it_would_be(request)
    found = []
    for name, label in FIGURES.items():
        was, now = getattr(request.entry, name), getattr(would, name)
        if was != now:
            found.append(_line(label, words.money(was) if was is not None else "", words.money(now or 0)))
    return found


def _line(label: str, was: str, now: str, *, then: str | None = None, is_long: bool = False) -> dict[str, Any]:
    note = ""
    if then is not None:
        note = f"When this was asked for, the register said {then or 'nothing'}. It changed since"
    return {"label": label, "was": was, "now": now, "note": note, "is_long": is_long}


def in_words(request: Request) -> dict[str, str]:
    """What is asked for by label: what steps are compared on, so that nobody decides on an older wish."""
    return {f"{line['label']}, as asked for": line["now"] for line in _fact_lines(request) + _money_lines(request)}


def what_follows(request: Request) -> list[str]:
    """What follows for the entry once the request is agreed, in sentences: levels that change, and the like."""
    if not request.changes or not request.is_open:
        return []
    entry, would = request.entry, as_it_would_be(request)
    names = {name for name in request.changes.get("facts", {}) if not name.startswith(LOCAL)} | set(FIGURES)
    values = {name: getattr(would, name) for name in names if getattr(would, name) != getattr(entry, name)}
    return register.consequences(entry, entry, values, request.policy_version) if values else []


# --- Carrying it out ------------------------------------------------------------------------------


def carry_out(request: Request, record: StepTaken, *, by: User) -> None:
    """Put what was agreed on the register, by its own verbs, in the name of the decision. Raises Refused.

    A year's money that somebody took out meanwhile is put there again; the decider was told of it.
    """
    if not request.changes:
        return
    reason = f"{record}: {record.reasons}" if record.reasons else str(record)
    entry = Partnership.objects.select_for_update().get(pk=request.entry.pk)
    asked = request.changes.get("facts", {})
    facts = [fact for fact in facts_of_request(request) if fact.name in asked]
    if facts:
        typed = {fact.name: fact._from_plain(asked[fact.name]["now"]) for fact in facts}
        register.save_changes(
            entry, facts, opened=values_of(entry, facts), typed=typed, by=by, reason=reason, is_decided=True
        )
    rows = {str(row.pk): row for row in entry.contributions.all()}
    for key, kept in request.changes.get("money", {}).items():
        _carry_out_row(request, rows.get(key), kept["now"], by=by, reason=reason)
    request.entry.refresh_from_db()


def _carry_out_row(
    request: Request, row: Contribution | None, values: Mapping[str, Any] | None, *, by: User, reason: str
) -> None:
    if values is None:
        if row is not None:
            register.take_out_row(row, by=by, reason=reason, is_decided=True)
        return
    is_new = row is None
    row = row or Contribution(partnership=request.entry)
    facts = row_facts(request, row)
    typed = {fact.name: fact._from_plain(values.get(fact.name)) for fact in facts}
    if is_new:
        register.add_row(row, facts, typed, by=by, reason=reason, is_decided=True)
    else:
        register.save_changes(
            row, facts, opened=values_of(row, facts), typed=typed, by=by, reason=reason, is_decided=True
        )
