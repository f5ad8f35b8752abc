"""A sheet of plotly: what every chart in the browser shares, before any form is drawn."""

from typing import Any

import plotly.graph_objects as go

from analysis.charts import lettering, palette
from analysis.charts.spec import ChartSpec

FAMILY = '"Soundings Sans", "Soundings Sans Arabic", "Soundings Sans SC", "Noto Sans", "Segoe UI", Arial, sans-serif'
PHONE = 360
AROUND = 66
"""What page and card take of a telephone's width."""
SIZE = 13
EDGE = 8
BESIDE_WIDTH = 140
ABOVE_WIDTH = PHONE - AROUND - 2 * EDGE
LEGEND_LINE = 20
SQUARE = "\u25a0"
LABELLED_SEGMENT = 0.15
WIDE = 600
"""From this width on a chart is wide for the style sheet, which then shows the one or the other kind of notes."""
WIDE_LABEL = WIDE - 5 * EDGE
IF_WIDE, IF_NARROW = "\u2060", "\u2063"
"""Signs that are not seen, before a note that is shown in a wide chart only, or in a narrow one only. The server draws
one chart for every width, so what depends on it is decided in the browser."""


class Sheet(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that takes its notes in one go: Plotly checks all earlier ones again at each addition."""

    def __init__(self, *traces: Any) -> None:
        super().__init__(*traces)
        self._notes: list[dict[str, Any]] = []
        self._lines: list[dict[str, Any]] = []

    def note(self, *, text: str, shown: str = "", **annotation: Any) -> None:
        """Remembers an annotation; `shown` is IF_WIDE or IF_NARROW where it is not for every width."""
        self._notes.append({"text": f"{shown}{text}", **annotation})

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, thick: float, layer: str = "below"
    ) -> None:
        """Remembers a straight line, its ends on both axes; `layer` "above" or "below" the marks."""
        (x0, y0), (x1, y1) = start, end
        look = {"color": colour, "width": thick}
        self._lines.append({"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": look, "layer": layer})

    def finished(self) -> "Sheet":
        """The figure with all its notes and lines."""
        self.update_layout(annotations=self._notes)
        if self._lines:
            self.update_layout(shapes=self._lines)
        return self


def frame(fig: Sheet, spec: ChartSpec, *, left: float, right: float, top: float, bottom: float = EDGE) -> None:
    """Paper, letters and margins, the same for every form."""
    fig.update_layout(
        font={"family": FAMILY, "size": SIZE, "color": palette.TEXT},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": left, "r": right, "t": top, "b": bottom, "autoexpand": False},
        dragmode=False,
        hoverlabel={"font": {"family": FAMILY, "size": SIZE}},
        showlegend=False,
    )


def disarmed(text: str, spec: ChartSpec) -> str:
    """The words as plotly may show them: its markup disarmed, the direction written in."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return lettering.embedded(plain, rtl=spec.is_rtl)
