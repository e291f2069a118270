"""What is printed about one matter: forms blank and answered, requests, decisions and their notices."""

import logging
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from approvals import services
from approvals.models import Interest, StepTaken
from assessments.blank_forms import blank_of
from assessments.models import Response
from policy.reading import load_policy, pack_files
from register.models import Partnership
from reports import papers
from reports.pdf import pdf_of, standing_alone
from tests.approvals.making import LATER, TODAY, Council
from tests.assessments import making
from tests.factories import make_partnership, make_user, put_policy_in_force
from tests.pdf import Tagged, broken_rules

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MADE = {"made_on": TODAY, "made_by": "T.W."}
HERE = "https://register.example.org/decisions/"


@pytest.fixture
def no_complaints(caplog):
    """Anything that the renderer complains of fails the test."""
    caplog.set_level(logging.WARNING, logger="weasyprint")
    yield
    assert [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")] == []


def download(browse_as, name, *parts, who=Role.AUDITOR):
    response = browse_as(who).client.get(reverse(f"reports:{name}", args=parts))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    return response.content


def words(text):
    """Without the spaces and colons by which a page and a table of the paper differ."""
    return " ".join(text.replace(": ", " ").split())


def said_in(html):
    return words(BeautifulSoup(html, "html.parser").get_text(" "))


def says_all(page, html, selector):
    """Every piece of words that the selector finds on a page stands in the paper too."""
    pieces = [words(piece) for each in page.select(f"main {selector}") for piece in each.stripped_strings]
    assert len(pieces) > 3
    said = said_in(html)
    assert [piece for piece in pieces if piece not in said] == []


def with_tags(pdf, title, *bookmarks):
    """The PDF, when it keeps every rule of PDF/UA-1 and has this title and these bookmarks in this order."""
    assert broken_rules(pdf) == []
    made = Tagged(pdf)
    assert made.language == "en-GB"
    assert made.title == title
    assert [each for each in made.bookmarks() if each in bookmarks] == list(bookmarks)
    assert made.tables_without_headings() == 0
    return made


# --- Answers ----------------------------------------------------------------------------------------


def answered(**answers):
    """A sent form with an answer that is longer than a page."""
    response = making.make_response()
    response.answer(answers or {"brk-d03": {"value": "They meet and decide. " * 400}}, by=response.started_by, at=LATER)
    response.send(missing=[], by=response.started_by, at=LATER)
    return response


def parts_of(response):
    return response.partnership.reference, response.questionnaire, response.slug


def test_answers_read_alike_on_the_page_and_on_paper(browse_as):
    response = answered()
    page = browse_as(Role.AUDITOR).get(reverse("assessments:questionnaire", args=parts_of(response)))

    made = download(browse_as, "answers_html", *parts_of(response)).decode()

    says_all(page, made, ".govuk-summary-card")
    assert "<link" not in made
    assert [link["href"].rpartition(".")[2] for link in page.select("main p a") if "/answers." in link["href"]] == [
        "pdf", "html"
    ]  # fmt: skip


def test_the_answers_as_pdf_keep_their_tags_when_they_run_over_pages(browse_as, no_complaints):
    response = answered()

    pdf = download(browse_as, "answers_pdf", *parts_of(response))

    title = "Questions for assessing a partnership 2026–27"
    made = with_tags(pdf, f"{title}, {response.partnership.name}", title, "Governance", "Officer resources", "Finance")
    assert len(made.of_kind("H1")) == 1


def test_answers_say_who_gave_them_under_which_policy_and_when_they_were_sent():
    response = answered()

    head = dict(papers.answers_paper(response, **MADE)["head"])

    assert head == {
        "Partnership": f"{response.partnership.name} ({response.partnership.reference})",
        "Policy": "Partnership Policy 2015, version 1",
        "Clause": "Appendix C",
        "Answered by": "D.F.",
        "Sent": "20 November 2026, by D.F.",
    }


def test_a_draft_says_that_it_is_not_sent():
    assert dict(papers.answers_paper(making.make_response(), **MADE)["head"])["Sent"] == (
        "Not sent: a draft, saved 17 November 2026"
    )


def test_answers_take_the_same_queries_however_many_there_are():
    few = making.make_response()
    many = answered(**{f"brk-d{number:02}": {"value": "Yes"} for number in (3, 4, 5, 6, 7)})
    found = Response.objects.select_related("partnership", "policy_version")

    counts = []
    for each in (few, many):
        response = found.get(pk=each.pk)
        with CaptureQueriesContext(connection) as queries:
            papers.answers_paper(response, **MADE)
        counts.append(len(queries))

    assert counts[1] <= counts[0]


# --- Blank forms --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", pack_files(), ids=lambda path: path.stem)
def test_every_question_of_every_form_has_room_for_its_answer(path):
    policy = load_policy(path)
    for form in policy.questionnaires:
        sections = blank_of(policy, form)
        printed = [question for section in sections for question in section.questions]

        assert [each.text for each in printed] == [each.text for each in form.questions]
        for question, asked in zip(printed, form.questions, strict=True):
            answered_here = asked.type not in ("statement", "computed", "decision")
            by_its_parts = bool(asked.parts) and (asked.type == "rank" or bool(asked.parts_rule))
            assert bool(question.spaces) == (answered_here and not by_its_parts), asked.id
            for space in question.spaces:
                assert space.boxes or space.lines or (space.columns and space.rows), asked.id


def test_the_points_of_a_scale_and_the_boxes_of_a_choice_are_printed():
    # MEL-C06
    policy = put_policy_in_force("melton").policy
    sections = blank_of(policy, policy.questionnaire("mel-c2"))

    rating = sections[0].questions[0].spaces[0]

    assert [label for label, _ in rating.boxes] == [
        "1, no, or don’t know",
        "2, yes at times, without consistency",
        "3, yes, could be better",
        "4, yes, with real benefits to show",
        "5, excellent, improving it is no priority",
    ]


def test_a_question_that_hangs_on_another_says_on_which():
    policy = put_policy_in_force("melton").policy
    (section,) = blank_of(policy, policy.questionnaire("mel-c3"))

    plan = section.questions[2]

    assert plan.note == "Answer this if you said Yes to: Does the evaluation lead to actions?"
    rows = plan.spaces[0]
    assert (rows.rows, len(rows.columns), rows.is_table) == (4, 7, False)
    assert rows.columns[2].boxes[0] == ("Quick win", "Short-term")


def test_a_few_columns_stand_beside_each_other():
    policy = put_policy_in_force().policy
    risks = next(
        space
        for section in blank_of(policy, policy.questionnaire("brk-exit"))
        for question in section.questions
        for space in question.spaces
        if space.columns
    )

    assert risks.is_table
    assert [column.label for column in risks.columns] == ["Risk", "Level"]
    assert [label for label, _ in risks.columns[1].boxes] == ["High", "Medium", "Low"]


@pytest.mark.parametrize(
    ("pack", "form"),
    [
        ("breckland-2015", "brk-exit"),
        ("harborough-2015", "har-opportunity"),
        ("melton", "mel-c3"),
        ("redditch", "red-3"),
        ("strategy-2009", "str-improvement"),
    ],
)
def test_the_blank_form_says_what_the_policy_page_says(browse_as, no_complaints, pack, form):
    version = put_policy_in_force(pack)
    parts = (version.code, version.version, form)
    found = version.policy.questionnaire(form)

    pdf = download(browse_as, "form_pdf", *parts)

    with_tags(pdf, f"{found.title}, Blank form", found.title, *(section.title for section in found.sections))
    html = said_in(standing_alone(papers.FORM, papers.form_paper(version, found, **MADE)))
    for text in (found.intro, *(each.text for each in found.questions), *(each.hint for each in found.questions)):
        assert words(text) in html
    page = browse_as(Role.AUDITOR).get(reverse("policy:forms", args=parts[:2]))
    assert reverse("reports:form_pdf", args=parts) in [link["href"] for link in page.select("main a")]


def test_a_form_that_the_policy_does_not_have_is_not_found(browse_as):
    version = put_policy_in_force()

    answer = browse_as(Role.AUDITOR).client.get(f"/policy/{version.code}/{version.version}/forms/none.pdf")

    assert answer.status_code == 404


# --- Requests -----------------------------------------------------------------------------------------


def test_a_request_reads_alike_on_the_page_and_on_paper(browse_as, no_complaints):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    page = browse_as(Role.AUDITOR).get(reverse("approvals:request", args=[request.reference]))

    html = download(browse_as, "request_html", request.reference).decode()
    pdf = download(browse_as, "request_pdf", request.reference)

    says_all(page, html, ".govuk-details__text")
    says_all(page, html, "dl.govuk-summary-list")
    title = f"{request.reference}: Joining a partnership"
    with_tags(
        pdf, f"{title}, {request.partnership.name}", title,
        "Why the council should do this", "Ratings explained", "Advice and steps so far", "Facts of the entry",
    )  # fmt: skip
    assert "Six villages have no bus." in said_in(html)


def test_a_draft_is_printed_only_for_those_who_may_change_the_entry(browse_as):
    council = Council()
    address = reverse("reports:request_pdf", args=[council.request(sent=False).reference])

    assert browse_as(Role.AUDITOR).client.get(address).status_code == 404
    assert browse_as(make_user(Role.LEAD_OFFICER)).client.get(address).status_code == 404
    assert browse_as(council.lead).client.get(address).status_code == 200
    assert browse_as(council.manager).client.get(address).status_code == 200


# --- Decisions ----------------------------------------------------------------------------------------


def decided():
    """A decision to join, with a declared interest and its dispensation, and one that was declared too late."""
    council = Council()
    request = council.request()
    declared = services.declare_interest(
        request, person=council.finance, what="Owns a bus company", by=council.finance, on=TODAY
    )
    declared.dispensation, declared.dispensation_by = "May advise on the figures", "L.A."
    declared.keep(by=council.legal, reason="Dispensation")
    council.to_cmt(request)
    record = council.take(
        request, "brk-f04", "join", by=council.cmt,
        reasons="It brings transport that the council cannot provide alone.",
        options="A contract with one operator: dearer, and no say in the timetable.",
        interests="Cllr Z.Q. lives in one of the villages; none to declare.",
        minute="CMT 92/26",
        conditions=[("Ashmere Borough Council has voted to join", council.lead, date(2026, 12, 15))],
    )  # fmt: skip
    return StepTaken.objects.select_related("request__partnership", "request__policy_version").get(pk=record.pk)


def test_the_notice_gives_what_the_regulations_ask_for(browse_as, no_complaints):
    # Regulations of 2012 (12 and 13) and 2014 (7) on records of decisions.
    record = decided()

    pdf = download(browse_as, "notice_pdf", record.reference)

    context = papers.decision_paper(record, address=HERE, is_notice=True, **MADE)
    said = said_in(standing_alone(papers.DECISION, context))
    for expected in (
        "Decision Join",
        "Matter Joining a partnership: Marsh Valley Rural Mobility Partnership",
        "Decided by CMT",
        "Decided on 20 November 2026",
        "Minute CMT 92/26",
        "Reasons It brings transport that the council cannot provide alone.",
        "Alternatives considered and rejected A contract with one operator",
        "Cllr Z.Q. lives in one of the villages; none to declare.",
        "F.A., 20 November 2026: Owns a bus company. Dispensation: May advise on the figures (recorded by L.A.)",
        "Ashmere Borough Council has voted to join L.N. By 15 December 2026",
        f"Request {record.request.reference}, with the report as it was before those who decided",
        HERE,
    ):
        assert words(expected) in said
    assert "Facts of the entry" not in said
    name = f"Decision notice {record.reference}"
    with_tags(
        pdf, f"{name}, Marsh Valley Rural Mobility Partnership", name, "Reasons",
        "Alternatives considered and rejected", "Interests declared and dispensations", "Conditions",
        "Where the report can be seen",
    )  # fmt: skip


def test_the_record_of_a_recommendation_does_not_call_it_a_decision():
    council = Council(unbudgeted="1")
    request = council.request()
    council.to_cmt(request)
    record = council.take(request, "brk-f05-recommend", "join", by=council.cmt)

    paper = papers.decision_paper(record, address=HERE, **MADE)

    assert paper["title"] == f"Record of recommendation {record.reference}"
    lines = [line[:2] for line in paper["head"]]
    assert lines[0] == ("Recommendation", "Join (recommendation)")
    assert ("Recommended by", "CMT") in lines


def test_the_record_holds_what_was_before_them_as_it_was_sealed(browse_as, no_complaints):
    record = decided()
    Partnership.objects.get(pk=record.request.partnership_id).change(
        {"purpose": "Something else by now"}, by=make_user(Role.REGISTER_MANAGER), reason="Later"
    )
    page = browse_as(Role.AUDITOR).get(reverse("approvals:decision", args=[record.reference]))

    html = download(browse_as, "decision_html", record.reference).decode()
    pdf = download(browse_as, "decision_pdf", record.reference)

    says_all(page, html, ".govuk-details__text")
    says_all(page, html, "dl.govuk-summary-list--s")
    for one_or_other in (record.reasons, record.options, record.interests, "Owns a bus company", record.digest):
        assert one_or_other in page
        assert one_or_other in html
    assert "Transport on demand for six villages." in html
    assert "Something else by now" not in html
    name = f"Record of decision {record.reference}"
    with_tags(pdf, f"{name}, Marsh Valley Rural Mobility Partnership", name, "Reasons", "What was before them")


def test_an_altered_copy_says_so_on_paper():
    record = decided()
    StepTaken.objects.filter(pk=record.pk).update(copy=record.copy.replace("Six villages", "Nine villages"))
    altered = StepTaken.objects.get(pk=record.pk)

    said = said_in(standing_alone(papers.DECISION, papers.decision_paper(altered, address=HERE, **MADE)))

    assert "The sealed copy was altered after the decision." in said


def test_an_interest_that_was_declared_after_the_decision_is_not_in_its_record():
    record = decided()
    person = make_user(Role.LEGAL_ADVISER)
    Interest(
        request=record.request, person=person, person_name=str(person), what="Shares", declared_on=date(2026, 11, 21)
    ).keep(by=person)

    said = " ".join(papers.decision_paper(record, address=HERE, **MADE)["interests"])

    assert "Owns a bus company" in said
    assert "Shares" not in said


def test_a_decision_links_its_papers(browse_as):
    record = decided()

    page = browse_as(Role.AUDITOR).get(reverse("approvals:decision", args=[record.reference]))

    links = {link["href"] for link in page.select("main a")}
    assert {reverse(f"reports:{kind}", args=[record.reference]) for kind in (
        "notice_pdf", "decision_pdf", "decision_html")} <= links  # fmt: skip


def test_papers_of_a_decision_take_the_same_queries_however_many_conditions():
    record = decided()

    with CaptureQueriesContext(connection) as queries:
        papers.decision_paper(record, address=HERE, **MADE)

    assert len(queries) == 2  # conditions with their actions and owners, interests


def test_a_long_paper_stays_whole_over_pages(no_complaints):
    council = Council()
    council.entry().change({"comments": "A long note on the villages. " * 400}, by=council.manager, reason="Noted")
    request = council.request()

    pdf = pdf_of(papers.REQUEST, papers.request_paper(request, address=HERE, **MADE))

    assert broken_rules(pdf) == []


def test_forms_of_an_entry_without_answers_can_be_printed(browse_as, no_complaints):
    lead = make_user(Role.LEAD_OFFICER)
    version = put_policy_in_force("redditch")
    entry = make_partnership(policy_version=version, lead_officer=lead)
    draft = Response.start(entry, "red-2a", occasion="proposal", by=lead, policy_version=version, at=LATER)

    assert broken_rules(pdf_of(papers.ANSWERS, papers.answers_paper(draft, **MADE))) == []
