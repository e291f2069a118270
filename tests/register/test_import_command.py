"""The command reads, scores, imports, and says what to do when it cannot (contract: fixtures/legacy/README.md)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from register.models import Import, Partnership, Priority
from tests.factories import make_user

ROOT = Path(__file__).parents[2]
LEGACY = ROOT / "fixtures" / "legacy"


def run(*arguments: str, data: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as people run it: a process of its own, on a machine without a database."""
    own = {"DATA_DIR": str(data), "HTTPS": "false", "PYTHONIOENCODING": "ascii", **environment}
    command = [sys.executable, "manage.py", "import_register", *arguments]
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(command, cwd=ROOT, env=kept | own, capture_output=True, check=False, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["breckland-style-register.xlsx", "harborough-style-register.csv"])
def test_a_dry_run_prints_one_document_that_reaches_the_bar_and_saves_nothing(name, tmp_path):
    done = run(str(LEGACY / name), "--dry-run", "--json", data=tmp_path)

    assert done.returncode == 0, done.stderr.decode()
    actual = tmp_path / "actual.json"
    actual.write_bytes(done.stdout)
    assert json.loads(done.stdout)["file"] == name
    bar = "values>=0.98,asks_recall>=0.95,asks_precision>=0.9,errors_recall==1,silent_guesses==0,invented==0"
    expected = LEGACY / "expected" / f"{Path(name).stem}.json"
    score = subprocess.run(
        [sys.executable, str(LEGACY / "score.py"), str(expected), str(actual), "--bar", bar],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert score.returncode == 0, score.stdout.decode()


@pytest.fixture
def register_csv(tmp_path):
    path = tmp_path / "register.csv"
    path.write_text("Partnership,Contribution,Risk\nFen Forum,£500,Low\nMarsh Board,£10k-£15k,High\n")
    return path


@pytest.mark.django_db
def test_it_imports_what_is_not_stopped_and_leaves_unanswered_cells_empty(register_csv, capsys):
    make_user(Role.ADMINISTRATOR, email="kb@example.org")

    call_command("import_register", register_csv, by="KB@example.org")

    assert capsys.readouterr().out.startswith("2 partnerships new, 0 changed, 0 the same, 0 stopped")
    assert Partnership.objects.get(name="Marsh Board").contribution_a_year is None
    assert Import.objects.get().committed_by.email == "kb@example.org"


@pytest.mark.django_db
def test_it_is_safe_to_repeat(register_csv, capsys):
    make_user(Role.ADMINISTRATOR, email="kb@example.org")
    call_command("import_register", register_csv, by="kb@example.org")
    capsys.readouterr()

    call_command("import_register", register_csv, by="kb@example.org")

    assert capsys.readouterr().out.startswith("0 partnerships new, 0 changed, 2 the same")


@pytest.mark.django_db
def test_answers_come_from_a_file_and_a_wrong_one_stops_the_import(register_csv, tmp_path):
    make_user(Role.REGISTER_MANAGER, email="tw@example.org")
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([{"cell": "B3", "code": "money-range", "value": "lots"}]))
    with pytest.raises(CommandError, match="lots"):
        call_command("import_register", register_csv, by="tw@example.org", answers=answers)
    assert Partnership.objects.count() == 0

    answers.write_text(json.dumps([{"cell": "B3", "code": "money-range", "value": 12500}]))
    call_command("import_register", register_csv, by="tw@example.org", answers=answers)

    assert str(Partnership.objects.get(name="Marsh Board").contribution_a_year) == "12500.00"


@pytest.mark.django_db
def test_it_says_what_to_write_when_it_cannot_go_on(register_csv, tmp_path):
    make_user(Role.LEAD_OFFICER, email="df@example.org", name="D.F.")
    broken = tmp_path / "broken.json"
    broken.write_text("{")

    for options, words in [
        ({}, "--by followed by the e-mail address"),
        ({"by": "nobody@example.org"}, "Nobody with an account has the address"),
        ({"by": "df@example.org"}, "D.F. may not import"),
        ({"dry_run": True, "answers": broken}, "is not JSON"),
        ({"dry_run": True, "answers": tmp_path / "gone.json"}, "cannot be opened"),
    ]:
        with pytest.raises(CommandError, match=words):
            call_command("import_register", register_csv, **options)
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_register", tmp_path / "gone.xlsx", dry_run=True)
    assert (Partnership.objects.count(), Import.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_dry_run_says_what_would_happen(register_csv, capsys):
    call_command("import_register", register_csv, dry_run=True)

    said = capsys.readouterr().out
    assert said.startswith("register.csv: 2 new, 0 changed")
    assert "Nothing is saved." in said
    assert "B3 (Marsh Board): '£10k-£15k' is a range" in said
    assert Partnership.objects.count() == 0


@pytest.mark.django_db
def test_priorities_get_the_titles_that_the_file_explains():
    """The sheet of lists beside the register says what the codes mean."""
    make_user(Role.ADMINISTRATOR, email="kb@example.org")

    call_command("import_register", LEGACY / "breckland-style-register.xlsx", by="kb@example.org")

    assert Partnership.objects.count() == 64
    assert Priority.objects.get(code="1.1").title == "More and better jobs"
    assert Priority.objects.get(code="1.1").parent.title == "Growing our economy"
