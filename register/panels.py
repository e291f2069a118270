"""What the register shows on the home page: the person's entries, what waits in them, and what changed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from accounts.panels import MOST, Line, Link, Panel, Work
from accounts.roles import Role
from config import words
from register.models import (
    Action,
    Benefit,
    Contribution,
    Document,
    FundingSource,
    Import,
    Membership,
    Partnership,
    PriorityLink,
    Representative,
    Risk,
)

LONGEST = 100  # characters of an action in a line
DUE_SOON = timedelta(days=30)  # design, section 5.1: what is due stands on the home page a month ahead
# Facts that are rows of their own: which rows count.
ROWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "partners": (Membership, {}),
    "lead_partner": (Membership, {"is_lead": True}),
    "representatives": (Representative, {"is_vacant": False}),
    "priorities": (PriorityLink, {}),
    "critical_outcomes": (PriorityLink, {"priority__parent__isnull": False}),
    "contributions": (Contribution, {}),
    "funding_sources": (FundingSource, {}),
    "benefits": (Benefit, {}),
    "risks": (Risk, {}),
    "documents": (Document, {}),
    "actions": (Action, {}),
}
ADVISERS = frozenset({Role.FINANCE_ADVISER, Role.LEGAL_ADVISER})


def imports_under_way(user: User, today: date) -> Work | None:
    """For those who import: spreadsheets that were read and wait for their last button. Two queries."""
    if not user.has_perm("register.import"):
        return None
    waiting = Import.objects.for_list().filter(state=Import.State.READ)
    lines = [
        Line(
            f"Finish the import of {record.file_name}",
            reverse("register:import", args=[record.pk]),
            note=f"Read for {record.uploaded_by} on {words.day(record.uploaded_at)}; nothing of it is saved yet",
        )
        for record in waiting[:MOST]
    ]
    return Work(lines, waiting.count(), Link("All imports", reverse("register:import_list")))


def policy_for(user: User) -> Any:
    """The policy in force as the page of this person knows it, or `None` before one is switched on."""
    return user.policy_version.policy if user.policy_version else None


def own(user: User) -> Q:
    """Entries that the person leads, answers for or attends, and those of the services that their roles name."""
    services = [held.service_area_id for held in user.held if held.service_area_id]
    return (
        Q(lead_officer=user)
        | Q(responsible_head=user)
        | Q(portfolio_holder=user)
        | Q(service__in=services)
        | Q(Exists(Representative.objects.filter(partnership=OuterRef("pk"), user=user)))
    )


def with_rows(entries: Any) -> Any:
    """Annotate entries with whether they have rows of each kind, for `missing_from`."""
    return entries.annotate(
        **{
            f"has_{core}": Exists(model.objects.filter(partnership=OuterRef("pk"), **counted))
            for core, (model, counted) in ROWS.items()
        }
    )


def missing_from(entry: Any, policy: Any) -> list[str]:
    """Labels of what the policy asks of an active entry and nobody has given. `entry` comes from `with_rows`."""
    if policy is None:
        return []
    said = {field.id: _value(entry, field) for field in policy.fields}
    return [
        field.short or field.label
        for field in policy.fields
        if _is_asked(field, said) and said[field.id] in (None, "", [], {}, False if field.core in ROWS else None)
    ]


def _is_asked(field: Any, said: Mapping[str, Any]) -> bool:
    if field.core in ("status", "is_significant", "significance_reason"):  # the register works these out
        return False
    if field.shown_when and said.get(field.shown_when.field) not in field.shown_when.one_of:
        return False
    if field.required_when:
        return said.get(field.required_when.field) in field.required_when.one_of
    return field.required != "no"


def _value(entry: Any, field: Any) -> Any:
    if field.core is None:
        return entry.local_values.get(field.id)
    if field.core in ROWS:
        return getattr(entry, f"has_{field.core}")
    if field.core in ("lead_officer", "responsible_head", "portfolio_holder"):
        return getattr(entry, f"{field.core}_id") or getattr(entry, f"{field.core}_name")
    if field.core in ("service", "parent"):
        return getattr(entry, f"{field.core}_id")
    return getattr(entry, field.core, "not kept here")


# --- Work to do --------------------------------------------------------------------------------


def your_actions(user: User, today: date) -> Work | None:
    """A person's open actions that are late or due within a month, or have no day. Two queries."""
    own = Action.objects.still_open().of(user).filter(Q(due_on=None) | Q(due_on__lte=today + DUE_SOON))
    listed = list(own.select_related("partnership").order_by(F("due_on").asc(nulls_last=True), "pk")[: MOST + 1])
    if not listed:
        return None
    lines = [
        Line(
            f"Do: {action.text if len(action.text) <= LONGEST else action.text[:LONGEST].rstrip() + '…'}",
            reverse("register:action", args=[action.pk]),
            note=f"{action.partnership}{', ' + action.source if action.source else ''}",
            when=words.days_away(action.due_on, today) if action.due_on else "",
            is_late=action.is_late(today),
            due=action.due_on,
        )
        for action in listed[:MOST]
    ]
    total = own.count() if len(listed) > MOST else len(listed)
    return Work(lines, total, Link("All your actions", f"{reverse('register:action_list')}?mine=yes"))


