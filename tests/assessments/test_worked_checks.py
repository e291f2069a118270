"""The worked checks of the requirements that forms carry out, each on the council's own policy and through its page."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments import questionnaires as asks
from assessments import services
from assessments.models import Response
from policy.refused import Refused
from register.models import Action, Partnership
from tests.assessments.forms_pack import AT, begin, typed_in
from tests.factories import make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db


def entry_of(pack: str) -> Partnership:
    version = put_policy_in_force(pack)
    return make_partnership(policy_version=version, lead_officer=make_user(Role.LEAD_OFFICER), is_significant=True)


def at(name: str, response: Response, *more: str) -> str:
    return reverse(
        f"assessments:{name}", args=[response.partnership.reference, response.questionnaire, response.slug, *more]
    )


def gaps(response: Response, *questions: str) -> dict[str, bool]:
    """What is still to be done at these questions, and whether sending waits for it."""
    policy = response.policy_version.policy
    form = policy.questionnaire(response.questionnaire)
    found = asks.gaps_of(policy, form, list(response.answers.all()), response.occasion)
    return {each.sentence.partition(":")[0]: each.blocks for each in found if each.question in questions}


def send(response: Response) -> None:
    form = response.policy_version.policy.questionnaire(response.questionnaire)
    services.send(response, form, by=response.partnership.lead_officer, at=AT)


@pytest.mark.parametrize(
    ("answered_on", "due_on"),
    [
        (date(2026, 3, 1), date(2026, 9, 1)),
        (date(2026, 8, 31), date(2027, 2, 28)),  # DEF-05
    ],
)
def test_redditch_has_a_missing_equality_assessment_done_within_six_months(  # CHK-10, RED-F26
    browse_as, monkeypatch, answered_on, due_on
):
    response = begin(entry_of("redditch"), "red-4a")
    browser = browse_as(response.partnership.lead_officer)
    page = at("questionnaire_section", response, "red-4a-equality")
    monkeypatch.setattr("assessments.views.questionnaires.localdate", lambda moment: answered_on)

    browser.post(page, {"red-d4a-20": "no", "leave": "leave"})
    assert gaps(response, "red-d4a-21") == {"Answer": True}
    plan = {
        "red-d4a-21": "T.W. asks the carers",
        "red-d4a-21--action": "Assess the effect on equality",
        "red-d4a-21--action-owner": "T.W.",
    }
    browser.post(page, typed_in(browser.get(page)) | plan | {"leave": "leave"})

    assert gaps(response, "red-d4a-21") == {}
    assert Action.objects.get().due_on == due_on


@pytest.mark.parametrize(("level", "is_held_back"), [("1", True), ("2", False), ("3", False)])
def test_redditch_sends_no_topic_at_level_1_without_an_action(browse_as, level, is_held_back):  # CHK-12, RED-C13, C14
    response = begin(entry_of("redditch"), "red-4a")
    browser = browse_as(response.partnership.lead_officer)
    page = at("questionnaire_section", response, "red-4a-staffing")

    browser.post(page, {"red-d4a-t07": level, "leave": "leave"})

    assert gaps(response, "red-d4a-t07") == ({"Say what should be done": True} if is_held_back else {})
    if is_held_back:
        with pytest.raises(Refused):
            send(response)
        typed = typed_in(browser.get(page)) | {
            "red-d4a-t07--action": "Agree the roles",
            "red-d4a-t07--action-owner": "T.W.",
            "leave": "leave",
        }
        browser.post(page, typed)
        assert gaps(response, "red-d4a-t07") == {}
        assert Action.objects.get().text == "Agree the roles"


@pytest.mark.parametrize(
    ("parts", "row"),
    [(("yes", "yes", "no"), False), (("yes", "yes", "yes"), True), (("yes", "yes", ""), None)],
)
def test_the_strategy_takes_row_12_as_no_when_one_part_is_and_wants_an_action(  # CHK-14, STR-I08, STR-I10
    browse_as, parts, row
):
    response = begin(entry_of("strategy-2009"), "str-improvement")
    browser = browse_as(response.partnership.lead_officer)
    page = at("questionnaire_section", response, "str-improvement-rows")
    names = ("str-d41a", "str-d41b", "str-d41c")

    browser.post(page, dict(zip(names, parts, strict=True)) | {"leave": "leave"})

    kept = response.answers.filter(question="str-d41").first()
    assert (kept.value if kept else None) is row
    wanted = {False: {"Say what should be done": True}, True: {}, None: {"Answer": True}}[row]
    assert gaps(response, *names) == wanted
    if row is False:
        typed = typed_in(browser.get(page)) | {
            "str-d41c--action": "Ask the villages once a year",
            "str-d41c--action-owner": "T.W.",
            "leave": "leave",
        }
        browser.post(page, typed)
        assert gaps(response, *names) == {}


@pytest.mark.parametrize(("answer", "expected"), [("yes", {"Attach a document": False}), ("no", {}), ("dont_know", {})])
def test_melton_expects_the_terms_of_reference_with_a_yes_and_waits_for_no_file(  # CHK-16, MEL-D20, MEL-I16
    browse_as, answer, expected
):
    response = begin(entry_of("melton"), "mel-b")
    browser = browse_as(response.partnership.lead_officer)

    browser.post(at("questionnaire_section", response, "mel-b-practical"), {"mel-d20": answer, "leave": "leave"})

    assert gaps(response, "mel-d20") == expected
    warns = "Attach a document: Are terms of reference agreed?" in browser.get(at("questionnaire_check", response))
    assert warns == bool(expected)


def test_melton_shows_the_average_of_a_section_and_counts_its_low_ratings(browse_as):  # CHK-17, MEL-D80, MEL-I09
    response = begin(entry_of("melton"), "mel-c2")
    browser = browse_as(response.partnership.lead_officer)
    ratings = {f"mel-d{40 + place}": rating for place, rating in enumerate("342534")}

    browser.post(at("questionnaire_section", response, "mel-c2-action-focus"), ratings | {"leave": "leave"})

    assert "Average 3.5 of 5 from six ratings; one rating of 1 or 2" in browser.get(at("questionnaire", response))


def test_what_is_no_answer_of_the_scale_is_refused_and_nothing_is_kept(browse_as):
    response = begin(entry_of("melton"), "mel-c2")
    browser = browse_as(response.partnership.lead_officer)

    for wrong in ("0", "6", "3.5", "very good", "<b>4</b>"):
        page = browser.post(at("questionnaire_section", response, "mel-c2-action-focus"), {"mel-d40": wrong})
        assert page.errors, wrong
        assert not response.answers.filter(question="mel-d40").exists(), wrong
