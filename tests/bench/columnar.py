"""`python -m tests.bench.columnar`: a dashboard of sixty questions over millions of replies, and how it grows.

Everything is measured in one run, the quickest of a few rounds, beside what a person would use instead and beside the
floor: the time in which numpy adds up as many bytes as a figure has to read. `--stored N` also puts N responses into a
database and reads them, cold, warm, and one more. `--plot FILE.svg` draws how the time grows with the replies.
"""

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from analysis.dataset import kept
from analysis.dataset.arrays import FIRST_CODE, Dataset, Names, Respondents, SingleColumn
from analysis.dataset.building import Builder
from analysis.dataset.codebook import build_codebook
from analysis.dataset.counting import tally
from analysis.dataset.texts import Texts
from analysis.stats import counting
from data import schema
from data.records import EVERYTHING, ResponseStatus
from data.settings import Settings
from data.store import Store, open_store
from survey import consultations, publications
from survey.access import OPERATOR
from survey.questionnaire import Questionnaire
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import Sheets, from_markdown

QUESTIONS = 60
LISTS = {"region": 20, "age": 6, "gender": 3, "scale": 5}
FILTERS: Mapping[str, Sequence[str]] = MappingProxyType({"age": ["2"], "gender": ["1", "2"]})
"""Lets 11 % through."""
GROWTH = (100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000)
ROUNDS = 5


def form() -> Sheets:
    """A consultation of sixty questions, and three to compare and filter by."""
    names = [(name, name) for name in ("region", "age", "gender")]
    names += [(f"q{number:02}", "scale") for number in range(QUESTIONS)]
    lines = ["| survey |", "| | type | name | label |"]
    lines += [f"| | select_one {of} | {name} | {name} |" for name, of in names]
    lines += ["| choices |", "| | list_name | name | label |"]
    lines += [f"| | {of} | {code} | {code} |" for of, size in LISTS.items() for code in range(size)]
    lines += ["| settings |", "| | form_title | form_id | version |", "| | Large | large | 1 |"]
    return from_markdown("\n".join(lines))


def questionnaire() -> Questionnaire:
    """The same, read."""
    return read_questionnaire(form())


def invented(size: int) -> tuple[Dataset, np.ndarray]:
    """So many replies at random, and a weight for each."""
    chance = np.random.default_rng(1)
    codebook = build_codebook(questionnaire(), {"region": "region"})
    columns = {}
    for variable in codebook.variables:
        codes = chance.integers(0, max(1, len(variable.codes)), size, dtype=np.uint8) + np.uint8(FIRST_CODE)
        codes.setflags(write=False)
        columns[variable.name] = SingleColumn(codes=codes)
    alike = Names(codes=np.zeros(size, dtype=np.uint32), words=("",))
    who = Respondents(
        ids=np.arange(size), languages=alike, regions=alike, publishes=alike, organisations=Texts((), size)
    )
    variables = {variable.name: variable for variable in codebook.variables}
    dataset = Dataset(codebook=codebook, variables=variables, respondents=who, columns=columns)  # type: ignore[arg-type]
    return dataset, chance.uniform(0.2, 5, size)


