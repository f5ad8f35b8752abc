"""Columns that are counted on a real PostgreSQL server end with what they belong to, and outlive a lost session."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from data.code_tables import MOST_COLUMNS, CodeTables
from data.engine import open_engine
from data.errors import Unavailable
from data.settings import Settings
from tests.databases import served
from tests.small import refused

COUNT = "SELECT a, count(*) FROM replies GROUP BY 1 ORDER BY 1"
TEMPORARY = "SELECT count(*) FROM pg_class WHERE relname LIKE 'codes\\_%' AND relpersistence = 't'"


class Owner:
    """What columns belong to."""


@pytest.fixture
def tables() -> Iterator[CodeTables]:
    made = CodeTables(open_engine(served(Path("code tables"))))
    yield made
    made.close()


def counted(tables: CodeTables, owner: object, values: list[int], kind: type = np.uint8) -> list[list[int]]:
    ((codes, rows),) = tables.count(owner, {"a": np.array(values, dtype=kind)}, None, [COUNT])
    return [codes.tolist(), rows.tolist()]


def temporary(tables: CodeTables) -> int:
    with tables._engine.connect() as connection:
        return int(connection.scalar(text(TEMPORARY)) or 0)


def test_a_table_is_made_once_for_its_owner_and_goes_with_it(tables: CodeTables) -> None:
    one, other = Owner(), Owner()
    assert counted(tables, one, [3, 3, 7]) == [[3, 7], [2, 1]]
    assert counted(tables, one, [9, 9, 9]) == [[3, 7], [2, 1]]
    assert temporary(tables) == 1
    del one
    gc.collect()
    assert counted(tables, other, [60_000, 5], np.uint16) == [[5, 60_000], [1, 1]]
    assert temporary(tables) == 1
    tables.close()
    assert temporary(tables) == 0


def test_many_rows_arrive_whole_and_in_their_order_beside_their_weights(tables: CodeTables) -> None:
    chance = np.random.default_rng(1)
    codes, weights = chance.integers(0, 9, 120_001).astype(np.uint8), chance.uniform(0, 2, 120_001)
    asked = "SELECT a, count(*), sum(weight) FROM replies GROUP BY 1 ORDER BY 1"
    ((found, rows, sums),) = tables.count(Owner(), {"a": codes}, weights, [asked])
    assert found.tolist() == list(range(9))
    assert rows.tolist() == np.bincount(codes).tolist()
    np.testing.assert_allclose(sums, np.bincount(codes, weights))


def test_a_session_that_was_ended_is_begun_again(tables: CodeTables) -> None:
    owner = Owner()
    counted(tables, owner, [1, 2])
    with tables._engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid != :me"
            ),
            {"me": connection.scalar(text("SELECT pg_backend_pid()"))},
        )
    assert counted(tables, owner, [1, 2]) == [[1, 2], [1, 1]]


def test_what_cannot_be_counted_there_is_said(tables: CodeTables, tmp_path: Path) -> None:
    many = {f"c{number}": np.zeros(1, dtype=np.uint8) for number in range(MOST_COLUMNS + 1)}
    with refused(Unavailable, "counting.too_many_columns"):
        tables.count(Owner(), many, None, [])
    embedded = CodeTables(open_engine(Settings(database_url=f"sqlite:///{tmp_path}/one.db")))
    with refused(Unavailable, "counting.no_server"):
        embedded.count(Owner(), {}, None, [])
    away = CodeTables(open_engine(Settings(database_url="postgresql://nobody@127.0.0.1:9/none")))
    with refused(Unavailable, "store.no_server"):
        counted(away, Owner(), [1])


def test_a_server_that_counts_must_be_one_that_keeps() -> None:
    with pytest.raises(ValidationError, match="needs SOUNDINGS_DATABASE_URL=postgresql"):
        Settings(database_url="sqlite:///one.db", counting="postgresql")
    assert Settings(database_url="postgresql://me@host/name", counting="postgresql").counting == "postgresql"
