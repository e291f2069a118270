"""Changes of a concern: raised, advised on, acted on, taken further, closed; each asks who may, and tells the next.

A concern is confidential: no e-mail carries its words, and what a person may not know of is not there for them.
Nobody answers a concern of their own. Source: CORE-15; BRK-F11, BRK-F12; RED-F25 to F28; HAR-F09.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notices import deliver
from accounts.roles import Role
from approvals import concern_notices
from approvals.concern_rules import Line, Stage, line_of
from approvals.gate import RECORDER
from approvals.models import Concern, ConcernPlace, ConcernReader, ConcernRemark, Request
from approvals.queries import label
from assessments.facts import facts_of
from config import words
from policy.models import PolicyVersion
from policy.refused import Refused
from register.actions import Source
from register.models import Action, Origin, Partnership, Representative

A_WEEK = 7  # days
Kind = ConcernRemark.Kind


# --- Who may ------------------------------------------------------------------------------------


def line_for(partnership: Partnership, version: PolicyVersion | None) -> Line:
    """To whom a concern about an entry goes under a policy version."""
    policy = version.policy if version else None
    return line_of(policy, facts_of(partnership, policy) if policy else {})


def line_of_concern(concern: Concern) -> Line:
    """The line of a concern, under the version in which it was raised."""
    return line_for(concern.partnership, concern.policy_version)


def may_raise(partnership: Partnership, line: Line, user: User) -> bool:
    """Whether a person may raise a concern: those whom the route names for this entry, and a register manager."""
    if Role.REGISTER_MANAGER in user.roles:
        return True
    if "lead_officer" in line.raisers and partnership.lead_officer_id == user.pk:
        return True
    represents = Representative.objects.filter(partnership=partnership, user=user)
    return "representative" in line.raisers and represents.exists()


def is_put_to(concern: Concern, user: User, *, on: date) -> bool:
    """Whether a concern is with this person now; a register manager answers for those who do not sign in."""
    if RECORDER in user.roles:
        return True
    return ConcernPlace.objects.current().held_by(user, on=on).filter(concern=concern).exists()


def why_not_answer(concern: Concern, user: User, *, on: date) -> str:
    """Say why this person cannot advise, act, take it further or close it now, or ""."""
    if not concern.is_open:
        return f"{concern} is closed. Reopen it first if it is not settled"
    if concern.raised_by_id == user.pk:
        return "You raised this, so others answer it"
    if not is_put_to(concern, user, on=on):
        return f"{concern} is with {whose(concern)} now"
    return ""


def why_not_pass_on(concern: Concern, line: Line, user: User, *, on: date) -> str:
    """Say why this person cannot take it to the next ones up, or ""."""
    if problem := why_not_answer(concern, user, on=on):
        return problem
    return "" if next_stage(concern, line) else "Nobody stands above in the policy's line. Answer it and close it"


def why_not_close(concern: Concern, line: Line, user: User, *, on: date) -> str:
    """Say why this person cannot close it now, or "": the policy may want it to go further first (RED-F25)."""
    if problem := why_not_answer(concern, user, on=on):
        return problem
    following = next_stage(concern, line)
    if following and following.is_expected:
        policy = concern.policy_version.policy if concern.policy_version else None
        to = labels_of(policy, following.roles)
        return f"The policy takes it to {to} first: {words.inside(following.title)} ({following.clause})"
    return ""


def why_not_reopen(concern: Concern, user: User, *, on: date) -> str:
    """Say why this person cannot open it again, or ""."""
    if concern.is_open:
        return f"{concern} is open already"
    return why_not_say(concern, user, on=on, is_open=True)


def why_not_say(concern: Concern, user: User, *, on: date, is_open: bool | None = None) -> str:
    """Say why this person cannot add to the thread, or "": an auditor reads and takes no part."""
    if not (concern.is_open if is_open is None else is_open):
        return f"{concern} is closed. Reopen it first if it is not settled"
    takes_part = (
        concern.raised_by_id == user.pk
        or RECORDER in user.roles
        or ConcernReader.objects.filter(concern=concern, person=user).exists()
        or ConcernPlace.objects.held_by(user, on=on)
        .filter(concern=concern)
        .exclude(role=Role.AUDITOR, is_told=True)
        .exists()
    )
    return "" if takes_part else "You read this concern without taking part in it"


def requests_for(concern: Concern, user: User) -> list[Request]:
    """The requests about the same entry that a concern could have led to, for somebody who takes part; newest first."""
    return list(Request.objects.readable_by(user).filter(partnership=concern.partnership).order_by("-pk")[:20])


def why_not_lead(concern: Concern, user: User, *, on: date) -> str:
    """Say why this person cannot say which request it led to, or ""."""
    if concern.led_to_id:
        return f"{concern} has led to a request already"
    if problem := why_not_say(concern, user, on=on, is_open=True):
        return problem
    asked = Request.objects.readable_by(user).filter(partnership=concern.partnership)
    return "" if asked.exists() else "Nothing has been asked for about this partnership yet. Ask for a decision first"


def leading_to(request: Request, user: User, *, on: date) -> list[Concern]:
    """The concerns that led to a request, for those who may know of them."""
    return list(Concern.objects.readable_by(user, on=on).filter(led_to=request).order_by("pk"))


def next_stage(concern: Concern, line: Line) -> Stage | None:
    """The next ones up from where a concern is now."""
    current = concern.places.current().first()
    return line.after(current.stage) if current else None


def labels_of(policy: Any, roles: Iterable[str]) -> str:
    """Roles in the council’s words: “Head of Service or Portfolio Holder”."""
    return " or ".join(label(policy, role) if policy else Role(role).label for role in roles)


def whose(concern: Concern, places: Sequence[ConcernPlace] | None = None) -> str:
    """With whom a concern is now, in the council's words."""
    policy = concern.policy_version.policy if concern.policy_version else None
    listed = concern.places.current() if places is None else places
    return labels_of(policy, [place.role for place in listed])


