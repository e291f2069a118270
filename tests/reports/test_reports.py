"""Reports as pages and as tagged PDF: the same figures, nothing fetched, readable by everybody."""

import logging
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from jobs.models import Job
from register.exports import all_columns
from register.listing import TheList
from register.models import Action, Membership, Organisation, Priority, PriorityLink
from reports import data
from reports.pdf import BASE, own_file, pdf_of, pdf_of_html
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force
from tests.pdf import Tagged, broken_rules

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def policy(db):
    return put_policy_in_force()


@pytest.fixture
def no_complaints(caplog):
    """Anything that the renderer complains of fails the test."""
    caplog.set_level(logging.WARNING, logger="weasyprint")
    yield
    assert [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")] == []


def some_entries():
    manager = make_user(Role.REGISTER_MANAGER)
    entry = make_partnership(
        by=manager,
        name="Central Marsh <img src='http://example.org/x.png'> Unit",
        purpose="One plan.",
        hours_a_month=86,
    )
    make_contribution(entry, 142_600)
    make_contribution(entry, 5_000, is_in_kind=True)
    entry.refresh_from_db()
    entry.set_levels(risk="high", value="low", source="import", by=manager)
    partner = Organisation.objects.create(name="Fenwold District Council")
    Membership(partnership=entry, organisation=partner, is_lead=True).keep(by=manager)
    priority = Priority.objects.create(code="3", title="Environment")
    outcome = Priority.objects.create(code="3.1", title="Clean rivers", parent=priority)
    PriorityLink(partnership=entry, priority=outcome).keep(by=manager)
    Action(partnership=entry, text="Renew the exit strategy", owner_name="D.F.", due_on=date(2027, 2, 28)).keep(
        by=manager
    )
    make_partnership(by=manager, name="Other Board")
    return entry


def the_report(policy, query="all=yes"):
    return data.register_report(TheList(QueryDict(query), policy.policy, TODAY), policy, made_by="T.W.")


def test_the_figures_of_the_report(policy):
    some_entries()

    report = the_report(policy)

    assert [(fact.label, fact.figure) for fact in report.facts] == [
        ("Partnerships", "2"),
        ("The council pays", "£142,600"),
        ("Staff time", "86 hours"),
        ("High risk", "1"),
        ("High value", "0"),
    ]
    by = {
        summary.id: [(row.label, row.entries, row.pounds, row.hours) for row in summary.rows]
        for summary in report.summaries
    }
    assert by["risk"][0] == ("High", 1, "£142,600", "86")
    assert by["risk"][-1] == ("Not set", 1, "Not known", "Not known")
    # An outcome counts for the priority above it.
    assert by["priority"] == [("3 Environment", 1, "£142,600", "86"), ("None named", 1, "Not known", "Not known")]
    profile = report.entries[0]
    risk = profile.ratings[0]
    assert (risk.level_label, risk.source) == ("High", "from the old register")
    assert (risk.lines[0].level_label, risk.lines[0].because, risk.lines[0].nearest) == (
        "High",
        "£142,600 a year is above £100,000.",
        "It would be Medium at £100,000 or less.",
    )
    assert profile.actions == (("Renew the exit strategy", "D.F.", "28 Feb 2027"),)
    assert [(row.amount, row.what) for row in profile.payments] == [
        ("£142,600", "Cash, in the budget"),
        ("£5,000", "In kind, in the budget"),
    ]


def test_page_and_pdf_say_the_same(browse_as, policy, no_complaints):
    some_entries()

    page = browse_as(Role.SCRUTINY).get("/reports/register/?all=yes")
    pdf = pdf_of("reports/register_pdf.html", {"report": the_report(policy)})

    assert "£142,600" in page
    assert "2 partnerships" not in page.heading
    assert page.select_one("#entry-p-0001").text == "Central Marsh <img src='http://example.org/x.png'> Unit"
    assert broken_rules(pdf) == []
    tagged = Tagged(pdf)
    assert tagged.language == "en-GB"
    assert tagged.title.startswith("Register of partnerships")
    # Cover; contents; grid; five summaries; two entries with their parts.
    assert len(tagged.of_kind("H1")) == 1
    assert len(tagged.of_kind("H2")) == 1 + 1 + len(the_report(policy).summaries) + 2
    assert len(tagged.of_kind("Figure")) == len(the_report(policy).summaries)
    assert tagged.figures_without_words() == 0
    assert len(tagged.of_kind("Table")) >= 1 + len(the_report(policy).summaries)
    assert tagged.tables_without_headings() == 0


def test_the_profile_as_page_and_pdf(browse_as, policy, no_complaints):
    entry = some_entries()
    person = browse_as(Role.LEAD_OFFICER)

    page = person.get(f"/partnerships/{entry.reference}/profile/")
    answer = person.client.get(f"/partnerships/{entry.reference}/profile.pdf")

    assert "Fenwold District Council" in page
    assert answer["Content-Type"] == "application/pdf"
    assert broken_rules(answer.content) == []
    assert Tagged(answer.content).title.startswith("Central Marsh")
    assert person.get("/partnerships/P-9999/profile/").status == 404


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.css",
        "file:///etc/passwd",
        "file:///etc/hostname.css",
        "ftp://example.org/x.png",
        "data:text/css,body{}",
        f"{BASE}../../etc/passwd",
        f"{BASE}..%2f..%2fmanage.py",
        f"{BASE}/etc/hostname.css",
        f"{BASE}css/report.py",
        f"{BASE}css/there-is-none.css",
    ],
)
def test_nothing_is_fetched_but_our_own_files(address, caplog, monkeypatch):
    def no_network(*args, **kwargs):
        raise AssertionError("the renderer opened a connection")

    monkeypatch.setattr("socket.socket.connect", no_network)
    monkeypatch.setattr("socket.create_connection", no_network)
    with pytest.raises(ValueError, match="Refused"):
        own_file(address)

    caplog.set_level(logging.ERROR, logger="weasyprint")
    made = pdf_of_html(
        f'<html lang="en"><title>T</title><link rel="stylesheet" href="{address}">'
        f'<p>Words</p><img alt="A" src="{address}"></html>'
    )

    assert made.startswith(b"%PDF")
    assert any("Refused" in record.getMessage() for record in caplog.records)


