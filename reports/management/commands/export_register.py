"""`manage.py export_register`: the register as Excel, CSV, web page or PDF, filtered as the list's address is."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from reports.files import FORMATS, NotMade, write_register


class Command(BaseCommand):
    help = "Write the register to a file. Safe to repeat: an existing file is replaced when the new one is whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--output", type=Path, required=True, help="The file to write")
        parser.add_argument(
            "--filter",
            default="",
            help='The list\'s address after the question mark, such as "risk=high&status=active"',
        )
        parser.add_argument("--by", default="", help="E-mail address of the person for whom it is made")

    def handle(self, *args: Any, **options: Any) -> None:
        by = "the export_register command"
        if options["by"]:
            person = User.objects.filter(email__iexact=options["by"], is_active=True).first()
            if person is None:
                raise CommandError(
                    f"Nobody has the e-mail address {options['by']}. Write one of a person with an account"
                )
            if not person.has_perm("register.export"):
                raise CommandError(
                    f"{person} may not export the register. Give them a role, or write somebody else's address"
                )
            by = str(person)
        try:
            rows = write_register(
                options["output"],
                options["format"],
                QueryDict(options["filter"].removeprefix("?")),
                made_by=by,
                now=timezone.localtime(),
            )
        except NotMade as trouble:
            raise CommandError(str(trouble)) from trouble
        said = "1 partnership" if rows == 1 else f"{rows:,} partnerships"
        self.stdout.write(f"{said} written to {options['output']}")
