"""The history in words: what differs between two versions, as sentences. Pure functions.

"Budget contribution changed from £12,500 to £14,000", and beside it who did it and why. Labels and the words of
values are those of the facts (`register.facts`), so they read as on the pages.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from register.facts import LOCAL, Fact, Names

SHORT = 80  # letters up to which a text is told in one sentence


@dataclass(frozen=True)
class Piece:
    """A run of words of a changed text: in both, only in the old one, or only in the new one."""

    kind: Literal["same", "out", "in"]
    text: str


@dataclass(frozen=True)
class Difference:
    """One fact that differs between two versions. `old` and `new` in words; "" is not known."""

    label: str
    old: str
    new: str
    is_long: bool = False

    @property
    def sentence(self) -> str:
        """The change as a sentence without its end.

        >>> Difference("Staff time", "20 hours a month", "86 hours a month").sentence
        'Staff time changed from 20 hours a month to 86 hours a month'
        """
        if self.is_told_word_by_word:
            return f"{self.label} reworded"
        if self.is_long and not self.old:
            return f"{self.label} written"
        if not self.old:
            return f"{self.label} set to {self.new}"
        if not self.new:
            return f"{self.label} emptied; it was {_quoted(self.old)}"
        return f"{self.label} changed from {_quoted(self.old)} to {_quoted(self.new)}"

    @property
    def is_told_word_by_word(self) -> bool:
        return bool(self.is_long and self.old and self.new)

    @property
    def pieces(self) -> Sequence[Piece]:
        """A long text's change word by word; a new long text whole; nothing for other facts."""
        if self.is_told_word_by_word:
            return word_by_word(self.old, self.new)
        if self.is_long and self.new and not self.old:
            return (Piece("in", self.new),)
        return ()


def _quoted(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT].rstrip()}…"


def word_by_word(old: str, new: str) -> tuple[Piece, ...]:
    """Which words of a text went out and came in, in reading order.

    >>> [(piece.kind, piece.text) for piece in word_by_word("one plan", "one local plan")]
    [('same', 'one '), ('in', 'local '), ('same', 'plan')]
    """
    before, after = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    bare_before, bare_after = [word.strip() for word in before], [word.strip() for word in after]
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, bare_before, bare_after, autojunk=False)
    for what, i, j, k, n in matcher.get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(after[k:n])))
            continue
        if j > i:
            pieces.append(Piece("out", "".join(before[i:j])))
        if n > k:
            pieces.append(Piece("in", "".join(after[k:n])))
    return tuple(pieces)


def raw(fact: Fact, version: Any) -> Any:
    """What a version holds of a fact: for other records their key, whose words `names` gives."""
    if fact.name.startswith(LOCAL):
        return fact.read(version)
    return getattr(version, fact.name, None)


def differences(facts: Sequence[Fact], old: Any, new: Any, names: Names) -> tuple[Difference, ...]:
    """What differs between two versions of one record, in the order of the facts.

    `old` is `None` for a first version: then every fact that is filled in counts.
    """
    found = []
    for fact in facts:
        if fact.kind == "sector":  # the organisation's, which keeps no history of its own
            continue
        before = None if old is None else raw(fact, old)
        after = raw(fact, new)
        if fact.plain(before) == fact.plain(after) or (before in _NOTHING and after in _NOTHING):
            continue
        words_before = "" if old is None else fact.in_words(before, names)
        words_after = fact.in_words(after, names)
        if words_before != words_after:
            found.append(Difference(fact.label, words_before, words_after, fact.is_long))
    return tuple(found)


_NOTHING: tuple[Any, ...] = (None, "", [], {})


def summary(facts: Sequence[Fact], version: Any, names: Names) -> str:
    """A row in one line, from its first facts that are filled in: "2026 to 2027, £14,000, Cash"."""
    told: list[str] = []
    for fact in facts:
        is_named_side = fact.kind == "flag" and fact.options and raw(fact, version)
        if fact.kind in ("sector", "flag") and not is_named_side:
            continue
        if fact.kind == "person" and told:  # the name has been told
            continue
        if said := fact.in_words(raw(fact, version), names):
            told.append(_quoted(said))
    return ", ".join(told[:3])


def ending(by: str, reason: str) -> str:
    """Who and why, to follow a sentence: " by D.F., because “agreed on 14 October”"."""
    who = f" by {by}" if by else ""
    return f"{who}, because “{reason.strip().rstrip('.')}”" if reason.strip() else who
