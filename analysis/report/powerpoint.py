"""Slides to take into the room: a 16:9 deck whose charts are PowerPoint's own and stay editable. The one place of pptx.

Every slide with figures carries base, note and source, and in its speaker's notes the state of the data in full and the
query. Suppressed figures are empty cells in the chart's workbook and "[c]" beside the category's name. Lengths are in
points; text is measured before it is placed, so nothing overlaps.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from babel.numbers import format_percent
from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Emu, Pt

from analysis.charts import layout, lettering, palette, wording
from analysis.charts.choose import chart_to_take_away
from analysis.charts.spec import RTL, ChartSpec, Form, Series, ValueFormat, Words
from analysis.findings import provenance
from analysis.findings.card import Card, Quote
from analysis.report import slide_room
from analysis.report.slide_room import EDGE, FULL, HIGH, LEGEND_SIZE, NOTE_SIZE, SIDE_HEAD, WIDE, Area, RowsPlan
from data.errors import InvalidInput
from data.records import FindingRecord, RecommendationRecord
from survey.translator import locale_of

QUOTES_SHOWN = 3
_ZERO_WIDTH_SPACE = "\u200b"
_RIGHT_TO_LEFT_MARK = "\u200f"
_FORMULA_SIGNS = ("=", "{=", "+", "-", "@")
TITLE_LAYOUT, TITLE_ONLY_LAYOUT = 0, 5
NO_TABLE_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_SHAPES = {
    Form.BARS: XL_CHART_TYPE.BAR_CLUSTERED,
    Form.GROUPED: XL_CHART_TYPE.BAR_CLUSTERED,
    Form.RANKS: XL_CHART_TYPE.BAR_CLUSTERED,
    Form.STACKED: XL_CHART_TYPE.BAR_STACKED,
    Form.COLUMNS: XL_CHART_TYPE.COLUMN_CLUSTERED,
}


def deck(
    cards: Sequence[Card],
    *,
    title: str,
    words: Words,
    findings: Sequence[tuple[FindingRecord, Card]] = (),
    recommendations: Sequence[RecommendationRecord] = (),
) -> bytes:
    """A presentation: title, kept findings, recommendations, then one slide per card.

    findings  each with its frozen card, which must have been made for this audience
    Raises    InvalidInput "report.empty" without a card or a finding, for then nothing says from when the figures are.
    """
    shown = (*cards, *(card for _, card in findings))
    if not shown:
        raise InvalidInput("report.empty")
    slides = _Deck(words)
    slides.open_with(title, shown[0])
    for finding, card in findings:
        spec = chart_to_take_away(card, words, statement=finding.statement)
        if spec is None:
            slides.add_quotes(replace(card, label=finding.statement))
        else:
            slides.add_chart(spec)
    statements = {finding.id: finding.statement for finding, _ in findings}
    for recommendation in recommendations:
        slides.add_recommendation(recommendation, statements, shown[0])
    for card in cards:
        spec = chart_to_take_away(card, words)
        if spec is None:
            slides.add_quotes(card)
        else:
            slides.add_chart(spec)
    return slides.saved(title, shown[0])


class _Deck:
    """A presentation that grows slide by slide."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._rtl = words.direction == RTL
        self._file = Presentation()
        self._file.slide_width, self._file.slide_height = Pt(WIDE), Pt(HIGH)
        _widen(self._file)

    def open_with(self, title: str, card: Card) -> None:
        """The title slide: consultation, time with zone, replies, and whether all is invented."""
        words = self._words
        slide = self._file.slides.add_slide(self._file.slide_layouts[TITLE_LAYOUT])
        self._place_title(slide, title, Area(EDGE, 130, FULL, 130), sizes=(40.0, 34.0, 28.0), anchor=MSO_ANCHOR.BOTTOM)
        lines = [] if title == card.source.title else [card.source.title]
        lines.append(words.translate("As of {moment}", moment=wording.moment(card.source.as_of, words)))
        lines.append(words.translate("Replies: {replies}", replies=wording.count(card.base.replies, words)))
        lines += [mark] if (mark := wording.internal_mark(card, words)) else []
        subtitle = slide.placeholders[1]
        _move(subtitle, Area(EDGE, 276, FULL, 120))
        self._fill(_plain_frame(subtitle), lines, 20, colour=palette.QUIET_TEXT)
        if card.source.fictional:
            box = slide.shapes.add_textbox(Pt(EDGE), Pt(410), Pt(FULL), Pt(34))
            self._fill(_plain_frame(box), [wording.fictional_mark(words)], 18, bold=True, colour=palette.MARK)

    def add_chart(self, spec: ChartSpec) -> None:
        """One slide, or several when the rows would not be read from the back of the room."""
        for part in slide_room.pages(spec):
            slide = self._new_slide()
            top = self._write_head(slide, part.title, part.subtitle)
            bottom = self._write_foot(slide, part.note, part.source)
            _note(slide, part.source, part.provenance)
            area = Area(EDGE, top, FULL, bottom - top)
            if not part.categories:  # nobody gave a number: head and note say so, and a chart needs something to show
                continue
            if part.form is Form.TABLE:
                self._add_table(slide, part, area)
            elif part.form is Form.COLUMNS:
                self._add_native(slide, part, area, size=LEGEND_SIZE)
            else:
                self._add_rows(slide, part, area)

    def add_quotes(self, card: Card) -> None:
        """Up to three open answers that this audience may read; none, no slide."""
        if not card.quotes:
            return
        words = self._words
        slide = self._new_slide()
        base = wording.base_line(card, words)
        top = self._write_head(slide, card.label, words.translate("Some of the answers · {base}", base=base))
        lines = (wording.internal_mark(card, words), *wording.note_lines(card, words, has_hidden=False))
        note = " ".join(line for line in lines if line)
        bottom = self._write_foot(slide, note, wording.source_line(card.source, words))
        _note(slide, wording.source_line(card.source, words), provenance.of_card(card))
        shown = _chosen(card.quotes, words.language)
        area = Area(EDGE, top, FULL, bottom - top)
        size = slide_room.text_size([quote.text for quote in shown], area, rtl=self._rtl)
        box = slide.shapes.add_textbox(Pt(EDGE), Pt(top), Pt(FULL), Pt(bottom - top))
        frame = _plain_frame(box)
        for quote in shown:
            rtl = lettering.family(quote.text) == lettering.ARABIC
            self._paragraph(frame, words.translate("“{quote}”", quote=quote.text), size, rtl=rtl, after=2)
            whose = f"– {quote.attribution}" if quote.attribution else words.translate("– not named")
            whose = f"{whose} · {wording.permission(quote.permission, words)}"
            self._paragraph(frame, whose, size - 3, rtl=rtl, colour=palette.QUIET_TEXT, after=size)

    def add_recommendation(self, recommendation: RecommendationRecord, statements: dict[int, str], card: Card) -> None:
        """The recommendation in large letters, to whom it goes, and the findings it rests on."""
        words = self._words
        slide = self._new_slide()
        number = wording.count(recommendation.position, words)
        name = words.translate("Recommendation {number}", number=number)
        top = self._write_head(slide, name, "")
        note = wording.fictional_mark(words) if card.source.fictional else ""
        bottom = self._write_foot(slide, note, wording.source_line(card.source, words))
        facts = (
            (words.translate("Addressed to"), recommendation.addressee),
            (words.translate("Level"), recommendation.level),
            (words.translate("Challenge"), recommendation.challenge),
        )
        known = [statements[number] for number in recommendation.finding_ids if number in statements]
        area = Area(EDGE, top, FULL, bottom - top)
        size = slide_room.text_size([recommendation.text, *known, "", "", ""], area, rtl=self._rtl)
        box = slide.shapes.add_textbox(Pt(EDGE), Pt(top), Pt(FULL), Pt(bottom - top))
        frame = _plain_frame(box)
        self._paragraph(frame, recommendation.text, size + 4, bold=True, after=18)
        for label, value in facts:
            if value:
                self._paragraph(frame, f"{label}: {value}", size - 2, after=4)
        if known:
            heading = words.translate("Rests on these findings")
            self._paragraph(frame, heading, size - 2, bold=True, before=12, after=4)
            for statement in known:
                self._paragraph(frame, f"• {statement}", size - 2, after=4)

    def saved(self, title: str, card: Card) -> bytes:
        """The file's bytes."""
        properties = self._file.core_properties
        properties.title, properties.author, properties.language = title, provenance.NAME, self._words.language
        properties.identifier = properties.keywords = card.source.sha256
        properties.created = properties.modified = card.source.as_of.replace(tzinfo=None)
        target = io.BytesIO()
        self._file.save(target)
        return target.getvalue()

    def _new_slide(self) -> Slide:
        slide: Slide = self._file.slides.add_slide(self._file.slide_layouts[TITLE_ONLY_LAYOUT])
        box = slide.shapes.add_textbox(
            Pt(EDGE if self._rtl else WIDE - EDGE - 60), Pt(HIGH - slide_room.FOOT), Pt(60), Pt(16)
        )
        paragraph = _plain_frame(box).paragraphs[0]
        paragraph.alignment = PP_ALIGN.LEFT if self._rtl else PP_ALIGN.RIGHT
        field = _append(paragraph._p, "a:fld", id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", type="slidenum")
        _append(field, "a:rPr", lang=self._words.language, sz="1100")
        _append(field, "a:t").text = str(len(self._file.slides))
        return slide

    def _write_head(self, slide: Slide, title: str, subtitle: str) -> float:
        """Title and subtitle; the height below them."""
        top = slide_room.TOP
        size, lines = slide_room.title_size(title, slide_room.TITLE_SIZES, rtl=self._rtl)
        high = lines * size * layout.LINE_HEIGHT + 6
        area = Area(EDGE, top, FULL, high)
        self._place_title(slide, title, area, sizes=slide_room.TITLE_SIZES, anchor=MSO_ANCHOR.TOP)
        if subtitle:
            box = slide.shapes.add_textbox(Pt(EDGE), Pt(top + high), Pt(FULL), Pt(slide_room.SUBTITLE_SIZE * 1.4))
            self._fill(_plain_frame(box), [subtitle], slide_room.SUBTITLE_SIZE, colour=palette.QUIET_TEXT)
        return slide_room.head_height(title, subtitle, rtl=self._rtl)

    def _write_foot(self, slide: Slide, note: str, source: str) -> float:
        """Note and source at the foot; the height above them."""
        top = HIGH - slide_room.foot_height(note, source, rtl=self._rtl) + 14
        room = slide_room.NUMBER_ROOM
        box = slide.shapes.add_textbox(
            Pt(EDGE + (room if self._rtl else 0)), Pt(top), Pt(FULL - room), Pt(HIGH - top - 8)
        )
        frame = _plain_frame(box)
        if note:
            self._paragraph(frame, note, NOTE_SIZE)
        self._paragraph(frame, source, NOTE_SIZE, colour=palette.QUIET_TEXT)
        return top - 10

    def _place_title(self, slide: Slide, title: str, area: Area, *, sizes: Sequence[float], anchor: MSO_ANCHOR) -> None:
        size, _ = slide_room.title_size(title, sizes, rtl=self._rtl)
        _move(slide.shapes.title, area)
        frame = _plain_frame(slide.shapes.title)
        frame.vertical_anchor = anchor
        self._fill(frame, [title], size, bold=True)

    def _fill(
        self, frame: Any, lines: Sequence[str], size: float, *, bold: bool = False, colour: str = palette.TEXT
    ) -> None:
        for line in lines:
            self._paragraph(frame, line, size, bold=bold, colour=colour)

    def _paragraph(
        self,
        frame: Any,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = palette.TEXT,
        rtl: bool | None = None,
        before: float = 0,
        after: float = 0,
    ) -> None:
        """One more paragraph, in the reader's direction unless another is given; the first fills the empty one."""
        paragraph = frame.paragraphs[0] if not frame.text else frame.add_paragraph()
        paragraph.space_before, paragraph.space_after = Pt(before), Pt(after)
        self._direct(paragraph, self._rtl if rtl is None else rtl)
        self._run(paragraph, text, size, bold=bold, colour=colour)

    def _run(self, paragraph: Any, text: str, size: float, *, bold: bool = False, colour: str = palette.TEXT) -> None:
        run = paragraph.add_run()
        run.text = lettering.printable(text)
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, _rgb(colour)
        run._r.get_or_add_rPr().set("lang", self._words.language)

    def _direct(self, paragraph: Any, rtl: bool) -> None:
        paragraph.alignment = PP_ALIGN.RIGHT if rtl else PP_ALIGN.LEFT
        if rtl:
            paragraph._p.get_or_add_pPr().set("rtl", "1")

    def _add_rows(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """Horizontal bars with room for their names, and text columns that stand level with the bars."""
        plan = slide_room.rows_plan(spec, area)
        self._add_native(slide, spec, plan.frame, size=plan.size, plan=plan)
        if plan.legend and not plan.is_native:
            self._write_legend(slide, spec, Area(area.x, area.y, area.wide, plan.legend))
        if spec.sides:
            x = area.x if self._rtl else plan.frame.x + plan.frame.wide
            top = area.y + plan.plot.y - SIDE_HEAD
            level = Area(x, top, sum(plan.side_widths), plan.plot.high + SIDE_HEAD)
            self._add_sides(slide, spec, level, plan)

    def _add_native(
        self, slide: Slide, spec: ChartSpec, area: Area, *, size: float, plan: RowsPlan | None = None
    ) -> None:
        """A chart of PowerPoint's own with its workbook inside."""
        data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
        data.categories = [self._cell_text(name) for name in slide_room.category_names(spec)]
        for series in spec.series:
            data.add_series(self._cell_text(series.name), series.values)
        frame: Any = slide.shapes.add_chart(
            _SHAPES[spec.form], Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high), data
        )
        _describe(frame, spec.alt)
        native = frame.chart
        native.font.size, native.font.color.rgb = Pt(size), _rgb(palette.TEXT)
        native.has_title = False
        native.has_legend = plan is not None and plan.is_native
        if native.has_legend:
            native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
            native.legend.font.size = Pt(LEGEND_SIZE)
        self._style_axes(native, spec, size)
        self._style_series(native, spec, size, plan)
        if plan is not None:
            _fix_plot(native, plan.plot, area)

    def _cell_text(self, text: str) -> str:
        """A name for the chart's workbook, where a leading "=" would become a formula and no cell knows a direction."""
        clean = lettering.embedded(lettering.printable(text), rtl=self._rtl)
        return f"{_ZERO_WIDTH_SPACE}{clean}" if clean.startswith(_FORMULA_SIGNS) else clean

    def _style_axes(self, native: Chart, spec: ChartSpec, size: float) -> None:
        values, names = native.value_axis, native.category_axis
        values.minimum_scale = 1 if spec.form is Form.RANKS else 0
        values.maximum_scale = spec.maximum * 1.1 if spec.form is Form.COLUMNS else spec.maximum
        values.visible = False
        values.has_major_gridlines = False
        names.major_tick_mark = XL_TICK_MARK.NONE
        names.tick_labels.font.size = Pt(size)
        names.format.line.color.rgb = _rgb(palette.LINE)
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        if spec.form is Form.COLUMNS:
            names.reverse_order = self._rtl
            return
        names.reverse_order = True
        values.reverse_order = self._rtl
        skip = _append(names._element, "c:tickLblSkip", val="1")
        names._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)

    def _style_series(self, native: Chart, spec: ChartSpec, size: float, plan: RowsPlan | None) -> None:
        plot = native.plots[0]
        plot.gap_width = {Form.GROUPED: 40, Form.COLUMNS: 20}.get(spec.form, 45)
        plot.overlap = 100 if spec.form is Form.STACKED else 0
        plot.vary_by_categories = False
        for drawn, series, colour in zip(plot.series, spec.series, palette.colours(spec), strict=True):
            drawn.invert_if_negative = False
            drawn.format.fill.solid()
            drawn.format.fill.fore_color.rgb = _rgb(colour)
            labels = drawn.data_labels
            labels.show_value = True
            labels.font.size = Pt(min(size, LEGEND_SIZE))
            labels.number_format_is_linked = False
            labels.number_format = self._number_format(spec, plan)
            if spec.form is Form.STACKED:
                drawn.format.line.color.rgb = _rgb(palette.PAPER)
                labels.position = XL_LABEL_POSITION.CENTER
                labels.font.color.rgb = _rgb(palette.text_on(colour))
            else:
                labels.position = XL_LABEL_POSITION.OUTSIDE_END
                if spec.value_format is ValueFormat.SHARE:
                    self._write_own_labels(drawn, series, size)

    def _write_own_labels(self, drawn: Any, series: Series, size: float) -> None:
        """Counts before shares, where fewer than 30 answered: a number format cannot say that."""
        for index, (value, label) in enumerate(zip(series.values, series.labels, strict=True)):
            if value is None or label == wording.share(value, self._words):
                continue
            data_label = drawn.points[index].data_label
            data_label.text_frame.word_wrap = False
            self._run(data_label.text_frame.paragraphs[0], label, min(size, LEGEND_SIZE))
            data_label.position = XL_LABEL_POSITION.OUTSIDE_END

    def _number_format(self, spec: ChartSpec, plan: RowsPlan | None) -> str:
        """The spreadsheet pattern of the values; narrow segments stay without a figure."""
        if spec.value_format is not ValueFormat.SHARE:
            return "0.0" if spec.value_format is ValueFormat.RANK else "#,##0"
        gap = "\u00a0" if not format_percent(0.5, locale=locale_of(self._words.language))[2].startswith("%") else ""
        if spec.form is not Form.STACKED or plan is None:
            return f"0{gap}%"
        narrowest = lettering.width(f"88{gap}%", LEGEND_SIZE) / plan.plot.wide
        return f"[>={narrowest:.3f}]0{gap}%;;"

    def _write_legend(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """Names of the series as text: PowerPoint's own legend runs from left to right only."""
        box = slide.shapes.add_textbox(Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high))
        paragraph = _plain_frame(box).paragraphs[0]
        self._direct(paragraph, self._rtl)
        for series, colour in zip(spec.series, palette.colours(spec), strict=True):
            # A direction mark after each name keeps Latin names in the order of an Arabic line.
            self._run(paragraph, "■ ", LEGEND_SIZE, colour=colour)
            self._run(paragraph, f"{series.name}     {_RIGHT_TO_LEFT_MARK if self._rtl else ''}", LEGEND_SIZE)

    def _add_sides(self, slide: Slide, spec: ChartSpec, area: Area, plan: RowsPlan) -> None:
        """The text columns as a table whose rows are as high as the bars' bands."""
        rows = len(spec.categories)
        band = (area.high - SIDE_HEAD) / rows
        table = self._new_table(
            slide, spec, area, rows + 1, len(spec.sides), alt=" · ".join(s.title for s in spec.sides)
        )
        sides, ordered = list(spec.sides), list(plan.side_widths)
        if self._rtl:
            sides.reverse()
            ordered.reverse()
        for column, (side, wide) in enumerate(zip(sides, ordered, strict=True)):
            table.columns[column].width = Pt(wide)
            for row, text in enumerate((side.title, *side.labels)):
                table.rows[row].height = Pt(SIDE_HEAD if row == 0 else band)
                cell_size = min(plan.size, LEGEND_SIZE) if row == 0 else plan.size
                self._write_cell(table.cell(row, column), text, cell_size, at_end=True, bold=row == 0)

    def _add_table(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """Categories by series as a table."""
        columns = len(spec.series) + 1
        table = self._new_table(slide, spec, area, len(spec.categories) + 1, columns, alt=spec.alt)
        size = 14.0 if columns <= 6 and len(spec.categories) <= 10 else 11.0
        first = area.wide * 0.3
        other = (area.wide - first) / max(1, columns - 1)
        for position in range(columns):
            column = columns - 1 - position if self._rtl else position
            wide = first if position == 0 else other
            table.columns[column].width = Pt(wide)
            texts = spec.categories if position == 0 else spec.series[position - 1].labels
            head = "" if position == 0 else spec.series[position - 1].name
            for row, text in enumerate((head, *texts)):
                lines = max(1, slide_room.line_count(text, wide - 12, size, rtl=self._rtl))
                high = Pt(lines * size * layout.LINE_HEIGHT + 4)
                table.rows[row].height = high if position == 0 else max(high, table.rows[row].height)
                self._write_cell(table.cell(row, column), text, size, at_end=position > 0, bold=row == 0)

    def _new_table(self, slide: Slide, spec: ChartSpec, area: Area, rows: int, columns: int, *, alt: str) -> Any:
        frame = slide.shapes.add_table(rows, columns, Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high))
        _describe(frame, alt)
        table: Any = frame.table
        table.horz_banding = False
        table._tbl.tblPr.find(qn("a:tableStyleId")).text = NO_TABLE_STYLE
        return table

    def _write_cell(self, cell: Any, text: str, size: float, *, at_end: bool, bold: bool) -> None:
        cell.margin_left = cell.margin_right = Pt(4)
        cell.margin_top = cell.margin_bottom = Pt(0)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = cell.text_frame.paragraphs[0]
        self._direct(paragraph, self._rtl)
        if at_end:
            paragraph.alignment = PP_ALIGN.LEFT if self._rtl else PP_ALIGN.RIGHT
        self._run(paragraph, text, size, bold=bold)


