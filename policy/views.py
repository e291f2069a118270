"""Pages that show a policy version as it is: clause by clause, its fields, levels, forms and routes. Read only."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from config import words
from policy.comparing import compare, condition
from policy.deciding import standing_of
from policy.forms import ComparisonForm, InForceForm
from policy.model import Matrix
from policy.models import PolicyVersion
from policy.refused import Refused
from policy.rows import GROUPS, Row, counts, local_settings, rows_of

PAGES = (
    ("What it says", "policy:version"),
    ("Fields and lists", "policy:fields"),
    ("Levels", "policy:levels"),
    ("Forms", "policy:forms"),
    ("Routes and dates", "policy:routes"),
    ("Row by row", "policy:rows"),
)
# Where a rule comes from, in words; a tag is for what differs, so that what the policy states stays plain.
STANDING = {
    "stated": ("In the policy", "", ""),
    "implied": ("Follows from it", "blue", "not said outright"),
    "proposed": ("Local setting", "yellow", "not in the policy"),
}
FORCE = {"compulsory": "has to be used", "expected": "is expected", "guidance": "is guidance"}
# What an answer looks like, where the policy gives no hint.
ASKS = {
    "money": "A sum in pounds",
    "hours": "Hours",
    "number": "A figure",
    "date": "A date",
    "yes_no": "Yes or no",
    "choice": "One value of a list",
    "multi_choice": "One or more values of a list",
    "person": "A person",
    "people": "People",
    "organisation": "An organisation",
    "organisations": "Organisations",
    "yes_no_dont_know": "Yes, no or not known",
    "scale": "A step of a scale",
    "month": "A month",
    "links": "Addresses of pages",
    "rows": "Rows of a table",
}
CHANGES = {"new": ("New", "green"), "out": ("Taken out", "red"), "changed": ("Changed", "yellow")}
REQUIRED = {"no": "Optional", "when_active": "Needed once the partnership is active", "always": "Always needed"}


@requires("policy.view")
def policy(request: SignedIn) -> HttpResponse:
    """Open the version in force, or say that none is."""
    version = PolicyVersion.objects.in_force(timezone.localdate())
    if version is None:
        return render(request, "policy/none.html", {"versions": _versions()})
    return redirect("policy:version", version.code, version.version)


@requires("policy.view")
def clauses(request: SignedIn, code: str, version: str) -> HttpResponse:
    """Show what the policy says, clause by clause, and what the register does about it."""
    shown = _version(code, version)
    pack = shown.policy
    labels: dict[str, str] = {role.id: role.label for role in pack.roles}
    duties: dict[str, list[Any]] = {}
    for duty in pack.duties:
        duties.setdefault(labels.get(duty.role, "The partnership itself"), []).append(duty)
    context = _context(shown, "policy:version") | {
        "statements": [(each, STANDING[each.standing]) for each in pack.statements],
        "needed": [test for test in pack.definition.tests if test.kind == "needed"],
        "usual": [test for test in pack.definition.tests if test.kind == "usual"],
        "duties": list(duties.items()),
        "versions": _versions(),
    }
    return render(request, "policy/clauses.html", context)


@requires("policy.put_in_force")
def put_in_force(request: SignedIn, code: str, version: str) -> HttpResponse:
    """Put a version that waits in force from a day; without the decision that the policy asks for it says so."""
    shown = _version(code, version)
    if shown.in_force_from:
        return redirect("policy:version", code, version)
    today = timezone.localdate()
    standing = standing_of(shown, today)
    decided_on = standing.decided_on if standing else None
    form = InForceForm(request.POST or None, initial={"on": max(today, decided_on or today)})
    if form.is_valid():
        on = form.cleaned_data["on"]
        if decided_on and on < decided_on:
            form.add_error("on", f"It was agreed on {words.day(decided_on)}. Enter that day or a later one")
        else:
            try:
                PolicyVersion.objects.put_in_force(shown, on, decision=standing.decision if standing else "")
            except Refused as refusal:
                form.add_error("on", str(refusal))
            else:
                messages.success(request, f"{shown} is in force from {words.day(on)}")
                return redirect("policy:version", code, version)
    return render(request, "policy/put_in_force.html", {"form": form, "shown": shown, "standing": standing})


@requires("policy.view")
def fields(request: SignedIn, code: str, version: str) -> HttpResponse:
    """Show every field of the register and every list, stated or local."""
    shown = _version(code, version)
    pack = shown.policy
    lists = {each.id: each for each in pack.lists}
    sections = [
        (
            section,
            [
                {
                    "field": field,
                    "standing": STANDING[field.standing],
                    "required": REQUIRED[field.required],
                    "asks": ASKS.get(field.type, "Text"),
                    "list": lists.get(field.list) if field.list else None,
                    "kept": bool(field.list),
                }
                for field in pack.fields_of(section.id)
            ],
        )
        for section in pack.sections
    ]
    context = _context(shown, "policy:fields") | {
        "sections": [(section, rows) for section, rows in sections if rows],
        "lists": [(each, STANDING[each.standing]) for each in pack.lists],
    }
    return render(request, "policy/fields.html", context)


@requires("policy.view")
def levels(request: SignedIn, code: str, version: str) -> HttpResponse:
    """Show how each level comes about: the criteria, their limits, and how the overall level is suggested."""
    shown = _version(code, version)
    schemes = [
        {
            "scheme": scheme,
            "hue": scheme.hue,
            "criteria": [
                {
                    "criterion": each,
                    "standing": STANDING[each.limits_standing if each.limits else each.standing],
                    "words": [(level, each.words.get(level.id, "")) for level in reversed(scheme.levels)],
                }
                for each in scheme.criteria
            ],
            "suggestion_standing": STANDING[scheme.suggestion.standing],
        }
        for scheme in shown.policy.schemes.values()
    ]
    significance = shown.policy.significance
    context = _context(shown, "policy:levels") | {
        "schemes": schemes,
        "matrices": [_matrix(matrix) for matrix in shown.policy.matrices],
        "significance": significance if significance and significance.shown else None,
    }
    return render(request, "policy/levels.html", context)


@requires("policy.view")
def forms(request: SignedIn, code: str, version: str) -> HttpResponse:
    """Show the policy's questionnaires with every question."""
    shown = _version(code, version)
    questionnaires = [
        {
            "form": each,
            "force": FORCE[each.force],
            "sections": [(section, each.questions_of(section)) for section in each.sections],
        }
        for each in shown.policy.questionnaires
    ]
    context = _context(shown, "policy:forms") | {"questionnaires": questionnaires}
    return render(request, "policy/forms.html", context)


