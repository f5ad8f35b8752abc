"""Which answers to a multiple choice were given together: how many replies chose exactly which set of options.

The sets are counted here as they are. What a meeting or the public may see of them is decided as a table of its own,
with a cell for each set, beside the question's own table (analysis/findings/contents.py, docs/disclosure.md).
"""

import numpy as np

from analysis.dataset.arrays import ANSWERED, MultipleColumn
from analysis.dataset.codebook import Variable
from analysis.findings.card import Combination, Combinations
from analysis.findings.contents import distinct_sets
from analysis.findings.view import View

MOST = 15
"""Sets that are told one by one; the rest together."""


def combinations(view: View, variable: Variable) -> Combinations | None:
    """Every set of options among the replies in view, the most frequent first, of equal ones that of the earlier
    options; none where nobody answered, as where too few did for anybody to be told.

    None for a comparison.
    """
    if view.by:
        return None
    column = view.dataset.columns[variable.name]
    assert isinstance(column, MultipleColumn)
    chosen = column.chosen[view.rows & (column.state == ANSWERED)]
    if not chosen.size:
        return Combinations(told=(), others=0, replies=0)
    sets, places = distinct_sets(chosen)
    counts = np.bincount(places)
    # Of sets that were sorted by their options, those without the first ones stand in front.
    order = np.lexsort((-np.arange(len(counts)), -counts))
    codes = [code.name for code in variable.codes]
    told = tuple(
        Combination(
            codes=tuple(code for code, inside in zip(codes, sets[place], strict=True) if inside),
            count=int(counts[place]),
        )
        for place in order
    )
    return Combinations(told=told, others=0, replies=0)


def shortened(found: Combinations) -> Combinations:
    """The first MOST of all sets, and the rest together."""
    told, rest = found.told[:MOST], found.told[MOST:]
    return Combinations(told=told, others=len(rest), replies=sum(each.count for each in rest))
