"""The app's pages of a partnership, with what the overview shows of it."""

from collections.abc import Sequence

from approvals.models import Concern, Request, Status
from config import words
from register.models import Partnership
from register.sections import Row, Section


def _rows(partnership: Partnership) -> Sequence[Row]:
    """The last requests and how they stand; one query."""
    rows: list[Row] = []
    for request in Request.objects.for_partnership(partnership).exclude(status=Status.DRAFT)[:3]:
        title = request.policy_version.policy.route(request.route).title
        outcome = next((o.label for o in request.policy_version.policy.outcomes if o.id == request.outcome), "")
        state = f"{outcome}, {words.day(request.ended_at)}" if outcome else request.get_status_display()
        rows.append((f"{request.reference}, {words.inside(title)}", state))
    return rows


DECISIONS = Section("Decisions", "approvals:of_entry", "approvals.view", summary=_rows)


def _open_concerns(partnership: Partnership) -> Sequence[Row]:
    """How many concerns are open; what they say is for those who may know of them. One query."""
    count = Concern.objects.filter(partnership=partnership).still_open().count()
    return [("Open concerns", count)] if count else []


CONCERNS = Section("Concerns", "approvals:concerns_of_entry", "approvals.view", summary=_open_concerns, under=DECISIONS)
