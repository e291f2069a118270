"""What a person holds, and handing it to others in one move: all or nothing, with history.

`HANDOVERS` in config/settings.py names a `Handover` of each app that has something in people's hands. The page shows
them all without knowing who takes part (docs/decisions/0003).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.models import HandedOver, User
from accounts.notices import deliver, tell
from config import words
from policy.refused import Refused


@dataclass(frozen=True)
class Held:
    """One thing in a person's hands. `key` tells its app which; `kind` groups it on the page.

    `empties` says why nobody can be put in directly: such a thing is given back, and becomes vacant. `asks` is the
    permission without which a new holder could only read it.
    """

    key: str
    kind: str
    words: str
    address: str = ""
    note: str = ""
    empties: str = ""
    asks: str = ""


@dataclass(frozen=True)
class Passing:
    """One thing and who takes it; nobody where it is given back."""

    held: Held
    to: User | None


@dataclass(frozen=True)
class Move:
    """What all the things of one handover share: whose they were, from which day, by whom and why."""

    person: User
    on: date
    by: User
    reason: str
    at: datetime


@dataclass(frozen=True)
class Handover:
    """An app's part: what a person holds, and passing one thing on. `pass_on` raises Refused."""

    held_by: Callable[[User], Sequence[Held]]
    pass_on: Callable[[Passing, Move], None]


def parts() -> list[Handover]:
    """The apps' parts, in the order of the settings."""
    return [import_string(path) for path in settings.HANDOVERS]


def held_by(person: User) -> list[Held]:
    """Everything in a person's hands, app by app. A fixed number of queries."""
    return [each for part in parts() for each in part.held_by(person)]


def why_not(passings: Sequence[Passing], move: Move, *, today: date) -> str:
    """Say why this handover cannot be made, or ""."""
    if not passings:
        return "Choose who takes at least one of these things"
    if move.on > today:
        return f"Hand things over on or after the day itself, {words.day(move.on)}"
    for each in passings:
        if each.to is None and not each.held.empties:
            return f"Choose who takes {each.held.words}"
        if each.to == move.person:
            return f"{move.person} has this already. Choose somebody else"
        if each.to is not None and not each.to.is_active:
            return f"The account of {each.to} is closed. Choose somebody else"
    return ""


def warnings(passings: Sequence[Passing]) -> list[str]:
    """Who would take something that their roles do not let them look after, a sentence a person."""
    takers = {each.to: each.held for each in passings if each.to and each.held.asks}
    short = [to for to, held in takers.items() if not to.has_perm(held.asks)]
    return [
        f"No role of {to} lets {to} change entries. Give {to} one that does, or choose somebody else" for to in short
    ]


@transaction.atomic
def hand_over(passings: Sequence[Passing], move: Move, *, today: date) -> int:
    """Hand everything over in one transaction; answers how many. Raises Refused, having changed nothing."""
    if problem := why_not(passings, move, today=today):
        raise Refused(problem)
    by_key: dict[str, Handover] = {}
    for part in parts():
        by_key |= {each.key: part for each in part.held_by(move.person)}
    for each in passings:
        if each.held.key not in by_key:
            raise Refused(f"{move.person} no longer holds {each.held.words}. Open the page again")
        by_key[each.held.key].pass_on(each, move)
    HandedOver.objects.create(
        person=move.person, on=move.on, reason=move.reason, by=move.by, at=move.at,
        things=[[each.held.key, each.held.words, each.to.pk if each.to else None] for each in passings],
    )  # fmt: skip
    _tell(passings, move)
    return len(passings)


@transaction.atomic
def hand_back(made: HandedOver, *, by: User, at: datetime, today: date) -> tuple[int, list[str]]:
    """Hand back all of one handover that is still where it went; answers how much, and what is elsewhere by now.

    What was given back, and so became vacant, stays so: whoever fills it decides anew. Raises Refused, having changed
    nothing.
    """
    made = HandedOver.objects.select_for_update(of=("self",)).select_related("person").get(pk=made.pk)
    if made.handed_back_at:
        raise Refused("This was handed back already. Open the page again")
    if not made.person.is_active:
        raise Refused(f"The account of {made.person} is closed. Open it first, then hand things back")
    done, elsewhere = 0, []
    holders = User.objects.in_bulk({pk for _, _, pk in made.things if pk})
    held = {pk: {each.key: (part, each) for part in parts() for each in part.held_by(holders[pk])} for pk in holders}
    for key, said, pk in made.things:
        part, thing = held.get(pk, {}).get(key, (None, None))
        if part is None or thing is None or thing.empties:
            elsewhere.append(said)
            continue
        move = Move(holders[pk], today, by, f"Handed back: {made.reason}", at)
        part.pass_on(Passing(thing, made.person), move)
        done += 1
    if not done:
        raise Refused("Nothing of it is still where it went. Hand over single things instead")
    made.handed_back_at = at
    made.save(update_fields=["handed_back_at"])
    return done, elsewhere


def _tell(passings: Sequence[Passing], move: Move) -> None:
    """One e-mail for each new holder, however many things they take."""
    taken: dict[User, list[Passing]] = {}
    for each in passings:
        if each.to is not None and each.to.pk != move.by.pk:
            taken.setdefault(each.to, []).append(each)
    for holder, things in taken.items():
        count = words.count(len(things), "thing")
        tell(
            [holder],
            key=f"handover:{move.person.pk}:{holder.pk}:{move.at.isoformat()}",
            subject=f"{count} handed over to you from {move.person}",
            lines=[f"{move.by} handed {count} over to you, from {words.day(move.on)}. Your home page leads to them."],
            path=reverse("home"),
        )
    transaction.on_commit(partial(deliver, at=move.at))


def chosen(
    things: Sequence[Held], *, to_all: User | None, to_each: Mapping[str, str], people: Mapping[str, User]
) -> list[Passing]:
    """What a form asks for: the one holder for all, or another for a thing; "stay" leaves it where it is."""
    found = []
    for held in things:
        said = to_each.get(held.key, "")
        if said == STAY:
            continue
        if held.empties:
            if said == EMPTY or to_all is not None:
                found.append(Passing(held, None))
        elif (to := people.get(said) or (None if said else to_all)) is not None:
            found.append(Passing(held, to))
    return found


STAY, EMPTY = "stay", "empty"
