"""The pages of reviews as the people who use them meet them."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice
from accounts.roles import Role
from approvals.models import Request, StepTaken
from reviews import services
from reviews.models import Campaign, Chase, Doing, Occasion, Review, State
from tests.factories import make_user
from tests.reviews import review_pages
from tests.reviews.making import Council

pytestmark = pytest.mark.django_db


def day_in(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def parts(name: str, day: date) -> dict[str, str]:
    return {f"{name}_0": str(day.day), f"{name}_1": str(day.month), f"{name}_2": str(day.year)}


def test_a_lead_officer_reviews_a_partnership_from_the_first_page_to_the_last(browse_as):
    council = Council(next_review_on=day_in(10))
    lead, manager = browse_as(council.lead), browse_as(council.manager)
    home = lead.get("/")
    assert "Yearly register review: Channel Panel" in home
    page = lead.get(reverse("reviews:of_entry", args=[council.partnership.reference]))
    assert "As the register says" in page
    page = lead.post(reverse("reviews:open", args=[council.partnership.reference, council.cycle]))
    assert page.banner.startswith("Yearly register review 2026–27 is open.")
    assert "Not started" in page
    council.answer("har-review", at=timezone.now(), har_d11b="go-on")
    review = Review.objects.get()
    address = reverse("reviews:review", args=[council.partnership.reference, review.slug])
    assert "Say what you recommend and send" in lead.get(address)
    page = lead.post(f"{address}send/", {"recommendation": "go_on"})
    assert page.banner == "Yearly register review 2026–27 is sent. It is the turn of Service Manager now"
    assert review.signers == [council.version.policy.role("register_manager").label]  # in the council’s own words
    assert "so somebody else signs it off" in lead.get(address)
    way = Request.objects.get()
    assert f": {way.reference}, Channel Panel" in manager.get("/")
    assert "Sign off or ask back" in manager.get(address)
    page = manager.post(f"{address}sign-off/", {"outcome": "sign_off"})
    assert page.banner == "Yearly register review 2026–27 of Channel Panel is signed off"
    council.partnership.refresh_from_db()
    assert council.partnership.last_review_on == timezone.localdate()


def test_a_second_click_on_start_does_not_open_a_second_review(browse_as):
    council = Council()
    for _ in range(2):
        page = browse_as(council.lead).post(
            reverse("reviews:open", args=[council.partnership.reference, council.cycle])
        )
    assert "This review is open already" in page
    assert Review.objects.count() == 1


def test_last_years_answers_stand_beside_this_years(browse_as):
    review = review_pages._beside()
    page = browse_as(Role.AUDITOR).get(reverse("reviews:review", args=[review.partnership.reference, review.slug]))
    rows = {
        row.th.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")]
        for row in page.select("tbody tr")
    }
    assert ["Go on", "Go on with changes", "Changed"] in rows.values()
    assert ["Yes", "Yes", "Same"] in rows.values()
    assert "Time now 20 hours a month" in page.select_one(".app-chips").get_text()


def test_sending_before_the_forms_are_sent_says_what_comes_first(browse_as):
    council = Council()
    review = council.open()
    page = browse_as(council.lead).get(reverse("reviews:send", args=[council.partnership.reference, review.slug]))
    assert "Answer and send: Yearly register review" in page
    page = browse_as(council.lead).post(page.path, {"recommendation": "go_on"})
    assert page.errors
    review.refresh_from_db()
    assert review.state == State.OPEN


def test_a_reason_is_asked_for_before_leaving_is_recommended(browse_as):
    review = review_pages._ready()
    address = reverse("reviews:send", args=[review.partnership.reference, review.slug])
    page = browse_as(review.partnership.lead_officer).post(address, {"recommendation": "leave", "why": ""})
    assert page.errors == ["Say why you recommend it"]


def test_the_recommendation_to_leave_opens_the_request_with_its_reason(browse_as):
    council = Council()
    review = council.signed_off("leave", why="The grant ended")
    browsing = browse_as(council.lead)
    address = reverse("reviews:review", args=[council.partnership.reference, review.slug])
    assert "Ask for the decision" in browsing.get(address)
    page = browsing.post(f"{address}ask/")
    request = Request.objects.get(purpose="leave")
    assert page.banner == f"{request.reference} is open, with the reason from the review"
    assert "The grant ended" in page
    assert request.reference in browsing.get(address)


def test_what_a_form_recommends_already_is_not_asked_again(browse_as):
    council = Council()
    review = council.open()
    council.answer("har-review", har_d11b="leave", har_d11b_why="The grant ended")
    page = browse_as(council.lead).get(reverse("reviews:send", args=[council.partnership.reference, review.slug]))
    assert page.select_one("input[name=recommendation][checked]")["value"] == "leave"
    assert page.select_one("textarea[name=why]").get_text(strip=True) == "The grant ended"


def test_sending_asks_for_words_on_what_has_no_form_and_keeps_them(browse_as):
    """RED-F22: the author of a report adds the partnership's finances."""
    council = Council("redditch", is_significant=True)
    review = council.open("red-cycle-report")
    council.answer("red-3")
    address = reverse("reviews:send", args=[council.partnership.reference, review.slug])
    lead = browse_as(council.lead)

    page = lead.post(address, {"recommendation": "go_on", "said_red-f22": ""})
    assert page.errors == ["Say in a few words what was done: add the partnership’s finances"]
    page = lead.post(address, {"recommendation": "go_on", "said_red-f22": "£11,000 of £12,000 spent."})

    assert page.banner == "Formal report on activities 2026–27 is sent. It is the turn of Head of Service now"
    assert StepTaken.objects.get().reasons == "£11,000 of £12,000 spent."
    assert "Its way" in page
    assert "Sign it off" in page


