"""`python -m tests.bench.engines`: how much memory a process takes that counts the replies of a large consultation, by
the engine that `SOUNDINGS_COUNTING` names.

So many invented responses of sixty-three answers are put into a database; then a process of its own for each row of the
table reads them and counts sixty questions by twenty regions, under a filter, with and without weights. `--server` does
the same on a PostgreSQL server of its own, whose own memory is not in the table. Most memory is what Linux saw of the
process (`VmHWM`; `ru_maxrss` would be that of the process that started it, where that is more), pages of mapped files
among it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from analysis.dataset import kept
from analysis.dataset.counting import tally
from data.records import EVERYTHING
from data.settings import Settings
from data.store import open_store
from survey import consultations, publications
from survey.access import OPERATOR
from tests.bench.columnar import FILTERS, QUESTIONS, fill, form, names
from tests.databases import served

ENGINES = ("nothing", "arrays", "arrays", "duckdb", "duckdb")
"""In the order in which they are measured: the first time from the database, the second from files."""
ON_SERVER = ("nothing", "arrays", "postgresql")


def prepared(settings: Settings, size: int) -> None:
    """The database has so many responses."""
    store = open_store(settings, migrate=True)
    now = datetime(2026, 9, 1, tzinfo=UTC)
    publications.publish(store, slug="large", sheets=form(), title={"en": "Large"}, actor=OPERATOR, now=now)
    fill(store, consultations.find(store, "large").id, 1, size, now)
    store.close()


def measure(settings: Settings, engine: str) -> dict[str, Any]:
    """What a process that does nothing else needs; `engine` "nothing" opens the database only."""
    counting = "arrays" if engine == "nothing" else engine
    store = open_store(settings.model_copy(update={"counting": counting}))
    consultation = consultations.find(store, "large")
    told: dict[str, Any] = {}
    begun = time.perf_counter()
    if engine != "nothing":
        data = kept.current(store, consultation, EVERYTHING).dataset
        told["read"] = time.perf_counter() - begun
        weights = np.random.default_rng(1).uniform(0.2, 5, data.size)
        for title, weighed in (("counted", None), ("weighed", weights)):
            begun = time.perf_counter()
            found = tally(data, names(QUESTIONS), filters=FILTERS, by="region", weights=weighed)
            told[title] = time.perf_counter() - begun
            told["memory " + title] = most_memory()
        told["sum"] = int(sum(each.states.counts.sum() for each in found.values()))
    told["memory"] = most_memory()
    store.close()
    return told


def most_memory() -> float:
    """Megabytes that this process took at most."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def rows(settings: Settings, engines: Sequence[str]) -> Iterator[str]:
    """The lines of the table, and that all engines find the same."""
    sums, seen = set(), set[str]()
    for engine in engines:
        command = [sys.executable, "-m", "tests.bench.engines", "--measure", engine]
        given = settings.model_dump(mode="json")
        ended = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
        told = json.loads(ended.stdout)
        sums.add(told.pop("sum", None))
        times = " | ".join(f"{told[each]:.1f} s" if each in told else "" for each in ("read", "counted", "weighed"))
        memory = " | ".join(f"{told[each]:,.0f} MB" if each in told else "" for each in ("memory counted", "memory"))
        yield f"| {engine}{' again' if engine in seen else ''} | {times} | {memory} |"
        seen.add(engine)
    assert len(sums - {None}) == 1, sums


def main(argv: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engines", description=__doc__)
    parser.add_argument("--replies", type=int, default=1_000_000, help="responses in the database")
    parser.add_argument("--server", action="store_true", help="on a PostgreSQL server of its own instead")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    arguments: Any = parser.parse_args(argv)
    if arguments.measure:
        print(json.dumps(measure(Settings(**json.load(sys.stdin)), arguments.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        given = {"contact_key_file": f"{folder}/key", "column_folder": f"{folder}/columns"}
        address = served(Path("engines")).database_url if arguments.server else f"sqlite:///{folder}/large.db"
        settings = Settings(database_url=address, **given)
        prepared(settings, arguments.replies)
        print(f"{arguments.replies:,} replies\n\n| engine | read | counted | weighed | memory | with weights |")
        print("|---|---|---|---|---|---|")
        for line in rows(settings, ON_SERVER if arguments.server else ENGINES):
            print(line, flush=True)


if __name__ == "__main__":
    main()
