"""A chart for a web page: the drawing inside the page, its alternative text, and the numbers as a table below it.

Nothing is asked for from elsewhere and nothing runs: it works offline, in a page that allows no scripts, and by
keyboard. Words that people wrote are escaped.
"""

import html
import re

from analysis.charts import image, lettering, own_fonts
from analysis.charts.sizes import Size
from analysis.charts.spec import ChartSpec, Words
from analysis.findings import provenance
from analysis.report.table import Table, Unit, written

_CELL = "border-bottom:1px solid #d9d9d9;padding:.25em .6em"
_PAGE_STYLE = "body{margin:1rem;background:#fff;color:#1a1a1a}"


def fragment(spec: ChartSpec, numbers: Table, words: Words, size: Size = Size.PLAIN) -> str:
    """The chart as HTML to paste into a page: one `figure` that depends on nothing around it.

    numbers  every figure behind it; its first column names the rows
    Raises  InvalidInput as `image.svg` and `own_fonts.with_fonts`.
    """
    drawing = own_fonts.with_fonts(image.svg(spec, size)).decode()
    drawing = re.sub(r"^<\?xml[^>]*>\s*", "", drawing)
    opening = re.match(r"<svg[^>]*>", drawing)
    assert opening is not None
    wide = float(re.findall(r'\bwidth="([\d.]+)"', opening[0])[0])
    fitted = re.sub(r'\s(?:width|height|role|xml:lang)="[^"]*"', "", opening[0])
    named = f'{fitted[:-1]} role="img" aria-label="{html.escape(spec.alt)}" style="width:100%;height:auto">'
    told = "".join(
        f'<p dir="auto" style="margin:.4em 0">{html.escape(line)}</p>'
        for line in (spec.subtitle, spec.remark, spec.note, spec.source)
        if line
    )
    name = html.escape(words.translate("Numbers"))
    return (
        f'<figure lang="{html.escape(spec.language)}" dir="{html.escape(spec.direction)}" '
        f'style="margin:0;max-width:{wide:.0f}px">{named}{drawing[opening.end() :]}'
        f"<details><summary>{name}</summary>{told}{_table(numbers, spec, words)}</details></figure>"
    )


def page(spec: ChartSpec, numbers: Table, words: Words, size: Size = Size.PLAIN) -> bytes:
    """The same as a whole page that stands alone.

    Raises  as `fragment`.
    """
    figure = fragment(spec, numbers, words, size)
    told = figure.rpartition("</svg>")[2].removesuffix("</figure>")  # the drawing has its own
    fonts = own_fonts.of_page(told, lettering.families(words.translate("Numbers")))
    return (
        f'<!doctype html>\n<html lang="{html.escape(spec.language)}" dir="{html.escape(spec.direction)}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'font-src data:">'
        f'<meta name="{provenance.NAME}" content="{html.escape(spec.provenance)}">'
        f"<title>{html.escape(spec.title)}</title><style>{_PAGE_STYLE}{fonts}</style></head>\n"
        f"<body><main>{figure}</main></body></html>\n"
    ).encode()


def _table(found: Table, spec: ChartSpec, words: Words) -> str:
    head = "".join(
        f'<th scope="col" style="{_CELL};text-align:{_side(column.unit)}">{html.escape(column.head)}</th>'
        for column in found.columns
    )
    rows = []
    for row in found.rows:
        cells = [html.escape(written(v, c.unit, words)) for v, c in zip(row, found.columns, strict=True)]
        others = "".join(
            f'<td style="{_CELL};text-align:{_side(column.unit)}">{cell}</td>'
            for cell, column in zip(cells[1:], found.columns[1:], strict=True)
        )
        rows.append(
            f'<tr><th scope="row" style="{_CELL};text-align:start;font-weight:normal">{cells[0]}</th>{others}</tr>'
        )
    return (
        '<div style="overflow-x:auto" tabindex="0" role="group" '
        f'aria-label="{html.escape(words.translate("Numbers"))}">'
        '<table style="border-collapse:collapse;font-size:.9em">'
        f'<caption style="text-align:start;font-weight:bold">{html.escape(spec.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _side(unit: Unit) -> str:
    return "start" if unit is Unit.TEXT else "end"
