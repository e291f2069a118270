"""Assessments as people make and read them (BRK-C01 to C16, I02, I04, I07, I08)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments import services
from assessments.models import Assessment, Challenge
from policy.refused import Refused
from register.models import Priority, PriorityLink
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 17, 15, 42, tzinfo=UTC)
RISK = {"brk-c03": "medium", "brk-c04": "high", "brk-c05": "medium", "brk-c06": "medium"}
VALUE = {
    "brk-c07": "high",
    "brk-c08": "medium",
    "brk-c09": "medium",
    "brk-c10": "low",
    "brk-c11": "high",
    "brk-c12": "high",
    "brk-c13": "high",
    "brk-c14": "high",
    "brk-c15": "medium",
}


def address(name, partnership, *more):
    return reverse(f"assessments:{name}", args=[partnership.reference, *more])


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.")


@pytest.fixture
def manager(db):
    return make_user(Role.REGISTER_MANAGER, name="T.W.")


@pytest.fixture
def policy(db):
    return put_policy_in_force()


@pytest.fixture
def partnership(lead, manager, policy):
    made = make_partnership(
        by=manager,
        policy_version=policy,
        name="Central Marsh Joint Planning Policy Unit",
        lead_officer=lead,
        hours_a_month=Decimal(86),
    )
    make_contribution(made, 99_000)
    made.refresh_from_db()
    return made


def drafted(partnership, by, *, risk="medium", value="high", reason="Fenwold carries any overspend"):
    """A draft with every criterion judged and both overall levels set."""
    draft = Assessment.start(partnership, by=by, policy_version=partnership.policy_version, at=AT)
    for scheme, levels in (("risk", RISK), ("value", VALUE)):
        draft.judge(scheme, {name: (level, f"Because of {name}", "") for name, level in levels.items()}, by=by)
    draft.set_overall("risk", level=risk, reason=reason if risk != "medium" else "", by=by)
    draft.set_overall("value", level=value, reason="", by=by)
    return draft


def completed(partnership, by, **how):
    draft = drafted(partnership, by, **how)
    services.complete(draft, by=by, at=AT)
    draft.refresh_from_db()
    partnership.refresh_from_db()
    return draft


def row(page, criterion):
    """What the page's table says of one criterion."""
    return " ".join(page.select_one(f"tr#{criterion}").get_text(" ").split())


# --- Before anybody judged ---------------------------------------------------------------------


def test_figures_decide_their_criteria_before_anybody_assessed(browse_as, partnership):
    page = browse_as(Role.AUDITOR).get(address("assessment", partnership))

    assert page.heading == "Assessment"
    assert "Medium £99,000 a year is between £50,000 and £100,000" in row(page, "brk-c01")
    assert "High 86 hours a month is above 37." in row(page, "brk-c02")
    assert "Not judged yet" in row(page, "brk-c03")
    assert "Start the assessment" not in page


def test_a_corrected_contribution_turns_the_first_risk_criterion_high(browse_as, partnership):
    """The main journey: BRK-C01 with £100,001."""
    make_contribution(partnership, 1_001)

    page = browse_as(Role.AUDITOR).get(address("assessment", partnership))

    assert "High £100,001 a year is above £100,000." in row(page, "brk-c01")
    assert "Medium" not in page.select_one("tr#brk-c01 .app-level").text


def test_levels_of_an_old_register_stand_without_reasons(browse_as, partnership, manager):
    partnership.set_levels(risk="high", value="low", source="import", by=manager)

    page = browse_as(Role.AUDITOR).get(address("assessment", partnership))

    assert "High from the old register, without its reasons" in page


def test_a_figure_nobody_recorded_leaves_its_criterion_open(browse_as, partnership, lead):
    partnership.change({"hours_a_month": None}, by=lead)

    page = browse_as(Role.AUDITOR).get(address("assessment", partnership))

    assert "Not answered Not known: the hours of staff time a month" in row(page, "brk-c02")


# --- Making one --------------------------------------------------------------------------------


