"""Lists of choices: from the sheets choices and external_choices, and from attached files."""

from collections.abc import Iterable, Mapping

from survey.questionnaire import LIST_KINDS, Choice, Text
from survey.xlsform.attachments import ENDINGS, AttachedTable, is_attachment, stem_of
from survey.xlsform.columns import CHOICES, TRANSLATABLE, choice_column_of, column_of, language_of
from survey.xlsform.issues import CheckIssue, Severity, nearest
from survey.xlsform.question_types import TABLE_TYPES, QuestionType
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.wording import Wording

EXTERNAL = "external_choices:"
"""Before the name of a list of the sheet external_choices when the sheet choices has one of that name too."""
_FILE_COLUMNS = {".geojson": ("id", "title")}


class ListReader:
    """The lists of a workbook as its questions call for them."""

    def __init__(self, sheets: Sheets, wording: Wording, issues: list[CheckIssue], *, duplicates: bool) -> None:
        """What is wrong with a list goes to `issues`."""
        self._sheets = sheets
        self._wording = wording
        self._issues = issues
        self.lists, found = read_choices(sheets, wording, duplicates=duplicates)
        self._external, more = read_choices(sheets, wording, sheet="external_choices", duplicates=True)
        issues += [*found, *more]
        self._missing: set[str] = set()
        self._looked_at: set[tuple[str, str]] = set()
        self._duplicates = duplicates

    def key(self, row: Row, meaning: QuestionType, parameters: Mapping[str, str], name: str) -> str:
        """The key of the question's list, which is read when it comes from a file."""
        if meaning.written in TABLE_TYPES:
            self._table(row, name.rpartition("/")[2], TABLE_TYPES[meaning.written])
        if meaning.kind not in LIST_KINDS:
            return ""
        if not meaning.list_name:
            self._report(
                "list.not_named",
                row,
                "type",
                f"'{meaning.written}' names no list of choices.",
                f"Write the list's name after it, for example '{meaning.written} yes_no'.",
            )
            return ""
        if "${" in meaning.list_name:
            self._report(
                "list.from_answers",
                row,
                "type",
                f"The choices of '{name}' come from earlier answers, which is not offered.",
                "Write the choices on the choices sheet, or ask for a text.",
            )
            return ""
        if meaning.from_file or is_attachment(meaning.list_name):
            return self._file_list(row, meaning.list_name, parameters)
        if meaning.external:
            return self._external_list(row, meaning.list_name)
        if meaning.list_name not in self.lists:
            self._report(
                "list.missing",
                row,
                "type",
                f"There is no list '{meaning.list_name}' on the choices sheet.",
                _did_you_mean(meaning.list_name, self.lists) or "Add its choices there, or correct the name.",
            )
        return meaning.list_name

    def _external_list(self, row: Row, name: str) -> str:
        if name not in self._external:
            self._report(
                "list.missing",
                row,
                "type",
                f"There is no list '{name}' on the sheet external_choices.",
                _did_you_mean(name, self._external) or "Add its choices there, with list_name, name and label.",
            )
            return name
        key = f"{EXTERNAL}{name}" if name in self.lists and self.lists[name] != self._external[name] else name
        self.lists[key] = self._external[name]
        return key

    def _file_list(self, row: Row, name: str, parameters: Mapping[str, str]) -> str:
        if not is_attachment(name):
            self._report(
                "file.wrong_ending",
                row,
                "type",
                f"'{name}' is no file of choices.",
                f"Name a file that ends with {', '.join(ENDINGS)}.",
            )
            return name
        attached = attached_as(self._sheets, name)
        if not attached:
            self._report_missing(row, "type", name)
            self.lists.setdefault(name, ())
            return name
        choices, column = file_choices(self._sheets.files[attached], attached, parameters, self._wording)
        if column:
            self._report(
                "file.no_column",
                row,
                "parameters",
                f"The file '{name}' has no column '{column}'.",
                f"It has: {', '.join(self._sheets.files[attached].headers[:12])}. Name one with value= or label=.",
            )
        self._report_odd_records(row, attached, parameters)
        named = f"{parameters.get('value', '')}:{parameters.get('label', '')}".strip(":")
        key = name if self.lists.get(name, choices) == choices else f"{name}#{named}"
        self.lists[key] = choices
        return key

    def _report_odd_records(self, row: Row, attached: str, parameters: Mapping[str, str]) -> None:
        """Records of a file that make no choice, or a second one of the same name."""
        column = _value_column(self._sheets.files[attached], attached, parameters)
        if not column or (attached, column) in self._looked_at:
            return
        self._looked_at.add((attached, column))
        seen: set[str] = set()
        nameless: list[int] = []
        repeated: list[int] = []
        for number, record in enumerate(self._sheets.files[attached].records(), start=1):
            name = record.get(column, "")
            if not name:
                nameless.append(number)
            elif name in seen:
                repeated.append(number)
            seen.add(name)
        if nameless:
            self._report(
                "file.no_name",
                row,
                "type",
                f"Records of '{attached}' without a value in column '{column}' are left out: {_numbers(nameless)}.",
                "Give each of them a value there.",
                severity="warning",
            )
        if repeated and not self._duplicates:
            self._report(
                "file.duplicate",
                row,
                "type",
                f"Records of '{attached}' repeat an earlier value of column '{column}': {_numbers(repeated)}.",
                "Give each choice a value of its own, or set allow_choice_duplicates to yes where a filter parts them.",
                severity="warning",
            )

    def _table(self, row: Row, name: str, endings: tuple[str, ...]) -> None:
        if not any(attached_as(self._sheets, f"{name}{ending}") for ending in endings):
            self._report_missing(row, "name", f"{name}{endings[0]}")

    def _report_missing(self, row: Row, column: str, name: str) -> None:
        if name.lower() in self._missing or self._is_unreadable(name):
            return
        self._missing.add(name.lower())
        self._report(
            "file.missing",
            row,
            column,
            f"The file '{name}' is not attached.",
            f"Put '{name}' beside the workbook, or upload a .zip that holds both.",
        )

    def _is_unreadable(self, name: str) -> bool:
        """True when the file is there and it was said already that it cannot be read."""
        return any(
            found.code == "file.unreadable" and f"'{name.lower()}'" in found.message.lower()
            for found in self._sheets.findings
        )

    def _report(
        self, code: str, row: Row, column: str, message: str, fix: str, *, severity: Severity = "error"
    ) -> None:
        self._issues.append(
            CheckIssue(
                code=code, severity=severity, sheet="survey", row=row.number, column=column, message=message, fix=fix
            )
        )


