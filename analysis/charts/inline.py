"""Charts that stand in the text of a page: one SVG that is as wide as the page is, whose letters keep their size.

Bars and places are in percent, so that the same drawing serves a telephone and a desk without a script. Title, base,
note, source and legend are the page's own text around it. No numbers are made here; files are drawn in image.py.
"""

from html import escape

from analysis.charts import image, lettering, palette
from analysis.charts.spec import ChartSpec, Form

SIZE = 15
LINE = 20
BAR = 22
THIN = 17
GAP = 14
NARROWEST = 310
"""Room for a line of a label on a telephone, in pixels of CSS."""
_REACH = 76.0
"""Percent of the width that the longest bar takes; its value stands behind it."""
_DRAWN = (Form.BARS, Form.GROUPED, Form.STACKED, Form.RANKS, Form.COLUMNS)


def has_picture(spec: ChartSpec) -> bool:
    """False for a comparison of many groups, which is a table."""
    return spec.form is not Form.TABLE


def is_fluid(spec: ChartSpec) -> bool:
    """Whether the drawing takes the width of the page; else it has one of its own, and its place must scroll."""
    return spec.form in _DRAWN


def legend(spec: ChartSpec) -> tuple[tuple[str, str], ...]:
    """(colour, name) of each series, where there are several to tell apart."""
    if spec.form not in (Form.GROUPED, Form.STACKED):
        return ()
    return tuple((colour, series.name) for colour, series in zip(palette.colours(spec), spec.series, strict=True))


def svg(spec: ChartSpec) -> str:
    """The chart as an element of HTML, its alternative text with it."""
    if not is_fluid(spec):
        return image.svg(spec).decode().partition("?>")[2].strip()
    drawing = _Drawing(rtl=spec.is_rtl)
    for index, label in enumerate(spec.categories):
        drawing.words(lettering.wrap(lettering.printable(label), NARROWEST, SIZE))
        beside = " · ".join(f"{side.title}: {side.labels[index]}" for side in spec.sides)
        drawing.words(lettering.wrap(beside, NARROWEST, SIZE), quiet=True)
        if spec.form is Form.STACKED:
            _segments(drawing, spec, index)
        elif spec.form is Form.RANKS:
            _rank(drawing, spec, index)
        else:
            _bars(drawing, spec, index)
        drawing.top += GAP
    height = max(drawing.top - GAP, 1)
    head = f'<svg role="img" aria-label="{_attribute(spec.alt)}" width="100%" height="{height:g}" font-size="{SIZE}">'
    return f"{head}{''.join(drawing.marks)}</svg>"


class _Drawing:
    """Marks from top to bottom; x is in percent in the direction of reading."""

    def __init__(self, *, rtl: bool) -> None:
        self.top = 0.0
        self.marks: list[str] = []
        self._rtl = rtl

    def words(self, lines: tuple[str, ...], *, quiet: bool = False) -> None:
        """Lines of text over the bars."""
        for line in lines:
            if line:
                self.text(line, 0, self.top + LINE / 2, quiet=quiet)
                self.top += LINE

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        left = 100 - x - wide if self._rtl else x
        self.marks.append(f'<rect x="{left:.2f}%" y="{y:g}" width="{wide:.2f}%" height="{high:g}" fill="{colour}"/>')

    def dot(self, x: float, y: float) -> None:
        self.marks.append(f'<circle cx="{self._across(x):.2f}%" cy="{y:g}" r="7" fill="{palette.ACCENT}"/>')

    def text(self, words: str, x: float, middle: float, *, after: float = 0, quiet: bool = False, on: str = "") -> None:
        """One line; `after` pixels behind x, or in the middle of it where it stands `on` a colour."""
        shift = -after if self._rtl else after
        colour = palette.text_on(on) if on else palette.QUIET_TEXT if quiet else palette.TEXT
        more = (f' dx="{shift:g}"' if shift else "") + (' text-anchor="middle"' if on else "")
        place = f'x="{self._across(x):.2f}%" y="{middle + SIZE * 0.36:g}"'
        self.marks.append(f'<text {place}{more} fill="{colour}">{escape(lettering.printable(words))}</text>')

    def _across(self, x: float) -> float:
        return 100 - x if self._rtl else x


def _bars(drawing: _Drawing, spec: ChartSpec, index: int) -> None:
    high = BAR if len(spec.series) == 1 else THIN
    for series, colour in zip(spec.series, palette.colours(spec), strict=True):
        value, label = series.values[index], series.labels[index]
        long = (value or 0.0) / spec.maximum * _REACH
        if long:
            drawing.box(0, drawing.top + 1, long, high - 2, colour)
        drawing.text(label, long, drawing.top + high / 2, after=6, quiet=value is None)
        drawing.top += high


def _rank(drawing: _Drawing, spec: ChartSpec, index: int) -> None:
    (series,) = spec.series
    value, label, middle = series.values[index], series.labels[index], drawing.top + BAR / 2
    if value is None:
        drawing.text(label, 0, middle, quiet=True)
    else:
        place = (value - 1) / (spec.maximum - 1) * _REACH + 3
        drawing.box(3, middle - 1.5, _REACH, 3, palette.FAINT)
        drawing.dot(place, middle)
        drawing.text(label, place, middle, after=13)
    drawing.top += BAR


def _segments(drawing: _Drawing, spec: ChartSpec, index: int) -> None:
    """A bar of 100 %; what is hidden stays empty at its end, with its mark."""
    x, hidden, middle = 0.0, "", drawing.top + BAR / 2
    for series, colour in zip(spec.series, palette.colours(spec), strict=True):
        value, label = series.values[index], series.labels[index]
        if value is None:
            hidden = label
            continue
        drawing.box(x, drawing.top, max(0.0, value * 100 - 0.3), BAR, colour)
        if lettering.width(label, SIZE) + 6 <= value * NARROWEST:
            drawing.text(label, x + value * 50, middle, on=colour)
        x += value * 100
    if hidden:
        drawing.text(hidden, min(x, 90), middle, after=6, quiet=True)
    drawing.top += BAR


def _attribute(text: str) -> str:
    return escape(lettering.printable(text), quote=True)