def test_a_lead_officer_makes_an_assessment_from_start_to_end(browse_as, partnership, lead):
    browser = browse_as(lead)
    page = browser.post(address("assessment_start", partnership))
    assert page.heading == "Risk criteria"
    assert "£99,000 a year is between £50,000 and £100,000." in page
    slug = Assessment.objects.get().slug

    answers = {f"{name}-level": level for name, level in RISK.items()}
    answers |= {"brk-c03-why": "Each plan can be finished alone", "opened": page.select_one("[name=opened]")["value"]}
    page = browser.post(address("judge", partnership, slug, "risk"), answers)
    assert page.heading == "Overall risk"
    assert "The policy suggests Medium: Two criteria are High and four Medium." in page

    opened = page.select_one("[name=opened]")["value"]
    page = browser.post(address("overall", partnership, slug, "risk"), {"level": "low", "opened": opened})
    assert page.errors == ["Say why you chose Low: the policy suggests Medium"]
    assert page.select_one("input[value=low]").has_attr("checked")

    said = {"level": "low", "reason": "Clause 9 limits it", "opened": opened}
    page = browser.post(address("overall", partnership, slug, "risk"), said)
    assert page.heading == "Value criteria"
    answers = {f"{name}-level": level for name, level in VALUE.items()}
    page = browser.post(
        address("judge", partnership, slug, "value"), answers | {"opened": page.select_one("[name=opened]")["value"]}
    )
    page = browser.post(
        address("overall", partnership, slug, "value"),
        {"level": "high", "opened": page.select_one("[name=opened]")["value"]},
    )
    assert page.heading == "Check and complete"
    assert "Overall risk in the register becomes Low, not set now." in page

    page = browser.post(address("check", partnership, slug))
    assert page.banner.startswith("Assessment 2026–27 is complete: Low risk and High value")
    assert "Why Low: “Clause 9 limits it”" in page
    assert "D.F. judges it Medium: short-term trouble. “Each plan can be finished alone”" in row(page, "brk-c03")
    partnership.refresh_from_db()
    assert (partnership.risk_level, partnership.value_level) == ("low", "high")
    assert partnership.levels_source == "assessment"
    why = "Assessment 2026–27. For risk the policy suggests Medium, Low was chosen: Clause 9 limits it"
    assert partnership.history.filter(history_change_reason=why).exists()


def test_a_draft_is_saved_half_done(browse_as, partnership, lead):
    browser = browse_as(lead)
    browser.post(address("assessment_start", partnership))
    draft = Assessment.objects.get()

    page = browser.post(address("judge", partnership, draft.slug, "risk"), {"brk-c05-level": "high", "leave": "leave"})

    assert page.banner.startswith("Draft saved")
    assert draft.judgements.get().level == "high"
    partnership.refresh_from_db()
    assert partnership.risk_level == ""


def test_a_draft_follows_the_register_until_it_is_complete(browse_as, partnership, lead):
    draft = drafted(partnership, lead)
    make_contribution(partnership, 1_001)

    page = browse_as(lead).get(address("assessment_version", partnership, draft.slug))

    assert "£100,001 a year is above £100,000." in row(page, "brk-c01")
    assert "The policy suggests High: Three criteria are High and three Medium; a tie goes to the higher level." in page


def test_a_suggestion_that_moved_meanwhile_asks_for_a_reason(partnership, lead):
    """Medium was as suggested until the figure changed."""
    draft = drafted(partnership, lead)
    make_contribution(partnership, 1_001)

    with pytest.raises(Refused, match="Say why you chose Medium: the policy suggests High"):
        services.complete(draft, by=lead, at=AT)

    draft.refresh_from_db()
    partnership.refresh_from_db()
    assert draft.is_draft
    assert partnership.risk_level == ""


def test_an_assessment_without_an_overall_level_cannot_be_completed(partnership, lead, policy):
    draft = Assessment.start(partnership, by=lead, policy_version=policy, at=AT)

    with pytest.raises(Refused, match=r"Choose the overall risk level\. Choose the overall value level"):
        services.complete(draft, by=lead, at=AT)


