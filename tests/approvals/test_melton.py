"""Melton's protocol on its way: its outcomes, and the committee where authority goes beyond delegation."""

import pytest

from policy.refused import Refused
from register.models import Status
from tests.approvals.making import LATER, Council

pytestmark = pytest.mark.django_db

GIVEN = {"mel-c15a": True, "mel-c15b": True, "mel-c15c": True, "mel-c15d": True, "mel-c17": False}


@pytest.fixture
def council():
    return Council("melton")


def say(council, **values):
    """Keep the pack's own fields of the entry."""
    partnership = council.entry()
    partnership.change({"local_values": partnership.local_values | values}, by=council.manager)
    council.partnership = council.entry()


def to_management_team(council):
    request = council.request("mel-joining")
    council.answer("mel-tests", at=LATER)
    council.take(request, "mel-f04", by=council.manager)
    council.take(request, "mel-f05", "agree", by=council.head)
    return request


def test_who_decides_must_be_known_before_a_proposal_is_sent(council):  # MEL-F07
    with pytest.raises(Refused, match="Enter it, so that it is known who decides"):
        council.request("mel-joining")


def test_management_team_decides_within_delegated_authority(council):  # MEL-F04 to F06, MEL-F08
    say(council, **GIVEN)
    request = to_management_team(council)

    council.take(request, "mel-f06", "join", by=council.cmt)

    assert request.outcome == "join"
    assert council.entry().status == Status.ACTIVE


def test_the_council_joins_only_once_the_committee_has_granted_the_authority(council):  # MEL-F07, MEL-E05
    say(council, **GIVEN | {"mel-c17": True})
    request = to_management_team(council)

    council.take(request, "mel-f06", "join", by=council.cmt)
    assert council.entry().status == Status.PROPOSED

    council.take(request, "mel-f07", "join", by=council.executive)
    assert council.entry().status == Status.ACTIVE


def test_contact_only_ends_the_route_with_a_lead_officer(council):  # MEL-A25, MEL-F09, CHK-18
    say(council, **GIVEN | {"mel-c17": True})
    request = to_management_team(council)

    council.take(request, "mel-f06", "contact-only", by=council.cmt, reason_from_list="courtesy")

    assert request.outcome == "contact-only"
    assert council.entry().status == Status.CONTACT_ONLY


def test_a_town_or_parish_council_takes_part_instead(council):  # MEL-A26, MEL-F10
    say(council, **GIVEN)
    request = to_management_team(council)

    council.take(request, "mel-f06", "refer", by=council.cmt)

    assert council.entry().status == Status.REFERRED


@pytest.mark.parametrize(("authority", "after"), [(False, Status.LEAVING), (True, Status.ACTIVE)])
def test_the_committee_agrees_to_leave_where_it_gave_the_authority(authority, after):  # MEL-I06
    council = Council("melton", status=Status.ACTIVE)
    say(council, **GIVEN | {"mel-c17": authority})
    request = council.request("mel-leaving")

    council.take(request, "mel-f20-approve", "agree", by=council.head)
    council.take(request, "mel-f20-decide", "leave", by=council.cmt, reason_from_list="achieved")
    assert council.entry().status == after

    if authority:
        council.take(request, "mel-f20-committee", "leave", by=council.executive, reason_from_list="achieved")
    assert council.entry().status == Status.LEAVING


def test_an_active_partnership_can_become_contact_only_after_an_evaluation():  # MEL-D83, MEL-A25
    council = Council("melton", status=Status.ACTIVE)
    request = council.request("mel-change")
    council.take(request, "mel-change-approve", "agree", by=council.head)

    council.take(request, "mel-change-decide", "contact-only", by=council.cmt, reason_from_list="courtesy")

    assert council.entry().status == Status.CONTACT_ONLY
