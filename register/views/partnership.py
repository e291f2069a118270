"""Pages that show one partnership: overview, details, people, money, benefits, actions, history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.permissions import SignedIn, requires
from config import words
from config.fields import parse_day
from policy.model import RegisterField
from register import rows, sections
from register.facts import NOT_ASKED, PEOPLE, ROWS, Asked, Fact
from register.models import Contribution, Partnership, Status
from register.provenance import Source, sources_of
from register.timeline import KINDS as HISTORY_KINDS
from register.timeline import Filter, people_in, timeline
from register.views.shared import asked_today, entry_or_404, page, place_of

LATELY = 3


@dataclass(frozen=True)
class Row:
    """A line of a summary list: label, value, where to change it, where the value comes from."""

    label: str
    value: str
    change: str = ""
    source: str = ""
    source_address: str = ""


@dataclass(frozen=True)
class Card:
    """A section of the pack as a summary card."""

    title: str
    rows: Sequence[Row]
    change: str = ""


# --- Overview ---------------------------------------------------------------------------------


@requires("register.view")
def overview(request: SignedIn, reference: str) -> HttpResponse:
    """Where the partnership stands, what to do next, and the rest in short."""
    partnership, asked = entry_or_404(reference), asked_today()
    context = page(request, partnership, sections.OVERVIEW)
    partners = list(rows.rows_of(rows.PARTNER, partnership))
    contributions = list(partnership.contributions.order_by("year", "pk"))
    priorities = list(rows.rows_of(rows.PRIORITY, partnership))
    representatives = list(rows.rows_of(rows.REPRESENTATIVE, partnership))
    lately = timeline(partnership, asked, Filter(), 1, size=4 * LATELY).object_list[:LATELY]
    labels = _labels(asked, partnership)
    coming_up = _coming_up(partnership, representatives, asked.today)
    context |= {
        "place": place_of(request, partnership),
        "lead_partner": next((partner.organisation for partner in partners if partner.is_lead), None),
        "partners": words.listed(str(partner) for partner in partners),
        "priorities": [str(link.priority) for link in priorities],
        "labels": labels,
        "asks": _names(asked),
        "risk_levels": _levels(asked, "risk_level"),
        "value_levels": _levels(asked, "value_level"),
        "significance": _significance(asked),
        "years": years_of(contributions, labels),
        "people": _people(partnership, representatives, asked),
        "lately": lately,
        "steps": sections.next_steps(partnership, request.user),
        "summaries": _summaries(request, partnership),
        "to_put_right": _to_put_right(partnership, asked) if context["can_change"] else [],
        "warned": _warned(partnership, asked) if context["can_change"] else [],
        "coming_up": coming_up,
        "coming_up_title": "Late and coming up" if any(day.is_late for day in coming_up) else "Coming up",
        "change_purpose": _change_address(asked, partnership, "purpose") if context["can_change"] else "",
        "is_past": partnership.status not in (Status.PROPOSED, Status.ACTIVE, Status.LEAVING),
    }
    return render(request, "register/partnership.html", context)


def _names(asked: Asked) -> dict[str, str]:
    """What the policy calls the facts of the overview that it asks for, by field of the register."""
    fields = asked.policy.fields if asked.policy else ()
    names = {str(field.core): field.short or field.label for field in fields if field.core}
    names["meets"] = names.get("meeting_frequency") or names.get("meeting_note", "")
    names["priorities"] = names.get("priorities") or names.get("critical_outcomes", "")
    return names


def _labels(asked: Asked, partnership: Partnership) -> dict[str, str]:
    """Values of the overview in the pack's words, by fact."""
    return {fact.name: fact.in_words(fact.read(partnership)) for fact in asked.entry if fact.kind != "entry"}


def _levels(asked: Asked, core: str) -> Sequence[Any]:
    if asked.policy is None:
        return ()
    found = [scheme for key, scheme in asked.policy.schemes.items() if core in (scheme.core, f"{key}_level")]
    return found[0].levels if found else ()


def _significance(asked: Asked) -> str:
    significance = asked.policy.significance if asked.policy else None
    return significance.label if significance and significance.shown else ""


