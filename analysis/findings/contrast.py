"""Whether the difference between two groups of a card is beyond chance, told from what the card shows alone."""

import numpy as np

from analysis.disclosure import Suppressed
from analysis.findings.card import Card, Row
from analysis.stats.tables import fisher

LEVEL = 0.05
ALPHABET = 26
"""With more columns some letters are two, and a row of them no longer tells which column it names."""


def beyond_chance(card: Card, row: Row, high: str, low: str, *, pairs: int) -> bool | None:
    """Whether the share of an option is higher in one group than in another by more than chance; None when unknown.

    Column letters decide where the card has them, for their pair was tested with their correction. Else Fisher's exact
    test on the four counts that the card shows, p times `pairs`, the pairs of groups among which these two were found.

    high, low  codes of the columns
    None       hidden or weighted figures, groups that overlap, a pair that the letters left untested
    """
    found = card.statistics
    if found is not None and found.method.letters:
        letter = next((each.letter for each in card.columns if each.code == low), "")
        if not letter or len(card.columns) > ALPHABET:
            return None
        if letter.casefold() in row.letters.get(high, "").casefold():
            return True
        return None if found.untested else False
    if card.overlapping or (found is not None and found.weights is not None):
        return None
    sizes = {each.code: each.base.answered for each in card.columns}
    known = [size for size in sizes.values() if not isinstance(size, Suppressed)]
    if isinstance(card.base.answered, Suppressed) or sum(known) > card.base.answered:
        return None
    counts = []
    for code in (high, low):
        cell, size = row.by.get(code), sizes.get(code)
        if cell is None or size is None or isinstance(size, Suppressed) or isinstance(cell.count, Suppressed):
            return None
        counts.append((cell.count, size - cell.count))
    table = np.array(counts, dtype=np.int64)
    if (table < 0).any() or not table.sum(axis=0).all() or not table.sum(axis=1).all():
        return None
    return bool(fisher(table).p * pairs <= LEVEL)