def test_only_one_draft_is_open(partnership, lead, manager, policy):
    Assessment.start(partnership, by=lead, policy_version=policy, at=AT)

    with pytest.raises(Refused, match="already assessing"):
        Assessment.start(partnership, by=manager, policy_version=policy, at=AT)


def test_a_complete_assessment_never_changes(partnership, lead):
    done = completed(partnership, lead)

    for change in (
        lambda: done.judge("risk", {"brk-c03": ("low", "", "")}, by=lead),
        lambda: done.set_overall("risk", level="low", reason="x", by=lead),
        lambda: done.discard(by=lead),
        lambda: services.complete(done, by=lead, at=AT),
    ):
        with pytest.raises(Refused, match="stays as it is"):
            change()


def test_completing_marks_what_is_particularly_significant(partnership, lead):
    """BRK-I08: a High overall level is enough."""
    completed(partnership, lead)

    assert partnership.is_significant is True
    assert partnership.significance_reason == "Overall value is High"


def test_figures_that_changed_since_are_told_and_the_levels_stay(browse_as, partnership, lead):
    completed(partnership, lead)
    make_contribution(partnership, 1_001)

    page = browse_as(lead).get(address("assessment", partnership))

    assert (
        "Since this assessment the yearly contribution became £100,001 a year: risk criterion 1 would be High." in page
    )
    assert "£99,000 a year is between" in row(page, "brk-c01")
    assert "Today: £100,001 a year is above £100,000." in row(page, "brk-c01")
    partnership.refresh_from_db()
    assert partnership.risk_level == "medium"


def test_an_earlier_assessment_reads_as_it_was_made(browse_as, partnership, lead):
    first = completed(partnership, lead)
    make_contribution(partnership, 50_000)
    later = drafted(partnership, lead, risk="high", reason="")
    later.set_overall("risk", level="high", reason="", by=lead)
    services.complete(later, by=lead, at=datetime(2026, 12, 1, 9, tzinfo=UTC))

    page = browse_as(Role.AUDITOR).get(address("assessment_version", partnership, first.slug))
    assert "£99,000 a year is between" in row(page, "brk-c01")
    assert "Since this assessment" not in page

    page = browse_as(Role.AUDITOR).get(address("assessment", partnership))
    assert page.heading == "Assessment 2026–27, number 2"
    assert "Medium now higher" in row(page, "brk-c01")
    assert "council resource contribution rose from Medium to High" in page

    page = browse_as(Role.AUDITOR).get(address("assessment_past", partnership))
    assert len(page.select("tbody tr")) == 2


def test_a_correction_in_the_same_year_starts_from_the_same_answers(partnership, lead):
    completed(partnership, lead)
    again = Assessment.start(partnership, by=lead, policy_version=partnership.policy_version, at=AT)

    services.carry_over(again, by=lead)

    assert {each.criterion: each.level for each in again.judgements.all()} == RISK | VALUE


def test_a_new_year_starts_without_answers(partnership, lead):
    completed(partnership, lead)
    again = Assessment.start(
        partnership, by=lead, policy_version=partnership.policy_version, at=datetime(2027, 5, 1, tzinfo=UTC)
    )

    services.carry_over(again, by=lead)

    assert again.label == "2027–28"
    assert not again.judgements.exists()


def test_last_years_level_and_the_facts_that_bear_stand_beside_a_question(browse_as, partnership, lead):
    completed(partnership, lead)
    PriorityLink(partnership=partnership, priority=Priority.objects.create(code="2", title="Homes")).keep(by=lead)
    again = Assessment.start(
        partnership, by=lead, policy_version=partnership.policy_version, at=datetime(2027, 5, 1, tzinfo=UTC)
    )

    page = browse_as(lead).get(address("judge", partnership, again.slug, "risk"))

    assert "last time High" in page
    assert "The entry has 1 linked priority" in page


