"""What may leave the house: an audience's policy, a permission to publish, the value that stands for a hidden figure.

Here: the threshold on counts. Complementary suppression belongs here too and is not built yet, so a single hidden
cell of a complete row can still be worked out from the others.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from analysis.dataset.arrays import ANONYMOUS, NAMED, NOT_PUBLISHED


class Audience(StrEnum):
    """Who will see the figure: staff on screen, a meeting's participants, or anybody."""

    INTERNAL = "internal"
    MEETING = "meeting"
    PUBLIC = "public"


class Permission(StrEnum):
    """What a reply permits: its words may be published with the organisation's name, without it, or not at all."""

    NAMED = NAMED
    ANONYMOUS = ANONYMOUS
    NOT = NOT_PUBLISHED


class Suppressed(Enum):
    """The one value that stands in the place of a figure which must not be shown."""

    SUPPRESSED = "suppressed"

    def __repr__(self) -> str:
        return "SUPPRESSED"


SUPPRESSED = Suppressed.SUPPRESSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Counts below `threshold` are hidden, zero included, so that nothing tells a zero from a one."""

    threshold: int

    def hides(self, value: int) -> bool:
        """True when a figure that rests on this count must not be shown."""
        return value < self.threshold

    def count(self, value: int) -> int | Suppressed:
        """The count itself, or SUPPRESSED below the threshold."""
        return SUPPRESSED if self.hides(value) else value


_POLICIES = {
    Audience.INTERNAL: Policy(threshold=0),
    Audience.MEETING: Policy(threshold=5),
    Audience.PUBLIC: Policy(threshold=5),
}


def policy(audience: Audience) -> Policy:
    """The policy that holds for an audience."""
    return _POLICIES[audience]
