"""The risk and opportunity register of an entry: what could go wrong or well, where each stands, what is done."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from config.levels import level_html
from policy.matrix import place_on_matrix
from policy.model import Matrix, Point
from policy.refused import Refused
from register import rows, sections, services
from register.facts import Asked, Fact
from register.forms import CloseRiskForm, FactForm, NeededReasonForm
from register.models import Partnership, Risk, Side
from register.views.shared import asked_today, editable_or_404, entry_or_404, page

HUES = {Side.RISK: "risk", Side.OPPORTUNITY: "value"}


@dataclass(frozen=True)
class RiskLine:
    """A risk or opportunity as its table shows it. `missing` says what the policy asks for and nobody has given."""

    row: Risk
    name: str
    notes: Sequence[str]
    likelihood: str
    impact: str
    level: str
    older_scale: str
    missing: str
    owner: str
    change: str = ""
    take_out: str = ""


@dataclass(frozen=True)
class RiskTable:
    """The rows of one side: those still open, then those closed. `labels` are the pack's, by fact."""

    kind: rows.RowKind
    labels: Mapping[str, str]
    lines: Sequence[RiskLine]
    closed: Sequence[RiskLine]
    add: str


@dataclass(frozen=True)
class Place:
    """One place of a matrix: the level it stands for, and how many open rows are there."""

    level: str
    count: int


@dataclass(frozen=True)
class MatrixTable:
    """A policy's matrix with the open rows counted: likelihood down, the highest first; impact across."""

    title: str
    noun: str
    across: Sequence[Point]
    lines: Sequence[tuple[Point, Sequence[Place]]]


@requires("register.view")
def risks(request: SignedIn, reference: str) -> HttpResponse:
    """What could go wrong or well, each with its level, what is done about it and who owns it."""
    partnership, asked = entry_or_404(reference), asked_today()
    context = page(request, partnership, sections.RISKS)
    can = context["can_change"]
    listed = list(rows.rows_of(rows.RISK, partnership))
    if not asked.places_risks and not any(row.rating for row in listed):
        context["tables"] = [rows.table(rows.RISK, partnership, asked, can_change=can)]
        return render(request, "register/rows.html", context)
    tables = [_table(rows.RISK, listed, asked, can_change=can, partnership=partnership)]
    hoped_for = list(rows.rows_of(rows.OPPORTUNITY, partnership))
    if asked.places_opportunities or hoped_for:
        tables.append(_table(rows.OPPORTUNITY, hoped_for, asked, can_change=can, partnership=partnership))
    context |= {
        "tables": tables,
        "missing": [line for table in tables for line in table.lines if line.missing],
        "matrices": _matrices(asked, [*listed, *hoped_for]),
    }
    return render(request, "register/risks.html", context)


def _table(
    kind: rows.RowKind, listed: Sequence[Risk], asked: Asked, *, can_change: bool, partnership: Partnership
) -> RiskTable:
    blank = Risk(partnership=partnership, **kind.given)
    facts = {fact.name: fact for fact in (*asked.row_facts(Risk), *asked.risk_form(blank))}
    labels = {"likelihood": "Likelihood", "impact": "Impact"} | {name: fact.label for name, fact in facts.items()}
    lines = [_line(kind, row, asked, facts, partnership=partnership, can_change=can_change) for row in listed]
    add = reverse("register:add_row", args=[partnership.reference, kind.slug]) if can_change else ""
    still_open = [line for line in lines if line.row.is_open]
    return RiskTable(kind, labels, still_open, [line for line in lines if not line.row.is_open], add)


def _line(
    kind: rows.RowKind,
    row: Risk,
    asked: Asked,
    facts: dict[str, Fact],
    *,
    partnership: Partnership,
    can_change: bool,
) -> RiskLine:
    in_force, own = row.matrix_of(asked.policy), row.matrix if row.rating else None
    named = facts["kind"].in_words(row.kind)
    on_older_scale = own is not None and not row.is_on(in_force)
    missing = services.contingency_warning(in_force) if in_force and row.needs_contingency_plan(in_force) else ""
    arguments = [partnership.reference, kind.slug, row.pk]
    return RiskLine(
        row,
        name=row.note or named,
        notes=[
            line
            for line in (
                # A kind that the policy in force does not list has no words here.
                named if row.note and named != row.kind else "",
                f"{facts['view'].label}: {facts['view'].in_words(row.view)}" if row.view else "",
                f"Sign that it is coming true: {row.trigger}" if row.trigger else "",
                f"Contingency plan: {row.contingency_plan}" if row.contingency_plan else "",
                f"Transferred to {row.transferred_to}" if row.transferred_to else "",
            )
            if line
        ],
        likelihood=_label(own.likelihood, row.likelihood) if own else "",
        impact=_label(own.impact, row.impact) if own else "",
        level=_level(row, own or in_force, facts),
        older_scale=f"on the scale of {row.policy_version}" if on_older_scale else "",
        missing=missing,
        owner=str(row.owner) if row.owner else row.owner_name,
        change=reverse("register:change_row", args=arguments) if can_change and row.is_open else "",
        take_out=reverse("register:take_out_row", args=arguments) if can_change else "",
    )


