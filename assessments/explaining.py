"""What a page says about an assessment: each criterion with its level, its reason and what would change it.

A draft, and an entry that was never assessed, follow the register's figures; a complete assessment reads
as it was completed. Source: BRK-C01 to C16, I02; design section 5.3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessments import rules
from assessments.facts import Facts, as_known
from assessments.models import Assessment, Challenge, Judgement, Overall
from config import words
from policy.comparing import means_the_same
from policy.model import FACTS, Criterion, Policy, Scheme


@dataclass
class Line:
    """One criterion as a page shows it. `level` "" is not answered; `before` is the level of last time."""

    criterion: Criterion
    level: str = ""
    is_computed: bool = False
    because: str = ""
    nearest: str = ""
    note: str = ""
    hints: tuple[str, ...] = ()
    why: str = ""
    evidence: str = ""
    before: str = ""
    before_label: str = ""
    moved: str = ""
    version_note: str = ""
    now: str = ""
    now_because: str = ""
    challenges: list[Challenge] = field(default_factory=list)

    @property
    def is_challenged(self) -> bool:
        """Whether a challenge of this level is still open."""
        return any(challenge.is_open for challenge in self.challenges)


@dataclass
class Box:
    """One scheme as a page shows it: the overall level, what the policy suggests and how, and its criteria."""

    scheme_id: str
    scheme: Scheme
    lines: list[Line]
    level: str = ""
    suggested: str = ""
    arithmetic: str = ""
    reason: str = ""
    set_by: str = ""
    before: str = ""
    since: list[str] = field(default_factory=list)
    listed: list[Line] = field(default_factory=list)
    challenges: list[Challenge] = field(default_factory=list)

    @property
    def is_challenged(self) -> bool:
        """Whether a challenge of the overall level is still open."""
        return any(challenge.is_open for challenge in self.challenges)

    @property
    def counted(self) -> str:
        """The arithmetic of the suggestion, without the level that stands before it."""
        head, colon, rest = self.arithmetic.partition(": ")
        return rest[:1].upper() + rest[1:] if colon else head

    @property
    def answered(self) -> int:
        """How many criteria have a level."""
        return sum(1 for line in self.lines if line.level)

    @property
    def unanswered(self) -> list[Line]:
        """The criteria without a level."""
        return [line for line in self.lines if not line.level]

    @property
    def differs(self) -> bool:
        """Whether the person's level is another than the policy suggests."""
        return bool(self.level and self.suggested and self.level != self.suggested)

    @property
    def is_below(self) -> bool:
        """Whether the person's level is below the suggestion."""
        order = self.scheme.order
        return self.differs and order.get(self.level, 0) < order.get(self.suggested, 0)

    def label(self, level: str) -> str:
        """A level in the policy's words; a level that the policy does not have stands as it is."""
        return self.scheme.level_label(level) if level in self.scheme.order else level

    @property
    def level_label(self) -> str:
        """The overall level in words, "" when it is not set."""
        return self.label(self.level)

    @property
    def before_label(self) -> str:
        """Last time's overall level in words."""
        return self.label(self.before)

    @property
    def listed_label(self) -> str:
        """The level from which criteria are listed, in words."""
        return self.label(self.scheme.listed_from)

    @property
    def listed_is_highest(self) -> bool:
        """Whether no level stands above the one from which criteria are listed."""
        return self.scheme.levels[-1].id == self.scheme.listed_from

    @property
    def suggested_label(self) -> str:
        """The suggestion in words, "" when nothing is answered."""
        return self.label(self.suggested)


def judgements_of(judgements: Iterable[Judgement], policy: Policy) -> dict[str, dict[str, str]]:
    """Judged levels as the rules take them: by scheme, then criterion. Computed ones are left to the figures."""
    found: dict[str, dict[str, str]] = {}
    for judgement in judgements:
        scheme = policy.schemes.get(judgement.scheme)
        criterion = scheme.by_id.get(judgement.criterion) if scheme else None
        if judgement.level and criterion and may_be_judged(criterion) and not judgement.is_computed:
            found.setdefault(judgement.scheme, {})[judgement.criterion] = judgement.level
    return found


def may_be_judged(criterion: Criterion) -> bool:
    """Whether a person may set the level of this criterion, or only its figure does."""
    return not criterion.has_limits or criterion.judgement == "allowed"


