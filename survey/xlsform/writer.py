"""From a Questionnaire to the rows of a workbook, of which the reader makes the same questionnaire.

Files of these rows are made in `survey.xlsform.workbook_writer` (for people) and `survey.xlsform.text_files`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from survey.questionnaire import LIST_KINDS, Choice, Group, Kind, Language, Question, Questionnaire, Text
from survey.xlsform.attachments import AttachedTable, is_attachment, stem_of
from survey.xlsform.choice_reader import EXTERNAL
from survey.xlsform.columns import language_of
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets

_TEXTS = ("label", "hint", "guidance_hint", "required_message", "constraint_message")
_MEDIA = ("image", "big-image", "audio", "video")
_PLAIN = (
    "required",
    "relevant",
    "constraint",
    "choice_filter",
    "calculation",
    "default",
    "trigger",
    "read_only",
    "repeat_count",
    "appearance",
    "parameters",
)
_SURVEY_ORDER = (
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "choice_filter",
    "calculation",
    "default",
    "trigger",
    "read_only",
    "repeat_count",
    "appearance",
    "parameters",
    *_MEDIA,
)

Cells = dict[tuple[str, str], str]
"""Filled cells of a row by column and language tag, "" for a column without language."""


def to_sheets(questionnaire: Questionnaire) -> Sheets:
    """The questionnaire as rows; `reader.read` makes the same questionnaire of them, row numbers apart.

    Every translatable column names its language; only columns with something in them are written, and the labels of
    every language. Lists and tables of attached files become CSV files.
    """
    default = questionnaire.default_language
    spellings = {language.tag: spelling_of(language) for language in _languages(questionnaire)}
    survey = list(_survey(questionnaire.children, default))
    external = {
        question.list_name for question in questionnaire.questions() if question.written_type == "select_one_external"
    }
    tables = {"survey": _table(survey, _SURVEY_ORDER, ("type", "name"), spellings)}
    for sheet in ("choices", "external_choices"):
        choices = [
            _choice(name, choice, default)
            for name, listed in questionnaire.choice_lists.items()
            if not file_of(name) and (name in external) == (sheet == "external_choices")
            for choice in listed
        ]
        attributes = dict.fromkeys(column for cells in choices for column, _ in cells if column not in _CHOICE_COLUMNS)
        if choices:
            order = ("list_name", "name", "label", *attributes, *_MEDIA)
            tables[sheet] = _table(choices, order, ("list_name", "name"), spellings)
    tables["settings"] = _settings(questionnaire, spellings[default])
    return Sheets(
        rows={name: rows for name, (_, rows) in tables.items()},
        headers={name: headers for name, (headers, _) in tables.items()},
        files=_files(questionnaire, spellings),
    )


_CHOICE_COLUMNS = frozenset({"list_name", "name", "label", *_MEDIA})


def spelling_of(language: Language) -> str:
    """How a header names the language so that the reader finds the same tag and name: "Français (fr)"."""
    tagged = f"{language.name} ({language.tag})"
    return next((each for each in (tagged, language.name) if language_of(each) == language), tagged)


def _languages(questionnaire: Questionnaire) -> tuple[Language, ...]:
    if any(language.tag == questionnaire.default_language for language in questionnaire.languages):
        return questionnaire.languages
    return (language_of(questionnaire.default_language), *questionnaire.languages)


def _survey(children: Iterable[Group | Question], default: str) -> Iterator[Cells]:
    for child in children:
        if isinstance(child, Question):
            yield _question(child, default)
            continue
        bracket = "repeat" if child.repeats else "group"
        yield {("type", ""): f"begin {bracket}", **_element(child, default)}
        yield from _survey(child.children, default)
        yield {("type", ""): f"end {bracket}"}


def _question(question: Question, default: str) -> Cells:
    cells: Cells = {("type", ""): type_cell(question), **_element(question, default)}
    if question.parameters:
        cells["parameters", ""] = " ".join(f"{name}={value}" for name, value in question.parameters.items())
    return cells


def _element(element: Group | Question, default: str) -> Cells:
    """What groups and questions have in common."""
    cells: Cells = {("name", ""): element.node}
    for column in _TEXTS:
        cells |= _text(column, getattr(element, column, Text()), default)
    for column in _PLAIN:
        value = getattr(element, column, "")
        if isinstance(value, str) and value:
            cells[column, ""] = value
    if element.appearance:
        cells["appearance", ""] = " ".join(element.appearance)
    for column, files in element.media.items():
        cells |= _text(column, files, default)
    return cells


def _choice(list_name: str, choice: Choice, default: str) -> Cells:
    listed = list_name.removeprefix(EXTERNAL)
    cells: Cells = {("list_name", ""): listed, ("name", ""): choice.name, **_text("label", choice.label, default)}
    cells |= {(column, ""): cell for column, cell in choice.attributes.items()}
    for column, files in choice.media.items():
        cells |= _text(column, files, default)
    return cells


def _text(column: str, text: Text, default: str) -> Cells:
    return {(column, tag or default): words for tag, words in text.by_tag.items() if words}


def type_cell(question: Question) -> str:
    """The type as an author writes it: `select_one yes_no`, `integer`, `today`."""
    if question.kind is Kind.METADATA and not question.written_type:
        return question.metadata
    written = question.written_type or str(question.kind)
    if question.kind not in LIST_KINDS or not question.list_name:
        return written
    if file_of(question.list_name):
        return f"{written}_from_file {file_of(question.list_name)}"
    return f"{written} {question.list_name.removeprefix(EXTERNAL)}"


def file_of(list_name: str) -> str:
    """The file that a list's key names: `cities.csv` for itself and for `cities.csv#code:title`; "" for no file."""
    name = list_name if is_attachment(list_name) else list_name.rpartition("#")[0]
    return name if is_attachment(name) else ""


