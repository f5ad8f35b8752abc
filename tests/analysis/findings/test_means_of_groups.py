"""Means, medians and ranks of groups beside each other, and which of them stay hidden."""

from typing import Any

import numpy as np
import pytest

from analysis.charts import method_words, wording
from analysis.dataset.arrays import Dataset, NumberColumn, RankColumn
from analysis.disclosure import SUPPRESSED, Audience, Policy
from analysis.findings import frozen
from analysis.findings.method import (
    PLAIN,
    Correction,
    Method,
)
from analysis.findings.table import table_document
from analysis.findings.weighting import weigh
from analysis.report.table import tabulate
from analysis.stats.differences import means_apart
from analysis.stats.numbers import mean
from tests.analysis.consultations import dataset, responses
from tests.analysis.eighty import ENGLISH, FRAME, RAKED, refined


def _staff(count: int, region: str, low: int) -> list[dict[str, Any]]:
    return [{"region": region, "staff": low + number % 5} for number in range(count)]


@pytest.fixture(scope="module")
def sizes() -> Dataset:
    """Twenty small organisations in the north, twenty that have ten more members in the south, three elsewhere."""
    return dataset(responses(*_staff(20, "n", 0), *_staff(20, "s", 10), *_staff(3, "na", 0)))


def test_groups_have_means_and_medians_of_a_number(sizes: Dataset) -> None:
    card = refined(sizes, "staff", PLAIN, by="region")
    assert [(each.code, each.mean, each.median) for each in card.columns] == [
        ("n", 2.0, 2.0),
        ("s", 12.0, 12.0),
        ("na", 1.0, 1.0),
    ]
    assert all(each.mean_bounds is None and not each.mean_letters for each in card.columns)
    (line,) = [each for each in wording.note_lines(card, ENGLISH, has_hidden=False) if "by group" in each]
    assert line == "Mean (and median) by group: North 2.0 (2.0); South 12.0 (12.0); Not applicable 1.0 (1.0)."
    columns = table_document(card, "")["columns"]
    assert [(each["mean"], each["median"]) for each in columns] == [(2.0, 2.0), (12.0, 12.0), (1.0, 1.0)]


def test_means_of_groups_are_bounded_and_tested_under_a_method(sizes: Dataset) -> None:
    card = refined(sizes, "staff", Method(letters=True, correction=Correction.NONE), by="region")
    values = np.arange(20) % 5
    wanted = mean(values.astype(np.float64))
    north, south, _elsewhere = card.columns
    assert north.mean_bounds is not None and north.median_bounds is not None
    assert (north.mean_bounds.low, north.mean_bounds.high) == (wanted.low, wanted.high)
    assert (north.mean_letters, south.mean_letters) == ("", "AC")
    assert card.statistics is not None
    pair = next(each for each in card.statistics.mean_pairs if {each.higher, each.lower} == {"n", "s"})
    test = means_apart(values.astype(np.float64), values + 10.0)
    assert test.test is not None
    assert (pair.higher, pair.difference, pair.low, pair.p) == ("s", 10.0, test.effect.low, test.test.p)
    told = " ".join(method_words.method_lines(card, ENGLISH))
    assert "Mean by group, 95 %: North 1.3–2.7; South 11.3–12.7;" in told
    assert "Means apart (Welch, no correction): South − Not applicable 11.00 (" in told
    assert "South 12.0 AC (12.0)" in " ".join(wording.note_lines(card, ENGLISH, has_hidden=False))


def test_means_of_overlapping_groups_are_not_tested(data: Dataset) -> None:
    card = refined(data, "staff", Method(letters=True), by="fields")
    assert card.statistics is not None
    assert card.statistics.mean_pairs == ()
    assert all(isinstance(each.mean, float) for each in card.columns[:2])
    assert all(not each.mean_letters for each in card.columns)


