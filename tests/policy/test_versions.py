"""Policy versions: kept whole, never changed, one in force at a time."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.roles import Role
from policy.models import PolicyVersion
from policy.reading import PACKS, PackError, read_pack
from policy.refused import Refused
from tests.factories import make_user
from tests.policy.packs import SMALL

pytestmark = pytest.mark.django_db
START = date(2030, 4, 1)


def load(text: str = SMALL, on: date = START, by: object = None) -> PolicyVersion:
    return PolicyVersion.objects.load(text, by, on)


def test_a_version_is_kept_whole_with_its_digest():
    manager = make_user(Role.REGISTER_MANAGER)
    version = PolicyVersion.objects.get(pk=load(by=manager).pk)

    assert version.text == SMALL
    assert version.digest == read_pack(SMALL).digest
    assert (version.code, version.version, version.title) == ("small-2030", "1", "A small policy")
    assert version.loaded_by == manager
    assert version.policy == read_pack(SMALL).policy
    assert version.policy is PolicyVersion.objects.get(pk=version.pk).policy  # read once a process


def test_the_version_in_force_is_found_without_reading_its_text(django_assert_num_queries):
    load()

    with django_assert_num_queries(1):
        assert PolicyVersion.objects.in_force(START).policy.code == "small-2030"


def test_the_same_content_loaded_again_is_already_there():
    first = load()

    assert load("# A remark more\n" + SMALL, on=date(2031, 1, 1)) == first
    assert PolicyVersion.objects.count() == 1


def test_changed_text_under_a_published_version_is_refused():
    load()

    with pytest.raises(Refused, match=r"pack, line 2, version: write a new version number .* and never changes"):
        load(SMALL.replace("up_to: 50000", "up_to: 60000"))
    assert PolicyVersion.objects.get().policy.schemes["risk"].criteria[0].limits[0].up_to == 50000


def test_a_pack_that_does_not_fit_is_not_kept():
    with pytest.raises(PackError):
        load(SMALL.replace("core: name", "core: naam"))
    assert not PolicyVersion.objects.exists()


def test_a_pack_whose_example_does_not_come_out_is_not_kept():
    with pytest.raises(PackError) as refused:
        load(SMALL.replace("levels: {money: high}", "levels: {money: low}"))

    line = SMALL.splitlines().index("examples:") + 2
    assert str(refused.value) == (
        f"pack, line {line}, examples[0].expect.levels.money: money comes out as high, and the example says low. "
        "Put the example or the item that it tries right"
    )
    assert not PolicyVersion.objects.exists()


def test_a_new_version_ends_the_one_before_the_day_before():
    first = load()
    second = load(SMALL.replace('version: "1"', 'version: "2"'), on=date(2031, 4, 1))
    first.refresh_from_db()

    assert first.in_force_to == date(2031, 3, 31)
    in_force = PolicyVersion.objects.in_force
    assert in_force(date(2030, 3, 31)) is None
    assert in_force(START) == first
    assert in_force(date(2031, 3, 31)) == first
    assert in_force(date(2031, 4, 1)) == second


def test_a_new_version_starts_after_the_one_in_force():
    load()

    with pytest.raises(Refused, match=r"is in force from 1 April 2030. Choose a later day"):
        load(SMALL.replace('version: "1"', 'version: "2"'), on=START)


@pytest.mark.parametrize(
    "change",
    [
        lambda version: version.save(),
        lambda version: version.delete(),
        lambda version: version.end(date(2029, 1, 1)),
        lambda version: PolicyVersion.objects.update(text="other"),
        lambda version: PolicyVersion.objects.all().delete(),
    ],
    ids=["save", "delete", "end before start", "update", "delete all"],
)
def test_a_published_version_refuses_every_change(change):
    version = load()
    version.text = "other"

    with pytest.raises(Refused, match="A published policy version never changes"):
        change(version)
    assert PolicyVersion.objects.get().text == SMALL


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_policyversion SET text = 'other'",
        "UPDATE policy_policyversion SET digest = 'other'",
        "UPDATE policy_policyversion SET canonical = 'other'",
        "UPDATE policy_policyversion SET version = '9'",
        "UPDATE policy_policyversion SET in_force_from = '2029-01-01'",
        "DELETE FROM policy_policyversion",
    ],
)
def test_the_database_itself_refuses_to_change_a_version(statement):
    load()

    with (
        pytest.raises(DatabaseError, match="A published policy version never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert PolicyVersion.objects.get().text == SMALL


def test_the_command_loads_a_pack_and_is_safe_to_repeat():
    first, second = StringIO(), StringIO()

    call_command("load_policy", "breckland-2015", "--in-force-from", "2015-04-01", stdout=first)
    call_command("load_policy", str(PACKS / "breckland-2015.yaml"), "--in-force-from", "2015-04-01", stdout=second)

    assert first.getvalue() == "Partnership Policy 2015, version 1 is loaded and in force from 1 April 2015\n"
    assert second.getvalue() == "Partnership Policy 2015, version 1 was already there, in force from 1 April 2015\n"
    assert PolicyVersion.objects.count() == 1


def test_a_dry_run_keeps_nothing():
    out = StringIO()

    call_command("load_policy", "breckland-2015", "--dry-run", stdout=out)

    assert out.getvalue().startswith("Partnership Policy 2015, version 1 can be loaded (digest ")
    assert not PolicyVersion.objects.exists()


def test_the_command_says_what_to_put_right(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL.replace("up_to: 50000", "up_to: 50k"), encoding="utf-8")

    with pytest.raises(CommandError, match=r"was not loaded. Put these right:\nsmall.yaml, line .*write a number"):
        call_command("load_policy", str(file))


@pytest.mark.parametrize("option", [["--dry-run"], []])
def test_the_command_tells_an_example_that_does_not_come_out(tmp_path, option):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL.replace("levels: {money: high}", "levels: {money: low}"), encoding="utf-8")

    with pytest.raises(CommandError, match=r"was not loaded. Put these right:\nsmall.yaml, line .*expect.levels.money"):
        call_command("load_policy", str(file), *option)


def test_the_command_refuses_changed_text(tmp_path):
    load()
    file = tmp_path / "small.yaml"
    file.write_text(SMALL.replace("up_to: 50000", "up_to: 60000"), encoding="utf-8")

    with pytest.raises(CommandError, match="never changes"):
        call_command("load_policy", str(file))


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(CommandError, match=r"There is no file nowhere. Give the path of a pack, or one of "):
        call_command("load_policy", "nowhere")
