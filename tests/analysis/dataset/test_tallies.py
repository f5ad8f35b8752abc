"""The same counts from every engine, against flags that are looked at one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from analysis.dataset.arrays import CAUSES, Dataset
from analysis.dataset.counting import Arrays, Engine, tally
from analysis.dataset.duckdb_counts import DuckDB
from analysis.dataset.server_counts import Server
from analysis.disclosure import Audience
from analysis.findings.summary import cards, summarise
from analysis.stats import counting
from data.code_tables import CodeTables
from data.engine import open_engine
from data.errors import InvalidInput
from tests.analysis.consultations import SOURCE, dataset, responses
from tests.databases import served

RANDOM = np.random.default_rng(3)
LONG = tuple(f"f{number:02}" for number in range(12))
"""Further codes, so that a bit set has more than a byte."""


def some(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(option for option in options if RANDOM.random() < 0.3)


def answers() -> dict[str, object]:
    found: dict[str, object] = {
        "region": str(RANDOM.choice(["n", "s", "na"])),
        "fields": some(["prev", "care", "other", *LONG]),
        "led": str(RANDOM.choice(["yes", "no", "ns"])),
        "g1": str(RANDOM.choice(["1", "2", "5", "dk"])),
        "g2": str(RANDOM.choice(["1", "3", "7"])),
        "read": "OK",
    }
    return {name: answer for name, answer in found.items() if RANDOM.random() < 0.8}


DATA = dataset(responses(*(answers() for _ in range(400))))  # type: ignore[arg-type]
WEIGHTS = RANDOM.uniform(0.2, 5, DATA.size)
NAMES = ("region", "fields", "led", "g1", "g2", "read", "language")
FILTERS: tuple[Mapping[str, Sequence[str]], ...] = (
    {},
    {"region": ["n", "na"]},
    {"fields": ["prev", "f09"], "led": ["yes", "ns"]},
    {"region": []},
    {"fields": []},
)


class Compiled(Arrays):
    """The arrays, by the compiled loop."""


ENGINES: dict[str, Callable[[], Engine]] = {
    "arrays": Arrays,
    "compiled": Compiled,
    "duckdb": DuckDB,
    "postgresql": lambda: Server(tables()),
}


@cache
def tables() -> CodeTables:
    """Those of a real server."""
    return CodeTables(open_engine(served(Path("counting"))))


@pytest.fixture(params=list(ENGINES))
def data(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    engine = ENGINES[request.param]()
    monkeypatch.setattr(counting, "MANY", 0 if isinstance(engine, Compiled) else 10**12)
    return replace(DATA, engine=engine)


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("by", ["", "region", "fields", "led"])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_every_engine_counts_the_same(
    data: Dataset, filters: Mapping[str, Sequence[str]], by: str, weights: np.ndarray | None
) -> None:
    view = DATA.select(filters)
    groups = [view, *(DATA.chosen(by)[:, i] & view for i in range(DATA.chosen(by).shape[1]))] if by else [view]
    found = tally(data, NAMES, filters=filters, by=by, weights=weights)
    weight = np.ones(DATA.size) if weights is None else weights
    for name in NAMES:
        state, chosen = DATA.columns[name].state, DATA.chosen(name)
        for row, members in enumerate(groups):
            states = np.equal(state[:, None], np.arange(len(CAUSES) + 1)) & members[:, None]
            options = chosen & members[:, None]
            for cells, flags in ((found[name].states, states), (found[name].options, options)):
                np.testing.assert_array_equal(cells.counts[row], flags.sum(axis=0))
                np.testing.assert_allclose(cells.weights[row], weight @ flags, rtol=1e-9)
                np.testing.assert_allclose(cells.squares[row], (weight * weight) @ flags, rtol=1e-9)


@pytest.mark.parametrize("filters", FILTERS[:3], ids=str)
def test_a_dashboard_is_the_same_whoever_counts(data: Dataset, filters: Mapping[str, Sequence[str]]) -> None:
    asked = {"audience": Audience.INTERNAL, "language": "en", "filters": filters, "source": SOURCE}
    assert cards(data, **asked) == cards(DATA, **asked)  # type: ignore[arg-type]
    for name in ("g1", "grid", "fields"):
        one = summarise(data, name, by="fields", **asked)  # type: ignore[arg-type]
        assert one == summarise(DATA, name, by="fields", **asked)  # type: ignore[arg-type]


def test_only_choices_are_counted(data: Dataset) -> None:
    for names, by in ((["wish"], ""), (["region"], "staff"), (["nothing"], "")):
        with pytest.raises(InvalidInput, match="variable.not_categorical"):
            tally(data, names, filters={}, by=by)
