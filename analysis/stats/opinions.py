"""Groups of opinion: whoever answers many statements alike, if there are such groups at all.

Here: from a matrix of agreement to a map, a number of groups (one is a possible answer), who stands in which, and how
far the division can be trusted. What each group holds is in `statements`.

Votes are 1 (agrees), -1 (disagrees), 0 (neither) and NaN (not asked, no answer). The order of the rows never changes
the result, to the last bit: rows are sorted before anything is computed or drawn. Neither does turning every sign.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from math import ceil
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.stats.distributions import normal_quantile
from analysis.stats.proportions import BoolArray, FloatArray
from data.errors import InvalidInput

GroupArray: TypeAlias = NDArray[np.int8]

MOST_GROUPS = 5
MOST_DIMENSIONS = 5
FEWEST_PEOPLE = 20
FEWEST_STATEMENTS = 3
SMALLEST_GROUP = 5
ENOUGH_ANSWERS = 7
"""Whoever answered fewer statements, or fewer than half of them, is not placed."""
REFERENCES = 99
RESAMPLES = 60
RESAMPLED_SHARE = 0.8
MOST_TESTED = 1_000
"""With more people, references and resamples are made of so many drawn from them; all are placed."""
LEVEL = 0.05
STABLE = 0.75
"""Hennig's border: below it a cluster should not be taken for one."""
_LATENT_SAMPLE = 4_000
_LATENT_STEPS = 8
_TURNS = 100
_UNSEEN = 2


