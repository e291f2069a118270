"""Meetings and agendas: planning, what could be on an agenda, its order, and the outcomes of a meeting.

Outcomes go through `services.take_step`, the only door; each item is recorded whole or not at all, and one that
cannot be recorded keeps no other back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from approvals import access, services
from approvals.bodies import Body, bodies_of
from approvals.gate import Gate, Minutes
from approvals.key_decisions import why_key
from approvals.models import (
    AgendaItem,
    BodySetting,
    Exempt,
    KeyDecision,
    Meeting,
    MeetingState,
    Request,
    Status,
    StepAhead,
    StepTaken,
)
from approvals.rules import ADVISING, DECIDING, Place, StepState
from approvals.services import Said
from assessments.models import Response
from config import words
from policy.model import Policy, Step
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership

# --- Bodies and days ------------------------------------------------------------------------------


def bodies_today(today: date) -> dict[str, Body]:
    """The bodies of the policy in force, by key; none without a policy."""
    version = PolicyVersion.objects.in_force(today)
    return bodies_of(version.policy) if version else {}


@transaction.atomic
def plan_many(
    body: Body, days: Iterable[date], *, at: time | None, place: str, papers_days: int, by: User, today: date
) -> list[Meeting]:
    """Plan a meeting on each of these days, all or none. Raises Refused, naming the day that cannot be."""
    return [
        Meeting.plan(body, day, at=at, place=place, papers_days=papers_days, by=by, today=today)
        for day in sorted(set(days))
    ]


def with_counts(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Meetings with the number of their items."""
    return found.annotate(items_on=Count("items"))


# --- The agenda -----------------------------------------------------------------------------------


@dataclass
class Row:
    """An item of an agenda with what its page and pack say of it."""

    item: AgendaItem
    step: Step
    asks: str
    number: int = 0
    taken: StepTaken | None = None
    outcome: str = ""
    is_open: bool = False
    missing: list[str] = field(default_factory=list)
    why_key: str = ""
    too_soon: str = ""

    @property
    def request(self) -> Request:
        """The request."""
        return self.item.request

    @property
    def is_dealt_with(self) -> bool:
        """Whether it has an outcome, or was put off."""
        return self.taken is not None or bool(self.item.deferred_why)

    @property
    def is_whole_exempt(self) -> bool:
        """Whether the public sees nothing but that there is an item."""
        return self.item.exempt == Exempt.WHOLE

    @property
    def paragraph(self) -> str:
        """Why it is exempt, in the words of a public agenda."""
        return access.paragraph_in_words(self.item.paragraph) if self.item.paragraph else ""


def agenda_of(meeting: Meeting) -> list[Row]:
    """The agenda in its order; seven queries for any number of items."""
    items = list(AgendaItem.objects.filter(meeting=meeting).with_requests().in_order())
    requests = [item.request_id for item in items]
    taken: dict[tuple[int, str], StepTaken] = {}
    for record in StepTaken.objects.filter(request__in=requests, on__gte=meeting.on).order_by("number"):
        taken[record.request_id, record.step] = record
    ahead: dict[int, list[StepAhead]] = {}
    for step in StepAhead.objects.filter(request__in=requests):
        ahead.setdefault(step.request_id, []).append(step)
    sent = _sent_forms(item.request for item in items)
    keys = {each.request_id: each for each in KeyDecision.objects.filter(request__in=requests)}
    key_from = BodySetting.of(meeting.body).key_from
    rows = []
    for number, item in enumerate(items, start=1):
        item.meeting = meeting
        policy = item.request.policy_version.policy
        route = policy.route(item.request.route)
        row = Row(item, route.by_id[item.step], route.title, number)
        row.taken = taken.get((item.request_id, item.step)) if not item.deferred_why else None
        row.outcome = _outcome_of(policy, row.taken)
        steps = ahead.get(item.request_id, [])
        row.is_open = any(each.step == item.step and each.is_open for each in steps)
        row.missing = _missing(policy, item, row.step, steps, sent) if not row.is_dealt_with else []
        if row.step.act in DECIDING:
            said = keys.get(item.request_id)
            row.why_key = why_key(item.request, said, key_from)
            row.too_soon = (
                access.why_too_soon(said.notice if said else access.Notice(), meeting.on) if row.why_key else ""
            )
        rows.append(row)
    return rows