def test_a_report_without_a_form_says_how_far_its_figures_hold(browse_as):
    """BRK-F16, BRK-F20, BRK-B31, BRK-H50."""
    council = Council("breckland-2015")
    address = reverse("reviews:done", args=[council.partnership.reference, "brk-cycle-programme"])
    lead = browse_as(council.lead)
    said = parts("done_on", day_in(0)) | {"note": "", "said_brk-f16": "Sent.", "said_brk-f20": "They checked them."}

    assert lead.post(address, said).errors == ["Choose whether the figures are checked"]
    page = lead.post(address, said | {"data_assurance": "not-verified"})
    assert page.errors == ["Write the caveat that is printed wherever the figures appear"]
    assert not Doing.objects.exists()
    page = lead.post(address, said | {"data_assurance": "not-verified", "data_caveat": "The partner’s own."})

    council.partnership.refresh_from_db()
    assert page.banner.startswith("Reports under the programme: done on")
    assert (council.partnership.data_assurance, council.partnership.data_caveat) == (
        "not-verified",
        "The partner’s own.",
    )
    assert Request.objects.get().purpose == "reporting"


def test_what_is_received_is_one_press_for_one_and_one_page_for_several(browse_as):
    """HAR-F10, HAR-E10."""
    team = make_user(Role.MANAGEMENT_TEAM)
    browser = browse_as(team)
    several = review_pages.received()
    first = Request.objects.earliest("pk")
    step = reverse("approvals:step", args=[first.reference, "har-f10-cmt"])
    mark = browser.get(step).select_one("input[name=mark]")["value"]
    kept = browser.post(step, {"mark": mark, "reasons": "", "record": "yes"}).banner
    assert kept == "“Use the review to plan resources” is kept. The request is completed"

    page = browser.get(several)
    boxes = [each["name"] for each in page.select("input[name$='-received']")]
    assert len(boxes) == 2  # one is received already, and says so
    picks = [each["value"] for each in page.select("input[name=pick]")][1:]
    sent = {"mark_of_page": "yes", "pick": picks}
    sent |= {field["name"]: field["value"] for field in page.select("input[name$='-mark']")}
    assert browser.post(reverse("approvals:several"), sent).errors == ["Tick at least one as received"]
    page = browser.post(reverse("approvals:several"), sent | dict.fromkeys(boxes, "on") | {"record": "yes"})
    assert page.banner.startswith("2 steps recorded")
    assert StepTaken.objects.filter(step="har-f10-cmt").count() == 3


def test_asking_back_needs_a_question_and_keeps_both_texts(browse_as):
    council = Council()
    review = council.sent()
    address = reverse("reviews:review", args=[council.partnership.reference, review.slug])
    manager, lead = browse_as(council.manager), browse_as(council.lead)
    assert manager.post(f"{address}sign-off/", {"outcome": "challenge"}).errors == ["Enter your question"]
    manager.post(f"{address}sign-off/", {"outcome": "challenge", "text": "Why only local?"})
    assert "Answer about yearly register review" in lead.get("/")
    lead.post(f"{address}answer/", {"text": "The board sits here."})
    page = manager.get(address)
    assert "“Why only local?”" in page
    assert "“The board sits here.”" in page


