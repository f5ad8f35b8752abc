"""The colours of charts: safe for colour-blind readers, at least 3:1 against white, blue against orange.

One accent for one measure, a diverging scale with a neutral grey middle, and groups any two of which differ for every
reader, in grey print too.
Everything is named by its colour on white paper. `in_dark` gives the one that stands for it on a dark screen, where
what is far from white paper is as far from the dark one: a colour that bears white letters bears dark ones there.
"""

import re
from collections.abc import Mapping, Sequence

from analysis.charts.spec import ChartSpec, Form, Role, Series
from analysis.charts.wording import whole_percent

TEXT = "#1a1a1a"
QUIET_TEXT = "#595959"
PAPER = "#ffffff"
LINE = "#8c8c8c"
FAINT = "#ececec"
HATCH = "#b0b0b0"
ACCENT = "#1b5e9c"
MARK = "#b3261e"

NEUTRAL = "#949494"
_LOW = ("#8c3a04", "#b85600", "#b8823f")
_HIGH = ("#0a4478", "#2f78b5", "#5f8fae")
GROUPS = ("#1b5e9c", "#d4700f", "#1b4a1d", "#361927", "#847430", "#5c104f", "#4e4e4e")
"""Found by search: the seven whose two most alike are furthest apart, by day and by night, for the three kinds of
colour blindness and in grey; the first five are further apart than all. No chart has more (choose.py)."""
PLACES = (_HIGH[0], _HIGH[1], NEUTRAL)
"""First, ranked lower (or second), not ranked; for more places there are `places`."""

_HEAT = ("#f2f7fb", "#d6e5f2", "#adcde8", "#6ea8d9", "#2a6cab", "#0a4478")
_HEAT_BELOW = ("#8c3a04", "#d4700f", "#f3cfa6")
_HEAT_ABOVE = ("#adcde8", "#3a8dcb", "#0a4478")
_HEAT_MIDDLE = "#f4f4f4"

_IN_DARK: Mapping[str, str] = {
    TEXT: "#e8eaec",
    QUIET_TEXT: "#b3bac0",
    PAPER: "#14181b",
    LINE: "#8a8f94",
    FAINT: "#2a3036",
    HATCH: "#5c646b",
    MARK: "#fe7b6b",
    NEUTRAL: "#676767",
    "#8c3a04": "#fea175",
    "#b85600": "#d46f2c",
    "#b8823f": "#8f5c0f",
    "#0a4478": "#91c5ff",
    "#2f78b5": "#488fce",
    "#5f8fae": "#3d6c89",
    "#1b5e9c": "#62a3e6",
    "#d4700f": "#a25301",
    "#1b4a1d": "#9ed19d",
    "#361927": "#ffd6e7",
    "#847430": "#958542",
    "#5c104f": "#ffabea",
    "#4e4e4e": "#aeaeae",
    "#f2f7fb": "#1b242b",
    "#d6e5f2": "#28343e",
    "#adcde8": "#2d4960",
    "#6ea8d9": "#2c6693",
    "#2a6cab": "#5293d5",
    "#f3cfa6": "#52350d",
    "#3a8dcb": "#0e6da9",
    "#f4f4f4": "#1e2225",
    "#d6e6f4": "#25313c",
    "#9cc3e3": "#294d68",
    "#5a9bd0": "#296b9d",
    "#2668a8": "#5697da",
    "#0b2f57": "#a9cefe",
}
"""The same hue in OKLab, its lightness turned round. The paper and the text are those of [theme.dark] in
.streamlit/config.toml."""


def in_dark(colour: str) -> str:
    """The colour that stands on a dark screen for one of these.

    Raises  KeyError for a colour that is none of them.
    """
    return _IN_DARK[colour]


def picture_in_dark(drawing: bytes) -> bytes:
    """A picture of ours (SVG) in the colours of a dark screen, to be looked at there and not to be taken away."""
    return _TAG.sub(lambda tag: _PAINT.sub(lambda of: of[1] + in_dark(of[2].decode()).encode(), tag[0]), drawing)


