"""What a demonstration council is in the middle of: the yearly refresh, its outside bodies, and entries being left.

All of it goes through the services of the pages. What is there already stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from django.utils import timezone

from accounts.models import User
from appointments import services as appointing
from approvals import meetings
from approvals.bodies import Body, bodies_of
from approvals.models import BodySetting, Meeting, Request
from approvals.services import Said
from assessments import services as assessing
from assessments.models import Assessment
from config import demonstration_papers as papers
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


@dataclass(frozen=True)
class Year:
    """What every part needs: the policy, the people by address, the day of loading, and who keeps the register."""

    version: PolicyVersion
    people: Mapping[str, User]
    today: date
    manager: User

    def desk(self, partnership: Partnership) -> papers.Desk:
        """The same for one entry."""
        return papers.Desk(partnership, self.version, self.people, self.today)


def load(content: Mapping[str, Any], year: Year, counts: Counts) -> None:
    """Bring in what the fixture says of the year; a part that it does not name is not shown."""
    for given in content.get("outside_bodies", ()):
        is_new = not Partnership.objects.filter(name__iexact=given["name"]).exists()
        if is_new:
            _add_body(given, year)
        counts.note("outside body", is_new=is_new)
    for given in content.get("leavings", ()):
        partnership = Partnership.objects.get(name=given["partnership"])
        is_new = not Leaving.objects.filter(partnership=partnership).exists()
        if is_new:
            _leave(partnership, given, year)
        counts.note("leaving", is_new=is_new)
    for given in content.get("held", ()):
        body = bodies_of(year.version.policy)[given["body"]]
        is_new = not Meeting.objects.filter(body=body.key, on__lt=year.today).exists()
        if is_new:
            _hold(body, given, year)
        counts.note("held meeting", is_new=is_new)
    _put_on_agendas(year, counts)
    if refresh := content.get("refresh"):
        is_new = not Campaign.objects.exists()
        if is_new:
            _refresh(refresh, year)
        counts.note("yearly refresh", is_new=is_new)


def _put_on_agendas(year: Year, counts: Counts) -> None:
    """Put each step that waits for a body on the agenda of its next meeting."""
    seen = set()
    for meeting in Meeting.objects.filter(on__gte=year.today).order_by("on", "pk"):
        if meeting.body in seen:
            continue
        seen.add(meeting.body)
        for _ in meeting.items.all():
            counts.note("agenda item", is_new=False)
        for ahead in meetings.could_be_on(meeting).filter(is_open=True):
            meetings.put_on(meeting, ahead.request, ahead.step, by=year.manager)
            counts.note("agenda item", is_new=True)


def _hold(body: Body, given: Mapping[str, Any], year: Year) -> None:
    """A meeting that was planned, had these requests on its agenda, and recorded what it decided of each."""
    usual = BodySetting.of(body.key)
    coming = Meeting.objects.filter(body=body.key).order_by("on").first()
    first = coming.on if coming else year.today
    on = first - timedelta(weeks=given["weeks_ago"] + (first - year.today).days // 7)
    meeting = Meeting.plan(body, on, at=usual.at, place=usual.place, papers_days=10, by=year.manager, today=on)
    items = {}
    for each in given["outcomes"]:
        request = Request.objects.open().get(partnership__name=each["partnership"])
        items[each["partnership"]] = meetings.put_on(meeting, request, each["step"], by=year.manager)
    at = timezone.make_aware(datetime.combine(on, time(15)))
    for each in given["outcomes"]:
        said = {name: value for name, value in each.items() if name not in ("partnership", "step", "by")}
        said["conditions"] = [
            (condition["text"], year.people[condition["owner"]], condition["due_on"])
            for condition in each.get("conditions", ())
        ]
        item = items[each["partnership"]]
        mark = meetings.marks_of(meetings.agenda_of(meeting))[item.pk]
        recorded = meetings.Recorded(item, Said(**said, on=on), mark=mark)
        done = meetings.record(meeting, [recorded], by=year.people[each["by"]], at=at)
        if done.refused:
            raise Refused(done.refused[0][1])


def _add_body(given: Mapping[str, Any], year: Year) -> None:
    rule = _rule(year.version, given["rule"])
    body = appointing.add_body(
        name=given["name"],
        purpose=given["purpose"],
        places=given["places"],
        substitutes=0,
        rule=rule,
        vacant_since=year.today - timedelta(days=given["vacant_days_ago"]),
        asks_consent=False,
        asks_codes=False,
        by=year.manager,
        policy_version=year.version,
    )
    places = Representative.objects.filter(partnership=body).order_by("pk")
    for place, person in zip(places, given["people"], strict=False):
        said = appointing.Appointment(**person)
        appointing.appoint(place, said, by=year.manager, policy=year.version.policy, rule=rule, today=year.today)


def _rule(version: PolicyVersion, wanted: str) -> AppointmentRule | None:
    rules = version.policy.appointments.rules if version.policy.appointments else ()
    return next((each for each in rules if each.id == wanted), None)


def _leave(partnership: Partnership, given: Mapping[str, Any], year: Year) -> None:
    """Say when leaving was decided, and what was arranged since."""
    desk = year.desk(partnership)
    at = desk.at(0)
    found = leaving.record_decision(partnership, version=year.version, by=year.manager, at=at, **given["decision"])
    leaving.arrange(found, dict(given["arranged"]), by=year.manager, at=at)
    if "lessons" in given:
        leaving.say_lessons(found, given["lessons"], by=year.manager, at=at)


def _refresh(given: Mapping[str, Any], year: Year) -> None:
    """Open the refresh for all active entries, send some reviews, and have them answered as the fixture says."""
    opened_on = year.today - timedelta(days=given["opened_days_ago"])
    review_year = financial_year(opened_on)
    entries = list(Partnership.objects.filter(status=Status.ACTIVE).order_by("pk"))
    campaign = reviewing.open_campaign(
        f"{review_year}-{(review_year + 1) % 100:02}",
        entries,
        due_on=year.today - timedelta(days=given["due_days_ago"]),
        letter=reviewing.LETTER,
        version=year.version,
        by=year.manager,
        at=year.desk(entries[0]).at(given["opened_days_ago"]),
    )
    for each in given["reviews"]:
        _review(Review.objects.get(campaign=campaign, partnership__name=each["partnership"]), each, year)


def _review(review: Review, given: Mapping[str, Any], year: Year) -> None:
    partnership = Partnership.objects.get(pk=review.partnership_id)
    desk = year.desk(partnership)
    by, at = desk.person(given), desk.at(given["days_ago"])
    if "assessment" in given:
        draft = Assessment.start(partnership, by=by, policy_version=year.version, at=at)
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
        reviewing.challenge(review, said["text"], by=desk.people[said["by"]], at=desk.at(said["days_ago"]))
    if "signed_off" in given:
        said = given["signed_off"]
        reviewing.sign_off(review, note=said["note"], by=desk.people[said["by"]], at=desk.at(said["days_ago"]))
    review.refresh_from_db()
    if review.way is not None:
        papers.take_steps(review.way, desk, given.get("steps", ()))
