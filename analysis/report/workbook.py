"""Cards as tables to take away: text with commas, and Excel workbooks. The one place that writes workbooks.

Numbers stay numbers. Words never become formulas, whatever a respondent or an author of a questionnaire typed.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.charts import method_words, trend_words, wording
from analysis.charts.choose import chart
from analysis.charts.spec import RTL, ChartSpec, Words
from analysis.disclosure import Suppressed
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.findings.moves import Figure as Moved
from analysis.findings.trend import Trend
from analysis.report.table import Table, Unit, Value, of_picture, of_trend, tabulate
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
    Unit.CHANGE: "+0;\u22120;0",
    Unit.DECIMAL: "0.0",
    Unit.EXACT: "0.00",
    Unit.PROBABILITY: "0.000",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One sheet: its name, its line among the contents, what stands above its table, and the table.

    n      who stands behind it, None where that is no one number
    bases  below a comparison, who stands behind each column, by its place
    """

    name: str
    label: str
    section: str = ""
    by_label: str = ""
    n: Value = None
    top: Heading
    table: Table
    bases: Mapping[int, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """What a whole workbook says of itself; `mark` and `source` stand above its contents."""

    title: str
    as_of: datetime | None
    sha256: str
    asked: str
    source: str = ""
    mark: str = ""


def heading(card: Card, words: Words) -> Heading:
    """The same words as on the card's chart; open answers have no chart and carry their base alone."""
    spec = chart(card, words)
    note = (
        wording.sentences((wording.internal_mark(card.audience, words), spec.note))
        if spec is not None and (card.combinations is not None or card.opinions is not None)
        else _note(card, words)
    )
    return Heading(
        title=spec.title if spec else card.label,
        question=card.label,
        base=f"{spec.measure} · {spec.base}" if spec else wording.base_line(card, words),
        note=wording.sentences((card.remark, note)),
        source=wording.source_line(card.source, words),
    )


def _note(card: Card, words: Words) -> str:
    """What a reader of the card's figures must know."""
    has_hidden = any(isinstance(value, Suppressed) for row in tabulate(card, words).rows for value in row)
    lines = (
        wording.internal_mark(card.audience, words),
        *method_words.method_lines(card, words),
        *wording.note_lines(card, words, has_hidden=has_hidden),
    )
    return wording.sentences(lines)


def picture_heading(spec: ChartSpec) -> Heading:
    """The words of a picture of who answered, which no card stands behind."""
    return Heading(
        title=spec.title,
        question=spec.title,
        base=" · ".join(part for part in (spec.measure, spec.base) if part),
        note=spec.note,
        source=spec.source,
    )


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
    return _csv(heading(card, words), table, words, asked or provenance.of_card(card))


def picture_csv(spec: ChartSpec, words: Words) -> bytes:
    """As `card_csv`, of a picture of who answered."""
    return _csv(picture_heading(spec), of_picture(spec), words, spec.provenance)


def trend_csv(found: Trend, words: Words, *, internal: bool, asked: str) -> bytes:
    """As `card_csv`, of the change from one wave to another."""
    return _csv(_trend_heading(found, words, internal=internal), of_trend(found, words), words, asked)


def trend_xlsx(found: Trend, words: Words, *, internal: bool, asked: str) -> bytes:
    """A workbook with the change from one wave to another on its one sheet."""
    top = _trend_heading(found, words, internal=internal)
    sheet = _Sheet(name=found.question, label=found.label, top=top, table=of_trend(found, words))
    about = _Book(title=found.label, as_of=found.later.as_of, sha256=found.later.sha256, asked=asked)
    return _workbook((sheet,), words, about)


def _trend_heading(found: Trend, words: Words, *, internal: bool) -> Heading:
    counts = (words.translate("n, before"), found.first_n), (words.translate("n, after"), found.last_n)
    measure = ""
    if any(each.figure is Moved.NET for each in found.changes):
        measure = f"{words.translate('Net value, in percentage points')} · "
    told = (f"{head}{words.colon}{wording.HIDDEN if n is None else wording.count(n, words)}" for head, n in counts)
    return Heading(
        title=found.label,
        question=found.label,
        base=measure + words.listed(told),
        note=wording.sentences(trend_words.remarks(found, words, internal=internal)),
        source=wording.sentences(trend_words.sources(found, words)),
    )


def _csv(top: Heading, table: Table, words: Words, asked: str) -> bytes:
    heads = (
        words.translate("Question"),
        *(column.head for column in table.columns),
        words.translate("Base"),
        words.translate("Note"),
        words.translate("Source"),
        words.translate("Query"),
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_text(head) for head in heads])
    for at, row in enumerate(table.rows):
        cells = (_plain(value, column.unit_at(at)) for value, column in zip(row, table.columns, strict=True))
        written = (top.question, *cells, top.base, top.note, top.source, asked)
        writer.writerow([_text(value) if isinstance(value, str) else value for value in written])
    return text.getvalue().encode("utf-8-sig")