def quickest(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of the quickest round, after one that is not counted."""
    act()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return min(taken)


def floor(size: int) -> float:
    """Milliseconds in which numpy adds up so many bytes that lie in memory."""
    values = np.ones(size // 8, dtype=np.int64)
    return quickest(values.sum)


def names(count: int) -> list[str]:
    """The first questions."""
    return [f"q{number:02}" for number in range(count)]


def ours(dataset: Dataset, weights: np.ndarray, count: int, filters: Mapping[str, Sequence[str]]) -> object:
    """What a weighted dashboard by region asks for."""
    return tally(dataset, names(count), filters=filters, by="region", weights=weights)


Peer = Callable[[int, bool], object]


def peers(dataset: Dataset, weights: np.ndarray) -> dict[str, Peer]:
    """What a person would use instead: counts, sums of weights and of squared weights by region and answer."""
    codes = {name: column.codes for name, column in dataset.columns.items() if isinstance(column, SingleColumn)}
    codes = {name: codes[name] for name in ("region", "age", "gender", *names(QUESTIONS))}
    table = {**codes, "w": weights, "w2": weights * weights}
    lazy, arrow, frame = pl.DataFrame(table).lazy(), pa.table(table), pd.DataFrame(table)
    first = FIRST_CODE

    def by_polars(count: int, filtered: bool) -> object:
        rows = lazy.filter((pl.col("age") == first + 2) & (pl.col("gender") >= first + 1)) if filtered else lazy
        sums = (pl.len(), pl.col("w").sum(), pl.col("w2").sum())
        return pl.collect_all([rows.group_by("region", name).agg(*sums) for name in names(count)])

    def by_pyarrow(count: int, filtered: bool) -> object:
        rows = arrow
        if filtered:
            age, gender = pc.field("age") == first + 2, pc.field("gender") >= first + 1
            rows = arrow.filter(age & gender)
        sums = [("w", "count"), ("w", "sum"), ("w2", "sum")]
        return [rows.group_by(["region", name]).aggregate(sums) for name in names(count)]

    def by_pandas(count: int, filtered: bool) -> object:
        rows = frame[(frame["age"] == first + 2) & (frame["gender"] >= first + 1)] if filtered else frame
        return [rows.groupby(["region", name])[["w", "w2"]].agg(["size", "sum"]) for name in names(count)]

    connection = duckdb.connect(":memory:")
    connection.register("replies", arrow)

    def by_duckdb(count: int, filtered: bool) -> object:
        where = f"WHERE age = {first + 2} AND gender >= {first + 1}" if filtered else ""
        sets = ", ".join(f"(region, {name})" for name in names(count))
        columns = ", ".join(names(count))
        return connection.execute(
            f"SELECT region, {columns}, count(*), sum(w), sum(w2) FROM replies {where} GROUP BY GROUPING SETS ({sets})"
        ).fetchall()

    return {"Polars": by_polars, "DuckDB": by_duckdb, "pyarrow": by_pyarrow, "pandas": by_pandas}


CASES = (
    ("one question, filtered", 1, True),
    (f"{QUESTIONS} questions, filtered", QUESTIONS, True),
    (f"{QUESTIONS} questions, all replies", QUESTIONS, False),
)


def compare(size: int) -> None:
    """The table of all ways."""
    dataset, weights = invented(size)
    others = peers(dataset, weights)
    print(f"\n{size:,} replies, weighted, by {LISTS['region']} regions\n")
    print("| what | floor | Soundings | x floor | numpy alone | " + " | ".join(others) + " |")
    print("|---" * (5 + len(others)) + "|")
    for title, count, filtered in CASES:
        filters = FILTERS if filtered else {}
        # Each question, the comparison, the filters and, of every reply, the weight.
        read = size * (count + 1 + 2 * filtered + 8)
        least = floor(read)
        mine = quickest(partial(ours, dataset, weights, count, filters))
        figures = [mine]
        many, counting.MANY = counting.MANY, 10**15
        try:
            figures.append(quickest(partial(ours, dataset, weights, count, filters), 2))
        finally:
            counting.MANY = many
        rounds = ROUNDS if count == 1 else 2
        figures += [quickest(partial(act, count, filtered), rounds) for act in others.values()]
        cells = [
            f"{least:.1f} ms",
            f"{mine:.1f} ms",
            f"{mine / least:.1f}",
            *(f"{each:.0f} ms" for each in figures[1:]),
        ]
        print(f"| {title} | " + " | ".join(cells) + " |", flush=True)
    held = sum(column.codes.nbytes for column in dataset.columns.values() if isinstance(column, SingleColumn))
    print(f"\nmemory: {held / size / len(dataset.columns):.2f} bytes for each answer")


def growth(sizes: Sequence[int]) -> list[tuple[int, float, float]]:
    """(replies, milliseconds of sixty questions filtered, of all replies)."""
    found = []
    for size in sizes:
        dataset, weights = invented(size)
        times = [quickest(partial(ours, dataset, weights, QUESTIONS, filters)) for filters in (FILTERS, {})]
        found.append((size, times[0], times[1]))
        print(f"| {size:,} | {times[0]:.1f} ms | {times[1]:.1f} ms |", flush=True)
    return found


def plot(points: Sequence[tuple[int, float, float]]) -> str:
    """The times over the replies, as a picture of its own."""
    width, height, left, bottom = 640, 360, 70, 50
    most, longest = max(size for size, _, _ in points), max(max(times) for _, *times in points)
    lines = []

    def at(size: float, milliseconds: float) -> tuple[float, float]:
        x = left + (width - left - 130) * size / most
        return x, height - bottom - (height - bottom - 30) * milliseconds / longest

    for place, (label, colour) in enumerate((("11 % of the replies", "#0b6e99"), ("all replies", "#b4471f"))):
        where = [at(size, times[place]) for size, *times in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in where)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in where]
        lines.append(f'<text x="{where[-1][0] + 10:.1f}" y="{where[-1][1] + 5:.1f}" fill="{colour}">{label}</text>')
    zero, right = at(0, 0), at(most, 0)
    lines.append(f'<path d="M{zero[0]} 20V{zero[1]}H{right[0]}" fill="none" stroke="#444"/>')
    for share in (0.5, 1.0):
        x, y = at(most * share, longest * share)
        lines.append(f'<text x="{x:.1f}" y="{zero[1] + 22}" text-anchor="middle">{most * share / 1e6:g} M</text>')
        lines.append(f'<text x="{left - 8}" y="{y + 5:.1f}" text-anchor="end">{longest * share:.0f} ms</text>')
    lines.append(f'<text x="{(zero[0] + right[0]) / 2:.1f}" y="{height - 8}" text-anchor="middle">replies</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="14" fill="#222">'
        f"<title>Time of {QUESTIONS} weighted questions by region over the number of replies</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(lines)}</svg>\n'
    )


def stored(size: int) -> None:
    """How long a database of so many responses takes to become arrays: cold, warm, and one more response."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/large.db", contact_key_file=f"{folder}/key")
        store = open_store(settings, migrate=True)
        now = datetime(2026, 9, 1, tzinfo=UTC)
        publications.publish(store, slug="large", sheets=form(), title={"en": "Large"}, actor=OPERATOR, now=now)
        consultation = consultations.find(store, "large")
        fill(store, consultation.id, 1, size, now)
        print(f"\n{size:,} responses stored, {Path(folder, 'large.db').stat().st_size / 2**20:,.0f} MB\n")
        print("| what | time | of the processor |\n|---|---|---|")
        for title in ("cold, from the database", "warm, from the file of columns"):
            kept.forget()
            gc.collect()
            begun, worked = time.perf_counter(), time.process_time()
            found = kept.current(store, consultation, EVERYTHING)
            spent = time.perf_counter() - begun, time.process_time() - worked
            print(f"| {title} | {spent[0]:.2f} s | {spent[1]:.2f} s |", flush=True)
        begun = time.perf_counter()
        with store.read() as reading:
            reading.data_revision(consultation.id)
        print(f"| of these, whether anything changed | {time.perf_counter() - begun:.2f} s | |")
        (slot,) = kept._slots.values()
        assert slot.entry is not None
        assert isinstance(slot.entry.builder, Builder)
        builder, taken = slot.entry.builder, []
        for number in range(size + 1, size + 12):
            fill(store, consultation.id, number, 1, now)
            with store.read() as reading:
                replies = reading.replies_by_key(consultation.id, [number])
            begun = time.perf_counter()
            builder.change(replies)
            data = builder.dataset()
            builder.digest(slot.entry.versions)
            taken.append((time.perf_counter() - begun) * 1000)
        median = sorted(taken)[len(taken) // 2]
        print(f"| one more response in the arrays, median of {len(taken)} | {median:.1f} ms | |")
        assert data.size == found.dataset.size + len(taken)


def fill(store: Store, consultation_id: int, first: int, count: int, now: datetime) -> None:
    """Responses with random answers, as if they had been sent one a second."""
    chance = np.random.default_rng(first)
    asked = ["region", "age", "gender", *names(QUESTIONS)]
    sizes = [LISTS.get(name, LISTS["scale"]) for name in asked]
    for start in range(first, first + count, 20_000):
        keys = range(start, min(start + 20_000, first + count))
        cells = np.column_stack([chance.integers(0, size, len(keys)) for size in sizes]).astype(str).tolist()
        rows = [
            {
                "id": key,
                "consultation_id": consultation_id,
                "version_number": 1,
                "reference": f"L-{key}",
                "code_hash": str(key),
                "status": ResponseStatus.SUBMITTED,
                "revision": 1,
                "language": "en",
                "channel": "import",
                "started_at": now,
                "updated_at": now + timedelta(seconds=key),
                "submitted_at": now + timedelta(seconds=key),
                "answers": {},
                "submission": dict(zip(asked, answers, strict=True)),
            }
            for key, answers in zip(keys, cells, strict=True)
        ]
        with store.write() as writing:
            writing._connection.execute(schema.responses.insert(), rows)


def main(argv: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.columnar", description=__doc__)
    parser.add_argument("--replies", type=int, default=5_000_000, help="replies of the comparison")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw how the time grows")
    parser.add_argument("--stored", type=int, default=0, metavar="N", help="also read N responses from a database")
    arguments: Any = parser.parse_args(argv)
    if arguments.replies:
        compare(arguments.replies)
    if arguments.plot:
        print("\n| replies | 11 % of them | all |\n|---|---|---|")
        arguments.plot.write_text(plot(growth(GROWTH)), encoding="utf-8")
    if arguments.stored:
        stored(arguments.stored)


if __name__ == "__main__":
    main()