def test_a_draft_can_be_deleted_and_leaves_the_register_alone(browse_as, partnership, lead):
    draft = drafted(partnership, lead)

    page = browse_as(lead).post(address("discard", partnership, draft.slug))

    assert not Assessment.objects.exists()
    assert "deleted" in page.banner
    assert Assessment.history.filter(history_type="-").exists()


# --- Two people --------------------------------------------------------------------------------


def test_two_people_judging_different_criteria_lose_nothing(browse_as, partnership, lead, manager):
    draft = Assessment.start(partnership, by=lead, policy_version=partnership.policy_version, at=AT)
    one, other = browse_as(lead), browse_as(manager)
    at = address("judge", partnership, draft.slug, "risk")
    opened = one.get(at).select_one("[name=opened]")["value"]

    one.post(at, {"brk-c03-level": "high", "opened": opened})
    other.post(at, {"brk-c05-level": "low", "opened": opened})

    assert {each.criterion: each.level for each in draft.judgements.all()} == {"brk-c03": "high", "brk-c05": "low"}


def test_two_people_judging_one_criterion_are_asked_whose_level_stands(browse_as, partnership, lead, manager):
    draft = Assessment.start(partnership, by=lead, policy_version=partnership.policy_version, at=AT)
    one, other = browse_as(lead), browse_as(manager)
    at = address("judge", partnership, draft.slug, "risk")
    opened = one.get(at).select_one("[name=opened]")["value"]
    one.post(at, {"brk-c03-level": "high", "opened": opened})

    page = other.post(at, {"brk-c03-level": "low", "opened": opened})

    assert page.errors == [
        "D.F. answered this after you opened the page: “High”. Choose which answer stands and save again"
    ]
    assert draft.judgements.get().level == "high"
    opened = page.select_one("[name=opened]")["value"]
    other.post(at, {"brk-c03-level": "low", "opened": opened})
    assert draft.judgements.get().level == "low"


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["judge", "overall", "check", "discard"])
def test_another_lead_officer_finds_no_draft_of_mine_to_change(browse_as, partnership, lead, name):
    draft = drafted(partnership, lead)
    more = [draft.slug, "risk"] if name in ("judge", "overall") else [draft.slug]
    stranger = browse_as(Role.LEAD_OFFICER)

    assert stranger.get(address(name, partnership, *more)).status == 404
    assert stranger.post(address(name, partnership, *more), {"level": "high"}).status == 404
    assert stranger.post(address("assessment_start", partnership)).status == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MANAGEMENT_TEAM, Role.ADMINISTRATOR])
def test_readers_cannot_assess(browse_as, partnership, role):
    assert browse_as(role).post(address("assessment_start", partnership)).status == 403
    assert not Assessment.objects.exists()


def test_the_assessor_is_recorded(partnership, lead, manager):
    draft = drafted(partnership, lead)
    draft.judge("risk", {"brk-c05": ("low", "Nobody would notice", "")}, by=manager)

    assert draft.made_by == manager
    assert draft.judgements.get(criterion="brk-c05").judged_by_name == "T.W."


# --- Challenges (BRK-I07) ----------------------------------------------------------------------


def test_a_register_manager_challenges_and_the_lead_officer_answers(browse_as, partnership, lead, manager):
    done = completed(partnership, lead)
    page = browse_as(manager).post(
        address("challenge_criterion", partnership, done.slug, "risk", "brk-c05"),
        {"question": "Would the national press not report it?"},
    )
    assert "“Would the national press not report it?”" in row(page, "brk-c05")
    thread = Challenge.objects.get()

    page = browse_as(lead).post(
        address("challenge_thread", partnership, done.slug, thread.number),
        {"answer": "answer", "text": "No, local only"},
    )
    assert "Challenge 1: answered" in row(page, "brk-c05")

    page = browse_as(manager).post(
        address("challenge_thread", partnership, done.slug, thread.number), {"agree": "agree", "text": ""}
    )
    assert "Challenge 1: agreed as it stands" in row(page, "brk-c05")
    assert [each.text for each in thread.remarks.all()] == ["Would the national press not report it?", "No, local only"]


