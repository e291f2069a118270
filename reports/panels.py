"""What reports bring to the home page: for those who hold the register to account, the last annual report."""

from datetime import date

from django.urls import reverse

from accounts.models import User
from accounts.panels import Line, Link, Panel
from accounts.roles import Role
from config import words
from reports.annual import years
from reports.models import Making

ANNUAL = "annual"


def last_annual_report(user: User, today: date) -> Panel | None:
    """For Scrutiny: the report on the last year that is whole, or on the running one while there is no other."""
    if Role.SCRUTINY not in user.roles:
        return None
    found = years(today=today)
    year = next((each for each in found if each.last < today), found[0] if found else None)
    if year is None:
        return Panel("Annual report", empty="The register is empty, so there is no annual report yet.")
    made = Making.by_period(ANNUAL).get(year.slug)
    stood = f"As the register stood on {words.day(min(year.last, today))}"
    last = f"Last made on {words.day(made.made_at)} by {made.made_by}" if made else "Not made as a file yet"
    return Panel(
        "Annual report",
        [
            Line(
                f"Annual report on partnerships {words.review_year(year.starts)}",
                reverse("reports:paper", args=[ANNUAL, year.slug]),
                note=stood,
            ),
            Line("The same as PDF", reverse("reports:paper_pdf", args=[ANNUAL, year.slug]), note=last),
        ],
        all=Link("All years", reverse("reports:report", args=[ANNUAL])),
    )
