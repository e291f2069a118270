"""How parts of sentences are put together. Pure functions, for rules and pages alike."""

from collections.abc import Iterable


def inside(title: str, names: tuple[str, ...] = ()) -> str:
    """A title within a sentence: its first letter small, names in it as they are, an abbreviation at its start too.

    `names` are the council's own, such as those of its bodies: a title that starts with one stays as it is.
    """
    first = title.partition(" ")[0]
    if (len(first) > 1 and first.isupper()) or title.startswith(names):
        return title
    return title[:1].lower() + title[1:]


def joined(reasons: Iterable[str], names: tuple[str, ...] = ()) -> str:
    """Several reasons as one sentence: "No money is needed; the partnership is significant"."""
    first, *others = [*reasons] or [""]
    return "; ".join([first, *(inside(each, names) for each in others)])
