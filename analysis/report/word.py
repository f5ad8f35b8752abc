"""A report as a Word document: real headings, native charts that stay editable, the numbers behind each as a table.

Together with word_elements.py and word_template.py the one place of docx. Words carry direction and language; every
chart and table has its alternative text. The query of the report and of each chart stands as XML in the file
(customXml).
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as FilePart
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from analysis.charts import lettering, palette, wording
from analysis.charts.spec import ChartSpec, Form, Words
from analysis.findings import provenance
from analysis.report import archive, native_chart, native_scatter, page_room, slide_room, word_elements, word_template
from analysis.report.slide_room import Area
from analysis.report.table import Table, Unit, written
from analysis.report.tree import Figure, Numbers, Paragraphs, Quotes, RecommendationPart, Report
from analysis.report.word_elements import Look, bookmarked, field, field_end, field_start, link, node, paragraph, run

_NAMESPACE = "urn:soundings:query"
_CONTENTS_LEVELS = 2
_TABLE_STYLE = "Soundings table"
_FONTS = {"ascii": "Calibri", "hAnsi": "Calibri", "eastAsia": "Microsoft YaHei", "cs": "Arial"}
_SIZES = {"Title": 26, "Subtitle": 12, "Heading 1": 18, "Heading 2": 13.5, "Heading 3": 12, "Caption": 8.5, "Quote": 11}
_SPACES = {"Title": (0, 10), "Subtitle": (0, 2), "Heading 1": (26, 8), "Heading 2": (20, 4), "Heading 3": (14, 4)}
_BOLD = ("Title", "Heading 1", "Heading 2", "Heading 3", "TOC Heading")
_MARGIN = Mm(22)
_TABLE_SIZE = _NOTE_SIZE = 8.5
_SCATTER_HIGH = 330.0


def render(report: Report, words: Words, template: bytes = b"") -> bytes:
    """The report as a document, A4 upright; or in a template, with its styles, page, head and foot, without its text.

    template  as `analysis.report.template.open_template` gives it
    Raises  InvalidInput as `analysis.report.word_template.open_document`.
    """
    document = _Document(report, words, word_template.open_document(template) if template else None)
    document.open()
    for each in page_room.placed(report):
        document.add(each)
    return document.saved()


class _Document:
    """A document that grows part by part."""

    def __init__(self, report: Report, words: Words, template: Any | None) -> None:
        self._report, self._words = report, words
        self._is_template = template is not None
        self._file: Any = template or Document()
        self._has_bullets = "List Bullet" in self._file.styles
        self._styles = _styles(self._file, is_template=self._is_template)
        self._plain = Look(language=report.language, rtl=report.is_rtl)
        self._quiet = replace(self._plain, colour="" if self._is_template else palette.QUIET_TEXT)
        self._small = replace(self._quiet, size=_NOTE_SIZE)
        self._body = self._file.element.body
        self._end = self._body.sectPr
        self._wide, self._high = page_room.WIDE, page_room.HIGHEST
        if self._is_template:
            self._wide = word_template.room_wide(self._file)
            self._high = min(self._high, word_template.room_high(self._file) * 0.75)
        self._charts = self._headings = 0
        self._queries = ElementTree.Element(f"{{{_NAMESPACE}}}soundings")

    def open(self) -> None:
        """Title, what is known of the whole, and the contents."""
        report = self._report
        self._set_page()
        self._write(report.title, "Title")
        for line in report.cover:
            self._write(line, "Subtitle")
        if report.mark:
            self._write(report.mark, look=replace(self._plain, bold=True, colour=palette.MARK))
        self._write(report.source, look=self._small)
        self._ask("report", report.provenance)
        entries = [
            (each.level, _heading(each, self._words))
            for each in page_room.placed(report)
            if 0 < each.level <= _CONTENTS_LEVELS
        ]
        if entries:
            self._write(self._words.translate("Contents"), "TOC Heading", keep=True)
            self._add_contents(entries)

    def add(self, placed: page_room.Placed) -> None:
        """One part below what stands there."""
        part = placed.part
        if placed.level:
            self._add_heading(_heading(placed, self._words), placed.level)
        match part:
            case Paragraphs():
                for text in part.texts:
                    self._write(text)
            case Figure():
                self._add_figure(part)
            case Quotes():
                self._add_quotes(part)
            case RecommendationPart():
                self._add_recommendation(part)

    def saved(self) -> bytes:
        """The file's bytes."""
        report = self._report
        properties = self._file.core_properties
        properties.title, properties.author, properties.language = report.title[:255], provenance.NAME, report.language
        properties.identifier = properties.keywords = report.sha256
        properties.last_modified_by, properties.comments, properties.revision = provenance.NAME, report.source[:255], 1
        properties.created = properties.modified = report.as_of.replace(tzinfo=None)
        ElementTree.register_namespace("", _NAMESPACE)
        queries = ElementTree.tostring(self._queries, encoding="utf-8", xml_declaration=True)
        package = self._file.part.package
        told = FilePart(PackURI("/customXml/soundings.xml"), CONTENT_TYPE.XML, queries, package)
        self._file.part.relate_to(told, RELATIONSHIP_TYPE.CUSTOM_XML)
        target = io.BytesIO()
        self._file.save(target)
        return archive.settled(target.getvalue())

    def _set_page(self) -> None:
        """A4, the title in the head of each page, its number in the foot; a template keeps what it has of these."""
        report, section = self._report, self._file.sections[0]
        if not self._is_template:
            section.page_width, section.page_height = Mm(210), Mm(297)
            section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        if report.is_rtl and self._end.find(qn("w:bidi")) is None:
            self._end.insert_element_before(node("bidi"), "w:rtlGutter", "w:docGrid")
        own_head = self._is_template and any(not each.is_linked_to_previous for each in word_template.heads(section))
        if own_head and report.internal:
            for each in word_template.heads(section):
                told = paragraph(self._styles["Header"], [run(report.internal, self._small)], rtl=report.is_rtl)
                each.paragraphs[-1]._p.addnext(told)
        text = " · ".join(line for line in (report.title, report.internal) if line)
        fields = {page_room.PAGE: "PAGE", page_room.PAGES: "NUMPAGES"}
        numbers = []
        for each in page_room.foot(self._words):
            numbers += field(fields[each], "1", self._small) if each in fields else [run(each, self._small)]
        for place, style, runs in (
            (section.header, "Header", [run(text, self._small)]),
            (section.footer, "Footer", numbers),
        ):
            if self._is_template and (own_head if style == "Header" else not place.is_linked_to_previous):
                continue
            place.is_linked_to_previous = False
            old = place.paragraphs[0]._p
            is_foot = style == "Footer"
            old.addprevious(paragraph(self._styles[style], runs, rtl=report.is_rtl, centred=is_foot))
            old.getparent().remove(old)

    def _add_heading(self, text: str, level: int) -> None:
        """A real heading; those that stand in the contents have a mark that they lead to."""
        look = replace(self._plain, rtl=page_room.turned(text, rtl=self._report.is_rtl))
        runs = [run(text, look)]
        if level <= _CONTENTS_LEVELS:
            runs = bookmarked(self._headings, _mark(self._headings), *runs)
            self._headings += 1
        end = look.rtl != self._report.is_rtl
        self._put(paragraph(self._styles[f"Heading {level}"], runs, rtl=look.rtl, end=end))

    def _add_contents(self, entries: Sequence[tuple[int, str]]) -> None:
        """A table of contents as a field, filled with links; Word adds the numbers of pages when it makes it anew."""
        look = self._plain
        for number, (level, text) in enumerate(entries):
            runs = [link(_mark(number), run(text, look))]
            if number == 0:
                asked = rf'TOC \o "1-{_CONTENTS_LEVELS}" \h \z \u'
                runs = [*field_start(asked, look, is_stale=True), *runs]
            if number == len(entries) - 1:
                runs.append(field_end(look))
            self._put(paragraph(self._styles[f"TOC {level}"], runs, rtl=self._report.is_rtl))

    def _add_figure(self, figure: Figure) -> None:
        """Base, chart, what staff say of it, note and source, then the numbers."""
        spec = page_room.as_bars(figure.spec, self._words)
        self._write(spec.subtitle, look=self._quiet, keep=True)
        self._ask("chart", spec.provenance, note=spec.note)
        is_drawn = spec.form is Form.SCATTER or (spec.form in native_chart.SHAPES and spec.has_figures)
        if spec.form is Form.SCATTER:
            self._add_scatter(spec)
        elif is_drawn:
            pieces = page_room.pages(page_room.without_sides(spec), wide=self._wide, high=self._high)
            for number, piece in enumerate(pieces, start=1):
                self._add_chart(piece, f"{spec.alt} ({number}/{len(pieces)})" if len(pieces) > 1 else spec.alt)
        self._add_notes(figure.remark, spec.note, spec.source)
        if is_drawn and self._report.numbers is Numbers.NEVER:
            return
        shown, hidden = page_room.folded(figure.numbers(self._words))
        most = max(3, min(page_room.MOST_COLUMNS, int(page_room.MOST_COLUMNS * self._wide / page_room.WIDE)))
        for table in page_room.parted(shown, most):
            self._add_table(table, spec.title)
        self._write(page_room.hidden_line(hidden, self._words), look=self._small)

    def _add_chart(self, spec: ChartSpec, alt: str) -> None:
        """A chart of Word's own with its workbook inside, in line with the text."""
        area, plan = page_room.plan(spec, wide=self._wide)
        if spec.form in (Form.GROUPED, Form.STACKED) and not (plan and plan.is_native):
            self._add_legend(spec)
        letters = {"ink": "", "family": ""} if self._is_template else {}
        made = native_chart.loose(spec, self._words, size=page_room.SIZE, area=area, plan=plan, **letters)
        self._put_chart(*made, alt, area)

    def _add_scatter(self, spec: ChartSpec) -> None:
        """A chart of x and y in line with the text, as high as its names need."""
        sizes = (page_room.SIZE,)
        area = Area(0, 0, self._wide, slide_room.scatter_room(spec, self._wide, _SCATTER_HIGH, sizes=sizes).high)
        letters = {"ink": "", "family": ""} if self._is_template else {"ink": palette.TEXT}
        self._put_chart(*native_scatter.loose(spec, self._words, area=area, sizes=sizes, **letters), spec.alt, area)

    def _put_chart(self, xml: bytes, workbook: bytes, alt: str, area: Area) -> None:
        self._charts += 1
        number, package = self._charts, self._file.part.package
        chart = FilePart(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, xml, package)
        inside = FilePart(PackURI(f"/word/embeddings/chart{number}.xlsx"), CONTENT_TYPE.SML_SHEET, workbook, package)
        chart.relate_to(inside, RELATIONSHIP_TYPE.PACKAGE)
        key = self._file.part.relate_to(chart, RELATIONSHIP_TYPE.CHART)
        drawn = word_elements.chart(key, number, alt, area.wide, area.high, language=self._report.language)
        # In a paragraph from right to left, LibreOffice turns the figures of a chart round, digit by digit.
        self._put(paragraph(self._styles["Normal"], [drawn], rtl=False, end=self._report.is_rtl, keep=True))

    def _add_legend(self, spec: ChartSpec) -> None:
        """The names of the series in their colours, where Word's own legend has no room or the wrong direction."""
        look = replace(self._plain, size=page_room.SIZE)
        runs = []
        for series, colour in zip(spec.series, palette.colours(spec), strict=True):
            runs += [run("■\u00a0", replace(look, colour=colour)), run(f"{series.name}   ", look)]
        self._put(paragraph(self._styles["Normal"], runs, rtl=self._report.is_rtl, keep=True))

    def _add_notes(self, remark: str, note: str, source: str) -> None:
        """What staff say of it, then note and source as its caption."""
        self._write(remark)
        self._write(note, "Caption")
        self._write(source, "Caption", look=self._quiet)

    def _add_quotes(self, part: Quotes) -> None:
        words = self._words
        self._write(part.base, look=self._quiet, keep=True)
        self._ask("quotes", provenance.of_card(part.card))
        for quote in part.quotes:
            look = Look(language=quote.language or self._report.language, rtl=page_room.runs_rtl(quote.text))
            self._write(words.translate("“{quote}”", quote=quote.text), "Quote", look=look, keep=True)
            self._write(wording.whose(quote, words), look=self._small)
        self._add_notes(part.remark, part.note, part.source)

    def _add_recommendation(self, part: RecommendationPart) -> None:
        self._write(part.text, look=replace(self._plain, bold=True))
        for name, value in part.facts:
            runs = [run(f"{name}{self._words.colon}", self._quiet), run(value, self._plain)]
            self._put(paragraph(self._styles["Normal"], runs, rtl=self._report.is_rtl))
        if part.rests_on:
            bold = replace(self._plain, bold=True)
            self._write(self._words.translate("Rests on these findings"), look=bold, keep=True)
            for statement in part.rests_on:
                self._write(statement if self._has_bullets else f"• {statement}", "List Bullet")

    def _add_table(self, table: Table, title: str) -> None:
        """The numbers, each written as its language does; a suppressed one as "[c]"."""
        rows = [
            [written(value, column.unit, self._words) for value, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ]
        if not rows:
            return
        self._put(
            word_elements.table(
                [column.head for column in table.columns],
                rows,
                widths=page_room.widths(table, wide=self._wide),
                at_end=[column.unit is not Unit.TEXT for column in table.columns],
                alt=title,
                look=replace(self._plain, size=_TABLE_SIZE),
                style=self._styles[_TABLE_STYLE],
            )
        )
        self._put(paragraph(self._styles[_TABLE_STYLE], [], rtl=self._report.is_rtl))

    def _write(self, text: str, style: str = "Normal", *, look: Look | None = None, keep: bool = False) -> None:
        """A paragraph of words; nothing for none."""
        if text:
            set_as = look or replace(self._plain, rtl=page_room.turned(text, rtl=self._report.is_rtl))
            end = set_as.rtl != self._report.is_rtl
            self._put(paragraph(self._styles[style], [run(text, set_as)], rtl=set_as.rtl, keep=keep, end=end))

    def _put(self, element: Any) -> None:
        self._end.addprevious(element)

    def _ask(self, name: str, query: str, **beside: str) -> None:
        """The query of a part, for programs, and words beside the part by which they know them again."""
        told = {name: lettering.printable(text) for name, text in beside.items() if text}
        ElementTree.SubElement(self._queries, f"{{{_NAMESPACE}}}{name}", told).text = query


def _heading(placed: page_room.Placed, words: Words) -> str:
    return page_room.title_of(placed.part, words)


def _mark(number: int) -> str:
    return f"_Toc{number:09d}"


def _styles(file: Any, *, is_template: bool) -> dict[str, str]:
    """The identity of every style that is used, by its English name; what is not there is made.

    is_template  of somebody's own: what is there stays as it is
    """
    known = {style.name.casefold(): style for style in file.styles if style.type == WD_STYLE_TYPE.PARAGRAPH}
    wanted = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption", "Quote", "List Bullet")
    found = {}
    for name in (*wanted, "Header", "Footer", "TOC Heading", "TOC 1", "TOC 2", _TABLE_STYLE):
        style = known.get(name.casefold())
        if style is None:
            style = file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name != _TABLE_STYLE)
            style.base_style = known.get("normal")
            _set_style(style, name, has_letters=not is_template)
            if name.startswith("Heading"):
                style.element.get_or_add_pPr().append(node("outlineLvl", val=int(name[-1]) - 1))
        elif not is_template:
            _set_style(style, name)
        found[name] = style.style_id
    return found


