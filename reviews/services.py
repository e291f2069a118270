"""Changes beyond one record: what falls due, opening, sending and signing off reviews, and the yearly refresh."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from accounts.models import User
from approvals import services as deciding
from approvals.models import Request, StepTaken
from approvals.models import Status as RequestStatus
from approvals.rules import DECIDING
from approvals.services import Said
from assessments import questionnaires as asks
from assessments.answers import is_empty
from assessments.facts import are_plain, facts_of, plain_facts_of
from assessments.models import Assessment, Response
from assessments.models.periods import free_slug
from assessments.rules import CheckFinding, unmet_checks
from config import words
from policy.model import Cycle, Policy
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership, Status
from reviews import rules, ways
from reviews.models import (
    TAKING_PART,
    UNDER_WAY,
    Campaign,
    Doing,
    Occasion,
    Recommendation,
    Review,
    ReviewForm,
    State,
    WorkedOut,
    cycle_of,
)

BATCH = 500  # rows of one statement: SQLite takes no more than a thousand values
YEAR = re.compile(r"(\d{4})-(\d{2})")


# --- What is known of many entries -----------------------------------------------------------------


def knowledge_of(entries: Sequence[Partnership], version: PolicyVersion) -> dict[int, rules.Known]:
    """What the days of these entries are worked out from, by entry. Seven queries for any number."""
    policy = version.policy
    ids = [entry.pk for entry in entries]
    done, settled = _done_by_entry(ids, policy)
    decided = _decided_on(ids)
    left = _left_on([e.pk for e in entries if e.status in (Status.LEAVING, Status.LEFT)])
    frequencies = _reports_a_year(policy)
    return {
        entry.pk: rules.Known(
            since=timezone.localdate(entry.created_at),
            facts=_facts_for_cycles(entry, policy),
            joined_on=entry.starts_on or decided.get((entry.pk, "join")),
            last_on=entry.last_review_on,
            next_on=entry.next_review_on,
            leaving_since=decided.get((entry.pk, "leave")) or left.get(entry.pk),
            reports_a_year=frequencies.get(entry.reporting_frequency),
            done=done[entry.pk],
            settled=settled[entry.pk],
            place=entry.pk,
            is_taking_part=entry.status in TAKING_PART,
        )
        for entry in entries
    }


def _facts_for_cycles(entry: Partnership, policy: Policy) -> dict[str, Any]:
    """The facts by which cycles say for which entries they are; without a query where the entry's own fields do."""
    wanted = rules.compared_by(policy)
    return plain_facts_of(entry, policy, wanted) if are_plain(wanted, policy) else facts_of(entry, policy)


Days = defaultdict[int, dict[str, date]]


def _done_by_entry(ids: Sequence[int], policy: Policy) -> tuple[Days, Days]:
    done: Days = defaultdict(dict)
    settled: Days = defaultdict(dict)

    def note(entry: int, cycle: str, day: date, due: date | None = None) -> None:
        done[entry][cycle] = max(day, done[entry].get(cycle, day))
        if due:
            settled[entry][cycle] = max(due, settled[entry].get(cycle, due))

    for review in (
        Review.objects.signed_off().filter(partnership__in=ids).only("partnership", "cycle", "sent_at", "due_on")
    ):
        note(review.partnership_id, review.cycle, timezone.localdate(review.sent_at), review.due_on)
    for entry, cycle, day, due in Doing.objects.filter(partnership__in=ids, step="").values_list(
        "partnership", "cycle", "done_on", "due_on"
    ):
        note(entry, cycle, day, due)
    after_leaving = {each.questionnaire: each.id for each in policy.cycles if each.starts_from == "decision_to_leave"}
    sent = Response.objects.sent().filter(
        partnership__in=ids, questionnaire__in=[each for each in after_leaving if each], sent_at__isnull=False
    )
    for response in sent.only("partnership", "questionnaire", "sent_at"):
        note(response.partnership_id, after_leaving[response.questionnaire], timezone.localdate(response.sent_at))
    if renewing := [each.id for each in policy.cycles if each.schemes and not each.questionnaire]:
        levels = Assessment.objects.complete().filter(partnership__in=ids, completed_at__isnull=False)
        for found in levels.values("partnership").annotate(last=Max("completed_at")).order_by():
            for renewed in renewing:
                note(found["partnership"], renewed, timezone.localdate(found["last"]))
    return done, settled


def _decided_on(ids: Sequence[int]) -> dict[tuple[int, str], date]:
    """The day of the last deciding step of requests to join and to leave that were decided."""
    taken = StepTaken.objects.filter(
        request__partnership__in=ids,
        request__purpose__in=["join", "leave"],
        request__status=RequestStatus.DECIDED,
        act__in=DECIDING,
    ).order_by("number")
    return {
        (entry, purpose): on
        for entry, purpose, on in taken.values_list("request__partnership", "request__purpose", "on")
    }


def _left_on(ids: Sequence[int]) -> dict[int, date]:
    """The day on which entries were moved to leaving, where no request says it."""
    found: dict[int, date] = {}
    if not ids:
        return found
    was: dict[int, str] = {}
    versions = Partnership.history.filter(id__in=ids).order_by("history_date", "history_id")
    for entry, status, at in versions.values_list("id", "status", "history_date"):
        if status == Status.LEAVING and was.get(entry) != Status.LEAVING:
            found[entry] = timezone.localdate(at)
        was[entry] = status
    return found


