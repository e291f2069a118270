"""Lessons are offered to the next similar proposal, answered, and read by those who decide."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.papers import paper_of
from exits import services
from exits.models import LessonAnswer, Use
from policy.refused import Refused
from tests.exits.exit_pages import make_lessons, make_offered

pytestmark = pytest.mark.django_db


def test_a_similar_proposal_is_offered_the_lessons(browse_as):  # RED-F60, RED-G16
    council, request = make_offered()

    page = browse_as(council.lead).get(reverse("approvals:request", args=[request.reference]))

    assert "Lessons of similar partnerships" in page
    assert [lesson.text for lesson in services.lessons_for(request)] == [
        "Six villages have a bus",
        "Ask the drivers first",
        "One timetable for all operators",
    ]


def test_a_proposal_of_another_kind_is_offered_none(browse_as):
    from approvals import services as deciding

    council = make_lessons()
    other = council.another("Museum Friends")
    other.entry().change({"purpose": "Paintings and tours."}, by=council.manager)
    at = council.entry().created_at
    request = deciding.start(other.entry(), "red-joining", by=council.lead, version=council.version, at=at)
    browser = browse_as(council.lead)

    assert services.lessons_for(request) == []
    assert "Lessons of similar" not in browser.get(reverse("approvals:request", args=[request.reference]))
    page = browser.get(reverse("exits:lessons_of_request", args=[request.reference]))
    assert page.banner.endswith("No lesson is offered to this request")


def test_what_the_proposer_says_stands_before_those_who_decide(browse_as):
    council, request = make_offered()
    first, second, _ = services.lessons_for(request)
    where = reverse("exits:lessons_of_request", args=[request.reference])
    browser = browse_as(council.lead)

    refused = browser.post(where, {f"use_{first.pk}": "used", f"use_{second.pk}": "not"})
    assert refused.errors == ["Say why this does not apply: Ask the drivers first"]
    assert not LessonAnswer.objects.exists()
    browser.post(
        where, {f"use_{first.pk}": "used", f"use_{second.pk}": "not", f"because_{second.pk}": "There are no drivers"}
    )

    assert paper_of(request, steps=())["learned"] == [
        {
            "label": "Achievement of Marsh Valley Rural Mobility Partnership: Six villages have a bus",
            "value": "Used in this proposal",
        },
        {
            "label": "Could have been better of Marsh Valley Rural Mobility Partnership: Ask the drivers first",
            "value": "Does not apply, because There are no drivers",
        },
    ]


def test_what_was_said_to_lessons_stays_once_the_request_is_on_its_way(db):
    council, request = make_offered()
    first, *_ = services.lessons_for(request)
    request.withdraw(by=council.lead, reason="Not now", at=request.started_at)

    with pytest.raises(Refused, match="stays as it is"):
        services.answer_lessons(request, {first.pk: (Use.USED, "")}, by=council.lead)


def test_nobody_answers_lessons_for_another_officer(browse_as):
    _, request = make_offered()
    where = reverse("exits:lessons_of_request", args=[request.reference])

    assert browse_as(Role.LEAD_OFFICER).get(where).status == 404
