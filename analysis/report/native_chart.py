"""A chart that Office draws itself, with its workbook inside: for slides and for documents.

The workbook holds what the chart holds, cell by cell; a suppressed figure is an empty cell, and "[c]" stands beside
the category's name. Lengths are in points.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from babel.numbers import format_percent
from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml.ns import qn
from pptx.parts.chart import ChartPart
from pptx.util import Pt
from xlsxwriter import Workbook

from analysis.charts import layout, lettering, palette, wording
from analysis.charts.spec import ChartSpec, Form, Series, ValueFormat, Words
from analysis.report import slide_room
from analysis.report.slide_room import LEGEND_SIZE, Area, RowsPlan
from survey.translator import locale_of

SHAPES = {
    Form.BARS: XL_CHART_TYPE.BAR_CLUSTERED,
    Form.GROUPED: XL_CHART_TYPE.BAR_CLUSTERED,
    Form.RANKS: XL_CHART_TYPE.BAR_CLUSTERED,
    Form.STACKED: XL_CHART_TYPE.BAR_STACKED,
    Form.DIVERGING: XL_CHART_TYPE.BAR_STACKED,
    Form.COLUMNS: XL_CHART_TYPE.COLUMN_CLUSTERED,
}
_WHOLE_BARS = (Form.STACKED, Form.DIVERGING)
FAMILY = "Calibri"
_ZERO_WIDTH_SPACE = "\u200b"
_FORMULA_SIGNS = ("=", "{=", "+", "-", "@")
OFFSET = "\u2194"
"""Heads the column that sets bars of a scale so that their middles meet; its bars are not seen."""
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook's time has no zone
"""The time of every workbook inside a chart: equal charts are equal files."""


class _Writer(CategoryWorkbookWriter):
    """The workbook of a chart, without the time at which it is written."""

    @contextmanager
    def _open_worksheet(self, xlsx_file: Any) -> Any:
        with Workbook(xlsx_file, {"in_memory": True, "strings_to_formulas": False}) as book:
            book.set_properties({"created": _EPOCH, "comments": self._chart_data.query})
            yield book, book.add_worksheet()


class _Data(CategoryChartData):
    """Categories and series with that workbook; query  of the chart, for programs."""

    query = ""

    @property
    def _workbook_writer(self) -> CategoryWorkbookWriter:
        return _Writer(self)  # type: ignore[no-untyped-call]


def empty_data(spec: ChartSpec, names: Sequence[str]) -> Any:
    """A workbook with these names down its first column, and without a series."""
    data: Any = _Data()  # type: ignore[no-untyped-call]
    data.query = spec.provenance
    data.categories = [cell_text(name, spec) for name in names]
    return data


def data_of(spec: ChartSpec) -> CategoryChartData:
    """What the chart and its workbook hold."""
    data = empty_data(spec, slide_room.category_names(spec))
    if spec.form is Form.DIVERGING:
        data.add_series(OFFSET, offsets(spec))
    for series in spec.series:
        data.add_series(cell_text(series.name, spec), series.values)
    return data  # type: ignore[no-any-return]


def offsets(spec: ChartSpec) -> tuple[float, ...]:
    """How far from the beginning of the axis each bar of a diverging chart begins."""
    return tuple(start - spec.minimum for start in layout.starts(spec))


def style(
    native: Chart,
    spec: ChartSpec,
    words: Words,
    *,
    size: float,
    area: Area,
    plan: RowsPlan | None = None,
    legend_size: float = LEGEND_SIZE,
    ink: str = palette.TEXT,
) -> None:
    """The chart as the house draws it, with letters of `size`.

    plan  of the rows, None for upright columns; ink  of letters beside the bars, "" for the template's own
    """
    native.font.size = Pt(size)
    set_ink(native.font, ink)
    native.has_title = False
    native.has_legend = plan is not None and plan.is_native
    if native.has_legend:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        native.legend.font.size = Pt(legend_size)
    _style_axes(native, spec, size)
    _style_series(native, spec, words, size, plan, ink)
    if plan is not None:
        fix_plot(native, plan.plot, area)


def loose(
    spec: ChartSpec,
    words: Words,
    *,
    size: float,
    area: Area,
    plan: RowsPlan | None,
    ink: str = palette.TEXT,
    family: str = FAMILY,
) -> tuple[bytes, bytes]:
    """The chart's XML and its workbook for a document, where "rId1" of the chart must be the workbook.

    family  of its letters, "" for that of the document's theme
    """
    part = ChartPart.new(SHAPES[spec.form], data_of(spec), package())  # type: ignore[arg-type]
    style(part.chart, spec, words, size=size, area=area, plan=plan, legend_size=size, ink=ink)
    if family:
        part.chart.font.name = family
    unframe(part.chart)
    return part.blob, part.chart_workbook.xlsx_part.blob


def unframe(native: Chart) -> None:
    """A chart without a line around it, which documents draw and slides do not."""
    space = native._chartSpace
    shape = space.makeelement(qn("c:spPr"))
    append(append(shape, "a:ln"), "a:noFill")
    space.chart.addnext(shape)


@cache
def package() -> Any:
    """A package that no chart is ever saved with; python-pptx makes none without."""
    return Presentation().part.package


def rgb(colour: str) -> RGBColor:
    """ "#rrggbb" as Office writes it."""
    return RGBColor(*bytes.fromhex(colour.removeprefix("#")))  # type: ignore[no-untyped-call]


def set_ink(font: Any, ink: str) -> None:
    """Letters in this colour; "" for that of the text in a template."""
    if ink:
        font.color.rgb = rgb(ink)
    else:
        font.color.theme_color = MSO_THEME_COLOR.TEXT_1


def append(parent: Any, tag: str, **attributes: str) -> Any:
    """A new last child of an XML element."""
    child = parent.makeelement(qn(tag), attributes)
    parent.append(child)
    return child


def cell_text(text: str, spec: ChartSpec) -> str:
    """A name for the chart's workbook, where a leading "=" would become a formula and no cell knows a direction."""
    clean = lettering.embedded(lettering.printable(text), rtl=spec.is_rtl)
    return f"{_ZERO_WIDTH_SPACE}{clean}" if clean.startswith(_FORMULA_SIGNS) else clean