def to_complete(user: User, today: date) -> Work | None:
    """For a lead officer: own entries that lack what the policy asks for."""
    if not user.has_perm("register.change") or Role.LEAD_OFFICER not in user.roles:
        return None
    policy = policy_for(user)
    entries = with_rows(Partnership.objects.active().filter(lead_officer=user)).order_by("name", "pk")
    found = [(entry, gaps) for entry in entries if (gaps := missing_from(entry, policy))]
    lines = [
        Line(
            f"Complete the entry: {entry.name}",
            reverse("register:details", args=[entry.reference]),
            note=f"Missing: {_some(gaps)}",
        )
        for entry, gaps in found[:MOST]
    ]
    return Work(lines, len(found), Link("Your entries in the register", list_of(lead=user.pk)))


# --- Panels ------------------------------------------------------------------------------------


def your_partnerships(user: User, today: date) -> Panel | None:
    """Entries that the person leads, answers for or attends, and those of the service of an officer’s role."""
    advises_a_service = any(held.service_area_id for held in user.held if held.role in ADVISERS)
    if not advises_a_service and not {Role.LEAD_OFFICER, Role.RESPONSIBLE_HEAD} & user.roles:
        return None
    policy = policy_for(user)
    entries = with_rows(Partnership.objects.active().filter(own(user)))
    entries = list(entries.order_by("name", "pk")[: MOST + 1])
    for entry in entries:
        entry.gaps = missing_from(entry, policy)
    leads = Role.LEAD_OFFICER in user.roles
    add = Link("Put a partnership forward", reverse("register:add")) if user.has_perm("register.propose") else None
    return Panel(
        "Your partnerships" if leads else "Entries you answer for",
        template="register/panels/your_partnerships.html",
        all=Link("Open in the register", list_of(lead=user.pk) if leads else list_of()),
        facts={
            "entries": entries[:MOST],
            "more": len(entries) > MOST,
            "risk_levels": levels_under(policy, "risk_level"),
            "value_levels": levels_under(policy, "value_level"),
            "add": add,
        },
    )


def levels_under(policy: Any, core: str) -> tuple[Any, ...]:
    """The levels of an overall scale, from low to high; none where the policy has no such scale."""
    if policy is None:
        return ()
    return next((scheme.levels for scheme in policy.schemes.values() if scheme.core == core), ())


def _some(labels: list[str]) -> str:
    """ "purpose, partners and 2 more"."""
    first = [words.inside(label) for label in labels[:3]]
    more = len(labels) - len(first)
    return words.listed([*first, f"{more} more"] if more else first)


def sentence(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def list_of(**query: Any) -> str:
    """The register's list of active entries, narrowed further."""
    narrowed = "".join(f"&{name}={value}" for name, value in query.items())
    return f"{reverse('register:partnership_list')}?status=active&status=leaving{narrowed}"
