"""What leaving asks for: days, and what still stands between "leaving" and "left". Pure functions.

Source: requirements README CORE-16, CONF-20, DEF-03, DEF-05, FIG-08; BRK-F30 to F34, BRK-I12, HAR-F14 to F16, HAR-I07,
MEL-I06, RED-F55 to F60, RED-I03, STR-F10, STR-F11.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assessments.rules import months_later
from policy.model import Exit, ExitInstrument, Policy, Route

MOST_LESSONS = 3  # of each kind: FIG-11


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _weeks(number: int) -> str:
    return "1 week" if number == 1 else f"{number} weeks"


@dataclass(frozen=True)
class Control:
    """Something that limits the effect of leaving: what, whose it is, by when, and when it was closed."""

    text: str
    owner: str = ""
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True)
class Known:
    """What is known of one leaving. `notice_weeks` is None where nobody has said which notice must be given.

    `sent` maps each form of the exit to the day on which it was last sent. `notice_agreed` says why a shorter notice
    is enough.
    """

    decided_on: date
    approved_on: date | None = None
    last_day: date | None = None
    notice_weeks: int | None = None
    notice_given_on: date | None = None
    notice_agreed: str = ""
    sent: tuple[tuple[str, date], ...] = ()
    controls: tuple[Control, ...] = ()

    def sent_on(self, questionnaire: str) -> date | None:
        """The day on which a form was last sent, or None."""
        return dict(self.sent).get(questionnaire)


@dataclass(frozen=True)
class ToDo:
    """Something that stands between leaving and having left: a sentence, and the clause that asks for it."""

    words: str
    clause: str = ""


def form_due(instrument: ExitInstrument, decided_on: date) -> date | None:
    """The last day for a form that follows the decision; None for one without a day (RED-F57, FIG-08, CHK-07)."""
    if instrument.timing != "after" or instrument.due_months is None:
        return None
    return months_later(decided_on, instrument.due_months)


def strategy_reminded_from(leaving: Exit, decided_on: date) -> date | None:
    """The day from which a strategy that nobody has approved is asked after; None without such a day (BRK-I12)."""
    if leaving.reminder_months is None or not wants_approval(leaving):
        return None
    return months_later(decided_on, leaving.reminder_months)


def earliest_end(notice_given_on: date | None, notice_weeks: int | None) -> date | None:
    """The first day on which the council can have left: so many weeks after notice was given (RED-F59)."""
    if notice_given_on is None or notice_weeks is None:
        return None
    return notice_given_on + timedelta(weeks=notice_weeks)


def wants_approval(leaving: Exit) -> bool:
    """Whether the council can leave only once the exit strategy is approved."""
    return leaving.left_needs_approval and bool(leaving.before)


def still_to_do(policy: Policy, known: Known, *, today: date) -> tuple[ToDo, ...]:
    """Everything that stands between leaving and having left on `today`, in the order in which it is done."""
    leaving = policy.exit
    if leaving is None:
        return ()
    return (
        *_forms(policy, leaving, known),
        *_approval(policy, leaving, known),
        *_controls(policy, leaving, known.controls),
        *_notice(known),
        *_last_day(known, today),
    )


def _forms(policy: Policy, leaving: Exit, known: Known) -> Sequence[ToDo]:
    forms = [policy.questionnaire(each.questionnaire) for each in leaving.before]
    return [ToDo(f"Answer and send: {form.title}", form.clause) for form in forms if known.sent_on(form.id) is None]


def _approval(policy: Policy, leaving: Exit, known: Known) -> Sequence[ToDo]:
    if not wants_approval(leaving) or known.approved_on is not None:
        return []
    clause = next((step.clause for route in _leaving(policy) for step in reversed(route.steps) if _approves(step)), "")
    return [ToDo("Have the exit strategy approved", clause)]


def _leaving(policy: Policy) -> Sequence[Route]:
    return policy.routes_for("leave")


def _approves(step: object) -> bool:
    return getattr(step, "act", "") in ("approve", "decide")


def _controls(policy: Policy, leaving: Exit, controls: Sequence[Control]) -> Sequence[ToDo]:
    clause = next((policy.questionnaire(each.questionnaire).clause for each in leaving.before), "")
    found = []
    for control in controls:
        if control.done_on is not None:
            continue
        if not control.owner:
            found.append(ToDo(f"Say who does this: {control.text}", clause))
        else:
            due = f", due {_day(control.due_on)}" if control.due_on else ""
            found.append(ToDo(f"{control.text} ({control.owner}{due})", clause))
    return found


def _notice(known: Known) -> Sequence[ToDo]:
    """Notice that was not given yet, or a last day that comes too early for it (RED-F59)."""
    if not known.notice_weeks or known.notice_agreed:
        return []
    if known.notice_given_on is None:
        return [ToDo(f"Give {_weeks(known.notice_weeks)} of notice, or say what was agreed instead")]
    end = earliest_end(known.notice_given_on, known.notice_weeks)
    if end and known.last_day and known.last_day < end:
        return [
            ToDo(
                f"Notice was given on {_day(known.notice_given_on)}, so the council can leave on {_day(end)} "
                "at the earliest. Move the last day, or say what was agreed instead"
            )
        ]
    return []


def _last_day(known: Known, today: date) -> Sequence[ToDo]:
    if known.last_day is None:
        return [ToDo("Enter the last day on which the council takes part")]
    if known.last_day > today:
        return [ToDo(f"Wait for the last day, {_day(known.last_day)}")]
    return []


def why_not_these_days(decided_on: date, last_day: date | None, notice_given_on: date | None) -> str:
    """Say why these days cannot be, or ""."""
    if last_day and last_day < decided_on:
        return (
            f"The decision to leave was taken on {_day(decided_on)}. Enter a last day that is not before the decision"
        )
    return ""
