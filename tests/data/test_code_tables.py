"""Tables of codes on a real PostgreSQL server: what they take and give, and that they end."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic

import numpy as np
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from data.code_tables import MOST_COLUMNS, CodeTable, CodeTables
from data.engine import open_engine
from data.errors import Unavailable
from data.settings import Settings
from tests.databases import served
from tests.small import refused

COUNT = "SELECT a, count(*) FROM replies GROUP BY 1 ORDER BY 1"
TEMPORARY = "SELECT count(*) FROM pg_class WHERE relname LIKE 'codes\\_%' AND relkind = 'r' AND relpersistence = 't'"


@pytest.fixture
def tables() -> Iterator[CodeTables]:
    made = CodeTables(open_engine(served(Path("code tables"))))
    yield made
    made.close()


def filled(tables: CodeTables, values: list[int], consultation: int = 1, erasures: int = 0) -> CodeTable:
    table = tables.make(consultation, erasures)
    table.append({"a": np.array(values, dtype=np.uint16)}, {})
    return table


def counted(table: CodeTable) -> list[list[int]]:
    ((codes, rows),) = table.find([COUNT])
    return [codes.tolist(), rows.tolist()]


def temporary(tables: CodeTables) -> int:
    with tables._engine.connect() as connection:
        return int(connection.scalar(text(TEMPORARY)) or 0)


def test_a_table_goes_with_whoever_holds_it_and_the_others_stay(tables: CodeTables) -> None:
    one, other = filled(tables, [3, 3, 7]), filled(tables, [60_000, 5])
    assert counted(one) == [[3, 7], [2, 1]]
    assert temporary(tables) == 4
    del one
    gc.collect()
    assert counted(other) == [[5, 60_000], [1, 1]]
    assert temporary(tables) == 2
    tables.close()
    assert temporary(tables) == 0


def test_nobody_waits_for_who_counts_another_table(tables: CodeTables) -> None:
    one, other = filled(tables, [3, 3, 7]), filled(tables, [5])
    slow = Thread(target=one.find, args=(["SELECT count(*) FROM replies, pg_sleep(3)"],))
    slow.start()
    begun = monotonic()
    assert counted(other) == [[5], [1]]
    assert monotonic() - begun < 2
    assert slow.is_alive()
    slow.join()


def test_after_an_erasure_the_tables_of_the_consultation_are_gone_at_once(tables: CodeTables) -> None:
    held = [filled(tables, [1], 1), filled(tables, [1], 2), filled(tables, [1], 3, erasures=4)]
    tables.drop([1])
    assert temporary(tables) == 4
    tables.drop_older({3: 4})
    assert [each.is_there for each in held] == [False, True, True]
    tables.drop_older({2: 1, 3: 4})
    assert [each.is_there for each in held] == [False, False, True]
    assert temporary(tables) == 2


def test_many_rows_arrive_whole_and_in_their_order_and_come_back(tables: CodeTables) -> None:
    chance = np.random.default_rng(1)
    size = 120_001
    codes, numbers = chance.integers(0, 9, size).astype(np.uint8), chance.uniform(0, 2, size)
    marks = chance.integers(0, 256, (size, 3)).astype(np.uint8)
    table = tables.make(1, 0)
    table.append({"a": codes, "b": numbers, "m": marks}, {"w": [None, "a\tb\\N", *[None] * (size - 2)]})
    table.append({"a": codes[:2], "b": numbers[:2], "m": marks[:2, :2], "later": np.array([7, 8])}, {"w": ["ö", None]})
    np.testing.assert_array_equal(table.column("a"), [*codes, *codes[:2]])
    np.testing.assert_array_equal(table.column("b"), [*numbers, *numbers[:2]])
    np.testing.assert_array_equal(table.column("m")[:size], marks)
    np.testing.assert_array_equal(table.column("m")[size:], [[*marks[0, :2], 0], [*marks[1, :2], 0]])
    np.testing.assert_array_equal(table.column("later")[-3:], [0, 7, 8])
    words = table.words("w")
    assert (len(words), words[1], words[-2:]) == (size + 2, "a\tb\\N", ["ö", None])
    np.testing.assert_array_equal(table.numbers("a = 3"), np.flatnonzero(np.append(codes, codes[:2]) == 3))
    weights = chance.uniform(0, 2, size)
    asked = "SELECT a, count(*), sum(weight) FROM replies WHERE n > 5 GROUP BY 1 ORDER BY 1"
    ((found, rows, sums),) = table.find([asked], (np.arange(size), weights))
    assert found.tolist() == list(range(9))
    assert rows.tolist() == np.bincount(codes[6:]).tolist()
    np.testing.assert_allclose(sums, np.bincount(codes[6:], weights[6:]))


def test_a_session_that_was_ended_takes_its_tables_along_and_another_is_begun(tables: CodeTables) -> None:
    table = filled(tables, [1, 2])
    with tables._engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid != :me"
            ),
            {"me": connection.scalar(text("SELECT pg_backend_pid()"))},
        )
    assert not table.is_there
    with refused(Unavailable, "counting.lost"):
        counted(table)
    assert counted(filled(tables, [1, 2])) == [[1, 2], [1, 1]]


def test_what_cannot_be_counted_there_is_said(tables: CodeTables, tmp_path: Path) -> None:
    many = {f"c{number}": np.zeros(1, dtype=np.uint8) for number in range(MOST_COLUMNS + 1)}
    with refused(Unavailable, "counting.too_many_columns"):
        tables.make(1, 0).append(many, {})
    embedded = CodeTables(open_engine(Settings(database_url=f"sqlite:///{tmp_path}/one.db")))
    with refused(Unavailable, "counting.no_server"):
        embedded.make(1, 0)
    embedded.drop([1])
    away = CodeTables(open_engine(Settings(database_url="postgresql://nobody@127.0.0.1:9/none")))
    with refused(Unavailable, "store.no_server"):
        away.make(1, 0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"database_url": "sqlite:///one.db", "counting": "postgresql"}, "needs SOUNDINGS_DATABASE_URL=postgresql"),
        ({"counting": "duckdb", "column_files": False}, "needs SOUNDINGS_COLUMN_FILES=true"),
        ({"counting": "polars"}, "Input should be 'arrays', 'duckdb' or 'postgresql'"),
    ],
    ids=str,
)
def test_an_engine_that_has_not_what_it_needs_is_refused_at_once(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings(**wrong)  # type: ignore[arg-type]
    assert Settings(database_url="postgresql://me@host/name", counting="postgresql").counting == "postgresql"


def test_an_engine_that_is_not_installed_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ValidationError, match="needs the package duckdb, which is not installed here"):
        Settings(counting="duckdb")