def _reports_a_year(policy: Policy) -> dict[str, Decimal]:
    """What each value of the reporting programme counts for; those without a number have no day (BRK-B25, RED-I02)."""
    asked = policy.core_field("reporting_frequency")
    if asked is None or not asked.list:
        return {}
    return {value.id: value.number for value in policy.list(asked.list).values if value.number}


# --- What falls due --------------------------------------------------------------------------------


@transaction.atomic
def work_out(entries: Iterable[Partnership], version: PolicyVersion, *, at: datetime) -> None:
    """Keep what falls due next for each of these entries."""
    waiting = list(entries)
    for start in range(0, len(waiting), BATCH):
        _work_out_some(waiting[start : start + BATCH], version, at)


def _work_out_some(entries: Sequence[Partnership], version: PolicyVersion, at: datetime) -> None:
    ids = [entry.pk for entry in entries]
    under_way: defaultdict[int, dict[str, Review]] = defaultdict(dict)
    # Fetched beside them, not joined to them: all share one refresh and one policy, whose text is long.
    found = Review.objects.under_way().filter(partnership__in=ids).defer("before")
    for review in found.prefetch_related("campaign", "policy_version"):
        under_way[review.partnership_id][review.cycle] = review
    known = knowledge_of(entries, version)
    rows: list[Occasion] = []
    for entry in entries:
        due = {each.cycle.id: each for each in rules.due_of(version.policy, known[entry.pk])}
        of_entry = under_way[entry.pk]
        rows += [_occasion(entry, each, of_entry.get(cycle)) for cycle, each in due.items()]
        rows += [_of_review(review) for cycle, review in of_entry.items() if cycle not in due]
    Occasion.objects.filter(partnership__in=ids).delete()
    Occasion.objects.bulk_create(rows)
    WorkedOut.objects.filter(partnership__in=ids).delete()
    WorkedOut.objects.bulk_create(
        WorkedOut(partnership=entry, version=entry.version, policy_version=version, at=at) for entry in entries
    )


def _occasion(entry: Partnership | None, due: rules.Due, review: Review | None = None) -> Occasion:
    if review is not None:
        return _of_review(review)
    return Occasion(
        partnership=entry,
        cycle=due.cycle.id,
        title=due.cycle.title,
        due_on=due.due_on,
        because=due.because,
        is_review=rules.is_review(due.cycle),
    )


def _of_review(review: Review) -> Occasion:
    because = f"In the refresh {review.campaign.label}" if review.campaign else review.why or "Opened by hand"
    return Occasion(
        partnership_id=review.partnership_id,
        cycle=review.cycle,
        title=review.title,
        due_on=review.due_on,
        because=because,
        is_review=True,
        review=review,
    )


def work_out_council(version: PolicyVersion) -> None:
    """Keep what falls due next for the whole council. Two queries while nothing changed."""
    done: dict[str, date] = {}
    settled: dict[str, date] = {}
    for each in Doing.objects.filter(partnership=None).order_by("done_on", "pk"):
        done[each.cycle] = each.done_on
        if each.due_on:
            settled[each.cycle] = max(each.due_on, settled.get(each.cycle, each.due_on))
    loaded_on = timezone.localdate(version.loaded_at)
    since = max(version.in_force_from or loaded_on, loaded_on)
    wanted = {
        due.cycle.id: _occasion(None, due)
        for due in rules.due_of_council(version.policy, rules.Known(since=since, done=done, settled=settled))
    }
    there = {each.cycle: each for each in Occasion.objects.of_the_council()}
    if {key: (each.due_on, each.because, each.title) for key, each in wanted.items()} == {
        key: (each.due_on, each.because, each.title) for key, each in there.items()
    }:
        return
    with transaction.atomic():
        Occasion.objects.of_the_council().delete()
        Occasion.objects.bulk_create(wanted.values())


def bring_up_to_date(*, at: datetime, most: int | None = 2000) -> int:
    """Work out what changed since: entries, forms sent, another policy. Lists call it first; answers how many."""
    version = PolicyVersion.objects.in_force(timezone.localdate(at))
    if version is None:
        return 0
    work_out_council(version)
    behind = list(WorkedOut.behind(version)[:most])
    if behind:
        work_out(behind, version, at=at)
    return len(behind)


def again(partnership: Partnership, *, at: datetime) -> None:
    """Work out one entry after something of it changed."""
    version = PolicyVersion.objects.in_force(timezone.localdate(at))
    if version is not None:
        work_out([Partnership.objects.get(pk=partnership.pk)], version, at=at)


# --- Opening ---------------------------------------------------------------------------------------


def snapshot(partnership: Partnership) -> dict[str, Any]:
    """The figures and levels of an entry that a review is held against later, as JSON keeps them."""
    money = partnership.contribution_a_year
    return {
        "contribution_a_year": None if money is None else format(money, "f"),
        "risk_level": partnership.risk_level,
        "value_level": partnership.value_level,
        "lead_officer": str(partnership.lead_officer or partnership.lead_officer_name),
    }