def night_rules(place: str) -> str:
    """CSS by which drawings of ours (SVG in the page) below a selector follow a device that asks for dark pages."""
    rules = "".join(
        f'{place} [{paint}="{day}"]{{{paint}:{night}}}'
        for day, night in _IN_DARK.items()
        for paint in ("fill", "stroke")
    )
    page = f"{place}{{background:{in_dark(PAPER)};color:{in_dark(TEXT)}}}"
    return f"@media screen and (prefers-color-scheme:dark){{{page}{rules}}}"


_TAG = re.compile(rb"<[^<>]+>")
_PAINT = re.compile(rb'((?:fill|stroke)=")(' + b"|".join(name.encode() for name in _IN_DARK) + rb')(?=")')


def heat_grounds() -> frozenset[str]:
    """Every ground that a figure of a heat map can have."""
    return frozenset({*_HEAT, _HEAT_MIDDLE, *_HEAT_ABOVE, *_HEAT_BELOW})


def heat(value: float, minimum: float, maximum: float) -> str:
    """The ground of a figure in a heat map: light for little, dark for much; orange below zero, blue above it.

    minimum  0, or below 0 where figures have two sides, which are then as long as the longer one
    """
    if minimum >= 0:
        return _HEAT[_step(value / maximum if maximum else 0.0, len(_HEAT))]
    part = value / max(-minimum, maximum)
    if abs(part) < 1 / 7:
        return _HEAT_MIDDLE
    steps = _HEAT_ABOVE if part > 0 else tuple(reversed(_HEAT_BELOW))
    return steps[_step((abs(part) - 1 / 7) / (6 / 7), len(steps))]


def _step(part: float, steps: int) -> int:
    return min(steps - 1, max(0, int(part * steps)))


def scale(points: int) -> tuple[str, ...]:
    """Colours from the lowest of up to seven points of a scale to the highest; an odd number has a grey middle."""
    half = points // 2
    middle = (NEUTRAL,) if points % 2 else ()
    return (*_LOW[:half], *middle, *reversed(_HIGH[:half]))


STEPS = ("#d6e6f4", "#9cc3e3", "#5a9bd0", "#2668a8", "#0b2f57")


def step(place: int | None, count: int) -> str:
    """The colour of one of up to five steps from few to many, the highest one the darkest; paper below the lowest."""
    return PAPER if place is None else STEPS[len(STEPS) - count + place]


def colours(spec: ChartSpec) -> tuple[str, ...]:
    """One colour per series of the chart."""
    roles = {series.role for series in spec.series}
    if roles == {Role.SCALE}:
        return scale(len(spec.series))
    if roles == {Role.GROUP}:
        return tuple(GROUPS[index % len(GROUPS)] for index in range(len(spec.series)))
    if roles == {Role.PLACE}:
        return places(len(spec.series) - 1)
    return (ACCENT,) * len(spec.series)


def places(count: int) -> tuple[str, ...]:
    """The colours of so many places of a ranking, the first one darkest, and of what was not ranked."""
    return PLACES if count < 3 else (*reversed(STEPS[-count:]), NEUTRAL)


def change(before: float | None, after: float | None) -> str:
    """The colour of a line that rises, falls, or does neither as its ends are printed."""
    if before is None or after is None or whole_percent(before) == whole_percent(after):
        return NEUTRAL
    return ACCENT if after > before else GROUPS[1]


def grounds(spec: ChartSpec, series: Series) -> list[str]:
    """The grounds of a column of figures: those of a heat map coloured, all others as paper."""
    if spec.form is not Form.HEAT_MAP:
        return [PAPER] * len(series.values)
    return [PAPER if value is None else heat(value, spec.minimum, spec.maximum) for value in series.values]


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(background: str, candidates: Sequence[str] = (PAPER, TEXT)) -> str:
    """The text colour that is best read on a bar."""
    return max(candidates, key=lambda colour: contrast(colour, background))


def style(ground: str) -> str:
    """For an HTML element with the class `sd-ground`: a ground and its letters, by day and by night."""
    letters = text_on(ground)
    return f"--day:{ground};--day-text:{letters};--night:{in_dark(ground)};--night-text:{in_dark(letters)}"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
