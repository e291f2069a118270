"""What people of the demonstration filled in, agreed and asked for: forms, agreements, requests and concerns.

All of it goes through the verbs of the pages, so that no gate, seal or suggestion is passed by.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from approvals import concerns
from approvals import services as asking
from approvals.models import Request
from assessments import agreements, significance
from assessments import services as assessing
from assessments.answers import CouncilLists
from assessments.facts import facts_of
from assessments.models import Response
from assessments.questionnaires import occasion_for, prefills_of
from policy.model import Questionnaire
from policy.models import PolicyVersion
from register.models import Partnership
from register.models.parts import financial_year

DRAFTING = 30  # days that an agreement takes from its first draft until it is agreed


@dataclass(frozen=True)
class Desk:
    """What every paper needs: the entry, the policy, the people, the day of loading, and how a moment is told."""

    partnership: Partnership
    version: PolicyVersion
    people: Mapping[str, User]
    today: date
    told: Callable[[datetime], AbstractContextManager[None]]

    def person(self, given: Mapping[str, Any]) -> User:
        """Who a paper of the fixture is by; the entry's lead officer unless it says otherwise."""
        lead = self.partnership.lead_officer
        return self.people[given["by"]] if "by" in given or lead is None else lead

    def at(self, days_ago: int) -> datetime:
        """Ten in the morning, so many days before the day of loading."""
        return timezone.make_aware(datetime.combine(self.today - timedelta(days=days_ago), time(10)))

    @contextmanager
    def on(self, days_ago: int) -> Iterator[datetime]:
        """That moment, with all that is kept inside told as of it."""
        at = self.at(days_ago)
        with self.told(at):
            yield at


def with_days(value: Any, today: date) -> Any:
    """A value of the fixture with its days: `{days: -30}`, and `{last_year: 10-06}` in the last whole year."""
    if isinstance(value, Mapping):
        if set(value) == {"days"}:
            return today + timedelta(days=value["days"])
        if set(value) == {"last_year"}:
            month, day = (int(part) for part in value["last_year"].split("-"))
            starts = financial_year(today) - 1
            return date(starts if month >= 4 else starts + 1, month, day)
        return {name: with_days(each, today) for name, each in value.items()}
    if isinstance(value, list):
        return [with_days(each, today) for each in value]
    return value