def occasion_of(policy: Policy, cycle: Cycle, status: str) -> str:
    """The occasion on which the forms of a cycle are answered: what `Response.occasion` says."""
    if not cycle.questionnaire:
        return ""
    form = policy.questionnaire(cycle.questionnaire)
    return asks.occasion_for(form, status) or form.occasions[0]


@transaction.atomic
def open_review(
    partnership: Partnership,
    cycle_id: str,
    *,
    version: PolicyVersion,
    by: User,
    at: datetime,
    due_on: date | None = None,
    why: str = "",
) -> Review:
    """Open a review of one entry, due on its day or on `due_on`. Raises Refused.

    `why` says what calls for it outside its cycle (MEL-F14, RED-F25).
    """
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    try:
        cycle = cycle_of(version, cycle_id)
    except KeyError:
        raise Refused("The policy in force has no such review. Choose one that its page offers") from None
    if not rules.is_review(cycle):
        raise Refused(f"{cycle.title} is not done by a form. Say on its page when it was done")
    if not Partnership.objects.editable_by(by).contains(partnership):
        raise Refused("Only those who may change this entry can open a review of it. Ask its lead officer")
    held = rules.applies(version.policy, cycle, facts_of(partnership, version.policy))
    if held.holds is False:
        raise Refused(f"{cycle.title} is not for this entry. {held.reason}")
    today = timezone.localdate(at)
    if due_on is not None and due_on < today:
        raise Refused("That day is past. Enter today or a later day")
    if due_on is None:
        known = knowledge_of([partnership], version)[partnership.pk]
        due = {each.cycle.id: each for each in rules.due_of(version.policy, known)}
        if cycle.id not in due and partnership.status in TAKING_PART:
            raise Refused(f"{cycle.title} has no day of its own. Say by when it is wanted, and why")
        due_on = due[cycle.id].due_on if cycle.id in due else today
    review = Review.open(
        partnership,
        cycle,
        policy_version=version,
        by=by,
        at=at,
        due_on=due_on,
        why=why,
        occasion=occasion_of(version.policy, cycle, partnership.status),
        before=snapshot(partnership),
    )
    again(partnership, at=at)
    return review


@transaction.atomic
def mark_done(
    cycle_id: str,
    *,
    partnership: Partnership | None,
    version: PolicyVersion,
    done_on: date,
    note: str,
    by: User,
    at: datetime,
    said: Mapping[str, str] | None = None,
    figures: Mapping[str, str] | None = None,
) -> Doing:
    """Say that something without a form was done: of an entry, or of the council. Raises Refused.

    Where the policy has a route for it, it goes to whoever receives it; `said` are words for its own steps on that
    route, by step, and `figures` how far the figures of the partnership can be relied on (BRK-F20).
    """
    try:
        cycle = cycle_of(version, cycle_id)
    except KeyError:
        raise Refused("The policy in force has nothing of this name. Choose from its list") from None
    if rules.is_of_an_entry(cycle) != (partnership is not None) or rules.is_review(cycle):
        raise Refused(f"{cycle.title} is not done this way. Open it from the list of what is due")
    if not note.strip() and not any(text.strip() for text in (said or {}).values()):
        raise Refused("Say in a few words what was done, and what came of it")
    if done_on > timezone.localdate(at):
        raise Refused("That day is still to come. Enter the day on which it was done")
    if partnership is not None and not Partnership.objects.editable_by(by).contains(partnership):
        raise Refused("Only those who may change this entry can say so. Ask its lead officer")
    if partnership is not None:
        partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    there = Doing.objects.filter(partnership=partnership, cycle=cycle.id, done_on=done_on).first()
    if there is not None:  # a second press, or the page sent again: nobody receives the same twice
        raise Refused(f"{there.by_name} said already that this was done on {words.day(done_on)}. Enter another day")
    due = Occasion.objects.filter(partnership=partnership, cycle=cycle.id).values_list("due_on", flat=True).first()
    doing = Doing(
        partnership=partnership,
        policy_version=version,
        cycle=cycle.id,
        done_on=done_on,
        due_on=due,
        note=note,
        by=by,
        by_name=str(by),
    )
    doing.keep(by=by, reason=note)
    if partnership is None:
        work_out_council(version)
    else:
        keep_figures(partnership, version.policy, figures or {}, by=by)
        ways.begin_report(doing, said or {}, by=by, at=at)
        again(partnership, at=at)
    return doing


FIGURES = ("data_assurance", "data_caveat")


def asks_of_figures(policy: Policy, cycle: Cycle) -> bool:
    """Whether somebody who reports says how far the partnership's figures can be relied on (BRK-F20, BRK-H50)."""
    route = rules.route_of(policy, cycle)
    return route is not None and route.purpose == "reporting" and policy.core_field(FIGURES[0]) is not None


