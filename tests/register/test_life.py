"""A new entry, and its moves in life."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from policy.refused import Refused
from register import duplicates, services
from register.duplicates import kept_apart
from register.models import Benefit, DuplicateVerdict, Membership, Organisation, Partnership, Status
from tests.factories import make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Marsh Valley Mobility Partnership",
    "partners": "Fenwold District Council\nAshmere Trust\n\nfenwold district council",
    "purpose": "Community transport",
}


def post_new(browser, **changes):
    return browser.post(reverse("register:add"), NEW | changes)


def test_a_proposal_stands_with_its_partners_and_who_leads(browse_as):
    lead = make_user(Role.LEAD_OFFICER, name="D.F.")
    version = put_policy_in_force()

    page = post_new(browse_as(lead))

    made = Partnership.objects.get()
    assert page.heading == NEW["name"]
    assert (made.status, made.lead_officer, made.policy_version) == (Status.PROPOSED, lead, version)
    assert [str(row) for row in made.memberships.order_by("pk")] == ["Fenwold District Council", "Ashmere Trust"]
    assert Partnership.objects.search("ashmere").get() == made


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": ""}, "Enter the name of the partnership"),
        ({"partners": " \n "}, "Enter at least one partner, one a line"),
        ({"purpose": ""}, "Enter what the partnership is for"),
        ({"partners": "x" * 201},
         f"“{'x' * 40}…” is longer than 200 characters. Give one organisation a line"),
    ],
)  # fmt: skip
def test_wrong_proposals_say_what_to_do(browse_as, changes, error):
    page = post_new(browse_as(Role.LEAD_OFFICER), **changes)

    assert page.errors == [error]
    assert not Partnership.objects.exists()


def test_entries_that_look_like_it_are_shown_and_need_a_reason(browse_as):
    there = make_partnership(name="The Marsh Valley Mobility Group")
    Membership(partnership=there, organisation=Organisation.objects.create(name="Ashmere Trust")).keep(by=make_user())
    browser = browse_as(Role.LEAD_OFFICER)

    shown = post_new(browser)
    assert "The Marsh Valley Mobility Group P-0001, active: the names say the same and Ashmere Trust is in both" in (
        shown.words
    )
    assert shown.select_one("#id_name")["value"] == NEW["name"]

    again = post_new(browser, different="")
    assert again.errors == ["Say why it is a different partnership, or open the one that is the same"]

    post_new(browser, different="It serves another valley")
    made = Partnership.objects.get(name=NEW["name"])
    assert made.history.last().history_change_reason == "Different because: It serves another valley"
    assert [(str(other), why) for other, why, _ in kept_apart(made)] == [
        ("The Marsh Valley Mobility Group", "It serves another valley")
    ]
    assert "P-0001 and P-0002" not in browse_as(Role.REGISTER_MANAGER).get(reverse("register:duplicates")).words


def test_pairs_kept_apart_are_not_asked_again(browse_as):
    one, other = make_partnership(name="Coast Health Board"), make_partnership(name="Coast Health Partnership Board")
    browser = browse_as(Role.REGISTER_MANAGER)
    path = reverse("register:duplicates")
    assert "P-0001 and P-0002" in browser.get(path).words

    page = browser.post(path, {"one": other.reference, "other": one.reference})

    assert "No two entries look alike" in page.words
    verdict = DuplicateVerdict.objects.get()
    assert (verdict.one, verdict.other) == (one, other)


def test_unlike_names_are_no_pair():
    make_partnership(name="Coast Health Board")
    make_partnership(name="Waste Collection Consortium")

    assert duplicates.pairs(most=10) == []


# --- Moves ------------------------------------------------------------------------------------


@pytest.fixture
def manager(db):
    return make_user(Role.REGISTER_MANAGER, name="T.W.")


@pytest.fixture
def proposed(manager):
    put_policy_in_force()
    return make_partnership(by=manager, status=Status.PROPOSED)


def move_path(partnership):
    return reverse("register:move", args=[partnership.reference])


def test_joining_needs_a_benefit(browse_as, proposed, manager, settings):
    """BRK-A18: the benefits of each single partnership must be identified, also where no route decides."""
    settings.MOVING_CHECKS = []
    browser = browse_as(manager)
    page = browser.get(move_path(proposed))
    assert "Add at least one benefit, then join" in page.words
    assert not page.select("input[name=to][value=active]")
    with pytest.raises(Refused, match="at least one benefit"):
        services.move(proposed, Status.ACTIVE, by=manager, reason="x", policy=put_policy_in_force().policy)

    Benefit(partnership=proposed, kind="soft", description="Earlier help").keep(by=manager)
    browser.post(move_path(proposed), {"to": "active", "reason": "CMT, minute 41/26"})

    proposed.refresh_from_db()
    assert proposed.status == Status.ACTIVE
    assert proposed.history.first().history_change_reason == "CMT, minute 41/26"


def test_what_a_route_decides_is_not_moved_by_hand(browse_as, proposed, manager):  # BRK-F04, BRK-F07
    policy = put_policy_in_force().policy
    page = browse_as(manager).get(move_path(proposed))

    assert not page.select("input[name=to][value=active], input[name=to][value=not_joined]")
    assert "Joining is decided on a route of the policy" in page.words
    with pytest.raises(Refused, match="Ask for a decision"):
        services.move(proposed, Status.ACTIVE, by=manager, reason="Simpler", policy=policy)


def test_a_move_needs_a_reason(browse_as, proposed, manager):
    page = browse_as(manager).post(move_path(proposed), {"to": "other_arrangement", "reason": ""})

    assert page.errors == ["Say why the entry moves, such as the decision and its minute"]


def test_the_last_move_is_undone(browse_as, proposed, manager):
    browser = browse_as(manager)
    browser.post(move_path(proposed), {"to": "not_a_partnership", "reason": "It is a contract"})
    page = browser.get(move_path(proposed))
    assert "Undo the last move: back to proposed" in page.words

    browser.post(move_path(proposed), {"to": "undo", "reason": "Pressed by mistake"})

    proposed.refresh_from_db()
    assert proposed.status == Status.PROPOSED


def test_nothing_to_undo_is_refused(proposed, manager):
    with pytest.raises(Refused, match="has not been moved"):
        services.undo_move(proposed, by=manager, reason="x")


@pytest.mark.parametrize("role", [Role.LEAD_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_the_register_manager_moves_an_entry(browse_as, proposed, role):
    assert browse_as(role).get(move_path(proposed)).status == 403
    with pytest.raises(Refused):
        services.move(proposed, Status.NOT_JOINED, by=make_user(role), reason="x", policy=None)


def test_an_entry_with_its_history_is_never_deleted():
    partnership = make_partnership()
    for take_out in (partnership.delete, lambda: partnership.take_out(by=make_user(), reason="A double")):
        with pytest.raises(Refused, match="stays on record"):
            take_out()
    assert Partnership.objects.get().history.count() >= 1