class Verdict(StrEnum):
    """Whether there are groups, and if not, why."""

    GROUPS = "groups"
    FEW_PEOPLE = "few_people"
    FEW_STATEMENTS = "few_statements"
    UNRELATED = "unrelated"
    """What somebody answers to one statement tells nothing about the others."""
    ONE_GROUP = "one_group"
    """No division is clearer than in answers shuffled between people."""
    UNSTABLE = "unstable"
    """A division was found, and part of the people gives another one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """How people divide.

    group      (n,) 0 for the largest group and upwards; -1 for who answered too little to be placed
    count      number of groups; 1 unless the verdict is GROUPS
    tried      number of groups of the clearest division, also where it was not accepted; 1 when none was looked for
    points     (n, 2) place on the map, NaN for who is not placed; the second is 0 where one dimension says all
    p          chance of so clear a division in shuffled answers, the choice of the number counted in
    gap_p      chance of so clear a division in one cloud with the same correlations: a high one means that opinions
               run from group to group without a gap. None unless the verdict is GROUPS
    stability  by group, how far it comes back in part of the people: mean Jaccard similarity, 0..1
    again      share of the draws in which this number of groups is the clearest again; None without a gap, where the
               number is not found but said
    without    (statements, n) the groups found without this statement, so that it can be tested against them;
               no rows unless the verdict is GROUPS
    """

    verdict: Verdict
    group: GroupArray
    count: int
    tried: int
    points: FloatArray
    p: float | None
    gap_p: float | None
    stability: tuple[float, ...]
    again: float | None
    without: GroupArray


def opinion_groups(votes: FloatArray, *, seed: int = 1) -> Groups:
    """Groups of people who answer alike, or one group, with the reason.

    votes   (n, statements) each -1, 0, 1 or NaN
    Map     principal components of the votes centred by statement (a missing vote at the statement's mean), each place
            stretched by sqrt(statements / answered); as many components, at most 5, as have more variance than 95 %
            of those of shuffled votes (Horn).
    Count   2 to 5 by k-means from a start without chance (Su and Dy); of those whose groups all have 5 people the one
            whose simplified silhouette lies most standard deviations above that of 99 matrices in which the votes on
            each statement are shuffled between who answered it; p counts in that the best of several numbers was
            taken. More than 2 must also be clearer than in one cloud with the same shares and correlations; else there
            are 2, the ends of that cloud, or one.
    Trust   each group must come back in draws of 80 % of the people with a mean Jaccard similarity of at least .75
            (Hennig).
    Raises  InvalidInput "stats.not_votes".
    Source  Small et al. (2021), Recerca 26(2) (Polis: the map); Horn (1965), Psychometrika 30:179-185; Su and Dy
            (2007), Intelligent Data Analysis 11:319-338; Hruschka, de Castro and Campello (2004), ICDM 403-406;
            Tibshirani, Walther and Hastie (2001), JRSS B 63:411-423; Hennig (2007), CSDA 52:258-271; Liu,
            Hayes, Nobel and Marron (2008), JASA 103:1281-1293 (the cloud without a gap).
    """
    if votes.ndim != 2 or bool((~(np.isnan(votes) | np.isin(votes, (-1.0, 0.0, 1.0)))).any()):
        raise InvalidInput("stats.not_votes")
    n, statements = votes.shape
    placed = np.count_nonzero(~np.isnan(votes), axis=1) >= max(1, min(ENOUGH_ANSWERS, ceil(statements / 2)))
    if np.count_nonzero(placed) < FEWEST_PEOPLE:
        return _alone(Verdict.FEW_PEOPLE, placed, statements)
    if statements < FEWEST_STATEMENTS:
        return _alone(Verdict.FEW_STATEMENTS, placed, statements)
    order, sign = _order(votes[placed])
    rows = np.flatnonzero(placed)[order]
    found = _divide(sign * votes[rows], np.random.default_rng(seed))
    group = np.full(n, -1, dtype=np.int8)
    points = np.full((n, 2), np.nan)
    without = np.full((len(found.without), n), -1, dtype=np.int8)
    group[rows], points[rows] = found.group, sign * found.points
    without[:, rows] = found.without
    return Groups(
        verdict=found.verdict,
        group=group,
        count=found.count,
        tried=found.tried,
        points=points,
        p=found.p,
        gap_p=found.gap_p,
        stability=found.stability,
        again=found.again,
        without=without,
    )


def _alone(
    verdict: Verdict,
    placed: BoolArray,
    statements: int,
    *,
    points: FloatArray | None = None,
    p: float | None = None,
    tried: int = 1,
    stability: tuple[float, ...] = (),
    again: float | None = None,
) -> Groups:
    nowhere = np.where(placed[:, None], 0.0, np.nan) * np.ones((1, 2))
    return Groups(
        verdict=verdict,
        group=np.where(placed, 0, -1).astype(np.int8),
        count=1,
        tried=tried,
        points=nowhere if points is None else points,
        p=p,
        gap_p=None,
        stability=stability,
        again=again,
        without=np.empty((0, placed.size), dtype=np.int8),
    )


def _order(votes: FloatArray) -> tuple[NDArray[np.intp], float]:
    """An order of the rows that depends on their content only, and the sign under which it is the first of the two."""
    codes = np.where(np.isnan(votes), _UNSEEN, votes).astype(np.int8)
    ways: list[tuple[bytes, NDArray[np.intp], float]] = []
    for sign in (1, -1):
        turned = np.where(codes == _UNSEEN, codes, sign * codes) + 1
        keys = np.ascontiguousarray(turned.astype(np.uint8)).view(f"V{codes.shape[1]}").ravel()
        order = np.argsort(np.array([key.tobytes() for key in keys]), kind="stable")
        ways.append((turned[order].tobytes(), order, float(sign)))
    _, first, turned_by = min(ways, key=lambda way: way[0])
    return first, turned_by


class _Map(NamedTuple):
    points: FloatArray
    variances: FloatArray


def _map(votes: FloatArray, dimensions: int) -> _Map:
    """Places of the rows on the first components, and the variance of all components, largest first."""
    seen = ~np.isnan(votes)
    centred = np.where(seen, votes - _means(votes, seen), 0.0)
    variances, axes = np.linalg.eigh(centred.T @ centred / len(votes))
    axes = axes[:, ::-1][:, :dimensions]
    # The sign of an axis is arbitrary; its largest loading is made positive.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    stretched = np.sqrt(votes.shape[1] / np.maximum(np.count_nonzero(seen, axis=1), 1))
    return _Map(centred @ axes * stretched[:, None], variances[::-1])


def _means(votes: FloatArray, seen: BoolArray) -> FloatArray:
    found: FloatArray = np.where(seen, votes, 0.0).sum(axis=0) / np.maximum(np.count_nonzero(seen, axis=0), 1)
    return found


class _Clusters(NamedTuple):
    group: NDArray[np.intp]
    silhouette: float
    sizes: NDArray[np.intp]


def _clusters(points: FloatArray, count: int) -> _Clusters:
    """k-means, with the mean simplified silhouette; the start halves the widest cluster across its widest axis."""
    group = np.zeros(len(points), dtype=np.intp)
    for new in range(1, count):
        spread = [float(points[group == each].var(axis=0).sum() * (group == each).sum()) for each in range(new)]
        inside = np.flatnonzero(group == int(np.argmax(spread)))
        widest = points[inside, int(points[inside].var(axis=0).argmax())]
        group[inside[widest > widest.mean()]] = new
    centres = np.stack([_centre(points[group == each], points) for each in range(count)])
    squares = (points**2).sum(axis=1)[:, None]
    for _ in range(_TURNS):
        far = squares - 2 * points @ centres.T + (centres**2).sum(axis=1)
        nearest = far.argmin(axis=1)
        if bool((nearest == group).all()):
            break
        group = nearest
        sizes = np.bincount(group, minlength=count)
        sums = np.stack([np.bincount(group, axis, minlength=count) for axis in points.T], axis=1)
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
    far = np.sort(np.sqrt(np.maximum(squares - 2 * points @ centres.T + (centres**2).sum(axis=1), 0.0)), axis=1)
    own, other = far[:, 0], far[:, 1]
    silhouettes = np.divide(other - own, other, out=np.zeros(len(points)), where=other > 0)
    return _Clusters(group, float(silhouettes.mean()), np.bincount(group, minlength=count))


def _centre(inside: FloatArray, everybody: FloatArray) -> FloatArray:
    found: FloatArray = inside.mean(axis=0) if len(inside) else everybody[0]
    return found


def _silhouettes(points: FloatArray) -> FloatArray:
    """(counts,) of the divisions in 2 to MOST_GROUPS groups."""
    return np.array([_clusters(points, count).silhouette for count in range(2, MOST_GROUPS + 1)])


def _divide(votes: FloatArray, random: np.random.Generator) -> Groups:
    """The groups of sorted rows, all of them placed."""
    n, statements = votes.shape
    everybody = np.ones(n, dtype=np.bool_)
    tested = votes[np.sort(random.permutation(n)[:MOST_TESTED])]
    most = min(MOST_DIMENSIONS, statements)
    shuffled = [_map(each, most) for each in _shuffles(tested, random)]
    noise = np.quantile([each.variances for each in shuffled], 0.95, axis=0)
    own = _map(tested, most)
    above = own.variances > noise + 1e-9
    dimensions = most if bool(above[:most].all()) else int(np.argmin(above[:most]))
    places = _map(votes, max(dimensions, 2)).points
    shown = places[:, :2]
    if dimensions == 0:
        return _alone(Verdict.UNRELATED, everybody, statements, points=shown)
    points = places[:, :dimensions]
    reference = np.stack([_silhouettes(each.points[:, :dimensions]) for each in shuffled])
    mean, deviation = reference.mean(axis=0), np.maximum(reference.std(axis=0, ddof=1), 1e-9)
    clearness = (_silhouettes(own.points[:, :dimensions]) - mean) / deviation
    for count in range(2, MOST_GROUPS + 1):
        if _clusters(points, count).sizes.min() < SMALLEST_GROUP:
            clearness[count - 2] = -np.inf
    highest = ((reference - mean) / deviation).max(axis=1)
    tried = 2 + int(clearness.argmax())
    while True:
        p = (1 + int(np.count_nonzero(highest >= clearness[tried - 2]))) / (1 + REFERENCES)
        if p > LEVEL:
            return _alone(Verdict.ONE_GROUP, everybody, statements, points=shown, p=p, tried=tried)
        gap_p = _gap_p(tested, dimensions, tried, random)
        if gap_p <= LEVEL or tried == 2:
            break
        tried = 2  # slices of one cloud have no number of their own: it is described by its two ends, or not at all
    group = _by_size(points, _clusters(points, tried).group, tried)
    stability, again = _stability(votes, group, dimensions, tried, (mean, deviation), random)
    if min(stability) < STABLE:
        return _alone(
            Verdict.UNSTABLE,
            everybody,
            statements,
            points=shown,
            p=p,
            tried=tried,
            stability=stability,
            again=again,
        )
    return Groups(
        verdict=Verdict.GROUPS,
        group=group,
        count=tried,
        tried=tried,
        points=shown,
        p=p,
        gap_p=gap_p,
        stability=stability,
        again=again if gap_p <= LEVEL else None,
        without=np.stack([_without(votes, each, group, dimensions, tried) for each in range(statements)]),
    )


def _shuffles(votes: FloatArray, random: np.random.Generator) -> Iterator[FloatArray]:
    """Matrices in which the votes on each statement change hands between those who gave one."""
    rows = [np.flatnonzero(~np.isnan(column)) for column in votes.T]
    for _ in range(REFERENCES):
        changed = votes.copy()
        for at, inside in enumerate(rows):
            changed[inside, at] = votes[random.permutation(inside), at]
        yield changed


def _by_size(points: FloatArray, group: NDArray[np.intp], count: int) -> GroupArray:
    """The groups numbered from the largest; of equal ones that further along the first axis comes first."""
    order = sorted(
        range(count), key=lambda each: (-int((group == each).sum()), -float(points[group == each, 0].mean()))
    )
    number = np.empty(count, dtype=np.int8)
    number[order] = np.arange(count, dtype=np.int8)
    return number[group]


def _stability(
    votes: FloatArray,
    group: GroupArray,
    dimensions: int,
    count: int,
    reference: tuple[FloatArray, FloatArray],
    random: np.random.Generator,
) -> tuple[tuple[float, ...], float]:
    """(mean Jaccard similarity of each group with its best match in draws, share of draws with the same number)."""
    n = len(votes)
    size = min(MOST_TESTED, int(RESAMPLED_SHARE * n))
    similar = np.empty((RESAMPLES, count))
    same = 0
    for turn in range(RESAMPLES):
        rows = np.sort(random.permutation(n)[:size])
        points = _map(votes[rows], dimensions).points
        found = [_clusters(points, each) for each in range(2, MOST_GROUPS + 1)]
        clearness = (np.array([each.silhouette for each in found]) - reference[0]) / reference[1]
        clearness[[each.sizes.min() < min(SMALLEST_GROUP, size / n * SMALLEST_GROUP) for each in found]] = -np.inf
        same += 2 + int(clearness.argmax()) == count
        together = _together(group[rows], found[count - 2].group, count)
        either = together.sum(axis=1)[:, None] + together.sum(axis=0)[None, :] - together
        similar[turn] = (together / np.maximum(either, 1)).max(axis=1)
    return tuple(similar.mean(axis=0).tolist()), same / RESAMPLES


def _together(one: GroupArray, other: NDArray[np.intp], count: int) -> FloatArray:
    """(count, count) people in each pair of groups of two divisions."""
    return np.bincount(one.astype(np.intp) * count + other, minlength=count * count).reshape(count, count).astype(float)


def _without(votes: FloatArray, statement: int, group: GroupArray, dimensions: int, count: int) -> GroupArray:
    """The groups that the other statements give, each called as the group that it shares most people with."""
    rest = np.delete(votes, statement, axis=1)
    found = _clusters(_map(rest, dimensions).points, count).group
    together = _together(group, found, count)
    match = max(permutations(range(count)), key=lambda each: together[list(each), range(count)].sum())
    return np.array(match, dtype=np.int8)[found]


def _gap_p(votes: FloatArray, dimensions: int, count: int, random: np.random.Generator) -> float:
    """Chance of so clear a division in one cloud: normal opinions, cut so that every statement has its own shares."""
    seen = ~np.isnan(votes)
    given = np.maximum(np.count_nonzero(seen, axis=0), 1)
    low = _cuts(np.count_nonzero(votes == -1, axis=0) / given)
    high = -_cuts(np.count_nonzero(votes == 1, axis=0) / given)
    factor = _latent(votes, seen, low, high, random)
    own = _clusters(_map(votes, dimensions).points, count).silhouette
    as_clear = 0
    for _ in range(REFERENCES):
        drawn = _cut(random.standard_normal(votes.shape) @ factor.T, low, high)
        cloud = _map(np.where(seen, drawn, np.nan), dimensions).points
        as_clear += _clusters(cloud, count).silhouette >= own
    return (1 + as_clear) / (1 + REFERENCES)


def _cuts(shares: FloatArray) -> FloatArray:
    """Below which normal value each share lies."""
    return np.array(
        [-np.inf if each <= 0 else np.inf if each >= 1 else normal_quantile(2 * each - 1) for each in shares]
    )


def _cut(values: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    found: FloatArray = np.where(values <= low, -1.0, np.where(values > high, 1.0, 0.0))
    return found


def _latent(
    votes: FloatArray, seen: BoolArray, low: FloatArray, high: FloatArray, random: np.random.Generator
) -> FloatArray:
    """(statements, statements) a factor of the normal correlations that, cut, give those of the votes.

    Found by correcting a first guess with what a large sample gives (Cario and Nelson 1997, NORTA). Correlations of few
    common votes are drawn towards 0.
    """
    pairs = seen.astype(float).T @ seen
    wanted = _correlations(np.where(seen, votes - _means(votes, seen), 0.0), pairs) * pairs / (pairs + 2)
    np.fill_diagonal(wanted, 1.0)
    sample = random.standard_normal((_LATENT_SAMPLE, votes.shape[1]))
    factor = _factor(wanted)
    for _ in range(_LATENT_STEPS):
        drawn = _cut(sample @ factor.T, low, high)
        given = _correlations(drawn - drawn.mean(axis=0), np.full(pairs.shape, float(_LATENT_SAMPLE)))
        guess = np.clip(factor @ factor.T + wanted - given, -0.999, 0.999)
        np.fill_diagonal(guess, 1.0)
        factor = _factor(guess)
    return factor


def _correlations(centred: FloatArray, pairs: FloatArray) -> FloatArray:
    """Correlations of columns in which a missing value is 0, from the rows that have both."""
    deviation = np.sqrt((centred**2).sum(axis=0) / np.maximum(np.diag(pairs), 1))
    deviation[deviation == 0] = 1.0
    found: FloatArray = centred.T @ centred / np.maximum(pairs, 1) / np.outer(deviation, deviation)
    return found


def _factor(matrix: FloatArray) -> FloatArray:
    """F with F Fᵀ the nearest matrix of correlations, negative eigenvalues cut."""
    values, vectors = np.linalg.eigh(matrix)
    factor = vectors * np.sqrt(np.maximum(values, 1e-6))
    scaled: FloatArray = factor / np.sqrt((factor**2).sum(axis=1))[:, None]
    return scaled