def test_each_page_is_told_as_it_is_laid_out_so_that_a_long_report_gives_signs_of_life():
    told = []
    pdf_of_html("<html lang=en><title>Two</title><p>One</p><p style='break-before: page'>Two</p>", on_page=told.append)
    assert [stage for stage in told if stage] == [
        "page 1 laid out", "page 2 laid out", "the file is put together", "the file is put together",
    ]  # fmt: skip


def test_our_style_sheet_is_read():
    body, kind = own_file(f"{BASE}css/report.css")

    assert kind == "text/css"
    assert b"@page" in body


@pytest.mark.parametrize("rows", [1, 6])
def test_a_report_takes_the_same_queries_however_many_entries(rows, policy):
    some_entries()
    for _ in range(rows):
        make_partnership()
    the_report(policy)

    with CaptureQueriesContext(connection) as queries:
        the_report(policy)
    assert len(queries) == 19


def test_the_list_of_reports_names_each_once_with_its_readers(browse_as):
    page = browse_as(Role.MANAGEMENT_TEAM).get("/reports/")

    row = next(row for row in page.select("tbody tr") if row.th.text == "Partnership register")
    assert [link["href"] for link in row.select("a")] == [
        "/reports/register/", "/reports/register.pdf", "/reports/register.xlsx", "/partnerships/grid/",
    ]  # fmt: skip
    summary = next(row for row in page.select("tbody tr") if row.th.text == "Resource summary")
    assert [link["href"] for link in summary.select("a")] == ["/reports/resources/", "/reports/resources.pdf"]
    policy = put_policy_in_force().policy
    found = {
        table.find_previous("h2").text: [row.th.text for row in table.select("tbody tr")]
        for table in page.select("table")
    }
    titles = {title for group, rows in found.items() if group.startswith("For") for title in rows}
    assert titles == {report.title for report in policy.reports}
    assert all(len(rows) == len(set(rows)) for rows in found.values())
    assert "not made here yet" not in page
    assert next(iter(found)) == "For you: Corporate Management Team"  # the reader's own stand first
    assert [group for group, rows in found.items() if "Cabinet proposal" in rows] == ["For Cabinet"]


