"""A map of squares for the screen, as HTML: on a narrow screen its blocks stand one after the other.

The whole is one picture for a screen reader, told by the description's words; its numbers stand in a table beside it.
"""

import html

from analysis.charts import palette
from analysis.charts.spec import Block, ChartSpec, Series, Tile, TileMap


def markup(spec: ChartSpec) -> str:
    """The map with its legend; looks are in survey/ui/assets/style.css."""
    assert isinstance(spec.plan, TileMap)
    (series,) = spec.series
    blocks = "".join(_block(block, spec.plan, series) for block in spec.plan.blocks)
    return (
        f'<div class="sd-map" role="img" aria-label="{html.escape(spec.alt)}" '
        f'style="--columns:{spec.plan.columns}"><div class="sd-world" aria-hidden="true">{blocks}</div></div>'
        f'<div class="sd-steps">{_legend(spec.plan, series)}</div>'
    )


def _block(block: Block, plan: TileMap, series: Series) -> str:
    rows = 1 + max(tile.row for tile in block.tiles) - block.row
    place = f"grid-column:{block.column + 1}/span {block.columns};grid-row:{block.row}/span {rows + 1}"
    tiles = "".join(_tile(tile, block, plan, series) for tile in block.tiles)
    return (
        f'<div class="sd-block" style="{place};--columns:{block.columns};--rows:{rows}">'
        f'<span dir="auto">{html.escape(block.name)}</span>{tiles}</div>'
    )


def _tile(tile: Tile, block: Block, plan: TileMap, series: Series) -> str:
    place = f"grid-column:{tile.column - block.column + 1};grid-row:{tile.row - block.row + 2}"
    sign, name = html.escape(tile.sign), html.escape(tile.name)
    if tile.at is None:
        return f'<div class="sd-square sd-unasked" style="{place}" title="{name}"><i>{sign}</i></div>'
    value, label = series.values[tile.at], html.escape(series.labels[tile.at])
    told = f'title="{name}: {label}"><i>{sign}</i><b>{label}</b></div>'
    if value is None:
        return f'<div class="sd-square sd-unseen" style="{place}" {told}'
    if value == 0:
        return f'<div class="sd-square sd-none" style="{place}" {told}'
    look = palette.style(palette.step(plan.step(value), len(plan.steps)))
    return f'<div class="sd-square sd-ground" style="{place};{look}" {told}'


def _legend(plan: TileMap, series: Series) -> str:
    looks = [palette.style(palette.step(number, len(plan.steps))) for number in range(len(plan.steps))]
    found = "".join(
        f'<span><i class="sd-ground" style="{look}"></i>{html.escape(step.label)}</span>'
        for look, step in zip(looks, plan.steps, strict=True)
    )
    hidden = next((label for value, label in zip(series.values, series.labels, strict=True) if value is None), "")
    return f'{found}<span><i class="sd-unseen"></i>{html.escape(hidden)}</span>' if hidden else found
