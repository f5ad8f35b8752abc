"""Cards under a chosen method: weights, intervals, letters, joined rankings, and what stays hidden."""

import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from PIL import ImageFont

from analysis.charts import lettering, method_words, wording
from analysis.dataset.arrays import Dataset, NumberColumn, RankColumn
from analysis.disclosure import SUPPRESSED, Audience, Policy
from analysis.findings import frozen
from analysis.findings import refine as refining
from analysis.findings.card import Card
from analysis.findings.method import (
    PLAIN,
    Correction,
    FrameMargin,
    IntervalKind,
    Method,
    Strength,
    Unranked,
    WeightKind,
)
from analysis.findings.refine import refine, refine_all
from analysis.findings.summary import summarise
from analysis.findings.table import table_document
from analysis.findings.weighting import weigh
from analysis.report.table import tabulate
from analysis.stats import designs, ranking
from analysis.stats.columns import column_letters
from analysis.stats.differences import means_apart
from analysis.stats.numbers import mean
from analysis.stats.proportions import interval, share
from analysis.stats.ranking import borda
from analysis.stats.tables import cramers_v
from data.errors import InvalidInput, NotAllowed
from survey.translator import LANGUAGES, Words
from tests.analysis.consultations import SOURCE, dataset, responses
from tests.small import refused

FRAME = (FrameMargin(variable="region", targets={"n": 30, "s": 90, "na": 6}),)
RAKED = Method(weights=WeightKind.RAKED)
ENGLISH = Words("en")


def _submissions() -> list[dict[str, Any]]:
    """Sixty from the north, of whom 15 are led by the community; twenty from the south, of whom 15 are."""
    found: list[dict[str, Any]] = []
    for region, n, yes in (("n", 60, 15), ("s", 20, 15)):
        for number in range(n):
            order = ("prev", "care", "other") if number % 3 else ("care", "prev")
            found.append(
                {
                    "region": region,
                    "led": "yes" if number < yes else "no",
                    "fields": ("prev", "care") if number % 2 else ("care",),
                    "g1": str(1 + number % 5),
                    "staff": number % 7,
                    "order": order,
                }
            )
    return found


@pytest.fixture(scope="module")
def data() -> Dataset:
    return dataset(responses(*_submissions()))


def _card(data: Dataset, question: str, method: Method, audience: Audience = Audience.INTERNAL, **more: Any) -> Card:
    plain = summarise(data, question, audience=audience, language="en", source=SOURCE, **more)
    return refine(plain, data, method, FRAME)


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
    counted = refine_all(cards, data, method, FRAME)
    monkeypatch.setattr(refining, "_tallies", lambda *_: {})
    assert [_rounded(each) for each in counted] == [_rounded(each) for each in refine_all(cards, data, method, FRAME)]


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


def test_raked_shares_are_those_of_the_frame(data: Dataset) -> None:
    card = _card(data, "region", RAKED)
    shares = {row.code: row.cell.share for row in card.rows}
    assert shares["n"] == pytest.approx(0.25)
    assert shares["s"] == pytest.approx(0.75)
    assert {row.code: row.cell.count for row in card.rows} == {"n": 60, "s": 20, "na": 0}


def test_a_weighted_share_has_bounds_by_its_effective_n(data: Dataset) -> None:
    card = _card(data, "led", RAKED)
    weights = np.array([1 / 3] * 60 + [3.0] * 20)
    wanted = share(np.array([n < 15 for n in range(60)] + [n < 15 for n in range(20)]), weights)
    yes = card.rows[0].cell
    assert yes.count == 30
    assert (yes.share, yes.low, yes.high) == pytest.approx((wanted.share, wanted.low, wanted.high))
    assert sum(
        row.cell.share for row in card.rows if not isinstance(row.cell.share, type(SUPPRESSED))
    ) == pytest.approx(1)
    assert card.statistics is not None
    assert card.statistics.effective_n == pytest.approx(wanted.effective_n)


def test_the_report_names_who_cannot_be_spoken_for(data: Dataset) -> None:
    found = weigh(data, RAKED, FRAME, "en")
    assert found is not None
    report = found.report
    assert [(each.code, each.label, each.invited) for each in report.unspoken] == [("na", "Not applicable", 6)]
    assert (report.converged, report.bounded, report.unknown, report.replies) == (True, False, 0, 80)
    assert report.design_effect == pytest.approx(80 / report.effective_n)
    told = " ".join(method_words.weight_lines(report, ENGLISH))
    assert "no weight can speak for: Not applicable." in told


