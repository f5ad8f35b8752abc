"""Charts as pictures that stand alone: title, subtitle, chart, note and source in one SVG, PNG or PDF.

The SVG is drawn here, mark by mark, because text in six scripts needs measured lines and a mirrored plane for Arabic;
typesetting.py turns it into pixels or a PDF with the bundled fonts. No browser, no network.
"""

import math
import struct
import zlib
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from analysis.charts import layout, lettering, palette, typesetting
from analysis.charts.forms import (
    diverging,
    dumbbell,
    heat_map,
    intervals,
    multiples,
    rows,
    scatter,
    slope,
    tiles,
    upset,
)
from analysis.charts.plane import (
    EDGE,
    END,
    LABEL_SHARE,
    MIDDLE,
    NOTE_SIZE,
    SIZE,
    START,
    SVG_NAMESPACE,
    WIDTH,
    Plane,
    paragraph,
)
from analysis.charts.sizes import DEFAULT_SCALE, DOTS_PER_INCH, ROOMS, Room, Size
from analysis.charts.spec import ChartSpec, Form, Series
from analysis.findings import provenance
from data.errors import InvalidInput

TITLE_SIZE = 24
SUBTITLE_SIZE = 15
COLUMNS_HEIGHT = 320
_FLAT = 64
"""Height of columns where none has a figure to show: no empty frame."""
NARROW = 480
"""Width of a picture on a telephone, which is shown some four fifths of it wide."""
_STEP = 20
"""By how much a picture is laid out wider until it fits its room."""
_POINTS = 72
_PNG_HEAD, _PNG_END = 33, 12
"""Bytes of signature and first chunk of a PNG, and of the chunk that ends it."""


def svg(spec: ChartSpec, size: Size = Size.PLAIN) -> bytes:
    """The chart as a vector picture laid out for a place; text stays text, so it can be searched and edited.

    Raises  InvalidInput "size.too_small" when its letters would be too small there.
    """
    if size is Size.PLAIN:
        return _drawn(spec, _width(spec))
    room = ROOMS[size]
    width = max(room.closest, min(_width(spec) if spec.is_table else 0, room.widest))
    while width <= room.widest:
        drawing = _drawn(spec, width, room)
        if drawing:
            return drawing
        width += _STEP
    raise InvalidInput("size.too_small", size=str(size))


def narrow(spec: ChartSpec) -> bytes:
    """The chart as `svg` draws it, laid out for the width of a telephone; tables keep theirs."""
    return _drawn(spec, _width(spec) if spec.is_table else NARROW)


def png(spec: ChartSpec, size: Size = Size.PLAIN, scale: int = DEFAULT_SCALE) -> bytes:
    """The chart as pixels, `scale` times those of its size.

    Raises  as `svg`; InvalidInput "chart.missing_letters".
    """
    drawing = svg(spec, size)
    made = typesetting.pixels(drawing, width=_wide(drawing), scale=scale)
    return _noted(made, spec.provenance, scale)


def pdf(spec: ChartSpec, size: Size = Size.PLAIN) -> bytes:
    """The chart as a PDF of one page: vectors, words that can be searched, fonts inside; readable to screen readers.

    Raises  as `png`.
    """
    drawing = svg(spec, size)
    return typesetting.document(
        drawing,
        width=_wide(drawing) * _POINTS / DOTS_PER_INCH,
        alt=spec.alt,
        query=spec.provenance,
        moment=provenance.moment_of(spec.provenance),
    )


def _drawn(spec: ChartSpec, width: float, room: Room | None = None) -> bytes:
    """The chart laid out at a width; b"" when it is then too high for the room.

    In a room that is filled, note and source stand at the foot and the chart in the middle of what is left.
    """
    plane = Plane(width=width, rtl=spec.is_rtl)
    start = _write_head(plane, spec)
    body = len(plane.marks)
    top = _DRAWERS.get(spec.form, _draw_rows)(plane, spec, start)
    foot = len(plane.marks)
    height = _write_foot(plane, spec, top)
    if room is None:
        return _document(plane, spec, math.ceil(height), width)
    highest = width * room.height / room.width
    if height > highest:
        return b""
    if room.fills:
        down = highest - height
        plane.lower(foot, len(plane.marks), down)
        plane.lower(body, foot, down / 2)
        height = highest
    return _document(plane, spec, height, room.width)