def live_boxes(
    policy: Policy,
    facts: Facts,
    judgements: Sequence[Judgement] = (),
    overalls: Sequence[Overall] = (),
    *,
    before: Assessment | None = None,
) -> list[Box]:
    """The assessment as the register's figures and the judgements so far give it."""
    kept = {(each.scheme, each.criterion): each for each in judgements}
    set_levels = {each.scheme: each for each in overalls}
    found = rules.assess(policy, facts, judgements_of(judgements, policy))
    boxes = []
    for scheme_id, scheme in policy.schemes.items():
        result = found.schemes[scheme_id]
        lines = []
        for finding in result.criteria:
            criterion = scheme.by_id[finding.id]
            judgement = kept.get((scheme_id, finding.id))
            line = Line(
                criterion,
                level=finding.level or "",
                is_computed=finding.computed,
                because=finding.because,
                nearest=finding.nearest,
                note=_note(criterion),
                hints=finding.hints,
                why=judgement.why if judgement else "",
                evidence=judgement.evidence if judgement else "",
            )
            if judgement and finding.level and not finding.computed:
                line.because = _judged_by(judgement, finding.because)
            lines.append(line)
        overall = set_levels.get(scheme_id)
        boxes.append(
            Box(
                scheme_id,
                scheme,
                lines,
                level=overall.level if overall else "",
                reason=overall.reason if overall else "",
                set_by=overall.set_by_name if overall else "",
                suggested=result.suggested or "",
                arithmetic=result.why,
            )
        )
    return _finish(boxes, before, policy)


def kept_boxes(
    assessment: Assessment, *, before: Assessment | None = None, challenges: Iterable[Challenge] = ()
) -> list[Box]:
    """A complete assessment as it was completed, under its own policy version."""
    policy = assessment.policy_version.policy
    kept = {(each.scheme, each.criterion): each for each in assessment.judgements.all()}
    overalls = {each.scheme: each for each in assessment.overalls.all()}
    boxes = []
    for scheme_id, scheme in policy.schemes.items():
        lines = []
        for criterion in scheme.criteria:
            judgement = kept.get((scheme_id, criterion.id))
            line = Line(criterion, note=_note(criterion))
            if judgement:
                line.level, line.is_computed = judgement.level, judgement.is_computed
                line.because, line.nearest = judgement.because, judgement.nearest
                line.why, line.evidence = judgement.why, judgement.evidence
            lines.append(line)
        overall = overalls.get(scheme_id) or Overall()
        boxes.append(
            Box(
                scheme_id,
                scheme,
                lines,
                level=overall.level,
                suggested=overall.suggested,
                arithmetic=overall.arithmetic,
                reason=overall.reason,
                set_by=overall.set_by_name,
            )
        )
    _hang(challenges, boxes)
    return _finish(boxes, before, policy)


def mark_since(assessment: Assessment, boxes: Sequence[Box], facts: Facts) -> list[str]:
    """Say what today's figures would change in a complete assessment, a sentence each; mark its lines.

    Judged under the assessment's own policy version: no scale is converted silently.
    """
    policy = assessment.policy_version.policy
    judged = judgements_of(assessment.judgements.all(), policy)
    found = rules.assess(policy, facts, judged)
    then = as_known(assessment.facts, policy)
    sentences = []
    for box in boxes:
        computed = {finding.id: finding for finding in found.schemes[box.scheme_id].criteria}
        for number, line in enumerate(box.lines, start=1):
            name = line.criterion.fact
            if name is None or then.get(name) == facts.get(name) or not computed[line.criterion.id].computed:
                continue
            finding = computed[line.criterion.id]
            became = fact_in_words(policy, name, facts.get(name))
            told = f"Since this assessment {_fact_label(policy, name)} became {became}"
            if (finding.level or "") == line.level:
                sentences.append(f"{told}. {box.scheme.title} criterion {number} would stay {box.label(line.level)}.")
                continue
            line.now, line.now_because = finding.level or "", finding.because
            would = box.label(finding.level) if finding.level else "without a level"
            sentences.append(f"{told}: {words.inside(box.scheme.label)} criterion {number} would be {would}.")
    return sentences


