"""What a policy has done with the partners all the time: each step, who says it is done, what the entry shows of it.

The policy's routes of the purpose `practice` hold the steps. None comes to an end: each is said to be done on a day, in
words and perhaps with a document, and said again when it is renewed. Source: RED-F41 to RED-F53, RED-F61, RED-C19,
RED-A08, RED-E17.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from approvals.gate import steps_for
from assessments.models import Agreement
from config import words
from policy.model import Policy, Route, Step
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Document, Partnership, Risk, Side, Status
from register.models.parts import View
from reviews.models import Doing

PURPOSE = "practice"  # of routes (policy.model.Route)
WITH_PARTNERS = (Status.PROPOSED, Status.ACTIVE, Status.LEAVING)


def routes_of(policy: Policy) -> tuple[Route, ...]:
    """What the policy has done with the partners all the time; none where it says nothing of it."""
    return policy.routes_for(PURPOSE)


def step_of(policy: Policy, step_id: str) -> Step:
    """A step of practice by its id. Raises KeyError when the policy has none of this name."""
    return {step.id: step for route in routes_of(policy) for step in route.steps}[step_id]


# --- What the entry says of a step --------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A sentence on what the entry holds, and where it stands. `lacks` marks what is still to be put there."""

    words: str
    lacks: bool = False
    address: str = ""


