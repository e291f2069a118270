"""Changes of a leaving: it opens and goes on with the decisions on it, takes what the forms say, and ends."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from approvals.models import Request, StepTaken
from approvals.models import Status as RequestStatus
from approvals.rules import view_of
from assessments.models import Response
from assessments.questionnaires import asked_values, values_of
from exits import rules
from exits.models import Control, Kind, Leaving, Lesson, LessonAnswer, State, Use
from policy.model import Exit, Policy
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Action, Partnership, Status
from register.similar import entries_like

LEAVE, JOIN = "leave", "join"  # purposes of routes (policy.model.Route)
MANY = 40  # entries alike whose lessons are looked through
MOST_OFFERED = 9  # lessons offered to one proposal: a full leaving form


# --- What is known ------------------------------------------------------------------------------


def sent_forms(leaving: Leaving) -> dict[str, Response]:
    """The exit forms that were sent for this leaving, the last of each. One query."""
    asked = leaving.policy_version.policy.exit
    names = [each.questionnaire for each in asked.instruments] if asked else []
    found = Response.objects.sent().filter(partnership=leaving.partnership_id, questionnaire__in=names)
    if leaving.forms_since:
        found = found.filter(sent_at__gte=leaving.forms_since)
    found = found.select_related("policy_version", "partnership").order_by("sent_at", "pk")
    return {response.questionnaire: response for response in found}


def said_on_forms(forms: Mapping[str, Response]) -> dict[str, Any]:
    """What the forms say, by question; what another answer makes unasked is left out (HAR-D15)."""
    found: dict[str, Any] = {}
    for response in forms.values():
        form = response.policy_version.policy.questionnaire(response.questionnaire)
        found |= asked_values(form, values_of(list(response.answers.all())))
    return found


def known_of(leaving: Leaving, forms: Mapping[str, Response] | None = None) -> rules.Known:
    """What the rules are asked about. Two queries, or one where the forms are at hand."""
    forms = sent_forms(leaving) if forms is None else forms
    return rules.Known(
        decided_on=leaving.decided_on,
        approved_on=leaving.approved_on,
        last_day=leaving.last_day,
        notice_weeks=leaving.notice_weeks,
        notice_given_on=leaving.notice_given_on,
        notice_agreed=leaving.notice_agreed,
        sent=tuple((name, timezone.localdate(each.sent_at)) for name, each in forms.items()),
        controls=tuple(
            rules.Control(
                each.action.text,
                str(each.action.owner or each.action.owner_name),
                each.action.due_on,
                each.action.done_on,
            )
            for each in controls_of(leaving)
        ),
    )


def controls_of(leaving: Leaving) -> list[Control]:
    """The controls with their actions, those that fall due first in front. One query."""
    found = Control.objects.filter(leaving=leaving).select_related("action__owner")
    return sorted(found, key=lambda each: (each.action.due_on or date.max, each.pk))


def still_to_do(leaving: Leaving, today: date) -> tuple[rules.ToDo, ...]:
    """What stands between leaving and having left."""
    return rules.still_to_do(leaving.policy_version.policy, known_of(leaving), today=today)


def why_not_left(leaving: Leaving, *, by: User, today: date) -> str:
    """Say why this person cannot record now that the council has left, or "". Page and verb both ask it."""
    if problem := leaving.why_not(State.LEFT):
        return problem
    if not may_change(leaving.partnership, by):
        return "The lead officer or a register manager records that the council has left. Ask one of them"
    left = still_to_do(leaving, today)
    return f"Still to do first: {'; '.join(each.words for each in left)}" if left else ""


def may_change(partnership: Partnership, user: Any) -> bool:
    """Whether this person carries the leaving of an entry: its lead officer and its representatives, and managers."""
    return bool(user.has_perm("exits.change")) and Partnership.objects.editable_by(user).contains(partnership)


# --- Following decisions and forms ----------------------------------------------------------------


def follow_decision(request: Request, record: StepTaken, by: User, at: datetime) -> None:
    """Open the leaving when its decision takes effect; keep its approval, or that the council stays after all.

    Named by `settings.DECISION_FOLLOWS`, in the transaction of the decision (BRK-I12, HAR-F16, RED-F55).
    """
    if request.purpose != LEAVE or request.policy_version.policy.exit is None:
        return
    partnership = Partnership.objects.get(pk=request.entry.pk)
    leaving = Leaving.objects.under_way().filter(partnership=partnership).first()
    if leaving is None and partnership.status == Status.LEAVING:
        leaving = Leaving.open(
            partnership,
            version=request.policy_version,
            decided_on=record.on,
            by=by,
            request=request,
            decided_by=f"{record.body}, {record}" if record.body else str(record),
            forms_since=request.started_at,
        )
        take_over(leaving, by=by)
    if leaving is None or request.status != RequestStatus.DECIDED:
        return
    outcome = next((each for each in request.policy_version.policy.outcomes if each.id == request.outcome), None)
    if outcome and view_of(outcome.kind) == "for":
        leaving.approve(record.on, by=by, reason=f"{record}: {outcome.label}")
    elif outcome and partnership.status == Status.LEAVING:
        leaving.call_off(by=by, at=at, why=f"{record}: {outcome.label}. {record.reasons}".strip())
        partnership.follow_decision(Status.ACTIVE, by=by, reason=f"{record}: {outcome.label}")


def follow_form(response: Response, by: User, at: datetime) -> None:
    """Take over what a sent exit form says. Named by `settings.FORM_FOLLOWS`, in the transaction of the sending."""
    leaving = Leaving.objects.of(response.partnership)
    asked = leaving.policy_version.policy.exit if leaving else None
    if leaving and asked and response.questionnaire in {each.questionnaire for each in asked.instruments}:
        take_over(leaving, by=by)


def take_over(leaving: Leaving, *, by: User) -> None:
    """Take the planned last day, the controls and the lessons from the forms that were sent; nothing comes twice."""
    policy = leaving.policy_version.policy
    asked = policy.exit
    if asked is None:
        return
    said = said_on_forms(sent_forms(leaving))
    last_day = said.get(asked.questions.last_day or "")
    if leaving.is_open and last_day:
        planned = last_day if isinstance(last_day, date) else date.fromisoformat(str(last_day))
        if planned != leaving.last_day and planned >= leaving.decided_on:
            leaving.arrange({"last_day": planned}, by=by, reason="As the form says")
    if asked.controls_are_actions:
        _link_controls(leaving, asked, said, by=by)
    _keep_lessons(leaving, lessons_said(asked, said), by=by, on=timezone.localdate())


def _link_controls(leaving: Leaving, asked: Exit, said: Mapping[str, Any], *, by: User) -> None:
    """Tie the entry's actions that the rows became to the leaving, each to the account of its owner where one fits."""
    question = _question(leaving.policy_version.policy, asked, asked.questions.controls)
    if question is None:
        return
    column = next(each.id for each in question.columns if each.type in ("text", "long_text"))
    texts = [str(row.get(column)) for row in said.get(question.id) or [] if row.get(column)]
    linked = set(Control.objects.filter(leaving=leaving).values_list("action__text", flat=True))
    for text in texts:
        if text in linked:
            continue
        action = Action.objects.filter(partnership=leaving.partnership_id, text=text).order_by("-pk").first()
        if action is None or Control.objects.filter(action=action).exists():
            continue
        owners = User.objects.filter(name=action.owner_name, is_active=True)[:2]
        if action.owner_id is None and action.owner_name and len(owners) == 1:
            action.owner = owners[0]
            action.keep(by=by, reason="A control of leaving")
        Control.objects.create(leaving=leaving, action=action)
        linked.add(text)


