"""How the answers to a question changed from one consultation to a later one."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from analysis.dataset.arrays import ANSWERED, BoolArray, Dataset
from analysis.disclosure import Audience, policy
from analysis.findings.method import Bounds, Correction
from analysis.stats.differences import Difference, detectable_change, shares_apart, shares_paired
from analysis.stats.multiplicity import adjust
from data.errors import InvalidInput
from survey.organisations import same_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One option in two waves; every figure is None where a count is hidden.

    p, adjusted  None too where nothing can be tested
    """

    code: str
    label: str
    before: float | None = None
    after: float | None = None
    difference: float | None = None
    bounds: Bounds | None = None
    p: float | None = None
    adjusted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """All options that both waves offer.

    matched         True when only organisations that answered both times are compared, each with itself
    first_n, last_n respondents with a valid answer; None where hidden
    detectable      the smallest change that waves of this size would find with 80 % power (unmatched waves)
    """

    question: str
    matched: bool
    first_n: int | None
    last_n: int | None
    detectable: float | None
    correction: Correction
    changes: tuple[Change, ...]


def trend(
    earlier: Dataset,
    later: Dataset,
    question: str,
    *,
    matched: bool,
    audience: Audience,
    language: str,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
) -> Trend:
    """The change of each option's share, later minus earlier, with interval and test.

    matched  by the organisation's name, as the program compares names; whoever stands twice in a wave is left out.
    Raises   InvalidInput "trend.not_comparable" unless both ask the question as a choice with a common option,
             "trend.nobody_matched".
    """
    for each in (earlier, later):
        variable = each.variables.get(question)
        if variable is None or not variable.is_categorical or variable.identifying:
            raise InvalidInput("trend.not_comparable", question=question)
    codes = {code.name: i for i, code in enumerate(earlier.variables[question].codes)}
    common = [
        (code, codes[code.name], i) for i, code in enumerate(later.variables[question].codes) if code.name in codes
    ]
    if not common:
        raise InvalidInput("trend.not_comparable", question=question)
    rules = policy(audience)
    first, last = _rows(earlier, question), _rows(later, question)
    if matched:
        first, last = _pairs(earlier, later, first, last)
        if not first.size:
            raise InvalidInput("trend.nobody_matched")
    n, m = first.size, last.size
    hidden = rules.hides(n) or rules.hides(m) or n == 0 or m == 0
    found: list[tuple[str, str, tuple[float, float] | None, Difference | None]] = []
    before, after = earlier.chosen(question)[first], later.chosen(question)[last]
    for code, i, j in common:
        x, y = before[:, i], after[:, j]
        label = later.codebook.words(code.label, language, code.name)
        if hidden or any(rules.hides(int(flags.sum())) for flags in (x, y)):
            found.append((code.name, label, None, None))
            continue
        change = shares_paired(x, y) if matched else shares_apart(x, y)
        found.append((code.name, label, (float(x.mean()), float(y.mean())), change))
    tests = [change.test.p for _, _, _, change in found if change is not None and change.test is not None]
    corrected = iter(adjust(np.array(tests), correction).tolist())
    return Trend(
        question=question,
        matched=matched,
        first_n=None if rules.hides(n) else n,
        last_n=None if rules.hides(m) else m,
        detectable=None if hidden or matched else detectable_change(n, m),
        correction=correction,
        changes=tuple(
            Change(code=code, label=label)
            if change is None or shares is None
            else Change(
                code=code,
                label=label,
                before=shares[0],
                after=shares[1],
                difference=change.effect.value,
                bounds=Bounds(low=change.effect.low, high=change.effect.high),
                p=None if change.test is None else change.test.p,
                adjusted=None if change.test is None else next(corrected),
            )
            for code, label, shares, change in found
        ),
    )


def _rows(dataset: Dataset, question: str) -> np.ndarray:
    answered: BoolArray = dataset.columns[question].state == ANSWERED
    return np.flatnonzero(answered)


def _pairs(earlier: Dataset, later: Dataset, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the organisations that answered once in either wave, in the same order."""
    names = []
    for dataset, rows in ((earlier, first), (later, last)):
        of = {int(row): same_name(dataset.respondents[row].organisation) for row in rows}
        times = Counter(of.values())
        names.append({name: row for row, name in of.items() if name and times[name] == 1})
    both = sorted(names[0].keys() & names[1].keys())
    return (
        np.array([names[0][name] for name in both], dtype=np.int64),
        np.array([names[1][name] for name in both], dtype=np.int64),
    )