class Kept:
    """What an entry keeps that shows a step: its open risks, agreement and documents; one query for each."""

    def __init__(self, partnership: Partnership, policy: Policy, *, on: date) -> None:
        self.partnership, self.policy, self.on = partnership, policy, on

    def shown_of(self, step: Step) -> list[Shown]:
        """What the entry says of a step, in the order of the pack; kinds of documents last."""
        found = [shown for name in step.shows for shown in SHOWS[name](self)]
        if step.documents:
            found += self._documents_of(step.documents)
        return found

    @cached_property
    def rows(self) -> list[Risk]:
        return list(self.partnership.risks.still_open().highest_first())

    @cached_property
    def risks(self) -> list[Risk]:
        return [row for row in self.rows if row.side == Side.RISK]

    @cached_property
    def documents(self) -> list[Document]:
        return list(self.partnership.documents.order_by("title", "pk"))

    def none_yet(self) -> list[Shown]:
        return [Shown("No risk is open on the register of this partnership", lacks=True)]

    def _documents_of(self, kinds: Sequence[str]) -> list[Shown]:
        found = [
            Shown(
                f"{each.title}{f', {words.day(each.dated_on)}' if each.dated_on else ''}", address=self._address(each)
            )
            for each in self.documents
            if each.kind in kinds
        ]
        labels = self.policy.kinds_of_documents
        named = words.listed((words.inside(labels[kind], self.policy.names) for kind in kinds), "or")
        return found or [Shown(f"No document of this kind is kept here: {named}")]

    def _address(self, document: Document) -> str:
        if not document.file:
            return document.address
        return reverse("register:document", args=[self.partnership.reference, document.pk])

    # One for each name that a step's `shows` may have.

    def risk_views(self) -> list[Shown]:
        """Whose objectives the open risks touch (RED-A08, RED-F41)."""
        theirs, ours = (sum(row.view == view for row in self.risks) for view in (View.PARTNERSHIP, View.COUNCIL))
        said = f"{words.count(theirs, 'open risk')} to the partnership’s own objectives, {ours:,} to the council’s"
        neither = len(self.risks) - theirs - ours
        return [Shown(f"{said}, {neither:,} without a word on it" if neither else said, lacks=not theirs)]

    def opportunities(self) -> list[Shown]:
        """Openings beside risks (RED-F42)."""
        hoped = len(self.rows) - len(self.risks)
        said = f"{words.count(len(self.risks), 'risk')} and {words.count(hoped, 'opportunity', 'opportunities')}"
        return [Shown(f"{said} on the register", lacks=not self.rows)]

    def risk_register(self) -> list[Shown]:
        """What each open risk should have: a judgement, an owner, an action and a trigger (RED-F45)."""
        if not self.risks:
            return self.none_yet()
        without: Mapping[str, int] = {
            "a judgement": sum(not row.rating and not row.level for row in self.risks),
            "an owner": sum(not row.owner_id and not row.owner_name for row in self.risks),
            "an action": sum(not row.control.strip() for row in self.risks),
            "a sign that calls for more": sum(not row.trigger.strip() for row in self.risks),
        }
        gaps = [f"{number:,} without {what}" for what, number in without.items() if number]
        listed = words.count(len(self.risks), "open risk")
        return [Shown(f"{listed}: {words.listed(gaps)}" if gaps else listed, lacks=bool(gaps))]

    def transferred_risks(self) -> list[Shown]:
        """Who manages the open risks, and which somebody else carries (RED-F46)."""
        if not self.risks:
            return self.none_yet()
        moved = [row for row in self.risks if row.transferred_to]
        kept = [row for row in self.risks if not row.transferred_to]
        nobody = [row for row in kept if not row.owner_id and not row.owner_name]
        found = [Shown(f"{row} is transferred to {row.transferred_to}") for row in moved]
        found.append(Shown(f"{words.count(len(kept) - len(nobody), 'open risk')} managed here by a named person"))
        return found + [Shown(f"Nobody is named for {row}", lacks=True) for row in nobody]

    def contingency_plans(self) -> list[Shown]:
        """Open risks with high impact, with and without a plan (RED-F52, RED-C19)."""
        matrix = self.policy.matrix_for("risks")
        asked = [row for row in self.risks if row.asks_for_contingency_plan(matrix)]
        bare = [row for row in asked if row.needs_contingency_plan(matrix)]
        high = words.count(len(asked), "open risk")
        planned = f"{high} with high impact, {len(asked) - len(bare):,} with a contingency plan"
        found = [Shown(planned if asked else "No open risk has a high impact")]
        found += [Shown(f"No contingency plan for {row}", lacks=True) for row in bare]
        if unplaced := sum(not row.is_on(matrix) or not row.score for row in self.risks):
            found.append(Shown(f"{words.count(unplaced, 'open risk')} not rated on the scale in force", lacks=True))
        return found

    def risk_reviews(self) -> list[Shown]:
        """When the risks were last changed, and which are past the day to look at them again (RED-F48)."""
        last = Risk.history.filter(partnership=self.partnership).aggregate(last=Max("history_date"))["last"]
        if last is None:
            return self.none_yet()
        found = [Shown(f"Last changed on {words.day(last)}")]
        days = sorted(row.review_on for row in self.rows if row.review_on)
        if late := sum(day < self.on for day in days):
            found.append(Shown(f"{late:,} past the day to look at them again, since {words.day(days[0])}", lacks=True))
        elif days:
            found.append(Shown(f"The next is looked at again on {words.day(days[0])}"))
        return found

    def risk_triggers(self) -> list[Shown]:
        """How many open risks say at which sign more is done (RED-F49)."""
        if not self.risks:
            return self.none_yet()
        said = sum(bool(row.trigger.strip()) for row in self.risks)
        line = f"{said:,} of {words.count(len(self.risks), 'open risk')} with a sign that calls for more"
        return [Shown(line, lacks=said < len(self.risks))]

    def agreements(self) -> list[Shown]:
        """The agreement in force, and the day on which it is reviewed (RED-F50)."""
        found = Agreement.objects.newest_for(self.partnership).first()
        if found is None or found.is_draft:
            return [Shown("No agreement is in force")]
        said = f"{found.form.title}, version {found.number}, agreed {words.day(found.agreed_on)}"
        address = reverse("assessments:agreement", args=[self.partnership.reference])
        if found.review_on is None:
            return [Shown(said, address=address), Shown("It names no day of review", lacks=True)]
        is_late = found.review_on < self.on
        due = f"Its review {'was' if is_late else 'is'} due on {words.day(found.review_on)}"
        return [Shown(said, address=address), Shown(due, lacks=is_late)]