def as_json(value: Any) -> Any:
    """A value as answers and fields of a pack are kept: days as ISO text."""
    if isinstance(value, Mapping):
        return {name: as_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def fill_in(desk: Desk, given: Mapping[str, Any]) -> Response:
    """Answer a form and send it, unless it stays a draft.

    What the fixture leaves out of a form that is sent is as the register says it. `evidence` stands wherever the form
    asks for some and the fixture names none.
    """
    form = desk.version.policy.questionnaire(given["form"])
    by, at = desk.person(given), desk.at(given["days_ago"])
    occasion = given.get("occasion") or occasion_for(form, desk.partnership.status)
    response = Response.start(desk.partnership, form.id, occasion=occasion, by=by, policy_version=desk.version, at=at)
    answers = {} if given.get("is_draft") else _from_the_register(desk, form)
    for name, said in given["answers"].items():
        answers[name] = _answer(desk, form, name, said)
    for question in form.questions:
        answer = answers.get(question.id)
        if answer and question.evidence == "required":
            answer.setdefault("evidence_source", given.get("evidence", ""))
    assessing.keep_answers(response, form, answers, _actions(given), by=by, at=at)
    if not given.get("is_draft"):
        assessing.send(response, form, by=by, at=at, left_open_because=given.get("left_open_because", ""))
    return response


def _from_the_register(desk: Desk, form: Questionnaire) -> dict[str, dict[str, Any]]:
    """What the register knows, said to be still right."""
    policy = desk.version.policy
    known = prefills_of(desk.partnership, policy, form.questions, facts_of(desk.partnership, policy), CouncilLists())
    return {
        name: {"value": each.value, "prefilled_from": each.source, "is_still_right": True}
        for name, each in known.items()
        if each.value is not None
    }


def _answer(desk: Desk, form: Questionnaire, name: str, said: Any) -> dict[str, Any]:
    """An answer as the fixture writes it: the value alone, or with its reason, its evidence and a document."""
    if not isinstance(said, Mapping):
        return {"value": as_json(said)}
    answer: dict[str, Any] = {"value": as_json(said.get("value"))}
    answer |= {"text": said["why"]} if "why" in said else {}
    answer |= {"evidence_source": said["source"]} if "source" in said else {}
    if "document" in said:
        document = desk.partnership.documents.get(title=said["document"])
        answer["attachment_id"] = document.pk
        if form.by_id[name].type == "file":
            answer["value"] = document.title
    return answer


def _actions(given: Mapping[str, Any]) -> dict[str, tuple[str, str, date | None]]:
    return {
        question: (action["text"], action.get("owner", ""), action.get("due_on"))
        for question, action in given.get("actions", {}).items()
    }


def agree(desk: Desk, given: Mapping[str, Any]) -> None:
    """Draw up an agreement from what is known, agree it and have it signed; one that nobody agreed stays a draft."""
    by = desk.person(given)
    with desk.on(given["days_ago"] + DRAFTING) as at:
        agreement = agreements.begin(desk.partnership, desk.version, by=by, at=at)
        for heading, text in given.get("texts", {}).items():
            agreement.write(heading, text, opened=agreement.texts.get(heading, ""), by=by)
    if given.get("is_draft"):
        return
    with desk.on(given["days_ago"]) as at:
        on = at.date()
        review_on = on + timedelta(days=given["review_in_days"])
        agreements.agree(agreement, on=on, review_on=review_on, today=desk.today, by=by)
        agreement.refresh_from_db()
        for signature in given.get("signatures", ()):
            agreement.sign(**signature, on=on, today=desk.today, by=by)


def ask(desk: Desk, given: Mapping[str, Any]) -> None:
    """Open a request, send it, and take the steps that the fixture names."""
    by, at = desk.person(given), desk.at(given["days_ago"])
    request = asking.start(desk.partnership, given["route"], by=by, version=desk.version, at=at)
    request.say_why(given["why"], by=by)
    if "facts" in given:
        request.say_facts(given["facts"], by=by)
    if given.get("is_draft"):
        return
    asking.send(request, by=by, at=at)
    take_steps(request, desk, given.get("steps", ()))


def take_steps(request: Request, desk: Desk, steps: Iterable[Mapping[str, Any]]) -> None:
    """Take steps of a request as the fixture says."""
    for step in steps:
        said = {name: value for name, value in step.items() if name not in ("step", "by", "days_ago")}
        said["conditions"] = [
            (each["text"], desk.people[each["owner"]], each["due_on"]) for each in step.get("conditions", ())
        ]
        with desk.on(step["days_ago"]) as at:
            asking.take_step(request, step["step"], asking.Said(**said), by=desk.people[step["by"]], at=at)


SAYING = {"advise": concerns.advise, "act": concerns.act, "pass_on": concerns.pass_on, "close": concerns.close}


def worry(desk: Desk, given: Mapping[str, Any]) -> None:
    """Raise a concern or an exception report, and answer it as the fixture says."""
    said = {name: value for name, value in given.items() if name not in ("by", "days_ago", "thread")}
    concern = concerns.raise_concern(
        desk.partnership,
        concerns.Raised(**said),
        by=desk.person(given),
        at=desk.at(given["days_ago"]),
        version=desk.version,
    )
    for each in given.get("thread", ()):
        with desk.on(each["days_ago"]) as at:
            SAYING[each["say"]](concern, each["text"], by=desk.people[each["by"]], at=at)


def screen(desk: Desk, *, by: User, at: datetime) -> None:
    """Put the entry to the tests of the definition: it passes each, and no exclusion fits."""
    definition = desk.version.policy.definition
    answers = {test.id: True for test in definition.tests} | {each.id: False for each in definition.exclusions}
    assessing.keep_screening(desk.partnership, answers, version=desk.version, by=by, at=at)
    desk.partnership.refresh_from_db()


def mark_significance(desk: Desk, *, by: User) -> None:
    """Mark the entry by the grounds of a policy that shows such a mark."""
    policy = desk.version.policy
    if significance.shown_in(policy):
        significance.follow(desk.partnership, policy, by=by, reason="Follows from the grounds of the policy")
