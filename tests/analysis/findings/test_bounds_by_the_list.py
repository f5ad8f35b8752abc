"""Shares that are bounded by a contact list: which replies count for it, and what the note says."""

from dataclasses import replace
from math import comb
from typing import Any

import pytest

from analysis.charts import method_words
from analysis.charts.choose import chart
from analysis.charts.spec import Form
from analysis.dataset.arrays import Dataset
from analysis.disclosure import SUPPRESSED, Audience, Policy
from analysis.disclosure.system import rounded
from analysis.findings.card import Card
from analysis.findings.listed import Bounded, Listed
from analysis.findings.method import (
    FrameMargin,
    Interval,
    Method,
    NoFrame,
    WeightKind,
)
from analysis.findings.refine import refine
from analysis.findings.summary import summarise
from analysis.findings.table import table_document
from analysis.findings.weighting import weigh
from analysis.report.table import tabulate
from analysis.stats.finite import hypergeometric
from tests.analysis.consultations import SOURCE, contacts, dataset, responses, with_no_answers
from tests.analysis.eighty import ENGLISH, EXACT, FRAME, RAKED, WORST, submissions

WIDE = (FrameMargin(variable="region", targets={"n": 70, "s": 50, "na": 6}),)


def _listed(
    data: Dataset, question: str, method: Method, invited: int | None = 126, of: Any = None, **more: Any
) -> Card:
    """of  what `contacts` is told of the list besides"""
    asked = {"audience": Audience.INTERNAL, "language": "en", "source": SOURCE, **more}
    plain = summarise(data, question, **asked)
    return refine(plain, data, method, contacts(data, invited, WIDE, audience=asked["audience"], **(of or {})))


def test_shares_are_bounded_by_the_size_of_the_contact_list_and_the_note_says_so(data: Dataset) -> None:
    exact, worst = (_listed(data, "led", method) for method in (EXACT, WORST))
    found = hypergeometric(30, 80, 126)
    assert (exact.rows[0].cell.low, exact.rows[0].cell.high) == (found.low / 126, found.high / 126)
    assert (worst.rows[0].cell.low, worst.rows[0].cell.high) == (30 / 126, 76 / 126)
    assert exact.rows[0].cell.share == worst.rows[0].cell.share == 30 / 80
    told = [" ".join(method_words.method_lines(card, ENGLISH)) for card in (exact, worst)]
    assert "exact (hypergeometric), 95 %, for the whole contact list of 126" in told[0]
    assert "Bounds for the whole contact list of 126: the share if nobody who is silent" in told[1]


def test_each_group_is_bounded_by_its_own_part_of_the_list(data: Dataset) -> None:
    card = _listed(data, "led", WORST, by="region")
    cells = card.rows[0].by
    assert (cells["n"].low, cells["n"].high) == (15 / 70, 25 / 70)
    assert (cells["s"].low, cells["s"].high) == (15 / 50, 45 / 50)
    assert "Each group is bounded" in " ".join(method_words.method_lines(card, ENGLISH))
    other = _listed(data, "led", WORST, by="fields")
    assert {(cell.low, cell.high) for row in other.rows for cell in row.by.values()} == {(None, None)}
    assert other.rows[0].cell.low == 30 / 126
    assert method_words.no_frame(NoFrame.NO_GROUPS, ENGLISH) in method_words.method_lines(other, ENGLISH)


@pytest.mark.parametrize("method", [EXACT, WORST])
@pytest.mark.parametrize(
    ("invited", "more", "reason"),
    [
        (0, {}, NoFrame.NOBODY),
        (None, {}, NoFrame.FROZEN),
        (126, {"of": {"strangers": range(80)}}, NoFrame.UNLINKED),
        (126, {"filters": {"region": ("s",)}}, NoFrame.FILTERED),
    ],
)
def test_where_the_list_bounds_nothing_there_are_no_bounds_and_the_note_says_why(
    data: Dataset, method: Method, invited: int | None, more: dict[str, Any], reason: NoFrame
) -> None:
    card = _listed(data, "led", method, invited, **more)
    assert {(row.cell.low, row.cell.high) for row in card.rows} == {(None, None)}
    assert card.statistics is not None and card.statistics.frame is not None
    assert card.statistics.frame.reason is reason
    assert method_words.no_frame(reason, ENGLISH) in method_words.method_lines(card, ENGLISH)
    assert table_document(card, "")["method"]["frame"]["reason"] == reason