SHOWS: Mapping[str, Callable[[Kept], list[Shown]]] = {
    "risk_views": Kept.risk_views,
    "opportunities": Kept.opportunities,
    "risk_register": Kept.risk_register,
    "transferred_risks": Kept.transferred_risks,
    "risk_triggers": Kept.risk_triggers,
    "contingency_plans": Kept.contingency_plans,
    "risk_reviews": Kept.risk_reviews,
    "agreements": Kept.agreements,
}


# --- The steps and what was said ------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A step as the page lists it: whose it is, what the entry says of it, when it was last said to be done.

    `is_theirs` marks a reader's own; the register manager may say it of the others too.
    """

    step: Step
    whose: str
    shown: Sequence[Shown]
    last: Doing | None
    is_theirs: bool


def said_of(partnership: Partnership, step: str = "") -> Any:
    """What was said of an entry's steps of practice, or of one of them; the newest first."""
    found = Doing.objects.filter(partnership=partnership, **({"step": step} if step else {})).exclude(step="")
    return found.select_related("document").order_by("-done_on", "-pk")


def lines(partnership: Partnership, policy: Policy, *, by: User, on: date) -> list[tuple[Route, list[Line]]]:
    """Every step of practice of an entry by its route. A fixed number of queries."""
    newest: dict[str, Doing] = {}
    for each in said_of(partnership):
        newest.setdefault(each.step, each)
    kept = Kept(partnership, policy, on=on)
    steps = [step for route in routes_of(policy) for step in route.steps]
    theirs = steps_for(by, steps, partnership, on=on) if partnership.status in WITH_PARTNERS else frozenset()
    return [
        (
            route,
            [
                Line(step, whose(policy, step), kept.shown_of(step), newest.get(step.id), step.id in theirs)
                for step in route.steps
            ],
        )
        for route in routes_of(policy)
    ]


def whose(policy: Policy, step: Step) -> str:
    """The council's own words for who does a step."""
    return words.listed((role.label for each in step.role if (role := policy.role(each))), "or")


def why_not(partnership: Partnership, policy: Policy, step: Step, *, by: User, on: date) -> str:
    """Say why a person cannot say now that a step is done, or ""."""
    if partnership.status not in WITH_PARTNERS:
        state = partnership.get_status_display().lower()
        return f"This entry is {state}, so nothing more is done with its partners"
    if Role.REGISTER_MANAGER in by.roles or steps_for(by, [step], partnership, on=on):
        return ""
    manager = policy.role(Role.REGISTER_MANAGER)
    others = f" {manager.label} can say it too" if manager and Role.REGISTER_MANAGER not in step.role else ""
    return f"This step is for {whose(policy, step)} of this partnership.{others}"


@transaction.atomic
def say_done(
    partnership: Partnership,
    step_id: str,
    *,
    done_on: date,
    note: str,
    document: Document | None = None,
    version: PolicyVersion,
    by: User,
    at: datetime,
) -> Doing:
    """Say that a step was done, or done again: when, how, and which document shows it. Raises Refused."""
    today = timezone.localdate(at)
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    try:
        step = step_of(version.policy, step_id)
    except KeyError:
        raise Refused("The policy in force has no such step. Choose from its list") from None
    if problem := why_not(partnership, version.policy, step, by=by, on=today):
        raise Refused(problem)
    if not note.strip():
        raise Refused("Say in a few words how it was done")
    if done_on > today:
        raise Refused("That day is still to come. Enter the day on which it was done")
    if document is not None and document.partnership_id != partnership.pk:
        raise Refused("That document is of another partnership. Choose one of this partnership")
    if said_of(partnership, step_id).filter(done_on=done_on, note=note, by=by, document=document).exists():
        raise Refused("You said this already. It stands below; add what is new")
    doing = Doing(
        partnership=partnership,
        policy_version=version,
        step=step_id,
        done_on=done_on,
        note=note,
        document=document,
        by=by,
        by_name=str(by),
    )
    doing.keep(by=by, reason=note)
    return doing
