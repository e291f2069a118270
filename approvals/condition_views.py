"""The ledger of conditions as a page."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from approvals.models import Condition

A_PAGE = 25


@requires("approvals.view")
def condition_list(request: SignedIn) -> HttpResponse:
    """Every condition of a decision: the decision, whose it is, by when, and what shows that it was met."""
    today = timezone.localdate()
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in Condition.STATES else ""
    page = Paginator(Condition.objects.ledger(chosen, on=today), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "states": Condition.STATES.items(),
        "sizes": (A_PAGE,),
    }
    return render(request, "approvals/condition_list.html", context)
