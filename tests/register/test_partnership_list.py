"""The register list: what it shows, how it is narrowed, sorted and kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from accounts.models import ServiceArea
from accounts.roles import Role
from register.exports import all_columns
from register.listing import TheList
from register.models import Membership, Organisation, SavedView, Status
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db
LIST = "/partnerships/"


@pytest.fixture(autouse=True)
def policy(db):
    return put_policy_in_force()


def level(partnership, *, risk="", value=""):
    manager = make_user(Role.REGISTER_MANAGER)
    partnership.set_levels(risk=risk, value=value, source="import", by=manager)
    return partnership


def names(page):
    return [link.text for link in page.select("tbody th a")]


def test_a_row_shows_the_facts_in_words(browse_as):
    service = ServiceArea.objects.create(name="Place")
    entry = make_partnership(
        name="Joint Waste Board", service=service, is_statutory=True, lead_officer_name="Waste Manager", hours_a_month=8
    )
    make_contribution(entry, "142600")
    level(entry, risk="high", value="medium")

    row = browse_as(Role.AUDITOR).get(LIST).select_one("tbody tr")

    assert row.select_one("th .app-sub").text == "P-0001 · Place · statutory"
    cells = {cell["data-label"]: cell.get_text(" ", strip=True) for cell in row.select("td")}
    assert list(cells.values()) == ["Waste Manager", "High", "Medium", "£142,600", "8", "Not known"]


def test_what_is_not_known_says_so_and_is_left_out_of_the_total(browse_as):
    make_contribution(make_partnership(), "1000.50")
    make_contribution(make_partnership(), "0")
    make_partnership(hours_a_month=3)

    page = browse_as(Role.AUDITOR).get(LIST)

    foot = [cell.get_text(" ", strip=True) for cell in page.select("tfoot td, tfoot th")]
    assert foot == ["Total of what is known", "", "", "", "£1,000.50 2 of 3", "3 1 of 3", ""]


def test_a_late_review_says_by_how_many_days(browse_as):
    make_partnership(next_review_on=localdate() - timedelta(days=6))

    assert browse_as(Role.AUDITOR).get(LIST).select_one(".app-late").text == "6 days late"


def test_a_name_with_markup_is_only_text(browse_as):
    make_partnership(name='<img src="http://example.org/x.png"> Board')

    page = browse_as(Role.REGISTER_MANAGER).get(LIST)

    assert names(page) == ['<img src="http://example.org/x.png"> Board']
    assert not page.select("tbody img")


def test_the_first_list_is_all_active_entries(browse_as):
    make_partnership(name="Here")
    make_partnership(name="Going", status=Status.LEAVING)
    make_partnership(name="Gone", status=Status.LEFT)

    assert names(browse_as(Role.AUDITOR).get(LIST)) == ["Going", "Here"]


def test_filters_narrow_the_list_and_offer_counts(browse_as):
    level(make_partnership(name="A"), risk="high", value="low")
    level(make_partnership(name="B"), risk="high", value="high")
    level(make_partnership(name="C"), risk="low", value="high")
    make_partnership(name="D")

    page = browse_as(Role.AUDITOR).get(f"{LIST}?risk=high&status=active")

    assert names(page) == ["A", "B"]
    counts = {
        label["for"]: " ".join(label.text.split()) for label in page.select(".app-filter .govuk-checkboxes__label")
    }
    # Each filter counts with the others as they are: risk over all four, value over the two of high risk.
    assert [counts[each] for each in ("id_risk", "id_risk_1", "id_risk_2", "id_risk_3")] == [
        "High (2)",
        "Medium (0)",
        "Low (1)",
        "Not set (1)",
    ]
    assert [counts[each] for each in ("id_value", "id_value_2", "id_value_3")] == ["High (1)", "Low (1)", "Not set (0)"]


def test_each_chip_takes_out_its_filter(browse_as):
    level(make_partnership(name="A"), risk="high")
    make_partnership(name="B")
    person = browse_as(Role.AUDITOR)

    page = person.get(f"{LIST}?risk=high&status=active")
    chips = {" ".join(chip.text.split()): chip["href"] for chip in page.select(".app-chips a")}

    assert list(chips) == [
        "Take out this filter: Status: Active ✕",
        "Take out this filter: Risk: High ✕",
        "Clear all filters",
    ]
    assert names(person.get(LIST + chips["Take out this filter: Risk: High ✕"])) == ["A", "B"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=swansea+afon", ["Afon"]),
        ("q=Ŵyr", ["Afon"]),
        ("q=P-2", ["Bro"]),
        ("risk=none", ["Bro", "Cwm"]),
        ("value=low&value=high", ["Afon"]),
        ("statutory=yes", ["Bro"]),
        ("statutory=none", ["Afon", "Cwm"]),
        ("nature=strategic", ["Afon"]),
        ("due=late", ["Bro"]),
        ("due=30", ["Cwm"]),
        ("due=none", ["Afon"]),
        ("cost_from=50k&cost_to=£50,000", ["Afon"]),
        ("hours_from=5+hrs+a+week", ["Bro"]),
        ("hours_to=21.66", ["Cwm"]),
        ("lead=n:J.+Ŵyr", ["Afon"]),
        ("lead=none", ["Bro", "Cwm"]),
        ("missing=partners", ["Bro", "Cwm"]),
        ("missing=contribution", ["Bro", "Cwm"]),
        ("role=influence", []),
    ],
)
def test_what_each_filter_finds(browse_as, query, found):
    manager = make_user(Role.REGISTER_MANAGER)
    afon = make_partnership(name="Afon", nature="strategic", lead_officer_name="J. Ŵyr")
    make_contribution(afon, 50_000)
    swansea = Organisation.objects.create(name="Swansea Council")
    Membership(partnership=afon, organisation=swansea, is_lead=True).keep(by=manager)
    level(afon, risk="high", value="low")
    today = localdate()
    make_partnership(
        name="Bro", is_statutory=True, hours_a_month=Decimal("21.67"), next_review_on=today - timedelta(days=1)
    )
    make_partnership(name="Cwm", hours_a_month=20, next_review_on=today + timedelta(days=30), is_statutory=None)

    page = browse_as(Role.AUDITOR).get(f"{LIST}?{query}&size=25")

    assert names(page) == found
    assert page.errors == []


def test_a_filter_nobody_can_understand_says_what_to_type_and_keeps_it(browse_as):
    make_partnership(name="A")

    page = browse_as(Role.AUDITOR).get(f"{LIST}?cost_from=lots&status=active")

    assert page.errors == ["Enter the amount in pounds, like 12500"]
    assert page.select_one("#id_cost_from")["value"] == "lots"
    assert page.select_one(".govuk-error-summary a")["href"] == "#id_cost_from"
    assert names(page) == ["A"]


def test_find_opens_the_entry_of_a_reference(browse_as):
    make_partnership()

    answer = browse_as(Role.AUDITOR).client.get(f"{LIST}?q=p-1")

    assert (answer.status_code, answer.url) == (302, "/partnerships/P-0001/")


def test_sorting_says_its_order_and_leaves_the_unknown_for_last(browse_as):
    make_contribution(make_partnership(name="Low"), 10)
    make_partnership(name="Unknown")
    make_contribution(make_partnership(name="High"), 900)
    person = browse_as(Role.AUDITOR)

    up = person.get(f"{LIST}?all=yes&sort=contribution_a_year")
    down = person.get(f"{LIST}?all=yes&sort=-contribution_a_year")

    assert names(up) == ["Low", "High", "Unknown"]
    assert names(down) == ["High", "Low", "Unknown"]
    assert [head["aria-sort"] for head in up.select("th[aria-sort]")] == ["ascending"]
    assert [head["aria-sort"] for head in down.select("th[aria-sort]")] == ["descending"]


def test_levels_sort_by_their_height_not_by_the_alphabet(browse_as):
    for name, risk in (("A", "medium"), ("B", "low"), ("C", "high"), ("D", "")):
        level(make_partnership(name=name), risk=risk)

    assert names(browse_as(Role.AUDITOR).get(f"{LIST}?sort=-risk_level&all=yes")) == ["C", "A", "B", "D"]


def test_every_sortable_column_sorts(browse_as, policy):
    make_partnership()
    person = browse_as(Role.AUDITOR)

    for column in all_columns(policy.policy):
        if column.order:
            assert len(names(person.get(f"{LIST}?all=yes&sort={column.id}"))) == 1, column.id


def test_pages_of_25(browse_as):
    manager = make_user(Role.REGISTER_MANAGER)
    for number in range(27):
        make_partnership(name=f"Partnership {number:02d}", by=manager)

    page = browse_as(Role.AUDITOR).get(f"{LIST}?all=yes&page=2")

    assert names(page) == ["Partnership 25", "Partnership 26"]
    assert "Showing 26 to 27 of 27" in page
    assert names(browse_as(Role.AUDITOR).get(f"{LIST}?all=yes&page=nonsense&size=50"))[0] == "Partnership 00"


def test_no_match_names_the_filters_that_could_go(browse_as):
    level(make_partnership(), risk="low")

    page = browse_as(Role.AUDITOR).get(f"{LIST}?status=active&risk=high")

    assert "No partnership fits these 2 filters." in page
    assert "Take out Risk: High (1 fit)" in page


def test_the_last_list_is_remembered(browse_as):
    level(make_partnership(name="A"), risk="high")
    make_partnership(name="B")
    person = browse_as(Role.AUDITOR)
    person.get(f"{LIST}?risk=high&q=")

    answer = person.client.get(LIST)

    assert (answer.status_code, answer.url) == (302, f"{LIST}?risk=high")


def test_columns_are_chosen_moved_and_kept_in_the_address(browse_as):
    make_partnership(purpose="One plan for three councils")
    person = browse_as(Role.AUDITOR)

    moved = person.post(
        f"{LIST}columns/?all=yes",
        {"column": ["purpose", "risk_level"], "order": "risk_level,purpose", "move": "up:purpose"},
    )
    page = person.post(f"{LIST}columns/?all=yes", {"column": ["purpose", "risk_level"], "order": "purpose,risk_level"})

    assert [item.contents[0].strip() for item in moved.select("ol.govuk-list--number li")] == [
        "What it is for",
        "Risk",
    ] or [item.find("button")["value"] for item in moved.select("ol.govuk-list--number li")] == [
        "down:purpose",
        "up:risk_level",
    ]
    assert page.response.request["QUERY_STRING"] == "all=yes&columns=purpose%2Crisk_level"
    assert "One plan for three councils" in page


def test_no_column_is_an_error(browse_as):
    assert "Select at least one column" in browse_as(Role.AUDITOR).post(f"{LIST}columns/", {"order": ""})


def test_a_view_is_saved_shown_with_its_count_and_taken_out(browse_as):
    level(make_partnership(), risk="high")
    make_partnership()
    person = browse_as(Role.LEAD_OFFICER)

    page = person.post(f"{LIST}views/add/?risk=high&sort=name&page=3", {"name": "Worries", "is_shared": "on"})

    assert page.banner == "View “Worries” saved. It stands above the list"
    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("risk=high&sort=name", False)
    assert "Worries (1)" in page
    assert [each.text for each in page.select(".app-views [aria-current]")] == ["Worries (1)"]
    assert "Worries" not in browse_as(Role.LEAD_OFFICER).get(LIST)

    assert browse_as(Role.AUDITOR).get(f"{LIST}views/{view.pk}/delete/").status == 404
    person.post(f"{LIST}views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_a_register_manager_shares_a_view(browse_as):
    browse_as(Role.REGISTER_MANAGER).post(f"{LIST}views/add/?missing=lead", {"name": "Nobody leads", "is_shared": "on"})
    make_partnership()

    assert "Nobody leads (1)" in browse_as(Role.SCRUTINY).get(f"{LIST}?all=yes")


def test_two_views_of_one_name_are_refused(browse_as):
    person = browse_as(Role.LEAD_OFFICER)
    person.post(f"{LIST}views/add/?risk=high", {"name": "Mine"})

    page = person.post(f"{LIST}views/add/?risk=low", {"name": "Mine"})

    assert page.errors == ["You already have a view of this name. Choose another name"]


def test_the_grid_counts_pairs_of_levels_and_opens_their_lists(browse_as):
    cheap, dear = make_partnership(name="Cheap"), make_partnership(name="Dear")
    make_contribution(cheap, 100)
    make_contribution(dear, 50_000)
    for entry in (cheap, dear, make_partnership(name="Unknown")):
        entry.refresh_from_db()
        level(entry, risk="high", value="low")
    person = browse_as(Role.EXECUTIVE)

    page = person.get(f"{LIST}grid/")

    assert "1 partnership is Low in value and costs £50,000 a year or more." in page
    cell = next(cell for cell in page.select(".app-heat td") if cell.a)
    assert cell.get_text(" ", strip=True) == "3 partnerships , High risk, low value £50,100 a year, 1 not known"
    assert names(person.get(cell.a["href"])) == ["Cheap", "Dear", "Unknown"]
    assert [head.text for head in page.select(".app-heat thead th")] == [
        "Risk",
        "High value",
        "Medium value",
        "Low value",
    ]


def test_before_a_policy_is_in_force_the_page_says_so(browse_as, policy):
    type(policy).objects.filter(pk=policy.pk).update(in_force_to=date(2020, 12, 31))

    assert browse_as(Role.AUDITOR).get(LIST).heading == "No policy is in force"


@pytest.mark.parametrize("rows", [2, 20, 200])
def test_the_list_takes_the_same_queries_however_many_rows(browse_as, rows, policy):
    person = browse_as(Role.REGISTER_MANAGER)
    partner = Organisation.objects.create(name="Fenwold District Council")
    service = ServiceArea.objects.create(name="Place")
    officer = make_user(Role.LEAD_OFFICER)
    for _ in range(rows):
        entry = make_partnership(by=person.user, service=service, lead_officer=officer)
        Membership(partnership=entry, organisation=partner).keep(by=person.user)
    person.get(f"{LIST}?all=yes")

    usual = CaptureQueriesContext(connection)
    with usual:
        assert len(names(person.get(f"{LIST}?status=active&sort=-risk_level&size=100"))) == min(rows, 100)
    assert len(usual) == 14

    columns = ",".join(column.id for column in all_columns(policy.policy))
    everything = CaptureQueriesContext(connection)
    with everything:
        person.get(f"{LIST}?status=active&size=100&columns={columns}")
    # One more for each table whose rows stand in a cell.
    assert len(everything) == 14 + 8


def test_an_entry_opened_from_the_list_leads_back_and_on(browse_as):
    for name in ("Ash Board", "Birch Board", "Cedar Board"):
        make_partnership(name=name)
    person = browse_as(Role.AUDITOR)
    first, second, third = (row.a["href"] for row in person.get(f"{LIST}?all=yes").select("tbody th"))

    nav = person.get(second).select_one("nav[aria-label='Your list']")

    assert " ".join(nav.text.split()) == ("Back to your list (2 of 3) · Previous partnership · Next partnership")
    assert [link["href"] for link in nav.select("a")] == [f"{LIST}?all=yes", first, third]
    assert [link["href"] for link in person.get(first).select("nav[aria-label='Your list'] a")] == [
        f"{LIST}?all=yes",
        second,
    ]
    assert "(3 of 3)" in person.get(third)


def test_an_entry_that_is_not_on_the_list_says_nothing_of_it(browse_as):
    there = make_partnership(name="Ash Board")
    left_out = make_partnership(name="Birch Board")
    person = browse_as(Role.AUDITOR)
    person.get(f"{LIST}?q=Ash")

    assert person.get(f"/partnerships/{there.reference}/").select("nav[aria-label='Your list']")
    assert not person.get(f"/partnerships/{left_out.reference}/").select("nav[aria-label='Your list']")


def test_an_entry_leads_to_its_profile_and_the_list_to_a_copy_of_its_address(browse_as):
    entry = make_partnership()
    person = browse_as(Role.AUDITOR)

    page = person.get(f"/partnerships/{entry.reference}/")
    assert page.select_one(f"a[href='/partnerships/{entry.reference}/profile.pdf']").text == "Profile as PDF"
    assert person.get(f"{LIST}?all=yes").select_one("a[data-app-copy]")["data-app-copy"] == "Link copied"


def test_next_goes_on_beyond_the_page_of_the_list(browse_as):
    for number in range(60):
        make_partnership(name=f"Board {number:02}")
    person = browse_as(Role.AUDITOR)
    page = person.get(f"{LIST}?all=yes")
    address, seen = page.select_one("tbody th a")["href"], []

    while address:
        entry = person.get(address)
        seen.append(entry.heading)
        link = entry.select_one("nav[aria-label='Your list'] a[rel=next]")
        address = link["href"] if link else ""

    assert seen == [f"Board {number:02}" for number in range(60)]
    assert "(60 of 60)" in entry.select_one("nav[aria-label='Your list']").text
    back = person.get(f"{LIST}?all=yes&page=3").select_one("tbody th a")["href"]
    before = person.get(back).select_one("nav[aria-label='Your list'] a[rel=prev]")["href"]
    assert person.get(before).heading == "Board 49"


def test_two_values_of_one_filter_are_said_together():
    version = put_policy_in_force()
    the_list = TheList(QueryDict("status=active&status=leaving&risk=high"), version.policy, date(2026, 11, 20))

    assert the_list.in_words() == "Status: Active or Leaving; Risk: High"
