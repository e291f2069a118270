"""Agreements: written heading by heading, agreed, signed, replaced.

Source: RED-D10-01 to RED-D10-12, RED-G05, CORE-17, CONF-24.
"""

import json
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from assessments import agreements
from assessments.models import Agreement, Response
from policy.refused import Refused
from tests.assessments.agreeing import (
    AT,
    TODAY,
    make_agreement,
    make_agreement_draft,
    make_partners,
    put_agreement_policy_in_force,
)
from tests.factories import make_user, put_policy_in_force

pytestmark = pytest.mark.django_db
ON, REVIEW = date(2026, 3, 3), date(2027, 3, 3)


def url(name, partnership, *more):
    return reverse(f"assessments:{name}", args=[partnership.reference, *more])


@pytest.fixture
def version(db):
    return put_agreement_policy_in_force()


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.")


@pytest.fixture
def partnership(lead):
    return make_partners(lead)


# --- Writing -----------------------------------------------------------------------------------


def test_a_draft_begins_with_what_the_register_knows(version, partnership, lead):  # RED-D10-01, RED-D10-05b
    draft = agreements.begin(partnership, version, by=lead, at=AT)

    assert draft.number == 1
    assert draft.texts["aims"] == "One bus service for three valleys."
    assert draft.texts["membership"].startswith("Who are the members?\nFenwold District Council")
    assert draft.texts["ending"] == ""


def test_the_answers_of_the_form_go_before_the_register(version, partnership, lead):
    response = Response.start(partnership, "memorandum", occasion="any_time", by=lead, policy_version=version, at=AT)
    response.answer({"notice": {"value": "With three months' notice"}, "aim": {"value": "Buses"}}, by=lead, at=AT)

    known = {
        each.question.id: (each.answer, each.source)
        for _, prompts in agreements.known_of(partnership, version.policy, version.policy.agreement_form)
        for each in prompts
    }

    assert known["aim"] == ("Buses", "From the draft of 17 November 2026")
    assert known["notice"][0] == "With three months' notice"
    assert known["members"] == ("Fenwold District Council, Ashmere Borough Council", "From the register, partners")
    assert known["chair"] == ("", "")


def test_there_is_one_draft_at_a_time(version, partnership, lead):
    agreements.begin(partnership, version, by=lead, at=AT)

    with pytest.raises(Refused, match="A draft of the next version is there already"):
        agreements.begin(partnership, version, by=lead, at=AT)


def test_a_policy_without_such_a_form_has_no_agreement(browse_as, partnership, lead):
    breckland = put_policy_in_force()

    with pytest.raises(Refused, match="no form for an agreement"):
        agreements.begin(partnership, breckland, by=lead, at=AT)
    assert browse_as(lead).get(url("agreement", partnership)).status == 404
    page = browse_as(lead).get(reverse("register:partnership", args=[partnership.reference]))
    assert not page.select("a[href$='/agreement/']")


def test_a_person_writes_from_heading_to_heading(browse_as, version, partnership, lead):
    browsing = browse_as(lead)
    page = browsing.get(url("agreement", partnership))
    assert "Nothing is agreed yet." in page

    page = browsing.post(url("agreement_start", partnership))
    assert page.heading == "Memorandum of understanding, version 1"
    assert "Nothing stands under “Termination of involvement”. Write something there first" in page

    heading = url("agreement_heading", partnership, 1, "membership")
    page = browsing.get(heading)
    assert "Who is in the chair? The vice-chair too" in page
    assert "From the register, partners: Fenwold District Council" in page
    opened = page.select_one("[name=opened]")["value"]
    page = browsing.post(heading, {"opened": opened, "text": "Two councils.\r\n\r\nThe chair changes each year."})
    assert page.heading == "Termination of involvement"

    opened = page.select_one("[name=opened]")["value"]
    page = browsing.post(page.path, {"opened": opened, "text": "Six months.", "leave": "leave"})
    assert page.select_one("a[href$='/agree/']").get_text(strip=True) == "Record that it is agreed"
    draft = Agreement.objects.get()
    assert draft.texts["membership"] == "Two councils.\n\nThe chair changes each year."
    assert draft.history.count() == 3


