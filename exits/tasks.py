"""The page of leaving as a task list: what each part says now and whether anything is missing there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from approvals.models import Request, StepTaken
from approvals.papers import said_of
from approvals.rules import Place
from approvals.services import situation_of
from assessments.answers import CouncilLists, in_words, options_of
from assessments.models import Response
from config import words
from exits import rules, services
from exits.models import Leaving
from policy.model import ExitInstrument, Policy, Questionnaire

DONE, PARTLY, NOT_STARTED, NOT_ASKED = "Completed", "In progress", "Not started", "Not asked"
NOTHING_SAID = "Nothing said"
# What the page shows of the forms, in its order: the key of `exit.questions` and the title.
OF_THE_FORMS = (
    ("reasons", "Reasons"),
    ("risks", "Risks of leaving"),
    ("liabilities", "Liabilities that go on"),
    ("resources", "Return of resources"),
    ("notice", "Notice under the agreement"),
)


@dataclass(frozen=True)
class Task:
    """One line: title, what it says now, its state and where it is filled in ("" where nobody can)."""

    title: str
    says: str
    state: str
    address: str = ""
    note: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing here."""
        return self.state in (DONE, NOT_ASKED, NOTHING_SAID)


@dataclass(frozen=True)
class Shown:
    """All that the page shows of a leaving."""

    groups: list[tuple[str, list[Task]]]
    controls: list[Any]
    to_do: tuple[rules.ToDo, ...]
    earliest: date | None


def shown_of(leaving: Leaving, *, today: date, may_change: bool) -> Shown:
    """The page of one leaving for somebody who may change it or not; as many queries for any number of controls."""
    forms = services.sent_forms(leaving)
    known = services.known_of(leaving, forms)
    controls = services.controls_of(leaving)
    groups = [
        ("The decision", [_decision(leaving), *_approval(leaving)]),
        ("The exit strategy", [*_strategy(leaving, forms), *_controls(leaving, known)]),
        ("Going", [_as_read(each, may_change=may_change and leaving.is_open) for each in _going(leaving)]),
        (
            "What was learned",
            [*_after(leaving, forms, today), _as_read(_lessons(leaving), may_change=may_change)],
        ),
    ]
    return Shown(
        [(title, tasks) for title, tasks in groups if tasks],
        controls,
        rules.still_to_do(leaving.policy_version.policy, known, today=today) if leaving.is_open else (),
        rules.earliest_end(leaving.notice_given_on, leaving.notice_weeks),
    )


def _as_read(task: Task, *, may_change: bool) -> Task:
    """The task without its form for those who cannot fill it in, or once it stays as it was."""
    if may_change:
        return task
    return replace(task, address="", state=task.state if task.state == DONE else NOTHING_SAID)


def _decision(leaving: Leaving) -> Task:
    by = f"{leaving.decided_by}, " if leaving.decided_by else ""
    address = reverse("approvals:request", args=[leaving.request.reference]) if leaving.request else ""
    return Task("Decision to leave", f"{by}{words.day(leaving.decided_on)}", DONE, address)


def _approval(leaving: Leaving) -> list[Task]:
    """The steps after the decision in principle: whose view is heard, who reviews and who approves (BRK-D29)."""
    asked = leaving.policy_version.policy.exit
    if leaving.request is None or asked is None:
        return []
    situation = situation_of(leaving.request)
    address = reverse("approvals:request", args=[leaving.request.reference])
    taken = {step.pk: step for step in situation.taken}
    found = []
    for state in situation.standing.steps:
        if state.step.act in ("do", "receive"):
            continue
        if state.place == Place.NOT_NEEDED:
            found.append(Task(state.step.title, f"Not needed. {state.reason}", NOT_ASKED, address))
            continue
        record = taken.get(state.taken.id) if state.taken and state.taken.id else None
        says = _said(record, leaving.request, leaving) if record else state.reason if state.step.when else ""
        place = {Place.TAKEN: DONE, Place.OPEN: "Waiting"}.get(state.place, "To come")
        found.append(Task(state.step.title, says, place, address))
    return found


def _said(record: StepTaken, request: Request, leaving: Leaving) -> str:
    said = said_of(record, leaving.policy_version.policy, request.route)
    return ", ".join(filter(None, (said["body"], said["outcome"], said["on"])))


