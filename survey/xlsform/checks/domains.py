"""The answers between which comparisons can tell: what they name, its neighbours, and one that they do not name."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise

from survey.logic.dates import moment_of
from survey.logic.values import Scalar, to_number
from survey.questionnaire import Question

MOST_VALUES = 120
"""Answers of one question that are tried."""
_MOST_NAMED = 6


def same(code: str, named: str) -> bool:
    """True when a comparison with the one finds the other."""
    return code == named or to_number(code) == to_number(named)


def several(codes: Sequence[str], wanted: Iterable[str], counted: int) -> list[Scalar] | None:
    """Answers of several choices: subsets of the named ones, and as many others as are counted; None for too many."""
    named = [code for code in codes if any(code in each.split() for each in wanted)]
    if len(named) > _MOST_NAMED:
        return None
    others = [code for code in codes if code not in named]
    most = min(len(others), counted + 1 if counted >= 0 else 1)
    found: list[Scalar] = [each for each in wanted if each and all(code in codes for code in each.split())]
    for count in range(len(named) + 1):
        for chosen in combinations(named, count):
            found += [" ".join((*chosen, *others[:extra])) for extra in range(most + 1) if chosen or extra]
    return list(dict.fromkeys(found))


def points_of(question: Question) -> Sequence[Scalar] | None:
    """Every point of a range; None when they are too many or it cannot be used."""
    start, end, step = (
        to_number(question.parameters.get(name, standard))
        for name, standard in (("start", "1"), ("end", "10"), ("step", "1"))
    )
    if not step or math.isnan(start + end + step) or abs(end - start) / abs(step) > MOST_VALUES - 2:
        return None
    size = math.copysign(step, end - start)
    return [start + size * count for count in range(math.floor(abs(end - start) / abs(step) + 1e-9) + 1)]


def around(named: set[str], *, whole: bool) -> list[Scalar]:
    """The numbers that are named, their neighbours and what lies between."""
    numbers = sorted({number for each in named if math.isfinite(number := to_number(each))} or {0.0})
    points = {numbers[0] - 1, numbers[-1] + 1, *numbers}
    points |= {(low + high) / 2 for low, high in pairwise(numbers)}
    if whole:
        points = {
            float(near) for p in points for near in (math.floor(p), math.ceil(p), math.floor(p) + 1, math.ceil(p) - 1)
        }
    return sorted(points)


def days_around(named: set[str]) -> list[Scalar]:
    """The days that are named, and those before and after."""
    days = {moment.date() for each in named if (moment := moment_of(each)) is not None} or {date(2000, 1, 1)}
    try:
        return sorted({(day + timedelta(days=move)).isoformat() for day in days for move in (-1, 0, 1)})
    except OverflowError:
        return sorted(day.isoformat() for day in days)
