"""A transactional test can empty its tables although the database guards policy versions."""

from datetime import date

import pytest

from policy.models import PolicyVersion
from tests.policy.packs import SMALL


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_each_transactional_test_starts_without_versions(turn):
    assert not PolicyVersion.objects.exists()

    assert PolicyVersion.objects.load(SMALL, None, date(2030, 4, 1)).version == "1"
