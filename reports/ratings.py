"""The levels of partnerships with their explanation, as reports show them."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def ratings_of(entries: Sequence[Partnership], policy: Policy) -> dict[int, tuple[Rating, ...]]:
    """The ratings of each entry by its key, one a scheme of the policy."""
    return {entry.pk: tuple(_rating(entry, policy, scheme_id) for scheme_id in policy.schemes) for entry in entries}


def _rating(entry: Partnership, policy: Policy, scheme_id: str) -> Rating:
    scheme = policy.schemes[scheme_id]
    level = getattr(entry, scheme.core) if scheme.core else ""
    source = SOURCES.get(entry.levels_source, "not assessed yet") if level else "not assessed yet"
    label = {each.id: each.label for each in scheme.levels}.get(level, level) or "Not set"
    return Rating(
        title=scheme.title,
        label=scheme.label,
        scale=scheme.hue,
        level=level,
        level_label=label,
        source=source,
        sentence=f"{label}, {source}." if level else "Nobody has set a level yet.",
        levels=scheme.levels,
    )
