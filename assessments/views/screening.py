"""Is it a partnership at all? The policy's tests and exclusions, and what follows (BRK-A11 to A17)."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, requires
from assessments import services
from assessments.forms import ScreeningForm
from assessments.views.shared import entry, may_change, now, own_entry, told, version_in_force
from policy.refused import Refused


@requires("assessments.change")
def screening(request: SignedIn, reference: str) -> HttpResponse:
    """The tests and exclusions on one page."""
    partnership = own_entry(request, reference)
    moment = now()
    version = version_in_force(moment.date())
    definition = version.policy.definition
    kept = {name: "yes" if value else "no" for name, value in partnership.screening.get("answers", {}).items()}
    form = ScreeningForm(request.POST or None, definition=definition, initial=kept)
    if form.is_valid():
        services.keep_screening(partnership, form.answers(), version=version, by=request.user, at=moment)
        return redirect("assessments:screening_result", reference)
    context = {"partnership": partnership, "definition": definition, "form": form}
    return render(request, "assessments/screening.html", context)


@requires("assessments.view")
def screening_result(request: SignedIn, reference: str) -> HttpResponse:
    """What the answers make of it under the policy, and what can be done about it."""
    partnership = entry(reference)
    if not partnership.screening.get("answers"):
        return redirect("assessments:screening", reference)
    version = services.version_of_screening(partnership)
    result = services.screened(partnership, version)
    move = services.move_after(partnership, result)
    context = {
        "partnership": partnership,
        "result": result,
        "version": version,
        "screening": partnership.screening,
        "answered_on": date.fromisoformat(partnership.screening["on"]),
        "answers": services.screening_rows(partnership, version),
        "move": move,
        "why_not": partnership.why_not(move, by=request.user) if move else "",
        "can_change": may_change(request, partnership),
    }
    return render(request, "assessments/screening_result.html", context)


@requires("register.move")
@require_POST
def screening_move(request: SignedIn, reference: str) -> HttpResponse:
    """Keep the entry as what the screening found it to be: the register manager's move."""
    partnership = own_entry(request, reference)
    if not partnership.screening.get("answers"):
        return redirect("assessments:screening", reference)
    result = services.screened(partnership, services.version_of_screening(partnership))
    move = services.move_after(partnership, result)
    if move is None:
        return redirect("assessments:screening_result", reference)
    try:
        partnership.move(move, by=request.user, reason=f"Screening: {result.because}")
    except Refused as refusal:
        told(request, refusal)
    else:
        messages.success(request, f"{partnership} is now kept as: {partnership.get_status_display().lower()}")
    return redirect("assessments:screening_result", reference)
