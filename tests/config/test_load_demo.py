"""Loading the demonstration into a register that is empty, or has a policy already."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from config import demonstration
from policy.models import PolicyVersion
from register.models import Partnership
from reports.annual import annual_report
from reports.rules import Year
from reviews.models import Review, State
from tests.factories import make_partnership, put_policy_in_force

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TODAY = date(2026, 11, 21)


def test_a_dry_run_loads_nothing():
    said = StringIO()
    call_command("load_demo", dry_run=True, stdout=said)
    assert "16 partnerships loaded" in said.getvalue()
    assert not User.objects.exists()
    assert not Partnership.objects.exists()


def test_a_policy_that_is_in_force_already_stays():
    there = put_policy_in_force()

    call_command("load_demo", verbosity=0)

    assert PolicyVersion.objects.get() == there
    assert set(Partnership.objects.values_list("policy_version", flat=True)) == {there.pk}


def test_days_and_years_count_from_the_day_of_loading():
    demonstration.load(today=TODAY)

    harbour = Partnership.objects.get(name="Saltmere Harbour Regeneration Board")
    board = Partnership.objects.get(name="Marsh Coast Joint Planning Board")
    assert board.next_review_on == TODAY - timedelta(days=9)
    assert harbour.contribution_a_year == 142_600
    assert harbour.unbudgeted_a_year == 24_600
    assert set(harbour.contributions.values_list("year", flat=True)) == {2026, 2025}
    late = Partnership.objects.active().filter(next_review_on__lt=TODAY)
    assert late.exists()


def test_the_report_on_the_last_whole_year_says_what_happened_in_it(tmp_path):
    """FIG-05, CORE-18: what the fixture tells of the year, and nothing that it does not."""
    demonstration.load(today=TODAY)
    file = tmp_path / "annual.html"

    call_command("annual_report", year="2025-26", format="html", output=file, stdout=StringIO())

    made = annual_report(Year(2025), readers="", made_by="T.W.", now=timezone.now())
    said = {
        table.id: [(str(line.cells[0]), *(str(cell) for cell in line.cells[-2:])) for line in table.lines]
        for _, table in made.tables()
    }
    assert [line[0] for line in said["joined"]] == ["Good Neighbours of the Marsh"]
    assert [line[0] for line in said["left"]] == ["Saltmere Night Bus Trial"]
    assert said["improved"] == [("Eelby Youth House", "Medium", "Low")]
    assert said["worsened"] == [("Coastal Waste Treatment Consortium", "Medium", "High")]
    assert {line[0] for line in said["weak"]} >= {"Great Sedge Flood and Tide Board", "Marsh Coast Visitor Board"}
    assert [line[0] for line in said["reviewed"]] == ["Saltmere Harbour Regeneration Board", "Thornmarsh Town Team"]
    assert made.facts[0].sense == "12 a year ago: 1 joined, 1 left"
    assert "Worse than a year ago" in file.read_text(encoding="utf-8")


def test_into_a_register_in_use_everything_comes_as_of_today():
    """Nobody's past is told anew: a report that was made on an earlier year says the same afterwards."""
    put_policy_in_force()
    there = make_partnership(name="Marsh Valley Board")

    call_command("load_demo", verbosity=0)

    assert Partnership.history.order_by("history_date").first().id == there.pk


@pytest.mark.parametrize("today", [date(2026, 4, 1), date(2026, 3, 10)])
def test_it_loads_on_the_first_day_of_a_year_and_after_the_budget(today):
    demonstration.load(today=today)

    assert Review.objects.filter(campaign__slug="2024-25", state=State.SIGNED_OFF).count() == 2
