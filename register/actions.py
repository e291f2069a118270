"""Changes of an action: each opens its transaction, locks the action, and tells whom it concerns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.notices import deliver, tell
from accounts.roles import Role
from config import words
from policy.refused import Refused
from register.models import Action, Document

BEFORE = (30, 7)  # days before an action is due, DEF-09
A_WEEK = 7  # days after which a late action goes one up the line
SAID_AGAIN = 2  # from this putting off on the register manager is told


@dataclass(frozen=True)
class Source:
    """Where an action comes from: words, and the page of it where the reader may open one."""

    words: str
    address: str = ""


@cache
def _finders() -> tuple[Callable[[list[Action], User], Mapping[int, Source]], ...]:
    return tuple(import_string(path) for path in settings.ACTION_SOURCES)


def sources_of(actions: Iterable[Action], user: User) -> dict[int, Source]:
    """The source of each action by its key, as the apps named in the settings know it; a fixed number of queries."""
    listed = list(actions)
    found = {action.pk: Source(action.source) for action in listed}
    for find in _finders():
        found |= find(listed, user)
    return found


def why_not_work(action: Action, user: User) -> str:
    """Say why this person cannot work on the action now, or ""."""
    if not Action.objects.workable_by(user).contains(action):
        return _for_others(action)
    return action.why_not_work()


def _for_others(action: Action) -> str:
    whose = action.whose if action.owner_id or action.owner_name else "its owner"
    return f"Only {whose}, those who change the entry and a register manager can work on this action"


def _locked(action: Action, by: User) -> Action:
    """Hold an action until the transaction ends, its entry first. Raises Refused for somebody else's action."""
    if not Action.objects.workable_by(by).contains(action):
        raise Refused(_for_others(action))
    type(action.partnership).objects.select_for_update().get(pk=action.partnership_id)
    return Action.objects.select_for_update(of=("self",)).select_related("partnership", "owner").get(pk=action.pk)


@transaction.atomic
def note(action: Action, text: str, *, by: User, at: datetime) -> None:
    """Say how an action goes. Raises Refused."""
    _locked(action, by).note(text, by=by, at=at)


@transaction.atomic
def close(
    action: Action,
    *,
    outcome: str,
    by: User,
    at: datetime,
    evidence: str = "",
    document: Document | None = None,
    evidence_on: date | None = None,
) -> None:
    """Close an action with what was done and what shows it. Raises Refused."""
    action = _locked(action, by)
    if document is not None and document.partnership_id != action.partnership_id:
        raise Refused("Choose a document of this partnership, or add it there first")
    action.close(
        outcome=outcome,
        by=by,
        at=at,
        on=timezone.localdate(at),
        evidence=evidence,
        document=document,
        evidence_on=evidence_on,
    )
    action.partnership.follow_rows(by=by)


@transaction.atomic
def reopen(action: Action, *, why: str, by: User, at: datetime) -> None:
    """Open a closed action again; what was said stays. Raises Refused."""
    action = _locked(action, by)
    action.reopen(why=why, by=by, at=at)
    action.partnership.follow_rows(by=by)


@transaction.atomic
def postpone(action: Action, to: date, *, why: str, by: User, at: datetime) -> None:
    """Put off the day of an action; from the second time on the register managers are told. Raises Refused."""
    action, today = _locked(action, by), timezone.localdate(at)
    if to <= today:
        raise Refused("Enter a day after today")
    action.postpone(to, why=why, by=by, at=at)
    action.partnership.follow_rows(by=by)
    if action.postponed >= SAID_AGAIN:
        tell(
            [each for each in User.objects.holding(Role.REGISTER_MANAGER, on=today) if each.pk != by.pk],
            key=f"action:{action.pk}:postponed:{action.postponed}",
            subject=f"Put off {words.count(action.postponed, 'time')}: an action of {action.partnership}",
            lines=[f"{by} put it off to {words.day(to)}. Why stands on its page."],
            path=reverse("register:action", args=[action.pk]),
        )
        transaction.on_commit(partial(deliver, at=at))


@transaction.atomic
def hand_over(action: Action, owner: User, *, why: str, by: User, at: datetime) -> None:
    """Give an action to another owner, who is told. Raises Refused."""
    action = _locked(action, by)
    action.hand_to(owner, why=why, by=by, at=at)
    action.partnership.follow_rows(by=by)
    if owner.pk != by.pk:
        due = f", due {words.day(action.due_on)}" if action.due_on else ""
        tell(
            [owner],
            key=f"action:{action.pk}:handed:{at.isoformat()}",
            subject=f"Yours now: an action of {action.partnership}{due}",
            lines=[f"{by} handed it to you."],
            path=reverse("register:action", args=[action.pk]),
        )
        transaction.on_commit(partial(deliver, at=at))


# --- Reminders ----------------------------------------------------------------------------------


def remind(on: date) -> int:
    """Tell owners 30 and 7 days before and once late, then one up the line a week; answers how many were looked at.

    The line is lead officer, responsible head, register manager, without whoever owns the action. Safe to repeat
    on the same day: each reminder has its own key (DEF-09).
    """
    listed = Action.objects.still_open().select_related(
        "owner", "partnership__lead_officer", "partnership__responsible_head"
    )
    managers = list(User.objects.holding(Role.REGISTER_MANAGER, on=on))
    count = 0
    for action in listed.order_by("pk"):
        if action.due_on is None:
            continue
        count += 1
        left = (action.due_on - on).days
        if left < 0:
            _late(action, -left, managers)
            continue
        days = next((each for each in sorted(BEFORE) if left <= each), None)
        if days is not None:
            _tell(action, _owners(action), f"due:{action.due_on}:{days}", f"Due {words.day(action.due_on)}",
                  f"It is due in {words.count(left, 'day')}.")  # fmt: skip
    return count


def _owners(action: Action) -> list[User]:
    """Who is to do it: its owner, else the lead officer of its entry."""
    return [each for each in (action.owner or action.partnership.lead_officer,) if each]


def _late(action: Action, days: int, managers: list[User]) -> None:
    late = f"{words.count(days, 'day')} late"
    said = f"It was due on {words.day(action.due_on)}."
    _tell(action, _owners(action), f"late:{action.due_on}", late[:1].upper() + late[1:], said)
    owners = {each.pk for each in _owners(action)}
    heads: list[list[User]] = [
        [each] for each in (action.partnership.lead_officer, action.partnership.responsible_head) if each
    ]
    line = [people for people in (*heads, managers) if any(each.pk not in owners for each in people)]
    for step, people in enumerate(line[: days // A_WEEK]):
        _tell(action, people, f"late:{action.due_on}:up:{step}", f"Still not done, {late}",
              f"It is for {action.whose}. {said}")  # fmt: skip


def _tell(action: Action, people: Iterable[User], key: str, subject: str, said: str) -> None:
    tell(
        people,
        key=f"action:{action.pk}:{key}",
        subject=f"{subject}: an action of {action.partnership}",
        lines=[said],
        path=reverse("register:action", args=[action.pk]),
    )


def people_to_own() -> Any:
    """Everybody with an open account, by name: who an action can be handed to."""
    return User.objects.filter(is_active=True).order_by("name", "pk")
