"""What the register shows on the home page: the person's entries, what waits in them, and what changed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.urls import reverse

from accounts.models import User
from accounts.panels import MOST, Line, Link, Panel, Work
from accounts.roles import Role
from config import words
from policy.models import PolicyVersion
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
    Status,
)

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
WATCHERS = {
    Role.MANAGEMENT_TEAM,
    Role.PORTFOLIO_HOLDER,
    Role.EXECUTIVE,
    Role.SCRUTINY,
    Role.AUDITOR,
    Role.REGISTER_MANAGER,
}


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


def policy_on(day: date) -> Any:
    """The policy in force on a day, or `None` before one is switched on."""
    version = PolicyVersion.objects.in_force(day)
    return version.policy if version else None


def _own(user: User) -> Q:
    return (
        Q(lead_officer=user)
        | Q(responsible_head=user)
        | Q(portfolio_holder=user)
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


def to_complete(user: User, today: date) -> Work | None:
    """For a lead officer: own entries that lack what the policy asks for."""
    if not user.has_perm("register.change") or Role.LEAD_OFFICER not in user.roles:
        return None
    policy = policy_on(today)
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
    return Work(lines, len(found), Link("Your entries in the register", _list(lead=user.pk)))


def reviews_due(user: User, today: date) -> Work | None:
    """Reviews that are late or due within a month: a lead officer's own, a register manager's all."""
    if not user.has_perm("register.change"):
        return None
    entries = Partnership.objects.active().filter(next_review_on__lte=today + DUE_SOON)
    everything = Role.REGISTER_MANAGER in user.roles
    if not everything:
        entries = entries.filter(lead_officer=user)
    first = list(entries.order_by("next_review_on", "pk")[: MOST + 1])
    lines = [
        Line(
            f"Review the entry: {entry.name}",
            reverse("register:partnership", args=[entry.reference]),
            note="Look through the details and the assessment, and say what changed",
            when=_sentence(words.days_away(day, today)),
            was=words.short_day(day),
            is_late=day < today,
            due=day,
        )
        for entry in first[:MOST]
        if (day := entry.next_review_on)
    ]
    total = entries.count() if len(first) > MOST else len(first)
    return Work(
        lines, total, Link("All reviews by date", _list(sort="due", **({} if everything else {"lead": user.pk})))
    )


def to_screen(user: User, today: date) -> Work | None:
    """For a register manager: proposals that nobody has decided."""
    if not user.has_perm("register.move"):
        return None
    entries = Partnership.objects.filter(status=Status.PROPOSED)
    first = list(entries.order_by("created_at", "pk")[: MOST + 1])
    lines = [
        Line(
            f"Look at the proposal: {entry.name}",
            reverse("register:partnership", args=[entry.reference]),
            note=f"Proposed on {words.day(entry.created_at)}",
        )
        for entry in first[:MOST]
    ]
    total = entries.count() if len(first) > MOST else len(first)
    return Work(lines, total, Link("All proposals", f"{reverse('register:partnership_list')}?status=proposed"))


# --- Panels ------------------------------------------------------------------------------------


def figures(user: User, today: date) -> Panel | None:
    """For those who watch over the register: a strip of figures, each with the list behind it."""
    if not WATCHERS & user.roles:
        return None
    levels = _levels(policy_on(today), "risk_level")
    highest = levels[-1] if levels else None
    found = Partnership.objects.active().aggregate(
        entries=Count("pk"),
        high=Count("pk", filter=Q(risk_level=highest.id if highest else None)),
        without=Count("pk", filter=Q(risk_level="") | Q(value_level="")),
        late=Count("pk", filter=Q(next_review_on__lt=today)),
        pounds=Sum("contribution_a_year"),
        known=Count("contribution_a_year"),
    )
    facts = [
        {"label": "Partnerships", "figure": found["entries"], "sense": "active or leaving", "address": _list()},
        *(
            [
                {
                    "label": f"{highest.label} risk",
                    "figure": found["high"],
                    "sense": "overall level",
                    "address": _list(risk=highest.id),
                }
            ]
            if highest
            else []
        ),
        *(
            [{"label": "Without a level", "figure": found["without"], "sense": "risk or value", "address": ""}]
            if highest
            else []
        ),
        {"label": "Late reviews", "figure": found["late"], "sense": "of active entries", "address": _list(due="late")},
        {
            "label": "Contribution",
            "figure": words.money(found["pounds"] or 0),
            "sense": f"a year, known for {found['known']} of {found['entries']}" if found["entries"] else "a year",
            "address": "",
        },
    ]
    return Panel("The register today", template="components/facts.html", facts={"facts": facts})


def your_partnerships(user: User, today: date) -> Panel | None:
    """Entries that the person leads, answers for or attends."""
    if not {Role.LEAD_OFFICER, Role.RESPONSIBLE_HEAD, Role.PORTFOLIO_HOLDER} & user.roles:
        return None
    policy = policy_on(today)
    entries = with_rows(Partnership.objects.active().filter(_own(user)))
    entries = list(entries.order_by("name", "pk")[: MOST + 1])
    for entry in entries:
        entry.gaps = missing_from(entry, policy)
    leads = Role.LEAD_OFFICER in user.roles
    add = Link("Put a partnership forward", reverse("register:add")) if user.has_perm("register.propose") else None
    return Panel(
        "Your partnerships",
        template="register/panels/your_partnerships.html",
        all=Link("Open in the register", _list(lead=user.pk) if leads else _list()),
        facts={
            "entries": entries[:MOST],
            "more": len(entries) > MOST,
            "risk_levels": _levels(policy, "risk_level"),
            "value_levels": _levels(policy, "value_level"),
            "add": add,
        },
    )


def not_assessed(user: User, today: date) -> Panel | None:
    """For a register manager: active entries without an overall level."""
    if Role.REGISTER_MANAGER not in user.roles or not _levels(policy_on(today), "risk_level"):
        return None
    entries = Partnership.objects.active().filter(Q(risk_level="") | Q(value_level="")).select_related("lead_officer")
    lines = [
        Line(
            entry.name,
            reverse("register:partnership", args=[entry.reference]),
            note=f"{_lacking(entry)}. Lead officer: {entry.lead_officer or entry.lead_officer_name or 'not known'}",
        )
        for entry in entries.order_by("name", "pk")[:MOST]
    ]
    return Panel(
        "Not assessed",
        lines,
        empty="Every active partnership has a risk level and a value level.",
        all=Link("All without a risk level", _list(risk="none")),
    )


def that_matter(user: User, today: date) -> Panel | None:
    """For those who decide and those who watch: High risk, the most money first, each with why it stands here."""
    if not {Role.MANAGEMENT_TEAM, Role.PORTFOLIO_HOLDER, Role.EXECUTIVE, Role.SCRUTINY} & user.roles:
        return None
    policy = policy_on(today)
    levels = _levels(policy, "risk_level")
    if not levels:
        return None
    highest = levels[-1]
    entries = Partnership.objects.active().filter(risk_level=highest.id)
    lines = [
        Line(entry.name, reverse("register:partnership", args=[entry.reference]), note=_why_it_matters(entry, today))
        for entry in entries.order_by(F("contribution_a_year").desc(nulls_last=True), "name", "pk")[:MOST]
    ]
    return Panel(
        f"{highest.label} risk, most money first",
        lines,
        empty="No active partnership has the highest level of risk.",
        all=Link("All of them in the register", _list(risk=highest.id)),
    )


def latest(user: User, today: date) -> Panel | None:
    """The last changes of entries, by whom and why."""
    if not user.has_perm("register.view"):
        return None
    versions = Partnership.history.exclude(history_type="-").order_by("-history_date", "-history_id")
    if Role.LEAD_OFFICER in user.roles and not WATCHERS & user.roles:
        own = Partnership.objects.filter(_own(user)).values("pk")
        versions = versions.filter(id__in=own)
    seen: set[int] = set()
    lines: list[Line] = []
    for version in versions.only(
        "id", "reference", "name", "by_name", "history_type", "history_change_reason", "history_date"
    )[: MOST * 6]:
        if version.id not in seen and len(lines) < MOST:
            seen.add(version.id)
            lines.append(
                Line(
                    version.name,
                    reverse("register:history", args=[version.reference]),
                    note=_change(version),
                    when=words.short_day(version.history_date).rsplit(" ", 1)[0],
                )
            )
    return Panel("Recently changed", lines, empty="Changes appear here, newest first, with who made them and why.")


def _change(version: Any) -> str:
    """ "Added by T.W., because “Agreed by CMT”": what happened, who did it and the reason they gave."""
    verb = "Added" if version.history_type == "+" else "Changed"
    by = f" by {version.by_name}" if version.by_name else ""
    reason = version.history_change_reason
    because = f", because “{reason}”" if reason and reason != "Proposed" else ""
    return f"{verb}{by}{because}"


def _why_it_matters(entry: Any, today: date) -> str:
    reasons = []
    if entry.contribution_a_year is not None:
        reasons.append(f"{words.money(entry.contribution_a_year)} a year")
    if entry.unbudgeted_a_year:
        reasons.append(f"{words.money(entry.unbudgeted_a_year)} of it not in the budget")
    if entry.status == Status.LEAVING:
        reasons.append("leaving")
    if entry.is_overdue(today=today):
        reasons.append(f"review {words.days_away(entry.next_review_on, today)}")
    return _sentence(", ".join(reasons)) if reasons else "Contribution not known"


def _lacking(entry: Any) -> str:
    if entry.risk_level:
        return "No value level"
    return "No risk level" if entry.value_level else "No risk and no value level"


def _levels(policy: Any, core: str) -> tuple[Any, ...]:
    if policy is None:
        return ()
    return next((scheme.levels for scheme in policy.schemes.values() if scheme.core == core), ())


def _some(labels: list[str]) -> str:
    """ "purpose, partners and 2 more"."""
    first = [words.inside(label) for label in labels[:3]]
    more = len(labels) - len(first)
    return words.listed([*first, f"{more} more"] if more else first)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _list(**query: Any) -> str:
    """The register's list of active entries, narrowed further."""
    narrowed = "".join(f"&{name}={value}" for name, value in query.items())
    return f"{reverse('register:partnership_list')}?status=active&status=leaving{narrowed}"
