"""The pages of one partnership, as each person reads them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from register.models import Benefit, Membership, Organisation, Priority, PriorityLink, Representative, Status
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db

PAGES = ("partnership", "details", "people", "money", "benefits", "risks", "actions", "documents", "history")


def url(name, partnership, *more):
    return reverse(f"register:{name}", args=[partnership.reference, *more])


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.", job_title="Planning Policy Manager")


@pytest.fixture
def partnership(lead):
    """An entry with something on every page."""
    version = put_policy_in_force()
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    made = make_partnership(
        by=manager,
        policy_version=version,
        name="Central Marsh Joint Planning Policy Unit",
        purpose="Prepares one local plan for three councils.",
        nature="operational",
        is_statutory=False,
        lead_officer=lead,
        meeting_frequency="quarterly",
        council_role="control",
        hours_a_month=Decimal(86),
        own_reference="77",
    )
    for name, leads in (("Fenwold District Council", True), ("Ashmere Borough Council", False)):
        organisation = Organisation.objects.create(name=name)
        Membership(partnership=made, organisation=organisation, is_lead=leads).keep(by=manager)
    Representative(partnership=made, name="Cllr K.X.", level="member").keep(by=manager)
    Representative(partnership=made, is_vacant=True, vacant_since=date(2026, 11, 2)).keep(by=manager)
    priority = Priority.objects.create(code="2", title="Homes")
    PriorityLink(partnership=made, priority=Priority.objects.create(code="2.1", title="Homes people can afford",
                                                                    parent=priority)).keep(by=manager)  # fmt: skip
    Benefit(partnership=made, kind="hard", description="One plan instead of three").keep(by=manager)
    make_contribution(made, 140_250, year=2025, source="C2104")
    make_contribution(made, 142_600, year=2026, source="C2104")
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("role", [Role.LEAD_OFFICER, Role.REGISTER_MANAGER, Role.AUDITOR, Role.SCRUTINY])
@pytest.mark.parametrize("name", PAGES)
def test_everybody_who_signs_in_reads_every_page(browse_as, partnership, name, role):
    page = browse_as(role).get(url(name, partnership))

    assert page.status == 200
    assert "Central Marsh Joint Planning Policy Unit" in page.words


def test_the_overview_says_where_the_partnership_stands(browse_as, partnership):
    page = browse_as(Role.AUDITOR).get(url("partnership", partnership))

    said = " ".join(page.select_one("main").get_text(" ").split())
    assert "P-0001 · Active · Operational · not statutory · led by Fenwold District Council" in said
    assert "Council pays £142,600 a year" in said
    assert "Staff time 86 hours a month" in said
    assert "2.1 Homes people can afford" in said
    assert "£2,350 more" in said
    assert "Fenwold District Council (leads) and Ashmere Borough Council" in said
    assert "D.F., Planning Policy Manager" in said


def test_the_details_show_the_packs_sections_with_local_ones_marked(browse_as, partnership):
    page = browse_as(Role.AUDITOR).get(url("details", partnership))

    assert [card.text for card in page.select(".govuk-summary-card__title")][:2] == [
        "What it is",
        "Partners and the Council’s part",
    ]
    row = next(row for row in page.select(".govuk-summary-list__row") if "own reference" in row.text)
    assert "77" in row.text
    assert "Local setting, not in the policy" in row.text


def test_only_those_who_may_change_see_change(browse_as, partnership, lead):
    reader = browse_as(Role.AUDITOR).get(url("details", partnership))
    owner = browse_as(lead).get(url("details", partnership))

    assert "Change" not in reader.words
    assert owner.select_one(f'a[href^="{url("change_section", partnership, "identity")}"]')


def test_a_vacancy_says_for_how_long(browse_as, partnership):
    page = browse_as(Role.AUDITOR).get(url("people", partnership))

    assert "Vacant since 2 November 2026" in page.select_one("main").text


def test_what_is_missing_leads_to_where_it_is_put_right(browse_as, partnership, lead):
    page = browse_as(lead).get(url("partnership", partnership))

    links = {link.text: link["href"] for link in page.select(".app-panel--warn a")}
    assert links["The Council must by law take part"].endswith("/details/identity/change/#id_has_statutory_duty")


@pytest.mark.parametrize("status", [Status.LEFT, Status.NOT_A_PARTNERSHIP])
def test_past_entries_say_so(browse_as, status):
    past = make_partnership(status=status)

    assert "This page is kept as it was" in browse_as(Role.AUDITOR).get(url("partnership", past)).text


def test_pages_stand_without_a_policy(browse_as):
    made = make_partnership()
    reader = browse_as(Role.AUDITOR)

    assert [reader.get(url(name, made)).status for name in PAGES] == [200] * len(PAGES)


def test_pages_take_the_same_number_of_queries_however_much_they_show(browse_as, partnership):
    manager, reader = make_user(Role.REGISTER_MANAGER), browse_as(Role.AUDITOR)

    def fill(*numbers):
        for number in numbers:
            organisation = Organisation.objects.create(name=f"Partner {number}")
            Membership(partnership=partnership, organisation=organisation).keep(by=manager)
            Representative(partnership=partnership, name=f"Cllr {number}").keep(by=manager)
            Benefit(partnership=partnership, description=f"Benefit {number}").keep(by=manager)
            partnership.change({"comments": f"Note {number}"}, by=manager)

    def counted():
        counts = {}
        for name in PAGES:
            with CaptureQueriesContext(connection) as queries:
                reader.get(url(name, partnership))
            counts[name] = len(queries)
        return counts

    fill(*range(2))
    few = counted()
    fill(*range(2, 20))

    many = counted()
    told = {"partnership", "history"}  # these read the kinds of record that stand on their page: at most ten
    assert {name: many[name] for name in PAGES if name not in told} == {
        name: few[name] for name in PAGES if name not in told
    }
    assert max(*few.values(), *many.values()) <= 42


# CONF-09: the types of benefit, hard or soft and a figure, as each policy has them (BRK-A19, HAR-A08, MEL-H10 to H12,
# RED-H21 to H24, STR-B18)
@pytest.mark.parametrize(
    ("pack", "asked", "types"),
    [
        ("breckland-2015", "kind named_benefit description figure unit", 4),
        ("harborough-2015", "kind named_benefit description figure unit", 5),
        ("melton", "named_benefit description", 3),
        ("redditch", "named_benefit description figure unit", 4),
        ("strategy-2009", "named_benefit description", 6),
    ],
)
def test_each_policy_asks_for_its_own_facts_of_a_benefit(browse_as, pack, asked, types):
    put_policy_in_force(pack)
    manager = browse_as(make_user(Role.REGISTER_MANAGER))
    partnership = make_partnership()
    add = url("add_row", partnership, "benefits")

    form = manager.get(add)
    fields = dict.fromkeys(field["name"] for field in form.select("main form [name]"))
    assert [name for name in fields if name != "csrfmiddlewaretoken"] == asked.split()
    offered = [field["value"] for field in form.select("[name=named_benefit]") if field["value"]]
    assert len(offered) == types

    answers = {"named_benefit": offered[0], "description": "One bus for three valleys", "kind": "soft"}
    page = manager.post(add, {name: value for name, value in answers.items() if name in asked.split()})
    assert page.banner == "Benefit added: One bus for three valleys"
    headings = [each.get_text(strip=True) for each in page.select("table")[0].select("thead th")]
    assert ("Hard or soft" in headings) is ("kind" in asked.split())


def test_a_caveat_stands_wherever_the_figures_do(browse_as):
    """BRK-F20: beside money and benefits; not where no figure of the partnership stands."""
    partnership = make_partnership(data_caveat="Two months were counted")
    browser = browse_as(Role.AUDITOR)
    shown = [
        name for name in ("money", "benefits", "documents")
        if "Data caveat: Two months were counted" in browser.get(url(name, partnership)).words
    ]  # fmt: skip
    assert shown == ["money", "benefits"]


def nav_rows(page):
    return [[link.text.strip() for link in row.select("a")] for row in page.select(".app-subnav ul")]


def test_the_pages_of_an_entry_share_links_and_show_those_beside_the_open_one(browse_as):
    partnership = make_partnership()
    browser = browse_as(Role.REGISTER_MANAGER)

    overview = browser.get(reverse("register:partnership", args=[partnership.reference]))
    rows = nav_rows(overview)
    assert len(rows) == 1
    assert len(rows[0]) <= 12
    assert "Benefits" not in rows[0]

    benefits = browser.get(reverse("register:benefits", args=[partnership.reference]))
    assert nav_rows(benefits)[1] == ["Details", "Benefits"]
    assert [link.text.strip() for link in benefits.select(".app-subnav [aria-current=page]")] == ["Benefits"]
    assert [link.text.strip() for link in benefits.select(".app-subnav [aria-current=true]")] == ["Details"]