def consequences(policy: Policy, before: Facts, after: Facts, judged: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What other facts would do to the levels, a sentence each: "Risk criterion 1 becomes High"."""
    was, becomes = rules.assess(policy, before, judged), rules.assess(policy, after, judged)
    sentences = []
    for scheme_id, scheme in policy.schemes.items():
        old = {finding.id: finding for finding in was.schemes[scheme_id].criteria}
        for number, finding in enumerate(becomes.schemes[scheme_id].criteria, start=1):
            if finding.level == old[finding.id].level:
                continue
            name = f"{capital(scheme.label)} criterion {number}"
            if finding.level is None:
                sentences.append(f"{name} loses its level: {words.inside(finding.because)}")
                continue
            sentences.append(f"{name} becomes {scheme.level_label(finding.level)}: {finding.because}")
        old_suggestion, suggestion = was.schemes[scheme_id].suggested, becomes.schemes[scheme_id].suggested
        if suggestion and suggestion != old_suggestion:
            label = scheme.level_label(suggestion)
            sentences.append(f"The policy then suggests {label} {words.inside(scheme.label)}")
    return sentences


# --- Words -------------------------------------------------------------------------------------


def _judged_by(judgement: Judgement, because: str) -> str:
    """The rules' sentence with who judged, and why: “D.F. judges it Medium: short-term trouble. “They could …””."""
    who = judgement.judged_by_name
    said = because.replace("Judged ", f"{who} judges it ", 1) if who else because
    why = judgement.why.strip()
    return f"{said} “{why}”" if why else said


def fact_in_words(policy: Policy, name: str, value: Any) -> str:
    """A fact as a sentence names it: "£100,001", "86 hours a month", "not known"."""
    if value is None:
        return "not known"
    kind = policy.fact_kind(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return rules.amount_in_words(value, kind.unit if kind else "")
    return str(value)


def _fact_label(policy: Policy, name: str) -> str:
    kind = policy.fact_kind(name)
    return kind.label if kind else FACTS[name].label


def _note(criterion: Criterion) -> str:
    """That the limits of a figure are a local setting, when they are."""
    return criterion.limits_note if criterion.limits_standing == "proposed" else ""


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


# --- Beside last time --------------------------------------------------------------------------


def _hang(challenges: Iterable[Challenge], boxes: Sequence[Box]) -> None:
    by_id = {box.scheme_id: box for box in boxes}
    for challenge in challenges:
        if box := by_id.get(challenge.scheme):
            line = next((line for line in box.lines if line.criterion.id == challenge.criterion), None)
            (line.challenges if line else box.challenges).append(challenge)


def _finish(boxes: list[Box], before: Assessment | None, policy: Policy) -> list[Box]:
    for box in boxes:
        start = box.scheme.order[box.scheme.listed_from]
        box.listed = [line for line in box.lines if line.level and box.scheme.order[line.level] >= start]
    if before is None:
        return boxes
    _note_versions(boxes, before, policy)
    earlier = {(each.scheme, each.criterion): each.level for each in before.judgements.all()}
    overall = {each.scheme: each.level for each in before.overalls.all()}
    for box in boxes:
        box.before = overall.get(box.scheme_id, "")
        order = box.scheme.order
        for line in box.lines:
            line.before = earlier.get((box.scheme_id, line.criterion.id), "")
            line.before_label = box.label(line.before)
            if line.before == line.level or not (line.before in order and line.level in order):
                continue
            up = order[line.level] > order[line.before]
            line.moved = "now higher" if up else "now lower"
            box.since.append(
                f"{words.inside(line.criterion.label)} {'rose' if up else 'fell'} from {box.label(line.before)} "
                f"to {box.label(line.level)}"
            )
    return boxes


def _note_versions(boxes: Sequence[Box], before: Assessment, policy: Policy) -> None:
    """Say which answers come from an earlier version of the policy, and which are asked anew."""
    earlier = before.policy_version
    if earlier.version == policy.version:
        return
    kept = {(each.scheme, each.criterion): each for each in before.judgements.all()}
    for box in boxes:
        known = earlier.policy.schemes.get(box.scheme_id)
        for line in box.lines:
            last = kept.get((box.scheme_id, line.criterion.id))
            if known is None or line.criterion.id not in known.by_id:
                line.version_note = f"New in version {policy.version}"
            elif not means_the_same(earlier.policy, policy, box.scheme_id, line.criterion.id):
                line.version_note = f"Means something else than in version {earlier.version}"
            elif last and line.level and not line.is_computed and _says(line) == _says(last):
                line.version_note = f"From version {earlier.version}. Check that it still holds"


def _says(answer: Line | Judgement) -> tuple[str, str, str]:
    return answer.level, answer.why, answer.evidence
