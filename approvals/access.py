"""What the public may see of an agenda, and when a key decision may be taken. Pure functions, no clock.

Source: Local Government Act 1972, sections 100A to 100K and Schedule 12A (exempt information); Local Authorities
(Executive Arrangements) (Meetings and Access to Information) (England) Regulations 2012, regulations 8 to 11 (key
decisions and their notice); Openness of Local Government Bodies Regulations 2014.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from approvals.deadlines import (
    AGENDA_AND_EXCEPTION,
    NOTICE_OF_KEY,
    clear_days,
    clear_working_days,
    earliest_key_meeting,
)
from config import words

# Schedule 12A, Part 1: what may be kept from the public, in our words.
PARAGRAPHS = {
    1: "It is about one particular person",
    2: "It would show who a person is",
    3: "It is about somebody’s financial or business affairs, the council’s own among them",
    4: "It is about consultation or bargaining over working conditions",
    5: "It is advice that the law lets a client and their lawyer keep to themselves",
    6: "It would show a notice, order or direction that the council means to give",
    7: "It is about preventing, looking into or prosecuting crime",
}
WITHHELD = "In the exempt part"
FIGURE = re.compile(r"£\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)? hours")  # what gives money or time away
SAYS_NOTHING = frozenset({"£0", "£1", "0 hours"})
LONG = 25  # letters from which a sentence tells on its own; shorter words, such as "Yearly", stand in any paper


def paragraph_in_words(number: int) -> str:
    """A paragraph of Schedule 12A as a public agenda names it."""
    said = words.inside(PARAGRAPHS[number])
    return f"Exempt information, paragraph {number} of Schedule 12A to the Local Government Act 1972: {said}"


# --- Parts of a paper -----------------------------------------------------------------------------


def parts_of(paper: Mapping[str, Any], steps: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parts of a paper that can stand in the exempt part: id and words.

    `steps` are id and title of everything that may be said on the route, so that advice can be held back before it
    is given.
    """
    sections = dict.fromkeys(fact["section"] for fact in paper["facts"])
    return [
        ("why", "Why the council should do this, and what was refused before"),
        ("changes", "What would change, and what follows"),
        ("levels", "Ratings explained"),
        *((f"facts:{section}", f"Facts: {section}") for section in sections),
        *((f"answers:{form['form']}", f"Answers: {form['title']}") for form in paper["answers"]),
        *((f"said:{step}", f"Said on it: {title}") for step, title in steps),
        ("documents", "Names of documents"),
    ]


def public_paper(paper: Mapping[str, Any], exempt: Iterable[str]) -> dict[str, Any]:
    """The paper without its exempt parts, and without anything elsewhere that tells what stands in them.

    A figure or a long sentence of an exempt part that comes again in a public one is withheld there too: a sum of
    money comes again in what was said about risk, for example.
    """
    parts = set(exempt)
    found = _without(paper, parts.__contains__)
    told = set(_telling(_without(paper, lambda part: part not in parts)))
    return {name: found[name] if name in ("policy", "partnership") else _mask(found[name], told) for name in found}


def exempt_paper(paper: Mapping[str, Any], exempt: Iterable[str]) -> dict[str, Any]:
    """Only the exempt parts of a paper."""
    parts = set(exempt)
    return _without(paper, lambda part: part not in parts)


def _without(paper: Mapping[str, Any], is_out: Callable[[str], bool]) -> dict[str, Any]:
    request = dict(paper["request"])
    if is_out("why"):
        request |= {"why": "", "said": {}}
    return {
        "request": request,
        "policy": paper["policy"],
        "partnership": paper["partnership"],
        "earlier": {} if is_out("why") else paper.get("earlier", {}),
        "apart": [] if is_out("why") else paper.get("apart", []),
        "changes": [] if is_out("changes") else paper.get("changes", []),
        "follows": [] if is_out("changes") else paper.get("follows", []),
        "levels": [] if is_out("levels") else paper["levels"],
        "facts": [fact for fact in paper["facts"] if not is_out(f"facts:{fact['section']}")],
        "answers": [form for form in paper["answers"] if not is_out(f"answers:{form['form']}")],
        "steps": [said for said in paper["steps"] if not is_out(f"said:{said['step']}")],
        "documents": [] if is_out("documents") else paper["documents"],
    }


