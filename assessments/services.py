"""Changes beyond one record: completing an assessment sets the register's levels, a form may change the register."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from assessments import rules, significance
from assessments.explaining import Box, live_boxes
from assessments.facts import as_kept, facts_of
from assessments.models import Answer, Assessment, Judgement, Overall, Response
from assessments.questionnaires import Feed, asked_values, holds_back, missing_of, values_of, worked_out
from config import words
from policy.comparing import means_the_same, to_reassess
from policy.model import Policy, Question, Questionnaire
from policy.models import PolicyVersion
from policy.refused import Refused
from register import uploads as uploading
from register.models import Action, Document, Origin, Partnership, Status

CORE_LEVELS = {"risk_level": "risk", "value_level": "value"}


def boxes_of_draft(assessment: Assessment, partnership: Partnership, *, before: Assessment | None = None) -> list[Box]:
    """A draft as the register's figures and its judgements give it today."""
    policy = assessment.policy_version.policy
    return live_boxes(
        policy,
        facts_of(partnership, policy),
        list(assessment.judgements.all()),
        list(assessment.overalls.all()),
        before=before,
    )


def levels_missing(boxes: list[Box]) -> list[tuple[str, str]]:
    """What still stands between a draft and completion: scheme and sentence."""
    found = []
    for box in boxes:
        if not box.level:
            found.append((box.scheme_id, f"Choose the overall {box.scheme.label} level"))
        elif box.differs and not box.reason:
            found.append((box.scheme_id, say_why(box)))
    return found


def say_why(box: Box) -> str:
    """The error for a level that differs without a reason (BRK-I02)."""
    return f"Say why you chose {box.level_label}: the policy suggests {box.suggested_label}"


@transaction.atomic
def complete(assessment: Assessment, *, by: User, at: datetime) -> None:
    """Close an assessment: keep facts and findings as they stand, set the register's levels and significance.

    Raises Refused when an overall level, or the reason for one that differs, is missing (BRK-I02, I08).
    """
    partnership = Partnership.objects.select_for_update().get(pk=assessment.partnership_id)
    assessment = Assessment.objects.select_for_update().select_related("policy_version").get(pk=assessment.pk)
    if problem := assessment.why_not_change():
        raise Refused(problem)
    policy = assessment.policy_version.policy
    boxes = boxes_of_draft(assessment, partnership)
    if missing := levels_missing(boxes):
        raise Refused(". ".join(sentence for _, sentence in missing))
    facts = facts_of(partnership, policy)
    for box in boxes:
        _keep_findings(assessment, box, by=by)
    assessment.complete(facts=as_kept(facts), by=by, at=at)
    levels = {
        CORE_LEVELS[box.scheme.core]: box.level for box in boxes if box.scheme.core and box.scheme.core in CORE_LEVELS
    }
    partnership.set_levels(**levels, source="assessment", by=by, reason=_why_these_levels(assessment, boxes))
    significance.follow(partnership, policy, by=by, reason=f"Follows from assessment {assessment.label}")


def _why_these_levels(assessment: Assessment, boxes: list[Box]) -> str:
    """What the history says: which assessment, and why a level differs from the suggestion (BRK-I08)."""
    differing = [
        f"For {box.scheme.label} the policy suggests {box.suggested_label}, {box.level_label} was chosen: {box.reason}"
        for box in boxes
        if box.differs and box.suggested
    ]
    return ". ".join([f"Assessment {assessment.label}", *(each.rstrip(". ") for each in differing)])


def _keep_findings(assessment: Assessment, box: Box, *, by: User) -> None:
    kept = {each.criterion: each for each in assessment.judgements.filter(scheme=box.scheme_id)}
    for line in box.lines:
        judgement = kept.get(line.criterion.id)
        if judgement is None:
            judgement = Judgement(assessment=assessment, scheme=box.scheme_id, criterion=line.criterion.id)
        judgement.level, judgement.is_computed = line.level, line.is_computed
        judgement.because, judgement.nearest = line.because, line.nearest
        judgement.keep(by=by, reason="As it stood on completion")
    overall = assessment.overalls.filter(scheme=box.scheme_id).first() or Overall(
        assessment=assessment, scheme=box.scheme_id
    )
    overall.suggested, overall.arithmetic = box.suggested, box.arithmetic
    overall.reason = box.reason if box.differs else ""
    overall.keep(by=by, reason="As it stood on completion")


