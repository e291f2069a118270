"""The question about a similar remit shows the entries that look like this one (MEL-D15, MEL-F02)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.assessments.making import make_checklist
from tests.factories import make_partnership


@pytest.fixture
def checklist(db):
    return make_checklist()


@pytest.fixture
def lead(checklist):
    return checklist.partnership.lead_officer


def section(checklist, name):
    reference = checklist.partnership.reference
    return reverse("assessments:questionnaire_section", args=[reference, "mel-b", checklist.slug, name])


def test_similar_entries_stand_beside_the_question_with_why(browse_as, lead, checklist):
    near = make_partnership(name="Coast Board", purpose="Flood defence and drainage of the harbour")

    question = browse_as(lead).get(section(checklist, "mel-b-policy")).select_one("#question-mel-d15")

    assert question.select_one(f'a[href="/partnerships/{near.reference}/"]').text == "Coast Board"
    assert "both speak of flood, defence, drainage and harbour" in question.text
    assert "This entry of the register looks like it" in question.text


def test_the_question_says_when_no_entry_is_similar(browse_as, lead, checklist):
    question = browse_as(lead).get(section(checklist, "mel-b-policy")).select_one("#question-mel-d15")

    assert "No entry of the register looks like this one" in question.text


def test_other_sections_do_not_look_for_similar_entries(browse_as, lead, checklist):
    make_partnership(name="Coast Board", purpose="Flood defence and drainage of the harbour")

    assert "Coast Board" not in browse_as(lead).get(section(checklist, "mel-b-practical"))


def test_the_section_costs_the_same_however_many_entries_are_similar(browse_as, lead, checklist):
    browser = browse_as(lead)
    browser.get(section(checklist, "mel-b-policy"))
    counts = set()
    for number in range(3):
        make_partnership(name=f"Coast {number}", purpose="Flood defence and drainage of the harbour")
        with CaptureQueriesContext(connection) as queries:
            browser.get(section(checklist, "mel-b-policy"))
        counts.add(len(queries))

    assert len(counts) == 1
