"""The app's page of a partnership or outside body, with what the overview shows of it."""

from collections.abc import Sequence

from config import words
from register.models import Partnership, Representative
from register.sections import PEOPLE, Row, Section


def _rows(partnership: Partnership) -> Sequence[Row]:
    """How many places there are and how many are vacant; one query."""
    vacant = list(Representative.objects.filter(partnership=partnership).values_list("is_vacant", flat=True))
    if not vacant:
        return ()
    rows: list[Row] = [("Places for the council", words.count(len(vacant), "place"))]
    return [*rows, ("Vacant", words.count(sum(vacant), "place"))] if any(vacant) else rows


APPOINTMENTS = Section("Appointments", "appointments:of_body", "appointments.view", summary=_rows, under=PEOPLE)
