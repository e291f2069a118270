"""A whole year of one council on given days: the refresh opened, answered, chased, closed, and the report on it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page as BrowserPage

from accounts.models import Notice
from accounts.roles import Role
from approvals.models import Request
from register.models import Partnership, Status
from reviews import services
from reviews.models import Campaign, Recommendation, Review, State
from tests.factories import make_user
from tests.journeys.filling import FILL, send
from tests.journeys.test_main_job import download, follow, look, main_of, press, says
from tests.pdf import broken_rules, text_of
from tests.reviews.making import Council

Open = Callable[..., BrowserPage]
LAST_YEAR = date(2025, 10, 20)
OPENED, DUE, CLOSED, YEARS_END = date(2026, 10, 1), date(2026, 11, 30), date(2026, 12, 18), date(2027, 4, 1)


class Clock:
    """The day on which everything happens until it is moved on."""

    def __init__(self) -> None:
        self.at = datetime(2025, 4, 2, 9, tzinfo=UTC)

    def to(self, day: date) -> datetime:
        self.at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        return self.at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)  # so that what comes later is later
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    moving = Clock()
    monkeypatch.setattr(timezone, "now", moving.now)
    return moving


def told(person: object, words: str) -> list[str]:
    found = Notice.objects.filter(person=person, subject__contains=words).order_by("pk")
    return [each.subject for each in found]


def remind(clock: Clock, day: date) -> None:
    clock.to(day)
    call_command("send_reminders", "--on", day.isoformat())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_year_of_reviews_ends_in_the_report_to_scrutiny(page_as: Open, clock: Clock) -> None:
    """HAR-F10, HAR-F11, HAR-D09 to HAR-D11, HAR-G03, BRK-F22, BRK-I07, DEF-05, DEF-09."""
    head = make_user(Role.RESPONSIBLE_HEAD, name="H.D.")
    scrutiny = make_user(Role.SCRUTINY, name="Cllr S.C.")
    council = Council(contribution_a_year=Decimal(12_000), hours_a_month=Decimal(10), created_at=clock.at)
    lead, manager, panel = council.lead, council.manager, council.partnership
    slow = make_user(Role.LEAD_OFFICER, name="L.T.")
    council.entry(name="Late Board", lead_officer=slow, responsible_head=head, contribution_a_year=8_000)
    asked = council.entry(name="Asked Forum", contribution_a_year=3_000)
    ending = council.entry(name="Ending Trust", contribution_a_year=2_500)

    # Last year: one review is done, so that its answers stand beside this year's.
    before = datetime(2025, 10, 20, 9, tzinfo=UTC)
    clock.to(LAST_YEAR)
    first = services.open_review(panel, council.cycle, version=council.version, by=lead, at=before)
    council.answer("har-review", at=before, har_d09=True, har_d11=True, har_d11a=True, har_d11b="change")
    services.send(first, recommendation="change", why="Fewer meetings.", by=lead, at=before)
    services.sign_off(first, note="", by=manager, at=before)

    # 1 October: the register manager looks at what would be opened, and opens it.
    clock.to(OPENED)
    page = page_as(manager, "/refresh/open/")
    for name, part in zip(("due_on_0", "due_on_1", "due_on_2"), (DUE.day, DUE.month, DUE.year), strict=True):
        page.locator(f"[name={name}]").fill(str(part))
    press(page, "Check what would be opened")
    look(page, "year-opening")
    press(page, "Open 4 reviews")
    says(page, "4 reviews opened, due on 30 November 2026", "0 of 4")
    campaign = Campaign.objects.get()
    reviews = {each.partnership_id: each for each in Review.objects.in_campaign(campaign)}
    assert len(reviews) == 4

    # 31 October: thirty days before, everybody is reminded once.
    remind(clock, date(2026, 10, 30))
    assert told(slow, "review of Late Board") == []
    for _ in range(2):
        remind(clock, date(2026, 10, 31))
        assert told(slow, "review of Late Board") == ["Due 30 November 2026: Yearly register review of Late Board"]

    # 12 November: one officer answers through the pages, last year's answers beside.
    clock.to(date(2026, 11, 12))
    mine = f"/partnerships/{panel.reference}/reviews/{reviews[panel.pk].slug}/"
    page = page_as(lead, mine)
    _answer(page)
    page.goto(mine)
    says(page, "What belongs to it", "Done")
    look(page, "year-review")
    press(page, "Say what you recommend and send")
    press(page, "Send the review")
    says(
        page,
        "is sent. It is the turn of ",
        "Go on with changes",
        "3 of 5 answers changed since last time",
        "3 answers changed",
    )
    look(page, "year-beside")

    # Two others are sent: of one the manager asks, the other recommends leaving.
    for entry, recommendation in ((asked, "go_on"), (ending, "leave")):
        council.answer("har-review", partnership=entry, at=clock.at)
        why = "The grant ends in March" if recommendation == "leave" else ""
        services.send(reviews[entry.pk], recommendation=recommendation, why=why, by=lead, at=clock.at)

    # Seven days before, late to the head too, a week late to the manager; a second run says nothing again.
    for day, letters, to_head, to_manager in (
        (date(2026, 11, 23), 2, 0, 0),
        (DUE, 2, 0, 0),
        (date(2026, 12, 1), 3, 1, 0),
        (date(2026, 12, 7), 4, 2, 1),
    ):
        for _ in range(2):
            remind(clock, day)
            assert tuple(len(told(each, "review of Late Board")) for each in (slow, head, manager)) == (
                letters,
                to_head,
                to_manager,
            ), day
    assert told(manager, "review of Late Board") == ["Still late: Yearly register review of Late Board"]

    # 8 December: one is challenged through the pages and answered; all that came in are signed off.
    clock.to(date(2026, 12, 8))
    theirs = f"/partnerships/{asked.reference}/reviews/{reviews[asked.pk].slug}/"
    page = page_as(manager, theirs)
    press(page, "Sign off or ask back")
    page.get_by_label("Ask back").check()
    page.locator("[name=text]").fill("Which of its aims are met?")
    page.locator("main form button").last.click()
    says(page, "Challenged", "Which of its aims are met?")
    page = page_as(lead, theirs)
    press(page, "Answer the question")
    page.locator("[name=text]").fill("Two of three.")
    page.locator("main form button").last.click()
    says(page, "Which of its aims are met?", "Two of three.")
    for entry in (panel, asked, ending):
        services.sign_off(Review.objects.get(pk=reviews[entry.pk].pk), note="", by=manager, at=clock.at)
    # What the management team receives of each, last year's too, is one page, ticked already: one press records it.
    page = page_as(make_user(Role.MANAGEMENT_TEAM, name="C.T."), "/decisions/")
    for box in page.locator("[name=pick]").all():
        box.check()
    press(page, "Answer the selected on one page")
    look(page, "year-received")
    press(page, "Check before they are recorded")
    press(page, "Record 4 steps")
    says(page, "4 steps recorded")
    panel.refresh_from_db()
    assert (panel.last_review_on, panel.next_review_on) == (date(2026, 11, 12), date(2027, 11, 12))

    # The one that is to be left becomes a request with the reason of the review.
    page = page_as(lead, f"/partnerships/{ending.reference}/reviews/{reviews[ending.pk].slug}/")
    press(page, "Ask for the decision")
    asked_for = Request.objects.get(purpose="leave")
    assert (asked_for.purpose, asked_for.partnership) == ("leave", ending)
    says(page, f"{asked_for.reference} is open, with the reason from the review", "The grant ends in March")

    # 18 December: the refresh is closed, and names what is unfinished.
    clock.to(CLOSED)
    page = page_as(manager, f"/refresh/{campaign.slug}/")
    says(page, "3 of 4", "Late Board")
    look(page, "year-campaign")
    follow(page, "Close the refresh")
    says(page, "1 review is unfinished", "Late Board: with the lead officer")
    page.locator("[name=note]").fill("CMT was told on 15 December")
    press(page, "Close the refresh")
    says(page, "is closed. 1 review closed unfinished")
    states = dict(Review.objects.in_campaign(campaign).values_list("state").annotate(number=Count("pk")).order_by())
    assert states == {State.SIGNED_OFF: 3, State.CLOSED: 1}
    assert Review.objects.filter(campaign=campaign, recommendation=Recommendation.LEAVE).get().partnership == ending

    # In the year one joined and one left; afterwards Scrutiny has its report.
    clock.to(date(2027, 2, 1))
    joined = council.entry(name="New Alliance", contribution_a_year=40_000, created_at=clock.at)
    ending.refresh_from_db()
    for step in (Status.LEAVING, Status.LEFT):
        ending.move(step, by=manager, reason="Decided")
    clock.to(YEARS_END)
    _the_report(page_as(scrutiny, "/reports/annual/"), joined, ending)


def _answer(page: BrowserPage) -> None:
    """Start the form from the review, see last year's answers, answer its section and send it."""
    with page.expect_navigation():
        page.locator("main form[action*='/har-review/start/'] button").click()
    page.goto(str(page.locator(".govuk-task-list__link").first.get_attribute("href")))
    says(page, "Go on with changes")
    look(page, "year-form")
    start = page.url
    for _ in range(2):
        page.goto(start)
        page.evaluate(FILL, {"har-d11b": "change", "har-d11": "no"})
        for tick in page.locator("[name$='--same']").all():
            tick.uncheck()
        page.locator("[name='har-d09--same']").check()  # one is taken over from last year, the others are new
        send(page, "Save and go on")
    page.goto(start.split("har-review-year")[0] + "check/")
    send(page, "Send")


