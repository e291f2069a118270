"""The demonstration: complete, safe to repeat, and out of the way of the spreadsheet that a visitor imports."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from rapidfuzz import fuzz

from accounts.demo import PEOPLE
from accounts.models import User
from accounts.roles import Role
from config import demonstration
from policy.models import PolicyVersion
from register.models import Organisation, Partnership, Priority, Status
from tests.factories import put_policy_in_force

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)


def load(**options):
    said = StringIO()
    call_command("load_demo", stdout=said, **options)
    return said.getvalue()


def test_it_brings_a_person_for_each_role_a_policy_and_fourteen_partnerships():
    said = load()

    assert {role for person in User.objects.all() for role in person.roles} == set(Role)
    assert PolicyVersion.objects.get().code == "breckland-2015"
    assert "14 partnerships loaded, 0 already there" in said
    assert Priority.objects.filter(parent=None).count() == 4
    assert Priority.objects.get(code="1.10").parent.code == "1"


def test_it_ends_with_the_accounts_and_their_password():
    lines = load().splitlines()

    assert lines[-1] == "Password for each: register-demo-2026"
    assert sum("@demo.example" in line for line in lines) == len(PEOPLE) == 11


def test_loading_it_again_changes_nothing():
    load()
    changed = Partnership.objects.get(name="Thornmarsh Town Team")
    changed.change({"purpose": "Another purpose"}, by=User.objects.get(email=demonstration.MANAGER), reason="Try")
    versions = Partnership.history.count()

    said = load()

    assert "0 people loaded, 11 already there" in said
    assert "0 partnerships loaded, 14 already there" in said
    assert Partnership.history.count() == versions
    assert Partnership.objects.get(pk=changed.pk).purpose == "Another purpose"


def test_a_dry_run_loads_nothing():
    assert "14 partnerships loaded" in load(dry_run=True)
    assert not User.objects.exists()
    assert not Partnership.objects.exists()


def test_a_policy_that_is_in_force_already_stays():
    there = put_policy_in_force()

    load()

    assert PolicyVersion.objects.get() == there
    assert set(Partnership.objects.values_list("policy_version", flat=True)) == {there.pk}


def test_another_council_is_not_loaded_into_the_register_of_this_one():
    load()
    people = User.objects.count()
    other = demonstration.FIXTURES / "elsewhere.yaml"

    with pytest.raises(CommandError, match=r"Choose one of .*breckland"):
        load(council="elsewhere")
    assert (User.objects.count(), other.exists()) == (people, False)


def test_a_register_that_works_by_another_policy_is_left_alone(tmp_path, monkeypatch):
    load()
    text = (demonstration.FIXTURES / "breckland.yaml").read_text(encoding="utf-8")
    (tmp_path / "other.yaml").write_text(text.replace("pack: breckland-2015", "pack: other-2031"), encoding="utf-8")
    monkeypatch.setattr(demonstration, "FIXTURES", tmp_path)
    monkeypatch.setattr(demonstration, "COUNCILS", ("other",))

    with pytest.raises(CommandError, match=r"works by Partnership Policy 2015.*set DATA_DIR or DATABASE_URL"):
        load(council="other")


def test_days_and_years_count_from_the_day_of_loading():
    demonstration.load(today=TODAY)

    harbour = Partnership.objects.get(name="Saltmere Harbour Regeneration Board")
    assert harbour.next_review_on == TODAY + timedelta(days=21)
    assert harbour.contribution_a_year == 142_600
    assert harbour.unbudgeted_a_year == 24_600
    assert set(harbour.contributions.values_list("year", flat=True)) == {2026, 2025}
    late = Partnership.objects.active().filter(next_review_on__lt=TODAY)
    assert late.exists()


def test_every_state_of_the_life_and_every_level_is_there():
    load()
    states = set(Partnership.objects.values_list("status", flat=True))
    assert states == {Status.PROPOSED, Status.ACTIVE, Status.LEAVING, Status.LEFT}
    assert set(Partnership.objects.values_list("risk_level", flat=True)) >= {"", "low", "medium", "high"}


def test_every_value_is_one_of_the_policys_lists():
    load()
    policy = PolicyVersion.objects.get().policy
    listed = {
        core: {value.id for value in policy.list(field.list).values}
        for core in (
            "nature",
            "council_role",
            "meeting_frequency",
            "governance_form",
            "budget_status",
            "exit_impact_level",
        )
        if (field := policy.core_field(core))
    }
    assert len(listed) == 6
    for partnership in Partnership.objects.all():
        for core, values in listed.items():
            assert getattr(partnership, core) in values | {""}, f"{partnership}: {core}"
    kinds = {value.id for value in policy.list("kinds-of-partner").values}
    assert set(Organisation.objects.values_list("sector", flat=True)) <= kinds


def test_the_lead_officer_of_the_demonstration_leads_some_and_not_all():
    load()
    lead = User.objects.get(email="lead.officer@demo.example")
    editable = Partnership.objects.editable_by(lead).count()
    assert 4 <= editable < Partnership.objects.count()


@pytest.mark.parametrize("file", ["breckland-style-register", "harborough-style-register", "redditch-style-database"])
def test_no_name_is_near_one_of_the_spreadsheets_that_visitors_import(file):
    load()
    truth = json.loads((Path(settings.BASE_DIR) / "fixtures" / "legacy" / "expected" / f"{file}.json").read_text())
    names = [row["values"]["name"] for row in truth["rows"] if row["values"].get("name")]
    assert len(names) > 20
    for partnership in Partnership.objects.all():
        nearest = max(fuzz.token_sort_ratio(partnership.name.lower(), name.lower()) for name in names)
        assert nearest < 75, partnership.name
