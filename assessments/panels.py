"""What assessments bring to the home page: drafts to go on with, and challenges that wait for somebody."""

from datetime import date

from django.urls import reverse

from accounts.models import User
from accounts.panels import MOST, Line, Work
from accounts.roles import Role
from assessments.models import Assessment, Challenge, Response
from config import words


def drafts(user: User, today: date) -> Work | None:
    """Assessments and forms that the person began and has not finished."""
    if not user.has_perm("assessments.change"):
        return None
    assessments = Assessment.objects.drafts().filter(made_by=user).select_related("partnership")
    forms = Response.objects.filter(state=Response.State.DRAFT, started_by=user)
    forms = forms.select_related("partnership", "policy_version")
    lines = [
        Line(
            f"Continue the assessment: {draft.partnership.name}",
            reverse("assessments:assessment_version", args=[draft.partnership.reference, draft.slug]),
            note=f"Begun on {words.day(draft.started_at)}. What you saved stands as you left it",
        )
        for draft in assessments.order_by("started_at", "pk")
    ]
    lines += [
        Line(
            f"Continue “{_title(form)}”: {form.partnership.name}",
            reverse("assessments:questionnaire", args=[form.partnership.reference, form.questionnaire, form.slug]),
            note=f"Saved on {words.moment(form.saved_at)}",
        )
        for form in forms.order_by("saved_at", "pk")
    ]
    return Work(lines[:MOST], len(lines))


def challenges(user: User, today: date) -> Work | None:
    """Questions about a level: the lead officer answers, the register manager who asked closes (BRK-I07)."""
    if not user.has_perm("assessments.change"):
        return None
    open_ones = Challenge.objects.open().select_related("assessment__partnership").order_by("asked_at", "pk")
    lines: list[Line] = []
    if Role.LEAD_OFFICER in user.roles:
        asked = open_ones.filter(state=Challenge.State.ASKED, assessment__partnership__lead_officer=user)
        lines += [_line(each, "Answer a challenge") for each in asked]
    if Role.REGISTER_MANAGER in user.roles:
        answered = open_ones.filter(state=Challenge.State.ANSWERED, asked_by=user)
        lines += [_line(each, "Read the answer to your challenge") for each in answered]
    return Work(lines[:MOST], len(lines))


def _line(challenge: Challenge, verb: str) -> Line:
    assessment = challenge.assessment
    address = reverse(
        "assessments:challenge_thread", args=[assessment.partnership.reference, assessment.slug, challenge.number]
    )
    note = f"Asked on {words.day(challenge.asked_at)}"
    return Line(f"{verb}: {assessment.partnership.name}", address, note=note)


def _title(form: Response) -> str:
    return form.policy_version.policy.questionnaire(form.questionnaire).title