def _outcome_of(policy: Policy, record: StepTaken | None) -> str:
    if record is None:
        return ""
    label = next((each.label for each in policy.outcomes if each.id == record.outcome), "")
    return label or ("Advised" if record.act in ADVISING else "Done")


def _sent_forms(requests: Iterable[Request]) -> set[tuple[int, str]]:
    """Which forms were sent, by entry, since its request was opened."""
    started = {request.partnership_id: request.started_at for request in requests if request.partnership_id}
    found = Response.objects.sent().filter(partnership__in=started)
    return {
        (entry, form)
        for entry, form, at in found.values_list("partnership_id", "questionnaire", "sent_at")
        if at and at >= started[entry]
    }


def _missing(
    policy: Policy, item: AgendaItem, step: Step, ahead: Sequence[StepAhead], sent: set[tuple[int, str]]
) -> list[str]:
    """What this item still needs before the body can take it, in sentences."""
    request = item.request
    if request.status != Status.SENT:
        return [f"{request.reference} is {request.get_status_display().lower()}"]
    route = policy.route(request.route)
    order = [each.id for each in route.steps]
    found = [
        f"Not given yet: {words.inside(route.by_id[each.step].title)}"
        for each in sorted(ahead, key=lambda each: order.index(each.step))
        if each.act in ADVISING and order.index(each.step) < order.index(step.id)
    ]
    found += [
        f"Not sent yet: {policy.questionnaire(form).title}"
        for form in step.needs
        if (request.partnership_id, form) not in sent
    ]
    if not any(each.step == step.id for each in ahead):
        found.append("This step is not needed any more. Take the item off")
    return found


def could_be_on(meeting: Meeting) -> QuerySet[StepAhead]:
    """Steps of the body, open or to come, that are on no agenda: those that can be taken now come first."""
    on_one = AgendaItem.objects.filter(
        meeting__state=MeetingState.PLANNED, deferred_why="", request=OuterRef("request"), step=OuterRef("step")
    )
    return (
        StepAhead.objects.of_body(meeting.body)
        .filter(request__status=Status.SENT)
        .filter(~Exists(on_one))
        .select_related("request__partnership", "request__policy_version")
        .order_by("-is_open", "request__sent_at", "pk")
    )


@dataclass(frozen=True)
class CouldRow:
    """A step that could be on an agenda."""

    request: Request
    step: Step
    asks: str
    is_open: bool


def could_row(ahead: StepAhead) -> CouldRow:
    """A step with its words under the policy version of its request."""
    route = ahead.request.policy_version.policy.route(ahead.request.route)
    return CouldRow(ahead.request, route.by_id[ahead.step], route.title, ahead.is_open)


