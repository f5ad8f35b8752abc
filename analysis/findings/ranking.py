"""A ranking: how many ranked each item, its mean rank and its first places, in all and by groups."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.dataset.arrays import ANSWERED, RankColumn
from analysis.findings.card import Column, Row
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


def ranking_columns(
    view: View, codes: Sequence[str], column: RankColumn, compared: Sequence[Column]
) -> tuple[Column, ...]:
    """The columns of a comparison with the mean rank and the first places of each item."""
    found = []
    for each, rows in zip(compared, view.members, strict=True):
        ranks = column.ranks[(column.state == ANSWERED) & rows]
        means = [None if mean is None else mean.value for mean in mean_ranks(ranks)]
        firsts = [cell(count, ranks.shape[0]) for count in first_choices(ranks).tolist()]
        found.append(
            replace(
                each,
                mean_ranks=dict(zip(codes, means, strict=True)),
                firsts=dict(zip(codes, firsts, strict=True)),
            )
        )
    return tuple(found)