def _question(policy: Policy, asked: Exit, wanted: str | None) -> Any:
    forms = (policy.questionnaire(each.questionnaire) for each in asked.instruments)
    return next((form.by_id[wanted] for form in forms if wanted and wanted in form.by_id), None)


# --- Lessons --------------------------------------------------------------------------------------


ASKED_IN_ROWS = {
    Kind.ACHIEVEMENT: "achievements",
    Kind.PRACTICE: "practices",
    Kind.IMPROVEMENT: "improvements",
}
NOTHING = frozenset({"", "none", "nothing", "n/a", "-"})


def asks_for_lessons(asked: Exit) -> bool:
    """Whether a form of the policy asks what was learned; otherwise it is typed with the leaving."""
    return any(getattr(asked.questions, each) for each in (*ASKED_IN_ROWS.values(), "learned"))


def lessons_said(asked: Exit, said: Mapping[str, Any]) -> dict[str, list[str]]:
    """The lessons that forms hold, by kind: up to three of each (FIG-11), without “none”."""
    found: dict[str, list[str]] = {}
    for kind, name in ASKED_IN_ROWS.items():
        rows = said.get(getattr(asked.questions, name) or "") or []
        found[kind] = [text for row in rows if (text := _text_of(row))]
    learned = str(said.get(asked.questions.learned or "") or "").strip()
    found[Kind.LEARNED] = [learned] if learned.lower().rstrip(".") not in NOTHING else []
    return {kind: texts[: rules.MOST_LESSONS] for kind, texts in found.items() if texts}


