"""What may leave the house: an audience's policy, a permission to publish, the value that stands for a hidden figure.

No arithmetic of tables lives here.
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
    """The rule of one audience.

    threshold  counts below it are hidden, zero included, so that nothing tells a zero from a one; 0 hides nothing
    rounding   counts are shown as multiples of it; 0 shows them as they are
    """

    threshold: int
    rounding: int = 0

    def hides(self, value: int) -> bool:
        """True when a figure that rests on this count must not be shown."""
        return value < self.threshold

    def count(self, value: int) -> int | Suppressed:
        """The count itself, or SUPPRESSED below the threshold."""
        return SUPPRESSED if self.hides(value) else value


THRESHOLD = 5
_POLICIES = {
    Audience.INTERNAL: Policy(threshold=0),
    Audience.MEETING: Policy(threshold=THRESHOLD),
    Audience.PUBLIC: Policy(threshold=THRESHOLD),
}


def policy(audience: Audience) -> Policy:
    """The policy that holds for an audience where a consultation has none of its own."""
    return _POLICIES[audience]
