"""What is printed about one matter: a form, blank or answered, a request, a decision. Plain data for the templates."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from approvals import queries, services
from approvals.models import Request, StepTaken
from approvals.papers import paper_of
from assessments.blank_forms import blank_of
from assessments.models import Answer, Response
from assessments.reading_back import Sheet, sheet_of
from config import words
from policy.model import Questionnaire
from policy.models import PolicyVersion

ANSWERS = "reports/answers_paper.html"
FORM = "reports/form_paper.html"
REQUEST = "reports/request_paper.html"
DECISION = "reports/decision_paper.html"

Lines = list[tuple[str, str]]


def _paper(title: str, head: Lines, *, made_on: date, made_by: str, **more: Any) -> dict[str, Any]:
    """What every paper has: the council, a title, lines of what it is about, when and by whom it was made."""
    return {
        "council": settings.COUNCIL_NAME,
        "title": title,
        "head": [(label, said) for label, said in head if said],
        "made_on": made_on,
        "made_by": made_by,
        **more,
    }


def _policy(version: PolicyVersion) -> str:
    return f"{version.title}, version {version.version}"


def answers_paper(response: Response, *, made_on: date, made_by: str) -> dict[str, Any]:
    """A form as it was answered, under the policy version of the response."""
    sheet = sheet_of(response, list(Answer.objects.whole().filter(response=response)))
    partnership = response.partnership
    head: Lines = [
        ("Partnership", f"{partnership.name} ({partnership.reference})"),
        ("Policy", _policy(response.policy_version)),
        ("Clause", sheet.questionnaire.clause),
        ("Answered by", _who_answered(sheet) or response.started_by_name),
        ("Sent", _sent(response)),
    ]
    title = f"{sheet.questionnaire.title} {response.label}"
    return _paper(title, head, made_on=made_on, made_by=made_by, about=partnership.name, sheet=sheet, response=response)


def _who_answered(sheet: Sheet) -> str:
    return words.listed(dict.fromkeys(said.by for section in sheet.sections for said in section.said if said.by))


def _sent(response: Response) -> str:
    if response.sent_at is None:
        return f"Not sent: a draft, saved {words.day(response.saved_at)}"
    return f"{words.day(response.sent_at)}, by {response.sent_by_name}"


def form_paper(version: PolicyVersion, form: Questionnaire, *, made_on: date, made_by: str) -> dict[str, Any]:
    """A form of the policy without answers, with room to write by hand."""
    head: Lines = [("Policy", _policy(version)), ("Clause", form.clause)]
    sections = blank_of(version.policy, form)
    return _paper(form.title, head, made_on=made_on, made_by=made_by, about="Blank form", form=form, sections=sections)


def request_paper(request: Request, *, address: str, made_on: date, made_by: str) -> dict[str, Any]:
    """What is before those who advise and decide on a request, as it stands now. Source: CORE-13."""
    paper = paper_of(request, steps=services.situation_of(request).taken)
    head: Lines = [
        ("Partnership" if request.partnership else "About", _matter(paper)),
        ("Asked", paper["request"]["asks"]),
        ("Proposed by", paper["request"]["proposed_by"]),
        ("Stands", _stands(request)),
        ("Policy", f"{paper['policy']['title']}, version {paper['policy']['version']}"),
        ("In the register", address),
    ]
    title = f"{request.reference}: {paper['request']['asks']}"
    about = paper["partnership"]["name"]
    return _paper(title, head, made_on=made_on, made_by=made_by, about=about, report=paper)


def _matter(paper: Mapping[str, Any]) -> str:
    """What a paper is about: its entry with the reference, or what stands in the place of one."""
    about = paper["partnership"]
    return f"{about['name']} ({about['reference']})" if about["reference"] else str(about["name"])


def _stands(request: Request) -> str:
    sent = f", sent {words.day(request.sent_at)}" if request.sent_at else ""
    return f"{request.get_status_display()}{sent}"


def decision_paper(
    record: StepTaken, *, address: str, made_on: date, made_by: str, is_notice: bool = False
) -> dict[str, Any]:
    """A decision as a written record; the notice leaves out what was before those who decided.

    It gives what regulations 12 and 13 of the Local Authorities (Executive Arrangements) (Meetings and Access to
    Information) (England) Regulations 2012 and regulation 7 of the Openness of Local Government Bodies Regulations
    2014 ask of the record of a decision: the day, the decision, its reasons, other options that were considered and
    rejected, conflicts of interest that were declared, and dispensations. Source: CORE-13.
    """
    row = queries.taken_row(record)
    paper = record.paper
    name = paper["partnership"]["name"]
    decided = ". ".join(filter(None, (row.outcome or "Done", row.list_reason)))
    what, done = ("recommendation", "Recommended") if record.act == "recommend" else ("decision", "Decided")
    head: Lines = [
        (what.capitalize(), decided),
        ("Matter", f"{paper['request']['asks']}: {_matter(paper)}"),
        (f"{done} by", record.body),
        (f"{done} on", words.day(record.on)),
        ("Minute", record.minute),
        ("Step and clause", f"{row.title} ({row.clause})"),
        ("Recorded by", f"{row.by}, {words.moment(record.at)}"),
        ("Policy", f"{paper['policy']['title']}, version {paper['policy']['version']}"),
    ]
    kind = f"{what.capitalize()} notice" if is_notice else f"Record of {what}"
    return _paper(
        f"{kind} {record.reference}",
        head,
        made_on=made_on,
        made_by=made_by,
        about=name,
        record=record,
        report=paper,
        interests=_interests(record),
        conditions=[_condition(each.action) for each in record.conditions.select_related("action__owner")],
        address=address,
        is_notice=is_notice,
        is_whole=record.is_whole,
    )


def _interests(record: StepTaken) -> Sequence[str]:
    """What was recorded with the decision, then what people had declared in the request by that day."""
    return [*filter(None, [record.interests]), *(each.in_words for each in queries.interests_at(record))]


def _condition(action: Any) -> tuple[str, str, str]:
    """What has to be done, by whom, and how far it is."""
    if action.done_on:
        state = f"Met on {words.day(action.done_on)}" + (f": {action.outcome}" if action.outcome else "")
    else:
        state = f"By {words.day(action.due_on)}" if action.due_on else "No day is set"
    return action.text, str(action.owner or action.owner_name or "Nobody yet"), state