def _style_axes(native: Chart, spec: ChartSpec, size: float) -> None:
    values, names = native.value_axis, native.category_axis
    values.minimum_scale = 1 if spec.form is Form.RANKS else min(0.0, spec.minimum) if spec.form is Form.BARS else 0
    values.maximum_scale = reach(spec)
    values.visible = False
    values.has_major_gridlines = False
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.tick_labels.font.size = Pt(size)
    names.format.line.color.rgb = rgb(palette.LINE)
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if spec.form is Form.COLUMNS:
        names.reverse_order = spec.is_rtl
        return
    names.reverse_order = True
    values.reverse_order = spec.is_rtl
    skip = append(names._element, "c:tickLblSkip", val="1")
    names._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _style_series(native: Chart, spec: ChartSpec, words: Words, size: float, plan: RowsPlan | None, ink: str) -> None:
    plot = native.plots[0]
    plot.gap_width = {Form.GROUPED: 40, Form.COLUMNS: 20}.get(spec.form, 45)
    plot.overlap = 100 if spec.form in _WHOLE_BARS else 0
    plot.vary_by_categories = False
    shown = list(plot.series)
    if spec.form is Form.DIVERGING:
        shown.pop(0).format.fill.background()
    for drawn, series, colour in zip(shown, spec.series, palette.colours(spec), strict=True):
        drawn.invert_if_negative = False
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = rgb(colour)
        if series.low:
            # The figures stand beside the bars as text; a label at a bar's end would lie on its line.
            _add_intervals(drawn, series)
            continue
        labels = drawn.data_labels
        labels.show_value = True
        labels.font.size = Pt(min(size, LEGEND_SIZE))
        labels.number_format_is_linked = False
        labels.number_format = _number_format(spec, words, plan)
        if spec.form in _WHOLE_BARS:
            drawn.format.line.color.rgb = rgb(palette.PAPER)
            labels.position = XL_LABEL_POSITION.CENTER
            labels.font.color.rgb = rgb(palette.text_on(colour))
        else:
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
            if spec.value_format is ValueFormat.SHARE:
                _write_own_labels(drawn, series, words, size, ink)