def test_weights_out_of_bounds_are_held_and_told() -> None:
    records = responses(*({"region": "n"} for _ in range(95)), *({"region": "s"} for _ in range(5)))
    found = weigh(dataset(records), RAKED, FRAME, "en")
    assert found is not None
    assert (found.report.bounded, found.report.converged) == (True, False)
    assert found.report.miss > 0.1
    told = " ".join(method_words.weight_lines(found.report, ENGLISH))
    assert "The weights do not reach the frame" in told
    # Brought to a mean of 1, they stand outside the bounds in which they were looked for.
    assert found.report.highest > 5
    assert "No reply counts" not in told


def _of_two_margins() -> tuple[Dataset, tuple[FrameMargin, ...]]:
    """Replies by region and by whether they are led by the community, and their frame with its cells."""
    cells = (("n", "yes", 15), ("n", "no", 45), ("s", "yes", 15), ("s", "no", 5))
    records = [{"region": region, "led": led} for region, led, n in cells for _ in range(n)]
    invited = {"n\tyes": 40, "n\tno": 60, "s\tyes": 50, "s\tno": 50}
    frame = (
        FrameMargin(variable="region", targets={"n": 100, "s": 100}),
        FrameMargin(variable="led", targets={"yes": 90, "no": 110}),
        FrameMargin(variable="region\tled", targets=invited),
    )
    return dataset(responses(*records)), frame


def _sums(data: Dataset, weights: np.ndarray) -> dict[tuple[str, str], float]:
    region, led = data.chosen("region"), data.chosen("led")
    names = [[code.name for code in data.variables[name].codes] for name in ("region", "led")]
    return {
        (one, other): float(weights[region[:, i] & led[:, j]].sum())
        for i, one in enumerate(names[0][:2])
        for j, other in enumerate(names[1][:2])
    }


def test_post_stratified_weights_give_every_cell_its_share() -> None:
    data, frame = _of_two_margins()
    found = weigh(data, Method(weights=WeightKind.POSTSTRATIFIED), frame, "en")
    assert found is not None
    assert _sums(data, found.weights) == pytest.approx(
        {("n", "yes"): 16, ("n", "no"): 24, ("s", "yes"): 20, ("s", "no"): 20}
    )
    assert (found.report.converged, found.report.trimmed, found.report.bounded) == (True, False, False)
    assert found.report.margins == ("Region", "Community led?")
    told = " ".join(method_words.weight_lines(found.report, ENGLISH))
    assert "Post-stratified to the contact frame by: Region, Community led?." in told
    assert f"design effect {found.report.design_effect:.2f}" in told


def test_a_cell_of_the_frame_without_replies_is_left_out_and_named() -> None:
    records = (
        [{"region": "n", "led": "yes"}] * 30 + [{"region": "n", "led": "no"}] * 30 + [{"region": "s", "led": "no"}] * 20
    )
    _data, frame = _of_two_margins()
    data = dataset(responses(*records))
    found = weigh(data, Method(weights=WeightKind.POSTSTRATIFIED), frame, "en")
    assert found is not None
    assert [(each.code, each.label, each.invited) for each in found.report.unspoken] == [("s\tyes", "South · Yes", 50)]
    assert found.weights.mean() == pytest.approx(1)
    assert found.weights[:30].sum() / found.weights[30:60].sum() == pytest.approx(40 / 60)
    assert "no weight can speak for: South · Yes." in " ".join(method_words.weight_lines(found.report, ENGLISH))


def test_post_stratified_weights_out_of_bounds_are_cut_and_what_is_missed_is_told() -> None:
    data, frame = _of_two_margins()
    found = weigh(data, Method(weights=WeightKind.POSTSTRATIFIED, highest=2.0), frame, "en")
    assert found is not None
    assert found.weights.max() == pytest.approx(2.0)
    assert (found.report.converged, found.report.trimmed) == (False, True)
    told = " ".join(method_words.weight_lines(found.report, ENGLISH))
    assert "Weights below 0.20 and above 2.00 were cut" in told
    assert f"missed by {round(100 * found.report.miss)} %" in told.replace("%", " %").replace("  ", " ")


