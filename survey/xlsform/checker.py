"""Every issue of a questionnaire's workbook in one pass: where it is, what is wrong, what to write instead.

It joins what the reader saw, what the expressions say, and what only the sheets show: columns, languages, lists,
appearances, parameters. At the end pyxform, the reference implementation, is asked as judge of the structure.
"""

from collections.abc import Iterable, Iterator

from survey.questionnaire import LIST_KINDS, Group, Kind, Question, Questionnaire, Text
from survey.xlsform.columns import (
    CHOICES,
    SETTINGS,
    SURVEY,
    WITHOUT_EFFECT,
    choice_column_of,
    column_of,
    has_tag,
    language_of,
    languages_in,
)
from survey.xlsform.expression_checks import check_expressions
from survey.xlsform.issues import CheckIssue, Severity, nearest
from survey.xlsform.pyxform_input import pyxform_input
from survey.xlsform.question_types import question_type_of, structure_of
from survey.xlsform.reader import read
from survey.xlsform.sheets import Sheets

_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_MEDIA = frozenset({"image", "big-image", "audio", "video"})
_LABELLED = frozenset(Kind) - {Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA}
_APPEARANCES = frozenset(
    [
        "field-list",
        "table-list",
        "minimal",
        "autocomplete",
        "search",
        "quick",
        "compact",
        "quickcompact",
        "horizontal",
        "horizontal-compact",
        "columns",
        "columns-pack",
        "no-buttons",
        "likert",
        "label",
        "list-nolabel",
        "list",
        "image-map",
        "map",
        "multiline",
        "numbers",
        "url",
        "masked",
        "email",
        "thousands-sep",
        "counter",
        "bearing",
        "vertical",
        "no-ticks",
        "rating",
        "picker",
        "distress",
        "month-year",
        "year",
        "no-calendar",
        "ethiopian",
        "coptic",
        "islamic",
        "bikram-sambat",
        "myanmar",
        "persian",
        "buddhist",
        "signature",
        "draw",
        "annotate",
        "new",
        "new-front",
        "new-rear",
        "front",
        "rear",
        "maps",
        "placement-map",
        "hide-input",
        "hidden-answer",
        "printer",
        "textarea",
        "phone",
        "tel",
    ]
)
_APPEARANCE_PREFIXES = ("columns-", "compact-", "quickcompact-", "w", "ex:", "printer:", "search(")
_PARAMETERS = {
    Kind.TEXT: {"rows"},
    Kind.RANGE: {"start", "end", "step", "tick_interval", "tick_labelset", "placeholder"},
    Kind.SELECT_ONE: {"randomize", "seed", "value", "label"},
    Kind.SELECT_MULTIPLE: {"randomize", "seed", "value", "label"},
    Kind.RANK: {"randomize", "seed"},
    Kind.IMAGE: {"max-pixels", "app"},
    Kind.AUDIO: {"quality"},
    Kind.GEOPOINT: {"capture-accuracy", "warning-accuracy", "allow-mock-accuracy", "reference-geometry"},
}


def check(sheets: Sheets) -> tuple[CheckIssue, ...]:
    """Every issue, by sheet and row; none means that the questionnaire can be used as it is."""
    questionnaire, structural = read(sheets)
    issues = [
        *_check_sheet_names(sheets),
        *_check_headers(sheets),
        *structural,
        *_check_media(sheets),
        *_check_questions(questionnaire, _rows_with_media(sheets)),
        *_check_choices(sheets, questionnaire),
        *check_expressions(questionnaire),
        *_check_translations(questionnaire, sheets),
    ]
    if not any(issue.severity == "error" for issue in issues):
        issues += _pyxform_says(sheets)
    order = {name: place for place, name in enumerate(_SHEETS)}
    return tuple(sorted(dict.fromkeys(issues), key=lambda issue: (order.get(issue.sheet, 9), issue.row)))


def is_usable(issues: Iterable[CheckIssue]) -> bool:
    """True when no issue is an error."""
    return all(issue.severity != "error" for issue in issues)


def _check_sheet_names(sheets: Sheets) -> Iterator[CheckIssue]:
    for name in sheets.rows:
        near = nearest(name, _SHEETS, likeness=0.75)
        if name not in _SHEETS and near and near not in sheets.rows:
            yield _issue(
                "sheet.misspelt", "warning", name, 0, "", f"The sheet '{name}' is not read.", f"Rename it '{near}'."
            )


def _check_headers(sheets: Sheets) -> Iterator[CheckIssue]:
    for sheet, known in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)):
        seen: set[tuple[str, str]] = set()
        for header in sheets.headers.get(sheet, ()):
            column = choice_column_of(header) if sheet == "choices" else column_of(header)
            if (column.name, column.language) in seen:
                yield _issue(
                    "column.duplicate",
                    "error",
                    sheet,
                    1,
                    header,
                    f"The column '{header}' stands there twice.",
                    "Remove one.",
                )
            seen.add((column.name, column.language))
            if column.name in known or column.name in WITHOUT_EFFECT or "::" in column.name:
                continue
            near = nearest(column.name.lower(), known, likeness=0.8)
            if sheet != "choices" or near:
                yield _issue(
                    "column.unknown",
                    "warning" if near else "info",
                    sheet,
                    1,
                    header,
                    f"The column '{header}' is not read.",
                    f"Did you mean '{near}'?" if near else "Nothing to do if it holds your own notes.",
                )
    yield from _check_languages(sheets)


