"""Cells counted by numpy and by the compiled loop against rows looked at one by one."""

import sys

import numpy as np
import pytest

from analysis.stats import counting
from analysis.stats.counting import Rows, count

RANDOM = np.random.default_rng(7)
N = 1000
CODES = [RANDOM.integers(0, width, N, dtype=kind) for width, kind in ((5, np.uint8), (300, np.uint16), (1, np.uint8))]
WIDTHS = (5, 300, 1)
GROUPS = RANDOM.integers(0, 3, N, dtype=np.uint8)
WEIGHTS = RANDOM.uniform(0.2, 5, N)
FILTERS = [
    (RANDOM.integers(0, 4, N, dtype=np.uint8), np.array([True, False, True, False])),
    (RANDOM.integers(0, 2, N, dtype=np.uint8), np.array([False, True])),
]


@pytest.fixture(params=["numpy", "compiled"], autouse=True)
def _loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MANY", 0 if request.param == "compiled" else 10**12)
    monkeypatch.setattr(counting, "BLOCK", 64)


@pytest.mark.parametrize("filters", [[], FILTERS[:1], FILTERS])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("groups", [None, GROUPS])
def test_every_row_stands_in_its_cell(
    filters: list[tuple[np.ndarray, np.ndarray]], weights: np.ndarray | None, groups: np.ndarray | None
) -> None:
    size = 1 if groups is None else 3
    found = count(CODES, WIDTHS, Rows(length=N, conditions=filters, groups=groups, size=size, weights=weights))
    for codes, width, cells in zip(CODES, WIDTHS, found, strict=True):
        counts, sums, squares = (
            np.zeros((size, width), dtype=np.int64),
            np.zeros((size, width)),
            np.zeros((size, width)),
        )
        for row in range(N):
            if all(lets[of[row]] for of, lets in filters):
                cell = (0 if groups is None else groups[row], codes[row])
                weight = 1.0 if weights is None else weights[row]
                counts[cell] += 1
                sums[cell] += weight
                squares[cell] += weight * weight
        np.testing.assert_array_equal(cells.counts, counts)
        np.testing.assert_allclose(cells.weights, sums, rtol=1e-12)
        np.testing.assert_allclose(cells.squares, squares, rtol=1e-12)


def test_nobody_is_counted_when_there_are_no_rows_or_nobody_passes() -> None:
    empty = np.zeros(0, dtype=np.uint8)
    assert count([empty], [4], Rows(length=0))[0].counts.tolist() == [[0, 0, 0, 0]]
    nobody = [(GROUPS, np.zeros(3, dtype=np.bool_))]
    assert count(CODES[:1], [5], Rows(length=N, conditions=nobody, weights=WEIGHTS))[0].weights.sum() == 0


def test_without_numba_numpy_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    counting._compiled.cache_clear()
    try:
        assert counting._compiled() is None
        assert count(CODES[:1], [5], Rows(length=N))[0].counts.sum() == N
    finally:
        counting._compiled.cache_clear()
