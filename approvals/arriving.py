"""When a request reaches the bodies that decide on it: the next meetings it can meet, closing dates, key decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from approvals import access, deadlines
from approvals.bodies import body_of_step
from approvals.deadlines import Arrival, StepToCome
from approvals.key_decisions import why_key
from approvals.models import AgendaItem, BodySetting, Meeting, MeetingState, Request, Status, StepAhead
from approvals.rules import DECIDING, Place
from approvals.services import Situation
from config import words


@dataclass(frozen=True)
class Dates:
    """What a request's page says of meetings: a sentence a step, and when it can be decided at the earliest."""

    by_step: dict[str, str]
    earliest: str = ""


def dates_of(situation: Situation, *, today: date) -> Dates:
    """Work back from the meetings planned: which one each open or coming step can meet, and by when. Two queries."""
    request = situation.request
    if not request.is_open:
        return Dates({})
    route = situation.standing.route
    ids = [step.id for step in route.steps]
    items = AgendaItem.objects.filter(request=request, meeting__state=MeetingState.PLANNED, deferred_why="")
    on_agenda = {item.step: item.meeting for item in items.select_related("meeting")}
    steps, names, left = [], {}, []
    for state in situation.standing.steps:
        number = ids.index(state.step.id)
        after = tuple(state.step.after) or tuple(ids[number - 1 : number] if number else ())
        is_left = state.place in (Place.OPEN, Place.TO_COME)
        body = body_of_step(situation.policy, state.step) if is_left else None
        if body:
            names[state.step.id] = body.name
        if is_left and state.step.act in DECIDING:
            left.append(state.step.id)
        days = (state.step.due_days or 0) if is_left and not body else 0
        meeting = on_agenda.get(state.step.id) if body else None
        agenda = meeting.sitting if meeting else None
        steps.append(StepToCome(state.step.id, after, days, body.key if body else "", agenda))
    planned = list(Meeting.objects.to_come(today))
    if not planned:  # a council that keeps no meetings here is told nothing of them
        return Dates({})
    found = deadlines.arrivals(steps, [each.sitting for each in planned], today)
    is_sent = request.status == Status.SENT
    said = {
        step: _on_agenda(on_agenda[step]) if step in on_agenda else _says(found[step], name, is_sent=is_sent)
        for step, name in names.items()
    }
    return Dates(said, _earliest([found[step] for step in left]) if left and not situation.standing.not_known else "")


def _on_agenda(meeting: Meeting) -> str:
    return f"On the agenda of {meeting}"


def _says(arrival: Arrival, name: str, *, is_sent: bool) -> str:
    if arrival.sitting is None:
        return f"No meeting of {name} is planned that it can still reach"
    if is_sent or arrival.send_by is None:
        return (
            f"Can reach {name} on {words.day(arrival.sitting.on)}; "
            f"papers close on {words.day(arrival.sitting.papers_by)}"
        )
    return f"Send by {words.day(arrival.send_by)} to reach {name} on {words.day(arrival.sitting.on)}"


def _earliest(arrivals: Sequence[Arrival]) -> str:
    last = [each.on for each in arrivals if each.on]
    if len(last) < len(arrivals):
        return "Nobody can say when it is decided at the earliest: a meeting is not planned yet"
    if not any(each.sitting for each in arrivals):
        return ""
    return f"Decided at the earliest on {words.day(max(last))}"


# --- Key decisions --------------------------------------------------------------------------------


def key_decisions() -> QuerySet[StepAhead]:
    """Steps of bodies to come that decide on something key: as somebody said, else by the council's own sum."""
    by_sum = Q()
    for setting in BodySetting.objects.filter(key_from__isnull=False):
        by_sum |= Q(body=setting.body, request__partnership__contribution_a_year__gte=setting.key_from)
    said_so = Q(request__key_decision__is_key=True)
    unsaid = Q(request__key_decision__isnull=True) & by_sum if by_sum else Q(pk__in=())
    return (
        StepAhead.objects.filter(said_so | unsaid, act__in=DECIDING)
        .exclude(body="")
        .select_related("request__partnership", "request__policy_version", "request__key_decision")
        .order_by("request__sent_at", "pk")
    )


@dataclass(frozen=True)
class NoticeRow:
    """A key decision to come as its notice says it."""

    request: Request
    asks: str
    body: str
    why: str
    published_on: date | None
    meeting: Meeting | None
    earliest: date
    state: str
    exempt: str


def notice_rows(found: Sequence[StepAhead], *, today: date) -> list[NoticeRow]:
    """What the notice says of each: matter, who decides, when, and how far the notice is. Two queries."""
    items = AgendaItem.objects.filter(
        request__in=[each.request_id for each in found], meeting__state=MeetingState.PLANNED, deferred_why=""
    ).select_related("meeting")
    on_agenda = {(item.request_id, item.step): item for item in items}
    sums = dict(BodySetting.objects.values_list("body", "key_from"))
    return [_notice_row(each, on_agenda.get((each.request_id, each.step)), sums, today) for each in found]


def _notice_row(
    ahead: StepAhead, item: AgendaItem | None, sums: Mapping[str, Decimal | None], today: date
) -> NoticeRow:
    request = ahead.request
    policy = request.policy_version.policy
    route = policy.route(request.route)
    body = body_of_step(policy, route.by_id[ahead.step])
    said = getattr(request, "key_decision", None)
    published = said.published_on if said else None
    earliest = deadlines.earliest_key_meeting(published or today)
    state = ""
    if item:
        state = access.why_too_soon(said.notice if said else access.Notice(), item.meeting.on)
    elif published is None:
        state = f"The notice is not published. Published today, the first day is {words.day(earliest)}"
    return NoticeRow(
        request,
        route.title,
        body.full_name if body else "",
        why_key(request, said, sums.get(ahead.body)),
        published,
        item.meeting if item else None,
        earliest,
        state,
        access.paragraph_in_words(item.paragraph) if item and item.paragraph else "",
    )
