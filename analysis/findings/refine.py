"""A card with the figures of a chosen method: weighted shares, other intervals, column letters, joined rankings.

It starts from the protected card and never opens a figure that is hidden there. For a protected audience every figure
rests on what the card shows. A weighted share is one more sum over the same replies, from which a hidden count could be
worked out, and the bounds of a mean or a median are such sums, or single answers: they are for internal figures only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from typing import TypeAlias

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
from analysis.dataset.counting import Tally, distribution, pairs, spread, tally
from analysis.disclosure import SUPPRESSED, Audience, Suppressed
from analysis.findings.bins import bins
from analysis.findings.card import BatteryItem, Card, CardKind, Cell, Column, Figure, Row
from analysis.findings.listed import NO_LIST, Bounded, ContactList, listed_rows
from analysis.findings.method import (
    PLAIN,
    Association,
    Bounds,
    Interval,
    JoinedRanking,
    MeanPair,
    Method,
    Statistics,
    WeightKind,
    two_digits,
)
from analysis.findings.weighting import Weighed, weigh, with_uncounted
from analysis.stats import columns as column_tests
from analysis.stats import numbers, ranking, scales
from analysis.stats import tables as associations
from analysis.stats.counting import Cells
from analysis.stats.crosstabs import Crosstabs, cross, separate
from analysis.stats.multiple_response import multiple_independence
from analysis.stats.proportions import IntervalKind, interval
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


def refine(card: Card, dataset: Dataset, method: Method, contacts: ContactList = NO_LIST) -> Card:
    """The card under the method; the card itself when the method is PLAIN or the card has no figures.

    contacts  the contact list, for weights and intervals that rest on it
    Raises    InvalidInput as `weighting.weigh`; as `require_method`.
    """
    return refine_all((card,), dataset, method, contacts)[0]


def refine_all(
    cards: Sequence[Card], dataset: Dataset, method: Method, contacts: ContactList = NO_LIST
) -> tuple[Card, ...]:
    """Each card under the method, with weights that are found once for all of them; else as `refine`."""
    for card in cards:
        require_method(method, card.audience)
    if method == PLAIN or all(card.kind is CardKind.TEXT for card in cards):
        return tuple(cards)
    weighed = with_uncounted(weigh(dataset, method, contacts.margins, cards[0].language), dataset, contacts)
    weights = None if weighed is None else weighed.weights
    tallies = _tallies(cards, dataset, weights)
    listed = listed_rows(dataset, contacts) if method.interval.of_frame else None
    return tuple(
        card
        if card.kind is CardKind.TEXT
        else _Refining(
            card,
            dataset,
            method,
            weighed,
            tallies.get(_view_of(card), {}),
            None if listed is None else Bounded(card, dataset, listed, weighted=weighed is not None),
        ).card()
        for card in cards
    )


_ViewKey: TypeAlias = tuple[object, ...]


def _view_of(card: Card) -> _ViewKey:
    return card.by, *((name, tuple(codes)) for name, codes in card.filters.items())


def _tallies(
    cards: Sequence[Card], dataset: Dataset, weights: FloatArray | None
) -> dict[_ViewKey, Mapping[str, Tally]]:
    """View -> the cells of the choices of its cards, counted together, where nobody stands in two of its groups."""
    if weights is not None and not (weights > 0).all():
        return {}
    asked: dict[_ViewKey, tuple[Card, dict[str, None]]] = {}
    for card in cards:
        if not card.by or dataset.variables[card.by].is_single:
            names = [item.name for item in card.items] if card.kind is CardKind.BATTERY else [card.question]
            choices = [
                name for name in names if dataset.variables[name].is_categorical or card.kind is CardKind.RANKING
            ]
            asked.setdefault(_view_of(card), (card, {}))[1].update(dict.fromkeys(choices))
    return {
        view: tally(dataset, list(names), filters=card.filters, by=card.by, weights=weights)
        for view, (card, names) in asked.items()
        if names
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counted:
    """The cells of some options by all in view, then by each group.

    errors   of their shares
    on_list  the same of the replies that count for the contact list; None where it bounds no shares, or where it is not
             told which those are
    """

    tables: Crosstabs
    errors: FloatArray
    on_list: Crosstabs | None


class _Refining:
    """The card, its arrays and its weights while it is refined."""

    def __init__(
        self,
        card: Card,
        dataset: Dataset,
        method: Method,
        weighed: Weighed | None,
        tallies: Mapping[str, Tally],
        listed: Bounded | None,
    ) -> None:
        self._tallies, self._listed = tallies, listed
        self._card, self._dataset, self._method = card, dataset, method
        self._weights = None if weighed is None else weighed.weights
        self._report = None if weighed is None else weighed.report
        self._groups = tuple(code.name for code in dataset.variables[card.by].codes) if card.by else ()
        self._asked, self._base = card.question, card.base  # of a battery, the item that is looked at
        self._protected = card.audience is not Audience.INTERNAL
        self._untested = 0
        self._mean_pairs: tuple[MeanPair, ...] = ()
        self._mean_untested = 0

    @cached_property
    def _view(self) -> BoolArray:
        """(n,) who is in view."""
        return self._dataset.select(self._card.filters)

    @cached_property
    def _members(self) -> BoolArray:
        """(n, groups) who in view stands in which group."""
        by = self._card.by
        chosen = self._dataset.chosen(by) if by else np.zeros((self._dataset.size, 0), dtype=np.bool_)
        return chosen & self._view[:, None]

    def card(self) -> Card:
        """The refined card."""
        card = self._card
        if card.kind is CardKind.BATTERY:
            items = tuple(self._item(item) for item in card.items)
            return replace(card, items=items, columns=self._columns(), statistics=self._statistics(None))
        tables = self._tables(card.question, [row.code for row in card.rows])
        rows = self._rows(card.rows, tables)
        if card.kind is CardKind.RANKING:
            rows = self._ranked(rows)
        mean, median = self._numbers()
        return replace(
            card,
            rows=rows,
            columns=self._columns(),
            mean=self._value(card.mean, mean),
            median=self._value(card.median, median),
            statistics=self._statistics(tables, mean, median),
        )

    @property
    def _answered(self) -> BoolArray:
        """(n,) who answered the card's question."""
        return np.equal(self._dataset.columns[self._card.question].state, ANSWERED)

    def _tables(self, question: str, codes: Sequence[str]) -> Crosstabs:
        """The options by all in view, then by each group."""
        found = self._tallies.get(question)
        if found is not None:
            place = {code.name: i for i, code in enumerate(self._dataset.variables[question].codes)}
            return self._separate(found.options.of([place.get(code) for code in codes]), found.states.of([ANSWERED]))
        if self._is_by_value:
            return self._separate(*self._in_parts(codes))
        return self._crossed(*self._flags(question, codes))

    @property
    def _is_by_value(self) -> bool:
        """Whether it is a number whose answers are counted by their value, and nobody stands in two groups."""
        card = self._card
        is_apart = not card.by or self._dataset.variables[card.by].is_single
        return card.kind is CardKind.NUMBER and is_apart and self._by_value is not None

    def _in_parts(self, codes: Sequence[str]) -> tuple[Cells, Cells]:
        """The answers to a number in each of its parts, and all of them, by all in view, then by each group."""
        assert self._by_value is not None
        points, cells = self._by_value
        name = self._card.question
        parts = {
            part.code: part.holds(points) for part in bins(self._dataset.variables[name], spread(self._dataset, name))
        }
        flags = np.array([parts.get(code, np.zeros(points.size, dtype=np.bool_)) for code in codes]).reshape(
            len(codes), -1
        )
        chosen = Cells(counts=cells.counts @ flags.T, weights=cells.weights @ flags.T, squares=cells.squares @ flags.T)
        return chosen, Cells(
            counts=cells.counts.sum(axis=1, keepdims=True),
            weights=cells.weights.sum(axis=1, keepdims=True),
            squares=cells.squares.sum(axis=1, keepdims=True),
        )

    def _separate(self, chosen: Cells, answered: Cells) -> Crosstabs:
        return separate(
            chosen,
            answered,
            banner=np.minimum(np.arange(len(self._groups) + 1), 1),
            respondents=self._dataset.size,
            weighted=self._weights is not None,
        )

    def _flags(self, question: str, codes: Sequence[str]) -> tuple[BoolArray, BoolArray]:
        """((n, rows) who stands in which row, (n,) who answered)."""
        column = self._dataset.columns[question]
        variable = self._dataset.variables[question]
        answered = column.state == ANSWERED
        if isinstance(column, NumberColumn):
            parts = {part.code: part.holds(column.values) for part in bins(variable, spread(self._dataset, question))}
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

    def _rows(self, rows: tuple[Row, ...], tables: Crosstabs) -> tuple[Row, ...]:
        letters = self._letters(rows, tables)
        places = {code: i for i, code in enumerate(self._groups, start=1)}
        counted = self._counted(tables, lambda: self._flags(self._asked, [row.code for row in rows]))
        return tuple(
            replace(
                row,
                cell=self._cell(row.cell, counted, i, 0),
                by={code: self._cell(cell, counted, i, places[code]) for code, cell in row.by.items()},
                letters=letters[i] if letters else {},
            )
            for i, row in enumerate(rows)
        )

    def _crossed(self, flags: BoolArray, answered: BoolArray) -> Crosstabs:
        """The options by all in view, then by each group."""
        columns = np.column_stack([self._view, self._members])
        return cross(
            flags & answered[:, None],
            np.zeros(flags.shape[1], dtype=np.int64),
            answered[:, None],
            columns,
            np.minimum(np.arange(columns.shape[1]), 1),
            self._weights,
        )

    def _counted(self, tables: Crosstabs, flags: Callable[[], tuple[BoolArray, BoolArray]]) -> _Counted:
        """The cells with what bounds their shares.

        flags  ((n, options) who stands in which row, (n,) who answered): of `tables`, asked for where it is needed
        """
        on_list, listed = None, self._listed
        if listed is not None and not self._protected and listed.reason("") is None:
            chosen, answered = flags()
            codes = self._groups if listed.groups else ()
            columns = np.column_stack([listed.rows(code) for code in ("", *codes)])
            on_list = cross(
                chosen & answered[:, None],
                np.zeros(chosen.shape[1], dtype=np.int64),
                answered[:, None],
                columns,
                np.arange(columns.shape[1]),
            )
        return _Counted(tables=tables, errors=tables.standard_errors(), on_list=on_list)

    def _cell(self, cell: Cell, counted: _Counted, option: int, column: int) -> Cell:
        tables = counted.tables
        if isinstance(cell.count, Suppressed) or isinstance(cell.share, Suppressed) or cell.low is None:
            return cell
        if self._weights is None:
            count, n = int(tables.counts[option, column]), int(tables.sizes[0, column])
            if self._protected:  # what is shown may be rounded
                count, n = cell.count, round(cell.count / cell.share) if cell.share else self._told_n(column)
            if self._listed is not None:
                low, high = self._bounds_of_list(self._listed, counted.on_list, count, n, option, column)
                return replace(cell, low=low, high=high)
            if not n:
                return cell
            low, high = self._interval(count, n)
            return replace(cell, low=low, high=high)
        total, squares = float(tables.totals[0, column]), float(tables.squares[0, column])
        share = min(1.0, float(tables.sums[option, column]) / total)
        effective = total * total / squares
        if effective < MINIMUM_EFFECTIVE_N:
            return replace(cell, share=share, low=None, high=None)
        low = high = None
        if self._listed is None:
            low, high = self._interval(share * effective, effective)
            low, high = min(low, share), max(high, share)
        error = float(counted.errors[option, column])
        return Cell(count=cell.count, share=share, low=low, high=high, standard_error=error)

    def _interval(self, count: float, n: float) -> tuple[float, float]:
        return interval(count, n, kind=IntervalKind(self._method.interval.value))

    def _bounds_of_list(
        self, listed: Bounded, on_list: Crosstabs | None, count: int, n: int, option: int, place: int
    ) -> tuple[float | None, float | None]:
        """Bounds of a share of all in view, at place 0, or of a group: of those that count, where they are told apart.

        count, n  of the card
        """
        if place and (place not in self._column_at or not listed.groups):
            return None, None
        code = self._column_at[place].code if place else ""
        if on_list is not None:
            count, n = int(on_list.counts[option, place]), int(on_list.sizes[0, place])
        base = self._column_at[place].base if place else self._base
        found = listed.of_those_concerned(count, n, sum(listed.outside(self._asked, base, code)), code)
        if found is None:
            return None, None
        if self._method.interval is Interval.WORST_CASE:
            return found.worst / found.frame, found.best / found.frame
        return found.low / found.frame, found.high / found.frame

    def _told_n(self, place: int) -> int:
        """How many answered, as the card tells it; 0 where it does not."""
        if place and (self._card.kind is CardKind.BATTERY or place not in self._column_at):
            return 0
        base = self._column_at[place].base if place else self._base
        return 0 if isinstance(base.answered, Suppressed) else base.answered

    @cached_property
    def _column_at(self) -> dict[int, Column]:
        """The columns that the card shows, by their place among all groups, from 1."""
        return {self._groups.index(each.code) + 1: each for each in self._card.columns}

    def _letters(self, rows: tuple[Row, ...], tables: Crosstabs) -> list[dict[str, str]]:
        if not self._method.letters or not self._groups or not rows:
            return []
        codes, compared = [column.code for column in self._card.columns], self._compared(tables)
        shown = self._as_counted(rows, compared)
        found = column_tests.compare(compared, shown=shown, correction=self._method.correction)
        self._untested += int(found.untested.sum())
        return [dict(zip(codes, each, strict=True)) for each in column_tests.lettered(compared, found)]

    def _compared(self, tables: Crosstabs) -> Crosstabs:
        """The columns that the card shows."""
        codes = [column.code for column in self._card.columns]
        return tables.of_columns(np.array([self._groups.index(code) + 1 for code in codes], dtype=np.int64))

    def _as_counted(self, rows: tuple[Row, ...], compared: Crosstabs) -> BoolArray:
        """(rows, columns) the cells that the card shows, neither hidden nor rounded."""
        counts = compared.counts.tolist()
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
        columns = self._card.columns
        if not self._protected and self._card.kind is CardKind.NUMBER:
            columns = self._middles(columns)
        if self._card.kind is CardKind.RANKING:
            columns = tuple(self._ranks_of(each) for each in columns)
        if not self._method.letters:
            return columns
        return tuple(replace(each, letter=column_tests.name(i)) for i, each in enumerate(columns))

    def _middles(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """Means and medians with their bounds; with letters asked for, and nobody in two columns, tested in pairs."""
        if not columns:
            return columns
        found, means = [], []
        for column in columns:
            mean, median = self._middle(self._groups.index(column.code) + 1)
            means.append(mean)
            if mean is not None:
                column = replace(
                    column,
                    mean=self._value(column.mean, mean),
                    median=self._value(column.median, median),
                    mean_bounds=self._bounds(mean),
                    median_bounds=self._bounds(median),
                )
            found.append(column)
        is_single = self._dataset.variables[self._card.by].is_single
        if not self._method.letters or not (is_single or (self._members.sum(axis=1) <= 1).all()):
            return tuple(found)
        tests = column_tests.mean_letters(means, correction=self._method.correction)
        self._mean_untested = tests.untested
        self._mean_pairs = tuple(
            MeanPair(**asdict(each) | {"higher": columns[each.higher].code, "lower": columns[each.lower].code})
            for each in tests.pairs
        )
        return tuple(replace(each, mean_letters=told) for each, told in zip(found, tests.letters, strict=True))

    def _ranks_of(self, column: Column) -> Column:
        """The column of a ranking with its mean ranks and first places under the method."""
        place = self._groups.index(column.code) + 1
        codes = [code.name for code in self._dataset.variables[self._card.question].codes]
        if not codes:
            return column
        means, firsts = self._mean_ranks(place), self._at_places[0]
        return replace(
            column,
            mean_ranks={code: None if each is None else each.value for code, each in zip(codes, means, strict=True)}
            if column.mean_ranks
            else {},
            firsts={
                code: self._cell(column.firsts[code], firsts, i, place)
                for i, code in enumerate(codes)
                if code in column.firsts
            },
        )

    @cached_property
    def _placed(self) -> Tally:
        """The places of a ranking, by all in view, then by each group."""
        card = self._card
        if card.question in self._tallies:
            return self._tallies[card.question]
        names = [card.question]
        return tally(self._dataset, names, filters=card.filters, by=card.by, weights=self._weights)[card.question]

    def _mean_ranks(self, place: int) -> tuple[numbers.NumberEstimate | None, ...]:
        """Of all in view, at place 0, or of a group."""
        cells = self._placed.places
        assert cells is not None
        items = self._placed.options.counts.shape[1]
        sums = (cells.counts.astype(np.float64), cells.weights, cells.squares)
        return ranking.mean_ranks_of(*(each[place].reshape(items, items) for each in sums))

    @cached_property
    def _at_places(self) -> tuple[_Counted, ...]:
        """Who gave which item each place, by all in view, then by each group."""
        cells = self._placed.places
        assert cells is not None
        items = self._placed.options.counts.shape[1]
        answered = self._placed.states.of([ANSWERED])
        tables = [
            self._separate(cells.of([item * items + number for item in range(items)]), answered)
            for number in range(items)
        ]
        return tuple(self._counted(each, partial(self._at_place, place)) for place, each in enumerate(tables, start=1))

    def _at_place(self, number: int) -> tuple[BoolArray, BoolArray]:
        """((n, items) who gave which item this place, (n,) who answered)."""
        column = self._dataset.columns[self._card.question]
        assert isinstance(column, RankColumn)
        return column.ranks == number, self._answered

    def _item(self, item: BatteryItem) -> BatteryItem:
        codes = [row.code for row in item.rows]
        self._asked, self._base = item.name, item.base
        tables = self._tables(item.name, codes)
        rows = self._rows(item.rows, tables)
        if self._weights is None:
            return replace(item, rows=rows)
        sums = tables.sums[:, 0].tolist()
        net, mean = item.net, item.mean
        if net is not None and not isinstance(net, Suppressed):
            net = scales.net(sums)
        if mean is not None and not isinstance(mean, Suppressed):
            mean = scales.mean_point(sums, [float(code) for code in codes])
        effective = float(tables.effective()[0, 0]) if tables.sizes[0, 0] else None
        return replace(item, rows=rows, net=net, mean=mean, effective_n=effective)

    def _ranked(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        variable = self._dataset.variables[self._card.question]
        place = {code.name: i for i, code in enumerate(variable.codes)}
        means, at_place = self._mean_ranks(0), self._at_places
        found = []
        for row in rows:
            i = place[row.code]
            mean, bounds = row.mean_rank, None
            if mean is not None and not isinstance(mean, Suppressed) and (estimate := means[i]) is not None:
                mean = estimate.value if self._weights is not None else mean
                bounds = self._bounds(estimate)
            first = row.first
            if first is not None:
                first = self._cell(first, at_place[0], i, 0)
            places = tuple(self._cell(cell, each, i, 0) for cell, each in zip(row.places, at_place, strict=False))
            found.append(replace(row, mean_rank=mean, mean_rank_bounds=bounds, first=first, places=places))
        return tuple(found)

    def _joined(self) -> JoinedRanking | None:
        """None when not asked for, or when a figure of any item is hidden or rounded: an order could tell it."""
        if not self._method.joined or not self._all_shown() or not self._placed.states.counts[0, ANSWERED]:
            return None
        unranked, strength = self._method.unranked, self._method.strength
        names = [code.name for code in self._dataset.variables[self._card.question].codes]
        found = pairs(self._dataset, self._card.question, filters=self._card.filters, weights=self._weights)
        before = ranking.preferences(found, unranked=unranked)
        scores = ranking.borda(found, unranked=unranked).tolist()
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

    def _all_shown(self) -> bool:
        place = {code.name: i for i, code in enumerate(self._dataset.variables[self._card.question].codes)}
        counts = [int(self._placed.options.counts[0, place[row.code]]) for row in self._card.rows]
        return all(
            row.cell.count == count
            and not isinstance(row.mean_rank, Suppressed)
            and not any(isinstance(each.share, Suppressed) for each in (row.first, *row.places) if each is not None)
            for row, count in zip(self._card.rows, counts, strict=True)
        )

    def _numbers(self) -> tuple[numbers.NumberEstimate | None, numbers.NumberEstimate | None]:
        if self._card.kind is not CardKind.NUMBER or isinstance(self._card.mean, Suppressed):
            return None, None
        return self._middle(0)

    def _middle(self, place: int) -> tuple[numbers.NumberEstimate | None, numbers.NumberEstimate | None]:
        """Mean and median of a number, of all in view, at place 0, or of a group."""
        weighted = self._weights is not None
        if self._by_value is not None:
            points, cells = self._by_value
            told = points, cells.counts[place].astype(np.float64), cells.weights[place], cells.squares[place]
            if not told[1].any():
                return None, None
            return numbers.mean_of_cells(*told), numbers.median_of_cells(*told, weighted=weighted)
        column = self._dataset.columns[self._card.question]
        assert isinstance(column, NumberColumn)
        held = self._answered & (self._members[:, place - 1] if place else self._view)
        weights = None if self._weights is None else self._weights[held]
        if not held.any() or (weights is not None and not weights.any()):
            return None, None
        return numbers.mean(column.values[held], weights), numbers.median(column.values[held], weights)

    @cached_property
    def _by_value(self) -> tuple[FloatArray, Cells] | None:
        """The values of a number that has few different ones, and who gave them, by all in view, then by each group."""
        card, weights = self._card, self._weights
        values = spread(self._dataset, card.question)
        if values.many or (weights is not None and not (weights > 0).all()):
            return None
        cells = distribution(
            self._dataset, card.question, values.points, filters=card.filters, by=card.by, weights=weights
        )
        return np.array(values.points), cells

    def _statistics(
        self,
        tables: Crosstabs | None,
        mean: numbers.NumberEstimate | None = None,
        median: numbers.NumberEstimate | None = None,
    ) -> Statistics:
        hidden = isinstance(self._card.base.answered, Suppressed)
        effective = None
        if self._weights is not None and tables is not None and not hidden and tables.sizes[0, 0]:
            effective = float(tables.effective()[0, 0])
        return Statistics(
            method=self._method,
            weights=self._report,
            effective_n=effective,
            mean_bounds=self._bounds(mean),
            median_bounds=self._bounds(median),
            association=None if tables is None or hidden else self._association(tables),
            untested=self._untested,
            mean_pairs=self._mean_pairs,
            mean_untested=self._mean_untested,
            ranking=self._joined() if self._card.kind is CardKind.RANKING else None,
            frame=None if self._listed is None else self._listed.base,
        )

    def _association(self, tables: Crosstabs) -> Association | None:
        """The test of the whole table; None without letters asked for, when too large, or with nothing to test."""
        if not self._method.letters or not self._groups or self._card.kind is CardKind.RANKING:
            return None
        if tables.counts[:, 1:].size > LARGEST_TABLE:
            return None
        exclusive = self._exclusive(tables)
        # The tests of several answers rest on how often two were given together, which the card does not show.
        if self._protected and not (all(exclusive) and self._as_counted(self._card.rows, self._compared(tables)).all()):
            return None
        try:
            if all(exclusive):
                return self._of_table(tables)
            return self._of_options(*exclusive)
        except InvalidInput:
            return None

    def _of_options(self, groups_exclude: bool, options_exclude: bool) -> Association:
        """The test of a table in which somebody stands twice, and the V of the part that depends most."""
        members, flags, weights = self._held()
        options: list[tuple[str, ...]] = [(row.label,) for row in self._card.rows]
        labels = {column.code: column.label for column in self._card.columns}
        groups: list[tuple[str, ...]] = [(labels.get(code, code),) for code in self._groups]
        if options_exclude:
            found = multiple_independence(flags, members, weights, first_exclusive=True)
        else:
            found = multiple_independence(members, flags, weights, first_exclusive=groups_exclude)
        n = float(members.shape[0]) if weights is None else float(weights.sum()) ** 2 / float(weights @ weights)
        if groups_exclude or options_exclude:
            # The pairs of one option and all groups add up to Pearson's statistic of that option by the groups.
            statistics = found.pairs.sum(axis=0)
            about = options if groups_exclude else groups
            parts = int((members if groups_exclude else flags).any(axis=0).sum())
        else:
            statistics = found.pairs.reshape(-1)
            about, parts = [(*option, *group) for group in groups for option in options], 2
        most = int(statistics.argmax())
        effect = associations.cramers_v(float(statistics[most]), n, parts, 2)
        return Association(
            test=found.whole.kind.value,
            p=found.whole.p,
            strength=effect.value,
            low=effect.low,
            high=effect.high,
            about=about[most],
        )

    def _held(self) -> tuple[BoolArray, BoolArray, FloatArray | None]:
        """Groups and options of those who answered and stand in a group, and their weights."""
        flags, answered = self._flags(self._card.question, [row.code for row in self._card.rows])
        held = answered & self._view & self._members.any(axis=1)
        return self._members[held], flags[held], None if self._weights is None else self._weights[held]

    def _exclusive(self, tables: Crosstabs) -> tuple[bool, bool]:
        """Whether everybody in the table stands in one group, and gave one of its answers."""
        is_single = self._card.question in self._tallies and self._dataset.variables[self._card.question].is_single
        if is_single or self._is_by_value:
            return True, bool((tables.counts[:, 1:].sum(axis=0) == tables.sizes[0, 1:]).all())
        members, flags, _ = self._held()
        return bool((members.sum(axis=1) == 1).all()), bool((flags.sum(axis=1) == 1).all())

    def _of_table(self, tables: Crosstabs) -> Association:
        counts = tables.counts[:, 1:].T
        n = float(counts.sum())
        if self._weights is None:
            test = associations.association(counts, rng=np.random.default_rng(0))  # the same data, the same figure
            statistic = associations.pearson(counts)
            value = statistic.statistic or 0.0
        else:
            sums, squares = tables.sums[:, 1:].T, tables.chosen_squares[:, 1:].T
            test = associations.rao_scott_of_sums(counts, sums, squares)
            n = float(sums.sum()) ** 2 / float(squares.sum())
            table = sums / sums.sum()
            wanted = np.outer(table.sum(axis=1), table.sum(axis=0))
            gaps = np.divide((table - wanted) ** 2, wanted, out=np.zeros_like(table), where=wanted > 0)
            value = n * float(gaps.sum())
        size = [int((counts.sum(axis=axis) > 0).sum()) for axis in (1, 0)]
        effect = associations.cramers_v(value, n, size[0], size[1])
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
