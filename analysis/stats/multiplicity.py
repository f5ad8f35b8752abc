"""p-values of many tests at once, corrected."""

from enum import StrEnum

import numpy as np

from analysis.stats.proportions import FloatArray
from data.errors import InvalidInput


class Correction(StrEnum):
    """What is kept at the level: the chance of any false finding, or the expected share of false ones among findings.

    NONE                nothing
    BONFERRONI          any false finding, under whatever dependence
    HOLM                the same, never weaker
    BENJAMINI_HOCHBERG  the share of false findings, for independent or positively dependent tests
    BENJAMINI_YEKUTIELI the same under whatever dependence
    """

    NONE = "none"
    BONFERRONI = "bonferroni"
    HOLM = "holm"
    BENJAMINI_HOCHBERG = "benjamini_hochberg"
    BENJAMINI_YEKUTIELI = "benjamini_yekutieli"


def adjust(p: FloatArray, correction: Correction = Correction.BENJAMINI_HOCHBERG) -> FloatArray:
    """Adjusted p-values: a test is a finding when its own is at most the level.

    p       (m,) all tests of the family, each 0..1; none is an empty result.
    Raises  InvalidInput "stats.p_value".
    Source  R p.adjust; Holm (1979), Scand. J. Stat. 6:65-70; Benjamini and Hochberg (1995), JRSS B 57:289-300;
            Benjamini and Yekutieli (2001), Ann. Stat. 29:1165-1188.
    """
    if bool((~((p >= 0) & (p <= 1))).any()):
        raise InvalidInput("stats.p_value")
    m = p.size
    if m == 0 or correction is Correction.NONE:
        return p.copy()
    if correction is Correction.BONFERRONI:
        return np.minimum(1.0, p * m)
    order = np.argsort(p, kind="stable")
    found = np.empty(m)
    if correction is Correction.HOLM:
        found[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(m, 0, -1)))
        return found
    factor = float(np.sum(1 / np.arange(1, m + 1))) if correction is Correction.BENJAMINI_YEKUTIELI else 1.0
    steps = p[order] * m * factor / np.arange(1, m + 1)
    found[order] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return found
