"""Which reports of the year and of the register there are, for which periods, and who receives each by policy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.roles import Role
from config import words
from policy.model import Policy, Report
from policy.refused import Refused
from reports.annual import annual_report, version_on, years
from reports.lists import Made, fields_report, planning, planning_years, programme, versions
from reports.refresh import campaign_of, refresh_report
from reports.risk_update import risk_update
from reports.rules import Year, quarter_of, quarter_on, year_of
from reports.shape import Paper
from reports.standing import began_on
from reviews.models import Campaign

NOW = "today"  # the period of a report that is always of today, as addresses write it
FIELDS = "fields"  # a report that the policy’s own fields describe

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


def _made(asked: Asked, readers: str) -> Made:
    return Made(version_on(asked.today), asked.today, readers, asked.made_by)


def _quarters(today: date) -> list[Period]:
    first = began_on()
    if first is None:
        return []
    found, quarter, last = [], quarter_on(first), quarter_on(today)
    while quarter.first <= last.first:
        found.append(Period(quarter.slug, quarter.words))
        quarter = quarter.following
    return found[::-1]


def _risk_update(asked: Asked, readers: str) -> Paper:
    try:
        quarter = quarter_of(asked.period)
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong
    return risk_update(quarter, _made(asked, readers), now=asked.now)


def _planned(today: date) -> list[Period]:
    return [Period(Year(year).slug, words.financial_year(year)) for year in planning_years(today)]


def _planning(asked: Asked, readers: str) -> Paper:
    try:
        year = year_of(asked.period)
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong
    if year.slug not in {period.slug for period in _planned(asked.today)}:
        raise Refused(f"The register has no money of {words.financial_year(year.starts)} to plan. Choose another year")
    return planning(year.starts, _made(asked, readers))


def _refreshes(today: date) -> list[Period]:
    return [Period(each.slug, each.label) for each in Campaign.objects.for_list()]


def _refresh(asked: Asked, readers: str) -> Paper:
    made = _made(asked, readers or label_of_role(version_on(asked.today).policy, Role.MANAGEMENT_TEAM))
    return refresh_report(campaign_of(asked.period), made)


def today_alone(today: date) -> list[Period]:
    """The one period of a report that is always of today."""
    return [Period(NOW, "Today")]


def _live(make: Callable[[Asked, str], Paper]) -> Callable[[Asked, str], Paper]:
    """A report that is always of today."""

    def made(asked: Asked, readers: str) -> Paper:
        if asked.period != NOW:
            raise Refused("This report is always of today. Open it as it stands now")
        return make(asked, readers)

    return made


def _programme(asked: Asked, readers: str) -> Paper:
    made = _made(asked, readers)
    return programme(next((each for each in made.policy.reports if each.made_as == "programme"), None), made)


MAKERS: dict[str, Maker] = {
    "annual": Maker(
        "Annual report on partnerships",
        "What is on the register, what changed in the year, what it costs, and what is weak, late or missing?",
        _years,
        _annual,
    ),
    "risk-update": Maker(
        "Risks and opportunities of partnerships",
        "Which risks and opportunities rose, fell, are new or were closed in the quarter?",
        _quarters,
        _risk_update,
    ),
    "planning": Maker(
        "Partnerships in business planning",
        "What do partnerships take from the budget of a year, agreed or outside it, and who has not said?",
        _planned,
        _planning,
    ),
    "programme": Maker(
        "Programme of reviews and reports",
        "Which partnership is reviewed or reported on when, by whom, and what is late?",
        today_alone,
        _live(_programme),
    ),
    "refresh": Maker(
        "Yearly refresh of the register",
        "How far is the yearly refresh, who is late, and what do the reviews recommend?",
        _refreshes,
        _refresh,
    ),
    "versions": Maker(
        "Version history of the policy",
        "Which version of the policy held when, and who put it in force?",
        today_alone,
        _live(lambda asked, readers: versions(_made(asked, readers))),
    ),
}


def maker_of(name: str, policy: Policy) -> Maker | None:
    """What makes the report of this name: a kind of the register, or one of the policy that its fields describe."""
    if name in MAKERS:
        return MAKERS[name]
    report = next((each for each in policy.reports if each.id == name and each.made_as == FIELDS), None)
    if report is None:
        return None
    asked_for = report

    def make(asked: Asked, readers: str) -> Paper:
        return fields_report(asked_for, _made(asked, readers))

    return Maker(report.title, report.answers, today_alone, _live(make))


def asked_for(name: str, policy: Policy) -> list[Report]:
    """The reports of the policy that a report of this name answers."""
    return [each for each in policy.reports if made_from(each) == name]


def make(asked: Asked) -> Paper:
    """Make a report. Raises Refused with what to do, also where there is no such report."""
    policy = version_on(asked.today).policy
    maker = maker_of(asked.report, policy)
    if maker is None:
        raise Refused("There is no such report under the policy in force. Choose one from the list of reports")
    roles = dict.fromkeys(role for report in asked_for(asked.report, policy) for role in report.audience)
    return maker.make(asked, words.listed(label_of_role(policy, role) for role in roles))


def made_from(report: Report) -> str:
    """The name of what makes a report of the policy, or "" where nothing of this file does."""
    if report.made_as == FIELDS:
        return report.id
    return report.made_as if report.made_as in MAKERS else ""


ELSEWHERE = ("appointments", "meeting")  # what reports cover that are made from pages of their own


def subject_of(report: Report) -> str:
    """Which of ours answers a report of the policy: register, resources, a request's paper, a form, or "" for none yet.

    What a policy lists as contents of its own, no report of ours has yet. Register: BRK-G01; HAR-G01; RED-G01;
    STR-G01. Paper of a request: BRK-G03. Briefing: BRK-G12.
    Form as it was answered: BRK-G09; HAR-G05, G07; MEL-G05; STR-G02.
    Appointments: BRK-G10, BRK-G11.
    """
    if report.contents or report.covers in ELSEWHERE:
        return report.covers if report.covers in ELSEWHERE else ""
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
