"""The year an assessment or a response belongs to, as people say it and as addresses write it."""

from collections.abc import Collection
from datetime import date

from register.models.parts import financial_year


def year_label(day: date) -> str:
    """The review year of a day: "2026–27" from 1 April 2026 to 31 March 2027."""
    begins = financial_year(day)
    return f"{begins}–{(begins + 1) % 100:02d}"


def free_slug(day: date, taken: Collection[str]) -> str:
    """The year as an address writes it: "2026-27", and "2026-27-2" for the second one of a year."""
    first = year_label(day).replace("–", "-")
    slug, number = first, 1
    while slug in taken:
        number += 1
        slug = f"{first}-{number}"
    return slug


def label_of(slug: str) -> str:
    """A slug as people read it: "2026–27", and "2026–27, number 2" for the second one of a year."""
    year, _, number = slug[5:].partition("-")
    label = f"{slug[:4]}–{year}"
    return f"{label}, number {number}" if number else label