@dataclass(frozen=True)
class Year:
    """What the council puts in during one financial year, and how it differs from the year before."""

    title: str
    cash: Decimal
    in_kind: Decimal
    budget: str
    change: str


def years_of(contributions: Sequence[Contribution], labels: dict[str, str]) -> list[Year]:
    """Contributions summed by financial year, oldest first."""
    years: list[Year] = []
    before: Decimal | None = None
    for year in sorted({row.year for row in contributions}):
        of_year = [row for row in contributions if row.year == year]
        cash = sum((row.amount for row in of_year if not row.is_in_kind), Decimal(0))
        outside = sum((row.amount for row in of_year if row.is_outside_budget and not row.is_in_kind), Decimal(0))
        budget = f"{words.money(outside)} not in the budget" if outside else "In the budget" if cash else ""
        sources = words.listed(dict.fromkeys(row.source for row in of_year if row.source))
        years.append(
            Year(
                words.financial_year(year),
                cash,
                sum((row.amount for row in of_year if row.is_in_kind), Decimal(0)),
                ", ".join(filter(None, (budget, sources))),
                "" if before is None else words.difference(cash, before),
            )
        )
        before = cash
    return years


def _people(partnership: Partnership, representatives: Sequence[Any], asked: Asked) -> list[dict[str, str]]:
    """Who answers for the partnership and who attends: name, part, until."""
    holders = {core: person_words(partnership, core) for core in PEOPLE}
    found = [
        {"name": name, "part": _label_of(asked, core), "until": "No end date"} for core, name in holders.items() if name
    ]
    facts = {fact.name: fact for fact in asked.row_facts(rows.Representative)}
    for row in representatives:
        level = facts["level"].in_words(row.level)
        part = "Substitute" if row.is_substitute else "Representative"
        until = words.day(row.ends_on) if row.ends_on else facts["term"].in_words(row.term) or "No end date"
        if row.is_vacant:
            until = f"Since {words.day(row.vacant_since)}" if row.vacant_since else words.NOT_KNOWN
        found.append({"name": str(row), "part": f"{part} ({level})" if level else part, "until": until})
    return found


def person_words(partnership: Partnership, core: str) -> str:
    """The holder of one part: the account's name and job, or the name that the old register gave."""
    person = getattr(partnership, core)
    if person is None:
        return str(getattr(partnership, f"{core}_name"))
    return ", ".join(filter(None, (person.name, person.job_title)))


def _label_of(asked: Asked, core: str) -> str:
    field = asked.policy.core_field(core) if asked.policy else None
    return field.label if field else core.replace("_", " ").capitalize().replace("holder", "Holder")


def _summaries(request: HttpRequest, partnership: Partnership) -> list[dict[str, Any]]:
    """What the other apps say about the partnership, one panel a section."""
    found = []
    for section in sections.all_sections():
        said = list(section.summary(partnership)) if request.user.has_perm(section.permission) else []
        found.append({"section": section, "rows": said})
    return [each for each in found if each["rows"]]


def _change_address(asked: Asked, partnership: Partnership, core: str) -> str:
    field = asked.policy.core_field(core) if asked.policy else None
    return change_address(partnership, field) if field else ""


def change_address(partnership: Partnership, field: RegisterField) -> str:
    """Where a field of the pack is changed: its section's form, or the page of its rows; "" for worked-out ones."""
    if field.core in ROWS:
        return reverse(ROWS[field.core], args=[partnership.reference])
    if field.core == "contribution_a_year":
        return reverse("register:money", args=[partnership.reference])
    if field.type in NOT_ASKED or field.core in ("status", "risk_level", "value_level"):
        return ""
    if field.core in ("is_significant", "significance_reason"):
        return ""
    name = f"{field.core}_id" if field.core in (*PEOPLE, "service", "parent") else field.core or f"local-{field.id}"
    return f"{reverse('register:change_section', args=[partnership.reference, field.section])}#id_{name}"


def _warned(partnership: Partnership, asked: Asked) -> list[Row]:
    """What the policy expects of the entry and is not so, each with where to put it right."""
    if asked.policy is None or partnership.status not in (Status.PROPOSED, Status.ACTIVE, Status.LEAVING):
        return []
    found = []
    for each in sections.warned_of(partnership, asked.policy):
        field = asked.policy.field_or_none(each.field) if each.field else None
        found.append(Row(each.words, each.because, change_address(partnership, field) if field else each.address))
    return found


