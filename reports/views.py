"""Reports as pages, PDF and spreadsheets, all from the same data."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from accounts.roles import Role
from approvals.models import Meeting, Request, StepTaken
from assessments.models import Agreement, Response
from config import words
from jobs import services as jobs
from policy.model import Policy, Report
from policy.models import PolicyVersion
from register.filters import ALL_ACTIVE
from register.listing import TheList, has_grid, policy_in_force
from register.models import Partnership
from reports import agreements, data, meeting_packs, papers
from reports.catalogue import (
    MAKERS,
    NOW,
    OF_ONE,
    Period,
    is_for_outside,
    label_of_role,
    made_from,
    maker_of,
    subject_of,
    today_alone,
)
from reports.making import AT_ONCE
from reports.models import Making
from reports.paper_views import note_made
from reports.pdf import PdfTrouble, pdf_of, standing_alone
from reports.public import is_for_partners, is_public
from reports.sheets import csv_rows, downloaded, notes_for, write_workbook
from reports.text_document import FODT


def of_a_list(view: Callable[..., HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Give a view the list that the address asks for, all active entries when it asks for none, and the policy."""

    @wraps(view)
    def with_list(request: HttpRequest) -> HttpResponseBase:
        today = timezone.localdate()
        version = policy_in_force(today)
        if version is None:
            return _no_policy(request)
        return view(request, TheList(request.GET or QueryDict(ALL_ACTIVE), version.policy, today), version)

    return with_list


def _no_policy(request: HttpRequest) -> HttpResponse:
    return render(request, "register/no_policy.html")


@requires("reports.view")
def report_list(request: SignedIn) -> HttpResponse:
    """The reports of the policy by who receives them, the reader's own first; those not made here last."""
    today = timezone.localdate()
    version = policy_in_force(today)
    if version is None:
        return _no_policy(request)
    policy, last = version.policy, Making.last()
    rows = [
        {
            "report": report,
            "made": _ways(request, version, report),
            "often": OFTEN[report.how_often],
            "readers": words.listed(dict.fromkeys(label_of_role(policy, role) for role in report.audience)),
            "last": _last(last, report, policy, today),
        }
        for report in policy.reports
    ]
    made = [row for row in rows if row["made"]]
    named = {made_from(report) for report in policy.reports}
    context = {
        "groups": _by_reader(made, policy, request.user.roles),
        "not_made": [row for row in rows if not row["made"]],
        "others": [
            (key, maker, _said(last.get(key), maker.periods, today))
            for key, maker in MAKERS.items()
            if key not in named
        ],
        "version": version,
    }
    return render(request, "reports/report_list.html", context)


