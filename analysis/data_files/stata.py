"""Stata files (.dta, version 14 and newer): labels, and extended missing values .a, .b ... for the reasons."""

import struct
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.data_files.frames import letter, with_letters
from analysis.data_files.spss import notes
from analysis.data_files.table import QUERY, REASONS, DataTable, NumberColumn, english_stamp

LABEL_LETTERS, TITLE_LETTERS = 80, 80
MOST = 32_767
"""Most columns of a file."""
TEXT_BYTES = 2_045
"""Longer texts would be strL, which few other programs read."""
_STAMP = b"<timestamp>"
_MAP, _BEFORE = b"<map>", b"<characteristics></characteristics>"
_AFTER = range(9, 14)
"""Entries of the map whose sections come after the characteristics."""
_NAME_BYTES = 129
_MOST_QUERIES, _MOST_QUERY = 20, 20_000


def write(table: DataTable, path: Path) -> None:
    """The table as a .dta file; longer texts and labels are cut, with an ellipsis."""
    import pyreadstat  # slow import

    numbers = [each for each in table.columns if isinstance(each, NumberColumn)]
    state = f" ({table.about.snapshot[:12]})"
    pyreadstat.write_dta(
        with_letters(table, most_bytes=TEXT_BYTES),
        str(path),
        file_label=_short(table.about.title, TITLE_LETTERS - len(state)) + state,
        column_labels={each.name: _short(table.words(each.label, each.question)) for each in table.columns},
        version=14,
        variable_value_labels={each.name: labels for each in numbers if (labels := _labels(table, each))},
        missing_user_values={
            each.name: [letter(REASONS.index(reason)) for reason in each.reasons] for each in numbers if each.reasons
        },
        variable_format={each.name: "%8.0g" if each.whole else "%12.4g" for each in numbers},
    )
    asked = (f"{QUERY}{table.about.query}",) if table.about.query else ()
    path.write_bytes(_noted(_dated(path.read_bytes(), table.about.made_at), (*notes(table), *asked)))


def _noted(content: bytes, lines: tuple[str, ...]) -> bytes:
    """The file with notes, which pyreadstat writes none of: Stata's characteristics `_dta[note0]` (how many) and on.

    Source  Stata's help file `dta`, format 118: sections 5.1 (map) and 5.9 (characteristics).
    """
    texts = {"note0": str(len(lines))} | {f"note{number}": line for number, line in enumerate(lines, 1)}
    made = b"<characteristics>"
    for name, text in texts.items():
        held = b"_dta".ljust(_NAME_BYTES, b"\0") + name.encode().ljust(_NAME_BYTES, b"\0") + text.encode() + b"\0"
        made += b"<ch>" + struct.pack("<i", len(held)) + held + b"</ch>"
    made += b"</characteristics>"
    at, places = content.index(_BEFORE), content.index(_MAP) + len(_MAP)
    offsets = list(struct.unpack_from("<14q", content, places))
    for number in _AFTER:
        offsets[number] += len(made) - len(_BEFORE)
    head = content[:places] + struct.pack("<14q", *offsets) + content[places + 14 * 8 : at]
    return head + made + content[at + len(_BEFORE) :]


def queries(content: bytes) -> list[str]:
    """What the notes of a file say that was asked of it; the file may be anybody's, and is searched, not believed."""
    found: list[str] = []
    at = -1
    while len(found) < _MOST_QUERIES and (at := content.find(QUERY.encode() + b"{", at + 1)) >= 0:
        end = content.find(b"\0", at, at + _MOST_QUERY)
        found.append(content[at + len(QUERY) : max(end, at)].decode("utf-8", "replace"))
    return found


def _labels(table: DataTable, column: NumberColumn) -> dict[Any, str]:
    labels: dict[Any, str] = {value.code: table.words(value.label, value.name) for value in column.values}
    return labels | {letter(REASONS.index(reason)): table.reason_words(reason) for reason in column.reasons}


def _short(text: str, most: int = LABEL_LETTERS) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _dated(content: bytes, moment: datetime) -> bytes:
    """With the time at which the table was made, so that the same table is the same file."""
    at = content.index(_STAMP) + len(_STAMP) + 1
    stamp = english_stamp(moment, "%Y %H:%M")
    return content[:at] + stamp + content[at + len(stamp) :]
