"""The rows of a ranking: how many ranked each item, its mean rank and its first places."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.dataset.arrays import ANSWERED, RankColumn
from analysis.findings.card import Row
from analysis.findings.view import View, cell, option_rows
from analysis.stats.ranking import first_choices, mean_ranks


def ranking_rows(view: View, options: Sequence[tuple[str, str]], column: RankColumn) -> tuple[Row, ...]:
    """One row per item in questionnaire order.

    The cell counts who ranked the item; `mean_rank` is among them, `first` counts who put it first; both shares are of
    everyone who answered the question. The mean rank is None when nobody ranked the item.
    """
    rows = option_rows(view, options, column.ranks > 0, column.state)
    ranks = column.ranks[(column.state == ANSWERED) & view.rows]
    answered = ranks.shape[0]
    means = [None if each is None else each.value for each in mean_ranks(ranks)]
    figures = (means, first_choices(ranks).tolist())
    return tuple(
        replace(row, mean_rank=mean, first=cell(first, answered))
        for row, mean, first in zip(rows, *figures, strict=True)
    )
