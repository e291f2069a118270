"""Opening, sending, challenging and signing off a review, and what follows for the entry."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.roles import Role
from approvals.models import Request
from assessments import services as assessing
from assessments.models import Response
from policy.refused import Refused
from register.models import Status
from reviews import services
from reviews.models import Doing, Occasion, Review, State, WorkedOut
from tests.approvals.making import SENT_AT
from tests.approvals.making import Council as Deciding
from tests.assessments import making as assessed
from tests.factories import make_user
from tests.reviews.making import DUE, LATER, OPENED, TODAY, Council, assessed_entry

pytestmark = pytest.mark.django_db


def due_of(partnership, cycle):
    return Occasion.objects.filter(partnership=partnership, cycle=cycle).values_list("due_on", flat=True).first()


# --- Opening -------------------------------------------------------------------------------------


def test_a_review_is_opened_for_its_day_and_keeps_the_figures_of_that_day():
    council = Council(next_review_on=date(2026, 12, 4))
    review = council.open()
    assert (review.due_on, review.label, review.state) == (date(2026, 12, 4), "2026–27", State.OPEN)
    assert Decimal(review.before["contribution_a_year"]) == Decimal(12000)
    occasion = Occasion.objects.get(partnership=council.partnership, cycle=council.cycle)
    assert (occasion.review, occasion.due_on) == (review, review.due_on)
    assert review.history.get().by_name == "R.H."


def test_the_same_review_is_not_opened_twice():
    council = Council()
    council.open()
    with pytest.raises(Refused, match="open already"):
        council.open()
    assert Review.objects.count() == 1


@pytest.mark.parametrize("status", [Status.LEFT, Status.PROPOSED, Status.NOT_JOINED])
def test_an_entry_in_which_the_council_takes_no_part_is_not_reviewed(status):
    council = Council(status=status)
    with pytest.raises(Refused, match=f"This entry is {status.label.lower()}"):
        council.open()
    assert not Review.objects.exists()


def test_a_review_that_the_policy_does_not_have_is_refused():
    council = Council()
    with pytest.raises(Refused, match="no such review"):
        council.open("brk-cycle-review")
    with pytest.raises(Refused, match="not done by a form"):
        council.open("har-cycle-quarter")


def test_somebody_else_does_not_open_a_review():
    council = Council()
    with pytest.raises(Refused, match="Ask its lead officer"):
        services.open_review(
            council.partnership, council.cycle, version=council.version, by=make_user(Role.LEAD_OFFICER), at=OPENED
        )


def test_an_evaluation_can_be_called_for_earlier_with_a_reason_and_a_day():
    """MEL-F14."""
    council = Council("melton")
    with pytest.raises(Refused, match="no day of its own"):
        council.open("mel-cycle-early")
    with pytest.raises(Refused, match="That day is past"):
        council.open("mel-cycle-early", due_on=date(2026, 9, 30), why="The chair resigned")
    review = council.open("mel-cycle-early", due_on=date(2026, 10, 31), why="The chair resigned")
    occasion = Occasion.objects.get(review=review)
    assert (occasion.due_on, occasion.because) == (date(2026, 10, 31), "The chair resigned")


def test_a_partnership_that_is_not_significant_has_no_annual_review():
    """RED-I07."""
    council = Council("redditch", is_significant=False)
    with pytest.raises(Refused, match="so the short check is enough"):
        council.open("red-cycle-review")
    assert council.open("red-cycle-short-check").title == "Short yearly check"


# --- Sending -------------------------------------------------------------------------------------


def test_a_review_is_not_sent_before_its_forms_are():
    council = Council()
    review = council.open()
    with pytest.raises(Refused, match="Answer and send: Yearly register review"):
        services.send(review, recommendation="go_on", why="", by=council.lead, at=LATER)
    review.refresh_from_db()
    assert review.state == State.OPEN


def test_a_form_from_before_the_review_was_opened_does_not_count():
    council = Council()
    council.answer("har-review", at=OPENED - timedelta(days=1))
    with pytest.raises(Refused, match="Answer and send"):
        services.send(council.open(), recommendation="go_on", why="", by=council.lead, at=LATER)


def test_a_draft_that_was_begun_before_counts_once_it_is_sent():
    council = Council()
    draft = Response.start(
        council.partnership,
        "har-review",
        occasion="yearly_review",
        by=council.lead,
        policy_version=council.version,
        at=OPENED - timedelta(days=5),
    )
    review = council.open()
    assert Review.objects.with_begun().get().has_begun
    draft.send(missing=(), by=council.lead, at=LATER)
    services.send(review, recommendation="go_on", why="", by=council.lead, at=LATER)
    assert review.forms.get().response == draft


def test_a_recommendation_other_than_to_go_on_needs_a_reason():
    council = Council()
    review = council.open()
    council.answer("har-review")
    for recommendation, problem in (
        ("change", "Say why you recommend it"),
        ("leave", "Say why you recommend it"),
        ("shrug", "Choose what you recommend"),
    ):
        with pytest.raises(Refused, match=problem):
            services.send(review, recommendation=recommendation, why="", by=council.lead, at=LATER)


def test_risk_and_value_are_assessed_anew_before_the_review_is_sent():
    """BRK-D33, BRK-F22."""
    entry = assessed_entry()
    council = Council("breckland-2015")
    review = services.open_review(entry, "brk-cycle-review", version=council.version, by=entry.lead_officer, at=SENT_AT)
    council.lead, council.partnership = entry.lead_officer, entry
    council.answer("brk-review", at=assessed.AT)
    with pytest.raises(Refused, match="Assess risk and value anew"):
        services.send(review, recommendation="go_on", why="", by=entry.lead_officer, at=LATER)
    draft = assessed.make_draft(entry)
    assessing.complete(draft, by=draft.made_by, at=LATER)
    services.send(review, recommendation="go_on", why="", by=entry.lead_officer, at=LATER)
    review.refresh_from_db()
    assert review.state == State.SENT
    assert "Risk set to Medium, High suggested: reason given" in review.look_at


def test_whoever_signs_off_sees_what_changed_since_last_time():
    council = Council()
    council.answer("har-review", at=OPENED - timedelta(days=300), har_d11=True, har_d11b="go-on")
    review = council.open()
    council.partnership.refresh_from_db()
    council.partnership.change({"contribution_a_year": Decimal(14350)}, by=council.lead)
    council.answer("har-review", har_d11=True, har_d11b="change")
    services.send(review, recommendation="go_on", why="", by=council.lead, at=LATER)
    review.refresh_from_db()
    assert review.money_change == Decimal(2350)
    assert (review.answers_changed, review.answers_given) == (1, 2)


# --- Signing off ---------------------------------------------------------------------------------


def test_signing_off_moves_the_review_date_on_from_the_day_it_was_sent():
    """DEF-05, HAR-F10: what was sent in November counts for January, so it comes again twelve months later."""
    council = Council(next_review_on=date(2026, 12, 4))
    review = council.signed_off()
    entry = council.partnership
    assert (review.state, review.ended_by_name) == (State.SIGNED_OFF, "T.W.")
    assert (entry.last_review_on, entry.next_review_on) == (date(2026, 11, 17), date(2027, 11, 17))
    assert entry.history.first().history_change_reason == "Yearly register review 2026–27 signed off"
    assert due_of(entry, council.cycle) == date(2027, 11, 17)


def test_nobody_signs_off_what_they_answered_or_lead():
    council = Council()
    council.lead.give_role(Role.REGISTER_MANAGER, by=None, from_on=date(2026, 1, 1))
    review = council.sent()
    for _ in range(2):
        with pytest.raises(Refused, match="somebody else signs it off"):
            services.sign_off(review, note="", by=council.lead, at=LATER)
        Review.objects.filter(pk=review.pk).update(sent_by=council.manager)  # still the lead officer's own entry


def test_only_those_who_receive_it_sign_it_off():
    council = Council()
    with pytest.raises(Refused, match=r"This step is for .*Service Manager\. T\.W\. can take it"):
        services.sign_off(council.sent(), note="", by=make_user(Role.EXECUTIVE), at=LATER)


def test_the_responsible_head_of_the_entry_signs_off_not_another_head():
    """Where no route carries the form, whoever the cycle says receives it signs off."""
    head, other = make_user(Role.RESPONSIBLE_HEAD, name="S.P."), make_user(Role.RESPONSIBLE_HEAD)
    council = Council("redditch", is_significant=True, responsible_head=head)
    review = council.open("red-cycle-targets", due_on=DUE, why="A target was missed")
    council.answer("red-exception")
    services.send(review, recommendation="go_on", why="", by=council.lead, at=LATER)
    review.refresh_from_db()
    assert review.way is None
    with pytest.raises(Refused, match="is responsible for this partnership"):
        services.sign_off(review, note="", by=other, at=LATER)
    services.sign_off(review, note="", by=head, at=LATER)


def test_a_challenge_and_its_answer_are_both_kept():
    """BRK-I07."""
    council = Council()
    review = council.sent()
    services.challenge(review, "Why only local?", by=council.manager, at=LATER)
    with pytest.raises(Refused, match="This review is challenged"):
        services.sign_off(review, note="", by=council.manager, at=LATER)
    services.answer(review, "The board sits here.", by=council.lead, at=LATER)
    services.sign_off(review, note="", by=council.manager, at=LATER)
    assert [each.text for each in review.remarks.all()] == ["Why only local?", "The board sits here."]


def test_a_second_press_of_sign_off_is_told():
    council = Council()
    review = council.signed_off()
    with pytest.raises(Refused, match="This review is signed off"):
        services.sign_off(review, note="", by=council.manager, at=LATER)


EVERY_MOVE = [(state, move) for state in State for move in State]


@pytest.mark.parametrize(("state", "move"), EVERY_MOVE)
def test_a_review_makes_only_the_moves_of_its_table(state, move):
    review = Review(state=state, cycle="har-cycle-review")
    allowed = {
        State.OPEN: {State.SENT, State.CLOSED},
        State.SENT: {State.ON_ITS_WAY, State.SIGNED_OFF, State.CHALLENGED, State.CLOSED},
        State.CHALLENGED: {State.ANSWERED, State.CLOSED},
        State.ANSWERED: {State.ON_ITS_WAY, State.SIGNED_OFF, State.CHALLENGED, State.CLOSED},
        State.ON_ITS_WAY: {State.SENT, State.SIGNED_OFF, State.CHALLENGED, State.CLOSED},
    }.get(state, set())
    council = Council() if move in allowed else None
    if council is not None:
        review.policy_version, review.partnership = council.version, council.partnership
    by = council.manager if council else make_user()
    assert (review.why_not(move, by=by) == "") == (move in allowed)


def test_a_closed_review_falls_due_again_as_before():
    council = Council(next_review_on=date(2026, 12, 4))
    review = council.open()
    services.close_review(review, note="Opened by mistake", by=council.manager, at=LATER)
    council.partnership.refresh_from_db()
    assert due_of(council.partnership, council.cycle) == date(2026, 12, 4)
    assert council.partnership.last_review_on is None


# --- What is recommended -------------------------------------------------------------------------


@pytest.mark.parametrize(("recommendation", "purpose"), [("leave", "leave"), ("change", "change")])
def test_a_recommendation_opens_the_right_request_with_its_reason(recommendation, purpose):
    """BRK-D35, HAR-D11."""
    council = Council()
    review = council.signed_off(recommendation, why="The grant ended")
    request = services.ask_for(review, version=council.version, by=council.lead, at=LATER)
    assert (request.purpose, Request.objects.get(pk=request.pk).why) == (purpose, "The grant ended")
    with pytest.raises(Refused, match="Nothing can be asked for"):
        services.ask_for(review, version=council.version, by=council.lead, at=LATER)


def test_to_go_on_asks_for_nothing():
    council = Council()
    assert services.route_for(council.signed_off(), council.version) == ""


# --- Without a form ------------------------------------------------------------------------------


def test_what_has_no_form_is_said_to_be_done():
    council = Council()
    services.bring_up_to_date(at=LATER)
    confirm = Occasion.objects.get(partnership=council.partnership, cycle="har-cycle-confirm")
    said = {"version": council.version, "note": "Looked through", "at": LATER}
    services.mark_done(
        confirm.cycle, partnership=council.partnership, done_on=date(2026, 11, 17), by=council.lead, **said
    )
    assert due_of(council.partnership, confirm.cycle) == date(2025, 9, 30)  # the quarter after the one that was settled
    report = Occasion.objects.of_the_council().get(cycle="har-cycle-scrutiny")
    services.mark_done(report.cycle, partnership=None, done_on=TODAY - timedelta(days=4), by=council.manager, **said)
    assert Occasion.objects.of_the_council().get(cycle="har-cycle-scrutiny").due_on.year == report.due_on.year + 1
    assert Doing.objects.count() == 2


def test_nothing_is_done_on_a_day_to_come_nor_by_somebody_else_nor_a_review():
    council = Council()
    said = {"version": council.version, "note": "Looked through", "at": LATER}
    with pytest.raises(Refused, match="Say in a few words what was done"):
        services.mark_done(
            "har-cycle-confirm", partnership=council.partnership, done_on=LATER.date(), by=council.lead,
            **said | {"note": " "},
        )  # fmt: skip
    with pytest.raises(Refused, match="still to come"):
        services.mark_done("har-cycle-confirm", partnership=council.partnership, done_on=TODAY, by=council.lead, **said)
    with pytest.raises(Refused, match="Ask its lead officer"):
        services.mark_done(
            "har-cycle-confirm",
            partnership=council.partnership,
            done_on=date(2026, 11, 1),
            by=make_user(Role.LEAD_OFFICER),
            **said,
        )
    for cycle, entry in ((council.cycle, council.partnership), ("har-cycle-confirm", None)):
        with pytest.raises(Refused, match="not done this way"):
            services.mark_done(cycle, partnership=entry, done_on=date(2026, 11, 1), by=council.manager, **said)
    assert not Doing.objects.exists()


# --- Kept up to date -----------------------------------------------------------------------------


def test_what_falls_due_follows_the_entry():
    council = Council(next_review_on=date(2026, 12, 4))
    assert services.bring_up_to_date(at=LATER) == 1
    assert services.bring_up_to_date(at=LATER) == 0
    council.partnership.change({"next_review_on": date(2027, 2, 5)}, by=council.manager)
    assert services.bring_up_to_date(at=LATER) == 1
    assert due_of(council.partnership, council.cycle) == date(2027, 2, 5)


def test_a_form_that_is_sent_settles_what_waited_for_it():
    """RED-F57, CHK-07."""
    council = Council("redditch", status=Status.LEAVING)
    services.bring_up_to_date(at=timezone.now())
    assert due_of(council.partnership, "red-cycle-leaving-form")
    council.answer("red-5", at=timezone.now() + timedelta(minutes=1))
    assert services.bring_up_to_date(at=timezone.now()) == 1
    assert due_of(council.partnership, "red-cycle-leaving-form") is None


def test_late_and_due_are_told_apart_to_the_day():
    council = Council()
    for days in (-1, 0, 30, 31):
        council.entry(next_review_on=TODAY + timedelta(days=days))
    services.bring_up_to_date(at=LATER)
    reviews = Occasion.objects.filter(cycle=council.cycle, partnership__next_review_on__isnull=False)
    assert [each.due_on for each in reviews.late(TODAY)] == [TODAY - timedelta(days=1)]
    assert sorted(each.due_on for each in reviews.due(TODAY)) == [TODAY, TODAY + timedelta(days=30)]


def test_a_review_that_was_sent_is_not_late():
    council = Council(next_review_on=date(2026, 11, 1))
    review = council.sent()
    assert not review.is_late(TODAY)
    assert not Occasion.objects.filter(review=review).late(TODAY).exists()
    assert list(Review.objects.waiting()) == [review]


@pytest.mark.parametrize("entries", [2, 20])
def test_working_out_takes_the_same_queries_for_any_number(django_assert_num_queries, entries):
    council = Council("redditch")
    for _ in range(entries - 1):
        council.entry()
    services.bring_up_to_date(at=LATER)
    WorkedOut.objects.all().delete()
    with django_assert_num_queries(15):
        services.bring_up_to_date(at=LATER)


def test_without_a_policy_nothing_falls_due():
    assert services.bring_up_to_date(at=datetime(2010, 1, 1, tzinfo=timezone.get_current_timezone())) == 0


# --- After joining ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered", "expected"),
    [(None, date(2027, 10, 31)), (date(2027, 3, 1), date(2027, 3, 1))],
    ids=["in the policy's month, within a year", "as somebody entered it"],
)
def test_a_partnership_that_joins_has_the_day_of_its_first_review(entered, expected):  # BRK-B34, BRK-F04, BRK-I15
    council = Deciding()
    council.partnership.change({"next_review_on": entered}, by=council.lead)
    request = council.request()
    council.to_cmt(request)

    council.take(request, "brk-f04", "join", by=council.cmt)

    entry = council.entry()
    assert (entry.status, entry.next_review_on) == (Status.ACTIVE, expected)


def test_one_that_is_not_joined_has_no_review_day():
    council = Deciding()
    request = council.request()
    council.to_cmt(request, view="object")
    council.take(request, "brk-f04", "not-join", by=council.cmt)

    assert council.entry().next_review_on is None
