"""Whether a partnership is significant: the policy's grounds, what a person judges, and a mark set otherwise.

Source: RED-A25 to A29, RED-C10, BRK-I08, HAR-I06. What a person says stands among the entry's own values: an answer
under the id of the field that its ground compares, or of the ground itself; a mark set otherwise under the id of the
policy's `significance`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.words import role_label
from assessments import rules
from assessments.facts import Facts, facts_of
from config import words
from policy.model import Policy, RegisterField, Significance, SignificanceGround
from policy.refused import Refused
from register.models import Partnership


class Ground(NamedTuple):
    """A ground of the policy with what is known: `holds` is None while nobody knows.

    `kept_as` names the own value that a person's judgement sets, "" for a ground that the register works out.
    """

    ground: SignificanceGround
    holds: bool | None
    because: str
    kept_as: str
    hint: str = ""

    @property
    def question(self) -> str:
        """What a person is asked about a ground that they judge."""
        return self.ground.question or self.ground.label

    @property
    def label(self) -> str:
        """The ground, as a row of the page has it."""
        return self.ground.label

    @property
    def value(self) -> str:
        """What is known, as a row of the page has it."""
        return {True: "Yes", False: "No", None: "Not known"}[self.holds]

    @property
    def source(self) -> str:
        """Why, as a row of the page has it."""
        return self.because


class Finding(NamedTuple):
    """What the grounds say together, and the sentence that says it; None while a ground that matters is not known."""

    is_significant: bool | None
    because: str


class Change(NamedTuple):
    """One time that the mark was set: a row of the page's history."""

    on: datetime
    by: str
    is_significant: bool | None
    because: str
    reason: str


def shown_in(policy: Policy | None) -> Significance | None:
    """The policy's significance where its pages show it, else None."""
    found = policy.significance if policy else None
    return found if found and found.shown else None


def grounds_of(policy: Policy, facts: Facts, own_values: Mapping[str, Any]) -> list[Ground]:
    """Each ground of the policy with what the facts and a person's judgement say."""
    known = rules.checked_facts(policy, facts)
    found = []
    for ground in policy.significance.grounds if policy.significance else ():
        field = _judged_field(policy, ground)
        if ground.when is None:
            holds = own_values.get(ground.id)
            found.append(Ground(ground, holds, ground.label if holds else "", kept_as=ground.id))
            continue
        held = rules.holds(policy, ground.when, known)
        kept_as, hint = (field.id, field.hint) if field else ("", "")
        found.append(Ground(ground, held.holds, held.reason, kept_as, hint))
    return found


def _judged_field(policy: Policy, ground: SignificanceGround) -> RegisterField | None:
    """The yes-or-no field of the entry's own that a ground asks for and nothing else: a person's judgement."""
    comparisons = ground.when.comparisons if ground.when else ()
    if len(comparisons) != 1 or comparisons[0].equals is not True:
        return None
    field = policy.field_or_none(comparisons[0].fact)
    return field if field and field.core is None and field.type == "yes_no" else None


def finding_of(grounds: list[Ground]) -> Finding:
    """What the grounds say together: one is enough (BRK-I08, RED-A29)."""
    met = [each.because.rstrip(".") for each in grounds if each.holds]
    if met:
        return Finding(True, ". ".join(met))
    if not grounds:
        return Finding(None, "The policy names no ground")
    if unknown := [each.label for each in grounds if each.holds is None]:
        return Finding(None, f"Not known yet: {'; '.join(unknown)}")
    return Finding(False, "No ground holds")


def found_for(partnership: Partnership, policy: Policy, own_values: Mapping[str, Any] | None = None) -> Finding:
    """What the grounds say of an entry, with other answers of a person where `own_values` gives them."""
    return finding_of(grounds_for(partnership, policy, own_values))