@pytest.mark.parametrize("kind", [WeightKind.RAKED, WeightKind.LINEAR, WeightKind.LOGIT])
def test_calibrated_weights_reach_the_chosen_margins_within_their_bounds(kind: WeightKind) -> None:
    data, frame = _of_two_margins()
    both = weigh(data, Method(weights=kind), frame, "en")
    one = weigh(data, Method(weights=kind, margins=("region",)), frame, "en")
    tight = weigh(data, Method(weights=kind, lowest=0.35, highest=2.1), frame, "en")
    assert both is not None and one is not None and tight is not None
    for found, led in ((both, 36.0), (tight, 36.0), (one, 40.0)):
        sums = _sums(data, found.weights)
        assert found.report.converged
        assert sums["n", "yes"] + sums["n", "no"] == pytest.approx(40)
        assert sums["n", "yes"] + sums["s", "yes"] == pytest.approx(led)
    assert one.report.margins == ("Region",)
    assert (tight.weights.min() >= 0.35 - 1e-9, tight.weights.max() <= 2.1 + 1e-9) == (True, True)


def test_logit_weights_that_cannot_reach_the_frame_say_so() -> None:
    data, frame = _of_two_margins()
    found = weigh(data, Method(weights=WeightKind.LOGIT, lowest=0.9, highest=1.1), frame, "en")
    assert found is not None
    assert (found.report.converged, found.report.bounded) == (False, True)
    assert (found.weights > 0).all()
    assert found.report.miss > 0.1
    told = " ".join(method_words.weight_lines(found.report, ENGLISH))
    assert "Calibrated to the contact frame (logit) by: Region, Community led?." in told
    assert "The weights do not reach the frame" in told


@pytest.mark.parametrize("kind", [each for each in WeightKind if each not in (WeightKind.UNWEIGHTED, WeightKind.LOGIT)])
def test_weights_can_be_cut_to_bounds(kind: WeightKind) -> None:
    data, frame = _of_two_margins()
    found = weigh(data, Method(weights=kind, lowest=0.8, highest=1.25, trim=True), frame, "en")
    assert found is not None
    assert (found.report.trimmed, found.report.bounded) == (True, False)
    assert found.weights.min() >= 0.8 - 1e-9
    assert found.weights.max() <= 1.25 + 1e-9
    assert found.weights.mean() == pytest.approx(1)


def test_margins_and_cells_that_are_not_there_are_refused() -> None:
    data, frame = _of_two_margins()
    with refused(InvalidInput, "weights.unknown_margin"):
        weigh(data, Method(weights=WeightKind.LINEAR, margins=("planet",)), frame, "en")
    with refused(InvalidInput, "weights.no_cells"):
        weigh(data, Method(weights=WeightKind.POSTSTRATIFIED), frame[:2], "en")
    assert weigh(data, Method(weights=WeightKind.POSTSTRATIFIED, margins=("led",)), frame[:2], "en") is not None


def test_many_silent_cells_are_counted_after_the_first(data: Dataset) -> None:
    found = weigh(data, RAKED, FRAME, "en")
    assert found is not None
    many = replace(found.report, unspoken=found.report.unspoken * 10)
    assert "Not applicable and 2 more." in " ".join(method_words.weight_lines(many, ENGLISH))


def test_every_region_can_count_the_same(data: Dataset) -> None:
    card = _card(data, "region", Method(weights=WeightKind.EQUAL_REGIONS))
    assert [row.cell.share for row in card.rows] == pytest.approx([0.5, 0.5, 0.0])


def test_a_reply_without_a_region_keeps_a_weight() -> None:
    records = responses(*({"region": "n", "led": "yes"} for _ in range(6)), *({"led": "no"} for _ in range(2)))
    for kind in (WeightKind.RAKED, WeightKind.EQUAL_REGIONS):
        found = weigh(dataset(records), Method(weights=kind), FRAME, "en")
        assert found is not None
        assert found.report.unknown == 2
        assert (found.weights > 0).all()


