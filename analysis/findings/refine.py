"""A card with the figures of a chosen method: weighted shares, other intervals, column letters, joined rankings.

It starts from the protected card and never opens a figure that is hidden there. For a protected audience every figure
rests on what the card shows. A weighted share is one more sum over the same replies, from which a hidden count could be
worked out, and the bounds of a mean or a median are such sums, or single answers: they are for internal figures only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.dataset.arrays import (
    ANSWERED,
    BoolArray,
    Dataset,
    FloatArray,
    MultipleColumn,
    NumberColumn,
    RankColumn,
    SingleColumn,
)
from analysis.disclosure import SUPPRESSED, Audience, Suppressed
from analysis.findings.bins import bins
from analysis.findings.card import BatteryItem, Card, CardKind, Cell, Column, Figure, Row
from analysis.findings.method import (
    PLAIN,
    Association,
    Bounds,
    FrameMargin,
    JoinedRanking,
    Method,
    Statistics,
    WeightKind,
    two_digits,
)
from analysis.findings.weighting import Weighed, weigh
from analysis.stats import columns as column_tests
from analysis.stats import numbers, ranking, scales, tables
from analysis.stats.crosstabs import Crosstabs, cross
from analysis.stats.designs import design
from analysis.stats.multiple_response import multiple_independence
from analysis.stats.proportions import interval
from data.errors import InvalidInput, NotAllowed

MINIMUM_EFFECTIVE_N = 2.0
"""Below this there is no interval for a weighted share."""
_NO_CELL = Cell(count=SUPPRESSED, share=SUPPRESSED)
LARGEST_TABLE = 300
"""A table of more cells gets no test of the whole: its cells are nearly empty, and the test takes seconds."""


def require_method(method: Method, audience: Audience) -> None:
    """Returns when this audience may see figures of this method, else raises NotAllowed "weights.internal_only"."""
    if audience is not Audience.INTERNAL and method.weights is not WeightKind.UNWEIGHTED:
        raise NotAllowed("weights.internal_only")


def refine(card: Card, dataset: Dataset, method: Method, frame: Sequence[FrameMargin] = ()) -> Card:
    """The card under the method; the card itself when the method is PLAIN or the card has no figures.

    frame   the contact frame's margins, for raked weights
    Raises  InvalidInput as `weighting.weigh`; as `require_method`.
    """
    return refine_all((card,), dataset, method, frame)[0]


def refine_all(
    cards: Sequence[Card], dataset: Dataset, method: Method, frame: Sequence[FrameMargin] = ()
) -> tuple[Card, ...]:
    """Each card under the method, with weights that are found once for all of them; else as `refine`."""
    for card in cards:
        require_method(method, card.audience)
    if method == PLAIN or all(card.kind is CardKind.TEXT for card in cards):
        return tuple(cards)
    weighed = weigh(dataset, method.weights, frame, cards[0].language)
    return tuple(
        card if card.kind is CardKind.TEXT else _Refining(card, dataset, method, weighed).card() for card in cards
    )


class _Refining:
    """The card, its arrays and its weights while it is refined."""

    def __init__(self, card: Card, dataset: Dataset, method: Method, weighed: Weighed | None) -> None:
        self._card, self._dataset, self._method = card, dataset, method
        self._weights = None if weighed is None else weighed.weights
        self._report = None if weighed is None else weighed.report
        self._view = dataset.select(card.filters)
        chosen = dataset.chosen(card.by) if card.by else np.zeros((dataset.size, 0), dtype=np.bool_)
        self._groups: Mapping[str, BoolArray] = (
            {code.name: chosen[:, i] & self._view for i, code in enumerate(dataset.variables[card.by].codes)}
            if card.by
            else {}
        )
        self._protected = card.audience is not Audience.INTERNAL
        self._untested = 0

    def card(self) -> Card:
        """The refined card."""
        card = self._card
        if card.kind is CardKind.BATTERY:
            items = tuple(self._item(item) for item in card.items)
            return replace(card, items=items, columns=self._columns(), statistics=self._statistics(None))
        flags, answered = self._flags(card.question, [row.code for row in card.rows])
        rows = self._rows(card.rows, flags, answered)
        if card.kind is CardKind.RANKING:
            rows = self._ranked(rows, answered)
        mean, median = self._numbers(answered)
        return replace(
            card,
            rows=rows,
            columns=self._columns(),
            mean=self._value(card.mean, mean),
            median=self._value(card.median, median),
            statistics=self._statistics(answered, flags, mean, median),
        )

    def _flags(self, question: str, codes: Sequence[str]) -> tuple[BoolArray, BoolArray]:
        """((n, rows) who stands in which row, (n,) who answered)."""
        column = self._dataset.columns[question]
        variable = self._dataset.variables[question]
        answered = column.state == ANSWERED
        if isinstance(column, NumberColumn):
            parts = {part.code: part.holds(column.values) for part in bins(variable, column.values[answered])}
        else:
            if isinstance(column, RankColumn):
                chosen = column.ranks > 0
            elif isinstance(column, SingleColumn | MultipleColumn):
                chosen = self._dataset.chosen(question)
            else:
                raise InvalidInput("card.unsupported_kind", question=question, kind=variable.kind.value)
            parts = {code.name: chosen[:, i] for i, code in enumerate(variable.codes)}
        nobody = np.zeros(self._dataset.size, dtype=np.bool_)
        return np.column_stack([parts.get(code, nobody) for code in codes] or [nobody]), answered

    def _rows(self, rows: tuple[Row, ...], flags: BoolArray, answered: BoolArray) -> tuple[Row, ...]:
        letters = self._letters(rows, flags, answered)
        tables, places = self._crossed(flags, answered), {code: i for i, code in enumerate(self._groups, start=1)}
        errors = tables.standard_errors()
        return tuple(
            replace(
                row,
                cell=self._cell(row.cell, tables, errors, i, 0),
                by={code: self._cell(cell, tables, errors, i, places[code]) for code, cell in row.by.items()},
                letters=letters[i] if letters else {},
            )
            for i, row in enumerate(rows)
        )

    def _crossed(self, flags: BoolArray, answered: BoolArray) -> Crosstabs:
        """The options by all in view, then by each group."""
        columns = np.column_stack([self._view, *self._groups.values()])
        return cross(
            flags & answered[:, None],
            np.zeros(flags.shape[1], dtype=np.int64),
            answered[:, None],
            columns,
            np.minimum(np.arange(columns.shape[1]), 1),
            self._weights,
        )

    def _cell(self, cell: Cell, tables: Crosstabs, errors: FloatArray, option: int, column: int) -> Cell:
        if isinstance(cell.count, Suppressed) or isinstance(cell.share, Suppressed) or cell.low is None:
            return cell
        if self._weights is None:
            count, n = int(tables.counts[option, column]), int(tables.sizes[0, column])
            if self._protected:  # what is shown may be rounded
                count, n = cell.count, round(cell.count / cell.share) if cell.share else 0
            if not n:
                return cell
            low, high = interval(count, n, kind=self._method.interval)
            return replace(cell, low=low, high=high)
        total, squares = float(tables.totals[0, column]), float(tables.squares[0, column])
        share = min(1.0, float(tables.sums[option, column]) / total)
        effective = total * total / squares
        if effective < MINIMUM_EFFECTIVE_N:
            return replace(cell, share=share, low=None, high=None)
        low, high = interval(share * effective, effective, kind=self._method.interval)
        error = float(errors[option, column])
        return replace(cell, share=share, low=min(low, share), high=max(high, share), standard_error=error)

    def _letters(self, rows: tuple[Row, ...], flags: BoolArray, answered: BoolArray) -> list[dict[str, str]]:
        if not self._method.letters or not self._groups or not rows:
            return []
        codes = [column.code for column in self._card.columns]
        held = answered & self._view
        members = np.column_stack([self._groups[code] for code in codes])
        shown = self._as_counted(rows, flags[held], members[held])
        found = column_tests.column_letters(
            flags[held],
            members[held],
            None if self._weights is None else self._weights[held],
            shown=shown,
            correction=self._method.correction,
        )
        self._untested += found.untested
        return [dict(zip(codes, each, strict=True)) for each in found.letters]

    def _as_counted(self, rows: tuple[Row, ...], flags: BoolArray, members: BoolArray) -> BoolArray:
        """(rows, columns) the cells that the card shows, neither hidden nor rounded."""
        counts = (flags.T.astype(np.int64) @ members.astype(np.int64)).tolist()
        codes = [column.code for column in self._card.columns]
        cells = [[row.by.get(code, _NO_CELL) for code in codes] for row in rows]
        return np.array(
            [
                [
                    cell.count == count and not isinstance(cell.share, Suppressed)
                    for cell, count in zip(*pair, strict=True)
                ]
                for pair in zip(cells, counts, strict=True)
            ]
        )

    def _columns(self) -> tuple[Column, ...]:
        if not self._method.letters:
            return self._card.columns
        return tuple(replace(each, letter=column_tests.name(i)) for i, each in enumerate(self._card.columns))

    def _item(self, item: BatteryItem) -> BatteryItem:
        codes = [row.code for row in item.rows]
        flags, answered = self._flags(item.name, codes)
        rows = self._rows(item.rows, flags, answered)
        if self._weights is None:
            return replace(item, rows=rows)
        sums = (self._weights[self._view & answered] @ flags[self._view & answered]).tolist()
        net, mean = item.net, item.mean
        if net is not None and not isinstance(net, Suppressed):
            net = scales.net(sums)
        if mean is not None and not isinstance(mean, Suppressed):
            mean = scales.mean_point(sums, [float(code) for code in codes])
        return replace(item, rows=rows, net=net, mean=mean)

    def _ranked(self, rows: tuple[Row, ...], answered: BoolArray) -> tuple[Row, ...]:
        ranks, weights = self._ballots(answered)
        variable = self._dataset.variables[self._card.question]
        place = {code.name: i for i, code in enumerate(variable.codes)}
        means = ranking.mean_ranks(ranks, weights)
        column = self._dataset.columns[self._card.question]
        assert isinstance(column, RankColumn)
        firsts = self._crossed(column.ranks == 1, answered)
        errors = firsts.standard_errors()
        found = []
        for row in rows:
            i = place[row.code]
            mean, bounds = row.mean_rank, None
            if mean is not None and not isinstance(mean, Suppressed) and (estimate := means[i]) is not None:
                mean = estimate.value if weights is not None else mean
                bounds = self._bounds(estimate)
            first = row.first
            if first is not None:
                first = self._cell(first, firsts, errors, i, 0)
            found.append(replace(row, mean_rank=mean, mean_rank_bounds=bounds, first=first))
        return tuple(found)

    def _ballots(self, answered: BoolArray) -> tuple[ranking.RankArray, FloatArray | None]:
        column = self._dataset.columns[self._card.question]
        assert isinstance(column, RankColumn)
        held = answered & self._view
        return column.ranks[held], None if self._weights is None else self._weights[held]

    def _joined(self, answered: BoolArray) -> JoinedRanking | None:
        """None when not asked for, or when a figure of any item is hidden or rounded: an order could tell it."""
        if not self._method.joined or not self._all_shown(answered):
            return None
        ranks, weights = self._ballots(answered)
        if not (ranks > 0).any():
            return None
        unranked, strength = self._method.unranked, self._method.strength
        names = [code.name for code in self._dataset.variables[self._card.question].codes]
        before = ranking.preferences(ranks, weights, unranked=unranked)
        scores = ranking.borda(ranks, weights, unranked=unranked).tolist()
        order = sorted(range(len(names)), key=lambda i: (-scores[i], i))
        best = None if len(names) > ranking.MOST_ITEMS else ranking.kemeny(before)
        places = ranking.schulze(before, strength=strength).places
        return JoinedRanking(
            unranked=unranked,
            strength=strength,
            borda=tuple((names[i], self._shown(scores[i], 0)) for i in order),
            schulze=tuple(tuple(names[i] for i in place) for place in places),
            kemeny=() if best is None else tuple(tuple(names[i] for i in each) for each in best.orders),
            kemeny_count=0 if best is None else best.count,
            kemeny_score=0.0 if best is None else self._shown(best.score, 0),
        )

    def _all_shown(self, answered: BoolArray) -> bool:
        flags, _ = self._flags(self._card.question, [row.code for row in self._card.rows])
        counts = flags[answered & self._view].sum(axis=0).tolist()
        return all(
            row.cell.count == count
            and not isinstance(row.mean_rank, Suppressed)
            and not (row.first is not None and isinstance(row.first.share, Suppressed))
            for row, count in zip(self._card.rows, counts, strict=True)
        )

    def _numbers(self, answered: BoolArray) -> tuple[numbers.NumberEstimate | None, numbers.NumberEstimate | None]:
        column = self._dataset.columns[self._card.question]
        held = answered & self._view
        if not isinstance(column, NumberColumn) or not held.any() or isinstance(self._card.mean, Suppressed):
            return None, None
        weights = None if self._weights is None else self._weights[held]
        return numbers.mean(column.values[held], weights), numbers.median(column.values[held], weights)

    def _statistics(
        self,
        answered: BoolArray | None,
        flags: BoolArray | None = None,
        mean: numbers.NumberEstimate | None = None,
        median: numbers.NumberEstimate | None = None,
    ) -> Statistics:
        ballots = self._card.kind is CardKind.RANKING and answered is not None
        hidden = isinstance(self._card.base.answered, Suppressed)
        effective = None
        if self._weights is not None and answered is not None and not hidden and (answered & self._view).any():
            weights = self._weights[answered & self._view]
            effective = float(weights.sum()) ** 2 / float(weights @ weights)
        return Statistics(
            method=self._method,
            weights=self._report,
            effective_n=effective,
            mean_bounds=self._bounds(mean),
            median_bounds=self._bounds(median),
            association=None if answered is None or flags is None or hidden else self._association(flags, answered),
            untested=self._untested,
            ranking=self._joined(answered) if ballots and answered is not None else None,
        )

    def _association(self, flags: BoolArray, answered: BoolArray) -> Association | None:
        """The test of the whole table; None without letters asked for, when too large, or with nothing to test."""
        if not self._method.letters or not self._groups or self._card.kind is CardKind.RANKING:
            return None
        members = np.column_stack(list(self._groups.values()))
        held = answered & self._view & members.any(axis=1)
        if members.shape[1] * flags.shape[1] > LARGEST_TABLE:
            return None
        flags, members = flags[held], members[held]
        weights = None if self._weights is None else self._weights[held]
        exclusive = [bool((each.sum(axis=1) == 1).all()) for each in (members, flags)]
        # The tests of several answers rest on how often two were given together, which the card does not show.
        if self._protected and not (all(exclusive) and self._as_counted(self._card.rows, flags, members).all()):
            return None
        try:
            if all(exclusive):
                return self._of_table(members, flags, weights)
            if exclusive[0]:
                test = multiple_independence(members, flags, weights, first_exclusive=True).whole
            elif exclusive[1]:
                test = multiple_independence(flags, members, weights, first_exclusive=True).whole
            else:
                test = multiple_independence(members, flags, weights).whole
        except InvalidInput:
            return None
        return Association(test=test.kind.value, p=self._digits(test.p))

    def _of_table(self, members: BoolArray, flags: BoolArray, weights: FloatArray | None) -> Association:
        counts = members.T.astype(np.int64) @ flags.astype(np.int64)
        n = float(counts.sum())
        if weights is None:
            test = tables.association(counts, rng=np.random.default_rng(0))  # the same data give the same figure
            statistic = tables.pearson(counts)
            value = statistic.statistic or 0.0
        else:
            groups, options = members.argmax(axis=1), flags.argmax(axis=1)
            test = tables.rao_scott(design(weights), groups, options, np.ones(len(groups), dtype=np.bool_))
            n = float(weights.sum()) ** 2 / float(weights @ weights)
            table = (members * weights[:, None]).T @ flags / weights.sum()
            wanted = np.outer(table.sum(axis=1), table.sum(axis=0))
            gaps = np.divide((table - wanted) ** 2, wanted, out=np.zeros_like(table), where=wanted > 0)
            value = n * float(gaps.sum())
        size = [int((counts.sum(axis=axis) > 0).sum()) for axis in (1, 0)]
        effect = tables.cramers_v(value, n, size[0], size[1])
        return Association(
            test=test.kind.value,
            p=self._digits(test.p),
            strength=self._shown(effect.value, 2),
            low=self._shown(effect.low, 2),
            high=self._shown(effect.high, 2),
        )

    def _value(self, before: Figure | None, found: numbers.NumberEstimate | None) -> Figure | None:
        if found is None or before is None or isinstance(before, Suppressed) or self._weights is None:
            return before
        return found.value

    def _bounds(self, found: numbers.NumberEstimate | None) -> Bounds | None:
        if self._protected or found is None or found.low is None or found.high is None:
            return None
        return Bounds(low=found.low, high=found.high)

    def _shown(self, value: float, digits: int) -> float:
        return round(value, digits) if self._protected else value

    def _digits(self, p: float) -> float:
        return two_digits(p) if self._protected else p