def _text_of(row: Mapping[str, Any]) -> str:
    text = next((str(value).strip() for value in row.values() if value), "")
    return "" if text.lower().rstrip(".") in NOTHING else text


def _keep_lessons(leaving: Leaving, lessons: Mapping[str, list[str]], *, by: User, on: date) -> None:
    kept = {(each.kind, each.place): each for each in leaving.lessons.all()}
    for kind, texts in lessons.items():
        for place, text in enumerate(texts, 1):
            lesson = kept.pop((kind, place), None) or Lesson(leaving=leaving, kind=kind, place=place, said_on=on)
            if lesson.pk is None or lesson.text != text:
                lesson.text = text
                lesson.keep(by=by, reason="From what was said on leaving")
    for (kind, _), lesson in kept.items():
        if kind in lessons and not LessonAnswer.objects.filter(lesson=lesson).exists():
            lesson.take_out(by=by, reason="No longer said")


@transaction.atomic
def say_lessons(leaving: Leaving, lessons: Mapping[str, list[str]], *, by: User, at: datetime) -> None:
    """Keep what was learned where the policy has no form for it. Raises Refused."""
    leaving = _locked(leaving)
    _refuse_unless_theirs(leaving, by)
    _keep_lessons(leaving, lessons, by=by, on=timezone.localdate(at))


def lessons_for(request: Request) -> list[Lesson]:
    """The lessons of partnerships like the one that somebody proposes, the likest first (RED-F60).

    One query while there are no lessons, else five.
    """
    if request.purpose != JOIN or not Lesson.objects.exists():
        return []
    order = {each.partnership.pk: place for place, each in enumerate(entries_like(request.entry, most=MANY))}
    found = Lesson.objects.for_list().filter(leaving__partnership__in=order)
    return sorted(found, key=lambda each: (order[each.leaving.partnership_id], each.kind, each.place))[:MOST_OFFERED]


def answers_to(request: Request, lessons: list[Lesson]) -> dict[int, LessonAnswer]:
    """What the proposer said so far, by lesson."""
    return {each.lesson_id: each for each in LessonAnswer.objects.filter(request=request, lesson__in=lessons)}


def answers_of(request: Request) -> list[LessonAnswer]:
    """All that the proposer said to lessons, in the order in which they were offered. One query."""
    found = LessonAnswer.objects.filter(request=request).select_related("lesson__leaving__partnership")
    return list(found.order_by("pk"))


@transaction.atomic
def answer_lessons(request: Request, said: Mapping[int, tuple[str, str]], *, by: User) -> None:
    """Keep what the proposer says to each lesson: used, or does not apply because. Raises Refused."""
    request = Request.objects.select_for_update().get(pk=request.pk)
    if request.status not in (RequestStatus.DRAFT, RequestStatus.RETURNED):
        raise Refused(f"{request.reference} is {request.get_status_display().lower()}, so what was said stays as it is")
    kept = {each.lesson_id: each for each in LessonAnswer.objects.filter(request=request)}
    for lesson, (use, because) in said.items():
        if use == Use.NOT and not because.strip():
            raise Refused("Say why a lesson does not apply")
        answer = kept.get(lesson) or LessonAnswer(request=request, lesson_id=lesson)
        if (answer.use, answer.because) != (use, because):
            answer.use, answer.because = use, because
            answer.keep(by=by, reason=because or answer.get_use_display())


