"""What requests bring to other pages: the next step on an entry, and what waits and happened on the home page."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from accounts.panels import MOST, Line, Link, Panel, Work
from accounts.roles import Role
from approvals import queries, services
from approvals.models import Meeting, Request, Status, StepTaken
from approvals.rules import ADVISING
from approvals.subjects import kept_above
from config import words
from register.models import Partnership
from register.models import Status as EntryStatus
from register.sections import Step

# Those who read: their lines carry no verbs of change (pages.md, 5.1).
READERS = frozenset({Role.EXECUTIVE, Role.SCRUTINY, Role.AUDITOR})
# Roles that take no step of their own; their home names none unless they act for somebody.
WITHOUT_STEPS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
QUARTER = timedelta(days=92)
SEALS = 50  # sealed copies that one page can check without being slow
ADVISERS = frozenset({Role.RESPONSIBLE_HEAD, Role.FINANCE_ADVISER, Role.LEGAL_ADVISER})


def next_steps(partnership: Partnership, user: Any) -> list[Step]:
    """Go on with a draft, or ask for the decision that a proposed entry waits for. Named by `settings.NEXT_STEPS`."""
    if not user.has_perm("approvals.ask") or not Partnership.objects.editable_by(user).contains(partnership):
        return []
    request = Request.objects.for_partnership(partnership).open().exclude(kept_above()).first()
    if request and request.status in (Status.DRAFT, Status.RETURNED):
        return [Step(f"Go on with {request.reference}", reverse("approvals:request", args=[request.reference]))]
    if request is None and partnership.status == EntryStatus.PROPOSED:
        return [Step("Ask for a decision", reverse("approvals:of_entry", args=[partnership.reference]))]
    return []


# --- Work to do -----------------------------------------------------------------------------------


def your_turn(user: User, today: date) -> Work | None:
    """The steps that wait for this person, those that fall due first (product: "never hunt for their turn")."""
    if not user.has_perm("approvals.view"):
        return None
    services.bring_up_to_date()
    turns = [turn for turn in queries.turns_of(user, today) if not turn.refusal]
    if not turns and user.roles <= WITHOUT_STEPS:
        return None
    only_reads = user.roles <= READERS
    lines = [
        Line(
            turn.asks if only_reads else turn.words,
            reverse("approvals:step", args=[turn.request.reference, turn.step.id]),
            note=f"For {turn.acting_for}" if turn.acting_for else f"Since {words.day(turn.since)}",
            when=_when(turn.due_on, today),
            is_late=bool(turn.due_on and turn.due_on < today),
            due=turn.due_on,
            since=turn.since,
        )
        for turn in turns[:MOST]
    ]
    return Work(lines, len(turns), Link("All decisions", reverse("approvals:decision_list")))


def _when(due: date | None, today: date) -> str:
    if due is None:
        return ""
    late = (today - due).days
    return f"{words.count(late, 'day')} late" if late > 0 else f"by {words.short_day(due)}"


def meetings_passed(user: User, today: date) -> Work | None:
    """Meetings whose day has passed and whose outcomes are not recorded, for those who keep meetings. Two queries."""
    if not user.has_perm("approvals.keep_meetings"):
        return None
    found = Meeting.objects.passed_over(today)
    lines = [
        Line(
            f"See to the outcomes of {meeting}",
            reverse("approvals:outcomes", args=[meeting.slug]),
            note="The meeting has passed and not every item has an outcome",
            when=f"{words.count((today - meeting.on).days, 'day')} ago",
            is_late=True,
            due=date.min,  # before everything else that waits
        )
        for meeting in found[:MOST]
    ]
    total = found.count() if len(lines) == MOST else len(lines)
    return Work(lines, total, Link("All meetings", reverse("approvals:meeting_list")))


def returned_to_you(user: User, today: date) -> Work | None:
    """Requests that came back for changes, and drafts not yet sent. Two queries at most."""
    if not user.has_perm("approvals.ask"):
        return None
    theirs = Request.objects.filter(proposed_by=user, status__in=(Status.RETURNED, Status.DRAFT)).exclude(kept_above())
    found = list(theirs.select_related("partnership").order_by("-status", "started_at")[: MOST + 1])
    lines = [
        Line(
            f"{'Change and send again' if request.status == Status.RETURNED else 'Finish'} {request.reference}: "
            f"{request.matter}",
            reverse("approvals:request", args=[request.reference]),
            note=request.get_status_display(),
        )
        for request in found[:MOST]
    ]
    total = theirs.count() if len(found) > MOST else len(found)
    return Work(lines, total, Link("All proposals", reverse("approvals:request_list")))


def to_screen(user: User, today: date) -> Work | None:
    """For a register manager: proposed entries for which no request is on its way. Two queries at most."""
    if not user.has_perm("register.move"):
        return None
    under_way = Request.objects.filter(partnership=OuterRef("pk"), status__in=(Status.SENT, Status.RETURNED))
    entries = Partnership.objects.filter(~Exists(under_way), status=EntryStatus.PROPOSED)
    first = list(entries.order_by("created_at", "pk")[: MOST + 1])
    lines = [
        Line(
            f"Look at the proposal: {entry.name}",
            reverse("register:partnership", args=[entry.reference]),
            note=f"Proposed on {words.day(entry.created_at)}",
        )
        for entry in first[:MOST]
    ]
    total = entries.count() if len(first) > MOST else len(first)
    return Work(lines, total, Link("All proposals", f"{reverse('register:partnership_list')}?status=proposed"))


# --- Panels -----------------------------------------------------------------------------------------


def waiting_for_others(user: User, today: date) -> Panel | None:
    """The person's own requests on their way, and for whom each waits. Two queries."""
    if not user.has_perm("approvals.ask"):
        return None
    theirs = Request.objects.on_their_way().filter(Q(proposed_by=user) | Q(partnership__lead_officer=user))
    found = theirs.for_list().prefetch_related("turns").order_by("sent_at", "pk")[:MOST]
    lines = [
        Line(
            row.request.reference,
            reverse("approvals:request", args=[row.request.reference]),
            note=f"{row.asks}, {row.request.matter}: with {row.waits_for or 'nobody'}"
            + (f", by {words.day(row.due_on)}" if row.due_on else ""),
        )
        for row in map(queries.waiting_row, found)
    ]
    if not lines:
        return None
    return Panel("Waiting for others", lines, all=Link("All requests", reverse("approvals:request_list")), beside=True)


