"""What a workbook says that a browser form does not do: each thing by name, with what follows from it.

Nothing that an author wrote is left out in silence.
"""

import re
from collections.abc import Iterator, Mapping

from survey.questionnaire import Kind
from survey.xlsform.columns import SETTINGS_WITHOUT_EFFECT, WITHOUT_EFFECT, column_of
from survey.xlsform.issues import CheckIssue, Severity
from survey.xlsform.question_types import NOT_COLLECTED, QuestionType
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets

_SHEETS = {
    "entities": "no entities are created or changed from answers",
    "osm": "no tags of buildings are asked",
}
_PARAMETERS = {
    "capture-accuracy": "a place is taken as the browser gives it",
    "warning-accuracy": "nobody is warned of an inexact place",
    "allow-mock-accuracy": "a place is taken as the browser gives it",
    "incremental": "a line is written as a whole",
    "reference-geometry": "no other geometry is drawn beside it",
    "max-pixels": "pictures are kept as they are sent",
    "app": "no other application is started",
    "quality": "sounds are kept as they are sent",
}
_HTML = re.compile(
    r"</?(?:a|b|i|u|p|br|hr|em|strong|span|div|font|center|small|big|sub|sup|h[1-6]|ul|ol|li|table|tr|td|th|img|svg"
    r"|video|audio|code|pre|mark)(?=[\s/>])[^<>]{0,500}>",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|style|link|meta|base|form|input|button)\b"
    r"|<[^<>]{1,200}\son\w{2,20}\s*=|javascript:",
    re.IGNORECASE,
)
_WORDS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")


def report_sheets(sheets: Sheets, settings: Mapping[str, str]) -> Iterator[CheckIssue]:
    """Sheets, columns, settings and markup that are known and have no effect."""
    for name, consequence in _SHEETS.items():
        if sheets[name]:
            yield _issue(
                "sheet.no_effect", "warning", name, 0, "", f"The sheet '{name}' is kept without effect: {consequence}."
            )
    used = {header for row in sheets["survey"] for header in row.cells}
    told: set[str] = set()
    for header in sheets.headers.get("survey", ()):
        name = column_of(header).name
        consequence = WITHOUT_EFFECT.get(name, "")
        if name.startswith(("instance::", "attribute::", "bind::", "body::", "control::")):
            consequence = "it is for programs that read an XForm"
        if consequence and header in used and name not in told:
            told.add(name)
            yield _issue(
                "column.no_effect",
                "warning" if name == "save_to" else "info",
                "survey",
                1,
                header,
                f"The column '{header}' has no effect: {consequence}.",
            )
    for name in settings:
        consequence = SETTINGS_WITHOUT_EFFECT.get(name.lower(), "")
        if name.startswith("attribute::"):
            consequence = "no XML is written"
        if consequence:
            yield _issue(
                "setting.no_effect",
                "warning" if name in ("public_key", "submission_url", "add_none_option") else "info",
                "settings",
                2,
                name,
                f"The setting '{name}' has no effect: {consequence}.",
            )
    for sheet in ("survey", "choices"):
        for row in sheets[sheet]:
            yield from _markup(row, sheet)


def report_type(row: Row, meaning: QuestionType, name: str, *, labelled: bool) -> Iterator[CheckIssue]:
    """What a question's type means elsewhere and not in a browser form."""
    if meaning.written in NOT_COLLECTED:
        asked = labelled and meaning.kind is Kind.METADATA and meaning.written != "osm"
        code = "type.no_input" if asked and meaning.metadata else "type.not_collected"
        yield _issue(
            code,
            "warning" if asked or not meaning.metadata else "info",
            "survey",
            row.number,
            "type",
            f"The type '{meaning.written}' of '{name}': {NOT_COLLECTED[meaning.written]}."
            + (" Nothing is asked." if asked else ""),
            "To ask for it, use the type text." if asked else "Nothing to do unless you rely on it.",
        )
    elif meaning.kind is Kind.METADATA and labelled:
        yield _issue(
            "type.no_input",
            "warning",
            "survey",
            row.number,
            "type",
            f"The type '{meaning.written}' records something by itself; nothing is asked.",
            "To ask for it, use the type text.",
        )
    if meaning.written == "barcode":
        yield _issue(
            "type.replaced",
            "warning",
            "survey",
            row.number,
            "type",
            f"'{name}' is asked as a text: a browser form reads no barcodes.",
            "Nothing to do if typing the code is acceptable.",
        )


def report_parameters(row: Row, parameters: Mapping[str, str], name: str) -> Iterator[CheckIssue]:
    """Parameters that are known and have no effect."""
    for parameter in parameters:
        if parameter in _PARAMETERS:
            yield _issue(
                "parameters.no_effect",
                "info",
                "survey",
                row.number,
                "parameters",
                f"The parameter '{parameter}' of '{name}' has no effect: {_PARAMETERS[parameter]}.",
            )


def report_other_list(row: Row, appearance: str) -> Iterator[CheckIssue]:
    """The appearance search(), which elsewhere fills a list from a file."""
    if "search(" in appearance:
        yield _issue(
            "appearance.search",
            "warning",
            "survey",
            row.number,
            "appearance",
            "The appearance search() fills no list: the choices of the workbook are shown.",
            "Use select_one_from_file with a CSV file.",
        )


def _markup(row: Row, sheet: str) -> Iterator[CheckIssue]:
    """HTML in words; the gravest kind of a row."""
    cells = {header: cell for header, cell in row.cells.items() if "<" in cell or "javascript:" in cell.lower()}
    worded = {header: cell for header, cell in cells.items() if column_of(header).name in _WORDS}
    for header, cell in worded.items():
        if _SCRIPT.search(cell):
            yield _issue(
                "label.script",
                "warning",
                sheet,
                row.number,
                header,
                "The words hold a script or an active element. It is never run; it is shown as it is written.",
                "Remove it.",
            )
            return
    for header, cell in worded.items():
        if _HTML.search(cell):
            yield _issue(
                "label.html",
                "info",
                sheet,
                row.number,
                header,
                "The words hold HTML, which is shown as it is written.",
                "Write plain words.",
            )
            return


def _issue(
    code: str,
    severity: Severity,
    sheet: str,
    row: int,
    column: str,
    message: str,
    fix: str = "Nothing to do unless you rely on it.",
) -> CheckIssue:
    return CheckIssue(code=code, severity=severity, sheet=sheet, row=row, column=column, message=message, fix=fix)