# --- By hand ----------------------------------------------------------------------------------------


@transaction.atomic
def record_decision(
    partnership: Partnership, *, version: PolicyVersion, decided_on: date, decided_by: str, by: User, at: datetime
) -> Leaving:
    """Open the leaving of an entry that was leaving before the register kept its decisions. Raises Refused."""
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    if not may_change(partnership, by):
        raise Refused("The lead officer or a register manager records this. Ask one of them")
    if partnership.status != Status.LEAVING:
        raise Refused(f"This entry is {partnership.get_status_display().lower()}. Ask for the decision to leave first")
    if decided_on > timezone.localdate(at):
        raise Refused("The day of the decision must be today or earlier")
    leaving = Leaving.open(partnership, version=version, decided_on=decided_on, by=by, decided_by=decided_by)
    take_over(leaving, by=by)
    return leaving


@transaction.atomic
def arrange(leaving: Leaving, facts: dict[str, Any], *, by: User, at: datetime) -> None:
    """Change the last day, the notice, whom was told and what comes back. Raises Refused."""
    leaving = _locked(leaving)
    _refuse_unless_theirs(leaving, by)
    if (given := facts.get("notice_given_on")) and given > timezone.localdate(at):
        raise Refused("Notice is recorded once it is given. Enter today or an earlier day")
    leaving.arrange(facts, by=by)


@transaction.atomic
def record_left(leaving: Leaving, *, by: User, at: datetime) -> None:
    """Record that the council has left: the entry becomes “left” and is kept as it is. Raises Refused."""
    leaving = _locked(leaving)
    today = timezone.localdate(at)
    problem, last_day = why_not_left(leaving, by=by, today=today), leaving.last_day
    if problem or last_day is None:
        raise Refused(problem or "Enter the last day first")
    partnership = leaving.partnership
    if partnership.starts_on is None or partnership.starts_on <= last_day:
        partnership.change({"ends_on": last_day, "ends_on_precision": "day"}, by=by, reason="The last day")
    partnership.follow_decision(Status.LEFT, by=by, reason=f"Left on {last_day:%-d %B %Y}")
    leaving.end(by=by, at=at, on=last_day)


def why_not_take_back(leaving: Leaving, *, by: User) -> str:
    """Say why this person cannot take back that the council has left, or ""."""
    if problem := leaving.why_not(State.OPEN):
        return problem
    if leaving.partnership.status != Status.LEFT:
        state = leaving.partnership.get_status_display().lower()
        return f"The entry is {state} now, so this cannot be undone"
    if not by.has_perm("register.move"):
        return "Only a register manager takes this back. Ask one of them"
    return ""


@transaction.atomic
def take_back(leaving: Leaving, *, why: str, by: User) -> None:
    """Take back that the council has left; the entry is leaving again. Raises Refused."""
    leaving = _locked(leaving)
    if problem := why_not_take_back(leaving, by=by):
        raise Refused(problem)
    if not why.strip():
        raise Refused("Say why this is taken back")
    leaving.partnership.undo_move(by=by, reason=why)
    leaving.take_back(by=by, why=why)


def _locked(leaving: Leaving) -> Leaving:
    # The entry first, in the order in which everything else locks.
    Partnership.objects.select_for_update().get(pk=leaving.partnership_id)
    found = Leaving.objects.select_for_update(of=("self",)).select_related("partnership", "policy_version", "request")
    return found.get(pk=leaving.pk)


def _refuse_unless_theirs(leaving: Leaving, by: User) -> None:
    if not may_change(leaving.partnership, by):
        raise Refused("The lead officer or a register manager changes this. Ask one of them")
