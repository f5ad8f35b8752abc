"""Cards of replies that are weighed: what the weights reach, what is told of them, and who sees them."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.charts import method_words
from analysis.dataset.arrays import Dataset
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings.listed import ContactList
from analysis.findings.method import (
    FrameMargin,
    Method,
    WeightKind,
)
from analysis.findings.refine import refine
from analysis.findings.summary import summarise
from analysis.findings.table import table_document
from analysis.findings.weighting import weigh
from analysis.stats import designs
from analysis.stats.proportions import share
from data.errors import InvalidInput, NotAllowed
from tests.analysis.consultations import SOURCE, dataset, responses
from tests.analysis.eighty import ENGLISH, FRAME, RAKED, refined
from tests.small import refused


def test_raked_shares_are_those_of_the_frame(data: Dataset) -> None:
    card = refined(data, "region", RAKED)
    shares = {row.code: row.cell.share for row in card.rows}
    assert shares["n"] == pytest.approx(0.25)
    assert shares["s"] == pytest.approx(0.75)
    assert {row.code: row.cell.count for row in card.rows} == {"n": 60, "s": 20, "na": 0}


def test_a_weighted_share_has_bounds_by_its_effective_n(data: Dataset) -> None:
    card = refined(data, "led", RAKED)
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
    card = refined(data, "region", Method(weights=WeightKind.EQUAL_REGIONS))
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


def test_a_weighted_share_of_one_reply_is_no_share_of_nobody() -> None:
    one = dataset(responses({"region": "n", "led": "yes"}, *[{"region": "s"}] * 3))
    document = table_document(refined(one, "led", RAKED, by="region"), "0" * 64)
    yes, no = document["rows"]
    assert [(row["share"], row["low"], row["high"]) for row in (yes, no)] == [(1.0, None, None), (0.0, None, None)]
    assert [no["by"][code]["share"] for code in ("n", "s", "na")] == [0.0, None, None]


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
@pytest.mark.parametrize("kind", [WeightKind.RAKED, WeightKind.EQUAL_REGIONS])
def test_a_meeting_sees_no_weighted_figure(data: Dataset, audience: Audience, kind: WeightKind) -> None:
    with refused(NotAllowed, "weights.internal_only"):
        refined(data, "led", Method(weights=kind), audience=audience)


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
    weighted = refined(two, "led", Method(weights=WeightKind.EQUAL_REGIONS), audience=Audience.INTERNAL)
    assert isinstance(weighted.rows[0].cell.share, float)
    percent = round(weighted.rows[0].cell.share, 2)
    assert [south for south in range(13) if round(((22 - south) / 50 + south / 12) / 2, 2) == percent] == [2]


def test_the_net_of_a_battery_is_weighted(data: Dataset) -> None:
    plain = refined(data, "grid", Method(letters=True)).items[0]
    weighted = refined(data, "grid", RAKED).items[0]
    assert plain.net == pytest.approx(0.0)
    assert sum(float(row.cell.share) for row in weighted.rows) == pytest.approx(1)  # type: ignore[arg-type]


def test_filters_keep_the_weights_of_the_whole(data: Dataset) -> None:
    card = refined(data, "led", RAKED, filters={"region": ("s",)})
    assert card.rows[0].cell.share == pytest.approx(0.75)
    assert card.statistics is not None and card.statistics.weights is not None
    assert card.statistics.weights.replies == 80


def test_a_weighted_share_has_its_standard_error_and_an_unweighted_one_none(data: Dataset) -> None:
    card = refined(data, "led", RAKED, by="region")
    weights = np.array([1 / 3] * 60 + [3.0] * 20)
    chosen = np.array([n < 15 for n in range(60)] + [n < 15 for n in range(20)])
    wanted = designs.share(designs.design(weights), chosen, np.ones(80, dtype=np.bool_))
    assert card.rows[0].cell.standard_error == pytest.approx(wanted.standard_error)
    document = table_document(card, "x")
    assert document["rows"][0]["standard_error"] == pytest.approx(wanted.standard_error)
    assert document["rows"][0]["by"]["n"]["standard_error"] > 0
    plain = refined(data, "led", Method(letters=True), by="region")
    assert plain.rows[0].cell.standard_error is None
    assert "standard_error" not in table_document(plain, "x")["rows"][0]


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
    card = refine(plain, data, lowest, ContactList(margins=frame))
    (yes,) = [row for row in card.rows if row.code == "yes"]
    assert yes.by["n"].share == pytest.approx(1.0)
