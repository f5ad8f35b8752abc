"""The points of a battery's scale, and whether they have an order."""

from collections.abc import Sequence

from analysis.dataset.arrays import Dataset
from analysis.dataset.codebook import Battery, Code


def scale_of(dataset: Dataset, battery: Battery) -> tuple[Code, ...]:
    """The points of the scale, then those that only some items have (choices of older versions)."""
    known = {code.name: code for code in battery.scale}
    for name in battery.items:
        for code in dataset.variables[name].codes:
            known.setdefault(code.name, code)
    return tuple(known.values())


def is_ordered(codes: Sequence[str]) -> bool:
    """Whether the codes are numbers, and so have an order."""
    return all(code.removeprefix("-").isdecimal() for code in codes)