def test_weighted_shares_have_no_bounds_of_the_list(data: Dataset) -> None:
    card = _listed(data, "led", Method(weights=WeightKind.RAKED, interval=Interval.WORST_CASE))
    assert {(row.cell.low, row.cell.high) for row in card.rows} == {(None, None)}
    assert card.rows[0].cell.standard_error is not None
    assert method_words.no_frame(NoFrame.WEIGHTED, ENGLISH) in method_words.method_lines(card, ENGLISH)


def test_weights_say_how_many_replies_are_of_nobody_on_the_list_and_what_they_weigh(data: Dataset) -> None:
    """Of sixty from the north ten are on no list; the north is weighted up or down as a whole."""
    card = _listed(data, "led", RAKED, of={"strangers": range(10)})
    weighed = weigh(data, RAKED, WIDE, "en")
    assert weighed is not None
    assert card.statistics is not None and card.statistics.weights is not None
    report = card.statistics.weights
    share = weighed.weights[:10].sum() / weighed.weights.sum()
    assert (report.strangers, report.strangers_weight) == (10, pytest.approx(share))
    assert round(share, 2) == 0.1
    told = (
        "10 replies are of nobody on the contact list; they are weighted as if they were, and have 10% of the weight."
    )
    assert told in method_words.method_lines(card, ENGLISH)
    assert replace(report, strangers=0, strangers_weight=0.0) == weighed.report


def test_weights_say_how_many_replies_are_further_ones_of_an_organisation(data: Dataset) -> None:
    card = _listed(data, "led", RAKED, of={"organisation": dict.fromkeys(range(20, 24), 30)})
    assert card.statistics is not None and card.statistics.weights is not None
    report = card.statistics.weights
    assert (report.strangers, report.repeated, round(report.repeated_weight, 2)) == (0, 4, 0.04)
    told = (
        "4 replies are further ones of organisations that replied before; they are weighted too, and have 4% of the "
        "weight."
    )
    assert told in method_words.method_lines(card, ENGLISH)


def test_where_no_reply_is_known_to_be_of_the_list_weights_say_nothing_of_it(data: Dataset) -> None:
    card = _listed(data, "led", RAKED, of={"strangers": range(len(submissions()))})
    assert card.statistics is not None and card.statistics.weights is not None
    assert card.statistics.weights.strangers == 0


def test_only_replies_of_organisations_on_the_list_count_each_once_and_the_note_tells_who_is_left_out(
    data: Dataset,
) -> None:
    """Of sixty from the north 15 say yes; ten of these are on no list, and four of the no's are second replies."""
    of = {"strangers": range(10), "organisation": dict.fromkeys(range(20, 24), 30)}
    exact, worst = (_listed(data, "led", method, of=of) for method in (EXACT, WORST))
    assert (worst.rows[0].cell.low, worst.rows[0].cell.high) == (20 / 126, (126 - 46) / 126)
    found = hypergeometric(20, 66, 126)
    assert (exact.rows[0].cell.low, exact.rows[0].cell.high) == (found.low / 126, found.high / 126)
    assert (exact.rows[0].cell.count, exact.rows[0].cell.share) == (30, 30 / 80)
    told = " ".join(method_words.method_lines(worst, ENGLISH))
    assert "For the contact list 10 replies are left out that are of nobody on it." in told
    assert "4 further replies of organisations that replied before are left out." in told
    document = table_document(worst, "")["method"]["frame"]
    assert (document["strangers"], document["repeated"], document["allowed"]) == (10, 4, 0)


def test_a_group_of_the_list_is_what_the_list_tells_whatever_was_answered(data: Dataset) -> None:
    """Five of the north that said yes are of the south by the list."""
    card = _listed(data, "led", WORST, by="region", of={"told": dict.fromkeys(range(5), "s")})
    cells = card.rows[0].by
    assert (cells["n"].low, cells["n"].high) == (10 / 70, 25 / 70)
    assert (cells["s"].low, cells["s"].high) == (20 / 50, 45 / 50)


def test_a_battery_and_places_of_a_ranking_are_bounded_by_the_replies_that_count(data: Dataset) -> None:
    """Every fifth reply is at each point of the scale; the first twenty are on no list."""
    of = {"strangers": range(20)}
    (item, *_others), order = _listed(data, "grid", WORST, of=of).items, _listed(data, "order", WORST, of=of)
    assert [(row.cell.low, row.cell.high) for row in item.rows] == [(12 / 126, (126 - 48) / 126)] * 5
    first = {row.code: row.first for row in order.rows}
    ranked = [row["order"][0] for row in submissions()[20:]]
    assert first["prev"] is not None
    assert (first["prev"].low, first["prev"].high) == (ranked.count("prev") / 126, (126 - ranked.count("care")) / 126)