def test_nobody_challenges_or_closes_their_own_assessment(browse_as, partnership, manager):
    done = completed(partnership, manager)

    page = browse_as(manager).get(address("challenge", partnership, done.slug, "risk"))
    assert "You made this assessment, so somebody else challenges it" in page
    with pytest.raises(Refused, match="You made this assessment"):
        Challenge.ask(done, scheme="risk", criterion="", question="Why?", by=manager, at=AT)


MOVES = {
    Challenge.State.ASKED: {Challenge.State.ANSWERED, Challenge.State.AGREED, Challenge.State.CHANGED},
    Challenge.State.ANSWERED: {Challenge.State.ASKED, Challenge.State.AGREED, Challenge.State.CHANGED},
    Challenge.State.AGREED: set(),
    Challenge.State.CHANGED: set(),
}


@pytest.mark.parametrize("state", Challenge.State)
@pytest.mark.parametrize("move", Challenge.State)
def test_every_state_of_a_challenge_against_every_move(partnership, lead, manager, state, move):
    done = completed(partnership, lead)
    thread = Challenge.ask(done, scheme="risk", criterion="", question="Why Medium?", by=manager, at=AT)
    verbs = {
        Challenge.State.ASKED: (Challenge.ask_again, manager),
        Challenge.State.ANSWERED: (Challenge.answer, lead),
        Challenge.State.AGREED: (Challenge.agree, manager),
        Challenge.State.CHANGED: (Challenge.ask_for_change, manager),
    }
    if state != Challenge.State.ASKED:
        verb, person = verbs[state]
        verb(thread, "said", by=person, at=AT)
    verb, person = verbs[move]

    if move in MOVES[state]:
        verb(thread, "said", by=person, at=AT)
        assert thread.state == move
    else:
        with pytest.raises(Refused):
            verb(thread, "said", by=person, at=AT)
        assert thread.state == state


# --- Cost --------------------------------------------------------------------------------------


@pytest.mark.parametrize("challenges", [1, 5])
def test_the_page_costs_the_same_however_many_challenges(
    browse_as, partnership, manager, django_assert_num_queries, challenges
):
    done = completed(partnership, partnership.lead_officer)
    for _ in range(challenges):
        Challenge.ask(done, scheme="risk", criterion="brk-c05", question="Why?", by=manager, at=AT)
    auditor = browse_as(Role.AUDITOR)

    with django_assert_num_queries(18):
        auditor.get(address("assessment", partnership))


@pytest.mark.parametrize("made", [1, 4])
def test_the_list_of_assessments_costs_the_same_however_many(
    browse_as, partnership, lead, django_assert_num_queries, made
):
    for number in range(made):
        draft = drafted(partnership, lead)
        services.complete(draft, by=lead, at=datetime(2026, 11, 1 + number, tzinfo=UTC))
    auditor = browse_as(Role.AUDITOR)

    with django_assert_num_queries(10):
        page = auditor.get(address("assessment_past", partnership))
    assert len(page.select("tbody tr")) == made


def test_the_latest_assessment_of_each_partnership_can_be_asked_in_one_query(
    partnership, lead, django_assert_num_queries
):
    from django.db.models import OuterRef, Subquery

    from register.models import Partnership

    done = completed(partnership, lead)
    make_partnership()
    last = Assessment.objects.latest_for(OuterRef("pk"))

    with django_assert_num_queries(1):
        found = dict(Partnership.objects.annotate(last=Subquery(last.values("slug"))).values_list("name", "last"))

    assert found[partnership.name] == done.slug
    assert None in found.values()


def test_a_year_begins_in_april():
    from assessments.models.periods import free_slug, label_of, year_label

    assert year_label(date(2026, 3, 31)) == "2025–26"
    assert year_label(date(2026, 4, 1)) == "2026–27"
    assert free_slug(date(2026, 4, 1), {"2026-27", "2026-27-2"}) == "2026-27-3"
    assert label_of("2026-27-3") == "2026–27, number 3"
