"""Released tables of replies as what an attacker knows: views, groups that views leave between them, and their counts.

A view is a choice of replies (filters, and a value of a comparison). Views that overlap divide replies into finer
groups than anybody asked for: all replies without those of two regions are a group too. The values of each filter
variable are therefore joined into classes that no view tells apart, and the unknowns are the counts of every class, or
of every combination of classes when views combine variables.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from analysis.dataset.arrays import BoolArray, Dataset
from analysis.disclosure.space import Event, Group, Shared, Space, along, space_of
from analysis.disclosure.system import (
    NO_LIMIT,
    Condition,
    FloatArray,
    IntArray,
    Secret,
    Standing,
    Statistic,
    System,
    shown_range,
    weight,
)

MOST_SECRETS = 1200
"""Small groups of a question in its views beyond which nothing more of it is shown; most of them protect each other, so
that many are decided about in a second."""
MOST_TOLD = 4096
"""Unions of what views divide replies into, of which is asked whether sums tell of them."""
MOST_LEFT = 500
"""Unions of what shown sums leave of each other, of which the same is asked with every further sum."""
MOST_COMPARED = 4_000_000
"""Parts of what pairs of views leave of each other; with more of them no further sum is shown."""
SUM_WEIGHT = 3.0
"""What is lost with a mean; `Sum.weight`."""
REPLIES, ANSWERS = "replies", "answered"


class Rule(NamedTuple):
    """How figures are shown: from which count on, and as multiples of what (0: as they are)."""

    threshold: int
    rounding: int


class Key(NamedTuple):
    """Name of a figure: what is counted (a part, an option, REPLIES, ANSWERS or a sum) of a question in a group."""

    question: str
    group: Group
    figure: str
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sum:
    """A figure made of what replies add, of which their parts tell something: a mean, a net value, a median.

    low, high   (parts,) least and most that one reply of the part adds
    value       (n,) what each reply adds in truth
    middle      it is the median of the values
    shares      what single replies add may be told apart, so that none may make up nearly all of it
    weight      what is lost when it is hidden; a count weighs 1 to 2, a total ten times as much
    """

    name: str
    low: FloatArray
    high: FloatArray
    value: FloatArray
    middle: bool = False
    shares: bool = False
    weight: float = SUM_WEIGHT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """A question as far as counts can tell of it.

    parts     names of the parts that divide all replies: options or bins, and causes of missing answers
    valid     which of them are valid answers
    part      (n,) the part of each reply
    options   names of overlapping options
    chosen    (n, options) who is counted for which
    covering  each reply with a valid answer has at least one option
    within    option -> the option of which it is a part (a first place is part of having been ranked)
    places    of the places of a ranking, the options at the first, the second, ..., each in the order of the options;
              every respondent fills them from the first on
    means     of a ranking with places, the names of the mean place of each option
    added     the figures that its tables tell beside those of the question's own table; None: all of them
    sets      part -> the codes of the options that were chosen together, where the parts of a multiple choice are sets
              of options; a table lists those that it shows, so that nobody chose a set is no secret
    made_of   figure -> the parts of which it is the sum: an option, of the sets that hold it
    """

    question: str
    parts: tuple[str, ...]
    valid: tuple[bool, ...]
    part: IntArray
    options: tuple[str, ...] = ()
    chosen: BoolArray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.bool_))
    covering: bool = False
    within: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[Sum, ...] = ()
    places: tuple[tuple[str, ...], ...] = ()
    means: tuple[str, ...] = ()
    added: tuple[str, ...] | None = None
    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    made_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One question in one view, and in each group of a comparison."""

    question: str
    filters: Group = ()
    by: str = ""


_PLACES, _COMBINATIONS = " places", " combinations"
"""End the names, in tables, of what a question tells beside its own table; no question has a name with a space."""


def places_table(question: str) -> str:
    """The name, in tables, of the places that a ranking gave its options."""
    return question + _PLACES


def combinations_table(question: str) -> str:
    """The name, in tables, of the sets of options that replies to a multiple choice chose exactly."""
    return question + _COMBINATIONS


