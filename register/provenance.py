"""Where a value of an entry comes from, when an import brought it: "from spreadsheet, cell J29"."""

from dataclasses import dataclass

from register.import_service import provenance
from register.models import Partnership

# Fields of an entry's page that an import writes under another name.
SAME = {
    "lead_officer_name": ("lead_officer_id", "lead_officer"),
    "responsible_head_name": ("responsible_head_id", "responsible_head"),
    "portfolio_holder_name": ("portfolio_holder_id", "portfolio_holder"),
    "contribution": ("contribution_a_year", "contributions"),
    "memberships": ("partners", "lead_partner"),
    "priorities": ("priorities", "critical_outcomes"),
}


@dataclass(frozen=True)
class Source:
    """Where a value comes from, in words, and the page that shows it; both "" for a value typed here."""

    words: str = ""
    address: str = ""


def sources_of(partnership: Partnership) -> dict[str, Source]:
    """The sources of an entry's values by the name of the field, for one query.

    A value that was changed here since the import has none: it no longer says what the cell said.
    """
    found: dict[str, Source] = {}
    for name, origin in provenance(partnership).items():
        if not origin.get("cell") or not origin["holds"]:
            continue
        # Without an address: the page of an import is for those who may import.
        source = Source(f"from {origin['file']}, cell {origin['cell']}")
        for field in (name, *SAME.get(name, ())):
            found[field] = source
    return found
