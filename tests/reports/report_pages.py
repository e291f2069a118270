"""The pages of reports: who may open them, and how they are looked at in a browser."""

from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from approvals import services
from approvals.models import Request
from register.models import Membership, Organisation, Status
from reports import public, sending
from reports.catalogue import NOW, Asked, make
from reports.models import SentReport
from reports.rules import Year, quarter_on
from tests.approvals.making import Council as Deciding
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force
from tests.register.risk_packs import make_risk, put_matrix_in_force
from tests.reports.past import make_past
from tests.reviews.making import Council

VIEW = PERMISSIONS["reports.view"]


def _year() -> Year:
    """The running year of reports: the one year in which records made now stand."""
    today = timezone.localdate()
    return Year(today.year if (today.month, today.day) >= (4, 1) else today.year - 1)


YEAR = _year().slug
PERIODS = {"annual": YEAR, "risk-update": quarter_on(timezone.localdate()).slug}


def send_report(council: Deciding, report: str = "annual", asked: str = "brk-g02", *, by: Any = None) -> Request:
    """A report of the policy, made now and sent up its route by the register manager."""
    wanted, period, now, by = (
        council.policy.report(asked),
        PERIODS.get(report, NOW),
        timezone.now(),
        by or council.manager,
    )
    about = sending.about(wanted, report, period, make(Asked(report, period, str(by), now, with_entries=False, by=by)))
    return services.send_up(
        wanted.route, about=about, why="", by=by, version=council.version, at=now,
        first=lambda request: sending.keep(request, wanted, report, period, by=by, at=now),
    )  # fmt: skip


def _sent() -> SentReport:
    send_report(Deciding(status=Status.ACTIVE))
    return SentReport.objects.get()


def _going_up() -> dict[str, Any]:
    put_policy_in_force()
    make_partnership()
    return {"report": "annual", "period": YEAR, "asked": "brk-g02"}


def _sent_parts() -> dict[str, Any]:
    found = _sent()
    return {"report": found.report, "period": found.period, "asked": found.asked}


def _to_receive() -> str:
    return reverse("approvals:step", args=[_sent().request.reference, "brk-f24-register"])


def _of(report: str, **more: Any) -> Callable[[], dict[str, Any]]:
    def parts() -> dict[str, Any]:
        put_policy_in_force()
        make_partnership()
        return {"report": report, **more}

    return parts


CHECK = PERMISSIONS["reports.check"]


def _entry() -> dict[str, Any]:
    put_policy_in_force()
    return {"reference": make_partnership().reference}


def _meeting() -> dict[str, Any]:
    return _entry() | {"on": "2026-12-08"}


def _checked() -> dict[str, Any]:
    put_policy_in_force()
    return {"check": "no-partners"}


BOARD = PERMISSIONS["reports.dashboard"]


def _policy() -> dict[str, Any]:
    put_policy_in_force()
    return {}


def _opened(*, entry: bool = False, token: bool = False, member: bool = False) -> dict[str, Any]:
    """A register that the policy opens to the public and to partners, with an entry that has a partner."""
    put_policy_in_force("redditch")
    made = make_partnership(name="Marsh Valley Mobility Partnership", is_statutory=False)
    trust = Organisation.objects.get_or_create(name="Ashmere Community Trust")[0]
    joined = Membership(partnership=made, organisation=trust)
    joined.keep(by=make_user(), reason="Joined")
    if member:
        return {"reference": made.reference, "member_id": joined.pk}
    if token:
        return {"token": public.links_of(made)[0].token}
    return {"reference": made.reference} if entry else {}


def _outside(name: str, **more: bool) -> Callable[[], str]:
    return lambda: reverse(f"reports:{name}", kwargs=_opened(**more))