def _to_put_right(partnership: Partnership, asked: Asked) -> list[Row]:
    """What the policy asks of an entry in its state and nobody has said, each with where to say it."""
    is_active = partnership.status in (Status.ACTIVE, Status.LEAVING)
    missing = []
    for field in asked.fields:
        if field.required == "no" or (field.required == "when_active" and not is_active):
            continue
        address = change_address(partnership, field)
        if address and not _is_filled(partnership, field, asked):
            missing.append(Row(field.label, "", address))
    return missing


def _is_filled(partnership: Partnership, field: RegisterField, asked: Asked) -> bool:
    if field.core in PEOPLE:
        return bool(person_words(partnership, field.core))
    if field.core in ROWS:
        return _has_rows(partnership, field.core)
    if field.core == "contribution_a_year":
        return partnership.contribution_a_year is not None
    facts = asked.facts_of(field)
    return not facts or facts[0].read(partnership) not in (None, "", [])


def _has_rows(partnership: Partnership, core: str) -> bool:
    entry: Any = partnership
    if core == "lead_partner":
        return any(row.is_lead for row in entry.memberships.all())
    if core == "critical_outcomes":
        return bool(entry.priority_links.filter(priority__parent__isnull=False).exists())
    if core in ("risks", "opportunities"):
        return bool(rows.rows_of(rows.KINDS[core], partnership).exists())
    related = {"partners": "memberships", "priorities": "priority_links"}.get(core, core)
    return bool(getattr(entry, related).exists())


@dataclass(frozen=True)
class Coming:
    """A day that comes up, and what falls on it."""

    on: date
    what: str
    near: str
    is_late: bool


def _coming_up(partnership: Partnership, representatives: Sequence[Any], today: date) -> list[Coming]:
    days: list[tuple[date, str]] = []
    if partnership.next_review_on:
        days.append((partnership.next_review_on, "Review"))
    entry: Any = partnership
    open_actions = entry.actions.filter(done_on=None, due_on__isnull=False)
    days += [(action.due_on, f"Action: {action.text[:80]}") for action in open_actions.order_by("due_on", "pk")[:5]]
    reviewed = entry.documents.filter(review_on__isnull=False)
    days += [(each.review_on, f"Look again at “{each.title}”") for each in reviewed.order_by("review_on", "pk")[:5]]
    days += [(row.ends_on, f"Term of {row} ends") for row in representatives if row.ends_on and row.ends_on >= today]
    if partnership.ends_on and partnership.ends_on >= today:
        days.append((partnership.ends_on, "The partnership ends"))
    return [Coming(day, what, words.days_away(day, today), day < today) for day, what in sorted(days)[:6]]


# --- Details ----------------------------------------------------------------------------------


@requires("register.view")
def details(request: SignedIn, reference: str) -> HttpResponse:
    """Every fact that the policy asks for, card by card."""
    partnership, asked = entry_or_404(reference), asked_today()
    context = page(request, partnership, sections.DETAILS)
    context["cards"] = _cards(request, partnership, asked, can_change=context["can_change"])
    return render(request, "register/details.html", context)


def _cards(request: HttpRequest, partnership: Partnership, asked: Asked, *, can_change: bool) -> list[Card]:
    if asked.policy is None:
        return []
    sources = sources_of(partnership)
    row_words = _row_words(partnership, asked)
    local = asked.policy.wording_of("local_setting") or "Local setting, not in the policy"
    cards = []
    for section in asked.policy.sections:
        lines = []
        for field in asked.policy.fields_of(section.id):
            if not is_shown(partnership, field, asked):
                continue
            source = sources.get(field.core or field.id, Source())
            lines.append(
                Row(
                    field.label,
                    _words(partnership, field, asked, row_words),
                    change_address(partnership, field) if can_change else "",
                    "; ".join(filter(None, (source.words, local if field.standing == "proposed" else ""))),
                    source.address,
                )
            )
        if lines:
            has_form = can_change and bool(asked.section(section.id))
            change = reverse("register:change_section", args=[partnership.reference, section.id]) if has_form else ""
            cards.append(Card(section.title, lines, change))
    return cards


