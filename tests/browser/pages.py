"""Every page that is looked at in a browser. Whoever adds a page adds its line.

`path` is an address, or a function that makes what the page shows and returns the address; `who` is a role, a
function that makes a person, or `None` for somebody who has not signed in.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Locator
from playwright.sync_api import Page as BrowserPage

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from assessments import services
from assessments.models import Assessment
from policy.models import PolicyVersion
from register.models import (
    Action,
    Benefit,
    Document,
    Membership,
    Organisation,
    Partnership,
    Representative,
    Risk,
    SavedView,
)
from tests.appointments import appointment_pages
from tests.approvals import change_pages, concern_pages, desk_pages, meeting_pages, send_up_pages
from tests.approvals.making import Council, make_leaving
from tests.assessments import forms_pack, making
from tests.assessments.agreeing import make_agreement, make_agreement_draft, put_agreement_policy_in_force
from tests.exits import exit_pages
from tests.factories import make_contribution, make_import, make_partnership, make_user, put_policy_in_force
from tests.jobs import job_pages
from tests.policy.two_versions import SECOND, put_two_versions_in_force
from tests.register import action_pages
from tests.register.risk_packs import make_risk, put_matrix_in_force
from tests.reports import report_pages
from tests.reviews import review_pages


class Look(NamedTuple):
    name: str
    path: str | Callable[[], str]
    who: Role | Callable[[], User] | None = None
    status: int = 200


# The page's own form: no filter beside a list, and with something to fill in.
FORM = "main form:not(.app-filter form):has(input:not([type=hidden]), textarea, select)"


def form_of(page: BrowserPage) -> Locator:
    return page.locator(FORM).first


def _demonstration() -> str:
    from django.core.management import call_command

    call_command("load_demo", council="strategy-2009", verbosity=0)  # the quickest
    return "/sign-in/"


def _person() -> User:
    return make_user(Role.LEAD_OFFICER, name="D.F.", job_title="Planning Policy Manager")


def _page_of_person(page: str) -> Callable[[], str]:
    return lambda: reverse(f"accounts:{page}", kwargs={"user_id": _person().pk})


def _end_role() -> str:
    held = RoleAssignment.objects.get(user=_person())
    return reverse("accounts:end_role", kwargs={"user_id": held.user_id, "role_id": held.pk})


def _people() -> str:
    for _ in range(30):
        _person()
    return "/users/"


def _policy(page: str) -> Callable[[], str]:
    def address() -> str:
        version = put_policy_in_force()
        return reverse(f"policy:{page}", kwargs={"code": version.code, "version": version.version})

    return address


def _two_versions() -> str:
    put_two_versions_in_force()
    return reverse("policy:comparison")


def _old_assessment(page: str) -> Callable[[], str]:
    """Pages of an entry that was assessed under a version that another has followed."""

    def address() -> str:
        made = making.make_assessment()
        PolicyVersion.objects.load(SECOND, by=None, in_force_from=date(2026, 11, 20))
        version = PolicyVersion.objects.get(version="2")
        if page == "to_reassess":
            return reverse("assessments:to_reassess", args=[version.code, version.version])
        if page == "assessment":
            return reverse("assessments:assessment", args=[made.partnership.reference])
        draft = Assessment.start(made.partnership, by=made.made_by, policy_version=version, at=making.AT)
        services.carry_over(draft, by=made.made_by)
        return reverse("assessments:judge", args=[made.partnership.reference, draft.slug, "risk"])

    return address


def _entry(page: str, *more: str) -> Callable[[], str]:
    """A page of an entry that has something of everything, led by nobody in particular."""

    def address() -> str:
        put_policy_in_force()
        by = make_user(Role.REGISTER_MANAGER, name="T.W.")
        entry = make_partnership(
            by=by, name="Marsh Valley Mobility Partnership", purpose="Community transport", nature="strategic"
        )
        organisation = Organisation.objects.create(name="Fenwold District Council")
        Membership(partnership=entry, organisation=organisation, is_lead=True).keep(by=by)
        Representative(partnership=entry, name="Cllr K.X.", level="member").keep(by=by)
        Representative(partnership=entry, is_vacant=True, vacant_since=date(2026, 11, 2)).keep(by=by)
        Benefit(partnership=entry, kind="hard", description="Two buses shared", figure=12500, unit="£ a year").keep(
            by=by
        )
        Risk(partnership=entry, note="The driver leaves").keep(by=by)
        Action(partnership=entry, text="Agree the timetable", due_on=date(2026, 1, 31)).keep(by=by)
        Document(partnership=entry, title="Agreement", address="https://www.example.org/plan", added_by=by).keep(by=by)
        make_contribution(entry, 12_500, year=2025)
        row = make_contribution(entry, 14_000, is_outside_budget=True)
        entry.refresh_from_db()
        entry.change({"purpose": "Community transport in the valley"}, by=by, reason="Agreed in May")
        parts = [entry.reference, *(str(row.pk) if part == "ROW" else part for part in more)]
        return reverse(f"register:{page}", args=parts)

    return address


def _document_files() -> str:
    by = make_user(Role.REGISTER_MANAGER, name="T.W.")
    entry = make_partnership(by=by, name="Marsh Valley Mobility Partnership")
    document = Document(partnership=entry, title="Agreement", added_by=by)
    for name in ("agreement.pdf", "agreement-signed-by-all-partners.pdf"):
        document.take_file(SimpleUploadedFile(name, b"%PDF-1.7"))
        document.keep(by=by, reason="Signed")
    return reverse("register:document_files", args=[entry.reference, document.pk])


def _alike() -> str:
    make_partnership(name="Coast Health Board")
    make_partnership(name="Coast Health Partnership Board")
    return reverse("register:duplicates")


def _similar() -> str:
    make_partnership(name="Coast Flood Board", purpose="Flood defence and drainage of the marsh and its harbour")
    made = make_partnership(name="Marsh Water Group", purpose="Drainage, flood warning and defence of the harbour")
    return reverse("register:similar", args=[made.reference])


def _import(page: str, *, is_done: bool = False, **parts: str) -> Callable[[], str]:
    def address() -> str:
        return reverse(f"register:import_{page}", kwargs={"number": make_import(is_done=is_done).pk, **parts})

    return address


def _imports() -> str:
    make_import()
    make_import(is_done=True)
    return "/imports/"


def _risks(name: str = "risks", *, closed: bool = False, empty: bool = False) -> Callable[[], str]:
    def made() -> str:
        version, by = put_matrix_in_force(), make_user(Role.REGISTER_MANAGER, name="T.W.")
        entry = make_partnership(by=by, name="Marsh Valley Mobility Partnership")
        if empty:
            return reverse("register:risks", args=[entry.reference])
        risk = make_risk(
            entry, note="The grant for the second bus is not renewed", kind="financial", view="council",
            likelihood="3", impact="5", control="Agreement until 2028; talks begin a year before", owner_name="D.F.",
            trigger="No letter by January", review_on=date(2027, 3, 1), version=version,
        )  # fmt: skip
        make_risk(entry, note="Few people use it", likelihood="2", impact="2", version=version)
        make_risk(entry, note="A third valley joins", side="opportunity", likelihood="4", impact="4", version=version)
        over = make_risk(entry, note="No driver", likelihood="5", impact="4", version=version)
        over.close(on=date(2026, 10, 1), outcome="Two drivers were found", by=by)
        if name == "risks":
            return reverse("register:risks", args=[entry.reference])
        if name == "change_row":
            return reverse("register:change_row", args=[entry.reference, "risks", risk.pk])
        return reverse(f"register:{name}", args=[entry.reference, over.pk if closed else risk.pk])

    return made


def _agreement(name: str = "agreement", *more: str, draft: bool = False) -> Callable[[], str]:
    def made() -> str:
        version = put_agreement_policy_in_force()
        agreement = (make_agreement_draft if draft else make_agreement)(version)
        if not draft and name == "agreement":
            make_agreement(version, agreement.partnership)
        number = [] if name == "agreement" else [agreement.number]
        return reverse(f"assessments:{name}", args=[agreement.partnership.reference, *number, *more])

    return made


def _no_agreement() -> str:
    put_agreement_policy_in_force()
    entry = make_partnership()
    entry.change({"is_significant": True}, by=make_user())
    return reverse("assessments:agreement", args=[entry.reference])


def _own(partnership: Partnership, name: str, *more: str) -> str:
    return reverse(f"assessments:{name}", args=[partnership.reference, *more])


def _significance() -> str:
    version = put_policy_in_force("redditch")
    entry = make_partnership(policy_version=version, is_statutory=False)
    return _own(entry, "significance")


def _assessment() -> str:
    made = making.make_assessment()
    make_contribution(made.partnership, 1_001)
    return _own(made.partnership, "assessment")


def _challenged() -> str:
    made = making.make_challenge().assessment
    return _own(made.partnership, "assessment_version", made.slug)


def _of_draft(name: str, *more: str) -> str:
    draft = making.make_draft()
    return _own(draft.partnership, name, draft.slug, *more)


def _challenge() -> str:
    made = making.make_assessment()
    return _own(made.partnership, "challenge_criterion", made.slug, "risk", "brk-c05")


def _challenge_overall() -> str:
    made = making.make_assessment()
    return _own(made.partnership, "challenge", made.slug, "risk")


def _delete_view() -> str:
    view = SavedView.objects.create(name="High risk", owner=make_user(Role.REGISTER_MANAGER), is_shared=True)
    return reverse("register:delete_view", args=[view.pk])


def _thread() -> str:
    thread = making.make_challenge()
    return _own(thread.assessment.partnership, "challenge_thread", thread.assessment.slug, str(thread.number))


def _of_form(name: str, *more: str, sent: bool = False) -> str:
    made = making.make_response(sent=sent)
    return _own(made.partnership, name, made.questionnaire, made.slug, *more)


def _similar_remit() -> str:
    made = making.make_checklist()
    make_partnership(name="Coast Flood Board", purpose="Flood defence and drainage of the marsh and its harbour")
    return _own(made.partnership, "questionnaire_section", made.questionnaire, made.slug, "mel-b-policy")


def _of_policy(name: str, *parts: str) -> str:
    making.make_response(sent=True)
    return reverse(name, args=parts)


def _beside_last_year() -> str:
    """A section with parts, an action that is asked for, and last year's answers."""
    entry = forms_pack.make_entry()
    last = forms_pack.begin(entry, "review")
    given = {"r-account-a": True, "r-account-b": False, "r-training-a": "Yes, each year", "r-slogan": "Together"}
    last.answer({name: {"value": value} for name, value in given.items()}, by=last.started_by, at=forms_pack.AT)
    last.send(missing=[], by=last.started_by, at=forms_pack.AT)
    again = forms_pack.begin(entry, "review", at=forms_pack.AT.replace(year=2027))
    again.answer({"r-account": {"value": False}}, by=last.started_by, at=forms_pack.AT)
    return _own(entry, "questionnaire_section", "review", again.slug, "account")


