"""What is before the people who advise and decide: one readable copy of a request, as plain data.

A paper holds text alone, under the request's own policy version, so that it reads the same for ever; a sealed
copy is this paper. Comparing two papers shows what changed, fact by fact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from approvals import proposed
from approvals.models import Request, StepTaken
from approvals.rules import StepState
from approvals.subjects import subject_of
from assessments.answers import CouncilLists
from assessments.explaining import Box, kept_boxes, live_boxes
from assessments.facts import facts_of
from assessments.models import Assessment, Response
from assessments.reading_back import Said, sheet_of
from config import words
from policy.model import FACTS, Policy
from register.duplicates import kept_apart
from register.exports import Column, columns_of, fetched
from register.models import Partnership

Paper = dict[str, Any]
NOT_SAID = "Not answered"


def paper_of(request: Request, *, steps: Sequence[StepTaken]) -> Paper:
    """The request as it stands now: what is asked, the entry's facts, levels with reasons, answers, advice so far.

    The number of queries depends on the policy's questionnaires, not on what was answered.
    """
    policy = request.policy_version.policy
    return {
        "request": {
            "reference": request.reference,
            "asks": policy.route(request.route).title,
            "about": request.about,
            "about_rows": list(subject_of(request).on_paper(request)),
            "why": request.why,
            "proposed_by": request.proposed_by_name,
            "round": str(request.round),
            "said": {FACTS[name].label: "Yes" if value else "No" for name, value in request.said.items()},
        },
        "policy": {
            "code": request.policy_version.code,
            "version": request.policy_version.version,
            "title": request.policy_version.title,
            "digest": request.policy_version.digest,
        },
        **(_of_the_entry(request, policy) if request.partnership else _of_the_register(request)),
        "earlier": refused_before(request),
        "changes": proposed.lines_of(request),
        "follows": proposed.what_follows(request),
        "steps": [said_of(step, policy, request.route) for step in steps],
    }


def _of_the_entry(request: Request, policy: Policy) -> Paper:
    entry, partnership = entry_of(request, policy), request.entry
    return {
        "partnership": {"reference": entry.reference, "name": entry.name},
        "facts": facts_in_words(entry, policy),
        "apart": _not_the_same(partnership),
        "learned": [row for path in settings.PAPER_ROWS for row in import_string(path)(request)],
        "levels": _levels(partnership, policy),
        "answers": _answers(partnership),
        "documents": [str(document) for document in partnership.documents.order_by("pk")],
    }


def _of_the_register(request: Request) -> Paper:
    """What is asked about the whole register: what the app above says of it stands where an entry's facts would."""
    return {
        "partnership": {"reference": "", "name": request.about},
        "facts": [dict(row) for row in subject_of(request).says(request)],
        "apart": [],
        "learned": [],
        "levels": [],
        "answers": [],
        "documents": [],
    }


def _not_the_same(partnership: Partnership) -> list[dict[str, str]]:
    """The entries that look like it, and why it is a different one (MEL-F02, MEL-D15)."""
    return [
        {"label": f"Not {other} ({other.reference})", "value": f"It is a different one because: {why} ({by})"}
        for other, why, by in kept_apart(partnership)
    ]


def refused_before(request: Request) -> dict[str, str]:
    """The decision that this request asks to look at again, in words; empty for a first one."""
    earlier = request.follows
    if earlier is None:
        return {}
    record = StepTaken.objects.decisions().filter(request=earlier).select_related("request__policy_version").first()
    outcome = next((each.label for each in earlier.policy_version.policy.outcomes if each.id == earlier.outcome), "")
    return {
        "request": earlier.reference,
        "decision": record.reference if record else "",
        "body": record.body if record else "",
        "on": words.day(earlier.ended_at) if earlier.ended_at else "",
        "outcome": outcome,
        "reasons": record.reasons if record else "",
    }


def entry_of(request: Request, policy: Policy) -> Partnership:
    """The entry with what the policy's columns need."""
    columns = columns_of(policy).values()
    return fetched(Partnership.objects.filter(pk=request.entry.pk), columns).get()


def facts_in_words(entry: Partnership, policy: Policy) -> list[dict[str, str]]:
    """Every fact of the entry in the policy's order: its field, section, label and words."""
    return [
        {"id": column.id, "section": column.section, "label": column.label, "words": column.text(entry)}
        for column in columns_of(policy).values()
        if column.id not in ("reference", "status")
    ]