def keep_figures(partnership: Partnership, policy: Policy, figures: Mapping[str, str], *, by: User) -> None:
    """Keep whether the figures are checked, and the caveat that reports print beside them. Raises Refused."""
    if not figures or all(getattr(partnership, name) == figures.get(name, "") for name in FIGURES):
        return
    field = policy.core_field(FIGURES[0])
    values = {each.id: each for each in policy.list(field.list).values} if field and field.list else {}
    value = values.get(figures.get(FIGURES[0], ""))
    if value is None:
        raise Refused("Choose whether the figures are checked")
    if value.needs_note and not figures.get(FIGURES[1], ""):
        raise Refused("Write the caveat that is printed wherever the figures appear")
    kept = {FIGURES[0]: value.id, FIGURES[1]: figures[FIGURES[1]] if value.needs_note else ""}
    partnership.change(kept, by=by, reason="Said with the report")


# --- What a review asks ----------------------------------------------------------------------------


@dataclass(frozen=True)
class PartState:
    """A form or an assessment that belongs to a review: what it is and where it stands."""

    title: str
    clause: str
    is_done: bool
    is_needed: bool
    waits: str = ""
    questionnaire: str = ""
    response: Response | None = None
    assessment: Assessment | None = None
    schemes: tuple[str, ...] = ()

    @property
    def is_begun(self) -> bool:
        return self.response is not None or self.assessment is not None

    @property
    def words(self) -> str:
        """Its state in words, as a task list shows it."""
        if self.is_done:
            return "Done"
        if self.waits:
            return "Cannot start yet"
        if self.is_begun:
            return "Begun"
        return "Not started" if self.is_needed else "Optional"


def parts_of(review: Review) -> list[PartState]:
    """What belongs to a review and how far each part is, in the order of the policy's route."""
    policy, partnership = review.policy_version.policy, review.partnership
    cycle = review.of_the_policy
    found: list[PartState] = []
    if schemes := rules.schemes_of(policy, cycle):
        found.append(_renewed(review, schemes))
    parts = rules.parts_of(policy, cycle, facts_of(partnership, policy))
    given = _responses_to(review, [part.questionnaire for part in parts])
    for part in parts:
        form = policy.questionnaire(part.questionnaire)
        response = given.get(part.questionnaire)
        found.append(
            PartState(
                form.title,
                form.clause,
                is_done=response is not None and not response.is_draft,
                # Of what is not known to be needed, only the form that the review is about holds it back.
                is_needed=(part.opens is True or form.id == cycle.questionnaire)
                and not part.is_offered
                and asks.holds_back(partnership, policy, form),
                waits=part.because if part.opens is None else "",
                questionnaire=form.id,
                response=response,
            )
        )
    return found


def _renewed(review: Review, schemes: tuple[str, ...]) -> PartState:
    counting = Q(completed_at=None) | Q(completed_at__gte=review.opened_at)
    since = Assessment.objects.filter(counting, partnership=review.partnership)
    last = since.order_by("-started_at", "-pk").first()
    labels = [review.policy_version.policy.schemes[each].label.lower() for each in schemes]
    return PartState(
        f"Assess {words.listed(labels)} anew",
        "",
        is_done=last is not None and not last.is_draft,
        is_needed=True,
        assessment=last,
        schemes=schemes,
    )


def _responses_to(review: Review, forms: Iterable[str]) -> dict[str, Response]:
    """The response to each form that is in hand or was sent since the opening; those it was sent with once it was."""
    if review.sent_at and review.state != State.CHALLENGED:
        kept = review.forms.select_related("response__policy_version").order_by("response__sent_at", "pk")
        return {each.response.questionnaire: each.response for each in kept}
    # A draft may have been begun before; what was sent before belongs to the time before.
    counting = Q(sent_at=None) | Q(sent_at__gte=review.opened_at)
    found = Response.objects.filter(
        counting, partnership=review.partnership, questionnaire__in=list(forms)
    ).select_related("policy_version")
    return {each.questionnaire: each for each in found.order_by("started_at", "pk")}


def missing_to_send(review: Review, parts: Sequence[PartState]) -> list[str]:
    """What still stands between a review and sending it, in sentences."""
    found = []
    for part in parts:
        if part.is_done or not part.is_needed:
            continue
        if part.waits:
            found.append(f"{part.title}: {part.waits}")
        else:
            found.append(part.title if part.schemes else f"Answer and send: {part.title}")
    return [*found, *ways.not_known(review)]


def unmet_of(review: Review) -> tuple[CheckFinding, ...]:
    """What the policy expects of the entry at a review and is not so (BRK-A18, BRK-A20, HAR-A08, RED-A30, STR-C03)."""
    policy = review.policy_version.policy
    if not any("review" in check.at for check in policy.checks):
        return ()
    found = unmet_checks(policy, facts_of(review.partnership, policy), at="review")
    return tuple(each for each in found if "review" in each.check.at)


def held_back_by(review: Review, *, recommendation: str) -> list[str]:
    """What must be put right before a review counts; nothing where leaving is recommended."""
    if recommendation == Recommendation.LEAVE:
        return []
    return [each.check.warning for each in unmet_of(review) if each.check.blocks]


def refuse_unmet(review: Review, *, recommendation: str = "") -> None:
    """Raise Refused while something that the policy insists on at a review is not so."""
    if held := held_back_by(review, recommendation=recommendation or review.recommendation):
        raise Refused(f"{' '.join(held)} Until then {review} is not signed off")


