"""When two engines mean the same: numbers within rounding, however they are written."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.oracles.engines import Refused

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|-?Infinity")


def alike(left: str | Refused, right: str | Refused) -> bool:
    """True for two refusals, two equal texts, two numbers that differ by rounding, and NaN beside nothing.

    Engines that keep numbers apart from texts store NaN as nothing, the others as the text "NaN".
    """
    if isinstance(left, Refused) or isinstance(right, Refused):
        return isinstance(left, Refused) and isinstance(right, Refused)
    if left == right or {left, right} == {"NaN", ""}:
        return True
    if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
        return math.isclose(float(left), float(right), rel_tol=1e-11, abs_tol=1e-12)
    return False


def most(opinions: Sequence[Any], same: Callable[[Any, Any], bool]) -> tuple[Any, ...]:
    """The opinions that may stand: the one that two or more share, else all of them."""
    for opinion in opinions:
        if sum(same(opinion, other) for other in opinions) > 1:
            return (opinion,)
    return tuple(opinions)


def shown(result: str | Refused) -> str:
    """The result in a table: the text in quotation marks, or that it was refused."""
    return "refused" if isinstance(result, Refused) else repr(result)