def test_two_people_never_overwrite_each_other_unseen(browse_as, version, partnership, lead):
    draft = make_agreement_draft(version, partnership)
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    heading = url("agreement_heading", partnership, 1, "ending")
    opened = browse_as(lead).get(heading).select_one("[name=opened]")["value"]
    draft.write("ending", "Twelve months.", opened="Six months.", by=manager)

    page = browse_as(lead).post(heading, {"opened": opened, "text": "Three months."})

    assert page.errors == [
        "Somebody else answered this after you opened the page: “Twelve months.”. "
        "Choose which answer stands and save again"
    ]  # fmt: skip
    assert page.select_one("textarea").get_text(strip=True) == "Three months."
    draft.refresh_from_db()
    assert draft.texts["ending"] == "Twelve months."
    with pytest.raises(Refused, match="Somebody else changed this heading while you wrote"):
        draft.write("ending", "Three months.", opened="Six months.", by=lead)


# --- Agreeing ----------------------------------------------------------------------------------


def test_a_version_that_was_agreed_is_sealed_and_never_changes(version, partnership, lead):
    agreement = make_agreement(version, partnership)

    agreement.refresh_from_db()
    assert agreement.is_in_force
    assert agreement.is_as_agreed
    whole = json.loads(agreement.frozen)
    assert [each["title"] for each in whole["headings"]] == [
        "Aims and objectives", "Membership", "Termination of involvement",
    ]  # fmt: skip
    assert (whole["agreed_on"], whole["review_on"]) == ("2026-03-03", "2027-03-03")
    for change in (
        lambda: agreement.write("ending", "Never", opened="Six months.", by=lead),
        lambda: agreement.agree(on=ON, review_on=REVIEW, today=TODAY, by=lead),
        lambda: agreement.discard(by=lead),
    ):
        with pytest.raises(Refused, match="Version 1 was agreed and stays as it is"):
            change()


def test_words_that_were_changed_behind_its_back_are_found_out(browse_as, version, partnership, lead):
    agreement = make_agreement(version, partnership)
    Agreement.objects.filter(pk=agreement.pk).update(frozen=agreement.frozen.replace("Six months", "Six years"))

    assert "These words are not those that were sealed" in browse_as(lead).get(url("agreement_version", partnership, 1))


@pytest.mark.parametrize(
    ("on", "review_on", "why"),
    [
        (date(2026, 11, 22), REVIEW, "That day is still to come"),
        (ON, ON, "The next review must be after the day on which it was agreed"),
    ],
)
def test_days_that_cannot_be_are_refused(version, on, review_on, why):
    draft = make_agreement_draft(version)

    with pytest.raises(Refused, match=why):
        agreements.agree(draft, on=on, review_on=review_on, today=TODAY, by=make_user())


def test_a_heading_without_words_is_refused(version, partnership, lead):
    draft = agreements.begin(partnership, version, by=lead, at=AT)

    with pytest.raises(Refused, match="Nothing stands under “Termination of involvement”"):
        agreements.agree(draft, on=ON, review_on=REVIEW, today=TODAY, by=lead)
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_heading_that_the_policy_only_expects_may_be_left_out(browse_as, partnership, lead):  # RED-I29
    draft = agreements.begin(partnership, put_agreement_policy_in_force(force="expected"), by=lead, at=AT)

    page = browse_as(lead).get(url("agreement_agree", partnership, 1))
    assert "Nothing stands under Termination of involvement." in page
    agreements.agree(draft, on=ON, review_on=REVIEW, today=TODAY, by=lead)

    assert [title for _, title, _ in draft.headings] == ["Aims and objectives", "Membership"]


def test_nothing_at_all_cannot_be_agreed(lead):
    version = put_agreement_policy_in_force(force="expected")
    draft = Agreement.begin(make_partners(lead), "memorandum", texts={}, policy_version=version, by=lead, at=AT)

    with pytest.raises(Refused, match="Nothing is written yet"):
        agreements.agree(draft, on=ON, review_on=REVIEW, today=TODAY, by=lead)