# The values by which the lists of recommendations of all policies begin and end; others ask for a change.
RECOMMENDED = {"go-on": Recommendation.GO_ON, "leave": Recommendation.LEAVE}


def recommended_in(responses: Iterable[Response]) -> tuple[str, str]:
    """What the forms of a review recommend already, and why, so that nobody says it twice; "" for nothing."""
    for response in responses:
        policy = response.policy_version.policy
        form = policy.questionnaire(response.questionnaire)
        said = {each.question: each for each in response.answers.all()}
        for question in form.by_id.values():
            offered = {value.id for value in policy.list(question.list).values} if question.list else set()
            if question.id in said and offered.issuperset(RECOMMENDED):
                beside = [str(said[each.id].value or "") for each in question.beside if each.id in said]
                why = " ".join([said[question.id].text, *beside]).strip()
                return RECOMMENDED.get(str(said[question.id].value), Recommendation.CHANGE), why
    return "", ""


@transaction.atomic
def send(
    review: Review,
    *,
    recommendation: str,
    why: str,
    by: User,
    at: datetime,
    said: Mapping[str, str] | None = None,
    figures: Mapping[str, str] | None = None,
) -> None:
    """Send a review to whoever signs it off, and on its route where the policy has one for it.

    `said` and `figures` are as in `mark_done`. Raises Refused with what is missing, having changed nothing.
    """
    review = _locked(review)
    _refuse_unless_theirs(review, by)
    if problem := review.why_not(State.SENT, by=by):
        raise Refused(problem)
    if recommendation not in Recommendation.values:
        raise Refused("Choose what you recommend: go on, go on with changes, or leave")
    if recommendation != Recommendation.GO_ON and not why:
        raise Refused("Say why you recommend it")
    parts = parts_of(review)
    if missing := missing_to_send(review, parts):
        raise Refused(". ".join(missing))
    refuse_unmet(review, recommendation=recommendation)
    sent = [part.response for part in parts if part.response and part.is_done]
    review.send(recommendation=recommendation, why=why, findings=_findings(review, sent), by=by, at=at)
    ReviewForm.objects.bulk_create(ReviewForm(review=review, response=response) for response in sent)
    keep_figures(review.partnership, review.policy_version.policy, figures or {}, by=by)
    ways.begin(review, said or {}, by=by, at=at)
    again(review.partnership, at=at)


def _findings(review: Review, sent: Sequence[Response]) -> dict[str, Any]:
    """What changed since the review was opened, and what whoever signs off should look at."""
    partnership, policy = review.partnership, review.policy_version.policy
    look_at = _differing(review)
    risk = _risk_change(review, policy)
    if risk and risk < 0:
        was, now = (
            _level_label(policy, each) for each in (review.before.get("risk_level", ""), partnership.risk_level)
        )
        look_at.append(f"Risk lower than last time: {was}, now {now}")
    was_paid = review.before.get("contribution_a_year")
    now_paid = partnership.contribution_a_year
    money = None if was_paid is None or now_paid is None else now_paid - Decimal(was_paid)
    changed, given, warned = _answers_against_last(sent)
    return {
        "look_at": [*look_at, *warned],
        "answers_changed": changed,
        "answers_given": given,
        "risk_change": risk,
        "money_change": money,
    }


def _differing(review: Review) -> list[str]:
    """Overall levels that differ from what the policy suggests, in the assessment that was made with the review."""
    last = (
        Assessment.objects.complete()
        .filter(partnership=review.partnership, completed_at__gte=review.opened_at)
        .order_by("-completed_at")
        .select_related("policy_version")
        .first()
    )
    found = []
    for overall in last.overalls.exclude(reason="") if last else ():
        scheme = last.policy_version.policy.schemes[overall.scheme]  # type: ignore[union-attr]
        if overall.suggested and overall.suggested != overall.level:
            set_to, suggested = scheme.level_label(overall.level), scheme.level_label(overall.suggested)
            found.append(f"{_sentence(scheme.label)} set to {set_to}, {suggested} suggested: reason given")
    return found


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _risk_order(policy: Policy) -> list[str]:
    scheme = next((each for each in policy.schemes.values() if each.core == "risk_level"), None)
    return [level.id for level in scheme.levels] if scheme else []


def _risk_change(review: Review, policy: Policy) -> int | None:
    order = _risk_order(policy)
    was, now = review.before.get("risk_level", ""), review.partnership.risk_level
    return order.index(now) - order.index(was) if was in order and now in order else None


def _level_label(policy: Policy, level: str) -> str:
    scheme = next((each for each in policy.schemes.values() if each.core == "risk_level"), None)
    return scheme.level_label(level) if scheme and level in scheme.order else level


def _answers_against_last(sent: Sequence[Response]) -> tuple[int | None, int | None, list[str]]:
    """How many answers or their reasons differ from the form before, of how many, and what the policy warns of."""
    changed, given, warned, is_first = 0, 0, list[str](), True
    for response in sent:
        policy = response.policy_version.policy
        form = policy.questionnaire(response.questionnaire)
        before = last_before(response)
        then = {each.question: (each.value, each.text) for each in before.answers.all()} if before else {}
        is_first = is_first and before is None
        for answer in response.answers.all():
            question = form.by_id.get(answer.question)
            if question is None or is_empty(answer.value):
                continue
            given += 1
            changed += (answer.value, answer.text) != then.get(answer.question)
            if asks.warning_of(policy, question, answer.value):
                warned.append(f"Marked by the policy: {question.text}")
    if not sent:
        return None, None, warned
    return (None if is_first else changed), given, warned


