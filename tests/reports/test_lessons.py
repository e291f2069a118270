"""The yearly digest of lessons: by kind, with its partnership, how often it was taken up."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from exits import services
from exits.models import Lesson
from policy.refused import Refused
from reports.catalogue import Asked, make
from reports.pdf import pdf_of
from reports.sheets import write_paper
from tests.exits.exit_pages import make_lessons, make_offered
from tests.exits.making import LATER
from tests.pdf import Tagged, broken_rules

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 20, 9, 0, tzinfo=UTC)


def digest(period="2026-27"):
    return make(Asked("lessons", period, "T.W.", NOW))


def rows(paper):
    return {chapter.id: [line.cells for line in table.lines] for chapter, table in paper.tables()}


def test_the_digest_has_each_lesson_under_its_kind():  # RED-F60, RED-E18
    council, request = make_offered()
    first = services.lessons_for(request)[0]
    services.answer_lessons(
        request, {each.pk: ("used" if each == first else "not", "" if each == first else "No drivers")
                  for each in services.lessons_for(request)}, by=council.lead,
    )  # fmt: skip
    Lesson.objects.update(said_on=LATER.date())
    paper = digest()
    held = rows(paper)
    name = "Marsh Valley Rural Mobility Partnership"
    assert [(cells[0], cells[1], cells[4]) for cells in held["achievement"]] == [("Six villages have a bus", name, 1)]
    assert [cells[0] for cells in held["practice"]] == ["One timetable for all operators"]
    assert [(cells[0], cells[4]) for cells in held["improvement"]] == [("Ask the drivers first", 0)]
    assert (paper.facts[0].figure, paper.facts[0].sense) == ("3", "from 1 partnership")
    assert "Corporate Management Team" in paper.readers


def test_a_lesson_of_another_year_is_not_in_it_and_an_empty_year_says_so():
    make_lessons()
    Lesson.objects.update(said_on=datetime(2027, 4, 1, tzinfo=UTC).date())
    assert rows(digest()) == {"lessons": []}
    Lesson.objects.update(said_on=datetime(2027, 3, 31, tzinfo=UTC).date())
    assert set(rows(digest())) == {"achievement", "practice", "improvement"}
    with pytest.raises(Refused, match="has no such year"):
        digest("1999-00")


@pytest.mark.parametrize("copies", [1, 9])
def test_it_takes_as_many_questions_for_one_lesson_as_for_many(django_assert_num_queries, copies):
    make_lessons()
    for place in range(copies):
        lesson = Lesson.objects.first()
        lesson.pk, lesson.place = None, 10 + place
        lesson.keep(by=None, reason="Test")
    digest()
    with django_assert_num_queries(5):
        digest()


def test_page_pdf_and_excel_stand_beside_the_list(browse_as):
    make_lessons()
    Lesson.objects.update(said_on=datetime(2026, 11, 20, tzinfo=UTC).date())
    there = browse_as(Role.MANAGEMENT_TEAM)
    address = reverse("reports:report", args=["lessons"])
    assert there.get(reverse("exits:lesson_list")).select_one(f"a[href='{address}']")
    page = there.get(reverse("reports:paper", args=["lessons", "2026-27"]))
    assert "Six villages have a bus" in page
    out = BytesIO()
    write_paper(out, digest())
    out.seek(0)
    assert "Six villages have a bus" in [cell.value for sheet in load_workbook(out) for row in sheet for cell in row]
    made = pdf_of("reports/report_pdf.html", {"report": digest()})
    assert broken_rules(made) == []
    assert Tagged(made).title.startswith("Digest of lessons")
