"""The commands of the Makefile: what is missing is said in one line, and nothing names a machine."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

BASE = Path(settings.BASE_DIR)
OPS = BASE / "config" / "ops"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=BASE, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_a_missing_python_is_said_with_the_line_to_type(tmp_path):
    done = run(str(OPS / "python-environment"), str(tmp_path / "venv"), PYTHON3="no-such-python")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["Python 3.11 or later is missing. Type: apt-get install -y python3-venv"]


def test_an_old_python_is_named(tmp_path):
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" != --version ] || { echo "Python 3.9.2"; exit 0; }\nexit 1\n')
    old.chmod(0o755)
    done = run(str(OPS / "python-environment"), str(tmp_path / "venv"), PYTHON3=str(old))
    assert done.returncode == 1
    assert "This is Python 3.9.2; the register needs 3.11 or later" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_names_another(tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
        done = subprocess.run(
            [str(OPS / "serve")],
            cwd=tmp_path,
            env=os.environ | {"PORT": str(taken.getsockname()[1]), "DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "Choose another port: make run PORT=8001" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_council_without_a_demonstration_is_told_which_there_are(tmp_path):
    done = run(str(OPS / "serve"), COUNCIL="atlantis", DATA_DIR=str(tmp_path))

    assert done.returncode == 1
    assert 'There is no demonstration called "atlantis". Choose one: breckland' in done.stderr


def test_a_postgresql_that_does_not_answer_is_left_out():
    done = run(sys.executable, str(OPS / "postgresql.py"), TEST_DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert "127.0.0.1:1/" not in done.stdout
    assert "Traceback" not in done.stderr


def test_the_list_of_commands_names_each():
    done = run("make", "help")
    for name in ("run", "test", "check", "bench"):
        assert f"make {name} " in done.stdout


@pytest.mark.django_db
def test_the_last_words_of_make_run_are_the_accounts_and_the_address():
    call_command("load_demo", council="strategy-2009", verbosity=0)  # the quickest
    out = StringIO()
    call_command("demo_accounts", "--address", "http://127.0.0.1:8000", stdout=out)
    lines = out.getvalue().splitlines()
    assert "  auditor@demo.example           Auditor" in lines
    assert "register-demo-2026" in out.getvalue()
    assert lines[-1].startswith("The register: http://127.0.0.1:8000")


@pytest.mark.django_db
def test_without_the_demonstration_no_password_is_told():
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert "register-demo-2026" not in out.getvalue()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt", "requirements-assets.txt"])
def test_each_package_is_locked_with_its_hash_and_no_address(name):
    text = (BASE / name).read_text()
    packages = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
    assert packages
    assert len(packages) == len(re.findall(r"^[a-z0-9].*== ?\S+.*\\$", text, re.MULTILINE))
    assert "sha256:" in text
    assert not re.search(r"https?://|--index-url|--find-links", text)


def test_the_packages_of_the_look_are_locked_with_their_hashes_and_no_address():
    text = (BASE / "package-lock.json").read_text()
    assert text.count('"integrity": "sha512-') == len(re.findall(r'"node_modules/[^"]+": \{', text))
    assert "http" not in text


def test_the_continuous_check_is_make_test():
    lines = (BASE / ".ci" / "run").read_text().splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-1] == "exec make test"
    assert os.access(BASE / ".ci" / "run", os.X_OK)


@pytest.mark.django_db
def test_preparing_twice_changes_nothing(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path / "static"
    for _ in range(2):
        out = StringIO()
        call_command("prepare", address="http://127.0.0.1:8000", accounts=tmp_path / "accounts.txt", stdout=out)
    assert "No migrations to apply" in out.getvalue()
    assert "11 already there" in out.getvalue()
    assert (tmp_path / "accounts.txt").read_text().rstrip().endswith("(Ctrl-C stops it)")
    assert (tmp_path / "static" / "js" / "app.js").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [("load_policy", "redditch"), ("make_administrator", "--email", "t.west@council.example", "--name", "T. West")],
)
def test_a_database_without_tables_is_said_with_the_line_to_type(tmp_path, command):
    empty = f"sqlite:///{tmp_path}/empty.sqlite3"
    done = run(sys.executable, "manage.py", *command, DATA_DIR=str(tmp_path), DATABASE_URL=empty)
    assert done.returncode == 1
    assert "Type manage.py migrate first" in done.stderr
    assert "Traceback" not in done.stderr