ACCESS: dict[str, tuple[Any, ...]] = {
    "reports:sent": (VIEW, _going_up),
    "reports:send": (PERMISSIONS["approvals.send_up"], _going_up),
    "reports:sent_html": (VIEW, lambda: {"number": _sent().pk}),
    "reports:sent_pdf": (VIEW, lambda: {"number": _sent().pk}),
    "reports:dashboard": (BOARD, _policy),
    "reports:dashboard_pdf": (BOARD, _policy),
    "reports:dashboard_xlsx": (BOARD, _policy),
    "reports:report": (VIEW, _of("annual")),
    "reports:paper": (VIEW, _of("annual", period=_year().slug)),
    "reports:check_list": (CHECK,),
    "reports:check": (CHECK, _checked),
    "reports:sheet_day": (PERMISSIONS["register.view"], _entry),
    "reports:sheet": (PERMISSIONS["register.view"], _meeting),
    "reports:sheet_pdf": (PERMISSIONS["register.view"], _meeting),
    "reports:paper_pdf": (VIEW, _of("annual", period=_year().slug)),
    "reports:paper_xlsx": (VIEW, _of("annual", period=_year().slug)),
    "reports:public_register": (None, _opened),
    "reports:public_register_csv": (None, _opened),
    "reports:public_partnership": (None, lambda: _opened(entry=True)),
    "reports:partner_view": (None, lambda: _opened(token=True)),
    "reports:partner_links": (frozenset({Role.REGISTER_MANAGER}), lambda: _opened(entry=True)),
    "reports:withdraw_partner_link": (frozenset({Role.REGISTER_MANAGER}), lambda: _opened(member=True)),
}


# Melton's evaluation is for the responsible head and the management team; those who keep or check an entry read all.
_OF_ENTRY = frozenset({Role.RESPONSIBLE_HEAD, Role.MANAGEMENT_TEAM, Role.REGISTER_MANAGER, Role.AUDITOR})
# Breckland's proposal for money goes to Cabinet.
_OF_REQUEST = frozenset({Role.EXECUTIVE, Role.REGISTER_MANAGER, Role.AUDITOR})


def _described() -> dict[str, Any]:
    put_policy_in_force("melton")
    return {"reference": make_partnership().reference}


def _evaluation() -> dict[str, Any]:
    return _described() | {"report": "mel-g03"}


def _sent_request() -> dict[str, Any]:
    return {"reference": Deciding().request().reference}


def _proposal() -> dict[str, Any]:
    return _sent_request() | {"report": "brk-g04"}


ACCESS |= {
    "reports:of_partnership_list": (PERMISSIONS["register.view"], _described),
    "reports:of_partnership": (_OF_ENTRY, _evaluation),
    "reports:of_partnership_pdf": (_OF_ENTRY, _evaluation),
    "reports:of_partnership_xlsx": (_OF_ENTRY, _evaluation),
    "reports:of_request_list": (PERMISSIONS["approvals.view"], _sent_request),
    "reports:of_request": (_OF_REQUEST, _proposal),
    "reports:of_request_pdf": (_OF_REQUEST, _proposal),
    "reports:of_request_xlsx": (_OF_REQUEST, _proposal),
}


def _past(path: str) -> Callable[[], str]:
    def address() -> str:
        make_past()
        return path

    return address


def _demonstration() -> str:
    call_command("load_demo", verbosity=0)
    return f"/reports/annual/{_year().slug}/"


def _nothing() -> str:
    put_policy_in_force()
    return "/checks/"


def _quarter() -> str:
    """The running quarter of an entry whose risks stand on a matrix."""
    version, by = put_matrix_in_force(), make_user(Role.REGISTER_MANAGER, name="T.W.")
    entry = make_partnership(by=by, name="Marsh Valley Mobility Partnership")
    control = "Agreement until 2028; talks begin a year before"
    note = "The grant for the second bus is not renewed"
    make_risk(entry, note=note, likelihood="3", impact="5", control=control, owner_name="D.F.", version=version)
    make_risk(entry, note="A third valley joins", side="opportunity", likelihood="4", impact="4", version=version)
    return f"/reports/risk-update/{quarter_on(timezone.localdate()).slug}/"


