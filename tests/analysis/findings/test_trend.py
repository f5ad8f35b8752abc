"""Trends of numbers, rankings and batteries: separate and matched waves, against scipy; what each audience learns."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.charts import slopes, trend_words
from analysis.dataset.arrays import Dataset
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings.card import CardKind, Source
from analysis.findings.moves import Figure
from analysis.findings.rewording import worded_otherwise
from analysis.findings.summary import summarise
from analysis.findings.trend import Change, Trend, are_alike, trend
from analysis.report import table
from data.errors import InvalidInput, NotAllowed
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.consultations import EARLIER, SMALL, SOURCE, dataset, responses
from tests.small import refused

DRAW = np.random.default_rng(7)
STAFF = [int(n) for n in DRAW.gamma(2, 8, 40)], [int(n) for n in DRAW.gamma(2, 11, 50)]
ITEMS = ("prev", "care", "other")


def wave(answers: list[Mapping[str, Any]], first: int = 0, form: str = SMALL) -> Dataset:
    """Replies of organisations numbered from `first`, all of the North."""
    rows = [{"org": f"Organisation {first + at}", "region": "n", **each} for at, each in enumerate(answers)]
    return dataset(responses(*rows), read_questionnaire(from_markdown(form)))


def change_of(
    first: Dataset,
    last: Dataset,
    question: str,
    *,
    audience: Audience = Audience.INTERNAL,
    matched: bool = False,
    earlier: Source = EARLIER,
) -> Trend:
    cards = [
        summarise(each, question, audience=audience, language="en", source=source)
        for each, source in ((first, earlier), (last, SOURCE))
    ]
    return trend(first, last, (cards[0], cards[1]), matched=matched)


def figures(found: Trend) -> dict[tuple[Figure, str], Change]:
    return {(each.figure, each.code): each for each in found.changes}


def staff(values: list[int], first: int = 0) -> Dataset:
    return wave([{"staff": value} for value in values], first)


def ballots(orders: list[str], first: int = 0) -> Dataset:
    """Each order as the first letters of the items."""
    return wave(
        [{"order": tuple(next(i for i in ITEMS if i[0] == letter) for letter in each)} for each in orders], first
    )


def nets(values: list[int], first: int = 0, form: str = SMALL) -> Dataset:
    return wave([{"g1": str(value), "g2": "3"} for value in values], first, form)


def test_numbers_of_separate_waves_match_welch_and_mood() -> None:
    found = figures(change_of(staff(STAFF[0]), staff(STAFF[1], first=100), "staff"))
    before, after = (np.array(each, dtype=float) for each in STAFF)
    mean, median = found[Figure.MEAN, ""], found[Figure.MEDIAN, ""]
    welch = stats.ttest_ind(after, before, equal_var=False)
    low, high = welch.confidence_interval()
    assert (mean.first_n, mean.last_n, mean.label) == (40, 50, "Staff")
    assert (mean.before, mean.after) == pytest.approx((before.mean(), after.mean()))
    assert mean.p == pytest.approx(welch.pvalue, rel=1e-9)
    assert mean.bounds is not None
    assert (mean.bounds.low, mean.bounds.high) == pytest.approx((low, high))
    assert mean.size == pytest.approx(
        (after.mean() - before.mean()) / ((before.var(ddof=1) + after.var(ddof=1)) / 2) ** 0.5
    )
    assert (median.before, median.after) == (np.median(before), np.median(after))
    assert median.p == pytest.approx(stats.median_test(before, after, correction=False, ties="below").pvalue, rel=1e-9)
    assert median.size is None
    both = np.array([each.p for each in (mean, median)])
    assert [mean.adjusted, median.adjusted] == pytest.approx(stats.false_discovery_control(both).tolist())


def test_numbers_of_matched_waves_compare_each_organisation_with_itself() -> None:
    # Organisations 10 to 39 are in both; one of them sent two replies to the later wave and is left out.
    later = [value + at % 5 - 1 for at, value in enumerate(STAFF[0][10:])]
    last = wave([{"staff": value} for value in later] + [{"org": "organisation 12", "staff": 999}], first=10)
    found = change_of(staff(STAFF[0]), last, "staff", matched=True)
    pairs = [(was, now) for at, (was, now) in enumerate(zip(STAFF[0][10:], later, strict=True)) if at != 2]
    before, after = (np.array(each, dtype=float) for each in zip(*pairs, strict=True))
    mean, median = figures(found)[Figure.MEAN, ""], figures(found)[Figure.MEDIAN, ""]
    assert (found.first_n, found.last_n, mean.first_n) == (29, 29, 29)
    paired = stats.ttest_rel(after, before)
    low, high = paired.confidence_interval()
    assert mean.p == pytest.approx(paired.pvalue, rel=1e-9)
    assert mean.bounds is not None
    assert (mean.bounds.low, mean.bounds.high) == pytest.approx((low, high))
    gaps = after - before
    assert median.difference == np.median(gaps)
    assert median.p == pytest.approx(stats.binomtest(int((gaps > 0).sum()), int((gaps != 0).sum())).pvalue)


def test_ranked_items_have_a_mean_rank_of_those_who_ranked_them_and_first_places_of_all() -> None:
    orders = ["pco"] * 20 + ["cpo"] * 10 + ["p"] * 5, ["cop"] * 25 + ["pco"] * 12 + ["c"] * 4
    found = change_of(ballots(orders[0]), ballots(orders[1], first=100), "order")
    assert found.detectable is None
    told = figures(found)
    ranks = [np.array([each.index("p") + 1.0 for each in wave if "p" in each]) for wave in orders]
    rank, first = told[Figure.MEAN_RANK, "prev"], told[Figure.FIRST, "prev"]
    assert (rank.first_n, rank.last_n) == (35, 37)
    assert (rank.before, rank.after) == pytest.approx((ranks[0].mean(), ranks[1].mean()))
    assert rank.p == pytest.approx(stats.ttest_ind(ranks[1], ranks[0], equal_var=False).pvalue, rel=1e-9)
    assert (first.first_n, first.last_n, first.before, first.after) == (35, 41, 25 / 35, 12 / 41)
    table = np.array([[25, 10], [12, 29]])
    assert first.p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)


def test_matched_rankings_and_net_values_are_paired() -> None:
    orders = ["pco"] * 12 + ["cpo"] * 6 + ["po"] * 3, ["cop"] * 5 + ["pco"] * 9 + ["ocp"] * 7
    found = figures(change_of(ballots(orders[0]), ballots(orders[1]), "order", matched=True))
    care = [(was.index("c"), now.index("c")) for was, now in zip(*orders, strict=True) if "c" in was]
    wanted = stats.ttest_rel([now for _, now in care], [was for was, _ in care])
    assert found[Figure.MEAN_RANK, "care"].first_n == 18
    assert found[Figure.MEAN_RANK, "care"].p == pytest.approx(wanted.pvalue, rel=1e-9)
    # Of 15 who put prevention first, six fewer do in the end.
    assert found[Figure.FIRST, "prev"].difference == pytest.approx((9 - 15) / 21)
    answers = [1, 2, 3, 4, 5, 5, 4, 2] * 5, [2, 4, 3, 5, 5, 5, 4, 1] * 5
    item = figures(change_of(nets(answers[0]), nets(answers[1]), "grid", matched=True))[Figure.NET, "g1"]
    sides = [np.sign(np.array(wave) - 3.0) for wave in answers]
    assert item.p == pytest.approx(stats.ttest_rel(sides[1], sides[0]).pvalue, rel=1e-9)


def test_whoever_ranked_twice_is_paired_by_no_item() -> None:
    orders = ["pco", "cop", "pc", "ocp"]
    last = wave(
        [
            *({"order": tuple(next(i for i in ITEMS if i[0] == letter) for letter in each)} for each in orders),
            {"org": "Organisation 1", "order": ("prev",)},
        ]
    )
    found = change_of(ballots(orders), last, "order", matched=True)
    told = figures(found)
    assert found.first_n == told[Figure.FIRST, "care"].first_n == told[Figure.MEAN_RANK, "care"].first_n == 3
    assert told[Figure.MEAN_RANK, "other"].last_n == 2


@pytest.mark.parametrize("words", [ENGLISH, PlainWords(language="ar", direction="rtl")], ids=["en", "ar"])
def test_how_much_could_be_found_has_no_sign(words: PlainWords) -> None:
    found = change_of(staff(STAFF[0]), staff(STAFF[1], first=100), "region")
    told = trend_words.notes(replace(found, detectable=0.12), words, internal=True)
    assert any("a change of a share by 12 points" in line for line in told)


def test_net_values_of_separate_waves_are_means_of_sides() -> None:
    answers = [1, 2, 3, 4, 5, 5, 4, 2] * 5, [2, 4, 3, 5, 5, 5, 4] * 7
    found = change_of(nets(answers[0]), nets(answers[1], first=100), "grid")
    item, flat = figures(found)[Figure.NET, "g1"], figures(found)[Figure.NET, "g2"]
    sides = [np.sign(np.array(wave) - 3.0) for wave in answers]
    welch = stats.ttest_ind(sides[1], sides[0], equal_var=False)
    assert (item.before, item.after, item.label) == (
        pytest.approx(sides[0].mean()),
        pytest.approx(sides[1].mean()),
        "Services",
    )
    assert item.p == pytest.approx(welch.pvalue, rel=1e-9)
    assert item.bounds is not None
    assert (item.bounds.low, item.bounds.high) == pytest.approx(tuple(welch.confidence_interval()))
    assert (flat.difference, flat.bounds, flat.p) == (0, None, None)  # all in the middle, both times


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_a_meeting_learns_of_a_number_no_more_than_two_cards_tell(audience: Audience) -> None:
    first, last = staff(STAFF[0]), staff(STAFF[1], first=100)
    for each in change_of(first, last, "staff", audience=audience).changes:
        assert each.difference is not None
        assert (each.bounds, each.p, each.adjusted, each.size) == (None, None, None, None)
    hidden = change_of(staff(STAFF[0][:3]), last, "staff", audience=audience)
    for each in hidden.changes:
        assert (each.first_n, each.before, each.difference) == (None, None, None)
        assert each.after is not None


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_a_protected_trend_rests_on_what_the_two_cards_tell(audience: Audience) -> None:
    answers = [1] * 9 + [2] * 7 + [3] * 6 + [4] * 8 + [5] * 6, [1] * 6 + [2] * 5 + [3] * 7 + [4] * 12 + [5] * 9
    found = figures(change_of(nets(answers[0]), nets(answers[1], first=100), "grid", audience=audience))
    item = found[Figure.NET, "g1"]
    inside = figures(change_of(nets(answers[0]), nets(answers[1], first=100), "grid"))[Figure.NET, "g1"]
    assert inside.p is not None
    assert item.p == pytest.approx(inside.p, rel=0.05)
    assert (item.before, item.difference) == (round(inside.before or 0, 2), round(inside.difference or 0, 2))
    few = [1] * 9 + [2] * 2 + [4] * 8 + [5] * 6  # who chose the second point is hidden, and one beside it
    card = summarise(nets(few), "grid", audience=audience, language="en", source=SOURCE).items[0]
    assert card.net is not SUPPRESSED
    assert SUPPRESSED in [row.cell.count for row in card.rows if row.code in "1245"]
    told = figures(change_of(nets(few), nets(answers[1], first=100), "grid", audience=audience))[Figure.NET, "g1"]
    assert told.difference is not None
    assert (told.bounds, told.p, told.size) == (None, None, None)
    for matched in ("grid", "order", "staff"):
        with refused(NotAllowed, "trend.internal_only"):
            change_of(nets(answers[0]), nets(answers[1]), matched, audience=audience, matched=True)


@pytest.mark.parametrize("hides", [0, 1], ids=["before", "after"])
def test_what_one_card_tells_stands_in_the_table_of_changes_as_on_the_slope(hides: int) -> None:
    shares = [("n", "s") * 20] * 2
    shares[hides] = ("n",) * 2 + ("s",) * 38
    first, last = (wave([{"region": region} for region in each], at * 100) for at, each in enumerate(shares))
    cards = [
        summarise(each, "region", audience=Audience.MEETING, language="en", source=source)
        for each, source in ((first, EARLIER), (last, SOURCE))
    ]
    found = change_of(first, last, "region", audience=Audience.MEETING)
    drawn = slopes.slope(cards[0], cards[1], ENGLISH)
    north = found.changes[0]
    ends = [north.before, north.after]
    assert (north.code, ends[hides], ends[1 - hides], north.difference) == ("n", None, 0.5, None)
    assert list(trend_words.row(north, ENGLISH)[3:5]) == [each.labels[0] for each in drawn.series]
    written = table.of_trend(found, ENGLISH).rows[0][3:6]
    assert written[hides] is written[2] is SUPPRESSED and written[1 - hides] == 0.5


def test_first_places_that_a_card_hides_have_no_change() -> None:
    first, last = ballots(["pco"] * 30 + ["cpo"] * 2), ballots(["pco"] * 20 + ["cpo"] * 20, first=100)
    told = figures(change_of(first, last, "order", audience=Audience.PUBLIC))
    assert (told[Figure.FIRST, "care"].before, told[Figure.FIRST, "care"].difference) == (None, None)
    assert told[Figure.MEAN_RANK, "care"].difference is None


def test_a_scale_whose_points_change_sides_is_refused_and_a_lost_middle_is_not() -> None:
    answers = [1, 2, 4, 5] * 6
    lines = [line for line in SMALL.splitlines() if line.startswith("| | change")]
    longer = SMALL.replace(
        lines[5], "| | change    | 6     | Best                | Parfait              |\n" + lines[5]
    )
    with refused(InvalidInput, "trend.other_scale"):
        change_of(nets(answers), nets(answers, form=longer), "grid")
    shorter = "\n".join(line for line in SMALL.splitlines() if line != lines[2])
    found = figures(change_of(nets(answers), nets(answers, form=shorter), "grid"))
    assert found[Figure.NET, "g1"].difference == 0
    turned = SMALL
    for code, words in zip("12345", ["Better", "A bit better", "Same", "A bit worse", "Worse"], strict=True):
        was = next(line for line in lines if f"| {code}  " in line)
        turned = turned.replace(was, f"| | change    | {code}     | {words} | {words} |")
    with refused(InvalidInput, "trend.recoded"):
        change_of(nets(answers), nets(answers, form=turned), "grid")


def test_a_question_in_other_words_is_named() -> None:
    other = SMALL.replace("| staff   | Staff  ", "| staff   | Volunteers ")
    (found,) = change_of(staff(STAFF[0]), wave([{"staff": 3}] * 9, form=other), "staff").reworded
    assert (found.code, found.earlier, found.later) == ("", "Staff", "Volunteers")


def test_questions_of_different_kinds_and_scales_without_order_are_not_compared() -> None:
    as_words = SMALL.replace("| | integer               | staff", "| | text                  | staff")
    with refused(InvalidInput, "trend.not_comparable"):
        change_of(staff(STAFF[0]), wave([{"staff": "many"}] * 9, form=as_words), "staff")
    assert are_alike(CardKind.SINGLE, CardKind.MULTIPLE)
    unordered = SMALL.replace("| | change    | 3     | Same ", "| | change    | same  | Same ")
    answers = [1, 2, 4, 5] * 6
    with refused(InvalidInput, "trend.not_comparable"):
        change_of(nets(answers), nets(answers, form=unordered), "grid")


@pytest.mark.parametrize(
    ("make", "question"), [(staff, "staff"), (ballots, "order"), (nets, "grid")], ids=["number", "ranking", "battery"]
)
def test_waves_of_nobody_and_of_one_have_no_test(make: Callable[[Any], Dataset], question: str) -> None:
    one: Any = ["pco"] if question == "order" else [5]
    for each in change_of(make([]), make(one), question).changes:
        assert (each.difference, each.p) == (None, None)
    for each in change_of(make(one), make(one), question).changes:
        assert each.p is None or each.figure is Figure.FIRST


def test_words_are_held_against_each_other_in_a_language_that_both_waves_have() -> None:
    def form(*labels: str) -> str:
        names = {"en": "English (en)", "fr": "Français (fr)"}
        words = {"en": ("How?", "Bad", "Good"), "fr": ("Comment ?", "Mal", "Bien")}
        heads = " | ".join(f"label::{names[tag]}" for tag in labels)
        asked, bad, good = (" | ".join(words[tag][at] for tag in labels) for at in range(3))
        return f"""
