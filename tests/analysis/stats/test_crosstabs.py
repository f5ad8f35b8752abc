"""Many questions by many banners: counts, shares and standard errors, beside R and one table at a time."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from analysis.stats import crosstabs
from analysis.stats.columns import column_letters, compare, lettered
from analysis.stats.crosstabs import cross
from analysis.stats.proportions import IntervalKind, interval, intervals, share
from analysis.stats.tables import fisher_each
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected, table
from tests.small import refused


def _book(n: int = 700) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Three questions (the last of several answers) by two banners (the last of several answers), and weights."""
    rng = np.random.default_rng(8)
    question, banner = np.repeat([0, 1, 2], [3, 2, 4]), np.repeat([0, 1], [3, 4])
    answered = rng.random((n, 3)) < 0.9
    columns = np.hstack([rng.integers(0, 4, n)[:, None] == np.arange(3), rng.random((n, 4)) < 0.35])
    follows = np.where(rng.random(n) < 0.3, columns[:, :3].argmax(axis=1), rng.integers(0, 3, n))
    single = [follows[:, None] == np.arange(3), rng.integers(0, 2, n)[:, None] == np.arange(2)]
    chosen = np.hstack([*single, rng.random((n, 4)) < 0.2 + 0.3 * columns[:, 3:]]) & answered[:, question]
    return chosen, question, answered, columns, banner, rng.lognormal(size=n)


def test_shares_and_standard_errors_match_r_survey() -> None:
    wanted, data = expected("crosstabs"), table("apistrat")
    place = np.arange(1, len(data) + 1)
    wide = np.where(place % 7 == 0, "", data["sch.wide"])
    size = np.where(place % 11 == 0, "", np.where(data["enroll"] < 400, "a", np.where(data["enroll"] < 900, "b", "c")))
    chosen = np.column_stack([*(wide == each for each in ("No", "Yes")), *(size == each for each in "abc")])
    columns = np.column_stack(
        [*(data["stype"] == each for each in "EHM"), *(data["comp.imp"] == each for each in ("No", "Yes"))]
    )
    found = cross(
        chosen,
        np.repeat([0, 1], [2, 3]),
        np.column_stack([wide != "", size != ""]),
        columns,
        np.repeat([0, 1], [3, 2]),
        data["pw"].to_numpy(float),
    )
    for question, rows in (("wide", slice(0, 2)), ("size", slice(2, 5))):
        for by, places in (("stype", slice(0, 3)), ("comp.imp", slice(3, 5))):
            of = wanted[f"{question} {by}"]
            assert found.shares()[rows, places] == pytest.approx(np.array(of["share"]), rel=1e-9)
            assert found.standard_errors()[rows, places] == pytest.approx(np.array(of["se"]), rel=1e-9)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_many_tables_at_once_are_each_table_by_itself(is_weighted: bool) -> None:
    chosen, question, answered, columns, banner, weights = _book()
    w = weights if is_weighted else None
    tables = cross(chosen, question, answered, columns, banner, w)
    found = compare(tables)
    letters = np.array(lettered(tables, found))
    for asked in range(3):
        rows = question == asked
        held = answered[:, asked]
        for by in range(2):
            places = banner == by
            alone = column_letters(chosen[held][:, rows], columns[held][:, places], None if w is None else w[held])
            assert [tuple(row) for row in letters[np.ix_(rows, places)].tolist()] == list(alone.letters)
            mine = rows[found.option] & places[found.higher]
            assert found.adjusted[mine] == pytest.approx(alone.tests.adjusted)
            assert found.low[mine] == pytest.approx(alone.tests.low)
            assert found.untested[asked, by] == alone.untested
    assert any(letters.ravel().tolist())


def test_counts_shares_and_effective_numbers_are_those_of_the_rows() -> None:
    chosen, question, answered, columns, banner, weights = _book()
    tables = cross(chosen, question, answered, columns, banner, weights)
    for option in range(9):
        for column in range(7):
            base = answered[:, question[option]] & columns[:, column]
            wanted = share(chosen[base, option], weights[base])
            assert tables.counts[option, column] == (chosen[:, option] & base).sum()
            assert tables.sizes[question[option], column] == base.sum()
            assert tables.shares()[option, column] == pytest.approx(wanted.share)
            assert tables.effective()[question[option], column] == pytest.approx(wanted.effective_n)


def test_parts_of_the_respondents_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, question, answered, columns, banner, weights = _book()
    whole = cross(chosen, question, answered, columns, banner, weights)
    monkeypatch.setattr(crosstabs, "_ROWS_AT_ONCE", 64)
    parts = cross(chosen, question, answered, columns, banner, weights)
    for name in ("counts", "sizes", "sums", "totals", "squares", "chosen_squares", "both", "common", "shared"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name))


def test_nobody_has_shares_of_zero_and_no_error() -> None:
    nothing = np.zeros((0, 2), dtype=np.bool_)
    tables = cross(nothing, np.zeros(2, dtype=np.int64), nothing[:, :1], nothing, np.zeros(2, dtype=np.int64))
    assert tables.shares().tolist() == tables.standard_errors().tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert compare(tables).untested.tolist() == [[2]]


def test_weights_that_are_none_are_refused() -> None:
    chosen, question, answered, columns, banner, weights = _book(20)
    with refused(InvalidInput, "stats.weights"):
        cross(chosen, question, answered, columns, banner, -weights)


@pytest.mark.parametrize("kind", IntervalKind)
def test_many_intervals_at_once_are_each_by_itself(kind: IntervalKind) -> None:
    chosen = np.array([0.0, 0.0, 3.0, 1.5, 12.25, 20.0, 0.2, 0.7])
    n = np.array([1.0, 20.0, 10.0, 9.5, 12.25, 81.0, 0.2, 0.9])
    low, high = intervals(chosen, n, kind=kind)
    wanted = [interval(x, m, kind=kind) for x, m in zip(chosen.tolist(), n.tolist(), strict=True)]
    assert np.column_stack([low, high]) == pytest.approx(np.array(wanted), rel=1e-12)
    with refused(InvalidInput, "stats.count_outside_base"):
        intervals(chosen + 1, n, kind=kind)
    with refused(InvalidInput, "stats.empty_base"):
        intervals(chosen, n * 0, kind=kind)


def test_many_exact_tests_at_once_are_those_of_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    four = np.random.default_rng(3).integers(0, 12, size=(60, 2, 2))
    four = four[(four.sum(axis=1) > 0).all(axis=1) & (four.sum(axis=2) > 0).all(axis=1)]
    wanted = [fisher_exact(each).pvalue for each in four]
    assert fisher_each(four).tolist() == pytest.approx(wanted, rel=1e-9)
    monkeypatch.setattr("analysis.stats.tables._CELLS_AT_ONCE", 40)
    assert fisher_each(four).tolist() == pytest.approx(wanted, rel=1e-9)
