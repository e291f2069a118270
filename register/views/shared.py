"""What every page of one partnership needs: the entry, the policy that asks for its facts, what may be changed."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from policy.models import PolicyVersion
from register.facts import Asked
from register.models import Partnership
from register.sections import Section


def asked_today() -> Asked:
    """What the policy in force asks; labels alone, without lists or hints, before a policy is switched on."""
    today = timezone.localdate()
    version = PolicyVersion.objects.in_force(today)
    return Asked(version.policy if version else None, today=today)


def entry_or_404(reference: str) -> Partnership:
    """The entry with this reference, with the people whom its pages name. Raises Http404."""
    entries = Partnership.objects.select_related(
        "lead_officer", "responsible_head", "portfolio_holder", "service", "parent", "policy_version"
    )
    return get_object_or_404(entries, reference=reference)


def editable_or_404(request: HttpRequest, reference: str) -> Partnership:
    """The entry when this person may change it; anybody else's is not there for them. Raises Http404."""
    partnership = entry_or_404(reference)
    if not can_change(request.user, partnership):
        raise Http404
    return partnership


def can_change(user: Any, partnership: Partnership) -> bool:
    """Whether this person may change the entry: by their role, and because it is theirs."""
    return user.has_perm("register.change") and Partnership.objects.editable_by(user).filter(pk=partnership.pk).exists()


def page(request: HttpRequest, partnership: Partnership, section: Section, **more: Any) -> dict[str, Any]:
    """The context of a partnership's page."""
    return {
        "partnership": partnership,
        "section": section,
        "can_change": can_change(request.user, partnership),
        **more,
    }


def may_see(user: Any, seen_by: Any) -> bool:
    """Whether a fact is shown to this person: to everyone, or to the roles that the policy names."""
    return seen_by == "everyone" or not {str(role) for role in user.roles}.isdisjoint({*seen_by, "register_manager"})