def _table(
    rows: Sequence[Cells], order: Sequence[str], always: Sequence[str], spellings: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Headers and rows. Language columns stand together, in the order of the questionnaire's languages."""
    used = {place for cells in rows for place in cells}
    used |= {(column, "") for column in always} | {("label", tag) for tag in spellings}
    tags = ("", *spellings, *sorted({tag for _, tag in used} - set(spellings) - {""}))
    places = [(column, tag) for column in order for tag in tags if (column, tag) in used]
    headers = {place: _header(*place, spellings) for place in places}
    return tuple(headers.values()), tuple(
        Row(number, {headers[place]: cells[place] for place in places if cells.get(place)})
        for number, cells in enumerate(rows, start=2)
    )


def _header(column: str, tag: str, spellings: Mapping[str, str]) -> str:
    if not tag:
        return column
    named = f"media::{column}" if column in _MEDIA else column
    return f"{named}::{spellings.get(tag, tag)}"


def _settings(questionnaire: Questionnaire, default: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    cells = {
        "form_title": questionnaire.title,
        "form_id": questionnaire.form_id,
        "version": questionnaire.version,
        "default_language": default,
        **questionnaire.settings,
    }
    lists = questionnaire.choice_lists.values()
    if any(len({choice.name for choice in listed}) < len(listed) for listed in lists):
        cells.setdefault("allow_choice_duplicates", "yes")
    filled = {header: cell for header, cell in cells.items() if cell}
    return tuple(filled), (Row(2, filled),)


def _files(questionnaire: Questionnaire, spellings: Mapping[str, str]) -> dict[str, AttachedTable]:
    """The attached files: those that selects name, and a CSV file for every other table."""
    used = (question.list_name for question in questionnaire.questions())
    files: dict[str, AttachedTable] = {}
    for key in dict.fromkeys((*used, *questionnaire.choice_lists)):
        name = file_of(key)
        records = questionnaire.tables.get(stem_of(name)) or _records(questionnaire, key, spellings)
        if name and name not in files and records:
            files[name] = _attached(records)
    stems = {stem_of(name) for name in files}
    others = {f"{stem}.csv": rows for stem, rows in questionnaire.tables.items() if stem not in stems}
    return files | {name: _attached(rows) for name, rows in others.items()}


def _records(questionnaire: Questionnaire, name: str, spellings: Mapping[str, str]) -> list[dict[str, str]]:
    """The choices of a file as rows, with the columns that the question which uses them reads."""
    used = (question.parameters for question in questionnaire.questions() if question.list_name == name)
    parameters: Mapping[str, str] = next(used, {})
    value, label = parameters.get("value", "name"), parameters.get("label", "label")
    default = questionnaire.default_language
    return [
        {
            value: choice.name,
            **{
                label if tag in ("", default) else f"{label}::{spellings.get(tag, tag)}": words
                for tag, words in choice.label.by_tag.items()
            },
            **choice.attributes,
        }
        for choice in questionnaire.choice_lists.get(name, ())
    ]


def _attached(records: Sequence[Mapping[str, str]]) -> AttachedTable:
    headers = tuple(dict.fromkeys(header for record in records for header in record))
    return AttachedTable(headers, tuple(tuple(record.get(header, "") for header in headers) for record in records))
