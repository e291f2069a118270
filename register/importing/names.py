"""Names of partnerships: whether two mean the same body, whether one is a group of another, whether it is one at all."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from register.importing.headings import former_names
from register.importing.values import plain

SHORT_FORMS = {"pship": "partnership", "pships": "partnership", "cttee": "committee", "ctte": "committee", "comm": "committee", "jt": "joint", "mgt": "management", "mgmt": "management",
               "dev": "development", "econ": "economic", "env": "environment", "assoc": "association", "org": "organisation", "ne": "north east", "nw": "north west", "se": "south east",
               "sw": "south west", "n": "north", "s": "south", "e": "east", "w": "west", "st": "saint", "govt": "government", "auth": "authority", "exec": "executive", "p": "partnership",
               "revs": "revenues", "bens": "benefits", "ctr": "centre", "serv": "service", "svc": "service", "svcs": "services", "grp": "group", "&": "and", "co": "county"}  # fmt: skip
EMPTY_WORDS = frozenset(
    {"the", "of", "and", "for", "in", "on", "a", "to", "with", "ltd", "limited", "plc", "cic", "cio", "llp"}
)
GENERIC = frozenset({"partnership", "district", "council", "borough", "bureau", "city"})
PART_WORDS = frozenset(
    {
        "sub",
        "subgroup",
        "officer",
        "officers",
        "task",
        "working",
        "delivery",
        "steering",
        "executive",
        "operational",
        "technical",
        "members",
        "chairs",
        "theme",
        "strategic",
        "skills",
    }
)
SUB_GROUP = re.compile(
    r"\b(sub[- ]?(group|committee|partnership)|task (and finish |& finish )?group|working (group|party)|officers?'? group|delivery group|steering group|theme group|operational group)s?\b",
    re.IGNORECASE,
)
NOT_PARTNERSHIPS = (
    ("an officers' network", re.compile(r"\b(officers|managers|practitioners|treasurers|secretaries|solicitors|accountants|planners|surveyors|heads of [\w &]+|chief [\w ]*officers|finance directors|professionals)['’]?s?['’]?\s+"
                                        r"(group|network|forum|association|society|meetings?|liaison|circle|club)\b|\b(officers?|practitioners?|professional|good practice|best practice|peer) (support )?(network|forum)\b|\bnetwork of\b|\bbenchmarking (club|group)\b|"
                                        r"\buser group of officers\b", re.IGNORECASE)),
    ("a grant or service level agreement", re.compile(r"\bSLA\b|\bservice[- ]level agreement\b|\bgrant (agreement|funding agreement|aid)\b|\(grants?\)|\bgrants? (panel|scheme|programme|to)\b|\bgrants?$", re.IGNORECASE)),
    ("a contract for a service", re.compile(r"\bPFI\b|\boutsourc\w+|\bcontract (monitoring|management)\b|\bcontract$|\(contract\b|\b(service|services|supply|maintenance|management|cleaning|leisure|refuse|it|catering) contract\b(?! (board|committee|partnership))|"
                                            r"\bcontract\)|\bframework agreement\b|\bcontract with\b|\bcontractor\b", re.IGNORECASE)),
)  # fmt: skip


@lru_cache(maxsize=65536)
def tokens_of(name: str) -> tuple[str, ...]:
    """The words of a name, short forms written out, former names of bodies replaced, acronyms in brackets left out."""
    text = re.sub(r"\s*\(([A-Z][A-Za-z&]*[A-Z])\)", " ", name)
    text = plain(text).replace("p'ship", "pship")
    text = re.sub(r"'s\b", "s", text).replace("'", "")
    text = " ".join(SHORT_FORMS.get(word, word) for word in re.findall(r"[\w&]+", text))
    for former, later in former_names().items():
        if former in text:
            text = text.replace(former, later)
    return tuple(word for word in text.split() if word not in EMPTY_WORDS)


@lru_cache(maxsize=65536)
def core_of(name: str) -> frozenset[str]:
    """The words that tell one body from another; "partnership" and "council" do not."""
    return frozenset(tokens_of(name)) - GENERIC or frozenset(tokens_of(name))


def acronym_of(name: str) -> str:
    """The initials of a name, "CDRP"; short words do not count."""
    words = [
        word for word in re.findall(r"[A-Za-z]+", re.sub(r"\(.*?\)", " ", name)) if word.lower() not in EMPTY_WORDS
    ]
    return "".join(word[0] for word in words).upper()


def looks_like_no_partnership(name: str) -> str:
    """What a name says that the policy leaves out, in words, or ""."""
    return next((what for what, pattern in NOT_PARTNERSHIPS if pattern.search(name)), "")


def base_of_sub_group(name: str) -> str:
    """The partnership of which a name is a sub-group, "" when it is none or does not say."""
    if not SUB_GROUP.search(name):
        return ""
    base = re.split(r"\s+[-–—]\s+|\s*[:(,]\s*", name)[0]
    if base != name and not SUB_GROUP.search(base):
        return base
    rest = SUB_GROUP.sub("", name).strip(" -–—:,()")
    return rest if rest != name else ""


@dataclass(slots=True)
class Named:
    """What is compared of a record: its name and what speaks for the same body."""

    index: int
    name: str
    row: int
    facts: dict[str, Any] = field(default_factory=dict)  # people, dates, amounts
    apart: tuple[str, ...] = ()  # what keeps two bodies apart: the council, the area


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two records that may be the same body: the earlier, the later, and the facts in which they agree."""

    first: Named
    second: Named
    is_same_name: bool
    agree: tuple[str, ...]