def alone(spec: ChartSpec, width: float) -> bytes:
    """The chart without the words around it, laid out at a width, for a document that sets title and notes itself."""
    plane = Plane(width=width, rtl=spec.is_rtl)
    bottom = _DRAWERS.get(spec.form, _draw_rows)(plane, spec, EDGE / 4)
    return _document(plane, spec, bottom + EDGE / 4, width)


def _wide(drawing: bytes) -> float:
    return float(ElementTree.fromstring(drawing).attrib["width"])


def _noted(pixels: bytes, words: str, scale: int) -> bytes:
    """The PNG with how many pixels stand for a metre (pHYs) before its content, and a text (iTXt) before its end."""
    metre = round(DOTS_PER_INCH * scale / 0.0254)
    size = _chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1))
    note = _chunk(b"iTXt", provenance.NAME.encode() + b"\x00\x00\x00\x00\x00" + words.encode()) if words else b""
    return pixels[:_PNG_HEAD] + size + pixels[_PNG_HEAD:-_PNG_END] + note + pixels[-_PNG_END:]


def _chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG (specification 5.3)."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _document(plane: Plane, spec: ChartSpec, height: float, width: float) -> bytes:
    """The drawing, shown `width` wide."""
    ElementTree.register_namespace("", SVG_NAMESPACE)
    wide, high = f"{plane.width:.0f}", f"{height:.7g}"
    root = ElementTree.Element(
        f"{{{SVG_NAMESPACE}}}svg",
        {
            "width": f"{width:.7g}",
            "height": f"{height * width / plane.width:.7g}",
            "viewBox": f"0 0 {wide} {high}",
            "role": "img",
            "direction": "ltr",  # places are counted from the left, also inside a page from right to left
            "{http://www.w3.org/XML/1998/namespace}lang": spec.language,
        },
    )
    for tag, words in (("title", spec.title), ("desc", spec.alt), ("metadata", spec.provenance)):
        if words:
            ElementTree.SubElement(root, f"{{{SVG_NAMESPACE}}}{tag}").text = lettering.printable(words)
    ElementTree.SubElement(root, f"{{{SVG_NAMESPACE}}}rect", {"width": wide, "height": high, "fill": palette.PAPER})
    root.extend(plane.marks)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _write_head(plane: Plane, spec: ChartSpec) -> float:
    """Title and subtitle; the height below them."""
    top = paragraph(plane, spec.title, EDGE - 6, TITLE_SIZE, bold=True)
    return paragraph(plane, spec.subtitle, top + 4, SUBTITLE_SIZE, colour=palette.QUIET_TEXT) + 16


def _write_foot(plane: Plane, spec: ChartSpec, top: float) -> float:
    """What staff wrote, note and source; the height of the whole picture."""
    top += 20
    plane.line(EDGE, top, plane.width - EDGE, top, palette.FAINT, 1)
    top += 8
    if spec.remark:
        top = paragraph(plane, spec.remark, top, NOTE_SIZE) + 2
    top = paragraph(plane, spec.note, top, NOTE_SIZE)
    return paragraph(plane, spec.source, top + 2, NOTE_SIZE, colour=palette.QUIET_TEXT) + EDGE / 2


def _draw_rows(plane: Plane, spec: ChartSpec, top: float) -> float:
    """Horizontal bars or points with their labels before and text columns behind; the height below."""
    if spec.form in (Form.GROUPED, Form.STACKED):
        top = rows.write_legend(plane, spec, top)
    placed = rows.write_rows(plane, spec, top, end_room=_end_room(spec))
    draw = {Form.STACKED: _draw_segments, Form.RANKS: _draw_points}.get(spec.form, _draw_bars)
    draw(plane, spec, placed)
    return placed.top + placed.plan.height


def _draw_bars(plane: Plane, spec: ChartSpec, placed: rows.Placed) -> None:
    plan, top, start = placed.plan, placed.top, placed.start
    scale = (placed.reach - start) / spec.maximum
    for number, (series, colour) in enumerate(zip(spec.series, palette.colours(spec), strict=True)):
        marks = zip(plan.boxes, series.values, series.labels, strict=True)
        for index, (box, value, label) in enumerate(marks):
            y = top + box.bar_tops[number]
            long = (value or 0.0) * scale
            if value is not None:
                plane.box(start, y + box.bar_height * 0.04, long, box.bar_height * 0.92, colour)
            quiet = palette.QUIET_TEXT if value is None else palette.TEXT
            high = _draw_interval(plane, series, index, start, scale, y + box.bar_height / 2)
            plane.text(label, max(start + long, high) + 7, y + box.bar_height / 2, SIZE, colour=quiet)
    bottom = top + plan.height
    plane.line(start, top - 4, start, bottom + 4, palette.LINE, 1)


