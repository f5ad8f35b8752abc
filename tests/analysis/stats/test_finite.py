"""Numbers in a finite frame against a search over R's phyper, and their coverage counted exactly."""

from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.finite import hypergeometric
from analysis.stats.proportions import EmptyBase
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected


@pytest.mark.parametrize("case", expected("intervals")["frames"], ids=lambda case: f"{case['n']} of {case['frame']}")
def test_the_interval_is_the_one_that_a_search_over_r_finds(case: dict[str, Any]) -> None:
    found = hypergeometric(case["chosen"], case["n"], case["frame"], level=case["level"])
    assert (found.low, found.high) == (case["low"], case["high"])


def test_published_cases_come_out() -> None:
    found = hypergeometric(45, 100, 300)
    assert (found.low, found.high) == (111, 160)
    found = hypergeometric(12, 15, 20)
    assert (found.low, found.high, found.worst, found.best) == (13, 17, 12, 17)


@pytest.mark.parametrize(("n", "frame"), [(100, 300), (15, 20), (3, 40)])
def test_the_interval_covers_every_true_number_often_enough(n: int, frame: int) -> None:
    bounds = [hypergeometric(chosen, n, frame) for chosen in range(n + 1)]
    for members in range(frame + 1):
        hit = sum(
            comb(members, chosen) * comb(frame - members, n - chosen)
            for chosen, found in enumerate(bounds)
            if found.low <= members <= found.high
        )
        assert hit / comb(frame, n) >= 0.95


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(n, 200))))
def test_the_interval_lies_within_the_bounds_of_logic_and_mirrors(case: tuple[int, int, int]) -> None:
    chosen, n, frame = case
    found, mirrored = hypergeometric(chosen, n, frame), hypergeometric(n - chosen, n, frame)
    assert found.worst <= found.low <= found.high <= found.best
    assert (mirrored.low, mirrored.high) == (frame - found.high, frame - found.low)


def test_when_all_replied_nothing_is_open() -> None:
    found = hypergeometric(3, 8, 8)
    assert (found.low, found.high, found.worst, found.best) == (3, 3, 3, 3)


@pytest.mark.parametrize(
    ("chosen", "n", "frame", "code"),
    [
        (0, 0, 9, "stats.empty_base"),
        (4, 3, 9, "stats.count_outside_base"),
        (-1, 3, 9, "stats.count_outside_base"),
        (1, 3, 2, "stats.frame_too_small"),
    ],
)
def test_impossible_counts_are_refused(chosen: int, n: int, frame: int, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        hypergeometric(chosen, n, frame)
    assert caught.value.code == code
    assert (code == "stats.empty_base") is isinstance(caught.value, EmptyBase)
