"""A question in two states as a slope: figures of the cards only, and labels that never lie on each other."""

import io
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from analysis.charts import image, lettering, placing, screen
from analysis.charts.slopes import slope
from analysis.charts.spec import ChartSpec, Form, ValueFormat
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings.card import Base, Card
from analysis.findings.rewording import Reworded
from analysis.report import native_slope, powerpoint
from analysis.report.compose import bound
from analysis.report.slide_room import Area
from analysis.report.tree import Figure
from data.errors import InvalidInput
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords

ARABIC = PlainWords(language="ar", direction="rtl")
CHINESE = PlainWords(language="zh")
SVG = "{http://www.w3.org/2000/svg}"
NAMES = {
    "en": "Access to controlled medicines, pain relief and palliative care {}",
    "ar": "الحصول على الأدوية الخاضعة للمراقبة وتخفيف الألم والرعاية الملطفة {}",
    "zh": "管制药品的获取、疼痛缓解与姑息治疗 {}",
}


def many(options: int, words: PlainWords) -> tuple[Card, Card]:
    """So many options whose shares lie within a few percent of each other, every fifth hidden in one state."""
    states = []
    for state in (0, 1):
        rows = tuple(
            cards.row(
                f"o{n}",
                NAMES[words.language].format(n) if n % 3 else "A",
                SUPPRESSED if n % 5 == 4 and (state or n % 2) else 120 + (n * (3 + state)) % 11,
            )
            for n in range(options)
        )
        states.append(cards.multiple(rows=rows))
    return states[0], states[1]


def boxes(drawing: bytes) -> list[tuple[float, float, float, float]]:
    """Left, right, top and bottom of each line of text in a picture."""
    found = []
    for mark in ElementTree.fromstring(drawing).iter(f"{SVG}text"):
        text = (mark.text or "").strip(f"{lettering.EMBED_RTL}{lettering.END_EMBED}")
        size, x, base = (float(mark.get(name, 0)) for name in ("font-size", "x", "y"))
        wide = lettering.width(text, size, bold=mark.get("font-weight") == "bold")
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[mark.get("text-anchor", "start")]
        middle = base - size * 0.36
        found.append((left, left + wide, middle - size / 2, middle + size / 2))
    return found


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


@given(
    st.lists(st.tuples(st.floats(0, 300), st.sampled_from([18.0, 40.0, 60.0])), min_size=1, max_size=12),
)
@settings(max_examples=60)
def test_spread_labels_keep_their_order_their_distance_and_their_room(wanted: list[tuple[float, float]]) -> None:
    places, heights = [place for place, _ in wanted], [height for _, height in wanted]
    room = max(300.0, sum(heights))
    found = placing.spread(places, heights, 0, room)
    order = sorted(range(len(places)), key=lambda place: places[place])
    for one, other in pairwise(order):
        assert found[other] - found[one] >= (heights[one] + heights[other]) / 2 - 1e-6
    assert found[order[0]] - heights[order[0]] / 2 >= -1e-6
    assert found[order[-1]] + heights[order[-1]] / 2 <= room + 1e-6


def test_a_label_that_is_in_nobodys_way_stands_where_it_wants_to_and_two_give_way_alike() -> None:
    assert placing.spread([50, 52, 120], [20, 20, 20], 0, 200) == (41, 61, 120)


@pytest.mark.parametrize("words", [ENGLISH, ARABIC, CHINESE], ids=["en", "ar", "zh"])
@pytest.mark.parametrize("options", [1, 2, 7, 30])
def test_no_two_words_of_a_slope_lie_on_each_other(options: int, words: PlainWords) -> None:
    spec = slope(*many(options, words), words)
    drawing = image.svg(spec)
    found = boxes(drawing)
    assert not [(one, other) for at, one in enumerate(found) for other in found[at + 1 :] if overlap(one, other)]
    width = float(ElementTree.fromstring(drawing).attrib["width"])
    assert all(left >= -0.5 and right <= width + 0.5 for left, right, _, _ in found)


def test_an_option_that_one_state_hides_has_a_mark_there_no_difference_and_no_line() -> None:
    spec = slope(*cards.two_states(), ENGLISH)
    at = spec.categories.index("Access to controlled medicines, pain relief and palliative care")
    assert [series.values[at] for series in spec.series] == [None, pytest.approx(61 / 400)]
    assert [series.labels[at] for series in spec.series] == ["[c]", "15%"]
    assert spec.sides[0].labels[at] == "–"
    assert "[c]: not shown, to protect small groups." in spec.note
    data = native_slope.data_of(spec)
    assert list(data)[at].values[0] is None


def test_differences_are_those_of_the_printed_figures_and_both_states_stand_in_the_source() -> None:
    spec = slope(*cards.two_states(), ENGLISH)
    told = dict(zip(spec.categories, spec.sides[0].labels, strict=True))
    assert (told["Prevention"], told["Policy advocacy and reform"], told["Other"]) == ("+2", "−1", "0")
    assert "77b01c5e2f9a" in spec.source
    assert "3fa94c21d07b" in spec.source
    assert [series.name for series in spec.series] == [
        "1 October 2026, 09:00 UTC (n\u00a0=\u00a0400)",
        "23 November 2026, 19:05 UTC (n\u00a0=\u00a0400)",
    ]
    assert "Furthest apart: Treatment and rehabilitation 38%\u00a0– 53%" in spec.alt


