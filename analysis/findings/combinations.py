"""Which answers to a multiple choice were given together: how many replies chose exactly which set of options.

For internal readers only. A set that one reply chose tells all that it answered, and the sets with their counts tell
every pair of options; protecting them takes a table with a cell for each set, which nothing here makes
(docs/disclosure.md).
"""

import numpy as np

from analysis.dataset.arrays import ANSWERED, BoolArray, MultipleColumn
from analysis.dataset.codebook import Variable
from analysis.disclosure import Audience
from analysis.findings.card import Combination, Combinations
from analysis.findings.view import CountArray, View

MOST = 15
"""Sets that are told one by one; the rest together."""


def combinations(view: View, variable: Variable, column: MultipleColumn) -> Combinations | None:
    """The most frequent sets of options among the replies in view, of equal ones that of the earlier options first.

    None for everybody but internal readers, for a comparison, and where nobody answered.
    """
    if view.audience is not Audience.INTERNAL or view.by:
        return None
    chosen = column.chosen[view.rows & (column.state == ANSWERED)]
    if not chosen.size:
        return None
    sets, counts = _sets(chosen)
    # `_sets` sorts sets that lack the first options to the front.
    order = np.lexsort((-np.arange(len(counts)), -counts))
    codes = [code.name for code in variable.codes]
    told = tuple(
        Combination(
            codes=tuple(code for code, inside in zip(codes, sets[place], strict=True) if inside),
            count=int(counts[place]),
        )
        for place in order[:MOST]
    )
    return Combinations(told=told, others=len(counts) - len(told), replies=int(counts[order[MOST:]].sum()))


def _sets(chosen: BoolArray) -> tuple[BoolArray, CountArray]:
    """(sets, options) the different rows, and how often each is there."""
    options = chosen.shape[1]
    if options > 64:
        return np.unique(chosen, axis=0, return_counts=True)
    # One number for each row, of which the first option is the highest bit.
    packed = np.zeros((len(chosen), 8), dtype=np.uint8)
    packed[:, : -(-options // 8)] = np.packbits(chosen, axis=1)
    numbers, counts = np.unique(packed.view(">u8")[:, 0].astype(np.uint64), return_counts=True)
    bits = np.unpackbits(numbers.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1, count=options)
    return bits.view(np.bool_), counts
