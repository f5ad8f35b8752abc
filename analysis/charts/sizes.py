"""For which place a picture is made: the room it fills there, and how far its letters may shrink.

Lengths are CSS pixels, 96 to the inch, as slides and pages of office programs take them.
"""

from dataclasses import dataclass
from enum import StrEnum

from data.errors import InvalidInput

SCALES = (1, 2, 3, 4)
DEFAULT_SCALE = 2
DOTS_PER_INCH = 96


class Size(StrEnum):
    """Where the picture is to stand."""

    PLAIN = "plain"
    """1000 wide and as high as it needs."""
    SLIDE = "slide"
    """A whole slide, 16:9."""
    PAGE = "page"
    """As wide as the text of an A4 page with margins of 20 mm, and no higher than it."""
    SOCIAL = "social"
    """1200 x 630, as networks show the picture of a link."""
    SQUARE = "square"
    """1080 x 1080, as networks show a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The room of a size.

    width, height   of the finished picture; `fills`: it is always so high, else at most
    closest, widest between them the drawing is laid out, in its own units, before it is scaled to `width`: the closest
                    that fits has the largest letters
    """

    width: float
    height: float
    fills: bool
    closest: float
    widest: float


_MILLIMETRE = DOTS_PER_INCH / 25.4
ROOMS = {
    Size.SLIDE: Room(width=1280, height=720, fills=True, closest=680, widest=1500),
    Size.PAGE: Room(width=170 * _MILLIMETRE, height=257 * _MILLIMETRE, fills=False, closest=760, widest=960),
    Size.SOCIAL: Room(width=1200, height=630, fills=True, closest=680, widest=1400),
    Size.SQUARE: Room(width=1080, height=1080, fills=True, closest=600, widest=1300),
}


MAP_SIZES = (Size.PLAIN, Size.PAGE, Size.SQUARE)
"""Places for the map of the world, which is too high for those that are much wider than high."""


def size_of(text: str) -> Size:
    """The size of this name.

    Raises  InvalidInput "size.unknown".
    """
    if text not in list(Size):
        raise InvalidInput("size.unknown", size=text[:40], allowed=", ".join(Size))
    return Size(text)


def scale_of(text: str) -> int:
    """How many pixels of a PNG stand for one.

    Raises  InvalidInput "scale.unknown".
    """
    if text not in [str(scale) for scale in SCALES]:
        raise InvalidInput("scale.unknown", scale=text[:40], allowed=", ".join(map(str, SCALES)))
    return int(text)
