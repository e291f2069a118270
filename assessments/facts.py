"""The facts of a partnership that limits, hints and conditions of a policy compare.

The names are those of `policy.model.FACTS`. A fact nobody has recorded is left out: unknown is not nought.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from assessments import rules
from assessments.models import Response
from policy.model import Policy
from register.models import Partnership, Status

Facts = dict[str, Any]

# Facts that are fields of the register, under their own name.
FIELDS = (
    "contribution_a_year",
    "unbudgeted_a_year",
    "hours_a_month",
    "is_statutory",
    "has_statutory_duty",
    "is_significant",
    "nature",
    "council_role",
    "budget_status",
    "partnership_type",
    "legal_status",
    "governance_form",
    "status",
    "risk_level",
    "value_level",
)
PLAIN = frozenset(
    {*FIELDS, "is_new", "is_sub_group", "is_time_limited", "governance_meets_audit", "reporting_is_arranged"}
)
NUMBERS = frozenset({"money", "hours", "number"})


class Rows:
    """The rows that belong to one entry, each kind read once: partners, benefits, linked priorities …"""

    WITH = {"memberships": "organisation", "priority_links": "priority"}  # what they are read with

    def __init__(self, partnership: Partnership) -> None:
        self.partnership = partnership
        self._read: dict[str, list[Any]] = {}

    def of(self, name: str) -> list[Any]:
        """The rows of one kind, by the name under which the entry has them."""
        if name not in self._read:
            found = getattr(self.partnership, name).all()
            self._read[name] = list(found.select_related(self.WITH[name]) if name in self.WITH else found)
        return self._read[name]


def facts_of(
    partnership: Partnership, policy: Policy, rows: Rows | None = None, *, wanted: Collection[str] | None = None
) -> Facts:
    """What the register knows today, for six queries at most: its own fields, and counts of what belongs to it.

    One query more for each fact of `GATHERED_WHERE_COMPARED` that the policy names; `wanted` leaves out others of them.
    Money is £ a year, time hours a month, counts are whole numbers as `Decimal`.
    """
    rows = rows or Rows(partnership)
    facts = _plain(partnership) | _counts(rows)
    facts["head_is_representative"] = None if partnership.responsible_head_id is None else _head_attends(rows)
    for name, gather in GATHERED_WHERE_COMPARED.items():
        if name in policy.compared and (wanted is None or name in wanted):
            facts[name] = gather(rows, policy)
    facts["highest_risk_score"] = highest_risk(partnership, policy)
    facts["highest_level"] = _highest(policy, partnership.risk_level, partnership.value_level)
    return _known(facts | _own_fields(partnership, policy), policy)


def plain_facts_of(partnership: Partnership, policy: Policy, wanted: Collection[str]) -> Facts:
    """Those of the `wanted` facts that stand in the entry's own fields, for no query: what thousands can afford.

    `are_plain` says whether these are all that are known.
    """
    facts = _plain(partnership) | _own_fields(partnership, policy)
    return _known({name: facts[name] for name in wanted if name in facts}, policy)


def are_plain(names: Collection[str], policy: Policy) -> bool:
    """Whether `plain_facts_of` gives all of these facts that are known at all."""
    return all(name in PLAIN or policy.field_or_none(name) is not None for name in names)


def _plain(partnership: Partnership) -> Facts:
    facts: Facts = {name: getattr(partnership, name) for name in FIELDS}
    facts["is_new"] = partnership.status == Status.PROPOSED
    facts["is_sub_group"] = partnership.parent_id is not None
    facts["is_time_limited"] = True if partnership.ends_on else None
    facts["governance_meets_audit"] = partnership.audit_compliant
    facts["reporting_is_arranged"] = _reporting(partnership)
    return facts


def _known(facts: Facts, policy: Policy) -> Facts:
    return {
        name: value for name, value in facts.items() if value is not None and value != "" and fits(policy, name, value)
    }


def fits(policy: Policy, name: str, value: Any) -> bool:
    """Whether the policy can compare the value: an old register may hold a word that no list of it has."""
    if isinstance(value, Decimal):
        return value >= 0
    try:
        rules.checked_facts(policy, {name: value})
    except rules.WrongFact:
        return False
    return True


def _counts(rows: Rows) -> Facts:
    links = [link.priority for link in rows.of("priority_links")]
    benefits = rows.of("benefits")
    # BRK-C08: hard benefits of the saving kind, which are those with a figure in pounds.
    savings = [row.figure for row in benefits if row.figure and "£" in (row.unit or "£")]
    return {
        "priorities": Decimal(len({priority.parent_id or priority.pk for priority in links})),
        "critical_outcomes": Decimal(sum(1 for priority in links if priority.parent_id)),
        "partners": Decimal(len(rows.of("memberships"))),
        "benefits": Decimal(len(benefits)),
        "hard_savings": Decimal(len(savings)),
        "savings_a_year": sum(savings, Decimal(0)) if savings else None,
        "named_benefits": Decimal(len({row.named_benefit for row in benefits if row.named_benefit})),
        "usual_marks": _usual_marks(rows.partnership.screening),
    }


def _usual_marks(screening: Mapping[str, Any]) -> Decimal | None:
    marks = screening.get("usual_marks")
    return None if marks is None else Decimal(marks)


def _reporting(partnership: Partnership) -> bool | None:
    # BRK-C28: how often, who, to whom, and how performance is followed (BRK-B25 to B27, B30).
    asked = (
        partnership.reporting_frequency,
        partnership.reporting_person,
        partnership.reporting_to,
        partnership.performance_arrangements,
    )
    if all(asked):
        return True
    return False if any(asked) else None


def _head_attends(rows: Rows) -> bool:
    head = rows.partnership.responsible_head_id
    return any(each.user_id == head for each in rows.of("representatives"))


def _senior_representatives(rows: Rows, policy: Policy) -> Decimal | None:
    # BRK-A23: representatives of the levels that the policy's list counts, whose `number` is above 0.
    listed = policy.appointments.level_list if policy.appointments else None
    senior = {value.id for value in policy.list(listed).values if value.number} if listed else set()
    attending = [each for each in rows.of("representatives") if not each.is_vacant]
    if not senior or not attending:
        return None
    return Decimal(sum(1 for each in attending if each.level in senior))


def _external_funding(rows: Rows, policy: Policy) -> Decimal | None:
    amounts = [each.amount for each in rows.of("funding_sources") if each.amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _exit_is_prepared(rows: Rows, policy: Policy) -> bool | None:
    """Whether each form that must come before leaving was sent."""
    needed = (
        {each.questionnaire for each in policy.exit.instruments if each.timing == "before"} if policy.exit else set()
    )
    if not needed:
        return None
    sent = Response.objects.sent().filter(partnership=rows.partnership, questionnaire__in=needed)
    return set(sent.values_list("questionnaire", flat=True)) == needed


# Facts that cost a query of their own, so they are gathered where something of the policy names them.
GATHERED_WHERE_COMPARED = {
    "senior_representatives": _senior_representatives,
    "external_funding_a_year": _external_funding,
    "exit_strategy_is_complete": _exit_is_prepared,
}


def _highest(policy: Policy, risk: str, value: str) -> str | None:
    levels = [
        (scheme.order[level], level)
        for scheme in policy.schemes.values()
        for core, level in (("risk_level", risk), ("value_level", value))
        if scheme.core == core and level in scheme.order
    ]
    return max(levels)[1] if levels else None


def highest_risk(partnership: Partnership, policy: Policy) -> str | None:
    """The highest level among the open risks on the policy's scale; what stands on another scale does not count."""
    matrix = policy.matrix_for("risks")
    if matrix is None:
        return None
    order = [level.id for level in matrix.levels]
    levels = partnership.risks.placed_on(matrix).values_list("level", flat=True)
    return max(levels, key=order.index, default=None)


def _own_fields(partnership: Partnership, policy: Policy) -> Facts:
    found: Facts = {}
    for field_id, value in partnership.local_values.items():
        kind = policy.fact_kind(field_id)
        if kind is None or value in (None, ""):
            continue
        found[field_id] = Decimal(str(value)) if kind.type in NUMBERS else value
    return found


def as_kept(facts: Mapping[str, Any]) -> Facts:
    """Facts as JSON keeps them: figures as text, so that pence are exact."""
    return {name: format(value, "f") if isinstance(value, Decimal) else value for name, value in facts.items()}


def as_known(kept: Mapping[str, Any], policy: Policy) -> Facts:
    """Kept facts with their figures as `Decimal` again."""
    found: Facts = {}
    for name, value in kept.items():
        kind = policy.fact_kind(name)
        found[name] = Decimal(value) if kind and kind.type in NUMBERS else value
    return found