@requires("policy.view")
def routes(request: SignedIn, code: str, version: str) -> HttpResponse:
    """Show who decides what in which order, what comes again when, and the council's settings."""
    shown = _version(code, version)
    pack = shown.policy
    labels: dict[str, str] = {role.id: role.label for role in pack.roles}
    context = _context(shown, "policy:routes") | {
        "routes": [
            (
                route,
                [
                    (
                        step,
                        [step.joint_body] if step.joint_body else [labels.get(role, role) for role in step.role],
                        STANDING[step.standing],
                        condition(step.when, pack),
                    )
                    for step in route.steps
                ],
            )
            for route in pack.routes
        ],
        "cycles": [(cycle, STANDING[cycle.standing]) for cycle in pack.cycles],
        "settings": [(setting, STANDING[setting.standing], _setting(setting)) for setting in pack.settings],
    }
    return render(request, "policy/routes.html", context)


@requires("policy.view")
def rows(request: SignedIn, code: str, version: str) -> HttpResponse:
    """Show each row of the policy with what carries it; or the local settings alone, whatever the row."""
    shown = _version(code, version)
    pack = shown.policy
    asked = request.GET.get("group", "a")
    is_local = asked == "local"
    group = asked if asked in GROUPS else "a"
    carried = [Row("", (each,)) for each in local_settings(pack)] if is_local else rows_of(pack, group)
    numbers = counts(pack)
    groups = [(name, f"{title} ({numbers[name]})") for name, title in GROUPS.items()]
    context = _context(shown, "policy:rows") | {
        "groups": [
            {"words": title, "address": f"?group={name}", "current": name == (asked if is_local else group)}
            for name, title in [*groups, ("local", "Local settings only")]
        ],
        "title": "Local settings" if is_local else GROUPS[group],
        "is_local": is_local,
        "rows": [
            (row, [(each, STANDING[each.standing], reverse(each.page, args=[code, version])) for each in row.carriers])
            for row in carried
        ],
    }
    return render(request, "policy/rows.html", context)


