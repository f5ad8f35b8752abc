"""Tables of codes as each engine keeps them, with replies to the small consultation, for the tests of engines."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from analysis.dataset.asked import asked_by_relevance
from analysis.dataset.building import Builder
from analysis.dataset.codebook import build_codebook
from analysis.dataset.parquet_table import ParquetTable
from analysis.dataset.stored import StoredRows, Table
from data.code_tables import CodeTables
from data.column_files import ColumnFiles
from data.engine import open_engine
from data.records import ResponseRecord
from tests.analysis.consultations import ROLES, with_no_answers
from tests.databases import served

FORM = with_no_answers()


@cache
def code_tables() -> CodeTables:
    """Those of a real server."""
    return CodeTables(open_engine(served(Path("counting"))))


TABLES: dict[str, Callable[[Path], Table]] = {
    "duckdb": lambda folder: ParquetTable(ColumnFiles(folder), 1, 0, memory_mb=500),
    "postgresql": lambda _folder: code_tables().make(1, 0),
}


def builder() -> Builder:
    """An empty one, for replies to the small consultation."""
    asked = asked_by_relevance({1: FORM})
    return Builder(build_codebook(FORM, ROLES), asked=lambda reply, _answers: asked(reply))


def stored(table: Table, replies: Sequence[ResponseRecord]) -> StoredRows:
    """The replies in a table."""
    found = StoredRows(builder(), table)
    found.add(replies)
    return found
