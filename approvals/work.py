"""What requests bring to other pages: the next step on an entry, and the work that waits on the home page."""

from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.panels import MOST, Line, Link, Work
from approvals import queries, services
from approvals.models import Request, Status
from config import words
from register.models import Partnership
from register.models import Status as EntryStatus
from register.sections import Step


def next_steps(partnership: Partnership, user: Any) -> list[Step]:
    """Go on with a draft, or ask for the decision that a proposed entry waits for. Named by `settings.NEXT_STEPS`."""
    if not user.has_perm("approvals.ask") or not Partnership.objects.editable_by(user).contains(partnership):
        return []
    request = Request.objects.for_partnership(partnership).open().first()
    if request and request.status in (Status.DRAFT, Status.RETURNED):
        return [Step(f"Go on with {request.reference}", reverse("approvals:request", args=[request.reference]))]
    if request is None and partnership.status == EntryStatus.PROPOSED:
        return [Step("Ask for a decision", reverse("approvals:of_entry", args=[partnership.reference]))]
    return []


def your_turn(user: User, today: date) -> Work | None:
    """The steps that wait for this person, those that fall due first (product: "never hunt for their turn")."""
    if not user.has_perm("approvals.view"):
        return None
    services.bring_up_to_date()
    turns = [turn for turn in queries.turns_of(user, today) if not turn.refusal]
    lines = [
        Line(
            turn.words,
            reverse("approvals:step", args=[turn.request.reference, turn.step.id]),
            note=f"For {turn.acting_for}" if turn.acting_for else f"Since {words.day(turn.since)}",
            when=_when(turn.due_on, today),
            is_late=bool(turn.due_on and turn.due_on < today),
            due=turn.due_on or turn.since,
        )
        for turn in turns[:MOST]
    ]
    return Work(lines, len(turns), Link("All decisions", reverse("approvals:decision_list")))


def _when(due: date | None, today: date) -> str:
    if due is None:
        return ""
    late = (today - due).days
    return f"{words.count(late, 'day')} late" if late > 0 else f"by {words.short_day(due)}"


def returned_to_you(user: User, today: date) -> Work | None:
    """Requests that came back for changes, and drafts not yet sent. One query."""
    if not user.has_perm("approvals.ask"):
        return None
    found = list(
        Request.objects.filter(proposed_by=user, status__in=(Status.RETURNED, Status.DRAFT))
        .select_related("partnership")
        .order_by("-status", "started_at")
    )
    lines = [
        Line(
            f"{'Change and send again' if request.status == Status.RETURNED else 'Finish'} {request.reference}: "
            f"{request.partnership}",
            reverse("approvals:request", args=[request.reference]),
            note=request.get_status_display(),
        )
        for request in found[:MOST]
    ]
    return Work(lines, len(found), Link("All proposals", reverse("approvals:request_list")))
