"""How far a version that waits to be put in force has come on the route on which the policy has it decided."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.module_loading import import_string

from policy.models import PolicyVersion


@dataclass(frozen=True)
class Standing:
    """What the app that carries decisions says of a version (`settings.POLICY_DECISION`).

    `words` say how it stands, `address` is the page of the request about it and `send` the page on which it is sent up,
    each "" where there is none. Once it is agreed, `decided_on` is the day and `decision` who agreed.
    """

    route: str
    words: str
    address: str = ""
    send: str = ""
    decided_on: date | None = None
    decision: str = ""


def standing_of(version: PolicyVersion, today: date) -> Standing | None:
    """How far a version has come, or None where the policy in force has no route for it. Three queries."""
    found: Standing | None = import_string(settings.POLICY_DECISION)(version, today)
    return found