def _set_style(style: Any, name: str, *, has_letters: bool = True) -> None:
    """The house's letters: dark, without the serifs and the blue of the library's own template.

    has_letters  whether their family and colour are the house's too, and not those of the text
    """
    font = style.font
    if not has_letters:
        font.bold = font.cs_bold = name in _BOLD or None
    elif name in ("Normal", "Title", "Subtitle", "TOC Heading", "Caption") or name.startswith("Heading"):
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            del fonts.attrib[attribute]
        for kind, family in _FONTS.items():
            fonts.set(qn(f"w:{kind}"), family)
        font.color.rgb = RGBColor.from_string((palette.TEXT if name != "Subtitle" else palette.QUIET_TEXT)[1:].upper())
        font.italic = font.cs_italic = False
        font.bold = font.cs_bold = name in _BOLD
        for spacing in style.element.rPr.findall(qn("w:spacing")):  # letters set apart break Arabic words
            style.element.rPr.remove(spacing)
    if name in _SIZES:
        font.size = Pt(_SIZES[name])
    if name in _SPACES:
        style.paragraph_format.space_before, style.paragraph_format.space_after = map(Pt, _SPACES[name])
    match name:
        case "Normal":
            font.size = Pt(10.5)
            style.paragraph_format.space_after = Pt(6)
        case "Title":
            for border in style.element.pPr.findall(qn("w:pBdr")):
                style.element.pPr.remove(border)
        case "Caption":
            style.paragraph_format.space_after = Pt(3)
        case "TOC 1" | "TOC 2":
            style.paragraph_format.space_after = Pt(2)
            style.paragraph_format.left_indent = Pt(0 if name == "TOC 1" else 14)
            font.bold = font.cs_bold = name == "TOC 1"
        case "Soundings table":
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(1)
            font.size = Pt(_TABLE_SIZE)
