"""A map of squares as a picture: one square for every country and area, its sign, its figure, its colour.

The world is not turned for languages that are read from right to left; the words over it and the legend are.
"""

from analysis.charts import layout, lettering, palette
from analysis.charts.plane import EDGE, MIDDLE, Plane
from analysis.charts.spec import Block, ChartSpec, Series, Tile, TileMap

GAP = 2
SIGN_SIZE = 9
FIGURE_SIZE = 11
HEADING_SIZE = 10.5
LEGEND_SIZE = 13
LEGEND_BOX = 16


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """The map with its legend; the height below."""
    assert isinstance(spec.plan, TileMap)
    unit = (plane.width - 2 * EDGE) / spec.plan.columns
    (series,) = spec.series
    for block in spec.plan.blocks:
        _write_heading(plane, block, top, unit)
        for tile in block.tiles:
            _draw_tile(plane, spec.plan, series, tile, top, unit)
    return _write_legend(plane, spec, top + spec.plan.rows * unit + 14)


def _write_heading(plane: Plane, block: Block, top: float, unit: float) -> None:
    """The name of a block in the row above it, its last line next to the squares."""
    lines = lettering.wrap(block.name, (block.columns + 0.9) * unit, HEADING_SIZE) if block.name else ()
    bottom = top + block.row * unit - 2
    for number, line in enumerate(reversed(lines)):
        middle = bottom - (number + 0.5) * HEADING_SIZE * layout.LINE_HEIGHT
        # At the edge where reading starts, whichever side of the unturned map that is.
        edge = EDGE + block.column * unit
        if plane.rtl:
            edge = plane.width - EDGE - (block.column + block.columns) * unit
        plane.text(line, edge, middle, HEADING_SIZE, colour=palette.QUIET_TEXT)


def _draw_tile(plane: Plane, plan: TileMap, series: Series, tile: Tile, top: float, unit: float) -> None:
    side = unit - GAP
    x, y = EDGE + tile.column * unit, top + tile.row * unit
    if plane.rtl:
        x = plane.width - x - side
    if tile.at is None:
        plane.box(x, y, side, side, palette.FAINT)
        plane.text(tile.sign, x + side / 2, y + side / 2, SIGN_SIZE, anchor=MIDDLE, colour=palette.QUIET_TEXT)
        return
    value, label = series.values[tile.at], series.labels[tile.at]
    colour = None if value is None else palette.step(plan.step(value), len(plan.steps))
    _outlined(plane, x, y, side, colour)
    ink = palette.text_on(colour) if colour and value else palette.QUIET_TEXT
    plane.text(tile.sign, x + side / 2, y + side * 0.28, SIGN_SIZE, anchor=MIDDLE, colour=ink)
    plane.text(label, x + side / 2, y + side * 0.69, FIGURE_SIZE, anchor=MIDDLE, bold=bool(value), colour=ink)


def _outlined(plane: Plane, x: float, y: float, side: float, colour: str | None) -> None:
    """A square that can be told from the paper whatever its colour; hatched without one."""
    plane.box(x, y, side, side, palette.LINE)
    inner = (x + 0.75, y + 0.75, side - 1.5, side - 1.5)
    if colour is None:
        plane.hatched(*inner)
    else:
        plane.box(*inner, colour)


def _write_legend(plane: Plane, spec: ChartSpec, top: float) -> float:
    """The steps, and what a hatched square is; the height below."""
    assert isinstance(spec.plan, TileMap)
    x = float(EDGE)
    for number, step in enumerate(spec.plan.steps):
        _outlined(plane, x, top, LEGEND_BOX, palette.step(number, len(spec.plan.steps)))
        plane.text(step.label, x + LEGEND_BOX + 6, top + LEGEND_BOX / 2, LEGEND_SIZE)
        x += LEGEND_BOX + 6 + lettering.width(step.label, LEGEND_SIZE) + 20
    hidden = next((label for s in spec.series for v, label in zip(s.values, s.labels, strict=True) if v is None), "")
    if hidden:
        _outlined(plane, x, top, LEGEND_BOX, None)
        plane.text(hidden, x + LEGEND_BOX + 6, top + LEGEND_BOX / 2, LEGEND_SIZE)
    return top + LEGEND_BOX
