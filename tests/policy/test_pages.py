"""The policy on screen: each version as it was published, what is local told apart from what the policy says."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from config.tracing import DIGESTS
from policy.models import PolicyVersion
from policy.reading import pack_files
from policy.rows import local_settings
from tests.factories import put_policy_in_force

pytestmark = pytest.mark.django_db

PAGES = ["version", "fields", "levels", "forms", "routes", "rows"]


def address(page, version):
    return reverse(f"policy:{page}", kwargs={"code": version.code, "version": version.version})


def row_of(page, item_id):
    return " ".join(page.select_one(f"#{item_id}").get_text(" ").split())


def test_the_policy_opens_at_the_version_in_force(browse_as):
    put_policy_in_force()

    page = browse_as(Role.SCRUTINY).get(reverse("policy:policy"))

    assert page.heading == "The policy, clause by clause"
    assert "in force from 1 January 2020" in page


def test_without_a_policy_the_page_says_what_would_be_here(browse_as):
    page = browse_as(Role.ADMINISTRATOR).get(reverse("policy:policy"))
    assert "No policy is in force today" in page
    assert "load_policy" in page


def test_each_clause_says_what_the_register_does_about_it(browse_as):
    version = put_policy_in_force()

    page = browse_as(Role.AUDITOR).get(address("version", version))

    assert len(page.select("tbody tr")) == len(version.policy.statements) > 0
    for statement in version.policy.statements:
        assert statement.does in row_of(page, statement.id)


def test_what_is_a_local_setting_says_so(browse_as):
    """BRK-I04: the limits of hours are ours; BRK-B13: the contribution is the policy's."""
    version = put_policy_in_force()

    levels = browse_as(Role.AUDITOR).get(address("levels", version))
    assert "Local setting not in the policy" in row_of(levels, "brk-c02")
    assert "In the policy" in row_of(levels, "brk-c01")

    fields = browse_as(Role.AUDITOR).get(address("fields", version))
    assert "Local setting not in the policy" in row_of(fields, "local-cost-centre")
    assert "In the policy" in row_of(fields, "brk-b01")


def test_a_criterion_shows_its_levels_highest_first_and_who_judges(browse_as):
    """BRK-C01: the figure decides; BRK-C03: a person judges."""
    page = browse_as(Role.AUDITOR).get(address("levels", put_policy_in_force()))

    assert [each.text for each in page.select("#brk-c01 .app-level")] == ["High", "Medium", "Low"]
    assert "The figure" in row_of(page, "brk-c01")
    assert row_of(page, "brk-c03").count("A person") == 1


def test_every_list_of_the_policy_is_shown_with_its_values(browse_as):
    version = put_policy_in_force()

    page = browse_as(Role.AUDITOR).get(address("fields", version))

    assert "Required by law" in page.select_one("#list-governance-forms").find_next("ul").text
    assert "The council keeps this list itself" in page


def test_a_step_says_when_it_is_needed(browse_as):
    """BRK-E19: money outside the budget goes to the Executive, however little (BRK-I14)."""
    page = browse_as(Role.AUDITOR).get(address("routes", put_policy_in_force()))
    assert "When the money outside the budget is above £0" in page


@pytest.mark.parametrize("pack", [path.stem for path in pack_files()])
def test_every_row_of_the_policy_is_shown_with_what_carries_it(browse_as, pack):
    version = put_policy_in_force(pack)
    digest = next(name for name in DIGESTS.glob("*.md") if name.stem.split("-")[0] == pack.split("-")[0])
    prefix = version.policy.ref_prefix
    asked = re.findall(rf"^\| *({prefix}-[A-Za-z0-9-]+) *\|", digest.read_text(encoding="utf-8"), re.MULTILINE)
    auditor = browse_as(Role.AUDITOR)

    shown = set()
    for group in "abcdefghi":
        page = auditor.get(f"{address('rows', version)}?group={group}")
        shown |= {row.text for row in page.select("tbody th")}

    assert shown == set(asked)


def test_the_local_settings_stand_by_themselves(browse_as):
    """BRK-I04: the hours; a cost centre that no row asks for."""
    version = put_policy_in_force()

    page = browse_as(Role.AUDITOR).get(f"{address('rows', version)}?group=local")

    rows = [" ".join(row.text.split()) for row in page.select("tbody tr")]
    assert page.heading == "Row by row"
    assert len(rows) == len(local_settings(version.policy))
    assert any(row.startswith("BRK-I04") for row in rows)
    assert any(row.startswith("No row Cost centre") for row in rows)
    assert any("Council time commitment: The limits of 7.5 and 37 hours" in row for row in rows)


@pytest.mark.parametrize("page", PAGES)
def test_an_earlier_version_stays_readable_and_says_until_when_it_held(browse_as, page):
    version = put_policy_in_force()
    PolicyVersion.objects.filter(pk=version.pk).update(in_force_to=date(2021, 3, 31))

    shown = browse_as(Role.LEAD_OFFICER).get(address(page, version))

    assert shown.status == 200
    assert "This version was in force until 31 March 2021" in shown
    assert not shown.select("main form")


def test_a_version_that_never_was_is_not_found(browse_as):
    version = put_policy_in_force()
    path = reverse("policy:version", kwargs={"code": version.code, "version": "99"})
    assert browse_as(Role.AUDITOR).get(path).status == 404


def test_an_exclusion_says_what_makes_it_a_partnership_after_all(browse_as):  # MEL-A12, MEL-I01
    page = browse_as(Role.AUDITOR).get(address("version", put_policy_in_force("melton")))

    assert "It is one after all if the answer is yes: Is it a shared service between public bodies" in page


def test_a_form_shows_its_guides_its_parts_and_what_can_take_its_place(browse_as):  # MEL-I15, MEL-I18, MEL-D31
    page = browse_as(Role.AUDITOR).get(address("forms", put_policy_in_force("melton")))

    assert "What can take its place: Another checklist" in page
    assert "Business is orderly and fit for purpose" in page
    assert [each.text for each in page.select("main ol li ul li")][:4] == [
        "Set policy", "Service delivery", "Networking", "Other",
    ]  # fmt: skip


def test_a_mark_that_the_policy_hides_is_not_shown(browse_as):  # MEL-I14
    version = put_policy_in_force("melton")

    assert version.policy.significance.label not in browse_as(Role.AUDITOR).get(address("levels", version))


def test_roles_have_the_councils_own_labels(browse_as):
    put_policy_in_force()
    page = browse_as(Role.ADMINISTRATOR).get(reverse("accounts:role_list"))
    assert "Register manager" in page  # the neutral name stays beside the council's own
    assert put_label(page, "Register manager") != "Register manager"


def put_label(page, neutral):
    row = next(each for each in page.select("tbody th") if each.select_one(".app-sub") and neutral in each.text)
    return row.contents[0].strip()


def test_a_condition_of_a_step_reads_as_a_sentence(browse_as):
    page = browse_as(Role.AUDITOR).get(address("routes", put_policy_in_force()))

    assert "the deciders disagree" in page.words
    assert "it was not referred to the next body up" in page.words
    assert "whether" not in page.words
    assert "£0 a year" in page.words
