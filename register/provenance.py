"""Where a value of an entry comes from, when an import brought it: "from spreadsheet, cell J29"."""

from dataclasses import dataclass

from register.models import Partnership


@dataclass(frozen=True)
class Source:
    """Where a value comes from, in words, and the page that shows it; both "" for a value typed here."""

    words: str = ""
    address: str = ""


def sources_of(partnership: Partnership) -> dict[str, Source]:
    """The sources of an entry's values by the name of the field, for one query."""
    return {}
