"""A workbook as pyxform takes it, when it is asked as judge of the structure.

What this program accepts beyond pyxform, loops and tables of KoboToolbox written out, or_other beside a choice filter,
is told in pyxform's own terms, so that its refusal always concerns the author.
"""

from collections.abc import Sequence

from survey.xlsform.expansions import expanded
from survey.xlsform.question_types import question_type_of, structure_of
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.wording import first_cells

_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")


def pyxform_input(sheets: Sheets) -> dict[str, object]:
    """The dictionary for `pyxform.xls2xform.convert`; rows keep their numbers as far as rows were not added."""
    written_out, _ = expanded(sheets)
    workbook: dict[str, object] = {}
    for name in _SHEETS:
        rows: Sequence[Row] = written_out[name]
        if name == "survey":
            rows = [taken for row in rows for taken in _taken(row)]
        if not rows:
            continue
        places: list[dict[str, str]] = []
        for row in rows:
            places += [{} for _ in range(row.number - 2 - len(places))]
            places.append(dict(row.cells))
        workbook[name] = places
        headers = [*written_out.headers.get(name, ()), *(header for row in rows for header in row.cells)]
        workbook[f"{name}_header"] = [dict.fromkeys(headers)]
    return workbook


def _taken(row: Row) -> list[Row]:
    """The row as pyxform understands it: a type with plain spaces, in lower case, or_other where pyxform allows it."""
    cells = first_cells(row)
    written = " ".join(cells.get("type", "").split())
    if not written or written.startswith("#"):
        return [] if written else [row]
    header = next(header for header in row.cells if row.cells[header] == cells["type"])
    if structure_of(written):
        return [Row(row.number, {**row.cells, header: written.lower() if "loop" not in written else written})]
    meaning = question_type_of(written)
    if meaning.kind is None or not meaning.list_name or meaning.written == "osm":
        return [Row(row.number, {**row.cells, header: written if meaning.kind is None else _lowered(written)})]
    plain = f"{meaning.written} {meaning.list_name}"
    if not meaning.or_other:
        return [Row(row.number, {**row.cells, header: plain})]
    if "choice_filter" not in cells and not meaning.from_file:
        return [Row(row.number, {**row.cells, header: f"{plain} or_other"})]
    named = next((each for each in row.cells if row.cells[each] == cells.get("name")), "name")
    labels = {each: "." for each in row.cells if each.lower().startswith("label")}
    other = {header: "text", named: f"{cells.get('name', '')}_other", **labels}
    return [Row(row.number, {**row.cells, header: plain}), Row(row.number, other)]


def _lowered(written: str) -> str:
    """The type in lower case; but for those spellings that have a capital."""
    return written if "dateTime" in written else written.lower()
