"""Addresses of reports and downloads."""

from django.urls import path

from reports import action_views, answer_views, appointment_views, check_views, paper_views, public_views, views

app_name = "reports"
ROUND = "appointments/rounds/<slug:slug>"
ANSWERS = "partnerships/<slug:reference>/questionnaires/<slug:questionnaire>/<slug:slug>/answers"
urlpatterns = [
    path("reports/", views.report_list, name="report_list"),
    path("reports/register/", views.register, name="register"),
    path("reports/register.pdf", views.register_pdf, name="register_pdf"),
    path("reports/register.xlsx", views.register_xlsx, name="register_xlsx"),
    path("reports/register.csv", views.register_csv, name="register_csv"),
    path("actions/actions.xlsx", action_views.actions_xlsx, name="actions_xlsx"),
    path("reports/resources/", views.resources, name="resources"),
    path("reports/resources.pdf", views.resources_pdf, name="resources_pdf"),
    path("reports/<slug:report>/", paper_views.report, name="report"),
    path("reports/<slug:report>/<slug:period>/", paper_views.paper, name="paper"),
    path("reports/<slug:report>/<slug:period>.pdf", paper_views.paper_pdf, name="paper_pdf"),
    path("reports/<slug:report>/<slug:period>.xlsx", paper_views.paper_xlsx, name="paper_xlsx"),
    path("checks/", check_views.check_list, name="check_list"),
    path("checks/<slug:check>/", check_views.check, name="check"),
    path("questionnaires/", answer_views.form_list, name="form_list"),
    path("questionnaires/<slug:questionnaire>/", answer_views.form, name="form"),
    path("questionnaires/<slug:questionnaire>/<slug:question>/", answer_views.answers, name="answers"),
    path(
        "questionnaires/<slug:questionnaire>/<slug:question>/answers.xlsx",
        answer_views.answers_xlsx,
        name="answers_xlsx",
    ),
    path("partnerships/<slug:reference>/profile/", views.profile, name="profile"),
    path("partnerships/<slug:reference>/profile.pdf", views.profile_pdf, name="profile_pdf"),
    path("partnerships/<slug:reference>/agreement/<int:number>.pdf", views.agreement_pdf, name="agreement_pdf"),
    path("partnerships/<slug:reference>/agreement/<int:number>.fodt", views.agreement_text, name="agreement_text"),
    path("partnerships/<slug:reference>/agreement/<int:number>.html", views.agreement_html, name="agreement_html"),
    path(f"{ANSWERS}.pdf", views.answers_pdf, name="answers_pdf"),
    path(f"{ANSWERS}.html", views.answers_html, name="answers_html"),
    path("policy/<slug:code>/<str:version>/forms/<slug:form>.pdf", views.form_pdf, name="form_pdf"),
    path("public/appointments/", public_views.public_appointments, name="public_appointments"),
    path("public/appointments.csv", public_views.public_appointments_csv, name="public_appointments_csv"),
    path("appointments/schedule.pdf", appointment_views.appointments_pdf, name="appointments_pdf"),
    path("appointments/schedule.xlsx", appointment_views.appointments_xlsx, name="appointments_xlsx"),
    path(f"{ROUND}/list.pdf", appointment_views.round_list_pdf, name="round_list_pdf"),
    path(f"{ROUND}/list.xlsx", appointment_views.round_list_xlsx, name="round_list_xlsx"),
    path(f"{ROUND}/schedule.pdf", appointment_views.round_schedule_pdf, name="round_schedule_pdf"),
    path(f"{ROUND}/schedule.xlsx", appointment_views.round_schedule_xlsx, name="round_schedule_xlsx"),
    path("requests/<slug:reference>.pdf", views.request_pdf, name="request_pdf"),
    path("requests/<slug:reference>.html", views.request_html, name="request_html"),
    path("meetings/<slug:slug>/pack.pdf", views.meeting_pdf, name="meeting_pdf"),
    path("meetings/<slug:slug>/pack.html", views.meeting_html, name="meeting_html"),
    path("meetings/<slug:slug>/public.pdf", views.meeting_public_pdf, name="meeting_public_pdf"),
    path("meetings/<slug:slug>/public.html", views.meeting_public_html, name="meeting_public_html"),
    path("decisions/<slug:reference>.pdf", views.decision_pdf, name="decision_pdf"),
    path("decisions/<slug:reference>/notice.pdf", views.notice_pdf, name="notice_pdf"),
    path("decisions/<slug:reference>.html", views.decision_html, name="decision_html"),
]