def is_shown(partnership: Partnership, field: RegisterField, asked: Asked) -> bool:
    """Whether a field applies: some are asked only when another has a certain value."""
    if field.shown_when is None or asked.policy is None:
        return True
    facts = asked.facts_of(asked.policy.field(field.shown_when.field))
    return not facts or facts[0].read(partnership) in field.shown_when.one_of


def _words(partnership: Partnership, field: RegisterField, asked: Asked, row_words: dict[str, str]) -> str:
    if field.core in row_words:
        return row_words[field.core]
    if field.core in PEOPLE:
        return person_words(partnership, field.core)
    if field.core == "service":
        return str(partnership.service or "")
    if field.core == "parent":
        return str(partnership.parent or "")
    if field.core in ("starts_on", "ends_on"):
        return day_as_known(getattr(partnership, field.core), getattr(partnership, f"{field.core}_precision"))
    fact = fact_of(field, asked)
    return fact.in_words(fact.read(partnership)) if fact else ""


def fact_of(field: RegisterField, asked: Asked) -> Fact | None:
    """The fact that holds a field of the pack, asked for or worked out."""
    if facts := asked.facts_of(field):
        return facts[0]
    return next((fact for fact in asked.entry if field.core and fact.name == field.core), None)


def day_as_known(value: date | None, precision: str) -> str:
    """A day as exactly as it is known: "9 June 2025", "June 2025", "2025"."""
    if value is None:
        return ""
    if precision == "year":
        return str(value.year)
    return f"{value:%B %Y}" if precision == "month" else words.day(value)


def _row_words(partnership: Partnership, asked: Asked) -> dict[str, str]:
    """What is kept in rows, in a few words each, by the pack's name for it: one query a kind."""
    partners = list(rows.rows_of(rows.PARTNER, partnership))
    links = list(rows.rows_of(rows.PRIORITY, partnership))
    contributions = list(partnership.contributions.order_by("year", "pk"))
    entry: Any = partnership
    benefits = [rows._cell(rows.BENEFIT, row, _fact(asked, rows.BENEFIT, "description"), asked).text
                for row in rows.rows_of(rows.BENEFIT, partnership)]  # fmt: skip
    risk = _fact(asked, rows.RISK, "kind")
    open_risks = list(entry.risks.still_open().highest_first())
    return {
        "lead_partner": next((str(row.organisation) for row in partners if row.is_lead), ""),
        "partners": "\n".join(str(row.organisation) for row in partners),
        "representatives": "\n".join(str(row) for row in rows.rows_of(rows.REPRESENTATIVE, partnership)),
        "priorities": "\n".join(str(link.priority) for link in links if link.priority.parent_id is None),
        "critical_outcomes": "\n".join(str(link.priority) for link in links if link.priority.parent_id),
        "contributions": "\n".join(
            f"{year.title}: {words.money(year.cash)}"
            + (f" and {words.money(year.in_kind)} in kind" if year.in_kind else "")
            for year in years_of(contributions, {})
        ),
        "funding_sources": "\n".join(str(row) for row in rows.rows_of(rows.FUNDING, partnership)),
        "benefits": "\n".join(benefits),
        **{
            core: "\n".join(
                (row.note if row.rating else "") or risk.in_words(row.kind) or row.note
                for row in open_risks
                if row.side == kind.given["side"]
            )
            for core, kind in (("risks", rows.RISK), ("opportunities", rows.OPPORTUNITY))
        },
        "actions": "\n".join(row.text for row in entry.actions.filter(done_on=None).order_by("due_on", "pk")),
        "documents": "\n".join(row.title for row in entry.documents.order_by("title", "pk")),
    }


def _fact(asked: Asked, kind: rows.RowKind, name: str) -> Fact:
    return next(fact for fact in asked.row_facts(kind.model) if fact.name == name)


# --- Pages of rows ----------------------------------------------------------------------------


