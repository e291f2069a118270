"""Reports of the whole register on the route of the policy: made once, kept whole, received and decided on.

Source: BRK-F24, BRK-F19; HAR-F11, HAR-F12; RED-F37 to F39.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from approvals.models import Request, Status
from approvals.subjects import About, Subject
from config import words
from policy.model import Policy, Report
from reports.catalogue import Asked, asked_for, make
from reports.making import PAPER
from reports.models import SentReport, digest_of
from reports.pdf import on_paper
from reports.shape import Paper

KIND = "report"


def goes_up(name: str, policy: Policy) -> list[Report]:
    """The reports of the policy that a made report answers and that go up on a route."""
    return [each for each in asked_for(name, policy) if each.route]


def about(asked: Report, name: str, period: str, paper: Paper) -> About:
    """What a request about a report is about."""
    title = " ".join(filter(None, (asked.title, paper.period)))
    address = reverse("reports:sent", args=[name, period, asked.id])
    return About(key_of(asked, period), title[:160], address)


def key_of(asked: Report, period: str) -> str:
    """How a request about a report of a period is found again."""
    return f"{KIND}:{asked.id}:{period}"[:60]


def keep(request: Request, asked: Report, name: str, period: str, *, by: User, at: datetime) -> SentReport:
    """Make the report as the register stands and keep it whole with the request, each partnership's page too.

    Raises Refused.
    """
    paper = make(Asked(name, period, str(by), at, by=by))
    page = on_paper(PAPER, {"report": paper})
    digest = digest_of(page)
    found = SentReport(
        request=request,
        report=name,
        period=period,
        asked=asked.id,
        title=request.about,
        page=page,
        digest=digest,
        rows=_rows(paper, digest),
        made_at=at,
        made_by=by,
        made_by_name=str(by),
    )
    found.save()
    return found


def _rows(paper: Paper, digest: str) -> list[dict[str, str]]:
    """What the paper of its request says of a report: what its cover says, and by which digest it is known."""
    made = [
        ("Report", paper.whole_title),
        ("As the register stood on", words.day(paper.on)),
        ("Made", f"{words.day(paper.made_on)}, by {paper.made_by}"),
        ("Its digest", digest),
    ]
    if paper.entries:
        made.append(("Pages of single partnerships", f"All {len(paper.entries):,} are in the file"))
    figures = [(fact.label, ". ".join(filter(None, (fact.figure, fact.sense)))) for fact in paper.facts]
    asks = [("To look at", ask.words) for ask in paper.asks]
    sections = (("The report", made), ("Its figures", figures), ("What it asks for", asks))
    return [
        {"id": f"report-{number}-{place}", "section": section, "label": label, "words": said}
        for number, (section, rows) in enumerate(sections)
        for place, (label, said) in enumerate(rows)
    ]


def newest(request: Request) -> SentReport | None:
    """The report that a request is about, as it was made last."""
    return SentReport.objects.defer("page").filter(request=request).order_by("-pk").first()


def requests_about(asked: Report, period: str) -> list[Request]:
    """The requests by which a report of a period went up, newest first; withdrawn ones are left out."""
    return list(Request.objects.about(key_of(asked, period)).exclude(status=Status.WITHDRAWN))


def _missing(request: Request) -> Sequence[str]:
    return [] if newest(request) else ["Make the report first"]


def _says(request: Request) -> Sequence[Mapping[str, str]]:
    found = newest(request)
    return found.rows if found else []


def _material(request: Request) -> Mapping[str, str]:
    found = newest(request)
    return {"Digest of the report": found.digest} if found else {}


SUBJECT = Subject(kind=KIND, missing=_missing, says=_says, material=_material)
