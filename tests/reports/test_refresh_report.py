"""The report of a yearly refresh: the same figures as its page, late ones by name, as page, PDF and Excel."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.roles import Role
from reports.catalogue import Asked, make
from reports.lists import Made
from reports.refresh import refresh_report
from reviews import notices, queries, services
from reviews.models import Review
from tests.pdf import broken_rules
from tests.reviews.making import DUE, LATER, TODAY, Council

pytestmark = pytest.mark.django_db
AFTER = DUE + timedelta(days=1)


@pytest.fixture
def council():
    """Four reviews: one signed off, one recommends to leave and waits, two with lead officers, one of them chased."""
    made = Council()
    made.others = [made.entry(name=name) for name in ("Marsh Board", "Coast Group", "Weir Trust")]
    made.year = made.campaign(made.partnership, *made.others)
    marsh, coast, _ = made.others
    for entry, recommends, why in ((marsh, "go_on", ""), (coast, "leave", "The grant ended")):
        made.answer("har-review", partnership=entry)
        review = Review.objects.get(partnership=entry)
        services.send(review, recommendation=recommends, why=why, by=made.lead, at=LATER)
    services.sign_off(Review.objects.get(partnership=marsh), note="", by=made.manager, at=LATER)
    notices.chase(made.year, Review.objects.filter(partnership=made.partnership), at=LATER)
    return made


def report(council, on=AFTER):
    return refresh_report(council.year, Made(council.version, on, "CMT", "T.W."))


def rows(paper, anchor):
    table = next(table for _, table in paper.tables() if table.id == anchor)
    return [line.cells for line in table.lines]


@pytest.mark.parametrize(("on", "late"), [(DUE, []), (AFTER, ["Channel Panel", "Weir Trust"])])
def test_late_ones_are_named_the_day_after(council, on, late):
    """HAR-F10, DEF-09: the very ones that the page of the refresh counts."""
    paper = report(council, on)
    assert [cells[0] for cells in rows(paper, "late")] == late
    assert queries.figures_of(council.year, on)["late"] == len(late)


def test_the_figures_are_those_of_the_page_of_the_refresh(council):
    paper = report(council)
    assert [(fact.label, fact.figure) for fact in paper.facts] == [
        ("Signed off", "1 of 4"),
        ("Waiting for sign-off", "1"),
        ("Late", "2"),
        ("Recommend leaving", "1"),
        ("Recommend changes", "0"),
        ("Contributions", "£0"),
    ]
    assert rows(paper, "progress") == [("Service not known", 1, 1, 0, 2, 4)]
    assert rows(paper, "recommended") == [("Coast Group", "Leave", "The grant ended", "Not asked for")]
    assert rows(paper, "waiting")[0][0] == "Coast Group"
    assert rows(paper, "letters") == [("Channel Panel", "R.H.", date(2026, 11, 17))]
    assert len(rows(paper, "all")) == 4


def test_a_closed_refresh_names_what_was_left_unfinished(council):
    services.close_campaign(council.year, note="CMT was told", by=council.manager, at=LATER)
    council.year.refresh_from_db()
    paper = report(council)
    states = {cells[0]: cells[4] for cells in rows(paper, "late")}
    assert states == dict.fromkeys(["Channel Panel", "Coast Group", "Weir Trust"], "Closed unfinished")
    assert "Note on closing: CMT was told" in paper.based_on


def test_the_report_asks_as_often_for_many_reviews_as_for_few():
    council, counted = Council(), []
    year = council.campaign(council.partnership, council.entry())
    for more in (0, 12):
        for _ in range(more):
            entry = council.entry()
            Review.open(entry, council.version.policy.cycles[0], policy_version=council.version, by=council.lead,
                        at=LATER, campaign=year, due_on=DUE, occasion="yearly_review")  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            refresh_report(year, Made(council.version, TODAY, "CMT", "T.W."))
        counted.append(len(asked))
    assert counted[0] == counted[1] < 12


def test_the_management_team_reads_it_as_page_pdf_and_workbook(council, browse_as):
    there = browse_as(Role.MANAGEMENT_TEAM)
    page = there.get("/reports/refresh/2026-27/")
    made = make(Asked("refresh", "2026-27", "T.W.", LATER))
    for fact in made.facts:
        assert fact.figure in page
    sheets = load_workbook(BytesIO(b"".join(there.client.get("/reports/refresh/2026-27.xlsx").streaming_content)))
    for _, table in made.tables():
        values = list(sheets[table.caption].iter_rows(min_row=2, values_only=True))
        for (_, cells, _), row in zip(table.shown(), values, strict=bool(table.lines)):
            for cell, value in zip(cells, row, strict=True):
                assert cell.words in page
                if cell.column.is_figure:
                    assert value == float(cell.value)
    assert broken_rules(there.client.get("/reports/refresh/2026-27.pdf").content) == []


def test_the_page_of_the_refresh_leads_to_its_report(council, browse_as):
    page = browse_as(council.manager).get("/refresh/2026-27/")
    for form in ("/", ".pdf", ".xlsx"):
        assert page.select_one(f"a[href='/reports/refresh/2026-27{form}']")


@pytest.mark.parametrize("year", ["2025-26", "lately", "2026-28"])
def test_a_year_without_a_refresh_is_refused_in_words(council, browse_as, year):
    answer = browse_as(Role.MANAGEMENT_TEAM).client.get(f"/reports/refresh/{year}/")
    assert answer.status_code == 404
    assert "There was no refresh of that year" in answer.content.decode()
