"""A question as disclosure control counts it: which part of the answers each reply is in, and what is made of parts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.dataset.arrays import (
    ANSWERED,
    CAUSES,
    BoolArray,
    Dataset,
    MultipleColumn,
    NumberColumn,
    RankColumn,
    SingleColumn,
    StateArray,
)
from analysis.dataset.codebook import Cause, Code
from analysis.dataset.counting import spread
from analysis.dataset.remembering import remembered_within
from analysis.disclosure.space import cause_part
from analysis.disclosure.system import FloatArray, IntArray
from analysis.disclosure.tables import (
    ANSWERS,
    Answers,
    Sum,
    combinations_table,
    home_of,
    option_part,
)
from analysis.findings.bins import bins
from analysis.findings.scale import is_ordered, scale_of
from data.errors import NotFound

MEAN, MEDIAN, NET = "mean", "median", "net"
NET_WEIGHT = 5.0
"""A net value is what the chart of a battery shows and its sentence says: it weighs more than the mean beside it."""


def chosen_option(code: str) -> str:
    """Name of the figure that counts who chose an option, or ranked it."""
    return f"chosen {code}"


def first_option(code: str) -> str:
    """Name of the figure that counts who put an item first."""
    return f"first {code}"


def option_at(place: int, code: str) -> str:
    """Name of the figure that counts who gave an item a place; the first one has its name in the ranking's table."""
    return first_option(code) if place == 1 else f"place {place} {code}"


def mean_place(code: str) -> str:
    """Name of the figure that is the mean rank of an item."""
    return f"rank {code}"


def set_part(codes: Sequence[str]) -> str:
    """Name of the part that chose exactly these options, in the order in which they are asked."""
    return f"set {' '.join(codes)}"


def _size(found: Answers) -> int:
    return found.part.nbytes + found.chosen.nbytes + sum(each.value.nbytes for each in found.sums)


@remembered_within(256_000_000, _size, least=4)
def answers_of(dataset: Dataset, question: str) -> Answers:
    """The answers to a question, to an item of a battery, or (by the group's name) to any item of a battery.

    By the name of its `places_table`, a ranking with all places; its table tells those after the first and
    the mean ranks. By the name of its `combinations_table`, a multiple choice by the sets that replies chose exactly.

    Raises  NotFound "card.unknown_question".
    """
    if home_of(question) != question:
        made = _combinations if question == combinations_table(home_of(question)) else _places
        return made(dataset, question)
    battery = next((each for each in dataset.codebook.batteries if each.name == question), None)
    if battery is not None:
        state = np.maximum.reduce([dataset.columns[name].state for name in battery.items])
        known = {cause for name in battery.items for cause in dataset.variables[name].causes}
        return _answered_or_not(question, state, tuple(cause for cause in Cause if cause in known))
    variable = dataset.variables.get(question)
    if variable is None:
        raise NotFound("card.unknown_question", question=question)
    column, causes = dataset.columns[question], variable.causes
    if isinstance(column, SingleColumn):
        home = next((each for each in dataset.codebook.batteries if question in each.items), None)
        codes = scale_of(dataset, home) if home is not None else variable.codes
        return _single(question, column, variable.codes, codes, causes, in_battery=home is not None)
    if isinstance(column, NumberColumn):
        return _number(dataset, question, column, causes)
    plain = _answered_or_not(question, column.state, causes)
    names = [code.name for code in variable.codes]
    if isinstance(column, MultipleColumn):
        return _with_options(plain, tuple(chosen_option(name) for name in names), column.chosen, {})
    if isinstance(column, RankColumn):
        within = {first_option(name): chosen_option(name) for name in names}
        chosen = np.column_stack([column.ranks > 0, column.ranks == 1])
        return _with_options(plain, (*within.values(), *within), chosen, within)
    return plain


def _places(dataset: Dataset, question: str) -> Answers:
    home = home_of(question)
    column, plain = dataset.columns.get(home), replace(answers_of(dataset, home), question=question)
    if not isinstance(column, RankColumn) or not column.ranks.shape[1]:
        return replace(plain, added=())  # what was a ranking once tells no places now
    names = [code.name for code in dataset.variables[home].codes]
    numbers = range(1, len(names) + 1)
    places = tuple(tuple(option_at(number, name) for name in names) for number in numbers)
    chosen = np.column_stack([column.ranks > 0, *(column.ranks == number for number in numbers)])
    within = {option_at(number, name): chosen_option(name) for number in numbers for name in names}
    options = (*(chosen_option(name) for name in names), *within)
    found = _with_options(plain, options, chosen, within)
    means = tuple(mean_place(name) for name in names)
    return replace(found, places=places, means=means, added=(*means, *(name for place in places[1:] for name in place)))


