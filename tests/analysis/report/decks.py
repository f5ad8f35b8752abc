"""Decks of two cards as they were, the same cards as they are now, and what stands in a deck."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from openpyxl import load_workbook
from pptx import Presentation

from analysis.charts.choose import chart, chart_to_take_away, timeline
from analysis.charts.spec import ChartSpec, Form, MonitoringSource, TimelinePoint
from analysis.disclosure import SUPPRESSED, Audience, policy
from analysis.findings.card import Card
from analysis.report import powerpoint
from analysis.report.compose import bound, compose
from analysis.report.deck_refresh import Refreshed, refresh
from analysis.report.tree import Figure
from tests.analysis import cards
from tests.analysis.cards import ENGLISH

SOURCE = replace(cards.SOURCE, snapshot="aaaaaaaaaaaa", sha256="aaaaaaaaaaaa")
OLD = [
    cards.single(
        question="part", rows=(cards.row("yes", "Yes", 250), cards.row("no", "No", 100), cards.row("x", "Not sure", 50))
    ),
    cards.battery(question="change"),
]
NEW: dict[str, Card] = {
    "part": cards.single(
        question="part",
        base=cards.base(410),
        source=SOURCE,
        rows=(
            cards.row("yes", "Yes", 205, 410),
            cards.row("no", "No", 205, 410),
            cards.row("x", "Not sure", SUPPRESSED),
        ),
    ),
    "change": cards.battery(
        question="change",
        source=SOURCE,
        items=(
            cards.item(
                "c01", "Expanding and diversifying range of drugs and drug markets", 20, 50, 60, 150, 120, dont_know=15
            ),
            *OLD[1].items[1:],
        ),
    ),
}


def deck(written: list[Card] = OLD) -> bytes:
    return powerpoint.render(compose(written, title="Report", words=ENGLISH), ENGLISH)


def redraw(query: str) -> ChartSpec:
    spec = chart(NEW[json.loads(query)["question"]], ENGLISH)
    assert spec is not None
    return spec


def edited(edit: Callable[[Any], None], content: bytes | None = None) -> bytes:
    file = Presentation(io.BytesIO(content or deck()))
    edit(file)
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def native(content: bytes) -> list[Any]:
    return [
        shape.chart for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes if shape.has_chart
    ]


def figures(found: Any) -> dict[tuple[str, str], float | None]:
    """(category, series) -> value, by the chart's cache."""
    plot = found.plots[0]
    names = [str(name) for name in plot.categories]
    return {(name, s.name): value for s in plot.series for name, value in zip(names, s.values, strict=True)}


def workbook(found: Any) -> dict[tuple[str, str], float | None]:
    sheet = load_workbook(io.BytesIO(found.part.chart_workbook.xlsx_part.blob)).active
    rows = list(sheet.iter_rows(values_only=True))
    return {(row[0], head): row[at] for row in rows[1:] for at, head in enumerate(rows[0]) if at and row[0]}


def about(slides: list[Any], card: Card) -> Any:
    """The slide whose words name the question."""
    return next(
        s for s in slides if any(card.label in each.text_frame.text for each in s.shapes if each.has_text_frame)
    )


def rewritten(change: Callable[[str, bytes], bytes], content: bytes) -> bytes:
    """The deck with other bytes in its parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target.getvalue()


HEATED = cards.compared(question="heat")


def heated(share: Any) -> Card:
    """The same card in which a group's share of the first option is another one."""
    first = HEATED.columns[0].code
    rows = (replace(HEATED.rows[0], by={**HEATED.rows[0].by, first: cards.cell(share, 90)}), *HEATED.rows[1:])
    return replace(HEATED, source=SOURCE, rows=rows)


def said(content: bytes) -> list[str]:
    """Every paragraph on the slide of the first card."""
    slide = about(list(Presentation(io.BytesIO(content)).slides), OLD[0])
    shapes = [shape for shape in slide.shapes if shape.has_text_frame]
    return [paragraph.text for shape in shapes for paragraph in shape.text_frame.paragraphs]


def noted(write: Callable[[list[str]], list[str]], content: bytes, slide: int = 1) -> bytes:
    """The deck in which a speaker changed the lines of a slide's notes."""

    def edit(file: Any) -> None:
        frame = file.slides[slide].notes_slide.notes_text_frame
        frame.text = "\n".join(write(frame.text.split("\n")))

    return edited(edit, content)


def notes_on(content: bytes, slide: int = 1) -> list[str]:
    lines: list[str] = Presentation(io.BytesIO(content)).slides[slide].notes_slide.notes_text_frame.text.split("\n")
    return lines


def shown_on(content: bytes, slide: int) -> list[str]:
    """Every text on a slide, of shapes and of cells."""
    shapes = list(Presentation(io.BytesIO(content)).slides[slide].shapes)
    cells = [cell.text for s in shapes if s.has_table for row in s.table.rows for cell in row.cells]
    return [*(s.text_frame.text for s in shapes if s.has_text_frame), *cells]


def drawn_in(card: Card, form: Form, *, intervals: bool = False) -> ChartSpec:
    spec = chart_to_take_away(card, ENGLISH, form=form, with_intervals=intervals)
    assert spec is not None
    return spec


def deck_of(spec: ChartSpec, card: Card) -> bytes:
    report = bound([Figure(spec=spec, card=card)], card, title="Report", words=ENGLISH, asked=spec.provenance)
    return powerpoint.render(report, ENGLISH)


def refreshed_as(content: bytes, card: Card, form: Form) -> tuple[bytes, tuple[Refreshed, ...]]:
    def redraw(_query: str, *, with_intervals: bool = False) -> ChartSpec:
        return drawn_in(card, form, intervals=with_intervals)

    return refresh(content, redraw)


def two_groups(first: Any, second: Any, n: int) -> Card:
    """Two groups of which n answered; the first one's shares of both options."""
    card = cards.compared(question="heat")
    one, two = (replace(each, base=cards.base(n)) for each in card.columns[:2])
    by = [{one.code: cards.cell(v, n), two.code: cards.cell(n // 2, n)} for v in (first, second)]
    rows = tuple(replace(row, by=each) for row, each in zip(card.rows, by, strict=False))
    return replace(card, columns=(one, two), rows=rows)


def over_time(counts: dict[date, int], state: str = "a" * 12) -> ChartSpec:
    """The picture of replies over time, day by day."""
    points = [TimelinePoint(day=day, replies=replies) for day, replies in counts.items()]
    source = MonitoringSource(title="Fictional demo consultation", fictional=True, as_of=cards.SOURCE.as_of)
    spec = timeline(points, replies=sum(counts.values()), source=source, words=ENGLISH, rules=policy(Audience.INTERNAL))
    return replace(spec, provenance=json.dumps({"picture": "timeline", "snapshot": state}))
