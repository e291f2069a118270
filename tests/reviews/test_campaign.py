"""The yearly refresh: opened once for many entries, chased, closed with what is unfinished."""

from datetime import date, timedelta

import pytest

from policy.refused import Refused
from register.filters import PartnershipFilter
from register.models import Partnership, Status
from register.watching import figures
from reviews import queries, services
from reviews.models import Campaign, Occasion, Review, State
from tests.reviews.making import DUE, LATER, OPENED, TODAY, Council

pytestmark = pytest.mark.django_db


def test_a_refresh_opens_one_review_an_entry_all_due_on_one_day():
    """HAR-F10, BRK-F22, CORE-14."""
    council = Council()
    second, left = council.entry(), council.entry(status=Status.LEFT)
    campaign = council.campaign(council.partnership, second, left)
    reviews = Review.objects.in_campaign(campaign)
    assert {each.partnership for each in reviews} == {council.partnership, second}
    assert {(each.due_on, each.slug, each.state) for each in reviews} == {(DUE, "2026-27", State.OPEN)}
    assert {each.history.get().by_name for each in reviews} == {"T.W."}
    assert set(Occasion.objects.filter(review__in=reviews).values_list("due_on", flat=True)) == {DUE}


def test_a_refresh_asks_each_entry_for_the_review_that_fits_it():
    """RED-I07."""
    council = Council("redditch", is_significant=True)
    other = council.entry(is_significant=False)
    council.campaign(council.partnership, other)
    assert Review.objects.get(partnership=council.partnership).cycle == "red-cycle-review"
    assert Review.objects.get(partnership=other).cycle == "red-cycle-short-check"


def test_a_review_that_was_open_before_joins_the_refresh():
    council = Council()
    review = council.open()
    campaign = council.campaign()
    review.refresh_from_db()
    assert review.campaign == campaign
    assert Review.objects.count() == 1


def test_a_refresh_is_opened_once_a_year():
    council = Council()
    council.campaign()
    with pytest.raises(Refused, match="2026–27 is open already"):
        council.campaign()
    with pytest.raises(Refused, match="is not closed yet"):
        council.campaign(slug="2027-28")
    assert Review.objects.count() == Campaign.objects.count() == 1


@pytest.mark.parametrize("year", ["2026-28", "2026", "26-27", "next", "", "2026-27-2"])
def test_a_year_that_is_none_is_refused(year):
    council = Council()
    with pytest.raises(Refused, match="is no review year"):
        council.campaign(slug=year)
    assert not Campaign.objects.exists()


def test_the_last_year_of_a_century_is_a_year():
    assert services.year_of("2099-00") == 2099


def test_a_refresh_without_an_entry_to_review_or_time_to_answer_is_refused():
    council = Council()
    with pytest.raises(Refused, match="None of these entries"):
        council.campaign(council.entry(status=Status.LEFT))
    common = {"letter": "", "version": council.version, "by": council.manager, "at": OPENED}
    with pytest.raises(Refused, match="Enter a day after today"):
        services.open_campaign("2026-27", [council.partnership], due_on=date(2026, 10, 1), **common)
    with pytest.raises(Refused, match="on or after the day"):
        services.open_campaign(
            "2026-27", [council.partnership], due_on=DUE, reports_on=DUE - timedelta(days=1), **common
        )
    assert not Campaign.objects.exists()
    assert not Review.objects.exists()


def test_closing_a_refresh_closes_what_is_unfinished_and_keeps_what_is_done():
    council = Council(next_review_on=date(2026, 12, 4))
    second = council.entry()
    campaign = council.campaign(council.partnership, second)
    council.answer("har-review")
    done = Review.objects.get(partnership=council.partnership)
    services.send(done, recommendation="go_on", why="", by=council.lead, at=LATER)
    services.sign_off(done, note="", by=council.manager, at=LATER)
    assert services.close_campaign(campaign, note="CMT was told", by=council.manager, at=LATER) == 1
    unfinished = Review.objects.get(partnership=second)
    assert (unfinished.state, unfinished.closing_note) == (
        State.CLOSED,
        "Annual refresh 2026–27 was closed: CMT was told",
    )
    done.refresh_from_db()
    assert done.state == State.SIGNED_OFF
    assert not Occasion.objects.filter(review__isnull=False).exists()
    with pytest.raises(Refused, match="stays as it is"):
        services.close_campaign(campaign, note="", by=council.manager, at=LATER)


