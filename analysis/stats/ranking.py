"""Rankings described item by item. Aggregate orders (Borda, Schulze, Kemeny) are not here yet."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RankArray: TypeAlias = NDArray[np.uint8]
FloatArray: TypeAlias = NDArray[np.float64]
CountArray: TypeAlias = NDArray[np.int64]


def times_ranked(ranks: RankArray) -> CountArray:
    """How many respondents ranked each item.

    ranks    (n, items) position given by each respondent, 1 = first, 0 = not ranked.
    Returns  (items,).
    """
    return np.asarray(np.count_nonzero(ranks, axis=0), dtype=np.int64)


def mean_ranks(ranks: RankArray) -> FloatArray:
    """Mean position of each item among those who ranked it; NaN where nobody did.

    ranks    (n, items) position given by each respondent, 1 = first, 0 = not ranked.
    Returns  (items,).
    Note     with complete rankings of k items, mean rank = k - Borda score / n (Borda k-1 points for a first place).
    """
    ranked = times_ranked(ranks)
    total = ranks.sum(axis=0, dtype=np.int64)
    means: FloatArray = np.full(ranks.shape[1], np.nan)
    np.divide(total, ranked, out=means, where=ranked > 0)
    return means


def first_choices(ranks: RankArray) -> CountArray:
    """How many respondents put each item first.

    ranks    (n, items) position given by each respondent, 1 = first, 0 = not ranked.
    Returns  (items,).
    """
    return np.asarray(np.count_nonzero(ranks == 1, axis=0), dtype=np.int64)