def _by_reader(rows: list[dict[str, Any]], policy: Policy, roles: frozenset[Role]) -> list[dict[str, Any]]:
    """The reports under each body that receives them; one that goes to several stands under each."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        for role in row["report"].audience:
            label = label_of_role(policy, role)
            group = found.setdefault(label, {"title": label, "rows": [], "is_yours": False})
            group["is_yours"] |= role in roles
            if row not in group["rows"]:
                group["rows"].append(row)
    return sorted(found.values(), key=lambda group: not group["is_yours"])


def _last(last: dict[str, Making], report: Report, policy: Policy, today: date) -> str:
    """When a report was last made as a file; of what is made for each case nothing is kept."""
    made_as, subject = made_from(report), subject_of(report)
    if maker := maker_of(made_as, policy):
        return _said(last.get(made_as), maker.periods, today)
    return _said(last.get(subject), today_alone, today) if subject in KEPT else "For each case"


KEPT = ("register", "resources", "appointments")  # what is made from pages of its own, and kept when it is


def _said(making: Making | None, periods: Callable[[date], Iterable[Period]], today: date) -> str:
    """ "2025–26, on 5 Apr 2026 by T.W."."""
    if making is None:
        return "Not yet"
    period = next((each.words for each in periods(today) if each.slug == making.period and each.slug != NOW), "")
    said = f"on {words.short_day(making.made_at)} by {making.made_by}"
    return f"{period}, {said}" if period else f"O{said[1:]}"


def _ways(request: HttpRequest, version: PolicyVersion, report: Report) -> list[tuple[str, str]]:
    """What this report can be made from now: words and addresses."""
    outside = is_for_outside(report) and is_public(version.policy)
    pages = [(title, reverse(name)) for title, name in MADE_NOW["public"]] if outside else []
    if made_as := made_from(report):
        return pages + _forms_of(made_as, version)
    subject = subject_of(report)
    has_all = has_grid(version.policy)
    made = [(title, reverse(name)) for title, name in MADE_NOW.get(subject, ()) if has_all or name != "register:grid"]
    return pages + made + (_forms(request, version, report) if subject in OF_ONE and subject != "request" else [])


# What can be made now, by what a report covers and shows; words and addresses.
MADE_NOW = {
    "register": (
        ("Web page", "reports:register"),
        ("PDF", "reports:register_pdf"),
        ("Excel", "reports:register_xlsx"),
        ("Risk by value grid", "register:grid"),
    ),
    "public": (("Public page", "reports:public_register"), ("CSV", "reports:public_register_csv")),
    "resources": (("Web page", "reports:resources"), ("PDF", "reports:resources_pdf")),
    "meeting": (("From the page of each partnership", "register:partnership_list"),),
    "request": (("From each request", "approvals:request_list"),),
    "partnership": (("From the page of each partnership", "register:partnership_list"),),
    "exit": (("From the page of each partnership", "register:partnership_list"),),
    "agreement": (("From the page of each partnership", "register:partnership_list"),),
    "appointments": (
        ("Web page", "appointments:appointment_list"),
        ("PDF", "reports:appointments_pdf"),
        ("Excel", "reports:appointments_xlsx"),
        ("For a meeting", "appointments:round_list"),
    ),
}
OFTEN = {
    "live": "always up to date",
    "yearly": "every year",
    "quarterly": "every quarter",
    "six_monthly": "every six months",
    "three_yearly": "every three years",
    "per_case": "for each case",
    "programme": "as the reporting programme says",
    "per_meeting": "for each meeting",
    "on_demand": "when somebody asks",
}


def _forms_of(made_as: str, version: PolicyVersion) -> list[tuple[str, str]]:
    """A report that is always of today in its three forms; of any other the page on which a period is chosen."""
    maker = maker_of(made_as, version.policy)
    if maker and maker.periods is not today_alone:
        return [("Choose the period", reverse("reports:report", args=[made_as]))]
    forms = (("Web page", "paper"), ("PDF", "paper_pdf"), ("Excel", "paper_xlsx"))
    return [(title, reverse(f"reports:{name}", args=[made_as, NOW])) for title, name in forms]


def _forms(request: HttpRequest, version: PolicyVersion, report: Report) -> list[tuple[str, str]]:
    """The forms that a report is printed from: answered, for those who may see all answers, and blank."""
    found = []
    for form in map(version.policy.questionnaire, report.questionnaires):
        name = form.short or form.title
        if request.user.has_perm("reports.answers"):
            found.append((f"Answers: {name}", reverse("reports:form", args=[form.id])))
        found.append(
            (f"Blank form: {name}", reverse("reports:form_pdf", args=[version.code, version.version, form.id]))
        )
    return found


@requires("reports.view")
@of_a_list
def register(request: SignedIn, the_list: TheList, version: PolicyVersion) -> HttpResponse:
    """The register report as a page: the list's filter, grid, summaries and each entry."""
    report = data.register_report(the_list, version, made_by=str(request.user))
    context = {"report": report, "query": the_list.query.urlencode(), "the_list": the_list}
    return render(request, "reports/register.html", context)


@requires("reports.view")
@of_a_list
def register_pdf(request: SignedIn, the_list: TheList, version: PolicyVersion) -> HttpResponse:
    """The register report as a tagged PDF: at once, or of many entries in the background."""
    if the_list.sums.entries > AT_ONCE:
        asked = {"query": the_list.query.urlencode(), "on": the_list.today.isoformat()}
        title = f"Register of partnerships, PDF of {the_list.sums.entries:,} entries"
        job = jobs.ask("register-pdf", title=title, about=the_list.in_words(), by=request.user, arguments=asked)
        return redirect("jobs:job", job.pk)
    report = data.register_report(the_list, version, made_by=str(request.user))
    answer = _pdf(request, "reports/register_pdf.html", {"report": report}, "register")
    note_made(answer, request, "register", form="pdf")
    return answer


@requires("reports.view")
@of_a_list
def resources(request: SignedIn, the_list: TheList, version: PolicyVersion) -> HttpResponse:
    """The resource summary (BRK-G13): pounds and hours by level, service and priority."""
    report = data.resource_summary(the_list, version, made_by=str(request.user))
    return render(request, "reports/resources.html", {"report": report, "query": the_list.query.urlencode()})


@requires("reports.view")
@of_a_list
def resources_pdf(request: SignedIn, the_list: TheList, version: PolicyVersion) -> HttpResponse:
    """The resource summary as a tagged PDF."""
    report = data.resource_summary(the_list, version, made_by=str(request.user))
    answer = _pdf(request, "reports/register_pdf.html", {"report": report}, "resources")
    note_made(answer, request, "resources", form="pdf")
    return answer