@transaction.atomic
def put_on(meeting: Meeting, request: Request, step: str, *, by: User) -> AgendaItem:
    """Put a step of a request on an agenda. Raises Refused for a step that is not this body's, or not to come."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not StepAhead.objects.of_body(meeting.body).filter(request=request, step=step).exists():
        raise Refused(f"{request.reference} has no step that waits for {meeting.body_name}. Its page says what is open")
    return AgendaItem.add(meeting, request, step, by=by)


@transaction.atomic
def move(item: AgendaItem, *, up: bool, by: User) -> None:
    """Change places with the item before or after it in its part. Raises Refused; the first stays first."""
    meeting = Meeting.objects.select_for_update().get(pk=item.meeting_id)
    if problem := meeting.why_no_agenda():
        raise Refused(problem)
    items = list(AgendaItem.objects.filter(meeting=meeting).in_order())
    part = [each for each in items if (each.exempt == Exempt.WHOLE) == (item.exempt == Exempt.WHOLE)]
    place = next(number for number, each in enumerate(part) if each.pk == item.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(part):
        return
    part[place].position, part[other].position = part[other].position, part[place].position
    for each in (part[place], part[other]):
        each.keep(by=by, reason="Moved on the agenda")


@transaction.atomic
def take_off(item: AgendaItem, *, by: User) -> None:
    """Take an item off an agenda. Raises Refused once the meeting was held."""
    if problem := item.meeting.why_no_agenda():
        raise Refused(problem)
    item.take_out(by=by, reason="Taken off the agenda")


# --- Outcomes -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """What is to be recorded for one item: what was said, or why it was put off; and the mark that the page carried."""

    item: AgendaItem
    said: Said
    deferred_why: str = ""
    mark: str = ""


@dataclass
class Outcomes:
    """What became of recording: the items that stand, and those that do not with why."""

    kept: list[Recorded] = field(default_factory=list)
    refused: list[tuple[AgendaItem, str]] = field(default_factory=list)


def why_no_outcomes(meeting: Meeting, *, today: date) -> str:
    """Say why no outcomes can be recorded, or ""."""
    if meeting.state == MeetingState.CANCELLED:
        return f"{meeting} was cancelled, so it has no outcomes"
    if meeting.on > today:
        return f"{meeting} has not been held yet. Record its outcomes from that day on"
    return ""


def marks_of(rows: Iterable[Row]) -> dict[int, str]:
    """What a form carries so that nobody records on something they have not seen, by item; one query."""
    rows = list(rows)
    last = dict(
        StepTaken.objects.filter(request__in=[row.item.request_id for row in rows])
        .values_list("request")
        .annotate(last=Max("number"))
    )
    return {row.item.pk: _mark(row.request, row.request.partnership, last.get(row.item.request_id)) for row in rows}


def _mark(request: Request, partnership: Partnership | None, last: int | None) -> str:
    return f"{request.round}-{last or 0}-{partnership.version if partnership else 0}"


def why_not_rows(rows: Iterable[Row], user: User, *, today: date) -> dict[int, str]:
    """By item, why this person cannot record its outcome, or "". The gate answers; six queries for any number."""
    rows = list(rows)
    minutes = minutes_of(rows[0].item.meeting, [row.item for row in rows]) if rows else None
    gate = Gate.of(user, today, {row.request.pk: row.request for row in rows}.values(), minutes)
    return {row.item.pk: _why_not_row(gate, row) for row in rows}


def minutes_of(meeting: Meeting, items: Iterable[AgendaItem]) -> Minutes:
    """What the gate knows of a meeting: whoever keeps its minutes records what it decided on these items."""
    name = f"{meeting.body_name}, {words.day(meeting.on)}"
    return Minutes(name, frozenset((item.request_id, item.step) for item in items))


def _why_not_row(gate: Gate, row: Row) -> str:
    if row.item.deferred_why:
        return f"Deferred: {row.item.deferred_why}"
    if row.taken:
        by = row.taken.said_by if row.taken.from_minutes else f"Recorded by {row.taken.by_name}"
        return f"{by}: {row.outcome}"
    place = Place.OPEN if row.is_open else Place.TO_COME
    return gate.why_not(row.request, StepState(row.step, place, ""))


def record(meeting: Meeting, given: Iterable[Recorded], *, by: User, at: datetime) -> Outcomes:
    """Record the outcomes of a meeting, each whole or not at all; one that is refused keeps no other back.

    Raises Refused when the meeting has not been held. Once every item has an outcome the meeting counts as held.
    """
    today = timezone.localdate(at)
    if problem := why_no_outcomes(meeting, today=today):
        raise Refused(problem)
    done = Outcomes()
    for each in given:
        try:
            with transaction.atomic():
                _record_one(meeting, each, by=by, at=at)
        except Refused as refusal:
            done.refused.append((each.item, str(refusal)))
        else:
            done.kept.append(each)
    if done.kept and meeting.state == MeetingState.PLANNED and all(row.is_dealt_with for row in agenda_of(meeting)):
        meeting.hold(by=by, today=today)
    return done


def _record_one(meeting: Meeting, given: Recorded, *, by: User, at: datetime) -> None:
    item = given.item
    partnership = None
    if item.request.partnership_id:
        partnership = Partnership.objects.select_for_update().get(pk=item.request.partnership_id)
    request = Request.objects.select_related("partnership", "policy_version").get(pk=item.request_id)
    last = StepTaken.objects.filter(request=request).aggregate(last=Max("number"))["last"]
    if given.mark != _mark(request, partnership, last):
        raise Refused(services.CHANGED)
    minutes = minutes_of(meeting, [item])
    if given.deferred_why:
        gate = Gate.of(by, timezone.localdate(at), [request], minutes)
        step = request.policy_version.policy.route(request.route).by_id[item.step]
        is_open = StepAhead.objects.filter(request=request, step=item.step, is_open=True).exists()
        state = StepState(step, Place.OPEN if is_open else Place.TO_COME, "")
        if problem := gate.why_not(request, state):
            raise Refused(problem)
        item.defer(by=by, why=given.deferred_why)
        return
    services.take_step(request, item.step, given.said, by=by, at=at, minutes=minutes)