@transaction.atomic
def carry_over(draft: Assessment, *, by: User) -> None:
    """Start a draft with the answers that still hold, so that nothing is typed twice.

    A correction in the same year takes all over. After a new version of the policy, criteria that mean the same in both
    come over, to be checked; what is new or means something else is asked. A new year under the same version starts
    without answers, and another council's policy too: no scale is ever converted.
    """
    last = Assessment.objects.for_partnership(draft.partnership).complete().first()
    if last is None or last.policy_version.code != draft.policy_version.code:
        return
    is_same_version = last.policy_version_id == draft.policy_version_id
    if is_same_version and last.slug[:7] != draft.slug[:7]:
        return
    old, new = last.policy_version.policy, draft.policy_version.policy
    for judgement in last.judgements.filter(is_computed=False):
        if means_the_same(old, new, judgement.scheme, judgement.criterion):
            answer = {judgement.criterion: (judgement.level, judgement.why, judgement.evidence)}
            draft.judge(judgement.scheme, answer, by=by)
    for overall in last.overalls.all() if is_same_version else ():
        draft.set_overall(overall.scheme, level=overall.level, reason=overall.reason, by=by)


class Again(NamedTuple):
    """Assessments under one older version: why they are worth making again, and how many there are."""

    version: PolicyVersion
    reasons: list[str]
    entries: int


def to_make_again(version: PolicyVersion) -> list[Again]:
    """What a version asks to be assessed again, by the version it was assessed under. Two queries."""
    assessments = Assessment.objects.to_make_again(version).order_by()
    counts = dict(assessments.values_list("policy_version").annotate(models.Count("pk")))
    earlier = PolicyVersion.objects.defer("text").filter(pk__in=counts).order_by("-in_force_from", "-pk")
    found = []
    for old in earlier:
        reasons = [reason for each in to_reassess(old.policy, version.policy).values() for reason in each]
        if reasons:
            found.append(Again(old, reasons, counts[old.pk]))
    return found


@transaction.atomic
def discard(assessment: Assessment, *, by: User) -> None:
    """Take out a draft with its answers. Raises Refused for a complete assessment."""
    assessment.discard(by=by)


def level_changes(partnership: Partnership, boxes: list[Box]) -> list[tuple[Box, str, str]]:
    """What completing would set in the register: the scheme, its level there now in words, and its new one."""
    return [
        (box, box.label(getattr(partnership, box.scheme.core)), box.level_label)
        for box in boxes
        if box.scheme.core in CORE_LEVELS and box.level
    ]


def about(challenge: Any) -> str:
    """What a challenge is about, in words: a criterion, or an overall level."""
    scheme = challenge.assessment.policy_version.policy.schemes[challenge.scheme]
    if challenge.criterion:
        return str(scheme.by_id[challenge.criterion].label)
    return f"Overall {scheme.label}"


# --- Questionnaires ----------------------------------------------------------------------------


