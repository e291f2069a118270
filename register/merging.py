"""Two people change one record: what each of them changed, and where they meet. Pure functions.

Three sets of values are compared, fact by fact, in their plain form (`register.facts.values_of`): as the person
opened the record, as it stands now, and as the person typed it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Merge:
    """What becomes of a change when somebody else may have changed the record meanwhile.

    `changes`: facts to save. `conflicts`: facts that both changed, to different values: the person must choose.
    `theirs`: facts that only the other person changed; they stay as the other left them.
    """

    changes: tuple[str, ...]
    conflicts: tuple[str, ...]
    theirs: tuple[str, ...]


def merge(opened: Mapping[str, Any], current: Mapping[str, Any], typed: Mapping[str, Any]) -> Merge:
    """Compare the three sets of values; facts that were not typed are left alone.

    >>> merge({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 3, "b": 1})
    Merge(changes=('a',), conflicts=(), theirs=('b',))
    """
    changes, conflicts, theirs = [], [], []
    for name, mine in typed.items():
        i_changed = mine != opened[name]
        they_changed = current[name] != opened[name]
        if i_changed and they_changed:
            if mine != current[name]:
                conflicts.append(name)
        elif i_changed:
            changes.append(name)
        elif they_changed:
            theirs.append(name)
    return Merge(tuple(changes), tuple(conflicts), tuple(theirs))
