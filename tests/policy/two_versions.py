"""One policy in two versions, for tests: Breckland's, and the same with another limit, list and form."""

from datetime import date

from policy.models import PolicyVersion
from policy.reading import PACKS

FIRST = (PACKS / "breckland-2015.yaml").read_text(encoding="utf-8")
FROM = date(2026, 4, 1)


def changed(*changes: tuple[str, str], text: str = FIRST) -> str:
    """The pack as version 2, with these words written instead; each stands once in it."""
    for old, new in (('version: "1"', 'version: "2"'), *changes):
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


# A higher limit, a level that means something else, a value renamed, a question taken out, another body that decides.
SECOND = changed(
    ("{level: low, below: 50000}", "{level: low, below: 60000}"),
    (
        "facts: {contribution_a_year: 50000}, expect: {levels: {brk-c01: medium}}",
        "facts: {contribution_a_year: 50000}, expect: {levels: {brk-c01: low}}",
    ),
    ("medium: short-term trouble, low: inconvenience", "medium: trouble for a year, low: inconvenience"),
    ("ref: BRK-H28, label: Officer}", "ref: BRK-H28, label: Council officer}"),
    ("{id: brk-d07, ref: BRK-D07, text: How often", "{id: brk-d07-new, ref: BRK-D07, text: In which months"),
    ("title: Decide on joining\n        role: management_team", "title: Decide on joining\n        role: executive"),
)


def put_two_versions_in_force(text: str = SECOND, *, since: date = FROM) -> tuple[PolicyVersion, PolicyVersion]:
    """Version 1 from 2020, version 2 from `since`."""
    for pack, day in ((FIRST, date(2020, 1, 1)), (text, since)):
        PolicyVersion.objects.load(pack, by=None, in_force_from=day)
    first, second = PolicyVersion.objects.filter(code="breckland-2015").order_by("in_force_from")
    return first, second
