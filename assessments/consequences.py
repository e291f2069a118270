"""What a change of the register would do to an entry's levels, told before it is saved."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from assessments.explaining import consequences, judgements_of
from assessments.facts import FIELDS, facts_of, fits
from assessments.models import Assessment
from policy.models import PolicyVersion
from register.models import Partnership


def of_change(partnership: Partnership, new_values: Mapping[str, Any], *, today: date | None = None) -> list[str]:
    """Sentences such as "Risk criterion 1 becomes High: £100,001 a year is above £100,000."

    `new_values` are register fields (money in £ a year, time in hours a month) as they would be saved; other
    names are passed over. Judged with the answers of the open draft, or of the last complete assessment.
    Named by `settings.CHANGE_CONSEQUENCES`.
    """
    version = PolicyVersion.objects.in_force(today or timezone.localdate())
    concerned = {name: value for name, value in new_values.items() if name in FIELDS}
    if version is None or not concerned:
        return []
    policy = version.policy
    before = facts_of(partnership, policy)
    after = {name: value for name, value in before.items() if name not in concerned}
    for name, value in concerned.items():
        exact = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if exact not in (None, "") and fits(policy, name, exact):
            after[name] = exact
    return consequences(policy, before, after, _judged(partnership, version))


def _judged(partnership: Partnership, version: PolicyVersion) -> dict[str, dict[str, str]]:
    made = Assessment.objects.for_partnership(partnership).filter(policy_version=version)
    last = made.drafts().prefetch_related("judgements").first() or made.prefetch_related("judgements").first()
    return judgements_of(last.judgements.all(), version.policy) if last else {}