@transaction.atomic
def keep_answers(
    response: Response,
    questionnaire: Questionnaire,
    answers: Mapping[str, Mapping[str, Any]],
    actions: Mapping[str, tuple[str, str, date | None]],
    *,
    by: User,
    at: datetime,
    uploads: Mapping[str, Any] | None = None,
) -> None:
    """Save a section of a draft: answers as `Response.answer` takes them, and what they ask to be done (BRK-B20).

    `actions` maps a question to what, who and by when; `uploads` to a file that becomes a document of the entry.
    Raises Refused when somebody saved the form after `response` was read.
    """
    response.refuse_if_saved_since()
    kept_with = {name: dict(values) for name, values in answers.items()}
    for name, file in (uploads or {}).items():
        document = _document_of(file, response.partnership, questionnaire.by_id[name], by=by)
        kept_with[name]["attachment_id"] = document.pk
        if questionnaire.by_id[name].type == "file":
            kept_with[name]["value"] = document.title
    response.answer(kept_with, by=by, at=at)
    kept = {answer.question: answer for answer in response.answers.select_related("action")}
    source = f"{questionnaire.short or questionnaire.title} {response.label}"
    for question, (text, owner, due_on) in actions.items():
        answer = kept.get(question)
        if answer is None:
            answer = Answer(response=response, question=question, answered_by_name=str(by), answered_at=at)
        _keep_action(answer, text, owner, due_on, source=source, by=by)


def _keep_action(answer: Answer, text: str, owner: str, due_on: date | None, *, source: str, by: User) -> None:
    """One answer has one action: what is typed later changes it, and what is taken back takes it out."""
    action = answer.action
    if not text:
        if action is None:
            return
        answer.action = None
        answer.keep(by=by)
        if action.done_on is None:
            action.take_out(by=by, reason=f"Taken back in {source}")
        return
    if action is None:
        action = Action(partnership=answer.response.partnership, source=source, origin=Origin.FORM)
    if (action.text, action.owner_name, action.due_on) == (text, owner, due_on):
        return
    action.text, action.owner_name, action.due_on = text, owner, due_on
    action.keep(by=by, reason=f"From {action.source}")
    answer.action = action
    answer.keep(by=by)


def _document_of(file: Any, partnership: Partnership, question: Question, *, by: User) -> Document:
    """A file that was sent with an answer, kept as a document of the entry."""
    name = uploading.safe_name(file.name)
    document = Document(
        partnership=partnership,
        title=name.rpartition(".")[0] or name,
        file=file,
        file_name=name,
        content_type=uploading.content_type(name),
        size=file.size,
        added_by=by,
    )
    document.keep(by=by, reason=f"Attached to: {question.text}")
    return document


@transaction.atomic
def send(
    response: Response, questionnaire: Questionnaire, *, by: User, at: datetime, left_open_because: str = ""
) -> None:
    """Send a complete draft; controls of an exit strategy become actions (BRK-D28). Raises Refused.

    What was worked out is kept as it stands. `left_open_because` says why what is only expected was left out.
    """
    response = Response.objects.select_for_update().select_related("policy_version").get(pk=response.pk)
    policy = response.policy_version.policy
    answers = list(response.answers.all())
    compulsory = holds_back(response.partnership, policy, questionnaire)
    missing = missing_of(policy, questionnaire, answers, response.occasion, compulsory=compulsory)
    if not missing:
        values = asked_values(questionnaire, values_of(answers))
        computed = worked_out(response.partnership, policy, questionnaire, values)
        response.answer({name: {"value": said} for name, said in computed.items() if said}, by=by, at=at)
    response.send(missing=[each.sentence for each in missing], left_open_because=left_open_because, by=by, at=at)
    _rows_become_actions(response, questionnaire, answers, by=by)
    for path in settings.FORM_FOLLOWS:
        import_string(path)(response, by, at)


def _rows_become_actions(
    response: Response, questionnaire: Questionnaire, answers: Iterable[Answer], *, by: User
) -> None:
    """Rows that feed the actions (MEL-D73), and the controls of an exit strategy, join the entry's actions.

    A row that says what an open action says brings that one up to date, so that nothing is listed twice.
    """
    there = {action.text: action for action in response.partnership.actions.filter(done_on__isnull=True)}
    for answer in answers:
        question = questionnaire.by_id.get(answer.question)
        if question is None or not _are_actions(response.policy_version.policy, questionnaire, question):
            continue
        what, who, when, done = _columns_of_actions(question)
        for row in answer.value or []:
            text = row.get(what)
            if not text:
                continue
            source = f"{questionnaire.title} {response.label}"[:120]
            action = there.get(text) or Action(
                partnership=response.partnership, text=text, source=source, origin=Origin.FORM
            )
            action.owner_name = str(row.get(who) or action.owner_name)[:120]
            action.due_on = date.fromisoformat(row[when]) if row.get(when) else action.due_on
            action.done_on = date.fromisoformat(row[done]) if row.get(done) else None
            if action.done_on and not action.outcome:
                action.outcome = f"Done, as {words.inside(questionnaire.title)} {response.label} says"
            action.keep(by=by, reason=f"From {words.inside(questionnaire.title)} {response.label}")


