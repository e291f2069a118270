"""The question about other commitments shows what they take already (HAR-D07, HAR-C06)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from assessments.models import Response
from register.models import Status
from tests.assessments.making import AT
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.")


@pytest.fixture
def address(lead):
    version = put_policy_in_force("harborough-2015")
    proposal = make_partnership(
        name="Marsh Water Group", status=Status.PROPOSED, lead_officer=lead, policy_version=version, hours_a_month=99
    )
    opened = Response.start(proposal, "har-opportunity", occasion="proposal", by=lead, policy_version=version, at=AT)
    where = [proposal.reference, "har-opportunity", opened.slug, "har-opportunity-best-way"]
    return reverse("assessments:questionnaire_section", args=where)


def test_what_other_active_partnerships_take_stands_beside_the_question(browse_as, lead, address):
    make_contribution(make_partnership(name="Coast Board", hours_a_month=12), 40_000)
    make_contribution(make_partnership(name="Bus Board"), 2_500)
    make_contribution(make_partnership(name="Old Board", status=Status.LEFT, hours_a_month=50), 70_000)

    question = browse_as(lead).get(address).select_one("#question-har-d07")

    assert (
        "The Council’s other active partnerships: 2 partnerships, £42,500 a year (known for 2) and "
        "12 hours of staff time a month (known for 1)." in " ".join(question.text.split())
    )


def test_the_first_partnership_has_no_others_beside_it(browse_as, lead, address):
    question = browse_as(lead).get(address).select_one("#question-har-d07")

    assert "0 partnerships, £0 a year" in " ".join(question.text.split())


def test_the_question_costs_the_same_however_many_others_there_are(browse_as, lead, address):
    browsing = browse_as(lead)
    browsing.get(address)
    with CaptureQueriesContext(connection) as one:
        browsing.get(address)
    for _ in range(5):
        make_partnership()
    with CaptureQueriesContext(connection) as many:
        browsing.get(address)

    assert len(many) == len(one)
