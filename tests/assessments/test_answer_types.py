"""Every type of answer that a policy can ask for: asked, kept, read back (requirements README, section 1)."""

from typing import get_args

import pytest
from django.urls import reverse

from assessments.answers import KINDS, NOT_ASKED, CouncilLists, in_words, options_of
from assessments.models import Response
from policy.model import AnswerType
from register.models import Document, Priority
from tests.assessments.forms_pack import EVERY_WAY, begin, make_entry, put_in_force, typed_in
from tests.factories import put_policy_in_force

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROW = {
    "q-rows--0": "1",
    "q-rows--0-risk": "The plan is late",
    "q-rows--0-reason": "ended",
    "q-rows--0-reasons": ["ended", "changed"],
    "q-rows--0-how": "2",
    "q-rows--0-level": "high",
    "q-rows--0-cost": "12.5k",
    "q-rows--0-by_0": "1",
    "q-rows--0-by_1": "June",
    "q-rows--0-by_2": "2027",
    "q-rows--0-month_0": "7",
    "q-rows--0-month_1": "2027",
    "q-rows--0-who": "D.F.",
    "q-rows--0-is-new": "no",
    "q-rows--0-is-known": "dont_know",
    "q-rows--0-place": "2",
    "q-rows--0-contact": "df@example.org",
}
KEPT_ROW = {
    "risk": "The plan is late",
    "reason": "ended",
    "reasons": ["ended", "changed"],
    "how": "2",
    "level": "high",
    "cost": "12500.00",
    "by": "2027-06-01",
    "month": "2027-07",
    "who": "D.F.",
    "is-new": False,
    "is-known": "dont_know",
    "place": "2",
    "contact": "df@example.org",
}
ROW_IN_WORDS = (
    "Risk: The plan is late; Reason: Funding ended; Reasons: Funding ended, Aims changed; "
    "How likely: 2 of 3, with room for improvement; Level: High; Cost: £12,500 a year; By when: 1 June 2027; "
    "Month: July 2027; Owner: D.F.; Is it new: No; Is it known: Not known; Place: Second; Contact: df@example.org"
)

# What is typed, what is kept, what people read.
TABLE = {
    "q-text": ({"q-text": "A board"}, "A board", "A board"),
    "q-long-text": ({"q-long-text": "One\r\nTwo"}, "One\r\nTwo", "One\r\nTwo"),
    "q-yes-no": ({"q-yes-no": "no"}, False, "No"),
    "q-dont-know": ({"q-dont-know": "dont_know"}, "dont_know", "Not known"),
    "q-choice": ({"q-choice": "ended"}, "ended", "Funding ended"),
    "q-multi-choice": (
        {"q-multi-choice": ["ended", "changed"]},
        ["ended", "changed"],
        "Funding ended, Aims changed",
    ),
    "q-scale": ({"q-scale": "2"}, "2", "2 of 3, with room for improvement"),
    "q-rating": ({"q-rating": "4"}, "4", "4 of 5, very good"),
    "q-rank-a": ({"q-rank-a": "2"}, "2", "Second"),
    "q-number": ({"q-number": "1,200"}, "1200", "1,200 people"),
    "q-money": ({"q-money": "£60k"}, "60000.00", "£60,000 a year"),
    "q-hours": ({"q-hours": "5 hrs a week"}, "21.67", "21.7 hours a month"),
    "q-hours-a-week": ({"q-hours-a-week": "5"}, "5", "5 hours a week, which is 21.7 hours a month"),
    "q-date": ({"q-date_0": "27", "q-date_1": "3", "q-date_2": "2026"}, "2026-03-27", "27 March 2026"),
    "q-month": ({"q-month_0": "March", "q-month_1": "2027"}, "2027-03", "March 2027"),
    "q-email": ({"q-email": "a@example.org"}, "a@example.org", "a@example.org"),
    "q-file": ({"q-file": "DOCUMENT"}, "The plan", "The plan"),
    "q-person": ({"q-person": "T.W."}, "T.W.", "T.W."),
    "q-people": ({"q-people": "D.F.\r\n\r\nT.W."}, ["D.F.", "T.W."], "D.F., T.W."),
    "q-organisation": ({"q-organisation": "Fenwold"}, "Fenwold", "Fenwold"),
    "q-organisations": ({"q-organisations": "Fenwold\r\nMarsh"}, ["Fenwold", "Marsh"], "Fenwold, Marsh"),
    "q-links": ({"q-links": ["2"]}, ["2"], "2 Homes"),
    "q-rows": (ROW, [KEPT_ROW], ROW_IN_WORDS),
}


