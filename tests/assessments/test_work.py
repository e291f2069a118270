"""What assessments bring to the home page and to an entry's next steps."""

from datetime import date

import pytest

from accounts.roles import Role
from assessments.work import agreements_to_review, challenges, next_steps, unfinished
from tests.assessments.agreeing import make_agreement, put_agreement_policy_in_force
from tests.assessments.making import AT, make_assessment, make_challenge, make_draft, make_entry, make_response
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def test_an_entry_without_an_assessment_asks_its_lead_officer_for_one():
    partnership = make_entry()

    assert [step.words for step in next_steps(partnership, partnership.lead_officer)] == ["Assess it"]
    assert next_steps(partnership, make_user(Role.LEAD_OFFICER)) == []
    assert next_steps(partnership, make_user(Role.AUDITOR)) == []


def test_a_draft_is_the_next_step_until_it_is_complete():
    draft = make_draft()
    lead = draft.partnership.lead_officer

    assert [step.words for step in next_steps(draft.partnership, lead)] == ["Go on with assessment 2026–27"]
    done = make_assessment()
    assert next_steps(done.partnership, done.made_by) == []


def test_drafts_stand_on_the_lead_officers_home(django_assert_num_queries):
    draft = make_draft()
    response = make_response()
    lead = draft.partnership.lead_officer
    response.partnership.change({"lead_officer": lead}, by=lead)
    assert lead.roles  # asked once a request

    with django_assert_num_queries(2):
        work = unfinished(lead, TODAY)

    assert [line.words for line in work.lines] == [
        f"Finish assessment 2026–27 of {draft.partnership}",
        f"Finish assessment questions of {response.partnership}",
    ]
    assert unfinished(make_user(Role.AUDITOR), TODAY) is None
    assert unfinished(make_user(Role.LEAD_OFFICER), TODAY).total == 0


def test_a_challenge_waits_for_the_lead_officer_then_for_the_manager():
    thread = make_challenge()
    lead, manager = thread.assessment.made_by, thread.asked_by

    assert [line.words for line in challenges(lead, TODAY).lines] == [
        f"Answer the challenge to {thread.assessment.partnership}"
    ]
    assert challenges(manager, TODAY).total == 0

    thread.answer("Only local", by=lead, at=AT)
    assert challenges(lead, TODAY).total == 0
    assert challenges(manager, TODAY).total == 1
    assert challenges(make_user(Role.AUDITOR), TODAY) is None


# Reviewed by 3 March 2027: work that waits from thirty days before
@pytest.mark.parametrize(
    ("today", "when"),
    [
        (date(2027, 1, 31), []),
        (date(2027, 2, 1), [("In 30 days", False)]),
        (date(2027, 3, 3), [("Today", False)]),
        (date(2027, 3, 4), [("1 day late", True)]),
    ],
)
def test_an_agreement_to_review_stands_on_the_lead_officers_home(django_assert_num_queries, today, when):
    agreement = make_agreement(put_agreement_policy_in_force())
    lead = agreement.partnership.lead_officer
    assert lead.roles  # asked once a request

    with django_assert_num_queries(1):
        work = agreements_to_review(lead, today)

    assert [(line.when, line.is_late) for line in work.lines] == when
    assert agreements_to_review(make_user(Role.AUDITOR), today) is None
