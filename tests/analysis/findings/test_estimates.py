"""Estimates for the whole contact frame: of all in view, of groups, of options, means and medians; and why not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from analysis.charts import estimate_words
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings.estimates import Estimates, NoStrata, Stratified, estimates
from analysis.findings.listed import ContactList
from analysis.findings.method import FrameMargin, Interval, Method, NoFrame
from analysis.findings.refine import refine
from analysis.findings.summary import summarise
from analysis.stats import designs
from analysis.stats.finite import hypergeometric
from analysis.stats.proportions import IntervalKind, interval
from data.errors import InvalidInput
from survey.translator import Words
from tests.analysis.consultations import SOURCE, contacts, dataset, responses, with_no_answers
from tests.small import refused


def _estimated(
    frame: Sequence[FrameMargin],
    invited: int,
    submissions: Sequence[dict[str, Any]],
    by: str = "",
    audience: Audience = Audience.INTERNAL,
    question: str = "led",
    **of: Any,
) -> Estimates:
    """Estimates of whether the organisation is led by its community.

    of  what `contacts` is told of the list besides
    """
    data = dataset(responses(*submissions))
    card = summarise(data, question, audience=audience, language="en", source=SOURCE, by=by)
    return estimates(card, data, contacts(data, invited, frame, audience=audience, **of))


def _yes(found: Estimates) -> Stratified:
    stratified = found.everybody.options[0].stratified
    assert stratified is not None
    return stratified


def _span(found: Stratified) -> tuple[float, float]:
    assert found.bounds is not None
    return found.bounds.low, found.bounds.high


def test_who_was_not_asked_is_known_not_to_say_so() -> None:
    """The question stands in a section that is for those with a region only: 280 of 460 are not asked."""
    asked = [{"region": "n", "led": "yes" if number < 90 else "no"} for number in range(180)]
    whole = _estimated((), 900, [*asked, *({"org": "x"} for _ in range(280))]).everybody.options[0].whole
    assert whole is not None
    assert (whole.frame, whole.not_asked, whole.worst, whole.best) == (900, 280, 90, 900 - 280 - 90)
    assert whole.low < 900 * 90 / 460 < whole.high < 450 - 200


def test_the_whole_frame_is_not_told_where_it_is_hidden_how_many_were_not_asked() -> None:
    data = dataset(responses(*[{"region": "n", "led": "yes"}] * 40, *[{"region": "n", "led": "no"}] * 40, {"org": "x"}))
    card = summarise(data, "led", audience=Audience.PUBLIC, language="en", source=SOURCE)
    assert card.base.missing["not_asked"] is SUPPRESSED
    told = estimates(card, data, contacts(data, 200, audience=Audience.PUBLIC)).everybody
    assert ({each.whole for each in told.options}, told.no_frame) == ({None}, NoFrame.HIDDEN)


def test_for_whom_it_does_not_apply_is_known_not_to_say_so() -> None:
    said = (("prev", 20), ("care", 25), ("na", 10), ("dk", 5))
    data = dataset(responses(*({"fields": (code,)} for code, n in said for _ in range(n))), with_no_answers())
    card = summarise(data, "fields", audience=Audience.INTERNAL, language="en", source=SOURCE)
    found = estimates(card, data, contacts(data, 200))
    whole = found.everybody.options[0].whole
    assert whole is not None
    assert (whole.n, whole.not_applicable, whole.worst, whole.best) == (45, 10, 20, 200 - 25 - 10)
    wanted = hypergeometric(20, 55, 200)
    assert (whole.low, whole.high) == (wanted.low, wanted.high)
    told = "10 that said that the question does not apply count as not saying so."
    assert told in estimate_words.note_lines(found, card, Words("en"))


def test_who_is_on_no_list_and_who_replied_again_are_in_no_estimate() -> None:
    """The last ten of the north say yes and are of nobody on the list; five of the south replied again, with yes."""
    sent = [*_sent(), *({"region": "n", "led": "yes"} for _ in range(10)), *({"region": "s", "led": "yes"},) * 5]
    again = {100 + number: 60 + number for number in range(5)}
    found = _estimated(FRAME, 166, sent, strangers=range(90, 100), organisation=again)
    alone = _estimated(FRAME, 166, _sent())
    assert _yes(found) == _yes(alone)
    assert [each.whole for each in found.everybody.options] == [each.whole for each in alone.everybody.options]
    assert found.everybody.options[0].count == (alone.everybody.options[0].count or 0) + 15
    assert (found.listed.strangers, found.listed.repeated) == (10, 5)
    card = summarise(dataset(responses(*sent)), "led", audience=Audience.INTERNAL, language="en", source=SOURCE)
    told = " ".join(estimate_words.note_lines(found, card, Words("en")))
    assert "10 replies are left out that are of nobody on it" in told and "5 further replies" in told


def test_strata_are_the_regions_of_the_list_whatever_was_answered() -> None:
    """Ten of the north are of the south by the list: the finite-population correction counts whom it has there."""
    sent = _sent()
    listed = [*("s",) * 10, *(each["region"] for each in sent[10:])]
    found = _yes(_estimated(FRAME, 166, sent, told=dict.fromkeys(range(10), "s")))
    sizes = np.array([120.0 if region == "n" else 40.0 for region in listed])
    came = np.array([50.0 if region == "n" else 40.0 for region in listed])
    design = designs.design(sizes / came, strata=sizes, population=sizes)
    wanted = designs.share(design, np.array([each["led"] == "yes" for each in sent]))
    assert (found.value, found.standard_error) == pytest.approx((wanted.value, wanted.standard_error))


def test_where_no_reply_is_known_to_be_of_the_list_nothing_is_said_of_it() -> None:
    found = _estimated(FRAME, 166, _sent(), by="region", strangers=range(90))
    assert {part.no_frame for part in found.parts} == {NoFrame.UNLINKED}
    assert {part.no_strata for part in found.parts} == {NoStrata.UNLINKED}
    assert {(each.whole, each.stratified) for part in found.parts for each in part.options} == {(None, None)}
    assert all(each.intervals for each in found.everybody.options if each.count is not None)


def test_a_frozen_state_has_not_kept_who_is_on_the_list() -> None:
    data = dataset(responses(*_sent()))
    card = summarise(data, "led", audience=Audience.INTERNAL, language="en", source=SOURCE, by="region")
    found = estimates(card, data, ContactList(invited=None, margins=FRAME))
    assert {(part.no_frame, part.no_strata) for part in found.parts} == {(NoFrame.FROZEN, NoStrata.FROZEN)}


@pytest.mark.parametrize("audience", [Audience.INTERNAL, Audience.MEETING])
def test_the_panel_and_the_card_bound_each_group_alike(audience: Audience) -> None:
    """From the north more replied than were invited: the others are of no list."""
    frame = (FrameMargin(variable="region", targets={"n": 40, "s": 40}),)
    data = dataset(responses(*_sent()))
    asked = {"audience": audience, "language": "en", "source": SOURCE, "by": "region"}
    card = summarise(data, "led", **asked)  # type: ignore[arg-type]
    of = contacts(data, 80, frame, strangers=range(30), audience=audience)
    panel, drawn = estimates(card, data, of), refine(card, data, Method(interval=Interval.WORST_CASE), of)
    for part in panel.parts:
        for row, each in zip(drawn.rows, part.options, strict=True):
            cell = row.by[part.code] if part.code else row.cell
            if each.whole is None or each.count is None:
                assert each.count is None or (cell.low, cell.high) == (None, None) or part.no_frame is NoFrame.HIDDEN
                continue
            size = each.whole.frame
            assert (cell.low, cell.high) == (each.whole.worst / size, each.whole.best / size)


def test_an_estimate_by_region_names_the_regions_that_are_silent() -> None:
    frame = (FrameMargin(variable="region", targets={"n": 30, "s": 60, "na": 10}),)
    asked = [{"region": code, "led": "yes" if number < 4 else "no"} for code in ("n", "s") for number in range(10)]
    found = _estimated(frame, 100, asked)
    assert found.regions == "Region"
    assert [(each.label, each.invited) for each in found.unspoken] == [("Not applicable", 10)]


def test_a_reply_without_a_region_stands_outside_the_strata() -> None:
    frame = (FrameMargin(variable="region", targets={"n": 60, "s": 60, "na": 10}),)
    found = _estimated(frame, 130, [*_sent(), {"org": "x"}])
    assert _yes(found) == _yes(_estimated(frame, 130, _sent()))


def test_regions_that_are_unanimous_prove_nothing_of_the_silent() -> None:
    frame = (FrameMargin(variable="region", targets={"n": 50, "s": 50}),)
    asked = [{"region": code, "led": led} for code, led in (("n", "yes"), ("s", "no")) for _ in range(10)]
    found = _yes(_estimated(frame, 100, asked))
    low, high = interval(10, 20, kind=IntervalKind.CLOPPER_PEARSON)
    assert (found.value, found.standard_error) == (0.5, 0)
    assert _span(found) == pytest.approx((low, high))
    whole = (FrameMargin(variable="region", targets={"n": 10, "s": 10}),)
    counted = _yes(_estimated(whole, 20, asked))
    assert _span(counted) == pytest.approx((0.5, 0.5))


FRAME = (FrameMargin(variable="region", targets={"n": 120, "s": 40, "na": 6}),)


def _sent() -> list[dict[str, Any]]:
    """Sixty from the north and thirty from the south, with fields, staff and a view."""
    rng = np.random.default_rng(4)
    return [
        {
            "region": region,
            "led": "yes" if rng.random() < share else "no",
            "fields": ("prev", "care") if rng.random() < 0.5 else ("care",),
            "staff": int(rng.integers(1, 40)) + (20 if region == "s" else 0),
        }
        for region, n, share in (("n", 60, 0.3), ("s", 30, 0.7))
        for _ in range(n)
    ]


def _design(sent: Sequence[dict[str, Any]]) -> designs.Design:
    """The same strata, put together by hand."""
    sizes = np.array([120.0 if each["region"] == "n" else 40.0 for each in sent])
    came = np.array([60.0 if each["region"] == "n" else 30.0 for each in sent])
    return designs.design(sizes / came, strata=sizes, population=sizes)


def test_a_group_is_a_domain_of_the_design_of_all() -> None:
    sent = _sent()
    found = _estimated(FRAME, 166, sent, by="fields")
    assert [(each.code, each.no_strata) for each in found.groups][:2] == [("prev", None), ("care", None)]
    inside = np.array(["prev" in each["fields"] for each in sent])
    wanted = designs.share(_design(sent), np.array([each["led"] == "yes" for each in sent]), inside)
    share = found.groups[0].options[0].stratified
    assert share is not None and share.replies == int(inside.sum()) == found.groups[0].n
    assert (share.value, share.standard_error) == pytest.approx((wanted.value, wanted.standard_error))
    assert _span(share) == pytest.approx((wanted.low, wanted.high))


@pytest.mark.parametrize("by", ["", "fields", "region"])
def test_a_number_has_a_stratified_mean_and_median_of_all_and_of_each_group(by: str) -> None:
    sent, found = _sent(), _estimated(FRAME, 166, _sent(), question="staff", by=by)
    staff = np.array([float(each["staff"]) for each in sent])
    for part in found.parts:
        inside = np.array([not by or not part.code or part.code in np.atleast_1d(each[by]) for each in sent])
        if part.no_strata is NoStrata.NOBODY:
            assert (part.mean, part.median, inside.any()) == (None, None, False)
            continue
        mean, median = designs.mean(_design(sent), staff, inside), designs.quantile(_design(sent), staff, 0.5, inside)
        assert part.mean is not None and part.median is not None
        assert (part.mean.value, part.median.value) == pytest.approx((mean.value, median.value))
        assert _span(part.mean) == pytest.approx((mean.low, mean.high))
        assert (part.no_frame, part.options) == (None, ())


def test_a_mean_of_the_same_number_everywhere_has_no_bounds_unless_all_were_asked() -> None:
    same = [{"region": code, "staff": 7} for code in ("n", "s") for _ in range(10)]
    (half, whole) = (
        _estimated((FrameMargin(variable="region", targets={"n": n, "s": n}),), 2 * n, same, question="staff")
        for n in (20, 10)
    )
    assert half.everybody.mean is not None and whole.everybody.mean is not None
    assert (half.everybody.mean.value, half.everybody.mean.bounds) == (7, None)
    assert _span(whole.everybody.mean) == (7, 7)


@pytest.mark.parametrize(("low", "high"), [((1, 1), (10, 10)), ((1, 2), (9, 10))])
def test_a_median_between_regions_has_no_bounds_unless_all_were_asked(
    low: tuple[int, int], high: tuple[int, int]
) -> None:
    """Six of ten in the north are low, four in the south high: who stands below the median is the region's doing."""
    sent = [{"region": "n", "staff": low[number % 2]} for number in range(6)]
    sent += [{"region": "s", "staff": high[number % 2]} for number in range(4)]
    part, whole = (
        _estimated(
            (FrameMargin(variable="region", targets={"n": 6 * n, "s": 4 * n}),), 10 * n, sent, question="staff"
        ).everybody.median
        for n in (3, 1)
    )
    assert part is not None and whole is not None
    assert (part.value, part.standard_error, part.bounds) == (low[1], None, None)
    assert (whole.standard_error, _span(whole)) == (0, (low[1], low[1]))


