"""Addresses of what falls due, of an entry's reviews, of the yearly refresh, and of calendars."""

from django.urls import path

from reviews.views import dates, entry, practice, refresh

app_name = "reviews"
ENTRY = "partnerships/<slug:reference>/reviews"
ONE = f"{ENTRY}/<slug:slug>"
YEAR = "refresh/<slug:slug>"
urlpatterns = [
    path("reviews/", dates.review_list, name="review_list"),
    path("reviews/dates/", dates.date_list, name="date_list"),
    path("reviews/council/<slug:cycle>/done/", dates.council_done, name="council_done"),
    path("account/calendar/", dates.calendar, name="calendar"),
    path("account/calendar/end/", dates.calendar_end, name="calendar_end"),
    path("calendar/<str:secret>.ics", dates.feed, name="feed"),
    path(f"{ENTRY}/", entry.of_entry, name="of_entry"),
    path(f"{ENTRY}/open/<slug:cycle>/", entry.open_one, name="open"),
    path(f"{ENTRY}/done/<slug:cycle>/", entry.done, name="done"),
    path("partnerships/<slug:reference>/practice/", practice.practice, name="practice"),
    path("partnerships/<slug:reference>/practice/<slug:step>/", practice.practise, name="practise"),
    path(f"{ONE}/", entry.review, name="review"),
    path(f"{ONE}/send/", entry.send, name="send"),
    path(f"{ONE}/sign-off/", entry.sign_off, name="sign_off"),
    path(f"{ONE}/answer/", entry.answer, name="answer"),
    path(f"{ONE}/close/", entry.close, name="close"),
    path(f"{ONE}/ask/", entry.ask, name="ask"),
    path("refresh/", refresh.refresh, name="refresh"),
    path("refresh/open/", refresh.open_year, name="open_year"),
    path(f"{YEAR}/", refresh.campaign, name="campaign"),
    path(f"{YEAR}/reviews/", refresh.campaign_reviews, name="campaign_reviews"),
    path(f"{YEAR}/remind/", refresh.remind, name="remind"),
    path(f"{YEAR}/letters/", refresh.letters, name="letters"),
    path(f"{YEAR}/letter/", refresh.letter, name="letter"),
    path(f"{YEAR}/close/", refresh.close, name="campaign_close"),
]