def _strategy(leaving: Leaving, forms: Mapping[str, Response]) -> list[Task]:
    """What the forms before leaving say, question by question, with the form that says it."""
    policy = leaving.policy_version.policy
    asked = policy.exit
    if asked is None:
        return []
    found = []
    lists = CouncilLists()
    said = services.said_on_forms(forms)
    for each in asked.before:
        form = policy.questionnaire(each.questionnaire)
        sent = forms.get(form.id)
        address = _address(leaving, each, sent)
        when = f"Sent {words.day(sent.sent_at)} by {sent.sent_by_name}" if sent else "Not sent yet"
        found.append(Task(form.title, when, DONE if sent else NOT_STARTED, address))
        for name, title in OF_THE_FORMS:
            question = form.by_id.get(getattr(asked.questions, name) or "")
            if question is None:
                continue
            value = said.get(question.id)
            says = in_words(value, question, options_of(question, policy, lists)) if value else ""
            note = ""
            if name == "risks" and not value and leaving.partnership.exit_impact:
                says, note = leaving.partnership.exit_impact, "from the entry"
            is_left_out = sent is not None and not value and question.asked_when is not None
            state = NOT_ASKED if is_left_out else DONE if value else NOT_STARTED if not sent else NOTHING_SAID
            found.append(Task(title, says if len(says) <= 300 else f"{says[:297]}…", state, address, note))
        found += _depth(form, said, policy, lists)
    return found


def _depth(form: Questionnaire, said: Mapping[str, Any], policy: Policy, lists: CouncilLists) -> list[Task]:
    """How deep the strategy goes, where an answer decides whether its risks are asked (HAR-D15, HAR-I07)."""
    risks = form.by_id.get(policy.exit.questions.risks or "") if policy.exit else None
    question = form.by_id.get(risks.asked_when.question) if risks and risks.asked_when else None
    value = said.get(question.id) if question else None
    if question is None or not value:
        return []
    why = next((str(said[each.id]) for each in question.beside if said.get(each.id)), "")
    depth = in_words(value, question, options_of(question, policy, lists))
    return [Task("How deep it goes", ". ".join(filter(None, (depth, why))), DONE)]


def _controls(leaving: Leaving, known: rules.Known) -> list[Task]:
    if not known.controls:
        return []
    closed = sum(1 for each in known.controls if each.done_on)
    address = reverse("register:actions", args=[leaving.partnership.reference])
    state = DONE if closed == len(known.controls) else PARTLY
    return [Task("Controls", f"{closed} of {len(known.controls)} closed", state, address)]


def _going(leaving: Leaving) -> list[Task]:
    address = reverse("exits:arrangements", args=[leaving.partnership.reference])
    end = rules.earliest_end(leaving.notice_given_on, leaving.notice_weeks)
    if leaving.notice_weeks is None:
        notice, state = "Nobody has said which notice must be given", NOT_STARTED
    elif leaving.notice_weeks == 0:
        notice, state = "None must be given", DONE
    elif leaving.notice_given_on is None:
        notice, state = f"{words.count(leaving.notice_weeks, 'week')}, not given yet", PARTLY
    else:
        notice = (
            f"{words.count(leaving.notice_weeks, 'week')}, given on {words.day(leaving.notice_given_on)}. "
            f"Earliest end: {words.day(end)}"
        )
        state = DONE
    if leaving.notice_agreed:
        notice, state = f"{notice}. Agreed instead: {leaving.notice_agreed}", DONE
    return [
        Task("Notice", notice, state, address),
        Task(
            "Last day",
            words.day(leaving.last_day) if leaving.last_day else "",
            DONE if leaving.last_day else NOT_STARTED,
            address,
        ),
        Task("People told", leaving.people_told, DONE if leaving.people_told else NOT_STARTED, address),
        Task("Resources returned", leaving.resources_back, DONE if leaving.resources_back else NOT_STARTED, address),
    ]


def _after(leaving: Leaving, forms: Mapping[str, Response], today: date) -> list[Task]:
    """The forms that follow the decision, each with its day (RED-F57)."""
    policy = leaving.policy_version.policy
    found = []
    for each in policy.exit.after if policy.exit else ():
        form = policy.questionnaire(each.questionnaire)
        sent = forms.get(form.id)
        due = rules.form_due(each, leaving.decided_on)
        if sent:
            says, state = f"Sent {words.day(sent.sent_at)} by {sent.sent_by_name}", DONE
        else:
            late = f", {words.days_away(due, today)}" if due else ""
            says, state = (f"Due {words.day(due)}{late}" if due else ""), NOT_STARTED
        found.append(Task(form.title, says, state, _address(leaving, each, sent)))
    return found


def _lessons(leaving: Leaving) -> Task:
    count = len(leaving.lessons.all())
    asked = leaving.policy_version.policy.exit
    by_hand = bool(asked and not services.asks_for_lessons(asked))
    address = reverse("exits:lessons_of_entry", args=[leaving.partnership.reference]) if by_hand else ""
    says = words.count(count, "lesson") if count else "" if by_hand else "They come from the form"
    return Task("Lessons", says, DONE if count else NOT_STARTED, address)


def _address(leaving: Leaving, instrument: ExitInstrument, sent: Response | None) -> str:
    reference = leaving.partnership.reference
    if sent:
        return reverse("assessments:questionnaire", args=[reference, instrument.questionnaire, sent.slug])
    return reverse("assessments:questionnaire_list", args=[reference])
