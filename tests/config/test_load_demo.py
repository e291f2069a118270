"""Loading the demonstration into a register that is empty, or has a policy already."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from config import demonstration
from policy.models import PolicyVersion
from register.models import Partnership
from tests.factories import put_policy_in_force

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
