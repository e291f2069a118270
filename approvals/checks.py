"""What the policy decides on a route is not moved by hand: the register asks here before it moves an entry."""

from policy.model import Policy
from register.models import ImportedRow, Partnership, Status

DECIDED = {
    Status.ACTIVE: "join",
    Status.NOT_JOINED: "join",
    Status.CONTACT_ONLY: "join",
    Status.REFERRED: "join",
    Status.LEAVING: "leave",
}
WORDS = {"join": "Joining", "leave": "Leaving"}


def why_not_by_hand(partnership: Partnership, to: Status, policy: Policy | None) -> str:
    """Say why this move needs a decision, or "". An entry of an old register joined before this one was kept."""
    purpose = DECIDED.get(to, "")
    if not purpose or policy is None or not policy.routes_for(purpose):
        return ""
    if partnership.status == Status.LEAVING:  # back to active: the decision to leave is taken back
        return ""
    if purpose == "join" and ImportedRow.objects.for_partnership(partnership).exists():
        return ""
    return f"{WORDS[purpose]} is decided on a route of the policy. Ask for a decision on the entry’s decisions page"
