"""What the descriptions of a card's charts have in common: order and folding of rows, labels, and the lines that every
chart carries. Which form a card gets is decided in choose.py, the forms a reader may choose instead in variants.py.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.charts import method_words, wording
from analysis.charts.spec import ChartSpec, Form, Series, Side, ValueFormat, Words
from analysis.disclosure import Suppressed
from analysis.findings import provenance
from analysis.findings.card import BatteryItem, Card, CardKind, Cell, Column, Figure, Row

MOST_BARS = 20
BARS_WHEN_FOLDED = 15
ORDERED_UP_TO = 6
ASIDE = ("other", "none")
"""Codes of options that stand last and are never called the finding."""
NOTHING = Cell(count=0, share=0.0)


@dataclass(frozen=True, slots=True)
class Folded:
    """Rows that are drawn and what is said of the others."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def arranged(card: Card) -> tuple[Row, ...]:
    """Rows as asked when they are few or a scale, else the most chosen first with "other" and "none" last."""
    if len(card.rows) <= ORDERED_UP_TO or is_scale(card):
        return card.rows
    return tuple(sorted(card.rows, key=lambda row: (row.code in ASIDE, -number_or(row.cell.share, -1.0))))


def folded(rows: tuple[Row, ...], card: Card, words: Words) -> Folded:
    """At most 20 bars: beyond that the first 15, and the rest as one bar where it may be summed."""
    if len(rows) <= MOST_BARS:
        return Folded(rows)
    shown, rest = rows[:BARS_WHEN_FOLDED], rows[BARS_WHEN_FOLDED:]
    counts = [row.cell.count for row in rest if not isinstance(row.cell.count, Suppressed)]
    shares = [row.cell.share for row in rest if not isinstance(row.cell.share, Suppressed)]
    if card.kind is CardKind.SINGLE and len(counts) == len(shares) == len(rest):
        label = words.translate("Other options ({number})", number=wording.count(len(rest), words))
        cell = Cell(count=sum(counts), share=sum(shares))
        return Folded((*shown, Row(code="", label=label, cell=cell)))
    note = words.translate("Options not shown: {number}.", number=wording.count(len(rest), words))
    return Folded(shown, (note,))


def described(
    card: Card,
    words: Words,
    *,
    form: Form,
    categories: tuple[str, ...],
    series: tuple[Series, ...],
    maximum: float,
    leading: str,
    measure: str = "",
    minimum: float = 0.0,
    value_format: ValueFormat = ValueFormat.SHARE,
    sides: tuple[Side, ...] = (),
    more_notes: tuple[str, ...] = (),
) -> ChartSpec:
    """The description with the lines that every card's chart carries."""
    mark = wording.hidden(words)
    columns: tuple[Series | Side, ...] = (*series, *sides)
    texts = [label for column in columns for label in column.labels]
    notes = (
        *more_notes,
        *method_words.method_lines(card, words),
        *wording.note_lines(card, words, has_hidden=mark in texts),
    )
    base = wording.base_line(card, words)
    return ChartSpec(
        form=form,
        title=card.label,
        measure=measure or share_measure(card, words),
        base=base,
        categories=categories,
        series=series,
        value_format=value_format,
        maximum=maximum,
        minimum=minimum,
        sides=sides,
        note=wording.sentences(notes),
        source=wording.source_line(card.source, words),
        alt=wording.sentences(
            (
                words.translate("{form}: {title}.", form=form_name(form, words), title=card.label.rstrip(".。?？؟:：")),
                "" if card.base.answered == 0 else leading,
                wording.sentence(base, words),
            )
        ),
        language=words.language,
        direction=words.direction,
        provenance=provenance.of_card(card),
    )


def form_name(form: Form, words: Words) -> str:
    """What a listener is told the picture is."""
    names = {
        Form.BARS: words.translate("Bar chart"),
        Form.GROUPED: words.translate("Grouped bar chart"),
        Form.STACKED: words.translate("Stacked bar chart"),
        Form.RANKS: words.translate("Chart of mean ranks"),
        Form.COLUMNS: words.translate("Column chart"),
        Form.TABLE: words.translate("Table"),
        Form.HEAT_MAP: words.translate("Heat map"),
        Form.DUMBBELL: words.translate("Dumbbell chart"),
        Form.SLOPE: words.translate("Slope chart"),
        Form.DIVERGING: words.translate("Diverging bar chart"),
        Form.INTERVALS: words.translate("Points with intervals"),
        Form.MULTIPLES: words.translate("Small multiples"),
        Form.SCATTER: words.translate("Scatter chart of two questions"),
        Form.OPINIONS: words.translate("Groups of opinion"),
        Form.UPSET: words.translate("Which answers were given together"),
    }
    return names[form]


def share_measure(card: Card, words: Words) -> str:
    """What a share is a share of."""
    if card.kind is CardKind.MULTIPLE:
        return words.translate("% of respondents; several answers possible")
    return words.translate("% of those who answered")


def leading_options(rows: Iterable[Row], words: Words, shares: Iterable[Figure]) -> str:
    """The three highest figures as a sentence; suppressed ones are passed over."""
    known = [(row.label, part) for row, part in zip(rows, shares, strict=True) if not isinstance(part, Suppressed)]
    highest = sorted(known, key=lambda pair: -pair[1])[:3]
    figures = [f"{label} {wording.share(part, words)}" for label, part in highest]
    return words.translate("Highest: {figures}.", figures=wording.listing(figures, words)) if figures else ""


def headed(column: Column) -> str:
    """The name of a column, after its letter when columns are tested."""
    return f"{column.letter} · {column.label}" if column.letter else column.label


def lettered(label: str, row: Row, column: Column) -> str:
    """The label with the letters of the columns whose share is lower."""
    letters = row.letters.get(column.code, "")
    return f"{label} {letters}" if letters else label


def cell_label(cell: Cell, answered: int | Suppressed, words: Words) -> str:
    """A share as a bar is labelled with it."""
    return wording.count_and_share(cell.count, cell.share, answered, words)


def shown_values(cells: Iterable[Cell]) -> tuple[float | None, ...]:
    """The shares, None where one is not shown."""
    return tuple(
        None if isinstance(cell.share, Suppressed) or isinstance(cell.count, Suppressed) else cell.share
        for cell in cells
    )


def reach_of(values: Iterable[float | None]) -> float:
    """End of the axis: the next full ten percent above the highest share."""
    highest = max((value for value in values if value is not None), default=0.0)
    return max(1, math.ceil(round(highest * 10, 6))) / 10


def item_cell(item: BatteryItem, code: str) -> Cell:
    """The cell of a point of the scale; a point that the item has not was chosen by nobody."""
    return next((row.cell for row in item.rows if row.code == code), NOTHING)


def best_first(items: Iterable[BatteryItem]) -> list[BatteryItem]:
    """The items of a battery by their net values, those without one last."""
    return sorted(items, key=lambda item: -number_or(item.net, -2.0))


def is_scale(card: Card) -> bool:
    """Whether the options have an order of their own: points of a scale, or codes that are numbers."""
    return bool(card.scale) or all(row.code.removeprefix("-").isdecimal() for row in card.rows)


def number_or(figure: Figure | None, otherwise: float) -> float:
    """The figure, or the other number where it is hidden or there is none."""
    return otherwise if figure is None or isinstance(figure, Suppressed) else figure