def material_of(request: Request, policy: Policy) -> dict[str, str]:
    """The facts whose change makes steps be taken again, by column, in words. The policy names their fields."""
    if request.partnership is None:
        return dict(subject_of(request).material(request))
    columns = material_columns(policy)
    entry = fetched(Partnership.objects.filter(pk=request.entry.pk), columns).get()
    return {column.id: column.text(entry) for column in columns}


def material_columns(policy: Policy) -> list[Column]:
    """The columns of the fields that the policy calls material."""
    known = columns_of(policy)
    ids = [field.core or field.id for field in map(policy.field, policy.material)]
    return [known[each] for each in ids if each in known]


@dataclass(frozen=True)
class Change:
    """A fact that differs between two moments: its label and both values in words."""

    label: str
    was: str
    now: str
    note: str = ""


def changes(policy: Policy, before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """Which material facts differ, in the policy's order."""
    known = columns_of(policy)
    return [
        Change(known[each].label if each in known else each, before.get(each, ""), now.get(each, ""))
        for each in dict.fromkeys([*before, *now])
        if before.get(each, "") != now.get(each, "")
    ]


def _levels(partnership: Partnership, policy: Policy) -> list[dict[str, Any]]:
    latest = Assessment.objects.latest_for(partnership).prefetch_related("judgements", "overalls").first()
    if latest is not None:
        return [_box(box, latest.made_by_name, words.day(latest.completed_at)) for box in kept_boxes(latest)]
    boxes = live_boxes(policy, facts_of(partnership, policy))
    for box in boxes:
        box.level = getattr(partnership, box.scheme.core) if box.scheme.core else ""
    return [_box(box, "", "") for box in boxes]


def _box(box: Box, by: str, on: str) -> dict[str, Any]:
    return {
        "title": box.scheme.title,
        "level": box.scheme.level_label(box.level) if box.level in box.scheme.order else box.level or "Not set",
        "level_id": box.level,
        "scheme": box.scheme_id,
        "suggested": box.scheme.level_label(box.suggested) if box.suggested else "",
        "why": box.arithmetic,
        "differs_because": box.reason,
        "by": by,
        "on": on,
        "criteria": [
            {
                "label": line.criterion.label,
                "level": box.scheme.level_label(line.level) if line.level else NOT_SAID,
                "because": " ".join(filter(None, (line.because, line.why))),
                "nearest": line.nearest,
            }
            for line in box.lines
        ],
    }


def _answers(partnership: Partnership) -> list[dict[str, Any]]:
    """The last answers sent to each form of the policy, as they read back."""
    newest: dict[str, Response] = {}
    for response in Response.objects.sent().filter(partnership=partnership).select_related("policy_version"):
        known = newest.get(response.questionnaire)
        if known is None or known.sent_at is None or (response.sent_at and response.sent_at > known.sent_at):
            newest[response.questionnaire] = response
    found = []
    lists = CouncilLists()
    for name, response in newest.items():
        form = response.policy_version.policy.questionnaire(name)
        answers = list(response.answers.select_related("evidence_document", "attachment", "action"))
        sheet = sheet_of(response, answers, lists)
        found.append(
            {
                "form": name,
                "title": f"{form.title} {response.label}",
                "by": response.sent_by_name,
                "on": words.day(response.sent_at) if response.sent_at else "",
                "results": [result.sentence for result in sheet.holding],
                "sections": [
                    {
                        "title": section.section.title,
                        "rows": [
                            {"label": said.question.text, "words": said.answer or NOT_SAID, "reason": _beside(said)}
                            for said in section.said
                            if not said.is_statement
                        ],
                    }
                    for section in sheet.sections
                ],
            }
        )
    return found


def _beside(said: Said) -> str:
    """What was said beside an answer: the figures and words that belong to it, and the reason."""
    return ". ".join(filter(None, (*(f"{label}: {value}" for label, value in said.beside), said.reason)))


def said_of(step: StepTaken, policy: Policy, route: str) -> dict[str, str]:
    """A step that was taken, in words."""
    pack_step = policy.route(route).by_id[step.step]
    outcome = next((each.label for each in policy.outcomes if each.id == step.outcome), "")
    return {
        "step": step.step,
        "title": pack_step.title,
        "clause": pack_step.clause,
        "body": step.body,
        "outcome": outcome,
        "reasons": step.reasons,
        "options": step.options,
        "interests": step.interests,
        "minute": step.minute,
        "by": step.said_by,
        "on": words.day(step.on),
    }


def body_of(policy: Policy, state: StepState) -> str:
    """What the council calls the body or people whose step it is."""
    if state.step.joint_body:
        return state.step.joint_body
    roles = [role for each in state.step.role if (role := policy.role(each))]
    return words.listed(dict.fromkeys(role.short or role.label for role in roles))
