"""Where a request stands on its route, by the routes of real packs."""

from datetime import date
from decimal import Decimal

import pytest

from approvals.rules import Place, Taken, stand
from policy.reading import PACKS, read_pack_file

SENT = date(2026, 11, 2)
INSIDE = {"unbudgeted_a_year": Decimal(0)}
OUTSIDE = {"unbudgeted_a_year": Decimal(1)}


@pytest.fixture(scope="module")
def breckland():
    return read_pack_file(PACKS / "breckland-2015.yaml").policy


def joining(policy, facts, *taken, sent_on=SENT):
    """`taken` are pairs of step and outcome, or `Taken`."""
    steps = [each if isinstance(each, Taken) else Taken(each[0], each[1], SENT) for each in taken]
    return stand(policy, "brk-joining", facts, steps, sent_on=sent_on)


def open_ids(standing):
    return [state.step.id for state in standing.open_steps]


ADVISED = ("brk-f02-challenge", "")
SUPPORTS, OBJECTS = ("brk-f04-view", "agree"), ("brk-f04-view", "object")


def test_before_it_is_sent_nobody_has_a_turn(breckland):
    assert open_ids(joining(breckland, INSIDE, sent_on=None)) == []


def test_sending_says_that_the_proposers_own_steps_are_done(breckland):
    standing = joining(breckland, INSIDE)

    assert standing.state_of("brk-f01").place == standing.state_of("brk-f02").place == Place.TAKEN
    assert open_ids(standing) == ["brk-f02-challenge"]
    assert standing.state_of("brk-f02-challenge").due_on == date(2026, 11, 12)


def test_inside_the_budget_cmt_decides_and_the_executive_is_not_asked(breckland):  # BRK-F04
    standing = joining(breckland, INSIDE, ADVISED, SUPPORTS)

    assert open_ids(standing) == ["brk-f04"]
    assert standing.state_of("brk-f05").place == Place.NOT_NEEDED
    assert standing.state_of("brk-f05").reason == "No money is needed outside the budget"

    decided = joining(breckland, INSIDE, ADVISED, SUPPORTS, ("brk-f04", "join"))
    assert (decided.decided.id, decided.takes_effect.becomes) == ("join", "active")
    assert open_ids(decided) == ["brk-f08"]


def test_a_pound_outside_the_budget_goes_to_the_executive(breckland):  # CHK-03, BRK-F05
    standing = joining(breckland, OUTSIDE, ADVISED, SUPPORTS)
    assert open_ids(standing) == ["brk-f05-recommend"]
    assert standing.state_of("brk-f05").reason == "£1 a year is not in the budget"

    recommended = joining(breckland, OUTSIDE, ADVISED, SUPPORTS, ("brk-f05-recommend", "join"))
    assert (recommended.decided, open_ids(recommended)) == (None, ["brk-f05"])

    decided = joining(breckland, OUTSIDE, ADVISED, SUPPORTS, ("brk-f05-recommend", "join"), ("brk-f05", "join"))
    assert decided.decided.id == "join"


def test_a_recommendation_against_still_goes_to_the_body_that_decides(breckland):
    standing = joining(breckland, OUTSIDE, ADVISED, SUPPORTS, ("brk-f05-recommend", "not-join"))

    assert (standing.decided, open_ids(standing)) == (None, ["brk-f05"])


def test_money_that_nobody_has_entered_leaves_the_route_open(breckland):
    standing = joining(breckland, {}, ADVISED, SUPPORTS)

    assert open_ids(standing) == []
    assert {state.step.id for state in standing.not_known} == {"brk-f04", "brk-f05-recommend", "brk-f05"}
    assert standing.state_of("brk-f05").reason == "Not known yet: the money outside the budget"


def test_a_no_ends_the_request(breckland):  # BRK-F07
    standing = joining(breckland, INSIDE, ADVISED, OBJECTS, ("brk-f04", "not-join"))

    assert (standing.decided.id, standing.takes_effect.becomes) == ("not-join", "not_joined")


@pytest.mark.parametrize(("view", "outcome"), [("object", "join"), ("agree", "not-join")])
def test_a_disagreement_goes_up_and_cmt_is_not_asked_twice(breckland, view, outcome):  # BRK-I13
    standing = joining(breckland, INSIDE, ADVISED, ("brk-f04-view", view), ("brk-f04", outcome))

    assert standing.decided is None
    assert standing.state_of("brk-f05-recommend").is_covered
    assert open_ids(standing) == ["brk-f06"]
    assert standing.state_of("brk-f06").reason == "CMT and the Portfolio Holder disagree"

    decided = joining(breckland, INSIDE, ADVISED, ("brk-f04-view", view), ("brk-f04", outcome), ("brk-f06", "not-join"))
    assert decided.decided.id == "not-join"


def test_cmt_may_refer_it_up(breckland):  # BRK-F06
    standing = joining(breckland, INSIDE, ADVISED, SUPPORTS, ("brk-f04", "refer-to-executive"))

    assert (standing.decided, open_ids(standing)) == (None, ["brk-f06"])
    assert standing.state_of("brk-f06").reason == "CMT has referred it to Cabinet"


def test_returning_stops_everything(breckland):
    standing = joining(breckland, INSIDE, ADVISED, SUPPORTS, ("brk-f04", "return"))

    assert standing.is_returned
    assert standing.decided is None


def test_what_was_taken_before_a_material_change_is_open_again(breckland):
    before = Taken("brk-f02-challenge", "", SENT, stands=False)
    standing = joining(breckland, INSIDE, before)

    state = standing.state_of("brk-f02-challenge")
    assert (state.place, state.overtaken) == (Place.OPEN, (before,))


def test_leaving_takes_effect_before_the_exit_strategy_is_approved(breckland):  # BRK-F30 to F32
    taken = [Taken("brk-f30-decide", "leave", SENT)]
    standing = stand(breckland, "brk-leaving", {"is_significant": False}, taken, sent_on=SENT)

    assert standing.takes_effect is not None
    assert (standing.takes_effect.becomes, standing.decided) == ("leaving", None)
    assert open_ids(standing) == ["brk-f31"]
    assert standing.state_of("brk-f33").place == Place.NOT_NEEDED


def test_an_objection_of_the_executive_to_an_exit_strategy_lets_it_decide(breckland):  # BRK-I22
    done = [
        Taken("brk-f30-decide", "leave", SENT),
        Taken("brk-f31", "", SENT),
        Taken("brk-f33", "object", SENT),
        Taken("brk-f32-view", "", SENT),
    ]
    standing = stand(breckland, "brk-leaving", {"is_significant": True}, done, sent_on=SENT)

    assert standing.state_of("brk-f32").place == Place.NOT_NEEDED
    assert open_ids(standing) == ["brk-i22"]
