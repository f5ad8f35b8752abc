"""SPSS system files (.sav): labels, user-missing values, measures, notes, and multiple-response sets.

pyreadstat writes everything but the sets; their record is put into the dictionary afterwards, as PSPP's description of
the format has it (GNU PSPP developers' guide, "System File Format": records 7/7 and 7/13).
"""

import struct
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.data_files.frames import data_frame
from analysis.data_files.table import QUERY, REASONS, DataTable, MultipleSet, NumberColumn, cut, english_stamp

_GOES_ON = "Query+ "
"""What the further lines of QUERY begin with."""
_MOST_QUERIES, _MOST_LINES = 20, 300
LABEL_BYTES, VALUE_BYTES, TITLE_BYTES, NOTE_BYTES = 250, 120, 60, 80
TEXT_BYTES = 32_767
_VARIABLE, _VALUES, _VALUES_OF, _DOCUMENT, _MORE, _END = 2, 3, 4, 6, 7, 999
_SETS, _LONG_NAMES = 7, 13
_HEADER_BYTES, _CREATED_AT = 176, 92


def write(table: DataTable, path: Path) -> None:
    """The table as a .sav file; texts beyond what SPSS holds are cut, with an ellipsis."""
    import pyreadstat  # slow import

    numbers = [each for each in table.columns if isinstance(each, NumberColumn)]
    last = table.first_reason + len(REASONS) - 1
    pyreadstat.write_sav(
        data_frame(table, most_bytes=TEXT_BYTES),
        str(path),
        file_label=cut(table.about.title, TITLE_BYTES),
        column_labels={each.name: cut(table.words(each.label, each.question), LABEL_BYTES) for each in table.columns},
        note=[*(cut(line, NOTE_BYTES) for line in notes(table)), *_query_lines(table.about.query)],
        variable_value_labels={each.name: labels for each in numbers if (labels := _labels(table, each))},
        missing_ranges={each.name: [{"lo": table.first_reason, "hi": last}] for each in numbers if each.reasons},
        variable_measure={
            each.name: str(each.measure) if isinstance(each, NumberColumn) else "nominal" for each in table.columns
        },
        variable_format={each.name: "F8.0" if each.whole else "F12.4" for each in numbers},
        row_compress=True,
    )
    content = path.read_bytes()
    path.write_bytes(with_sets(_dated(content, table.about.made_at), table))


def notes(table: DataTable) -> tuple[str, ...]:
    """Lines that travel inside the file."""
    about = table.about
    return (
        f"Consultation: {about.consultation}",
        f"Data state (SHA-256), first half: {about.snapshot[:32]}",
        f"Data state (SHA-256), second half: {about.snapshot[32:]}",
        f"Made: {about.made_at.isoformat(timespec='minutes')}",
        *(("Fictional data.",) if about.fictional else ()),
    )


def _query_lines(query: str) -> list[str]:
    """The query in lines of a note's width; it has no space that could be lost at the end of one."""
    room = NOTE_BYTES - len(QUERY)
    parts = [query[at : at + room] for at in range(0, len(query), room)]
    return [f"{_GOES_ON if number else QUERY}{part}" for number, part in enumerate(parts)]


def queries(content: bytes) -> list[str]:
    """What the notes of a file say that was asked of it; the file may be anybody's, and is searched, not believed."""
    found: list[str] = []
    at = -1
    while len(found) < _MOST_QUERIES and (at := content.find(QUERY.encode() + b"{", at + 1)) >= 0:
        lines = [content[at : at + NOTE_BYTES]]
        while len(lines) < _MOST_LINES:
            start = at + len(lines) * NOTE_BYTES
            line = content[start : start + NOTE_BYTES]
            if not line.startswith(_GOES_ON.encode()):
                break
            lines.append(line)
        found.append("".join(line.decode("ascii", "replace").rstrip()[len(QUERY) :] for line in lines))
    return found


def _labels(table: DataTable, column: NumberColumn) -> dict[Any, str]:
    labels = {value.code: cut(table.words(value.label, value.name), VALUE_BYTES) for value in column.values}
    return labels | {table.code_of(reason): table.reason_words(reason) for reason in column.reasons}


def with_sets(content: bytes, table: DataTable) -> bytes:
    """The file with its multiple-response sets; as it was when there are none."""
    if not table.sets:
        return content
    end, short_names = _dictionary(content)
    lines = b"".join(_set_line(each, table, short_names) for each in table.sets)
    record = struct.pack("<iiii", _MORE, _SETS, 1, len(lines)) + lines
    return content[:end] + record + content[end:]


def _set_line(each: MultipleSet, table: DataTable, short_names: dict[str, str]) -> bytes:
    """`$name=D1 1 LENGTH LABEL var var`, with the short names of the variables in lower case."""
    label = cut(table.words(each.label, each.name), LABEL_BYTES).encode()
    members = " ".join(short_names[name].lower() for name in each.columns).encode()
    return b"$" + each.name.encode() + b"=D1 1 " + str(len(label)).encode() + b" " + label + b" " + members + b"\n"


def _dictionary(content: bytes) -> tuple[int, dict[str, str]]:
    """Where the dictionary ends, and the short name of each variable; the records are walked, not searched for."""
    at, short, long_names = _HEADER_BYTES, [], ""

    def whole(place: int) -> int:
        return int(struct.unpack_from("<i", content, place)[0])

    while (kind := whole(at)) != _END:
        if kind == _VARIABLE:
            has_label, missing = whole(at + 8), abs(whole(at + 12))
            if whole(at + 4) >= 0:  # -1: the continuation of a long string
                short.append(content[at + 24 : at + 32].decode().rstrip())
            at += 32
            if has_label:
                at += 4 + -(-whole(at) // 4) * 4
            at += 8 * missing
        elif kind == _VALUES:
            count, at = whole(at + 4), at + 8
            for _ in range(count):
                at += 8 + -(-(content[at + 8] + 1) // 8) * 8
        elif kind == _VALUES_OF:
            at += 8 + 4 * whole(at + 4)
        elif kind == _DOCUMENT:
            at += 8 + 80 * whole(at + 4)
        elif kind == _MORE:
            subtype, size = whole(at + 4), whole(at + 8) * whole(at + 12)
            if subtype == _LONG_NAMES:
                long_names = content[at + 16 : at + 16 + size].decode()
            at += 16 + size
        else:
            raise ValueError(f"record {kind} at byte {at} of a dictionary")
    names = {name: name for name in short}
    for pair in long_names.split("\t"):
        if pair:
            abbreviation, _, name = pair.partition("=")
            names[name] = abbreviation
    return at, names


def _dated(content: bytes, moment: datetime) -> bytes:
    """With the time at which the table was made, so that the same table is the same file."""
    stamp = english_stamp(moment, "%y%H:%M:%S")
    return content[:_CREATED_AT] + stamp + content[_CREATED_AT + len(stamp) :]
