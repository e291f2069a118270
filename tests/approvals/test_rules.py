"""Where a request stands on its route, by the routes of real packs."""

from datetime import date
from decimal import Decimal

import pytest

from approvals.papers import material_columns
from approvals.rules import Place, Taken, stand
from policy.reading import PACKS, pack_files, read_pack_file

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


# --- The other packs' routes on the same engine ---------------------------------------------------


def walk(pack, route, facts, *taken):
    policy = read_pack_file(PACKS / f"{pack}.yaml").policy
    return stand(policy, route, facts, [Taken(step, outcome, SENT) for step, outcome in taken], sent_on=SENT)


REDDITCH = {"head_is_representative": False, "is_significant": True, "red-i22": False}


def test_two_advisers_have_their_turn_at_the_same_time():  # RED-F07, RED-F08
    standing = walk("redditch", "red-joining", REDDITCH, ("red-f02", ""), ("red-f09", "agree"))

    assert {"red-f07", "red-f08"} <= set(open_ids(standing))
    assert standing.state_of("red-f10").place == Place.TO_COME


def test_a_director_authorises_where_the_head_of_service_is_the_representative():  # CHK-09, RED-F09
    standing = walk("redditch", "red-joining", REDDITCH | {"head_is_representative": True})

    assert standing.state_of("red-f09").place == Place.NOT_NEEDED
    assert "red-f09-director" in open_ids(standing)


def test_what_does_not_block_may_still_be_done_while_others_decide():  # RED-F40, RED-F06
    standing = walk("redditch", "red-joining", REDDITCH)

    assert {"red-f40", "red-f06", "red-f09"} <= set(open_ids(standing))


@pytest.mark.parametrize(
    ("amount", "approves", "not_asked"),
    [(20_000, "har-f04-holder", "har-f04-executive"), (80_000, "har-f04-executive", "har-f04-holder")],
)
def test_the_size_of_the_money_says_who_approves_it(amount, approves, not_asked):  # CHK-13
    facts = {"unbudgeted_a_year": Decimal(amount), "is_significant": False}
    taken = (("har-f02-check", ""), ("har-f03-recommend", "join"))
    standing = walk("harborough-2015", "har-joining", facts, *taken)

    assert open_ids(standing) == [approves]
    assert standing.state_of(not_asked).place == Place.NOT_NEEDED


def test_money_that_is_refused_ends_the_request():
    facts = {"unbudgeted_a_year": Decimal(20_000), "is_significant": False}
    taken = (("har-f02-check", ""), ("har-f03-recommend", "join"), ("har-f04-holder", "object"))
    standing = walk("harborough-2015", "har-joining", facts, *taken)

    assert standing.decided is not None
    assert (standing.decided.id, standing.decided.becomes) == ("object", "")


MELTON = {"mel-c17": False, "unbudgeted_a_year": Decimal(0)}
MEL_TO_TEAM = (("mel-f04", ""), ("mel-f05", "agree"))


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [("join", "active"), ("contact-only", "contact_only"), ("refer", "referred"), ("decline", "not_joined")],
)
def test_every_outcome_of_the_management_team_ends_where_it_says(outcome, becomes):  # CHK-18, MEL-F08 to F11
    standing = walk("melton", "mel-joining", MELTON, *MEL_TO_TEAM, ("mel-f06", outcome))

    assert standing.takes_effect is not None
    assert standing.takes_effect.becomes == becomes


def test_joining_waits_for_the_committee_where_more_authority_is_needed():  # MEL-F07
    facts = MELTON | {"mel-c17": True}
    standing = walk("melton", "mel-joining", facts, *MEL_TO_TEAM, ("mel-f06", "join"))
    assert (standing.takes_effect, open_ids(standing)) == (None, ["mel-f07"])

    agreed = walk("melton", "mel-joining", facts, *MEL_TO_TEAM, ("mel-f06", "join"), ("mel-f07", "agree"))
    assert agreed.takes_effect is not None
    assert agreed.takes_effect.becomes == "active"


def test_where_the_policy_names_nobody_the_local_route_decides():  # STR-F04, STR-I01
    standing = walk("strategy-2009", "str-joining", {"unbudgeted_a_year": Decimal(0)}, ("str-f04", "join"))

    assert standing.takes_effect is not None
    assert standing.takes_effect.becomes == "active"


@pytest.mark.parametrize("path", pack_files(), ids=lambda path: path.stem)
def test_every_pack_names_the_facts_that_a_decision_rests_on(path):
    policy = read_pack_file(path).policy

    assert {"partners", "contribution_a_year", "hours_a_month"} <= {column.id for column in material_columns(policy)}
