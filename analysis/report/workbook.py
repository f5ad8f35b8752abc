"""Cards as tables to take away: text with commas, and Excel workbooks. The one place that writes workbooks.

Numbers stay numbers. Words never become formulas, whatever a respondent or an author of a questionnaire typed.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.charts import method_words, wording
from analysis.charts.choose import chart
from analysis.charts.spec import RTL, Words
from analysis.disclosure import Suppressed
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.report.table import Table, Unit, Value, tabulate
from analysis.report.tree import Figure, Quotes, Report
from data.formulas import guarded

_SHEET_NAME_LENGTH = 31
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_NUMBER_FORMATS = {
    Unit.TEXT: "@",
    Unit.COUNT: "#,##0",
    Unit.SHARE: "0%",
    Unit.POINTS: "+0;\u22120;0",  # in the cells a hundredfold: a workbook has no format for percentage points
    Unit.DECIMAL: "0.0",
    Unit.PART: "@",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The lines above a table: what it is, on whom it rests, what to know, where it is from."""

    title: str
    question: str
    base: str
    note: str
    source: str

    @property
    def subtitle(self) -> str:
        """The question where the title is a finding, and the base."""
        return self.base if self.title == self.question else f"{self.question} · {self.base}"


def heading(card: Card, words: Words) -> Heading:
    """The same words as on the card's chart; open answers have no chart and carry their base alone."""
    spec = chart(card, words)
    note = (
        f"{wording.internal_mark(card, words)} {spec.note}".strip()
        if spec is not None and (card.combinations is not None or card.opinions is not None)
        else _note(card, words)
    )
    return Heading(
        title=spec.title if spec else card.label,
        question=card.label,
        base=f"{spec.measure} · {spec.base}" if spec else wording.base_line(card, words),
        note=" ".join(line for line in (card.remark, note) if line),
        source=wording.source_line(card.source, words),
    )


def _note(card: Card, words: Words) -> str:
    """What a reader of the card's figures must know."""
    has_hidden = any(isinstance(value, Suppressed) for row in tabulate(card, words).rows for value in row)
    lines = (
        wording.internal_mark(card, words),
        *method_words.method_lines(card, words),
        *wording.note_lines(card, words, has_hidden=has_hidden),
    )
    return " ".join(line for line in lines if line)


def card_csv(card: Card, words: Words, *, asked: str = "") -> bytes:
    """The card's table as UTF-8 with a byte order mark, so that Excel reads the letters right.

    Question, base, note, source and query stand in every row: the first line is the heading and every reader of tables
    works.
    Words that a spreadsheet would run as a formula begin with an apostrophe.

    asked  the query, as JSON; that of the card alone when empty
    """
    return table_csv(card, tabulate(card, words), words, asked=asked)


def table_csv(card: Card, table: Table, words: Words, *, asked: str = "") -> bytes:
    """As `card_csv`, with a table of the card's figures."""
    top = heading(card, words)
    heads = (
        words.translate("Question"),
        *(column.head for column in table.columns),
        words.translate("Base"),
        words.translate("Note"),
        words.translate("Source"),
        words.translate("Query"),
    )
    asked = asked or provenance.of_card(card)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([guarded(head) for head in heads])
    for row in table.rows:
        cells = (_plain(value, column.unit) for value, column in zip(row, table.columns, strict=True))
        written = (top.question, *cells, top.base, top.note, top.source, asked)
        writer.writerow([guarded(value) if isinstance(value, str) else value for value in written])
    return text.getvalue().encode("utf-8-sig")


def card_xlsx(card: Card, words: Words, *, asked: str = "") -> bytes:
    """A workbook with the card on its one sheet; asked  as for `card_csv`."""
    return _workbook((card,), words, asked=asked or provenance.of_card(card))


