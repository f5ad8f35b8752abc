"""A ranking: how many ranked each item, its mean rank and its first places, in all and by groups."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.dataset.arrays import ANSWERED
from analysis.dataset.counting import Tally
from analysis.findings.card import Column, Row
from analysis.findings.view import CountArray, View, cell, tallied_rows


def ranking_rows(view: View, question: str, options: Sequence[tuple[str, str]]) -> tuple[Row, ...]:
    """One row per item in questionnaire order, of a ranking that was counted with the view.

    The cell counts who ranked the item; `mean_rank` is among them, `first` counts who put it first, `places` who gave
    it each place; all shares are of everyone who answered the question. The mean rank is None when nobody
    ranked the item.
    """
    found = view.tallies[question]
    answered = int(found.states.counts[0, ANSWERED])
    placed = _placed(found, 0)
    return tuple(
        replace(
            row,
            mean_rank=mean,
            first=cell(places[0], answered),
            places=tuple(cell(count, answered) for count in places),
        )
        for row, mean, places in zip(
            tallied_rows(view, question, options), _means(placed), placed.tolist(), strict=True
        )
    )


def ranking_columns(view: View, question: str, codes: Sequence[str], compared: Sequence[Column]) -> tuple[Column, ...]:
    """The columns of a comparison with the mean rank and the first places of each item."""
    columns = []
    found = view.tallies[question]
    for group, each in enumerate(compared, start=1):
        placed, answered = _placed(found, group), int(found.states.counts[group, ANSWERED])
        firsts = [cell(count, answered) for count in placed[:, 0].tolist()] if placed.size else []
        columns.append(
            replace(
                each,
                mean_ranks=dict(zip(codes, _means(placed), strict=True)),
                firsts=dict(zip(codes, firsts, strict=True)),
            )
        )
    return tuple(columns)


def _placed(found: Tally, row: int) -> CountArray:
    """(items, places) how many in the whole view, or in a group, gave each item each place."""
    assert found.places is not None
    items = found.options.counts.shape[1]
    placed: CountArray = found.places.counts[row].reshape(items, items)
    return placed


def _means(placed: CountArray) -> list[float | None]:
    ranked = placed.sum(axis=1)
    sums = placed @ np.arange(1, placed.shape[1] + 1)
    return [total / n if n else None for total, n in zip(sums.tolist(), ranked.tolist(), strict=True)]
