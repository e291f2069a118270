"""Which reports of the year and of the register there are, for which periods, and who receives each by policy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from config import words
from policy.model import Policy, Report
from policy.refused import Refused
from reports.annual import annual_report, version_on, years
from reports.rules import year_of
from reports.shape import Paper

OnEntry = Callable[[int, int], None]


@dataclass(frozen=True)
class Period:
    """A period as addresses write it and as people say it."""

    slug: str
    words: str


@dataclass(frozen=True)
class Asked:
    """One report that somebody wants: which, of when, for whom, and how to say how far it is."""

    report: str
    period: str
    made_by: str
    now: datetime
    with_entries: bool = True
    on_entry: OnEntry = lambda done, total: None

    @property
    def today(self) -> date:
        """The day on which it is made."""
        return timezone.localdate(self.now)


@dataclass(frozen=True)
class Maker:
    """How a kind of report is made, what it is called and answers, and for which periods."""

    title: str
    answers: str
    periods: Callable[[date], list[Period]]
    make: Callable[[Asked, str], Paper]


def readers_of(policy: Policy, made_as: str) -> str:
    """Who receives reports of a kind under a policy: "CMT and Scrutiny"."""
    found = dict.fromkeys(
        label_of_role(policy, role)
        for report in policy.reports
        if report.made_as == made_as
        for role in report.audience
    )
    return words.listed(found)


def label_of_role(policy: Policy, role_id: str) -> str:
    """What a policy calls a role."""
    role = policy.role(role_id)
    return role.label if role else role_id.replace("_", " ").capitalize()


def _years(today: date) -> list[Period]:
    return [Period(year.slug, words.review_year(year.starts)) for year in years(today=today)]


def _annual(asked: Asked, readers: str) -> Paper:
    try:
        year = year_of(asked.period)
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong
    return annual_report(
        year,
        readers=readers,
        made_by=asked.made_by,
        now=asked.now,
        with_entries=asked.with_entries,
        on_entry=asked.on_entry,
    )


MAKERS: dict[str, Maker] = {
    "annual": Maker(
        "Annual report on partnerships",
        "What is on the register, what changed in the year, what it costs, and what is weak, late or missing?",
        _years,
        _annual,
    ),
}


def make(asked: Asked) -> Paper:
    """Make a report. Raises Refused with what to do; KeyError for a report that there is not."""
    version = version_on(asked.today)
    return MAKERS[asked.report].make(asked, readers_of(version.policy, asked.report))


def made_from(report: Report) -> str:
    """The key of what makes a report of the policy, or "" where nothing of this file does."""
    return report.made_as if report.made_as in MAKERS else ""


def subject_of(report: Report) -> str:
    """Which of ours answers a report of the policy: register, resources, a request's paper, a form, or "" for none yet.

    What a policy lists as contents of its own, no report of ours has yet. Register: BRK-G01; HAR-G01; RED-G01;
    STR-G01. Paper of a request: BRK-G03. Form as it was answered: BRK-G09; HAR-G05, G07; MEL-G05; STR-G02.
    Appointments: BRK-G10, BRK-G11.
    """
    if report.contents or report.covers == "appointments":
        return "appointments" if report.covers == "appointments" else ""
    if report.covers == "register":
        if report.all_fields:
            return "register"
        return "resources" if report.how_often == "yearly" and not report.schemes and not report.questionnaires else ""
    if not report.questionnaires:
        return ""
    if report.fields or report.schemes:
        return "request" if report.covers == "request" else ""
    return "form"


def is_made(report: Report) -> bool:
    """Whether the register makes a report of the policy, by a maker of its own or from its fields and forms."""
    return bool(made_from(report) or subject_of(report))
