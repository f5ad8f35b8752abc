"""Weights for the replies of a data set, found once for all of them and applied under every filter."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.dataset.arrays import FIRST_CODE, Dataset, FloatArray, SingleColumn
from analysis.dataset.remembering import remembered
from analysis.findings.method import FrameMargin, Unspoken, WeightKind, WeightReport
from analysis.stats.weights import UNKNOWN, Margin, Weighting, diagnose, equalise, margin_miss, rake
from data.errors import InvalidInput

FACTORS = (0.2, 5.0)
"""No reply may count less than a fifth or more than five times as much as without weights."""


class Weighed(NamedTuple):
    """(n,) weights with mean 1, and the report on them."""

    weights: FloatArray
    report: WeightReport


def weigh(dataset: Dataset, kind: WeightKind, frame: Sequence[FrameMargin], language: str) -> Weighed | None:
    """Weights of a kind; None for UNWEIGHTED.

    RAKED          to the margins of the frame whose variable is a single choice; factors are held within FACTORS when
                   they would leave them. Categories of the frame without a reply are left out and named; a reply whose
                   category is missing or not in the frame takes no part in that margin.
    EQUAL_REGIONS  by the question with the role "region".
    Raises         InvalidInput "weights.no_frame" without invited organisations or a margin to weigh by,
                   "weights.no_region", "weights.no_replies".
    """
    if kind is WeightKind.UNWEIGHTED:
        return None
    targets = tuple((each.variable, tuple(each.targets.items())) for each in frame)
    return _weigh(dataset, kind, targets, language)


@remembered(16)  # a page asks for them with each card
def _weigh(
    dataset: Dataset, kind: WeightKind, frame: tuple[tuple[str, tuple[tuple[str, int], ...]], ...], language: str
) -> Weighed:
    if dataset.size == 0:
        raise InvalidInput("weights.no_replies")
    if kind is WeightKind.EQUAL_REGIONS:
        region = dataset.codebook.roles.get("region", "")
        codes = _codes(dataset, region)
        if codes is None or not (codes != UNKNOWN).any():
            raise InvalidInput("weights.no_region")
        weights = equalise(codes)
        weights.setflags(write=False)
        found = Weighting(weights=weights, converged=True, cycles=1, miss=0.0)
        return Weighed(weights, _report(dataset, kind, (region,), found, int((codes == UNKNOWN).sum()), language))
    margins: list[Margin] = []
    names: list[str] = []
    unspoken: list[Unspoken] = []
    unknown = np.zeros(dataset.size, dtype=np.bool_)
    for variable, targets in frame:
        margin, missing = _margin(dataset, FrameMargin(variable=variable, targets=dict(targets)), language)
        if margin is not None:
            margins.append(margin)
            names.append(variable)
            unspoken += missing
            unknown |= margin.codes == UNKNOWN
    if not margins:
        raise InvalidInput("weights.no_frame")
    found, bounded = rake(np.ones(dataset.size), margins), False
    if found.weights.min() < FACTORS[0] or found.weights.max() > FACTORS[1]:
        found, bounded = rake(np.ones(dataset.size), margins, bounds=FACTORS), True
    miss = margin_miss(found.weights, margins)
    weights = found.weights / found.weights.mean()
    weights.setflags(write=False)
    scaled = Weighting(weights=weights, converged=found.converged, cycles=found.cycles, miss=miss)
    report = _report(dataset, kind, tuple(names), scaled, int(unknown.sum()), language, bounded, tuple(unspoken))
    return Weighed(weights, report)


def _codes(dataset: Dataset, variable: str) -> np.ndarray | None:
    column = dataset.columns.get(variable)
    if not isinstance(column, SingleColumn):
        return None
    found = column.codes.astype(np.int64) - FIRST_CODE
    return np.where(found < 0, UNKNOWN, found)


def _margin(dataset: Dataset, of: FrameMargin, language: str) -> tuple[Margin | None, list[Unspoken]]:
    codes = _codes(dataset, of.variable)
    if codes is None:
        return None, []
    variable = dataset.variables[of.variable]
    invited = np.array([of.targets.get(code.name, 0) for code in variable.codes], dtype=np.float64)
    replies = np.bincount(codes[codes != UNKNOWN], minlength=invited.size)
    codes = np.where((codes != UNKNOWN) & (invited[codes] == 0), UNKNOWN, codes)
    known = int((codes != UNKNOWN).sum())
    missing = [
        Unspoken(
            variable=of.variable,
            code=code.name,
            label=dataset.codebook.words(code.label, language, code.name),
            invited=int(invited[place]),
        )
        for place, code in enumerate(variable.codes)
        if invited[place] > 0 and replies[place] == 0
    ]
    targets = np.where(replies > 0, invited, 0.0)
    if known == 0 or not targets.any():
        return None, []
    return Margin(codes=codes, targets=targets / targets.sum() * known), missing


def _report(
    dataset: Dataset,
    kind: WeightKind,
    margins: tuple[str, ...],
    found: Weighting,
    unknown: int,
    language: str,
    bounded: bool = False,
    unspoken: tuple[Unspoken, ...] = (),
) -> WeightReport:
    words = dataset.codebook.words
    told = diagnose(found.weights)
    return WeightReport(
        kind=kind,
        margins=tuple(words(dataset.variables[name].label, language, name) for name in margins),
        replies=dataset.size,
        effective_n=told.effective_n,
        design_effect=told.design_effect,
        lowest=told.lowest,
        highest=told.highest,
        unknown=unknown,
        bounded=bounded,
        converged=found.converged,
        miss=found.miss,
        unspoken=unspoken,
    )
