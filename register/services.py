"""Changes of the register that touch more than one record: each opens its transaction, locks the entry, and writes."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from config import words
from policy.model import Matrix, Policy
from policy.models import PolicyVersion
from policy.refused import Refused
from register.duplicates import keep_apart
from register.facts import LOCAL, Fact, values_of
from register.merging import Merge, merge
from register.models import Contribution, Document, Membership, Organisation, Partnership, Risk, Status
from register.models.history import Remembered
from register.models.partnership import Precision


class Conflict(Exception):
    """Somebody else changed the same facts; nothing is saved until the person has chosen."""

    def __init__(self, found: Merge, record: Any) -> None:
        super().__init__("Somebody else changed the same facts meanwhile")
        self.merge = found
        self.record = record


# --- What is for a decision ------------------------------------------------------------------


@dataclass(frozen=True)
class Guarded:
    """A change that the policy has somebody decide: the sentence, and where to ask for the decision instead.

    `is_refused`: the policy lets nobody make it by hand. Else it can be made with a reason, as a correction.
    """

    words: str
    address: str = ""
    button: str = ""
    is_refused: bool = False


def guarded(partnership: Any, record: Any, values: Mapping[str, Any]) -> Guarded | None:
    """Whether a change of an entry or one of its rows is for a decision, as the apps named in the settings know it."""
    for path in settings.CHANGE_GUARDS:
        guard: Callable[[Partnership, Any, Mapping[str, Any]], Guarded | None] = import_string(path)
        if found := guard(partnership, record, values):
            return found
    return None


# --- Changing what is there -------------------------------------------------------------------


def needs_reason(version: PolicyVersion | None) -> bool:
    """Whether the policy in force wants a reason for each change, by its setting `reason-for-change`."""
    return version is not None and version.policy.chosen("reason-for-change", "") == "required"


@transaction.atomic
def save_changes(
    record: Remembered,
    facts: Sequence[Fact],
    *,
    opened: Mapping[str, Any],
    typed: Mapping[str, Any],
    by: User,
    reason: str,
    version: PolicyVersion | None = None,
    is_decided: bool = False,
) -> Merge:
    """Save the facts that a person changed on an entry or on one of its rows.

    `opened` are the values as the person opened them (plain form), `typed` the values as they want them, by fact.
    What somebody else changed meanwhile in other facts stays. Raises Conflict, having saved nothing, when both
    changed the same fact; Refused when the row is no longer there, or a value breaks a rule of the record. A risk
    that is rated anew is placed on the scale of `version`. `is_decided`: somebody decided it, so nothing guards it.
    """
    partnership = lock(record)
    if record is not partnership and not isinstance(record, Partnership):
        try:
            record = type(record)._default_manager.select_for_update().get(pk=record.pk)
        except type(record).DoesNotExist as gone:
            raise Refused("Somebody took this row out while you changed it. Add it again if it is needed") from gone
    else:
        record = partnership
    plain = {fact.name: fact.plain(typed[fact.name]) for fact in facts}
    found = merge(opened, values_of(record, facts), plain)
    if found.conflicts:
        raise Conflict(found, record)
    if not found.changes:
        return found
    if needs_reason(version) and not reason.strip():
        raise Refused("The policy wants a reason for each change. Say why you change this")
    changed = [fact for fact in facts if fact.name in found.changes]
    if not is_decided:
        _guard(partnership, record, {fact.name: typed[fact.name] for fact in changed}, reason)
    if isinstance(record, Partnership):
        record.change(_values(record, changed, typed), by=by, reason=reason)
    else:
        _write(record, changed, typed)
        _rate(record, changed, version)
        _keep_row(record, partnership, by=by, reason=reason)
    return found


def _guard(partnership: Partnership, record: Remembered, values: Mapping[str, Any], reason: str) -> None:
    """Hold back what the policy has somebody decide: whole, or until somebody says why it is changed by hand."""
    found = guarded(partnership, record, values)
    if found and found.is_refused:
        raise Refused(found.words)
    if found and not reason.strip():
        raise Refused(f"{found.words}. Say why you change it by hand")


def lock(record: Remembered) -> Partnership:
    """Hold the entry that a record belongs to until the transaction ends. SQLite has one writer at a time anyway."""
    pk = record.pk if isinstance(record, Partnership) else record.partnership_id  # type: ignore[attr-defined]
    return Partnership.objects.select_for_update().get(pk=pk)


def _values(partnership: Partnership, facts: Sequence[Fact], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as `Partnership.change` takes them: local ones together in `local_values`."""
    values = {fact.name: typed[fact.name] for fact in facts if not fact.name.startswith(LOCAL)}
    for name in ("starts_on", "ends_on"):
        if name in values:  # a day typed here is a day; only an old register knows no more than the month
            values[f"{name}_precision"] = Precision.DAY
    local = [fact for fact in facts if fact.name.startswith(LOCAL)]
    if local:
        kept = dict(partnership.local_values)
        kept.update({fact.name.removeprefix(LOCAL): fact.plain(typed[fact.name]) for fact in local})
        values["local_values"] = kept
    return values


