"""Which role may do what. *Which* records is a query (`editable_by`), *whether now* is `why_not`.

Source: requirements README section 6 and CORE-20; BRK-I09 for who may look.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.models import User


class SignedIn(HttpRequest):
    """A request of somebody who has signed in: what a view behind `requires` is given. For type checks alone."""

    user: "User"


EVERYONE = frozenset(Role)

PERMISSIONS: dict[str, frozenset[Role]] = {
    # The register: every signed-in member and officer reads it (BRK-I09).
    "register.view": EVERYONE,
    "register.export": EVERYONE,
    "register.change": frozenset({Role.LEAD_OFFICER, Role.REGISTER_MANAGER}),
    "register.propose": frozenset({Role.LEAD_OFFICER, Role.REGISTER_MANAGER}),
    "register.bulk_change": frozenset({Role.REGISTER_MANAGER}),
    "register.move": frozenset({Role.REGISTER_MANAGER}),
    "register.share_view": frozenset({Role.REGISTER_MANAGER, Role.ADMINISTRATOR}),
    "register.keep_lists": frozenset({Role.REGISTER_MANAGER, Role.ADMINISTRATOR}),
    # Legacy spreadsheets: the administrator's work; the register manager may do it too.
    "register.import": frozenset({Role.ADMINISTRATOR, Role.REGISTER_MANAGER}),
    # Assessments: the lead officer judges, the register manager challenges (BRK-I07).
    "assessments.view": EVERYONE,
    "assessments.change": frozenset({Role.LEAD_OFFICER, Role.REGISTER_MANAGER}),
    # Forms go to those whom the policy has fill them in: `assessments.answering` says which.
    "assessments.answer": EVERYONE - {Role.ADMINISTRATOR, Role.AUDITOR},
    "assessments.challenge": frozenset({Role.REGISTER_MANAGER}),
    # Requests and decisions. Which step somebody may take is asked at `approvals.gate`, of nobody's role alone.
    "approvals.view": EVERYONE,
    "approvals.ask": frozenset({Role.LEAD_OFFICER, Role.REGISTER_MANAGER}),
    # What is about the whole register goes up from those who keep it: new versions of the policy, reports of the year.
    "approvals.send_up": frozenset({Role.REGISTER_MANAGER, Role.ADMINISTRATOR}),
    "approvals.dispense": frozenset({Role.LEGAL_ADVISER, Role.REGISTER_MANAGER}),
    "approvals.deputise": frozenset({Role.ADMINISTRATOR, Role.REGISTER_MANAGER}),
    "approvals.keep_meetings": frozenset({Role.REGISTER_MANAGER}),
    # Those who decide and their lawyer say whether a decision is key (regulation 8 of the regulations of 2012).
    "approvals.mark_key": frozenset(
        {Role.REGISTER_MANAGER, Role.LEGAL_ADVISER, Role.MANAGEMENT_TEAM, Role.PORTFOLIO_HOLDER, Role.EXECUTIVE}
    ),
    "approvals.chase": frozenset({Role.REGISTER_MANAGER}),
    # Reviews: the lead officer answers, the register manager and whoever receives them under the policy sign off.
    "reviews.view": EVERYONE,
    "reviews.change": frozenset({Role.LEAD_OFFICER, Role.REGISTER_MANAGER}),
    "reviews.sign_off": frozenset(
        {Role.REGISTER_MANAGER, Role.RESPONSIBLE_HEAD, Role.MANAGEMENT_TEAM, Role.PORTFOLIO_HOLDER, Role.EXECUTIVE}
    ),
    "reviews.manage": frozenset({Role.REGISTER_MANAGER}),
    # Leaving: the lead officer carries it out, the register manager may.
    "exits.view": EVERYONE,
    "exits.change": frozenset({Role.LEAD_OFFICER, Role.REGISTER_MANAGER}),
    # Who sits where: everybody reads it (BRK-I09), the register manager keeps it (BRK-F25 to F28).
    "appointments.view": EVERYONE,
    "appointments.manage": frozenset({Role.REGISTER_MANAGER}),
    # Reports
    "reports.view": EVERYONE,
    "reports.dashboard": frozenset({Role.REGISTER_MANAGER, Role.MANAGEMENT_TEAM, Role.EXECUTIVE}),
    "reports.check": frozenset({Role.REGISTER_MANAGER, Role.AUDITOR}),
    "reports.answers": frozenset({Role.REGISTER_MANAGER, Role.AUDITOR}),
    # The policy
    "policy.view": EVERYONE,
    "policy.put_in_force": frozenset({Role.REGISTER_MANAGER, Role.ADMINISTRATOR}),
    # Long work: each sees their own alone
    "jobs.own": EVERYONE,
    # People
    "accounts.view_users": frozenset({Role.ADMINISTRATOR, Role.REGISTER_MANAGER, Role.AUDITOR}),
    "accounts.change_users": frozenset({Role.ADMINISTRATOR}),
    "accounts.view_notices": frozenset({Role.ADMINISTRATOR, Role.REGISTER_MANAGER}),
    "accounts.hand_over": frozenset({Role.ADMINISTRATOR, Role.REGISTER_MANAGER}),
    "accounts.own": EVERYONE,
}
# What an open account gives even on a day without a role: its owner's home and details.
WITHOUT_A_ROLE = frozenset({"accounts.own"})

# What each permission lets a person do, as the pages on people and roles say it: "can …".
IN_WORDS: dict[str, str] = {
    "register.view": "see every partnership, its documents and its history",
    "register.export": "download the register",
    "register.change": "change entries: a lead officer those they lead, a register manager all",
    "register.propose": "put a new partnership forward",
    "register.bulk_change": "change several entries at once",
    "register.move": "move an entry on: join, leave, not a partnership",
    "register.share_view": "share a saved view of the register with everyone",
    "register.keep_lists": "keep the council’s own lists, such as priorities and services",
    "register.import": "bring in an old register from a spreadsheet, and undo it",
    "assessments.view": "see every assessment and how each level came about",
    "assessments.change": "assess risk and value: a lead officer of the entries they lead, a register manager of all",
    "assessments.answer": "answer the forms that the policy has their role fill in",
    "assessments.challenge": "question an assessment",
    "approvals.view": "read requests and decisions, and take the steps that fall to their role",
    "approvals.ask": "ask for a decision: on their own entries as lead officer, on all as register manager",
    "approvals.send_up": "send a report, or a new version of the policy, to those who receive or decide on it",
    "approvals.dispense": "record a dispensation for somebody who declared an interest",
    "approvals.deputise": "name who acts for somebody between two days",
    "approvals.keep_meetings": "plan meetings, and keep their agendas and closing dates",
    "approvals.mark_key": "say whether a decision is key, and when its notice was published",
    "approvals.chase": "see what waits for whom, send reminders, and give an officer’s step to another officer",
    "reviews.view": "see what falls due, and every review with what came of it",
    "reviews.change": "answer and send reviews: of their own entries as lead officer, of all as register manager",
    "reviews.sign_off": "sign off or question the reviews that they receive under the policy",
    "reviews.manage": "open, chase and close the yearly refresh, and say what the council as a whole has done",
    "exits.view": "see how the council leaves a partnership, and the lessons of those it left",
    "exits.change": "carry out leaving: of their own entries as lead officer, of all as register manager",
    "appointments.view": "see who sits where for the council, and report back from a body they sit on",
    "appointments.manage": "keep outside bodies, places and appointments, and run the year’s rounds",
    "reports.view": "open every report",
    "reports.dashboard": "see the register as figures and charts, each with the list behind it",
    "reports.check": "see what an auditor would find in the register",
    "reports.answers": "set the answers of all partnerships to one question side by side",
    "policy.view": "read the partnership policy and its earlier versions",
    "policy.put_in_force": "put a new version of the policy in force from a day",
    "jobs.own": "have long reports made in the background and fetch them",
    "accounts.view_users": "see people and their roles",
    "accounts.change_users": "add people, change them, and give or end roles",
    "accounts.view_notices": "see which e-mails the register sent and which it could not, and send them again",
    "accounts.hand_over": "hand everything that a person holds over to others",
    "accounts.own": "change the name, job title and password of the account",
}


def requires(permission: str) -> Callable[..., Any]:
    """Open a view to the roles that hold `permission`; others get the 403 page.

    Raises KeyError while the site starts when the table does not know the permission.
    """
    PERMISSIONS[permission]

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
