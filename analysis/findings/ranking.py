"""The rows of a ranking: how many ranked each item, its mean rank and its first places."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.dataset.arrays import ANSWERED, RankColumn
from analysis.findings.card import Row
from analysis.findings.view import View, cell, option_rows
from analysis.stats.ranking import first_choices, mean_ranks, times_placed


def ranking_rows(view: View, options: Sequence[tuple[str, str]], column: RankColumn) -> tuple[Row, ...]:
    """One row per item in questionnaire order.

    The cell counts who ranked the item; `mean_rank` is among them, `first` counts who put it first, `places` who gave
    it each place; all shares are of everyone who answered the question. The mean rank is None when nobody
    ranked the item.
    """
    rows = option_rows(view, options, column.ranks > 0, column.state)
    ranks = column.ranks[(column.state == ANSWERED) & view.rows]
    answered = ranks.shape[0]
    means = [None if each is None else each.value for each in mean_ranks(ranks)]
    figures = (means, first_choices(ranks).tolist(), times_placed(ranks).tolist())
    return tuple(
        replace(
            row,
            mean_rank=mean,
            first=cell(first, answered),
            places=tuple(cell(count, answered) for count in placed),
        )
        for row, mean, first, placed in zip(rows, *figures, strict=True)
    )
