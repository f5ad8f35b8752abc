"""A block enters a questionnaire: names that are taken get a suffix, lists are shared or renamed, languages fitted.

Nothing that is in the questionnaire changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from survey.questionnaire import Language, Text
from survey.xlsform.columns import TRANSLATABLE, column_of, language_of
from survey.xlsform.editing import header_for, inserted, renamed
from survey.xlsform.question_types import structure_of
from survey.xlsform.reader import read
from survey.xlsform.rows import MAX_ROWS, Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.wording import Wording, first_cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The questionnaire with a block in it, and what had to be fitted.

    rows               numbers of the block's first and last row
    names, lists       old -> new, of questions, groups and lists that were renamed
    shared             lists of the questionnaire that the block uses, because they offer the same
    missing_languages  languages of the questionnaire in which the block has no words
    """

    sheets: Sheets
    rows: tuple[int, int]
    names: Mapping[str, str]
    lists: Mapping[str, str]
    shared: tuple[str, ...]
    missing_languages: tuple[Language, ...]


def add_block(sheets: Sheets, block: Sheets, *, after: int = MAX_ROWS) -> Added:
    """The questionnaire with the block below the section that holds the row `after`, by default at its end.

    An empty questionnaire takes over the block's languages; another one keeps its own, and words in languages that it
    does not have are left out.
    """
    if not sheets["survey"]:
        started = Sheets(rows={**sheets.rows, **block.rows}, headers={**sheets.headers, **block.headers})
        if sheets["settings"]:
            settings = {**first_cells(block["settings"][0]), **first_cells(sheets["settings"][0])}
            started = Sheets(
                rows={**started.rows, "settings": (Row(2, settings),)},
                headers={**started.headers, "settings": tuple(settings)},
                files=sheets.files,
            )
        last = block["survey"][-1].number
        return Added(sheets=started, rows=(2, last), names={}, lists={}, shared=(), missing_languages=())
    questionnaire, _ = read(sheets)
    taken = {cells["name"] for row in sheets["survey"] if "name" in (cells := first_cells(row))}
    own = [cells["name"] for row in block["survey"] if "name" in (cells := first_cells(row))]
    names = _free(own, taken)
    lists, shared = _lists(sheets, block)
    fitted = renamed(_with_lists(block, lists), names)
    languages = {language.tag: language for language in questionnaire.languages}
    place = _end_of_section(sheets, after)
    survey = [
        _fitted(row, sheets, "survey", tuple(languages), questionnaire.default_language) for row in fitted["survey"]
    ]
    result = inserted(sheets, "survey", survey, after=place)
    choices = [
        _fitted(row, sheets, "choices", tuple(languages), questionnaire.default_language)
        for row in fitted["choices"]
        if first_cells(row).get("list_name") not in shared
    ]
    if choices:
        result = inserted(result, "choices", choices, after=MAX_ROWS)
    offered = {language.tag for language in read(block)[0].languages}
    first = sum(row.number <= place for row in sheets["survey"]) + 2
    return Added(
        sheets=result,
        rows=(first, first + len(survey) - 1),
        names=names,
        lists=lists,
        shared=shared,
        missing_languages=tuple(language for tag, language in languages.items() if tag not in offered),
    )


def _free(own: list[str], taken: set[str]) -> dict[str, str]:
    """New names for those that are taken, with the first suffix that is free."""
    found: dict[str, str] = {}
    used = taken | set(own)
    for name in own:
        if name in taken:
            number = next(number for number in range(2, MAX_ROWS + 3) if f"{name}_{number}" not in used)
            found[name] = f"{name}_{number}"
            used.add(found[name])
    return found


def _offers(sheets: Sheets) -> dict[str, list[tuple[str, Text]]]:
    """What each list offers: names with labels, in order."""
    wording = Wording(sheets, _default(sheets))
    lists: dict[str, list[tuple[str, Text]]] = {}
    for row in sheets["choices"]:
        cells = first_cells(row)
        if cells.get("list_name"):
            listed = lists.setdefault(cells["list_name"], [])
            listed.append((cells.get("name", ""), wording.text(row.cells, "label")))
    return lists


def _default(sheets: Sheets) -> str:
    settings = sheets["settings"]
    return first_cells(settings[0]).get("default_language", "") if settings else ""


def _lists(sheets: Sheets, block: Sheets) -> tuple[dict[str, str], tuple[str, ...]]:
    """(lists of the block to rename, lists that both have alike)."""
    present, brought = _offers(sheets), _offers(block)
    shared = tuple(name for name, offers in brought.items() if name in present and _alike(present[name], offers))
    taken = set(present) - set(shared)
    names: dict[str, str] = {}
    for name in brought:
        if name not in taken:
            continue
        numbered = (f"{name}_{number}" for number in range(2, MAX_ROWS + 3))
        names[name] = next(
            each
            for each in numbered
            if each not in brought and (each not in present or _alike(present[each], brought[name]))
        )
    return names, (*shared, *(new for new in names.values() if new in present))


def _alike(present: list[tuple[str, Text]], brought: list[tuple[str, Text]]) -> bool:
    """The same names in order, and the same words wherever both have some."""
    return [name for name, _ in present] == [name for name, _ in brought] and all(
        label.by_tag.get(tag, words) == words
        for (_, label), (_, other) in zip(present, brought, strict=True)
        for tag, words in other.by_tag.items()
        if label.by_tag.get(tag)
    )


def _with_lists(block: Sheets, lists: Mapping[str, str]) -> Sheets:
    """The block with its lists renamed, in types and on the sheet choices."""

    def cell_of(header: str, cell: str) -> str:
        column = column_of(header).name
        if column == "list_name":
            return lists.get(cell, cell)
        if column == "type" and structure_of(cell) is None:
            kind, _, name = cell.partition(" ")
            return f"{kind} {lists[name]}" if name in lists else cell
        return cell

    rows = {
        sheet: tuple(Row(row.number, {h: cell_of(h, cell) for h, cell in row.cells.items()}) for row in block[sheet])
        for sheet in ("survey", "choices")
    }
    return Sheets(rows={**block.rows, **rows}, headers=block.headers)


def _fitted(row: Row, sheets: Sheets, sheet: str, tags: tuple[str, ...], default: str) -> dict[str, str]:
    """The row's cells under the questionnaire's own headers."""
    cells: dict[str, str] = {}
    for header, cell in row.cells.items():
        column = column_of(header)
        if column.name not in TRANSLATABLE:
            cells[header_for(sheets, sheet, column.name)] = cell
        elif (tag := language_of(column.language).tag) in tags:
            cells[header_for(sheets, sheet, column.name, tag, default=default)] = cell
    return cells


def _end_of_section(sheets: Sheets, after: int) -> int:
    """Number of the last row of the section that holds a row; 0 before every section."""
    depth = place = 0
    for row in sheets["survey"]:
        if depth == 0 and row.number > after:
            break
        structure = structure_of(first_cells(row).get("type", "")) or ""
        depth += structure.startswith("begin") - (structure.startswith("end") and depth > 0)
        place = row.number
    return place
