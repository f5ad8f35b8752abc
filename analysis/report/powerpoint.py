"""Slides to take into the room, whose charts are PowerPoint's own and stay editable: 16:9, or in a template's layouts.

Every slide with figures carries base, note and source, and in its speaker's notes the state of the data in full and the
query. Suppressed figures are empty cells in the chart's workbook and "[c]" beside the category's name. Lengths are in
points; text is measured before it is placed, so nothing overlaps.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pptx import Presentation
from pptx.enum.chart import XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_PATTERN
from pptx.enum.shapes import MSO_CONNECTOR, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Emu, Pt

from analysis.charts import layout, lettering, palette, wording
from analysis.charts.spec import ChartSpec, Form, Series, Sets, Words
from analysis.findings import provenance
from analysis.findings.card import Card, Quote
from analysis.report import (
    archive,
    native_chart,
    native_points,
    native_scatter,
    native_slope,
    page_room,
    slide_numbers,
    slide_room,
    slide_template,
)
from analysis.report.compose import compose
from analysis.report.native_chart import append
from analysis.report.slide_room import EDGE, FULL, HIGH, LEGEND_SIZE, NOTE_SIZE, SIDE_HEAD, WIDE, Area, RowsPlan
from analysis.report.slide_template import Slides
from analysis.report.tree import Figure, Heading, Paragraphs, Part, Quotes, RecommendationPart, Report
from data.analysis_records import FindingRecord, RecommendationRecord

_RIGHT_TO_LEFT_MARK = "\u200f"
_INSIDE, _OUTSIDE = "\u25cf", "\u00b7"
"""In the table below sets of options: whether a set holds an option."""
TITLE_LAYOUT, TITLE_ONLY_LAYOUT = 0, 5
NO_TABLE_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def deck(
    cards: Sequence[Card],
    *,
    title: str,
    words: Words,
    findings: Sequence[tuple[FindingRecord, Card]] = (),
    recommendations: Sequence[RecommendationRecord] = (),
) -> bytes:
    """A presentation: title, kept findings, recommendations, then one slide per card; arguments as of `compose`."""
    report = compose(cards, title=title, words=words, findings=findings, recommendations=recommendations)
    return render(report, words)


def render(report: Report, words: Words, template: bytes = b"") -> bytes:
    """The report as slides, 16:9; or in a template, with its layouts, size, letters and colours and without its slides.

    template  as `analysis.report.template.open_template` gives it
    Raises  InvalidInput as `analysis.report.slide_template.open_slides`.
    """
    slides = _Deck(report, words, slide_template.open_slides(template) if template else None)
    slides.open()
    for part in report.parts:
        slides.add(part)
    return slides.saved()


class _Deck:
    """A presentation that grows slide by slide."""

    def __init__(self, report: Report, words: Words, template: Slides | None) -> None:
        self._report, self._words, self._template = report, words, template
        self._rtl = report.is_rtl
        self._chapter = ""
        self._room = template.room if template else slide_room.OWN_ROOM
        self._ink = "" if template else palette.TEXT
        if template:
            self._file = template.file
            self._layout = template.plain
        else:
            self._file = Presentation()
            self._file.slide_width, self._file.slide_height = Pt(WIDE), Pt(HIGH)
            _widen(self._file)
            self._layout = self._file.slide_layouts[TITLE_ONLY_LAYOUT]

    def open(self) -> None:
        """The title slide: consultation, time with zone, replies, and whether all is invented."""
        report = self._report
        if self._template:
            self._open_template(self._template)
            return
        slide = self._file.slides.add_slide(self._file.slide_layouts[TITLE_LAYOUT])
        area = Area(EDGE, 130, FULL, 130)
        self._place_title(slide, report.title, area, sizes=(40.0, 34.0, 28.0), anchor=MSO_ANCHOR.BOTTOM)
        subtitle = slide.placeholders[1]
        _move(subtitle, Area(EDGE, 276, FULL, 120))
        self._fill(_plain_frame(subtitle), report.cover, 20, colour=palette.QUIET_TEXT)
        if report.mark:
            box = slide.shapes.add_textbox(Pt(EDGE), Pt(410), Pt(FULL), Pt(34))
            self._fill(_plain_frame(box), [report.mark], 18, bold=True, colour=palette.MARK)
        _note(slide, report.source, report.provenance)

    def _open_template(self, template: Slides) -> None:
        """The title slide as the template has it."""
        report = self._report
        slide = self._file.slides.add_slide(template.cover)
        title, below = slide_template.title_of(slide), slide_template.placeholder(slide, PP_PLACEHOLDER.SUBTITLE)
        area = self._on_slide(title) or self._room.title
        size = slide_room.largest([report.title], template.cover_size, area, rtl=self._rtl)
        frame = _plain_frame(title)
        self._fill(frame, [report.title], size)
        lines = [*report.cover, *([report.mark] if report.mark else [])]
        place = None if below is None else self._on_slide(below)
        if place is None:
            top = area.y + max(area.high, slide_room.TITLE_SIZES[0] * 2) + 10
            place = self._room.between(top, max(self._room.bottom, top + 80))
            below = _box(slide, place)
        size = slide_room.largest(lines, 20.0, place, rtl=self._rtl)
        frame = _plain_frame(below)
        self._fill(frame, report.cover, size)
        if report.mark:
            self._paragraph(frame, report.mark, size, bold=True)
        slide_template.drop_unfilled(slide)
        _note(slide, report.source, report.provenance)

    def _on_slide(self, shape: Any) -> Area | None:
        """Where a shape of the cover stands, moved back where a layout of another size lets it hang out."""
        area = slide_template.area_of(shape)
        wide = self._file.slide_width.pt
        if area is None or (area.x >= 0 and area.x + area.wide <= wide):
            return area
        area = Area(self._room.x, area.y, self._room.wide, area.high)
        _move(shape, area)
        return area

    def add(self, part: Part) -> None:
        """The slides of one part."""
        match part:
            case Figure():
                self.add_chart(part)
            case Quotes():
                self.add_quotes(part)
            case RecommendationPart():
                self.add_recommendation(part)
            case Heading():
                self.add_heading(part)
            case Paragraphs():
                self.add_paragraphs(part)

    def add_heading(self, heading: Heading) -> None:
        """A slide that opens a chapter; the words stay the title of the paragraphs that follow."""
        self._chapter = heading.text
        if heading.has_slide:
            slide = self._new_slide()
            middle = self._file.slide_height.pt / 2
            area = self._room.between(middle - 80, middle + 80)
            sizes: tuple[float, ...] = (40.0, 34.0, 28.0) if heading.level == 1 else (32.0, 28.0, 24.0)
            if self._template:
                most = slide_room.largest([heading.text], self._room.title_sizes[0], area, rtl=self._rtl)
                sizes = tuple(size for size in sizes if size <= most) or (most,)
            self._place_title(slide, heading.text, area, sizes=sizes, anchor=MSO_ANCHOR.MIDDLE)

    def add_paragraphs(self, part: Paragraphs) -> None:
        """Words of staff below the chapter's title, on as many slides as they need."""
        texts = [text for text in part.texts if text.strip()]
        for held in slide_room.parted(texts, self._chapter or self._report.title, rtl=self._rtl, room=self._room):
            slide = self._new_slide()
            top = self._write_head(slide, self._chapter or self._report.title, "")
            bottom = self._write_foot(slide, self._report.mark, self._report.source)
            area = self._room.between(top, bottom)
            size = slide_room.text_size(held, area, rtl=self._rtl)
            box = _box(slide, area)
            for text in held:
                self._paragraph(_plain_frame(box), text, size, after=size * 0.6)

    def add_chart(self, figure: Figure) -> None:
        """One slide, or several when the rows would not be read from the back of the room."""
        spec = page_room.as_bars(figure.spec, self._words) if figure.spec.form is Form.TILES else figure.spec
        if figure.remark:
            spec = replace(spec, note=wording.sentences((figure.remark, spec.note)))
        for part in slide_room.pages(spec, self._room):
            slide = self._new_slide()
            top = self._write_head(slide, part.title, part.subtitle)
            bottom = self._write_foot(slide, part.note, part.source)
            _note(slide, part.source, part.provenance, figure.spec.note)
            area = self._room.between(top, bottom)
            if not part.categories:  # nobody gave a number: head and note say so, and a chart needs something to show
                continue
            if not spec.has_figures and not part.is_table:
                self._add_hidden(slide, part, area)
            elif part.form is Form.SLOPE:
                self._add_slope(slide, part, area)
            elif part.form is Form.SCATTER:
                self._add_scatter(slide, part, area)
            elif part.form is Form.UPSET:
                self._add_sets(slide, part, area)
            elif part.form not in native_chart.SHAPES and part.form not in native_points.FORMS:
                # PowerPoint has no such chart of its own, as of many panels.
                self._add_table(slide, part, area)
            elif part.form in native_points.FORMS:
                self._add_points(slide, part, area)
            elif part.form is Form.COLUMNS:
                self._add_native(slide, part, area, size=LEGEND_SIZE)
            else:
                self._add_rows(slide, part, area)
        if slide_numbers.is_wanted(self._report, figure):
            self._add_numbers(figure)

    def _add_hidden(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """The names of what is not shown, where a chart would be an empty frame."""
        words = self._words
        texts = [words.translate("{mark}: not shown, to protect small groups.", mark=wording.hidden(words))]
        names = wording.listing(spec.categories, words)
        size = slide_room.text_size([*texts, names], area, rtl=self._rtl)
        frame = _plain_frame(_box(slide, area))
        self._paragraph(frame, texts[0], size, after=size * 0.6)
        self._paragraph(frame, names, size - 2, colour=palette.QUIET_TEXT)

    def _add_numbers(self, figure: Figure) -> None:
        """The numbers behind the chart, on slides of their own."""
        spec, words, numbers = figure.spec, self._words, figure.numbers(self._words)
        # A title without figures: nothing in it is out of date when the deck is brought up to date.
        title, subtitle = words.translate("Numbers: {title}", title=figure.label), slide_numbers.subtitle(spec)
        note = wording.sentences((slide_numbers.hidden_line(numbers, words), spec.note))
        longest = f"{title} (99/99)"
        top = slide_room.head_height(longest, subtitle, rtl=self._rtl, room=self._room)
        foot = slide_room.foot_height(note, spec.source, rtl=self._rtl, room=self._room)
        high = self._room.bottom - foot - 10 - top
        found = list(slide_numbers.sheets(numbers, words, wide=self._room.wide, high=high, rtl=self._rtl))
        for number, sheet in enumerate(found, start=1):
            slide = self._new_slide()
            named = title if len(found) == 1 else f"{title} ({number}/{len(found)})"
            below = self._write_head(slide, named, subtitle)
            self._write_foot(slide, note, spec.source)
            _note(slide, spec.source, spec.provenance)
            self._write_sheet(slide, spec, sheet, Area(self._room.x, below, self._room.wide, sum(sheet.heights)), named)

    def _write_sheet(self, slide: Slide, spec: ChartSpec, sheet: slide_numbers.Sheet, area: Area, alt: str) -> None:
        table = self._new_table(slide, spec, area, len(sheet.rows) + 1, len(sheet.heads), alt=alt)
        for row, (texts, high) in enumerate(zip((sheet.heads, *sheet.rows), sheet.heights, strict=True)):
            table.rows[row].height = Pt(high)
            for position, text in enumerate(texts):
                column = len(texts) - 1 - position if self._rtl else position
                table.columns[column].width = Pt(sheet.widths[position])
                at_end, is_head = sheet.at_end[position], row == 0
                self._write_cell(table.cell(row, column), text, slide_numbers.SIZE, at_end=at_end, bold=is_head)

    def add_quotes(self, part: Quotes) -> None:
        """The open answers below each other, each with its author, on as many slides as large letters need."""
        note = wording.sentences((part.remark, part.note))
        top = slide_room.head_height(part.title, part.base, rtl=self._rtl, room=self._room)
        foot = slide_room.foot_height(note, part.source, rtl=self._rtl, room=self._room)
        area = self._room.between(top, self._room.bottom - foot - 12)
        for held in slide_room.in_area([quote.text for quote in part.quotes], area, rtl=self._rtl):
            slide = self._new_slide()
            below = self._write_head(slide, part.title, part.base)
            bottom = self._write_foot(slide, note, part.source)
            _note(slide, part.source, provenance.of_card(part.card))
            self._write_quotes(slide, [part.quotes[at] for at in held], self._room.between(below, bottom))

    def _write_quotes(self, slide: Slide, quotes: Sequence[Quote], area: Area) -> None:
        words = self._words
        size = slide_room.text_size([quote.text for quote in quotes], area, rtl=self._rtl)
        frame = _plain_frame(_box(slide, area))
        for quote in quotes:
            rtl = lettering.family(quote.text) == lettering.ARABIC
            self._paragraph(frame, words.translate("“{quote}”", quote=quote.text), size, rtl=rtl, after=2)
            whose = wording.whose(quote, words)
            self._paragraph(frame, whose, max(12.0, size - 3), rtl=rtl, colour=palette.QUIET_TEXT, after=size)

    def add_recommendation(self, part: RecommendationPart) -> None:
        """The recommendation in large letters, to whom it goes, and the findings it rests on."""
        words = self._words
        slide = self._new_slide()
        top = self._write_head(slide, words.translate("Recommendation {number}", number=part.number), "")
        bottom = self._write_foot(slide, self._report.mark, self._report.source)
        area = self._room.between(top, bottom)
        size = slide_room.text_size([part.text, *part.rests_on, "", "", ""], area, rtl=self._rtl)
        box = _box(slide, area)
        frame = _plain_frame(box)
        self._paragraph(frame, part.text, size + 4, bold=True, after=18)
        for label, value in part.facts:
            self._paragraph(frame, f"{label}{words.colon}{value}", size - 2, after=4)
        if part.rests_on:
            heading = words.translate("Rests on these findings")
            self._paragraph(frame, heading, size - 2, bold=True, before=12, after=4)
            for statement in part.rests_on:
                self._paragraph(frame, f"• {statement}", size - 2, after=4)

    def saved(self) -> bytes:
        """The file's bytes."""
        report = self._report
        properties = self._file.core_properties
        properties.title, properties.author, properties.language = report.title, provenance.NAME, report.language
        properties.identifier = properties.keywords = report.sha256
        properties.created = properties.modified = report.as_of.replace(tzinfo=None)
        target = io.BytesIO()
        self._file.save(target)
        return archive.settled(target.getvalue())

    def _new_slide(self) -> Slide:
        slide: Slide = self._file.slides.add_slide(self._layout)
        number = slide_template.add_foot(slide) if self._template else None
        if number is None:
            room, wide = self._room, 60.0
            x = room.x if self._rtl else room.x + room.wide - wide
            number = _box(slide, Area(x, room.bottom - slide_room.FOOT, wide, 16))
            paragraph = _plain_frame(number).paragraphs[0]
            paragraph.alignment = PP_ALIGN.LEFT if self._rtl else PP_ALIGN.RIGHT
            size = {"sz": "1100"}
        else:
            paragraph, size = number.text_frame.paragraphs[0], {}
        field = append(paragraph._p, "a:fld", id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", type="slidenum")
        append(field, "a:rPr", lang=self._words.language, **size)
        append(field, "a:t").text = str(len(self._file.slides))
        return slide

    def _write_head(self, slide: Slide, title: str, subtitle: str) -> float:
        """Title and subtitle; the height below them."""
        room = self._room
        below = slide_room.below_title(title, rtl=self._rtl, room=room)
        area = Area(room.title.x, room.title.y, room.title.wide, below - room.title.y)
        self._place_title(slide, title, area, sizes=room.title_sizes, anchor=MSO_ANCHOR.TOP)
        if subtitle:
            box = _box(slide, room.between(below, below + slide_room.SUBTITLE_SIZE * 1.4))
            self._fill(_plain_frame(box), [subtitle], slide_room.SUBTITLE_SIZE, colour=palette.QUIET_TEXT)
        return slide_room.head_height(title, subtitle, rtl=self._rtl, room=room)

    def _write_foot(self, slide: Slide, note: str, source: str) -> float:
        """Note and source at the foot; the height above them."""
        room = self._room
        top = room.bottom - slide_room.foot_height(note, source, rtl=self._rtl, room=room) + 14
        beside = slide_room.NUMBER_ROOM
        x = room.x + (beside if self._rtl else 0)
        frame = _plain_frame(_box(slide, Area(x, top, room.wide - beside, room.bottom - top - 8)))
        if note:
            self._paragraph(frame, note, NOTE_SIZE)
        self._paragraph(frame, source, NOTE_SIZE, colour=palette.QUIET_TEXT)
        return top - 10

    def _place_title(self, slide: Slide, title: str, area: Area, *, sizes: Sequence[float], anchor: MSO_ANCHOR) -> None:
        title = wording.unbroken(title)
        size, _ = slide_room.title_size(title, sizes, rtl=self._rtl, wide=area.wide)
        _move(slide.shapes.title, area)
        frame = _plain_frame(slide.shapes.title)
        if not self._template or anchor is MSO_ANCHOR.MIDDLE:
            frame.vertical_anchor = anchor
        self._fill(frame, [title], size, bold=not self._template)
        if self._template:
            slide_template.drop_unfilled(slide)

    def _fill(self, frame: Any, lines: Sequence[str], size: float, *, bold: bool = False, colour: str = "") -> None:
        for line in lines:
            self._paragraph(frame, line, size, bold=bold, colour=colour)

    def _paragraph(
        self,
        frame: Any,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = "",
        rtl: bool | None = None,
        before: float = 0,
        after: float = 0,
    ) -> None:
        """One more paragraph, in the reader's direction unless another is given; the first fills the empty one."""
        paragraph = frame.paragraphs[0] if not frame.text else frame.add_paragraph()
        paragraph.space_before, paragraph.space_after = Pt(before), Pt(after)
        self._direct(paragraph, self._rtl if rtl is None else rtl)
        self._run(paragraph, text, size, bold=bold, colour=colour)

    def _run(self, paragraph: Any, text: str, size: float, *, bold: bool = False, colour: str = "") -> None:
        """Words in a colour, "" for that of text; a template's own letters, colours and weight stay as they are."""
        run = paragraph.add_run()
        run.text = lettering.printable(text)
        run.font.size = Pt(size)
        if bold or not self._template:
            run.font.bold = bold
        if self._template and colour == palette.QUIET_TEXT:
            colour = ""
        if colour := colour or self._ink:
            run.font.color.rgb = native_chart.rgb(colour)
        run._r.get_or_add_rPr().set("lang", self._words.language)

    def _direct(self, paragraph: Any, rtl: bool) -> None:
        if rtl or not self._template:
            paragraph.alignment = PP_ALIGN.RIGHT if rtl else PP_ALIGN.LEFT
        if rtl:
            paragraph._p.get_or_add_pPr().set("rtl", "1")

    def _add_rows(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """Horizontal bars with room for their names, and text columns that stand level with the bars."""
        spec = native_chart.told_beside(spec)
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
        size_of = (Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high))
        data = native_chart.data_of(spec)
        frame: Any = slide.shapes.add_chart(native_chart.SHAPES[spec.form], *size_of, data)  # type: ignore[arg-type]
        _describe(frame, spec.alt)
        native_chart.style(frame.chart, spec, self._words, size=size, area=area, plan=plan, ink=self._ink)

    def _add_points(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """Points that PowerPoint draws on a line for each category; it knows no names for those lines."""
        plan = slide_room.rows_plan(spec, area)
        start, end = plan.plot.x, plan.frame.wide - plan.plot.x - plan.plot.wide
        top = area.y + plan.plot.y
        place = Area(plan.frame.x + start, top, plan.plot.wide, plan.plot.high)
        data = native_points.data_of(spec)
        size_of = (Pt(place.x), Pt(place.y), Pt(place.wide), Pt(place.high))
        frame: Any = slide.shapes.add_chart(native_points.SHAPE, *size_of, data)  # type: ignore[arg-type]
        _describe(frame, spec.alt)
        size = min(plan.size, LEGEND_SIZE)
        native_points.style(frame.chart, spec, self._words, size=size, area=place, ink=self._ink)
        if plan.legend:
            signs = native_points.SIGNS[: len(spec.series)]
            self._write_legend(slide, spec, Area(area.x, area.y, area.wide, plan.legend), signs)
        wide = end if self._rtl else start
        names = Area(place.x + place.wide if self._rtl else plan.frame.x, top, wide, place.high)
        self._add_names(slide, spec, names, plan.size)
        if spec.sides:
            x = area.x if self._rtl else plan.frame.x + plan.frame.wide
            level = Area(x, top - SIDE_HEAD, sum(plan.side_widths), place.high + SIDE_HEAD)
            self._add_sides(slide, spec, level, plan)

    def _add_scatter(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """Points, lines and names, all in one chart of PowerPoint's own."""
        drawing = native_scatter.Drawing(spec, area)
        size_of = (Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high))
        frame: Any = slide.shapes.add_chart(native_scatter.SHAPE, *size_of, drawing.data())
        _describe(frame, spec.alt)
        drawing.style(frame.chart, self._words, ink=self._ink)

    def _add_sets(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """Columns that PowerPoint draws, over a table with a dot for each option that a set holds."""
        assert isinstance(spec.plan, Sets)
        room, count = slide_room.sets_room(spec, area), len(spec.categories)
        wide = room.step * count
        start = area.x + area.wide - room.names - wide if self._rtl else area.x + room.names
        place = Area(start, area.y, wide, room.high)
        size_of = (Pt(place.x), Pt(place.y), Pt(place.wide), Pt(place.high))
        columns = replace(spec, form=Form.COLUMNS, plan=None)
        data = native_chart.data_of(columns)
        frame: Any = slide.shapes.add_chart(native_chart.SHAPES[Form.COLUMNS], *size_of, data)  # type: ignore[arg-type]
        _describe(frame, spec.alt)
        native_chart.style(frame.chart, columns, self._words, size=LEGEND_SIZE, area=place, ink=self._ink)
        frame.chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        whole = Area(0, 0, place.wide, place.high)
        native_chart.fix_plot(frame.chart, Area(0, LEGEND_SIZE, place.wide, place.high - LEGEND_SIZE - 4), whole)
        options = spec.plan.options
        level = Area(start if self._rtl else area.x, area.y + room.high, room.names + wide, sum(room.heights))
        alt = self._words.listed(spec.categories)
        table = self._new_table(slide, spec, level, len(options), count + 1, alt=alt, is_headed=False)
        for position in range(count + 1):
            column = count - position if self._rtl else position
            table.columns[column].width = Pt(room.step if position else room.names)
            for row, option in enumerate(options):
                table.rows[row].height = Pt(room.heights[row])
                cell = table.cell(row, column)
                inside = bool(position) and row in spec.plan.members[position - 1]
                text = option if not position else _INSIDE if inside else _OUTSIDE
                colour = "" if not position else palette.ACCENT if inside else palette.QUIET_TEXT
                self._write_cell(cell, text, room.size, at_end=not position, bold=False, colour=colour)
                if position:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER

    def _add_slope(self, slide: Slide, spec: ChartSpec, area: Area) -> None:
        """Lines that PowerPoint draws, and beside their ends names and figures that give way to each other."""
        place = native_slope.room(spec, area)
        top, size, plan = area.y + native_slope.HEAD, place.size, place.plan
        near, far = place.near, place.near + place.lines

        def across(start: float, wide: float) -> float:
            return area.x + (area.wide - start - wide if self._rtl else start)

        lines = Area(across(near, place.lines), top, place.lines, plan.height)
        size_of = (Pt(lines.x), Pt(lines.y), Pt(lines.wide), Pt(lines.high))
        frame: Any = slide.shapes.add_chart(native_slope.SHAPE, *size_of, native_slope.data_of(spec))
        _describe(frame, spec.alt)
        native_slope.style(frame.chart, spec, place)

        def write(lines: Sequence[str], start: float, wide: float, middle: float, at_end: bool, **look: Any) -> None:
            high = len(lines) * size * layout.LINE_HEIGHT
            box = slide.shapes.add_textbox(Pt(across(start, wide)), Pt(middle - high / 2), Pt(wide), Pt(high))
            text = _plain_frame(box)
            self._fill(text, lines, size, **look)
            text.vertical_anchor = MSO_ANCHOR.MIDDLE
            for paragraph in text.paragraphs:
                paragraph.alignment = PP_ALIGN.RIGHT if at_end is not self._rtl else PP_ALIGN.LEFT

        was, now = spec.series
        head = top - native_slope.HEAD / 2
        write([was.name], 0, near + place.lines / 2 - 8, head, False, bold=True)
        write([now.name], far - place.lines / 2 + 8, area.wide - far + place.lines / 2 - 8, head, True, bold=True)
        for index, (points, labels) in enumerate(zip(plan.points, plan.labels, strict=True)):
            before, after = (top + label for label in labels)
            first, last = place.figures
            looks = [{"colour": palette.QUIET_TEXT if point is None else ""} for point in points]
            write(plan.lines[index], 0, place.names, before, True)
            write([was.labels[index]], near - native_slope.LEADER - first, first, before, True, **looks[0])
            write([now.labels[index]], far + native_slope.LEADER, last, after, False, **looks[1])
            start, quiet = area.wide - place.changes, palette.QUIET_TEXT
            write([spec.sides[0].labels[index]], start, place.changes, after, True, colour=quiet)
            for end, out, point, label in zip((near, far), (-1, 1), points, labels, strict=True):
                if point is not None:
                    ends = (across(end + out * 6, 0), across(end + out * (native_slope.LEADER - 4), 0))
                    line = slide.shapes.add_connector(
                        MSO_CONNECTOR.STRAIGHT, Pt(ends[0]), Pt(top + point), Pt(ends[1]), Pt(top + label)
                    )
                    line.line.color.rgb, line.line.width = native_chart.rgb(palette.LINE), Pt(0.75)

    def _add_names(self, slide: Slide, spec: ChartSpec, area: Area, size: float) -> None:
        """The names of the categories as a table whose rows are as high as their bands."""
        names = slide_room.category_names(spec)
        table = self._new_table(slide, spec, area, len(names), 1, alt=spec.title)
        table.columns[0].width = Pt(area.wide)
        for row, name in enumerate(names):
            table.rows[row].height = Pt(area.high / len(names))
            self._write_cell(table.cell(row, 0), name, size, at_end=True, bold=False)

    def _write_legend(self, slide: Slide, spec: ChartSpec, area: Area, signs: Sequence[str] = ()) -> None:
        """Names of the series as text: PowerPoint's own legend runs from left to right only."""
        paragraph = _plain_frame(_box(slide, area)).paragraphs[0]
        self._direct(paragraph, self._rtl)
        signs = signs or ("■",) * len(spec.series)
        for series, colour, sign in zip(spec.series, palette.colours(spec), signs, strict=True):
            # A direction mark after each name keeps Latin names in the order of an Arabic line.
            self._run(paragraph, f"{sign} ", LEGEND_SIZE, colour=colour)
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
        size, (first, other) = slide_room.table_look(spec, area.wide)
        heights = slide_room.table_heights(spec, area.wide)
        for position in range(columns):
            column = columns - 1 - position if self._rtl else position
            wide = first if position == 0 else other
            table.columns[column].width = Pt(wide)
            texts = spec.categories if position == 0 else spec.series[position - 1].labels
            head = "" if position == 0 else spec.series[position - 1].name
            for row, text in enumerate((head, *texts)):
                table.rows[row].height = Pt(heights[row])
                cell, colour = table.cell(row, column), ""
                if position and row and spec.form is Form.HEAT_MAP:
                    colour = _ground(cell, spec, spec.series[position - 1], row - 1)
                self._write_cell(cell, text, size, at_end=position > 0, bold=row == 0, colour=colour)
                if position and spec.form is Form.HEAT_MAP:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER

    def _new_table(
        self,
        slide: Slide,
        spec: ChartSpec,
        area: Area,
        rows: int,
        columns: int,
        *,
        alt: str,
        is_headed: bool = True,
    ) -> Any:
        frame = slide.shapes.add_table(rows, columns, Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high))
        _describe(frame, alt)
        table: Any = frame.table
        table.horz_banding = False
        table.first_row = is_headed
        table._tbl.tblPr.find(qn("a:tableStyleId")).text = NO_TABLE_STYLE
        return table

    def _write_cell(self, cell: Any, text: str, size: float, *, at_end: bool, bold: bool, colour: str = "") -> None:
        cell.margin_left = cell.margin_right = Pt(4)
        cell.margin_top = cell.margin_bottom = Pt(0)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = cell.text_frame.paragraphs[0]
        self._direct(paragraph, self._rtl)
        if at_end:
            paragraph.alignment = PP_ALIGN.LEFT if self._rtl else PP_ALIGN.RIGHT
        self._run(paragraph, text, size, bold=bold, colour=colour)


def _ground(cell: Any, spec: ChartSpec, series: Series, row: int) -> str:
    """A figure's ground in a heat map, hatched where it is not shown; the colour of its letters, "" without one."""
    value, fill = series.values[row], cell.fill
    if value is None:
        if wording.HIDDEN not in series.labels[row]:
            return ""
        fill.patterned()
        fill.pattern = MSO_PATTERN.LIGHT_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = native_chart.rgb(palette.HATCH), native_chart.rgb(palette.PAPER)
        return palette.TEXT
    colour = palette.heat(value, spec.minimum, spec.maximum)
    fill.solid()
    fill.fore_color.rgb = native_chart.rgb(colour)
    return palette.text_on(colour)


def _note(slide: Slide, source: str, query: str, note: str = "") -> None:
    """Source, query and the chart's note as the speaker's notes: for people who look there, and for programs."""
    lines = [source, query, *([note] if note else [])]
    slide.notes_slide.notes_text_frame.text = "\n".join(lines)  # type: ignore[union-attr]


def _plain_frame(shape: Any) -> TextFrame:
    """The shape's text without margins, wrapped."""
    frame: TextFrame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(0)
    return frame


def _box(slide: Slide, area: Area) -> Any:
    return slide.shapes.add_textbox(Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high))


def _move(shape: Any, area: Area) -> None:
    shape.left, shape.top, shape.width, shape.height = Pt(area.x), Pt(area.y), Pt(area.wide), Pt(area.high)


def _describe(frame: Any, alt: str) -> None:
    """Alternative text for readers who do not see the shape."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", lettering.printable(alt))


def _widen(file: Any) -> None:
    """The default template's 4:3 placeholders, stretched to 16:9."""
    shapes: list[Any] = [shape for page in (file.slide_master, *file.slide_layouts) for shape in page.placeholders]
    for shape in shapes:
        if shape.width is not None:
            shape.left, shape.width = Emu(shape.left * 4 // 3), Emu(shape.width * 4 // 3)