def test_weights_that_cannot_be_had_are_refused(data: Dataset) -> None:
    with refused(InvalidInput, "weights.no_frame"):
        weigh(data, RAKED, (), "en")
    with refused(InvalidInput, "weights.no_replies"):
        weigh(dataset(()), RAKED, FRAME, "en")
    with refused(InvalidInput, "weights.no_region"):
        weigh(dataset(responses({"led": "yes"})), Method(weights=WeightKind.EQUAL_REGIONS), (), "en")


@pytest.mark.parametrize("kind", IntervalKind)
def test_an_interval_can_be_chosen(data: Dataset, kind: IntervalKind) -> None:
    card = _card(data, "led", Method(interval=kind, letters=True))
    yes = card.rows[0].cell
    assert (yes.low, yes.high) == interval(30, 80, kind=kind)
    assert method_words.interval_name(kind) in " ".join(method_words.method_lines(card, ENGLISH))


def test_letters_name_the_column_with_the_lower_share(data: Dataset) -> None:
    card = _card(data, "led", Method(letters=True), by="region")
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
    card = _card(data, "fields", Method(letters=True, correction=Correction.NONE), by="led")
    members = np.array([[s["led"] == "yes", s["led"] == "no"] for s in _submissions()])
    chosen = np.array([["prev" in s["fields"], "care" in s["fields"], False] for s in _submissions()])
    wanted = column_letters(chosen, members, correction=Correction.NONE)
    assert [tuple(row.letters.values()) for row in card.rows] == list(wanted.letters)


def test_a_question_of_several_answers_has_its_own_test(data: Dataset) -> None:
    card = _card(data, "fields", Method(letters=True), by="region")
    assert card.statistics is not None and card.statistics.association is not None
    found = card.statistics.association
    assert found.test == "rao_scott_multiple"
    # Prevention is chosen by half of the north and half of the south; care by all; other by nobody.
    assert (found.about, found.strength, found.low) == (("Prevention",), pytest.approx(0, abs=1e-12), 0)
    weighted = _card(data, "led", replace(RAKED, letters=True), by="region")
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
    card = _card(several, "fields", Method(letters=True), by="region")
    assert card.statistics is not None and card.statistics.association is not None
    found = card.statistics.association
    wanted = cramers_v(20, 80, 2, 2)
    assert (found.about, found.strength) == (("Prevention",), pytest.approx(0.5))
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    (line,) = [line for line in method_words.method_lines(card, ENGLISH) if "All groups" in line]
    assert "strongest for “Prevention”: Cramér's V 0.50 (0." in line
    other_way = _card(several, "region", Method(letters=True), by="fields").statistics
    assert other_way is not None and other_way.association is not None
    assert (other_way.association.about, other_way.association.strength) == (("Prevention",), pytest.approx(0.5))


def test_of_two_questions_of_several_answers_the_strongest_pair_is_named() -> None:
    asked = [
        {"fields": ("prev", "care") if number < 30 else ("care",), "order": ("prev",), "hope": 1}
        for number in range(80)
    ]
    card = _card(dataset(responses(*asked)), "fields", Method(letters=True), by="fields")
    assert card.statistics is not None and card.statistics.association is not None
    found = card.statistics.association
    assert (found.about, found.strength) == (("Prevention", "Prevention"), pytest.approx(1))


