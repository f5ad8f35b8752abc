"""The points of a battery's scale, and whether they have an order."""

from collections.abc import Sequence

from analysis.dataset.arrays import Dataset
from analysis.dataset.codebook import Battery, Code, is_number


def scale_of(dataset: Dataset, battery: Battery) -> tuple[Code, ...]:
    """The points of the scale with those that only some items have (choices of older versions), lowest first.

    Numbers stand in their order; other codes as in the questionnaire, one that vanished where its version had it.
    """
    known = list(battery.scale)
    names = {code.name for code in known}
    for name in battery.items:
        before = ""
        for code in dataset.variables[name].codes:
            if code.name not in names:
                names.add(code.name)
                place = next((i for i, each in enumerate(known, start=1) if each.name == before), 0)
                known.insert(place, code)
            before = code.name
    if is_ordered([code.name for code in known]):
        known.sort(key=lambda code: float(code.name))
    return tuple(known)


def is_ordered(codes: Sequence[str]) -> bool:
    """Whether the codes are numbers, and so have an order."""
    return all(is_number(code) for code in codes)