def _combinations(dataset: Dataset, question: str) -> Answers:
    """The sets that some reply chose exactly, each a part of its own, and each option alone that nobody chose.

    Those are possible under the questionnaire's rules; no other set is taken to be.
    """
    home = home_of(question)
    column, plain = dataset.columns.get(home), replace(answers_of(dataset, home), question=question)
    if not isinstance(column, MultipleColumn):
        return replace(plain, added=())  # what was a multiple choice once tells no sets now
    codes = [code.name for code in dataset.variables[home].codes]
    answered = column.state == ANSWERED
    found, places = distinct_sets(column.chosen[answered])
    held = [tuple(code for code, inside in zip(codes, each, strict=True) if inside) for each in found]
    told = tuple(map(set_part, held))
    held += [(code,) for code in codes if not any(code in each for each in held)]
    names = tuple(map(set_part, held))
    causes = plain.parts[1:]
    part = plain.part + len(names) - 1
    part[answered] = places
    return Answers(
        question=question,
        parts=(*names, *causes),
        valid=(*(True for _ in names), *(False for _ in causes)),
        part=part,
        added=told,
        sets={name: frozenset(each) for name, each in zip(names, held, strict=True)},
        made_of={
            chosen_option(code): tuple(name for name, each in zip(names, held, strict=True) if code in each)
            for code in codes
        },
    )


def distinct_sets(chosen: BoolArray) -> tuple[BoolArray, IntArray]:
    """((sets, options) each set of options once, (replies,) which of them each reply chose).

    chosen  (replies, options)
    """
    packed = np.packbits(chosen, axis=1)
    if packed.shape[1] <= 8:  # one number for each reply, in the same order, is sorted many times faster
        bytes_ = np.zeros((len(packed), 8), dtype=np.uint8)
        bytes_[:, : packed.shape[1]] = packed
        _, first, places = np.unique(bytes_.view(">u8")[:, 0].astype(np.uint64), return_index=True, return_inverse=True)
    else:
        _, first, places = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    return chosen[first], places.reshape(-1).astype(np.int64)


def _parts(causes: tuple[Cause, ...]) -> tuple[str, ...]:
    return tuple(cause_part(cause.value) for cause in causes)


def _cause_places(causes: tuple[Cause, ...], first: int) -> IntArray:
    """(causes,) the part of each cause; one that the question does not know has no replies."""
    places = np.full(len(CAUSES), first, dtype=np.int64)
    for number, cause in enumerate(causes):
        places[CAUSES.index(cause)] = first + number
    return places


def _answered_or_not(question: str, state: StateArray, causes: tuple[Cause, ...]) -> Answers:
    places = np.append(_cause_places(causes, 1), 0)
    return Answers(
        question=question,
        parts=(ANSWERS, *_parts(causes)),
        valid=(True, *(False for _ in causes)),
        part=places[state],
    )


def _with_options(plain: Answers, names: tuple[str, ...], chosen: BoolArray, within: dict[str, str]) -> Answers:
    return Answers(
        question=plain.question,
        parts=plain.parts,
        valid=plain.valid,
        part=plain.part,
        options=names,
        chosen=chosen,
        covering=bool(names),
        within=within,
    )


def _single(
    question: str,
    column: SingleColumn,
    own: tuple[Code, ...],
    codes: tuple[Code, ...],
    causes: tuple[Cause, ...],
    *,
    in_battery: bool,
) -> Answers:
    position = {code.name: number for number, code in enumerate(codes)}
    places = np.concatenate(
        [_cause_places(causes, len(codes)), np.array([position[code.name] for code in own], dtype=np.int64)]
    )
    part = places[column.codes.astype(np.int64)]
    sums: tuple[Sum, ...] = ()
    names = [code.name for code in codes]
    if in_battery and is_ordered(names):
        points = np.array([float(name) for name in names] + [0.0] * len(causes))
        sums = (_exact(MEAN, points, part),)
        if len(names) > 1:
            net, ends = np.zeros(points.size), min(2, len(names) // 2)
            net[:ends] = -1
            net[len(names) - ends : len(names)] = 1
            sums = (*sums, replace(_exact(NET, net, part), weight=NET_WEIGHT))
    return Answers(
        question=question,
        parts=(*(option_part(name) for name in names), *_parts(causes)),
        valid=(*(True for _ in names), *(False for _ in causes)),
        part=part,
        sums=sums,
    )


def _exact(name: str, points: FloatArray, part: IntArray) -> Sum:
    return Sum(name=name, low=points, high=points, value=points[part])


def _number(dataset: Dataset, question: str, column: NumberColumn, causes: tuple[Cause, ...]) -> Answers:
    answered = column.state == ANSWERED
    found = bins(dataset.variables[question], spread(dataset, question))
    part = _cause_places(causes, len(found))[np.minimum(column.state, ANSWERED - 1)]
    lows, highs = [], []
    for number, each in enumerate(found):
        inside = answered & each.holds(column.values)
        part[inside] = number
        lows.append(each.low)
        highs.append(each.high)
    nothing = [0.0] * len(causes)
    low, high = np.array(lows + nothing), np.array(highs + nothing)
    value = np.where(answered, column.values, 0.0)
    return Answers(
        question=question,
        parts=(*(option_part(each.code) for each in found), *_parts(causes)),
        valid=(*(True for _ in found), *(False for _ in causes)),
        part=part,
        sums=(
            Sum(name=MEAN, low=low, high=high, value=value, shares=True),
            Sum(name=MEDIAN, low=low, high=high, value=value, middle=True),
        ),
    )