def test_redditch_leaves_no_heading_out_of_a_significant_partnership(partnership, lead):  # RED-A30, RED-I29
    version = put_policy_in_force("redditch")
    draft = agreements.begin(partnership, version, by=lead, at=AT)
    assert len(draft.headings) == 12

    partnership.change({"is_significant": False}, by=lead)
    assert agreements.why_not_agree(Agreement.objects.get()) == ""
    partnership.change({"is_significant": True}, by=lead)
    assert agreements.why_not_agree(Agreement.objects.get()).startswith("Nothing stands under “Terms of reference” and")


def test_the_principles_of_redditch_stand_in_the_draft_from_the_start(partnership, lead):  # RED-D10-02a to 02m
    draft = agreements.begin(partnership, put_policy_in_force("redditch"), by=lead, at=AT)

    principles = draft.texts["red-10-principles"].split("\n\n")
    assert len(principles) == 14
    assert principles[0].startswith("The members of the partnership agree to work actively")
    assert principles[2] == "Mutual trust and respect"
    assert draft.texts["red-10-aims"] == "One bus service for three valleys."


def test_rows_and_what_stands_beside_an_answer_read_as_prose(partnership, lead):  # RED-D10-04, RED-D10-06b
    version = put_policy_in_force("redditch")
    response = Response.start(partnership, "red-10", occasion="any_time", by=lead, policy_version=version, at=AT)
    response.answer(
        {
            "red-d10-04": {"value": [{"member": "Fenwold District Council", "role": "The buses"}]},
            "red-d10-06b": {"value": "Each year"},
            "red-d10-06b-date": {"value": "2027-05-01"},
        },
        by=lead,
        at=AT,
    )

    texts = agreements.begin(partnership, version, by=lead, at=AT).texts

    assert texts["red-10-roles"] == "Fenwold District Council: The buses"
    assert texts["red-10-equalities"].endswith("made?\nEach year\nFirst assessment by: 1 May 2027")


def test_the_next_version_begins_with_the_words_agreed_and_replaces_them(version, partnership, lead):
    first = make_agreement(version, partnership)

    second = agreements.begin(partnership, version, by=lead, at=AT)
    assert second.texts["ending"] == "Six months."
    second.write("ending", "Twelve months.", opened="Six months.", by=lead)
    agreements.agree(second, on=date(2026, 11, 20), review_on=date(2027, 11, 20), today=TODAY, by=lead)

    first.refresh_from_db()
    assert first.state == Agreement.State.REPLACED
    assert {key: text for key, _, text in first.headings}["ending"] == "Six months."
    assert Agreement.objects.in_force().get() == second


def test_the_first_version_stays_in_force_when_the_next_cannot_be_agreed(version, partnership, lead):
    first = make_agreement(version, partnership)
    second = agreements.begin(partnership, version, by=lead, at=AT)
    second.write("ending", "", opened="Six months.", by=lead)

    with pytest.raises(Refused), transaction.atomic():
        agreements.agree(second, on=ON, review_on=REVIEW, today=TODAY, by=lead)

    first.refresh_from_db()
    assert first.is_in_force


def test_a_person_records_that_it_is_agreed(browse_as, version, partnership, lead):
    make_agreement_draft(version, partnership)
    agree = url("agreement_agree", partnership, 1)
    browsing = browse_as(lead)

    page = browsing.post(agree, {"on_0": "3", "on_1": "3", "on_2": "2026"})
    assert page.errors == ["Enter the day of the next review, like 27 3 2027"]
    days = {"on_0": "3", "on_1": "3", "on_2": "2026", "review_on_0": "3", "review_on_1": "3", "review_on_2": "2099"}
    page = browsing.post(agree, days)

    assert page.banner == "Memorandum of understanding, version 1 is in force. Record who signs it"
    assert "Nobody has signed yet for Fenwold District Council and Ashmere Borough Council." in page


# --- Signing -----------------------------------------------------------------------------------


