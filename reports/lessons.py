"""The yearly digest of lessons: what partnerships that were left achieved, did well and could have done better.

Beside each stands how often it was taken up in a new proposal. Source: RED-F60, RED-E18.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from config import words
from exits.models import Kind, Lesson, Use
from register.facts import Asked
from reports.lists import NAME, Made
from reports.rules import Year
from reports.shape import Chapter, Col, Fact, Line, Paper, Table


def lessons(year: Year, made: Made) -> Paper:
    """The digest of a year: one query for any number of lessons."""
    found: list[Any] = list(_lessons(year))
    entries = {lesson.leaving.partnership_id for lesson in found}
    used = sum(lesson.used for lesson in found)
    facts = [
        Fact("Lessons", str(len(found)), f"from {words.count(len(entries), 'partnership')}"),
        *(Fact(kind.label, str(sum(lesson.kind == kind for lesson in found))) for kind in _kinds(found)),
        Fact("Taken up", str(used), "times in new proposals"),
    ]
    themes = _themes(made)
    chapters = [_chapter(kind, [lesson for lesson in found if lesson.kind == kind], themes) for kind in _kinds(found)]
    if not chapters:
        empty = "Nobody recorded a lesson in this year. They come with the forms on leaving a partnership."
        chapters = [Chapter("lessons", "Lessons", tables=(Table("lessons", "Lessons", (Col("Lesson"),), (), empty),))]
    return made.paper(
        "Digest of lessons",
        chapters=chapters,
        facts=facts,
        period=words.financial_year(year.starts),
        on=min(year.last, made.today),
        based_on=[
            f"Lessons recorded from {words.day(year.first)} to {words.day(min(year.last, made.today))}, in the words "
            "of those who left the partnerships.",
        ],
    )


def _lessons(year: Year) -> Iterator[Lesson]:
    taken_up = Count("answers", filter=Q(answers__use=Use.USED))
    found = Lesson.objects.for_list().filter(said_on__gte=year.first, said_on__lte=year.last).annotate(used=taken_up)
    yield from found.order_by("leaving__partnership__name", "leaving", "place", "pk")


def _kinds(found: list[Any]) -> list[Kind]:
    return [kind for kind in Kind if any(lesson.kind == kind for lesson in found)]


def _themes(made: Made) -> Mapping[str, str]:
    """What the themes are called, by id; nothing where the policy has none."""
    field = made.policy.core_field("theme")
    return Asked(made.policy, today=made.today).options(field.list if field else None)


def _chapter(kind: Kind, found: list[Any], themes: Mapping[str, str]) -> Chapter:
    columns = (Col("Lesson"), NAME, Col("Theme"), Col("Said on", "date"), Col("Taken up", "number"))
    lines = tuple(
        Line(
            (
                each.text,
                each.leaving.partnership.name,
                themes.get(each.leaving.partnership.theme, each.leaving.partnership.theme),
                each.said_on,
                each.used,
            ),
            reverse("exits:exit", args=[each.leaving.partnership.reference]),
        )
        for each in found
    )
    return Chapter(kind.value, kind.label, tables=(Table(kind.value, kind.label, columns, lines),))