def _note(slide: Slide, source: str, query: str) -> None:
    """Source and query as the speaker's notes: for people who look there, and for programs."""
    slide.notes_slide.notes_text_frame.text = f"{source}\n{query}"  # type: ignore[union-attr]


def _chosen(quotes: Sequence[Quote], language: str) -> tuple[Quote, ...]:
    """Up to three different answers, those in the reader's language first."""
    different: dict[str, Quote] = {}
    for quote in quotes:
        different.setdefault(quote.text.casefold().strip(), quote)
    ordered = sorted(different.values(), key=lambda quote: quote.language != language)
    return tuple(ordered[:QUOTES_SHOWN])


def _plain_frame(shape: Any) -> TextFrame:
    """The shape's text without margins, wrapped."""
    frame: TextFrame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(0)
    return frame


def _move(shape: Any, area: Area) -> None:
    shape.left, shape.top, shape.width, shape.height = Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high)


def _describe(frame: Any, alt: str) -> None:
    """Alternative text for readers who do not see the shape."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", lettering.printable(alt))


def _fix_plot(native: Chart, plot: Area, area: Area) -> None:
    """Where the bars stand inside the chart, so that names get the room they were measured for."""
    element = native._chartSpace.chart.plotArea
    for old in element.findall(qn("c:layout")):
        element.remove(old)
    place = element.makeelement(qn("c:layout"))
    manual = _append(place, "c:manualLayout")
    _append(manual, "c:layoutTarget", val="inner")
    for name in ("xMode", "yMode"):
        _append(manual, f"c:{name}", val="edge")
    shares = (plot.x / area.wide, plot.y / area.high, plot.wide / area.wide, plot.high / area.high)
    for name, value in zip(("x", "y", "w", "h"), shares, strict=True):
        _append(manual, f"c:{name}", val=f"{value:.4f}")
    element.insert(0, place)


def _append(parent: Any, tag: str, **attributes: str) -> Any:
    """A new last child of an XML element."""
    child = parent.makeelement(qn(tag), attributes)
    parent.append(child)
    return child


def _rgb(colour: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(colour.removeprefix("#")))  # type: ignore[no-untyped-call]


def _widen(file: Any) -> None:
    """The default template's 4:3 placeholders, stretched to 16:9."""
    shapes: list[Any] = [shape for page in (file.slide_master, *file.slide_layouts) for shape in page.placeholders]
    for shape in shapes:
        if shape.width is not None:
            shape.left, shape.width = Emu(shape.left * 4 // 3), Emu(shape.width * 4 // 3)