def _telling(part: Mapping[str, Any]) -> Iterator[str]:
    """Words of an exempt part that would tell it: figures, and sentences."""
    said = [part["request"]["why"], part["earlier"].get("reasons", ""), *part["documents"]]
    said += [line["value"] for line in part["apart"]] + [fact["words"] for fact in part["facts"]]
    said += [str(line[name]) for line in part["changes"] for name in ("was", "now", "note")] + part["follows"]
    said += [text for box in part["levels"] for text in (box["why"], box["differs_because"])]
    said += [line["because"] for box in part["levels"] for line in box["criteria"]]
    said += [row[name] for form in part["answers"] for s in form["sections"] for row in s["rows"] for name in
             ("words", "reason")]  # fmt: skip
    said += [step[name] for step in part["steps"] for name in ("reasons", "options", "interests")]
    for text in said:
        yield from (each for each in FIGURE.findall(text) if each not in SAYS_NOTHING)
        if len(text) >= LONG:
            yield text


def _mask(value: Any, told: set[str]) -> Any:
    if isinstance(value, str):
        return WITHHELD if any(_stands_in(each, value) for each in told) else value
    if isinstance(value, Mapping):
        found = {name: _mask(each, told) for name, each in value.items()}
        if "nearest" in found and WITHHELD in found.values():
            # A criterion's level and nearest boundary tell within which limits the figure lies.
            return found | {"level": WITHHELD, "because": "", "nearest": ""}
        return found
    if isinstance(value, list):
        return [_mask(each, told) for each in value]
    return value


def _stands_in(told: str, text: str) -> bool:
    if not FIGURE.fullmatch(told):
        return told in text
    # £60 does not stand in £600 or £60,000, nor 4 hours in 14 hours.
    return re.search(rf"(?<![\d,.]){re.escape(told)}(?![\d,]*\d)", text) is not None


# --- Key decisions --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Notice:
    """What was done about a key decision: the day of its notice, and an exception where there were no 28 days.

    `exception` is "", "general" (regulation 10) or "special" (regulation 11); `exception_on` the day on which
    Scrutiny's chair was told or agreed.
    """

    published_on: date | None = None
    exception: str = ""
    exception_on: date | None = None


def why_key(cost_a_year: Decimal | None, key_from: Decimal | None) -> str:
    """Say why a decision counts as key by the council's own sum (£ a year), or ""."""
    if cost_a_year is None or key_from is None or cost_a_year < key_from:
        return ""
    return f"It costs {words.money(cost_a_year)} a year; decisions from {words.money(key_from)} count as key"


def why_too_soon(notice: Notice, on: date) -> str:
    """Say why a key decision should not be taken on that day, or "" when it may be."""
    if notice.published_on and clear_days(notice.published_on, on) >= NOTICE_OF_KEY:
        return ""
    if notice.exception == "special" and notice.exception_on and notice.exception_on <= on:
        return ""
    if notice.exception == "general" and notice.exception_on:
        days = clear_working_days(notice.exception_on, on)
        if days >= AGENDA_AND_EXCEPTION:
            return ""
        return (
            f"Scrutiny’s chair was told on {words.day(notice.exception_on)}, {words.count(days, 'clear working day')} "
            f"before the decision. The general exception needs {AGENDA_AND_EXCEPTION}"
        )
    if notice.published_on is None:
        return f"No notice of this key decision is published. It needs {NOTICE_OF_KEY} clear days before the meeting"
    return (
        f"The notice was published on {words.day(notice.published_on)}, "
        f"{words.count(clear_days(notice.published_on, on), 'clear day')} before the meeting. It needs "
        f"{NOTICE_OF_KEY}: the first day for the decision is {words.day(earliest_key_meeting(notice.published_on))}"
    )
