"""Settings of a pack that steer it: a rule, a cycle or a form names a setting, and its value stands in that place.

    above: {setting: smallest-sum}                                  the value itself
    force: {setting: is-compulsory, yes: compulsory, no: guidance}  one of two, by a yes or no

So whoever changes the setting changes what follows from it, in one place. Pure functions on the data of a pack.
"""

from collections.abc import Mapping
from typing import Any

BY_NAME = ("month_setting", "only_while")  # keys of a pack that name a setting themselves


def settled(data: Mapping[str, Any]) -> dict[str, Any]:
    """A pack with the values of its settings put in; each setting says whether it steers something.

    A name that no setting has stays as it stands, and is refused where it stands.
    """
    settings = [each for each in data.get("settings") or () if isinstance(each, Mapping)]
    values = {str(each["id"]): each["value"] for each in settings if "id" in each and "value" in each}
    used: set[str] = set()
    found = {key: part if key == "settings" else _put(part, values, used) for key, part in data.items()}
    if settings:
        found["settings"] = tuple(
            {**each, "steers": each.get("id") in used} if isinstance(each, Mapping) else each
            for each in data["settings"]
        )
    return found


def _put(part: Any, values: Mapping[str, Any], used: set[str]) -> Any:
    if isinstance(part, Mapping):
        if isinstance(name := part.get("setting"), str) and set(part) <= {"setting", "yes", "no"} and name in values:
            used.add(name)
            if "yes" in part or "no" in part:
                return _put(part.get("yes" if values[name] is True else "no"), values, used)
            return values[name]
        used.update(name for key in BY_NAME if isinstance(name := part.get(key), str))
        return {key: _put(each, values, used) for key, each in part.items()}
    if isinstance(part, (list, tuple)):
        return tuple(_put(each, values, used) for each in part)
    return part
