"""The dashboard: figures by hand, each the number of the list behind it, by role, the same as page, PDF and Excel."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import ServiceArea
from accounts.roles import Role
from register.filters import PartnershipFilter
from register.models import Partnership, Priority, PriorityLink, Status
from reports.dashboard import PARTS, dashboard
from reports.lists import Made
from reports.pdf import on_paper
from tests.factories import make_partnership, make_user, put_policy_in_force
from tests.pdf import broken_rules
from tests.reviews.making import Council

pytestmark = pytest.mark.django_db
PACKS = ("breckland-2015", "harborough-2015", "melton", "redditch", "strategy-2009")


def fill(many=1):
    """Entries of two services: late, to come, without a day; of each level; one outside the budget, one proposed."""
    today, by = timezone.localdate(), make_user(Role.REGISTER_MANAGER)
    growth, waste = (ServiceArea.objects.get_or_create(name=name)[0] for name in ("Growth", "Waste"))
    top = Priority.objects.get_or_create(code="1", defaults={"title": "Homes"})[0]
    below = Priority.objects.get_or_create(code="1.1", defaults={"title": "Warm homes", "parent": top})[0]
    Priority.objects.get_or_create(code="2", defaults={"title": "Jobs"})
    for _ in range(many):
        facts = {"service": growth, "hours_a_month": 10, "next_review_on": today - timedelta(days=1)}
        late = make_partnership(contribution_a_year=Decimal(60_000), unbudgeted_a_year=Decimal(5_000), **facts)
        soon = make_partnership(service=waste, contribution_a_year=40_000, next_review_on=today + timedelta(days=30))
        make_partnership(status=Status.LEAVING)
        make_partnership(status=Status.PROPOSED, contribution_a_year=1_000_000)
        late.set_levels(risk="high", value="low", source="import", by=by)
        soon.set_levels(risk="low", value="high", source="import", by=by)
        for priority in (top, below):
            PriorityLink(partnership=late, priority=priority).keep(by=by)


def made(*roles, version=None):
    version = version or put_policy_in_force()
    return dashboard(roles, Made(version, timezone.localdate(), "CMT", "T.W."))


def rows(paper, anchor):
    table = next(table for _, table in paper.tables() if table.id == anchor)
    return {line.cells[0]: line.cells[1:] for line in table.lines}


def test_the_figures_are_those_of_active_entries_alone():
    fill()
    paper = made(*PARTS)
    assert [(fact.label, fact.figure) for fact in paper.facts] == [
        ("Partnerships", "3"),
        ("The council pays", "£100,000"),
        ("High risk", "1"),
        ("Late reviews", "1"),
        ("Outside the budget", "£5,000"),
        ("Requests under way", "0"),
    ]
    assert rows(paper, "risk") == {
        "High": (1, 60_000, 10), "Medium": (0, 0, 0), "Low": (1, 40_000, None), "Not set": (1, None, None),
    }  # fmt: skip
    assert [cells[0] for cells in rows(paper, "due").values()] == [1, 1, 1, 1, 1]
    assert rows(paper, "services") == {
        "Growth": (1, 60_000, 10, 1, 1), "Waste": (1, 40_000, None, 0, 0), "No service named": (1, None, None, 0, 0),
    }  # fmt: skip
    assert rows(paper, "priorities") == {"1 Homes": (1,), "2 Jobs": (0,), "None named": (2,)}
    assert [cells[0] for cells in rows(paper, "budget").values()] == [5_000]


@pytest.mark.parametrize("pack", PACKS)
def test_each_figure_is_the_number_of_the_list_behind_it(pack):
    """Under every policy, also where it has no levels but a matrix. A sum leads to the entries that it sums."""
    version = put_policy_in_force(pack)
    fill(2)
    paper = made(*PARTS, version=version)
    assert [fact.label for fact in paper.facts if not fact.address] == []
    sums = {"The council pays": "contribution_a_year", "Outside the budget": "unbudgeted_a_year"}
    figures = [(fact.figure, fact.address, sums.get(fact.label)) for fact in paper.facts]
    for _, table in paper.tables():
        lines = [*table.lines, *([table.sums] if table.sums else [])]
        figures += [
            (line.cells[place], address, "unbudgeted_a_year" if line is table.sums else None)
            for line in lines
            for place, address in line.addresses
        ]
    followed = 0
    for figure, address, summed in figures:
        where = urlsplit(address)
        if where.path != "/partnerships/":
            continue
        asked = PartnershipFilter(QueryDict(where.query), policy=version.policy, today=timezone.localdate())
        chosen = set(QueryDict(where.query)) - {"sort"}
        assert set(asked.chosen) == chosen, address  # nothing of it is left out as not understood
        found = Partnership.objects.filter(asked.condition())
        counted = sum(getattr(entry, summed) or 0 for entry in found) if summed else found.count()
        assert counted == Decimal(str(figure).strip("£").replace(",", "")), address
        followed += 1
    assert followed >= 10


def test_the_list_of_money_outside_the_budget_is_as_long_as_the_dashboard_says(browse_as):
    put_policy_in_force()
    fill(2)
    browser = browse_as(Role.EXECUTIVE)
    page = browser.get("/dashboard/")
    fact = next(each for each in page.select("main dd a, main a") if "£10,000" in each.text)

    there = browser.get(fact["href"])

    assert len(there.select("main tbody tr")) == 2
    assert "Money outside the budget: Yes" in there.select_one("main").text


def test_a_register_manager_opens_each_check_and_each_state_of_the_refresh(browse_as):
    """BRK-F22, HAR-F10."""
    council = Council()
    others = [council.entry() for _ in range(2)]
    council.campaign(council.partnership, *others)
    there = browse_as(council.manager)
    page = there.get("/dashboard/")
    links = page.select("main td a[href*='/checks/'], main td a[href*='/refresh/']")
    assert len(links) > 8
    for link in links:
        number = int(link.find(string=True))
        assert len(there.get(link["href"]).select("main tbody tr")) == number, link["href"]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.REGISTER_MANAGER, ["Next reviews", "What is missing", "By service"]),
        (
            Role.MANAGEMENT_TEAM,
            ["Partnerships by risk", "Partnerships by value", "Risk that moved in the last three months",
             "Next reviews", "By service"],
        ),
        (
            Role.EXECUTIVE,
            ["Partnerships by risk", "Risk that moved in the last three months", "Money outside the budget",
             "Partnerships by priority"],
        ),
    ],
)  # fmt: skip
def test_each_role_finds_its_own_parts_from_its_home_page(browse_as, role, seen):
    put_policy_in_force()
    fill()
    there = browse_as(role)
    home = there.get("/")
    page = there.get(home.select_one("main a[href='/dashboard/']")["href"])
    assert [heading.get_text() for heading in page.select("main h2")] == seen
    for chart in page.select("svg"):
        assert chart["role"] == "img"
        assert chart["aria-label"]
        assert chart.title
        assert chart.find_next("table") is not None


def test_the_dashboard_asks_as_often_for_many_entries_as_for_few():
    version = put_policy_in_force()
    fill(2)
    counted = []
    for more in (0, 12):
        fill(more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            made(*PARTS, version=version)
        counted.append(len(queries))
    assert counted[0] == counted[1] < 25


def test_page_pdf_and_workbook_say_the_same(browse_as):
    fill()
    put_policy_in_force()
    there = browse_as(Role.MANAGEMENT_TEAM)
    page = there.get("/dashboard/")
    shown = [cell.find(string=True) for cell in page.select("main td")]
    on_sheets = load_workbook(BytesIO(b"".join(there.client.get("/dashboard.xlsx").streaming_content)))
    assert on_sheets["By service"]["C2"].value == 60_000
    assert on_sheets["Partnerships by risk"]["B2"].value == 1
    paper = on_paper("reports/report_pdf.html", {"report": made(Role.MANAGEMENT_TEAM)})
    assert all(str(said) in paper for said in shown)
    assert broken_rules(there.client.get("/dashboard.pdf").content) == []


def test_without_a_policy_the_page_says_so(browse_as):
    assert "No policy" in browse_as(Role.EXECUTIVE).get("/dashboard/")


def test_risk_that_rose_stands_before_risk_that_fell():
    """FIG-09: within a quarter."""
    version, by = put_policy_in_force(), make_user(Role.REGISTER_MANAGER)
    levels = {"Calm": ("high", "low"), "Wild": ("low", "high"), "Still": ("low", "low")}
    entries = {name: make_partnership(name=name) for name in levels}
    for name, (was, _) in levels.items():
        entries[name].set_levels(risk=was, value="low", source="import", by=by)
    Partnership.history.update(history_date=timezone.now() - timedelta(days=200))
    for name, (_, now) in levels.items():
        entries[name].set_levels(risk=now, source="import", by=by)
    paper = made(Role.EXECUTIVE, version=version)
    table = next(table for _, table in paper.tables() if table.id == "moved")
    assert [tuple(map(str, line.cells)) for line in table.lines] == [("Wild", "Low", "High"), ("Calm", "High", "Low")]
    said = next(chapter.said for chapter in paper.chapters if chapter.id == "moved")
    assert said == ("1 partnership rose and 1 fell.",)
