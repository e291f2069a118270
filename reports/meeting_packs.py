"""The pack of a meeting: its agenda with each paper, in a public and an exempt part. Plain data for the template.

The public version holds nothing of the exempt part but that there is an item, and the paragraph. Source: Local
Government Act 1972, sections 100A to 100E and Schedule 12A; CORE-13.
"""

from datetime import date
from typing import Any

from django.conf import settings

from approvals import access, meetings, services
from approvals.meetings import Row
from approvals.models import Exempt, KeyDecision, Meeting
from approvals.papers import paper_of
from config import words

PACK = "reports/meeting_pack.html"
NOT_PUBLIC = frozenset({"Papers missing", "Why it is exempt"})


def pack_of(meeting: Meeting, *, is_public: bool, made_on: date, made_by: str) -> dict[str, Any]:
    """The pack as a whole, or its public version. The work grows with the papers, one by one."""
    rows = meetings.agenda_of(meeting)
    keys = {each.request_id: each for each in KeyDecision.objects.filter(request__in=[r.request for r in rows])}
    items = [_item(row, keys.get(row.item.request_id), is_public=is_public) for row in rows]
    head = [
        ("Day", f"{words.weekday(meeting.on)} {meeting.on.year}"),
        ("Time", f"{meeting.at:%H:%M}" if meeting.at else ""),
        ("Place", meeting.place),
        ("Public", "The public may attend, except for the exempt part" if meeting.in_public else "Not in public"),
        ("Papers closed", words.day(meeting.papers_by)),
        ("State", f"Cancelled: {meeting.why_cancelled}" if meeting.why_cancelled else ""),
    ]
    return {
        "council": settings.COUNCIL_NAME,
        "title": f"{'Public agenda' if is_public else 'Agenda and papers'}: {meeting}",
        "head": [(label, said) for label, said in head if said],
        "public": [item for item in items if item["paper"]],
        "exempt": [item for item in items if item["paragraph"]],
        "is_public": is_public,
        "made_on": made_on,
        "made_by": made_by,
    }


def _item(row: Row, key: KeyDecision | None, *, is_public: bool) -> dict[str, Any]:
    """An item: `paper` for the public part, `exempt_paper` for the other; either may be missing."""
    item, request = row.item, row.request
    found: dict[str, Any] = {"number": row.number, "paragraph": row.paragraph, "paper": None, "exempt_paper": None}
    is_hidden = row.is_whole_exempt and is_public
    if is_hidden:
        return found
    paper = paper_of(request, steps=services.situation_of(request).taken)
    if item.exempt == Exempt.PART:
        found["paper"] = access.public_paper(paper, item.exempt_parts)
        found["exempt_paper"] = None if is_public else access.exempt_paper(paper, item.exempt_parts)
    else:
        found["exempt_paper" if row.is_whole_exempt else "paper"] = paper
    head = [
        ("Asked of the body", row.step.title),
        ("Request", f"{request.reference}: {row.asks}"),
        ("Proposed by", request.proposed_by_name),
        ("Clause of the policy", row.step.clause),
        ("Key decision", _key(row, key)),
        ("Papers missing", "; ".join(row.missing)),
        ("Outcome", row.outcome or (f"Deferred: {item.deferred_why}" if item.deferred_why else "")),
        ("Why it is exempt", item.exempt_why),
    ]
    return found | {
        "title": request.matter,
        "head": [(label, said) for label, said in head if said and not (is_public and label in NOT_PUBLIC)],
    }


def _key(row: Row, key: KeyDecision | None) -> str:
    if not row.why_key:
        return ""
    told = [row.why_key]
    if key and key.published_on:
        told.append(f"Notice published on {words.day(key.published_on)}")
    if key and key.exception and key.exception_on:
        told.append(f"{key.get_exception_display()} ({key.exception_by}, {words.day(key.exception_on)})")
        told.append(key.exception_why)
    if row.too_soon and not row.is_dealt_with:
        told.append(row.too_soon)
    return ". ".join(each.rstrip(".") for each in told)