def home_of(question: str) -> str:
    """The question of whose replies a table tells."""
    return question.partition(" ")[0]


def group_of(filters: Mapping[str, Sequence[str]]) -> Group:
    """The replies that filters let through, named in one way only."""
    return tuple(sorted((name, tuple(sorted(set(codes)))) for name, codes in filters.items()))


def groups_of(table: Table, dataset: Dataset) -> tuple[Group, ...]:
    """The view of a table, then the groups compared, in code-book order."""
    if not table.by:
        return (table.filters,)
    codes = dataset.variables[table.by].codes
    return (table.filters, *(within(table.filters, (table.by, (code.name,)), dataset) for code in codes))


def within(group: Group, event: Event, dataset: Dataset) -> Group:
    """The part of a group to which an event happened."""
    name, codes = event
    if not dataset.variables[name].is_single:
        return tuple(sorted({*group, event}))
    inside = dict(group)
    found = set(codes) & set(inside.get(name, codes))
    return tuple(sorted({**inside, name: tuple(sorted(found))}.items()))


def members(group: Group, dataset: Dataset) -> BoolArray:
    """(n,) which replies are in the group."""
    return reduce(np.logical_and, (dataset.select({name: codes}) for name, codes in group), _everybody(dataset))


def _everybody(dataset: Dataset) -> BoolArray:
    return np.ones(dataset.size, dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure:
    """A count that is or may be shown.

    key     its name
    group   the replies of which it counts some
    counts  what it counts of them: a part, an option, a sum, ANSWERS or REPLIES
    cap     height of the secret that it is when small, where that is less than the threshold
    """

    key: Key
    group: Group
    counts: str
    standing: Standing
    cap: float = NO_LIMIT


def figures(question: Answers, group: Group, rule: Rule) -> tuple[Key, ...]:
    """Every figure that a table of the question tells of a group, beside the number of replies.

    With rounding there are no sums: what is shown of them is made of the rounded parts.
    """
    if question.added is not None:
        return tuple(Key(question=question.question, group=group, figure=name, rule=rule) for name in question.added)
    names = [ANSWERS]
    names += [name for name in question.parts if name != ANSWERS]
    names += question.options
    if not rule.rounding:
        names += [each.name for each in question.sums]
    return tuple(Key(question=question.question, group=group, figure=name, rule=rule) for name in names)


def option_part(code: str) -> str:
    """Name of the part that chose an option."""
    return f"={code}"


def code_of(part: str) -> str:
    """What a part is called in the code-book's values: its code; a cause of missing answers keeps its own name."""
    return part.removeprefix("=")


def _atoms(groups: BoolArray) -> tuple[FloatArray, IntArray]:
    """The smallest parts into which groups divide replies: ((groups, parts) which group holds which, (n,) the part of
    each reply, -1 outside of all groups)."""
    of, first = np.zeros(groups.shape[1], dtype=np.int64), np.zeros(0, dtype=np.int64)
    for start in range(0, len(groups), 32):  # as numbers, which are sorted much faster than columns of flags
        for row in groups[start : start + 32]:
            of = of << 1 | row
        _, first, of = np.unique(of, return_index=True, return_inverse=True)
    patterns = groups[:, first]
    held = patterns.any(axis=0)
    numbers = np.where(held, np.cumsum(held) - 1, -1)
    return patterns[:, held].astype(np.float64), numbers[of]


def _unions(inside: FloatArray) -> BoolArray:
    """(n, parts) what can be put together of the parts: everything while there are few of them, else small unions, and
    what of one group lies outside of another."""
    width = inside.shape[1]
    held = inside > 0
    every = np.concatenate(
        [_small_unions(width, MOST_TOLD), held, (held[:, None, :] & ~held[None, :, :]).reshape(-1, width)]
    )
    return np.unique(every[every.any(axis=1)], axis=0)


def _small_unions(width: int, most: int) -> BoolArray:
    """(n, width) each part, all pairs, ..., up to the size with which there would be more than `most`."""
    found: list[BoolArray] = [np.eye(width, dtype=np.bool_)]
    for size in range(2, width + 1):
        some = list(combinations(range(width), size))
        if sum(map(len, found)) + len(some) > most:
            break
        flags = np.zeros((len(some), width), dtype=np.bool_)
        np.put_along_axis(flags, np.array(some), True, axis=1)
        found.append(flags)
    return np.concatenate(found)


def _left_over(told: FloatArray) -> BoolArray:
    """(n, parts) what is left where groups are taken from each other: each group less all those within it, and small
    unions of what no group divides.

    told  (m, parts) of which groups the sums are known; nothing follows from them that would divide parts which each
          group has together or not at all, so such parts count as one, however many they are
    """
    held = told > 0
    patterns, of = np.unique(held, axis=1, return_inverse=True)
    inside = np.flatnonzero(patterns.any(axis=0))
    unions = np.zeros((0, patterns.shape[1]), dtype=np.bool_)
    if inside.size:
        small = _small_unions(inside.size, MOST_LEFT)
        unions = np.zeros((len(small), patterns.shape[1]), dtype=np.bool_)
        unions[:, inside] = small
    sizes = told.sum(axis=1)
    inner = np.equal(told @ told.T, sizes) & (sizes < sizes[:, None])
    rests = held & ~(inner.astype(np.float64) @ told > 0)
    return np.concatenate([unions[:, of.reshape(-1)], rests[rests.any(axis=1)]])


def _follows(unions: FloatArray, told: FloatArray) -> BoolArray:
    """Which of the unions (n, parts) are a sum or difference of those told (m, parts)."""
    if not told.size:
        return np.zeros(len(unions), dtype=np.bool_)
    missed = np.abs(unions - unions @ np.linalg.pinv(told) @ told)
    found: BoolArray = np.less(missed.max(axis=1, initial=0.0), 1e-6)
    return found


class _Layout(NamedTuple):
    """Where the unknowns of a block stand: combination * width + column; parts first, then options."""

    start: int
    width: int
    combinations: int


def system_of(
    question: Answers,
    shown: Sequence[Figure],
    known: Sequence[Figure],
    dataset: Dataset,
    threshold: int,
) -> System:
    """What an attacker knows of a question from all its tables.

    threshold  groups of fewer replies are secrets
    shown   figures of the question, earlier ones and those to be decided about
    known   REPLIES of other questions' tables: shown ones help the attacker where they name a group of this space
    """
    counted = [figure.group for figure in known if figure.standing is Standing.SHOWN]
    space = space_of((figure.group for figure in shown), dataset, beside=counted)
    if space is None:
        return _undecided(shown)
    return _Builder(question, space, dataset, threshold).build(shown, known)


def _undecided(shown: Sequence[Figure]) -> System:
    """A system of which everything that is open is hidden: more lies between its views than can be looked at."""
    statistics = tuple(
        Statistic(key=figure.key, conditions=(), weight=1.0, standing=figure.standing) for figure in shown
    )
    return System(truth=np.zeros(0), always=(), statistics=statistics, secrets=(), most=-1)


class _Builder:
    def __init__(self, question: Answers, space: Space, dataset: Dataset, threshold: int) -> None:
        self.question, self.space, self.dataset, self.threshold = question, space, dataset, threshold
        self.width = len(question.parts) + len(question.options)
        self.valid = np.flatnonzero(question.valid)
        self.parts = {name: i for i, name in enumerate(question.parts)}
        self.options = {name: len(question.parts) + i for i, name in enumerate(question.options)}
        self.sums = {each.name: each for each in question.sums}
        self.layouts: list[_Layout] = []
        pieces, start = [], 0
        for block in space.blocks:
            combinations_ = int(np.prod(block.shape))
            counts = np.zeros((combinations_, self.width), dtype=np.float64)
            np.add.at(counts, (block.place, question.part), 1)
            for i in range(len(question.options)):
                counts[:, len(question.parts) + i] = np.bincount(
                    block.place[question.chosen[:, i]], minlength=combinations_
                )
            self.layouts.append(_Layout(start=start, width=self.width, combinations=combinations_))
            pieces.append(counts.reshape(-1))
            start += counts.size
        self.truth = np.concatenate(pieces)
        self.impossible = self._impossible()

    def build(self, shown: Sequence[Figure], known: Sequence[Figure]) -> System:
        statistics = self._told_apart(shown, [self._statistic(figure) for figure in shown])
        told = [
            self._statistic(figure)
            for figure in known
            if figure.standing is Standing.SHOWN and self.space.knows(figure.group)
        ]
        secrets = self._secrets(shown)
        always: list[Condition] = []
        if len(secrets) <= MOST_SECRETS:  # else nobody searches
            always = [*self._always(), *(condition for each in told for condition in each.conditions)]
        return System(truth=self.truth, always=tuple(always), statistics=statistics, secrets=secrets, most=MOST_SECRETS)

    # Unknowns of some combinations of a block, one column or several.

    def _places(self, block: int, mask: BoolArray, columns: Iterable[int]) -> IntArray:
        layout = self.layouts[block]
        rows = np.flatnonzero(mask) * layout.width + layout.start
        return (rows[None, :] + np.array([*columns], dtype=np.int64)[:, None]).reshape(-1)

    def _located(self, figure: str, block: int, mask: BoolArray) -> IntArray:
        return self._places(block, mask, self._columns(figure))

    def _columns(self, figure: str) -> list[int]:
        if figure == REPLIES:
            return list(range(len(self.question.parts)))
        if figure == ANSWERS:
            return self.valid.tolist()
        if figure in self.question.made_of:
            return [self.parts[name] for name in self.question.made_of[figure]]
        return [self.parts[figure] if figure in self.parts else self.options[figure]]

    def _statistic(self, figure: Figure) -> Statistic:
        found = self.space.places(figure.group)
        if found is None:
            raise KeyError(figure.group)
        block, mask = found
        name = figure.counts
        if name in self.sums:
            return self._sum(figure, self.sums[name], block, mask)
        if name in self.question.means:
            return self._mean_place(figure, block, mask)
        places = self._places(block, mask, self._columns(name))
        value = int(self.truth[places].sum())
        low, high = shown_range(value, *figure.key.rule)
        return Statistic(
            key=figure.key,
            conditions=(Condition.total(places, low, high),),
            weight=weight(value, total=name in (REPLIES, ANSWERS)),
            # Also where it follows from totals, such as that no answer is missing: nothing small is ever printed.
            standing=Standing.HIDDEN
            if figure.standing is Standing.OPEN and value < self.threshold
            else figure.standing,
        )

    def _sum(self, figure: Figure, added: Sum, block: int, mask: BoolArray) -> Statistic:
        rows = members(figure.group, self.dataset) & np.array(self.question.valid)[self.question.part]
        values = added.value[rows]
        layout, width = self.layouts[block], len(self.question.parts)
        starts = np.flatnonzero(mask) * layout.width + layout.start
        places = (starts[:, None] + np.arange(width)).reshape(-1)
        if added.middle:
            weights, low, high = self._half(added, values)
        else:
            weights, low, high = (added.low, added.high), -NO_LIMIT, float(values.sum())
        below, above = (np.tile(each, starts.size) for each in weights)
        conditions: tuple[Condition, ...] = (
            Condition(places=places, weights=below, low=low, high=high + 1e-6),
            Condition(places=places, weights=above, low=high - 1e-6, high=NO_LIMIT),
        )
        if np.array_equal(below, above):
            # What each part adds is known, as on a scale: one equation instead of two inequalities.
            conditions = (Condition(places=places, weights=below, low=high - 1e-6, high=high + 1e-6),)
        standing = figure.standing
        if standing is Standing.OPEN and self._is_of_few(added, values):
            standing = Standing.HIDDEN
        return Statistic(key=figure.key, conditions=conditions, weight=added.weight, standing=standing)

    def _half(self, added: Sum, values: FloatArray) -> tuple[tuple[FloatArray, FloatArray], float, float]:
        """At most half of the valid answers lie in parts below that of the median, and at most half above."""
        middle = float(np.median(values)) if values.size else 0.0
        valid = np.array(self.question.valid)
        below = np.where(valid, (added.high < middle) - 0.5, 0.0)
        above = np.where(valid, 0.5 - (added.low > middle), 0.0)
        return (below, above), -NO_LIMIT, 0.0

    def _is_of_few(self, added: Sum, values: FloatArray) -> bool:
        """Whether too few stand behind a sum: fewer than the threshold, for a median on each side of it, or all but
        the two largest add less than a tenth of the largest, so that the second could tell it within a tenth.

        Source  p% rule, Handbook on Statistical Disclosure Control, section 4.2 (p = 10).
        """
        if values.size < self.threshold * (2 if added.middle else 1):
            return True
        if not added.shares or added.middle:
            return False
        sizes = np.sort(np.abs(values))[::-1]
        return bool(sizes[2:].sum() < 0.1 * sizes[0])

    def _told_apart(self, shown: Sequence[Figure], statistics: Sequence[Statistic]) -> tuple[Statistic, ...]:
        """The statistics, less the sums of single replies that with others would tell a sum of few.

        The sum of all less that of a view is the sum of the rest, whether a table shows the rest or not: whatever
        adding and subtracting sums of views gives is judged like a sum that is shown.
        """
        found = list(statistics)
        for added in self.sums.values():
            places = [place for place, figure in enumerate(shown) if figure.counts == added.name]
            if not added.shares or len(places) < 2:
                continue
            valid = np.array(self.question.valid)[self.question.part]
            groups = np.array([members(shown[place].group, self.dataset) & valid for place in places])
            inside, atoms = _atoms(groups)
            if not inside.size:
                continue
            if len(places) ** 2 * inside.shape[1] > MOST_COMPARED:
                for place in places:
                    if found[place].standing is Standing.OPEN:
                        found[place] = replace(found[place], standing=Standing.HIDDEN)
                continue
            unions = _unions(inside)
            sizes = [np.abs(added.value[atoms == number]) for number in range(inside.shape[1])]
            few = self._are_of_few(unions, sizes)
            suspects = unions[few]
            told = inside[[found[place].standing is Standing.SHOWN for place in places]]
            for row, place in enumerate(places):
                if found[place].standing is not Standing.OPEN:
                    continue
                then = np.vstack([told, inside[row]])
                left = _left_over(then)
                asked = np.concatenate([suspects, left[self._are_of_few(left, sizes)]]).astype(np.float64)
                follows = asked[_follows(asked, then)]
                if len(follows) and not _follows(follows, told).all():
                    found[place] = replace(found[place], standing=Standing.HIDDEN)
                else:
                    told = then
        return tuple(found)

    def _are_of_few(self, unions: BoolArray, sizes: Sequence[FloatArray]) -> BoolArray:
        """Which unions of replies are such that `_is_of_few` holds of a sum over them.

        unions  (n, atoms)
        sizes   of each atom, what its replies add
        """
        largest = np.array([np.sort(np.append(each, [0.0, 0.0]))[::-1][:2] for each in sizes])
        tops = np.sort((unions[:, :, None] * largest).reshape(len(unions), 2 * len(largest)), axis=1)[:, ::-1]
        sums = unions @ np.array([each.sum() for each in sizes])
        counts = unions @ np.array([each.size for each in sizes])
        rest = sums - tops[:, :2].sum(axis=1)
        few: BoolArray = (counts < self.threshold) | (rest < 0.1 * tops[:, 0] - 1e-9)
        return few

    def _always(self) -> list[Condition]:
        """What follows from the questionnaire alone, and that blocks count the same replies."""
        found = []
        for shared in self.space.shared:
            found += [self._same(shared, column) for column in range(self.width)]
        for block, layout in enumerate(self.layouts):
            for combination in range(layout.combinations):
                found += self._overlaps(block, combination)
        return [*found, Condition.total(self.impossible, 0.0, 0.0)] if self.impossible.size else found

    def _impossible(self) -> IntArray:
        """Where views choose replies by the options of the question itself, nobody outside them chose a set of theirs.

        Source  the set says which options it holds, and so to which views its replies belong.
        """
        home = home_of(self.question.question)
        places = [np.zeros(0, dtype=np.int64)]
        if not self.question.sets:
            return places[0]
        options = {code.name for code in self.dataset.variables[home].codes}
        for number, name in ((number, name) for number, block in enumerate(self.space.blocks) for name in block.axes):
            block, axis = self.space.blocks[number], self.space.axes[name]
            if not any(variable == home for variable, _ in axis.of):
                continue
            for part, column in self.parts.items():
                chosen = self.question.sets.get(part)
                fits = np.ones(axis.classes, dtype=np.bool_)
                for (_, codes), classes in axis.of.items():
                    if chosen is not None or options.issuperset(codes):  # else replies without an answer are meant
                        happened = chosen is not None and not chosen.isdisjoint(codes)
                        fits &= np.isin(np.arange(axis.classes), list(classes)) == happened
                outside = np.broadcast_to(along(block, name, ~fits), block.shape)
                places.append(self._places(number, outside.reshape(-1), [column]))
        return np.unique(np.concatenate(places))

    def _same(self, shared: Shared, column: int) -> Condition:
        one = self._places(shared.one, shared.within_one, [column])
        other = self._places(shared.other, shared.within_other, [column])
        weights = np.concatenate([np.ones(one.size), -np.ones(other.size)])
        return Condition(places=np.concatenate([one, other]), weights=weights, low=0.0, high=0.0)

    def _overlaps(self, block: int, combination: int) -> list[Condition]:
        """An option is chosen by answering replies only, and by at least one of them when options cover everybody."""
        if not self.options:
            return []
        start = self.layouts[block].start + combination * self.width
        answered = start + self.valid
        found = []
        for name, column in self.options.items():
            whole = self.question.within.get(name)
            above = answered if whole is None else np.array([start + self.options[whole]])
            found.append(
                Condition(
                    places=np.append(above, start + column),
                    weights=np.append(np.ones(above.size), -1.0),
                    low=0.0,
                    high=NO_LIMIT,
                )
            )
        if self.question.covering:
            first = [column for name, column in self.options.items() if name not in self.question.within]
            nested = [column for name, column in self.options.items() if name in self.question.within]
            if self.question.places:
                nested = [self.options[name] for name in self.question.places[0]]
                found += self._of_places(start)
            for columns, high in ((first, NO_LIMIT), (nested, 0.0)):
                if columns:
                    places = np.concatenate([start + np.array(columns), answered])
                    weights = np.concatenate([np.ones(len(columns)), -np.ones(answered.size)])
                    found.append(Condition(places=places, weights=weights, low=0.0, high=high))
        return found

    def _of_places(self, start: int) -> list[Condition]:
        """Whoever ranked an option gave it one place, and nobody fills a place without the one before it."""
        rows = [[start + self.options[name] for name in names] for names in self.question.places]
        found = []
        for option, name in enumerate(self.question.places[0]):
            places = np.array([start + self.options[self.question.within[name]], *(row[option] for row in rows)])
            weights = np.array([-1.0, *[1.0] * len(rows)])
            found.append(Condition(places=places, weights=weights, low=0.0, high=0.0))
        for before, after in pairwise(rows):
            weights = np.concatenate([np.ones(len(before)), -np.ones(len(after))])
            found.append(Condition(places=np.array(before + after), weights=weights, low=0.0, high=NO_LIMIT))
        return found

    def _mean_place(self, figure: Figure, block: int, mask: BoolArray) -> Statistic:
        """What the places of an option add, less its mean for each, is nought."""
        option = self.question.means.index(figure.counts)
        each = [self._places(block, mask, [self.options[names[option]]]) for names in self.question.places]
        counts = np.array([self.truth[places].sum() for places in each])
        numbers = np.arange(1, len(each) + 1)
        conditions: tuple[Condition, ...] = ()
        if counts.any():
            apart = numbers - float(counts @ numbers) / float(counts.sum())
            weights = np.repeat(apart, [places.size for places in each])
            conditions = (Condition(places=np.concatenate(each), weights=weights, low=-1e-6, high=1e-6),)
        return Statistic(key=figure.key, conditions=conditions, weight=SUM_WEIGHT, standing=figure.standing)

    def _secrets(self, shown: Sequence[Figure]) -> tuple[Secret, ...]:
        """Every small group that a table shows, or that tables leave between them."""
        found: dict[tuple[bytes, bytes], Secret] = {}

        def add(places: IntArray, weights: FloatArray, high: float, statistic: Hashable | None) -> None:
            value = round(float(weights @ self.truth[places]))
            # Where tables leave nobody between them, nobody can be told.
            if value >= high or high <= 0 or (statistic is None and not value):
                return
            if self.impossible.size and not self._may_be(places, weights):
                return
            name = (places.tobytes(), weights.tobytes())
            if name not in found or found[name].statistic is None:
                found[name] = Secret(places=places, weights=weights, value=value, high=high, statistic=statistic)
            elif statistic is not None:
                again = (name[0], name[1] + repr(statistic).encode())
                found[again] = Secret(places=places, weights=weights, value=value, high=high, statistic=statistic)

        if not self.threshold:
            return ()
        for figure in shown:
            if len(found) > MOST_SECRETS:
                return tuple(found.values())
            located = self.space.places(figure.group)
            if located is None or not located[1].any() or figure.counts in (*self.sums, *self.question.means):
                continue
            if figure.counts in self.question.sets and not self.truth[self._located(figure.counts, *located)].any():
                continue  # a set that nobody chose is listed nowhere
            for places, weights, high in self._small(*located, figure.counts):
                add(places, weights, min(high, figure.cap), figure.key)
        for block, mask in self.space.unions():
            if len(found) > MOST_SECRETS:
                break
            for name in (ANSWERS, *self.question.parts, *self.question.options, *self.question.made_of):
                for places, weights, high in self._small(block, mask, name):
                    add(places, weights, high, None)
            for names in self.question.places[1:]:
                # Those who left a place empty, which follows when every figure of the place is shown.
                answered = self._places(block, mask, self.valid)
                filled = self._places(block, mask, [self.options[name] for name in names])
                signs = np.concatenate([np.ones(answered.size), -np.ones(filled.size)])
                add(np.concatenate([answered, filled]), signs, float(self.threshold), None)
        return tuple(found.values())

    def _may_be(self, places: IntArray, weights: FloatArray) -> bool:
        """Whether the questionnaire allows that anybody is in a group."""
        net = np.zeros(self.truth.size)
        np.add.at(net, places, weights)
        net[self.impossible] = 0.0
        return bool(net.any())

    def _small(self, block: int, mask: BoolArray, name: str) -> list[tuple[IntArray, FloatArray, float]]:
        """(places, weights, height) of the groups that a figure tells: those counted, and for an option the others."""
        places = self._places(block, mask, self._columns(name))
        high = float(self.threshold)
        column = self.parts.get(name)
        if column is not None and not self.question.valid[column]:
            # How many have no answer follows from the two totals, which are shown; the cause is what is protected.
            causes = np.flatnonzero(~np.array(self.question.valid))
            replies = self.truth[self._places(block, mask, range(len(self.question.parts)))].sum()
            missing = self.truth[self._places(block, mask, causes)].sum()
            if replies - missing >= self.threshold:
                high = min(high, float(missing))
        found = [(places, np.ones(places.size), high)]
        if name in self.question.made_of or (name in self.options and name not in self.question.within):
            answered = self._places(block, mask, self.valid)
            both = np.concatenate([answered, places])
            found.append((both, np.concatenate([np.ones(answered.size), -np.ones(places.size)]), high))
        return found
