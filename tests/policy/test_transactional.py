"""Versions under several hands: emptied tables between tests, and two loads at one moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from policy.models import PolicyVersion
from tests.policy.packs import SMALL


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_each_transactional_test_starts_without_versions(turn):
    assert not PolicyVersion.objects.exists()

    assert PolicyVersion.objects.load(SMALL, None, date(2030, 4, 1)).version == "1"


@pytest.mark.django_db(transaction=True)
def test_the_same_pack_loaded_by_several_at_one_moment_is_kept_once():
    def load(_: int) -> int:
        try:
            return PolicyVersion.objects.load(SMALL, None, date(2030, 4, 1)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as several:
        found = set(several.map(load, range(4)))

    assert found == {PolicyVersion.objects.get().pk}
