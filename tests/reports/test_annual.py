"""The annual report: figures of the year's end beside a year before, the same as page, PDF and Excel."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.roles import Role
from jobs.models import Job
from policy.refused import Refused
from register.models import Action, Partnership
from reports.annual import annual_report, why_not, years
from reports.catalogue import Asked, make
from reports.pdf import on_paper, pdf_of
from reports.rules import Year, moved, total, year_of
from reports.sheets import write_paper
from reports.standing import end_of
from tests.factories import make_partnership, make_user, put_policy_in_force
from tests.pdf import Tagged, broken_rules
from tests.reports.past import LONDON, NOW, make_past
from tests.reviews.making import Council

# --- Rules, without a database ----------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["2025", "2025-27", "25-26", "2025–26", "", "2025-26 ", "0000-01"])
def test_a_year_that_is_none_is_refused_in_words(wrong):
    with pytest.raises(ValueError, match="Write the year like 2025-26"):
        year_of(wrong)


@pytest.mark.parametrize("text", ["2025-26", "1999-00"])
def test_a_year_runs_from_april_to_march(text):
    year = year_of(text)
    assert year.slug == text
    assert (year.first, year.last) == (date(year.starts, 4, 1), date(year.starts + 1, 3, 31))
    assert year.before == date(year.starts, 3, 31)


@pytest.mark.parametrize(
    ("before", "now", "way"),
    [("low", "high", "rose"), ("high", "low", "fell"), ("low", "low", ""), ("", "high", ""), ("low", "2 of 3", "")],
)
def test_a_level_is_compared_on_its_own_scale_alone(before, now, way):
    assert moved(before, now, ["low", "medium", "high"]) == way


def test_what_nobody_knows_is_no_nought():
    assert total([None, None]) is None
    assert total([None, Decimal(0)]) == 0


# --- Figures, by hand -------------------------------------------------------------------------------


@pytest.fixture
def past(db):
    return make_past()


def report(year="2025-26", now=NOW, **more):
    return annual_report(year_of(year), readers="Scrutiny", made_by="T.W.", now=now, **more)


def chapter(made, anchor):
    return next(each for each in made.chapters if each.id == anchor)


def names(made, anchor):
    return [str(line.cells[0]) for table in chapter(made, anchor).tables for line in table.lines]


def test_the_cover_gives_the_year_beside_the_year_before(past):
    made = report()

    assert [(fact.label, fact.figure, fact.sense) for fact in made.facts] == [
        ("Partnerships", "4", "4 a year ago: 1 joined, 1 left"),
        ("The council pays", "£190,000", "a year, £33,000 more"),
        ("Staff time", "18 hours", "a month, 1 more"),
        ("High risk", "2", "1 more than a year ago"),
        ("High value", "1", "as a year ago"),
        ("Review not late", "1 of 2", "2 partnerships without a date"),
    ]
    assert (made.whole_title, made.on) == ("Annual report on partnerships 2025–26", date(2026, 3, 31))


def test_the_cover_says_what_to_look_at(past):
    assert [(ask.words, ask.anchor) for ask in report().asks] == [
        ("1 partnership worse than a year ago", "worsened"),
        ("2 partnerships still weak", "weak"),
        ("1 partnership with a late review", "reviews"),
        ("4 partnerships with something missing", "missing"),
    ]


@pytest.mark.parametrize(
    ("anchor", "found"),
    [
        ("joined", ["Sedge Alliance"]),
        ("left", ["Fen Forum"]),
        ("leaving", []),
        ("improved", ["Coast Group"]),
        ("worsened", ["Marsh Board"]),
        ("weak", ["Coast Group", "Weir Trust", "Weir Trust"]),  # low value; high risk and low value
        ("reviews", ["Marsh Board", "Coast Group"]),  # late by a day; due on the very day
        ("budget", ["Sedge Alliance"]),
        ("benefits", ["Coast Group"]),
        ("caveats", ["Weir Trust"]),
        ("all", ["Coast Group", "Marsh Board", "Sedge Alliance", "Weir Trust"]),
    ],
)
def test_each_chapter_names_what_history_says(past, anchor, found):
    assert names(report(), anchor) == found


def test_what_should_follow_is_said_with_the_number_of_partnerships_and_where(past):
    """RED-F37: the figures ask for actions; what has no reason is not recommended."""
    asked = chapter(report(), "recommended").tables[1]
    assert [line.cells for line in asked.lines] == [
        ("Say what makes them less weak, or leave", 2, "Still weak"),
        ("Say why they are worse", 1, "Worse than a year ago"),
        ("Review them: their day has passed", 1, "Reviews late and to come"),
        ("Decide on money outside the budget", 1, "Money outside the budget"),
        ("Give what the policy asks for", 4, "What is missing"),
    ]


def test_how_sure_a_figure_is_stands_wherever_it_is_printed(past):
    """BRK-F20, BRK-B31."""
    _, entries, by = past
    entries["coast"].change({"data_assurance": "estimate", "data_caveat": "Two months counted"}, by=by)
    Partnership.history.filter(name="Coast Group", data_assurance="estimate").update(
        history_date=datetime(2026, 3, 1, tzinfo=LONDON)
    )
    made = report()
    (benefit,) = chapter(made, "benefits").tables[0].lines
    assert benefit.cells == ("Coast Group", "Two buses shared", 12_500, "£ a year", "Estimate")
    lines = {line.cells[0]: line.cells[2:] for line in chapter(made, "caveats").tables[0].lines}
    assert lines == {
        "Coast Group": ("Estimate", "Two months counted"),
        "Weir Trust": ("", "Figures of the partner, not checked"),
    }
    page = next(each for each in made.entries if each.name == "Coast Group")
    assert page.caveat == "Estimate. Two months counted"
    assert page.chapters[0].said == ("Two buses shared: £12,500 a year (estimate)",)


def test_reviews_of_the_year_say_what_they_recommend_why_and_what_became_of_it(db):
    """BRK-G02, RED-G11: to go on as it is needs no reason; a request that came after the year is not in it."""
    council = Council()
    council.signed_off("leave", why="The grant ended")
    other = council.entry(name="Marsh Board")
    council.sent(partnership=other)
    Partnership.history.update(history_date=datetime(2025, 2, 1, tzinfo=LONDON))
    made = report("2026-27", with_entries=False)
    reviewed = {line.cells[0]: line.cells[3:] for line in chapter(made, "reviewed").tables[0].lines}
    assert reviewed == {
        "Channel Panel": ("17 Nov 2026", "Leave", "The grant ended"),
        "Marsh Board": ("Not yet", "Go on as it is", "No reason is asked for"),
    }
    assert chapter(made, "reviewed").said == ("They recommend: Go on as it is: 1; Leave: 1.",)
    (line,) = chapter(made, "recommended").tables[0].lines
    assert line.cells == ("Channel Panel", "Leave", "The grant ended", "Not asked for")


def test_actions_are_counted_and_the_late_ones_named(past):
    """RED-G11."""
    _, entries, by = past
    for text, due, done in (("Write", date(2026, 3, 30), None), ("Meet", date(2026, 3, 31), None),
                            ("Pay", None, date(2025, 6, 1)), ("Old", None, date(2024, 6, 1))):  # fmt: skip
        Action(partnership=entries["marsh"], text=text, due_on=due, done_on=done, owner_name="D.F.").keep(by=by)
    Action.history.model.objects.update(history_date=datetime(2025, 3, 1, tzinfo=LONDON))
    found = chapter(report(), "actions")
    assert found.said == ("Done in the year: 1; Open: 1; Late: 1.",)
    assert [line.cells for line in found.tables[0].lines] == [("Marsh Board", "Write", "D.F.", date(2026, 3, 30))]


def test_a_table_of_many_columns_lies_on_the_long_side_of_the_paper(past):
    made = report()
    assert [each.id for each in made.chapters if each.is_wide] == ["all"]
    assert 'class="app-report__chapter app-wide"' in on_paper("reports/report_pdf.html", {"report": made})


def test_resources_add_up_to_what_the_entries_say(past):
    table = chapter(report(), "resources-priority").tables[0]

    assert [line.cells for line in table.lines] == [
        ("1 Homes", 1, 120_000, 10, 100_000, 10),
        ("No priority named", 3, 70_000, 8, 57_000, 7),
    ]
    assert table.sums.cells == ("All", 4, 190_000, 18, 157_000, 17)


def test_levels_stand_in_the_order_of_the_policy_beside_a_year_ago(past):
    lines = chapter(report(), "by-risk").tables[0].lines
    assert [line.cells for line in lines] == [("High", 2, 1), ("Medium", 0, 1), ("Low", 1, 2), ("Not set", 1, 0)]


def test_what_came_after_the_year_changes_nothing(past):
    """The report reads the same whenever it is made: a later name, level or status is not in it."""
    made = report()

    assert "Renamed afterwards" not in str(made)
    assert report(now=datetime(2026, 4, 1, 10, tzinfo=LONDON)).chapters == made.chapters
    assert names(report("2026-27"), "leaving") == ["Weir Trust"]


def test_the_figures_equal_a_query_of_the_register_when_nothing_came_after(past):
    made = report("2026-27")
    active = Partnership.objects.active()
    sums = active.aggregate(pounds=Sum("contribution_a_year"), hours=Sum("hours_a_month"))

    table = chapter(made, "all").tables[0]
    assert len(table.lines) == active.count()
    assert [cell for cell in table.sums.cells if isinstance(cell, Decimal)] == [sums["pounds"], sums["hours"]]


def test_a_register_without_a_past_says_so_and_compares_nothing(db):
    put_policy_in_force()
    make_partnership(name="Marsh Board")
    today = timezone.localdate()
    year = years(today=today)[0]

    made = annual_report(year, readers="", made_by="T.W.", now=timezone.now())

    assert "The register begins on" in chapter(made, "changes").said[0]
    assert [each.id for each in made.chapters if each.id in ("joined", "left", "worsened", "weak")] == []
    assert made.facts[0].sense == ""
    refusal = why_not(Year(year.starts - 1), today=today)
    assert "The register begins on" in refusal
    assert refusal.endswith(f"Choose {year.slug}")
    assert "has not begun" in why_not(Year(year.starts + 1), today=today)


def test_an_empty_register_refuses_and_says_what_to_do(db):
    put_policy_in_force()
    with pytest.raises(Refused, match="Add or import partnerships first"):
        report()


def test_the_year_ends_at_midnight_in_the_council(db):
    assert end_of(date(2026, 3, 31)).isoformat() == "2026-03-31T23:59:59.999999+01:00"


def test_the_queries_are_the_same_for_four_entries_and_for_forty(past):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            report()
        return len(asked)

    few = queries()
    by = make_user(Role.REGISTER_MANAGER)
    for number in range(36):
        make_partnership(by=by, name=f"Board {number}")
    Partnership.history.model.objects.filter(name__startswith="Board").update(
        history_date=datetime(2025, 1, 1, tzinfo=LONDON)
    )

    assert queries() == few == 22


# --- Three forms ------------------------------------------------------------------------------------


def test_page_pdf_and_excel_give_the_same_figures(past, browse_as):
    made = report(with_entries=False)
    page = browse_as(Role.SCRUTINY).get("/reports/annual/2025-26/")
    paper = on_paper("reports/report_pdf.html", {"report": made})
    out = BytesIO()
    write_paper(out, made)
    out.seek(0)
    sheets = load_workbook(out)

    for _, table in made.tables():
        sheet = sheets[table.caption[:31]]
        typed = list(sheet.iter_rows(min_row=2, values_only=True))
        for (_line, cells, _), row in zip(table.shown(), typed, strict=bool(table.lines)):
            for cell, value in zip(cells, row, strict=True):
                assert cell.words in page.html.replace("&#x27;", "'")
                assert cell.words in paper.replace("&#x27;", "'")
                if cell.column.is_figure:
                    assert value == (None if cell.value is None else float(cell.value)), (table.caption, cell)
    cover = {row[0].value: row[1].value for row in sheets["Report"].iter_rows(min_row=2)}
    for fact in made.facts:
        assert cover[fact.label] == ", ".join(filter(None, (fact.figure, fact.sense)))
        assert fact.figure in page
        assert fact.figure in paper


def test_the_pdf_is_tagged_and_breaks_no_rule(past):
    pdf = pdf_of("reports/report_pdf.html", {"report": report()})

    assert broken_rules(pdf) == []
    tagged = Tagged(pdf)
    assert (tagged.language, tagged.title) == ("en-GB", "Annual report on partnerships 2025–26, Your council")
    assert tagged.tables_without_headings() == 0
    assert tagged.figures_without_words() == 0
    assert "Marsh Board" in tagged.bookmarks()


def test_a_partnership_has_its_page_with_the_levels_of_both_years(past):
    page = next(each for each in report().entries if each.name == "Marsh Board")

    assert page.meta == "P-0001 · Active · Housing · no lead officer"
    assert [(fact.label, fact.figure, fact.sense) for fact in page.facts] == [
        ("Risk", "High", "Low a year ago"),
        ("Value", "High", "as a year ago"),
        ("Council pays", "£120,000", "a year, £20,000 more"),
        ("Staff time", "10 hours", "a month, the same"),
    ]


# --- Pages and command ------------------------------------------------------------------------------


def test_the_report_is_found_from_the_list_and_each_year_in_three_forms(past, browse_as):
    person = browse_as(Role.SCRUTINY)

    assert "/reports/annual/" in person.get("/reports/").html
    page = person.get("/reports/annual/")

    assert "The policy calls it “Annual review of the register”" in page
    for form in ("2025-26/", "2025-26.pdf", "2025-26.xlsx", "2024-25/"):
        assert f'href="/reports/annual/{form}"' in page.html
    assert "2023–24" not in page


@pytest.mark.parametrize("form", ["/", ".pdf", ".xlsx"])
@pytest.mark.parametrize("year", ["2025-27", "1999-00", "2040-41", "lately"])
def test_a_wrong_year_is_refused_in_words(past, browse_as, year, form):
    answer = browse_as(Role.SCRUTINY).client.get(f"/reports/annual/{year}{form}")

    assert answer.status_code == 404
    assert "the periods there are" in answer.content.decode()


def test_a_report_that_there_is_not_is_not_found(past, browse_as):
    assert browse_as(Role.SCRUTINY).client.get("/reports/nothing/2025-26/").status_code == 404


def test_the_pdf_of_more_than_thirty_partnerships_is_made_in_the_background(past, browse_as, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    by = make_user(Role.REGISTER_MANAGER)
    for number in range(28):
        make_partnership(by=by, name=f"Board {number}")
    person = browse_as(Role.SCRUTINY)

    answer = person.client.get("/reports/annual/2025-26.pdf")

    job = Job.objects.get()
    assert (answer.url, job.title) == (f"/jobs/{job.pk}/", "Annual report on partnerships 2025–26, PDF")
    page = person.get("/reports/annual/2026-27/")
    assert "the page of each stands in the PDF alone" in page


@pytest.mark.parametrize("form", ["html", "xlsx"])
def test_the_command_writes_the_report(past, tmp_path, form):
    out, file = StringIO(), tmp_path / f"report.{form}"

    call_command("annual_report", "--year", "2025-26", "--format", form, "--output", str(file), stdout=out)

    assert f"Annual report on partnerships 2025–26, 4 partnerships, written to {file}" in out.getvalue()
    assert file.stat().st_size > 5000


def test_the_command_refuses_a_bad_year_in_words_and_writes_nothing(past, tmp_path):
    file = tmp_path / "report.pdf"
    with pytest.raises(CommandError, match="“2025” is no year of reports"):
        call_command("annual_report", "--year", "2025", "--format", "pdf", "--output", str(file))
    assert not file.exists()


def test_a_report_for_readers_is_named_by_the_policy(past):
    made = make(Asked("annual", "2025-26", "T.W.", NOW, with_entries=False))
    assert made.readers == "Corporate Management Team"
