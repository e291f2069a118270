"""The list of all actions: its filters, read from the page's address, and the rows that they leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.db.models import Q

from accounts.models import User
from register.models import Action, Origin

STATES = {"": "Open", "late": "Late", "closed": "Closed", "all": "Open and closed"}
NOBODY = "nobody"
LONGEST_KEY = 10  # figures; a database refuses a larger number


@dataclass(frozen=True)
class ActionFilter:
    """Which actions are asked for. `owner` is a person's key or "nobody", `entry` a reference."""

    state: str = ""
    mine: bool = False
    origin: str = ""
    owner: str = ""
    entry: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "ActionFilter":
        """The filter of an address; what no list offers is left out."""
        state, origin, owner = query.get("state", ""), query.get("origin", ""), query.get("owner", "")
        return cls(
            state=state if state in STATES else "",
            mine=bool(query.get("mine")),
            origin=origin if origin in Origin.values else "",
            owner=owner if owner == NOBODY or (owner.isdecimal() and len(owner) < LONGEST_KEY) else "",
            entry=query.get("entry", "").strip()[:200],
        )

    @property
    def query(self) -> str:
        """The filter as an address keeps it."""
        said = {"state": self.state, "mine": "yes" if self.mine else "", "origin": self.origin}
        said |= {"owner": self.owner, "entry": self.entry}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def in_use(self) -> int:
        """How many of the filters are set."""
        return sum(map(bool, (self.state, self.mine, self.origin, self.owner, self.entry)))

    def chips(self, people: Sequence[User]) -> list[dict[str, str]]:
        """Each filter in use, in words, with the address of the list without it."""
        names = {str(person.pk): str(person) for person in people} | {NOBODY: "nobody yet"}
        words = {
            "state": STATES[self.state] if self.state else "",
            "mine": "Mine" if self.mine else "",
            "origin": Origin(self.origin).label if self.origin else "",
            "owner": f"Owner: {names.get(self.owner, 'somebody else')}" if self.owner else "",
            "entry": f"Partnership: {self.entry}" if self.entry else "",
        }
        empty = {"mine": False}
        return [
            {"words": said, "address": f"?{replace(self, **{name: empty.get(name, '')}).query}"}  # type: ignore[arg-type]
            for name, said in words.items()
            if said
        ]


def actions_for(wanted: ActionFilter, user: User, today: date) -> "Sequence[Action]":
    """The actions that a filter leaves, those that fall due first in front; one query for a page of them."""
    found = Action.objects.for_list()
    if wanted.state == "":
        found = found.still_open()
    elif wanted.state == "late":
        found = found.late(today)
    elif wanted.state == "closed":
        found = found.exclude(done_on=None)
    if wanted.mine:
        found = found.of(user)
    if wanted.origin:
        found = found.filter(origin=wanted.origin)
    if wanted.owner == NOBODY:
        found = found.filter(owner=None, owner_name="")
    elif wanted.owner:
        found = found.filter(owner=int(wanted.owner))
    if wanted.entry:
        by_reference = Q(partnership__reference__iexact=wanted.entry)
        found = found.filter(by_reference | Q(partnership__name__icontains=wanted.entry))
    return found  # type: ignore[return-value]


def owners() -> list[User]:
    """Those who own an action, by name."""
    return list(User.objects.filter(pk__in=Action.objects.exclude(owner=None).values("owner")).order_by("name", "pk"))
