"""Entries with a similar remit: how alike two remits are, in words, and where people see it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from register.models import Membership, Organisation, Partnership, Priority, PriorityLink
from register.similar import common_to_many, entries_like, likeness, remit, telling_words
from tests.factories import make_partnership, make_user, put_policy_in_force

NOTHING_COMMON = {"words": set(), "partners": set(), "priorities": set()}
FLOODS = remit(
    "Great Sedge Flood Board",
    "Flood defence and drainage of the marsh, with warnings to farms",
    ["Drainage Trust", "Fenwold District Council"],
    ["Safe from water"],
)


# --- Two remits ---------------------------------------------------------------------------------


def test_words_that_say_what_it_is_about_are_kept_once():
    assert telling_words("Floods, a flood plan, and policies for the local council's Gŵyl") == {
        "flood": "floods",
        "plan": "plan",
        "policy": "policies",
        "gwyl": "gŵyl",
    }


def test_a_similar_remit_says_what_they_have_in_common():
    other = remit(
        "Wetland Watch", "Drainage and warnings of flood", ["Drainage Trust"], ["Safe from water", "Growing towns"]
    )

    found = likeness(FLOODS, other, NOTHING_COMMON)

    assert found.reasons == (
        "both speak of drainage, warnings and flood",
        "Drainage Trust is in both",
        "both help Safe from water",
    )
    assert found.points == 3 * 8 + 8 + 6


@pytest.mark.parametrize(
    ("name", "points", "reason"),
    [
        ("Flood Board of Great Sedge", 60 + 3 * 8, "the names say the same"),
        ("Greater Sedge Floods Board", 40 + 2 * 8, "the names are alike"),
    ],
)
def test_names_that_are_alike_count(name, points, reason):
    found = likeness(FLOODS, remit(name, ""), NOTHING_COMMON)

    assert found.reasons[0] == reason
    assert found.points == points


def test_a_long_text_does_not_count_without_end():
    words = " ".join(f"subject{'abcdefghij'[number]}" for number in range(10))

    found = likeness(remit("One", words), remit("Other", words), NOTHING_COMMON)

    assert found.points == 5 * 8


def test_two_partnerships_about_different_things_have_nothing_in_common():
    found = likeness(FLOODS, remit("Youth House", "Sport and music for young people", ["Music Trust"]), NOTHING_COMMON)

    assert (found.points, found.reasons) == (0, ())


def test_what_many_entries_share_counts_for_nothing():
    many = [remit(f"Board {letter}", "Wardens", ["County Council"], ["Everything"]) for letter in "abcdefgh"]

    common = common_to_many([*many, FLOODS])

    assert "warden" in common["words"]
    assert common["partners"] == {"county council"}
    assert common["priorities"] == {"everything"}
    assert likeness(many[0], many[1], common).points == 0


# --- In the register ----------------------------------------------------------------------------


@pytest.fixture
def water(db) -> Partnership:
    return make_partnership(name="Marsh Water Group", purpose="Drainage, flood warning and defence of the harbour")


def test_the_likest_entry_stands_first_and_the_entry_itself_never(water):
    make_partnership(name="Youth House", purpose="Sport and music")
    near = make_partnership(name="Coast Board", purpose="Flood defence and drainage of the harbour")
    less = make_partnership(name="Farm Advice", purpose="Flood warning and drainage for farms")

    found = entries_like(water)

    assert [each.partnership for each in found] == [near, less]
    assert found[0].points > found[1].points


def test_partners_and_priorities_in_common_count(water):
    other = make_partnership(name="Coast Board", purpose="Flood defence")
    trust = Organisation.objects.create(name="Drainage Trust")
    priority = Priority.objects.create(code="1", title="Safe from water")
    for entry in (water, other):
        Membership(partnership=entry, organisation=trust).keep(by=make_user())
        PriorityLink(partnership=entry, priority=priority).keep(by=make_user())

    (found,) = entries_like(water)

    assert found.reasons[1:] == ("Drainage Trust is in both", "both help Safe from water")


@pytest.mark.parametrize("entries", [1, 12])
def test_looking_costs_three_queries_however_many_entries(water, django_assert_num_queries, entries):
    for number in range(entries):
        make_partnership(name=f"Coast {number}", purpose="Flood defence and drainage of the harbour")

    with django_assert_num_queries(3):
        entries_like(water)


# --- On screen ----------------------------------------------------------------------------------


def address(partnership):
    return reverse("register:similar", args=[partnership.reference])


def test_after_a_proposal_similar_entries_are_shown_with_why(browse_as):  # MEL-D15, MEL-F02
    put_policy_in_force("melton")
    near = make_partnership(name="Coast Board", purpose="Flood defence and drainage of the harbour")
    facts = {"name": "Marsh Water Group", "partners": "Drainage Trust", "purpose": "Flood warning, drainage, harbour"}

    page = browse_as(Role.LEAD_OFFICER).post(reverse("register:add"), facts)

    assert page.heading == "Similar entries"
    assert near.name in page
    assert "both speak of flood, drainage and harbour" in page
    assert page.select_one(f'a[href="/partnerships/{near.reference}/"]')
    assert "Go on with Marsh Water Group" in page


def test_after_a_proposal_like_no_other_the_entry_opens(browse_as):
    put_policy_in_force("melton")
    make_partnership(name="Youth House", purpose="Sport and music")
    facts = {"name": "Marsh Water Group", "partners": "Drainage Trust", "purpose": "Flood warning"}

    page = browse_as(Role.LEAD_OFFICER).post(reverse("register:add"), facts)

    assert page.heading == "Marsh Water Group"


def test_the_page_says_so_when_nothing_is_similar(browse_as, water):
    put_policy_in_force("melton")

    assert "No entry of the register looks like this one" in browse_as(Role.AUDITOR).get(address(water))


def test_the_page_costs_the_same_however_many_entries(browse_as, water):
    put_policy_in_force("melton")
    browser = browse_as(Role.AUDITOR)
    counts = set()
    for number in range(3):
        make_partnership(name=f"Coast {number}", purpose="Flood defence and drainage of the harbour")
        with CaptureQueriesContext(connection) as queries:
            browser.get(address(water))
        counts.add(len(queries))

    assert len(counts) == 1