def _write(row: Any, facts: Sequence[Fact], typed: Mapping[str, Any]) -> None:
    """Set a row's facts. An organisation is known by its name: one on the list is used again."""
    for fact in facts:
        value = typed[fact.name]
        if fact.kind == "organisation":
            row.organisation = Organisation.objects.filter(name__iexact=value).first() or Organisation(name=value)
            if row.organisation.pk is None:
                row.organisation.save()
        elif fact.kind != "sector":
            setattr(row, fact.name, value)
    sector = next((fact for fact in facts if fact.kind == "sector"), None)
    if sector and row.organisation.sector != typed[sector.name]:
        row.organisation.sector = typed[sector.name]
        row.organisation.save()


def _rate(row: Remembered, changed: Sequence[Fact], version: PolicyVersion | None) -> None:
    """Place a risk anew when its likelihood or impact changed; else it stays on the scale of its own day."""
    if isinstance(row, Risk) and {"likelihood", "impact"} & {fact.name for fact in changed}:
        row.rate(version)


def _keep_row(row: Remembered, partnership: Partnership, *, by: User, reason: str) -> None:
    try:
        row.validate_constraints()
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages)) from problem
    row.keep(by=by, reason=reason)
    _follow_up(row, partnership, by=by, reason=reason)


def _follow_up(row: Remembered, partnership: Partnership, *, by: User, reason: str) -> None:
    """What a changed row means for its entry: its yearly figures, its search words, its version."""
    if isinstance(row, Contribution):
        partnership.take_figures_from_contributions(by=by, reason=reason)
    else:
        partnership.follow_rows(by=by, reason=reason)


# --- Rows -------------------------------------------------------------------------------------


@transaction.atomic
def add_row(
    row: Remembered,
    facts: Sequence[Fact],
    typed: Mapping[str, Any],
    *,
    by: User,
    reason: str = "",
    version: PolicyVersion | None = None,
    is_decided: bool = False,
) -> None:
    """Add a row to its entry: a partner, a year's money, a benefit. Raises Refused for one that is there already.

    A risk is placed on the scale of `version`. `is_decided`: somebody decided it, so nothing guards it.
    """
    partnership = lock(row)
    if not is_decided:
        _guard_row(partnership, row, typed)
    _write(row, facts, typed)
    _rate(row, facts, version)
    _keep_row(row, partnership, by=by, reason=reason)


@transaction.atomic
def replace_file(document: Document, file: Any, *, by: User, reason: str) -> None:
    """Keep a new version of a document's file; the one before stays readable. Raises Refused."""
    lock(document)
    try:
        document = Document.objects.select_for_update().get(pk=document.pk)
    except Document.DoesNotExist as gone:
        raise Refused("Somebody took this document out meanwhile. Add it again if it is needed") from gone
    document.take_file(file)
    document.added_by, document.added_at = by, timezone.now()
    document.keep(by=by, reason=reason)