def last_before(response: Response) -> Response | None:
    """The response to the same form that was sent before this one was started."""
    earlier = Response.objects.sent().filter(
        partnership=response.partnership_id, questionnaire=response.questionnaire, sent_at__lt=response.started_at
    )
    return earlier.order_by("-sent_at", "-pk").select_related("policy_version").first()


# --- Signing off -----------------------------------------------------------------------------------


@transaction.atomic
def challenge(review: Review, text: str, *, by: User, at: datetime) -> None:
    """Ask back; both texts are kept, and its way begins anew with the answer. Raises Refused."""
    review = _locked(review)
    if way := review.open_way:
        if problem := ways.why_not_sign_off(review, by=by, at=at):
            raise Refused(problem)
        review.challenge(text, by=by, at=at, on_its_route=True)
        deciding.ask_back(way, reason=text, by=by, at=at)
    else:
        review.challenge(text, by=by, at=at)
    again(review.partnership, at=at)


@transaction.atomic
def answer(review: Review, text: str, *, by: User, at: datetime, said: Mapping[str, str] | None = None) -> None:
    """Answer a challenge; forms that were answered anew for it count from now on. Raises Refused."""
    review = _locked(review)
    _refuse_unless_theirs(review, by)
    anew = _answered_anew(review)
    review.answer(text, by=by, at=at)
    ReviewForm.objects.bulk_create(ReviewForm(review=review, response=response) for response in anew)
    if review.open_way:
        ways.send(review, review.open_way, said or {}, by=by, at=at)
    again(review.partnership, at=at)


def _answered_anew(review: Review) -> list[Response]:
    """The forms of a review that were sent once more since it was."""
    forms = [part.questionnaire for part in parts_of(review) if part.questionnaire]
    found = Response.objects.sent().filter(
        partnership=review.partnership, questionnaire__in=forms, sent_at__gte=review.sent_at
    )
    return list(found.exclude(pk__in=review.forms.values("response")).order_by("sent_at", "pk"))


@transaction.atomic
def sign_off(review: Review, *, note: str, by: User, at: datetime) -> None:
    """Sign a review off: of one on its way this takes the register manager's step of its route. Raises Refused."""
    review = _locked(review)
    way = review.open_way
    if way is None:
        refuse_unmet(review)
        review.sign_off(note=note, by=by, at=at)
        _move_days(review, by=by, at=at)
        return
    if problem := ways.why_not_sign_off(review, by=by, at=at):
        raise Refused(problem)
    if state := ways.to_sign_off(way):
        deciding.take_step(way, state.step.id, Said(reasons=note or "Signed off"), by=by, at=at)


def finish(review: Review, *, note: str, by: User, at: datetime, decided: Recommendation | None) -> None:
    """Sign a review off whose route has come to its end, with what was decided on it. Raises Refused."""
    later = _answered_on(review.way, review) if review.way else []
    ReviewForm.objects.bulk_create(ReviewForm(review=review, response=response) for response in later)
    found, why = (decided, note) if decided else recommended_in(reversed(later))
    refuse_unmet(review, recommendation=found)
    facts = {"recommendation": found, "recommendation_why": why} if found else {}
    review.sign_off(note=note, by=by, at=at, on_its_route=True, **facts)
    _move_days(review, by=by, at=at)


def _answered_on(way: Request, review: Review) -> list[Response]:
    """The forms that others, or its lead officer, answered for later steps of its route, such as a summary sheet."""
    steps = review.policy_version.policy.route(way.route).steps
    forms = {form for step in steps if step.act == "do" for form in step.needs}
    found = Response.objects.sent().filter(
        partnership=review.partnership, questionnaire__in=forms, sent_at__gte=way.started_at
    )
    return list(found.exclude(pk__in=review.forms.values("response")).order_by("sent_at", "pk"))


def _move_days(review: Review, *, by: User, at: datetime) -> None:
    """Let the entry's review days move on from the day on which the review was sent (DEF-05)."""
    partnership, version = review.partnership, review.policy_version
    known = knowledge_of([partnership], version)[partnership.pk]
    main = rules.main_cycle(version.policy, known.facts)
    if main and main.id == review.cycle:
        due = rules.due_of(version.policy, replace(known, next_on=None))
        next_on = next((each.due_on for each in due if each.cycle.id == main.id), None)
        partnership.change(
            {"last_review_on": review.done_on, "next_review_on": next_on}, by=by, reason=f"{review} signed off"
        )
    again(partnership, at=at)


