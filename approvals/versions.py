"""What each person who advised or decided had before them: the versions of a request, and what differs between two.

A version is a sealed copy that says something else than the one before it. Pure functions on papers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.models import StepTaken, sealed
from approvals.papers import Change, Paper

# What grows with each step, and is no change of what is asked.
NOT_ASKED = ("steps", "decision")
WHY = "Why the council should do this"


@dataclass(frozen=True)
class Version:
    """A request as some people saw it: its number, its paper, and the steps they took on it."""

    number: int
    paper: Paper
    steps: tuple[StepTaken, ...]


def versions_of(steps: Iterable[StepTaken]) -> list[Version]:
    """The versions of a request, oldest first; steps taken on the same paper belong to one."""
    found: list[Version] = []
    last = ""
    for step in steps:
        paper = step.paper
        asked = sealed({key: value for key, value in _said(paper).items() if value})
        if found and asked == last:
            found[-1] = Version(found[-1].number, found[-1].paper, (*found[-1].steps, step))
        else:
            found.append(Version(len(found) + 1, paper, (step,)))
        last = asked
    return found


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """What differs between two papers, in the order in which a paper says it."""
    was, is_now = _said(before), _said(now)
    return [
        Change(label, was.get(label, ""), is_now.get(label, ""))
        for label in dict.fromkeys([*is_now, *was])
        if was.get(label, "") != is_now.get(label, "")
    ]


def _said(paper: Mapping[str, Any]) -> dict[str, str]:
    """Everything that a paper says of what is asked, by label."""
    asked = paper["request"]
    found = {WHY: asked["why"], **{label[:1].upper() + label[1:]: each for label, each in asked["said"].items()}}
    found |= {line["label"]: line["value"] for line in paper.get("apart", ())}
    found |= {f"{line['label']}, as asked for": line["now"] for line in paper.get("changes", ())}
    found |= {box["title"]: box["level"] for box in paper["levels"]}
    found |= {fact["label"]: fact["words"] for fact in paper["facts"]}
    for form in paper["answers"]:
        for label, said in _answers(form["sections"]):
            found[f"{form['title']}: {label}"] = said
    found["Documents"] = ", ".join(paper["documents"])
    return found


def _answers(sections: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for section in sections:
        for row in section["rows"]:
            yield row["label"], "\n".join(filter(None, (row["words"], row["reason"])))
