"""The formats in which a chart or a whole report can be taken away: name, content type, file ending, maker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.charts import image, own_fonts
from analysis.charts.choose import asked_as_drawn, chart_to_take_away
from analysis.charts.sizes import DEFAULT_SCALE, Size
from analysis.charts.spec import ChartSpec, Form, Words
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.report import embed, html, pdf, powerpoint, word, workbook
from analysis.report.compose import bound
from analysis.report.template import Template
from analysis.report.tree import Figure, Report
from data.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """For which place a picture is made, and with how many pixels for one; tables have none of it.

    statement  a finding's sentence as the title, "" for the question
    form       of the chart, as a reader chose it; None for the first one
    intervals  whether plain bars show theirs
    """

    size: Size = Size.PLAIN
    scale: int = DEFAULT_SCALE
    statement: str = ""
    form: Form | None = None
    intervals: bool = False


PLAIN_LOOK = Look()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartFormat:
    """A file of one card.

    drawn         whether it is of the chart, which open answers do not have: then it raises InvalidInput
                  "format.no_chart"
    make_picture  makes it of a picture of who answered; None where there are none
    """

    content_type: str
    extension: str
    make: Callable[[Card, Words, Look], bytes]
    drawn: bool = False
    make_picture: Callable[[ChartSpec, Words, Look], bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardFormat:
    """A file of a whole report.

    holds_words  whether it also tells kept findings and recommendations, beside figures
    make_in      makes it in a template of the organisation's own; None where there are none
    """

    content_type: str
    extension: str
    make: Callable[[Report, Words], bytes]
    holds_words: bool = True
    make_in: Callable[[Report, Words, bytes], bytes] | None = None


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def _spec(card: Card, words: Words, look: Look) -> ChartSpec:
    spec = chart_to_take_away(card, words, statement=look.statement, form=look.form, with_intervals=look.intervals)
    if spec is None:
        raise InvalidInput("format.no_chart", question=card.question)
    return spec


def _figure(card: Card, words: Words, look: Look) -> Figure:
    return Figure(spec=_spec(card, words, look), card=card, remark=card.remark)


def _png(figure: Figure, words: Words, look: Look) -> bytes:
    return image.png(figure.spec, look.size, look.scale)


def _svg(figure: Figure, words: Words, look: Look) -> bytes:
    return own_fonts.with_fonts(image.svg(figure.spec, look.size))


def _pdf(figure: Figure, words: Words, look: Look) -> bytes:
    return image.pdf(figure.spec, look.size)


def _html(figure: Figure, words: Words, look: Look) -> bytes:
    return embed.page(figure.spec, figure.numbers(words), words, look.size)


def _code(figure: Figure, words: Words, look: Look) -> bytes:
    return embed.fragment(figure.spec, figure.numbers(words), words, look.size).encode()


def _asked(card: Card, look: Look) -> str:
    """The query of a table, which opens the chart that it was taken beside."""
    return asked_as_drawn(card, provenance.of_card(card), form=look.form, with_intervals=look.intervals)


def _csv(card: Card, words: Words, look: Look) -> bytes:
    return workbook.card_csv(card, words, asked=_asked(card, look))


def _xlsx(card: Card, words: Words, look: Look) -> bytes:
    return workbook.card_xlsx(card, words, asked=_asked(card, look))


def _csv_of_picture(spec: ChartSpec, words: Words, look: Look) -> bytes:
    return workbook.picture_csv(spec, words)


def _xlsx_of_picture(spec: ChartSpec, words: Words, look: Look) -> bytes:
    return workbook.picture_xlsx(spec, words)


def _alone(card: Card, words: Words, look: Look) -> Report:
    figure = _figure(card, words, look)
    return bound([figure], card, title=card.source.title, words=words, asked=figure.spec.provenance)


def _slide(card: Card, words: Words, look: Look) -> bytes:
    return powerpoint.render(_alone(card, words, look), words)


def _document(card: Card, words: Words, look: Look) -> bytes:
    return word.render(_alone(card, words, look), words)


def _drawn(content_type: str, extension: str, draw: Callable[[Figure, Words, Look], bytes]) -> ChartFormat:
    """A file of the drawing, which is the same whether a card stands behind it or not."""
    return ChartFormat(
        content_type=content_type,
        extension=extension,
        make=lambda card, words, look: draw(_figure(card, words, look), words, look),
        make_picture=lambda spec, words, look: draw(Figure(spec=spec, card=None), words, look),
        drawn=True,
    )


CHART_FORMATS: Mapping[str, ChartFormat] = {
    "png": _drawn("image/png", ".png", _png),
    "svg": _drawn("image/svg+xml", ".svg", _svg),
    "pdf": _drawn("application/pdf", ".pdf", _pdf),
    "html": _drawn("text/html; charset=utf-8", ".html", _html),
    "code": _drawn("text/plain; charset=utf-8", ".code.txt", _code),
    "csv": ChartFormat(
        content_type="text/csv; charset=utf-8", extension=".csv", make=_csv, make_picture=_csv_of_picture
    ),
    "xlsx": ChartFormat(content_type=_XLSX, extension=".xlsx", make=_xlsx, make_picture=_xlsx_of_picture),
    "pptx": ChartFormat(content_type=_PPTX, extension=".pptx", make=_slide, drawn=True),
    "docx": ChartFormat(content_type=_DOCX, extension=".docx", make=_document, drawn=True),
}
DASHBOARD_FORMATS: Mapping[str, DashboardFormat] = {
    "pptx": DashboardFormat(content_type=_PPTX, extension=".pptx", make=powerpoint.render, make_in=powerpoint.render),
    "docx": DashboardFormat(content_type=_DOCX, extension=".docx", make=word.render, make_in=word.render),
    "pdf": DashboardFormat(content_type="application/pdf", extension=".pdf", make=pdf.render),
    "html": DashboardFormat(content_type="text/html; charset=utf-8", extension=".html", make=html.render),
    "xlsx": DashboardFormat(content_type=_XLSX, extension=".xlsx", make=workbook.render, holds_words=False),
}


def dashboard_format(kind: str, template: Template | None = None) -> DashboardFormat:
    """The format of a whole report, checked before anything is composed.

    Raises  InvalidInput "format.unknown", "template.no_format", "template.other_format".
    """
    made = DASHBOARD_FORMATS.get(kind)
    if made is None:
        raise InvalidInput("format.unknown", format=kind[:40], allowed=", ".join(DASHBOARD_FORMATS))
    if template is not None and made.make_in is None:
        raise InvalidInput("template.no_format", format=kind)
    if template is not None and template.kind != kind:
        raise InvalidInput("template.other_format", template=template.kind, format=kind)
    return made


def written(made: DashboardFormat, report: Report, words: Words, template: Template | None) -> bytes:
    """The file, in a template where there is one."""
    if template is None or made.make_in is None:
        return made.make(report, words)
    return made.make_in(report, words, template.content)