def test_two_consultations_are_named_by_their_titles_and_internal_figures_say_so() -> None:
    before, after = cards.two_states()
    earlier = replace(before, source=replace(before.source, consultation="first", title="The way to 2025"))
    spec = slope(earlier, replace(after, audience=Audience.INTERNAL), ENGLISH)
    assert spec.series[0].name.startswith("The way to 2025 (n")
    assert "Internal figures: not for publication." in spec.note


def test_a_battery_is_drawn_with_its_net_values() -> None:
    spec = slope(cards.battery(), cards.battery(), ENGLISH)
    assert spec.value_format is ValueFormat.NET
    assert spec.series[0].labels == ("−50", "+8", "+40", "[c]")
    assert spec.minimum <= -0.5
    assert spec.maximum >= 0.4


@pytest.mark.parametrize(("count", "ends"), [(400, (0.8, 1.0)), (1, (0.0, 0.2)), (200, (0.4, 0.6))])
def test_the_axis_lies_around_the_figures_and_never_beyond_all(count: int, ends: tuple[float, float]) -> None:
    card = cards.single(rows=(cards.row("yes", "Yes", count),))
    spec = slope(card, card, ENGLISH)
    assert (spec.minimum, spec.maximum) == pytest.approx(ends)


def test_a_wave_in_which_nobody_answered_has_dashes_and_no_share() -> None:
    before, after = cards.two_states()
    nobody = replace(before, base=Base(replies=0, answered=0, missing={}))
    spec = slope(nobody, after, ENGLISH)
    assert set(spec.series[0].labels) == {"–"}
    assert set(spec.series[0].values) == {None}


def test_questions_with_nothing_in_common_are_refused() -> None:
    before, after = cards.two_states()
    others = replace(after, rows=(cards.row("x", "X", 10),))
    for pair in ((before, others), (before, cards.battery()), (cards.text(), cards.text())):
        with pytest.raises(InvalidInput) as refused:
            slope(*pair, ENGLISH)
        assert refused.value.code == "trend.not_comparable"


def test_other_words_at_the_later_end_are_told() -> None:
    card = cards.single(rows=(cards.row("1", "Hopeless", 30), cards.row("2", "Very good", 70)))
    told = (Reworded(code="1", earlier="Very bad", later="Hopeless"),)
    assert "perhaps not the same thing: “Very bad” – “Hopeless”." in slope(card, card, ENGLISH, told).note
    assert "perhaps" not in slope(card, card, ENGLISH).note


def test_a_ranking_is_drawn_with_its_first_places_and_a_number_is_not_drawn() -> None:
    card = cards.ranking()
    spec = slope(card, card, ENGLISH)
    shares = [row.first.share for row in card.rows if row.first is not None]
    assert [None if each is SUPPRESSED else each for each in shares] == list(spec.series[0].values)
    assert spec.measure == "Put first: share"
    with pytest.raises(InvalidInput) as refused:
        slope(cards.number(), cards.number(), ENGLISH)
    assert refused.value.code == "slope.number"


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_a_browser_draws_a_slope_whose_labels_do_not_lie_on_each_other(words: PlainWords) -> None:
    found = screen.figure(slope(*many(7, words), words)).to_dict()
    assert len(found["data"]) == 7
    notes = [each for each in found["layout"]["annotations"] if each["text"]]
    assert not any("align" in each or "<br>" in each["text"] for each in notes)  # both turn round inside Arabic pages
    ends = [each for each in notes if each["x"] == 1 and each.get("yref") != "paper"]
    heights = sorted(each["y"] for each in ends)
    assert len(heights) == 7
    assert all(below - above >= 16 for above, below in pairwise(heights))


@pytest.mark.parametrize("options", [2, 30])
def test_a_slide_has_the_lines_as_a_chart_and_its_words_beside_each_other(options: int) -> None:
    spec = slope(*many(options, ENGLISH), ENGLISH)
    charts = [shape.chart for slide in slides_of(spec) for shape in slide.shapes if shape.has_chart]
    lines = [series for chart in charts for series in chart.plots[0].series]
    assert len(lines) == options
    for index, line in enumerate(lines):
        assert tuple(line.values) == tuple(series.values[index] for series in spec.series)


def test_the_letters_of_a_slide_are_as_large_as_its_labels_let_them() -> None:
    few, several = (slope(*many(count, ENGLISH), ENGLISH) for count in (2, 9))
    area = Area(0, 0, 880, 330)
    assert native_slope.room(few, area).size > native_slope.room(several, area).size
    assert native_slope.room(several, area).plan.height <= 330 - native_slope.HEAD


def slides_of(spec: ChartSpec) -> list[object]:
    """The slides of a deck of one slope."""
    card = cards.multiple()
    report = bound([Figure(spec=spec, card=card, remark="")], card, title="T", words=ENGLISH, asked="")
    return list(Presentation(io.BytesIO(powerpoint.render(report, ENGLISH))).slides)


def test_no_card_alone_is_drawn_as_a_slope() -> None:
    from analysis.charts.choose import forms_for

    assert Form.SLOPE not in forms_for(cards.multiple())