@pytest.fixture
def entry(db):
    Priority.objects.create(code="2", title="Homes")
    made = make_entry()
    Document(partnership=made, title="The plan", added_by=made.lead_officer, address="https://plan.example").keep(
        by=made.lead_officer
    )
    return made


def section(response, name="types-one"):
    args = [response.partnership.reference, response.questionnaire, response.slug, name]
    return reverse("assessments:questionnaire_section", args=args)


def check(response):
    return reverse(
        "assessments:questionnaire_check", args=[response.partnership.reference, response.questionnaire, response.slug]
    )


def test_the_table_has_every_type():
    policy = put_in_force().policy
    asked = {policy.questionnaire("types").by_id[name].type for name in TABLE}

    assert asked == set(get_args(AnswerType)) - NOT_ASKED == set(KINDS)


@pytest.mark.parametrize("question", TABLE)
def test_an_answer_is_kept_and_reads_back(browse_as, entry, question):
    typed, kept, said = TABLE[question]
    document = entry.documents.get()
    typed = {name: str(document.pk) if value == "DOCUMENT" else value for name, value in typed.items()}
    response = begin(entry, "types")
    browser = browse_as(entry.lead_officer)

    page = browser.post(section(response), typed)

    assert page.errors == []
    answer = response.answers.get(question=question)
    assert answer.value == kept
    policy = response.policy_version.policy
    asked = policy.questionnaire("types").by_id[question]
    assert in_words(answer.value, asked, options_of(asked, policy, CouncilLists())) == said
    assert " ".join(said.split()) in browser.get(check(response))
    assert (answer.attachment == document) is (question == "q-file")

    # The form shows what was typed, so saving it as it stands changes nothing.
    again = browser.get(section(response))
    browser.post(section(response), typed_in(again))
    answer.refresh_from_db()
    assert answer.value == kept
    assert answer.history.count() == 1


WRONG = {
    "q-dont-know": ({"q-dont-know": "maybe"}, "Choose one of the answers that are offered"),
    "q-choice": ({"q-choice": "old"}, "Choose one of the answers that are offered"),
    "q-scale": ({"q-scale": "4"}, "Choose one of the answers that are offered"),
    "q-number": ({"q-number": "few"}, "Enter a number, like 12"),
    "q-money": ({"q-money": "lots"}, "Enter pounds, like 12500"),
    "q-date": ({"q-date_0": "31", "q-date_1": "2", "q-date_2": "2026"}, "Enter a real date, like 27 3 2026"),
    "q-month": ({"q-month_0": "13", "q-month_1": "2026"}, "Enter a real month, like 3 2026"),
    "q-email": ({"q-email": "df"}, "Enter an email address, like name@example.gov.uk"),
    "q-text": ({"q-text": "a" * 501}, "Write 500 characters or fewer"),
    "q-rank-b": ({"q-rank-a": "1", "q-rank-b": "1"}, "Give “First” once. It is given 2 times"),
    "q-rows": ({"q-rows--0": "1", "q-rows--0-cost": "lots"}, "Row 1, cost: Enter pounds, like 12500"),
}


@pytest.mark.parametrize("question", WRONG)
def test_a_wrong_answer_is_explained_at_its_field(browse_as, entry, question):
    typed, said = WRONG[question]
    response = begin(entry, "types")

    page = browse_as(entry.lead_officer).post(section(response), typed)

    assert page.errors == [said]
    assert page.select_one(".govuk-error-summary a")["href"].startswith(f"#id_{question}")
    assert not response.answers.exists()


# --- Rows --------------------------------------------------------------------------------------


def test_a_row_is_added_and_taken_out_without_scripts(browse_as, entry):
    response = begin(entry, "types")
    browser = browse_as(entry.lead_officer)

    page = browser.post(section(response), ROW | {"add-row": "q-rows"})
    assert len(page.select("[name^=q-rows--][name$=-risk]")) == 2
    page = browser.post(section(response), typed_in(page) | {"q-rows--1-risk": "The chair leaves"})
    kept = response.answers.get(question="q-rows")
    assert [row["risk"] for row in kept.value] == ["The plan is late", "The chair leaves"]

    page = browser.get(section(response))
    page = browser.post(section(response), typed_in(page) | {"take-row": "q-rows--0"})
    assert page.banner == "Saved. The row is taken out"
    kept.refresh_from_db()
    assert [row["risk"] for row in kept.value] == ["The chair leaves"]


