"""What an auditor would find: each check holds for the entry that shows it and for no other, under each policy."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from policy.reading import pack_files
from register.models import Membership, Organisation, Partnership, PriorityLink, Representative, Risk, Status
from register.models.lists import Priority
from reports.checks import Asked, checks_of, entries_of, findings
from tests.assessments.making import make_assessment, make_response
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def whole(by, version, **facts):
    """An entry in which no check finds anything."""
    facts = {
        "name": "Whole Board",
        "hours_a_month": 3,
        "exit_impact": "Little",
        "next_review_on": TODAY,
        "lead_officer": by,
        "policy_version": version,
    } | facts
    entry = make_partnership(by=by, **facts)
    entry.set_levels(risk="low", value="low", source="assessment", by=by)
    make_contribution(entry, 100)
    Membership(partnership=entry, organisation=Organisation.objects.create(name=f"Partner of {entry}")).keep(by=by)
    Representative(partnership=entry, name="Cllr K.X.").keep(by=by)
    Risk(partnership=entry, note="Few people use it").keep(by=by)
    priority = Priority.objects.create(code=f"{entry.pk}", title="Homes")
    PriorityLink(partnership=entry, priority=priority).keep(by=by)
    entry.refresh_from_db()
    return entry


def found(version, slug):
    check = next(each for each in checks_of(version.policy) if each.slug == slug)
    asked = Asked(version, TODAY)
    names = [entry.name for entry in entries_of(check, asked)]
    assert len(names) == next(each.count for each in findings(asked) if each.check.slug == slug)
    return names


BREAK = {
    "no-risk-assessment": lambda entry, by: entry.set_levels(risk="", source="", by=by),
    "no-exit-plan": lambda entry, by: entry.change({"exit_impact": ""}, by=by),
    "leaving-without-strategy": lambda entry, by: entry.move(Status.LEAVING, by=by, reason="Done"),
    "no-review-in-time": lambda entry, by: entry.change({"next_review_on": TODAY - timedelta(days=1)}, by=by),
    "no-date-of-review": lambda entry, by: entry.change({"next_review_on": None}, by=by),
    "no-partners": lambda entry, by: entry.memberships.get().take_out(by=by),
    "no-lead-officer": lambda entry, by: entry.change({"lead_officer": None}, by=by),
    "no-figures": lambda entry, by: entry.change({"hours_a_month": None}, by=by),
    "outside-the-budget": lambda entry, by: make_contribution(entry, 1, is_outside_budget=True),
    "no-priority": lambda entry, by: entry.priority_links.get().take_out(by=by),
    "several-scales": lambda entry, by: entry.set_levels(risk="high", source="import", by=by),
}


@pytest.mark.parametrize("slug", BREAK)
def test_a_check_finds_the_entry_that_shows_it_and_no_other(slug):
    version, by = put_policy_in_force(), make_user(Role.REGISTER_MANAGER)
    whole(by, version)
    bad = whole(by, version, name="Broken Board")
    make_partnership(by=by, name="Proposed only", status=Status.PROPOSED)
    assert found(version, slug) == []

    BREAK[slug](Partnership.objects.get(pk=bad.pk), by)

    assert found(version, slug) == ["Broken Board"]


def test_a_vacant_place_is_no_representative():
    version, by = put_policy_in_force(), make_user(Role.REGISTER_MANAGER)
    entry = whole(by, version)
    place = entry.representatives.get()
    place.is_vacant, place.name = True, ""
    place.keep(by=by)

    assert found(version, "no-representative") == ["Whole Board"]


def test_an_exit_strategy_that_was_sent_is_a_plan():
    version = put_policy_in_force()
    entry = make_response("brk-exit", sent=True).partnership
    entry.change({"exit_impact": ""}, by=make_user())
    assert entry.name not in found(version, "no-exit-plan")


def test_a_level_of_an_earlier_version_is_another_scale():
    made = make_assessment()
    assert found(made.policy_version, "several-scales") == []

    later = put_policy_in_force("harborough-2015")

    assert [each.slug for each in checks_of(later.policy) if each.slug == "several-scales"] == (
        ["several-scales"] if later.policy.schemes else []
    )


def test_a_significant_partnership_needs_an_agreement_in_force():
    version, by = put_policy_in_force("redditch"), make_user(Role.REGISTER_MANAGER)
    entry = make_partnership(by=by, name="Significant Board")
    make_partnership(by=by, name="Other Board")
    assert found(version, "no-agreement") == []

    entry.change({"is_significant": True}, by=by)

    assert found(version, "no-agreement") == ["Significant Board"]


@pytest.mark.parametrize("pack", [path.stem for path in pack_files()])
def test_every_policy_has_checks_of_its_own(pack, browse_as):
    put_policy_in_force(pack)
    make_partnership(name="Bare Board")

    page = browse_as(Role.AUDITOR).get("/checks/")

    assert page.heading == "Checks"
    for link in page.select("main tbody a"):
        assert "Bare Board" in browse_as(Role.AUDITOR).get(link["href"])


@pytest.mark.parametrize("address", ["/checks/", "/checks/no-partners/"])
@pytest.mark.parametrize("entries", [1, 20])
def test_the_checks_take_the_same_queries_however_many_entries(browse_as, django_assert_num_queries, address, entries):
    put_policy_in_force()
    by = make_user(Role.REGISTER_MANAGER)
    auditor = browse_as(Role.AUDITOR).client
    for number in range(entries):
        make_partnership(by=by, name=f"Board {number}")
    auditor.get(address)

    # Session kept in a transaction (4), person, roles, policy twice; the findings and how many, or a page and how many.
    with django_assert_num_queries(10):
        auditor.get(address)


def test_a_check_that_does_not_apply_is_not_found(browse_as):
    put_policy_in_force()
    assert browse_as(Role.AUDITOR).client.get("/checks/no-agreement/").status_code == 404