def _text(value: str) -> str:
    return guarded(wording.with_plain_spaces(value))


def card_xlsx(card: Card, words: Words, *, asked: str = "") -> bytes:
    """A workbook with the card on its one sheet; asked  as for `card_csv`."""
    return _workbook(
        (_sheet(card, words),), words, _about((card,), card.label, asked or provenance.of_card(card), words)
    )


def picture_xlsx(spec: ChartSpec, words: Words) -> bytes:
    """A workbook with a picture of who answered on its one sheet."""
    moment, sha256 = provenance.moment_of(spec.provenance), provenance.state_of(spec.provenance)
    about = _Book(title=spec.title, as_of=moment, sha256=sha256, asked=spec.provenance)
    return _workbook((_picture_sheet(spec),), words, about)


def cards_xlsx(cards: Sequence[Card], words: Words, *, title: str = "", asked: str = "") -> bytes:
    """A workbook with a contents sheet first and one sheet per card.

    title  on the contents sheet; the consultation's own title when empty
    asked  the query, as JSON; that of all the cards when empty
    """
    title = title or (cards[0].source.title if cards else words.translate("Contents"))
    about = _about(cards, title, asked or provenance.of_cards(cards), words)
    return _workbook([_sheet(card, words) for card in cards], words, about, has_contents=True)


def render(report: Report, words: Words) -> bytes:
    """The figures and open answers of a report, one sheet each, in its order."""
    about = _Book(
        title=report.title,
        as_of=report.as_of,
        sha256=report.sha256,
        asked=report.provenance,
        source=report.source,
        mark=report.mark,
    )
    sheets = [
        _sheet(part.card, words) if part.card is not None else _picture_sheet(part.spec)
        for part in report.parts
        if isinstance(part, Figure | Quotes)
    ]
    return _workbook(sheets, words, about, has_contents=True)


def _about(cards: Sequence[Card], title: str, asked: str, words: Words) -> _Book:
    """What a workbook of cards says of itself."""
    if not cards:
        return _Book(title=title, as_of=None, sha256="", asked=asked)
    source = cards[0].source
    return _Book(
        title=title,
        as_of=source.as_of,
        sha256=source.sha256,
        asked=asked,
        source=wording.source_line(source, words),
        mark=wording.fictional_mark(words) if source.fictional else "",
    )


def _sheet(card: Card, words: Words) -> _Sheet:
    table = tabulate(card, words)
    return _Sheet(
        name=card.question,
        label=card.label,
        section=card.section,
        by_label=card.by_label,
        n=card.base.answered,
        top=heading(card, words),
        table=table,
        bases=_bases(card, table, words),
    )


def _picture_sheet(spec: ChartSpec) -> _Sheet:
    return _Sheet(name=spec.title, label=spec.title, top=picture_heading(spec), table=of_picture(spec))