# --- Verbs --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Raised:
    """What a person says when they raise a concern; `told` are people who should know of it by name."""

    kind: str
    what: str
    seriousness: str
    wanted: str
    answers: Sequence[tuple[str, str]] = ()
    told: Sequence[User] = ()


@transaction.atomic
def raise_concern(
    partnership: Partnership, said: Raised, *, by: User, at: datetime, version: PolicyVersion | None
) -> Concern:
    """Raise a concern and put it to the first of the line. Raises Refused."""
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    line = line_for(partnership, version)
    if not may_raise(partnership, line, by):
        raise Refused("The lead officer, those who attend for the council and a register manager raise concerns")
    # Whoever comes second waits here, so that no reference is given twice.
    Concern.objects.select_for_update().order_by("-pk").first()
    today = timezone.localdate(at)
    concern = Concern(
        reference=Concern.next_reference(today.year),
        partnership=partnership,
        policy_version=version,
        kind=said.kind,
        what=said.what,
        answers=[list(pair) for pair in said.answers],
        seriousness=said.seriousness,
        wanted=said.wanted,
        raised_by=by,
        raised_by_name=str(by),
        raised_at=at,
    )
    concern.keep(by=by, reason="Raised")
    for person in {each.pk: each for each in said.told if each.pk != by.pk}.values():
        ConcernReader.objects.create(concern=concern, person=person)
    for stage in line.told:
        if stage.is_expected:
            _place(concern, stage, today, is_told=True)
    _place(concern, line.stages[0], today)
    concern_notices.of_place(concern, on=today)
    concern_notices.of_readers(concern, on=today)
    transaction.on_commit(partial(deliver, at=at))
    return concern


def _place(concern: Concern, stage: Stage, today: date, *, is_told: bool = False) -> None:
    due = today + timedelta(days=stage.due_days) if stage.due_days is not None and not is_told else None
    ConcernPlace.objects.bulk_create(
        ConcernPlace(
            concern=concern, stage=stage.id, title=stage.title, role=role, since=today, due_on=due, is_told=is_told
        )
        for role in stage.roles
    )


def _locked(concern: Concern) -> Concern:
    return Concern.objects.select_for_update(of=("self",)).select_related("partnership", "raised_by").get(pk=concern.pk)


def _remark(concern: Concern, kind: str, text: str, *, by: User | None, at: datetime, **more: Any) -> None:
    """Add to the thread. Raises Refused for the same words again, as after a step back in the browser."""
    last = concern.remarks.order_by("-pk").first()
    if last and by and (last.kind, last.text, last.said_by_id) == (kind, text, by.pk):
        raise Refused("You said this just now, and it stands in the thread. Say something more, or leave it")
    ConcernRemark.objects.create(
        concern=concern, kind=kind, text=text, said_by=by, said_by_name=str(by or ""), said_at=at, **more
    )


def _refuse(problem: str) -> None:
    if problem:
        raise Refused(problem)


@transaction.atomic
def say(concern: Concern, text: str, *, by: User, at: datetime) -> None:
    """Add to the thread. Raises Refused."""
    concern = _locked(concern)
    _refuse(why_not_say(concern, by, on=timezone.localdate(at)))
    _remark(concern, Kind.SAID, text, by=by, at=at)
    _tell_the_others(concern, by=by, at=at)


@transaction.atomic
def advise(concern: Concern, text: str, *, by: User, at: datetime) -> None:
    """Give advice; the concern stays open and where it is. Raises Refused."""
    concern = _locked(concern)
    _refuse(why_not_answer(concern, by, on=timezone.localdate(at)))
    _remark(concern, Kind.ADVISED, text, by=by, at=at)
    _tell_the_others(concern, by=by, at=at)


