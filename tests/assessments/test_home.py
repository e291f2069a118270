"""Drafts and challenges on the home page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment, Challenge
from register.models import Partnership
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(loaded):
    return User.objects.get(email="lead.officer@demo.example")


def titles(page):
    return [link.text for link in page.select(".app-work a")]


def test_a_draft_waits_for_who_began_it_and_its_link_opens(browse_as, lead):
    browsing = browse_as(lead)
    draft = Assessment.objects.drafts().get(partnership__name="Reedland Skills Academy")
    words = f"Finish assessment {draft.label} of Reedland Skills Academy"

    page = browsing.get(reverse("home"))

    assert words in titles(page)
    link = page.find("a", string=words)
    assert browsing.get(link["href"]).status == 200
    other = browse_as(Role.LEAD_OFFICER).get(reverse("home"))
    assert words not in titles(other)


def test_a_challenge_waits_for_the_lead_officer_then_for_who_asked(browse_as, lead):
    manager, now = make_user(Role.REGISTER_MANAGER), timezone.now()
    harbour = Partnership.objects.get(name="Saltmere Harbour Regeneration Board")
    assessment = Assessment.objects.for_partnership(harbour).complete().first()
    challenge = Challenge.ask(assessment, scheme="risk", criterion="", question="Why High?", by=manager, at=now)

    words = "Answer the challenge to Saltmere Harbour Regeneration Board"
    page = browse_as(lead).get(reverse("home"))
    assert words in titles(page)
    assert browse_as(lead).get(page.find("a", string=words)["href"]).status == 200

    challenge.answer("It costs £142,600 a year", by=lead, at=now)
    assert words not in titles(browse_as(lead).get(reverse("home")))
    assert "Close the challenge to Saltmere Harbour Regeneration Board" in titles(
        browse_as(manager).get(reverse("home"))
    )


def test_the_demonstration_is_assessed_as_its_lead_officer_judged(lead):
    harbour = Partnership.objects.get(name="Saltmere Harbour Regeneration Board")
    assert (harbour.risk_level, harbour.value_level, harbour.levels_source) == ("high", "high", "assessment")
    board = Partnership.objects.get(name="Marsh Coast Joint Planning Board")
    assert board.risk_level == "low"  # the policy suggests Medium; the lead officer said why not
