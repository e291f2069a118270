"""Reads a council's old spreadsheet, and imports it when asked to."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from config import words as screen
from policy.refused import Refused
from register import import_service
from register.import_plan import make_plan
from register.importing import CannotRead, cells_of
from register.models.parts import financial_year

MOST_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Read a partnership register from a spreadsheet (.xlsx, .xls, .ods, .csv) and import it in one transaction. "
        "With --dry-run nothing is saved; with --json the reading is printed as one JSON document "
        "(its form: fixtures/legacy/README.md). Safe to repeat: entries that are there already are not made again."
    )
    # A dry run works on a machine without a database or a loaded policy.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the spreadsheet")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and save nothing")
        parser.add_argument("--json", action="store_true", help="print what was read as JSON, and nothing else")
        parser.add_argument("--answers", type=Path, help="a JSON file of answers to the questions")
        parser.add_argument("--by", default="", help="e-mail address of the person who imports")
        parser.add_argument("--year", type=int, help="financial year of the contributions, by the year of its April")

    def handle(self, *args: Any, **options: Any) -> None:
        path, answers = options["file"], self._answers(options["answers"])
        year = options["year"] or financial_year(timezone.localdate())
        by = None if options["dry_run"] else self._person(options["by"])
        if by is not None:
            self._import(path, answers, by, year, as_json=options["json"])
            return
        reading = self._read(path, answers)
        for sentence in reading.get("refused_answers", []):
            self.stderr.write(sentence)
        if options["json"]:
            self._print(reading)
        else:
            self._say(reading, year)

    def _answers(self, path: Path | None) -> list[dict[str, Any]]:
        if path is None:
            return []
        try:
            answers = json.loads(path.read_text(encoding="utf-8"))
        except OSError:
            raise CommandError(f"{path} cannot be opened. Check the name of the file of answers.") from None
        except ValueError as problem:
            raise CommandError(f"{path} is not JSON ({problem}). Correct it, or leave --answers out.") from None
        if not isinstance(answers, list):
            raise CommandError(f"{path} must hold a list of answers. docs/import.md shows one.")
        return answers

    def _person(self, email: str) -> User:
        if not email:
            raise CommandError(
                "Say who imports: --by followed by the e-mail address of a person who may import. "
                "Or add --dry-run to look without saving."
            )
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody with an account has the address {email}. Check it, or make an account first.")
        if not user.has_perm("register.import"):
            raise CommandError(
                f"{user} may not import. Name an administrator or a register manager, or give {user} such a role."
            )
        return user

    def _read(self, path: Path, answers: list[dict[str, Any]]) -> dict[str, Any]:
        try:
            reading, _ = import_service.read(path.name, cells_of(path), answers)
        except CannotRead as problem:
            raise CommandError(str(problem)) from None
        return reading

    def _import(self, path: Path, answers: list[dict[str, Any]], by: User, year: int, *, as_json: bool) -> None:
        """Keep the file and import its rows, or keep nothing."""
        try:
            with path.open("rb") as stream, transaction.atomic():
                record = import_service.upload(File(stream, path.name), by=by, year=year)
                if answers:
                    import_service.answer(record, answers)
                counts = import_service.commit(record, by=by)
        except OSError:
            raise CommandError(f"{path} cannot be opened. Check the name of the file.") from None
        except (CannotRead, Refused) as problem:
            raise CommandError(str(problem)) from None
        if as_json:
            self._print(record.reading)
        out = self.stderr if as_json else self.stdout
        out.write(
            f"{screen.count(counts['new'], 'partnership')} new, {counts['changed']} changed, "
            f"{counts['same']} the same, {counts['stopped']} stopped, {counts['left_out']} left out; "
            f"{screen.count(counts['members'], 'member')} joined, {counts['members_stopped']} stopped; "
            f"{screen.count(len(import_service.unanswered(record.reading)), 'cell')} without an answer left empty"
        )

    def _print(self, reading: dict[str, Any]) -> None:
        """One JSON document in UTF-8, whatever the terminal's own encoding is."""
        text = json.dumps(reading, ensure_ascii=False, indent=1, default=str)
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is not None and getattr(self.stdout, "_out", None) is sys.stdout:
            self.stdout.flush()
            buffer.write(text.encode() + b"\n")
            buffer.flush()
        else:
            self.stdout.write(text)

    def _say(self, reading: dict[str, Any], year: int) -> None:
        """What the import would do, for people."""
        try:
            with transaction.atomic():
                plan = make_plan(reading, words=import_service.words_now(), year=year)
        except import_service.DatabaseError:
            plan = make_plan(reading, words=import_service.words_now(), year=year, known=False)
        counts = plan.counts
        left, wrong = import_service.unanswered(reading), import_service.wrong_cells(reading)
        self.stdout.write(
            f"{reading['file']}: {counts['new']} new, {counts['changed']} changed, {counts['same']} the same, "
            f"{counts['stopped']} stopped, {counts['left_out']} left out. Nothing is saved."
        )
        for problem in reading.get("file_errors", []):
            self.stdout.write(f"{problem['message']} {problem['fix']}")
        for title, cells, text in (("Questions", left, "question"), ("Cannot be right", wrong, "message")):
            if cells:
                self.stdout.write(f"\n{title} ({len(cells)})")
            for cell in cells[:MOST_SHOWN]:
                self.stdout.write(f"  {cell['sheet']}, {cell.get('cell', '')} ({cell['name']}): {cell[text]}")
            if len(cells) > MOST_SHOWN:
                self.stdout.write(f"  and {len(cells) - MOST_SHOWN} more; --json lists them all")
