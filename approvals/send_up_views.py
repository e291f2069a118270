"""Sending up what is about the whole register: a new version of the policy, and for the apps above their reports."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from approvals import policy_versions, services
from approvals.forms import LONG, PlainForm
from approvals.queries import label, next_bodies
from approvals.subjects import About
from config import words
from policy.models import PolicyVersion
from policy.refused import Refused


class SendUpForm(PlainForm):
    """What those who receive or decide it should know."""

    why = forms.CharField(
        label="What should they know about it? (optional)",
        help_text="Two or three sentences. They stand on top of what is before those who read and decide",
        max_length=LONG,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )


def send_up_page(
    request: SignedIn,
    about: About,
    route_id: str,
    version: PolicyVersion,
    *,
    title: str,
    says: Sequence[str],
    trail: Sequence[tuple[str, str]],
    before_sending: Any = None,
) -> HttpResponse:
    """The page that says who has a turn and sends it up; `before_sending` makes what is sent, and may raise Refused."""
    user = request.user
    policy = version.policy
    route = policy.route(route_id)
    form = SendUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.send_up(
                route_id,
                about=about,
                why=form.cleaned_data["why"],
                by=user,
                version=version,
                at=timezone.now(),
                first=before_sending,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made.reference} is sent. {next_bodies(made)}")
            return redirect("approvals:request", made.reference)
    steps = [
        (step.title, step.joint_body or words.listed(label(policy, role) for role in step.role)) for step in route.steps
    ]
    return render(request, "approvals/send_up.html", {
        "form": form, "title": title, "says": says, "trail": trail, "route": route, "steps": steps,
        "back": about.address,
    })  # fmt: skip


@requires("approvals.send_up")
def policy_version(request: SignedIn, code: str, version: str) -> HttpResponse:
    """Send a version that waits up the route on which the policy in force has it decided."""
    shown = get_object_or_404(PolicyVersion, code=code, version=version)
    in_force = PolicyVersion.objects.in_force(timezone.localdate())
    route = in_force.policy.policy_route if in_force else None
    if in_force is None or route is None:
        raise Http404
    comparison = f"{reverse('policy:comparison')}?from={in_force.code}/{in_force.version}&to={code}/{version}"
    return send_up_page(
        request,
        policy_versions.about(shown),
        route.id,
        in_force,
        title=f"Send up {shown}",
        says=["Those who decide see each change as a sentence, beside the version in force."],
        trail=[("Policy", reverse("policy:policy")), ("What it changes", comparison)],
    )