@requires("register.export")
@of_a_list
def register_xlsx(request: SignedIn, the_list: TheList, version: PolicyVersion) -> HttpResponseBase:
    """The list as an Excel workbook: its filter and order; the chosen columns, or all of them."""
    columns = the_list.export_columns()
    notes = notes_for(
        policy=str(version),
        filter_in_words=the_list.in_words(),
        entries=the_list.sums.entries,
        made_by=str(request.user),
        made_at=timezone.localtime(),
        address=request.build_absolute_uri(f"{reverse('register:partnership_list')}?{the_list.query.urlencode()}"),
    )
    Making.note("register", form="xlsx", by=str(request.user))
    entries = the_list.export(columns)
    return downloaded(f"register-{the_list.today}", lambda out: write_workbook(out, entries, columns, notes))


@requires("register.export")
@of_a_list
def register_csv(request: SignedIn, the_list: TheList, _: PolicyVersion) -> HttpResponseBase:
    """The list as CSV, sent row by row."""
    columns = the_list.export_columns()
    Making.note("register", form="csv", by=str(request.user))
    response = StreamingHttpResponse(
        csv_rows(the_list.export(columns), columns), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="register-{the_list.today}.csv"'
    return response


@requires("register.view")
def profile(request: SignedIn, reference: str) -> HttpResponse:
    """All that the register knows about one partnership, for reading and printing."""
    version = policy_in_force(timezone.localdate())
    partnership = get_object_or_404(Partnership, reference=reference)
    if version is None:
        return _no_policy(request)
    made = data.profile_of(partnership, version.policy, today=timezone.localdate())
    may_change = Partnership.objects.editable_by(request.user).contains(partnership)
    context = {
        "profile": made,
        "partnership": partnership,
        "version": version,
        "has_partner_pages": may_change and is_for_partners(version.policy),
    }
    return render(request, "reports/profile.html", context)


@requires("register.view")
def profile_pdf(request: SignedIn, reference: str) -> HttpResponse:
    """The profile as a tagged PDF."""
    version = policy_in_force(timezone.localdate())
    partnership = get_object_or_404(Partnership, reference=reference)
    if version is None:
        return _no_policy(request)
    made = data.profile_of(partnership, version.policy, today=timezone.localdate())
    context = {
        "profile": made,
        "council": settings.COUNCIL_NAME,
        "policy": str(version),
        "made_on": timezone.localdate(),
        "made_by": str(request.user),
    }
    return _pdf(request, "reports/profile_pdf.html", context, reference)


def _agreement(request: HttpRequest, reference: str, number: int) -> dict[str, Any]:
    partnership = get_object_or_404(Partnership, reference=reference)
    found = get_object_or_404(Agreement.objects.for_partnership(partnership), number=number)
    return agreements.context_of(found, made_on=timezone.localdate(), made_by=str(request.user))


@requires("assessments.view")
def agreement_pdf(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """A version of an agreement as a tagged PDF."""
    context = _agreement(request, reference, number)
    return _pdf(request, agreements.TEMPLATE, context, f"{reference}-agreement-{number}")


@requires("assessments.view")
def agreement_text(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """A version of an agreement as a text document, to be edited with the partners."""
    made = agreements.text_document_of(_agreement(request, reference, number))
    return _file(made, FODT, f"{reference}-agreement-{number}.fodt")


@requires("assessments.view")
def agreement_html(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """A version of an agreement as one web page that stands alone."""
    made = standing_alone(agreements.TEMPLATE, _agreement(request, reference, number))
    return _file(made.encode(), "text/html; charset=utf-8", f"{reference}-agreement-{number}.html")


# --- Papers about one matter: each as a tagged PDF and as a web page that stands alone ---------------


def _made(request: HttpRequest) -> dict[str, Any]:
    return {"made_on": timezone.localdate(), "made_by": str(request.user)}


def _answers(request: HttpRequest, reference: str, questionnaire: str, slug: str) -> dict[str, Any]:
    partnership = get_object_or_404(Partnership, reference=reference)
    responses = Response.objects.for_partnership(partnership).select_related("partnership", "policy_version")
    return papers.answers_paper(get_object_or_404(responses, questionnaire=questionnaire, slug=slug), **_made(request))


@requires("assessments.view")
def answers_pdf(request: SignedIn, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """A form as it was answered."""
    context = _answers(request, reference, questionnaire, slug)
    return _pdf(request, papers.ANSWERS, context, f"{reference}-{questionnaire}-{slug}")


@requires("assessments.view")
def answers_html(request: SignedIn, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """The same as one web page."""
    context = _answers(request, reference, questionnaire, slug)
    return _page(papers.ANSWERS, context, f"{reference}-{questionnaire}-{slug}")


@requires("policy.view")
def form_pdf(request: SignedIn, code: str, version: str, form: str) -> HttpResponse:
    """A form of the policy to be filled in by hand."""
    shown = get_object_or_404(PolicyVersion, code=code, version=version)
    found = next((each for each in shown.policy.questionnaires if each.id == form), None)
    if found is None:
        raise Http404("The policy has no such form")
    return _pdf(request, papers.FORM, papers.form_paper(shown, found, **_made(request)), f"{code}-{version}-{form}")


def _request(request: SignedIn, reference: str) -> dict[str, Any]:
    readable = Request.objects.readable_by(request.user)
    found = get_object_or_404(readable.select_related("partnership", "policy_version"), reference=reference)
    address = request.build_absolute_uri(reverse("approvals:request", args=[reference]))
    return papers.request_paper(found, address=address, **_made(request))


@requires("approvals.view")
def request_pdf(request: SignedIn, reference: str) -> HttpResponse:
    """What is before those who advise and decide."""
    return _pdf(request, papers.REQUEST, _request(request, reference), reference)


@requires("approvals.view")
def request_html(request: SignedIn, reference: str) -> HttpResponse:
    """The same as one web page."""
    return _page(papers.REQUEST, _request(request, reference), reference)


def _decision(request: HttpRequest, reference: str, *, is_notice: bool = False) -> dict[str, Any]:
    records = StepTaken.objects.select_related("request__partnership", "request__policy_version")
    record = get_object_or_404(records, reference=reference)
    address = request.build_absolute_uri(reverse("approvals:decision", args=[reference]))
    return papers.decision_paper(record, address=address, is_notice=is_notice, **_made(request))


@requires("approvals.view")
def notice_pdf(request: SignedIn, reference: str) -> HttpResponse:
    """A decision as a notice: all that the law wants written down, without the report that it rests on."""
    return _pdf(request, papers.DECISION, _decision(request, reference, is_notice=True), f"{reference}-notice")


@requires("approvals.view")
def decision_pdf(request: SignedIn, reference: str) -> HttpResponse:
    """A decision with what was before those who decided, as it was sealed."""
    return _pdf(request, papers.DECISION, _decision(request, reference), reference)


@requires("approvals.view")
def decision_html(request: SignedIn, reference: str) -> HttpResponse:
    """The same as one web page."""
    return _page(papers.DECISION, _decision(request, reference), reference)


def _pack(request: HttpRequest, slug: str, *, is_public: bool) -> dict[str, Any]:
    found = get_object_or_404(Meeting, slug=slug)
    return meeting_packs.pack_of(found, is_public=is_public, **_made(request))


@requires("approvals.view")
def meeting_pdf(request: SignedIn, slug: str) -> HttpResponse:
    """The pack of a meeting, public and exempt part, as a tagged PDF."""
    return _pdf(request, meeting_packs.PACK, _pack(request, slug, is_public=False), f"{slug}-pack")


@requires("approvals.view")
def meeting_html(request: SignedIn, slug: str) -> HttpResponse:
    """The same as one web page."""
    return _page(meeting_packs.PACK, _pack(request, slug, is_public=False), f"{slug}-pack")


@requires("approvals.view")
def meeting_public_pdf(request: SignedIn, slug: str) -> HttpResponse:
    """The public version of the pack: of exempt items nothing but that they are there, and the paragraph."""
    return _pdf(request, meeting_packs.PACK, _pack(request, slug, is_public=True), f"{slug}-public")


@requires("approvals.view")
def meeting_public_html(request: SignedIn, slug: str) -> HttpResponse:
    """The same as one web page."""
    return _page(meeting_packs.PACK, _pack(request, slug, is_public=True), f"{slug}-public")


def _page(template: str, context: dict[str, Any], name: str) -> HttpResponse:
    return _file(standing_alone(template, context).encode(), "text/html; charset=utf-8", f"{name}.html")


def _file(made: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(made, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _pdf(request: HttpRequest, template: str, context: dict[str, Any], name: str) -> HttpResponse:
    try:
        made = pdf_of(template, context)
    except PdfTrouble as trouble:
        return render(request, "reports/no_pdf.html", {"trouble": str(trouble)}, status=503)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate()}.pdf"'
    return response