def cards_xlsx(cards: Sequence[Card], words: Words, *, title: str = "", asked: str = "") -> bytes:
    """A workbook with a contents sheet first and one sheet per card.

    title  on the contents sheet; the consultation's own title when empty
    asked  the query, as JSON; that of all the cards when empty
    """
    title = title or (cards[0].source.title if cards else words.translate("Contents"))
    return _workbook(cards, words, asked=asked or provenance.of_cards(cards), title=title)


def render(report: Report, words: Words) -> bytes:
    """The figures and open answers of a report, one sheet each, in its order."""
    cards = [part.card for part in report.parts if isinstance(part, Figure | Quotes)]
    return cards_xlsx(cards, words, title=report.title, asked=report.provenance)


def _workbook(cards: Sequence[Card], words: Words, *, asked: str, title: str = "") -> bytes:
    """The workbook; a contents sheet when it has a title."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        if cards:
            source = cards[0].source
            book.set_properties(
                {
                    "title": title or cards[0].label,
                    "created": source.as_of.replace(tzinfo=None),
                    "comments": asked,
                    "keywords": source.sha256,
                }
            )
        names = _sheet_names(cards, words.translate("Contents"))
        formats = _formats(book, words)
        if title:
            _write_contents(book.add_worksheet(names[0]), formats, cards, names[1:], words, title)
        for card, name in zip(cards, names[1:], strict=True):
            _write_card(book.add_worksheet(name), formats, card, words)
    return target.getvalue()


def _formats(book: xlsxwriter.Workbook, words: Words) -> dict[str, Format]:
    """Cell formats by purpose; those of figures by unit."""
    end = "left" if words.direction == RTL else "right"
    reading = 2 if words.direction == RTL else 1
    plain = {"valign": "top", "font_size": 11, "reading_order": reading}
    named = {
        "title": {**plain, "bold": True, "font_size": 14},
        "line": plain,
        "quiet": {**plain, "font_color": "#595959"},
        "head": {**plain, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#ececec"},
        "end head": {**plain, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#ececec", "align": end},
        "base": {**plain, "bold": True, "bg_color": "#ececec", "num_format": _NUMBER_FORMATS[Unit.COUNT]},
        "link": {**plain, "font_color": "#1b5e9c", "underline": 1},
        "wrapped": {**plain, "text_wrap": True},
        "hidden": {**plain, "align": end, "font_color": "#595959"},
    }
    units = {str(unit): {**plain, "num_format": pattern} for unit, pattern in _NUMBER_FORMATS.items()}
    units[Unit.TEXT]["text_wrap"] = True
    units[Unit.PART]["align"] = end
    return {name: book.add_format(properties) for name, properties in {**named, **units}.items()}


def _write_contents(
    sheet: Worksheet, formats: dict[str, Format], cards: Sequence[Card], names: Sequence[str], words: Words, title: str
) -> None:
    """Title, source and one linked line per card."""
    _lay_out(sheet, words)
    sheet.write_string(0, 0, title, formats["title"])
    if cards:
        sheet.write_string(1, 0, wording.source_line(cards[0].source, words), formats["quiet"])
        if cards[0].source.fictional:
            sheet.write_string(2, 0, wording.fictional_mark(words), formats["line"])
    compared = any(card.by_label for card in cards)
    heads = [words.translate("Question"), words.translate("Section"), "n"]
    if compared:
        heads.insert(2, words.translate("Compared by"))
    for number, head in enumerate(heads):
        sheet.write_string(4, number, head, formats["head"])
    for row, (card, name) in enumerate(zip(cards, names, strict=True), 5):
        quoted = name.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{quoted}'!A1", formats["link"], string=card.label[:255])
        sheet.write_string(row, 1, card.section, formats["wrapped"])
        if compared:
            sheet.write_string(row, 2, card.by_label, formats["wrapped"])
        _write(sheet, row, len(heads) - 1, card.base.answered, formats, Unit.COUNT)
    sheet.set_column(0, 0, 70)
    sheet.set_column(1, 1, 40)
    if compared:
        sheet.set_column(2, 2, 40)
    sheet.freeze_panes(5, 0)


def _write_card(sheet: Worksheet, formats: dict[str, Format], card: Card, words: Words) -> None:
    """Title, base, note and source above, then the table."""
    _lay_out(sheet, words)
    top, table = heading(card, words), tabulate(card, words)
    for row, (line, name) in enumerate(
        ((top.title, "title"), (top.subtitle, "line"), (top.note, "line"), (top.source, "quiet"))
    ):
        sheet.write_string(row, 0, line, formats[name])
    first = 5
    sheet.set_row(first, 48)
    for number, column in enumerate(table.columns):
        sheet.write_string(first, number, column.head, formats["head" if column.unit is Unit.TEXT else "end head"])
        for row, value in enumerate(column.values, first + 1):
            _write(sheet, row, number, value, formats, column.unit)
        sheet.set_column(number, number, _column_width(table, number))
    _write_bases(sheet, first + 1 + len(table.rows), formats, card, table, words)
    sheet.freeze_panes(first + 1, 1)
    sheet.repeat_rows(first)


def _write_bases(
    sheet: Worksheet, row: int, formats: dict[str, Format], card: Card, table: Table, words: Words
) -> None:
    """Below a comparison, who stands behind each group's shares; the items of a battery have a base each instead."""
    heads = [column.head for column in table.columns]
    groups = {words.translate("{group}: count", group=column.label): column for column in card.columns}
    if not any(head in groups for head in heads):
        return
    sheet.write_string(row, 0, words.translate("Base"), formats["head"])
    for number, head in enumerate(heads[1:], start=1):
        base = groups[head].base if head in groups else card.base if number == 1 else None
        if base is None:
            sheet.write_blank(row, number, None, formats["head"])
        else:
            _write(sheet, row, number, base.answered, {**formats, Unit.COUNT: formats["base"]}, Unit.COUNT)