def test_too_many_items_for_kemeny_are_told(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_ITEMS", 2)
    card = _card(data, "order", Method(joined=True))
    assert "Kemeny: too many items to look for the best order." in method_words.method_lines(card, ENGLISH)


def test_a_weighted_share_of_one_reply_is_no_share_of_nobody() -> None:
    one = dataset(responses({"region": "n", "led": "yes"}, *[{"region": "s"}] * 3))
    document = table_document(_card(one, "led", RAKED, by="region"), "0" * 64)
    yes, no = document["rows"]
    assert [(row["share"], row["low"], row["high"]) for row in (yes, no)] == [(1.0, None, None), (0.0, None, None)]
    assert [no["by"][code]["share"] for code in ("n", "s", "na")] == [0.0, None, None]


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_what_is_hidden_stays_hidden(audience: Audience) -> None:
    records = responses(*_submissions(), *({"region": "na", "led": "yes"} for _ in range(3)))
    data = dataset(records)
    method = Method(letters=True, joined=True, interval=IntervalKind.JEFFREYS)
    for question in ("region", "led", "fields", "grid", "order", "staff"):
        plain = summarise(data, question, audience=audience, language="en", source=SOURCE, by="region")
        found = refine(plain, data, method, FRAME)
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


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
@pytest.mark.parametrize("kind", [WeightKind.RAKED, WeightKind.EQUAL_REGIONS])
def test_a_meeting_sees_no_weighted_figure(data: Dataset, audience: Audience, kind: WeightKind) -> None:
    with refused(NotAllowed, "weights.internal_only"):
        _card(data, "led", Method(weights=kind), audience=audience)


def test_a_weighted_share_in_whole_percents_would_tell_a_small_group_that_the_meeting_does_not_see() -> None:
    # Twenty of the fifty in the North said yes, and two of the twelve in the South; nobody else was invited.
    sent = [("n", "yes")] * 20 + [("n", "no")] * 30 + [("s", "yes")] * 2 + [("s", "no")] * 10
    two = dataset(responses(*({"region": region, "led": led} for region, led in sent)))
    whole, regions, compared = (
        summarise(two, question, audience=Audience.MEETING, language="en", by=by, source=SOURCE)
        for question, by in (("led", ""), ("region", ""), ("led", "region"))
    )
    assert (whole.rows[0].cell.count, regions.rows[0].cell.count, regions.base.answered) == (22, 50, 62)
    assert compared.rows[0].by["s"].count is SUPPRESSED
    weighted = _card(two, "led", Method(weights=WeightKind.EQUAL_REGIONS), audience=Audience.INTERNAL)
    assert isinstance(weighted.rows[0].cell.share, float)
    percent = round(weighted.rows[0].cell.share, 2)
    assert [south for south in range(13) if round(((22 - south) / 50 + south / 12) / 2, 2) == percent] == [2]


def test_an_interval_of_rounded_counts_is_made_of_them(data: Dataset) -> None:
    rules = Policy(threshold=5, rounding=20)
    card = _card(data, "led", Method(interval=IntervalKind.JEFFREYS), audience=Audience.PUBLIC, rules=rules)
    yes = card.rows[0].cell
    assert yes.count in (20, 40)
    assert (yes.low, yes.high) == interval(int(yes.count), 80, kind=IntervalKind.JEFFREYS)  # type: ignore[arg-type]


def test_a_meeting_sees_the_test_of_a_table_that_it_sees_whole() -> None:
    answers = [{"led": led, "g1": str(1 + number % 5)} for led in ("yes", "part", "no") for number in range(30)]
    data = dataset(responses(*answers))
    card, whole = (
        _card(data, "g1", Method(letters=True), audience, by="led")
        for audience in (Audience.MEETING, Audience.INTERNAL)
    )
    assert card.statistics is not None and card.statistics.association is not None
    assert whole.statistics is not None and whole.statistics.association is not None
    assert card.statistics.association.p == pytest.approx(whole.statistics.association.p, rel=0.05)


def test_ballots_are_joined_into_one_order(data: Dataset) -> None:
    card = _card(data, "order", Method(joined=True))
    assert card.statistics is not None and card.statistics.ranking is not None
    found = card.statistics.ranking
    ranks = np.array(
        [
            [s["order"].index(c) + 1 if c in s["order"] else 0 for c in ("prev", "care", "other")]
            for s in _submissions()
        ],
        dtype=np.uint8,
    )
    scores = dict(zip(("prev", "care", "other"), borda(ranks).tolist(), strict=True))
    assert dict(found.borda) == scores
    assert found.schulze == (("prev",), ("care",), ("other",))
    assert found.kemeny == (("prev", "care", "other"),)
    told = " ".join(method_words.method_lines(card, ENGLISH))
    assert "Schulze (winning votes): Prevention > Care > Other." in told
    assert "Items left out come last." in told


def test_the_treatment_of_partial_ballots_and_the_variant_are_named(data: Dataset) -> None:
    method = Method(joined=True, unranked=Unranked.SILENT, strength=Strength.MARGINS)
    told = " ".join(method_words.method_lines(_card(data, "order", method), ENGLISH))
    assert "Items left out are not counted." in told
    assert "Schulze (margins)" in told


def test_a_tie_of_kemeny_orders_is_told() -> None:
    orders = [("prev", "care", "other"), ("care", "other", "prev"), ("other", "prev", "care")]
    data = dataset(responses(*({"region": "n", "order": order} for order in orders)))
    told = " ".join(method_words.method_lines(_card(data, "order", Method(joined=True)), ENGLISH))
    assert "Kemeny: 3 orders tie" in told
    assert "Schulze (winning votes): Prevention = Care = Other." in told


def test_mean_ranks_and_means_have_bounds(data: Dataset) -> None:
    ranking = _card(data, "order", Method(interval=IntervalKind.JEFFREYS))
    bounds = ranking.rows[0].mean_rank_bounds
    assert bounds is not None
    assert bounds.low < float(ranking.rows[0].mean_rank or 0) < bounds.high  # type: ignore[arg-type]
    numbers = _card(data, "staff", Method(weights=WeightKind.RAKED))
    assert numbers.statistics is not None
    assert numbers.statistics.mean_bounds is not None and numbers.statistics.median_bounds is not None


def test_the_net_of_a_battery_is_weighted(data: Dataset) -> None:
    plain = _card(data, "grid", Method(letters=True)).items[0]
    weighted = _card(data, "grid", RAKED).items[0]
    assert plain.net == pytest.approx(0.0)
    assert sum(float(row.cell.share) for row in weighted.rows) == pytest.approx(1)  # type: ignore[arg-type]


def test_a_refined_card_survives_being_frozen_and_written(data: Dataset) -> None:
    card = _card(data, "led", replace(RAKED, letters=True), by="region")
    assert frozen.from_json(frozen.to_json(card)) == card
    document = table_document(card, "0" * 64)
    assert document["method"]["weights"]["kind"] == "raked"
    assert document["rows"][0]["letters"] == {"n": "", "s": "A", "na": ""}
    assert document["columns"][1]["letter"] == "B"


def test_filters_keep_the_weights_of_the_whole(data: Dataset) -> None:
    card = _card(data, "led", RAKED, filters={"region": ("s",)})
    assert card.rows[0].cell.share == pytest.approx(0.75)
    assert card.statistics is not None and card.statistics.weights is not None
    assert card.statistics.weights.replies == 80


def test_an_empty_view_has_no_figures_and_no_error(data: Dataset) -> None:
    for question in ("led", "fields", "order", "staff", "grid"):
        card = _card(data, question, replace(RAKED, letters=True, joined=True), filters={"region": ("na",)}, by="led")
        assert card.base.answered == 0
        assert all(row.cell.low is None for row in card.rows)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by", ["region", "fields"])
def test_the_fonts_of_pictures_have_every_sign_of_the_note(data: Dataset, language: str, by: str) -> None:
    card = _card(data, "led", replace(RAKED, letters=True, correction=Correction.BENJAMINI_YEKUTIELI), by=by)
    note = " ".join(method_words.method_lines(card, Words(language)))
    file = lettering.FONTS / lettering._FILES[(lettering.family(note), False)]
    font = ImageFont.truetype(str(file), 40)
    nothing = bytes(font.getmask("\uffff"))
    seen = {sign for sign in note if sign.isprintable() and not sign.isspace() and unicodedata.category(sign) != "Cf"}
    assert {sign for sign in seen if bytes(font.getmask(sign)) == nothing} == set()


def test_a_weighted_share_has_its_standard_error_and_an_unweighted_one_none(data: Dataset) -> None:
    card = _card(data, "led", RAKED, by="region")
    weights = np.array([1 / 3] * 60 + [3.0] * 20)
    chosen = np.array([n < 15 for n in range(60)] + [n < 15 for n in range(20)])
    wanted = designs.share(designs.design(weights), chosen, np.ones(80, dtype=np.bool_))
    assert card.rows[0].cell.standard_error == pytest.approx(wanted.standard_error)
    document = table_document(card, "x")
    assert document["rows"][0]["standard_error"] == pytest.approx(wanted.standard_error)
    assert document["rows"][0]["by"]["n"]["standard_error"] > 0
    plain = _card(data, "led", Method(letters=True), by="region")
    assert plain.rows[0].cell.standard_error is None
    assert "standard_error" not in table_document(plain, "x")["rows"][0]


def _staff(count: int, region: str, low: int) -> list[dict[str, Any]]:
    return [{"region": region, "staff": low + number % 5} for number in range(count)]


@pytest.fixture(scope="module")
def sizes() -> Dataset:
    """Twenty small organisations in the north, twenty that have ten more members in the south, three elsewhere."""
    return dataset(responses(*_staff(20, "n", 0), *_staff(20, "s", 10), *_staff(3, "na", 0)))


def test_groups_have_means_and_medians_of_a_number(sizes: Dataset) -> None:
    card = _card(sizes, "staff", PLAIN, by="region")
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
    card = _card(sizes, "staff", Method(letters=True, correction=Correction.NONE), by="region")
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
    card = _card(data, "staff", Method(letters=True), by="fields")
    assert card.statistics is not None
    assert card.statistics.mean_pairs == ()
    assert all(isinstance(each.mean, float) for each in card.columns[:2])
    assert all(not each.mean_letters for each in card.columns)


def test_weighted_means_of_groups_rest_on_the_weights(data: Dataset) -> None:
    plain, card = (_card(data, "staff", method, by="fields").columns[1] for method in (PLAIN, RAKED))
    weighed = weigh(data, RAKED, FRAME, "en")
    assert weighed is not None
    staff = data.columns["staff"]
    assert isinstance(staff, NumberColumn)
    assert card.mean == pytest.approx(float(weighed.weights @ staff.values / weighed.weights.sum()))
    assert card.mean != plain.mean


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_means_of_small_groups_are_hidden_and_none_is_bounded_or_tested(sizes: Dataset, audience: Audience) -> None:
    card = _card(sizes, "staff", Method(letters=True), audience, by="region")
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
    card = _card(data, "staff", PLAIN, Audience.MEETING, by="region")
    assert [each.base.answered for each in card.columns] == [50, 50, 10]
    # Else (110 x the mean of all - 50 x that of the north - 50 x that of the south) / 10 is that of the giant's group.
    assert [each.mean for each in card.columns] == [SUPPRESSED] * 3


def test_under_rounding_a_group_without_an_answer_looks_like_one_with_few(sizes: Dataset) -> None:
    asked = dataset(responses(*_staff(20, "n", 0), *_staff(20, "s", 10), {"region": "na"}))
    rules = Policy(threshold=5, rounding=5)
    for data in (sizes, asked):
        card = _card(data, "staff", PLAIN, Audience.PUBLIC, by="region", rules=rules)
        assert (card.columns[-1].mean, card.columns[-1].median) == (SUPPRESSED, SUPPRESSED)


def test_a_group_whose_weights_came_near_nothing_still_has_shares() -> None:
    # Linear weights of the north that is led by its community would be below 0, so they are held there.
    cells = (("n", "yes", 45), ("n", "no", 5), ("s", "yes", 5), ("s", "no", 45))
    data = dataset(responses(*({"region": r, "led": led} for r, led, n in cells for _ in range(n))))
    frame = tuple(
        FrameMargin(variable=name, targets={few: 2, many: 98})
        for name, few, many in (("region", "n", "s"), ("led", "yes", "no"))
    )
    lowest = Method(weights=WeightKind.LINEAR, lowest=0.0)
    asked = {"audience": Audience.INTERNAL, "language": "en", "source": SOURCE, "by": "region"}
    plain = summarise(data, "led", filters={"led": ("yes",)}, **asked)  # type: ignore[arg-type]
    card = refine(plain, data, lowest, frame)
    (yes,) = [row for row in card.rows if row.code == "yes"]
    assert yes.by["n"].share == pytest.approx(1.0)


def test_a_ranking_by_groups_has_mean_ranks_and_first_places(data: Dataset) -> None:
    card = _card(data, "order", PLAIN, by="region")
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
    weighted = _card(data, "order", RAKED, by="led").columns[0]
    assert weighted.firsts["care"].share != _card(data, "order", PLAIN, by="led").columns[0].firsts["care"].share


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_first_places_of_small_groups_are_hidden_and_mean_ranks_are_internal(data: Dataset, audience: Audience) -> None:
    card = _card(data, "order", Method(letters=True), audience, by="region")
    assert all(each.mean_ranks == {} for each in card.columns)
    truth = _card(data, "order", PLAIN, by="region").columns
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
