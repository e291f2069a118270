"""Addresses of leaving, under the partnership that is left, and of the lessons."""

from django.urls import path

from exits import views

app_name = "exits"
EXIT = "partnerships/<slug:reference>/exit"
urlpatterns = [
    path(f"{EXIT}/", views.exit_page, name="exit"),
    path(f"{EXIT}/decision/", views.decision, name="decision"),
    path(f"{EXIT}/arrangements/", views.arrangements, name="arrangements"),
    path(f"{EXIT}/lessons/", views.lessons_of_entry, name="lessons_of_entry"),
    path(f"{EXIT}/left/", views.left, name="left"),
    path(f"{EXIT}/take-back/", views.take_back, name="take_back"),
    path("requests/<slug:reference>/lessons/", views.lessons_of_request, name="lessons_of_request"),
    path("lessons/", views.lesson_list, name="lesson_list"),
]