def test_weighted_means_of_groups_rest_on_the_weights(data: Dataset) -> None:
    plain, card = (refined(data, "staff", method, by="fields").columns[1] for method in (PLAIN, RAKED))
    weighed = weigh(data, RAKED, FRAME, "en")
    assert weighed is not None
    staff = data.columns["staff"]
    assert isinstance(staff, NumberColumn)
    assert card.mean == pytest.approx(float(weighed.weights @ staff.values / weighed.weights.sum()))
    assert card.mean != plain.mean


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_means_of_small_groups_are_hidden_and_none_is_bounded_or_tested(sizes: Dataset, audience: Audience) -> None:
    card = refined(sizes, "staff", Method(letters=True), audience, by="region")
    *_others, elsewhere = card.columns
    assert (elsewhere.mean, elsewhere.median) == (SUPPRESSED, SUPPRESSED)
    # With n and the mean of all and of the other groups, that of the small one would follow.
    told = [card.mean, *(each.mean for each in card.columns)]
    assert sum(each is SUPPRESSED for each in told) >= 2
    assert card.statistics is not None
    assert card.statistics.mean_pairs == ()
    assert all(each.mean_bounds is None and not each.mean_letters for each in card.columns)
    assert "[c]" in wording.note_lines(card, ENGLISH, has_hidden=False)[0]
    assert frozen.from_json(frozen.to_json(card)) == card


def test_where_a_giant_hides_the_mean_of_its_group_the_others_show_none() -> None:
    giant = [{"region": "na", "staff": 10_000}, *_staff(9, "na", 1)]
    data = dataset(responses(*_staff(50, "n", 9_000), *_staff(50, "s", 9_000), *giant))
    card = refined(data, "staff", PLAIN, Audience.MEETING, by="region")
    assert [each.base.answered for each in card.columns] == [50, 50, 10]
    # Else (110 x the mean of all - 50 x that of the north - 50 x that of the south) / 10 is that of the giant's group.
    assert [each.mean for each in card.columns] == [SUPPRESSED] * 3


def test_under_rounding_a_group_without_an_answer_looks_like_one_with_few(sizes: Dataset) -> None:
    asked = dataset(responses(*_staff(20, "n", 0), *_staff(20, "s", 10), {"region": "na"}))
    rules = Policy(threshold=5, rounding=5)
    for data in (sizes, asked):
        card = refined(data, "staff", PLAIN, Audience.PUBLIC, by="region", rules=rules)
        assert (card.columns[-1].mean, card.columns[-1].median) == (SUPPRESSED, SUPPRESSED)


def test_a_ranking_by_groups_has_mean_ranks_and_first_places(data: Dataset) -> None:
    card = refined(data, "order", PLAIN, by="region")
    ranks = data.columns["order"]
    assert isinstance(ranks, RankColumn)
    north = ranks.ranks[data.chosen("region")[:, 0]]
    column = card.columns[0]
    wanted = [float(each[each > 0].mean()) for each in north.T]
    assert list(column.mean_ranks.values()) == pytest.approx(wanted)
    assert [each.count for each in column.firsts.values()] == (north == 1).sum(axis=0).tolist()
    heads = [each.head for each in tabulate(card, ENGLISH).columns]
    assert {"North: mean rank", "North: put first, count", "North: put first, share"} <= set(heads)
    document = table_document(card, "")["columns"][0]
    assert document["mean_ranks"] == column.mean_ranks
    weighted = refined(data, "order", RAKED, by="led").columns[0]
    assert weighted.firsts["care"].share != refined(data, "order", PLAIN, by="led").columns[0].firsts["care"].share


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_first_places_of_small_groups_are_hidden_and_mean_ranks_are_internal(data: Dataset, audience: Audience) -> None:
    card = refined(data, "order", Method(letters=True), audience, by="region")
    assert all(each.mean_ranks == {} for each in card.columns)
    truth = refined(data, "order", PLAIN, by="region").columns
    shown = [
        (cell.count, known.firsts[code].count)
        for each, known in zip(card.columns, truth, strict=True)
        for code, cell in each.firsts.items()
        if cell.count is not SUPPRESSED
    ]
    assert all(count == known and isinstance(count, int) and count >= 5 for count, known in shown)
    assert card.columns[2].firsts["care"].count is SUPPRESSED
    # With the number of all who put it first, that of the small group would follow from the others.
    assert any(each.firsts["care"].count is SUPPRESSED for each in card.columns[:2])