def _rows() -> str:
    made = making.make_response("brk-exit")
    return _own(made.partnership, "questionnaire_section", made.questionnaire, made.slug, "brk-exit-strategy")


def _request(page: str = "request", *more: str, sent: bool = True, unbudgeted: str = "18000") -> Callable[[], str]:
    """A page of a request to join."""
    return lambda: reverse(
        f"approvals:{page}", args=[Council(unbudgeted=unbudgeted).request(sent=sent).reference, *more]
    )


def _step_after_a_change() -> str:
    return reverse("approvals:step", args=[Council().changed().reference, "brk-f02-challenge"])


def _returned() -> str:
    council = Council()
    request = council.request()
    council.to_cmt(request)
    council.take(request, "brk-f04", "return", by=council.cmt, reasons="Six months’ notice is short for two vehicles.")
    return reverse("approvals:request", args=[request.reference])


def _dispense() -> str:
    interest = Council().interest()
    return reverse("approvals:dispense", args=[interest.request.reference, interest.pk])


def _decisions(page: str) -> Callable[[], str]:
    def address() -> str:
        council = Council()
        council.decision()
        return reverse(f"approvals:{page}", args=[council.partnership.reference] if page == "of_entry" else [])

    return address


def _register(address: str) -> Callable[[], str]:
    """A register of three entries, and the address of a page on them."""

    def path() -> str:
        put_policy_in_force()
        manager = make_user(Role.REGISTER_MANAGER)
        for name, risk in (("Central Marsh Planning Unit", "high"), ("Waste Board", "low"), ("Flood Forum", "")):
            entry = make_partnership(by=manager, name=name, purpose="One plan for three councils.", hours_a_month=8)
            make_contribution(entry, 142_600)
            entry.refresh_from_db()
            entry.set_levels(risk=risk, value=risk, source="import", by=manager)
        return address

    return path


