"""Versions that bear a moment gone by: forward only, and for the demonstration alone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from policy.refused import Refused
from register.models import Partnership
from register.models.history import dated
from tests.factories import make_partnership

pytestmark = pytest.mark.django_db


def ago(days):
    return timezone.now() - timedelta(days=days)


def test_what_is_kept_inside_stood_from_that_moment_on():
    with dated(ago(30)):
        entry = make_partnership(name="Marsh Valley Board")
    entry.change({"purpose": "Another purpose"}, by=entry.lead_officer)

    assert not Partnership.objects.historical(ago(31)).exists()
    assert Partnership.objects.historical(ago(29)).get().purpose != "Another purpose"
    assert Partnership.objects.historical(timezone.now()).get().purpose == "Another purpose"


def test_nothing_is_put_before_what_history_holds():
    entry = make_partnership(name="Marsh Valley Board")
    versions = Partnership.history.count()

    with pytest.raises(Refused, match="Nothing is put before it"), dated(ago(1)):
        entry.change({"purpose": "Another purpose"}, by=entry.lead_officer)

    assert Partnership.history.count() == versions


def test_no_version_lies_in_time_to_come():
    with pytest.raises(Refused, match="still to come"), dated(ago(-1)):
        pass


def test_the_demonstration_alone_tells_a_past():
    asks = re.compile(r"models\.history import [^\n]*\bdated\b")
    apps = [init.parent for init in Path(settings.BASE_DIR).glob("*/__init__.py") if init.parent.name != "tests"]
    callers = {path.name for app in apps for path in app.rglob("*.py") if asks.search(path.read_text(encoding="utf-8"))}
    assert callers == {"demonstration_life.py"}