def _the_report(page: BrowserPage, joined: Partnership, left: Partnership) -> None:
    """The annual report as page, PDF and Excel: each figure equals a query of the register."""
    active = Partnership.objects.active()
    sums = active.aggregate(pounds=Sum("contribution_a_year"), hours=Sum("hours_a_month"))
    assert (sums["pounds"], sums["hours"]) == (Decimal(63_000), Decimal(10))
    dated = active.exclude(next_review_on=None)
    in_time = dated.filter(next_review_on__gte=date(2027, 3, 31)).count()
    cover = {
        "Partnerships": (f"{active.count()}", "4 a year ago: 1 joined, 1 left"),
        "The council pays": (f"£{sums['pounds']:,.0f}", "a year, £37,500 more"),
        "Staff time": (f"{sums['hours']:.0f} hours", "a month, the same"),
        "Review not late": (f"{in_time} of {dated.count()}", ""),
    }
    sent = Review.objects.filter(sent_at__date__gte=date(2026, 4, 1), sent_at__date__lte=date(2027, 3, 31))
    recommended = {(each.partnership.name, Recommendation(each.recommendation).label) for each in sent}
    assert len(recommended) == 3

    file = BytesIO(download(page, "Excel of 2026–27"))
    sheets = load_workbook(file)
    told = {row[0]: str(row[1]) for row in sheets["Report"].iter_rows(min_row=2, values_only=True) if row[0]}
    for label, (figure, sense) in cover.items():
        assert told[label].startswith(", ".join(filter(None, (figure, sense)))), label
    rows = list(sheets["All partnerships"].iter_rows(min_row=2, values_only=True))
    by_name = {row[0]: row for row in rows}
    assert {name for name in by_name if name != "All"} == set(active.values_list("name", flat=True))
    for name, pounds in active.values_list("name", "contribution_a_year"):
        assert float(pounds) in by_name[name], name
    heads, *reviewed = sheets["Reviews of the year"].iter_rows(values_only=True)
    assert {(row[0], row[heads.index("Recommends")]) for row in reviewed} == recommended
    names = {
        title: [row[0] for row in sheets[title].iter_rows(min_row=2, values_only=True)] for title in ("Joined", "Left")
    }
    assert names == {"Joined": [joined.name], "Left": [left.name]}

    pdf = download(page, "PDF of 2026–27")
    assert broken_rules(pdf) == []
    paper = text_of(pdf)
    follow(page, "Web page of 2026–27")
    look(page, "year-report")
    shown = main_of(page)
    said = [part for fact in cover.values() for part in fact] + [each for pair in recommended for each in pair]
    for words in [*said, *active.values_list("name", flat=True)]:
        assert words in shown, words
        assert words.replace(" ", "") in paper.replace(" ", ""), words