def test_a_row_that_is_added_to_a_page_in_error_stands_there_too(browse_as, entry):
    response = begin(entry, "types")

    page = browse_as(entry.lead_officer).post(section(response), ROW | {"add-row": "q-rows", "q-number": "few"})

    assert page.errors == ["Enter a number, like 12"]
    assert len(page.select("[name^=q-rows--][name$=-risk]")) == 2
    assert page.select_one("[name=q-rows--0-cost]")["value"] == "12.5k"


def test_no_more_rows_than_the_policy_has_room_for(browse_as, entry):
    response = begin(entry, "types")
    rows = {f"q-rows--{number}{part}": value for number in range(4) for part, value in (("", "1"), ("-risk", "A"))}

    page = browse_as(entry.lead_officer).post(section(response), rows)
    assert page.errors == ["Take out 1 row: there is room for 3"]

    page = browse_as(entry.lead_officer).post(
        section(response), {name: value for name, value in rows.items() if not name.startswith("q-rows--3")}
    )
    page = browse_as(entry.lead_officer).get(section(response))
    assert len(page.select("[name^=q-rows--][name$=-risk]")) == 3
    assert not page.select("[name=add-row]")


def test_a_place_in_a_column_of_ranks_is_given_once(browse_as, entry):
    response = begin(entry, "types")
    rows = {
        f"q-rows--{number}{part}": value
        for number in range(2)
        for part, value in (("", "1"), ("-risk", "A"), ("-place", "1"))
    }

    page = browse_as(entry.lead_officer).post(section(response), rows)

    assert page.errors == ["Place: Give “First” once. It is given 2 times"]


def test_the_enter_key_saves_and_takes_out_no_row(browse_as, entry):
    response = begin(entry, "types")

    buttons = browse_as(entry.lead_officer).get(section(response)).select("main form button[type=submit]")

    assert buttons[0].text == "Save and go on"
    assert not buttons[0].has_attr("name")


# --- Lists that change -------------------------------------------------------------------------


def test_a_value_that_is_switched_off_stays_readable_and_stays_chosen(browse_as, entry):
    response = begin(entry, "types")
    browser = browse_as(entry.lead_officer)
    browser.post(section(response), {"q-links": ["2"]})
    Priority.objects.create(code="3", title="Jobs")
    Priority.objects.update_or_create(code="2", defaults={"is_active": False})

    page = browser.get(section(response))
    assert page.select_one("[name=q-links][value='2']").has_attr("checked")
    browser.post(section(response), typed_in(page))

    assert response.answers.get(question="q-links").value == ["2"]
    assert "2 Homes" in browser.get(check(response))


def test_a_figure_that_is_worked_out_is_shown_and_kept_as_it_was_sent(browse_as, entry):
    response = begin(entry, "types")
    browser = browse_as(entry.lead_officer)
    document = str(entry.documents.get().pk)
    page = browser.post(section(response), ROW | {"q-number": "12", "q-file": document, "leave": "leave"})
    assert "12 people" in browser.get(section(response))

    page = browser.get(check(response))
    assert "People in all 12 people" in page
    assert "Management team Decided in its own step" in page
    browser.post(check(response))

    sent = Response.objects.get(pk=response.pk)
    assert not sent.is_draft
    assert sent.answers.get(question="q-sum").value == "12 people"


def test_the_pack_of_these_tests_is_a_pack():
    assert put_in_force(EVERY_WAY).policy.questionnaire("types").by_id["q-rows"].max_rows == 3


@pytest.mark.parametrize(
    ("likelihood", "impact", "score"),
    [("1", "5", "Score: 5, Low"), ("2", "3", "Score: 6, Medium"), ("3", "5", "Score: 15, High"), ("3", None, "")],
)
def test_a_row_with_likelihood_and_impact_shows_its_score(likelihood, impact, score):  # HAR-D04, HAR-C01, DEF-01
    policy = put_policy_in_force("harborough-2015").policy
    asked = policy.questionnaire("har-opportunity").by_id["har-d04"]

    said = in_words(
        [{"risk": "Late", "likelihood": likelihood, "impact": impact}],
        asked,
        options_of(asked, policy, CouncilLists()),
    )

    assert said.endswith(score)
    assert ("Score" in said) is bool(score)