def _home() -> str:
    _demonstration()
    return "/"


def _demo(name: str) -> Callable[[], User]:
    return lambda: User.objects.get(email=f"{name}@demo.example")


PAGES = [
    *(Look(*line) for line in meeting_pages.LOOKS),
    Look("imports-none", "/imports/", Role.ADMINISTRATOR),
    Look("imports", _imports, Role.ADMINISTRATOR),
    Look("import-upload", "/imports/add/", Role.ADMINISTRATOR),
    Look("import-columns", _import("columns"), Role.ADMINISTRATOR),
    Look("import-question", _import("question", key="cells-money-range"), Role.ADMINISTRATOR),
    Look("import-question-file", _import("question", key="unmapped-column-e"), Role.ADMINISTRATOR),
    Look("import-preview", _import("preview"), Role.ADMINISTRATOR),
    Look("import-done", _import("done", is_done=True), Role.ADMINISTRATOR),
    Look("import-undo", _import("undo", is_done=True), Role.ADMINISTRATOR),
    Look("import-delete", _import("delete"), Role.ADMINISTRATOR),
    Look("home-lead-officer", _home, _demo("lead.officer")),
    Look("home-register-manager", _home, _demo("register.manager")),
    Look("home-executive", _home, _demo("executive.member")),
    Look("partnership", _entry("partnership"), Role.REGISTER_MANAGER),
    Look("partnership-details", _entry("details"), Role.REGISTER_MANAGER),
    Look("partnership-people", _entry("people"), Role.REGISTER_MANAGER),
    Look("partnership-money", _entry("money"), Role.REGISTER_MANAGER),
    Look("partnership-benefits", _entry("benefits"), Role.REGISTER_MANAGER),
    Look("partnership-actions", _entry("actions"), Role.AUDITOR),
    Look("partnership-documents", _entry("documents"), Role.AUDITOR),
    Look("partnership-history", _entry("history"), Role.AUDITOR),
    Look("partnership-change", _entry("change_section", "identity"), Role.REGISTER_MANAGER),
    Look("partnership-change-money", _entry("change_row", "money", "ROW"), Role.REGISTER_MANAGER),
    Look("partnership-take-out", _entry("take_out_row", "money", "ROW"), Role.REGISTER_MANAGER),
    Look("partnership-add-representative", _entry("add_row", "representatives"), Role.REGISTER_MANAGER),
    Look("partnership-document-files", _document_files, Role.REGISTER_MANAGER),
    Look("partnership-add-document", _entry("add_row", "documents"), Role.REGISTER_MANAGER),
    Look("partnership-move", _entry("move"), Role.REGISTER_MANAGER),
    Look("partnership-propose", "/partnerships/add/", Role.LEAD_OFFICER),
    Look("partnerships-alike", _alike, Role.REGISTER_MANAGER),
    Look("partnership-similar", _similar, Role.LEAD_OFFICER),
    Look("register", _register("/partnerships/"), Role.REGISTER_MANAGER),
    Look("register-filtered", _register("/partnerships/?risk=high&status=active&more=yes"), Role.AUDITOR),
    Look("register-wrong-filter", _register("/partnerships/?cost_from=lots&status=active"), Role.LEAD_OFFICER),
    Look("register-no-match", _register("/partnerships/?q=nothing&risk=high"), Role.LEAD_OFFICER),
    Look("register-no-policy", "/partnerships/", Role.AUDITOR),
    Look("register-columns", _register("/partnerships/columns/"), Role.AUDITOR),
    Look("register-grid", _register("/partnerships/grid/"), Role.EXECUTIVE),
    Look("register-save-view", _register("/partnerships/views/add/?risk=high"), Role.REGISTER_MANAGER),
    Look("register-delete-view", _delete_view, Role.REGISTER_MANAGER),
    Look("register-undo-many", "/partnerships/change/undo/", Role.REGISTER_MANAGER),
    Look("register-views", _register("/partnerships/views/"), Role.REGISTER_MANAGER),
    Look("register-change-many", _register("/partnerships/change/?all=yes&list=all%3Dyes"), Role.REGISTER_MANAGER),
    Look(
        "register-change-many-value",
        _register("/partnerships/change/?all=yes&list=all%3Dyes&field=meeting_frequency"),
        Role.REGISTER_MANAGER,
    ),
    Look("risks", _risks(), Role.REGISTER_MANAGER),
    Look("risks-none", _risks(empty=True), Role.REGISTER_MANAGER),
    Look("risk-change", _risks("change_row"), Role.REGISTER_MANAGER),
    Look("risk-rate", _risks("rate_risk"), Role.REGISTER_MANAGER),
    Look("risk-close", _risks("close_risk"), Role.REGISTER_MANAGER),
    Look("risk-reopen", _risks("reopen_risk", closed=True), Role.REGISTER_MANAGER),
    Look("reports", _register("/reports/"), Role.MANAGEMENT_TEAM),
    Look("report-register", _register("/reports/register/"), Role.SCRUTINY),
    Look("report-resources", _register("/reports/resources/"), Role.MANAGEMENT_TEAM),
    Look("profile", _register("/partnerships/P-0001/profile/"), Role.PORTFOLIO_HOLDER),
    Look("policy-none", "/policy/", Role.AUDITOR),
    Look("policy", _policy("version"), Role.AUDITOR),
    Look("policy-compare", _two_versions, Role.AUDITOR),
    Look("policy-compare-error", lambda: f"{_two_versions()}?from=&to=", Role.AUDITOR),
    Look("policy-to-reassess", _old_assessment("to_reassess"), Role.REGISTER_MANAGER),
    Look("assessment-old-version", _old_assessment("assessment"), Role.AUDITOR),
    Look("judge-new-version", _old_assessment("judge"), Role.REGISTER_MANAGER),
    Look("policy-fields", _policy("fields"), Role.AUDITOR),
    Look("policy-levels", _policy("levels"), Role.AUDITOR),
    Look("policy-forms", _policy("forms"), Role.AUDITOR),
    Look("policy-rows", _policy("rows"), Role.AUDITOR),
    Look("policy-rows-local", lambda: f"{_policy('rows')()}?group=local", Role.AUDITOR),
    Look("policy-routes", _policy("routes"), Role.AUDITOR),
    Look("home-administrator", "/", Role.ADMINISTRATOR),
    Look("home-auditor", "/", Role.AUDITOR),
    Look("users", _people, Role.ADMINISTRATOR),
    Look("users-nobody", "/users/?q=nobody", Role.ADMINISTRATOR),
    Look("user", _page_of_person("user"), Role.ADMINISTRATOR),
    Look("user-add", "/users/add/", Role.ADMINISTRATOR),
    Look("user-change", _page_of_person("change_user"), Role.ADMINISTRATOR),
    Look("user-close", _page_of_person("deactivate"), Role.ADMINISTRATOR),
    Look("user-role-add", _page_of_person("add_role"), Role.ADMINISTRATOR),
    Look("user-role-end", _end_role, Role.ADMINISTRATOR),
    Look("roles", "/roles/", Role.ADMINISTRATOR),
    Look("my-account", "/account/", Role.LEAD_OFFICER),
    Look("my-account-change", "/account/change/", Role.LEAD_OFFICER),
    Look("session-ended", "/sign-in/ended/?next=/account/"),
    Look("sign-in", "/sign-in/"),
    Look("sign-in-demonstration", _demonstration),
    Look("sign-out", "/sign-out/", Role.LEAD_OFFICER),
    Look("new-password", "/sign-in/new-password/"),
    Look("new-password-sent", "/sign-in/new-password/sent/"),
    Look("new-password-used-link", "/sign-in/new-password/1-abc/"),
    Look("new-password-set", "/sign-in/new-password/set/"),
    Look("no-sign-up", "/sign-in/no-sign-up/"),
    Look("account-closed", "/sign-in/closed/"),
    Look("change-password", "/account/password/", Role.LEAD_OFFICER),
    Look("help", "/help/", Role.LEAD_OFFICER),
    Look("help-topic", "/help/lead-officer/"),
    Look("accessibility", "/accessibility/"),
    Look("privacy", "/privacy/"),
    Look("not-found", "/nowhere/", Role.REGISTER_MANAGER, 404),
    Look("assessment-figures-alone", lambda: _own(making.make_entry(), "assessment"), Role.AUDITOR),
    Look("assessment", _assessment, Role.REGISTER_MANAGER),
    Look("assessment-challenged", _challenged, Role.REGISTER_MANAGER),
    Look("assessment-past", lambda: _own(making.make_assessment().partnership, "assessment_past"), Role.AUDITOR),
    Look("assessment-judge", lambda: _of_draft("judge", "risk"), Role.REGISTER_MANAGER),
    Look("assessment-overall", lambda: _of_draft("overall", "risk"), Role.REGISTER_MANAGER),
    Look("assessment-check", lambda: _of_draft("check"), Role.REGISTER_MANAGER),
    Look("assessment-delete", lambda: _of_draft("discard"), Role.REGISTER_MANAGER),
    Look("assessment-challenge", _challenge, Role.REGISTER_MANAGER),
    Look("assessment-challenge-overall", _challenge_overall, Role.REGISTER_MANAGER),
    Look("sign-in-again", "/sign-in/again/", Role.AUDITOR),
    Look("assessment-thread", _thread, Role.REGISTER_MANAGER),
    Look(
        "questionnaires", lambda: _own(making.make_response().partnership, "questionnaire_list"), Role.REGISTER_MANAGER
    ),
    Look("questionnaire", lambda: _of_form("questionnaire"), Role.REGISTER_MANAGER),
    Look("questionnaire-part", lambda: _of_form("questionnaire_section", "brk-app-c-finance"), Role.REGISTER_MANAGER),
    Look("questionnaire-rows", _rows, Role.REGISTER_MANAGER),
    Look("questionnaire-similar", _similar_remit, Role.REGISTER_MANAGER),
    Look("questionnaire-check", lambda: _of_form("questionnaire_check"), Role.REGISTER_MANAGER),
    Look("questionnaire-beside-last-year", _beside_last_year, Role.REGISTER_MANAGER),
    Look("questionnaire-blank", lambda: _of_policy("assessments:questionnaire_blank", "brk-app-c"), Role.AUDITOR),
    Look("answers-forms", lambda: _of_policy("reports:form_list"), Role.AUDITOR),
    Look("answers-form", lambda: _of_policy("reports:form", "brk-review"), Role.AUDITOR),
    Look("answers-question", lambda: _of_policy("reports:answers", "brk-app-c", "brk-d01"), Role.REGISTER_MANAGER),
    Look("questionnaire-delete", lambda: _of_form("questionnaire_discard"), Role.REGISTER_MANAGER),
    Look("questionnaire-sent", lambda: _of_form("questionnaire", sent=True), Role.AUDITOR),
    Look("questionnaire-changes", lambda: _of_form("questionnaire_changes", sent=True), Role.REGISTER_MANAGER),
    Look("agreement", _agreement(), Role.REGISTER_MANAGER),
    Look("agreement-none", _no_agreement, Role.REGISTER_MANAGER),
    Look("agreement-draft", _agreement("agreement_version", draft=True), Role.REGISTER_MANAGER),
    Look("agreement-version", _agreement("agreement_version"), Role.AUDITOR),
    Look("agreement-heading", _agreement("agreement_heading", "membership", draft=True), Role.REGISTER_MANAGER),
    Look("agreement-agree", _agreement("agreement_agree", draft=True), Role.REGISTER_MANAGER),
    Look("agreement-sign", _agreement("agreement_sign"), Role.REGISTER_MANAGER),
    Look("agreement-delete", _agreement("agreement_discard", draft=True), Role.REGISTER_MANAGER),
    Look("significance", _significance, Role.REGISTER_MANAGER),
    Look("significance-read", lambda: _own(making.make_assessment().partnership, "significance"), Role.AUDITOR),
    Look("screening", lambda: _own(making.make_entry(), "screening"), Role.REGISTER_MANAGER),
    Look("screening-result", lambda: _own(making.make_screened(), "screening_result"), Role.REGISTER_MANAGER),
    Look("request-draft", _request(sent=False), Role.REGISTER_MANAGER),
    Look("request-returned", _returned, Role.REGISTER_MANAGER),
    Look("request-on-its-way", _request(), Role.AUDITOR),
    Look(
        "request-route",
        lambda: reverse("approvals:route_facts", args=[make_leaving().reference]),
        Role.REGISTER_MANAGER,
    ),
    Look("request-why", _request("why", sent=False), Role.REGISTER_MANAGER),
    Look("request-check", _request("check", sent=False), Role.REGISTER_MANAGER),
    Look("request-withdraw", _request("withdraw"), Role.REGISTER_MANAGER),
    Look("request-step", _request("step", "brk-f02-challenge"), Role.REGISTER_MANAGER),
    Look("request-step-of-others", _request("step", "brk-f02-challenge"), Role.EXECUTIVE),
    Look("request-step-changed", _step_after_a_change, Role.REGISTER_MANAGER),
    Look("request-interest", _request("declare_interest"), Role.MANAGEMENT_TEAM),
    Look("request-dispensation", _dispense, Role.LEGAL_ADVISER),
    Look("requests-none", "/requests/", Role.LEAD_OFFICER),
    Look("requests", _decisions("request_list"), Role.REGISTER_MANAGER),
    Look("decisions-none", "/decisions/", Role.EXECUTIVE),
    Look("decisions", _decisions("decision_list"), Role.MANAGEMENT_TEAM),
    Look("decisions-of-entry", _decisions("of_entry"), Role.REGISTER_MANAGER),
    Look("decision", lambda: reverse("approvals:decision", args=[Council().decision().reference]), Role.AUDITOR),
    Look("deputies", lambda: str(Council().deputy() and "/deputies/"), Role.REGISTER_MANAGER),
    *(Look(*line) for line in action_pages.LOOKS),
    *(Look(*line) for line in concern_pages.LOOKS),
]
PAGES += [Look(*look) for look in job_pages.LOOKS]
PAGES += [Look(*look) for look in change_pages.LOOKS]
PAGES += [Look(*look) for look in desk_pages.LOOKS]
PAGES += [Look(*look) for look in send_up_pages.LOOKS]
PAGES += [Look(*look) for look in report_pages.LOOKS]
PAGES += [Look(*look) for look in appointment_pages.LOOKS]
PAGES += [Look(*look) for look in review_pages.LOOKS]
PAGES += [Look(*look) for look in exit_pages.LOOKS]