def test_for_a_meeting_the_bounds_allow_for_any_answer_of_who_is_left_out(data: Dataset) -> None:
    """Which answers are of nobody on the list is not told: the bounds are the same whoever it is."""
    of = [{"strangers": who} for who in (range(10), range(50, 60))]
    one, other = (_listed(data, "led", WORST, audience=Audience.MEETING, of=each) for each in of)
    assert [row.cell for row in one.rows] == [row.cell for row in other.rows]
    assert (one.rows[0].cell.low, one.rows[0].cell.high) == (20 / 126, (126 - 40) / 126)
    for each in of:
        inside = _listed(data, "led", WORST, of=each).rows[0].cell
        assert one.rows[0].cell.low <= inside.low and inside.high <= one.rows[0].cell.high  # type: ignore[operator]
        exact, wide = (
            _listed(data, "led", EXACT, of=each, audience=audience).rows[0].cell
            for audience in (Audience.INTERNAL, Audience.MEETING)
        )
        assert wide.low <= exact.low and exact.high <= wide.high  # type: ignore[operator]
    assert "Up to 10 replies may be of nobody on the contact list" in " ".join(method_words.method_lines(one, ENGLISH))
    few = [_listed(data, "led", WORST, audience=Audience.MEETING, of={"strangers": range(n)}) for n in (0, 4)]
    assert [row.cell for row in few[0].rows] == [row.cell for row in few[1].rows]  # so few are told from none nowhere
    assert few[0].rows[0].cell.low == 26 / 126


@pytest.mark.parametrize("rounding", [3, 10])
def test_bounds_hold_whatever_the_counts_were_before_they_were_rounded(data: Dataset, rounding: int) -> None:
    told = contacts(data, 126, WIDE, audience=Audience.MEETING)
    listed = Listed(data, replace(told, rules=Policy(threshold=0, rounding=rounding)))
    asked = {"audience": Audience.MEETING, "language": "en", "source": SOURCE}
    bounded = Bounded(summarise(data, "led", **asked), data, listed)  # type: ignore[arg-type]
    for n, outside in ((51, 0), (55, 14), (64, 15), (75, 5)):
        for count in range(0, n + 1, 3):
            shown = [rounded(value, rounding) for value in (count, n, outside)]
            size = 126 - outside
            for found, true in (
                (bounded.of_those_concerned(*shown, ""), hypergeometric(count, n, size)),
                (bounded.of_all(*shown, ""), hypergeometric(count, n + outside, 126)),
            ):
                assert found is not None
                for low, high, one in (("worst", "best", 0), ("low", "high", 1 / 126)):  # whole organisations
                    assert getattr(found, low) / found.frame <= getattr(true, low) / true.frame + one
                    assert getattr(true, high) / true.frame <= getattr(found, high) / found.frame + one


def test_how_few_answered_another_group_than_the_list_says_is_told_from_none_nowhere(data: Dataset) -> None:
    """Twelve are of nobody on the list, and so many more are of the south by the list that answered the north."""

    def bounds(wrong: int, audience: Audience = Audience.MEETING) -> list[Any]:
        of = {"strangers": range(12), "told": dict.fromkeys(range(20, 20 + wrong), "s")}
        card = _listed(data, "led", WORST, audience=audience, by="region", of=of)
        return [(cell.low, cell.high) for row in card.rows for cell in row.by.values()]

    assert bounds(0) == bounds(1) == bounds(4)
    assert bounds(4)[0] == (0, (70 - (45 - 16)) / 70) and bounds(5)[0] == (0, (70 - (45 - 17)) / 70)
    for wrong in (0, 1, 4, 5, 12):
        told, inside = bounds(wrong), bounds(wrong, Audience.INTERNAL)
        pairs = [pair for pair in zip(told, inside, strict=True) if SUPPRESSED not in pair[0]]
        assert pairs and all(t[0] <= i[0] and i[1] <= t[1] for t, i in pairs)


def test_who_is_outside_the_question_is_left_out_of_the_list_where_it_may_be_told() -> None:
    said = (("yes", 20), ("no", 20), ("ns", 10), (None, 10))  # with nobody silent it would be hidden as well
    sent = [{"region": "n"} | ({"led": led} if led else {}) for led, count in said for _ in range(count)]
    many, few = (dataset(responses(*sent, *[{"org": "x"}] * count)) for count in (30, 2))
    told, hidden = (_listed(each, "led", WORST, 200, audience=Audience.MEETING) for each in (many, few))
    assert (told.rows[0].cell.low, told.rows[0].cell.high) == (16 / 170, 154 / 170)
    assert "Left out of the list: 30 that replied and were not asked." in method_words.method_lines(told, ENGLISH)
    assert (hidden.base.missing["not_asked"], hidden.rows[0].cell.low) == (SUPPRESSED, 16 / 200)
    assert "Left out" not in " ".join(method_words.method_lines(hidden, ENGLISH))


