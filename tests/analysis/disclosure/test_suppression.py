"""Nobody works out a small cell from what is shown beside it: the attacker is `tests.attacker`."""

from collections.abc import Hashable
from dataclasses import replace

import highspy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.disclosure.suppression import Suppression, suppress
from analysis.disclosure.system import Condition, grid, rounded
from tests import attacker

THRESHOLD = 5
SLOW = settings(max_examples=30, suppress_health_check=list(HealthCheck))
Table = NDArray[np.int64]


def shown_of(table: Table, found: Suppression) -> dict[tuple[int, int], int | None]:
    """The table as it is printed, with its totals; None where a cell is hidden."""
    rows, columns = table.shape
    keys = [(i, j) for i in range(rows) for j in range(columns)]
    if rows > 1:
        keys += [(i, -1) for i in range(rows)] + [(-1, j) for j in range(columns)]
    keys.append((-1, -1))
    return {key: None if key in found.hidden else true_value(table, key) for key in keys}


def true_value(table: Table, key: tuple[int, int]) -> int:
    row, column = key
    part = table if row < 0 else table[row : row + 1]
    return int((part if column < 0 else part[:, column : column + 1]).sum())


def small_keys(table: Table) -> list[tuple[int, int]]:
    found = grid(table, THRESHOLD)
    return [each.statistic for each in found.secrets if isinstance(each.statistic, tuple)]


def ranges(
    table: Table, shown: dict[tuple[int, int], int | None], known: tuple[int, int] | None = None
) -> dict[Hashable, tuple[float, float]]:
    """What the attacker says of every small figure; `known` is the one whose only member attacks."""
    bounds = {key: None if value is None else (float(value), float(value)) for key, value in shown.items()}
    knowledge = attacker.knowledge_of_grid(table.shape, bounds)  # type: ignore[arg-type]
    if known is not None:
        knowledge.tell(attacker.grid_terms(table.shape, *known), 1.0, 1.0)  # type: ignore[arg-type]
    keys = small_keys(table)
    found = knowledge.ranges_of([attacker.grid_terms(table.shape, *key) for key in keys])  # type: ignore[arg-type]
    return dict(zip(keys, found, strict=True))


tables = st.tuples(st.integers(1, 4), st.integers(2, 5)).flatmap(
    lambda shape: st.lists(
        st.one_of(st.integers(0, 6), st.integers(0, 60)), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
    ).map(lambda values: np.array(values, dtype=np.int64).reshape(shape))
)


@SLOW
@given(tables)
def test_an_attacker_with_all_totals_finds_no_small_cell_narrower_than_nought_to_five(table: Table) -> None:
    found = suppress(grid(table, THRESHOLD))
    assert found.exposed == ()
    for low, high in ranges(table, shown_of(table, found)).values():
        assert low <= 1e-6
        assert high >= THRESHOLD - 1e-6


@SLOW
@given(tables)
def test_one_who_is_alone_in_a_cell_finds_no_other_small_cell(table: Table) -> None:
    found = suppress(grid(table, THRESHOLD))
    shown = shown_of(table, found)
    alone = [key for key in small_keys(table) if true_value(table, key) == 1]
    for known in alone:
        own = set(attacker.grid_terms(table.shape, *known))  # type: ignore[arg-type]
        for key, (low, high) in ranges(table, shown, known).items():
            other = set(attacker.grid_terms(table.shape, *key))  # type: ignore[arg-type]
            if own <= other or other <= own:
                continue
            assert low <= 1e-6
            assert high >= THRESHOLD - 1e-6


@SLOW
@given(st.lists(st.integers(0, 9), min_size=4, max_size=4), st.sampled_from([(2, 2), (1, 3)]))
def test_whole_numbers_tell_an_attacker_no_more(values: list[int], shape: tuple[int, int]) -> None:
    table = np.array(values[: shape[0] * shape[1]], dtype=np.int64).reshape(shape)
    shown = shown_of(table, suppress(grid(table, THRESHOLD)))
    worlds = attacker.worlds_of_grid(shape, shown, most=14)
    for key in small_keys(table):
        sizes = [true_value(np.array(world), key) for world in worlds]
        assert min(sizes) == 0
        assert max(sizes) >= THRESHOLD