def _check_languages(sheets: Sheets) -> Iterator[CheckIssue]:
    headers = [header for name in ("survey", "choices") for header in sheets.headers.get(name, ())]
    for spelling in languages_in(headers):
        if not has_tag(spelling):
            tag = language_of(spelling).tag
            yield _issue(
                "language.no_tag",
                "warning",
                "survey",
                1,
                f"label::{spelling}",
                f"The language '{spelling}' has no code; it is taken as '{tag}'.",
                f"Write label::{spelling} ({tag if len(tag) == 2 else 'xx'}), with its two-letter code.",
            )
    plain = any(column_of(header).name == "label" and not column_of(header).language for header in headers)
    if plain and languages_in(headers):
        yield _issue(
            "language.mixed",
            "warning",
            "survey",
            1,
            "label",
            "A column 'label' without language stands beside columns with one.",
            "Name its language too, for example label::English (en).",
        )


def _rows_with_media(sheets: Sheets, sheet: str = "survey") -> set[int]:
    """Rows of the sheet that name a picture, sound or film."""
    return {row.number for row in sheets[sheet] if any(column_of(header).name in _MEDIA for header in row.cells)}


def _check_media(sheets: Sheets) -> Iterator[CheckIssue]:
    for sheet in ("survey", "choices"):
        for row in sorted(_rows_with_media(sheets, sheet))[:1]:
            yield _issue(
                "media.not_shown",
                "warning",
                sheet,
                row,
                "image",
                "Pictures, sounds and films of questions and choices are not shown in the browser form.",
                "Say in words what they show.",
            )


def _check_questions(questionnaire: Questionnaire, pictured: set[int]) -> Iterator[CheckIssue]:
    if not any(question.kind in _LABELLED for question in questionnaire.questions()):
        yield _issue("survey.empty", "error", "survey", 0, "", "There is no question.", "Write at least one row.")
    for element in _elements(questionnaire.children):
        for appearance in element.appearance:
            if not _known_appearance(appearance):
                near = nearest(appearance, _APPEARANCES, likeness=0.7)
                yield _issue(
                    "appearance.unknown",
                    "warning",
                    "survey",
                    element.row,
                    "appearance",
                    f"The appearance '{appearance}' is not known and has no effect.",
                    f"Did you mean '{near}'?" if near else "Remove it.",
                )
        if isinstance(element, Question):
            yield from _check_question(questionnaire, element, pictured)


def _check_question(questionnaire: Questionnaire, question: Question, pictured: set[int]) -> Iterator[CheckIssue]:
    row, name = question.row, question.name
    wordless = not question.label and not question.hint and not question.calculation
    if wordless and question.kind in _LABELLED and "label" not in question.appearance and row not in pictured:
        yield _issue("label.missing", "error", "survey", row, "label", f"'{name}' has no label.", "Write its question.")
    if question.kind is Kind.CALCULATE and not question.calculation and not question.default:
        yield _issue(
            "calculation.missing", "error", "survey", row, "calculation", f"'{name}' computes nothing.", "Write what."
        )
    if question.constraint and not question.constraint_message:
        yield _issue(
            "constraint.no_message",
            "warning",
            "survey",
            row,
            "constraint_message",
            f"'{name}' has a constraint but no message: a respondent would not learn what is wrong.",
            "Say in constraint_message what a valid answer looks like.",
        )
    if question.kind in LIST_KINDS and question.default and not question.default.startswith(("$", "if")):
        known = {choice.name for choice in questionnaire.choices(question)}
        for code in question.default.split():
            if known and "(" not in question.default and code not in known:
                yield _issue(
                    "default.not_a_choice",
                    "warning",
                    "survey",
                    row,
                    "default",
                    f"The default '{code}' is not among the choices of '{name}'.",
                    f"Use one of: {', '.join(sorted(known)[:12])}.",
                )
    yield from _check_parameters(question)


def _check_parameters(question: Question) -> Iterator[CheckIssue]:
    for name in question.parameters:
        known = _PARAMETERS.get(question.kind, set())
        if name not in known:
            yield _issue(
                "parameters.unknown",
                "warning",
                "survey",
                question.row,
                "parameters",
                f"The parameter '{name}' means nothing for the type {question.kind}.",
                f"Known here: {', '.join(sorted(known))}." if known else "Remove it.",
            )
    if question.kind is not Kind.RANGE:
        return
    fault = _range_fault(question)
    if fault:
        yield _issue(
            "parameters.range",
            "error",
            "survey",
            question.row,
            "parameters",
            f"The range of '{question.name}' is not usable: {fault}.",
            "Write for example start=1 end=5 step=1.",
        )


