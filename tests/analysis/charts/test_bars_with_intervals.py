"""Plain bars that show how far chance may move them: the same bounds on screen, in the picture and on the slide."""

import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from pptx import Presentation

from analysis.charts import palette
from analysis.charts.choose import chart
from analysis.charts.image import svg
from analysis.charts.screen import figure
from analysis.charts.spec import ChartSpec, Form
from analysis.findings.card import CardKind
from analysis.report.formats import CHART_FORMATS, Look
from tests.analysis import cards, hard_cards
from tests.analysis.cards import ENGLISH

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def drawn(**changes: object) -> ChartSpec:
    spec = chart(cards.multiple(**changes), ENGLISH, with_intervals=True)
    assert spec is not None
    return spec


def test_bars_have_no_intervals_unless_they_are_asked_for() -> None:
    spec = chart(cards.multiple(), ENGLISH)
    assert spec is not None
    assert (spec.series[0].low, spec.sides) == ((), ())
    compared = chart(cards.compared(), ENGLISH, with_intervals=True)
    assert compared is not None
    assert compared.form is not Form.BARS
    assert compared.series[0].low == ()


def test_a_hidden_option_has_no_interval_and_the_axis_holds_the_highest_bound() -> None:
    spec = drawn()
    (series,) = spec.series
    hidden = spec.categories.index("Crime and security")
    assert (series.low[hidden], series.high[hidden], spec.sides[0].labels[hidden]) == (None, None, "–")
    assert spec.maximum >= max(high for high in series.high if high is not None)
    assert "Line across the end of each bar: the interval at 95 %." in spec.note


def test_options_with_the_same_label_have_each_its_own_bounds() -> None:
    rows = tuple(replace(row, label="The same") for row in cards.multiple().rows)
    plain, alike = drawn().series[0], drawn(rows=rows).series[0]
    assert (alike.low, alike.high) == (plain.low, plain.high)
    assert len(set(alike.low)) > 2


def test_screen_picture_and_slide_draw_the_same_bounds() -> None:
    spec = drawn()
    (series,) = spec.series
    known = [(low, high) for low, high in zip(series.low, series.high, strict=True) if low is not None]
    shapes = figure(spec).layout.shapes
    assert [shape.x0 for shape in shapes if shape.x0 == shape.x1] == [bound for pair in known for bound in pair]
    root = ElementTree.fromstring(svg(spec))
    light = [mark for mark in root.iter() if mark.get("stroke") == palette.PAPER]
    assert len(light) == 2 * len(known)
    content = CHART_FORMATS["pptx"].make(cards.multiple(), ENGLISH, Look(intervals=True))
    slides = Presentation(io.BytesIO(content)).slides
    (found,) = (shape.chart for slide in slides for shape in slide.shapes if shape.has_chart)
    bars = found._chartSpace.find(f".//{CHART}errBars")
    for name, ends in (("plus", series.high), ("minus", series.low)):
        lengths = [float(point.text) for point in bars.find(f"{CHART}{name}").iter(f"{CHART}v")]
        wanted = [
            0.0 if value is None or end is None else abs(end - value)
            for value, end in zip(series.values, ends, strict=True)
        ]
        assert lengths == pytest.approx(wanted)
    words = [
        cell.text
        for slide in slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    assert f"{series.labels[0]} ({spec.sides[0].labels[0]})" in words


@pytest.mark.parametrize(("low", "high"), [(0.05, 0.1), (0.9, 0.95)])
def test_bounds_beside_the_value_are_drawn_where_they_are(low: float, high: float) -> None:
    """The share is of all replies; its bounds may be of those on a contact list alone."""
    rows = tuple(
        row if row.cell.low is None else replace(row, cell=replace(row.cell, low=low, high=high))
        for row in cards.multiple().rows
    )
    spec = drawn(rows=rows)
    (series,) = spec.series
    known = [value for value, end in zip(series.values, series.low, strict=True) if end is not None]
    assert known and all(value is not None and not low <= value <= high for value in known)
    lines = [shape for shape in figure(spec).layout.shapes if shape.x0 == shape.x1]
    assert [shape.x0 for shape in lines] == [low, high] * len(known)
    colour = palette.PAPER if high < 0.5 else palette.TEXT
    assert {shape.line.color for shape in lines} == {colour}
    content = CHART_FORMATS["pptx"].make(cards.multiple(rows=rows), ENGLISH, Look(intervals=True))
    (found,) = (
        shape.chart for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes if shape.has_chart
    )
    bars = found._chartSpace.find(f".//{CHART}errBars")
    plus, minus = (
        [float(point.text) for point in bars.find(f"{CHART}{name}").iter(f"{CHART}v")] for name in ("plus", "minus")
    )
    ends = [
        (value + up, value - down) for value, up, down in zip(series.values, plus, minus, strict=True) if up or down
    ]  # type: ignore[operator]
    assert ends == [(pytest.approx(high), pytest.approx(low))] * len(known)


@pytest.mark.parametrize("state", hard_cards.STATES)
@pytest.mark.parametrize("options", hard_cards.OPTIONS)
def test_the_hardest_cards_are_drawn(state: str, options: int) -> None:
    card = hard_cards.hard_card(CardKind.MULTIPLE, options, state)
    spec = chart(card, ENGLISH, with_intervals=True)
    assert spec is not None
    assert svg(spec)
    assert figure(spec).layout.height > 0
    assert CHART_FORMATS["pptx"].make(card, ENGLISH, Look(intervals=True)).startswith(b"PK")