def test_what_has_no_form_is_said_to_be_done_on_a_page(browse_as):
    council = Council()
    address = reverse("reviews:done", args=[council.partnership.reference, "har-cycle-confirm"])
    page = browse_as(council.lead).post(address, parts("done_on", day_in(0)) | {"note": ""})
    assert page.errors == ["Say in a few words what was done, and what came of it"]
    page = browse_as(council.lead).post(address, parts("done_on", day_in(1)) | {"note": "Looked through"})
    assert page.errors == ["That day is still to come. Enter the day on which it was done"]
    page = browse_as(council.lead).post(address, parts("done_on", day_in(0)) | {"note": "Looked through"})
    assert page.banner.startswith("Entry confirmed: done on")
    assert Doing.objects.get().note == "Looked through"


# --- Lists ---------------------------------------------------------------------------------------


def test_a_lead_officer_sees_their_own_first_and_all_on_request(browse_as):
    council = Council(next_review_on=day_in(-6))
    council.entry(name="Somebody else’s", lead_officer=make_user(Role.LEAD_OFFICER))
    browsing = browse_as(council.lead)
    page = browsing.get("/reviews/")
    assert "Channel Panel" in page
    assert "6 days late" in page
    assert "Somebody else’s" not in page
    assert "Somebody else’s" in browsing.get("/reviews/?whose=all")


def test_the_list_is_narrowed_to_what_is_late_due_or_waits(browse_as):
    council = Council(next_review_on=day_in(-1), name="Late one")
    council.entry(next_review_on=day_in(10), name="Soon one")
    council.entry(next_review_on=day_in(60), name="Later one")
    browsing = browse_as(council.manager)
    cycle = f"cycle={council.cycle}"
    found = {when: browsing.get(f"/reviews/?when={when}&{cycle}").words for when in ("late", "30", "90", "waiting")}
    names = ("Late one", "Soon one", "Later one")
    assert [each in found["late"] for each in names] == [True, False, False]
    assert [each in found["30"] for each in names] == [True, True, False]
    assert [each in found["90"] for each in names] == [True, True, True]
    assert "Nothing fits these filters" in found["waiting"]
    assert browsing.get("/reviews/?when=nonsense&page=99&size=7&service=x&cycle=x").status == 200


@pytest.mark.parametrize("rows", [2, 20])
@pytest.mark.parametrize(("path", "queries"), [("/reviews/?whose=all", 19), ("/reviews/dates/?whose=all", 13)])
def test_lists_take_the_same_queries_for_any_number(browse_as, django_assert_num_queries, rows, path, queries):
    council = Council()
    for _ in range(rows):
        council.entry()
    browsing = browse_as(council.manager)
    browsing.get(path)
    with django_assert_num_queries(queries):
        browsing.get(path)


def test_dates_stand_month_by_month_the_late_ones_first(browse_as):
    council = Council(next_review_on=day_in(-3))
    council.entry(next_review_on=day_in(40))
    page = browse_as(council.manager).get("/reviews/dates/")
    headings = [each.get_text() for each in page.select("h2")]
    assert headings[0] == "Late"
    assert f"{day_in(40):%B %Y}" in headings


def test_the_register_manager_says_that_the_report_to_scrutiny_was_made(browse_as):
    council = Council()
    services.bring_up_to_date(at=timezone.now())
    occasion = Occasion.objects.of_the_council().get(cycle="har-cycle-scrutiny")
    address = reverse("reviews:council_done", args=[occasion.cycle])
    page = browse_as(council.manager).post(address, parts("done_on", day_in(0)) | {"note": "Minute 12"})
    assert page.heading == "Reviews"
    assert Occasion.objects.of_the_council().get(cycle="har-cycle-scrutiny").due_on > occasion.due_on
    assert browse_as(council.manager).get(reverse("reviews:council_done", args=["no-such"])).status == 404


# --- The refresh ---------------------------------------------------------------------------------


def opening(**more: str) -> dict[str, str]:
    return {"year": "2026-27", "letter": services.LETTER} | parts("due_on", day_in(30)) | more


