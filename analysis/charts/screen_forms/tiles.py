"""A map of squares for the screen, as HTML: on a narrow screen its blocks stand one after the other.

The whole is one picture for a screen reader, told by the description's words; its numbers stand in a table beside it.
Where its countries lead somewhere, it is a group of links instead: with the keyboard its regions are gone through, with
the mouse countries too.
"""

import html
from collections.abc import Callable, Sequence
from typing import TypeAlias

from analysis.charts import palette
from analysis.charts.spec import Block, ChartSpec, Series, Tile, TileMap

Leads: TypeAlias = Callable[[Sequence[int]], str]
"""Places of categories -> the address with these chosen."""


def markup(spec: ChartSpec, leads: Leads | None = None) -> str:
    """The map with its legend; looks are in survey/ui/assets/style.css.

    leads  where countries lead to: those of which a figure above 0 is shown, and regions that have one, whole
    """
    assert isinstance(spec.plan, TileMap)
    (series,) = spec.series
    blocks = "".join(_block(block, spec.plan, series, leads) for block in spec.plan.blocks)
    role, hidden = ("group", "") if leads else ("img", ' aria-hidden="true"')
    return (
        f'<div class="sd-map" role="{role}" aria-label="{html.escape(spec.alt)}" '
        f'style="--columns:{spec.plan.columns}"><div class="sd-world"{hidden}>{blocks}</div></div>'
        f'<div class="sd-steps">{_legend(spec.plan, series)}</div>'
    )


def _block(block: Block, plan: TileMap, series: Series, leads: Leads | None) -> str:
    rows = 1 + max(tile.row for tile in block.tiles) - block.row
    place = f"grid-column:{block.column + 1}/span {block.columns};grid-row:{block.row}/span {rows + 1}"
    tiles = "".join(_tile(tile, block, plan, series, leads) for tile in block.tiles)
    name, inside = html.escape(block.name), [tile.at for tile in block.tiles if tile.at is not None]
    if leads and any(series.values[at] for at in inside):
        name = f'<a href="{html.escape(leads(inside))}" target="_self">{name}</a>'
    return (
        f'<div class="sd-block" style="{place};--columns:{block.columns};--rows:{rows}">'
        f'<span dir="auto">{name}</span>{tiles}</div>'
    )


def _tile(tile: Tile, block: Block, plan: TileMap, series: Series, leads: Leads | None) -> str:
    place = f"grid-column:{tile.column - block.column + 1};grid-row:{tile.row - block.row + 2}"
    sign, name = html.escape(tile.sign), html.escape(tile.name)
    if tile.at is None:
        return (
            f'<div class="sd-square sd-unasked" style="{place}" aria-hidden="true" title="{name}"><i>{sign}</i></div>'
        )
    value, label = series.values[tile.at], html.escape(series.labels[tile.at])
    told = f'aria-hidden="true" title="{name}: {label}"><i>{sign}</i><b>{label}</b></div>'
    if value is None:
        return f'<div class="sd-square sd-unseen" style="{place}" {told}'
    if value == 0:
        return f'<div class="sd-square sd-none" style="{place}" {told}'
    look = palette.style(palette.step(plan.step(value), len(plan.steps)))
    if leads:
        told = f'title="{name}: {label}"><i>{sign}</i><b>{label}</b></a>'
        way = f'href="{html.escape(leads([tile.at]))}" target="_self" tabindex="-1"'
        return f'<a class="sd-square sd-ground" {way} style="{place};{look}" {told}'
    return f'<div class="sd-square sd-ground" style="{place};{look}" {told}'


def _legend(plan: TileMap, series: Series) -> str:
    looks = [palette.style(palette.step(number, len(plan.steps))) for number in range(len(plan.steps))]
    found = "".join(
        f'<span><i class="sd-ground" style="{look}"></i>{html.escape(step.label)}</span>'
        for look, step in zip(looks, plan.steps, strict=True)
    )
    hidden = next((label for value, label in zip(series.values, series.labels, strict=True) if value is None), "")
    return f'{found}<span><i class="sd-unseen"></i>{html.escape(hidden)}</span>' if hidden else found