def test_reports_about_one_matter_lead_to_what_they_are_printed_from(browse_as):
    # BRK-G03, BRK-G09
    page = browse_as(Role.REGISTER_MANAGER).get("/reports/")
    rows = {row.th.text: [link["href"] for link in row.select("a")] for row in page.select("tbody tr")}

    assert rows["Assessment of a new partnership"] == ["/requests/"]
    assert rows["Exit strategy"] == [
        "/partnerships/", "/questionnaires/brk-exit/", "/policy/breckland-2015/1/forms/brk-exit.pdf",
    ]  # fmt: skip
    assert rows["Member briefing"] == ["/partnerships/"]


def test_the_blank_form_alone_is_for_those_who_may_not_see_all_answers(browse_as):
    page = browse_as(Role.SCRUTINY).get("/reports/")

    links = [link["href"] for link in page.select("main a")]
    assert "/questionnaires/brk-exit/" not in links


def test_the_resource_summary_counts_pounds_and_hours(browse_as):
    some_entries()

    page = browse_as(Role.MANAGEMENT_TEAM).get("/reports/resources/?all=yes")

    assert page.heading == "Resource summary"
    assert "3 Environment" in page
    assert not page.select("#entry-p-0001")


def test_a_report_on_nothing_says_how_to_go_on(browse_as):
    assert "No partnership fits the filter." in browse_as(Role.AUDITOR).get("/reports/register/?q=nothing")


def test_a_text_that_runs_over_pages_keeps_the_tags_whole(policy, no_complaints):
    """PDF/UA-1: what is split between pages stays in its table."""
    sentence = "Leaving would end the shared service, and each council would have to start its own again. "
    for words in (10, 150, 400):
        make_partnership(name=f"Board of {words}", exit_impact=sentence * words, comments=sentence * 60)

    pdf = pdf_of("reports/register_pdf.html", {"report": the_report(policy)})

    assert broken_rules(pdf) == []


def test_what_is_not_known_names_what_the_policy_needs_and_counts_the_rest(policy):
    entry = make_partnership(purpose="One plan")

    profile = data.profile_of(entry, policy.policy, today=date(2026, 11, 20))

    rows = dict(next(part for part in profile.parts if part.title == "Not known yet").rows)
    assert "Benefits" in rows["Needed by the policy"]
    assert "Note on" not in rows["Needed by the policy"]
    assert rows["Optional"].endswith("facts")


def test_a_unit_that_the_label_says_stands_once(policy):
    labels = [column.label for column in all_columns(policy.policy)]

    assert "Money outside the budget a year (£)" in labels
    assert "Contribution (£ a year)" in labels


def test_the_pdf_of_more_than_thirty_entries_is_made_in_the_background(browse_as, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    manager = make_user(Role.REGISTER_MANAGER)
    for number in range(31):
        make_partnership(by=manager, name=f"Board {number}", status="proposed")
    person = browse_as(Role.SCRUTINY).client

    few = person.get("/reports/register.pdf?all=yes&q=board+1")
    answer = person.get("/reports/register.pdf?all=yes")

    assert few["Content-Type"] == "application/pdf"
    job = Job.objects.get()
    assert (answer.url, job.title) == (f"/jobs/{job.pk}/", "Register of partnerships, PDF of 31 entries")
