"""The same counts from every engine, against flags that are looked at one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from statistics import median

import numpy as np
import pytest

from analysis.dataset.arrays import CAUSES, Dataset, NumberColumn, RankColumn
from analysis.dataset.counting import Arrays, Spread, numbers, pairs, spread, spread_of, tally
from analysis.disclosure import Audience
from analysis.findings.method import Method, WeightKind
from analysis.findings.refine import refine
from analysis.findings.summary import cards, summarise
from analysis.stats import counting
from analysis.stats.counting import Cells
from analysis.stats.ranking import pairs_of
from data.errors import InvalidInput
from data.records import EVERYTHING
from tests.analysis.consultations import SOURCE, dataset, responses, with_no_answers
from tests.analysis.dataset.tables import TABLES, stored

RANDOM = np.random.default_rng(3)
LONG = tuple(f"f{number:02}" for number in range(12))
"""Further codes, so that a bit set has more than a byte."""


def some(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(option for option in options if RANDOM.random() < 0.3)


def answers() -> dict[str, object]:
    found: dict[str, object] = {
        "region": str(RANDOM.choice(["n", "s", "na"])),
        "fields": some(["prev", "care", "other", *LONG])
        if RANDOM.random() < 0.9
        else (str(RANDOM.choice(["dk", "na"])),),
        "led": str(RANDOM.choice(["yes", "no", "ns"])),
        "g1": str(RANDOM.choice(["1", "2", "5", "dk"])),
        "g2": str(RANDOM.choice(["1", "3", "7"])),
        "read": "OK",
        "order": tuple(RANDOM.permutation(["prev", "care", "other", "sea"])[: RANDOM.integers(1, 5)].tolist()),
        "staff": int(RANDOM.integers(0, 40)),
        "wish": "Peace",
    }
    return {name: answer for name, answer in found.items() if RANDOM.random() < 0.8}


REPLIES = responses(*(answers() for _ in range(400)))  # type: ignore[arg-type]
DATA = dataset(REPLIES, with_no_answers())
WEIGHTS = RANDOM.uniform(0.2, 5, DATA.size)
NAMES = ("region", "fields", "led", "g1", "g2", "read", "language")
OTHERS = ("order", "staff", "wish", "grid")
"""A ranking, a number, words, and a battery."""
FILTERS: tuple[Mapping[str, Sequence[str]], ...] = (
    {},
    {"region": ["n", "na"]},
    {"fields": ["prev", "f09", "dk"], "led": ["yes", "ns"]},
    {"region": []},
    {"fields": []},
)


class Compiled(Arrays):
    """The arrays, by the compiled loop."""


@pytest.fixture(scope="module", params=["arrays", "compiled", *TABLES])
def counted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    if request.param in TABLES:
        return stored(TABLES[request.param](tmp_path_factory.mktemp("tables")), REPLIES).dataset()
    return replace(DATA, engine=Compiled() if request.param == "compiled" else Arrays())


@pytest.fixture
def data(counted: Dataset, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setattr(counting, "MANY", 0 if isinstance(counted.engine, Compiled) else 10**12)
    return counted


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("by", ["", "region", "fields", "led"])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_every_engine_counts_the_same(
    data: Dataset, filters: Mapping[str, Sequence[str]], by: str, weights: np.ndarray | None
) -> None:
    groups = groups_of(filters, by)
    found = tally(data, (*NAMES, *OTHERS), filters=filters, by=by, weights=weights)
    weight = np.ones(DATA.size) if weights is None else weights

    def same(cells: Cells | None, row: int, flags: np.ndarray) -> None:
        assert cells is not None
        np.testing.assert_array_equal(cells.counts[row], flags.sum(axis=0))
        np.testing.assert_allclose(cells.weights[row], weight @ flags, rtol=1e-9)
        np.testing.assert_allclose(cells.squares[row], (weight * weight) @ flags, rtol=1e-9)

    items = next(each.items for each in DATA.codebook.batteries if each.name == "grid")
    ranking = DATA.columns["order"]
    assert isinstance(ranking, RankColumn)
    placed = np.equal(ranking.ranks[:, :, None], np.arange(1, ranking.ranks.shape[1] + 1)).reshape(DATA.size, -1)
    for row, members in enumerate(groups):
        for name in (*NAMES, *OTHERS):
            of = items if name == "grid" else (name,)
            state = np.max([DATA.columns[each].state for each in of], axis=0)
            same(found[name].states, row, np.equal(state[:, None], np.arange(len(CAUSES) + 1)) & members[:, None])
        for name in NAMES:
            same(found[name].options, row, DATA.chosen(name) & members[:, None])
        same(found["order"].options, row, (ranking.ranks > 0) & members[:, None])
        same(found["order"].places, row, placed & members[:, None])


def groups_of(filters: Mapping[str, Sequence[str]], by: str) -> list[np.ndarray]:
    view = DATA.select(filters)
    return [view, *(DATA.chosen(by)[:, i] & view for i in range(DATA.chosen(by).shape[1]))] if by else [view]


@pytest.mark.parametrize("filters", FILTERS[:3], ids=str)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_every_engine_compares_the_same_items(
    data: Dataset, filters: Mapping[str, Sequence[str]], weights: np.ndarray | None
) -> None:
    ranking, view = DATA.columns["order"], DATA.select(filters)
    assert isinstance(ranking, RankColumn)
    found = pairs(data, "order", filters=filters, weights=weights)
    wanted = pairs_of(ranking.ranks[view], None if weights is None else weights[view])
    for name in ("before", "alone", "neither"):
        told, apart = getattr(found, name), ~np.eye(len(found.before), dtype=np.bool_)
        np.testing.assert_allclose(told[apart], getattr(wanted, name)[apart], rtol=1e-9)
    np.testing.assert_allclose([*found.ranked, found.total], [*wanted.ranked, wanted.total], rtol=1e-9)


PARTS = ((0.0, 10.0), (10.0, 25.0), (25.0, 25.0), (30.0, 41.0))


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("by", ["", "region", "fields", "led"])
def test_every_engine_adds_up_the_same_numbers(data: Dataset, filters: Mapping[str, Sequence[str]], by: str) -> None:
    column = DATA.columns["staff"]
    assert isinstance(column, NumberColumn)
    found = numbers(data, "staff", PARTS, filters=filters, by=by)
    for row, members in enumerate(groups_of(filters, by)):
        values = column.values[members & ~np.isnan(column.values)].tolist()
        inside = [sum(low <= each < high or each == low for each in values) for low, high in PARTS]
        assert found.counts[row].tolist() == inside
        assert (found.n[row], found.sums[row]) == (len(values), sum(values))
        assert np.array_equal(found.medians[row], median(values) if values else np.nan, equal_nan=True)
    assert spread(data, "staff") == spread_of(column.values[~np.isnan(column.values)])


@pytest.mark.parametrize("table", list(TABLES))
@pytest.mark.parametrize("more", [0, 100])
def test_every_engine_tells_which_values_there_are(
    table: str, more: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given = [0.5, 0.5, -3, 7, *range(10, 10 + more)]
    replies = responses(*({"staff": each} for each in given), {})
    of = stored(TABLES[table](tmp_path_factory.mktemp("tables")), replies).dataset()
    many = (-3.0, 109.0), (-3.0, 0.5, 7.0)
    assert spread(of, "staff") == Spread(points=many[not more], many=bool(more), whole=False)
    assert spread(stored(TABLES[table](tmp_path_factory.mktemp("none")), []).dataset(), "staff") == spread_of(
        np.zeros(0)
    )


@pytest.mark.parametrize("table", list(TABLES))
def test_no_column_is_read_for_what_is_counted_where_it_lies(
    table: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = stored(TABLES[table](tmp_path_factory.mktemp("tables")), REPLIES)
    view = rows._view(EVERYTHING, ())
    of = view.dataset()
    for name in (*NAMES, "order", "staff", "grid"):
        for by in ("", "region", "fields"):
            asked = {"audience": Audience.INTERNAL, "language": "en", "by": by, "source": SOURCE}
            assert summarise(of, name, filters={"led": ["yes"]}, **asked) == summarise(  # type: ignore[arg-type]
                DATA,
                name,
                filters={"led": ["yes"]},
                **asked,  # type: ignore[arg-type]
            )
    method = Method(joined=True, letters=True)
    for name in ("order", "staff", "led"):
        card = summarise(of, name, audience=Audience.INTERNAL, language="en", by="region", source=SOURCE)
        assert refine(card, of, method) == refine(card, DATA, method)
    assert not view._held


@pytest.mark.parametrize("weights", [WeightKind.UNWEIGHTED, WeightKind.EQUAL_REGIONS])
@pytest.mark.parametrize("by", ["", "region", "fields"])
def test_numbers_counted_by_their_value_have_the_figures_of_each_reply(
    by: str, weights: WeightKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = summarise(DATA, "staff", audience=Audience.INTERNAL, language="en", by=by, source=SOURCE)
    found = refine(card, DATA, Method(letters=True, weights=weights))
    monkeypatch.setattr("analysis.dataset.counting.MOST_POINTS", 5)
    assert spread(DATA, "staff").many
    each = refine(card, DATA, Method(letters=True, weights=weights))
    assert told(found) == pytest.approx(told(each), rel=1e-9)
    assert len(told(found)) > 20


def told(value: object) -> list[float]:
    """Every number of a card, in order."""
    if isinstance(value, int | float):
        return [float(value)]
    if is_dataclass(value):
        return [number for each in fields(value) for number in told(getattr(value, each.name))]
    if isinstance(value, Mapping):
        value = tuple(value.values())
    return [number for each in value for number in told(each)] if isinstance(value, tuple) else []


@pytest.mark.parametrize("filters", FILTERS[:3], ids=str)
def test_a_dashboard_is_the_same_whoever_counts(data: Dataset, filters: Mapping[str, Sequence[str]]) -> None:
    asked = {"audience": Audience.INTERNAL, "language": "en", "filters": filters, "source": SOURCE}
    assert cards(data, **asked) == cards(DATA, **asked)  # type: ignore[arg-type]
    for name in ("g1", "grid", "fields", "order", "staff"):
        one = summarise(data, name, by="fields", **asked)  # type: ignore[arg-type]
        assert one == summarise(DATA, name, by="fields", **asked)  # type: ignore[arg-type]


def test_groups_are_those_of_a_choice(data: Dataset) -> None:
    for by in ("staff", "order", "nothing"):
        with pytest.raises(InvalidInput, match="variable.not_categorical"):
            tally(data, ["region"], filters={}, by=by)
    with pytest.raises(KeyError):
        tally(data, ["nothing"], filters={})
