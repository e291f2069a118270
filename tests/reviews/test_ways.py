"""Reviews, evaluations and reports on the routes of the five policies: who has a turn when, and what comes of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice
from accounts.roles import Role
from approvals import services as deciding
from approvals.models import Request, StepAhead, StepTaken, Turn
from approvals.models import Status as RequestStatus
from approvals.rules import StepState
from approvals.services import Said
from assessments import services as assessing
from policy.refused import Refused
from register.models import Partnership, Status
from reviews import services
from reviews.models import Doing, Recommendation, Review, State
from tests.assessments import making as assessed
from tests.factories import make_user
from tests.reviews.making import DUE, LATER, OPENED, Council, People, assessed_entry, take, turns, walk

pytestmark = pytest.mark.django_db
NEXT_DAY = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def send(council: Council, review: Review, *forms: str, said: dict[str, str] | None = None, **more: Any) -> Review:
    for form in forms:
        council.answer(form)
    given = {"recommendation": "go_on", "why": ""} | more
    services.send(review, by=council.lead, at=LATER, said=said, **given)
    review.refresh_from_db()
    return review


def standing(review: Review) -> tuple[str, str, list[str]]:
    """How a review stands, how its request stands, and which steps wait for somebody."""
    review.refresh_from_db()
    assert review.way is not None
    return review.state, review.way.status, turns(review.way)


def waiting(request: Request) -> list[str]:
    """The steps of a request that are open now, whatever its turns were when it was last looked at."""
    found = deciding.situation_of(Request.objects.get(pk=request.pk))
    return [each.step.id for each in found.standing.open_steps]


def first_of(request: Request | None) -> StepState:
    """The first step of a request."""
    assert request is not None
    return deciding.situation_of(Request.objects.get(pk=request.pk)).standing.steps[0]


def significant(**facts: Any) -> Council:
    return Council("redditch", **({"is_significant": True} | facts))


def in_the_refresh(council: Council) -> Review:
    """The review that the refresh of the year opens."""
    return Review.objects.in_campaign(council.campaign()).get()


# --- Harborough ----------------------------------------------------------------------------------


def test_a_register_manager_signs_off_through_one_door_and_others_receive_it_afterwards():
    """HAR-F10, HAR-E06, HAR-E10: CMT receives it, and nobody waits for them; Scrutiny receives one report (HAR-F11)."""
    council, people = Council(), People()
    review = council.sent()
    assert standing(review) == ("sent", "sent", ["har-f10-manager"])

    services.sign_off(review, note="Fine.", by=council.manager, at=LATER)

    assert standing(review) == ("signed_off", "done", ["har-f10-cmt"])
    record = StepTaken.objects.get()
    assert (record.step, record.reasons, record.paper["request"]["about"]) == (
        "har-f10-manager", "Fine.", "Yearly register review 2026–27",
    )  # fmt: skip
    assert walk(review, people) == ["har-f10-cmt"]
    assert standing(review) == ("signed_off", "done", [])


def test_the_step_taken_on_the_request_signs_the_review_off_too():
    council = Council()
    review = council.sent()

    take(review, "har-f10-manager", by=council.manager, reasons="Looked through.")

    assert (review.state, review.ended_by_name, review.closing_note) == ("signed_off", "T.W.", "Looked through.")
    council.partnership.refresh_from_db()
    assert council.partnership.last_review_on == date(2026, 11, 17)


def test_a_question_sends_the_way_back_and_the_answer_begins_it_anew():
    """BRK-I07."""
    council = Council()
    review = council.sent()

    services.challenge(review, "Why only local?", by=council.manager, at=LATER)
    assert standing(review) == ("challenged", "returned", [])
    assert Notice.objects.filter(person=council.lead, subject__startswith="Returned to you").count() == 1
    with pytest.raises(Refused, match="Answer the question on the page of the review"):
        deciding.send(review.way, by=council.lead, at=LATER)

    services.answer(review, "The board sits here.", by=council.lead, at=LATER)
    assert standing(review) == ("answered", "sent", ["har-f10-manager"])
    assert Request.objects.get().round == 2

    services.sign_off(review, note="", by=council.manager, at=LATER)
    sealed = [(row["label"], row["value"]) for row in StepTaken.objects.get().paper["request"]["about_rows"]]
    assert sealed[-2:] == [
        ("Question of T.W., 17 November 2026", "Why only local?"),
        ("Answer of R.H., 17 November 2026", "The board sits here."),
    ]


# --- What the policy insists on at a review -------------------------------------------------------


def forget_the_benefits(council: Council) -> None:
    for row in council.partnership.benefits.all():
        row.take_out(by=council.lead)


def test_a_review_without_a_benefit_is_not_sent_unless_leaving_is_recommended():
    """HAR-A08, BRK-A18: the benefits of every partnership are named; what is left is not brought up to standard."""
    council = Council()
    forget_the_benefits(council)
    review = council.open()
    council.answer("har-review")
    given = {"by": council.lead, "at": LATER}
    with pytest.raises(Refused, match=r"List at least one benefit\. .* is not signed off"):
        services.send(review, recommendation="change", why="Two more partners", **given)
    review.refresh_from_db()
    assert (review.state, Request.objects.count()) == (State.OPEN, 0)

    services.send(review, recommendation="leave", why="Nothing comes of it", **given)
    services.sign_off(review, note="", by=council.manager, at=LATER)
    review.refresh_from_db()
    assert review.state == State.SIGNED_OFF


def test_what_went_missing_after_a_review_was_sent_holds_its_sign_off_back_by_either_door():
    """HAR-A08."""
    council = Council()
    review = council.sent()
    forget_the_benefits(council)
    with pytest.raises(Refused, match="List at least one benefit"):
        services.sign_off(review, note="", by=council.manager, at=LATER)
    with pytest.raises(Refused, match="List at least one benefit"):
        take(review, "har-f10-manager", by=council.manager)
    assert standing(review) == ("sent", "sent", ["har-f10-manager"])
    assert not StepTaken.objects.exists()
    services.challenge(review, "Which benefit?", by=council.manager, at=LATER)  # to ask back is still open
    assert standing(review)[0] == State.CHALLENGED


@pytest.mark.parametrize(
    ("memorandum", "is_significant", "is_held_back"),
    [("draft", True, True), ("none", True, True), ("agreed", True, False), ("draft", False, False)],
)
def test_a_significant_partnership_has_an_agreed_memorandum_before_its_review(memorandum, is_significant, is_held_back):
    """RED-I11, RED-I29, RED-A30: others are only warned."""
    council = significant(is_significant=is_significant)
    review = in_the_refresh(council)
    council.fact("red-b31", memorandum)
    council.answer("red-2a" if is_significant else "red-short-check")
    send_it = {"recommendation": "go_on", "why": "", "by": council.lead, "at": LATER}
    if is_held_back:
        with pytest.raises(Refused, match="Agree the memorandum of understanding"):
            services.send(review, **send_it)
    else:
        services.send(review, **send_it)
    review.refresh_from_db()
    assert (review.state == State.OPEN) is is_held_back


def test_forms_answered_anew_after_a_question_count():
    council = Council()
    review = council.sent()
    services.challenge(review, "Is the score right?", by=council.manager, at=LATER)
    anew = council.answer("har-review", at=NEXT_DAY)

    services.answer(review, "I scored it anew.", by=council.lead, at=NEXT_DAY)

    review.refresh_from_db()
    assert services.parts_of(review)[-1].response == anew
    assert review.forms.count() == 2


def test_a_review_on_its_way_is_closed_on_its_own_page_and_its_request_with_it():
    council = Council()
    review = council.sent()
    with pytest.raises(Refused, match="A register manager can close it on its own page"):
        deciding.withdraw(review.way, by=council.lead, reason="No", at=LATER)

    services.close_review(review, note="Opened by mistake", by=council.manager, at=LATER)

    assert standing(review) == ("closed", "withdrawn", [])


def test_closing_the_refresh_leaves_what_is_with_others_on_its_way():
    council = significant(name="Board")
    campaign = council.campaign()
    review = Review.objects.in_campaign(campaign).get()
    send(council, review, "red-2a")
    assert standing(review)[0] == State.ON_ITS_WAY

    assert services.close_campaign(campaign, note="", by=council.manager, at=LATER) == 0
    assert standing(review)[:2] == ("on_its_way", "sent")


def test_an_entry_that_is_confirmed_goes_to_the_executive_where_it_is_on_the_risk_register():
    """HAR-F08, HAR-F12, HAR-E15, HAR-I05."""
    council, people = Council(), People()
    done = {"version": council.version, "done_on": date(2026, 11, 17), "note": "All true", "by": council.lead}
    earlier = done | {"done_on": date(2026, 11, 16)}
    services.mark_done("har-cycle-confirm", partnership=council.partnership, at=LATER, **earlier)
    assert not Request.objects.exists()  # nobody else has a step on it

    council.fact("har-b19", True)
    with pytest.raises(Refused, match="Say in a few words what was done: Keep the entry up to date"):
        services.mark_done("har-cycle-confirm", partnership=council.partnership, at=LATER, **done)
    assert Doing.objects.count() == 1
    said = {"har-f08": "Told the group of the new risk."}
    services.mark_done("har-cycle-confirm", partnership=council.partnership, at=LATER, said=said, **done)

    request = Request.objects.get()
    assert (request.about, turns(request)) == ("Entry confirmed, 17 November 2026", ["har-f12"])
    with pytest.raises(Refused, match="Say in a few words what was done"):
        deciding.take_step(request, "har-f12", Said(), by=council.manager, at=LATER)
    deciding.take_step(request, "har-f12", Said(reasons="Drawn up."), by=council.manager, at=LATER)
    deciding.take_step(request, "har-f12-executive", Said(), by=people.by_role[Role.EXECUTIVE], at=LATER)
    request.refresh_from_db()
    assert request.status == RequestStatus.DONE


# --- Breckland: the annual review ------------------------------------------------------------------


def breckland(*, unbudgeted: int) -> tuple[Council, Review]:
    """A review with its levels assessed anew, of an entry with money outside the budget or none."""
    entry = assessed_entry()
    council = Council("breckland-2015")
    council.partnership, council.lead = entry, entry.lead_officer
    entry.change({"unbudgeted_a_year": Decimal(unbudgeted)}, by=council.lead)
    review = council.open("brk-cycle-review")
    draft = assessed.make_draft(entry)
    assessing.complete(draft, by=draft.made_by, at=LATER)
    return council, send(council, review, "brk-review")


def test_cmt_confirms_the_levels_once_the_register_manager_has_questioned_the_review():
    """BRK-F22, BRK-F24, BRK-E07, BRK-E09, BRK-I07."""
    _, review = breckland(unbudgeted=0)
    people = People()
    assert standing(review) == ("sent", "sent", ["brk-f22"])
    services.sign_off(review, note="", by=people.by_role[Role.REGISTER_MANAGER], at=LATER)
    assert standing(review) == ("on_its_way", "sent", ["brk-f24"])
    assert review.is_under_way
    take(review, "brk-f24", by=people.by_role[Role.MANAGEMENT_TEAM])
    assert standing(review) == ("signed_off", "done", [])


def test_new_money_is_recommended_and_decided_before_cmt_receives_the_review():
    """BRK-F23, BRK-E12, BRK-E19: the review is signed off with the last step, not with the decision."""
    council, review = breckland(unbudgeted=500)
    people = People()
    by = people.by_role
    take(review, "brk-f22", by=by[Role.REGISTER_MANAGER])
    take(review, "brk-f23-recommend", by=by[Role.MANAGEMENT_TEAM])
    take(review, "brk-f23", "return", by=by[Role.EXECUTIVE], reasons="Which budget?")
    assert standing(review) == ("challenged", "returned", [])
    services.answer(review, "The reserve.", by=council.lead, at=LATER)

    assert walk(review, people, until="brk-f24") == ["brk-f22", "brk-f23-recommend", "brk-f23"]
    assert standing(review) == ("on_its_way", "sent", ["brk-f24"])
    assert walk(review, people) == ["brk-f24"]
    assert standing(review) == ("signed_off", "decided", [])


def test_what_is_not_known_of_the_money_is_asked_before_it_is_sent():
    """BRK-F23: nobody could say otherwise who decides."""
    council = Council("breckland-2015")
    council.partnership.set_levels(risk="low", value="high", source="import", by=council.manager)
    review = council.open("brk-cycle-review")
    parts = services.parts_of(review)
    assert services.missing_to_send(review, parts)[-1] == (
        "Not known yet: the money outside the budget. Enter it, so that it is known who decides"
    )


# --- Breckland's reports -------------------------------------------------------------------------


def test_a_report_under_the_programme_goes_to_cmt_and_scrutiny_with_its_caveat():
    """BRK-F16, BRK-F18 to BRK-F20, BRK-E35, BRK-H50."""
    council, people = Council("breckland-2015"), People()
    council.partnership.set_levels(risk="low", value="high", source="import", by=council.manager)
    report = {
        "partnership": council.partnership, "version": council.version, "done_on": date(2026, 11, 17),
        "note": "Third report", "by": council.lead, "at": LATER,
        "said": {"brk-f16": "Sent to both.", "brk-f20": "The partner has not checked them."},
    }  # fmt: skip
    with pytest.raises(Refused, match="Write the caveat"):
        services.mark_done("brk-cycle-programme", figures={"data_assurance": "estimate", "data_caveat": ""}, **report)
    assert not Doing.objects.exists()

    figures = {"data_assurance": "estimate", "data_caveat": "Figures of the partner."}
    services.mark_done("brk-cycle-programme", figures=figures, **report)
    with pytest.raises(Refused, match="said already that this was done on 17 November 2026"):  # a second press
        services.mark_done("brk-cycle-programme", figures=figures, **report)
    assert (Doing.objects.count(), Request.objects.count()) == (1, 1)

    entry = Partnership.objects.get(pk=council.partnership.pk)
    assert (entry.data_assurance, entry.data_caveat) == ("estimate", "Figures of the partner.")
    request = Request.objects.get()
    assert [each.reasons for each in StepTaken.objects.order_by("number")] == [
        "Sent to both.", "The partner has not checked them.",
    ]  # fmt: skip
    assert turns(request) == ["brk-f15", "brk-f18"]  # nobody has said what its programme is
    facts = {each["label"]: each["words"] for each in StepTaken.objects.latest("number").paper["facts"]}
    assert "Figures of the partner." in facts.values()
    deciding.take_step(request, "brk-f18", Said(), by=people.by_role[Role.MANAGEMENT_TEAM], at=LATER)
    deciding.take_step(request, "brk-f19", Said(), by=people.by_role[Role.SCRUTINY], at=LATER)
    request.refresh_from_db()
    assert (request.status, turns(request)) == (RequestStatus.DONE, ["brk-f15"])
    with pytest.raises(Refused, match="Say in a few words what was done"):
        deciding.take_step(request, "brk-f15", Said(), by=people.by_role[Role.REGISTER_MANAGER], at=LATER)

    programme = {"reporting_frequency": "quarterly", "reporting_person": "R.H."}
    entry.change(programme, by=council.manager)
    assert "brk-f15" in waiting(request)  # where it goes is not said yet
    entry.change({"reporting_to": "management_team"}, by=council.manager)
    assert waiting(request) == []
    assert first_of(request).was_done == "Every three months, R.H. and CMT"


# --- Redditch: the annual review -------------------------------------------------------------------


def test_the_business_case_is_made_and_the_eleven_topics_follow():
    """CHK-08, RED-F31, RED-F33 to RED-F35, RED-I21."""
    council, people = significant(), People()
    review = send(council, in_the_refresh(council), "red-2a")
    council.fact("red-c12", False)  # what the lead officer thinks settles nothing
    assert standing(review) == ("on_its_way", "sent", ["red-f31-head"])

    take(review, "red-f31-head", "go-on", by=people.by_role[Role.RESPONSIBLE_HEAD])

    assert Partnership.objects.get(pk=council.partnership.pk).local_values["red-c12"] is True
    assert standing(review) == ("on_its_way", "sent", ["red-f33"])
    with pytest.raises(Refused, match="Answer and send first: "):
        take(review, "red-f33", by=council.lead)
    topics = council.answer("red-4a")
    take(review, "red-f33", by=council.lead)
    take(review, "red-f35", by=people.by_role[Role.RESPONSIBLE_HEAD], reasons="Sound.")

    assert standing(review) == ("signed_off", "done", [])
    assert topics in {each.response for each in review.forms.all()}
    assert (review.recommendation, review.ended_by_name) == (Recommendation.GO_ON, "H.D.")


@pytest.mark.parametrize(
    ("outcome", "recommended", "status"),
    [("stay", "go_on", Status.ACTIVE), ("change", "change", Status.ACTIVE), ("leave", "leave", Status.LEAVING)],
)
def test_a_business_case_that_is_not_made_goes_to_the_executive_by_way_of_cmt(outcome, recommended, status):
    """CHK-08, RED-F32, RED-F07, RED-F08, RED-G10, RED-E28, RED-I14: the template does not open."""
    council, people = significant(), People()
    by = people.by_role
    review = send(council, in_the_refresh(council), "red-2a")

    take(review, "red-f31-head", "object", by=by[Role.MANAGEMENT_TEAM], reasons="No benefit is left.")
    assert Partnership.objects.get(pk=council.partnership.pk).local_values["red-c12"] is False
    assert standing(review) == ("on_its_way", "sent", ["red-f32-report"])
    with pytest.raises(Refused, match="Answer and send first"):
        take(review, "red-f32-report", by=by[Role.RESPONSIBLE_HEAD])
    council.answer("red-not-shown")
    take(review, "red-f32-report", by=by[Role.RESPONSIBLE_HEAD])
    assert standing(review)[2] == ["red-f07-staying", "red-f08-staying"]
    take(review, "red-f07-staying", by=by[Role.FINANCE_ADVISER])
    assert standing(review)[2] == ["red-f08-staying"]  # CMT waits for both
    take(review, "red-f08-staying", by=by[Role.LEGAL_ADVISER])
    assert Turn.objects.get().due_on == date(2026, 12, 15)  # four weeks after both advised, and no block
    take(review, "red-f32-cmt", by=by[Role.MANAGEMENT_TEAM])
    assert StepAhead.objects.get().step == "red-f32"  # on the Executive's agenda
    record = take(review, "red-f32", outcome, by=by[Role.EXECUTIVE], reasons="So be it.")

    assert standing(review) == ("signed_off", "decided", [])
    assert (review.recommendation, record.reference) == (recommended, "D-2026-002")
    assert Partnership.objects.get(pk=council.partnership.pk).status == status
    asked = services.route_for(Review.objects.get(pk=review.pk), council.version)
    assert asked == ("red-changing" if outcome == "change" else "")


def test_the_executive_returns_a_review_to_its_lead_officer():
    """RED-E28."""
    council, people = significant(), People()
    review = send(council, in_the_refresh(council), "red-2a")
    take(review, "red-f31-head", "return", by=people.by_role[Role.RESPONSIBLE_HEAD], reasons="Which benefits?")

    assert standing(review) == ("challenged", "returned", [])
    assert [each.text for each in review.remarks.all()] == ["Which benefits?"]
    services.answer(review, "Three of them.", by=council.lead, at=LATER)
    assert standing(review) == ("on_its_way", "sent", ["red-f31-head"])


def test_a_review_that_was_opened_by_hand_is_put_on_the_programme_in_words_and_waits_for_nobody():
    """RED-F29: the refresh of the year is the programme; outside it the register manager says what was done."""
    council, people = significant(), People()
    by_hand = send(council, council.open("red-cycle-review"), "red-2a")
    manager = people.by_role[Role.REGISTER_MANAGER]
    assert standing(by_hand) == ("on_its_way", "sent", ["red-f29", "red-f31-head"])
    with pytest.raises(Refused, match="Say in a few words what was done"):
        take(by_hand, "red-f29", by=manager, reasons="")
    take(by_hand, "red-f29", by=manager, reasons="Added for the autumn.")
    assert standing(by_hand) == ("on_its_way", "sent", ["red-f31-head"])

    other = significant(name="Board")
    review = send(other, in_the_refresh(other), "red-2a")
    assert standing(review)[2] == ["red-f31-head"]
    assert first_of(review.way).was_done == "In the refresh 2026–27, which T.W. opened on 1 October 2026"


def test_the_short_check_is_done_once_the_head_has_received_it():
    """RED-I07."""
    council, people = significant(is_significant=False), People()
    review = send(council, in_the_refresh(council), "red-short-check")
    assert walk(review, people) == ["red-f31-head", "red-f35"]
    assert standing(review) == ("signed_off", "done", [])


def test_nobody_says_on_their_own_case_that_it_is_made():
    """RED-I21: where the Head of Service represents the council, the management team says it."""
    council, people = significant(), People()
    council.lead.give_role(Role.RESPONSIBLE_HEAD, by=None, from_on=date(2026, 1, 1))
    council.lead.give_role(Role.REGISTER_MANAGER, by=None, from_on=date(2026, 1, 1))
    review = send(council, in_the_refresh(council), "red-2a")
    with pytest.raises(Refused, match="You proposed this, so others decide"):
        take(review, "red-f31-head", "go-on", by=council.lead)
    take(review, "red-f31-head", "go-on", by=people.by_role[Role.MANAGEMENT_TEAM])
    council.answer("red-4a")
    take(review, "red-f33", by=council.lead)
    with pytest.raises(Refused, match="somebody else signs it off"):
        take(review, "red-f35", by=council.lead)


# --- Redditch: reports -----------------------------------------------------------------------------


@pytest.mark.parametrize(("cycle", "is_first"), [("red-cycle-first-activity", True), ("red-cycle-report", False)])
def test_a_progress_report_is_signed_received_placed_before_cmt_and_the_first_reaches_the_portfolio_holder(
    cycle, is_first
):
    """RED-F18, RED-F20, RED-F22, RED-E14, RED-E34, RED-I05."""
    council, people = significant(starts_on=date(2026, 6, 1)), People()
    review = council.open(cycle)
    council.answer("red-3")
    with pytest.raises(Refused, match="Say in a few words what was done: Add the partnership’s finances"):
        send(council, review)
    send(council, review, said={"red-f22": "£11,000 of £12,000 spent."})
    assert standing(review) == ("on_its_way", "sent", ["red-i05"])

    take(review, "red-i05", "agree", by=people.by_role[Role.RESPONSIBLE_HEAD])
    assert standing(review) == ("sent", "sent", ["red-f20-receive"])  # the register manager's desk
    services.sign_off(review, note="", by=council.manager, at=LATER)
    assert standing(review) == ("on_its_way", "sent", ["red-f18-cmt"])

    rest = walk(review, people)
    assert rest == (["red-f18-cmt", "red-f18"] if is_first else ["red-f18-cmt"])
    assert standing(review) == ("signed_off", "decided", [])


def test_one_report_covers_a_partnership_and_its_sub_groups(browse_as):
    """RED-F24, RED-B35, RED-E49: a sub-group sends none of its own."""
    council = significant(name="Board", contribution_a_year=Decimal(0))
    group = council.entry(name="Youth Group", is_significant=True, parent=council.partnership)
    council.entry(name="Old Group", status=Status.LEFT, parent=council.partnership)
    with pytest.raises(Refused, match="It is a sub-group, and the partnership that it is part of reports for both"):
        council.open("red-cycle-report", partnership=group)

    review = send(council, council.open("red-cycle-report"), "red-3")

    page = browse_as(council.lead).get(f"/partnerships/{council.partnership.reference}/reviews/{review.slug}/")
    assert "It covers the sub-groups too, which send none of their own: Youth Group." in page
    record = take(review, "red-i05", "agree", by=People().by_role[Role.RESPONSIBLE_HEAD])
    assert {"label": "Also covers", "value": "Youth Group"} in record.paper["request"]["about_rows"]


def test_a_partnership_that_costs_nothing_reports_without_its_finances():
    """RED-F22, RED-C20."""
    council = significant(contribution_a_year=Decimal(0))
    assert standing(send(council, council.open("red-cycle-report"), "red-3"))[2] == ["red-i05"]


def test_an_evaluation_is_considered_by_cmt():
    """RED-F21, RED-F36, RED-E20, RED-I14: four weeks, and the joint annual report is not part of it."""
    council, people = significant(), People()
    review = send(council, council.open("red-cycle-effectiveness"), "red-evaluation")
    assert Turn.objects.get().due_on == date(2026, 12, 15)
    assert walk(review, people) == ["red-f36-cmt"]
    assert standing(review) == ("signed_off", "done", [])


# --- Melton ------------------------------------------------------------------------------------------


def melton(people: People, *, own: bool = False) -> tuple[Council, Review]:
    council = Council("melton", responsible_head=people.by_role[Role.RESPONSIBLE_HEAD], starts_on=date(2024, 3, 1))
    if own:
        council.fact("mel-b24", True)
    return council, council.open("mel-cycle-evaluation")


@pytest.mark.parametrize(
    ("recommended", "approval", "receives"),
    [
        ("go-on", "agree", ["mel-f16"]),
        ("change-role", "agree", ["mel-f16", "mel-f17"]),
        ("go-on", "agree-committee", ["mel-f16", "mel-f17"]),  # the head takes it to the committee all the same
    ],
)
def test_an_evaluation_is_approved_judged_and_received(recommended, approval, receives):
    """MEL-F12, MEL-F15 to MEL-F19, MEL-I04, MEL-I13, MEL-D83."""
    people = People()
    council, review = melton(people)
    head = people.by_role[Role.RESPONSIBLE_HEAD]
    send(council, review, "mel-c1", "mel-c2", "mel-c3")
    take(review, "mel-f15", approval, by=head)
    assert standing(review) == ("on_its_way", "sent", ["mel-f19"])
    with pytest.raises(Refused, match="Answer and send first"):
        take(review, "mel-f19", by=head)
    sheet = council.answer("mel-c4", mel_d83=recommended)
    council.fact("mel-d83a", recommended)
    take(review, "mel-f19", by=head)

    assert walk(review, people) == receives
    review.refresh_from_db()
    assert (review.state, sheet in {each.response for each in review.forms.all()}) == (State.SIGNED_OFF, True)
    assert review.recommendation == ("go_on" if recommended == "go-on" else "change")


def test_a_council_may_leave_the_committee_to_the_head(monkeypatch):
    """MEL-I13: the setting is off, so that a change reaches the committee only where the head takes it there."""
    people = People()
    council, review = melton(people)
    setting = next(each for each in council.version.policy.settings if each.id == "committee-unless-go-on")
    monkeypatch.setitem(setting.__dict__, "value", False)
    send(council, review, "mel-c1", "mel-c2", "mel-c3")
    council.answer("mel-c4")
    council.fact("mel-d83a", "leave")
    assert walk(review, people) == ["mel-f15", "mel-f19", "mel-f16"]


def test_the_partnerships_own_framework_takes_the_place_of_the_toolkit():
    """MEL-F13, MEL-B24, MEL-I15."""
    people = People()
    council, review = melton(people, own=True)
    assert [part.questionnaire for part in services.parts_of(review)] == ["mel-c3"]
    council.answer("mel-c3")
    with pytest.raises(Refused, match="Say in a few words what was done: File the result"):
        send(council, review)
    send(council, review, said={"mel-f13": "Filed as document 3."})
    assert standing(review) == ("on_its_way", "sent", ["mel-f15"])


def test_an_earlier_evaluation_is_received_with_its_report():
    """MEL-F14, MEL-G09."""
    people = People()
    council, _ = melton(people)
    review = council.open("mel-cycle-early", due_on=DUE, why="The chair resigned")
    send(council, review, "mel-c1", "mel-c2")
    assert (review.way.route, turns(review.way)) == ("mel-early", ["mel-f14-report"])
    assert walk(review, people) == ["mel-f14-report"]
    assert standing(review) == ("signed_off", "done", [])


def test_the_yearly_check_is_looked_through_by_the_register_manager():
    """MEL-I11."""
    council = Council("melton")
    review = send(council, council.open("mel-cycle-yearly", due_on=DUE, why="As each year"), "mel-yearly")
    assert standing(review) == ("sent", "sent", ["mel-i11-receive"])
    services.sign_off(review, note="", by=council.manager, at=LATER)
    assert standing(review) == ("signed_off", "done", [])


# --- The strategy of 2009 ----------------------------------------------------------------------------


def test_a_review_without_anybody_to_decide_waits_for_sign_off_while_the_team_receives_it():
    """STR-F07 to STR-F09, STR-I09, STR-E08, STR-G03: the improvement template is guidance, the check is not."""
    council, people = Council("strategy-2009"), People()
    review = council.open("str-cycle-review")
    with pytest.raises(Refused, match="Answer and send"):
        send(council, review)
    council.answer("str-fitness")
    with pytest.raises(Refused, match="Say in a few words what was done: Follow up the actions"):
        send(council, review)
    send(council, review, said={"str-f08-actions": "Both are done."})

    assert standing(review) == ("sent", "done", ["str-f07-smt"])
    services.sign_off(review, note="", by=council.manager, at=LATER)
    assert walk(review, people) == ["str-f07-smt"]
    assert standing(review) == ("signed_off", "done", [])


@pytest.mark.parametrize("role", [Role.SCRUTINY, Role.EXECUTIVE, Role.MANAGEMENT_TEAM])
def test_an_account_is_received_by_one_of_the_councils_bodies(role):
    """STR-F06, STR-E04 to STR-E08, STR-G04."""
    council, people = Council("strategy-2009"), People()
    services.mark_done(
        "str-cycle-monitoring", partnership=council.partnership, version=council.version, done_on=date(2026, 11, 17),
        note="", by=council.lead, at=LATER, said={"str-f06": "All indicators are met."},
    )  # fmt: skip
    request = Request.objects.get()
    deciding.take_step(request, "str-f06-account", Said(), by=people.by_role[role], at=LATER)
    request.refresh_from_db()
    assert (request.status, turns(request)) == (RequestStatus.DONE, [])


# --- Refusals and counts -------------------------------------------------------------------------------


def test_a_review_is_not_sent_twice_and_its_request_is_one():
    council = Council()
    review = council.sent()
    with pytest.raises(Refused, match="This review is waiting for sign-off"):
        services.send(review, recommendation="go_on", why="", by=council.lead, at=LATER)
    assert Request.objects.count() == 1


def test_a_review_of_an_entry_that_has_ended_is_not_opened():
    with pytest.raises(Refused, match="so there is nothing to review"):
        Council(status=Status.LEFT).open()


def test_nobody_takes_the_register_managers_step_on_their_own_review():
    council = Council()
    council.lead.give_role(Role.REGISTER_MANAGER, by=None, from_on=date(2026, 1, 1))
    review = council.sent()
    with pytest.raises(Refused, match="somebody else signs it off"):
        take(review, "har-f10-manager", by=council.lead)
    assert standing(review) == ("sent", "sent", ["har-f10-manager"])


def test_somebody_without_the_role_neither_signs_off_nor_asks_back():
    council = Council()
    review = council.sent()
    for move in (
        lambda: services.sign_off(review, note="", by=make_user(Role.SCRUTINY), at=LATER),
        lambda: services.challenge(review, "Why?", by=make_user(Role.SCRUTINY), at=LATER),
    ):
        with pytest.raises(Refused, match="This step is for"):
            move()
    assert standing(review)[0] == State.SENT


@pytest.mark.parametrize("entries", [2, 12])
def test_a_refresh_opens_no_requests_and_takes_the_same_queries(entries, django_assert_max_num_queries):
    council = Council()
    chosen = [council.partnership, *(council.entry() for _ in range(entries - 1))]
    with django_assert_max_num_queries(24):
        services.open_campaign(
            "2026-27", chosen, due_on=DUE, letter=services.LETTER, version=council.version, by=council.manager,
            at=OPENED,
        )  # fmt: skip
    assert not Request.objects.exists()


def test_sending_takes_the_same_queries_however_many_are_on_their_way():
    council = Council()
    counts = []
    for others in (0, 6):
        for _ in range(others):
            council.sent(partnership=council.entry())
        council.partnership = council.entry()
        review = council.open()
        council.answer("har-review")
        with CaptureQueriesContext(connection) as queries:
            send(council, review)
        counts.append(len(queries))
    assert counts[0] == counts[1]
