"""Entries with a similar remit: which of the register could take on what a partnership is for, and why it looks so.

`likeness` compares two remits and knows nothing of the database. Names that are alike, and words, partners and
priorities in common, give points; what many entries share says nothing and counts for nothing (`common_to_many`).
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from config import words
from register.duplicates import ALIKE, COMMON, NEARLY_CERTAIN, bare
from register.models import Membership, Partnership, PriorityLink
from register.models.lists import normalised

# Points for names that say the same, and for names that are alike.
SAME_NAME, ALIKE_NAME = 60, 40
# Points for each thing in common, and how many of its kind count at most.
POINTS = {"words": (8, 5), "partners": (8, 3), "priorities": (6, 2)}
SHOWN_FROM = 24
MUCH = 48
# What more than a quarter of the entries share, and more than this many, tells none of them apart.
MANY, A_FEW = 4, 3
# A word shorter than this, or one of these, says nothing of what a partnership is for.
SHORTEST_WORD = 4
_EVERYDAY = """
about across after against also area authority because been before being better between both bring brings body bodies
council councils county each from give gives good have having help helps improve improves into keep keeps local made
make makes more most need needs other others over partner partners people project provide provides public service
services shared should some such support supports take takes than that their them there these they this those through
together town under very what when where which while with within work working works would year years
"""
SAYS_NOTHING = COMMON | set(_EVERYDAY.split())

Mark = Mapping[str, str]  # what is compared, and how it is written


@dataclass(frozen=True)
class Remit:
    """What a partnership is for, as far as it can be compared: a bare name, and marks of each kind of `POINTS`."""

    name: str
    marks: Mapping[str, Mark]


@dataclass(frozen=True)
class Likeness:
    """How much two remits have in common, in points, and what it is, in words."""

    points: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Similar:
    """An entry with a similar remit."""

    partnership: Partnership
    points: int
    reasons: tuple[str, ...]

    @property
    def confidence(self) -> str:
        """How much they have in common, in words."""
        return "Much in common" if self.points >= MUCH else "Something in common"


def remit(name: str, purpose: str, partners: Collection[str] = (), priorities: Collection[str] = ()) -> Remit:
    """The remit of a partnership from what the register says of it."""
    return Remit(
        bare(name),
        {
            "words": telling_words(f"{name} {purpose}"),
            "partners": {normalised(each): each for each in partners},
            "priorities": {normalised(each): each for each in priorities},
        },
    )


def telling_words(text: str) -> dict[str, str]:
    """The words of a text that say what it is about, one and many counted alike.

    >>> telling_words("Floods, and a flood plan for the town")
    {'flood': 'floods', 'plan': 'plan'}
    """
    found: dict[str, str] = {}
    for written in re.findall(r"[^\W\d_]+", text.lower()):
        plain = normalised(written)
        if len(plain) >= SHORTEST_WORD and plain not in SAYS_NOTHING:
            found.setdefault(_one_of_many(plain), written)
    return found


def _one_of_many(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def common_to_many(remits: Collection[Remit]) -> dict[str, set[str]]:
    """The marks of each kind that so many remits have that they tell nothing."""
    most = max(A_FEW, len(remits) // MANY)
    found = {}
    for kind in POINTS:
        counts = Counter(mark for each in remits for mark in each.marks[kind])
        found[kind] = {mark for mark, count in counts.items() if count > most}
    return found


def likeness(mine: Remit, theirs: Remit, common: Mapping[str, Collection[str]]) -> Likeness:
    """How much two remits have in common; `common` are marks that count for nothing."""
    points, reasons = 0, []
    ratio = fuzz.token_sort_ratio(mine.name, theirs.name)
    if ratio >= NEARLY_CERTAIN:
        points, reasons = SAME_NAME, ["the names say the same"]
    elif ratio >= ALIKE:
        points, reasons = ALIKE_NAME, ["the names are alike"]
    for kind, (each_counts, at_most) in POINTS.items():
        shared = [
            written
            for mark, written in theirs.marks[kind].items()
            if mark in mine.marks[kind] and mark not in common[kind]
        ][:at_most]
        if shared:
            points += each_counts * len(shared)
            reasons.append(_said(kind, shared))
    return Likeness(points, tuple(reasons))


def _said(kind: str, shared: Sequence[str]) -> str:
    listed = words.listed(shared)
    if kind == "words":
        return f"both speak of {listed}"
    if kind == "partners":
        return f"{listed} {'is' if len(shared) == 1 else 'are'} in both"
    return f"both help {listed}"


def entries_like(partnership: Partnership, *, most: int = 5) -> list[Similar]:
    """Entries whose remit looks like this one's, the likest first. Three queries."""
    entries = {each.pk: each for each in Partnership.objects.only("pk", "reference", "name", "status", "purpose")}
    partners: dict[int, list[str]] = {}
    for entry, name in Membership.objects.values_list("partnership_id", "organisation__name"):
        partners.setdefault(entry, []).append(name)
    priorities: dict[int, list[str]] = {}
    for entry, title in PriorityLink.objects.values_list("partnership_id", "priority__title"):
        priorities.setdefault(entry, []).append(title)
    remits = {
        pk: remit(each.name, each.purpose, partners.get(pk, ()), priorities.get(pk, ())) for pk, each in entries.items()
    }
    common = common_to_many(remits.values())
    mine = remits.pop(partnership.pk)
    found = [Similar(entries[pk], like.points, like.reasons) for pk, like in _compared(mine, remits, common)]
    return sorted(found, key=lambda each: (-each.points, each.partnership.reference))[:most]


def _compared(
    mine: Remit, remits: Mapping[int, Remit], common: Mapping[str, Collection[str]]
) -> list[tuple[int, Likeness]]:
    compared = [(pk, likeness(mine, theirs, common)) for pk, theirs in remits.items()]
    return [(pk, like) for pk, like in compared if like.points >= SHOWN_FROM]