def grounds_for(partnership: Partnership, policy: Policy, own_values: Mapping[str, Any] | None = None) -> list[Ground]:
    """The grounds of an entry, from what the register knows and what a person judged."""
    said = dict(own_values or {})
    facts = {name: value for name, value in facts_of(partnership, policy).items() if name != "is_significant"}
    facts |= {name: value for name, value in said.items() if policy.field_or_none(name)}
    return grounds_of(policy, facts, partnership.local_values | said)


def who_may(policy: Policy) -> tuple[str, ...]:
    """The roles that may set the mark: those the policy names, else the register manager."""
    named = policy.significance.may_be_set_by if policy.significance else ()
    return tuple(role for role in named if role in Role.values) or (Role.REGISTER_MANAGER.value,)


def why_not(policy: Policy, *, by: User) -> str:
    """Say why `by` cannot set the mark, or "" when they can."""
    roles = who_may(policy)
    if {str(role) for role in by.roles}.isdisjoint(roles):
        return f"This is set by: {words.listed((role_label(role, policy) for role in roles), 'or')}. Ask one of them"
    return ""


@transaction.atomic
def set_mark(
    partnership: Partnership,
    policy: Policy,
    judged: Mapping[str, bool],
    *,
    otherwise: bool | None,
    reason: str,
    by: User,
) -> bool:
    """Keep what a person judged, and mark the entry as the grounds say, or `otherwise`. Says the mark. Raises Refused.

    The reason stands in the history, and with the grounds beside the mark.
    """
    if problem := why_not(policy, by=by):
        raise Refused(problem)
    if policy.significance is None:
        raise Refused("The policy in force does not mark partnerships as significant")
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    found = found_for(partnership, policy, judged)
    marked = found.is_significant if otherwise is None else otherwise
    if marked is None:
        raise Refused(f"{found.because}. Put that right on the entry first, or say yourself what it is")
    own_values = partnership.local_values | dict(judged)
    own_values |= {name: reason for name in _asked_besides(policy, own_values) if not own_values.get(name)}
    own_values.pop(policy.significance.id, None)
    if otherwise is not None:
        own_values[policy.significance.id] = otherwise
    why = reason if otherwise is not None or not found.is_significant else f"{found.because}. {reason}"
    partnership.change(
        {"is_significant": marked, "significance_reason": why, "local_values": own_values}, by=by, reason=reason
    )
    return marked


def _asked_besides(policy: Policy, own_values: Mapping[str, Any]) -> list[str]:
    """Texts that the policy asks for because of a judgement: the reason is not typed twice (RED-B29)."""
    judged = {each.kept_as for each in grounds_of(policy, {}, {}) if each.kept_as}
    return [
        field.id
        for field in policy.fields
        if field.core is None
        and field.type in ("text", "long_text")
        and field.required_when
        and field.required_when.field in judged
        and own_values.get(field.required_when.field) in field.required_when.one_of
    ]


def follow(partnership: Partnership, policy: Policy, *, by: User, reason: str) -> None:
    """Mark the entry as the grounds say, unless somebody set it otherwise or the grounds do not say (BRK-I08)."""
    if policy.significance is None or policy.significance.id in partnership.local_values:
        return
    found = found_for(partnership, policy)
    why = found.because if found.is_significant else ""
    if found.is_significant is None or (partnership.is_significant, partnership.significance_reason) == (
        found.is_significant,
        why,
    ):
        return
    partnership.change({"is_significant": found.is_significant, "significance_reason": why}, by=by, reason=reason)


def changes_of(partnership: Partnership) -> list[Change]:
    """Each time the mark changed, newest first; one query."""
    rows = partnership.history.order_by("history_date", "history_id").values_list(
        "history_date", "by_name", "is_significant", "significance_reason", "history_change_reason"
    )
    found: list[Change] = []
    before: tuple[bool | None, str] = (None, "")
    for on, by, marked, why, reason in rows:
        if (marked, why) != before:
            found.append(Change(on, by, marked, why, "" if reason and reason in why else reason or ""))
        before = (marked, why)
    return found[::-1]
