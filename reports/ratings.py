"""The levels of partnerships with their explanation, as reports show them.

A stored assessment speaks under the policy version it was made under; no scale is ever converted. Without one
the register says where its level comes from, and which criteria today's figures decide. Source: BRK-I02, G03.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from assessments.explaining import Box, kept_boxes, mark_since
from assessments.facts import Facts, as_known
from assessments.models import Assessment
from assessments.rules import assess
from config import words
from policy.model import Level, Policy
from register.models import Partnership

NOT_ASSESSED = "not assessed yet"
SOURCES = {"import": "from the old register", "assessment": "from the assessment"}
NOT_ANSWERED = "Not answered."


@dataclass(frozen=True)
class RatingLine:
    """One criterion: its level ("" is not answered), why it is so, what would change it, and where that was seen."""

    label: str
    level: str
    level_label: str
    because: str
    nearest: str
    evidence: str = ""


@dataclass(frozen=True)
class Rating:
    """The overall level of one scheme, where it comes from, and the criteria behind it.

    `since` says what the register's figures of today would change in a stored assessment.
    """

    title: str
    label: str
    scale: str
    level: str
    level_label: str
    source: str
    sentence: str
    levels: tuple[Level, ...]
    lines: tuple[RatingLine, ...] = ()
    since: tuple[str, ...] = ()


# Facts of the register that its own row holds: no query an entry. Criteria on other facts stay unanswered here.
FACTS = ("contribution_a_year", "unbudgeted_a_year", "hours_a_month", "is_statutory", "has_statutory_duty")


def ratings_of(entries: Sequence[Partnership], policy: Policy) -> dict[int, tuple[Rating, ...]]:
    """The ratings of each entry by its key, one a scheme of the policy, for four queries however many entries.

    An assessed entry is shown as its last complete assessment reads; any other by the register's own level, with
    the criteria that today's figures decide under `policy`.
    """
    latest = _latest(entries)
    return {
        entry.pk: tuple(_assessed(entry, latest[entry.pk]) if entry.pk in latest else _from_the_register(entry, policy))
        for entry in entries
    }


def _latest(entries: Sequence[Partnership]) -> dict[int, Assessment]:
    last = Assessment.objects.latest_for(OuterRef("partnership")).values("pk")
    found = Assessment.objects.filter(partnership__in=[entry.pk for entry in entries], pk=Subquery(last))
    # Prefetched rather than joined: a version holds its whole text, and hundreds of assessments share one.
    found = found.prefetch_related("policy_version", "judgements", "overalls")
    return {assessment.partnership_id: assessment for assessment in found}


def _known(entry: Partnership) -> Facts:
    return {name: value for name in FACTS if (value := getattr(entry, name)) is not None}


# --- A stored assessment --------------------------------------------------------------------------


def _assessed(entry: Partnership, assessment: Assessment) -> Iterator[Rating]:
    policy = assessment.policy_version.policy
    boxes = kept_boxes(assessment)
    # Facts outside the entry's own row count as they stood, so only a figure that moved is told.
    then = {name: value for name, value in as_known(assessment.facts, policy).items() if name not in FACTS}
    moved = mark_since(assessment, boxes, then | _known(entry))
    day = words.day(timezone.localdate(assessment.completed_at))
    for place, box in enumerate(boxes):
        yield Rating(
            title=box.scheme.title,
            label=box.scheme.label,
            scale=box.scheme.hue,
            level=box.level,
            level_label=box.level_label or "Not set",
            source=f"from the assessment of {day}",
            sentence=" ".join(_told(entry, box, assessment, day)),
            levels=box.scheme.levels,
            lines=tuple(
                RatingLine(
                    line.criterion.label,
                    line.level,
                    box.label(line.level),
                    line.because or NOT_ANSWERED,
                    line.nearest,
                    line.evidence,
                )
                for line in box.lines
            ),
            # The figures concern the entry, so they are told once, under its first scheme.
            since=tuple(moved) if place == 0 else (),
        )


def _told(entry: Partnership, box: Box, assessment: Assessment, day: str) -> Iterator[str]:
    """Who set the level, what the policy suggested, why they differ, and under which version."""
    who = box.set_by or assessment.made_by_name
    if not box.level:
        yield "Nobody has set a level yet."
    elif box.differs:
        yield f"{box.level_label}, set by {who} on {day}. The policy suggests {box.suggested_label}: {box.counted}"
        if box.reason:
            yield f"Why {box.level_label}: “{box.reason.strip().rstrip('.')}”."
    elif box.suggested:
        yield f"{box.level_label}, set by {who} on {day}, as the policy suggests: {box.counted}"
    else:
        yield f"{box.level_label}, set by {who} on {day}."
    yield f"Assessment {assessment.label}, made under the {assessment.policy_version}."
    level = getattr(entry, box.scheme.core) if box.scheme.core else box.level
    if level and level != box.level:
        yield f"The register now shows {box.label(level)}, {SOURCES.get(entry.levels_source, 'changed since')}."


# --- Without one ----------------------------------------------------------------------------------


def _from_the_register(entry: Partnership, policy: Policy) -> Iterator[Rating]:
    found = assess(policy, _known(entry), {})
    for scheme_id, scheme in policy.schemes.items():
        labels = {level.id: level.label for level in scheme.levels}
        level = getattr(entry, scheme.core) if scheme.core else ""
        source = SOURCES.get(entry.levels_source, NOT_ASSESSED) if level else NOT_ASSESSED
        label = labels.get(level, level) or "Not set"
        lines = tuple(
            RatingLine(finding.label, finding.level, labels[finding.level], finding.because, finding.nearest)
            for finding in found.schemes[scheme_id].criteria
            if finding.computed and finding.level
        )
        if level:
            without = ", without its reasons" if entry.levels_source == "import" else ""
            sentence = f"{label}, {source}{without}."
        else:
            sentence = "Nobody has set a level yet."
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
