"""Addresses of requests, decisions and concerns."""

from django.urls import path

from approvals import (
    change_views,
    chasing_views,
    concern_views,
    condition_views,
    meeting_views,
    send_up_views,
    several_views,
    views,
)

app_name = "approvals"
REQUEST = "requests/<slug:reference>"
MEETING = "meetings/<slug:slug>"
ITEM = f"{MEETING}/agenda/<int:item_id>"
urlpatterns = [
    path("partnerships/<slug:reference>/decisions/", views.of_entry, name="of_entry"),
    path("partnerships/<slug:reference>/decisions/ask/<slug:route>/", views.ask, name="ask"),
    path("partnerships/<slug:reference>/concerns/", concern_views.of_entry, name="concerns_of_entry"),
    path(
        "partnerships/<slug:reference>/concerns/raise/<slug:kind>/", concern_views.raise_concern, name="raise_concern"
    ),
    path("concerns/", concern_views.concern_list, name="concern_list"),
    path("concerns/<slug:reference>/", concern_views.concern, name="concern"),
    path("concerns/<slug:reference>/<slug:verb>/", concern_views.answer, name="answer_concern"),
    path("policy/<slug:code>/<str:version>/decision/", send_up_views.policy_version, name="policy_send"),
    path("requests/", views.request_list, name="request_list"),
    path(f"{REQUEST}/", views.request_page, name="request"),
    path(f"{REQUEST}/why/", views.why, name="why"),
    path(f"{REQUEST}/route/", views.route_facts, name="route_facts"),
    path(f"{REQUEST}/changes/", change_views.changes, name="changes"),
    path(f"{REQUEST}/money/", change_views.money, name="money"),
    path(f"{REQUEST}/money/add/", change_views.money_add, name="money_add"),
    path(f"{REQUEST}/money/<slug:key>/", change_views.money_change, name="money_change"),
    path(f"{REQUEST}/check/", views.check, name="check"),
    path(f"{REQUEST}/sent/", views.sent, name="sent"),
    path(f"{REQUEST}/versions/<int:number>/", views.version, name="version"),
    path(f"{REQUEST}/withdraw/", views.withdraw, name="withdraw"),
    path(f"{REQUEST}/steps/<slug:step_id>/", views.step, name="step"),
    path(f"{REQUEST}/interest/", views.declare_interest, name="declare_interest"),
    path(f"{REQUEST}/interests/<int:interest_id>/dispensation/", views.dispense, name="dispense"),
    path("decisions/", views.decision_list, name="decision_list"),
    path("decisions/waiting/", chasing_views.waiting_list, name="waiting_list"),
    path(f"{REQUEST}/steps/<slug:step_id>/remind/", chasing_views.remind, name="remind"),
    path(f"{REQUEST}/steps/<slug:step_id>/give/", chasing_views.give, name="give"),
    path("decisions/yours/", views.turn_list, name="turn_list"),
    path("decisions/several/", several_views.several_at_once, name="several"),
    path("decisions/conditions/", condition_views.condition_list, name="condition_list"),
    path("decisions/<slug:reference>/", views.decision, name="decision"),
    path(f"{REQUEST}/key-decision/", meeting_views.key_decision, name="key_decision"),
    path("meetings/", meeting_views.meeting_list, name="meeting_list"),
    path("meetings/add/", meeting_views.meeting_add, name="meeting_add"),
    path("meetings/bodies/", meeting_views.body_list, name="body_list"),
    path("meetings/bodies/<slug:body>/", meeting_views.body_change, name="body_change"),
    path("meetings/notices/", meeting_views.notices, name="notices"),
    path(f"{MEETING}/", meeting_views.meeting, name="meeting"),
    path(f"{MEETING}/change/", meeting_views.meeting_change, name="meeting_change"),
    path(f"{MEETING}/cancel/", meeting_views.meeting_cancel, name="meeting_cancel"),
    path(f"{MEETING}/state/", meeting_views.meeting_state, name="meeting_state"),
    path(f"{MEETING}/outcomes/", meeting_views.outcomes, name="outcomes"),
    path(f"{MEETING}/agenda/", meeting_views.agenda_add, name="agenda_add"),
    path(f"{ITEM}/move/", meeting_views.agenda_move, name="agenda_move"),
    path(f"{ITEM}/take-off/", meeting_views.agenda_take_off, name="agenda_take_off"),
    path(f"{ITEM}/access/", meeting_views.agenda_access, name="agenda_access"),
    path("deputies/", views.deputy_list, name="deputy_list"),
    path("deputies/<int:deputy_id>/end/", views.deputy_end, name="deputy_end"),
]
