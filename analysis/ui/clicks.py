"""Clicks on charts: what was clicked since the page was drawn, as the filter that it stands for.

A chart whose click was taken gets another key, so that nothing in it stays chosen: what is filtered is told above the
cards, where it can be cleared with the keyboard too.
"""

from typing import Any

from analysis.charts.clicks import Meanings
from survey.ui import session

_CHARTS, _TURNS = "clickable-charts", "chart-turns"


def key(chart: str, chooses: Meanings) -> str:
    """The key of a chart that can be clicked; what its marks mean is remembered until the next look."""
    turn = (session.recall(_TURNS) or {}).get(chart, 0)
    found = f"{chart}~{turn}" if turn else chart
    session.remember(_CHARTS, {**(session.recall(_CHARTS) or {}), found: (chart, chooses)})
    return found


def taken() -> tuple[str, str] | None:
    """(variable, code) of a mark that was clicked, once."""
    charts: dict[str, tuple[str, Meanings]] = session.recall(_CHARTS) or {}
    for each, (chart, chooses) in charts.items():
        meaning = _meaning(session.widget(each), chooses)
        if meaning is not None:
            turns: dict[str, int] = session.recall(_TURNS) or {}
            session.remember(_TURNS, {**turns, chart: turns.get(chart, 0) + 1})
            session.remember(_CHARTS, {name: told for name, told in charts.items() if name != each})
            return meaning
    return None


def _meaning(event: Any, chooses: Meanings) -> tuple[str, str] | None:
    """What the browser says was clicked, as far as it is a mark that was drawn."""
    try:
        point = event["selection"]["points"][0]
        series, category = int(point["curve_number"]), int(point["point_index"])
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    inside = 0 <= series < len(chooses) and 0 <= category < len(chooses[series])
    return chooses[series][category] if inside else None
