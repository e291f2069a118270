"""What a request asks of the register: the facts that would change, and the money year by year."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.permissions import SignedIn, requires
from approvals import proposed
from approvals.models import Request
from approvals.views import draft_or_404
from policy.refused import Refused
from register.forms import FactForm
from register.models import Contribution


@requires("approvals.ask")
def changes(request: SignedIn, reference: str) -> HttpResponse:
    """Ask for other values of facts that the policy has decided. Nothing changes before it is agreed (CORE-13)."""
    found = draft_or_404(request, reference)
    facts = proposed.facts_of_request(found)
    if not facts:
        raise Http404
    user = request.user
    form = FactForm(request.POST or None, record=proposed.as_it_would_be(found), facts=facts)
    if form.is_valid():
        try:
            proposed.ask_for_facts(found, form.typed, by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("approvals:request", reference)
    return render(request, "approvals/form_page.html", {
        "found": found, "form": form, "title": "What is to change", "button": "Save and go on",
        "says": "Write what the register should say. It stays as it is until this is agreed, and changes then.",
    })  # fmt: skip


@requires("approvals.ask")
def money(request: SignedIn, reference: str) -> HttpResponse:
    """The money year by year, as it is and as it would be."""
    found = _about_money_or_404(request, reference)
    figures = [line for line in proposed.lines_of(found) if line["label"] in proposed.FIGURES.values()]
    context = {"found": found, "rows": proposed.money_rows(found), "figures": figures}
    return render(request, "approvals/money.html", context)


@requires("approvals.ask")
def money_add(request: SignedIn, reference: str) -> HttpResponse:
    """Ask for one more contribution."""
    found = _about_money_or_404(request, reference)
    row = Contribution(partnership=found.entry)
    return _row_form(request, found, row, key=proposed.next_key(found), title="Add a contribution")


@requires("approvals.ask")
def money_change(request: SignedIn, reference: str, key: str) -> HttpResponse:
    """Ask for another amount in a year, for none, or for what the register says."""
    found = _about_money_or_404(request, reference)
    row = proposed.row_as_it_would_be(found, key)
    if row is None:
        raise Http404
    user = request.user
    wanted = request.POST.get("do", "")
    if wanted in ("take_out", "forget"):
        try:
            if wanted == "take_out":
                proposed.ask_for_row(found, row, None, by=user, key=key)
            else:
                proposed.forget_row(found, key, by=user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("approvals:money", reference)
    return _row_form(request, found, row, key=key, title="Change a contribution")


def _about_money_or_404(request: SignedIn, reference: str) -> Request:
    found = draft_or_404(request, reference)
    policy = found.policy_version.policy
    if not proposed.is_about_money(policy, policy.route(found.route)):
        raise Http404
    return found


def _row_form(request: SignedIn, found: Request, row: Contribution, *, key: str, title: str) -> HttpResponse:
    user = request.user
    facts = proposed.row_facts(found, row)
    is_new = key not in found.changes.get("money", {}) and row.pk is None
    # A row that is only asked for starts with what was asked; the form reads what stands in the row.
    form = FactForm(request.POST or None, record=row, facts=facts)
    if not is_new and row.pk is None:
        form.initial = {fact.input_name: _as_asked(fact.read(row)) for fact in facts}
    if form.is_valid():
        try:
            proposed.ask_for_row(found, proposed.on_the_register(found, key), form.typed, by=user, key=key)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("approvals:money", found.reference)
    return render(request, "approvals/money_row.html", {
        "found": found, "form": form, "title": title, "row": row, "is_new": is_new,
        "is_asked": key in found.changes.get("money", {}),
    })  # fmt: skip


def _as_asked(value: Any) -> Any:
    return str(value) if isinstance(value, bool) else value