def read_choices(
    sheets: Sheets, wording: Wording, *, sheet: str = "choices", duplicates: bool = False
) -> tuple[dict[str, tuple[Choice, ...]], list[CheckIssue]]:
    """The lists of a sheet by name, without the rows that cannot be used, each of which is an issue.

    duplicates  two choices of one name are allowed, as the setting allow_choice_duplicates says.
    """
    lists: dict[str, list[Choice]] = {}
    issues: list[CheckIssue] = []
    seen: set[tuple[str, str]] = set()

    def fault(code: str, row: int, message: str, fix: str) -> None:
        issues.append(
            CheckIssue(code=code, severity="error", sheet=sheet, row=row, column="name", message=message, fix=fix)
        )

    for row in sheets[sheet]:
        cells: dict[str, str] = {}
        for header, cell in row.cells.items():
            cells.setdefault(choice_column_of(header).name, cell)
        list_name, name = cells.get("list_name", ""), cells.get("name", "")
        if not list_name:
            if name:
                message = f"The choice '{name}' names no list."
                fault("choice.no_list", row.number, message, "Write the list's name into list_name.")
            continue
        if not name:
            fault("choice.no_name", row.number, f"A choice of list '{list_name}' has no name.", "Give it one.")
            continue
        if not duplicates and (list_name, name) in seen:
            message = f"List '{list_name}' has the choice '{name}' twice."
            fault("choice.duplicate", row.number, message, "Remove one of them or give it another name.")
            continue
        seen.add((list_name, name))
        lists.setdefault(list_name, []).append(
            Choice(
                name=name,
                label=wording.text(row.cells, "label"),
                attributes={key: cell for key, cell in cells.items() if key not in CHOICES and key not in TRANSLATABLE},
                media=wording.media(row.cells),
            )
        )
    return {name: tuple(choices) for name, choices in lists.items()}, issues


def attached_as(sheets: Sheets, name: str) -> str:
    """The name of the attached file that is meant, whatever its case; "" when it is missing."""
    if name in sheets.files:
        return name
    return next((other for other in sheets.files if other.lower() == name.lower()), "")


def file_choices(
    table: AttachedTable, name: str, parameters: Mapping[str, str], wording: Wording
) -> tuple[tuple[Choice, ...], str]:
    """The choices of an attached file, or the name of the column that is missing.

    parameters  value= and label= name the columns; without them they are name and label, of GeoJSON id and title.
    """
    standard = _standard_columns(name)
    value = _value_column(table, name, parameters)
    label = parameters.get("label", standard[1])
    if not value:
        return (), parameters.get("value", standard[0])
    words = {
        header: "" if not (language := column_of(header).language) else language_of(language).tag
        for header in table.headers
        if header.partition("::")[0].strip().lower() == label.lower()
    }
    if not words and "label" in parameters:
        return (), label
    choices: list[Choice] = []
    for record in table.records():
        if value not in record:
            continue
        found: dict[str, str] = {}
        for header, tag in words.items():
            if header in record:
                found.setdefault(tag or wording.default, record[header])
        attributes = {key: cell for key, cell in record.items() if key != value and key not in words}
        choices.append(
            Choice(name=record[value], label=Text(found or {wording.default: record[value]}), attributes=attributes)
        )
    return tuple(choices), ""


def _standard_columns(name: str) -> tuple[str, str]:
    return _FILE_COLUMNS.get(name[len(stem_of(name)) :].lower(), ("name", "label"))


def _value_column(table: AttachedTable, name: str, parameters: Mapping[str, str]) -> str:
    """The column that names the choices; "" when the file has none of that name."""
    return _header(table, parameters.get("value", _standard_columns(name)[0]))


def _numbers(found: list[int]) -> str:
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return ", ".join(map(str, found[:5])) + more


def _header(table: AttachedTable, name: str) -> str:
    if name in table.headers:
        return name
    return next((header for header in table.headers if header.lower() == name.lower()), "")


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint when a known name differs by case, or by a sign at most."""
    near = nearest(name, known, likeness=0.75)
    return f"Did you mean '{near}'?" if near else ""
