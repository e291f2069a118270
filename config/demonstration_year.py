"""What a demonstration council is in the middle of: the yearly refresh, its outside bodies, and entries being left.

All of it goes through the services of the pages. What is there already stays as it is.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, Protocol

from django.utils import timezone

from appointments import services as appointing
from approvals import meetings
from approvals.bodies import Body, bodies_of
from approvals.models import BodySetting, Meeting, Request
from approvals.services import Said
from assessments import services as assessing
from assessments.models import Assessment
from config import demonstration_papers as papers
from config.demonstration_life import Council, Step
from exits import services as leaving
from exits.models import Leaving
from policy.model import AppointmentRule
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership, Representative, Status
from register.models.parts import financial_year
from reviews import services as reviewing
from reviews.models import Campaign, Review


class Counts(Protocol):
    """What is told of each record: its kind, and whether it came in now."""

    def note(self, kind: str, *, is_new: bool) -> None: ...


def load(content: Mapping[str, Any], council: Council, counts: Counts) -> None:
    """Bring in what the fixture says of the year; a part that it does not name is not shown."""
    for given in content.get("outside_bodies", ()):
        is_new = not Partnership.objects.filter(name__iexact=given["name"]).exists()
        if is_new:
            _add_body(given, council)
        counts.note("outside body", is_new=is_new)
    for given in content.get("leavings", ()):
        partnership = Partnership.objects.get(name=given["partnership"])
        is_new = not Leaving.objects.filter(partnership=partnership).exists()
        if is_new:
            _leave(partnership, given, council)
        counts.note("leaving", is_new=is_new)
    for given in content.get("held", ()):
        body = bodies_of(council.version.policy)[given["body"]]
        is_new = not Meeting.objects.filter(body=body.key, on__lt=council.calendar.today).exists()
        if is_new:
            _hold(body, given, council)
        counts.note("held meeting", is_new=is_new)
    _put_on_agendas(council, counts)
    if refresh := content.get("refresh"):
        is_new = not Campaign.objects.filter(slug=_slug(refresh, council)).exists()
        if is_new:
            council.live([_opening(refresh, council, entries=None), *_reviews(refresh, council)])
        counts.note("yearly refresh", is_new=is_new)


def _put_on_agendas(council: Council, counts: Counts) -> None:
    """Put each step that waits for a body on the agenda of its next meeting."""
    seen = set()
    for meeting in Meeting.objects.filter(on__gte=council.calendar.today).order_by("on", "pk"):
        if meeting.body in seen:
            continue
        seen.add(meeting.body)
        for _ in meeting.items.all():
            counts.note("agenda item", is_new=False)
        for ahead in meetings.could_be_on(meeting).filter(is_open=True):
            meetings.put_on(meeting, ahead.request, ahead.step, by=council.manager)
            counts.note("agenda item", is_new=True)


def _hold(body: Body, given: Mapping[str, Any], council: Council) -> None:
    """A meeting that was planned, had these requests on its agenda, and recorded what it decided of each."""
    usual = BodySetting.of(body.key)
    coming = Meeting.objects.filter(body=body.key).order_by("on").first()
    first = coming.on if coming else council.calendar.today
    on = first - timedelta(weeks=given["weeks_ago"] + (first - council.calendar.today).days // 7)
    items, by = {}, council.manager
    with council.calendar.told(council.calendar.at(on - timedelta(days=5))):
        meeting = Meeting.plan(body, on, at=usual.at, place=usual.place, papers_days=10, by=by, today=on)
        for each in given["outcomes"]:
            request = Request.objects.open().get(partnership__name=each["partnership"])
            items[each["partnership"]] = meetings.put_on(meeting, request, each["step"], by=by)
    at = timezone.make_aware(datetime.combine(on, time(15)))
    for each in given["outcomes"]:
        said = {name: value for name, value in each.items() if name not in ("partnership", "step", "by")}
        said["conditions"] = [
            (condition["text"], council.people[condition["owner"]], condition["due_on"])
            for condition in each.get("conditions", ())
        ]
        item = items[each["partnership"]]
        mark = meetings.marks_of(meetings.agenda_of(meeting))[item.pk]
        recorded = meetings.Recorded(item, Said(**said, on=on), mark=mark)
        with council.calendar.told(at):
            done = meetings.record(meeting, [recorded], by=council.people[each["by"]], at=at)
        if done.refused:
            raise Refused(done.refused[0][1])


def _add_body(given: Mapping[str, Any], council: Council) -> None:
    rule = _rule(council.version, given["rule"])
    body = appointing.add_body(
        name=given["name"],
        purpose=given["purpose"],
        places=given["places"],
        substitutes=0,
        rule=rule,
        vacant_since=council.calendar.today - timedelta(days=given["vacant_days_ago"]),
        asks_consent=False,
        asks_codes=False,
        by=council.manager,
        policy_version=council.version,
    )
    places = Representative.objects.filter(partnership=body).order_by("pk")
    for place, person in zip(places, given["people"], strict=False):
        said = appointing.Appointment(**person)
        appointing.appoint(
            place, said, by=council.manager, policy=council.version.policy, rule=rule, today=council.calendar.today
        )


def _rule(version: PolicyVersion, wanted: str) -> AppointmentRule | None:
    rules = version.policy.appointments.rules if version.policy.appointments else ()
    return next((each for each in rules if each.id == wanted), None)


def _leave(partnership: Partnership, given: Mapping[str, Any], council: Council) -> None:
    """Say when leaving was decided, and what was arranged since."""
    desk = council.desk(partnership)
    at = desk.at(0)
    found = leaving.record_decision(
        partnership, version=council.version, by=council.manager, at=at, **given["decision"]
    )
    leaving.arrange(found, dict(given["arranged"]), by=council.manager, at=at)
    if "lessons" in given:
        leaving.say_lessons(found, given["lessons"], by=council.manager, at=at)


def of_last_refresh(content: Mapping[str, Any]) -> set[str]:
    """The names of the entries that the refresh of a year ago took in."""
    return {each["partnership"] for each in content.get("last_refresh", {}).get("reviews", ())}


def steps_of_last_refresh(content: Mapping[str, Any], council: Council) -> Iterator[Step]:
    """The refresh of a year ago, from its opening until the last review was signed; none where there was a refresh."""
    given = content.get("last_refresh")
    if given is None or Campaign.objects.exists() or Partnership.objects.exists():
        return
    yield _opening(given, council, entries=of_last_refresh(content))
    yield from _reviews(given, council)
    yield Step(council.calendar.ago(given["closed_days_ago"]), partial(_close, given, council))


def _slug(given: Mapping[str, Any], council: Council) -> str:
    review_year = financial_year(council.calendar.ago(given["opened_days_ago"]))
    return f"{review_year}-{(review_year + 1) % 100:02}"


def _opening(given: Mapping[str, Any], council: Council, *, entries: Collection[str] | None) -> Step:
    """The opening of a refresh for entries of these names; for all that are active where none are named."""

    def open_it() -> None:
        found = Partnership.objects.filter(status=Status.ACTIVE).order_by("pk")
        reviewing.open_campaign(
            _slug(given, council),
            list(found if entries is None else found.filter(name__in=entries)),
            due_on=council.calendar.ago(given["due_days_ago"]),
            letter=reviewing.LETTER,
            version=council.version,
            by=council.manager,
            at=council.calendar.at(opened_on),
        )

    opened_on = council.calendar.ago(given["opened_days_ago"])
    return Step(opened_on, open_it)


def _reviews(given: Mapping[str, Any], council: Council) -> Iterator[Step]:
    for each in given["reviews"]:
        yield Step(council.calendar.ago(each["days_ago"]), partial(_review, _slug(given, council), each, council))


def _close(given: Mapping[str, Any], council: Council) -> None:
    campaign = Campaign.objects.get(slug=_slug(given, council))
    at = council.calendar.at(council.calendar.ago(given["closed_days_ago"]))
    reviewing.close_campaign(campaign, note="", by=council.manager, at=at)


def _review(slug: str, given: Mapping[str, Any], council: Council) -> None:
    partnership = Partnership.objects.get(name=given["partnership"])
    review = Review.objects.get(campaign__slug=slug, partnership=partnership)
    desk = council.desk(partnership)
    by, at = desk.person(given), desk.at(given["days_ago"])
    if "assessment" in given:
        draft = Assessment.start(partnership, by=by, policy_version=council.version, at=at)
        for scheme, said in given["assessment"].items():
            draft.judge(scheme, {criterion: (level, "", "") for criterion, level in said["judged"].items()}, by=by)
            draft.set_overall(scheme, level=said["overall"], reason=said.get("reason", ""), by=by)
        assessing.complete(draft, by=by, at=at)
    for form in given["forms"]:
        papers.fill_in(desk, {"days_ago": given["days_ago"], "occasion": review.occasion} | dict(form))
    recommendation, why = given["recommendation"], given.get("why", "")
    reviewing.send(review, recommendation=recommendation, why=why, by=by, at=at, said=given.get("said"))
    if "challenged" in given:
        said = given["challenged"]
        with desk.on(said["days_ago"]) as then:
            reviewing.challenge(review, said["text"], by=desk.people[said["by"]], at=then)
    if "signed_off" in given:
        said = given["signed_off"]
        with desk.on(said["days_ago"]) as then:
            reviewing.sign_off(review, note=said["note"], by=desk.people[said["by"]], at=then)
    review.refresh_from_db()
    if review.way is not None:
        papers.take_steps(review.way, desk, given.get("steps", ()))