def test_who_signed_for_which_organisation_is_recorded(browse_as, version, partnership, lead):  # RED-G05
    make_agreement(version, partnership, signed=False)
    sign = url("agreement_sign", partnership, 1)
    browsing = browse_as(lead)
    day = {"on_0": "5", "on_1": "3", "on_2": "2026"}

    assert browsing.post(sign, {"name": "K.X.", **day}).errors == ["Select the organisation"]
    assert browsing.post(sign, {"name": "K.X.", "organisation": "other", **day}).errors == [
        "Enter the name of the organisation"
    ]
    page = browsing.post(
        sign, {"name": "K.X.", "position": "Chief Executive", "organisation": "Fenwold District Council", **day}
    )

    assert page.banner == "Signed: K.X. for Fenwold District Council"
    row = page.select_one("table tbody tr").get_text(" ", strip=True)
    assert row == "Fenwold District Council K.X. Chief Executive 5 Mar 2026"
    assert "Nobody has signed yet for Ashmere Borough Council." in page


def test_a_signature_that_cannot_be_is_refused(version, partnership, lead):
    agreement = make_agreement(version, partnership)
    facts = {"name": "B.L.", "position": "", "today": TODAY, "by": lead}

    with pytest.raises(Refused, match="Somebody has signed for fenwold district council already"):
        agreement.sign(organisation="fenwold district council", on=date(2026, 3, 6), **facts)
    with pytest.raises(Refused, match="It was agreed on 3 March 2026"):
        agreement.sign(organisation="Ashmere Borough Council", on=date(2026, 3, 2), **facts)
    with pytest.raises(Refused, match="That day is still to come"):
        agreement.sign(organisation="Ashmere Borough Council", on=date(2026, 12, 1), **facts)
    with pytest.raises(Refused, match="Only the version in force is signed"):
        agreements.begin(partnership, version, by=lead, at=AT).sign(organisation="Ashmere", on=TODAY, **facts)


# --- Warnings ----------------------------------------------------------------------------------


def test_a_significant_partnership_without_an_agreement_warns(browse_as, version, partnership, lead):
    assert not browse_as(lead).get(url("agreement", partnership)).select(".app-panel--warn")
    partnership.change({"is_significant": True}, by=lead)

    page = browse_as(lead).get(url("agreement", partnership))

    assert "Memorandum of understanding: none is agreed, and this partnership is significant" in page


# Reviewed by 3 March 2027: on that day it is not late
@pytest.mark.parametrize(
    ("today", "warning"),
    [
        (date(2027, 3, 3), ""),
        (date(2027, 3, 4), "Memorandum of understanding, version 1 was to be reviewed by 3 March 2027, 1 day late. "
                           "Agree the next version"),
    ],
)  # fmt: skip
def test_an_agreement_that_is_out_of_date_warns(version, partnership, today, warning):
    agreement = make_agreement(version, partnership)

    assert agreements.warning_of(agreement, partnership, "Memorandum of understanding", today) == warning


# --- Who, and what it costs --------------------------------------------------------------------


def test_others_read_a_draft_and_do_not_change_it(browse_as, version, partnership):
    make_agreement_draft(version, partnership)
    auditor = browse_as(Role.AUDITOR)

    page = auditor.get(url("agreement_version", partnership, 1))
    assert "This is a draft. Nothing in it is agreed yet." in page
    assert "The chair changes each year." in page
    assert not page.select("main form")
    assert auditor.get(url("agreement_heading", partnership, 1, "ending")).status == 403
    stranger = browse_as(make_user(Role.LEAD_OFFICER))
    assert stranger.get(url("agreement_heading", partnership, 1, "ending")).status == 404


@pytest.mark.parametrize("versions", [1, 6])
def test_the_page_takes_the_same_queries_for_any_number_of_versions(browse_as, version, partnership, lead, versions):
    for _ in range(versions):
        make_agreement(version, partnership)
    auditor = browse_as(Role.AUDITOR)
    auditor.get(url("agreement", partnership))

    with CaptureQueriesContext(connection) as queries:
        auditor.get(url("agreement", partnership))

    assert len(queries) == 12
