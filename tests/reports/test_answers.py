"""Answers over the whole register: the forms of the policy, one question's answers, counted, filtered, as a sheet."""

from datetime import datetime
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from assessments.models import Answer, Response
from tests.assessments.forms_pack import AT, begin, put_in_force
from tests.factories import make_partnership, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.")


def entry_that_said(lead, name="Fen Forum", *, at: datetime = AT, partnership=None, **answers):
    """An entry with a sent form; answers by question id, with "_" for "-"."""
    partnership = partnership or make_partnership(name=name, lead_officer=lead, policy_version=put_in_force())
    response = begin(partnership, "review", at=at)
    values = {question.replace("_", "-"): {"value": value} for question, value in answers.items()}
    response.answer(values, by=lead, at=at)
    response.send(missing=[], by=lead, at=at)
    return partnership


def test_the_last_answer_of_each_partnership_counts(lead):
    fen = entry_that_said(lead, "Fen Forum", r_clear=False, r_topic="1")
    entry_that_said(lead, "Marsh Board", r_clear=True, r_topic="1")
    entry_that_said(lead, partnership=fen, at=AT.replace(year=2027), r_clear=True)
    draft = begin(fen, "review", at=AT.replace(year=2028))
    draft.answer({"r-clear": {"value": False}}, by=lead, at=AT)

    assert Answer.objects.latest_to("review", "r-clear").counted() == [(True, 2)]
    assert Answer.objects.latest_to("review", "r-topic").counted() == [("1", 1)]
    assert Response.objects.latest_of_each("review").count() == 2
    assert Response.objects.count_by_form() == {"review": (2, 1)}


def test_the_forms_say_how_many_sent_them_and_how_many_never_did(browse_as, lead):
    entry_that_said(lead, r_clear=True)
    make_partnership(name="Marsh Board")

    page = browse_as(Role.AUDITOR).get(reverse("reports:form_list"))

    row = next(row for row in page.select("tbody tr") if "Yearly review" in row.text)
    assert [cell.text for cell in row.select("td")] == ["1", "0", "1"]
    page = browse_as(Role.AUDITOR).get(reverse("reports:form", args=["review"]))
    assert page.select_one(f"[href='{reverse('reports:answers', args=['review', 'r-account'])}']")
    assert "Can staff get training?" not in [link.text for link in page.select("main a")]


def test_one_answer_is_asked_for_and_leads_to_its_form(browse_as, lead):
    entry_that_said(lead, "Fen Forum", r_topic="1")
    entry_that_said(lead, "Marsh Board", r_topic="3")
    browser = browse_as(Role.REGISTER_MANAGER)

    page = browser.get(reverse("reports:answers", args=["review", "r-topic"]))
    assert "1 of 3, no (1)" in page
    assert len(page.select("tbody tr")) == 2
    link = next(link for link in page.select("main ul a") if link.text.startswith("1 of 3"))
    page = browser.get(page.path.split("?")[0] + link["href"])

    assert [row.select_one("th a").text for row in page.select("tbody tr")] == ["Fen Forum"]
    assert browser.get(page.select_one("tbody th a")["href"]).heading == "Yearly review 2025–26"


def test_the_sheet_has_the_same_answers_and_text_stays_text(browse_as, lead):
    entry_that_said(lead, "Fen Forum", r_slogan="=1+1")

    page = browse_as(Role.AUDITOR).client.get(reverse("reports:answers_xlsx", args=["review", "r-slogan"]))

    sheet = load_workbook(BytesIO(b"".join(page.streaming_content)))["Answers"]
    header, row = list(sheet.iter_rows(values_only=True))
    assert header[:4] == ("Reference", "Partnership", "Status", "What is its slogan?")
    assert row[1:4] == ("Fen Forum", "Active", "=1+1")
    assert sheet["D2"].data_type == "s"


def test_a_question_that_is_none_is_not_found(browse_as, lead):
    put_in_force()
    browser = browse_as(Role.AUDITOR)

    assert browser.get(reverse("reports:answers", args=["review", "r-training"])).status == 404
    assert browser.get(reverse("reports:answers", args=["review", "nothing"])).status == 404
    assert browser.get(reverse("reports:form", args=["nothing"])).status == 404


@pytest.mark.parametrize("entries", [2, 12])
def test_answers_cost_the_same_however_many_there_are(browse_as, lead, django_assert_num_queries, entries):
    for number in range(entries):
        entry_that_said(lead, f"Partnership {number}", r_topic="2")
    auditor = browse_as(Role.AUDITOR)

    with django_assert_num_queries(12):
        auditor.get(reverse("reports:answers", args=["review", "r-topic"]))


@pytest.mark.parametrize("entries", [2, 12])
def test_the_forms_cost_the_same_however_many_were_sent(browse_as, lead, django_assert_num_queries, entries):
    for number in range(entries):
        entry_that_said(lead, f"Partnership {number}", r_topic="2")
    auditor = browse_as(Role.AUDITOR)

    with django_assert_num_queries(11):
        auditor.get(reverse("reports:form_list"))


def test_the_empty_form_has_every_question_and_says_when_each_is_asked(browse_as, lead):
    put_in_force()

    page = browse_as(Role.AUDITOR).get(reverse("assessments:questionnaire_blank", args=["review"]))

    assert "Answer this if you said No to: Has the effect on equality been assessed?" in page
    assert "c. By local people" in page
    assert "What should we stop?" in page
    assert [tick.text for tick in page.select("ul.app-ticks")[0].select("li")] == [
        "1, no",
        "2, with room for improvement",
        "3, effectively",
    ]
