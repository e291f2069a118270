"""Reports of the day and of the quarter: what each counts, by hand, and in three forms."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.roles import Role
from approvals.models import StepTaken
from policy.reading import load_policy, pack_files
from policy.refused import Refused
from register.models import Action, Partnership, Priority, PriorityLink, Risk
from reports.catalogue import MAKERS, Asked, asked_for, is_made, make, maker_of
from reports.catalogue import NOW as TODAY
from reports.pdf import on_paper, pdf_of
from reports.rules import Quarter, Year, quarter_of, quarter_on
from reports.sheets import write_paper
from reviews.models import Occasion
from tests.approvals.changing import Changing
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force
from tests.pdf import broken_rules
from tests.register.risk_packs import make_risk, put_matrix_in_force
from tests.reports.past import LONDON, NOW, Past

REPORTS = {path.stem: load_policy(path) for path in pack_files()}
OF_FIELDS = [(pack, each.id) for pack, policy in REPORTS.items() for each in policy.reports if each.made_as == "fields"]


def report(name, period=TODAY, now=NOW):
    return make(Asked(name, period, "T.W.", now))


def rows(made, anchor):
    chapter = next(each for each in made.chapters if each.id == anchor)
    return [line.cells for line in chapter.tables[0].lines]


# --- Quarters, without a database -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "first", "last", "said"),
    [
        ("2025-26-q1", date(2025, 4, 1), date(2025, 6, 30), "April to June 2025"),
        ("2025-26-q3", date(2025, 10, 1), date(2025, 12, 31), "October to December 2025"),
        ("2025-26-q4", date(2026, 1, 1), date(2026, 3, 31), "January to March 2026"),
    ],
)
def test_a_quarter_belongs_to_the_financial_year(slug, first, last, said):
    quarter = quarter_of(slug)
    assert (quarter.first, quarter.last, quarter.words, quarter.slug) == (first, last, said, slug)
    assert quarter_on(first) == quarter_on(last) == quarter


@pytest.mark.parametrize("wrong", ["2025-26", "2025-26-q5", "2025-27-q1", "q1", ""])
def test_a_quarter_that_is_none_is_refused_in_words(wrong):
    with pytest.raises(ValueError, match=r"Write the (quarter|year) like 2025-26"):
        quarter_of(wrong)


def test_the_quarter_after_the_last_begins_the_next_year():
    assert Quarter(Year(2025), 4).following == Quarter(Year(2026), 1)
    assert Quarter(Year(2026), 1).before == date(2026, 3, 31)


# --- The quarterly update on risks (HAR-G04, HAR-F12, FIG-09) ----------------------------------------


@pytest.fixture
def a_quarter(db):
    """Risks that rose, fell, are new and were closed between July and September 2026."""
    version, by, past = put_matrix_in_force(), make_user(Role.REGISTER_MANAGER, name="T.W."), Past()
    entry = make_partnership(by=by, name="Marsh Board")
    made = {
        name: make_risk(entry, note=name, likelihood="2", impact="2", version=version)
        for name in ("rises", "falls", "stays", "is closed", "is taken out")
    }
    past.with_day(date(2026, 5, 1))
    for name, likelihood in (("rises", "4"), ("falls", "1")):
        made[name].likelihood = likelihood
        made[name].rate(version)
        made[name].keep(by=by)
    made["is closed"].close(on=date(2026, 8, 1), outcome="Two drivers were found", by=by)
    made["is taken out"].take_out(by=by, reason="Twice on the list")
    make_risk(entry, note="is new", likelihood="5", impact="5", version=version)
    past.with_day(date(2026, 8, 1))
    return entry


def test_the_update_says_what_rose_fell_is_new_and_was_closed(a_quarter):
    made = report("risk-update", "2026-27-q2")

    assert [(fact.label, fact.figure) for fact in made.facts] == [
        ("Open risks", "4"), ("Rose", "1"), ("Fell", "1"), ("New", "1"), ("Closed", "2"), ("Open opportunities", "0"),
    ]  # fmt: skip
    assert [(cells[2], cells[3], cells[4]) for cells in rows(made, "rose")] == [("rises", 8, "Rose from 4")]
    assert [(cells[2], cells[3], cells[4]) for cells in rows(made, "fell")] == [("falls", 2, "Fell from 4")]
    assert [cells[2] for cells in rows(made, "new")] == ["is new"]
    assert {(cells[2], cells[4]) for cells in rows(made, "closed")} == {
        ("is closed", "Two drivers were found"),
        ("is taken out", "Taken out of the register"),
    }
    assert [(cells[1], cells[4]) for cells in rows(made, "open-risks")] == [
        ("is new", "New"), ("rises", "Rose from 4"), ("stays", "The same"), ("falls", "Fell from 4"),
    ]  # fmt: skip


def test_the_quarter_before_and_the_one_after_see_none_of_it(a_quarter):
    first = report("risk-update", "2026-27-q1")
    assert first.chapters[0].id == "since"
    assert "nothing can be compared" in first.chapters[0].said[0]

    third = report("risk-update", "2026-27-q3")
    assert [rows(third, each) for each in ("rose", "fell", "new", "closed")] == [[], [], [], []]


@pytest.mark.parametrize(("period", "why"), [("2027-28-q1", "has not begun"), ("2025-26-q4", "The register begins on")])
def test_a_quarter_without_a_register_is_refused(a_quarter, period, why):
    with pytest.raises(Refused, match=why):
        report("risk-update", period)


def test_the_queries_of_the_update_do_not_grow(a_quarter):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            report("risk-update", "2026-27-q2")
        return len(asked)

    few, by = queries(), make_user(Role.REGISTER_MANAGER)
    for number in range(15):
        entry = make_partnership(by=by, name=f"Board {number}")
        Risk(partnership=entry, note="One more").keep(by=by)
    for kind in (Partnership, Risk):
        kind.history.model.objects.filter(history_date__gt=NOW).update(history_date=datetime(2026, 8, 1, tzinfo=LONDON))

    assert queries() == few


# --- Business planning, programme, versions ---------------------------------------------------------


def test_business_planning_sums_the_year_and_asks_who_has_not_said(db):
    put_policy_in_force()
    agreed, outside, silent = (make_partnership(name=name) for name in ("Agreed", "Outside", "Silent"))
    make_contribution(agreed, 30_000, year=2027)
    make_contribution(agreed, 9_000, year=2026)
    make_contribution(agreed, 500, year=2027, is_in_kind=True)
    make_contribution(outside, 8_000, year=2027, is_outside_budget=True)
    make_contribution(silent, 4_000, year=2026)

    made = report("planning", "2027-28")

    assert [(fact.label, fact.figure) for fact in made.facts] == [
        ("Taken by partnerships", "£38,000"), ("Outside the budget", "£8,000"), ("Without a figure", "1"),
    ]  # fmt: skip
    assert [(cells[0], cells[4]) for cells in rows(made, "asked")] == [("Agreed", 30_000), ("Outside", 8_000)]
    assert rows(made, "no-figure") == [("Silent", silent.reference, "2026 to 2027", Decimal(4_000))]
    with pytest.raises(Refused, match="Choose another year"):
        report("planning", "1999-00")


def test_planning_names_the_decision_behind_a_sum_and_what_is_asked_for_and_not_decided(db):
    """BRK-F23: what waits for a decision is in no sum."""
    council = Changing()
    request = council.ask(sent=False)
    council.pay(request, 75_000)
    draft = report("planning", "2026-27")
    assert rows(draft, "asked-for") == []
    request = council.send(request)
    made = report("planning", "2026-27")
    assert rows(made, "asked-for") == [(council.partnership.name, request.reference, 60_000, 75_000)]
    assert [cells[4:6] for cells in rows(made, "asked")] == [(60_000, "None on the register")]
    council.take(request, "har-f13-cmt", "change", by=council.cmt)
    made = report("planning", "2026-27")
    (decided,) = [cells[5] for cells in rows(made, "asked")]
    record = StepTaken.objects.decisions().first()
    assert decided.startswith(f"{record.reference}, {record.body}")
    assert rows(made, "asked-for") == []


def test_the_programme_gives_what_is_late_and_what_comes(db):
    """BRK-G05; RED-G12; MEL-G10."""
    put_policy_in_force("melton")
    entry = make_partnership(name="Marsh Board", lead_officer_name="D.F.")
    for day, cycle in ((date(2026, 11, 20), "a"), (date(2026, 11, 21), "b")):
        Occasion.objects.create(
            partnership=entry,
            cycle=cycle,
            title=f"Evaluation {cycle}",
            due_on=day,
            because="Three years",
            is_review=True,
        )

    made = report("programme")

    assert rows(made, "late") == [(date(2026, 11, 20), "Evaluation a", "Marsh Board", "D.F.", "Three years")]
    assert [cells[1] for cells in rows(made, "coming")] == ["Evaluation b"]
    assert made.title == "Evaluation timetable"


def test_the_version_history_names_each_version(db):
    """HAR-G09, HAR-I09."""
    put_policy_in_force()
    put_policy_in_force("harborough-2015")

    assert [cells[:4] for cells in rows(report("versions"), "versions")] == [
        (REPORTS["harborough-2015"].title, "1", date(2020, 1, 2), None),
        (REPORTS["breckland-2015"].title, "1", date(2020, 1, 1), date(2020, 1, 1)),
    ]


# --- The fields that a policy names -----------------------------------------------------------------


@pytest.mark.parametrize(("pack", "name"), OF_FIELDS)
def test_a_report_of_fields_holds_each_of_its_fields_and_adds_up(db, pack, name):
    # BRK-G07; HAR-G08, C06; MEL-G07, A32, H13; STR-G08, A06
    version = put_policy_in_force(pack)
    by = make_user(Role.REGISTER_MANAGER)
    for number, pounds in enumerate((100, 250)):
        make_contribution(make_partnership(by=by, name=f"Board {number}", hours_a_month=number + 1), pounds)

    made = report(name)

    asked = next(each for each in version.policy.reports if each.id == name)
    assert made.title == asked.title
    assert [(fact.label, fact.figure) for fact in made.facts] == [
        ("Partnerships", "2"), ("The council pays", "£350"), ("Staff time", "3 hours"),
    ]  # fmt: skip
    table = next(each for each in made.chapters if each.id == "all").tables[0]
    assert len(table.columns) >= 2 + len(asked.fields) // 2
    for chapter in made.chapters:
        if chapter.id.startswith("by-"):
            assert sum(line.cells[1] for line in chapter.tables[0].lines) == 2
            assert chapter.tables[0].sums.cells[1:] == (2, 350, 3)


def test_the_load_by_service_names_the_priorities_that_gain_nothing(db):
    """MEL-G07, MEL-H24."""
    put_policy_in_force("melton")
    served = Priority.objects.create(code="1", title="Homes")
    outcome = Priority.objects.create(code="1.1", title="Warm homes", parent=served)
    Priority.objects.create(code="2", title="Jobs")
    by = make_user(Role.REGISTER_MANAGER)
    PriorityLink(partnership=make_partnership(by=by), priority=outcome).keep(by=by)

    assert rows(report("mel-g07"), "not-served") == [("2", "Jobs")]


# --- Forms and pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["har-g08", "versions", "programme", "planning", "risk-update"])
def test_page_pdf_and_excel_say_the_same(db, browse_as, name):
    put_policy_in_force("harborough-2015")
    entry = make_partnership(name="Marsh Board")
    make_contribution(entry, 1_234)
    Action(partnership=entry, text="Write").keep(by=make_user())
    period = maker_of(name, REPORTS["harborough-2015"]).periods(date.today())[0].slug  # noqa: DTZ011

    page = browse_as(Role.EXECUTIVE).get(f"/reports/{name}/{period}/")
    made = make(Asked(name, period, "T.W.", datetime.now(LONDON)))
    out = BytesIO()
    write_paper(out, made)
    out.seek(0)

    assert page.heading == made.whole_title
    assert len(load_workbook(out).sheetnames) == 1 + len(made.tables())
    paper = on_paper("reports/report_pdf.html", {"report": made})
    for _, table in made.tables():
        for _line, cells, _ in table.shown():
            assert all(cell.words in page and cell.words in paper for cell in cells)


def test_a_wide_report_lies_on_its_side_and_breaks_no_rule(db):
    put_policy_in_force("melton")
    make_contribution(make_partnership(name="Marsh Board"), 1_234)
    made = report("mel-g07")

    assert made.is_wide
    assert broken_rules(pdf_of("reports/report_pdf.html", {"report": made})) == []


def test_each_report_that_a_policy_has_made_leads_somewhere(browse_as):
    for pack, policy in REPORTS.items():
        for each in policy.reports:
            if each.made_as and each.made_as != "agreement":
                assert is_made(each), f"{pack}: {each.id}"
                name = each.id if each.made_as == "fields" else each.made_as
                assert each in asked_for(name, policy)
                assert name in MAKERS or maker_of(name, policy)


def test_a_report_of_today_opens_at_once(db, browse_as):
    put_policy_in_force("harborough-2015")
    page = browse_as(Role.EXECUTIVE).get("/reports/versions/")
    assert page.path == "/reports/versions/today/"
    assert browse_as(Role.EXECUTIVE).client.get("/reports/versions/2025-26/").status_code == 404
    assert browse_as(Role.EXECUTIVE).client.get("/reports/mel-g07/today/").status_code == 404
