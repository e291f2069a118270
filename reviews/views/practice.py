"""What is done with the partners all the time: the steps of an entry, and one step with what was said of it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from config import words
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership
from reviews import practice as doing
from reviews.forms import PracticeForm
from reviews.sections import PRACTICE


def _entry_and_version(reference: str) -> tuple[Partnership, PolicyVersion]:
    partnership = get_object_or_404(Partnership, reference=reference)
    version = PolicyVersion.objects.in_force(timezone.localdate())
    if version is None or not doing.routes_of(version.policy):
        raise Http404("The policy has no such steps")
    return partnership, version


@requires("reviews.view")
def practice(request: SignedIn, reference: str) -> HttpResponse:
    """Each step with who does it, what the entry says of it and when it was last done (RED-F41 to RED-F53)."""
    partnership, version = _entry_and_version(reference)
    user = request.user
    context = {
        "partnership": partnership,
        "section": PRACTICE,
        "routes": doing.lines(partnership, version.policy, by=user, on=timezone.localdate()),
    }
    return render(request, "reviews/practice.html", context)


@requires("reviews.view")
def practise(request: SignedIn, reference: str, step: str) -> HttpResponse:
    """One step: what the entry says of it, what was said before, and the form for whoever does it."""
    partnership, version = _entry_and_version(reference)
    policy, user, today = version.policy, request.user, timezone.localdate()
    try:
        found = doing.step_of(policy, step)
    except KeyError:
        raise Http404("The policy has no such step") from None
    problem = doing.why_not(partnership, policy, found, by=user, on=today)
    form = PracticeForm(request.POST or None, documents=partnership.documents.order_by("title", "pk"))
    if form.is_valid():
        try:
            doing.say_done(partnership, step, version=version, by=user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found.title}: done on {words.day(form.cleaned_data['done_on'])}")
            return redirect("reviews:practice", reference)
    context = {
        "partnership": partnership,
        "section": PRACTICE,
        "step": found,
        "whose": doing.whose(policy, found),
        "shown": doing.Kept(partnership, policy, on=today).shown_of(found),
        "said": doing.said_of(partnership, step),
        "problem": problem,
        "form": form,
    }
    return render(request, "reviews/practise.html", context)