def test_the_attacker_does_find_a_cell_that_is_hidden_alone() -> None:
    shown: dict[tuple[int, int], int | None] = {(0, 0): 40, (0, 1): None, (0, 2): 12, (-1, -1): 55}
    table = np.array([[40, 3, 12]])
    assert ranges(table, shown) == {(0, 1): (3.0, 3.0)}


def test_a_single_small_cell_takes_the_smallest_other_with_it() -> None:
    found = suppress(grid(np.array([40, 3, 12, 90]), THRESHOLD))
    assert (found.primary, found.complementary) == ({(0, 1)}, {(0, 2)})


def test_a_nought_is_hidden_like_any_small_cell() -> None:
    found = suppress(grid(np.array([40, 0, 12, 90]), THRESHOLD))
    assert (found.primary, found.complementary) == ({(0, 1)}, {(0, 2)})


def test_two_small_cells_that_add_up_to_little_need_a_third() -> None:
    assert suppress(grid(np.array([40, 1, 1, 12]), THRESHOLD)).complementary == {(0, 3)}


def test_nothing_more_is_hidden_where_small_cells_hide_each_other() -> None:
    assert suppress(grid(np.array([40, 4, 3, 12]), THRESHOLD), singletons=False).complementary == set()


def test_a_member_who_is_alone_costs_one_cell_more() -> None:
    table = np.array([40, 4, 1, 12])
    assert suppress(grid(table, THRESHOLD), singletons=False).complementary == set()
    assert suppress(grid(table, THRESHOLD)).complementary == {(0, 3)}


def test_a_table_of_very_many_small_cells_shows_nothing() -> None:
    table = np.ones((20, 20), dtype=np.int64)
    table[0] = 50
    found = suppress(grid(table, THRESHOLD))
    assert len(found.hidden) == 20 * 20 + 20 + 20 + 1


def test_a_table_of_the_same_content_is_decided_once() -> None:
    counts = np.array([[40, 3, 12], [22, 18, 30]])
    first = suppress(grid(counts, THRESHOLD))
    assert suppress(grid(counts.copy(), THRESHOLD)) is first
    others = (
        grid(counts + 1, THRESHOLD),
        grid(counts, THRESHOLD - 1),
        grid(counts, THRESHOLD, rounding=5),
        grid(counts, THRESHOLD, margins=False),
        replace(grid(counts, THRESHOLD), always=(Condition.total([1, 2], 15.0, 15.0),)),
    )
    assert [suppress(other) is first for other in others] == [False] * len(others)
    assert suppress(grid(counts, THRESHOLD), singletons=False) is not first


def test_what_was_decided_cannot_be_changed_afterwards() -> None:
    found = suppress(grid(np.array([40, 3, 12]), THRESHOLD))
    with pytest.raises(ValueError, match="read-only"):
        found.worlds[0, 0] = 1.0


@SLOW
@given(tables)
def test_every_small_cell_has_its_worlds_among_the_proofs_that_are_kept(table: Table) -> None:
    system = grid(table, THRESHOLD)
    found = suppress(system)
    for secret in system.secrets:
        sizes = found.worlds[:, secret.places].sum(axis=1)
        assert sizes.min() <= 1e-6
        assert sizes.max() >= THRESHOLD - 1e-6
    for (row, column), value in shown_of(table, found).items():
        if value is not None:
            cells = found.worlds.reshape(-1, *table.shape)
            part = cells if row < 0 else cells[:, row : row + 1]
            part = part if column < 0 else part[:, :, column : column + 1]
            assert np.allclose(part.sum(axis=(1, 2)), value, atol=1e-5)


