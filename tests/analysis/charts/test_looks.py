"""Every form looks as it did: its picture is that which was looked at and stored.

After a change of looks that is wanted: `python -m tests.analysis.charts.family`, and look at what changed.
"""

from functools import reduce

import pytest
from PIL import Image, ImageChops, ImageDraw

from analysis.charts.spec import Form
from tests.analysis.charts import family

SEEN = 48
"""How far a pixel's red, green or blue must be off before anybody sees it, of 255."""
MOST_CHANGED = 0.002
"""The part of all pixels that may be off: less than one bar, or one word."""
NAMES = tuple(family.names())


def changed(one: Image.Image, other: Image.Image) -> float:
    """The part of the pixels that differ visibly; 1 for pictures of different sizes."""
    if one.size != other.size:
        return 1.0
    apart = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).split()
    off = reduce(ImageChops.lighter, apart).point(lambda part: 255 * (part > SEEN))
    return off.histogram()[255] / (one.width * one.height)


@pytest.mark.parametrize("name", NAMES)
def test_a_form_looks_as_it_did(name: str) -> None:
    assert changed(family.picture(name), Image.open(family.GOLDEN / name)) <= MOST_CHANGED


def test_one_bar_less_is_seen() -> None:
    stored = Image.open(family.GOLDEN / "diverging-en.png").convert("RGB")
    spoiled = stored.copy()
    ImageDraw.Draw(spoiled).rectangle((240, 120, 300, 132), fill="#ffffff")
    assert changed(stored, stored) == 0
    assert changed(spoiled, stored) > MOST_CHANGED


def test_another_colour_of_the_same_grey_is_seen() -> None:
    stored = Image.new("RGB", (500, 200), "#ffffff")
    painted = [stored.copy(), stored.copy()]
    for picture, colour in zip(painted, ("#1b5e9c", "#7b4f36"), strict=True):
        ImageDraw.Draw(picture).rectangle((240, 120, 300, 132), fill=colour)
    assert changed(*painted) > MOST_CHANGED


def test_every_form_is_among_the_pictures() -> None:
    assert {name.rpartition("-")[0] for name in NAMES if name.endswith("-en.png")} == set(Form)


def test_no_picture_is_stored_that_nothing_is_compared_with() -> None:
    assert {path.name for path in family.GOLDEN.iterdir()} == set(NAMES)
