"""Cards under a chosen method: weights, intervals, letters, joined rankings, and what stays hidden."""

import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from PIL import ImageFont

from analysis.charts import lettering, method_words
from analysis.dataset.arrays import Dataset
from analysis.disclosure import SUPPRESSED, Audience, Policy
from analysis.findings import frozen
from analysis.findings import refine as refining
from analysis.findings.method import (
    PLAIN,
    Correction,
    Interval,
    Method,
    Strength,
    Unranked,
    WeightKind,
)
from analysis.findings.refine import refine, refine_all
from analysis.findings.summary import summarise
from analysis.findings.table import table_document
from analysis.stats import ranking
from analysis.stats.columns import column_letters
from analysis.stats.proportions import IntervalKind, interval
from analysis.stats.ranking import borda, pairs_of
from analysis.stats.tables import cramers_v
from survey.translator import LANGUAGES, Words
from tests.analysis.consultations import SOURCE, dataset, responses
from tests.analysis.eighty import ENGLISH, LISTED, RAKED, refined, submissions


@pytest.mark.parametrize("kind", [WeightKind.UNWEIGHTED, WeightKind.EQUAL_REGIONS, WeightKind.RAKED])
@pytest.mark.parametrize("by", ["", "led", "region", "fields"])
def test_sums_counted_together_give_the_figures_of_each_reply(
    data: Dataset, kind: WeightKind, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = ("led", "fields", "g1", "staff", "order")
    cards = [
        summarise(
            data, each, audience=Audience.INTERNAL, language="en", source=SOURCE, by=by, filters={"region": filtered}
        )
        for each in questions
        for filtered in (("n",), ("n", "s"))
        if each != by
    ]
    method = Method(weights=kind, letters=True)
    counted = refine_all(cards, data, method, LISTED)
    monkeypatch.setattr(refining, "_tallies", lambda *_: {})
    assert [_rounded(each) for each in counted] == [_rounded(each) for each in refine_all(cards, data, method, LISTED)]


def _rounded(value: Any) -> Any:
    """The value with floats to nine digits: sums in another order differ in the last ones."""
    if is_dataclass(value):
        return [_rounded(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, tuple) else value


def test_the_plain_method_leaves_the_card_as_it_is(data: Dataset) -> None:
    plain = summarise(data, "led", audience=Audience.INTERNAL, language="en", source=SOURCE)
    assert refine(plain, data, PLAIN) is plain


@pytest.mark.parametrize("kind", IntervalKind)
def test_an_interval_can_be_chosen(data: Dataset, kind: IntervalKind) -> None:
    card = refined(data, "led", Method(interval=Interval(kind.value), letters=True))
    yes = card.rows[0].cell
    assert (yes.low, yes.high) == interval(30, 80, kind=kind)
    assert method_words.interval_name(Interval(kind.value), ENGLISH) in " ".join(
        method_words.method_lines(card, ENGLISH)
    )


def test_letters_name_the_column_with_the_lower_share(data: Dataset) -> None:
    card = refined(data, "led", Method(letters=True), by="region")
    assert [column.letter for column in card.columns] == ["A", "B", "C"]
    assert card.rows[0].letters == {"n": "", "s": "A", "na": ""}
    assert card.rows[1].letters == {"n": "B", "s": "", "na": ""}
    assert card.statistics is not None and card.statistics.association is not None
    association = card.statistics.association
    assert association.test == "pearson"
    assert association.p < 0.001
    assert association.low is not None and association.strength is not None
    assert association.low < association.strength
    told = " ".join(method_words.method_lines(card, ENGLISH))
    assert "Benjamini–Hochberg" in told and "Pearson chi²" in told


def test_letters_are_those_of_the_tests(data: Dataset) -> None:
    card = refined(data, "fields", Method(letters=True, correction=Correction.NONE), by="led")
    members = np.array([[s["led"] == "yes", s["led"] == "no"] for s in submissions()])
    chosen = np.array([["prev" in s["fields"], "care" in s["fields"], False] for s in submissions()])
    wanted = column_letters(chosen, members, correction=Correction.NONE)
    assert [tuple(row.letters.values()) for row in card.rows] == list(wanted.letters)


def test_a_question_of_several_answers_has_its_own_test(data: Dataset) -> None:
    card = refined(data, "fields", Method(letters=True), by="region")
    assert card.statistics is not None and card.statistics.association is not None
    found = card.statistics.association
    assert found.test == "rao_scott_multiple"
    # Prevention is chosen by half of the north and half of the south; care by all; other by nobody.
    assert (found.about, found.strength, found.low) == (("Prevention",), pytest.approx(0, abs=1e-12), 0)
    weighted = refined(data, "led", replace(RAKED, letters=True), by="region")
    assert weighted.statistics is not None and weighted.statistics.association is not None
    assert weighted.statistics.association.test == "rao_scott"


def test_a_test_of_several_answers_has_its_strongest_part_with_its_interval() -> None:
    """By hand: of 40 in the north 30 chose Prevention, of 40 in the south 10; chi-squared is 20 of 80, V is 0.5."""
    asked = [
        {"region": region, "fields": ("prev", "care") if number < several else ("care", "other")[: 1 + number % 2]}
        for region, several in (("n", 30), ("s", 10))
        for number in range(40)
    ]
    several = dataset(responses(*asked))
    card = refined(several, "fields", Method(letters=True), by="region")
    assert card.statistics is not None and card.statistics.association is not None
    found = card.statistics.association
    wanted = cramers_v(20, 80, 2, 2)
    assert (found.about, found.strength) == (("Prevention",), pytest.approx(0.5))
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    (line,) = [line for line in method_words.method_lines(card, ENGLISH) if "All groups" in line]
    assert "strongest for “Prevention”: Cramér's V 0.50 (0." in line
    other_way = refined(several, "region", Method(letters=True), by="fields").statistics
    assert other_way is not None and other_way.association is not None
    assert (other_way.association.about, other_way.association.strength) == (("Prevention",), pytest.approx(0.5))


def test_of_two_questions_of_several_answers_the_strongest_pair_is_named() -> None:
    asked = [
        {"fields": ("prev", "care") if number < 30 else ("care",), "order": ("prev",), "hope": 1}
        for number in range(80)
    ]
    card = refined(dataset(responses(*asked)), "fields", Method(letters=True), by="fields")
    assert card.statistics is not None and card.statistics.association is not None
    found = card.statistics.association
    assert (found.about, found.strength) == (("Prevention", "Prevention"), pytest.approx(1))


def test_too_many_items_for_kemeny_are_told(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_ITEMS", 2)
    card = refined(data, "order", Method(joined=True))
    assert "Kemeny: too many items to look for the best order." in method_words.method_lines(card, ENGLISH)


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_what_is_hidden_stays_hidden(audience: Audience) -> None:
    records = responses(*submissions(), *({"region": "na", "led": "yes"} for _ in range(3)))
    data = dataset(records)
    method = Method(letters=True, joined=True, interval=Interval.JEFFREYS)
    for question in ("region", "led", "fields", "grid", "order", "staff"):
        plain = summarise(data, question, audience=audience, language="en", source=SOURCE, by="region")
        found = refine(plain, data, method, LISTED)
        rows = list(zip(plain.rows, found.rows, strict=True))
        for before, after in zip(plain.items, found.items, strict=True):
            rows += zip(before.rows, after.rows, strict=True)
            assert (before.net is SUPPRESSED) == (after.net is SUPPRESSED)
            assert (before.mean is SUPPRESSED) == (after.mean is SUPPRESSED)
        for before_row, after_row in rows:
            cells = [(before_row.cell, after_row.cell)]
            cells += [(before_row.by[code], after_row.by[code]) for code in before_row.by]
            for before_cell, after_cell in cells:
                assert before_cell.count == after_cell.count
                if before_cell.count is SUPPRESSED:
                    assert after_cell == before_cell
            for code, letters in after_row.letters.items():
                if before_row.by[code].count is SUPPRESSED:
                    assert letters == ""
            assert (before_row.mean_rank is SUPPRESSED) == (after_row.mean_rank is SUPPRESSED)
            assert after_row.mean_rank_bounds is None
        assert found.statistics is not None
        assert (found.statistics.mean_bounds, found.statistics.median_bounds) == (None, None)
        # Three replies stand in the third column, so a test of the whole table would rest on hidden cells.
        assert (found.statistics.association, found.statistics.ranking) == (None, None)


def test_an_interval_of_rounded_counts_is_made_of_them(data: Dataset) -> None:
    rules = Policy(threshold=5, rounding=20)
    card = refined(data, "led", Method(interval=Interval.JEFFREYS), audience=Audience.PUBLIC, rules=rules)
    yes = card.rows[0].cell
    assert yes.count in (20, 40)
    assert (yes.low, yes.high) == interval(int(yes.count), 80, kind=IntervalKind.JEFFREYS)  # type: ignore[arg-type]


def test_a_meeting_sees_the_test_of_a_table_that_it_sees_whole() -> None:
    answers = [{"led": led, "g1": str(1 + number % 5)} for led in ("yes", "part", "no") for number in range(30)]
    data = dataset(responses(*answers))
    card, whole = (
        refined(data, "g1", Method(letters=True), audience, by="led")
        for audience in (Audience.MEETING, Audience.INTERNAL)
    )
    assert card.statistics is not None and card.statistics.association is not None
    assert whole.statistics is not None and whole.statistics.association is not None
    assert card.statistics.association.p == pytest.approx(whole.statistics.association.p, rel=0.05)


def test_ballots_are_joined_into_one_order(data: Dataset) -> None:
    card = refined(data, "order", Method(joined=True))
    assert card.statistics is not None and card.statistics.ranking is not None
    found = card.statistics.ranking
    ranks = np.array(
        [[s["order"].index(c) + 1 if c in s["order"] else 0 for c in ("prev", "care", "other")] for s in submissions()],
        dtype=np.uint8,
    )
    scores = dict(zip(("prev", "care", "other"), borda(pairs_of(ranks)).tolist(), strict=True))
    assert dict(found.borda) == scores
    assert found.schulze == (("prev",), ("care",), ("other",))
    assert found.kemeny == (("prev", "care", "other"),)
    told = " ".join(method_words.method_lines(card, ENGLISH))
    assert "Schulze (winning votes): Prevention > Care > Other." in told
    assert "Items left out come last." in told


def test_the_treatment_of_partial_ballots_and_the_variant_are_named(data: Dataset) -> None:
    method = Method(joined=True, unranked=Unranked.SILENT, strength=Strength.MARGINS)
    told = " ".join(method_words.method_lines(refined(data, "order", method), ENGLISH))
    assert "Items left out are not counted." in told
    assert "Schulze (margins)" in told


def test_a_tie_of_kemeny_orders_is_told() -> None:
    orders = [("prev", "care", "other"), ("care", "other", "prev"), ("other", "prev", "care")]
    data = dataset(responses(*({"region": "n", "order": order} for order in orders)))
    told = " ".join(method_words.method_lines(refined(data, "order", Method(joined=True)), ENGLISH))
    assert "Kemeny: 3 orders tie" in told
    assert "Schulze (winning votes): Prevention = Care = Other." in told


def test_mean_ranks_and_means_have_bounds(data: Dataset) -> None:
    ranking = refined(data, "order", Method(interval=Interval.JEFFREYS))
    bounds = ranking.rows[0].mean_rank_bounds
    assert bounds is not None
    assert bounds.low < float(ranking.rows[0].mean_rank or 0) < bounds.high  # type: ignore[arg-type]
    numbers = refined(data, "staff", Method(weights=WeightKind.RAKED))
    assert numbers.statistics is not None
    assert numbers.statistics.mean_bounds is not None and numbers.statistics.median_bounds is not None


def test_a_refined_card_survives_being_frozen_and_written(data: Dataset) -> None:
    card = refined(data, "led", replace(RAKED, letters=True), by="region")
    assert frozen.from_json(frozen.to_json(card)) == card
    document = table_document(card, "0" * 64)
    assert document["method"]["weights"]["kind"] == "raked"
    assert document["rows"][0]["letters"] == {"n": "", "s": "A", "na": ""}
    assert document["columns"][1]["letter"] == "B"


def test_an_empty_view_has_no_figures_and_no_error(data: Dataset) -> None:
    for question in ("led", "fields", "order", "staff", "grid"):
        card = refined(data, question, replace(RAKED, letters=True, joined=True), filters={"region": ("na",)}, by="led")
        assert card.base.answered == 0
        assert all(row.cell.low is None for row in card.rows)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by", ["region", "fields"])
def test_the_fonts_of_pictures_have_every_sign_of_the_note(data: Dataset, language: str, by: str) -> None:
    card = refined(data, "led", replace(RAKED, letters=True, correction=Correction.BENJAMINI_YEKUTIELI), by=by)
    note = " ".join(method_words.method_lines(card, Words(language)))
    file = lettering.FONTS / lettering._FILES[(lettering.family(note), False)]
    font = ImageFont.truetype(str(file), 40)
    nothing = bytes(font.getmask("\uffff"))
    seen = {sign for sign in note if sign.isprintable() and not sign.isspace() and unicodedata.category(sign) != "Cf"}
    assert {sign for sign in seen if bytes(font.getmask(sign)) == nothing} == set()
