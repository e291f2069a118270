"""Proposes which column feeds which field, and says why.

The words of a heading are compared with those that councils use (`headings.yaml`); what the cells look like speaks for or
against. A heading may also name a unit (hours a week, £000), a scale (1-4) or two meanings at once.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from ruamel.yaml import YAML

from register.importing import words
from register.importing.people import is_whole_person, level_of, split_people
from register.importing.values import Ask, Clean, plain, rating_scale, read_date, read_frequency, squeeze

SMALL_WORDS = frozenset(
    [
        "the",
        "of",
        "our",
        "a",
        "an",
        "to",
        "for",
        "is",
        "are",
        "what",
        "which",
        "who",
        "your",
        "in",
        "on",
        "and",
        "or",
        "by",
        "with",
        "it",
        "its",
        "we",
        "us",
        "this",
        "that",
        "does",
        "do",
        "any",
        "at",
        "be",
        "as",
        "council",
        "councils",
        "estimated",
        "approximate",
        "please",
        "s",
        "if",
        "this",
        "has",
    ]
)
GOOD = 74  # a heading below this score is no match


@dataclass(frozen=True, slots=True)
class Rule:
    """One field of a kind of sheet: how its cells are read, the fields it feeds and the words for it."""

    key: str
    kind: str
    fields: tuple[str, ...]
    aliases: tuple[str, ...]  # as typed
    keys: frozenset[tuple[str, ...]]  # their words, sorted
    exact: frozenset[str]  # as typed, in lower case


@dataclass(frozen=True, slots=True)
class Mapped:
    """A column with what it feeds; `rule` is None for a column without a home."""

    column: int
    heading: str
    rule: Rule | None
    score: float
    reason: str
    unit: str = ""  # of time columns: hour, day, minute, fte
    period: str = ""  # month, week, year, quarter
    factor: int = 1  # of money columns: 1000 under £000
    top: int = 0  # the highest figure of a scale such as (1-4)
    meanings: tuple[str, ...] = ()  # fields between which a person must choose
    choice: str = ""  # a column of ticks that stands for one value of a list

    @property
    def fields(self) -> tuple[str, ...]:
        return self.rule.fields if self.rule else ()

    @property
    def kind(self) -> str:
        return self.rule.kind if self.rule else ""


@dataclass(slots=True)
class Heading:
    """A heading as it stands in the sheet, with the band heading above it and some of the cells below."""

    column: int
    text: str
    band: str = ""
    samples: list[Any] = field(default_factory=list)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("headings.yaml"))
    return data


@lru_cache(maxsize=1)
def schemas() -> dict[str, dict[str, Rule]]:
    """The fields of each kind of sheet: register, members, appointments."""
    out: dict[str, dict[str, Rule]] = {}
    for kind in ("register", "members", "appointments"):
        out[kind] = {}
        for key, entry in _data()[kind].items():
            fields = (entry.get("field", key), *entry.get("also", ()))
            aliases = tuple(str(alias) for alias in entry["aliases"])
            keys = frozenset(key_words(alias) for alias in aliases) - {()}
            out[kind][key] = Rule(key, entry["kind"], fields, aliases, keys, frozenset(map(plain, aliases)))
    return out


@lru_cache(maxsize=1)
def without_home() -> frozenset[tuple[str, ...]]:
    """The words of headings that have no field although they come near one."""
    return frozenset(key_words(str(text)) for text in _data()["without_home"])


def former_names() -> Mapping[str, str]:
    """Former names of kinds of bodies, with their later names."""
    names: dict[str, str] = _data()["former_names"]
    return names


@lru_cache(maxsize=4096)
def key_words(text: str) -> tuple[str, ...]:
    """The words that matter of a heading, sorted: abbreviations written out, plurals and small words away."""
    shortened = _data()["abbreviations"]
    # "SMDC Rep", "HDC Lead Officer": the council's own initials say nothing.
    text = re.sub(r"\b[A-Z]{1,4}(DC|BC|CC|MBC|MDC|MDBC|UA)(['’]s)?\b", " ", text)
    looked = (
        plain(text)
        .replace("p'ship", "partnership")
        .replace("e-mail", "email")
        .replace("p.a.", " pa ")
        .replace("t of r", "tor")
    )
    looked = re.sub(r"\best\b\.?(?= (date|year)\b)|(?<=date )\best\b|(?<=year )\best\b", "established", looked)
    looked = re.sub(r"\b(19|20)\d\d([/-]\d{2,4})?\b|\b\d\d/\d\d\b", " ", looked)
    looked = (
        looked.replace("h&s", "health safety").replace("l x i", "likelihood impact").replace("l&i", "likelihood impact")
    )
    found = re.findall(r"[a-z0-9£#]+", re.sub(r"'s\b|'", "", looked))
    return _matter(found, shortened, SMALL_WORDS) or _matter(found, shortened, frozenset())


def _matter(found: Sequence[str], shortened: Mapping[str, Any], small: frozenset[str]) -> tuple[str, ...]:
    out = []
    for word in found:
        for part in str(shortened.get(word, shortened.get(word.rstrip("s"), word))).split():
            if part in small or (small and len(part) == 1 and part not in "£#li"):
                continue
            out.append(part[:-1] if len(part) > 3 and part.endswith("s") and not part.endswith(("ss", "us")) else part)
    return tuple(sorted(set(out)))


def score_of(text: str, rule: Rule) -> float:
    """How well the words of a heading fit a field, 0 to 100."""
    outside = re.sub(r"[(\[{].*?[)\]}]", " ", text)
    best = 0.0
    if plain(outside).strip(" ?:.*") in rule.exact:
        return 101.0
    for version, most in ((outside, 100.0), (text, 99.0)):
        tokens = key_words(version)
        if not tokens:
            continue
        if tokens in rule.keys:
            return most
        joined = " ".join(tokens)
        for alias in rule.keys:
            common = len(set(alias) & set(tokens))
            if common == len(alias):  # all words of the alias are there, and more
                share = sum(map(len, alias)) / sum(map(len, tokens))
                # "Legal" is a resource, "Legal requirement" is not: a column of ticks is named in few words.
                score = 58 + 40 * share if rule.kind != "tick" or share >= 0.6 else 0.0
            else:
                score = min(96.0, fuzz.ratio(joined, " ".join(alias)))
                if common == 0 and score < 88:
                    score *= 0.8
                elif common and score >= GOOD and not _is_slip(tokens, alias):
                    score = GOOD - 6.0  # "sunset date" is not "start date": what is left must be a slip of spelling
            best = max(best, min(score, most - 2))
    return best


@lru_cache(maxsize=65536)
def _is_slip(tokens: tuple[str, ...], alias: tuple[str, ...]) -> bool:
    """Whether the words that only one of the two has are nearly the same, or only one of them has more."""
    more, less = sorted(set(tokens) - set(alias)), sorted(set(alias) - set(tokens))
    return not more or fuzz.ratio(" ".join(more), " ".join(less)) >= 70


@lru_cache(maxsize=1)
def _all_keys() -> tuple[list[str], dict[str, list[tuple[str, ...]]]]:
    """The words of all headings that are known, and by each word the headings that hold it."""
    keys = {key for rules in schemas().values() for rule in rules.values() for key in rule.keys}
    by_word: dict[str, list[tuple[str, ...]]] = {}
    for key in keys:
        for word in key:
            by_word.setdefault(word, []).append(key)
    return [" ".join(key) for key in keys], by_word


@lru_cache(maxsize=8192)
def likeness(text: str) -> float:
    """How much a text looks like some heading of some sheet, 0 to 100: for finding the row of headings."""
    if not text.strip() or len(text) > 120:
        return 0.0
    keys, by_word = _all_keys()
    best = 0.0
    for version in (re.sub(r"[(\[{].*?[)\]}]", " ", text), text):
        tokens = key_words(version)
        if not tokens:
            continue
        near = process.extractOne(" ".join(tokens), keys, scorer=fuzz.ratio, score_cutoff=60)
        inside = [key for word in tokens for key in by_word.get(word, ()) if set(key) <= set(tokens)]
        shares = [58 + 40 * sum(map(len, key)) / sum(map(len, tokens)) for key in inside]
        best = max(best, near[1] if near else 0.0, *shares, 0.0)
    return best


# ------------------------------------------------------------------ what the cells look like
def _share(values: Sequence[Any], test: Any) -> float:
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0


def _is_number(value: Any) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or (
        isinstance(value, str) and bool(re.fullmatch(r"\s*-?£?[\d,]+(\.\d+)?\s*", value))
    )


def _is_dateish(value: Any) -> bool:
    if isinstance(value, dt.date):
        return True
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 1900 <= value <= 2100
    outcome = read_date(value)
    return (
        not isinstance(outcome, Ask)
        or outcome.suggest is not None
        or bool(outcome.options)
        or outcome.code == "to-be-confirmed"
        or bool(re.search(r"(19|20)\d\d", str(value)))
    )


def _is_moneyish(value: Any) -> bool:
    looked = plain(str(value))
    return _is_number(value) or (
        bool(re.search(r"£|\d|^(nil|none|tb[ac]|-|n/a|zero|ditto|in kind.*)$", looked)) and len(looked) < 80
    )


def _is_timeish(value: Any) -> bool:
    looked = plain(str(value))
    return len(looked) < 60 and (
        _is_number(value)
        or bool(re.search(r"\d|^(nil|none|tb[ac]|-|n/a|minimal|ditto|varies|unknown|half.*|one.*|two.*)$", looked))
    )


def _is_frequencyish(value: Any) -> bool:
    outcome = read_frequency(value)
    return (
        isinstance(outcome, Clean)
        or outcome.code == "to-be-confirmed"
        or (isinstance(outcome, Ask) and outcome.suggest is not None)
    )


def _is_tick(value: Any) -> bool:
    outcome = words.read_tick(value)
    return isinstance(outcome, Clean)


def _names_people(value: Any) -> bool:
    return any(is_whole_person(part) for part in split_people(str(value)))


def _is_levelish(value: Any) -> bool:
    return all(level_of(part) for part in re.split(r"[\n;,/&+]|\band\b", str(value)) if part.strip())


def _is_yesno(value: Any) -> bool:
    return isinstance(words.read_yes_no(value), Clean) or plain(str(value)) in {"tbc", "n/a"}


def _is_statutoryish(value: Any) -> bool:
    outcome = words.read_statutory(value)
    return (
        isinstance(outcome, Clean)
        or outcome.code == "to-be-confirmed"
        or bool(re.search("stat", str(value), re.IGNORECASE))
    )


def _is_levelword(value: Any) -> bool:
    return isinstance(words.read_levels_of_work(value), Clean)


def fit(kind: str, values: Sequence[Any]) -> float:
    """What the cells say for (above 0) or against (below 0) a kind of field; one or two cells say little."""
    if not values:
        return 0.0
    said = _fit(kind, values)
    return max(said, -20.0) if len(values) < 3 else said


def _fit(kind: str, values: Sequence[Any]) -> float:
    text = [str(value) for value in values]
    long = sum(len(x) for x in text) / len(text)
    tests: dict[str, Any] = {"money": _is_moneyish, "hours": _is_timeish, "date": _is_dateish, "frequency": _is_frequencyish, "frequency-number": _is_frequencyish, "tick": _is_tick,
                             "levels": _is_levelish, "yes-no": _is_yesno, "statutory": _is_statutoryish, "level": _is_levelword}  # fmt: skip
    if kind in tests:
        share = _share(values, tests[kind])
        need = 0.34 if kind in {"frequency", "hours", "yes-no", "statutory", "tick"} else 0.5
        return 4 * share if share >= need else -40.0
    if kind in {"priorities", "codes"}:
        bare = _share(text, lambda x: bool(re.fullmatch(r"[\d.,;/&\s]*(and [\d.,;/&\s]+)*", x)))
        coded = _share(text, lambda x: bool(re.search(r"\d", x)) or plain(x) == "all")
        if kind == "priorities":  # words alone are more likely a theme, "CO1" an objective of a plan
            lettered = _share(text, lambda x: bool(re.search(r"\b(?!P\d)[A-Z]{1,4} ?\d", x)))
            return 3.0 if bare > 0.5 else -6.0 if lettered > 0.5 else -8.0 if coded < 0.2 else 0.0
        return -6.0 if bare > 0.5 else 0.0
    if kind == "rating":
        return 5.0 if rating_scale(values) else -45.0
    if kind in {"small-number", "score"}:
        return (
            4.0
            if _share(
                values, lambda x: bool(re.match(r"\s*\d{1,2}\b", str(x))) or isinstance(x, dt.date) or len(str(x)) < 9
            )
            >= 0.6
            else -45.0
        )
    if kind == "contact-email":
        return 3.0 if _share(text, lambda x: "@" in x) >= 0.3 else -40.0
    if kind in {"contact-phone", "contact"}:
        return 3.0 if _share(text, lambda x: "@" in x or bool(re.search(r"\d{4,}", x))) >= 0.3 else -30.0
    if kind == "places":
        return 3.0 if _share(text, lambda x: bool(re.search(r"\d", x)) and len(x) < 40) >= 0.5 else -40.0
    if kind == "term":
        return (
            3.0
            if _share(text, lambda x: bool(re.search(r"\d|annual|until|year", x.casefold()))) >= 0.4
            and not _share(values, lambda x: isinstance(x, dt.date)) > 0.5
            else -40.0
        )
    if kind in {"people", "person"}:
        if _share(values, _is_number) > 0.3 or _share(text, lambda x: len(x) < 60 or is_whole_person(x)) < 0.5:
            return -30.0
        return 3.0 if _share(text, _names_people) >= 0.5 else -4.0
    if kind == "list" and len(values) >= 3 and _share(text, _names_people) > 0.6:
        return -30.0
    if kind == "name":
        distinct = len({plain(x) for x in text}) / len(text)
        return (
            (3.0 if distinct > 0.8 else -12.0)
            if _share(text, lambda x: bool(re.search(r"[A-Za-z]{2}", x))) >= 0.6 and long < 150
            else -40.0
        )
    if kind == "ref":
        return -30.0 if long > 16 or _share(text, lambda x: len(x.split()) > 2) > 0.5 else 0.0
    if kind == "long" and (rating_scale(values) or _share(values, _is_yesno) > 0.8) and long < 9:
        return -15.0  # ratings, or yes and no, are no text
    if kind == "long":
        return (
            -25.0
            if _share(values, lambda x: isinstance(x, dt.date) or _is_number(x)) > 0.7
            else (2.0 if long > 12 else 0.0)
        )
    if kind in {"text", "lookup", "list", "type", "benefits", "role", "sector", "member-status", "status"}:
        numbers = _share(values, lambda x: isinstance(x, dt.date) or _is_number(x))
        if kind == "lookup" and _share(text, lambda x: bool(re.match(r"(?i)(cllr|councillor)\b", x))) > 0.5:
            return -12.0  # a theme is no councillor: "Portfolio" heads a column of Portfolio Holders
        if kind == "type" and _share(values, _is_levelword) > 0.8:
            return -12.0  # "Type" over strategic and operational
        if kind == "status" and _share(values, lambda x: isinstance(words.read_status(x), Clean)) < 0.4:
            return -30.0
        if kind == "role":
            return 3.0 if _share(values, lambda x: isinstance(words.read_role(x), Clean)) >= 0.4 else -40.0
        if kind == "benefits":
            return (
                2.0
                if _share(
                    text,
                    lambda x: (
                        bool(words.read_benefits(x))
                        and bool(re.search(r"fund|sav|income|quality|speed|risk|cash", x.casefold()))
                    ),
                )
                >= 0.4
                else -30.0
            )
        return -25.0 if numbers > 0.7 else 0.0
    return 0.0


# ------------------------------------------------------------------ units, scales and double meanings
def with_unit(mapped: Mapped, text: str) -> Mapped:
    """The column with the unit, the period and the scale that its heading names."""
    looked = plain(text)
    if mapped.kind in {"hours", "hours-and-note"}:
        unit = (
            "day"
            if re.search(r"\bdays?\b", looked)
            else "minute"
            if re.search(r"\bmin(ute)?s?\b", looked)
            else "fte"
            if re.search(r"\bf\.?t\.?e\b|\bwte\b", looked)
            else "hour"
        )
        period = next((name for words_, name in ((r"\bweek(ly)?\b|\bwks?\b|/w\b|\bp/?w\b", "week"), (r"\bquarter(ly)?\b|\bqtr", "quarter"),
                                                  (r"\byear(ly)?\b|\bannum\b|\bannual(ly)?\b|\bp\.?/?a\b|\byrs?\b", "year"), (r"\bmonth|\bmths?\b|\bp\.?c?\.?m\b", "month"))
                       if re.search(words_, looked)), "month")  # fmt: skip
        return replace(mapped, unit=unit, period=period)
    if mapped.kind == "money":
        factor = (
            1000
            if re.search(r"£\s?['’]?000'?s?|\(?000'?s\)?|£\s?k\b|\bin thousands|\bthousands\b|£\s?\(?000|\bk\b", looked)
            else 1_000_000
            if re.search(r"£\s?m\b|millions", looked)
            else 1
        )
        period = next(
            (
                name
                for words_, name in (
                    (r"\bmonth(ly)?\b|\bmths?\b|\bpcm\b", "month"),
                    (r"\bquarter(ly)?\b|\bqtr", "quarter"),
                    (r"\bweek(ly)?\b", "week"),
                )
                if re.search(words_, looked)
            ),
            "year",
        )
        return replace(mapped, factor=factor, period=period)
    if mapped.kind in {"small-number", "rating", "score"} and (
        hit := re.search(r"\b1\s?(?:-|to|–)\s?(\d{1,2})\b", looked)
    ):
        return replace(mapped, top=int(hit[1]))
    return mapped


DATE_MEANINGS = (("start_date", r"\b(start|joined|established|set up|commence\w*|from|begin\w*)\b"), ("review_date", r"\b(review\w*|renew\w*)\b"),
                 ("end_date", r"\b(end|ends|expir\w+|closed|terminat\w+|finish|until|close|closure)\b"))  # fmt: skip


def date_meanings(text: str) -> tuple[str, ...]:
    """The dates that a heading names at once: "Review / end date" is two."""
    looked = plain(text)
    found = tuple(name for name, pattern in DATE_MEANINGS if re.search(pattern, looked))
    if (
        len(found) < 2
        or not re.search(r"\b(dates?|due)\b|/|\bor\b|&|\band\b", looked)
        or (re.search(r"agreement|contract", looked) and "/" not in looked and " or " not in looked)
    ):
        return ()
    return found


def _choice(heading: Heading, headings: Sequence[Heading]) -> tuple[str, str]:
    """The field and value of a column of ticks such as "Strategic" beside "Operational", or ("", "")."""
    if (
        not heading.samples
        or _share(heading.samples, _is_tick) < 0.8
        or {plain(str(x)) for x in heading.samples} & {"h", "m", "l"}
    ):
        return "", ""
    looked = re.sub(r"\s*\by ?/ ?n\b\s*$", "", plain(re.sub(r"[(\[].*?[)\]]|\?", " ", heading.text))).strip(" /")
    band = plain(heading.band)
    for field_, options in (
        ("level", {"strategic": "strategic", "operational": "operational"}),
        ("role", {"control": "control", "influence": "influence", "information": "information"}),
    ):
        if looked in options and any(
            plain(other.text).split(" ")[0].strip("?") in options and other is not heading for other in headings
        ):
            return field_, options[looked]
    if looked in {"high", "medium", "low", "h", "m", "l"} and re.search(r"risk|value|significance", band):
        return ("risk" if "risk" in band else "value"), {"h": "high", "m": "medium", "l": "low"}.get(looked, looked)
    return "", ""


# ------------------------------------------------------------------ the mapping
def propose(headings: Sequence[Heading], kind: str) -> list[Mapped]:
    """Map each heading of a sheet of this kind to the field it fits best; each field is fed by one column."""
    rules = schemas()[kind]
    candidates: list[tuple[float, float, int, Rule]] = []
    settled: dict[int, Mapped] = {}
    for i, heading in enumerate(headings):
        if kind == "register":
            field_, value = _choice(heading, headings)
            if field_:
                rule = replace(rules[field_], kind="choice", fields=(field_,))
                settled[i] = Mapped(
                    heading.column, heading.text, rule, 90, f"a column of ticks that stands for {value}", choice=value
                )
                continue
            meanings = date_meanings(heading.text)
            if meanings and fit("date", heading.samples) >= 0:
                first = "review_date" if "review_date" in meanings else meanings[0]
                settled[i] = Mapped(
                    heading.column,
                    heading.text,
                    rules[first],
                    90,
                    f"'{squeeze(heading.text)}' names more than one date",
                    meanings=meanings,
                )
                continue
        candidates += _candidates(i, heading, rules)
    taken = {mapped.rule.key for mapped in settled.values() if mapped.rule and mapped.kind != "choice"}
    for score, _, i, rule in sorted(candidates, key=lambda x: (-x[0], -x[1], x[2])):
        if i in settled or rule.key in taken or _clash(rule, taken):
            continue
        heading = headings[i]
        taken.add(rule.key)
        settled[i] = with_unit(
            Mapped(heading.column, heading.text, rule, round(score, 1), _reason(heading, rule, score)),
            f"{heading.band} {heading.text}",
        )
    out = [settled.get(i) or _without_home(heading, rules) for i, heading in enumerate(headings)]
    return _more_notes(out, headings, rules)


def _candidates(i: int, heading: Heading, rules: Mapping[str, Rule]) -> list[tuple[float, float, int, Rule]]:
    out = []
    if key_words(heading.text) in without_home():
        return []
    for rule in rules.values():
        words_score = score_of(heading.text, rule)
        if heading.band and rule.kind != "name":
            both = score_of(f"{heading.band} {heading.text}", rule)
            words_score = max(words_score, both - 1)
        if words_score > 90 and re.search(r"\by\s?/\s?n\b|yes\s?/\s?no|in place", plain(heading.text)):
            words_score += 3 if rule.kind in {"yes-no", "statutory", "tick"} else -3
        if rule.key == "review_date" and words_score > 70:  # the next review counts more than the last
            said = plain(f"{heading.band} {heading.text}")
            words_score += (
                3 if re.search(r"\b(next|due|future)\b", said) else -3 if re.search(r"\b(last|previous)\b", said) else 0
            )
        if words_score < 64:
            continue  # far from it: spares looking at the cells, which takes most of the time
        score = words_score + fit(rule.kind, heading.samples)
        if score >= GOOD:
            out.append((score, words_score, i, rule))
    return out


SAME_CELLS = (
    {"level", "level_statutory"},
    {"statutory", "level_statutory"},
    {"contact", "contact_email"},
    {"contact", "contact_phone"},
    {"staff_hours_month", "indirect"},
)


def _clash(rule: Rule, taken: set[str]) -> bool:
    """Whether another column feeds the same field already."""
    return any(rule.key in pair and pair & taken for pair in SAME_CELLS)


def _reason(heading: Heading, rule: Rule, score: float) -> str:
    how = "the heading says so" if score_of(heading.text, rule) >= 97 else "the words of the heading are near"
    return f"{how} ({rule.key}); the cells look right" if heading.samples else f"{how} ({rule.key})"


def _without_home(heading: Heading, rules: Mapping[str, Rule]) -> Mapped:
    best = max(rules.values(), key=lambda rule: score_of(heading.text, rule))
    if score_of(heading.text, best) >= 97:
        return Mapped(
            heading.column, heading.text, None, 0, f"another column feeds {best.key}, or the cells do not look like it"
        )
    return Mapped(heading.column, heading.text, None, 0, "no field fits the heading")


def _more_notes(mapped: list[Mapped], headings: Sequence[Heading], rules: Mapping[str, Rule]) -> list[Mapped]:
    """Further columns of comments go to the notes as well."""
    notes = rules.get("notes")
    return [
        replace(entry, rule=notes, score=90, reason="a further column of comments")
        if notes and not entry.rule and score_of(heading.text, notes) >= 97 and not entry.meanings
        else entry
        for entry, heading in zip(mapped, headings, strict=True)
    ]


GUESSED = 1.0  # the score of a column that is taken as the name although its heading does not say so


def with_a_name(mapped: list[Mapped], headings: Sequence[Heading]) -> list[Mapped]:
    """Where the headings name a register but none the partnership, the first column whose cells look like names; it is asked about."""
    keys = {entry.rule.key for entry in mapped if entry.rule}
    if "name" in keys or len(keys) < 4:
        return mapped
    rule = schemas()["register"]["name"]
    for i, (entry, heading) in enumerate(zip(mapped, headings, strict=True)):
        if not entry.rule and heading.text and len(heading.samples) >= 3 and fit("name", heading.samples) > 0:
            reason = "no heading names the partnership; the cells of this column look like names"
            return [*mapped[:i], replace(entry, rule=rule, score=GUESSED, reason=reason), *mapped[i + 1 :]]
    return mapped