def test_opening_a_refresh_shows_first_what_would_be_opened(browse_as):
    council = Council()
    council.entry(lead_officer=None, name="Nobody’s")
    browsing = browse_as(council.manager)
    page = browsing.post("/refresh/open/", opening())
    assert "Open 2 reviews" in page
    assert "1 entry has no lead officer with an account: Nobody’s" in page
    assert not Campaign.objects.exists()
    page = browsing.post("/refresh/open/", opening(open="yes"))
    assert page.banner.startswith("2 reviews opened, due on")
    page = browsing.post("/refresh/open/", opening(open="yes"))
    assert page.errors == ["The refresh 2026–27 is open already, or was. Open its page"]
    assert Review.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"year": "2026-28"}, "2026-28 is no review year. Write it like 2026-27"),
        ({"letter": ""}, "Enter the letter"),
        (parts("due_on", date(2020, 1, 1)), "Enter a day after today, so that everybody has time to answer"),
        (parts("reports_on", date(2020, 1, 1)), "The report must be on or after the day on which the reviews are due"),
    ],
)
def test_a_refresh_that_cannot_be_opened_says_why(browse_as, given, error):
    council = Council()
    page = browse_as(council.manager).post("/refresh/open/", opening(open="yes") | given)
    assert page.errors == [error]
    assert not Campaign.objects.exists()


def test_the_refresh_shows_how_far_each_service_is(browse_as):
    address = review_pages._refresh()
    page = browse_as(Role.REGISTER_MANAGER).get(address)
    rows = {
        row.th.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")[1:]]
        for row in page.select("table")[0].select("tbody tr")
    }
    assert rows == {
        "Growth": ["1", "0", "1", "1", "3"],
        "Service not known": ["0", "0", "0", "2", "2"],
        "Place": ["0", "1", "0", "0", "1"],
        "All services": ["1", "1", "1", "3", "6"],
    }
    assert "Not started (3)" in page
    assert page.select_one("svg[role=img]")["aria-label"] == "Growth: 1 signed off, 1 started, 1 not started"


@pytest.mark.parametrize("entries", [2, 20])
def test_the_refresh_takes_the_same_queries_for_any_number(browse_as, django_assert_num_queries, entries):
    council = Council()
    campaign = council.campaign(council.partnership, *(council.entry() for _ in range(entries - 1)))
    browsing = browse_as(council.manager)
    address = reverse("reviews:campaign", args=[campaign.slug])
    browsing.get(address)
    with django_assert_num_queries(16):
        browsing.get(address)


def test_those_ticked_are_reminded_once_a_day(browse_as):
    council = Council()
    nobody = council.entry(lead_officer=None)
    campaign = council.campaign(council.partnership, nobody)
    browsing = browse_as(council.manager)
    address = reverse("reviews:remind", args=[campaign.slug])
    assert browsing.post(address).errors == ["Tick the reviews whose people you want to remind"]
    ticked = list(Review.objects.values_list("pk", flat=True))
    for said in ("1 letter on the way", "No letter is sent: they were written to today already"):
        page = browsing.post(address, {"review": ticked})
        assert page.banner == f"{said}. For 1 review there is nobody to write to: name a lead officer"
    assert Chase.objects.get().to == council.lead
    page = browsing.get(reverse("reviews:campaign", args=[campaign.slug]))
    page = browsing.get(page.find("a", string="See what was sent (1)")["href"])
    assert [cell.get_text(strip=True) for cell in page.select("tbody tr > *")][:2] == ["Channel Panel", "R.H."]
    notice = Notice.objects.get()
    assert "Dear R.H.," in notice.text
    assert reverse("reviews:review", args=[council.partnership.reference, "2026-27"]) in notice.text


def test_a_closed_refresh_stays_as_it_is(browse_as):
    council = Council()
    campaign = council.campaign()
    browsing = browse_as(council.manager)
    page = browsing.get(reverse("reviews:campaign_close", args=[campaign.slug]))
    assert "1 review is unfinished" in page
    page = browsing.post(reverse("reviews:campaign_close", args=[campaign.slug]), {"note": "CMT was told"})
    assert page.banner == "Annual refresh 2026–27 is closed. 1 review closed unfinished"
    page = browsing.post(reverse("reviews:letter", args=[campaign.slug]), {"letter": "New words"})
    assert "stays as it is" in page.errors[0]
    assert "stays as it is" in browsing.post(reverse("reviews:remind", args=[campaign.slug]), {"everyone": "yes"})


def test_a_year_that_is_none_is_not_found(browse_as):
    assert browse_as(Role.REGISTER_MANAGER).get("/refresh/2026-29/").status == 404


def test_what_others_have_not_done_is_one_line_of_a_register_managers_home(browse_as):
    council = Council(next_review_on=day_in(-10))

    assert "Yearly register review: Channel Panel" in browse_as(council.lead).get("/")
    home = browse_as(council.manager).get("/")
    assert "Yearly register review: Channel Panel" not in home.select_one(".app-work").get_text()
    chase = home.find("a", string=re.compile(r"^Chase \d+ late review"))
    assert "Channel Panel" in browse_as(council.manager).get(chase["href"])
