"""The distributions that tests and intervals ask for: quantiles and tails, from scipy.special.

The only place that imports scipy. Its import takes a second, so it waits until a figure needs it.
"""

from functools import lru_cache
from importlib import import_module
from math import erfc
from statistics import NormalDist
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

_NORMAL = NormalDist()


@lru_cache(maxsize=1)
def _special() -> ModuleType:
    return import_module("scipy.special")  # slow import


@lru_cache(maxsize=16)
def normal_quantile(level: float) -> float:
    """z such that the standard normal distribution has `level` of its mass between -z and z."""
    return _NORMAL.inv_cdf(0.5 + level / 2)


def normal_two_sided(z: float) -> float:
    """Probability that a standard normal value lies at least as far from 0 as z."""
    return erfc(abs(z) / 2**0.5)


def normal_two_sided_each(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same for every value of an array."""
    found: NDArray[np.float64] = _special().erfc(np.abs(z) / 2**0.5)
    return found


def beta_quantile(p: float, a: float, b: float) -> float:
    """p-quantile of the Beta distribution with shapes a, b > 0."""
    return float(_special().betaincinv(a, b, p))


def beta_quantile_each(p: float, a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same for every pair of shapes."""
    found: NDArray[np.float64] = _special().betaincinv(a, b, p)
    return found


def t_quantile(level: float, df: float) -> float:
    """t such that Student's distribution has `level` of its mass between -t and t; df > 0, inf is the normal one."""
    if df == float("inf"):
        return normal_quantile(level)
    return float(_special().stdtrit(df, 0.5 + level / 2))


def t_two_sided(t: float, df: float) -> float:
    """Probability that a Student value lies at least as far from 0 as t."""
    if df == float("inf"):
        return normal_two_sided(t)
    return 2 * float(_special().stdtr(df, -abs(t)))


def chi2_tail(x: float, df: float) -> float:
    """Probability that a chi-squared value with df > 0 degrees of freedom is at least x."""
    return float(_special().chdtrc(df, x))


def f_tail(x: float, df1: float, df2: float) -> float:
    """Probability that an F value with df1, df2 > 0 degrees of freedom is at least x."""
    if df2 == float("inf"):
        return chi2_tail(x * df1, df1)
    return float(_special().fdtrc(df1, df2, x))


def noncentrality(x: float, df: float, p: float) -> float:
    """The noncentrality at which P(chi-squared <= x) is p; 0 when it is below p already without one."""
    special = _special()
    if x <= 0 or float(special.chdtr(df, x)) <= p:
        return 0.0
    return float(special.chndtrinc(x, df, p))


def hypergeometric_tail(chosen: int, members: int, n: int, frame: int) -> float:
    """Probability that at least `chosen` of n drawn from a frame are among its members."""
    gammaln = _special().gammaln
    drawn = np.arange(max(chosen, n - (frame - members)), min(n, members) + 1, dtype=np.float64)
    rest = n - drawn
    others = frame - members
    logs = (
        gammaln(members + 1.0)
        - gammaln(drawn + 1)
        - gammaln(members - drawn + 1)
        + gammaln(others + 1.0)
        - gammaln(rest + 1)
        - gammaln(others - rest + 1)
        - (gammaln(frame + 1.0) - gammaln(n + 1.0) - gammaln(frame - n + 1.0))
    )
    return float(np.exp(logs).sum())


def log_factorial_each(n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Natural logarithm of n! for every n >= 0 of an array."""
    found: NDArray[np.float64] = _special().gammaln(n + 1.0)
    return found


def binomial_quantile(p: float, n: int, share: float) -> int:
    """The smallest k with P(Binomial(n, share) <= k) >= p."""
    bdtr = _special().bdtr
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if float(bdtr(middle, n, share)) >= p:
            high = middle
        else:
            low = middle + 1
    return low


def binomial_tail(x: int, n: int, share: float) -> float:
    """P(Binomial(n, share) >= x)."""
    return 1.0 if x <= 0 else float(_special().bdtrc(x - 1, n, share))
