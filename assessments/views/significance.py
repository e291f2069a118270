"""Whether a partnership is significant: the grounds, what a person judges, and the mark (RED-A25 to A29, BRK-I08)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.permissions import SignedIn, requires
from assessments import significance as marks
from assessments.forms import SignificanceForm
from assessments.sections import SIGNIFICANCE
from assessments.views.shared import entry, now, version_in_force
from policy.refused import Refused


@requires("assessments.view")
def significance(request: SignedIn, reference: str) -> HttpResponse:
    """The grounds with what is known, and for those who may: what they judge, the mark, why."""
    partnership = entry(reference)
    policy = version_in_force(now().date()).policy
    asked = marks.shown_in(policy)
    if asked is None:
        raise Http404("The policy in force does not mark partnerships as significant")
    grounds = marks.grounds_for(partnership, policy)
    otherwise = partnership.local_values.get(asked.id)
    why_not = marks.why_not(policy, by=request.user)
    form = SignificanceForm(
        request.POST or None, partnership=partnership, grounds=grounds, label=asked.label, otherwise=otherwise
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["reason"]
        try:
            marked = marks.set_mark(
                partnership,
                policy,
                form.judged(),
                otherwise=form.otherwise,
                reason=said,
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{asked.label}: {'yes' if marked else 'no'}")
            return redirect("assessments:significance", reference)
    found = marks.finding_of(grounds)
    context = {
        "partnership": partnership,
        "section": SIGNIFICANCE,
        "asked": asked,
        "grounds": [each for each in grounds if why_not or not each.kept_as],  # others stand in the form
        "found": found,
        "is_otherwise": otherwise is not None,
        "differs": partnership.is_significant is not None
        and found.is_significant not in (None, partnership.is_significant),
        "form": form,
        "why_not": why_not,
        "changes": marks.changes_of(partnership),
    }
    return render(request, "assessments/significance.html", context)