@requires("policy.view")
def comparison(request: SignedIn) -> HttpResponse:
    """Set two versions side by side as sentences. Without a choice: the version in force and the one before it."""
    versions = _versions()
    form = ComparisonForm((request.GET or _latest_two(versions)) if versions else None, versions=versions)
    context: dict[str, Any] = {"form": form, "versions": versions}
    if form.is_valid():
        old, new = form.chosen("from"), form.chosen("to")
        parts: dict[str, list[Any]] = {}
        for change in compare(old.policy, new.policy) if old.code == new.code else ():
            parts.setdefault(change.part, []).append((change, CHANGES[change.kind]))
        count = sum(len(changes) for changes in parts.values())
        context |= {"old": old, "new": new, "parts": list(parts.items()), "count": count}
    return render(request, "policy/comparison.html", context)


def _latest_two(versions: list[PolicyVersion]) -> dict[str, str]:
    """What the form says before anybody chooses: the newest version, and the one before it of the same policy."""
    new = versions[0]
    old = next((each for each in versions[1:] if each.code == new.code), new)
    return {"from": f"{old.code}/{old.version}", "to": f"{new.code}/{new.version}"}


def _setting(setting: Any) -> str:
    if isinstance(setting.value, bool):
        return "Yes" if setting.value else "No"
    value = words.number(setting.value) if isinstance(setting.value, Decimal) else str(setting.value)
    return words.with_unit(value, setting.unit)


def _version(code: str, version: str) -> PolicyVersion:
    return get_object_or_404(PolicyVersion.objects.select_related("loaded_by"), code=code, version=version)


def _versions() -> list[PolicyVersion]:
    """Every version, those that wait to be put in force first, then from the newest day."""
    found = PolicyVersion.objects.defer("text", "canonical")
    return list(found.order_by(F("in_force_from").desc(nulls_first=True), "-pk"))


def _matrix(matrix: Matrix) -> dict[str, Any]:
    """The points of a matrix and where its levels end, in words."""
    labels = {level.id: level.label for level in matrix.levels}
    ends, bands = None, []
    for band in matrix.bands:
        reach = [f"above {ends}"] if ends is not None else []
        reach += [f"up to {band.up_to}"] if band.up_to is not None else []
        bands.append(f"{labels[band.level]}: a score {' and '.join(reach)}")
        ends = band.up_to
    return {
        "matrix": matrix,
        "axes": [("Likelihood", matrix.likelihood), ("Impact", matrix.impact)],
        "bands": bands,
        "standing": STANDING[matrix.standing],
    }


def _context(shown: PolicyVersion, current: str) -> dict[str, Any]:
    today = timezone.localdate()
    since = shown.in_force_from
    in_force = since is not None and since <= today and (shown.in_force_to is None or shown.in_force_to >= today)
    return {
        "shown": shown,
        "pack": shown.policy,
        "is_in_force": in_force,
        "is_to_come": since is not None and since > today,
        "standing": None if since else standing_of(shown, today),
        "links": [
            {
                "words": title,
                "address": reverse(url_name, args=[shown.code, shown.version]),
                "current": url_name == current,
            }
            for title, url_name in (*PAGES, *settings.POLICY_PAGES)
        ],
    }