def test_for_whom_a_question_does_not_apply_is_not_silent() -> None:
    """Of 200 on the list 60 replied, of whom ten say that it does not apply, and five do not know."""
    said = (("prev", 20), ("care", 25), ("na", 10), ("dk", 5))
    data = dataset(responses(*({"fields": (code,)} for code, n in said for _ in range(n))), with_no_answers())
    for audience, allowed in ((Audience.INTERNAL, 0), (Audience.MEETING, 4)):
        card = _listed(data, "fields", WORST, 200, audience=audience)
        assert card.base.missing["not_applicable"] == 10
        cell = card.rows[0].cell
        assert (cell.low, cell.high) == ((20 - allowed) / 190, (190 - 25 + allowed) / 190)
        told = "Left out of the list: 10 that said that the question does not apply."
        assert told in method_words.method_lines(card, ENGLISH)


@pytest.mark.parametrize("question", ["g1", "order", "fields", "staff"])
def test_every_kind_of_card_is_bounded_by_the_list_and_never_says_less_than_its_share(
    data: Dataset, question: str
) -> None:
    wide, exact = (_listed(data, "grid" if question == "g1" else question, method) for method in (WORST, EXACT))
    for one, other in zip(
        (wide.rows, *(i.rows for i in wide.items)), (exact.rows, *(i.rows for i in exact.items)), strict=True
    ):
        for whole, inner in zip(one, other, strict=True):
            if inner.cell.low is not None:
                assert whole.cell.low <= inner.cell.low <= inner.cell.share <= inner.cell.high <= whole.cell.high


@pytest.mark.parametrize("method", [EXACT, WORST])
def test_no_cell_of_a_battery_keeps_other_bounds_under_those_of_a_list(method: Method) -> None:
    """Nobody chose the third point: of a group the card does not tell how many answered an item."""
    sent = [
        {"region": region, "led": "yes", "g1": str(1 + number % 2)} for region in ("n", "s") for number in range(30)
    ]
    found = dataset(responses(*sent))
    plain = summarise(found, "grid", audience=Audience.INTERNAL, language="en", source=SOURCE, by="region")
    card = refine(replace(plain, audience=Audience.MEETING), found, method, contacts(found, 126, FRAME))
    empty = [row.by[code] for item in card.items for row in item.rows for code in ("n", "s") if row.code == "3"]
    assert [cell.count for cell in empty if cell.count == 0]
    assert {(cell.low, cell.high) for cell in empty if cell.count == 0} == {(None, None)}


def test_the_bounds_of_a_list_hold_what_they_promise_when_not_all_of_it_is_asked() -> None:
    """Of 40 on the list 12 replied, of whom some were not asked; whoever is asked among the silent is not known."""
    for asked in (20, 30, 38):
        for members in range(0, asked + 1, 2):
            hit = total = 0
            for drawn in range(max(0, 12 - (40 - asked)), 13):
                if not drawn:
                    continue
                for chosen in range(max(0, drawn - (asked - members)), min(drawn, members) + 1):
                    ways = comb(40 - asked, 12 - drawn) * comb(members, chosen) * comb(asked - members, drawn - chosen)
                    size = 40 - (12 - drawn)
                    found = hypergeometric(chosen, drawn, size)
                    hit += ways * (found.low / size <= members / asked <= found.high / size)
                    total += ways
            assert hit / total >= 0.95


def test_bounds_of_the_silent_are_not_called_an_interval_at_a_level(data: Dataset) -> None:
    for method, level in ((EXACT, True), (WORST, False)):
        card = _listed(data, "led", method)
        heads = [column.head for column in tabulate(card, ENGLISH).columns]
        drawn = [
            chart(card, ENGLISH, with_intervals=True),
            *(chart(card, ENGLISH, form=form) for form in (Form.INTERVALS, Form.TABLE)),
        ]
        told = [
            (each.note, [side.title for side in each.sides], [one.name for one in each.series])
            for each in drawn
            if each
        ]
        assert any("95 %)" in head for head in heads) is level
        assert len(told) == 3
        assert ["interval at 95" in str(told[0]), *("95\u00a0%" in each[1] + each[2] for each in told)] == [level] * 4
