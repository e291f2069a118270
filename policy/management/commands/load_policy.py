"""Load a policy pack into the database and put it in force."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError
from django.utils.timezone import localdate

from policy.examples import why_not_load
from policy.models import PolicyVersion
from policy.reading import PackError, pack_files, read_pack_file
from policy.refused import Refused


def _day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    """Safe to repeat: a version that is there already is left as it is."""

    help = "Load a policy pack (a YAML file, or the name of a pack that comes with the register)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="path of a pack, or the name of one that comes with the register")
        parser.add_argument(
            "--in-force-from", type=_day, metavar="YYYY-MM-DD", help="the day from which it holds (today without it)"
        )
        parser.add_argument(
            "--not-in-force", action="store_true", help="keep it without a day: it is decided and put in force later"
        )
        parser.add_argument("--dry-run", action="store_true", help="read and check the pack, and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path = _find(options["file"])
        try:
            pack = read_pack_file(path)
            if options["dry_run"] and (problems := tuple(why_not_load(pack))):
                raise PackError(problems)
        except PackError as error:
            raise _not_loaded(path, error) from None
        named = f"{pack.policy.title}, version {pack.policy.version}"
        if options["dry_run"]:
            self.stdout.write(f"{named} can be loaded (digest {pack.digest[:12]})")
            return
        if options["not_in_force"] and options["in_force_from"]:
            raise CommandError("Give a day with --in-force-from, or --not-in-force, and not both")
        from_day = None if options["not_in_force"] else options["in_force_from"] or localdate()
        try:
            was_there = PolicyVersion.objects.filter(code=pack.policy.code, version=pack.policy.version).exists()
            version = PolicyVersion.objects.load(pack.text, by=None, in_force_from=from_day, name=path.name)
        except PackError as error:
            raise _not_loaded(path, error) from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        except (OperationalError, ProgrammingError) as trouble:
            raise CommandError(
                "The database has no tables for policies, or cannot be reached. Type manage.py migrate first. "
                f"It said: {str(trouble).splitlines()[0]}"
            ) from None
        since = f"in force from {version.in_force_from:%-d %B %Y}" if version.in_force_from else "not in force yet"
        if was_there:
            self.stdout.write(f"{version} was already there, {since}")
            return
        self.stdout.write(f"{version} is loaded and {since}")
        if version.decision:
            self.stderr.write(
                f"{version.decision}. Its page says so. To have a version decided first, load it with --not-in-force "
                "and send it up from its page"
            )


def _not_loaded(path: Path, error: PackError) -> CommandError:
    return CommandError(f"{path.name} was not loaded. Put these right:\n{error}")


def _find(named: str) -> Path:
    path = Path(named)
    if path.is_file():
        return path
    ours = {each.stem: each for each in pack_files()}
    if named in ours:
        return ours[named]
    raise CommandError(f"There is no file {named}. Give the path of a pack, or one of {', '.join(ours)}")