def follow_decision(request: Request, record: StepTaken, by: User, at: datetime) -> None:
    """Give an entry that joins the day of its first review, where nobody entered one (BRK-B34, BRK-F22, DEF-05).

    Named by `settings.DECISION_FOLLOWS`, in the transaction of the decision.
    """
    partnership = Partnership.objects.get(pk=request.entry.pk)
    if request.purpose != "join" or partnership.status != Status.ACTIVE or partnership.next_review_on:
        return
    version = request.policy_version
    known = knowledge_of([partnership], version)[partnership.pk]
    known = replace(known, joined_on=partnership.starts_on or record.on)
    main = rules.main_cycle(version.policy, known.facts)
    due = rules.due_of(version.policy, known)
    first = next((each.due_on for each in due if main and each.cycle.id == main.id), None)
    if first:
        partnership.change({"next_review_on": first}, by=by, reason=f"{record}: the first review after joining")


@transaction.atomic
def close_review(review: Review, *, note: str, by: User, at: datetime) -> None:
    """Close a review unfinished; it falls due again as if it had not been opened. Raises Refused."""
    review = _locked(review)
    _close(review, note=note, by=by, at=at)
    again(review.partnership, at=at)


def _close(review: Review, *, note: str, by: User, at: datetime) -> None:
    review.close(note=note, by=by, at=at)
    if review.open_way:
        deciding.withdraw(review.open_way, by=by, reason=note or "The review was closed", at=at, from_above=True)


# The purposes of routes that a recommendation can be asked for on, the best first.
ASKS_FOR = {Recommendation.LEAVE: ("leave",), Recommendation.CHANGE: ("change", "governance", "money")}


def route_for(review: Review, version: PolicyVersion) -> str:
    """The route on which what a signed-off review recommends can be asked for now; "" for none."""
    if review.request_id or not review.recommendation or review.state != State.SIGNED_OFF:
        return ""
    purposes = ASKS_FOR.get(Recommendation(review.recommendation), ())
    routes = deciding.routes_open_to(review.partnership, version.policy)
    return next((route.id for purpose in purposes for route in routes if route.purpose == purpose), "")


@transaction.atomic
def ask_for(review: Review, *, version: PolicyVersion, by: User, at: datetime) -> Request:
    """Open the request that a review recommends, with its reason. Raises Refused."""
    review = _locked(review)
    route = route_for(review, version)
    if not route:
        raise Refused(
            "Nothing can be asked for from this review now. The entry’s decisions page says what is under way"
        )
    request = deciding.start(review.partnership, route, by=by, version=version, at=at)
    request.say_why(review.recommendation_why, by=by)
    review.request = request
    review.keep(by=by, reason=f"{request.reference} opened")
    return request


def _locked(review: Review) -> Review:
    # The entry first, in the order in which everything else locks.
    partnership = Partnership.objects.select_for_update().get(pk=review.partnership_id)
    found = (
        Review.objects.select_for_update(of=("self",))
        .select_related("policy_version", "campaign", "way__policy_version")
        .get(pk=review.pk)
    )
    found.partnership = partnership
    return found


def _refuse_unless_theirs(review: Review, by: User) -> None:
    if not Partnership.objects.editable_by(by).contains(review.partnership):
        raise Refused("Only those who may change this entry can do that. Ask its lead officer")


# --- The yearly refresh ----------------------------------------------------------------------------


LETTER = (
    "Dear {lead officer},\n\n"
    "The review of {partnership} is due on {due day}. Last year’s answers stand beside each question. Start here:"
)
PLACEHOLDERS = ("{lead officer}", "{partnership}", "{due day}")


def year_of(slug: str) -> int:
    """The year in which a review year begins: 2026 of "2026-27". Raises Refused for what is no review year."""
    found = YEAR.fullmatch(slug)
    if not found or int(found[2]) != (int(found[1]) + 1) % 100:
        raise Refused(f"{slug or 'Nothing'} is no review year. Write it like 2026-27")
    return int(found[1])


@dataclass(frozen=True)
class Opening:
    """What opening a refresh would do: entry by entry its cycle, and those that it leaves out with why."""

    cycles: Mapping[int, Cycle]
    entries: Sequence[Partnership]
    left_out: Sequence[tuple[Partnership, str]]


def opening_of(entries: Iterable[Partnership], version: PolicyVersion) -> Opening:
    """Which review the refresh would open for each entry. The same number of queries for any number."""
    policy, chosen = version.policy, list(entries)
    cycles: dict[int, Cycle] = {}
    left_out: list[tuple[Partnership, str]] = []
    taken = _under_way_in_a_refresh()
    for entry in chosen:
        cycle = rules.refresh_cycle(policy, _facts_for_cycles(entry, policy))
        if entry.status not in TAKING_PART:
            left_out.append((entry, f"It is {entry.get_status_display().lower()}"))
        elif cycle is None:
            left_out.append((entry, "The policy asks for no yearly review of it"))
        elif (entry.pk, cycle.id) in taken:
            left_out.append((entry, "Its review is open in another refresh"))
        else:
            cycles[entry.pk] = cycle
    return Opening(cycles, [each for each in chosen if each.pk in cycles], left_out)


def _under_way_in_a_refresh() -> set[tuple[int, str]]:
    found = Review.objects.under_way().exclude(campaign=None)
    return set(found.values_list("partnership", "cycle"))


