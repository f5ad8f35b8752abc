"""Lists of choices: from the sheets choices and external_choices, and from attached files."""

from collections.abc import Mapping

from survey.questionnaire import Choice, Text
from survey.xlsform.attachments import AttachedTable, stem_of
from survey.xlsform.columns import CHOICES, TRANSLATABLE, choice_column_of, column_of, language_of
from survey.xlsform.issues import CheckIssue
from survey.xlsform.sheets import Sheets
from survey.xlsform.wording import Wording

EXTERNAL = "external_choices:"
"""Before the name of a list of the sheet external_choices when the sheet choices has one of that name too."""
_FILE_COLUMNS = {".geojson": ("id", "title")}


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
    ending = name[len(stem_of(name)) :].lower()
    standard = _FILE_COLUMNS.get(ending, ("name", "label"))
    value = _header(table, parameters.get("value", standard[0]))
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


def _header(table: AttachedTable, name: str) -> str:
    if name in table.headers:
        return name
    return next((header for header in table.headers if header.lower() == name.lower()), "")
