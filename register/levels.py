"""The levels of the policy in force, as the register's lists and columns need them."""

from policy.model import Policy

NOT_SET = "Not set"


def levels_of(policy: Policy, core: str) -> tuple[tuple[str, str], ...]:
    """The levels of the scheme kept in `core`, id and label, lowest first; none without a scheme."""
    for scheme in policy.schemes.values():
        if scheme.core == core:
            return tuple((level.id, level.label) for level in scheme.levels)
    return ()


def scale_of(policy: Policy, core: str) -> str:
    """The hue of the scheme kept in `core`: "risk", "value" or "plain"."""
    return next((scheme.hue for scheme in policy.schemes.values() if scheme.core == core), "plain")