def test_the_letter_names_partnership_person_and_day():
    council = Council()
    campaign = council.campaign()
    letter = services.letter_for(campaign, Review.objects.get(), council.lead)
    assert letter.startswith("Dear R.H.,\n\nThe review of Channel Panel is due on Monday 30 November 2026.")


@pytest.mark.parametrize("entries", [2, 20])
def test_opening_takes_the_same_queries_for_any_number(django_assert_num_queries, entries):
    council = Council()
    chosen = [council.partnership, *(council.entry() for _ in range(entries - 1))]
    with django_assert_num_queries(15):
        council.campaign(*chosen)


def test_who_has_begun_is_known_without_asking_each_entry():
    council = Council()
    second = council.entry()
    campaign = council.campaign(council.partnership, second)
    council.answer("har-review")
    begun = {each.partnership_id: each.has_begun for each in Review.objects.in_campaign(campaign).with_begun()}
    assert begun == {council.partnership.pk: True, second.pk: False}
    assert Review.objects.late(DUE).count() == 0
    assert Review.objects.late(DUE + timedelta(days=1)).count() == 2
    assert Review.objects.due(TODAY, within=9).count() == 0
    assert Review.objects.due(TODAY, within=10).count() == 2


@pytest.mark.parametrize(("on", "late"), [(DUE, 0), (DUE + timedelta(days=1), 2)])
def test_home_refresh_and_register_name_the_same_late_reviews(on, late):
    """An entry whose old day has passed is not late while its review of the refresh has time, nor once it is sent."""
    council = Council(next_review_on=date(2026, 10, 31))
    second, third = council.entry(next_review_on=None), council.entry(next_review_on=date(2026, 10, 31))
    campaign = council.campaign(council.partnership, second, third)
    council.answer("har-review", partnership=third)
    services.send(Review.objects.get(partnership=third), recommendation="go_on", why="", by=council.lead, at=LATER)
    assert queries.figures_of(campaign, on)["late"] == late
    asked = PartnershipFilter({"due": "late"}, policy=council.version.policy, today=on)
    assert Partnership.objects.filter(asked.condition()).count() == late
    (line,) = [fact for fact in figures(council.manager, on).facts["facts"] if fact["label"] == "Late reviews"]
    assert line["figure"] == late


def test_without_an_open_review_the_day_of_the_register_counts():
    Council(next_review_on=TODAY)
    assert not Partnership.objects.filter(queries.late_entries(TODAY)).exists()
    assert Partnership.objects.filter(queries.late_entries(TODAY + timedelta(days=1))).exists()


def test_a_figure_of_the_refresh_opens_as_many_reviews_as_it_counts(browse_as):
    council = Council()
    others = [council.entry() for _ in range(2)]
    campaign = council.campaign(council.partnership, *others)
    council.answer("har-review")
    sent = Review.objects.get(partnership=council.partnership)
    services.send(sent, recommendation="go_on", why="", by=council.lead, at=LATER)
    services.challenge(sent, "Does the board meet?", by=council.manager, at=LATER)
    page = browse_as(council.manager).get(f"/refresh/{campaign.slug}/")
    links = page.select(".app-facts a[href*='which=']")
    assert len(links) == 4
    for link in links:
        opened = browse_as(council.manager).get(link["href"])
        assert len(opened.select("tbody tr")) == int(link.get_text()), link["href"]
        assert "None" not in opened
