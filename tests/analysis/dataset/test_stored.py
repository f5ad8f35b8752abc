"""Rows that lie in files or on a server are the same data set as arrays in memory, whatever came, changed or went."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from analysis.dataset import parquet_table, stored
from analysis.dataset.building import Builder
from analysis.dataset.parquet_table import ParquetTable
from analysis.dataset.snapshot import snapshot
from analysis.dataset.stored import StoredRows, Table
from data.column_files import ColumnFiles
from data.errors import Unavailable
from data.records import EVERYTHING, ResponseRecord, Scope, VersionRecord
from tests.analysis.consultations import NOON, response
from tests.analysis.dataset import tables
from tests.analysis.dataset.test_building import plain
from tests.small import refused

VERSION = VersionRecord(consultation_id=1, number=1, workbook="{}", created_at=NOON)
STATE = (7, 7, "2026-11-23T12:00:00", 7)
SEA = ("sea", "sky", *(f"f{number}" for number in range(9)))
"""Codes that no choice has."""


@pytest.fixture(params=list(tables.TABLES))
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Table]:
    return lambda: tables.TABLES[request.param](tmp_path)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "CHUNK", 5)
    monkeypatch.setattr(parquet_table, "CHUNK", 5)
    monkeypatch.setattr(parquet_table, "MOST_SMALL", 2)


def reply(number: int, chance: Random, **changes: object) -> ResponseRecord:
    answers: dict[str, object] = {
        "region": chance.choice(["n", "s", "na", "east", "west"]),
        "fields": tuple(chance.sample(["prev", "care", "other", *SEA], chance.randint(1, 4))),
        "order": tuple(chance.sample(["prev", "care", "other", "sea"], chance.randint(1, 3))),
        "staff": chance.randint(0, 9),
        "wish": chance.choice(["Paix", "Мир", "\\N\ttab"]),
        "org": chance.choice(["A", "B"]),
        "publish": chance.choice(["named", "no"]),
        "g1": chance.choice(["1", "5", "dk"]),
    }
    given = {name: answer for name, answer in answers.items() if chance.random() < 0.7}
    came = {"submitted_at": NOON + timedelta(seconds=chance.randint(0, 5)), "language": chance.choice(["en", "fr"])}
    return response(number, given, **{**came, **changes})  # type: ignore[arg-type]


def in_memory(replies: list[ResponseRecord]) -> Builder:
    found = tables.builder()
    found.add(replies)
    return found


def same(found: StoredRows, replies: list[ResponseRecord], scope: Scope = EVERYTHING, *without: int) -> None:
    assert plain(found.dataset(scope, without)) == plain(in_memory(replies).dataset())
    assert found.digest([VERSION], scope, without) == snapshot([VERSION], replies)


@pytest.mark.parametrize("seed", range(4))
def test_a_table_is_the_same_data_set_as_arrays_whatever_changed(make: Callable[[], Table], seed: int) -> None:
    chance = Random(seed)
    now = [reply(number, chance) for number in range(1, 18)]
    found = StoredRows(tables.builder(), make())
    found.add(now[:9])
    before, as_it_was = found.dataset(), plain(in_memory(now[:9]).dataset())
    found.change(now[9:])
    same(found, now)
    now[3] = reply(now[3].id, chance, revision=2)
    now[12] = reply(now[12].id, chance, revision=2)
    lost = now.pop(5)
    assert found.differing({each.id: each.revision for each in now}) == [4, 13]
    assert found.missing({each.id: 1 for each in now}, 0, 99) == [lost.id]
    assert found.missing({}, 10, 12) == [11, 12]
    saved = {each.id: each.revision for each in (*now, reply(99, chance))}
    memory = in_memory([each if each.revision == 1 else replace(each, revision=1) for each in [*now, lost]])
    assert found.after(saved, [4, 99]) == memory.after(saved, [4, 99])
    found.change([now[3], now[11]], [lost.id])
    same(found, now)
    same(found, [each for each in now if each.id not in (2, 7)], EVERYTHING, 2, 7)
    assert plain(before) == as_it_was


@pytest.mark.parametrize(
    "scope", [{"regions": ["n", "east"]}, {"languages": ["fr"]}, {"regions": ["nowhere"]}], ids=str
)
def test_a_part_holds_nothing_from_outside_of_it_no_further_code_either(
    make: Callable[[], Table], scope: dict[str, list[str]]
) -> None:
    chance = Random(7)
    every = [reply(number, chance) for number in range(1, 14)]
    found = StoredRows(tables.builder(), make())
    found.add(every)
    part = Scope.of(scope)
    inside = [
        each
        for each in every
        if (part.regions is None or each.region in part.regions)
        and (part.languages is None or each.language in part.languages)
    ]
    same(found, inside, part)
    same(found, inside[1:], part, *(each.id for each in inside[:1]))


def test_what_many_changes_touch_is_digested_together(
    make: Callable[[], Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    table, now = make(), [reply(number, Random(number)) for number in range(1, 41)]
    found = StoredRows(tables.builder(), table)
    found.add(now)
    found.settle()
    same(found, now)
    asked: list[str] = []
    find = table.find

    def noted(queries: Sequence[str], *more: object) -> Sequence[Sequence[np.ndarray]]:
        asked.extend(queries)
        return find(queries, *more)  # type: ignore[arg-type]

    now[:30] = [reply(number, Random(-number), revision=2) for number in range(1, 31)]
    with monkeypatch.context() as held:
        held.setattr(table, "find", noted)
        found.change(now[:30])
    assert 1 <= sum("mark" in query for query in asked) <= 2
    same(found, now)


def test_nothing_at_all_is_a_data_set_too(make: Callable[[], Table]) -> None:
    found = StoredRows(tables.builder(), make())
    same(found, [])
    found.change([reply(1, Random(1))])
    assert found.dataset().size == 1


def test_a_table_of_which_much_is_dead_is_not_usable_any_more(
    make: Callable[[], Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "MOST_DEAD", 2)
    found = StoredRows(tables.builder(), make())
    for revision in (1, 2, 3):
        found.change([reply(1, Random(revision), revision=revision)])
        assert found.is_usable
    found.change([reply(1, Random(4), revision=4)])
    assert not found.is_usable


def test_the_next_process_goes_on_from_the_files(tmp_path: Path) -> None:
    chance, files = Random(3), ColumnFiles(tmp_path)
    now = [reply(number, chance) for number in range(1, 20)]
    table = ParquetTable(files, 1, 0, memory_mb=500)
    found = StoredRows(tables.builder(), table)
    found.add(now)
    found.change([], [now.pop(2).id])
    assert table.keep(found, origin="of this", state=STATE)
    other_table = ParquetTable(files, 1, 0, memory_mb=500)
    other = StoredRows(tables.builder(), other_table)
    assert other_table.open(other, origin="of another") is None
    assert other_table.open(other, origin="of this") == STATE
    same(other, now)
    third_table = ParquetTable(files, 1, 0, memory_mb=500)
    for key in (30, 31, 32):
        now.append(reply(key, chance))
        other.change(now[-1:])
        same(other, now)
        assert other_table.keep(other, origin="of this", state=STATE)
        if key == 31:
            third_table.open(StoredRows(tables.builder(), third_table), origin="of this")
    parts = {path.name for path, _ in other_table._parts}
    # The third process may count just now: small parts that were joined go only when they are old.
    assert third_table.is_there
    assert {path.name for path in tmp_path.glob("*.parquet")} > parts
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    assert other_table.keep(other, origin="of this", state=STATE)
    assert {path.name for path in tmp_path.glob("*.parquet")} == parts


def test_a_part_that_is_gone_when_small_ones_are_joined_is_told(tmp_path: Path) -> None:
    table = ParquetTable(ColumnFiles(tmp_path), 1, 0, memory_mb=500)
    found = StoredRows(tables.builder(), table)
    for number in range(1, 4):
        next(tmp_path.glob("*.parquet"), tmp_path / "none").unlink(missing_ok=number == 1)
        found.add([reply(number, Random(number))])
        found.settle()
        if number < 3:
            table.settle()
    with refused(Unavailable, "counting.lost"):
        table.settle()


def test_an_older_view_reads_ranks_after_a_further_code_came(make: Callable[[], Table]) -> None:
    found = StoredRows(tables.builder(), make())
    rows = [response(number, {"order": ("prev", "care")}) for number in range(1, 4)]
    found.add(rows)
    before = found.dataset()
    met = [f"f{number}" for number in range(9)]
    found.change([response(9, {"order": tuple(met)})])
    assert plain(before) == plain(in_memory(rows).dataset())


def test_a_column_is_as_long_as_it_was_when_rows_come_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    table = tables.code_tables().make(1, 0)
    table.append({"a": np.arange(3, dtype=np.int32), "m": np.full((3, 2), 7, dtype=np.uint8)}, {})
    find = table.find

    def interrupted(queries: Sequence[str]) -> list[list[np.ndarray]]:
        table.append({"a": np.arange(3, dtype=np.int32), "m": np.full((3, 4), 8, dtype=np.uint8)}, {})
        return find(queries)

    for ask, of in ((table.column, "a"), (table.column, "m"), (table.numbers, "a >= 0")):
        size = table.rows
        with monkeypatch.context() as held:
            held.setattr(table, "find", interrupted)
            assert len(ask(of)) == size


def test_a_part_that_is_cut_off_is_not_believed(tmp_path: Path) -> None:
    files = ColumnFiles(tmp_path)
    table = ParquetTable(files, 1, 0, memory_mb=500)
    found = StoredRows(tables.builder(), table)
    found.add([reply(number, Random(number)) for number in range(1, 20)])
    assert table.keep(found, origin="of this", state=STATE)
    part = next(tmp_path.glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-9])
    other = ParquetTable(files, 1, 0, memory_mb=500)
    assert other.open(StoredRows(tables.builder(), other), origin="of this") is None


def test_whoever_counts_what_is_erased_meanwhile_is_told(tmp_path: Path) -> None:
    files = ColumnFiles(tmp_path)
    rows = [reply(number, Random(number)) for number in range(1, 9)]
    lost = StoredRows(tables.builder(), ParquetTable(files, 1, 0, memory_mb=500))
    lost.add(rows)
    data = lost.dataset()
    files.remove([1])
    assert not lost.is_usable
    with refused(Unavailable, "counting.lost"):
        data.columns["region"]
    served = StoredRows(tables.builder(), tables.code_tables().make(1, 0))
    served.add(rows)
    other = StoredRows(tables.builder(), tables.code_tables().make(2, 0))
    tables.code_tables().drop([1])
    assert not served.is_usable
    assert other.is_usable
    with refused(Unavailable, "counting.lost"):
        served.dataset()
    tables.code_tables().drop_older({2: 1})
    assert not other.is_usable
