"""What a change of the register would do to an entry's levels, told before it is saved; what the policy misses now."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from assessments import rules
from assessments.explaining import consequences, judgements_of
from assessments.facts import FIELDS, facts_of, fits
from assessments.models import Assessment
from policy.model import Policy
from policy.models import PolicyVersion
from register.models import Partnership, Status
from register.sections import Warned


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


# The occasion whose checks an entry in each state is held to; checks for "always" belong to every one.
OCCASION = {Status.PROPOSED: "proposal", Status.LEAVING: "leaving"}


def unmet_now(partnership: Partnership, policy: Policy) -> list[Warned]:
    """The policy's checks that the entry does not meet in its state. Named by `settings.ENTRY_WARNINGS`."""
    if not policy.checks:
        return []
    at = OCCASION.get(Status(partnership.status), "always")
    found = rules.unmet_checks(policy, facts_of(partnership, policy), at=at)
    return [Warned(each.check.warning, each.because, each.check.field or "") for each in found]


def _judged(partnership: Partnership, version: PolicyVersion) -> dict[str, dict[str, str]]:
    made = Assessment.objects.for_partnership(partnership).filter(policy_version=version)
    last = made.drafts().prefetch_related("judgements").first() or made.prefetch_related("judgements").first()
    return judgements_of(last.judgements.all(), version.policy) if last else {}
