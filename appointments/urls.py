"""Addresses of places, bodies, vacancies and the year's rounds."""

from django.urls import path

from appointments import asking_views, note_views, round_views, views

app_name = "appointments"
ROUND = "appointments/rounds/<slug:slug>"
BODY = "partnerships/<slug:reference>/appointments"
urlpatterns = [
    path("appointments/", views.appointment_list, name="appointment_list"),
    path("appointments/people/", views.person_list, name="person_list"),
    path("appointments/how-filled/", views.set_rule, name="set_rule"),
    path("appointments/officers/", views.officer_review, name="officer_review"),
    path("appointments/rounds/", round_views.round_list, name="round_list"),
    path("appointments/rounds/start/", round_views.round_start, name="round_start"),
    path(f"{ROUND}/", round_views.round_page, name="round"),
    path(f"{ROUND}/move/", round_views.round_move, name="round_move"),
    path(f"{ROUND}/nominations/", round_views.nominations, name="nominations"),
    path(f"{ROUND}/nominations/<int:nomination_id>/", round_views.nomination, name="nomination"),
    path(
        f"{ROUND}/nominations/<int:nomination_id>/take-out/",
        round_views.nomination_take_out,
        name="nomination_take_out",
    ),
    path(f"{ROUND}/outcomes/", round_views.outcomes, name="outcomes"),
    path("vacancies/", views.vacancy_list, name="vacancy_list"),
    path("outside-bodies/", views.body_list, name="body_list"),
    path("outside-bodies/add/", views.add_body, name="add_body"),
    path(f"{BODY}/", views.of_body, name="of_body"),
    path(f"{BODY}/add/", views.add_place, name="add_place"),
    path(f"{BODY}/report/", note_views.report_back, name="report_back"),
    path(f"{BODY}/briefing/", note_views.write_briefing, name="write_briefing"),
    path(f"{BODY}/briefing/<slug:day>/", note_views.briefing, name="briefing"),
    path(f"{BODY}/terms/", views.terms, name="terms"),
    path(f"{BODY}/<int:place_id>/appoint/", views.appoint, name="appoint"),
    path(f"{BODY}/<int:place_id>/propose/", asking_views.propose, name="propose"),
    path(f"{BODY}/<int:place_id>/role/", asking_views.role, name="role"),
    path(f"{BODY}/coming/<int:coming_id>/take-back/", asking_views.take_back, name="take_back"),
    path(f"{BODY}/<int:place_id>/end/", views.end, name="end"),
    path(f"{BODY}/<int:place_id>/take-out/", views.take_place_out, name="take_place_out"),
]