def test_each_group_of_the_frame_has_a_whole_of_its_own() -> None:
    found = _estimated(FRAME, 166, _sent(), by="region")
    north, south = found.groups[:2]
    for part, invited in ((north, 120), (south, 40)):
        yes = part.options[0]
        assert isinstance(part.n, int) and yes.count is not None and yes.whole is not None
        wanted = hypergeometric(yes.count, part.n, invited)
        assert (yes.whole.frame, yes.whole.low, yes.whole.high) == (invited, wanted.low, wanted.high)
    other = _estimated(FRAME, 166, _sent(), by="fields").groups[0]
    assert (other.no_frame, {each.whole for each in other.options}) == (NoFrame.NO_GROUPS, {None})


@pytest.mark.parametrize(
    ("frame", "audience", "reason"),
    [
        ((), Audience.INTERNAL, NoStrata.NO_REGIONS),
        ((FrameMargin(variable="region", targets={"na": 40}),), Audience.INTERNAL, NoStrata.NOBODY),
        (FRAME, Audience.MEETING, NoStrata.PROTECTED),
        (FRAME, Audience.PUBLIC, NoStrata.PROTECTED),
    ],
)
def test_where_there_is_no_estimate_by_region_it_says_why(
    frame: Sequence[FrameMargin], audience: Audience, reason: NoStrata
) -> None:
    sent = _sent()
    card = summarise(dataset(responses(*sent)), "led", audience=audience, language="en", source=SOURCE, by="region")
    data = dataset(responses(*sent))
    found = estimates(card, data, contacts(data, 166, frame, audience=audience))
    assert {part.no_strata for part in found.parts} == {reason}
    assert {each.stratified for part in found.parts for each in part.options} == {None}
    assert found.unspoken == ()
    assert estimate_words.no_strata(reason, Words("en")) in estimate_words.note_lines(found, card, Words("en"))


def test_what_a_card_hides_has_no_estimate_in_any_group() -> None:
    sent = [*_sent(), *({"region": "na", "led": "yes"} for _ in range(3))]
    data = dataset(responses(*sent))
    card = summarise(data, "led", audience=Audience.MEETING, language="en", source=SOURCE, by="region")
    hidden = {column for column in ("n", "s", "na") for row in card.rows if row.by[column].count is SUPPRESSED}
    found = estimates(card, data, contacts(data, 166, FRAME, audience=Audience.MEETING))
    told = {part.code: part for part in found.groups}
    assert "na" in hidden
    assert {(each.count, each.share, each.whole) for each in told["na"].options} == {(None, None, None)}
    heads, rows = estimate_words.table(found, card, Words("en"))
    assert {len(row) for row in rows} == {len(heads)}


def test_rankings_texts_and_batteries_have_no_estimate() -> None:
    for question in ("order", "wish", "grid"):
        with refused(InvalidInput, "estimate.no_choices"):
            _estimated(FRAME, 166, _sent(), question=question)
