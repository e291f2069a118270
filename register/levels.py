"""The levels of the policy in force, as the register's lists and columns need them."""

from dataclasses import dataclass

from policy.model import Policy

NOT_SET = "Not set"


@dataclass(frozen=True)
class ByIdentity:
    """Lets what a policy makes of something be kept: a policy never changes and is large to compare."""

    policy: Policy

    def __hash__(self) -> int:
        return id(self.policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.policy is self.policy


def levels_of(policy: Policy, core: str) -> tuple[tuple[str, str], ...]:
    """The levels of the scheme kept in `core`, id and label, lowest first; none without a scheme."""
    for scheme in policy.schemes.values():
        if scheme.core == core:
            return tuple((level.id, level.label) for level in scheme.levels)
    return ()


def scale_of(policy: Policy, core: str) -> str:
    """The hue of the scheme kept in `core`: "risk", "value" or "plain"."""
    return next((scheme.hue for scheme in policy.schemes.values() if scheme.core == core), "plain")
