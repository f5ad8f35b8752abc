"""The figures of a question in two waves beside each other, each with the single answers that it can be tested by.

Of separate waves the answers are those that the two cards tell, in no order; of matched waves those of the
organisations that answered both times.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.dataset.arrays import ANSWERED, FIRST_CODE, Dataset, NumberColumn, RankColumn, SingleColumn
from analysis.disclosure import Audience, Suppressed
from analysis.findings.card import BatteryItem, Card, CardKind, Cell, Count, Row
from analysis.findings.moves import Figure
from analysis.findings.rewording import battery_of, sides_of
from analysis.stats.proportions import FloatArray
from analysis.stats.scales import net_signs
from survey.organisations import same_name

_NEAR = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure in two waves.

    n        who stands behind it
    values   the figure in either; None where a card does not tell it, or nobody is there
    samples  (n,), (m,) numbers, of a share 1 and 0; None where a card does not tell them
    """

    figure: Figure
    n: tuple[Count, Count]
    values: tuple[float | None, float | None] = (None, None)
    samples: tuple[FloatArray, FloatArray] | None = None


def of_cards(cards: tuple[Card, Card], code: str, datasets: tuple[Dataset, Dataset]) -> Iterator[Compared]:
    """The figures of an option, a ranked item or an item of a battery, or of a number, as two cards tell them.

    datasets  read for a number in internal figures only: how far numbers spread is on no card
    """
    if cards[1].kind is CardKind.NUMBER:
        yield from _numbers(cards, datasets)
    elif cards[1].kind is CardKind.BATTERY:
        yield _net(cards, code)
    else:
        n = cards[0].base.answered, cards[1].base.answered
        first, last = (next(row for row in card.rows if row.code == code) for card in cards)
        if cards[1].kind is not CardKind.RANKING:
            yield _share(Figure.SHARE, n, (first.cell, last.cell))
            return
        yield _mean_rank(first, last)
        if first.first is not None and last.first is not None:
            yield _share(Figure.FIRST, n, (first.first, last.first))


def _share(figure: Figure, n: tuple[Count, Count], cells: tuple[Cell, Cell]) -> Compared:
    flags = [_flags(cell.count, base) for cell, base in zip(cells, n, strict=True)]
    return _compared(figure, n, None, flags)


def _flags(count: Count, n: Count) -> FloatArray | None:
    if isinstance(count, Suppressed) or isinstance(n, Suppressed) or n == 0:
        return None
    return (np.arange(n) < count).astype(np.float64)


def _mean_rank(first: Row, last: Row) -> Compared:
    means = [None if isinstance(row.mean_rank, Suppressed) else row.mean_rank for row in (first, last)]
    places = [_repeated(range(1, len(row.places) + 1), [cell.count for cell in row.places]) for row in (first, last)]
    return _compared(Figure.MEAN_RANK, (first.cell.count, last.cell.count), means, places)


def _net(cards: tuple[Card, Card], name: str) -> Compared:
    items = [next(item for item in card.items if item.name == name) for card in cards]
    nets = [None if isinstance(item.net, Suppressed) else item.net for item in items]
    sides = [_sides_told(item) for item in items]
    return _compared(Figure.NET, (items[0].base.answered, items[1].base.answered), nets, sides)


def _sides_told(item: BatteryItem) -> FloatArray | None:
    """-1, 0 and 1 as often as they were given; None where the card does not tell who is at an end of the scale."""
    ends = [
        [row.cell.count for row, at in zip(item.rows, net_signs(len(item.rows)), strict=True) if at == sign]
        for sign in (-1, 1)
    ]
    low, high, n = _sum(ends[0]), _sum(ends[1]), item.base.answered
    if low is None or high is None or isinstance(n, Suppressed):
        return None
    return _repeated((-1, 0, 1), [low, max(0, n - low - high), high])


def _sum(counts: Sequence[Count]) -> int | None:
    known = [count for count in counts if not isinstance(count, Suppressed)]
    return sum(known) if len(known) == len(counts) else None


def _repeated(points: Sequence[int], counts: Sequence[Count]) -> FloatArray | None:
    """Each point as often as it was given; None where that is hidden, or nobody gave one."""
    known = [count for count in counts if not isinstance(count, Suppressed)]
    if len(known) < len(counts) or not sum(known):
        return None
    return np.repeat(np.array(points, dtype=np.float64), known)


def _numbers(cards: tuple[Card, Card], datasets: tuple[Dataset, Dataset]) -> Iterator[Compared]:
    samples: list[FloatArray | None] = [None, None]
    if cards[0].audience is Audience.INTERNAL:
        every = [_answers(dataset, cards[1].question, "", Figure.MEAN) for dataset in datasets]
        samples = [each[~np.isnan(each)] for each in every]
    n = cards[0].base.answered, cards[1].base.answered
    for figure, told in (
        (Figure.MEAN, [card.mean for card in cards]),
        (Figure.MEDIAN, [card.median for card in cards]),
    ):
        yield _compared(figure, n, [None if isinstance(each, Suppressed) else each for each in told], samples)


