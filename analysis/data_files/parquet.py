"""Parquet files: the same codes, with labels as JSON in the metadata of each column."""

import json
from pathlib import Path

from analysis.data_files.spss import notes
from analysis.data_files.table import DataTable, NumberColumn, WordColumn

ROWS_AT_ONCE = 50_000


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