def _label(points: Sequence[Point], chosen: str) -> str:
    return next((point.label for point in points if point.id == chosen), chosen)


def _level(row: Risk, matrix: Matrix | None, facts: dict[str, Fact]) -> str:
    if row.level and not row.rating:  # judged, before the policy had a matrix
        return facts["level"].in_words(row.level)
    levels = tuple((level.id, level.label) for level in matrix.levels) if matrix else ()
    return level_html(HUES[Side(row.side)], row.level, levels)


def _matrices(asked: Asked, listed: Sequence[Risk]) -> list[MatrixTable]:
    """Each matrix of the policy in force as a table; one that serves both sides stands once."""
    found: list[MatrixTable] = []
    risk_matrix = asked.policy.matrix_for("risks") if asked.policy else None
    hope_matrix = asked.policy.matrix_for("opportunities") if asked.policy else None
    if risk_matrix:
        found.append(_matrix(risk_matrix, Side.RISK, "risk", listed))
    if hope_matrix and any(row.side == Side.OPPORTUNITY for row in listed):
        found.append(_matrix(hope_matrix, Side.OPPORTUNITY, "opportunity", listed))
    return found


def _matrix(matrix: Matrix, side: Side, noun: str, listed: Sequence[Risk]) -> MatrixTable:
    counted = Counter(
        (row.likelihood, row.impact)
        for row in listed
        if row.side == side and row.is_open and row.rating and row.is_on(matrix)
    )
    levels = tuple((level.id, level.label) for level in matrix.levels)
    lines = []
    for likelihood in reversed(matrix.likelihood):
        places = []
        for impact in matrix.impact:
            score: Any = place_on_matrix(matrix, likelihood.number or 0, impact.number or 0)  # type: ignore[arg-type]
            places.append(Place(level_html(HUES[side], score.level, levels), counted[likelihood.id, impact.id]))
        lines.append((likelihood, places))
    return MatrixTable(matrix.title, noun, matrix.impact, lines)


# --- Rating, closing, reopening ---------------------------------------------------------------


def _risk_or_404(partnership: Partnership, risk_id: int) -> Risk:
    return get_object_or_404(partnership.risks.select_related("policy_version"), pk=risk_id)


@requires("register.change")
def rate_risk(request: SignedIn, reference: str, risk_id: int) -> HttpResponse:
    """Place a risk on the scale in force: nothing is chosen in advance, and nothing is converted."""
    partnership, asked = editable_or_404(request, reference), asked_today()
    risk = _risk_or_404(partnership, risk_id)
    facts = [replace(fact, required="always") for fact in asked.risk_points(risk)]
    if not facts:  # the policy in force has no matrix
        raise Http404
    empty = Risk(partnership=partnership, side=risk.side)
    form = FactForm(request.POST or None, record=empty, facts=facts)
    if form.is_valid():
        try:
            services.rate_risk(risk, **form.typed, version=asked.version, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{risk.noun.capitalize()} rated: {risk}")
            return redirect("register:risks", reference)
    return _act(request, partnership, risk, form, heading=f"Rate this {risk.noun}", button="Save this rating")


@requires("register.change")
def close_risk(request: SignedIn, reference: str, risk_id: int) -> HttpResponse:
    """Close a risk or opportunity with what came of it."""
    partnership = editable_or_404(request, reference)
    risk = _risk_or_404(partnership, risk_id)
    form = CloseRiskForm(request.POST or None)
    if form.is_valid():
        try:
            services.close_risk(risk, on=timezone.localdate(), by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{risk.noun.capitalize()} closed: {risk}. It stays on the page under “Closed”")
            return redirect("register:risks", reference)
    return _act(request, partnership, risk, form, heading=f"Close this {risk.noun}", button=f"Close this {risk.noun}")


@requires("register.change")
def reopen_risk(request: SignedIn, reference: str, risk_id: int) -> HttpResponse:
    """Open a closed risk or opportunity again, with a reason."""
    partnership = editable_or_404(request, reference)
    risk = _risk_or_404(partnership, risk_id)
    form = NeededReasonForm(
        request.POST or None,
        label=f"Why is this {risk.noun} open again?",
        error=f"Say why this {risk.noun} is open again",
    )
    if form.is_valid():
        try:
            services.reopen_risk(risk, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{risk.noun.capitalize()} open again: {risk}")
            return redirect("register:risks", reference)
    heading = f"Reopen this {risk.noun}"
    return _act(request, partnership, risk, form, heading=heading, button=heading)


def _act(
    request: HttpRequest, partnership: Partnership, risk: Risk, form: Any, *, heading: str, button: str
) -> HttpResponse:
    context = page(request, partnership, sections.RISKS, form=form, risk=risk, heading=heading, button=button)
    context["told"] = [
        {"label": risk.noun.capitalize(), "value": str(risk)},
        *([{"label": "Rated", "value": f"{risk.rating}, under {risk.policy_version}"}] if risk.rating else []),
    ]
    return render(request, "register/risk_act.html", context)
