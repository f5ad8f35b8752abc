"""Rows for numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.dataset.codebook import Variable
from analysis.dataset.counting import spread_of
from analysis.findings.bins import MOST_BINS, MOST_VALUES, bins
from survey.questionnaire import Kind, Text


def number(kind: Kind, **parameters: str) -> Variable:
    return Variable(name="n", kind=kind, label=Text(), parameters=parameters)


def labels(kind: Kind, values: list[float], **parameters: str) -> list[str]:
    return [part.label for part in bins(number(kind, **parameters), spread_of(np.array(values)))]


def test_few_whole_numbers_have_a_row_each_also_those_between() -> None:
    assert labels(Kind.INTEGER, [2, 5, 5]) == ["2", "3", "4", "5"]


def test_many_whole_numbers_are_put_in_round_bins() -> None:
    assert labels(Kind.INTEGER, [3, 17, 88]) == [
        *("0–9", "10–19", "20–29", "30–39", "40–49", "50–59", "60–69", "70–79", "80–89"),
    ]


def test_decimals_are_named_by_their_borders() -> None:
    assert labels(Kind.DECIMAL, [0.05, 0.3, 0.29]) == [
        *("0.05–<0.1", "0.1–<0.15", "0.15–<0.2", "0.2–<0.25", "0.25–<0.3", "0.3–<0.35"),
    ]


def test_a_range_has_all_its_points() -> None:
    assert labels(Kind.RANGE, [], start="0", end="10", step="1") == [str(point) for point in range(11)]
    assert labels(Kind.RANGE, [0.5], start="0", end="1", step="0.25") == ["0", "0.25", "0.5", "0.75", "1"]
    assert labels(Kind.RANGE, []) == [str(point) for point in range(1, 11)]


def test_no_number_has_no_row() -> None:
    assert labels(Kind.INTEGER, []) == []


def test_a_single_decimal_has_one_row() -> None:
    assert len(labels(Kind.DECIMAL, [0.7])) == 1


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.DECIMAL, Kind.RANGE])
@given(data=st.data())
def test_every_value_lies_in_exactly_one_bin(kind: Kind, data: st.DataObject) -> None:
    one = (
        st.integers(-(10**9), 10**9) if kind is Kind.INTEGER else st.floats(-(10**6), 10**6).map(lambda x: round(x, 3))
    )
    values = np.array(data.draw(st.lists(one, min_size=1, max_size=30)), dtype=np.float64)
    parts = bins(number(kind), spread_of(values))
    assert np.sum([part.holds(values) for part in parts], axis=0).tolist() == [1] * values.size
    assert len(parts) <= max(MOST_BINS, MOST_VALUES)
    assert len({part.code for part in parts}) == len(parts)
