"""What every page of one partnership needs: the entry, the policy that asks for its facts, what may be changed."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from policy.models import PolicyVersion
from register.facts import Asked
from register.listing import list_of
from register.models import Partnership, Status
from register.sections import Section


def asked_today() -> Asked:
    """What the policy in force asks; labels alone, without lists or hints, before a policy is switched on."""
    today = timezone.localdate()
    version = PolicyVersion.objects.in_force(today)
    return Asked(version.policy if version else None, today=today, version=version)


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
    """Whether this person may change the entry: by their role, because it is theirs, and while it is not left."""
    if partnership.status == Status.LEFT:
        return False
    return user.has_perm("register.change") and Partnership.objects.editable_by(user).filter(pk=partnership.pk).exists()


def page(request: HttpRequest, partnership: Partnership, section: Section, **more: Any) -> dict[str, Any]:
    """The context of a partnership's page."""
    return {
        "partnership": partnership,
        "section": section,
        "can_change": can_change(request.user, partnership),
        **more,
    }


# --- The way back to the list ---------------------------------------------------------------------

PLACE = "register_place"  # in the session: the page of the list last looked at, so that an entry asks nothing anew


@dataclass(frozen=True)
class Place:
    """Where an entry stands in the list it was opened from; `before` and `after` are addresses, "" at the ends."""

    number: int
    of: int
    back: str
    before: str
    after: str


def keep_place(request: HttpRequest, query: str, entries: "Page[Partnership]") -> None:
    """Remember which entries the list shows, in its order."""
    request.session[PLACE] = {
        "query": query,
        "first": entries.start_index(),
        "of": entries.paginator.count,
        "references": [entry.reference for entry in entries],
    }


AROUND = 12  # entries kept at each side of one that stood at the edge of a page of the list


def _around(request: HttpRequest, kept: dict[str, Any], number: int) -> dict[str, Any] | None:
    """Turn the page of the list: its entries around one that stands at an edge, kept for the next ones as well."""
    the_list = list_of(QueryDict(kept["query"]), today=timezone.localdate())
    if the_list is None:
        return None
    first = max(1, number - AROUND)
    found = the_list.found.values_list("reference", flat=True)[first - 1 : number + AROUND]
    turned = kept | {"first": first, "references": list(found)}
    request.session[PLACE] = turned
    return turned


def place_of(request: HttpRequest, partnership: Partnership) -> Place | None:
    """The entry's place in the list last looked at, with its neighbours there; `None` when it is not on it."""
    kept = request.session.get(PLACE)
    if not kept or partnership.reference not in kept["references"]:
        return None
    number = kept["first"] + kept["references"].index(partnership.reference)
    if number in (kept["first"], kept["first"] + len(kept["references"]) - 1) and len(kept["references"]) < kept["of"]:
        kept = _around(request, kept, number) or kept
    references = kept["references"]
    if partnership.reference not in references:
        return None  # the list changed meanwhile
    here = references.index(partnership.reference)
    before = references[here - 1] if here else ""
    after = references[here + 1] if here + 1 < len(references) else ""
    return Place(
        kept["first"] + here,
        kept["of"],
        f"{reverse('register:partnership_list')}?{kept['query'] or 'all=yes'}",
        reverse("register:partnership", args=[before]) if before else "",
        reverse("register:partnership", args=[after]) if after else "",
    )
