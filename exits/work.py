"""What leaving brings to other pages: the next step, the work on the home page, where a control comes from."""

from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.panels import MOST, Line, Work
from approvals.models import Request
from approvals.parts import DONE, NOT_STARTED, PARTLY, Part
from config import words
from exits import services
from exits.models import Control, Leaving
from policy.model import Policy
from register.actions import Source
from register.models import Action, Partnership, Status
from register.sections import Step


def next_steps(partnership: Partnership, user: Any) -> list[Step]:
    """Go on with leaving. Named by `settings.NEXT_STEPS`."""
    if partnership.status != Status.LEAVING or not services.may_change(partnership, user):
        return []
    return [Step("Go on with leaving", reverse("exits:exit", args=[partnership.reference]))]


def under_way(user: User, today: date) -> Work | None:
    """The person's own entries that the council is leaving. Named by `settings.HOME_WORK`; one query."""
    if not user.has_perm("exits.change"):
        return None
    found = list(Leaving.objects.under_way().for_list().filter(partnership__lead_officer=user))
    lines = [
        Line(
            f"Go on with leaving {leaving.partnership}",
            reverse("exits:exit", args=[leaving.partnership.reference]),
            note=f"Decided on {words.day(leaving.decided_on)}",
            when=f"last day {words.short_day(leaving.last_day)}" if leaving.last_day else "",
            is_late=bool(leaving.last_day and leaving.last_day < today),
            due=leaving.last_day,
            since=leaving.decided_on,
        )
        for leaving in found[:MOST]
    ]
    return Work(lines, len(found))


def sources(actions: list[Action], user: User) -> dict[int, Source]:
    """The leaving that each control belongs to. Named by `settings.ACTION_SOURCES`; one query."""
    found = Control.objects.filter(action__in=actions).select_related("leaving__partnership")
    return {
        control.action_id: Source(
            f"Control of leaving {control.leaving.partnership}",
            reverse("exits:exit", args=[control.leaving.partnership.reference]),
        )
        for control in found
    }


def why_not_by_hand(partnership: Partnership, to: Status, policy: Policy | None) -> str:
    """Say why an entry does not become “left” by hand, or "". Named by `settings.MOVING_CHECKS`."""
    if to != Status.LEFT or policy is None or policy.exit is None:
        return ""
    return "Having left is recorded on the entry’s page “Leaving”, which says what is still to do"


def lessons_part(request: Request) -> list[Part]:
    """The lessons that a proposal is offered, as a part of its task list. Named by `settings.REQUEST_PARTS`."""
    offered = services.lessons_for(request)
    if not offered:
        return []
    answered = len(services.answers_to(request, offered))
    state = DONE if answered == len(offered) else PARTLY if answered else NOT_STARTED
    address = reverse("exits:lessons_of_request", args=[request.reference])
    return [Part("Lessons of similar partnerships", words.count(len(offered), "lesson"), state, address)]


def lessons_on_paper(request: Request) -> list[dict[str, str]]:
    """What the proposer said to each lesson, for those who decide. Named by `settings.PAPER_ROWS`; one query."""
    return [
        {
            "label": f"{answer.lesson.get_kind_display()} of {answer.lesson.leaving.partnership}: {answer.lesson.text}",
            "value": f"{answer.get_use_display()}{f', because {answer.because}' if answer.because else ''}",
        }
        for answer in services.answers_of(request)
    ]
