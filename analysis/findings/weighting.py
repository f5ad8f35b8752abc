"""Weights for the replies of a data set, found once for all of them and applied under every filter."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import inf
from typing import NamedTuple

import numpy as np

from analysis.dataset.arrays import FIRST_CODE, Dataset, FloatArray, SingleColumn
from analysis.dataset.remembering import remembered
from analysis.findings.listed import ContactList, listed_rows
from analysis.findings.method import TAB, FrameMargin, Method, Unspoken, WeightKind, WeightReport
from analysis.stats.weights import (
    UNKNOWN,
    Distance,
    Margin,
    Weighting,
    calibrate,
    diagnose,
    equalise,
    indicators,
    margin_miss,
    poststratify,
    rake,
    trim,
)
from data.errors import InvalidInput

LEAST = 1e-6
"""The lowest weight: a group whose every reply had a weight of 0 would have no shares."""
MISSED = 1e-9
"""Cut weights that miss a margin by more, as a share of it, do not reach the frame."""


class Weighed(NamedTuple):
    """(n,) weights with mean 1, and the report on them."""

    weights: FloatArray
    report: WeightReport


def weigh(dataset: Dataset, method: Method, frame: Sequence[FrameMargin], language: str) -> Weighed | None:
    """The weights of a method; None without any.

    EQUAL_REGIONS   by the question with the role "region".
    POSTSTRATIFIED  to the cells that the chosen margins make together; weights out of the bounds are cut to them.
    all others      to the chosen margins of the frame whose variable is a single choice. RAKED and LINEAR are held
                    within the bounds when they would leave them, LOGIT always; with `trim` they are cut instead.
    Categories and cells of the frame without a reply are left out and named; a reply whose category is missing or not
    in the frame takes no part in that margin.
    Raises          InvalidInput "weights.no_frame" without invited organisations or a margin to weigh by,
                    "weights.unknown_margin", "weights.no_cells" of a state that keeps margins only,
                    "weights.no_region", "weights.no_replies".
    """
    if method.weights is WeightKind.UNWEIGHTED:
        return None
    targets = tuple((each.variable, tuple(each.targets.items())) for each in _chosen(method, frame))
    wanted = _Wanted(method.weights, (method.lowest, method.highest), method.trim)
    return _weigh(dataset, wanted, targets, language)


def with_uncounted(weighed: Weighed | None, dataset: Dataset, contacts: ContactList) -> Weighed | None:
    """The weights, with a report that tells how many of the replies weighed to the contact list are of nobody on it,
    and how many are second ones of an organisation on it.

    They keep their weights: a card shows all replies, and its shares are theirs.
    """
    if weighed is None or not weighed.report.kind.to_frame or not (contacts.replies or contacts.elsewhere):
        return weighed
    listed = listed_rows(dataset, contacts)
    if not listed.size and not listed.elsewhere:
        return weighed
    whole = weighed.weights.sum()
    strangers, repeated = (
        float(weighed.weights[rows].sum() / whole) for rows in (listed.stranger_rows, listed.repeated_rows)
    )
    report = replace(
        weighed.report,
        strangers=listed.strangers,
        strangers_weight=strangers,
        repeated=listed.repeated,
        repeated_weight=repeated,
    )
    return weighed._replace(report=report)


class _Wanted(NamedTuple):
    kind: WeightKind
    bounds: tuple[float, float]
    trim: bool


def _chosen(method: Method, frame: Sequence[FrameMargin]) -> tuple[FrameMargin, ...]:
    """The margins to weigh by; of post-stratification the one of all its variables together."""
    if not method.weights.to_frame:
        return ()
    single = [each for each in frame if len(each.variables) == 1]
    unknown = [name for name in method.margins if name not in {each.variable for each in single}]
    if unknown and single:
        known = ", ".join(each.variable for each in single)
        raise InvalidInput("weights.unknown_margin", variable=unknown[0][:40], known=known)
    chosen = [each for each in single if not method.margins or each.variable in method.margins]
    if method.weights is not WeightKind.POSTSTRATIFIED or len(chosen) < 2:
        return tuple(chosen)
    together = {each.variable for each in chosen}
    cells = [each for each in frame if set(each.variables) == together]
    if not cells:
        raise InvalidInput("weights.no_cells")
    return tuple(cells)


@remembered(16)  # a page asks for them with each card
def _weigh(
    dataset: Dataset, wanted: _Wanted, frame: tuple[tuple[str, tuple[tuple[str, int], ...]], ...], language: str
) -> Weighed:
    if dataset.size == 0:
        raise InvalidInput("weights.no_replies")
    margins: list[Margin] = []
    names: dict[str, None] = {}
    unspoken: list[Unspoken] = []
    unknown = np.zeros(dataset.size, dtype=np.bool_)
    if wanted.kind is WeightKind.EQUAL_REGIONS:
        region = dataset.codebook.roles.get("region", "")
        codes = _codes(dataset, region)
        if codes is None or not (codes != UNKNOWN).any():
            raise InvalidInput("weights.no_region")
        names[region] = None
        unknown = codes == UNKNOWN
        found = _Found(Weighting(weights=equalise(codes), converged=True, cycles=1, miss=0.0))
        if wanted.trim:
            found = _cut(found.weighting, wanted)
    else:
        for variable, targets in frame:
            of = FrameMargin(variable=variable, targets=dict(targets))
            margin, missing = _margin(dataset, of, language)
            if margin is not None:
                margins.append(margin)
                names |= dict.fromkeys(of.variables)
                unspoken += missing
                unknown |= margin.codes == UNKNOWN
        if not margins:
            raise InvalidInput("weights.no_frame")
        found = _to_frame(np.ones(dataset.size), margins, wanted)
    miss = margin_miss(found.weighting.weights, margins)
    weights = found.weighting.weights / found.weighting.weights.mean()
    weights.setflags(write=False)
    told = diagnose(weights)
    words = dataset.codebook.words
    report = WeightReport(
        kind=wanted.kind,
        margins=tuple(words(dataset.variables[name].label, language, name) for name in names),
        replies=dataset.size,
        effective_n=told.effective_n,
        design_effect=told.design_effect,
        lowest=told.lowest,
        highest=told.highest,
        unknown=int(unknown.sum()),
        bounded=found.bounded,
        converged=found.weighting.converged and not (found.trimmed and miss > MISSED),
        miss=miss,
        unspoken=tuple(unspoken),
        trimmed=found.trimmed,
        bounds=wanted.bounds,
    )
    return Weighed(weights, report)


class _Found(NamedTuple):
    weighting: Weighting
    bounded: bool = False
    trimmed: bool = False


def _to_frame(before: FloatArray, margins: Sequence[Margin], wanted: _Wanted) -> _Found:
    """Weights that reach the margins, held within the bounds or cut to them."""

    def calibrated(distance: Distance, bounds: tuple[float, float]) -> Weighting:
        low, high = bounds
        return calibrate(before, *indicators(margins), distance=distance, bounds=(max(low, LEAST), high))

    if wanted.kind is WeightKind.LOGIT:
        return _Found(calibrated(Distance.LOGIT, wanted.bounds), bounded=True)
    if wanted.kind is WeightKind.POSTSTRATIFIED:
        return _cut(poststratify(before, margins[0]), wanted)
    if wanted.kind is WeightKind.LINEAR:
        found = calibrated(Distance.LINEAR, (0.0, inf))  # a weight below 0 counts nobody
    else:
        found = rake(before, margins)
    if wanted.trim:
        return _cut(found, wanted)
    if _within(found, wanted):
        return _Found(found)
    if wanted.kind is WeightKind.LINEAR:
        return _Found(calibrated(Distance.LINEAR, wanted.bounds), bounded=True)
    return _Found(rake(before, margins, bounds=wanted.bounds), bounded=True)


def _cut(found: Weighting, wanted: _Wanted) -> _Found:
    if _within(found, wanted):
        return _Found(found)
    lowest, highest = wanted.bounds
    # Weights that did not reach the frame may have another mean, which could lie outside the bounds.
    cut = trim(found.weights / found.weights.mean(), lowest=lowest, highest=highest)
    return _Found(replace(cut, converged=cut.converged and found.converged), trimmed=True)


def _within(found: Weighting, wanted: _Wanted) -> bool:
    lowest, highest = wanted.bounds
    return bool(found.weights.min() >= lowest and found.weights.max() <= highest)


def _codes(dataset: Dataset, variable: str) -> np.ndarray | None:
    column = dataset.columns.get(variable)
    if not isinstance(column, SingleColumn):
        return None
    found = column.codes.astype(np.int64) - FIRST_CODE
    return np.where(found < 0, UNKNOWN, found)


def _margin(dataset: Dataset, of: FrameMargin, language: str) -> tuple[Margin | None, list[Unspoken]]:
    variables = [dataset.variables[name] for name in of.variables if name in dataset.variables]
    columns = [each for name in of.variables if (each := _codes(dataset, name)) is not None]
    if len(columns) < len(of.variables):
        return None, []
    sizes = [len(each.codes) for each in variables]
    unknown = np.any([each == UNKNOWN for each in columns], axis=0)
    places = np.ravel_multi_index(tuple(np.where(unknown, 0, each) for each in columns), sizes)
    codes = np.where(unknown, UNKNOWN, places)
    cells = list(product(*(each.codes for each in variables)))
    names = [TAB.join(code.name for code in cell) for cell in cells]
    invited = np.array([of.targets.get(name, 0) for name in names], dtype=np.float64)
    replies = np.bincount(codes[codes != UNKNOWN], minlength=invited.size)
    codes = np.where((codes != UNKNOWN) & (invited[codes] == 0), UNKNOWN, codes)
    known = int((codes != UNKNOWN).sum())
    missing = [
        Unspoken(
            variable=of.variable,
            code=names[place],
            label=" · ".join(dataset.codebook.words(code.label, language, code.name) for code in cells[place]),
            invited=int(invited[place]),
        )
        for place in np.flatnonzero((invited > 0) & (replies == 0)).tolist()
    ]
    targets = np.where(replies > 0, invited, 0.0)
    if known == 0 or not targets.any():
        return None, []
    return Margin(codes=codes, targets=targets / targets.sum() * known), missing
