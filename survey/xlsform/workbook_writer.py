"""Workbooks that people read and edit: a questionnaire's sheets, a table for translators. The door to xlsxwriter here.

Words are written as text, never as formulas, numbers or links, whatever an author typed. What the rows mean is for
`survey.xlsform.reader`; what a translator's table holds, for `survey.xlsform.translation_files`.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from babel import Locale, UnknownLocaleError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from survey.questionnaire import ANSWER, EXCLUSIVE, MISSING, Kind, NoAnswer
from survey.xlsform.columns import choice_column_of, column_of, language_of
from survey.xlsform.excel_files import MEMORY_SHEET
from survey.xlsform.question_types import structure_of
from survey.xlsform.rows import MAX_CELL
from survey.xlsform.sheets import Sheets
from survey.xlsform.text_files import all_headers, attached, cells_of, speakable, with_gaps

HELPER_SHEET = "_lists"
"""A hidden sheet with what the cells of a column may offer; pyxform and our reader pass it over."""
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WRITTEN_AT = datetime(2000, 1, 1)  # noqa: DTZ001 - equal sheets make equal files; a workbook knows no zone
_ORDER = ("survey", "choices", "external_choices", "settings")
_SHEET_NAME_LENGTH = 31
_SPARE_ROWS = 500
"""Rows below the last one that offer the same words."""
_WIDTHS = {
    "type": 24,
    "name": 20,
    "list_name": 18,
    "label": 46,
    "hint": 34,
    "guidance_hint": 34,
    "required": 10,
    "required_message": 30,
    "relevant": 34,
    "constraint": 30,
    "constraint_message": 30,
    "choice_filter": 30,
    "calculation": 34,
    "appearance": 16,
    "parameters": 18,
    "form_title": 46,
    "default_language": 20,
}
_CODE = frozenset(
    ["required", "relevant", "constraint", "choice_filter", "calculation", "default", "trigger", "read_only"]
)
_GROUP_TINTS = ("#bdd7ee", "#d6e6f4", "#e4eef8", "#eef4fb")
_REPEAT_TINTS = ("#c6e0b4", "#daebce", "#e6f2de", "#f0f7eb")
_HEAD_TINT = "#ececec"
_FROM_RIGHT: Mapping[str, object] = {"reading_order": 2, "align": "right", "indent": 1}
_LINE_HEIGHT = 15
_MOST_LINES = 16
"""Lines that a row shows at most; the whole text is in the cell."""
_PLAIN_TYPES = (
    *(
        str(kind)
        for kind in Kind
        if kind not in (Kind.METADATA, Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK, Kind.HIDDEN)
    ),
    "begin group",
    "end group",
    "begin repeat",
    "end repeat",
    "start",
    "end",
    "today",
    "hidden",
)


def to_workbook(sheets: Sheets) -> bytes:
    """The sheets as an .xlsx file that keeps every column, row number and sheet.

    Frozen and bold heads, filters, wrapped words, tinted groups, Arabic columns from right to left; the columns type
    and list_name offer what can stand there. Equal sheets make equal bytes.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"created": _WRITTEN_AT})
        pen = _Pen(book)
        names = _sheet_names(sorted((name for name in sheets.rows if name != HELPER_SHEET), key=_place))
        drawn = {name: book.add_worksheet(shown) for name, shown in names.items()}
        offers = _offers(sheets)
        _write_offers(book.add_worksheet(HELPER_SHEET), offers)
        mirrored = _is_mirrored(sheets)
        for name, sheet in drawn.items():
            if mirrored:
                sheet.right_to_left()
            _write_sheet(sheet, pen, sheets, name, offers)
            if name == MEMORY_SHEET:
                sheet.hide()
    return target.getvalue()


def to_archive(sheets: Sheets, name: str = "questionnaire") -> bytes:
    """A .zip file with the workbook and the files that go with it, for a questionnaire that reads lists from files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in {f"{name}.xlsx": to_workbook(sheets), **attached(sheets)}.items():
            archive.writestr(zipfile.ZipInfo(path, _WRITTEN_AT.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column of a plain table: its head, its width in characters, and how its cells are treated."""

    head: str
    width: int
    language: str = ""
    """Tag of the language of its words, which decides the direction."""
    hidden: bool = False
    editable: bool = False
    offered: tuple[str, ...] = ()