def alike(records: Sequence[Named]) -> Iterable[Likeness]:
    """Pairs of records that may be the same body, each later one once. The time grows with the number of records, not its square."""
    frequency: Counter[str] = Counter(word for record in records for word in core_of(record.name))
    by_core: dict[frozenset[str], list[Named]] = defaultdict(list)
    by_word: dict[tuple[str, frozenset[str]], list[Named]] = defaultdict(list)
    for record in records:
        core = core_of(record.name)
        if not core:
            continue
        found = next(
            (
                Likeness(other, record, True, agreements(other, record))
                for other in by_core[core]
                if other.apart == record.apart
            ),
            None,
        )
        if not found:
            rare = sorted(core, key=lambda word: (frequency[word], word))[:3]
            # Names with other numbers are other bodies, so they need not be looked at.
            numbers = _numbers(core)
            near = {
                id(other): other
                for word in rare
                if len(by_word[word, numbers]) <= 60
                for other in by_word[word, numbers]
            }
            pairs = (_near(other, record) for other in sorted(near.values(), key=lambda x: x.row))
            found = next((pair for pair in pairs if pair), None)
        if found:
            yield found
        by_core[core].append(record)
        for word in core:
            by_word[word, _numbers(core)].append(record)


def agreements(first: Named, second: Named) -> tuple[str, ...]:
    """The facts that both records state and in which they agree."""
    return tuple(key for key, value in first.facts.items() if value and second.facts.get(key) == value)


def _near(first: Named, second: Named) -> Likeness | None:
    if first.apart != second.apart:
        return None
    one, two = core_of(first.name), core_of(second.name)
    small, large = (one, two) if len(one) <= len(two) else (two, one)
    agree = agreements(first, second)
    more = large - small
    if small <= large and len(small) >= 2 and not more & PART_WORDS and len(agree) >= 2:
        return Likeness(first, second, False, agree)
    if small <= large and len(small) >= 3 and len(more) == 1 and not more & PART_WORDS and agree:
        return Likeness(first, second, False, agree)
    if (one ^ two) & PART_WORDS or len(one ^ two) > 2:
        return None
    if agree and fuzz.token_sort_ratio(" ".join(sorted(one)), " ".join(sorted(two))) >= 92:
        return Likeness(first, second, False, agree)
    return None


@lru_cache(maxsize=65536)
def _numbers(core: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in core if re.search(r"\d", word))


# ------------------------------------------------------------------ which partnership a name on another sheet means
@dataclass(frozen=True, slots=True)
class Match:
    """The partnership that a name means: its key, and how sure that is: exact, sure, unsure or none."""

    key: str
    how: str


class Names:
    """The partnerships of a file by name, reference and acronym."""

    def __init__(self, named: Sequence[tuple[str, str]]) -> None:
        """Take pairs of key (the reference, or the name where there is none) and name."""
        self.named = list(named)
        self.exact = {plain(name): key for key, name in self.named} | {plain(key): key for key, _ in self.named}

    def find(self, text: str) -> Match:
        if key := self.exact.get(plain(text)):
            return Match(key, "exact")
        if re.fullmatch(r"[A-Z]{3,6}", text.strip()):
            hits = [key for key, name in self.named if acronym_of(name) == text.strip() or f"({text.strip()})" in name]
            if hits:
                return Match(hits[0], "sure" if len(hits) == 1 else "unsure")
        wanted = set(tokens_of(text))
        holding = [(key, name) for key, name in self.named if wanted and wanted <= set(tokens_of(name))]
        # "Cttee" and "Committee", but also "Mgt" and "Management", are the same word by now; misspellings are not.
        if holding:
            best = min(holding, key=lambda pair: len(tokens_of(pair[1])))
            is_sure = len(holding) == 1 and len(wanted) >= 2 and (len(wanted - GENERIC) >= 1)
            return Match(best[0], "sure" if is_sure else "unsure")
        scored = sorted(
            (
                (fuzz.token_sort_ratio(" ".join(sorted(wanted)), " ".join(sorted(tokens_of(name)))), key)
                for key, name in self.named
            ),
            reverse=True,
        )
        if scored and scored[0][0] >= 93 and (len(scored) == 1 or scored[1][0] < 88):
            return Match(scored[0][1], "sure")
        if scored and scored[0][0] >= 80:
            return Match(scored[0][1], "unsure")
        wider = [(key, name) for key, name in self.named if len(core_of(name)) >= 2 and core_of(name) <= wanted]
        if wider:
            return Match(max(wider, key=lambda pair: len(pair[1]))[0], "unsure")
        return Match("", "none")
