"""Taking several steps at once: tick them on the work list, answer each, check all, record."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from approvals import several
from approvals.forms import kept
from approvals.papers import body_of
from approvals.rules import BODY_ACTS
from approvals.several import Item, Wanted
from approvals.several_forms import OneOfSeveralForm, SharedForm
from config import words
from register.models import Partnership


@requires("approvals.view")
def several_at_once(request: SignedIn) -> HttpResponse:
    """Ask for an outcome and reasons on each picked request, show all on one page, then record them."""
    user = request.user
    given = request.POST or request.GET
    items = several.items_of(given.getlist("pick"), person=user, on=timezone.localdate())
    if not items:
        messages.error(request, "Select at least one request first")
        return redirect("approvals:decision_list")
    is_sent = "mark_of_page" in request.POST
    shared = SharedForm(request.POST if is_sent else None)
    forms = [(item, _form(item, request.POST if is_sent else None)) for item in items if not item.problem]
    out = [(item, item.problem) for item in items if item.problem]
    context = {
        "shared": shared,
        "rows": [_row(item, form) for item, form in forms],
        "out": out,
        "forms": [*(form for _, form in forms), shared],
        "picked": [item.key for item in items],
        "noun": _noun(items),
        "again": f"{request.path}?{urlencode([('pick', item.key) for item in items])}",
    }
    if is_sent and all([shared.is_valid(), *(form.is_valid() for _, form in forms)]):
        wanted = [_wanted(item, form, shared) for item, form in forms if not form.is_left]
        ready = [each for each in wanted if not each.problem]
        out += [(each.item, each.problem) for each in wanted if each.problem]
        if "record" in request.POST:
            return _record(request, wanted, out=[row for row in out if row[0].key not in {w.item.key for w in wanted}])
        if not wanted and not out:
            _, first = forms[0]
            if first.outcomes:
                first.add_error("outcome", "Select an outcome for at least one request")
            else:
                first.add_error("received", "Tick at least one as received")
        else:
            context |= {
                "ready": [(each, _outcome(each)) for each in ready],
                "out": out,
                "kept": kept(request),
                "left": [item for item, form in forms if form.is_left],
            }
            return render(request, "approvals/several_check.html", context)
    return render(request, "approvals/several.html", context)


def _noun(items: Sequence[Item]) -> str:
    """What the buttons call them: decisions where bodies decide or recommend, else steps."""
    return "decision" if all(item.step.act in BODY_ACTS for item in items) else "step"


def _form(item: Item, data: Any) -> OneOfSeveralForm:
    return OneOfSeveralForm(
        data,
        prefix=item.key.replace(".", "_"),
        step=item.step,
        policy=item.situation.policy,
        initial={"mark": item.situation.mark},
    )


def _row(item: Item, form: OneOfSeveralForm) -> dict[str, Any]:
    return {
        "item": item,
        "form": form,
        "asks": item.situation.standing.route.title,
        "body": body_of(item.situation.policy, item.state),
        "facts": _facts(item.request.partnership) if item.request.partnership else [],
    }


def _facts(partnership: Partnership) -> list[tuple[str, str, Any]]:
    """What an entry costs: label, words and value."""
    return [
        ("Costs", f"{words.money(partnership.contribution_a_year)} a year", partnership.contribution_a_year),
        (
            "Not in the budget",
            f"{words.money(partnership.unbudgeted_a_year)} a year",
            partnership.unbudgeted_a_year,
        ),
        ("Staff time", words.hours(partnership.hours_a_month), partnership.hours_a_month),
    ]


def _wanted(item: Item, form: OneOfSeveralForm, shared: SharedForm) -> Wanted:
    given = shared.cleaned_data
    said = several.on_the_day(form.said(), given.get("on"), given.get("minute", ""))
    return Wanted(item, said, form.cleaned_data["mark"])


def _outcome(wanted: Wanted) -> str:
    offered = wanted.item.situation.policy.outcomes
    return next((each.label for each in offered if each.id == wanted.said.outcome), "Received")


def _record(request: SignedIn, wanted: list[Wanted], *, out: list[tuple[Item, str]]) -> HttpResponse:
    """Record, and say on the work list what is recorded and what is not, with why."""
    user = request.user
    done = several.record(wanted, by=user, at=timezone.now())
    if done.taken:
        noun = _noun([each.item for each in wanted])
        names = words.listed(f"{record} ({record.request.reference})" for record in done.taken)
        messages.success(request, f"{words.count(len(done.taken), noun)} recorded: {names}")
    for found, why in [*done.refused, *((item.request, why) for item, why in out)]:
        messages.error(request, f"{found.reference} is not recorded. {why}")
    return redirect("approvals:decision_list")
