"""The report of a yearly refresh for the management team: how far it is, who is late by name, what is recommended.

A refresh that is open is reported as it stands today; a closed one as it was left. Every review and every letter stands
in the workbook too. Source: BRK-F22, BRK-G02; HAR-F10, HAR-G02; RED-F29, RED-G11; DEF-09.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.urls import reverse

from accounts.roles import Role
from accounts.words import role_label
from config import words
from policy.refused import Refused
from reports.charts import BRAND, Bar, chart_of
from reports.lists import NAME, REFERENCE, Made
from reports.shape import Chapter, Col, Fact, Line, Paper, Table
from reviews import queries
from reviews.models import WITH_LEAD, Campaign, Chase, Recommendation, Review, State

REVIEWS, LEAD = Col("Reviews", "number"), Col("Lead officer")
NOBODY = "Nobody leads it"


def links(campaign: Campaign) -> list[tuple[str, str]]:
    """What the page of a refresh links to: words and addresses. Named by `settings.REFRESH_PAPERS`."""
    team = role_label(Role.MANAGEMENT_TEAM, campaign.policy_version.policy)
    forms = ((f"Report for {team}", "paper"), ("PDF", "paper_pdf"), ("Excel", "paper_xlsx"))
    return [(title, reverse(f"reports:{name}", args=["refresh", campaign.slug])) for title, name in forms]


def campaign_of(slug: str) -> Campaign:
    """The refresh of a year. Raises Refused."""
    found = Campaign.objects.for_list().filter(slug=slug).first()
    if found is None:
        raise Refused("There was no refresh of that year. Choose one of the periods there are")
    return found


def refresh_report(campaign: Campaign, made: Made) -> Paper:
    """The report; a fixed number of queries for any number of reviews."""
    return _Refresh(campaign, made).paper()


@dataclass
class _Refresh:
    """One report while it is gathered."""

    campaign: Campaign
    made: Made

    @cached_property
    def reviews(self) -> list[Review]:
        found = Review.objects.in_campaign(self.campaign).for_list()
        return list(found.select_related("request").order_by("partnership__name", "pk"))

    @property
    def today(self) -> date:
        return self.made.today

    def paper(self) -> Paper:
        chapters = (
            self._progress(), self._late(), self._recommended(), self._risk(), self._waiting(), self._letters(),
            self._all(),
        )  # fmt: skip
        ended = f"It was closed on {words.day(self.campaign.closed_at)} by {self.campaign.closed_by_name}."
        based = [
            f"The refresh opened on {words.day(self.campaign.opened_at)}, due on {words.day(self.campaign.due_on)}.",
            f"Its reviews as they stand on {words.day(self.today)}." if self.campaign.is_open else ended,
        ]
        if self.campaign.closing_note:
            based.append(f"Note on closing: {self.campaign.closing_note}")
        return self.made.paper(
            "Yearly refresh of the register",
            chapters=chapters,
            facts=self._facts(),
            period=self.campaign.label,
            based_on=based,
        )

    def _facts(self) -> Iterator[Fact]:
        figures = queries.figures_of(self.campaign, self.today)
        before = queries.last_year_by_now(self.campaign, self.today)
        of_all = f"{figures['signed_off']:,} of {figures['all']:,}"
        yield Fact("Signed off", of_all, "" if before is None else f"last year by now: {before:,}", "#progress")
        yield Fact("Waiting for sign-off", f"{figures['waiting']:,}", "", "#waiting")
        yield Fact("Late", f"{figures['late']:,}", "named below" if figures["late"] else "", "#late")
        yield Fact("Recommend leaving", f"{figures['leave']:,}", f"{figures['asked']:,} asked for", "#recommended")
        yield Fact("Recommend changes", f"{figures['change']:,}", "", "#recommended")
        money = figures["money"]
        sense = "a year more or less, of reviews that were sent"
        yield Fact("Contributions", words.NOT_KNOWN if money is None else words.money(money), sense)

    def _progress(self) -> Chapter:
        """By service, as on the page of the refresh."""
        rows, whole = queries.progress_of(self.campaign)
        has_closed = bool(whole.closed)
        titles = [title for title, _ in queries.KEY][: None if has_closed else -1]
        columns = (Col("Service"), *(Col(title, "number") for title in titles), Col("All", "number"))
        kept = len(titles)

        def line(row: queries.Progress) -> Line:
            return Line((row.title, *(Decimal(count) for count in row.counts[:kept]), Decimal(row.all)))

        drawn = [Bar(title, count, BRAND) for title, count in zip(titles, whole.counts, strict=False)]
        table = Table("progress", "Progress by service", columns, tuple(map(line, rows)), "", line(whole))
        return Chapter("progress", "How far it is", (), (table,), chart_of("Reviews by state", drawn))

    def _late(self) -> Chapter:
        """Those that are named to the management team: late, or closed unfinished."""
        columns = (NAME, LEAD, Col("Responsible"), Col("Due", "date"), Col("State"))
        lines = [
            Line(
                (
                    each.partnership.name,
                    _lead(each),
                    str(each.partnership.responsible_head or each.partnership.responsible_head_name),
                    each.due_on,
                    words.days_away(each.due_on, self.today).capitalize()
                    if each.state in WITH_LEAD
                    else each.get_state_display(),
                ),
                _address(each),
            )
            for each in self.reviews
            if each.is_late(self.today) or each.state == State.CLOSED
        ]
        return _chapter("late", "Late", columns, lines, "No review of the refresh is late.")

    def _recommended(self) -> Chapter:
        columns = (NAME, Col("Recommended"), Col("Why", "long_text"), Col("Decision"))
        lines = [
            Line(
                (
                    each.partnership.name,
                    each.get_recommendation_display(),
                    each.recommendation_why,
                    f"Asked for: {each.request.reference}" if each.request else "Not asked for",
                ),
                _address(each),
            )
            for each in self.reviews
            if each.recommendation in (Recommendation.CHANGE, Recommendation.LEAVE)
        ]
        going_on = sum(each.recommendation == Recommendation.GO_ON for each in self.reviews)
        said = [f"{words.count(going_on, 'review')} recommend to go on as it is."] if going_on > 1 else []
        said = ["1 review recommends to go on as it is."] if going_on == 1 else said
        empty = "No review recommends a change, or to leave."
        return _chapter("recommended", "What is recommended", columns, lines, empty, said=said)

    def _risk(self) -> Chapter:
        columns = (NAME, REFERENCE, Col("Risk since the review was opened"))
        moved = sorted((each for each in self.reviews if each.risk_change), key=lambda each: -(each.risk_change or 0))
        lines = [
            Line((each.partnership.name, each.partnership.reference, _steps(each.risk_change or 0)), _address(each))
            for each in moved
        ]
        return _chapter("risk", "Risk that changed", columns, lines, "No review changed the level of risk.")

    def _waiting(self) -> Chapter:
        columns = (NAME, Col("Sent", "date"), Col("Sent by"), Col("What to look at", "long_text"))
        lines = [
            Line(
                (each.partnership.name, each.done_on, each.sent_by_name, ". ".join(each.look_at) or "Nothing unusual"),
                _address(each),
            )
            for each in self.reviews
            if each.is_waiting
        ]
        return _chapter("waiting", "Waiting for sign-off", columns, lines, "No review waits for sign-off.")

    def _letters(self) -> Chapter:
        """Every letter that was sent by hand; reminders that go by themselves stand in the log of e-mails."""
        found = Chase.objects.filter(review__campaign=self.campaign).order_by("sent_on", "to_name", "pk")
        rows = found.values_list("sent_on", "to_name", "review__partnership__name")
        lines = [Line((name, to, sent)) for sent, to, name in rows]
        columns = (NAME, Col("To"), Col("Sent", "date"))
        return _chapter("letters", "Letters sent", columns, lines, "No letter was sent by hand.")

    def _all(self) -> Chapter:
        columns = (
            NAME, REFERENCE, Col("Service"), LEAD, Col("State"), Col("Due", "date"), Col("Sent", "date"),
            Col("Recommends"),
        )  # fmt: skip
        lines = [
            Line(
                (
                    each.partnership.name,
                    each.partnership.reference,
                    str(each.partnership.service or ""),
                    _lead(each),
                    each.get_state_display(),
                    each.due_on,
                    each.done_on or "Not yet",
                    each.get_recommendation_display() or "Not yet",
                ),
                _address(each),
            )
            for each in self.reviews
        ]
        return _chapter("all", "Every review", columns, lines, "The refresh has no review.")


def _lead(review: Review) -> str:
    entry = review.partnership
    return str(entry.lead_officer or entry.lead_officer_name or NOBODY)


def _address(review: Review) -> str:
    return reverse("reviews:review", args=[review.partnership.reference, review.slug])


def _steps(change: int) -> str:
    return f"{words.count(abs(change), 'level')} {'higher' if change > 0 else 'lower'}"


def _chapter(
    anchor: str, title: str, columns: Iterable[Col], lines: Iterable[Line], empty: str, *, said: Iterable[str] = ()
) -> Chapter:
    table = Table(anchor, title, tuple(columns), tuple(lines), empty)
    return Chapter(anchor, title, tuple(said), (table,))
