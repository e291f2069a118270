"""The pages of leaving: the task list, what is still to do, the buttons, and the list of lessons."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from exits.models import Lesson
from register.models import Action, ListEntry, Status
from tests.exits.exit_pages import make_lessons
from tests.exits.making import LATER, SHORT, STRATEGY, Going
from tests.factories import make_partnership, make_user

pytestmark = pytest.mark.django_db


def address(council, name="exit"):
    return reverse(f"exits:{name}", args=[council.partnership.reference])


def tasks(page):
    """Each line of the task list by its title: its state."""
    lines = page.select(".govuk-task-list__item")
    return {
        " ".join(line.select_one(".govuk-task-list__name-and-hint").contents[1].get_text().split()): " ".join(
            line.select_one(".govuk-task-list__status").get_text().split()
        )
        for line in lines
    }


def test_the_task_list_says_where_each_part_stands(browse_as):  # DEF-03, BRK-D26 to D29
    council = Going(is_significant=True)
    council.in_principle()
    council.entry().change({"exit_impact": "Old people could not shop"}, by=council.manager)

    page = browse_as(council.lead).get(address(council))

    assert tasks(page) == {
        "Decision to leave": "Completed",
        "Decide in principle": "Completed",
        "Review the exit strategy": "To come",
        "Give the Portfolio Holder’s view": "To come",
        "Approve the exit strategy": "To come",
        "Decide on the exit strategy": "Not asked",
        "Exit strategy": "Not started",
        "Reasons": "Not started",
        "Risks of leaving": "Not started",
        "Notice": "Not started",
        "Last day": "Not started",
        "People told": "Not started",
        "Resources returned": "Not started",
        "Lessons": "Not started",
    }
    assert "Old people could not shop (from the entry)" in page
    assert "Yes, because: The value is High" in page
    assert "who may switch this with a reason" in page


def test_the_panel_says_what_is_still_to_do_and_the_button_waits(browse_as):
    council = Going()
    leaving = council.approved()
    browser = browse_as(council.lead)

    page = browser.get(address(council))
    assert "Hand the timetable to the county (L.N., due 15 December 2026)" in page
    assert "Record that the council has left" not in page
    again = browser.post(address(council, "left"))
    assert "Still to do first" in again.banner
    assert council.entry().status == Status.LEAVING
    assert leaving.is_open


def test_the_lead_officer_records_that_the_council_has_left(browse_as):
    council = Going()
    council.ready()
    browser = browse_as(council.lead)

    page = browser.get(address(council))
    assert page.select_one("a.govuk-button")["href"] == address(council, "left")
    done = browser.post(address(council, "left"))

    assert done.banner.startswith("The council has left")
    assert "Left on 20 November 2026. This page is kept as it was." in done
    assert not done.select("main a[href*=arrangements]")
    overview = browser.get(reverse("register:partnership", args=[council.partnership.reference]))
    assert "Left on 20 November 2026. This page is kept as it was." in overview
    assert "already" in browser.post(address(council, "left")).banner


def test_a_left_entry_shows_no_button_of_change(browse_as):
    council = Going()
    council.gone()
    browser = browse_as(council.lead)

    details = browser.get(reverse("register:details", args=[council.partnership.reference]))
    assert not details.select("a[href*=change]")
    assert "stays as it was" in browser.get(address(council, "arrangements")).banner


def test_the_earliest_end_is_worked_out_from_the_notice(browse_as):  # RED-F59
    council = Going()
    council.approved()
    given = timezone.localdate() - timedelta(days=7)
    form = {"notice_weeks": "4", "notice_given_on_0": given.day, "notice_given_on_1": given.month}

    page = browse_as(council.lead).post(address(council, "arrangements"), form | {"notice_given_on_2": given.year})

    end = given + timedelta(weeks=4)
    assert f"Earliest end: {end.day} {end:%B %Y}" in page


def test_a_last_day_before_the_decision_is_refused_in_words(browse_as):
    council = Going()
    council.approved()
    form = {"last_day_0": "1", "last_day_1": "1", "last_day_2": "2020"}

    page = browse_as(council.lead).post(address(council, "arrangements"), form)

    assert page.errors == [
        "The decision to leave was taken on 20 November 2026. Enter a last day that is not before the decision"
    ]
    assert council.leaving().last_day is None


def test_a_depth_that_needs_no_strategy_is_shown_with_its_reason(browse_as):  # HAR-D15, HAR-I07
    council = Going("harborough-2015")
    council.entry().change({"local_values": {"har-i08-joined": "management_team"}}, by=council.manager)
    request = council.ask("har-leaving", said={"changes_the_constitution": False})
    council.take(request, "har-f14-cmt", "leave", by=council.cmt)

    page = browse_as(council.lead).get(address(council))

    assert tasks(page)["Risks of leaving"] == "Not asked"
    assert SHORT["har-d15-why"]["value"] in page


def test_an_entry_that_nobody_leaves_says_how_to_ask(browse_as):
    council = Going()

    page = browse_as(council.lead).get(address(council))

    assert "Ask for the decision to leave" in page
    assert browse_as(council.lead).get(address(council, "arrangements")).status == 404


def test_the_decision_of_an_old_entry_is_recorded_once(browse_as):
    council = Going()
    entry = make_partnership(by=council.manager, status=Status.LEAVING, lead_officer=council.lead)
    browser = browse_as(council.lead)
    form = {"decided_on_0": "1", "decided_on_1": "3", "decided_on_2": "2025", "decided_by": "CMT 12/25"}
    where = reverse("exits:decision", args=[entry.reference])

    assert "Record the decision to leave" in browser.get(reverse("exits:exit", args=[entry.reference]))
    assert "CMT 12/25, 1 March 2025" in browser.post(where, form)
    assert "CMT 12/25, 1 March 2025" in browser.post(where, form)


def test_what_was_learned_is_typed_where_no_form_asks_for_it(browse_as):  # FIG-11, RED-G16
    council = Going()
    council.gone()
    browser = browse_as(council.manager)

    refused = browser.post(address(council, "lessons_of_entry"), {"practice_1": ""})
    assert refused.errors == ["Enter at least one achievement, good practice or thing that could have been better"]
    browser.post(address(council, "lessons_of_entry"), {"practice_1": "One timetable", "improvement_1": "Start early"})

    page = browser.get("/lessons/")
    assert [" ".join(each.get_text().split()) for each in page.select("tbody th")] == ["Start early", "One timetable"]


def test_lessons_are_found_by_words_kind_partner_theme_and_year(browse_as):
    make_lessons()
    browser = browse_as(Role.AUDITOR)
    year = Lesson.objects.first().said_on.year

    def found(**asked):
        return {" ".join(each.get_text().split()) for each in browser.get("/lessons/", asked).select("tbody th")}

    assert found(q="timetable") == {"One timetable for all operators"}
    assert found(kind="improvement") == {"Ask the drivers first"}
    assert len(found(year=year)) == 3
    assert found(partner="Nobody") == set()
    # A theme goes by what the council calls it, in the filter and beside each lesson.
    ListEntry(list_id="themes", value="getting-about", label="Getting about").save()
    ListEntry(list_id="themes", value="health", label="Health and wellbeing").save()
    entry = Lesson.objects.first().leaving.partnership
    entry.change({"theme": "getting-about"}, by=make_user(Role.REGISTER_MANAGER))
    assert len(found(theme="getting-about")) == 3
    assert found(theme="health") == set()
    assert "Getting about · " in browser.get("/lessons/").words
    assert "No lesson fits" in browser.get("/lessons/", {"q": "submarine"})


def test_without_lessons_the_list_says_when_they_appear(browse_as):
    assert "Lessons appear when a leaving form is complete." in browse_as(Role.AUDITOR).get("/lessons/")


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_of_lessons_asks_the_same_for_any_number(browse_as, django_assert_num_queries, rows):
    council = Going()
    leaving = council.gone()
    for place in range(rows):
        lesson = Lesson(leaving=leaving, kind="practice", place=place, text=f"Do {place}", said_on=LATER.date())
        lesson.keep(by=council.lead)
    browser = browse_as(council.lead)
    browser.get("/lessons/")

    with django_assert_num_queries(12):  # one of them the council's own list of themes
        browser.get("/lessons/")


def _queries_of_the_page(browser, council, connection):
    from django.test.utils import CaptureQueriesContext

    browser.get(address(council))
    with CaptureQueriesContext(connection) as asked:
        browser.get(address(council))
    return len(asked)


def test_the_page_asks_the_same_for_any_number_of_controls(browse_as):
    from django.db import connection

    council = Going()
    council.approved()
    browser = browse_as(council.lead)
    before = _queries_of_the_page(browser, council, connection)
    row = STRATEGY["brk-d28"]["value"][0]
    more = {"brk-d28": {"value": [row | {"control": f"Do {number}"} for number in range(12)]}}
    council.form("brk-exit", STRATEGY | more)

    assert Action.objects.count() == 14
    assert _queries_of_the_page(browser, council, connection) == before
