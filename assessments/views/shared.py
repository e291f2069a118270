"""What the pages of this app have in common: the entry, who may change it, the policy in force."""

from datetime import date, datetime

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import SignedIn
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership


def entry(reference: str) -> Partnership:
    """The partnership of an address, for reading."""
    return get_object_or_404(Partnership.objects.select_related("lead_officer"), reference=reference)


def own_entry(request: SignedIn, reference: str) -> Partnership:
    """The partnership of an address, for changing: 404 outside what the person may change."""
    people = ("lead_officer", "responsible_head", "portfolio_holder", "service", "parent")
    found = Partnership.objects.editable_by(request.user).select_related(*people)
    return get_object_or_404(found, reference=reference)


def entry_to_answer(reference: str) -> Partnership:
    """The partnership of an address with the people that a form looks at; who may answer is asked of the form."""
    people = ("lead_officer", "responsible_head", "portfolio_holder", "service", "parent")
    return get_object_or_404(Partnership.objects.select_related(*people), reference=reference)


def may_change(request: SignedIn, partnership: Partnership) -> bool:
    """Whether the person may change this entry's assessment and answers."""
    user = request.user
    if not user.has_perm("assessments.change"):
        return False
    return Partnership.objects.editable_by(user).filter(pk=partnership.pk).exists()


def version_in_force(today: date) -> PolicyVersion:
    """The policy version in force; 404 before a policy is switched on."""
    version = PolicyVersion.objects.in_force(today)
    if version is None:
        raise Http404("No policy is in force yet. Ask an administrator to load one")
    return version


def now() -> datetime:
    """The moment: only views and commands read the clock."""
    return timezone.now()


def told(request: SignedIn, refusal: Refused) -> None:
    """Show a refusal at the top of the next page."""
    messages.error(request, str(refusal))