def _are_actions(policy: Policy, questionnaire: Questionnaire, question: Question) -> bool:
    """Whether the rows of a question are things to do: marked so, or controls of an exit strategy (BRK-D28)."""
    what, who, when, _ = _columns_of_actions(question)
    if not (what and who and when):
        return False
    leaving = policy.exit
    forms = {each.questionnaire for each in leaving.instruments} if leaving and leaving.controls_are_actions else set()
    return question.feeds == "actions" or questionnaire.id in forms


def _columns_of_actions(question: Question) -> tuple[str, str, str, str]:
    """The columns that say what is to be done, by whom, by when, and when it was done; "" for one that is not there."""

    def of(*types: str) -> list[str]:
        return [column.id for column in question.columns if column.type in types]

    days = [*of("date"), "", ""]
    return (of("long_text") or of("text") or [""])[0], (of("person") or [""])[0], days[0], days[1]


@transaction.atomic
def discard_response(response: Response, *, by: User) -> None:
    """Take out a draft with its answers; actions that it made stay. Raises Refused for a sent one."""
    response.discard(by=by)


@transaction.atomic
def take_over(partnership: Partnership, feeds: Sequence[Feed], *, reason: str, by: User) -> None:
    """Set the register fields that sent answers say otherwise, through the entry's own verb."""
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    values = {feed.core: feed.value for feed in feeds if not feed.is_own}
    if own := {feed.core: feed.value for feed in feeds if feed.is_own}:
        values["local_values"] = partnership.local_values | own
    partnership.change(values, by=by, reason=reason)


# --- Screening ---------------------------------------------------------------------------------


@transaction.atomic
def keep_screening(
    partnership: Partnership, answers: Mapping[str, bool], *, version: PolicyVersion, by: User, at: datetime
) -> None:
    """Keep the answers to the definition's tests with the policy version they were given under (BRK-A11 to A17)."""
    definition = version.policy.definition
    usual = [test.id for test in definition.tests if test.kind == "usual"]
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    screening = {
        "answers": dict(answers),
        "usual_marks": sum(1 for name in usual if answers.get(name)),
        "policy_version": version.pk,
        "by": str(by),
        "on": timezone.localdate(at).isoformat(),
    }
    partnership.change({"screening": screening}, by=by, reason="Screened against the definition")


def version_of_screening(partnership: Partnership) -> PolicyVersion:
    """The policy version that the screening was answered under."""
    return PolicyVersion.objects.get(pk=partnership.screening["policy_version"])


def screened(partnership: Partnership, version: PolicyVersion) -> rules.Screening:
    """What the definition makes of the kept answers."""
    return rules.screen(version.policy, partnership.screening["answers"])


def move_after(partnership: Partnership, result: rules.Screening) -> Status | None:
    """The state that follows from a screening: what a non-partnership is kept as; `None` for no move."""
    if result.is_partnership is not False or partnership.status == result.becomes:
        return None
    return Status(result.becomes)


def screening_rows(partnership: Partnership, version: PolicyVersion) -> list[dict[str, str]]:
    """The kept answers as rows of label and value."""
    answers = partnership.screening["answers"]
    definition = version.policy.definition
    asked = [(test.id, test.question) for test in definition.tests]
    for exclusion in definition.exclusions:
        asked += [(exclusion.id, exclusion.label), (f"{exclusion.id}-exception", exclusion.exception)]
    return [{"label": label, "value": "Yes" if answers[name] else "No"} for name, label in asked if name in answers]
