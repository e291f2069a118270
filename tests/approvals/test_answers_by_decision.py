"""Questions that a decision answers: on the page that reads a form back, on its paper, and in the sealed copy."""

from datetime import timedelta

import pytest
from django.urls import reverse

from approvals.answers import decided, steps_for
from assessments.models import Response
from assessments.reading_back import DECIDED_ELSEWHERE
from policy.reading import load_policy, pack_files
from register.models import Status
from reports.papers import answers_paper
from tests.approvals.making import LATER, TODAY, Council

pytestmark = pytest.mark.django_db


def answer_of(response, question):
    paper = answers_paper(response, made_on=TODAY, made_by="T.W.")
    said = {each.question.id: each.answer for section in paper["sheet"].sections for each in section.said}
    return said[question]


def leaving():
    council = Council(status=Status.ACTIVE)
    request = council.request("brk-leaving")
    council.answer("brk-exit")
    return council, request, Response.objects.get(questionnaire="brk-exit")


def test_a_question_waits_for_its_decision_and_then_tells_it(browse_as):  # BRK-D29
    council, request, response = leaving()
    assert answer_of(response, "brk-d29") == DECIDED_ELSEWHERE

    council.take(request, "brk-f30-decide", "leave", by=council.cmt)
    council.answer("brk-exit", at=LATER)
    response = Response.objects.get(questionnaire="brk-exit", sent_at=LATER)
    at = LATER + timedelta(minutes=5)
    council.take(request, "brk-f31", by=council.lead, at=at)
    council.take(request, "brk-f33", "agree", by=council.executive, at=at)
    council.take(request, "brk-f32-view", by=council.holder, at=at)
    council.take(request, "brk-f32", "agree", by=council.cmt, at=at)

    said = answer_of(response, "brk-d29")
    assert said == (
        "Agree: Cabinet, Cllr E.M., 20 November 2026; Done: Portfolio Holder, Cllr Z.Q., 20 November 2026; "
        "Agree: CMT, S.P., 20 November 2026 (D-2026-002)"
    )
    page = browse_as(council.cmt).get(
        reverse("assessments:questionnaire", args=[council.partnership.reference, "brk-exit", response.slug])
    )
    assert "Agree: CMT, S.P., 20 November 2026 (D-2026-002)" in page.words


def test_a_decision_before_the_form_was_sent_is_not_about_it():
    council, request, response = leaving()
    council.take(request, "brk-f30-decide", "leave", by=council.cmt)

    assert decided(response) == {}


def test_a_form_that_was_sent_anew_leaves_later_decisions_to_the_new_one():
    council, request, first = leaving()
    council.take(request, "brk-f30-decide", "leave", by=council.cmt)
    council.answer("brk-exit", at=LATER)
    at = LATER + timedelta(minutes=5)
    council.take(request, "brk-f31", by=council.lead, at=at)
    council.take(request, "brk-f33", "agree", by=council.executive, at=at)
    council.take(request, "brk-f32-view", by=council.holder, at=at)

    assert decided(first) == {}
    assert "brk-d29" in decided(Response.objects.get(questionnaire="brk-exit", sent_at=LATER))


@pytest.mark.parametrize("path", pack_files(), ids=lambda path: path.stem)
def test_every_question_that_a_decision_answers_knows_its_steps(path):  # RED-D2A-26, MEL-D28, MEL-D29, STR-I05
    policy = load_policy(path)
    for form in policy.questionnaires:
        for question in form.by_id.values():
            if question.type == "decision":
                assert steps_for(policy, form.id, question), question.id
