"""Two people in one draft: what each saved, set side by side, so that nothing is overwritten unseen."""

from collections.abc import Mapping
from typing import Any

from django.core import signing

SALT = "assessments.drafts"


def seal(values: Mapping[str, Any]) -> str:
    """The values of a page as it was opened, signed so that the page can carry them in a hidden field."""
    return signing.dumps(dict(values), salt=SALT, compress=True)


def unseal(sealed: str) -> dict[str, Any]:
    """The values as the page was opened; {} for a page that carried none or was tampered with."""
    try:
        return signing.loads(sealed, salt=SALT)
    except signing.BadSignature:
        return {}


def settle(
    opened: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Merge my values with what stands in the draft now; answer the result and the names that clash.

    A name I left as I opened it takes their value; one they left takes mine; one that both changed,
    differently, clashes: nothing is chosen for them.
    """
    merged, clashes = {}, []
    for name, value in mine.items():
        before, now = opened.get(name), theirs.get(name)
        if _same(value, before) or _same(value, now):
            merged[name] = now
            continue
        merged[name] = value
        if not _same(now, before):
            clashes.append(name)
    return merged, clashes


def _same(one: Any, other: Any) -> bool:
    # No answer is no answer, whether it was never given or taken back.
    return bool(one == other) or (one in NOTHING and other in NOTHING)


NOTHING: tuple[Any, ...] = (None, "", [])