def _draw_interval(plane: Plane, series: Series, index: int, start: float, scale: float, y: float) -> float:
    """The line between the bounds, where there are any, light on the bar and dark beyond; its far end, else 0."""
    low, high = (ends[index] if ends else None for ends in (series.low, series.high))
    if low is None or high is None:
        return 0.0
    near, far = start + low * scale, start + high * scale
    end = start + (series.values[index] or 0.0) * scale
    for x0, x1, colour in ((near, min(end, far), palette.PAPER), (max(end, near), far, palette.TEXT)):
        if x0 <= x1:
            plane.line(x0, y, x1, y, colour, 1.5)
    for edge, on_bar in ((near, near <= end), (far, far < end)):
        plane.line(edge, y - 5, edge, y + 5, palette.PAPER if on_bar else palette.TEXT, 1.5)
    return far


def _draw_points(plane: Plane, spec: ChartSpec, placed: rows.Placed) -> None:
    """Points on lines from the first rank to the last."""
    plan, top, start, reach = placed.plan, placed.top, placed.start + 10, placed.reach
    scale = (reach - start) / (spec.maximum - 1)
    (series,) = spec.series
    for box, value, label in zip(plan.boxes, series.values, series.labels, strict=True):
        y = top + box.middle
        if value is None:
            plane.text(label, start, y, SIZE, colour=palette.QUIET_TEXT)
            continue
        plane.line(start, y, reach, y, palette.FAINT, 4)
        x = start + (value - 1) * scale
        plane.dot(x, y, 9, palette.ACCENT)
        plane.text(label, x + 15, y, SIZE)


def _draw_segments(plane: Plane, spec: ChartSpec, placed: rows.Placed) -> None:
    """Bars of 100 %; what is suppressed stays empty at the bar's end, marked "[c]"."""
    plan, top, start, reach = placed.plan, placed.top, placed.start, placed.reach
    colours = palette.colours(spec)
    for index, box in enumerate(plan.boxes):
        x, y = start, top + box.bar_tops[0]
        hidden = ""
        for series, colour in zip(spec.series, colours, strict=True):
            value, label = series.values[index], series.labels[index]
            if value is None:
                hidden = label
                continue
            long = value * (reach - start)
            plane.box(x, y, max(0.0, long - 1.5), box.bar_height, colour)
            if lettering.width(label, SIZE - 1) + 6 <= long:
                middle = x + long / 2
                plane.text(
                    label, middle, y + box.bar_height / 2, SIZE - 1, anchor=MIDDLE, colour=palette.text_on(colour)
                )
            x += long
        plane.text(hidden, x + 6, y + box.bar_height / 2, SIZE, colour=palette.QUIET_TEXT)


def _draw_columns(plane: Plane, spec: ChartSpec, top: float) -> float:
    """Upright columns with names below, as many as have room; the height below."""
    (series,) = spec.series
    count = max(1, len(spec.categories))
    step = (plane.width - 2 * EDGE) / count
    foot = top + (COLUMNS_HEIGHT if any(series.values) else _FLAT)
    scale = (COLUMNS_HEIGHT - 56) / spec.maximum
    labels_fit = max((lettering.width(label, SIZE) for label in series.labels), default=0) + 6 <= step
    highest = max((value for value in series.values if value is not None), default=0.0)
    for index, (value, label) in enumerate(zip(series.values, series.labels, strict=True)):
        middle = EDGE + step * (index + 0.5)
        high = (value or 0.0) * scale
        if high:
            wide = step * layout.column_part(count)
            plane.box(middle - wide / 2, foot - high, wide, high, palette.ACCENT)
        if labels_fit or value is None or value == highest:
            quiet = palette.QUIET_TEXT if value is None else palette.TEXT
            plane.text(label, middle, foot - high - 12, SIZE, anchor=MIDDLE, colour=quiet)
    plane.line(EDGE, foot, plane.width - EDGE, foot, palette.LINE, 1)
    for mark in spec.marks:
        x = EDGE + step * (mark.at + 0.5)
        value = next((value or 0.0 for at, value in enumerate(series.values) if abs(mark.at - at) < 0.5), 0.0)
        high = foot - value * scale
        # Not through the figure of a column that it stands in.
        plane.line(x, top + 22, x, high - 12 - SIZE * 0.7, palette.MARK, 1.5, "6 4")
        plane.line(x, high, x, foot, palette.MARK, 1.5, "6 4")
        is_late = x > plane.width / 2
        plane.text(mark.label, x, top + 10, SIZE, anchor=END if is_late else START, colour=palette.MARK)
    return _write_names(plane, spec, step, foot + 8)


