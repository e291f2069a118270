"""What each decider saw stays readable, and what changed since is told word by word."""

import pytest
from django.urls import reverse

from approvals.models import Request, StepTaken
from approvals.models import Status as RequestStatus
from approvals.versions import differences, versions_of
from tests.approvals.change_pages import REWORDED, _versions
from tests.approvals.making import Council

pytestmark = pytest.mark.django_db


def steps_of(made):
    return StepTaken.objects.filter(request__reference=made["reference"]).order_by("number")


def test_a_version_is_what_some_people_saw_and_the_next_one_says_something_else():  # CORE-15
    versions = versions_of(steps_of(_versions()))

    assert [(each.number, [step.step for step in each.steps]) for each in versions] == [
        (1, ["har-f13-recommend"]),
        (2, ["har-f13-recommend"]),
    ]
    changed = {each.label: (each.was, each.now) for each in differences(versions[0].paper, versions[1].paper)}
    assert changed["Officer time (hours a month)"] == ("26", "30")
    assert REWORDED in [now for _, now in changed.values()]


def test_steps_on_the_same_paper_are_of_one_version():
    council = Council()
    request = council.request()
    council.to_cmt(request)

    versions = versions_of(StepTaken.objects.filter(request=request).order_by("number"))

    assert [(each.number, len(each.steps)) for each in versions] == [(1, 2)]


def test_the_page_of_a_version_shows_what_was_before_them(browse_as):
    made = _versions()
    browser = browse_as(Council("harborough-2015").cmt)
    first = browser.get(reverse("approvals:version", args=[made["reference"], 1]))
    second = browser.get(reverse("approvals:version", args=[made["reference"], 2]))

    assert (first.heading, second.heading) == ("Version 1 of 2", "Version 2 of 2")
    assert REWORDED not in first.words
    # Word by word: only the words that came in are marked.
    assert any("seven villages" in each.text or "seven" in each.text for each in second.select("ins.app-now"))
    assert "What changed since version 1" in second.words
    assert browser.get(reverse("approvals:version", args=[made["reference"], 3])).status == 404
    assert browser.get(reverse("approvals:version", args=[made["reference"], 0])).status == 404


def test_the_decider_reads_word_by_word_what_was_reworded_after_the_advice(browse_as):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    long = "Transport on demand for six villages, and since this spring for the two hamlets beyond the river as well."
    council.entry().change({"purpose": long}, by=council.lead)
    council.entry().change({"purpose": long.replace("two hamlets", "three hamlets")}, by=council.lead)

    page = browse_as(council.cmt).get(reverse("approvals:step", args=[request.reference, "brk-f04"]))

    assert "What changed since somebody last spoke on it" in page.words
    assert "three hamlets" in page.words


# --- Sent, returned ---------------------------------------------------------------------------------


def test_after_sending_a_page_says_what_happens_next_and_how_to_withdraw(browse_as):
    council = Council()
    request = council.request(sent=False)
    page = browse_as(council.lead).post(reverse("approvals:check", args=[request.reference]))

    assert page.heading == f"{request.reference} is sent"
    assert page.select_one("ol.govuk-list li").text.startswith("CI&P Team: question the")
    assert page.select_one(f"a[href='{reverse('approvals:withdraw', args=[request.reference])}']")


def test_the_check_page_shows_every_part_as_a_card_with_its_way_back(browse_as):
    council = Council()
    request = council.request(sent=False)
    page = browse_as(council.lead).get(reverse("approvals:check", args=[request.reference]))

    titles = [each.text for each in page.select(".govuk-summary-card__title")]
    assert titles[:2] == ["Why", "Is it a partnership?"]
    assert page.select_one(f".govuk-summary-card a[href='{reverse('approvals:why', args=[request.reference])}']")


def test_the_parts_that_the_decider_names_are_marked_to_look_at_again(browse_as):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    address = reverse("approvals:step", args=[request.reference, "brk-f04"])
    browser = browse_as(council.cmt)
    page = browser.get(address)
    given = {
        "mark": page.select_one("input[name=mark]")["value"], "outcome": "return",
        "reasons": "The sum is for one year only.", "look_again": ["Money and time"],
    }  # fmt: skip
    assert "To look at again" in browser.post(address, given).words
    browser.post(address, given | {"record": "yes"})

    assert Request.objects.get().status == RequestStatus.RETURNED
    page = browse_as(council.lead).get(reverse("approvals:request", args=[request.reference]))
    marked = [each.find_parent("li") for each in page.select(".govuk-tag--yellow")]
    assert [each.select_one("a").text for each in marked] == ["Money and time"]


def test_a_part_that_there_is_not_is_refused(browse_as):
    council = Council()
    request = council.request()
    council.to_cmt(request)
    address = reverse("approvals:step", args=[request.reference, "brk-f04"])
    browser = browse_as(council.cmt)
    mark = browser.get(address).select_one("input[name=mark]")["value"]

    page = browser.post(
        address, {"mark": mark, "outcome": "return", "reasons": "x", "look_again": ["Nonsense"], "record": "yes"}
    )

    assert page.errors
    assert Request.objects.get().status == RequestStatus.SENT