def told_beside(spec: ChartSpec) -> ChartSpec:
    """Bars with intervals have their figures in the text beside them, before the bounds."""
    if not any(series.low for series in spec.series):
        return spec
    bounds = spec.sides[-1]
    figures = zip(spec.series[0].labels, bounds.labels, strict=True)
    labels = tuple(label if told == wording.NOTHING else f"{label} ({told})" for label, told in figures)
    return replace(spec, sides=(*spec.sides[:-1], replace(bounds, labels=labels)))


def _add_intervals(drawn: Any, series: Series) -> None:
    """Error bars of Office's own, from the lower to the upper bound; below 0 where the value lies beyond a bound, as
    that of all replies may beside the bounds of those on the contact list."""
    bars = drawn._element.makeelement(qn("c:errBars"))
    drawn._element.find(qn("c:cat")).addprevious(bars)
    append(bars, "c:errBarType", val="both")
    append(bars, "c:errValType", val="cust")
    append(bars, "c:noEndCap", val="0")
    for name, ends, sign in (("c:plus", series.high, 1), ("c:minus", series.low, -1)):
        held = append(append(bars, name), "c:numLit")
        append(held, "c:formatCode").text = "General"
        append(held, "c:ptCount", val=str(len(ends)))
        for index, (value, end) in enumerate(zip(series.values, ends, strict=True)):
            far = 0.0 if value is None or end is None else sign * (end - value)
            append(append(held, "c:pt", idx=str(index)), "c:v").text = repr(far)
    line = append(append(bars, "c:spPr"), "a:ln", w=str(Pt(1.5)))
    append(append(line, "a:solidFill"), "a:srgbClr", val=palette.TEXT.removeprefix("#").upper())


def reach(spec: ChartSpec) -> float:
    """Where the axis of values ends."""
    if spec.form is Form.DIVERGING:
        return spec.maximum - spec.minimum
    return spec.maximum * 1.1 if spec.form is Form.COLUMNS else spec.maximum


def _write_own_labels(drawn: Any, series: Series, words: Words, size: float, ink: str) -> None:
    """Counts before shares, where fewer than 30 answered: a number format cannot say that."""
    for index, (value, label) in enumerate(zip(series.values, series.labels, strict=True)):
        if value is None or label == wording.share(value, words):
            continue
        data_label = drawn.points[index].data_label
        data_label.text_frame.word_wrap = False
        run = data_label.text_frame.paragraphs[0].add_run()
        run.text = lettering.printable(label)
        run.font.size, run.font.bold = Pt(min(size, LEGEND_SIZE)), False
        set_ink(run.font, ink)
        run._r.get_or_add_rPr().set("lang", words.language)
        data_label.position = XL_LABEL_POSITION.OUTSIDE_END


def _number_format(spec: ChartSpec, words: Words, plan: RowsPlan | None) -> str:
    """The spreadsheet pattern of the values; narrow segments stay without a figure."""
    if spec.value_format is not ValueFormat.SHARE:
        return "0.0" if spec.value_format is ValueFormat.RANK else "#,##0"
    gap = "\u00a0" if not format_percent(0.5, locale=locale_of(words.language))[2].startswith("%") else ""
    if spec.form not in _WHOLE_BARS or plan is None:
        return f"0{gap}%"
    narrowest = reach(spec) * lettering.width(f"88{gap}%", min(plan.size, LEGEND_SIZE)) / plan.plot.wide
    return f"[>={narrowest:.3f}]0{gap}%;;"


def fix_plot(native: Chart, plot: Area, area: Area) -> None:
    """Where the bars stand inside the chart, so that names get the room they were measured for."""
    element = native._chartSpace.chart.plotArea
    for old in element.findall(qn("c:layout")):
        element.remove(old)
    place = element.makeelement(qn("c:layout"))
    manual = append(place, "c:manualLayout")
    append(manual, "c:layoutTarget", val="inner")
    for name in ("xMode", "yMode"):
        append(manual, f"c:{name}", val="edge")
    shares = (plot.x / area.wide, plot.y / area.high, plot.wide / area.wide, plot.high / area.high)
    for name, value in zip(("x", "y", "w", "h"), shares, strict=True):
        append(manual, f"c:{name}", val=f"{value:.4f}")
    element.insert(0, place)
