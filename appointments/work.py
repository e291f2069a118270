"""What waits on the home page: rounds under way, vacancies, terms that ended, officers to look at."""

from datetime import date

from django.urls import reverse

from accounts.models import User
from accounts.panels import Line, Link, Work
from appointments import queries
from appointments.models import Round, RoundState
from config import words

NEXT = {
    RoundState.OPEN: "Send the list of places",
    RoundState.SENT: "Gather the nominations",
    RoundState.CLOSED: "Record what the meeting agreed",
}


def to_do(user: User, today: date) -> Work | None:
    """For those who keep appointments: the next step of each round, and what nobody has seen to. Two queries."""
    if not user.has_perm("appointments.manage"):
        return None
    lines = [
        Line(
            f"{NEXT[RoundState(each.state)]}: {each}",
            reverse("appointments:round", args=[each.slug]),
            when=words.short_day(each.meeting_on),
            was=words.days_away(each.meeting_on, today),
            is_late=each.meeting_on < today,
            due=each.meeting_on,
        )
        for each in Round.objects.under_way().select_related("policy_version").defer(
            "policy_version__text", "policy_version__canonical"
        )[:5]
    ]  # fmt: skip
    figures = queries.figures(today)
    if figures.vacant:
        places = words.count(figures.vacant, "vacant place")
        lines.append(
            Line(f"Fill {places}", reverse("appointments:vacancy_list"), note="The longest vacant stands first")
        )
    if figures.ended:
        terms = words.count(figures.ended, "term has ended", "terms have ended")
        address = f"{reverse('appointments:appointment_list')}?state=ending"
        lines.append(Line(f"Say what follows: {terms}", address, note="Whoever sits there holds over"))
    return Work(lines, len(lines), Link("All appointments", reverse("appointments:appointment_list")))