| survey |
| | type | name | {heads} |
| | select_one s | q | {asked} |
| choices |
| | list_name | name | {heads} |
| | s | 1 | {bad} |
| | s | 2 | {good} |
| settings |
| | form_title | form_id | version | default_language |
| | Small | small | 1 | {names[labels[0]]} |
"""

    english, both = (
        dataset(responses({"q": "1"}), read_questionnaire(from_markdown(form(*tags))))
        for tags in (["en"], ["fr", "en"])
    )
    assert worded_otherwise(english, both, "q", "fr") == ()
    assert worded_otherwise(both, english, "q", "fr") == ()


@pytest.mark.parametrize("audience", [Audience.INTERNAL, Audience.PUBLIC])
def test_two_states_of_one_consultation_are_not_tested_as_separate_samples(audience: Audience) -> None:
    """The later one has the same forty replies and ten more."""
    first, last = staff(STAFF[0]), staff([*STAFF[0], *STAFF[1][:10]])
    for question in ("staff", "region"):
        found = change_of(first, last, question, audience=audience, earlier=SOURCE)
        assert (found.same, found.detectable) == (True, None)
        assert {(each.p, each.adjusted, each.bounds, each.size) for each in found.changes} == {(None,) * 4}
        assert audience is not Audience.INTERNAL or all(each.difference is not None for each in found.changes)
        told = trend_words.notes(found, ENGLISH, internal=False)
        assert any("those of separate samples would be wrong" in line for line in told)
        assert not any("Where no interval stands" in line for line in told)
    separate = figures(change_of(first, last, "staff"))[Figure.MEAN, ""]
    assert separate.p is not None and separate.size is not None


def test_two_states_of_one_consultation_are_matched_by_reply_whatever_the_name() -> None:
    """A reply that was corrected, also in its name, is compared with what it was; a name may be there twice."""
    before = [{"org": "Twin", "region": "n", "staff": value} for value in STAFF[0]]
    after = [{**each, "org": f"Renamed {at}", "staff": each["staff"] + at % 3} for at, each in enumerate(before)]
    first, last = (
        dataset(responses(*rows)) for rows in (before, [*after, {"org": "New", "region": "n", "staff": 900}])
    )
    found = change_of(first, last, "staff", matched=True, earlier=SOURCE)
    mean = figures(found)[Figure.MEAN, ""]
    pair = np.array(STAFF[0], dtype=float), np.array([each["staff"] for each in after], dtype=float)
    assert (found.first_n, found.last_n) == (40, 40)
    assert mean.p == pytest.approx(stats.ttest_rel(pair[1], pair[0]).pvalue, rel=1e-9)
    with refused(InvalidInput, "trend.nobody_matched"):
        change_of(first, last, "staff", matched=True)
