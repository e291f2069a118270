"""What somebody takes to a partnership’s meeting: where it stands and what is likely to come up, from the register.

It needs nobody to write it. The points that an officer wrote for the very meeting stand in it first.

Source: BRK-G12, E32 and E33.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from appointments.models import Briefing
from config import words
from policy.models import PolicyVersion
from register.exports import columns_of
from register.models import Partnership, Side
from reports.ratings import ratings_of
from reports.shape import Chapter, Col, Fact, Line, Paper, Table

MOST = 5  # risks, decisions: two pages are read, four are not


def meeting_sheet(
    partnership: Partnership,
    version: PolicyVersion,
    *,
    meeting_on: date,
    today: date,
    made_by: str,
    concerns: Any,
    points: Briefing | None,
) -> Paper:
    """The sheet on one partnership for a meeting: `concerns` its reader may know of, `points` written for it."""
    policy = version.policy
    ratings = ratings_of([partnership], policy)[partnership.pk]
    facts = [Fact(rating.title, rating.level_label, rating.source) for rating in ratings]
    pounds, hours = partnership.contribution_a_year, partnership.hours_a_month
    facts += [
        Fact("Council pays", words.money(pounds), "" if pounds is None else "a year"),
        Fact("Staff time", words.NOT_KNOWN if hours is None else words.hours_alone(hours), "a month" if hours else ""),
    ]
    return Paper(
        title=f"Sheet for a meeting: {partnership.name}",
        period="",
        readers="",
        council=settings.COUNCIL_NAME,
        policy=str(version),
        on=meeting_on,
        made_on=today,
        made_by=made_by,
        facts=tuple(facts),
        chapters=tuple(_chapters(partnership, version, meeting_on=meeting_on, concerns=concerns, points=points)),
    )


def _chapters(
    partnership: Partnership, version: PolicyVersion, *, meeting_on: date, concerns: Any, points: Briefing | None
) -> Iterator[Chapter]:
    own = columns_of(version.policy)
    said = [partnership.purpose] if partnership.purpose else []
    role = own["council_role"].text(partnership) if "council_role" in own else ""
    if points and points.council_role:
        said.append(f"The council’s part: {points.council_role}")
    elif role and role != words.NOT_KNOWN:
        note = f" {partnership.council_role_note}" if partnership.council_role_note else ""
        said.append(f"The council’s part: {role}.{note}")
    yield Chapter("about", "What it is for", tuple(said) or ("The register does not say what it is for.",))
    yield _people(partnership)
    theirs = (_risks(partnership), _dates(partnership, meeting_on))
    ours = (_actions(partnership, meeting_on), _concerns(concerns))
    yield Chapter("theirs", "What the partnership may raise", _lines(points.from_body if points else ""), theirs)
    yield Chapter("ours", "What the council may want to raise", _lines(points.from_council if points else ""), ours)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for each in text.splitlines() if (line := each.strip()))


def _people(partnership: Partnership) -> Chapter:
    lead = str(partnership.lead_officer or partnership.lead_officer_name or words.NOT_KNOWN)
    goes = [str(each) for each in partnership.representatives.filter(is_vacant=False).order_by("pk")]
    said = (_sentence(f"Lead officer: {lead}"), _sentence(f"For the council: {words.listed(goes) or 'nobody yet'}"))
    members = partnership.memberships.select_related("organisation").order_by("-is_lead", "organisation__name")
    partners = words.listed(members)
    return Chapter("people", "Who is there", (*said, _sentence(f"Partners: {partners or 'none on the register'}")))


def _sentence(said: str) -> str:
    """With its full stop, which initials bring themselves."""
    return said if said.endswith(".") else f"{said}."


def _risks(partnership: Partnership) -> Table:
    risks = partnership.risks.still_open().filter(side=Side.RISK).highest_first()[:MOST]
    lines = tuple(Line((str(risk), risk.rating, risk.control)) for risk in risks)
    columns = (Col("Risk", "long_text"), Col("Placed"), Col("Control", "long_text"))
    return Table("risks", "Highest risks", columns, lines, "No risk is open.")


def _dates(partnership: Partnership, meeting_on: date) -> Table:
    days = (("Next review", partnership.next_review_on), ("It ends", partnership.ends_on))
    lines = [Line((what, day)) for what, day in days if day and day >= meeting_on]
    return Table("dates", "Dates that come", (Col("What"), Col("When", "date")), tuple(lines), "No date is known.")


def _actions(partnership: Partnership, meeting_on: date) -> Table:
    found = partnership.actions.filter(done_on=None).select_related("owner").order_by("due_on", "pk")
    lines = tuple(
        Line(
            (
                action.text,
                str(action.owner or action.owner_name or words.NOT_KNOWN),
                action.due_on,
                "Late by then" if action.due_on and action.due_on < meeting_on else "Open",
            )
        )
        for action in found
    )
    columns = (Col("Action", "long_text"), Col("Owner"), Col("Due", "date"), Col("At the meeting"))
    return Table("actions", "Actions that are open", columns, lines, "No action is open.")


def _concerns(concerns: Any) -> Table:
    lines = tuple(
        Line((each.what, each.get_seriousness_display()), reverse("approvals:concern", args=[each.reference]))
        for each in concerns
    )
    columns = (Col("Concern", "long_text"), Col("How serious"))
    return Table("concerns", "Concerns that are open", columns, lines, "No concern is open.")
