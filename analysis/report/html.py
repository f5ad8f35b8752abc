"""A report as one web page that needs nothing else: no script, no request; by keyboard, offline, on paper.

Charts are drawings inside the page, laid out for a screen and for a telephone; their numbers fold out below them. What
people wrote is escaped, and the page forbids scripts and requests itself. The bundled fonts are inside it, with the
letters that it has, so that words and charts look alike on every machine.
"""

import html
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from xml.etree import ElementTree

from analysis.charts import image, lettering, own_fonts, wording
from analysis.charts.plane import SVG_NAMESPACE
from analysis.charts.spec import ChartSpec, Form, Words
from analysis.findings import provenance
from analysis.report import page_room
from analysis.report.table import Table, Unit, written
from analysis.report.tree import Figure, Numbers, Paragraphs, Quotes, RecommendationPart, Report

_STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
_WIDTHS = {"wide": 800.0, "narrow": 420.0}
"""Pixels at which a chart is drawn for each kind of screen."""
_BESIDE = 24.0
"""Of which so many are empty on each side."""
_DRAWING = f"{{{SVG_NAMESPACE}}}"


def render(report: Report, words: Words) -> bytes:
    """The report as one HTML file in UTF-8."""
    return _Page(report, words).whole().encode()


class _Page:
    """A page whose headings are numbered, so that its contents lead to them."""

    def __init__(self, report: Report, words: Words) -> None:
        self._report, self._words = report, words
        self._pictures = count(1)

    def whole(self) -> str:
        """The page."""
        report, placed = self._report, list(page_room.placed(self._report))
        headed = [(number, each) for number, each in enumerate(placed, start=1) if each.level]
        skip = _safe(self._words.translate("Skip to the content"))
        body = "\n".join(
            (
                f'<a class="skip" href="#content">{skip}</a>',
                f"<header>{''.join(self._cover())}</header>",
                self._contents(headed),
                '<main id="content" tabindex="-1">',
                *("\n".join(self._part(number, each)) for number, each in enumerate(placed, start=1)),
                "</main>",
            )
        )
        fonts = own_fonts.of_page(body, lettering.families(self._words.translate("Contents")))
        head = (
            '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f'<meta name="{provenance.NAME}" content="{_safe(report.provenance)}">'
            f"<title>{_safe(report.title)}</title><style>\n{_STYLE}{fonts}</style>"
        )
        opening = f'<html lang="{_safe(report.language)}" dir="{_safe(report.direction)}">'
        return f"<!doctype html>\n{opening}<head>{head}</head>\n<body>\n{body}\n</body></html>\n"

    def _cover(self) -> Iterator[str]:
        report = self._report
        yield f'<h1 dir="auto">{_safe(report.title)}</h1>'
        for line in report.cover:
            yield _line(line, "quiet")
        yield _line(report.mark, "mark")
        yield _line(report.source, "note")

    def _contents(self, headed: list[tuple[int, page_room.Placed]]) -> str:
        if not headed:
            return ""
        name = _safe(self._words.translate("Contents"))
        entries = "".join(
            f'<li class="l{each.level}" dir="auto"><a href="#part-{number}">'
            f"{_safe(page_room.title_of(each.part, self._words))}</a></li>"
            for number, each in headed
        )
        return f'<nav aria-labelledby="contents"><h2 id="contents">{name}</h2><ol>{entries}</ol></nav>'

    def _part(self, number: int, placed: page_room.Placed) -> Iterator[str]:
        part = placed.part
        if placed.level:
            tag, title = f"h{placed.level + 1}", page_room.title_of(part, self._words)
            yield f'<{tag} id="part-{number}" dir="auto">{_safe(title)}</{tag}>'
        match part:
            case Paragraphs():
                for text in part.texts:
                    yield _line(text)
            case Figure():
                yield from self._figure(part)
            case Quotes():
                yield from self._quotes(part)
            case RecommendationPart():
                yield from self._recommendation(part)

    def _figure(self, part: Figure) -> Iterator[str]:
        spec = part.spec
        yield _line(spec.subtitle, "quiet")
        if spec.form is not Form.TABLE and spec.categories:
            drawings = {
                "wide": self._drawing(spec, _WIDTHS["wide"]),
                "narrow": self._drawing(page_room.without_sides(spec), _WIDTHS["narrow"]),
            }
            inside = "".join(f'<div class="{kind}">{drawn}</div>' for kind, drawn in drawings.items())
            yield f"<figure>{inside}</figure>"
        yield from _notes(part.remark, spec.note, spec.source)
        table = part.numbers(self._words)
        is_wanted = self._report.numbers is not Numbers.NEVER or spec.form is Form.TABLE
        if table.rows and is_wanted:
            is_open = " open" if spec.form is Form.TABLE else ""
            name = _safe(self._words.translate("Numbers"))
            yield f"<details{is_open}><summary>{name}</summary>{self._table(table, spec.title)}</details>"

    def _drawing(self, spec: ChartSpec, width: float) -> str:
        """The chart as a picture with a name and a description of its own."""
        ElementTree.register_namespace("", SVG_NAMESPACE)
        root = ElementTree.fromstring(image.alone(spec, width))
        wide, high = (float(part) for part in root.attrib["viewBox"].split()[2:])
        number = next(self._pictures)
        for name in ("width", "height"):
            root.attrib.pop(name)
        root.set("viewBox", f"{_BESIDE:g} 0 {wide - 2 * _BESIDE:g} {high:g}")
        root.set("aria-labelledby", f"title-{number} alt-{number}")
        for mark in root.iter(f"{_DRAWING}text"):
            mark.set("font-family", f"{own_fonts.quoted(lettering.by_family(mark.text or ''))}, sans-serif")
        for tag, name in (("title", "title"), ("desc", "alt")):
            for each in root.findall(f"{_DRAWING}{tag}"):
                each.set("id", f"{name}-{number}")
        return ElementTree.tostring(root, encoding="unicode")

    def _quotes(self, part: Quotes) -> Iterator[str]:
        words = self._words
        yield _line(part.base, "quiet")
        for quote in part.quotes:
            quoted = _safe(words.translate("“{quote}”", quote=quote.text))
            yield (
                f'<blockquote dir="auto"><p lang="{_safe(quote.language or words.language)}">{quoted}</p>'
                f'<footer class="note">{_safe(wording.whose(quote, words))}</footer></blockquote>'
            )
        yield from _notes(part.remark, part.note, part.source)

    def _recommendation(self, part: RecommendationPart) -> Iterator[str]:
        yield f'<p dir="auto"><strong>{_safe(part.text)}</strong></p>'
        for name, value in part.facts:
            yield f'<p><span class="quiet">{_safe(name + self._words.colon)}</span><bdi>{_safe(value)}</bdi></p>'
        if part.rests_on:
            yield f"<p><strong>{_safe(self._words.translate('Rests on these findings'))}</strong></p>"
            yield f"<ul>{''.join(f'<li dir=auto>{_safe(each)}</li>' for each in part.rests_on)}</ul>"

    def _table(self, table: Table, title: str) -> str:
        """Every figure of the card; the first column names the rows."""
        sides = ['class="end"' if column.unit is not Unit.TEXT else 'dir="auto"' for column in table.columns]
        head = "".join(
            f'<th scope="col" {side}>{_safe(column.head)}</th>'
            for column, side in zip(table.columns, sides, strict=True)
        )
        rows = []
        for row in table.rows:
            cells = [_safe(written(v, c.unit, self._words)) for v, c in zip(row, table.columns, strict=True)]
            rest = "".join(f"<td {side}>{cell}</td>" for cell, side in zip(cells[1:], sides[1:], strict=True))
            rows.append(f'<tr><th scope="row" dir="auto">{cells[0]}</th>{rest}</tr>')
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{_safe(title)}"><table>'
            f"<caption>{_safe(title)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        )


def _notes(remark: str, note: str, source: str) -> Iterator[str]:
    """What staff say of it, then note and source."""
    yield _line(remark)
    yield _line(note, "note")
    yield _line(source, "note")


def _line(text: str, kind: str = "") -> str:
    """A paragraph; nothing for no words."""
    if not text.strip():
        return ""
    named = f' class="{kind}"' if kind else ' dir="auto"'
    return f"<p{named}>{_safe(text)}</p>"


def _safe(text: str) -> str:
    return html.escape(lettering.printable(text))