def _refresh() -> str:
    council = Council()
    campaign = council.campaign(council.partnership, council.entry())
    return f"/reports/refresh/{campaign.slug}/"


def _fields() -> str:
    put_policy_in_force("melton")
    make_contribution(make_partnership(name="Marsh Board", purpose="Keeps the sea out", hours_a_month=4), 1_234)
    return "/reports/mel-g07/today/"


def _of_request() -> str:
    council = Deciding(unbudgeted="8000")
    make_contribution(council.partnership, 8_000, year=2027, is_outside_budget=True, note="A second bus")
    request = council.request()
    council.take(request, "brk-f02-challenge", by=council.manager)
    return f"/requests/{request.reference}/reports/brk-g04/"


def _of_entry() -> str:
    return f"/partnerships/{_described()['reference']}/reports/"


def _report_of_entry() -> str:
    return f"{_of_entry()}mel-g03/"


def _reports_of_request() -> str:
    return f"/requests/{_sent_request()['reference']}/reports/"


LOOKS: list[tuple[Any, ...]] = [
    ("dashboard-manager", _past("/dashboard/"), Role.REGISTER_MANAGER),
    ("dashboard-team", _past("/dashboard/"), Role.MANAGEMENT_TEAM),
    ("dashboard-executive", _past("/dashboard/"), Role.EXECUTIVE),
    ("report-of-request", _of_request, Role.EXECUTIVE),
    ("reports-of-request", _reports_of_request, Role.EXECUTIVE),
    ("reports-of-entry", _of_entry, Role.MANAGEMENT_TEAM),
    ("report-of-entry", _report_of_entry, Role.MANAGEMENT_TEAM),
    ("annual-report", _past("/reports/annual/2025-26/"), Role.SCRUTINY),
    ("annual-report-demonstration", _demonstration, Role.MANAGEMENT_TEAM),
    ("checks", _past("/checks/"), Role.AUDITOR),
    ("checks-nothing-to-check", _nothing, Role.AUDITOR),
    ("check", _past("/checks/no-partners/"), Role.REGISTER_MANAGER),
    ("meeting-sheet-day", _past("/partnerships/P-0001/meeting-sheet/"), Role.EXECUTIVE),
    ("meeting-sheet", _past("/partnerships/P-0001/meeting-sheet/2026-12-08/"), Role.EXECUTIVE),
    ("annual-report-years", _past("/reports/annual/"), Role.SCRUTINY),
    ("report-risk-update", _quarter, Role.EXECUTIVE),
    ("report-planning", _past(f"/reports/planning/{_year().slug}/"), Role.MANAGEMENT_TEAM),
    ("report-programme", _past("/reports/programme/today/"), Role.REGISTER_MANAGER),
    ("report-refresh", _refresh, Role.MANAGEMENT_TEAM),
    ("report-of-fields", _fields, Role.MANAGEMENT_TEAM),
    ("public-register", _outside("public_register"), None),
    ("public-partnership", _outside("public_partnership", entry=True), None),
    ("partner-view", _outside("partner_view", token=True), None),
    ("partner-links", _outside("partner_links", entry=True), Role.REGISTER_MANAGER),
    ("partner-link-withdraw", _outside("withdraw_partner_link", member=True), Role.REGISTER_MANAGER),
    ("report-sent", lambda: reverse("reports:sent", kwargs=_sent_parts()), Role.SCRUTINY),
    ("report-send-up", lambda: reverse("reports:send", kwargs=_going_up()), Role.REGISTER_MANAGER),
    ("report-to-receive", _to_receive, Role.MANAGEMENT_TEAM),
    ("annual-report-no-such-year", _past("/reports/annual/1999-00/"), Role.SCRUTINY, 404),
]

FORMS: dict[str, Any] = {
    "meeting-sheet-day": ("refused", "refused"),
    "partner-link-withdraw": ("refused", "taken"),
    "report-send-up": ("taken", None),
    "report-to-receive": ("taken", "taken"),
}
