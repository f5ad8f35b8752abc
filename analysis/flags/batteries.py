"""Straight-lining: the same point of the scale all through a battery."""

from dataclasses import dataclass

import numpy as np

from analysis.dataset.arrays import ANSWERED, Dataset

FEWEST_ITEMS = 5
"""Over fewer items the same point is often meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightLine:
    """A reply that gave one point of the scale to every item that it answered of a battery.

    point  code of the scale
    items  how many it answered so
    """

    response_id: int
    battery: str
    point: str
    items: int


def straight_lines(dataset: Dataset, *, fewest: int = FEWEST_ITEMS) -> tuple[StraightLine, ...]:
    """Every battery of which a reply answered at least `fewest` items, all with the same point, by reply.

    Missing answers, don't know among them, are left out: they say nothing about the scale.
    Source  simple nondifferentiation; Kim, Dykema, Stevenson, Black and Moberg (2019), Social Science Computer Review
            37(2): 214-233.
    """
    found = []
    for battery in dataset.codebook.batteries:
        scale = list(dict.fromkeys(code.name for item in battery.items for code in dataset.variables[item].codes))
        counts = np.zeros((dataset.size, len(scale)), dtype=np.int64)
        for item in battery.items:
            places = [scale.index(code.name) for code in dataset.variables[item].codes]
            counts[:, places] += dataset.chosen(item)
        answered = np.sum([dataset.columns[item].state == ANSWERED for item in battery.items], axis=0)
        same = (answered >= fewest) & (counts.max(axis=1, initial=0) == answered)
        for row in np.flatnonzero(same).tolist():
            found.append(
                StraightLine(
                    response_id=dataset.respondents[row].response_id,
                    battery=battery.name,
                    point=scale[int(counts[row].argmax())],
                    items=int(answered[row]),
                )
            )
    return tuple(sorted(found, key=lambda each: each.response_id))
