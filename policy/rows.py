"""A policy row by row: each row of the requirements with what carries it in the register."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from policy.comparing import Entry, entries
from policy.model import Policy

GROUPS = {
    "a": "Purpose and definition",
    "b": "Register fields",
    "c": "Assessment",
    "d": "Forms",
    "e": "Roles",
    "f": "Routes and dates",
    "g": "Reports",
    "h": "Lists",
    "i": "Open points, with the choice made",
}
# The page of the policy that shows a part.
PAGES = {
    "Fields": "policy:fields",
    "Lists and scales": "policy:fields",
    "Levels and limits": "policy:levels",
    "Forms": "policy:forms",
    "Routes and decisions": "policy:routes",
    "What comes again": "policy:routes",
    "Settings": "policy:routes",
}


class Carrier(NamedTuple):
    """What carries a row: its words, the kind of thing it is, its standing, where a page shows it, what it does."""

    name: str
    what: str
    standing: str
    page: str
    anchor: str
    cited: str
    does: str


class Row(NamedTuple):
    """One row of the policy and everything that carries it."""

    id: str
    carriers: tuple[Carrier, ...]


def rows_of(policy: Policy, group: str) -> list[Row]:
    """The policy's own rows of a group, in order."""
    found: dict[str, list[Carrier]] = {}
    for entry in (*entries(policy), *_rest(policy)):
        for row_id in _refs(entry.item):
            if _group(policy, row_id) == group:
                found.setdefault(row_id, []).append(_carrier(entry))
    return [Row(row_id, tuple(dict.fromkeys(found[row_id]))) for row_id in sorted(found, key=_in_order)]


def local_settings(policy: Policy) -> list[Carrier]:
    """What the policy does not say and the council has set, whether or not a row speaks of it."""
    carriers = (_carrier(entry) for entry in (*entries(policy), *_rest(policy)))
    return [carrier for carrier in dict.fromkeys(carriers) if carrier.standing == "proposed"]


def counts(policy: Policy) -> dict[str, int]:
    """How many rows of each group the pack carries."""
    own = {row_id for entry in (*entries(policy), *_rest(policy)) for row_id in _refs(entry.item)}
    groups = [_group(policy, row_id) for row_id in own]
    return {group: groups.count(group) for group in GROUPS}


def _rest(policy: Policy) -> Iterator[Entry]:
    """What carries rows and is no item of its own on a page: columns, schemes, what stands beside."""
    for field in policy.fields:
        for column in field.columns:
            yield Entry("Fields", column.id, "column", column.label, column, f" of “{field.label}”")
    for form in policy.questionnaires:
        for question in form.questions:
            for column in question.columns:
                yield Entry("Forms", column.id, "column", column.label, column, f" in “{form.short or form.title}”")
    for scheme_id, scheme in policy.schemes.items():
        yield Entry("Levels and limits", scheme_id, "levels", scheme.title, _Said(scheme.ref, "stated"))
        said = _Said(scheme.suggestion.ref, scheme.suggestion.standing)
        yield Entry("Levels and limits", scheme_id, "suggestion", scheme.suggestion.sentence, said)
    definition = _Said(policy.definition.ref, "stated")
    yield Entry("What counts as a partnership", "definition", "definition", policy.definition.intro, definition)
    if policy.significance:
        yield Entry("What counts as a partnership", "", "mark", policy.significance.label, policy.significance)
    if policy.exit:
        said = _Said(policy.exit.ref, policy.exit.standing)
        yield Entry("Routes and decisions", "", "way of leaving", "What leaving asks for", said)
    said = _Said(policy.visibility.ref, policy.visibility.standing)
    yield Entry("People and bodies", "", "right to read", "Who may read the register", said)
    for wording in policy.wording:
        yield Entry("Clauses", wording.id, "sentence on a page", wording.text, _Said(wording.ref, "stated"))
    for example in policy.examples:
        yield Entry("Clauses", example.id, "example that is tried", example.title, example)


class _Said(NamedTuple):
    """Rows and standing of what has no id of its own."""

    ref: tuple[str, ...]
    standing: str


def _refs(item: Any) -> tuple[str, ...]:
    return (*item.ref, *getattr(item, "limits_ref", ()), *getattr(item, "force_ref", ()))


def _carrier(entry: Entry) -> Carrier:
    item, name = entry.item, entry.name.strip("“”")
    standing = str(getattr(item, "standing", "stated"))
    if getattr(item, "limits", ()) and item.limits_standing == "proposed":
        standing, name = "proposed", f"{name}: {item.limits_note}" if item.limits_note else name
    what = f"{entry.noun[:1].upper()}{entry.noun[1:]}{entry.inside}"
    page = PAGES.get(entry.part, "policy:version")
    return Carrier(name, what, standing, page, _anchor(entry), ", ".join(_refs(item)), getattr(item, "does", ""))


def _anchor(entry: Entry) -> str:
    """The spot on its page, where the page has one for it."""
    if entry.noun in ("list", "value"):
        return f"list-{entry.key.split('/')[0]}"
    return entry.key if entry.noun in ("clause", "field", "criterion", "form", "route") else ""


def _group(policy: Policy, row_id: str) -> str:
    prefix, _, rest = row_id.partition("-")
    return rest[:1].lower() if prefix == policy.ref_prefix else ""


def _in_order(row_id: str) -> list[tuple[int, int, str]]:
    """Figures count as figures: A9 stands before A10, D2A-05 before D10-01."""
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.findall(r"\d+|[A-Za-z]+", row_id)]
