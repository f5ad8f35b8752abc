"""The formats in which a chart or a whole report can be taken away: name, content type, file ending, maker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.charts import image
from analysis.charts.choose import chart_to_take_away
from analysis.charts.spec import ChartSpec, Words
from analysis.findings.card import Card
from analysis.report import powerpoint, word, workbook
from analysis.report.tree import Report
from data.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartFormat:
    """A file of one card; a picture of open answers raises InvalidInput "format.no_chart"."""

    content_type: str
    extension: str
    make: Callable[[Card, Words], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardFormat:
    """A file of a whole report.

    holds_words  whether it also tells kept findings and recommendations, beside figures
    """

    content_type: str
    extension: str
    make: Callable[[Report, Words], bytes]
    holds_words: bool = True


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def _spec(card: Card, words: Words) -> ChartSpec:
    spec = chart_to_take_away(card, words)
    if spec is None:
        raise InvalidInput("format.no_chart", question=card.question)
    return spec


def _png(card: Card, words: Words) -> bytes:
    return image.png(_spec(card, words))


def _svg(card: Card, words: Words) -> bytes:
    return image.svg(_spec(card, words))


CHART_FORMATS: Mapping[str, ChartFormat] = {
    "png": ChartFormat(content_type="image/png", extension=".png", make=_png),
    "svg": ChartFormat(content_type="image/svg+xml", extension=".svg", make=_svg),
    "csv": ChartFormat(content_type="text/csv; charset=utf-8", extension=".csv", make=workbook.card_csv),
    "xlsx": ChartFormat(content_type=_XLSX, extension=".xlsx", make=workbook.card_xlsx),
}
DASHBOARD_FORMATS: Mapping[str, DashboardFormat] = {
    "pptx": DashboardFormat(content_type=_PPTX, extension=".pptx", make=powerpoint.render),
    "docx": DashboardFormat(content_type=_DOCX, extension=".docx", make=word.render),
    "xlsx": DashboardFormat(content_type=_XLSX, extension=".xlsx", make=workbook.render, holds_words=False),
}
