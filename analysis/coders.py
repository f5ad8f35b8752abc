"""How far the coders of a file agree; the file is the reader's own, and no consultation is asked."""

import csv
import io
from dataclasses import dataclass

import numpy as np

from analysis.stats.agreement import Agreement, KappaWeights, Metric, cohen, fleiss, krippendorff
from data.errors import InvalidInput

__all__ = ["CoderAgreement", "KappaWeights", "Metric", "agreement"]

SEED = 20_290
"""The same file gives the same interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoderAgreement:
    """How far the coders of a file agree.

    kappa   Cohen's, of two coders who coded everything, under `kappa_weights`; both are None for others
    fleiss  Fleiss' kappa, of three coders or more who coded everything; None unless nominal
    """

    coders: int
    alpha: Agreement
    kappa: Agreement | None
    kappa_weights: KappaWeights | None
    fleiss: Agreement | None


def agreement(content: bytes, metric: Metric, weights: KappaWeights | None = None) -> CoderAgreement:
    """Agreement of the coders in a CSV file: a first column that names the unit, a column for each coder; an empty cell
    is a code not given.

    metric   NOMINAL takes any words as codes; the others need numbers.
    weights  of Cohen's kappa; None: NONE for NOMINAL, else QUADRATIC. Codes are as far apart as their values; ordinal
             codes that are no whole numbers, by their places among the codes that were given.
    Raises   InvalidInput "agreement.unreadable" with the line, "agreement.one_coder", "agreement.no_distance" for
             weights of nominal codes; as `stats.agreement`.
    """
    if weights is None:
        weights = KappaWeights.NONE if metric is Metric.NOMINAL else KappaWeights.QUADRATIC
    if metric is Metric.NOMINAL and weights is not KappaWeights.NONE:
        raise InvalidInput("agreement.no_distance")
    try:
        rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput("agreement.unreadable", line=1) from error
    if not rows or len(rows[0]) < 3:
        raise InvalidInput("agreement.one_coder")
    coders = len(rows[0]) - 1
    cells = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) > coders + 1:
            raise InvalidInput("agreement.unreadable", line=line)
        cells.append([cell.strip() for cell in (row[1:] + [""] * coders)[:coders]])
    words = sorted({cell for row in cells for cell in row if cell})
    numbers = {word: float(i) for i, word in enumerate(words)} if metric is Metric.NOMINAL else {}
    ratings = np.full((coders, len(cells)), np.nan)
    for unit, row in enumerate(cells):
        for coder, cell in enumerate(row):
            if cell:
                value = numbers[cell] if metric is Metric.NOMINAL else _number(cell)
                if not np.isfinite(value):
                    raise InvalidInput("agreement.unreadable", line=unit + 2)
                ratings[coder, unit] = value
    alpha = krippendorff(ratings, metric=metric, rng=np.random.default_rng(SEED))
    kappa = of_many = None
    if not np.isnan(ratings).any():
        codes, places = np.unique(ratings, return_inverse=True)
        places = places.reshape(ratings.shape)
        if coders == 2:
            by_place = metric is Metric.ORDINAL and not np.array_equal(codes, np.round(codes))
            kappa = cohen(places[0], places[1], weights=weights, points=None if by_place else codes)
        elif metric is Metric.NOMINAL:
            counts = (places[:, :, None] == np.arange(codes.size)).sum(axis=0)
            of_many = fleiss(counts, rng=np.random.default_rng(SEED))
    return CoderAgreement(
        coders=coders,
        alpha=alpha,
        kappa=kappa,
        kappa_weights=None if kappa is None else weights,
        fleiss=of_many,
    )


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
