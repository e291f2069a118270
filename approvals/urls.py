"""Addresses of requests and decisions."""

from django.urls import path

from approvals import change_views, several_views, views

app_name = "approvals"
REQUEST = "requests/<slug:reference>"
urlpatterns = [
    path("partnerships/<slug:reference>/decisions/", views.of_entry, name="of_entry"),
    path("partnerships/<slug:reference>/decisions/ask/<slug:route>/", views.ask, name="ask"),
    path("requests/", views.request_list, name="request_list"),
    path(f"{REQUEST}/", views.request_page, name="request"),
    path(f"{REQUEST}/why/", views.why, name="why"),
    path(f"{REQUEST}/route/", views.route_facts, name="route_facts"),
    path(f"{REQUEST}/changes/", change_views.changes, name="changes"),
    path(f"{REQUEST}/money/", change_views.money, name="money"),
    path(f"{REQUEST}/money/add/", change_views.money_add, name="money_add"),
    path(f"{REQUEST}/money/<slug:key>/", change_views.money_change, name="money_change"),
    path(f"{REQUEST}/check/", views.check, name="check"),
    path(f"{REQUEST}/withdraw/", views.withdraw, name="withdraw"),
    path(f"{REQUEST}/steps/<slug:step_id>/", views.step, name="step"),
    path(f"{REQUEST}/interest/", views.declare_interest, name="declare_interest"),
    path(f"{REQUEST}/interests/<int:interest_id>/dispensation/", views.dispense, name="dispense"),
    path("decisions/", views.decision_list, name="decision_list"),
    path("decisions/yours/", views.turn_list, name="turn_list"),
    path("decisions/several/", several_views.several_at_once, name="several"),
    path("decisions/<slug:reference>/", views.decision, name="decision"),
    path("deputies/", views.deputy_list, name="deputy_list"),
    path("deputies/<int:deputy_id>/end/", views.deputy_end, name="deputy_end"),
]
