"""The entry's verbs: each change leaves a version that says who and why."""

import pytest

from accounts.roles import Role
from policy.refused import Refused
from register.models import Partnership, Representative, Status
from tests.factories import make_contribution, make_partnership, make_user

pytestmark = pytest.mark.django_db


def test_a_change_leaves_a_version_with_person_and_reason():
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    partnership = make_partnership(by=manager)

    partnership.change({"purpose": "One plan for three councils"}, by=manager, reason="Agreed on 1 May")

    version = partnership.history.first()
    assert (version.by_name, version.history_change_reason) == ("T.W.", "Agreed on 1 May")
    assert version.purpose == "One plan for three councils"


def test_references_count_up():
    assert [make_partnership().reference for _ in range(2)] == ["P-0001", "P-0002"]


def test_the_yearly_figure_is_the_cash_of_the_latest_year():
    """BRK-I03: staff time and kind left out, the latest year counts."""
    partnership = make_partnership()
    make_contribution(partnership, 90_000, year=2025)
    make_contribution(partnership, 60_000, year=2026)
    make_contribution(partnership, 40_001, year=2026, is_outside_budget=True)
    make_contribution(partnership, 5_000, year=2026, is_in_kind=True)

    partnership.refresh_from_db()

    assert partnership.contribution_a_year == 100_001
    assert partnership.unbudgeted_a_year == 40_001


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("move", Status)
def test_every_status_against_every_move(status, move):
    manager = make_user(Role.REGISTER_MANAGER)
    partnership = make_partnership(by=manager, status=status)

    if move in partnership.MOVES[status]:
        partnership.move(move, by=manager, reason="Try")
        assert partnership.status == move
    else:
        with pytest.raises(Refused):
            partnership.move(move, by=manager, reason="Try")
        assert partnership.status == status


def test_a_lead_officer_may_change_their_own_entries_only():
    mine, other = make_user(Role.LEAD_OFFICER), make_user(Role.LEAD_OFFICER)
    partnership = make_partnership(lead_officer=mine)

    assert type(partnership).objects.editable_by(mine).get() == partnership
    assert not type(partnership).objects.editable_by(other).exists()


def test_one_entry_and_the_list_agree_on_who_may_change_it():  # CORE-20
    officer, other = make_user(Role.LEAD_OFFICER), make_user(Role.LEAD_OFFICER)
    people = [officer, other, make_user(Role.REGISTER_MANAGER), make_user(Role.AUDITOR), make_user(Role.EXECUTIVE)]
    own, attended = make_partnership(lead_officer=officer), make_partnership(name="Another")
    Representative(partnership=attended, name="O.", user=other, level="officer").keep(by=people[2])
    Representative(partnership=attended, name="E.", user=people[4], level="member").keep(by=people[2])

    for person in people:
        listed = set(Partnership.objects.editable_by(person).values_list("pk", flat=True))
        assert {each.pk for each in (own, attended) if each.is_editable_by(person)} == listed
    assert not attended.is_editable_by(people[4])