def _range_fault(question: Question) -> str:
    numbers: dict[str, float] = {}
    for name, standard in (("start", "1"), ("end", "10"), ("step", "1")):
        written = question.parameters.get(name, standard)
        try:
            numbers[name] = float(written)
        except ValueError:
            return f"{name}={written} is no number"
    distance = numbers["end"] - numbers["start"]
    if numbers["step"] == 0:
        return "the step is 0"
    if distance == 0:
        return "start and end are the same"
    if abs(numbers["step"]) > abs(distance):
        return "the step is larger than the range"
    return ""


def _check_choices(sheets: Sheets, questionnaire: Questionnaire) -> Iterator[CheckIssue]:
    used = {question.list_name for question in questionnaire.questions()} | {
        question_type_of(cell).list_name
        for row in sheets["survey"]
        for header, cell in row.cells.items()
        if column_of(header).name == "type" and cell and structure_of(cell) is None
    }
    reported: set[str] = set()
    for row in sheets["choices"]:
        cells = {choice_column_of(header).name: cell for header, cell in row.cells.items()}
        list_name, name = cells.get("list_name", ""), cells.get("name", "")
        if list_name and list_name not in used and list_name not in reported:
            reported.add(list_name)
            yield _issue(
                "list.unused",
                "warning",
                "choices",
                row.number,
                "list_name",
                f"No question uses the list '{list_name}'.",
                f"Remove it, or write 'select_one {list_name}' in a question's type.",
            )
        if len(name.split()) > 1:
            yield _issue(
                "choice.space_in_name",
                "error",
                "choices",
                row.number,
                "name",
                f"The choice name '{name}' contains a space, which separates choices in an answer.",
                f"Write '{'_'.join(name.split())}'.",
            )
        if list_name and name and "label" not in cells:
            yield _issue(
                "choice.no_label",
                "warning",
                "choices",
                row.number,
                "label",
                f"The choice '{name}' of list '{list_name}' has no label.",
                "Write what a respondent reads.",
            )


def _check_translations(questionnaire: Questionnaire, sheets: Sheets) -> Iterator[CheckIssue]:
    if len(questionnaire.languages) < 2:
        return
    tags = [language.tag for language in questionnaire.languages]
    names = {language.tag: language.name for language in questionnaire.languages}

    def missing(text: Text, sheet: str, row: int, column: str, owner: str) -> Iterator[CheckIssue]:
        for tag in tags:
            if text and not text.by_tag.get(tag):
                yield _issue(
                    "translation.missing",
                    "warning",
                    sheet,
                    row,
                    f"{column}::{names[tag]} ({tag})",
                    f"The {column.replace('_', ' ')} of '{owner}' is not translated into {names[tag]}.",
                    f"Add the {names[tag]} words, or respondents see another language.",
                )

    for element in _elements(questionnaire.children):
        for column in ("label", "hint", "constraint_message", "required_message"):
            yield from missing(getattr(element, column, Text()), "survey", element.row, column, element.name)
    rows = _choice_rows(sheets)
    for list_name, choices in questionnaire.choice_lists.items():
        for choice in choices:
            yield from missing(choice.label, "choices", rows.get((list_name, choice.name), 0), "label", choice.name)


def _choice_rows(sheets: Sheets) -> dict[tuple[str, str], int]:
    rows: dict[tuple[str, str], int] = {}
    for row in sheets["choices"]:
        cells = {choice_column_of(header).name: cell for header, cell in row.cells.items()}
        rows.setdefault((cells.get("list_name", ""), cells.get("name", "")), row.number)
    return rows


def _pyxform_says(sheets: Sheets) -> list[CheckIssue]:
    """pyxform's refusal as one issue; nothing when it converts the form."""
    from pyxform.xls2xform import convert  # slow import

    try:
        convert(pyxform_input(sheets), form_name="data", validate=False)
    except Exception as error:  # pyxform raises KeyError, RecursionError and others on odd forms
        reason = " ".join((str(error) or type(error).__name__).split())
        return [
            _issue("workbook.refused_by_pyxform", "error", "survey", 0, "", f"pyxform refuses it: {reason}", "Mend it.")
        ]
    return []


def _known_appearance(appearance: str) -> bool:
    return appearance in _APPEARANCES or appearance.startswith(_APPEARANCE_PREFIXES)


def _elements(children: Iterable[Group | Question]) -> Iterator[Group | Question]:
    for child in children:
        yield child
        if isinstance(child, Group):
            yield from _elements(child.children)


def _issue(code: str, severity: Severity, sheet: str, row: int, column: str, message: str, fix: str) -> CheckIssue:
    return CheckIssue(code=code, severity=severity, sheet=sheet, row=row, column=column, message=message, fix=fix)