@dataclass(frozen=True)
class ToDo:
    """Something to be done about a concern: everybody who reads the register sees this line, not the concern."""

    text: str
    owner: User | None = None
    due_on: date | None = None


@transaction.atomic
def act(concern: Concern, text: str, *, by: User, at: datetime, to_do: ToDo | None = None) -> None:
    """Say what was done about it; `to_do` becomes an action of the entry. Raises Refused."""
    concern = _locked(concern)
    _refuse(why_not_answer(concern, by, on=timezone.localdate(at)))
    action = None
    if to_do and to_do.text:
        action = Action(
            partnership=concern.partnership,
            text=to_do.text,
            owner=to_do.owner,
            owner_name=str(to_do.owner or ""),
            due_on=to_do.due_on,
            origin=Origin.CONCERN,
        )
        action.keep(by=by, reason="A concern asks for it")
    _remark(concern, Kind.ACTED, text, by=by, at=at, action=action)
    _tell_the_others(concern, by=by, at=at)


@transaction.atomic
def pass_on(concern: Concern, text: str, *, by: User, at: datetime) -> None:
    """Take it to the next ones up the policy's line. Raises Refused."""
    concern, today = _locked(concern), timezone.localdate(at)
    line = line_of_concern(concern)
    _refuse(why_not_pass_on(concern, line, by, on=today))
    if following := next_stage(concern, line):
        _go_up(concern, following, text, by=by, at=at, today=today)


def _go_up(concern: Concern, following: Stage, text: str, *, by: User | None, at: datetime, today: date) -> None:
    concern.places.current().update(until=today)
    _place(concern, following, today)
    concern.keep(by=by, reason=f"Taken to {whose(concern)}")
    _remark(concern, Kind.PASSED, f"To {whose(concern)}. {text}".strip(), by=by, at=at)
    concern_notices.of_place(concern, on=today)
    transaction.on_commit(partial(deliver, at=at))


@transaction.atomic
def lead_to(concern: Concern, text: str, *, by: User, at: datetime, request: Request) -> None:
    """Say which request it led to, and why; whoever may know of it reads it on the request too. Raises Refused."""
    concern = _locked(concern)
    _refuse(why_not_lead(concern, by, on=timezone.localdate(at)))
    concern.lead_to(request, by=by)
    _remark(concern, Kind.LED_TO, f"{request.reference}. {text}".strip(), by=by, at=at)
    _tell_the_others(concern, by=by, at=at)


@transaction.atomic
def close(concern: Concern, outcome: str, *, by: User, at: datetime) -> None:
    """Close it with what came of it. Raises Refused."""
    concern = _locked(concern)
    _refuse(why_not_close(concern, line_of_concern(concern), by, on=timezone.localdate(at)))
    concern.close(outcome=outcome, by=by, at=at)
    _remark(concern, Kind.CLOSED, outcome, by=by, at=at)
    _tell_the_others(concern, by=by, at=at)


@transaction.atomic
def reopen(concern: Concern, why: str, *, by: User, at: datetime) -> None:
    """Open it again, where it was when it was closed. Raises Refused."""
    concern = _locked(concern)
    _refuse(why_not_reopen(concern, by, on=timezone.localdate(at)))
    concern.reopen(by=by)
    _remark(concern, Kind.REOPENED, why, by=by, at=at)
    _tell_the_others(concern, by=by, at=at)


def _tell_the_others(concern: Concern, *, by: User, at: datetime) -> None:
    concern_notices.of_remark(concern, by=by, on=timezone.localdate(at), number=concern.remarks.count())
    transaction.on_commit(partial(deliver, at=at))


# --- Late ---------------------------------------------------------------------------------------


def follow_up(today: date, *, at: datetime) -> int:
    """Remind those with whom a concern is late, and take it up the line after a week; answers how many were late.

    Safe to repeat on the same day. `at` is the moment that the thread keeps.
    """
    late = {place.concern_id: place for place in ConcernPlace.objects.waiting().filter(due_on__lt=today)}
    for place in late.values():
        concern = place.concern
        following = next_stage(concern, line_of_concern(concern))
        if following and place.days_late(today) >= A_WEEK:
            said = f"Nobody closed it by {words.day(place.due_on)}, so the register took it on."
            _go_up(_locked(concern), following, said, by=None, at=at, today=today)
        else:
            concern_notices.of_late(concern, place, on=today)
    return len(late)


# --- What others show ---------------------------------------------------------------------------


def sources(actions: list[Action], user: User) -> dict[int, Source]:
    """The concerns that asked for actions, for those who may know of them. Named by `settings.ACTION_SOURCES`."""
    readable = Concern.objects.readable_by(user, on=timezone.localdate())
    found = ConcernRemark.objects.filter(action__in=actions, concern__in=readable).select_related("concern")
    return {
        remark.action_id: Source(
            f"Concern {remark.concern.reference}", reverse("approvals:concern", args=[remark.concern.reference])
        )
        for remark in found
        if remark.action_id
    }