def table_workbook(
    name: str, columns: Sequence[TableColumn], rows: Iterable[Sequence[str]], notes: Sequence[str] = ()
) -> bytes:
    """A workbook with one table on the sheet `name`; only editable columns are unlocked, without a password.

    notes  lines of a second sheet that says how to fill the table in
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"created": _WRITTEN_AT})
        pen = _Pen(book)
        sheet = book.add_worksheet(name)
        listed = [list(row) for row in rows]
        for place, column in enumerate(columns):
            _write_column(sheet, pen, place, column, [row[place] for row in listed])
        sheet.set_row(0, 32)
        shown = [place for place, column in enumerate(columns) if not column.hidden]
        for number, row in enumerate(listed, start=1):
            sheet.set_row(number, _height([row[place] for place in shown], [columns[place].width for place in shown]))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(listed)), len(columns) - 1)
        sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True, "sort": True})
        _lay_out(sheet)
        if notes:
            reading = book.add_worksheet("how to")
            reading.set_column(0, 0, 110, pen.format(text_wrap=True))
            for number, line in enumerate(notes):
                reading.write_string(number, 0, line, pen.format(text_wrap=True, bold=number == 0))
    return target.getvalue()


def direction(tag: str) -> str:
    """ "rtl" or "ltr": how the language of that tag is written."""
    try:
        return str(Locale.parse(tag, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"


class _Pen:
    """Formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[frozenset[tuple[str, object]], Format] = {}

    def format(self, **properties: object) -> Format:
        """The format with these properties: text, at the top of the cell."""
        wanted = {"num_format": "@", "valign": "top", **properties}
        key = frozenset(wanted.items())
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]


def _write_sheet(
    sheet: Worksheet, pen: _Pen, sheets: Sheets, name: str, offers: Mapping[tuple[str, str], tuple[str, ...]]
) -> None:
    headers = all_headers(sheets, name)
    if not headers:
        return
    columns = [choice_column_of(header) if name == "choices" else column_of(header) for header in headers]
    styles = [_style(column.name, column.language) for column in columns]
    lines = [cells_of(headers, row) if row else None for row in with_gaps(sheets[name])]
    last = max(1, len(lines))
    widths = [
        _WIDTHS.get(column.name, _fitting(header, lines, place))
        for place, (header, column) in enumerate(zip(headers, columns, strict=True))
    ]
    for place, header in enumerate(headers):
        sheet.set_column(place, place, widths[place], pen.format())
        sheet.write_string(
            0, place, speakable(header), pen.format(bold=True, bg_color=_HEAD_TINT, bottom=1, text_wrap=True)
        )
        offered = offers.get((name, columns[place].name))
        if offered:
            _offer(
                sheet, place, last + _SPARE_ROWS, _reference(list(offers).index((name, columns[place].name)), offered)
            )
    names = [column.name for column in columns]
    marks = [_Mark()] * len(lines)
    if name == "survey" and "type" in names:
        marks = _group_marks(lines, names.index("type"))
    elif "list_name" in names:
        marks = _list_marks(lines, names.index("list_name"))
    for number, (cells, mark) in enumerate(zip(lines, marks, strict=True), start=1):
        sheet.set_row(number, _height(cells or (), widths))
        for place, cell in enumerate(cells or ()):
            own = {**styles[place], **mark.style}
            if columns[place].name in ("name", "type") and mark.depth:
                own |= {"align": "left", "indent": min(mark.depth, 8)}
            if cell:
                sheet.write_string(number, place, speakable(cell)[:MAX_CELL], pen.format(**own))
            elif mark.style:
                sheet.write_blank(number, place, None, pen.format(**own))
    kept = [place for place, column in enumerate(columns) if column.name in ("type", "name", "list_name")]
    sheet.freeze_panes(1, max(kept) + 1 if kept and max(kept) < 3 else 0)
    sheet.autofilter(0, 0, last, len(headers) - 1)
    _lay_out(sheet)


@dataclass(frozen=True, slots=True)
class _Mark:
    """How deep a row stands, and the looks of one that opens or closes a group or begins a list."""

    depth: int = 0
    tint: str = ""
    opens: bool = False
    begins: bool = False

    @property
    def style(self) -> dict[str, object]:
        if self.begins:
            return {"top": 1, "top_color": "#a6a6a6"}
        return {"bg_color": self.tint, **({"bold": True} if self.opens else {})} if self.tint else {}


def _list_marks(lines: Sequence[list[str] | None], place: int) -> list[_Mark]:
    """A line above the first choice of each list."""
    before = ""
    marks: list[_Mark] = []
    for cells in lines:
        name = cells[place] if cells else ""
        marks.append(_Mark(begins=bool(name) and name != before))
        before = name or before
    return marks


def _group_marks(lines: Sequence[list[str] | None], place: int) -> list[_Mark]:
    marks: list[_Mark] = []
    tints: list[tuple[str, ...]] = []
    for cells in lines:
        structure = structure_of(cells[place]) if cells else None
        if structure is None:
            marks.append(_Mark(len(tints)))
            continue
        opens = structure.startswith("begin")
        if opens:
            tints.append(_REPEAT_TINTS if structure.endswith("repeat") else _GROUP_TINTS)
        depth = max(0, len(tints) - 1)
        palette = tints[-1] if tints else _GROUP_TINTS
        marks.append(_Mark(depth, palette[min(depth, len(palette) - 1)], opens))
        if not opens and tints:
            tints.pop()
    return marks


def _style(column: str, language: str) -> dict[str, object]:
    style: dict[str, object] = {"text_wrap": True}
    if language and direction(language_of(language).tag) == "rtl":
        style |= _FROM_RIGHT
    if column in _CODE:
        style["font_name"] = "Consolas"
    return style