def _write_names(plane: Plane, spec: ChartSpec, step: float, top: float) -> float:
    """Names under the columns; every second, third ... when they would touch."""
    widest = max((min(110.0, lettering.width(name, SIZE)) for name in spec.categories), default=0.0)
    every = max(1, math.ceil((widest + 12) / step))
    lines = 1
    for index in range(0, len(spec.categories), every):
        wrapped = lettering.wrap(spec.categories[index], max(110.0, step * every - 12), SIZE)
        lines = max(lines, len(wrapped))
        half = max(lettering.width(line, SIZE) for line in wrapped) / 2
        across = min(max(EDGE + step * (index + 0.5), half), plane.width - half)
        for number, line in enumerate(wrapped):
            middle = top + (number + 0.5) * SIZE * layout.LINE_HEIGHT
            plane.text(line, across, middle, SIZE, anchor=MIDDLE)
    return top + lines * SIZE * layout.LINE_HEIGHT


def _draw_table(plane: Plane, spec: ChartSpec, top: float) -> float:
    """Categories down, series across, figures as text; the height below."""
    first = (plane.width - 2 * EDGE) * LABEL_SHARE
    wide = (plane.width - 2 * EDGE - first) / max(1, len(spec.series))
    heads = [lettering.wrap(series.name, wide - 10, NOTE_SIZE, bold=True) for series in spec.series]
    head_height = max((len(lines) for lines in heads), default=1) * NOTE_SIZE * layout.LINE_HEIGHT + 8
    plane.box(EDGE, top, plane.width - 2 * EDGE, head_height, palette.FAINT)
    for column, lines in enumerate(heads):
        for number, line in enumerate(lines):
            middle = top + 4 + (number + 0.5) * NOTE_SIZE * layout.LINE_HEIGHT
            plane.text(line, EDGE + first + (column + 1) * wide - 4, middle, NOTE_SIZE, anchor=END, bold=True)
    top += head_height
    for row, category in enumerate(spec.categories):
        lines = lettering.wrap(category, first - 12, SIZE)
        high = len(lines) * SIZE * layout.LINE_HEIGHT + 8
        for number, line in enumerate(lines):
            plane.text(line, EDGE, top + 4 + (number + 0.5) * SIZE * layout.LINE_HEIGHT, SIZE)
        for column, series in enumerate(spec.series):
            end = EDGE + first + (column + 1) * wide - 4
            plane.text(series.labels[row], end, top + high / 2, SIZE, anchor=END, colour=_cell_colour(series, row))
        top += high
        plane.line(EDGE, top, plane.width - EDGE, top, palette.FAINT, 1)
    return top


def _cell_colour(series: Series, row: int) -> str:
    return palette.QUIET_TEXT if series.values[row] is None else palette.TEXT


def _end_room(spec: ChartSpec) -> float:
    """Room beyond the longest bar for its label."""
    shown = [
        label
        for series in spec.series
        for label, value in zip(series.labels, series.values, strict=True)
        if spec.form is not Form.STACKED or value is None
    ]
    return max((lettering.width(label, SIZE) for label in shown), default=0.0) + 18


def _width(spec: ChartSpec) -> float:
    """A wide table gets a wider picture."""
    if spec.form is Form.HEAT_MAP:
        return heat_map.width(spec)
    return max(WIDTH, 400 + 90 * len(spec.series)) if spec.form is Form.TABLE else WIDTH


_DRAWERS: Mapping[Form, Callable[[Plane, ChartSpec, float], float]] = {
    Form.TABLE: _draw_table,
    Form.COLUMNS: _draw_columns,
    Form.HEAT_MAP: heat_map.draw,
    Form.DUMBBELL: dumbbell.draw,
    Form.SLOPE: slope.draw,
    Form.DIVERGING: diverging.draw,
    Form.INTERVALS: intervals.draw,
    Form.MULTIPLES: multiples.draw,
    Form.TILES: tiles.draw,
    Form.UPSET: upset.draw,
    Form.SCATTER: scatter.draw,
}
"""The forms that are not rows of bars or points with their names beside them."""
