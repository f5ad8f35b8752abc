"""How many of a finite frame would say yes, from those who replied: the exact interval and the bounds of logic.

The exact interval takes the respondents for a random sample of the frame, which those who reply by their own choice are
not; the worst-case bounds take nothing for granted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from analysis.stats.distributions import hypergeometric_tail
from analysis.stats.proportions import EmptyBase, check_level
from data.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Finite:
    """Numbers of members of the frame who would say yes.

    low, high    bounds of the exact hypergeometric interval
    worst, best  every silent member says no, every one says yes
    """

    frame: int
    n: int
    chosen: int
    low: int
    high: int
    worst: int
    best: int


@lru_cache(maxsize=4096)  # a card asks again for each reader
def hypergeometric(chosen: int, n: int, frame: int, *, level: float = 0.95) -> Finite:
    """Exact equal-tailed interval of the number in the frame who would choose the option, and the worst-case bounds.

    chosen  of the n who replied; 0 <= chosen <= n <= frame.
    level   coverage of at least this for every true number, strictly between 0 and 1.
    Raises  EmptyBase when n == 0; InvalidInput "stats.count_outside_base", "stats.frame_too_small", "stats.level".
    Note    the bounds are the smallest and largest number M with P(X >= chosen | M) > alpha / 2 and
            P(X <= chosen | M) > alpha / 2; for N = 300, n = 100, 45 chosen that is 111..160. A convention that takes
            the first numbers outside prints one more on each side.
    Source  Buonaccorsi (1987), American Statistician 41:215-218; tails as R phyper.
    """
    if n == 0:
        raise EmptyBase
    if not 0 <= chosen <= n:
        raise InvalidInput("stats.count_outside_base", count=chosen, base=n)
    if n > frame:
        raise InvalidInput("stats.frame_too_small", replies=n, frame=frame)
    check_level(level)
    tail = (1 - level) / 2
    worst, best = chosen, frame - (n - chosen)
    low = _first(worst, best, lambda members: hypergeometric_tail(chosen, members, n, frame) > tail)
    # Mirrored: those who did not choose, of whom there are frame - members.
    high = frame - _first(
        frame - best, frame - worst, lambda others: hypergeometric_tail(n - chosen, others, n, frame) > tail
    )
    return Finite(frame=frame, n=n, chosen=chosen, low=low, high=high, worst=worst, best=best)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number of low..high for which the growing condition holds; it holds at high."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