def _height(cells: Sequence[str], widths: Sequence[int]) -> int:
    """Height of a row in points; programs other than Excel do not work it out."""
    lines = max((_lines(cell, width) for cell, width in zip(cells, widths, strict=False)), default=1)
    return _LINE_HEIGHT * min(_MOST_LINES, max(1, lines))


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column; Chinese signs are twice as wide, and words leave a rest."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    if len(text) + wide <= width and "\n" not in text:
        return 1
    return sum(1 + int((len(line) * (1 + wide / len(text)) + 4) / (width - 1)) for line in text.split("\n"))


def _fitting(header: str, lines: Sequence[list[str] | None], place: int) -> int:
    longest = max((len(line) for cells in lines if cells for line in cells[place].splitlines()), default=0)
    return min(40, max(len(header) + 4, longest + 2, 8))


def _offers(sheets: Sheets) -> dict[tuple[str, str], tuple[str, ...]]:
    """What the cells of a column may hold, by sheet and column."""
    lists = tuple(
        dict.fromkeys(
            cell
            for row in sheets["choices"]
            for header, cell in row.cells.items()
            if choice_column_of(header).name == "list_name"
        )
    )
    selects = (f"{kind} {name}" for kind in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK) for name in lists)
    offers = {("survey", "type"): (*_PLAIN_TYPES, *selects)}
    if lists:
        offers["choices", "list_name"] = lists
    declared = {MISSING: (*NoAnswer, ANSWER), EXCLUSIVE: ("yes", "no")}
    headers = {choice_column_of(header).name for header in all_headers(sheets, "choices")}
    offers |= {("choices", column): words for column, words in declared.items() if column in headers}
    return offers


def _write_offers(sheet: Worksheet, offers: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
    for place, ((name, column), offered) in enumerate(offers.items()):
        for number, words in enumerate((f"{name} {column}", *offered)):
            sheet.write_string(number, place, speakable(words)[:MAX_CELL])
    sheet.hide()


def _reference(place: int, offered: Sequence[str]) -> str:
    column = "ABCDEFGHIJ"[place]
    return f"='{HELPER_SHEET}'!${column}$2:${column}${len(offered) + 1}"


def _offer(sheet: Worksheet, place: int, last: int, source: str | list[str], *, strict: bool = False) -> None:
    """A menu in the cells of a column; other words are allowed after a question unless strict."""
    sheet.data_validation(
        1,
        place,
        last,
        place,
        {
            "validate": "list",
            "source": source,
            "error_type": "stop" if strict else "warning",
            "error_title": "Not in the list",
            "error_message": "Choose one of the words offered."
            if strict
            else "This is none of the words offered. XLSForm may know it nevertheless.",
        },
    )


def _write_column(sheet: Worksheet, pen: _Pen, place: int, column: TableColumn, cells: Sequence[str]) -> None:
    style: dict[str, object] = {"text_wrap": True, "locked": not column.editable}
    if column.language and direction(column.language) == "rtl":
        style |= _FROM_RIGHT
    if not column.editable:
        style["font_color"] = "#404040"
    head = {"text_wrap": True, "locked": not column.editable}
    sheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
    sheet.write_string(0, place, column.head, pen.format(**{**head, "bold": True, "bg_color": _HEAD_TINT, "bottom": 1}))
    if column.editable:
        style |= {"bg_color": "#fff9e5", "border": 1, "border_color": "#d9d9d9"}
    for number, cell in enumerate(cells, start=1):
        if cell:
            sheet.write_string(number, place, speakable(cell)[:MAX_CELL], pen.format(**style))
        else:
            sheet.write_blank(number, place, None, pen.format(**style))
    if column.offered and cells:
        _offer(sheet, place, len(cells), list(column.offered), strict=True)


def _lay_out(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&F&C&A&R&P / &N")


def _is_mirrored(sheets: Sheets) -> bool:
    """True when the whole workbook is read from right to left: its default language is."""
    cells = next((row.cells for row in sheets["settings"]), {})
    chosen = next((cell for header, cell in cells.items() if column_of(header).name == "default_language"), "")
    return bool(chosen) and direction(language_of(chosen).tag) == "rtl"


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _sheet_names(names: Iterable[str]) -> dict[str, str]:
    """Names that Excel allows, no two alike, by the sheet's own name."""
    taken = {"history", HELPER_SHEET}
    shown: dict[str, str] = {}
    for wanted in names:
        clean = _shortened(re.sub(r"[\[\]:*?/\\]", "_", speakable(wanted)), _SHEET_NAME_LENGTH).strip("'") or "_"
        name, number = clean, 2
        while name.lower() in taken:
            ending = f"_{number}"
            name, number = _shortened(clean, _SHEET_NAME_LENGTH - len(ending)) + ending, number + 1
        taken.add(name.lower())
        shown[wanted] = name
    return shown


def _shortened(text: str, length: int) -> str:
    """The beginning of the text; Excel counts a sign outside the basic plane twice."""
    text = text[:length]
    while len(text.encode("utf-16-le")) > 2 * length:
        text = text[:-1]
    return text
