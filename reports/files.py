"""The register as a file on disk, in each of its forms; whole or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.http import QueryDict

from register.listing import TheList, policy_in_force
from reports import data
from reports.pdf import PdfTrouble, pdf_of, standing_alone
from reports.sheets import csv_rows, notes_for, write_workbook


class NotMade(Exception):
    """The file could not be made; says what to do."""


def _xlsx(path: Path, the_list: TheList, policy: str, made_by: str, now: datetime) -> None:
    columns = the_list.export_columns()
    notes = notes_for(
        policy=policy,
        filter_in_words=the_list.in_words(),
        entries=the_list.sums.entries,
        made_by=made_by,
        made_at=now,
    )
    write_workbook(str(path), the_list.export(columns), columns, notes)


def _csv(path: Path, the_list: TheList, policy: str, made_by: str, now: datetime) -> None:
    columns = the_list.export_columns()
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(csv_rows(the_list.export(columns), columns))


def _report(the_list: TheList, made_by: str) -> data.RegisterReport:
    version = policy_in_force(the_list.today)
    if version is None:
        raise NotMade("No policy is in force")
    return data.register_report(the_list, version, made_by=made_by)


def _html(path: Path, the_list: TheList, policy: str, made_by: str, now: datetime) -> None:
    path.write_text(standing_alone("reports/register_pdf.html", {"report": _report(the_list, made_by)}), "utf-8")


def _pdf(path: Path, the_list: TheList, policy: str, made_by: str, now: datetime) -> None:
    path.write_bytes(pdf_of("reports/register_pdf.html", {"report": _report(the_list, made_by)}))


FORMATS: dict[str, Callable[[Path, TheList, str, str, datetime], None]] = {
    "xlsx": _xlsx,
    "csv": _csv,
    "html": _html,
    "pdf": _pdf,
}


def write_register(output: Path, form: str, query: QueryDict, *, made_by: str, now: datetime) -> int:
    """Write the entries that the list's query asks for (all when it is empty); gives their number.

    The file takes its place when it is whole. Raises NotMade with what to do.
    """
    today = now.date()
    version = policy_in_force(today)
    if version is None:
        raise NotMade("No policy is in force. Load a policy pack first: manage.py load_policy")
    the_list = TheList(query, version.policy, today)
    if errors := the_list.filters.form.errors:
        named = "; ".join(f"{name}: {' '.join(map(str, said))}" for name, said in errors.items())
        raise NotMade(f"The filter cannot be understood. {named}")
    if unknown := sorted(set(query) - the_list.known_words):
        raise NotMade(f"The list has no filter {', '.join(unknown)}. Copy the address of a filtered list")
    rows = the_list.sums.entries
    with _in_place(output) as path:
        try:
            FORMATS[form](path, the_list, str(version), made_by, now)
        except PdfTrouble as trouble:
            raise NotMade(str(trouble)) from trouble
    return rows


def written_whole(output: Path, body: bytes) -> None:
    """Write a file that takes its place when it is whole. Raises NotMade with what to do."""
    with _in_place(output) as path:
        path.write_bytes(body)


@contextmanager
def _in_place(output: Path) -> Iterator[Path]:
    """A file beside `output` that takes its place when nothing went wrong. Raises NotMade with what to do."""
    folder = output.resolve().parent
    if not folder.is_dir():
        raise NotMade(f"There is no folder {folder}. Make it, or write the file elsewhere")
    if output.is_dir():
        raise NotMade(f"{output} is a folder. Give the name of a file in it")
    try:
        with NamedTemporaryFile(dir=folder, prefix=".register-", delete=False) as made:
            path = Path(made.name)
    except OSError as trouble:
        raise NotMade(f"{folder} cannot be written to. Write the file elsewhere") from trouble
    try:
        yield path
        path.chmod(0o666 & ~_umask())
        path.replace(output)
    finally:
        path.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
