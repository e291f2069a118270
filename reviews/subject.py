"""What reviews bring to the requests on which they go their way. Both are named by `settings.REQUEST_SUBJECTS`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.roles import Role
from approvals.models import Request, Status, StepTaken
from approvals.rules import done_in_front, said_in_words
from approvals.subjects import Subject
from config import words
from policy.model import Policy, RegisterField
from policy.refused import Refused
from register.models import Partnership
from reviews import rules, services, ways
from reviews.models import Campaign, Recommendation, Remark, Review, State

# What a decision on a review comes to, by the kind of its outcome (RED-F32, MEL-F15).
COMES_TO = {"go_on": Recommendation.GO_ON, "change": Recommendation.CHANGE, "leave": Recommendation.LEAVE}

# The reporting programme of an entry: how often, who reports, where it goes (BRK-B25 to B27).
PROGRAMME = ("reporting_frequency", "reporting_person", "reporting_to")


def _review_of(request: Request) -> Review | None:
    """The review that a request is about, locked, with the entry that the request holds; None for another thing."""
    pk = ways.id_in(request.about_key, ways.REVIEW)
    if pk is None:
        return None
    found = Review.objects.select_for_update(of=("self",)).select_related("policy_version", "campaign").get(pk=pk)
    found.partnership, found.way = request.entry, request
    return found


def _missing(request: Request) -> Sequence[str]:
    review = _review_of(request) if request.status == Status.RETURNED else None
    return ["Answer the question on the page of the review"] if review and review.state == State.CHALLENGED else []


def _facts(request: Request) -> Mapping[str, Any]:
    """Whether it is the first report of a new partnership (RED-F18)."""
    pk = ways.id_in(request.about_key, ways.REVIEW)
    cycle = Review.objects.get(pk=pk).of_the_policy if pk else None
    return {"is_first_report": cycle is not None and cycle.starts_from == "joined"}


def _done(request: Request) -> Mapping[str, str]:
    """What shows that others did what comes before: the refresh that asked for a review, a reporting programme.

    Without it whoever has that step says in words that it was done (RED-F29, BRK-F15).
    """
    policy = request.policy_version.policy
    in_front = done_in_front(policy.route(request.route))
    if not in_front or request.partnership is None:
        return {}
    shown = _in_a_refresh(request) if request.purpose == "review" else _programme_of(request.partnership, policy)
    return {step.id: shown for step in in_front if shown}


def _in_a_refresh(request: Request) -> str:
    reviews = Review.objects.filter(pk=ways.id_in(request.about_key, ways.REVIEW) or 0)
    campaign = Campaign.objects.filter(pk__in=reviews.values("campaign")).first()
    if campaign is None:
        return ""
    return f"In the refresh {campaign.label}, which {campaign.opened_by_name} opened on {words.day(campaign.opened_at)}"


def _programme_of(entry: Partnership, policy: Policy) -> str:
    """How often, by whom and to whom it reports; "" while one of these that the policy asks for is not entered."""
    asked = [field for name in PROGRAMME if (field := policy.core_field(name))]
    said = [_label(policy, field, getattr(entry, str(field.core))) for field in asked]
    return words.listed(said) if said and all(said) else ""


def _label(policy: Policy, field: RegisterField, value: str) -> str:
    return policy.list(field.list).label_of(value) if field.list and value else value


def _on_paper(request: Request) -> Sequence[Mapping[str, str]]:
    """What a review found, for those who advise on it, decide on it and receive it."""
    pk = ways.id_in(request.about_key, ways.REVIEW)
    if pk is None or request.partnership is None:
        return ()
    review = Review.objects.select_related("policy_version").get(pk=pk)
    changed = ""
    if review.answers_given and review.answers_changed is not None:
        changed = f"{review.answers_changed} of {words.count(review.answers_given, 'answer')} changed since last time"
    rows = {
        "Recommendation": review.get_recommendation_display(),
        "What to look at": ". ".join(review.look_at) or "Nothing unusual",
        "Answers": changed,
        "Sent": f"{words.day(review.sent_at)} by {review.sent_by_name}" if review.sent_at else "",
        "Also covers": words.listed(ways.covers(review)),
    }
    found = [{"label": label, "value": value} for label, value in rows.items() if value]
    # What was asked back and answered is before whoever decides, and sealed with what they say (BRK-I07).
    return found + [
        {
            "label": f"{'Question' if each.kind == Remark.Kind.CHALLENGE else 'Answer'} of {each.said_by_name}, "
            f"{words.day(each.said_at)}",
            "value": each.text,
        }
        for each in review.remarks.all()
    ]


def _taken(request: Request, record: StepTaken, by: User, at: datetime) -> None:
    """A step was taken: a review that was returned is challenged, another says for whom it waits now."""
    review = _review_of(request)
    if review is None:
        return
    route = request.policy_version.policy.route(request.route)
    step = route.by_id[record.step]
    is_of_others = step not in done_in_front(route) and not {"lead_officer", "representative"} & set(step.role)
    if is_of_others and (problem := review.why_own(by)):
        raise Refused(problem)
    if request.status == Status.RETURNED:
        review.challenge(record.reasons, by=by, at=at, on_its_route=True)
        services.again(review.partnership, at=at)
        return
    if is_of_others and Role.REGISTER_MANAGER in step.role:
        services.refuse_unmet(review)
    if review.state != State.CHALLENGED and step not in said_in_words(route):
        ways.follow(review, by=by)


def _ended(request: Request, record: StepTaken | None, by: User, at: datetime) -> None:
    """All that others wait for is done: sign the review off, with what was decided, where somebody else looked at it.

    Where nobody on the route had to, it waits for sign-off as one without a route does.
    """
    review = _review_of(request)
    route = request.policy_version.policy.route(request.route)
    if review is None:
        return
    if record is None or route.by_id[record.step] in said_in_words(route):
        review.pass_on(State.SENT, by=by, request=request)
        return
    outcomes = {each.id: each.kind for each in request.policy_version.policy.outcomes}
    decided = COMES_TO.get(outcomes.get(request.outcome, ""))
    services.finish(review, note=record.reasons, by=by, at=at, decided=decided)


REVIEW = Subject(
    frozenset(rules.WAYS),
    kind=ways.REVIEW,
    missing=_missing,
    facts=_facts,
    done=_done,
    on_paper=_on_paper,
    taken=_taken,
    ended=_ended,
    is_kept_above=True,
    waits_for_all=True,
)
# What was done without a form: nothing follows from it but that others have received it.
DOING = Subject(frozenset(rules.WAYS), kind=ways.DOING, done=_done, waits_for_all=True)
