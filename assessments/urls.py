"""Addresses of assessments, questionnaires and the screening, under the partnership they are about."""

from django.urls import path

from assessments.views import agreements, assessment, questionnaires, reassess, screening, significance

app_name = "assessments"
ENTRY = "partnerships/<slug:reference>"
MADE = f"{ENTRY}/assessment/<slug:slug>"
FORM = f"{ENTRY}/questionnaires/<slug:questionnaire>/<slug:slug>"
AGREED = f"{ENTRY}/agreement/<int:number>"
urlpatterns = [
    path(f"{ENTRY}/assessment/", assessment.assessment, name="assessment"),
    path(f"{ENTRY}/assessment/start/", assessment.assessment_start, name="assessment_start"),
    path(f"{ENTRY}/assessment/past/", assessment.assessment_past, name="assessment_past"),
    path(f"{MADE}/", assessment.assessment_version, name="assessment_version"),
    path(f"{MADE}/check/", assessment.check, name="check"),
    path(f"{MADE}/delete/", assessment.discard, name="discard"),
    path(f"{MADE}/challenges/<int:number>/", assessment.challenge_thread, name="challenge_thread"),
    path(f"{MADE}/<slug:scheme>/", assessment.judge, name="judge"),
    path(f"{MADE}/<slug:scheme>/overall/", assessment.overall, name="overall"),
    path(f"{MADE}/<slug:scheme>/challenge/", assessment.challenge, name="challenge"),
    path(f"{MADE}/<slug:scheme>/challenge/<slug:criterion>/", assessment.challenge, name="challenge_criterion"),
    path("questionnaires/<slug:questionnaire>/blank/", questionnaires.questionnaire_blank, name="questionnaire_blank"),
    path(f"{ENTRY}/questionnaires/", questionnaires.questionnaire_list, name="questionnaire_list"),
    path(
        f"{ENTRY}/questionnaires/<slug:questionnaire>/start/",
        questionnaires.questionnaire_start,
        name="questionnaire_start",
    ),
    path(f"{FORM}/", questionnaires.questionnaire, name="questionnaire"),
    path(f"{FORM}/check/", questionnaires.questionnaire_check, name="questionnaire_check"),
    path(f"{FORM}/delete/", questionnaires.questionnaire_discard, name="questionnaire_discard"),
    path(f"{FORM}/changes/", questionnaires.questionnaire_changes, name="questionnaire_changes"),
    path(f"{FORM}/<slug:section>/", questionnaires.questionnaire_section, name="questionnaire_section"),
    path(f"{ENTRY}/agreement/", agreements.agreement, name="agreement"),
    path(f"{ENTRY}/agreement/start/", agreements.agreement_start, name="agreement_start"),
    path(f"{AGREED}/", agreements.agreement_version, name="agreement_version"),
    path(f"{AGREED}/agree/", agreements.agreement_agree, name="agreement_agree"),
    path(f"{AGREED}/sign/", agreements.agreement_sign, name="agreement_sign"),
    path(f"{AGREED}/delete/", agreements.agreement_discard, name="agreement_discard"),
    path(f"{AGREED}/headings/<slug:heading>/", agreements.agreement_heading, name="agreement_heading"),
    path(f"{ENTRY}/screening/", screening.screening, name="screening"),
    path(f"{ENTRY}/screening/result/", screening.screening_result, name="screening_result"),
    path(f"{ENTRY}/screening/keep/", screening.screening_move, name="screening_move"),
    path(f"{ENTRY}/significance/", significance.significance, name="significance"),
    path("policy/<slug:code>/<str:version>/to-reassess/", reassess.to_reassess, name="to_reassess"),
]
