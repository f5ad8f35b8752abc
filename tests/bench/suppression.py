"""`python -m tests.bench.suppression`: how long it takes to decide what a table must hide.

Random tables of 9 x 8 with all totals, beside the plain way that hides two cells in each row and column that hides any,
behind which no proof stands; then every question of the demonstration compared by region, as a meeting is first shown
it, with all that makes up its decision. Processor time.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import opened_data
from analysis.dataset import remembering
from analysis.disclosure import Audience, policy
from analysis.disclosure.releases import release
from analysis.disclosure.suppression import suppress
from analysis.disclosure.system import grid
from analysis.findings.contents import answers_of
from analysis.findings.summary import questions_of, tables_of
from data.settings import Settings
from data.store import open_store
from survey import demo
from survey.access import OPERATOR

TABLES = 25
THRESHOLD = 5
BY = "region"


def plain(table: NDArray[np.int64]) -> None:
    """Two hidden in each row and column that hides any."""
    hidden = table < THRESHOLD
    changed = True
    while changed:
        changed = False
        for axis in (0, 1):
            for line in np.flatnonzero(hidden.sum(axis=axis) == 1):
                values = table[:, line] if axis == 0 else table[line]
                unseen = hidden[:, line] if axis == 0 else hidden[line]
                unseen[np.argmin(np.where(unseen, np.iinfo(np.int64).max, values))] = True
                changed = True


def taken(work: Callable[[], object]) -> float:
    """Milliseconds of the processor."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def demonstration(folder: Path) -> Iterator[float]:
    """What each question of the demonstration takes."""
    now = datetime.now(UTC)
    store = open_store(Settings(database_url=f"sqlite:///{folder}/bench.db"), migrate=True)
    demo.load(store, actor=OPERATOR, now=now)
    data = opened_data.open_data(store, demo.SLUG, OPERATOR, Audience.INTERNAL).dataset
    rules = policy(Audience.MEETING)
    for name in questions_of(data, Audience.MEETING):
        tables = tables_of(data, name, by=BY)
        remembering.forget_all()
        yield taken(partial(release, data, tables, (), answers=partial(answers_of, data), rules=rules)) / len(tables)
    store.close()


def main() -> None:
    """Prints the rows."""
    rng = np.random.default_rng(9)
    tables = [rng.negative_binomial(1.2, 0.06, size=(9, 8)).astype(np.int64) for _ in range(TABLES + 1)]
    pairs = []
    for table in tables:
        remembering.forget_all()
        pairs.append((taken(partial(suppress, grid(table, THRESHOLD))), taken(partial(plain, table))))
    ours, theirs = ([pair[side] for pair in pairs[1:]] for side in (0, 1))
    median, other = statistics.median(ours), statistics.median(theirs)
    print(
        f"| what to hide in a table of 9 x 8, proved: median of {TABLES} (most {max(ours):.0f} ms) | {median:.1f} ms"
        f" | {other:.2f} ms (two in each line, unproved) | {median / other:.0f} |",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        found = list(demonstration(Path(folder)))
    print(
        f"| the same for each table of {len(found)} questions of the demonstration by {BY}: median (most"
        f" {max(found):.0f} ms) | {statistics.median(found):.1f} ms | – | – |",
        flush=True,
    )


if __name__ == "__main__":
    main()
