"""Which reports of the year and of the register there are, for which periods, and who receives each by policy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from config import words
from policy.model import Policy, Report
from policy.refused import Refused
from register.models import Partnership
from reports.annual import annual_report, version_on, years
from reports.described import about_register, described
from reports.lessons import lessons
from reports.lists import Made, fields_report, planning, planning_years, programme, versions
from reports.public import PARTNER, PUBLIC
from reports.refresh import campaign_of, refresh_report
from reports.risk_update import risk_update, why_not
from reports.rules import Quarter, Year, quarter_of, quarter_on, year_of
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
    by: User | None = None  # whose eyes it is for, where it tells what not everybody may know of

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
    is_long: bool = False  # a PDF on many partnerships is made in the background


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


def _quarter(asked: Asked) -> Quarter:
    """The quarter that is asked for. Raises Refused for one without a register."""
    try:
        quarter = quarter_of(asked.period)
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong
    if problem := why_not(quarter, today=asked.today):
        raise Refused(problem)
    return quarter


def _risk_update(asked: Asked, readers: str) -> Paper:
    return risk_update(_quarter(asked), _made(asked, readers), now=asked.now)


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


def _lessons(asked: Asked, readers: str) -> Paper:
    try:
        year = year_of(asked.period)
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong
    if year.slug not in {period.slug for period in _years(asked.today)}:
        raise Refused("The register has no such year. Choose one of the periods there are")
    made = _made(asked, readers or label_of_role(version_on(asked.today).policy, Role.MANAGEMENT_TEAM))
    return lessons(year, made)


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
        is_long=True,
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
    "lessons": Maker(
        "Digest of lessons",
        "What did partnerships that were left achieve, do well and could have done better?",
        _years,
        _lessons,
    ),
    "versions": Maker(
        "Version history of the policy",
        "Which version of the policy held when, and who put it in force?",
        today_alone,
        _live(lambda asked, readers: versions(_made(asked, readers))),
    ),
}


def maker_of(name: str, policy: Policy) -> Maker | None:
    """What makes the report of this name: a kind of the register, or one of the policy that describes itself."""
    if name in MAKERS:
        return MAKERS[name]
    report = next((each for each in policy.reports if each.id == name and made_from(each) == name), None)
    if report is None:
        return None
    asked_for = report
    if report.made_as == FIELDS or not (report.schemes or report.questionnaires or report.contents):

        def make_fields(asked: Asked, readers: str) -> Paper:
            return fields_report(asked_for, _made(asked, readers))

        return Maker(report.title, report.answers, today_alone, _live(make_fields))

    def make(asked: Asked, readers: str) -> Paper:
        made = _made(asked, readers)
        if asked.by is None:
            raise Refused("This report tells each reader what they may know of. Sign in and open it")
        quarter = _quarter(asked) if asked_for.how_often == "quarterly" else None
        return described(about_register(asked_for, made.version, asked.by, asked.now, quarter), made)

    if report.how_often == "quarterly":
        return Maker(report.title, report.answers, _quarters, make, is_long=True)
    return Maker(report.title, report.answers, today_alone, _live(make), is_long=True)


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
    """The name of what makes a report of the policy over the register, or "" where nothing of this file does."""
    if report.made_as == FIELDS or (
        report.covers == "register" and is_put_together(report) and not _is_resources(report)
    ):
        return report.id
    return report.made_as if report.made_as in MAKERS else ""


ELSEWHERE = ("appointments", "meeting")  # what reports cover that are made from pages of their own
OF_ONE = ("request", "partnership", "exit")  # what reports cover that are made from the page of one matter


def is_put_together(report: Report) -> bool:
    """Whether the register puts a report together from its own fields, schemes, forms and contents.

    A policy that was put in force before parts had names can have contents in words alone: nothing makes those.
    """
    has_any = report.fields or report.schemes or report.questionnaires or report.contents
    return report.is_described and bool(has_any) and all(content.part for content in report.contents)


def _is_resources(report: Report) -> bool:
    has_more = report.schemes or report.questionnaires or report.contents
    return report.covers == "register" and report.is_described and report.how_often == "yearly" and not has_more


def subject_of(report: Report) -> str:
    """Which page makes a report of the policy that is not made over the register: what it covers, or "" for none.

    The register itself: BRK-G01; HAR-G01; RED-G01; STR-G01. Resources: BRK-G13. Briefing: BRK-G12.
    Appointments: BRK-G10, BRK-G11. The agreement of an entry: RED-G05. Of one matter: `reports.described`.
    """
    if report.made_as == "agreement" or report.covers in ELSEWHERE:
        return report.made_as or report.covers
    if report.covers in OF_ONE:
        return report.covers if is_put_together(report) else ""
    if report.all_fields and not report.contents:
        return "register"
    return "resources" if _is_resources(report) else ""


def is_made(report: Report) -> bool:
    """Whether the register makes a report of the policy: over the register, or from the page of what it covers."""
    return bool(made_from(report) or subject_of(report))


def is_for_outside(report: Report) -> bool:
    """Whether a report is for people without an account: the pages of `reports.public` show it (RED-G02, STR-G05)."""
    return report.audience != "everyone" and {PUBLIC, PARTNER}.issuperset(report.audience)


def of_one(policy: Policy, *covers: str) -> list[Report]:
    """The reports of the policy that are made about one matter: a request, or a partnership and its leaving."""
    return [each for each in policy.reports if each.covers in covers and subject_of(each) == each.covers]


def may_read(report: Report, user: User, entry: Partnership) -> bool:
    """Whether a report about an entry is for this person: whom the policy names, who keeps the entry, who checks it."""
    roles = {str(role) for role in user.roles}
    if roles & {*report.audience, Role.REGISTER_MANAGER, Role.AUDITOR}:
        return True
    return Partnership.objects.editable_by(user).filter(pk=entry.pk).exists()
