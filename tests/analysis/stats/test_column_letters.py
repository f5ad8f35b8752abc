"""Column letters: the tests behind them, overlap, small cells, and what a letter stands for."""

import numpy as np
import pytest

from analysis.stats.columns import column_letters, name
from analysis.stats.multiplicity import Correction
from analysis.stats.tables import fisher, pearson
from data.errors import InvalidInput


def _table(*columns: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Respondents of columns given as (chosen, n)."""
    flags = np.concatenate([np.arange(n) < chosen for chosen, n in columns])
    member = np.repeat(np.arange(len(columns)), [n for _, n in columns])
    return flags[:, None], np.equal.outer(member, np.arange(len(columns)))


def test_two_separate_columns_are_pearsons_test() -> None:
    found = column_letters(*_table((30, 80), (50, 90)))
    (pair,) = found.pairs
    assert (pair.higher, pair.lower, pair.exact) == (1, 0, False)
    assert pair.p == pytest.approx(pearson(np.array([[30, 50], [50, 40]])).p, rel=1e-9)
    assert pair.difference == pytest.approx(50 / 90 - 30 / 80)
    assert 0 < pair.low < pair.difference < pair.high


def test_a_letter_stands_at_the_higher_column_and_is_large_when_strong() -> None:
    found = column_letters(*_table((10, 100), (22, 100), (60, 100)), correction=Correction.NONE)
    assert found.letters == (("", "a", "AB"),)


def test_the_correction_is_over_the_whole_table() -> None:
    chosen, columns = _table((10, 100), (22, 100), (24, 100), (12, 100))
    plain = column_letters(chosen, columns, correction=Correction.NONE)
    corrected = column_letters(chosen, columns, correction=Correction.BONFERRONI)
    assert [each.adjusted for each in corrected.pairs] == pytest.approx([min(1, 6 * each.p) for each in plain.pairs])
    assert plain.letters == (("", "a", "Ad", ""),)
    assert corrected.letters == (("", "", "", ""),)


def test_small_columns_get_fishers_exact_test() -> None:
    found = column_letters(*_table((1, 8), (7, 9)))
    (pair,) = found.pairs
    assert pair.exact
    assert pair.p == pytest.approx(fisher(np.array([[1, 7], [7, 2]])).p)


def test_small_weighted_columns_are_not_tested() -> None:
    chosen, columns = _table((1, 8), (7, 9))
    found = column_letters(chosen, columns, np.linspace(1, 2, 17))
    assert (found.pairs, found.untested) == ((), 1)


def test_weights_lower_the_effective_number() -> None:
    chosen, columns = _table((30, 80), (50, 90))
    even = column_letters(chosen, columns, np.full(170, 4.0))
    assert even.pairs[0].p == pytest.approx(column_letters(chosen, columns).pairs[0].p)
    uneven = np.where(np.arange(170) % 2 == 0, 1.0, 4.0)
    assert column_letters(chosen, columns, uneven).pairs[0].p > 0


def test_overlapping_columns_have_the_variance_of_their_difference() -> None:
    # The chance that the test of two overlapping columns rejects when all answer alike stays near 5 %.
    rng, rejected, naive = np.random.default_rng(11), 0, 0
    columns = np.zeros((300, 2), dtype=np.bool_)
    columns[:200, 0] = True
    columns[100:, 1] = True
    for _ in range(800):
        chosen = rng.random((300, 1)) < 0.4
        rejected += column_letters(chosen, columns).pairs[0].p <= 0.05
        x, y = int(chosen[:200].sum()), int(chosen[100:].sum())
        naive += pearson(np.array([[x, y], [200 - x, 200 - y]])).p <= 0.05
    assert 0.03 < rejected / 800 < 0.07
    assert naive / 800 < 0.02


def test_a_column_beside_a_total_that_holds_it_is_its_test_against_the_others() -> None:
    chosen, columns = _table((30, 80), (50, 90))
    whole = np.column_stack([columns[:, 0], np.ones(170, dtype=np.bool_)])
    assert column_letters(chosen, whole).pairs[0].p == pytest.approx(column_letters(chosen, columns).pairs[0].p)


def test_the_same_column_twice_is_not_tested() -> None:
    chosen, columns = _table((30, 80), (50, 90))
    found = column_letters(chosen, np.column_stack([columns[:, 0], columns[:, 0]]))
    assert (found.pairs, found.untested) == ((), 1)


def test_empty_columns_and_options_of_nobody_or_everybody_are_not_tested() -> None:
    assert column_letters(*_table((0, 20), (0, 30))).untested == 1
    assert column_letters(*_table((20, 20), (30, 30))).untested == 1
    assert column_letters(*_table((5, 20), (0, 0))).untested == 1
    assert column_letters(np.zeros((0, 2), dtype=bool), np.zeros((0, 3), dtype=bool)).untested == 6


def test_hidden_cells_are_neither_tested_nor_counted_in_the_correction() -> None:
    chosen, columns = _table((10, 100), (22, 100), (60, 100))
    shown = np.array([[True, True, False]])
    found = column_letters(chosen, columns, shown=shown, correction=Correction.BONFERRONI)
    assert [(each.higher, each.lower) for each in found.pairs] == [(1, 0)]
    assert found.pairs[0].adjusted == found.pairs[0].p
    assert found.untested == 2


def test_permuting_the_rows_changes_nothing() -> None:
    chosen, columns = _table((10, 100), (22, 100), (60, 100))
    order = np.random.default_rng(4).permutation(300)
    weights = np.linspace(0.5, 2, 300)
    one, other = column_letters(chosen, columns, weights), column_letters(chosen[order], columns[order], weights[order])
    assert one.letters == other.letters
    assert [each.p for each in other.pairs] == pytest.approx([each.p for each in one.pairs])


def test_columns_go_on_after_z() -> None:
    assert [name(each) for each in (0, 25, 26, 51, 52, 701)] == ["A", "Z", "AA", "AZ", "BA", "ZZ"]
    with pytest.raises(InvalidInput):
        column_letters(np.zeros((1, 1), dtype=bool), np.zeros((1, 703), dtype=bool))
