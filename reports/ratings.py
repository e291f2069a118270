"""The levels of partnerships with their explanation, as reports show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessments.rules import assess
from policy.model import Level, Policy
from register.models import Partnership

SOURCES = {"import": "imported from the old register", "assessment": "from the assessment"}


@dataclass(frozen=True)
class RatingLine:
    """One criterion: its level, why it is so, and what would change it."""

    label: str
    level: str
    level_label: str
    because: str
    nearest: str


@dataclass(frozen=True)
class Rating:
    """The overall level of one scheme, where it comes from, and the criteria behind it."""

    title: str
    label: str
    scale: str
    level: str
    level_label: str
    source: str
    sentence: str
    levels: tuple[Level, ...]
    lines: tuple[RatingLine, ...] = ()


# Facts of the register that its own row holds: no query an entry. Criteria on other facts stay unanswered here.
FACTS = ("contribution_a_year", "unbudgeted_a_year", "hours_a_month", "is_statutory", "has_statutory_duty")


def ratings_of(entries: Sequence[Partnership], policy: Policy) -> dict[int, tuple[Rating, ...]]:
    """The ratings of each entry by its key, one a scheme of the policy.

    The overall level is the register's own. Of the criteria those are explained that today's figures decide;
    the judged ones are in the assessment.
    """
    return {entry.pk: tuple(_ratings(entry, policy)) for entry in entries}


def _ratings(entry: Partnership, policy: Policy) -> Iterator[Rating]:
    known = {name: value for name in FACTS if (value := getattr(entry, name)) is not None}
    found = assess(policy, known, {})
    for scheme_id, scheme in policy.schemes.items():
        labels = {level.id: level.label for level in scheme.levels}
        level = getattr(entry, scheme.core) if scheme.core else ""
        source = SOURCES.get(entry.levels_source, "not assessed yet") if level else "not assessed yet"
        label = labels.get(level, level) or "Not set"
        lines = tuple(
            RatingLine(finding.label, finding.level, labels[finding.level], finding.because, finding.nearest)
            for finding in found.schemes[scheme_id].criteria
            if finding.computed and finding.level
        )
        sentence = f"{label}, {source}." if level else "Nobody has set a level yet."
        if lines:
            sentence += " Today’s figures decide these criteria:"
        yield Rating(
            title=scheme.title,
            label=scheme.label,
            scale=scheme.hue,
            level=level,
            level_label=label,
            source=source,
            sentence=sentence,
            levels=scheme.levels,
            lines=lines,
        )
