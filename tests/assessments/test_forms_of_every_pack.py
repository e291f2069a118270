"""Every form of every policy that comes with the register: each section opens, is saved, read back and printed.

A section costs at most fifteen queries, the three that keep the session among them (README section 1, CORE-11).
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from assessments import questionnaires as asks
from assessments.answers import NOT_ASKED, CouncilLists
from assessments.models import Response
from assessments.reading_back import sheet_of
from policy.model import Policy, Question
from policy.reading import pack_files, read_pack_file
from register.models import Benefit, Document, Membership, Organisation, Priority, PriorityLink, Representative, Risk
from tests.assessments.forms_pack import AT, typed_in
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FORMS = [(path.stem, form.id) for path in sorted(pack_files()) for form in read_pack_file(path).policy.questionnaires]
MOST_QUERIES = 15


def entry_under(pack):
    """An entry with a row of everything that forms look up."""
    lead = make_user(Role.LEAD_OFFICER, name="D.F.")
    version = put_policy_in_force(pack)
    made = make_partnership(
        policy_version=version, name="Central Marsh Unit", purpose="Prepares one local plan", lead_officer=lead
    )
    Membership(partnership=made, organisation=Organisation.objects.create(name="Fenwold")).keep(by=lead)
    Representative(partnership=made, name="Cllr K.X.", level="member").keep(by=lead)
    PriorityLink(partnership=made, priority=Priority.objects.create(code="2", title="Homes")).keep(by=lead)
    Benefit(partnership=made, kind="hard", description="Two buses shared").keep(by=lead)
    Risk(partnership=made, note="The driver leaves").keep(by=lead)
    Document(partnership=made, title="Plan", address="https://plan.example", added_by=lead).keep(by=lead)
    make_contribution(made, 12_500)
    made.refresh_from_db()
    return made


def an_answer(policy: Policy, question: Question):
    """Something to answer with, as the form keeps it."""
    options = asks.options_of(question, policy, CouncilLists()).choices
    if question.type == "rows":
        return [{column.id: an_answer(policy, column) for column in question.columns if column.type not in NOT_ASKED}]
    if question.type in ("choice", "scale", "rank"):
        return options[0][0] if options else None
    return {
        "yes_no": False,
        "yes_no_dont_know": True,
        "multi_choice": [options[0][0]] if options else ["A line"],
        "links": [options[0][0]] if options else ["A line"],
        "people": ["D.F."],
        "organisations": ["Fenwold"],
        "number": "3",
        "money": "1200.50",
        "hours": "12.5",
        "hours_a_week": "5",
        "date": "2026-03-27",
        "month": "2026-03",
        "email": "df@example.org",
    }.get(question.type, "In words")


@pytest.mark.parametrize(("pack", "form_id"), FORMS)
def test_every_section_opens_within_its_queries_and_keeps_its_answers(browse_as, pack, form_id):
    entry = entry_under(pack)
    lead, version = entry.lead_officer, entry.policy_version
    policy = version.policy
    form = policy.questionnaire(form_id)
    for year in (2025, 2026):  # last year's answers stand beside this year's
        at = AT.replace(year=year, month=5)
        response = Response.start(entry, form_id, occasion="any_time", by=lead, policy_version=version, at=at)
        given = {each.id: {"value": an_answer(policy, each)} for each in form.questions if each.type not in NOT_ASKED}
        given |= {beside.id: {"value": an_answer(policy, beside)} for each in form.questions for beside in each.beside}
        ranks = (part for each in form.questions for part in each.parts if part.type == "rank")
        given |= {part.id: {"value": None} for part in ranks}
        response.answer(given, by=lead, at=at)
        if year == 2025:
            response.send(missing=[], by=lead, at=at)
    browser = browse_as(lead)
    before = {answer.question: answer.value for answer in response.answers.all()}
    for section in form.sections:
        address = reverse(
            "assessments:questionnaire_section", args=[entry.reference, form_id, response.slug, section.id]
        )
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(address)
        assert page.status == 200
        assert len(queries) <= MOST_QUERIES, (section.id, len(queries))
        asked = asks.asked_of(form, section, asks.asked_values(form, before))
        for question in asked:
            assert page.select_one(f"#question-{question.id}"), question.id
        assert browser.post(address, typed_in(page)).errors == []
    after = {answer.question: answer.value for answer in Response.objects.get(pk=response.pk).answers.all()}
    # A question that its parts answer follows them, and a file is known by its document, which these answers lack.
    typed = [each.id for each in form.questions if asks.is_filled_in(each) and each.type != "file"]
    assert {name: after.get(name) for name in typed} == {name: before.get(name) for name in typed}
    for name in ("questionnaire", "questionnaire_check"):
        assert browser.get(reverse(f"assessments:{name}", args=[entry.reference, form_id, response.slug])).status == 200
    sheet = sheet_of(response, list(response.answers.all()))
    assert [part.section for part in sheet.sections] == list(form.sections)


def test_there_is_a_form_to_try():
    assert ("breckland-2015", "brk-review") in FORMS