def _workbook(sheets: Sequence[_Sheet], words: Words, about: _Book, *, has_contents: bool = False) -> bytes:
    """The workbook; the contents stand on a sheet before the others."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        if about.as_of is not None:
            book.set_properties(
                {
                    "title": about.title,
                    "created": about.as_of.replace(tzinfo=None),
                    "comments": about.asked,
                    "keywords": about.sha256,
                }
            )
        names = _sheet_names(sheets, words.translate("Contents"))
        formats = _formats(book, words)
        if has_contents:
            _write_contents(book.add_worksheet(names[0]), formats, sheets, names[1:], words, about)
        for sheet, name in zip(sheets, names[1:], strict=True):
            _write_sheet(book.add_worksheet(name), formats, sheet, words)
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
    sheet: Worksheet,
    formats: dict[str, Format],
    found: Sequence[_Sheet],
    names: Sequence[str],
    words: Words,
    about: _Book,
) -> None:
    """Title, source and one linked line per sheet."""
    _lay_out(sheet, words)
    sheet.write_string(0, 0, about.title, formats["title"])
    if about.source:
        sheet.write_string(1, 0, about.source, formats["quiet"])
    if about.mark:
        sheet.write_string(2, 0, about.mark, formats["line"])
    compared = any(each.by_label for each in found)
    heads = [words.translate("Question"), words.translate("Section"), "n"]
    if compared:
        heads.insert(2, words.translate("Compared by"))
    for number, head in enumerate(heads):
        sheet.write_string(4, number, head, formats["head"])
    for row, (each, name) in enumerate(zip(found, names, strict=True), 5):
        quoted = name.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{quoted}'!A1", formats["link"], string=each.label[:255])
        sheet.write_string(row, 1, each.section, formats["wrapped"])
        if compared:
            sheet.write_string(row, 2, each.by_label, formats["wrapped"])
        _write(sheet, row, len(heads) - 1, each.n, formats, Unit.COUNT)
    sheet.set_column(0, 0, 70)
    sheet.set_column(1, 1, 40)
    if compared:
        sheet.set_column(2, 2, 40)
    sheet.freeze_panes(5, 0)


def _write_sheet(sheet: Worksheet, formats: dict[str, Format], found: _Sheet, words: Words) -> None:
    """Title, base, note and source above, then the table, and below a comparison who stands behind each group."""
    _lay_out(sheet, words)
    top, table = found.top, found.table
    for row, (line, name) in enumerate(
        ((top.title, "title"), (top.subtitle, "line"), (top.note, "line"), (top.source, "quiet"))
    ):
        sheet.write_string(row, 0, wording.with_plain_spaces(line), formats[name])
    first = 5
    sheet.set_row(first, 48)
    for number, column in enumerate(table.columns):
        head = wording.with_plain_spaces(column.head)
        sheet.write_string(first, number, head, formats["head" if column.unit is Unit.TEXT else "end head"])
        for row, value in enumerate(column.values):
            _write(sheet, first + 1 + row, number, value, formats, column.unit_at(row))
        sheet.set_column(number, number, _column_width(table, number))
    _write_bases(sheet, first + 1 + len(table.rows), formats, found, words)
    sheet.freeze_panes(first + 1, 1)
    sheet.repeat_rows(first)


def _bases(card: Card, table: Table, words: Words) -> dict[int, Value]:
    """Who stands behind each group's shares of a comparison; the items of a battery have a base each instead."""
    heads = [column.head for column in table.columns]
    groups = {words.translate("{group}: count", group=column.label): column for column in card.columns}
    if not any(head in groups for head in heads):
        return {}
    of_groups = {at: groups[head].base.answered for at, head in enumerate(heads) if at and head in groups}
    return {1: card.base.answered, **of_groups}


def _write_bases(sheet: Worksheet, row: int, formats: dict[str, Format], found: _Sheet, words: Words) -> None:
    if not found.bases:
        return
    sheet.write_string(row, 0, words.translate("Base"), formats["head"])
    for number in range(1, len(found.table.columns)):
        if number not in found.bases:
            sheet.write_blank(row, number, None, formats["head"])
        else:
            _write(sheet, row, number, found.bases[number], {**formats, Unit.COUNT: formats["base"]}, Unit.COUNT)


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
        sheet.write_string(row, column, wording.with_plain_spaces(value), formats[unit])
    else:
        number = _in_points(value) if unit in (Unit.POINTS, Unit.CHANGE) else value
        sheet.write_number(row, column, number, formats[unit])


def _column_width(table: Table, number: int) -> int:
    column = table.columns[number]
    if column.unit is not Unit.TEXT:
        return 14
    longest = max((len(value) for value in column.values if isinstance(value, str)), default=0)
    return min(60, max(16, longest + 2))


def _sheet_names(sheets: Sequence[_Sheet], contents: str) -> list[str]:
    """Names that Excel allows, no two alike: the contents sheet, then a question's name each."""
    names: list[str] = []
    taken: set[str] = {"history"}
    for wanted in (contents, *(sheet.name for sheet in sheets)):
        clean = re.sub(r"[\[\]:*?/\\]", "_", wanted).strip("'")[:_SHEET_NAME_LENGTH] or "_"
        name, number = clean, 2
        while name.lower() in taken:
            ending = f" ({number})"
            name, number = clean[: _SHEET_NAME_LENGTH - len(ending)] + ending, number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _in_points(share: float) -> float:
    return round(share * 100, 9)


def _plain(value: Value, unit: Unit) -> str | float:
    """A value as text with commas holds it."""
    if value is None:
        return ""
    if isinstance(value, Suppressed):
        return wording.HIDDEN
    if isinstance(value, str):
        return value
    return round(_in_points(value) if unit is Unit.POINTS else value, 6)