@requires("register.view")
def people(request: SignedIn, reference: str) -> HttpResponse:
    """Who answers for the partnership, who attends, and who the partners are."""
    partnership, asked = entry_or_404(reference), asked_today()
    context = page(request, partnership, sections.PEOPLE)
    can = context["can_change"]
    context["holders"] = [
        Row(
            _label_of(asked, core),
            person_words(partnership, core),
            _change_address(asked, partnership, core) if can else "",
        )
        for core in PEOPLE
    ]
    context["tables"] = [
        rows.table(kind, partnership, asked, can_change=can) for kind in (rows.REPRESENTATIVE, rows.PARTNER)
    ]
    return render(request, "register/people.html", context)


@requires("register.view")
def money(request: SignedIn, reference: str) -> HttpResponse:
    """What the council puts in, year by year, and the time that it takes."""
    partnership, asked = entry_or_404(reference), asked_today()
    context = page(request, partnership, sections.MONEY)
    can = context["can_change"]
    hours = partnership.hours_a_month
    labels = _labels(asked, partnership)
    context |= {
        "hours_a_week": None if hours is None else hours * 12 / 52,
        "years": years_of(list(partnership.contributions.order_by("year", "pk")), labels),
        "facts": [
            Row(_label_of(asked, core), labels.get(core, ""), _change_address(asked, partnership, core) if can else "")
            for core in ("budget_status", "budget_source", "payment_kind", "cost_centre")
            if asked.policy and asked.policy.core_field(core)
        ],
        "change_hours": _change_address(asked, partnership, "hours_a_month") if can else "",
        "tables": [rows.table(kind, partnership, asked, can_change=can) for kind in (rows.CONTRIBUTION, rows.FUNDING)],
    }
    return render(request, "register/money.html", context)


@requires("register.view")
def benefits(request: SignedIn, reference: str) -> HttpResponse:
    """What the partnership brings, and which priorities it helps."""
    return _tables(request, reference, sections.BENEFITS, (rows.BENEFIT, rows.PRIORITY))


@requires("register.view")
def actions(request: SignedIn, reference: str) -> HttpResponse:
    """What is to be done, by whom and by when."""
    return _tables(request, reference, sections.ACTIONS, (rows.ACTION,))


@requires("register.view")
def documents(request: SignedIn, reference: str) -> HttpResponse:
    """Files and addresses kept with the partnership."""
    return _tables(request, reference, sections.DOCUMENTS, (rows.DOCUMENT,))


def _tables(
    request: HttpRequest, reference: str, section: sections.Section, kinds: Sequence[rows.RowKind]
) -> HttpResponse:
    partnership, asked = entry_or_404(reference), asked_today()
    context = page(request, partnership, section)
    context["tables"] = [rows.table(kind, partnership, asked, can_change=context["can_change"]) for kind in kinds]
    context["caveat"] = (
        partnership.data_caveat if rows.BENEFIT in kinds else ""
    )  # wherever such figures stand (BRK-F20)
    return render(request, "register/rows.html", context)


# --- History ----------------------------------------------------------------------------------


@requires("register.view")
def history(request: SignedIn, reference: str) -> HttpResponse:
    """Everything that changed, in words, newest first."""
    partnership, asked = entry_or_404(reference), asked_today()
    wanted, problem = _wanted(request, asked.today)
    events = timeline(partnership, asked, wanted, request.GET.get("page"))
    context = page(request, partnership, sections.HISTORY)
    context |= {
        "page": events,
        "wanted": wanted,
        "typed": request.GET,
        "problem": problem,
        "in_use": sum(bool(value) for value in (wanted.who, wanted.what, wanted.since, wanted.until)),
        "people": people_in(partnership),
        "kinds": [(name, kind.title) for name, kind in HISTORY_KINDS.items()],
    }
    return render(request, "register/history.html", context)


def _wanted(request: HttpRequest, today: date) -> tuple[Filter, str]:
    problem, days = "", {}
    for name in ("since", "until"):
        text = request.GET.get(name, "").strip()
        try:
            days[name] = parse_day(text, today) if text else None
        except ValueError:
            days[name], problem = None, "Enter the days like 31/3/2026 or 31 March 2026"
    what = request.GET.get("what", "")
    return Filter(
        who=request.GET.get("who", ""),
        what=what if what in HISTORY_KINDS else "",
        since=days["since"],
        until=days["until"],
    ), problem