def _guard_row(partnership: Partnership, row: Remembered, values: Mapping[str, Any]) -> None:
    """Hold back a row that comes or goes only by a decision; what a decision only should be asked about may go on."""
    found = guarded(partnership, row, values)
    if found and found.is_refused:
        raise Refused(found.words)


@transaction.atomic
def take_out_row(row: Remembered, *, by: User, reason: str, is_decided: bool = False) -> None:
    """Take a row out of its entry; the history keeps it, with the reason. A document's file stays with it.

    Raises Refused for a row on which something else depends, such as an action that a decision made its condition,
    and where the policy has somebody decide it, unless `is_decided` says that they did.
    """
    partnership = lock(row)
    if not is_decided:
        _guard_row(partnership, row, {})
    try:
        row.take_out(by=by, reason=reason)
    except ProtectedError:
        raise Refused(
            "A decision, an answer or an action depends on this, so it stays. Close it with a word where it has run out"
        ) from None
    _follow_up(row, partnership, by=by, reason=reason)


@transaction.atomic
def rate_risk(risk: Risk, *, likelihood: str, impact: str, version: PolicyVersion | None, by: User) -> None:
    """Place a risk on the scale in force, after another scale or for the first time. Raises Refused."""
    partnership = lock(risk)
    risk = Risk.objects.select_for_update().get(pk=risk.pk)
    risk.likelihood, risk.impact = likelihood, impact
    risk.rate(version)
    _keep_row(risk, partnership, by=by, reason="")


@transaction.atomic
def close_risk(risk: Risk, *, on: date, outcome: str, by: User) -> None:
    """Close a risk or opportunity with what came of it. Raises Refused."""
    partnership = lock(risk)
    Risk.objects.select_for_update().get(pk=risk.pk).close(on=on, outcome=outcome, by=by)
    partnership.follow_rows(by=by)


@transaction.atomic
def reopen_risk(risk: Risk, *, reason: str, by: User) -> None:
    """Open a risk or opportunity again. Raises Refused."""
    partnership = lock(risk)
    Risk.objects.select_for_update().get(pk=risk.pk).reopen(by=by, reason=reason)
    partnership.follow_rows(by=by)


# --- A new entry ------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *,
    name: str,
    purpose: str,
    partners: Sequence[str],
    by: User,
    policy_version: PolicyVersion | None,
    alike: Sequence[Partnership] = (),
    different: str = "",
    **facts: Any,
) -> Partnership:
    """Put a proposed partnership on the register with its partners (BRK-F01).

    `alike` are entries that look like it; `different` says why it is none of them, for those who decide.

    Raises Refused when an entry of this name is there already.
    """
    # Whoever comes second waits here, so that no reference is given twice.
    Partnership.objects.select_for_update().order_by("-pk").first()
    if Partnership.objects.filter(name__iexact=name).exists():
        raise Refused("A partnership of this name is already on the register. Open it, or give this one another name")
    partnership = Partnership.propose(
        name=name,
        purpose=purpose,
        by=by,
        policy_version=policy_version,
        reason=f"Different because: {different}" if different else "",
        **facts,
    )
    for other in alike:
        keep_apart(partnership, other, by=by, note=different)
    joined: set[int] = set()
    for each in dict.fromkeys(" ".join(partner.split()) for partner in partners):
        organisation = Organisation.objects.filter(name__iexact=each).first()
        if organisation is None:
            organisation = Organisation.objects.create(name=each)
        if organisation.pk not in joined:
            joined.add(organisation.pk)
            Membership(partnership=partnership, organisation=organisation).keep(by=by, reason="Proposed")
    partnership.follow_rows(by=by, reason="")
    return partnership


# --- Moves ------------------------------------------------------------------------------------


