"""What assessments bring to other pages: the next step on an entry, and the work that waits on the home page."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.panels import MOST, Line, Work
from accounts.roles import Role
from assessments import services, significance
from assessments.models import Agreement, Answer, Assessment, Challenge, Response
from config import words
from policy.models import PolicyVersion
from register.actions import Source
from register.models import Action, Partnership, Status
from register.sections import Step


def next_steps(partnership: Partnership, user: Any) -> list[Step]:
    """Go on with a draft, or start the assessment of an entry that has none. Named by `settings.NEXT_STEPS`."""
    if not user.has_perm("assessments.change") or not Partnership.objects.editable_by(user).contains(partnership):
        return []
    draft = Assessment.objects.drafts().filter(partnership=partnership).first()
    if draft:
        address = reverse("assessments:assessment_version", args=[partnership.reference, draft.slug])
        return [Step(f"Go on with assessment {draft.label}", address)]
    if Assessment.objects.complete().filter(partnership=partnership).exists():
        return []
    version = PolicyVersion.objects.in_force(timezone.localdate())
    if version is None or not version.policy.schemes:
        return []
    return [Step("Assess it", reverse("assessments:assessment", args=[partnership.reference]))]


def significance_step(partnership: Partnership, user: Any) -> list[Step]:
    """Say whether an entry is significant, where no assessment will. Named by `settings.NEXT_STEPS`."""
    if partnership.is_significant is not None or partnership.status not in (Status.PROPOSED, Status.ACTIVE):
        return []
    version = PolicyVersion.objects.in_force(timezone.localdate())
    if version is None or version.policy.schemes or not significance.shown_in(version.policy):
        return []
    if significance.why_not(version.policy, by=user):
        return []
    return [Step("Say whether it is significant", reverse("assessments:significance", args=[partnership.reference]))]


def unfinished(user: User, today: date) -> Work | None:
    """For those who assess: drafts of their entries, assessments first. Two queries."""
    if not user.has_perm("assessments.change"):
        return None
    mine = Partnership.objects.filter(lead_officer=user)
    drafts = list(
        Assessment.objects.drafts().filter(partnership__in=mine).select_related("partnership").order_by("started_at")
    )
    lines = [
        Line(
            f"Finish assessment {draft.label} of {draft.partnership}",
            reverse("assessments:assessment_version", args=[draft.partnership.reference, draft.slug]),
            note=f"Started by {draft.made_by_name} on {words.day(draft.started_at)}",
        )
        for draft in drafts
    ]
    responses = (
        Response.objects.filter(state=Response.State.DRAFT, partnership__in=mine)
        .select_related("partnership", "policy_version")
        .order_by("started_at")
    )
    lines += [
        Line(
            f"Finish {_title(response)} of {response.partnership}",
            reverse(
                "assessments:questionnaire",
                args=[response.partnership.reference, response.questionnaire, response.slug],
            ),
            note=f"Saved on {words.day(response.saved_at)}",
        )
        for response in responses
    ]
    return Work(lines[:MOST], len(lines))


SOON = 30  # days before its review in which an agreement is work that waits


def agreements_to_review(user: User, today: date) -> Work | None:
    """For those who assess: agreements of their entries whose review is near or late, the latest first. One query."""
    if not user.has_perm("assessments.change"):
        return None
    mine = Agreement.objects.in_force().filter(partnership__lead_officer=user)
    found = list(
        mine.filter(review_on__lte=today + timedelta(days=SOON))
        .select_related("partnership", "policy_version")
        .defer("policy_version__text", "policy_version__canonical", "frozen", "texts")
        .order_by("review_on", "pk")
    )
    lines = [
        Line(
            f"Review the agreement of {each.partnership}",
            reverse("assessments:agreement", args=[each.partnership.reference]),
            note=str(each),
            when=words.days_away(day, today).capitalize(),
            was=words.short_day(day),
            is_late=day < today,
            due=day,
        )
        for each in found
        if (day := each.review_on)
    ]
    return Work(lines[:MOST], len(lines))


def _title(response: Response) -> str:
    form = response.policy_version.policy.questionnaire(response.questionnaire)
    return words.inside(form.short or form.title)


def challenges(user: User, today: date) -> Work | None:
    """Questions about levels that wait for this person: to answer, or to close (BRK-I07). One query."""
    threads = Challenge.objects.select_related("assessment__partnership")
    if Role.REGISTER_MANAGER in user.roles:
        waiting = threads.filter(state=Challenge.State.ANSWERED).exclude(assessment__made_by=user)
        verb = "Close"
    elif Role.LEAD_OFFICER in user.roles:
        waiting = threads.filter(state=Challenge.State.ASKED, assessment__partnership__lead_officer=user)
        verb = "Answer"
    else:
        return None
    found = list(waiting.order_by("asked_at", "pk"))
    lines = [
        Line(
            f"{verb} the challenge to {thread.assessment.partnership}",
            reverse(
                "assessments:challenge_thread",
                args=[thread.assessment.partnership.reference, thread.assessment.slug, thread.number],
            ),
            note=f"Assessment {thread.assessment.label}, asked on {words.day(thread.asked_at)}",
        )
        for thread in found[:MOST]
    ]
    return Work(lines, len(found))


def to_reassess(user: User, today: date) -> Work | None:
    """For the register manager: entries that the policy in force asks to be assessed again. Three queries."""
    if Role.REGISTER_MANAGER not in user.roles:
        return None
    version = PolicyVersion.objects.in_force(today)
    again = services.to_make_again(version) if version else []
    if version is None or not again:
        return Work([], 0)
    number = sum(each.entries for each in again)
    line = Line(
        f"See the {words.count(number, 'entry', 'entries')} to assess again",
        reverse("assessments:to_reassess", args=[version.code, version.version]),
        note=f"Version {version.version} of the policy changes what levels mean",
    )
    return Work([line], 1)


def sources_of_actions(actions: list[Action], user: User) -> dict[int, Source]:
    """The answers that asked for actions, each with the page of its form. Named by `settings.ACTION_SOURCES`."""
    asked = Answer.objects.filter(action__in=actions).select_related("response__partnership", "action")
    return {
        answer.action_id: Source(
            answer.action.source,
            reverse(
                "assessments:questionnaire",
                args=[answer.response.partnership.reference, answer.response.questionnaire, answer.response.slug],
            ),
        )
        for answer in asked
        if answer.action and answer.action_id
    }
