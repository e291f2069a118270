"""The register under policies of another shape: no levels of its own, money from others in the pack."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments.facts import facts_of
from assessments.questionnaires import CouncilLists, prefills_of
from policy.reading import PACKS, read_pack_file
from register.exports import columns_of
from register.models import FundingSource, Partnership
from register.panels import missing_from, with_rows
from tests.factories import make_partnership, make_user, put_policy_in_force

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


def test_money_from_others_is_known_to_the_checklist(lead):  # STR-D17, STR-D39
    partnership = entry_under("strategy-2009", lead)
    policy = read_pack_file(PACKS / "strategy-2009.yaml").policy
    form = policy.questionnaire("str-checklist")

    known = prefills_of(partnership, policy, form.questions, facts_of(partnership, policy), CouncilLists())

    assert known["str-d17"].value == "County Council"


def test_what_an_active_entry_still_lacks_is_named(lead):  # STR-B06, STR-A14
    partnership = entry_under("strategy-2009", lead)
    policy = read_pack_file(PACKS / "strategy-2009.yaml").policy
    entry = with_rows(Partnership.objects.filter(pk=partnership.pk)).get()

    assert "Performance method" in missing_from(entry, policy)
