"""A questionnaire's sheets as text to be reviewed line by line, CSV files and Markdown tables; attached files anew.

The reader gives the same rows back. Which sheets a questionnaire has is for `survey.xlsform.writer`.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from survey.xlsform.attachments import AttachedTable
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets, in_one_line

_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that the reader takes out: no XML file and no screen can show them."""
_ELEMENT = re.compile(r"[^\W\d][\w.-]*")


def to_csv_files(sheets: Sheets) -> dict[str, bytes]:
    """The sheets as CSV files in UTF-8 by file name, and the attached files; the folder can be read again.

    A label that begins with `=` stays as it is, because the file is a source: open it as text.
    """
    files: dict[str, bytes] = {}
    for name, rows in sheets.rows.items():
        headers = all_headers(sheets, name)
        if headers:
            text = io.StringIO()
            written = csv.writer(text, lineterminator="\n")
            written.writerow(headers)
            written.writerows(cells_of(headers, row) if row else () for row in with_gaps(rows))
            files[f"{name}.csv"] = speakable(text.getvalue()).encode()
    return files | attached(sheets)


def attached(sheets: Sheets) -> dict[str, bytes]:
    """The files that go with the workbook, by name, each in the format that its ending says."""
    return {name: _content(name, table) for name, table in sheets.files.items()}


def to_markdown(sheets: Sheets) -> str:
    """The sheets as Markdown tables, as pyxform writes them; empty rows are left out.

    A cell has one line: a line break in it is written as `&#10;`, which the reader gives back.
    """
    blocks = []
    for name in sheets.rows:
        headers = all_headers(sheets, name)
        if not headers:
            continue
        lines = [f"| {name} |", _line(headers)]
        for row in sheets[name]:
            lines.append(_line(cells_of(headers, row)))
        blocks.append("\n".join(lines))
    return speakable("\n\n".join(blocks) + "\n")


def all_headers(sheets: Sheets, sheet: str) -> tuple[str, ...]:
    """The sheet's headers in order, then those that only rows know."""
    headers = sheets.headers.get(sheet, ())
    return (*headers, *dict.fromkeys(header for row in sheets[sheet] for header in row.cells if header not in headers))


def with_gaps(rows: Sequence[Row]) -> Iterator[Row | None]:
    """The rows from the second line on, None where the numbers leave a line free."""
    line = 2
    for row in rows:
        while line < row.number:
            yield None
            line += 1
        yield row
        line += 1


def speakable(text: str) -> str:
    """The text without the characters that files of text cannot hold."""
    return _UNSPEAKABLE.sub("", text)


def _line(cells: Iterable[str]) -> str:
    return "".join(["| ", *(f"| {in_one_line(cell).replace('|', chr(92) + '|')} " for cell in cells), "|"])


def cells_of(headers: Sequence[str], row: Row) -> list[str]:
    """A row's cells in the order of the headers; under a header that stands there twice, the first holds the cell."""
    return [row[header] if headers.index(header) == place else "" for place, header in enumerate(headers)]


def _content(name: str, table: AttachedTable) -> bytes:
    if name.lower().endswith(".xml"):
        return _xml(table)
    if name.lower().endswith(".geojson"):
        return _geojson(table)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((table.headers, *table.rows))
    return speakable(text.getvalue()).encode()


def _xml(table: AttachedTable) -> bytes:
    """Items as `instance()` reads them; a column that cannot be an element's name is left out."""
    items = (
        "".join(
            f"<{header}>{escape(cell)}</{header}>"
            for header, cell in zip(table.headers, row, strict=True)
            if cell and _ELEMENT.fullmatch(header)
        )
        for row in table.rows
    )
    lines = "".join(f"  <item>{item}</item>\n" for item in items)
    return speakable(f'<?xml version="1.0" encoding="UTF-8"?>\n<root>\n{lines}</root>\n').encode()


def _geojson(table: AttachedTable) -> bytes:
    features = []
    for row in table.rows:
        record = {header: cell for header, cell in zip(table.headers, row, strict=True) if cell}
        identity, geometry = record.pop("id", None), _geometry(record.pop("geometry", ""))
        named = {"id": identity} if identity else {}
        features.append({"type": "Feature", **named, "geometry": geometry, "properties": record})
    return speakable(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    ).encode()


def _geometry(places: str) -> dict[str, object] | None:
    """ "lat lon 0 0; ..." as a geometry: one place, a line, or an area when it ends where it began."""
    points = [[float(number) for number in place.split()[:2]][::-1] for place in places.split(";") if place.strip()]
    if not points:
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    if len(points) > 3 and points[0] == points[-1]:
        return {"type": "Polygon", "coordinates": [points]}
    return {"type": "LineString", "coordinates": points}
