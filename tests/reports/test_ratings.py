"""What a report says about the levels of an entry: as its assessment reads, and under which policy."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from assessments import services
from assessments.models import Assessment
from reports.ratings import ratings_of
from tests.assessments.making import AT, LEVELS, make_assessment, make_draft, make_entry
from tests.factories import make_contribution, make_partnership, make_user
from tests.pdf import Tagged, broken_rules

pytestmark = pytest.mark.django_db
DIFFERS = (
    "Medium, set by D.F. on 17 November 2026. The policy suggests High: Three criteria are High and three Medium; "
    "a tie goes to the higher level. Why Medium: “The share is fixed for three years”. "
    "Assessment 2026–27, made under the Partnership Policy 2015, version 1."
)
AS_SUGGESTED = (
    "High, set by D.F. on 17 November 2026, as the policy suggests: Five criteria are High and four Medium. "
    "Assessment 2026–27, made under the Partnership Policy 2015, version 1."
)


def ratings(entry):
    entry.refresh_from_db()
    return ratings_of([entry], entry.policy_version.policy)[entry.pk]


def test_an_assessed_entry_says_who_set_the_level_what_was_suggested_and_why_it_differs():
    risk, value = ratings(make_assessment().partnership)

    assert (risk.level_label, risk.source) == ("Medium", "from the assessment of 17 November 2026")
    assert risk.sentence == DIFFERS
    assert value.sentence == AS_SUGGESTED
    assert risk.since == value.since == ()


def test_each_criterion_is_told_whether_worked_out_or_judged():
    risk, value = ratings(make_assessment().partnership)

    assert len(risk.lines) == 6
    assert len(value.lines) == 9
    first, third = risk.lines[0], risk.lines[2]
    assert (first.level_label, first.because, first.nearest) == (
        "High",
        "£142,600 a year is above £100,000.",
        "It would be Medium at £100,000 or less.",
    )
    assert (third.level_label, third.because, third.nearest) == (
        "Medium",
        "D.F. judges it Medium: short-term trouble. “As the board sees it”",
        "High would be medium- to long-term trouble.",
    )


def test_a_criterion_nobody_answered_says_so():
    draft = make_draft()
    draft.judge("value", {"brk-c15": ("", "", "")}, by=draft.made_by)
    services.complete(draft, by=draft.made_by, at=AT)

    last = ratings(draft.partnership)[1].lines[-1]

    assert (last.level, last.level_label) == ("", "")
    assert last.because == "Not judged yet."


def test_figures_that_moved_since_are_told_and_change_no_level():
    entry = make_assessment().partnership
    make_contribution(entry, 20_000)

    risk, value = ratings(entry)

    assert risk.since == (
        "Since this assessment the yearly contribution became £162,600 a year. Risk criterion 1 would stay High.",
    )
    assert value.since == ()
    assert risk.lines[0].because == "£142,600 a year is above £100,000."


def test_a_draft_counts_for_nothing_and_the_last_complete_assessment_speaks():
    entry = make_assessment().partnership
    later = AT + timedelta(days=2)
    second = Assessment.start(entry, by=entry.lead_officer, policy_version=entry.policy_version, at=later)
    assert ratings(entry)[0].sentence == DIFFERS

    levels = dict.fromkeys(LEVELS["risk"], ("low", "", ""))
    second.judge("risk", levels, by=entry.lead_officer)
    second.set_overall("risk", level="low", reason="", by=entry.lead_officer)
    second.set_overall("value", level="low", reason="", by=entry.lead_officer)
    services.complete(second, by=entry.lead_officer, at=later)

    assert ratings(entry)[0].sentence == (
        "Low, set by D.F. on 19 November 2026, as the policy suggests: Two criteria are High and four Low. "
        "Assessment 2026–27, number 2, made under the Partnership Policy 2015, version 1."
    )


def test_a_level_of_the_old_register_says_that_its_reasons_are_not_known():
    entry = make_entry()
    entry.set_levels(risk="medium", value="", source="import", by=entry.lead_officer)

    risk, value = ratings(entry)

    assert risk.sentence == (
        "Medium, from the old register, without its reasons. Today’s figures decide these criteria:"
    )
    assert [line.label for line in risk.lines] == ["Council resource contribution", "Council time commitment"]
    assert (value.sentence, value.level_label) == ("Nobody has set a level yet.", "Not set")


def test_page_profile_and_pdf_say_the_same(browse_as):
    entry = make_assessment().partnership
    person = browse_as(Role.SCRUTINY)

    for address in ("/reports/register/?all=yes", f"/partnerships/{entry.reference}/profile/"):
        page = person.get(address)
        assert DIFFERS in page
        assert AS_SUGGESTED in page
        assert "D.F. judges it Medium: short-term trouble. “As the board sees it”" in page
    pdf = person.client.get(f"/partnerships/{entry.reference}/profile.pdf").content
    assert broken_rules(pdf) == []
    assert Tagged(pdf).tables_without_headings() == 0


@pytest.mark.parametrize("entries", [1, 5])
def test_ratings_take_four_queries_however_many_entries(entries):
    lead = make_user(Role.LEAD_OFFICER, name="D.F.")
    made = [make_assessment(make_entry(lead=lead)).partnership for _ in range(entries)]
    made.append(make_partnership())
    policy = made[0].policy_version.policy

    with CaptureQueriesContext(connection) as queries:
        found = ratings_of(made, policy)

    assert len(queries) == 4  # assessments, versions, judgements, overall levels
    assert all(found[entry.pk][0].sentence == DIFFERS for entry in made[:-1])
    assert found[made[-1].pk][0].sentence == "Nobody has set a level yet."
