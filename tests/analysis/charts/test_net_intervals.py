"""Net values with their intervals: of figures that are shown alone, the same on screen, in pictures, slides, tables."""

import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from analysis import review
from analysis.charts import palette
from analysis.charts.choose import chart
from analysis.charts.image import svg
from analysis.charts.screen import figure
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import SUPPRESSED, Audience, Suppressed
from analysis.findings.battery import net_bounds
from analysis.findings.card import Cell
from analysis.findings.method import Method, WeightKind
from analysis.opened_data import Filters
from analysis.report.formats import CHART_FORMATS, Look
from analysis.report.table import Unit, tabulate, written
from analysis.stats import scales
from data.store import Store
from survey.demo import SLUG
from survey.translator import LANGUAGES, Words
from tests.analysis import cards
from tests.analysis.cards import ENGLISH
from tests.small import NOW, SECRETARIAT


def drawn(**changes: object) -> ChartSpec:
    spec = chart(cards.battery(**changes), ENGLISH, with_intervals=True)
    assert spec is not None
    return spec


def test_a_battery_draws_points_of_net_values_where_intervals_are_wanted() -> None:
    spec = drawn()
    (series,) = spec.series
    assert spec.form is Form.INTERVALS
    assert spec.measure == "Net value, in percentage points"
    assert spec.categories[0].startswith("High transmission")  # best first
    assert series.labels == ("+40", "+8", "\u221250", "[c]")
    assert spec.sides[0].labels == ("+32\u00a0– +48", "\u22121\u00a0– +16", "\u221258\u00a0– \u221242", "–")
    assert spec.minimum == -spec.maximum < min(low for low in series.low if low is not None)
    plain = chart(cards.battery(), ENGLISH)
    assert plain is not None
    assert plain.form is Form.STACKED


def test_bars_of_a_battery_tell_the_bounds_behind_each_net_value() -> None:
    spec = chart(cards.battery(), ENGLISH, form=Form.DIVERGING, with_intervals=True)
    assert spec is not None
    assert spec.sides[0].labels[0] == "+40 (+32\u00a0– +48)"
    assert spec.sides[0].labels[-1] == "[c]"
    assert spec.note.startswith("In brackets behind a net value: its interval at 95 %.")


def test_items_with_the_same_label_have_each_its_own_bounds() -> None:
    items = tuple(replace(item, label="The same") for item in cards.battery().items)
    spec = chart(cards.battery(items=items), ENGLISH, form=Form.DIVERGING, with_intervals=True)
    assert spec is not None
    assert spec.sides[0].labels == (
        "+40 (+32\u00a0– +48)",
        "+8 (\u22121\u00a0– +16)",
        "\u221250 (\u221258\u00a0– \u221242)",
        "[c]",
    )


def test_screen_picture_and_slide_draw_the_same_points_and_lines() -> None:
    spec = drawn()
    (series,) = spec.series
    bounds = [bound for bound in (*series.low, *series.high) if bound is not None]
    lines = figure(spec).layout.shapes
    assert sorted(shape.x0 for shape in lines if shape.x0 == shape.x1 and shape.x0) == sorted(bounds)
    root = ElementTree.fromstring(svg(spec))
    dots = [each for each in root.iter() if each.tag.endswith("circle")]
    assert len(dots) == sum(value is not None for value in series.values)
    strokes = [each for each in root.iter() if each.get("stroke") == palette.ACCENT]
    assert len(strokes) == 3 * len(bounds) / 2  # a line and its two ends
    content = CHART_FORMATS["pptx"].make(cards.battery(), ENGLISH, Look(intervals=True))
    (native,) = (s.chart for slide in Presentation(io.BytesIO(content)).slides for s in slide.shapes if s.has_chart)
    xs = [float(v.text) for v in native.plots[0].series[0]._element.xVal.iter() if v.tag.endswith("}v")]
    assert sorted(xs) == pytest.approx(sorted(bounds))


def test_bounds_are_left_out_where_a_figure_is_hidden_that_they_would_tell() -> None:
    item = cards.battery().items[0]
    assert net_bounds(item) is not None
    hidden = Cell(count=SUPPRESSED, share=SUPPRESSED, low=SUPPRESSED, high=SUPPRESSED)
    for place in (0, 1, 3, 4):
        rows = tuple(replace(row, cell=hidden) if at == place else row for at, row in enumerate(item.rows))
        assert net_bounds(replace(item, rows=rows)) is None
    assert net_bounds(replace(item, net=SUPPRESSED)) is None
    assert net_bounds(replace(item, base=cards.base(SUPPRESSED))) is None
    middle = tuple(replace(row, cell=hidden) if at == 2 else row for at, row in enumerate(item.rows))
    assert net_bounds(replace(item, rows=middle)) == net_bounds(item)


def test_in_the_demonstration_a_meeting_reads_bounds_only_of_figures_that_it_reads(demo_store: Store) -> None:
    asked = {"actor": SECRETARIAT, "language": "en", "filters": Filters(), "now": NOW}
    card = review.card(demo_store, SLUG, "m_serv", audience=Audience.MEETING, kept=False, **asked)  # type: ignore[arg-type]
    whole = review.card(demo_store, SLUG, "m_serv", audience=Audience.INTERNAL, **asked)  # type: ignore[arg-type]
    assert all(net_bounds(item) is not None for item in whole.items)
    for item, true in zip(card.items, whole.items, strict=True):
        ends = [row.cell.share for at, row in enumerate(item.rows) if at != len(item.rows) // 2]
        seen = not any(isinstance(each, Suppressed) for each in (item.net, *ends))
        assert net_bounds(item) == (net_bounds(true) if seen else None)


def test_weighted_net_values_have_the_bounds_of_their_effective_n(demo_store: Store) -> None:
    card = review.card(
        demo_store,
        SLUG,
        "m_serv",
        actor=SECRETARIAT,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters(),
        now=NOW,
        method=Method(weights=WeightKind.EQUAL_REGIONS),
    )
    for item in card.items:
        assert item.effective_n is not None and isinstance(item.base.answered, int)
        assert 1 < item.effective_n < item.base.answered
        shares = [row.cell.share for row in item.rows]
        ends = shares[0] + shares[1] + shares[-2] + shares[-1]  # type: ignore[operator]
        found = net_bounds(item)
        assert found is not None
        assert (found.low, found.high) == scales.net_bounds(float(item.net), float(ends), item.effective_n)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_net_value_is_written_as_signed_percentage_points_in_every_language(language: str) -> None:
    words = Words(language)
    shown = [written(value, Unit.POINTS, words) for value in (-0.17, 0.17, 0.0)]
    assert [text.lstrip("\u200e") for text in shown] == ["\u221217", "+17", "0"]
    table = tabulate(cards.battery(), words)
    assert [column.unit for column in table.columns[3:6]] == [Unit.POINTS] * 3
    net = table.columns[3]
    assert not any("%" in written(value, net.unit, words) for value in net.values)
    assert words.language == "en" or net.head != "Net, percentage points"


def test_a_workbook_holds_points_as_signed_numbers() -> None:
    sheet = load_workbook(io.BytesIO(CHART_FORMATS["xlsx"].make(cards.battery(), ENGLISH, Look()))).active
    assert sheet is not None
    assert (sheet.cell(7, 4).value, sheet.cell(7, 4).number_format) == (-50, "+0;\u22120;0")
