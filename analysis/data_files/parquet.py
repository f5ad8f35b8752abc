"""Parquet files: the same codes, with labels as JSON in the metadata of each column."""

import json
from pathlib import Path

from analysis.data_files.spss import notes
from analysis.data_files.table import DataTable, NumberColumn, WordColumn
from analysis.findings.provenance import NAME

ROWS_AT_ONCE = 50_000
_MOST_QUERIES, _MOST_QUERY = 20, 20_000


def write(table: DataTable, path: Path) -> None:
    """The table as a Parquet file, written in groups of rows."""
    import pyarrow as pa  # slow import
    import pyarrow.parquet as pq

    def type_of(column: NumberColumn | WordColumn) -> pa.DataType:
        if isinstance(column, WordColumn):
            return pa.string()
        if column.numbers.dtype.kind == "f":
            return pa.int64() if column.whole else pa.float64()
        return pa.from_numpy_dtype(column.numbers.dtype)

    schema = pa.schema(
        [pa.field(each.name, type_of(each), metadata=_about(table, each)) for each in table.columns],
        metadata={
            "title": table.about.title,
            "about": "\n".join(notes(table)),
            "snapshot": table.about.snapshot,
            "language": table.language,
            NAME: table.about.query,
        },
    )
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, max(table.size, 1), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            columns = [
                pa.array(each.texts[rows], type=field.type)
                if isinstance(each, WordColumn)
                else pa.array(each.numbers[rows]).cast(field.type)
                for each, field in zip(table.columns, schema, strict=True)
            ]
            writer.write_table(pa.table(columns, schema=schema))


def queries(content: bytes) -> list[str]:
    """What the metadata of a file say that was asked of it; the file may be anybody's, and only its end is looked at.

    A key and its value stand there as strings: a byte for the kind of field, the length in sevens of bits, the letters.
    Source  Parquet's `parquet.thrift` (KeyValue), Thrift's compact protocol.
    """
    size = int.from_bytes(content[-8:-4], "little")
    end, key = content[max(len(content) - 8 - size, 0) : -8], NAME.encode() + b"\x18"
    found: list[str] = []
    at = -1
    while len(found) < _MOST_QUERIES and (at := end.find(key, at + 1)) >= 0:
        place, length, shift = at + len(key), 0, 0
        for byte in end[place : place + 3]:
            place, length, shift = place + 1, length | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        found.append(end[place : place + min(length, _MOST_QUERY)].decode("utf-8", "replace"))
    return found


def _about(table: DataTable, column: NumberColumn | WordColumn) -> dict[str, str]:
    told = {"label": table.words(column.label, column.question), "question": column.question}
    if isinstance(column, WordColumn):
        return told
    return {
        **told,
        "measure": str(column.measure),
        "values": json.dumps(
            {str(each.code): table.words(each.label, each.name) for each in column.values}, ensure_ascii=False
        ),
        "missing": json.dumps(
            {str(table.code_of(each)): table.reason_words(each) for each in column.reasons}, ensure_ascii=False
        ),
    }
