"""Excel beside openpyxl's own writer of the same cells; the PDF beside WeasyPrint alone on the same page."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import Measure

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "10000"))
IN_PDF = int(os.environ.get("BENCH_PDF", "200"))
IN_ANNUAL = int(os.environ.get("BENCH_ANNUAL", "250"))
USUAL = "lead_officer,risk_level,value_level,contribution_a_year,hours_a_month,next_review_on"


def _the_list(query: str, entries: int) -> tuple[Any, Any]:
    """A list on a register of so many entries, and the policy version; fills the register once a process."""
    from django.http import QueryDict
    from django.utils import timezone

    from accounts.models import User
    from benchmarks.filling import MANAGER, fill
    from register.listing import TheList, policy_in_force

    today = timezone.localdate()
    if not User.objects.filter(email=MANAGER).exists():
        fill(entries, today=today)
    version = policy_in_force(today)
    if version is None:
        raise SystemExit("No policy is in force")
    return TheList(QueryDict(query), version.policy, today), version


def _cells(query: str) -> tuple[list[Any], list[Any], list[tuple[str, str]]]:
    from django.utils import timezone

    from reports.sheets import notes_for

    the_list, version = _the_list(query, ENTRIES)
    columns = the_list.export_columns()
    notes = notes_for(
        policy=str(version),
        filter_in_words=the_list.in_words(),
        entries=ENTRIES,
        made_by="T.W.",
        made_at=timezone.localtime(),
    )
    return list(the_list.export(columns)), columns, notes


def _out() -> str:
    return str(Path(tempfile.mkdtemp(prefix="register-bench-")) / "register.xlsx")


def _workbook(query: str) -> Callable[[], Callable[[], object]]:
    def make() -> Callable[[], object]:
        from reports.sheets import write_workbook

        entries, columns, notes = _cells(query)
        out = _out()
        return lambda: write_workbook(out, entries, columns, notes)

    return make


def _plain_workbook(query: str) -> Callable[[], Callable[[], object]]:
    """The same typed cells, worked out beforehand, by openpyxl's write-only workbook as its manual has it."""

    def make() -> Callable[[], object]:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell

        from reports.sheets import FORMATS

        entries, columns, _ = _cells(query)
        formats = [FORMATS.get(column.kind) for column in columns]
        rows = [[_shown(column.value(entry)) for column in columns] for entry in entries]
        out = _out()

        def typed(sheet: Any, value: Any, number_format: str | None) -> Any:
            if number_format is None or value is None or isinstance(value, str):
                return value
            cell = WriteOnlyCell(sheet, value)
            cell.number_format = number_format
            return cell

        def write() -> None:
            book = Workbook(write_only=True)
            sheet = book.create_sheet("Register")
            for row in rows:
                sheet.append(
                    [
                        typed(sheet, value, look)
                        if look and value is not None and not isinstance(value, str)
                        else value
                        for value, look in zip(row, formats, strict=True)
                    ]
                )
            book.save(out)

        return write

    return make


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return value or None if isinstance(value, str) else value


def _pdf() -> Callable[[], object]:
    from reports.data import register_report
    from reports.pdf import pdf_of, pdf_of_html

    _the_list("all=yes", IN_PDF)
    pdf_of_html('<html lang="en"><title>Warm</title><p>Warm</p></html>')  # libraries and fonts load once a process

    def make() -> bytes:
        the_list, version = _the_list("all=yes", IN_PDF)
        return pdf_of("reports/register_pdf.html", {"report": register_report(the_list, version, made_by="T.W.")})

    return make


def _plain_pdf() -> Callable[[], object]:
    from reports.data import register_report
    from reports.pdf import on_paper, pdf_of_html

    the_list, version = _the_list("all=yes", IN_PDF)
    html = on_paper("reports/register_pdf.html", {"report": register_report(the_list, version, made_by="T.W.")})
    return lambda: pdf_of_html(html)


def _annual_html() -> str:
    from django.utils import timezone

    from register.models import Partnership
    from reports.catalogue import MAKERS, Asked, make
    from reports.making import PAPER
    from reports.pdf import on_paper

    if not Partnership.history.exists():  # the register was filled without its past; the report reads nothing else
        Partnership.history.bulk_history_create(Partnership.objects.all(), batch_size=500)
    now = timezone.localtime()
    period = MAKERS["annual"].periods(now.date())[0].slug
    return on_paper(PAPER, {"report": make(Asked("annual", period, "T.W.", now))})


def _annual() -> Callable[[], object]:
    """The annual report from the database to the finished PDF, a page for each partnership."""
    from reports.pdf import pdf_of_html

    _the_list("all=yes", IN_ANNUAL)
    pdf_of_html('<html lang="en"><title>Warm</title><p>Warm</p></html>')  # libraries and fonts load once a process
    return lambda: pdf_of_html(_annual_html())


def _plain_annual() -> Callable[[], object]:
    """The renderer alone on the very same page."""
    from reports.pdf import pdf_of_html

    _the_list("all=yes", IN_ANNUAL)
    pdf_of_html('<html lang="en"><title>Warm</title><p>Warm</p></html>')
    html = _annual_html()
    return lambda: pdf_of_html(html)


MEASURES = (
    Measure(
        f"Excel: {ENTRIES:,} rows, usual columns, beside openpyxl alone",
        _workbook(f"all=yes&columns={USUAL}"),
        _plain_workbook(f"all=yes&columns={USUAL}"),
        rounds=3,
        most_times=1.5,
    ),
    Measure(
        f"Excel: {ENTRIES:,} rows, every column, beside openpyxl alone",
        _workbook("all=yes"),
        _plain_workbook("all=yes"),
        rounds=3,
        most_times=1.5,
    ),
    Measure(f"PDF: {IN_PDF} partnerships, beside WeasyPrint alone", _pdf, _plain_pdf, rounds=1, most_times=1.3),
    Measure(
        f"Annual report: {IN_ANNUAL} partnerships, beside WeasyPrint alone",
        _annual,
        _plain_annual,
        rounds=1,
        most_times=1.3,
    ),
)
