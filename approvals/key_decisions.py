"""Whether a request's decision is key, why it would come too soon, and what its record keeps of access to information.

Source: the regulations of 2012, regulations 8 to 13; Local Government Act 1972, Schedule 12A.
"""

from datetime import date
from decimal import Decimal

from approvals import access
from approvals.bodies import body_of_step
from approvals.deadlines import clear_days
from approvals.models import AgendaItem, BodySetting, KeyDecision, Request
from approvals.rules import DECIDING
from config import words
from policy.model import Step


def why_key(request: Request, said: KeyDecision | None, key_from: Decimal | None) -> str:
    """Say why a decision on a request is key, or "": as somebody said, else by the council's own sum."""
    if said is not None:
        return (said.why or "The decider says so") if said.is_key else ""
    return access.why_key(_cost(request), key_from)


def _cost(request: Request) -> Decimal | None:
    """£ a year of the entry; `None` where it is not known, and for what has no entry."""
    return request.partnership.contribution_a_year if request.partnership else None


def why_key_of(request: Request) -> str:
    """Say why a decision on this request counts as key by the sums that the council set for its bodies, or ""."""
    policy = request.policy_version.policy
    bodies = [body_of_step(policy, step) for step in policy.route(request.route).steps if step.act in DECIDING]
    sums = BodySetting.objects.filter(body__in={body.key for body in bodies if body}, key_from__isnull=False)
    found = [access.why_key(_cost(request), each.key_from) for each in sums]
    return next((each for each in found if each), "")


def warning_of(request: Request, on: date) -> str:
    """Why a decision on that day would be a key one without its notice, or "". At most three queries."""
    said = KeyDecision.objects.filter(request=request).first()
    is_key = said.is_key if said else bool(why_key_of(request))
    if not is_key:
        return ""
    return access.why_too_soon(said.notice if said else access.Notice(), on)


def to_seal(request: Request, step: Step, on: date) -> list[str]:
    """What the record of a decision keeps: that it is key, its notice or exception, and what of its paper is exempt."""
    item = AgendaItem.objects.filter(request=request, step=step.id, deferred_why="").order_by("-meeting__on").first()
    found = []
    if item and item.paragraph:
        found.append(f"{access.paragraph_in_words(item.paragraph)}. {item.exempt_why}")
    said = KeyDecision.objects.filter(request=request).first()
    why = ((said.why or "The decider says so") if said.is_key else "") if said else why_key_of(request)
    if not why or step.act not in DECIDING:
        return found
    found.append(f"Key decision: {words.inside(why)}")
    if said and said.published_on:
        days = words.count(clear_days(said.published_on, on), "clear day")
        found.append(f"Notice published on {words.day(said.published_on)}, {days} before")
    if said and said.exception:
        told = f"{said.exception_by}, {words.day(said.exception_on)}"
        found.append(f"{said.get_exception_display()} ({told}). {said.exception_why}")
    too_soon = access.why_too_soon(said.notice if said else access.Notice(), on)
    return [*found, too_soon] if too_soon else found
