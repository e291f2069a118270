"""Entries that look like one another: by name, and by the partners they share."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from rapidfuzz import fuzz, process

from accounts.models import User
from config import words
from register.models import DuplicateVerdict, Membership, Partnership
from register.models.lists import normalised

# How alike two names must be, out of 100, to be shown. Partners in common add to it.
ALIKE = 72
NEARLY_CERTAIN = 92
LIKELY = 82
A_SHARED_PARTNER = 4
# Words that many names share and that therefore say nothing.
COMMON = {"partnership", "the", "and", "of", "for", "group", "board", "committee", "joint", "forum", "district", "&"}


@dataclass(frozen=True)
class Alike:
    """An entry that looks like a proposed one: how sure, and why."""

    partnership: Partnership
    score: float
    reasons: tuple[str, ...]

    @property
    def confidence(self) -> str:
        return confidence(self.score)


@dataclass(frozen=True)
class Pair:
    """Two entries that look alike."""

    one: Partnership
    other: Partnership
    score: float
    reasons: tuple[str, ...]

    @property
    def confidence(self) -> str:
        return confidence(self.score)


def confidence(score: float) -> str:
    """How sure, in words."""
    if score >= NEARLY_CERTAIN:
        return "Nearly certain"
    return "Likely" if score >= LIKELY else "Look"


def bare(name: str) -> str:
    """A name without case, accents, brackets and the words that many names share."""
    plain = "".join(letter if letter.isalnum() or letter.isspace() else " " for letter in normalised(name))
    kept = [word for word in plain.split() if word not in COMMON]
    return " ".join(kept) or " ".join(plain.split())


def like(name: str, partners: Sequence[str] = (), *, most: int = 5) -> list[Alike]:
    """Entries that look like a partnership of this name and these partners, the likest first. Three queries."""
    entries = {entry.pk: entry for entry in Partnership.objects.only("pk", "reference", "name", "status", "purpose")}
    if not entries:
        return []
    members = _partners()
    mine = {normalised(partner) for partner in partners}
    names = {pk: bare(entry.name) for pk, entry in entries.items()}
    near = process.extract(bare(name), names, scorer=fuzz.token_sort_ratio, limit=50, score_cutoff=ALIKE - 12)
    found = []
    for _, score, pk in near:
        shared = sorted(members.get(pk, {}).keys() & mine)
        total = min(100.0, score + A_SHARED_PARTNER * min(len(shared), 3))
        if total >= ALIKE:
            found.append(Alike(entries[pk], total, _reasons(score, [members[pk][each] for each in shared])))
    return sorted(found, key=lambda alike: (-alike.score, alike.partnership.reference))[:most]


def _partners() -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for entry, name in Membership.objects.values_list("partnership_id", "organisation__name"):
        found.setdefault(entry, {})[normalised(name)] = name
    return found


def _reasons(score: float, shared: Sequence[str]) -> tuple[str, ...]:
    said = "the names say the same" if score >= NEARLY_CERTAIN else "the names are alike"
    if not shared:
        return (said,)
    return (said, f"{words.listed(shared)} {'is' if len(shared) == 1 else 'are'} in both")


def pairs(*, most: int) -> list[Pair]:
    """Pairs of entries that look alike and that nobody has kept apart, the likest first.

    Compares all names at once in compiled code: 2,000 entries in a few seconds.
    """
    entries = list(Partnership.objects.only("pk", "reference", "name", "status").order_by("pk"))
    apart = {frozenset(pair) for pair in DuplicateVerdict.objects.values_list("one_id", "other_id")}
    members = _partners()
    names = [bare(entry.name) for entry in entries]
    found = []
    for place, one in enumerate(entries):
        near = process.extract(
            names[place], names[place + 1 :], scorer=fuzz.token_sort_ratio, limit=10, score_cutoff=ALIKE
        )
        for _, score, offset in near:
            other = entries[place + 1 + offset]
            if frozenset((one.pk, other.pk)) in apart:
                continue
            shared = sorted(members.get(one.pk, {}).keys() & members.get(other.pk, {}).keys())
            total = min(100.0, score + A_SHARED_PARTNER * min(len(shared), 3))
            found.append(Pair(one, other, total, _reasons(score, [members[one.pk][each] for each in shared])))
    return sorted(found, key=lambda pair: (-pair.score, pair.one.reference, pair.other.reference))[:most]


def kept_apart(partnership: Partnership) -> list[tuple[Partnership, str, str]]:
    """Entries that look like this one and are not the same, each with why and who said so. One query."""
    verdicts = DuplicateVerdict.objects.filter(Q(one=partnership) | Q(other=partnership)).exclude(note="")
    return [
        (each.other if each.one_id == partnership.pk else each.one, each.note, str(each.said_by))
        for each in verdicts.select_related("one", "other", "said_by").order_by("said_at", "pk")
    ]


@transaction.atomic
def keep_apart(one: Partnership, other: Partnership, *, by: User, note: str = "") -> None:
    """Remember that two entries are not the same, so that nobody is asked again."""
    first, second = sorted((one, other), key=lambda entry: entry.pk)
    DuplicateVerdict.objects.get_or_create(one=first, other=second, defaults={"said_by": by, "note": note})