def advice_you_gave(user: User, today: date) -> Panel | None:
    """For those who advise: their last advice, and what was decided after it. One query."""
    if not ADVISERS & user.roles:
        return None
    given = StepTaken.objects.for_list().filter(by=user, act__in=ADVISING).order_by("-number")[:MOST]
    lines = [
        Line(
            f"{record.request.reference}: {record.request.matter}",
            reverse("approvals:request", args=[record.request.reference]),
            note=_what_became(record.request),
            when=words.short_day(record.on),
        )
        for record in given
    ]
    return Panel(
        "Advice you gave",
        lines,
        empty="Your advice appears here, with what was decided after it.",
        all=Link("All decisions", reverse("approvals:decision_list")),
    )


def _what_became(request: Request) -> str:
    if request.status != Status.DECIDED or request.ended_at is None:
        return f"Not decided yet: {request.get_status_display().lower()}"
    outcome = next((o.label for o in request.policy_version.policy.outcomes if o.id == request.outcome), "Decided")
    return f"{outcome}, {words.day(request.ended_at)}"


def decisions_of_the_quarter(user: User, today: date) -> Panel | None:
    """For those who watch: what bodies decided in the last three months, the newest first. One query."""
    if not READERS & user.roles:
        return None
    found = StepTaken.objects.for_list().decisions().filter(on__gt=today - QUARTER)[:MOST]
    return Panel(
        "Decisions of the last three months",
        [_decision(record) for record in found],
        empty="Nothing was decided in the last three months.",
        all=Link("All decisions", reverse("approvals:decision_list")),
    )


def seals(user: User, today: date) -> Panel | None:
    """For auditors: whether the newest sealed steps are as they were sealed, checked while the page is made. One query.

    `manage.py verify_decisions` checks the whole chain, from the first step on.
    """
    if Role.AUDITOR not in user.roles:
        return None
    newest = list(
        StepTaken.objects.order_by("-number").only("number", "reference", "copy", "previous", "digest")[:SEALS]
    )
    wrong = [record for record in newest if not record.is_whole]
    pairs = pairwise(newest)
    wrong += [later for later, earlier in pairs if later.previous != earlier.digest and later not in wrong]
    lines = [
        Line(
            f"Step number {record.number} was altered after it was sealed",
            note="Ask the administrator to check the whole chain",
            when="Altered",
            is_late=True,
        )
        for record in wrong[:MOST]
    ]
    if newest and not wrong:
        lines = [
            Line(
                f"{words.count(len(newest), 'sealed step')} checked just now: each is as it was sealed",
                note=f"The newest, up to number {newest[0].number}. The command verify_decisions checks all of them",
            )
        ]
    return Panel("Seals of decisions", lines, empty="Nothing has been sealed yet: no step of a request was taken.")


def _decision(record: StepTaken) -> Line:
    said = queries.outcome_in_words(record.request.policy_version.policy, record) or words.inside(record.title)
    return Line(
        f"{record.reference}: {record.request.matter}",
        reverse("approvals:decision", args=[record.reference]),
        note=f"{record.body}: {said}",
        when=words.short_day(record.on),
    )


# --- News ---------------------------------------------------------------------------------------------


def news(user: User, since: datetime) -> Sequence[Line]:
    """Steps that others took on the person's requests, their entries and what they advised on. One query."""
    if not user.has_perm("approvals.view"):
        return []
    found = StepTaken.objects.for_list().filter(at__gt=since).exclude(by=user)
    if Role.REGISTER_MANAGER not in user.roles:
        advised = StepTaken.objects.filter(by=user).values("request")
        found = found.filter(
            Q(request__proposed_by=user) | Q(request__partnership__lead_officer=user) | Q(request__in=advised)
        )
    return [_step_news(record) for record in found.order_by("-number")[:MOST]]


def _step_news(record: StepTaken) -> Line:
    outcome = next((o.label for o in record.request.policy_version.policy.outcomes if o.id == record.outcome), "")
    said = outcome or ("Advised" if record.act in ADVISING else "Done")
    return Line(
        f"{record.request.reference}: {record.request.matter}",
        reverse("approvals:request", args=[record.request.reference]),
        note=f"{record.body}: {said} ({record.by_name})",
        when=words.short_day(record.at).rsplit(" ", 1)[0],
        at=record.at,
    )