def test_without_totals_no_other_cell_is_hidden() -> None:
    assert suppress(grid(np.array([40, 3, 12]), THRESHOLD, margins=False)).complementary == set()


def test_rounded_figures_tell_less_and_so_hide_less() -> None:
    table = np.array([[40, 3, 12], [22, 18, 30], [19, 25, 44]])
    exact = suppress(grid(table, THRESHOLD))
    coarse = suppress(grid(table, THRESHOLD, rounding=5))
    assert len(coarse.complementary) < len(exact.complementary) == 3
    shown = shown_of(table, coarse)
    bounds = {
        key: None if value is None else (max(THRESHOLD, rounded(value, 5) - 2.5), rounded(value, 5) + 2.5)
        for key, value in shown.items()
    }
    low, high = attacker.knowledge_of_grid((3, 3), bounds).range_of({attacker.cell_name(0, 1): 1.0})
    assert low <= 1e-6
    assert high >= THRESHOLD


@pytest.mark.parametrize(("value", "step", "shown"), [(12, 5, 10), (13, 5, 15), (12, 0, 12), (7, 3, 6), (7, 2, 8)])
def test_a_count_is_rounded_to_the_nearest_multiple(value: int, step: int, shown: int) -> None:
    assert rounded(value, step) == shown


def least_hidden(table: Table) -> tuple[int, int]:
    """The fewest figures that protect a one- or two-way table for anybody, by exhausting all patterns as a mixed
    integer programme: (how many, their sum where that many are hidden). Only cells may be hidden, never totals."""
    rows, columns = table.shape
    cells = [(i, j) for i in range(rows) for j in range(columns)]
    small = [key for key in cells if table[key] < THRESHOLD]
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    hide = {}
    for key in cells:
        hide[key] = model.addVariable(lb=1.0 if key in small else 0.0, ub=1.0, type=highspy.HighsVarType.kInteger)
    most = float(table.sum())
    for target in small:
        for up in (True, False):
            world = {key: model.addVariable(lb=0.0, ub=most) for key in cells}
            for key in cells:
                value = float(table[key])
                model.addConstr(world[key] - (most - value) * hide[key] <= value)
                model.addConstr(world[key] + value * hide[key] >= value)
            if rows > 1:
                for i in range(rows):
                    model.addConstr(sum(world[i, j] for j in range(columns)) == float(table[i].sum()))
            for j in range(columns) if rows > 1 else ():
                model.addConstr(sum(world[i, j] for i in range(rows)) == float(table[:, j].sum()))
            model.addConstr(sum(world.values()) == most)
            if up:
                model.addConstr(world[target] >= float(THRESHOLD))
            else:
                model.addConstr(world[target] <= 0.0)
    model.minimize(sum(hide[key] * float(1 + table[key] / (10 * most)) for key in cells))
    chosen = [key for key in cells if model.variableValue(hide[key]) > 0.5]
    return len(chosen), int(sum(table[key] for key in chosen))


def test_little_more_is_hidden_than_the_least_possible() -> None:
    rng = np.random.default_rng(29)
    ours, least = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    for _ in range(25):
        table = rng.negative_binomial(1.5, 0.06, size=(4, 4)).astype(np.int64)
        table[table.sum(axis=1) < THRESHOLD, 0] += THRESHOLD
        table[0, table.sum(axis=0) < THRESHOLD] += THRESHOLD
        found = suppress(grid(table, THRESHOLD), singletons=False)
        assert all(-1 not in key for key in found.hidden)  # type: ignore[operator]
        ours += len(found.hidden), sum(true_value(table, key) for key in found.hidden)  # type: ignore[arg-type]
        least += least_hidden(table)
    print(f"hidden cells {ours[0]} (least {least[0]}), hidden sum {ours[1]} (least {least[1]})")
    assert ours[0] <= 1.1 * least[0]
    assert ours[1] <= 1.25 * least[1]
