"""The risk and opportunity register of an entry (CORE-09; RED-F40 to F54, HAR-B08, HAR-B09, MEL-D25, STR-B19)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from assessments.facts import facts_of
from policy.refused import Refused
from register import services
from register.facts import Asked
from register.listing import list_of
from register.models import Risk, Side
from register.timeline import Filter, timeline
from tests.factories import make_partnership, make_user, put_policy_in_force
from tests.register.risk_packs import COLUMNS, make_risk, put_matrix_in_force

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)
WARNING = "No contingency plan. The policy asks for one when impact is High."


def url(name, partnership, *more):
    return reverse(f"register:{name}", args=[partnership.reference, *more])


@pytest.fixture
def version(db):
    return put_matrix_in_force()


@pytest.fixture
def manager(browse_as):
    return browse_as(make_user(Role.REGISTER_MANAGER, name="T.W."))


def sentences(partnership, version):
    asked = Asked(version.policy, today=TODAY, version=version)
    return [line for event in timeline(partnership, asked, Filter(), 1) for line, _ in event.lines]


# DEF-01: product 1 to 5 Low, 6 to 12 Medium, 15 to 25 High
@pytest.mark.parametrize(
    ("likelihood", "impact", "level", "score"),
    [("1", "5", "low", 5), ("2", "3", "medium", 6), ("3", "4", "medium", 12), ("3", "5", "high", 15)],
)
def test_a_risk_is_placed_on_the_matrix(version, likelihood, impact, level, score):  # HAR-C01, RED-C18
    risk = make_risk(note="Funding ends", likelihood=likelihood, impact=impact, version=version)

    risk.refresh_from_db()
    assert (risk.level, risk.score, risk.policy_version) == (level, Decimal(score), version)


def test_an_opportunity_is_placed_on_the_matrix_too(version):  # HAR-C02
    hope = make_risk(note="A second grant", side=Side.OPPORTUNITY, likelihood="4", impact="4", version=version)

    assert (hope.level, hope.rating) == ("high", "Likely by Major, 16")


def test_a_point_that_the_matrix_does_not_have_is_refused(version):
    with pytest.raises(Refused, match="Choose the likelihood and the impact on the scale “Likelihood by impact”"):
        make_risk(note="Funding ends", likelihood="3", impact="6", version=version)
    assert not Risk.objects.exists()


def test_a_likelihood_without_an_impact_is_refused(version):
    with pytest.raises(Refused, match="Select both the likelihood and the impact"):
        make_risk(note="Funding ends", likelihood="3", version=version)


# CHK-11, FIG-17, RED-F52, RED-C19: impact High asks for a plan, whatever the likelihood
@pytest.mark.parametrize(
    ("likelihood", "impact", "plan", "warns"),
    [("1", "4", "", True), ("1", "4", "Hire a second lorry", False), ("5", "3", "", False), ("1", "4", "  ", True)],
)
def test_a_high_impact_without_a_contingency_plan_warns(manager, likelihood, impact, plan, warns):
    version = put_matrix_in_force()
    risk = make_risk(note="Fleet fails", likelihood=likelihood, impact=impact, contingency_plan=plan, version=version)

    page = manager.get(url("risks", risk.partnership))

    assert (WARNING in page) is warns
    assert bool(page.select(".app-panel--warn")) is warns


def test_the_page_shows_each_risk_with_its_level_control_and_owner(version, manager):  # RED-F45, HAR-B08
    risk = make_risk(
        note="Funding ends", kind="financial", view="council", likelihood="3", impact="5", version=version,
        control="Agreement until 2028", owner_name="D.F.", trigger="Grant letter late",
        contingency_plan="Scale down", transferred_to="Fenwold District Council", review_on=date(2027, 3, 1),
    )  # fmt: skip

    page = manager.get(url("risks", risk.partnership))

    row = page.select("tbody tr")[0].get_text(" ", strip=True)
    for words in ("Funding ends", "Financial", "Whose view: The council’s", "Possible", "Severe", "High", "D.F.",
                  "Agreement until 2028", "Sign that it is coming true: Grant letter late", "1 Mar 2027",
                  "Contingency plan: Scale down", "Transferred to Fenwold District Council"):  # fmt: skip
        assert words in row
    matrix = page.select("[role=region][tabindex='0'] table")[0]
    assert "1 here" in matrix.get_text(" ", strip=True)


def test_a_risk_is_added_with_what_the_policy_asks(version, manager):  # RED-F40, RED-F46, RED-F49
    partnership = make_partnership()
    form = manager.get(url("add_row", partnership, "risks"))
    for name in ("kind", "note", "view", "likelihood", "impact", "control", "trigger", "contingency_plan",
                 "transferred_to"):  # fmt: skip
        assert form.select_one(f"[name={name}]"), name

    page = manager.post(
        url("add_row", partnership, "risks"),
        {"note": "Funding ends", "kind": "financial", "likelihood": "2", "impact": "5", "view": "partnership"},
    )

    assert page.banner == "Risk added: Funding ends"
    risk = partnership.risks.get()
    assert (risk.level, risk.view, risk.side) == ("medium", "partnership", "risk")


def test_what_could_happen_must_be_said(version, manager):
    partnership = make_partnership()

    page = manager.post(url("add_row", partnership, "risks"), {"likelihood": "2", "impact": "5"})

    assert page.errors == ["Say what could happen"]


def test_an_impact_outside_the_scale_is_refused_on_the_form(version, manager):
    partnership = make_partnership()

    page = manager.post(
        url("add_row", partnership, "risks"), {"note": "Funding ends", "likelihood": "2", "impact": "9"}
    )

    assert page.errors == ["Select the impact"]


def test_only_what_the_pack_names_is_asked(manager):  # HAR-B08: text, likelihood, impact, owner, control
    put_matrix_in_force(columns=COLUMNS)
    partnership = make_partnership()

    form = manager.get(url("add_row", partnership, "risks"))
    asked = {field["name"] for field in form.select("main [name]")} - {"csrfmiddlewaretoken"}
    assert asked == {"note", "likelihood", "impact", "owner_id", "owner_name", "control"}

    page = manager.post(
        url("add_row", partnership, "risks"), {"note": "Funding ends", "likelihood": "1", "impact": "1"}
    )
    assert page.errors == ["Select who owns the risk, or enter their name below"]

    page = manager.post(
        url("add_row", partnership, "risks"),
        {"note": "Funding ends", "likelihood": "1", "impact": "1", "owner_name": "D.F."},
    )
    assert page.banner == "Risk added: Funding ends"


def test_opportunities_stand_in_a_table_of_their_own(version, manager):  # HAR-B09
    partnership = make_partnership()

    page = manager.post(
        url("add_row", partnership, "opportunities"), {"note": "A second grant", "likelihood": "4", "impact": "4"}
    )

    assert page.banner == "Opportunity added: A second grant"
    assert [heading.get_text(strip=True) for heading in page.select("main .app-h2row h2")] == [
        "Risks",
        "Opportunities",
    ]
    assert "Nobody has entered a risk yet." in page
    assert partnership.risks.get().side == Side.OPPORTUNITY


def test_a_policy_without_opportunities_does_not_ask_for_them(manager):
    put_matrix_in_force(used_for="risks")

    assert "Opportunities" not in manager.get(url("risks", make_partnership()))


def test_a_change_says_which_level_follows(version, manager):
    risk = make_risk(note="Funding ends", likelihood="2", impact="4", contingency_plan="Scale down", version=version)
    change = url("change_row", risk.partnership, "risks", risk.pk)
    form = manager.get(change)
    carried = form.select_one("[name=carried]")["value"]

    page = manager.post(
        change, {"carried": carried, "do": "check", "note": "Funding ends", "likelihood": "5", "impact": "4"}
    )
    assert "The level becomes High" in page
    assert WARNING in page  # the plan was emptied too

    carried = page.select_one("[name=carried]")["value"]
    manager.post(change, {"carried": carried, "do": "save", "reason": "The grant is in doubt"})

    risk.refresh_from_db()
    assert (risk.level, risk.score) == ("high", 20)
    told = sentences(risk.partnership, version)
    assert "Risk Funding ends: Level changed from Medium to High" in told
    assert "Risk Funding ends: Rating changed from Unlikely by Major, 8 to Almost certain by Major, 20" in told


def test_a_closed_risk_stays_readable_with_what_came_of_it(version, manager):
    risk = make_risk(note="Funding ends", likelihood="3", impact="5", version=version)
    partnership = risk.partnership
    close = url("close_risk", partnership, risk.pk)

    assert manager.post(close, {"outcome": ""}).errors == ["Say what came of it"]
    page = manager.post(close, {"outcome": "Funded until 2030"})

    assert page.banner == "Risk closed: Funding ends. It stays on the page under “Closed”"
    closed = page.select("table")[0].get_text(" ", strip=True)
    for words in ("Funding ends", "Funded until 2030", "Possible by Severe, 15"):
        assert words in closed
    assert manager.post(close, {"outcome": "Again"}).errors == [
        "This risk is closed already. Reopen it first if it is back"
    ]
    assert "Risk Funding ends: What came of it written" in sentences(partnership, version)


def test_a_risk_that_is_back_is_opened_again_and_the_history_keeps_both(version, manager):
    risk = make_risk(note="Funding ends", likelihood="3", impact="5", version=version)
    services.close_risk(risk, on=TODAY, outcome="Funded until 2030", by=manager.user)
    reopen = url("reopen_risk", risk.partnership, risk.pk)

    assert manager.post(reopen, {"reason": ""}).errors == ["Say why this risk is open again"]
    page = manager.post(reopen, {"reason": "The funder withdrew"})

    assert page.banner == "Risk open again: Funding ends"
    risk.refresh_from_db()
    assert (risk.is_open, risk.outcome) == (True, "")
    assert risk.history.filter(outcome="Funded until 2030").exists()
    with pytest.raises(Refused, match="This risk is open already"):
        services.reopen_risk(risk, reason="Once more", by=manager.user)


def test_a_level_is_never_converted_to_another_scale(version, manager):
    risk = make_risk(note="Funding ends", likelihood="3", impact="5", version=version)
    partnership = risk.partnership
    second = put_matrix_in_force("2", on=date(2026, 1, 1), medium_up_to=15)

    page = manager.get(url("risks", partnership))
    assert f"on the scale of {version}" in page
    assert "1 here" not in page
    assert facts_of(partnership, second.policy).get("highest_risk_score") is None

    form = manager.get(url("change_row", partnership, "risks", risk.pk))
    assert not form.select("[name=impact]")
    again = url("rate_risk", partnership, risk.pk)
    assert not manager.get(again).select("main input[checked]")
    assert manager.post(again, {"likelihood": "3"}).errors == ["Select the impact"]

    manager.post(again, {"likelihood": "3", "impact": "5"})
    risk.refresh_from_db()
    assert (risk.level, risk.policy_version) == ("medium", second)
    assert risk.history.filter(level="high", policy_version=version).exists()


def test_a_new_version_with_the_same_scale_changes_nothing(version, manager):
    risk = make_risk(note="Funding ends", likelihood="3", impact="5", version=version)
    second = put_matrix_in_force("2", on=date(2026, 1, 1), used_for="risks")

    assert "on the scale of" not in manager.get(url("risks", risk.partnership))
    assert facts_of(risk.partnership, second.policy)["highest_risk_score"] == "high"


def test_the_highest_open_risk_is_a_fact_for_routes(version):
    partnership = make_partnership()
    assert "highest_risk_score" not in facts_of(partnership, version.policy)

    make_risk(partnership, note="One", likelihood="2", impact="3", version=version)
    worst = make_risk(partnership, note="Two", likelihood="5", impact="5", version=version)
    make_risk(partnership, note="Hope", side=Side.OPPORTUNITY, likelihood="5", impact="5", version=version)
    assert facts_of(partnership, version.policy)["highest_risk_score"] == "high"

    services.close_risk(worst, on=TODAY, outcome="Over", by=make_user())
    assert facts_of(partnership, version.policy)["highest_risk_score"] == "medium"


def test_the_page_of_the_list_shows_the_highest_risk(version, manager):
    make_risk(make_partnership(name="Anglian Board"), note="One", likelihood="5", impact="5", version=version)
    make_partnership(name="Brook Group")
    listed = reverse("register:partnership_list")

    page = manager.get(f"{listed}?columns=highest_risk,risks&sort=-highest_risk&all=yes")

    cells = [each.get_text(strip=True) for each in page.select("td[data-label='Highest single risk']")]
    assert cells == ["High", "Not set"]
    assert page.select_one(".app-level--risk-3")
    page = manager.get(f"{listed}?highest_risk=high&more=1&all=yes")
    assert "Highest single risk: High" in page
    assert "Brook Group" not in page


def test_the_list_shows_filters_and_sorts_by_the_highest_risk(version):
    make_partnership(name="Carr Forum")
    high, medium = (make_partnership(name=name) for name in ("Anglian Board", "Brook Group"))
    make_risk(high, note="One", likelihood="1", impact="1", version=version)
    make_risk(high, note="Two", likelihood="5", impact="5", version=version)
    make_risk(medium, note="Three", likelihood="2", impact="3", version=version)

    def names(query):
        return [entry.name for entry in list_of(QueryDict(query), today=TODAY).page()]

    assert names("highest_risk=high") == ["Anglian Board"]
    assert names("highest_risk=medium") == ["Brook Group"]
    assert names("highest_risk=none") == ["Carr Forum"]
    assert names("sort=-highest_risk") == ["Anglian Board", "Brook Group", "Carr Forum"]
    shown = list_of(QueryDict("columns=highest_risk&all=yes"), today=TODAY)
    (column,) = shown.columns
    assert [column.text(entry) for entry in shown.page()] == ["High", "Medium", "Not set"]


def test_the_risks_of_an_entry_stand_in_its_exports(version):  # risks in their words with the rating
    partnership = make_partnership()
    make_risk(partnership, note="Funding ends", likelihood="5", impact="5", version=version)
    make_risk(partnership, note="A grant", side=Side.OPPORTUNITY, likelihood="1", impact="5", version=version)
    closed = make_risk(partnership, note="Old", likelihood="5", impact="5", version=version)
    services.close_risk(closed, on=TODAY, outcome="Over", by=make_user())

    the_list = list_of(QueryDict("columns=risks,opportunities&all=yes"), today=TODAY)
    (entry,) = the_list.page()

    assert [column.text(entry) for column in the_list.columns] == [
        "Funding ends (Almost certain by Severe, 25)",
        "A grant",
    ]


def test_a_ticked_risk_stands_in_exports_under_its_name():  # BRK-A21
    put_policy_in_force()
    partnership = make_partnership()
    make_risk(partnership, kind="resources-not-committed", note="One owner has not confirmed its share")
    make_risk(partnership, kind="of-an-older-list", note="The driver leaves")

    the_list = list_of(QueryDict("columns=risks&all=yes"), today=TODAY)
    (entry,) = the_list.page()
    (column,) = the_list.columns

    assert column.text(entry).endswith("; The driver leaves")
    assert "resources-not-committed" not in column.text(entry)
    assert not column.text(entry).startswith("One owner")


def test_a_policy_without_a_matrix_ticks_its_risks_as_before(manager):  # BRK-A21, STR-B19
    put_policy_in_force()
    partnership = make_partnership()

    form = manager.get(url("add_row", partnership, "risks"))
    assert {field["name"] for field in form.select("main [name]")} - {"csrfmiddlewaretoken"} == {
        "kind", "note", "level",
    }  # fmt: skip
    page = manager.post(url("add_row", partnership, "risks"), {"note": "Partners disagree", "level": "medium"})

    assert page.banner == "Risk added: Partners disagree"
    assert "Medium" in page.select_one("tbody").get_text()
    assert not page.select("[role=region]")
    assert "highest_risk" not in list_of(QueryDict(""), today=TODAY).filters.filters


# The packs that come with the register: which ask for what (BRK-A21, MEL-H27, STR-B19, HAR-B08, RED-F45)
@pytest.mark.parametrize(
    ("pack", "asked"),
    [
        ("breckland-2015", "kind note level"),
        ("melton", "kind note"),
        ("strategy-2009", "kind note level"),
        ("harborough-2015", "kind note likelihood impact control owner_id owner_name"),
        ("redditch", "kind note likelihood impact view control owner_id owner_name trigger contingency_plan "
                     "transferred_to review_on"),
    ],
)  # fmt: skip
def test_each_policy_asks_for_its_own_facts_of_a_risk(pack, asked):
    version = put_policy_in_force(pack)

    facts = Asked(version.policy, today=TODAY, version=version).risk_form(Risk())

    assert [fact.name for fact in facts] == asked.split()


def test_redditch_warns_of_a_high_impact_without_a_plan_however_unlikely(manager):  # CHK-11
    version = put_policy_in_force("redditch")
    risk = make_risk(note="Fleet fails", likelihood="l1", impact="i4", version=version)

    page = manager.get(url("risks", risk.partnership))

    assert risk.level == "low"
    assert "No contingency plan. A risk with high impact needs a contingency plan, however unlikely it is." in page


@pytest.mark.parametrize("rows", [2, 12])
def test_the_page_takes_the_same_queries_for_any_number_of_risks(browse_as, version, rows):
    partnership = make_partnership()
    owner = make_user(name="D.F.")
    for number in range(rows):
        make_risk(partnership, note=f"Risk {number}", owner=owner, likelihood="3", impact="5", version=version)
    auditor = browse_as(Role.AUDITOR)
    auditor.get(url("risks", partnership))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        auditor.get(url("risks", partnership))

    assert len(queries) == 12


def test_others_read_the_risks_and_do_not_change_them(browse_as, version):
    risk = make_risk(note="Funding ends", likelihood="3", impact="5", version=version)

    page = browse_as(Role.AUDITOR).get(url("risks", risk.partnership))

    assert "Funding ends" in page
    assert not page.select("main table a, main .app-h2row a")
