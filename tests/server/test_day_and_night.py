"""Colours of our style sheets by day and by night: words can be read, borders of fields can be seen (WCAG 2.2 AA)."""

import re
import tomllib
from pathlib import Path

import pytest

from analysis.charts.palette import contrast
from survey.ui import look

ROOT = Path(__file__).parents[2]
SHEETS = {
    "style.css": look.ASSETS / "style.css",
    "light.css": look.ASSETS / "light.css",
    "page.html": ROOT / "survey" / "channels" / "page.html",
}
GROUNDS = ("paper", "soft")
WORDS = ("ink", "muted", "accent", "warn", "bad", "good")
PAIRS = (
    *((ground, letters, 4.5) for ground in GROUNDS for letters in WORDS),
    ("accent", "on-accent", 4.5),
    ("accent", "on", 4.5),
    ("warn-soft", "warn-ink", 4.5),
    ("bad-soft", "bad", 4.5),
    ("bad-soft", "ink", 4.5),
    ("good-soft", "ink", 4.5),
    ("number", "ink", 4.5),
    ("paper", "line", 3.0),
    ("soft", "line", 3.0),
    ("paper", "bar", 3.0),
)


def colours(sheet: str) -> tuple[dict[str, str], dict[str, str]]:
    """The variables by day and by night."""
    blocks = re.findall(r":root *{(.*?)}", sheet, re.DOTALL)
    day, night = (
        {
            name: "#" + "".join(sign * 2 for sign in value[1:]) if len(value) == 4 else value
            for name, value in re.findall(r"--([a-z-]+): *(#[0-9a-f]+)", block)
        }
        for block in blocks[:2]
    )
    return day, night


@pytest.mark.parametrize("name", SHEETS)
def test_words_and_borders_stand_out_by_day_and_by_night(name: str) -> None:
    day, night = colours(SHEETS[name].read_text(encoding="utf-8"))
    assert set(day) == set(night)
    faults = [
        (one, other, round(contrast(kept[one], kept[other]), 2))
        for kept in (day, night)
        for one, other, least in PAIRS
        if one in kept and other in kept and contrast(kept[one], kept[other]) < least
    ]
    assert faults == []


@pytest.mark.parametrize("name", SHEETS)
def test_no_rule_has_a_colour_that_does_not_follow(name: str) -> None:
    text = SHEETS[name].read_text(encoding="utf-8")
    rules = re.sub(r":root *{.*?}", "", text, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-f]{3,8}\b", rules) == []


def test_pages_of_streamlit_have_the_colours_of_our_style_sheet() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    assert "base" not in theme  # or the device would not be asked
    for kept, name in zip(colours(look.STYLE), ("light", "dark"), strict=True):
        of_page = theme[name]
        assert of_page["backgroundColor"] == kept["paper"] and of_page["textColor"] == kept["ink"]
        assert of_page["primaryColor"] == of_page["linkColor"] == kept["accent"]
        assert of_page["secondaryBackgroundColor"] == kept["soft"] and of_page["borderColor"] == kept["line"]