def _compared(
    figure: Figure,
    n: tuple[Count, Count],
    values: Sequence[float | None] | None,
    samples: Sequence[FloatArray | None],
) -> Compared:
    """values  None: the shares of the flags."""
    first, last = (None if each is None or not each.size else each for each in samples)
    whole = None if first is None or last is None else (first, last)
    if values is None:
        values = [None if each is None else float(each.mean()) for each in (first, last)]
    before, after = values
    if before is None or after is None:
        return Compared(figure=figure, n=n, values=(before, after))
    # Counts that are rounded give another mean than the card, and then they test another figure.
    is_same = figure is Figure.MEDIAN or (
        whole is not None
        and abs(whole[0].mean() - before) < _NEAR * max(1.0, abs(before))
        and abs(whole[1].mean() - after) < _NEAR * max(1.0, abs(after))
    )
    return Compared(figure=figure, n=n, values=(before, after), samples=whole if is_same else None)


class Pairs:
    """Two waves by the name of the organisation, as the program compares names; two states of one by reply.

    count  organisations that answered the question, or an item of the battery, once in either wave; or such replies
    """

    def __init__(self, earlier: Dataset, later: Dataset, question: str, *, same: bool = False) -> None:
        """same  both are states of one consultation"""
        self._datasets, self._question = (earlier, later), question
        found = _answered_by if same else _answered_once
        once = [found(dataset, question) for dataset in self._datasets]
        both = sorted(once[0].keys() & once[1].keys())
        self.count = len(both)
        self._rows = [np.array([rows[name] for name in both], dtype=np.int64) for rows in once]

    def compared(self, code: str, kind: CardKind) -> Iterator[Compared]:
        """The figures of an option, an item, or of a number, among these organisations, where both replies have it."""
        for figure in _FIGURES[kind]:
            first, last = (
                _answers(dataset, self._question, code, figure)[rows]
                for dataset, rows in zip(self._datasets, self._rows, strict=True)
            )
            known = ~(np.isnan(first) | np.isnan(last))
            pair, n = (first[known], last[known]), int(known.sum())
            middle = np.median if figure is Figure.MEDIAN else np.mean
            values = (float(middle(pair[0])), float(middle(pair[1]))) if n else (None, None)
            yield Compared(figure=figure, n=(n, n), values=values, samples=pair if n else None)


def _answered(dataset: Dataset, question: str) -> list[int]:
    """Rows with an answer to the question, or to an item of the battery."""
    battery = battery_of(dataset, question)
    names = (question,) if battery is None else battery.items
    rows: list[int] = np.flatnonzero(
        np.logical_or.reduce([dataset.columns[name].state == ANSWERED for name in names])
    ).tolist()
    return rows


def _answered_once(dataset: Dataset, question: str) -> dict[str, int]:
    """Name of an organisation -> the row of its only reply."""
    rows = {row: same_name(dataset.respondents[row].organisation) for row in _answered(dataset, question)}
    times = Counter(rows.values())
    return {name: row for row, name in rows.items() if name and times[name] == 1}


def _answered_by(dataset: Dataset, question: str) -> dict[str, int]:
    """Key of a reply -> its row."""
    return {str(dataset.respondents.ids[row]): row for row in _answered(dataset, question)}


_FIGURES: Mapping[CardKind, tuple[Figure, ...]] = {
    CardKind.SINGLE: (Figure.SHARE,),
    CardKind.MULTIPLE: (Figure.SHARE,),
    CardKind.RANKING: (Figure.MEAN_RANK, Figure.FIRST),
    CardKind.NUMBER: (Figure.MEAN, Figure.MEDIAN),
    CardKind.BATTERY: (Figure.NET,),
}


def _answers(dataset: Dataset, question: str, code: str, figure: Figure) -> FloatArray:
    """(n,) what each reply adds to a figure, NaN where it stands behind none."""
    if figure is Figure.NET:
        return _sides(dataset, question, code)
    column = dataset.columns[question]
    if isinstance(column, NumberColumn):
        return column.values
    place = next(at for at, each in enumerate(dataset.variables[question].codes) if each.name == code)
    if isinstance(column, RankColumn):
        ranks = column.ranks[:, place].astype(np.float64)
        if figure is Figure.MEAN_RANK:
            return np.where((column.state == ANSWERED) & (ranks > 0), ranks, np.nan)
        return np.where(column.state == ANSWERED, (ranks == 1).astype(np.float64), np.nan)
    flags = dataset.chose(question, place).astype(np.float64)
    return np.where(column.state == ANSWERED, flags, np.nan)


def _sides(dataset: Dataset, group: str, item: str) -> FloatArray:
    """(n,) what each reply to an item adds to its net value: 1, 0 or -1."""
    column, sides = dataset.columns[item], sides_of(dataset, dataset.codebook.battery(group))
    if not isinstance(column, SingleColumn):
        return np.full(dataset.size, np.nan)
    by_code = [float(sides[code.name]) for code in dataset.variables[item].codes]
    found: FloatArray = np.array([np.nan] * FIRST_CODE + by_code)[column.codes]
    return found
