"""Long reports as jobs make them: whoever asks need not wait, and a second run goes on from what the first has read."""

from collections.abc import Callable
from datetime import date

from django.http import QueryDict
from django.utils import timezone

from jobs.progress import Made, Progress
from policy.refused import Refused
from register.listing import TheList, policy_in_force
from reports import data
from reports.catalogue import Asked, make
from reports.models import Making, SentReport
from reports.pdf import PdfTrouble, on_paper, pdf_of_html

PAPER = "reports/report_pdf.html"
AT_ONCE = 30  # entries in a PDF that somebody waits for: three seconds on a small machine


def register_pdf(progress: Progress) -> Made:
    """The register report on many entries as a tagged PDF. Raises Refused."""
    on = date.fromisoformat(progress.arguments["on"])

    def read() -> str:
        version = policy_in_force(on)
        if version is None:
            raise Refused("No policy is in force, so there is no register to report on")
        the_list = TheList(QueryDict(progress.arguments["query"]), version.policy, on)
        report = data.register_report(
            the_list, version, made_by=str(progress.asked_by), on_entry=_entries_read(progress)
        )
        return on_paper("reports/register_pdf.html", {"report": report})

    body = _laid_out(progress, read)
    Making.note("register", form="pdf", by=str(progress.asked_by))
    return Made(f"register-{on}.pdf", body)


def report_pdf(progress: Progress) -> Made:
    """A report of the year as a tagged PDF, of as many partnerships as there are. Raises Refused."""
    report, period = progress.arguments["report"], progress.arguments["period"]

    def read() -> str:
        by = progress.asked_by
        asked = Asked(report, period, str(by), timezone.now(), on_entry=_entries_read(progress), by=by)
        return on_paper(PAPER, {"report": make(asked)})

    body = _laid_out(progress, read)
    Making.note(report, period, form="pdf", by=str(progress.asked_by))
    return Made(f"{report}-{period}.pdf", body)


def sent_pdf(progress: Progress) -> Made:
    """A report as it went up, laid out as a tagged PDF. Raises Refused."""
    found = SentReport.objects.get(pk=progress.arguments["number"])
    return Made(found.pdf_name, _laid_out(progress, lambda: found.page))


def _entries_read(progress: Progress) -> Callable[[int, int], None]:
    return lambda done, total: progress.tell(done, total, "partnerships")


def _laid_out(progress: Progress, read: Callable[[], str]) -> bytes:
    """The PDF of what `read` gives. What an earlier run had read is laid out as it was read then."""
    page = progress.kept("page")
    if page is None:
        page = read()
        progress.keep("page", page)
    try:
        return pdf_of_html(page, on_page=lambda stage: progress.tell(stage=stage))
    except PdfTrouble as trouble:
        raise Refused(str(trouble)) from trouble
