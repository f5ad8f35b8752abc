"""Every form looks as it did: its picture is that which was looked at and stored.

After a change of looks that is wanted: `python -m tests.analysis.charts.family`, and look at what changed.
"""

import pytest
from PIL import Image, ImageChops, ImageDraw

from analysis.charts.spec import ChartSpec, Form
from tests.analysis.charts import family

SEEN = 48
"""How far a pixel's grey must be off before anybody sees it, of 255."""
MOST_CHANGED = 0.002
"""The part of all pixels that may be off: less than one bar, or one word."""
PAIRS = [(form, language) for language in family.LANGUAGES for form in family.family(language)]


def changed(one: Image.Image, other: Image.Image) -> float:
    """The part of the pixels that differ visibly; 1 for pictures of different sizes."""
    if one.size != other.size:
        return 1.0
    off = ImageChops.difference(one.convert("L"), other.convert("L")).point(lambda grey: 255 * (grey > SEEN))
    return off.histogram()[255] / (one.width * one.height)


@pytest.fixture(scope="module")
def specs() -> dict[tuple[Form, str], ChartSpec]:
    return {(form, language): spec for language in family.LANGUAGES for form, spec in family.family(language).items()}


@pytest.mark.parametrize(("form", "language"), PAIRS)
def test_a_form_looks_as_it_did(form: Form, language: str, specs: dict[tuple[Form, str], ChartSpec]) -> None:
    stored = Image.open(family.golden(form, language))
    assert changed(family.small(specs[form, language]), stored) <= MOST_CHANGED


def test_one_bar_less_is_seen() -> None:
    stored = Image.open(family.golden(Form.DIVERGING, "en")).convert("RGB")
    spoiled = stored.copy()
    ImageDraw.Draw(spoiled).rectangle((240, 120, 300, 132), fill="#ffffff")
    assert changed(stored, stored) == 0
    assert changed(spoiled, stored) > MOST_CHANGED


def test_no_picture_is_stored_that_nothing_is_compared_with() -> None:
    assert {path.name for path in family.GOLDEN.iterdir()} == {f"{form}-{language}.png" for form, language in PAIRS}
