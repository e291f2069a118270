"""What was decided on a form: for its questions that are answered by a step of a request and not by a person.

Source: RED-D2A-26, MEL-D28, MEL-D29, MEL-D79, MEL-D84, BRK-D29, STR-I05.
"""

from approvals.models import StepTaken
from approvals.rules import DECIDING
from assessments.models import Response
from config import words
from policy.model import Policy, Question


def decided(response: Response) -> dict[str, str]:
    """What was decided on a form since it was sent and before it was sent anew, in words by question.

    Two queries for any number of questions. Named by `settings.DECIDED_ANSWERS`.
    """
    policy = response.policy_version.policy
    form = policy.questionnaire(response.questionnaire)
    asked = {each.id: steps_for(policy, form.id, each) for each in form.by_id.values() if each.type == "decision"}
    if response.sent_at is None or not asked:
        return {}
    same = Response.objects.sent().filter(partnership=response.partnership_id, questionnaire=response.questionnaire)
    later = same.filter(sent_at__gt=response.sent_at).order_by("sent_at").values_list("sent_at", flat=True).first()
    wanted = {step for steps in asked.values() for step in steps}
    taken = StepTaken.objects.filter(
        request__partnership=response.partnership_id, step__in=wanted, at__gte=response.sent_at
    ).select_related("request__policy_version")
    if later is not None:
        taken = taken.filter(at__lt=later)
    # What was said anew, after a change or in another round, stands in place of what was said before.
    last = {(step.request_id, step.step): step for step in taken.order_by("number")}
    found = {
        question: "; ".join(_in_words(step) for step in last.values() if step.step in steps)
        for question, steps in asked.items()
    }
    return {question: said for question, said in found.items() if said}


def steps_for(policy: Policy, form: str, question: Question) -> tuple[str, ...]:
    """The steps that a question tells: those that it names, else all that decide on a route which needs the form."""
    if question.decided_in:
        return question.decided_in
    return tuple(
        step.id
        for route in policy.routes
        if form in route.needs or any(form in each.needs for each in route.steps)
        for step in route.steps
        if step.act in DECIDING
    )


def _in_words(step: StepTaken) -> str:
    """One step: "Agree: R.H. for CMT, 20 November 2026 (D-2026-004)"."""
    policy = step.request.policy_version.policy
    outcome = next((each.label for each in policy.outcomes if each.id == step.outcome), "Done")
    by = step.said_by
    reference = f" ({step.reference})" if step.reference else ""
    return f"{outcome}: {step.body}, {by}, {words.day(step.on)}{reference}"
