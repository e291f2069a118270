"""Who may open which page: every address of the site by its name. Whoever adds an address adds its line.

A line says the roles (`PUBLIC`: anybody; `EVERYONE`: whoever has signed in) and, where the address has parts,
the function that makes what stands there and returns the parts.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.core.files.base import ContentFile

from accounts.models import RoleAssignment, User
from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from register.models import Document, SavedView
from tests.appointments import appointment_pages
from tests.approvals import change_pages, concern_pages, desk_pages, meeting_pages, send_up_pages
from tests.approvals.making import Council, make_leaving
from tests.assessments import making
from tests.assessments.agreeing import make_agreement_draft, put_agreement_policy_in_force
from tests.exits import exit_pages
from tests.factories import make_contribution, make_import, make_partnership, make_user, put_policy_in_force
from tests.jobs import job_pages
from tests.register import action_pages
from tests.register.risk_packs import make_risk, put_matrix_in_force
from tests.reports import report_pages
from tests.reviews import review_pages

PUBLIC = None
EVERYONE = frozenset(Role)


class Access(NamedTuple):
    roles: frozenset[Role] | None
    parts: Callable[[], dict[str, Any]] = dict


def needs(permission: str, parts: Callable[[], dict[str, Any]] = dict) -> Access:
    """The roles that hold a permission of accounts/permissions.py."""
    return Access(PERMISSIONS[permission], parts)


def _person() -> User:
    return make_user(Role.AUDITOR)


def _held_role() -> dict[str, Any]:
    held = RoleAssignment.objects.get(user=_person())
    return {"user_id": held.user_id, "role_id": held.pk}


def _policy_version() -> dict[str, Any]:
    version = put_policy_in_force()
    return {"code": version.code, "version": version.version}


def _entry() -> dict[str, Any]:
    return {"reference": make_partnership().reference}


def _section_of_entry() -> dict[str, Any]:
    put_policy_in_force()
    return _entry() | {"section_id": "identity"}


def _row_of_entry() -> dict[str, Any]:
    partnership = make_partnership()
    row = make_contribution(partnership, 100)
    return {"reference": partnership.reference, "slug": "money", "row_id": row.pk}


def _risk() -> dict[str, Any]:
    risk = make_risk(note="Funding ends")
    return {"reference": risk.partnership.reference, "risk_id": risk.pk}


def _risk_on_a_matrix() -> dict[str, Any]:
    put_policy_in_force()
    put_matrix_in_force(on=date(2025, 1, 1))
    return _risk()


def _agreement(**more: Any) -> Callable[[], dict[str, Any]]:
    def parts() -> dict[str, Any]:
        put_policy_in_force()
        draft = make_agreement_draft(put_agreement_policy_in_force(on=date(2026, 1, 1)))
        return {"reference": draft.partnership.reference, **more}

    return parts


def _document_of_entry() -> dict[str, Any]:
    partnership, by = make_partnership(), make_user()
    document = Document(partnership=partnership, title="Plan", file_name="plan.txt", added_by=by)
    document.file.save("plan", ContentFile(b"Plan"), save=False)
    document.keep(by=by)
    return {"reference": partnership.reference, "document_id": document.pk}


def _file_of_document() -> dict[str, Any]:
    arguments = _document_of_entry()
    version = Document.objects.get(pk=arguments["document_id"]).files()[0]
    return arguments | {"version_id": version.history_id}


def _assessable() -> dict[str, Any]:
    return {"reference": making.make_entry().reference}


def _made(*, draft: bool = False, **more: Any) -> Callable[[], dict[str, Any]]:
    def parts() -> dict[str, Any]:
        made = making.make_draft() if draft else making.make_assessment()
        return {"reference": made.partnership.reference, "slug": made.slug, **more}

    return parts


def _challenge() -> dict[str, Any]:
    thread = making.make_challenge()
    made = thread.assessment
    return {"reference": made.partnership.reference, "slug": made.slug, "number": thread.number}


def _response(*, sent: bool = False, **more: Any) -> Callable[[], dict[str, Any]]:
    def parts() -> dict[str, Any]:
        made = making.make_response(sent=sent)
        reference = made.partnership.reference
        return {"reference": reference, "questionnaire": made.questionnaire, "slug": made.slug, **more}

    return parts


def _policy_in_force() -> dict[str, Any]:
    put_policy_in_force()
    return {}


def _blank_form() -> dict[str, Any]:
    put_policy_in_force()
    return {"questionnaire": "brk-app-c"}


def _form() -> dict[str, Any]:
    return _assessable() | {"questionnaire": "brk-app-c"}


# A lead officer changes their own entries only; the ones made here are nobody's.
def _request(*, sent: bool = True, **more: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"reference": Council().request(sent=sent).reference, **more}


def _decision() -> dict[str, Any]:
    return {"reference": Council().decision().reference}


def _interest() -> dict[str, Any]:
    interest = Council().interest()
    return {"reference": interest.request.reference, "interest_id": interest.pk}


OTHERS_ENTRY = frozenset({Role.REGISTER_MANAGER})
# What is only posted to answers a look at the address with 405, whosesoever the entry is.
ASSESSORS = PERMISSIONS["assessments.change"]


def _import(*, is_done: bool = False) -> dict[str, Any]:
    return {"number": make_import(is_done=is_done).pk}


def _done_import() -> dict[str, Any]:
    return _import(is_done=True)


def _shared_view() -> dict[str, Any]:
    view = SavedView.objects.create(name="High risk", owner=make_user(Role.REGISTER_MANAGER), is_shared=True)
    return {"view_id": view.pk}


TABLE: dict[str, Access] = {
    **{name: needs(*line) for name, line in meeting_pages.ACCESS.items()},
    "brand": Access(PUBLIC),
    "help": Access(PUBLIC),
    "help_topic": Access(PUBLIC, lambda: {"topic": "levels"}),
    "accessibility": Access(PUBLIC),
    "privacy": Access(PUBLIC),
    "account_login": Access(PUBLIC),
    "account_logout": Access(PUBLIC),
    "account_inactive": Access(PUBLIC),
    "account_signup": Access(PUBLIC),
    "account_reset_password": Access(PUBLIC),
    "account_reset_password_done": Access(PUBLIC),
    "account_reset_password_from_key": Access(PUBLIC, lambda: {"uidb36": "1", "key": "abc"}),
    "account_reset_password_from_key_done": Access(PUBLIC),
    "home": Access(EVERYONE),
    "accounts:session_ended": Access(PUBLIC),
    "accounts:my_account": Access(EVERYONE),
    "accounts:change_own": Access(EVERYONE),
    "accounts:user_list": needs("accounts.view_users"),
    "accounts:user": needs("accounts.view_users", lambda: {"user_id": _person().pk}),
    "accounts:role_list": needs("accounts.view_users"),
    "accounts:add_user": needs("accounts.change_users"),
    "accounts:change_user": needs("accounts.change_users", lambda: {"user_id": _person().pk}),
    "accounts:add_role": needs("accounts.change_users", lambda: {"user_id": _person().pk}),
    "accounts:end_role": needs("accounts.change_users", _held_role),
    "accounts:deactivate": needs("accounts.change_users", lambda: {"user_id": _person().pk}),
    "accounts:activate": needs("accounts.change_users", lambda: {"user_id": _person().pk}),
    "accounts:send_link": needs("accounts.change_users", lambda: {"user_id": _person().pk}),
    "policy:policy": needs("policy.view"),
    "policy:comparison": needs("policy.view"),
    "policy:version": needs("policy.view", _policy_version),
    "policy:fields": needs("policy.view", _policy_version),
    "policy:levels": needs("policy.view", _policy_version),
    "policy:forms": needs("policy.view", _policy_version),
    "policy:routes": needs("policy.view", _policy_version),
    "policy:rows": needs("policy.view", _policy_version),
    "register:partnership": needs("register.view", _entry),
    "register:details": needs("register.view", _entry),
    "register:people": needs("register.view", _entry),
    "register:money": needs("register.view", _entry),
    "register:benefits": needs("register.view", _entry),
    "register:risks": needs("register.view", _entry),
    "register:close_risk": Access(OTHERS_ENTRY, _risk),
    "register:reopen_risk": Access(OTHERS_ENTRY, _risk),
    "register:actions": needs("register.view", _entry),
    "register:documents": needs("register.view", _entry),
    "register:document": needs("register.view", _document_of_entry),
    "register:document_files": needs("register.view", _document_of_entry),
    "register:document_file": needs("register.view", _file_of_document),
    "register:history": needs("register.view", _entry),
    "register:move": needs("register.move", _entry),
    "register:add": needs("register.propose"),
    "register:similar": needs("register.view", _entry),
    "register:duplicates": needs("register.move"),
    "register:change_section": Access(OTHERS_ENTRY, _section_of_entry),
    "register:add_row": Access(OTHERS_ENTRY, lambda: _entry() | {"slug": "partners"}),
    "register:change_row": Access(OTHERS_ENTRY, _row_of_entry),
    "register:take_out_row": Access(OTHERS_ENTRY, _row_of_entry),
    "register:import_list": needs("register.import"),
    "register:import_upload": needs("register.import"),
    "register:import": needs("register.import", _import),
    "register:import_columns": needs("register.import", _import),
    "register:import_questions": needs("register.import", _import),
    "register:import_question": needs("register.import", lambda: {**_import(), "key": "cells-money-range"}),
    "register:import_preview": needs("register.import", _import),
    "register:import_choose": needs("register.import", _import),
    "register:import_commit": needs("register.import", _import),
    "register:import_done": needs("register.import", _done_import),
    "register:import_undo": needs("register.import", _done_import),
    "register:import_delete": needs("register.import", _import),
    "register:import_unanswered": needs("register.import", _import),
    "register:partnership_list": needs("register.view"),
    "register:list_columns": needs("register.view"),
    "register:grid": needs("register.view"),
    "register:view_list": needs("register.view"),
    "register:save_view": needs("register.view"),
    "register:delete_view": needs("register.share_view", _shared_view),
    "register:bulk_change": needs("register.bulk_change"),
    "register:bulk_undo": needs("register.bulk_change"),
    "reports:report_list": needs("reports.view"),
    "reports:register": needs("reports.view"),
    "reports:register_pdf": needs("reports.view"),
    "reports:register_xlsx": needs("register.export"),
    "reports:register_csv": needs("register.export"),
    "reports:resources": needs("reports.view"),
    "reports:resources_pdf": needs("reports.view"),
    "reports:profile": needs("register.view", _entry),
    "reports:profile_pdf": needs("register.view", _entry),
    "account_reauthenticate": Access(EVERYONE),
    "account_change_password": Access(EVERYONE),
    "approvals:of_entry": needs("approvals.view", _entry),
    "approvals:ask": Access(ASSESSORS, lambda: _assessable() | {"route": "brk-leaving"}),
    "approvals:request_list": needs("approvals.view"),
    "approvals:request": needs("approvals.view", _request()),
    "approvals:why": Access(OTHERS_ENTRY, _request(sent=False)),
    "approvals:check": Access(OTHERS_ENTRY, _request(sent=False)),
    "approvals:withdraw": Access(OTHERS_ENTRY, _request()),
    "approvals:step": needs("approvals.view", _request(step_id="brk-f02-challenge")),
    "approvals:declare_interest": needs("approvals.view", _request()),
    "approvals:dispense": needs("approvals.dispense", _interest),
    "approvals:decision_list": needs("approvals.view"),
    "approvals:decision": needs("approvals.view", _decision),
    "approvals:deputy_list": needs("approvals.deputise"),
    "approvals:deputy_end": needs("approvals.deputise", lambda: {"deputy_id": Council().deputy().pk}),
    "account_set_password": Access(EVERYONE),
    "assessments:assessment": needs("assessments.view", _assessable),
    "assessments:assessment_start": Access(ASSESSORS, _assessable),
    "assessments:assessment_past": needs("assessments.view", _assessable),
    "assessments:assessment_version": needs("assessments.view", _made()),
    "assessments:check": Access(OTHERS_ENTRY, _made(draft=True)),
    "assessments:discard": Access(OTHERS_ENTRY, _made(draft=True)),
    "assessments:judge": Access(OTHERS_ENTRY, _made(draft=True, scheme="risk")),
    "assessments:overall": Access(OTHERS_ENTRY, _made(draft=True, scheme="risk")),
    "assessments:challenge": needs("assessments.challenge", _made(scheme="risk")),
    "assessments:challenge_criterion": needs("assessments.challenge", _made(scheme="risk", criterion="brk-c05")),
    "assessments:challenge_thread": Access(OTHERS_ENTRY, _challenge),
    "assessments:questionnaire_blank": needs("assessments.view", _blank_form),
    "reports:form_list": needs("reports.answers", _policy_in_force),
    "reports:form": needs("reports.answers", _blank_form),
    "reports:answers": needs("reports.answers", lambda: _blank_form() | {"question": "brk-d01"}),
    "reports:answers_xlsx": needs("reports.answers", lambda: _blank_form() | {"question": "brk-d01"}),
    "assessments:questionnaire_list": needs("assessments.view", _assessable),
    "assessments:questionnaire_start": needs("assessments.answer", _form),
    "assessments:questionnaire": needs("assessments.view", _response()),
    "assessments:questionnaire_check": Access(OTHERS_ENTRY, _response()),
    "assessments:questionnaire_discard": Access(OTHERS_ENTRY, _response()),
    "assessments:questionnaire_changes": Access(OTHERS_ENTRY, _response(sent=True)),
    "assessments:questionnaire_section": Access(OTHERS_ENTRY, _response(section="brk-app-c-governance")),
    "assessments:to_reassess": needs("assessments.view", _policy_version),
    "assessments:significance": needs("assessments.view", _assessable),
    "assessments:screening": Access(OTHERS_ENTRY, _assessable),
    "assessments:screening_result": needs("assessments.view", lambda: {"reference": making.make_screened().reference}),
    "assessments:screening_move": needs("register.move", _assessable),
    **{name: Access(*line) for name, line in action_pages.ACCESS.items()},
    **{name: Access(*line) for name, line in concern_pages.ACCESS.items()},
    # Last, because these put another policy in force.
    "approvals:route_facts": Access(OTHERS_ENTRY, lambda: {"reference": make_leaving().reference}),
    "register:rate_risk": Access(OTHERS_ENTRY, _risk_on_a_matrix),
    "assessments:agreement": needs("assessments.view", _agreement()),
    "assessments:agreement_start": Access(ASSESSORS, _agreement()),
    "assessments:agreement_version": needs("assessments.view", _agreement(number=1)),
    "assessments:agreement_agree": Access(OTHERS_ENTRY, _agreement(number=1)),
    "assessments:agreement_sign": Access(OTHERS_ENTRY, _agreement(number=1)),
    "assessments:agreement_discard": Access(OTHERS_ENTRY, _agreement(number=1)),
    "assessments:agreement_heading": Access(OTHERS_ENTRY, _agreement(number=1, heading="ending")),
    "reports:agreement_pdf": needs("assessments.view", _agreement(number=1)),
    "reports:agreement_text": needs("assessments.view", _agreement(number=1)),
    "reports:agreement_html": needs("assessments.view", _agreement(number=1)),
    "reports:form_pdf": needs("policy.view", lambda: _policy_version() | {"form": "brk-exit"}),
    "reports:answers_pdf": needs("assessments.view", _response()),
    "reports:answers_html": needs("assessments.view", _response(sent=True)),
    "reports:request_pdf": needs("approvals.view", _request()),
    "reports:request_html": needs("approvals.view", _request()),
    "reports:notice_pdf": needs("approvals.view", _decision),
    "reports:decision_pdf": needs("approvals.view", _decision),
    "reports:decision_html": needs("approvals.view", _decision),
}
TABLE |= {name: Access(*line) for name, line in job_pages.ACCESS.items()}
TABLE |= {name: Access(*line) for name, line in change_pages.ACCESS.items()}
TABLE |= {name: Access(*line) for name, line in desk_pages.ACCESS.items()}
TABLE |= {name: Access(*line) for name, line in send_up_pages.ACCESS.items()}
TABLE |= {name: Access(*line) for name, line in report_pages.ACCESS.items()}
TABLE |= {name: Access(*line) for name, line in appointment_pages.ACCESS.items()}
TABLE |= {name: Access(*line) for name, line in review_pages.ACCESS.items()}
TABLE |= {name: Access(*line) for name, line in exit_pages.ACCESS.items()}
