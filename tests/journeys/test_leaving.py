"""Leaving from the decision to the lesson, each person signed in as themselves; services do what went before."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page as BrowserPage

from approvals import services as deciding
from approvals.models import Request
from exits.models import Leaving
from register import actions
from register.models import Status
from tests.exits.making import LEAVING_FORM, SHORT, STRATEGY, Going
from tests.journeys.test_decisions import take
from tests.journeys.test_main_job import follow, look, press, says

Open = Callable[..., BrowserPage]


def asked(council: Going, route: str) -> Request:
    """A request to leave, sent today."""
    request = deciding.start(council.entry(), route, by=council.lead, version=council.version, at=timezone.now())
    request.say_why("The money ends.", by=council.lead)
    deciding.send(request, by=council.lead, at=timezone.now())
    request.refresh_from_db()
    return request


def step(council: Going, request: Request, *steps: tuple[str, str, Any]) -> None:
    for name, outcome, person in steps:
        council.take(request, name, outcome, by=person, at=timezone.now())


def address(council: Going) -> str:
    return f"/partnerships/{council.partnership.reference}/exit/"


def test_the_executive_reviews_the_exit_of_a_particularly_significant_partnership(page_as: Open) -> None:
    """BRK-F30 to F34, BRK-E21, BRK-I12, BRK-I22."""
    council = Going(is_significant=True)
    request = asked(council, "brk-leaving")
    step(council, request, ("brk-f30-decide", "leave", council.cmt))
    council.form("brk-exit", STRATEGY, at=timezone.now())
    step(council, request, ("brk-f31", "", council.lead))

    executive = page_as(council.executive)
    take(executive, "R-", outcome="Agree", keep="Keep what you say", reasons="The villages are told in time.")
    step(council, request, ("brk-f32-view", "", council.holder), ("brk-f32", "agree", council.cmt))

    page = page_as(council.lead, address(council))
    says(page, "Yes, because: The value is High", "Still to do", "Hand the timetable to the county", "0 of 2 closed")
    look(page, "exit-significant")
    for action in council.partnership.actions.all():
        actions.close(action, outcome="Done, minute 4", by=council.manager, at=timezone.now())
    page.goto(f"{address(council)}arrangements/")
    today = timezone.localdate()
    for place, part in enumerate((today.day, today.month, today.year)):
        page.locator(f"[name=last_day_{place}]").fill(str(part))
    press(page, "Save arrangements")
    says(page, "Nothing. Record that the council has left.")
    page.locator("a.govuk-button", has_text="Record that the council has left").click()
    press(page, "Record that the council has left")
    says(page, "This page is kept as it was")
    look(page, "exit-left")

    assert council.entry().status == Status.LEFT


def test_the_exit_of_another_partnership_needs_no_review(page_as: Open) -> None:  # BRK-F33
    council = Going()
    request = asked(council, "brk-leaving")
    step(council, request, ("brk-f30-decide", "leave", council.cmt))

    page = page_as(council.lead, "/")
    follow(page, "Go on with leaving")
    says(page, "Not needed. The partnership is not particularly significant", "Have the exit strategy approved")


def test_a_leaving_form_gives_lessons_to_the_next_similar_proposal(page_as: Open) -> None:  # RED-F55 to F60
    council = Going("redditch")
    request = asked(council, "red-leaving")
    step(
        council,
        request,
        ("red-i23", "", council.head),
        ("red-f07-leaving", "", council.finance),
        ("red-f08-leaving", "executive-decides", council.legal),
        ("red-i23-cmt", "", council.cmt),
    )
    executive = page_as(council.executive)
    take(executive, "R-", outcome="Leave", keep="Record the decision of Executive", reasons="It did what it was for.")
    leaving = Leaving.objects.get()
    page = page_as(council.lead, address(council))
    says(page, "Leaving form", "Due ", "Enter the last day on which the council takes part")
    look(page, "exit-redditch")
    day = leaving.decided_on.isoformat()
    council.form("red-5", LEAVING_FORM | {"red-d5-03": {"value": day}}, at=timezone.now())

    other = council.another("Marsh Valley Rural Mobility Group")
    other.entry().change({"purpose": "Transport on demand for six villages."}, by=council.manager)
    draft = deciding.start(other.entry(), "red-joining", by=council.lead, version=council.version, at=timezone.now())
    page.goto(f"/requests/{draft.reference}/")
    follow(page, "Lessons of similar partnerships")
    says(page, "Six villages have a bus")
    page.get_by_role("radio", name="Used in this proposal").first.check()
    press(page, "Save what you say")
    says(page, "Those who decide see it")
    page.goto("/lessons/?q=timetable")
    says(page, "One timetable for all operators")
    look(page, "lessons")


def test_a_small_partnership_is_left_in_proportion_and_its_lesson_stands_in_the_digest(page_as: Open) -> None:
    """HAR-F14 to F16, HAR-D15, HAR-I07: CMT decides on leaving with the reason why no strategy is needed."""
    council, now = Going("harborough-2015"), timezone.now()
    council.entry().change({"local_values": {"har-i08-joined": "management_team"}}, by=council.manager)
    council.form("har-exit", SHORT, at=now)
    request = deciding.start(council.entry(), "har-leaving", by=council.lead, version=council.version, at=now)
    request.say_why("Few people come.", by=council.lead)
    request.say_facts({"changes_the_constitution": False}, by=council.lead)
    deciding.send(request, by=council.lead, at=now)

    cmt = page_as(council.cmt, f"/requests/{request.reference}/")
    cmt.locator("summary", has_text="Exit strategy").click()
    says(cmt, "Nobody depends on it")
    take(cmt, "R-", outcome="Leave", keep="Record the decision of CMT", reasons="In proportion.")

    page = page_as(council.lead, address(council))
    says(page, "Not asked", "Nobody depends on it", "Enter the last day on which the council takes part")
    page.goto(f"{address(council)}lessons/")
    page.locator("[name=improvement_1]").fill("Ask who comes before the hall is hired")
    press(page, "Save lessons")
    page.goto(f"{address(council)}arrangements/")
    today = timezone.localdate()
    for place, part in enumerate((today.day, today.month, today.year)):
        page.locator(f"[name=last_day_{place}]").fill(str(part))
    press(page, "Save arrangements")
    page.locator("a.govuk-button", has_text="Record that the council has left").click()
    press(page, "Record that the council has left")
    look(page, "exit-harborough")
    assert council.entry().status == Status.LEFT

    page.goto("/lessons/")
    follow(page, "Digest of a year, as page, PDF and Excel")
    follow(page, "Web page")
    says(page, "Ask who comes before the hall is hired")
    look(page, "digest-of-lessons")