def why_not_move(partnership: Partnership, to: Status, *, by: User, policy: Policy | None) -> str:
    """Say why `by` cannot move the entry now, or "" when they can.

    Joining needs what the policy asks before it (BRK-A18: at least one benefit). An import brings entries in as
    they stood in the old register and does not ask.
    """
    if problem := partnership.why_not(to, by=by):
        return problem
    for path in settings.MOVING_CHECKS:
        check: Callable[[Partnership, Status, Policy | None], str] = import_string(path)
        if problem := check(partnership, to, policy):
            return problem
    return missing_to_join(partnership, policy) if to == Status.ACTIVE else ""


def missing_to_join(partnership: Partnership, policy: Policy | None) -> str:
    """Say what the policy asks for before an entry joins and nobody has given, or ""."""
    benefits = policy.core_field("benefits") if policy else None
    if benefits and benefits.required != "no" and not partnership.benefits.exists():
        return "The policy asks for the benefits of each partnership. Add at least one benefit, then join"
    return ""


@transaction.atomic
def move(partnership: Partnership, to: Status, *, by: User, reason: str, policy: Policy | None) -> Partnership:
    """Move an entry in its life: join, leave, not a partnership. Raises Refused."""
    partnership = lock(partnership)
    if problem := why_not_move(partnership, to, by=by, policy=policy):
        raise Refused(problem)
    partnership.move(to, by=by, reason=reason)
    return partnership


@transaction.atomic
def undo_move(partnership: Partnership, *, by: User, reason: str) -> Partnership:
    """Put an entry back to where it was before its last move. Raises Refused."""
    partnership = lock(partnership)
    partnership.undo_move(by=by, reason=reason)
    return partnership


# --- What follows ------------------------------------------------------------------------------


def consequences(
    partnership: Partnership, record: Any, values: Mapping[str, Any], version: PolicyVersion | None = None
) -> list[str]:
    """What follows from new values of an entry or of one of its rows, in sentences.

    A contribution counts by the yearly figures that it gives its entry. The apps above the register say the rest.
    """
    found: list[str] = []
    if isinstance(record, Contribution):
        values = _figures_with(partnership, record, values)
        if "contribution_a_year" in values:
            found.append(f"The council’s contribution becomes {words.money(values['contribution_a_year'])} a year")
    elif isinstance(record, Risk):
        return _of_a_risk(record, values, version)
    elif not isinstance(record, Partnership):
        return []
    for path in settings.CHANGE_CONSEQUENCES:
        said: Callable[[Partnership, Mapping[str, Any]], list[str]] = import_string(path)
        found += said(partnership, values)
    return found


def _of_a_risk(risk: Risk, values: Mapping[str, Any], version: PolicyVersion | None) -> list[str]:
    """What the level of a risk becomes, and whether a contingency plan is missing then."""
    matrix = risk.matrix_of(version.policy) if version else None
    if matrix is None:
        return []
    changed = copy(risk)
    for name, value in values.items():
        setattr(changed, name, value)
    if {"likelihood", "impact"} & set(values):
        changed.rate(version)
    labels = {level.id: level.label for level in matrix.levels}
    found = []
    if changed.level != risk.level:
        found.append(f"The level becomes {labels[changed.level]}" if changed.level else "It has no level any more")
    if changed.needs_contingency_plan(matrix):
        found.append(contingency_warning(matrix))
    return found


def contingency_warning(matrix: Matrix) -> str:
    """What stands beside a risk that the policy wants a contingency plan for, and that has none (FIG-17)."""
    if matrix.contingency_warning:
        return f"No contingency plan. {matrix.contingency_warning}"
    labels = {level.id: level.label for level in matrix.levels}
    level = labels.get(matrix.contingency_plan_from or "", "")
    return f"No contingency plan: the policy asks for one when impact is {level}"


def _figures_with(partnership: Partnership, row: Contribution, values: Mapping[str, Any]) -> dict[str, Any]:
    """Which yearly figures would change, and to what, were a contribution changed."""
    changed = copy(row)
    for name, value in values.items():
        setattr(changed, name, value)
    others = partnership.contributions.exclude(pk=row.pk)
    figures = Partnership.yearly_figures([*others, changed])
    return {name: value for name, value in figures.items() if value != getattr(partnership, name)}
