"""A plane on which a chart is drawn as SVG: marks in pixels, x in the direction of reading.

What every picture shares; the whole picture is made in image.py, a form in `analysis.charts.forms`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from analysis.charts import layout, lettering, palette

WIDTH = 1000
EDGE = 32
LABEL_SHARE = 0.34
SIZE = 15
NOTE_SIZE = 12.5
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
START, MIDDLE, END = "start", "middle", "end"
_OPPOSITE = {START: END, MIDDLE: MIDDLE, END: START}
_HATCH = 7
"""Pixels from one line of a hatched box to the next."""


@dataclass
class Plane:
    """A drawing in which x runs in the direction of reading; the mirror image is made for right-to-left."""

    width: float
    rtl: bool
    marks: list[ElementTree.Element] = field(default_factory=list)

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        """A filled rectangle from its near upper corner."""
        left = self.width - x - wide if self.rtl else x
        self._add("rect", {"x": left, "y": y, "width": max(0.0, wide), "height": high, "fill": colour})

    def hatched(self, x: float, y: float, wide: float, high: float) -> None:
        """A box with slanting lines: the place of a figure that is not shown."""
        self.box(x, y, wide, high, palette.PAPER)
        offset = _HATCH / 2
        while offset < wide + high:
            # From the upper edge, or the far side, down to the near side, or the lower edge.
            above, below = min(offset, wide), max(0.0, offset - high)
            self.line(x + above, y + offset - above, x + below, y + offset - below, palette.HATCH, 1)
            offset += _HATCH

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: str, thick: float, dash: str = "none") -> None:
        """A straight line."""
        ends = {"x1": self._across(x0), "y1": y0, "x2": self._across(x1), "y2": y1}
        self._add("line", {**ends, "stroke": colour, "stroke-width": thick, "stroke-dasharray": dash})

    def dot(self, x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        """A filled disc; hollow, a ring of the same size."""
        look = {"fill": palette.PAPER, "stroke": colour, "stroke-width": "3"} if hollow else {"fill": colour}
        outer = radius - 1.5 if hollow else radius
        self._add("circle", {"cx": self._across(x), "cy": y, "r": outer, **look})

    def text(
        self,
        words: str,
        x: float,
        middle: float,
        size: float,
        *,
        anchor: str = START,
        bold: bool = False,
        colour: str = palette.TEXT,
        whole: str = "",
    ) -> None:
        """One line of text around the height `middle`.

        whole  of which the line is a part: it says in which direction the line runs
        """
        if not words:
            return
        clean = lettering.printable(words)
        mark = self._add(
            "text",
            {
                "x": self._across(x),
                "y": middle + size * 0.36,
                "fill": colour,
                "font-size": size,
                "font-family": f"'{lettering.family(clean)}', 'Noto Sans', sans-serif",
                "font-weight": "bold" if bold and lettering.has_bold(clean) else "normal",
                "text-anchor": _OPPOSITE[anchor] if self.rtl else anchor,
            },
        )
        mark.text = lettering.embedded(clean, rtl=lettering.runs_left(whole or clean, rtl=self.rtl))

    def lower(self, first: int, last: int, down: float) -> None:
        """The marks from the first up to the last stand lower by this."""
        group = ElementTree.Element(f"{{{SVG_NAMESPACE}}}g", {"transform": f"translate(0 {down:.2f})"})
        group.extend(self.marks[first:last])
        self.marks[first:last] = [group]

    def _across(self, x: float) -> float:
        return self.width - x if self.rtl else x

    def _add(self, tag: str, attributes: Mapping[str, float | str]) -> ElementTree.Element:
        written = {name: value if isinstance(value, str) else f"{value:.2f}" for name, value in attributes.items()}
        mark = ElementTree.Element(f"{{{SVG_NAMESPACE}}}{tag}", written)
        self.marks.append(mark)
        return mark


def write_lines(
    plane: Plane,
    texts: Sequence[str],
    x: float,
    middle: float,
    size: float,
    *,
    anchor: str = START,
    bold: bool = False,
    colour: str = palette.TEXT,
) -> None:
    """A block of lines around the height `middle`."""
    first = middle - (len(texts) - 1) * size * layout.LINE_HEIGHT / 2
    for number, text in enumerate(texts):
        middle = first + number * size * layout.LINE_HEIGHT
        plane.text(text, x, middle, size, anchor=anchor, bold=bold, colour=colour, whole=" ".join(texts))


def paragraph(
    plane: Plane, words: str, top: float, size: float, *, bold: bool = False, colour: str = palette.TEXT
) -> float:
    """Lines over the whole width; the height below them."""
    if not words:
        return top
    for line in lettering.wrap(words, plane.width - 2 * EDGE, size, bold=bold):
        plane.text(line, EDGE, top + size * layout.LINE_HEIGHT / 2, size, bold=bold, colour=colour, whole=words)
        top += size * layout.LINE_HEIGHT
    return top
