"""The register under policies of another shape: no levels of its own, money from others in the pack."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments.facts import facts_of
from assessments.models import Assessment
from assessments.questionnaires import CouncilLists, prefills_of
from policy.reading import PACKS, read_pack_file
from register.exports import columns_of
from register.models import FundingSource, Partnership
from register.panels import missing_from, with_rows
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

PAGES = ("partnership", "details", "people", "money", "benefits", "actions", "documents", "history")


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.")


def entry_under(pack, lead):
    version = put_policy_in_force(pack)
    partnership = make_partnership(policy_version=version, name="Marsh Bus Partnership", lead_officer=lead)
    FundingSource(
        partnership=partnership, source="County Council", amount=Decimal(12000), ends_on=date(2030, 3, 31)
    ).keep(by=lead)
    return partnership


@pytest.mark.slow
@pytest.mark.parametrize("pack", ["harborough-2015", "strategy-2009"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_an_entry_opens(browse_as, lead, pack, page):
    partnership = entry_under(pack, lead)

    shown = browse_as(Role.AUDITOR).get(reverse(f"register:{page}", args=[partnership.reference]))

    assert shown.status == 200
    assert "Marsh Bus Partnership" in shown.words


@pytest.mark.parametrize(
    ("pack", "label"),
    [
        ("harborough-2015", "External funding"),  # HAR-B16
        ("strategy-2009", "Resources from elsewhere"),  # STR-B16
    ],
)
def test_money_from_others_is_a_field_where_the_policy_asks_for_it(browse_as, lead, pack, label):
    partnership = entry_under(pack, lead)
    policy = read_pack_file(PACKS / f"{pack}.yaml").policy

    page = browse_as(Role.AUDITOR).get(reverse("register:details", args=[partnership.reference]))
    row = next(row for row in page.select(".govuk-summary-list__row") if label in row.text)

    assert "County Council" in row.text
    assert columns_of(policy)["funding_sources"].value(partnership) == "County Council"


@pytest.mark.parametrize(("pack", "head"), [("redditch", "Accommodation"), ("melton", "Premises")])
def test_a_contribution_stands_under_the_policys_own_head(browse_as, lead, pack, head):  # RED-H15, MEL-H16
    partnership = entry_under(pack, lead)
    policy = read_pack_file(PACKS / f"{pack}.yaml").policy
    listed = next(column.list for column in policy.core_field("contributions").columns if column.id == "head")
    value = next(each for each in policy.list(listed).values if each.label == head)
    make_contribution(partnership, 4000, head=value.id, is_in_kind=True)

    page = browse_as(lead).get(reverse("register:money", args=[partnership.reference]))

    assert head in page.select_one("main").text


def test_a_form_asks_nothing_for_which_the_policy_lists_no_answers(browse_as, lead):
    partnership = entry_under("redditch", lead)
    browser = browse_as(lead)

    people = browser.get(reverse("register:add_row", args=[partnership.reference, "representatives"]))
    money = browser.get(reverse("register:add_row", args=[partnership.reference, "money"]))

    assert "Capacity" in people.text
    assert "Agreed role" not in people.text
    assert "Health and Safety" in money.text
    assert "One-off or every year" not in money.text


def test_money_from_others_is_known_to_the_checklist(lead):  # STR-D17, STR-D39
    partnership = entry_under("strategy-2009", lead)
    policy = read_pack_file(PACKS / "strategy-2009.yaml").policy
    form = policy.questionnaire("str-checklist")

    known = prefills_of(partnership, policy, form.questions, facts_of(partnership, policy), CouncilLists())

    assert known["str-d17"].value == "County Council"


def test_what_a_field_of_the_pack_holds_is_known_in_its_words(lead):  # STR-D14, STR-D36
    version = put_policy_in_force("strategy-2009")
    partnership = make_partnership(
        policy_version=version, local_values={"str-b20a": ["scrutiny", "area-bodies"], "str-b12": "funder"}
    )
    questions = [question for form in version.policy.questionnaires for question in form.questions]

    known = prefills_of(partnership, version.policy, questions, facts_of(partnership, version.policy), CouncilLists())

    assert known["str-d14"].value == "Overview and Scrutiny\nArea Forums"
    assert known["str-d36"].source.endswith(": Funder with little involvement")


def test_what_an_active_entry_still_lacks_is_named(lead):  # STR-B06, STR-A14
    partnership = entry_under("strategy-2009", lead)
    policy = read_pack_file(PACKS / "strategy-2009.yaml").policy
    entry = with_rows(Partnership.objects.filter(pk=partnership.pk)).get()

    assert "Performance method" in missing_from(entry, policy)


# Neither policy has overall levels: STR-C01 to C08 and HAR-C01 to C09 give none, and HAR-C01 scores each risk.


@pytest.mark.parametrize("pack", ["harborough-2015", "strategy-2009"])
def test_without_levels_the_list_offers_none(browse_as, lead, pack):
    entry_under(pack, lead)

    page = browse_as(Role.REGISTER_MANAGER).get(reverse("register:partnership_list"))

    names = {box["name"] for box in page.select("form input[type=checkbox][name]")}
    assert names.isdisjoint({"risk", "value"})
    assert "Risk by value grid" not in page.words
    assert "No risk level" not in page.words


@pytest.mark.parametrize("pack", ["harborough-2015", "strategy-2009"])
@pytest.mark.parametrize("role", [Role.REGISTER_MANAGER, Role.MANAGEMENT_TEAM])
def test_without_levels_the_home_page_misses_none(browse_as, lead, pack, role):
    entry_under(pack, lead)

    page = browse_as(role).get(reverse("home"))

    assert page.status == 200
    assert "Not assessed" not in page.words
    assert "Without a level" not in page.words


@pytest.mark.parametrize("pack", ["harborough-2015", "strategy-2009"])
def test_without_levels_there_is_nothing_to_assess(browse_as, lead, pack):
    partnership = entry_under(pack, lead)
    browsing = browse_as(lead)

    overview = browsing.get(reverse("register:partnership", args=[partnership.reference]))
    assert "not assessed yet" not in overview.words
    assert "Assess it" not in overview.words
    address = reverse("assessments:assessment", args=[partnership.reference])
    assert "The policy in force has no levels to assess" in browsing.get(address).words
    assert "Start the assessment" not in browsing.get(address).words

    told = browsing.post(reverse("assessments:assessment_start", args=[partnership.reference]), {})
    assert "Use its forms under Questionnaires" in told.words
    assert Assessment.objects.count() == 0


def test_the_levels_page_explains_the_matrix(browse_as, lead):  # DEF-01, HAR-I02
    version = put_policy_in_force("harborough-2015")

    page = browse_as(Role.AUDITOR).get(reverse("policy:levels", args=[version.code, version.version]))

    assert [item.text for item in page.select("main li")[-5:]] == [
        "Low: a score up to 5",
        "Medium: a score above 5 and up to 12",
        "High: a score above 12",
        "A risk scores High",
        "The contribution is above £50,000 a year",
    ]
    assert "5: Almost certain" in page.words


def test_the_levels_page_says_when_there_are_none(browse_as, lead):
    version = put_policy_in_force("strategy-2009")

    page = browse_as(Role.AUDITOR).get(reverse("policy:levels", args=[version.code, version.version]))

    assert "This policy has no levels" in page.words
    assert "One of these is enough" not in page.words