def why_not_open(slug: str, *, due_on: date, today: date) -> str:
    """Say why no refresh of this year can be opened for that day, or ""."""
    year_of(slug)
    if Campaign.objects.filter(slug=slug).exists():
        return f"The refresh {slug.replace('-', '–')} is open already, or was. Open its page"
    if open_now := Campaign.objects.under_way().order_by("-slug").first():
        return f"{open_now} is not closed yet. Close it first, so that nobody has two at once"
    if due_on <= today:
        return "Enter a day after today, so that everybody has time to answer"
    return ""


@transaction.atomic
def open_campaign(
    slug: str,
    entries: Iterable[Partnership],
    *,
    due_on: date,
    letter: str,
    version: PolicyVersion,
    by: User,
    at: datetime,
    reports_on: date | None = None,
) -> Campaign:
    """Open the yearly refresh: one review for each entry, all due on one day. All or nothing. Raises Refused."""
    if problem := why_not_open(slug, due_on=due_on, today=timezone.localdate(at)):
        raise Refused(problem)
    if reports_on is not None and reports_on < due_on:
        raise Refused("The report must be on or after the day on which the reviews are due")
    opening = opening_of(entries, version)
    if not opening.entries:
        raise Refused("None of these entries has a review to open. Choose active entries")
    campaign = Campaign(
        slug=slug,
        policy_version=version,
        due_on=due_on,
        reports_on=reports_on,
        letter=letter,
        opened_by=by,
        opened_by_name=str(by),
        opened_at=at,
    )
    try:
        with transaction.atomic():
            campaign.keep(by=by, reason="Opened")
    except IntegrityError:  # somebody else opened it in the same moment
        raise Refused(f"The refresh {slug.replace('-', '–')} is open already. Open its page") from None
    _open_reviews(campaign, opening, by=by, at=at)
    return campaign


def _open_reviews(campaign: Campaign, opening: Opening, *, by: User, at: datetime) -> None:
    version = campaign.policy_version
    slugs: defaultdict[int, set[str]] = defaultdict(set)
    there: dict[tuple[int, str], Review] = {}
    for review in Review.objects.filter(partnership__in=Partnership.objects.filter(status__in=TAKING_PART)):
        slugs[review.partnership_id].add(review.slug)
        if review.state in UNDER_WAY:
            there[review.partnership_id, review.cycle] = review
    new = []
    for entry in opening.entries:
        cycle = opening.cycles[entry.pk]
        if begun := there.get((entry.pk, cycle.id)):  # opened by hand before: it joins the refresh
            begun.campaign = campaign
            begun.keep(by=by, reason=f"Joined {campaign}")
            continue
        new.append(
            Review(
                partnership=entry,
                policy_version=version,
                cycle=cycle.id,
                occasion=occasion_of(version.policy, cycle, entry.status),
                slug=free_slug(date(int(campaign.slug[:4]), 4, 1), slugs[entry.pk]),
                campaign=campaign,
                due_on=campaign.due_on,
                opened_at=at,
                opened_by_name=str(by),
                before=snapshot(entry),
            )
        )
    bulk_create_with_history(
        new,
        Review,
        batch_size=BATCH,
        default_user=by,
        default_change_reason=f"Opened in {campaign}",
        default_date=at,
        custom_historical_attrs={"by_name": str(by)},
    )
    # The refresh and the policy are the same for all: joined to each row, ten thousand texts of a policy would come.
    opened = list(Review.objects.in_campaign(campaign).under_way().defer("before"))
    for start in range(0, len(opened), BATCH):
        some = opened[start : start + BATCH]
        Occasion.objects.filter(
            partnership__in=[each.partnership_id for each in some], cycle__in={each.cycle for each in some}
        ).delete()
        for each in some:
            each.campaign, each.policy_version = campaign, version
        Occasion.objects.bulk_create(_of_review(each) for each in some)


@transaction.atomic
def close_campaign(campaign: Campaign, *, note: str, by: User, at: datetime) -> int:
    """End the refresh; reviews that are unfinished are closed as such, and answered how many. Raises Refused.

    Those that the register manager has signed go on to the end of their way. The others fall due again by their
    cycle, and their drafts stay.
    """
    campaign = Campaign.objects.select_for_update().select_related("policy_version").get(pk=campaign.pk)
    campaign.close(note=note, by=by, at=at)
    unfinished = list(
        Review.objects.in_campaign(campaign)
        .under_way()
        .exclude(state=State.ON_ITS_WAY)
        .select_related("policy_version", "partnership", "way")
    )
    for review in unfinished:
        _close(review, note=f"{campaign} was closed: {note}" if note else f"{campaign} was closed", by=by, at=at)
    version = PolicyVersion.objects.in_force(timezone.localdate(at))
    if unfinished and version:
        work_out([review.partnership for review in unfinished], version, at=at)
    return len(unfinished)


def letter_for(campaign: Campaign, review: Review, person: User) -> str:
    """The chasing letter with the names and days of one review."""
    said = {
        "{lead officer}": str(person),
        "{partnership}": review.partnership.name,
        "{due day}": words.weekday(review.due_on) + f" {review.due_on.year}",
    }
    text = campaign.letter
    for name, value in said.items():
        text = text.replace(name, value)
    return text
