"""A chart on the screen with its base, note and source, and its numbers as a table; of which page does not matter.

What belongs to the card of a question stands in `cards.py`.
"""

import html
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.charts import palette, screen, wording
from analysis.charts.clicks import Meanings
from analysis.charts.screen_forms import tiles, upset
from analysis.charts.spec import ChartSpec, Form, Series
from analysis.ui import clicks
from survey.ui import theme


def draw(
    spec: ChartSpec,
    key: str,
    *,
    title: bool = True,
    mark: str = "",
    chooses: Meanings = (),
    leads: tiles.Leads | None = None,
) -> Callable[[str], None]:
    """A chart with title, base, note and source; what is given back puts another mark in the place of the first.

    mark     HTML below its base
    chooses  what a click on a mark of it filters by
    leads    where the countries of a map lead to
    """
    # A report may be in another language than the page.
    way = f'dir="{"rtl" if spec.is_rtl else "ltr"}"'
    if title:
        st.html(f'<h3 class="sd-card-title" {way}>{html.escape(spec.title)}</h3>')
    line, base = st.empty(), f'<div class="sd-muted" {way}>{html.escape(spec.subtitle)}</div>'
    line.html(base + mark)
    if spec.is_table:
        st.html(f'<div class="sd-table">{numbers(spec)}</div>')
    elif spec.form is Form.TILES:
        st.html(tiles.markup(spec, leads))
    elif spec.form is Form.UPSET:
        st.html(upset.markup(spec))
    else:
        st.plotly_chart(
            screen.figure(spec, dark=theme.is_dark()),
            key=clicks.key(key, chooses) if chooses else key,
            config=screen.CONFIG,
            theme=None,
            alt=spec.alt,
            on_select="rerun" if chooses else "ignore",
            selection_mode="points",
        )
    if spec.note:
        st.html(f'<div class="sd-note" {way}>{html.escape(spec.note)}</div>')
    st.html(f'<div class="sd-note" {way}>{html.escape(spec.source)}</div>')
    return _rewritten(line, base)


def _rewritten(line: DeltaGenerator, base: str) -> Callable[[str], None]:
    def write(mark: str) -> None:
        line.html(base + mark)

    return write


def numbers(spec: ChartSpec) -> str:
    """The figures of a chart as a table: a row for each category, then its series and the text beside it."""
    plain = [""] * len(spec.categories)
    columns = [(each.name, each.labels, _grounds(spec, each)) for each in spec.series]
    columns += [(each.title, each.labels, plain) for each in spec.sides]
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in ("", *(name for name, _, _ in columns)))
    rows = "".join(
        f'<tr><th scope="row">{html.escape(category)}</th>'
        + "".join(f"<td{look[at]}>{html.escape(labels[at])}</td>" for _, labels, look in columns)
        + "</tr>"
        for at, category in enumerate(spec.categories)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _grounds(spec: ChartSpec, series: Series) -> list[str]:
    """The attributes of a column's cells: in a heat map a ground, hatched where a figure is not shown."""
    if spec.form is not Form.HEAT_MAP:
        return [""] * len(series.values)
    looks = []
    for value, label, ground in zip(series.values, series.labels, palette.grounds(spec, series), strict=True):
        if value is not None:
            looks.append(f' class="sd-heat sd-ground" style="{palette.style(ground)}"')
        else:
            looks.append(' class="sd-heat sd-unseen"' if wording.HIDDEN in label else ' class="sd-heat"')
    return looks
