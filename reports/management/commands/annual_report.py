"""`manage.py annual_report`: the annual report on the register as a web page, a tagged PDF or an Excel workbook."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config import words
from policy.refused import Refused
from reports.catalogue import Asked, make
from reports.files import NotMade, written_whole
from reports.making import PAPER
from reports.models import Making
from reports.pdf import PdfTrouble, pdf_of, standing_alone
from reports.shape import Paper
from reports.sheets import write_paper


class Command(BaseCommand):
    help = "Write the annual report on the register to a file. Safe to repeat: an existing file is replaced when whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", required=True, help="The year of the report, like 2025-26")
        parser.add_argument("--format", choices=["pdf", "html", "xlsx"], required=True)
        parser.add_argument("--output", type=Path, required=True, help="The file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make(Asked("annual", options["year"], "the annual_report command", timezone.localtime()))
            written_whole(options["output"], _body(made, options["format"]))
            Making.note("annual", options["year"], form=options["format"], by=made.made_by)
        except (Refused, NotMade, PdfTrouble) as trouble:
            raise CommandError(str(trouble)) from trouble
        said = words.count(int(made.facts[0].figure.replace(",", "")), "partnership")
        self.stdout.write(f"{made.whole_title}, {said}, written to {options['output']}")


def _body(made: Paper, form: str) -> bytes:
    if form == "pdf":
        return pdf_of(PAPER, {"report": made})
    if form == "html":
        return standing_alone(PAPER, {"report": made}).encode()
    with NamedTemporaryFile(suffix=".xlsx") as out:
        write_paper(out.name, made)
        return Path(out.name).read_bytes()
