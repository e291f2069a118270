"""What people outside the council may read of the register: the public, and each partner its own entry.

Chosen by the policy alone: the fields that it marks as public, where it opens the register to the public; and where it
has partners look at it, the fields of the reports that partners receive. Never what the policy keeps from them, a
person's contact, or a proposal that is not decided. Source: CORE-20, CONF-23, DEF-06; RED-E40, RED-E41, RED-I08,
RED-G02; STR-G05, STR-I16; BRK-I09; HAR-I12; MEL-I19.
"""

from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from policy.model import NEVER_PUBLIC, Policy, RegisterField
from policy.refused import Refused
from register.exports import Column, columns_of, fetched
from register.models import Membership, Partnership, Status
from register.services import lock

SHOWN = (Status.ACTIVE, Status.LEAVING)
PUBLIC, PARTNER = "public_viewer", "partner_viewer"
DAYS = 365  # for which the address that a partner was given opens
SALT = "reports.partner-view"


def is_public(policy: Policy) -> bool:
    """Whether the policy opens the register to the public."""
    return policy.visibility.public


def is_for_partners(policy: Policy) -> bool:
    """Whether the policy has partners look at the register: they have a part in it (RED-E40)."""
    return policy.role(PARTNER) is not None


def _may_see(field: RegisterField, role: str) -> bool:
    return field.seen_by == "everyone" or role in field.seen_by


def _columns(policy: Policy, fields: list[RegisterField]) -> list[Column]:
    known = columns_of(policy)
    return [known[each] for each in dict.fromkeys(field.core or field.id for field in fields) if each in known]


def public_columns(policy: Policy) -> list[Column]:
    """What the public reads of each partnership; nothing where the policy does not open the register."""
    fields = [
        each for each in policy.fields if each.public and _may_see(each, PUBLIC) and each.core not in NEVER_PUBLIC
    ]
    return _columns(policy, fields) if is_public(policy) else []


def partner_columns(policy: Policy) -> list[Column]:
    """What a partner reads of its own partnership: what is public, and the fields of the reports for partners."""
    named = {field for report in policy.reports if PARTNER in report.audience for field in report.fields}
    fields = [each for each in policy.fields if (each.public or each.id in named) and _may_see(each, PARTNER)]
    return _columns(policy, fields) if is_for_partners(policy) else []


def public_entries(columns: list[Column]) -> QuerySet[Partnership]:
    """The partnerships that the council is in, with what the columns need."""
    return fetched(Partnership.objects.filter(status__in=SHOWN), columns).order_by("name", "pk")


@dataclass(frozen=True)
class PartnerLink:
    """The address of a partner's own page, as it is made for one membership."""

    member: Membership
    token: str


def links_of(partnership: Partnership) -> list[PartnerLink]:
    """A fresh address for each partner organisation of an entry. One query."""
    members = Membership.objects.filter(partnership=partnership).select_related("organisation")
    return [
        PartnerLink(each, signing.dumps([each.pk, each.withdrawals], salt=SALT))
        for each in members.order_by("organisation__name", "pk")
    ]


def membership_of(token: str) -> Membership | None:
    """Whose page an address opens.

    `None` once it is too old or withdrawn, or the organisation or the entry is no longer there.
    """
    try:
        member, withdrawals = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 60 * 60)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Membership.objects.filter(pk=member, withdrawals=withdrawals, partnership__status__in=SHOWN)
    return found.select_related("organisation").first()


@transaction.atomic
def withdraw(member: Membership, *, seen: int, by: User, reason: str) -> None:
    """Withdraw the address that a partner was given; a fresh one opens its page again. Raises Refused.

    `seen` is how often it was withdrawn when the page was opened: a stale page withdraws no address given since.
    """
    lock(member)
    found = Membership.objects.select_for_update(of=("self",)).filter(pk=member.pk).first()
    if found is None:
        raise Refused(f"{member.organisation} is no partner any more, so no address of its page opens")
    if found.withdrawals != seen:
        raise Refused("Somebody withdrew this address meanwhile. The page for partners has the fresh one")
    found.withdraw_addresses(by=by, reason=reason)
