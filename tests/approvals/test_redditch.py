"""Redditch's routes on the engine of decisions: who must have spoken, and who decides in the end."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals import services
from approvals.rules import Place, Standing, Taken, stand
from assessments.models import Response
from policy.model import Policy
from policy.reading import PACKS, read_pack_file
from policy.refused import Refused
from register.models import Representative, Status
from tests.approvals.making import LATER, Council
from tests.factories import make_user

SENT = date(2026, 1, 5)
EXECUTIVE, FULL_COUNCIL = "executive-decides", "council-decides"  # what the Head of Legal says (RED-I22)
JOINING = {"head_is_representative": False, "red-i22": False, "is_significant": True}


@pytest.fixture(scope="module")
def redditch() -> Policy:
    return read_pack_file(PACKS / "redditch.yaml").policy


# What others do before anybody approves: the register manager, and the Head of Service.
FIRST = {
    "red-joining": (("red-f02", ""), ("red-f40", ""), ("red-f06", "")),
    "red-leaving": (("red-i23", ""),),
}


def walk(policy: Policy, route: str, facts: dict[str, bool], *steps: tuple[str, str]) -> Standing:
    """Take steps in this order; each must be open when its turn comes."""
    taken: list[Taken] = []
    for step, outcome in (*FIRST.get(route, ()), *steps):
        state = stand(policy, route, facts, taken, sent_on=SENT).state_of(step)
        assert state.place == Place.OPEN, f"{step} is {state.place}: {state.reason}"
        taken.append(Taken(step, outcome, on=SENT))
    return stand(policy, route, facts, taken, sent_on=SENT)


def open_in(standing: Standing) -> list[str]:
    return [state.step.id for state in standing.open_steps]


def test_the_head_of_service_approves_before_anybody_advises(redditch):  # RED-F09, RED-E08
    assert open_in(walk(redditch, "red-joining", JOINING)) == ["red-f09"]


def test_only_a_director_approves_where_the_head_is_the_representative(redditch):  # CHK-09, RED-I21, RED-E30
    standing = walk(redditch, "red-joining", JOINING | {"head_is_representative": True})

    assert open_in(standing) == ["red-f09-director"]
    # The entry names its Head of Service, so nobody else could act as one: a Director acts as a member of CMT.
    assert standing.state_of("red-f09-director").step.role == ("management_team",)


def test_finance_and_law_advise_side_by_side_and_the_executive_decides(redditch):  # RED-F07 to RED-F11
    approved = walk(redditch, "red-joining", JOINING, ("red-f09", "agree"))
    joined = walk(
        redditch,
        "red-joining",
        JOINING,
        ("red-f09", "agree"),
        ("red-f07", ""),
        ("red-f13", ""),
        ("red-f08", EXECUTIVE),
        ("red-f10", ""),
        ("red-e16-view", ""),
        ("red-f11", "join"),
    )

    assert open_in(approved) == ["red-f07", "red-f08", "red-f13"]
    assert (joined.decided.id, joined.takes_effect.id) == ("join", "join")
    assert joined.state_of("red-f12").place == Place.NOT_NEEDED


def test_full_council_decides_after_the_executive_where_the_constitution_demands_it(redditch):  # RED-F12, RED-I22
    before = [("red-f09", "agree"), ("red-f07", ""), ("red-f08", FULL_COUNCIL), ("red-f10", ""), ("red-e16-view", "")]
    facts = JOINING | {"is_significant": False}  # the entry said no; the Head of Legal says yes

    approved = walk(redditch, "red-joining", facts, *before, ("red-f11-approve", "agree"))
    joined = walk(redditch, "red-joining", facts, *before, ("red-f11-approve", "agree"), ("red-f12", "join"))

    assert (open_in(approved), approved.decided, approved.takes_effect) == (["red-f12"], None, None)
    assert (joined.decided.id, joined.takes_effect.becomes) == ("join", "active")


def test_the_head_or_the_executive_can_say_no(redditch):
    before = [
        ("red-f09", "agree"),
        ("red-f07", ""),
        ("red-f08", EXECUTIVE),
        ("red-f13", ""),
        ("red-f10", ""),
        ("red-e16-view", ""),
    ]

    assert walk(redditch, "red-joining", JOINING, ("red-f09", "object")).decided.id == "object"
    assert walk(redditch, "red-joining", JOINING, *before, ("red-f11", "not-join")).takes_effect.becomes == "not_joined"


@pytest.mark.parametrize("before", [None, False, True], ids=["nobody said", "no at joining", "yes at joining"])
@pytest.mark.parametrize(
    ("legal", "last", "effect"),
    [
        (EXECUTIVE, [("red-f55", "leave")], "leaving"),
        (FULL_COUNCIL, [("red-f55-recommend", "agree"), ("red-f56", "leave")], "leaving"),
    ],
)
def test_the_head_of_legal_says_in_each_leaving_who_decides(redditch, before, legal, last, effect):
    # RED-F55, RED-F56, RED-I22: whatever was said on joining
    advice = [("red-f07-leaving", ""), ("red-f08-leaving", legal), ("red-i23-cmt", "")]

    standing = walk(redditch, "red-leaving", {"red-i22": before}, *advice, *last)

    assert (standing.decided.id, standing.takes_effect.becomes) == ("leave", effect)
    assert open_in(standing) == ["red-f59"]  # notice under the memorandum comes next


def test_staying_ends_the_request_to_leave(redditch):
    advice = [("red-f07-leaving", ""), ("red-f08-leaving", EXECUTIVE), ("red-i23-cmt", "")]

    standing = walk(redditch, "red-leaving", {"red-i22": False}, *advice, ("red-f55", "stay"))

    assert (standing.decided.id, standing.takes_effect.becomes) == ("stay", "")


def test_the_memorandum_is_agreed_after_legal_advice(redditch):  # RED-F10, RED-F13
    standing = walk(redditch, "red-memorandum", {}, ("red-f10-memorandum", ""), ("red-f13-agree", "agree"))

    assert standing.decided.id == "agree"


def test_a_change_is_decided_after_advice_and_the_insurance_check(redditch):  # RED-E27, RED-F16
    steps = ["red-change-finance", "red-change-legal", "red-change-insurance", "red-change-cmt"]
    said = [("red-change-head", "agree"), *((step, "") for step in steps), ("red-change-decide", "change")]

    assert walk(redditch, "red-changing", {}, *said).decided.id == "change"


def test_whoever_sends_can_be_told_what_nobody_has_said_yet(redditch):
    """The answers that decide who is asked are known to the register, so that every request can be sent."""
    asked = {"head_is_representative", "is_significant"}
    unknown = {
        comparison.fact
        for route in redditch.routes
        if route.purpose in ("join", "change", "leave", "governance")
        for step in route.steps
        if step.when
        for comparison in step.when.comparisons
    }

    assert {fact for fact in unknown if redditch.field_or_none(fact) is None} <= asked


def proposed(*, head_attends: bool) -> Council:
    """A proposal with a named Head of Service, on which the policy’s questions of who decides are answered."""
    made = Council("redditch")
    local = {"red-i22": False, "red-b29-outcomes": False, "red-b29-deemed": False}
    values = {"responsible_head": made.head, "is_statutory": False, "local_values": local}
    made.entry().change(values, by=made.manager, reason="Found out")
    if head_attends:
        Representative(partnership=made.entry(), name="R.H.", user=made.head, level="officer").keep(by=made.manager)
    return made


@pytest.mark.django_db
def test_a_proposal_goes_from_the_business_case_to_the_executive_and_joins():  # RED-F03 to RED-F11
    council = proposed(head_attends=False)
    request = council.request("red-joining")
    council.answer("red-tests", at=LATER)

    council.take(request, "red-f09", "agree", by=council.head)
    council.take(request, "red-f07", by=council.finance)
    council.take(request, "red-f08", EXECUTIVE, by=council.legal)
    council.take(request, "red-f10", by=council.legal)
    council.take(request, "red-e16-view", by=council.cmt)
    council.take(request, "red-f11", "join", by=council.executive, options="None.", minute="EX 12/26")

    assert council.entry().status == Status.ACTIVE


@pytest.mark.django_db
def test_a_head_who_is_the_representative_is_refused_and_a_director_approves():  # CHK-09, RED-I21
    council = proposed(head_attends=True)
    request = council.request("red-joining")
    council.answer("red-tests", at=LATER)

    with pytest.raises(Refused):
        council.take(request, "red-f09", "agree", by=council.head)
    with pytest.raises(Refused):
        council.take(request, "red-f09-director", "agree", by=council.head)
    step = council.take(request, "red-f09-director", "agree", by=council.cmt, minute="Director’s note 4")

    assert (step.outcome, step.by) == ("agree", council.cmt)


@pytest.mark.django_db
def test_a_proposal_without_a_business_case_cannot_be_sent():  # RED-A01
    council = proposed(head_attends=False)
    request = services.start(council.entry(), "red-joining", by=council.lead, version=council.version, at=LATER)
    request.say_why("Six villages have no bus.", by=council.lead)

    with pytest.raises(Refused, match="Answer and send: Business case"):
        services.send(request, by=council.lead, at=LATER)


@pytest.mark.django_db
def test_the_head_answers_the_tests_that_their_own_step_rests_on(browse_as):  # RED-F09, RED-E08, CORE-11
    council = proposed(head_attends=False)
    request = council.request("red-joining")
    head = browse_as(council.head)
    start = reverse("assessments:questionnaire_start", args=[council.entry().reference, "red-tests"])

    step = head.get(reverse("approvals:step", args=[request.reference, "red-f09"]))
    forms = head.get(reverse("assessments:questionnaire_list", args=[council.entry().reference]))
    opened = head.post(start)

    assert "Before it, answer and send" in step
    assert forms.select_one(f"form[action='{start}']")
    assert (opened.status, Response.objects.get(questionnaire="red-tests").started_by) == (200, council.head)
    assert opened.select("a[href*='red-tests']"), "the sections of the draft are theirs to fill in"


@pytest.mark.django_db
def test_who_the_policy_does_not_name_answers_no_form_of_it(browse_as):  # CORE-11
    council = proposed(head_attends=False)
    other = make_user(Role.RESPONSIBLE_HEAD, name="O.H.")
    start = reverse("assessments:questionnaire_start", args=[council.entry().reference, "red-tests"])

    codes = [browse_as(each).client.post(start).status_code for each in (other, council.finance, council.executive)]

    assert codes == [404, 404, 404]
    assert not Response.objects.filter(questionnaire="red-tests").exists()