def _lay_out(sheet: Worksheet, words: Words) -> None:
    """Direction of reading and a printed page that is one sheet wide."""
    if words.direction == RTL:
        sheet.right_to_left()
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)


def _write(sheet: Worksheet, row: int, column: int, value: Value, formats: dict[str, Format], unit: Unit) -> None:
    """One cell: a number as a number, words as words, a suppressed figure as "[c]"."""
    if value is None:
        return
    if isinstance(value, Suppressed):
        sheet.write_string(row, column, wording.HIDDEN, formats["hidden"])
    elif isinstance(value, str):
        sheet.write_string(row, column, value, formats[unit])
    else:
        sheet.write_number(row, column, _in_unit(value, unit), formats[unit])


def _column_width(table: Table, number: int) -> int:
    column = table.columns[number]
    if column.unit is not Unit.TEXT:
        return 14
    longest = max((len(value) for value in column.values if isinstance(value, str)), default=0)
    return min(60, max(16, longest + 2))


def _sheet_names(cards: Sequence[Card], contents: str) -> list[str]:
    """Names that Excel allows, no two alike: the contents sheet, then a question's name each."""
    names: list[str] = []
    taken: set[str] = {"history"}
    for wanted in (contents, *(card.question for card in cards)):
        clean = re.sub(r"[\[\]:*?/\\]", "_", wanted).strip("'")[:_SHEET_NAME_LENGTH] or "_"
        name, number = clean, 2
        while name.lower() in taken:
            ending = f" ({number})"
            name, number = clean[: _SHEET_NAME_LENGTH - len(ending)] + ending, number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _in_unit(value: float, unit: Unit) -> float:
    """A figure as a cell holds it."""
    return round(value * 100, 9) if unit is Unit.POINTS else value


def _plain(value: Value, unit: Unit) -> str | float:
    """A value as text with commas holds it."""
    if value is None:
        return ""
    if isinstance(value, Suppressed):
        return wording.HIDDEN
    return round(_in_unit(value, unit), 6) if isinstance(value, float) else value
